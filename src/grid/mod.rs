//! The grid that a run computes on: coordinate system, cells, blocks and their true areas.
//!
//! This room never reads files. It knows nothing of what the cells hold.

mod crs;
mod geometry;

pub use crs::{Crs, CrsKind, Ellipsoid};
pub use geometry::{BLOCK, Block, Grid, Transform, Window};
