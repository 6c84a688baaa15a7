//! The headline columns: one row a region, the same in `summary.csv`, `regions.geojson` and the
//! regions layer of `terrasink.gpkg`.

use super::column::{Cell, Column, Kind};
use crate::account::{Figure, RegionSummary};
use crate::units::{Hectares, PerYear, Quantity, TonnesCo2e};

/// The sign rule of removals, once and everywhere.
pub(super) const REMOVAL_SIGN: &str = "positive: the ecosystem takes carbon out of the atmosphere; \
     negative: it releases carbon";

/// Decimals of hectares: one square metre.
pub(super) const HECTARES: Kind = Kind::Decimals(4);
/// Decimals of cubic metres and of tonnes: one litre, one kilogram.
pub(super) const AMOUNT: Kind = Kind::Decimals(3);
/// Decimals of percentages and of densities.
pub(super) const RATIO: Kind = Kind::Decimals(6);

/// Standard error over the estimate, in percent; unknown where either is, or the estimate is zero.
pub(super) fn relative_error<Q: Quantity>(figure: Option<&Figure<Q>>) -> Option<f64> {
    let figure = figure?;
    let value = figure.value.value().abs();
    (value > 0.0).then_some(100.0 * figure.standard_error? / value)
}

/// Lower bound of the interval.
fn lower<Q: Quantity>(figure: Option<&Figure<Q>>) -> Option<f64> {
    figure?.interval.map(|(lower, _)| lower.value())
}

/// Upper bound of the interval.
fn upper<Q: Quantity>(figure: Option<&Figure<Q>>) -> Option<f64> {
    figure?.interval.map(|(_, upper)| upper.value())
}

/// The figure itself.
fn value<Q: Quantity>(figure: Option<&Figure<Q>>) -> Option<f64> {
    figure.map(|figure| figure.value.value())
}

/// The yearly removal as a figure in t `CO2e`.
fn removal(row: &RegionSummary) -> Option<Figure<TonnesCo2e>> {
    row.sequestration
        .map(|figure| figure.map(PerYear::in_one_year))
}

