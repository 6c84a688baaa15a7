//! The grid that a run computes on: coordinate system, cells, blocks and their true areas.
//!
//! This room never reads files. It knows nothing of what the cells hold.

mod authalic;
mod block_area;
mod cell_area;
mod clip;
mod crs;
mod curved_area;
mod geometry;
mod surface;

#[cfg(test)]
mod cell_area_tests;

pub use authalic::ellipsoidal_area;
pub use block_area::BlockAreas;
pub(crate) use block_area::{CurvedRow, PIECE, Piece, RowAreas};
pub use cell_area::{AreaError, CellAreas, ProjectedAreaError, UNITS_PER_SQUARE_METRE};
pub use clip::clip_to_extent;
pub use crs::{Crs, CrsKind, Ellipsoid};
pub use geometry::{BLOCK, Block, Grid, Transform, Window, plane_area};
