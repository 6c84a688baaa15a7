//! The tables of a plan that describe the inventory: design, plots, fields, strata.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::classes::Classes;
use super::file::FieldValue;
use super::map_strata::MapStrataTable;
use super::stands::StandsTable;
use super::strata::{StrataTable, UnitsTable};
use super::trees::{TreeEquationsTable, TreeFieldsTable, TreesTable};
use super::unit::Substance;

/// `[inventory]`: the sample plots.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct InventoryTable {
    /// Design of the sample; required with plots, no design is assumed. A preset reads it from the
    /// data.
    #[serde(default)]
    pub design: String,
    /// Level of confidence of all intervals of the run; the same as that of `[uncertainty]`.
    #[serde(default)]
    pub confidence: Option<f64>,
    /// Fewest plots of a region for an estimate of its own; below, it borrows strength.
    #[serde(default = "usual_min_plots")]
    pub min_plots: usize,
    /// Area of the whole sampled population, in hectares, for designs without strata.
    pub area_ha: Option<f64>,
    /// How many plots (clusters, stands) could be drawn, for designs without strata; with it the
    /// finite population correction applies.
    pub population: Option<u64>,
    /// Columns of the plots, such as forest type or owner: every estimate is also given for each of
    /// their values.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Classes of the numbers in a column of `domains`, such as ages, by column.
    #[serde(default)]
    pub classes: Classes,
    /// Layers that help the plots.
    pub model_assisted: Option<ModelAssistedTable>,
    /// How regions with few plots borrow strength.
    pub small_areas: Option<SmallAreasTable>,
    /// One entry an inventory.
    #[serde(default)]
    pub plots: Vec<PlotsTable>,
    /// Which column of the plots holds what; required with plots.
    #[serde(default)]
    pub fields: FieldsTable,
    /// The strata and their weights.
    pub strata: Option<StrataTable>,
    /// Strata that are classes of a map of the plan, in place of a table.
    pub map_strata: Option<MapStrataTable>,
    /// Areas of the estimation units, where the table of the strata does not have them.
    pub units: Option<UnitsTable>,
    /// Tallied trees, one entry an inventory.
    #[serde(default)]
    pub trees: Vec<TreesTable>,
    /// Which column of the trees holds what; required with trees.
    pub tree_fields: Option<TreeFieldsTable>,
    /// Equations that give what stands in a tree.
    pub tree_equations: Option<TreeEquationsTable>,
    /// Stand registers, one entry a year.
    #[serde(default)]
    pub stands: Vec<StandsTable>,
}

impl InventoryTable {
    /// Whether strata or an area of the plan's own take the place of those of a preset.
    #[must_use]
    pub const fn has_own_sample(&self) -> bool {
        self.strata.is_some() || self.map_strata.is_some() || self.area_ha.is_some()
    }
}

fn usual_min_plots() -> usize {
    5
}

/// `[inventory.model-assisted]`: layers predict, the plots correct.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ModelAssistedTable {
    /// Names of `[[layer]]` entries with values.
    pub layers: Vec<String>,
    /// How they predict.
    #[serde(default)]
    pub estimator: AssistKey,
    /// How many of the plots that resemble a cell most predict it, for `nearest-neighbours`; 5 where
    /// not given.
    pub neighbours: Option<NonZeroUsize>,
    /// How near ones count more than far ones, for `nearest-neighbours`; equally where not given.
    pub weights: Option<NeighbourWeightKey>,
    /// Attributes whose map is written as a raster, such as `volume`, for `nearest-neighbours`.
    #[serde(default)]
    pub maps: Vec<String>,
}

/// How many neighbours predict a cell where the plan does not say it.
const USUAL_NEIGHBOURS: NonZeroUsize = NonZeroUsize::new(5).expect("five is not zero");

impl ModelAssistedTable {
    /// How many neighbours predict a cell and how they count; `None` for another estimator.
    #[must_use]
    pub fn neighbours(&self) -> Option<(NonZeroUsize, NeighbourWeightKey)> {
        (self.estimator == AssistKey::NearestNeighbours).then(|| {
            (
                self.neighbours.unwrap_or(USUAL_NEIGHBOURS),
                self.weights.unwrap_or_default(),
            )
        })
    }
}

/// Value of `estimator` of `[inventory.model-assisted]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AssistKey {
    /// A linear regression on the layers.
    #[default]
    Regression,
    /// The plots that resemble a cell most.
    NearestNeighbours,
}

/// Value of `weights` of `[inventory.model-assisted]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NeighbourWeightKey {
    /// All count the same.
    #[default]
    Equal,
    /// Each counts with the inverse of its distance.
    InverseDistance,
}

/// `[inventory.small-areas]`: regions with few plots, by a model of all regions.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SmallAreasTable {
    /// The model.
    pub method: SmallAreaKey,
    /// Names of `[[layer]]` entries with values whose means explain the regions, beside the share of
    /// mapped forest.
    #[serde(default)]
    pub layers: Vec<String>,
    /// Whether the regions are adjusted to add up to the direct total.
    #[serde(default = "usually")]
    pub benchmark: bool,
}

