//! What a line of the ledger is at the date of a map: its class, its ecosystem, or outside.

use std::collections::BTreeSet;

use super::area_input::{AreaInput, MeasuredArea, UnitArea};
use super::legend::LegendClass;
use crate::account::ecosystem::Ecosystem;

/// The class of a line at one map, unless there is no value.
#[must_use]
pub fn class_at<'a>(
    line: &MeasuredArea,
    map: usize,
    input: &AreaInput<'a>,
) -> Option<&'a LegendClass> {
    input.maps[map]
        .legend?
        .class(line.classes[map]?)
        .filter(|class| class.ecosystem.is_some())
}

/// The ecosystem of a line at one map: boundaries go before classes, and before none.
pub(super) fn ecosystem_at(
    line: &MeasuredArea,
    map: usize,
    unit: &UnitArea,
    input: &AreaInput<'_>,
) -> Option<Ecosystem> {
    let rule = unit
        .boundary_at(map)
        .map(|boundary| &input.boundaries[boundary]);
    if input.maps[map].legend.is_none() {
        return rule.map(|rule| rule.ecosystem);
    }
    let of_class = class_at(line, map, input).and_then(|class| class.ecosystem);
    rule.map_or(of_class, |rule| Some(rule.here(of_class)))
}

/// What land is at a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LandAt {
    /// This ecosystem, boundaries before classes.
    Is(Ecosystem),
    /// In no boundary at a date without a map; or without a value on a map and outside all outlines of what it
    /// is at the other dates, of which outlines alone tell.
    Outside,
    /// Without a value on a map: nobody knows.
    Unknown,
}

impl LandAt {
    /// The ecosystem, where it is one.
    #[must_use]
    pub const fn ecosystem(self) -> Option<Ecosystem> {
        match self {
            Self::Is(ecosystem) => Some(ecosystem),
            Self::Outside | Self::Unknown => None,
        }
    }

    /// Whether anything tells what it is, or that it is none of what it was.
    #[must_use]
    pub fn is_known(self) -> bool {
        self != Self::Unknown
    }
}

/// What each line of the ledger is at each date.
#[must_use]
pub fn courses(input: &AreaInput<'_>) -> Vec<Vec<LandAt>> {
    let lines = input.measured.iter();
    lines
        .map(|line| course(line, &input.units[line.unit], input))
        .collect()
}

/// What a line of the ledger is at each date.
pub(super) fn course(line: &MeasuredArea, unit: &UnitArea, input: &AreaInput<'_>) -> Vec<LandAt> {
    let dates = 0..input.maps.len();
    let here = dates.map(|map| ecosystem_at(line, map, unit, input));
    let here: Vec<Option<Ecosystem>> = here.collect();
    let all: BTreeSet<Ecosystem> = here.iter().copied().flatten().collect();
    let is_outside = |map: usize| {
        let mut others = all.iter();
        input.maps[map].legend.is_none()
            || !all.is_empty() && others.all(|one| told_by_outlines(*one, map, input))
    };
    let land = |(map, ecosystem): (usize, Option<Ecosystem>)| match ecosystem {
        Some(ecosystem) => LandAt::Is(ecosystem),
        None if is_outside(map) => LandAt::Outside,
        None => LandAt::Unknown,
    };
    here.into_iter().enumerate().map(land).collect()
}

/// Whether outlines alone tell where an ecosystem is at a date: that year has one, and the maps show no class of it.
#[must_use]
pub fn told_by_outlines(ecosystem: Ecosystem, map: usize, input: &AreaInput<'_>) -> bool {
    let year = input.maps[map].year;
    let mut rules = input.boundaries.iter();
    rules.any(|rule| rule.ecosystem == ecosystem && rule.year.is_none_or(|own| own == year))
        && !input.shown.contains(&ecosystem)
}
