//! Polygons and collections in the form of RFC 7946.
//!
//! Longitude and latitude of WGS 84, exterior rings counter-clockwise and holes clockwise
//! (section 3.1.6), bounding boxes (section 5), geometries cut at the antimeridian (section
//! 3.1.9), seven decimals of a degree, which is about a centimetre (section 11.2). A geometry that
//! rounding would make invalid keeps more decimals.

use geo::algorithm::bool_ops::BooleanOps;
use geo::algorithm::bounding_rect::BoundingRect;
use geo::algorithm::map_coords::MapCoords;
use geo::algorithm::orient::{Direction, Orient};
use geo::algorithm::validation::Validation;
use geo::algorithm::winding_order::Winding;
use geo::{Coord, LineString, MultiPolygon, Polygon, Rect};
use geojson::feature::Id;
use geojson::{Feature, GeometryValue, JsonObject};

use super::document::{Document, ReportError};

/// Decimals of a degree, and how many more a geometry may keep to stay valid.
const DECIMALS: std::ops::RangeInclusive<u8> = 7..=9;

/// A collection that is being put together.
#[derive(Debug, Default)]
pub(super) struct Collection {
    features: Vec<String>,
    extent: Option<Bounds>,
}

impl Collection {
    /// Adds a feature; one without a geometry is allowed (section 3.2).
    pub(super) fn add(
        &mut self,
        path: &str,
        id: Option<String>,
        shape: Option<&Exchange>,
        properties: JsonObject,
    ) -> Result<(), ReportError> {
        let bounds = shape.and_then(|shape| shape.bounds);
        self.extent = match (self.extent, bounds) {
            (Some(all), Some(one)) => Some(all.with(one)),
            (all, one) => all.or(one),
        };
        let feature = Feature {
            bbox: bounds.map(Bounds::values),
            geometry: shape.map(|shape| shape.geometry.clone().into()),
            id: id.map(Id::String),
            properties: Some(properties),
            foreign_members: None,
        };
        self.features.push(json(path, &feature)?);
        Ok(())
    }

    /// The document, a line a feature.
    pub(super) fn document(self, path: &str) -> Result<Document, ReportError> {
        let mut text = String::from("{\"type\":\"FeatureCollection\",");
        if let Some(extent) = self.extent {
            text.push_str("\"bbox\":");
            text.push_str(&json(path, &extent.values())?);
            text.push(',');
        }
        text.push_str("\"features\":[");
        for (number, feature) in self.features.iter().enumerate() {
            text.push_str(if number == 0 { "\n" } else { ",\n" });
            text.push_str(feature);
        }
        text.push_str("\n]}\n");
        Ok(Document::new(path, text))
    }
}

fn json<T: serde::Serialize>(path: &str, value: &T) -> Result<String, ReportError> {
    serde_json::to_string(value).map_err(|source| ReportError::Json {
        file: path.to_owned(),
        source,
    })
}

/// West, south, east, north; west is greater than east where the antimeridian lies between.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

impl Bounds {
    fn of(polygons: &MultiPolygon<f64>, cut: bool) -> Option<Self> {
        let all = polygons.bounding_rect()?;
        let mut bounds = Self {
            west: all.min().x,
            south: all.min().y,
            east: all.max().x,
            north: all.max().y,
        };
        if cut {
            // The pieces east of the antimeridian have negative longitudes, those west positive.
            let rects = || polygons.iter().filter_map(BoundingRect::bounding_rect);
            let west = rects().map(|rect| rect.min().x).filter(|x| *x >= 0.0);
            let east = rects().map(|rect| rect.max().x).filter(|x| *x <= 0.0);
            if let (Some(west), Some(east)) = (west.reduce(f64::min), east.reduce(f64::max)) {
                bounds.west = west;
                bounds.east = east;
            }
        }
        Some(bounds)
    }

    pub(super) fn with(self, other: Self) -> Self {
        let across = self.west > self.east || other.west > other.east;
        Self {
            west: if across {
                -180.0
            } else {
                self.west.min(other.west)
            },
            south: self.south.min(other.south),
            east: if across {
                180.0
            } else {
                self.east.max(other.east)
            },
            north: self.north.max(other.north),
        }
    }

    pub(super) fn values(self) -> Vec<f64> {
        vec![self.west, self.south, self.east, self.north]
    }
}

/// A geometry ready for exchange.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    pub(super) geometry: GeometryValue,
    pub(super) bounds: Option<Bounds>,
    /// Why it is not valid, where it is not.
    pub(super) problem: Option<String>,
}

