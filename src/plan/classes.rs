//! `[inventory.classes]`: domains that are classes of a number.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::inventory::InventoryTable;
use crate::finding::Finding;

/// One entry of `[inventory.classes]`: classes of the numbers of a column, by `width` or by `bounds`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ClassesTable {
    /// Width of equal classes from zero on, in the unit of the column.
    pub width: Option<f64>,
    /// Bounds between classes, rising; each class holds its lower bound.
    pub bounds: Option<Vec<f64>>,
}

/// The key of the classes of ages of a stand register.
pub const REGISTER_AGE: &str = "age";

/// Classes by the column that they are of.
pub(super) type Classes = BTreeMap<String, ClassesTable>;

/// What is wrong with the classes of an inventory.
pub(super) fn sense(place: &str, inventory: &InventoryTable) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, classes) in &inventory.classes {
        let mut refuse = |what: String, remedy: &str| {
            findings.push(Finding::error(place, what, remedy));
        };
        let of_register = name == REGISTER_AGE && !inventory.stands.is_empty();
        if !inventory.domains.contains(name) && !of_register {
            refuse(
                format!("`[inventory.classes]` has `{name}`, which is none of `domains`"),
                "name the column in `domains` of `[inventory]` too; ages of a stand register are `age`",
            );
        }
        let what = match (classes.width, &classes.bounds) {
            (Some(width), None) if width > 0.0 && width.is_finite() => continue,
            (None, Some(bounds)) if is_rising(bounds) => continue,
            (Some(width), None) => {
                format!("`width` of `{name}` in `[inventory.classes]` is {width}")
            }
            (None, Some(bounds)) => {
                format!("`bounds` of `{name}` in `[inventory.classes]` are {bounds:?}")
            }
            _ => format!(
                "`{name}` in `[inventory.classes]` has both of `width` and `bounds`, or none"
            ),
        };
        refuse(
            what,
            "give a width above 0, or at least one bound and each greater than the one before",
        );
    }
    findings
}

fn is_rising(bounds: &[f64]) -> bool {
    let finite = bounds.iter().all(|bound| bound.is_finite());
    !bounds.is_empty() && finite && bounds.windows(2).all(|pair| pair[0] < pair[1])
}
