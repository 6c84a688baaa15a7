//! Regions without any plot in an inventory that others have plots in: rows that were left out make the plots of the
//! other regions stand for their land.

use std::collections::{BTreeMap, BTreeSet};

use super::domains::{Domains, Setting};
use crate::estimate::Plot;
use crate::finding::{Finding, counted};
use crate::input::Inventory;

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
