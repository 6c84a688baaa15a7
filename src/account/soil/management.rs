//! Management change: soil of land that stayed what it is and was managed otherwise from a year on.

use super::change::soil_unseen;
use super::clock::DEFAULT_TRANSITION;
use crate::account::carbon_account::CarbonAccount;
use crate::account::choice::{CarbonChoice, Managed};
use crate::account::density::area_pools::{Resolved, factors, resolve as resolved, terms};
use crate::account::land::{RegionAreas, soil_words};
use crate::account::library::{Approach, Method, Parameter, Seeds};
use crate::account::pool::Pool;
use crate::account::quality::Quality;
use crate::account::tables::{Figure, SequestrationRow};
use crate::account::uncertainty::{Headline, closed_form};
use crate::account::words::{joined, number};
use crate::finding::Finding;
use crate::units::{Hectares, PerYear, TonnesCarbon, TonnesCo2e};

/// A chosen soil stock as it was before its management changed.
pub(in crate::account) struct Before<'a> {
    managed: &'a Managed,
    choice: CarbonChoice,
    after: &'a CarbonChoice,
    method: &'a Method,
}

/// A soil stock before and after a change of management.
pub(in crate::account) struct Change<'a> {
    managed: &'a Managed,
    /// The stock before.
    pub(in crate::account) before: Resolved<'a>,
    after: Resolved<'a>,
}

impl<'a> Change<'a> {
    /// The stock of a chosen soil in a year before its management changed; `None` from then on, and of
    /// other stocks.
    pub(in crate::account) fn before(
        &self,
        rule: &Resolved<'_>,
        year: i32,
    ) -> Option<&Resolved<'a>> {
        let is_of =
            std::ptr::eq(rule.choice, self.after.choice) && rule.rule.pool == self.before.rule.pool;
        (is_of && year < self.managed.year).then_some(&self.before)
    }
}

/// The choices whose management changed, as they were.
pub(in crate::account) fn befores<'a>(
    chosen: &[(&'a CarbonChoice, &'a Method)],
) -> Vec<Before<'a>> {
    let before = |(choice, method): &(&'a CarbonChoice, &'a Method)| {
        Some(Before {
            managed: choice.managed.as_ref()?,
            choice: choice.before()?,
            after: choice,
            method,
        })
    };
    chosen.iter().filter_map(before).collect()
}

/// Both stocks of every change; problems go to `findings`.
pub(in crate::account) fn resolve<'a>(
    befores: &'a [Before<'a>],
    seeds: &'a Seeds,
    findings: &mut Vec<Finding>,
) -> Vec<Change<'a>> {
    let mut changes = Vec::new();
    for of in befores {
        let refusal = if of.method.approach != Approach::SoilReferenceStock {
            Some((
                format!(
                    "`managed` is given, and `{}` is no method of soil by reference stock",
                    of.method.id
                ),
                "give it with a method such as cropland-soil-ipcc2019 or grassland-soil-ipcc2019",
            ))
        } else if of.choice.keys == of.after.keys {
            Some((
                format!(
                    "`managed` since {} gives the same keys before as after: nothing changed",
                    of.managed.year
                ),
                "give in `before` the keys that were others then, or take `managed` out",
            ))
        } else {
            None
        };
        if let Some((what, remedy)) = refusal {
            let place = format!("carbon, ecosystem {}", of.after.ecosystem);
            findings.push(Finding::error(place, what, remedy));
            continue;
        }
        // What is wrong with the keys after is told where the stock is resolved.
        let after = resolved(of.after, of.method, seeds);
        match (resolved(&of.choice, of.method, seeds), after) {
            (Ok(before), Ok(after)) => {
                let managed = of.managed;
                let both = before.into_iter().zip(after);
                changes.extend(both.map(|(before, after)| Change {
                    managed,
                    before,
                    after,
                }));
            }
            (Ok(_), Err(_)) => {}
            (Err(problems), after) => {
                let told = after.err().unwrap_or_default();
                let new = problems.into_iter().filter(|one| !told.contains(one));
                findings.extend(new.map(|problem| Finding {
                    place: format!("{}, before {}", problem.place, of.managed.year),
                    ..problem
                }));
            }
        }
    }
    changes
}

