//! Gaps: land that a map of the run has no value of, such as under clouds or past the edge of a tile.
//!
//! A change is of the land that both of its dates show:
//!
//! - Where only a map between has no value, what the maps on either side show is a change of the years
//!   between these two. It counts from the first to the last map, and as any change it is dated by the map
//!   that shows it.
//! - Where the first or the newest map has no value, what the land was or became is not known.
//!
//! A figure is of the land that the maps show, and says how much they do not. Where they show none of the land
//! that it is of, such as land that was lost, none is none if they hide no more than a sliver; else nobody
//! knows, and there is no figure.

use std::collections::{BTreeMap, BTreeSet};

use super::areas::AreaAccount;
use super::ecosystem_shift::EcosystemShift;
use super::region_areas::{Conversions, RegionAreas, YearAreas};
use crate::account::ecosystem::Ecosystem;
use crate::account::library::Approach;
use crate::account::words::joined;
use crate::finding::Finding;
use crate::units::Hectares;

/// What to do about gaps.
pub(in crate::account) const FILL: &str =
    "fill the gaps of the map from other images of the same year, where there are any";

/// Share of the land that may be without a value for none to be none.
const SLIVER: f64 = 0.01;

/// Whether land without a value is more than a sliver of all.
#[must_use]
pub fn is_more_than_a_sliver(hidden: Hectares, all: Hectares) -> bool {
    hidden.value() > SLIVER * all.value()
}

/// Areas by class of two dates, of the land that has a class at both.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shared {
    /// At the earlier and at the later date.
    pub classes: [BTreeMap<i64, Hectares>; 2],
    /// Land with a class at one of the two dates alone.
    pub apart: Hectares,
}

/// What the dates of a region do not all show.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gaps {
    /// By the places of two dates: each and the next, the first and the last.
    pub shared: BTreeMap<(usize, usize), Shared>,
    /// What land was before and after dates without a value.
    pub bridged: Conversions,
    /// Land without a value at the first date, by the first ecosystem that it is shown as.
    pub before: BTreeMap<Ecosystem, Hectares>,
    /// Land without a value at the last date, by the last ecosystem that it is shown as.
    pub after: BTreeMap<Ecosystem, Hectares>,
    /// Of what land was at the first and became at the last date, that which outlines tell: land without a
    /// class on one of both maps.
    pub unclassed: Conversions,
    /// Ecosystems that outlines alone tell at the first and the last date.
    pub told: BTreeSet<Ecosystem>,
    /// Land without a history, by the last ecosystem that it is shown as: of those of `after`, and of what
    /// the last date alone shows.
    pub unlisted: BTreeMap<Ecosystem, Hectares>,
}

/// A side of a change of area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::account) enum Way {
    Lost,
    Gained,
}

impl Way {
    /// The side that a method by changed coast gives.
    pub(in crate::account) const fn of(approach: Approach) -> Option<Self> {
        match approach {
            Approach::CoastalLoss => Some(Self::Lost),
            Approach::CoastalAccumulation => Some(Self::Gained),
            _ => None,
        }
    }
}

impl Gaps {
    /// Land that may have been lost or gained, as the first or the last date has no value: at the first
    /// date, and at the last.
    fn unseen(&self, ecosystem: Ecosystem, way: Way) -> [Hectares; 2] {
        // Outlines tell of all land whether it was and is the ecosystem.
        if self.told.contains(&ecosystem) {
            return [Hectares::ZERO; 2];
        }
        let sum = |of: &BTreeMap<Ecosystem, Hectares>, is: bool| {
            let of = of.iter().filter(|(one, _)| (**one == ecosystem) == is);
            of.map(|(_, area)| *area).sum()
        };
        let lost = way == Way::Lost;
        [sum(&self.before, !lost), sum(&self.after, lost)]
    }

    /// What must be said of it; empty without any.
    pub(in crate::account) fn words(&self, ecosystem: Ecosystem, way: Way) -> String {
        words(self.unseen(ecosystem, way), (ecosystem, way))
    }

    /// Land of which one of two dates, by their places, has no value, in words; empty without any.
    pub(in crate::account) fn words_of_pair(&self, pair: (usize, usize)) -> String {
        let apart = self.apart(pair);
        if apart > Hectares::ZERO {
            format!(
                "{:.4} ha without a value on one of the two maps are left out",
                apart.value()
            )
        } else {
            String::new()
        }
    }

