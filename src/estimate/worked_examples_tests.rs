//! Worked examples of the designs, each small enough to redo by hand.

use super::*;
use crate::units::{CubicMetres, Fraction, Hectares, PerHectare};

fn volume(values: &[f64]) -> Observations<CubicMetres> {
    Observations::new(values.iter().map(|v| PerHectare::new(CubicMetres::new(*v))))
}

#[track_caller]
fn assert_close(found: Option<f64>, expected: f64, tolerance: f64) {
    let found = found.expect("a value");
    assert!(
        (found - expected).abs() <= tolerance,
        "found {found}, expected {expected}"
    );
}

fn random(plots: usize, population: Option<u64>) -> Sample {
    let mut unit = EstimationUnit::whole("u", Hectares::new(1000.0));
    unit.strata[0].population = population;
    Sample::new(Frame {
        design: Design::SimpleRandom,
        units: vec![unit],
        plots: (0..plots)
            .map(|id| Plot::new(id.to_string(), "u"))
            .collect(),
    })
    .unwrap()
}

const STOCK: [f64; 8] = [120.0, 85.0, 0.0, 150.0, 60.0, 95.0, 110.0, 40.0];

#[test]
fn a_random_sample_gives_mean_total_and_student_interval() {
    let sample = random(8, None);
    let mean = sample.mean(&volume(&STOCK)).unwrap();
    assert!((mean.value() - 82.5).abs() < 1e-12);
    assert_close(mean.standard_error(), 16.903_085, 5e-7);
    let total = sample.total(&volume(&STOCK)).unwrap();
    assert!((total.value().value() - 82_500.0).abs() < 1e-9);
    assert_eq!(total.degrees_of_freedom(), Some(7.0));
    assert_close(total.half_width(Confidence::P95), 39_969.445, 5e-4);
    assert_eq!((total.plots(), total.plots_nonzero()), (8, 7));
    assert_eq!(total.estimator(), Estimator::SimpleRandom);
}

#[test]
fn the_finite_population_correction_shrinks_the_standard_error() {
    let whole = random(8, None).total(&volume(&STOCK)).unwrap();
    let half = random(8, Some(16)).total(&volume(&STOCK)).unwrap();
    let ratio = half.variance().unwrap() / whole.variance().unwrap();
    assert!((ratio - 0.5).abs() < 1e-12);
}

const STRATA: [(&str, f64, &[f64]); 3] = [
    ("conifer", 0.6, &[180.0, 150.0, 165.0, 140.0, 200.0]),
    ("broadleaf", 0.3, &[90.0, 110.0, 70.0, 100.0]),
    ("non-forest", 0.1, &[0.0, 10.0, 0.0, 5.0]),
];

fn strata(design: Design, weight: impl Fn(f64) -> Weight) -> (Sample, Observations<CubicMetres>) {
    let mut plots = Vec::new();
    let mut values = Vec::new();
    for (id, _, stock) in STRATA {
        for value in stock {
            plots.push(Plot::new(plots.len().to_string(), id));
            values.push(*value);
        }
    }
    let listed = STRATA
        .iter()
        .map(|(id, share, _)| Stratum::new(*id, weight(*share)));
    let frame = Frame {
        design,
        units: vec![EstimationUnit {
            strata: listed.collect(),
            ..EstimationUnit::whole("u", Hectares::new(1000.0))
        }],
        plots,
    };
    (Sample::new(frame).unwrap(), volume(&values))
}

fn known(share: f64) -> Weight {
    Weight::Known(Fraction::new(share).unwrap())
}

#[test]
fn a_stratified_sample_weighs_the_stratum_means() {
    let (sample, stock) = strata(Design::Stratified, known);
    let mean = sample.mean(&stock).unwrap();
    assert!((mean.value() - 128.325).abs() < 1e-12);
    assert_close(mean.standard_error(), 6.903_607, 5e-7);
    assert!((sample.total(&stock).unwrap().value().value() - 128_325.0).abs() < 1e-9);
    // Satterthwaite over 0.36 × 570/5, 0.09 × 291.667/4 and 0.01 × 22.917/4.
    let terms = [
        (41.04, 4.0),
        (6.5625, 3.0),
        (0.057_291_666_666_666_664, 3.0),
    ];
    let sum: f64 = terms.iter().map(|t| t.0).sum();
    let weighted: f64 = terms.iter().map(|t| t.0 * t.0 / t.1).sum();
    assert_close(mean.degrees_of_freedom(), sum * sum / weighted, 1e-9);
}

