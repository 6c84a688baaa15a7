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

/// Edges side by side whose pairs are looked at one by one.
const GROUP: usize = 4;

/// An edge of a ring.
#[derive(Clone, Copy)]
struct Edge {
    ring: usize,
    place: usize,
    ends: [Coord<f64>; 2],
}

/// Where edges lie, and which ways they all lead.
#[derive(Clone, Copy)]
struct Extent {
    low: [f64; 2],
    high: [f64; 2],
    /// The ring of the first edge.
    ring: usize,
    /// None where the edges are of several rings.
    ways: Ways,
}

/// East, west, north and south, one bit each: those in which every edge of a stretch leads on.
///
/// Edges that follow each other and all lead on in one of them touch at their common corners alone.
type Ways = u8;

/// The ways of an edge. None where it stands still.
fn ways([a, b]: [Coord<f64>; 2]) -> Ways {
    Ways::from(b.x > a.x)
        | Ways::from(b.x < a.x) << 1
        | Ways::from(b.y > a.y) << 2
        | Ways::from(b.y < a.y) << 3
}

/// The edges of all rings in their order, with the extents of ever longer stretches of them.
///
/// Stretches of a border are short, so most pairs of them are apart as a whole.
struct Tree<'a> {
    rings: &'a [&'a LineString<f64>],
    edges: Vec<Edge>,
    /// The first level holds groups of edges, each further one pairs of the level below.
    levels: Vec<Vec<Extent>>,
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
        && Tree::new(&rings).is_apart(&mut steps)
        && are_nested(shape, &mut steps)
}

/// Whether a ring is closed and no edge of it stands still or turns back on the one before.
fn goes_round(ring: &LineString<f64>) -> bool {
    let corners = ring.0.as_slice();
    let [first, .., before, last] = corners else {
        return false;
    };
    let goes_on = |a: Coord<f64>, b: Coord<f64>, c: Coord<f64>| {
        ways([a, b]) & ways([b, c]) != 0
            || a != b
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

impl Extent {
    fn of(edge: &Edge) -> Self {
        let [a, b] = edge.ends;
        Self {
            low: [a.x.min(b.x), a.y.min(b.y)],
            high: [a.x.max(b.x), a.y.max(b.y)],
            ring: edge.ring,
            ways: ways(edge.ends),
        }
    }

    fn with(self, other: Self) -> Self {
        let [low, high] = [[self.low, other.low], [self.high, other.high]];
        Self {
            low: [low[0][0].min(low[1][0]), low[0][1].min(low[1][1])],
            high: [high[0][0].max(high[1][0]), high[0][1].max(high[1][1])],
            ring: self.ring,
            ways: self.common_ways(&other),
        }
    }

    /// The ways in which the edges of both stretches lead on.
    fn common_ways(&self, other: &Self) -> Ways {
        if self.ring == other.ring {
            self.ways & other.ways
        } else {
            0
        }
    }

    fn meets(&self, other: &Self) -> bool {
        (0..2).all(|axis| self.low[axis] <= other.high[axis] && other.low[axis] <= self.high[axis])
    }
}

impl<'a> Tree<'a> {
    fn new(rings: &'a [&'a LineString<f64>]) -> Self {
        let edges: Vec<Edge> = rings
            .iter()
            .enumerate()
            .flat_map(|(ring, line)| {
                let ends = line.0.windows(2).enumerate();
                ends.map(move |(place, ends)| Edge {
                    ring,
                    place,
                    ends: [ends[0], ends[1]],
                })
            })
            .collect();
        let joined = |extents: &[Extent]| extents.iter().copied().reduce(Extent::with);
        let groups = edges.chunks(GROUP);
        let mut levels: Vec<Vec<Extent>> = vec![
            groups
                .filter_map(|group| group.iter().map(Extent::of).reduce(Extent::with))
                .collect(),
        ];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            levels.push(below.chunks(2).filter_map(joined).collect());
        }
        Self {
            rings,
            edges,
            levels,
        }
    }

    /// Whether no two edges touch, but those that follow each other at their common corner.
    fn is_apart(&self, steps: &mut usize) -> bool {
        self.edges.is_empty() || self.are_apart(self.levels.len() - 1, [0, 0], steps)
    }

    /// Whether the edges of two stretches of a level, or of one and the same, are apart.
    fn are_apart(&self, level: usize, [a, b]: [usize; 2], steps: &mut usize) -> bool {
        let extents = &self.levels[level];
        if a != b && !extents[a].meets(&extents[b]) {
            return true;
        }
        if b - a < 2 && extents[a].common_ways(&extents[b]) != 0 {
            return true;
        }
        if level == 0 {
            return spend(steps, GROUP * GROUP) && self.groups_are_apart(a, b);
        }
        let end = self.levels[level - 1].len();
        let halves = |place: usize| 2 * place..(2 * place + 2).min(end);
        spend(steps, 1)
            && halves(a).all(|one| {
                halves(b)
                    .filter(|other| a != b || one <= *other)
                    .all(|other| self.are_apart(level - 1, [one, other], steps))
            })
    }

    /// Whether the edges of two groups, or of one and the same, are apart.
    fn groups_are_apart(&self, a: usize, b: usize) -> bool {
        let group = |place: usize| {
            let end = self.edges.len().min((place + 1) * GROUP);
            &self.edges[place * GROUP..end]
        };
        group(a).iter().enumerate().all(|(place, edge)| {
            let extent = Extent::of(edge);
            let others = &group(b)[if a == b { place + 1 } else { 0 }..];
            others.iter().all(|other| {
                !extent.meets(&Extent::of(other))
                    || self.follow(edge, other)
                    || is_on_one_side(edge.ends, other.ends)
                    || is_on_one_side(other.ends, edge.ends)
            })
        })
    }

    /// Whether two edges follow each other in a ring.
    fn follow(&self, a: &Edge, b: &Edge) -> bool {
        let between = a.place.abs_diff(b.place);
        a.ring == b.ring && (between == 1 || between == self.rings[a.ring].0.len() - 2)
    }
}

/// Whether both ends of an edge lie on the same side of the line through another.
fn is_on_one_side(line: [Coord<f64>; 2], edge: [Coord<f64>; 2]) -> bool {
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
        assert!(are_plainly_valid(&shape(Vec::new())));
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
