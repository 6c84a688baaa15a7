//! The columns of the tables of stand registers, and of the layer of stands.

use super::column::{Cell, Column, Kind};
use super::columns::{REGION, count};
use super::headline::{AMOUNT, HECTARES, RATIO};
use crate::account::{RegisterRow, StandCarbonRow, StandIssue, StandRow};
use crate::units::Quantity;

const YEAR: &str = "year of the register";
/// Degrees to a tenth of a metre.
const DEGREES: Kind = Kind::Decimals(6);

fn amount<Q: Quantity>(value: Option<Q>) -> Cell {
    Cell::real(value.map(Q::value))
}

/// Columns of `tables/stands.csv`.
pub static STANDS: &[Column<StandRow>] = &[
    Column::integer("year", YEAR, |row: &StandRow| Cell::Integer(row.year.into()))
        .unit("year")
        .title("Register"),
    Column::text("stand_id", "id of the stand in the register", |row: &StandRow| {
        Cell::text(&row.stand_id)
    })
    .title("Stand id"),
    Column::text(
        "region_id",
        "region; empty for what lies in none",
        |row: &StandRow| Cell::text(&row.region_id),
    )
    .title("Region id"),
    Column::new(
        RATIO,
        "share_pct",
        "share of the stand in the region: areas and volumes of the row are of this part",
        |row: &StandRow| Cell::Real(row.share_pct),
    )
    .unit("%")
    .title("Share in the region (%)"),
    Column::text(
        "land_kind",
        "what the land class is: tree-forest, mangrove, bamboo, special-shrub, other-shrub, sparse-forest, unestablished, other-forest-land or non-forest",
        |row: &StandRow| Cell::text(&row.land_kind),
    )
    .title("Kind of land"),
    Column::text("land_class", "land class of the register", |row: &StandRow| {
        Cell::text(&row.land_class)
    })
    .title("Land class"),
    Column::text("origin", "natural or planted", |row: &StandRow| {
        Cell::text(&row.origin)
    })
    .title("Origin"),
    Column::text("species", "dominant species or forest type", |row: &StandRow| {
        Cell::text(&row.species)
    })
    .title("Species"),
    Column::new(RATIO, "age_yr", "mean age of the trees", |row: &StandRow| {
        Cell::real(row.age)
    })
    .unit("yr")
    .title("Age (years)"),
    Column::text("age_group", "age group", |row: &StandRow| {
        Cell::text(&row.age_group)
    })
    .title("Age group"),
    Column::new(
        HECTARES,
        "registered_area_ha",
        "area that the register states; empty where it states none",
        |row: &StandRow| amount(row.registered),
    )
    .unit("ha")
    .title("Registered area (ha)"),
    Column::new(
        HECTARES,
        "plane_area_ha",
        "area of the polygon in the plane of the register's coordinates; empty for degrees",
        |row: &StandRow| amount(row.plane),
    )
    .unit("ha")
    .title("Plane area (ha)"),
    Column::new(
        HECTARES,
        "area_ha",
        "area of the polygon on the ellipsoid",
        |row: &StandRow| Cell::Real(row.area.value()),
    )
    .unit("ha")
    .title("Area (ha)"),
    Column::new(
        RATIO,
        "registered_difference_pct",
        "registered area less area on the ellipsoid, over the latter",
        |row: &StandRow| Cell::real(row.difference_pct),
    )
    .unit("%")
    .sign("positive where the register states more")
    .title("Registered area, difference (%)"),
    Column::new(
        RATIO,
        "volume_m3_ha",
        "volume per hectare of the registered area (of the polygon where none is registered)",
        |row: &StandRow| Cell::real(row.volume_per_hectare),
    )
    .unit("m3/ha")
    .title("Volume (m³/ha)"),
    Column::new(
        AMOUNT,
        "volume_m3",
        "volume; empty where it is not known",
        |row: &StandRow| amount(row.volume),
    )
    .unit("m3")
    .title("Volume (m³)"),
    Column::text("note", "what must be known of the row", |row: &StandRow| {
        Cell::text(&row.note)
    })
    .title("Note"),
];

