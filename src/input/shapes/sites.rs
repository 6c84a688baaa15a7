//! Polygons that are observations by themselves: treated and control sites.

use std::collections::BTreeMap;

use geo::MultiPolygon;

use super::features::VectorSource;
use crate::finding::Finding;
use crate::input::ground::{Projection, Transformer};
use crate::plan::FieldValue;

/// A polygon with its id, in the coordinates of the run.
#[derive(Debug, Clone)]
pub struct SiteShape {
    /// Its id: of the field, or its number in the file.
    pub id: String,
    /// Its shape.
    pub shape: MultiPolygon<f64>,
}

/// Reads sites and brings them to the coordinates of the run, with what the reader must know.
///
/// # Errors
///
/// Findings of the file, of the selection and of the transformation; empty or repeated ids,
/// features without a shape, a selection that leaves none.
pub fn read_sites(
    source: &VectorSource,
    wanted: &BTreeMap<String, FieldValue>,
    projection: &Projection,
    tolerance: (f64, f64),
) -> Result<(Vec<SiteShape>, Vec<Finding>), Vec<Finding>> {
    let mut polygons = source.read()?;
    polygons.only(wanted)?;
    let name = polygons.name.clone();
    let field = match &source.id {
        Some(field) => Some(polygons.field(field).map_err(|finding| vec![finding])?),
        None => None,
    };
    let refused = |error: crate::input::ground::ProjectionError| {
        Finding::error(
            &name,
            error.to_string(),
            "check the coordinate system of the file, or set `crs` in the plan",
        )
    };
    let transformer =
        Transformer::new(&polygons.projection, projection).map_err(|error| vec![refused(error)])?;
    let mut findings = Vec::new();
    let mut sites = Vec::new();
    let mut first_of: BTreeMap<String, usize> = BTreeMap::new();
    for feature in &polygons.features {
        let place = format!("{name}, feature {}", feature.number);
        let id = match field {
            Some(field) => feature.values[field].clone(),
            None => Some(feature.number.to_string()),
        };
        let Some(id) = id else {
            findings.push(Finding::error(
                place,
                "the id of the polygon is empty",
                "give every polygon an id, or leave `id` out to have them numbered",
            ));
            continue;
        };
        if let Some(first) = first_of.insert(id.clone(), feature.number) {
            findings.push(Finding::error(
                &place,
                format!("the id `{id}` is that of feature {first} too"),
                "give every polygon its own id, or dissolve the features of one site into one",
            ));
        }
        if feature.shape.0.is_empty() {
            findings.push(Finding::error(
                &place,
                format!("the polygon `{id}` has no shape"),
                "draw its polygon or delete the feature",
            ));
        }
        match transformer.polygons(&feature.shape, tolerance) {
            Ok(shape) => sites.push(SiteShape { id, shape }),
            Err(error) => findings.push(refused(error)),
        }
    }
    if polygons.features.is_empty() {
        findings.push(Finding::error(
            &name,
            "no polygon fits the selection",
            "check `where` in the plan",
        ));
    }
    if findings.is_empty() {
        Ok((sites, polygons.warnings))
    } else {
        Err(findings)
    }
}
