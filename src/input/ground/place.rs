//! Shapes on the grid of a run, and true areas in any coordinate system.

use std::cell::OnceCell;

use geo::{Coord, Euclidean, Length, MultiPolygon};

use super::crs::{Projection, ProjectionError, Transformer};
use crate::grid::{
    AreaError, CellAreas, Crs, CrsKind, Ellipsoid, Grid, ProjectedAreaError, ellipsoidal_area,
    plane_area,
};
use crate::units::{Hectares, SquareMetres};

/// Share of a cell that the image of an edge may stray from the edge.
const STRAY: f64 = 1e-3;

/// How far the image of an edge may stray, in metres, however large the cells are: edges of one
/// border all bow to one side, and along a county that adds up to 1e-6 of its area at ten times as
/// much.
const FINE_METRES: f64 = 0.01;

/// The same in degrees of longitude and latitude.
const FINE_DEGREES: f64 = 1e-7;

/// Share of that which is fine enough for cells of any size: a tenth of a millimetre.
const FINEST: f64 = 1e-2;

/// Share of its area by which the edges of a shape may stray where it is measured: the smaller it is,
/// the more the bow of its edges counts.
const SHARE: f64 = 1e-7;

/// Metres in a degree of latitude at a pole, where it has the most.
const METRES_PER_DEGREE: f64 = 111_694.0;

/// Latitudes between the equator and a pole at which a projection is asked for its heights: so many
/// that a straight line between two of them is exact to 1e-10 of an area.
const LATITUDES: i32 = 9000;

/// Half step of the differences behind the areal scale, in metres.
const STEP: f64 = 500.0;

/// Why a place has no true area.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlaceError {
    /// PROJ gives no image.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    /// Cells have no area.
    #[error(transparent)]
    Area(#[from] AreaError),
}

impl From<ProjectedAreaError<PlaceError>> for PlaceError {
    fn from(error: ProjectedAreaError<PlaceError>) -> Self {
        match error {
            ProjectedAreaError::Area(error) => Self::Area(error),
            ProjectedAreaError::Scale(error) => error,
        }
    }
}

/// The coordinate system of a run, and what is needed for true areas in it.
#[derive(Debug)]
pub struct Ground {
    projection: Projection,
    crs: Crs,
    /// Whether areas of the plane are those of the ellipsoid.
    equal_area: bool,
    /// Made when it is first asked for: PROJ takes a while to find its way, and many grids need none.
    to_geographic: OnceCell<Transformer>,
}

impl Ground {
    /// The ground of a projection.
    ///
    /// # Errors
    ///
    /// [`PlaceError`] when the projection has no datum.
    pub fn new(projection: Projection) -> Result<Self, PlaceError> {
        Ok(Self {
            equal_area: projection.is_equal_area(),
            crs: projection.describe()?,
            projection,
            to_geographic: OnceCell::new(),
        })
    }

    /// To longitude and latitude on the datum of this ground.
    fn to_geographic(&self) -> Result<&Transformer, ProjectionError> {
        if let Some(made) = self.to_geographic.get() {
            return Ok(made);
        }
        let made = Transformer::new(&self.projection, &self.projection.geographic()?)?;
        Ok(self.to_geographic.get_or_init(|| made))
    }

    /// The projection.
    #[must_use]
    pub fn projection(&self) -> &Projection {
        &self.projection
    }

    /// How far edges may stray in x and y when shapes are brought to this ground: a centimetre, and
    /// no more than a thousandth of a cell of the given size, as far as that makes sense.
    #[must_use]
    pub fn tolerance(&self, cell: Option<(f64, f64)>) -> (f64, f64) {
        let fine = match self.crs.kind {
            CrsKind::Geographic => FINE_DEGREES,
            CrsKind::Projected { metres_per_unit } => FINE_METRES / metres_per_unit,
        };
        let within = |cell: f64| fine.min(STRAY * cell.abs()).max(FINEST * fine);
        cell.map_or((fine, fine), |(dx, dy)| (within(dx), within(dy)))
    }

    /// What the grid room knows of it.
    #[must_use]
    pub fn crs(&self) -> &Crs {
        &self.crs
    }

    /// The true size of the cells of a grid on this ground.
    ///
    /// # Errors
    ///
    /// [`PlaceError`] when a cell is too large or PROJ gives no scale.
    pub fn cell_areas(&self, grid: &Grid) -> Result<CellAreas, PlaceError> {
        match self.crs.kind {
            CrsKind::Geographic => Ok(CellAreas::geographic(grid)?),
            CrsKind::Projected { metres_per_unit } if self.equal_area => {
                let t = grid.transform;
                let cell = SquareMetres::new((t.dx * t.dy).abs() * metres_per_unit.powi(2));
                Ok(CellAreas::uniform(cell)?)
            }
            CrsKind::Projected { metres_per_unit } if self.projection.keeps_areas_of_a_sphere() => {
                let scale = self.scale_by_latitude(metres_per_unit)?;
                Ok(CellAreas::by_row(grid, scale)?)
            }
            CrsKind::Projected { metres_per_unit } => {
                Ok(CellAreas::projected(grid, &mut |points| {
                    self.areal_scale(points, metres_per_unit)
                })?)
            }
        }
    }

