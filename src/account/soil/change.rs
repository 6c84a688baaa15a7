//! Soil change: what the soil of land that changed its use gains or loses in the year of the newest
//! map.

use std::collections::BTreeMap;

use super::course::{Course, Equilibrium};
use super::management::Change;
use crate::account::carbon_account::CarbonAccount;
use crate::account::choice::CarbonChoice;
use crate::account::density::{Resolved, factors, terms};
use crate::account::ecosystem::Ecosystem;
use crate::account::land::{History, RegionAreas, is_more_than_a_sliver, soil_words};
use crate::account::library::{Approach, Method, Parameter, Standing};
use crate::account::pool::Pool;
use crate::account::quality::Quality;
use crate::account::tables::{Figure, SequestrationRow, no_removal};
use crate::account::uncertainty::{ClosedForm, Headline, Term, closed_form};
use crate::account::words::{joined, number};
use crate::units::{Hectares, PerYear, TonnesCarbon, TonnesCo2e};

/// Adds the rows of every region for each method of this approach.
pub(in crate::account) fn fill_chosen(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    stocks: &Equilibria<'_, '_>,
    (regions, level): (&[&RegionAreas], f64),
) {
    let changing =
        |(_, method): &&(&CarbonChoice, &Method)| method.approach == Approach::SoilChange;
    for (choice, method) in chosen.iter().filter(changing) {
        for region in regions {
            fill(account, (choice, method), stocks, region, level);
        }
    }
}

/// Adds the rows of land that is the chosen ecosystem: one for the years from each map to the next,
/// and one for the year of the newest map, whose part goes to the headline.
fn fill(
    account: &mut CarbonAccount,
    (choice, method): (&CarbonChoice, &Method),
    stocks: &Equilibria<'_, '_>,
    region: &RegionAreas,
    level: f64,
) {
    for map in 1..region.years.len() {
        fill_from(account, (choice, method), stocks, (region, map), level);
    }
}

/// A yearly removal with its spread.
fn yearly(closed: &ClosedForm, level: f64) -> Figure<PerYear<TonnesCo2e>> {
    let rate = |value: f64| PerYear::new(TonnesCo2e::new(value));
    Figure {
        value: rate(closed.value),
        standard_error: closed.standard_error,
        interval: closed
            .interval(level)
            .map(|(lower, upper)| (rate(lower), rate(upper))),
    }
}

/// How a yearly removal follows from the steps of areas to the stocks of their new use; empty without
/// any.
fn arithmetic(steps: &[String], value: f64) -> String {
    if steps.is_empty() {
        return String::new();
    }
    let sum = steps.join(" + ").replace(" + -", " - ");
    format!("({sum}) x 44/12 = {} t CO2e/yr", number(value))
}

/// What must be said of changed land without a stock before or after.
fn left_out_words(area: Hectares) -> String {
    if area > Hectares::ZERO {
        format!(
            "{:.4} ha that changed are left out: no soil method of the plan is for what they were or became, where they lie",
            area.value()
        )
    } else {
        String::new()
    }
}

/// What must be said of land whose management changed too.
fn managed_words(area: Hectares) -> String {
    if area > Hectares::ZERO {
        format!(
            "of {:.4} ha of it the management changed as well, and each change begins with the stock of its day",
            area.value()
        )
    } else {
        String::new()
    }
}

/// Land that is an ecosystem and changed within the clock.
#[derive(Default)]
struct Changed {
    /// Hectares a year by place of the rule of the stock that they move to or from.
    by_stock: BTreeMap<usize, f64>,
    counted: Hectares,
    /// The part of it whose management changed too.
    managed: Hectares,
    /// Without a stock before or after.
    left_out: Hectares,
}

/// The equilibrium stocks of soil of a plan.
pub(in crate::account) struct Equilibria<'a, 'b>(Vec<(&'b Resolved<'a>, Management)>);

/// Whether a stock is that before a change of management.
#[derive(Clone, Copy, PartialEq)]
enum Management {
    Now,
    Before,
}

