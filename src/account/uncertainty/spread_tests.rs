use super::super::trace::{SampleFigure, Term};
use super::*;
use crate::account::library::{Shape, Spread};
use crate::account::tables::TOTAL;

fn plan() -> UncertaintyPlan {
    UncertaintyPlan {
        level: 0.95,
        draws: Some(DrawPlan {
            draws: 10_000,
            seed: 7,
        }),
    }
}

fn sample(value: f64, standard_error: f64) -> SampleFigure {
    SampleFigure {
        value,
        standard_error: Some(standard_error),
        degrees_of_freedom: None,
    }
}

/// Two regions and their union, each with a sample and a density that all share.
fn trace() -> Trace {
    let mut trace = Trace::default();
    let density = Input {
        key: "density".to_owned(),
        mean: 50.0,
        spread: Some(Spread {
            sigma: 10.0,
            shape: Shape::Normal,
        }),
        degrees_of_freedom: None,
        follows: None,
    };
    trace.inputs.push(density);
    trace.index.insert("density".to_owned(), 0);
    for (region, area, stock, se) in [("a", 10.0, 1000.0, 50.0), ("b", 30.0, 2000.0, 80.0)] {
        trace.add_sample(Headline::Carbon, region, sample(stock, se));
        let term = |coefficient| Term {
            coefficient,
            inputs: vec![0],
        };
        trace.add_term(Headline::Carbon, region, term(area));
        trace.add_term(Headline::Carbon, TOTAL, term(area));
    }
    trace.add_sample(Headline::Carbon, TOTAL, sample(3000.0, 90.0));
    trace
}

#[test]
fn the_total_has_its_own_sampling_error_and_the_shared_factor_whole() {
    let account = uncertainty(&trace(), plan(), &Goals::new());
    let total = account.headline[&(Headline::Carbon, TOTAL.to_owned())];
    assert!((total.value - 5000.0).abs() < 1e-9);
    let expected = (90.0_f64.powi(2) + (40.0_f64 * 10.0).powi(2)).sqrt();
    assert!((total.standard_error.unwrap() - expected).abs() < 1e-9);
    assert!(!total.by_draws);
}

#[test]
fn draws_agree_with_the_closed_form_where_it_is_exact() {
    let account = uncertainty(&trace(), plan(), &Goals::new());
    for pair in account.rows.iter().filter(|row| row.input == "all") {
        let other = account
            .rows
            .iter()
            .find(|row| {
                row.approach != pair.approach
                    && row.input == "all"
                    && row.region_id == pair.region_id
                    && (row.level - pair.level).abs() < 1e-9
            })
            .unwrap();
        let (a, b) = (pair.interval.unwrap(), other.interval.unwrap());
        // Four standard errors of a 2.5 % quantile of 10,000 draws: 0.11 standard deviations.
        let near = 0.11 * pair.standard_error.unwrap();
        assert!((a.0 - b.0).abs() < near && (a.1 - b.1).abs() < near);
    }
}

#[test]
fn the_budget_sums_to_the_whole() {
    let account = uncertainty(&trace(), plan(), &Goals::new());
    let shares: f64 = account
        .rows
        .iter()
        .filter(|row| row.region_id == "a" && row.input != "all")
        .filter_map(|row| row.variance_share_pct)
        .sum();
    assert!((shares - 100.0).abs() < 1e-9);
}

#[test]
fn the_thread_count_changes_nothing() {
    let with = |threads: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
            .install(|| uncertainty(&trace(), plan(), &Goals::new()))
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn a_wide_lognormal_takes_its_interval_from_the_draws() {
    let mut trace = Trace::default();
    trace.inputs.push(Input {
        key: "wide".to_owned(),
        mean: 10.0,
        spread: Some(Spread {
            sigma: 8.0,
            shape: Shape::LogNormal,
        }),
        degrees_of_freedom: None,
        follows: None,
    });
    trace.add_term(
        Headline::Sequestration,
        "a",
        Term {
            coefficient: 1.0,
            inputs: vec![0],
        },
    );
    let goals = Goals::from([(Headline::Sequestration, vec![0.0, 7.808_688])]);
    let account = uncertainty(&trace, plan(), &goals);
    let key = (Headline::Sequestration, "a".to_owned());
    let spread = account.headline[&key];
    assert!(spread.by_draws);
    // Every draw is positive; half of them are above 10 / sqrt(1 + 0.8^2).
    let reached = &account.reached[&key];
    assert!((reached[0].1 - 1.0).abs() < f64::EPSILON);
    assert!((reached[1].1 - 0.5).abs() < 0.02, "{reached:?}");
    assert!(spread.interval.unwrap().0 > 0.0);
}

#[test]
fn no_spread_is_no_interval() {
    let mut trace = Trace::default();
    trace.add_sample(
        Headline::Volume,
        "a",
        SampleFigure {
            value: 5.0,
            standard_error: None,
            degrees_of_freedom: None,
        },
    );
    let account = uncertainty(&trace, plan(), &Goals::new());
    let spread = account.headline[&(Headline::Volume, "a".to_owned())];
    assert_eq!((spread.value, spread.interval), (5.0, None));
    assert!(account.rows[0].note.starts_with("no interval"));
}
