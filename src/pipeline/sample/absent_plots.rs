//! Regions without any plot in an inventory that others have plots in, or with fewer of the same plots than the one
//! before or after it: rows that were left out make the plots of the other regions stand for their land.

use std::collections::{BTreeMap, BTreeSet};

use super::domains::{Domains, Setting};
use super::larger_areas::is_of_land;
use super::sampled_land::{Bare, ERRORS, SHARE, falls_short, land_of};
use crate::estimate::{Estimate, Plot, Sample};
use crate::finding::{Finding, counted};
use crate::input::Inventory;
use crate::units::Hectares;

/// Regions that a finding names.
const NAMED: usize = 5;

/// What rows that were left out do.
const TOO_HIGH: &str =
    "plots that were left out of the design make the figures of the others too high";

/// What to do where rows were left out.
const REMEDY: &str = "give their rows, with zeros where there is no forest and empty values where nobody went; or state the land that was sampled (`area-ha`, strata) and leave these regions to an inventory of their own";

/// Share of the land of a region that moves to others, or from them, where rows are missing and a warning is due.
const MOVED: f64 = 0.1;

/// Rows fewer by which a region is told.
const FEWER: usize = 2;

/// Fewest plots of a region in another inventory by which their absence is no chance.
const FEWEST: usize = 3;

/// Unit and stratum of a plot: plots of one stand for the same land.
fn land(plot: &Plot) -> (Option<&str>, &str) {
    (plot.unit.as_deref(), plot.stratum.as_str())
}

/// Plots of an inventory by domain.
type ByDomain<'a> = BTreeMap<usize, Vec<&'a Plot>>;

/// The plots of each inventory by domain.
fn by_domain<'a>(inventories: &'a [Inventory], domains: &Domains) -> Vec<ByDomain<'a>> {
    let each = inventories.iter().zip(&domains.of_plot);
    let plots = each.map(|(inventory, of_plot)| {
        let mut plots = ByDomain::new();
        for (plot, of) in inventory.frame.plots.iter().zip(of_plot) {
            for domain in of {
                plots.entry(*domain).or_default().push(plot);
            }
        }
        plots
    });
    plots.collect()
}

/// Domains with plots that stand for the same land as these.
fn beside<'a>(own: &ByDomain<'a>, of: impl Iterator<Item = &'a Plot>) -> Vec<usize> {
    let lands: BTreeSet<_> = of.map(land).collect();
    let shares = |plots: &[&Plot]| plots.iter().any(|plot| lands.contains(&land(plot)));
    let beside = own.iter().filter(|(_, plots)| shares(plots));
    beside.map(|(domain, _)| *domain).collect()
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
    let plots = by_domain(inventories, domains);
    let mut notes: Vec<(usize, String)> = Vec::new();
    for (inventory, own) in inventories.iter().zip(&plots) {
        let mut told = Vec::new();
        for domain in (0..domains.count).filter(|domain| !own.contains_key(domain)) {
            let others = inventories.iter().zip(&plots);
            let others =
                others.filter_map(|(other, plots)| Some((other.year, plots.get(&domain)?)));
            let others: Vec<_> = others.filter(|(_, plots)| plots.len() >= FEWEST).collect();
            let of_others = others.iter().flat_map(|(_, plots)| *plots).copied();
            let beside = beside(own, of_others);
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
            let high = TOO_HIGH;
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
        warnings.push(Finding::warning(
            format!("inventory {}", inventory.year),
            format!(
                "it has no plots in {}, which other inventories have: {}; plots that were left out of the design make the figures of the other regions too high",
                counted(told.len(), "region", "regions"),
                first_of(&told),
            ),
            REMEDY,
        ));
    }
    for (region, note) in notes {
        domains.notes[region].push(note);
    }
    of_union
}

