//! Stands over regions and over each other: exact overlay, near neighbours only.

use geo::{
    BooleanOps, BoundingRect, Coord, InteriorPoint, LineString, MultiPolygon, Polygon, Rect,
};
use rayon::prelude::*;
use rstar::{AABB, RTree, primitives::GeomWithData, primitives::Rectangle};

use crate::grid::clip_to_extent;
use crate::grid::{Ellipsoid, ellipsoidal_area, plane_area};

type Indexed = GeomWithData<Rectangle<[f64; 2]>, usize>;

/// How areas of parts are compared: in the plane, or on the ellipsoid where coordinates are degrees.
#[derive(Debug, Clone, Copy)]
pub(super) enum Measure {
    /// In the plane of the coordinates.
    Plane,
    /// In longitude and latitude.
    Degrees(Ellipsoid),
}

impl Measure {
    /// Area of a shape; only ratios of areas close to each other have a meaning.
    pub(super) fn of(self, shape: &MultiPolygon<f64>) -> f64 {
        match self {
            Self::Plane => plane_area(shape),
            Self::Degrees(ellipsoid) => {
                let area: crate::units::Hectares = ellipsoidal_area(shape, ellipsoid).into();
                area.value()
            }
        }
    }
}

/// Stands by their place.
pub(super) struct StandIndex<'a> {
    pub(super) shapes: &'a [MultiPolygon<f64>],
    tree: RTree<Indexed>,
}

fn corners(rect: Rect<f64>) -> AABB<[f64; 2]> {
    AABB::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y])
}

impl<'a> StandIndex<'a> {
    pub(super) fn new(shapes: &'a [MultiPolygon<f64>]) -> Self {
        let rects = shapes.iter().enumerate().filter_map(|(i, shape)| {
            let rect = shape.bounding_rect()?;
            let rect =
                Rectangle::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]);
            Some(Indexed::new(rect, i))
        });
        Self {
            shapes,
            tree: RTree::bulk_load(rects.collect()),
        }
    }

    /// Stands whose extents meet a rectangle, in their order.
    fn near(&self, rect: Rect<f64>) -> Vec<usize> {
        let mut near: Vec<usize> = self
            .tree
            .locate_in_envelope_intersecting(&corners(rect))
            .map(|item| item.data)
            .collect();
        near.sort_unstable();
        near
    }

    /// For each region the stands in it and the share of each, from 0 to 1.
    pub(super) fn parts(
        &self,
        regions: &[&MultiPolygon<f64>],
        measure: Measure,
    ) -> Vec<Vec<(usize, f64)>> {
        regions
            .par_iter()
            .map(|region| self.parts_of(region, measure))
            .collect()
    }

    fn parts_of(&self, region: &MultiPolygon<f64>, measure: Measure) -> Vec<(usize, f64)> {
        let Some(rect) = region.bounding_rect() else {
            return Vec::new();
        };
        let near = self.near(rect);
        if near.is_empty() {
            return Vec::new();
        }
        let edges = Edges::new(region);
        near.into_iter()
            .filter_map(|stand| {
                let outline = &self.shapes[stand];
                let share = edges.share(region, outline, rect.max().x, measure)?;
                (share > 0.0).then_some((stand, share))
            })
            .collect()
    }

    /// Pairs of stands that share area, with the shared part: those above `least` only, in the unit
    /// of the plane.
    pub(super) fn overlaps(&self, least: f64) -> Vec<(usize, usize, MultiPolygon<f64>)> {
        let of_stand = |stand: usize| -> Vec<(usize, usize, MultiPolygon<f64>)> {
            let shape = &self.shapes[stand];
            let Some(rect) = shape.bounding_rect() else {
                return Vec::new();
            };
            self.near(rect)
                .into_iter()
                .filter(|other| *other > stand)
                .filter_map(|other| {
                    let common = meeting(rect, self.shapes[other].bounding_rect()?)?;
                    if common.width() * common.height() <= least {
                        return None;
                    }
                    let shared = shape.intersection(&self.shapes[other]);
                    (plane_area(&shared) > least).then_some((stand, other, shared))
                })
                .collect()
        };
        (0..self.shapes.len())
            .into_par_iter()
            .flat_map_iter(of_stand)
            .collect()
    }

    /// What all stands of a list cover.
    pub(super) fn union(&self, stands: &[usize]) -> MultiPolygon<f64> {
        let polygons: Vec<Polygon<f64>> = stands
            .iter()
            .flat_map(|stand| self.shapes[*stand].0.iter().cloned())
            .collect();
        geo::unary_union(&polygons)
    }
}

/// The common part of two rectangles.
fn meeting(one: Rect<f64>, other: Rect<f64>) -> Option<Rect<f64>> {
    let (west, east) = (
        one.min().x.max(other.min().x),
        one.max().x.min(other.max().x),
    );
    let (south, north) = (
        one.min().y.max(other.min().y),
        one.max().y.min(other.max().y),
    );
    (west < east && south < north).then(|| Rect::new((west, south), (east, north)))
}

