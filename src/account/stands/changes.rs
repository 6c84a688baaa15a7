//! Change of the stock of stands between two registers: of each region, and of all that know theirs.

use super::carbon::Work;
use super::stocks::{NO_SPREAD, PlaceStocks, Stock, is_sum, quality, unstocked_note};
use crate::account::carbon_account::CarbonAccount;
use crate::account::pool::Pool;
use crate::account::quality::Quality;
use crate::account::tables::{Figure, SequestrationRow, period};
use crate::account::uncertainty::{Headline, Input, Term, closed_form};
use crate::account::words::{NO_SUM, UNKNOWN, joined, regions_without};
use crate::units::{PerYear, TonnesCarbon, TonnesCo2e};

/// Why the change of a region is not known: a stand of either register has no carbon.
const UNFIT: &str =
    "stands without a volume, or outside the classes of the parameters, in one of the registers";
/// Why the change of a region is not known: what stands there is in one register alone, or in none.
const UNSHOWN: &str = "one of the registers has no stand in the region";

/// Why a part of a region has no change of its own where that of another part is not known.
const NO_REST: &str = ", and no regions of the run make up the rest";

/// Share of a stock below which a difference is of rounding alone.
const ROUNDING: f64 = 1e-12;

/// The stocks of two registers, of the land whose change is counted.
struct Between {
    before: Stock,
    after: Stock,
    is_known: bool,
    /// What it leaves out, or why it is not known.
    note: String,
    /// Of a place that is more than one region: those that it leaves out, and why.
    left_out: Vec<(String, String)>,
}

impl Between {
    /// Whether both stocks are the same, but for rounding.
    fn is_none(&self, inputs: &[Input]) -> bool {
        let stocks = [&self.before, &self.after];
        let [before, after] = stocks.map(|stock| closed_form(&stock.all, inputs).value);
        (after - before).abs() <= ROUNDING * after.abs()
    }
}

