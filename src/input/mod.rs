//! Files in and geodata files out: the only room that names GDAL.

mod geopackage;

pub use geopackage::{GeoPackageError, write_geopackage};
