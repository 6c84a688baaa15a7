use proptest::prelude::*;

use super::*;
use crate::account::Ecosystem;
use crate::account::land::YearAreas;
use crate::account::library::Seeds;
use crate::account::plots::{PoolChanges, PoolEstimate, PoolStocks, PoolSum};
use crate::account::tables::{Figure, TOTAL};
use crate::account::uncertainty::{Headline, closed_form};
use crate::units::{Hectares, PerYear, TonnesCarbon};

fn region(id: &str, ecosystems: &[(Ecosystem, f64, f64)]) -> RegionAreas {
    let mut year = YearAreas {
        year: 2016,
        ..YearAreas::default()
    };
    for (ecosystem, area, trees) in ecosystems {
        year.ecosystems.insert(*ecosystem, Hectares::new(*area));
        if *trees > 0.0 {
            year.under_trees.insert(*ecosystem, Hectares::new(*trees));
        }
    }
    RegionAreas {
        region_id: id.to_owned(),
        years: vec![year],
        ..RegionAreas::default()
    }
}

fn choice(ecosystem: Ecosystem, method: &str, keys: &[(&str, &str)]) -> CarbonChoice {
    CarbonChoice {
        keys: keys
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        ..CarbonChoice::new(ecosystem, method)
    }
}

fn input<'a>(
    seeds: &'a Seeds,
    areas: Option<&'a AreaAccount>,
    choices: &'a [CarbonChoice],
) -> CarbonInput<'a> {
    CarbonInput {
        layers: &[],
        seeds,
        areas,
        stocks: &[],
        changes: &[],
        stands: None,
        growth: None,
        choices,
        soil_depth_cm: None,
        evidence: Evidence::Any,
        level: 0.95,
    }
}

fn account_of(regions: Vec<RegionAreas>) -> AreaAccount {
    AreaAccount {
        regions,
        ..AreaAccount::default()
    }
}

fn stock(pool: Pool, value: f64, depth_cm: Option<f64>) -> PoolEstimate<TonnesCarbon> {
    PoolEstimate {
        pool,
        depth_cm,
        figure: Figure {
            value: TonnesCarbon::new(value),
            standard_error: Some(value / 10.0),
            interval: None,
        },
    }
}

fn stocks(year: i32) -> PoolStocks {
    PoolStocks {
        region_id: "a".to_owned(),
        year,
        area: Some(Hectares::new(100.0)),
        sum: PoolSum {
            pools: vec![
                stock(Pool::AboveGround, 5000.0, None),
                stock(Pool::SoilOrganic, 8000.0, Some(100.0)),
            ],
            unknown: Vec::new(),
            total: Ok(Figure {
                value: TonnesCarbon::new(13_000.0),
                standard_error: Some(900.0),
                interval: None,
            }),
            degrees_of_freedom: Some(30.0),
            quality: "direct".to_owned(),
            note: String::new(),
        },
    }
}

const WARM: (&str, &str) = ("climate-zone", "warm-temperate-moist");

#[test]
fn grassland_is_area_times_table_times_fraction() {
    let seeds = Seeds::embedded();
    let areas = account_of(vec![region("a", &[(Ecosystem::Grassland, 200.0, 0.0)])]);
    let choices = [choice(
        Ecosystem::Grassland,
        "grassland-biomass-ipcc2006",
        &[WARM],
    )];
    let account = carbon(&input(&seeds, Some(&areas), &choices)).unwrap();
    let value = |at: usize| account.carbon[at].carbon.unwrap().value.value();
    assert!((value(0) - 200.0 * 2.7 * 0.47).abs() < 1e-9);
    assert!((value(1) - 200.0 * (13.5 - 2.7) * 0.47).abs() < 1e-9);
    assert!(account.carbon.iter().all(|row| row.counted));
    // The sum of both pools is the table's total: its spread is that of the total alone.
    let terms = account.trace.terms(Headline::Carbon, "a").unwrap();
    let sum = closed_form(terms, account.trace.inputs());
    assert!((sum.value - 200.0 * 13.5 * 0.47).abs() < 1e-9);
    assert!((sum.relative().unwrap() - 0.75 / 1.959_964).abs() < 1e-6);
    assert_eq!(account.sequestration[0].removal, None);
    assert!(
        account.sequestration[0]
            .note
            .contains("an assumption: no removal")
    );
    assert_eq!(account.parameters.len(), 3);
}

