//! Ecosystem boundaries: polygons that override the class inside them.

use std::collections::BTreeMap;

use geo::{BooleanOps, MultiPolygon};

use super::features::VectorSource;
use crate::finding::Finding;
use crate::input::ground::{Projection, Transformer};
use crate::plan::FieldValue;

/// The polygons of one boundary of the plan, as one shape.
#[derive(Debug, Clone)]
pub struct Boundary {
    /// All polygons, united.
    pub shape: MultiPolygon<f64>,
    /// What the reader must know.
    pub warnings: Vec<Finding>,
}

/// Reads a boundary and brings it to the coordinates of the run.
///
/// Polygons that overlap each other are united first, so that no cell counts twice.
///
/// # Errors
///
/// Findings of the file, of the selection and of the transformation.
pub fn read_boundary(
    source: &VectorSource,
    wanted: &BTreeMap<String, FieldValue>,
    projection: &Projection,
    tolerance: (f64, f64),
) -> Result<Boundary, Vec<Finding>> {
    let mut polygons = source.read()?;
    polygons.only(wanted)?;
    let refused = |error: crate::input::ground::ProjectionError| {
        vec![Finding::error(
            &polygons.name,
            error.to_string(),
            "check the coordinate system of the file, or set `crs` in the plan",
        )]
    };
    let transformer = Transformer::new(&polygons.projection, projection).map_err(refused)?;
    let mut parts = Vec::new();
    for feature in &polygons.features {
        parts.extend(
            transformer
                .polygons(&feature.shape, tolerance)
                .map_err(refused)?
                .0,
        );
    }
    let mut warnings = polygons.warnings;
    if parts.is_empty() {
        warnings.push(if wanted.is_empty() {
            Finding::warning(
                &polygons.name,
                "no feature has a polygon: the boundary is empty",
                "give a layer with polygons, or remove the boundary from the plan",
            )
        } else {
            Finding::warning(
                &polygons.name,
                "no polygon fits the selection: the boundary is empty",
                "check `where` in the plan",
            )
        });
    }
    Ok(Boundary {
        shape: united(parts),
        warnings,
    })
}

/// The union of polygons.
fn united(parts: Vec<geo::Polygon<f64>>) -> MultiPolygon<f64> {
    if parts.is_empty() {
        MultiPolygon(parts)
    } else {
        geo::unary_union(&parts)
    }
}

/// What is left of `shape` outside `other`.
#[must_use]
pub(crate) fn without(shape: &MultiPolygon<f64>, other: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    if other.0.is_empty() {
        shape.clone()
    } else {
        shape.difference(other)
    }
}