/// Cuts, rounds, cleans and orients `polygons`.
pub(super) fn exchange_geometry(polygons: &MultiPolygon<f64>) -> Exchange {
    let (whole, cut) = cut_at_antimeridian(polygons);
    let mut problem = None;
    let mut chosen = None;
    for decimals in DECIMALS {
        let candidate = rounded(&whole, decimals);
        match candidate.check_validation() {
            Ok(()) if candidate.0.is_empty() && !whole.0.is_empty() => {
                problem.get_or_insert_with(|| "it is smaller than the rounding".to_owned());
            }
            Ok(()) => {
                problem = None;
                chosen = Some(candidate);
                break;
            }
            Err(error) => {
                problem.get_or_insert(error.to_string());
                chosen.get_or_insert(candidate);
            }
        }
    }
    let polygons = chosen.unwrap_or_else(|| whole.orient(Direction::Default));
    let ring = |ring: &LineString<f64>| {
        ring.coords()
            .map(|at| [at.x, at.y].into())
            .collect::<Vec<geojson::Position>>()
    };
    let coordinates = polygons
        .iter()
        .map(|polygon| {
            std::iter::once(polygon.exterior())
                .chain(polygon.interiors())
                .map(ring)
                .collect()
        })
        .collect();
    Exchange {
        bounds: Bounds::of(&polygons, cut),
        geometry: GeometryValue::MultiPolygon { coordinates },
        problem,
    }
}

/// `polygons` with coordinates of so many decimals, without the points and rings that rounding
/// made one, exterior rings counter-clockwise and holes clockwise.
fn rounded(polygons: &MultiPolygon<f64>, decimals: u8) -> MultiPolygon<f64> {
    let scale = 10f64.powi(i32::from(decimals));
    // Adding zero turns a negative zero into zero.
    let round = |value: f64| (value * scale).round() / scale + 0.0;
    let ring = |ring: &LineString<f64>| {
        let mut coords: Vec<Coord<f64>> = ring
            .coords()
            .map(|at| Coord {
                x: round(at.x),
                y: round(at.y),
            })
            .collect();
        coords.dedup();
        let mut ring = LineString::new(coords);
        ring.close();
        (ring.0.len() >= 4 && ring.winding_order().is_some()).then_some(ring)
    };
    polygons
        .iter()
        .filter_map(|polygon| {
            let exterior = ring(polygon.exterior())?;
            let interiors = polygon.interiors().iter().filter_map(ring).collect();
            Some(Polygon::new(exterior, interiors).orient(Direction::Default))
        })
        .collect()
}

/// The polygons with every part between -180 and 180 degrees, and whether any was cut or moved.
fn cut_at_antimeridian(polygons: &MultiPolygon<f64>) -> (MultiPolygon<f64>, bool) {
    let mut whole = Vec::with_capacity(polygons.0.len());
    let mut cut = false;
    for polygon in polygons {
        let unwrapped = unwrapped(polygon);
        let Some(rect) = unwrapped.bounding_rect() else {
            continue;
        };
        if rect.min().x >= -180.0 && rect.max().x <= 180.0 {
            whole.push(unwrapped);
            continue;
        }
        cut = true;
        for turn in [-360.0, 0.0, 360.0] {
            let world = Rect::new(
                Coord {
                    x: -180.0 + turn,
                    y: -90.0,
                },
                Coord {
                    x: 180.0 + turn,
                    y: 90.0,
                },
            );
            let part = unwrapped.intersection(&world.to_polygon());
            whole.extend(
                part.map_coords(|at| Coord {
                    x: at.x - turn,
                    y: at.y,
                })
                .0,
            );
        }
    }
    (MultiPolygon::new(whole), cut)
}

/// `polygon` with its rings running on over the antimeridian instead of jumping.
///
/// A step of more than half a turn is taken as the short way round, unless both of its ends lie on
/// the antimeridian, as the edges of a world map do. A ring around a pole does not close that way
/// and stays as it is.
fn unwrapped(polygon: &Polygon<f64>) -> Polygon<f64> {
    let on_edge = |x: f64| (x.abs() - 180.0).abs() < 1e-9;
    let ring = |ring: &LineString<f64>| -> Option<LineString<f64>> {
        let mut turn = 0.0;
        let mut coords: Vec<Coord<f64>> = Vec::with_capacity(ring.0.len());
        let mut last: Option<f64> = None;
        for at in ring.coords() {
            if let Some(last) = last
                && !(on_edge(last) && on_edge(at.x))
            {
                if at.x - last > 180.0 {
                    turn -= 360.0;
                } else if at.x - last < -180.0 {
                    turn += 360.0;
                }
            }
            last = Some(at.x);
            coords.push(Coord {
                x: at.x + turn,
                y: at.y,
            });
        }
        (turn == 0.0).then(|| LineString::new(coords))
    };
    let Some(exterior) = ring(polygon.exterior()) else {
        return polygon.clone();
    };
    let Some(bounds) = exterior.bounding_rect() else {
        return polygon.clone();
    };
    let interiors = polygon
        .interiors()
        .iter()
        .filter_map(|hole| {
            let hole = ring(hole)?;
            let west = hole.bounding_rect()?.min().x;
            let turn = if west < bounds.min().x {
                360.0
            } else if west > bounds.max().x {
                -360.0
            } else {
                0.0
            };
            Some(hole.map_coords(|at| Coord {
                x: at.x + turn,
                y: at.y,
            }))
        })
        .collect();
    Polygon::new(exterior, interiors)
}
