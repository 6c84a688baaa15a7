//! Methods that leave out of their land what another method gives, such as its methane.

use super::areas::AreaAccount;
use super::carbon::CarbonAccount;
use super::choice::CarbonChoice;
use super::method::{Approach, Method};
use crate::finding::Finding;
use crate::units::Hectares;

/// Warns of every chosen method whose companion the plan does not choose for the same land.
pub(super) fn tell(
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
        let told = chosen
            .iter()
            .any(|(other, method)| method.id == *companion && same_land(other));
        let of_gain = method.approach == Approach::CoastalAccumulation;
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
    }
}
