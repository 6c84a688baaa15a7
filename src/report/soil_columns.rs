//! Columns of `tables/soil_samples.csv` and `tables/soil_profiles.csv`.

use super::column::{Cell, Column};
use super::columns::{MIXED, NOTE, count, lower, upper, years};
use super::headline::{HECTARES, RATIO};
use crate::account::{SoilProfileRow, SoilSampleRow};
use crate::units::{Hectares, PerHectare, TonnesCarbon};

const UNIT: &str = "t C/ha; changes t C/ha/yr; totals without the hectare";
const SIGN: &str = "a change: positive when the soil gains carbon";

fn by_hectare(stock: Option<PerHectare<TonnesCarbon>>) -> Cell {
    Cell::real(stock.map(|stock| stock.on_one_hectare().value()))
}

/// Columns of `tables/soil_samples.csv`.
pub(super) static SOIL_SAMPLES: &[Column<SoilSampleRow>] = &[
    Column::text("region_id", "region", |row: &SoilSampleRow| {
        Cell::text(&row.region_id)
    }),
    Column::text(
        "stratum",
        "stratum of the survey; all for the sum of those of a region or of all regions; empty where the region is one",
        |row: &SoilSampleRow| Cell::text(&row.stratum),
    ),
    Column::new(
        HECTARES,
        "area_ha",
        "area that the sites stand for; empty where the plan gives none",
        |row: &SoilSampleRow| Cell::real(row.area.map(Hectares::value)),
    )
    .unit("ha"),
    Column::integer(
        "from_year",
        "earlier year of a change; empty for a stock",
        |row: &SoilSampleRow| years(row.from_year),
    )
    .unit("year"),
    Column::integer(
        "year",
        "year of the stock, or the later one of a change",
        |row: &SoilSampleRow| Cell::Integer(row.year.into()),
    )
    .unit("year"),
    Column::text(
        "statistic",
        "stock to the depth; change at equal mass of fine earth; change-to-depth; with total- the same of the area",
        |row: &SoilSampleRow| Cell::text(&row.statistic),
    ),
    Column::new(RATIO, "depth_cm", "the depth", |row: &SoilSampleRow| {
        Cell::Real(row.depth_cm)
    })
    .unit("cm"),
    Column::integer(
        "sites",
        "sites that the figure rests on",
        |row: &SoilSampleRow| count(row.sites),
    ),
    Column::new(
        MIXED,
        "value",
        "mean over the sites, or total of the area; empty with the reason in note",
        |row: &SoilSampleRow| Cell::real(row.figure.map(|figure| figure.value)),
    )
    .unit(UNIT)
    .sign(SIGN),
    Column::new(
        MIXED,
        "standard_error",
        "its standard error, from the spread between sites",
        |row: &SoilSampleRow| Cell::real(row.figure.and_then(|figure| figure.standard_error)),
    )
    .unit(UNIT),
    Column::new(
        MIXED,
        "value_lo",
        "lower bound at the plan's level of confidence",
        |row: &SoilSampleRow| lower(row.figure.and_then(|figure| figure.interval)),
    )
    .unit(UNIT)
    .sign(SIGN),
    Column::new(
        MIXED,
        "value_hi",
        "upper bound at the plan's level of confidence",
        |row: &SoilSampleRow| upper(row.figure.and_then(|figure| figure.interval)),
    )
    .unit(UNIT)
    .sign(SIGN),
    Column::text("note", NOTE, |row: &SoilSampleRow| Cell::text(&row.note)),
];

/// Columns of `tables/soil_profiles.csv`.
pub(super) static SOIL_PROFILES: &[Column<SoilProfileRow>] = &[
    Column::text("site", "id of the site", |row: &SoilProfileRow| {
        Cell::text(&row.site)
    }),
    Column::text("region_id", "its region", |row: &SoilProfileRow| {
        Cell::text(&row.region_id)
    }),
    Column::integer("year", "year of the profile", |row: &SoilProfileRow| {
        Cell::Integer(row.year.into())
    })
    .unit("year"),
    Column::new(RATIO, "depth_cm", "the depth", |row: &SoilProfileRow| {
        Cell::Real(row.depth_cm)
    })
    .unit("cm"),
    Column::new(
        MIXED,
        "carbon_tc_ha",
        "organic carbon to the depth; empty where the profile ends above it",
        |row: &SoilProfileRow| by_hectare(row.stock),
    )
    .unit("t C/ha"),
    Column::new(
        MIXED,
        "fine_earth_t_ha",
        "mass of fine earth to the depth",
        |row: &SoilProfileRow| Cell::real(row.fine_earth),
    )
    .unit("t/ha"),
    Column::new(
        MIXED,
        "compared_mass_t_ha",
        "mass of fine earth that the site held to the depth in its first year; empty for a site of one year",
        |row: &SoilProfileRow| Cell::real(row.compared_mass),
    )
    .unit("t/ha"),
    Column::new(
        MIXED,
        "carbon_at_mass_tc_ha",
        "organic carbon down to that mass; empty where the profile holds less",
        |row: &SoilProfileRow| by_hectare(row.stock_at_mass),
    )
    .unit("t C/ha"),
];
