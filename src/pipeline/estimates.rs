//! Plots become estimates for every region: direct where there are plots enough, synthetic where
//! strength must be borrowed, nothing where neither is possible.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::domains::{Domains, Setting, Source};
use super::inventory_rows::RowOf;
use super::small_areas::{SmallAreas, small_areas};
use crate::account::{InventoryRow, Pool, TOTAL, period};
use crate::estimate::{
    Change, Estimate, EstimateError, Estimator, Observations, RatioEstimate, Regression,
    Remeasurement, Sample, WallToWall, synthetic,
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
        over: over_domains(setting, &domains),
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
    work.column_domains(setting.columns);
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

/// The layers of the plan over each domain, then over the union of all.
fn over_domains(setting: &Setting<'_>, domains: &Domains) -> Vec<Option<WallToWall>> {
    let Some(helpers) = setting.helpers else {
        return Vec::new();
    };
    let all: Vec<usize> = (0..setting.regions.len()).collect();
    let union = setting.disjoint.then_some(&all);
    let of_domains = domains
        .regions
        .iter()
        .map(|regions| helpers.together(regions));
    of_domains
        .chain([union.and_then(|all| helpers.together(all))])
        .collect()
}

/// Two inventories one after the other.
pub(super) struct Pair<'a> {
    pub(super) from: i32,
    pub(super) to: i32,
    pub(super) earlier: usize,
    pub(super) later: usize,
    pub(super) remeasurement: Remeasurement<'a>,
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
    /// How a model of layers gave each total, in words; empty where none did.
    words: Vec<Vec<String>>,
    /// Regions by a model of all regions, where the plan asks for it.
    small: Vec<Option<SmallAreas<Q>>>,
    changes: Vec<Vec<Option<Estimate<Q>>>>,
}

impl<Q: Quantity> Attribute<'_, Q> {
    fn total(&self, inventory: usize, region: Option<usize>) -> Option<Estimate<Q>> {
        match (&self.small[inventory], region) {
            (Some(small), Some(region)) => small.estimates.get(region).copied(),
            _ => self.pick(&self.totals[inventory], region),
        }
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

    /// How a total came about, where more can be said than the name of its estimator.
    fn words(&self, inventory: usize, region: Option<usize>) -> String {
        match (&self.small[inventory], region) {
            (Some(small), Some(region)) => small.words.get(region).cloned().unwrap_or_default(),
            (_, None) => self.words[inventory].last().cloned().unwrap_or_default(),
            (_, Some(region)) => match &self.sources[region] {
                Source::Direct(domain) => self.words[inventory][*domain].clone(),
                _ => String::new(),
            },
        }
    }
}

