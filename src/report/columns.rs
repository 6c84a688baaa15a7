//! The columns of the long tables, one definition a table.

use super::column::{Cell, Column, Kind};
use super::headline::{AMOUNT, HECTARES, RATIO, REMOVAL_SIGN};
use crate::account::{
    AreaKind, AreaRow, CarbonRow, CheckRow, Figure, InventoryRow, ParameterRow, SequestrationRow,
    TargetRow, TransitionRow, UncertaintyRow,
};
use crate::units::{Hectares, PerYear, Quantity, TonnesCo2e};

/// Figures of mixed units carry so many significant digits.
pub(super) const MIXED: Kind = Kind::Digits(12);
/// Cells and parts of cells.
const CELLS: Kind = Kind::Decimals(6);

pub(super) const REGION: &str = "region, or `_total` for the union of all";
pub(super) const NOTE: &str = "what must be known of the row";

fn year(year: i32) -> Cell {
    Cell::Integer(i64::from(year))
}

pub(super) fn years(year: Option<i32>) -> Cell {
    Cell::integer(year.map(i64::from))
}

pub(super) fn count(number: usize) -> Cell {
    Cell::integer(i64::try_from(number).ok())
}

pub(super) fn lower(interval: Option<(f64, f64)>) -> Cell {
    Cell::real(interval.map(|(lower, _)| lower))
}

pub(super) fn upper(interval: Option<(f64, f64)>) -> Cell {
    Cell::real(interval.map(|(_, upper)| upper))
}

fn bounds<Q: Quantity>(figure: Option<&Figure<Q>>) -> Option<(f64, f64)> {
    figure?
        .interval
        .map(|(lower, upper)| (lower.value(), upper.value()))
}

fn yearly(figure: Option<&Figure<PerYear<TonnesCo2e>>>) -> Option<(f64, f64)> {
    figure?
        .interval
        .map(|(lower, upper)| (lower.in_one_year().value(), upper.in_one_year().value()))
}

/// The word of an area kind in `tables/area.csv`.
#[must_use]
pub const fn area_kind(kind: AreaKind) -> &'static str {
    match kind {
        AreaKind::Region => "region",
        AreaKind::Class => "class",
        AreaKind::Ecosystem => "ecosystem",
        AreaKind::Boundary => "boundary",
        AreaKind::Forest => "forest",
        AreaKind::SmallPatches => "small-patches",
        AreaKind::Land => "land",
        AreaKind::Nodata => "nodata",
        AreaKind::Outside => "outside",
    }
}

/// Columns of `tables/area.csv`.
pub static AREA: &[Column<AreaRow>] = &[
    Column::text("region_id", REGION, |row: &AreaRow| {
        Cell::text(&row.region_id)
    }),
    Column::integer(
        "year",
        "year of the map; empty where the area is not from a map",
        |row: &AreaRow| years(row.year),
    )
    .unit("year"),
    Column::text(
        "kind",
        "what the area is of: region, class, ecosystem, boundary, forest, land, nodata, outside",
        |row: &AreaRow| Cell::text(area_kind(row.kind)),
    ),
    Column::text(
        "code",
        "class code, ecosystem id or boundary name",
        |row: &AreaRow| Cell::text(&row.code),
    ),
    Column::text("name", "name for people", |row: &AreaRow| {
        Cell::text(&row.name)
    }),
    Column::new(
        HECTARES,
        "area_ha",
        "area on the ellipsoid",
        |row: &AreaRow| Cell::Real(row.area.value()),
    )
    .unit("ha"),
    Column::new(
        CELLS,
        "cell_fraction_sum",
        "sum of the covered shares of the cells; empty where no cell was counted",
        |row: &AreaRow| Cell::real(row.cell_fraction_sum),
    )
    .unit("cells"),
    Column::new(
        HECTARES,
        "plane_area_ha",
        "plane area in the grid's coordinate system, given where it differs by more than 0.01 %",
        |row: &AreaRow| Cell::real(row.plane_area.map(Hectares::value)),
    )
    .unit("ha"),
];

