//! `[[fire]]`: land that burnt.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::partly::{PartlyRead, with_partly};
use super::reading::Unread;
use super::{FieldValue, PlanFile};
use crate::finding::Finding;

/// `[[fire]]`: gases of land that burnt, as rows of `tables/sequestration.csv` of their own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FireTable {
    /// Name in tables.
    pub name: String,
    /// Year that it burnt in.
    pub year: i32,
    /// Ecosystem that burnt.
    pub ecosystem: String,
    /// Category of the emission factors (IPCC 2006, tab. 2.5), such as `extra-tropical-forest`.
    pub emission: String,
    /// Category of the combustion factor (IPCC 2006, tab. 2.6), such as
    /// `other-temperate-forest-all`.
    pub combustion: String,
    /// Dry matter available to burn, in tonnes by hectare.
    pub fuel_t_ha: f64,
    /// Standard error of the fuel over its value, in percent.
    pub fuel_se_pct: Option<f64>,
    /// Burnt area by region id, in hectares, instead of polygons.
    #[serde(default)]
    pub areas_ha: BTreeMap<String, f64>,
    /// File with polygons of the burnt land.
    pub path: Option<PathBuf>,
    /// Count only the burnt land that the map shows as the ecosystem: the newest before the year of the fire,
    /// or that of its year; or else the first.
    #[serde(default)]
    pub on_map: bool,
    /// Layer, where the file has several.
    pub layer: Option<String>,
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

impl FireTable {
    /// Whether another entry is of the same polygons, year and ecosystem.
    fn is_same_land(&self, other: &Self) -> bool {
        self.path.is_some()
            && (&self.path, &self.layer, &self.rows) == (&other.path, &other.layer, &other.rows)
            && (self.year, &self.ecosystem) == (other.year, &other.ecosystem)
    }
}

/// What is wrong with the fires of a plan.
pub(super) fn sense(
    place: &str,
    plan: &PlanFile,
    (unread, partly): (&Unread, &PartlyRead),
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let fires = with_partly(&plan.fire, &partly.fires);
    for (i, (fire, is_whole)) in fires.iter().enumerate() {
        let has = |keys: &[&str]| {
            let mut keys = keys.iter().map(|key| format!("fire.{key}"));
            *is_whole || keys.all(|key| unread.spares(&[&key]))
        };
        let before = &fires[..i];
        let at = format!("{place}, fire `{}`", fire.name);
        let mut refuse = |what: String, remedy: &str| {
            findings.push(Finding::error(&at, what, remedy));
        };
        if has(&["name"]) && fire.name.trim().is_empty() {
            refuse("`name` is empty".into(), "give it a name");
        }
        if has(&["name"]) && before.iter().any(|(other, _)| other.name == fire.name) {
            refuse(
                "two `[[fire]]` entries have this name".into(),
                "give each a name of its own",
            );
        }
        let of_land = ["path", "layer", "where", "year", "ecosystem"];
        let same = before.iter().find(|(other, _)| fire.is_same_land(other));
        if let Some((other, _)) = same.filter(|_| has(&of_land)) {
            refuse(
                format!(
                    "fire `{}` has the same polygons, year and ecosystem: the land would burn twice",
                    other.name
                ),
                "leave one of them out; land that burnt again in another year has that `year`",
            );
        }
        if !(fire.fuel_t_ha > 0.0 && fire.fuel_t_ha.is_finite()) {
            refuse(
                format!("`fuel-t-ha` is {}", fire.fuel_t_ha),
                "give the dry matter available to burn in tonnes by hectare, such as 50",
            );
        }
        if let Some(error) = fire.fuel_se_pct
            && !(0.0..=100.0).contains(&error)
        {
            refuse(
                format!("`fuel-se-pct` is {error}"),
                "give a percentage up to 100, such as 30",
            );
        }
        match (&fire.path, fire.areas_ha.is_empty()) {
            _ if !has(&["path", "areas-ha"]) => {}
            (None, true) if !unread.lacks(&["fire.path", "fire.areas-ha"]) => {}
            (None, true) => refuse(
                "neither `path` nor `areas-ha` is given".into(),
                "give polygons of the burnt land, or its area by region: areas-ha = { id = 100 }",
            ),
            (Some(_), false) => refuse(
                "`path` and `areas-ha` are both given".into(),
                "give polygons of the burnt land, or its area by region",
            ),
            _ => {}
        }
        if fire.on_map && has(&["path"]) && fire.path.is_none() && unread.lacks(&["fire.path"]) {
            refuse(
                "`on-map` without `path`".into(),
                "give polygons of the burnt land, or leave `on-map` out: a figure has no place on the map",
            );
        }
        if fire.on_map && plan.land_cover.is_empty() && unread.spares(&["land-cover"]) {
            refuse(
                "`on-map`, and the plan has no map".into(),
                "add a `[[land-cover]]` map, or leave `on-map` out",
            );
        }
        for (region, area) in &fire.areas_ha {
            if !(*area >= 0.0 && area.is_finite()) {
                refuse(
                    format!("`areas-ha` of region {region} is {area}"),
                    "give hectares, 0 or more",
                );
            }
        }
    }
    findings
}
