//! Which plots speak for which region: its own, those of its parent, or none.

use std::collections::{BTreeMap, BTreeSet};

use geo::Coord;

use super::larger_areas::in_larger;
use super::lenders::{OnMap, Pools};
use super::sampled_land::Bare;
use super::small_areas::SmallAreaModel;
use super::sources::{Source, Sources};
use crate::estimate::{Confidence, Sample};
use crate::finding::{Finding, counted};
use crate::input::{Inventory, PlotRecord};
use crate::pipeline::open::{Locator, Place, ancestors, by_id, parent_elsewhere};
use crate::pipeline::pass::Helpers;
use crate::units::Hectares;

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
    /// Regions without plots, one an inventory.
    pub(super) bare: Vec<Bare>,
    /// Those in each region that holds others, one list an inventory.
    pub(super) bare_in: Vec<Vec<Bare>>,
    pub(super) sources: Sources,
    pub(super) notes: Vec<Vec<String>>,
}

/// What the estimates need to know beside the plots.
pub(super) struct Setting<'a> {
    pub(super) regions: &'a [Place],
    pub(super) disjoint: bool,
    /// Land that lies in several regions, once for each beyond the first.
    pub(super) overlap: Hectares,
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
            let sources = sources.map(|region| setting.borrowed(*region, 0, (&all, &[])));
            let sources: Vec<Source> = sources.collect();
            Self {
                count: 1,
                of_plot: inventories.iter().map(everywhere).collect(),
                regions: vec![all],
                bare: vec![Bare::Within; inventories.len()],
                bare_in: vec![vec![Bare::Within; setting.regions.len()]; inventories.len()],
                sources: Sources {
                    of_stocks: vec![sources.clone(); inventories.len()],
                    of_changes: vec![sources; inventories.len() - 1],
                },
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
        let mut plots = Vec::new();
        for (inventory, points) in inventories.iter().zip(setting.points) {
            let domains: Vec<Vec<usize>> = inventory
                .records
                .iter()
                .zip(points)
                .map(|(record, point)| of(record, *point))
                .collect();
            plots.push(by_domain(&domains, regions));
            outside(inventory, &domains, warnings);
            of_plot.push(domains);
        }
        let parents = setting.parents();
        let modelled = 0..regions;
        let modelled: Vec<bool> = modelled.map(|at| setting.is_modelled(Some(at))).collect();
        let mut regions_of: Vec<Vec<usize>> = (0..regions).map(|region| vec![region]).collect();
        let both = samples.iter().zip(&of_plot);
        let bare = both.map(|(sample, of_plot)| Bare::of(sample, of_plot, &regions_of, setting));
        let bare: Vec<Bare> = bare.collect();
        let both = samples.iter().zip(of_plot.iter().zip(&bare));
        let bare_in =
            both.map(|(sample, (of_plot, bare))| in_larger(sample, (of_plot, bare), setting));
        let bare_in: Vec<Vec<Bare>> = bare_in.collect();
        let pools = Pools::of(setting, &regions_of, (samples, &of_plot));
        let rule = |region: usize, plots: &[usize], inventories: &[usize]| {
            let pool = pools.at(inventories);
            let few = counted(plots[region], "plot", "plots");
            if plots[region] >= setting.min_plots {
                let is_larger = setting.small_areas.is_some() && !modelled[region];
                let note = "stocks by its own plots: the model is of the smallest regions, whose sum may differ";
                return (Source::Direct(region), is_larger.then(|| note.to_owned()));
            }
            if modelled[region] {
                let note = format!("{few}: stocks by the model of all regions");
                return (pool.lend(setting, region), Some(note));
            }
            let lenders = || {
                let ancestors = ancestors(&parents, region);
                ancestors.filter(|other| plots[*other] >= setting.min_plots)
            };
            let whole = lenders().find(|other| setting.shows_all_of(*other));
            let lender = whole.or_else(|| lenders().next());
            let (from, source) = match lender {
                Some(parent) => {
                    let id = setting.regions[parent].id.clone();
                    let bare = inventories
                        .iter()
                        .flat_map(|at| bare_in[*at][parent].regions());
                    let bare: BTreeSet<usize> = bare.copied().collect();
                    let bare = setting.largest(|region| bare.contains(&region));
                    let from = match bare[..] {
                        [] => id,
                        _ => format!("{id} without {}", setting.named(&bare)),
                    };
                    let source = setting.borrowed(region, parent, (&[parent], &bare));
                    (from, source)
                }
                None => (pool.name().to_owned(), pool.lend(setting, region)),
            };
            let few = format!(
                "{few}, fewer than the {} asked for an estimate of its own",
                setting.min_plots
            );
            let note = match &source {
                Source::None(reason) => format!("{few}: {reason}"),
                _ => format!("{few}: synthetic from {from}"),
            };
            (source, Some(note))
        };
        let years = inventories.iter().map(|inventory| inventory.year);
        let years: Vec<i32> = years.collect();
        let (sources, mut notes) = Sources::by((&years, &plots), regions, &Some, &rule);
        for (region, notes) in notes.iter_mut().enumerate() {
            let parent = parent_elsewhere(setting.regions, &parents, region);
            let of_pool = |source: &Source| matches!(source, Source::Synthetic { domain, .. } if domain.is_none_or(|one| one >= regions));
            let borrows = !modelled[region] && sources.of(region).any(of_pool);
            notes.extend(parent.filter(|_| borrows).map(|parent| {
                format!("its parent `{parent}` is no region of the run and is not borrowed from")
            }));
        }
        pools.add(&sources, &mut regions_of, &mut of_plot);
        Self {
            count: regions_of.len(),
            of_plot,
            regions: regions_of,
            bare,
            bare_in,
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
        let mut plots = Vec::new();
        let mut of_plot = Vec::new();
        for inventory in inventories {
            let of = |record: &PlotRecord| -> Vec<usize> {
                let parent = record.parent.as_deref().and_then(|id| parents.get(id));
                parent.copied().into_iter().collect()
            };
            let domains: Vec<Vec<usize>> = inventory.records.iter().map(of).collect();
            plots.push(by_domain(&domains, parents.len()));
            outside(inventory, &domains, warnings);
            of_plot.push(domains);
        }
        let pools = Pools::of(setting, &regions_of, (samples, &of_plot));
        let domain_of = |region: usize| {
            let place = &setting.regions[region];
            let own = parents.get(place.id.as_str());
            own.or_else(|| parents.get(place.parent.as_deref()?))
                .copied()
        };
        let rule = |region: usize, plots: &[usize], inventories: &[usize]| {
            let pool = pools.at(inventories);
            let place = &setting.regions[region];
            let enough = |domain: &usize| plots[*domain] >= setting.min_plots;
            let own = parents.get(place.id.as_str()).copied();
            if let Some(domain) = own.filter(enough) {
                return (Source::Direct(domain), None);
            }
            let Some(parent) = &place.parent else {
                let why = "plots are known by parent region, and the region names none";
                return (Source::None(why.into()), None);
            };
            let domain = parents.get(parent.as_str()).copied();
            let lender = domain.filter(enough);
            let source = match lender {
                Some(domain) => setting.borrowed(region, domain, (&regions_of[domain], &[])),
                None => pool.lend(setting, region),
            };
            let few = counted(domain.map_or(0, |domain| plots[domain]), "plot", "plots");
            let note = match (&source, lender) {
                (Source::None(reason), _) => format!("{few} in {parent}: {reason}"),
                (_, Some(_)) => format!(
                    "plots are known by parent region only: synthetic from {parent}, by its share of the mapped forest, as if the regions of {parent} cover it"
                ),
                (_, None) => format!(
                    "{few} in {parent}, fewer than the {} asked for an estimate of its own: synthetic from {}",
                    setting.min_plots,
                    pool.name()
                ),
            };
            (source, Some(note))
        };
        let years = inventories.iter().map(|inventory| inventory.year);
        let years: Vec<i32> = years.collect();
        let regions = setting.regions.len();
        let (sources, notes) = Sources::by((&years, &plots), regions, &domain_of, &rule);
        let both = samples.iter().zip(&of_plot).filter(|_| setting.disjoint);
        let bare = both.map(|(sample, of_plot)| Bare::of(sample, of_plot, &regions_of, setting));
        let mut bare: Vec<Bare> = bare.collect();
        bare.resize(samples.len(), Bare::Within);
        pools.add(&sources, &mut regions_of, &mut of_plot);
        Self {
            count: regions_of.len(),
            of_plot,
            regions: regions_of,
            bare,
            bare_in: vec![vec![Bare::Within; regions]; inventories.len()],
            sources,
            notes,
        }
    }
}

/// Plots of each domain.
fn by_domain(of_plot: &[Vec<usize>], domains: usize) -> Vec<usize> {
    let mut plots = vec![0; domains];
    for domain in of_plot.iter().flatten() {
        plots[*domain] += 1;
    }
    plots
}

/// The plots of all inventories.
fn records(inventories: &[Inventory]) -> impl Iterator<Item = &PlotRecord> {
    inventories.iter().flat_map(|inventory| &inventory.records)
}

/// The region of the run that each names as its parent.
pub(super) fn parents(regions: &[Place]) -> Vec<Option<usize>> {
    let index = by_id(regions);
    let parents = regions.iter().map(|place| place.parent.as_deref());
    parents.map(|id| index.get(id?).copied()).collect()
}

impl Setting<'_> {
    /// The region of the run that each region names as its parent.
    pub(super) fn parents(&self) -> Vec<Option<usize>> {
        parents(self.regions)
    }

    /// Whether a model of small areas is to give the stocks of a region: larger areas, which hold others, have no part in
    /// it.
    pub(super) fn is_modelled(&self, region: Option<usize>) -> bool {
        let is_smallest = |region| !self.parents().contains(&Some(region));
        self.small_areas.is_some() && region.is_some_and(is_smallest)
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
