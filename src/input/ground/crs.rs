//! Coordinate systems and the transformations between them.

use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, SpatialRef};
use geo::{Coord, LineString, MultiPolygon, Polygon};

use crate::grid::{Crs, CrsKind, Ellipsoid};
use crate::input::files::words;

/// How often an edge may be halved while it is densified: 2^16 parts.
const MOST_HALVINGS: u32 = 16;

/// Why a coordinate system cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ProjectionError {
    /// The definition is not one.
    #[error("`{definition}` is not a coordinate system: {cause}")]
    Unknown {
        /// As it was written.
        definition: String,
        /// What PROJ says.
        cause: String,
    },
    /// Neither degrees nor plane coordinates.
    #[error("{name} is neither geographic nor projected")]
    Unfit {
        /// Its name.
        name: String,
    },
    /// Points cannot be brought from one system to the other.
    #[error("cannot transform from {from} to {to}: {cause}")]
    Transform {
        /// Where the points come from.
        from: String,
        /// Where they should go.
        to: String,
        /// What PROJ says.
        cause: String,
    },
}

/// A coordinate system that can transform. Axes are x (east, longitude) and y (north, latitude).
#[derive(Debug, Clone)]
pub struct Projection {
    inner: SpatialRef,
}

impl Projection {
    /// The coordinate system of a definition: `EPSG:5070`, WKT, PROJ string.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Unknown`] when PROJ does not understand it.
    pub fn parse(definition: &str) -> Result<Self, ProjectionError> {
        SpatialRef::from_definition(definition)
            .map(Self::new)
            .map_err(|error| ProjectionError::Unknown {
                definition: definition.to_owned(),
                cause: words(&error),
            })
    }

    /// Longitude and latitude on WGS 84 (EPSG:4326).
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Unknown`] when PROJ does not find its database.
    pub fn wgs84() -> Result<Self, ProjectionError> {
        Self::parse("EPSG:4326")
    }

    pub(in crate::input) fn new(mut inner: SpatialRef) -> Self {
        inner.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
        Self { inner }
    }

    pub(in crate::input) fn spatial_ref(&self) -> &SpatialRef {
        &self.inner
    }

    /// Longitude and latitude on the datum of this system.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Unfit`] when it has no datum.
    pub fn geographic(&self) -> Result<Self, ProjectionError> {
        self.inner
            .geog_cs()
            .map(Self::new)
            .map_err(|_| ProjectionError::Unfit { name: self.name() })
    }

    /// The short name for messages.
    #[must_use]
    pub fn name(&self) -> String {
        self.inner
            .authority()
            .ok()
            .or_else(|| self.inner.name())
            .unwrap_or_else(|| "an unnamed coordinate system".into())
    }

    /// Easting of the central meridian of a transverse Mercator zone.
    pub(in crate::input) fn false_easting(&self) -> Option<f64> {
        let method = self.inner.get_attr_value("PROJECTION", 0).ok().flatten()?;
        if !method.eq_ignore_ascii_case("Transverse_Mercator") {
            return None;
        }
        self.inner.get_proj_param("false_easting").ok().flatten()
    }

    /// What the grid room needs to know of it.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Unfit`] when it is neither geographic nor projected.
    pub fn describe(&self) -> Result<Crs, ProjectionError> {
        let unfit = || ProjectionError::Unfit { name: self.name() };
        let kind = if self.inner.is_geographic() {
            CrsKind::Geographic
        } else if self.inner.is_projected() {
            CrsKind::Projected {
                metres_per_unit: self.inner.linear_units(),
            }
        } else {
            return Err(unfit());
        };
        let semi_major = self.inner.semi_major().map_err(|_| unfit())?;
        let semi_minor = self.inner.semi_minor().map_err(|_| unfit())?;
        Ok(Crs {
            authority: self.inner.authority().ok(),
            name: self.inner.name().unwrap_or_default(),
            wkt: self.inner.to_wkt().map_err(|_| unfit())?,
            kind,
            ellipsoid: Ellipsoid {
                semi_major,
                inverse_flattening: semi_major / (semi_major - semi_minor),
            },
        })
    }

    /// Whether the projection keeps areas of the ellipsoid by its very definition.
    #[must_use]
    pub fn is_equal_area(&self) -> bool {
        const EQUAL_AREA: [&str; 5] = ["albers", "equal_area", "equal area", "sinusoidal", "bonne"];
        let method = self.method();
        EQUAL_AREA.iter().any(|name| method.contains(name))
    }

    /// Whether the projection keeps the areas of a sphere, straight parallels, and takes the
    /// latitudes of the ellipsoid for those of the sphere: PROJ has no other form of it.
    pub(super) fn keeps_areas_of_a_sphere(&self) -> bool {
        const OF_SPHERE: [&str; 4] = ["mollweide", "eckert_iv", "eckert_vi", "goode"];
        let method = self.method();
        OF_SPHERE.iter().any(|name| method.contains(name))
    }

    /// The longitude in the middle of the projection, in degrees.
    pub(super) fn central_meridian(&self) -> f64 {
        let stated = self.inner.get_proj_param("central_meridian");
        stated.ok().flatten().unwrap_or(0.0)
    }

    /// The method of the projection, in small letters.
    fn method(&self) -> String {
        let stated = self.inner.get_attr_value("PROJECTION", 0);
        stated.ok().flatten().unwrap_or_default().to_lowercase()
    }
}

