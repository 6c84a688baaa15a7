//! What boundaries turn without anybody having meant it: outlines of one year beside dates of others,
//! outlines over water or built land, and outlines of what lies under other ecosystems.

use std::collections::{BTreeMap, BTreeSet};

use super::area_input::{AreaInput, MeasuredArea, UnitArea};
use super::land_at::{class_at, ecosystem_at};
use crate::account::ecosystem::Ecosystem;
use crate::finding::Finding;
use crate::units::Hectares;

/// Share of a boundary below which what is not its own is what lies along its border and in gaps of it.
const BORDER: f64 = 0.05;

/// Warnings of the boundaries of a run, with the hectares that they are of.
pub(super) fn warnings(input: &AreaInput<'_>) -> Vec<Finding> {
    [years(input), drowned(input), overlays(input)].concat()
}

/// Areas by ecosystem in words, the largest first.
fn listed(areas: &BTreeMap<Ecosystem, Hectares>) -> String {
    let mut areas: Vec<_> = areas.iter().collect();
    areas.sort_by(|a, b| b.1.value().total_cmp(&a.1.value()));
    let words = areas.iter();
    let words: Vec<String> = words
        .map(|(ecosystem, area)| format!("{:.4} ha of {}", area.value(), ecosystem.id()))
        .collect();
    words.join(", ")
}

fn lines<'a>(
    input: &'a AreaInput<'_>,
) -> impl Iterator<Item = (&'a MeasuredArea, &'a UnitArea)> + use<'a> {
    let units = input.units;
    input
        .measured
        .iter()
        .map(move |line| (line, &units[line.unit]))
}

/// Land that an outline of other years makes an ecosystem, at a date that has no outline of it: the account
/// sees a change there, to what the map shows or to the outside of all outlines, and nobody saw one.
fn years(input: &AreaInput<'_>) -> Vec<Finding> {
    let dated = input.boundaries.iter().filter(|rule| rule.year.is_some());
    let ecosystems: BTreeSet<Ecosystem> = dated.map(|rule| rule.ecosystem).collect();
    let mut warnings = Vec::new();
    for ecosystem in ecosystems {
        let has_outline = |map: usize| {
            let mut rules = input.boundaries.iter();
            let year = input.maps[map].year;
            rules.any(|rule| rule.ecosystem == ecosystem && rule.year.is_none_or(|own| own == year))
        };
        let (with, without): (Vec<usize>, Vec<usize>) =
            (0..input.maps.len()).partition(|map| has_outline(*map));
        let year = |map: &usize| input.maps[*map].year.to_string();
        let named: Vec<String> = with.iter().map(year).collect();
        for map in without {
            let mut turned: BTreeMap<Ecosystem, Hectares> = BTreeMap::new();
            let mut left = Hectares::ZERO;
            for (line, unit) in lines(input) {
                let outlined = with.iter().any(|date| {
                    let boundary = unit.boundary_at(*date);
                    boundary.is_some_and(|rule| input.boundaries[rule].ecosystem == ecosystem)
                        && ecosystem_at(line, *date, unit, input) == Some(ecosystem)
                });
                match ecosystem_at(line, map, unit, input) {
                    Some(here) if outlined && here != ecosystem => {
                        *turned.entry(here).or_default() += line.area;
                    }
                    None if outlined && input.maps[map].legend.is_none() => left += line.area,
                    _ => {}
                }
            }
            if turned.is_empty() && left == Hectares::ZERO {
                continue;
            }
            let at = input.maps[map].year;
            let (seen, source) = if input.maps[map].legend.is_some() {
                let seen = format!("the map of {at} shows {}", listed(&turned));
                (seen, "map of")
            } else {
                let outside = (left > Hectares::ZERO).then(|| {
                    let left = left.value();
                    format!("{left:.4} ha lie outside all outlines of {at}")
                });
                let within = (!turned.is_empty())
                    .then(|| format!("the outlines of {at} show {}", listed(&turned)));
                let seen: Vec<String> = outside.into_iter().chain(within).collect();
                (seen.join(", "), "year")
            };
            let named = named.join(", ");
            warnings.push(Finding::warning(
                format!("`[[boundary]]` of {ecosystem}"),
                format!(
                    "there is an outline of {named} and none of {at}: of what it holds {seen}, and the account counts that as a change"
                ),
                format!(
                    "give an outline of {at}, take the {source} {at} out, or take `year` out of an outline that holds at all dates"
                ),
            ));
        }
    }
    warnings
}

/// Land of boundaries that stays water or built land, as nothing says that they override it.
fn drowned(input: &AreaInput<'_>) -> Vec<Finding> {
    let mut areas: BTreeMap<(usize, i32), (Hectares, BTreeMap<Ecosystem, Hectares>)> =
        BTreeMap::new();
    for (line, unit) in lines(input) {
        for (map, facts) in input.maps.iter().enumerate() {
            let Some(boundary) = unit.boundary_at(map) else {
                continue;
            };
            let rule = &input.boundaries[boundary];
            let (all, kept) = areas.entry((boundary, facts.year)).or_default();
            *all += line.area;
            let here = ecosystem_at(line, map, unit, input);
            let here = here.filter(|here| *here != rule.ecosystem && rule.overrides.is_none());
            if let Some(here) = here {
                *kept.entry(here).or_default() += line.area;
            }
        }
    }
    let told = areas.into_iter().filter_map(|((boundary, year), (all, kept))| {
        let sum: Hectares = kept.values().copied().sum();
        (sum.value() > BORDER * all.value()).then(|| {
            Finding::warning(
                format!("boundary `{}`", input.boundaries[boundary].name),
                format!(
                    "of {:.4} ha of {} the map of {year} shows {}, which boundaries leave as it is",
                    all.value(),
                    input.boundaries[boundary].ecosystem,
                    listed(&kept)
                ),
                "name in `overrides` what it goes before, such as overrides = [\"water\", \"wetland\"], or mend the outline",
            )
        })
    });
    told.collect()
}

/// Land whose own ecosystem an outline of karst or frozen ground takes away.
fn overlays(input: &AreaInput<'_>) -> Vec<Finding> {
    let mut areas: BTreeMap<(usize, i32), BTreeMap<Ecosystem, Hectares>> = BTreeMap::new();
    for (line, unit) in lines(input) {
        for (map, facts) in input.maps.iter().enumerate() {
            let boundary = unit.boundary_at(map);
            let over = boundary.filter(|rule| input.boundaries[*rule].ecosystem.is_overlay());
            let Some(boundary) = over else {
                continue;
            };
            let class = class_at(line, map, input).and_then(|class| class.ecosystem);
            let here = ecosystem_at(line, map, unit, input);
            if let Some(class) = class.filter(|class| Some(*class) != here && class.holds_carbon())
            {
                let taken = areas.entry((boundary, facts.year)).or_default();
                *taken.entry(class).or_default() += line.area;
            }
        }
    }
    let told = areas.into_iter().map(|((boundary, year), taken)| {
        let rule = &input.boundaries[boundary];
        Finding::warning(
            format!("boundary `{}`", rule.name),
            format!(
                "{} of the map of {year} become {}: what they hold, gain and lose is in no figure, though {} lies under other ecosystems",
                listed(&taken),
                rule.ecosystem,
                rule.ecosystem
            ),
            format!(
                "take the boundary out, and give {} as a layer of classes with `within` of its `[[carbon.ecosystem]]`",
                rule.ecosystem
            ),
        )
    });
    told.collect()
}
