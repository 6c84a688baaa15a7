//! Changes of carbon between two inventories that not every region has, such as for a plot without a value: why, and
//! what the other regions have together.

use std::collections::BTreeSet;

use super::attributes::Work;
use super::estimates::{Estimates, Pair, carbon_of};
use super::larger_areas::name_bare_changes;
use super::sampled_land::Bare;
use super::shared_pools::without_carbon;
use super::sources::{Source, picked};
use crate::account::{Pool, period, regions_without};
use crate::estimate::{Estimate, Observations};
use crate::units::TonnesCarbon;

/// Why a region with a change is not in that of all, which is of plots.
const BORROWED: &str = "its change is borrowed from a larger area";

/// The change of carbon of each domain, that of the union last, or why there is none.
type ByDomain = Vec<Result<Estimate<TonnesCarbon>, String>>;

/// Says why regions have no change, takes as that of all what the plots of the others say together, and names the
/// pools that a change leaves out.
pub(super) fn known_changes(work: &Work<'_>, out: &mut Estimates) {
    sum_known(work, out);
    name_bare_changes(work, out);
    name_left_out(work, out);
}

/// Says why regions have no change, and takes as that of all what the plots of the others say together.
fn sum_known(work: &Work<'_>, out: &mut Estimates) {
    for (sources, pair) in work.domains.sources.of_changes.iter().zip(work.pairs) {
        let years = (pair.from, pair.to);
        let all = (pair.from, pair.to, Pool::All);
        let mut places = out.regions.iter().chain(&out.total);
        let is_known = places.all(|estimates| estimates.changes.contains_key(&all));
        let bare = Bare::of_both(
            &work.domains.bare[pair.earlier],
            &work.domains.bare[pair.later],
        );
        let is_of_all = is_known && bare == Bare::Within;
        let Some(changes) = by_domain(work, pair).filter(|_| !is_of_all) else {
            continue;
        };
        let union = changes.len() - 1;
        let of = |region| picked(sources, region, union, |d| changes[d].clone());
        let domains = complete(work, sources, &changes);
        let mut left_out = Vec::new();
        for (region, estimates) in out.regions.iter_mut().enumerate() {
            let id = &work.setting.regions[region].id;
            let is_in = |domain: &usize| work.domains.regions[*domain].contains(&region);
            match of(Some(region)) {
                Err(why) => {
                    let why = estimates.lacking((Some(pair.from), pair.to), why);
                    estimates.of_changes.insert(years, why.clone());
                    left_out.push((id.clone(), why));
                }
                Ok(_) if domains.iter().any(is_in) => {}
                Ok(_) => left_out.push((id.clone(), BORROWED.to_owned())),
            }
        }
        let Some(total) = &mut out.total else {
            continue;
        };
        let Err(why) = of(None) else {
            let (from, to) = years;
            let words = bare.words(&[from, to], work.setting);
            total.of_changes.extend(words.map(|words| (years, words)));
            let left_out = bare.left_out(&[from, to], work.setting);
            total.left_out.insert(years, left_out);
            continue;
        };
        let words = regions_without(&left_out);
        if domains.is_empty() {
            let why = total.lacking((Some(pair.from), pair.to), why);
            total.of_changes.insert(years, why);
            continue;
        }
        for pool in Pool::ALL {
            if let Some(change) = together(work, pair, (pool, &domains)) {
                total.changes.insert((pair.from, pair.to, pool), change);
            }
        }
        let words = format!("without {words}: the change there is not in it");
        total.of_changes.insert(years, words);
        total.left_out.insert(years, left_out);
    }
}

/// Carbon of a pool on the plots of both inventories; `None` where one of them has none.
fn observed<'a>(
    work: &Work<'a>,
    pair: &'a Pair<'a>,
    pool: Pool,
) -> Option<Result<[&'a Observations<TonnesCarbon>; 2], String>> {
    match pair.shared(pool) {
        Err(why) => Some(Err(why)),
        Ok(Some([before, after])) => Some(Ok([before, after])),
        Ok(None) => {
            let before = carbon_of(&work.inventories[pair.earlier], pool)?;
            let after = carbon_of(&work.inventories[pair.later], pool)?;
            Some(Ok([before, after]))
        }
    }
}

/// The change of all pools by domain; `None` where an inventory has none.
fn by_domain<'a>(work: &Work<'a>, pair: &'a Pair<'a>) -> Option<ByDomain> {
    let [before, after] = match observed(work, pair, Pool::All)? {
        Ok(both) => both,
        Err(why) => return Some(vec![Err(why); work.domains.count + 1]),
    };
    let parts = [(pair.earlier, before), (pair.later, after)];
    let [before, after] = parts.map(|(inventory, all)| work.parts(inventory, all));
    Some(pair.changes(&before, &after))
}

/// Domains with a change all whose regions take it from them.
fn complete(work: &Work<'_>, sources: &[Source], changes: &ByDomain) -> BTreeSet<usize> {
    let takes = |region: &usize, domain: usize| match &sources[*region] {
        Source::Direct(own) => *own == domain,
        Source::Synthetic { domain: lender, .. } => *lender == Some(domain),
        Source::None(_) => false,
    };
    let domains = (0..work.domains.count).filter(|domain| {
        let regions = &work.domains.regions[*domain];
        changes[*domain].is_ok()
            && !regions.is_empty()
            && regions.iter().all(|region| takes(region, *domain))
    });
    domains.collect()
}

/// The change of a pool on the plots of some domains together.
fn together<'a>(
    work: &Work<'a>,
    pair: &'a Pair<'a>,
    (pool, domains): (Pool, &BTreeSet<usize>),
) -> Option<Estimate<TonnesCarbon>> {
    let [before, after] = observed(work, pair, pool)?.ok()?;
    let part = |inventory: usize, carbon: &Observations<TonnesCarbon>| {
        let of_plot = &work.domains.of_plot[inventory];
        carbon.within(|plot| of_plot[plot].iter().any(|domain| domains.contains(domain)))
    };
    let (before, after) = (part(pair.earlier, before), part(pair.later, after));
    let years = period(pair.from, pair.to);
    let change = pair.remeasurement.change(&before, &after, years).ok()?;
    let net = change.net();
    let error = work.model_error(pair.later, &pool.attribute());
    Some(error.map_or(net, |error| net.with_model_error(error)))
}

/// Names the pools that a change leaves out, as one of its inventories did not measure them.
fn name_left_out(work: &Work<'_>, out: &mut Estimates) {
    for pair in work.pairs {
        let both = [pair.earlier, pair.later].map(|at| &work.inventories[at]);
        let shared = pair.shared.iter().map(|shared| shared.without.clone());
        let without: Vec<String> = shared.chain(without_carbon(&both)).collect();
        if without.is_empty() {
            continue;
        }
        let all = (pair.from, pair.to, Pool::All);
        for estimates in out.regions.iter_mut().chain(&mut out.total) {
            if !estimates.changes.contains_key(&all) {
                continue;
            }
            let told = estimates.of_changes.entry((pair.from, pair.to));
            let words = told.or_default();
            if !words.is_empty() {
                words.push_str("; ");
            }
            words.push_str(&without.join("; "));
        }
    }
}