#[test]
fn soil_of_two_depths_is_never_added() {
    let seeds = Seeds::embedded();
    let areas = account_of(vec![region("a", &[(Ecosystem::Wetland, 10.0, 0.0)])]);
    let choices = [
        choice(Ecosystem::Forest, "plots-stock-difference", &[]),
        choice(Ecosystem::Wetland, "wetland-soil-ipcc2019", &[WARM]),
    ];
    let plots = [stocks(2018)];
    let account = carbon(&CarbonInput {
        stocks: &plots,
        ..input(&seeds, Some(&areas), &choices)
    })
    .unwrap();
    let wetland = account
        .carbon
        .iter()
        .find(|row| row.ecosystem == "wetland")
        .unwrap();
    assert!(!wetland.counted && wetland.carbon.is_some());
    assert!(
        wetland
            .note
            .contains("soil to 30 cm is not added to soil to 100 cm")
    );
    let terms = account.trace.terms(Headline::Carbon, "a").unwrap();
    assert_eq!(terms.len(), 1);
}

#[test]
fn land_with_trees_is_left_to_the_plots() {
    let seeds = Seeds::embedded();
    let areas = account_of(vec![
        region("a", &[(Ecosystem::Wetland, 10.0, 4.0)]),
        region("b", &[(Ecosystem::Wetland, 5.0, 5.0)]),
    ]);
    let choices = [
        choice(Ecosystem::Forest, "plots-stock-difference", &[]),
        choice(Ecosystem::Wetland, "wetland-soil-ipcc2019", &[WARM]),
    ];
    let wetland = |of_plots: Vec<PoolEstimate<TonnesCarbon>>| -> Vec<CarbonRow> {
        let mut plots = [stocks(2018)];
        plots[0].sum.pools = of_plots;
        let input = CarbonInput {
            stocks: &plots,
            ..input(&seeds, Some(&areas), &choices)
        };
        let rows = carbon(&input).unwrap().carbon.into_iter();
        rows.filter(|row| row.ecosystem == "wetland").collect()
    };
    let above = || stock(Pool::AboveGround, 5000.0, None);
    let rows = wetland(vec![above(), stock(Pool::SoilOrganic, 8000.0, Some(30.0))]);
    assert_eq!(rows[0].area, Some(Hectares::new(6.0)));
    assert!(rows[0].counted && rows[0].note.contains("left to the forest plots"));
    assert_eq!((rows[1].carbon, rows[1].counted), (None, false));
    let rows = wetland(vec![above()]);
    assert!(rows[0].area == Some(Hectares::new(10.0)) && rows[0].counted && rows[1].counted);
}

#[test]
fn only_the_newest_inventory_is_counted() {
    let seeds = Seeds::embedded();
    let choices = [choice(Ecosystem::Forest, "plots-stock-difference", &[])];
    let plots = [stocks(2013), stocks(2018)];
    let account = carbon(&CarbonInput {
        stocks: &plots,
        ..input(&seeds, None, &choices)
    })
    .unwrap();
    let counted: Vec<i32> = account
        .carbon
        .iter()
        .filter(|row| row.counted)
        .map(|row| row.year)
        .collect();
    assert_eq!(counted, [2018, 2018]);
    let all = account.carbon.iter().filter(|row| row.pool == "all");
    assert_eq!(all.count(), 2);
    assert_eq!(account.trace.inputs().len(), 1);
}

