//! The forest of a region by map, sample and register, told from the files of an output.

use std::fmt::Write as _;

use super::parsed::OutTables;

const FILE: &str = "tables/coverage_compared.csv";

/// Each source with the rule that it follows, and how far it is from the others; empty where there
/// is none.
pub(super) fn coverage_lines(tables: &OutTables, region: &str) -> String {
    let mut text = String::new();
    let rows = tables
        .get(FILE)
        .into_iter()
        .flat_map(super::parsed::ParsedTable::rows)
        .filter(|row| row.text("region_id") == region);
    let mut told = Vec::new();
    for row in rows {
        if told.is_empty() {
            let _ = writeln!(text, "  compare   {FILE}:");
        }
        let source = row.text("source");
        if !told.contains(&source) {
            told.push(source);
            let error = match row.text("forest_area_se_ha") {
                "" => String::new(),
                error => format!(", standard error {error} ha"),
            };
            let _ = writeln!(
                text,
                "  {:>18} ha  {source} of {}{error}: {}",
                row.text("forest_area_ha"),
                row.text("year"),
                row.text("rule"),
            );
        }
        if !row.text("other").is_empty() {
            let error = match row.text("difference_se_ha") {
                "" => String::new(),
                error => format!(
                    ", standard error {error} ha, {} to {} ha",
                    row.text("difference_lo_ha"),
                    row.text("difference_hi_ha")
                ),
            };
            let note = match row.text("note") {
                "" => String::new(),
                note => format!("; {note}"),
            };
            let _ = writeln!(
                text,
                "            {source} less {}: {} ha{error}{note}",
                row.text("other"),
                row.text("difference_ha"),
            );
        }
    }
    text
}
