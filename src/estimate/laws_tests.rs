//! Laws that every design keeps, on drawn samples.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::units::{Fraction, Hectares, PerHectare, TonnesCarbon};

fn carbon(values: &[f64]) -> Observations<TonnesCarbon> {
    Observations::new(
        values
            .iter()
            .map(|v| PerHectare::new(TonnesCarbon::new(*v))),
    )
}

/// Twelve plots in two units of two strata; clusters of two where the design asks for them.
fn sample(design: Design, area: f64, order: &[usize]) -> Sample {
    let one = matches!(design, Design::SimpleRandom | Design::Systematic);
    let weights = |first: u64| match design {
        Design::DoubleSampling => [Weight::Counted(first), Weight::Counted(100 - first)],
        _ => [first, 100 - first].map(|w| {
            let share = Fraction::new(w as f64 / 100.0).unwrap();
            Weight::Known(if one { Fraction::ONE } else { share })
        }),
    };
    let unit = |id: &str, area: f64, first: u64| {
        let strata = ["a", "b"].iter().zip(weights(first));
        EstimationUnit {
            strata: strata
                .take(if one { 1 } else { 2 })
                .map(|(stratum, weight)| Stratum::new(*stratum, weight))
                .collect(),
            ..EstimationUnit::whole(id, Hectares::new(area))
        }
    };
    let plots = order.iter().map(|&id| Plot {
        unit: Some(if id < 6 { "u" } else { "v" }.to_owned()),
        cluster: Some(format!("{}-{}-{}", id / 6, id % 6 / 4, id % 2)),
        size: Some(Hectares::new(1.0 + (id % 5) as f64)),
        ..Plot::new(id.to_string(), if one || id % 6 < 4 { "a" } else { "b" })
    });
    Sample::new(Frame {
        design,
        units: vec![unit("u", area, 70), unit("v", 2.0 * area, 40)],
        plots: plots.collect(),
    })
    .unwrap()
}

const ORDER: [usize; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-9 * (1.0 + expected.abs())
}

proptest! {
    #[test]
    fn domains_that_share_no_plot_add_up(
        values in vec(0.0..300.0_f64, 12),
        domain in vec(0usize..3, 12),
    ) {
        for design in Design::ALL {
            let plots = sample(design, 500.0, &ORDER);
            let whole = carbon(&values);
            let parts = whole.split(&domain.iter().map(|d| vec![*d]).collect::<Vec<_>>(), 3);
            let mut sum = 0.0;
            let mut variance = 0.0;
            for (i, part) in parts.iter().enumerate() {
                sum += plots.total(part).unwrap().value().value();
                for other in &parts[..=i] {
                    let twice = if std::ptr::eq(part, other) { 1.0 } else { 2.0 };
                    variance += twice * plots.covariance(part, other).unwrap().unwrap();
                }
            }
            let total = plots.total(&whole).unwrap();
            prop_assert!(close(sum, total.value().value()), "{}", design);
            if let Some(expected) = total.variance() {
                prop_assert!((variance - expected).abs() <= 1e-9 * (1.0 + expected.abs()), "{}", design);
            }
        }
    }

    #[test]
    fn areas_scale_totals_and_standard_errors(
        values in vec(1.0..300.0_f64, 12),
        factor in 0.1..10.0_f64,
    ) {
        for design in Design::ALL {
            let small = sample(design, 500.0, &ORDER).total(&carbon(&values)).unwrap();
            let large = sample(design, 500.0 * factor, &ORDER).total(&carbon(&values)).unwrap();
            prop_assert!(close(large.value().value(), factor * small.value().value()));
            prop_assert!(close(
                large.standard_error().unwrap(),
                factor * small.standard_error().unwrap()
            ));
        }
    }

    #[test]
    fn the_order_of_the_plots_does_not_matter(
        values in vec(0.0..300.0_f64, 12),
        order in Just(ORDER.to_vec()).prop_shuffle(),
    ) {
        let shuffled: Vec<f64> = order.iter().map(|id| values[*id]).collect();
        for design in Design::ALL {
            let first = sample(design, 500.0, &ORDER).total(&carbon(&values)).unwrap();
            let other = sample(design, 500.0, &order).total(&carbon(&shuffled)).unwrap();
            prop_assert!(close(first.value().value(), other.value().value()));
            let variances = first.variance().zip(other.variance());
            prop_assert!(variances.is_none_or(|(a, b)| close(a.sqrt(), b.sqrt())));
        }
    }

    #[test]
    fn variances_are_not_negative_and_intervals_hold_their_value(
        values in vec((0.0..300.0_f64, any::<bool>()), 12),
    ) {
        let values: Vec<f64> = values.iter().map(|(v, kept)| if *kept { *v } else { 0.0 }).collect();
        for design in Design::ALL {
            let total = sample(design, 500.0, &ORDER).total(&carbon(&values)).unwrap();
            if let Some((low, high)) = total.interval(Confidence::P95) {
                prop_assert!(total.variance().unwrap() >= 0.0);
                prop_assert!(low <= total.value() && total.value() <= high);
            } else {
                prop_assert!(values.iter().all(|value| *value == 0.0));
            }
        }
    }

    #[test]
    fn a_ratio_of_a_variable_to_itself_is_one_without_error(values in vec(1.0..300.0_f64, 12)) {
        for design in Design::ALL {
            let plots = sample(design, 500.0, &ORDER);
            let ratio = plots.ratio(&carbon(&values), &carbon(&values)).unwrap();
            prop_assert!(close(ratio.value(), 1.0));
            prop_assert!(ratio.variance().is_none_or(|variance| variance < 1e-18));
        }
    }
}

#[test]
fn one_stratum_is_a_random_sample_in_every_stratified_design() {
    let values = [3.0, 8.0, 0.0, 12.0, 7.0, 1.0];
    let totals = [
        Design::SimpleRandom,
        Design::Stratified,
        Design::PostStratified,
    ]
    .map(|design| {
        let frame = Frame {
            design,
            units: vec![EstimationUnit::whole("u", Hectares::new(50.0))],
            plots: (0..6).map(|id| Plot::new(id.to_string(), "u")).collect(),
        };
        Sample::new(frame).unwrap().total(&carbon(&values)).unwrap()
    });
    for total in &totals[1..] {
        assert!(close(
            total.variance().unwrap(),
            totals[0].variance().unwrap()
        ));
        assert_eq!(total.degrees_of_freedom().map(f64::round), Some(5.0));
    }
}
