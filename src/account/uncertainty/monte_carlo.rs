//! Approach 2: the spread by draws.
//!
//! Every input has its own stream of numbers, keyed by the run's seed and the input's key; the
//! draw of iteration `i` is the `i`-th number of the stream. So draws do not depend on how many
//! threads work, on the order of regions, or on which other inputs there are; and an input that
//! regions share has the same draw in all of them.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use statrs::distribution::{ContinuousCDF, Normal};

use super::trace::{Input, Term};
use crate::account::library::Shape;
use crate::estimate::student_draw;

/// How draws are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawPlan {
    /// Number of iterations.
    pub draws: u32,
    /// Seed of the run.
    pub seed: u64,
}

/// What the draws of a figure say.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// Mean over the draws.
    pub mean: f64,
    /// Standard deviation over the draws.
    pub standard_deviation: f64,
    /// Half of the draws lie below.
    pub median: f64,
    /// Bounds that hold a level of the draws, as much below as above, in the order of the levels
    /// asked for.
    pub intervals: Vec<(f64, f64)>,
    /// Goals, each with the share of the draws that are at least as large.
    pub reached: Vec<(f64, f64)>,
}

impl Drawn {
    /// Quantiles are linear between neighbours.
    ///
    /// # Source
    ///
    /// Hyndman and Fan 1996, The American Statistician 50:361-365, definition 7.
    fn new(mut values: Vec<f64>, levels: &[f64], goals: &[f64]) -> Self {
        let n = values.len() as f64;
        let share = |goal: &f64| {
            let reach = values.iter().filter(|value| *value >= goal).count();
            (*goal, reach as f64 / n)
        };
        let reached = goals.iter().map(share).collect();
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let tails = levels.iter().map(|level| (1.0 - level) / 2.0);
        let shares: Vec<f64> = std::iter::once(0.5)
            .chain(tails.flat_map(|tail| [tail, 1.0 - tail]))
            .collect();
        let places: Vec<(usize, usize, f64)> = shares
            .iter()
            .map(|share| place(*share, values.len() - 1))
            .collect();
        let mut ranks: Vec<usize> = places
            .iter()
            .flat_map(|(below, above, _)| [*below, *above])
            .collect();
        ranks.sort_unstable();
        ranks.dedup();
        let at = order_statistics(&mut values, &ranks);
        let quantiles: Vec<f64> = places
            .iter()
            .map(|(below, above, share)| at[below] + share * (at[above] - at[below]))
            .collect();
        Self {
            mean,
            standard_deviation: (squares / (n - 1.0)).sqrt(),
            median: quantiles[0],
            intervals: quantiles[1..]
                .chunks_exact(2)
                .map(|pair| (pair[0], pair[1]))
                .collect(),
            reached,
        }
    }
}

/// The ranks next to a share of the draws, and how far between them it lies.
fn place(share: f64, last: usize) -> (usize, usize, f64) {
    let at = share.clamp(0.0, 1.0) * last as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the number of draws"
    )]
    let below = at.floor() as usize;
    (below, (below + 1).min(last), at - below as f64)
}

/// The values at ascending ranks, without sorting the rest.
fn order_statistics(values: &mut [f64], ranks: &[usize]) -> BTreeMap<usize, f64> {
    let (mut rest, mut passed) = (values, 0);
    let mut found = BTreeMap::new();
    for rank in ranks {
        let (_, value, right) = rest.select_nth_unstable_by(rank - passed, f64::total_cmp);
        found.insert(*rank, *value);
        rest = right;
        passed = rank + 1;
    }
    found
}

/// The draws of one input: `None` where it has no spread.
///
/// | shape       | draw from a standard normal `z` (or even `u` in 0..1)      |
/// | :---------- | :--------------------------------------------------------- |
/// | normal      | `mean + σ z`; of a sample `mean + σ t`, Student's with its degrees of freedom |
/// | log-normal  | `exp(μ + s z)`, `s² = ln(1 + σ²/mean²)`, `μ = ln mean - s²/2` |
/// | even        | `mean + σ √12 (u - 1/2)`                                   |
///
/// What follows another input by a curve is the curve of each of its draws.
///
/// # Source
///
/// Of samples: Evaluation of measurement data, Supplement 1 to the Guide to the expression of uncertainty in
/// measurement, JCGM 101:2008, 6.4.9.
fn draws_of(input: &Input, inputs: &[Input], plan: DrawPlan) -> Option<Vec<f64>> {
    if let Some(follows) = input.follows {
        let mut draws = draws_of(&inputs[follows.input], inputs, plan)?;
        for draw in &mut draws {
            *draw = follows.curve.value(*draw);
        }
        return Some(draws);
    }
    let spread = input.spread?;
    let mut stream = ChaCha8Rng::from_seed(stream_seed(plan.seed, &input.key));
    let uniform = (0..plan.draws).map(move |_| {
        let bits = stream.next_u64() >> 11;
        (bits as f64 + 0.5) / (1_u64 << 53) as f64
    });
    let normal = Normal::standard();
    let (mean, sigma) = (input.mean, spread.sigma);
    Some(match spread.shape {
        Shape::Normal => match input.degrees_of_freedom {
            Some(df) => uniform
                .map(|u| mean + sigma * student_draw(u, df))
                .collect(),
            None => uniform
                .map(|u| mean + sigma * normal.inverse_cdf(u))
                .collect(),
        },
        Shape::LogNormal => {
            let square = (1.0 + (sigma / mean).powi(2)).ln();
            let (scale, location) = (square.sqrt(), mean.ln() - square / 2.0);
            uniform
                .map(|u| (location + scale * normal.inverse_cdf(u)).exp())
                .collect()
        }
        Shape::Uniform => uniform
            .map(|u| mean + sigma * 12.0_f64.sqrt() * (u - 0.5))
            .collect(),
    })
}

