//! Plots of the FIA database in strata of the user's own: R FIESTA's answers on Wyoming.

use std::path::Path;
use std::sync::LazyLock;

use crate::fia::{ACRE_HA, FOOT3_M3, inventory};
use crate::outputs::{Outputs, Row, half_digit, number};
use crate::reference::{Index, expected};

const FOOT_M: f64 = 0.3048;
const SHORT_TON_T: f64 = 0.907_184_74;

/// Most that rounding a plot to five decimals moves a total: acres that one plot stands for at most,
/// times half a unit of the fifth decimal.
const ROUNDED_PLOT: f64 = 24_000.0 * 5e-6;

pub(crate) fn data() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/reference/wyoming-fiesta/data")
}

static WYOMING: LazyLock<Index> =
    LazyLock::new(|| inventory(&Outputs::of(&data().join("wyoming.toml"), &[])));

fn ours(attribute: &str, domain: &str, statistic: &str) -> Option<&'static Row> {
    let key = ["56", "2013", attribute, domain, statistic].map(str::to_owned);
    WYOMING.get(&key[..])
}

/// What one unit of theirs is in ours.
fn factor(attribute: &str) -> f64 {
    match attribute {
        "forest_area" => ACRE_HA,
        "volume" => FOOT3_M3,
        "trees" => 1.0,
        // Their square of the diameter has four digits: see the case.
        "basal_area" => FOOT_M * FOOT_M / (0.005_454 / (std::f64::consts::PI / 576.0)),
        _ => SHORT_TON_T,
    }
}

/// Compares a figure in their unit, and its sampling error in percent.
#[track_caller]
fn agrees(row: &Row, factor: f64, (value, allowed): (f64, f64), (error, of_error): (f64, f64)) {
    let found = number(row, "value") / factor;
    let allowed = allowed + half_digit(&row["value"]) / factor;
    assert!(
        (found - value).abs() <= allowed,
        "{found} is not {value}: {row:?}"
    );
    let found = number(row, "se_pct");
    let of_error = of_error + half_digit(&row["se_pct"]);
    assert!(
        (found - error).abs() <= of_error,
        "{found} % is not {error} %: {row:?}"
    );
}

#[test]
fn totals_of_state_and_counties_are_those_of_fiesta() {
    let theirs = expected("wyoming-fiesta", "totals.csv");
    for row in &theirs.rows {
        let unit = &row["ESTN_UNIT"];
        let domain = match unit.as_str() {
            "" => String::new(),
            unit => format!("ESTN_UNIT={unit}"),
        };
        let found = ours(&row["attribute"], &domain, "total")
            .unwrap_or_else(|| panic!("no row of {row:?}"));
        assert_eq!(found["plots_nonzero"], row["NBRPLT.gt0"], "{row:?}");
        let value = number(row, "est");
        if row["pse"].is_empty() {
            assert_eq!((value, number(found, "value")), (0.0, 0.0));
            assert_eq!(found["standard_error"], "", "{found:?}");
            continue;
        }
        let rounded = if row["attribute"].starts_with("above_ground") && !unit.is_empty() {
            ROUNDED_PLOT * number(found, "plots_nonzero")
        } else {
            0.0
        };
        let allowed = (theirs.relative * value).max(rounded);
        let exact = ["forest_area", "volume", "trees"].contains(&row["attribute"].as_str());
        let error = (number(row, "pse"), if exact { 1e-6 } else { 2e-4 });
        agrees(found, factor(&row["attribute"]), (value, allowed), error);
    }
    assert_eq!(theirs.rows.len(), 6 * 24);
}

/// Compares figures of forest types with those of theirs, to the digits that theirs print.
fn forest_types(file: &str, ours: &Index, region: &str) -> usize {
    let theirs = expected("wyoming-fiesta", file);
    let mut compared = 0;
    for row in &theirs.rows {
        let (attribute, statistic) = (&row["attribute"], &row["statistic"]);
        let domain = match row["FORTYPCD"].as_str() {
            "" => String::new(),
            code => format!("FORTYPCD={code}"),
        };
        let key = [region, "2013", attribute, &domain, statistic].map(str::to_owned);
        let found = ours.get(&key[..]);
        if row["Estimate"] == "--" {
            assert!(found.is_none(), "{found:?}");
            continue;
        }
        let found = found.unwrap_or_else(|| panic!("no row of {row:?}"));
        let value = number(row, "Estimate");
        let error = number(row, "Percent Sampling Error");
        let mut factor = factor(attribute);
        let mut allowed = (theirs.relative * value).max(0.05);
        if statistic == "per_forest_hectare" {
            factor /= ACRE_HA;
            if error == 0.0 {
                assert_eq!(found["standard_error"], "", "{found:?}");
                continue;
            }
        } else if attribute.starts_with("above_ground") {
            allowed = allowed.max(0.05 + ROUNDED_PLOT * number(found, "plots_nonzero"));
        }
        agrees(found, factor, (value, allowed), (error, 0.005));
        compared += 1;
    }
    compared
}

#[test]
fn forest_types_are_those_of_fiesta_in_total_and_per_acre() {
    let compared = forest_types("forest_types.csv", &WYOMING, "56");
    assert_eq!(compared, 6 * 19 - 1 + 15);
}

#[test]
fn a_national_forest_in_strata_of_a_map_is_that_of_fiesta() {
    let bighorn = inventory(&Outputs::of(&data().join("bighorn.toml"), &[]));
    let compared = forest_types("bighorn.csv", &bighorn, "56");
    assert_eq!(compared, 8 + 6 + 7 + 7);
}

#[test]
fn the_map_of_a_national_forest_gives_the_strata_that_fiesta_counted() {
    let outputs = Outputs::of(&data().join("bighorn_map.toml"), &[]);
    let strata = outputs.table("tables/strata.csv");
    let found: Vec<(f64, &str)> = strata
        .iter()
        .map(|row| (number(row, "weight"), row["plots"].as_str()))
        .collect();
    let cells = 52_289.0 + 19_731.0;
    for ((weight, plots), (counted, expected)) in
        found.iter().zip([(52_289.0, "41"), (19_731.0, "15")])
    {
        assert!((weight - counted / cells).abs() < 1e-11, "{weight}");
        assert_eq!(*plots, expected);
    }
    let compared = forest_types("bighorn.csv", &inventory(&outputs), "99020200010343");
    assert_eq!(compared, 8 + 6 + 7 + 7);
}

#[test]
fn domains_of_land_add_up_to_the_whole() {
    for attribute in [
        "forest_area",
        "volume",
        "above_ground_biomass",
        "trees",
        "all_carbon",
    ] {
        let whole = number(ours(attribute, "", "total").unwrap(), "value");
        for column in ["ESTN_UNIT", "FORTYPCD", "OWNGRPCD", "STDSZCD"] {
            let parts = WYOMING.iter().filter(|(key, _)| {
                let domain = key[3].strip_prefix(column);
                key[0] == "56"
                    && key[2] == attribute
                    && domain.is_some_and(|value| value.starts_with('='))
                    && key[4] == "total"
            });
            let sum: f64 = parts.map(|(_, row)| number(row, "value")).sum();
            assert!(
                (sum / whole - 1.0).abs() < 1e-10,
                "{attribute} by {column}: {sum}, {whole}"
            );
        }
    }
}
