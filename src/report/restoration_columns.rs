//! Columns of `tables/restoration.csv` and `tables/restoration_sites.csv`.

use super::column::{Cell, Column};
use super::columns::{MIXED, NOTE, count, lower, upper};
use super::headline::HECTARES;
use crate::account::{BeforeAfter, EffectRow, SiteRow};

const NAME: &str = "name of the restoration in the plan";
const UNIT: &str = "unit of all values of the row";
const OF_ROW: &str = "see unit";
const EFFECT_SIGN: &str = "positive: treated sites gained more, or lost less, than control sites";
const GAIN_SIGN: &str = "positive: gain";

fn before(means: Option<&BeforeAfter>) -> Cell {
    Cell::real(means.map(|means| means.before.value))
}

fn after(means: Option<&BeforeAfter>) -> Cell {
    Cell::real(means.map(|means| means.after.value))
}

fn change(means: Option<&BeforeAfter>) -> Cell {
    Cell::real(means.map(BeforeAfter::change))
}

fn change_error(means: Option<&BeforeAfter>) -> Cell {
    Cell::real(means.and_then(BeforeAfter::change_variance).map(f64::sqrt))
}

fn interval(row: &EffectRow) -> Option<(f64, f64)> {
    row.effect.and_then(|effect| effect.interval)
}

/// Columns of `tables/restoration.csv`.
pub static RESTORATION: &[Column<EffectRow>] = &[
    Column::text("restoration", NAME, |row: &EffectRow| Cell::text(&row.name)),
    Column::text(
        "measure",
        "what is measured on each site before and after",
        |row: &EffectRow| Cell::text(&row.measure),
    ),
    Column::text("unit", UNIT, |row: &EffectRow| Cell::text(&row.unit)),
    Column::text(
        "weight",
        "how sites count: `site`, each alike, or `area`, each by the area compared",
        |row: &EffectRow| Cell::text(row.weight.id()),
    ),
    Column::integer(
        "before_year",
        "year before the treatment",
        |row: &EffectRow| Cell::Integer(i64::from(row.before_year)),
    )
    .unit("year"),
    Column::integer(
        "after_year",
        "year after the treatment",
        |row: &EffectRow| Cell::Integer(i64::from(row.after_year)),
    )
    .unit("year"),
    Column::integer(
        "treated_sites",
        "treated sites that count",
        |row: &EffectRow| count(row.treated_sites),
    ),
    Column::integer(
        "control_sites",
        "control sites that count",
        |row: &EffectRow| count(row.control_sites),
    ),
    Column::new(
        MIXED,
        "treated_before",
        "mean of the treated sites before",
        |row: &EffectRow| before(row.treated.as_ref()),
    )
    .unit(OF_ROW),
    Column::new(
        MIXED,
        "treated_after",
        "mean of the treated sites after",
        |row: &EffectRow| after(row.treated.as_ref()),
    )
    .unit(OF_ROW),
    Column::new(
        MIXED,
        "treated_change",
        "treated_after less treated_before",
        |row: &EffectRow| change(row.treated.as_ref()),
    )
    .unit(OF_ROW)
    .sign(GAIN_SIGN),
    Column::new(
        MIXED,
        "treated_change_se",
        "standard error of treated_change, between sites; empty with fewer than two",
        |row: &EffectRow| change_error(row.treated.as_ref()),
    )
    .unit(OF_ROW),
    Column::new(
        MIXED,
        "control_before",
        "mean of the control sites before",
        |row: &EffectRow| before(row.control.as_ref()),
    )
    .unit(OF_ROW),
    Column::new(
        MIXED,
        "control_after",
        "mean of the control sites after",
        |row: &EffectRow| after(row.control.as_ref()),
    )
    .unit(OF_ROW),
    Column::new(
        MIXED,
        "control_change",
        "control_after less control_before",
        |row: &EffectRow| change(row.control.as_ref()),
    )
    .unit(OF_ROW)
    .sign(GAIN_SIGN),
    Column::new(
        MIXED,
        "control_change_se",
        "standard error of control_change, between sites; empty with fewer than two",
        |row: &EffectRow| change_error(row.control.as_ref()),
    )
    .unit(OF_ROW),
    Column::new(
        MIXED,
        "effect",
        "treated_change less control_change",
        |row: &EffectRow| Cell::real(row.effect.map(|effect| effect.value)),
    )
    .unit(OF_ROW)
    .sign(EFFECT_SIGN),
    Column::new(
        MIXED,
        "effect_se",
        "standard error of effect: root of the sum of the squares of the two others",
        |row: &EffectRow| Cell::real(row.effect.and_then(|effect| effect.standard_error)),
    )
    .unit(OF_ROW),
    Column::new(
        MIXED,
        "effect_lo",
        "lower bound of effect at the plan's level of confidence",
        |row: &EffectRow| lower(interval(row)),
    )
    .unit(OF_ROW)
    .sign(EFFECT_SIGN),
    Column::new(
        MIXED,
        "effect_hi",
        "upper bound of effect at the plan's level of confidence",
        |row: &EffectRow| upper(interval(row)),
    )
    .unit(OF_ROW)
    .sign(EFFECT_SIGN),
    Column::new(
        MIXED,
        "df",
        "degrees of freedom of the interval, by Welch and Satterthwaite",
        |row: &EffectRow| Cell::real(row.degrees_of_freedom),
    ),
    Column::text("method", "id of the method", |row: &EffectRow| {
        Cell::text(&row.method)
    }),
    Column::text("note", NOTE, |row: &EffectRow| Cell::text(&row.note)),
];

/// Columns of `tables/restoration_sites.csv`.
pub static RESTORATION_SITES: &[Column<SiteRow>] = &[
    Column::text("restoration", NAME, |row: &SiteRow| Cell::text(&row.name)),
    Column::text("group", "`treated` or `control`", |row: &SiteRow| {
        Cell::text(row.group.id())
    }),
    Column::text(
        "site_id",
        "id of the polygon: the field of the plan, else its number in the file",
        |row: &SiteRow| Cell::text(&row.site_id),
    ),
    Column::new(
        HECTARES,
        "area_ha",
        "area of the polygon on the ellipsoid",
        |row: &SiteRow| Cell::Real(row.area.value()),
    )
    .unit("ha"),
    Column::new(
        HECTARES,
        "compared_ha",
        "part of it with a value in both years (of layers: the smaller of both); its weight by area",
        |row: &SiteRow| Cell::Real(row.compared.value()),
    )
    .unit("ha"),
    Column::new(
        MIXED,
        "before",
        "value before the treatment; empty where not known",
        |row: &SiteRow| Cell::real(row.before),
    )
    .unit(OF_ROW),
    Column::new(
        MIXED,
        "after",
        "value after the treatment; empty where not known",
        |row: &SiteRow| Cell::real(row.after),
    )
    .unit(OF_ROW),
    Column::text("unit", UNIT, |row: &SiteRow| Cell::text(&row.unit)),
    Column::new(
        super::column::Kind::Boolean,
        "counted",
        "whether the site counts in the effect",
        |row: &SiteRow| Cell::Boolean(row.counted),
    ),
    Column::text("note", NOTE, |row: &SiteRow| Cell::text(&row.note)),
];