/// Columns of `tables/transitions.csv`.
pub static TRANSITIONS: &[Column<TransitionRow>] = &[
    Column::text("region_id", REGION, |row: &TransitionRow| {
        Cell::text(&row.region_id)
    }),
    Column::integer(
        "from_year",
        "year of the earlier map",
        |row: &TransitionRow| year(row.from_year),
    )
    .unit("year"),
    Column::integer("to_year", "year of the later map", |row: &TransitionRow| {
        year(row.to_year)
    })
    .unit("year"),
    Column::text(
        "from_code",
        "class code at the earlier date; `nodata` where the map has none",
        |row: &TransitionRow| Cell::text(&row.from_code),
    ),
    Column::text(
        "from_name",
        "name of the class at the earlier date",
        |row: &TransitionRow| Cell::text(&row.from_name),
    ),
    Column::text(
        "to_code",
        "class code at the later date; `nodata` where the map has none",
        |row: &TransitionRow| Cell::text(&row.to_code),
    ),
    Column::text(
        "to_name",
        "name of the class at the later date",
        |row: &TransitionRow| Cell::text(&row.to_name),
    ),
    Column::new(
        HECTARES,
        "area_ha",
        "area on the ellipsoid",
        |row: &TransitionRow| Cell::Real(row.area.value()),
    )
    .unit("ha"),
    Column::new(
        CELLS,
        "cell_fraction_sum",
        "sum of the covered shares of the cells",
        |row: &TransitionRow| Cell::real(row.cell_fraction_sum),
    )
    .unit("cells"),
];

/// Columns of `tables/inventory.csv`.
pub static INVENTORY: &[Column<InventoryRow>] = &[
    Column::text("region_id", REGION, |row: &InventoryRow| {
        Cell::text(&row.region_id)
    }),
    Column::integer(
        "year",
        "year of the inventory; the later one for a change",
        |row: &InventoryRow| year(row.year),
    )
    .unit("year"),
    Column::integer(
        "from_year",
        "earlier year, for a change",
        |row: &InventoryRow| years(row.from_year),
    )
    .unit("year"),
    Column::text("attribute", "what was estimated", |row: &InventoryRow| {
        Cell::text(&row.attribute)
    }),
    Column::text(
        "domain",
        "domain of the plots, column=value; empty for all plots",
        |row: &InventoryRow| Cell::text(&row.domain),
    ),
    Column::text(
        "statistic",
        "total, per_forest_hectare, per_hectare or yearly_change; of plots visited twice yearly_growth, yearly_ingrowth, yearly_mortality, yearly_cut, yearly_net_change, these per_forest_hectare, and forest_at_both_visits",
        |row: &InventoryRow| Cell::text(&row.statistic),
    ),
    Column::new(
        MIXED,
        "value",
        "the estimate; empty where there is none",
        |row: &InventoryRow| Cell::real(row.value),
    )
    .unit("see column unit")
    .sign("a yearly change is positive when the attribute grew; mortality and cut are positive when trees were lost"),
    Column::text(
        "unit",
        "unit of value, standard_error, value_lo and value_hi",
        |row: &InventoryRow| Cell::text(&row.unit),
    ),
    Column::new(
        MIXED,
        "standard_error",
        "standard error of value; empty where the design gives none",
        |row: &InventoryRow| Cell::real(row.standard_error),
    )
    .unit("see column unit"),
    Column::new(
        RATIO,
        "se_pct",
        "standard error over the estimate: the sampling error",
        |row: &InventoryRow| {
            Cell::real(match (row.value, row.standard_error) {
                (Some(value), Some(error)) if value.abs() > 0.0 => {
                    Some(100.0 * error / value.abs())
                }
                _ => None,
            })
        },
    )
    .unit("%"),
    Column::new(
        MIXED,
        "value_lo",
        "lower bound at the plan's level of confidence",
        |row: &InventoryRow| lower(row.interval),
    )
    .unit("see column unit"),
    Column::new(
        MIXED,
        "value_hi",
        "upper bound at the plan's level of confidence",
        |row: &InventoryRow| upper(row.interval),
    )
    .unit("see column unit"),
    Column::new(
        RATIO,
        "degrees_of_freedom",
        "degrees of freedom behind the interval",
        |row: &InventoryRow| Cell::real(row.degrees_of_freedom),
    ),
    Column::integer(
        "plots",
        "plots that the estimate rests on",
        |row: &InventoryRow| count(row.plots),
    )
    .unit("plots"),
    Column::integer(
        "plots_nonzero",
        "plots among them that lie in the region and are not zero",
        |row: &InventoryRow| count(row.plots_nonzero),
    )
    .unit("plots"),
    Column::text(
        "estimator",
        "estimator id, such as post-stratified or synthetic",
        |row: &InventoryRow| Cell::text(&row.estimator),
    ),
    Column::text("note", NOTE, |row: &InventoryRow| Cell::text(&row.note)),
];

