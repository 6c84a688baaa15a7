//! One evaluation of the FIA database: which plots stand for which strata of which units.

use std::collections::BTreeMap;

use super::catalogue::Listed;
use super::database::{Columns, Database};
use super::rows::repeated;
use crate::estimate::{Design, EstimationUnit, Stratum, Weight};
use crate::finding::{Finding, counted};
use crate::input::plots::whole_number;
use crate::input::table::Table;
use crate::units::Hectares;
use crate::units::customary::HECTARES_PER_ACRE;

/// The part of a plot that something was tallied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Basis {
    Microplot,
    Subplot,
    Macroplot,
}

/// A stratum with what makes up for its plots that could not be visited.
pub(super) struct StratumFacts {
    /// `None` where the plan names no units.
    pub(super) unit: Option<String>,
    pub(super) stratum: String,
    /// Factor of each [`Basis`], in its order.
    pub(super) factors: [Option<f64>; 3],
}

/// A plot as the evaluation holds it.
pub(super) struct Assigned {
    pub(super) plot: String,
    /// Place among the strata.
    pub(super) stratum: usize,
}

/// The sample of an evaluation.
pub(super) struct Evaluation {
    /// What it is called in findings and notes.
    pub(super) words: String,
    pub(super) design: Design,
    pub(super) units: Vec<EstimationUnit>,
    /// Where the strata are, for findings.
    pub(super) strata_name: String,
    pub(super) strata: Vec<StratumFacts>,
    pub(super) assigned: Vec<Assigned>,
    pub(super) index: BTreeMap<String, usize>,
}

impl Evaluation {
    /// Position of a plot by its `CN`; `None` where the evaluation does not hold it.
    pub(super) fn position(&self, plot: &str) -> Option<usize> {
        self.index.get(plot).copied()
    }

    /// Unit and stratum of a plot by position.
    pub(super) fn place(&self, position: usize) -> (Option<&str>, &str) {
        let facts = &self.strata[self.assigned[position].stratum];
        (facts.unit.as_deref(), &facts.stratum)
    }

    /// The factor that makes up for parts of the stratum of a plot that could not be visited.
    pub(super) fn factor(&self, position: usize, basis: Basis) -> Option<f64> {
        let facts = &self.strata[self.assigned[position].stratum];
        facts.factors[basis as usize].filter(|factor| *factor > 0.0)
    }
}

const UNITS: Columns<'_> = Columns {
    needed: &[
        "CN",
        "EVALID",
        "ESTN_UNIT",
        "ESTN_UNIT_DESCR",
        "AREA_USED",
        "P1PNTCNT_EU",
    ],
    optional: &[],
};

const STRATA: Columns<'_> = Columns {
    needed: &[
        "CN",
        "EVALID",
        "ESTN_UNIT_CN",
        "STRATUMCD",
        "STRATUM_DESCR",
        "P1POINTCNT",
        "P2POINTCNT",
        "ADJ_FACTOR_MICR",
        "ADJ_FACTOR_SUBP",
        "ADJ_FACTOR_MACR",
    ],
    optional: &[],
};

const ASSIGNED: Columns<'_> = Columns {
    needed: &["STRATUM_CN", "PLT_CN", "EVALID"],
    optional: &[],
};

impl Evaluation {
    /// Reads units, strata and plots of an evaluation.
    ///
    /// What is wrong with rows comes beside what could be read, so that the other tables are looked at
    /// too; `None` where there is nothing to hold them against.
    pub(super) fn read(
        database: &Database,
        listed: &Listed,
        declared: Option<Design>,
    ) -> (Option<Self>, Vec<Finding>) {
        let mut problems = Vec::new();
        let mut read = |table: &str, columns: &Columns<'_>, at: usize| {
            let keep = |row: &[String]| row[at] == listed.id;
            let rows = database.read(table, columns, &keep);
            rows.map_err(|found| problems.extend(found)).ok()
        };
        let units = read("POP_ESTN_UNIT", &UNITS, 1);
        let strata = read("POP_STRATUM", &STRATA, 1);
        let assigned = read("POP_PLOT_STRATUM_ASSGN", &ASSIGNED, 2);
        let name = database_name(units.as_ref());
        let design = listed
            .design(&name, declared)
            .map_err(|finding| problems.push(finding));
        let (Some(units), Some(strata), Some(assigned), Ok(design)) =
            (units, strata, assigned, design)
        else {
            return (None, problems);
        };
        for table in [&units, &strata, &assigned] {
            if table.rows.is_empty() {
                problems.push(Finding::error(
                    &table.name,
                    format!("no row of evaluation {}", listed.id),
                    "the tables must be those of one download: get them again together",
                ));
            }
        }
        let mut reading = Reading {
            by_cn: BTreeMap::new(),
            evaluation: Self {
                words: format!("evaluation {}", listed.id),
                design,
                units: Vec::new(),
                strata_name: strata.name.clone(),
                strata: Vec::new(),
                assigned: Vec::new(),
                index: BTreeMap::new(),
            },
            problems,
        };
        reading.problems.extend(repeated(&assigned, &["PLT_CN"]));
        let points = reading.units(&units);
        let strata_of = reading.strata(&strata, &units);
        reading.count_points(&units, &points);
        reading.assign(&assigned, &strata_of);
        let sampled = !reading.evaluation.assigned.is_empty();
        (sampled.then_some(reading.evaluation), reading.problems)
    }
}

