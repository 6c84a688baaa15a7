//! Columns of `tables/strata.csv` and `tables/inventory_strata.csv`.

use super::column::{Cell, Column};
use super::columns::{MIXED, NOTE, count, years};
use super::headline::HECTARES;
use crate::account::{StratumPartRow, StratumRow};

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

/// Columns of `tables/inventory_strata.csv`.
pub(super) static STRATUM_PARTS: &[Column<StratumPartRow>] = &[
    Column::text(
        "region_id",
        "id of the region; _total for the union",
        |row: &StratumPartRow| Cell::text(&row.region_id),
    ),
    Column::integer("year", "year of the inventory", |row: &StratumPartRow| {
        years(Some(row.year))
    })
    .unit("year"),
    Column::text(
        "attribute",
        "what was estimated, as in tables/inventory.csv",
        |row: &StratumPartRow| Cell::text(&row.attribute),
    ),
    Column::text(
        "estimation_unit",
        "area that was sampled on its own",
        |row: &StratumPartRow| Cell::text(&row.part.unit),
    ),
    Column::text(
        "stratum",
        "stratum in which a plot of the region is not zero",
        |row: &StratumPartRow| Cell::text(&row.part.stratum),
    ),
    Column::new(
        MIXED,
        "stratum_area_ha",
        "area of the stratum, in the region and beyond",
        |row: &StratumPartRow| Cell::real(Some(row.part.area.value())),
    )
    .unit("ha"),
    Column::integer(
        "plots",
        "plots of the sample in the stratum",
        |row: &StratumPartRow| count(row.part.plots),
    ),
    Column::integer(
        "plots_nonzero",
        "those in the region with a value other than zero",
        |row: &StratumPartRow| count(row.part.plots_nonzero),
    ),
    Column::new(
        MIXED,
        "sum",
        "sum over these plots of the value per hectare; for ratio-to-size, of the value of the whole stand",
        |row: &StratumPartRow| Cell::real(Some(row.part.sum)),
    ),
    Column::new(
        MIXED,
        "divisor",
        "what makes the sum a mean per hectare: all plots of the stratum; for ratio-to-size, the hectares of its stands",
        |row: &StratumPartRow| Cell::real(Some(row.part.divisor)),
    ),
    Column::new(
        MIXED,
        "value",
        "stratum_area_ha x sum / divisor: the part of the stratum in the total of tables/inventory.csv",
        |row: &StratumPartRow| Cell::real(Some(row.part.value)),
    ),
    Column::text("unit", "unit of value", |row: &StratumPartRow| {
        Cell::text(row.unit)
    }),
    Column::new(
        MIXED,
        "variance",
        "the part of the stratum in the square of standard_error; empty with fewer than two plots",
        |row: &StratumPartRow| Cell::real(row.part.variance),
    )
    .unit("square of unit"),
];
