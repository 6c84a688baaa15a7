//! Totals, covariances and ratios from any design: the common door.
//!
//! Every design is a weighted sum of stratum means with a variance `Σ c_h s²_h`; only the
//! coefficients differ (and a first phase may add its own part). So one piece of code serves them
//! all, and it looks only at plots whose value is not zero.

use std::collections::BTreeMap;

use super::estimated::Basis;
use super::sample::{Layer, UnitFacts};
use super::{
    Design, Estimate, EstimateError, Observations, RatioEstimate, Sample, double_sampling,
    post_stratified,
};
use crate::units::{Hectares, Quantity};

/// The values of one variable in one stratum.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct StratumValues {
    /// Mean over all plots of the stratum, or over the hectares of its stands.
    pub(super) mean: f64,
    /// Sum of the values of each drawn thing that has a value, in order.
    pub(super) drawn: Vec<(usize, f64)>,
}

/// One variable, by stratum; strata without a value other than zero are absent.
pub(super) type Grouped = BTreeMap<usize, StratumValues>;

/// An independent part of a variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Term {
    pub(super) variance: f64,
    pub(super) degrees_of_freedom: f64,
}

impl Sample {
    /// Total of a variable over the area of the sample.
    ///
    /// `Ŷ = Σ_units A Σ_h W_h ȳ_h`; the variance is that of the declared design, see the
    /// [designs](Design). It is `None` when no plot has a value other than zero, when a stratum of
    /// a unit with such plots has fewer than two draws, or when all draws of each stratum are alike:
    /// a variance of zero is not certainty.
    ///
    /// # Errors
    ///
    /// [`EstimateError::PlotCount`] and [`EstimateError::MissingValues`] for columns that do not fit.
    ///
    /// # Examples
    ///
    /// ```
    /// use terrasink::estimate::{Confidence, Design, EstimationUnit, Frame, Observations, Plot, Sample};
    /// use terrasink::units::{CubicMetres, Hectares, PerHectare};
    ///
    /// let stock = [120.0, 85.0, 0.0, 150.0, 60.0, 95.0, 110.0, 40.0];
    /// let sample = Sample::new(Frame {
    ///     design: Design::SimpleRandom,
    ///     units: vec![EstimationUnit::whole("county", Hectares::new(1000.0))],
    ///     plots: (0..stock.len()).map(|id| Plot::new(id.to_string(), "county")).collect(),
    /// })?;
    /// let volume = Observations::new(stock.map(|v| PerHectare::new(CubicMetres::new(v))));
    /// let total = sample.total(&volume)?;
    /// assert_eq!(total.value(), CubicMetres::new(82_500.0));
    /// assert!((total.half_width(Confidence::P95).unwrap() - 39_969.445).abs() < 1e-3);
    /// # Ok::<(), terrasink::estimate::EstimateError>(())
    /// ```
    pub fn total<Q: Quantity>(
        &self,
        observations: &Observations<Q>,
    ) -> Result<Estimate<Q>, EstimateError> {
        let (value, basis) = self.formula(observations)?;
        Ok(Estimate::new(value, self.not_certain(value, basis)))
    }

    /// What a value rests on, without the false certainty of draws that are alike. A sample of all that
    /// there is has no sampling error.
    fn not_certain(&self, value: f64, basis: Basis) -> Basis {
        let drawn_whole = |layer: &Layer| layer.population == Some(layer.drawn);
        if self.layers.iter().all(drawn_whole) {
            basis
        } else {
            basis.not_certain(value)
        }
    }

    /// Total and basis as the formulas of the design have them: with a variance of zero where all draws
    /// of each stratum are alike.
    pub(super) fn formula<Q: Quantity>(
        &self,
        observations: &Observations<Q>,
    ) -> Result<(f64, Basis), EstimateError> {
        self.expect_complete(observations)?;
        let values = self.grouped(observations.entries());
        let (variance, degrees_of_freedom) = self.variance(&values);
        let basis = Basis {
            variance,
            degrees_of_freedom,
            plots: self.plots.len(),
            plots_nonzero: observations.plots_nonzero(),
            estimator: self.design().into(),
        };
        Ok((self.sum(&values), basis))
    }

    /// Mean of a variable per hectare of the area of the sample, which is known without error.
    ///
    /// # Errors
    ///
    /// Those of [`Sample::total`].
    pub fn mean<Q: Quantity>(
        &self,
        observations: &Observations<Q>,
    ) -> Result<RatioEstimate<Q, Hectares>, EstimateError> {
        let total = self.total(observations)?;
        let area = self.area().value();
        Ok(RatioEstimate::new(
            total.value().value() / area,
            Basis {
                variance: total.variance().map(|variance| variance / (area * area)),
                ..total.basis()
            },
        ))
    }

