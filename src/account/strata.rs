//! The strata that a sample was weighed by: rows of `tables/strata.csv`.

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
