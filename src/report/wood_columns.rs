//! Columns of `tables/harvested_wood.csv`.

use super::column::{Cell, Column};
use super::columns::{NOTE, REGION, lower, upper};
use super::headline::{AMOUNT, RATIO, REMOVAL_SIGN};
use crate::account::{Figure, HarvestedWoodRow};
use crate::units::{TonnesCarbon, Years};

fn stock(row: &HarvestedWoodRow) -> Option<Figure<f64>> {
    Some(row.held?.stock.map(TonnesCarbon::value))
}

fn change(row: &HarvestedWoodRow) -> Option<Figure<f64>> {
    Some(row.held?.change.map(|change| change.in_one_year().value()))
}

/// Columns of `tables/harvested_wood.csv`.
pub(super) static HARVESTED_WOOD: &[Column<HarvestedWoodRow>] = &[
    Column::text("region_id", REGION, |row: &HarvestedWoodRow| {
        Cell::text(&row.region_id)
    }),
    Column::text(
        "product",
        "product of wood; all for the sum",
        |row: &HarvestedWoodRow| Cell::text(&row.product),
    ),
    Column::integer("year", "the year", |row: &HarvestedWoodRow| {
        Cell::Integer(row.year.into())
    })
    .unit("year"),
    Column::new(
        AMOUNT,
        "inflow_tc_yr",
        "carbon that goes into products in the year",
        |row: &HarvestedWoodRow| Cell::real(row.held.map(|held| held.inflow.in_one_year().value())),
    )
    .unit("t C/yr"),
    Column::new(
        AMOUNT,
        "loss_tc_yr",
        "carbon that products lose in the year",
        |row: &HarvestedWoodRow| Cell::real(row.held.map(|held| held.loss.in_one_year().value())),
    )
    .unit("t C/yr"),
    Column::new(
        AMOUNT,
        "carbon_tc",
        "carbon in products at the end of the year; not in any pool of the forest; empty for a sum in a year that not all parts have",
        |row: &HarvestedWoodRow| Cell::real(row.held.map(|held| held.stock.value.value())),
    )
    .unit("t C"),
    Column::new(
        AMOUNT,
        "carbon_tc_se",
        "standard error of carbon_tc, of half-life and factors by closed form",
        |row: &HarvestedWoodRow| Cell::real(stock(row).and_then(|stock| stock.standard_error)),
    )
    .unit("t C"),
    Column::new(
        AMOUNT,
        "carbon_tc_lo",
        "lower bound of carbon_tc at the plan's level of confidence",
        |row: &HarvestedWoodRow| lower(stock(row).and_then(|stock| stock.interval)),
    )
    .unit("t C"),
    Column::new(
        AMOUNT,
        "carbon_tc_hi",
        "upper bound of carbon_tc at the plan's level of confidence",
        |row: &HarvestedWoodRow| upper(stock(row).and_then(|stock| stock.interval)),
    )
    .unit("t C"),
    Column::new(
        AMOUNT,
        "change_tco2e_yr",
        "change of the carbon in products over the year; not in the headline",
        |row: &HarvestedWoodRow| Cell::real(row.held.map(|held| held.change.value.in_one_year().value())),
    )
    .unit("t CO2e/yr")
    .sign(REMOVAL_SIGN),
    Column::new(
        AMOUNT,
        "change_tco2e_yr_se",
        "standard error of change_tco2e_yr, of half-life and factors by closed form",
        |row: &HarvestedWoodRow| Cell::real(change(row).and_then(|change| change.standard_error)),
    )
    .unit("t CO2e/yr")
    .sign(REMOVAL_SIGN),
    Column::new(
        AMOUNT,
        "change_tco2e_yr_lo",
        "lower bound of change_tco2e_yr at the plan's level of confidence",
        |row: &HarvestedWoodRow| lower(change(row).and_then(|change| change.interval)),
    )
    .unit("t CO2e/yr")
    .sign(REMOVAL_SIGN),
    Column::new(
        AMOUNT,
        "change_tco2e_yr_hi",
        "upper bound of change_tco2e_yr at the plan's level of confidence",
        |row: &HarvestedWoodRow| upper(change(row).and_then(|change| change.interval)),
    )
    .unit("t CO2e/yr")
    .sign(REMOVAL_SIGN),
    Column::new(
        RATIO,
        "half_life_yr",
        "half-life of the product; empty for a sum of several",
        |row: &HarvestedWoodRow| Cell::real(row.half_life.map(Years::value)),
    )
    .unit("yr"),
    Column::text(
        "arithmetic",
        "how the stock follows from that of the year before and the inflow; empty for a sum",
        |row: &HarvestedWoodRow| Cell::text(&row.arithmetic),
    ),
    Column::text(
        "parameters",
        "ids of the parameter rows that went in, joined by `; `",
        |row: &HarvestedWoodRow| Cell::Text(row.parameters.join("; ")),
    ),
    Column::text(
        "quality",
        "how good the figure is",
        |row: &HarvestedWoodRow| Cell::text(&row.quality),
    ),
    Column::text("note", NOTE, |row: &HarvestedWoodRow| Cell::text(&row.note)),
];
