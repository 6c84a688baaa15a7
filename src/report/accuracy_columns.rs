//! Columns of `tables/accuracy.csv`.

use super::column::{Cell, Column};
use super::columns::{MIXED, NOTE, REGION, lower, upper};
use super::headline::HECTARES;
use crate::account::AccuracyRow;
use crate::units::Hectares;

fn count(points: u64) -> Cell {
    Cell::integer(i64::try_from(points).ok())
}

/// Columns of `tables/accuracy.csv`.
pub static ACCURACY: &[Column<AccuracyRow>] = &[
    Column::text("region_id", REGION, |row: &AccuracyRow| {
        Cell::text(&row.region_id)
    }),
    Column::integer("year", "year of the map", |row: &AccuracyRow| {
        Cell::Integer(i64::from(row.year))
    })
    .unit("year"),
    Column::text(
        "kind",
        "stratum: share of its points of one class in truth; matrix: share of the area with one class on the map and one in truth; users-accuracy, producers-accuracy, overall-accuracy; area: of a class in truth; forest-area: of all classes that count as forest; forest-stratum: share of the points of a stratum that are forest in truth",
        |row: &AccuracyRow| Cell::text(row.kind.id()),
    ),
    Column::text(
        "stratum",
        "stratum of the sample: a class of the map, or as the plan gives them",
        |row: &AccuracyRow| Cell::text(&row.stratum),
    ),
    Column::text("map_class", "class on the map", |row: &AccuracyRow| {
        Cell::text(&row.map_class)
    }),
    Column::text("reference_class", "class in truth", |row: &AccuracyRow| {
        Cell::text(&row.reference_class)
    }),
    Column::integer("points", "points that are so", |row: &AccuracyRow| {
        count(row.points)
    }),
    Column::integer(
        "of_points",
        "points among which they are counted",
        |row: &AccuracyRow| count(row.of_points),
    ),
    Column::new(
        HECTARES,
        "mapped_ha",
        "area on the map: of the stratum, of the class, of the classes that count as forest",
        |row: &AccuracyRow| Cell::real(row.mapped.map(Hectares::value)),
    )
    .unit("ha"),
    Column::new(
        MIXED,
        "value",
        "the figure; an area in truth is the mapped one corrected by the sample",
        |row: &AccuracyRow| Cell::real(row.value),
    )
    .unit("see unit"),
    Column::text(
        "unit",
        "unit of value; empty for shares",
        |row: &AccuracyRow| Cell::text(row.unit),
    ),
    Column::new(
        MIXED,
        "value_se",
        "standard error of value; empty where the points give none",
        |row: &AccuracyRow| Cell::real(row.standard_error),
    )
    .unit("see unit"),
    Column::new(
        MIXED,
        "value_lo",
        "lower bound of value at the plan's level of confidence",
        |row: &AccuracyRow| lower(row.interval),
    )
    .unit("see unit"),
    Column::new(
        MIXED,
        "value_hi",
        "upper bound of value at the plan's level of confidence",
        |row: &AccuracyRow| upper(row.interval),
    )
    .unit("see unit"),
    Column::text(
        "quality",
        "direct: from the points of the region; synthetic: the region's map with the errors found in all regions",
        |row: &AccuracyRow| Cell::text(&row.quality),
    ),
    Column::text("note", NOTE, |row: &AccuracyRow| Cell::text(&row.note)),
];
