//! Columns of `tables/credit.csv`.

use super::column::{Cell, Column};
use super::columns::{NOTE, REGION};
use super::headline::{AMOUNT, RATIO, REMOVAL_SIGN};
use crate::account::CreditRow;
use crate::units::{PerYear, TonnesCo2e};

fn rate(value: Option<PerYear<TonnesCo2e>>) -> Cell {
    Cell::real(value.map(|rate| rate.in_one_year().value()))
}

/// Columns of `tables/credit.csv`.
pub(super) static CREDIT: &[Column<CreditRow>] = &[
    Column::text("region_id", REGION, |row: &CreditRow| {
        Cell::text(&row.region_id)
    }),
    Column::text("rule", "id of the rule", |row: &CreditRow| {
        Cell::text(row.rule)
    }),
    Column::new(
        AMOUNT,
        "sequestration_tco2e_yr",
        "the headline removal",
        |row: &CreditRow| rate(row.removal),
    )
    .unit("t CO2e/yr")
    .sign(REMOVAL_SIGN),
    Column::new(
        RATIO,
        "level_pct",
        "level of confidence of the interval that the rule looks at",
        |row: &CreditRow| Cell::Real(100.0 * row.level),
    )
    .unit("%"),
    Column::new(
        RATIO,
        "half_width_pct",
        "half of the width of that interval over the removal",
        |row: &CreditRow| Cell::real(row.half_width_pct),
    )
    .unit("%"),
    Column::new(
        RATIO,
        "allowed_pct",
        "half-width that costs nothing; empty where the rule has none",
        |row: &CreditRow| Cell::real(row.allowed_pct),
    )
    .unit("%"),
    Column::new(
        AMOUNT,
        "deduction_tco2e_yr",
        "what the rule takes off; empty with the reason in note",
        |row: &CreditRow| rate(row.deduction),
    )
    .unit("t CO2e/yr"),
    Column::new(
        AMOUNT,
        "after_deduction_tco2e_yr",
        "the removal less the deduction",
        |row: &CreditRow| rate(row.left),
    )
    .unit("t CO2e/yr")
    .sign(REMOVAL_SIGN),
    Column::text("source", "source of the rule", |row: &CreditRow| {
        Cell::text(row.source)
    }),
    Column::text("note", NOTE, |row: &CreditRow| Cell::text(&row.note)),
];
