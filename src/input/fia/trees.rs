//! Tallied trees of the FIA database.

use std::collections::BTreeMap;

use super::super::equations::TreeVariable;
use super::super::table::Table;
use super::super::tree_sums::{Tree, Trees, grouped};
use super::conditions::{Conditions, add, observed};
use super::database::{Columns, Database};
use super::evaluation::{Basis, Evaluation};
use crate::estimate::{Expansion, Observations};
use crate::finding::Finding;
use crate::units::TonnesCarbon;
use crate::units::customary::{
    CENTIMETRES_PER_INCH, CUBIC_METRES_PER_CUBIC_FOOT, HECTARES_PER_ACRE, TONNES_PER_POUND,
};

/// Diameter in inches from which trees are tallied on subplots; smaller ones are on microplots, and
/// have no volume by definition.
pub(super) const SUBPLOT_DIAMETER: f64 = 5.0;

const NEEDED: [&str; 11] = [
    "PLT_CN",
    "CONDID",
    "STATUSCD",
    "SPCD",
    "DIA",
    "TPA_UNADJ",
    "VOLCFNET",
    "DRYBIO_AG",
    "DRYBIO_BG",
    "CARBON_AG",
    "CARBON_BG",
];

/// What is read of one tree, with what one unit of it is in cubic metres or tonnes.
pub(super) const VARIABLES: [(TreeVariable, f64); 5] = [
    (TreeVariable::Volume, CUBIC_METRES_PER_CUBIC_FOOT),
    (TreeVariable::AboveGroundBiomass, TONNES_PER_POUND),
    (TreeVariable::BelowGroundBiomass, TONNES_PER_POUND),
    (TreeVariable::AboveGroundCarbon, TONNES_PER_POUND),
    (TreeVariable::BelowGroundCarbon, TONNES_PER_POUND),
];

/// Position of the first of [`VARIABLES`] in a row.
const FIRST: usize = 6;

/// What the trees of an evaluation add up to.
pub(super) struct Tallied {
    /// Living trees on forest land.
    pub(super) live: Trees,
    /// Carbon of dead trees that stand, above and below ground.
    pub(super) standing_dead: Observations<TonnesCarbon>,
}

/// Reads the trees on the forest of an evaluation.
///
/// # Errors
///
/// Everything that is wrong with the rows.
pub(super) fn read(
    database: &Database,
    evaluation: &Evaluation,
    conditions: &Conditions,
) -> Result<Tallied, Vec<Finding>> {
    let columns = Columns {
        needed: &NEEDED,
        optional: &[],
    };
    // Trees without an expansion are remembered from the visit before, or stand outside.
    let keep = |row: &[String]| {
        !row[5].is_empty()
            && evaluation
                .position(&row[0])
                .is_some_and(|plot| conditions.is_forest(plot, &row[1]))
    };
    let table = database.read("TREE", &columns, &keep)?;
    let species = species(database)?;
    let breakpoints = breakpoints(database, evaluation)?;
    let mut reading = Reading {
        table: &table,
        evaluation,
        breakpoints: &breakpoints,
        problems: Vec::new(),
    };
    let mut live = Vec::new();
    let mut dead = vec![Some(0.0); evaluation.assigned.len()];
    for (line, row) in &table.rows {
        match row[2].as_str() {
            "1" => live.extend(reading.tree(*line, row, &species)),
            "2" => {
                let names = BTreeMap::new();
                if let Some(tree) = reading.tree(*line, row, &names) {
                    let of = |variable| tree.values.get(&variable).copied().flatten();
                    let carbon = of(TreeVariable::AboveGroundCarbon)
                        .zip(of(TreeVariable::BelowGroundCarbon))
                        .map(|(above, below)| (above + below) * tree.expansion.value());
                    add(&mut dead[tree.plot], carbon);
                }
            }
            _ => {}
        }
    }
    let problems = reading.problems;
    if !problems.is_empty() {
        return Err(problems);
    }
    let (all, of_species) = grouped(evaluation.assigned.len(), &TreeVariable::ALL, true, &live)
        .map_err(|error| {
            vec![Finding::error(
                &table.name,
                error.to_string(),
                "report it with the data",
            )]
        })?;
    Ok(Tallied {
        live: Trees {
            all,
            species: of_species,
            model_errors: BTreeMap::new(),
            visit: None,
        },
        standing_dead: observed(dead),
    })
}

struct Reading<'a> {
    table: &'a Table,
    evaluation: &'a Evaluation,
    breakpoints: &'a BTreeMap<usize, f64>,
    problems: Vec<Finding>,
}

impl Reading<'_> {
    fn tree(
        &mut self,
        line: usize,
        row: &[String],
        names: &BTreeMap<String, String>,
    ) -> Option<Tree> {
        let before = self.problems.len();
        let plot = self.evaluation.position(&row[0])?;
        let mut number = |at: usize| self.table.number(Some(at), line, row, &mut self.problems);
        let (diameter, trees) = (number(4), number(5));
        let small = diameter.is_some_and(|diameter| diameter < SUBPLOT_DIAMETER);
        let mut values = BTreeMap::new();
        for (at, (variable, factor)) in VARIABLES.into_iter().enumerate() {
            let value = number(FIRST + at).map(|value| value * factor);
            let none = variable == TreeVariable::Volume && small;
            values.insert(variable, if none { Some(0.0) } else { value });
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
        Some(Tree {
            plot,
            id: String::new(),
            species: names.get(&row[3]).unwrap_or(&row[3]).clone(),
            expansion,
            diameter_cm: diameter.map(|inches| inches * CENTIMETRES_PER_INCH),
            values,
        })
    }

    /// The part of the plot that a tree of a diameter in inches is tallied on.
    fn basis(&self, plot: usize, diameter: Option<f64>) -> Option<Basis> {
        let diameter = diameter?;
        let large = self.breakpoints.get(&plot);
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
fn species(database: &Database) -> Result<BTreeMap<String, String>, Vec<Finding>> {
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

/// Diameter in inches from which trees are tallied on macroplots, of plots that have such.
fn breakpoints(
    database: &Database,
    evaluation: &Evaluation,
) -> Result<BTreeMap<usize, f64>, Vec<Finding>> {
    let columns = Columns {
        needed: &["CN"],
        optional: &["MACRO_BREAKPOINT_DIA"],
    };
    let keep = |row: &[String]| evaluation.position(&row[0]).is_some();
    let table = database.read("PLOT", &columns, &keep)?;
    let mut problems = Vec::new();
    let mut breakpoints = BTreeMap::new();
    if table.columns.len() > 1 {
        for (line, row) in &table.rows {
            let least = table.number(Some(1), *line, row, &mut problems);
            let plot = evaluation.position(&row[0]);
            if let Some((plot, least)) = plot.zip(least.filter(|least| *least > 0.0)) {
                breakpoints.insert(plot, least);
            }
        }
    }
    if problems.is_empty() {
        Ok(breakpoints)
    } else {
        Err(problems)
    }
}
