//! Uncertainty of the headline figures: closed form and draws side by side, and the budget that
//! says which input causes how much.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::closed_form::{ClosedForm, closed_form};
use super::monte_carlo::{DrawPlan, Drawn, Shared};
use super::trace::{Headline, Input, Trace, TracedFigure, is_sample};
use crate::account::tables::UncertaintyRow;

/// What the plan says about uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UncertaintyPlan {
    /// Level of confidence of the headline intervals, such as 0.95.
    pub level: f64,
    /// Draws, or `None` for the closed form alone.
    pub draws: Option<DrawPlan>,
}

/// The spread of a headline figure as the summary gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeadlineSpread {
    /// The figure.
    pub value: f64,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// Bounds at the plan's level.
    pub interval: Option<(f64, f64)>,
    /// Degrees of freedom of the interval; `None` of the normal distribution, and of draws.
    pub degrees_of_freedom: Option<f64>,
    /// Whether draws rather than the closed form gave spread and bounds.
    pub by_draws: bool,
    /// Whether some inputs have no spread, so that this one is a lower limit.
    pub lower_limit: bool,
}

/// Values that figures are held against, such as targets.
pub type Goals = BTreeMap<Headline, Vec<f64>>;

/// The uncertainty account of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UncertaintyAccount {
    /// Rows of `tables/uncertainty.csv`.
    pub rows: Vec<UncertaintyRow>,
    /// Spread of each headline figure, by figure and region.
    pub headline: BTreeMap<(Headline, String), HeadlineSpread>,
    /// Of figures whose interval is that of the draws: each goal with the share of the draws that reach it.
    pub reached: BTreeMap<(Headline, String), Vec<(f64, f64)>>,
    /// Why a headline figure has no interval.
    pub without: BTreeMap<(Headline, String), String>,
    /// Of headline figures whose interval is a lower limit: what is not in it.
    pub lower_limit: BTreeMap<(Headline, String), String>,
}

/// Above this ratio of standard error to figure the closed form is not valid.
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 1, Chapter 3, section 3.2.3.1.
const CLOSED_FORM_LIMIT: f64 = 0.3;

/// The uncertainty of every traced figure.
///
/// Rows are at the plan's level, at 90 % and at 95 %; budget lines are those of the closed form.
/// The headline interval is that of the closed form where it is exact (a sum of normal inputs) or
/// valid (standard error up to 30 % of the figure), else that of the draws.
///
/// An input for which no source gives bounds adds nothing to the spread, and a note names it: the
/// spread is then a lower limit.
///
/// Goals are the values whose share of draws at or above them is asked for.
#[must_use]
pub fn uncertainty(trace: &Trace, plan: UncertaintyPlan, goals: &Goals) -> UncertaintyAccount {
    let figures = trace.figures();
    let inputs = trace.inputs();
    let shared = plan
        .draws
        .filter(|draws| draws.draws > 1)
        .map(|draws| (draws, Shared::new(inputs, draws, &figures)));
    let levels = levels(plan);
    let results: Vec<(ClosedForm, Option<Drawn>)> = figures
        .par_iter()
        .map(|figure| {
            let closed = closed_form(&figure.terms, inputs);
            let drawn = shared
                .as_ref()
                .filter(|_| closed.standard_error.is_some())
                .map(|(_, shared)| {
                    let goals = goals.get(&figure.headline).map_or(&[][..], Vec::as_slice);
                    shared.figure(&figure.terms, &levels, goals)
                });
            (closed, drawn)
        })
        .collect();
    let mut account = UncertaintyAccount::default();
    for (figure, (closed, drawn)) in figures.iter().zip(&results) {
        let trusted = closed.exact || closed.relative().is_none_or(|r| r <= CLOSED_FORM_LIMIT);
        let spread = match drawn {
            Some(drawn) if !trusted => HeadlineSpread {
                value: closed.value,
                standard_error: deviation(figure, drawn, inputs),
                interval: drawn.intervals.first().copied(),
                degrees_of_freedom: None,
                by_draws: true,
                lower_limit: !closed.unknown.is_empty(),
            },
            _ => HeadlineSpread {
                value: closed.value,
                standard_error: closed.standard_error,
                interval: closed.interval(plan.level),
                degrees_of_freedom: closed.degrees_of_freedom,
                by_draws: false,
                lower_limit: closed.standard_error.is_some() && !closed.unknown.is_empty(),
            },
        };
        let key = (figure.headline, figure.region_id.clone());
        if let Some(drawn) = drawn.as_ref().filter(|_| spread.by_draws) {
            account.reached.insert(key.clone(), drawn.reached.clone());
        }
        if let Some(why) = without(closed, inputs, NAMED_IN_SUMMARY) {
            let told = if spread.interval.is_none() {
                &mut account.without
            } else {
                &mut account.lower_limit
            };
            told.insert(key.clone(), why);
        }
        account.headline.insert(key, spread);
        account
            .rows
            .extend(closed_rows(figure, closed, inputs, plan));
        if let (Some(drawn), Some((draws, _))) = (drawn, &shared) {
            account
                .rows
                .extend(drawn_rows(figure, closed, drawn, inputs, (plan, *draws)));
        }
    }
    account
}

