//! Targets against figures, by hand.

use super::*;
use crate::account::PartFound;

fn policy() -> Policy {
    Policy::from_csv(
        "p",
        "year,indicator,comparison,value,unit,scope\n\
         2025,forest_coverage_rate,>=,24.1,percent,national\n\
         2030,forest_stock_volume,>=,100,m3,national\n\
         2030,forest_stock_volume,>=,10,m3,a\n\
         2021,forest_coverage_rate,=,24,percent,national\n",
        "p.csv",
    )
    .unwrap()
}

fn figure(region: &str, indicator: &str, value: f64, se: Option<f64>) -> Observation {
    Observation {
        region_id: region.to_owned(),
        indicator: indicator.to_owned(),
        value: Some(value),
        spread: se.map(|standard_error| ObservedSpread {
            standard_error,
            degrees_of_freedom: None,
            reached: None,
            lower_limit: false,
        }),
        part: None,
        missing: String::new(),
        year: Some(2018),
    }
}

#[test]
fn a_rate_is_compared_for_every_region() {
    let rows = targets(&policy(), &[figure("a", COVERAGE_RATE, 25.1, None)]);
    assert_eq!(rows.len(), 1, "observed values are no targets");
    assert_eq!(rows[0].met, Some(true));
    assert!((rows[0].gap.unwrap() - 1.0).abs() < 1e-12);
    assert_eq!(rows[0].probability, None);
}

#[test]
fn a_national_stock_is_no_regions_target() {
    let rows = targets(&policy(), &[figure("b", STOCK_VOLUME, 9.0, Some(1.0))]);
    assert_eq!((rows[0].met, rows[0].probability), (None, None));
    assert!(rows[0].note.contains("no target of this region"));
}

#[test]
fn a_regions_own_target_has_a_probability() {
    let rows = targets(&policy(), &[figure("a", STOCK_VOLUME, 11.96, Some(1.0))]);
    let own = &rows[1];
    assert_eq!(own.met, Some(true));
    assert!((own.probability.unwrap() - 0.975).abs() < 1e-4);
}

/// Student's quantile at 95 % is 2.353363 with 3 degrees of freedom, 1.644854 without end; a figure
/// that far above its target by standard errors of 2 meets it in 95 of 100 cases.
#[test]
fn the_probability_has_the_distribution_of_the_interval() {
    let met = |gap: f64, degrees_of_freedom| {
        let spread = ObservedSpread {
            standard_error: 2.0,
            degrees_of_freedom,
            reached: None,
            lower_limit: false,
        };
        probability(gap, 0.0, &spread).unwrap()
    };
    assert!((met(2.0 * 2.353_363, Some(3.0)) - 0.95).abs() < 1e-6);
    assert!((met(-2.0 * 2.353_363, Some(3.0)) - 0.05).abs() < 1e-6);
    assert!((met(2.0 * 1.644_854, None) - 0.95).abs() < 1e-6);
    assert!((met(0.0, Some(1.0)) - 0.5).abs() < 1e-12);
}

#[test]
fn a_date_is_no_year_of_a_target() {
    let text = "year,indicator,comparison,value,unit\n\
        20300101,carbon_stock,>=,1,t_c\n203,carbon_stock,>=,1,t_c\nsoon,carbon_stock,>=,1,t_c\n";
    let findings = Policy::from_csv("p", text, "p.csv").unwrap_err();
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[0].contains("year: found 20300101, expected a year from 1800 to 2200"));
    assert!(said[1].contains("found 203"));
    assert!(said[2].contains("year `soon` is no whole number"));
}

#[test]
fn what_no_run_can_find_is_named() {
    let text = "year,indicator,comparison,value,unit,scope\n\
        2030,forest_coverage_rte,>=,30,percent,a\n\
        2030,forest_stock_volume,>=,30,ha,a\n\
        2030,carbon_stock,>=,30,t_c,b\n";
    let own = Policy::from_csv("own", text, "own.csv").unwrap();
    let found = own.unfit(|id| id == "a");
    assert!(
        found[0]
            .what
            .contains("did you mean `forest_coverage_rate`")
    );
    assert!(found[1].what.contains("expected `m3`"));
    assert!(found[2].what.contains("no region has the id `b`"));
    assert_eq!(found.len(), 3);
}

