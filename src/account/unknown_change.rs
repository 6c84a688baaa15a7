//! Changes that are not known beside what is: zeros beside them are no sum, and what is summed says what it leaves
//! out.

use std::collections::{BTreeMap, BTreeSet};

use super::carbon::CarbonAccount;
use super::class_density;
use super::ecosystem::Ecosystem;
use super::fire_account::FIRE;
use super::fire_row::APART;
use super::landless::NOTHING;
use super::method::Approach;
use super::plot_pools::joined;
use super::pool::Pool;
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

/// How the note of a change begins that is not known; why follows.
pub(super) const UNKNOWN: &str = "not known: ";

/// Regions that the change of all between two inventories leaves out, and why, by its method and years.
pub(super) type LeftOut = BTreeMap<(String, (i32, i32)), Vec<(String, String)>>;

/// How it ends that land may have been what burnt.
pub const NO_FIGURE: &str = ", and no figure has them";

/// Why a zero is in no sum.
pub(super) const NO_SUM: &str =
    "not counted: beside a change of the region that is not known none makes no sum";

/// The phrases of the note of a figure that say what it leaves out because it is not known.
pub fn left_out_phrases(note: &str) -> impl Iterator<Item = &str> {
    let phrases = note.split("; ");
    phrases.filter(|phrase| {
        let says_so = phrase.starts_with("a lower limit: ")
            || phrase.starts_with("without region ")
            || [
                " not known",
                " not known and not in it",
                " are not counted",
                NO_FIGURE,
            ]
            .iter()
            .any(|end| phrase.ends_with(end));
        says_so && !phrase.contains("spread")
    })
}

/// Most regions that are named.
const MOST: usize = 5;

impl SequestrationRow {
    /// Whether it is of land that may have changed, grown or burnt, and what that gained or lost is not known. A fire
    /// of another year than those of the headline is none of it.
    #[must_use]
    pub fn is_unknown_change(&self) -> bool {
        let of_approach = || {
            self.is_difference()
                || OF_LAND.iter().any(|one| one.id() == self.approach)
                || [FIRE, class_density::METHOD].contains(&self.approach.as_str())
        };
        let is_apart = || {
            self.note
                .split("; ")
                .any(|phrase| phrase.starts_with(APART))
        };
        self.removal.is_none() && of_approach() && !self.note.starts_with(NOTHING) && !is_apart()
    }

    /// Whether it is of a difference of stocks between two inventories.
    #[must_use]
    pub fn is_difference(&self) -> bool {
        let mut approaches = Approach::DIFFERENCES.iter();
        approaches.any(|one| one.id() == self.approach)
    }

    /// Whether it is of what plants gained or lost, of the land that fires burn.
    fn is_of_biomass(&self) -> bool {
        self.pool != Pool::SoilOrganic.id()
            && (self.is_difference()
                || self.approach == Approach::StandGrowth.id()
                || self.method == class_density::METHOD)
    }

    /// That the change of an ecosystem is not known, and why, in words.
    pub(super) fn unknown_words(&self, ecosystem: Ecosystem) -> String {
        let (from, to) = (self.period_start, self.period_end);
        let years = if from < to {
            format!("over {from} to {to}")
        } else {
            format!("in {to}")
        };
        let why = self.note.split("; ").next().unwrap_or_default();
        let why = why.strip_prefix(UNKNOWN).unwrap_or(why);
        format!("the change of {ecosystem} {years} is not known here: {why}")
    }
}

impl CarbonAccount {
    /// A row that says that what plants of a region gained or lost over the years of the headline is not known, where
    /// no other row of its method is: of rows such as those of one ecosystem.
    pub(super) fn unknown_biomass(
        &self,
        region: &str,
        is_of: impl Fn(&SequestrationRow) -> bool,
    ) -> Option<&SequestrationRow> {
        let rows = || {
            let rows = self.sequestration.iter();
            rows.filter(|row| row.region_id == region && row.is_of_biomass() && is_of(row))
        };
        let mut unknown = rows().filter(|row| row.is_unknown_change() && is_of_headline(row, self));
        unknown.find(|one| {
            let mut known = rows().filter(|row| row.counted && row.removal.is_some());
            !known.any(|row| row.method == one.method)
        })
    }

    /// Whether a difference is of the newest two inventories of its approach.
    pub(super) fn is_newest(&self, row: &SequestrationRow) -> bool {
        let mut others = self.sequestration.iter();
        others.all(|other| other.approach != row.approach || other.period_end <= row.period_end)
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
    if row.is_difference() {
        return account.is_newest(row);
    }
    if is(&[Approach::SoilChange, Approach::StandGrowth]) || row.approach == FIRE {
        return true;
    }
    account.dates == Some((row.period_start, row.period_end))
}
