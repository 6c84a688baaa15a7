//! Methods that leave out of their land what another method gives, such as its methane.

use crate::account::carbon_account::CarbonAccount;
use crate::account::choice::CarbonChoice;
use crate::account::ecosystem::Ecosystem;
use crate::account::land::AreaAccount;
use crate::account::library::{Approach, Method};
use crate::account::words::joined;
use crate::finding::Finding;
use crate::units::Hectares;

/// What is said in rows without their methane.
const ALONE: &str = "its methane is in no figure";
/// The same where entries give it of a part of the land.
const IN_PART: &str = "the methane of a part of it is in no figure";

/// Warns of every chosen method whose companion the plan does not choose for the same land.
pub(in crate::account) fn tell(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    areas: Option<&AreaAccount>,
) {
    let gained = |ecosystem| -> Hectares {
        let regions = areas.iter().flat_map(|areas| &areas.regions);
        regions.filter_map(|region| region.gained(ecosystem)).sum()
    };
    for (choice, method) in chosen {
        let Some(companion) = &method.beside else {
            continue;
        };
        let same_land = |other: &CarbonChoice| {
            other.ecosystem == choice.ecosystem
                && (other.within.is_none() || other.within == choice.within)
        };
        let companions: Vec<&CarbonChoice> = (chosen.iter())
            .filter(|(other, method)| {
                method.id == *companion && other.ecosystem == choice.ecosystem
            })
            .map(|(other, _)| *other)
            .collect();
        let of_gain = method.approach == Approach::CoastalAccumulation;
        let told = companions.iter().any(|other| same_land(other))
            || !companions.is_empty()
                && areas.is_some_and(|areas| is_held(choice, &companions, of_gain, areas));
        if told || of_gain && gained(choice.ecosystem) == Hectares::ZERO {
            continue;
        }
        account.warnings.push(Finding::warning(
            format!("carbon, ecosystem {}", choice.ecosystem),
            format!(
                "`{}` gives the carbon dioxide of this land alone, and its methane, which can outweigh it, is in no figure",
                method.id
            ),
            format!("add an entry with method = \"{companion}\" for the same land"),
        ));
        let words = if companions.is_empty() {
            ALONE
        } else {
            IN_PART
        };
        note(account, (choice.ecosystem, method), words);
    }
}

/// Says in the rows of a method that its methane is in no figure.
fn note(account: &mut CarbonAccount, (ecosystem, method): (Ecosystem, &Method), words: &str) {
    let rows = account.sequestration.iter_mut().filter(|row| {
        let gives = row.removal.map(|figure| figure.value.in_one_year().value());
        row.method == method.id
            && row.ecosystem == ecosystem.id()
            && gives.is_some_and(|value| value.abs() > 0.0)
            && !row.note.starts_with(words)
    });
    for row in rows {
        row.note = joined([words, &row.note]);
    }
}

/// Whether entries within classes hold between them all land of a choice: what it gained between the first and
/// the last map, or what it is on the last.
fn is_held(
    choice: &CarbonChoice,
    companions: &[&CarbonChoice],
    of_gain: bool,
    areas: &AreaAccount,
) -> bool {
    let here = |one: Option<&Ecosystem>| one == Some(&choice.ecosystem);
    let histories = areas.regions.iter().flat_map(|region| &region.histories);
    let mut land = histories.filter(|(history, area)| {
        let uses = &history.ecosystems;
        **area > Hectares::ZERO
            && here(uses.last())
            && !(of_gain && here(uses.first()))
            && choice.holds(&history.classes)
    });
    land.all(|(history, _)| companions.iter().any(|other| other.holds(&history.classes)))
}