/// Seed of the stream of an input: SHA-256 of the run's seed and the input's key.
fn stream_seed(seed: u64, key: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(key.as_bytes());
    hash.finalize().into()
}

/// As many figures of one region may rest on one of its samples.
const OF_ONE_REGION: usize = 8;

/// Draws of the inputs and products that many figures share.
pub(super) struct Shared<'a> {
    inputs: &'a [Input],
    plan: DrawPlan,
    products: BTreeMap<Vec<usize>, Vec<f64>>,
}

impl<'a> Shared<'a> {
    /// Draws each product of inputs that many of the figures have. What the few figures of one region
    /// share is drawn again for each of them: to keep it for all regions would take memory by their
    /// number.
    pub(super) fn new(
        inputs: &'a [Input],
        plan: DrawPlan,
        figures: &[super::trace::TracedFigure],
    ) -> Self {
        use rayon::prelude::*;
        let mut uses: BTreeMap<&[usize], usize> = BTreeMap::new();
        for term in figures.iter().flat_map(|figure| &figure.terms) {
            *uses.entry(&term.inputs).or_default() += 1;
        }
        let shared: Vec<&[usize]> = uses
            .into_iter()
            .filter(|(_, uses)| *uses > OF_ONE_REGION)
            .map(|(inputs, _)| inputs)
            .collect();
        let products = shared
            .into_par_iter()
            .map(|of| (of.to_vec(), product(of, inputs, plan)))
            .collect::<Vec<_>>()
            .into_iter()
            .collect();
        Self {
            inputs,
            plan,
            products,
        }
    }

    /// What the draws of a sum of terms say, with bounds at the levels and the shares that reach goals.
    pub(super) fn figure(&self, terms: &[Term], levels: &[f64], goals: &[f64]) -> Drawn {
        let mut sum = vec![0.0; self.plan.draws as usize];
        for term in terms {
            let drawn;
            let values = if let Some(shared) = self.products.get(&term.inputs) {
                shared
            } else {
                drawn = product(&term.inputs, self.inputs, self.plan);
                &drawn
            };
            for (sum, value) in sum.iter_mut().zip(values) {
                *sum += term.coefficient * value;
            }
        }
        Drawn::new(sum, levels, goals)
    }
}

/// The draws of a product of inputs; an input without spread keeps its value.
fn product(of: &[usize], inputs: &[Input], plan: DrawPlan) -> Vec<f64> {
    let mut product = vec![1.0; plan.draws as usize];
    for input in of {
        match draws_of(&inputs[*input], inputs, plan) {
            Some(draws) => {
                for (product, draw) in product.iter_mut().zip(draws) {
                    *product *= draw;
                }
            }
            None => {
                for product in &mut product {
                    *product *= inputs[*input].mean;
                }
            }
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::library::Spread;

    fn input(key: &str, mean: f64, sigma: f64, shape: Shape) -> Input {
        Input {
            key: key.to_owned(),
            mean,
            spread: Some(Spread { sigma, shape }),
            degrees_of_freedom: None,
            follows: None,
        }
    }

    const PLAN: DrawPlan = DrawPlan {
        draws: 10_000,
        seed: 20_260_101,
    };

    #[test]
    fn each_shape_keeps_its_mean_and_spread() {
        for shape in [Shape::Normal, Shape::LogNormal, Shape::Uniform] {
            let drawn = Drawn::new(
                draws_of(&input("x", 10.0, 4.0, shape), &[], PLAN).unwrap(),
                &[],
                &[],
            );
            // Standard error of the mean is 0.04, that of the deviation near 0.03 to 0.1.
            assert!((drawn.mean - 10.0).abs() < 0.16, "{shape:?} {}", drawn.mean);
            assert!((drawn.standard_deviation - 4.0).abs() < 0.3, "{shape:?}");
        }
        let wide = draws_of(&input("x", 10.0, 15.0, Shape::LogNormal), &[], PLAN).unwrap();
        assert!(wide.iter().all(|draw| *draw > 0.0));
    }

    #[test]
    fn a_stream_belongs_to_its_key_and_seed() {
        let first = draws_of(&input("x", 0.0, 1.0, Shape::Normal), &[], PLAN);
        assert_eq!(
            first,
            draws_of(&input("x", 0.0, 1.0, Shape::Normal), &[], PLAN)
        );
        assert_ne!(
            first,
            draws_of(&input("y", 0.0, 1.0, Shape::Normal), &[], PLAN)
        );
        let other = DrawPlan { seed: 1, ..PLAN };
        assert_ne!(
            first,
            draws_of(&input("x", 0.0, 1.0, Shape::Normal), &[], other)
        );
    }

    #[test]
    fn fewer_draws_are_the_first_of_more() {
        let few = DrawPlan { draws: 100, ..PLAN };
        let many = draws_of(&input("x", 0.0, 1.0, Shape::Normal), &[], PLAN).unwrap();
        assert_eq!(
            draws_of(&input("x", 0.0, 1.0, Shape::Normal), &[], few).unwrap(),
            many[..100]
        );
    }

    #[test]
    fn quantiles_lie_between_neighbours() {
        let drawn = Drawn::new(
            vec![3.0, 1.0, 2.0, 4.0, 5.0],
            &[1.0, 0.75],
            &[0.0, 4.0, 6.0],
        );
        assert!((drawn.median - 3.0).abs() < 1e-12);
        assert_eq!(drawn.intervals, [(1.0, 5.0), (1.5, 4.5)]);
        assert_eq!(drawn.reached, [(0.0, 1.0), (4.0, 0.4), (6.0, 0.0)]);
    }
}