/// Brings coordinates from one system to another.
#[derive(Debug)]
pub struct Transformer {
    /// `None` where both systems are the same.
    inner: Option<CoordTransform>,
    from: String,
    to: String,
}

impl Transformer {
    /// From `from` to `to`.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Transform`] when PROJ knows no way.
    pub fn new(from: &Projection, to: &Projection) -> Result<Self, ProjectionError> {
        let (from_name, to_name) = (from.name(), to.name());
        let inner = if from.inner == to.inner {
            None
        } else {
            let inner = CoordTransform::new(&from.inner, &to.inner).map_err(|error| {
                ProjectionError::Transform {
                    from: from_name.clone(),
                    to: to_name.clone(),
                    cause: words(&error),
                }
            })?;
            Some(inner)
        };
        Ok(Self {
            inner,
            from: from_name,
            to: to_name,
        })
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.inner.is_none()
    }

    /// Transforms points in place.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Transform`] when a point has no image.
    pub fn points(&self, points: &mut [Coord<f64>]) -> Result<(), ProjectionError> {
        let Some(inner) = &self.inner else {
            return Ok(());
        };
        let mut x: Vec<f64> = points.iter().map(|p| p.x).collect();
        let mut y: Vec<f64> = points.iter().map(|p| p.y).collect();
        let failed = |cause: String| ProjectionError::Transform {
            from: self.from.clone(),
            to: self.to.clone(),
            cause,
        };
        inner
            .transform_coords(&mut x, &mut y, &mut [])
            .map_err(|error| failed(words(&error)))?;
        for ((point, x), y) in points.iter_mut().zip(x).zip(y) {
            if !(x.is_finite() && y.is_finite()) {
                return Err(failed(format!(
                    "the point ({}, {}) has no image",
                    point.x, point.y
                )));
            }
            *point = Coord { x, y };
        }
        Ok(())
    }

