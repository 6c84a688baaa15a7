//! What regions with few plots borrow from: the plots of a land, by its share of the forest that the map shows there.
//!
//! Plots and forest are of the same land: one that the map shows only a part of lends nothing, as its plots stand for
//! forest that is not on the map too.

use std::collections::BTreeMap;

use super::domains::Setting;
use super::sampled_land::{falls_short, land_beyond, land_of};
use super::sources::{Source, Sources};
use crate::estimate::Sample;
use crate::finding::{are, counted};
use crate::units::Hectares;

/// Most regions that are named.
const MOST: usize = 5;

/// What the newest map shows of a region.
#[derive(Debug, Clone, Copy)]
pub(super) struct OnMap {
    /// Its forest; `None` of a region that the map shows nothing of.
    pub(super) forest: Option<Hectares>,
    /// Whether the map shows all of it.
    pub(super) is_whole: bool,
    /// Whether cells of it could not be read.
    pub(super) is_unread: bool,
}

/// What regions together lend, in an inventory or in both of a change.
pub(super) enum Pool {
    /// All regions: the map shows all of every one, or there is none, and the sample is of their land.
    All,
    /// Some domains, as a domain of its own.
    Some {
        /// Its place.
        place: usize,
        /// Regions of the domains.
        regions: Vec<usize>,
        /// Fewest plots of an inventory in them.
        plots: usize,
        /// What it is called.
        name: String,
        /// What the map shows of the others, in words; `None` where it shows all regions.
        others: Option<String>,
    },
    /// Nothing, for this reason.
    Nothing(String),
}

/// The pools of each inventory, and of each two that follow each other.
pub(super) struct Pools {
    /// By inventories.
    of: BTreeMap<Vec<usize>, Pool>,
    /// Domains of each pool that is a domain of its own.
    domains: Vec<Vec<usize>>,
    /// Place of the first of these.
    first: usize,
}

impl Pools {
    /// Of domains with these regions, and the domains of each plot, one list an inventory.
    pub(super) fn of(
        setting: &Setting<'_>,
        regions_of: &[Vec<usize>],
        (samples, of_plot): (&[Sample], &[Vec<Vec<usize>>]),
    ) -> Self {
        let mut pools = Self {
            of: BTreeMap::new(),
            domains: Vec::new(),
            first: regions_of.len(),
        };
        for last in 0..samples.len() {
            for first in last.saturating_sub(1)..=last {
                let own = (&samples[first..=last], &of_plot[first..=last]);
                let pool = pools.pool(setting, regions_of, own);
                pools.of.insert((first..=last).collect(), pool);
            }
        }
        pools
    }

    fn pool(
        &mut self,
        setting: &Setting<'_>,
        regions_of: &[Vec<usize>],
        (samples, of_plot): (&[Sample], &[Vec<Vec<usize>>]),
    ) -> Pool {
        // Of regions that overlap there is no sum to borrow from.
        let Some(mapped) = setting.mapped.filter(|_| setting.disjoint) else {
            return Pool::All;
        };
        let all = 0..setting.regions.len();
        let hidden = all.filter(|region| !setting.shows_all_of(*region));
        let hidden: Vec<usize> = hidden.collect();
        let is_shown = |domain: &usize| {
            let mut regions = regions_of[*domain].iter();
            regions.len() > 0 && regions.all(|region| !hidden.contains(region))
        };
        let has_plots = |domain: &usize| {
            let mut inventories = of_plot.iter();
            inventories.all(|of_plot| of_plot.iter().any(|of| of.contains(domain)))
        };
        let shown = (0..regions_of.len()).filter(is_shown);
        let (with_plots, without): (Vec<usize>, Vec<usize>) = shown.partition(has_plots);
        let regions = |domains: &[usize]| -> Vec<usize> {
            let regions = domains.iter().flat_map(|domain| &regions_of[*domain]);
            regions.copied().collect()
        };
        let forest = regions(&with_plots).into_iter();
        let forest: Hectares = forest.filter_map(|region| mapped[region].forest).sum();
        if !with_plots.is_empty() && forest <= Hectares::ZERO {
            let why = "too few plots, and no mapped forest in the regions that have plots to borrow strength by";
            return Pool::Nothing(why.to_owned());
        }
        // Land without a plot is of the sample where that is of all land; of other land it is not, and its forest
        // is not what the plots stand for.
        let mut inventories = samples.iter().zip(of_plot);
        let bare = (0..regions_of.len()).filter(|domain| !has_plots(domain));
        let bare = regions(&bare.collect::<Vec<_>>()).into_iter();
        let missing: Hectares = bare.map(|region| setting.regions[region].area).sum();
        let is_of_all = inventories.all(|(sample, of_plot)| {
            let land = land_of(sample, |plot| !of_plot[plot].is_empty());
            land_beyond(sample, of_plot, setting).is_none()
                && land.is_none_or(|land| !falls_short(land, setting.area(), missing))
        });
        if hidden.is_empty() && (is_of_all || without.is_empty()) {
            return Pool::All;
        }
        let name = if is_of_all || without.is_empty() {
            "all regions"
        } else {
            "all regions with plots"
        };
        let mut domains = with_plots;
        if is_of_all {
            domains.extend(without);
            domains.sort_unstable();
        }
        let plots = of_plot.iter().map(|of_plot| {
            let is_in = |of: &&Vec<usize>| of.iter().any(|domain| domains.contains(domain));
            of_plot.iter().filter(is_in).count()
        });
        let known = self.domains.iter().position(|known| *known == domains);
        let place = known.unwrap_or(self.domains.len());
        let others = setting.named(&hidden);
        let part = setting.shown_part(&hidden);
        let is_whole = hidden.is_empty();
        let pool = Pool::Some {
            place: self.first + place,
            plots: plots.min().unwrap_or(0),
            regions: regions(&domains),
            name: if is_whole {
                name.to_owned()
            } else {
                format!("{name} but {others}, of which the map shows {part}")
            },
            others: (!is_whole).then(|| format!("{part} of {others}")),
        };
        if known.is_none() {
            self.domains.push(domains);
        }
        pool
    }

