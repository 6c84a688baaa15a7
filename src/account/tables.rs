//! The rows that a run produces: one fact a row, every figure with its method and its spread.
//!
//! These are values, not files. The report room writes them and knows what each column means; the
//! rooms before it fill them.

use super::choice::Within;
use super::region_summary::RegionSummary;
use crate::units::{Hectares, PerYear, TonnesCarbon, TonnesCo2e, Years};

/// Region id of the row that holds the union of all regions.
pub const TOTAL: &str = "_total";

/// A figure with its spread at the plan's level of confidence.
///
/// What is not known is `None`. A figure that has no sampling error, such as an area counted on a
/// map, has no spread rather than a spread of zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure<Q> {
    /// The figure itself.
    pub value: Q,
    /// Its standard error, in the same unit.
    pub standard_error: Option<f64>,
    /// Lower and upper bound at the plan's level.
    pub interval: Option<(Q, Q)>,
}

impl<Q> Figure<Q> {
    /// The figure as another quantity of the same size, so that its standard error stays.
    pub(crate) fn map<R>(self, quantity: impl Fn(Q) -> R) -> Figure<R> {
        Figure {
            value: quantity(self.value),
            standard_error: self.standard_error,
            interval: self
                .interval
                .map(|(lower, upper)| (quantity(lower), quantity(upper))),
        }
    }
}

/// What an area row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AreaKind {
    /// The polygon itself, on the ellipsoid.
    Region,
    /// One class of the map.
    Class,
    /// One ecosystem, after boundaries took precedence over classes.
    Ecosystem,
    /// One boundary of the plan, cut to the region.
    Boundary,
    /// Classes that count as forest.
    Forest,
    /// The part of these classes in patches too small to count.
    SmallPatches,
    /// Denominator of the coverage rate.
    Land,
    /// Cells without a value.
    Nodata,
    /// Part of the region outside the raster.
    Outside,
}

/// One area of one region.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaRow {
    /// Region, or [`TOTAL`].
    pub region_id: String,
    /// Year of the map; `None` where the area is not from a map.
    pub year: Option<i32>,
    /// What the area is of.
    pub kind: AreaKind,
    /// Class code, ecosystem id or boundary name.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Area on the ellipsoid.
    pub area: Hectares,
    /// Sum of the covered shares of the cells; `None` where no cell was counted.
    pub cell_fraction_sum: Option<f64>,
    /// Plane area in the grid's coordinate system, where it differs by more than 0.01 %.
    pub plane_area: Option<Hectares>,
}

/// Area that went from one class to another between two maps.
#[derive(Debug, Clone, PartialEq)]
pub struct TransitionRow {
    /// Region, or [`TOTAL`].
    pub region_id: String,
    /// Year of the earlier map.
    pub from_year: i32,
    /// Year of the later map.
    pub to_year: i32,
    /// Class code at the earlier date; `nodata` where the map has none.
    pub from_code: String,
    /// Name of that class.
    pub from_name: String,
    /// Class code at the later date.
    pub to_code: String,
    /// Name of that class.
    pub to_name: String,
    /// Area on the ellipsoid.
    pub area: Hectares,
    /// Sum of the covered shares of the cells.
    pub cell_fraction_sum: Option<f64>,
}

/// What a further layer says of one ecosystem of one region.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerRow {
    /// Region, or [`TOTAL`].
    pub region_id: String,
    /// Year of the map that the ecosystem is from; `None` for the whole region.
    pub year: Option<i32>,
    /// Ecosystem id; `all` for the whole region.
    pub ecosystem: String,
    /// Name of the layer.
    pub layer: String,
    /// Class code; `nodata` where the layer has no value; empty for values.
    pub class_code: String,
    /// Name of the class.
    pub class_name: String,
    /// Unit of the values; empty for classes.
    pub unit: String,
    /// Area of the class, or with data, on the ellipsoid.
    pub area: Hectares,
    /// Mean over that area.
    pub mean: Option<f64>,
    /// Sum over that area.
    pub sum: Option<f64>,
    /// Unit of the sum.
    pub sum_unit: String,
    /// Least value of the cells touched.
    pub min: Option<f64>,
    /// Greatest value of the cells touched.
    pub max: Option<f64>,
}

