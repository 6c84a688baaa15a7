//! Map accuracy against the published examples.

use super::*;
use crate::units::{Hectares, PerHectare};

#[track_caller]
fn assert_close(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "found {found}, expected {expected}"
    );
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Olofsson et al. 2014, table 8, pixels of 30 m.
fn olofsson() -> ReferenceSample {
    let mapped = [200_000.0, 150_000.0, 3_200_000.0, 6_450_000.0].map(|c| Hectares::new(c * 0.09));
    let matrix = [
        vec![66, 0, 5, 4],
        vec![0, 55, 8, 12],
        vec![1, 0, 153, 11],
        vec![2, 1, 9, 313],
    ];
    let classes = names(&[
        "deforestation",
        "gain",
        "stable forest",
        "stable non-forest",
    ]);
    ReferenceSample::from_matrix(&classes, &mapped, &matrix).unwrap()
}

#[test]
fn olofsson_areas_and_accuracies_are_reproduced() {
    let sample = olofsson();
    let areas = [21_157.762, 11_686.154, 285_769.930, 581_386.154];
    let half_widths = [6_157.634, 3_755.826, 15_509.836, 16_281.656];
    let users = [
        (0.88, 0.037_776),
        (0.733_333, 0.051_407),
        (0.927_273, 0.020_278),
        (0.963_077, 0.010_476),
    ];
    let producers = [
        (0.748_661, 0.108_832),
        (0.847_156, 0.129_800),
        (0.934_509, 0.017_512),
        (0.961_609, 0.009_368),
    ];
    for class in 0..4 {
        let area = sample.area(class);
        assert_close(area.value().value(), areas[class], 5e-4);
        assert_close(
            1.96 * area.standard_error().unwrap(),
            half_widths[class],
            5e-4,
        );
        let user = sample.users_accuracy(class).unwrap();
        assert_close(user.value(), users[class].0, 5e-7);
        assert_close(user.standard_error().unwrap(), users[class].1, 5e-7);
        let producer = sample.producers_accuracy(class).unwrap();
        assert_close(producer.value(), producers[class].0, 5e-7);
        assert_close(producer.standard_error().unwrap(), producers[class].1, 5e-7);
    }
    let overall = sample.overall_accuracy();
    assert_close(overall.value(), 0.946_512, 5e-7);
    assert_close(overall.standard_error().unwrap(), 0.009_430, 5e-7);
    assert_eq!(
        (sample.area(0).plots(), sample.area(0).plots_nonzero()),
        (640, 69)
    );
}

#[test]
fn strata_that_are_no_classes_give_areas_too() {
    // World Bank course on stratified estimation: a buffer stratum, weights that sum to 1.0004.
    let strata = [0.551, 0.407, 0.0137, 0.0287];
    let counts = [[271, 3, 1], [6, 193, 1], [2, 1, 27], [23, 0, 7]];
    let mut listed = Vec::new();
    for (stratum, row) in counts.iter().enumerate() {
        for (reference, points) in row.iter().enumerate() {
            listed.push(ReferenceCount {
                stratum,
                mapped: stratum.min(2),
                reference,
                points: *points,
            });
        }
    }
    let sample = ReferenceSample::new(
        names(&["forest", "non-forest", "disturbance"]),
        strata
            .iter()
            .enumerate()
            .map(|(id, share)| ReferenceStratum {
                id: id.to_string(),
                area: Hectares::new(*share),
                population: None,
            })
            .collect(),
        listed,
    )
    .unwrap();
    for (class, share, variance) in [
        (0, 0.57811, 4.559e-5),
        (1, 0.39922, 4.028e-5),
        (2, 0.02307, 1.382e-5),
    ] {
        let area = sample.area(class);
        assert_close(area.value().value(), share, 5e-6);
        assert_close(area.variance().unwrap(), variance, 5e-9);
    }
}

/// Stehman 2014, section 5: ten points in each of four strata.
fn stehman() -> ReferenceSample {
    let points = [
        ("A", 40_000, "AAAAAAABBB", "AAAAACBABC"),
        ("B", 30_000, "ABBBBBBBBB", "ABBBBBAABB"),
        ("C", 20_000, "BBCCCCCCBB", "CCCCCDDBBA"),
        ("D", 10_000, "DDDDDDDDDD", "DDDDDDDCCB"),
    ];
    let class = |letter: char| "ABCD".find(letter).unwrap();
    let mut counts = Vec::new();
    for (stratum, (_, _, mapped, reference)) in points.iter().enumerate() {
        for (mapped, reference) in mapped.chars().zip(reference.chars()) {
            counts.push(ReferenceCount {
                stratum,
                mapped: class(mapped),
                reference: class(reference),
                points: 1,
            });
        }
    }
    let strata = points.map(|(id, cells, _, _)| ReferenceStratum {
        id: id.to_owned(),
        area: Hectares::new(f64::from(cells) / 100_000.0),
        population: Some(u64::try_from(cells).unwrap()),
    });
    ReferenceSample::new(names(&["A", "B", "C", "D"]), strata.to_vec(), counts).unwrap()
}

