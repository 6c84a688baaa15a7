//! One variable, observed on every plot of a sample.

use std::marker::PhantomData;

use super::EstimateError;
use crate::units::{PerHectare, Quantity};

/// One value a plot, per hectare of the whole plot, in the order of the sample's plots.
///
/// A plot outside the domain has the value zero, so that no plot is ever dropped. A plot whose value
/// is not known is *missing*, which is not zero: an estimate that needs it is refused. Only plots
/// with a value other than zero are kept, so a small domain costs as much as it has plots.
///
/// Forest area is `Observations<Hectares>`: hectares of forest on one hectare of plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Observations<Q> {
    plots: usize,
    entries: Vec<(usize, f64)>,
    missing: Vec<usize>,
    quantity: PhantomData<Q>,
}

impl<Q: Quantity> Observations<Q> {
    /// One known value for each plot. A value that is not finite counts as missing.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = PerHectare<Q>>) -> Self {
        Self::with_missing(values.into_iter().map(Some))
    }

    /// One value for each plot, `None` where it is not known.
    #[must_use]
    pub fn with_missing(values: impl IntoIterator<Item = Option<PerHectare<Q>>>) -> Self {
        let mut observations = Self::nowhere(0);
        for (plot, value) in values.into_iter().enumerate() {
            observations.plots = plot + 1;
            match value.map(|value| value.on_one_hectare().value()) {
                Some(value) if value.is_finite() => observations.push(plot, value),
                _ => observations.missing.push(plot),
            }
        }
        observations
    }

    /// Zero on each of `plots` plots.
    fn nowhere(plots: usize) -> Self {
        Self {
            plots,
            entries: Vec::new(),
            missing: Vec::new(),
            quantity: PhantomData,
        }
    }

    fn push(&mut self, plot: usize, value: f64) {
        if value != 0.0 {
            self.entries.push((plot, value));
        }
    }

    /// How many plots were observed or are missing.
    #[must_use]
    pub const fn plots(&self) -> usize {
        self.plots
    }

    /// How many plots have a value other than zero.
    #[must_use]
    pub fn plots_nonzero(&self) -> usize {
        self.entries.len()
    }

    /// Positions of the plots without a value.
    #[must_use]
    pub fn missing(&self) -> &[usize] {
        &self.missing
    }

    /// The value of the plot at `position`; `None` where it is missing or there is no such plot.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<PerHectare<Q>> {
        if position >= self.plots || self.missing.binary_search(&position).is_ok() {
            return None;
        }
        Some(PerHectare::new(Q::new(self.value_at(position))))
    }

    /// Value at a plot that is known to be observed.
    pub(super) fn value_at(&self, plot: usize) -> f64 {
        let found = self.entries.binary_search_by_key(&plot, |entry| entry.0);
        found.map_or(0.0, |entry| self.entries[entry].1)
    }

    /// The plots with a value other than zero, in order.
    pub(super) fn entries(&self) -> &[(usize, f64)] {
        &self.entries
    }

    /// The same variable in the domain of the plots that `inside` accepts by position: zero outside.
    #[must_use]
    pub fn within(&self, inside: impl Fn(usize) -> bool) -> Self {
        Self {
            plots: self.plots,
            entries: self
                .entries
                .iter()
                .copied()
                .filter(|entry| inside(entry.0))
                .collect(),
            missing: self
                .missing
                .iter()
                .copied()
                .filter(|plot| inside(*plot))
                .collect(),
            quantity: PhantomData,
        }
    }

    /// Zero on each of `plots` plots.
    #[must_use]
    pub fn zero(plots: usize) -> Self {
        Self::nowhere(plots)
    }

    /// The same variable in the domain of the plots at these positions, in order: zero outside.
    ///
    /// The same as [`Observations::within`] at the cost of the plots inside alone.
    #[must_use]
    pub fn at(&self, positions: &[usize]) -> Self {
        let mut part = Self::nowhere(self.plots);
        for &plot in positions {
            if let Ok(entry) = self.entries.binary_search_by_key(&plot, |entry| entry.0) {
                part.entries.push(self.entries[entry]);
            } else if self.missing.binary_search(&plot).is_ok() {
                part.missing.push(plot);
            }
        }
        part
    }

    /// The same variable in each of `domains` domains, in one pass.
    ///
    /// `domains_of` gives the domains of each plot by position; a plot may lie in none or in several.
    /// Each part is what [`Observations::within`] gives for its domain.
    #[must_use]
    pub fn split(&self, domains_of: &[Vec<usize>], domains: usize) -> Vec<Self> {
        let mut parts = vec![Self::nowhere(self.plots); domains];
        let of = |plot: usize| domains_of.get(plot).into_iter().flatten();
        for &(plot, value) in &self.entries {
            for &domain in of(plot) {
                parts[domain].entries.push((plot, value));
            }
        }
        for &plot in &self.missing {
            for &domain in of(plot) {
                parts[domain].missing.push(plot);
            }
        }
        parts
    }

    /// The sum of two variables on each plot, missing where one of them is.
    ///
    /// The variance of a sum of pools is that of the summed column, never the sum of variances.
    ///
    /// # Errors
    ///
    /// [`EstimateError::PlotCount`] when the two were not observed on the same plots.
    pub fn plus(&self, other: &Self) -> Result<Self, EstimateError> {
        other.expect_plots(self.plots)?;
        let mut sum = Self::nowhere(self.plots);
        sum.missing = merged(&self.missing, &other.missing);
        let positions = merged(
            &self.entries.iter().map(|entry| entry.0).collect::<Vec<_>>(),
            &other
                .entries
                .iter()
                .map(|entry| entry.0)
                .collect::<Vec<_>>(),
        );
        for plot in positions {
            if sum.missing.binary_search(&plot).is_err() {
                sum.push(plot, self.value_at(plot) + other.value_at(plot));
            }
        }
        Ok(sum)
    }

    /// Each value in another quantity, `factor` of it for each unit.
    #[must_use]
    pub fn times<R: Quantity>(&self, factor: f64) -> Observations<R> {
        let mut scaled = Observations::nowhere(self.plots);
        scaled.missing.clone_from(&self.missing);
        for &(plot, value) in &self.entries {
            scaled.push(plot, value * factor);
        }
        scaled
    }

    pub(super) fn expect_plots(&self, expected: usize) -> Result<(), EstimateError> {
        if self.plots == expected {
            Ok(())
        } else {
            Err(EstimateError::PlotCount {
                found: self.plots,
                expected,
            })
        }
    }
}

