//! Fires of the plan held against the maps, and their gases.

use std::collections::BTreeMap;

use super::accounts::{known, map_years};
use super::fire::BurntZone;
use super::layers::known_layer_classes;
use super::measure::Measured;
use super::prepare::Prepared;
use crate::account::{
    self, Approach, AreaAccount, CarbonAccount, Ecosystem, Fire, FireAccount, MapYear, TOTAL,
    Unseen, is_more_than_a_sliver, leaving,
};
use crate::finding::Finding;
use crate::plan::Plan;
use crate::units::Hectares;

/// The gases of the fires of the plan, and what must be told of them.
///
/// # Errors
///
/// Categories without a parameter.
pub(super) fn gases(
    plan: &Plan,
    prepared: &Prepared,
    measured: &Measured,
    (areas, carbon): (Option<&AreaAccount>, &mut CarbonAccount),
) -> Result<FireAccount, Vec<Finding>> {
    let evidence = if plan.file.registry {
        account::Evidence::Registry
    } else {
        account::Evidence::Any
    };
    if let Some(areas) = areas {
        carbon.take_dates(areas);
    }
    let (mut fires, changed) = on_maps(prepared, measured, carbon);
    let mut warnings = unseen(&fires);
    warnings.extend(by_figure(plan, &mut fires, areas, carbon));
    warnings.extend(larger_than_maps(&mut fires, areas));
    let how = (plan.confidence(), &mut carbon.trace);
    let made = account::fires(&fires, &prepared.seeds, evidence, how);
    made.map(|fires| FireAccount {
        changed,
        warnings,
        ..fires
    })
}

/// Place of the date that tells what stood where a fire burnt: the newest that is not later, or else the
/// first.
fn before(
    fire: &Fire,
    mut years: impl DoubleEndedIterator<Item = i32> + ExactSizeIterator,
) -> usize {
    years
        .rposition(|year| year <= fire.year)
        .unwrap_or_default()
}

/// Share of the land of a fire by fire and region.
type Shares = BTreeMap<(String, String), f64>;

/// Burnt land that the maps show as its ecosystem, the part that was converted afterwards, and the part whose
/// class is another on the last map; and all burnt land, with what the map before the fire shows nothing of.
#[derive(Default)]
struct Shown {
    burnt: BTreeMap<String, Hectares>,
    all: BTreeMap<String, Hectares>,
    unseen: BTreeMap<String, Hectares>,
    converted: BTreeMap<String, Hectares>,
    changed: BTreeMap<String, Hectares>,
}

/// The fires with what the maps show: those that are held against them with the land that is their ecosystem
/// there, and all with polygons with the part whose carbon the loss of a conversion has. Beside them the share
/// whose class changed.
fn on_maps(
    prepared: &Prepared,
    measured: &Measured,
    carbon: &CarbonAccount,
) -> (Vec<Fire>, Shares) {
    let maps = map_years(prepared);
    let mut fires = prepared.burnt.fires.clone();
    let mut by_fire: BTreeMap<usize, (bool, Shown)> = BTreeMap::new();
    for (place, zone) in prepared.burnt.zones.iter().enumerate() {
        let region = prepared.regions[zone.region].id.clone();
        let (on_map, shown) = by_fire.entry(zone.fire).or_default();
        *on_map = zone.on_map;
        *shown.all.entry(region.clone()).or_default() += zone.area;
        *shown.unseen.entry(region.clone()).or_default() += off_the_maps(measured, zone, place);
        shown.burnt.insert(region, Hectares::ZERO);
    }
    for line in &measured.burnt_lines {
        let zone = &prepared.burnt.zones[line.unit];
        let region = prepared.regions[zone.region].id.as_str();
        let fire = &fires[zone.fire];
        let codes = known(&line.classes, &maps);
        let land = course(prepared, zone, &codes, &maps);
        let from = before(fire, maps.iter().map(|map| map.year));
        let (_, shown) = by_fire.entry(zone.fire).or_default();
        if land[from].0.is_none() {
            *shown.unseen.entry(region.to_owned()).or_default() += line.area;
        }
        if land[from].0 != Some(fire.ecosystem) {
            continue;
        }
        *shown.burnt.entry(region.to_owned()).or_default() += line.area;
        if codes[from].is_some()
            && codes
                .last()
                .is_some_and(|last| last.is_some() && *last != codes[from])
        {
            *shown.changed.entry(region.to_owned()).or_default() += line.area;
        }
        let course: Vec<Option<Ecosystem>> = land.iter().map(|(_, one)| *one).collect();
        let classes = known_layer_classes(&line.layer_classes, &prepared.layers);
        let mapped = prepared.maps.is_some();
        let leaving = leaving(
            (zone.region, classes),
            (&course, &prepared.dates),
            from,
            mapped,
        );
        let gone = course.first() == Some(&Some(fire.ecosystem))
            && course.last() != Some(&Some(fire.ecosystem))
            && !(mapped && course.last() == Some(&None))
            && books(carbon, Approach::CoastalLoss, (region, fire.ecosystem));
        // The headline counts no fire from before the maps: its own rows are of all that burnt.
        let of_period = fire.year > maps[0].year || maps.len() == 1;
        let booked = gone || leaving.is_some_and(|land| carbon.lost.contains(&land));
        if of_period && booked {
            *shown.converted.entry(region.to_owned()).or_default() += line.area;
        }
    }
    let mut shares = Shares::new();
    for (place, (on_map, shown)) in by_fire {
        let fire = &mut fires[place];
        let year = maps[before(fire, maps.iter().map(|map| map.year))].year;
        fire.converted = with_total(shown.converted);
        let changed = with_total(shown.changed);
        let burnt = with_total(shown.burnt);
        for (region, area) in &mut fire.areas {
            if on_map {
                *area = burnt.get(region).copied().unwrap_or_default();
            }
            if let Some(changed) = changed.get(region).filter(|_| *area > Hectares::ZERO) {
                shares.insert((fire.name.clone(), region.clone()), *changed / *area);
            }
        }
        if !on_map {
            continue;
        }
        fire.of_areas = format!(
            "burnt land that the map of {year} shows as {} by its class",
            fire.ecosystem
        );
        let all = with_total(shown.all);
        let unseen = with_total(shown.unseen).into_iter();
        let unseen = unseen.filter(|(_, unseen)| *unseen > Hectares::ZERO);
        fire.unseen = unseen
            .map(|(region, unseen)| {
                let all = all.get(&region).copied().unwrap_or_default();
                let words = format!(
                    "{:.4} ha of {:.4} ha that burnt have no value on the map of {year}: whether they were {} is not known, and no figure has them",
                    unseen.value(),
                    all.value(),
                    fire.ecosystem
                );
                (region, Unseen { words, is_much: is_more_than_a_sliver(unseen, all) })
            })
            .collect();
    }
    (fires, shares)
}