/// Where the interval is that of the draws, so is the probability: 90 of 100 draws reach 10, though the
/// normal distribution says 0.5.
#[test]
fn the_probability_is_that_of_the_draws_where_the_interval_is() {
    let mut found = figure("a", STOCK_VOLUME, 10.0, Some(5.0));
    if let Some(spread) = &mut found.spread {
        spread.reached = Some(vec![(100.0, 0.0), (10.0, 0.9)]);
        spread.lower_limit = true;
    }
    let rows = targets(&policy(), &[found]);
    assert_eq!(rows[1].probability, Some(0.9));
    for words in [
        "share of the draws",
        "lower limit",
        "the target is of 2030, the figure of 2018",
    ] {
        assert!(rows[1].note.contains(words), "{}", rows[1].note);
    }
}

#[test]
fn targets_that_cannot_be_or_are_given_twice_are_named() {
    let text = "year,indicator,comparison,value,unit,scope\n\
        2030,forest_coverage_rate,>=,2000,percent,a\n\
        2030,carbon_stock,>=,-5,t_c,a\n\
        2030,sequestration,>=,-5,t_co2e/yr,a\n\
        2030,sequestration,~,7,t_co2e/yr,a\n\
        2031,sequestration,>=,7,t_co2e/yr,a\n";
    let own = Policy::from_csv("own", text, "own.csv").unwrap();
    let found: Vec<String> = own
        .unfit(|_| true)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found[0].contains("2000, expected 0 to 100 percent"),
        "{found:?}"
    );
    assert!(found[1].contains("-5, expected 0 or more"), "{found:?}");
    assert!(
        found[2].contains("row 5") && found[2].contains("-5 and 7"),
        "{found:?}"
    );
}

#[test]
fn a_bad_row_is_named() {
    let findings = Policy::from_csv(
        "p",
        "year,indicator,comparison,value,unit\nx,i,>=,1,m3\n",
        "p.csv",
    )
    .unwrap_err();
    assert!(findings[0].to_string().contains("row 2"));
}

/// A stock of a part is the least that there is, a removal of a part says nothing of the rest, and forest on half of
/// the land covers a quarter to three quarters of it where half of what is seen is forest.
#[test]
fn a_figure_of_a_part_meets_what_the_whole_must() {
    let text = "year,indicator,comparison,value,unit,scope\n\
        2018,carbon_stock,>=,10,t_c,a\n2019,carbon_stock,>=,20,t_c,a\n\
        2018,sequestration,>=,10,t_co2e/yr,a\n\
        2018,forest_coverage_rate,>=,20,percent,a\n\
        2019,forest_coverage_rate,>=,50,percent,a\n\
        2020,forest_coverage_rate,>=,80,percent,a\n";
    let own = Policy::from_csv("own", text, "own.csv").unwrap();
    let of = |indicator: &str, value, least, most| Observation {
        part: Some(PartFound {
            left_out: vec!["without region b".to_owned()],
            least,
            most,
        }),
        ..figure("a", indicator, value, Some(1.0))
    };
    let found = [
        of(CARBON_STOCK, 15.0, Some(15.0), None),
        of(SEQUESTRATION, 15.0, None, None),
        of(COVERAGE_RATE, 50.0, Some(25.0), Some(75.0)),
    ];
    let rows = targets(&own, &found);
    let met: Vec<Option<bool>> = rows.iter().map(|row| row.met).collect();
    let (yes, no) = (Some(true), Some(false));
    assert_eq!(met, [yes, None, None, yes, None, no]);
    for row in &rows {
        assert!(row.note.contains("without region b"), "{row:?}");
        let is_told = row.met.is_some();
        let told = [row.gap.is_some(), row.probability.is_some()];
        assert_eq!(told, [is_told; 2], "{row:?}");
        assert_eq!(row.note.contains("not known"), !is_told, "{row:?}");
    }
}
