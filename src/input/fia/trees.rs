//! Tallied trees of the FIA database.

use std::collections::BTreeMap;

use super::conditions::{ByPlot, Conditions, add, observed};
use super::database::{Columns, Database};
use super::evaluation::{Basis, Evaluation};
use super::rows::{repeated, within};
use crate::estimate::{EstimateError, Expansion, Observations};
use crate::finding::Finding;
use crate::input::plots::{
    Classed, DomainSums, Tree, TreeVariable, Trees, sums_and_species, sums_by,
};
use crate::input::table::Table;
use crate::units::TonnesCarbon;
use crate::units::customary::{
    CENTIMETRES_PER_INCH, CUBIC_METRES_PER_CUBIC_FOOT, HECTARES_PER_ACRE, TONNES_PER_POUND,
};

/// Diameter in inches from which trees are tallied on subplots; smaller ones are on microplots, and
/// have no volume by definition.
pub(super) const SUBPLOT_DIAMETER: f64 = 5.0;

const NEEDED: [&str; 6] = ["PLT_CN", "CONDID", "STATUSCD", "SPCD", "DIA", "TPA_UNADJ"];

/// What is read of one tree, with what one unit of it is in cubic metres or tonnes.
pub(super) const VARIABLES: [(TreeVariable, f64); 5] = [
    (TreeVariable::Volume, CUBIC_METRES_PER_CUBIC_FOOT),
    (TreeVariable::AboveGroundBiomass, TONNES_PER_POUND),
    (TreeVariable::BelowGroundBiomass, TONNES_PER_POUND),
    (TreeVariable::AboveGroundCarbon, TONNES_PER_POUND),
    (TreeVariable::BelowGroundCarbon, TONNES_PER_POUND),
];

/// Their columns.
const COLUMNS: [&str; 5] = [
    "VOLCFNET",
    "DRYBIO_AG",
    "DRYBIO_BG",
    "CARBON_AG",
    "CARBON_BG",
];

/// Columns that tell trees apart: the key of the published table, or plot, subplot and number.
const KEYS: [&[&str]; 2] = [&["CN"], &["PLT_CN", "SUBP", "TREE"]];

/// Codes of what became of a tree: not in the sample, alive, dead, cut.
const STATUSES: [&str; 4] = ["0", "1", "2", "3"];

/// Most trees of an acre that one tallied tree stands for, by far: those of microplots are for 75.
const MOST_PER_ACRE: f64 = 10_000.0;

/// What the trees of an evaluation add up to.
pub(super) struct Tallied {
    /// Living trees on forest land.
    pub(super) live: Trees,
    /// Carbon of dead trees that stand, above and below ground; `None` without its columns.
    pub(super) standing_dead: Option<Observations<TonnesCarbon>>,
}

/// What to read of the trees beside what always is.
pub(super) struct Asked<'a> {
    /// Columns of conditions that make domains.
    pub(super) of_land: &'a [&'a str],
    /// Columns of trees that make domains.
    pub(super) of_trees: &'a [&'a str],
    pub(super) classed: &'a Classed,
    /// Names of species by code.
    pub(super) names: &'a BTreeMap<String, String>,
    /// Diameter in inches from which trees are tallied on macroplots, of plots that have such.
    pub(super) breakpoints: &'a BTreeMap<usize, f64>,
    /// Codes of species that have no volume by definition.
    pub(super) without_volume: &'a [u32],
}

/// Dead trees that stand on the land of one value of a column, by plot.
type DeadByValue = BTreeMap<String, ByPlot>;

/// Reads the trees on the forest of an evaluation. Gives warnings too.
///
/// # Errors
///
/// Everything that is wrong with the rows.
pub(super) fn read(
    database: &Database,
    evaluation: &Evaluation,
    conditions: &Conditions,
    asked: &Asked<'_>,
) -> Result<(Tallied, Vec<Finding>), Vec<Finding>> {
    let needed: Vec<&str> = NEEDED
        .into_iter()
        .chain(asked.of_trees.iter().copied())
        .collect();
    let optional: Vec<&str> = COLUMNS.into_iter().chain(["CN", "SUBP", "TREE"]).collect();
    let columns = Columns {
        needed: &needed,
        optional: &optional,
    };
    // Trees without an expansion are remembered from the visit before, or stand outside.
    let keep = |row: &[String]| {
        !row[5].is_empty()
            && evaluation.position(&row[0]).is_some_and(|plot| {
                conditions.is_forest(plot, &row[1]) || !conditions.has(plot, &row[1])
            })
    };
    let table = database.read("TREE", &columns, &keep)?;
    let key = KEYS.iter().find(|key| {
        let has = |name: &&str| table.columns.iter().any(|column| column == *name);
        key.iter().all(has)
    });
    let values = VARIABLES
        .into_iter()
        .zip(COLUMNS)
        .filter_map(|((variable, factor), name)| {
            let at = table.columns.iter().position(|column| column == name)?;
            Some(Value {
                variable,
                factor,
                at,
            })
        });
    let mut reading = Reading {
        table: &table,
        evaluation,
        conditions,
        asked,
        values: values.collect(),
        without_volume: BTreeMap::new(),
        problems: key
            .and_then(|key| repeated(&table, key))
            .into_iter()
            .collect(),
    };
    let mut live = Vec::new();
    let mut dead = Vec::new();
    for (line, row) in &table.rows {
        if !reading.belongs(*line, row) {
            continue;
        }
        match row[2].as_str() {
            "1" => live.extend(reading.tree(*line, row, asked.names)),
            "2" => dead.extend(reading.tree(*line, row, &BTreeMap::new())),
            _ => {}
        }
    }
    if !reading.problems.is_empty() {
        return Err(reading.problems);
    }
    let warnings = reading.volume_unknown().into_iter().collect();
    let given: Vec<TreeVariable> = reading.values.iter().map(|value| value.variable).collect();
    let tallied = reading.added_up(&given, &live, &dead);
    tallied.map(|tallied| (tallied, warnings)).map_err(|error| {
        vec![Finding::error(
            &table.name,
            error.to_string(),
            "report it with the data",
        )]
    })
}

