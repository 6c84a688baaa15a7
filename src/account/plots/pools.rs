//! Plot pools: the stock of an inventory as it was estimated, and its change between two
//! inventories as removal.

use std::collections::BTreeMap;

use crate::account::carbon_account::CarbonAccount;
use crate::account::ecosystem::Ecosystem;
use crate::account::library::Method;
use crate::account::pool::Pool;
use crate::account::quality::Quality;
use crate::account::tables::{CarbonRow, Figure, SequestrationRow};
use crate::account::uncertainty::{Headline, SampleFigure};
use crate::account::words::{UNKNOWN, joined};
use crate::units::{Hectares, PerYear, TonnesCarbon, TonnesCo2e};

/// One pool of a region, estimated from plots.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolEstimate<Q> {
    /// The pool.
    pub pool: Pool,
    /// Depth of a soil pool, in centimetres.
    pub depth_cm: Option<f64>,
    /// The estimate.
    pub figure: Figure<Q>,
}

/// The pools of a region with their sum.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolSum<Q> {
    /// The pools that are known.
    pub pools: Vec<PoolEstimate<Q>>,
    /// Beside these, the pools that are not.
    pub unknown: Vec<Pool>,
    /// The sum of all pools, with the variance of the summed variable, or why it is not known.
    pub total: Result<Figure<Q>, String>,
    /// Degrees of freedom behind `total`.
    pub degrees_of_freedom: Option<f64>,
    /// Quality word of what is known, such as `direct` or `synthetic`.
    pub quality: String,
    /// What must be known.
    pub note: String,
}

impl<Q: Copy> PoolSum<Q> {
    /// Figure, quality and note of the row of the sum, and of pools that are not known, which leave it unknown.
    fn row(&self) -> (Option<Figure<Q>>, String, String) {
        match &self.total {
            Ok(total) => {
                let note = "sum of the pools above, with the variance of the summed variable";
                let note = joined([self.note.as_str(), note]);
                (Some(*total), self.quality.clone(), note)
            }
            Err(why) => {
                let missing = Quality::Missing.id().to_owned();
                (None, missing, format!("{UNKNOWN}{why}"))
            }
        }
    }

    /// Note of the row of a pool.
    fn note_of_pool(&self) -> String {
        let uncounted = if self.total.is_err() { NO_SUM } else { "" };
        joined([self.note.as_str(), uncounted])
    }
}

/// The pools of a region at one inventory.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolStocks {
    /// Region, or the total.
    pub region_id: String,
    /// Year of the inventory.
    pub year: i32,
    /// Forest area of the inventory.
    pub area: Option<Hectares>,
    /// Their stock.
    pub sum: PoolSum<TonnesCarbon>,
}

/// The yearly change of the pools of a region between two inventories: gain positive.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolChanges {
    /// Region, or the total.
    pub region_id: String,
    /// Year of the earlier inventory.
    pub from_year: i32,
    /// Year of the later inventory.
    pub to_year: i32,
    /// Their change.
    pub sum: PoolSum<PerYear<TonnesCarbon>>,
    /// Of all regions: those that it leaves out, and why.
    pub left_out: Vec<(String, String)>,
}

/// A yearly change of carbon as removal of carbon dioxide from the air: a gain is a removal.
///
/// `removal = change · 44/12`
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 2, Equation 2.5 and section 2.2.2, with the sign turned:
/// here a removal is positive.
#[must_use]
pub fn removal_of(change: Figure<PerYear<TonnesCarbon>>) -> Figure<PerYear<TonnesCo2e>> {
    let to_air = |rate: PerYear<TonnesCarbon>| PerYear::new(rate.in_one_year().to_co2e());
    Figure {
        value: to_air(change.value),
        standard_error: change
            .standard_error
            .map(|se| TonnesCarbon::new(se).to_co2e().value()),
        interval: change
            .interval
            .map(|(lower, upper)| (to_air(lower), to_air(upper))),
    }
}

/// Why a pool counts in no headline.
const NO_SUM: &str = "not counted: the sum of the pools is not known";

/// What is said of a change between inventories that are not the newest two.
pub const BETWEEN_EARLIER: &str = "between earlier inventories, not in the headline";

