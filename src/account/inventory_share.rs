//! What an inventory holds of the land of the map, so that methods by area do not count it again.

use std::collections::BTreeSet;

use super::carbon::{CarbonAccount, CarbonInput};
use super::choice::CarbonChoice;
use super::ecosystem::Ecosystem;
use super::method::{Approach, Method};
use super::pool::Pool;
use super::region_areas::RegionAreas;
use super::stand_codes::LandKind;
use crate::finding::Finding;
use crate::units::Hectares;

/// The share of an inventory in the stock of woody land.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InventoryShare {
    /// Pools that it gives.
    pools: BTreeSet<Pool>,
    /// Ecosystems that it gives them of; all with trees where plots measure forest wherever it stands.
    ecosystems: Option<BTreeSet<Ecosystem>>,
}

impl InventoryShare {
    /// That of the chosen method of plots, or else of the one that starts from the volume of stands.
    pub(super) fn of(chosen: &[(&CarbonChoice, &Method)], input: &CarbonInput<'_>) -> Option<Self> {
        let mut methods = chosen.iter();
        let plots = methods.find(|(_, method)| method.approach == Approach::PlotPools);
        if let Some((_, method)) = plots {
            return Some(Self {
                pools: pools_of_plots(method, input),
                ecosystems: None,
            });
        }
        let mut methods = chosen.iter();
        let (choice, method) = methods.find(|(_, method)| method.approach.is_volume())?;
        let registers = input.stands.iter().flat_map(|stands| stands.registers);
        let mut stands = registers.flat_map(|register| &register.stands);
        let has_mangrove = stands.any(|stand| stand.land == Some(LandKind::Mangrove));
        let mangrove = has_mangrove.then_some(Ecosystem::Mangrove);
        Some(Self {
            pools: method.counted.iter().copied().collect(),
            ecosystems: Some(mangrove.into_iter().chain([choice.ecosystem]).collect()),
        })
    }

    /// Whether it holds some of a pool of an ecosystem where trees stand.
    pub(super) fn holds(&self, ecosystem: Ecosystem, pool: Pool) -> bool {
        let is_of = (self.ecosystems.as_ref()).is_none_or(|all| all.contains(&ecosystem));
        let own = || self.pools.iter().flat_map(|pool| pool.parts());
        is_of && own().any(|part| pool.parts().contains(part))
    }

    /// Who has it, in words.
    pub(super) const fn words(&self) -> &'static str {
        match self.ecosystems {
            None => "the forest plots",
            Some(_) => "the stand register",
        }
    }
}

/// Warns of land whose yearly removal by a method is left to an inventory that tells no change.
pub(super) fn tell(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    inventory: Option<&InventoryShare>,
    input: &CarbonInput<'_>,
) {
    let registers = input.stands.map_or(0, |stands| stands.registers.len());
    let (Some(inventory), Some(areas)) = (inventory, input.areas) else {
        return;
    };
    if !input.changes.is_empty() || registers > 1 {
        return;
    }
    for (choice, method) in chosen {
        let ecosystem = choice.ecosystem;
        let held = (method.pools.iter()).any(|rule| inventory.holds(ecosystem, rule.pool));
        let by_age = chosen.iter().any(|(other, method)| {
            other.ecosystem == ecosystem && method.approach == Approach::StandGrowth
        });
        if method.approach != Approach::GrowthGain || !held || by_age {
            continue;
        }
        let newest = areas.regions.iter().filter_map(RegionAreas::newest);
        let trees = newest.filter_map(|year| year.under_trees.get(&ecosystem).copied());
        let trees: Hectares = trees.sum();
        if trees > Hectares::ZERO {
            account.warnings.push(Finding::warning(
                format!("carbon, ecosystem {ecosystem}"),
                format!(
                    "{:.4} ha of {ecosystem} carry trees on the map and are left to {}, of one year: `{}` counts nothing there",
                    trees.value(),
                    inventory.words(),
                    method.id
                ),
                "give the inventory of a second year, or growth by the age of stands",
            ));
        }
    }
}

/// The pools that the plots of a run give, of those that the method counts.
pub(super) fn pools_of_plots(method: &Method, input: &CarbonInput<'_>) -> BTreeSet<Pool> {
    let given = input.stocks.iter().flat_map(|stock| &stock.pools);
    let given: BTreeSet<Pool> = given.map(|estimate| estimate.pool).collect();
    if given.is_empty() {
        method.counted.iter().copied().collect()
    } else {
        given
    }
}
