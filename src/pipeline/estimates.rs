//! Plots become estimates for every region: direct where there are plots enough, synthetic where
//! strength must be borrowed, nothing where neither is possible.

use std::collections::BTreeMap;

use geo::{BoundingRect, Contains, Coord, MultiPolygon, Point};
use rstar::{AABB, RTree, primitives::GeomWithData, primitives::Rectangle};

use super::prepare::{Place, by_id};
use crate::account::{InventoryRow, Pool, TOTAL, period};
use crate::estimate::{
    Change, Confidence, Estimate, EstimateError, Estimator, Observations, RatioEstimate,
    Remeasurement, Sample, synthetic,
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

/// Where the estimate of a region comes from.
#[derive(Debug, Clone, PartialEq)]
enum Source {
    /// From the plots of a domain.
    Direct(usize),
    /// From a domain (`None`: all plots of the regions), by the share of its mapped forest.
    Synthetic {
        domain: Option<usize>,
        mapped_in_parent: Hectares,
        mapped_in_area: Hectares,
    },
    /// From nowhere, for this reason.
    None(String),
}

/// The domains of the plots, and what each region takes from them.
struct Domains {
    /// Number of domains.
    count: usize,
    /// Domains of each plot, one list an inventory.
    of_plot: Vec<Vec<Vec<usize>>>,
    sources: Vec<Source>,
    notes: Vec<Vec<String>>,
}

/// What the estimates need to know beside the plots.
pub(super) struct Setting<'a> {
    pub(super) regions: &'a [Place],
    pub(super) disjoint: bool,
    /// Forest on the newest map by region, where there is a map.
    pub(super) mapped_forest: Option<&'a [Hectares]>,
    pub(super) confidence: Confidence,
    /// Fewest plots for an estimate of a region's own.
    pub(super) min_plots: usize,
    /// Position of each plot in the coordinates of the regions, one list an inventory.
    pub(super) points: &'a [Vec<Option<Coord<f64>>>],
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
        out.each(|_, estimates| estimates.notes.push(note.clone()));
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

impl Domains {
    fn new(inventories: &[Inventory], setting: &Setting<'_>, warnings: &mut Vec<Finding>) -> Self {
        let has = |field: fn(&crate::input::PlotRecord) -> bool| {
            inventories
                .iter()
                .any(|inventory| inventory.records.iter().any(field))
        };
        if has(|record| record.region.is_some()) {
            let index = by_id(setting.regions);
            let of = |record: &crate::input::PlotRecord, _: Option<Coord<f64>>| {
                let region = record.region.as_deref().and_then(|id| index.get(id));
                region.copied().into_iter().collect()
            };
            Self::by_region(inventories, setting, &of, warnings)
        } else if has(|record| record.parent.is_some()) {
            Self::by_parent(inventories, setting, warnings)
        } else if has(|record| record.point.is_some()) {
            let locate = Locator::new(setting.regions);
            let of = |_: &crate::input::PlotRecord, point: Option<Coord<f64>>| {
                point
                    .map(|point| locate.regions_at(point))
                    .unwrap_or_default()
            };
            Self::by_region(inventories, setting, &of, warnings)
        } else {
            // The plots say nothing of their place: they stand for all regions together.
            let everywhere = |inventory: &Inventory| vec![vec![0]; inventory.records.len()];
            let sources = (0..setting.regions.len())
                .map(|region| setting.share_of(region, Some(0), |_| true))
                .collect();
            Self {
                count: 1,
                of_plot: inventories.iter().map(everywhere).collect(),
                sources,
                notes: vec![Vec::new(); setting.regions.len()],
            }
        }
    }

    fn by_region(
        inventories: &[Inventory],
        setting: &Setting<'_>,
        of: &dyn Fn(&crate::input::PlotRecord, Option<Coord<f64>>) -> Vec<usize>,
        warnings: &mut Vec<Finding>,
    ) -> Self {
        let regions = setting.regions.len();
        let mut of_plot = Vec::new();
        let mut fewest = vec![usize::MAX; regions];
        for (inventory, points) in inventories.iter().zip(setting.points) {
            let domains: Vec<Vec<usize>> = inventory
                .records
                .iter()
                .zip(points)
                .map(|(record, point)| of(record, *point))
                .collect();
            let mut plots = vec![0; regions];
            for &region in domains.iter().flatten() {
                plots[region] += 1;
            }
            for (fewest, plots) in fewest.iter_mut().zip(plots) {
                *fewest = plots.min(*fewest);
            }
            outside(inventory, &domains, warnings);
            of_plot.push(domains);
        }
        let mut notes = vec![Vec::new(); regions];
        let sources = (0..regions)
            .map(|region| {
                if fewest[region] >= setting.min_plots {
                    return Source::Direct(region);
                }
                notes[region].push(format!(
                    "{} plots, fewer than the {} asked for an estimate of its own: synthetic from all regions",
                    fewest[region], setting.min_plots
                ));
                setting.share_of(region, None, |_| true)
            })
            .collect();
        Self {
            count: regions,
            of_plot,
            sources,
            notes,
        }
    }

    fn by_parent(
        inventories: &[Inventory],
        setting: &Setting<'_>,
        warnings: &mut Vec<Finding>,
    ) -> Self {
        let mut parents: BTreeMap<&str, usize> = BTreeMap::new();
        for region in setting.regions {
            if let Some(parent) = &region.parent {
                let next = parents.len();
                parents.entry(parent).or_insert(next);
            }
        }
        let of_plot = inventories
            .iter()
            .map(|inventory| {
                let domains: Vec<Vec<usize>> = inventory
                    .records
                    .iter()
                    .map(|record| {
                        let parent = record.parent.as_deref().and_then(|id| parents.get(id));
                        parent.copied().into_iter().collect()
                    })
                    .collect();
                outside(inventory, &domains, warnings);
                domains
            })
            .collect();
        let mut notes = Vec::new();
        let sources = setting
            .regions
            .iter()
            .enumerate()
            .map(|(region, place)| {
                let Some(parent) = &place.parent else {
                    notes.push(Vec::new());
                    return Source::None("plots are known by parent region, and the region names none".into());
                };
                notes.push(vec![format!(
                    "plots are known by parent region only: synthetic from {parent}, by its share of the mapped forest, as if the regions of {parent} cover it"
                )]);
                let domain = parents.get(parent.as_str()).copied();
                setting.share_of(region, domain, |other| {
                    setting.regions[other].parent.as_ref() == Some(parent)
                })
            })
            .collect();
        Self {
            count: parents.len(),
            of_plot,
            sources,
            notes,
        }
    }
}

impl Setting<'_> {
    /// The synthetic source of a region: its share of the mapped forest of its siblings.
    fn share_of(
        &self,
        region: usize,
        domain: Option<usize>,
        sibling: impl Fn(usize) -> bool,
    ) -> Source {
        let Some(mapped) = self.mapped_forest else {
            return Source::None("too few plots, and no map to borrow strength by".into());
        };
        if domain.is_none() && !self.disjoint {
            return Source::None("too few plots, and the regions overlap".into());
        }
        let mapped_in_parent: Hectares = mapped
            .iter()
            .enumerate()
            .filter(|(other, _)| sibling(*other))
            .map(|(_, area)| *area)
            .sum();
        if mapped_in_parent <= Hectares::ZERO {
            return Source::None(
                "too few plots, and no mapped forest to borrow strength by".into(),
            );
        }
        Source::Synthetic {
            domain,
            mapped_in_parent,
            mapped_in_area: mapped[region],
        }
    }
}