    /// The image of polygons, with points added so that no edge strays from the image of the edge
    /// by more than `(across, along)`, in units of the target, in x and y.
    ///
    /// An edge that two polygons share gets the same points from both sides, so a partition stays
    /// a partition.
    ///
    /// # Errors
    ///
    /// [`ProjectionError::Transform`] when a point has no image.
    pub fn polygons(
        &self,
        shape: &MultiPolygon<f64>,
        tolerance: (f64, f64),
    ) -> Result<MultiPolygon<f64>, ProjectionError> {
        if self.is_identity() {
            return Ok(shape.clone());
        }
        let ring = |ring: &LineString<f64>| self.ring(ring, tolerance);
        let polygons = shape.iter().map(|polygon| {
            let outer = ring(polygon.exterior())?;
            let holes: Result<Vec<_>, _> = polygon.interiors().iter().map(ring).collect();
            Ok(Polygon::new(outer, holes?))
        });
        polygons.collect::<Result<Vec<_>, _>>().map(MultiPolygon)
    }

    fn ring(
        &self,
        ring: &LineString<f64>,
        tolerance: (f64, f64),
    ) -> Result<LineString<f64>, ProjectionError> {
        // Pairs of a point and its image; each round halves the edges that stray.
        let mut images = ring.0.clone();
        self.points(&mut images)?;
        let mut edge: Vec<(Coord<f64>, Coord<f64>, bool)> = ring
            .0
            .iter()
            .zip(images)
            .map(|(point, image)| (*point, image, true))
            .collect();
        for _ in 0..MOST_HALVINGS {
            let open: Vec<usize> = (1..edge.len()).filter(|&i| edge[i].2).collect();
            if open.is_empty() {
                break;
            }
            let mut middles: Vec<Coord<f64>> = open
                .iter()
                .map(|&i| (edge[i - 1].0 + edge[i].0) / 2.0)
                .collect();
            let sources = middles.clone();
            self.points(&mut middles)?;
            let mut next = Vec::with_capacity(edge.len() + open.len());
            let mut asked = open.iter().zip(sources.iter().zip(&middles)).peekable();
            for i in 0..edge.len() {
                let (point, image, _) = edge[i];
                let mut strays = false;
                if let Some((_, (source, middle))) = asked.next_if(|(index, _)| **index == i) {
                    let off = *middle - (edge[i - 1].1 + image) / 2.0;
                    strays = off.x.abs() > tolerance.0 || off.y.abs() > tolerance.1;
                    if strays {
                        next.push((*source, *middle, true));
                    }
                }
                next.push((point, image, strays));
            }
            edge = next;
        }
        Ok(edge.into_iter().map(|(_, image, _)| image).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    #[test]
    fn a_projected_system_is_described_with_unit_and_ellipsoid() {
        let crs = Projection::parse("EPSG:5070").unwrap().describe().unwrap();
        assert_eq!(crs.label(), "EPSG:5070");
        assert_eq!(
            crs.kind,
            CrsKind::Projected {
                metres_per_unit: 1.0
            }
        );
        assert!((crs.ellipsoid.inverse_flattening - 298.257_222_101).abs() < 1e-6);
    }

    #[test]
    fn albers_keeps_areas_and_mercator_does_not() {
        assert!(Projection::parse("EPSG:5070").unwrap().is_equal_area());
        assert!(!Projection::parse("EPSG:3857").unwrap().is_equal_area());
    }

    #[test]
    fn an_unknown_definition_is_named() {
        let error = Projection::parse("EPSG:999999").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("`EPSG:999999` is not a coordinate system")
        );
    }

    #[test]
    fn a_long_edge_gets_points_until_it_strays_no_more() {
        let transformer = Transformer::new(
            &Projection::wgs84().unwrap(),
            &Projection::parse("EPSG:5070").unwrap(),
        )
        .unwrap();
        let shape = MultiPolygon(vec![
            polygon![(x: -100.0, y: 40.0), (x: -90.0, y: 40.0), (x: -90.0, y: 45.0)],
        ]);
        let coarse = transformer.polygons(&shape, (1e9, 1e9)).unwrap();
        let fine = transformer.polygons(&shape, (3.0, 3.0)).unwrap();
        assert_eq!(coarse.0[0].exterior().0.len(), 4);
        assert!(fine.0[0].exterior().0.len() > 100);
    }
}
