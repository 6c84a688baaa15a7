//! Components of change from the tables of growth, removals and mortality of the FIA database.

use std::collections::BTreeMap;

use super::conditions::FOREST;
use super::database::{Columns, Database};
use super::evaluation::{Basis, Evaluation};
use super::rows::repeated;
use super::trees::{SUBPLOT_DIAMETER, VARIABLES};
use super::visits::{CRS, Visits, visits};
use crate::estimate::{Fate, Frame};
use crate::finding::{Finding, counted};
use crate::input::plots::{Classed, Growth, Inventory, SPECIES, TreeVariable, Values, Visited};
use crate::input::table::Table;
use crate::plan::InventoryTable;
use crate::units::customary::HECTARES_PER_ACRE;

const COMPONENT: [&str; 7] = [
    "TRE_CN",
    "PLT_CN",
    "SUBP_COMPONENT_AL_FOREST",
    "SUBP_SUBPTYP_GRM_AL_FOREST",
    "SUBP_TPAGROW_UNADJ_AL_FOREST",
    "SUBP_TPAREMV_UNADJ_AL_FOREST",
    "SUBP_TPAMORT_UNADJ_AL_FOREST",
];

/// Columns of a tree at the later visit. Those of its states at the earlier visit and midway are the
/// first [`OF_STATE`], with another name for the id of the tree.
const TREE: [&str; 11] = [
    "CN",
    "PLT_CN",
    "DIA",
    "VOLCFNET",
    "DRYBIO_AG",
    "DRYBIO_BG",
    "CARBON_AG",
    "CARBON_BG",
    "CONDID",
    "PREVCOND",
    "SPCD",
];

/// How many columns the tables of states have in common with [`TREE`].
const OF_STATE: usize = 8;

/// Position of the first of [`VARIABLES`] in a row of [`TREE`] or of a state of a tree.
const FIRST: usize = 3;

/// Tables that components of change take.
const TABLES: [&str; 3] = ["TREE_GRM_COMPONENT", "TREE_GRM_BEGIN", "TREE_GRM_MIDPT"];

/// Whether the database has the tables of components of change, or why not where it has some of what
/// they take.
pub(super) fn is_there(database: &Database, has_evaluation: bool) -> Result<bool, Finding> {
    let missing = TABLES.into_iter().filter(|table| !database.has(table));
    let missing: Vec<&str> = missing.collect();
    let what = match (&missing[..], has_evaluation) {
        ([], true) => return Ok(true),
        (missing, _) if missing.len() == TABLES.len() => return Ok(false),
        ([], false) => {
            "no evaluation of growth (EXPGROW) stands beside that of area and volume".to_owned()
        }
        (missing, _) => format!("no table {}", missing.join(", ")),
    };
    Err(Finding::warning(
        database.name(),
        format!("{what}: there are no components of change"),
        "get the tables of one download together, or leave those of growth out",
    ))
}

/// Reads the components of change of an evaluation of growth.
///
/// # Errors
///
/// Everything that is wrong with the tables.
pub(super) fn read(
    database: &Database,
    evaluation: &Evaluation,
    plan: &InventoryTable,
    asked: &Asked<'_>,
) -> Result<Growth, Vec<Finding>> {
    let sample = visits(database, evaluation, plan, asked.of_plots)?;
    let mut reading = Reading::new(database, evaluation, &sample, asked)?;
    let trees = reading.trees(database, asked.names)?;
    let forest = reading.forest(database)?;
    let (forest, land) = forest.map_or((None, Vec::new()), |(all, land)| (Some(all), land));
    if !reading.problems.is_empty() {
        return Err(reading.problems);
    }
    let words = format!(
        "{}: {} plots visited twice; trees from {SUBPLOT_DIAMETER} inches on land that was forest at both visits; what died or was cut with its size midway between the visits",
        evaluation.words,
        sample.plots.len(),
    );
    let remeasured = Inventory {
        forest,
        crs: Some(CRS.to_owned()),
        ..Inventory::of(
            asked.year,
            Frame {
                design: evaluation.design,
                units: evaluation.units.clone(),
                plots: sample.plots,
            },
            sample.records,
        )
    };
    let columns: Vec<&str> = [SPECIES]
        .into_iter()
        .chain(asked.of_land.iter().copied())
        .collect();
    let growth = Growth::of(
        remeasured,
        None,
        &TreeVariable::ALL,
        (&columns, &trees),
        words,
    );
    let with_land = growth.map(|growth| Growth {
        land: asked
            .of_land
            .iter()
            .map(|name| (*name).to_owned())
            .zip(land)
            .collect(),
        ..growth
    });
    with_land.map_err(|error| {
        vec![Finding::error(
            &evaluation.words,
            error.to_string(),
            "see REMPER in the table PLOT: visits must be years apart",
        )]
    })
}

