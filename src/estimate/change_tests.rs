//! Change between inventories against the variance of plot differences, and its laws.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::units::{Fraction, Hectares, PerHectare, TonnesCarbon, Years};

const STRATA: [(&str, f64); 2] = [("a", 0.7), ("b", 0.3)];

fn sample(design: Design, strata: &[&str]) -> Sample {
    let whole = [("a", 1.0)];
    let listed = if design == Design::SimpleRandom {
        &whole[..]
    } else {
        &STRATA[..]
    };
    Sample::new(Frame {
        design,
        units: vec![EstimationUnit {
            id: "u".into(),
            name: None,
            area: Hectares::new(1000.0),
            strata: listed
                .iter()
                .map(|(id, share)| Stratum::new(*id, Weight::Known(Fraction::new(*share).unwrap())))
                .collect(),
        }],
        plots: strata
            .iter()
            .enumerate()
            .map(|(id, stratum)| Plot {
                measured: Some(2013),
                ..Plot::new(id.to_string(), *stratum)
            })
            .collect(),
    })
    .unwrap()
}

fn later(sample: &Frame) -> Sample {
    Sample::new(sample.clone()).unwrap()
}

fn carbon(values: &[f64]) -> Observations<TonnesCarbon> {
    Observations::new(
        values
            .iter()
            .map(|v| PerHectare::new(TonnesCarbon::new(*v))),
    )
}

const PLACES: [&str; 8] = ["a", "a", "b", "a", "b", "b", "a", "a"];
const EARLIER: [f64; 8] = [80.0, 60.0, 0.0, 95.0, 20.0, 0.0, 70.0, 0.0];
const LATER: [f64; 8] = [90.0, 61.0, 5.0, 99.0, 18.0, 0.0, 0.0, 12.0];

#[test]
fn with_the_same_plots_it_is_the_variance_of_the_plot_differences() {
    let difference: Vec<f64> = EARLIER.iter().zip(LATER).map(|(y1, y2)| y2 - y1).collect();
    for design in [
        Design::SimpleRandom,
        Design::Stratified,
        Design::PostStratified,
    ] {
        let places = if design == Design::SimpleRandom {
            ["a"; 8]
        } else {
            PLACES
        };
        let plots = sample(design, &places);
        let change = change(
            (&plots, &carbon(&EARLIER)),
            (&plots, &carbon(&LATER)),
            Years::new(5.0),
        )
        .unwrap();
        let direct = plots.total(&carbon(&difference)).unwrap();
        let (found, expected) = (change.net(), direct);
        assert!((found.value() - expected.value()).value().abs() < 1e-9);
        let relative = found.variance().unwrap() / expected.variance().unwrap() - 1.0;
        assert!(relative.abs() < 1e-12, "{design}: {relative}");
        assert_eq!(change.matches().shared, 8);
        assert!((change.yearly().in_one_year().value() * 5.0 - found.value().value()).abs() < 1e-9);
    }
}

#[test]
fn without_a_common_plot_the_variances_add_up() {
    let before = sample(Design::PostStratified, &PLACES);
    let mut frame = Frame {
        design: Design::PostStratified,
        units: vec![EstimationUnit {
            strata: STRATA
                .iter()
                .map(|(id, share)| Stratum::new(*id, Weight::Known(Fraction::new(*share).unwrap())))
                .collect(),
            ..EstimationUnit::whole("u", Hectares::new(1000.0))
        }],
        plots: PLACES
            .iter()
            .enumerate()
            .map(|(id, s)| Plot::new(format!("n{id}"), *s))
            .collect(),
    };
    let none = change(
        (&before, &carbon(&EARLIER)),
        (&later(&frame), &carbon(&LATER)),
        Years::new(5.0),
    )
    .unwrap();
    assert_eq!(none.covariance(), Some(0.0));
    assert_eq!(none.matches(), Matches::default());

    for (id, plot) in frame.plots.iter_mut().enumerate() {
        plot.previous = Some(id.to_string());
    }
    let all = change(
        (&before, &carbon(&EARLIER)),
        (&later(&frame), &carbon(&LATER)),
        Years::new(5.0),
    )
    .unwrap();
    assert_eq!(all.matches().remeasured, 8);
    assert!(all.net().variance() < none.net().variance());
}