    /// Covariance of the totals of two variables, in units of the one times units of the other.
    ///
    /// `None` where a stratum of a unit that both variables occur in has fewer than two draws.
    ///
    /// # Errors
    ///
    /// Those of [`Sample::total`].
    pub fn covariance<Y: Quantity, X: Quantity>(
        &self,
        y: &Observations<Y>,
        x: &Observations<X>,
    ) -> Result<Option<f64>, EstimateError> {
        self.expect_complete(y)?;
        self.expect_complete(x)?;
        let (y, x) = (self.grouped(y.entries()), self.grouped(x.entries()));
        let (y_units, x_units) = (self.units_of(&y), self.units_of(&x));
        let mut covariance = 0.0;
        for unit in y_units.into_iter().filter(|unit| x_units.contains(unit)) {
            if !self.units[unit].has_variance {
                return Ok(None);
            }
            covariance += self
                .unit_terms(unit, &y, &x)
                .iter()
                .map(|t| t.variance)
                .sum::<f64>();
        }
        Ok(Some(covariance))
    }

    /// Ratio of the totals of two variables, such as volume per hectare of forest.
    ///
    /// `R̂ = Ŷ/X̂`, `V(R̂) = [V(Ŷ) + R̂² V(X̂) − 2 R̂ Cov(Ŷ, X̂)] / X̂²`, which is the variance of the
    /// total of `y − R̂ x` over `X̂²`. It is `None` when fewer than two plots have a denominator, or all
    /// have the same ratio: the formula would then claim a ratio without error.
    ///
    /// `plots_nonzero` of the result counts the plots with a denominator.
    ///
    /// # Errors
    ///
    /// Those of [`Sample::total`], and [`EstimateError::Denominator`] unless `X̂` is above zero.
    ///
    /// # Source
    ///
    /// Bechtold and Patterson 2005, GTR SRS-80, chapter 4 (ratio estimates); Cochran, Sampling
    /// Techniques, 3rd edition (1977), section 6.4.
    pub fn ratio<N: Quantity, D: Quantity>(
        &self,
        numerator: &Observations<N>,
        denominator: &Observations<D>,
    ) -> Result<RatioEstimate<N, D>, EstimateError> {
        self.expect_complete(numerator)?;
        self.expect_complete(denominator)?;
        let y = self.sum(&self.grouped(numerator.entries()));
        let x = self.sum(&self.grouped(denominator.entries()));
        if x.is_nan() || x <= 0.0 {
            return Err(EstimateError::Denominator { found: x });
        }
        let ratio = y / x;
        let mut residuals: BTreeMap<usize, f64> = numerator.entries().iter().copied().collect();
        for &(plot, x) in denominator.entries() {
            *residuals.entry(plot).or_insert(0.0) -= ratio * x;
        }
        let residuals: Vec<(usize, f64)> = residuals.into_iter().collect();
        let (variance, degrees_of_freedom) = self.variance(&self.grouped(&residuals));
        let known = denominator.plots_nonzero() >= 2;
        Ok(RatioEstimate::new(
            ratio,
            self.not_certain(
                ratio,
                Basis {
                    variance: variance
                        .filter(|_| known)
                        .map(|variance| variance / (x * x)),
                    degrees_of_freedom: degrees_of_freedom.filter(|_| known),
                    plots: self.plots.len(),
                    plots_nonzero: denominator.plots_nonzero(),
                    estimator: self.design().into(),
                },
            ),
        ))
    }

    /// Whether a column has a value wherever the estimate needs one.
    pub(super) fn expect_complete<Q: Quantity>(
        &self,
        observations: &Observations<Q>,
    ) -> Result<(), EstimateError> {
        observations.expect_plots(self.plots.len())?;
        let missing = observations.missing();
        if missing.is_empty() {
            return Ok(());
        }
        let named = missing
            .iter()
            .take(10)
            .map(|plot| self.plots[*plot].id.clone());
        Err(EstimateError::MissingValues {
            plots: named.collect(),
            count: missing.len(),
        })
    }

    /// The values by stratum and drawn thing.
    pub(super) fn grouped(&self, entries: &[(usize, f64)]) -> Grouped {
        let mut grouped = Grouped::new();
        for &(plot, value) in entries {
            let value = value * self.size(plot);
            let stratum = grouped.entry(self.layer_of[plot]).or_default();
            stratum.mean += value;
            let drawn = self.drawn_of[plot];
            match stratum.drawn.last_mut() {
                Some(last) if last.0 == drawn => last.1 += value,
                _ => stratum.drawn.push((drawn, value)),
            }
        }
        for (layer, stratum) in &mut grouped {
            stratum.mean /= self.layers[*layer].size;
            if self.design() == Design::Cluster {
                stratum.drawn = gathered(&stratum.drawn);
            }
        }
        grouped
    }

    /// `Σ A W_h ȳ_h`.
    fn sum(&self, values: &Grouped) -> f64 {
        values
            .iter()
            .map(|(layer, stratum)| {
                let layer = &self.layers[*layer];
                self.units[layer.unit].area * layer.weight * stratum.mean
            })
            .sum()
    }

    /// The units with a value other than zero, in order.
    fn units_of(&self, values: &Grouped) -> Vec<usize> {
        let mut units: Vec<usize> = values
            .keys()
            .map(|layer| self.layers[*layer].unit)
            .collect();
        units.dedup();
        units
    }

