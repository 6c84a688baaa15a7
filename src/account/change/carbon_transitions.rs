//! Transitions in carbon: what land that went from one class or ecosystem to another holds before
//! and after, pool by pool.
//!
//! These rows stand beside the removals and are never added to them: they hold stocks against
//! stocks, and say nothing of when the new stock is reached, but for mineral soil, whose clock runs
//! for twenty years.

use std::collections::{BTreeMap, BTreeSet};

use super::densities::{Densities, Held, held};
use crate::account::carbon_account::CarbonAccount;
use crate::account::density::{Resolved, terms};
use crate::account::ecosystem::Ecosystem;
use crate::account::land::AreaAccount;
use crate::account::library::{Approach, Parameter, Standing};
use crate::account::pool::Pool;
use crate::account::quality::Quality;
use crate::account::soil::DEFAULT_TRANSITION;
use crate::account::tables::{CarbonTransitionRow, Figure, TOTAL};
use crate::account::uncertainty::{Term, Trace, closed_form};
use crate::account::words::{joined, number};
use crate::units::{Hectares, TonnesCarbon};

/// A pair of ecosystems between two years.
type Pair = ((i32, i32), Ecosystem, Ecosystem);

/// The parts of a pair by region and classes of the layers.
type Parts<'a> = BTreeMap<(usize, &'a [Option<i64>]), Hectares>;

/// Adds the rows of ecosystems with the stock methods of the plan.
///
/// `change = area · (density after - density before)`, with parameters that both sides share drawn
/// once. Soil whose management changed has the stock of the management of each date. Mineral soil by reference stock moves to its new stock in twenty equal steps. Where plots,
/// stands or a layer give the stock of an ecosystem, its density is their mean in the region.
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 2, equations 2.16 (biomass of converted land) and 2.25
/// (mineral soil).
pub(in crate::account) fn of_ecosystems(
    account: &mut CarbonAccount,
    areas: &AreaAccount,
    densities: &Densities<'_, '_>,
    level: f64,
) {
    let of_rules = densities.rules.iter().map(|rule| rule.rule.pool);
    let pools: BTreeSet<Pool> = of_rules
        .chain(densities.found.keys().map(|(_, _, pool)| *pool))
        .collect();
    // Of each region, and the union at last.
    let mut pairs: Vec<BTreeMap<Pair, Parts<'_>>> = vec![BTreeMap::new(); areas.regions.len() + 1];
    for shift in &areas.shifts {
        // What land outside all boundaries holds, no method says.
        let Some(to) = shift.to else { continue };
        for place in [shift.region, areas.regions.len()] {
            let pair = (shift.years, shift.from, to);
            let part = (shift.region, shift.classes.as_slice());
            *pairs[place]
                .entry(pair)
                .or_default()
                .entry(part)
                .or_default() += shift.area;
        }
    }
    let union = areas.total.as_ref().map(|_| TOTAL);
    let ids: Vec<&str> = densities.regions.iter().copied().chain(union).collect();
    for (region_id, pairs) in ids.into_iter().zip(&pairs) {
        for (pair, parts) in pairs {
            for pool in &pools {
                let row = row_of_pair(
                    &mut account.trace,
                    (region_id, *pair),
                    parts,
                    (*pool, densities),
                    level,
                );
                account.transitions.extend(row);
            }
        }
    }
}

/// The rule for what annual crops hold, in words.
pub(super) const CROPS: &str =
    "biomass, dead wood and litter of annual crops are zero (IPCC 2006, vol. 4, ch. 5, sec. 5.2.1)";

/// What is gathered over the parts of a pair.
#[derive(Default)]
struct Sums {
    known: Hectares,
    left_out: Hectares,
    from: Vec<Term>,
    to: Vec<Term>,
    methods: BTreeSet<String>,
    parameters: BTreeSet<String>,
    depths: BTreeSet<u64>,
    missing: BTreeSet<String>,
    standings: BTreeSet<Standing>,
    soil: bool,
    /// Whether any part has another stock after: by its use, or by its management.
    moved: bool,
    /// Quality of the means, and each in words.
    means: BTreeSet<String>,
    told: BTreeSet<String>,
}

impl Sums {
    fn side(&mut self, trace: &mut Trace, held: &Held<'_, '_>, area: Hectares) -> Vec<Term> {
        match held {
            Held::By(rule) => self.take(trace, rule, area),
            Held::Mean(density) => {
                self.methods.insert(density.method.clone());
                self.means.insert(density.quality.clone());
                self.depths.extend(density.depth_cm.map(f64::to_bits));
                self.told.insert(format!(
                    "{}: {} t C/ha",
                    density.name(),
                    number(density.mean.on_one_hectare().value())
                ));
                self.parameters.extend(density.parameters(trace));
                density.terms(trace, area.value())
            }
            Held::Crops => {
                self.told.insert(CROPS.to_owned());
                Vec::new()
            }
            Held::Nothing | Held::Unknown => Vec::new(),
        }
    }

    fn take(&mut self, trace: &mut Trace, rule: &Resolved<'_>, area: Hectares) -> Vec<Term> {
        self.methods.insert(rule.method.id.clone());
        let rows = || rule.parameters();
        self.parameters.extend(rows().map(Parameter::row_id));
        self.standings.extend(rows().map(|row| row.standing));
        self.soil |= rule.method.approach == Approach::SoilReferenceStock;
        self.depths.extend(rule.rule.depth_cm.map(f64::to_bits));
        terms(trace, rule, area, false)
    }
}

