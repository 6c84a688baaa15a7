//! Rows of the table of the inventory.

use std::borrow::Cow;
use std::sync::Arc;

use crate::account::{InventoryRow, joined};
use crate::estimate::{Confidence, Estimate, Estimator, RatioEstimate};
use crate::units::Quantity;

/// What a row is of, apart from its figures.
#[derive(Debug, Clone)]
pub(super) struct RowOf {
    /// Region, or the union of all.
    pub(super) region: Arc<str>,
    pub(super) year: i32,
    /// Earlier year, for a change.
    pub(super) from_year: Option<i32>,
    pub(super) attribute: Arc<str>,
    /// Domain of the plots; empty for all of them.
    pub(super) domain: Arc<str>,
    /// What must be known of it.
    pub(super) note: Cow<'static, str>,
}

/// Why an estimate has no standard error.
fn no_variance(plots_nonzero: usize) -> &'static str {
    match plots_nonzero {
        0 => "no plot of the domain is not zero: no standard error",
        _ => {
            "a stratum has fewer than two plots, or all plots of each stratum are alike, which is not certainty: no standard error"
        }
    }
}

/// Why a ratio has none.
fn no_variance_of_ratio(plots: usize) -> &'static str {
    match plots {
        0 | 1 => "one plot of the domain: no standard error",
        _ => {
            "a stratum has fewer than two plots, or all plots have the same ratio, which is not certainty: no standard error"
        }
    }
}

impl RowOf {
    /// With one thing more to be known; nothing where that is empty.
    pub(super) fn and(self, more: &str) -> Self {
        let note = joined([&*self.note, more]).into();
        Self { note, ..self }
    }

    /// A total, or no figure with the note alone.
    pub(super) fn total<Q: Quantity>(
        self,
        estimate: Option<Estimate<Q>>,
        level: Confidence,
    ) -> InventoryRow {
        self.figure("total", Q::UNIT.into(), estimate, 1.0, level)
    }

    /// A change per year, from that over `years`.
    pub(super) fn yearly_change<Q: Quantity>(
        self,
        estimate: Option<Estimate<Q>>,
        years: f64,
        level: Confidence,
    ) -> InventoryRow {
        let unit = format!("{}/yr", Q::UNIT);
        self.figure("yearly_change", unit.into(), estimate, years, level)
    }

    /// A component of change in one year, of values that are yearly already.
    pub(super) fn component<Q: Quantity>(
        self,
        statistic: &'static str,
        estimate: Option<Estimate<Q>>,
        level: Confidence,
    ) -> InventoryRow {
        let unit = format!("{}/yr", Q::UNIT);
        self.figure(statistic, unit.into(), estimate, 1.0, level)
    }

    fn figure<Q: Quantity>(
        self,
        statistic: &'static str,
        unit: Cow<'static, str>,
        estimate: Option<Estimate<Q>>,
        divisor: f64,
        level: Confidence,
    ) -> InventoryRow {
        let interval = estimate.and_then(|e| e.interval(level));
        let note = match &estimate {
            Some(e) if e.variance().is_none() => {
                let why = no_variance(e.plots_nonzero());
                if self.note.is_empty() {
                    why.into()
                } else {
                    format!("{}; {why}", self.note).into()
                }
            }
            Some(e) if self.note.is_empty() => e.estimator().note().into(),
            Some(e) if !e.estimator().note().is_empty() => {
                format!("{}; {}", self.note, e.estimator().note()).into()
            }
            _ => self.note,
        };
        InventoryRow {
            value: estimate.map(|e| e.value().value() / divisor),
            standard_error: estimate
                .and_then(|e| e.standard_error())
                .map(|error| error / divisor),
            interval: interval.map(|(low, high)| (low.value() / divisor, high.value() / divisor)),
            degrees_of_freedom: estimate.and_then(|e| e.degrees_of_freedom()),
            plots: estimate.map_or(0, |e| e.plots()),
            plots_nonzero: estimate.map_or(0, |e| e.plots_nonzero()),
            estimator: estimate.map_or("", |e| e.estimator().id()).into(),
            ..RowOf { note, ..self }.without_figures(statistic, unit)
        }
    }

    /// A ratio, by an estimator that may be another than that of the ratio itself.
    pub(super) fn ratio<N: Quantity, D: Quantity>(
        self,
        ratio: &RatioEstimate<N, D>,
        estimator: Estimator,
        level: Confidence,
    ) -> InventoryRow {
        let note = if ratio.variance().is_none() {
            no_variance_of_ratio(ratio.plots_nonzero())
        } else {
            estimator.note()
        };
        let note = note.into();
        InventoryRow {
            value: Some(ratio.value()),
            standard_error: ratio.standard_error(),
            interval: ratio.interval(level),
            degrees_of_freedom: ratio.degrees_of_freedom(),
            plots: ratio.plots(),
            plots_nonzero: ratio.plots_nonzero(),
            estimator: estimator.id().into(),
            ..RowOf { note, ..self }.without_figures("per_forest_hectare", ratio.unit().into())
        }
    }

    fn without_figures(self, statistic: &'static str, unit: Cow<'static, str>) -> InventoryRow {
        InventoryRow {
            region_id: self.region,
            year: self.year,
            from_year: self.from_year,
            attribute: self.attribute,
            domain: self.domain,
            statistic: statistic.into(),
            value: None,
            unit,
            standard_error: None,
            interval: None,
            degrees_of_freedom: None,
            plots: 0,
            plots_nonzero: 0,
            estimator: Cow::Borrowed(""),
            note: self.note,
        }
    }
}
