//! `[forest] height-layer`: the height of forest beside a map of its canopy.

use super::file::PlanFile;
use crate::finding::Finding;

/// No tree is that high, in metres: a least height above it leaves no forest.
const TALLEST_M: f64 = 130.0;

/// What is wrong with the height of forest.
pub(super) fn sense(place: &str, plan: &PlanFile) -> Vec<Finding> {
    let forest = &plan.forest;
    let mut findings = Vec::new();
    let mut refuse = |what: String, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
    let Some(name) = &forest.height_layer else {
        if forest.height_min_m.is_some() {
            refuse(
                "`[forest] height-min-m` without `height-layer`".to_owned(),
                "name the `[[layer]]` of heights, or leave the key out",
            );
        }
        return findings;
    };
    if let Some(least) = forest.height_min_m
        && !(least > 0.0 && least < TALLEST_M)
    {
        refuse(
            format!("`[forest] height-min-m` is {least}"),
            "give the least height in metres, such as 5",
        );
    }
    match plan.layer.iter().find(|layer| layer.name == *name) {
        None => refuse(
            format!("`[forest] height-layer`: no `[[layer]]` is named `{name}`"),
            "add the layer of heights, with `unit = \"m\"`",
        ),
        Some(layer) if layer.unit.as_deref() != Some("m") => refuse(
            format!("`[forest] height-layer`: the layer `{name}` is not in metres"),
            "heights are a layer of values with `unit = \"m\"`",
        ),
        Some(_) => {}
    }
    if !plan.has_canopy() {
        refuse(
            "`[forest] height-layer` without a map of canopy".to_owned(),
            "give a `[[land-cover]]` the legend `canopy-percent`, or leave the key out",
        );
    } else if plan.land_cover.len() > 1 {
        refuse(
            "`[forest] height-layer` with maps of several years".to_owned(),
            "heights are of one date: give one map of canopy",
        );
    }
    if plan.accuracy.is_some() {
        refuse(
            "`[forest] height-layer` with `[accuracy]`".to_owned(),
            "a point is told by the map alone: assess a map of classes that has the rule in it",
        );
    }
    findings
}