/// The samples at work on the domains.
pub(super) struct Work<'a> {
    pub(super) setting: &'a Setting<'a>,
    pub(super) inventories: &'a [Inventory],
    pub(super) samples: &'a [Sample],
    pub(super) pairs: &'a [Pair<'a>],
    pub(super) domains: &'a Domains,
    /// The layers of the plan over each domain, then over the union of all.
    over: Vec<Option<WallToWall>>,
    pub(super) rows: Vec<InventoryRow>,
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
        let mut totals = Vec::new();
        let mut words = Vec::new();
        for (position, parts) in parts.iter().enumerate() {
            let mut told = vec![String::new(); places];
            let Some(parts) = parts else {
                totals.push(vec![None; places]);
                words.push(told);
                continue;
            };
            let model = self.model(position, observed(&self.inventories[position]));
            let of_part = parts.iter().enumerate().map(|(domain, part)| {
                let Some((model, over)) = model.as_ref().zip(self.over(domain)) else {
                    return keep(self.samples[position].total(part));
                };
                let total = model.as_ref().map_err(Clone::clone).and_then(|model| {
                    let total = model.total(over, |plot| self.lies_in(position, plot, domain))?;
                    told[domain] = assisted_words(model, over, &total, self.setting);
                    Ok(total)
                });
                keep(total)
            });
            totals.push(of_part.collect());
            words.push(told);
        }
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
        let mut small = Vec::new();
        for totals in &totals {
            small.push(match self.setting.small_areas {
                Some(model) => match small_areas(model, totals, self.setting) {
                    Ok(areas) => areas,
                    Err(error) => {
                        failures.push(format!("small areas: {error}"));
                        Some(SmallAreas::none())
                    }
                },
                None => None,
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
            failures.sort();
            failures.dedup();
            self.tell(name, &attribute, &failures.join("; "));
        }
        attribute
    }

    /// The model of a variable on the layers of the plan, where it names any.
    fn model<Q: Quantity>(
        &self,
        inventory: usize,
        observed: Option<&Observations<Q>>,
    ) -> Option<Result<Regression<'a, Q>, EstimateError>> {
        let layers = &self.setting.helpers?.at_plots[inventory];
        Some(Regression::fit(&self.samples[inventory], observed?, layers))
    }

    /// The layers over a domain, or over the union of all.
    fn over(&self, domain: usize) -> Option<&WallToWall> {
        self.over.get(domain)?.as_ref()
    }

    /// Whether a plot lies in a domain, or in any for the union.
    fn lies_in(&self, inventory: usize, plot: usize, domain: usize) -> bool {
        let domains = &self.domains.of_plot[inventory][plot];
        if domain == self.domains.count {
            !domains.is_empty()
        } else {
            domains.contains(&domain)
        }
    }

    /// The rows of one attribute.
    fn tell<Q: Quantity>(&mut self, name: &str, attribute: &Attribute<'_, Q>, failure: &str) {
        let level = self.setting.confidence;
        for region in self.places() {
            for (position, inventory) in self.inventories.iter().enumerate() {
                let total = attribute.total(position, region);
                let of = RowOf {
                    region: self.id(region),
                    year: inventory.year,
                    from_year: None,
                    attribute: name,
                    domain: "",
                    note: match attribute.words(position, region) {
                        words if words.is_empty() => {
                            self.note(region, total, (1.0, Q::UNIT), failure)
                        }
                        words => words,
                    },
                };
                self.rows.push(of.total(total, level));
            }
            for (position, pair) in self.pairs.iter().enumerate() {
                let years = period(pair.from, pair.to).value();
                let unit = format!("{}/yr", Q::UNIT);
                let change = attribute.change(position, region);
                let of = RowOf {
                    region: self.id(region),
                    year: pair.to,
                    from_year: Some(pair.from),
                    attribute: name,
                    domain: "",
                    note: self.note(region, change, (years, &unit), failure),
                };
                self.rows.push(of.yearly_change(change, years, level));
            }
        }
    }

    /// What must be known of an estimate, or why there is none.
    fn note<Q: Quantity>(
        &self,
        region: Option<usize>,
        estimate: Option<Estimate<Q>>,
        (divisor, unit): (f64, &str),
        failure: &str,
    ) -> String {
        let source = region.map(|region| &self.domains.sources[region]);
        match (estimate, source) {
            (None, Some(Source::None(reason))) => reason.clone(),
            (None, _) => failure.to_owned(),
            (
                Some(e),
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

    /// Every region, and the union where they do not overlap.
    fn places(&self) -> Vec<Option<usize>> {
        let regions = (0..self.setting.regions.len()).map(Some);
        regions
            .chain(self.setting.disjoint.then_some(None))
            .collect()
    }

    pub(super) fn id(&self, region: Option<usize>) -> String {
        region.map_or_else(
            || TOTAL.to_owned(),
            |region| self.setting.regions[region].id.clone(),
        )
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
            if let Some(volume) = &inventory.volume {
                let ratios = self.ratios(position, "volume", volume, forest);
                if position == newest {
                    of_newest = ratios;
                }
            }
            if let Some(biomass) = &inventory.above_ground_biomass {
                self.ratios::<TonnesDryMatter>(position, "above_ground_biomass", biomass, forest);
            }
            for (pool, carbon) in &inventory.carbon {
                let name = format!("{}_carbon", pool.id().replace('-', "_"));
                self.ratios::<TonnesCarbon>(position, &name, carbon, forest);
            }
        }
        of_newest
    }

    fn ratios<N: Quantity>(
        &mut self,
        position: usize,
        name: &str,
        numerator: &Observations<N>,
        forest: &Observations<Hectares>,
    ) -> BTreeMap<Option<usize>, Option<RatioEstimate<N, Hectares>>> {
        let sample = &self.samples[position];
        let numerators = self.parts(position, numerator);
        let denominators = self.parts(position, forest);
        let models = self
            .model(position, Some(numerator))
            .zip(self.model(position, Some(forest)));
        let parts = numerators.iter().zip(&denominators).enumerate();
        let of_domain: Vec<Option<RatioEstimate<N, Hectares>>> = parts
            .map(
                |(domain, (numerator, forest))| match (&models, self.over(domain)) {
                    (Some((of, per)), Some(over)) => {
                        let inside = |plot| self.lies_in(position, plot, domain);
                        let (of, per) = (of.as_ref().ok()?, per.as_ref().ok()?);
                        of.ratio(per, over, inside).ok()
                    }
                    _ => sample.ratio(numerator, forest).ok(),
                },
            )
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
                let of = RowOf {
                    region: self.id(region),
                    year: self.inventories[position].year,
                    from_year: None,
                    attribute: name,
                    domain: "",
                    note: String::new(),
                };
                let estimator = estimator.unwrap_or(r.estimator());
                self.rows
                    .push(of.ratio(&r, estimator, self.setting.confidence));
            }
            out.insert(region, ratio);
        }
        out
    }
}

/// A total of a model in the figures that a pocket calculator needs.
fn assisted_words<Q: Quantity>(
    model: &Regression<'_, Q>,
    over: &WallToWall,
    total: &Estimate<Q>,
    setting: &Setting<'_>,
) -> String {
    let (intercept, slopes) = match model.coefficients() {
        [intercept, slopes @ ..] => (*intercept, slopes),
        [] => (0.0, &[][..]),
    };
    let names = setting.helpers.map_or(&[][..], |helpers| &helpers.names);
    let mut words = format!("{:.4} ha x ({intercept:.6}", over.area.value());
    let mut mean = intercept;
    for ((slope, layer), name) in slopes.iter().zip(&over.means).zip(names) {
        let _ = write!(words, " + {slope:.6} x {layer:.6} of {name}");
        mean += slope * layer;
    }
    let _ = write!(
        words,
        ") + {:.4} of the residuals of the plots; R2 {:.4}",
        total.value().value() - over.area.value() * mean,
        model.r_squared()
    );
    words
}
