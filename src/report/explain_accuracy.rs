//! What a reference sample has to do with a forest area, told from the files of an output.

use std::fmt::Write as _;

use super::headline::HECTARES;
use super::parsed::{OutTables, ParsedRow};

const FILE: &str = "tables/accuracy.csv";

/// The forest area that a reference sample gives, as sums that a pocket calculator follows.
pub(super) struct Corrected {
    /// The sums.
    pub(super) text: String,
    /// The area, in hectares.
    pub(super) area: f64,
    /// Its standard error.
    pub(super) standard_error: f64,
    /// How far rounding of the rows may put either off.
    pub(super) off: f64,
}

fn rows<'a>(tables: &'a OutTables, region: &str, kind: &str) -> Vec<ParsedRow<'a>> {
    tables
        .get(FILE)
        .into_iter()
        .flat_map(super::parsed::ParsedTable::rows)
        .filter(|row| row.text("region_id") == region && row.text("kind") == kind)
        .collect()
}

/// The corrected forest area beside the mapped one; empty without a reference sample.
pub(super) fn beside(tables: &OutTables, region: &str) -> String {
    let mut text = String::new();
    for row in rows(tables, region, "forest-area") {
        let error = match row.text("value_se") {
            "" => "no standard error".to_owned(),
            error => format!("standard error {error} ha"),
        };
        let _ = writeln!(
            text,
            "  beside    the reference sample of the map of {} makes it {} ha, {error} ({FILE})",
            row.text("year"),
            row.text("value"),
        );
    }
    text
}

/// How the forest area follows from map and sample; `None` without a reference sample.
pub(super) fn corrected(tables: &OutTables, region: &str) -> Option<Corrected> {
    let strata = rows(tables, region, "forest-stratum");
    let year = strata.first()?.text("year");
    let mut text = format!(
        "  source    {FILE}, reference points of the map of {year}\n  formula   sum over strata of mapped_ha x points / of_points, points being forest in truth\n"
    );
    let (mut area, mut variance, mut off) = (0.0, 0.0, 0.0);
    for row in strata {
        let mapped = row.number("mapped_ha")?;
        let (points, drawn) = (row.number("points")?, row.number("of_points")?);
        let part = mapped * points / drawn;
        area += part;
        off += HECTARES.half_digit() * points / drawn;
        let error = mapped * row.number("value_se").unwrap_or(0.0);
        variance += error * error;
        let _ = writeln!(
            text,
            "  {part:>18.4} ha  {}: {} x {points} / {drawn}{}",
            row.text("stratum"),
            row.text("mapped_ha"),
            match row.text("value_se") {
                "" => String::new(),
                share => format!("; standard error {} x {share}", row.text("mapped_ha")),
            },
        );
    }
    let _ = writeln!(
        text,
        "  sum       {area:.4} ha; standard error, the root of the summed squares: {:.4} ha",
        variance.sqrt()
    );
    for row in rows(tables, region, "forest-area") {
        let _ = writeln!(text, "  map       {} ha", row.text("mapped_ha"));
        if row.text("quality") == "synthetic" {
            text.push_str(
                "  note      synthetic: the areas of the region's map, the errors found in all regions\n",
            );
        }
    }
    Some(Corrected {
        text,
        area,
        standard_error: variance.sqrt(),
        off,
    })
}
