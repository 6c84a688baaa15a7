//! What is wrong with plots of the FIA database, as far as the plan tells.

use super::inventory::{FieldsTable, InventoryTable, PlotsTable};
use crate::finding::Finding;

/// Whether the plots come from the FIA database.
pub(super) fn is_used(inventory: &InventoryTable) -> bool {
    inventory.plots.iter().any(|plots| plots.preset.is_some())
}

/// What is wrong with the keys of a preset, and of those that it takes the place of.
pub(super) fn sense(place: &str, inventory: &InventoryTable) -> Vec<Finding> {
    let own_sample = inventory.has_own_sample();
    let mut findings = Vec::new();
    let mut refuse = |what: String, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
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
        ("[[inventory.trees]]", !inventory.trees.is_empty()),
        ("[inventory.tree-fields]", inventory.tree_fields.is_some()),
        (
            "[inventory.tree-equations]",
            inventory.tree_equations.is_some(),
        ),
        (
            "[inventory] population",
            inventory.population.is_some() && !own_sample,
        ),
    ];
    for (key, given) in keys {
        if given {
            refuse(
                format!("`{key}` stands beside `preset = \"fia\"`"),
                "leave it out: the tables of the database say it",
            );
        }
    }
    let given = &inventory.fields;
    let known = FieldsTable {
        region: given.region.clone(),
        parent: given.parent.clone(),
        ..FieldsTable::default()
    };
    let (known, names) = if own_sample {
        let known = FieldsTable {
            stratum: given.stratum.clone(),
            unit: given.unit.clone(),
            x: given.x.clone(),
            y: given.y.clone(),
            crs: given.crs.clone(),
            ..known
        };
        (
            known,
            "`region`, `parent`, `stratum`, `unit`, `x`, `y` and `crs`",
        )
    } else {
        (known, "`region` and `parent`")
    };
    if *given != known {
        refuse(
            format!("`[inventory.fields]` names more than {names} beside `preset = \"fia\"`"),
            "leave the other keys out: the tables of the database have columns of their own",
        );
    }
    if own_sample && inventory.design.is_empty() {
        refuse(
            "`[inventory]` has a sample of its own and no `design`".into(),
            "declare how the plots were drawn; no design is assumed",
        );
    }
    if inventory.strata.is_some() && given.stratum.is_none() {
        refuse(
            "nothing says which stratum a plot is in".into(),
            "name the column of the table PLOT in `stratum` of `[inventory.fields]`",
        );
    }
    findings
}

/// What is wrong with the keys of each inventory.
pub(super) fn sense_entries(place: &str, inventory: &InventoryTable) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |what: String, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
    for plots in &inventory.plots {
        sense_entry(plots, inventory.has_own_sample(), &mut refuse);
    }
    findings
}

/// What is wrong with the keys of one inventory.
fn sense_entry(plots: &PlotsTable, own_sample: bool, refuse: &mut dyn FnMut(String, &str)) {
    let at = format!("`[[inventory.plots]]` of {}", plots.year);
    let chosen = [plots.evaluation.is_some(), plots.state.is_some()];
    match (plots.preset.is_some(), chosen) {
        (true, [false, false]) if !own_sample => refuse(
            format!("{at} has `preset = \"fia\"` and no evaluation"),
            "give `evaluation` (the EVALID, such as 441801), or `state` (the STATECD): its evaluation that ends in `year`; or a sample of your own: `design` with `[inventory.strata]`, `[inventory.map-strata]` or `area-ha`",
        ),
        (true, [true, _] | [_, true]) if own_sample => refuse(
            format!("{at} has an evaluation, and the plan strata or an area of its own"),
            "leave out `evaluation` and `state`, or `[inventory.strata]` and `area-ha`",
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
    let of_preset = [
        ("tables", !plots.tables.is_empty()),
        (
            "species-without-volume",
            !plots.species_without_volume.is_empty(),
        ),
    ];
    for (key, given) in of_preset {
        if given && plots.preset.is_none() {
            refuse(
                format!("{at} has `{key}` without `preset`"),
                "write preset = \"fia\" beside it",
            );
        }
    }
    let keys = [
        ("layer", plots.layer.is_some()),
        ("encoding", plots.encoding.is_some()),
        ("where", !plots.rows.is_empty() && !own_sample),
    ];
    for (key, given) in keys {
        if given && plots.preset.is_some() {
            refuse(
                format!("{at} has `{key}` beside `preset = \"fia\"`"),
                "leave it out: the tables have names of their own, and an evaluation says which rows belong to it",
            );
        }
    }
}
