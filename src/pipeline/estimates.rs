//! Plots become estimates for every region: direct where there are plots enough, synthetic where
//! strength must be borrowed, nothing where neither is possible.

use std::collections::BTreeMap;

use super::domains::{Domains, Setting, Source};
use crate::account::{InventoryRow, Pool, TOTAL, period};
use crate::estimate::{
    Change, Estimate, EstimateError, Estimator, Observations, RatioEstimate, Remeasurement, Sample,
    synthetic,
};
use crate::finding::Finding;
use crate::input::Inventory;
use crate::units::{CubicMetres, Hectares, Quantity, TonnesCarbon, TonnesDryMatter};

/// What the sample says of one region, or of the union of all.
#[derive(Debug, Clone, Default)]
pub(super) struct RegionEstimates {
    /// Forest area, newest inventory.
    pub(super) forest: Option<Estimate<Hectares>>,
    /// Forest area by year.
    pub(super) forest_by_year: BTreeMap<i32, Estimate<Hectares>>,
    /// Stem volume, newest inventory.
    pub(super) volume: Option<Estimate<CubicMetres>>,
    /// Stem volume per hectare of forest, newest inventory.
    pub(super) volume_per_forest: Option<RatioEstimate<CubicMetres, Hectares>>,
    /// Volume per hectare of forest of a stand register, where no sample gives one.
    pub(super) register_density: Option<f64>,
    /// Carbon by year and pool.
    pub(super) pools: BTreeMap<(i32, Pool), Estimate<TonnesCarbon>>,
    /// Carbon of all pools by year, with the variance of the sum.
    pub(super) carbon: BTreeMap<i32, Estimate<TonnesCarbon>>,
    /// Change of carbon by (earlier year, later year, pool); `Pool::All` for the sum.
    pub(super) changes: BTreeMap<(i32, i32, Pool), Estimate<TonnesCarbon>>,
    /// What must be known.
    pub(super) notes: Vec<String>,
}

/// What the sample says.
#[derive(Debug, Clone, Default)]
pub(super) struct Estimates {
    /// One a region.
    pub(super) regions: Vec<RegionEstimates>,
    /// The union of the regions; `None` when they overlap.
    pub(super) total: Option<RegionEstimates>,
    /// `tables/inventory.csv`.
    pub(super) rows: Vec<InventoryRow>,
    /// What must be known of the sample.
    pub(super) warnings: Vec<Finding>,
}

/// Estimates everything that the inventories allow.
pub(super) fn estimates(
    inventories: &[Inventory],
    setting: &Setting<'_>,
) -> Result<Estimates, EstimateError> {
    let samples = inventories
        .iter()
        .map(|inventory| Sample::new(inventory.frame.clone()))
        .collect::<Result<Vec<_>, _>>()?;
    let mut out = Estimates {
        regions: vec![RegionEstimates::default(); setting.regions.len()],
        total: setting.disjoint.then(RegionEstimates::default),
        ..Estimates::default()
    };
    let domains = Domains::new(inventories, setting, &mut out.warnings);
    for (region, notes) in out.regions.iter_mut().zip(&domains.notes) {
        region.notes.clone_from(notes);
    }
    let pairs = matched(&samples, inventories, &mut out);
    let mut work = Work {
        setting,
        inventories,
        samples: &samples,
        pairs: &pairs,
        domains: &domains,
        rows: Vec::new(),
    };
    let forest = work.attribute("forest_area", |i| i.forest.as_ref());
    let volume = work.attribute("volume", |i| i.volume.as_ref());
    work.attribute("above_ground_biomass", |i| i.above_ground_biomass.as_ref());
    work.attribute("below_ground_biomass", |i| i.below_ground_biomass.as_ref());
    let per_forest = work.volume_per_forest();
    let newest = inventories.len() - 1;
    out.each(|region, estimates| {
        estimates.forest = forest.total(newest, region);
        for (position, inventory) in inventories.iter().enumerate() {
            if let Some(area) = forest.total(position, region) {
                estimates.forest_by_year.insert(inventory.year, area);
            }
        }
        estimates.volume = volume.total(newest, region);
        estimates.volume_per_forest = per_forest.get(&region).copied().flatten();
    });
    for pool in Pool::ALL {
        let carbon = if pool == Pool::All {
            work.attribute("all_carbon", |i| i.all_carbon.as_ref())
        } else {
            let name = format!("{}_carbon", pool.id().replace('-', "_"));
            work.attribute(&name, |i| i.carbon.get(&pool))
        };
        out.each(|region, estimates| {
            for (position, inventory) in inventories.iter().enumerate() {
                if let Some(total) = carbon.total(position, region) {
                    if pool == Pool::All {
                        estimates.carbon.insert(inventory.year, total);
                    } else {
                        estimates.pools.insert((inventory.year, pool), total);
                    }
                }
            }
            for (position, pair) in pairs.iter().enumerate() {
                if let Some(change) = carbon.change(position, region) {
                    estimates.changes.insert((pair.from, pair.to, pool), change);
                }
            }
        });
    }
    out.rows = work.rows;
    Ok(out)
}