/// Columns of `tables/register.csv`.
pub static REGISTER: &[Column<RegisterRow>] = &[
    Column::text("region_id", REGION, |row: &RegisterRow| {
        Cell::text(&row.region_id)
    }),
    Column::integer("year", YEAR, |row: &RegisterRow| {
        Cell::Integer(row.year.into())
    })
    .unit("year"),
    Column::text(
        "grouping",
        "what the groups are: all, forest, land-kind, land-class; origin, species, age-group, age-class of the stands with forest stock; uncovered for what no stand covers; map for the forest of the newest map",
        |row: &RegisterRow| Cell::text(&row.grouping),
    ),
    Column::text("group", "the group", |row: &RegisterRow| {
        Cell::text(&row.group)
    }),
    Column::integer(
        "stands",
        "stands, or parts of stands",
        |row: &RegisterRow| count(row.stands),
    ),
    Column::new(
        HECTARES,
        "registered_area_ha",
        "area that the register states; empty where one of the stands has none",
        |row: &RegisterRow| amount(row.registered),
    )
    .unit("ha"),
    Column::new(
        HECTARES,
        "plane_area_ha",
        "area of the polygons in the plane of the register's coordinates",
        |row: &RegisterRow| amount(row.plane),
    )
    .unit("ha"),
    Column::new(
        HECTARES,
        "area_ha",
        "area of the polygons on the ellipsoid",
        |row: &RegisterRow| Cell::Real(row.area.value()),
    )
    .unit("ha"),
    Column::new(
        AMOUNT,
        "volume_m3",
        "volume of the stands with a volume: a census, without sampling error, but not exact",
        |row: &RegisterRow| amount(row.volume),
    )
    .unit("m3"),
    Column::integer(
        "stands_without_volume",
        "stands with forest stock and no volume in the register; they are not in the sum",
        |row: &RegisterRow| count(row.without_volume),
    ),
    Column::new(
        HECTARES,
        "area_without_volume_ha",
        "their area",
        |row: &RegisterRow| Cell::Real(row.area_without_volume.value()),
    )
    .unit("ha"),
];

/// Columns of `tables/stand_issues.csv`.
pub static STAND_ISSUES: &[Column<StandIssue>] = &[
    Column::integer("year", YEAR, |row: &StandIssue| {
        Cell::Integer(row.year.into())
    })
    .unit("year"),
    Column::text(
        "kind",
        "overlap, gap, outside-regions, area-differs, volume-missing or volume-differs",
        |row: &StandIssue| Cell::text(&row.kind),
    ),
    Column::text(
        "stand_id",
        "the stand; empty for a gap",
        |row: &StandIssue| Cell::text(&row.stand_id),
    ),
    Column::text(
        "other_id",
        "the other stand of an overlap",
        |row: &StandIssue| Cell::text(&row.other_id),
    ),
    Column::text(
        "region_id",
        "region; empty where it is not one region's",
        |row: &StandIssue| Cell::text(&row.region_id),
    ),
    Column::new(
        HECTARES,
        "area_ha",
        "area concerned, on the ellipsoid",
        |row: &StandIssue| amount(row.area),
    )
    .unit("ha"),
    Column::new(
        DEGREES,
        "longitude",
        "a point of it, WGS 84",
        |row: &StandIssue| Cell::real(row.longitude),
    )
    .unit("degree")
    .sign("positive east"),
    Column::new(
        DEGREES,
        "latitude",
        "a point of it, WGS 84",
        |row: &StandIssue| Cell::real(row.latitude),
    )
    .unit("degree")
    .sign("positive north"),
    Column::text("what", "what was found", |row: &StandIssue| {
        Cell::text(&row.what)
    }),
];

/// Columns of `tables/stand_carbon.csv`.
pub static STAND_CARBON: &[Column<StandCarbonRow>] = &[
    Column::text("region_id", REGION, |row: &StandCarbonRow| {
        Cell::text(&row.region_id)
    }),
    Column::integer("year", YEAR, |row: &StandCarbonRow| {
        Cell::Integer(row.year.into())
    })
    .unit("year"),
    Column::text(
        "species",
        "species or forest type",
        |row: &StandCarbonRow| Cell::text(&row.species),
    ),
    Column::text("age_group", "age group", |row: &StandCarbonRow| {
        Cell::text(&row.age_group)
    }),
    Column::integer(
        "stands",
        "stands, or parts of stands, with stock and the same parameters",
        |row: &StandCarbonRow| count(row.stands),
    ),
    Column::new(
        HECTARES,
        "area_ha",
        "area that the stock stands on: registered where the register states it",
        |row: &StandCarbonRow| Cell::Real(row.area.value()),
    )
    .unit("ha"),
    Column::new(AMOUNT, "volume_m3", "volume", |row: &StandCarbonRow| {
        Cell::Real(row.volume.value())
    })
    .unit("m3"),
    Column::new(
        AMOUNT,
        "above_ground_tdm",
        "dry matter above ground",
        |row: &StandCarbonRow| Cell::Real(row.above_ground.value()),
    )
    .unit("t d.m."),
    Column::new(
        AMOUNT,
        "below_ground_tdm",
        "dry matter below ground",
        |row: &StandCarbonRow| Cell::Real(row.below_ground.value()),
    )
    .unit("t d.m."),
    Column::new(
        AMOUNT,
        "carbon_tc",
        "carbon of both",
        |row: &StandCarbonRow| Cell::Real(row.carbon.value()),
    )
    .unit("t C"),
    Column::text("method", "method id", |row: &StandCarbonRow| {
        Cell::text(&row.method)
    }),
    Column::text(
        "arithmetic",
        "how the carbon follows from the volume",
        |row: &StandCarbonRow| Cell::text(&row.arithmetic),
    ),
    Column::text(
        "parameters",
        "ids of the parameter rows that went in, joined by `; `",
        |row: &StandCarbonRow| Cell::Text(row.parameters.join("; ")),
    ),
    Column::text(
        "note",
        "what must be known of the row",
        |row: &StandCarbonRow| Cell::text(&row.note),
    ),
];
