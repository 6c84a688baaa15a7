//! Changes that are not known beside what is: zeros beside them are no sum, and what is summed says what it leaves
//! out.

use std::collections::BTreeSet;

use crate::account::carbon_account::CarbonAccount;
use crate::account::ecosystem::Ecosystem;
use crate::account::library::{Approach, CLASS_DENSITY, FIRE};
use crate::account::pool::Pool;
use crate::account::tables::SequestrationRow;
use crate::account::uncertainty::Headline;
use crate::account::words::{APART, NO_FIGURE, NO_SUM, NOTHING, UNKNOWN, joined};

/// Approaches, beside differences of inventories, that give what land gains or loses by its change or its growth.
const OF_LAND: [Approach; 5] = [
    Approach::CoastalAccumulation,
    Approach::CoastalLoss,
    Approach::ConversionLoss,
    Approach::SoilChange,
    Approach::StandGrowth,
];

/// The phrases of the note of a figure that say what it leaves out because it is not known, such as all that call it
/// without something.
pub fn left_out_phrases(note: &str) -> impl Iterator<Item = &str> {
    let phrases = note.split("; ");
    phrases.filter(|phrase| {
        let says_so = phrase.starts_with("a lower limit: ")
            || phrase.starts_with("without ")
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

impl SequestrationRow {
    /// Whether it is of land that may have changed, grown or burnt, and what that gained or lost is not known. A fire
    /// of another year than those of the headline is none of it.
    #[must_use]
    pub fn is_unknown_change(&self) -> bool {
        let of_approach = || {
            self.is_difference()
                || OF_LAND.iter().any(|one| one.id() == self.approach)
                || [FIRE, CLASS_DENSITY].contains(&self.approach.as_str())
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
                || self.method == CLASS_DENSITY)
    }

    /// That the change of an ecosystem is not known, and why, in words.
    pub(in crate::account) fn unknown_words(&self, ecosystem: Ecosystem) -> String {
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
    pub(in crate::account) fn unknown_biomass(
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
    pub(in crate::account) fn is_newest(&self, row: &SequestrationRow) -> bool {
        let mut others = self.sequestration.iter();
        others.all(|other| other.approach != row.approach || other.period_end <= row.period_end)
    }
}

/// Takes zeros out of the headline of regions that have nothing else, where what changed from the first to the
/// newest date or inventory, or its soil, or the growth of its stands, or what burnt of it, is not known.
pub(in crate::account) fn leave_zeros_out(account: &mut CarbonAccount) {
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
