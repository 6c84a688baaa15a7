//! What a run found of the indicators that policies name.

use super::target::{Comparison, Policy, PolicyLine, Scope, row};
use crate::account::tables::TargetRow;

/// How sure a figure is.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservedSpread {
    /// Its standard error.
    pub standard_error: f64,
    /// Degrees of freedom of its interval; `None` is the normal distribution.
    pub degrees_of_freedom: Option<f64>,
    /// Where its interval is that of draws: goals, each with the share of the draws that reach it.
    pub reached: Option<Vec<(f64, f64)>>,
    /// Whether some inputs have no spread, so that the standard error is a lower limit.
    pub lower_limit: bool,
}

/// What a figure that is of a part says of the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct PartFound {
    /// What the figure leaves out because it is not known.
    pub left_out: Vec<String>,
    /// The least that the whole can be: a stock is no less than that of a part, a removal may be.
    pub least: Option<f64>,
    /// The most that it can be.
    pub most: Option<f64>,
}

impl PartFound {
    /// Whether the whole reaches a target; `None` where that is not known.
    pub(super) fn reaches(&self, target: f64) -> Option<bool> {
        if self.least.is_some_and(|least| least >= target) {
            return Some(true);
        }
        let below = self.most.is_some_and(|most| most < target);
        below.then_some(false)
    }
}

/// What a run found of an indicator, for one region.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: String,
    /// Indicator id.
    pub indicator: String,
    /// The figure, in the unit of the indicator.
    pub value: Option<f64>,
    /// Its spread, where it has one.
    pub spread: Option<ObservedSpread>,
    /// What is known of the whole, where the figure is of a part.
    pub part: Option<PartFound>,
    /// Why there is no figure, where there is none.
    pub missing: String,
    /// Year of the figure.
    pub year: Option<i32>,
}

/// Targets of a region, or of `_total`, that a run has no figures of at all, for this reason.
#[must_use]
pub fn targets_of_none(policy: &Policy, region_id: &str, missing: &str) -> Vec<TargetRow> {
    let of = |line: &&PolicyLine| {
        matches!(&line.scope, Scope::Region(id) if id == region_id)
            && line.comparison != Comparison::Observed
    };
    let rows = policy.lines.iter().filter(of).map(|line| {
        let figure = Observation {
            region_id: region_id.to_owned(),
            indicator: line.indicator.clone(),
            value: None,
            spread: None,
            part: None,
            missing: missing.to_owned(),
            year: None,
        };
        row(policy, line, &figure)
    });
    rows.collect()
}
