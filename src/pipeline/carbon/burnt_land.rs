//! Burnt land held against the maps and the outlines: what of it was the ecosystem, and what became of it.

use std::collections::{BTreeMap, BTreeSet};

use super::fire_gases::books;
use crate::account::{
    Approach, AreaInput, BoundaryRule, CarbonAccount, Fire, LandAt, MeasuredArea, NO_FIGURE,
    RollUp, TOTAL, UnitArea, Unseen, class_at, courses, is_more_than_a_sliver, leaving,
    told_by_outlines,
};
use crate::pipeline::open::{BoundaryPlace, Prepared, known_layer_classes};
use crate::pipeline::pass::{Measured, ecosystems_shown, known, map_years};
use crate::units::Hectares;

/// Places of the dates that tell what stood where a fire burnt: the newest before its year, for one of that year
/// may show what the fire left, and the newest that is not later; or else the first. None where no date tells any.
pub(super) fn eves(fire: &Fire, years: &[i32]) -> BTreeSet<usize> {
    let earlier = years.iter().rposition(|year| *year < fire.year);
    let newest = years.iter().rposition(|year| *year <= fire.year);
    let first = (!years.is_empty()).then_some(0);
    earlier.into_iter().chain(newest.or(first)).collect()
}

/// The years of these dates, as they are told: `2010 or 2015`.
pub(super) fn years_of_eves(fire: &Fire, years: &[i32]) -> String {
    let eves = eves(fire, years).into_iter();
    let eves: Vec<String> = eves.map(|eve| years[eve].to_string()).collect();
    eves.join(" or ")
}

/// Share of the land of a fire by fire and region.
pub(super) type Shares = BTreeMap<(String, String), f64>;

/// Fires with what the maps and the outlines say of their land.
pub(super) struct OnMaps {
    pub(super) fires: Vec<Fire>,
    /// Share of their land whose class changed later.
    pub(super) changed: Shares,
    /// What of the polygons of a fire that count whole is shown as its ecosystem, by its place and the region.
    pub(super) shown: BTreeMap<(usize, String), Hectares>,
}

/// Burnt land that the maps show as its ecosystem, the part that was converted afterwards, and the part whose
/// class is another on the last map; and all burnt land, with that of which nothing tells what it was.
#[derive(Default)]
struct Shown {
    on_map: bool,
    burnt: BTreeMap<String, Hectares>,
    all: BTreeMap<String, Hectares>,
    unseen: BTreeMap<String, Hectares>,
    converted: BTreeMap<String, Hectares>,
    changed: BTreeMap<String, Hectares>,
    /// Whether an outline tells some of it, where the map has no value.
    outlined: bool,
}

/// The fires with what the maps show: those that are held against them with the land that is their ecosystem
/// there, and all with polygons with the part whose carbon the loss of a conversion has.
pub(super) fn on_maps(prepared: &Prepared, measured: &Measured, carbon: &CarbonAccount) -> OnMaps {
    let maps = map_years(prepared);
    let boundaries = prepared.boundaries.iter().map(BoundaryPlace::rule);
    let boundaries: Vec<BoundaryRule> = boundaries.collect();
    let units: Vec<UnitArea> = (prepared.burnt.zones.iter())
        .map(|zone| UnitArea {
            region: zone.region,
            boundaries: zone.boundaries.clone(),
            area: Some(zone.area),
        })
        .collect();
    let lines: Vec<MeasuredArea> = (measured.burnt_lines.iter())
        .map(|line| MeasuredArea {
            classes: known(&line.classes, &maps),
            layer_classes: known_layer_classes(&line.layer_classes, &prepared.layers),
            ..line.clone()
        })
        .collect();
    let input = AreaInput {
        regions: &[],
        units: &units,
        boundaries: &boundaries,
        maps: &maps,
        shown: &ecosystems_shown(measured, &maps),
        spans: &[],
        measured: &lines,
        rule: &prepared.forest,
        roll_up: RollUp::Overlapping,
        partition_tolerance: None,
    };
    let mut fires = prepared.burnt.fires.clone();
    let mut by_fire: BTreeMap<usize, Shown> = BTreeMap::new();
    for zone in &prepared.burnt.zones {
        let region = prepared.regions[zone.region].id.clone();
        let shown = by_fire.entry(zone.fire).or_default();
        shown.on_map = zone.on_map;
        *shown.all.entry(region.clone()).or_default() += zone.area;
        shown.burnt.insert(region, Hectares::ZERO);
    }
    for (line, course) in lines.iter().zip(&courses(&input)) {
        let zone = &prepared.burnt.zones[line.unit];
        let region = prepared.regions[zone.region].id.as_str();
        let shown = by_fire.entry(zone.fire).or_default();
        let land = Burnt {
            fire: &fires[zone.fire],
            region,
            line,
            course,
        };
        land.add(shown, (&input, &prepared.dates), carbon);
    }
    let mut changed = Shares::new();
    let mut in_polygons = BTreeMap::new();
    for (place, shown) in by_fire {
        let years = years_of_eves(&fires[place], &prepared.dates);
        if !shown.on_map {
            let burnt = shown.burnt.iter();
            in_polygons.extend(burnt.map(|(region, area)| ((place, region.clone()), *area)));
        }
        shown.tell(&mut fires[place], &years, &mut changed);
    }
    OnMaps {
        fires,
        changed,
        shown: in_polygons,
    }
}

