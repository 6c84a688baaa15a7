//! The plan file as a person writes it: one TOML file describes a run.
//!
//! Every key is declared here once, with its meaning; the published JSON schema, the check for
//! unknown keys and the parser all come from these types.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::layer::LayerTable;

/// A terrasink plan. Only `name` and `regions` are required: what else is present decides what
/// can be computed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PlanFile {
    /// Name of the run, as reports show it.
    pub name: String,
    /// Directory that the run writes, relative to the plan; `--out` overrides it.
    pub out: Option<PathBuf>,
    /// Refuse every result that rests on a parameter not yet checked against its document.
    #[serde(default)]
    pub registry: bool,
    /// The regions that get an account.
    pub regions: RegionsTable,
    /// How cells are counted.
    #[serde(default)]
    pub grid: GridTable,
    /// Land-cover maps, one entry a year.
    #[serde(default)]
    pub land_cover: Vec<LandCoverTable>,
    /// Ecosystem boundaries that override the class inside their polygons; earlier entries win.
    #[serde(default)]
    pub boundary: Vec<BoundaryTable>,
    /// Further rasters, of classes or of values.
    #[serde(default)]
    pub layer: Vec<LayerTable>,
    /// What counts as forest.
    #[serde(default)]
    pub forest: ForestTable,
    /// Between which maps transitions are given.
    #[serde(default)]
    pub change: ChangeTable,
    /// The sample plots.
    pub inventory: Option<InventoryTable>,
    /// How carbon is accounted.
    pub carbon: Option<CarbonTable>,
    /// How uncertainty is propagated.
    #[serde(default)]
    pub uncertainty: UncertaintyTable,
    /// Policy targets to hold the result against.
    pub targets: Option<TargetsTable>,
}

/// `[regions]`: who gets an account; regions may overlap or nest.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RegionsTable {
    /// File with the region polygons, in any format that GDAL reads.
    pub path: PathBuf,
    /// Layer, where the file has several.
    pub layer: Option<String>,
    /// Field with the id of a region.
    pub id: String,
    /// Field with its name.
    pub name_field: Option<String>,
    /// Field with the id of the region that it is part of.
    pub parent: Option<String>,
    /// Coordinate system, where the file does not say (such as `EPSG:4490`).
    pub crs: Option<String>,
    /// Encoding of the attributes, where the file does not say (such as `GBK`).
    pub encoding: Option<String>,
    /// Repair invalid polygons and say so, instead of refusing them.
    #[serde(default)]
    pub repair: bool,
}

/// `[grid]`: how cells are counted.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GridTable {
    /// `exact`: by the share of a cell inside the polygon (default); `centre`: the whole cell when
    /// its centre is inside, for comparison with other programs.
    #[serde(default)]
    pub cells: CellsKey,
}

/// Value of `[grid] cells`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CellsKey {
    /// By the share of a cell inside the polygon.
    #[default]
    Exact,
    /// The whole cell when its centre is inside.
    Centre,
}

/// `[[land-cover]]`: one map.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LandCoverTable {
    /// Year that the map shows.
    pub year: i32,
    /// Raster file of class codes.
    pub path: PathBuf,
    /// Band with the codes, from 1.
    #[serde(default = "first_band")]
    pub band: u32,
    /// Id of a legend of the seeds, or a CSV file: `code, class_name, ecosystem`.
    pub legend: String,
    /// Coordinate system, where the file does not say.
    pub crs: Option<String>,
    /// Code that means "no value", where the file does not say.
    pub nodata: Option<i64>,
}

fn first_band() -> u32 {
    1
}

/// `[[boundary]]`: polygons of one ecosystem.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BoundaryTable {
    /// Ecosystem inside the polygons.
    pub ecosystem: String,
    /// Name in tables; default: the ecosystem.
    pub name: Option<String>,
    /// File with the polygons.
    pub path: PathBuf,
    /// Layer, where the file has several.
    pub layer: Option<String>,
    /// Keep only features whose fields have these values.
    #[serde(default, rename = "where")]
    pub rows: BTreeMap<String, FieldValue>,
    /// Override only these ecosystems; default: all but water and built.
    pub overrides: Option<Vec<String>>,
    /// Coordinate system, where the file does not say.
    pub crs: Option<String>,
    /// Encoding of the attributes, where the file does not say.
    pub encoding: Option<String>,
    /// Repair invalid polygons and say so, instead of refusing them.
    #[serde(default)]
    pub repair: bool,
}

