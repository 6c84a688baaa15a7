//! Wyoming 2011 to 2013 against FIESTA 3.7.1: 23 counties as estimation units, 3 047 plots.
//!
//! Plots are those of the Forest Service as packed in R FIESTA (public domain), summed over trees and
//! weighted up for parts that were not sampled, as FIESTA does; plots without forest are given by their
//! number alone. Units are those of the source, so here an acre stands in for the hectare: units cancel.
//! The tolerance of 1e-7 covers the digits that the printed figures and the plot table leave out.

use std::collections::BTreeMap;

use super::*;
use crate::units::{CubicMetres, Hectares, PerHectare, Quantity, TonnesCarbon, TonnesDryMatter};

const STRATA: &str = include_str!("wyoming_strata.csv");
const PLOTS: &str = include_str!("wyoming_plots.csv");

type Row = Vec<f64>;

fn rows(table: &str) -> Vec<Row> {
    let lines = table.lines().skip(1);
    lines
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect()
}

/// The sample, and for each plot its unit and its row in the table of forested plots.
fn wyoming() -> (Sample, Vec<(String, Option<Row>)>) {
    let mut forested: BTreeMap<(String, String), Vec<Row>> = BTreeMap::new();
    for row in rows(PLOTS) {
        forested
            .entry((row[0].to_string(), row[1].to_string()))
            .or_default()
            .push(row);
    }
    let mut units: Vec<EstimationUnit> = Vec::new();
    let mut plots = Vec::new();
    let mut places = Vec::new();
    for line in STRATA.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [unit, area, stratum, counted, found] = cells[..] else {
            panic!("{line}");
        };
        if units.last().is_none_or(|last| last.id != unit) {
            units.push(EstimationUnit {
                strata: Vec::new(),
                ..EstimationUnit::whole(unit, Hectares::new(area.parse().unwrap()))
            });
        }
        let weight = Weight::Counted(counted.parse().unwrap());
        units
            .last_mut()
            .unwrap()
            .strata
            .push(Stratum::new(stratum, weight));
        let mut here = forested
            .remove(&(unit.to_owned(), stratum.to_owned()))
            .unwrap_or_default()
            .into_iter();
        for _ in 0..found.parse::<usize>().unwrap() {
            plots.push(Plot {
                unit: Some(unit.to_owned()),
                ..Plot::new(plots.len().to_string(), stratum)
            });
            places.push((unit.to_owned(), here.next()));
        }
        assert!(here.next().is_none(), "{line}");
    }
    assert!(forested.is_empty());
    let frame = Frame {
        design: Design::PostStratified,
        units,
        plots,
    };
    (Sample::new(frame).unwrap(), places)
}

fn column<Q: Quantity>(places: &[(String, Option<Row>)], field: usize) -> Observations<Q> {
    Observations::new(
        places
            .iter()
            .map(|(_, row)| PerHectare::new(Q::new(row.as_ref().map_or(0.0, |row| row[field])))),
    )
}

#[track_caller]
fn assert_total<Q: Quantity>(found: &Estimate<Q>, value: f64, variance: f64, nonzero: usize) {
    assert!(
        (found.value().value() / value - 1.0).abs() < 1e-7,
        "{found:?}"
    );
    assert!(
        (found.variance().unwrap() / variance - 1.0).abs() < 1e-7,
        "{found:?}"
    );
    assert_eq!((found.plots(), found.plots_nonzero()), (3047, nonzero));
}

#[test]
fn state_totals_equal_fiesta() {
    let (sample, places) = wyoming();
    let area = sample.total(&column::<Hectares>(&places, 2)).unwrap();
    assert_total(&area, 10_455_771.499_130_4, 61_379_281_561.390_3, 556);
    assert!((area.standard_error_pct().unwrap() - 2.369_489_654).abs() < 1e-8);
    let volume = sample.total(&column::<CubicMetres>(&places, 3)).unwrap();
    assert_total(
        &volume,
        13_516_579_068.409_9,
        402_757_590_627_440_000.0,
        470,
    );
    let biomass = sample
        .total(&column::<TonnesDryMatter>(&places, 4))
        .unwrap();
    assert_total(&biomass, 299_912_043.223_186, 158_584_577_982_260.0, 520);
    let carbon = sample.total(&column::<TonnesCarbon>(&places, 5)).unwrap();
    assert_total(&carbon, 148_255_111.784_922, 38_611_396_550_719.2, 520);
}

#[test]
fn the_ratio_per_forest_acre_equals_fiesta() {
    let (sample, places) = wyoming();
    let ratio = sample
        .ratio(
            &column::<CubicMetres>(&places, 3),
            &column::<Hectares>(&places, 2),
        )
        .unwrap();
    assert!((ratio.value() - 1292.7).abs() < 0.05, "{ratio:?}");
    assert!(
        (ratio.standard_error_pct().unwrap() - 4.46).abs() < 0.005,
        "{ratio:?}"
    );
}

#[test]
fn counties_equal_fiesta_and_a_county_without_trees_claims_no_precision() {
    let (sample, places) = wyoming();
    let volume = column::<CubicMetres>(&places, 3);
    for (unit, value, variance) in [
        ("1", 504_622_439.252_388, 4_338_692_600_470_220.0),
        ("11", 611_437_714.533_319, 13_306_920_568_046_200.0),
        ("13", 802_092_998.170_46, 11_069_798_005_367_000.0),
        ("17", 65_224_665.765_233_4, 2_885_557_842_098_310.0),
        ("19", 755_946_216.813_911, 23_280_176_331_001_500.0),
        ("21", 16_364_405.619_72, 184_488_280_658_689.0),
        ("23", 1_470_814_461.839_11, 49_271_238_677_655_100.0),
    ] {
        let county = sample
            .total(&volume.within(|plot| places[plot].0 == unit))
            .unwrap();
        assert!(
            (county.value().value() / value - 1.0).abs() < 1e-7,
            "{unit}: {county:?}"
        );
        assert!(
            (county.variance().unwrap() / variance - 1.0).abs() < 1e-7,
            "{unit}: {county:?}"
        );
    }
    // FIESTA prints a standard error of zero here.
    let bare = sample
        .total(&volume.within(|plot| places[plot].0 == "15"))
        .unwrap();
    assert_eq!((bare.value().value(), bare.variance()), (0.0, None));
}
