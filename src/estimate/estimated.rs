//! What an estimator returns: a value, how far it may be from the truth, and what it rests on.

use std::fmt;
use std::marker::PhantomData;

use super::{Design, EstimateError, two_sided_quantile};
use crate::units::{Hectares, PerHectare, Quantity};

/// A level of confidence, above 0 and below 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Confidence(f64);

impl Confidence {
    /// The usual level of forest inventories, 95 %.
    pub const P95: Self = Self(0.95);

    /// The level `value`.
    ///
    /// # Errors
    ///
    /// [`EstimateError::Confidence`] unless `value` lies above 0 and below 1.
    pub fn new(value: f64) -> Result<Self, EstimateError> {
        if value > 0.0 && value < 1.0 {
            Ok(Self(value))
        } else {
            Err(EstimateError::Confidence { found: value })
        }
    }

    /// The level as a number.
    #[must_use]
    pub const fn value(self) -> f64 {
        self.0
    }

    /// Half-width of the interval in standard errors.
    ///
    /// Student's t with `degrees_of_freedom`; the normal quantile where they are unknown.
    #[must_use]
    pub fn quantile(self, degrees_of_freedom: Option<f64>) -> f64 {
        two_sided_quantile(self.0, degrees_of_freedom)
    }
}

/// How an estimate was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Estimator {
    /// Mean of a simple random sample.
    SimpleRandom,
    /// Mean of a systematic sample, its variance as if drawn at random.
    Systematic,
    /// Weighted stratum means, strata fixed before the draw.
    Stratified,
    /// Weighted stratum means, strata fixed after the draw.
    PostStratified,
    /// Weighted stratum means, weights themselves estimated from a first phase.
    DoubleSampling,
    /// Means of clusters of plots.
    Cluster,
    /// Sampled stands, by their area; stands drawn with equal chance.
    RatioToSize,
    /// Sampled stands, drawn with a chance in proportion to their area.
    ProportionalToSize,
    /// Regression on wall-to-wall layers, corrected by the residuals of the plots.
    ModelAssisted,
    /// Map of nearest neighbours, corrected by the residuals of the plots.
    NearestNeighbours,
    /// Parent total spread over the mapped area of small areas.
    Synthetic,
    /// Direct and synthetic estimate, each with the weight of its precision.
    Composite,
    /// Small areas, adjusted so that they add up to the direct total.
    Benchmarked,
    /// Mapped area, corrected by a reference sample.
    ReferenceSample,
    /// Sum over all stands of a register.
    Census,
}

impl Estimator {
    /// The name in tables, such as `post-stratified`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::SimpleRandom => "simple-random",
            Self::Systematic => "systematic",
            Self::Stratified => "stratified",
            Self::PostStratified => "post-stratified",
            Self::DoubleSampling => "double-sampling",
            Self::Cluster => "cluster",
            Self::RatioToSize => "ratio-to-size",
            Self::ProportionalToSize => "proportional-to-size",
            Self::ModelAssisted => "model-assisted",
            Self::NearestNeighbours => "nearest-neighbours",
            Self::Synthetic => "synthetic",
            Self::Composite => "composite",
            Self::Benchmarked => "benchmarked",
            Self::ReferenceSample => "reference-sample",
            Self::Census => "census",
        }
    }

    /// Whether layers tell of land that the sample has no plots in.
    #[must_use]
    pub const fn is_by_layers(self) -> bool {
        matches!(self, Self::ModelAssisted | Self::NearestNeighbours)
    }

    /// What a reader must know of figures made so; empty where there is nothing.
    #[must_use]
    pub const fn note(self) -> &'static str {
        match self {
            Self::Systematic => "variance as of a simple random sample, mostly too large",
            Self::Synthetic => {
                "standard error is that of the parent area and ignores the bias of the small area"
            }
            Self::Composite => {
                "standard error is the root of the mean squared error of a model of areas"
            }
            Self::Benchmarked => {
                "standard error is that of the model of areas times the factor that adjusts them to their total, and does not know of the adjustment"
            }
            Self::Census => {
                "sum over a stand register, which has no sampling error but is not exact"
            }
            _ => "",
        }
    }
}

impl From<Design> for Estimator {
    fn from(design: Design) -> Self {
        match design {
            Design::SimpleRandom => Self::SimpleRandom,
            Design::Systematic => Self::Systematic,
            Design::Stratified => Self::Stratified,
            Design::PostStratified => Self::PostStratified,
            Design::DoubleSampling => Self::DoubleSampling,
            Design::Cluster => Self::Cluster,
            Design::RatioToSize => Self::RatioToSize,
            Design::ProportionalToSize => Self::ProportionalToSize,
        }
    }
}