/// A piece of burnt land, with what it is at each date.
struct Burnt<'a> {
    fire: &'a Fire,
    region: &'a str,
    line: &'a MeasuredArea,
    course: &'a [LandAt],
}

impl Burnt<'_> {
    fn add(
        &self,
        shown: &mut Shown,
        (input, dates): (&AreaInput<'_>, &[i32]),
        carbon: &CarbonAccount,
    ) {
        let ecosystem = self.fire.ecosystem;
        let add = |to: &mut BTreeMap<String, Hectares>| {
            *to.entry(self.region.to_owned()).or_default() += self.line.area;
        };
        let eves = eves(self.fire, dates);
        // Polygons that count whole were what the newest dates before the fire show that show anything.
        let at: BTreeSet<usize> = if shown.on_map {
            eves.clone()
        } else {
            eves.iter().map(|eve| self.known(*eve)).collect()
        };
        let of_class = |at: usize| class_at(self.line, at, input).and_then(|class| class.ecosystem);
        let is_it = |at: &usize| {
            let of_account = self.course[*at].ecosystem();
            if shown.on_map {
                of_class(*at).or(of_account) == Some(ecosystem)
            } else {
                [of_class(*at), of_account].contains(&Some(ecosystem))
            }
        };
        let is_told =
            |at: &usize| self.course[*at].is_known() || told_by_outlines(ecosystem, *at, input);
        let at: Vec<usize> = at.into_iter().filter(is_it).collect();
        if at.is_empty() {
            if shown.on_map && !eves.iter().all(is_told) {
                add(&mut shown.unseen);
            }
            return;
        }
        add(&mut shown.burnt);
        shown.outlined |= at.iter().all(|at| of_class(*at).is_none());
        let codes = &self.line.classes;
        let last = codes.last().copied().flatten();
        let mut before = at.iter().filter_map(|at| codes[*at]);
        if before.any(|code| last.is_some_and(|last| last != code)) {
            add(&mut shown.changed);
        }
        // The headline counts no fire from before the maps: its own rows are of all that burnt.
        let of_period = self.fire.year > dates[0] || dates.len() == 1;
        let mut at = at.into_iter();
        if of_period && at.any(|at| self.is_booked(at, (input, dates), carbon)) {
            add(&mut shown.converted);
        }
    }

    /// Place of the newest date up to `from` that tells what it is, or else of the first that does.
    fn known(&self, from: usize) -> usize {
        let is_known = |date: &usize| self.course[*date].is_known();
        let first = || (from..self.course.len()).find(is_known);
        (0..=from)
            .rev()
            .find(is_known)
            .or_else(first)
            .unwrap_or(from)
    }

    /// Whether a loss that counts has all that stood there.
    fn is_booked(
        &self,
        at: usize,
        (input, dates): (&AreaInput<'_>, &[i32]),
        carbon: &CarbonAccount,
    ) -> bool {
        let of = LandAt::Is(self.fire.ecosystem);
        let ecosystem = self.fire.ecosystem;
        let newest = self.course.len() - 1;
        let is_told = |date: &usize| told_by_outlines(ecosystem, *date, input);
        let is_known = self.course[newest].is_known() || [0, newest].iter().all(is_told);
        let is_gone = self.course[0] == of
            && self.course[newest] != of
            && is_known
            && books(carbon, Approach::CoastalLoss, (self.region, ecosystem));
        let land = (
            input.units[self.line.unit].region,
            self.line.layer_classes.clone(),
        );
        let leaving = leaving(land, (self.course, dates), at);
        is_gone || leaving.is_some_and(|land| carbon.lost.contains(&land))
    }
}

impl Shown {
    /// Tells a fire what burnt, by the dates before it, of these years.
    fn tell(self, fire: &mut Fire, years: &str, shares: &mut Shares) {
        fire.converted = with_total(self.converted);
        let changed = with_total(self.changed);
        let burnt = with_total(self.burnt);
        for (region, area) in &mut fire.areas {
            if self.on_map {
                *area = burnt.get(region).copied().unwrap_or_default();
            }
            if let Some(changed) = changed.get(region).filter(|_| *area > Hectares::ZERO) {
                shares.insert((fire.name.clone(), region.clone()), *changed / *area);
            }
        }
        if !self.on_map {
            return;
        }
        fire.of_areas = format!(
            "burnt land that the map of {years} shows as {} by its class{}",
            fire.ecosystem,
            if self.outlined {
                ", or an outline where it has no value"
            } else {
                ""
            }
        );
        let all = with_total(self.all);
        let unseen = with_total(self.unseen).into_iter();
        let unseen = unseen.filter(|(_, unseen)| *unseen > Hectares::ZERO);
        fire.unseen = unseen
            .map(|(region, unseen)| {
                let all = all.get(&region).copied().unwrap_or_default();
                let is_much = is_more_than_a_sliver(unseen, all);
                let words = format!(
                    "{:.4} ha of {:.4} ha that burnt have no value on the map of {years}: whether they were {} is not known{NO_FIGURE}{}",
                    unseen.value(),
                    all.value(),
                    fire.ecosystem,
                    if is_much { "" } else { ": no more than a hundredth" }
                );
                (region, Unseen { words, is_much })
            })
            .collect();
    }
}

/// Areas by region with their sum.
fn with_total(mut areas: BTreeMap<String, Hectares>) -> BTreeMap<String, Hectares> {
    let all = areas.values().copied().sum();
    areas.insert(TOTAL.to_owned(), all);
    areas
}
