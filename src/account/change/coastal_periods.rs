//! Coast gained and lost from each date to the next: rows beside that of the first and the last date,
//! which alone is counted; and what was lost in between that is not in it.

use std::collections::BTreeSet;

use crate::account::carbon_account::CarbonAccount;
use crate::account::choice::CarbonChoice;
use crate::account::density::{Made, Resolved, factors, quality, removal_row, terms};
use crate::account::land::{AreaAccount, RegionAreas};
use crate::account::library::{Approach, Direction, Method};
use crate::account::tables::{SequestrationRow, period};
use crate::account::uncertainty::closed_form;
use crate::account::words::{joined, number};
use crate::units::Hectares;

/// Adds a row for the years from each date to the next, where there are more than two.
///
/// Land that was lost and came back between the dates is in these rows and not in that of the first and
/// the last date; the rows of the parts need not add up to it.
pub(in crate::account) fn fill(
    account: &mut CarbonAccount,
    rule: &Resolved<'_>,
    region: &RegionAreas,
    level: f64,
) {
    let approach = rule.method.approach;
    let is_loss = approach == Approach::CoastalLoss;
    let is_coast = is_loss || approach == Approach::CoastalAccumulation;
    if !is_coast || rule.is_beyond() || region.years.len() < 3 {
        return;
    }
    let changes: Vec<_> = region.changes(rule.choice.ecosystem).collect();
    for (date, ((start, end), gained, lost)) in changes.into_iter().enumerate() {
        let (area, word) = if is_loss {
            (lost, "lost")
        } else {
            (gained, "gained")
        };
        let years = period(start, end).value().max(1.0);
        let over = if is_loss { years } else { 1.0 };
        let yearly = Hectares::new(area.value() / over);
        let terms = terms(&mut account.trace, rule, yearly, true);
        let closed = closed_form(&terms, account.trace.inputs());
        let sign = match rule.rule.states {
            Direction::Emission => "-",
            Direction::Removal => "",
        };
        let divided = if is_loss {
            format!(" / {} yr", number(years))
        } else {
            String::new()
        };
        let unseen = region.gaps.words_of_pair((date, date + 1));
        let known = area > Hectares::ZERO || !region.hides_between(date);
        let words = if known {
            format!("{:.4} ha {word} from {start} to {end}", area.value())
        } else {
            format!("no land that both maps show was {word} from {start} to {end}")
        };
        let arithmetic = format!(
            "{sign}{} ha{divided}{} x 44/12 = {} t CO2e/yr",
            number(area.value()),
            factors(rule),
            number(closed.value)
        );
        let made = Made {
            figure: known.then(|| closed.figure(level, |value| value)),
            counted: false,
            quality: quality(rule, !known),
            arithmetic: if known { arithmetic } else { String::new() },
            note: joined([
                words.as_str(),
                &unseen,
                "a part of the period of the maps, whose row is counted",
                rule.method.note.as_str(),
            ]),
        };
        account.sequestration.push(SequestrationRow {
            period_start: start,
            period_end: end,
            ..removal_row(rule, region, made)
        });
    }
}

/// Areas of the same land by two sums differ by less, in hectares.
const SAME: f64 = 1e-6;

/// Says in the counted rows of lost coast how much more was lost from a date to the next: land that came
/// back, that was lost twice, or that was gained after the first date. It is in no sum.
pub(in crate::account) fn tell(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    areas: &AreaAccount,
) {
    let of_loss = chosen.iter();
    let of_loss = of_loss.filter(|(_, method)| method.approach == Approach::CoastalLoss);
    for (choice, method) in of_loss {
        for region in areas.regions.iter().chain(&areas.total) {
            let steps = region.changes(choice.ecosystem);
            let lost: Hectares = steps.map(|(_, _, lost)| lost).sum();
            let more = lost - region.lost(choice.ecosystem).unwrap_or_default();
            if more.value() > SAME {
                add_note(account, (choice, method), region, more);
            }
        }
    }
}

fn add_note(
    account: &mut CarbonAccount,
    (choice, method): (&CarbonChoice, &Method),
    region: &RegionAreas,
    more: Hectares,
) {
    let is_of = |row: &SequestrationRow| {
        row.region_id == region.region_id
            && row.ecosystem == choice.ecosystem.id()
            && row.method == method.id
    };
    let rows = || account.sequestration.iter().filter(|row| is_of(row));
    let counted = rows().filter(|row| row.counted && row.removal.is_some());
    let pools: BTreeSet<&str> = counted.map(|row| row.pool.as_str()).collect();
    if pools.is_empty() {
        return;
    }
    let given_off = rows().filter(|row| pools.contains(row.pool.as_str()));
    let given_off = given_off.filter_map(|row| {
        let years = period(row.period_start, row.period_end).value().max(1.0);
        let all = row.removal.as_ref()?.value.in_one_year().value() * years;
        Some(if row.counted { all } else { -all })
    });
    let given_off: f64 = given_off.sum();
    let mut pairs = 1..region.years.len();
    let has_gaps = pairs.any(|date| !region.gaps.words_of_pair((date - 1, date)).is_empty());
    let least = if has_gaps { "at least " } else { "" };
    let words = format!(
        "{least}{:.4} ha more were lost from one date to the next, which by the same factors gave off {:.4} t CO2e: land that came back by the last date, was lost twice or was not there at the first. It is in no sum, for a loss is counted from the first to the last date (the rows of the periods have it)",
        more.value(),
        given_off
    );
    let rows = account.sequestration.iter_mut();
    for row in rows.filter(|row| row.counted && is_of(row)) {
        let own = row.note.strip_suffix(method.note.as_str());
        let told = own.unwrap_or(&row.note).trim_end_matches("; ").to_owned();
        row.note = joined([told.as_str(), &words, method.note.as_str()]);
    }
}
