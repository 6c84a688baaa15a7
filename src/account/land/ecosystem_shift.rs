//! Land that went from one ecosystem to another between two dates, and what it was before.

use std::collections::BTreeSet;

use super::land_at::LandAt;
use crate::account::ecosystem::Ecosystem;
use crate::units::Hectares;

/// Area of a region that was one ecosystem on a map and another on a later one, under one
/// combination of layer classes.
#[derive(Debug, Clone, PartialEq)]
pub struct EcosystemShift {
    /// Index of the region.
    pub region: usize,
    /// Years of the two maps.
    pub years: (i32, i32),
    /// Ecosystem at the earlier, boundaries before classes.
    pub from: Ecosystem,
    /// Ecosystem at the later; `None` where it left all boundaries, at a date without a map.
    pub to: Option<Ecosystem>,
    /// Class of each class layer; `None` where it has none.
    pub classes: Vec<Option<i64>>,
    /// What it was before within the IPCC category of `from`, without a break, the newest first.
    pub earlier: Vec<Ecosystem>,
    /// The area.
    pub area: Hectares,
}

/// A piece of land on its way out of an IPCC category: region, years, what it was within the category
/// (the newest first), what it became, and classes of the layers.
pub type LeavingLand = (
    usize,
    (i32, i32),
    Vec<Ecosystem>,
    Option<Ecosystem>,
    Vec<Option<i64>>,
);

impl EcosystemShift {
    /// Whether the land left its IPCC category, or all boundaries at a date without a map.
    pub(in crate::account) fn leaves(&self) -> bool {
        self.to.map(Ecosystem::category) != Some(self.from.category())
    }

    /// What it was within its category, the newest first.
    pub(in crate::account) fn course(&self) -> impl Iterator<Item = Ecosystem> + '_ {
        std::iter::once(self.from).chain(self.earlier.iter().copied())
    }

    /// The newest use within its category that is one of a set.
    pub(in crate::account) fn was(&self, one_of: &BTreeSet<Ecosystem>) -> Option<Ecosystem> {
        self.course().find(|one| one_of.contains(one))
    }

    /// The land without its area.
    pub(in crate::account) fn land(&self) -> LeavingLand {
        let course = self.course().collect();
        (
            self.region,
            self.years,
            course,
            self.to,
            self.classes.clone(),
        )
    }
}

/// What land was before it was `from` without having left its IPCC category, each of a run once; dates go
/// back in time.
pub(super) fn within(
    from: Ecosystem,
    dates: impl Iterator<Item = Option<Ecosystem>>,
) -> Vec<Ecosystem> {
    let mut course = vec![from];
    for one in dates.map_while(|one| one.filter(|one| one.category() == from.category())) {
        if course.last() != Some(&one) {
            course.push(one);
        }
    }
    course.split_off(1)
}

/// How land that was something at the date `at` leaves its IPCC category for the first time after: `None` where
/// it never does, or where nothing is known of it before it would.
///
/// `course` has what it is at each date, `years` their years.
#[must_use]
pub fn leaving(
    (region, classes): (usize, Vec<Option<i64>>),
    (course, years): (&[LandAt], &[i32]),
    at: usize,
) -> Option<LeavingLand> {
    let category = course[at].ecosystem()?.category();
    let stays = |land: LandAt| {
        land.ecosystem()
            .is_some_and(|one| one.category() == category)
    };
    // A map without a value says nothing: what those on either side show is one change.
    let known = |date: &usize| course[*date].is_known();
    let mut after = (at + 1..course.len()).filter(known);
    let next = after.find(|date| !stays(course[*date]))?;
    let last = (at..next).rev().find(known)?;
    let from = course[last].ecosystem()?;
    let before = course[..last].iter().rev().map(|land| land.ecosystem());
    let mut uses = vec![from];
    uses.extend(within(from, before));
    Some((
        region,
        (years[last], years[next]),
        uses,
        course[next].ecosystem(),
        classes,
    ))
}
