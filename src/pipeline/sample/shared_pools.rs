//! Pools that two inventories both measured: their change is known even where another pool is in one of them alone,
//! such as soil that was dug at the first visit only.

use std::collections::BTreeSet;

use crate::account::Pool;
use crate::estimate::Observations;
use crate::input::Inventory;
use crate::units::TonnesCarbon;

/// What both of two inventories measured, where that is not all that either knows of.
pub(super) struct SharedPools {
    /// The sum of these pools on each plot of the earlier and of the later inventory; `None` where they share none.
    pub(super) sums: Option<[Observations<TonnesCarbon>; 2]>,
    /// What their change leaves out, in words.
    pub(super) without: String,
}

impl SharedPools {
    /// Those of two inventories; `None` where each measured all pools of both.
    pub(super) fn of(earlier: &Inventory, later: &Inventory) -> Option<Self> {
        let both = [earlier, later];
        let [before, after] = both.map(Inventory::measured);
        let shared: BTreeSet<Pool> = before.intersection(&after).copied().collect();
        let known = both.iter().flat_map(|one| one.carbon.keys().copied());
        let alone: BTreeSet<Pool> = known.filter(|pool| !shared.contains(pool)).collect();
        // Where an inventory measured nothing, its plots without a value are the reason.
        if alone.is_empty() || before.is_empty() || after.is_empty() {
            return None;
        }
        let lacking = |pool: &Pool| {
            let years = both.iter().zip([&before, &after]);
            let years = years.filter(|(_, measured)| !measured.contains(pool));
            let years: Vec<String> = years.map(|(one, _)| one.year.to_string()).collect();
            without(*pool, &years.join(" or "))
        };
        let words: Vec<String> = alone.iter().map(lacking).collect();
        let [before, after] = both.map(|one| one.sum_of(&shared));
        Some(Self {
            sums: before.zip(after).map(|(before, after)| [before, after]),
            without: words.join("; "),
        })
    }
}

/// What the stock of an inventory leaves out, in words; empty where it has all pools that its plots are to give.
pub(in crate::pipeline) fn not_measured(inventory: &Inventory) -> String {
    let measured = inventory.measured();
    let pools = inventory.carbon.keys();
    let pools = pools.filter(|pool| !measured.is_empty() && !measured.contains(pool));
    let words = pools.map(|pool| without(*pool, &inventory.year.to_string()));
    let words = words.chain(without_carbon(&[inventory]));
    words.collect::<Vec<_>>().join("; ")
}

/// Pools that inventories have the biomass of and none the carbon, in words.
pub(super) fn without_carbon(inventories: &[&Inventory]) -> Vec<String> {
    let pools: BTreeSet<Pool> = inventories
        .iter()
        .flat_map(|one| one.without_carbon())
        .collect();
    let told = |pool: &Pool| {
        let lacking = inventories
            .iter()
            .filter(|one| one.without_carbon().contains(pool));
        let years: Vec<String> = lacking.map(|one| one.year.to_string()).collect();
        format!(
            "without {pool}: the plots of {} have the biomass of it and no carbon",
            years.join(" and "),
            pool = pool.id()
        )
    };
    let is_known = |pool: &&Pool| inventories.iter().any(|one| one.carbon.contains_key(pool));
    pools
        .iter()
        .filter(|pool| !is_known(pool))
        .map(told)
        .collect()
}

fn without(pool: Pool, years: &str) -> String {
    format!(
        "without {}: no plot of {years} has a value of it",
        pool.id()
    )
}