#[test]
fn plots_that_moved_to_another_unit_are_counted_and_left_out() {
    let before = sample(Design::PostStratified, &PLACES);
    let mut unit = EstimationUnit::whole("elsewhere", Hectares::new(1000.0));
    unit.strata[0].id = "a".into();
    let after = Sample::new(Frame {
        design: Design::SimpleRandom,
        units: vec![unit],
        plots: (0..8).map(|id| Plot::new(id.to_string(), "a")).collect(),
    })
    .unwrap();
    let moved = change(
        (&before, &carbon(&EARLIER)),
        (&after, &carbon(&LATER)),
        Years::new(5.0),
    )
    .unwrap();
    assert_eq!(moved.matches().moved, 8);
    assert_eq!(moved.matches().remeasured, 8);
    assert_eq!(moved.covariance(), Some(0.0));
}

#[test]
fn a_period_runs_forward() {
    let plots = sample(Design::PostStratified, &PLACES);
    let column = carbon(&EARLIER);
    let refused = change((&plots, &column), (&plots, &column), Years::new(0.0));
    assert_eq!(refused, Err(EstimateError::Period { found: 0.0 }));
}

proptest! {
    #[test]
    fn the_covariance_never_exceeds_the_two_standard_errors(
        before in vec((0.0..200.0_f64, any::<bool>()), 8),
        after in vec((0.0..200.0_f64, any::<bool>()), 8),
        strata in vec(any::<bool>(), 4),
    ) {
        let sparse = |values: &[(f64, bool)]| -> Vec<f64> {
            values.iter().map(|(value, kept)| if *kept { *value } else { 0.0 }).collect()
        };
        let mut places = PLACES;
        for (place, stratum) in places[4..].iter_mut().zip(strata) {
            *place = if stratum { "a" } else { "b" };
        }
        // Two plots of each stratum keep the variances defined.
        places[..4].copy_from_slice(&["a", "a", "b", "b"]);
        let (first, second) = (
            sample(Design::PostStratified, &PLACES),
            sample(Design::PostStratified, &places),
        );
        let change = change(
            (&first, &carbon(&sparse(&before))),
            (&second, &carbon(&sparse(&after))),
            Years::new(5.0),
        ).unwrap();
        if let Some(covariance) = change.covariance() {
            let bound = change.before().variance().unwrap() * change.after().variance().unwrap();
            prop_assert!(covariance.abs() <= bound.sqrt() * (1.0 + 1e-9) + 1e-9);
            prop_assert!(change.net().variance().unwrap() >= 0.0);
        }
    }
}

proptest! {
    /// Nothing changed on any plot: the sample says nothing of the error, in whatever digits.
    #[test]
    fn a_change_of_nothing_has_no_error(
        values in vec((0.0..400.0_f64, 0_usize..2), 8..60),
        share in 0.3..3.0_f64,
    ) {
        let places: Vec<&str> = (0..values.len()).map(|plot| ["a", "b"][plot % 2]).collect();
        let values: Vec<f64> = values.iter().map(|(value, some)| value * *some as f64 * share).collect();
        for design in [Design::SimpleRandom, Design::Stratified, Design::PostStratified] {
            let places = if design == Design::SimpleRandom { vec!["a"; values.len()] } else { places.clone() };
            let (before, after) = (sample(design, &places), sample(design, &places));
            let observed = carbon(&values);
            let change = change((&before, &observed), (&after, &observed), Years::new(5.0)).unwrap();
            prop_assert_eq!(change.net().standard_error(), None);
        }
    }
}
