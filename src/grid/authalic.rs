//! Areas on the ellipsoid in closed form.
//!
//! The authalic function `q` turns a latitude into a measure of area: the part of the ellipsoid
//! between two parallels is proportional to the difference of their `q`.

use geo::{LineString, MultiPolygon};

use super::Ellipsoid;
use crate::units::SquareMetres;

/// Nodes and weights of the Gauss-Legendre rule with five points on −1..1.
const GAUSS_5: [(f64, f64); 5] = [
    (-0.906_179_845_938_664, 0.236_926_885_056_189_08),
    (-0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
    (0.0, 0.568_888_888_888_888_9),
    (0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
    (0.906_179_845_938_664, 0.236_926_885_056_189_08),
];

/// Longest step in latitude of the quadrature along an edge, in degrees.
///
/// Five Gauss points integrate the tenth derivative's share only: at two degrees the error of a
/// step is below 1e-17 of its value.
const STEP_DEGREES: f64 = 2.0;

/// The authalic function of an ellipsoid.
#[derive(Debug, Clone, Copy)]
pub(super) struct Authalic {
    /// First eccentricity, squared.
    e2: f64,
    /// First eccentricity.
    e: f64,
    /// Half the square of the semi-major axis, in square metres.
    half_a2: f64,
}

impl Authalic {
    pub(super) fn new(ellipsoid: Ellipsoid) -> Self {
        let e2 = ellipsoid.eccentricity_squared();
        Self {
            e2,
            e: e2.sqrt(),
            half_a2: ellipsoid.semi_major * ellipsoid.semi_major / 2.0,
        }
    }

    /// The area between two parallels and `width` degrees of longitude, in square metres.
    ///
    /// `A = a²/2 · Δλ · [ q(φ₂) − q(φ₁) ]`, with
    /// `q(φ) = (1 − e²) [ sin φ / (1 − e² sin² φ) + artanh(e sin φ) / e ]`. The difference is
    /// taken in a form that does not cancel, so narrow cells keep all their digits.
    ///
    /// # Source
    ///
    /// J. P. Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395 (1987),
    /// equation 3-12.
    pub(super) fn between(self, south: f64, north: f64, width: f64) -> f64 {
        let (low, high) = (south.to_radians(), north.to_radians());
        let (s1, s2) = (low.sin(), high.sin());
        // sin φ₂ − sin φ₁ without cancellation.
        let ds = 2.0 * ((high - low) / 2.0).sin() * f64::midpoint(low, high).cos();
        let (d1, d2) = (1.0 - self.e2 * s1 * s1, 1.0 - self.e2 * s2 * s2);
        // s₂/d₂ − s₁/d₁ = (s₂ − s₁)(1 + e² s₁ s₂) / (d₁ d₂).
        let rational = ds * (1.0 + self.e2 * s1 * s2) / (d1 * d2);
        // artanh a − artanh b = artanh((a − b) / (1 − a b)).
        let hyperbolic = if self.e < 1e-9 {
            ds
        } else {
            (self.e * ds / (1.0 - self.e2 * s1 * s2)).atanh() / self.e
        };
        self.half_a2 * width.to_radians() * (1.0 - self.e2) * (rational + hyperbolic)
    }

    /// `∮ q dλ` along a ring, times a²/2: its signed area in square metres.
    fn ring(self, ring: &LineString<f64>) -> f64 {
        // Taken against the parallel of the first vertex, so that small rings far from the
        // equator keep their digits.
        let Some(origin) = ring.0.first() else {
            return 0.0;
        };
        let mut sum = 0.0;
        let mut add = |a: geo::Coord<f64>, b: geo::Coord<f64>| {
            let (dx, dy) = (b.x - a.x, b.y - a.y);
            if dx == 0.0 {
                return;
            }
            let pieces = (dy.abs() / STEP_DEGREES).ceil().max(1.0);
            let mut mean = 0.0;
            let mut piece = 0.0;
            while piece < pieces {
                for (node, weight) in GAUSS_5 {
                    let t = (piece + f64::midpoint(1.0, node)) / pieces;
                    mean += weight / 2.0 * self.between(origin.y, a.y + t * dy, 1.0);
                }
                piece += 1.0;
            }
            sum += dx * mean / pieces;
        };
        for edge in ring.lines() {
            add(edge.start, edge.end);
        }
        if let Some(last) = ring.0.last()
            && last != origin
        {
            add(*last, *origin);
        }
        sum
    }
}

/// Area of polygons on the ellipsoid whose edges are straight in longitude and latitude.
///
/// `A = a²/2 · | ∮ q(φ) dλ |`, holes subtracted. Edges are straight lines of the plate carrée,
/// as cells of a geographic raster are, not geodesics: densify an edge to follow another curve.
///
/// | symbol | meaning                                | unit    |
/// | :----- | :------------------------------------- | :------ |
/// | `a`    | semi-major axis                        | m       |
/// | `q`    | authalic function of the latitude      | -       |
/// | `φ, λ` | latitude, longitude                    | degrees |
/// | result | area; holes taken off, never negative  | m²      |
///
/// # Source
///
/// Green's theorem applied to J. P. Snyder, Map Projections: A Working Manual, USGS Professional
/// Paper 1395 (1987), equation 3-12.
#[must_use]
pub fn ellipsoidal_area(shape: &MultiPolygon<f64>, ellipsoid: Ellipsoid) -> SquareMetres {
    let authalic = Authalic::new(ellipsoid);
    SquareMetres::new(
        shape
            .iter()
            .map(|polygon| {
                let holes: f64 = polygon
                    .interiors()
                    .iter()
                    .map(|hole| authalic.ring(hole).abs())
                    .sum();
                authalic.ring(polygon.exterior()).abs() - holes
            })
            .sum(),
    )
}

#[cfg(test)]
mod tests {
    use geo::{Coord, Densify, Geodesic, GeodesicArea, Polygon, coord, polygon};

    use super::*;

    fn close(found: f64, expected: f64, tolerance: f64) -> bool {
        ((found - expected) / expected).abs() <= tolerance
    }

    #[test]
    fn cells_of_one_degree_have_their_published_size() {
        let wgs84 = Authalic::new(Ellipsoid::WGS84);
        for (south, km2) in [
            (0.0, 12_308.463_894),
            (30.0, 10_642.393_439),
            (60.0, 6_123.140_879),
        ] {
            let found = wgs84.between(south, south + 1.0, 1.0) / 1e6;
            assert!((found - km2).abs() < 1e-6, "{south}: {found}");
        }
        let second = 1.0 / 3600.0;
        assert!((wgs84.between(30.0, 30.0 + second, second) - 825.287_435).abs() < 1e-6);
        assert!((wgs84.between(40.0, 40.000_25, 0.000_25) - 592.603_653).abs() < 1e-6);
    }

    #[test]
    fn the_whole_ellipsoid_is_the_sum_of_its_cells() {
        let wgs84 = Authalic::new(Ellipsoid::WGS84);
        let total: f64 = (-90..90)
            .map(|south| wgs84.between(f64::from(south), f64::from(south + 1), 360.0))
            .sum();
        assert!((total / 1e6 - 510_065_621.724).abs() < 1e-3);
    }

    #[test]
    fn the_difference_form_equals_the_authalic_function() {
        let wgs84 = Authalic::new(Ellipsoid::WGS84);
        let q = |latitude: f64| {
            let sin = latitude.to_radians().sin();
            let (e, e2) = (wgs84.e, wgs84.e2);
            (1.0 - e2) * (sin / (1.0 - e2 * sin * sin) + (e * sin).atanh() / e)
        };
        let direct = wgs84.half_a2 * 2.0_f64.to_radians() * (q(47.0) - q(-12.0));
        assert!(close(wgs84.between(-12.0, 47.0, 2.0), direct, 1e-14));
    }

    #[test]
    fn a_sphere_has_the_area_of_a_sphere() {
        let sphere = Authalic::new(Ellipsoid {
            semi_major: 1.0,
            inverse_flattening: f64::INFINITY,
        });
        let found = sphere.between(-90.0, 90.0, 360.0);
        assert!(close(found, 4.0 * std::f64::consts::PI, 1e-14));
    }

    #[test]
    fn a_polygon_equals_its_cell_and_loses_its_hole() {
        let outer =
            polygon![(x: 0.0, y: 30.0), (x: 1.0, y: 30.0), (x: 1.0, y: 31.0), (x: 0.0, y: 31.0)];
        let cell = Authalic::new(Ellipsoid::WGS84).between(30.0, 31.0, 1.0);
        let found = ellipsoidal_area(&MultiPolygon::from(outer.clone()), Ellipsoid::WGS84);
        assert!(close(found.value(), cell, 1e-13));

        let hole = LineString::from(vec![
            (0.25, 30.25),
            (0.75, 30.25),
            (0.75, 30.75),
            (0.25, 30.75),
        ]);
        let ring = Polygon::new(outer.exterior().clone(), vec![hole]);
        let taken = Authalic::new(Ellipsoid::WGS84).between(30.25, 30.75, 0.5);
        let found = ellipsoidal_area(&MultiPolygon::from(ring), Ellipsoid::WGS84);
        assert!(close(found.value(), cell - taken, 1e-13));
    }

    /// The polygon with `parts` vertices on each edge, straight in degrees.
    fn straight_in_degrees(shape: &Polygon<f64>, parts: u32) -> Polygon<f64> {
        let mut ring: Vec<Coord<f64>> = Vec::new();
        for edge in shape.exterior().lines() {
            for part in 0..parts {
                let t = f64::from(part) / f64::from(parts);
                ring.push(
                    coord! { x: edge.start.x + t * edge.dx(), y: edge.start.y + t * edge.dy() },
                );
            }
        }
        Polygon::new(LineString::new(ring), vec![])
    }

    #[test]
    fn oblique_polygons_agree_with_geodesics_when_densified() {
        for shape in [
            polygon![(x: 102.0, y: 24.0), (x: 117.0, y: 27.0), (x: 109.0, y: 52.0)],
            polygon![(x: -71.9, y: 41.1), (x: -71.1, y: 41.3), (x: -71.2, y: 42.0), (x: -71.8, y: 42.0)],
            polygon![(x: -10.0, y: -35.0), (x: 30.0, y: -5.0), (x: 12.0, y: 18.0)],
        ] {
            let found = ellipsoidal_area(&MultiPolygon::from(shape.clone()), Ellipsoid::WGS84);
            let geodesic = straight_in_degrees(&shape, 20_000).geodesic_area_unsigned();
            assert!(
                close(found.value(), geodesic, 1e-8),
                "{} {geodesic}",
                found.value()
            );
        }
    }

    #[test]
    fn geodesic_edges_are_met_by_densifying() {
        let shape = polygon![(x: 100.0, y: 30.0), (x: 104.0, y: 31.0), (x: 101.0, y: 34.0)];
        let dense = Geodesic.densify(&shape, 200.0);
        let found = ellipsoidal_area(&MultiPolygon::from(dense), Ellipsoid::WGS84);
        assert!(close(found.value(), shape.geodesic_area_unsigned(), 1e-8));
    }
}
