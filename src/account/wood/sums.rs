//! Sums of pools of products: over the products of a region, and over regions.

use std::collections::{BTreeMap, BTreeSet};

use super::harvested::HarvestedWoodRow;
use super::pool::{WoodPool, WoodTerms, spread_words};
use super::production::ALL;
use crate::account::library::Parameter;
use crate::account::quality::Quality;
use crate::account::tables::TOTAL;
use crate::account::uncertainty::{Headline, Trace};
use crate::units::{PerYear, TonnesCarbon};

/// What a sum is over.
type Key = (String, String);

/// The sums of all products and those of all regions, for every year that a part has; empty, with
/// the parts that are missing, in a year that not all of them have. The newest sum of all products
/// of each region and of the whole goes into the trace.
pub(super) fn sums(
    pools: &[WoodPool<'_>],
    rows: &[HarvestedWoodRow],
    disjoint: bool,
    trace: &mut Trace,
    level: f64,
) -> Vec<HarvestedWoodRow> {
    let regions: BTreeSet<&str> = pools.iter().map(|pool| pool.region).collect();
    let mut groups: BTreeMap<(bool, Key), Vec<&WoodPool<'_>>> = BTreeMap::new();
    for pool in pools {
        let mut into = vec![(false, pool.region, ALL)];
        if disjoint && regions.len() > 1 {
            into.extend([(true, TOTAL, pool.product), (true, TOTAL, ALL)]);
        }
        for (total, region, product) in into {
            let key = (total, (region.to_owned(), product.to_owned()));
            groups.entry(key).or_default().push(pool);
        }
    }
    let of: BTreeMap<(&str, &str, i32), &HarvestedWoodRow> = rows
        .iter()
        .map(|row| ((&*row.region_id, &*row.product, row.year), row))
        .collect();
    let mut sums = Vec::new();
    for ((_, key), parts) in &groups {
        let years: BTreeSet<i32> = parts
            .iter()
            .flat_map(|pool| pool.series.keys().copied())
            .collect();
        let mut newest = None;
        for year in years {
            let rows: Vec<&HarvestedWoodRow> = parts
                .iter()
                .filter_map(|pool| of.get(&(pool.region, pool.product, year)).copied())
                .collect();
            if rows.len() < parts.len() {
                sums.push(without(key, year, parts));
                continue;
            }
            let terms = joined_terms(parts, trace, year);
            let sum = summed(key, year, (parts, &rows), &terms, (trace, level));
            newest = Some((year, terms, is_steady(&sum)));
            sums.push(sum);
        }
        if let Some((year, terms, steady)) = newest.filter(|_| key.1 == ALL) {
            let change = (!steady).then_some((Headline::WoodChange, terms.change));
            for (headline, terms) in change
                .into_iter()
                .chain([(Headline::WoodStock, terms.stock)])
            {
                let words = spread_words(parameters(parts));
                trace.remark(headline, &key.0, format!("of {year}; {words}"));
                for term in terms {
                    trace.add_term(headline, &key.0, term);
                }
            }
        }
    }
    sums
}

/// Whether the stock stays what it is, but for rounding: a steady start with a steady inflow has no
/// change by its making, and no spread of it to tell.
fn is_steady(sum: &HarvestedWoodRow) -> bool {
    /// Share of the stock that rounding may move.
    const ROUNDING: f64 = 1e-9;
    sum.held.is_some_and(|held| {
        let change = held.change.value.in_one_year().value().abs();
        change <= ROUNDING * held.stock.value.to_co2e().value()
    })
}

/// The terms of several pools; those over the same inputs are one.
fn joined_terms(parts: &[&WoodPool<'_>], trace: &mut Trace, year: i32) -> WoodTerms {
    let (mut stock, mut change) = (BTreeMap::new(), BTreeMap::new());
    for pool in parts {
        let terms = pool.terms(trace, year);
        for (sum, terms) in [(&mut stock, terms.stock), (&mut change, terms.change)] {
            for term in terms {
                *sum.entry(term.inputs).or_insert(0.0) += term.coefficient;
            }
        }
    }
    let terms = |sum: BTreeMap<Vec<usize>, f64>| {
        let terms =
            sum.into_iter()
                .map(|(inputs, coefficient)| crate::account::uncertainty::Term {
                    coefficient,
                    inputs,
                });
        terms.collect()
    };
    WoodTerms {
        stock: terms(stock),
        change: terms(change),
    }
}

/// The parameters of several pools.
fn parameters<'a>(parts: &'a [&WoodPool<'_>]) -> impl Iterator<Item = &'a Parameter> {
    parts.iter().flat_map(|pool| pool.parameters.rows())
}

fn summed(
    (region, product): &Key,
    year: i32,
    (parts, rows): (&[&WoodPool<'_>], &[&HarvestedWoodRow]),
    terms: &WoodTerms,
    (trace, level): (&Trace, f64),
) -> HarvestedWoodRow {
    let held = rows.iter().filter_map(|row| row.held);
    let (mut inflow, mut loss) = (TonnesCarbon::ZERO, TonnesCarbon::ZERO);
    for year in held {
        inflow += year.inflow.in_one_year();
        loss += year.loss.in_one_year();
    }
    let ids: BTreeSet<String> = rows.iter().flat_map(|row| row.parameters.clone()).collect();
    let recalled = Quality::RecalledParameter.id();
    let worst = rows.iter().find(|row| row.quality == recalled);
    let lives: BTreeSet<u64> = rows
        .iter()
        .filter_map(|row| Some(row.half_life?.value().to_bits()))
        .collect();
    let held = terms.held(trace, level, PerYear::new(inflow), PerYear::new(loss));
    HarvestedWoodRow {
        region_id: region.clone(),
        product: product.clone(),
        year,
        half_life: (lives.len() == 1).then(|| rows[0].half_life).flatten(),
        arithmetic: String::new(),
        parameters: ids.into_iter().collect(),
        quality: worst.unwrap_or(&rows[0]).quality.clone(),
        note: format!(
            "sum of {} pools; apart from the pools of the forest and from the headline; {}",
            rows.len(),
            spread_words(parameters(parts))
        ),
        held: Some(held),
    }
}

/// A year that not all parts have: what is not known is not zero.
fn without((region, product): &Key, year: i32, parts: &[&WoodPool<'_>]) -> HarvestedWoodRow {
    /// Parts that a note names.
    const NAMED: usize = 5;
    let missing: Vec<String> = parts
        .iter()
        .filter(|pool| !pool.series.contains_key(&year))
        .map(|pool| format!("{} of region {}", pool.product, pool.region))
        .collect();
    let more = missing.len().saturating_sub(NAMED);
    let named = missing[..missing.len().min(NAMED)].join(", ");
    HarvestedWoodRow {
        region_id: region.clone(),
        product: product.clone(),
        year,
        held: None,
        half_life: None,
        arithmetic: String::new(),
        parameters: Vec::new(),
        quality: Quality::Missing.id().to_owned(),
        note: format!(
            "no sum: no production of this year for {named}{}",
            if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            }
        ),
    }
}
