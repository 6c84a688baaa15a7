//! Approach 1: the spread of sums and products by closed form.

use super::trace::{Input, Term};
use crate::account::library::Shape;
use crate::account::tables::Figure;
use crate::estimate::two_sided_quantile;

/// The spread of a figure by closed form.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosedForm {
    /// The figure.
    pub value: f64,
    /// Its standard error; `None` where nothing that the figure is made of has a spread.
    pub standard_error: Option<f64>,
    /// Part of each input in the standard error, signed, in the order of inputs: input index and
    /// derivative times standard deviation.
    pub parts: Vec<(usize, f64)>,
    /// Inputs whose spread no one says; the standard error is without them.
    pub unknown: Vec<usize>,
    /// Degrees of freedom; `None` where no sample is behind the spread.
    pub degrees_of_freedom: Option<f64>,
    /// Whether the figure is a sum of normal inputs, for which the closed form is exact.
    pub exact: bool,
}

impl ClosedForm {
    /// The figure with its standard error and its bounds at a level.
    pub(in crate::account) fn figure<Q>(&self, level: f64, to: impl Fn(f64) -> Q) -> Figure<Q> {
        Figure {
            value: to(self.value),
            standard_error: self.standard_error,
            interval: self.interval(level).map(|(low, high)| (to(low), to(high))),
        }
    }

    /// Bounds at a level of confidence: value less and plus the standard error times the quantile
    /// of Student's distribution (the normal one where no sample is behind the spread).
    #[must_use]
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        let half = self.standard_error? * two_sided_quantile(level, self.degrees_of_freedom);
        Some((self.value - half, self.value + half))
    }

    /// Standard error over value, without sign.
    #[must_use]
    pub fn relative(&self) -> Option<f64> {
        self.standard_error.map(|se| se / self.value.abs())
    }
}

