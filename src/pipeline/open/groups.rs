//! Groups of classes of the plan against the legend that they name.

use crate::finding::Finding;
use crate::plan::GroupTable;

/// Names of groups that other strata or classes have already.
pub(super) fn taken_names(
    table: &str,
    groups: &[GroupTable],
    taken: &dyn Fn(&str) -> bool,
) -> Vec<Finding> {
    let taken = groups.iter().filter(|group| taken(&group.name));
    taken
        .map(|group| {
            Finding::error(
                format!("the plan, `{table}` {}", group.name),
                "a class of the map outside the group has this name too",
                "give the group another name",
            )
        })
        .collect()
}

/// Codes of groups that are no class of the legend.
pub(super) fn unknown_codes(
    table: &str,
    groups: &[GroupTable],
    legend: &str,
    is_known: &dyn Fn(i64) -> bool,
) -> Vec<Finding> {
    let codes = groups
        .iter()
        .flat_map(|group| group.codes.iter().map(move |code| (group, *code)));
    let unknown = codes.filter(|(_, code)| !is_known(*code));
    unknown
        .map(|(group, code)| {
            Finding::error(
                format!("the plan, `{table}` {}", group.name),
                format!("code {code} is no class of the legend `{legend}`"),
                "mend the code, or the legend of the map",
            )
        })
        .collect()
}
