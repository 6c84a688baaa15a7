//! What the sample of plots says: rows of `tables/inventory.csv`, of the strata that the plots were weighed
//! by, and of what each gives a total.

use std::borrow::Cow;
use std::sync::Arc;

use crate::estimate::StratumPart;
use crate::units::Hectares;

/// One estimate from the sample. There may be millions: rows share the words that they have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct InventoryRow {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: Arc<str>,
    /// Year of the inventory; the later one for a change.
    pub year: i32,
    /// Earlier year, for a change.
    pub from_year: Option<i32>,
    /// What was estimated: `forest_area`, `volume`, `above_ground_carbon` ...
    pub attribute: Arc<str>,
    /// Domain of the plots, such as `forest_type=oak`; empty for all plots.
    pub domain: Arc<str>,
    /// `total`, `per_forest_hectare`, `per_hectare` or `yearly_change`; or a component of change.
    pub statistic: Cow<'static, str>,
    /// The estimate.
    pub value: Option<f64>,
    /// Unit of `value`.
    pub unit: Cow<'static, str>,
    /// Standard error in that unit; `None` where the design gives none.
    pub standard_error: Option<f64>,
    /// Bounds at the plan's level of confidence.
    pub interval: Option<(f64, f64)>,
    /// Degrees of freedom behind the interval.
    pub degrees_of_freedom: Option<f64>,
    /// Plots of the sample that the estimate rests on.
    pub plots: usize,
    /// Plots among them that lie in the region and are not zero.
    pub plots_nonzero: usize,
    /// Estimator id, such as `post-stratified` or `synthetic`.
    pub estimator: Cow<'static, str>,
    /// What must be known of it.
    pub note: Cow<'static, str>,
}

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
    /// Region, or [`TOTAL`](crate::account::TOTAL).
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
