//! The tables of a plan that describe strata and estimation units.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::inventory::InventoryTable;
use super::reading::Unread;
use super::unit::{Substance, Unit};
use crate::finding::Finding;

/// `[inventory.strata]`: the strata and their weights.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StrataTable {
    /// One row a stratum (and inventory): a CSV file, a workbook, or any file that GDAL reads.
    pub path: PathBuf,
    /// Layer, table or sheet, where there are several.
    pub layer: Option<String>,
    /// Column with the year of the inventory; without it all inventories share the strata.
    pub year: Option<String>,
    /// Column with the estimation unit; without it there is one.
    pub unit: Option<String>,
    /// Column with the stratum.
    pub stratum: String,
    /// Column with the area of the estimation unit, in hectares or with its unit; without it
    /// `[inventory.units]` has the areas.
    pub area: Option<AreaKey>,
    /// Column with the share of the stratum in its estimation unit (0 to 1), or with the number of
    /// map cells or first-phase points that fell into it.
    pub weight: String,
    /// Column with the number of plots, for a check.
    pub plots: Option<String>,
    /// Column with the number of plots (clusters, stands) that could be drawn; with it the finite
    /// population correction applies.
    pub population: Option<String>,
}

/// `[inventory.units]`: areas of the estimation units.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct UnitsTable {
    /// One row an estimation unit (and inventory): a CSV file, a workbook, or any file that GDAL reads.
    pub path: PathBuf,
    /// Layer, table or sheet, where there are several.
    pub layer: Option<String>,
    /// Column with the year of the inventory; without it all inventories share the units.
    pub year: Option<String>,
    /// Column with the estimation unit.
    pub unit: String,
    /// Column with its area, in hectares or with its unit.
    pub area: AreaKey,
}

/// A column of areas in hectares, or a column with its unit.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a column name, or { column = ..., unit = ... }")]
pub enum AreaKey {
    /// The column, in hectares.
    Hectares(String),
    /// The column with its unit.
    Column(AreaColumnTable),
}

/// A column of areas with its unit.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AreaColumnTable {
    /// Name of the column.
    pub column: String,
    /// Unit: `ha`, `mu`, `m2` or `acre`.
    pub unit: String,
}

impl AreaKey {
    /// Name of the column.
    #[must_use]
    pub fn column(&self) -> &str {
        match self {
            Self::Hectares(column) => column,
            Self::Column(column) => &column.column,
        }
    }

    /// Hectares of one unit of the column; `None` where the unit is not one of area.
    #[must_use]
    pub fn hectares(&self) -> Option<f64> {
        match self {
            Self::Hectares(_) => Some(1.0),
            Self::Column(column) => {
                let unit = Unit::of_column(Substance::Area, &column.column, Some(&column.unit));
                unit.ok().map(|unit| unit.factor)
            }
        }
    }
}

/// What is wrong with the keys of strata and units.
pub(super) fn sense(place: &str, inventory: &InventoryTable, unread: &Unread) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |what: String, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
    if let Some(area) = inventory.area_ha
        && (area.is_nan() || area <= 0.0 || area.is_infinite())
    {
        refuse(
            format!("`[inventory] area-ha` is {area}"),
            "give the sampled area in hectares, more than 0",
        );
    }
    let Some(strata) = &inventory.strata else {
        if inventory.units.is_some() && unread.lacks(&["inventory.strata"]) {
            refuse(
                "`[inventory.units]` without `[inventory.strata]`".into(),
                "name the table of the strata of the units; a sample without strata has `area-ha` in `[inventory]`",
            );
        }
        return findings;
    };
    if inventory.population.is_some() {
        refuse(
            "`[inventory] population` stands beside `[inventory.strata]`".into(),
            "name the column of the strata table instead: `population` in `[inventory.strata]`",
        );
    }
    match (&strata.area, &inventory.units) {
        (None, None) if !unread.lacks(&["inventory.strata.area", "inventory.units"]) => {}
        (None, None) => refuse(
            "nothing says how large the estimation units are".into(),
            "name the column in `area` of `[inventory.strata]`, or their table in `[inventory.units]`",
        ),
        (Some(_), Some(_)) => refuse(
            "`area` of `[inventory.strata]` stands beside `[inventory.units]`".into(),
            "say the areas of the estimation units in one place",
        ),
        (None, Some(_)) if strata.unit.is_none() && unread.lacks(&["inventory.strata.unit"]) => {
            refuse(
                "`[inventory.units]`, and the strata have no `unit`".into(),
                "name the column of the estimation unit in `unit` of `[inventory.strata]`",
            );
        }
        _ => {}
    }
    let keys = [
        ("[inventory.strata]", strata.area.as_ref()),
        (
            "[inventory.units]",
            inventory.units.as_ref().map(|units| &units.area),
        ),
    ];
    for (table, area) in keys {
        if let Some(AreaKey::Column(column)) = area.filter(|area| area.hectares().is_none()) {
            refuse(
                format!("`area` of `{table}` has the unit `{}`", column.unit),
                "give one of: ha, mu, m2, acre",
            );
        }
    }
    findings
}
