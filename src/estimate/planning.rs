//! How many plots reach a wanted precision, and where they should stand.

use super::covariance::{Term, satterthwaite};
use super::sample::{Layer, UnitFacts, coefficient};
use super::{Confidence, Design, EstimateError, Observations, Sample, post_stratified};
use crate::units::{Fraction, Quantity};

/// More plots than this no survey has: the precision counts as out of reach.
const MOST_PLOTS: f64 = 1e9;

/// A number of plots this close above a whole one is that number, rounded by the machine.
const ROUNDING: f64 = 1e-9;

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

/// How new plots are spread over the strata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Allocation {
    /// By area times spread, which takes the fewest plots: `n_h = n W_h s_h / Σ W_h s_h`.
    ///
    /// The plots are drawn stratum by stratum; a post-stratified sample becomes a stratified one.
    Neyman,
    /// By area alone: `n_h = n W_h`. It serves all variables alike.
    ///
    /// In a post-stratified sample the plots of a unit are drawn together, in proportion to the area of
    /// the units, and fall into strata as they may.
    Proportional,
}

/// What the plots at hand say of one stratum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StratumSpread {
    /// Position of the estimation unit in the frame.
    pub unit: usize,
    /// Position of the stratum within the unit.
    pub stratum: usize,
    /// Its share of the whole area, `W_h`.
    pub share: f64,
    /// Plots drawn; clusters, for the design `cluster`.
    pub drawn: u64,
    /// Standard deviation of their values, per hectare, `s_h`; `None` with fewer than two draws.
    pub standard_deviation: Option<f64>,
}

/// What the plots at hand let expect of a larger sample of one variable.
///
/// The spread within each stratum is taken as that of the plots at hand, and the mean as theirs. The
/// variance of a sample of another size is that of its design at this size, so a later run on such a
/// sample gives the interval that is expected here. Plots at hand stay: no stratum is given fewer.
///
/// `n = (t/E)² (Σ W_h s_h)²` by Neyman's allocation and `n = (t/E)² Σ W_h s²_h` by the proportional one,
/// where no stratum has more than its part yet; otherwise the strata with too many keep theirs and the
/// rest is found by search. `t` has the degrees of freedom of the larger sample, and `n` is the smallest
/// whole number that is enough with it.
///
/// | symbol | meaning                                                | unit   |
/// | :----- | :----------------------------------------------------- | :----- |
/// | `W_h`  | share of the stratum in the whole area                 |        |
/// | `s_h`  | standard deviation of the plots of the stratum         | per ha |
/// | `E`    | allowable half-width of the interval of the mean       | per ha |
///
/// Strata with fewer than two draws have no spread. They are given two draws and left out of the sums,
/// so that the number of plots is the least possible, see [`Outlook::without_spread`].
///
/// # Source
///
/// Cochran, Sampling Techniques, 3rd edition (1977), sections 5.5 and 5.9 (Neyman's allocation) and 5A.2
/// (several variables); CDM A/R methodological tool 03 has the same formula.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    design: Design,
    total: f64,
    area: f64,
    now: Option<f64>,
    units: Vec<UnitFacts>,
    layers: Vec<Layer>,
    /// Variance within each stratum.
    squares: Vec<Option<f64>>,
    /// What the first phase adds to the variance of each unit, whatever the number of plots.
    first_phase: Vec<Option<Term>>,
    level: Confidence,
}

impl Outlook {
    /// Looks at one variable of a sample, for intervals of one level.
    ///
    /// # Errors
    ///
    /// Those of [`Sample::total`]; [`EstimateError::Denominator`] when the total is not above zero.
    pub fn new<Q: Quantity>(
        sample: &Sample,
        observations: &Observations<Q>,
        level: Confidence,
    ) -> Result<Self, EstimateError> {
        let estimate = sample.total(observations)?;
        let total = estimate.value().value();
        if total.is_nan() || total <= 0.0 {
            return Err(EstimateError::Denominator { found: total });
        }
        let values = sample.grouped(observations.entries());
        let squares = sample.layers.iter().enumerate().map(|(position, layer)| {
            let found = values.get(&position);
            match found {
                _ if layer.weight <= 0.0 => Some(0.0),
                _ if layer.drawn < 2.0 => None,
                None => Some(0.0),
                Some(found) => Some(sample.stratum_covariance(position, found, found).max(0.0)),
            }
        });
        let first_phase = sample.units.iter().map(|unit| {
            let phased = sample.design() == Design::DoubleSampling;
            phased.then(|| sample.first_phase_term(unit, &values, &values))
        });
        Ok(Self {
            design: sample.design(),
            total,
            area: sample.area().value(),
            now: estimate
                .half_width(level)
                .map(|half_width| half_width / total),
            units: sample.units.clone(),
            layers: sample.layers.clone(),
            squares: squares.collect(),
            first_phase: first_phase.collect(),
            level,
        })
    }