/// The part of a burnt zone, by its place, that lies off the grid of the maps.
fn off_the_maps(measured: &Measured, zone: &BurntZone, place: usize) -> Hectares {
    /// Share of an area that rounding makes.
    const ROUNDING: f64 = 1e-6;
    let outside = measured.outside.get(zone.region).copied();
    if outside.unwrap_or_default() <= Hectares::ZERO {
        return Hectares::ZERO;
    }
    let lines = measured
        .burnt_lines
        .iter()
        .filter(|line| line.unit == place);
    let inside: Hectares = lines.map(|line| line.area).sum();
    let off = zone.area - inside;
    if off.value() > ROUNDING * zone.area.value() {
        off
    } else {
        Hectares::ZERO
    }
}

/// Warns of burnt land whose class before the fire no map shows.
fn unseen(fires: &[Fire]) -> Vec<Finding> {
    let of_regions = fires.iter().flat_map(|fire| {
        let regions = fire.unseen.iter().filter(|(region, _)| *region != TOTAL);
        regions.map(move |(region, unseen)| (fire, region, unseen))
    });
    of_regions
        .map(|(fire, region, unseen)| {
            Finding::warning(
                format!("fire `{}` in region {region}", fire.name),
                unseen.words.clone(),
                "fill the gaps of the map, or give the burnt land as it was: polygons of its ecosystem without `on-map`",
            )
        })
        .collect()
}

/// Areas by region with their sum.
fn with_total(mut areas: BTreeMap<String, Hectares>) -> BTreeMap<String, Hectares> {
    let all = areas.values().copied().sum();
    areas.insert(TOTAL.to_owned(), all);
    areas
}

