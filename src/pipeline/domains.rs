//! Which plots speak for which region: its own, those of its parent, or none.

use std::collections::{BTreeMap, BTreeSet};

use geo::Coord;

use super::lenders::{OnMap, Pool};
use super::locator::Locator;
use super::places::{ancestors, parent_elsewhere};
use super::prepare::{Place, by_id};
use super::small_areas::SmallAreaModel;
use super::wall_to_wall::Helpers;
use crate::estimate::{Confidence, Estimate, Sample, synthetic};
use crate::finding::{Finding, counted};
use crate::input::{Inventory, PlotRecord};
use crate::units::{Hectares, Quantity};

/// Where the estimate of a region comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source {
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

/// The estimate of a region, or of the union where it is `None`, out of those of all domains; that of
/// the union of all stands at `union`.
pub(super) fn picked<Q: Quantity>(
    sources: &[Source],
    region: Option<usize>,
    union: usize,
    of_domain: impl Fn(usize) -> Result<Estimate<Q>, String>,
) -> Result<Estimate<Q>, String> {
    match region.map(|region| &sources[region]) {
        None => of_domain(union),
        Some(Source::Direct(domain)) => of_domain(*domain),
        Some(Source::Synthetic {
            domain,
            mapped_in_parent,
            mapped_in_area,
        }) => {
            let parent = of_domain(domain.unwrap_or(union))?;
            synthetic(&parent, *mapped_in_parent, *mapped_in_area)
                .map_err(|error| error.to_string())
        }
        Some(Source::None(reason)) => Err(reason.clone()),
    }
}

/// Tells the regions of a plot by its record and its place.
type RegionsOf<'a> = dyn Fn(&PlotRecord, Option<Coord<f64>>) -> Vec<usize> + 'a;

/// The domains of the plots, and what each region takes from them.
pub(super) struct Domains {
    /// Number of domains.
    pub(super) count: usize,
    /// Domains of each plot, one list an inventory.
    pub(super) of_plot: Vec<Vec<Vec<usize>>>,
    /// Regions of each domain.
    pub(super) regions: Vec<Vec<usize>>,
    pub(super) sources: Vec<Source>,
    pub(super) notes: Vec<Vec<String>>,
}

/// What the estimates need to know beside the plots.
pub(super) struct Setting<'a> {
    pub(super) regions: &'a [Place],
    pub(super) disjoint: bool,
    /// What the newest map shows of each region, where there is a map.
    pub(super) mapped: Option<&'a [OnMap]>,
    pub(super) confidence: Confidence,
    /// Fewest plots for an estimate of a region's own.
    pub(super) min_plots: usize,
    /// Columns of the plots whose values are domains too.
    pub(super) columns: &'a [String],
    /// Layers that help the plots.
    pub(super) helpers: Option<&'a Helpers>,
    /// How regions with few plots borrow strength from all others.
    pub(super) small_areas: Option<&'a SmallAreaModel>,
    /// Position of each plot in the coordinates of the regions, one list an inventory.
    pub(super) points: &'a [Vec<Option<Coord<f64>>>],
}

impl Domains {
    pub(super) fn new(
        (inventories, samples): (&[Inventory], &[Sample]),
        setting: &Setting<'_>,
        warnings: &mut Vec<Finding>,
    ) -> Self {
        let has = |field: fn(&PlotRecord) -> bool| records(inventories).any(field);
        let index = by_id(setting.regions);
        // Parents of regions that are no region of the run.
        let parents = setting.regions.iter();
        let parents = parents.filter_map(|region| region.parent.as_deref());
        let others: BTreeSet<&str> = parents.filter(|id| !index.contains_key(id)).collect();
        let beyond = |record: &PlotRecord| {
            let parent = record.parent.as_deref();
            parent.is_some_and(|parent| others.contains(parent))
        };
        let by_parent = has(|record| record.region.is_none() && record.parent.is_some());
        let by_other = by_parent && records(inventories).any(beyond);
        if !by_other && (by_parent || has(|record| record.region.is_some())) {
            let parents = setting.parents();
            // What lies in a region lies in those it belongs to; a parent may be a region of the run.
            let of = |record: &PlotRecord, _: Option<Coord<f64>>| {
                let id = record.region.as_deref().or(record.parent.as_deref());
                let region = id.and_then(|id| index.get(id));
                let all = region
                    .map(|region| std::iter::once(*region).chain(ancestors(&parents, *region)));
                all.into_iter().flatten().collect()
            };
            Self::by_region((inventories, samples), setting, &of, warnings)
        } else if by_other {
            Self::by_parent((inventories, samples), setting, warnings)
        } else if has(|record| record.point.is_some()) {
            let locate = Locator::new(setting.regions);
            let of = |_: &PlotRecord, point: Option<Coord<f64>>| {
                point
                    .map(|point| locate.regions_at(point))
                    .unwrap_or_default()
            };
            Self::by_region((inventories, samples), setting, &of, warnings)
        } else {
            // The plots say nothing of their place: they stand for all regions together.
            let everywhere = |inventory: &Inventory| vec![vec![0]; inventory.records.len()];
            let all: Vec<usize> = (0..setting.regions.len()).collect();
            let sources = all.iter();
            let sources = sources.map(|region| setting.borrowed(*region, 0, &all));
            let sources = sources.collect();
            Self {
                count: 1,
                of_plot: inventories.iter().map(everywhere).collect(),
                regions: vec![all],
                sources,
                notes: vec![Vec::new(); setting.regions.len()],
            }
        }
    }

