//! `terrasink.gpkg` as values: layers with fields, features, styles, and the project inside.
//!
//! What is described here is written by the input room, which knows the file format.

use geo::{Geometry, MultiPolygon, Point};

use super::column::{Cell, Column, ColumnFacts, Kind};
use super::document::ReportError;
use super::headline::{HEADLINE, HECTARES, RATIO};
use super::map_layer::MapLayer;
use super::project;
use super::style::{self, Style};
use crate::account::RegionSummary;
use crate::grid::Crs;
use crate::units::Hectares;

/// Path of the document.
pub const GEOPACKAGE: &str = "terrasink.gpkg";

/// What the features of a layer are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GeometryKind {
    /// One point a feature.
    Point,
    /// Polygons, several a feature.
    MultiPolygon,
}

/// One feature: where it is and a value for each field of its layer.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerFeature {
    /// Where it is, in the coordinate system of the layer; `None` where that is not known.
    pub geometry: Option<Geometry<f64>>,
    /// Values in the order of the fields, already rounded.
    pub values: Vec<Cell>,
}

/// A field of a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Name of the column.
    pub name: String,
    /// Title for people, shown in its place.
    pub title: String,
    /// What the values mean, with their unit.
    pub comment: String,
    /// Type and rounding.
    pub kind: Kind,
}

impl From<ColumnFacts> for Field {
    fn from(facts: ColumnFacts) -> Self {
        Self {
            name: facts.name.to_owned(),
            title: facts.title.to_owned(),
            comment: match facts.kind {
                Kind::Text | Kind::Integer | Kind::Boolean => facts.meaning.to_owned(),
                Kind::Decimals(_) | Kind::Digits(_) => {
                    format!("{}; unit: {}", facts.meaning, facts.unit)
                }
            },
            kind: facts.kind,
        }
    }
}

/// A part of a layer that the project shows as a layer of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerView {
    /// What tells it from the others of its layer.
    pub name: String,
    /// Title for people.
    pub title: String,
    /// Which features it has: a condition in SQL on the fields of the layer.
    pub filter: String,
}

/// A layer of features with the styles that show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Name of the table.
    pub name: String,
    /// Title for people.
    pub title: String,
    /// What the layer shows, in a sentence.
    pub description: String,
    /// Kind of geometry.
    pub geometry: GeometryKind,
    /// Coordinate system of the geometries.
    pub crs: Crs,
    /// The fields.
    pub fields: Vec<Field>,
    /// The features.
    pub features: Vec<LayerFeature>,
    /// The styles; the first is the one a viewer applies by itself.
    pub styles: Vec<Style>,
    /// The parts that the project shows, the one to be seen first; none shows the whole.
    pub views: Vec<LayerView>,
}

/// A whole `GeoPackage`.
#[derive(Debug, Clone, PartialEq)]
pub struct GeoPackage {
    /// Its layers, the one to be drawn on top first.
    pub layers: Vec<Layer>,
    /// Name of the project inside.
    pub project_name: String,
    /// The project: a zip archive as QGIS writes it (`.qgz`).
    pub project: Vec<u8>,
}

impl GeoPackage {
    /// A package of `layers`, to be written to a file named `file`, with a project named `name` that
    /// shows them, and `maps` that lie beside the file.
    ///
    /// Layers without features are left out of the project, not of the package.
    ///
    /// # Errors
    ///
    /// [`ReportError::Zip`] or [`ReportError::Pack`] when the project cannot be packed.
    pub fn new(
        name: &str,
        file: &str,
        layers: Vec<Layer>,
        maps: &[MapLayer],
    ) -> Result<Self, ReportError> {
        Ok(Self {
            project: project::packed(name, file, &layers, maps)?,
            project_name: name.to_owned(),
            layers,
        })
    }
}

/// The values of `row` in the order of `columns`, rounded by their rules.
pub(super) fn values<Row>(columns: &[Column<Row>], row: &Row) -> Vec<Cell> {
    columns
        .iter()
        .map(|column| match (column.cell)(row) {
            Cell::Real(value) if value.is_finite() => Cell::Real(column.facts.kind.rounded(value)),
            Cell::Real(_) => Cell::Empty,
            other => other,
        })
        .collect()
}

pub(super) fn fields<Row>(columns: &[Column<Row>]) -> Vec<Field> {
    columns.iter().map(|column| column.facts.into()).collect()
}

/// The layer of the regions with the headline columns.
///
/// `shape` gives the polygons of a region id in `crs`.
#[must_use]
pub fn regions_layer<'a>(
    regions: &[RegionSummary],
    shape: impl Fn(&str) -> Option<&'a MultiPolygon<f64>>,
    crs: Crs,
) -> Layer {
    Layer {
        name: "regions".to_owned(),
        title: "Regions".to_owned(),
        description: "Headline figures of every region".to_owned(),
        geometry: GeometryKind::MultiPolygon,
        crs,
        fields: fields(HEADLINE),
        features: regions
            .iter()
            .map(|region| LayerFeature {
                geometry: shape(&region.region_id)
                    .map(|polygons| Geometry::MultiPolygon(polygons.clone())),
                values: values(HEADLINE, region),
            })
            .collect(),
        styles: style::regions(regions),
        views: Vec::new(),
    }
}

