//! The years that the gases of a fire are held against: those of the headline.

use super::row::FireRow;
use crate::account::carbon_account::CarbonAccount;
use crate::account::library::FIRE;
use crate::account::tables::SequestrationRow;

impl CarbonAccount {
    /// Years of the difference of stocks of an ecosystem in a region, from plots or stands.
    pub(super) fn difference(&self, fire: &FireRow) -> Option<(i32, i32)> {
        let by_difference = |row: &&SequestrationRow| {
            row.region_id == fire.row.region_id
                && (row.ecosystem == fire.ecosystem.id() || fire.is_held())
                && row.counted
                && row.removal.is_some()
                && row.is_difference()
        };
        span(self.sequestration.iter().filter(by_difference))
    }

    /// Years of such a difference that is not known.
    fn unknown_difference(&self, fire: &FireRow) -> Option<(i32, i32)> {
        let unknown = self.unknown_biomass(&fire.row.region_id, |row| fire.is_of(row));
        let of_difference = unknown.filter(|row| row.is_difference());
        of_difference.map(|row| (row.period_start, row.period_end))
    }

    /// The years that the headline of the region is of, as far as this ecosystem goes.
    pub(super) fn period_of(&self, fire: &FireRow) -> Option<(i32, i32)> {
        let over_years = |(first, last): &(i32, i32)| first < last;
        let region = fire.row.region_id.as_str();
        let rows = |is_of: &dyn Fn(&SequestrationRow) -> bool| {
            let rows = self.sequestration.iter();
            let known = rows.filter(|row| row.counted && row.removal.is_some());
            span(known.filter(|row| row.period_start < row.period_end && is_of(row)))
        };
        self.difference(fire)
            .or_else(|| self.unknown_difference(fire))
            .or(self.dates.filter(over_years))
            .or_else(|| rows(&|row| row.region_id == region))
            .or_else(|| rows(&|_| true))
            .or_else(|| self.year_of_rates(fire))
            .or(self.dates)
    }

    /// The year of yearly gains, such as growth of stands: of what burnt in the region, or else of any. Where they
    /// are of several, it is that of the fire, or else the newest.
    fn year_of_rates(&self, fire: &FireRow) -> Option<(i32, i32)> {
        let rates = || {
            let rows = self.sequestration.iter();
            rows.filter(|row| row.counted && row.removal.is_some() && row.approach != FIRE)
        };
        let region = fire.row.region_id.as_str();
        let unknown = self.unknown_biomass(region, |row| fire.is_of(row));
        let own = rates().filter(|row| row.region_id == region && fire.is_of(row));
        let year = |rows: &mut dyn Iterator<Item = &SequestrationRow>| {
            let of_one_year = rows.filter(|row| row.period_start == row.period_end);
            let years = of_one_year.map(|row| row.period_end);
            let year = years.max_by_key(|year| (*year == fire.row.period_start, *year))?;
            Some((year, year))
        };
        year(&mut own.chain(unknown)).or_else(|| year(&mut rates()))
    }
}

/// The years of rows, from the first to the last.
fn span<'a>(rows: impl Iterator<Item = &'a SequestrationRow>) -> Option<(i32, i32)> {
    rows.map(|row| (row.period_start, row.period_end))
        .reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
}
