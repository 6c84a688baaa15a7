//! All that a run produces.

use super::land::{AccuracyRow, CoverageRow};
use super::outcome::{CreditRow, RegionSummary, ValueRow};
use super::plots::{InventoryRow, StratumPartRow, StratumRow};
use super::restoration::RestorationTables;
use super::soil::SoilTables;
use super::stands::StandTables;
use super::tables::{
    AreaRow, CarbonRow, CarbonTransitionRow, CheckRow, LayerRow, ParameterRow, SequestrationRow,
    StandGrowthRow, TargetRow, TransitionRow, UncertaintyRow,
};
use super::wood::HarvestedWoodRow;

/// All that a run produces.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Accounts {
    /// Headline rows, one a region, in the order of the regions file.
    pub regions: Vec<RegionSummary>,
    /// The union of the regions; `None` when they overlap.
    pub total: Option<RegionSummary>,
    /// `tables/area.csv`.
    pub areas: Vec<AreaRow>,
    /// `tables/coverage_compared.csv`.
    pub coverage: Vec<CoverageRow>,
    /// `tables/accuracy.csv`.
    pub accuracy: Vec<AccuracyRow>,
    /// `tables/transitions.csv`.
    pub transitions: Vec<TransitionRow>,
    /// `tables/layers.csv`.
    pub layers: Vec<LayerRow>,
    /// Tables of the stand registers.
    pub stands: StandTables,
    /// `tables/inventory.csv`.
    pub inventory: Vec<InventoryRow>,
    /// `tables/strata.csv`.
    pub strata: Vec<StratumRow>,
    /// `tables/inventory_strata.csv`.
    pub stratum_parts: Vec<StratumPartRow>,
    /// `tables/carbon.csv`.
    pub carbon: Vec<CarbonRow>,
    /// `tables/sequestration.csv`.
    pub sequestration: Vec<SequestrationRow>,
    /// `tables/stand_growth.csv`.
    pub growth: Vec<StandGrowthRow>,
    /// `tables/harvested_wood.csv`.
    pub harvested_wood: Vec<HarvestedWoodRow>,
    /// `tables/carbon_transitions.csv`.
    pub carbon_transitions: Vec<CarbonTransitionRow>,
    /// Tables of a soil survey.
    pub soil: SoilTables,
    /// `tables/uncertainty.csv`.
    pub uncertainty: Vec<UncertaintyRow>,
    /// `tables/targets.csv`.
    pub targets: Vec<TargetRow>,
    /// `tables/value.csv`.
    pub values: Vec<ValueRow>,
    /// `tables/credit.csv`.
    pub credits: Vec<CreditRow>,
    /// Tables of treated and control sites.
    pub restoration: RestorationTables,
    /// `tables/parameters.csv`.
    pub parameters: Vec<ParameterRow>,
    /// `tables/checks.csv`.
    pub checks: Vec<CheckRow>,
}