/// What is asked of the plots that were visited twice.
pub(super) struct Asked<'a> {
    /// Columns of plots that make domains.
    pub(super) of_plots: &'a [&'a str],
    /// Columns of conditions that make domains; a tree is in that of the later visit.
    pub(super) of_land: &'a [&'a str],
    pub(super) classed: &'a Classed,
    /// Names of species by code.
    pub(super) names: &'a BTreeMap<String, String>,
    /// Year that the inventory stands for.
    pub(super) year: i32,
}

/// A condition at one of the visits.
pub(super) struct Condition {
    status: String,
    /// The part of the plot that it was mapped on.
    pub(super) basis: String,
    /// Its values of the columns that make domains.
    pub(super) domains: Vec<String>,
}

/// A visit with the one before it.
pub(super) struct Pair {
    pub(super) previous: String,
    years: Option<f64>,
}

pub(super) struct Reading<'a> {
    pub(super) evaluation: &'a Evaluation,
    /// By position of the plot.
    pub(super) pairs: BTreeMap<usize, Pair>,
    /// By plot and number.
    pub(super) conditions: BTreeMap<(String, String), Condition>,
    /// Columns of conditions that make domains.
    pub(super) of_land: &'a [&'a str],
    pub(super) problems: Vec<Finding>,
}

impl<'a> Reading<'a> {
    fn new(
        database: &Database,
        evaluation: &'a Evaluation,
        sample: &Visits,
        asked: &Asked<'a>,
    ) -> Result<Self, Vec<Finding>> {
        let mut problems = Vec::new();
        let Some(years) = &sample.years else {
            return Err(vec![Finding::error(
                &sample.name,
                "no column `REMPER`: nothing says how far apart the visits were",
                "give the table as the Forest Service publishes it",
            )]);
        };
        let visits = sample.plots.iter().zip(years).enumerate();
        let pairs = visits.map(|(position, (plot, years))| {
            let previous = plot.previous.clone().unwrap_or_default();
            let years = *years;
            (position, Pair { previous, years })
        });
        let pairs: BTreeMap<usize, Pair> = pairs.collect();
        let before: std::collections::BTreeSet<&str> =
            pairs.values().map(|pair| pair.previous.as_str()).collect();
        let needed = ["PLT_CN", "CONDID", "COND_STATUS_CD", "PROP_BASIS"];
        let needed = [&needed, asked.of_land].concat();
        let rows = database.read("COND", &only(&needed), &|row| {
            before.contains(row[0].as_str()) || evaluation.position(&row[0]).is_some()
        })?;
        let mut conditions = BTreeMap::new();
        for (line, row) in &rows.rows {
            let domains = 4..needed.len();
            let domains =
                domains.map(|at| asked.classed.value(&rows, at, (*line, row), &mut problems));
            let condition = Condition {
                domains: domains.collect(),
                status: row[2].clone(),
                basis: row[3].clone(),
            };
            conditions.insert((row[0].clone(), row[1].clone()), condition);
        }
        Ok(Self {
            evaluation,
            pairs,
            conditions,
            of_land: asked.of_land,
            problems,
        })
    }