impl Estimates {
    /// Fills in each region, and the union under `None`.
    fn each(&mut self, mut fill: impl FnMut(Option<usize>, &mut RegionEstimates)) {
        for (region, estimates) in self.regions.iter_mut().enumerate() {
            fill(Some(region), estimates);
        }
        if let Some(total) = &mut self.total {
            fill(None, total);
        }
    }
}

/// Two inventories one after the other.
struct Pair<'a> {
    from: i32,
    to: i32,
    earlier: usize,
    later: usize,
    remeasurement: Remeasurement<'a>,
}

fn matched<'a>(
    samples: &'a [Sample],
    inventories: &[Inventory],
    out: &mut Estimates,
) -> Vec<Pair<'a>> {
    let mut pairs = Vec::new();
    for later in 1..samples.len() {
        let earlier = later - 1;
        let remeasurement = Remeasurement::between(&samples[earlier], &samples[later]);
        let counts = remeasurement.matches();
        let note = format!(
            "change {} to {}: {} of {} plots measured again, {} measurements shared by both inventories",
            inventories[earlier].year,
            inventories[later].year,
            counts.remeasured,
            samples[later].plots().len(),
            counts.shared
        );
        let apart = interval_note(&inventories[earlier], &inventories[later], &remeasurement);
        out.each(|_, estimates| {
            estimates.notes.push(note.clone());
            estimates.notes.extend(apart.clone());
        });
        pairs.push(Pair {
            from: inventories[earlier].year,
            to: inventories[later].year,
            earlier,
            later,
            remeasurement,
        });
    }
    pairs
}

/// What to know where the plots were not measured as far apart as the years of the inventories.
fn interval_note(
    earlier: &Inventory,
    later: &Inventory,
    remeasurement: &Remeasurement<'_>,
) -> Option<String> {
    /// Shares closer than this to each other are the same to a reader.
    const TELLING: f64 = 0.01;
    let years = period(earlier.year, later.year).value();
    let measured = remeasurement.mean_interval()?.value();
    let factor = years / measured;
    ((factor - 1.0).abs() > TELLING).then(|| {
        format!(
            "yearly changes divide by the {years} years between the inventories; the plots were measured {measured:.2} years apart on average, by which yearly changes would be {factor:.3} times as large"
        )
    })
}

/// The estimates of one attribute by inventory or pair of inventories, and by domain; the union of
/// all domains comes last.
struct Attribute<'a, Q> {
    sources: &'a [Source],
    totals: Vec<Vec<Option<Estimate<Q>>>>,
    changes: Vec<Vec<Option<Estimate<Q>>>>,
}

impl<Q: Quantity> Attribute<'_, Q> {
    fn total(&self, inventory: usize, region: Option<usize>) -> Option<Estimate<Q>> {
        self.pick(&self.totals[inventory], region)
    }

    fn change(&self, pair: usize, region: Option<usize>) -> Option<Estimate<Q>> {
        self.pick(&self.changes[pair], region)
    }

    fn pick(
        &self,
        estimates: &[Option<Estimate<Q>>],
        region: Option<usize>,
    ) -> Option<Estimate<Q>> {
        let union = estimates.last().copied().flatten();
        match region.map(|region| &self.sources[region]) {
            None => union,
            Some(Source::Direct(domain)) => estimates[*domain],
            Some(Source::Synthetic {
                domain,
                mapped_in_parent,
                mapped_in_area,
            }) => {
                let parent = domain.map_or(union, |domain| estimates[domain])?;
                synthetic(&parent, *mapped_in_parent, *mapped_in_area).ok()
            }
            Some(Source::None(_)) => None,
        }
    }
}

struct Work<'a> {
    setting: &'a Setting<'a>,
    inventories: &'a [Inventory],
    samples: &'a [Sample],
    pairs: &'a [Pair<'a>],
    domains: &'a Domains,
    rows: Vec<InventoryRow>,
}

