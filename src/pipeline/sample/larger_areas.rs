//! Regions that hold others, such as a prefecture of counties, and all regions together: what of their land the sample
//! is not of, and what their figures are without.

use std::collections::BTreeSet;

use super::attributes::Work;
use super::domains::{Domains, Setting};
use super::estimates::{Estimates, RegionEstimates};
use super::sampled_land::{Bare, CLEAR, ERRORS, land_of};
use super::sources::Source;
use crate::estimate::{Estimate, Estimator, Sample};
use crate::input::Inventory;
use crate::pipeline::open::ancestors;

/// What of each region that holds others an inventory has no plots in, one a region, from the domains of its plots and
/// what it has none in of all regions.
pub(super) fn in_larger(
    sample: &Sample,
    (of_plot, of_all): (&[Vec<usize>], &Bare),
    setting: &Setting<'_>,
) -> Vec<Bare> {
    let regions = setting.regions.len();
    if setting.disjoint || setting.land().is_none() {
        return vec![Bare::Within; regions];
    }
    let parents = setting.parents();
    let with_plots: BTreeSet<usize> = of_plot.iter().flatten().copied().collect();
    let bare = setting.largest(|region| !with_plots.contains(&region));
    let of = |region: usize| {
        let own = bare.iter().copied();
        let own = own.filter(|one| ancestors(&parents, *one).any(|larger| larger == region));
        let own: Vec<usize> = own.collect();
        if own.is_empty() {
            return Bare::Within;
        }
        let land = land_of(sample, |plot| of_plot[plot].contains(&region));
        let chance = land.and_then(|land| land.standard_error());
        let room = CLEAR * setting.area_of(&own).value();
        let is_clear = ERRORS * chance.unwrap_or_default() <= room;
        // Where chance may have left them without plots, the land of all plots tells.
        match of_all {
            Bare::Beyond(_) if !is_clear => Bare::Beyond(own),
            Bare::Unsure(_, land) if !is_clear => Bare::Unsure(own, *land),
            _ => Bare::by_land(land, setting.regions[region].area, (own, setting)),
        }
    };
    (0..regions).map(of).collect()
}

/// Whether a figure is of the land that plots stand for, and not of what layers or a model say of all.
pub(super) fn is_of_land(estimator: Estimator) -> bool {
    let by_model = matches!(
        estimator,
        Estimator::Synthetic | Estimator::Composite | Estimator::Benchmarked
    );
    !estimator.is_by_layers() && !by_model
}

impl Domains {
    /// What an inventory has no plots in, of a region or of all.
    pub(super) fn bare_in(&self, inventory: usize, region: Option<usize>) -> &Bare {
        match region {
            None => &self.bare[inventory],
            Some(region) => &self.bare_in[inventory][region],
        }
    }
}

/// Names the regions that stocks are without, as the inventories are not of their land: those of all together, or of a
/// region that holds them.
pub(super) fn name_bare_land(
    (inventories, domains): (&[Inventory], &Domains),
    (region, setting): (Option<usize>, &Setting<'_>),
    estimates: &mut RegionEstimates,
) {
    for (position, inventory) in inventories.iter().enumerate() {
        let sum = estimates.carbon.get(&inventory.year);
        let sum = sum.and_then(|carbon| carbon.as_ref().ok());
        let mut pools = estimates.pools.iter();
        let pool = pools.find(|((year, _), _)| *year == inventory.year);
        if sum
            .or(pool.map(|(_, pool)| pool))
            .is_some_and(|carbon| is_of_land(carbon.estimator()))
        {
            let bare = domains.bare_in(position, region);
            let words = bare.words(&[inventory.year], setting);
            let words = words.map(|words| (inventory.year, words));
            estimates.of_stocks.extend(words);
        }
    }
    let Some((at, newest)) = inventories.iter().enumerate().next_back() else {
        return;
    };
    let bare = domains.bare_in(at, region);
    let Some(words) = bare.words(&[newest.year], setting) else {
        return;
    };
    let volume = estimates.volume.as_ref().map(Estimate::estimator);
    let forest = estimates.forest.as_ref().map(Estimate::estimator);
    let told = [("stock volume", volume), ("forest area", forest)];
    let told = told
        .into_iter()
        .filter(|(_, by)| by.is_some_and(is_of_land));
    let told: Vec<&str> = told.map(|(what, _)| what).collect();
    if !told.is_empty() {
        let note = format!("{} of the plots: {words}", told.join(", "));
        let of_volume = volume.is_some_and(is_of_land).then(|| note.clone());
        estimates.volume_without.extend(of_volume);
        estimates.notes.push(note);
    }
}

/// Says what changes of regions that hold others are without, as neither inventory is of its land.
pub(super) fn name_bare_changes(work: &Work<'_>, out: &mut Estimates) {
    for (sources, pair) in work.domains.sources.of_changes.iter().zip(work.pairs) {
        let years = [pair.from, pair.to];
        for (region, estimates) in out.regions.iter_mut().enumerate() {
            let of = |at: usize| work.domains.bare_in(at, Some(region));
            let words = Bare::of_both(of(pair.earlier), of(pair.later)).words(&years, work.setting);
            let is_own = matches!(sources[region], Source::Direct(_));
            let is_known = estimates
                .changes
                .keys()
                .any(|(from, to, _)| [*from, *to] == years);
            if let Some(words) = words.filter(|_| is_own && is_known) {
                let told = estimates
                    .of_changes
                    .entry((pair.from, pair.to))
                    .or_default();
                if !told.is_empty() {
                    told.push_str("; ");
                }
                told.push_str(&words);
            }
        }
    }
}