    /// Whether a part of a plot was forest at both visits.
    pub(super) fn stayed_forest(&self, plot: usize, condition: &str, before: &str) -> bool {
        let now = &self.evaluation.assigned[plot].plot;
        let was = self.pairs.get(&plot).map(|pair| pair.previous.clone());
        let is_forest = |plot: &str, condition: &str| {
            let key = (plot.to_owned(), condition.to_owned());
            self.conditions
                .get(&key)
                .is_some_and(|condition| condition.status == FOREST)
        };
        is_forest(now, condition) && was.is_some_and(|was| is_forest(&was, before))
    }

    fn trees(
        &mut self,
        database: &Database,
        names: &BTreeMap<String, String>,
    ) -> Result<Vec<Visited>, Vec<Finding>> {
        let evaluation = self.evaluation;
        let in_sample = |row: &[String]| evaluation.position(&row[1]).is_some();
        let components = database.read("TREE_GRM_COMPONENT", &only(&COMPONENT), &in_sample)?;
        self.problems.extend(repeated(&components, &["TRE_CN"]));
        let state = [&["TRE_CN"], &TREE[1..OF_STATE]].concat();
        let mut of = |name, columns: &[&str]| {
            let table = database.read(name, &only(columns), &in_sample)?;
            self.problems.extend(repeated(&table, &columns[..1]));
            Ok::<_, Vec<Finding>>(Trees::new(table))
        };
        let states = States {
            now: of("TREE", &TREE)?,
            begin: of("TREE_GRM_BEGIN", &state)?,
            midway: of("TREE_GRM_MIDPT", &state)?,
        };
        let mut visited = Vec::new();
        let mut lost = 0;
        for (line, row) in &components.rows {
            let fates = fates(&row[2]);
            let plot = evaluation.position(&row[1]);
            let Some(plot) = plot.filter(|_| !fates.is_empty()) else {
                continue;
            };
            let Some(tree) = states.now.row(&row[0]) else {
                lost += 1;
                continue;
            };
            if self.stayed_forest(plot, &tree[8], &tree[9]) {
                let of_tree = self.tree(&components, (*line, row), plot, &states);
                let name = names.get(&tree[10]).unwrap_or(&tree[10]);
                let on = (row[1].clone(), tree[8].clone());
                let land = self.conditions.get(&on);
                let land = land.map_or(&[][..], |land| &land.domains);
                let domains: Vec<String> = [name].into_iter().chain(land).cloned().collect();
                visited.extend(of_tree.into_iter().map(|of_tree| Visited {
                    domains: domains.clone(),
                    ..of_tree
                }));
            }
        }
        if lost > 0 {
            self.problems.push(Finding::error(
                &components.name,
                format!(
                    "{} not in {}",
                    counted(lost, "tree is", "trees are"),
                    states.now.table.name
                ),
                "the tables must be those of one download: get them again together",
            ));
        }
        Ok(visited)
    }

