//! Samples of stands from a register that knows the area of every stand.

use super::estimated::Basis;
use super::{Estimate, EstimateError, Estimator};
use crate::units::{Hectares, Quantity};

/// A stand that was drawn and measured as a whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampledStand<Q> {
    /// Area of the stand, `x`.
    pub area: Hectares,
    /// What stands on it, `y`.
    pub total: Q,
}

/// The register that the stands were drawn from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StandPopulation {
    /// Number of stands, `N`.
    pub stands: u64,
    /// Their area, `X`.
    pub area: Hectares,
}

/// Total of all stands from stands drawn with equal chance.
///
/// `R = Σy/Σx`, `Ŷ = R X`, `V(Ŷ) = N² (1 − n/N) / n · Σ (y − R x)² / (n − 1)`, with `n − 1` degrees of
/// freedom. `None` for the variance of a single stand.
///
/// | symbol   | meaning                            | unit |
/// | :------- | :--------------------------------- | :--- |
/// | `x`, `X` | area of a stand, of all stands     | ha   |
/// | `y`      | what stands on a stand             | any  |
/// | `n`, `N` | stands drawn, stands of the register |    |
///
/// # Errors
///
/// [`EstimateError::Empty`] without stands, [`EstimateError::Area`] unless areas are above zero,
/// [`EstimateError::Population`] when more stands were drawn than exist.
///
/// # Source
///
/// Cochran, Sampling Techniques, 3rd edition (1977), sections 6.3 and 6.4.
pub fn ratio_to_size<Q: Quantity>(
    population: StandPopulation,
    drawn: &[SampledStand<Q>],
) -> Result<Estimate<Q>, EstimateError> {
    expect_areas(population.area, drawn)?;
    let n = drawn.len() as f64;
    let stands = population.stands as f64;
    if n > stands {
        return Err(EstimateError::Population {
            unit: "stand register".to_owned(),
            stratum: "all".to_owned(),
            found: drawn.len(),
            population: population.stands,
        });
    }
    let x: f64 = drawn.iter().map(|stand| stand.area.value()).sum();
    let y: f64 = drawn.iter().map(|stand| stand.total.value()).sum();
    let ratio = y / x;
    let squares: f64 = drawn
        .iter()
        .map(|stand| (stand.total.value() - ratio * stand.area.value()).powi(2))
        .sum();
    let variance = stands * stands * (1.0 - n / stands) / n * squares / (n - 1.0);
    Ok(of_stands(
        ratio * population.area.value(),
        variance,
        drawn,
        Estimator::RatioToSize,
    ))
}

/// Total of all stands from stands drawn with replacement, with a chance in proportion to their area.
///
/// `Ŷ = X · mean(y/x)`, `V(Ŷ) = X² s²(y/x) / n`, with `n − 1` degrees of freedom. A stand that was drawn
/// twice is listed twice. `None` for the variance of a single draw.
///
/// | symbol   | meaning                        | unit |
/// | :------- | :----------------------------- | :--- |
/// | `x`, `X` | area of a stand, of all stands | ha   |
/// | `y`      | what stands on a stand         | any  |
/// | `n`      | draws                          |      |
///
/// # Errors
///
/// [`EstimateError::Empty`] without stands, [`EstimateError::Area`] unless areas are above zero.
///
/// # Source
///
/// Hansen and Hurwitz 1943; Cochran, Sampling Techniques, 3rd edition (1977), section 9A.3.
pub fn proportional_to_size<Q: Quantity>(
    area: Hectares,
    drawn: &[SampledStand<Q>],
) -> Result<Estimate<Q>, EstimateError> {
    expect_areas(area, drawn)?;
    let n = drawn.len() as f64;
    let densities = || {
        drawn
            .iter()
            .map(|stand| stand.total.value() / stand.area.value())
    };
    let mean = densities().sum::<f64>() / n;
    let squares: f64 = densities().map(|density| (density - mean).powi(2)).sum();
    let variance = area.value() * area.value() * squares / (n - 1.0) / n;
    Ok(of_stands(
        mean * area.value(),
        variance,
        drawn,
        Estimator::ProportionalToSize,
    ))
}