    /// That of an inventory, or of two that follow each other.
    pub(super) fn at(&self, inventories: &[usize]) -> &Pool {
        self.of.get(inventories).unwrap_or(&Pool::All)
    }

    /// Adds them to the domains, where any region takes something from one.
    pub(super) fn add(
        self,
        sources: &Sources,
        regions_of: &mut Vec<Vec<usize>>,
        of_plot: &mut [Vec<Vec<usize>>],
    ) {
        let takes = |source: &Source| matches!(source, Source::Synthetic { domain: Some(domain), .. } if *domain >= self.first);
        if !sources.all().any(takes) {
            return;
        }
        for (domains, place) in self.domains.iter().zip(self.first..) {
            for of in of_plot.iter_mut().flatten() {
                if of.iter().any(|domain| domains.contains(domain)) {
                    of.push(place);
                }
            }
            let regions = domains.iter().flat_map(|domain| &regions_of[*domain]);
            let regions = regions.copied().collect();
            regions_of.push(regions);
        }
    }
}

impl Pool {
    /// What it is called.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::All | Self::Nothing(_) => "all regions",
            Self::Some { name, .. } => name,
        }
    }

    /// What a region takes from it.
    pub(super) fn lend(&self, setting: &Setting<'_>, region: usize) -> Source {
        match self {
            Self::All => setting.share_of(region, None, (|_| true, &[])),
            Self::Nothing(why) => Source::None(why.clone()),
            Self::Some {
                plots,
                others: Some(others),
                ..
            } if *plots < setting.min_plots.max(1) => Source::None(format!(
                "the map shows {others}, and of the others there {} {}",
                are(*plots),
                counted(*plots, "plot", "plots")
            )),
            Self::Some { place, regions, .. } => {
                let of = |other| regions.contains(&other);
                setting.share_of(region, Some(*place), (of, &[]))
            }
        }
    }
}

impl Setting<'_> {
    /// Whether the map shows all of a region; without a map nothing is borrowed.
    pub(super) fn shows_all_of(&self, region: usize) -> bool {
        self.mapped.is_none_or(|mapped| mapped[region].is_whole)
    }

    /// What the map shows of regions that it does not show all of.
    fn shown_part(&self, hidden: &[usize]) -> &'static str {
        let has_some = |region: &usize| self.mapped.is_some_and(|of| of[*region].forest.is_some());
        let parts = hidden.iter().filter(|region| has_some(region)).count();
        match parts {
            0 => "nothing",
            parts if parts == hidden.len() => "only a part",
            _ => "only a part or nothing",
        }
    }

    /// Regions by their ids.
    pub(super) fn named(&self, regions: &[usize]) -> String {
        let ids = regions.iter().take(MOST);
        let ids: Vec<&str> = ids
            .map(|region| self.regions[*region].id.as_str())
            .collect();
        match regions.len() - ids.len() {
            0 => ids.join(", "),
            more => format!("{} and {more} more", ids.join(", ")),
        }
    }

    /// What a region takes from a domain, by its share of the mapped forest of the regions that it is of, without those
    /// in them whose land the plots do not stand for.
    pub(super) fn borrowed(
        &self,
        region: usize,
        domain: usize,
        (regions, without): (&[usize], &[usize]),
    ) -> Source {
        let hidden = regions.iter().copied();
        let hidden: Vec<usize> = hidden
            .filter(|region| !self.shows_all_of(*region))
            .collect();
        if hidden.is_empty() {
            let of = |other| regions.contains(&other);
            return self.share_of(region, Some(domain), (of, without));
        }
        Source::None(format!(
            "the map shows {} of {}, whose plots stand for all of it: its forest to borrow by is not known",
            self.shown_part(&hidden),
            self.named(&hidden)
        ))
    }

    /// The synthetic source of a region: its share of the mapped forest of the regions of a domain, without some that
    /// lie in them.
    fn share_of(
        &self,
        region: usize,
        domain: Option<usize>,
        (is_of_domain, without): (impl Fn(usize) -> bool, &[usize]),
    ) -> Source {
        let none = |why: &str| Source::None(why.to_owned());
        let Some(mapped) = self.mapped else {
            return none("too few plots, and no map to borrow strength by");
        };
        if domain.is_none() && !self.disjoint {
            return none(
                "the regions overlap, and none that it belongs to has plots enough to lend from",
            );
        }
        let Some(mapped_in_area) = mapped[region].forest else {
            return none(if mapped[region].is_unread {
                "the map could not be read in it, so its share of the mapped forest is not known"
            } else {
                "no map has a value in it, so its share of the mapped forest is not known"
            });
        };
        let lenders = mapped.iter().enumerate();
        let lenders = lenders.filter(|(other, _)| is_of_domain(*other));
        let lent: Hectares = lenders.filter_map(|(_, land)| land.forest).sum();
        let without = without.iter().filter_map(|other| mapped[*other].forest);
        let mapped_in_parent = lent - without.sum::<Hectares>();
        if mapped_in_parent <= Hectares::ZERO {
            return none("too few plots, and no mapped forest to borrow strength by");
        }
        Source::Synthetic {
            domain,
            mapped_in_parent,
            mapped_in_area,
        }
    }
}