    fn by_region(
        (inventories, samples): (&[Inventory], &[Sample]),
        setting: &Setting<'_>,
        of: &RegionsOf<'_>,
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
        let parents = setting.parents();
        let mut regions_of: Vec<Vec<usize>> = (0..regions).map(|region| vec![region]).collect();
        let pool = Pool::of(setting, &regions_of, (samples, &of_plot));
        let sources = (0..regions)
            .map(|region| {
                let plots = fewest[region];
                if plots >= setting.min_plots {
                    return Source::Direct(region);
                }
                if setting.small_areas.is_some() {
                    notes[region].push(format!(
                        "{}: stocks by the model of all regions",
                        counted(plots, "plot", "plots")
                    ));
                    return pool.lend(setting, region);
                }
                let lenders = || {
                    let ancestors = ancestors(&parents, region);
                    ancestors.filter(|other| fewest[*other] >= setting.min_plots)
                };
                let whole = lenders().find(|other| setting.shows_all_of(*other));
                let lender = whole.or_else(|| lenders().next());
                let (from, source) = match lender {
                    Some(parent) => (
                        setting.regions[parent].id.clone(),
                        setting.borrowed(region, parent, &[parent]),
                    ),
                    None => (pool.name(), pool.lend(setting, region)),
                };
                let few = format!(
                    "{}, fewer than the {} asked for an estimate of its own",
                    counted(plots, "plot", "plots"),
                    setting.min_plots
                );
                let beyond = parent_elsewhere(setting.regions, &parents, region);
                let beyond = beyond.filter(|_| lender.is_none()).map(|parent| {
                    format!(
                        "; its parent `{parent}` is no region of the run and is not borrowed from"
                    )
                });
                notes[region].push(match &source {
                    Source::None(reason) => format!("{few}: {reason}"),
                    _ => format!("{few}: synthetic from {from}{}", beyond.unwrap_or_default()),
                });
                source
            })
            .collect::<Vec<_>>();
        pool.add(&sources, &mut regions_of, &mut of_plot);
        Self {
            count: regions_of.len(),
            of_plot,
            regions: regions_of,
            sources,
            notes,
        }
    }

    fn by_parent(
        (inventories, samples): (&[Inventory], &[Sample]),
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
        // A parent that is a region of the run is that region, else the regions that name it.
        let index = by_id(setting.regions);
        let mut regions_of = vec![Vec::new(); parents.len()];
        for (region, place) in setting.regions.iter().enumerate() {
            if let Some(parent) = place.parent.as_deref().and_then(|id| parents.get(id)) {
                regions_of[*parent].push(region);
            }
        }
        for (id, domain) in &parents {
            if let Some(region) = index.get(id) {
                regions_of[*domain] = vec![*region];
            }
        }
        let mut fewest = vec![usize::MAX; parents.len()];
        let mut of_plot = Vec::new();
        for inventory in inventories {
            let of = |record: &PlotRecord| -> Vec<usize> {
                let parent = record.parent.as_deref().and_then(|id| parents.get(id));
                parent.copied().into_iter().collect()
            };
            let domains: Vec<Vec<usize>> = inventory.records.iter().map(of).collect();
            for (domain, fewest) in fewest.iter_mut().enumerate() {
                let plots = domains.iter().filter(|of| of.contains(&domain)).count();
                *fewest = plots.min(*fewest);
            }
            outside(inventory, &domains, warnings);
            of_plot.push(domains);
        }
        let mut notes = Vec::new();
        let pool = Pool::of(setting, &regions_of, (samples, &of_plot));
        let sources = setting
            .regions
            .iter()
            .enumerate()
            .map(|(region, place)| {
                let own = parents.get(place.id.as_str()).copied();
                if let Some(domain) = own.filter(|domain| fewest[*domain] >= setting.min_plots) {
                    notes.push(Vec::new());
                    return Source::Direct(domain);
                }
                let Some(parent) = &place.parent else {
                    notes.push(Vec::new());
                    return Source::None("plots are known by parent region, and the region names none".into());
                };
                let domain = parents.get(parent.as_str()).copied();
                let lender = domain.filter(|domain| fewest[*domain] >= setting.min_plots);
                let source = match lender {
                    Some(domain) => setting.borrowed(region, domain, &regions_of[domain]),
                    None => pool.lend(setting, region),
                };
                let plots = counted(domain.map_or(0, |domain| fewest[domain]), "plot", "plots");
                notes.push(vec![match (&source, lender) {
                    (Source::None(reason), _) => format!("{plots} in {parent}: {reason}"),
                    (_, Some(_)) => format!(
                        "plots are known by parent region only: synthetic from {parent}, by its share of the mapped forest, as if the regions of {parent} cover it"
                    ),
                    (_, None) => format!(
                        "{plots} in {parent}, fewer than the {} asked for an estimate of its own: synthetic from {}",
                        setting.min_plots,
                        pool.name()
                    ),
                }]);
                source
            })
            .collect::<Vec<_>>();
        pool.add(&sources, &mut regions_of, &mut of_plot);
        Self {
            count: regions_of.len(),
            of_plot,
            regions: regions_of,
            sources,
            notes,
        }
    }
}

/// The plots of all inventories.
fn records(inventories: &[Inventory]) -> impl Iterator<Item = &PlotRecord> {
    inventories.iter().flat_map(|inventory| &inventory.records)
}

impl Setting<'_> {
    /// The region of the run that each region names as its parent.
    fn parents(&self) -> Vec<Option<usize>> {
        let index = by_id(self.regions);
        let parents = self.regions.iter().map(|place| place.parent.as_deref());
        parents.map(|id| index.get(id?).copied()).collect()
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
            match domains.len() {
                1 => "the one plot lies in no region".to_owned(),
                plots => format!("none of the {plots} plots lies in a region"),
            },
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