/// Warns of regions that have fewer plots in an inventory than in the one before or after it, though both are of the
/// same plots, so that more than a tenth of their land goes to plots of other regions; notes it there and in these
/// others, and gives the notes of the union.
pub(super) fn tell_fewer(
    (inventories, samples): (&[Inventory], &[Sample]),
    domains: &mut Domains,
    setting: &Setting<'_>,
    warnings: &mut Vec<Finding>,
) -> Vec<String> {
    let plots = by_domain(inventories, domains);
    let (mut notes, mut of_union) = (Vec::new(), Vec::new());
    for earlier in 0..inventories.len().saturating_sub(1) {
        let pair = [earlier, earlier + 1];
        let frames = pair.map(|at| &inventories[at].frame.plots);
        let lacking = pair.map(|at| without_row(frames, at > earlier));
        let same = frames[1].len() - lacking[0].len();
        if 2 * same < frames[0].len().min(frames[1].len()) {
            continue;
        }
        for (lacks, has) in [(0, 1), (1, 0)] {
            let (year, of) = (inventories[pair[lacks]].year, inventories[pair[has]].year);
            let own = &plots[pair[lacks]];
            let mut told = Vec::new();
            let mut raised_by: BTreeMap<usize, Vec<String>> = BTreeMap::new();
            let mut lacks_of_union = Vec::new();
            for (domain, others) in &plots[pair[has]] {
                let kept = own.get(domain).map_or(0, Vec::len);
                if kept == 0 || kept + FEWER > others.len() {
                    continue;
                }
                let land = pair.map(|at| {
                    let of_plot = &domains.of_plot[at];
                    let land = land_of(&samples[at], |plot| of_plot[plot].contains(domain));
                    land.map_or(0.0, |land| land.value().value())
                });
                if land[lacks] >= (1.0 - MOVED) * land[has] {
                    continue;
                }
                // A region that holds this one lacks the same plots.
                let of_plots = domains.of_plot[pair[has]].iter();
                let holding = of_plots.filter(|of| of.contains(domain)).flatten();
                let holding: BTreeSet<usize> = holding.copied().collect();
                let mut raised = beside(own, others.iter().copied());
                raised.retain(|other| !holding.contains(other));
                if raised.is_empty() {
                    continue;
                }
                let absent = others.iter().map(|plot| plot.id.as_str());
                let absent: Vec<&str> = absent.filter(|id| lacking[lacks].contains(id)).collect();
                let regions = |domain: usize| domains.regions[domain].iter().copied();
                let ids = regions(*domain).map(|at| setting.regions[at].id.as_str());
                let region = ids.collect::<Vec<_>>().join(", ");
                let shown = first_of(&absent);
                let lack = format!(
                    "the inventory of {year} has {} in region {region}, which has {} in {of}: {} of these have no row ({shown})",
                    counted(kept, "plot", "plots"),
                    others.len(),
                    absent.len(),
                );
                notes.extend(regions(*domain).map(|at| (at, lack.clone())));
                for at in raised.into_iter().flat_map(regions) {
                    raised_by.entry(at).or_default().push(lack.clone());
                }
                lacks_of_union.push(lack);
                told.push(format!(
                    "{region} ({} of {}: {shown})",
                    absent.len(),
                    others.len(),
                ));
            }
            if told.is_empty() {
                continue;
            }
            for (region, lacks) in raised_by {
                let few = the_first(lacks, year, TOO_HIGH).into_iter();
                notes.extend(few.map(|note| (region, note)));
            }
            let why = "plots of other regions stand for its land";
            of_union.extend(the_first(lacks_of_union, year, why));
            warnings.push(Finding::warning(
                format!("inventory {year}"),
                format!(
                    "plots of {of} have no row in {}: {}; plots that were left out of the design make the figures of the other regions too high",
                    counted(told.len(), "region", "regions"),
                    first_of(&told),
                ),
                REMEDY,
            ));
        }
    }
    for (region, note) in notes {
        domains.notes[region].push(note);
    }
    of_union
}

/// The first of many names.
fn first_of(names: &[impl AsRef<str>]) -> String {
    let shown = names.iter().take(NAMED).map(AsRef::as_ref);
    let more = if names.len() > NAMED { ", ..." } else { "" };
    shown.collect::<Vec<&str>>().join(", ") + more
}

/// The first of what regions lack, each with what follows from it, and how many more there are.
fn the_first(lacks: Vec<String>, year: i32, why: &str) -> Vec<String> {
    let more = lacks.len().saturating_sub(NAMED);
    let first = lacks.into_iter().take(NAMED);
    let mut notes: Vec<String> = first.map(|lack| format!("{lack}: {why}")).collect();
    if more > 0 {
        let regions = counted(more, "more region", "more regions");
        notes.push(format!("so it is with {regions} in {year}"));
    }
    notes
}