impl fmt::Display for Estimator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// What an estimate rests on, beside its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Basis {
    /// Variance in squared units; `None` where the sample gives none.
    pub(super) variance: Option<f64>,
    /// Degrees of freedom of the variance; `None` where the estimator has none.
    pub(super) degrees_of_freedom: Option<f64>,
    /// Plots of the sample.
    pub(super) plots: usize,
    /// Plots with a value other than zero.
    pub(super) plots_nonzero: usize,
    /// How it was made.
    pub(super) estimator: Estimator,
}

impl Basis {
    /// Without the variance of zero that a formula gives where all that was drawn is alike: a small
    /// sample of a rare thing is, and that is not certainty about `value`.
    pub(super) fn not_certain(self, value: f64) -> Self {
        /// Standard errors below this share of the value are rounding.
        const ROUNDING: f64 = 1e-10;
        let least = (ROUNDING * value).powi(2);
        let variance = self.variance.filter(|variance| *variance > least);
        Self {
            degrees_of_freedom: self.degrees_of_freedom.filter(|_| variance.is_some()),
            variance,
            ..self
        }
    }
}

/// A total inferred from a sample. Made in this room only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate<Q> {
    value: Q,
    basis: Basis,
}

/// A numerator over a denominator, both inferred from one sample (or the denominator known).
///
/// Its value is in units of `N` per unit of `D`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RatioEstimate<N, D> {
    value: f64,
    basis: Basis,
    quantities: PhantomData<(N, D)>,
}

/// The accessors that totals and ratios share.
macro_rules! basis_accessors {
    () => {
        /// Variance, in squared units of the value; `None` where the sample gives none.
        #[must_use]
        pub const fn variance(&self) -> Option<f64> {
            self.basis.variance
        }

        /// Degrees of freedom of the variance; `None` where the estimator has none.
        #[must_use]
        pub const fn degrees_of_freedom(&self) -> Option<f64> {
            self.basis.degrees_of_freedom
        }

        /// Plots of the sample, those with zero among them.
        #[must_use]
        pub const fn plots(&self) -> usize {
            self.basis.plots
        }

        /// Plots with a value other than zero.
        #[must_use]
        pub const fn plots_nonzero(&self) -> usize {
            self.basis.plots_nonzero
        }

        /// How it was made.
        #[must_use]
        pub const fn estimator(&self) -> Estimator {
            self.basis.estimator
        }

        /// Square root of the variance, in units of the value.
        #[must_use]
        pub fn standard_error(&self) -> Option<f64> {
            self.basis.variance.map(f64::sqrt)
        }

        /// Half-width of the interval at `level`, in units of the value.
        ///
        /// Student's t with the estimate's degrees of freedom, the normal quantile where it has none.
        #[must_use]
        pub fn half_width(&self, level: Confidence) -> Option<f64> {
            let quantile = level.quantile(self.basis.degrees_of_freedom);
            self.standard_error().map(|error| quantile * error)
        }
    };
}

impl<Q: Quantity> Estimate<Q> {
    pub(super) fn new(value: f64, basis: Basis) -> Self {
        Self {
            value: Q::new(value),
            basis,
        }
    }

    pub(super) const fn basis(&self) -> Basis {
        self.basis
    }

    /// The estimated total.
    #[must_use]
    pub const fn value(&self) -> Q {
        self.value
    }

    basis_accessors!();

    /// `100 × standard error / |value|`; `None` for a value of zero.
    #[must_use]
    pub fn standard_error_pct(&self) -> Option<f64> {
        percent_of(self.standard_error()?, self.value.value())
    }

    /// Lower and upper bound at `level`.
    #[must_use]
    pub fn interval(&self, level: Confidence) -> Option<(Q, Q)> {
        let half_width = Q::new(self.half_width(level)?);
        Some((self.value - half_width, self.value + half_width))
    }

