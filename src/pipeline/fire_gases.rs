//! Fires of the plan held against the maps, and their gases.

use std::collections::{BTreeMap, BTreeSet};

use super::burnt_land::{before, on_maps};
use super::measure::Measured;
use super::prepare::Prepared;
use crate::account::{
    self, Approach, AreaAccount, CarbonAccount, Ecosystem, Fire, FireAccount, RegionAreas, TOTAL,
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
    warnings.extend(larger_than_maps(prepared, &mut fires, areas));
    let how = (plan.confidence(), &mut carbon.trace);
    let made = account::fires(&fires, &prepared.seeds, evidence, how);
    made.map(|fires| FireAccount {
        changed,
        warnings,
        ..fires
    })
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

/// Whether the account counts a loss of biomass of an ecosystem in a region.
pub(super) fn books(
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
        let converted = |region: &RegionAreas| {
            let of = (region.region_id.as_str(), fire.ecosystem);
            if books(carbon, Approach::CoastalLoss, of) {
                return region.lost(fire.ecosystem);
            }
            let key = (region.region_id.clone(), fire.ecosystem);
            let books = books(carbon, Approach::ConversionLoss, of);
            carbon.booked.get(&key).copied().filter(|_| books)
        };
        let parts: Vec<Hectares> = (areas.regions.iter())
            .filter_map(|region| {
                let burnt = fire.areas.iter().find(|(id, _)| *id == region.region_id)?.1;
                let converted = converted(region)?;
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

/// What to do where more burnt than the map shows.
const ON_MAP: &str = "or give polygons with `on-map = true`: only what the map shows then counts";

/// Regions where more burnt in a year than the map, or what shows it without one, has of the ecosystem.
fn larger_than_maps(
    prepared: &Prepared,
    fires: &mut [Fire],
    areas: Option<&AreaAccount>,
) -> Vec<Finding> {
    /// Share by which areas of two sources may differ.
    const SPARE: f64 = 1.01;
    let mut warnings = Vec::new();
    let Some(areas) = areas else { return warnings };
    let (source, verb, remedy) = match (&prepared.maps, prepared.boundaries.is_empty()) {
        (None, _) => (
            "the outlines of",
            "show",
            "or draw the burnt land no further than the outlines",
        ),
        (Some(_), true) => ("the map of", "shows", ON_MAP),
        (Some(_), false) => ("the map and the outlines of", "show", ON_MAP),
    };
    // What the map shows is no more than that, whatever outlines make of it.
    let zones = prepared.burnt.zones.iter().filter(|zone| zone.on_map);
    let on_map: BTreeSet<usize> = zones.map(|zone| zone.fire).collect();
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
            if places.iter().all(|place| on_map.contains(place)) {
                continue;
            }
            let years = region.years.iter().map(|date| date.year);
            let Some(date) = region.years.get(before(&fires[places[0]], years)) else {
                continue;
            };
            let shown = date.ecosystems.get(&ecosystem).copied().unwrap_or_default();
            if area.value() <= SPARE * shown.value() {
                continue;
            }
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
                for id in [&region.region_id, TOTAL] {
                    let told = fires[place].of_region.entry(id.to_owned()).or_default();
                    told.push(words.clone());
                }
            }
            warnings.push(Finding::warning(
                format!("fire {}", names.join(", ")),
                words,
                format!("check the unit and the ecosystem, {remedy}"),
            ));
        }
    }
    warnings
}