#[test]
fn a_post_stratified_sample_pays_for_the_chance_in_its_strata() {
    let (sample, stock) = strata(Design::PostStratified, known);
    let total = sample.total(&stock).unwrap();
    assert!((total.value().value() - 128_325.0).abs() < 1e-9);
    assert_close(total.standard_error(), 5_991.158_838, 5e-7);
    assert_eq!(total.degrees_of_freedom(), Some(10.0));
}

#[test]
fn double_sampling_pays_for_the_weights_of_the_first_phase() {
    // 60, 30 and 10 of 100 points: the formula of the design, redone term by term.
    let counted = |share: f64| {
        Weight::Counted(if share > 0.5 {
            60
        } else if share > 0.2 {
            30
        } else {
            10
        })
    };
    let (sample, stock) = strata(Design::DoubleSampling, counted);
    let total = sample.total(&stock).unwrap();
    assert!((total.value().value() - 128_325.0).abs() < 1e-9);
    let within = 59.0 / 99.0 * 0.6 * 570.0 / 5.0
        + 29.0 / 99.0 * 0.3 * (875.0 / 3.0) / 4.0
        + 9.0 / 99.0 * 0.1 * (68.75 / 3.0) / 4.0;
    let between = (0.6 * (167.0_f64 - 128.325).powi(2)
        + 0.3 * (92.5_f64 - 128.325).powi(2)
        + 0.1 * (3.75_f64 - 128.325).powi(2))
        / 99.0;
    assert_close(total.variance(), 1e6 * (within + between), 1e-3);
}

#[test]
fn a_huge_first_phase_is_a_stratified_sample() {
    let counted = |share: f64| {
        Weight::Counted(if share > 0.5 {
            600_000_000
        } else if share > 0.2 {
            300_000_000
        } else {
            100_000_000
        })
    };
    let (double, stock) = strata(Design::DoubleSampling, counted);
    let within: f64 =
        0.6 * 570.0 / 5.0 * 0.6 + 0.3 * (875.0 / 3.0) / 4.0 * 0.3 + 0.1 * (68.75 / 3.0) / 4.0 * 0.1;
    assert_close(double.total(&stock).unwrap().variance(), 1e6 * within, 10.0);
}

#[test]
fn equal_clusters_are_a_random_sample_of_their_means() {
    let values: [f64; 8] = [10.0, 14.0, 0.0, 2.0, 7.0, 9.0, 20.0, 30.0];
    let frame = Frame {
        design: Design::Cluster,
        units: vec![EstimationUnit::whole("u", Hectares::new(1000.0))],
        plots: (0..8)
            .map(|id: usize| Plot {
                // Plots of a cluster need not stand together in the table.
                cluster: Some((id % 4).to_string()),
                ..Plot::new(id.to_string(), "u")
            })
            .collect(),
    };
    let clusters = Sample::new(frame).unwrap().total(&volume(&values)).unwrap();
    let means: Vec<f64> = (0..4)
        .map(|id| f64::midpoint(values[id], values[id + 4]))
        .collect();
    let random = random(4, None).total(&volume(&means)).unwrap();
    assert!((clusters.value().value() - random.value().value()).abs() < 1e-9);
    assert_close(clusters.variance(), random.variance().unwrap(), 1e-6);
    assert_eq!(clusters.degrees_of_freedom(), Some(3.0));
}

#[test]
fn unequal_clusters_are_a_ratio_to_size() {
    // Clusters of 3, 2 and 1 plots with sums 30, 16 and 14: mean 10, deviations 0, -4 and 4.
    let frame = Frame {
        design: Design::Cluster,
        units: vec![EstimationUnit::whole("u", Hectares::new(1.0))],
        plots: ["p", "p", "p", "q", "q", "r"]
            .iter()
            .enumerate()
            .map(|(id, cluster)| Plot {
                cluster: Some((*cluster).into()),
                ..Plot::new(id.to_string(), "u")
            })
            .collect(),
    };
    let stock = volume(&[10.0, 5.0, 15.0, 16.0, 0.0, 14.0]);
    let total = Sample::new(frame).unwrap().total(&stock).unwrap();
    assert!((total.value().value() - 10.0).abs() < 1e-12);
    assert_close(total.variance(), 16.0 / (3.0 * 4.0), 1e-12);
}

const PARTLY_FOREST: [(f64, f64); 8] = [
    (0.0, 0.0),
    (45.0, 0.5),
    (120.0, 1.0),
    (80.0, 0.75),
    (0.0, 0.0),
    (150.0, 1.0),
    (60.0, 0.5),
    (95.0, 1.0),
];

