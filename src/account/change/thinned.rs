//! Land that moved within its IPCC category to a use that holds less: no conversion, and no loss that a method
//! books, so it is told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::conversion_loss::POOLS;
use super::densities::{Densities, Held, held};
use crate::account::carbon_account::CarbonAccount;
use crate::account::choice::CarbonChoice;
use crate::account::density::terms;
use crate::account::ecosystem::Ecosystem;
use crate::account::land::{AreaAccount, EcosystemShift};
use crate::account::library::{Approach, Method};
use crate::account::tables::TOTAL;
use crate::account::uncertainty::{Trace, closed_form};
use crate::account::words::joined;
use crate::finding::Finding;
use crate::units::Hectares;

/// Areas of the same land by two sums differ by less.
const SAME: f64 = 1e-6;

/// What left an ecosystem for poorer uses of its category in a region.
#[derive(Default)]
struct Moved {
    area: Hectares,
    to: BTreeSet<Ecosystem>,
    /// What it holds less, in t C; of the part with both stocks.
    less: f64,
    compared: Hectares,
}

impl Moved {
    fn words(&self) -> String {
        let to: Vec<&str> = self.to.iter().map(|one| one.id()).collect();
        let mut words = format!(
            "{:.4} ha became {}, of the same IPCC category: no conversion, and what it holds less is in no figure",
            self.area.value(),
            to.join(", ")
        );
        if self.compared > Hectares::ZERO {
            let _ = write!(
                words,
                " ({:.1} t C by the stocks of {:.4} ha)",
                self.less,
                self.compared.value()
            );
        }
        words
    }
}

/// Says in the rows of growth and of loss, and by a warning, what moved to a poorer use.
pub(super) fn tell(
    account: &mut CarbonAccount,
    chosen: &[(&CarbonChoice, &Method)],
    (areas, densities): (&AreaAccount, &Densities<'_, '_>),
) {
    let periods = areas.periods();
    let Some(whole) = periods.first() else {
        return;
    };
    let balanced = chosen.iter().filter(|(_, method)| {
        method.approach.is_growth() || method.approach == Approach::ConversionLoss
    });
    let balanced: BTreeSet<Ecosystem> = balanced.map(|(choice, _)| choice.ecosystem).collect();
    let mut moved: BTreeMap<(Ecosystem, &str), Moved> = BTreeMap::new();
    let within = areas.changes_within(*whole).filter_map(|shift| {
        let to = shift.to?;
        let is_within = balanced.contains(&shift.from)
            && shift.from != to
            && shift.from.category() == to.category();
        is_within.then_some((shift, to))
    });
    let mut booked = booked(chosen, *whole, areas);
    for (shift, to) in within {
        let area = {
            let key = (shift.region, shift.from, to, shift.classes.as_slice());
            let later = booked.entry(key).or_default();
            let part = if *later < shift.area {
                *later
            } else {
                shift.area
            };
            *later = *later - part;
            shift.area - part
        };
        if area.value() <= SAME {
            continue;
        }
        let sides = [shift.from, to].map(|one| stock(one, shift, densities));
        let less = match sides {
            [Some(before), Some(after)] => Some((before - after) * area.value()),
            _ => None,
        };
        if !less.map_or_else(|| is_poorer(shift.from, to), |less| less > 0.0) {
            continue;
        }
        for id in [areas.regions[shift.region].region_id.as_str(), TOTAL] {
            let sum = moved.entry((shift.from, id)).or_default();
            sum.area += area;
            sum.to.insert(to);
            if let Some(less) = less {
                sum.less += less;
                sum.compared += area;
            }
        }
    }
    for ((ecosystem, id), moved) in moved {
        let words = moved.words();
        let rows = account.sequestration.iter_mut().filter(|row| {
            row.region_id == id && row.ecosystem == ecosystem.id() && is_balance(&row.approach)
        });
        for row in rows {
            row.note = joined([row.note.as_str(), &words]);
        }
        if id == TOTAL {
            account.warnings.push(Finding::warning(
                format!("carbon, ecosystem {ecosystem}"),
                words,
                "tables/carbon_transitions.csv has both stocks; thinned and degraded forest needs two inventories, or densities of both years",
            ));
        }
    }
}

/// A move within a category: region, from, to, and classes of the layers.
type Move<'a> = (usize, Ecosystem, Ecosystem, &'a [Option<i64>]);

/// Areas of moves of land that left the category later, whose loss is that of what it was before the move.
fn booked<'a>(
    chosen: &[(&CarbonChoice, &Method)],
    whole: (i32, i32),
    areas: &'a AreaAccount,
) -> BTreeMap<Move<'a>, Hectares> {
    let losing = chosen.iter();
    let losing = losing.filter(|(_, method)| method.approach == Approach::ConversionLoss);
    let losing: BTreeSet<Ecosystem> = losing.map(|(choice, _)| choice.ecosystem).collect();
    let mut moves = BTreeMap::new();
    let leaving = areas.changes_within(whole);
    for shift in leaving.filter(|shift| shift.leaves()) {
        let course: Vec<Ecosystem> = shift.course().collect();
        let taken = course.iter().position(|one| losing.contains(one));
        for pair in course[..=taken.unwrap_or_default()].windows(2) {
            let key = (shift.region, pair[1], pair[0], shift.classes.as_slice());
            *moves.entry(key).or_insert(Hectares::ZERO) += shift.area;
        }
    }
    moves
}

/// Whether rows of an approach are read as a part of a balance of gain and loss.
fn is_balance(approach: &str) -> bool {
    [
        Approach::GrowthGain,
        Approach::StandGrowth,
        Approach::ConversionLoss,
    ]
    .iter()
    .any(|one| one.id() == approach)
}

/// Whether a use holds less by what it is, where no stocks tell.
fn is_poorer(from: Ecosystem, to: Ecosystem) -> bool {
    let sparse = |one| matches!(one, Ecosystem::OpenWoodland | Ecosystem::OtherWoodland);
    from.is_woody() && !to.is_woody() || !sparse(from) && sparse(to) || !to.holds_carbon()
}

/// What a hectare of an ecosystem holds where the land lies, apart from soil, in t C; `None` without a stock.
fn stock(
    ecosystem: Ecosystem,
    shift: &EcosystemShift,
    densities: &Densities<'_, '_>,
) -> Option<f64> {
    let land = (shift.region, shift.classes.as_slice());
    let of_pools = POOLS.map(|pool| match held(ecosystem, pool, land, densities) {
        Held::By(rule) => {
            let mut trace = Trace::default();
            let terms = terms(&mut trace, rule, Hectares::new(1.0), false);
            Some(closed_form(&terms, trace.inputs()).value)
        }
        Held::Mean(density) => Some(density.mean.on_one_hectare().value()),
        Held::Nothing | Held::Crops => Some(0.0),
        Held::Unknown => None,
    });
    of_pools
        .iter()
        .flatten()
        .copied()
        .reduce(|sum, one| sum + one)
}