#[test]
fn a_gain_is_a_removal_in_carbon_dioxide() {
    let seeds = Seeds::embedded();
    let choices = [choice(Ecosystem::Forest, "plots-stock-difference", &[])];
    let plots = [stocks(2018)];
    let yearly = |carbon| PerYear::new(TonnesCarbon::new(carbon));
    let figure = Figure {
        value: yearly(12.0),
        standard_error: Some(3.0),
        interval: Some((yearly(6.0), yearly(18.0))),
    };
    let changes = [PoolChanges {
        region_id: TOTAL.to_owned(),
        from_year: 2013,
        to_year: 2018,
        sum: PoolSum {
            pools: vec![PoolEstimate {
                pool: Pool::AboveGround,
                depth_cm: None,
                figure,
            }],
            unknown: Vec::new(),
            total: Ok(figure),
            degrees_of_freedom: None,
            quality: "direct".to_owned(),
            note: String::new(),
        },
        left_out: Vec::new(),
    }];
    let account = carbon(&CarbonInput {
        stocks: &plots,
        changes: &changes,
        ..input(&seeds, None, &choices)
    })
    .unwrap();
    let removal = account.sequestration[0].removal.unwrap();
    assert!((removal.value.in_one_year().value() - 44.0).abs() < 1e-12);
    assert!((removal.standard_error.unwrap() - 11.0).abs() < 1e-12);
    assert!((removal.interval.unwrap().1.in_one_year().value() - 66.0).abs() < 1e-12);
    assert_eq!(account.sequestration[1].removal, Some(removal));
}

/// Worked example W16: 100 ha of restored mangrove in the wet tropics.
#[test]
fn restored_mangrove_takes_up_what_the_worked_example_says() {
    let seeds = Seeds::embedded();
    let mut gained = region("a", &[(Ecosystem::Mangrove, 150.0, 0.0)]);
    gained.years.insert(
        0,
        YearAreas {
            year: 1996,
            ..YearAreas::default()
        },
    );
    gained.conversions.insert(
        (Some(Ecosystem::TidalFlat), Some(Ecosystem::Mangrove)),
        Hectares::new(100.0),
    );
    gained.conversions.insert(
        (Some(Ecosystem::Mangrove), Some(Ecosystem::Mangrove)),
        Hectares::new(50.0),
    );
    let areas = account_of(vec![gained]);
    let choices = [choice(
        Ecosystem::Mangrove,
        "mangrove-restoration-ipcc2013",
        &[("zone", "tropical-wet")],
    )];
    let account = carbon(&input(&seeds, Some(&areas), &choices)).unwrap();
    let sum: f64 = account
        .sequestration
        .iter()
        .map(|row| row.removal.unwrap().value.in_one_year().value())
        .sum();
    assert!((sum - 3_033.323_7).abs() < 1e-6, "{sum}");
    assert_eq!(
        (
            account.sequestration[0].period_start,
            account.sequestration[0].period_end
        ),
        (1996, 2016)
    );
}

/// Ten hectares of mangrove of the wet tropics dug out within twenty years: biomass, dead wood,
/// litter and soil to 1 m, a twentieth of it a year.
#[test]
fn mangrove_that_was_dug_out_gives_off_what_stood_there() {
    let seeds = Seeds::embedded();
    let mut lost = region("a", &[(Ecosystem::Mangrove, 50.0, 0.0)]);
    lost.years.insert(
        0,
        YearAreas {
            year: 1996,
            ..YearAreas::default()
        },
    );
    for (to, area) in [(Ecosystem::Mangrove, 50.0), (Ecosystem::Water, 10.0)] {
        let pair = (Some(Ecosystem::Mangrove), Some(to));
        lost.conversions.insert(pair, Hectares::new(area));
    }
    let areas = account_of(vec![lost]);
    let with = |method: &str| choice(Ecosystem::Mangrove, method, &[("zone", "tropical-wet")]);
    let choices = [
        with("mangrove-extraction-ipcc2013"),
        with("mangrove-restoration-ipcc2013"),
    ];
    let account = carbon(&input(&seeds, Some(&areas), &choices)).unwrap();
    let of = |method: &str| -> f64 {
        let rows = account.sequestration.iter();
        rows.filter(|row| row.method == method)
            .map(|row| row.removal.unwrap().value.in_one_year().value())
            .sum()
    };
    let stock = 192.0 * 0.451 * 1.49 + 10.7 + 0.7 + 386.0;
    let expected = -10.0 / 20.0 * stock * 44.0 / 12.0;
    assert!((of("mangrove-extraction-ipcc2013") - expected).abs() < 1e-9);
    // Nothing was gained, which is known: zero, and not nothing.
    assert!(of("mangrove-restoration-ipcc2013").abs() < 1e-12);
    assert!(
        account
            .sequestration
            .iter()
            .all(|row| row.counted && !row.note.contains("gave off is not"))
    );
    let both = [
        with("mangrove-extraction-ipcc2013"),
        with("mangrove-clearing-ipcc2013"),
    ];
    let problems = carbon(&input(&seeds, Some(&areas), &both)).unwrap_err();
    assert!(
        problems[0].what.contains("both give the loss"),
        "{problems:?}"
    );
}

