//! A column under its own name, with what it can be.

use super::Observations;
use crate::units::Quantity;

/// What a variable can be on one hectare. Below the lowest and above the highest value a row is wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Lowest value that can be true.
    pub lowest: f64,
    /// Highest value that can be true.
    pub highest: f64,
}

/// The highest values are set well above the densest stands on record (coast redwood, about 2 600 t C/ha
/// above ground by Van Pelt et al. 2016, recalled and not read again), so that only wrong units and
/// typing errors exceed them. They are bounds of this program, not published limits.
impl Limits {
    /// Hectares of forest on one hectare. Above 1, because a plot that was measured in part is
    /// weighted up for the part that was not.
    pub const FOREST_SHARE: Self = Self::up_to(2.0);
    /// Stem volume, in m³ on one hectare.
    pub const VOLUME: Self = Self::up_to(15_000.0);
    /// Dry matter of living or dead plants, in tonnes on one hectare.
    pub const BIOMASS: Self = Self::up_to(10_000.0);
    /// Carbon of living or dead plants, in tonnes on one hectare.
    pub const CARBON: Self = Self::up_to(5_000.0);
    /// Soil carbon, in tonnes on one hectare: ten metres of peat hold about 6 000.
    pub const SOIL_CARBON: Self = Self::up_to(10_000.0);
    /// Trees on one hectare, seedlings among them.
    pub const TREES: Self = Self::up_to(2_000_000.0);
    /// Basal area, in m² on one hectare.
    pub const BASAL_AREA: Self = Self::up_to(1_000.0);
    /// Anything that may be negative, such as a change.
    pub const ANY: Self = Self {
        lowest: f64::NEG_INFINITY,
        highest: f64::INFINITY,
    };

    /// From zero up to `highest`.
    #[must_use]
    pub const fn up_to(highest: f64) -> Self {
        Self {
            lowest: 0.0,
            highest,
        }
    }
}

/// One column to check.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    pub(super) name: String,
    pub(super) unit: &'static str,
    pub(super) limits: Limits,
    pub(super) plots: usize,
    pub(super) missing: Vec<usize>,
    pub(super) entries: Vec<(usize, f64)>,
}

impl Variable {
    /// A column under the name that the person gave it.
    #[must_use]
    pub fn new<Q: Quantity>(
        name: impl Into<String>,
        observations: &Observations<Q>,
        limits: Limits,
    ) -> Self {
        Self {
            name: name.into(),
            unit: Q::UNIT,
            limits,
            plots: observations.plots(),
            missing: observations.missing().to_vec(),
            entries: observations.entries().to_vec(),
        }
    }
}
