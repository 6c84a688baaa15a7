use geo::{Area as _, polygon};
use geo::{Coord, LineString, MapCoords, Polygon, Validation as _, Winding};
use geojson::Feature;
use geojson::feature::Id;
use geojson::{FeatureCollection, GeoJson};
use proptest::prelude::*;

use super::*;
use crate::units::Hectares;

fn region(id: &str) -> RegionSummary {
    RegionSummary {
        region_id: id.into(),
        area: Some(Hectares::new(12.345_678)),
        period_start: Some(2013),
        ..RegionSummary::default()
    }
}

fn write(geometry: MultiPolygon<f64>) -> (FeatureCollection, Vec<Finding>, String) {
    let geometries = BTreeMap::from([("a".to_owned(), geometry)]);
    let (document, findings) = regions_geojson(&[region("a")], &geometries).unwrap();
    let text = String::from_utf8(document.bytes).unwrap();
    let GeoJson::FeatureCollection(collection) = text.parse().unwrap() else {
        panic!("no feature collection");
    };
    (collection, findings, text)
}

fn polygons(feature: &Feature) -> MultiPolygon<f64> {
    let geometry = feature.geometry.as_ref().unwrap();
    MultiPolygon::try_from(geometry.value.clone()).unwrap()
}

/// A square with a hole, both rings in the wrong direction.
fn wrong_way() -> MultiPolygon<f64> {
    polygon!(
        exterior: [(x: 0.0, y: 0.0), (x: 0.0, y: 4.0), (x: 4.0, y: 4.0), (x: 4.0, y: 0.0)],
        interiors: [[(x: 1.0, y: 1.0), (x: 2.0, y: 1.0), (x: 2.0, y: 2.0), (x: 1.0, y: 2.0)]],
    )
    .into()
}

#[test]
fn exterior_rings_run_counter_clockwise_and_holes_clockwise() {
    let (collection, findings, _) = write(wrong_way());
    let written = polygons(&collection.features[0]);
    assert!(written.0[0].exterior().is_ccw());
    assert!(written.0[0].interiors()[0].is_cw());
    assert!(findings.is_empty());
}

#[test]
fn there_is_no_crs_member_and_every_part_has_its_bounding_box() {
    let (collection, _, text) = write(wrong_way());
    assert!(!text.contains("\"crs\""));
    assert_eq!(collection.bbox, Some(vec![0.0, 0.0, 4.0, 4.0]));
    assert_eq!(collection.features[0].bbox, collection.bbox);
    assert_eq!(collection.features[0].id, Some(Id::String("a".into())));
}

#[test]
fn properties_are_the_headline_columns_with_null_for_the_unknown() {
    let (collection, _, _) = write(wrong_way());
    let properties = collection.features[0].properties.as_ref().unwrap();
    let names: Vec<&str> = properties.keys().map(String::as_str).collect();
    let columns: Vec<&str> = HEADLINE.iter().map(|column| column.facts.name).collect();
    assert_eq!(names, columns);
    assert_eq!(properties["area_ha"], 12.3457);
    assert_eq!(properties["period_start"], 2013);
    assert!(properties["carbon_tc"].is_null());
}

#[test]
fn coordinates_have_seven_decimals_and_no_point_twice() {
    let ring: MultiPolygon<f64> = polygon![
        (x: -71.123_456_789, y: 41.0), (x: -71.0, y: 41.0), (x: -71.000_000_01, y: 41.000_000_01),
        (x: -71.0, y: 42.0),
    ]
    .into();
    let (collection, findings, text) = write(ring);
    assert!(text.contains("[-71.1234568,41.0]"), "{text}");
    assert_eq!(polygons(&collection.features[0]).0[0].exterior().0.len(), 4);
    assert!(findings.is_empty());
}

#[test]
fn rings_that_rounding_collapses_are_dropped() {
    let tiny = polygon![(x: 9.0, y: 9.0), (x: 9.000_000_01, y: 9.0), (x: 9.0, y: 9.000_000_01)];
    let mut shape = wrong_way();
    shape.0.push(tiny);
    let (collection, findings, _) = write(shape);
    assert_eq!(polygons(&collection.features[0]).0.len(), 1);
    assert!(findings.is_empty());
}

