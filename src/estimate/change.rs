//! Change between two inventories, with the covariance of the plots that both of them hold.

use std::collections::BTreeMap;

use super::covariance::{Grouped, StratumValues};
use super::estimated::Basis;
use super::{Confidence, Design, Estimate, EstimateError, Observations, Sample};
use crate::units::{PerYear, Quantity, Years};

/// Which plots of an earlier inventory were measured again in a later one.
///
/// A plot of the later inventory is matched to the earlier plot of the same id, or else to the one
/// that it names as `previous`. No earlier plot is matched twice.
#[derive(Debug, Clone)]
pub struct Remeasurement<'a> {
    before: &'a Sample,
    after: &'a Sample,
    later: BTreeMap<usize, usize>,
    earlier: BTreeMap<usize, usize>,
    cells: BTreeMap<(usize, usize), f64>,
    counts: Matches,
}

/// How the plots of two inventories hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Matches {
    /// Plots that were measured at both times.
    pub remeasured: usize,
    /// Plots whose one measurement serves both inventories: same id, same year of measurement.
    pub shared: usize,
    /// Matched plots that changed their estimation unit; their covariance is left out.
    pub moved: usize,
}

/// Change of a total between two inventories. Made in this room only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change<Q> {
    before: Estimate<Q>,
    after: Estimate<Q>,
    net: Estimate<Q>,
    covariance: Option<f64>,
    period: Years,
    matches: Matches,
}

/// What two variances leave below this share of their sum is rounding.
const CANCELLED: f64 = 1e-12;

impl<'a> Remeasurement<'a> {
    /// Matches the plots of two samples.
    #[must_use]
    pub fn between(before: &'a Sample, after: &'a Sample) -> Self {
        let mut matched = Self {
            before,
            after,
            later: BTreeMap::new(),
            earlier: BTreeMap::new(),
            cells: BTreeMap::new(),
            counts: Matches::default(),
        };
        let mut waiting: BTreeMap<&str, usize> = before
            .plots
            .iter()
            .enumerate()
            .map(|(at, plot)| (plot.id.as_str(), at))
            .collect();
        let mut pairs = Vec::new();
        for (b, plot) in after.plots.iter().enumerate() {
            if let Some(a) = waiting.remove(plot.id.as_str()) {
                pairs.push((a, b));
            }
        }
        for (b, plot) in after.plots.iter().enumerate() {
            let previous = plot
                .previous
                .as_deref()
                .filter(|previous| *previous != plot.id);
            if let Some(a) = previous.and_then(|previous| waiting.remove(previous)) {
                pairs.push((a, b));
            }
        }
        for (a, b) in pairs {
            matched.add(a, b);
        }
        matched
    }

    fn add(&mut self, a: usize, b: usize) {
        let (earlier, later) = (&self.before.plots[a], &self.after.plots[b]);
        let same_year = earlier.measured.is_some() && earlier.measured == later.measured;
        if earlier.id == later.id && same_year {
            self.counts.shared += 1;
        } else {
            self.counts.remeasured += 1;
        }
        let (g, h) = (self.before.layer_of[a], self.after.layer_of[b]);
        let unit_before = &self.before.units[self.before.layers[g].unit].id;
        let unit_after = &self.after.units[self.after.layers[h].unit].id;
        if unit_before != unit_after {
            self.counts.moved += 1;
            return;
        }
        let (a, b) = (self.before.drawn_of[a], self.after.drawn_of[b]);
        // Clusters are matched once, by the first of their plots.
        if self.later.contains_key(&a) || self.earlier.contains_key(&b) {
            return;
        }
        self.later.insert(a, b);
        self.earlier.insert(b, a);
        *self.cells.entry((g, h)).or_insert(0.0) += self.before.sizes[a] * self.after.sizes[b];
    }

    /// How many plots were matched, and how.
    #[must_use]
    pub const fn matches(&self) -> Matches {
        self.counts
    }

    /// Time between the mean dates of measurement of the two inventories, each plot with the weight of
    /// the hectares that it stands for.
    ///
    /// Inventories that are measured over several years, or that share measurements, lie closer
    /// together than the years that name them; a yearly change belongs to this interval. `None` where a
    /// plot does not give its year.
    #[must_use]
    pub fn mean_interval(&self) -> Option<Years> {
        Some(Years::new(
            self.after.mean_year()? - self.before.mean_year()?,
        ))
    }

