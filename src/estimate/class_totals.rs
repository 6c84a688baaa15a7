//! What the classes of a reference sample hold in truth, with the covariance of their areas.

use super::accuracy::{ReferenceSample, ReferenceStratum};
use super::estimated::Basis;
use super::{Estimate, Estimator};
use crate::units::{PerHectare, Quantity};

impl ReferenceSample {
    /// Covariance of the true areas of two classes, in square hectares:
    /// `−Σ A_h² (1 − n_h/N_h) p_hj p_hk / (n_h − 1)`, and the variance where they are one.
    ///
    /// `None` when a stratum has fewer than two points.
    #[must_use]
    pub fn covariance(&self, one: usize, other: usize) -> Option<f64> {
        let mut sum = 0.0;
        for (stratum, facts) in self.strata.iter().enumerate() {
            let share = |class: usize| {
                let points = self.points(stratum, |_, reference| reference == class);
                points as f64 / self.points[stratum] as f64
            };
            let factor = self.factor(stratum, facts)?;
            if factor > 0.0 {
                let both = if one == other { share(one) } else { 0.0 };
                sum += factor * (both - share(one) * share(other));
            }
        }
        Some(sum)
    }

    /// `A_h² (1 − n_h/N_h) / (n_h − 1)`, zero of a stratum without area; `None` with fewer than two
    /// points.
    fn factor(&self, stratum: usize, facts: &ReferenceStratum) -> Option<f64> {
        let (area, points) = (facts.area.value(), self.points[stratum]);
        if area <= 0.0 {
            return Some(0.0);
        }
        let n = points as f64;
        let population = facts.population.map_or(f64::INFINITY, |cells| cells as f64);
        (points >= 2).then(|| area * area * (1.0 - n / population) / (n - 1.0))
    }

    /// The mean over the points of a stratum of what each has by its class in truth, with its
    /// standard error; `None` without points, and no error with one.
    #[must_use]
    pub fn stratum_mean<Q: Quantity>(
        &self,
        stratum: usize,
        by_class: &[PerHectare<Q>],
    ) -> Option<(PerHectare<Q>, Option<f64>)> {
        let n = self.points[stratum] as f64;
        if n <= 0.0 {
            return None;
        }
        let (mut sum, mut squares) = (0.0, 0.0);
        for count in self.counts.iter().filter(|count| count.stratum == stratum) {
            let value = by_class[count.reference].on_one_hectare().value();
            sum += count.points as f64 * value;
            squares += count.points as f64 * value * value;
        }
        let facts = &self.strata[stratum];
        let population = facts.population.map_or(f64::INFINITY, |cells| cells as f64);
        let spread = ((squares - sum * sum / n) / (n - 1.0)).max(0.0);
        let error = (n >= 2.0).then(|| ((1.0 - n / population) * spread / n).sqrt());
        Some((PerHectare::new(Q::new(sum / n)), error))
    }

    /// The total of what each hectare holds by its class in truth: `Σ_k d_k Â_k`, with
    /// `V = Σ_jk d_j d_k Cov(Â_j, Â_k)`; the densities `d` are taken as known.
    ///
    /// The variance is `None` when a stratum has fewer than two points.
    ///
    /// # Source
    ///
    /// Olofsson et al. 2014, equations 10 and 11, for each area; the covariances of shares of one
    /// stratum are those of the multinomial distribution.
    #[must_use]
    pub fn weighted<Q: Quantity>(&self, by_class: &[PerHectare<Q>]) -> Estimate<Q> {
        let (mut value, mut variance) = (0.0, Some(0.0));
        for (stratum, facts) in self.strata.iter().enumerate() {
            let area = facts.area.value();
            let Some((mean, error)) = self.stratum_mean(stratum, by_class) else {
                continue;
            };
            value += area * mean.on_one_hectare().value();
            if area > 0.0 {
                let error = error.map(|error| area * area * error * error);
                variance = variance
                    .zip(error)
                    .map(|(sum, part): (f64, f64)| sum + part);
            }
        }
        let whole = |points: u64| usize::try_from(points).unwrap_or(usize::MAX);
        let points = whole(self.points.iter().sum());
        Estimate::new(
            value,
            Basis {
                variance,
                degrees_of_freedom: None,
                plots: points,
                plots_nonzero: points,
                estimator: self.estimator,
            },
        )
    }

    /// Whether its points are those of a larger area.
    #[must_use]
    pub fn is_borrowed(&self) -> bool {
        self.estimator == Estimator::Synthetic
    }
}