/// The row of a pool of a pair; none where neither side has the pool.
fn row_of_pair(
    trace: &mut Trace,
    (region_id, ((from_year, to_year), from, to)): (&str, Pair),
    parts: &Parts<'_>,
    (pool, densities): (Pool, &Densities<'_, '_>),
    level: f64,
) -> Option<CarbonTransitionRow> {
    let mut sums = Sums {
        moved: from != to,
        ..Sums::default()
    };
    let mut none_has_it = true;
    for (part, area) in parts {
        let sides = [(from, from_year), (to, to_year)].map(|(ecosystem, year)| {
            densities.in_year(held(ecosystem, pool, *part, densities), year)
        });
        let has = |side: &Held<'_, '_>| matches!(side, Held::By(_) | Held::Mean(_));
        none_has_it &= !sides.iter().any(has);
        let mut known = true;
        for (side, ecosystem) in sides.iter().zip([from, to]) {
            if matches!(side, Held::Unknown) {
                sums.missing
                    .insert(format!("no stock of this pool for {ecosystem}"));
                known = false;
            }
        }
        let depth = |side: &Held<'_, '_>| match side {
            Held::By(rule) => rule.rule.depth_cm,
            Held::Mean(density) => density.depth_cm,
            _ => None,
        };
        if known && depth(&sides[0]) != depth(&sides[1]) {
            let words = "soils of two depths are not compared";
            sums.missing.insert(words.to_owned());
            known = false;
        }
        if !known {
            sums.left_out += *area;
            continue;
        }
        sums.known += *area;
        let [before, after] = sides;
        if let (Held::By(before), Held::By(after)) = (&before, &after) {
            sums.moved |= !std::ptr::eq(*before, *after);
        }
        let terms = sums.side(trace, &before, *area);
        sums.from.extend(terms);
        let terms = sums.side(trace, &after, *area);
        sums.to.extend(terms);
    }
    (!none_has_it).then(|| {
        made(
            trace,
            (region_id, (from_year, to_year), from, to),
            pool,
            &sums,
            level,
        )
    })
}

/// The terms with their signs turned.
fn less(terms: &[Term]) -> impl Iterator<Item = Term> + '_ {
    terms.iter().map(|term| Term {
        coefficient: -term.coefficient,
        inputs: term.inputs.clone(),
    })
}

fn made(
    trace: &Trace,
    (region_id, (from_year, to_year), from, to): (&str, (i32, i32), Ecosystem, Ecosystem),
    pool: Pool,
    sums: &Sums,
    level: f64,
) -> CarbonTransitionRow {
    let known = sums.known > Hectares::ZERO;
    let inputs = trace.inputs();
    let stock = |terms: &[Term]| known.then(|| TonnesCarbon::new(closed_form(terms, inputs).value));
    let both: Vec<Term> = sums.to.iter().cloned().chain(less(&sums.from)).collect();
    let unsure = known && sums.moved && !closed_form(&both, inputs).unknown.is_empty();
    // Land that stayed what it was holds what it held, exactly.
    let change = known.then(|| {
        if !sums.moved {
            return Figure {
                value: TonnesCarbon::ZERO,
                standard_error: None,
                interval: None,
            };
        }
        let closed = closed_form(&both, inputs);
        Figure {
            value: TonnesCarbon::new(closed.value),
            standard_error: closed.standard_error,
            interval: closed
                .interval(level)
                .map(|(low, high)| (TonnesCarbon::new(low), TonnesCarbon::new(high))),
        }
    });
    let missing: Vec<&str> = sums.missing.iter().map(String::as_str).collect();
    let left_out = if sums.left_out > Hectares::ZERO {
        format!(
            "{:.4} ha left out: {}",
            sums.left_out.value(),
            missing.join(", ")
        )
    } else {
        String::new()
    };
    let clock = sums.soil && known && sums.moved;
    // The union has one of each region.
    let means = match sums.told.len() {
        0 => String::new(),
        1 | 2 => sums.told.iter().cloned().collect::<Vec<_>>().join("; "),
        many => format!("{many} means of regions, as their rows tell"),
    };
    CarbonTransitionRow {
        region_id: region_id.to_owned(),
        from_year,
        to_year,
        from_code: from.id().to_owned(),
        to_code: to.id().to_owned(),
        pool: pool.id().to_owned(),
        soil_depth_cm: sums.depths.first().map(|bits| f64::from_bits(*bits)),
        area: if known { sums.known } else { sums.left_out },
        from_stock: stock(&sums.from),
        to_stock: stock(&sums.to),
        change,
        over: clock.then_some(DEFAULT_TRANSITION),
        method: sums.methods.iter().cloned().collect::<Vec<_>>().join("; "),
        parameters: sums.parameters.iter().cloned().collect(),
        quality: quality(known, sums),
        note: joined([
            left_out.as_str(),
            &means,
            if unsure && !means.is_empty() {
                "the spread is a lower limit: some parts of it are not known"
            } else {
                ""
            },
            if clock && from == to {
                "its management changed between the dates: the stock of each is that under its management"
            } else {
                ""
            },
            if clock {
                "stocks at equilibrium: the soil gets there in 20 equal yearly steps"
            } else {
                ""
            },
        ]),
    }
}

/// The weakest of what went in.
fn quality(known: bool, sums: &Sums) -> String {
    let synthetic = Quality::Synthetic.id();
    let by_default = !sums.standings.is_empty();
    let mean = sums.means.get(synthetic).or(sums.means.first());
    match (known, sums.standings.contains(&Standing::Memory), mean) {
        (false, _, _) => Quality::Missing.id().to_owned(),
        (true, true, _) => Quality::RecalledParameter.id().to_owned(),
        (true, false, Some(mean)) if mean == synthetic || !by_default => mean.clone(),
        _ if sums.standings.contains(&Standing::User) => Quality::UserParameter.id().to_owned(),
        _ => Quality::PublishedDefault.id().to_owned(),
    }
}
