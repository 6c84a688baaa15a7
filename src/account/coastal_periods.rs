//! Coast gained and lost from each date to the next: rows beside that of the first and the last date,
//! which alone is counted.

use super::area_pools::{Made, Resolved, factors, quality, removal_row, terms};
use super::carbon::CarbonAccount;
use super::closed_form::closed_form;
use super::method::{Approach, Direction};
use super::plot_pools::joined;
use super::region_areas::RegionAreas;
use super::stand_biomass::number;
use super::tables::{SequestrationRow, period};
use crate::units::Hectares;

/// Adds a row for the years from each date to the next, where there are more than two.
///
/// Land that was lost and came back between the dates is in these rows and not in that of the first and
/// the last date; the rows of the parts need not add up to it.
pub(super) fn fill(
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
