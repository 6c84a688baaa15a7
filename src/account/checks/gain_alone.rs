//! Gains without the loss beside them: land that was lost or converted, and no figure has what it gave off.

use std::collections::BTreeSet;

use crate::account::carbon_account::CarbonAccount;
use crate::account::carbon_input::CarbonInput;
use crate::account::change::{self, conversion_loss};
use crate::account::choice::CarbonChoice;
use crate::account::ecosystem::Ecosystem;
use crate::account::land::{AreaAccount, EcosystemShift, RegionAreas};
use crate::account::library::{Approach, Method};
use crate::account::quality::Quality;
use crate::account::tables::{SequestrationRow, TOTAL, no_removal};
use crate::account::words::joined;
use crate::finding::Finding;
use crate::units::Hectares;

/// Areas of the same land by two sums differ by less.
const SAME: f64 = 1e-6;

/// Says where a removal is a gain and no balance, and where a method of loss leaves converted land out; and
/// what gaps of the maps hide.
pub(in crate::account) fn tell(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    losses: &[Ecosystem],
    input: &CarbonInput<'_>,
) {
    let Some(areas) = input.areas else { return };
    change::unseen::tell(account, chosen, areas);
    of_coast(account, chosen, (losses, areas), input);
    let converting = chosen.iter().filter(|(_, method)| {
        method.approach.is_growth() || method.approach == Approach::ConversionLoss
    });
    let ecosystems: BTreeSet<Ecosystem> = converting.map(|(choice, _)| choice.ecosystem).collect();
    for ecosystem in ecosystems.iter().copied() {
        let entries: Vec<(&CarbonChoice, &Method)> = (chosen.iter())
            .filter(|(choice, _)| choice.ecosystem == ecosystem)
            .copied()
            .collect();
        of_conversions(account, (ecosystem, &ecosystems), &entries, (areas, input));
    }
}

/// Coast gained, where coast was lost too.
fn of_coast(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    (losses, areas): (&[Ecosystem], &AreaAccount),
    input: &CarbonInput<'_>,
) {
    for (choice, method) in chosen {
        let ecosystem = choice.ecosystem;
        if method.approach != Approach::CoastalAccumulation || losses.contains(&ecosystem) {
            continue;
        }
        let lost: Hectares = areas.regions.iter().filter_map(|r| r.lost(ecosystem)).sum();
        if lost > Hectares::ZERO {
            account.warnings.push(alone(
                ecosystem,
                ("land gained", lost),
                format!(
                    "if you know how they were lost, add {}",
                    giving(ecosystem, input).join(" or ")
                ),
            ));
        }
    }
}

/// Ids of the methods that give what an ecosystem loses.
fn giving<'a>(ecosystem: Ecosystem, input: &CarbonInput<'a>) -> Vec<&'a str> {
    let methods = input.seeds.methods().filter(|method| {
        let gives = [Approach::CoastalLoss, Approach::ConversionLoss];
        gives.contains(&method.approach) && method.ecosystems.contains(&ecosystem)
    });
    methods.map(|method| method.id.as_str()).collect()
}

fn alone(ecosystem: Ecosystem, (what, lost): (&str, Hectares), remedy: String) -> Finding {
    Finding::warning(
        format!("carbon, ecosystem {ecosystem}"),
        format!(
            "the removal is that of {what}, and no balance: the regions lost {:.4} ha in the same time, and what these gave off is not in it",
            lost.value()
        ),
        remedy,
    )
}

