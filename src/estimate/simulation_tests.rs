//! A bench of simulated samples: is each estimator unbiased, and does its interval keep its promise?
//!
//! A forest of 3 600 plots is made once; 2 000 samples are drawn from it by each design, with fixed
//! seeds, and the estimates are held against the known total. What they showed is the table in the
//! documentation of the room.

use std::num::NonZeroUsize;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

use super::*;
use crate::units::{CubicMetres, Hectares, PerHectare};

const SIDE: usize = 60;
const CELLS: usize = SIDE * SIDE;
const DRAWS: u32 = 2000;

/// A number between 0 and 1.
fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    f64::from(rng.next_u32()) / 2f64.powi(32)
}

/// A whole number below `end`.
fn below(rng: &mut ChaCha8Rng, end: usize) -> usize {
    usize::try_from((u64::from(rng.next_u32()) * end as u64) >> 32).unwrap()
}

/// `count` of the numbers below `end`, each once.
fn drawn(rng: &mut ChaCha8Rng, end: usize, count: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..end).collect();
    for i in 0..count {
        all.swap(i, i + below(rng, end - i));
    }
    all.truncate(count);
    all
}

/// A square of forest and fields, one cell a hectare: stock, mapped class and a satellite layer.
struct Land {
    stock: Vec<f64>,
    later: Vec<f64>,
    forest: Vec<f64>,
    class: Vec<usize>,
    layer: Vec<f64>,
}

impl Land {
    fn new() -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(20_260_101);
        let mut land = Self {
            stock: Vec::new(),
            later: Vec::new(),
            forest: Vec::new(),
            class: Vec::new(),
            layer: Vec::new(),
        };
        for cell in 0..CELLS {
            let (row, col) = ((cell / SIDE) as f64, (cell % SIDE) as f64);
            let wave = (row / 9.0).sin() + (col / 7.0).cos() + 0.8 * (uniform(&mut rng) - 0.5);
            let forest = (wave + 0.6).clamp(0.0, 1.0);
            let density = 120.0 + 60.0 * wave + 80.0 * (uniform(&mut rng) - 0.5);
            let stock = forest * density.max(10.0);
            let growth = 1.0 + 0.25 * (uniform(&mut rng) - 0.1);
            let cut = uniform(&mut rng) < 0.03;
            land.stock.push(stock);
            land.later.push(if cut { 0.0 } else { stock * growth });
            land.forest.push(forest);
            let seen = wave + 0.5 * (uniform(&mut rng) - 0.5);
            land.class
                .push(usize::from(seen > -0.4) + usize::from(seen > 0.7));
            land.layer
                .push(100.0 + 40.0 * wave + 40.0 * (uniform(&mut rng) - 0.5));
        }
        land
    }

    fn total(&self) -> f64 {
        self.stock.iter().sum()
    }

    fn observed(values: &[f64], cells: &[usize]) -> Observations<CubicMetres> {
        Observations::new(
            cells
                .iter()
                .map(|cell| PerHectare::new(CubicMetres::new(values[*cell]))),
        )
    }

    fn cells_of(&self, class: usize) -> Vec<usize> {
        (0..CELLS)
            .filter(|cell| self.class[*cell] == class)
            .collect()
    }

    fn sample(&self, design: Design, cells: &[usize]) -> Sample {
        let listed = |count: fn(&Self, usize) -> u64| -> Vec<Stratum> {
            (0..3)
                .map(|class| Stratum {
                    population: Some(count(self, class)),
                    ..Stratum::new(class.to_string(), Weight::Counted(count(self, class)))
                })
                .collect()
        };
        let mut unit = EstimationUnit::whole("0", Hectares::new(CELLS as f64));
        let stratified = matches!(design, Design::Stratified | Design::PostStratified);
        if stratified {
            unit.strata = listed(|land, class| land.cells_of(class).len() as u64);
        } else {
            unit.strata[0].population = Some(CELLS as u64);
        }
        let stratum = |cell: usize| if stratified { self.class[cell] } else { 0 };
        Sample::new(Frame {
            design,
            units: vec![unit],
            plots: cells
                .iter()
                .map(|cell| Plot::new(cell.to_string(), stratum(*cell).to_string()))
                .collect(),
        })
        .unwrap()
    }
}

/// What a run of samples showed.
#[derive(Debug)]
struct Bench {
    bias_pct: f64,
    noise_pct: f64,
    error_ratio: f64,
    coverage_pct: f64,
}

