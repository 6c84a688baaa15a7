//! What an inventory holds of the land of the map, so that methods by area do not count it again.

use std::collections::{BTreeMap, BTreeSet};

use crate::account::ecosystem::Ecosystem;
use crate::account::land::{RegionAreas, Way};
use crate::account::pool::Pool;
use crate::units::Hectares;

/// The share of an inventory in the stock of woody land.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::account) struct InventoryShare {
    /// Pools that it gives.
    pub(in crate::account) pools: BTreeSet<Pool>,
    /// Ecosystems that it gives them of; all with trees where plots measure forest wherever it stands.
    pub(in crate::account) ecosystems: Option<BTreeSet<Ecosystem>>,
    /// The ecosystem that its method is chosen for.
    pub(in crate::account) own: Ecosystem,
    /// Where it has no mangrove.
    pub(in crate::account) elsewhere: Elsewhere,
}

/// Mangrove of regions that a register has none in, though the map shows some: what it holds is a census of
/// other land.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::account) struct Elsewhere {
    /// Places of the regions.
    pub(in crate::account) regions: BTreeSet<usize>,
    /// Its land at the newest date, by the id of the region, that of all among them.
    pub(in crate::account) trees: BTreeMap<String, Hectares>,
    /// What regions lost and gained that no register has any in, likewise.
    pub(in crate::account) changed: BTreeMap<String, [Hectares; 2]>,
}

/// The part of it that carries trees.
fn with_trees(region: &RegionAreas, ecosystem: Ecosystem) -> Hectares {
    let newest = region.newest();
    newest
        .and_then(|year| year.under_trees.get(&ecosystem).copied())
        .unwrap_or_default()
}

impl InventoryShare {
    /// Land of an ecosystem in a region that is left to it, for it carries trees, and such land that it has nothing
    /// of.
    pub(in crate::account) fn trees(
        &self,
        region: &RegionAreas,
        ecosystem: Ecosystem,
    ) -> [Hectares; 2] {
        let trees = with_trees(region, ecosystem);
        let elsewhere = self.elsewhere.trees.get(&region.region_id).copied();
        let elsewhere = elsewhere.filter(|_| ecosystem == Ecosystem::Mangrove);
        let elsewhere = elsewhere.unwrap_or_default();
        [trees - elsewhere, elsewhere]
    }

    /// Land that an ecosystem lost or gained in a region that it has none of it in.
    pub(in crate::account) fn beyond(
        &self,
        region_id: &str,
        ecosystem: Ecosystem,
        way: Way,
    ) -> Hectares {
        let changed = self.elsewhere.changed.get(region_id);
        let changed = changed.filter(|_| ecosystem == Ecosystem::Mangrove);
        changed.map_or(Hectares::ZERO, |[lost, gained]| match way {
            Way::Lost => *lost,
            Way::Gained => *gained,
        })
    }

    /// Whether it may call some of an ecosystem of a region forest.
    pub(in crate::account) fn is_asked(&self, region: &RegionAreas, ecosystem: Ecosystem) -> bool {
        let [trees, elsewhere] = self.trees(region, ecosystem);
        let none = trees == Hectares::ZERO && elsewhere > Hectares::ZERO;
        self.holds(ecosystem, Pool::AboveGround) && !none
    }

    /// Whether it has the land of an ecosystem in a region, by its place.
    pub(in crate::account) fn is_in(&self, region: usize, ecosystem: Ecosystem) -> bool {
        ecosystem != Ecosystem::Mangrove || !self.elsewhere.regions.contains(&region)
    }

    /// Whether it holds some of a pool of an ecosystem where trees stand.
    pub(in crate::account) fn holds(&self, ecosystem: Ecosystem, pool: Pool) -> bool {
        let is_of = (self.ecosystems.as_ref()).is_none_or(|all| all.contains(&ecosystem));
        let own = || self.pools.iter().flat_map(|pool| pool.parts());
        is_of && own().any(|part| pool.parts().contains(part))
    }

    /// What its land is, in words before a verb.
    pub(in crate::account) const fn carrying(&self) -> &'static str {
        match self.ecosystems {
            None => "carry trees and ",
            Some(_) => "",
        }
    }

    /// Who has it, in words.
    pub(in crate::account) const fn words(&self) -> &'static str {
        match self.ecosystems {
            None => "the forest plots",
            Some(_) => "the stand register",
        }
    }
}
