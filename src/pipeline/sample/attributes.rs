//! One attribute of the plots: its estimates by inventory and domain, and their rows.

use std::sync::Arc;

use super::domains::{Domains, Setting};
use super::estimates::Pair;
use super::inventory_rows::RowOf;
use super::larger_areas::is_of_land;
use super::sampled_land::Bare;
use super::small_areas::{ModelledPools, SmallAreas};
use super::sources::{Source, Sources, picked};
use super::without_model::WithoutModel;
use crate::account::{InventoryRow, Pool, StratumPartRow, TOTAL, period};
use crate::estimate::{Estimate, EstimateError, Estimator, Observations, Sample, WallToWall};
use crate::input::Inventory;
use crate::units::{Hectares, Quantity};

/// An estimate, or why there is none.
type Told<Q> = Result<Estimate<Q>, String>;

/// The estimates of one attribute by inventory or pair of inventories, and by domain; the union of
/// all domains comes last.
pub(super) struct Attribute<'a, Q> {
    sources: &'a Sources,
    totals: Vec<Vec<Told<Q>>>,
    /// How a model of layers gave each total, in words; empty where none did.
    words: Vec<Vec<String>>,
    /// Regions by a model of all regions, where the plan asks for it.
    small: Vec<Result<Option<SmallAreas<Q>>, String>>,
    changes: Vec<Vec<Told<Q>>>,
}

impl<Q: Quantity> Attribute<'_, Q> {
    /// The total of an inventory in a region, or in the union.
    pub(super) fn total(&self, inventory: usize, region: Option<usize>) -> Told<Q> {
        if let Some((estimate, _)) = self.modelled(inventory, region) {
            return Ok(estimate);
        }
        match (&self.small[inventory], region) {
            (Err(why), Some(_)) => Err(why.clone()),
            _ => pick(
                &self.sources.of_stocks[inventory],
                &self.totals[inventory],
                region,
            ),
        }
    }

    /// What a model of small areas says of a region, and how.
    fn modelled(&self, inventory: usize, region: Option<usize>) -> Option<(Estimate<Q>, &str)> {
        let small = self.small[inventory].as_ref().ok()?;
        small.as_ref()?.of(region?)
    }

    /// The yearly change between a pair of inventories.
    pub(super) fn change(&self, pair: usize, region: Option<usize>) -> Told<Q> {
        pick(&self.sources.of_changes[pair], &self.changes[pair], region)
    }

    /// How a total came about, where more can be said than the name of its estimator.
    fn words(&self, inventory: usize, region: Option<usize>) -> String {
        if let Some((_, words)) = self.modelled(inventory, region) {
            return words.to_owned();
        }
        match region {
            None => self.words[inventory].last().cloned().unwrap_or_default(),
            Some(region) => match &self.sources.of_stocks[inventory][region] {
                Source::Direct(domain) => self.words[inventory][*domain].clone(),
                _ => String::new(),
            },
        }
    }
}

/// The estimate of a region, or of the union, out of those of all domains.
fn pick<Q: Quantity>(sources: &[Source], of: &[Told<Q>], region: Option<usize>) -> Told<Q> {
    picked(sources, region, of.len() - 1, |domain| of[domain].clone())
}

/// The samples at work on the domains.
pub(super) struct Work<'a> {
    pub(super) setting: &'a Setting<'a>,
    pub(super) inventories: &'a [Inventory],
    pub(super) samples: &'a [Sample],
    pub(super) pairs: &'a [Pair<'a>],
    pub(super) domains: &'a Domains,
    /// The layers of the plan over each domain, then over the union of all.
    pub(super) over: &'a [Result<WallToWall, String>],
    /// Positions of the plots of each domain, then of the union of all, one list an inventory.
    pub(super) plots: Vec<Vec<Vec<usize>>>,
    /// Ids of the regions, that of the union last; every row of a region shares one.
    ids: Vec<Arc<str>>,
    pub(super) rows: Vec<InventoryRow>,
    pub(super) stratum_parts: Vec<StratumPartRow>,
    /// What the model of small areas was not made of.
    pub(super) without_model: WithoutModel,
    /// What that model says of pools of carbon.
    pub(super) modelled: ModelledPools,
}

