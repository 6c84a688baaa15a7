//! What is wrong with the values of a plan that was read.

use super::file::PlanFile;
use super::partly::{PartlyRead, with_partly};
use super::reading::Unread;
use super::{
    accuracy, boundary, carbon, fire, grid, height, inventory_sense, layer, map_strata, price,
    restoration, soil_samples, stands,
};
use crate::finding::Finding;
use crate::units::year;

/// Draws of a Monte Carlo: fewer say nothing, and all of them are in memory at once.
const DRAWS: std::ops::RangeInclusive<u32> = 100..=1_000_000;

/// What is wrong with the levels of confidence.
fn confidence_sense(place: &str, plan: &PlanFile) -> Vec<Finding> {
    let of_inventory = plan.inventory.as_ref().and_then(|i| i.confidence);
    let levels = [
        ("[uncertainty]", plan.uncertainty.confidence),
        ("[inventory]", of_inventory),
    ];
    let wrong = levels.into_iter().filter_map(|(table, level)| {
        let level = level.filter(|level| !(0.5..1.0).contains(level))?;
        Some(Finding::error(
            place,
            format!("`{table} confidence` is {level}"),
            "give a level such as 0.90 or 0.95",
        ))
    });
    let mut findings: Vec<Finding> = wrong.collect();
    if let (Some(one), Some(other)) = (plan.uncertainty.confidence, of_inventory)
        && (one - other).abs() > 0.0
    {
        findings.push(Finding::error(
            place,
            format!("`[uncertainty] confidence` is {one}, and `[inventory] confidence` is {other}"),
            "all intervals of a run have one level: give one of them",
        ));
    }
    findings
}

/// What a draft leaves for a person to fill in.
fn unanswered(place: &str, plan: &PlanFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    if plan.name.starts_with("CHECK") {
        findings.push(Finding::error(
            place,
            format!("`name` is still `{}`, as in the draft", plan.name),
            "give the run a name, and look at the other lines marked CHECK",
        ));
    }
    findings
}

/// What is wrong with the maps of a plan.
fn map_sense(
    place: &str,
    plan: &PlanFile,
    (unread, partly): (&Unread, &PartlyRead),
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |what: String, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
    let maps = with_partly(&plan.land_cover, &partly.land_cover);
    for (i, (map, is_whole)) in maps.iter().enumerate() {
        let has = |key: &str| *is_whole || unread.spares(&[&format!("land-cover.{key}")]);
        if has("year") && maps[..i].iter().any(|(m, _)| m.year == map.year) {
            refuse(
                format!("two `[[land-cover]]` entries have the year {}", map.year),
                "give one map a year",
            );
        }
        if has("band") && map.band == 0 {
            refuse(
                "`band = 0` in `[[land-cover]]`".into(),
                "bands count from 1",
            );
        }
        if let Some(resampling) = map.resampling
            && has("resampling")
            && resampling.blends()
        {
            refuse(
                format!(
                    "`resampling = \"{}\"` of the map of {} would blend class codes into codes that no cell has",
                    resampling.id(),
                    map.year
                ),
                "use `nearest` or `mode` for classes",
            );
        }
    }
    findings
}

/// Pairs of years that the maps do not have.
fn span_sense(place: &str, plan: &PlanFile) -> Vec<Finding> {
    // A year that is none was told; it may be meant.
    if plan.years().iter().any(|of| year(f64::from(*of)).is_err()) {
        return Vec::new();
    }
    let known = |year: &i32| plan.years().contains(year);
    let spans = plan.change.spans.iter();
    let wrong = spans.filter(|[from, to]| !known(from) || !known(to) || from >= to);
    wrong
        .map(|[from, to]| {
            Finding::error(
                place,
                format!("`[change] spans` has [{from}, {to}]"),
                "give two years of the maps, the earlier first",
            )
        })
        .collect()
}

