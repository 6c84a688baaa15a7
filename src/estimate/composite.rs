//! Small areas with some plots: direct and synthetic estimate, each with the weight of its precision.

use ndarray::{Array1, Array2};

use super::estimated::Basis;
use super::least_squares;
use super::{Estimate, EstimateError, Estimator};
use crate::units::Quantity;

/// A direct and a synthetic estimate of one small area, put together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Composite<Q> {
    /// The composite estimate. Its variance is the leading term of the mean squared error.
    pub estimate: Estimate<Q>,
    /// Weight of the direct estimate, `γ`.
    pub weight: f64,
}

/// Puts a direct and a synthetic estimate of one small area together.
///
/// `θ̂ = γ ŷ + (1 − γ) ỹ` with `γ = σ² / (σ² + D)`; the leading term of the mean squared error is `γ D`.
///
/// | symbol | meaning                                                          | unit    |
/// | :----- | :--------------------------------------------------------------- | :------ |
/// | `ŷ`    | direct estimate                                                  | any     |
/// | `D`    | its variance                                                     | squared |
/// | `ỹ`    | synthetic estimate                                               | any     |
/// | `σ²`   | variance of the true areas about their synthetic estimates       | squared |
///
/// Without a direct variance (no plot fell into the area, or one) the synthetic estimate stands alone,
/// with weight zero and error `σ²`. [`fay_herriot`] estimates `σ²` and pays for its error too.
///
/// # Errors
///
/// [`EstimateError::BetweenVariance`] when `σ²` is negative or not a number.
///
/// # Source
///
/// Fay and Herriot 1979, Journal of the American Statistical Association 74; Rao and Molina 2015, Small
/// Area Estimation, 2nd edition, chapter 6.
pub fn composite<Q: Quantity>(
    direct: &Estimate<Q>,
    synthetic: &Estimate<Q>,
    between_variance: f64,
) -> Result<Composite<Q>, EstimateError> {
    if between_variance.is_nan() || between_variance < 0.0 {
        return Err(EstimateError::BetweenVariance {
            found: between_variance,
        });
    }
    let weight = match direct.variance() {
        Some(variance) if between_variance + variance > 0.0 => {
            between_variance / (between_variance + variance)
        }
        Some(_) => 1.0,
        None => 0.0,
    };
    let value = weight * direct.value().value() + (1.0 - weight) * synthetic.value().value();
    let error = direct
        .variance()
        .map_or(between_variance, |variance| weight * variance);
    Ok(Composite {
        estimate: Estimate::new(
            value,
            Basis {
                variance: Some(error),
                degrees_of_freedom: None,
                estimator: Estimator::Composite,
                ..direct.basis()
            },
        ),
        weight,
    })
}

/// What the model of Fay and Herriot takes of one small area.
#[derive(Debug, Clone, PartialEq)]
pub struct SmallArea<Q> {
    /// The direct estimate; areas without a variance (fewer than two plots) only get a prediction.
    pub direct: Estimate<Q>,
    /// What is known of the area from maps, such as mapped forest; an intercept is not added.
    pub covariates: Vec<f64>,
}

/// The model of Fay and Herriot, fitted to a set of small areas.
#[derive(Debug, Clone, PartialEq)]
pub struct FayHerriot<Q> {
    /// One estimate an area, in their order.
    pub areas: Vec<Composite<Q>>,
    /// Coefficients of the covariates.
    pub coefficients: Vec<f64>,
    /// Variance of the true areas about the model, `σ²`.
    pub between_variance: f64,
}

/// Rounds of Fisher scoring before the fit is given up; it mostly takes fewer than ten.
const ROUNDS: usize = 200;

/// Small areas by the model of Fay and Herriot, fitted by restricted maximum likelihood.
///
/// `ŷ_d = x_dᵀβ + v_d + e_d`, `v ~ (0, σ²)`, `e_d ~ (0, D_d)`; the estimate is
/// `γ_d ŷ_d + (1 − γ_d) x_dᵀβ̂` with `γ_d = σ̂²/(σ̂² + D_d)` and mean squared error `g₁ + g₂ + 2 g₃`:
///
/// - `g₁ = γ_d D_d`, the error with all parameters known;
/// - `g₂ = (1 − γ_d)² x_dᵀ (Σ x xᵀ/(σ̂² + D))⁻¹ x_d`, that of `β̂`;
/// - `g₃ = D_d² (σ̂² + D_d)⁻³ V(σ̂²)`, that of `σ̂²`, with `V(σ̂²) = 2 / Σ (σ̂² + D)⁻²`.
///
/// An area without a direct variance gets `x_dᵀβ̂` with error `σ̂² + x_dᵀ(…)⁻¹x_d`.
///
/// # Errors
///
/// [`EstimateError::LayerCount`] unless all areas have the same covariates;
/// [`EstimateError::TooFewPlots`] unless more areas have a variance than there are covariates;
/// [`EstimateError::DependentLayer`] for covariates that are combinations of each other;
/// [`EstimateError::NoConvergence`] when `σ̂²` does not settle.
///
/// # Source
///
/// Rao and Molina 2015, Small Area Estimation, 2nd edition, sections 6.1 and 6.2; the figures of R sae
/// (`mseFH`, method REML) are reproduced.
pub fn fay_herriot<Q: Quantity>(areas: &[SmallArea<Q>]) -> Result<FayHerriot<Q>, EstimateError> {
    let p = areas.first().map_or(0, |area| area.covariates.len());
    if let Some(odd) = areas
        .iter()
        .find(|area| area.covariates.len() != p || p == 0)
    {
        return Err(EstimateError::LayerCount {
            found: odd.covariates.len(),
            expected: p.max(1),
        });
    }
    let known: Vec<(&SmallArea<Q>, f64)> = areas
        .iter()
        .filter_map(|area| Some((area, area.direct.variance().filter(|d| *d > 0.0)?)))
        .collect();
    if known.len() <= p {
        return Err(EstimateError::TooFewPlots {
            found: known.len(),
            expected: p + 1,
        });
    }
    let design = Array2::from_shape_fn((known.len(), p), |(d, j)| known[d].0.covariates[j]);
    let y: Array1<f64> = known
        .iter()
        .map(|(area, _)| area.direct.value().value())
        .collect();
    let errors: Array1<f64> = known.iter().map(|(_, variance)| *variance).collect();
    let (between_variance, fit) = between_variance(&design, &y, &errors)?;
    let information: f64 = errors.iter().map(|d| (between_variance + d).powi(-2)).sum();
    let variance_of_between = 2.0 / information;
    let small = areas.iter().map(|area| {
        let x = Array1::from_vec(area.covariates.clone());
        let synthetic = x.dot(&fit.coefficients);
        let leverage = x.dot(&fit.inverse.dot(&x));
        let (weight, error) = match area.direct.variance().filter(|d| *d > 0.0) {
            Some(d) => {
                let sum = between_variance + d;
                let gamma = between_variance / sum;
                let g3 = d * d * sum.powi(-3) * variance_of_between;
                (
                    gamma,
                    gamma * d + (1.0 - gamma).powi(2) * leverage + 2.0 * g3,
                )
            }
            None => (0.0, between_variance + leverage),
        };
        Composite {
            estimate: Estimate::new(
                weight * area.direct.value().value() + (1.0 - weight) * synthetic,
                Basis {
                    variance: Some(error),
                    degrees_of_freedom: None,
                    estimator: Estimator::Composite,
                    ..area.direct.basis()
                },
            ),
            weight,
        }
    });
    Ok(FayHerriot {
        areas: small.collect(),
        coefficients: fit.coefficients.to_vec(),
        between_variance,
    })
}

