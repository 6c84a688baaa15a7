//! What a directory holds: rasters, polygons and tables, for a draft plan.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use gdal::vector::LayerAccess;
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};
use gdal_geometry::is_polygonal;

use super::files::take;
use super::raster::{ClassRaster, RasterSource};
use super::table::read_table;
use super::table_kinds;
use crate::account::StandCodes;

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
    ///
    /// Polygons with the fields of a stand register of China are offered as one.
    #[must_use]
    pub fn plan(&self, codes: &StandCodes) -> String {
        let mut plan = String::from(
            "# A draft, made from the files beside it. Lines marked CHECK need a decision; the README\n\
             # of the program tells every key.\n\
             name = \"CHECK: name of the run\"\nout = \"out\"\n\n[regions]\n",
        );
        self.regions(self.regions_of(codes), &mut plan);
        let legend = self.tables.iter().find(|(_, columns)| is_legend(columns));
        for (file, year) in &self.maps {
            let year = year.map_or_else(
                || "0      # CHECK: year of the map".to_owned(),
                |y| format!("{y}   # CHECK: read from the name of the file"),
            );
            let _ = writeln!(plan, "\n[[land-cover]]\nyear = {year}\npath = {file:?}");
            match legend {
                Some((table, _)) => {
                    let _ = writeln!(plan, "legend = {table:?}   # CHECK: or a built-in legend");
                }
                None => plan.push_str(
                    "legend = \"CHECK\"   # a built-in legend such as nlcd, esa-worldcover, clcd, or a CSV: code, class_name, ecosystem\n",
                ),
            }
        }
        if self.maps.is_empty() {
            plan.push_str(
                "\n# No raster of class codes was found: without one there is no forest coverage.\n",
            );
        }
        plan.push_str(
            "\n[forest]\ndefinition = \"ipcc\"        # CHECK: or cn-nfi, fao-fra\nland-area = \"exclude-water\"\n",
        );
        let regions = self.regions_of(codes);
        for (at, (file, layer, fields)) in self.polygons.iter().enumerate() {
            if Some(at) == regions {
                continue;
            }
            if codes.know(fields) {
                register(&mut plan, file, layer.as_deref());
                continue;
            }
            let _ = writeln!(
                plan,
                "\n# More polygons. Where they outline an ecosystem, take the signs away:\n\
                 # [[boundary]]\n# ecosystem = \"CHECK\"   # forest, grassland, wetland, mangrove ...\n# path = {file:?}"
            );
            if let Some(layer) = layer {
                let _ = writeln!(plan, "# layer = {layer:?}");
            }
        }
        for (file, columns) in self.tables.iter().filter(|(_, c)| !is_legend(c)) {
            if let Some(told) = table_kinds::told(file, columns) {
                plan.push_str(&told);
                continue;
            }
            let _ = writeln!(
                plan,
                "\n# A table that may hold plots or strata: {file}\n#   columns: {}",
                columns.join(", ")
            );
            if let Some(volume) = columns.iter().find(|column| is_volume(column)) {
                inventory(&mut plan, file, columns, volume);
            }
        }
        plan
    }

    /// The polygons that are regions: the first that are no stand register.
    fn regions_of(&self, codes: &StandCodes) -> Option<usize> {
        let polygons = &self.polygons;
        polygons
            .iter()
            .position(|(_, _, fields)| !codes.know(fields))
    }

    fn regions(&self, at: Option<usize>, plan: &mut String) {
        let Some((file, layer, fields)) = at.map(|at| &self.polygons[at]) else {
            plan.push_str("path = \"CHECK: no polygon file found\"\nid = \"CHECK\"\n");
            return;
        };
        let _ = writeln!(
            plan,
            "path = {file:?}   # CHECK: the polygons that get an account"
        );
        if let Some(layer) = layer {
            let _ = writeln!(plan, "layer = {layer:?}");
        }
        let id = fields.iter().find(|f| is_id(f)).or(fields.first());
        let _ = writeln!(
            plan,
            "id = {:?}   # CHECK: the key of a region, one of {}",
            id.map_or("id", String::as_str),
            fields.join(", ")
        );
        if let Some(name) = fields.iter().find(|f| f.to_lowercase().contains("name")) {
            let _ = writeln!(plan, "name-field = {name:?}");
        }
    }
}

