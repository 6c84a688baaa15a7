//! What counts as forest: the rule of the plan, or of the definition that it names.

use crate::account::{CanopyRule, ForestRule, HeightRule, LandRule, PatchRule, Seeds};
use crate::finding::Finding;
use crate::plan::Plan;
use crate::units::Hectares;

/// The rule of a plan; definitions and words that nobody knows go to `findings`.
pub(super) fn forest_rule(
    plan: &Plan,
    seeds: &Seeds,
    findings: &mut Vec<Finding>,
) -> Option<ForestRule> {
    let table = &plan.file.forest;
    let place = plan.path.display().to_string();
    let land = table.land_area.as_deref().map(str::parse::<LandRule>);
    let land = match land.transpose() {
        Ok(land) => land,
        Err(error) => {
            findings.push(Finding::error(
                &place,
                error.to_string(),
                "use `exclude-water` or `total` in `[forest] land-area`",
            ));
            None
        }
    };
    let of_canopy = plan.file.has_canopy();
    let rule = if let Some(classes) = &table.classes {
        let classes = classes.iter().copied().collect();
        Some(ForestRule::from_classes(
            classes,
            land.unwrap_or(LandRule::ExcludeWater),
        ))
    } else {
        let id = table.definition.as_deref().unwrap_or("ipcc");
        seeds
            .forest_definition(id)
            .map(|definition| {
                let own = CanopyRule::new(table.canopy_min_pct, table.canopy_over_pct);
                let canopy = own.or(definition.canopy()).filter(|_| of_canopy);
                ForestRule::from_definition(definition).with_canopy(canopy)
            })
            .map_err(|finding| findings.push(finding))
            .ok()
    };
    let rule = match (rule, land) {
        (Some(rule), Some(land)) => Some(rule.with_land(land)),
        (rule, _) => rule,
    };
    let patch = table.min_area_ha.map(|smallest| PatchRule {
        smallest: Hectares::new(smallest),
        neighbours: table.neighbours.unwrap_or(8),
    });
    let height = height_rule(plan, seeds, &mut *findings);
    rule.map(|rule| rule.with_patch(patch).with_height(height))
}

/// The least height of forest, by the plan or by its definition.
fn height_rule(plan: &Plan, seeds: &Seeds, findings: &mut Vec<Finding>) -> Option<HeightRule> {
    let table = &plan.file.forest;
    let layer = table.height_layer.clone()?;
    let id = table.definition.as_deref().unwrap_or("ipcc");
    let definition = seeds.forest_definition(id).ok()?;
    let least_m = table.height_min_m.or(definition.height_min_m);
    if least_m.is_none() {
        findings.push(Finding::error(
            plan.path.display().to_string(),
            format!("`[forest] height-layer`, and the definition `{id}` states no height"),
            "give `height-min-m` in metres",
        ));
    }
    Some(HeightRule {
        layer,
        least_m: least_m?,
    })
}