#[test]
fn drained_peat_is_a_negative_removal() {
    let seeds = Seeds::embedded();
    let areas = account_of(vec![region("a", &[(Ecosystem::Peatland, 10.0, 0.0)])]);
    let choices = [choice(
        Ecosystem::Peatland,
        "peatland-drained-ipcc2013",
        &[("land-use", "forest"), ("soil-climate", "temperate")],
    )];
    let account = carbon(&input(&seeds, Some(&areas), &choices)).unwrap();
    let removal = account.sequestration[0]
        .removal
        .unwrap()
        .value
        .in_one_year()
        .value();
    assert!((removal + 10.0 * 2.6 * 44.0 / 12.0).abs() < 1e-9);
}

/// Worked example W14, the stock after conversion: 81 t C/ha times 0.70.
#[test]
fn cropland_soil_is_reference_times_factors() {
    let seeds = Seeds::embedded();
    let areas = account_of(vec![region("a", &[(Ecosystem::Cropland, 1.0, 0.0)])]);
    let choices = [choice(
        Ecosystem::Cropland,
        "cropland-soil-ipcc2019",
        &[
            ("climate-zone", "cool-temperate-moist"),
            ("soil-class", "high-activity-clay"),
            ("land-use", "annual-crops"),
            ("management", "full-tillage"),
            ("input", "medium"),
        ],
    )];
    let account = carbon(&input(&seeds, Some(&areas), &choices)).unwrap();
    assert!((account.carbon[0].carbon.unwrap().value.value() - 56.7).abs() < 1e-9);
}

#[test]
fn two_methods_for_one_pool_are_refused() {
    let seeds = Seeds::embedded();
    let areas = account_of(vec![region("a", &[(Ecosystem::Wetland, 1.0, 0.0)])]);
    let choices = [
        choice(Ecosystem::Wetland, "wetland-soil-ipcc2019", &[WARM]),
        choice(Ecosystem::Wetland, "wetland-soil-ipcc2006", &[WARM]),
    ];
    let findings = carbon(&input(&seeds, Some(&areas), &choices)).unwrap_err();
    assert!(
        findings[0]
            .what
            .contains("both give the stock of pool `soil-organic`")
    );
}

#[test]
fn registry_mode_refuses_recalled_figures_and_names_them() {
    let seeds = Seeds::embedded();
    let areas = account_of(vec![region("a", &[(Ecosystem::Grassland, 1.0, 0.0)])]);
    let choices = [choice(Ecosystem::Grassland, "china-density", &[])];
    let open = input(&seeds, Some(&areas), &choices);
    let account = carbon(&open).unwrap();
    assert_eq!(account.carbon[0].quality, "recalled-parameter");
    let findings = carbon(&CarbonInput {
        evidence: Evidence::Registry,
        ..open
    })
    .unwrap_err();
    assert!(
        findings[0].what.contains("china-total-c-density/grassland"),
        "{}",
        findings[0]
    );
}