impl<'a, 'b> Equilibria<'a, 'b> {
    /// Those of the rules, and those from before the changes of management.
    pub(in crate::account) fn new(rules: &'b [Resolved<'a>], changes: &'b [Change<'a>]) -> Self {
        let of_soil = |rule: &&Resolved<'_>| rule.method.approach == Approach::SoilReferenceStock;
        let now = rules.iter().filter(of_soil);
        let now = now.map(|rule| (rule, Management::Now));
        let before = changes.iter().map(|change| &change.before);
        let before = before.map(|rule| (rule, Management::Before));
        Self(now.chain(before).collect())
    }

    /// The place of an equilibrium: of several entries for an ecosystem, the one whose classes hold the
    /// land.
    fn place(&self, of: Equilibrium, classes: &[Option<i64>]) -> Option<usize> {
        let (ecosystem, management) = match of {
            Equilibrium::Now(ecosystem) => (ecosystem, Management::Now),
            Equilibrium::Before(ecosystem) => (ecosystem, Management::Before),
        };
        self.0.iter().position(|(rule, of)| {
            *of == management && rule.choice.ecosystem == ecosystem && rule.choice.holds(classes)
        })
    }

    /// The year from which land is managed as it is now.
    fn managed(&self, ecosystem: Ecosystem, classes: &[Option<i64>]) -> Option<i32> {
        let place = self.place(Equilibrium::Now(ecosystem), classes)?;
        Some(self.0[place].0.choice.managed.as_ref()?.year)
    }
}

/// What changed of a region in the years of its maps so far, and until the next one.
fn changed(
    choice: &CarbonChoice,
    stocks: &Equilibria<'_, '_>,
    region: &RegionAreas,
    (years, until): (&[i32], Option<i32>),
) -> Changed {
    let mut all = Changed::default();
    for (history, area) in &region.histories {
        let ecosystems = &history.ecosystems[..years.len()];
        if ecosystems.last() != Some(&choice.ecosystem) || !choice.holds(&history.classes) {
            continue;
        }
        let managed = |ecosystem| stocks.managed(ecosystem, &history.classes);
        let course = Course::of(ecosystems, years, until, managed);
        let step = course.and_then(|course| Some((course.yearly_change()?, course)));
        let Some((step, course)) = step else { continue };
        let of_management = course.is_managed(&step);
        let parts: Option<Vec<(usize, f64)>> = step
            .into_iter()
            .map(|(of, share)| Some((stocks.place(of, &history.classes)?, share)))
            .collect();
        let Some(parts) = parts else {
            all.left_out += *area;
            continue;
        };
        all.counted += *area;
        if of_management {
            all.managed += *area;
        }
        for (rule, share) in parts {
            *all.by_stock.entry(rule).or_default() += share * area.value();
        }
    }
    all
}

/// Adds the row of a region where no soil is on its way to another stock: none, unless more than a sliver of
/// land has no value.
fn unchanged(
    account: &mut CarbonAccount,
    (choice, method): (&CarbonChoice, &Method),
    region: &RegionAreas,
    (hidden, unseen): (Hectares, &str),
) {
    let Some(newest) = region.newest() else {
        return;
    };
    let year = newest.year;
    let shown: Hectares = region.histories.values().copied().sum();
    if is_more_than_a_sliver(hidden, shown) {
        let row = soil_unseen((choice, method), region, unseen);
        account.sequestration.extend(row);
        return;
    }
    let is_mine = |(history, _): &(&History, &Hectares)| {
        history.ecosystems.last() == Some(&choice.ecosystem) && choice.holds(&history.classes)
    };
    if !region.histories.iter().any(|one| is_mine(&one)) {
        return;
    }
    let zero = Term {
        coefficient: 0.0,
        inputs: Vec::new(),
    };
    let id = &region.region_id;
    account.trace.add_term(Headline::Sequestration, id, zero);
    let words = format!("no land became {} within the period", choice.ecosystem);
    account.sequestration.push(SequestrationRow {
        pool: Pool::SoilOrganic.id().to_owned(),
        removal: Some(Figure {
            value: PerYear::new(TonnesCo2e::ZERO),
            standard_error: None,
            interval: None,
        }),
        counted: true,
        method: method.id.clone(),
        approach: method.approach.id().to_owned(),
        quality: Quality::MapOnly.id().to_owned(),
        ..no_removal(
            id.clone(),
            (year, year),
            choice.ecosystem,
            joined([words.as_str(), unseen, &method.note]),
        )
    });
}