    /// True area of a shape on the ellipsoid.
    ///
    /// # Errors
    ///
    /// [`PlaceError`] when a point has no place on the ellipsoid.
    pub fn area(&self, shape: &MultiPolygon<f64>) -> Result<Hectares, PlaceError> {
        let area = match self.crs.kind {
            CrsKind::Geographic => ellipsoidal_area(shape, self.crs.ellipsoid),
            CrsKind::Projected { .. } if self.equal_area => return Ok(self.plane_area(shape)),
            CrsKind::Projected { .. } => {
                let fine = self.fine(shape);
                let degrees = self.to_geographic()?.polygons(shape, (fine, fine))?;
                ellipsoidal_area(&degrees, self.crs.ellipsoid)
            }
        };
        Ok(area.into())
    }

    /// How far edges of a shape in plane coordinates may stray in degrees, for its area to be true to
    /// [`SHARE`].
    fn fine(&self, shape: &MultiPolygon<f64>) -> f64 {
        let CrsKind::Projected { metres_per_unit } = self.crs.kind else {
            return FINE_DEGREES;
        };
        let rings = shape
            .iter()
            .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
        let around: f64 = rings.map(|ring| Euclidean.length(ring)).sum();
        let stray = SHARE * plane_area(shape) / around * metres_per_unit / METRES_PER_DEGREE;
        // Without an area or an edge it is no number, and nothing is lost.
        FINE_DEGREES.min(stray.max(FINEST * FINEST * FINE_DEGREES))
    }

    /// Area of a shape in the plane of the coordinates; of longitude and latitude it has no
    /// meaning and is the true area instead.
    #[must_use]
    pub fn plane_area(&self, shape: &MultiPolygon<f64>) -> Hectares {
        let area = match self.crs.kind {
            CrsKind::Geographic => ellipsoidal_area(shape, self.crs.ellipsoid),
            CrsKind::Projected { metres_per_unit } => {
                SquareMetres::new(plane_area(shape) * metres_per_unit.powi(2))
            }
        };
        area.into()
    }

    /// True square metres of one square unit of the plane at each point.
    ///
    /// `k = |∂r/∂x × ∂r/∂y|`, where `r` is the place on the ellipsoid in space, with the derivatives
    /// by central differences of the fourth order. In space nothing jumps, neither at the
    /// antimeridian nor at a pole.
    ///
    /// # Source
    ///
    /// IOGP Publication 373-7-2, Geomatics Guidance Note 7, part 2, section 4.1.1 (geographic to
    /// geocentric coordinates).
    fn areal_scale(
        &self,
        points: &[(f64, f64)],
        metres_per_unit: f64,
    ) -> Result<Vec<f64>, PlaceError> {
        // Offsets of the stencil, in steps, and its weights.
        const STENCIL: [(f64, f64); 4] = [(-2.0, 1.0), (-1.0, -8.0), (1.0, 8.0), (2.0, -1.0)];
        let step = STEP / metres_per_unit;
        let mut images: Vec<Coord<f64>> = Vec::with_capacity(points.len() * 8);
        for &(x, y) in points {
            images.extend(STENCIL.map(|(offset, _)| Coord {
                x: x + offset * step,
                y,
            }));
            images.extend(STENCIL.map(|(offset, _)| Coord {
                x,
                y: y + offset * step,
            }));
        }
        self.to_geographic()?.points(&mut images)?;
        let in_space = |place: &Coord<f64>| geocentric(*place, self.crs.ellipsoid);
        let slope = |places: &[Coord<f64>]| {
            let mut sum = [0.0; 3];
            for (place, (_, weight)) in places.iter().map(in_space).zip(STENCIL) {
                for (sum, part) in sum.iter_mut().zip(place) {
                    *sum += weight * part;
                }
            }
            sum.map(|sum| sum / (12.0 * step))
        };
        Ok(images
            .chunks_exact(8)
            .map(|images| {
                let (by_x, by_y) = (slope(&images[..4]), slope(&images[4..]));
                let across = |i: usize, j: usize| by_x[i] * by_y[j] - by_x[j] * by_y[i];
                across(1, 2).hypot(across(2, 0)).hypot(across(0, 1))
            })
            .collect())
    }

