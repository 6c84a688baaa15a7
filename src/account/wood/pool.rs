//! One product of one region, year by year, with what is not known of it.

use std::collections::{BTreeMap, BTreeSet};

use super::harvested::{
    HarvestedWoodRow, WoodBefore, WoodYear, decay, products_after_a_year, steady_products,
};
use super::production::{Inflow, WoodUnit};
use crate::account::library::{Curve, Parameter, Shape, Standing};
use crate::account::quality::Quality;
use crate::account::uncertainty::{Input, Term, Trace, closed_form};
use crate::account::words::{joined, number};
use crate::units::{PerYear, TonnesCarbon, TonnesCo2e, Years};

/// What must be known of every row: the production is taken as it was given.
const PRODUCTION: &str = "that of the production itself is not known, so it is a lower limit";

/// The parameters of one product.
#[derive(Debug, Clone, Default)]
pub(super) struct ProductParameters<'a> {
    /// Its half-life.
    pub(super) life: Option<&'a Parameter>,
    /// Carbon of a unit of it, for the units that the table gives without a factor.
    pub(super) factors: BTreeMap<WoodUnit, &'a Parameter>,
}

impl<'a> ProductParameters<'a> {
    /// All of them.
    pub(super) fn rows(&self) -> impl Iterator<Item = &'a Parameter> + '_ {
        self.life.into_iter().chain(self.factors.values().copied())
    }

    fn standing(&self, standing: Standing) -> bool {
        self.rows().any(|row| row.standing == standing)
    }
}

/// One product of one region.
#[derive(Debug, Clone, Copy)]
pub(super) struct WoodPool<'a> {
    pub(super) region: &'a str,
    pub(super) product: &'a str,
    pub(super) series: &'a BTreeMap<i32, Inflow>,
    pub(super) parameters: &'a ProductParameters<'a>,
    pub(super) before: WoodBefore,
}

impl WoodPool<'_> {
    fn half_life(&self) -> f64 {
        let life = self.parameters.life.and_then(|row| row.value);
        life.expect("half-lives were checked")
    }

    /// Carbon that comes in.
    fn carbon(&self, inflow: Inflow) -> PerYear<TonnesCarbon> {
        let factor = inflow.unit.map_or(1.0, |unit| {
            let row = self.parameters.factors.get(&unit);
            let value = row.and_then(|row| row.value);
            value.expect("factors were checked")
        });
        PerYear::new(TonnesCarbon::new(inflow.amount * factor))
    }

    /// The first years whose mean inflow the start keeps up.
    fn first_years(&self) -> usize {
        match self.before {
            WoodBefore::Nothing => 0,
            WoodBefore::SteadyState(years) => years,
        }
    }

    /// The stock at the end of a year as a sum of what is left of each inflow and of the start.
    fn stock_terms(&self, trace: &mut Trace, year: i32) -> Vec<Term> {
        let Some(first) = self.series.keys().next().copied() else {
            return Vec::new();
        };
        let life = self.life(trace);
        let since = |from: i32| u32::try_from(year - from).unwrap_or(0);
        let mut terms = Vec::new();
        let in_use = self.series.range(..=year).map(|(from, inflow)| {
            let years = since(*from);
            (*inflow, 1.0, Curve::InUse { years })
        });
        let steady = self.first_years();
        let start = Curve::SteadyStart {
            years: since(first - 1),
        };
        let at_start = self.series.values().take(steady);
        let at_start = at_start.map(|inflow| (*inflow, 1.0 / steady as f64, start));
        for (inflow, share, curve) in in_use.chain(at_start) {
            let left = trace.following(life, curve);
            let factor = inflow.unit.and_then(|unit| {
                let row = self.parameters.factors.get(&unit)?;
                Some(trace.parameter(row, row.value?))
            });
            terms.push(Term {
                coefficient: inflow.amount * share,
                inputs: factor.into_iter().chain([left]).collect(),
            });
        }
        terms
    }

    /// The half-life as an input. A rate of decay is positive, so its spread is taken as
    /// log-normal whatever its width.
    fn life(&self, trace: &mut Trace) -> usize {
        let row = self.parameters.life.expect("half-lives were checked");
        let mut spread = row.spread();
        if let Some(spread) = &mut spread {
            spread.shape = Shape::LogNormal;
        }
        trace.add_input(Input {
            key: row.row_id(),
            mean: self.half_life(),
            spread,
            degrees_of_freedom: None,
            follows: None,
        })
    }

    /// Stock and change of a year as terms, the change in `t_co2e` a year.
    pub(super) fn terms(&self, trace: &mut Trace, year: i32) -> WoodTerms {
        let stock = self.stock_terms(trace, year);
        let before = self.stock_terms(trace, year - 1);
        let in_air = TonnesCarbon::new(1.0).to_co2e().value();
        let scaled = |terms: &[Term], by: f64| -> Vec<Term> {
            let scaled = terms.iter().map(|term| Term {
                coefficient: term.coefficient * by,
                inputs: term.inputs.clone(),
            });
            scaled.collect()
        };
        let mut change = scaled(&stock, in_air);
        change.extend(scaled(&before, -in_air));
        WoodTerms { stock, change }
    }

    /// Its rows.
    pub(super) fn rows(&self, trace: &mut Trace, level: f64) -> Vec<HarvestedWoodRow> {
        let half_life = Years::new(self.half_life());
        let inflows = self.series.values().map(|inflow| self.carbon(*inflow));
        let first: TonnesCarbon = inflows
            .take(self.first_years())
            .map(PerYear::in_one_year)
            .sum();
        let mut stock = match self.before {
            WoodBefore::Nothing => TonnesCarbon::ZERO,
            WoodBefore::SteadyState(years) => {
                steady_products(PerYear::new(first * (1.0 / years as f64)), half_life)
            }
        };
        let note = self.note(stock);
        let rate = decay(half_life);
        let (kept, of_inflow) = ((-rate).exp(), -(-rate).exp_m1() / rate);
        let mut rows = Vec::new();
        for (year, inflow) in self.series {
            let carbon = self.carbon(*inflow);
            let after = products_after_a_year(stock, carbon, half_life);
            let terms = self.terms(trace, *year);
            rows.push(HarvestedWoodRow {
                region_id: self.region.to_owned(),
                product: self.product.to_owned(),
                year: *year,
                held: Some(terms.held(
                    trace,
                    level,
                    carbon,
                    PerYear::new(stock + carbon.in_one_year() - after),
                )),
                half_life: Some(half_life),
                arithmetic: format!(
                    "{} x {} t C + {} x {} t C = {} t C",
                    number(kept),
                    number(stock.value()),
                    number(of_inflow),
                    self.inflow_words(*inflow),
                    number(after.value())
                ),
                parameters: self.parameters.rows().map(Parameter::row_id).collect(),
                quality: self.quality().id().to_owned(),
                note: note.clone(),
            });
            stock = after;
        }
        rows
    }

    fn inflow_words(&self, inflow: Inflow) -> String {
        let factor = inflow.unit.and_then(|unit| {
            let value = self.parameters.factors.get(&unit)?.value?;
            Some((unit, value))
        });
        match factor {
            None => number(inflow.amount),
            Some((unit, value)) => format!(
                "{} {} x {}",
                number(inflow.amount),
                unit.id(),
                number(value)
            ),
        }
    }

    fn quality(&self) -> Quality {
        if self.parameters.standing(Standing::Memory) {
            Quality::RecalledParameter
        } else if self.parameters.standing(Standing::User) {
            Quality::UserParameter
        } else {
            Quality::PublishedDefault
        }
    }

    fn note(&self, start: TonnesCarbon) -> String {
        let start = match self.before {
            WoodBefore::Nothing => "the pool starts empty".to_owned(),
            WoodBefore::SteadyState(years) => format!(
                "the pool starts with what the mean of {years} years keeps up: {} t C",
                number(start.value())
            ),
        };
        let spread = spread_words(self.parameters.rows());
        joined([
            start.as_str(),
            "apart from the pools of the forest and from the headline",
            spread.as_str(),
        ])
    }
}

