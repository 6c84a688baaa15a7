//! `[[restoration]]`: treated polygons against controls, before and after.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::partly::{PartlyRead, with_partly};
use super::reading::Unread;
use super::{FieldValue, PlanFile};
use crate::finding::Finding;

/// `[[restoration]]`: what treated polygons gained beyond control polygons between two years, in
/// `tables/restoration.csv`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RestorationTable {
    /// Name in tables.
    pub name: String,
    /// The polygons that were treated; each is one observation.
    pub treated: SitesTable,
    /// The polygons that were not, and are else alike.
    pub control: SitesTable,
    /// Year before the treatment.
    pub before: i32,
    /// Year after it.
    pub after: i32,
    /// What is compared.
    pub measure: MeasureKey,
    /// For `ecosystem-share`: the ecosystem.
    pub ecosystem: Option<String>,
    /// For `layer`: the `[[layer]]` of values of the year before and that of the year after.
    pub layers: Option<[String; 2]>,
    /// How polygons count: each alike (`site`, default), or by its area (`area`).
    #[serde(default)]
    pub weight: WeightKey,
}

/// Polygons, one observation each.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SitesTable {
    /// File with the polygons.
    pub path: PathBuf,
    /// Layer, where the file has several.
    pub layer: Option<String>,
    /// Field with the id of a polygon; default: its number in the file.
    pub id: Option<String>,
    /// Keep only features whose fields have these values.
    #[serde(default, rename = "where")]
    pub rows: BTreeMap<String, FieldValue>,
    /// Coordinate system, where the file does not say.
    pub crs: Option<String>,
    /// Encoding of the attributes, where the file does not say.
    pub encoding: Option<String>,
    /// Repair invalid polygons and say so, instead of refusing them.
    #[serde(default)]
    pub repair: bool,
}

/// Value of `measure`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MeasureKey {
    /// Share of the polygon that is forest, by the rule of `[forest]`, in percent.
    ForestShare,
    /// Share of the polygon that is an ecosystem on the maps, in percent.
    EcosystemShare,
    /// Mean of a layer of values, a layer a year.
    Layer,
}

/// Value of `weight`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WeightKey {
    /// Every polygon counts alike.
    #[default]
    Site,
    /// Every hectare counts alike.
    Area,
}

/// What is wrong with the restorations of a plan.
pub(super) fn sense(
    place: &str,
    plan: &PlanFile,
    (unread, partly): (&Unread, &PartlyRead),
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let all = with_partly(&plan.restoration, &partly.restorations);
    for (i, (table, is_whole)) in all.iter().enumerate() {
        let has = |key: &str| *is_whole || unread.spares(&[&format!("restoration.{key}")]);
        let at = format!("{place}, restoration `{}`", table.name);
        let mut refuse = |what: String, remedy: String| {
            findings.push(Finding::error(&at, what, remedy));
        };
        if has("name") && table.name.trim().is_empty() {
            refuse("`name` is empty".into(), "give it a name".into());
        }
        if has("name") && all[..i].iter().any(|(t, _)| t.name == table.name) {
            refuse(
                "two `[[restoration]]` entries have this name".into(),
                "give each a name of its own".into(),
            );
        }
        if has("before") && has("after") && table.before >= table.after {
            refuse(
                format!(
                    "`before` is {} and `after` is {}",
                    table.before, table.after
                ),
                "give the year before the treatment, then one after it".into(),
            );
        }
        let maps_are_known = unread.spares(&["land-cover"]);
        let of_map = has("measure") && table.measure != MeasureKey::Layer;
        let years: Vec<i32> = plan.land_cover.iter().map(|map| map.year).collect();
        for (key, year) in [("before", table.before), ("after", table.after)] {
            if of_map && has(key) && maps_are_known && !years.contains(&year) {
                refuse(
                    format!("`{key} = {year}`, and no `[[land-cover]]` map is of that year"),
                    format!("add the map, or give one of: {}", listed(&years)),
                );
            }
        }
        match (table.measure, &table.ecosystem) {
            _ if !has("measure") || !has("ecosystem") => {}
            (MeasureKey::EcosystemShare, None) if !unread.lacks(&["restoration.ecosystem"]) => {}
            (MeasureKey::EcosystemShare, None) => refuse(
                "`measure = \"ecosystem-share\"` without `ecosystem`".into(),
                "name the ecosystem, such as ecosystem = \"mangrove\"".into(),
            ),
            (MeasureKey::ForestShare | MeasureKey::Layer, Some(_)) => refuse(
                "`ecosystem` is for `measure = \"ecosystem-share\"`".into(),
                "use that measure, or leave `ecosystem` out".into(),
            ),
            _ => {}
        }
        match (table.measure, &table.layers) {
            _ if !has("measure") || !has("layers") => {}
            (MeasureKey::Layer, None) if !unread.lacks(&["restoration.layers"]) => {}
            (MeasureKey::Layer, None) => refuse(
                "`measure = \"layer\"` without `layers`".into(),
                "name the two layers, such as layers = [\"agb_2010\", \"agb_2020\"]".into(),
            ),
            (MeasureKey::Layer, Some(_)) if !unread.spares(&["layer"]) => {}
            (MeasureKey::Layer, Some(names)) => {
                for (what, remedy) in layer_problems(plan, names) {
                    refuse(what, remedy);
                }
            }
            (_, Some(_)) => refuse(
                "`layers` is for `measure = \"layer\"`".into(),
                "use that measure, or leave `layers` out".into(),
            ),
            _ => {}
        }
    }
    findings
}

