//! Gauss-Krueger zones: eastings with and without the number of the zone before them.

use geo::BoundingRect;

use super::features::Polygons;
use crate::finding::Finding;

/// What one zone number adds to an easting, in metres.
const PREFIX: f64 = 1e6;
/// How far from its central meridian a zone reaches at most, in metres.
const REACH: f64 = 450_000.0;

/// The code of the CGCS2000 zone with this number in its eastings.
fn with_prefix(zone: u32) -> Option<u32> {
    match zone {
        25..=45 => Some(4513 + zone - 25),
        13..=23 => Some(4491 + zone - 13),
        _ => None,
    }
}

/// The code of the same zone without it.
fn without_prefix(zone: u32) -> Option<u32> {
    match zone {
        25..=45 => Some(4534 + zone - 25),
        13..=23 => Some(4502 + zone - 13),
        _ => None,
    }
}

/// The least and greatest easting of the polygons, where they are metres.
fn eastings(polygons: &Polygons) -> Option<(f64, f64)> {
    polygons
        .features
        .iter()
        .filter_map(|feature| feature.shape.bounding_rect())
        .map(|rect| (rect.min().x, rect.max().x))
        .reduce(|(a, b), (c, d)| (a.min(c), b.max(d)))
        .filter(|(west, _)| *west > 1000.0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "eastings are positive and small"
)]
fn zone(easting: f64) -> u32 {
    (easting / PREFIX).floor() as u32
}

/// What the coordinate system of a file without one seems to be.
pub(in crate::input) fn zone_of(polygons: &Polygons) -> Option<String> {
    let (west, east) = eastings(polygons)?;
    let number = zone(west);
    if number != zone(east) {
        return None;
    }
    Some(match with_prefix(number) {
        Some(code) => format!(
            "the eastings begin with {number}: in CGCS2000 that is crs = \"EPSG:{code}\"; other datums have other codes"
        ),
        None => format!(
            "the eastings ({west:.0} to {east:.0}) carry no zone: ask for the central meridian; CGCS2000 has crs = \"EPSG:4534\" (75 E) to \"EPSG:4554\" (135 E) in steps of 3 degrees"
        ),
    })
}

/// A finding where the eastings are not those of the zone of the coordinate system.
pub(in crate::input) fn zone_problem(polygons: &Polygons) -> Option<Finding> {
    let centre = polygons.projection.false_easting()?;
    let (west, east) = eastings(polygons)?;
    let out = west < centre - REACH || east > centre + REACH;
    if !out {
        return None;
    }
    let (wanted, found) = (zone(centre), zone(west));
    let crs = polygons.projection.name();
    let (what, code) = match (wanted, found) {
        (0, found) => (
            format!("the eastings begin with the zone {found}, and {crs} has none"),
            with_prefix(found),
        ),
        (wanted, 0) => (
            format!("the eastings carry no zone, and {crs} has zone {wanted} before them"),
            without_prefix(wanted),
        ),
        (wanted, found) => (
            format!("the eastings begin with the zone {found}, and {crs} is zone {wanted}"),
            with_prefix(found),
        ),
    };
    Some(Finding::error(
        &polygons.name,
        format!("{what}: x {west:.0} to {east:.0}, expected around {centre:.0}"),
        match code {
            Some(code) if wanted != found => format!(
                "set crs = \"EPSG:{code}\" if the datum is CGCS2000, else the code of that zone"
            ),
            _ => "set `crs` to the zone of the coordinates".to_owned(),
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_zones_are_those_of_the_register_of_systems() {
        // Zone 39 of 3 degrees is 117 E: EPSG:4527 with the zone, EPSG:4548 without.
        assert_eq!(with_prefix(39), Some(4527));
        assert_eq!(without_prefix(39), Some(4548));
        // Zone 20 of 6 degrees is 117 E too.
        assert_eq!(with_prefix(20), Some(4498));
        assert_eq!(without_prefix(20), Some(4509));
        assert_eq!(with_prefix(50), None);
    }
}