/// What must be known of the spread of what rests on these parameters, and of them.
pub(super) fn spread_words<'a>(parameters: impl Iterator<Item = &'a Parameter>) -> String {
    let (mut some, mut recalled, mut without) = (false, false, BTreeSet::new());
    for row in parameters {
        recalled |= row.standing == Standing::Memory;
        if row.spread().is_some() {
            some = true;
        } else {
            without.insert(row.row_id());
        }
    }
    let without: Vec<String> = without.into_iter().collect();
    let spread = match (some, without.is_empty()) {
        (false, _) => "no spread: no source gives that of half-life and production".to_owned(),
        (true, true) => format!("the spread is that of half-life and factors; {PRODUCTION}"),
        (true, false) => format!(
            "the spread is without that of {}; {PRODUCTION}",
            without.join(", ")
        ),
    };
    let standing = if recalled {
        "rests on parameters that were recalled, not read again"
    } else {
        ""
    };
    joined([spread.as_str(), standing])
}

/// Stock and change of one pool or of several, as terms over shared inputs.
#[derive(Debug, Clone, Default)]
pub(super) struct WoodTerms {
    pub(super) stock: Vec<Term>,
    pub(super) change: Vec<Term>,
}

impl WoodTerms {
    /// The figures of a year, with their spread by closed form.
    pub(super) fn held(
        &self,
        trace: &Trace,
        level: f64,
        inflow: PerYear<TonnesCarbon>,
        loss: PerYear<TonnesCarbon>,
    ) -> WoodYear {
        let stock = closed_form(&self.stock, trace.inputs());
        let change = closed_form(&self.change, trace.inputs());
        let change = change.figure(level, TonnesCo2e::new);
        WoodYear {
            inflow,
            loss,
            stock: stock.figure(level, TonnesCarbon::new),
            change: change.map(PerYear::new),
        }
    }
}

/// The products of series, each once.
pub(super) fn products<'a>(keys: impl Iterator<Item = &'a (String, String)>) -> BTreeSet<&'a str> {
    keys.map(|(_, product)| product.as_str()).collect()
}
