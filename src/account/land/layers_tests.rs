use super::super::area_input::{BoundaryRule, MapYear, RegionArea, UnitArea};
use super::super::definition::ForestRule;
use super::*;
use crate::account::library::Seeds;

fn line(unit: usize, class: i64, soil: Option<i64>, area: f64, biomass: f64) -> MeasuredArea {
    MeasuredArea {
        outside: false,
        too_small: Vec::new(),
        unit,
        classes: vec![Some(class)],
        area: Hectares::new(area),
        cells: area,
        layer_classes: vec![soil],
        layer_values: vec![MeasuredValues {
            plain_sum: 0.0,
            area: Hectares::new(area),
            sum: biomass * area,
            least: Some(biomass),
            greatest: Some(biomass + 1.0),
        }],
    }
}

/// Two regions; the second has a wetland boundary that covers all of its grassland.
fn rows(measured: &[MeasuredArea]) -> Result<Vec<LayerRow>, Vec<Finding>> {
    let seeds = Seeds::embedded();
    let rule = ForestRule::from_definition(seeds.forest_definition("ipcc").unwrap());
    let soils = LayerLegend::from_csv("code,class_name\n1,clay\n2,peat\n", "soil.csv").unwrap();
    let region = |id: &str| RegionArea {
        id: id.to_owned(),
        area: Hectares::new(10.0),
        ..RegionArea::default()
    };
    let unit = |region, boundary| UnitArea {
        region,
        boundaries: vec![boundary; 3],
        area: None,
    };
    let input = AreaInput {
        regions: &[region("a"), region("b")],
        units: &[unit(0, None), unit(1, None), unit(1, Some(0))],
        boundaries: &[BoundaryRule {
            name: "wetland".to_owned(),
            year: None,
            ecosystem: Ecosystem::Wetland,
            overrides: None,
        }],
        maps: &[MapYear {
            year: 2016,
            legend: seeds.legend("nlcd").ok(),
        }],
        shown: &BTreeSet::new(),
        spans: &[],
        measured,
        rule: &rule,
        roll_up: RollUp::Disjoint {
            area: Hectares::new(20.0),
        },
        partition_tolerance: None,
    };
    let facts = [
        LayerFacts {
            name: "soil",
            content: LayerContent::Classes {
                place: 0,
                legend: &soils,
            },
        },
        LayerFacts {
            name: "agb",
            content: LayerContent::Values {
                place: 0,
                unit: "t_dm/ha",
            },
        },
    ];
    layer_rows(&input, &facts, &layer_parts(&input))
}

fn of<'a>(rows: &'a [LayerRow], key: [&str; 4]) -> &'a LayerRow {
    rows.iter()
        .find(|row| {
            let found = [&row.region_id, &row.ecosystem, &row.layer, &row.class_code];
            found.into_iter().zip(key).all(|(found, key)| found == key)
        })
        .unwrap_or_else(|| panic!("no row {key:?} in {rows:#?}"))
}

#[test]
fn biomass_of_an_ecosystem_is_weighted_by_area() {
    let measured = [
        line(0, 41, Some(1), 6.0, 100.0),
        line(0, 42, Some(2), 2.0, 200.0),
        line(0, 71, None, 2.0, 8.0),
    ];
    let rows = rows(&measured).unwrap();
    let forest = of(&rows, ["a", "forest", "agb", ""]);
    assert_eq!(forest.area, Hectares::new(8.0));
    assert_eq!(forest.mean, Some(125.0));
    assert_eq!(
        (forest.sum, forest.sum_unit.as_str()),
        (Some(1000.0), "t_dm")
    );
    assert_eq!((forest.min, forest.max), (Some(100.0), Some(201.0)));
    assert_eq!(of(&rows, ["a", "all", "agb", ""]).sum, Some(1016.0));
    assert_eq!(of(&rows, ["_total", "all", "agb", ""]).sum, Some(1016.0));
    let peat = of(&rows, ["a", "forest", "soil", "2"]);
    assert_eq!(
        (peat.area, peat.class_name.as_str()),
        (Hectares::new(2.0), "peat")
    );
    assert_eq!(
        of(&rows, ["a", "grassland", "soil", "nodata"]).area,
        Hectares::new(2.0)
    );
}

#[test]
fn boundaries_go_before_classes_in_layers_too() {
    let measured = [
        line(1, 41, Some(1), 6.0, 100.0),
        line(2, 71, Some(1), 4.0, 8.0),
    ];
    let rows = rows(&measured).unwrap();
    assert_eq!(of(&rows, ["b", "wetland", "agb", ""]).mean, Some(8.0));
    assert!(!rows.iter().any(|row| row.ecosystem == "grassland"));
}

#[test]
fn a_part_without_a_known_least_value_leaves_none() {
    let mut measured = [
        line(0, 41, Some(1), 6.0, 100.0),
        line(0, 42, Some(1), 2.0, 200.0),
    ];
    measured[1].layer_values[0].least = None;
    let told = rows(&measured).unwrap();
    let forest = of(&told, ["a", "forest", "agb", ""]);
    assert_eq!((forest.min, forest.max), (None, Some(201.0)));
    // Without data there is nothing that could be less.
    measured[1].layer_values[0] = MeasuredValues::default();
    let told = rows(&measured).unwrap();
    let forest = of(&told, ["a", "forest", "agb", ""]);
    assert_eq!((forest.min, forest.area), (Some(100.0), Hectares::new(6.0)));
    assert_eq!(
        of(&told, ["a", "forest", "agb", "nodata"]).area,
        Hectares::new(2.0)
    );
}

#[test]
fn codes_without_a_legend_entry_stop_the_run_with_their_area() {
    let findings = rows(&[line(0, 41, Some(7), 6.0, 1.0)]).unwrap_err();
    assert_eq!(findings[0].place, "layer soil, class 7");
    assert!(
        findings[0].what.contains("6.0000 ha"),
        "{}",
        findings[0].what
    );
}
