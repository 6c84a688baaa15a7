//! Plots of the FIA database in strata of the plan's own, in place of those of an evaluation.
//!
//! What a stratum has to make up for, because parts of its plots could not be visited, is told from
//! the conditions: `factor = n / Σ p`, with the `n` plots of the stratum and the share `p` of each
//! that was visited, for microplots, subplots and macroplots apart. Plots of which nothing was visited
//! are not in the sample.
//!
//! # Source
//!
//! Bechtold and Patterson (editors) 2005, USDA Forest Service GTR SRS-80, chapter 4, on plots that
//! straddle the boundary of the population or were visited in part.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::database::{Columns, Database};
use super::evaluation::{Assigned, Basis, Evaluation, StratumFacts};
use super::visits::{CRS, POSITIONS, position_columns};
use crate::estimate::Design;
use crate::finding::{Finding, counted};
use crate::input::plots::{self, OnMap, Placing};
use crate::input::table::Table;
use crate::plan::{InventoryTable, PlotsTable};

/// Column of the same plot at its visit before.
const PREVIOUS: &str = "PREV_PLT_CN";

/// Code of land that could not be visited.
const NOT_VISITED: &str = "5";

/// Shares of conditions on the parts of a plot, with the share of all that stands in for them.
const SHARES: [(Basis, &str); 3] = [
    (Basis::Microplot, "MICRPROP_UNADJ"),
    (Basis::Subplot, "SUBPPROP_UNADJ"),
    (Basis::Macroplot, "MACRPROP_UNADJ"),
];

/// What was visited of a plot, by [`Basis`].
type Visited = [f64; 3];

/// Reads the sample that a plan declares itself. Warnings come with it.
///
/// # Errors
///
/// Everything that is wrong with the strata, the plots and the shares of their conditions.
pub(super) fn read(
    database: &Database,
    plan: &InventoryTable,
    design: Design,
    plots: &PlotsTable,
    resolve: &dyn Fn(&Path) -> PathBuf,
    placing: Option<&Placing<'_>>,
) -> Result<(Evaluation, Vec<Finding>), Vec<Finding>> {
    let mut problems = Vec::new();
    let declared = plots::strata::declared(plan, Some(design), plots.year, resolve, &mut problems);
    let (strata_name, units) = (declared.name, declared.units);
    let table = plot_table(database, plan, plots);
    let table = table.map_err(|found| problems.extend(found)).ok();
    let visited = table.as_ref().map(|table| visited(database, table));
    let visited = visited
        .transpose()
        .map_err(|found| problems.extend(found))
        .ok();
    let (true, Some(Some(visited)), Some(mut table)) = (declared.is_whole, visited, table) else {
        return Err(problems);
    };
    let all = table.rows.len();
    let is_visited = |plot: &String| {
        let shares = visited.get(plot);
        shares.is_none_or(|shares| shares.iter().any(|share| *share > 0.0))
    };
    table.rows.retain(|(_, row)| is_visited(&row[0]));
    let unvisited = all - table.rows.len();
    let on_map = placing
        .map(|placing| placed(placing, &mut table, plan))
        .transpose()?;
    let only_stratum = units.first().and_then(|unit| unit.strata.first());
    let only_stratum = only_stratum.map_or_else(String::new, |stratum| stratum.id.clone());
    let mut sample = Evaluation {
        words: "the sample".to_owned(),
        design,
        units,
        strata_name,
        strata: Vec::new(),
        assigned: Vec::new(),
        index: BTreeMap::new(),
    };
    let at = |name: &Option<String>| {
        let name = name.as_ref()?;
        table.columns.iter().position(|column| column == name)
    };
    let (stratum_at, unit_at) = (at(&plan.fields.stratum), at(&plan.fields.unit));
    let mut places: BTreeMap<(Option<String>, String), usize> = BTreeMap::new();
    let mut sums: Vec<(usize, Visited)> = Vec::new();
    for (position, (_, row)) in table.rows.iter().enumerate() {
        let shares = visited.get(&row[0]).copied();
        let (unit, stratum) = match &on_map {
            Some(places) => {
                let OnMap { unit, stratum } = &places[position];
                (Some(unit.clone()), stratum.clone())
            }
            None => (
                unit_at.map(|at| row[at].clone()),
                stratum_at.map_or_else(|| only_stratum.clone(), |at| row[at].clone()),
            ),
        };
        let place = *places
            .entry((unit.clone(), stratum.clone()))
            .or_insert_with(|| {
                sample.strata.push(StratumFacts {
                    unit,
                    stratum,
                    factors: [None; 3],
                });
                sums.push((0, [0.0; 3]));
                sums.len() - 1
            });
        let (count, sum) = &mut sums[place];
        *count += 1;
        for (sum, share) in sum.iter_mut().zip(shares.unwrap_or([1.0; 3])) {
            *sum += share;
        }
        sample.index.insert(row[0].clone(), sample.assigned.len());
        sample.assigned.push(Assigned {
            plot: row[0].clone(),
            stratum: place,
        });
    }
    for (facts, (count, sum)) in sample.strata.iter_mut().zip(&sums) {
        #[expect(clippy::cast_precision_loss, reason = "counts of plots are small")]
        let count = *count as f64;
        facts.factors = sum.map(|sum| (sum > 0.0).then(|| count / sum));
    }
    let warning = Finding::warning(
        &table.name,
        format!(
            "left out of the sample: {} of which nothing was visited",
            counted(unvisited, "plot", "plots")
        ),
        "where they were left out for a reason that has to do with the forest, the estimates are biased: give them a stratum of their own",
    );
    Ok((
        sample,
        if unvisited > 0 {
            vec![warning]
        } else {
            Vec::new()
        },
    ))
}

