//! Columns of `tables/coverage_compared.csv`.

use super::column::{Cell, Column};
use super::columns::{NOTE, REGION, lower, upper, years};
use super::headline::{HECTARES, RATIO};
use crate::account::CoverageRow;
use crate::units::Hectares;

const SIGN: &str = "positive: more forest by this source than by the other";

/// Columns of `tables/coverage_compared.csv`.
pub(super) static COVERAGE: &[Column<CoverageRow>] = &[
    Column::text("region_id", REGION, |row: &CoverageRow| {
        Cell::text(&row.region_id)
    }),
    Column::text(
        "source",
        "where the forest area is from: map, reference-sample (the map corrected by it), plots or register",
        |row: &CoverageRow| Cell::text(row.coverage.source.id()),
    ),
    Column::integer("year", "year of the source", |row: &CoverageRow| {
        Cell::Integer(row.coverage.year.into())
    })
    .unit("year"),
    Column::text(
        "rule",
        "what the source takes for forest",
        |row: &CoverageRow| Cell::text(&row.coverage.rule),
    ),
    Column::new(
        HECTARES,
        "forest_area_ha",
        "forest by this source",
        |row: &CoverageRow| Cell::Real(row.coverage.forest.value()),
    )
    .unit("ha"),
    Column::new(
        HECTARES,
        "forest_area_se_ha",
        "its standard error; empty for map and register, which have no sampling error",
        |row: &CoverageRow| Cell::real(row.coverage.standard_error),
    )
    .unit("ha"),
    Column::new(
        HECTARES,
        "forest_area_lo_ha",
        "its lower bound at the plan's level of confidence",
        |row: &CoverageRow| lower(row.coverage.interval),
    )
    .unit("ha"),
    Column::new(
        HECTARES,
        "forest_area_hi_ha",
        "its upper bound at the plan's level of confidence",
        |row: &CoverageRow| upper(row.coverage.interval),
    )
    .unit("ha"),
    Column::new(
        RATIO,
        "forest_cover_pct",
        "its share of the land of the newest map, by the rule of the plan; empty without a map",
        |row: &CoverageRow| Cell::real(row.coverage_pct()),
    )
    .unit("%"),
    Column::text(
        "other",
        "the source that it is set beside; empty in the row of the first source",
        |row: &CoverageRow| Cell::text(row.other.map_or("", |(source, _)| source.id())),
    ),
    Column::integer(
        "other_year",
        "year of the other source",
        |row: &CoverageRow| years(row.other.map(|(_, year)| year)),
    )
    .unit("year"),
    Column::new(
        HECTARES,
        "difference_ha",
        "forest by this source less forest by the other",
        |row: &CoverageRow| Cell::real(row.difference.map(Hectares::value)),
    )
    .unit("ha")
    .sign(SIGN),
    Column::new(
        HECTARES,
        "difference_se_ha",
        "standard error of the difference, of the samples among the two; empty where there is none",
        |row: &CoverageRow| Cell::real(row.difference_error),
    )
    .unit("ha"),
    Column::new(
        HECTARES,
        "difference_lo_ha",
        "lower bound of the difference at the plan's level of confidence",
        |row: &CoverageRow| lower(row.difference_interval),
    )
    .unit("ha")
    .sign(SIGN),
    Column::new(
        HECTARES,
        "difference_hi_ha",
        "upper bound of the difference at the plan's level of confidence",
        |row: &CoverageRow| upper(row.difference_interval),
    )
    .unit("ha")
    .sign(SIGN),
    Column::text("note", NOTE, |row: &CoverageRow| Cell::text(&row.note)),
];
