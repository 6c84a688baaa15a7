//! Gases of a fire, and what the headline makes of them.

use std::collections::BTreeMap;

use super::burnt::{Fire, FireAccount, HeldLand};
use super::left_out::Without;
use crate::account::carbon_account::CarbonAccount;
use crate::account::change;
use crate::account::ecosystem::Ecosystem;
use crate::account::land::AreaAccount;
use crate::account::library::{Approach, CLASS_DENSITY};
use crate::account::nesting::Nesting;
use crate::account::tables::{Figure, SequestrationRow, TOTAL};
use crate::account::uncertainty::{Headline, Term, closed_form};
use crate::account::words::{APART, joined, number};
use crate::finding::Finding;
use crate::units::{Hectares, PerYear, TonnesCo2e};

/// A gas of a fire in a region.
#[derive(Debug, Clone, PartialEq)]
pub struct FireRow {
    /// Name of the fire.
    pub fire: String,
    /// What burnt.
    pub ecosystem: Ecosystem,
    /// Whether it is carbon dioxide, which a difference of stocks holds; other gases are in none.
    pub carbon_dioxide: bool,
    /// Whether the trees of its land are in the difference of an inventory of another ecosystem.
    pub(super) in_other: bool,
    /// Its row of `tables/sequestration.csv`, of the year of the fire.
    pub row: SequestrationRow,
    /// The land that it is of.
    pub(super) area: Hectares,
    /// What its figure is by hectare of it, in words.
    pub(super) by_area: String,
    /// Tonnes of the gas.
    pub(super) tonnes: f64,
    /// How its figure is made, over the inputs of the account.
    pub(super) term: Term,
}

/// Why carbon dioxide of a fire within the years of the headline stands apart from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    /// Herbs are back within the year.
    Regrown,
    /// A difference of stocks of the same ecosystem, over these years, has it.
    Held(i32, i32),
    /// Densities by class differ only where the class does.
    Classes,
    /// Neither a gain nor a difference stands in the plan.
    Alone,
}

impl Reason {
    fn words(self, ecosystem: Ecosystem) -> String {
        match self {
            Self::Regrown => {
                "what herbs lose in a fire grows back within the year (IPCC 2006, vol. 4, ch. 2, sec. 2.4)"
                    .to_owned()
            }
            Self::Held(from, to) => {
                format!("the difference of stocks over {from} to {to} holds it already")
            }
            Self::Classes => format!(
                "the difference of densities by class does not see what burnt on {ecosystem} that kept its class"
            ),
            Self::Alone => format!(
                "no method of the plan gives what {ecosystem} gains, nor a difference of its stocks, that it would be a part of"
            ),
        }
    }

    /// What the person can do about carbon that no figure holds.
    fn remedy(self, ecosystem: Ecosystem) -> Option<String> {
        match self {
            Self::Regrown | Self::Held(..) => None,
            Self::Classes => Some(format!(
                "account {ecosystem} by its stock, growth and losses in place of densities by class, or take it from the removal yourself"
            )),
            Self::Alone => Some(format!(
                "add a method of growth for {ecosystem} where there is one: fires count beside it"
            )),
        }
    }
}

/// Why a gas stands apart from the headline.
enum Apart {
    /// It is of no year of it.
    Years(String),
    /// What the ecosystem gained or lost is not known: the gases alone are not its removal.
    Unknown(String),
    /// Its carbon is in another figure, or in none.
    Reason(Reason),
}

