//! Components of change from the tables of growth, removals and mortality of the FIA database.

use std::collections::BTreeMap;

use super::super::equations::TreeVariable;
use super::super::growth::{Growth, Values, Visited};
use super::super::inventory::Inventory;
use super::super::table::Table;
use super::conditions::{FOREST, add, basis, observed};
use super::database::{Columns, Database};
use super::evaluation::{Basis, Evaluation};
use super::rows::{overfull, repeated, within};
use super::trees::{SUBPLOT_DIAMETER, VARIABLES, species};
use super::{CRS, visits};
use crate::estimate::{Fate, Frame, Observations};
use crate::finding::Finding;
use crate::plan::InventoryTable;
use crate::units::Hectares;
use crate::units::customary::HECTARES_PER_ACRE;

/// Share of one subplot, or one macroplot, in a plot.
const SHARE_OF_SUBPLOT: f64 = 0.25;

const PLOT: [&str; 3] = ["CN", "PREV_PLT_CN", "REMPER"];

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

/// Whether the database has the tables of components of change.
pub(super) fn is_there(database: &Database) -> bool {
    ["TREE_GRM_COMPONENT", "TREE_GRM_BEGIN", "TREE_GRM_MIDPT"]
        .into_iter()
        .all(|table| database.has(table))
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
    domains: &[&str],
    year: i32,
) -> Result<Growth, Vec<Finding>> {
    let sample = visits(database, evaluation, plan, domains)?;
    let mut reading = Reading::new(database, evaluation)?;
    let trees = reading.trees(database)?;
    let forest = reading.forest(database)?;
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
            year,
            Frame {
                design: evaluation.design,
                units: evaluation.units.clone(),
                plots: sample.plots,
            },
            sample.records,
        )
    };
    Growth::of(remeasured, None, &TreeVariable::ALL, &trees, words).map_err(|error| {
        vec![Finding::error(
            &evaluation.words,
            error.to_string(),
            "see REMPER in the table PLOT: visits must be years apart",
        )]
    })
}

/// A visit with the one before it.
struct Pair {
    previous: String,
    years: Option<f64>,
}

struct Reading<'a> {
    evaluation: &'a Evaluation,
    /// By position of the plot.
    pairs: BTreeMap<usize, Pair>,
    /// Land use, and the part of the plot it was mapped on, by plot and condition.
    conditions: BTreeMap<(String, String), (String, String)>,
    problems: Vec<Finding>,
}

impl<'a> Reading<'a> {
    fn new(database: &Database, evaluation: &'a Evaluation) -> Result<Self, Vec<Finding>> {
        let mut problems = Vec::new();
        let plots = database.read("PLOT", &only(&PLOT), &|row| {
            evaluation.position(&row[0]).is_some()
        })?;
        let mut pairs = BTreeMap::new();
        for (line, row) in &plots.rows {
            let years = plots.number(Some(2), *line, row, &mut problems);
            if let Some(position) = evaluation.position(&row[0]) {
                let previous = row[1].clone();
                pairs.insert(position, Pair { previous, years });
            }
        }
        let before: std::collections::BTreeSet<&str> =
            pairs.values().map(|pair| pair.previous.as_str()).collect();
        let columns = only(&["PLT_CN", "CONDID", "COND_STATUS_CD", "PROP_BASIS"]);
        let rows = database.read("COND", &columns, &|row| {
            before.contains(row[0].as_str()) || evaluation.position(&row[0]).is_some()
        })?;
        let conditions = rows.rows.into_iter().filter_map(|(_, row)| {
            let [plot, condition, status, basis] = <[String; 4]>::try_from(row).ok()?;
            Some(((plot, condition), (status, basis)))
        });
        Ok(Self {
            evaluation,
            pairs,
            conditions: conditions.collect(),
            problems,
        })
    }

