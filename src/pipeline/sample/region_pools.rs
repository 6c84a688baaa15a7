//! Carbon of regions by pool: what is known, and why a pool that was measured is not.

use std::collections::BTreeSet;

use super::attributes::Work;
use super::estimates::{Estimates, RegionEstimates, carbon_of};
use crate::account::Pool;
use crate::input::Inventory;

/// Fills in carbon by pool, with why pools that were measured are not known.
pub(super) fn fill_pools(work: &mut Work<'_>, out: &mut Estimates) {
    let inventories = work.inventories;
    let measured: Vec<BTreeSet<Pool>> = inventories.iter().map(Inventory::measured).collect();
    for pool in Pool::ALL {
        let observed = |i| carbon_of(i, pool);
        let carbon = work.compared((&pool.attribute(), Some(pool)), observed, |pair| {
            pair.shared(pool)
        });
        out.each(|region, estimates| {
            for (position, inventory) in inventories.iter().enumerate() {
                let total = carbon.total(position, region);
                match total {
                    _ if pool == Pool::All => {
                        let why = |why: String| estimates.lacking((None, inventory.year), why);
                        let total = total.map_err(why);
                        estimates.carbon.insert(inventory.year, total);
                    }
                    Ok(total) => {
                        estimates.pools.insert((inventory.year, pool), total);
                    }
                    Err(why) if measured[position].contains(&pool) => {
                        estimates.unknown.insert((None, inventory.year, pool), why);
                    }
                    Err(_) => {}
                }
            }
            for (position, pair) in work.pairs.iter().enumerate() {
                let both = [&measured[pair.earlier], &measured[pair.later]];
                match carbon.change(position, region) {
                    Ok(change) => {
                        estimates.changes.insert((pair.from, pair.to, pool), change);
                    }
                    Err(why) if both.iter().all(|one| one.contains(&pool)) => {
                        let key = (Some(pair.from), pair.to, pool);
                        estimates.unknown.insert(key, why);
                    }
                    Err(_) => {}
                }
            }
        });
    }
}

impl RegionEstimates {
    /// Measured pools that are not known in a year, or whose change from another is not.
    pub(in crate::pipeline) fn unknown_pools(&self, (from, to): (Option<i32>, i32)) -> Vec<Pool> {
        let unknown = self
            .unknown
            .range((from, to, Pool::ALL[0])..(from, to, Pool::All));
        unknown.map(|((_, _, pool), _)| *pool).collect()
    }

    /// Why the sum of the pools of a year, or its change from another, is not known, with the pools that are not where
    /// others are.
    pub(super) fn lacking(&self, (from, to): (Option<i32>, i32), why: String) -> String {
        let is_any_known = match from {
            None => self.pools.keys().any(|(year, _)| *year == to),
            Some(from) => self
                .changes
                .keys()
                .any(|(first, last, _)| (*first, *last) == (from, to)),
        };
        let unknown = self
            .unknown
            .range((from, to, Pool::ALL[0])..(from, to, Pool::All));
        let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
        for ((_, _, pool), why) in unknown {
            match reasons.iter_mut().find(|(known, _)| known == why) {
                Some((_, pools)) => pools.push(pool.id()),
                None => reasons.push((why, vec![pool.id()])),
            }
        }
        if reasons.is_empty() || !is_any_known && reasons.len() == 1 {
            return why;
        }
        let told = reasons
            .iter()
            .map(|(why, pools)| format!("{}: {why}", pools.join(", ")));
        told.collect::<Vec<_>>().join(", ")
    }
}
