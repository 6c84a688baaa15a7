//! Polygons that are plainly valid.
//!
//! GEOS decides what is valid, and says where a polygon fails. That takes most of the time of
//! reading detailed borders, though, and of nearly all polygons a plain look at neighbouring edges
//! shows that no two of them touch. Only what this look cannot settle goes to GEOS.

use geo::algorithm::coordinate_position::{CoordPos, coord_pos_relative_to_ring};
use geo::algorithm::kernels::{Kernel, Orientation, RobustKernel};
use geo::{BoundingRect, Coord, Intersects, LineString, MultiPolygon, Rect};

/// Steps taken for each edge before a shape is left to GEOS.
const STEPS_PER_EDGE: usize = 64;

/// An edge of a ring, with the extent that it spans.
struct Edge<'a> {
    ring: usize,
    place: usize,
    ends: &'a [Coord<f64>],
    x: [f64; 2],
    y: [f64; 2],
}

/// Whether the rings of a shape provably touch neither themselves nor each other, and every hole
/// lies in its polygon. Coordinates must be finite.
///
/// `false` says nothing: the shape may be valid all the same.
pub(super) fn are_plainly_valid(shape: &MultiPolygon<f64>) -> bool {
    let rings: Vec<&LineString<f64>> = shape
        .iter()
        .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
        .collect();
    let edges: usize = rings.iter().map(|ring| ring.0.len()).sum();
    let mut steps = STEPS_PER_EDGE * edges;
    rings.iter().all(|ring| goes_round(ring))
        && are_apart(&rings, &mut steps)
        && are_nested(shape, &mut steps)
}

/// Whether a ring is closed and no edge of it stands still or turns back on the one before.
fn goes_round(ring: &LineString<f64>) -> bool {
    let corners = ring.0.as_slice();
    let [first, .., before, last] = corners else {
        return false;
    };
    let goes_on = |a: Coord<f64>, b: Coord<f64>, c: Coord<f64>| {
        a != b
            && (RobustKernel::orient2d(a, b, c) != Orientation::Collinear
                || (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y) > 0.0)
    };
    corners.len() > 3
        && first == last
        && goes_on(*before, *first, corners[1])
        && corners
            .windows(3)
            .all(|three| goes_on(three[0], three[1], three[2]))
}

/// Whether no two edges touch, but those that follow each other at their common corner.
fn are_apart(rings: &[&LineString<f64>], steps: &mut usize) -> bool {
    let mut edges: Vec<Edge<'_>> = Vec::new();
    for (ring, line) in rings.iter().enumerate() {
        edges.extend(line.0.windows(2).enumerate().map(|(place, ends)| Edge {
            ring,
            place,
            ends,
            x: [ends[0].x.min(ends[1].x), ends[0].x.max(ends[1].x)],
            y: [ends[0].y.min(ends[1].y), ends[0].y.max(ends[1].y)],
        }));
    }
    edges.sort_unstable_by(|a, b| a.x[0].total_cmp(&b.x[0]));
    let follow = |a: &Edge<'_>, b: &Edge<'_>| {
        let between = a.place.abs_diff(b.place);
        a.ring == b.ring && (between == 1 || between == rings[a.ring].0.len() - 2)
    };
    // Edges that the sweep from left to right has begun and not left.
    let mut open: Vec<&Edge<'_>> = Vec::new();
    for edge in &edges {
        open.retain(|other| other.x[1] >= edge.x[0]);
        if !spend(steps, open.len()) {
            return false;
        }
        let apart = open.iter().all(|other| {
            other.y[0] > edge.y[1]
                || other.y[1] < edge.y[0]
                || follow(edge, other)
                || is_on_one_side(edge.ends, other.ends)
                || is_on_one_side(other.ends, edge.ends)
        });
        if !apart {
            return false;
        }
        open.push(edge);
    }
    true
}

/// Whether both ends of an edge lie on the same side of the line through another.
fn is_on_one_side(line: &[Coord<f64>], edge: &[Coord<f64>]) -> bool {
    let side = |end: Coord<f64>| RobustKernel::orient2d(line[0], line[1], end);
    side(edge[0]) != Orientation::Collinear && side(edge[0]) == side(edge[1])
}

/// Of rings that touch nowhere: whether each hole lies in its polygon and in no other hole of it,
/// and no polygon in another.
fn are_nested(shape: &MultiPolygon<f64>, steps: &mut usize) -> bool {
    let boxed = |ring: &LineString<f64>| ring.bounding_rect();
    let shells: Vec<_> = shape
        .iter()
        .map(|polygon| boxed(polygon.exterior()))
        .collect();
    let mut is_in =
        |inner: &LineString<f64>, outer: &LineString<f64>, extent: Option<Rect<f64>>| {
            let corner = inner.0[0];
            let near = extent.is_some_and(|extent| extent.intersects(&corner));
            let cost = if near { outer.0.len() } else { 1 };
            spend(steps, cost)
                .then(|| near && coord_pos_relative_to_ring(corner, outer) == CoordPos::Inside)
        };
    shape.iter().enumerate().all(|(place, polygon)| {
        let others = shape.iter().zip(&shells).enumerate();
        let mut others = others.filter(|(other, _)| *other != place);
        let holes: Vec<_> = polygon
            .interiors()
            .iter()
            .map(|hole| (hole, boxed(hole)))
            .collect();
        others.all(|(_, (other, extent))| {
            is_in(polygon.exterior(), other.exterior(), *extent) == Some(false)
        }) && holes.iter().enumerate().all(|(number, (hole, _))| {
            let others = holes.iter().enumerate();
            let mut others = others.filter(|(other, _)| *other != number);
            is_in(hole, polygon.exterior(), shells[place]) == Some(true)
                && others.all(|(_, (other, extent))| is_in(hole, other, *extent) == Some(false))
        })
    })
}