/// Carbon stock of one pool of one ecosystem of one region.
#[derive(Debug, Clone, PartialEq)]
pub struct CarbonRow {
    /// Region, or [`TOTAL`].
    pub region_id: String,
    /// Year of the stock.
    pub year: i32,
    /// Ecosystem id.
    pub ecosystem: String,
    /// Pool id.
    pub pool: String,
    /// Depth of a soil pool, in centimetres.
    pub soil_depth_cm: Option<f64>,
    /// Classes of a layer that the plan chose it for; `None` where it is of all land.
    pub within: Option<Within>,
    /// Area that the stock stands on.
    pub area: Option<Hectares>,
    /// The stock; `None` where no method gives one, with the reason in `note`.
    pub carbon: Option<Figure<TonnesCarbon>>,
    /// Whether it is part of the headline stock.
    pub counted: bool,
    /// Method id.
    pub method: String,
    /// Approach (formula) id.
    pub approach: String,
    /// How it follows from area and parameters, to be redone with a pocket calculator; empty where
    /// other tables tell.
    pub arithmetic: String,
    /// Ids of the parameter rows that went in.
    pub parameters: Vec<String>,
    /// How good the figure is.
    pub quality: String,
    /// What must be known of it.
    pub note: String,
}

/// Net removal from the atmosphere by one pool of one ecosystem of one region.
#[derive(Debug, Clone, PartialEq)]
pub struct SequestrationRow {
    /// Region, or [`TOTAL`].
    pub region_id: String,
    /// First year of the period.
    pub period_start: i32,
    /// Last year of the period.
    pub period_end: i32,
    /// Ecosystem id.
    pub ecosystem: String,
    /// Pool id.
    pub pool: String,
    /// Removal, positive when the ecosystem takes up carbon; `None` with the reason in `note`.
    pub removal: Option<Figure<PerYear<TonnesCo2e>>>,
    /// Whether it is part of the headline figure.
    pub counted: bool,
    /// Method id.
    pub method: String,
    /// Approach (formula) id.
    pub approach: String,
    /// How it follows from area and parameters, to be redone with a pocket calculator; empty where
    /// other tables tell.
    pub arithmetic: String,
    /// Ids of the parameter rows that went in.
    pub parameters: Vec<String>,
    /// How good the figure is.
    pub quality: String,
    /// What must be known of it.
    pub note: String,
}

/// One line of the uncertainty of a headline figure: of the whole, or the part of one input.
#[derive(Debug, Clone, PartialEq)]
pub struct UncertaintyRow {
    /// Region, or [`TOTAL`].
    pub region_id: String,
    /// Headline column that the line is about, such as `carbon_tc`.
    pub figure: String,
    /// `approach-1` (closed form) or `approach-2` (Monte Carlo).
    pub approach: String,
    /// `all`, or the input whose part of the variance the line gives.
    pub input: String,
    /// The figure, or its mean over the draws.
    pub value: f64,
    /// Its standard error from this input (or all).
    pub standard_error: Option<f64>,
    /// Bounds at `level`.
    pub interval: Option<(f64, f64)>,
    /// Level of confidence of the bounds.
    pub level: f64,
    /// Share of the variance of the figure, in percent.
    pub variance_share_pct: Option<f64>,
    /// Number of draws, for approach 2.
    pub draws: Option<u32>,
    /// What must be known of it.
    pub note: String,
}

/// A policy target against what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetRow {
    /// Region, or [`TOTAL`].
    pub region_id: String,
    /// Policy id.
    pub policy: String,
    /// Year of the target.
    pub year: i32,
    /// Indicator id, such as `forest_coverage_rate`.
    pub indicator: String,
    /// `>=` or `~`.
    pub comparison: String,
    /// The target.
    pub target: f64,
    /// Unit of the target and of what was found.
    pub unit: String,
    /// What was found.
    pub found: Option<f64>,
    /// Year of what was found.
    pub found_year: Option<i32>,
    /// Found less target.
    pub gap: Option<f64>,
    /// Whether the target is met; `None` where nothing was found or the target is not this region's.
    pub met: Option<bool>,
    /// Probability that the true value meets the target, where it has a spread.
    pub probability: Option<f64>,
    /// Source of the target.
    pub source: String,
    /// What must be known of it.
    pub note: String,
}