/// Warns of plots in no region: they count as zero everywhere.
fn outside(inventory: &Inventory, domains: &[Vec<usize>], warnings: &mut Vec<Finding>) {
    let lost: Vec<&str> = domains
        .iter()
        .zip(&inventory.frame.plots)
        .filter(|(domains, _)| domains.is_empty())
        .map(|(_, plot)| plot.id.as_str())
        .collect();
    if !lost.is_empty() && lost.len() == domains.len() {
        // Every estimate would be zero, which is not what the sample says.
        warnings.push(Finding::error(
            format!("inventory {}", inventory.year),
            format!("none of the {} plots lies in a region", domains.len()),
            "check the ids of regions, or `x`, `y` and `crs` of `[inventory.fields]`: are x and y exchanged?",
        ));
    } else if !lost.is_empty() {
        let shown = lost.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        let more = if lost.len() > 5 { ", ..." } else { "" };
        warnings.push(Finding::warning(
            format!("inventory {}", inventory.year),
            format!("{} of {} plots lie in no region: {shown}{more}", lost.len(), domains.len()),
            "they stay in the sample and count for no region; check ids or coordinates if they should",
        ));
    }
}

/// Finds the regions that hold a point.
struct Locator<'a> {
    shapes: Vec<&'a MultiPolygon<f64>>,
    index: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
}

impl<'a> Locator<'a> {
    fn new(regions: &'a [Place]) -> Self {
        let shapes: Vec<&MultiPolygon<f64>> = regions.iter().map(|region| &region.shape).collect();
        let rects = shapes.iter().enumerate().filter_map(|(i, shape)| {
            let rect = shape.bounding_rect()?;
            let corners = ([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]);
            Some(GeomWithData::new(
                Rectangle::from_corners(corners.0, corners.1),
                i,
            ))
        });
        let index = RTree::bulk_load(rects.collect());
        Self { shapes, index }
    }

    fn regions_at(&self, point: Coord<f64>) -> Vec<usize> {
        let envelope = AABB::from_point([point.x, point.y]);
        let mut regions: Vec<usize> = self
            .index
            .locate_in_envelope_intersecting(&envelope)
            .map(|item| item.data)
            .filter(|&region| self.shapes[region].contains(&Point::from(point)))
            .collect();
        regions.sort_unstable();
        regions
    }
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