    /// Land of which one of two dates, by their places, has no value.
    pub(super) fn apart(&self, pair: (usize, usize)) -> Hectares {
        let shared = self.shared.get(&pair);
        shared.map_or(Hectares::ZERO, |shared| shared.apart)
    }

    /// Land that an ecosystem lost or gained by outlines, without a class on one of the maps.
    pub(in crate::account) fn outlined(&self, ecosystem: Ecosystem, way: Way) -> Hectares {
        let of = Some(ecosystem);
        let changed = self.unclassed.iter().filter(|((from, to), _)| match way {
            Way::Lost => *from == of && *to != of,
            Way::Gained => *to == of && *from != of,
        });
        changed.map(|(_, area)| *area).sum()
    }

    /// Land of an ecosystem, or all, that no history has.
    pub(in crate::account) fn without_history(&self, ecosystem: Option<Ecosystem>) -> Hectares {
        let of = self.unlisted.iter();
        of.filter(|(one, _)| ecosystem.is_none_or(|ecosystem| ecosystem == **one))
            .map(|(_, area)| *area)
            .sum()
    }

    /// Adds the gaps of another region.
    pub(in crate::account) fn add(&mut self, other: &Self) {
        for (pair, more) in &other.shared {
            let sum = self.shared.entry(*pair).or_default();
            for (into, from) in sum.classes.iter_mut().zip(&more.classes) {
                for (class, area) in from {
                    *into.entry(*class).or_default() += *area;
                }
            }
            sum.apart += more.apart;
        }
        self.told.extend(&other.told);
        for (into, from) in [
            (&mut self.bridged, &other.bridged),
            (&mut self.unclassed, &other.unclassed),
        ] {
            for (pair, area) in from {
                *into.entry(*pair).or_default() += *area;
            }
        }
        for (into, from) in [
            (&mut self.before, &other.before),
            (&mut self.after, &other.after),
            (&mut self.unlisted, &other.unlisted),
        ] {
            for (ecosystem, area) in from {
                *into.entry(*ecosystem).or_default() += *area;
            }
        }
    }
}

/// What must be said of land without a value at the first and at the last date.
fn words([before, after]: [Hectares; 2], (ecosystem, way): (Ecosystem, Way)) -> String {
    let lost = way == Way::Lost;
    let first = (before > Hectares::ZERO).then(|| {
        let of = if lost {
            String::new()
        } else {
            format!(" of {}", ecosystem.id())
        };
        format!(
            "{:.4} ha{of} have no value on the first map: what they were is not known",
            before.value()
        )
    });
    let newest = (after > Hectares::ZERO).then(|| {
        let of = if lost { ecosystem.id() } else { "other land" };
        format!(
            "{:.4} ha of {of} have no value on the newest map: what became of them is not known",
            after.value()
        )
    });
    joined([
        first.as_deref().unwrap_or(""),
        newest.as_deref().unwrap_or(""),
    ])
}

impl RegionAreas {
    /// Whether so much land may have been lost or gained unseen that none shown is not none: more than a
    /// sliver of that which was or is the ecosystem, or of all other land; or all, as no map shows anything,
    /// and outlines do not tell all of the ecosystem.
    pub(in crate::account) fn hides(&self, ecosystem: Ecosystem, way: Way) -> bool {
        let (Some(first), Some(newest)) = (self.years.first(), self.years.last()) else {
            return false;
        };
        let is = |year: &YearAreas| year.ecosystems.get(&ecosystem).copied();
        let of = |year: &YearAreas| is(year).unwrap_or_default();
        let shown = |year: &YearAreas| year.valid + year.outlined;
        let other = |year: &YearAreas| Hectares::new((shown(year) - of(year)).value().max(0.0));
        let [before, after] = self.gaps.unseen(ecosystem, way);
        let (of_before, of_after) = match way {
            Way::Lost => (other(newest), of(first)),
            Way::Gained => (of(newest), other(first)),
        };
        let mut conversions = self.conversions.iter();
        let outlines = conversions.all(|(pair, area)| self.gaps.unclassed.get(pair) == Some(area));
        let nothing = outlines && !self.gaps.told.contains(&ecosystem);
        self.years.len() > 1 && nothing
            || is_more_than_a_sliver(before, of_before)
            || is_more_than_a_sliver(after, of_after)
    }

