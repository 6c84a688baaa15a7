//! Plots of the FIA database (Forest Inventory and Analysis, USDA Forest Service) by its own tables.
//!
//! An *evaluation* names the plots that stand for an area, in strata of estimation units. What
//! stands on a plot is the sum over its *conditions* (parts of one land use) that are forest, and
//! over the trees on them. A tree or condition was tallied on microplots, subplots or macroplots; the
//! factor of that part in its stratum makes up for plots that could not be visited.
//!
//! # Source
//!
//! Bechtold and Patterson (editors) 2005, USDA Forest Service GTR SRS-80, chapter 4; The Forest
//! Inventory and Analysis Database: Database Description and User Guide, for the columns.

mod catalogue;
mod conditions;
mod database;
mod evaluation;
mod growth;
mod growth_land;
mod own_sample;
mod rows;
mod sampled;
mod trees;
mod visits;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use self::conditions::Conditions;
use self::database::Database;
use self::sampled::Sampled;
use self::trees::Asked;
use self::visits::{CRS, DomainColumns, classed, visits};
use crate::account::Pool;
use crate::estimate::{
    Design, EstimationUnit, Frame, Places, Plot, Stratum, findings, plot_findings,
};
use crate::finding::Finding;
use crate::input::plots::{Inventory, PlotRecord};
use crate::input::plots::{Placing, StrataOnMap};
use crate::plan::{InventoryTable, PlotsTable};

/// Depth of the organic carbon of the soil in the table of conditions, in centimetres.
const SOIL_DEPTH_CM: f64 = 100.0;

/// The files of a database that a run reads; none where the path leads nowhere.
#[must_use]
pub fn fia_files(plots: &PlotsTable, path: &Path) -> Vec<PathBuf> {
    Database::open(path, &plots.tables).map_or_else(|_| Vec::new(), |database| database.files())
}

/// Names places of plots and strata for findings.
struct InTables<'a> {
    plots: &'a str,
    rows: &'a [PlotRecord],
    strata: &'a str,
}

impl Places for InTables<'_> {
    fn plot(&self, position: usize, plot: &Plot) -> String {
        let row = self.rows[position].row;
        format!("{}, row {row}, plot {}", self.plots, plot.id)
    }

    fn stratum(&self, unit: &EstimationUnit, stratum: &Stratum) -> String {
        format!("{}, unit {}, stratum {}", self.strata, unit.id, stratum.id)
    }
}

/// What is wrong with plots and values; with the strata of a table too, where these are sound. Strata
/// of a map are weighed after the pass over it.
fn looked_at(
    inventory: &Inventory,
    plots: &str,
    table: &InventoryTable,
    strata: Option<&str>,
) -> Vec<Finding> {
    let places = InTables {
        plots,
        rows: &inventory.records,
        strata: strata.unwrap_or_default(),
    };
    let variables = inventory.variables();
    if table.map_strata.is_none() && strata.is_some() {
        findings(&inventory.frame, &variables, &places)
    } else {
        plot_findings(&inventory.frame, &variables, &places)
    }
}

/// Reads one inventory of a plan from an FIA database.
///
/// # Errors
///
/// All findings of the tables and of the frame that they make. Warnings come with the inventory.
pub fn read_fia(
    table: &InventoryTable,
    declared: Option<Design>,
    plots: &PlotsTable,
    resolve: &dyn Fn(&Path) -> PathBuf,
    map: Option<&dyn StrataOnMap>,
) -> Result<(Inventory, Vec<Finding>), Vec<Finding>> {
    // The plan alone is refused for a design that is none.
    let placing = map.zip(declared);
    let placing = placing.map(|(map, design)| Placing::new(map, plots.year, design));
    let database = Database::open(&resolve(&plots.path), &plots.tables)?;
    database.complete(plots.evaluation.is_some() || plots.state.is_some())?;
    let Sampled {
        evaluation,
        of_growth,
        mut warnings,
        mut problems,
    } = Sampled::read(
        &database,
        table,
        declared,
        plots,
        (resolve, placing.as_ref()),
    )?;
    // What is wrong with the population was told; its strata are not held against their plots too.
    let sound = problems.is_empty();
    let columns = DomainColumns::of(&database, &table.domains, &mut problems);
    let frame = visits(&database, &evaluation, table, &columns.plot);
    let frame = frame.map_err(|found| problems.extend(found)).ok();
    let classed = classed(&database, table, &mut problems);
    let of_land = (&columns.land[..], &classed);
    let conditions = Conditions::read(&database, &evaluation, of_land, &mut problems);
    let names = trees::species(&database);
    let names = names
        .map_err(|found| problems.extend(found))
        .unwrap_or_default();
    let none = BTreeMap::new();
    let breakpoints = frame.as_ref().map_or(&none, |visits| &visits.breakpoints);
    let asked = Asked {
        of_land: &columns.land,
        of_trees: &columns.trees,
        classed: &classed,
        names: &names,
        breakpoints,
        without_volume: &plots.species_without_volume,
    };
    let trees = conditions.as_ref().map(|conditions| {
        let trees = trees::read(&database, &evaluation, conditions, &asked);
        trees.map_err(|found| problems.extend(found)).ok()
    });
    let growth = of_growth
        .map(|evaluation| {
            let asked = growth::Asked {
                of_plots: &columns.plot,
                of_land: &columns.land,
                classed: &classed,
                names: &names,
                year: plots.year,
            };
            growth::read(&database, &evaluation, table, &asked)
        })
        .transpose();
    let growth = growth.map_err(|found| problems.extend(found)).ok();
    let (Some(visits), Some(conditions), Some(Some((trees, unknown))), Some(growth)) =
        (frame, conditions, trees, growth)
    else {
        return Err(problems);
    };
    warnings.extend(unknown);
    warnings.extend(visits.by_position(&table.fields, &mut problems));
    let carbon = conditions.pools(trees.standing_dead.as_ref());
    let frame = Frame {
        design: evaluation.design,
        units: evaluation.units.clone(),
        plots: visits.plots,
    };
    let mut inventory = Inventory {
        forest: Some(conditions.forest.clone()),
        soil_depth_cm: carbon
            .contains_key(&Pool::SoilOrganic)
            .then_some(SOIL_DEPTH_CM),
        carbon,
        crs: Some(CRS.to_owned()),
        growth: growth.map(Box::new),
        ..Inventory::of(plots.year, frame, visits.records)
    };
    inventory.take_trees(trees.live);
    let strata = sound.then_some(evaluation.strata_name.as_str());
    let found = looked_at(&inventory, &visits.name, table, strata);
    warnings.extend(
        placing
            .into_iter()
            .flat_map(|placing| placing.notes.into_inner()),
    );
    for finding in found {
        if finding.is_error() {
            problems.push(finding);
        } else {
            warnings.push(finding);
        }
    }
    if problems.is_empty() {
        Ok((inventory, warnings))
    } else {
        Err(problems)
    }
}
