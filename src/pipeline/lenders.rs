//! What regions with few plots borrow from: the plots of a land, by its share of the forest that the map shows there.
//!
//! Plots and forest are of the same land: one that the map shows only a part of lends nothing, as its plots stand for
//! forest that is not on the map too.

use super::domains::Setting;
use super::sources::{Source, Sources};
use crate::estimate::{Estimate, Observations, Sample};
use crate::finding::{are, counted};
use crate::units::{Hectares, PerHectare};

/// Standard errors within which a difference of land may be chance.
pub(super) const ERRORS: f64 = 4.0;

/// The land that some plots of an inventory stand for.
pub(super) fn land_of(
    sample: &Sample,
    is_of: impl Fn(usize) -> bool,
) -> Option<Estimate<Hectares>> {
    let shares = (0..sample.plots().len()).map(|plot| {
        let share = if is_of(plot) { 1.0 } else { 0.0 };
        PerHectare::new(Hectares::new(share))
    });
    sample.total(&Observations::new(shares)).ok()
}

/// The land that the plots of an inventory in the regions stand for, and that of the regions, in hectares, where these
/// are not the same.
pub(super) fn land_beyond(
    sample: &Sample,
    of_plot: &[Vec<usize>],
    setting: &Setting<'_>,
) -> Option<(f64, f64)> {
    /// Share of the regions below which a difference is no matter: inventories count water that
    /// polygons leave out.
    const SHARE: f64 = 0.25;
    if !setting.disjoint {
        return None;
    }
    let land = land_of(sample, |plot| !of_plot[plot].is_empty())?;
    let regions: f64 = setting.regions.iter().map(|place| place.area.value()).sum();
    let found = land.value().value();
    let error = land.standard_error().unwrap_or_default();
    let off = (found - regions).abs();
    (off > SHARE * regions && off > ERRORS * error).then_some((found, regions))
}

/// Most regions that are named.
const MOST: usize = 5;

/// What the newest map shows of a region.
#[derive(Debug, Clone, Copy)]
pub(super) struct OnMap {
    /// Its forest; `None` of a region that the map shows nothing of.
    pub(super) forest: Option<Hectares>,
    /// Whether the map shows all of it.
    pub(super) is_whole: bool,
}

/// All regions together, but those that the map shows only a part of.
pub(super) enum Pool {
    /// The map shows all of every region, or there is none.
    All,
    /// Domains whose regions the map shows, as a domain of its own.
    Shown {
        /// Its place.
        place: usize,
        /// The domains.
        domains: Vec<usize>,
        /// Their regions.
        regions: Vec<usize>,
        /// Fewest plots of an inventory in them.
        plots: usize,
        /// The others, in words.
        others: String,
    },
}

impl Pool {
    /// Of domains with these regions, and the domains of each plot, one list an inventory.
    pub(super) fn of(
        setting: &Setting<'_>,
        regions_of: &[Vec<usize>],
        (samples, of_plot): (&[Sample], &[Vec<Vec<usize>>]),
    ) -> Self {
        let all = 0..setting.regions.len();
        let hidden: Vec<usize> = all
            .filter(|region| !setting.shows_all_of(*region))
            .collect();
        // Of regions that overlap there is no sum to borrow from.
        if hidden.is_empty() || !setting.disjoint {
            return Self::All;
        }
        // Land without a plot is of the sample where that is of all land; of other land it is not, and its forest
        // is not what the plots stand for.
        let mut inventories = samples.iter().zip(of_plot);
        let is_of_all =
            inventories.all(|(sample, of_plot)| land_beyond(sample, of_plot, setting).is_none());
        let has_plots = |domain: usize| {
            let mut inventories = of_plot.iter();
            inventories.all(|of_plot| of_plot.iter().any(|of| of.contains(&domain)))
        };
        let is_shown = |domain: usize| {
            let mut regions = regions_of[domain].iter();
            regions.len() > 0
                && regions.all(|region| !hidden.contains(region))
                && (is_of_all || has_plots(domain))
        };
        let domains = (0..regions_of.len()).filter(|domain| is_shown(*domain));
        let domains: Vec<usize> = domains.collect();
        let plots = of_plot.iter().map(|of_plot| {
            let is_in = |of: &&Vec<usize>| of.iter().any(|domain| domains.contains(domain));
            of_plot.iter().filter(is_in).count()
        });
        Self::Shown {
            place: regions_of.len(),
            plots: plots.min().unwrap_or(0),
            regions: domains
                .iter()
                .flat_map(|domain| regions_of[*domain].clone())
                .collect(),
            others: setting.named(&hidden),
            domains,
        }
    }

