//! How the plots of a sample give a total, stratum by stratum, told from the files of an output.

use std::fmt::Write as _;

use super::column::Kind;
use super::parsed::{OutTables, ParsedRow};

const FILE: &str = "tables/inventory_strata.csv";

/// Strata that are told one by one; what a larger sample gives is in the table.
const TOLD: usize = 24;

/// How far a sum of rounded parts may be from a rounded total, relative to it.
const ROUNDING: f64 = 1e-6;

/// What `tables/inventory.csv` calls the pool of a row.
pub(super) fn attribute_of(row: ParsedRow<'_>) -> String {
    format!("{}_carbon", row.text("pool").replace('-', "_"))
}

/// How the plots give a figure of a pool, a row of the tables of carbon with these columns of its time: a sum over
/// strata, what was taken from the larger area, or what a model gives.
pub(super) fn pool_lines(tables: &OutTables, row: ParsedRow<'_>, times: &[&str]) -> String {
    let (statistic, year) = match (row.text("approach"), times) {
        ("plot-pools", [year]) => ("total", row.text(year)),
        ("plot-pools", [_, end, ..]) => ("yearly_change", row.text(end)),
        _ => return String::new(),
    };
    let attribute = attribute_of(row);
    let mut lines = tables
        .get("tables/inventory.csv")
        .into_iter()
        .flat_map(super::parsed::ParsedTable::rows);
    let found = lines.find(|line| {
        line.text("region_id") == row.text("region_id")
            && line.text("attribute") == attribute
            && line.text("domain").is_empty()
            && line.text("statistic") == statistic
            && line.text("year") == year
    });
    let Some(found) = found else {
        return String::new();
    };
    let is_borrowed = ["synthetic", "composite"].contains(&row.text("quality"));
    if is_borrowed {
        return note_line(row, found);
    }
    if row.text("counted") != "true" || statistic != "total" {
        return String::new();
    }
    match stratum_lines(tables, found) {
        lines if lines.is_empty() => note_line(row, found),
        lines => lines,
    }
}

/// What the note of a total of `tables/inventory.csv` says of how it came about, beside what the row says itself.
fn note_line(row: ParsedRow<'_>, found: ParsedRow<'_>) -> String {
    let said: Vec<&str> = row.text("note").split("; ").collect();
    let words = found.text("note").split("; ");
    let words: Vec<&str> = words.filter(|words| !said.contains(words)).collect();
    let words = words.join("; ");
    if words.contains(" x ") || words.contains(" + ") {
        format!("  {:>18}  {words}\n", "")
    } else {
        String::new()
    }
}

/// The sum over strata behind a total of `tables/inventory.csv`, and behind its standard error. Empty where the
/// total is no such sum, as that of a model.
pub(super) fn stratum_lines(tables: &OutTables, total: ParsedRow<'_>) -> String {
    let key = ["region_id", "year", "attribute"];
    let rows: Vec<ParsedRow<'_>> = tables
        .get(FILE)
        .into_iter()
        .flat_map(super::parsed::ParsedTable::rows)
        .filter(|row| {
            key.iter()
                .all(|column| row.text(column) == total.text(column))
        })
        .collect();
    let mut text = String::new();
    if rows.is_empty() {
        return text;
    }
    let of = match total.text("estimator") {
        "ratio-to-size" => "hectares of the stratum x sum of its stands / their hectares",
        "proportional-to-size" => "hectares of the stratum x sum of its stands / their number",
        _ => "hectares of the stratum x sum of its plots / their number",
    };
    let _ = writeln!(text, "  strata    {FILE}, {of}:");
    let written = |value: f64| Kind::Digits(12).written(value);
    let has_strata = rows
        .iter()
        .any(|row| row.text("estimation_unit") != row.text("stratum"));
    let (mut sum, mut untold) = (0.0, 0.0);
    for (place, row) in rows.iter().enumerate() {
        let value = row.number("value").unwrap_or(0.0);
        sum += value;
        if place >= TOLD {
            untold += value;
            continue;
        }
        let (unit, stratum) = (row.text("estimation_unit"), row.text("stratum"));
        let name = if has_strata {
            format!("unit {unit}, stratum {stratum}")
        } else {
            format!("unit {unit}")
        };
        let _ = writeln!(
            text,
            "  {:>18} {}  {name}: {} x {} / {}",
            written(value),
            row.text("unit"),
            row.text("stratum_area_ha"),
            row.text("sum"),
            row.text("divisor"),
        );
    }
    if rows.len() > TOLD {
        let _ = writeln!(
            text,
            "  {:>18} {}  {} more strata there",
            written(untold),
            total.text("unit"),
            rows.len() - TOLD,
        );
    }
    let _ = writeln!(text, "  {:>18} {}  sum", written(sum), total.text("unit"));
    text.push_str(&error_line(&rows, total));
    text
}

/// The standard error as the root of the variances of the strata, where nothing else is in it.
fn error_line(rows: &[ParsedRow<'_>], total: ParsedRow<'_>) -> String {
    let Some(error) = total.number("standard_error") else {
        return String::new();
    };
    let variances: Option<Vec<f64>> = rows.iter().map(|row| row.number("variance")).collect();
    let root = variances.map(|all| all.iter().sum::<f64>().sqrt());
    match root {
        Some(root) if (root - error).abs() <= ROUNDING * error => format!(
            "  error     {} {}, root of the sum of their variances there\n",
            total.text("standard_error"),
            total.text("unit"),
        ),
        Some(root) if root < error => format!(
            "  error     {} {}: {}, root of the sum of their variances there, and what a model or a first phase adds\n",
            total.text("standard_error"),
            total.text("unit"),
            Kind::Digits(12).written(root),
        ),
        _ => String::new(),
    }
}
