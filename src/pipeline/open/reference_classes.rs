//! The classes that the points of a reference sample can have.

use super::groups::unknown_codes;
use crate::account::{ForestRule, Legend};
use crate::finding::Finding;
use crate::plan::AccuracyTable;

/// A class of the map, or several that count as one.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::pipeline) struct ReferenceClass {
    /// Code and name, or the name of the group.
    pub(in crate::pipeline) name: String,
    /// Codes of the map.
    pub(in crate::pipeline) codes: Vec<i64>,
    /// Whether it counts as forest; `None` of a group that holds both.
    pub(in crate::pipeline) forest: Option<bool>,
}

/// The classes that points can have: groups, and the codes of the legend in none.
pub(super) fn classes(
    table: &AccuracyTable,
    legend: &Legend,
    forest: &ForestRule,
    findings: &mut Vec<Finding>,
) -> Vec<ReferenceClass> {
    let is_forest = |code: &i64| legend.class(*code).map(|class| forest.is_forest(class));
    let known = |code: i64| legend.class(code).is_some() && !legend.is_nodata(code);
    let table_name = "[[accuracy.group]]";
    findings.extend(unknown_codes(table_name, &table.group, &legend.id, &known));
    let mut classes = Vec::new();
    for group in &table.group {
        let mut kinds: Vec<bool> = group.codes.iter().filter_map(is_forest).collect();
        kinds.sort_unstable();
        kinds.dedup();
        classes.push(ReferenceClass {
            name: group.name.clone(),
            codes: group.codes.clone(),
            forest: match kinds[..] {
                [kind] => Some(kind),
                _ => None,
            },
        });
    }
    let grouped = |code: i64| table.group.iter().any(|group| group.codes.contains(&code));
    for class in legend.classes() {
        if !legend.is_nodata(class.value) && !grouped(class.value) {
            classes.push(ReferenceClass {
                name: format!("{} {}", class.value, class.name),
                codes: vec![class.value],
                forest: Some(forest.is_forest(class)),
            });
        }
    }
    classes
}

/// Area by class of the sample, from areas by code.
pub(in crate::pipeline) fn by_class<T>(
    classes: &[ReferenceClass],
    of_code: impl Fn(i64) -> T,
) -> Vec<T>
where
    T: std::iter::Sum,
{
    classes
        .iter()
        .map(|class| class.codes.iter().map(|code| of_code(*code)).sum())
        .collect()
}