impl<'a> Work<'a> {
    /// The observations of each domain of an inventory, and of their union.
    fn parts<Q: Quantity>(&self, inventory: usize, all: &Observations<Q>) -> Vec<Observations<Q>> {
        let of_plot = &self.domains.of_plot[inventory];
        let single: Option<Vec<Option<usize>>> = of_plot
            .iter()
            .map(|domains| (domains.len() < 2).then(|| domains.first().copied()))
            .collect();
        let split = single.and_then(|of_plot| all.split(&of_plot, self.domains.count).ok());
        let mut parts = split.unwrap_or_else(|| {
            (0..self.domains.count)
                .map(|domain| all.within(|plot| of_plot[plot].contains(&domain)))
                .collect()
        });
        parts.push(all.within(|plot| !of_plot[plot].is_empty()));
        parts
    }

    fn attribute<Q: Quantity + 'a>(
        &mut self,
        name: &str,
        observed: impl Fn(&'a Inventory) -> Option<&'a Observations<Q>>,
    ) -> Attribute<'a, Q> {
        let mut failures = Vec::new();
        let parts: Vec<Option<Vec<Observations<Q>>>> = (0..self.inventories.len())
            .map(|i| observed(&self.inventories[i]).map(|all| self.parts(i, all)))
            .collect();
        let places = self.domains.count + 1;
        let mut keep = |result: Result<Estimate<Q>, EstimateError>| {
            result
                .map_err(|error| failures.push(error.to_string()))
                .ok()
        };
        let totals = parts
            .iter()
            .zip(self.samples)
            .map(|(parts, sample)| match parts {
                Some(parts) => parts.iter().map(|part| keep(sample.total(part))).collect(),
                None => vec![None; places],
            })
            .collect();
        let changes = self
            .pairs
            .iter()
            .map(|pair| match (&parts[pair.earlier], &parts[pair.later]) {
                (Some(earlier), Some(later)) => earlier
                    .iter()
                    .zip(later)
                    .map(|(earlier, later)| {
                        let years = period(pair.from, pair.to);
                        keep(
                            pair.remeasurement
                                .change(earlier, later, years)
                                .map(|c: Change<Q>| c.net()),
                        )
                    })
                    .collect(),
                _ => vec![None; places],
            })
            .collect();
        let attribute = Attribute {
            sources: &self.domains.sources,
            totals,
            changes,
        };
        if parts.iter().any(Option::is_some) {
            failures.sort();
            failures.dedup();
            self.tell(name, &attribute, &failures.join("; "));
        }
        attribute
    }

    /// The rows of one attribute.
    fn tell<Q: Quantity>(&mut self, name: &str, attribute: &Attribute<'_, Q>, failure: &str) {
        for region in self.places() {
            for (position, inventory) in self.inventories.iter().enumerate() {
                let estimate = attribute.total(position, region);
                let row = self.row(
                    region,
                    inventory.year,
                    None,
                    name,
                    "total",
                    Q::UNIT,
                    estimate,
                    1.0,
                    failure,
                );
                self.rows.push(row);
            }
            for (position, pair) in self.pairs.iter().enumerate() {
                let years = period(pair.from, pair.to).value();
                let unit = format!("{}/yr", Q::UNIT);
                let estimate = attribute.change(position, region);
                let row = self.row(
                    region,
                    pair.to,
                    Some(pair.from),
                    name,
                    "yearly_change",
                    &unit,
                    estimate,
                    years,
                    failure,
                );
                self.rows.push(row);
            }
        }
    }

    /// Every region, and the union where they do not overlap.
    fn places(&self) -> Vec<Option<usize>> {
        let regions = (0..self.setting.regions.len()).map(Some);
        regions
            .chain(self.setting.disjoint.then_some(None))
            .collect()
    }

    fn id(&self, region: Option<usize>) -> String {
        region.map_or_else(
            || TOTAL.to_owned(),
            |region| self.setting.regions[region].id.clone(),
        )
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one row of a table, filled in one place"
    )]
    fn row<Q: Quantity>(
        &self,
        region: Option<usize>,
        year: i32,
        from_year: Option<i32>,
        attribute: &str,
        statistic: &str,
        unit: &str,
        estimate: Option<Estimate<Q>>,
        divisor: f64,
        failure: &str,
    ) -> InventoryRow {
        let level = self.setting.confidence;
        let interval = estimate.and_then(|e| e.interval(level));
        let note = match (&estimate, region.map(|region| &self.domains.sources[region])) {
            (None, Some(Source::None(reason))) => reason.clone(),
            (None, _) => failure.to_owned(),
            (Some(e), _) if e.variance().is_none() => "no plot of the domain is not zero, or a stratum has fewer than two plots: no variance".to_owned(),
            (
                Some(e),
                Some(Source::Synthetic {
                    mapped_in_parent,
                    mapped_in_area,
                    ..
                }),
            ) if *mapped_in_area > Hectares::ZERO => format!(
                "{:.6} {unit} in the larger area x {:.4} / {:.4} ha of mapped forest; {}",
                e.value().value() / divisor * (*mapped_in_parent / *mapped_in_area),
                mapped_in_area.value(),
                mapped_in_parent.value(),
                e.estimator().note()
            ),
            (Some(e), _) => e.estimator().note().to_owned(),
        };
        InventoryRow {
            region_id: self.id(region),
            year,
            from_year,
            attribute: attribute.to_owned(),
            statistic: statistic.to_owned(),
            value: estimate.map(|e| e.value().value() / divisor),
            unit: unit.to_owned(),
            standard_error: estimate
                .and_then(|e| e.standard_error())
                .map(|error| error / divisor),
            interval: interval.map(|(low, high)| (low.value() / divisor, high.value() / divisor)),
            degrees_of_freedom: estimate.and_then(|e| e.degrees_of_freedom()),
            plots: estimate.map_or(0, |e| e.plots()),
            plots_nonzero: estimate.map_or(0, |e| e.plots_nonzero()),
            estimator: estimate.map_or_else(String::new, |e| e.estimator().id().to_owned()),
            note,
        }
    }

    /// Attributes per hectare of forest: ratios of the direct domains and of the union. A synthetic
    /// region has the ratio of its parent.
    fn volume_per_forest(
        &mut self,
    ) -> BTreeMap<Option<usize>, Option<RatioEstimate<CubicMetres, Hectares>>> {
        let newest = self.inventories.len() - 1;
        let mut of_newest = BTreeMap::new();
        for position in 0..self.inventories.len() {
            let inventory = &self.inventories[position];
            let Some(forest) = &inventory.forest else {
                continue;
            };
            let forest = self.parts(position, forest);
            if let Some(volume) = &inventory.volume {
                let ratios =
                    self.ratios(position, "volume", &self.parts(position, volume), &forest);
                if position == newest {
                    of_newest = ratios;
                }
            }
            if let Some(biomass) = &inventory.above_ground_biomass {
                self.ratios::<TonnesDryMatter>(
                    position,
                    "above_ground_biomass",
                    &self.parts(position, biomass),
                    &forest,
                );
            }
            for (pool, carbon) in &inventory.carbon {
                let name = format!("{}_carbon", pool.id().replace('-', "_"));
                self.ratios::<TonnesCarbon>(
                    position,
                    &name,
                    &self.parts(position, carbon),
                    &forest,
                );
            }
        }
        of_newest
    }

    fn ratios<N: Quantity>(
        &mut self,
        position: usize,
        name: &str,
        numerators: &[Observations<N>],
        forest: &[Observations<Hectares>],
    ) -> BTreeMap<Option<usize>, Option<RatioEstimate<N, Hectares>>> {
        let sample = &self.samples[position];
        let of_domain: Vec<Option<RatioEstimate<N, Hectares>>> = numerators
            .iter()
            .zip(forest)
            .map(|(numerator, forest)| sample.ratio(numerator, forest).ok())
            .collect();
        let union = of_domain.last().copied().flatten();
        let mut out = BTreeMap::new();
        for region in self.places() {
            let source = region.map(|region| &self.domains.sources[region]);
            let (ratio, estimator) = match source {
                None => (union, None),
                Some(Source::Direct(domain)) => (of_domain[*domain], None),
                Some(Source::Synthetic { domain, .. }) => (
                    domain.map_or(union, |domain| of_domain[domain]),
                    Some(Estimator::Synthetic),
                ),
                Some(Source::None(_)) => (None, None),
            };
            if let Some(r) = ratio {
                let estimator = estimator.unwrap_or(r.estimator());
                self.rows.push(InventoryRow {
                    region_id: self.id(region),
                    year: self.inventories[position].year,
                    from_year: None,
                    attribute: name.to_owned(),
                    statistic: "per_forest_hectare".to_owned(),
                    value: Some(r.value()),
                    unit: r.unit(),
                    standard_error: r.standard_error(),
                    interval: r.interval(self.setting.confidence),
                    degrees_of_freedom: r.degrees_of_freedom(),
                    plots: r.plots(),
                    plots_nonzero: r.plots_nonzero(),
                    estimator: estimator.id().to_owned(),
                    note: estimator.note().to_owned(),
                });
            }
            out.insert(region, ratio);
        }
        out
    }
}
