//! What a model predicts for an area, corrected by the plots: the common part of the model-assisted
//! estimators.

use super::estimated::Basis;
use super::{Estimate, EstimateError, Estimator, Observations, RatioEstimate, Sample};
use crate::units::Quantity;

/// A model of one variable: what was observed on the plots, and what the model misses there.
#[derive(Debug, Clone)]
pub(super) struct Assisted<'a, Q> {
    pub(super) sample: &'a Sample,
    pub(super) observed: Observations<Q>,
    /// Observed less predicted.
    pub(super) residuals: Observations<Q>,
    /// Coefficients that were fitted to the same plots; one where there are none.
    pub(super) coefficients: usize,
    pub(super) estimator: Estimator,
}

impl<Q: Quantity> Assisted<'_, Q> {
    /// `Ŷ = predicted + Ê` with `Ê` the total of the residuals by the design of the sample, zero
    /// outside the area; `V(Ŷ) = V(Ê) (n − 1)/(n − p)`. `inside` are the positions of the plots in the
    /// area, in order.
    pub(super) fn total(
        &self,
        predicted: Q,
        inside: &[usize],
    ) -> Result<Estimate<Q>, EstimateError> {
        let (correction, basis) = self.sample.formula(&self.residuals.at(inside))?;
        let nonzero = self.observed.at(inside).plots_nonzero();
        let value = predicted.value() + correction;
        let basis = self.basis(basis, nonzero);
        Ok(Estimate::new(value, basis.not_certain(value)))
    }

    /// Ratio of two totals that the same plots correct: the variance is that of the residuals
    /// `e_y − R̂ e_x`, over the square of the denominator.
    pub(super) fn ratio<D: Quantity>(
        &self,
        predicted: Q,
        of: (&Assisted<'_, D>, D),
        inside: &[usize],
    ) -> Result<RatioEstimate<Q, D>, EstimateError> {
        let (denominator, predicted_denominator) = of;
        let y = self.total(predicted, inside)?.value().value();
        let x = denominator.total(predicted_denominator, inside)?;
        let x = x.value().value();
        if x.is_nan() || x <= 0.0 {
            return Err(EstimateError::Denominator { found: x });
        }
        let ratio = y / x;
        let of_denominator = denominator.residuals.at(inside).times(-ratio);
        let residuals = self.residuals.at(inside).plus(&of_denominator)?;
        let (_, off) = self.sample.formula(&residuals)?;
        let nonzero = denominator.observed.at(inside).plots_nonzero();
        let basis = self.basis(off, nonzero);
        Ok(RatioEstimate::new(
            ratio,
            Basis {
                variance: basis
                    .variance
                    .filter(|_| nonzero >= 2)
                    .map(|variance| variance / (x * x)),
                ..basis
            }
            .not_certain(ratio),
        ))
    }

    fn basis(&self, of_residuals: Basis, plots_nonzero: usize) -> Basis {
        let n = self.sample.plots().len() as f64;
        let p = self.coefficients as f64;
        Basis {
            variance: of_residuals.variance.map(|v| v * (n - 1.0) / (n - p)),
            degrees_of_freedom: of_residuals
                .degrees_of_freedom
                .map(|freedom| freedom - (p - 1.0))
                .filter(|freedom| *freedom > 0.0),
            plots_nonzero,
            estimator: self.estimator,
            ..of_residuals
        }
    }
}