#[test]
fn wrong_choices_are_all_named_at_once() {
    let seeds = Seeds::embedded();
    let choices = [
        choice(Ecosystem::Forest, "plot-stock-difference", &[]),
        choice(
            Ecosystem::Water,
            "grassland-biomass-ipcc2006",
            &[("climate-zone", "warm")],
        ),
    ];
    let findings = carbon(&input(&seeds, None, &choices)).unwrap_err();
    let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(
        told[0].contains("did you mean `plots-stock-difference`"),
        "{told:?}"
    );
    assert!(told.iter().any(|t| t.contains("not for this ecosystem")));
    assert!(told.iter().any(|t| t.contains("needs land cover")));
    assert!(
        told.iter()
            .any(|t| t.contains("has no row for climate-zone `warm`"))
    );
}

#[test]
fn every_method_of_the_seeds_computes_under_some_keys() {
    let seeds = Seeds::embedded();
    for method in seeds
        .methods()
        .filter(|m| m.approach != Approach::PlotPools)
    {
        for rule in &method.pools {
            let of_seeds = rule.references();
            for reference in of_seeds.filter(|of| !method.own.contains(&of.parameter)) {
                assert!(
                    seeds.parameters().of(&reference.parameter).any(|row| {
                        reference
                            .fixed
                            .iter()
                            .all(|(k, v)| row.keys.get(k).is_none_or(|x| x == v || x == "any"))
                            && reference.bind.keys().all(|k| row.keys.contains_key(k))
                    }),
                    "method {} parameter {}",
                    method.id,
                    reference.parameter
                );
            }
        }
    }
}

/// Worked example W14 along the whole path: forest became cropland between two maps.
#[test]
fn soil_of_land_that_changed_its_use_is_a_removal_with_its_sign() {
    let seeds = Seeds::embedded();
    let mut changed = region("a", &[(Ecosystem::Cropland, 10.0, 0.0)]);
    changed.years.insert(
        0,
        YearAreas {
            year: 2011,
            ..YearAreas::default()
        },
    );
    let histories = [
        (Ecosystem::Forest, 4.0),
        (Ecosystem::Bare, 1.0),
        (Ecosystem::Cropland, 5.0),
    ];
    for (before, area) in histories {
        changed.add_history(vec![before, Ecosystem::Cropland], &[], Hectares::new(area));
    }
    let areas = account_of(vec![changed]);
    let (zone, clay) = (
        ("climate-zone", "cool-temperate-moist"),
        ("soil-class", "high-activity-clay"),
    );
    let choices = [
        choice(Ecosystem::Forest, "soil-reference-ipcc2019", &[zone, clay]),
        choice(
            Ecosystem::Cropland,
            "cropland-soil-ipcc2019",
            &[
                zone,
                clay,
                ("land-use", "annual-crops"),
                ("management", "full-tillage"),
                ("input", "medium"),
            ],
        ),
        choice(Ecosystem::Cropland, "soil-change-tier1", &[]),
    ];
    let account = carbon(&input(&seeds, Some(&areas), &choices)).unwrap();
    let row = account
        .sequestration
        .iter()
        .find(|row| row.approach == "soil-change")
        .unwrap();
    let removal = row.removal.unwrap();
    assert!((removal.value.in_one_year().value() + 4.0 * 4.455).abs() < 1e-9);
    assert!(
        row.note.contains("1.0000 ha that changed are left out"),
        "{}",
        row.note
    );
    // Both stocks share the reference stock: the spread is that of SOC_ref (0.7 - 1) and of F_LU.
    let reference: f64 = 0.05 / 1.959_964 * 0.3;
    let factor: f64 = 0.12 / 1.959_964 * 0.7;
    let expected = 4.0 * 81.0 / 20.0 * 44.0 / 12.0 * reference.hypot(factor);
    assert!((removal.standard_error.unwrap() - expected).abs() < 1e-6);
}