/// The plan's level, and 90 and 95 %.
fn levels(plan: UncertaintyPlan) -> Vec<f64> {
    let mut levels = vec![plan.level];
    for level in [0.90, 0.95] {
        if levels.iter().all(|known| (known - level).abs() > 1e-9) {
            levels.push(level);
        }
    }
    levels
}

/// Inputs without a spread that a row names, and that a note of the summary names.
const NAMED: usize = 8;
const NAMED_IN_SUMMARY: usize = 3;

/// What is not in the spread of a figure.
fn without(closed: &ClosedForm, inputs: &[Input], most: usize) -> Option<String> {
    (!closed.unknown.is_empty()).then(|| {
        let (samples, names): (Vec<&str>, Vec<&str>) = closed
            .unknown
            .iter()
            .map(|input| inputs[*input].key.as_str())
            .partition(|key| is_sample(key));
        let what = if closed.standard_error.is_some() {
            "a lower limit"
        } else {
            "no interval"
        };
        let more = names.len().saturating_sub(most);
        let listed = names[..names.len() - more].join(", ");
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let of_sources =
            (!names.is_empty()).then(|| format!("no source gives the spread of {listed}{more}"));
        let of_samples = (!samples.is_empty()).then(|| {
            "the inventory gives no standard error, for which tables/inventory.csv has the reason"
                .to_owned()
        });
        let why: Vec<String> = of_sources.into_iter().chain(of_samples).collect();
        format!("{what}: {}", why.join("; "))
    })
}

fn closed_rows(
    figure: &TracedFigure,
    closed: &ClosedForm,
    inputs: &[Input],
    plan: UncertaintyPlan,
) -> Vec<UncertaintyRow> {
    let row = |input: &str, level: f64, note: String| UncertaintyRow {
        region_id: figure.region_id.clone(),
        figure: figure.headline.column().into_owned(),
        approach: "approach-1".to_owned(),
        input: input.to_owned(),
        value: closed.value,
        standard_error: closed.standard_error,
        interval: closed.interval(level),
        level,
        variance_share_pct: closed.standard_error.map(|_| 100.0),
        draws: None,
        note,
    };
    let mut notes: Vec<String> = figure.remark.iter().cloned().collect();
    notes.extend(without(closed, inputs, NAMED));
    if !closed.exact && closed.relative().is_some_and(|r| r > CLOSED_FORM_LIMIT) {
        notes
            .push("standard error above 30 %: the closed form is not valid, see approach-2".into());
    }
    let mut rows: Vec<UncertaintyRow> = levels(plan)
        .into_iter()
        .map(|level| row("all", level, notes.join("; ")))
        .collect();
    let variance = closed.standard_error.map_or(0.0, |se| se * se);
    for (input, part) in &closed.parts {
        rows.push(UncertaintyRow {
            standard_error: Some(part.abs()),
            interval: None,
            variance_share_pct: (variance > 0.0).then(|| 100.0 * part * part / variance),
            ..row(&inputs[*input].key, plan.level, String::new())
        });
    }
    rows
}

fn drawn_rows(
    figure: &TracedFigure,
    closed: &ClosedForm,
    drawn: &Drawn,
    inputs: &[Input],
    (plan, made): (UncertaintyPlan, DrawPlan),
) -> Vec<UncertaintyRow> {
    let mut notes: Vec<String> = figure.remark.iter().cloned().collect();
    notes.push(format!("median {}; seed {}", drawn.median, made.seed));
    let spread = deviation(figure, drawn, inputs);
    if spread.is_none() {
        notes.push("no standard error: a sample with two degrees of freedom or fewer has no variance by Student's distribution".into());
    }
    notes.extend(without(closed, inputs, NAMED));
    levels(plan)
        .into_iter()
        .zip(&drawn.intervals)
        .map(|(level, interval)| UncertaintyRow {
            region_id: figure.region_id.clone(),
            figure: figure.headline.column().into_owned(),
            approach: "approach-2".to_owned(),
            input: "all".to_owned(),
            value: drawn.mean,
            standard_error: spread,
            interval: Some(*interval),
            level,
            variance_share_pct: Some(100.0),
            draws: Some(made.draws),
            note: notes.join("; "),
        })
        .collect()
}

/// Standard deviation of the draws; there is none where a sample behind them has two degrees of freedom or fewer, as
/// Student's distribution has no variance then.
fn deviation(figure: &TracedFigure, drawn: &Drawn, inputs: &[Input]) -> Option<f64> {
    let has_variance = |input: &usize| {
        let df = inputs[*input].degrees_of_freedom;
        df.is_none_or(|df| df > 2.0)
    };
    let mut of_figure = figure.terms.iter().flat_map(|term| &term.inputs);
    of_figure
        .all(has_variance)
        .then_some(drawn.standard_deviation)
}

#[cfg(test)]
#[path = "spread_tests.rs"]
mod tests;
