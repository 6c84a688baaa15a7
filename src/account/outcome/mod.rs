//! What is made of the figures: summaries of regions, targets, values and credits.

mod credit;
mod deduction;
mod observation;
mod price;
mod region_summary;
mod target;

pub use credit::{CreditRow, CreditRule, credits};
pub use deduction::{art_trees, vm0033};
pub use observation::{Observation, ObservedSpread, PartFound, targets_of_none};
pub use price::{Market, Price, ValueRow, sink_values};
pub use region_summary::RegionSummary;
pub use target::{
    CARBON_STOCK, COVERAGE_RATE, Comparison, Policy, PolicyLine, SEQUESTRATION, STOCK_VOLUME,
    Scope, goals, targets,
};