/// The restricted maximum likelihood of `σ²` by Fisher scoring, by halves where that jumps out of what
/// is left, and the fit that goes with it.
fn between_variance(
    design: &Array2<f64>,
    y: &Array1<f64>,
    errors: &Array1<f64>,
) -> Result<(f64, least_squares::Fit), EstimateError> {
    let fitted = |between: f64| {
        let weights = errors.mapv(|d| (between + d).recip());
        least_squares::fit(design, y, &weights)
            .map(|fit| (fit, weights))
            .map_err(|dependent| EstimateError::DependentLayer {
                layer: format!("covariate {}", dependent.0 + 1),
            })
    };
    let typical = errors.sum() / errors.len() as f64;
    let mut between = typical;
    // Where the likelihood still rises, and where it falls: scoring alone may jump to and fro.
    let (mut rises, mut falls): (Option<f64>, Option<f64>) = (None, None);
    for _ in 0..ROUNDS {
        let (fit, weights) = fitted(between)?;
        // P = W − W X (XᵀWX)⁻¹ XᵀW; its trace, the trace of P², and P y without the matrix itself.
        let hat = design.dot(&fit.inverse).dot(&design.t());
        let (mut trace, mut trace_square) = (0.0, 0.0);
        for ((i, j), h) in hat.indexed_iter() {
            let diagonal = if i == j { weights[i] } else { 0.0 };
            let projected = diagonal - weights[i] * h * weights[j];
            trace += if i == j { projected } else { 0.0 };
            trace_square += projected * projected;
        }
        let residuals = (y - &design.dot(&fit.coefficients)) * &weights;
        let step = (residuals.dot(&residuals) - trace) / trace_square;
        let next = (between + step).max(0.0);
        if (next - between).abs() <= 1e-12 * (next + typical) {
            return Ok((next, fitted(next)?.0));
        }
        if step > 0.0 {
            rises = Some(between);
        } else {
            falls = Some(between);
        }
        let inside = rises.is_none_or(|low| next > low) && falls.is_none_or(|high| next < high);
        between = match rises.zip(falls) {
            Some((low, high)) if !inside => f64::midpoint(low, high),
            _ => next,
        };
    }
    Err(EstimateError::NoConvergence { rounds: ROUNDS })
}

/// The sum of parts of one small area, each by a model of its own, with the error of the model of the sum: those of the
/// parts do not say how they vary together.
#[must_use]
pub fn sum_by_model<Q: Quantity>(by_model: &Estimate<Q>, parts: &[f64]) -> Estimate<Q> {
    Estimate::new(parts.iter().sum(), by_model.basis())
}

/// Adjusts small areas by one factor so that they add up to the direct total of the area they tile.
///
/// `θ̂_d′ = θ̂_d · Ŷ / Σ θ̂`. The standard errors grow or shrink with the same factor and do not know of
/// the adjustment.
///
/// # Errors
///
/// [`EstimateError::Denominator`] unless the areas sum to more than zero.
///
/// # Source
///
/// Rao and Molina 2015, Small Area Estimation, 2nd edition, section 6.4.6 (ratio benchmarking).
pub fn benchmarked<Q: Quantity>(
    areas: &[Estimate<Q>],
    total: &Estimate<Q>,
) -> Result<Vec<Estimate<Q>>, EstimateError> {
    let sum: f64 = areas.iter().map(|area| area.value().value()).sum();
    if sum.is_nan() || sum <= 0.0 {
        return Err(EstimateError::Denominator { found: sum });
    }
    let factor = total.value().value() / sum;
    Ok(areas
        .iter()
        .map(|area| {
            let adjusted: Estimate<Q> = area.times(factor);
            Estimate::new(
                adjusted.value().value(),
                Basis {
                    estimator: Estimator::Benchmarked,
                    ..adjusted.basis()
                },
            )
        })
        .collect())
}
