//! Tables of strata and trees of which the plan does not name all columns: those that it names are looked
//! for, and their numbers are read, before the plan is mended.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::equations::Equations;
use super::trees::{Places, TreeRows};
use super::value_classes::Classed;
use crate::finding::Finding;
use crate::input::table::{Table, TableSource};
use crate::plan::{AreaKey, FieldValue, InventoryTable, StrataTable, TreesTable};

/// What is wrong with the columns of the strata that the plan names.
#[must_use]
pub fn look_at_strata(keys: &StrataTable, resolve: &dyn Fn(&Path) -> PathBuf) -> Vec<Finding> {
    let read = read((&keys.path, keys.layer.as_deref()), None, resolve);
    let table = match read {
        Ok(table) => table,
        Err(problems) => return problems,
    };
    let mut problems = Vec::new();
    // A key that must be there and was not read names nothing.
    let mut column = |name: Option<&str>| {
        let found = table.column(name.filter(|name| !name.is_empty())?);
        found.map_err(|finding| problems.push(finding)).ok()
    };
    for name in [&keys.year, &keys.unit] {
        column(name.as_deref());
    }
    column(Some(&keys.stratum));
    let numbers = [
        column(keys.area.as_ref().map(AreaKey::column)),
        column(Some(&keys.weight)),
        column(keys.plots.as_deref()),
        column(keys.population.as_deref()),
    ];
    look_at_numbers(&table, &numbers, &mut problems);
    problems
}

/// What is wrong with the columns of the trees that the plan names.
#[must_use]
pub fn look_at_trees(
    inventory: &InventoryTable,
    trees: &TreesTable,
    resolve: &dyn Fn(&Path) -> PathBuf,
) -> Vec<Finding> {
    let path = (trees.path.as_path(), trees.layer.as_deref());
    let read = read(path, Some(&trees.rows), resolve);
    let (table, fields) = match (read, &inventory.tree_fields) {
        (Ok(table), Some(fields)) => (table, fields),
        (read, _) => return read.err().unwrap_or_default(),
    };
    let mut problems = Vec::new();
    let of_plots = columns_of_plots(inventory, trees.year, resolve);
    let of_trees = |name: &&String| (of_plots.as_ref()).is_some_and(|of| !of.contains(name));
    let rows = TreeRows {
        table: &table,
        fields,
        equations: &Equations::default(),
        domains: inventory.domains.iter().filter(of_trees).collect(),
        classed: &Classed::of(inventory),
    };
    let numbers = rows.places(&mut problems).numbers();
    look_at_numbers(&table, &numbers, &mut problems);
    problems
}

/// The columns of the plots of a year, where they can be read.
fn columns_of_plots(
    inventory: &InventoryTable,
    year: i32,
    resolve: &dyn Fn(&Path) -> PathBuf,
) -> Option<Vec<String>> {
    let plain = inventory
        .plots
        .iter()
        .filter(|plots| plots.preset.is_none());
    let plots = plain.into_iter().find(|plots| plots.year == year)?;
    let source = TableSource {
        path: &resolve(&plots.path),
        layer: plots.layer.as_deref(),
        encoding: plots.encoding.as_deref(),
    };
    source.read().ok().map(|table| table.columns)
}

impl Places {
    /// The columns of numbers.
    pub(super) fn numbers(&self) -> Vec<Option<usize>> {
        let values = self.values.iter().map(|value| Some(value.at));
        let (diameter, height, density) = (self.diameter, self.height, self.density);
        let named = [diameter, height, density, self.trees, self.radius];
        let named = named.into_iter().chain([self.slope, self.adjustment]);
        named.chain(values).collect()
    }
}

fn read(
    (path, layer): (&Path, Option<&str>),
    rows: Option<&BTreeMap<String, FieldValue>>,
    resolve: &dyn Fn(&Path) -> PathBuf,
) -> Result<Table, Vec<Finding>> {
    let source = TableSource {
        path: &resolve(path),
        layer,
        encoding: None,
    };
    let table = source.read()?;
    match rows {
        Some(rows) => table.only(rows),
        None => Ok(table),
    }
}

/// What is wrong with the numbers of columns.
pub(super) fn look_at_numbers(
    table: &Table,
    columns: &[Option<usize>],
    problems: &mut Vec<Finding>,
) {
    for (line, row) in &table.rows {
        for at in columns {
            table.number(*at, *line, row, problems);
        }
    }
}
