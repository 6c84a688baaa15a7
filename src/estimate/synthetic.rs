//! Small areas without enough plots: the parent's total, spread over the mapped area.

use super::estimated::Basis;
use super::{Estimate, EstimateError, Estimator};
use crate::units::{Hectares, Quantity};

/// Total of a small area under the assumption that its mapped hectares are like the parent's.
///
/// `Ŷ_d = Ŷ a_d / a`, `V(Ŷ_d) = V(Ŷ) (a_d/a)²`.
///
/// | symbol | meaning                                                     | unit |
/// | :----- | :---------------------------------------------------------- | :--- |
/// | `Ŷ`    | direct total of the parent area                             | any  |
/// | `a_d`  | mapped area of the class (forest) in the small area         | ha   |
/// | `a`    | mapped area of the same class in the parent, by the same map | ha  |
///
/// The variance is that of the parent: it says nothing of how the small area differs from it. Totals
/// of small areas that tile the parent add up to the parent's total.
///
/// # Errors
///
/// [`EstimateError::Area`] unless `a` is above zero and `a_d` is not below it.
///
/// # Source
///
/// Rao and Molina 2015, Small Area Estimation, 2nd edition, section 3.2 (synthetic estimation).
pub fn synthetic<Q: Quantity>(
    parent: &Estimate<Q>,
    mapped_in_parent: Hectares,
    mapped_in_area: Hectares,
) -> Result<Estimate<Q>, EstimateError> {
    let refused = |of: &str, area: Hectares| EstimateError::Area {
        of: of.to_owned(),
        found: area.value(),
    };
    if mapped_in_parent.value().is_nan() || mapped_in_parent <= Hectares::ZERO {
        return Err(refused("mapped class in the parent", mapped_in_parent));
    }
    if mapped_in_area.value().is_nan() || mapped_in_area < Hectares::ZERO {
        return Err(refused("mapped class in the small area", mapped_in_area));
    }
    let share = mapped_in_area / mapped_in_parent;
    let spread: Estimate<Q> = parent.times(share);
    Ok(Estimate::new(
        spread.value().value(),
        Basis {
            estimator: Estimator::Synthetic,
            // Without mapped area there is nothing to be uncertain of, and nothing known of it either.
            variance: spread.variance().filter(|_| share > 0.0),
            ..spread.basis()
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::CubicMetres;

    fn parent() -> Estimate<CubicMetres> {
        Estimate::new(
            1000.0,
            Basis {
                variance: Some(2500.0),
                degrees_of_freedom: Some(60.0),
                plots: 65,
                plots_nonzero: 40,
                estimator: Estimator::PostStratified,
            },
        )
    }

    #[test]
    fn the_parent_is_spread_over_the_mapped_area() {
        let town = synthetic(&parent(), Hectares::new(200.0), Hectares::new(20.0)).unwrap();
        assert_eq!(town.value(), CubicMetres::new(100.0));
        assert_eq!(town.standard_error(), Some(5.0));
        assert_eq!(town.estimator(), Estimator::Synthetic);
    }

    #[test]
    fn a_parent_without_mapped_area_is_refused() {
        assert!(synthetic(&parent(), Hectares::ZERO, Hectares::ZERO).is_err());
    }

    #[test]
    fn an_area_without_mapped_class_has_no_spread() {
        let town = synthetic(&parent(), Hectares::new(200.0), Hectares::ZERO).unwrap();
        assert_eq!(town.value(), CubicMetres::ZERO);
        assert_eq!(town.variance(), None);
    }
}