    /// Whether a part of a plot was forest at both visits.
    fn stayed_forest(&self, plot: usize, condition: &str, before: &str) -> bool {
        let now = &self.evaluation.assigned[plot].plot;
        let was = self.pairs.get(&plot).map(|pair| pair.previous.clone());
        let is_forest = |plot: &str, condition: &str| {
            let key = (plot.to_owned(), condition.to_owned());
            self.conditions
                .get(&key)
                .is_some_and(|(status, _)| status == FOREST)
        };
        is_forest(now, condition) && was.is_some_and(|was| is_forest(&was, before))
    }

    fn trees(&mut self, database: &Database) -> Result<Vec<Visited>, Vec<Finding>> {
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
        let names = species(database)?;
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
                visited.extend(of_tree.into_iter().map(|of_tree| Visited {
                    species: name.clone(),
                    ..of_tree
                }));
            }
        }
        if lost > 0 {
            self.problems.push(Finding::error(
                &components.name,
                format!("{lost} trees are not in {}", states.now.table.name),
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
                species: String::new(),
                before: state(before),
                after: state(after),
            });
        }
        visited
    }

    /// Land that was forest at both visits; `None` without the table of changes of conditions.
    fn forest(
        &mut self,
        database: &Database,
    ) -> Result<Option<Observations<Hectares>>, Vec<Finding>> {
        const TABLE: &str = "SUBP_COND_CHNG_MTRX";
        if !database.has(TABLE) {
            return Ok(None);
        }
        let evaluation = self.evaluation;
        let needed = [
            "PLT_CN",
            "PREV_PLT_CN",
            "SUBPTYP",
            "CONDID",
            "PREVCOND",
            "SUBPTYP_PROP_CHNG",
        ];
        let columns = Columns {
            needed: &needed,
            optional: &["SUBP"],
        };
        let rows = database.read(TABLE, &columns, &|row| {
            evaluation.position(&row[0]).is_some()
        })?;
        let key = [
            "PLT_CN",
            "PREV_PLT_CN",
            "SUBP",
            "SUBPTYP",
            "CONDID",
            "PREVCOND",
        ];
        self.problems.extend(repeated(&rows, &key));
        let mut forest = vec![Some(0.0); evaluation.assigned.len()];
        let mut mapped_parts: BTreeMap<(&str, &str), f64> = BTreeMap::new();
        for (line, row) in &rows.rows {
            let Some(plot) = evaluation.position(&row[0]) else {
                continue;
            };
            let share = within(&rows, 5, (*line, row), &(0.0..=1.0), &mut self.problems);
            *mapped_parts.entry((&row[0], &row[2])).or_default() +=
                share.unwrap_or_default() * SHARE_OF_SUBPLOT;
            let same = self
                .pairs
                .get(&plot)
                .is_some_and(|pair| pair.previous == row[1]);
            let mapped = self
                .conditions
                .get(&(row[0].clone(), row[3].clone()))
                .and_then(|(_, word)| basis(word));
            let part = match row[2].as_str() {
                "1" => Some(Basis::Subplot),
                "3" => Some(Basis::Macroplot),
                _ => None,
            };
            if !same
                || part.is_none()
                || part != mapped
                || !self.stayed_forest(plot, &row[3], &row[4])
            {
                continue;
            }
            let factor = part.and_then(|part| evaluation.factor(plot, part));
            let value = share.zip(factor);
            add(
                &mut forest[plot],
                value.map(|(share, factor)| share * SHARE_OF_SUBPLOT * factor),
            );
        }
        let plots = mapped_parts
            .iter()
            .map(|((plot, _), share)| (*plot, *share));
        let found = overfull(&rows.name, ("rows", "SUBPTYP_PROP_CHNG"), plots);
        self.problems.extend(found);
        Ok(Some(observed(forest)))
    }
}

/// Columns that must be there, and no others.
const fn only<'a>(needed: &'a [&'a str]) -> Columns<'a> {
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
