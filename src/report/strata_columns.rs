//! Columns of `tables/strata.csv`.

use super::column::{Cell, Column};
use super::columns::{MIXED, NOTE, count, years};
use super::headline::HECTARES;
use crate::account::StratumRow;

/// Columns of `tables/strata.csv`.
pub(super) static STRATA: &[Column<StratumRow>] = &[
    Column::integer("year", "year of the inventory", |row: &StratumRow| {
        years(Some(row.year))
    })
    .unit("year"),
    Column::text("unit", "estimation unit", |row: &StratumRow| {
        Cell::text(&row.unit)
    }),
    Column::new(
        HECTARES,
        "unit_area_ha",
        "area of the estimation unit",
        |row: &StratumRow| Cell::real(Some(row.unit_area.value())),
    )
    .unit("ha"),
    Column::text("stratum", "stratum", |row: &StratumRow| {
        Cell::text(&row.stratum)
    }),
    Column::new(
        MIXED,
        "weight",
        "share of the stratum in its unit, 0 to 1",
        |row: &StratumRow| Cell::real(Some(row.weight)),
    ),
    Column::new(
        HECTARES,
        "area_ha",
        "weight times the area of the unit",
        |row: &StratumRow| Cell::real(Some(row.area().value())),
    )
    .unit("ha"),
    Column::integer(
        "plots",
        "plots of the sample in the stratum",
        |row: &StratumRow| count(row.plots),
    ),
    Column::text("note", NOTE, |row: &StratumRow| Cell::text(&row.note)),
];
