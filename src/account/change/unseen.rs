//! Land whose loss, gain or soil is not known, as a map has no value there: said.

use std::collections::BTreeSet;

use crate::account::carbon_account::CarbonAccount;
use crate::account::choice::CarbonChoice;
use crate::account::land::{AreaAccount, FILL, Gaps, Way, soil_words};
use crate::account::library::{Approach, Method};
use crate::finding::Finding;

/// Warns of land whose loss, gain or soil is not known, as a map has no value there.
pub(in crate::account) fn tell(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    areas: &AreaAccount,
) {
    let mut all = Gaps::default();
    for region in &areas.regions {
        all.add(&region.gaps);
    }
    let mut told: BTreeSet<(String, String)> = BTreeSet::new();
    for (choice, method) in chosen {
        let ecosystem = choice.ecosystem;
        let restored = chosen.iter().any(|(other, method)| {
            other.ecosystem == ecosystem && method.approach == Approach::CoastalAccumulation
        });
        let mut words = Vec::new();
        if let Some(way) = way(method, restored) {
            words.push((all.words(ecosystem, way), method.id.as_str()));
        }
        if method.approach == Approach::SoilChange {
            words.push((soil_words(all.without_history(None)), &method.id));
        }
        if choice.managed.is_some() {
            words.push((soil_words(all.without_history(Some(ecosystem))), "managed"));
        }
        for (words, of) in words {
            if !words.is_empty() {
                told.insert((
                    format!("carbon, ecosystem {ecosystem}"),
                    format!("{words} (`{of}`)"),
                ));
            }
        }
    }
    account.warnings.extend(
        told.into_iter()
            .map(|(place, words)| Finding::warning(place, words, FILL)),
    );
}

/// Which side of a change a method gives.
fn way(method: &Method, restored: bool) -> Option<Way> {
    match method.approach {
        Approach::ConversionLoss | Approach::CoastalLoss => Some(Way::Lost),
        Approach::CoastalAccumulation => Some(Way::Gained),
        Approach::MethaneEmission if restored => Some(Way::Gained),
        _ => None,
    }
}
