use super::*;
use crate::account::Figure;
use crate::units::{Hectares, PerYear, TonnesCo2e};

fn region(cover: f64, removal: f64) -> RegionSummary {
    RegionSummary {
        region_id: "a".into(),
        area: Some(Hectares::new(10.0)),
        forest_cover_pct: Some(cover),
        sequestration: Some(Figure {
            value: PerYear::new(TonnesCo2e::new(removal)),
            standard_error: None,
            interval: None,
        }),
        ..RegionSummary::default()
    }
}

#[test]
fn breaks_are_round_and_cover_the_values() {
    assert_eq!(breaks(&[31.2, 58.9, 44.0], 5), [30.0, 40.0, 50.0, 60.0]);
    assert_eq!(breaks(&[0.12, 0.71], 5), [0.0, 0.2, 0.4, 0.6, 0.8]);
    assert_eq!(breaks(&[5.0], 5).len(), 2);
    assert_eq!(breaks(&[0.0, 0.0], 5).first(), Some(&0.0));
    assert!(breaks(&[], 5).is_empty());
    // What differs in the last bits only is one value.
    assert_eq!(breaks(&[120.0, 120.000_000_000_000_01], 5).len(), 2);
    assert!(breaks(&[3e-12, 4e-12], 5).len() < 9);
}

#[test]
fn a_change_of_sign_has_its_break_at_zero() {
    assert!(breaks(&[-3.1, 4.2], 5).contains(&0.0));
}

#[test]
fn the_ends_of_a_ramp_are_its_colours() {
    assert_eq!(on_ramp(&COVER, 0.0), COVER[0]);
    assert_eq!(on_ramp(&COVER, 0.5), COVER[2]);
    assert_eq!(on_ramp(&COVER, 1.0), COVER[4]);
}

#[test]
fn regions_get_a_theme_for_each_figure_that_there_is_and_coverage_comes_first() {
    let styles = regions(&[region(31.0, -2.0), region(59.0, 8.0)]);
    let names: Vec<&str> = styles.iter().map(|style| style.name.as_str()).collect();
    assert_eq!(names, ["Forest cover (%)", "Sequestration (t CO2e/ha/yr)"]);
    assert!(styles[0].renderer.contains("label=\"30 – 40 %\""));
    assert!(styles[1].renderer.contains("t CO₂e/ha/yr\""));
    assert!(names.iter().all(|name| name.chars().count() <= 30));
}

#[test]
fn regions_without_figures_are_still_drawn() {
    let styles = regions(&[RegionSummary::default()]);
    assert_eq!(styles.len(), 1);
    assert!(styles[0].renderer.contains("singleSymbol"));
}

#[test]
fn words_are_escaped_for_xml() {
    assert_eq!(escaped("a<b & \"c\"\u{1}"), "a&lt;b &amp; &quot;c&quot; ");
}

#[test]
fn ids_become_words_for_people() {
    assert_eq!(sentence("salt-marsh"), "Salt marsh");
}