#[test]
fn stehman_strata_that_differ_from_the_map_are_reproduced() {
    let sample = stehman();
    assert_close(sample.area(0).value().value(), 0.35, 1e-12);
    assert_close(sample.area(0).standard_error().unwrap(), 0.082_248, 5e-7);
    assert_close(sample.area(2).value().value(), 0.20, 1e-12);
    assert_close(sample.area(2).standard_error().unwrap(), 0.064_280, 5e-7);
    assert_close(sample.overall_accuracy().value(), 0.63, 1e-12);
    assert_close(
        sample.overall_accuracy().standard_error().unwrap(),
        0.084_642,
        5e-7,
    );
    let user = sample.users_accuracy(1).unwrap();
    assert_close(user.value(), 0.574_468, 5e-7);
    assert_close(user.standard_error().unwrap(), 0.124_782, 5e-7);
    let producer = sample.producers_accuracy(1).unwrap();
    assert_close(producer.value(), 0.794_118, 5e-7);
    assert_close(producer.standard_error().unwrap(), 0.116_548, 5e-7);
    assert_close(sample.cell(1, 2).value().value(), 0.08, 1e-12);
}

#[test]
fn one_point_in_a_stratum_leaves_the_variance_unknown() {
    let mapped = [Hectares::new(10.0), Hectares::new(20.0)];
    let sample =
        ReferenceSample::from_matrix(&names(&["a", "b"]), &mapped, &[vec![1, 0], vec![1, 9]])
            .unwrap();
    assert_close(sample.area(0).value().value(), 12.0, 1e-12);
    assert_eq!(sample.area(0).variance(), None);
}

#[test]
fn a_stratum_without_points_is_refused() {
    let mapped = [Hectares::new(10.0), Hectares::new(20.0)];
    let refused =
        ReferenceSample::from_matrix(&names(&["a", "b"]), &mapped, &[vec![0, 0], vec![1, 9]]);
    assert!(matches!(refused, Err(EstimateError::EmptyStratum { stratum, .. }) if stratum == "a"));
}

#[test]
fn what_classes_hold_sums_with_the_covariance_of_their_areas() {
    let mapped = [Hectares::new(100.0), Hectares::new(300.0)];
    let matrix = [vec![8, 2], vec![5, 15]];
    let sample = ReferenceSample::from_matrix(&names(&["a", "b"]), &mapped, &matrix).unwrap();
    // Areas in truth 155 and 245 ha; what one class lacks the other has, so their errors are one.
    let variance = 100.0 * 100.0 * 0.16 / 9.0 + 300.0 * 300.0 * 0.1875 / 19.0;
    assert_close(sample.covariance(0, 0).unwrap(), variance, 1e-9);
    assert_close(sample.covariance(0, 1).unwrap(), -variance, 1e-9);
    let densities = [100.0, 10.0].map(|d| PerHectare::new(crate::units::TonnesCarbon::new(d)));
    let carbon = sample.weighted(&densities);
    assert_close(carbon.value().value(), 155.0 * 100.0 + 245.0 * 10.0, 1e-9);
    assert_close(carbon.variance().unwrap(), 90.0 * 90.0 * variance, 1e-6);
    let (mean, error) = sample.stratum_mean(0, &densities).unwrap();
    assert_close(mean.on_one_hectare().value(), 82.0, 1e-12);
    assert_close(error.unwrap(), 90.0 * (0.16_f64 / 9.0).sqrt(), 1e-12);
}

#[test]
fn the_variance_of_a_sum_over_classes_is_that_of_the_covariance_matrix() {
    for sample in [olofsson(), stehman()] {
        let held = [120.0, 35.0, 80.0, 4.0];
        let mut expected = 0.0;
        for (j, one) in held.iter().enumerate() {
            for (k, other) in held.iter().enumerate() {
                expected += one * other * sample.covariance(j, k).unwrap();
            }
            let variance = sample.area(j).variance().unwrap();
            assert_close(sample.covariance(j, j).unwrap(), variance, 1e-9 * variance);
        }
        let held = held.map(|d| PerHectare::new(crate::units::TonnesCarbon::new(d)));
        let found = sample.weighted(&held).variance().unwrap();
        assert_close(found, expected, 1e-9 * expected);
    }
}