    /// The same of two dates next to each other, the first of them by its place.
    pub(in crate::account) fn hides_between(&self, date: usize) -> bool {
        let step = self.steps.get(date);
        let shown: Hectares = step
            .into_iter()
            .flat_map(|step| step.values().copied())
            .sum();
        let apart = self.gaps.apart((date, date + 1));
        shown == Hectares::ZERO || is_more_than_a_sliver(apart, shown + apart)
    }

    /// Areas by class at two dates, by their places, of the land that has one at both.
    pub(in crate::account) fn at_both(
        &self,
        (from, to): (usize, usize),
    ) -> [BTreeMap<i64, Hectares>; 2] {
        if let Some(shared) = self.gaps.shared.get(&(from, to)) {
            return shared.classes.clone();
        }
        [from, to].map(|date| {
            let classes = self.years[date].classes.iter();
            classes.map(|(class, (area, _))| (*class, *area)).collect()
        })
    }
}

impl AreaAccount {
    /// From the first to the last date, and from each to the next where there are more than two.
    pub(in crate::account) fn periods(&self) -> Vec<(i32, i32)> {
        let years = self.regions.first().map(|region| &region.years);
        let years = years.into_iter().flatten().map(|year| year.year);
        let years: Vec<i32> = years.collect();
        let (Some(first), Some(last)) = (years.first(), years.last()) else {
            return Vec::new();
        };
        let mut periods = vec![(*first, *last)];
        if years.len() > 2 {
            periods.extend(years.windows(2).map(|pair| (pair[0], pair[1])));
        }
        periods
    }

    /// What became of land from each date to the next within a period, over dates without a value too.
    pub(in crate::account) fn changes_within(
        &self,
        (start, end): (i32, i32),
    ) -> impl Iterator<Item = &EcosystemShift> {
        let years = self.regions.first().map(|region| &region.years);
        let pairs = years.into_iter().flat_map(|years| years.windows(2));
        let pairs: BTreeSet<(i32, i32)> = pairs.map(|pair| (pair[0].year, pair[1].year)).collect();
        let steps = (self.shifts.iter()).filter(move |shift| pairs.contains(&shift.years));
        steps
            .chain(&self.bridged)
            .filter(move |shift| start <= shift.years.0 && shift.years.1 <= end)
    }

    /// What must be said of land of a region, by its id, that may have been lost in a period unseen, empty
    /// without any; and whether it is so much that none shown is not none.
    pub(in crate::account) fn unseen_loss(
        &self,
        region_id: &str,
        (start, end): (i32, i32),
        ecosystem: Ecosystem,
    ) -> (String, bool) {
        let mut regions = self.regions.iter().chain(&self.total);
        let Some(region) = regions.find(|region| region.region_id == region_id) else {
            return (String::new(), false);
        };
        let place = |year| region.years.iter().position(|one| one.year == year);
        let (Some(from), Some(to)) = (place(start), place(end)) else {
            return (String::new(), false);
        };
        if (from, to) == (0, region.years.len() - 1) {
            let words = region.gaps.words(ecosystem, Way::Lost);
            (words, region.hides(ecosystem, Way::Lost))
        } else {
            let words = region.gaps.words_of_pair((from, to));
            (words, region.hides_between(from))
        }
    }
}

/// Land that one of the first and the last map has no value of, so that no difference has it.
pub(in crate::account) fn unlike(place: &str, areas: &AreaAccount) -> Option<Finding> {
    let apart =
        |region: &RegionAreas| Some(region.gaps.apart((0, region.years.len().checked_sub(1)?)));
    let apart: Hectares = areas.regions.iter().filter_map(apart).sum();
    (apart > Hectares::ZERO).then(|| {
        Finding::warning(
            place.to_owned(),
            format!(
                "the difference of the first and the last map is of the land that both show: {:.4} ha without a value on one of them are left out",
                apart.value()
            ),
            FILL,
        )
    })
}

/// What must be said of soil of land that the dates do not show; empty without any.
pub(in crate::account) fn soil_words(area: Hectares) -> String {
    if area > Hectares::ZERO {
        format!(
            "{:.4} ha have no value on the newest map or on all before it: what their soil gains or loses is not known",
            area.value()
        )
    } else {
        String::new()
    }
}