/// A plan of which nothing can come.
fn purpose(place: &str, plan: &PlanFile) -> Option<Finding> {
    let carbon = plan.carbon.as_ref();
    let aged = carbon.is_some_and(|carbon| carbon.age_classes.is_some());
    let measured = !plan.land_cover.is_empty() || !plan.boundary.is_empty();
    let listed = aged || plan.harvested_wood.is_some() || plan.soil_samples.is_some();
    (!measured && plan.inventory.is_none() && !listed).then(|| {
        Finding::error(
            place,
            "the plan has regions but nothing to account for",
            "add `[[land-cover]]` or `[[boundary]]` with a year for areas, `[inventory]` for volume and carbon",
        )
    })
}

/// What is wrong with values that were read. What rests on others that were not is not told.
pub(super) fn sense(place: &str, plan: &PlanFile, read: (&Unread, &PartlyRead)) -> Vec<Finding> {
    let (unread, _) = read;
    let mut findings = unanswered(place, plan);
    let mut tell = |rests_on: &[&str], found: Vec<Finding>| {
        if unread.spares(rests_on) {
            findings.extend(found);
        }
    };
    let maps = "land-cover";
    if plan.name.trim().is_empty() {
        let found = Finding::error(place, "`name` is empty", "give the run a name");
        tell(&["name"], vec![found]);
    }
    tell(&[], map_sense(place, plan, read));
    tell(&[maps, "boundary", "change"], span_sense(place, plan));
    if !DRAWS.contains(&plan.uncertainty.draws) {
        let found = Finding::error(
            place,
            format!("`[uncertainty] draws` is {}", plan.uncertainty.draws),
            "use 100 to 1000000 draws; the IPCC and registries ask for 10000",
        );
        tell(&[], vec![found]);
    }
    tell(&[], confidence_sense(place, plan));
    let of_canopy = plan.has_canopy();
    tell(&[], plan.forest.sense(place, of_canopy, unread));
    tell(&["forest", maps, "layer"], height::sense(place, plan));
    tell(&["grid"], grid::sense(place, &plan.grid));
    tell(&[], layer::sense(place, plan, unread));
    let bare = layer::without_maps(place, plan);
    tell(&[maps], bare.into_iter().collect());
    tell(&[], restoration::sense(place, plan, read));
    tell(&[], fire::sense(place, plan, read));
    if let Some(table) = &plan.inventory {
        let of_layers = inventory_sense::sense_layers(place, table, &plan.layer);
        let of_map = map_strata::sense(place, table, plan);
        tell(&[], inventory_sense::sense(place, table, unread));
        let (_, partly) = read;
        tell(&[], stands::sense_partly(place, &partly.stands, unread));
        let [assisted, small] = ["model-assisted", "small-areas"];
        let [assisted, small] = [assisted, small].map(|key| format!("inventory.{key}.layers"));
        tell(&[&assisted, &small, "layer"], of_layers);
        let [map, layer, group] =
            ["land-cover", "layer", "group"].map(|key| format!("inventory.map-strata.{key}"));
        tell(&[&map, &layer, &group, "layer", maps], of_map);
    }
    if let Some(targets) = &plan.targets {
        let found = targets.sense(place);
        let found = found.filter(|_| unread.lacks(&["targets.policy", "targets.path"]));
        tell(&[], found.into_iter().collect());
    }
    if let Some(carbon) = &plan.carbon {
        let registers = plan.inventory.iter().flat_map(|i| &i.stands);
        tell(&[], carbon::sense(place, carbon, registers.count() > 0));
    }
    if let Some(table) = &plan.price {
        tell(&[], price::sense(place, table, unread));
    }
    if let Some(table) = &plan.soil_samples {
        let found = soil_samples::sense(place, table);
        let (depth, strata) = ("soil-samples.depth-cm", "soil-samples.strata");
        tell(&[depth, strata, "soil-samples.areas"], found);
    }
    tell(&["boundary", maps], boundary::sense(place, plan));
    if let Some(table) = &plan.accuracy {
        let years: Vec<i32> = plan.land_cover.iter().map(|map| map.year).collect();
        tell(&[], accuracy::sense(place, table, &years, unread));
    }
    // A table that was not read may be what the plan is for.
    if unread.is_empty() {
        findings.extend(purpose(place, plan));
    }
    findings
}