/// Columns of `tables/carbon.csv`.
pub static CARBON: &[Column<CarbonRow>] = &[
    Column::text("region_id", REGION, |row: &CarbonRow| {
        Cell::text(&row.region_id)
    }),
    Column::integer("year", "year of the stock", |row: &CarbonRow| {
        year(row.year)
    })
    .unit("year"),
    Column::text("ecosystem", "ecosystem id", |row: &CarbonRow| {
        Cell::text(&row.ecosystem)
    }),
    Column::text("pool", "pool id", |row: &CarbonRow| Cell::text(&row.pool)),
    Column::new(
        RATIO,
        "soil_depth_cm",
        "depth of a soil pool; stocks of different depths must not be added",
        |row: &CarbonRow| Cell::real(row.soil_depth_cm),
    )
    .unit("cm"),
    Column::new(
        HECTARES,
        "area_ha",
        "area that the stock stands on",
        |row: &CarbonRow| Cell::real(row.area.map(Hectares::value)),
    )
    .unit("ha"),
    Column::new(
        AMOUNT,
        "carbon_tc",
        "carbon stock; empty where no method gives one, with the reason in note",
        |row: &CarbonRow| Cell::real(row.carbon.map(|figure| figure.value.value())),
    )
    .unit("t C"),
    Column::new(
        AMOUNT,
        "carbon_tc_se",
        "standard error of carbon_tc",
        |row: &CarbonRow| Cell::real(row.carbon.and_then(|figure| figure.standard_error)),
    )
    .unit("t C"),
    Column::new(
        AMOUNT,
        "carbon_tc_lo",
        "lower bound of carbon_tc at the plan's level of confidence",
        |row: &CarbonRow| lower(bounds(row.carbon.as_ref())),
    )
    .unit("t C"),
    Column::new(
        AMOUNT,
        "carbon_tc_hi",
        "upper bound of carbon_tc at the plan's level of confidence",
        |row: &CarbonRow| upper(bounds(row.carbon.as_ref())),
    )
    .unit("t C"),
    Column::new(
        Kind::Boolean,
        "counted",
        "whether the row is part of the headline carbon_tc",
        |row: &CarbonRow| Cell::Boolean(row.counted),
    ),
    Column::text("method", "method id", |row: &CarbonRow| {
        Cell::text(&row.method)
    }),
    Column::text("approach", "id of the formula", |row: &CarbonRow| {
        Cell::text(&row.approach)
    }),
    Column::text(
        "parameters",
        "ids of the rows of parameters.csv that went in, joined by `; `",
        |row: &CarbonRow| Cell::text(&row.parameters.join("; ")),
    ),
    Column::text(
        "arithmetic",
        "how the stock follows from area and parameters; empty where other tables tell",
        |row: &CarbonRow| Cell::text(&row.arithmetic),
    ),
    Column::text("quality", "how good the figure is", |row: &CarbonRow| {
        Cell::text(&row.quality)
    }),
    Column::text("note", NOTE, |row: &CarbonRow| Cell::text(&row.note)),
];

/// Columns of `tables/sequestration.csv`.
pub static SEQUESTRATION: &[Column<SequestrationRow>] = &[
    Column::text("region_id", REGION, |row: &SequestrationRow| {
        Cell::text(&row.region_id)
    }),
    Column::integer(
        "period_start",
        "first year of the period",
        |row: &SequestrationRow| year(row.period_start),
    )
    .unit("year"),
    Column::integer(
        "period_end",
        "last year of the period",
        |row: &SequestrationRow| year(row.period_end),
    )
    .unit("year"),
    Column::text("ecosystem", "ecosystem id", |row: &SequestrationRow| {
        Cell::text(&row.ecosystem)
    }),
    Column::text("pool", "pool id", |row: &SequestrationRow| {
        Cell::text(&row.pool)
    }),
    Column::new(
        AMOUNT,
        "sequestration_tco2e_yr",
        "net removal of carbon dioxide from the atmosphere; empty with the reason in note",
        |row: &SequestrationRow| {
            Cell::real(row.removal.map(|figure| figure.value.in_one_year().value()))
        },
    )
    .unit("t CO2e/yr")
    .sign(REMOVAL_SIGN),
    Column::new(
        AMOUNT,
        "sequestration_tco2e_yr_se",
        "standard error of sequestration_tco2e_yr",
        |row: &SequestrationRow| Cell::real(row.removal.and_then(|figure| figure.standard_error)),
    )
    .unit("t CO2e/yr"),
    Column::new(
        AMOUNT,
        "sequestration_tco2e_yr_lo",
        "lower bound of sequestration_tco2e_yr at the plan's level of confidence",
        |row: &SequestrationRow| lower(yearly(row.removal.as_ref())),
    )
    .unit("t CO2e/yr")
    .sign(REMOVAL_SIGN),
    Column::new(
        AMOUNT,
        "sequestration_tco2e_yr_hi",
        "upper bound of sequestration_tco2e_yr at the plan's level of confidence",
        |row: &SequestrationRow| upper(yearly(row.removal.as_ref())),
    )
    .unit("t CO2e/yr")
    .sign(REMOVAL_SIGN),
    Column::new(
        Kind::Boolean,
        "counted",
        "whether the row is part of the headline sequestration_tco2e_yr",
        |row: &SequestrationRow| Cell::Boolean(row.counted),
    ),
    Column::text("method", "method id", |row: &SequestrationRow| {
        Cell::text(&row.method)
    }),
    Column::text("approach", "id of the formula", |row: &SequestrationRow| {
        Cell::text(&row.approach)
    }),
    Column::text(
        "parameters",
        "ids of the rows of parameters.csv that went in, joined by `; `",
        |row: &SequestrationRow| Cell::text(&row.parameters.join("; ")),
    ),
    Column::text(
        "arithmetic",
        "how the removal follows from area and parameters; empty where other tables tell",
        |row: &SequestrationRow| Cell::text(&row.arithmetic),
    ),
    Column::text(
        "quality",
        "how good the figure is",
        |row: &SequestrationRow| Cell::text(&row.quality),
    ),
    Column::text("note", NOTE, |row: &SequestrationRow| Cell::text(&row.note)),
];

