//! Columns of `tables/carbon_transitions.csv`.

use super::column::{Cell, Column};
use super::columns::{MIXED, NOTE, REGION, lower, upper};
use super::headline::{AMOUNT, HECTARES};
use crate::account::CarbonTransitionRow;
use crate::units::{TonnesCarbon, Years};

const SIGN: &str = "positive: the land holds more carbon at its new stock";

fn bounds(row: &CarbonTransitionRow) -> Option<(f64, f64)> {
    row.change?
        .interval
        .map(|(low, high)| (low.value(), high.value()))
}

/// Columns of `tables/carbon_transitions.csv`.
pub static CARBON_TRANSITIONS: &[Column<CarbonTransitionRow>] = &[
    Column::text("region_id", REGION, |row: &CarbonTransitionRow| {
        Cell::text(&row.region_id)
    }),
    Column::integer(
        "from_year",
        "year of the earlier map",
        |row: &CarbonTransitionRow| Cell::Integer(i64::from(row.from_year)),
    )
    .unit("year"),
    Column::integer(
        "to_year",
        "year of the later map",
        |row: &CarbonTransitionRow| Cell::Integer(i64::from(row.to_year)),
    )
    .unit("year"),
    Column::text(
        "from_code",
        "ecosystem at the earlier map (with `class-density` the class)",
        |row: &CarbonTransitionRow| Cell::text(&row.from_code),
    ),
    Column::text(
        "to_code",
        "ecosystem at the later map (with `class-density` the class)",
        |row: &CarbonTransitionRow| Cell::text(&row.to_code),
    ),
    Column::text("pool", "carbon pool", |row: &CarbonTransitionRow| {
        Cell::text(&row.pool)
    }),
    Column::new(
        MIXED,
        "soil_depth_cm",
        "depth of a soil pool",
        |row: &CarbonTransitionRow| Cell::real(row.soil_depth_cm),
    )
    .unit("cm"),
    Column::new(
        HECTARES,
        "area_ha",
        "area that the stocks are of",
        |row: &CarbonTransitionRow| Cell::Real(row.area.value()),
    )
    .unit("ha"),
    Column::new(
        AMOUNT,
        "from_carbon_tc",
        "stock of that area by the density of what it was",
        |row: &CarbonTransitionRow| Cell::real(row.from_stock.map(TonnesCarbon::value)),
    )
    .unit("t C"),
    Column::new(
        AMOUNT,
        "to_carbon_tc",
        "stock of that area by the density of what it became",
        |row: &CarbonTransitionRow| Cell::real(row.to_stock.map(TonnesCarbon::value)),
    )
    .unit("t C"),
    Column::new(
        AMOUNT,
        "change_tc",
        "to_carbon_tc less from_carbon_tc; empty with the reason in note",
        |row: &CarbonTransitionRow| Cell::real(row.change.map(|change| change.value.value())),
    )
    .unit("t C")
    .sign(SIGN),
    Column::new(
        AMOUNT,
        "change_tc_lo",
        "lower bound of change_tc at the plan's level of confidence",
        |row: &CarbonTransitionRow| lower(bounds(row)),
    )
    .unit("t C")
    .sign(SIGN),
    Column::new(
        AMOUNT,
        "change_tc_hi",
        "upper bound of change_tc at the plan's level of confidence",
        |row: &CarbonTransitionRow| upper(bounds(row)),
    )
    .unit("t C")
    .sign(SIGN),
    Column::new(
        MIXED,
        "over_years",
        "years that the change takes from the later map on; empty where no method says",
        |row: &CarbonTransitionRow| Cell::real(row.over.map(Years::value)),
    )
    .unit("years"),
    Column::text(
        "method",
        "ids of the methods that give the stocks",
        |row: &CarbonTransitionRow| Cell::text(&row.method),
    ),
    Column::text(
        "parameters",
        "ids of the parameter rows that went in",
        |row: &CarbonTransitionRow| Cell::text(&row.parameters.join("; ")),
    ),
    Column::text(
        "quality",
        "how good the figure is",
        |row: &CarbonTransitionRow| Cell::text(&row.quality),
    ),
    Column::text("note", NOTE, |row: &CarbonTransitionRow| {
        Cell::text(&row.note)
    }),
];
