//! The plan file as a person writes it: one TOML file describes a run.
//!
//! Every key is declared here once, with its meaning; the published JSON schema, the check for
//! unknown keys and the parser all come from these types.

use std::collections::BTreeSet;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::accuracy::AccuracyTable;
use super::boundary::BoundaryTable;
use super::carbon::CarbonTable;
use super::credit::CreditTable;
use super::fire::FireTable;
use super::grid::GridTable;
use super::harvested_wood::HarvestedWoodTable;
use super::inventory::InventoryTable;
use super::layer::{LayerTable, ResamplingKey};
use super::price::PriceTable;
use super::reading::Unread;
use super::restoration::RestorationTable;
use super::soil_samples::SoilSamplesTable;
use crate::account::CANOPY;
use crate::finding::Finding;

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
    /// The cells of the run, and how they are counted.
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
    /// A reference sample for the accuracy of a map.
    pub accuracy: Option<AccuracyTable>,
    /// The sample plots.
    pub inventory: Option<InventoryTable>,
    /// How carbon is accounted.
    pub carbon: Option<CarbonTable>,
    /// How uncertainty is propagated.
    #[serde(default)]
    pub uncertainty: UncertaintyTable,
    /// Policy targets to hold the result against.
    pub targets: Option<TargetsTable>,
    /// What a tonne is worth.
    pub price: Option<PriceTable>,
    /// The deduction of a crediting standard for uncertainty.
    pub credit: Option<CreditTable>,
    /// Carbon in products of wood.
    pub harvested_wood: Option<HarvestedWoodTable>,
    /// Soil carbon from the layers of profiles.
    pub soil_samples: Option<SoilSamplesTable>,
    /// Land that burnt.
    #[serde(default)]
    pub fire: Vec<FireTable>,
    /// Treated polygons held against controls, before and after.
    #[serde(default)]
    pub restoration: Vec<RestorationTable>,
}

impl PlanFile {
    /// The dates of the run: years of its maps; without maps, years of its boundaries.
    #[must_use]
    pub fn years(&self) -> BTreeSet<i32> {
        if self.land_cover.is_empty() {
            self.boundary
                .iter()
                .filter_map(|table| table.year)
                .collect()
        } else {
            self.land_cover.iter().map(|map| map.year).collect()
        }
    }

    /// Whether a map holds canopy cover in percent.
    #[must_use]
    pub fn has_canopy(&self) -> bool {
        self.land_cover.iter().any(|map| map.legend == CANOPY)
    }
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
    /// Id of a legend of the seeds, `canopy-percent` for a map of canopy cover in whole percent, or a
    /// CSV file: `code, class_name, ecosystem`.
    pub legend: String,
    /// Coordinate system, where the file does not say.
    pub crs: Option<String>,
    /// Code that means "no value", where the file does not say.
    pub nodata: Option<i64>,
    /// How a map of another grid is brought to that of the run: `nearest` (default) or `mode`.
    pub resampling: Option<ResamplingKey>,
}

fn first_band() -> u32 {
    1
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
    /// Least canopy of forest, in percent, on maps with the legend `canopy-percent`; without it, that
    /// of the definition.
    pub canopy_min_pct: Option<f64>,
    /// In place of `canopy-min-pct`: canopy that forest must exceed, in percent.
    pub canopy_over_pct: Option<f64>,
    /// Name of a `[[layer]]` of heights in metres: on a map of canopy, forest needs the height too.
    pub height_layer: Option<String>,
    /// Least height of forest, in metres, in `height-layer`; without it, that of the definition.
    pub height_min_m: Option<f64>,
    /// Smallest patch that counts as forest, in hectares, on each map; without it, patches are not
    /// looked at.
    pub min_area_ha: Option<f64>,
    /// Which cells touch and make a patch: 4 (by edges) or 8 (by corners too, default).
    pub neighbours: Option<u8>,
    /// Denominator of the coverage rate: `exclude-water` (default) or `total`.
    pub land_area: Option<String>,
}

impl ForestTable {
    /// What is wrong with a rule for what counts as forest.
    pub(super) fn sense(&self, place: &str, of_canopy: bool, unread: &Unread) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut refuse = |what: String, remedy: &str| {
            findings.push(Finding::error(place, what, remedy));
        };
        for (key, canopy) in [
            ("canopy-min-pct", self.canopy_min_pct),
            ("canopy-over-pct", self.canopy_over_pct),
        ] {
            match canopy {
                Some(percent) if !(percent > 0.0 && percent <= 100.0) => refuse(
                    format!("`[forest] {key}` is {percent}"),
                    "give a canopy in percent, such as 20",
                ),
                Some(_) if !of_canopy && unread.spares(&["land-cover"]) => refuse(
                    format!("`[forest] {key}` without a map of canopy"),
                    "give a `[[land-cover]]` the legend `canopy-percent`, or leave the key out",
                ),
                _ => {}
            }
        }
        if self.canopy_min_pct.and(self.canopy_over_pct).is_some() {
            refuse(
                "`[forest]` has `canopy-min-pct` and `canopy-over-pct`".into(),
                "keep one: so many percent and more, or more than so many",
            );
        }
        if of_canopy && self.classes.is_some() {
            refuse(
                "`[forest] classes` with a map of canopy".into(),
                "give `canopy-min-pct` instead: percents are no classes",
            );
        }
        if let Some(classes) = &self.classes {
            if classes.is_empty() {
                refuse(
                    "`[forest] classes` is empty: nothing would count as forest".into(),
                    "give the codes of forest, or leave the key out",
                );
            }
            if self.definition.is_some() {
                refuse(
                    "`[forest]` has `classes` and a `definition`, and either says what counts as forest".into(),
                    "keep one of them",
                );
            }
        }
        if self
            .min_area_ha
            .is_some_and(|area| !(area > 0.0 && area.is_finite()))
        {
            refuse(
                "`[forest] min-area-ha` is not a positive number".into(),
                "give the smallest patch in hectares, such as 0.5",
            );
        }
        match (self.neighbours, self.min_area_ha) {
            (Some(n), _) if n != 4 && n != 8 => refuse(
                format!("`[forest] neighbours` is {n}"),
                "use 4 (cells that share an edge) or 8 (corners too)",
            ),
            (Some(_), None) if unread.lacks(&["forest.min-area-ha"]) => refuse(
                "`[forest] neighbours` without `min-area-ha`".into(),
                "give `min-area-ha`, or leave `neighbours` out",
            ),
            _ => {}
        }
        findings
    }
}

/// `[change]`: between which maps transitions are given.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChangeTable {
    /// Further pairs of years, beside each step and the first to the last.
    #[serde(default)]
    pub spans: Vec<[i32; 2]>,
}

/// `[uncertainty]`: how uncertainty is propagated.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct UncertaintyTable {
    /// Level of confidence of all intervals of the run, 0.95 where nothing is said.
    #[serde(default)]
    pub confidence: Option<f64>,
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
            confidence: None,
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
    pub policy: Option<String>,
    /// Targets of your own, as CSV: `year, indicator, comparison, value, unit`, and `scope` with a
    /// region id, `every-region` or `national`.
    pub path: Option<PathBuf>,
}

impl TargetsTable {
    /// What is wrong with the targets of a plan.
    pub(super) fn sense(&self, place: &str) -> Option<Finding> {
        (self.policy.is_none() && self.path.is_none()).then(|| {
            Finding::error(
                place,
                "`[targets]` names no targets",
                "give `policy`, or `path` with a table of your own",
            )
        })
    }
}
