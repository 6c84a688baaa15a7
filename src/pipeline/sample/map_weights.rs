//! Strata that are classes of a map, weighed by what the pass found of each.

use std::collections::{BTreeMap, BTreeSet};

use crate::estimate::{EstimationUnit, Frame, Stratum, Weight};
use crate::finding::{Finding, counted};
use crate::input::{Inventory, frame_findings};
use crate::pipeline::open::{Gathered, MapPlace, MapStrata, Prepared, WHOLE, counting};
use crate::pipeline::pass::Measured;
use crate::plan::{MapUnitsKey, Plan};
use crate::units::{Fraction, Hectares};

/// Share of a unit below which land is the rounding of the overlay.
const NOTHING: f64 = 1e-9;

impl MapStrata<'_> {
    /// Hectares of each stratum in each unit.
    fn areas(&self, prepared: &Prepared, measured: &Measured) -> Vec<Vec<Hectares>> {
        let units = self.unit_ids().len();
        let mut areas = vec![vec![Hectares::ZERO; self.ids.len()]; units];
        let regions = self.regions.len();
        for line in &measured.lines {
            let piece = line.unit.checked_sub(regions);
            let region = piece.map_or(line.unit, |piece| prepared.overlay.pieces[piece].region);
            let code = match self.place {
                MapPlace::Map(at) => line.classes[at],
                MapPlace::Layer(at) => line.layer_classes[at],
            };
            areas[self.unit(region)][self.stratum(code)] += line.area;
        }
        for (region, outside) in measured.outside.iter().enumerate() {
            areas[self.unit(region)][self.stratum(None)] += *outside;
        }
        areas
    }

    /// Gives a frame its units with the weights of their strata. What counts as another stratum, by
    /// unit and stratum that it counts as, comes back.
    fn weigh(&self, frame: &mut Frame, areas: &[Vec<Hectares>], prepared: &Prepared) -> Joined {
        let regions = prepared.regions.iter().map(|region| region.area);
        let of_units: Vec<Hectares> = match self.units {
            MapUnitsKey::Whole => vec![regions.sum::<Hectares>() - prepared.overlap],
            MapUnitsKey::Regions => regions.collect(),
        };
        let mut plots: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        for (position, plot) in frame.plots.iter().enumerate() {
            let unit = plot.unit.clone().unwrap_or_default();
            let of_stratum = plots.entry((unit, plot.stratum.clone())).or_default();
            of_stratum.push(position);
        }
        let mut joins = Joined::new();
        let mut units = Vec::new();
        for ((id, areas), area) in self.unit_ids().into_iter().zip(areas).zip(of_units) {
            let found = |stratum: &String| plots.remove(&(id.clone(), stratum.clone()));
            let found = self.ids.iter().map(found).map(Option::unwrap_or_default);
            let found: Vec<Vec<usize>> = found.collect();
            let counts: Vec<usize> = found.iter().map(Vec::len).collect();
            let all: f64 = areas.iter().map(|area| area.value()).sum();
            let mut held = vec![0.0; areas.len()];
            let mut is_used = vec![false; areas.len()];
            for (stratum, of) in counting(frame.design, &counts).into_iter().enumerate() {
                let has_area = areas[stratum].value() > NOTHING * all;
                held[of] += areas[stratum].value();
                is_used[of] |= has_area || counts[stratum] > 0;
                if of == stratum {
                    continue;
                }
                for plot in &found[stratum] {
                    frame.plots[*plot].stratum.clone_from(&self.ids[of]);
                }
                if has_area {
                    let into = joins.entry((id.clone(), self.ids[of].clone()));
                    let joined = (self.ids[stratum].clone(), areas[stratum]);
                    into.or_default().push(joined);
                }
            }
            let strata = (0..areas.len()).filter(|stratum| is_used[*stratum]);
            let strata = strata.map(|stratum| {
                let share = Fraction::new((held[stratum] / all).clamp(0.0, 1.0));
                let weight = Weight::Known(share.unwrap_or(Fraction::ZERO));
                Stratum::new(&self.ids[stratum], weight)
            });
            units.push(EstimationUnit {
                strata: strata.collect(),
                name: None,
                id,
                area,
            });
        }
        frame.units = units;
        joins
    }
}

