//! Stand registers: a census of estimates, without sampling error.

use super::estimated::Basis;
use super::{Confidence, Estimate, Estimator};
use crate::units::{Hectares, PerHectare, Quantity};

/// What a stand register sums up to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegisterTotal<Q> {
    /// Sum over the stands with a value. It has no variance, and its estimator is `census`.
    pub total: Estimate<Q>,
    /// Area of the stands with a value.
    pub area: Hectares,
    /// Stands without a value; they are not in the total.
    pub stands_without_value: usize,
    /// Their area.
    pub area_without_value: Hectares,
}

/// Sum of a stand register, `Σ area × value per hectare`.
///
/// A register lists every stand, so nothing was sampled; but its values were themselves estimated by
/// eye, by model or long ago, so the sum is not exact and claims no variance. A stand without a value
/// is counted, never taken as zero.
///
/// # Examples
///
/// ```
/// use terrasink::estimate::register_total;
/// use terrasink::units::{CubicMetres, Hectares, PerHectare};
/// let stands = [
///     (Hectares::new(10.0), Some(PerHectare::new(CubicMetres::new(90.0)))),
///     (Hectares::new(4.0), None),
/// ];
/// let register = register_total(stands);
/// assert_eq!(register.total.value(), CubicMetres::new(900.0));
/// assert_eq!(register.total.variance(), None);
/// assert_eq!(register.stands_without_value, 1);
/// ```
pub fn register_total<Q: Quantity>(
    stands: impl IntoIterator<Item = (Hectares, Option<PerHectare<Q>>)>,
) -> RegisterTotal<Q> {
    let mut sum = 0.0;
    let (mut counted, mut nonzero, mut without) = (0, 0, 0);
    let (mut area, mut area_without) = (Hectares::ZERO, Hectares::ZERO);
    for (size, density) in stands {
        match density.map(|density| (density * size).value()) {
            Some(value) if value.is_finite() => {
                sum += value;
                counted += 1;
                nonzero += usize::from(value != 0.0);
                area += size;
            }
            _ => {
                without += 1;
                area_without += size;
            }
        }
    }
    RegisterTotal {
        total: Estimate::new(
            sum,
            Basis {
                variance: None,
                degrees_of_freedom: None,
                plots: counted,
                plots_nonzero: nonzero,
                estimator: Estimator::Census,
            },
        ),
        area,
        stands_without_value: without,
        area_without_value: area_without,
    }
}

/// A sum over a register of stands: without variance, its estimator `census`.
#[must_use]
pub fn census<Q: Quantity>(total: Q, stands: usize) -> Estimate<Q> {
    Estimate::new(
        total.value(),
        Basis {
            variance: None,
            degrees_of_freedom: None,
            plots: stands,
            plots_nonzero: stands,
            estimator: Estimator::Census,
        },
    )
}

/// A register total beside a control sample of the same area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ControlCheck<Q> {
    /// Lower and upper bound of the control estimate.
    pub interval: (Q, Q),
    /// Register less control estimate.
    pub difference: Q,
    /// That difference in percent of the control estimate; `None` where the control is zero.
    pub difference_pct: Option<f64>,
    /// Whether the register lies within the interval.
    pub within: bool,
}

/// Holds a register total against a control sample, as the practice of Chinese stand inventories asks.
///
/// `None` where the control estimate has no variance.
#[must_use]
pub fn control_check<Q: Quantity>(
    register: Q,
    control: &Estimate<Q>,
    level: Confidence,
) -> Option<ControlCheck<Q>> {
    let interval = control.interval(level)?;
    let difference = register - control.value();
    let of = control.value().value();
    Some(ControlCheck {
        interval,
        difference,
        difference_pct: (of != 0.0).then(|| 100.0 * difference.value() / of.abs()),
        within: interval.0 <= register && register <= interval.1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::CubicMetres;

    #[test]
    fn a_register_is_held_against_the_interval_of_its_control() {
        let control = Estimate::<CubicMetres>::new(
            1000.0,
            Basis {
                variance: Some(2500.0),
                degrees_of_freedom: None,
                plots: 50,
                plots_nonzero: 40,
                estimator: Estimator::Systematic,
            },
        );
        let held = |register| {
            control_check(CubicMetres::new(register), &control, Confidence::P95).unwrap()
        };
        assert!(held(1097.0).within);
        assert!(!held(1099.0).within);
        assert_eq!(held(1097.0).difference_pct, Some(9.7));
    }
}
