//! Regions without any plot in an inventory that others have plots in: rows that were left out make the plots of the
//! other regions stand for their land.

use std::collections::{BTreeMap, BTreeSet};

use super::domains::{Domains, Setting};
use super::sampled_land::{ERRORS, SHARE, falls_short, land_of};
use crate::estimate::{Estimate, Plot, Sample};
use crate::finding::{Finding, counted};
use crate::input::Inventory;
use crate::units::Hectares;

/// Regions that a finding names.
const NAMED: usize = 5;

/// Fewest plots of a region in another inventory by which their absence is no chance.
const FEWEST: usize = 3;

/// Unit and stratum of a plot: plots of one stand for the same land.
fn land(plot: &Plot) -> (Option<&str>, &str) {
    (plot.unit.as_deref(), plot.stratum.as_str())
}

/// Warns of regions whose plots an inventory lacks while plots of others stand for the same land, and notes it there
/// and in these others; gives the notes of the union.
pub(super) fn tell(
    inventories: &[Inventory],
    domains: &mut Domains,
    setting: &Setting<'_>,
    warnings: &mut Vec<Finding>,
) -> Vec<String> {
    let mut of_union = Vec::new();
    let name = |domain: usize| -> String {
        let regions = domains.regions[domain].iter();
        let ids = regions.map(|region| setting.regions[*region].id.as_str());
        ids.collect::<Vec<_>>().join(", ")
    };
    // Plots of each domain by inventory.
    let plots: Vec<BTreeMap<usize, Vec<&Plot>>> = inventories
        .iter()
        .zip(&domains.of_plot)
        .map(|(inventory, of_plot)| {
            let mut plots: BTreeMap<usize, Vec<&Plot>> = BTreeMap::new();
            for (plot, of) in inventory.frame.plots.iter().zip(of_plot) {
                for domain in of {
                    plots.entry(*domain).or_default().push(plot);
                }
            }
            plots
        })
        .collect();
    let mut notes: Vec<(usize, String)> = Vec::new();
    for (inventory, own) in inventories.iter().zip(&plots) {
        let mut told = Vec::new();
        for domain in (0..domains.count).filter(|domain| !own.contains_key(domain)) {
            let others = inventories.iter().zip(&plots);
            let others =
                others.filter_map(|(other, plots)| Some((other.year, plots.get(&domain)?)));
            let others: Vec<_> = others.filter(|(_, plots)| plots.len() >= FEWEST).collect();
            let lands: BTreeSet<_> = others
                .iter()
                .flat_map(|(_, plots)| *plots)
                .map(|plot| land(plot))
                .collect();
            let beside = own
                .iter()
                .filter(|(_, plots)| plots.iter().any(|plot| lands.contains(&land(plot))));
            let beside: Vec<usize> = beside.map(|(other, _)| *other).collect();
            if beside.is_empty() {
                continue;
            }
            let had = others
                .iter()
                .map(|(year, plots)| format!("{} in {year}", plots.len()));
            let had = had.collect::<Vec<_>>().join(", ");
            let region = name(domain);
            let lacks = format!(
                "the inventory of {} has no plots in region {region}, which has {had}",
                inventory.year
            );
            let high =
                "plots that were left out of the design make the figures of the others too high";
            let of_beside = beside.iter().flat_map(|other| &domains.regions[*other]);
            notes.extend(of_beside.map(|other| (*other, format!("{lacks}: {high}"))));
            let of_domain = domains.regions[domain].iter();
            notes.extend(of_domain.map(|region| (*region, lacks.clone())));
            of_union.push(format!(
                "{lacks}: plots of other regions stand for its land"
            ));
            told.push(format!("{region} ({had})"));
        }
        if told.is_empty() {
            continue;
        }
        let more = if told.len() > NAMED { ", ..." } else { "" };
        warnings.push(Finding::warning(
            format!("inventory {}", inventory.year),
            format!(
                "it has no plots in {}, which other inventories have: {}{more}; plots that were left out of the design make the figures of the other regions too high",
                counted(told.len(), "region", "regions"),
                told.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", "),
            ),
            "give their rows, with zeros where there is no forest and empty values where nobody went; or state the land that was sampled (`area-ha`, strata) and leave these regions to an inventory of their own",
        ));
    }
    for (region, note) in notes {
        domains.notes[region].push(note);
    }
    of_union
}

/// Why domains, and last their union, have no change between two inventories: one of the two has no plots in a region
/// of theirs, and is not of its land, so that all that stands there would count as gained or lost.
pub(super) fn of_other_land(
    (inventories, samples): (&[Inventory], &[Sample]),
    pair: [usize; 2],
    (domains, setting): (&Domains, &Setting<'_>),
) -> Vec<Option<String>> {
    let union = domains.count;
    let mut why = vec![None; union + 1];
    let is_in = |inventory: usize, plot: usize, domain: usize| {
        let of = &domains.of_plot[inventory][plot];
        of.contains(&domain) || domain == union && !of.is_empty()
    };
    let land = |inventory: usize, domain: usize| {
        land_of(&samples[inventory], |plot| is_in(inventory, plot, domain))
    };
    let area_of = |domain: usize| -> Option<Hectares> {
        if domain == union {
            return setting.disjoint.then(|| setting.area());
        }
        let regions = domains.regions[domain].iter();
        Some(regions.map(|region| setting.regions[*region].area).sum())
    };
    let mut lands: BTreeMap<usize, Option<[Estimate<Hectares>; 2]>> = BTreeMap::new();
    let mut found = vec![BTreeSet::new(); 2];
    for (found, inventory) in found.iter_mut().zip(pair) {
        found.extend(domains.of_plot[inventory].iter().flatten().copied());
    }
    for lacking in found[0].symmetric_difference(&found[1]).copied() {
        let is_later = found[1].contains(&lacking);
        let (has, lacks) = if is_later {
            (pair[1], pair[0])
        } else {
            (pair[0], pair[1])
        };
        let own = domains.of_plot[has].iter();
        let mut own = own.filter(|of| of.contains(&lacking));
        let first: BTreeSet<usize> = own.next().into_iter().flatten().copied().collect();
        let around = own.fold(first, |around, of| {
            around.into_iter().filter(|one| of.contains(one)).collect()
        });
        for domain in around.into_iter().chain([union]) {
            let both = *lands
                .entry(domain)
                .or_insert_with(|| Some([land(pair[0], domain)?, land(pair[1], domain)?]));
            let Some((both, own)) = both.zip(land(has, lacking)) else {
                continue;
            };
            let of_lacking = both[usize::from(!is_later)];
            let areas = area_of(domain).zip(area_of(lacking));
            let is_short = areas.is_some_and(|(all, own)| falls_short(of_lacking, all, own));
            if is_other(both, own) || is_short {
                let regions = domains.regions[lacking].iter();
                let ids = regions.map(|region| setting.regions[*region].id.as_str());
                why[domain].get_or_insert(format!(
                    "the inventory of {} is not of the land of region {}: all that stands there would count as {}",
                    inventories[lacks].year,
                    ids.collect::<Vec<_>>().join(", "),
                    if is_later { "gained" } else { "lost" }
                ));
            }
        }
    }
    why
}

/// Whether two lands differ by that of a region, or a good part of it, and not by chance.
fn is_other(both: [Estimate<Hectares>; 2], region: Estimate<Hectares>) -> bool {
    let off = (both[1].value().value() - both[0].value().value()).abs();
    let errors = both.map(|land| land.standard_error().unwrap_or_default());
    off >= SHARE * region.value().value() && off > ERRORS * errors[0].hypot(errors[1])
}
