//! Pools that two entries of a plan both hold: no carbon counts twice.

use std::collections::BTreeSet;

use super::inventory_share::pools_of_plots;
use crate::account::carbon_input::CarbonInput;
use crate::account::choice::{CarbonChoice, Depths, SoilStocks};
use crate::account::library::{Approach, Method};
use crate::account::pool::Pool;
use crate::finding::Finding;

/// What a method gives of a pool. What land gained and what land lost are of different land.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Stock,
    /// A gain, or a balance, by a rate.
    Removal,
    /// A balance by the difference of two stocks: gains and losses are both in it.
    Difference,
    Loss,
}

impl Kind {
    const fn of(approach: Approach) -> Self {
        match approach {
            Approach::CoastalLoss | Approach::ConversionLoss => Self::Loss,
            approach if approach.is_flux() => Self::Removal,
            _ => Self::Stock,
        }
    }

    /// Whether two are the same carbon; its word.
    const fn with(self, other: Self) -> Option<&'static str> {
        match (self, other) {
            (Self::Stock, Self::Stock) => Some("stock"),
            (Self::Loss | Self::Difference, Self::Loss) | (Self::Loss, Self::Difference) => {
                Some("loss")
            }
            (Self::Removal | Self::Difference, Self::Removal | Self::Difference) => Some("removal"),
            _ => None,
        }
    }
}

/// A pool that an entry gives.
#[derive(Debug, Clone, Copy)]
struct Given {
    pool: Pool,
    kind: Kind,
    /// Of the soil in it.
    soil: Depths,
}

impl Given {
    /// Whether both hold some of the same carbon.
    fn shares(&self, other: &Self) -> bool {
        let mut pools = self.pool.parts().iter();
        pools.any(|pool| {
            other.pool.parts().contains(pool)
                && (*pool != Pool::SoilOrganic
                    || self.kind != Kind::Stock
                    || self.soil.count_twice(other.soil)
                    // Pools that cannot be parted go with their soil, whatever its depth.
                    || self.pool != other.pool && self.soil.from < other.soil.to && other.soil.from < self.soil.to)
        })
    }

    /// The pool with what it holds, where that is more than one.
    fn words(&self) -> String {
        let parts = self.pool.parts();
        if parts.len() == 1 {
            return format!("pool `{}`", self.pool);
        }
        let parts: Vec<String> = parts
            .iter()
            .map(|pool| match pool {
                Pool::SoilOrganic if self.soil.to.is_finite() => {
                    format!("soil {}", self.soil.words())
                }
                Pool::SoilOrganic => "soil".to_owned(),
                pool => pool.to_string(),
            })
            .collect();
        format!("pool `{}` ({} together)", self.pool, parts.join(", "))
    }
}

/// An entry of the plan with all that it gives.
struct Entry<'a> {
    choice: &'a CarbonChoice,
    method: &'a Method,
    gives: Vec<Given>,
}

impl<'a> Entry<'a> {
    fn new((choice, method): (&'a CarbonChoice, &'a Method), input: &CarbonInput<'_>) -> Self {
        // One inventory gives a stock and no difference of stocks.
        let differs = if method.approach.is_volume() {
            (input.stands).is_some_and(|stands| stands.registers.len() > 1)
        } else {
            !input.changes.is_empty()
        };
        let of = Kind::of(method.approach);
        let one = |pool, kind, soil| Given { pool, kind, soil };
        let mut gives = Vec::new();
        let counted: Vec<Pool> = if method.approach == Approach::PlotPools {
            pools_of_plots(method, input).into_iter().collect()
        } else {
            method.counted.clone()
        };
        for pool in counted {
            gives.push(one(pool, of, Depths::UNKNOWN));
            if of == Kind::Stock && differs {
                gives.push(one(pool, Kind::Difference, Depths::UNKNOWN));
            }
        }
        for rule in &method.pools {
            let soil = rule.depth_cm.map_or(Depths::UNKNOWN, Depths::down_to);
            gives.push(one(rule.pool, of, soil));
        }
        if method.approach == Approach::SoilChange {
            gives.push(one(Pool::SoilOrganic, of, Depths::UNKNOWN));
        }
        if method.approach == Approach::ConversionLoss {
            let lost = crate::account::change::POOLS.into_iter();
            gives.extend(lost.map(|pool| one(pool, of, Depths::UNKNOWN)));
        }
        if let Some(stock) = &choice.stock {
            let soil = stock.depths().unwrap_or(Depths::UNKNOWN);
            gives.push(one(
                stock.pool.unwrap_or(Pool::AboveGround),
                Kind::Stock,
                soil,
            ));
            if stock.roots.is_some() {
                gives.push(one(Pool::BelowGround, Kind::Stock, soil));
            }
        }
        Self {
            choice,
            method,
            gives,
        }
    }

    /// The method, with what tells its entry from others.
    fn name(&self) -> String {
        let layer = self
            .choice
            .stock
            .as_ref()
            .map(|stock| format!("of layer `{}`", stock.layer));
        let within = self
            .choice
            .within
            .as_ref()
            .map(|within| format!("within {}", within.words));
        let more: Vec<String> = layer.into_iter().chain(within).collect();
        if more.is_empty() {
            format!("`{}`", self.method.id)
        } else {
            format!("`{}` ({})", self.method.id, more.join(", "))
        }
    }