fn expect_areas<Q>(all: Hectares, drawn: &[SampledStand<Q>]) -> Result<(), EstimateError> {
    if drawn.is_empty() {
        return Err(EstimateError::Empty {
            what: "stands".to_owned(),
        });
    }
    let stands = drawn.iter().map(|stand| ("a sampled stand", stand.area));
    for (of, area) in stands.chain([("the stand register", all)]) {
        if area.value().is_nan() || area <= Hectares::ZERO {
            return Err(EstimateError::Area {
                of: of.to_owned(),
                found: area.value(),
            });
        }
    }
    Ok(())
}

fn of_stands<Q: Quantity>(
    value: f64,
    variance: f64,
    drawn: &[SampledStand<Q>],
    estimator: Estimator,
) -> Estimate<Q> {
    let known = drawn.len() >= 2;
    Estimate::new(
        value,
        Basis {
            variance: known.then_some(variance),
            degrees_of_freedom: known.then_some(drawn.len() as f64 - 1.0),
            plots: drawn.len(),
            plots_nonzero: drawn
                .iter()
                .filter(|stand| stand.total.value() != 0.0)
                .count(),
            estimator,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::CubicMetres;

    const STANDS: [(f64, f64); 5] = [
        (10.0, 900.0),
        (20.0, 2100.0),
        (15.0, 1400.0),
        (30.0, 3300.0),
        (25.0, 2350.0),
    ];

    fn drawn(stands: &[(f64, f64)]) -> Vec<SampledStand<CubicMetres>> {
        stands
            .iter()
            .map(|(area, total)| SampledStand {
                area: Hectares::new(*area),
                total: CubicMetres::new(*total),
            })
            .collect()
    }

    #[test]
    fn stands_of_equal_chance_are_a_ratio_to_their_area() {
        let register = StandPopulation {
            stands: 100,
            area: Hectares::new(2000.0),
        };
        let total = ratio_to_size(register, &drawn(&STANDS)).unwrap();
        assert!((total.value().value() - 201_000.0).abs() < 1e-6);
        assert!((total.standard_error().unwrap() - 8_105.457_267).abs() < 5e-7);
        assert_eq!(total.degrees_of_freedom(), Some(4.0));
    }

    #[test]
    fn a_complete_sample_of_stands_has_no_sampling_error() {
        let register = StandPopulation {
            stands: 5,
            area: Hectares::new(100.0),
        };
        let total = ratio_to_size(register, &drawn(&STANDS)).unwrap();
        assert!((total.value().value() - 10_050.0).abs() < 1e-9);
        assert_eq!(total.variance(), Some(0.0));
    }

    #[test]
    fn stands_drawn_by_size_give_the_mean_density() {
        // Densities 90, 105, 93.333, 110, 94: mean 98.467, squares 288.578 by hand.
        let total = proportional_to_size(Hectares::new(2000.0), &drawn(&STANDS)).unwrap();
        let densities = [90.0, 105.0, 1400.0 / 15.0, 110.0, 94.0];
        let mean = densities.iter().sum::<f64>() / 5.0;
        let squares: f64 = densities.iter().map(|d| (d - mean) * (d - mean)).sum();
        assert!((total.value().value() - 2000.0 * mean).abs() < 1e-6);
        let expected = 2000.0 * (squares / 20.0).sqrt();
        assert!((total.standard_error().unwrap() - expected).abs() < 1e-6);
    }

    #[test]
    fn one_stand_has_no_variance() {
        let total = proportional_to_size(Hectares::new(2000.0), &drawn(&STANDS[..1])).unwrap();
        assert_eq!(total.variance(), None);
    }
}