    /// True square metres of one square unit of the plane at heights `y` of a projection that keeps
    /// the areas of a sphere: of the latitude alone, which `y` alone tells.
    ///
    /// # Source
    ///
    /// Radii of curvature by J. P. Snyder, Map Projections: A Working Manual, USGS Professional
    /// Paper 1395 (1987), equations 4-18 to 4-20.
    fn scale_by_latitude(&self, metres_per_unit: f64) -> Result<impl Fn(f64) -> f64, PlaceError> {
        let to_plane = Transformer::new(&self.projection.geographic()?, &self.projection)?;
        let latitudes: Vec<f64> = (-LATITUDES..=LATITUDES)
            .map(|step| f64::from(step) / f64::from(LATITUDES) * 90.0)
            .collect();
        let x = self.projection.central_meridian();
        let mut heights: Vec<Coord<f64>> = latitudes.iter().map(|y| Coord { x, y: *y }).collect();
        to_plane.points(&mut heights)?;
        let e2 = self.crs.ellipsoid.eccentricity_squared();
        Ok(move |y: f64| {
            let after = heights.partition_point(|height| height.y < y);
            let after = after.clamp(1, heights.len() - 1);
            let (low, high) = (heights[after - 1].y, heights[after].y);
            let share = ((y - low) / (high - low)).clamp(0.0, 1.0);
            let latitude = latitudes[after - 1] + share * (latitudes[after] - latitudes[after - 1]);
            let w2 = 1.0 - e2 * latitude.to_radians().sin().powi(2);
            (1.0 - e2) / w2.powi(2) * metres_per_unit.powi(2)
        })
    }
}

/// A place on the ellipsoid in space, from longitude and latitude in degrees.
fn geocentric(place: Coord<f64>, ellipsoid: Ellipsoid) -> [f64; 3] {
    let e2 = ellipsoid.eccentricity_squared();
    let (sin, cos) = place.y.to_radians().sin_cos();
    let (sin_x, cos_x) = place.x.to_radians().sin_cos();
    let n = ellipsoid.semi_major / (1.0 - e2 * sin * sin).sqrt();
    [n * cos * cos_x, n * cos * sin_x, n * (1.0 - e2) * sin]
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    fn ground(code: &str) -> Ground {
        Ground::new(Projection::parse(code).unwrap()).unwrap()
    }

    #[test]
    fn the_areal_scale_of_an_equal_area_projection_is_one() {
        let scale = ground("EPSG:5070")
            .areal_scale(&[(0.0, 0.0), (2e6, 2.3e6), (-2e6, 4e5)], 1.0)
            .unwrap();
        for k in scale {
            assert!((k - 1.0).abs() < 1e-9, "{k}");
        }
    }

    #[test]
    fn the_areal_scale_of_utm_is_that_of_its_central_meridian() {
        // k0 = 0.9996 on the central meridian: one plane square metre is 1/k0² true ones.
        let scale = ground("EPSG:32633")
            .areal_scale(&[(500_000.0, 5_000_000.0)], 1.0)
            .unwrap();
        assert!(
            (scale[0] - 1.0 / 0.9996_f64.powi(2)).abs() < 1e-9,
            "{}",
            scale[0]
        );
    }

    #[test]
    fn a_small_shape_has_its_area_between_edges_that_are_straight_on_its_map() {
        let side = |[ax, ay]: [f64; 2], [bx, by]: [f64; 2], parts: u32| {
            (0..parts).map(move |part| {
                let share = f64::from(part) / f64::from(parts);
                Coord {
                    x: ax + share * (bx - ax),
                    y: ay + share * (by - ay),
                }
            })
        };
        let ground = ground("EPSG:32650");
        for size in [20.0, 500.0, 2_000.0, 30_000.0] {
            let [a, b, c] = [[0.0, 0.0], [1.0, 0.1], [0.3, 0.9]]
                .map(|[x, y]| [780_000.0 + size * x, 5_400_000.0 + size * y]);
            let triangle = |parts| {
                let ring = side(a, b, parts)
                    .chain(side(b, c, parts))
                    .chain(side(c, a, parts));
                let ring = geo::LineString(ring.collect());
                ground
                    .area(&geo::Polygon::new(ring, Vec::new()).into())
                    .unwrap()
                    .value()
            };
            let (found, truth) = (triangle(1), triangle(1_000));
            assert!(
                (found / truth - 1.0).abs() < 1e-7,
                "{size}: {found}, {truth}"
            );
        }
    }

    #[test]
    fn a_shape_has_the_same_true_area_in_every_projection() {
        let shape = MultiPolygon(vec![polygon![
            (x: 14.0, y: 45.0), (x: 14.5, y: 45.0), (x: 14.5, y: 45.4), (x: 14.0, y: 45.4)
        ]]);
        let degrees = Projection::wgs84().unwrap();
        let truth = Ground::new(degrees.clone()).unwrap().area(&shape).unwrap();
        for code in ["EPSG:32633", "EPSG:3857", "EPSG:6933"] {
            let ground = ground(code);
            let image = Transformer::new(&degrees, ground.projection())
                .unwrap()
                .polygons(&shape, (0.01, 0.01))
                .unwrap();
            let area = ground.area(&image).unwrap();
            assert!(
                (area / truth - 1.0).abs() < 1e-7,
                "{code}: {area} against {truth}"
            );
        }
    }
}