/// A text, a number, or a list of them, to select rows by.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a text, a whole number, or a list of texts or whole numbers"
)]
pub enum FieldValue {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Any of these.
    AnyOf(Vec<FieldValue>),
}

impl std::fmt::Display for FieldValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "\"{text}\""),
            Self::Number(number) => write!(f, "{number}"),
            Self::AnyOf(values) => {
                for (i, value) in values.iter().enumerate() {
                    let or = if i == 0 { "" } else { " or " };
                    write!(f, "{or}{value}")?;
                }
                Ok(())
            }
        }
    }
}

impl FieldValue {
    /// Whether the written value of a field is meant.
    #[must_use]
    pub fn matches(&self, written: &str) -> bool {
        let written = written.trim();
        match self {
            Self::Text(text) => text == written,
            Self::Number(number) => written
                .parse::<f64>()
                .is_ok_and(|value| (value - *number as f64).abs() < 1e-9),
            Self::AnyOf(values) => values.iter().any(|value| value.matches(written)),
        }
    }
}

/// `[forest]`: what counts as forest.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ForestTable {
    /// A definition of the seeds: `cn-nfi`, `fao-fra`, `ipcc`.
    pub definition: Option<String>,
    /// Class codes that count as forest, instead of the classes that the legend says.
    pub classes: Option<Vec<i64>>,
    /// Smallest patch that counts as forest, in hectares, on each map; without it, patches are not
    /// looked at.
    pub min_area_ha: Option<f64>,
    /// Which cells touch and make a patch: 4 (by edges) or 8 (by corners too, default).
    pub neighbours: Option<u8>,
    /// Denominator of the coverage rate: `exclude-water` (default) or `total`.
    pub land_area: Option<String>,
}

/// `[change]`: between which maps transitions are given.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChangeTable {
    /// Further pairs of years, beside each step and the first to the last.
    #[serde(default)]
    pub spans: Vec<[i32; 2]>,
}

/// `[inventory]`: the sample plots.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct InventoryTable {
    /// Design of the sample; required, no design is assumed.
    pub design: String,
    /// Level of confidence of all intervals of the run.
    #[serde(default = "usual_confidence")]
    pub confidence: f64,
    /// Fewest plots of a region for an estimate of its own; below, it borrows strength.
    #[serde(default = "usual_min_plots")]
    pub min_plots: usize,
    /// Area of the whole sampled population, in hectares, for designs without strata.
    pub area_ha: Option<f64>,
    /// One entry an inventory.
    pub plots: Vec<PlotsTable>,
    /// Which column of the plots holds what.
    pub fields: FieldsTable,
    /// The strata and their weights.
    pub strata: Option<StrataTable>,
}

fn usual_confidence() -> f64 {
    0.95
}

fn usual_min_plots() -> usize {
    5
}

/// `[[inventory.plots]]`: the plots of one inventory.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PlotsTable {
    /// Year that the inventory stands for.
    pub year: i32,
    /// CSV file, one row a plot.
    pub path: PathBuf,
    /// Keep only rows whose columns have these values.
    #[serde(default, rename = "where")]
    pub rows: BTreeMap<String, FieldValue>,
}

