//! What a directory holds: rasters, polygons and tables, for a draft plan.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use gdal::vector::LayerAccess;
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use gdal_geometry::is_polygonal;

use super::messages::take;
use super::raster::{ClassRaster, RasterSource};
use super::table::read_table;

/// Endings of files that are looked at.
const RASTERS: [&str; 4] = ["tif", "tiff", "img", "asc"];
const VECTORS: [&str; 5] = ["gpkg", "geojson", "json", "shp", "fgb"];

/// What was found.
#[derive(Debug, Default)]
pub struct Survey {
    maps: Vec<(String, Option<i32>)>,
    polygons: Vec<(String, Option<String>, Vec<String>)>,
    tables: Vec<(String, Vec<String>)>,
}

/// Looks through a directory, not below it.
///
/// # Errors
///
/// When the directory cannot be read.
pub fn survey(dir: &Path) -> std::io::Result<Survey> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(dir)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    let mut found = Survey::default();
    for path in paths {
        let ending = path
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if RASTERS.contains(&ending.as_str()) {
            if ClassRaster::open(&path, &RasterSource::default()).is_ok() {
                found.maps.push((name.clone(), year_in(&name)));
            }
        } else if VECTORS.contains(&ending.as_str()) {
            found.polygons.extend(layers(&path, &name));
        } else if ending == "csv"
            && let Ok(table) = read_table(&path)
        {
            found.tables.push((name, table.columns));
        }
    }
    take();
    Ok(found)
}

/// The polygon layers of a file: name where there are several, and fields.
fn layers(path: &Path, name: &str) -> Vec<(String, Option<String>, Vec<String>)> {
    let options = DatasetOptions {
        open_flags: GdalOpenFlags::GDAL_OF_VECTOR,
        ..DatasetOptions::default()
    };
    let Ok(dataset) = Dataset::open_ex(path, options) else {
        return Vec::new();
    };
    let several = dataset.layer_count() > 1;
    let layers = dataset.layers().filter(|layer| {
        let mut kinds = layer.defn().geom_fields();
        kinds
            .next()
            .is_some_and(|field| is_polygonal(field.field_type()))
    });
    layers
        .map(|layer| {
            let fields = layer.defn().fields().map(|field| field.name()).collect();
            (name.to_owned(), several.then(|| layer.name()), fields)
        })
        .collect()
}

mod gdal_geometry {
    use gdal::vector::{geometry_type_flatten, geometry_type_to_name};

    /// Whether a layer of this type holds polygons, or may hold them.
    pub(super) fn is_polygonal(kind: u32) -> bool {
        let name = geometry_type_to_name(geometry_type_flatten(kind)).to_lowercase();
        name.contains("polygon") || name.contains("unknown")
    }
}

/// Four digits between 1900 and 2100 in a file name.
fn year_in(name: &str) -> Option<i32> {
    let digits: Vec<&str> = name.split(|c: char| !c.is_ascii_digit()).collect();
    let years = digits.into_iter().filter(|part| part.len() == 4);
    years
        .filter_map(|part| part.parse().ok())
        .find(|year| (1900..2100).contains(year))
}

impl Survey {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.maps.is_empty() && self.polygons.is_empty() && self.tables.is_empty()
    }

    /// A draft plan. What a person must decide is marked `CHECK`.
    #[must_use]
    pub fn plan(&self) -> String {
        let mut plan = String::from(
            "# A draft, made from the files beside it. Lines marked CHECK need a decision.\n\
             name = \"CHECK: name of the run\"\nout = \"out\"\n\n[regions]\n",
        );
        if let Some((file, layer, fields)) = self.polygons.first() {
            let _ = writeln!(
                plan,
                "path = {file:?}          # CHECK: the polygons that get an account"
            );
            if let Some(layer) = layer {
                let _ = writeln!(plan, "layer = {layer:?}");
            }
            let id = fields
                .iter()
                .find(|f| is_id(f))
                .or(fields.first())
                .map_or("id", String::as_str);
            let _ = writeln!(
                plan,
                "id = {id:?}              # CHECK: one of {}",
                fields.join(", ")
            );
            if let Some(name) = fields.iter().find(|f| f.to_lowercase().contains("name")) {
                let _ = writeln!(plan, "name-field = {name:?}");
            }
        } else {
            plan.push_str("path = \"CHECK: no polygon file found\"\nid = \"CHECK\"\n");
        }
        for (file, year) in &self.maps {
            let year = year.map_or_else(
                || "0      # CHECK: year of the map".to_owned(),
                |y| y.to_string(),
            );
            let _ = writeln!(plan, "\n[[land-cover]]\nyear = {year}\npath = {file:?}");
            plan.push_str("legend = \"CHECK\"   # nlcd, esa-worldcover, clcd, ... or a CSV: code, class_name, ecosystem\n");
        }
        for (file, layer, _) in self.polygons.iter().skip(1) {
            let _ = writeln!(
                plan,
                "\n# [[boundary]]\n# ecosystem = \"CHECK\"\n# path = {file:?}"
            );
            if let Some(layer) = layer {
                let _ = writeln!(plan, "# layer = {layer:?}");
            }
        }
        for (file, columns) in &self.tables {
            let _ = writeln!(
                plan,
                "\n# A table that may hold plots or strata: {file}\n#   columns: {}",
                columns.join(", ")
            );
        }
        plan.push_str("\n[forest]\ndefinition = \"ipcc\"        # or cn-nfi, fao-fra\nland-area = \"exclude-water\"\n");
        plan
    }
}

fn is_id(field: &str) -> bool {
    let field = field.to_lowercase();
    ["id", "code", "fips", "gid", "key"]
        .iter()
        .any(|word| field.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_read_from_a_file_name() {
        assert_eq!(year_in("nlcd_2016_v3.tif"), Some(2016));
        assert_eq!(year_in("tile_1234.tif"), None);
    }
}