proptest! {
    #[test]
    fn regions_sum_to_the_whole_and_share_its_relative_spread(
        hectares in prop::collection::vec(0.1_f64..1e5, 1..20), scale in 0.1_f64..10.0,
    ) {
        let seeds = Seeds::embedded();
        let of = |factor: f64| {
            let regions: Vec<RegionAreas> = hectares
                .iter()
                .enumerate()
                .map(|(index, area)| {
                    region(&index.to_string(), &[(Ecosystem::Grassland, area * factor, 0.0)])
                })
                .collect();
            let sum = hectares.iter().sum::<f64>() * factor;
            AreaAccount {
                regions,
                total: Some(region(TOTAL, &[(Ecosystem::Grassland, sum, 0.0)])),
                ..AreaAccount::default()
            }
        };
        let choices = [choice(Ecosystem::Grassland, "grassland-biomass-ipcc2006", &[WARM])];
        let (plain, scaled) = (of(1.0), of(scale));
        let account = carbon(&input(&seeds, Some(&plain), &choices)).unwrap();
        let larger = carbon(&input(&seeds, Some(&scaled), &choices)).unwrap();
        let figure = |account: &CarbonAccount, id: &str| {
            let terms = account.trace.terms(Headline::Carbon, id).unwrap();
            closed_form(terms, account.trace.inputs())
        };
        let total = figure(&account, TOTAL);
        let parts: f64 = (0..hectares.len())
            .map(|index| figure(&account, &index.to_string()).value)
            .sum();
        prop_assert!((parts - total.value).abs() <= 1e-9 * total.value);
        let one = figure(&account, "0").relative().unwrap();
        prop_assert!((one - total.relative().unwrap()).abs() < 1e-9);
        let scaled_value = figure(&larger, TOTAL).value;
        prop_assert!((scaled_value - scale * total.value).abs() <= 1e-9 * scaled_value);
    }
}

#[test]
fn the_arithmetic_of_a_figure_sums_to_it() {
    let seeds = Seeds::embedded();
    let areas = account_of(vec![region("a", &[(Ecosystem::Grassland, 200.0, 0.0)])]);
    let choices = [choice(
        Ecosystem::Grassland,
        "grassland-biomass-ipcc2006",
        &[WARM],
    )];
    let account = carbon(&input(&seeds, Some(&areas), &choices)).unwrap();
    let lines = account.trace.arithmetic(Headline::Carbon, "a");
    let sum: f64 = lines.iter().map(|line| line.product).sum();
    assert!((sum - 200.0 * 13.5 * 0.47).abs() < 1e-9);
    assert!(
        lines[0]
            .inputs
            .iter()
            .any(|(key, _)| key == "grassland-above-ground/warm-temperate-wet")
    );
}

/// Worked example W13: secondary forest up to 20 years in the humid subtropics of Asia, 1000 ha.
#[test]
fn growth_is_that_of_the_worked_example() {
    let seeds = Seeds::embedded();
    let areas = account_of(vec![region("a", &[(Ecosystem::Forest, 1000.0, 0.0)])]);
    let choices = [choice(
        Ecosystem::Forest,
        "forest-growth-ipcc2019",
        &[
            ("ecological-zone", "subtropical-humid"),
            ("continent", "asia"),
            ("status", "secondary-le20y"),
            ("root-zone", "subtropical-humid"),
            ("origin", "natural"),
            ("above-ground-class", "0"),
        ],
    )];
    let account = carbon(&input(&seeds, Some(&areas), &choices)).unwrap();
    let sum: f64 = account
        .sequestration
        .iter()
        .map(|row| row.removal.unwrap().value.in_one_year().value())
        .sum();
    assert!((sum - 5299.25).abs() < 1e-6, "{sum}");
}

#[test]
fn soil_of_plots_without_a_depth_is_not_added_to_other_soil() {
    let seeds = Seeds::embedded();
    let areas = account_of(vec![region("a", &[(Ecosystem::Wetland, 10.0, 0.0)])]);
    let choices = [
        choice(Ecosystem::Forest, "plots-stock-difference", &[]),
        choice(Ecosystem::Wetland, "wetland-soil-ipcc2019", &[WARM]),
    ];
    let mut plots = [stocks(2018)];
    plots[0].sum.pools[1].depth_cm = None;
    let findings = carbon(&CarbonInput {
        stocks: &plots,
        ..input(&seeds, Some(&areas), &choices)
    })
    .unwrap_err();
    assert!(findings[0].what.contains("has no depth"));
}