/// Both sorted lists in one, each position once.
fn merged(left: &[usize], right: &[usize]) -> Vec<usize> {
    let mut all: Vec<usize> = left.iter().chain(right).copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::TonnesCarbon;

    fn observed(values: &[Option<f64>]) -> Observations<TonnesCarbon> {
        Observations::with_missing(
            values
                .iter()
                .map(|value| value.map(|value| PerHectare::new(TonnesCarbon::new(value)))),
        )
    }

    #[test]
    fn a_missing_value_is_not_zero() {
        let column = observed(&[Some(0.0), None, Some(f64::NAN)]);
        assert_eq!(column.get(0), Some(PerHectare::new(TonnesCarbon::ZERO)));
        assert_eq!(column.get(1), None);
        assert_eq!(column.missing(), &[1, 2]);
        assert_eq!(column.plots(), 3);
    }

    #[test]
    fn a_domain_keeps_all_plots_and_forgets_what_is_missing_outside() {
        let column = observed(&[Some(3.0), None, Some(5.0)]).within(|plot| plot == 2);
        assert_eq!(column.plots(), 3);
        assert_eq!(column.plots_nonzero(), 1);
        assert!(column.missing().is_empty());
    }

    #[test]
    fn a_domain_by_positions_is_that_by_a_rule() {
        let column = observed(&[Some(3.0), None, Some(0.0), Some(5.0), None]);
        let by_rule = column.within(|plot| [0, 1, 2].contains(&plot));
        assert_eq!(column.at(&[0, 1, 2]), by_rule);
    }

    #[test]
    fn domains_split_in_one_pass_are_those_of_a_rule() {
        let column = observed(&[Some(3.0), Some(4.0), Some(5.0), None]);
        let parts = column.split(&[vec![0], vec![0, 1], vec![0], vec![]], 2);
        assert_eq!(parts[0], column.within(|plot| plot < 3));
        assert_eq!(parts[1], column.within(|plot| plot == 1));
    }

    #[test]
    fn a_sum_is_missing_where_a_part_is() {
        let sum = observed(&[Some(1.0), Some(2.0), Some(0.0)])
            .plus(&observed(&[Some(4.0), None, Some(7.0)]))
            .unwrap();
        assert_eq!(sum, observed(&[Some(5.0), None, Some(7.0)]));
    }
}
