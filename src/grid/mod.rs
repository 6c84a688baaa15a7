//! The grid that a run computes on: coordinate system, cells, blocks and their true areas.
//!
//! This room never reads files. It knows nothing of what the cells hold.

mod authalic;
mod cell_area;
mod crs;
mod geometry;

pub use authalic::ellipsoidal_area;
pub use cell_area::{AreaError, BlockAreas, CellAreas, UNITS_PER_SQUARE_METRE};
pub use crs::{Crs, CrsKind, Ellipsoid};
pub use geometry::{BLOCK, Block, Grid, Transform, Window};
