//! Soil change: what the soil of land that changed its use gains or loses in the year of the newest
//! map.

use std::collections::BTreeMap;

use super::area_pools::{Resolved, factors, terms};
use super::carbon::{CarbonAccount, Quality};
use super::choice::CarbonChoice;
use super::closed_form::{ClosedForm, closed_form};
use super::ecosystem::Ecosystem;
use super::method::{Approach, Method};
use super::parameter::{Parameter, Standing};
use super::plot_pools::joined;
use super::pool::Pool;
use super::region_areas::RegionAreas;
use super::soil_clock::DEFAULT_TRANSITION;
use super::stand_biomass::number;
use super::tables::{Figure, SequestrationRow};
use super::trace::{Headline, Term};
use crate::units::{Hectares, PerYear, TonnesCarbon, TonnesCo2e};

/// A stock as a mix of the equilibrium stocks of ecosystems: what lets the soil clock run before
/// any number is known, so that shared parameters stay shared.
type Mix = BTreeMap<Ecosystem, f64>;

/// The yearly step of a soil at the last of its maps, as a mix of equilibrium stocks, `None` once it
/// is at rest.
///
/// `step = (equilibrium - stock when the use changed) / D`, with the clock started anew at each
/// change from the stock of that day. With a year until which the use stays, it is the mean over
/// the years up to it: the clock may run out before.
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 2, equation 2.25.
fn yearly_step(history: &[Ecosystem], years: &[i32], until: Option<i32>) -> Option<Mix> {
    let period = DEFAULT_TRANSITION.value();
    let (mut now, rest) = history.split_first()?;
    let mut start = Mix::from([(*now, 1.0)]);
    let mut changed: Option<i32> = None;
    for (next, year) in rest.iter().zip(years.iter().skip(1)) {
        if next != now {
            start = stock(
                &start,
                *now,
                changed.map(|since| f64::from(year - since)),
                period,
            );
            changed = Some(*year);
            now = next;
        }
    }
    let since = changed?;
    let last = years.last()?;
    let left = period - f64::from(last - since);
    if left <= 0.0 {
        return None;
    }
    let share = until.map_or(1.0, |until| {
        let years = f64::from(until - last);
        left.min(years) / years
    });
    let mut step = Mix::from([(*now, 1.0)]);
    for (ecosystem, share) in start {
        *step.entry(ecosystem).or_default() -= share;
    }
    Some(
        step.into_iter()
            .map(|(e, of)| (e, share * of / period))
            .collect(),
    )
}

/// The stock some years after the clock was started: `None` for a soil at rest.
fn stock(start: &Mix, equilibrium: Ecosystem, elapsed: Option<f64>, period: f64) -> Mix {
    let share = elapsed.map_or(1.0, |elapsed| (elapsed / period).min(1.0));
    let mut mix: Mix = start
        .iter()
        .map(|(e, of)| (*e, of * (1.0 - share)))
        .collect();
    *mix.entry(equilibrium).or_default() += share;
    mix.retain(|_, of| *of > 0.0);
    mix
}

