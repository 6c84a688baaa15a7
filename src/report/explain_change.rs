//! How two stocks give a yearly removal, told from the files of an output.

use std::fmt::Write as _;

use super::column::Kind;
use super::explain_plots::attribute_of;
use super::parsed::{OutTables, ParsedRow};
use crate::account::TOTAL;

const CARBON: &str = "tables/carbon.csv";

/// Half of the last digit of a stock or a removal, in its unit.
const HALF_DIGIT: f64 = 0.0005;

/// Relative difference that rounding can cause.
const ROUNDING: f64 = 1e-6;

/// The stocks of a row at both ends of its period, and where they are from.
struct Stocks {
    before: f64,
    after: f64,
    /// What is said of them; empty where they are those of the region.
    of: &'static str,
}

/// The differences of stocks behind those of the `rows` that count. Where the stocks of the region do not give a row, as
/// its change was made of less land or by another estimator, it is told by those that do.
pub(super) fn change_lines(tables: &OutTables, rows: &[ParsedRow<'_>]) -> String {
    let mut sums = String::new();
    for row in rows.iter().filter(|row| row.text("counted") == "true") {
        // A yearly rate is of one year: it is no difference of stocks. Other rows have their own arithmetic.
        let of_years =
            years(*row).filter(|years| *years > 0.0 && row.text("arithmetic").is_empty());
        if let Some(years) = of_years {
            sums.push_str(&sum_line(tables, *row, years));
        }
    }
    if sums.is_empty() {
        return sums;
    }
    format!(
        "  formula   stock difference: (carbon at the end - at the start) / years x 44/12\n{sums}"
    )
}

/// Length of the period of a row.
fn years(row: ParsedRow<'_>) -> Option<f64> {
    Some(row.number("period_end")? - row.number("period_start")?)
}

fn sum_line(tables: &OutTables, row: ParsedRow<'_>, years: f64) -> String {
    let region = row.text("region_id");
    let yearly = |stocks: &Stocks| (stocks.after - stocks.before) / years * 44.0 / 12.0;
    let own = stocks(tables, row, |of| of == region).map(|(before, after)| Stocks {
        before,
        after,
        of: "",
    });
    let Some(own) = own else {
        return String::new();
    };
    let Some(value) = row.number("sequestration_tco2e_yr") else {
        return String::new();
    };
    let gives = |stocks: &Stocks, regions: usize| {
        let off = HALF_DIGIT + 2.0 * HALF_DIGIT * regions as f64 / years * 44.0 / 12.0;
        (yearly(stocks) - value).abs() <= off + ROUNDING * value.abs()
    };
    let of_regions = || {
        let known = regions_that_know(tables, row);
        let (before, after) = stocks(tables, row, |of| known.contains(&of))?;
        let of = " (of the regions whose change is known)";
        let sums = Stocks { before, after, of };
        gives(&sums, known.len()).then_some(sums)
    };
    let told = if gives(&own, 1) {
        Some(own)
    } else {
        (region == TOTAL).then(of_regions).flatten()
    };
    let name = format!("{}, {}", row.text("ecosystem"), row.text("pool"));
    let digits = |value: f64| Kind::Digits(12).written(value);
    let mut text = String::new();
    if let Some(told) = told {
        let _ = writeln!(
            text,
            "  sum       {name}: ({} - {}) / {} x 44/12 = {}{}",
            digits(told.after),
            digits(told.before),
            digits(years),
            Kind::Decimals(3).written(yearly(&told)),
            told.of,
        );
    } else if let Some(change) = yearly_change(tables, row) {
        let _ = writeln!(
            text,
            "  sum       {name}: {} x 44/12 = {}",
            digits(change),
            Kind::Decimals(3).written(change * 44.0 / 12.0),
        );
        let _ = writeln!(
            text,
            "            t C/yr of the plots, yearly_change of {} in tables/inventory.csv; the stocks of {CARBON} were estimated in another way or of other land",
            attribute_of(row),
        );
    } else {
        let _ = writeln!(
            text,
            "            {name}: not the difference of the stocks of the region in {CARBON}, which are of other land; its note says of which"
        );
    }
    text
}

/// Sums of the stocks of the ecosystem and pool of a row at the start and the end of its period, over some regions.
fn stocks(
    tables: &OutTables,
    row: ParsedRow<'_>,
    is_of: impl Fn(&str) -> bool,
) -> Option<(f64, f64)> {
    let at = |year: &str| {
        let stocks = tables.get(CARBON)?.rows();
        let stocks = stocks.filter(|stock| {
            is_of(stock.text("region_id"))
                && stock.text("year") == year
                && ["ecosystem", "pool"]
                    .iter()
                    .all(|key| stock.text(key) == row.text(key))
        });
        let mut regions: Vec<&str> = Vec::new();
        let mut sum = None;
        for stock in stocks {
            // Of several methods the first is that of the row.
            if regions.contains(&stock.text("region_id")) {
                continue;
            }
            regions.push(stock.text("region_id"));
            sum = Some(sum.unwrap_or(0.0) + stock.number("carbon_tc")?);
        }
        sum
    };
    Some((at(row.text("period_start"))?, at(row.text("period_end"))?))
}

/// The regions that have a figure in a row like that of the total.
fn regions_that_know<'a>(tables: &'a OutTables, total: ParsedRow<'_>) -> Vec<&'a str> {
    let key = ["ecosystem", "pool", "period_start", "period_end", "method"];
    let rows = tables.get("tables/sequestration.csv").into_iter();
    rows.flat_map(super::parsed::ParsedTable::rows)
        .filter(|row| row.text("region_id") != TOTAL)
        .filter(|row| {
            key.iter()
                .all(|column| row.text(column) == total.text(column))
        })
        .filter(|row| row.number("sequestration_tco2e_yr").is_some())
        .map(|row| row.text("region_id"))
        .collect()
}

/// The yearly change of carbon that the plots give for a row.
fn yearly_change(tables: &OutTables, row: ParsedRow<'_>) -> Option<f64> {
    let attribute = attribute_of(row);
    let mut lines = tables.get("tables/inventory.csv")?.rows();
    let found = lines.find(|line| {
        line.text("region_id") == row.text("region_id")
            && line.text("attribute") == attribute
            && line.text("domain").is_empty()
            && line.text("statistic") == "yearly_change"
            && line.text("year") == row.text("period_end")
            && line.text("from_year") == row.text("period_start")
    })?;
    let change = found.number("value")?;
    let value = row.number("sequestration_tco2e_yr")?;
    let is_it = (change * 44.0 / 12.0 - value).abs() <= HALF_DIGIT + ROUNDING * value.abs();
    is_it.then_some(change)
}
