//! Tables in files that GDAL reads: points of a `GeoPackage` or shapefile, tables of a database, sheets
//! of a workbook.

use std::collections::BTreeMap;
use std::path::Path;

use gdal::Dataset;
use gdal::vector::{Feature, Layer, LayerAccess};

use super::rows::{POINT_COLUMNS, Table, duplicates, read_table};
use super::workbook::truths;
use crate::finding::{Finding, counted};
use crate::input::files::{layer_meant, layers, missing, open_vector, take, unreadable, words};
use crate::input::ground::Projection;
use crate::input::shapes::chosen_layer;

/// Endings of text tables, read without GDAL.
const TEXT: [&str; 3] = ["csv", "tsv", "txt"];

/// Endings of workbooks: their first row names the columns.
const WORKBOOKS: [&str; 3] = ["xlsx", "xlsm", "ods"];

/// Where a table lies.
#[derive(Debug, Clone, Copy)]
pub struct TableSource<'a> {
    /// The file.
    pub path: &'a Path,
    /// Layer, table or sheet; the only one where `None`.
    pub layer: Option<&'a str>,
    /// Encoding of a shapefile that does not say it.
    pub encoding: Option<&'a str>,
}

impl TableSource<'_> {
    /// Reads the table. Rows of files without lines are numbered as their features; those of a
    /// workbook as it numbers them.
    ///
    /// The places of point features are the columns `geometry_x` and `geometry_y`, in the coordinate
    /// system of [`Table::crs`].
    ///
    /// # Errors
    ///
    /// Findings: a missing or unreadable file, an unknown layer, and those of
    /// [`read_table`].
    pub fn read(&self) -> Result<Table, Vec<Finding>> {
        let ending = self
            .path
            .extension()
            .map(|ending| ending.to_string_lossy().to_lowercase())
            .unwrap_or_default();
        let name = self.path.display().to_string();
        if TEXT.contains(&ending.as_str()) {
            return match self.layer {
                None => read_table(self.path),
                Some(layer) => Err(vec![Finding::error(
                    name,
                    format!("the plan names the layer `{layer}`, and a text table has none"),
                    "leave `layer` out",
                )]),
            };
        }
        let dataset = self.open().map_err(|finding| vec![finding])?;
        // A database has tables that it does not list.
        let known = |layer: &str| dataset.layer_by_name(layer).is_ok();
        let wanted = layer_meant(self.path, self.layer).map_err(|finding| vec![finding])?;
        let layers = layers(&name, &dataset, wanted.as_deref());
        let layers = layers.map_err(|finding| vec![finding])?;
        let layer = chosen_layer(&name, wanted.as_deref(), &layers, known);
        let layer = layer.map_err(|finding| vec![finding])?;
        let name = if layers.len() > 1 {
            format!("{name}, layer {layer}")
        } else {
            name
        };
        let sheet = WORKBOOKS.contains(&ending.as_str()).then(|| Sheet {
            truths: truths(self.path, &layer),
        });
        let layer = dataset.layer_by_name(&layer).map_err(|error| {
            vec![Finding::error(
                &name,
                words(&error),
                "check the file with ogrinfo",
            )]
        })?;
        rows(name, layer, sheet.as_ref())
    }

    fn open(&self) -> Result<Dataset, Finding> {
        if let Some(missing) = missing(self.path) {
            return Err(missing);
        }
        open_vector(self.path, self.encoding).map_err(|error| {
            let remedy = "give a CSV file, a workbook (XLSX, ODS), or a file that GDAL reads, such as GeoPackage, SQLite or shapefile";
            unreadable(self.path, "a table", &error, remedy)
        })
    }
}

/// What a sheet of a workbook has beside the texts of its cells.
struct Sheet {
    /// Cells TRUE and FALSE, by row, from 1, and column, from 0.
    truths: BTreeMap<(usize, usize), bool>,
}

impl Sheet {
    /// Gives the cells TRUE and FALSE of a row their own words: they are no numbers.
    fn mend(&self, line: usize, row: &mut [String]) {
        for ((_, col), is_true) in self.truths.range((line, 0)..(line + 1, 0)) {
            if let Some(cell) = row.get_mut(*col) {
                (if *is_true { "TRUE" } else { "FALSE" }).clone_into(cell);
            }
        }
    }
}

fn rows(name: String, mut layer: Layer<'_>, sheet: Option<&Sheet>) -> Result<Table, Vec<Finding>> {
    let mut columns: Vec<String> = layer.defn().fields().map(|field| field.name()).collect();
    let fields = columns.len();
    let projection = layer.spatial_ref().map(Projection::new);
    let expected = layer.try_feature_count();
    take();
    let mut table = Vec::new();
    let mut points = Vec::new();
    for (index, feature) in layer.features().enumerate() {
        let line = feature
            .fid()
            .filter(|_| sheet.is_some())
            .and_then(|fid| usize::try_from(fid).ok())
            .unwrap_or(index + 1);
        let mut row = values(&feature, fields);
        if let Some(sheet) = sheet {
            sheet.mend(line, &mut row);
        }
        table.push((line, row));
        points.push(point(&feature));
    }
    let said = take();
    if expected.is_some_and(|expected| expected != table.len() as u64) {
        let cause = said
            .first()
            .map_or(String::new(), |said| format!(" ({said})"));
        return Err(vec![Finding::error(
            name,
            format!(
                "the file is damaged: {} read{cause}",
                counted(table.len(), "row", "rows")
            ),
            "copy the file again from its source",
        )]);
    }
    if sheet.is_some() {
        if table.is_empty() {
            return Err(vec![Finding::error(
                name,
                "the sheet is empty",
                "the first row must name the columns",
            )]);
        }
        columns = table.remove(0).1;
        points.remove(0);
        // Cells without a name at the right edge are leftovers of the editor.
        while columns.last().is_some_and(String::is_empty)
            && table
                .iter()
                .all(|(_, row)| row[columns.len() - 1].is_empty())
        {
            columns.pop();
            for (_, row) in &mut table {
                row.truncate(columns.len());
            }
        }
        table.retain(|(_, row)| row.iter().any(|cell| !cell.is_empty()));
    }
    let mut crs = None;
    if points.iter().any(Option::is_some) {
        columns.extend(POINT_COLUMNS.map(str::to_owned));
        for ((_, row), point) in table.iter_mut().zip(points) {
            let (x, y) =
                point.map_or_else(Default::default, |(x, y)| (x.to_string(), y.to_string()));
            row.extend([x, y]);
        }
        crs = projection.and_then(|projection| Some(projection.describe().ok()?.wkt));
    }
    let findings = duplicates(&name, &columns);
    if findings.is_empty() {
        Ok(Table {
            name,
            columns,
            rows: table,
            crs,
        })
    } else {
        Err(findings)
    }
}

/// The fields of a feature as texts, empty where they have no value.
fn values(feature: &Feature<'_>, fields: usize) -> Vec<String> {
    (0..fields)
        .map(|field| feature.field_as_string(field).ok().flatten())
        .map(|value| value.unwrap_or_default().trim().to_owned())
        .collect()
}

/// The place of a point feature; none of other shapes.
fn point(feature: &Feature<'_>) -> Option<(f64, f64)> {
    let geometry = feature.geometry_by_index(0).ok()?;
    let is_point = !geometry.is_empty()
        && gdal::vector::geometry_type_to_name(geometry.geometry_type())
            .to_lowercase()
            .contains("point");
    let (x, y, _) = is_point.then(|| geometry.get_point(0))?;
    Some((x, y))
}
