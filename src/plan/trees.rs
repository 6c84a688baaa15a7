//! The tables of a plan that describe trees: which rows are trees of which inventory, what their columns
//! hold, and the equations that give what stands in a tree.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::file::FieldValue;
use super::inventory::InventoryTable;
use super::reading::Unread;
use crate::finding::Finding;

/// `[[inventory.trees]]`: the tallied trees of one inventory.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TreesTable {
    /// Year of the inventory that the trees belong to.
    pub year: i32,
    /// One row a tree: a CSV file, a workbook, or any file that GDAL reads.
    pub path: PathBuf,
    /// Layer, table or sheet, where there are several.
    pub layer: Option<String>,
    /// Keep only rows whose columns have these values, such as living trees.
    #[serde(default, rename = "where")]
    pub rows: BTreeMap<String, FieldValue>,
}

/// `[inventory.tree-fields]`: which column of the trees holds what.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TreeFieldsTable {
    /// Id of the plot that the tree stands on.
    pub plot: String,
    /// Id of the tree on its plot, the same at every visit: with it and `status` the components of
    /// change are told.
    pub tree: Option<String>,
    /// What the tree was at the visit: alive, dead or cut. Only living trees are stock.
    pub status: Option<String>,
    /// Values of `status` of living trees.
    pub live: Option<FieldValue>,
    /// Values of `status` of dead trees.
    pub dead: Option<FieldValue>,
    /// Values of `status` of trees that were cut or otherwise taken away.
    pub cut: Option<FieldValue>,
    /// Species, as the equations name it.
    pub species: Option<String>,
    /// Diameter at breast height, in centimetres.
    pub diameter_cm: Option<String>,
    /// Height, in metres.
    pub height_m: Option<String>,
    /// Density of the wood, in grams per cubic centimetre, for equations that use it.
    pub wood_density: Option<String>,
    /// How many trees on one hectare the tree stands for.
    pub trees_per_ha: Option<String>,
    /// Area of the plot that the tree was tallied on, in square metres on the horizontal.
    pub plot_area_m2: Option<f64>,
    /// Radius of the circle that the tree was tallied in, in metres.
    pub plot_radius_m: Option<String>,
    /// Slope of the plot, in degrees, where the radius was measured along it.
    pub slope_degrees: Option<String>,
    /// Basal-area factor of an angle count, in square metres per hectare.
    pub basal_area_factor: Option<f64>,
    /// Factor on the number of trees, for plots that were measured in part.
    pub adjustment: Option<String>,
    /// Volume of the one tree.
    pub volume: Option<TreeColumnKey>,
    /// Dry matter of the one tree above ground.
    pub above_ground_biomass: Option<TreeColumnKey>,
    /// Dry matter of the one tree below ground.
    pub below_ground_biomass: Option<TreeColumnKey>,
    /// Carbon of the one tree above ground.
    pub above_ground_carbon: Option<TreeColumnKey>,
    /// Carbon of the one tree below ground.
    pub below_ground_carbon: Option<TreeColumnKey>,
}

/// A column of one tree, or a column with its unit and its least diameter.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a column name, or { column = ..., unit = ..., from-diameter-cm = ... }"
)]
pub enum TreeColumnKey {
    /// The column; its unit is read from its name.
    Name(String),
    /// The column with its unit.
    Column(TreeColumnTable),
}

/// A column of one tree with its unit.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TreeColumnTable {
    /// Name of the column.
    pub column: String,
    /// Unit: `m3`, `dm3` or `ft3` for volume, `kg`, `t`, `g` or `lb` for mass.
    pub unit: Option<String>,
    /// Diameter from which trees have the value by definition: smaller ones have zero.
    pub from_diameter_cm: Option<f64>,
}

/// `[inventory.tree-equations]`: what stands in a tree of a species, a diameter and a height.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TreeEquationsTable {
    /// CSV: `species, variable, unit, c0, c1, c2, c3, from_diameter_cm, se_pct, source`.
    pub path: PathBuf,
}

