//! What burnt in regions whose change of what burnt is not in that of all: its gases are in no sum either.

use super::row::FireRow;
use crate::account::carbon_account::CarbonAccount;
use crate::account::tables::{SequestrationRow, TOTAL};
use crate::account::words::regions_without;
use crate::units::Hectares;

/// What burnt in a region whose change is not in that of all.
pub(super) struct LeftOutLand {
    pub(super) area: Hectares,
    /// Whether its carbon dioxide is in the difference of an inventory of another ecosystem.
    pub(super) is_held: bool,
    /// The region, and why.
    pub(super) of: (String, String),
}

/// What the sum of all regions leaves out of what burnt.
pub(super) struct Without {
    /// What is left.
    pub(super) rest: Hectares,
    pub(super) words: String,
}

impl Without {
    /// Of the land of a gas in all regions together; `None` where nothing of it is left out.
    pub(super) fn of(fire: &FireRow, land: &[LeftOutLand]) -> Option<Self> {
        // Land that is held in some regions alone is not in that of all as it is.
        let land = land.iter().filter(|land| land.is_held == fire.is_held());
        let land: Vec<&LeftOutLand> = land.filter(|land| land.area > Hectares::ZERO).collect();
        let left_out: Hectares = land.iter().map(|land| land.area).sum();
        let regions: Vec<(String, String)> = land.iter().map(|land| land.of.clone()).collect();
        let regions = regions_without(&regions);
        let rest = fire.area - left_out;
        let is_all = rest.value() <= ROUNDING * fire.area.value();
        (left_out > Hectares::ZERO).then(|| {
            if is_all {
                Self {
                    rest: Hectares::ZERO,
                    words: format!(
                        "all of it burnt in {regions}: the change there is not in the sum of all"
                    ),
                }
            } else {
                Self {
                    rest,
                    words: format!(
                        "without {:.4} ha that burnt in {regions}: the change there is not in it",
                        left_out.value()
                    ),
                }
            }
        })
    }
}

/// Share of an area below which a difference is of rounding alone.
const ROUNDING: f64 = 1e-9;

impl CarbonAccount {
    /// Why the sum of all regions has nothing of what a fire burnt in one of them: the change there is not in it.
    pub(super) fn left_out_of_all(&self, fire: &FireRow) -> Option<String> {
        let of_all = |row: &&SequestrationRow| row.region_id == TOTAL && fire.is_of(row);
        let of_all = self.sequestration.iter().filter(of_all);
        let mut differences = of_all.filter(|row| row.is_difference() && self.is_newest(row));
        if let Some(row) = differences.next() {
            let key = (row.method.clone(), (row.period_start, row.period_end));
            let mut regions = self.left_out.get(&key)?.iter();
            let (_, why) = regions.find(|(id, _)| *id == fire.row.region_id)?;
            return Some(why.clone());
        }
        let unknown = self.unknown_biomass(&fire.row.region_id, |row| fire.is_of(row));
        unknown.map(|_| "its change is not known".to_owned())
    }
}
