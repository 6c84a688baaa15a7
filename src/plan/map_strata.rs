//! `[inventory.map-strata]`: strata of the sample that are classes of a map of the plan.

use schemars::JsonSchema;
use serde::Deserialize;

use super::file::PlanFile;
use super::group::{self, GroupTable};
use super::inventory::InventoryTable;
use super::keys::suggestion;
use crate::finding::Finding;

/// `[inventory.map-strata]`: a plot is in the stratum of the class that the map holds where it lies,
/// and strata weigh what the map gives them of the regions.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MapStrataTable {
    /// Year of the `[[land-cover]]` whose classes are the strata.
    pub land_cover: Option<i32>,
    /// Name of the `[[layer]]` of classes that are the strata, in place of a map.
    pub layer: Option<String>,
    /// What was sampled by itself.
    #[serde(default)]
    pub units: MapUnitsKey,
    /// Classes that are one stratum; every other class is one of its own.
    #[serde(default)]
    pub group: Vec<GroupTable>,
}

/// Value of `units` of `[inventory.map-strata]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MapUnitsKey {
    /// All regions together.
    #[default]
    Whole,
    /// Every region.
    Regions,
}

/// What is wrong with the strata of a map, as far as the plan tells.
pub(super) fn sense(place: &str, inventory: &InventoryTable, plan: &PlanFile) -> Vec<Finding> {
    let Some(table) = &inventory.map_strata else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let mut refuse = |what: String, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
    let others = [
        ("[inventory.strata]", inventory.strata.is_some()),
        ("area-ha", inventory.area_ha.is_some()),
        ("population", inventory.population.is_some()),
        ("stratum", inventory.fields.stratum.is_some()),
        ("unit", inventory.fields.unit.is_some()),
    ];
    for (key, _) in others.iter().filter(|(_, given)| *given) {
        refuse(
            format!("`{key}` stands beside `[inventory.map-strata]`"),
            "leave it out: the map says which stratum a plot is in, and how much each holds",
        );
    }
    if !["", "post-stratified", "stratified"].contains(&inventory.design.as_str()) {
        refuse(
            format!(
                "`[inventory.map-strata]` with the design `{}`",
                inventory.design
            ),
            "write design = \"post-stratified\", or \"stratified\" where the plots were drawn from each class by itself",
        );
    }
    if table.land_cover.is_some() && plan.forest.height_layer.is_some() {
        refuse(
            "`[inventory.map-strata] land-cover` beside `[forest] height-layer`: a plot would be held against the canopy alone, and the weights against canopy and height".into(),
            "give the strata as a `[[layer]]` of classes, or as `[inventory.strata]`",
        );
    }
    let assisted = inventory.model_assisted.as_ref();
    if assisted.is_some_and(|table| table.neighbours().is_some()) {
        refuse(
            "`[inventory.map-strata]` beside `estimator = \"nearest-neighbours\"` is not computed by this version".into(),
            "give the strata and their weights as `[inventory.strata]`",
        );
    }
    match (table.land_cover, table.layer.as_deref()) {
        (None, None) | (Some(_), Some(_)) => refuse(
            "`[inventory.map-strata]` names no map, or two".into(),
            "give `land-cover`, the year of a map, or `layer`, the name of a layer of classes",
        ),
        (Some(year), None) if !plan.land_cover.iter().any(|map| map.year == year) => {
            let years = plan.land_cover.iter().map(|map| map.year.to_string());
            let years: Vec<String> = years.collect();
            refuse(
                format!(
                    "`[inventory.map-strata] land-cover` is {year}, and no map is of that year"
                ),
                &match years[..] {
                    [] => "add the `[[land-cover]]` that the strata are classes of".to_owned(),
                    _ => format!("give one of {}", years.join(", ")),
                },
            );
        }
        (None, Some(name)) => sense_layer(name, plan, &mut refuse),
        (Some(_), None) => {}
    }
    group::sense("[[inventory.map-strata.group]]", &table.group, &mut refuse);
    findings
}

/// What is wrong with the layer whose classes are strata.
fn sense_layer(name: &str, plan: &PlanFile, refuse: &mut dyn FnMut(String, &str)) {
    let of_classes = plan.layer.iter().filter(|layer| layer.legend.is_some());
    let names: Vec<&str> = of_classes.map(|layer| layer.name.as_str()).collect();
    if plan.land_cover.is_empty() {
        refuse(
            "`[inventory.map-strata]` names a layer, and the plan has no map".into(),
            "add `[[land-cover]]`: its cells are those of the run",
        );
    }
    if names.contains(&name) {
        return;
    }
    let holds = if plan.layer.iter().any(|layer| layer.name == name) {
        "holds values"
    } else {
        "the plan does not have"
    };
    let what = format!("`[inventory.map-strata]` names the layer `{name}`, which {holds}");
    let remedy = match suggestion(name, names.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if names.is_empty() => "add a `[[layer]]` with `legend`".to_owned(),
        None => format!("layers of classes are: {}", names.join(", ")),
    };
    refuse(what, &remedy);
}
