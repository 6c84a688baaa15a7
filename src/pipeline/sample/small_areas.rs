//! Regions with few plots, by a model of all regions.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::attributes::Work;
use super::domains::{Setting, parents};
use super::sampled_land::Bare;
use super::without_model::named;
use crate::account::{AreaAccount, Pool};
use crate::estimate::{Estimate, EstimateError, SmallArea, benchmarked, fay_herriot, sum_by_model};
use crate::finding::Finding;
use crate::input::Inventory;
use crate::pipeline::open::{Place, Prepared, WHOLE_PCT};
use crate::pipeline::pass::LayersOverRegions;
use crate::plan::{SmallAreaKey, SmallAreasTable};
use crate::units::{Hectares, Quantity};

/// What explains the regions: a one, the share of mapped forest, and the means of layers.
#[derive(Debug, Clone)]
pub(super) struct SmallAreaModel {
    names: Vec<String>,
    /// Covariates of each region.
    covariates: Vec<Vec<f64>>,
    benchmark: bool,
}

impl SmallAreaModel {
    /// Gathers the covariates; a warning where they are not known of every region, and there is no model.
    ///
    /// # Errors
    ///
    /// Regions that a layer does not cover, and plots that are not known by region.
    pub(super) fn new(
        table: &SmallAreasTable,
        prepared: &Prepared,
        areas: Option<&AreaAccount>,
    ) -> Result<Result<Self, Finding>, Vec<Finding>> {
        let SmallAreaKey::FayHerriot = table.method;
        let mut findings = Vec::new();
        let by_region = prepared
            .inventories
            .iter()
            .flat_map(|inventory| &inventory.records)
            .any(|record| record.region.is_some() || record.point.is_some());
        if !by_region {
            findings.push(Finding::error(
                "`[inventory.small-areas]`",
                "nothing says which region a plot lies in",
                "name the column of the region, or `x`, `y` and `crs`, in `[inventory.fields]`",
            ));
        }
        let mut names = vec!["one".to_owned()];
        let mut covariates = vec![vec![1.0]; prepared.regions.len()];
        let (mut hidden, mut unread) = (Vec::new(), Vec::new());
        if let Some(areas) = areas {
            names.push("share of mapped forest".to_owned());
            for ((own, region), place) in covariates
                .iter_mut()
                .zip(&areas.regions)
                .zip(&prepared.regions)
            {
                if region.is_unread {
                    unread.push(place.id.clone());
                    continue;
                }
                match (region.shown(), region.valid_pct()) {
                    (Some(newest), Some(valid)) => {
                        own.push(newest.forest / newest.valid);
                        if valid < WHOLE_PCT {
                            hidden.push(format!("{} ({valid:.2} %)", place.id));
                        }
                    }
                    _ => findings.push(Finding::error(
                        format!("region {}", place.id),
                        "no map has a value in it: its share of mapped forest, which the model is of, is not known",
                        "give a map that shows the region, or leave the region or `[inventory.small-areas]` out",
                    )),
                }
            }
        }
        names.extend(table.layers.iter().cloned());
        let over = LayersOverRegions::new(&table.layers, prepared, areas);
        for ((region, own), place) in covariates.iter_mut().enumerate().zip(&prepared.regions) {
            match over.together(&[region]) {
                Ok(over) => own.extend(over.means),
                Err(why) => findings.push(Finding::error(
                    format!("region {}", place.id),
                    why,
                    "leave the layer out of `[inventory.small-areas]`, or give one that covers all regions",
                )),
            }
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        let unknown = "and the share of mapped forest there is not known";
        let (why, remedy) = if !unread.is_empty() {
            let why = format!("the map could not be read in {}", named(&unread));
            (
                format!("{why} {unknown}"),
                "copy the map again from its source",
            )
        } else if is_doubled(prepared) {
            let why = "regions overlap and do not name those that hold them as their parents, and the same plots would enter it twice".to_owned();
            (
                why,
                "give `parent` in `[regions]`, or regions that do not overlap",
            )
        } else if !hidden.is_empty() {
            let why = format!("the map shows only a part of {} {unknown}", named(&hidden));
            let remedy = "give a map that shows all of every region, or take these regions or `[inventory.small-areas]` out";
            (why, remedy)
        } else {
            return Ok(Ok(Self {
                names,
                covariates,
                benchmark: table.benchmark,
            }));
        };
        Ok(Err(Finding::warning(
            "`[inventory.small-areas]`",
            format!("no model of small areas, as {why}: regions have the estimates without it"),
            remedy,
        )))
    }
}

/// Whether regions that hold no others overlap.
fn is_doubled(prepared: &Prepared) -> bool {
    /// Share of the land by which borders may cross.
    const BORDERS: f64 = 0.001;
    let regions = &prepared.regions;
    let parents = parents(regions);
    let areas = regions.iter().map(|region| region.area);
    let land = areas.sum::<Hectares>() - prepared.overlap;
    let smallest = (0..regions.len()).filter(|at| !parents.contains(&Some(*at)));
    let smallest: Hectares = smallest.map(|at| regions[at].area).sum();
    smallest.value() > (1.0 + BORDERS) * land.value()
}

/// The smallest regions by the model: those that hold others would enter it with the same plots again.
#[derive(Debug, Clone)]
pub(super) struct SmallAreas<Q> {
    /// The regions.
    regions: Vec<usize>,
    /// One a region.
    estimates: Vec<Estimate<Q>>,
    /// How each came about.
    words: Vec<String>,
}

/// Estimates all regions from their direct totals, of which the last is that of their union.
///
/// The model is one of means per hectare; `None` where a variable was not observed. The total is that of the land of
/// the sample: regions beyond it keep what the model says of them.
fn small_areas<Q: Quantity>(
    model: &SmallAreaModel,
    totals: &[Result<Estimate<Q>, String>],
    (setting, bare): (&Setting<'_>, &Bare),
) -> Result<Option<SmallAreas<Q>>, EstimateError> {
    let Some((union, direct)) = totals.split_last() else {
        return Ok(None);
    };
    let smallest = setting.modelled();
    let regions: Vec<&Place> = smallest.iter().map(|at| &setting.regions[*at]).collect();
    let direct = smallest
        .iter()
        .map(|at| direct.get(*at)?.as_ref().ok().copied());
    let Some(direct) = direct.collect::<Option<Vec<Estimate<Q>>>>() else {
        return Ok(None);
    };
    let areas: Vec<SmallArea<Q>> = direct
        .iter()
        .zip(&smallest)
        .map(|(total, at)| SmallArea {
            direct: total.times(1.0 / setting.regions[*at].area.value()),
            covariates: model.covariates[*at].clone(),
        })
        .collect();
    let fitted = fay_herriot(&areas)?;
    let mut estimates: Vec<Estimate<Q>> = fitted
        .areas
        .iter()
        .zip(&regions)
        .map(|(area, region)| area.estimate.times(region.area.value()))
        .collect();
    let union = union.as_ref().ok();
    let union = union.filter(|_| model.benchmark && setting.disjoint);
    let adjusted = adjust(&mut estimates, union, bare)?;
    let words = fitted
        .areas
        .iter()
        .zip(&areas)
        .zip(&regions)
        .zip(&adjusted)
        .map(|(((area, small), region), adjusted)| {
            let mut line = String::new();
            for ((name, b), x) in model
                .names
                .iter()
                .zip(&fitted.coefficients)
                .zip(&small.covariates)
            {
                let plus = if line.is_empty() { "" } else { " + " };
                let _ = match name.as_str() {
                    "one" => write!(line, "{plus}{b:.6}"),
                    name => write!(line, "{plus}{b:.6} x {x:.6} of {name}"),
                };
            }
            format!(
                "{:.4} ha x ({weight:.6} x {:.6} from the plots + {:.6} x ({line})){adjusted}",
                region.area.value(),
                // A zero is a zero, whatever its sign.
                small.direct.value().value() + 0.0,
                1.0 - area.weight,
                weight = area.weight,
            )
        });
    let words = words.collect();
    Ok(Some(SmallAreas {
        regions: smallest,
        estimates,
        words,
    }))
}

/// Adjusts regions to the direct total of the land that they are of, and tells how, one a region.
fn adjust<Q: Quantity>(
    estimates: &mut [Estimate<Q>],
    total: Option<&Estimate<Q>>,
    bare: &Bare,
) -> Result<Vec<String>, EstimateError> {
    let mut words = vec![String::new(); estimates.len()];
    let Some(total) = total else { return Ok(words) };
    // Layers tell of all land.
    let bare = match bare {
        _ if total.estimator().is_by_layers() => &Bare::Within,
        bare => bare,
    };
    let none: &[usize] = &[];
    let (beyond, of_land) = match bare {
        Bare::Within => (none, "the regions"),
        Bare::Beyond(beyond) => (&**beyond, "the regions of its land"),
        Bare::Unsure(..) => {
            let why = "; not adjusted to the direct total, whose regions are not known";
            words.fill(why.to_owned());
            return Ok(words);
        }
    };
    for region in beyond {
        "; not adjusted to the direct total, which is of other land"
            .clone_into(&mut words[*region]);
    }
    let within = (0..estimates.len()).filter(|region| !beyond.contains(region));
    let within: Vec<usize> = within.collect();
    let of_sample: Vec<Estimate<Q>> = within.iter().map(|region| estimates[*region]).collect();
    let sum: f64 = of_sample.iter().map(|one| one.value().value()).sum();
    let factor = total.value().value() / sum;
    for (region, adjusted) in within.into_iter().zip(benchmarked(&of_sample, total)?) {
        estimates[region] = adjusted;
        words[region] = format!("; x {factor:.9} so that {of_land} add up to the direct total");
    }
    Ok(words)
}

/// Regions that are not adjusted to the direct total though the plan asks for it: a warning, and the notes of regions.
pub(super) fn not_adjusted(
    inventories: &[Inventory],
    bare: &[Bare],
    setting: &Setting<'_>,
) -> (Vec<Finding>, Vec<(usize, String)>) {
    let (mut warnings, mut notes) = (Vec::new(), Vec::new());
    let mut beyond: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let asks = setting.small_areas.is_some_and(|model| model.benchmark);
    // Layers tell of all land, and their total is of it.
    let is_asked = asks && setting.disjoint && setting.helpers.is_none();
    for (inventory, bare) in inventories.iter().zip(bare).filter(|_| is_asked) {
        let year = inventory.year;
        match bare {
            Bare::Within => {}
            Bare::Beyond(regions) => {
                for region in regions {
                    beyond.entry(*region).or_default().push(year.to_string());
                }
            }
            Bare::Unsure(regions, land) => {
                let all = setting.area();
                let what = format!(
                    "stocks of {year} are not adjusted to the direct total: its plots stand for {:.1} ha of the {:.1} ha of all regions, and whether region {} is of this land is not known",
                    land.value(),
                    all.value(),
                    setting.named(regions)
                );
                notes.extend((0..setting.regions.len()).map(|region| (region, what.clone())));
                warnings.push(Finding::warning(
                    "`[inventory.small-areas]`",
                    what,
                    "state the land that was sampled by strata of regions, or set `benchmark = false`",
                ));
            }
        }
    }
    notes.extend(beyond.into_iter().map(|(region, years)| {
        let years = years.join(", ");
        let note = format!(
            "{years}: by the model alone, not adjusted to the direct total, as the inventory is not of its land"
        );
        (region, note)
    }));
    (warnings, notes)
}

/// What the model says of the pools of carbon: by inventory the regions of each pool, in tonnes.
#[derive(Debug, Default)]
pub(super) struct ModelledPools(BTreeMap<usize, Vec<Vec<f64>>>);

impl Work<'_> {
    /// The regions by the model of the plan, if it has one, from the totals of an attribute by domain.
    ///
    /// All pools of carbon of an inventory have a model, or none has; their sum is the sum of what they are by it.
    pub(super) fn small_areas<Q: Quantity>(
        &mut self,
        (inventory, name, pool): (usize, &str, Option<Pool>),
        totals: &[Result<Estimate<Q>, String>],
    ) -> Result<Option<SmallAreas<Q>>, String> {
        let Some(model) = self.setting.small_areas else {
            return Ok(None);
        };
        let of = (inventory, name);
        let carbon = self.inventories[inventory].all_carbon.as_ref();
        if let Some(carbon) = carbon.filter(|_| pool.is_some()) {
            let parts = self.parts(inventory, carbon).into_iter();
            let total = |part| self.samples[inventory].total(&part);
            let carbon = parts.map(|part| total(part).map_err(|error| error.to_string()));
            let carbon: Vec<_> = carbon.collect();
            let mut regions = self.setting.modelled().into_iter();
            if regions.any(|at| carbon.get(at).is_some_and(Result::is_err)) {
                self.without_model.add(of, &carbon, self.setting);
                return Ok(None);
            }
        }
        let bare = &self.domains.bare[inventory];
        let made = small_areas(model, totals, (self.setting, bare));
        let made = made.map_err(|error| format!("small areas: {error}"))?;
        let Some(mut made) = made else {
            self.without_model.add(of, totals, self.setting);
            return Ok(None);
        };
        let pools = self.modelled.0.entry(inventory).or_default();
        match pool {
            Some(Pool::All) if pools.len() == self.inventories[inventory].carbon.len() => {
                made.take_sums(pools);
            }
            Some(_) => {
                let values = made.estimates.iter().map(|one| one.value().value());
                pools.push(values.collect());
            }
            None => {}
        }
        Ok(Some(made))
    }
}

impl Setting<'_> {
    /// The regions that a model of small areas is of.
    fn modelled(&self) -> Vec<usize> {
        let all = 0..self.regions.len();
        all.filter(|region| self.is_modelled(Some(*region)))
            .collect()
    }
}

impl<Q: Quantity> SmallAreas<Q> {
    /// That of a region, and how it came about; `None` of one that holds others.
    pub(super) fn of(&self, region: usize) -> Option<(Estimate<Q>, &str)> {
        let at = self.regions.binary_search(&region).ok()?;
        Some((self.estimates[at], &self.words[at]))
    }

    /// Takes as each region the sum of these parts of it, each by its model; the error stays that of the model of the
    /// sum.
    fn take_sums(&mut self, parts: &[Vec<f64>]) {
        for (region, (one, words)) in self.estimates.iter_mut().zip(&mut self.words).enumerate() {
            let parts: Vec<f64> = parts.iter().map(|part| part[region]).collect();
            *one = sum_by_model(one, &parts);
            let told: Vec<String> = parts.iter().map(|part| format!("{part:.6}")).collect();
            *words = format!(
                "{}, the sum of the pools, each by its model; standard error by the model of the sum, {words}",
                told.join(" + ")
            );
        }
    }
}