    /// Change of the total of a variable, later less earlier.
    ///
    /// `D̂ = Ŷ₂ − Ŷ₁`, `V(D̂) = V(Ŷ₁) + V(Ŷ₂) − 2 Cov(Ŷ₁, Ŷ₂)`,
    ///
    /// `Cov(Ŷ₁, Ŷ₂) = Σ_gh √(c_g c_h) Σ_i (y₁ᵢ − ȳ₁g)(y₂ᵢ − ȳ₂h) / √((n_g − 1)(n_h − 1))`
    ///
    /// | symbol       | meaning                                                         |
    /// | :----------- | :-------------------------------------------------------------- |
    /// | `g`, `h`     | strata of the earlier and the later inventory                   |
    /// | `c_g`, `c_h` | coefficients of the variance, `V(Ŷ) = Σ c_h s²_h`               |
    /// | `n_g`, `n_h` | plots of the strata                                             |
    /// | `i`          | plots that lay in `g` and now lie in `h`, of the same unit      |
    ///
    /// The two inventories may have different strata. With the same plots, strata and weights it is
    /// exactly the variance of the total of the plot differences; with no common plot the covariance
    /// is zero. By the inequality of Cauchy and Schwarz the variance is never negative. Degrees of
    /// freedom are the smaller of the two.
    ///
    /// # Errors
    ///
    /// Those of [`Sample::total`]; [`EstimateError::Period`] unless the period is above zero;
    /// [`EstimateError::ChangeUnsupported`] for `double-sampling`, whose first phases may or may not
    /// be the same.
    ///
    /// # Source
    ///
    /// Variance of a difference of two dependent estimates: Cochran, Sampling Techniques, 3rd edition
    /// (1977), chapter 12 (sampling on two occasions). The split over strata pairs is derived here from the coefficients of the
    /// designs.
    pub fn change<Q: Quantity>(
        &self,
        observed_before: &Observations<Q>,
        observed_after: &Observations<Q>,
        period: Years,
    ) -> Result<Change<Q>, EstimateError> {
        for sample in [self.before, self.after] {
            if sample.design() == Design::DoubleSampling {
                return Err(EstimateError::ChangeUnsupported {
                    design: sample.design(),
                });
            }
        }
        if period.value().is_nan() || period.value() <= 0.0 {
            return Err(EstimateError::Period {
                found: period.value(),
            });
        }
        let (value_before, basis_before) = self.before.formula(observed_before)?;
        let (value_after, basis_after) = self.after.formula(observed_after)?;
        let variances = basis_before.variance.zip(basis_after.variance);
        let covariance = variances.map(|_| {
            self.covariance(
                &self.before.grouped(observed_before.entries()),
                &self.after.grouped(observed_after.entries()),
            )
        });
        let variance = variances
            .zip(covariance)
            .map(|((before, after), covariance)| {
                let (sum, variance) = (before + after, before + after - 2.0 * covariance);
                // What is left of equal numbers is rounding: plots that did not change.
                if variance > CANCELLED * sum {
                    variance
                } else {
                    0.0
                }
            });
        let degrees_of_freedom = basis_before
            .degrees_of_freedom
            .zip(basis_after.degrees_of_freedom)
            .map(|(before, after)| before.min(after));
        let net = value_after - value_before;
        let of_net = Basis {
            variance,
            degrees_of_freedom,
            ..basis_after
        };
        Ok(Change {
            before: Estimate::new(value_before, basis_before.not_certain(value_before)),
            after: Estimate::new(value_after, basis_after.not_certain(value_after)),
            // What hardly changed has an error beside what there is, not beside the change.
            net: Estimate::new(net, of_net.not_certain(value_after)),
            covariance,
            period,
            matches: self.counts,
        })
    }