impl CarbonAccount {
    /// Adds the gases of fires: rows of their own, and what the headline counts of them.
    ///
    /// No difference of stocks holds methane and nitrous oxide: they count whenever the fire is of the
    /// years that the headline is of. Carbon dioxide is a loss that counts beside a gain of the same
    /// ecosystem by rates (growth, restored coast, yearly factors of organic soil); it stands apart where
    /// a difference of stocks of that ecosystem holds it, and where herbs grow back within the year. Where
    /// no figure holds it, it stands apart with a warning.
    ///
    /// # Source
    ///
    /// IPCC 2006 Guidelines, Volume 4, Chapter 2, section 2.4 and equations 2.4, 2.14 and 2.27.
    pub fn add_fires(&mut self, fires: FireAccount, nesting: &Nesting, level: f64) {
        let mut missed: BTreeMap<(String, Ecosystem, Reason), f64> = BTreeMap::new();
        let mut undated: BTreeMap<(String, String, &str), f64> = BTreeMap::new();
        let mut others = self.sequestration.iter();
        let alone = !others.any(|row| row.counted && row.removal.is_some());
        let sums = self.sums_of(&fires.rows, nesting);
        for (mut fire, sum) in fires.rows.into_iter().zip(sums) {
            if fire.row.removal.is_none() {
                let period = self.period_of(&fire);
                if let Some(why) = period.and_then(|period| fire.outside(period)) {
                    fire.say(&format!("{APART}{why}"));
                }
                self.sequestration.push(fire.row);
                continue;
            }
            let (is_sum, without) = (sum.is_sum, sum.without);
            match self.standing(&fire, without.as_ref()) {
                Err(Apart::Years(why)) => {
                    fire.say(&format!("{APART}{why}"));
                    let regrows = self.reason(&fire) == Some(Reason::Regrown);
                    let of_one_year = self.period_of(&fire).is_some_and(|(from, to)| from == to);
                    if (alone || of_one_year) && !regrows && !is_sum {
                        let remedy = if alone { DATE_IT } else { BESIDE_RATES };
                        let key = (fire.fire.clone(), why, remedy);
                        *undated.entry(key).or_default() += fire.given_off();
                    }
                }
                Err(Apart::Unknown(why)) => fire.say(&format!("{APART}{why}")),
                Err(Apart::Reason(reason)) => {
                    let words = reason.words(fire.ecosystem);
                    fire.say(&format!("{APART}{words}"));
                    if let (Reason::Held(..), Some(without)) = (reason, &without) {
                        fire.say(&format!("that is {}", without.words));
                    }
                    if !is_sum && reason.remedy(fire.ecosystem).is_some() {
                        let place = (fire.fire.clone(), fire.row.region_id.clone());
                        let changed = fires.changed.get(&place).copied();
                        let held = changed.filter(|_| reason == Reason::Classes);
                        let key = (fire.fire.clone(), fire.ecosystem, reason);
                        *missed.entry(key).or_default() +=
                            fire.given_off() * (1.0 - held.unwrap_or(0.0));
                    }
                }
                Ok(period) => fire.count(self, period, (level, without.as_ref())),
            }
            self.sequestration.push(fire.row);
        }
        self.tell_apart(missed, undated);
        self.warnings.extend(fires.warnings);
        self.add_parameters(fires.parameters);
        change::unknown::leave_zeros_out(self);
    }

    /// Warns of gases that no figure of the headline has.
    fn tell_apart(
        &mut self,
        missed: BTreeMap<(String, Ecosystem, Reason), f64>,
        undated: BTreeMap<(String, String, &str), f64>,
    ) {
        let told = missed.into_iter().filter(|(_, tonnes)| *tonnes > 1e-6);
        let told = told.filter_map(|((fire, ecosystem, reason), tonnes)| {
            Some(Finding::warning(
                format!("fire `{fire}`"),
                format!(
                    "{tonnes:.1} t CO2e of carbon dioxide are in no figure of the headline: {}",
                    reason.words(ecosystem)
                ),
                reason.remedy(ecosystem)?,
            ))
        });
        self.warnings.extend(told);
        self.warnings
            .extend(undated.into_iter().map(|((fire, why, remedy), tonnes)| {
                Finding::warning(
                    format!("fire `{fire}`"),
                    format!(
                        "{tonnes:.1} t CO2e of its gases are in no figure of the headline: {why}"
                    ),
                    remedy,
                )
            }));
    }

    /// Takes the years of the maps where no method has given any: fires are of them.
    pub fn take_dates(&mut self, areas: &AreaAccount) {
        self.dates = self.dates.or_else(|| areas.dates());
    }