/// Holes of a shape, as polygons.
pub(super) fn holes(shape: &MultiPolygon<f64>) -> Vec<Polygon<f64>> {
    shape
        .iter()
        .flat_map(|polygon| polygon.interiors().iter())
        .map(|ring: &LineString<f64>| Polygon::new(ring.clone(), Vec::new()))
        .collect()
}

/// A point inside a shape.
pub(super) fn inside(shape: &MultiPolygon<f64>) -> Option<Coord<f64>> {
    shape.interior_point().map(Into::into)
}

/// The edges of a region by their place: most stands cross none of them.
struct Edges {
    ends: Vec<(Coord<f64>, Coord<f64>)>,
    tree: RTree<Indexed>,
}

impl Edges {
    fn new(region: &MultiPolygon<f64>) -> Self {
        let rings = region
            .iter()
            .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
        let ends: Vec<(Coord<f64>, Coord<f64>)> = rings
            .flat_map(|ring| ring.lines().map(|line| (line.start, line.end)))
            .collect();
        let rects = ends
            .iter()
            .enumerate()
            .map(|(i, (a, b))| Indexed::new(Rectangle::from_corners([a.x, a.y], [b.x, b.y]), i));
        let tree = RTree::bulk_load(rects.collect());
        Self { ends, tree }
    }

    /// The share of a stand inside the region.
    fn share(
        &self,
        region: &MultiPolygon<f64>,
        stand: &MultiPolygon<f64>,
        east: f64,
        measure: Measure,
    ) -> Option<f64> {
        let rect = stand.bounding_rect()?;
        let crosses = self
            .tree
            .locate_in_envelope_intersecting(&corners(rect))
            .next();
        if crosses.is_none() {
            let point = stand.0.first()?.exterior().0.first()?;
            return Some(f64::from(u8::from(self.contains(*point, east))));
        }
        let whole = measure.of(stand);
        let margin = rect.width().max(rect.height());
        let extent = [
            rect.min().x - margin,
            rect.min().y - margin,
            rect.max().x + margin,
            rect.max().y + margin,
        ];
        let near = clip_to_extent(region, extent);
        let part = measure.of(&near.intersection(stand));
        (whole > 0.0).then(|| (part / whole).clamp(0.0, 1.0))
    }

    /// Whether a point that lies on no edge is inside: a ray to the east crosses an odd number of
    /// edges.
    fn contains(&self, point: Coord<f64>, east: f64) -> bool {
        let ray = AABB::from_corners([point.x, point.y], [east.max(point.x), point.y]);
        let crossed = self
            .tree
            .locate_in_envelope_intersecting(&ray)
            .filter(|item| {
                let (a, b) = self.ends[item.data];
                let spans = (a.y > point.y) != (b.y > point.y);
                spans && point.x < a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x)
            })
            .count();
        crossed % 2 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(x: f64, y: f64, side: f64) -> MultiPolygon<f64> {
        MultiPolygon(vec![Rect::new((x, y), (x + side, y + side)).to_polygon()])
    }

    #[test]
    fn a_stand_on_a_border_is_shared() {
        let stands = [
            square(0.0, 0.0, 10.0),
            square(95.0, 0.0, 10.0),
            square(300.0, 0.0, 10.0),
        ];
        let (west, east) = (square(-5.0, -50.0, 105.0), square(100.0, -50.0, 100.0));
        let index = StandIndex::new(&stands);
        let parts = index.parts(&[&west, &east], Measure::Plane);
        assert_eq!(parts[0], vec![(0, 1.0), (1, 0.5)]);
        assert_eq!(parts[1], vec![(1, 0.5)]);
    }

    #[test]
    fn a_stand_in_a_hole_of_a_region_is_outside() {
        let region = square(0.0, 0.0, 100.0).difference(&square(40.0, 40.0, 20.0));
        let stands = [square(45.0, 45.0, 5.0), square(10.0, 10.0, 5.0)];
        let parts = StandIndex::new(&stands).parts(&[&region], Measure::Plane);
        assert_eq!(parts[0], vec![(1, 1.0)]);
    }

    #[test]
    fn neighbours_do_not_overlap_and_doubles_do() {
        let stands = [
            square(0.0, 0.0, 10.0),
            square(10.0, 0.0, 10.0),
            square(18.0, 0.0, 10.0),
        ];
        let found = StandIndex::new(&stands).overlaps(1.0);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0, found[0].1), (1, 2));
        assert!((plane_area(&found[0].2) - 20.0).abs() < 1e-6);
    }

    #[test]
    fn what_stands_enclose_is_a_hole_of_their_union() {
        let ring = square(0.0, 0.0, 30.0).difference(&square(10.0, 10.0, 10.0));
        let stands = [ring];
        let union = StandIndex::new(&stands).union(&[0]);
        assert_eq!(holes(&union).len(), 1);
    }
}