/// A published parameter that the run used.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterRow {
    /// Id, unique within the run.
    pub id: String,
    /// What it is, in words.
    pub quantity: String,
    /// Its value.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// Published bounds.
    pub interval: Option<(f64, f64)>,
    /// What the bounds are: `sd`, `se`, `ci95`, `default` (nominal percent), `range`.
    pub interval_kind: String,
    /// Key of the source in `seeds/sources.csv`, or `user`.
    pub cite: String,
    /// Where in the source.
    pub locator: String,
    /// `verified`, `memory` or `user`.
    pub confidence: String,
    /// Methods that used it.
    pub used_by: Vec<String>,
}

/// A law that the run checked on itself.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckRow {
    /// Id of the law, such as `partition`.
    pub check: String,
    /// Region, or [`TOTAL`], or empty.
    pub region_id: String,
    /// What the law is, in words.
    pub law: String,
    /// Left side.
    pub found: f64,
    /// Right side.
    pub expected: f64,
    /// Unit of both.
    pub unit: String,
    /// Relative difference that is allowed.
    pub tolerance: f64,
    /// Whether the law holds.
    pub passed: bool,
    /// What must be known of it.
    pub note: String,
}

/// All that a run produces.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Accounts {
    /// Headline rows, one a region, in the order of the regions file.
    pub regions: Vec<RegionSummary>,
    /// The union of the regions; `None` when they overlap.
    pub total: Option<RegionSummary>,
    /// `tables/area.csv`.
    pub areas: Vec<AreaRow>,
    /// `tables/coverage_compared.csv`.
    pub coverage: Vec<super::coverage::CoverageRow>,
    /// `tables/accuracy.csv`.
    pub accuracy: Vec<super::AccuracyRow>,
    /// `tables/transitions.csv`.
    pub transitions: Vec<TransitionRow>,
    /// `tables/layers.csv`.
    pub layers: Vec<LayerRow>,
    /// Tables of the stand registers.
    pub stands: super::stands::StandTables,
    /// `tables/inventory.csv`.
    pub inventory: Vec<super::sampled_totals::InventoryRow>,
    /// `tables/strata.csv`.
    pub strata: Vec<super::sampled_totals::StratumRow>,
    /// `tables/inventory_strata.csv`.
    pub stratum_parts: Vec<super::sampled_totals::StratumPartRow>,
    /// `tables/carbon.csv`.
    pub carbon: Vec<CarbonRow>,
    /// `tables/sequestration.csv`.
    pub sequestration: Vec<SequestrationRow>,
    /// `tables/stand_growth.csv`.
    pub growth: Vec<super::stand_growth::StandGrowthRow>,
    /// `tables/harvested_wood.csv`.
    pub harvested_wood: Vec<super::harvested_wood::HarvestedWoodRow>,
    /// `tables/carbon_transitions.csv`.
    pub carbon_transitions: Vec<super::carbon_transitions::CarbonTransitionRow>,
    /// Tables of a soil survey.
    pub soil: super::soil_survey::SoilTables,
    /// `tables/uncertainty.csv`.
    pub uncertainty: Vec<UncertaintyRow>,
    /// `tables/targets.csv`.
    pub targets: Vec<TargetRow>,
    /// `tables/value.csv`.
    pub values: Vec<super::price::ValueRow>,
    /// `tables/credit.csv`.
    pub credits: Vec<super::credit::CreditRow>,
    /// Tables of treated and control sites.
    pub restoration: super::restoration::RestorationTables,
    /// `tables/parameters.csv`.
    pub parameters: Vec<ParameterRow>,
    /// `tables/checks.csv`.
    pub checks: Vec<CheckRow>,
}

/// Length of the time between two years.
#[must_use]
pub fn period(start: i32, end: i32) -> Years {
    Years::new(f64::from(end) - f64::from(start))
}
