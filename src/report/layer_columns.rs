//! The columns of `tables/layers.csv`.

use super::column::{Cell, Column};
use super::columns::{MIXED, REGION, years};
use super::headline::HECTARES;
use crate::account::LayerRow;

/// Columns of `tables/layers.csv`.
pub static LAYERS: &[Column<LayerRow>] = &[
    Column::text(
        "region_id",
        REGION,
        |row: &LayerRow| Cell::text(&row.region_id),
    ),
    Column::integer(
        "year",
        "year of the map that the ecosystem is from; empty for the whole region",
        |row: &LayerRow| years(row.year),
    )
    .unit("year"),
    Column::text(
        "ecosystem",
        "ecosystem id, boundaries before classes; `all` for the whole region",
        |row: &LayerRow| Cell::text(&row.ecosystem),
    ),
    Column::text("layer", "name of the layer in the plan", |row: &LayerRow| {
        Cell::text(&row.layer)
    }),
    Column::text(
        "class_code",
        "class code of a layer of classes; `nodata` where the layer has no value; empty for values",
        |row: &LayerRow| Cell::text(&row.class_code),
    ),
    Column::text("class_name", "name of the class", |row: &LayerRow| {
        Cell::text(&row.class_name)
    }),
    Column::text(
        "unit",
        "unit of mean, min and max; empty for classes",
        |row: &LayerRow| Cell::text(&row.unit),
    ),
    Column::new(
        HECTARES,
        "area_ha",
        "area of the class, or area with a value, on the ellipsoid",
        |row: &LayerRow| Cell::Real(row.area.value()),
    )
    .unit("ha"),
    Column::new(
        MIXED,
        "mean",
        "mean over the area with a value",
        |row: &LayerRow| Cell::real(row.mean),
    )
    .unit("see column unit"),
    Column::new(
        MIXED,
        "sum",
        "sum over the area with a value: value x area",
        |row: &LayerRow| Cell::real(row.sum),
    )
    .unit("see column sum_unit"),
    Column::text(
        "sum_unit",
        "unit of the sum: of values per hectare the unit without `/ha`",
        |row: &LayerRow| Cell::text(&row.sum_unit),
    ),
    Column::new(
        MIXED,
        "min",
        "least value of the cells touched; empty where it cannot be told from what a boundary of the plan took away",
        |row: &LayerRow| Cell::real(row.min),
    )
    .unit("see column unit"),
    Column::new(
        MIXED,
        "max",
        "greatest value of the cells touched; empty likewise",
        |row: &LayerRow| Cell::real(row.max),
    )
    .unit("see column unit"),
];
