//! Laws of the whole way from areas to carbon, on drawn ledgers: area is conserved, nothing counts
//! twice, the balance closes, scale and sums hold, and shared factors do not average away.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::land::{ForestRule, LandRule};
use super::*;
use crate::units::Hectares;

/// Classes of the maps: water, forest, grass, crops, woody wetland.
const CLASSES: [i64; 5] = [11, 41, 71, 82, 90];
/// Years of the maps.
const YEARS: [i32; 3] = [2000, 2008, 2016];

/// A line of the ledger: region, whether a boundary of mangrove holds it at each date, class at
/// each date, hectares.
type Line = (usize, [bool; 3], [usize; 3], f64);

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let line = (
        0usize..2,
        prop::array::uniform3(any::<bool>()),
        prop::array::uniform3(0usize..CLASSES.len()),
        0.1_f64..1e4,
    );
    prop::collection::vec(line, 1..24)
}

/// The area account of drawn lines, each in a piece of its own.
fn ledger(seeds: &Seeds, lines: &[Line], scale: f64) -> AreaAccount {
    let units: Vec<UnitArea> = lines
        .iter()
        .map(|(region, inside, _, _)| UnitArea {
            region: *region,
            boundaries: inside.iter().map(|inside| inside.then_some(0)).collect(),
            area: None,
        })
        .collect();
    let measured: Vec<MeasuredArea> = lines
        .iter()
        .enumerate()
        .map(|(unit, (_, _, classes, area))| MeasuredArea {
            unit,
            classes: classes.iter().map(|class| Some(CLASSES[*class])).collect(),
            area: Hectares::new(area * scale),
            cells: area * scale,
            ..MeasuredArea::default()
        })
        .collect();
    let of = |region: usize| -> Hectares {
        let lines = measured.iter().zip(lines);
        let lines = lines.filter(|(_, line)| line.0 == region);
        lines.map(|(measured, _)| measured.area).sum()
    };
    let regions = ["a", "b"].map(String::from).into_iter().enumerate();
    let regions: Vec<RegionArea> = regions
        .map(|(at, id)| RegionArea {
            id,
            area: of(at),
            outside: Some(Hectares::ZERO),
            ..RegionArea::default()
        })
        .collect();
    let maps = YEARS.map(|year| MapYear {
        year,
        legend: seeds.legend("nlcd").ok(),
    });
    let classes = [41, 90].into_iter().collect();
    areas(&AreaInput {
        regions: &regions,
        units: &units,
        boundaries: &[BoundaryRule {
            name: "mangrove".to_owned(),
            year: None,
            ecosystem: Ecosystem::Mangrove,
            overrides: None,
        }],
        maps: &maps,
        shown: &BTreeSet::new(),
        spans: &[],
        measured: &measured,
        rule: &ForestRule::from_classes(classes, LandRule::ExcludeWater),
        roll_up: RollUp::Disjoint {
            area: of(0) + of(1),
        },
        partition_tolerance: Some(1e-9),
    })
    .unwrap()
}

/// Methods for four ecosystems: stocks, gains and losses, and the soil clock.
fn choices() -> Vec<CarbonChoice> {
    let keys = [
        ("climate-zone", "warm-temperate-moist"),
        ("soil-class", "high-activity-clay"),
        ("land-use", "long-term-cultivated"),
        ("management", "full-tillage"),
        ("input", "medium"),
        ("zone", "tropical-wet"),
        ("ecological-zone", "subtropical-humid"),
        ("continent", "asia"),
        ("status", "secondary-gt20y"),
        ("root-zone", "subtropical-humid"),
        ("origin", "natural"),
        ("above-ground-class", "125"),
    ];
    let keys: BTreeMap<String, String> = keys
        .iter()
        .map(|(key, word)| ((*key).to_owned(), (*word).to_owned()))
        .collect();
    [
        (Ecosystem::Forest, "soil-reference-ipcc2006"),
        (Ecosystem::Forest, "soil-change-tier1"),
        (Ecosystem::Forest, "forest-biomass-ipcc2019"),
        (Ecosystem::Forest, "forest-growth-ipcc2019"),
        (Ecosystem::Forest, "conversion-loss-tier1"),
        (Ecosystem::Grassland, "soil-reference-ipcc2006"),
        (Ecosystem::Grassland, "soil-change-tier1"),
        (Ecosystem::Cropland, "cropland-soil-ipcc2006"),
        (Ecosystem::Cropland, "soil-change-tier1"),
        (Ecosystem::Mangrove, "mangrove-stock-ipcc2013"),
        (Ecosystem::Mangrove, "mangrove-restoration-ipcc2013"),
        (Ecosystem::Mangrove, "mangrove-extraction-ipcc2013"),
    ]
    .into_iter()
    .map(|(ecosystem, method)| CarbonChoice {
        keys: keys.clone(),
        ..CarbonChoice::new(ecosystem, method)
    })
    .collect()
}

