//! Opening files for the rooms: rasters, vectors, tables and coordinate systems.
//!
//! This is the only room that names GDAL. What it cannot read it reports as findings: which file,
//! layer, row or field, what was found, what was expected, what to do.

mod blocks;
mod boundaries;
mod cell_scale;
mod classes;
mod crs;
mod equations;
mod fia;
mod geopackage;
mod growth;
mod inventory;
mod machine;
mod map_raster;
mod map_strata;
mod messages;
mod place;
mod plots;
mod raster;
mod remeasured;
mod shapes;
mod simple_rings;
mod sites;
mod stand_fields;
mod stand_reading;
mod stands;
mod strata;
mod survey;
mod table;
mod table_kinds;
mod tiles;
mod tree_sums;
mod trees;
mod value_classes;
mod values;
mod vector;
mod vector_table;
mod warp;
mod zones;

pub use blocks::{GridRasters, OpenRasters};
pub(crate) use boundaries::without;
pub use boundaries::{Boundary, read_boundary};
pub use crs::{Projection, ProjectionError, Transformer};
pub use fia::{fia_files, read_fia};
pub use geopackage::{GeoPackageError, write_geopackage};
pub use growth::{Growth, GrowthSums};
pub use inventory::{Inventory, PlotRecord};
pub use machine::{drivers, projection_works};
pub use map_raster::{MapFacts, MapRaster, MapRasterError};
pub use map_strata::{OnMap, Points, StrataOnMap};
pub use messages::{gdal_version, quiet};
pub use place::{Ground, PlaceError};
pub use plots::{frame_findings, read_inventory};
pub use raster::{Cells, ClassRaster, Raster, RasterSource, ValueRaster};
pub use remeasured::growth_between;
pub use sites::{SiteShape, read_sites};
pub use stands::{StandFile, StandRecord, StandVolume, read_stands};
pub use survey::{Survey, survey};
pub use table::{Table, read_table};
pub use tree_sums::{DomainSums, TreeSums, Trees};
pub use value_classes::value_classes;
pub use vector::{Polygons, Region, RegionFields, VectorSource, read_regions};
pub use vector_table::TableSource;
pub use warp::Resampled;
