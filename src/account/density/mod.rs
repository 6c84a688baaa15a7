//! Pools by area: land times what it holds by hectare, from parameters, class tables and layers.

pub(super) mod area_pools;
mod base_area;
pub(super) mod class_density;
mod class_table;
mod class_transitions;
mod corrected_areas;
mod found;
mod karst;
mod layer_density;
mod layer_pools;
pub(super) mod mixed_sources;
mod scale;
mod units;

pub(super) use area_pools::{Made, Resolved, factors, quality, removal_row, terms};
pub use base_area::IN_ITS_STOCK;
pub use class_density::{add_class_density, class_density};
pub use class_table::ClassDensities;
pub use corrected_areas::{CorrectedAreas, TrueClass, on_corrected_areas};
pub(super) use found::{FoundDensities, FoundDensity, found_densities};
pub use karst::carbonate_weathering;
pub(super) use layer_pools::Stock;