    /// What became of the tree of a row.
    fn tree(
        &mut self,
        components: &Table,
        (line, row): (usize, &[String]),
        plot: usize,
        states: &States,
    ) -> Vec<Visited> {
        let basis = match row[3].as_str() {
            "1" => Basis::Subplot,
            "2" => Basis::Microplot,
            "3" => Basis::Macroplot,
            _ => return Vec::new(),
        };
        let problems = &mut self.problems;
        let place = format!("{}, row {line}, plot {}", components.name, row[1]);
        let mut number = |at: usize| components.number(Some(at), line, row, problems);
        let (grown, removed, dead) = (number(4), number(5), number(6));
        let years = self.pairs.get(&plot).and_then(|pair| pair.years);
        let years = years.filter(|years| *years > 0.0);
        let factor = self.evaluation.factor(plot, basis);
        let Some((years, factor)) = years.zip(factor) else {
            problems.push(Finding::error(
                place,
                "its plot has no REMPER, or its stratum no factor for the part of the plot that it stands on",
                "the tables must be those of one download: get them again together",
            ));
            return Vec::new();
        };
        let mut visited = Vec::new();
        for fate in fates(&row[2]) {
            // Deaths and cuts are per year in the table, growth is not.
            let lost = |yearly: Option<f64>| yearly.map(|yearly| yearly * years);
            let came_and_went = row[2] != "INGROWTH";
            let (expansion, before, after) = match fate {
                Fate::Survived => (grown, Some(&states.begin), Some(&states.now)),
                Fate::GrewIn if came_and_went => {
                    let gone = dead.filter(|dead| *dead > 0.0).or(removed);
                    (lost(gone), None, Some(&states.midway))
                }
                Fate::GrewIn => (grown, None, Some(&states.now)),
                Fate::Died => (lost(dead), Some(&states.midway), None),
                Fate::Cut => (lost(removed), Some(&states.midway), None),
            };
            let Some(expansion) = expansion else {
                problems.push(Finding::error(
                    &place,
                    format!("the tree is `{}` and stands for no number of trees", row[2]),
                    "copy the table again from its source",
                ));
                continue;
            };
            let trees = expansion * factor / HECTARES_PER_ACRE;
            let mut state = |of: Option<&Trees>| {
                let values = of?.values(&row[0], problems).unwrap_or_default();
                Some((trees, values))
            };
            visited.push(Visited {
                plot,
                years,
                fate: *fate,
                domains: Vec::new(),
                before: state(before),
                after: state(after),
            });
        }
        visited
    }
}

/// Columns that must be there, and no others.
pub(super) const fn only<'a>(needed: &'a [&'a str]) -> Columns<'a> {
    Columns {
        needed,
        optional: &[],
    }
}

/// What became of a tree, by the word of its component. A tree that grew in and died or was cut
/// before the later visit is both; land that became forest or ceased to be is left out.
fn fates(component: &str) -> &'static [Fate] {
    match component {
        "SURVIVOR" => &[Fate::Survived],
        "INGROWTH" => &[Fate::GrewIn],
        "MORTALITY1" => &[Fate::Died],
        "CUT1" => &[Fate::Cut],
        "MORTALITY2" => &[Fate::GrewIn, Fate::Died],
        "CUT2" => &[Fate::GrewIn, Fate::Cut],
        _ => &[],
    }
}

/// Trees at the later visit, at the earlier, and midway between them.
struct States {
    now: Trees,
    begin: Trees,
    midway: Trees,
}

/// Rows of trees with what stands in each.
struct Trees {
    table: Table,
    /// Row by id of the tree.
    index: BTreeMap<String, usize>,
}

impl Trees {
    fn new(table: Table) -> Self {
        let rows = table.rows.iter().enumerate();
        let index = rows.map(|(at, (_, row))| (row[0].clone(), at)).collect();
        Self { table, index }
    }

    fn row(&self, tree: &str) -> Option<&[String]> {
        let at = self.index.get(tree)?;
        Some(&self.table.rows[*at].1)
    }

    /// What stands in a tree; one too small for it has no volume, by definition.
    fn values(&self, tree: &str, problems: &mut Vec<Finding>) -> Option<Values> {
        let at = self.index.get(tree)?;
        let (line, row) = &self.table.rows[*at];
        let diameter = self.table.number(Some(2), *line, row, problems);
        let small = diameter.is_some_and(|diameter| diameter < SUBPLOT_DIAMETER);
        let mut values = Values::new();
        for (at, (variable, factor)) in VARIABLES.into_iter().enumerate() {
            let value = self.table.number(Some(FIRST + at), *line, row, problems);
            let none = variable == TreeVariable::Volume && small;
            let value = value.map(|value| value * factor);
            values.insert(variable, if none { Some(0.0) } else { value });
        }
        Some(values)
    }
}
