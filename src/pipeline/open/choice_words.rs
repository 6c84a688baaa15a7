//! What the entries of a plan that choose carbon methods say that is not so, before any area is measured.

use std::collections::BTreeMap;

use super::boundaries::ecosystem_of;
use super::choices::{keys, managed, place_of, stock, values, within};
use super::layers::{Layer, facts};
use crate::account::{self, CarbonChoice, Ecosystem, Seeds};
use crate::finding::Finding;
use crate::plan::{CarbonTable, EcosystemTable, Plan, with_partly};

/// An entry of the plan, of which some keys may not have been read.
struct Entry<'a> {
    plan: &'a Plan,
    table: &'a EcosystemTable,
    is_whole: bool,
}

impl<'a> Entry<'a> {
    /// All entries of a plan.
    fn all(plan: &'a Plan, table: &'a CarbonTable) -> Vec<Self> {
        let entries = with_partly(&table.ecosystem, &plan.partly.ecosystems).into_iter();
        let entry = |(table, is_whole)| Entry {
            plan,
            table,
            is_whole,
        };
        entries.map(entry).collect()
    }

    /// Whether these keys are as the plan has them.
    fn has(&self, keys: &[&str]) -> bool {
        let mut keys = keys.iter().map(|key| format!("carbon.ecosystem.{key}"));
        self.is_whole || keys.all(|key| self.plan.spares(&[&key]))
    }
}

/// Methods, ecosystems and keys of the plan that nobody knows.
pub(super) fn unknown_words(plan: &Plan, seeds: &Seeds, findings: &mut Vec<Finding>) {
    let Some(table) = &plan.file.carbon else {
        return;
    };
    let forest = table.method.iter().map(|method| CarbonChoice {
        keys: keys(table, None, &BTreeMap::new()),
        ..CarbonChoice::new(Ecosystem::Forest, method)
    });
    let mut choices: Vec<CarbonChoice> = forest.collect();
    let place = format!("{}, `[carbon]`", plan.path.display());
    findings.extend(account::unknown_keys(&table.keys, seeds, &place));
    for entry in Entry::all(plan, table) {
        let choice = entry.table;
        let place = place_of(plan, choice);
        let method = entry.has(&["method"]).then(|| seeds.method(&choice.method));
        let change = choice.managed.as_ref().filter(|_| entry.has(&["managed"]));
        let before = change.map(|managed| &managed.before);
        let own = Some(&choice.keys).filter(|_| entry.has(&["keys"]));
        for keys in before.into_iter().chain(own) {
            let unknown = account::unknown_keys(keys, seeds, &place);
            if unknown.is_empty()
                && let Some(Ok(method)) = method
            {
                findings.extend(account::idle_keys(keys, method, seeds, &place));
            }
            findings.extend(unknown);
        }
        let ecosystem = entry.has(&["ecosystem"]);
        let ecosystem = ecosystem.then(|| ecosystem_of(plan, &choice.ecosystem, findings));
        match (ecosystem.flatten(), method) {
            (Some(ecosystem), Some(_)) if entry.has(&["keys", "climate-zone"]) => {
                choices.push(CarbonChoice {
                    keys: keys(table, choice.climate_zone.as_ref(), &choice.keys),
                    managed: change.map(managed),
                    ..CarbonChoice::new(ecosystem, &choice.method)
                });
            }
            (_, method) => findings.extend(method.and_then(Result::err)),
        }
    }
    // Parameters may be found by keys, and in tables, that were not read.
    if plan.spares(&["carbon.climate-zone", "carbon.keys", "carbon.parameters"]) {
        let problems = choices.iter();
        findings.extend(problems.flat_map(|choice| account::choice_problems(choice, seeds)));
    } else {
        findings.extend(
            choices
                .iter()
                .filter_map(|choice| seeds.method(&choice.method).err()),
        );
    }
}

/// What the entries of the plan say of layers and pools that is not so, and methods that are not for their
/// ecosystem. Of a layer that could not be opened nothing is said.
pub(super) fn unfit_entries(
    plan: &Plan,
    seeds: &Seeds,
    opened: &[Layer],
    findings: &mut Vec<Finding>,
) {
    let Some(table) = &plan.file.carbon else {
        return;
    };
    if plan.spares(&["carbon.keys"]) {
        findings.extend(two_reports(plan, table, seeds));
    }
    let layers = facts(opened);
    let values = values(opened);
    let all_read = plan.spares(&["layer"]);
    let known = |name: &str| {
        let declared = plan.file.layer.iter().any(|layer| layer.name == name);
        !declared && all_read || layers.iter().any(|layer| layer.name == name)
    };
    let of_stock = ["layer", "holds", "depth-cm", "from-cm", "carbon-fraction"];
    for entry in Entry::all(plan, table) {
        let (of, place) = (entry.table, place_of(plan, entry.table));
        let of_within = of.within.as_ref().filter(|_| entry.has(&["within"]));
        if let Some(table) = of_within.filter(|table| known(&table.layer)) {
            within((plan, table), &layers, &place, findings);
        }
        if !entry.has(&of_stock) || !entry.has(&["roots", "se-pct"]) {
            continue;
        }
        let stock = stock(of, &place, findings);
        let Ok(ecosystem) = of.ecosystem.parse::<Ecosystem>() else {
            continue;
        };
        let is_known = entry.has(&["ecosystem", "method", "keys", "climate-zone"]);
        if is_known && of.layer.as_deref().is_none_or(known) {
            let choice = CarbonChoice {
                keys: keys(table, of.climate_zone.as_ref(), &of.keys),
                stock,
                ..CarbonChoice::new(ecosystem, &of.method)
            };
            findings.extend(account::misfits(&choice, &values, seeds));
        }
    }
}

/// Entries whose warming effects are by two assessment reports: their tonnes are not of one kind.
fn two_reports(plan: &Plan, table: &CarbonTable, seeds: &Seeds) -> Option<Finding> {
    let of_keys = |keys: &BTreeMap<String, String>| {
        let word = keys.get("warming").map_or("ar5", String::as_str);
        word.to_owned()
    };
    let methane = table.ecosystem.iter().filter(|entry| {
        let method = seeds.method(&entry.method);
        method.is_ok_and(|method| method.approach == account::Approach::MethaneEmission)
    });
    let of_entries = methane.map(|entry| {
        let name = format!("`{}` of {}", entry.method, entry.ecosystem);
        (name, of_keys(&keys(table, None, &entry.keys)))
    });
    let fires = plan.file.fire.iter();
    let of_fires = fires.map(|fire| (format!("fire `{}`", fire.name), of_keys(&table.keys)));
    let all: Vec<(String, String)> = of_entries.chain(of_fires).collect();
    let (first, report) = all.first()?;
    let (other, differs) = all.iter().find(|(_, other)| other != report)?;
    Some(Finding::error(
        plan.path.display().to_string(),
        format!(
            "{first} has the warming effects of `{report}`, and {other} those of `{differs}`: t CO2e of two reports are not added"
        ),
        "give `warming` once, in `[carbon] keys`",
    ))
}