fn usually() -> bool {
    true
}

/// Value of `method` of `[inventory.small-areas]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SmallAreaKey {
    /// The model of Fay and Herriot.
    FayHerriot,
}

/// `[[inventory.plots]]`: the plots of one inventory.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PlotsTable {
    /// Year that the inventory stands for.
    pub year: i32,
    /// One row a plot: a CSV file, a workbook (XLSX, ODS), or any file that GDAL reads. Points of the
    /// file are the places of the plots where `[inventory.fields]` names no `x` and `y`.
    pub path: PathBuf,
    /// Layer, table or sheet, where there are several.
    pub layer: Option<String>,
    /// Encoding of a shapefile that does not say it, such as `GBK`.
    pub encoding: Option<String>,
    /// Keep only rows whose columns have these values.
    #[serde(default, rename = "where")]
    pub rows: BTreeMap<String, FieldValue>,
    /// Known tables in place of fields, strata and trees: `fia` for the database of the Forest
    /// Inventory and Analysis program, with `path` a folder of its CSV tables or one `SQLite` file.
    pub preset: Option<PlotPresetKey>,
    /// Evaluation (`EVALID`) of area and volume, with `preset = "fia"`.
    pub evaluation: Option<u32>,
    /// Code of the state (`STATECD`), with `preset = "fia"`: its evaluation that ends in `year`.
    pub state: Option<u32>,
    /// Files of the folder whose names do not say which table they hold, with `preset = "fia"`, such as
    /// `COND = "WYcond.csv"`.
    #[serde(default)]
    pub tables: BTreeMap<String, PathBuf>,
    /// Codes of species (`SPCD`) whose trees have no volume by definition, with `preset = "fia"`: an
    /// empty `VOLCFNET` of theirs is zero, not unknown.
    #[serde(default)]
    pub species_without_volume: Vec<u32>,
}

/// Value of `preset` of `[[inventory.plots]]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlotPresetKey {
    /// The FIA database of the USDA Forest Service.
    Fia,
}

/// `[inventory.fields]`: which column of the plots holds what.
///
/// Values are per hectare of the whole plot: a plot without forest has zeros.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FieldsTable {
    /// Id of the plot, unique within an inventory; required without a preset.
    #[serde(default)]
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
    /// Area of the stand that was measured as a whole, for the design `ratio-to-size`.
    pub size: Option<ColumnKey>,
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

impl FieldsTable {
    /// The same to be changed.
    pub fn measured_mut(&mut self) -> [(&'static str, Option<&mut ColumnKey>, Substance); 11] {
        let of = self.clone();
        let named = of.measured().map(|(name, _, substance)| (name, substance));
        let columns = [
            &mut self.size,
            &mut self.forest_share,
            &mut self.volume,
            &mut self.above_ground_biomass,
            &mut self.below_ground_biomass,
            &mut self.above_ground_carbon,
            &mut self.below_ground_carbon,
            &mut self.understory_carbon,
            &mut self.dead_wood_carbon,
            &mut self.litter_carbon,
            &mut self.soil_carbon,
        ];
        let mut columns = columns.into_iter();
        named.map(|(name, substance)| (name, columns.next().and_then(Option::as_mut), substance))
    }

    /// The keys that name columns of measured values, and what these measure.
    #[must_use]
    pub fn measured(&self) -> [(&'static str, Option<&ColumnKey>, Substance); 11] {
        use Substance::{Area, Carbon, DryMatter, Share, Volume};
        [
            ("size", &self.size, Area),
            ("forest-share", &self.forest_share, Share),
            ("volume", &self.volume, Volume),
            (
                "above-ground-biomass",
                &self.above_ground_biomass,
                DryMatter,
            ),
            (
                "below-ground-biomass",
                &self.below_ground_biomass,
                DryMatter,
            ),
            ("above-ground-carbon", &self.above_ground_carbon, Carbon),
            ("below-ground-carbon", &self.below_ground_carbon, Carbon),
            ("understory-carbon", &self.understory_carbon, Carbon),
            ("dead-wood-carbon", &self.dead_wood_carbon, Carbon),
            ("litter-carbon", &self.litter_carbon, Carbon),
            ("soil-carbon", &self.soil_carbon, Carbon),
        ]
        .map(|(name, key, substance)| (name, key.as_ref(), substance))
    }
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

impl ColumnKey {
    /// Gives a column in a table of its own a unit where it has none, so that nobody asks for it.
    pub fn assume_unit(&mut self, unit: &str) {
        if let Self::Column(column) = self {
            column.unit.get_or_insert_with(|| unit.to_owned());
        }
    }

    /// The columns, each with its unit where that is stated.
    #[must_use]
    pub fn columns(&self) -> Vec<(&str, Option<&str>)> {
        match self {
            Self::Name(name) => vec![(name, None)],
            Self::Names(names) => names.iter().map(|name| (name.as_str(), None)).collect(),
            Self::Column(column) => vec![(&column.column, column.unit.as_deref())],
        }
    }
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
