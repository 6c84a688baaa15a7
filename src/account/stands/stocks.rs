//! Rows of the stocks of stand registers.

use std::collections::BTreeSet;

use super::carbon::{Work, held_note};
use super::register::Register;
use crate::account::carbon_account::CarbonAccount;
use crate::account::land::RegionAreas;
use crate::account::library::Standing;
use crate::account::pool::Pool;
use crate::account::quality::Quality;
use crate::account::tables::{CarbonRow, Figure};
use crate::account::uncertainty::{Headline, Term, closed_form};
use crate::account::words::{UNSTOCKED, joined, regions_without};
use crate::finding::{self, are};
use crate::units::{Hectares, TonnesCarbon};

/// Why figures of a register may have no spread.
pub(super) const NO_SPREAD: &str = "no spread: a register has no sampling error, though it is not exact, and no source gives the spread of the factors";

/// Why a register has nothing of a region.
pub const NO_STAND: &str = "no stand of the register lies there";

/// What a register gives in one place.
#[derive(Debug, Clone, Default)]
pub(super) struct Stock {
    pub(super) above: Vec<Term>,
    pub(super) below: Vec<Term>,
    /// Terms of both pools together; the split needs no root-shoot ratio here where it cancels.
    pub(super) all: Vec<Term>,
    pub(super) area: f64,
    /// Regions of the place that any stand of the register lies in: of others it knows nothing.
    pub(super) shown: BTreeSet<usize>,
    pub(super) without_volume: usize,
    pub(super) area_without: f64,
    /// Hectares that count as forest and have no stock in a register, such as bamboo.
    pub(super) unstocked: f64,
    /// Stands outside the classes of the parameters, and their hectares.
    pub(super) outside: (usize, f64),
    /// Stands that the continuous function gives less than nothing for, and their hectares.
    pub(super) held: (usize, f64),
    /// Whether any parameter has a spread.
    pub(super) spread: bool,
    pub(super) standing: Vec<Standing>,
    pub(super) parameters: BTreeSet<String>,
}

/// The stocks of the registers in one place, the oldest first; of one that is more than one region those of each.
pub(super) struct PlaceStocks<'s> {
    pub(super) place: Option<usize>,
    pub(super) stocks: &'s [Stock],
    pub(super) parts: Vec<(usize, &'s [Stock])>,
}

impl Work<'_> {
    /// Rows and headline terms of one place.
    pub(super) fn rows(&self, account: &mut CarbonAccount, of: &PlaceStocks<'_>) {
        let place = of.place;
        let registers = self.input.registers;
        let newest = of.stocks.len() - 1;
        for (at, (register, stock)) in registers.iter().zip(of.stocks).enumerate() {
            let counted = at == newest;
            let without = self.without_stand(of, at);
            let note = self.note(register, stock, (counted, &without));
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
            if counted && stock.is_known() && is_sum(&stock.all, stock.unstocked) {
                let region = self.id(place);
                account.trace.add_sum(Headline::Carbon, region, &stock.all);
            }
        }
        for later in 1..of.stocks.len() {
            self.change_rows(account, of, (later - 1, later));
        }
    }

    /// Regions of a place that a register has no stand in, though the maps do not show that there are no trees, in
    /// words.
    fn without_stand(&self, of: &PlaceStocks<'_>, register: usize) -> String {
        let unshown = of
            .parts
            .iter()
            .filter(|(part, stocks)| stocks[register].shown.is_empty() && !self.is_bare(*part));
        let unshown: Vec<(String, String)> = unshown
            .map(|(part, _)| (self.id(Some(*part)).to_owned(), NO_STAND.to_owned()))
            .collect();
        if unshown.is_empty() {
            return String::new();
        }
        let words = regions_without(&unshown);
        format!("a lower limit: without {words}: the stock there is not in it")
    }

    /// Whether the maps show all of a region, and nothing with trees: a register without a stand there leaves
    /// nothing out.
    pub(super) fn is_bare(&self, place: usize) -> bool {
        let region = self.areas.and_then(|areas| areas.regions.get(place));
        region.is_some_and(RegionAreas::is_bare)
    }

    fn note(
        &self,
        register: &Register,
        stock: &Stock,
        (counted, without_stand): (bool, &str),
    ) -> String {
        let without = format!(
            "a lower limit: {} ({:.4} ha) without a volume {} not in it",
            finding::counted(stock.without_volume, "stand", "stands"),
            stock.area_without,
            are(stock.without_volume)
        );
        let (outside, hectares) = stock.outside;
        let beyond = format!(
            "a lower limit: {} ({hectares:.4} ha) outside the classes of the parameters {} not in it",
            finding::counted(outside, "stand", "stands"),
            are(outside)
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
                without_stand
            },
            &held_note(stock.held),
            &unstocked_note(stock.unstocked),
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
        CarbonRow {
            within: None,
            arithmetic: String::new(),
            region_id: self.id(place).to_owned(),
            year: register.year,
            ecosystem: self.choice.ecosystem.id().to_owned(),
            pool: pool.id().to_owned(),
            soil_depth_cm: None,
            area: Some(Hectares::new(stock.area)),
            carbon: stock.is_known().then(|| Figure {
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
}

impl Stock {
    /// The sum of those of several regions.
    pub(super) fn sum<'s>(stocks: impl Iterator<Item = &'s Self>) -> Self {
        stocks.fold(Self::default(), |mut sum, stock| {
            sum.above.extend(stock.above.iter().cloned());
            sum.below.extend(stock.below.iter().cloned());
            sum.all.extend(stock.all.iter().cloned());
            sum.area += stock.area;
            sum.shown.extend(&stock.shown);
            sum.without_volume += stock.without_volume;
            sum.area_without += stock.area_without;
            sum.unstocked += stock.unstocked;
            for (sum, part) in [
                (&mut sum.outside, stock.outside),
                (&mut sum.held, stock.held),
            ] {
                *sum = (sum.0 + part.0, sum.1 + part.1);
            }
            sum.spread |= stock.spread;
            sum.standing.extend(&stock.standing);
            sum.parameters.extend(stock.parameters.iter().cloned());
            sum
        })
    }

    /// Whether any stand lies here, and the carbon of some is known; without forest it is zero.
    fn is_known(&self) -> bool {
        !self.shown.is_empty() && (self.left_out() == 0 || !self.parameters.is_empty())
    }

    /// Stands whose carbon is not known.
    pub(super) const fn left_out(&self) -> usize {
        self.without_volume + self.outside.0
    }
}

/// Whether terms are a sum that is known: of none it is zero where no forest lacks a stock.
pub(super) fn is_sum(terms: &[Term], unstocked: f64) -> bool {
    !terms.is_empty() || unstocked <= 0.0
}

/// What of the forest is in no stock of a register.
pub(super) fn unstocked_note(hectares: f64) -> String {
    if hectares > 0.0 {
        format!("without {hectares:.4} ha {UNSTOCKED}")
    } else {
        String::new()
    }
}

pub(super) fn quality(stock: &Stock) -> Quality {
    if stock.standing.contains(&Standing::Memory) {
        Quality::RecalledParameter
    } else if stock.standing.contains(&Standing::User) {
        Quality::UserParameter
    } else {
        Quality::Register
    }
}
