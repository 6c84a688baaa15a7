//! The polygons of features, and whether they are valid.

use std::borrow::Cow;

use gdal::cpl::CslStringList;
use gdal::vector::{Geometry, OGRwkbGeometryType, geometry_type_flatten};
use geo::{MultiPolygon, Polygon};
use rayon::prelude::*;

use super::simple_rings::are_plainly_valid;
use crate::finding::Finding;
use crate::input::files::{take, words};

/// Longitudes from the antimeridian to the meridian opposite, in degrees.
const HALF_GLOBE: f64 = 180.0;

/// How near to the antimeridian is at it, in degrees.
const AT_MERIDIAN: f64 = 1e-9;

/// The polygons of a feature.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) polygons: MultiPolygon<f64>,
    /// Said where they had to be repaired.
    pub(super) repaired: Option<Finding>,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            polygons: MultiPolygon(Vec::new()),
            repaired: None,
        }
    }
}

/// The polygons of geometries, each with its place in messages. One that is not valid is repaired
/// where `repair` says so, and said; else it is refused.
///
/// What a plain look settles is settled on all threads; the rest goes to GEOS one by one.
pub(super) fn shapes(
    features: Vec<(&String, Option<&Geometry>)>,
    repair: bool,
) -> Vec<Result<Shape, Finding>> {
    let drawn: Vec<Result<MultiPolygon<f64>, Finding>> = features
        .iter()
        .map(|(place, geometry)| match geometry {
            Some(geometry) if !geometry.is_empty() => polygons_of(place, &flat(geometry)),
            _ => Ok(MultiPolygon(Vec::new())),
        })
        .collect();
    let settled: Vec<bool> = drawn
        .par_iter()
        .map(|drawn| drawn.as_ref().is_ok_and(are_plainly_valid))
        .collect();
    let drawn = features.into_iter().zip(drawn).zip(settled);
    drawn
        .map(|(((place, geometry), drawn), settled)| {
            let polygons = drawn?;
            match geometry.filter(|_| !settled) {
                Some(geometry) => checked(place, &flat(geometry), polygons, repair),
                None => Ok(Shape {
                    polygons,
                    repaired: None,
                }),
            }
        })
        .collect()
}

/// A finding where an edge in degrees spans more than half of the globe, as those do that jump at
/// the antimeridian. The meridians of 180 degrees east and west are one, so an edge from the one to
/// the other is no jump.
pub(super) fn jump(place: &str, polygons: &MultiPolygon<f64>) -> Option<Finding> {
    let rings = polygons
        .iter()
        .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    let edge = rings.flat_map(geo::LineString::lines).find(|edge| {
        let span = edge.dx().abs();
        span > HALF_GLOBE && span < 2.0 * HALF_GLOBE - AT_MERIDIAN
    })?;
    Some(Finding::error(
        place,
        format!(
            "an edge runs from longitude {} to {}, over more than half of the globe",
            edge.start.x, edge.end.x
        ),
        "if the polygon crosses the antimeridian, cut it there (ogr2ogr -wrapdateline, or RFC 7946 section 3.1.9); if it goes round the globe, add corners to that edge",
    ))
}

/// A geometry without heights.
fn flat(geometry: &Geometry) -> Cow<'_, Geometry> {
    let kind: OGRwkbGeometryType::Type = geometry.geometry_type();
    if kind == geometry_type_flatten(kind) {
        return Cow::Borrowed(geometry);
    }
    let mut flat = geometry.clone();
    flat.flatten_to_2d();
    Cow::Owned(flat)
}

