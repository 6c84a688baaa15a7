//! Rows of what is made of the figures, and of what they rest on.

use std::collections::BTreeMap;

/// One line of the uncertainty of a headline figure: of the whole, or the part of one input.
#[derive(Debug, Clone, PartialEq)]
pub struct UncertaintyRow {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
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
    /// Region, or [`TOTAL`](crate::account::TOTAL).
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

/// Rows of parameters that several methods used, as one.
pub(in crate::account) fn merged(rows: Vec<ParameterRow>) -> Vec<ParameterRow> {
    let mut by_id: BTreeMap<String, ParameterRow> = BTreeMap::new();
    for row in rows {
        match by_id.get_mut(&row.id) {
            Some(known) => {
                known.used_by.extend(row.used_by);
                known.used_by.sort();
                known.used_by.dedup();
            }
            None => {
                by_id.insert(row.id.clone(), row);
            }
        }
    }
    by_id.into_values().collect()
}

/// A law that the run checked on itself.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckRow {
    /// Id of the law, such as `partition`.
    pub check: String,
    /// Region, or [`TOTAL`](crate::account::TOTAL), or empty.
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
