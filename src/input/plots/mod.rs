//! Plots, trees, strata: rows become the sampling frame and the observations of an inventory.

mod equations;
mod frame;
mod growth;
mod half_named;
mod inventory;
mod map_strata;
mod plot_trees;
mod remeasured;
pub(super) mod strata;
mod tree_sums;
mod trees;
mod value_classes;

pub(super) use equations::TreeVariable;
pub use frame::{frame_findings, read_inventory};
pub use growth::{Growth, GrowthSums};
pub(super) use growth::{Values, Visited};
pub use half_named::{look_at_strata, look_at_trees};
pub use inventory::{Inventory, PlotRecord};
pub(super) use map_strata::Placing;
pub use map_strata::{OnMap, Points, StrataOnMap};
pub use remeasured::growth_between;
pub(super) use strata::whole_number;
pub use tree_sums::{DomainSums, TreeSums, Trees};
pub(super) use tree_sums::{SPECIES, Tree, sums_and_species, sums_by};
pub(super) use value_classes::Classed;
pub use value_classes::value_classes;