/// Adds rows and headline terms of an inventory.
pub(in crate::account) fn fill(
    account: &mut CarbonAccount,
    ecosystem: Ecosystem,
    method: &Method,
    (stocks, changes): (&[PoolStocks], &[PoolChanges]),
) {
    let mut newest_of: BTreeMap<&str, i32> = BTreeMap::new();
    for stock in stocks {
        let newest = newest_of.entry(&stock.region_id).or_insert(stock.year);
        *newest = stock.year.max(*newest);
    }
    for stock in stocks {
        let newest = newest_of.get(stock.region_id.as_str()) == Some(&stock.year);
        let row = |pool: Pool, depth, figure, counted| CarbonRow {
            within: None,
            arithmetic: String::new(),
            region_id: stock.region_id.clone(),
            year: stock.year,
            ecosystem: ecosystem.id().to_owned(),
            pool: pool.id().to_owned(),
            soil_depth_cm: depth,
            area: stock.area,
            carbon: figure,
            counted,
            method: method.id.clone(),
            approach: method.approach.id().to_owned(),
            parameters: Vec::new(),
            quality: stock.sum.quality.clone(),
            note: String::new(),
        };
        let earlier = if newest {
            ""
        } else {
            "an earlier inventory, not in the headline"
        };
        let is_known = newest && stock.sum.total.is_ok();
        for pool in &stock.sum.pools {
            let is_counted = is_known && method.counted.contains(&pool.pool);
            account.carbon.push(CarbonRow {
                note: joined([stock.sum.note_of_pool().as_str(), earlier]),
                ..row(pool.pool, pool.depth_cm, Some(pool.figure), is_counted)
            });
        }
        let (total, quality, note) = stock.sum.row();
        for pool in stock.sum.unknown.iter().chain([&Pool::All]) {
            account.carbon.push(CarbonRow {
                quality: quality.clone(),
                note: joined([note.as_str(), earlier]),
                ..row(*pool, None, total, false)
            });
        }
        if let (true, Some(total)) = (newest, total) {
            account.trace.add_sample(
                Headline::Carbon,
                &stock.region_id,
                SampleFigure {
                    value: total.value.value(),
                    standard_error: total.standard_error,
                    degrees_of_freedom: stock.sum.degrees_of_freedom,
                },
            );
        }
    }
    // Rates of several periods do not add up: the headline is that of the newest.
    let years = |change: &PoolChanges| (change.to_year, change.from_year);
    let newest = changes.iter().map(years).max();
    for change in changes {
        let is_newest = Some(years(change)) == newest;
        fill_change(account, ecosystem, method, change, is_newest);
    }
}

/// Adds the rows of a change, and its headline term where it is that of the newest two inventories.
fn fill_change(
    account: &mut CarbonAccount,
    ecosystem: Ecosystem,
    method: &Method,
    change: &PoolChanges,
    is_newest: bool,
) {
    if !change.left_out.is_empty() {
        let years = (change.from_year, change.to_year);
        let key = (change.region_id.clone(), method.id.clone(), years);
        account.left_out.insert(key, change.left_out.clone());
    }
    let row = |pool: Pool, removal, counted| SequestrationRow {
        arithmetic: String::new(),
        region_id: change.region_id.clone(),
        period_start: change.from_year,
        period_end: change.to_year,
        ecosystem: ecosystem.id().to_owned(),
        pool: pool.id().to_owned(),
        removal,
        counted,
        method: method.id.clone(),
        approach: method.approach.id().to_owned(),
        parameters: Vec::new(),
        quality: change.sum.quality.clone(),
        note: String::new(),
    };
    let earlier = if is_newest { "" } else { BETWEEN_EARLIER };
    let is_known = is_newest && change.sum.total.is_ok();
    for pool in &change.sum.pools {
        let is_counted = is_known && method.counted.contains(&pool.pool);
        let removal = Some(removal_of(pool.figure));
        account.sequestration.push(SequestrationRow {
            note: joined([change.sum.note_of_pool().as_str(), earlier]),
            ..row(pool.pool, removal, is_counted)
        });
    }
    let (total, quality, note) = change.sum.row();
    let removal = total.map(removal_of);
    for pool in change.sum.unknown.iter().chain([&Pool::All]) {
        account.sequestration.push(SequestrationRow {
            quality: quality.clone(),
            note: joined([note.as_str(), earlier]),
            ..row(*pool, removal, false)
        });
    }
    if let Some(removal) = removal.filter(|_| is_newest) {
        account.trace.add_sample(
            Headline::Sequestration,
            &change.region_id,
            SampleFigure {
                value: removal.value.in_one_year().value(),
                standard_error: removal.standard_error,
                degrees_of_freedom: change.sum.degrees_of_freedom,
            },
        );
    }
}
