//! What GDAL and PROJ of this machine can do.

use gdal::DriverManager;
use geo::Coord;

use super::crs::{Projection, Transformer};

/// Formats that a run reads or writes.
const NEEDED: [&str; 5] = ["GTiff", "GPKG", "GeoJSON", "ESRI Shapefile", "CSV"];

/// Formats that a run needs, and whether this GDAL has them.
#[must_use]
pub fn drivers() -> Vec<(&'static str, bool)> {
    let has = |name: &&'static str| DriverManager::get_driver_by_name(name).is_ok();
    NEEDED.iter().map(|name| (*name, has(name))).collect()
}

/// Whether PROJ finds its database and transforms as it should: a point of Rhode Island from
/// longitude and latitude (EPSG:4326) to an equal-area plane (EPSG:5070).
///
/// # Errors
///
/// What PROJ says, or how far the point is off.
///
/// # Source
///
/// The expected position is the closed form of the Albers projection on GRS 80 (Snyder 1987, "Map
/// Projections: A Working Manual", p. 101), worked out by itself.
pub fn projection_works() -> Result<(), String> {
    const FROM: Coord<f64> = Coord { x: -71.5, y: 41.6 };
    const TO: Coord<f64> = Coord {
        x: 2_004_681.419,
        y: 2_326_006.203,
    };
    /// Datum shifts between WGS 84 and NAD83 may move the point by this, in metres.
    const TOLERANCE: f64 = 3.0;
    let words = |error: super::crs::ProjectionError| error.to_string();
    let from = Projection::wgs84().map_err(words)?;
    let to = Projection::parse("EPSG:5070").map_err(words)?;
    let transformer = Transformer::new(&from, &to).map_err(words)?;
    let mut points = [FROM];
    transformer.points(&mut points).map_err(words)?;
    let [found] = points;
    let off = (found.x - TO.x).hypot(found.y - TO.y);
    if off <= TOLERANCE {
        Ok(())
    } else {
        Err(format!(
            "EPSG:4326 {} {} comes out at {:.3} {:.3} in EPSG:5070, {off:.3} m from where it should",
            FROM.x, FROM.y, found.x, found.y
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_point_lands_where_the_closed_form_puts_it() {
        assert_eq!(projection_works(), Ok(()));
    }

    #[test]
    fn every_needed_driver_is_looked_for() {
        assert_eq!(drivers().len(), NEEDED.len());
    }
}
