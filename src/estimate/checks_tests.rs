//! What the checks find, one fault each.

use super::*;
use crate::finding::Finding;
use crate::units::{CubicMetres, Fraction, Hectares, PerHectare};

struct Rows;

impl Places for Rows {
    fn plot(&self, position: usize, _: &Plot) -> String {
        format!("plots.csv, row {}", position + 2)
    }

    fn stratum(&self, _: &EstimationUnit, stratum: &Stratum) -> String {
        format!("strata.csv, stratum {}", stratum.id)
    }
}

fn stratum(id: &str, name: &str, weight: f64) -> Stratum {
    Stratum {
        name: Some(name.into()),
        ..Stratum::new(id, Weight::Known(Fraction::new(weight).unwrap()))
    }
}

fn sound() -> Frame {
    Frame {
        design: Design::PostStratified,
        units: vec![EstimationUnit {
            id: "2".into(),
            name: None,
            area: Hectares::new(500.0),
            strata: vec![
                stratum("2-1", "Canopy cover 0 - 5", 0.25),
                stratum("2-2", "Canopy cover 6 - 50", 0.5),
                stratum("2-3", "Canopy cover 51 - 65", 0.25),
            ],
        }],
        plots: ["2-1", "2-1", "2-2", "2-2", "2-3", "2-3"]
            .iter()
            .enumerate()
            .map(|(id, stratum)| Plot::new(id.to_string(), *stratum))
            .collect(),
    }
}

fn only(found: Vec<Finding>) -> Finding {
    assert_eq!(found.len(), 1, "{found:#?}");
    found.into_iter().next().unwrap()
}

#[test]
fn a_sound_frame_has_no_findings() {
    assert_eq!(findings(&sound(), &[], &Rows), vec![]);
}

#[test]
fn a_stratum_with_one_plot_names_the_neighbour_to_merge_with() {
    let mut frame = sound();
    frame.plots.remove(4);
    let finding = only(findings(&frame, &[], &Rows));
    assert!(!finding.is_error());
    assert_eq!(finding.place, "strata.csv, stratum 2-3");
    assert!(finding.what.contains("one plot"), "{finding}");
    assert!(finding.remedy.contains("`2-2`"), "{finding}");
}

#[test]
fn a_stratum_without_plots_is_an_error() {
    let mut frame = sound();
    frame.plots.drain(2..4);
    let finding = only(findings(&frame, &[], &Rows));
    assert!(finding.is_error());
    assert!(finding.what.contains("no plot"), "{finding}");
    assert!(Sample::new(frame).is_err());
}

#[test]
fn an_unknown_stratum_names_the_row_and_the_nearest() {
    let mut frame = sound();
    frame.plots.push(Plot::new("x", "2-33"));
    let finding = only(findings(&frame, &[], &Rows));
    assert_eq!(finding.place, "plots.csv, row 8");
    assert!(finding.remedy.contains("`2-3`"), "{finding}");
}

#[test]
fn weights_that_miss_one_are_an_error_and_rounded_ones_a_warning() {
    for (weight, error) in [(0.26, true), (0.2504, false)] {
        let mut frame = sound();
        frame.units[0].strata[0] = stratum("2-1", "Canopy cover 0 - 5", weight);
        let finding = only(findings(&frame, &[], &Rows));
        assert_eq!(finding.is_error(), error);
        assert_eq!(Sample::new(frame).is_err(), error);
    }
}

#[test]
fn a_duplicate_plot_names_both_rows() {
    let mut frame = sound();
    frame.plots.push(frame.plots[1].clone());
    let finding = only(findings(&frame, &[], &Rows));
    assert_eq!(finding.place, "plots.csv, row 8");
    assert!(finding.what.contains("plots.csv, row 3"), "{finding}");
}

#[test]
fn a_declared_number_of_plots_is_counted_again() {
    let mut frame = sound();
    frame.units[0].strata[1].declared_plots = Some(3);
    let finding = only(findings(&frame, &[], &Rows));
    assert!(
        finding.what.contains("declares 3 plots, found 2"),
        "{finding}"
    );
}

#[test]
fn impossible_and_missing_values_name_row_and_field() {
    let values = [Some(-1.0), Some(99_999.0), None, Some(0.0), Some(5.0), None];
    let volume = Observations::with_missing(
        values.map(|value| value.map(|value| PerHectare::new(CubicMetres::new(value)))),
    );
    let variable = Variable::new("volume_m3_ha", &volume, Limits::VOLUME);
    let found = findings(&sound(), &[variable], &Rows);
    let places: Vec<&str> = found.iter().map(|finding| finding.place.as_str()).collect();
    assert_eq!(
        places,
        [
            "plots.csv, row 2, field volume_m3_ha",
            "plots.csv, row 3, field volume_m3_ha",
            "plots.csv, row 4, field volume_m3_ha"
        ]
    );
    assert!(found[0].is_error() && found[1].is_error() && !found[2].is_error());
    assert!(found[2].what.starts_with("2 plots"), "{}", found[2]);
}

#[test]
fn what_a_sample_refuses_the_checks_find() {
    let faults: [fn(&mut Frame); 6] = [
        |frame| frame.plots.clear(),
        |frame| frame.units[0].area = Hectares::ZERO,
        |frame| frame.units[0].strata.clear(),
        |frame| frame.design = Design::Systematic,
        |frame| frame.design = Design::DoubleSampling,
        |frame| frame.design = Design::Cluster,
    ];
    for fault in faults {
        let mut frame = sound();
        fault(&mut frame);
        assert!(findings(&frame, &[], &Rows).iter().any(Finding::is_error));
        assert!(Sample::new(frame).is_err());
    }
}
