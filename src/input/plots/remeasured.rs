//! Trees of two inventories, told apart by their ids: what became of each on plots visited twice.

use std::collections::{BTreeMap, BTreeSet};

use super::equations::TreeVariable;
use super::growth::{Growth, Values, Visited};
use super::inventory::Inventory;
use super::tree_sums::{SPECIES, Tree};
use crate::estimate::{Fate, Frame, Observations, Plot};
use crate::finding::{Finding, counted};
use crate::units::{Hectares, PerHectare};

/// Plot by position and id of a tree on it.
type Id = (usize, String);

/// A living tree at a visit.
#[derive(Debug, Clone, PartialEq)]
struct Living {
    /// Empty where it is not told.
    species: String,
    /// Trees per hectare that it stands for, and what stands in one.
    state: (f64, Values),
}

/// The trees of one visit, told apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Visit {
    /// The table, for findings.
    name: String,
    /// Living trees.
    live: BTreeMap<Id, Living>,
    /// Trees that were found dead or cut.
    gone: BTreeMap<Id, Fate>,
}

impl Visit {
    /// Takes the trees of a table; ids that are missing or stand twice on a plot are problems.
    pub(super) fn new(
        name: &str,
        plots: &[Plot],
        trees: &[Tree],
        gone: BTreeMap<Id, Fate>,
        problems: &mut Vec<Finding>,
    ) -> Self {
        let mut live = BTreeMap::new();
        let mut twice = Vec::new();
        let mut nameless = 0;
        for tree in trees {
            if tree.id.is_empty() {
                nameless += 1;
                continue;
            }
            let id = (tree.plot, tree.id.clone());
            let known = gone.contains_key(&id);
            let living = Living {
                species: tree.species.clone(),
                state: (tree.expansion.value(), tree.values.clone()),
            };
            if live.insert(id, living).is_some() || known {
                twice.push(format!("{} on plot {}", tree.id, plots[tree.plot].id));
            }
        }
        if nameless > 0 {
            problems.push(Finding::error(
                name,
                format!("{} no id", counted(nameless, "tree has", "trees have")),
                "give every tree an id, or leave `tree` out of `[inventory.tree-fields]`",
            ));
        }
        if !twice.is_empty() {
            problems.push(Finding::error(
                name,
                format!("trees stand twice: {}", some(&twice)),
                "ids of trees must be unique on their plot at one visit",
            ));
        }
        Self {
            name: name.to_owned(),
            live,
            gone,
        }
    }
}

/// The first of many names.
fn some(names: &[String]) -> String {
    let more = if names.len() > 10 { ", ..." } else { "" };
    let shown: Vec<&str> = names.iter().take(10).map(String::as_str).collect();
    format!("{}{more}", shown.join(", "))
}

/// A plot that was visited twice.
struct Pair {
    earlier: usize,
    later: usize,
    years: f64,
}

/// What became of the trees between two inventories; `None` where the plan does not tell trees apart.
///
/// A plot of the later inventory is that of the earlier one with the same id, or with the id that it
/// names as `previous`. A measurement that serves both inventories is no second visit.
///
/// # Errors
///
/// Trees that are not there again without a word of what became of them, and trees that came back.
pub fn growth_between(
    earlier: &Inventory,
    later: &Inventory,
) -> Result<Option<Growth>, Vec<Finding>> {
    let visit = |inventory: &Inventory| inventory.trees.as_ref()?.visit.clone();
    let (Some(before), Some(after)) = (visit(earlier), visit(later)) else {
        return Ok(None);
    };
    let pairs = pairs(earlier, later);
    if pairs.is_empty() {
        return Err(vec![Finding::error(
            &after.name,
            format!(
                "no plot of {} was visited before, in {}",
                later.year, earlier.year
            ),
            "see that plots keep their ids or name `previous`; without second visits leave `tree` out of `[inventory.tree-fields]`",
        )]);
    }
    let mut reading = Reading {
        earlier,
        before: &before,
        after: &after,
        trees: Vec::new(),
        vanished: Vec::new(),
        risen: Vec::new(),
    };
    for (position, pair) in pairs.iter().enumerate() {
        reading.pair(position, pair);
    }
    let problems = reading.problems(later.year);
    if !problems.is_empty() {
        return Err(problems);
    }
    let trees = reading.trees;
    let given: BTreeSet<TreeVariable> = before
        .live
        .values()
        .chain(after.live.values())
        .flat_map(|living| living.state.1.keys().copied())
        .collect();
    let given: Vec<TreeVariable> = given.into_iter().collect();
    let mut units = later.frame.units.clone();
    for stratum in units.iter_mut().flat_map(|unit| &mut unit.strata) {
        stratum.declared_plots = None;
    }
    let of = |plot: &Pair| later.frame.plots[plot.later].clone();
    let frame = Frame {
        design: later.frame.design,
        units,
        plots: pairs.iter().map(of).collect(),
    };
    let records = pairs.iter().map(|pair| later.records[pair.later].clone());
    let remeasured = Inventory {
        forest: forest(earlier, later, &pairs),
        crs: later.crs.clone(),
        ..Inventory::of(later.year, frame, records.collect())
    };
    let years: f64 = pairs.iter().map(|pair| pair.years).sum();
    let words = format!(
        "{} of {} visited twice, {:.2} years apart on average; what died or was cut with its size at the earlier visit",
        pairs.len(),
        counted(later.frame.plots.len(), "plot", "plots"),
        years / pairs.len() as f64,
    );
    let growth = Growth::of(
        remeasured,
        Some(earlier.year),
        &given,
        (&[SPECIES], &trees),
        words,
    );
    growth.map(Some).map_err(|error| {
        vec![Finding::error(
            &after.name,
            error.to_string(),
            "see `measured` of `[inventory.fields]`: visits must be years apart",
        )]
    })
}