/// Adds the rows of every region for each method of this approach.
pub(super) fn fill_chosen(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    rules: &[Resolved<'_>],
    (regions, level): (&[&RegionAreas], f64),
) {
    let changing =
        |(_, method): &&(&CarbonChoice, &Method)| method.approach == Approach::SoilChange;
    for (choice, method) in chosen.iter().filter(changing) {
        for region in regions {
            fill(account, (choice, method), rules, region, level);
        }
    }
}

/// Adds the rows of land that is the chosen ecosystem: one for the years from each map to the next,
/// and one for the year of the newest map, whose part goes to the headline.
fn fill(
    account: &mut CarbonAccount,
    (choice, method): (&CarbonChoice, &Method),
    rules: &[Resolved<'_>],
    region: &RegionAreas,
    level: f64,
) {
    for map in 1..region.years.len() {
        fill_from(account, (choice, method), rules, (region, map), level);
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
            "{:.4} ha more changed and are left out: no soil method of the plan is for what they were or became, where they lie",
            area.value()
        )
    } else {
        String::new()
    }
}

/// What must be said of changed land whose management had changed less than 20 years before.
fn moving_words(area: Hectares) -> String {
    if area > Hectares::ZERO {
        format!(
            "{:.4} ha more changed and are left out: by `managed` their soil was not at rest when their use changed",
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
    /// Without a stock before or after.
    left_out: Hectares,
    /// Whose soil was not at rest when its use changed.
    moving: Hectares,
}

/// What changed of a region in the years of its maps so far, and until the next one.
fn changed(
    choice: &CarbonChoice,
    rules: &[Resolved<'_>],
    region: &RegionAreas,
    (years, until): (&[i32], Option<i32>),
) -> Changed {
    // Of several entries for an ecosystem, the one whose classes hold the land.
    let stock_of = |ecosystem: Ecosystem, classes: &[Option<i64>]| {
        rules.iter().position(|rule| {
            rule.choice.ecosystem == ecosystem
                && rule.method.approach == Approach::SoilReferenceStock
                && rule.choice.holds(classes)
        })
    };
    let mut all = Changed::default();
    // The clock begins with soil at rest; a change of management moved this one when the use changed.
    let is_moving = |rule: usize| {
        let managed = rules[rule].choice.managed.as_ref();
        managed.is_some_and(|managed| {
            let rest = f64::from(managed.year) + DEFAULT_TRANSITION.value();
            years.first().is_some_and(|first| f64::from(*first) < rest)
        })
    };
    for (history, area) in &region.histories {
        let ecosystems = &history.ecosystems[..years.len()];
        if ecosystems.last() != Some(&choice.ecosystem) || !choice.holds(&history.classes) {
            continue;
        }
        let Some(step) = yearly_step(ecosystems, years, until) else {
            continue;
        };
        let stocks: Option<Vec<(usize, f64)>> = step
            .into_iter()
            .map(|(ecosystem, share)| Some((stock_of(ecosystem, &history.classes)?, share)))
            .collect();
        let Some(stocks) = stocks else {
            all.left_out += *area;
            continue;
        };
        if stocks.iter().any(|(rule, _)| is_moving(*rule)) {
            all.moving += *area;
            continue;
        }
        all.counted += *area;
        for (rule, share) in stocks {
            *all.by_stock.entry(rule).or_default() += share * area.value();
        }
    }
    all
}

/// Adds the row of the years from one map to the next.
fn fill_from(
    account: &mut CarbonAccount,
    (choice, method): (&CarbonChoice, &Method),
    rules: &[Resolved<'_>],
    (region, map): (&RegionAreas, usize),
    level: f64,
) {
    let year = |map: usize| region.years.get(map).map(|year| year.year);
    let years: Vec<i32> = (0..=map).filter_map(year).collect();
    let until = year(map + 1);
    let Changed {
        by_stock,
        counted: changed,
        left_out,
        moving,
    } = changed(choice, rules, region, (&years, until));
    let mut all: Vec<Term> = Vec::new();
    let mut parameters: Vec<String> = Vec::new();
    let mut recalled = false;
    let mut steps: Vec<String> = Vec::new();
    for (rule, hectares) in by_stock {
        let rule = &rules[rule];
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
    if changed + left_out + moving == Hectares::ZERO {
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
    let of_area = format!(
        "{:.4} ha that changed within the period are counted",
        changed.value()
    );
    let without = left_out_words(left_out);
    let moved = moving_words(moving);
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
        note: joined([of_area.as_str(), &without, &moved, earlier, &method.note]),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOREST: Ecosystem = Ecosystem::Forest;
    const CROPLAND: Ecosystem = Ecosystem::Cropland;

    fn value(mix: &Mix, forest: f64, cropland: f64) -> f64 {
        mix.get(&FOREST).unwrap_or(&0.0) * forest + mix.get(&CROPLAND).unwrap_or(&0.0) * cropland
    }

    /// Worked example W14: 81 to 56.7 t C/ha over 20 years.
    #[test]
    fn one_change_steps_by_a_twentieth() {
        let step = yearly_step(&[FOREST, CROPLAND], &[2000, 2010], None).unwrap();
        assert!((value(&step, 81.0, 56.7) + 1.215).abs() < 1e-9);
        assert_eq!(
            yearly_step(&[FOREST, CROPLAND, CROPLAND], &[2000, 2001, 2021], None),
            None
        );
        assert_eq!(yearly_step(&[FOREST, FOREST], &[2000, 2010], None), None);
        // Twenty of the forty years to the next map.
        let step = yearly_step(&[FOREST, CROPLAND], &[2000, 2010], Some(2050)).unwrap();
        assert!((value(&step, 81.0, 56.7) + 1.215 / 2.0).abs() < 1e-9);
    }

    /// Worked example W15: cropland for 8 years, then forest again.
    #[test]
    fn a_second_change_steps_from_where_the_soil_was() {
        let step = yearly_step(&[FOREST, CROPLAND, FOREST], &[1999, 2000, 2008], None).unwrap();
        assert!((value(&step, 88.0, 60.72) - 0.5456).abs() < 1e-9);
    }
}
