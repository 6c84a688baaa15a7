//! Columns of `tables/stand_growth.csv`.

use super::column::{Cell, Column};
use super::columns::{REGION, count};
use super::headline::{AMOUNT, HECTARES, RATIO};
use crate::account::StandGrowthRow;

const GROWTH_SIGN: &str = "positive: the stands grow";

/// Columns of `tables/stand_growth.csv`.
pub(super) static STAND_GROWTH: &[Column<StandGrowthRow>] = &[
    Column::text("region_id", REGION, |row: &StandGrowthRow| {
        Cell::text(&row.region_id)
    }),
    Column::integer("year", "year of the stands", |row: &StandGrowthRow| {
        Cell::Integer(row.year.into())
    })
    .unit("year"),
    Column::text(
        "species",
        "species or forest type",
        |row: &StandGrowthRow| Cell::text(&row.species),
    ),
    Column::text("origin", "natural or planted", |row: &StandGrowthRow| {
        Cell::text(&row.origin)
    }),
    Column::new(
        RATIO,
        "age_from_yr",
        "age of the youngest of these stands",
        |row: &StandGrowthRow| Cell::Real(row.ages.0),
    )
    .unit("yr"),
    Column::new(
        RATIO,
        "age_to_yr",
        "age of the oldest of these stands",
        |row: &StandGrowthRow| Cell::Real(row.ages.1),
    )
    .unit("yr"),
    Column::integer(
        "stands",
        "stands, parts of stands or age classes with the same parameters",
        |row: &StandGrowthRow| count(row.stands),
    ),
    Column::new(
        HECTARES,
        "area_ha",
        "their area: registered where the register states it",
        |row: &StandGrowthRow| Cell::Real(row.area.value()),
    )
    .unit("ha"),
    Column::new(
        AMOUNT,
        "above_ground_tc_yr",
        "carbon that comes to what is above ground in a year",
        |row: &StandGrowthRow| Cell::Real(row.above_ground.in_one_year().value()),
    )
    .unit("t C/yr")
    .sign(GROWTH_SIGN),
    Column::new(
        AMOUNT,
        "below_ground_tc_yr",
        "carbon that comes to the roots in a year",
        |row: &StandGrowthRow| Cell::Real(row.below_ground.in_one_year().value()),
    )
    .unit("t C/yr")
    .sign(GROWTH_SIGN),
    Column::text("method", "method id", |row: &StandGrowthRow| {
        Cell::text(&row.method)
    }),
    Column::text(
        "arithmetic",
        "how the growth of both follows from area and age",
        |row: &StandGrowthRow| Cell::text(&row.arithmetic),
    ),
    Column::text(
        "parameters",
        "ids of the parameter rows that went in, joined by `; `",
        |row: &StandGrowthRow| Cell::Text(row.parameters.join("; ")),
    ),
];
