//! What an inventory holds of the land of the map, so that methods by area do not count it again.

use std::collections::BTreeSet;

use super::carbon::CarbonInput;
use super::choice::CarbonChoice;
use super::ecosystem::Ecosystem;
use super::method::{Approach, Method};
use super::pool::Pool;
use super::stand_codes::LandKind;

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
