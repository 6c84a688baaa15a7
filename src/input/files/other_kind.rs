//! What a path is that cannot be opened as what is wanted: a directory, a file without anything in it, a layer of
//! another kind.

use std::fs;
use std::path::Path;

use gdal::vector::LayerAccess as _;
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};

use super::inside::{RASTER, first_of};
use super::messages::take;
use super::opening::{open_raster, open_vector};
use crate::plan::InsideName;

/// Files of a directory that are looked at.
const LOOKED_AT: usize = 200;

/// Where a `GeoPackage` says in its header what it is, and the words.
const IS_GEOPACKAGE: (usize, [&[u8]; 3]) = (68, [b"GPKG", b"GP10", b"GP11"]);

/// Bytes of a `GeoPackage` up to which it may be empty.
const EMPTY: u64 = 4 << 20;

/// Why a path is not `what` is wanted, and what to do; `None` where it is none of these kinds.
pub(super) fn other_kind(path: &Path, what: &str) -> Option<(String, String)> {
    let found = if path.is_dir() {
        Some(directory(path, what))
    } else if is_empty_geopackage(path) == Some(true) && open_raster(path).is_err() {
        Some((
            "the GeoPackage is empty: it has no layer, no table and no raster".to_owned(),
            "give the file that was written; check it with ogrinfo".to_owned(),
        ))
    } else {
        layer_of_shapes(path, what)
    };
    take();
    found
}

fn directory(path: &Path, what: &str) -> (String, String) {
    let told = format!("it is a directory, expected {what}");
    let files = fs::read_dir(path).into_iter().flatten().flatten();
    let mut files: Vec<_> = files.map(|entry| entry.path()).collect();
    files.retain(|file| file.is_file());
    files.sort();
    let opens = |file: &&std::path::PathBuf| {
        if what == RASTER {
            open_raster(file).is_ok()
        } else {
            open_vector(file, None).is_ok()
        }
    };
    let names: Vec<String> = files
        .iter()
        .take(LOOKED_AT)
        .filter(opens)
        .map(|file| file.display().to_string())
        .collect();
    let remedy = if names.is_empty() {
        "give a file".to_owned()
    } else {
        format!("give one of its files: {}", first_of(&names))
    };
    (told, remedy)
}

/// Whether a file is a `GeoPackage` without a layer. GDAL opens such a one for writing only: a copy in memory.
fn is_empty_geopackage(path: &Path) -> Option<bool> {
    let small = fs::metadata(path).ok()?.len() <= EMPTY;
    let bytes = small.then(|| fs::read(path).ok())??;
    let (place, words) = IS_GEOPACKAGE;
    let word = bytes.get(place..place + 4)?;
    if !words.contains(&word) {
        return None;
    }
    let copy = format!("/vsimem/empty-{:?}.gpkg", std::thread::current().id());
    gdal::vsi::create_mem_file(&copy, bytes).ok()?;
    let flags = GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_UPDATE;
    let options = DatasetOptions {
        open_flags: flags,
        ..DatasetOptions::default()
    };
    let is_empty = Dataset::open_ex(&copy, options).map(|dataset| {
        let mut names = dataset.layers().map(|layer| layer.name());
        names.all(|name| name == "layer_styles")
    });
    let _ = gdal::vsi::unlink_mem_file(&copy);
    is_empty.ok()
}

/// Of the name of something inside a file: that it is a layer of shapes or a table, where a raster is wanted.
fn layer_of_shapes(path: &Path, what: &str) -> Option<(String, String)> {
    let name = path.to_string_lossy();
    let inside = InsideName::of(&name).filter(|_| what == RASTER && !path.exists())?;
    let (layer, file) = (inside.inside()?, inside.files().last()?);
    let dataset = open_vector(file, None).ok()?;
    dataset.layer_by_name(layer).ok()?;
    Some((
        format!(
            "`{layer}` of `{}` is a layer of shapes or a table, expected a raster",
            file.display()
        ),
        "give a raster; shapes are regions, `[[boundary]]` or zones, and gdal_rasterize makes a raster of them"
            .to_owned(),
    ))
}