/// What of one tree a column holds.
struct Value {
    variable: TreeVariable,
    factor: f64,
    at: usize,
}

struct Reading<'a> {
    table: &'a Table,
    evaluation: &'a Evaluation,
    conditions: &'a Conditions,
    asked: &'a Asked<'a>,
    values: Vec<Value>,
    /// Living trees whose volume is not there, by species.
    without_volume: BTreeMap<String, usize>,
    problems: Vec<Finding>,
}

impl Reading<'_> {
    /// Whether a tree stands on a condition of its plot, and in one of the known ways.
    fn belongs(&mut self, line: usize, row: &[String]) -> bool {
        let plot = self.evaluation.position(&row[0]);
        let place = || format!("{}, row {line}, plot {}", self.table.name, row[0]);
        let placed = plot.is_some_and(|plot| self.conditions.has(plot, &row[1]));
        if !placed {
            self.problems.push(Finding::error(
                place(),
                format!("CONDID is `{}`, and the plot has no such condition", row[1]),
                "the tables must be those of one download: get them again together",
            ));
        }
        let known = STATUSES.contains(&row[2].as_str());
        if !known {
            self.problems.push(Finding::error(
                place(),
                format!(
                    "STATUSCD is `{}`, expected one of {}",
                    row[2],
                    STATUSES.join(", ")
                ),
                "copy the table again from its source",
            ));
        }
        placed && known
    }

    fn tree(
        &mut self,
        line: usize,
        row: &[String],
        names: &BTreeMap<String, String>,
    ) -> Option<Tree> {
        let before = self.problems.len();
        let plot = self.evaluation.position(&row[0])?;
        let problems = &mut self.problems;
        let mut number =
            |at: usize, most: f64| within(self.table, at, (line, row), &(0.0..=most), problems);
        let (diameter, trees) = (number(4, f64::INFINITY), number(5, MOST_PER_ACRE));
        let small = diameter.is_some_and(|diameter| diameter < SUBPLOT_DIAMETER);
        let none = |species: &u32| row[3].parse() == Ok(*species);
        let no_volume = small || self.asked.without_volume.iter().any(none);
        let mut values = BTreeMap::new();
        for Value {
            variable,
            factor,
            at,
        } in &self.values
        {
            let mut value = number(*at, f64::INFINITY).map(|value| value * factor);
            if *variable == TreeVariable::Volume {
                if small || (value.is_none() && no_volume) {
                    value = Some(0.0);
                }
                if value.is_none() && row[2] == "1" {
                    *self.without_volume.entry(row[3].clone()).or_default() += 1;
                }
            }
            values.insert(*variable, value);
        }
        if self.problems.len() > before {
            return None;
        }
        let basis = self.basis(plot, diameter);
        let factor = basis.and_then(|basis| self.evaluation.factor(plot, basis));
        let expansion = trees.zip(factor).map(|(trees, factor)| trees * factor);
        let expansion =
            expansion.map(|trees| Expansion::trees_per_hectare(trees / HECTARES_PER_ACRE));
        let Some(Ok(expansion)) = expansion else {
            self.problems.push(Finding::error(
                format!("{}, row {line}, plot {}", self.table.name, row[0]),
                format!(
                    "the tree has DIA `{}` and TPA_UNADJ `{}`, which with the factors of its stratum do not say how many it stands for",
                    row[4], row[5]
                ),
                "the tables must be those of one download: get them again together",
            ));
            return None;
        };
        let of_land = self.conditions.forest_at(plot, &row[1]).unwrap_or_default();
        let of_trees = NEEDED.len()..NEEDED.len() + self.asked.of_trees.len();
        let (classed, problems) = (self.asked.classed, &mut self.problems);
        let of_trees = of_trees.map(|at| classed.value(self.table, at, (line, row), problems));
        let of_trees: Vec<String> = of_trees.collect();
        Some(Tree {
            plot,
            id: String::new(),
            species: names.get(&row[3]).unwrap_or(&row[3]).clone(),
            expansion,
            diameter_cm: diameter.map(|inches| inches * CENTIMETRES_PER_INCH),
            values,
            domains: of_land.iter().cloned().chain(of_trees).collect(),
        })
    }

    /// Living trees of which nobody knows whether they have a volume.
    fn volume_unknown(&self) -> Option<Finding> {
        let trees: usize = self.without_volume.values().sum();
        let species: Vec<String> = self
            .without_volume
            .iter()
            .map(|(code, trees)| format!("{code} ({trees})"))
            .collect();
        let codes: Vec<&str> = self.without_volume.keys().map(String::as_str).collect();
        (trees > 0).then(|| {
            Finding::warning(
                &self.table.name,
                format!(
                    "{trees} living trees from {SUBPLOT_DIAMETER} inches have no VOLCFNET, of the species {}: the volume of their plots is unknown",
                    species.join(", ")
                ),
                format!(
                    "where these species have no volume by definition, as those of woodland in some states, write species-without-volume = [{}]",
                    codes.join(", ")
                ),
            )
        })
    }

    fn added_up(
        &self,
        given: &[TreeVariable],
        live: &[Tree],
        dead: &[Tree],
    ) -> Result<Tallied, EstimateError> {
        let plots = self.evaluation.assigned.len();
        let standing = |tree: &Tree| {
            let of = |variable| tree.values.get(&variable).copied().flatten();
            of(TreeVariable::AboveGroundCarbon)
                .zip(of(TreeVariable::BelowGroundCarbon))
                .map(|(above, below)| (above + below) * tree.expansion.value())
        };
        let has_carbon = [
            TreeVariable::AboveGroundCarbon,
            TreeVariable::BelowGroundCarbon,
        ]
        .iter()
        .all(|variable| given.contains(variable));
        let mut all_dead = vec![Some(0.0); plots];
        for tree in dead {
            add(&mut all_dead[tree.plot], standing(tree));
        }
        let mut live_sums = sums_and_species(plots, given, true, live)?;
        for (column, name) in self.asked.of_land.iter().enumerate() {
            let mut by_value = DeadByValue::new();
            for tree in dead {
                let of_value = by_value.entry(tree.domains[column].clone()).or_default();
                add(
                    of_value.entry(tree.plot).or_insert(Some(0.0)),
                    standing(tree),
                );
            }
            let by_value: BTreeMap<String, Observations<TonnesCarbon>> = by_value
                .into_iter()
                .map(|(value, of)| (value, self.conditions.observed(&of)))
                .collect();
            let dead = has_carbon.then_some(&by_value);
            let domains = self.conditions.domains(column, given, live, dead)?;
            live_sums.domains.insert((*name).to_owned(), domains);
        }
        for (column, name) in self.asked.of_trees.iter().enumerate() {
            let column = self.asked.of_land.len() + column;
            let sums = sums_by(plots, given, true, live, |tree| &tree.domains[column])?;
            let domains = sums
                .into_iter()
                .map(|(value, sums)| (value, DomainSums::of_trees(sums)));
            live_sums
                .domains
                .insert((*name).to_owned(), domains.collect());
        }
        Ok(Tallied {
            live: live_sums,
            standing_dead: has_carbon.then(|| observed(all_dead)),
        })
    }

    /// The part of the plot that a tree of a diameter in inches is tallied on.
    fn basis(&self, plot: usize, diameter: Option<f64>) -> Option<Basis> {
        let diameter = diameter?;
        let large = self.asked.breakpoints.get(&plot);
        Some(if diameter < SUBPLOT_DIAMETER {
            Basis::Microplot
        } else if large.is_some_and(|least| diameter >= *least) {
            Basis::Macroplot
        } else {
            Basis::Subplot
        })
    }
}

/// Scientific names of species by code; none without the table of species.
pub(super) fn species(database: &Database) -> Result<BTreeMap<String, String>, Vec<Finding>> {
    if !database.has("REF_SPECIES") {
        return Ok(BTreeMap::new());
    }
    let columns = Columns {
        needed: &["SPCD", "GENUS", "SPECIES"],
        optional: &[],
    };
    let table = database.read("REF_SPECIES", &columns, &|_| true)?;
    let names = table.rows.into_iter().filter_map(|(_, row)| {
        <[String; 3]>::try_from(row)
            .ok()
            .map(|[code, genus, species]| (code, format!("{genus} {species}")))
    });
    Ok(names.collect())
}