/// Warns of regions that no inventory has plots in though the samples are of their land, and enough plots were to be
/// expected there; notes it there and in regions whose plots stand for more land than they have, and gives the notes of
/// the union.
pub(super) fn tell_never(
    (inventories, samples): (&[Inventory], &[Sample]),
    domains: &mut Domains,
    setting: &Setting<'_>,
    warnings: &mut Vec<Finding>,
) -> Vec<String> {
    let Some(land) = setting.land().map(Hectares::value) else {
        return Vec::new();
    };
    let plots = by_domain(inventories, domains);
    let has_plots = |domain: &usize| plots.iter().any(|own| own.contains_key(domain));
    let never = (0..domains.count).filter(|domain| !has_plots(domain));
    let never = never.flat_map(|domain| &domains.regions[domain]);
    let never: BTreeSet<usize> = never.copied().collect();
    let of_land = |inventory: usize, region: usize| {
        let mut bare = domains.bare_in[inventory].iter();
        let is_in = |bare: &Bare| bare.regions().contains(&region);
        !is_in(&domains.bare[inventory]) && !bare.any(is_in)
    };
    let is_due = |region: &usize| {
        let area = setting.regions[*region].area.value();
        let mut inventories = domains.of_plot.iter().enumerate();
        inventories.any(|(at, of_plot)| {
            let plots = of_plot.iter().filter(|of| !of.is_empty()).count();
            of_land(at, *region) && area / land * plots as f64 >= FEWEST as f64
        })
    };
    let due = setting.largest(|region| never.contains(&region));
    let due: Vec<usize> = due.into_iter().filter(is_due).collect();
    if due.is_empty() {
        return Vec::new();
    }
    let named = setting.named(&due);
    warnings.push(Finding::warning(
        "the plots",
        format!(
            "no inventory has plots in {}, though they stand for the land there: {named}; {TOO_HIGH}",
            counted(due.len(), "region", "regions"),
        ),
        REMEDY,
    ));
    for region in &due {
        domains.notes[*region].push(
            "no inventory has plots in it: plots of other regions stand for its land".to_owned(),
        );
    }
    let mut notes = Vec::new();
    for domain in (0..domains.count).filter(has_plots) {
        let regions = &domains.regions[domain];
        let area = setting.area_of(regions).value();
        let of_samples = samples.iter().zip(&domains.of_plot);
        let stood_for = of_samples.filter_map(|(sample, of_plot)| {
            let land = land_of(sample, |plot| of_plot[plot].contains(&domain))?;
            Some(land.value().value())
        });
        let most = stood_for.fold(0.0, f64::max);
        if most > (1.0 + MOVED) * area {
            let note = format!(
                "its plots stand for {most:.1} ha, and it has {area:.1} ha: land of region {named}, which no inventory has plots in, may be in its figures"
            );
            notes.extend(regions.iter().map(|region| (*region, note.clone())));
        }
    }
    for (region, note) in notes {
        domains.notes[region].push(note);
    }
    vec![format!(
        "no inventory has plots in region {named}: plots of other regions stand for its land"
    )]
}

/// Says so where plots give a region more forest than it has land.
pub(super) fn more_than_all(forest: Estimate<Hectares>, area: Hectares) -> Option<String> {
    /// Share of the area by which sums and polygons may differ.
    const CLOSE: f64 = 1e-3;
    let forest_area = forest.value().value();
    (is_of_land(forest.estimator()) && forest_area > (1.0 + CLOSE) * area.value()).then(|| {
        format!(
            "the forest area of the plots, {forest_area:.4} ha, is more than the {:.4} ha of the region, which cannot be: by chance more plots fell here than its land stands for, or plots of other regions were left out",
            area.value()
        )
    })
}

/// Plots of one of two inventories that the other has no row of: of the earlier where that is the later.
fn without_row<'a>(plots: [&'a Vec<Plot>; 2], is_of_later: bool) -> BTreeSet<&'a str> {
    let [earlier, later] = plots;
    let names = |plot: &'a Plot| [Some(plot.id.as_str()), plot.previous.as_deref()];
    if is_of_later {
        let known: BTreeSet<&str> = later.iter().flat_map(names).flatten().collect();
        let ids = earlier.iter().map(|plot| plot.id.as_str());
        return ids.filter(|id| !known.contains(id)).collect();
    }
    let known: BTreeSet<&str> = earlier.iter().map(|plot| plot.id.as_str()).collect();
    let new = later.iter().filter(|plot| {
        let mut names = names(plot).into_iter().flatten();
        !names.any(|name| known.contains(name))
    });
    new.map(|plot| plot.id.as_str()).collect()
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
