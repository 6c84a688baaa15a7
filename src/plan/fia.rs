//! What is wrong with plots of the FIA database, as far as the plan tells.

use super::inventory::{FieldsTable, InventoryTable};
use crate::finding::Finding;

/// Whether the plots come from the FIA database.
pub(super) fn is_used(inventory: &InventoryTable) -> bool {
    inventory.plots.iter().any(|plots| plots.preset.is_some())
}

/// What is wrong with the keys of a preset, and of those that it takes the place of.
pub(super) fn sense(place: &str, inventory: &InventoryTable) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |what: String, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
    for plots in &inventory.plots {
        let at = format!("`[[inventory.plots]]` of {}", plots.year);
        let chosen = [plots.evaluation.is_some(), plots.state.is_some()];
        match (plots.preset.is_some(), chosen) {
            (true, [false, false]) => refuse(
                format!("{at} has `preset = \"fia\"` and no evaluation"),
                "give `evaluation` (the EVALID, such as 441801), or `state` (the STATECD): its evaluation that ends in `year`",
            ),
            (true, [true, true]) => refuse(
                format!("{at} has `evaluation` and `state`"),
                "give one of the two: an evaluation belongs to a state",
            ),
            (false, [true, _] | [_, true]) => refuse(
                format!("{at} has `evaluation` or `state` without `preset`"),
                "write preset = \"fia\" beside it",
            ),
            _ => {}
        }
        let keys = [
            ("layer", plots.layer.is_some()),
            ("encoding", plots.encoding.is_some()),
            ("where", !plots.rows.is_empty()),
        ];
        for (key, given) in keys {
            if given && plots.preset.is_some() {
                refuse(
                    format!("{at} has `{key}` beside `preset = \"fia\"`"),
                    "leave it out: the evaluation says which rows of which tables belong to it",
                );
            }
        }
    }
    if !is_used(inventory) {
        return findings;
    }
    if inventory.plots.iter().any(|plots| plots.preset.is_none()) {
        refuse(
            "`[[inventory.plots]]` with and without `preset` stand side by side".into(),
            "give all inventories of one plan in the same way",
        );
    }
    let keys = [
        ("[inventory.strata]", inventory.strata.is_some()),
        ("[[inventory.trees]]", !inventory.trees.is_empty()),
        ("[inventory.tree-fields]", inventory.tree_fields.is_some()),
        (
            "[inventory.tree-equations]",
            inventory.tree_equations.is_some(),
        ),
        ("[inventory] area-ha", inventory.area_ha.is_some()),
        ("[inventory] population", inventory.population.is_some()),
    ];
    for (key, given) in keys {
        if given {
            refuse(
                format!("`{key}` stands beside `preset = \"fia\"`"),
                "leave it out: the tables of the database say it",
            );
        }
    }
    let places = FieldsTable {
        region: inventory.fields.region.clone(),
        parent: inventory.fields.parent.clone(),
        ..FieldsTable::default()
    };
    if inventory.fields != places {
        refuse(
            "`[inventory.fields]` names more than `region` and `parent` beside `preset = \"fia\"`"
                .into(),
            "leave the other keys out: the tables of the database have columns of their own",
        );
    }
    findings
}
