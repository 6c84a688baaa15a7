use proptest::prelude::*;

use super::super::area_input::BoundaryRule;
use super::super::definition::{ForestRule, LandRule};
use super::*;
use crate::account::ecosystem::Ecosystem;
use crate::account::library::Seeds;

fn region(id: &str, area: f64) -> RegionArea {
    RegionArea {
        id: id.to_owned(),
        area: Hectares::new(area),
        outside: Some(Hectares::ZERO),
        ..RegionArea::default()
    }
}

fn unit(region: usize, boundary: Option<usize>) -> UnitArea {
    UnitArea {
        region,
        boundaries: vec![boundary; 3],
        area: None,
    }
}

fn line(unit: usize, classes: &[i64], area: f64) -> MeasuredArea {
    MeasuredArea {
        too_small: Vec::new(),
        unit,
        classes: classes.iter().map(|code| Some(*code)).collect(),
        area: Hectares::new(area),
        cells: area,
        ..MeasuredArea::default()
    }
}

fn rule(seeds: &Seeds) -> ForestRule {
    ForestRule::from_definition(seeds.forest_definition("cn-nfi").unwrap())
}

#[test]
fn forest_cover_of_bristol_county_is_the_published_one() {
    // Rhode Island sample, county 44001, exact rule: areas in hectares by exactextract 0.3.0.
    let seeds = Seeds::embedded();
    let rule = rule(&seeds);
    let measured = [
        line(0, &[11], 100.0883),
        line(0, &[41], 826.5584),
        line(0, &[90], 487.3989),
        line(0, &[21], 4945.0496),
    ];
    let account = areas(&AreaInput {
        regions: &[region("44001", 6359.0952)],
        units: &[unit(0, None)],
        boundaries: &[],
        maps: &[MapYear {
            year: 2016,
            legend: seeds.legend("nlcd").ok(),
        }],
        shown: &BTreeSet::new(),
        spans: &[],
        measured: &measured,
        rule: &rule,
        roll_up: RollUp::Overlapping,
        partition_tolerance: Some(1e-6),
    })
    .unwrap();
    let newest = account.regions[0].newest().unwrap();
    assert!((newest.land.value() - 6259.0069).abs() < 1e-4);
    assert!((newest.forest.value() - 826.5584).abs() < 1e-9);
    assert!((newest.forest_cover_pct().unwrap() - 13.205_903).abs() < 1e-6);
    assert!((account.regions[0].valid_pct().unwrap() - 100.0).abs() < 1e-9);
    assert!(account.checks.iter().all(|check| check.passed));
    assert_eq!(account.total, None);
}

#[test]
fn a_boundary_takes_its_ecosystem_but_leaves_water_and_the_coverage_rate() {
    let seeds = Seeds::embedded();
    let rule = rule(&seeds);
    let boundaries = [BoundaryRule {
        name: "marsh".to_owned(),
        year: None,
        ecosystem: Ecosystem::Wetland,
        overrides: None,
    }];
    let measured = [
        line(0, &[41], 10.0),
        line(1, &[41], 4.0),
        line(1, &[11], 2.0),
        line(1, &[71], 1.0),
    ];
    let account = areas(&AreaInput {
        regions: &[region("a", 17.0)],
        units: &[unit(0, None), unit(0, Some(0))],
        boundaries: &boundaries,
        maps: &[MapYear {
            year: 2016,
            legend: seeds.legend("nlcd").ok(),
        }],
        shown: &BTreeSet::new(),
        spans: &[],
        measured: &measured,
        rule: &rule,
        roll_up: RollUp::Disjoint {
            area: Hectares::new(17.0),
        },
        partition_tolerance: None,
    })
    .unwrap();
    let newest = account.regions[0].newest().unwrap();
    assert_eq!(newest.ecosystems[&Ecosystem::Wetland], Hectares::new(5.0));
    assert_eq!(newest.ecosystems[&Ecosystem::Water], Hectares::new(2.0));
    assert_eq!(newest.ecosystems[&Ecosystem::Forest], Hectares::new(10.0));
    assert_eq!(newest.under_trees[&Ecosystem::Wetland], Hectares::new(4.0));
    assert_eq!(
        newest.forest,
        Hectares::new(14.0),
        "the rate knows no boundary"
    );
    let boundary = account
        .rows
        .iter()
        .find(|row| row.kind == AreaKind::Boundary)
        .unwrap();
    assert_eq!(boundary.area, Hectares::new(7.0));
}

#[test]
fn a_boundary_can_name_what_it_overrides() {
    let rule = BoundaryRule {
        name: "m".to_owned(),
        year: None,
        ecosystem: Ecosystem::Mangrove,
        overrides: Some(BTreeSet::from([Ecosystem::Water])),
    };
    assert_eq!(rule.over(Ecosystem::Water), Ecosystem::Mangrove);
    assert_eq!(rule.over(Ecosystem::Forest), Ecosystem::Forest);
}

