//! The effect of a restoration, told from the files of an output.

use std::fmt::Write as _;

use super::parsed::{OutTables, ParsedRow, ParsedTable};

/// The effect of the restoration of this name as arithmetic that a pocket calculator follows;
/// `None` where there is none of that name.
pub(super) fn restoration_text(tables: &OutTables, name: &str) -> Option<String> {
    let rows = |file| {
        let table = tables.get(file);
        table.into_iter().flat_map(ParsedTable::rows)
    };
    let row = rows("tables/restoration.csv").find(|row| row.text("restoration") == name)?;
    let unit = row.text("unit");
    let effect = match row.text("effect") {
        "" => "not known".to_owned(),
        effect => format!("{effect} {unit}"),
    };
    let mut text = format!("effect of {name}: {effect}\n");
    let _ = writeln!(
        text,
        "  what      {}, {} to {}: what treated sites gained beyond control sites",
        row.text("measure"),
        row.text("before_year"),
        row.text("after_year"),
    );
    for group in ["treated", "control"] {
        let sites: Vec<ParsedRow<'_>> = rows("tables/restoration_sites.csv")
            .filter(|site| site.text("restoration") == name && site.text("group") == group)
            .collect();
        group_lines(&mut text, row, group, &sites);
    }
    if !row.text("effect").is_empty() {
        let _ = writeln!(
            text,
            "  effect    {} - {} = {} {unit}",
            row.text("treated_change"),
            row.text("control_change"),
            row.text("effect")
        );
    }
    if !row.text("effect_se").is_empty() {
        let _ = writeln!(
            text,
            "  error     root of {}^2 + {}^2 = {} {unit}; with {} degrees of freedom {} to {}",
            row.text("treated_change_se"),
            row.text("control_change_se"),
            row.text("effect_se"),
            row.text("df"),
            row.text("effect_lo"),
            row.text("effect_hi"),
        );
    }
    let _ = writeln!(text, "  method    {}", row.text("method"));
    if !row.text("note").is_empty() {
        let _ = writeln!(text, "  note      {}", row.text("note"));
    }
    Some(text)
}

/// The sites of a group and their means.
fn group_lines(text: &mut String, row: ParsedRow<'_>, group: &str, sites: &[ParsedRow<'_>]) {
    let by = match row.text("weight") {
        "area" => "by the area compared",
        _ => "each alike",
    };
    let _ = writeln!(
        text,
        "  {group:<9} tables/restoration_sites.csv, {} sites, {by}",
        row.text(&format!("{group}_sites"))
    );
    for site in sites {
        let value = |column: &str| match site.text(column) {
            "" => "not known".to_owned(),
            value => value.to_owned(),
        };
        let note = match site.text("note") {
            "" => String::new(),
            note => format!(" ({note})"),
        };
        let _ = writeln!(
            text,
            "            {:<12} {:>12} ha  {} -> {}{note}",
            site.text("site_id"),
            site.text("compared_ha"),
            value("before"),
            value("after"),
        );
    }
    let of = |what: &str| row.text(&format!("{group}_{what}")).to_owned();
    if !of("before").is_empty() {
        let _ = writeln!(
            text,
            "            mean {} -> {}: change {}",
            of("before"),
            of("after"),
            of("change")
        );
    }
}
