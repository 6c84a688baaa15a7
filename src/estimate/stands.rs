//! Samples of stands from a register that knows the area of every stand.

use super::sample::{Layer, UnitFacts};

/// The coefficient of the variance between stands drawn with equal chance, `c_h` in
/// `V(Ŷ) = Σ c_h Σ_i (y_i − R_h x_i)² / (n_h − 1)`.
///
/// `Ŷ = Σ R_h X_h` with `R_h = Σy/Σx`; `c_h = N_h² (1 − n_h/N_h) / n_h`. Where the number of stands is
/// not known, `X_h / x̄_h` stands in its place and nothing is corrected.
///
/// | symbol       | meaning                                      | unit |
/// | :----------- | :------------------------------------------- | :--- |
/// | `x`, `X_h`   | area of a stand, of all stands of the stratum | ha   |
/// | `y`          | what stands on a stand, `x` times its value  | any  |
/// | `n_h`, `N_h` | stands drawn, stands of the stratum          |      |
///
/// Each stratum is a term with `n_h − 1` degrees of freedom; the ratio has a bias of order `1/n_h`.
///
/// # Source
///
/// Cochran, Sampling Techniques, 3rd edition (1977), sections 6.3 and 6.4.
pub(super) fn equal_chance(unit: &UnitFacts, layer: &Layer) -> f64 {
    let by_area = || unit.area * layer.weight * layer.drawn / layer.size;
    let stands = layer.population.unwrap_or_else(by_area);
    stands * stands * layer.finite_population_correction() / layer.drawn
}

/// The coefficient of the variance between stands drawn with a chance in proportion to their area, `c_h`
/// in `V(Ŷ) = Σ c_h s²(y/x)`.
///
/// `Ŷ = Σ X_h mean(y/x)`, `c_h = X_h² / n_h`, with `n_h − 1` degrees of freedom. Stands are drawn with
/// replacement: one that was drawn twice is listed twice, under ids of their own.
///
/// | symbol     | meaning                                      | unit |
/// | :--------- | :------------------------------------------- | :--- |
/// | `x`, `X_h` | area of a stand, of all stands of the stratum | ha   |
/// | `y`        | what stands on a stand                       | any  |
/// | `n_h`      | draws                                        |      |
///
/// # Source
///
/// Hansen and Hurwitz 1943; Cochran, Sampling Techniques, 3rd edition (1977), section 9A.3.
pub(super) fn chance_by_size(unit: &UnitFacts, layer: &Layer) -> f64 {
    let area = unit.area * layer.weight;
    area * area / layer.drawn
}

#[cfg(test)]
mod tests {
    use crate::estimate::{
        Design, Estimate, EstimateError, EstimationUnit, Estimator, Frame, Observations, Plot,
        Sample,
    };
    use crate::units::{CubicMetres, Hectares, PerHectare};

    const STANDS: [(f64, f64); 5] = [
        (10.0, 900.0),
        (20.0, 2100.0),
        (15.0, 1400.0),
        (30.0, 3300.0),
        (25.0, 2350.0),
    ];

    fn total(
        design: Design,
        (stands, area): (Option<u64>, f64),
        drawn: &[(f64, f64)],
    ) -> Result<Estimate<CubicMetres>, EstimateError> {
        let mut unit = EstimationUnit::whole("register", Hectares::new(area));
        unit.strata[0].population = stands;
        let plots = drawn.iter().enumerate().map(|(id, (area, _))| Plot {
            size: Some(Hectares::new(*area)),
            ..Plot::new(id.to_string(), "register")
        });
        let frame = Frame {
            design,
            units: vec![unit],
            plots: plots.collect(),
        };
        let density = |(area, total): &(f64, f64)| PerHectare::new(CubicMetres::new(total / area));
        Sample::new(frame)?.total(&Observations::new(drawn.iter().map(density)))
    }

    #[test]
    fn stands_of_equal_chance_are_a_ratio_to_their_area() {
        let total = total(Design::RatioToSize, (Some(100), 2000.0), &STANDS).unwrap();
        assert!((total.value().value() - 201_000.0).abs() < 1e-6);
        assert!((total.standard_error().unwrap() - 8_105.457_267).abs() < 5e-7);
        assert_eq!(total.degrees_of_freedom(), Some(4.0));
        assert_eq!(total.estimator(), Estimator::RatioToSize);
    }

    #[test]
    fn a_complete_sample_of_stands_has_no_sampling_error() {
        let total = total(Design::RatioToSize, (Some(5), 100.0), &STANDS).unwrap();
        assert!((total.value().value() - 10_050.0).abs() < 1e-9);
        assert_eq!(total.variance(), Some(0.0));
    }

    #[test]
    fn an_unknown_number_of_stands_follows_from_their_area() {
        let known = total(Design::RatioToSize, (Some(100), 2000.0), &STANDS).unwrap();
        let unknown = total(Design::RatioToSize, (None, 2000.0), &STANDS).unwrap();
        // 2 000 ha of stands of 20 ha on average are 100 stands; none of the correction 1 − 5/100.
        let ratio = unknown.variance().unwrap() / known.variance().unwrap();
        assert!((ratio - 1.0 / 0.95).abs() < 1e-12);
    }

    #[test]
    fn stands_drawn_by_size_give_the_mean_density() {
        // Densities 90, 105, 93.333, 110, 94: mean 98.467, squares 288.578 by hand.
        let total = total(Design::ProportionalToSize, (None, 2000.0), &STANDS).unwrap();
        let densities = [90.0, 105.0, 1400.0 / 15.0, 110.0, 94.0];
        let mean = densities.iter().sum::<f64>() / 5.0;
        let squares: f64 = densities.iter().map(|d| (d - mean) * (d - mean)).sum();
        assert!((total.value().value() - 2000.0 * mean).abs() < 1e-6);
        let expected = 2000.0 * (squares / 20.0).sqrt();
        assert!((total.standard_error().unwrap() - expected).abs() < 1e-6);
    }

    #[test]
    fn one_stand_has_no_variance() {
        for design in [Design::RatioToSize, Design::ProportionalToSize] {
            let total = total(design, (None, 2000.0), &STANDS[..1]).unwrap();
            assert_eq!(total.variance(), None);
        }
    }

    #[test]
    fn a_stand_without_area_is_refused() {
        let refused = total(
            Design::RatioToSize,
            (None, 2000.0),
            &[(0.0, 1.0), (2.0, 3.0)],
        );
        assert!(matches!(refused, Err(EstimateError::SizeMissing { plot }) if plot == "0"));
    }

    #[test]
    fn more_stands_than_the_register_has_are_refused() {
        let refused = total(Design::RatioToSize, (Some(4), 2000.0), &STANDS);
        assert!(matches!(
            refused,
            Err(EstimateError::Population { population: 4, .. })
        ));
    }
}
