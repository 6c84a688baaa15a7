//! Fires of the plan held against the maps, and their gases.

use std::collections::{BTreeMap, BTreeSet};

use super::burnt_land::{OnMaps, eves, on_maps, years_of_eves};
use crate::account::{
    self, Approach, AreaAccount, CarbonAccount, Ecosystem, Fire, FireAccount, RegionAreas, TOTAL,
};
use crate::finding::Finding;
use crate::pipeline::open::Prepared;
use crate::pipeline::pass::Measured;
use crate::plan::Plan;
use crate::units::Hectares;

/// The gases of the fires of the plan, and what must be told of them.
///
/// # Errors
///
/// Categories without a parameter.
pub(in crate::pipeline) fn gases(
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
    let OnMaps {
        mut fires,
        changed,
        shown,
    } = on_maps(prepared, measured, carbon);
    for fire in &mut fires {
        carbon.hold(fire);
    }
    let mut warnings = unseen(&fires);
    warnings.extend(by_figure(plan, &mut fires, areas, carbon));
    warnings.extend(larger_than_shown(prepared, &mut fires, (areas, &shown)));
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
    for fire in of_figures.filter(|fire| carbon.has_rates(fire.ecosystem)) {
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
                let is_held = fire.held.contains_key(&region.region_id);
                let converted = converted(region).filter(|_| !is_held)?;
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
            "up to {:.4} ha of {of} may have been converted then or later, and their carbon is then in that loss too",
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

/// Share by which areas of two sources may differ.
const SPARE: f64 = 1.01;

/// Burnt land that neither the maps nor the outlines show as its ecosystem: of polygons that count whole in these
/// polygons; of figures, with all that burnt of it in the year, in the region. Nothing is told of regions whose cells
/// could not all be read.
fn larger_than_shown(
    prepared: &Prepared,
    fires: &mut [Fire],
    (areas, shown): (Option<&AreaAccount>, &BTreeMap<(usize, String), Hectares>),
) -> Vec<Finding> {
    let Some(areas) = areas else {
        return Vec::new();
    };
    let mut all: Vec<Larger> = Vec::new();
    for region in areas.regions.iter().filter(|region| !region.is_unread) {
        let mut burnt: BTreeMap<(i32, Ecosystem), Larger> = BTreeMap::new();
        let mut by_figure = BTreeSet::new();
        for (place, fire) in fires.iter().enumerate() {
            let of_region = fire.areas.iter().find(|(id, _)| *id == region.region_id);
            let Some((_, area)) = of_region else { continue };
            let key = (place, region.region_id.clone());
            if let Some(shown) = shown.get(&key) {
                all.push(Larger::of(&[place], region, (*area, *shown)));
            }
            let group = (fire.year, fire.ecosystem);
            let sum = burnt.entry(group).or_insert_with(|| {
                let shown = shown_at(region, &eves(fire, &prepared.dates), fire.ecosystem);
                Larger::of(&[], region, (Hectares::ZERO, shown))
            });
            sum.burnt += *area;
            sum.places.push(place);
            if prepared.burnt.zones.iter().all(|zone| zone.fire != place) {
                by_figure.insert(group);
            }
        }
        burnt.retain(|group, _| by_figure.contains(group));
        all.extend(burnt.into_values());
    }
    let larger = all.into_iter().filter(Larger::is_told);
    larger.map(|larger| larger.tell(prepared, fires)).collect()
}

/// Land of a region that any of these dates, one or two that follow each other, shows as an ecosystem.
fn shown_at(region: &RegionAreas, dates: &BTreeSet<usize>, ecosystem: Ecosystem) -> Hectares {
    let of_date = |date: &usize| region.years.get(*date)?.ecosystems.get(&ecosystem);
    let sum: Hectares = dates.iter().filter_map(of_date).copied().sum();
    let step = dates.first().filter(|_| dates.len() > 1);
    let at_both = step.and_then(|first| {
        let kept = (Some(ecosystem), Some(ecosystem));
        region.steps.get(*first)?.get(&kept).copied()
    });
    sum - at_both.unwrap_or_default()
}

/// Land that burnt in a region, and what of it is shown as its ecosystem.
struct Larger<'a> {
    /// Places of the fires.
    places: Vec<usize>,
    region_id: &'a str,
    burnt: Hectares,
    shown: Hectares,
}

impl<'a> Larger<'a> {
    fn of(places: &[usize], region: &'a RegionAreas, (burnt, shown): (Hectares, Hectares)) -> Self {
        Self {
            places: places.to_vec(),
            region_id: &region.region_id,
            burnt,
            shown,
        }
    }

    fn is_told(&self) -> bool {
        self.burnt.value() > SPARE * self.shown.value()
    }

    /// Warns of it, and says it in the rows of its fires.
    fn tell(&self, prepared: &Prepared, fires: &mut [Fire]) -> Finding {
        let (source, verb, remedy) = match (&prepared.maps, prepared.boundaries.is_empty()) {
            (None, _) => (
                "the outlines",
                "show",
                "or draw the burnt land no further than the outlines",
            ),
            (Some(_), true) => ("the map", "shows", ON_MAP),
            (Some(_), false) => ("the map and the outlines", "show", ON_MAP),
        };
        let fire = &fires[self.places[0]];
        let years = years_of_eves(fire, &prepared.dates);
        let words = format!(
            "{:.4} ha of {} burnt in region {} in {}, and {source} of {} {verb} {:.4} ha of it there",
            self.burnt.value(),
            fire.ecosystem,
            self.region_id,
            fire.year,
            years,
            self.shown.value()
        );
        let names = self.places.iter();
        let names: Vec<String> = names
            .map(|place| format!("`{}`", fires[*place].name))
            .collect();
        for place in &self.places {
            for id in [self.region_id, TOTAL] {
                let told = fires[*place].of_region.entry(id.to_owned()).or_default();
                told.push(words.clone());
            }
        }
        Finding::warning(
            format!("fire {}", names.join(", ")),
            words,
            format!("check the unit and the ecosystem, {remedy}"),
        )
    }
}