/// The plots that were visited twice.
fn pairs(earlier: &Inventory, later: &Inventory) -> Vec<Pair> {
    let index: BTreeMap<&str, usize> = earlier
        .frame
        .plots
        .iter()
        .enumerate()
        .map(|(at, plot)| (plot.id.as_str(), at))
        .collect();
    let apart = f64::from(later.year - earlier.year);
    let mut pairs = Vec::new();
    let mut matched = BTreeSet::new();
    for (at, plot) in later.frame.plots.iter().enumerate() {
        let same = index.get(plot.id.as_str());
        let found = same.or_else(|| index.get(plot.previous.as_deref()?));
        let Some(&found) = found else { continue };
        let measured = earlier.frame.plots[found].measured.zip(plot.measured);
        let years = measured.map_or(apart, |(before, after)| f64::from(after - before));
        if years > 0.0 && matched.insert(found) {
            pairs.push(Pair {
                earlier: found,
                later: at,
                years,
            });
        }
    }
    pairs
}

/// Land that was forest at both visits. Two shares do not say how much of them is the same land: it
/// is told only where every plot is forest as a whole or not at all.
fn forest(
    earlier: &Inventory,
    later: &Inventory,
    pairs: &[Pair],
) -> Option<Observations<Hectares>> {
    let (before, after) = (earlier.forest.as_ref()?, later.forest.as_ref()?);
    let whole = |share: Option<PerHectare<Hectares>>| {
        let share = share?.on_one_hectare().value();
        [0.0, 1.0].contains(&share).then_some(share)
    };
    let both = pairs.iter().map(|pair| {
        let shares = whole(before.get(pair.earlier)).zip(whole(after.get(pair.later)));
        shares.map(|(before, after)| PerHectare::new(Hectares::new(before * after)))
    });
    let both: Option<Vec<_>> = both.collect();
    Some(Observations::new(both?))
}

struct Reading<'a> {
    earlier: &'a Inventory,
    before: &'a Visit,
    after: &'a Visit,
    trees: Vec<Visited>,
    /// Trees alive before of which the later visit says nothing.
    vanished: Vec<String>,
    /// Trees dead or cut before that live.
    risen: Vec<String>,
}

impl Reading<'_> {
    fn pair(&mut self, position: usize, pair: &Pair) {
        let plot = &self.earlier.frame.plots[pair.earlier].id;
        let visited = |fate, before: Option<&Living>, after: Option<&Living>| Visited {
            plot: position,
            years: pair.years,
            fate,
            domains: vec![
                after
                    .or(before)
                    .map_or_else(String::new, |living| living.species.clone()),
            ],
            before: before.map(|living| living.state.clone()),
            after: after.map(|living| living.state.clone()),
        };
        for ((_, id), before) in on_plot(&self.before.live, pair.earlier) {
            let later = (pair.later, id.clone());
            match (self.after.live.get(&later), self.after.gone.get(&later)) {
                (Some(after), _) => {
                    let survivor = visited(Fate::Survived, Some(before), Some(after));
                    self.trees.push(survivor);
                }
                (None, Some(fate)) => self.trees.push(visited(*fate, Some(before), None)),
                (None, None) => self.vanished.push(format!("{id} on plot {plot}")),
            }
        }
        for ((_, id), after) in on_plot(&self.after.live, pair.later) {
            let earlier = (pair.earlier, id.clone());
            if self.before.gone.contains_key(&earlier) {
                self.risen.push(format!("{id} on plot {plot}"));
            } else if !self.before.live.contains_key(&earlier) {
                self.trees.push(visited(Fate::GrewIn, None, Some(after)));
            }
        }
    }

    fn problems(&self, year: i32) -> Vec<Finding> {
        let mut problems = Vec::new();
        if !self.vanished.is_empty() {
            problems.push(Finding::error(
                &self.after.name,
                format!(
                    "{} alive in {} without a row in {year}: {}",
                    counted(self.vanished.len(), "tree", "trees"),
                    self.earlier.year,
                    some(&self.vanished)
                ),
                "give them a row whose status says whether they died or were cut",
            ));
        }
        if !self.risen.is_empty() {
            problems.push(Finding::error(
                &self.after.name,
                format!(
                    "{} dead or cut in {} and alive in {year}: {}",
                    counted(self.risen.len(), "tree", "trees"),
                    self.earlier.year,
                    some(&self.risen)
                ),
                "mend one of the two visits, or give a new tree a new id",
            ));
        }
        problems
    }
}

/// The trees of a plot.
fn on_plot<T>(trees: &BTreeMap<Id, T>, plot: usize) -> impl Iterator<Item = (&Id, &T)> {
    trees.range((plot, String::new())..(plot + 1, String::new()))
}