/// What GEOS says of the polygons of a geometry, and its repair where that is wanted.
fn checked(
    place: &str,
    geometry: &Geometry,
    polygons: MultiPolygon<f64>,
    repair: bool,
) -> Result<Shape, Finding> {
    take();
    if geometry.is_valid() {
        return Ok(Shape {
            polygons,
            repaired: None,
        });
    }
    let reason = take()
        .into_iter()
        .next()
        .unwrap_or_else(|| "not a valid polygon".into());
    let repaired = geometry.make_valid(&CslStringList::new());
    if matches!(&repaired, Ok(repaired) if repaired.area() <= 0.0) {
        return Err(Finding::error(
            place,
            format!(
                "polygon of no area ({reason}): its corners lie on a line or in a point, which no repair makes a polygon of"
            ),
            "draw the shape that is meant, or take the feature out of the file",
        ));
    }
    if !repair {
        return Err(Finding::error(
            place,
            format!("invalid polygon: {reason}"),
            "mend it (in QGIS: Fix geometries), or set `repair = true` in the plan (`zonal`: --repair): the repair is then reported",
        ));
    }
    let repaired = repaired.map_err(|error| {
        Finding::error(
            place,
            format!(
                "invalid polygon that cannot be repaired: {reason} ({})",
                words(&error)
            ),
            "mend it by hand",
        )
    })?;
    let warning = Finding::warning(
        place,
        format!(
            "invalid polygon repaired: {reason}; plane area {} before, {} after",
            geometry.area(),
            repaired.area()
        ),
        "compare the shape with its source",
    );
    Ok(Shape {
        polygons: polygons_of(place, &repaired)?,
        repaired: Some(warning),
    })
}

/// The polygonal parts of a geometry; a geometry without any is refused.
fn polygons_of(place: &str, geometry: &Geometry) -> Result<MultiPolygon<f64>, Finding> {
    let curved = [
        "CURVEPOLYGON",
        "MULTISURFACE",
        "COMPOUNDCURVE",
        "CIRCULARSTRING",
    ];
    let remedy = if curved.contains(&geometry.geometry_name().as_str()) {
        "make lines of its arcs, as fine as they must be: ogr2ogr --config OGR_ARC_STEPSIZE 0.1 -nlt CONVERT_TO_LINEAR (in QGIS: Segmentize)"
    } else {
        "regions and boundaries must be polygons"
    };
    let refused = |what: String| Finding::error(place, what, remedy);
    let shape: geo::Geometry<f64> = geometry
        .try_into()
        .map_err(|_| refused(format!("the geometry is a {}", geometry.geometry_name())))?;
    let mut parts: Vec<Polygon<f64>> = Vec::new();
    collect(shape, &mut parts);
    if parts.is_empty() {
        return Err(refused(format!(
            "the geometry is a {}, not a polygon",
            geometry.geometry_name()
        )));
    }
    let finite = parts.iter().all(|part| {
        let rings = std::iter::once(part.exterior()).chain(part.interiors());
        rings
            .flat_map(|ring| &ring.0)
            .all(|c| c.x.is_finite() && c.y.is_finite())
    });
    if finite {
        Ok(MultiPolygon(parts))
    } else {
        Err(refused("a coordinate is not a number".into()))
    }
}

fn collect(shape: geo::Geometry<f64>, parts: &mut Vec<Polygon<f64>>) {
    match shape {
        geo::Geometry::Polygon(polygon) => parts.push(polygon),
        geo::Geometry::MultiPolygon(polygons) => parts.extend(polygons),
        // A repair may leave points and lines beside the polygons; they have no area.
        geo::Geometry::GeometryCollection(items) => {
            for item in items {
                collect(item, parts);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use geo::polygon;

    use super::*;

    #[test]
    fn edges_that_jump_at_the_antimeridian_are_told_and_world_maps_are_not() {
        let box_of = |west: f64, east: f64| {
            MultiPolygon::new(vec![polygon![
                (x: west, y: -17.0), (x: east, y: -17.0), (x: east, y: -16.0), (x: west, y: -16.0)
            ]])
        };
        let told = jump("island", &box_of(179.95, -179.99)).expect("it jumps");
        assert!(
            told.what.contains("from longitude 179.95 to -179.99"),
            "{told:?}"
        );
        for (west, east) in [
            (-180.0, 180.0),
            (179.0, 181.0),
            (-180.0, -179.99),
            (0.0, 180.0),
        ] {
            assert_eq!(jump("island", &box_of(west, east)), None);
        }
    }
}
