//! The strata that a sample was weighed by, and what each gives a total: rows of `tables/strata.csv` and
//! `tables/inventory_strata.csv`.

use std::sync::Arc;

use crate::estimate::StratumPart;
use crate::units::Hectares;

/// A stratum of an inventory.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumRow {
    /// Year of the inventory.
    pub year: i32,
    /// Estimation unit.
    pub unit: String,
    /// Area of the unit.
    pub unit_area: Hectares,
    /// Stratum.
    pub stratum: String,
    /// Share of the unit, 0 to 1.
    pub weight: f64,
    /// Plots of the sample in it.
    pub plots: usize,
    /// What must be known of it.
    pub note: String,
}

impl StratumRow {
    /// Area of the stratum.
    #[must_use]
    pub fn area(&self) -> Hectares {
        self.unit_area * self.weight
    }
}

/// What a stratum gives a total of a region: a row of `tables/inventory_strata.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumPartRow {
    /// Region, or the union of all.
    pub region_id: Arc<str>,
    /// Year of the inventory.
    pub year: i32,
    /// What was estimated, as in `tables/inventory.csv`.
    pub attribute: Arc<str>,
    /// Unit of the total.
    pub unit: &'static str,
    /// The stratum and its part.
    pub part: StratumPart,
}