/// The headline columns, in their order.
pub static HEADLINE: &[Column<RegionSummary>] = &[
    Column::text(
        "region_id",
        "id of the region as the regions file gives it; `_total` is the union of all regions",
        |row: &RegionSummary| Cell::text(&row.region_id),
    )
    .title("Region id"),
    Column::text(
        "region_name",
        "name of the region as the regions file gives it",
        |row: &RegionSummary| Cell::some_text(row.region_name.as_deref()),
    )
    .title("Region"),
    Column::text(
        "parent_id",
        "id of the region that this one is part of",
        |row: &RegionSummary| Cell::some_text(row.parent_id.as_deref()),
    )
    .title("Part of"),
    Column::new(
        HECTARES,
        "area_ha",
        "area of the polygon on the ellipsoid",
        |row: &RegionSummary| Cell::real(row.area.map(Hectares::value)),
    )
    .unit("ha")
    .title("Area (ha)"),
    Column::new(
        HECTARES,
        "land_area_ha",
        "area without what the rule of the plan excludes (water), from the newest map; the \
         denominator of forest_cover_pct",
        |row: &RegionSummary| Cell::real(row.land_area.map(Hectares::value)),
    )
    .unit("ha")
    .title("Land area (ha)"),
    Column::new(
        RATIO,
        "land_cover_valid_pct",
        "share of the polygon that the newest map covers with valid cells",
        |row: &RegionSummary| Cell::real(row.land_cover_valid_pct),
    )
    .unit("%")
    .title("Covered by the map (%)"),
    Column::new(
        HECTARES,
        "forest_area_ha",
        "area of the classes that count as forest, from the newest map",
        |row: &RegionSummary| Cell::real(row.forest_area.map(Hectares::value)),
    )
    .unit("ha")
    .title("Forest area, map (ha)"),
    Column::new(
        RATIO,
        "forest_cover_pct",
        "forest_area_ha over land_area_ha",
        |row: &RegionSummary| Cell::real(row.forest_cover_pct),
    )
    .unit("%")
    .title("Forest cover (%)"),
    Column::new(
        HECTARES,
        "forest_area_est_ha",
        "forest area estimated from the sample of plots; without plots the map corrected by its reference sample, where the plan lets it",
        |row: &RegionSummary| Cell::real(value(row.forest_area_estimate.as_ref())),
    )
    .unit("ha")
    .title("Forest area, sample (ha)"),
    Column::new(
        RATIO,
        "forest_area_est_se_pct",
        "standard error of forest_area_est_ha over the estimate",
        |row: &RegionSummary| Cell::real(relative_error(row.forest_area_estimate.as_ref())),
    )
    .unit("%")
    .title("Standard error of forest area (%)"),
    Column::new(
        AMOUNT,
        "volume_m3",
        "stock volume of living stems",
        |row: &RegionSummary| Cell::real(value(row.volume.as_ref())),
    )
    .unit("m3")
    .title("Stock volume (m³)"),
    Column::new(
        RATIO,
        "volume_se_pct",
        "standard error of volume_m3 over the estimate",
        |row: &RegionSummary| Cell::real(relative_error(row.volume.as_ref())),
    )
    .unit("%")
    .title("Standard error of volume (%)"),
    Column::new(
        RATIO,
        "volume_m3_ha",
        "stock volume per hectare of forest",
        |row: &RegionSummary| Cell::real(row.volume_per_forest_hectare),
    )
    .unit("m3/ha")
    .title("Volume per hectare of forest (m³/ha)"),
    Column::new(
        AMOUNT,
        "carbon_tc",
        "carbon stock of all ecosystems and pools that the method counts",
        |row: &RegionSummary| Cell::real(value(row.carbon.as_ref())),
    )
    .unit("t C")
    .title("Carbon stock (t C)"),
    Column::new(
        AMOUNT,
        "carbon_tc_lo",
        "lower bound of carbon_tc at the plan's level of confidence",
        |row: &RegionSummary| Cell::real(lower(row.carbon.as_ref())),
    )
    .unit("t C")
    .title("Carbon stock, lower bound (t C)"),
    Column::new(
        AMOUNT,
        "carbon_tc_hi",
        "upper bound of carbon_tc at the plan's level of confidence",
        |row: &RegionSummary| Cell::real(upper(row.carbon.as_ref())),
    )
    .unit("t C")
    .title("Carbon stock, upper bound (t C)"),
    Column::new(
        RATIO,
        "carbon_tc_ha",
        "carbon_tc per hectare of the region",
        |row: &RegionSummary| Cell::real(row.carbon_per_hectare),
    )
    .unit("t C/ha")
    .title("Carbon density (t C/ha)"),
    Column::new(
        AMOUNT,
        "sequestration_tco2e_yr",
        "net removal of carbon dioxide from the atmosphere, mean of the period",
        |row: &RegionSummary| Cell::real(value(removal(row).as_ref())),
    )
    .unit("t CO2e/yr")
    .sign(REMOVAL_SIGN)
    .title("Sequestration (t CO₂e/yr)"),
    Column::new(
        AMOUNT,
        "sequestration_tco2e_yr_lo",
        "lower bound of sequestration_tco2e_yr at the plan's level of confidence",
        |row: &RegionSummary| Cell::real(lower(removal(row).as_ref())),
    )
    .unit("t CO2e/yr")
    .sign(REMOVAL_SIGN)
    .title("Sequestration, lower bound (t CO₂e/yr)"),
    Column::new(
        AMOUNT,
        "sequestration_tco2e_yr_hi",
        "upper bound of sequestration_tco2e_yr at the plan's level of confidence",
        |row: &RegionSummary| Cell::real(upper(removal(row).as_ref())),
    )
    .unit("t CO2e/yr")
    .sign(REMOVAL_SIGN)
    .title("Sequestration, upper bound (t CO₂e/yr)"),
    Column::integer(
        "period_start",
        "first year of the period of sequestration_tco2e_yr",
        |row: &RegionSummary| Cell::integer(row.period_start.map(i64::from)),
    )
    .unit("year")
    .title("Period from"),
    Column::integer(
        "period_end",
        "last year of the period of sequestration_tco2e_yr",
        |row: &RegionSummary| Cell::integer(row.period_end.map(i64::from)),
    )
    .unit("year")
    .title("Period to"),
    Column::text(
        "method",
        "ids of the methods, joined by `; `",
        |row: &RegionSummary| Cell::text(&row.method),
    )
    .title("Method"),
    Column::text(
        "quality",
        "how good the figures are, in a few fixed words",
        |row: &RegionSummary| Cell::text(&row.quality),
    )
    .title("Quality"),
    Column::text(
        "notes",
        "what is missing and why, and what must be known, joined by `; `",
        |row: &RegionSummary| Cell::text(&row.notes.join("; ")),
    )
    .title("Notes"),
];

/// Half of the last digit that a column of the summary is rounded to.
pub(super) fn half_digit(column: &str) -> f64 {
    let mut columns = HEADLINE.iter().map(|column| column.facts);
    let facts = columns.find(|facts| facts.name == column);
    facts.map_or(0.0, |facts| facts.kind.half_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::CubicMetres;

    #[test]
    fn the_headline_columns_stand_in_the_order_of_the_contract() {
        let names: Vec<&str> = HEADLINE.iter().map(|column| column.facts.name).collect();
        let contract = "region_id region_name parent_id area_ha land_area_ha land_cover_valid_pct \
             forest_area_ha forest_cover_pct forest_area_est_ha forest_area_est_se_pct \
             volume_m3 volume_se_pct volume_m3_ha carbon_tc carbon_tc_lo carbon_tc_hi carbon_tc_ha \
             sequestration_tco2e_yr sequestration_tco2e_yr_lo sequestration_tco2e_yr_hi \
             period_start period_end method quality notes";
        assert_eq!(names, contract.split_whitespace().collect::<Vec<_>>());
    }

    #[test]
    fn an_estimate_of_zero_has_no_relative_error() {
        let figure = Figure {
            value: CubicMetres::new(0.0),
            standard_error: Some(1.0),
            interval: None,
        };
        assert_eq!(relative_error(Some(&figure)), None);
    }
}
