//! The trees of an inventory on its plots, or by themselves where these could not be read.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::equations::Equations;
use super::half_named::look_at_trees;
use super::inventory::Inventory;
use super::tree_sums::Trees;
use super::trees::TreeRows;
use super::value_classes::Classed;
use crate::finding::{Finding, counted};
use crate::input::table::{Table, TableSource};
use crate::plan::{InventoryTable, TreesTable};

/// The table of the trees of an inventory.
pub(super) fn of_year(table: &InventoryTable, year: i32) -> Option<&TreesTable> {
    table.trees.iter().find(|trees| trees.year == year)
}

/// What is wrong with the trees of an inventory by themselves, where there is no plot to lay them on.
pub(super) fn unplaced_trees(
    table: &InventoryTable,
    year: i32,
    resolve: &dyn Fn(&Path) -> PathBuf,
) -> Vec<Finding> {
    let trees = of_year(table, year);
    trees.map_or_else(Vec::new, |trees| look_at_trees(table, trees, resolve))
}

/// The trees of one inventory on its plots, where the plan has any.
pub(super) fn trees(
    table: &InventoryTable,
    inventory: &Inventory,
    columns: &[String],
    resolve: &dyn Fn(&Path) -> PathBuf,
) -> Result<Option<Trees>, Vec<Finding>> {
    let of_year = of_year(table, inventory.year);
    let (Some(trees), Some(fields)) = (of_year, &table.tree_fields) else {
        return Ok(None);
    };
    let path = resolve(&trees.path);
    let source = TableSource {
        path: &path,
        layer: trees.layer.as_deref(),
        encoding: None,
    };
    let rows = source.read().and_then(|rows| rows.only(&trees.rows));
    let equations = match &table.tree_equations {
        Some(equations) => Equations::read(&resolve(&equations.path)),
        None => Ok(Equations::default()),
    };
    let (rows, equations) = match (rows, equations) {
        (Ok(rows), Ok(equations)) => (rows, equations),
        (rows, equations) => {
            let mut found = rows.err().unwrap_or_default();
            found.extend(equations.err().unwrap_or_default());
            return Err(found);
        }
    };
    let of_trees = |name: &&String| !columns.contains(name);
    let rows = TreeRows {
        table: &rows,
        fields,
        equations: &equations,
        domains: table.domains.iter().filter(of_trees).collect(),
        classed: &Classed::of(table),
    };
    rows.sums(&inventory.frame.plots).map(Some)
}

/// Trees on plots that the inventory does not have, one plot a tree.
pub(super) fn on_no_plot(table: &Table, plots: &[&str]) -> Option<Finding> {
    let strangers: BTreeSet<&str> = plots.iter().copied().collect();
    let shown: Vec<&str> = strangers.iter().take(10).copied().collect();
    let more = if strangers.len() > 10 { ", ..." } else { "" };
    (!plots.is_empty()).then(|| {
        Finding::error(
            &table.name,
            format!(
                "{} on {} that the inventory does not have: {}{more}",
                counted(plots.len(), "tree stands", "trees stand"),
                counted(strangers.len(), "plot", "plots"),
                shown.join(", ")
            ),
            "check `plot` of `[inventory.tree-fields]`, or choose the trees of this inventory by `where`",
        )
    })
}