/// Adds the row of the years from one map to the next.
fn fill_from(
    account: &mut CarbonAccount,
    (choice, method): (&CarbonChoice, &Method),
    stocks: &Equilibria<'_, '_>,
    (region, map): (&RegionAreas, usize),
    level: f64,
) {
    let year = |map: usize| region.years.get(map).map(|year| year.year);
    let years: Vec<i32> = (0..=map).filter_map(year).collect();
    let until = year(map + 1);
    let Changed {
        by_stock,
        counted: changed,
        managed,
        left_out,
    } = changed(choice, stocks, region, (&years, until));
    let mut all: Vec<Term> = Vec::new();
    let mut parameters: Vec<String> = Vec::new();
    let mut recalled = false;
    let mut steps: Vec<String> = Vec::new();
    for (rule, hectares) in by_stock {
        let rule = stocks.0[rule].0;
        // Steps nearly cancel each other, so they have more digits than areas.
        steps.push(format!("{hectares:.9} ha/yr{}", factors(rule)));
        let yearly = TonnesCarbon::new(hectares).to_co2e().value();
        all.extend(terms(
            &mut account.trace,
            rule,
            Hectares::new(yearly),
            false,
        ));
        recalled |= rule
            .parameters()
            .any(|row| row.standing == Standing::Memory);
        parameters.extend(rule.parameters().map(Parameter::row_id));
    }
    let hidden = match until {
        None => region.gaps.without_history(None),
        Some(_) => Hectares::ZERO,
    };
    let unseen = soil_words(hidden);
    if changed + left_out == Hectares::ZERO {
        if until.is_none() {
            unchanged(account, (choice, method), region, (hidden, &unseen));
        }
        return;
    }
    parameters.sort_unstable();
    parameters.dedup();
    let known = changed > Hectares::ZERO;
    let counted = known && until.is_none();
    if counted {
        for term in &all {
            account
                .trace
                .add_term(Headline::Sequestration, &region.region_id, term.clone());
        }
    }
    let closed = closed_form(&all, account.trace.inputs());
    let of_area = if known {
        format!(
            "{:.4} ha that changed within the period are counted",
            changed.value()
        )
    } else {
        String::new()
    };
    let without = left_out_words(left_out);
    let managed = managed_words(managed);
    let start = years.last().copied().unwrap_or_default();
    let earlier = if until.is_some() {
        "mean of the years to the next map, as its use stayed until then; the headline counts the newest map's year"
    } else {
        ""
    };
    account.sequestration.push(SequestrationRow {
        arithmetic: arithmetic(&steps, closed.value),
        region_id: region.region_id.clone(),
        period_start: start,
        period_end: until.unwrap_or(start),
        ecosystem: choice.ecosystem.id().to_owned(),
        pool: Pool::SoilOrganic.id().to_owned(),
        removal: known.then(|| yearly(&closed, level)),
        counted,
        method: method.id.clone(),
        approach: method.approach.id().to_owned(),
        parameters,
        quality: match (known, recalled) {
            (false, _) => Quality::Missing,
            (true, true) => Quality::RecalledParameter,
            (true, false) => Quality::PublishedDefault,
        }
        .id()
        .to_owned(),
        note: joined([
            of_area.as_str(),
            &managed,
            &without,
            &unseen,
            earlier,
            &method.note,
        ]),
    });
}

/// A row without a figure, where nothing is known of the soil of a region but that some land has no value.
pub(in crate::account) fn soil_unseen(
    (choice, method): (&CarbonChoice, &Method),
    region: &RegionAreas,
    words: &str,
) -> Option<SequestrationRow> {
    let newest = region.newest()?.year;
    (!words.is_empty()).then(|| SequestrationRow {
        pool: Pool::SoilOrganic.id().to_owned(),
        method: method.id.clone(),
        approach: Approach::SoilChange.id().to_owned(),
        ..no_removal(
            region.region_id.clone(),
            (newest, newest),
            choice.ecosystem,
            words.to_owned(),
        )
    })
}
