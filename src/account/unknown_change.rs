//! Changes that are not known beside zeros: a sum of what is none and of what nobody knows is no zero.

use std::collections::BTreeSet;

use super::carbon::CarbonAccount;
use super::landless::NOTHING;
use super::method::Approach;
use super::plot_pools::joined;
use super::tables::SequestrationRow;
use super::trace::Headline;

/// Approaches that give what land gains or loses by its change or its growth.
const OF_CHANGE: [Approach; 5] = [
    Approach::CoastalAccumulation,
    Approach::CoastalLoss,
    Approach::ConversionLoss,
    Approach::SoilChange,
    Approach::StandGrowth,
];

/// Why a zero is in no sum.
const NO_SUM: &str =
    "not counted: beside a change of the region that is not known none makes no sum";

impl SequestrationRow {
    /// Whether it is of land that may have changed or grown, and what that gained or lost is not known.
    #[must_use]
    pub fn is_unknown_change(&self) -> bool {
        self.removal.is_none()
            && OF_CHANGE.iter().any(|one| one.id() == self.approach)
            && !self.note.starts_with(NOTHING)
    }
}

/// Takes zeros out of the headline of regions that have nothing else, where what changed from the first to the
/// newest date, or its soil, or the growth of its stands, is not known.
pub(super) fn leave_zeros_out(account: &mut CarbonAccount) {
    let whole = |row: &SequestrationRow| {
        let period = (row.period_start, row.period_end);
        let of_years = [Approach::SoilChange, Approach::StandGrowth];
        of_years.iter().any(|one| one.id() == row.approach) || account.dates == Some(period)
    };
    let unknown =
        (account.sequestration.iter()).filter(|row| row.is_unknown_change() && whole(row));
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
