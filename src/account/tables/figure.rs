//! A figure with its spread, and what rows share.

use crate::units::Years;

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

/// Length of the time between two years.
#[must_use]
pub fn period(start: i32, end: i32) -> Years {
    Years::new(f64::from(end) - f64::from(start))
}
