//! Choices of the plan that meet no land or leave land out, or that give gain without the loss beside it: said, for what
//! is not there is easily overlooked.

use std::collections::BTreeSet;

use super::carbon::{CarbonAccount, CarbonInput, Quality};
use super::choice::CarbonChoice;
use super::ecosystem::Ecosystem;
use super::layers::LayerPart;
use super::method::{Approach, Method};
use super::pool::Pool;
use super::region_areas::RegionAreas;
use super::tables::{CarbonRow, SequestrationRow, TOTAL};
use crate::finding::Finding;
use crate::units::Hectares;

/// Adds a warning, and a row without a figure for every region, for each choice by area whose land
/// is in no region at any date; and for the land that `within` leaves out.
pub(super) fn tell(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    input: &CarbonInput<'_>,
) {
    let Some(areas) = input.areas else { return };
    for (choice, method) in chosen.iter().filter(|(_, method)| by_area(method.approach)) {
        if areas.with_parts().any(|land| meets(choice, land)) {
            continue;
        }
        let (why, remedy) = why(choice);
        account.warnings.push(Finding::warning(
            format!("carbon, ecosystem {}", choice.ecosystem),
            format!("method `{}` has nothing to account: {why}", method.id),
            remedy,
        ));
        for region in areas.regions.iter().chain(&areas.total) {
            row(account, (choice, method), region, &why);
        }
    }
    tell_rest(account, chosen, input);
}

/// Adds a warning, and a row without a stock for every region, for land of an ecosystem that lies under
/// no class of any `within`, where all stocks of one kind are laid within classes.
fn tell_rest(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    input: &CarbonInput<'_>,
) {
    let Some(areas) = input.areas else { return };
    let stocks = || {
        let by_area = chosen.iter().filter(|(_, method)| by_area(method.approach));
        by_area.filter(|(_, method)| !method.approach.is_flux())
    };
    let kinds: BTreeSet<(Ecosystem, Approach)> = stocks()
        .map(|(choice, method)| (choice.ecosystem, method.approach))
        .filter(|(ecosystem, _)| !ecosystem.is_overlay())
        .collect();
    for (ecosystem, approach) in kinds {
        let entries: Vec<&CarbonChoice> = stocks()
            .filter(|(choice, method)| (choice.ecosystem, method.approach) == (ecosystem, approach))
            .map(|(choice, _)| *choice)
            .collect();
        if entries.iter().any(|choice| choice.within.is_none()) {
            continue;
        }
        let mut all = Hectares::ZERO;
        for (region, parts) in areas.with_parts() {
            let Some(newest) = region.newest() else {
                continue;
            };
            let rest: Hectares = parts
                .iter()
                .filter(|part| part.year == newest.year && part.ecosystem == Some(ecosystem))
                .filter(|part| !entries.iter().any(|choice| choice.holds(&part.classes)))
                .map(|part| part.area)
                .sum();
            if rest <= Hectares::ZERO {
                continue;
            }
            if region.region_id != TOTAL {
                all += rest;
            }
            account.carbon.push(CarbonRow {
                area: Some(rest),
                approach: approach.id().to_owned(),
                ..unknown(
                    region.region_id.clone(),
                    newest.year,
                    ecosystem,
                    format!(
                        "{:.4} ha lie under no class that `within` names: not counted",
                        rest.value()
                    ),
                )
            });
        }
        if all > Hectares::ZERO {
            account.warnings.push(Finding::warning(
                format!("carbon, ecosystem {ecosystem}"),
                format!(
                    "{:.4} ha lie under no class that `within` names, and their stock ({approach}) is not counted",
                    all.value()
                ),
                "add an entry for the other classes of the layer, or one without `within` in place of all",
            ));
        }
    }
}

/// A row of what is not known of an ecosystem.
fn unknown(region_id: String, year: i32, ecosystem: Ecosystem, note: String) -> CarbonRow {
    CarbonRow {
        region_id,
        year,
        ecosystem: ecosystem.id().to_owned(),
        pool: Pool::All.id().to_owned(),
        soil_depth_cm: None,
        area: None,
        carbon: None,
        counted: false,
        method: String::new(),
        approach: String::new(),
        arithmetic: String::new(),
        parameters: Vec::new(),
        quality: Quality::Missing.id().to_owned(),
        note,
    }
}

