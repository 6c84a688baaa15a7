//! Gases of a fire, and what the headline makes of them.

use std::collections::BTreeMap;

use super::areas::AreaAccount;
use super::carbon::CarbonAccount;
use super::class_density;
use super::closed_form::closed_form;
use super::ecosystem::Ecosystem;
use super::fire_account::{Fire, FireAccount, HeldLand};
use super::method::Approach;
use super::plot_pools::joined;
use super::stand_biomass::number;
use super::tables::{Figure, SequestrationRow, TOTAL};
use super::trace::{Headline, Term};
use super::unknown_change;
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
    pub(super) is_held: bool,
    /// Its row of `tables/sequestration.csv`, of the year of the fire.
    pub row: SequestrationRow,
    /// How its figure follows from the burnt land, in words without the figure.
    pub(super) product: String,
    /// How its figure is made, over the inputs of the account.
    pub(super) term: Term,
}

/// How every reason begins that keeps a gas from the headline.
pub const APART: &str = "not part of the headline: ";

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
    pub fn add_fires(&mut self, fires: FireAccount, level: f64) {
        let mut missed: BTreeMap<(String, Ecosystem, Reason), f64> = BTreeMap::new();
        let mut undated: BTreeMap<(String, String), f64> = BTreeMap::new();
        let mut others = self.sequestration.iter();
        let alone = !others.any(|row| row.counted && row.removal.is_some());
        for mut fire in fires.rows {
            if fire.row.removal.is_none() {
                self.sequestration.push(fire.row);
                continue;
            }
            let period = self.period_of(&fire);
            let outside = match period {
                None => Some(UNDATED.to_owned()),
                Some(period) => fire.outside(period),
            };
            if let Some(why) = outside {
                fire.say(&format!("{APART}{why}"));
                let regrows = self.reason(&fire) == Some(Reason::Regrown);
                if alone && !regrows && fire.row.region_id != TOTAL {
                    *undated.entry((fire.fire.clone(), why)).or_default() += fire.given_off();
                }
            }
            let Some(period) = period.filter(|period| fire.is_within(*period)) else {
                self.sequestration.push(fire.row);
                continue;
            };
            if let Some(reason) = self.reason(&fire) {
                fire.say(&format!("{APART}{}", reason.words(fire.ecosystem)));
                if fire.row.region_id != TOTAL && reason.remedy(fire.ecosystem).is_some() {
                    let place = (fire.fire.clone(), fire.row.region_id.clone());
                    let changed = fires.changed.get(&place).copied();
                    let held = changed.filter(|_| reason == Reason::Classes);
                    let key = (fire.fire.clone(), fire.ecosystem, reason);
                    *missed.entry(key).or_default() +=
                        fire.given_off() * (1.0 - held.unwrap_or(0.0));
                }
            } else {
                fire.count(self, period, level);
            }
            self.sequestration.push(fire.row);
        }
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
        self.warnings.extend(undated.into_iter().map(|((fire, why), tonnes)| {
            Finding::warning(
                format!("fire `{fire}`"),
                format!("{tonnes:.1} t CO2e of its gases are in no figure of the headline: {why}"),
                "give a map of the year of the fire, or maps of years before and after it: it counts in their years",
            )
        }));
        self.warnings.extend(fires.warnings);
        self.add_parameters(fires.parameters);
        unknown_change::leave_zeros_out(self);
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

    /// Years of the difference of stocks of an ecosystem in a region, from plots or stands.
    fn difference(&self, fire: &FireRow) -> Option<(i32, i32)> {
        let by_difference = |row: &&SequestrationRow| {
            row.region_id == fire.row.region_id
                && (row.ecosystem == fire.ecosystem.id() || fire.is_held)
                && row.counted
                && row.removal.is_some()
                && Approach::DIFFERENCES
                    .iter()
                    .any(|approach| row.approach == approach.id())
        };
        span(self.sequestration.iter().filter(by_difference))
    }

    /// The years that the headline of the region is of, as far as this ecosystem goes.
    fn period_of(&self, fire: &FireRow) -> Option<(i32, i32)> {
        let over_years = |(first, last): &(i32, i32)| first < last;
        let of_others = || {
            let rows = self.sequestration.iter().filter(|row| {
                row.region_id == fire.row.region_id
                    && row.counted
                    && row.removal.is_some()
                    && row.period_start < row.period_end
            });
            span(rows)
        };
        self.difference(fire)
            .or(self.dates.filter(over_years))
            .or_else(of_others)
            .or(self.dates)
    }

    /// Why the gas does not count although the fire is of the years of the headline.
    fn reason(&self, fire: &FireRow) -> Option<Reason> {
        if !fire.carbon_dioxide {
            return None;
        }
        let of_classes = |row: &SequestrationRow| row.method == class_density::METHOD;
        // Its factors leave fire out (2013 Wetlands Supplement, eq. 2.8).
        let of_peat = |row: &SequestrationRow| {
            row.approach == Approach::EmissionFactor.id() && row.ecosystem == fire.ecosystem.id()
        };
        let by_rate =
            fire.ecosystem == Ecosystem::Peatland && self.sequestration.iter().any(of_peat);
        if fire.ecosystem.is_herbaceous() {
            Some(Reason::Regrown)
        } else if let Some((from, to)) = self.difference(fire) {
            Some(Reason::Held(from, to))
        } else if by_rate || self.grown.contains(&fire.ecosystem) {
            None
        } else if self.sequestration.iter().any(of_classes) {
            Some(Reason::Classes)
        } else {
            Some(Reason::Alone)
        }
    }
}