/// Draws samples and holds value and interval against the truth.
fn bench(truth: f64, mut estimate: impl FnMut(&mut ChaCha8Rng) -> Estimate<CubicMetres>) -> Bench {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let (mut sum, mut squares, mut errors, mut covered) = (0.0, 0.0, 0.0, 0.0);
    for _ in 0..DRAWS {
        let found = estimate(&mut rng);
        let off = found.value().value() - truth;
        sum += off;
        squares += off * off;
        errors += found.variance().unwrap();
        covered += f64::from(u8::from(
            off.abs() <= found.half_width(Confidence::P95).unwrap(),
        ));
    }
    let n = f64::from(DRAWS);
    let spread = squares / n - (sum / n).powi(2);
    Bench {
        bias_pct: 100.0 * sum / n / truth,
        noise_pct: 100.0 * (spread / n).sqrt() / truth,
        error_ratio: (errors / n / spread).sqrt(),
        coverage_pct: 100.0 * covered / n,
    }
}

/// The page that tells the figures of these tests to users.
const PAGE: &str = include_str!("../../docs/inventory.md");

/// Holds the row of an estimator in the table of the page to its digits; columns that are empty there
/// are not told.
#[track_caller]
fn assert_told(row: &str, bench: &Bench) {
    let found = [
        bench.bias_pct,
        bench.noise_pct,
        bench.error_ratio,
        bench.coverage_pct,
    ];
    let (_, table) = PAGE.split_once("## What the estimators promise").unwrap();
    let line = table
        .lines()
        .find(|line| line.starts_with(&format!("| {row} ")));
    let line = line.unwrap_or_else(|| panic!("no row of {row} in docs/inventory.md"));
    let cells = line.trim_matches('|').split('|').skip(1);
    for (cell, found) in cells.map(str::trim).zip(found) {
        if !cell.is_empty() {
            let decimals = cell.split_once('.').map_or(0, |(_, digits)| digits.len());
            let told: f64 = cell.replace('−', "-").parse().unwrap();
            let half = 0.5 * 10_f64.powi(-i32::try_from(decimals).unwrap());
            assert!((found - told).abs() <= half + 1e-9, "{line}: {bench:?}");
        }
    }
}

#[track_caller]
fn assert_honest(row: &str, bench: &Bench) {
    let Bench {
        bias_pct,
        noise_pct,
        coverage_pct,
        ..
    } = bench;
    // Four standard errors of the simulation, and the bias of order 1/n that ratios and models have.
    assert!(bias_pct.abs() < 4.0 * noise_pct + 0.3, "{bench:?}");
    assert!((93.0..=97.0).contains(coverage_pct), "{bench:?}");
    assert_told(row, bench);
}

#[test]
fn a_random_sample_covers_the_truth() {
    let land = Land::new();
    assert_honest(
        "`simple-random`",
        &bench(land.total(), |rng| {
            let cells = drawn(rng, CELLS, 60);
            let sample = land.sample(Design::SimpleRandom, &cells);
            sample.total(&Land::observed(&land.stock, &cells)).unwrap()
        }),
    );
}

#[test]
fn a_systematic_sample_covers_more_than_it_promises() {
    let land = Land::new();
    let found = bench(land.total(), |rng| {
        let (row, col) = (below(rng, 7), below(rng, 7));
        let grid = |start: usize| (start..SIDE).step_by(7);
        let cells: Vec<usize> = grid(row)
            .flat_map(|r| grid(col).map(move |c| r * SIDE + c))
            .collect();
        let sample = land.sample(Design::Systematic, &cells);
        sample.total(&Land::observed(&land.stock, &cells)).unwrap()
    });
    assert!(
        found.error_ratio > 1.0 && found.coverage_pct > 97.0,
        "{found:?}"
    );
    assert_told("`systematic`", &found);
}

#[test]
fn a_stratified_sample_covers_the_truth() {
    let land = Land::new();
    let strata = [0, 1, 2].map(|class| land.cells_of(class));
    assert_honest(
        "`stratified`",
        &bench(land.total(), |rng| {
            let cells: Vec<usize> = strata
                .iter()
                .flat_map(|all| drawn(rng, all.len(), 20).into_iter().map(|i| all[i]))
                .collect();
            let sample = land.sample(Design::Stratified, &cells);
            sample.total(&Land::observed(&land.stock, &cells)).unwrap()
        }),
    );
}

#[test]
fn a_post_stratified_sample_covers_the_truth() {
    let land = Land::new();
    assert_honest(
        "`post-stratified`",
        &bench(land.total(), |rng| {
            let cells = drawn(rng, CELLS, 60);
            let sample = land.sample(Design::PostStratified, &cells);
            sample.total(&Land::observed(&land.stock, &cells)).unwrap()
        }),
    );
}

