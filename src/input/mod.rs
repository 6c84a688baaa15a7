//! Opening files for the rooms: rasters, vectors, tables and coordinate systems.
//!
//! This is the only room that names GDAL. What it cannot read it reports as findings: which file,
//! layer, row or field, what was found, what was expected, what to do.
//!
//! Its own rooms, of which none knows those after it: `files` on disk, the `ground`, `raster` and `shapes`, `table`,
//! `plots` and `stands`; `fia` reads the database of the United States into the same inventory.

mod fia;
mod files;
mod ground;
mod plots;
mod raster;
mod shapes;
mod stands;
mod survey;
mod table;
mod table_kinds;

pub use fia::{fia_files, read_fia};
pub use files::{
    aloud, file_behind, files_behind, gdal_version, missing, quiet, set_cache, text_of,
};
pub use ground::{
    Ground, PlaceError, Projection, ProjectionError, Transformer, drivers, projection_works,
};
pub use plots::{
    DomainSums, Growth, GrowthSums, Inventory, OnMap, PlotRecord, Points, StrataOnMap, TreeSums,
    Trees, frame_findings, growth_between, look_at_strata, look_at_trees, read_inventory,
    value_classes,
};
pub use raster::{
    Cells, ClassRaster, GridRasters, HeldBlocks, MapFacts, MapRaster, MapRasterError, OpenRasters,
    Raster, RasterSource, Resampled, ValueRaster,
};
pub(crate) use shapes::without;
pub use shapes::{
    Boundary, GeoPackageError, Polygons, Region, RegionFields, SiteShape, VectorSource,
    read_boundary, read_regions, read_sites, write_geopackage,
};
pub use stands::{StandFile, StandRecord, StandVolume, read_stands};
pub use survey::{Survey, survey};
pub use table::{Table, TableSource, read_table};
