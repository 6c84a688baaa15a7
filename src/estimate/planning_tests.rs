//! Numbers of plots against formulas redone by hand.

use super::*;
use crate::estimate::{EstimationUnit, Frame, Plot, Stratum, Weight};
use crate::units::{CubicMetres, Hectares, PerHectare};

fn share(value: f64) -> Fraction {
    Fraction::new(value).unwrap()
}

#[test]
fn the_number_of_plots_asks_for_its_own_quantile() {
    // CV 50 %, error 10 %: normal 96.04; with t of 98 degrees of freedom 98.4.
    let plots = simple_random_size(0.5, share(0.1), Confidence::P95, None).unwrap();
    assert_eq!(plots, 99);
    let t = Confidence::P95.quantile(Some(98.0));
    assert!((t * 5.0).powi(2) <= 99.0);
}

#[test]
fn a_small_population_takes_fewer_plots() {
    let plots = simple_random_size(0.5, share(0.1), Confidence::P95, Some(200)).unwrap();
    assert!((64..=68).contains(&plots), "{plots}");
}

#[test]
fn an_error_of_nothing_is_refused() {
    assert!(simple_random_size(0.5, share(0.0), Confidence::P95, None).is_err());
}

const STRATA: [(&str, f64, &[f64]); 3] = [
    ("conifer", 0.6, &[180.0, 150.0, 165.0, 140.0, 200.0]),
    ("broadleaf", 0.3, &[90.0, 110.0, 70.0, 100.0]),
    ("non-forest", 0.1, &[0.0, 10.0, 0.0, 5.0]),
];

fn outlook(design: Design, weight: impl Fn(f64) -> Weight, broadleaf: usize) -> Outlook {
    let mut plots = Vec::new();
    let mut values = Vec::new();
    for (id, _, stock) in STRATA {
        let most = if id == "broadleaf" { broadleaf } else { 5 };
        for value in stock.iter().take(most) {
            plots.push(Plot::new(plots.len().to_string(), id));
            values.push(PerHectare::new(CubicMetres::new(*value)));
        }
    }
    let frame = Frame {
        design,
        units: vec![EstimationUnit {
            strata: STRATA
                .map(|(id, part, _)| Stratum::new(id, weight(part)))
                .to_vec(),
            ..EstimationUnit::whole("u", Hectares::new(1000.0))
        }],
        plots,
    };
    let sample = Sample::new(frame).unwrap();
    Outlook::new(&sample, &Observations::new(values), Confidence::P95).unwrap()
}

fn known(part: f64) -> Weight {
    Weight::Known(share(part))
}

#[test]
fn what_is_expected_of_the_plots_at_hand_is_what_they_give() {
    for design in [Design::Stratified, Design::PostStratified] {
        let outlook = outlook(design, known, 4);
        let found = outlook.expected(Allocation::Proportional, &[5, 4, 4]);
        assert!((found - outlook.now().unwrap()).abs() < 1e-12);
    }
}

#[test]
fn plots_go_where_area_and_spread_are() {
    let outlook = outlook(Design::Stratified, known, 4);
    let needed = outlook.needed(Allocation::Neyman, share(0.05)).unwrap();
    // W s: 0.6 √570 = 14.325, 0.3 √291.667 = 5.123, 0.1 √22.917 = 0.479; E = 0.05 × 128.325 = 6.41625.
    let parts = [0.6 * 570.0_f64.sqrt(), 0.3 * (875.0_f64 / 3.0).sqrt()];
    let sum = parts[0] + parts[1] + 0.1 * (68.75_f64 / 3.0).sqrt();
    assert!((needed[0] as f64 / needed[1] as f64 - parts[0] / parts[1]).abs() < 0.2);
    assert_eq!(needed[2], 4, "the plots at hand stay");
    let plots: u64 = needed.iter().sum();
    let least = (2.03 * sum / 6.416_25_f64).powi(2);
    assert!((plots as f64 - least).abs() < 5.0, "{plots} for {least}");
    assert!(outlook.expected(Allocation::Neyman, &needed) <= 0.05);
    let fewer = [needed[0] - 1, needed[1], needed[2]];
    assert!(outlook.expected(Allocation::Neyman, &fewer) > 0.05);
    let proportional = outlook.needed(Allocation::Proportional, share(0.05));
    assert!(proportional.unwrap().iter().sum::<u64>() > plots);
}

#[test]
fn one_stratum_takes_as_many_as_a_random_sample() {
    let values: Vec<f64> = (0..40).map(|i| 100.0 + 50.0 * f64::from(i % 5)).collect();
    let frame = Frame {
        design: Design::SimpleRandom,
        units: vec![EstimationUnit::whole("u", Hectares::new(1000.0))],
        plots: (0..40).map(|id| Plot::new(id.to_string(), "u")).collect(),
    };
    let sample = Sample::new(frame).unwrap();
    let volume = Observations::new(values.iter().map(|v| PerHectare::new(CubicMetres::new(*v))));
    let outlook = Outlook::new(&sample, &volume, Confidence::P95).unwrap();
    let cv = outlook.strata()[0].standard_deviation.unwrap() / 200.0;
    for allowable in [0.02, 0.05] {
        let random = simple_random_size(cv, share(allowable), Confidence::P95, None).unwrap();
        for allocation in [Allocation::Neyman, Allocation::Proportional] {
            let needed = outlook.needed(allocation, share(allowable)).unwrap();
            assert_eq!(needed, [random.max(40)]);
        }
    }
}

#[test]
fn strata_with_one_plot_have_no_spread_and_are_given_two() {
    let outlook = outlook(Design::Stratified, known, 1);
    assert_eq!(outlook.now(), None);
    assert_eq!(outlook.without_spread(), [1]);
    assert_eq!(outlook.strata()[1].standard_deviation, None);
    let needed = outlook.needed(Allocation::Neyman, share(0.05)).unwrap();
    assert_eq!(needed[1], 2);
}

#[test]
fn a_post_stratified_unit_is_given_plots_as_a_whole() {
    let outlook = outlook(Design::PostStratified, known, 4);
    let needed = outlook
        .needed(Allocation::Proportional, share(0.05))
        .unwrap();
    assert!(outlook.expected(Allocation::Proportional, &needed) <= 0.05);
    let more: Vec<u64> = needed
        .iter()
        .zip([5, 4, 4])
        .map(|(n, had)| n - had)
        .collect();
    let sum: u64 = more.iter().sum();
    assert!((more[0] as f64 / sum as f64 - 0.6).abs() < 0.02, "{more:?}");
}

#[test]
fn a_first_phase_that_is_too_small_is_not_made_up_for_by_plots() {
    let counted = |part: f64| {
        Weight::Counted(if part > 0.5 {
            60
        } else if part > 0.2 {
            30
        } else {
            10
        })
    };
    let outlook = outlook(Design::DoubleSampling, counted, 4);
    assert_eq!(outlook.needed(Allocation::Neyman, share(0.02)), None);
    assert!(outlook.needed(Allocation::Neyman, share(0.10)).is_some());
}