    /// What it is called.
    pub(super) fn name(&self) -> String {
        match self {
            Self::All => "all regions".to_owned(),
            Self::Shown { others, .. } => {
                format!("all regions but {others}, of which the map shows only a part")
            }
        }
    }

    /// What a region takes from it.
    pub(super) fn lend(&self, setting: &Setting<'_>, region: usize) -> Source {
        match self {
            Self::All => setting.share_of(region, None, |_| true),
            Self::Shown { plots, others, .. } if *plots < setting.min_plots.max(1) => {
                Source::None(format!(
                    "the map shows only a part of {others}, and of the others there {} {}",
                    are(*plots),
                    counted(*plots, "plot", "plots")
                ))
            }
            Self::Shown { place, regions, .. } => {
                setting.share_of(region, Some(*place), |other| regions.contains(&other))
            }
        }
    }

    /// Adds it to the domains, where any region takes something from it.
    pub(super) fn add(
        self,
        sources: &Sources,
        regions_of: &mut Vec<Vec<usize>>,
        of_plot: &mut [Vec<Vec<usize>>],
    ) {
        let Self::Shown {
            place,
            domains,
            regions,
            ..
        } = self
        else {
            return;
        };
        let takes = |source: &Source| matches!(source, Source::Synthetic { domain: Some(domain), .. } if *domain == place);
        if !sources.all().any(takes) {
            return;
        }
        for of in of_plot.iter_mut().flatten() {
            if of.iter().any(|domain| domains.contains(domain)) {
                of.push(place);
            }
        }
        regions_of.push(regions);
    }
}

impl Setting<'_> {
    /// Whether the map shows all of a region; without a map nothing is borrowed.
    pub(super) fn shows_all_of(&self, region: usize) -> bool {
        self.mapped.is_none_or(|mapped| mapped[region].is_whole)
    }

    /// Regions by their ids.
    fn named(&self, regions: &[usize]) -> String {
        let ids = regions.iter().take(MOST);
        let ids: Vec<&str> = ids
            .map(|region| self.regions[*region].id.as_str())
            .collect();
        match regions.len() - ids.len() {
            0 => ids.join(", "),
            more => format!("{} and {more} more", ids.join(", ")),
        }
    }

    /// What a region takes from a domain, by its share of the mapped forest of the regions that it is of.
    pub(super) fn borrowed(&self, region: usize, domain: usize, regions: &[usize]) -> Source {
        let hidden = regions.iter().copied();
        let hidden: Vec<usize> = hidden
            .filter(|region| !self.shows_all_of(*region))
            .collect();
        if hidden.is_empty() {
            return self.share_of(region, Some(domain), |other| regions.contains(&other));
        }
        Source::None(format!(
            "the map shows only a part of {}, whose plots stand for all of it: its forest to borrow by is not known",
            self.named(&hidden)
        ))
    }

    /// The synthetic source of a region: its share of the mapped forest of the regions of a domain.
    fn share_of(
        &self,
        region: usize,
        domain: Option<usize>,
        is_of_domain: impl Fn(usize) -> bool,
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
            return none(
                "no map has a value in it, so its share of the mapped forest is not known",
            );
        };
        let lenders = mapped.iter().enumerate();
        let lenders = lenders.filter(|(other, _)| is_of_domain(*other));
        let mapped_in_parent: Hectares = lenders.filter_map(|(_, land)| land.forest).sum();
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
