//! Restoration: the effect of a treatment, from treated and control land before and after.

use super::tables::Figure;
use crate::units::Quantity;

/// A quantity of treated or control land before and after the treatment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BeforeAfter<Q> {
    /// Before the treatment.
    pub before: Figure<Q>,
    /// After it.
    pub after: Figure<Q>,
    /// Covariance of the two estimates, where plots were measured twice; zero for two samples.
    pub covariance: f64,
}

/// The effect of a treatment: what changed on treated land beyond what changed on control land.
///
/// `effect = (R₂ - R₁) - (C₂ - C₁)`, `variance = Σ of the four variances - 2 cov(R₁, R₂) - 2
/// cov(C₁, C₂)`
///
/// | symbol    | meaning |
/// | :-------- | :------ |
/// | `R₁`, `R₂` | treated land before and after, by hectare |
/// | `C₁`, `C₂` | control land before and after, by hectare |
///
/// The standard error is `None` when one of the four is not known. The interval is left to the
/// caller, who knows the degrees of freedom.
///
/// # Source
///
/// Stewart-Oaten, Murdoch and Parker 1986, Ecology 67:929-940 (before-after-control-impact).
#[must_use]
pub fn treatment_effect<Q: Quantity>(
    treated: &BeforeAfter<Q>,
    control: &BeforeAfter<Q>,
) -> Figure<Q> {
    let change = |of: &BeforeAfter<Q>| of.after.value - of.before.value;
    let variance = |of: &BeforeAfter<Q>| {
        let (before, after) = (of.before.standard_error?, of.after.standard_error?);
        Some(before * before + after * after - 2.0 * of.covariance)
    };
    Figure {
        value: change(treated) - change(control),
        standard_error: variance(treated)
            .zip(variance(control))
            .map(|(treated, control)| (treated + control).max(0.0).sqrt()),
        interval: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::TonnesCarbon;

    fn land(
        before: f64,
        after: f64,
        standard_error: Option<f64>,
        covariance: f64,
    ) -> BeforeAfter<TonnesCarbon> {
        let figure = |value| Figure {
            value: TonnesCarbon::new(value),
            standard_error,
            interval: None,
        };
        BeforeAfter {
            before: figure(before),
            after: figure(after),
            covariance,
        }
    }

    #[test]
    fn what_control_land_gained_is_no_effect() {
        let effect = treatment_effect(
            &land(20.0, 35.0, Some(2.0), 0.0),
            &land(22.0, 26.0, Some(1.0), 0.0),
        );
        assert_eq!(effect.value, TonnesCarbon::new(11.0));
        assert!((effect.standard_error.unwrap() - 10.0_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn plots_measured_twice_narrow_the_effect() {
        let effect = treatment_effect(
            &land(20.0, 35.0, Some(2.0), 3.0),
            &land(22.0, 26.0, Some(1.0), 0.5),
        );
        assert!((effect.standard_error.unwrap() - 3.0_f64.sqrt()).abs() < 1e-12);
        let unknown = treatment_effect(
            &land(20.0, 35.0, None, 0.0),
            &land(22.0, 26.0, Some(1.0), 0.0),
        );
        assert_eq!(unknown.standard_error, None);
    }
}