impl Work<'_> {
    /// The yearly removal between two registers.
    pub(super) fn change_rows(
        &self,
        account: &mut CarbonAccount,
        of: &PlaceStocks<'_>,
        (earlier, later): (usize, usize),
    ) {
        let inputs = account.trace.inputs();
        let Some(between) = self.between(of, (earlier, later), inputs) else {
            return;
        };
        let registers = self.input.registers;
        if !between.left_out.is_empty() {
            let years = (registers[earlier].year, registers[later].year);
            let key = (self.id(of.place).to_owned(), self.method.id.clone(), years);
            account.left_out.insert(key, between.left_out.clone());
        }
        let is_counted = between.is_known && later + 1 == registers.len();
        let (from, to) = (registers[earlier].year, registers[later].year);
        let Between { before, after, .. } = &between;
        let scale = TonnesCarbon::new(1.0).to_co2e().value() / period(from, to).value();
        let areas = format!(
            "stock on {:.4} ha in {from} and {:.4} ha in {to}",
            before.area, after.area
        );
        let spread = before.spread || after.spread || !between.is_known;
        let note = joined([
            between.note.as_str(),
            &areas,
            &unstocked_note(before.unstocked.max(after.unstocked)),
            if spread { "" } else { NO_SPREAD },
        ]);
        for (pool, terms) in [
            (
                Pool::AboveGround,
                difference(scale, &after.above, &before.above),
            ),
            (
                Pool::BelowGround,
                difference(scale, &after.below, &before.below),
            ),
        ] {
            let closed = closed_form(&terms, account.trace.inputs());
            let rate = |value: f64| PerYear::new(TonnesCo2e::new(value));
            let parameters = before.parameters.union(&after.parameters);
            let word = if between.is_known {
                quality(after)
            } else {
                Quality::Missing
            };
            account.sequestration.push(SequestrationRow {
                arithmetic: String::new(),
                region_id: self.id(of.place).to_owned(),
                period_start: from,
                period_end: to,
                ecosystem: self.choice.ecosystem.id().to_owned(),
                pool: pool.id().to_owned(),
                removal: between.is_known.then(|| Figure {
                    value: rate(closed.value),
                    standard_error: closed.standard_error,
                    interval: closed
                        .interval(self.level)
                        .map(|(low, high)| (rate(low), rate(high))),
                }),
                counted: is_counted,
                method: self.method.id.clone(),
                approach: self.method.approach.id().to_owned(),
                parameters: parameters.cloned().collect(),
                quality: word.id().to_owned(),
                note: note.clone(),
            });
        }
        if is_counted {
            let change = difference(scale, &after.all, &before.all);
            let region = self.id(of.place);
            if is_sum(&change, before.unstocked + after.unstocked) {
                account
                    .trace
                    .add_sum(Headline::Sequestration, region, &change);
            }
        }
    }

    /// What two registers hold of a place; `None` of a region where neither has a stand and the maps show no
    /// trees.
    fn between(
        &self,
        of: &PlaceStocks<'_>,
        (earlier, later): (usize, usize),
        inputs: &[Input],
    ) -> Option<Between> {
        let [before, after] = [earlier, later].map(|register| &of.stocks[register]);
        let mut between = Between {
            before: before.clone(),
            after: after.clone(),
            is_known: true,
            note: String::new(),
            left_out: Vec::new(),
        };
        if self.leave_gaps_out(&mut between, of, (earlier, later), inputs) {
            return Some(between);
        }
        let Some(place) = of.place else {
            return Some(between);
        };
        let gap = self.gap(place, before, after);
        if let Some(why) = gap {
            between.is_known = false;
            between.note = format!("{UNKNOWN}{why}");
        }
        (gap.is_some() || !before.shown.is_empty()).then_some(between)
    }

    /// Takes out of a place that is more than one region what lies in those whose change is not known; whether there
    /// are such.
    fn leave_gaps_out(
        &self,
        between: &mut Between,
        of: &PlaceStocks<'_>,
        (earlier, later): (usize, usize),
        inputs: &[Input],
    ) -> bool {
        let gap = |part: usize, stocks: &[Stock]| self.gap(part, &stocks[earlier], &stocks[later]);
        let gaps = of.parts.iter().filter_map(|(part, stocks)| {
            let why = gap(*part, stocks)?;
            Some((self.id(Some(*part)).to_owned(), why.to_owned()))
        });
        let gaps: Vec<(String, String)> = gaps.collect();
        if gaps.is_empty() {
            return false;
        }
        let known = of.parts.iter().filter(|(part, stocks)| {
            gap(*part, stocks).is_none() && !stocks[earlier].shown.is_empty()
        });
        let known: Vec<&[Stock]> = known.map(|(_, stocks)| *stocks).collect();
        let words = regions_without(&gaps);
        if known.is_empty() || !self.input.nesting.is_made_up(of.place) {
            let rest = if known.is_empty() { "" } else { NO_REST };
            between.is_known = false;
            between.note = format!("{UNKNOWN}{words}{rest}");
            return true;
        }
        between.before = Stock::sum(known.iter().map(|stocks| &stocks[earlier]));
        between.after = Stock::sum(known.iter().map(|stocks| &stocks[later]));
        between.note = format!("without {words}: the change there is not in it");
        between.left_out = gaps;
        if between.is_none(inputs) {
            between.is_known = false;
            between.note = joined([between.note.as_str(), NO_SUM]);
        }
        true
    }

    /// Why the change of a region between two registers is not known.
    fn gap(&self, place: usize, before: &Stock, after: &Stock) -> Option<&'static str> {
        let [earlier, later] = [before, after].map(|stock| stock.shown.is_empty());
        if before.left_out() + after.left_out() > 0 {
            Some(UNFIT)
        } else if earlier != later || earlier && !self.is_bare(place) {
            Some(UNSHOWN)
        } else {
            None
        }
    }
}

/// The terms of a stock less those of an earlier one, each times `scale`.
fn difference(scale: f64, later: &[Term], earlier: &[Term]) -> Vec<Term> {
    let scaled = |terms: &[Term], scale: f64| {
        let terms = terms.iter().map(|term| Term {
            coefficient: scale * term.coefficient,
            inputs: term.inputs.clone(),
        });
        terms.collect::<Vec<_>>()
    };
    let mut all = scaled(later, scale);
    all.extend(scaled(earlier, -scale));
    all
}