    /// Half-width of the interval of the plots at hand over the total; `None` where they have no
    /// variance.
    #[must_use]
    pub const fn now(&self) -> Option<f64> {
        self.now
    }

    /// The strata, in the order of the frame.
    #[must_use]
    pub fn strata(&self) -> Vec<StratumSpread> {
        let mut strata: Vec<StratumSpread> = Vec::with_capacity(self.layers.len());
        for (layer, square) in self.layers.iter().zip(&self.squares) {
            let before = strata.last().filter(|last| last.unit == layer.unit);
            let mean_size = layer.size / layer.drawn.max(1.0);
            strata.push(StratumSpread {
                unit: layer.unit,
                stratum: before.map_or(0, |last| last.stratum + 1),
                share: self.share(layer),
                drawn: whole(layer.drawn),
                standard_deviation: square
                    .filter(|_| layer.drawn >= 2.0)
                    .map(|square| square.sqrt() / mean_size),
            });
        }
        strata
    }

    /// Positions of the strata that have area, but fewer than the two draws that a variance takes.
    #[must_use]
    pub fn without_spread(&self) -> Vec<usize> {
        let unknown = |position: &usize| self.squares[*position].is_none();
        (0..self.layers.len()).filter(unknown).collect()
    }

    /// Draws that each stratum takes so that the half-width of the interval is at most `allowable` of
    /// the total; those at hand are among them. `None` where no number of plots is enough: the first
    /// phase of a double sample may be too small by itself.
    #[must_use]
    pub fn needed(&self, allocation: Allocation, allowable: Fraction) -> Option<Vec<u64>> {
        let enough =
            |drawn: &[u64]| self.expected(allocation, drawn) <= allowable.value() + ROUNDING;
        let shares = self.shares(allocation);
        let at = |plots: f64| self.spread_out(allocation, &shares, plots);
        let (mut low, mut high) = (0.0, 0.0);
        while !enough(&at(high)) {
            if high > MOST_PLOTS {
                return None;
            }
            low = high;
            high = 2.0 * f64::max(high, 1.0);
        }
        while high - low > ROUNDING * f64::max(high, 1.0) {
            let middle = f64::midpoint(low, high);
            if enough(&at(middle)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        Some(at(high))
    }

    /// Half-width over the total that a sample with so many draws a stratum lets expect, from the strata
    /// that have a spread.
    ///
    /// # Panics
    ///
    /// Unless there is a number for each stratum.
    #[must_use]
    pub fn expected(&self, allocation: Allocation, drawn: &[u64]) -> f64 {
        assert_eq!(drawn.len(), self.layers.len(), "a number for each stratum");
        let at_hand = |(drawn, layer): (&u64, &Layer)| *drawn == whole(layer.drawn);
        let design = if drawn.iter().zip(&self.layers).all(at_hand) {
            self.design
        } else {
            self.drawn_as(allocation)
        };
        let mut units = self.units.clone();
        for unit in &mut units {
            unit.plots = unit.layers.iter().map(|layer| drawn[*layer] as f64).sum();
        }
        let mut terms = Vec::new();
        for (unit, first_phase) in units.iter().zip(&self.first_phase) {
            let known = unit.layers.iter().filter_map(|&layer| {
                let larger = resized(&self.layers[layer], drawn[layer] as f64);
                Some(Term {
                    variance: coefficient(design, unit, &larger) * self.squares[layer]?,
                    degrees_of_freedom: larger.drawn - 1.0,
                })
            });
            if design == Design::PostStratified {
                terms.push(Term {
                    variance: known.map(|term| term.variance).sum(),
                    degrees_of_freedom: post_stratified::degrees_of_freedom(unit),
                });
            } else {
                terms.extend(known);
            }
            terms.extend(first_phase);
        }
        let variance: f64 = terms.iter().map(|term| term.variance).sum();
        self.level.quantile(satterthwaite(&terms)) * variance.sqrt() / self.total
    }

    /// The design that a sample has once it was enlarged.
    const fn drawn_as(&self, allocation: Allocation) -> Design {
        match (self.design, allocation) {
            (Design::PostStratified, Allocation::Neyman) => Design::Stratified,
            (design, _) => design,
        }
    }

    /// The share of a stratum in the whole area.
    fn share(&self, layer: &Layer) -> f64 {
        self.units[layer.unit].area * layer.weight / self.area
    }

    /// The part of the plots that each stratum is given.
    fn shares(&self, allocation: Allocation) -> Vec<f64> {
        let design = self.drawn_as(allocation);
        let part = |(layer, square): (&Layer, &Option<f64>)| match allocation {
            Allocation::Proportional => self.share(layer),
            Allocation::Neyman => {
                let one = Layer {
                    population: None,
                    ..resized(layer, 1.0)
                };
                // What one draw leaves of variance, `c_h s²_h` at `n_h = 1`.
                let left = coefficient(design, &self.units[layer.unit], &one);
                (left * square.unwrap_or(0.0)).sqrt()
            }
        };
        let parts: Vec<f64> = self.layers.iter().zip(&self.squares).map(part).collect();
        let sum: f64 = parts.iter().sum();
        let share = |part| if sum > 0.0 { part / sum } else { 0.0 };
        parts.into_iter().map(share).collect()
    }

    /// So many plots by their shares, none taken away from those at hand, two at least.
    fn spread_out(&self, allocation: Allocation, shares: &[f64], plots: f64) -> Vec<u64> {
        if self.drawn_as(allocation) == Design::PostStratified {
            return self.by_unit(shares, plots);
        }
        let drawn = |(layer, share): (&Layer, &f64)| {
            let wanted = (plots * share).max(layer.least());
            let possible = layer.population.map_or(wanted, |most| wanted.min(most));
            whole(possible).max(whole(layer.drawn))
        };
        self.layers.iter().zip(shares).map(drawn).collect()
    }

    /// So many plots by the area of the units; new ones fall into strata by the area of these.
    fn by_unit(&self, shares: &[f64], plots: f64) -> Vec<u64> {
        let at_least = |layer: &Layer| whole(layer.drawn.max(layer.least()));
        let mut drawn: Vec<u64> = self.layers.iter().map(at_least).collect();
        for unit in &self.units {
            let share: f64 = unit.layers.iter().map(|layer| shares[*layer]).sum();
            let at_hand: u64 = unit.layers.iter().map(|layer| drawn[*layer]).sum();
            let more = whole(plots * share).saturating_sub(at_hand);
            let part = |layer: &usize| more as f64 * self.layers[*layer].weight;
            let parts: Vec<f64> = unit.layers.iter().map(part).collect();
            for (layer, part) in unit.layers.iter().zip(whole_parts(&parts, more)) {
                drawn[*layer] += part;
            }
        }
        drawn
    }
}

impl Layer {
    /// Fewest draws that give a variance.
    const fn least(&self) -> f64 {
        if self.weight > 0.0 { 2.0 } else { 0.0 }
    }
}

/// A stratum with another number of draws.
fn resized(layer: &Layer, drawn: f64) -> Layer {
    let factor = drawn / layer.drawn.max(1.0);
    Layer {
        drawn,
        plots: layer.plots.max(1.0) * factor,
        size: if layer.size > 0.0 { layer.size } else { 1.0 } * factor,
        ..layer.clone()
    }
}

/// Whole numbers that sum to `sum` and lie nearest to `parts`, the largest remainders rounded up.
fn whole_parts(parts: &[f64], sum: u64) -> Vec<u64> {
    let mut counts: Vec<u64> = parts.iter().map(|part| whole(part.floor())).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|a, b| parts[*b].fract().total_cmp(&parts[*a].fract()));
    let left = sum.saturating_sub(counts.iter().sum());
    let left = usize::try_from(left).unwrap_or_default();
    for position in order.into_iter().cycle().take(left) {
        counts[position] += 1;
    }
    counts
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
    (plots - ROUNDING * plots.max(1.0)).ceil() as u64
}

#[cfg(test)]
#[path = "planning_tests.rs"]
mod tests;
