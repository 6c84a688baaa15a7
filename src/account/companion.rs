//! Methods that leave out of their land what another method gives, such as its methane.

use super::carbon::CarbonAccount;
use super::choice::CarbonChoice;
use super::method::Method;
use crate::finding::Finding;

/// Warns of every chosen method whose companion the plan does not choose for the same land.
pub(super) fn tell(account: &mut CarbonAccount, chosen: &[(&CarbonChoice, &Method)]) {
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
        if told {
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
