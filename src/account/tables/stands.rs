//! Rows of stands by species and age.

use crate::units::{CubicMetres, Hectares, PerYear, TonnesCarbon, TonnesDryMatter};

/// Stands of one species and age group that share their factors: a row of
/// `tables/stand_carbon.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct StandCarbonRow {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: String,
    /// Year of the register.
    pub year: i32,
    /// Species or forest type.
    pub species: String,
    /// Age group.
    pub age_group: String,
    /// Stands, or parts of stands, with stock.
    pub stands: usize,
    /// Area that the stock stands on.
    pub area: Hectares,
    /// Their volume.
    pub volume: CubicMetres,
    /// Dry matter above ground.
    pub above_ground: TonnesDryMatter,
    /// Dry matter below ground.
    pub below_ground: TonnesDryMatter,
    /// Carbon of both.
    pub carbon: TonnesCarbon,
    /// Method id.
    pub method: String,
    /// The arithmetic, to be followed with a pocket calculator.
    pub arithmetic: String,
    /// Ids of the parameter rows.
    pub parameters: Vec<String>,
    /// What must be known.
    pub note: String,
}

/// Growth of the stands of one species and origin that share their factors: a row of
/// `tables/stand_growth.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct StandGrowthRow {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: String,
    /// Year of the stands.
    pub year: i32,
    /// Species or forest type.
    pub species: String,
    /// Origin.
    pub origin: String,
    /// Least and greatest age of the stands, in years.
    pub ages: (f64, f64),
    /// Stands, or parts of stands.
    pub stands: usize,
    /// Their area.
    pub area: Hectares,
    /// Carbon that comes to what is above ground.
    pub above_ground: PerYear<TonnesCarbon>,
    /// Carbon that comes to the roots.
    pub below_ground: PerYear<TonnesCarbon>,
    /// Method id.
    pub method: String,
    /// The arithmetic, to be followed with a pocket calculator.
    pub arithmetic: String,
    /// Ids of the parameter rows.
    pub parameters: Vec<String>,
}
