//! Cutting shapes by the extent of a raster.

use geo::{Coord, LineString, MultiPolygon, Polygon};

/// The part of a shape inside an extent (least x, least y, greatest x, greatest y).
///
/// Right for areas: concave shapes that fall into several parts keep them joined by edges that run
/// along the border of the extent and enclose nothing. Not meant for drawing.
///
/// # Source
///
/// I. E. Sutherland, G. W. Hodgman, Reentrant polygon clipping, Communications of the ACM 17
/// (1974), 32–42.
#[must_use]
pub fn clip_to_extent(shape: &MultiPolygon<f64>, extent: [f64; 4]) -> MultiPolygon<f64> {
    MultiPolygon::new(
        shape
            .iter()
            .filter_map(|polygon| {
                let exterior = clip_ring(polygon.exterior(), extent)?;
                let interiors = polygon
                    .interiors()
                    .iter()
                    .filter_map(|hole| clip_ring(hole, extent))
                    .collect();
                Some(Polygon::new(exterior, interiors))
            })
            .collect(),
    )
}

/// One side of the extent: an axis, its place, and which side of it is kept.
#[derive(Clone, Copy)]
struct Side {
    along_x: bool,
    at: f64,
    keep_greater: bool,
}

impl Side {
    fn keeps(self, c: Coord<f64>) -> bool {
        let v = if self.along_x { c.x } else { c.y };
        if self.keep_greater {
            v >= self.at
        } else {
            v <= self.at
        }
    }

    /// Where the edge from `a` to `b` crosses this side.
    fn crossing(self, a: Coord<f64>, b: Coord<f64>) -> Coord<f64> {
        if self.along_x {
            let t = (self.at - a.x) / (b.x - a.x);
            Coord {
                x: self.at,
                y: a.y + t * (b.y - a.y),
            }
        } else {
            let t = (self.at - a.y) / (b.y - a.y);
            Coord {
                x: a.x + t * (b.x - a.x),
                y: self.at,
            }
        }
    }
}

/// The part of a ring inside the extent; `None` if nothing is left.
fn clip_ring(ring: &LineString<f64>, extent: [f64; 4]) -> Option<LineString<f64>> {
    let mut corners = ring.0.clone();
    if corners.first() == corners.last() {
        corners.pop();
    }
    for (place, &at) in extent.iter().enumerate() {
        let side = Side {
            along_x: place % 2 == 0,
            at,
            keep_greater: place < 2,
        };
        let before = std::mem::take(&mut corners);
        let Some(&last) = before.last() else { break };
        let mut a = last;
        for b in before {
            if side.keeps(b) {
                if !side.keeps(a) {
                    corners.push(side.crossing(a, b));
                }
                corners.push(b);
            } else if side.keeps(a) {
                corners.push(side.crossing(a, b));
            }
            a = b;
        }
    }
    if corners.len() < 3 {
        return None;
    }
    corners.push(corners[0]);
    Some(LineString::new(corners))
}

#[cfg(test)]
mod tests {
    use geo::{Area, polygon};

    use super::*;

    fn area(shape: &MultiPolygon<f64>) -> f64 {
        shape.unsigned_area()
    }

    #[test]
    fn a_shape_inside_stays_and_one_outside_vanishes() {
        let shape =
            MultiPolygon::from(polygon![(x: 1.0, y: 1.0), (x: 2.0, y: 1.0), (x: 2.0, y: 2.0)]);
        assert!((area(&clip_to_extent(&shape, [0.0, 0.0, 3.0, 3.0])) - 0.5).abs() < 1e-15);
        assert!(area(&clip_to_extent(&shape, [3.0, 3.0, 4.0, 4.0])).abs() < 1e-15);
    }

    #[test]
    fn a_comb_cut_into_teeth_keeps_the_area_of_its_teeth() {
        // Two teeth, each one wide, that stand on a bar below the extent.
        let shape = MultiPolygon::from(polygon![
            (x: 0.0, y: -1.0), (x: 3.0, y: -1.0), (x: 3.0, y: 2.0), (x: 2.0, y: 2.0),
            (x: 2.0, y: -0.5), (x: 1.0, y: -0.5), (x: 1.0, y: 2.0), (x: 0.0, y: 2.0)
        ]);
        let inside = clip_to_extent(&shape, [0.0, 0.0, 10.0, 1.0]);
        assert!((area(&inside) - 2.0).abs() < 1e-15);
    }
}