/// What is wrong with the trees of an inventory.
pub(super) fn sense(place: &str, inventory: &InventoryTable, unread: &Unread) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |what: String, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
    let Some(fields) = &inventory.tree_fields else {
        if !inventory.trees.is_empty() && unread.lacks(&["inventory.tree-fields"]) {
            refuse(
                "`[[inventory.trees]]` without `[inventory.tree-fields]`".into(),
                "say which column holds what, `plot` at least",
            );
        }
        return findings;
    };
    if inventory.trees.is_empty() && unread.lacks(&["inventory.trees"]) {
        refuse(
            "`[inventory.tree-fields]` without `[[inventory.trees]]`".into(),
            "name the file of the trees of each inventory",
        );
    }
    for (i, trees) in inventory.trees.iter().enumerate() {
        let plots = &inventory.plots;
        let plots_are_known = unread.spares(&["inventory.plots"]);
        if plots_are_known && !plots.iter().any(|plots| plots.year == trees.year) {
            refuse(
                format!("trees of {}, and no plots of that year", trees.year),
                "give `[[inventory.plots]]` of the same year: plots without trees are zeros, and trees alone cannot tell of them",
            );
        }
        if inventory.trees[..i].iter().any(|t| t.year == trees.year) {
            refuse(
                format!(
                    "two `[[inventory.trees]]` entries have the year {}",
                    trees.year
                ),
                "give one entry a year",
            );
        }
    }
    let needs_diameter = fields.basal_area_factor.is_some() || inventory.tree_equations.is_some();
    let diameter = "inventory.tree-fields.diameter-cm";
    if needs_diameter && unread.lacks(&[diameter]) && fields.diameter_cm.is_none() {
        refuse(
            "`[inventory.tree-fields]` has no `diameter-cm`, which an angle count and equations need".into(),
            "name the column of the diameter",
        );
    }
    let of_plots = &inventory.fields;
    for (name, tree, plot) in [
        ("volume", &fields.volume, &of_plots.volume),
        (
            "above-ground-biomass",
            &fields.above_ground_biomass,
            &of_plots.above_ground_biomass,
        ),
        (
            "below-ground-biomass",
            &fields.below_ground_biomass,
            &of_plots.below_ground_biomass,
        ),
        (
            "above-ground-carbon",
            &fields.above_ground_carbon,
            &of_plots.above_ground_carbon,
        ),
        (
            "below-ground-carbon",
            &fields.below_ground_carbon,
            &of_plots.below_ground_carbon,
        ),
    ] {
        let least = match tree {
            Some(TreeColumnKey::Column(table)) => table.from_diameter_cm,
            _ => None,
        };
        if let Some(least) = least.filter(|least| !(0.0..f64::INFINITY).contains(least)) {
            refuse(
                format!("`{name}`: `from-diameter-cm` is {least}"),
                "give a diameter in centimetres, 0 or more",
            );
        }
        if tree.is_some() && plot.is_some() {
            refuse(
                format!("`{name}` is given for trees and for plots"),
                "name it in one of `[inventory.fields]` and `[inventory.tree-fields]`",
            );
        }
    }
    findings.extend(sense_expansion(place, fields, unread));
    let of_status = ["status", "live", "dead", "cut", "tree"];
    let of_status = of_status.map(|key| format!("inventory.tree-fields.{key}"));
    if unread.lacks(&of_status.each_ref().map(String::as_str)) {
        findings.extend(sense_status(place, fields));
    }
    findings
}

/// What is wrong with the keys that say how many trees per hectare a tree stands for.
fn sense_expansion(place: &str, fields: &TreeFieldsTable, unread: &Unread) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |what: String, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
    let expansions = [
        fields.trees_per_ha.is_some(),
        fields.plot_area_m2.is_some(),
        fields.plot_radius_m.is_some(),
        fields.basal_area_factor.is_some(),
    ];
    let keys = [
        "trees-per-ha",
        "plot-area-m2",
        "plot-radius-m",
        "basal-area-factor",
    ];
    let keys = keys.map(|key| format!("inventory.tree-fields.{key}"));
    let all_known = unread.lacks(&keys.each_ref().map(String::as_str));
    if all_known && expansions.iter().filter(|given| **given).count() != 1 {
        refuse(
            "`[inventory.tree-fields]` must say in one way how many trees per hectare a tree stands for".into(),
            "give one of `trees-per-ha`, `plot-area-m2`, `plot-radius-m`, `basal-area-factor`",
        );
    }
    for (key, value) in [
        ("plot-area-m2", fields.plot_area_m2),
        ("basal-area-factor", fields.basal_area_factor),
    ] {
        if value.is_some_and(|value| !(value.is_finite() && value > 0.0)) {
            refuse(
                format!("`{key}` is {}", value.unwrap_or_default()),
                "give a number above 0",
            );
        }
    }
    if all_known && fields.slope_degrees.is_some() && fields.plot_radius_m.is_none() {
        refuse(
            "`slope-degrees` without `plot-radius-m`: only a radius that was measured along the slope is reduced by it".into(),
            "give the radius of the plots, or leave the slope out where areas and numbers per hectare are those on the map",
        );
    }
    findings
}

/// What is wrong with the keys that tell living trees from dead and cut ones.
fn sense_status(place: &str, fields: &TreeFieldsTable) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |what: &str, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
    let has_values = fields.live.is_some() || fields.dead.is_some() || fields.cut.is_some();
    match &fields.status {
        None if has_values => refuse(
            "`live`, `dead` or `cut` of `[inventory.tree-fields]` without `status`",
            "name the column of the status",
        ),
        Some(_) if fields.live.is_none() => refuse(
            "`status` of `[inventory.tree-fields]` without `live`",
            "say which values living trees have, such as live = 1",
        ),
        _ => {}
    }
    if fields.tree.is_some() && fields.status.is_none() {
        refuse(
            "`tree` of `[inventory.tree-fields]` without `status`",
            "name the column that tells dead and cut trees: what became of a tree that is not there again nobody knows",
        );
    }
    findings
}
