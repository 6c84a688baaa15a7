//! The value of a sink: yearly removals at a price that changes, discounted to the first year.

use crate::units::{PerYear, Quantity};

/// What a tonne is worth, and how that changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Market {
    /// Price of a tonne (of what is valued) in the first year, in the plan's currency.
    pub price_per_tonne: f64,
    /// Yearly change of the price, in percent, as a rate that lowers later values.
    pub price_change_pct: f64,
    /// Yearly discount, in percent.
    pub discount_pct: f64,
}

/// Present value of a yearly quantity over some years.
///
/// `value = price · rate · Σ for t in 0..years of 1 / ((1 + discount) · (1 + change))^t`
///
/// # Source
///
/// `InVEST` carbon storage and sequestration model, user's guide, net present value.
#[must_use]
pub fn present_value<Q: Quantity>(rate: PerYear<Q>, years: u32, market: &Market) -> f64 {
    let percent = |rate: f64| 1.0 + rate / 100.0;
    let ratio = 1.0 / (percent(market.discount_pct) * percent(market.price_change_pct));
    let (mut sum, mut weight) = (0.0, 1.0);
    for _ in 0..years {
        sum += weight;
        weight *= ratio;
    }
    market.price_per_tonne * rate.in_one_year().value() * sum
}