/// The years of rows, from the first to the last.
fn span<'a>(rows: impl Iterator<Item = &'a SequestrationRow>) -> Option<(i32, i32)> {
    rows.map(|row| (row.period_start, row.period_end))
        .reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
}

impl FireRow {
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
        outside.then(|| format!("{OUTSIDE}: {first} to {last}"))
    }

    /// Counts the loss in the headline: whole where that is of one year; else its even part of the years
    /// of `period`.
    fn count(&mut self, account: &mut CarbonAccount, period: (i32, i32), level: f64) {
        let (first, last) = period;
        let year = self.row.period_start;
        if first == last {
            let region = self.row.region_id.as_str();
            account
                .trace
                .add_term(Headline::Sequestration, region, self.term.clone());
            self.row.counted = true;
            self.say(WHOLE);
            return;
        }
        let years = f64::from(last - first);
        let term = Term {
            coefficient: self.term.coefficient / years,
            inputs: self.term.inputs.clone(),
        };
        let closed = closed_form(std::slice::from_ref(&term), account.trace.inputs());
        let region = self.row.region_id.as_str();
        account
            .trace
            .add_term(Headline::Sequestration, region, term);
        let rate = |value: f64| PerYear::new(TonnesCo2e::new(value));
        let words = format!(
            "of the fire of {year}, its even part of the {} years between the dates",
            last - first
        );
        account.sequestration.push(SequestrationRow {
            arithmetic: format!(
                "{} / {} yr = {} t CO2e/yr",
                self.product,
                last - first,
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
            note: joined([self.row.note.as_str(), &words]),
            ..self.row.clone()
        });
        self.say(&format!(
            "the headline counts its even part of the years {first} to {last}"
        ));
    }

    /// Says what the headline makes of it.
    fn say(&mut self, words: &str) {
        self.row.note = joined([self.row.note.as_str(), words]);
    }
}

/// Why a gas counts in no headline of a plan without dates.
const UNDATED: &str = "no map and no removal of the plan has years that it could be of";
/// Why the whole of a gas counts.
const WHOLE: &str = "a loss of the year of the headline, which counts it";
/// Why it is not part of a headline that counts losses.
const OUTSIDE: &str = "the fire is of no year after the first date and up to the last";
