//! How many plots reach a wanted precision, and where they should stand.

use super::{Confidence, EstimateError, Observations, Sample};
use crate::units::{Fraction, Quantity};

/// Rounds in which the quantile and the number of plots that depend on each other settle.
const ROUNDS: usize = 100;

/// Plots of a simple random sample that estimate a mean to within a share of itself.
///
/// `n = (t CV / E)²`, with `t` of `n − 1` degrees of freedom; `n / (1 + n/N)` where the population is
/// known. At least two.
///
/// | symbol | meaning                                                  |
/// | :----- | :------------------------------------------------------- |
/// | `CV`   | standard deviation of the plots over their mean          |
/// | `E`    | allowable half-width of the interval over the mean       |
/// | `N`    | plots that the area could hold                           |
///
/// # Errors
///
/// [`EstimateError::Denominator`] unless `E` is above zero.
///
/// # Source
///
/// Cochran, Sampling Techniques, 3rd edition (1977), sections 4.4 to 4.6.
pub fn simple_random_size(
    coefficient_of_variation: f64,
    allowable: Fraction,
    level: Confidence,
    population: Option<u64>,
) -> Result<u64, EstimateError> {
    if allowable.value() <= 0.0 {
        return Err(EstimateError::Denominator {
            found: allowable.value(),
        });
    }
    let plots = |quantile: f64| {
        let n = (quantile * coefficient_of_variation / allowable.value()).powi(2);
        population.map_or(n, |population| n / (1.0 + n / population as f64))
    };
    Ok(whole(settled(level, 1.0, plots)).max(2))
}

/// Plots that one stratum has and should have.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumPlan {
    /// Position of the estimation unit in the frame.
    pub unit: usize,
    /// Position of the stratum within the unit.
    pub stratum: usize,
    /// Plots that it has.
    pub plots: u64,
    /// Plots that it takes, at least two.
    pub needed: u64,
}

impl StratumPlan {
    /// Plots to add.
    #[must_use]
    pub const fn more(&self) -> u64 {
        self.needed.saturating_sub(self.plots)
    }
}

/// Plots for each stratum that estimate the total of a variable to within a share of itself, at the
/// fewest plots in all.
///
/// `n = (t/E)² (Σ W_h s_h)²`, `n_h = n W_h s_h / Σ W_h s_h`, with `W_h` the share of the stratum in the
/// whole area and `t` of `n − H` degrees of freedom.
///
/// The spread of each stratum is that of the plots at hand, so a stratum where all plots are alike is
/// given two. For several variables take the largest number of each stratum.
///
/// # Errors
///
/// Those of [`Sample::total`]; [`EstimateError::TooFewPlots`] for a stratum with fewer than two plots;
/// [`EstimateError::Denominator`] when the total or the allowable error is not above zero.
///
/// # Source
///
/// Cochran, Sampling Techniques, 3rd edition (1977), sections 5.5 and 5.9 (Neyman allocation).
pub fn stratified_plan<Q: Quantity>(
    sample: &Sample,
    observations: &Observations<Q>,
    allowable: Fraction,
    level: Confidence,
) -> Result<Vec<StratumPlan>, EstimateError> {
    let total = sample.total(observations)?.value().value();
    let area = sample.area().value();
    let half_width = allowable.value() * total / area;
    if half_width.is_nan() || half_width <= 0.0 {
        return Err(EstimateError::Denominator { found: half_width });
    }
    let spreads = sample.spreads(observations)?;
    let sum: f64 = spreads.iter().map(|spread| spread.weighted).sum();
    let strata = spreads.len() as f64;
    let n = settled(level, strata, |quantile| {
        (quantile * sum / half_width).powi(2)
    });
    Ok(spreads
        .into_iter()
        .map(|spread| StratumPlan {
            unit: spread.unit,
            stratum: spread.stratum,
            plots: whole(spread.plots),
            needed: whole(if sum > 0.0 {
                n * spread.weighted / sum
            } else {
                0.0
            })
            .max(2),
        })
        .collect())
}

/// `W_h s_h` of a stratum.
struct Spread {
    unit: usize,
    stratum: usize,
    plots: f64,
    weighted: f64,
}

