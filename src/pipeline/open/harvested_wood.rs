//! Products of wood: their series as read, and what is in them.

use std::collections::BTreeMap;

use super::choices::text_of;
use super::gathered::Gathered;
use super::places::known_ids;
use super::prepare::{Place, Prepared};
use crate::account::{
    self, Evidence, Seeds, Trace, WoodAccount, WoodBefore, WoodProduction, WoodRule,
};
use crate::finding::Finding;
use crate::plan::{BeforeKey, Plan};

/// What parameters may be.
const fn evidence(plan: &Plan) -> Evidence {
    if plan.file.registry {
        Evidence::Registry
    } else {
        Evidence::Any
    }
}

/// What the pools held before their series.
fn before(plan: &Plan) -> WoodBefore {
    let table = plan.file.harvested_wood.as_ref();
    match table.map(|table| (table.before, table.steady_years)) {
        Some((BeforeKey::SteadyState, years)) => WoodBefore::SteadyState(years),
        Some((BeforeKey::Nothing, _)) | None => WoodBefore::Nothing,
    }
}

/// The production of the plan.
pub(super) fn production(
    plan: &Plan,
    seeds: &Seeds,
    regions: Option<&[Place]>,
    gathered: &mut Gathered,
) -> Option<WoodProduction> {
    let path = plan.resolve(&plan.file.harvested_wood.as_ref()?.path);
    gathered.inputs.push(path.clone());
    text_of(&path)
        .map_err(|finding| vec![finding])
        .and_then(|text| {
            let ids = known_ids(regions, &text);
            let ids: Vec<&str> = ids.iter().map(|(id, _)| id.as_str()).collect();
            let place = path.display().to_string();
            WoodProduction::of_products(&text, &place, &ids, |production| {
                if !plan.spares(&["carbon.parameters"]) {
                    return BTreeMap::new();
                }
                account::unfit_products(production, evidence(plan), seeds.parameters())
            })
        })
        .map_err(|problems| gathered.findings.extend(problems))
        .ok()
        .inspect(|production| {
            if plan.spares(&["harvested-wood.before", "harvested-wood.steady-years"]) {
                let short = account::short_series(production, before(plan));
                gathered.findings.extend(short);
            }
        })
}

/// The carbon in products.
///
/// # Errors
///
/// Products without a half-life, series too short.
pub(in crate::pipeline) fn products(
    plan: &Plan,
    prepared: &Prepared,
    trace: &mut Trace,
) -> Result<WoodAccount, Vec<Finding>> {
    let Some(production) = &prepared.listed.wood else {
        return Ok(WoodAccount::default());
    };
    let rule = WoodRule {
        before: before(plan),
        evidence: evidence(plan),
        disjoint: prepared.regions_are_disjoint(),
        level: plan.confidence(),
    };
    account::harvested_wood(production, rule, prepared.seeds.parameters(), trace)
}