/// `[inventory.fields]`: which column of the plots holds what.
///
/// Values are per hectare of the whole plot: a plot without forest has zeros.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FieldsTable {
    /// Id of the plot, unique within an inventory.
    pub id: String,
    /// Id of the same plot in the inventory before.
    pub previous: Option<String>,
    /// Id of the region that the plot belongs to.
    pub region: Option<String>,
    /// Id of the parent region, where plots are known no closer.
    pub parent: Option<String>,
    /// Stratum of the plot.
    pub stratum: Option<String>,
    /// Estimation unit of the plot, where units share names of strata.
    pub unit: Option<String>,
    /// Cluster of the plot, for the design `cluster`.
    pub cluster: Option<String>,
    /// Year of the measurement: tells a plot that was measured again from a measurement that
    /// serves two inventories.
    pub measured: Option<String>,
    /// Easting or longitude.
    pub x: Option<String>,
    /// Northing or latitude.
    pub y: Option<String>,
    /// Coordinate system of `x` and `y`.
    pub crs: Option<String>,
    /// Share of the plot that is forest, 0 to 1 (adjusted shares may pass 1).
    pub forest_share: Option<ColumnKey>,
    /// Stock volume of living stems.
    pub volume: Option<ColumnKey>,
    /// Dry matter above ground.
    pub above_ground_biomass: Option<ColumnKey>,
    /// Dry matter below ground.
    pub below_ground_biomass: Option<ColumnKey>,
    /// Carbon of living trees above ground.
    pub above_ground_carbon: Option<ColumnKey>,
    /// Carbon of living trees below ground.
    pub below_ground_carbon: Option<ColumnKey>,
    /// Carbon of the understorey.
    pub understory_carbon: Option<ColumnKey>,
    /// Carbon of dead wood.
    pub dead_wood_carbon: Option<ColumnKey>,
    /// Carbon of litter.
    pub litter_carbon: Option<ColumnKey>,
    /// Organic carbon of the soil; `depth-cm` must be given.
    pub soil_carbon: Option<ColumnKey>,
}

/// A column, several columns to be summed, or a column with its unit.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a column name, a list of column names, or { column = ..., unit = ... }"
)]
pub enum ColumnKey {
    /// One column; its unit is read from its name.
    Name(String),
    /// Several columns that are summed; their units are read from their names.
    Names(Vec<String>),
    /// A column with its unit.
    Column(ColumnTable),
}

/// A column with its unit.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ColumnTable {
    /// Name of the column.
    pub column: String,
    /// Unit of its values, such as `m3/ha`.
    pub unit: Option<String>,
    /// Depth of a soil column, in centimetres.
    pub depth_cm: Option<f64>,
}

/// `[inventory.strata]`: the strata and their weights.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StrataTable {
    /// CSV file, one row a stratum (and inventory).
    pub path: PathBuf,
    /// Column with the year of the inventory; without it all inventories share the strata.
    pub year: Option<String>,
    /// Column with the estimation unit; without it there is one.
    pub unit: Option<String>,
    /// Column with the stratum.
    pub stratum: String,
    /// Column with the area of the estimation unit, in hectares.
    pub area: String,
    /// Column with the share of the stratum in its estimation unit (0 to 1), or with the number of
    /// map cells or first-phase points that fell into it.
    pub weight: String,
    /// Column with the number of plots, for a check.
    pub plots: Option<String>,
}

/// `[carbon]`: how carbon is accounted.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CarbonTable {
    /// Method for forest: an id of `terrasink methods`.
    pub method: Option<String>,
    /// Climate zone, where a method picks its parameters by it.
    pub climate_zone: Option<String>,
    /// Further keys that methods pick their parameters by.
    #[serde(default)]
    pub keys: BTreeMap<String, String>,
    /// Methods of further ecosystems.
    #[serde(default)]
    pub ecosystem: Vec<EcosystemTable>,
}

/// `[[carbon.ecosystem]]`: the method of one ecosystem.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EcosystemTable {
    /// Ecosystem id.
    pub ecosystem: String,
    /// Method id.
    pub method: String,
    /// Climate zone, where it differs from the run's.
    pub climate_zone: Option<String>,
    /// Further keys that the method picks its parameters by.
    #[serde(default)]
    pub keys: BTreeMap<String, String>,
}

/// `[uncertainty]`: how uncertainty is propagated.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct UncertaintyTable {
    /// Number of Monte Carlo draws; at least 10 000 are asked by the IPCC and by registries.
    #[serde(default = "usual_draws")]
    pub draws: u32,
    /// Seed of the draws.
    #[serde(default = "usual_seed")]
    pub seed: u64,
}

fn usual_draws() -> u32 {
    10_000
}

fn usual_seed() -> u64 {
    20_260_101
}

impl Default for UncertaintyTable {
    fn default() -> Self {
        Self {
            draws: usual_draws(),
            seed: usual_seed(),
        }
    }
}

/// `[targets]`: policy targets to hold the result against.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TargetsTable {
    /// Policy id of the seeds.
    pub policy: String,
}