impl Sample {
    fn spreads<Q: Quantity>(
        &self,
        observations: &Observations<Q>,
    ) -> Result<Vec<Spread>, EstimateError> {
        let area = self.area().value();
        let mut squares = vec![(0.0, 0.0); self.layers.len()];
        let values = (0..self.plots.len()).map(|plot| observations.value_at(plot));
        for (&layer, y) in self.layer_of.iter().zip(values) {
            squares[layer].0 += y;
            squares[layer].1 += y * y;
        }
        let mut spreads: Vec<Spread> = Vec::new();
        for (layer, (sum, square)) in self.layers.iter().zip(squares) {
            let before = spreads.last().filter(|last| last.unit == layer.unit);
            let stratum = before.map_or(0, |last| last.stratum + 1);
            if layer.plots < 2.0 && layer.weight > 0.0 {
                return Err(EstimateError::TooFewPlots {
                    found: usize::from(layer.plots > 0.0),
                    expected: 2,
                });
            }
            let variance = ((square - sum * sum / layer.plots) / (layer.plots - 1.0)).max(0.0);
            let share = self.units[layer.unit].area / area * layer.weight;
            spreads.push(Spread {
                unit: layer.unit,
                stratum,
                plots: layer.plots,
                weighted: if share > 0.0 {
                    share * variance.sqrt()
                } else {
                    0.0
                },
            });
        }
        Ok(spreads)
    }
}

/// The number of plots that asks for a quantile of `plots − lost` degrees of freedom and is given by it.
fn settled(level: Confidence, lost: f64, plots: impl Fn(f64) -> f64) -> f64 {
    let mut n = plots(level.quantile(None));
    for _ in 0..ROUNDS {
        let next = plots(level.quantile(Some((n.ceil() - lost).max(1.0))));
        if (next.ceil() - n.ceil()).abs() < 1.0 {
            return next;
        }
        n = f64::midpoint(n, next);
    }
    n
}

/// The next whole number of plots.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of plots is no fraction and not negative; beyond u64 it stays at the largest"
)]
fn whole(plots: f64) -> u64 {
    plots.ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::{Design, EstimationUnit, Frame, Plot, Stratum, Weight};
    use crate::units::{CubicMetres, Hectares, PerHectare};

    fn share(value: f64) -> Fraction {
        Fraction::new(value).unwrap()
    }

    #[test]
    fn the_number_of_plots_asks_for_its_own_quantile() {
        // CV 50 %, error 10 %: normal 96.04; with t of 98 degrees of freedom 98.4.
        let plots = simple_random_size(0.5, share(0.1), Confidence::P95, None).unwrap();
        assert_eq!(plots, 99);
        let t = Confidence::P95.quantile(Some(98.0));
        assert!((t * 5.0).powi(2) <= 99.0);
    }

    #[test]
    fn a_small_population_takes_fewer_plots() {
        let plots = simple_random_size(0.5, share(0.1), Confidence::P95, Some(200)).unwrap();
        assert!((64..=68).contains(&plots), "{plots}");
    }

    #[test]
    fn an_error_of_nothing_is_refused() {
        assert!(simple_random_size(0.5, share(0.0), Confidence::P95, None).is_err());
    }

    #[test]
    fn plots_go_where_area_and_spread_are() {
        let stock = [
            180.0, 150.0, 165.0, 140.0, 200.0, 90.0, 110.0, 70.0, 100.0, 5.0, 5.0,
        ];
        let strata = ["c", "c", "c", "c", "c", "b", "b", "b", "b", "n", "n"];
        let sample = Sample::new(Frame {
            design: Design::Stratified,
            units: vec![EstimationUnit {
                strata: [("c", 0.6), ("b", 0.3), ("n", 0.1)]
                    .map(|(id, weight)| Stratum::new(id, Weight::Known(share(weight))))
                    .to_vec(),
                ..EstimationUnit::whole("u", Hectares::new(1000.0))
            }],
            plots: strata
                .iter()
                .enumerate()
                .map(|(id, s)| Plot::new(id.to_string(), *s))
                .collect(),
        })
        .unwrap();
        let volume = Observations::new(stock.map(|v| PerHectare::new(CubicMetres::new(v))));
        let plan = stratified_plan(&sample, &volume, share(0.05), Confidence::P95).unwrap();
        // W s: 0.6 √570 = 14.32, 0.3 √291.67 = 5.12, 0. E = 0.05 × 128.45.
        let (c, b) = (0.6 * 570.0_f64.sqrt(), 0.3 * (875.0_f64 / 3.0).sqrt());
        let n = (plan[0].needed + plan[1].needed) as f64;
        let t = Confidence::P95.quantile(Some(n - 3.0));
        let least = (t * (c + b) / 6.4225).powi(2);
        assert!(n >= least && n <= least + 4.0, "{n} for {least}");
        assert!((plan[0].needed as f64 / n - c / (c + b)).abs() < 0.05);
        assert_eq!((plan[2].stratum, plan[2].needed, plan[2].more()), (2, 2, 0));
        assert!(plan[0].more() > 20);
    }
}
