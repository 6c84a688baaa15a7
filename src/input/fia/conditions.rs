//! Conditions: the parts of plots with one land use each.

use std::collections::BTreeMap;

use super::database::{Columns, Database};
use super::evaluation::{Basis, Evaluation, plots_are};
use super::rows::{overfull, repeated, underfull, within};
use crate::account::Pool;
use crate::estimate::{EstimateError, Observations};
use crate::finding::Finding;
use crate::input::plots::{Classed, DomainSums, Tree, TreeSums, TreeVariable, sums_by};
use crate::input::table::Table;
use crate::units::customary::{HECTARES_PER_ACRE, TONNES_PER_SHORT_TON};
use crate::units::{Hectares, PerHectare, Quantity, TonnesCarbon};

/// Code of accessible forest land.
pub(super) const FOREST: &str = "1";

/// Codes of land: forest, other land, two kinds of water, and what was not sampled.
const STATUS: [&str; 5] = [FOREST, "2", "3", "4", "5"];

/// Columns of the carbon of a condition, in short tons per acre, by pool.
const POOLS: [(Pool, &str); 5] = [
    (Pool::DeadWood, "CARBON_DOWN_DEAD"),
    (Pool::Litter, "CARBON_LITTER"),
    (Pool::SoilOrganic, "CARBON_SOIL_ORG"),
    (Pool::Understory, "CARBON_UNDERSTORY_AG"),
    (Pool::Understory, "CARBON_UNDERSTORY_BG"),
];

const NEEDED: [&str; 4] = ["PLT_CN", "CONDID", "COND_STATUS_CD", "CONDPROP_UNADJ"];

/// Column of the part of the plot that a condition was mapped on; subplots where there is none.
const BASIS: &str = "PROP_BASIS";

/// Values by plot, of the plots that have any; `None` where unknown.
pub(super) type ByPlot = BTreeMap<usize, Option<f64>>;

/// The land of one value of a column.
#[derive(Default)]
struct Land {
    forest: ByPlot,
    carbon: BTreeMap<Pool, ByPlot>,
}

/// What the conditions of the plots of an evaluation add up to.
pub(super) struct Conditions {
    /// Forest, with the factor of its stratum.
    pub(super) forest: Observations<Hectares>,
    /// Carbon of the conditions by pool; lying dead wood without what stands.
    carbon: BTreeMap<Pool, Observations<TonnesCarbon>>,
    /// Every condition, by plot and number: of forest, the values of the columns that make domains.
    by_number: BTreeMap<(usize, String), Option<Vec<String>>>,
    /// The land of each value of these columns, in their order.
    land: Vec<BTreeMap<String, Land>>,
    plots: usize,
}

impl Conditions {
    /// Values of the columns that make domains of a condition of a plot; `None` where it is not forest.
    pub(super) fn forest_at(&self, plot: usize, condition: &str) -> Option<&[String]> {
        let found = self.by_number.get(&(plot, condition.to_owned()))?;
        found.as_deref()
    }

    /// Whether a condition of a plot is forest.
    pub(super) fn is_forest(&self, plot: usize, condition: &str) -> bool {
        self.forest_at(plot, condition).is_some()
    }

    /// Whether a plot has a condition of this number, of whatever land use.
    pub(super) fn has(&self, plot: usize, condition: &str) -> bool {
        self.by_number.contains_key(&(plot, condition.to_owned()))
    }