/// The spread of a sum of products.
///
/// `variance = Σ over inputs k of (σ_k · Σ over terms of ∂term/∂k)²`
///
/// For one product this is the rule of products, for a sum of independent terms that of sums; an
/// input that several terms share, or several regions of a total, is summed linearly before it is
/// squared, so that it does not average away. What follows an input by a curve is told by the slope
/// of the curve at the value of that input.
///
/// Terms of zero, such as the rate of an ecosystem on no land, have no say: their zero does not make the
/// spread of the others known. A sum of such terms alone is zero whatever their inputs are: it has no spread, and
/// none is missing. A zero without inputs, such as of stands that are held at it, says nothing of its spread.
///
/// Degrees of freedom are those of Welch and Satterthwaite over the sampled inputs:
/// `variance² / Σ part⁴ / df`.
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 1, Chapter 3, equations 3.1 and 3.2, with correlation by shared
/// factors (section 3.2.2.4).
#[must_use]
pub fn closed_form(terms: &[Term], inputs: &[Input]) -> ClosedForm {
    let mean = |input: &usize| inputs[*input].mean;
    let value = terms
        .iter()
        .map(|term| term.coefficient * term.inputs.iter().map(mean).product::<f64>())
        .sum();
    // A term of no land says nothing of the spread of the others.
    let with_land = |term: &&Term| term.coefficient.abs() > 0.0;
    let some = terms.iter().any(|term| with_land(&term));
    let terms: Vec<&Term> = terms
        .iter()
        .filter(|term| !some || with_land(term))
        .collect();
    let source = |input: usize| inputs[input].follows.map_or(input, |follows| follows.input);
    let mut used: Vec<usize> = terms
        .iter()
        .flat_map(|term| term.inputs.iter().map(|input| source(*input)))
        .collect();
    used.sort_unstable();
    used.dedup();
    let (mut parts, mut unknown) = (Vec::new(), Vec::new());
    for input in used {
        let Some(spread) = inputs[input].spread else {
            unknown.push(input);
            continue;
        };
        let by_source = |of: usize| match inputs[of].follows {
            Some(follows) => follows.curve.slope(inputs[input].mean),
            None => 1.0,
        };
        let slope: f64 = terms
            .iter()
            .flat_map(|term| {
                let places = term.inputs.iter().filter(|of| source(**of) == input);
                places.map(move |place| (term, *place))
            })
            .map(|(term, place)| {
                let others = term.inputs.iter().filter(|other| **other != place);
                term.coefficient * by_source(place) * others.map(mean).product::<f64>()
            })
            .sum();
        parts.push((input, slope * spread.sigma));
    }
    let variance: f64 = parts.iter().map(|(_, part)| part * part).sum();
    let welch: f64 = parts
        .iter()
        .filter_map(|(input, part)| Some(part.powi(4) / inputs[*input].degrees_of_freedom?))
        .sum();
    // Parts that cancel each other leave no spread, and none is known of the others.
    let has_inputs = |term: &&Term| !term.inputs.is_empty();
    let of_no_land = !some && !terms.is_empty() && terms.iter().all(has_inputs);
    if of_no_land {
        unknown.clear();
    }
    let known = of_no_land || !parts.is_empty() && (variance > 0.0 || unknown.is_empty());
    let uncertain = |input: &usize| inputs[source(*input)].spread.is_some();
    let straight = |term: &Term| {
        let mut follows = term.inputs.iter().filter_map(|of| inputs[*of].follows);
        follows.all(|follows| follows.curve.is_straight())
    };
    ClosedForm {
        value,
        standard_error: known.then(|| variance.sqrt()),
        exact: parts.iter().all(|(input, _)| {
            inputs[*input]
                .spread
                .is_some_and(|s| s.shape == Shape::Normal)
        }) && terms.iter().copied().all(|term| {
            straight(term) && term.inputs.iter().filter(|input| uncertain(input)).count() <= 1
        }),
        parts,
        unknown,
        degrees_of_freedom: (welch > 0.0).then(|| variance * variance / welch),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::library::Spread;

    fn input(key: &str, mean: f64, sigma: f64) -> Input {
        Input {
            key: key.to_owned(),
            mean,
            spread: Some(Spread {
                sigma,
                shape: Shape::Normal,
            }),
            degrees_of_freedom: None,
            follows: None,
        }
    }

    /// Worked example W18: a product of 10 %, 30 % and 20 %.
    #[test]
    fn a_product_adds_relative_spreads_in_quadrature() {
        let inputs = [
            input("a", 5.0, 0.5),
            input("b", 2.0, 0.6),
            input("c", 7.0, 1.4),
        ];
        let term = Term {
            coefficient: 1.0,
            inputs: vec![0, 1, 2],
        };
        let found = closed_form(&[term], &inputs);
        assert!((100.0 * found.relative().unwrap() - 37.416_573_867_739_41).abs() < 1e-9);
        assert!(!found.exact);
    }

    /// Worked example W18: a sum of 1000 ± 10 %, 400 ± 20 % and -300 ± 50 %.
    #[test]
    fn a_sum_adds_absolute_spreads_in_quadrature() {
        let inputs = [
            input("a", 1000.0, 100.0),
            input("b", 400.0, 80.0),
            input("c", -300.0, 150.0),
        ];
        let terms: Vec<Term> = (0..3)
            .map(|index| Term {
                coefficient: 1.0,
                inputs: vec![index],
            })
            .collect();
        let found = closed_form(&terms, &inputs);
        assert!((found.standard_error.unwrap() - 197.230_829_233_159_2).abs() < 1e-9);
        assert!((100.0 * found.relative().unwrap() - 17.930_075_384_832_66).abs() < 1e-9);
        assert!(found.exact);
    }

    #[test]
    fn a_shared_factor_does_not_average_away() {
        let inputs = [input("density", 80.0, 8.0)];
        let of = |area: f64| Term {
            coefficient: area,
            inputs: vec![0],
        };
        let one = closed_form(&[of(10.0)], &inputs);
        let many: Vec<Term> = (0..100).map(|_| of(10.0)).collect();
        let all = closed_form(&many, &inputs);
        assert!((one.relative().unwrap() - all.relative().unwrap()).abs() < 1e-12);
    }

    #[test]
    fn an_input_without_spread_is_named_not_taken_as_sure() {
        let mut unsure = input("x", 2.0, 1.0);
        unsure.spread = None;
        let term = Term {
            coefficient: 3.0,
            inputs: vec![0],
        };
        let found = closed_form(&[term], &[unsure]);
        assert_eq!((found.value, found.standard_error), (6.0, None));
        assert_eq!(found.unknown, [0]);
        assert_eq!(found.interval(0.95), None);
    }

    #[test]
    fn a_sample_brings_its_degrees_of_freedom() {
        let mut sample = input("s", 100.0, 10.0);
        sample.degrees_of_freedom = Some(7.0);
        let term = Term {
            coefficient: 1.0,
            inputs: vec![0],
        };
        let (lower, upper) = closed_form(&[term], &[sample]).interval(0.95).unwrap();
        assert!((upper - 123.646_24).abs() < 1e-4, "t(0.975, 7) is 2.364624");
        assert!((lower - 76.353_76).abs() < 1e-4);
    }

    /// A zero with a spread does not make the spread of what has none known.
    #[test]
    fn a_term_of_nothing_does_not_make_a_spread_known() {
        let mut inputs = vec![input("rate", 3.0, 1.0), input("density", 100.0, 1.0)];
        inputs[1].spread = None;
        let term = |coefficient: f64, input: usize| Term {
            coefficient,
            inputs: vec![input],
        };
        let closed = closed_form(&[term(0.0, 0), term(2.0, 1)], &inputs);
        assert!((closed.value - 200.0).abs() < 1e-12);
        assert_eq!((closed.standard_error, closed.unknown), (None, vec![1]));
        // Land that a rate left and came to alike.
        let closed = closed_form(&[term(5.0, 0), term(-5.0, 0), term(2.0, 1)], &inputs);
        assert_eq!(closed.standard_error, None);
        // No land is nothing whatever its density is; a zero that rests on no input says nothing of its spread.
        let closed = closed_form(&[term(0.0, 1)], &inputs);
        assert_eq!((closed.standard_error, closed.unknown), (Some(0.0), vec![]));
        let held = Term {
            coefficient: 0.0,
            inputs: Vec::new(),
        };
        assert_eq!(closed_form(&[held], &inputs).standard_error, None);
        // Nothing at all is known to be nothing, and zero of an unknown spread hides no known one.
        let closed = closed_form(&[term(0.0, 0)], &inputs);
        assert_eq!(closed.standard_error, Some(0.0));
        let closed = closed_form(&[term(2.0, 0), term(0.0, 1)], &inputs);
        assert_eq!((closed.standard_error, closed.unknown), (Some(2.0), vec![]));
    }
}