#[test]
fn a_double_sample_covers_the_truth() {
    let land = Land::new();
    assert_honest(
        "`double-sampling`",
        &bench(land.total(), |rng| {
            let first = drawn(rng, CELLS, 300);
            let mut cells = Vec::new();
            let mut strata = Vec::new();
            for class in 0..3 {
                let here: Vec<usize> = first
                    .iter()
                    .copied()
                    .filter(|cell| land.class[*cell] == class)
                    .collect();
                strata.push(Stratum::new(
                    class.to_string(),
                    Weight::Counted(here.len() as u64),
                ));
                cells.extend(here.into_iter().take(20));
            }
            let sample = Sample::new(Frame {
                design: Design::DoubleSampling,
                units: vec![EstimationUnit {
                    strata,
                    ..EstimationUnit::whole("0", Hectares::new(CELLS as f64))
                }],
                plots: cells
                    .iter()
                    .map(|cell| Plot::new(cell.to_string(), land.class[*cell].to_string()))
                    .collect(),
            })
            .unwrap();
            sample.total(&Land::observed(&land.stock, &cells)).unwrap()
        }),
    );
}

#[test]
fn a_sample_of_clusters_covers_the_truth() {
    let land = Land::new();
    // Blocks of 2 x 3 cells: 600 clusters, of which 40 are drawn.
    assert_honest(
        "`cluster`",
        &bench(land.total(), |rng| {
            let mut cells = Vec::new();
            let mut plots = Vec::new();
            for block in drawn(rng, CELLS / 6, 40) {
                let (row, col) = (2 * (block / 20), 3 * (block % 20));
                for (r, c) in [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)] {
                    let cell = (row + r) * SIDE + col + c;
                    cells.push(cell);
                    plots.push(Plot {
                        cluster: Some(block.to_string()),
                        ..Plot::new(cell.to_string(), "0")
                    });
                }
            }
            let mut unit = EstimationUnit::whole("0", Hectares::new(CELLS as f64));
            unit.strata[0].population = Some(600);
            let sample = Sample::new(Frame {
                design: Design::Cluster,
                units: vec![unit],
                plots,
            })
            .unwrap();
            sample.total(&Land::observed(&land.stock, &cells)).unwrap()
        }),
    );
}

/// What a bench showed that does not look at variances.
fn of_value_alone(bias_pct: f64, coverage_pct: f64) -> Bench {
    Bench {
        bias_pct,
        noise_pct: f64::NAN,
        error_ratio: f64::NAN,
        coverage_pct,
    }
}

#[test]
fn a_ratio_per_forest_hectare_covers_the_truth() {
    let land = Land::new();
    let truth = land.total() / land.forest.iter().sum::<f64>();
    let mut covered = 0.0;
    let mut sum = 0.0;
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for _ in 0..DRAWS {
        let cells = drawn(&mut rng, CELLS, 60);
        let sample = land.sample(Design::SimpleRandom, &cells);
        let forest = Observations::new(
            cells
                .iter()
                .map(|cell| PerHectare::new(Hectares::new(land.forest[*cell]))),
        );
        let ratio = sample
            .ratio(&Land::observed(&land.stock, &cells), &forest)
            .unwrap();
        let (low, high) = ratio.interval(Confidence::P95).unwrap();
        covered += f64::from(u8::from(low <= truth && truth <= high));
        sum += ratio.value();
    }
    let bias_pct = 100.0 * (sum / f64::from(DRAWS) / truth - 1.0);
    let coverage_pct = 100.0 * covered / f64::from(DRAWS);
    assert!(bias_pct.abs() < 0.5, "{bias_pct}");
    assert!((93.0..=97.0).contains(&coverage_pct), "{coverage_pct}");
    assert_told("ratio of means", &of_value_alone(bias_pct, coverage_pct));
}

