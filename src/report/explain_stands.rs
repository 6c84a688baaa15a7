//! What the stands of a register have to do with a figure, told from the files of an output.

use std::fmt::Write as _;

use super::parsed::{OutTables, ParsedRow};

/// How many stands a row is of, in words.
fn stands(row: &ParsedRow) -> String {
    match row.text("stands") {
        "1" => "1 stand".to_owned(),
        number => format!("{number} stands"),
    }
}

/// The rows of the newest register of a region in a table, and its year.
fn newest<'a>(tables: &'a OutTables, file: &str, region: &str) -> Vec<ParsedRow<'a>> {
    let rows: Vec<ParsedRow<'a>> = tables
        .get(file)
        .into_iter()
        .flat_map(super::parsed::ParsedTable::rows)
        .filter(|row| row.text("region_id") == region)
        .collect();
    let year = rows.iter().map(|row| row.text("year")).max();
    rows.into_iter()
        .filter(|row| Some(row.text("year")) == year)
        .collect()
}

/// The year of the newest register of the run; a region may have no stock in it, or no stand.
fn newest_year(tables: &OutTables) -> Option<&str> {
    let table = tables.get("tables/register.csv")?;
    table.rows().map(|row| row.text("year")).max()
}

/// Sums of the register behind a stock volume or a forest area.
pub(super) fn register_lines(tables: &OutTables, region: &str, groupings: &[&str]) -> String {
    let mut text = String::new();
    let rows = newest(tables, "tables/register.csv", region);
    let mut lines = rows
        .iter()
        .filter(|row| groupings.contains(&row.text("grouping")))
        .peekable();
    if lines.peek().is_some() {
        let _ = writeln!(
            text,
            "  register  tables/register.csv, stands with forest stock:"
        );
    }
    for row in lines {
        let _ = writeln!(
            text,
            "  {:>18} m3  {} {}, {} {}, {} ha{}",
            row.text("volume_m3"),
            row.text("grouping"),
            row.text("group"),
            stands(row),
            if row.text("stands") == "1" {
                "stand"
            } else {
                "stands"
            },
            row.text("area_ha"),
            match row.text("stands_without_volume") {
                "" | "0" => String::new(),
                "1" => "; 1 stand without a volume is not in it".to_owned(),
                without => format!("; {without} stands without a volume are not in it"),
            },
        );
    }
    text
}

/// The growth of stands by their age: products that a pocket calculator follows.
pub(super) fn growth_lines(tables: &OutTables, region: &str) -> String {
    const FILE: &str = "tables/stand_growth.csv";
    let mut text = String::new();
    let rows = newest(tables, FILE, region);
    if !rows.is_empty() {
        let _ = writeln!(text, "  stands    {FILE}, above and below ground together:");
    }
    let mut sum = 0.0;
    for row in &rows {
        let of: Vec<&str> = ["species", "origin"]
            .into_iter()
            .map(|column| row.text(column))
            .filter(|word| !word.is_empty())
            .collect();
        let _ = writeln!(
            text,
            "            {} {} to {} years ({}): {}",
            of.join(", "),
            row.text("age_from_yr"),
            row.text("age_to_yr"),
            stands(row),
            row.text("arithmetic"),
        );
        let pools = ["above_ground_tc_yr", "below_ground_tc_yr"];
        sum += pools
            .iter()
            .filter_map(|pool| row.number(pool))
            .sum::<f64>();
    }
    if !rows.is_empty() {
        let _ = writeln!(
            text,
            "  {sum:>18.3} t C/yr  all stands; x 44/12 = {:.3} t CO2e/yr",
            sum * 44.0 / 12.0
        );
    }
    text
}

/// The way from volume to carbon, for each group of stands of the newest register, or of those of two years:
/// products that a pocket calculator follows.
pub(super) fn carbon_lines(
    tables: &OutTables,
    region: &str,
    years: Option<(&str, &str)>,
) -> String {
    const FILE: &str = "tables/stand_carbon.csv";
    let mut text = String::new();
    let of = match years {
        None => [newest_year(tables), None],
        Some((from, to)) => [Some(from), Some(to)],
    };
    let rows: Vec<ParsedRow<'_>> = tables
        .get(FILE)
        .into_iter()
        .flat_map(super::parsed::ParsedTable::rows)
        .filter(|row| row.text("region_id") == region && of.contains(&Some(row.text("year"))))
        .collect();
    if !rows.is_empty() {
        let _ = writeln!(text, "  stands    {FILE}, above and below ground together:");
    }
    let mut sum = 0.0;
    for row in &rows {
        let age = match row.text("age_group") {
            "" => String::new(),
            age => format!(", {age}"),
        };
        let year = match years {
            Some(_) => format!("{}: ", row.text("year")),
            None => String::new(),
        };
        let _ = writeln!(
            text,
            "            {year}{}{age} ({}): {}",
            row.text("species"),
            stands(row),
            row.text("arithmetic"),
        );
        sum += row.number("carbon_tc").unwrap_or(0.0);
    }
    if !rows.is_empty() && years.is_none() {
        let _ = writeln!(text, "  {sum:>18.3} t C  all stands");
    }
    text
}