#[test]
fn a_region_that_seven_decimals_would_lose_keeps_more() {
    let tiny: MultiPolygon<f64> = polygon![
        (x: 9.0, y: 9.0), (x: 9.000_000_02, y: 9.0), (x: 9.000_000_02, y: 9.000_000_02),
        (x: 9.0, y: 9.000_000_02),
    ]
    .into();
    let (collection, findings, text) = write(tiny);
    assert!(text.contains("9.00000002"), "{text}");
    assert!(findings.is_empty());
    assert!(polygons(&collection.features[0]).is_valid());
}

#[test]
fn an_outline_that_cannot_be_made_valid_is_reported_with_its_region() {
    let bow_tie: MultiPolygon<f64> = polygon![
        (x: 0.0, y: 0.0), (x: 2.0, y: 2.0), (x: 2.0, y: 0.0), (x: 0.0, y: 3.0),
    ]
    .into();
    let (_, findings, _) = write(bow_tie);
    assert_eq!(findings.len(), 1);
    assert!(findings[0].place.contains("region a"));
}

#[test]
fn a_region_across_the_antimeridian_is_cut_there() {
    let fiji: MultiPolygon<f64> = polygon![
        (x: 177.0, y: -20.0), (x: -178.0, y: -20.0), (x: -178.0, y: -16.0), (x: 177.0, y: -16.0),
    ]
    .into();
    let beyond = fiji.map_coords(|at| Coord {
        x: if at.x < 0.0 { at.x + 360.0 } else { at.x },
        y: at.y,
    });
    for shape in [fiji, beyond] {
        let (collection, findings, _) = write(shape);
        let written = polygons(&collection.features[0]);
        assert_eq!(written.0.len(), 2);
        assert!((written.unsigned_area() - 20.0).abs() < 1e-6);
        assert!(written.iter().all(|part| part.exterior().is_ccw()));
        let bounds = Some(vec![177.0, -20.0, -178.0, -16.0]);
        assert_eq!(collection.features[0].bbox, bounds);
        assert_eq!(collection.bbox, bounds);
        assert!(findings.is_empty());
    }
}

#[test]
fn a_map_of_the_world_is_not_cut() {
    let world: MultiPolygon<f64> =
        polygon![(x: -180.0, y: -90.0), (x: 180.0, y: -90.0), (x: 180.0, y: 90.0), (x: -180.0, y: 90.0)]
            .into();
    let (collection, _, _) = write(world);
    assert!((polygons(&collection.features[0]).unsigned_area() - 64_800.0).abs() < 1e-6);
}

#[test]
fn a_region_without_an_outline_is_a_feature_without_a_geometry() {
    let (document, _) = regions_geojson(&[region("b")], &BTreeMap::new()).unwrap();
    let text = String::from_utf8(document.bytes).unwrap();
    assert!(text.contains("\"geometry\":null"));
}

proptest! {
    // A star around a point is a simple polygon whatever its radii.
    #[test]
    fn stars_stay_valid_closed_and_rightly_wound(
        radii in proptest::collection::vec(0.000_001..0.5_f64, 3..40),
        x in -170.0..170.0_f64,
        y in -80.0..80.0_f64,
    ) {
        let turn = std::f64::consts::TAU / radii.len() as f64;
        let ring: Vec<(f64, f64)> = radii
            .iter()
            .enumerate()
            .map(|(place, radius)| {
                let angle = -turn * place as f64;
                (radius.mul_add(angle.cos(), x), radius.mul_add(angle.sin(), y))
            })
            .collect();
        let star: MultiPolygon<f64> = Polygon::new(LineString::from(ring), vec![]).into();
        let (collection, findings, _) = write(star);
        prop_assert!(findings.is_empty());
        for part in &polygons(&collection.features[0]) {
            prop_assert!(part.exterior().is_closed());
            prop_assert!(part.exterior().is_ccw());
            prop_assert!(part.is_valid());
        }
    }
}