/// Land that was converted and whose loss no figure has: in rows of growth, a row of its own where `within`
/// leaves it out, and a warning.
fn of_conversions(
    account: &mut CarbonAccount,
    (ecosystem, ecosystems): (Ecosystem, &BTreeSet<Ecosystem>),
    entries: &[(&CarbonChoice, &Method)],
    (areas, input): (&AreaAccount, &CarbonInput<'_>),
) {
    let by_loss =
        |(_, method): &&(&CarbonChoice, &Method)| method.approach == Approach::ConversionLoss;
    let losing: Vec<&CarbonChoice> = entries
        .iter()
        .filter(by_loss)
        .map(|(choice, _)| *choice)
        .collect();
    let grows = entries
        .iter()
        .any(|(_, method)| method.approach.is_growth());
    let mut all = Hectares::ZERO;
    for region in areas.regions.iter().chain(&areas.total) {
        let unbooked = unbooked(account, (ecosystem, ecosystems), (areas, region));
        if unbooked.value() <= SAME {
            continue;
        }
        if region.region_id != TOTAL {
            all += unbooked;
        }
        note(account, ecosystem, region, unbooked);
        let outside = outside((areas, region), &losing, ecosystems);
        if let Some((first, last)) = account.dates.filter(|_| outside.value() > SAME) {
            let words = format!(
                "{:.4} ha that were converted lie under no class that `within` names: what they gave off is not known",
                outside.value()
            );
            let row = no_removal(region.region_id.clone(), (first, last), ecosystem, words);
            account.sequestration.push(SequestrationRow {
                method: conversion_loss::METHOD.to_owned(),
                approach: Approach::ConversionLoss.id().to_owned(),
                quality: Quality::Missing.id().to_owned(),
                ..row
            });
        }
    }
    if all.value() > SAME {
        let remedy = if losing.is_empty() {
            let ids = giving(ecosystem, input);
            format!("add an entry with method = \"{}\"", ids.join("\" or \""))
        } else if losing.iter().all(|choice| choice.within.is_some()) {
            format!(
                "leave `within` of `{}` out, or give an entry for the other classes",
                conversion_loss::METHOD
            )
        } else {
            format!(
                "`{}` needs a stock of biomass apart from soil on that land: choose one for {ecosystem}, by a table, a layer or plots",
                conversion_loss::METHOD
            )
        };
        account.warnings.push(if grows {
            alone(ecosystem, ("growth", all), remedy)
        } else {
            Finding::warning(
                format!("carbon, ecosystem {ecosystem}"),
                format!(
                    "what {:.4} ha that were converted gave off is not known, and in no figure",
                    all.value()
                ),
                remedy,
            )
        });
    }
    if account.rootless.contains(&ecosystem) {
        account.warnings.push(Finding::warning(
            format!("carbon, ecosystem {ecosystem}"),
            "the loss of converted land is that above ground alone: no stock of roots is chosen".to_owned(),
            "name a root-shoot ratio of the parameters as `roots` of the layer, or give biomass with its roots",
        ));
    }
}

/// Converted land of a region whose loss no figure has: what left its IPCC category, by the newest of its
/// uses there that has a growth or a loss in the plan.
fn unbooked(
    account: &CarbonAccount,
    (ecosystem, ecosystems): (Ecosystem, &BTreeSet<Ecosystem>),
    (areas, region): (&AreaAccount, &RegionAreas),
) -> Hectares {
    let key = (region.region_id.clone(), ecosystem);
    let booked = account.booked.get(&key).copied().unwrap_or_default();
    let of = leaving(areas, region);
    let of = of.filter(|shift| shift.was(ecosystems) == Some(ecosystem));
    of.map(|shift| shift.area).sum::<Hectares>() - booked
}

/// Converted land that no entry with `within` holds.
fn outside(
    (areas, region): (&AreaAccount, &RegionAreas),
    losing: &[&CarbonChoice],
    ecosystems: &BTreeSet<Ecosystem>,
) -> Hectares {
    let Some(first) = losing.first() else {
        return Hectares::ZERO;
    };
    leaving(areas, region)
        .filter(|shift| shift.was(ecosystems) == Some(first.ecosystem))
        .filter(|shift| !losing.iter().any(|choice| choice.holds(&shift.classes)))
        .map(|shift| shift.area)
        .sum()
}

/// Land of a region, or of the union, that left its IPCC category from one date to the next.
fn leaving<'a>(
    areas: &'a AreaAccount,
    region: &'a RegionAreas,
) -> impl Iterator<Item = &'a EcosystemShift> {
    let whole = areas.periods().first().copied();
    let changes = whole
        .into_iter()
        .flat_map(|whole| areas.changes_within(whole));
    changes.filter(move |shift| {
        let here =
            region.region_id == TOTAL || areas.regions[shift.region].region_id == region.region_id;
        here && shift.leaves()
    })
}

/// What must be said of a gain beside land that was converted, where no method books what it gave off.
fn gain_alone(converted: Hectares) -> String {
    format!(
        "a gain and no balance, as what {:.4} ha that were converted to other uses gave off is not in it: method `{}` gives it from a stock of biomass",
        converted.value(),
        conversion_loss::METHOD
    )
}

/// Says in the rows of growth what the maps show of land whose loss no figure has.
fn note(
    account: &mut CarbonAccount,
    ecosystem: Ecosystem,
    region: &RegionAreas,
    unbooked: Hectares,
) {
    let growth = [Approach::StandGrowth.id(), Approach::GrowthGain.id()];
    let words = gain_alone(unbooked);
    let rows = account.sequestration.iter_mut().filter(|row| {
        row.region_id == region.region_id
            && growth.contains(&row.approach.as_str())
            && row.ecosystem == ecosystem.id()
    });
    for row in rows {
        row.note = joined([words.as_str(), &row.note]);
    }
}
