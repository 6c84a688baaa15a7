//! Values of columns as domains: as they are written, or the class of their number.

use std::collections::BTreeMap;

use crate::estimate::ValueClasses;
use crate::finding::Finding;
use crate::input::table::Table;
use crate::plan::{ClassesTable, InventoryTable};

/// The classes of a plan, and names of codes, by column.
#[derive(Debug, Clone, Default)]
pub(in crate::input) struct Classed {
    classes: BTreeMap<String, ValueClasses>,
    names: BTreeMap<String, BTreeMap<String, String>>,
}

impl Classed {
    pub(in crate::input) fn of(plan: &InventoryTable) -> Self {
        let classes = plan.classes.iter();
        let classes =
            classes.filter_map(|(name, table)| Some((name.clone(), value_classes(table)?)));
        Self {
            classes: classes.collect(),
            names: BTreeMap::new(),
        }
    }

    /// With the names of the codes of a column: `221 Longleaf pine` in place of `221`.
    pub(in crate::input) fn name(&mut self, column: &str, names: BTreeMap<String, String>) {
        self.names.insert(column.to_owned(), names);
    }

    /// The domain that a cell makes in its column; a cell that is no number is a problem where the
    /// column has classes.
    pub(in crate::input) fn value(
        &self,
        table: &Table,
        at: usize,
        (line, row): (usize, &[String]),
        problems: &mut Vec<Finding>,
    ) -> String {
        let column = &table.columns[at];
        let name = self.names.get(column).and_then(|names| names.get(&row[at]));
        match self.classes.get(column) {
            None => name.map_or_else(|| row[at].clone(), |name| format!("{} {name}", row[at])),
            Some(classes) => classes.label(table.number(Some(at), line, row, problems)),
        }
    }
}

/// The classes that an entry of the plan means; `None` where the plan alone is refused for it.
#[must_use]
pub fn value_classes(table: &ClassesTable) -> Option<ValueClasses> {
    match (table.width, &table.bounds) {
        (Some(width), None) => Some(ValueClasses::Width(width)),
        (None, Some(bounds)) => Some(ValueClasses::Bounds(bounds.clone())),
        _ => None,
    }
}