/// The plots of the plan, with what says where each lies and in which stratum.
fn plot_table(
    database: &Database,
    plan: &InventoryTable,
    plots: &PlotsTable,
) -> Result<Table, Vec<Finding>> {
    let fields = &plan.fields;
    let of_strata = [&fields.stratum, &fields.unit, &fields.x, &fields.y];
    let of_strata = of_strata.into_iter().flatten();
    let needed: Vec<&str> = of_strata
        .chain(plots.rows.keys())
        .map(String::as_str)
        .collect();
    let needed: Vec<&str> = ["CN"].into_iter().chain(needed).collect();
    let columns = Columns {
        needed: &needed,
        optional: &[&POSITIONS[..], &[PREVIOUS]].concat(),
    };
    let table = database.read("PLOT", &columns, &|_| true)?;
    let table = table.only(&plots.rows)?;
    match visited_twice(&table) {
        Some(finding) => Err(vec![finding]),
        None => Ok(table),
    }
}

/// Plots of which the sample has an earlier visit too: two visits are not two plots.
fn visited_twice(plots: &Table) -> Option<Finding> {
    let at = plots.columns.iter().position(|column| column == PREVIOUS)?;
    let all: BTreeSet<&str> = plots.rows.iter().map(|(_, row)| row[0].as_str()).collect();
    let again = plots.rows.iter();
    let mut again = again.filter(|(_, row)| all.contains(row[at].as_str()));
    let (line, first) = again.next()?;
    let count = again.count() + 1;
    Some(Finding::error(
        format!("{}, row {line}", plots.name),
        format!(
            "{} of plots of which the sample has an earlier one too, such as {} after {}",
            counted(count, "later visit", "later visits"),
            first[0],
            first[at]
        ),
        "choose the visits of one inventory by `where` of `[[inventory.plots]]`, such as where = { INVYR = 2018 }",
    ))
}

/// Keeps the plots that lie in a region of the run, with their strata on the map.
fn placed(
    placing: &Placing<'_>,
    table: &mut Table,
    plan: &InventoryTable,
) -> Result<Vec<OnMap>, Vec<Finding>> {
    let at = |name: &str| table.columns.iter().position(|column| column == name);
    let Some(columns) = position_columns(&plan.fields, &at) else {
        return Err(vec![Finding::error(
            &table.name,
            "no columns `LON` and `LAT`, and nothing else says which stratum of the map a plot is in",
            "name columns of PLOT in `x`, `y` and `crs` of `[inventory.fields]`",
        )]);
    };
    let crs = plan.fields.crs.as_deref().unwrap_or(CRS);
    placing.keep(table, columns, crs)
}

/// What was visited of every plot of a table that has conditions.
fn visited(database: &Database, plots: &Table) -> Result<BTreeMap<String, Visited>, Vec<Finding>> {
    let sampled: BTreeSet<&str> = plots.rows.iter().map(|(_, row)| row[0].as_str()).collect();
    let columns = Columns {
        needed: &["PLT_CN", "COND_STATUS_CD", "CONDPROP_UNADJ"],
        optional: &SHARES.map(|(_, column)| column),
    };
    let keep = |row: &[String]| sampled.contains(row[0].as_str());
    let table = database.read("COND", &columns, &keep)?;
    let at = SHARES.map(|(basis, name)| {
        let own = table.columns.iter().position(|column| column == name);
        (basis, own.unwrap_or(2))
    });
    let mut problems = Vec::new();
    let mut visited: BTreeMap<String, Visited> = BTreeMap::new();
    for (line, row) in &table.rows {
        let shares = visited.entry(row[0].clone()).or_default();
        if row[1] == NOT_VISITED {
            continue;
        }
        for (basis, at) in at {
            let share = table.number(Some(at), *line, row, &mut problems);
            if share.is_none() && basis != Basis::Macroplot {
                problems.push(Finding::error(
                    format!("{}, row {line}, column {}", table.name, table.columns[at]),
                    "the cell is empty, and the land was visited",
                    "copy the table again from its source",
                ));
            }
            shares[basis as usize] += share.unwrap_or_default();
        }
    }
    if problems.is_empty() {
        Ok(visited)
    } else {
        Err(problems)
    }
}
