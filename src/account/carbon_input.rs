//! What the carbon account rests on.

use super::choice::{CarbonChoice, ValueLayer};
use super::land::AreaAccount;
use super::library::Seeds;
use super::plots::{PoolChanges, PoolStocks};
use super::quality::Evidence;
use super::stands::{self, GrowthInput, StandInput};

/// All that the carbon account rests on.
#[derive(Debug, Clone, Copy)]
pub struct CarbonInput<'a> {
    /// Methods and parameters.
    pub seeds: &'a Seeds,
    /// Areas by ecosystem, where there is a map.
    pub areas: Option<&'a AreaAccount>,
    /// Pools from plots, one entry a region and inventory, the total among them.
    pub stocks: &'a [PoolStocks],
    /// Changes of the pools between two inventories, one entry a region, the total among them.
    pub changes: &'a [PoolChanges],
    /// Stand registers, where there are any.
    pub stands: Option<StandInput<'a>>,
    /// Forest by age, where it is known.
    pub growth: Option<GrowthInput<'a>>,
    /// Layers of values that may hold a stock.
    pub layers: &'a [ValueLayer<'a>],
    /// Methods by ecosystem; one for forest with plots must be among them when `stocks` is not
    /// empty.
    pub choices: &'a [CarbonChoice],
    /// Depth of the soil that the headline stock counts, in centimetres; `None` takes that of the
    /// plots, or else the shallowest of the methods.
    pub soil_depth_cm: Option<f64>,
    /// Which parameters the run may rest on.
    pub evidence: Evidence,
    /// Level of confidence of the intervals in rows.
    pub level: f64,
}

impl<'a> CarbonInput<'a> {
    /// What the accounts of stands take of it beside the stands.
    pub(super) fn setting_of_stands(&self) -> stands::Setting<'a> {
        stands::Setting {
            parameters: self.seeds.parameters(),
            areas: self.areas,
            evidence: self.evidence,
            level: self.level,
        }
    }
}
