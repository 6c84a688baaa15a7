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
mod own_sample;
mod rows;
mod trees;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use self::catalogue::Catalogue;
use self::conditions::{Conditions, sum};
use self::database::{Columns, Database};
use self::evaluation::Evaluation;
use self::trees::Asked;
use super::inventory::{Inventory, PlotRecord};
use super::map_strata::{Placing, StrataOnMap};
use super::table::Table;
use crate::account::Pool;
use crate::estimate::{
    Design, EstimationUnit, Frame, Places, Plot, Stratum, findings, plot_findings,
};
use crate::finding::Finding;
use crate::plan::{FieldsTable, InventoryTable, PlotsTable, suggestion};

/// The name of the column that the preset adds to those of PLOT: codes of state and county together,
/// five digits.
const COUNTY: &str = "COUNTY_FIPS";

/// Depth of the organic carbon of the soil in the table of conditions, in centimetres.
const SOIL_DEPTH_CM: f64 = 100.0;

/// Columns of PLOT that must be there.
const NEEDED: [&str; 4] = ["CN", "STATECD", "COUNTYCD", "MEASYEAR"];

/// Published positions are in NAD83.
const CRS: &str = "EPSG:4269";

/// Columns of published positions.
const POSITIONS: [&str; 4] = ["LON", "LAT", "LON_PUBLIC", "LAT_PUBLIC"];

/// Places of the columns of positions: those that the plan names, or the published ones.
fn position_columns(
    fields: &FieldsTable,
    at: &dyn Fn(&str) -> Option<usize>,
) -> Option<(usize, usize)> {
    if let Some((x, y)) = fields.x.as_deref().zip(fields.y.as_deref()) {
        return at(x).zip(at(y));
    }
    let [lon, lat, lon_public, lat_public] = POSITIONS;
    let x = at(lon).or(at(lon_public));
    x.zip(at(lat).or(at(lat_public)))
}

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
    let (evaluation, of_growth, mut warnings) = sampled(
        &database,
        table,
        declared,
        plots,
        (resolve, placing.as_ref()),
    )?;
    let mut problems = Vec::new();
    let columns = DomainColumns::of(&database, &table.domains, &mut problems);
    let frame = visits(&database, &evaluation, table, &columns.plot);
    let frame = frame.map_err(|found| problems.extend(found)).ok();
    let conditions = Conditions::read(&database, &evaluation, &columns.land, &mut problems);
    let asked = Asked {
        of_land: &columns.land,
        of_trees: &columns.trees,
        without_volume: &plots.species_without_volume,
    };
    let trees = conditions.as_ref().map(|conditions| {
        let trees = trees::read(&database, &evaluation, conditions, &asked);
        trees.map_err(|found| problems.extend(found)).ok()
    });
    let growth = of_growth
        .map(|evaluation| growth::read(&database, &evaluation, table, &columns.plot, plots.year))
        .transpose();
    let growth = growth.map_err(|found| problems.extend(found)).ok();
    let (Some(visits), Some(conditions), Some(Some((trees, unknown))), Some(growth)) =
        (frame, conditions, trees, growth)
    else {
        return Err(problems);
    };
    warnings.extend(unknown);
    let carbon = conditions.pools(trees.standing_dead.as_ref());
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
        if !visits.located {
            problems.push(Finding::error(
                &visits.name,
                "no columns `LON` and `LAT`, and nothing says which region a plot is in",
                format!("name a column in `region` of `[inventory.fields]`, such as \"{COUNTY}\""),
            ));
        }
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
    let variables = inventory.variables();
    // Strata of a map are weighed after the pass over it.
    let found = if table.map_strata.is_none() {
        findings(&inventory.frame, &variables, &places)
    } else {
        plot_findings(&inventory.frame, &variables, &places)
    };
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

/// Finds a path of the plan.
type Resolve<'a> = dyn Fn(&Path) -> PathBuf + 'a;