/// Adds the row of every region for each change.
///
/// `removal = area · (stock after - stock before) / 20 · 44/12`, for 20 years after the change, of land
/// that was the ecosystem on all maps: land that changed its use has the clock of that.
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 2, equation 2.25.
pub(in crate::account) fn fill(
    account: &mut CarbonAccount,
    changes: &[Change<'_>],
    regions: &[&RegionAreas],
    level: f64,
) {
    for change in changes {
        for region in regions {
            fill_region(account, change, region, level);
        }
    }
}

fn fill_region(account: &mut CarbonAccount, change: &Change<'_>, region: &RegionAreas, level: f64) {
    let Some(newest) = region.newest().map(|year| year.year) else {
        return;
    };
    let (choice, method) = (change.after.choice, change.after.method);
    let stayed = region.histories.iter().filter(|(history, _)| {
        let mut ecosystems = history.ecosystems.iter();
        ecosystems.all(|ecosystem| *ecosystem == choice.ecosystem) && choice.holds(&history.classes)
    });
    let area: Hectares = stayed.map(|(_, area)| *area).sum();
    let unseen = soil_words(region.gaps.without_history(Some(choice.ecosystem)));
    if area == Hectares::ZERO {
        account
            .sequestration
            .extend(soil_unseen((choice, method), region, &unseen));
        return;
    }
    let period = DEFAULT_TRANSITION.value();
    let since = change.managed.year;
    let steps = (0.0..period).contains(&f64::from(newest - since));
    let yearly = if steps { area.value() / period } else { 0.0 };
    let co2 = TonnesCarbon::new(yearly).to_co2e().value();
    let trace = &mut account.trace;
    let mut all = terms(trace, &change.after, Hectares::new(co2), false);
    all.extend(terms(trace, &change.before, Hectares::new(-co2), false));
    for term in &all {
        trace.add_term(Headline::Sequestration, &region.region_id, term.clone());
    }
    let closed = closed_form(&all, trace.inputs());
    let rate = |value: f64| PerYear::new(TonnesCo2e::new(value));
    let rows = || change.before.parameters().chain(change.after.parameters());
    let quality = Quality::of_standings(rows().map(|row| row.standing));
    let mut parameters: Vec<String> = rows().map(Parameter::row_id).collect();
    parameters.sort_unstable();
    parameters.dedup();
    let hectares = number(area.value());
    let arithmetic = format!(
        "({hectares} ha{} - {hectares} ha{}) / {} x 44/12 = {} t CO2e/yr",
        factors(&change.after),
        factors(&change.before),
        number(period),
        number(closed.value)
    );
    let of_area = format!(
        "{:.4} ha of unchanged use, managed otherwise since {since}",
        area.value()
    );
    let rest = if steps {
        ""
    } else {
        "the soil is at rest since 20 years after the change"
    };
    account.sequestration.push(SequestrationRow {
        arithmetic: if steps { arithmetic } else { String::new() },
        region_id: region.region_id.clone(),
        period_start: newest,
        period_end: newest,
        ecosystem: choice.ecosystem.id().to_owned(),
        pool: Pool::SoilOrganic.id().to_owned(),
        removal: Some(Figure {
            value: rate(closed.value),
            standard_error: closed.standard_error,
            interval: (closed.interval(level)).map(|(low, high)| (rate(low), rate(high))),
        }),
        counted: true,
        method: method.id.clone(),
        approach: Approach::SoilChange.id().to_owned(),
        parameters,
        quality: quality.id().to_owned(),
        note: joined([of_area.as_str(), &unseen, rest]),
    });
}