    /// Marks what of burnt land lies where the difference of an inventory of another ecosystem has its trees.
    pub fn hold(&self, fire: &mut Fire) {
        let Some(without) = self.in_difference.get(&fire.ecosystem) else {
            return;
        };
        let regions = fire.areas.iter().filter(|(id, _)| id != TOTAL);
        let left = regions.map(|(id, area)| {
            let converted = fire.converted.get(id).copied().unwrap_or_default();
            (id.clone(), *area - converted)
        });
        let (others, held): (Vec<_>, Vec<_>) = left.partition(|(id, _)| without.contains(id));
        let sum = |land: &[(String, Hectares)]| land.iter().map(|(_, area)| *area).sum();
        let (in_others, in_held): (Hectares, Hectares) = (sum(&others), sum(&held));
        if in_others == Hectares::ZERO {
            fire.held.insert(TOTAL.to_owned(), HeldLand::All);
        } else if in_held > Hectares::ZERO {
            fire.held.insert(TOTAL.to_owned(), HeldLand::Part(in_held));
        }
        let held = held.into_iter().map(|(id, _)| (id, HeldLand::All));
        fire.held.extend(held);
    }

    /// The years that a gas counts in, or why it stands apart.
    fn standing(&self, fire: &FireRow, without: Option<&Without>) -> Result<(i32, i32), Apart> {
        let Some(period) = self.period_of(fire) else {
            return Err(Apart::Years(UNDATED.to_owned()));
        };
        if let Some(why) = fire.outside(period) {
            return Err(Apart::Years(why));
        }
        let nothing = without.filter(|without| without.rest <= Hectares::ZERO);
        if let Some(without) = nothing {
            return Err(Apart::Unknown(without.words.clone()));
        }
        let of_herbs = self.reason(fire) == Some(Reason::Regrown);
        let unknown = self.unknown_biomass(&fire.row.region_id, |row| fire.is_of(row));
        if let Some(unknown) = unknown.filter(|_| !of_herbs) {
            return Err(Apart::Unknown(unknown.unknown_words(fire.ecosystem)));
        }
        match self.reason(fire) {
            Some(reason) => Err(Apart::Reason(reason)),
            None => Ok(period),
        }
    }

    /// Whether the plan has a gain of an ecosystem by rates, beside which fires are losses: by growth, or by the yearly
    /// factors of its soil. Those of peat leave fire out (2013 Wetlands Supplement, eq. 2.8), those of coast are of its
    /// soil alone.
    #[must_use]
    pub fn has_rates(&self, ecosystem: Ecosystem) -> bool {
        let by_factor = |row: &SequestrationRow| {
            row.approach == Approach::EmissionFactor.id() && row.ecosystem == ecosystem.id()
        };
        self.grown.contains(&ecosystem) || self.sequestration.iter().any(by_factor)
    }

    /// Why the gas does not count although the fire is of the years of the headline.
    fn reason(&self, fire: &FireRow) -> Option<Reason> {
        if !fire.carbon_dioxide {
            return None;
        }
        let of_classes = |row: &SequestrationRow| row.method == CLASS_DENSITY;
        if fire.ecosystem.is_herbaceous() {
            Some(Reason::Regrown)
        } else if let Some((from, to)) = self.difference(fire) {
            Some(Reason::Held(from, to))
        } else if self.has_rates(fire.ecosystem) {
            None
        } else if self.sequestration.iter().any(of_classes) {
            Some(Reason::Classes)
        } else {
            Some(Reason::Alone)
        }
    }
}

/// The tonnes of a gas, in words; the pool of a gas is `fire-` with its name.
pub(super) fn gas_words(fire: &str, tonnes: f64, pool: &str) -> String {
    let gas = pool.trim_start_matches("fire-").to_uppercase();
    format!("{fire}: {tonnes:.6} t {gas}")
}

impl FireRow {
    /// Whether its carbon dioxide is in the difference of an inventory of another ecosystem.
    pub(super) const fn is_held(&self) -> bool {
        self.in_other && self.carbon_dioxide
    }

    /// Whether a row is of what burnt.
    pub(super) fn is_of(&self, row: &SequestrationRow) -> bool {
        row.ecosystem == self.ecosystem.id()
            || self.in_other && row.is_difference()
            || row.method == CLASS_DENSITY && row.ecosystem == "all"
    }

    /// What it gave off, in tonnes of carbon dioxide equivalent.
    fn given_off(&self) -> f64 {
        let removal = self.row.removal;
        removal.map_or(0.0, |figure| -figure.value.in_one_year().value())
    }

