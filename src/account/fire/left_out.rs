//! What burnt in regions whose change of what burnt is not in that of all: its gases are in no sum either.

use std::collections::BTreeMap;

use super::row::FireRow;
use crate::account::carbon_account::CarbonAccount;
use crate::account::nesting::Nesting;
use crate::account::tables::SequestrationRow;
use crate::account::words::regions_without;
use crate::units::Hectares;

/// What burnt in a region whose change is not in that of the place.
struct LeftOutLand {
    area: Hectares,
    /// Whether its carbon dioxide is in the difference of an inventory of another ecosystem.
    is_held: bool,
    /// The region, and why.
    of: (String, String),
}

/// What a gas of a place is of: of one that is more than one region, what burnt in these.
pub(super) struct SumOf {
    /// Whether there are rows of the same gas in regions of the place.
    pub(super) is_sum: bool,
    pub(super) without: Option<Without>,
}

/// What a place that is more than one region leaves out of what burnt.
pub(super) struct Without {
    /// What is left.
    pub(super) rest: Hectares,
    pub(super) words: String,
}

impl Without {
    /// Of the land of a gas in all regions of a place; `None` where nothing of it is left out.
    fn of(fire: &FireRow, land: &[LeftOutLand]) -> Option<Self> {
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
                        "all of it burnt in {regions}: the change there is not in the sum"
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

impl FireRow {
    /// By which fire and gas the row of a place is known.
    fn of_gas<'a>(&'a self, place: &'a str) -> (&'a str, &'a str, &'a str) {
        (&self.fire, &self.row.pool, place)
    }
}

impl CarbonAccount {
    /// What each gas is of, in the order of the rows.
    pub(super) fn sums_of(&self, rows: &[FireRow], nesting: &Nesting) -> Vec<SumOf> {
        let known = rows.iter().filter(|fire| fire.row.removal.is_some());
        let by_place: BTreeMap<(&str, &str, &str), &FireRow> = known
            .map(|fire| (fire.of_gas(fire.row.region_id.as_str()), fire))
            .collect();
        let sum_of = |fire: &FireRow| {
            let place = fire.row.region_id.as_str();
            let parts = nesting.parts_of(place).into_iter();
            let parts: Vec<&FireRow> = parts
                .filter_map(|part| by_place.get(&fire.of_gas(part)).copied())
                .collect();
            let left_out = parts.iter().filter_map(|part| {
                Some(LeftOutLand {
                    area: part.area,
                    is_held: part.is_held(),
                    of: (part.row.region_id.clone(), self.left_out_of(place, part)?),
                })
            });
            let left_out: Vec<LeftOutLand> = left_out.collect();
            SumOf {
                is_sum: !parts.is_empty(),
                without: Without::of(fire, &left_out),
            }
        };
        rows.iter().map(sum_of).collect()
    }

    /// Why a place that is more than one region has nothing of what a fire burnt in one of them: the change there is
    /// not in it.
    fn left_out_of(&self, place: &str, fire: &FireRow) -> Option<String> {
        let of_all = |row: &&SequestrationRow| row.region_id == place && fire.is_of(row);
        let of_all = self.sequestration.iter().filter(of_all);
        let mut differences = of_all.filter(|row| row.is_difference() && self.is_newest(row));
        if let Some(row) = differences.next() {
            let years = (row.period_start, row.period_end);
            let key = (place.to_owned(), row.method.clone(), years);
            let mut regions = self.left_out.get(&key)?.iter();
            let (_, why) = regions.find(|(id, _)| *id == fire.row.region_id)?;
            return Some(why.clone());
        }
        let unknown = self.unknown_biomass(&fire.row.region_id, |row| fire.is_of(row));
        unknown.map(|_| "its change is not known".to_owned())
    }
}
