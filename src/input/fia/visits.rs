//! The plots of a sample as the table PLOT has them, and which table has the columns of domains.

use std::collections::BTreeMap;

use super::database::{Columns, Database};
use super::evaluation::{Evaluation, plots_are};
use super::rows::repeated;
use crate::estimate::Plot;
use crate::finding::Finding;
use crate::input::plots::{Classed, PlotRecord};
use crate::input::table::Table;
use crate::plan::{FieldsTable, InventoryTable, suggestion};

/// The name of the column that the preset adds to those of PLOT: codes of state and county together,
/// five digits.
pub(super) const COUNTY: &str = "COUNTY_FIPS";

/// Columns of PLOT that must be there.
const NEEDED: [&str; 4] = ["CN", "STATECD", "COUNTYCD", "MEASYEAR"];

/// Published positions are in NAD83.
pub(super) const CRS: &str = "EPSG:4269";

/// Column of the diameter from which trees are tallied on macroplots.
const BREAKPOINT: &str = "MACRO_BREAKPOINT_DIA";

/// Column of the years since the visit before.
const YEARS: &str = "REMPER";

/// Columns of published positions.
pub(super) const POSITIONS: [&str; 4] = ["LON", "LAT", "LON_PUBLIC", "LAT_PUBLIC"];

/// Places of the columns of positions: those that the plan names, or the published ones.
pub(super) fn position_columns(
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

/// The columns that make domains, by the table that has them.
#[derive(Default)]
pub(super) struct DomainColumns<'a> {
    pub(super) plot: Vec<&'a str>,
    pub(super) land: Vec<&'a str>,
    pub(super) trees: Vec<&'a str>,
}

/// Columns of codes of forest types.
const FOREST_TYPES: [&str; 3] = ["FORTYPCD", "FLDTYPCD", "FORTYPCDCALC"];

/// The table that names them.
const TYPE_NAMES: &str = "REF_FOREST_TYPE";

/// Classes of the plan's columns, and names of forest types where the database has them.
pub(super) fn classed(
    database: &Database,
    plan: &InventoryTable,
    problems: &mut Vec<Finding>,
) -> Classed {
    let mut classed = Classed::of(plan);
    let is_type = |name: &&String| {
        FOREST_TYPES
            .iter()
            .any(|column| column.eq_ignore_ascii_case(name))
    };
    let of_types: Vec<&String> = plan.domains.iter().filter(is_type).collect();
    if of_types.is_empty() || !database.has(TYPE_NAMES) {
        return classed;
    }
    let columns = Columns {
        needed: &["VALUE", "MEANING"],
        optional: &[],
    };
    match database.read(TYPE_NAMES, &columns, &|_| true) {
        Ok(table) => {
            let names = table.rows.into_iter().filter_map(|(_, row)| {
                let [code, name] = <[String; 2]>::try_from(row).ok()?;
                Some((code, name))
            });
            let names: BTreeMap<String, String> = names.collect();
            for column in of_types {
                classed.name(column, names.clone());
            }
        }
        Err(found) => problems.extend(found),
    }
    classed
}

impl<'a> DomainColumns<'a> {
    pub(super) fn of(
        database: &Database,
        names: &'a [String],
        problems: &mut Vec<Finding>,
    ) -> Self {
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
pub(super) struct Visits {
    /// File or table of the plots.
    pub(super) name: String,
    /// Whether the table has positions.
    located: bool,
    pub(super) plots: Vec<Plot>,
    pub(super) records: Vec<PlotRecord>,
    /// Diameter in inches from which trees are tallied on macroplots, of plots that have such.
    pub(super) breakpoints: BTreeMap<usize, f64>,
    /// Years since the visit before, where the table has them.
    pub(super) years: Option<Vec<Option<f64>>>,
}

/// Reads the plots of an evaluation, with the columns of theirs that make domains.
pub(super) fn visits(
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
        optional: &[&POSITIONS[..], &["PREV_PLT_CN", BREAKPOINT, YEARS]].concat(),
    };
    let keep = |row: &[String]| evaluation.position(&row[0]).is_some();
    let table = database.read("PLOT", &columns, &keep)?;
    let mut problems: Vec<Finding> = repeated(&table, &["CN"]).into_iter().collect();
    let rows = table.rows.iter();
    let rows = rows.map(|(line, row)| (row[0].as_str(), (*line, row.as_slice())));
    let rows: BTreeMap<&str, (usize, &[String])> = rows.collect();
    let at = |name: &str| table.columns.iter().position(|column| column == name);
    let point = position_columns(fields, &at);
    let (breakpoint, years) = (at(BREAKPOINT), at(YEARS));
    let mut visits = Visits {
        name: table.name.clone(),
        located: point.is_some(),
        plots: Vec::new(),
        records: Vec::new(),
        breakpoints: BTreeMap::new(),
        years: years.map(|_| Vec::new()),
    };
    let classed = Classed::of(plan);
    let mut lost = Vec::new();
    for (position, assigned) in evaluation.assigned.iter().enumerate() {
        let Some(&(line, row)) = rows.get(assigned.plot.as_str()) else {
            lost.push(assigned.plot.as_str());
            continue;
        };
        let place = evaluation.place(position);
        let mut number = |at| table.number(at, line, row, &mut problems);
        if let Some(least) = number(breakpoint).filter(|least| *least > 0.0) {
            visits.breakpoints.insert(position, least);
        }
        let apart = number(years);
        if let Some(years) = &mut visits.years {
            years.push(apart);
        }
        visits.add(
            &table,
            (line, row),
            point,
            place,
            (plan, &classed),
            &mut problems,
        );
    }
    if !lost.is_empty() {
        problems.push(Finding::error(
            &table.name,
            format!(
                "{} not there, such as {}",
                plots_are(lost.len(), &evaluation.words, ["is", "are"]),
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
    /// What must be known where the positions tell the regions, and whether there are any.
    pub(super) fn by_position(
        &self,
        fields: &FieldsTable,
        problems: &mut Vec<Finding>,
    ) -> Option<Finding> {
        if fields.region.is_some() || fields.parent.is_some() {
            return None;
        }
        if !self.located {
            problems.push(Finding::error(
                &self.name,
                "no columns `LON` and `LAT`, and nothing says which region a plot is in",
                format!("name a column in `region` of `[inventory.fields]`, such as \"{COUNTY}\""),
            ));
        }
        // Positions of the user's own are what they are.
        fields.x.is_none().then(|| {
            Finding::warning(
                &self.name,
                "regions are told by the published positions of the plots, which are moved by up to about 1.6 km and partly exchanged",
                format!(
                    "where regions are counties, set region = \"{COUNTY}\" in `[inventory.fields]`; elsewhere know that plots near a border may count for the neighbour"
                ),
            )
        })
    }

    fn add(
        &mut self,
        table: &Table,
        (line, row): (usize, &[String]),
        point: Option<(usize, usize)>,
        (unit, stratum): (Option<&str>, &str),
        (plan, classed): (&InventoryTable, &Classed),
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
                .map(
                    |name| match table.columns.iter().position(|column| column == name) {
                        Some(at) => classed.value(table, at, (line, row), problems),
                        None => cell(name).unwrap_or_default(),
                    },
                )
                .collect(),
        });
    }
}
