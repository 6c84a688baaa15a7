//! Conditions: the parts of plots with one land use each.

use std::collections::{BTreeMap, BTreeSet};

use super::database::{Columns, Database};
use super::evaluation::{Basis, Evaluation};
use crate::account::Pool;
use crate::estimate::Observations;
use crate::finding::Finding;
use crate::units::customary::{HECTARES_PER_ACRE, TONNES_PER_SHORT_TON};
use crate::units::{Hectares, PerHectare, Quantity, TonnesCarbon};

/// Code of accessible forest land.
pub(super) const FOREST: &str = "1";

/// Columns of the carbon of a condition, in short tons per acre, by pool.
const POOLS: [(Pool, &str); 5] = [
    (Pool::DeadWood, "CARBON_DOWN_DEAD"),
    (Pool::Litter, "CARBON_LITTER"),
    (Pool::SoilOrganic, "CARBON_SOIL_ORG"),
    (Pool::Understory, "CARBON_UNDERSTORY_AG"),
    (Pool::Understory, "CARBON_UNDERSTORY_BG"),
];

const NEEDED: [&str; 5] = [
    "PLT_CN",
    "CONDID",
    "COND_STATUS_CD",
    "PROP_BASIS",
    "CONDPROP_UNADJ",
];

/// What the conditions of the plots of an evaluation add up to.
pub(super) struct Conditions {
    /// Forest, with the factor of its stratum.
    pub(super) forest: Observations<Hectares>,
    /// Carbon of the conditions by pool; lying dead wood without what stands.
    carbon: BTreeMap<Pool, Observations<TonnesCarbon>>,
    /// Plot and number of every condition that is forest.
    forested: BTreeSet<(usize, String)>,
}

impl Conditions {
    /// Whether a condition of a plot is forest.
    pub(super) fn is_forest(&self, plot: usize, condition: &str) -> bool {
        self.forested.contains(&(plot, condition.to_owned()))
    }

    /// Reads the conditions of the plots of an evaluation.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the rows.
    pub(super) fn read(database: &Database, evaluation: &Evaluation) -> Result<Self, Vec<Finding>> {
        let optional = POOLS.map(|(_, column)| column);
        let columns = Columns {
            needed: &NEEDED,
            optional: &optional,
        };
        let keep = |row: &[String]| evaluation.position(&row[0]).is_some();
        let table = database.read("COND", &columns, &keep)?;
        let mut problems = Vec::new();
        let plots = evaluation.assigned.len();
        let mut seen = vec![false; plots];
        let mut forest = vec![Some(0.0); plots];
        let mut carbon: BTreeMap<Pool, Vec<Option<f64>>> = BTreeMap::new();
        let mut forested = BTreeSet::new();
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
            if row[2] != FOREST {
                continue;
            }
            forested.insert((plot, row[1].clone()));
            let place = || format!("{}, row {line}, plot {}", table.name, row[0]);
            let share = table.number(Some(4), *line, row, &mut problems);
            let factor = basis(&row[3]).and_then(|basis| evaluation.factor(plot, basis));
            if factor.is_none() {
                problems.push(Finding::error(
                    place(),
                    format!(
                        "the condition was tallied on `{}` (PROP_BASIS), for which its stratum has no factor",
                        row[3]
                    ),
                    "the tables must be those of one download: get them again together",
                ));
            }
            let share = share.zip(factor).map(|(share, factor)| share * factor);
            add(&mut forest[plot], share);
            for (pool, at) in &places {
                let density = table.number(Some(*at), *line, row, &mut problems);
                let density = density.map(|d| d * TONNES_PER_SHORT_TON / HECTARES_PER_ACRE);
                let value = share.zip(density).map(|(share, density)| share * density);
                if let Some(sums) = carbon.get_mut(pool) {
                    add(&mut sums[plot], value);
                }
            }
        }
        let bare: Vec<&str> = (0..plots)
            .filter(|plot| !seen[*plot])
            .map(|plot| evaluation.assigned[plot].plot.as_str())
            .collect();
        if let Some(first) = bare.first() {
            problems.push(Finding::error(
                &table.name,
                format!(
                    "{} plots of evaluation {} have no condition, such as {first}",
                    bare.len(),
                    evaluation.id
                ),
                "the tables must be those of one download: get them again together",
            ));
        }
        if problems.is_empty() {
            Ok(Self {
                forest: observed(forest),
                carbon: carbon
                    .into_iter()
                    .map(|(pool, values)| (pool, observed(values)))
                    .collect(),
                forested,
            })
        } else {
            Err(problems)
        }
    }

    /// Carbon by pool: dead wood is what lies with what stands.
    pub(super) fn pools(
        &self,
        standing_dead: &Observations<TonnesCarbon>,
    ) -> BTreeMap<Pool, Observations<TonnesCarbon>> {
        let mut pools = self.carbon.clone();
        if let Some(dead) = pools.get_mut(&Pool::DeadWood)
            && let Ok(both) = dead.plus(standing_dead)
        {
            *dead = both;
        }
        pools
    }
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