    /// Variance of the total, and its degrees of freedom.
    fn variance(&self, values: &Grouped) -> (Option<f64>, Option<f64>) {
        let units = self.units_of(values);
        if units.is_empty() || units.iter().any(|unit| !self.units[*unit].has_variance) {
            return (None, None);
        }
        let terms: Vec<Term> = units
            .into_iter()
            .flat_map(|unit| self.unit_terms(unit, values, values))
            .collect();
        let variance = terms.iter().map(|term| term.variance).sum();
        (Some(variance), satterthwaite(&terms))
    }

    /// The independent parts of the covariance of two totals in one unit.
    fn unit_terms(&self, position: usize, y: &Grouped, x: &Grouped) -> Vec<Term> {
        let unit = &self.units[position];
        let mut terms = Vec::new();
        for &layer in &unit.layers {
            if let (Some(y), Some(x)) = (y.get(&layer), x.get(&layer)) {
                let facts = &self.layers[layer];
                terms.push(Term {
                    variance: self.coefficient(facts) * self.stratum_covariance(layer, y, x),
                    degrees_of_freedom: facts.drawn - 1.0,
                });
            }
        }
        match self.design() {
            Design::PostStratified => vec![Term {
                variance: terms.iter().map(|term| term.variance).sum(),
                degrees_of_freedom: post_stratified::degrees_of_freedom(unit),
            }],
            Design::DoubleSampling => {
                terms.push(self.first_phase_term(unit, y, x));
                terms
            }
            _ => terms,
        }
    }

    /// The part of the covariance of two totals in one unit that the first phase brings.
    pub(super) fn first_phase_term(&self, unit: &UnitFacts, y: &Grouped, x: &Grouped) -> Term {
        let nothing = StratumValues::default();
        let mean = |values: &Grouped, layer| values.get(layer).unwrap_or(&nothing).mean;
        let means: Vec<(f64, f64, f64)> = unit
            .layers
            .iter()
            .map(|layer| (self.layers[*layer].weight, mean(y, layer), mean(x, layer)))
            .collect();
        Term {
            variance: double_sampling::first_phase(unit, &means),
            degrees_of_freedom: unit.first_phase - 1.0,
        }
    }

    /// `s_yx = Σ (t_y − m ȳ)(t_x − m x̄) / (k − 1)` over the things drawn from a stratum.
    pub(super) fn stratum_covariance(
        &self,
        layer: usize,
        y: &StratumValues,
        x: &StratumValues,
    ) -> f64 {
        let facts = &self.layers[layer];
        let mut products = 0.0;
        let mut squared_sizes = 0.0;
        for (drawn, t_y, t_x) in joined(&y.drawn, &x.drawn) {
            let m = self.sizes[drawn];
            products += (t_y - m * y.mean) * (t_x - m * x.mean);
            squared_sizes += m * m;
        }
        products += (facts.squared_sizes - squared_sizes) * y.mean * x.mean;
        products / (facts.drawn - 1.0)
    }
}

/// Sums the values of each drawn thing, in order.
fn gathered(values: &[(usize, f64)]) -> Vec<(usize, f64)> {
    let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
    for &(drawn, value) in values {
        *sums.entry(drawn).or_insert(0.0) += value;
    }
    sums.into_iter().collect()
}

/// Each thing of two ordered lists with both values, zero where a list has none.
fn joined<'a>(
    left: &'a [(usize, f64)],
    right: &'a [(usize, f64)],
) -> impl Iterator<Item = (usize, f64, f64)> + 'a {
    let (mut l, mut r) = (0, 0);
    std::iter::from_fn(move || {
        let (a, b) = (left.get(l), right.get(r));
        let first = match (a, b) {
            (Some(a), Some(b)) => a.0.min(b.0),
            (Some(one), None) | (None, Some(one)) => one.0,
            (None, None) => return None,
        };
        let value = |from: Option<&(usize, f64)>, position: &mut usize| match from {
            Some(found) if found.0 == first => {
                *position += 1;
                found.1
            }
            _ => 0.0,
        };
        let left_value = value(a, &mut l);
        let right_value = value(b, &mut r);
        Some((first, left_value, right_value))
    })
}

/// Degrees of freedom of a sum of independent variances, `(Σ V)² / Σ (V²/df)`.
///
/// # Source
///
/// Satterthwaite 1946, Biometrics Bulletin 2; Cochran, Sampling Techniques, 3rd edition (1977), section
/// 5.4.
pub(super) fn satterthwaite(terms: &[Term]) -> Option<f64> {
    let mut sum = 0.0;
    let mut weighted = 0.0;
    for term in terms.iter().filter(|term| term.variance > 0.0) {
        if term.degrees_of_freedom <= 0.0 {
            return None;
        }
        sum += term.variance;
        weighted += term.variance * term.variance / term.degrees_of_freedom;
    }
    (weighted > 0.0).then(|| sum * sum / weighted)
}