impl<'a> Work<'a> {
    /// Nothing told yet; `over` has the layers of the plan over each domain, then over the union.
    pub(super) fn new(
        setting: &'a Setting<'a>,
        inventories: &'a [Inventory],
        samples: &'a [Sample],
        pairs: &'a [Pair<'a>],
        domains: &'a Domains,
        over: &'a [Result<WallToWall, String>],
    ) -> Self {
        let of_inventories = domains.of_plot.iter();
        Self {
            setting,
            inventories,
            samples,
            pairs,
            domains,
            over,
            plots: of_inventories
                .map(|of_plot| by_domain(of_plot, domains.count))
                .collect(),
            ids: setting
                .regions
                .iter()
                .map(|region| region.id.as_str())
                .chain([TOTAL])
                .map(Arc::from)
                .collect(),
            rows: Vec::new(),
            stratum_parts: Vec::new(),
            without_model: WithoutModel::default(),
            modelled: ModelledPools::default(),
        }
    }

    /// The observations of each domain of an inventory, and of their union.
    pub(super) fn parts<Q: Quantity>(
        &self,
        inventory: usize,
        all: &Observations<Q>,
    ) -> Vec<Observations<Q>> {
        let of_plot = &self.domains.of_plot[inventory];
        let mut parts = all.split(of_plot, self.domains.count);
        parts.push(all.within(|plot| !of_plot[plot].is_empty()));
        parts
    }

    /// The estimates of one attribute, with their rows.
    pub(super) fn attribute<Q: Quantity + 'a>(
        &mut self,
        name: &str,
        observed: impl Fn(&'a Inventory) -> Option<&'a Observations<Q>>,
    ) -> Attribute<'a, Q> {
        self.compared((name, None), observed, |_| Ok(None))
    }

    /// Those of an attribute that some pairs compare by other observations than their inventories have of it, or do
    /// not compare for a reason; of carbon, with its pool.
    pub(super) fn compared<Q: Quantity + 'a>(
        &mut self,
        (name, pool): (&str, Option<Pool>),
        observed: impl Fn(&'a Inventory) -> Option<&'a Observations<Q>>,
        of_pair: impl Fn(&'a Pair<'a>) -> Result<Option<&'a [Observations<Q>; 2]>, String>,
    ) -> Attribute<'a, Q> {
        let parts: Vec<Option<Vec<Observations<Q>>>> = (0..self.inventories.len())
            .map(|i| observed(&self.inventories[i]).map(|all| self.parts(i, all)))
            .collect();
        let places = self.domains.count + 1;
        let lacks = |inventory: usize| -> Told<Q> {
            let year = self.inventories[inventory].year;
            Err(format!("the inventory of {year} does not have it"))
        };
        let keep = |result: Result<Estimate<Q>, EstimateError>, error: Option<f64>| {
            let estimate = result.map_err(|error| error.to_string())?;
            Ok(error.map_or(estimate, |error| estimate.with_model_error(error)))
        };
        let mut totals = Vec::new();
        let mut words = Vec::new();
        for (position, parts) in parts.iter().enumerate() {
            let mut told = vec![String::new(); places];
            let Some(parts) = parts else {
                totals.push(vec![lacks(position); places]);
                words.push(told);
                continue;
            };
            let observed = observed(&self.inventories[position]);
            let model = observed.and_then(|observed| self.model(position, name, observed));
            let error = self.model_error(position, name);
            let of_part = parts.iter().enumerate().map(|(domain, part)| {
                let of_model = match &model {
                    None => None,
                    Some(Err(error)) => Some(Err(error.clone())),
                    Some(Ok(model)) => {
                        let total = model.total(domain, &self.plots[position][domain]);
                        let known = total.as_ref().and_then(|total| total.as_ref().ok());
                        told[domain] = model.words(domain, known);
                        total
                    }
                };
                keep(
                    of_model.unwrap_or_else(|| self.samples[position].total(part)),
                    error,
                )
            });
            totals.push(of_part.collect());
            words.push(told);
        }
        let change = |pair: &Pair<'_>, earlier: &[Observations<Q>], later: &[Observations<Q>]| {
            let error = self.model_error(pair.later, name);
            let changes = pair.changes(earlier, later).into_iter();
            let with_error = |change: Estimate<Q>| match error {
                Some(error) => change.with_model_error(error),
                None => change,
            };
            changes.map(|change| change.map(with_error)).collect()
        };
        let of_pairs = self.pairs.iter().map(|pair| match of_pair(pair) {
            Ok(Some([earlier, later])) => change(
                pair,
                &self.parts(pair.earlier, earlier),
                &self.parts(pair.later, later),
            ),
            Err(why) => vec![Err(why); places],
            Ok(None) => match (&parts[pair.earlier], &parts[pair.later]) {
                (Some(earlier), Some(later)) => change(pair, earlier, later),
                (None, _) => vec![lacks(pair.earlier); places],
                (_, None) => vec![lacks(pair.later); places],
            },
        });
        let changes = of_pairs.collect();
        let mut small = Vec::new();
        for (position, totals) in totals.iter().enumerate() {
            small.push(match parts[position] {
                Some(_) => self.small_areas((position, name, pool), totals),
                None => Ok(None),
            });
        }
        let attribute = Attribute {
            sources: &self.domains.sources,
            totals,
            words,
            small,
            changes,
        };
        if parts.iter().any(Option::is_some) {
            self.tell(name, &attribute);
            self.tell_strata(name, &parts, &attribute);
        }
        attribute
    }

    /// Relative standard error of the equations that give an attribute: all trees share it.
    pub(super) fn model_error(&self, inventory: usize, attribute: &str) -> Option<f64> {
        let trees = self.inventories[inventory].trees.as_ref()?;
        trees.model_errors.get(attribute).copied()
    }

    /// The rows of one attribute.
    fn tell<Q: Quantity>(&mut self, name: &str, attribute: &Attribute<'_, Q>) {
        let level = self.setting.confidence;
        let (name, nothing): (Arc<str>, Arc<str>) = (name.into(), "".into());
        let sources = attribute.sources;
        let of_stocks = |at: usize, region: Option<usize>| Some(&sources.of_stocks[at][region?]);
        let of_changes = |at: usize, region: Option<usize>| Some(&sources.of_changes[at][region?]);
        for region in self.places() {
            for (position, inventory) in self.inventories.iter().enumerate() {
                let total = attribute.total(position, region);
                let of = RowOf {
                    region: self.id(region),
                    year: inventory.year,
                    from_year: None,
                    attribute: name.clone(),
                    domain: nothing.clone(),
                    note: match attribute.words(position, region) {
                        words if words.is_empty() => {
                            note(of_stocks(position, region), &total, (1.0, Q::UNIT))
                        }
                        words => words,
                    }
                    .into(),
                };
                let bare = self.without_bare(&[position], region, &total);
                self.rows.push(of.and(&bare).total(total.ok(), level));
            }
            for (position, pair) in self.pairs.iter().enumerate() {
                let years = period(pair.from, pair.to).value();
                let unit = format!("{}/yr", Q::UNIT);
                let change = attribute.change(position, region);
                let of = RowOf {
                    region: self.id(region),
                    year: pair.to,
                    from_year: Some(pair.from),
                    attribute: name.clone(),
                    domain: nothing.clone(),
                    note: note(of_changes(position, region), &change, (years, &unit)).into(),
                };
                let bare = self.without_bare(&[pair.earlier, pair.later], region, &change);
                let of = of.and(&bare);
                self.rows.push(of.yearly_change(change.ok(), years, level));
            }
        }
    }

    /// What each stratum gives the totals that are sums over strata.
    fn tell_strata<Q: Quantity>(
        &mut self,
        name: &str,
        parts: &[Option<Vec<Observations<Q>>>],
        attribute: &Attribute<'_, Q>,
    ) {
        let name: Arc<str> = name.into();
        for region in self.places() {
            for (position, parts) in parts.iter().enumerate() {
                let sources = &attribute.sources.of_stocks[position];
                let domain = match region.map(|region| &sources[region]) {
                    None => self.domains.count,
                    Some(Source::Direct(domain)) => *domain,
                    Some(_) => continue,
                };
                let sample = &self.samples[position];
                let is_sum = attribute
                    .total(position, region)
                    .is_ok_and(|total| total.estimator() == sample.design().into());
                let Some(part) = parts
                    .as_ref()
                    .filter(|_| is_sum)
                    .map(|parts| &parts[domain])
                else {
                    continue;
                };
                let of_strata = sample.by_stratum(part).unwrap_or_default();
                let row = |part| StratumPartRow {
                    region_id: self.id(region),
                    year: self.inventories[position].year,
                    attribute: name.clone(),
                    unit: Q::UNIT,
                    part,
                };
                let rows: Vec<_> = of_strata.into_iter().map(row).collect();
                self.stratum_parts.extend(rows);
            }
        }
    }

    /// What a figure of all regions, or of one that holds others, is without, in an inventory or between two.
    fn without_bare<Q: Quantity>(
        &self,
        inventories: &[usize],
        region: Option<usize>,
        told: &Told<Q>,
    ) -> String {
        let is_of_land = |told: &Estimate<Q>| is_of_land(told.estimator());
        if !told.as_ref().is_ok_and(is_of_land) {
            return String::new();
        }
        let bare = inventories.iter();
        let bare = bare.map(|at| self.domains.bare_in(*at, region).clone());
        let bare = bare.reduce(|earlier, later| Bare::of_both(&earlier, &later));
        let years = inventories.iter().map(|at| self.inventories[*at].year);
        let years: Vec<i32> = years.collect();
        let words = bare.and_then(|bare| bare.words(&years, self.setting));
        words.unwrap_or_default()
    }

    /// Every region, and the union where they do not overlap.
    pub(super) fn places(&self) -> Vec<Option<usize>> {
        let regions = (0..self.setting.regions.len()).map(Some);
        regions
            .chain(self.setting.disjoint.then_some(None))
            .collect()
    }

    pub(super) fn id(&self, region: Option<usize>) -> Arc<str> {
        self.ids[region.unwrap_or(self.setting.regions.len())].clone()
    }
}

/// What must be known of an estimate, or why there is none.
fn note<Q: Quantity>(
    source: Option<&Source>,
    estimate: &Told<Q>,
    (divisor, unit): (f64, &str),
) -> String {
    match (estimate, source) {
        (Err(why), _) => why.clone(),
        (
            Ok(e),
            Some(Source::Synthetic {
                mapped_in_parent,
                mapped_in_area,
                ..
            }),
        ) if e.estimator() == Estimator::Synthetic && *mapped_in_area > Hectares::ZERO => {
            format!(
                "{:.6} {unit} in the larger area x {:.4} / {:.4} ha of mapped forest",
                e.value().value() / divisor * (*mapped_in_parent / *mapped_in_area),
                mapped_in_area.value(),
                mapped_in_parent.value(),
            )
        }
        _ => String::new(),
    }
}

/// The positions of the plots of each domain, and of the union of all.
fn by_domain(of_plot: &[Vec<usize>], domains: usize) -> Vec<Vec<usize>> {
    let mut plots = vec![Vec::new(); domains + 1];
    for (plot, of) in of_plot.iter().enumerate() {
        for domain in of.iter().chain((!of.is_empty()).then_some(&domains)) {
            plots[*domain].push(plot);
        }
    }
    plots
}