/// Takes steps from those that are left, if they are enough.
fn spend(steps: &mut usize, number: usize) -> bool {
    match steps.checked_sub(number) {
        Some(left) => {
            *steps = left;
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use gdal::vector::{Geometry, ToGdal};
    use geo::{Polygon, polygon};
    use proptest::prelude::*;

    use super::*;

    fn shape(polygons: Vec<Polygon<f64>>) -> MultiPolygon<f64> {
        MultiPolygon::new(polygons)
    }

    fn square(x: f64, y: f64, side: f64) -> Polygon<f64> {
        polygon![(x: x, y: y), (x: x + side, y: y), (x: x + side, y: y + side), (x: x, y: y + side)]
    }

    fn with_hole(outer: &Polygon<f64>, holes: &[Polygon<f64>]) -> Polygon<f64> {
        let holes = holes.iter().map(|hole| hole.exterior().clone()).collect();
        Polygon::new(outer.exterior().clone(), holes)
    }

    #[test]
    fn plain_polygons_with_holes_and_islands_are_settled() {
        let lake = with_hole(
            &square(0.0, 0.0, 10.0),
            &[square(1.0, 1.0, 2.0), square(5.0, 5.0, 2.0)],
        );
        assert!(are_plainly_valid(&shape(vec![square(0.0, 0.0, 1.0)])));
        assert!(are_plainly_valid(&shape(vec![
            lake,
            square(20.0, 0.0, 1.0)
        ])));
        // A corner on a straight edge.
        assert!(are_plainly_valid(&shape(vec![polygon![
            (x: 0.0, y: 0.0), (x: 1.0, y: 0.0), (x: 2.0, y: 0.0), (x: 1.0, y: 1.0)
        ]])));
    }

    #[test]
    fn what_touches_turns_back_or_overlaps_is_left_to_geos() {
        let spike = polygon![
            (x: 0.0, y: 0.0), (x: 4.0, y: 0.0), (x: 2.0, y: 0.0), (x: 2.0, y: 3.0)
        ];
        let bow = polygon![(x: 0.0, y: 0.0), (x: 2.0, y: 2.0), (x: 2.0, y: 0.0), (x: 0.0, y: 2.0)];
        let waist = polygon![
            (x: 0.0, y: 0.0), (x: 1.0, y: 1.0), (x: 2.0, y: 0.0), (x: 2.0, y: 2.0), (x: 1.0, y: 1.0),
            (x: 0.0, y: 2.0)
        ];
        let twice =
            polygon![(x: 0.0, y: 0.0), (x: 0.0, y: 0.0), (x: 2.0, y: 0.0), (x: 0.0, y: 2.0)];
        let beside = with_hole(&square(0.0, 0.0, 2.0), &[square(5.0, 5.0, 1.0)]);
        let in_hole = with_hole(
            &square(0.0, 0.0, 9.0),
            &[square(1.0, 1.0, 5.0), square(2.0, 2.0, 1.0)],
        );
        let flat = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 0.0), (x: 2.0, y: 0.0)];
        for one in [spike, bow, waist, twice, beside, in_hole, flat] {
            assert!(!are_plainly_valid(&shape(vec![one.clone()])), "{one:?}");
        }
        for second in [
            square(1.0, 1.0, 1.0),
            square(3.0, 0.0, 2.0),
            square(-1.0, -1.0, 9.0),
        ] {
            assert!(!are_plainly_valid(&shape(vec![
                square(0.0, 0.0, 3.0),
                second
            ])));
        }
    }

    proptest! {
        #[test]
        fn what_is_settled_is_valid_for_geos(
            rings in prop::collection::vec(prop::collection::vec((0_i8..12, 0_i8..12), 3..9), 1..4),
            holes in any::<bool>(),
        ) {
            let lines: Vec<LineString<f64>> = rings
                .iter()
                .map(|ring| ring.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).collect())
                .collect();
            let shape = if holes {
                shape(vec![Polygon::new(lines[0].clone(), lines[1..].to_vec())])
            } else {
                shape(lines.into_iter().map(|line| Polygon::new(line, Vec::new())).collect())
            };
            if are_plainly_valid(&shape) {
                let geometry: Geometry = shape.to_gdal().unwrap();
                prop_assert!(geometry.is_valid(), "{:?}", shape);
            }
        }
    }
}
