//! Gases of a fire, and what the headline makes of them.

use super::carbon::CarbonAccount;
use super::closed_form::closed_form;
use super::ecosystem::Ecosystem;
use super::tables::{Figure, SequestrationRow};
use super::trace::{Headline, Term};
use crate::units::{PerYear, TonnesCo2e};

/// A gas of a fire in a region.
#[derive(Debug, Clone, PartialEq)]
pub struct FireRow {
    /// What burnt.
    pub ecosystem: Ecosystem,
    /// Its row of `tables/sequestration.csv`, of the year of the fire.
    pub row: SequestrationRow,
    /// How its figure is made, over the inputs of the account.
    pub(super) term: Term,
}

impl FireRow {
    /// Counts the loss in the headline of an account whose ecosystem gains by growth: whole where the
    /// account has one date, in the year of that; else its even part of the years between the dates.
    pub(super) fn count(&mut self, account: &mut CarbonAccount, level: f64) {
        let year = self.row.period_start;
        let Some((first, last)) = account.dates else {
            return;
        };
        if first == last && year == first {
            let region = self.row.region_id.as_str();
            account
                .trace
                .add_term(Headline::Sequestration, region, self.term.clone());
            self.row.counted = true;
            self.say(WHOLE);
            return;
        }
        if first == last || year <= first || year > last {
            self.say(&format!("{OUTSIDE}: {first} to {last}"));
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
        self.say(&format!(
            "the headline counts its even part of the years {first} to {last}"
        ));
        let mut part = self.row.clone();
        part.period_start = first;
        part.period_end = last;
        part.counted = true;
        part.removal = Some(Figure {
            value: rate(closed.value),
            standard_error: closed.standard_error,
            interval: closed
                .interval(level)
                .map(|(low, high)| (rate(low), rate(high))),
        });
        part.note = part.note.replace(
            &format!("the headline counts its even part of the years {first} to {last}"),
            &format!(
                "of the fire of {year}, its even part of the {} years between the dates",
                last - first
            ),
        );
        account.sequestration.push(part);
    }

    /// Says what the headline makes of it, in place of that it is apart.
    fn say(&mut self, words: &str) {
        let said = self
            .row
            .note
            .split("; ")
            .filter(|words| !APART.contains(words));
        let mut said: Vec<&str> = said.collect();
        said.push(words);
        self.row.note = said.join("; ");
    }
}

/// Why a gas is not part of the headline.
pub(super) const APART: [&str; 2] = [
    "not part of the headline, which counts fires beside a gain by growth alone: a stock difference over these years may hold it",
    "not part of the headline, which counts no gas of a fire beside a stock difference",
];
/// Why it is.
const WHOLE: &str = "a loss beside the gain by growth, counted in the headline";
/// Why it is not part of a headline that counts losses.
const OUTSIDE: &str =
    "not part of the headline: the fire is of no year after the first date and up to the last";