    /// What both give, with the word of its kind.
    fn shared<'b>(&'b self, other: &'b Self) -> Vec<(&'b Given, &'b Given, &'static str)> {
        let mut shared = Vec::new();
        for mine in &self.gives {
            for theirs in &other.gives {
                if let Some(word) = mine.kind.with(theirs.kind)
                    && mine.shares(theirs)
                {
                    shared.push((mine, theirs, word));
                }
            }
        }
        shared
    }

    /// Whether it has all land under its classes, whatever grows there.
    fn lies_under_others(&self) -> bool {
        self.choice.ecosystem.is_overlay() && self.choice.within.is_some()
    }
}

/// The single pools whose stock an entry gives.
pub(super) fn stock_pools(
    chosen: (&CarbonChoice, &Method),
    input: &CarbonInput<'_>,
) -> BTreeSet<Pool> {
    let entry = Entry::new(chosen, input);
    let stocks = entry.gives.iter().filter(|given| given.kind == Kind::Stock);
    stocks
        .flat_map(|given| given.pool.parts())
        .copied()
        .collect()
}

/// No pool of an ecosystem by two methods for the same land, alone or within a sum of pools.
pub(in crate::account) fn check_single(
    chosen: &[(&CarbonChoice, &Method)],
    input: &CarbonInput<'_>,
    findings: &mut Vec<Finding>,
) {
    let entries: Vec<Entry<'_>> = chosen.iter().map(|one| Entry::new(*one, input)).collect();
    for (place, entry) in entries.iter().enumerate() {
        for first in &entries[..place] {
            if first.choice.ecosystem == entry.choice.ecosystem && first.choice.meets(entry.choice)
            {
                findings.extend(told(first, entry));
            }
        }
    }
}

/// Land that lies under other ecosystems has its soil once: not by its own entry and by theirs too.
pub(in crate::account) fn check_overlays(
    chosen: &[(&CarbonChoice, &Method)],
    input: &CarbonInput<'_>,
    (soils, depth): (&SoilStocks<'_>, Option<f64>),
    findings: &mut Vec<Finding>,
) {
    let entries: Vec<Entry<'_>> = chosen.iter().map(|one| Entry::new(*one, input)).collect();
    let counts = |entry: &Entry<'_>, given: &Given| {
        let holds_soil = given.pool.parts().contains(&Pool::SoilOrganic);
        !(holds_soil && given.soil.to.is_finite())
            || depth.is_none_or(|depth| soils.counts(entry.choice, given.soil, depth))
    };
    for under in entries.iter().filter(|entry| entry.lies_under_others()) {
        for over in &entries {
            if over.choice.ecosystem == under.choice.ecosystem || !over.choice.meets(under.choice) {
                continue;
            }
            let both = under.shared(over).into_iter().find(|(mine, theirs, word)| {
                *word == "stock" && counts(under, mine) && counts(over, theirs)
            });
            let Some((mine, theirs, _)) = both else {
                continue;
            };
            findings.push(Finding::error(
                format!("carbon, ecosystem {}", under.choice.ecosystem),
                format!(
                    "{} gives the stock of {} of all land under its classes, and {} that of {} of {} there: it would count twice",
                    under.name(),
                    mine.words(),
                    over.name(),
                    theirs.words(),
                    over.choice.ecosystem,
                ),
                "give the other entry the other classes of the layer (`within`), or choose a soil depth that one of them is not of",
            ));
        }
    }
}

/// Why two entries for the same land cannot stand together.
fn told(first: &Entry<'_>, second: &Entry<'_>) -> Option<Finding> {
    let shared = first.shared(second);
    let (mine, theirs, word) = shared.first()?;
    let place = format!("carbon, ecosystem {}", second.choice.ecosystem);
    let plots = [first, second]
        .iter()
        .any(|entry| entry.method.approach == Approach::PlotPools);
    let remedy = if plots || *word != "stock" {
        "choose one: stock difference and gain-loss are never mixed for a pool"
    } else {
        "choose one, or give each its own classes of one layer (`within`)"
    };
    let of = |pools: &mut dyn Iterator<Item = Pool>| {
        let mut named: Vec<String> = Vec::new();
        for pool in pools.map(|pool| format!("`{pool}`")) {
            if !named.contains(&pool) {
                named.push(pool);
            }
        }
        named.join(", ")
    };
    let what = match (mine.kind, theirs.kind) {
        (Kind::Difference, Kind::Loss) | (Kind::Loss, Kind::Difference) => format!(
            "{} and {}: the difference of stocks of pool {} has the loss in it",
            first.name(),
            second.name(),
            of(&mut shared.iter().map(|(mine, _, _)| mine.pool)),
        ),
        _ if shared
            .iter()
            .all(|(mine, theirs, _)| mine.pool == theirs.pool) =>
        {
            format!(
                "methods {} and {} both give the {word} of pool {}",
                first.name(),
                second.name(),
                of(&mut shared.iter().map(|(mine, _, _)| mine.pool)),
            )
        }
        _ => {
            let more = mine.pool.parts().len() > theirs.pool.parts().len();
            let (whole, of_whole, part) = if more {
                (first, mine, second)
            } else {
                (second, theirs, first)
            };
            let parts = of(&mut shared.iter().map(
                |(mine, theirs, _)| {
                    if more { theirs.pool } else { mine.pool }
                },
            ));
            format!(
                "{} gives the {word} of {}, and {} gives {parts}, which it has already: carbon would count twice",
                whole.name(),
                of_whole.words(),
                part.name(),
            )
        }
    };
    Some(Finding::error(place, what, remedy))
}

#[cfg(test)]
#[path = "pool_overlap_tests.rs"]
mod tests;
