//! The tables of a plan that describe the inventory: design, plots, fields, strata.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::classes::{self, Classes};
use super::fia;
use super::file::FieldValue;
use super::keys::suggestion;
use super::layer::LayerTable;
use super::map_strata::MapStrataTable;
use super::stands::{self, StandsTable};
use super::strata::{self, StrataTable, UnitsTable};
use super::trees::{self, TreeEquationsTable, TreeFieldsTable, TreesTable};
use crate::finding::Finding;

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

/// What is wrong with the layers that help the plots.
fn sense_model(model: &ModelAssistedTable, refuse: &mut dyn FnMut(String, &str)) {
    if model.layers.is_empty() {
        refuse(
            "`[inventory.model-assisted]` names no layers".into(),
            "name at least one `[[layer]]` with values",
        );
    }
    let layers = model.layers.iter().enumerate();
    for (_, layer) in layers.filter(|(at, layer)| model.layers[..*at].contains(layer)) {
        refuse(
            format!("`[inventory.model-assisted]` names the layer `{layer}` twice"),
            "name each layer once",
        );
    }
    let nearest = model.estimator == AssistKey::NearestNeighbours;
    let of_nearest =
        model.neighbours.is_some() || model.weights.is_some() || !model.maps.is_empty();
    if !nearest && of_nearest {
        refuse(
            "`[inventory.model-assisted]` has `neighbours`, `weights` or `maps`, and its estimator is a regression".into(),
            "write estimator = \"nearest-neighbours\", or leave them out",
        );
    }
}

/// What is wrong with the values of an inventory.
pub(super) fn sense(place: &str, inventory: &InventoryTable) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |what: String, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
    if inventory.plots.is_empty() && inventory.stands.is_empty() {
        refuse(
            "`[inventory]` has no `[[inventory.plots]]` and no `[[inventory.stands]]`".into(),
            if inventory.confidence.is_some() {
                "add one entry for each inventory; without any, the level of intervals is `[uncertainty] confidence`"
            } else {
                "add one entry for each inventory, or take `[inventory]` out"
            },
        );
    }
    if !inventory.plots.is_empty() {
        let preset = fia::is_used(inventory);
        if inventory.design.is_empty() && !preset {
            refuse(
                "`[inventory]` has plots and no `design`".into(),
                "declare how the plots were drawn; no design is assumed",
            );
        }
        if inventory.fields.id.is_empty() && !preset {
            let what = if inventory.fields == FieldsTable::default() {
                "`[inventory]` has plots and no `[inventory.fields]`"
            } else {
                "`[inventory.fields]` names no `id`"
            };
            refuse(what.into(), "say which column holds what, `id` at least");
        }
    }
    for (i, plots) in inventory.plots.iter().enumerate() {
        if inventory.plots[..i].iter().any(|p| p.year == plots.year) {
            refuse(
                format!(
                    "two `[[inventory.plots]]` entries have the year {}",
                    plots.year
                ),
                "give one entry a year",
            );
        }
    }
    if let Some(model) = &inventory.model_assisted {
        sense_model(model, &mut refuse);
    }
    let fields = &inventory.fields;
    if fields.x.is_some() != fields.y.is_some() {
        refuse(
            "`[inventory.fields]` has one of `x` and `y`".into(),
            "give both or none",
        );
    }
    if fields.x.is_some() && fields.crs.is_none() {
        refuse(
            "`[inventory.fields]` has `x` and `y` without `crs`".into(),
            "say the coordinate system, such as crs = \"EPSG:4326\"",
        );
    }
    if let Some(soil) = &fields.soil_carbon {
        let depth = match soil {
            ColumnKey::Column(column) => column.depth_cm,
            _ => None,
        };
        if depth.is_none_or(|depth| depth <= 0.0) {
            refuse(
                "`soil-carbon` without its depth".into(),
                "write soil-carbon = { column = \"...\", unit = \"t_c/ha\", depth-cm = 100 }: soils of different depths are never summed",
            );
        }
    }
    findings.extend(strata::sense(place, inventory));
    findings.extend(classes::sense(place, inventory));
    findings.extend(fia::sense(place, inventory));
    findings.extend(trees::sense(place, inventory));
    findings.extend(stands::sense(place, &inventory.stands));
    findings
}

/// Layers that an inventory names and the plan does not have, or has without values.
pub(super) fn sense_layers(
    place: &str,
    inventory: &InventoryTable,
    layers: &[LayerTable],
) -> Vec<Finding> {
    let of_model = inventory
        .model_assisted
        .iter()
        .flat_map(|model| &model.layers);
    let of_areas = inventory.small_areas.iter().flat_map(|small| &small.layers);
    let named = of_model
        .map(|name| ("`[inventory.model-assisted]`", name))
        .chain(of_areas.map(|name| ("`[inventory.small-areas]`", name)));
    let values: Vec<&str> = layers
        .iter()
        .filter(|layer| layer.unit.is_some())
        .map(|layer| layer.name.as_str())
        .collect();
    let unfit = named.filter(|(_, name)| !values.contains(&name.as_str()));
    unfit
        .map(|(table, name)| {
            let has_classes = layers.iter().any(|layer| layer.name == *name);
            let what = if has_classes {
                format!("{table} names the layer `{name}`, which holds classes")
            } else {
                format!("{table} names the layer `{name}`, which the plan does not have")
            };
            let remedy = match suggestion(name, values.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if values.is_empty() => "add a `[[layer]]` with `unit`".to_owned(),
                None => format!("layers with values are: {}", values.join(", ")),
            };
            Finding::error(place, what, remedy)
        })
        .collect()
}