#[test]
fn samples_of_stands_cover_the_truth() {
    let land = Land::new();
    // Stands are strips of 1 to 5 cells, side by side.
    let mut stands = Vec::new();
    let mut ends = Vec::new();
    let mut cell = 0;
    while cell < CELLS {
        let size = (1 + (7 * stands.len() + cell / SIDE) % 5).min(CELLS - cell);
        let stock: f64 = land.stock[cell..cell + size].iter().sum();
        stands.push((size as f64, stock));
        cell += size;
        ends.push(cell);
    }
    // Stands are measured as a whole: their values per hectare, and their area.
    let total = |design, drawn: &[(f64, f64)]| {
        let mut unit = EstimationUnit::whole("u", Hectares::new(CELLS as f64));
        unit.strata[0].population = Some(stands.len() as u64);
        let plots = drawn.iter().enumerate().map(|(id, (area, _))| Plot {
            size: Some(Hectares::new(*area)),
            ..Plot::new(id.to_string(), "u")
        });
        let frame = Frame {
            design,
            units: vec![unit],
            plots: plots.collect(),
        };
        let density = |(area, stock): &(f64, f64)| PerHectare::new(CubicMetres::new(stock / area));
        let observed = Observations::new(drawn.iter().map(density));
        Sample::new(frame).unwrap().total(&observed).unwrap()
    };
    assert_honest(
        "`ratio-to-size`",
        &bench(land.total(), |rng| {
            let sample: Vec<_> = drawn(rng, stands.len(), 60)
                .into_iter()
                .map(|stand| stands[stand])
                .collect();
            total(Design::RatioToSize, &sample)
        }),
    );
    assert_honest(
        "`proportional-to-size`",
        &bench(land.total(), |rng| {
            let sample: Vec<_> = (0..60)
                .map(|_| {
                    let hit = below(rng, CELLS);
                    stands[ends.partition_point(|end| *end <= hit)]
                })
                .collect();
            total(Design::ProportionalToSize, &sample)
        }),
    );
}

/// The positions of so many plots.
fn all(plots: usize) -> Vec<usize> {
    (0..plots).collect()
}

#[test]
fn a_regression_on_a_layer_covers_the_truth() {
    let land = Land::new();
    let over = WallToWall {
        area: Hectares::new(CELLS as f64),
        means: vec![land.layer.iter().sum::<f64>() / CELLS as f64],
    };
    let found = bench(land.total(), |rng| {
        let cells = drawn(rng, CELLS, 60);
        let sample = land.sample(Design::SimpleRandom, &cells);
        let layer = Auxiliary {
            name: "layer".into(),
            values: cells.iter().map(|cell| Some(land.layer[*cell])).collect(),
        };
        let stock = Land::observed(&land.stock, &cells);
        let model = Regression::fit(&sample, &stock, &[layer]).unwrap();
        model.total(&over, &all(60)).unwrap()
    });
    assert_honest("`model-assisted`", &found);
}

#[test]
fn nearest_neighbours_corrected_by_plots_are_nearly_unbiased() {
    let land = Land::new();
    let truth = land.total();
    let (mut sum, mut covered, mut rng) = (0.0, 0.0, ChaCha8Rng::seed_from_u64(4));
    let draws = 100;
    for _ in 0..draws {
        let cells = drawn(&mut rng, CELLS, 60);
        let sample = land.sample(Design::SimpleRandom, &cells);
        let layer = Auxiliary {
            name: "layer".into(),
            values: cells.iter().map(|cell| Some(land.layer[*cell])).collect(),
        };
        let stock = Land::observed(&land.stock, &cells);
        let k = NonZeroUsize::new(5).unwrap();
        let space = FeatureSpace::new(&sample, &[layer], k, NeighbourWeight::Equal).unwrap();
        let map = Neighbours::new(&sample, &stock, &space).unwrap();
        let mean = land
            .layer
            .iter()
            .map(|feature| map.predict(&[*feature]).unwrap().on_one_hectare().value())
            .sum::<f64>()
            / CELLS as f64;
        let mapped = MappedMean {
            area: Hectares::new(CELLS as f64),
            mean: PerHectare::new(CubicMetres::new(mean)),
        };
        let total = map.total(mapped, &all(60)).unwrap();
        let off = total.value().value() - truth;
        sum += off;
        covered += f64::from(u8::from(
            off.abs() <= total.half_width(Confidence::P95).unwrap(),
        ));
    }
    let draws = f64::from(draws);
    let (bias_pct, coverage_pct) = (100.0 * sum / draws / truth, 100.0 * covered / draws);
    assert!(bias_pct.abs() < 3.0, "{bias_pct}");
    assert!(coverage_pct > 88.0, "{coverage_pct}");
    let found = of_value_alone(bias_pct, coverage_pct);
    assert_told("`nearest-neighbours`", &found);
}

#[test]
fn a_change_on_remeasured_plots_covers_the_truth() {
    let land = Land::new();
    let truth = land.later.iter().sum::<f64>() - land.total();
    assert_honest(
        "change, post-stratified",
        &bench(truth, |rng| {
            // 60 plots, of which 45 were measured again; 15 were replaced.
            let all = drawn(rng, CELLS, 75);
            let (first, second) = (&all[..60], &all[15..]);
            let before = land.sample(Design::PostStratified, first);
            let after = land.sample(Design::PostStratified, second);
            let found = change(
                (&before, &Land::observed(&land.stock, first)),
                (&after, &Land::observed(&land.later, second)),
                crate::units::Years::new(5.0),
            )
            .unwrap();
            assert_eq!(found.matches().remeasured, 45);
            found.net()
        }),
    );
}