/// Columns of `tables/uncertainty.csv`.
pub static UNCERTAINTY: &[Column<UncertaintyRow>] = &[
    Column::text("region_id", REGION, |row: &UncertaintyRow| {
        Cell::text(&row.region_id)
    }),
    Column::text(
        "figure",
        "what the row is about: a column of the summary; forest_cover_pct and difference_ha with the sources of tables/coverage_compared.csv; harvested_wood_tc and harvested_wood_tco2e_yr of tables/harvested_wood.csv",
        |row: &UncertaintyRow| Cell::text(&row.figure),
    ),
    Column::text(
        "approach",
        "approach-1 (closed form) or approach-2 (Monte Carlo)",
        |row: &UncertaintyRow| Cell::text(&row.approach),
    ),
    Column::text(
        "input",
        "`all`, or the input whose part of the variance the row gives",
        |row: &UncertaintyRow| Cell::text(&row.input),
    ),
    Column::new(
        MIXED,
        "value",
        "the figure in the unit of its headline column, or its mean over the draws",
        |row: &UncertaintyRow| Cell::Real(row.value),
    )
    .unit("see column figure")
    .sign("as the headline column"),
    Column::new(
        MIXED,
        "standard_error",
        "standard error from this input, or from all",
        |row: &UncertaintyRow| Cell::real(row.standard_error),
    )
    .unit("see column figure"),
    Column::new(
        MIXED,
        "value_lo",
        "lower bound at level_pct",
        |row: &UncertaintyRow| lower(row.interval),
    )
    .unit("see column figure"),
    Column::new(
        MIXED,
        "value_hi",
        "upper bound at level_pct",
        |row: &UncertaintyRow| upper(row.interval),
    )
    .unit("see column figure"),
    Column::new(
        RATIO,
        "level_pct",
        "level of confidence of the bounds",
        |row: &UncertaintyRow| Cell::Real(100.0 * row.level),
    )
    .unit("%"),
    Column::new(
        RATIO,
        "variance_share_pct",
        "share of this input in the variance of the figure",
        |row: &UncertaintyRow| Cell::real(row.variance_share_pct),
    )
    .unit("%"),
    Column::integer(
        "draws",
        "number of draws, for approach-2",
        |row: &UncertaintyRow| Cell::integer(row.draws.map(i64::from)),
    ),
    Column::text("note", NOTE, |row: &UncertaintyRow| Cell::text(&row.note)),
];