/// Units without a plot: nothing is known of their land.
fn bare(year: i32, frame: &Frame) -> Vec<Finding> {
    let units = frame.plots.iter().filter_map(|plot| plot.unit.as_deref());
    let with_plots: BTreeSet<&str> = units.collect();
    let bare = frame.units.iter();
    let bare = bare.filter(|unit| !with_plots.contains(unit.id.as_str()));
    bare.map(|unit| {
        Finding::error(
            format!("inventory {year}"),
            format!(
                "no plot lies in region `{}`, which is an estimation unit",
                unit.id
            ),
            "write units = \"whole\" in `[inventory.map-strata]`: all regions are then one unit",
        )
    })
    .collect()
}

/// Strata that count as another, with their areas, by unit and the stratum that they count as.
pub(super) type Joined = BTreeMap<(String, String), Vec<(String, Hectares)>>;

/// What the strata of a map add to a run.
#[derive(Default)]
pub(in crate::pipeline) struct Weighed {
    /// The inventories with their strata weighed, in the order of their years.
    pub(super) inventories: Vec<Inventory>,
    /// Strata that count as another, by year.
    pub(super) joined: BTreeMap<i32, Joined>,
    /// What must be known.
    pub(super) warnings: Vec<Finding>,
}

impl Weighed {
    /// What is to be known of every region.
    pub(super) fn notes(&self) -> impl Iterator<Item = String> {
        let joined = self.joined.iter().filter(|(_, joins)| !joins.is_empty());
        joined.map(|(year, joins)| {
            let strata: usize = joins.values().map(Vec::len).sum();
            format!(
                "{} of the map with fewer than two plots of {year}, see tables/strata.csv",
                counted(strata, "stratum", "strata")
            )
        })
    }
}

/// Weighs the strata of the map by what the pass found; `None` where the plan has no such strata.
///
/// # Errors
///
/// Everything that is wrong with the strata and the plots in them, and a map that could not be read
/// all over.
pub(in crate::pipeline) fn weighed(
    plan: &Plan,
    prepared: &Prepared,
    measured: &Measured,
) -> Result<Option<Weighed>, Vec<Finding>> {
    let maps = prepared.maps.as_ref();
    let on = (&prepared.regions[..], &prepared.ground);
    let mut none = Gathered::default();
    let Some(map) = MapStrata::of(plan, maps, &prepared.layers, on, &mut none) else {
        return Ok(None);
    };
    if !measured.failures.is_empty() {
        return Err(vec![Finding::error(
            map.path(),
            "the map could not be read all over, so nobody knows how much its strata hold",
            "copy the map again from its source",
        )]);
    }
    let areas = map.areas(prepared, measured);
    let mut weighed = Weighed::default();
    let mut problems = Vec::new();
    for inventory in &prepared.inventories {
        let mut inventory = inventory.clone();
        let joins = map.weigh(&mut inventory.frame, &areas, prepared);
        if let Some(growth) = &mut inventory.growth {
            map.weigh(&mut growth.remeasured.frame, &areas, prepared);
        }
        let bare = bare(inventory.year, &inventory.frame);
        let found = if bare.is_empty() {
            frame_findings(&inventory, &map.words)
        } else {
            bare
        };
        let (errors, warnings): (Vec<_>, Vec<_>) = found.into_iter().partition(Finding::is_error);
        problems.extend(errors);
        weighed.warnings.extend(warnings);
        weighed.warnings.extend(told(inventory.year, &joins));
        weighed.joined.insert(inventory.year, joins);
        weighed.inventories.push(inventory);
    }
    if problems.is_empty() {
        Ok(Some(weighed))
    } else {
        Err(problems)
    }
}

/// Which strata count as another.
fn told(year: i32, joins: &Joined) -> Option<Finding> {
    /// More than these are not listed.
    const SHOWN: usize = 10;
    let all = joins.iter().flat_map(|((unit, into), joined)| {
        joined.iter().map(move |(stratum, area)| {
            let of_unit = if unit == WHOLE {
                String::new()
            } else {
                format!(" of {unit}")
            };
            format!("`{stratum}`{of_unit} ({:.1} ha) as `{into}`", area.value())
        })
    });
    let all: Vec<String> = all.collect();
    let more = if all.len() > SHOWN { ", ..." } else { "" };
    let shown = all[..all.len().min(SHOWN)].join(", ");
    (!all.is_empty()).then(|| {
        Finding::warning(
            format!("inventory {year}"),
            format!(
                "{} with fewer than two plots {} as another: {shown}{more}",
                counted(all.len(), "stratum", "strata"),
                if all.len() == 1 { "counts" } else { "count" }
            ),
            "say which classes are one stratum in `[[inventory.map-strata.group]]`; see tables/strata.csv",
        )
    })
}
