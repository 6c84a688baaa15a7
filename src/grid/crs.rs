//! What the program knows of a coordinate system. Transformations belong to the input room.

/// An ellipsoid of revolution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ellipsoid {
    /// Semi-major axis, in metres.
    pub semi_major: f64,
    /// Inverse flattening; infinite for a sphere.
    pub inverse_flattening: f64,
}

impl Ellipsoid {
    /// WGS 84 (EPSG:7030).
    pub const WGS84: Self = Self {
        semi_major: 6_378_137.0,
        inverse_flattening: 298.257_223_563,
    };

    /// First eccentricity, squared: `f (2 − f)`.
    pub(crate) fn eccentricity_squared(self) -> f64 {
        let f = 1.0 / self.inverse_flattening;
        f * (2.0 - f)
    }
}

/// What the coordinates are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CrsKind {
    /// Longitude and latitude, in degrees.
    Geographic,
    /// Plane coordinates.
    Projected {
        /// Length of one coordinate unit, in metres.
        metres_per_unit: f64,
    },
}

/// A coordinate system. Axes are always taken as x (east, longitude), y (north, latitude).
#[derive(Debug, Clone, PartialEq)]
pub struct Crs {
    /// Authority and code, such as `EPSG:5070`, where it is known.
    pub authority: Option<String>,
    /// Name as written in the definition.
    pub name: String,
    /// Full definition, WKT 2 or 1.
    pub wkt: String,
    /// Degrees or plane units.
    pub kind: CrsKind,
    /// The ellipsoid of its datum.
    pub ellipsoid: Ellipsoid,
}

impl Crs {
    /// Whether the coordinates are longitude and latitude.
    #[must_use]
    pub const fn is_geographic(&self) -> bool {
        matches!(self.kind, CrsKind::Geographic)
    }

    /// The short name for messages: the authority code, else the name.
    #[must_use]
    pub fn label(&self) -> &str {
        self.authority.as_deref().unwrap_or(&self.name)
    }
}
