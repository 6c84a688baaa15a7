//! `[[boundary]]`, and what can be wrong with it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::file::{FieldValue, PlanFile};
use crate::finding::Finding;

/// `[[boundary]]`: polygons of one ecosystem.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BoundaryTable {
    /// Ecosystem inside the polygons.
    pub ecosystem: String,
    /// Name in tables; default: the ecosystem.
    pub name: Option<String>,
    /// Year that the polygons show: they count at that year alone. Without it, at all years.
    pub year: Option<i32>,
    /// File with the polygons.
    pub path: PathBuf,
    /// Layer, where the file has several.
    pub layer: Option<String>,
    /// Keep only features whose fields have these values.
    #[serde(default, rename = "where")]
    pub rows: BTreeMap<String, FieldValue>,
    /// Override only these ecosystems; default: all but water and built.
    pub overrides: Option<Vec<String>>,
    /// Coordinate system, where the file does not say.
    pub crs: Option<String>,
    /// Encoding of the attributes, where the file does not say.
    pub encoding: Option<String>,
    /// Repair invalid polygons and say so, instead of refusing them.
    #[serde(default)]
    pub repair: bool,
}

impl BoundaryTable {
    /// Its name in tables.
    pub(crate) fn named(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.ecosystem)
    }
}

/// What is wrong with the boundaries of a plan.
pub(super) fn sense(place: &str, plan: &PlanFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |what: String, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
    let years = plan.years();
    let mapped = !plan.land_cover.is_empty();
    if !mapped && !plan.boundary.is_empty() && years.is_empty() {
        refuse(
            "the plan has boundaries, but neither a map nor a year for them".to_owned(),
            "give each `[[boundary]]` the `year` that it shows, or add a `[[land-cover]]` map",
        );
    }
    for (i, table) in plan.boundary.iter().enumerate() {
        let name = table.named();
        if let Some(year) = table.year.filter(|year| !years.contains(year)) {
            let known: Vec<String> = years.iter().map(ToString::to_string).collect();
            refuse(
                format!(
                    "boundary `{name}` is of {year}, and no map is: the maps are of {}",
                    known.join(", ")
                ),
                "give the year of a map, or no `year` for a boundary that counts on all maps",
            );
        }
        if !mapped && table.overrides.is_some() {
            refuse(
                format!("boundary `{name}` has `overrides`, and there is no map to override"),
                "delete `overrides`: without a map a boundary counts whole",
            );
        }
        let same = |other: &&BoundaryTable| {
            other.year.is_some() && other.year == table.year && other.named() == name
        };
        if plan.boundary[..i].iter().any(|other| same(&other)) {
            refuse(
                format!(
                    "two boundaries of {} are named `{name}`",
                    table.year.unwrap_or_default()
                ),
                "give each a `name` of its own",
            );
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::plan::Plan;

    const REGIONS: &str = "name = \"a\"\n[regions]\npath = \"r.gpkg\"\nid = \"id\"\n";
    const BOUNDARY: &str = "[[boundary]]\necosystem = \"mangrove\"\npath = \"m.gpkg\"\n";
    const MAP: &str = "[[land-cover]]\nyear = 2020\npath = \"l.tif\"\nlegend = \"nlcd\"\n";

    fn problems(text: &str) -> Vec<String> {
        let plan = Plan::parse(Path::new("plan.toml"), text).unwrap();
        plan.problems.into_iter().map(|found| found.what).collect()
    }

    #[test]
    fn boundaries_with_years_need_no_map() {
        let text = format!("{REGIONS}{BOUNDARY}year = 1996\n{BOUNDARY}year = 2016\n");
        assert_eq!(problems(&text), [""; 0]);
        let undated = problems(&format!("{REGIONS}{BOUNDARY}"));
        assert!(
            undated[0].contains("neither a map nor a year"),
            "{undated:?}"
        );
    }

    #[test]
    fn a_boundary_of_a_year_without_a_map_is_refused_where_there_are_maps() {
        let found = problems(&format!("{REGIONS}{BOUNDARY}year = 1996\n{MAP}"));
        assert!(found[0].contains("the maps are of 2020"), "{found:?}");
        let text = format!("{REGIONS}{BOUNDARY}year = 2020\n{MAP}");
        assert_eq!(problems(&text), [""; 0]);
    }

    #[test]
    fn what_needs_a_map_is_told_all_at_once() {
        let text = format!(
            "{REGIONS}{BOUNDARY}year = 1996\noverrides = [\"forest\"]\n{BOUNDARY}year = 1996\n"
        );
        let found = problems(&text);
        for part in ["no map to override", "two boundaries of 1996"] {
            assert!(found.iter().any(|what| what.contains(part)), "{found:?}");
        }
    }
}
