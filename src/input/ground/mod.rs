//! Coordinate systems, and places on the grid of a run.

mod crs;
mod machine;
mod place;

pub use crs::{Projection, ProjectionError, Transformer};
pub use machine::{drivers, projection_works};
pub use place::{Ground, PlaceError};