    /// The same estimate with the error of a model that all plots share, such as a volume equation.
    ///
    /// `V′ = V + u² Ŷ² + u² V` with `u` the relative standard error of the model's mean: the variance of a
    /// product of two independent estimates. More plots do not average this error away.
    ///
    /// # Source
    ///
    /// Goodman 1960, Journal of the American Statistical Association 55 (exact variance of products).
    #[must_use]
    pub fn with_model_error(&self, relative_standard_error: f64) -> Self {
        let relative = relative_standard_error * relative_standard_error;
        let square = self.value.value() * self.value.value();
        Self {
            value: self.value,
            basis: Basis {
                variance: self
                    .basis
                    .variance
                    .map(|v| v + relative * square + relative * v),
                ..self.basis
            },
        }
    }

    /// The same estimate in another quantity, `factor` of it for each unit. The factor has no error.
    #[must_use]
    pub fn times<R: Quantity>(&self, factor: f64) -> Estimate<R> {
        let variance = self
            .basis
            .variance
            .map(|variance| variance * factor * factor);
        Estimate::new(
            self.value.value() * factor,
            Basis {
                variance,
                ..self.basis
            },
        )
    }
}

impl<N: Quantity, D: Quantity> RatioEstimate<N, D> {
    pub(super) const fn new(value: f64, basis: Basis) -> Self {
        Self {
            value,
            basis,
            quantities: PhantomData,
        }
    }

    /// The ratio, in units of `N` per unit of `D`.
    #[must_use]
    pub const fn value(&self) -> f64 {
        self.value
    }

    /// The unit of the ratio as written in tables, such as `m3/ha`.
    #[must_use]
    pub fn unit(&self) -> String {
        format!("{}/{}", N::UNIT, D::UNIT)
    }

    basis_accessors!();

    /// `100 × standard error / |value|`; `None` for a value of zero.
    #[must_use]
    pub fn standard_error_pct(&self) -> Option<f64> {
        percent_of(self.standard_error()?, self.value)
    }

    /// Lower and upper bound at `level`, in units of the ratio.
    #[must_use]
    pub fn interval(&self, level: Confidence) -> Option<(f64, f64)> {
        let half_width = self.half_width(level)?;
        Some((self.value - half_width, self.value + half_width))
    }
}

impl<N: Quantity> RatioEstimate<N, Hectares> {
    /// The ratio as a density.
    #[must_use]
    pub fn per_hectare(&self) -> PerHectare<N> {
        PerHectare::new(N::new(self.value))
    }
}

/// `100 × part / |whole|`, where there is a whole.
fn percent_of(part: f64, whole: f64) -> Option<f64> {
    (whole != 0.0).then(|| 100.0 * part / whole.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{CubicMetres, TonnesCarbon};

    fn basis(variance: Option<f64>, degrees_of_freedom: Option<f64>) -> Basis {
        Basis {
            variance,
            degrees_of_freedom,
            plots: 8,
            plots_nonzero: 7,
            estimator: Estimator::SimpleRandom,
        }
    }

    #[test]
    fn the_interval_of_few_plots_is_students() {
        assert!((Confidence::P95.quantile(Some(7.0)) - 2.364_624_251_592_784_5).abs() < 1e-9);
    }

    #[test]
    fn without_degrees_of_freedom_the_interval_is_normal() {
        assert!((Confidence::P95.quantile(None) - 1.959_963_984_540_054).abs() < 1e-9);
    }

    #[test]
    fn an_unknown_variance_stays_unknown() {
        let estimate = Estimate::<CubicMetres>::new(10.0, basis(None, None));
        assert_eq!(estimate.standard_error(), None);
        assert_eq!(estimate.interval(Confidence::P95), None);
    }

    #[test]
    fn a_factor_scales_value_and_standard_error_alike() {
        let volume = Estimate::<CubicMetres>::new(10.0, basis(Some(4.0), None));
        let carbon: Estimate<TonnesCarbon> = volume.times(0.5);
        assert_eq!(carbon.value(), TonnesCarbon::new(5.0));
        assert_eq!(carbon.standard_error(), Some(1.0));
        assert_eq!(carbon.standard_error_pct(), volume.standard_error_pct());
    }

    #[test]
    fn a_shared_model_error_adds_in_quadrature() {
        let volume = Estimate::<CubicMetres>::new(100.0, basis(Some(9.0), None));
        let variance = volume.with_model_error(0.04).variance().unwrap();
        assert!((variance - (9.0 + 16.0 + 9.0 * 0.0016)).abs() < 1e-12);
    }

    #[test]
    fn a_level_lies_between_zero_and_one() {
        assert!(Confidence::new(0.9).is_ok());
        assert!(Confidence::new(95.0).is_err());
        assert!(Confidence::new(f64::NAN).is_err());
    }
}