    fn covariance(&self, before: &Grouped, after: &Grouped) -> f64 {
        let nothing = StratumValues::default();
        let mut products: BTreeMap<(usize, usize), (f64, f64)> = BTreeMap::new();
        let mut add = |a: usize, b: usize, t_1: f64, t_2: f64| {
            let (g, h) = (self.before.layer_of_drawn[a], self.after.layer_of_drawn[b]);
            let (m_1, m_2) = (self.before.sizes[a], self.after.sizes[b]);
            let y_1 = before.get(&g).unwrap_or(&nothing).mean;
            let y_2 = after.get(&h).unwrap_or(&nothing).mean;
            let cell = products.entry((g, h)).or_insert((0.0, 0.0));
            cell.0 += (t_1 - m_1 * y_1) * (t_2 - m_2 * y_2);
            cell.1 += m_1 * m_2;
        };
        for &(a, t_1) in before.values().flat_map(|stratum| &stratum.drawn) {
            if let Some(&b) = self.later.get(&a) {
                add(
                    a,
                    b,
                    t_1,
                    value_of(after.get(&self.after.layer_of_drawn[b]), b),
                );
            }
        }
        for &(b, t_2) in after.values().flat_map(|stratum| &stratum.drawn) {
            if let Some(&a) = self.earlier.get(&b)
                && value_of(before.get(&self.before.layer_of_drawn[a]), a) == 0.0
            {
                add(a, b, 0.0, t_2);
            }
        }
        let mut covariance = 0.0;
        for (&(g, h), &sizes) in &self.cells {
            let (Some(y_1), Some(y_2)) = (before.get(&g), after.get(&h)) else {
                continue;
            };
            let (seen, seen_sizes) = products.get(&(g, h)).copied().unwrap_or((0.0, 0.0));
            let products = seen + (sizes - seen_sizes) * y_1.mean * y_2.mean;
            let (g, h) = (&self.before.layers[g], &self.after.layers[h]);
            let coefficients = self.before.coefficient(g) * self.after.coefficient(h);
            let freedom = (g.drawn - 1.0) * (h.drawn - 1.0);
            covariance += (coefficients / freedom).sqrt() * products;
        }
        covariance
    }
}

/// Value of a drawn thing in a stratum, zero where it has none.
fn value_of(stratum: Option<&StratumValues>, drawn: usize) -> f64 {
    stratum.map_or(0.0, |stratum| {
        let found = stratum.drawn.binary_search_by_key(&drawn, |value| value.0);
        found.map_or(0.0, |at| stratum.drawn[at].1)
    })
}

/// Change of the total of one variable between two inventories; see [`Remeasurement::change`], which
/// serves better where there are many variables.
///
/// # Errors
///
/// Those of [`Remeasurement::change`].
pub fn change<Q: Quantity>(
    (before, observed_before): (&Sample, &Observations<Q>),
    (after, observed_after): (&Sample, &Observations<Q>),
    period: Years,
) -> Result<Change<Q>, EstimateError> {
    Remeasurement::between(before, after).change(observed_before, observed_after, period)
}

impl<Q: Quantity> Change<Q> {
    /// Total at the earlier inventory.
    #[must_use]
    pub const fn before(&self) -> Estimate<Q> {
        self.before
    }

    /// Total at the later inventory.
    #[must_use]
    pub const fn after(&self) -> Estimate<Q> {
        self.after
    }

    /// Later less earlier, with its variance.
    #[must_use]
    pub const fn net(&self) -> Estimate<Q> {
        self.net
    }

    /// Covariance of the two totals; `None` where one of them has no variance.
    #[must_use]
    pub const fn covariance(&self) -> Option<f64> {
        self.covariance
    }

    /// Time between the inventories.
    #[must_use]
    pub const fn period(&self) -> Years {
        self.period
    }

    /// How the plots of the two samples hang together.
    #[must_use]
    pub const fn matches(&self) -> Matches {
        self.matches
    }

    /// Mean change in one year.
    #[must_use]
    pub fn yearly(&self) -> PerYear<Q> {
        PerYear::over(self.net.value(), self.period)
    }

    /// Standard error of the mean change in one year.
    #[must_use]
    pub fn yearly_standard_error(&self) -> Option<f64> {
        self.net
            .standard_error()
            .map(|error| error / self.period.value())
    }

    /// Lower and upper bound of the mean change in one year, at `level`.
    #[must_use]
    pub fn yearly_interval(&self, level: Confidence) -> Option<(PerYear<Q>, PerYear<Q>)> {
        let (low, high) = self.net.interval(level)?;
        Some((
            PerYear::over(low, self.period),
            PerYear::over(high, self.period),
        ))
    }
}