/// Warns where the removal of an ecosystem is that of land gained, and land was lost too, and no method
/// gives what that gave off.
pub(super) fn tell_gain_alone(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    losses: &[Ecosystem],
    input: &CarbonInput<'_>,
) {
    let Some(areas) = input.areas else { return };
    for (choice, method) in chosen {
        let ecosystem = choice.ecosystem;
        if method.approach != Approach::CoastalAccumulation || losses.contains(&ecosystem) {
            continue;
        }
        let lost: Hectares = areas.regions.iter().filter_map(|r| r.lost(ecosystem)).sum();
        if lost == Hectares::ZERO {
            continue;
        }
        let of_loss = input.seeds.methods().filter(|method| {
            method.approach == Approach::CoastalLoss && method.ecosystems.contains(&ecosystem)
        });
        let ids: Vec<&str> = of_loss.map(|method| method.id.as_str()).collect();
        account.warnings.push(Finding::warning(
            format!("carbon, ecosystem {ecosystem}"),
            format!(
                "the removal is that of land gained, and no balance: the regions lost {:.4} ha in the same time, and what these gave off is not in it",
                lost.value()
            ),
            format!("if you know how they were lost, add {}", ids.join(" or ")),
        ));
    }
}

/// Whether the approach is laid over areas of the maps.
const fn by_area(approach: Approach) -> bool {
    !approach.is_volume() && !matches!(approach, Approach::PlotPools | Approach::StandGrowth)
}

/// Whether a region has land of the choice at any date.
fn meets(choice: &CarbonChoice, (region, parts): (&RegionAreas, &[LayerPart])) -> bool {
    let ecosystem = choice.ecosystem;
    if choice.within.is_some() {
        return parts.iter().any(|part| {
            part.area.value() > 0.0
                && (ecosystem.is_overlay() || part.ecosystem == Some(ecosystem))
                && choice.holds(&part.classes)
        });
    }
    region.years.iter().any(|year| {
        let area = year.ecosystems.get(&ecosystem);
        area.is_some_and(|area| area.value() > 0.0)
    })
}

fn why(choice: &CarbonChoice) -> (String, &'static str) {
    match &choice.within {
        Some(within) => (
            format!(
                "no {} of any region lies under {}",
                choice.ecosystem, within.words
            ),
            "check the codes of `within` against tables/layers.csv, or take the entry out",
        ),
        None if choice.ecosystem.is_overlay() => (
            format!(
                "{} lies under other ecosystems, and no class or boundary is it",
                choice.ecosystem
            ),
            "give its land by `within`: classes of a `[[layer]]`",
        ),
        None => (
            format!("no class or boundary of any region is {}", choice.ecosystem),
            "check the ecosystems of the legend, add a `[[boundary]]`, or take the entry out",
        ),
    }
}

fn row(
    account: &mut CarbonAccount,
    (choice, method): (&CarbonChoice, &Method),
    region: &RegionAreas,
    why: &str,
) {
    let (first, last) = match (region.years.first(), region.newest()) {
        (Some(first), Some(last)) => (first.year, last.year),
        _ => return,
    };
    let (ecosystem, pool) = (choice.ecosystem.id().to_owned(), Pool::All.id().to_owned());
    let (region_id, quality) = (region.region_id.clone(), Quality::Missing.id().to_owned());
    let (id, approach) = (method.id.clone(), method.approach.id().to_owned());
    let note = format!("nothing to account: {why}");
    if method.approach.is_flux() {
        account.sequestration.push(SequestrationRow {
            region_id,
            period_start: first,
            period_end: last,
            ecosystem,
            pool,
            removal: None,
            counted: false,
            method: id,
            approach,
            arithmetic: String::new(),
            parameters: Vec::new(),
            quality,
            note,
        });
    } else {
        account.carbon.push(CarbonRow {
            method: id,
            approach,
            ..unknown(region_id, last, choice.ecosystem, note)
        });
    }
}