    /// Reads the conditions of the plots of an evaluation, with the columns that make domains; `None`
    /// where there are no rows to read. What is wrong with rows is told in `problems`.
    pub(super) fn read(
        database: &Database,
        evaluation: &Evaluation,
        (domains, classed): (&[&str], &Classed),
        problems: &mut Vec<Finding>,
    ) -> Option<Self> {
        let needed: Vec<&str> = NEEDED.into_iter().chain(domains.iter().copied()).collect();
        let optional: Vec<&str> = POOLS
            .iter()
            .map(|(_, column)| *column)
            .chain([BASIS])
            .collect();
        let columns = Columns {
            needed: &needed,
            optional: &optional,
        };
        let keep = |row: &[String]| evaluation.position(&row[0]).is_some();
        let table = database.read("COND", &columns, &keep);
        let table = table.map_err(|found| problems.extend(found)).ok()?;
        problems.extend(repeated(&table, &["PLT_CN", "CONDID"]));
        let plots = evaluation.assigned.len();
        let mut seen = vec![false; plots];
        let mut all = vec![0.0; plots];
        let mut forest = vec![Some(0.0); plots];
        let mut carbon: BTreeMap<Pool, Vec<Option<f64>>> = BTreeMap::new();
        let mut by_number = BTreeMap::new();
        let mut land: Vec<BTreeMap<String, Land>> = Vec::new();
        land.resize_with(domains.len(), BTreeMap::new);
        let basis_at = table.columns.iter().position(|column| column == BASIS);
        let places: Vec<(Pool, usize)> = POOLS
            .iter()
            .filter_map(|(pool, name)| {
                let at = table.columns.iter().position(|column| column == name)?;
                Some((*pool, at))
            })
            .collect();
        for (pool, _) in &places {
            carbon
                .entry(*pool)
                .or_insert_with(|| vec![Some(0.0); plots]);
        }
        for (line, row) in &table.rows {
            let Some(plot) = evaluation.position(&row[0]) else {
                continue;
            };
            seen[plot] = true;
            let number = (plot, row[1].clone());
            let share = within(&table, 3, (*line, row), &(0.0..=1.0), problems);
            all[plot] += share.unwrap_or(f64::NAN);
            problems.extend(no_status(&table, *line, row));
            if row[2] != FOREST {
                by_number.insert(number, None);
                continue;
            }
            let values = NEEDED.len()..needed.len();
            let values = values.map(|at| classed.value(&table, at, (*line, row), problems));
            let values: Vec<String> = values.collect();
            let mapped = basis_at.map_or("SUBP", |at| row[at].as_str());
            let factor = basis(mapped).and_then(|basis| evaluation.factor(plot, basis));
            if factor.is_none() {
                let place = format!("{}, row {line}, plot {}", table.name, row[0]);
                problems.push(without_factor(place, mapped));
            }
            let share = share.zip(factor).map(|(share, factor)| share * factor);
            add(&mut forest[plot], share);
            let of_values = || {
                values
                    .iter()
                    .enumerate()
                    .filter(|(_, value)| !value.is_empty())
            };
            for (column, value) in of_values() {
                let land = land[column].entry(value.clone()).or_default();
                add(land.forest.entry(plot).or_insert(Some(0.0)), share);
            }
            for (pool, at) in &places {
                let density = table.number(Some(*at), *line, row, problems);
                let density = density.map(|d| d * TONNES_PER_SHORT_TON / HECTARES_PER_ACRE);
                let value = share.zip(density).map(|(share, density)| share * density);
                if let Some(sums) = carbon.get_mut(pool) {
                    add(&mut sums[plot], value);
                }
                for (column, name) in of_values() {
                    let land = land[column].entry(name.clone()).or_default();
                    let sums = land.carbon.entry(*pool).or_default();
                    add(sums.entry(plot).or_insert(Some(0.0)), value);
                }
            }
            by_number.insert(number, Some(values));
        }
        problems.extend(bare(&table.name, evaluation, &seen));
        problems.extend(not_whole(&table.name, evaluation, &seen, &all));
        let carbon = carbon.into_iter();
        Some(Self {
            forest: observed(forest),
            carbon: carbon
                .map(|(pool, values)| (pool, observed(values)))
                .collect(),
            by_number,
            land,
            plots,
        })
    }

    /// Carbon by pool: dead wood is what lies with what stands, and unknown without either.
    pub(super) fn pools(
        &self,
        standing_dead: Option<&Observations<TonnesCarbon>>,
    ) -> BTreeMap<Pool, Observations<TonnesCarbon>> {
        with_standing(self.carbon.clone(), standing_dead)
    }

    /// The domains of a column by its place: their forest and carbon, with the trees and the dead trees
    /// that stand on each.
    pub(super) fn domains(
        &self,
        column: usize,
        given: &[TreeVariable],
        trees: &[Tree],
        standing_dead: Option<&BTreeMap<String, Observations<TonnesCarbon>>>,
    ) -> Result<BTreeMap<String, DomainSums>, EstimateError> {
        let mut of_value = sums_by(self.plots, given, true, trees, |tree| &tree.domains[column])?;
        let mut domains = BTreeMap::new();
        for (value, land) in &self.land[column] {
            let trees = match of_value.remove(value) {
                Some(trees) => trees,
                None => TreeSums::none(self.plots, given, true)?,
            };
            let pools = land.carbon.iter();
            let pools = pools.map(|(pool, values)| (*pool, self.observed(values)));
            let none = Observations::zero(self.plots);
            let dead = standing_dead.map(|dead| dead.get(value).unwrap_or(&none));
            let mut carbon = with_standing(pools.collect(), dead);
            carbon.extend(trees.carbon.clone());
            let sums = DomainSums {
                forest: Some(self.observed(&land.forest)),
                all_carbon: sum(&carbon),
                carbon,
                trees,
            };
            domains.insert(value.clone(), sums);
        }
        Ok(domains)
    }