/// The ecosystem of burnt land at each date by its class, and as the account has it, boundaries before
/// classes; the same where there are no maps.
fn course(
    prepared: &Prepared,
    zone: &BurntZone,
    classes: &[Option<i64>],
    maps: &[MapYear<'_>],
) -> Vec<(Option<Ecosystem>, Option<Ecosystem>)> {
    let of = |(date, map): (usize, &MapYear<'_>)| {
        let boundary = zone.boundaries.get(date).copied().flatten();
        let boundary = boundary.map(|boundary| &prepared.boundaries[boundary]);
        let Some(legend) = map.legend else {
            let here = boundary.map(|boundary| boundary.ecosystem);
            return (here, here);
        };
        let of_class = classes[date].and_then(|code| legend.class(code)?.ecosystem);
        let here = match boundary {
            Some(boundary) => Some(boundary.rule().here(of_class)),
            None => of_class,
        };
        (of_class, here)
    };
    maps.iter().enumerate().map(of).collect()
}

/// Whether the account counts a loss of biomass of an ecosystem in a region.
fn books(
    carbon: &CarbonAccount,
    approach: Approach,
    (region, ecosystem): (&str, Ecosystem),
) -> bool {
    carbon.sequestration.iter().any(|row| {
        row.counted
            && row.removal.is_some()
            && row.approach == approach.id()
            && row.region_id == region
            && row.ecosystem == ecosystem.id()
            && row.pool != account::Pool::SoilOrganic.id()
    })
}

/// Fires by a figure on land of which a part was converted: which part of the figure that is, nobody knows.
fn by_figure(
    plan: &Plan,
    fires: &mut [Fire],
    areas: Option<&AreaAccount>,
    carbon: &CarbonAccount,
) -> Vec<Finding> {
    let mut warnings = Vec::new();
    let figures = plan.file.fire.iter().filter(|table| table.path.is_none());
    let figures: Vec<&str> = figures.map(|table| table.name.as_str()).collect();
    let of_figures = fires
        .iter_mut()
        .filter(|fire| figures.contains(&fire.name.as_str()));
    for fire in of_figures.filter(|fire| carbon.grown.contains(&fire.ecosystem)) {
        let Some(areas) = areas else { continue };
        let regions = areas.regions.iter().filter(|region| {
            let of = (region.region_id.as_str(), fire.ecosystem);
            books(carbon, Approach::ConversionLoss, of)
        });
        let parts: Vec<Hectares> = regions
            .filter_map(|region| {
                let burnt = fire.areas.iter().find(|(id, _)| *id == region.region_id)?.1;
                let key = (region.region_id.clone(), fire.ecosystem);
                let converted = *carbon.booked.get(&key)?;
                Some(if burnt < converted { burnt } else { converted })
            })
            .collect();
        let most: Hectares = parts.iter().copied().sum();
        let dates = carbon
            .dates
            .filter(|(first, last)| fire.year > *first && fire.year <= *last);
        if most == Hectares::ZERO || dates.is_none() {
            continue;
        }
        let of = if parts.len() > 1 {
            "what burnt in all regions"
        } else {
            "it"
        };
        fire.of_areas = format!(
            "up to {:.4} ha of {of} may have been converted later, and their carbon is then in that loss too",
            most.value()
        );
        warnings.push(Finding::warning(
            format!("fire `{}`", fire.name),
            format!("`areas-ha` does not say where it burnt: {}", fire.of_areas),
            "give polygons of the burnt land (`path`), from which the maps tell what was converted, or as burnt what stayed",
        ));
    }
    warnings
}

/// Regions where more burnt in a year than the map, or what shows it without one, has of the ecosystem.
fn larger_than_maps(fires: &mut [Fire], areas: Option<&AreaAccount>) -> Vec<Finding> {
    /// Share by which areas of two sources may differ.
    const SPARE: f64 = 1.01;
    let mut warnings = Vec::new();
    let Some(areas) = areas else { return warnings };
    for region in &areas.regions {
        let mut burnt: BTreeMap<(i32, Ecosystem), (Hectares, Vec<usize>)> = BTreeMap::new();
        for (place, fire) in fires.iter().enumerate() {
            let of_region = fire.areas.iter().find(|(id, _)| *id == region.region_id);
            if let Some((_, area)) = of_region {
                let sum = burnt.entry((fire.year, fire.ecosystem)).or_default();
                sum.0 += *area;
                sum.1.push(place);
            }
        }
        for ((year, ecosystem), (area, places)) in burnt {
            let years = region.years.iter().map(|date| date.year);
            let Some(date) = region.years.get(before(&fires[places[0]], years)) else {
                continue;
            };
            let shown = date.ecosystems.get(&ecosystem).copied().unwrap_or_default();
            if area.value() <= SPARE * shown.value() {
                continue;
            }
            let (source, verb) = match region.outside {
                Some(_) => ("the map of", "shows"),
                None => ("the outlines of", "show"),
            };
            let words = format!(
                "{:.4} ha of {ecosystem} burnt in region {} in {year}, and {source} {} {verb} {:.4} ha of it there",
                area.value(),
                region.region_id,
                date.year,
                shown.value()
            );
            let names: Vec<String> = places
                .iter()
                .map(|place| format!("`{}`", fires[*place].name))
                .collect();
            for place in places {
                let told = &mut fires[place].of_areas;
                *told = if told.is_empty() {
                    words.clone()
                } else {
                    format!("{told}; {words}")
                };
            }
            warnings.push(Finding::warning(
                format!("fire {}", names.join(", ")),
                words,
                "check the unit and the ecosystem, or give polygons with `on-map = true`: only what the map shows then counts",
            ));
        }
    }
    warnings
}