/// An inventory of stands for polygons with the fields of a Chinese register.
fn register(plan: &mut String, file: &str, layer: Option<&str>) {
    let year = year_in(file).map_or_else(
        || "0      # CHECK: year of the register".to_owned(),
        |year| format!("{year}   # CHECK: read from the name of the file"),
    );
    let _ = writeln!(
        plan,
        "\n# Its fields are those of a stand register.\n[[inventory.stands]]\nyear = {year}\n\
         path = {file:?}\npreset = \"cn-xiaoban\"\n\
         # land-classes = \"CHECK.csv\"   # what its land classes mean: code, name, kind\n\
         covers = \"forest\"       # CHECK: or \"land\", where every part of a region is a stand"
    );
    if let Some(layer) = layer {
        let _ = writeln!(plan, "layer = {layer:?}");
    }
}

/// A commented inventory for a table that has a stock volume.
fn inventory(plan: &mut String, file: &str, columns: &[String], volume: &str) {
    let id = columns.iter().find(|column| is_id(column));
    let id = id.map_or("CHECK", String::as_str);
    let _ = writeln!(
        plan,
        "# Where it holds plots, take the signs away:\n\
         # [inventory]\n# design = \"CHECK\"   # simple-random, systematic, stratified, post-stratified ...\n\
         # area-ha = 0         # CHECK: sampled area, for designs without strata\n\
         # [[inventory.plots]]\n# year = 0            # CHECK\n# path = {file:?}\n\
         # [inventory.fields]\n# id = {id:?}\n# region = \"CHECK\"   # column with the region of the plot, or x, y and crs\n\
         # volume = {volume:?}\n\
         # [carbon]\n# method = \"plots-stock-difference\""
    );
}

fn is_volume(column: &str) -> bool {
    let column = column.to_lowercase();
    column.ends_with("_m3_ha") || column.ends_with("_m3_mu")
}

fn is_legend(columns: &[String]) -> bool {
    ["code", "class_name", "ecosystem"]
        .iter()
        .all(|needed| columns.iter().any(|column| column == needed))
}

/// Whether a field sounds like a key: one of its words is such a word.
fn is_id(field: &str) -> bool {
    field
        .to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| ["id", "code", "fips", "gid", "fid", "key", "geoid"].contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_read_from_a_file_name() {
        assert_eq!(year_in("nlcd_2016_v3.tif"), Some(2016));
        assert_eq!(year_in("tile_1234.tif"), None);
    }

    #[test]
    fn a_key_is_told_from_a_word_that_holds_its_letters() {
        assert!(is_id("town_id"));
        assert!(!is_id("width"));
    }

    #[test]
    fn a_draft_is_toml_with_the_commented_parts_too() {
        let found = Survey {
            maps: vec![("lc.tif".into(), None)],
            polygons: vec![
                ("a.gpkg".into(), Some("a".into()), vec!["fips".into()]),
                ("b.gpkg".into(), None, Vec::new()),
            ],
            tables: vec![("plots.csv".into(), vec!["plot_id".into(), "v_m3_ha".into()])],
        };
        let draft = found.plan(&StandCodes::default());
        draft.parse::<toml::Table>().unwrap();
        let all: String = draft
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(key) if key.starts_with('[') || key.contains(" = ") => format!("{key}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let table: toml::Table = all.parse().unwrap();
        assert_eq!(
            table["inventory"]["fields"]["volume"].as_str(),
            Some("v_m3_ha")
        );
    }
}