/// Columns of `tables/targets.csv`.
pub static TARGETS: &[Column<TargetRow>] = &[
    Column::text("region_id", REGION, |row: &TargetRow| {
        Cell::text(&row.region_id)
    }),
    Column::text("policy", "policy id", |row: &TargetRow| {
        Cell::text(&row.policy)
    }),
    Column::integer("year", "year of the target", |row: &TargetRow| {
        year(row.year)
    })
    .unit("year"),
    Column::text("indicator", "indicator id", |row: &TargetRow| {
        Cell::text(&row.indicator)
    }),
    Column::text(
        "comparison",
        "`>=`: at least; `~`: about",
        |row: &TargetRow| Cell::text(&row.comparison),
    ),
    Column::new(MIXED, "target", "the target", |row: &TargetRow| {
        Cell::Real(row.target)
    })
    .unit("see column unit"),
    Column::text(
        "unit",
        "unit of target, found and gap",
        |row: &TargetRow| Cell::text(&row.unit),
    ),
    Column::new(MIXED, "found", "what was found", |row: &TargetRow| {
        Cell::real(row.found)
    })
    .unit("see column unit"),
    Column::integer("found_year", "year of what was found", |row: &TargetRow| {
        years(row.found_year)
    })
    .unit("year"),
    Column::new(MIXED, "gap", "found less target", |row: &TargetRow| {
        Cell::real(row.gap)
    })
    .unit("see column unit")
    .sign("negative: short of the target"),
    Column::new(
        Kind::Boolean,
        "met",
        "whether the target is met; empty where nothing was found, the target is not this \
         region's, or a figure of a part does not tell it",
        |row: &TargetRow| Cell::boolean(row.met),
    ),
    Column::new(
        RATIO,
        "probability_pct",
        "probability that the true value meets the target, where it has a spread",
        |row: &TargetRow| Cell::real(row.probability.map(|share| 100.0 * share)),
    )
    .unit("%"),
    Column::text("source", "source of the target", |row: &TargetRow| {
        Cell::text(&row.source)
    }),
    Column::text("note", NOTE, |row: &TargetRow| Cell::text(&row.note)),
];

/// Columns of `tables/parameters.csv`.
pub static PARAMETERS: &[Column<ParameterRow>] = &[
    Column::text(
        "id",
        "id of the parameter, unique within the run",
        |row: &ParameterRow| Cell::text(&row.id),
    ),
    Column::text("quantity", "what it is, in words", |row: &ParameterRow| {
        Cell::text(&row.quantity)
    }),
    Column::new(MIXED, "value", "its value", |row: &ParameterRow| {
        Cell::Real(row.value)
    })
    .unit("see column unit"),
    Column::text(
        "unit",
        "unit of value, value_lo and value_hi",
        |row: &ParameterRow| Cell::text(&row.unit),
    ),
    Column::new(
        MIXED,
        "value_lo",
        "published lower bound",
        |row: &ParameterRow| lower(row.interval),
    )
    .unit("see column unit"),
    Column::new(
        MIXED,
        "value_hi",
        "published upper bound",
        |row: &ParameterRow| upper(row.interval),
    )
    .unit("see column unit"),
    Column::text(
        "interval_kind",
        "what the bounds are: sd, se, ci95, default (nominal percent), range",
        |row: &ParameterRow| Cell::text(&row.interval_kind),
    ),
    Column::text(
        "cite",
        "key of the source, or `user`",
        |row: &ParameterRow| Cell::text(&row.cite),
    ),
    Column::text("locator", "where in the source", |row: &ParameterRow| {
        Cell::text(&row.locator)
    }),
    Column::text(
        "confidence",
        "verified, memory or user",
        |row: &ParameterRow| Cell::text(&row.confidence),
    ),
    Column::text(
        "used_by",
        "methods that used it, joined by `; `",
        |row: &ParameterRow| Cell::text(&row.used_by.join("; ")),
    ),
];

/// Columns of `tables/checks.csv`.
pub static CHECKS: &[Column<CheckRow>] = &[
    Column::text("check", "id of the law", |row: &CheckRow| {
        Cell::text(&row.check)
    }),
    Column::text(
        "region_id",
        "region, `_total`, or empty for the whole run",
        |row: &CheckRow| Cell::text(&row.region_id),
    ),
    Column::text("law", "what the law is, in words", |row: &CheckRow| {
        Cell::text(&row.law)
    }),
    Column::new(MIXED, "found", "left side of the law", |row: &CheckRow| {
        Cell::Real(row.found)
    })
    .unit("see column unit"),
    Column::new(
        MIXED,
        "expected",
        "right side of the law",
        |row: &CheckRow| Cell::Real(row.expected),
    )
    .unit("see column unit"),
    Column::text("unit", "unit of found and expected", |row: &CheckRow| {
        Cell::text(&row.unit)
    }),
    Column::new(
        MIXED,
        "tolerance",
        "relative difference that is allowed, as a share",
        |row: &CheckRow| Cell::Real(row.tolerance),
    ),
    Column::new(
        Kind::Boolean,
        "passed",
        "whether the law holds",
        |row: &CheckRow| Cell::Boolean(row.passed),
    ),
    Column::text("note", NOTE, |row: &CheckRow| Cell::text(&row.note)),
];
