//! Accuracy of small maps, redone by hand.

use super::*;

fn input<'a>(sample: &'a ReferenceSample, mapped: &'a [Hectares]) -> AccuracyInput<'a> {
    AccuracyInput {
        region_id: "_total",
        year: 2020,
        sample,
        mapped,
        forest: &[Some(true), Some(false)],
        quality: "direct",
        level: Confidence::P95,
    }
}

fn sample(matrix: &[Vec<u64>]) -> (ReferenceSample, [Hectares; 2]) {
    let mapped = [Hectares::new(600.0), Hectares::new(400.0)];
    let classes = ["forest".to_owned(), "other".to_owned()];
    let sample = ReferenceSample::from_matrix(&classes, &mapped, matrix).unwrap();
    (sample, mapped)
}

#[test]
fn forest_is_corrected_by_what_the_map_mistakes() {
    let (sample, mapped) = sample(&[vec![45, 5], vec![10, 40]]);
    let found = map_accuracy(&input(&sample, &mapped)).unwrap();
    let forest = found
        .rows
        .iter()
        .find(|row| row.kind == AccuracyKind::Forest);
    let forest = forest.unwrap();
    // 600 × 45/50 + 400 × 10/50.
    assert!((forest.value.unwrap() - 620.0).abs() < 1e-9);
    assert_eq!(forest.mapped, Some(Hectares::new(600.0)));
    let variance = 600.0_f64.powi(2) * 0.09 / 49.0 + 400.0_f64.powi(2) * 0.16 / 49.0;
    assert!((forest.standard_error.unwrap() - variance.sqrt()).abs() < 1e-9);
    assert!(found.checks.iter().all(|check| check.passed));
}

#[test]
fn points_that_all_agree_are_no_certainty() {
    let (sample, mapped) = sample(&[vec![50, 0], vec![0, 50]]);
    let found = map_accuracy(&input(&sample, &mapped)).unwrap();
    assert!(found.rows.iter().all(|row| row.standard_error.is_none()));
    assert!(found.forest.is_none());
    let overall = found
        .rows
        .iter()
        .find(|row| row.kind == AccuracyKind::Overall);
    assert!(overall.unwrap().note.contains("not certainty"));
}

#[test]
fn classes_that_hold_forest_and_other_land_give_no_forest_area() {
    let (sample, mapped) = sample(&[vec![45, 5], vec![10, 40]]);
    let mut input = input(&sample, &mapped);
    input.forest = &[None, Some(false)];
    let found = map_accuracy(&input).unwrap();
    assert!(
        found
            .rows
            .iter()
            .all(|row| row.kind != AccuracyKind::Forest)
    );
}
