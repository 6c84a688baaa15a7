//! Small areas against worked and published examples.

use super::estimated::Basis;
use super::*;
use crate::units::CubicMetres;

fn direct(value: f64, variance: Option<f64>) -> Estimate<CubicMetres> {
    Estimate::new(
        value,
        Basis {
            variance,
            degrees_of_freedom: None,
            plots: 10,
            plots_nonzero: 4,
            estimator: Estimator::PostStratified,
        },
    )
}

#[test]
fn a_composite_leans_to_the_more_precise_part() {
    let found = composite(&direct(110.0, Some(900.0)), &direct(95.0, None), 400.0).unwrap();
    assert!((found.weight - 0.307_692_307).abs() < 1e-9);
    assert!((found.estimate.value().value() - 99.615_384_615).abs() < 1e-9);
    assert!((found.estimate.variance().unwrap() - 276.923_076_923).abs() < 1e-9);
}

#[test]
fn an_area_without_plots_is_synthetic() {
    let found = composite(&direct(0.0, None), &direct(95.0, None), 400.0).unwrap();
    assert_eq!(found.estimate.value(), CubicMetres::new(95.0));
    assert_eq!(found.estimate.variance(), Some(400.0));
}

/// Expenditure on milk in 43 areas: direct estimate, its standard error, major area (Arora and Lahiri
/// 1997; You and Chapman 2006).
const MILK: [(f64, f64, usize); 43] = [
    (1.099, 0.163, 1),
    (1.075, 0.08, 1),
    (1.105, 0.083, 1),
    (0.628, 0.109, 1),
    (0.753, 0.119, 1),
    (0.981, 0.141, 1),
    (1.257, 0.202, 1),
    (1.095, 0.127, 2),
    (1.405, 0.168, 2),
    (1.356, 0.178, 2),
    (0.615, 0.1, 2),
    (1.46, 0.201, 2),
    (1.338, 0.148, 2),
    (0.854, 0.143, 2),
    (1.176, 0.149, 3),
    (1.111, 0.145, 3),
    (1.257, 0.135, 3),
    (1.43, 0.172, 3),
    (1.278, 0.137, 3),
    (1.292, 0.163, 3),
    (1.002, 0.125, 3),
    (1.183, 0.247, 3),
    (1.044, 0.14, 3),
    (1.267, 0.171, 3),
    (1.193, 0.106, 3),
    (0.791, 0.121, 4),
    (0.795, 0.121, 4),
    (0.759, 0.259, 4),
    (0.796, 0.106, 4),
    (0.565, 0.089, 4),
    (0.886, 0.225, 4),
    (0.952, 0.205, 4),
    (0.807, 0.119, 4),
    (0.582, 0.067, 4),
    (0.684, 0.106, 4),
    (0.787, 0.126, 4),
    (0.44, 0.092, 4),
    (0.759, 0.132, 4),
    (0.77, 0.1, 4),
    (0.8, 0.113, 4),
    (0.756, 0.083, 4),
    (0.865, 0.121, 4),
    (0.64, 0.129, 4),
];

fn milk() -> Vec<SmallArea<CubicMetres>> {
    MILK.iter()
        .map(|(value, error, major)| SmallArea {
            direct: direct(*value, Some(error * error)),
            covariates: (1..=4)
                .map(|m| f64::from(u8::from(m == 1 || m == *major)))
                .collect(),
        })
        .collect()
}

#[test]
fn the_milk_areas_equal_the_figures_of_r_sae() {
    // R sae 1.1, mseFH(yi ~ as.factor(MajorArea), SD^2, method = "REML"), as its users reprint it.
    let fitted = fay_herriot(&milk()).unwrap();
    assert!(
        (fitted.between_variance - 0.018_550_22).abs() < 1e-6,
        "{}",
        fitted.between_variance
    );
    let coefficients = [0.968_189_0, 0.132_780_1, 0.226_946_2, -0.241_301_1];
    for (found, expected) in fitted.coefficients.iter().zip(coefficients) {
        assert!(
            (found - expected).abs() < 1e-5,
            "{found}, expected {expected}"
        );
    }
    for (area, value, error) in [
        (0, 1.021_970_3, 0.013_460_220),
        (6, 1.058_452_3, 0.015_926_137),
        (10, 0.785_215_5, 0.007_694_262),
        (21, 1.192_305_7, 0.017_243_977),
        (33, 0.610_230_2, 0.003_870_786),
        (42, 0.681_087_0, 0.009_903_626),
    ] {
        let found = fitted.areas[area].estimate;
        assert!((found.value().value() - value).abs() < 1e-5, "{found:?}");
        assert!(
            (found.variance().unwrap() - error).abs() < 1e-6,
            "{found:?}"
        );
    }
}

#[test]
fn an_area_without_a_direct_variance_gets_the_prediction_of_the_model() {
    let mut areas = milk();
    areas[0].direct = direct(0.0, None);
    let fitted = fay_herriot(&areas).unwrap();
    assert!((fitted.areas[0].estimate.value().value() - fitted.coefficients[0]).abs() < 1e-12);
    assert!(fitted.areas[0].estimate.variance().unwrap() > fitted.between_variance);
}

#[test]
fn areas_without_contrast_between_them_all_get_the_mean() {
    let areas: Vec<SmallArea<CubicMetres>> = [9.9, 10.0, 10.1]
        .map(|value| SmallArea {
            direct: direct(value, Some(4.0)),
            covariates: vec![1.0],
        })
        .to_vec();
    let fitted = fay_herriot(&areas).unwrap();
    assert!(fitted.between_variance.abs() < 1e-12);
    assert!((fitted.areas[0].estimate.value().value() - 10.0).abs() < 1e-9);
}

#[test]
fn too_few_areas_are_refused() {
    assert!(matches!(
        fay_herriot(&milk()[..4]),
        Err(EstimateError::TooFewPlots { .. } | EstimateError::DependentLayer { .. })
    ));
}

#[test]
fn benchmarked_areas_add_up_to_the_direct_total() {
    let areas = [direct(60.0, Some(9.0)), direct(20.0, Some(4.0))];
    let adjusted = benchmarked(&areas, &direct(100.0, Some(25.0))).unwrap();
    assert_eq!(adjusted[0].value(), CubicMetres::new(75.0));
    assert_eq!(adjusted[1].value(), CubicMetres::new(25.0));
    assert_eq!(
        adjusted[0].standard_error_pct(),
        areas[0].standard_error_pct()
    );
    assert_eq!(adjusted[0].estimator(), Estimator::Benchmarked);
}
