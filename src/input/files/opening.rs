//! Files as GDAL opens them.

use std::path::Path;

use gdal::{Dataset, DatasetOptions, GdalOpenFlags};

use super::cut_off::is_hdf5;
use super::messages::take;
use super::silence::in_silence;

pub(in crate::input) fn open_raster(path: &Path) -> Result<Dataset, gdal::errors::GdalError> {
    let options = DatasetOptions {
        open_flags: GdalOpenFlags::GDAL_OF_RASTER,
        ..DatasetOptions::default()
    };
    in_silence(is_hdf5(path), || Dataset::open_ex(path, options))
}

/// Opens a file of features; the encoding is that of a shapefile that does not say it.
pub(in crate::input) fn open_vector(
    path: &Path,
    encoding: Option<&str>,
) -> Result<Dataset, gdal::errors::GdalError> {
    let is_shapefile = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("shp"));
    let encoding = encoding.filter(|_| is_shapefile);
    let encoding = encoding.map(|encoding| format!("ENCODING={encoding}"));
    let options: Vec<&str> = encoding.iter().map(String::as_str).collect();
    take();
    let options = DatasetOptions {
        open_flags: GdalOpenFlags::GDAL_OF_VECTOR,
        open_options: (!options.is_empty()).then_some(options.as_slice()),
        ..DatasetOptions::default()
    };
    Dataset::open_ex(path, options)
}
