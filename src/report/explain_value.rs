//! What a region's removals are worth, told from the files of an output.

use std::fmt::Write as _;

use super::parsed::OutTables;

/// The value of a region's removals as products that a pocket calculator follows; empty where the
/// plan gave no price.
pub(super) fn value_lines(tables: &OutTables, region: &str) -> String {
    let Some(row) = tables
        .get("tables/value.csv")
        .into_iter()
        .flat_map(super::parsed::ParsedTable::rows)
        .find(|row| row.text("region_id") == region && !row.text("value_yr").is_empty())
    else {
        return String::new();
    };
    let (price, currency) = (row.text("price_per_tco2e"), row.text("currency"));
    let mut text = format!(
        "  value     tables/value.csv: {} t CO2e/yr x {price} {currency} = {} {currency}/yr\n",
        row.text("sequestration_tco2e_yr"),
        row.text("value_yr"),
    );
    if !row.text("present_value").is_empty() {
        let _ = writeln!(
            text,
            "            over {} years, each later one times (1 + {}/100) / (1 + {}/100): {} {currency}",
            row.text("years"),
            row.text("price_change_pct"),
            row.text("discount_pct"),
            row.text("present_value"),
        );
    }
    text
}
