//! The pass over the maps: what it takes, what it fills, and what helps the plots by it.

mod dates;
mod measure;
mod memory;
mod neighbour_rasters;
mod neighbours;
mod parts;
mod wall_to_wall;

pub(super) use dates::{ecosystems_shown, known, map_years};
pub(super) use measure::{Measured, measure, outlines};
pub use memory::Memory;
pub(super) use neighbour_rasters::{draw, shown};
pub use parts::Parts;
pub(super) use parts::key;
pub(super) use wall_to_wall::{Helpers, LayersOverRegions, NeighbourMap, helpers, mean_over};