    /// Whether the fire is of a year after the first date and up to the last, or of the only one.
    fn is_within(&self, (first, last): (i32, i32)) -> bool {
        let year = self.row.period_start;
        year > first && year <= last || first == last && year == first
    }

    /// Why the fire is of no year of the headline; `None` where it is.
    fn outside(&self, (first, last): (i32, i32)) -> Option<String> {
        let outside = !self.is_within((first, last));
        outside.then(|| {
            if first == last {
                format!("the fire is not of {first}, the year of the headline")
            } else {
                format!("{OUTSIDE}: {first} to {last}")
            }
        })
    }

    /// Counts the loss in the headline: whole where that is of one year; else its even part of the years
    /// of `period`; of all regions together without the land whose change is not in their sum.
    fn count(
        &mut self,
        account: &mut CarbonAccount,
        (first, last): (i32, i32),
        (level, without): (f64, Option<&Without>),
    ) {
        let year = self.row.period_start;
        let area = without.map_or(self.area, |without| without.rest);
        let share = without.map_or(1.0, |without| without.rest / self.area);
        let apart = without.map_or("", |without| without.words.as_str());
        if first == last && without.is_none() {
            let region = self.row.region_id.as_str();
            account
                .trace
                .add_term(Headline::Sequestration, region, self.term.clone());
            self.row.counted = true;
            self.say(WHOLE);
            return;
        }
        let years = (last - first).max(1);
        let term = Term {
            coefficient: self.term.coefficient * share / f64::from(years),
            inputs: self.term.inputs.clone(),
        };
        let closed = closed_form(std::slice::from_ref(&term), account.trace.inputs());
        let region = self.row.region_id.as_str();
        account
            .trace
            .add_term(Headline::Sequestration, region, term);
        let rate = |value: f64| PerYear::new(TonnesCo2e::new(value));
        let (part, divided) = if first == last {
            (format!("of the fire of {year}"), String::new())
        } else {
            (
                format!(
                    "of the fire of {year}, its even part of the {years} years between the dates"
                ),
                format!(" / {years} yr"),
            )
        };
        account.sequestration.push(SequestrationRow {
            arithmetic: format!(
                "-{} ha x {}{divided} = {} t CO2e/yr",
                number(area.value()),
                self.by_area,
                number(closed.value)
            ),
            period_start: first,
            period_end: last,
            counted: true,
            removal: Some(Figure {
                value: rate(closed.value),
                standard_error: closed.standard_error,
                interval: closed
                    .interval(level)
                    .map(|(low, high)| (rate(low), rate(high))),
            }),
            note: joined([self.note_of(share).as_str(), &part, apart]),
            ..self.row.clone()
        });
        let years = format!("the years {first} to {last}");
        self.say(&match (first == last, without.is_some()) {
            (true, _) => format!("the headline counts a part of it, {apart}"),
            (false, false) => format!("the headline counts its even part of {years}"),
            (false, true) => {
                format!("the headline counts the even part of {years} of a part of it, {apart}")
            }
        });
    }

    /// Its note, of a share of its land.
    fn note_of(&self, share: f64) -> String {
        let of_gas = |share: f64| gas_words(&self.fire, self.tonnes * share, &self.row.pool);
        let rest = self.row.note.strip_prefix(&of_gas(1.0));
        rest.map_or_else(
            || self.row.note.clone(),
            |rest| format!("{}{rest}", of_gas(share)),
        )
    }

    /// Says what the headline makes of it.
    fn say(&mut self, words: &str) {
        self.row.note = joined([self.row.note.as_str(), words]);
    }
}

/// Why a gas counts in no headline of a plan without dates.
const UNDATED: &str = "no map and no removal of the plan has years that it could be of";
/// What to do about it in a plan without a removal, and where the removal is that of one year.
const DATE_IT: &str = "give a map of the year of the fire, or maps of years before and after it: it counts in their years";
const BESIDE_RATES: &str = "give maps of years before and after it: it counts in their years; or leave it, where the removal of that one year is meant";
/// Why the whole of a gas counts.
const WHOLE: &str = "a loss of the year of the headline, which counts it";
/// Why it is not part of a headline that counts losses.
const OUTSIDE: &str = "the fire is of no year after the first date and up to the last";
