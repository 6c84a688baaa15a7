//! `[price]`: what a tonne is worth.

use schemars::JsonSchema;
use serde::Deserialize;

use super::reading::Unread;
use crate::finding::Finding;

/// Longest time over which a sink is valued, in years.
const LONGEST: u32 = 200;

/// `[price]`: the price of a tonne, for the value of the sink in `tables/value.csv`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PriceTable {
    /// Price of a tonne of CO2 equivalent, in the first year.
    pub tco2e: f64,
    /// Currency of the price, such as `CNY`.
    pub currency: String,
    /// Years over which yearly removals are valued; without it there is no present value.
    pub years: Option<u32>,
    /// Yearly discount of later values, in percent; default 0.
    pub discount_pct: Option<f64>,
    /// Yearly change of the price, in percent, positive when it rises; default 0.
    pub price_change_pct: Option<f64>,
}

/// What is wrong with a price.
pub(super) fn sense(place: &str, price: &PriceTable, unread: &Unread) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |what: String, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
    if !(price.tco2e > 0.0 && price.tco2e.is_finite()) {
        refuse(
            format!("`[price] tco2e` is {}", price.tco2e),
            "give the price of a tonne of CO2 equivalent, more than 0, or leave `[price]` out",
        );
    }
    if price.currency.trim().is_empty() && unread.spares(&["price.currency"]) {
        refuse(
            "`[price] currency` is empty".into(),
            "name the currency, such as CNY",
        );
    }
    if let Some(years) = price.years
        && !(1..=LONGEST).contains(&years)
    {
        refuse(
            format!("`[price] years` is {years}"),
            &format!("give 1 to {LONGEST} years, or leave it out for the value of one year"),
        );
    }
    let rates = [
        ("discount-pct", price.discount_pct),
        ("price-change-pct", price.price_change_pct),
    ];
    for (key, rate) in rates {
        let Some(rate) = rate else {
            continue;
        };
        if !(rate > -100.0 && rate.is_finite()) {
            refuse(
                format!("`[price] {key}` is {rate}"),
                "give percent a year, more than -100",
            );
        }
        if price.years.is_none() && unread.lacks(&["price.years"]) {
            refuse(
                format!("`[price] {key}` without `years`"),
                "give `years`, or leave the rate out: one year's value has none",
            );
        }
    }
    findings
}
