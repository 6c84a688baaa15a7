//! Plots become estimates of regions, each by what speaks for it.

mod absent_plots;
mod attributes;
mod domain_rows;
mod domains;
mod estimates;
mod forest_ratios;
mod growth_rows;
mod inventory_rows;
mod known_changes;
mod larger_areas;
mod lenders;
mod map_weights;
mod models;
mod region_pools;
mod sampled;
mod sampled_land;
mod shared_pools;
mod small_areas;
mod sources;
mod strata_rows;
mod without_model;

pub(super) use estimates::{Estimates, RegionEstimates};
pub(super) use map_weights::weighed;
pub(super) use sampled::sample;
pub(super) use shared_pools::not_measured;
