//! Rows of the stocks of stand registers, and of their change between two registers.

use super::carbon::{CarbonAccount, Quality};
use super::closed_form::closed_form;
use super::parameter::Standing;
use super::plot_pools::joined;
use super::pool::Pool;
use super::stand_carbon::{Stock, Work, held_note};
use super::stands::Register;
use super::tables::{CarbonRow, Figure, SequestrationRow, period};
use super::trace::{Headline, Term};
use crate::units::{Hectares, PerYear, TonnesCarbon, TonnesCo2e};

/// Why figures of a register may have no spread.
const NO_SPREAD: &str = "no spread: a register has no sampling error, though it is not exact, and no source gives the spread of the factors";

impl Work<'_> {
    /// Rows and headline terms of one place.
    pub(super) fn rows(&self, account: &mut CarbonAccount, place: Option<usize>, stocks: &[Stock]) {
        let registers = self.input.registers;
        let newest = stocks.len() - 1;
        for (at, (register, stock)) in registers.iter().zip(stocks).enumerate() {
            let counted = at == newest;
            let note = self.note(register, stock, counted);
            for (pool, terms) in [
                (Pool::AboveGround, &stock.above),
                (Pool::BelowGround, &stock.below),
            ] {
                let row = self.stock_row(account, place, register, stock, (pool, terms), &note);
                if counted {
                    let key = (self.id(place), self.choice.ecosystem, pool);
                    account.keep_terms(key, (None, None), terms);
                }
                account.carbon.push(CarbonRow { counted, ..row });
            }
            if counted {
                for term in &stock.all {
                    account
                        .trace
                        .add_term(Headline::Carbon, self.id(place), term.clone());
                }
            }
        }
        for later in 1..stocks.len() {
            self.change_rows(account, place, (later - 1, later), stocks, later == newest);
        }
    }

    fn note(&self, register: &Register, stock: &Stock, counted: bool) -> String {
        let without = format!(
            "a lower limit: {} stands ({:.4} ha) without a volume are not in it",
            stock.without_volume, stock.area_without
        );
        let (outside, hectares) = stock.outside;
        let beyond = format!(
            "a lower limit: {outside} stands ({hectares:.4} ha) outside the classes of the parameters are not in it"
        );
        joined([
            if outside > 0 { &beyond } else { "" },
            if counted {
                ""
            } else {
                "an earlier register, not in the headline"
            },
            if stock.spread {
                "the spread is that of the factors alone: a register has no sampling error, and is not exact"
            } else {
                NO_SPREAD
            },
            if stock.without_volume > 0 {
                &without
            } else {
                ""
            },
            if stock.shown.is_empty() {
                "no stand of the register lies here: the stock is not known"
            } else {
                ""
            },
            &held_note(stock.held),
            if stock.standing.contains(&Standing::Memory) {
                "rests on parameters that were recalled, not read again"
            } else {
                ""
            },
            if register.recalled_codes {
                "rests on code tables that were recalled, not read again"
            } else {
                ""
            },
            &self.method.note,
        ])
    }

    fn stock_row(
        &self,
        account: &CarbonAccount,
        place: Option<usize>,
        register: &Register,
        stock: &Stock,
        (pool, terms): (Pool, &[Term]),
        note: &str,
    ) -> CarbonRow {
        let closed = closed_form(terms, account.trace.inputs());
        let nothing = stock.shown.is_empty() || stock.parameters.is_empty() && stock.left_out() > 0;
        CarbonRow {
            within: None,
            arithmetic: String::new(),
            region_id: self.id(place).to_owned(),
            year: register.year,
            ecosystem: self.choice.ecosystem.id().to_owned(),
            pool: pool.id().to_owned(),
            soil_depth_cm: None,
            area: Some(Hectares::new(stock.area)),
            carbon: (!nothing).then(|| Figure {
                value: TonnesCarbon::new(closed.value),
                standard_error: closed.standard_error,
                interval: closed
                    .interval(self.level)
                    .map(|(low, high)| (TonnesCarbon::new(low), TonnesCarbon::new(high))),
            }),
            counted: true,
            method: self.method.id.clone(),
            approach: self.method.approach.id().to_owned(),
            parameters: stock.parameters.iter().cloned().collect(),
            quality: quality(stock).id().to_owned(),
            note: note.to_owned(),
        }
    }

    /// The yearly removal between two registers. Unknown where a stand of either has no volume.
    fn change_rows(
        &self,
        account: &mut CarbonAccount,
        place: Option<usize>,
        (earlier, later): (usize, usize),
        stocks: &[Stock],
        newest: bool,
    ) {
        let registers = self.input.registers;
        let (from, to) = (registers[earlier].year, registers[later].year);
        let (before, after) = (&stocks[earlier], &stocks[later]);
        let scale = TonnesCarbon::new(1.0).to_co2e().value() / period(from, to).value();
        let difference = |later: &[Term], earlier: &[Term]| -> Vec<Term> {
            let scaled = |terms: &[Term], sign: f64| {
                terms
                    .iter()
                    .map(|term| Term {
                        coefficient: sign * scale * term.coefficient,
                        inputs: term.inputs.clone(),
                    })
                    .collect::<Vec<_>>()
            };
            let mut all = scaled(later, 1.0);
            all.extend(scaled(earlier, -1.0));
            all
        };
        let unfit = before.left_out() + after.left_out() > 0;
        let unshown = before.shown.is_empty() || before.shown != after.shown;
        let unknown = unfit || unshown;
        let areas = format!(
            "stock on {:.4} ha in {from} and {:.4} ha in {to}",
            before.area, after.area
        );
        let note = joined([
            if unfit {
                "stands without a volume, or outside the classes of the parameters, in one of the registers: their change is not known"
            } else {
                ""
            },
            if unshown {
                "one of the registers has no stand in the region, or in a region of the sum: the change there is not known"
            } else {
                ""
            },
            &areas,
            if before.spread || after.spread {
                ""
            } else {
                NO_SPREAD
            },
        ]);
        for (pool, terms) in [
            (Pool::AboveGround, difference(&after.above, &before.above)),
            (Pool::BelowGround, difference(&after.below, &before.below)),
        ] {
            let closed = closed_form(&terms, account.trace.inputs());
            let rate = |value: f64| PerYear::new(TonnesCo2e::new(value));
            account.sequestration.push(SequestrationRow {
                arithmetic: String::new(),
                region_id: self.id(place).to_owned(),
                period_start: from,
                period_end: to,
                ecosystem: self.choice.ecosystem.id().to_owned(),
                pool: pool.id().to_owned(),
                removal: (!unknown).then(|| Figure {
                    value: rate(closed.value),
                    standard_error: closed.standard_error,
                    interval: closed
                        .interval(self.level)
                        .map(|(low, high)| (rate(low), rate(high))),
                }),
                counted: newest && !unknown,
                method: self.method.id.clone(),
                approach: self.method.approach.id().to_owned(),
                parameters: before
                    .parameters
                    .union(&after.parameters)
                    .cloned()
                    .collect(),
                quality: quality(after).id().to_owned(),
                note: note.clone(),
            });
        }
        if newest && !unknown {
            for term in difference(&after.all, &before.all) {
                account
                    .trace
                    .add_term(Headline::Sequestration, self.id(place), term);
            }
        }
    }
}

impl Stock {
    /// Stands whose carbon is not known.
    const fn left_out(&self) -> usize {
        self.without_volume + self.outside.0
    }
}

fn quality(stock: &Stock) -> Quality {
    if stock.standing.contains(&Standing::Memory) {
        Quality::RecalledParameter
    } else if stock.standing.contains(&Standing::User) {
        Quality::UserParameter
    } else {
        Quality::Register
    }
}
