//! Columns of `tables/value.csv`.

use super::column::{Cell, Column, Kind};
use super::columns::{MIXED, NOTE, REGION, lower, upper, years};
use super::headline::{AMOUNT, REMOVAL_SIGN};
use crate::account::{Figure, ValueRow};

/// Amounts of money carry hundredths.
const MONEY: Kind = Kind::Decimals(2);

const VALUE_SIGN: &str = "positive: the worth of a sink; negative: the cost of a source";

fn bounds(figure: Option<&Figure<f64>>) -> Option<(f64, f64)> {
    figure.and_then(|figure| figure.interval)
}

/// Columns of `tables/value.csv`.
pub static VALUE: &[Column<ValueRow>] = &[
    Column::text("region_id", REGION, |row: &ValueRow| {
        Cell::text(&row.region_id)
    }),
    Column::integer(
        "period_start",
        "first year of the period of the removals",
        |row: &ValueRow| years(row.period_start),
    )
    .unit("year"),
    Column::integer(
        "period_end",
        "last year of the period of the removals",
        |row: &ValueRow| years(row.period_end),
    )
    .unit("year"),
    Column::new(
        AMOUNT,
        "sequestration_tco2e_yr",
        "the headline removal that is valued",
        |row: &ValueRow| Cell::real(row.removal.map(|rate| rate.in_one_year().value())),
    )
    .unit("t CO2e/yr")
    .sign(REMOVAL_SIGN),
    Column::new(
        MIXED,
        "price_per_tco2e",
        "price of a tonne of CO2 equivalent in the first year, from the plan",
        |row: &ValueRow| Cell::Real(row.price),
    )
    .unit("currency/t CO2e"),
    Column::text(
        "currency",
        "currency of price and values",
        |row: &ValueRow| Cell::text(&row.currency),
    ),
    Column::new(
        MONEY,
        "value_yr",
        "value of the removal of one year: removal times price; empty with the reason in note",
        |row: &ValueRow| Cell::real(row.yearly.map(|figure| figure.value)),
    )
    .unit("currency/yr")
    .sign(VALUE_SIGN),
    Column::new(
        MONEY,
        "value_yr_se",
        "standard error of value_yr, from the removal alone",
        |row: &ValueRow| Cell::real(row.yearly.and_then(|figure| figure.standard_error)),
    )
    .unit("currency/yr"),
    Column::new(
        MONEY,
        "value_yr_lo",
        "lower bound of value_yr at the plan's level of confidence",
        |row: &ValueRow| lower(bounds(row.yearly.as_ref())),
    )
    .unit("currency/yr")
    .sign(VALUE_SIGN),
    Column::new(
        MONEY,
        "value_yr_hi",
        "upper bound of value_yr at the plan's level of confidence",
        |row: &ValueRow| upper(bounds(row.yearly.as_ref())),
    )
    .unit("currency/yr")
    .sign(VALUE_SIGN),
    Column::integer(
        "years",
        "years that the present value is over; empty where the plan gives none",
        |row: &ValueRow| Cell::integer(row.years.map(i64::from)),
    )
    .unit("years"),
    Column::new(
        MIXED,
        "discount_pct",
        "yearly discount",
        |row: &ValueRow| Cell::real(row.discount_pct),
    )
    .unit("%/yr"),
    Column::new(
        MIXED,
        "price_change_pct",
        "yearly change of the price",
        |row: &ValueRow| Cell::real(row.price_change_pct),
    )
    .unit("%/yr")
    .sign("positive: the price rises"),
    Column::new(
        MONEY,
        "present_value",
        "value of the removals of all years, discounted to the first",
        |row: &ValueRow| Cell::real(row.present.map(|figure| figure.value)),
    )
    .unit("currency")
    .sign(VALUE_SIGN),
    Column::new(
        MONEY,
        "present_value_lo",
        "lower bound of present_value at the plan's level of confidence",
        |row: &ValueRow| lower(bounds(row.present.as_ref())),
    )
    .unit("currency")
    .sign(VALUE_SIGN),
    Column::new(
        MONEY,
        "present_value_hi",
        "upper bound of present_value at the plan's level of confidence",
        |row: &ValueRow| upper(bounds(row.present.as_ref())),
    )
    .unit("currency")
    .sign(VALUE_SIGN),
    Column::text(
        "quality",
        "how good the figures of the region are",
        |row: &ValueRow| Cell::text(&row.quality),
    ),
    Column::text("note", NOTE, |row: &ValueRow| Cell::text(&row.note)),
];