#[test]
fn all_codes_without_a_legend_entry_are_named_with_their_area() {
    let seeds = Seeds::embedded();
    let rule = rule(&seeds);
    let measured = [
        line(0, &[41], 1.0),
        line(0, &[40], 2.0),
        line(1, &[40], 0.5),
        line(0, &[99], 3.0),
    ];
    let findings = areas(&AreaInput {
        regions: &[region("a", 6.0), region("b", 0.5)],
        units: &[unit(0, None), unit(1, None)],
        boundaries: &[],
        maps: &[MapYear {
            year: 2016,
            legend: seeds.legend("nlcd").ok(),
        }],
        shown: &BTreeSet::new(),
        spans: &[],
        measured: &measured,
        rule: &rule,
        roll_up: RollUp::Overlapping,
        partition_tolerance: None,
    })
    .unwrap_err();
    assert_eq!(findings.len(), 2);
    assert!(
        findings[0]
            .what
            .contains("class 40, which covers 2.5000 ha in 2 regions")
    );
    assert!(
        findings[1]
            .what
            .contains("class 99, which covers 3.0000 ha in 1 region")
    );
}

#[test]
fn named_classes_count_as_forest_whatever_their_ecosystem() {
    let seeds = Seeds::embedded();
    let legend = seeds.legend("nlcd").unwrap();
    let rule = ForestRule::from_classes(BTreeSet::from([41, 90]), LandRule::Total);
    assert!(rule.is_forest(legend.class(90).unwrap()));
    assert!(!rule.is_forest(legend.class(42).unwrap()));
    assert!(rule.is_land(legend.class(11).unwrap()));
    assert!(!rule.is_land(legend.class(0).unwrap()));
}

proptest! {
    #[test]
    fn transitions_conserve_area_and_regions_sum_to_the_whole(
        lines in prop::collection::vec(
            (0usize..3, prop::sample::select(vec![11_i64, 41, 71, 82, 0]),
             prop::sample::select(vec![11_i64, 41, 71, 90]),
             prop::option::of(prop::sample::select(vec![21_i64, 43])), 0.01_f64..500.0),
            1..60),
    ) {
        let seeds = Seeds::embedded();
        let rule = rule(&seeds);
        let legend = seeds.legend("nlcd").unwrap();
        let measured: Vec<MeasuredArea> = lines
            .iter()
            .map(|(unit, a, b, c, area)| MeasuredArea {
                too_small: Vec::new(),
                unit: *unit,
                classes: vec![Some(*a), Some(*b), *c],
                area: Hectares::new(*area),
                cells: *area / 0.09,
                ..MeasuredArea::default()
            })
            .collect();
        let maps = [2001, 2006, 2011].map(|year| MapYear {
            year,
            legend: Some(legend),
        });
        let sum = |of: usize| measured.iter().filter(|m| m.unit == of).map(|m| m.area).sum::<Hectares>();
        let regions: Vec<RegionArea> =
            (0..3).map(|of| RegionArea { area: sum(of), ..region(&of.to_string(), 0.0) }).collect();
        let whole: Hectares = regions.iter().map(|r| r.area).sum();
        let account = areas(&AreaInput {
            regions: &regions,
            units: &[unit(0, None), unit(1, None), unit(2, None)],
            boundaries: &[],
            maps: &maps,
            shown: &BTreeSet::new(),
            spans: &[],
            measured: &measured,
            rule: &rule,
            roll_up: RollUp::Disjoint { area: whole },
            partition_tolerance: Some(1e-9),
        }).unwrap();
        prop_assert!(account.checks.iter().all(|check| check.passed));
        for pair in [(2001, 2006), (2006, 2011), (2001, 2011)] {
            let moved: f64 = account.transitions.iter()
                .filter(|row| row.region_id == TOTAL && (row.from_year, row.to_year) == pair)
                .map(|row| row.area.value())
                .sum();
            prop_assert!((moved - whole.value()).abs() <= 1e-9 * whole.value());
        }
    }
}

/// A region without a line between two with some: each keeps its own parts, the union has all.
#[test]
fn parts_by_further_layers_stand_with_their_region() {
    let seeds = Seeds::embedded();
    let rule = rule(&seeds);
    let under = |unit: usize, class: i64, area: f64| MeasuredArea {
        layer_classes: vec![Some(class)],
        ..line(unit, &[41], area)
    };
    let measured = [under(0, 2, 5.0), under(2, 1, 7.0), under(0, 1, 3.0)];
    let input = AreaInput {
        regions: &[region("a", 8.0), region("b", 0.0), region("c", 7.0)],
        units: &[unit(0, None), unit(1, None), unit(2, None)],
        boundaries: &[],
        maps: &[MapYear {
            year: 2016,
            legend: seeds.legend("nlcd").ok(),
        }],
        shown: &BTreeSet::new(),
        spans: &[],
        measured: &measured,
        rule: &rule,
        roll_up: RollUp::Disjoint {
            area: Hectares::new(15.0),
        },
        partition_tolerance: None,
    };
    let account = AreaAccount {
        layer_parts: crate::account::layer_parts(&input),
        ..areas(&input).unwrap()
    };
    let found: Vec<(&str, Vec<f64>)> = account
        .with_parts()
        .map(|(region, parts)| {
            let areas = parts.iter().map(|part| part.area.value()).collect();
            (region.region_id.as_str(), areas)
        })
        .collect();
    let expected = [
        ("a", vec![3.0, 5.0]),
        ("b", vec![]),
        ("c", vec![7.0]),
        (TOTAL, vec![3.0, 5.0, 7.0]),
    ];
    assert_eq!(found, expected);
}
