use super::*;

fn stand(id: &str, land: LandKind, area: f64, volume: Option<f64>) -> Stand {
    Stand {
        id: id.to_owned(),
        land: Some(land),
        land_class: land.id().to_owned(),
        origin: "planted".to_owned(),
        species: "杉木".to_owned(),
        species_row: None,
        age: Some(20.0),
        age_group: "middle-aged".to_owned(),
        registered: Some(Hectares::new(area)),
        plane: None,
        area: Hectares::new(area * 1.001),
        volume: volume.map(CubicMetres::new),
        parts: vec![StandPart {
            region: 0,
            share: 1.0,
        }],
        outside: 0.0,
    }
}

fn register(stands: Vec<Stand>) -> Register {
    Register {
        year: 2020,
        stands,
        has_volume: true,
        ..Register::default()
    }
}

#[test]
fn a_stand_without_a_volume_is_counted_and_not_zero() {
    let register = register(vec![
        stand("1", LandKind::TreeForest, 10.0, Some(900.0)),
        stand("2", LandKind::TreeForest, 4.0, None),
        stand("3", LandKind::NonForest, 6.0, None),
    ]);
    let sums = register.sums(true);
    let stock = sums.of(Some(0), "stock");
    assert_eq!(stock.volume, CubicMetres::new(900.0));
    assert_eq!(stock.without_volume, 1);
    assert_eq!(stock.area_without_volume, Hectares::new(4.0));
    assert_eq!(sums.of(None, "all").stands, 3);
}

#[test]
fn volume_of_sparse_trees_is_no_forest_stock() {
    let register = register(vec![
        stand("1", LandKind::TreeForest, 10.0, Some(900.0)),
        stand("2", LandKind::SparseForest, 10.0, Some(100.0)),
    ]);
    let sums = register.sums(true);
    assert_eq!(sums.of(None, "stock").volume, CubicMetres::new(900.0));
    assert_eq!(sums.of(None, "all").volume, CubicMetres::new(1000.0));
    assert_eq!(sums.of(None, "forest").stock_area, Hectares::new(10.0));
}

#[test]
fn a_stand_in_two_regions_is_shared_by_area() {
    let mut split = stand("1", LandKind::TreeForest, 10.0, Some(900.0));
    split.parts = vec![
        StandPart {
            region: 0,
            share: 0.25,
        },
        StandPart {
            region: 1,
            share: 0.5,
        },
    ];
    split.outside = 0.25;
    let register = register(vec![split]);
    let sums = register.sums(true);
    assert_eq!(sums.of(Some(0), "stock").volume, CubicMetres::new(225.0));
    assert_eq!(sums.of(Some(1), "stock").volume, CubicMetres::new(450.0));
    assert_eq!(sums.of(None, "stock").volume, CubicMetres::new(675.0));
    let rows = register.stand_rows(&["a", "b"]);
    assert_eq!(rows.len(), 3);
    assert_eq!((rows[2].region_id.as_str(), rows[2].share_pct), ("", 25.0));
}

#[test]
fn registered_areas_are_held_against_the_polygons() {
    let sums = register(vec![stand("1", LandKind::TreeForest, 10.0, None)]).sums(false);
    let checks = sums.area_checks(2020, &["a"]);
    assert!(checks[0].passed);
    let mut wrong = stand("1", LandKind::TreeForest, 10.0, None);
    wrong.registered = Some(Hectares::new(150.0));
    assert!(!register(vec![wrong]).sums(false).area_checks(2020, &["a"])[0].passed);
}