/// A number of plots of a sample with its verb.
pub(super) fn plots_are(plots: usize, of: &str, [one, many]: [&str; 2]) -> String {
    let (plot, plots_of) = (
        format!("plot of {of} {one}"),
        format!("plots of {of} {many}"),
    );
    counted(plots, &plot, &plots_of)
}

fn database_name(units: Option<&Table>) -> String {
    units.map_or_else(|| "POP_EVAL".to_owned(), |units| units.name.clone())
}

/// An evaluation while its tables are read.
struct Reading {
    /// Unit by `CN`.
    by_cn: BTreeMap<String, usize>,
    evaluation: Evaluation,
    problems: Vec<Finding>,
}

impl Reading {
    /// Takes the units; their line and number of points of the first phase.
    fn units(&mut self, table: &Table) -> Vec<(usize, Option<f64>)> {
        let mut points = Vec::new();
        for (line, row) in &table.rows {
            let area = self.number(table, *line, row, 4);
            let area = area.unwrap_or_default() * HECTARES_PER_ACRE;
            points.push((*line, self.number(table, *line, row, 5)));
            self.by_cn
                .insert(row[0].clone(), self.evaluation.units.len());
            self.evaluation.units.push(EstimationUnit {
                id: row[2].clone(),
                name: Some(row[3].clone()),
                area: Hectares::new(area),
                strata: Vec::new(),
            });
        }
        points
    }

    /// Takes the strata; position of each by `CN`.
    fn strata(&mut self, table: &Table, units: &Table) -> BTreeMap<String, usize> {
        let mut by_cn = BTreeMap::new();
        for (line, row) in &table.rows {
            let place = format!("{}, row {line}", table.name);
            let Some(&unit) = self.by_cn.get(&row[2]) else {
                self.problems.push(Finding::error(
                    place,
                    format!("its unit {} is not in {}", row[2], units.name),
                    "the tables must be those of one download: get them again together",
                ));
                continue;
            };
            let points = self.number(table, *line, row, 5);
            let plots = self.number(table, *line, row, 6);
            let factors =
                [7, 8, 9].map(|at| table.number(Some(at), *line, row, &mut self.problems));
            let counts = [(5, points), (6, plots)].map(|(at, found)| {
                let whole = found.and_then(whole_number);
                if let (Some(found), None) = (found, whole) {
                    self.problems.push(Finding::error(
                        format!("{place}, column {}", table.columns[at]),
                        format!("found {found}, expected a whole number of at least 0"),
                        "copy the table again from its source",
                    ));
                }
                whole.unwrap_or_default()
            });
            let [points, plots] = counts;
            by_cn.insert(row[0].clone(), self.evaluation.strata.len());
            let unit = &mut self.evaluation.units[unit];
            self.evaluation.strata.push(StratumFacts {
                unit: Some(unit.id.clone()),
                stratum: row[3].clone(),
                factors,
            });
            unit.strata.push(Stratum {
                name: Some(row[4].clone()),
                declared_plots: usize::try_from(plots).ok(),
                ..Stratum::new(&row[3], Weight::Counted(points))
            });
        }
        by_cn
    }

    /// The points of the strata must be those of their unit: their shares rest on it.
    fn count_points(&mut self, table: &Table, points: &[(usize, Option<f64>)]) {
        if !self.problems.is_empty() {
            // A wrong count was told by itself.
            return;
        }
        for (unit, (line, points)) in self.evaluation.units.iter().zip(points) {
            let strata: u64 = unit
                .strata
                .iter()
                .map(|stratum| match stratum.weight {
                    Weight::Counted(points) => points,
                    Weight::Known(_) => 0,
                })
                .sum();
            if points
                .and_then(whole_number)
                .is_some_and(|points| points != strata)
            {
                self.problems.push(Finding::error(
                    format!("{}, row {line}, unit {}", table.name, unit.id),
                    format!(
                        "P1PNTCNT_EU is {}, and its strata have {strata} points together",
                        points.unwrap_or_default()
                    ),
                    "a stratum is missing or stands twice: get the tables again together",
                ));
            }
        }
    }

    fn assign(&mut self, table: &Table, strata: &BTreeMap<String, usize>) {
        let mut lost = 0;
        for (_, row) in &table.rows {
            let Some(&stratum) = strata.get(&row[0]) else {
                lost += 1;
                continue;
            };
            // A plot that stands twice was told.
            if self.evaluation.index.contains_key(&row[1]) {
                continue;
            }
            let position = self.evaluation.assigned.len();
            self.evaluation.index.insert(row[1].clone(), position);
            self.evaluation.assigned.push(Assigned {
                plot: row[1].clone(),
                stratum,
            });
        }
        if lost > 0 {
            self.problems.push(Finding::error(
                &table.name,
                format!(
                    "{} in strata that {} does not have",
                    plots_are(lost, &self.evaluation.words, ["is", "are"]),
                    self.evaluation.strata_name
                ),
                "the tables must be those of one download: get them again together",
            ));
        }
    }

    /// A number that must be there.
    fn number(&mut self, table: &Table, line: usize, row: &[String], at: usize) -> Option<f64> {
        if row[at].is_empty() {
            self.problems.push(Finding::error(
                format!("{}, row {line}, column {}", table.name, table.columns[at]),
                "the cell is empty",
                "copy the table again from its source",
            ));
        }
        table.number(Some(at), line, row, &mut self.problems)
    }
}
