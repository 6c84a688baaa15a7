//! Finds the regions that hold a point.

use geo::algorithm::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{BoundingRect, Coord, MultiPolygon};
use rstar::{AABB, RTree, primitives::GeomWithData, primitives::Rectangle};

use super::prepare::Place;

/// How far a point on a border is moved to see on which side it counts, of its greater coordinate:
/// less than a millimetre on the globe.
const HAIR: f64 = 1e-11;

/// Finds the regions that hold a point.
pub(in crate::pipeline) struct Locator<'a> {
    shapes: Vec<&'a MultiPolygon<f64>>,
    index: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
}

impl<'a> Locator<'a> {
    pub(in crate::pipeline) fn new(regions: &'a [Place]) -> Self {
        let shapes: Vec<&MultiPolygon<f64>> = regions.iter().map(|region| &region.shape).collect();
        let rects = shapes.iter().enumerate().filter_map(|(i, shape)| {
            let rect = shape.bounding_rect()?;
            let corners = ([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]);
            Some(GeomWithData::new(
                Rectangle::from_corners(corners.0, corners.1),
                i,
            ))
        });
        let index = RTree::bulk_load(rects.collect());
        Self { shapes, index }
    }

    /// The regions that hold a point. One on the border that regions share belongs to those to the
    /// east of it, or to the north where the border runs east; where there are none, to those on the
    /// other side.
    pub(in crate::pipeline) fn regions_at(&self, point: Coord<f64>) -> Vec<usize> {
        let envelope = AABB::from_point([point.x, point.y]);
        let place =
            |region: usize, point: &Coord<f64>| self.shapes[region].coordinate_position(point);
        let (mut inside, mut beside) = (Vec::new(), Vec::new());
        for item in self.index.locate_in_envelope_intersecting(&envelope) {
            match place(item.data, &point) {
                CoordPos::Inside => inside.push(item.data),
                CoordPos::OnBoundary => beside.push(item.data),
                CoordPos::Outside => {}
            }
        }
        beside.sort_unstable();
        let step = HAIR * point.x.abs().max(point.y.abs()).max(1.0);
        let aside =
            [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)].map(|(east, north)| Coord {
                x: point.x + east * step,
                y: point.y + north * step / 1024.0,
            });
        let of = aside.iter().map(|aside| -> Vec<usize> {
            let inside = beside.iter().copied();
            inside
                .filter(|region| place(*region, aside) == CoordPos::Inside)
                .collect()
        });
        let mut of = of.filter(|regions| !regions.is_empty());
        inside.extend(
            of.next()
                .unwrap_or(beside.iter().copied().take(1).collect()),
        );
        inside.sort_unstable();
        inside
    }
}
