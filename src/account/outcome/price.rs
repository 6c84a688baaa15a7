//! The value of a sink: yearly removals at a price.

use super::region_summary::RegionSummary;
use crate::account::tables::Figure;
use crate::account::uncertainty::Headline;
use crate::units::{PerYear, TonnesCo2e};

/// What a tonne is worth, and how that changes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Market {
    /// Price of a tonne (of what is valued) in the first year, in the plan's currency.
    pub price_per_tonne: f64,
    /// Yearly change of the price, in percent, positive when it rises.
    pub price_change_pct: f64,
    /// Yearly discount, in percent.
    pub discount_pct: f64,
}

impl Market {
    /// The years of a steady yearly quantity that its present value amounts to:
    /// `Σ for t in 0..years of ((1 + change) / (1 + discount))^t`.
    ///
    /// # Source
    ///
    /// The net present value of the `InVEST` carbon storage and sequestration model (user's guide),
    /// whose rate of change lowers the price where this one raises it.
    #[must_use]
    pub fn present_years(&self, years: u32) -> f64 {
        let percent = |rate: f64| 1.0 + rate / 100.0;
        let ratio = percent(self.price_change_pct) / percent(self.discount_pct);
        let (mut sum, mut weight) = (0.0, 1.0);
        for _ in 0..years {
            sum += weight;
            weight *= ratio;
        }
        sum
    }
}

/// The price of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Price {
    /// Price of a tonne of CO2 equivalent and how it changes.
    pub market: Market,
    /// Its currency.
    pub currency: String,
    /// Years over which the removals are valued together, if they are.
    pub years: Option<u32>,
}

/// What the removals of a region are worth.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueRow {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: String,
    /// First year of the period of the removals.
    pub period_start: Option<i32>,
    /// Last year of the period of the removals.
    pub period_end: Option<i32>,
    /// The headline removal that is valued.
    pub removal: Option<PerYear<TonnesCo2e>>,
    /// Price of a tonne of CO2 equivalent in the first year.
    pub price: f64,
    /// Currency of price and values.
    pub currency: String,
    /// Value of the removals of one year.
    pub yearly: Option<Figure<f64>>,
    /// Years that the present value is over.
    pub years: Option<u32>,
    /// Yearly discount of the present value, in percent.
    pub discount_pct: Option<f64>,
    /// Yearly rise of the price in it, in percent.
    pub price_change_pct: Option<f64>,
    /// Value of the removals of all these years, discounted to the first.
    pub present: Option<Figure<f64>>,
    /// How good the figures of the region are.
    pub quality: String,
    /// What must be known of it.
    pub note: String,
}

/// What yearly removals are worth, at what one tonne a year is worth.
fn worth(removal: Figure<PerYear<TonnesCo2e>>, a_yearly_tonne: f64) -> Figure<f64> {
    Figure {
        standard_error: removal.standard_error.map(|error| error * a_yearly_tonne),
        ..removal.map(|rate| rate.in_one_year().value() * a_yearly_tonne)
    }
}

/// The value of the yearly removals of each region: what the headline counts, at the price.
///
/// The price has no spread, so the value has that of the removals. What is reported apart and never
/// credited, such as the flux of karst, has no value.
pub fn sink_values<'a>(
    regions: impl IntoIterator<Item = &'a RegionSummary>,
    price: &Price,
) -> Vec<ValueRow> {
    let unit_price = price.market.price_per_tonne;
    let present = price
        .years
        .map(|years| unit_price * price.market.present_years(years));
    regions
        .into_iter()
        .map(|region| {
            let removal = region.sequestration;
            ValueRow {
                region_id: region.region_id.clone(),
                period_start: region.period_start,
                period_end: region.period_end,
                removal: removal.map(|figure| figure.value),
                price: unit_price,
                currency: price.currency.clone(),
                yearly: removal.map(|figure| worth(figure, unit_price)),
                years: price.years,
                discount_pct: price.years.map(|_| price.market.discount_pct),
                price_change_pct: price.years.map(|_| price.market.price_change_pct),
                present: removal
                    .zip(present)
                    .map(|(figure, factor)| worth(figure, factor)),
                quality: region.quality.clone(),
                note: note(region, price.years),
            }
        })
        .collect()
}

/// What must be known of the value of a region's removals.
fn note(region: &RegionSummary, years: Option<u32>) -> String {
    let Some(figure) = region.sequestration else {
        return "no sequestration is known of the region: see its notes in summary.csv".to_owned();
    };
    let mut notes = Vec::new();
    let left_out = region.left_out(Headline::Sequestration);
    if figure.value.in_one_year().value() < 0.0 {
        let words = if region.is_surely_no_sink() {
            "the region is a source: the value is a cost"
        } else {
            "the value is a cost, of a part: whether the region is a source is not known"
        };
        notes.push(words.to_owned());
    }
    if figure.interval.is_none() {
        notes.push("the sequestration has no interval, so the value has none".to_owned());
    }
    if let Some(years) = years {
        notes.push(format!(
            "the present value takes the removals of the period to go on unchanged for {years} years"
        ));
    }
    notes.extend_from_slice(left_out);
    notes.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn market(change: f64, discount: f64) -> Market {
        Market {
            price_per_tonne: 60.0,
            price_change_pct: change,
            discount_pct: discount,
        }
    }

    fn region(removal: Option<Figure<PerYear<TonnesCo2e>>>) -> RegionSummary {
        RegionSummary {
            region_id: "a".to_owned(),
            sequestration: removal,
            ..RegionSummary::default()
        }
    }

    #[test]
    fn a_price_that_rises_as_fast_as_the_discount_leaves_every_year_whole() {
        assert!((market(3.0, 3.0).present_years(10) - 10.0).abs() < 1e-12);
        // 1 + 1/1.05 + 1/1.05^2 = 2.859 410 430 839...
        assert!((market(0.0, 5.0).present_years(3) - 2.859_410_430_839_002).abs() < 1e-12);
    }

    #[test]
    fn the_value_has_the_relative_spread_of_the_removals() {
        let tonnes = |t: f64| PerYear::new(TonnesCo2e::new(t));
        let price = Price {
            market: market(0.0, 5.0),
            currency: "CNY".to_owned(),
            years: Some(3),
        };
        let figure = Figure {
            value: tonnes(100.0),
            standard_error: Some(10.0),
            interval: Some((tonnes(80.0), tonnes(120.0))),
        };
        let rows = sink_values(&[region(Some(figure)), region(None)], &price);
        let yearly = rows[0].yearly.unwrap();
        assert_eq!((yearly.value, yearly.standard_error), (6000.0, Some(600.0)));
        assert_eq!(yearly.interval, Some((4800.0, 7200.0)));
        let present = rows[0].present.unwrap();
        assert!((present.value / yearly.value - 2.859_410_430_839_002).abs() < 1e-12);
        assert_eq!((rows[1].yearly, rows[1].present), (None, None));
        assert!(rows[1].note.contains("no sequestration"));
    }
}