/// The sample that a plan means: an evaluation, with that of growth beside it, or strata of its own.
/// Warnings come with it.
fn sampled(
    database: &Database,
    table: &InventoryTable,
    declared: Option<Design>,
    plots: &PlotsTable,
    (resolve, placing): (&Resolve<'_>, Option<&Placing<'_>>),
) -> Result<(Evaluation, Option<Evaluation>, Vec<Finding>), Vec<Finding>> {
    if plots.evaluation.is_none() && plots.state.is_none() {
        // The plan alone is refused without a design.
        let Some(design) = declared else {
            return Err(Vec::new());
        };
        let (sample, warnings) =
            own_sample::read(database, table, design, plots, resolve, placing)?;
        return Ok((sample, None, warnings));
    }
    let catalogue = Catalogue::read(database)?;
    let listed = catalogue.chosen(plots).map_err(|finding| vec![finding])?;
    let evaluation = Evaluation::read(database, listed, declared)?;
    let growth = catalogue
        .growth_beside(listed)
        .filter(|_| growth::is_there(database))
        .map(|listed| Evaluation::read(database, listed, declared))
        .transpose()?;
    Ok((evaluation, growth, Vec::new()))
}

/// The columns that make domains, by the table that has them.
#[derive(Default)]
struct DomainColumns<'a> {
    plot: Vec<&'a str>,
    land: Vec<&'a str>,
    trees: Vec<&'a str>,
}

impl<'a> DomainColumns<'a> {
    fn of(database: &Database, names: &'a [String], problems: &mut Vec<Finding>) -> Self {
        let mut columns = Self::default();
        if names.is_empty() {
            return columns;
        }
        let [plot, land, trees] = ["PLOT", "COND", "TREE"].map(|table| database.columns(table));
        let has = |table: &[String], name: &str| {
            table.iter().any(|column| column.eq_ignore_ascii_case(name))
        };
        for name in names {
            if name == COUNTY || has(&plot, name) {
                columns.plot.push(name);
            } else if has(&land, name) {
                columns.land.push(name);
            } else if has(&trees, name) {
                columns.trees.push(name);
            } else {
                let all = plot.iter().chain(&land).chain(&trees).map(String::as_str);
                problems.push(Finding::error(
                    "`domains` of `[inventory]`",
                    format!("no table PLOT, COND or TREE has a column `{name}`"),
                    match suggestion(name, all) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => "see the columns of the tables".to_owned(),
                    },
                ));
            }
        }
        columns
    }
}

/// The plots of an evaluation, in its order.
struct Visits {
    /// File or table of the plots.
    name: String,
    /// Whether the table has positions.
    located: bool,
    plots: Vec<Plot>,
    records: Vec<PlotRecord>,
}

/// Reads the plots of an evaluation, with the columns of theirs that make domains.
fn visits(
    database: &Database,
    evaluation: &Evaluation,
    plan: &InventoryTable,
    domains: &[&str],
) -> Result<Visits, Vec<Finding>> {
    let fields = &plan.fields;
    let named = [&fields.region, &fields.parent, &fields.x, &fields.y];
    let named = named.into_iter().flatten().map(String::as_str);
    let of_plot = named
        .chain(domains.iter().copied())
        .filter(|name| *name != COUNTY);
    let needed: Vec<&str> = NEEDED.into_iter().chain(of_plot).collect();
    let columns = Columns {
        needed: &needed,
        optional: &["PREV_PLT_CN", "LON", "LAT", "LON_PUBLIC", "LAT_PUBLIC"],
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
    let at = |name: &str| table.columns.iter().position(|column| column == name);
    let point = position_columns(fields, &at);
    let mut visits = Visits {
        name: table.name.clone(),
        located: point.is_some(),
        plots: Vec::new(),
        records: Vec::new(),
    };
    let mut lost = Vec::new();
    for (position, assigned) in evaluation.assigned.iter().enumerate() {
        let Some((line, row)) = rows.get(assigned.plot.as_str()) else {
            lost.push(assigned.plot.as_str());
            continue;
        };
        let place = evaluation.place(position);
        visits.add(&table, (*line, row), point, place, plan, &mut problems);
    }
    if !lost.is_empty() {
        problems.push(Finding::error(
            &table.name,
            format!(
                "{} plots of {} are not there, such as {}",
                lost.len(),
                evaluation.words,
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
        point: Option<(usize, usize)>,
        (unit, stratum): (Option<&str>, &str),
        plan: &InventoryTable,
        problems: &mut Vec<Finding>,
    ) {
        let mut number = |at: usize| table.number(Some(at), line, row, problems);
        let (state, county, measured) = (number(1), number(2), number(3));
        let point = point.and_then(|(x, y)| number(x).zip(number(y)));
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
            unit: unit.map(str::to_owned),
            previous: cell("PREV_PLT_CN"),
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
