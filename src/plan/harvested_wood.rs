//! `[harvested-wood]`: carbon in products of wood.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

/// `[harvested-wood]`: the carbon in products of wood, by first-order decay, in
/// `tables/harvested_wood.csv`; never added to the pools of the forest.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HarvestedWoodTable {
    /// CSV file: `region, product, year, production, unit`, one row a year without gaps. The unit is
    /// `t_c`; or `m3`, `t_dm` or `t`, with the carbon of one of them in a column `carbon_factor` or as
    /// parameter `wood-carbon-factor`.
    pub path: PathBuf,
    /// What the pool held before the first year of each product. No way is assumed.
    pub before: BeforeKey,
    /// Number of first years whose mean inflow the steady state is of; 5 by the guidelines.
    #[serde(default = "usual_years")]
    pub steady_years: usize,
}

fn usual_years() -> usize {
    5
}

/// Value of `before`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BeforeKey {
    /// Nothing: the pool starts empty.
    Nothing,
    /// As much as the mean inflow of the first years keeps up.
    SteadyState,
}