/// One plot of the inventory on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct PlotPoint {
    /// Id as the plots file gives it.
    pub plot_id: String,
    /// Region that the plot belongs to in the accounts.
    pub region_id: Option<String>,
    /// Year of the inventory.
    pub year: i32,
    /// Stratum id.
    pub stratum: Option<String>,
    /// Share of the plot that is forest, between 0 and 1.
    pub forest_share: Option<f64>,
    /// Volume on one hectare of the plot, in cubic metres.
    pub volume_m3_ha: Option<f64>,
    /// Carbon of the counted pools on one hectare of the plot, in tonnes.
    pub carbon_tc_ha: Option<f64>,
    /// Where the plot is.
    pub position: Point<f64>,
}

/// Whether a plot counts as forest on the map: any part of it is.
fn plot_status(plot: &PlotPoint) -> Cell {
    plot.forest_share.map_or(Cell::Empty, |share| {
        Cell::text(if share > 0.0 { "forest" } else { "nonforest" })
    })
}

/// Columns of the plots layer.
pub static PLOT_COLUMNS: &[Column<PlotPoint>] = &[
    Column::text(
        "plot_id",
        "id of the plot as the plots file gives it",
        |row: &PlotPoint| Cell::text(&row.plot_id),
    )
    .title("Plot id"),
    Column::text(
        "region_id",
        "region that the plot belongs to in the accounts",
        |row: &PlotPoint| Cell::some_text(row.region_id.as_deref()),
    )
    .title("Region id"),
    Column::integer("year", "year of the inventory", |row: &PlotPoint| {
        Cell::Integer(i64::from(row.year))
    })
    .unit("year")
    .title("Inventory"),
    Column::text("stratum_id", "stratum of the plot", |row: &PlotPoint| {
        Cell::some_text(row.stratum.as_deref())
    })
    .title("Stratum"),
    Column::text(
        "plot_status",
        "forest where any part of the plot is forest, else nonforest",
        plot_status,
    )
    .title("Forest or not"),
    Column::new(
        RATIO,
        "forest_share_pct",
        "share of the plot that is forest",
        |row: &PlotPoint| Cell::real(row.forest_share.map(|share| 100.0 * share)),
    )
    .unit("%")
    .title("Forest share (%)"),
    Column::new(
        RATIO,
        "volume_m3_ha",
        "stock volume per hectare of the whole plot",
        |row: &PlotPoint| Cell::real(row.volume_m3_ha),
    )
    .unit("m3/ha")
    .title("Volume (m³/ha)"),
    Column::new(
        RATIO,
        "carbon_tc_ha",
        "carbon of the counted pools per hectare of the whole plot",
        |row: &PlotPoint| Cell::real(row.carbon_tc_ha),
    )
    .unit("t C/ha")
    .title("Carbon (t C/ha)"),
];

/// The layer of the plots.
#[must_use]
pub fn plots_layer(plots: &[PlotPoint], crs: Crs) -> Layer {
    Layer {
        name: "plots".to_owned(),
        title: "Plots".to_owned(),
        description: "Plots of the inventory".to_owned(),
        geometry: GeometryKind::Point,
        crs,
        fields: fields(PLOT_COLUMNS),
        features: plots
            .iter()
            .map(|plot| LayerFeature {
                geometry: Some(Geometry::Point(plot.position)),
                values: values(PLOT_COLUMNS, plot),
            })
            .collect(),
        styles: style::plots(plots),
        views: Vec::new(),
    }
}

/// One ecosystem of one region, where it has an outline.
#[derive(Debug, Clone, PartialEq)]
pub struct EcosystemPart {
    /// Region that the part lies in.
    pub region_id: Option<String>,
    /// Ecosystem id.
    pub ecosystem: String,
    /// Boundary of the plan that the outline comes from.
    pub boundary: String,
    /// Area on the ellipsoid.
    pub area: Hectares,
    /// The outline.
    pub outline: MultiPolygon<f64>,
}

/// Columns of the ecosystems layer.
pub static ECOSYSTEM_COLUMNS: &[Column<EcosystemPart>] = &[
    Column::text(
        "region_id",
        "region that the part lies in",
        |row: &EcosystemPart| Cell::some_text(row.region_id.as_deref()),
    )
    .title("Region id"),
    Column::text("ecosystem", "ecosystem id", |row: &EcosystemPart| {
        Cell::text(&row.ecosystem)
    })
    .title("Ecosystem"),
    Column::text(
        "boundary",
        "boundary of the plan that the outline comes from",
        |row: &EcosystemPart| Cell::text(&row.boundary),
    )
    .title("Boundary"),
    Column::new(
        HECTARES,
        "area_ha",
        "area on the ellipsoid",
        |row: &EcosystemPart| Cell::Real(row.area.value()),
    )
    .unit("ha")
    .title("Area (ha)"),
];

/// The layer of the ecosystems that have outlines.
#[must_use]
pub fn ecosystems_layer(parts: &[EcosystemPart], crs: Crs) -> Layer {
    Layer {
        name: "ecosystems".to_owned(),
        title: "Ecosystems".to_owned(),
        description: "Ecosystem boundaries of the plan, cut to the regions".to_owned(),
        geometry: GeometryKind::MultiPolygon,
        crs,
        fields: fields(ECOSYSTEM_COLUMNS),
        features: parts
            .iter()
            .map(|part| LayerFeature {
                geometry: Some(Geometry::MultiPolygon(part.outline.clone())),
                values: values(ECOSYSTEM_COLUMNS, part),
            })
            .collect(),
        styles: style::ecosystems(parts),
        views: Vec::new(),
    }
}