fn per_forest(plots: &[(f64, f64)]) -> RatioEstimate<CubicMetres, Hectares> {
    let y: Vec<f64> = plots.iter().map(|plot| plot.0).collect();
    let x = plots
        .iter()
        .map(|plot| PerHectare::new(Hectares::new(plot.1)));
    random(plots.len(), None)
        .ratio(&volume(&y), &Observations::new(x))
        .unwrap()
}

#[test]
fn a_ratio_is_taken_over_the_forest_of_all_plots() {
    let ratio = per_forest(&PARTLY_FOREST);
    assert!((ratio.value() - 115.789_473_684_210_53).abs() < 1e-9);
    assert_close(ratio.standard_error(), 9.648_346, 5e-7);
    assert_eq!(ratio.unit(), "m3/ha");
    assert_eq!((ratio.plots(), ratio.plots_nonzero()), (8, 6));
}

#[test]
fn plots_outside_the_domain_leave_the_ratio_and_change_its_error() {
    let forest: Vec<(f64, f64)> = PARTLY_FOREST
        .into_iter()
        .filter(|plot| plot.1 > 0.0)
        .collect();
    let (all, dropped) = (per_forest(&PARTLY_FOREST), per_forest(&forest));
    assert!((all.value() - dropped.value()).abs() < 1e-12);
    assert!((all.standard_error().unwrap() - dropped.standard_error().unwrap()).abs() > 0.01);
}

#[test]
fn the_variance_of_a_sum_has_twice_the_covariance() {
    let (sample, stock) = strata(Design::PostStratified, known);
    let other = stock.within(|plot| plot % 3 != 0);
    let sum = stock.plus(&other).unwrap();
    let parts = sample.total(&stock).unwrap().variance().unwrap()
        + sample.total(&other).unwrap().variance().unwrap()
        + 2.0 * sample.covariance(&stock, &other).unwrap().unwrap();
    let whole = sample.total(&sum).unwrap().variance().unwrap();
    assert!((whole / parts - 1.0).abs() < 1e-12);
}

#[test]
fn a_missing_plot_refuses_the_estimate_unless_it_lies_outside_the_domain() {
    let mut values: Vec<Option<PerHectare<CubicMetres>>> = STOCK
        .iter()
        .map(|v| Some(PerHectare::new(CubicMetres::new(*v))))
        .collect();
    values[3] = None;
    let (sample, column) = (random(8, None), Observations::with_missing(values));
    assert_eq!(
        sample.total(&column),
        Err(EstimateError::MissingValues {
            plots: vec!["3".into()],
            count: 1
        })
    );
    assert!(sample.total(&column.within(|plot| plot != 3)).is_ok());
}

#[test]
fn a_domain_that_no_plot_fell_into_has_no_variance() {
    let total = random(8, None)
        .total(&volume(&STOCK).within(|_| false))
        .unwrap();
    assert_eq!(total.value(), CubicMetres::ZERO);
    assert_eq!(total.variance(), None);
    assert_eq!(total.standard_error_pct(), None);
}

#[test]
fn one_plot_has_a_total_but_no_variance() {
    let total = random(1, None).total(&volume(&[7.5])).unwrap();
    assert_eq!(total.value(), CubicMetres::new(7_500.0));
    assert_eq!(total.variance(), None);
    assert_eq!(total.interval(Confidence::P95), None);
}

#[test]
fn units_add_up_and_share_their_degrees_of_freedom() {
    let frame = Frame {
        design: Design::SimpleRandom,
        units: ["u", "v"]
            .map(|id| EstimationUnit::whole(id, Hectares::new(1000.0)))
            .to_vec(),
        plots: (0..16)
            .map(|id| Plot::new(id.to_string(), if id < 8 { "u" } else { "v" }))
            .collect(),
    };
    let both = Sample::new(frame).unwrap();
    let twice = both.total(&volume(&[STOCK, STOCK].concat())).unwrap();
    let once = random(8, None).total(&volume(&STOCK)).unwrap();
    assert!((twice.value().value() - 2.0 * once.value().value()).abs() < 1e-9);
    assert_close(twice.variance(), 2.0 * once.variance().unwrap(), 1e-6);
    assert_close(twice.degrees_of_freedom(), 14.0, 1e-9);
}

#[test]
fn a_ratio_over_nothing_is_refused() {
    let nothing = volume(&[0.0; 8]);
    assert_eq!(
        random(8, None).ratio(&volume(&STOCK), &nothing),
        Err(EstimateError::Denominator { found: 0.0 })
    );
}

#[test]
fn a_ratio_over_one_plot_claims_no_certainty() {
    let one = volume(&STOCK).within(|plot| plot == 0);
    assert_eq!(random(8, None).ratio(&one, &one).unwrap().variance(), None);
}