fn accounted(seeds: &Seeds, areas: &AreaAccount) -> CarbonAccount {
    let choices = choices();
    carbon(&CarbonInput {
        seeds,
        areas: Some(areas),
        stocks: &[],
        changes: &[],
        stands: None,
        growth: None,
        layers: &[],
        choices: &choices,
        soil_depth_cm: None,
        evidence: Evidence::Any,
        level: 0.95,
    })
    .unwrap()
}

/// Every figure of the account: region, what it is, value and standard error.
type Figures = BTreeMap<(String, Vec<String>), (f64, Option<f64>)>;

fn figures(account: &CarbonAccount) -> Figures {
    let mut figures = Figures::new();
    for row in &account.carbon {
        let of = vec![row.ecosystem.clone(), row.pool.clone(), row.method.clone()];
        if let Some(figure) = &row.carbon {
            let value = (figure.value.value(), figure.standard_error);
            assert!(figures.insert((row.region_id.clone(), of), value).is_none());
        }
    }
    for row in &account.sequestration {
        let period = format!("{}-{}", row.period_start, row.period_end);
        let of = vec![
            row.ecosystem.clone(),
            row.pool.clone(),
            row.method.clone(),
            period,
        ];
        if let Some(figure) = &row.removal {
            let value = (figure.value.in_one_year().value(), figure.standard_error);
            assert!(figures.insert((row.region_id.clone(), of), value).is_none());
        }
    }
    for row in &account.transitions {
        let of = vec![
            format!("{}-{}", row.from_year, row.to_year),
            format!("{}-{}", row.from_code, row.to_code),
            row.pool.clone(),
        ];
        let value = (row.area.value(), None);
        figures.insert((row.region_id.clone(), of), value);
    }
    figures
}

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-7 * (1.0 + expected.abs())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_hectare_is_one_ecosystem_at_each_date_and_transitions_lose_none(lines in lines()) {
        let account = ledger(&Seeds::embedded(), &lines, 1.0);
        prop_assert!(account.checks.iter().all(|check| check.passed));
        for region in account.regions.iter().chain(&account.total) {
            for year in &region.years {
                let ecosystems: Hectares = year.ecosystems.values().copied().sum();
                prop_assert!(close(ecosystems.value(), year.valid.value()));
                prop_assert!(close(year.valid.value(), region.area.value()));
                prop_assert!(year.forest <= year.land && year.land <= year.valid);
            }
            let histories: Hectares = region.histories.values().copied().sum();
            prop_assert!(close(histories.value(), region.area.value()));
            // What went out of the ecosystems of the first date came into those of the last.
            let (first, last) = (&region.years[0], region.newest().unwrap());
            let known = region.years.iter().flat_map(|year| year.ecosystems.keys());
            for ecosystem in known.copied() {
                let of = |from: bool| -> f64 {
                    let pairs = region.conversions.iter().filter(|((before, after), _)| {
                        *(if from { before } else { after }) == Some(ecosystem)
                    });
                    pairs.map(|(_, area)| area.value()).sum()
                };
                let held = |year: &YearAreas| {
                    year.ecosystems.get(&ecosystem).map_or(0.0, |area| area.value())
                };
                prop_assert!(close(of(true), held(first)) && close(of(false), held(last)));
                let net = region.gained(ecosystem).unwrap() - region.lost(ecosystem).unwrap();
                prop_assert!(close(net.value(), held(last) - held(first)));
            }
        }
    }

    #[test]
    fn regions_sum_to_the_whole_in_every_figure(lines in lines()) {
        let seeds = Seeds::embedded();
        let figures = figures(&accounted(&seeds, &ledger(&seeds, &lines, 1.0)));
        for ((_, what), (total, _)) in figures.iter().filter(|((region, _), _)| region == TOTAL) {
            let of = |region: &str| figures.get(&(region.to_owned(), what.clone()));
            let sum: f64 = ["a", "b"].iter().filter_map(|region| Some(of(region)?.0)).sum();
            prop_assert!(close(sum, *total), "{what:?}: {sum} and {total}");
        }
    }

    #[test]
    fn more_land_of_the_same_kind_is_more_of_every_figure(
        lines in lines(), scale in 0.01_f64..100.0
    ) {
        let seeds = Seeds::embedded();
        let of = |scale: f64| figures(&accounted(&seeds, &ledger(&seeds, &lines, scale)));
        let (one, many) = (of(1.0), of(scale));
        prop_assert_eq!(one.len(), many.len());
        for (key, (value, error)) in &one {
            let (scaled, scaled_error) = many[key];
            prop_assert!(close(scaled / scale, *value), "{key:?}");
            prop_assert_eq!(error.is_some(), scaled_error.is_some());
            if let (Some(error), Some(scaled_error)) = (error, scaled_error) {
                prop_assert!(close(scaled_error / scale, *error), "{key:?}");
            }
        }
    }

    /// What was there, with what went in and out of every class, is what is there.
    #[test]
    fn the_balance_of_stocks_and_transitions_closes(lines in lines()) {
        let table = "lucode,c_above,c_soil\n11,0,0\n41,100,80\n71,4,60\n82,5,40\n90,70,150\n";
        let densities = ClassDensities::from_csv(table, "pools.csv", Some(30.0)).unwrap();
        let account =
            class_density(&densities, &ledger(&Seeds::embedded(), &lines, 1.0), 0.95).unwrap();
        for region in ["a", "b", TOTAL] {
            for pool in ["above-ground", "soil-organic"] {
                let stock = |year: i32| -> f64 {
                    let rows = account.carbon.iter().filter(|row| {
                        row.region_id == region && row.pool == pool && row.year == year
                    });
                    rows.filter_map(|row| Some(row.carbon?.value.value())).sum()
                };
                for (from, to) in [(0, 1), (1, 2), (0, 2)] {
                    let change: f64 = account
                        .transitions
                        .iter()
                        .filter(|row| {
                            row.region_id == region
                                && row.pool == pool
                                && (row.from_year, row.to_year) == (YEARS[from], YEARS[to])
                        })
                        .filter_map(|row| Some(row.change.as_ref()?.value.value()))
                        .sum();
                    let difference = stock(YEARS[to]) - stock(YEARS[from]);
                    prop_assert!(
                        (change - difference).abs() <= 1e-6 * (1.0 + stock(YEARS[from])),
                        "{region} {pool} {from}-{to}: {change} and {difference}"
                    );
                }
            }
        }
    }

    /// One factor over many regions: the whole is as unsure as each, by closed form and by draws.
    #[test]
    fn a_sum_over_regions_is_as_wide_as_one_that_shares_its_factor(
        hectares in prop::collection::vec(0.5_f64..1e4, 2..12)
    ) {
        let mut trace = Trace::default();
        let density = trace.add_input(Input {
            key: "density".to_owned(),
            mean: 50.0,
            spread: Some(Spread { sigma: 10.0, shape: Shape::Normal }),
            degrees_of_freedom: None,
            follows: None,
        });
        let term = |coefficient: f64| Term { coefficient, inputs: vec![density] };
        for (at, area) in hectares.iter().enumerate() {
            trace.add_term(Headline::Carbon, &at.to_string(), term(*area));
            trace.add_term(Headline::Carbon, TOTAL, term(*area));
        }
        let draws = Some(DrawPlan { draws: 500, seed: 11 });
        let account = uncertainty(&trace, UncertaintyPlan { level: 0.95, draws }, &crate::account::Goals::new());
        let width = |region: &str, approach: &str| {
            let row = account.rows.iter().find(|row| {
                row.region_id == region && row.approach == approach && row.input == "all"
            });
            let row = row.unwrap();
            let (low, high) = row.interval.unwrap();
            (high - low) / row.value
        };
        for approach in ["approach-1", "approach-2"] {
            let whole = width(TOTAL, approach);
            for at in 0..hectares.len() {
                let one = width(&at.to_string(), approach);
                prop_assert!((one - whole).abs() < 1e-9, "{approach}: {one} and {whole}");
            }
        }
    }

    /// A stand cut in two by a border of regions grows as it did whole.
    #[test]
    fn stands_grow_the_same_cut_in_parts_and_in_the_sum(
        stands in prop::collection::vec((0.1_f64..500.0, 0.0_f64..80.0, 0.0_f64..=1.0), 1..16),
        scale in 0.1_f64..10.0,
    ) {
        let seeds = Seeds::embedded();
        let nesting = Nesting::new(&[("a", Hectares::ZERO), ("b", Hectares::ZERO)], &[]);
        let forest = |scale: f64| AgedForest {
            year: 2020,
            name: "made".to_owned(),
            areas: stands
                .iter()
                .map(|(area, age, share)| AgedArea {
                    parts: vec![
                        StandPart { region: 0, share: *share },
                        StandPart { region: 1, share: 1.0 - share },
                    ],
                    area: Hectares::new(area * scale),
                    age: Some(*age),
                    species: String::new(),
                    origin: "natural".to_owned(),
                    keys: BTreeMap::new(),
                })
                .collect(),
            unstocked: BTreeMap::new(),
            regions: BTreeSet::from([0, 1]),
            recalled_codes: false,
            is_of_classes: true,
        };
        let keys = [
            ("ecological-zone", "subtropical-humid"),
            ("continent", "asia"),
            ("root-zone", "subtropical-humid"),
            ("above-ground-class", "0"),
        ];
        let choices = [CarbonChoice {
            keys: keys.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            ..CarbonChoice::new(Ecosystem::Forest, "stand-growth-ipcc2019")
        }];
        let of = |scale: f64| {
            let forest = forest(scale);
            let growth = GrowthInput { forest: &forest, regions: &["a", "b"], disjoint: true, nesting: &nesting };
            let account = carbon(&CarbonInput {
                seeds: &seeds,
                areas: None,
                stocks: &[],
                changes: &[],
                stands: None,
                growth: Some(growth),
                layers: &[],
                choices: &choices,
                soil_depth_cm: None,
                evidence: Evidence::Any,
                level: 0.95,
            });
            figures(&account.unwrap())
        };
        let (one, many) = (of(1.0), of(scale));
        let whole: f64 = stands
            .iter()
            .map(|(area, age, _)| area * if *age <= 20.0 { 2.5 } else { 1.0 })
            .sum();
        for ((region, what), (value, _)) in &one {
            prop_assert!(close(many[&(region.clone(), what.clone())].0 / scale, *value));
            if region == TOTAL {
                let part = |region: &str| {
                    one.get(&(region.to_owned(), what.clone())).map_or(0.0, |figure| figure.0)
                };
                prop_assert!(close(part("a") + part("b"), *value));
                let root = if what[1] == "below-ground" { 0.23 } else { 1.0 };
                prop_assert!(close(*value, whole * root * 0.47 * 44.0 / 12.0), "{what:?}");
            }
        }
    }

    /// Carbon that goes into products is in them, or was lost.
    #[test]
    fn products_keep_or_lose_what_went_in(
        inflows in prop::collection::vec(0.0_f64..1e4, 1..30), steady in any::<bool>()
    ) {
        let mut text = String::from("region,product,year,production,unit\n");
        for (at, inflow) in inflows.iter().enumerate() {
            for (region, product) in [("a", "paper"), ("b", "paper"), ("b", "sawnwood")] {
                text.push_str(&[region, product, &(2000 + at).to_string()].join(","));
                text.push_str(&[",", &inflow.to_string(), ",t_c\n"].concat());
            }
        }
        let production = WoodProduction::from_csv(&text, "wood.csv", &["a", "b"]).unwrap();
        let before = if steady { WoodBefore::SteadyState(1) } else { WoodBefore::Nothing };
        let seeds = Seeds::embedded();
        let rule = WoodRule { before, evidence: Evidence::Any, disjoint: true, level: 0.95 };
        let mut trace = Trace::default();
        let account = harvested_wood(&production, rule, seeds.parameters(), &mut trace).unwrap();
        for row in &account.rows {
            let held = row.held.unwrap();
            let (stock, lost) = (held.stock.value.value(), held.loss.in_one_year().value());
            let kept = held.inflow.in_one_year().value() - lost;
            let change = held.change.value.in_one_year().value() * 12.0 / 44.0;
            prop_assert!((kept - change).abs() <= 1e-6 * (1.0 + stock), "{row:?}");
            prop_assert!(stock >= 0.0 && lost >= -1e-9);
        }
        prop_assert_eq!(account.rows.len(), inflows.len() * (3 + 2 + 3));
    }
}
