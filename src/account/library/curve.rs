//! Figures that follow an uncertain input by a curve rather than by a product.

use std::f64::consts::LN_2;

/// A function of one uncertain input, with its slope for the closed form.
///
/// The input of the curves of products is their half-life `HL`, in years, and `k = ln 2 / HL`;
/// that of the shares is the ratio `R` of roots to shoots.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Curve {
    /// Share of an inflow that is in use so many years after the end of its year:
    /// `e^(-k a) · (1 - e^(-k)) / k`.
    InUse {
        /// `a`, in years.
        years: u32,
    },
    /// Years of steady inflow that the stock of the start still is after so many years:
    /// `e^(-k a) / k`.
    SteadyStart {
        /// `a`, in years.
        years: u32,
    },
    /// Share of the biomass that is above ground: `1 / (1 + R)`.
    AboveGround,
    /// Share of the biomass that is below ground: `R / (1 + R)`.
    BelowGround,
    /// An error that is larger or smaller by a ratio than that of an input about one: `1 + ratio · (x - 1)`.
    Widened {
        /// Its standard error over that of the input.
        ratio: f64,
    },
}

impl Curve {
    /// The value at an input.
    #[must_use]
    pub fn value(self, input: f64) -> f64 {
        let k = LN_2 / input;
        match self {
            Self::AboveGround => 1.0 / (1.0 + input),
            Self::BelowGround => input / (1.0 + input),
            Self::Widened { ratio } => 1.0 + ratio * (input - 1.0),
            Self::InUse { years } => (-k * f64::from(years)).exp() * -(-k).exp_m1() / k,
            Self::SteadyStart { years } => (-k * f64::from(years)).exp() / k,
        }
    }

    /// The slope at an input; that by a half-life is `∂f/∂HL = ∂f/∂k · (-k / HL)`.
    #[must_use]
    pub fn slope(self, input: f64) -> f64 {
        let k = LN_2 / input;
        let by_rate = match self {
            Self::AboveGround => return -(1.0 + input).powi(-2),
            Self::BelowGround => return (1.0 + input).powi(-2),
            Self::Widened { ratio } => return ratio,
            Self::InUse { years } => {
                let (a, lost) = (f64::from(years), -(-k).exp_m1());
                (-k * a).exp() * ((k * (-k).exp() - lost) / (k * k) - a * lost / k)
            }
            Self::SteadyStart { years } => {
                let a = f64::from(years);
                -(-k * a).exp() * (a / k + 1.0 / (k * k))
            }
        };
        by_rate * -k / input
    }

    /// Whether it is a straight line, of which the closed form is exact.
    #[must_use]
    pub const fn is_straight(self) -> bool {
        matches!(self, Self::Widened { .. })
    }

    /// The name of the curve in the key of an input.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::AboveGround => "above-ground share".to_owned(),
            Self::BelowGround => "below-ground share".to_owned(),
            Self::Widened { ratio } => format!("{ratio} times its error"),
            Self::InUse { years } => format!("in use after {years} years"),
            Self::SteadyStart { years } => format!("steady start after {years} years"),
        }
    }
}

/// What an input follows from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Follows {
    /// Index of the uncertain input.
    pub input: usize,
    /// How.
    pub curve: Curve,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_are_those_of_small_steps() {
        for curve in [
            Curve::InUse { years: 0 },
            Curve::InUse { years: 7 },
            Curve::SteadyStart { years: 0 },
            Curve::SteadyStart { years: 12 },
            Curve::AboveGround,
            Curve::BelowGround,
            Curve::Widened { ratio: 2.5 },
        ] {
            for half_life in [2.0, 25.0] {
                let step = 1e-5 * half_life;
                let rise = curve.value(half_life + step) - curve.value(half_life - step);
                let slope = curve.slope(half_life);
                // Of the second order in the step.
                assert!((rise / (2.0 * step) - slope).abs() < 1e-6 * slope.abs().max(1.0));
            }
        }
    }
}
