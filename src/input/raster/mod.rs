//! Rasters of classes and of values, on the grid of a run, read by windows.

mod band;
mod blocks;
mod cell_scale;
mod checksums;
mod classes;
mod coarse;
mod damage;
mod holes;
mod map_raster;
mod on_grid;
mod opened;
mod stored_block;
mod tiles;
mod values;
mod warp;

pub use band::{Cells, ClassRaster, Raster, RasterSource, ValueRaster};
pub use blocks::{GridRasters, OpenRasters};
pub use map_raster::{MapFacts, MapRaster, MapRasterError};
pub use stored_block::HeldBlocks;
pub use warp::Resampled;
