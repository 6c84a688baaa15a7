//! Changes that are not known beside what is: zeros beside them are no sum, and what is summed says what it leaves
//! out.

use std::collections::BTreeSet;

use super::carbon::CarbonAccount;
use super::class_density;
use super::fire_account::FIRE;
use super::landless::NOTHING;
use super::method::Approach;
use super::plot_pools::joined;
use super::tables::SequestrationRow;
use super::trace::Headline;

/// Approaches, beside differences of inventories, that give what land gains or loses by its change or its growth.
const OF_LAND: [Approach; 5] = [
    Approach::CoastalAccumulation,
    Approach::CoastalLoss,
    Approach::ConversionLoss,
    Approach::SoilChange,
    Approach::StandGrowth,
];

/// Why a zero is in no sum.
pub(super) const NO_SUM: &str =
    "not counted: beside a change of the region that is not known none makes no sum";

/// Most regions that are named.
const MOST: usize = 5;

impl SequestrationRow {
    /// Whether it is of land that may have changed, grown or burnt, and what that gained or lost is not known.
    #[must_use]
    pub fn is_unknown_change(&self) -> bool {
        let of_approach = || {
            let mut approaches = Approach::DIFFERENCES.iter().chain(&OF_LAND);
            approaches.any(|one| one.id() == self.approach)
                || [FIRE, class_density::METHOD].contains(&self.approach.as_str())
        };
        self.removal.is_none() && of_approach() && !self.note.starts_with(NOTHING)
    }
}

/// Regions with the reason why a figure has nothing of them, in words: `region a, b (reason)`.
#[must_use]
pub fn regions_without(left_out: &[(String, String)]) -> String {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for (region, why) in left_out {
        match reasons.iter_mut().find(|(known, _)| known == why) {
            Some((_, regions)) => regions.push(region),
            None => reasons.push((why, vec![region])),
        }
    }
    let words = reasons.iter().map(|(why, regions)| {
        let named = regions[..regions.len().min(MOST)].join(", ");
        let more = regions.len().saturating_sub(MOST);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        format!("region {named}{more} ({why})")
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Takes zeros out of the headline of regions that have nothing else, where what changed from the first to the
/// newest date or inventory, or its soil, or the growth of its stands, or what burnt of it, is not known.
pub(super) fn leave_zeros_out(account: &mut CarbonAccount) {
    let unknown = account.sequestration.iter();
    let unknown = unknown.filter(|row| row.is_unknown_change() && is_of_headline(row, account));
    let mut regions: BTreeSet<String> = unknown.map(|row| row.region_id.clone()).collect();
    for row in account.sequestration.iter().filter(|row| row.counted) {
        let removal = row.removal.map(|figure| figure.value.in_one_year().value());
        if removal.is_some_and(|value| value != 0.0) {
            regions.remove(&row.region_id);
        }
    }
    for region in &regions {
        account.trace.forget(Headline::Sequestration, region);
    }
    let zeros = account.sequestration.iter_mut();
    for row in zeros.filter(|row| row.counted && regions.contains(&row.region_id)) {
        row.counted = false;
        row.note = joined([row.note.as_str(), NO_SUM]);
    }
}

/// Whether a change is of the years that the headline is of.
fn is_of_headline(row: &SequestrationRow, account: &CarbonAccount) -> bool {
    let is = |approaches: &[Approach]| approaches.iter().any(|one| one.id() == row.approach);
    if is(&Approach::DIFFERENCES) {
        let others = account.sequestration.iter();
        let mut others = others.filter(|other| other.approach == row.approach);
        return others.all(|other| other.period_end <= row.period_end);
    }
    if is(&[Approach::SoilChange, Approach::StandGrowth]) {
        return true;
    }
    if row.approach == FIRE {
        let year = row.period_start;
        let within = |(first, last): (i32, i32)| {
            first < year && year <= last || first == last && last == year
        };
        return account.dates.is_some_and(within);
    }
    account.dates == Some((row.period_start, row.period_end))
}
