//! Rows of any file that GDAL reads, with the point of each where it has shapes.

use std::path::Path;

use gdal::Dataset;
use gdal::vector::{LayerAccess, geometry_type_to_name};

use super::crs::Projection;
use super::messages::{take, words};
use super::table::{Table, read_table};
use crate::finding::Finding;

/// Rows with the place of each.
#[derive(Debug, Clone)]
pub struct PointTable {
    /// The attributes.
    pub table: Table,
    /// The shape of each row; empty for a file without shapes.
    pub points: Vec<Option<(f64, f64)>>,
    /// Coordinate system of the shapes.
    pub projection: Option<Projection>,
}

/// Reads CSV as such, and anything else through GDAL.
///
/// # Errors
///
/// Findings: those of [`read_table`]; a file that GDAL does not read, an unknown layer, shapes that are no
/// points.
pub fn read_points(path: &Path, layer: Option<&str>) -> Result<PointTable, Vec<Finding>> {
    let text = |extension: &std::ffi::OsStr| {
        ["csv", "txt", "tsv"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    };
    if path.extension().is_some_and(text) {
        return read_table(path).map(|table| PointTable {
            table,
            points: Vec::new(),
            projection: None,
        });
    }
    read_shapes(path, layer)
}

fn read_shapes(path: &Path, wanted: Option<&str>) -> Result<PointTable, Vec<Finding>> {
    let file = path.display().to_string();
    let refused = |what: String, remedy: &str| vec![Finding::error(&file, what, remedy)];
    if !path.exists() {
        return Err(refused(
            "no such file".to_owned(),
            "check the path in the plan; paths are relative to the plan file",
        ));
    }
    let dataset = Dataset::open(path).map_err(|error| {
        refused(
            format!("cannot be read as rows: {}", words(&error)),
            "give CSV, or a file that GDAL reads, such as GeoPackage or GeoJSON",
        )
    })?;
    let names: Vec<String> = dataset.layers().map(|layer| layer.name()).collect();
    let name = match (wanted, &names[..]) {
        (Some(layer), _) if names.iter().any(|name| name == layer) => layer.to_owned(),
        (None, [only]) => only.clone(),
        (layer, _) => {
            let what = layer.map_or_else(
                || format!("{} layers, and the plan names none", names.len()),
                |layer| format!("no layer `{layer}`"),
            );
            let remedy = format!("set `layer` to one of: {}", names.join(", "));
            return Err(refused(what, &remedy));
        }
    };
    let mut layer = dataset
        .layer_by_name(&name)
        .map_err(|error| refused(words(&error), "check the file with ogrinfo"))?;
    let projection = layer.spatial_ref().map(Projection::new);
    let columns: Vec<String> = layer.defn().fields().map(|field| field.name()).collect();
    take();
    let mut findings = Vec::new();
    let mut rows = Vec::new();
    let mut points = Vec::new();
    for (index, feature) in layer.features().enumerate() {
        let values = (0..columns.len())
            .map(|field| feature.field_as_string(field).ok().flatten())
            .map(|value| value.unwrap_or_default().trim().to_owned());
        rows.push((index + 1, values.collect()));
        let shape = feature.geometry_by_index(0).ok();
        let shape = shape.filter(|shape| !shape.is_empty());
        points.push(shape.and_then(|shape| {
            if shape.geometry_name().contains("POINT") && shape.point_count() == 1 {
                let (x, y, _) = shape.get_point(0);
                return Some((x, y));
            }
            findings.push(Finding::error(
                format!("{file}, feature {}", index + 1),
                format!(
                    "the shape is a {}, expected one point",
                    geometry_type_to_name(shape.geometry_type())
                ),
                "give one point a row",
            ));
            None
        }));
    }
    if let Some(said) = take().first() {
        findings.push(Finding::error(
            &file,
            format!("the file is damaged: {said}"),
            "copy the file again from its source",
        ));
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let table = Table {
        name: file,
        columns,
        rows,
    };
    Ok(PointTable {
        table,
        points,
        projection,
    })
}
