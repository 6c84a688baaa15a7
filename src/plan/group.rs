//! Classes of a legend that count as one.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

/// `[[accuracy.group]]`, `[[inventory.map-strata.group]]`: classes of a legend that count as one.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GroupTable {
    /// Name of the group.
    pub name: String,
    /// Codes of its classes.
    pub codes: Vec<i64>,
}

/// What is wrong with the groups of a table, told to `refuse` with the remedy.
pub(super) fn sense(table: &str, groups: &[GroupTable], refuse: &mut dyn FnMut(String, &str)) {
    let mut names = BTreeSet::new();
    let mut codes = BTreeSet::new();
    for group in groups {
        if group.name.trim().is_empty() || !names.insert(&group.name) {
            refuse(
                format!("`{table}` has the name `{}` twice or empty", group.name),
                "give each group a name of its own",
            );
        }
        for code in &group.codes {
            if !codes.insert(code) {
                refuse(
                    format!("code {code} stands twice in `{table}`"),
                    "put each code into one group",
                );
            }
        }
    }
}
