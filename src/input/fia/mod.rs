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
mod trees;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use self::catalogue::Catalogue;
use self::conditions::Conditions;
use self::database::{Columns, Database};
use self::evaluation::Evaluation;
use super::inventory::{Inventory, PlotRecord};
use super::table::Table;
use crate::account::Pool;
use crate::estimate::{
    Design, EstimationUnit, Frame, Observations, Places, Plot, Stratum, findings,
};
use crate::finding::Finding;
use crate::plan::{InventoryTable, PlotsTable};
use crate::units::TonnesCarbon;

/// The name of the column that the preset adds to those of PLOT: codes of state and county together,
/// five digits.
const COUNTY: &str = "COUNTY_FIPS";

/// Depth of the organic carbon of the soil in the table of conditions, in centimetres.
const SOIL_DEPTH_CM: f64 = 100.0;

/// Published positions are in NAD83.
const CRS: &str = "EPSG:4269";

/// Columns of PLOT that are always read.
const PLOT: [&str; 7] = [
    "CN",
    "PREV_PLT_CN",
    "STATECD",
    "COUNTYCD",
    "MEASYEAR",
    "LON",
    "LAT",
];

/// The files of a database that a run reads; none where the path leads nowhere.
#[must_use]
pub fn fia_files(path: &Path) -> Vec<PathBuf> {
    Database::open(path).map_or_else(|_| Vec::new(), |database| database.files())
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

/// Reads one inventory of a plan from an FIA database.
///
/// # Errors
///
/// All findings of the tables and of the frame that they make. Warnings come with the inventory.
pub fn read_fia(
    table: &InventoryTable,
    declared: Option<Design>,
    plots: &PlotsTable,
    path: &Path,
) -> Result<(Inventory, Vec<Finding>), Vec<Finding>> {
    let one = |finding| vec![finding];
    let database = Database::open(path).map_err(one)?;
    let catalogue = Catalogue::read(&database)?;
    let listed = catalogue.chosen(plots).map_err(one)?;
    let evaluation = Evaluation::read(&database, listed, declared)?;
    let mut problems = Vec::new();
    let mut warnings = Vec::new();
    let frame = visits(&database, &evaluation, table);
    let frame = frame.map_err(|found| problems.extend(found)).ok();
    let conditions = Conditions::read(&database, &evaluation);
    let conditions = conditions.map_err(|found| problems.extend(found)).ok();
    let trees = conditions.as_ref().map(|conditions| {
        let trees = trees::read(&database, &evaluation, conditions);
        trees.map_err(|found| problems.extend(found)).ok()
    });
    let growth = catalogue
        .growth_beside(listed)
        .filter(|_| growth::is_there(&database))
        .map(|listed| {
            let evaluation = Evaluation::read(&database, listed, declared)?;
            growth::read(&database, &evaluation, table, plots.year)
        })
        .transpose();
    let growth = growth.map_err(|found| problems.extend(found)).ok();
    let (Some(visits), Some(conditions), Some(Some(trees)), Some(growth)) =
        (frame, conditions, trees, growth)
    else {
        return Err(problems);
    };
    let carbon = conditions.pools(&trees.standing_dead);
    let frame = Frame {
        design: evaluation.design,
        units: evaluation.units.clone(),
        plots: visits.plots,
    };
    let mut inventory = Inventory {
        forest: Some(conditions.forest.clone()),
        all_carbon: sum(&carbon),
        soil_depth_cm: carbon
            .contains_key(&Pool::SoilOrganic)
            .then_some(SOIL_DEPTH_CM),
        carbon,
        crs: Some(CRS.to_owned()),
        growth: growth.map(Box::new),
        ..Inventory::of(plots.year, frame, visits.records)
    };
    inventory.take_trees(trees.live);
    if table.fields.region.is_none() && table.fields.parent.is_none() {
        warnings.push(Finding::warning(
            &visits.name,
            "regions are told by the published positions of the plots, which are moved by up to about 1.6 km and partly exchanged",
            format!(
                "where regions are counties, set region = \"{COUNTY}\" in `[inventory.fields]`; elsewhere know that plots near a border may count for the neighbour"
            ),
        ));
    }
    let places = InTables {
        plots: &visits.name,
        rows: &inventory.records,
        strata: &evaluation.strata_name,
    };
    for finding in findings(&inventory.frame, &inventory.variables(), &places) {
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

/// The sum of all pools on each plot.
fn sum(pools: &BTreeMap<Pool, Observations<TonnesCarbon>>) -> Option<Observations<TonnesCarbon>> {
    let mut all: Option<Observations<TonnesCarbon>> = None;
    for carbon in pools.values() {
        all = match all {
            Some(sum) => Some(sum.plus(carbon).ok()?),
            None => Some(carbon.clone()),
        };
    }
    all
}

/// The plots of an evaluation, in its order.
struct Visits {
    /// File or table of the plots.
    name: String,
    plots: Vec<Plot>,
    records: Vec<PlotRecord>,
}

/// Reads the plots of an evaluation.
fn visits(
    database: &Database,
    evaluation: &Evaluation,
    plan: &InventoryTable,
) -> Result<Visits, Vec<Finding>> {
    let named = [&plan.fields.region, &plan.fields.parent];
    let named: Vec<&str> = named
        .into_iter()
        .flatten()
        .chain(&plan.domains)
        .map(String::as_str)
        .collect();
    let of_plot = named.iter().copied().filter(|name| *name != COUNTY);
    let needed: Vec<&str> = PLOT.into_iter().chain(of_plot).collect();
    let columns = Columns {
        needed: &needed,
        optional: &[],
    };
    let keep = |row: &[String]| evaluation.position(&row[0]).is_some();
    let table = database.read("PLOT", &columns, &keep)?;
    let mut problems = Vec::new();
    let mut rows: BTreeMap<&str, (usize, &[String])> = BTreeMap::new();
    for (line, row) in &table.rows {
        if rows.insert(&row[0], (*line, row)).is_some() {
            problems.push(Finding::error(
                format!("{}, row {line}", table.name),
                format!("the plot {} stands twice", row[0]),
                "give every row of the table once",
            ));
        }
    }
    let mut visits = Visits {
        name: table.name.clone(),
        plots: Vec::new(),
        records: Vec::new(),
    };
    let mut lost = Vec::new();
    for (position, assigned) in evaluation.assigned.iter().enumerate() {
        let Some((line, row)) = rows.get(assigned.plot.as_str()) else {
            lost.push(assigned.plot.as_str());
            continue;
        };
        let (unit, stratum) = evaluation.place(position);
        visits.add(&table, (*line, row), (unit, stratum), plan, &mut problems);
    }
    if !lost.is_empty() {
        problems.push(Finding::error(
            &table.name,
            format!(
                "{} plots of evaluation {} are not there, such as {}",
                lost.len(),
                evaluation.id,
                lost[0]
            ),
            "the tables must be those of one download: get them again together",
        ));
    }
    if problems.is_empty() {
        Ok(visits)
    } else {
        Err(problems)
    }
}

impl Visits {
    fn add(
        &mut self,
        table: &Table,
        (line, row): (usize, &[String]),
        (unit, stratum): (&str, &str),
        plan: &InventoryTable,
        problems: &mut Vec<Finding>,
    ) {
        let mut number = |at: usize| table.number(Some(at), line, row, problems);
        let (state, county, measured) = (number(2), number(3), number(4));
        let point = number(5).zip(number(6));
        let county = state
            .zip(county)
            .map(|(state, county)| format!("{:05}", state * 1000.0 + county));
        let cell = |name: &str| {
            if name == COUNTY {
                return county.clone();
            }
            let at = table.columns.iter().position(|column| column == name)?;
            Some(row[at].clone()).filter(|cell| !cell.is_empty())
        };
        self.plots.push(Plot {
            unit: Some(unit.to_owned()),
            previous: Some(row[1].clone()).filter(|previous| !previous.is_empty()),
            #[expect(clippy::cast_possible_truncation, reason = "years are small")]
            measured: measured.map(|year| year.round() as i32),
            ..Plot::new(&row[0], stratum)
        });
        let fields = &plan.fields;
        self.records.push(PlotRecord {
            row: line,
            region: fields.region.as_deref().and_then(cell),
            parent: fields.parent.as_deref().and_then(cell),
            point,
            domains: plan
                .domains
                .iter()
                .map(|name| cell(name).unwrap_or_default())
                .collect(),
        });
    }
}