fn listed(years: &[i32]) -> String {
    let years: Vec<String> = years.iter().map(ToString::to_string).collect();
    years.join(", ")
}

/// Why two layers cannot be compared, and what to do.
fn layer_problems(plan: &PlanFile, names: &[String; 2]) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    let values = plan.layer.iter().filter(|layer| layer.unit.is_some());
    let known: Vec<&str> = values.map(|layer| layer.name.as_str()).collect();
    let unit = |name: &String| {
        let mut layers = plan.layer.iter();
        layers
            .find(|layer| layer.name == *name)
            .and_then(|layer| layer.unit.as_deref())
    };
    for name in names {
        if !known.contains(&name.as_str()) {
            problems.push((
                format!("no layer of values is named `{name}`"),
                if known.is_empty() {
                    "add a `[[layer]]` with a `unit` for each year".to_owned()
                } else {
                    format!("there are: {}", known.join(", "))
                },
            ));
        }
    }
    if names[0] == names[1] {
        problems.push((
            "`layers` names one layer twice: it would have no change".into(),
            "name the layer of the year before, then that of the year after".into(),
        ));
    }
    if let (Some(before), Some(after)) = (unit(&names[0]), unit(&names[1]))
        && before != after
    {
        problems.push((
            format!("the layers are in two units: `{before}` and `{after}`"),
            "give both in one unit".into(),
        ));
    }
    problems
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::plan::Plan;

    fn problems(keys: &str) -> Vec<String> {
        let text = format!(
            "name = \"a\"\n[regions]\npath = \"r.gpkg\"\nid = \"id\"\n\
             [[land-cover]]\nyear = 2010\npath = \"l.tif\"\nlegend = \"nlcd\"\n\
             [[land-cover]]\nyear = 2020\npath = \"m.tif\"\nlegend = \"nlcd\"\n\
             [[layer]]\nname = \"agb\"\npath = \"a.tif\"\nunit = \"t_dm/ha\"\n\
             [[layer]]\nname = \"height\"\npath = \"h.tif\"\nunit = \"m\"\n\
             [[restoration]]\nname = \"dunes\"\ntreated = {{ path = \"t.gpkg\" }}\n\
             control = {{ path = \"c.gpkg\" }}\n{keys}"
        );
        let plan = Plan::parse(Path::new("plan.toml"), &text).unwrap();
        plan.problems.into_iter().map(|f| f.what).collect()
    }

    #[test]
    fn a_restoration_names_two_maps_or_two_layers() {
        assert_eq!(
            problems("before = 2010\nafter = 2020\nmeasure = \"forest-share\""),
            [""; 0]
        );
        let found = problems("before = 2011\nafter = 2010\nmeasure = \"ecosystem-share\"");
        assert_eq!(found.len(), 3, "{found:?}");
        let found = problems(
            "before = 2001\nafter = 2002\nmeasure = \"layer\"\nlayers = [\"agb\", \"height\"]",
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("two units"), "{found:?}");
        let found = problems("before = 1\nafter = 2\nmeasure = \"layer\"\nlayers = [\"x\", \"x\"]");
        assert_eq!(found.len(), 3, "{found:?}");
    }
}
