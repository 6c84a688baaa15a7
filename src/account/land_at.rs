//! What a line of the ledger is at the date of a map: its class, its ecosystem, or outside.

use std::collections::BTreeSet;

use super::area_input::{AreaInput, MeasuredArea, UnitArea};
use super::ecosystem::Ecosystem;
use super::legend::LegendClass;

/// The class of a line at one map, unless there is no value.
pub(super) fn class_at<'a>(
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

/// Whether land without a value on one map is known to be none of what it is at the others: outlines alone
/// tell of each of these, no class does, that year has one, and the land lies outside.
pub(super) fn is_outside(
    line: &MeasuredArea,
    map: usize,
    unit: &UnitArea,
    input: &AreaInput<'_>,
) -> bool {
    let year = input.maps[map].year;
    let is_outlined = |ecosystem: Ecosystem| {
        let mut rules = input.boundaries.iter();
        let legends = input.maps.iter().filter_map(|map| map.legend);
        let mut classes = legends.flat_map(super::legend::Legend::classes);
        rules.any(|rule| rule.ecosystem == ecosystem && rule.year.is_none_or(|own| own == year))
            && !classes.any(|class| class.ecosystem == Some(ecosystem))
    };
    if ecosystem_at(line, map, unit, input).is_some() {
        return false;
    }
    let others = (0..input.maps.len()).filter_map(|at| ecosystem_at(line, at, unit, input));
    let others: BTreeSet<Ecosystem> = others.collect();
    !others.is_empty() && others.into_iter().all(is_outlined)
}