    /// Values by plot as observations, zero elsewhere.
    pub(super) fn observed<Q: Quantity>(&self, values: &ByPlot) -> Observations<Q> {
        let value = |plot: usize| values.get(&plot).copied().unwrap_or(Some(0.0));
        observed((0..self.plots).map(value).collect())
    }
}

/// A condition whose code of land is none.
fn no_status(table: &Table, line: usize, row: &[String]) -> Option<Finding> {
    let status = row[2].as_str();
    (!STATUS.contains(&status)).then(|| {
        Finding::error(
            format!("{}, row {line}, plot {}", table.name, row[0]),
            format!("COND_STATUS_CD is `{status}`"),
            "expected 1 (forest), 2 (other land), 3 or 4 (water) or 5 (not sampled)",
        )
    })
}

/// Plots whose conditions add up to more or to less than the plot.
fn not_whole(name: &str, evaluation: &Evaluation, seen: &[bool], all: &[f64]) -> Vec<Finding> {
    let plots = evaluation.assigned.iter().zip(seen).zip(all);
    let shares: Vec<(&str, f64)> = plots
        .filter(|((_, seen), _)| **seen)
        .map(|((assigned, _), share)| (assigned.plot.as_str(), *share))
        .collect();
    let of = ("conditions", "CONDPROP_UNADJ");
    let over = overfull(name, of, shares.iter().copied());
    over.into_iter()
        .chain(underfull(name, of, shares))
        .collect()
}

/// A condition that was mapped on a part of the plot that its stratum does not make up for.
fn without_factor(place: String, mapped: &str) -> Finding {
    Finding::error(
        place,
        format!(
            "the condition was tallied on `{mapped}` (PROP_BASIS), for which its stratum has no factor"
        ),
        "the tables must be those of one download: get them again together",
    )
}

/// Plots of which no condition was seen.
fn bare(name: &str, evaluation: &Evaluation, seen: &[bool]) -> Option<Finding> {
    let assigned = evaluation.assigned.iter().zip(seen);
    let bare: Vec<&str> = assigned
        .filter(|(_, seen)| !**seen)
        .map(|(assigned, _)| assigned.plot.as_str())
        .collect();
    let first = bare.first()?;
    Some(Finding::error(
        name,
        format!(
            "{} no condition, such as {first}",
            plots_are(bare.len(), &evaluation.words, ["has", "have"])
        ),
        "the tables must be those of one download: get them again together",
    ))
}

/// Dead wood that lies becomes all dead wood.
fn with_standing(
    mut pools: BTreeMap<Pool, Observations<TonnesCarbon>>,
    standing: Option<&Observations<TonnesCarbon>>,
) -> BTreeMap<Pool, Observations<TonnesCarbon>> {
    let lying = pools.remove(&Pool::DeadWood);
    if let Some((lying, standing)) = lying.zip(standing)
        && let Ok(both) = lying.plus(standing)
    {
        pools.insert(Pool::DeadWood, both);
    }
    pools
}

/// The sum of all pools on each plot.
pub(super) fn sum(
    pools: &BTreeMap<Pool, Observations<TonnesCarbon>>,
) -> Option<Observations<TonnesCarbon>> {
    let mut all: Option<Observations<TonnesCarbon>> = None;
    for carbon in pools.values() {
        all = match all {
            Some(sum) => Some(sum.plus(carbon).ok()?),
            None => Some(carbon.clone()),
        };
    }
    all
}

/// The part of a plot that a condition was mapped on.
pub(super) fn basis(word: &str) -> Option<Basis> {
    match word {
        "SUBP" => Some(Basis::Subplot),
        "MACR" => Some(Basis::Macroplot),
        _ => None,
    }
}

/// Adds a value to a sum; a value that is unknown makes the sum unknown.
pub(super) fn add(sum: &mut Option<f64>, value: Option<f64>) {
    *sum = sum.zip(value).map(|(sum, value)| sum + value);
}

/// Values per hectare as observations.
pub(super) fn observed<Q: Quantity>(values: Vec<Option<f64>>) -> Observations<Q> {
    let on_one_hectare = |value| PerHectare::new(Q::new(value));
    Observations::with_missing(values.into_iter().map(|value| value.map(on_one_hectare)))
}
