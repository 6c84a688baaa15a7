//! Plot and stratum tables: rows become a sampling frame and observations.

use std::collections::BTreeMap;
use std::path::Path;

use super::inventory::{Inventory, PlotRecord};
use super::map_strata::{OnMap, Placing, StrataOnMap, place_columns};
use super::plot_trees::{of_year, trees, unplaced_trees};
use super::strata::{Declared, declared};
use super::value_classes::Classed;
use crate::account::Pool;
use crate::estimate::{
    Design, EstimationUnit, Frame, Observations, Places, Plot, Stratum, findings, plot_findings,
    stray_plots,
};
use crate::finding::Finding;
use crate::input::table::{POINT_COLUMNS, Table, TableSource};
use crate::plan::{
    ColumnKey, FieldsTable, InventoryTable, PlotsTable, Substance, Unit, UnitError, unit_remedy,
};
use crate::units::{Hectares, PerHectare, Quantity};

/// Names places of plots and strata for findings.
struct InTables<'a> {
    plots: &'a str,
    rows: &'a [PlotRecord],
    strata: String,
}

impl Places for InTables<'_> {
    fn plot(&self, position: usize, plot: &Plot) -> String {
        format!(
            "{}, row {}, plot {}",
            self.plots, self.rows[position].row, plot.id
        )
    }

    fn stratum(&self, unit: &EstimationUnit, stratum: &Stratum) -> String {
        format!("{}, unit {}, stratum {}", self.strata, unit.id, stratum.id)
    }
}

/// Reads one inventory of a plan. Without a design its tables are looked at, and nothing is said of the
/// sample that they make.
///
/// # Errors
///
/// All findings of the plot table, the strata table and the frame that they make. Warnings come
/// with the inventory.
pub fn read_inventory(
    table_of: &InventoryTable,
    design: Option<Design>,
    plots: &PlotsTable,
    resolve: &dyn Fn(&Path) -> std::path::PathBuf,
    map: Option<&dyn StrataOnMap>,
) -> Result<(Inventory, Vec<Finding>), Vec<Finding>> {
    let mut problems = Vec::new();
    let path = resolve(&plots.path);
    let source = TableSource {
        path: &path,
        layer: plots.layer.as_deref(),
        encoding: plots.encoding.as_deref(),
    };
    let table = source.read().and_then(|table| table.only(&plots.rows));
    let table = table.map_err(|found| problems.extend(found)).ok();
    let Declared {
        name: strata,
        units,
        is_whole,
    } = declared(table_of, design, plots.year, resolve, &mut problems);
    let Some(mut table) = table else {
        problems.extend(unplaced_trees(table_of, plots.year, resolve));
        return Err(problems);
    };
    let placing = map
        .zip(design)
        .map(|(map, design)| Placing::new(map, plots.year, design));
    let on_map = placing.as_ref().and_then(|placing| {
        let kept = placed(placing, &mut table, &table_of.fields);
        kept.map_err(|found| problems.extend(found)).ok()
    });
    let read = Rows {
        table: &table,
        fields: &table_of.fields,
        domains: &table_of.domains,
        classed: &Classed::of(table_of),
        // What is no column of the plots may be one of the trees.
        with_trees: of_year(table_of, plots.year).is_some(),
    };
    let in_strata = design.is_some() && table_of.strata.is_some();
    let (mut places, records) = read.plots(&units, in_strata, &mut problems);
    for (plot, OnMap { unit, stratum }) in places.iter_mut().zip(on_map.into_iter().flatten()) {
        plot.unit = Some(unit);
        plot.stratum = stratum;
    }
    let columns = read.columns(&mut problems);
    if places.len() != table.rows.len() {
        problems.extend(unplaced_trees(table_of, plots.year, resolve));
        return Err(problems);
    }
    // Strata of a map are weighed after the pass over it; plots without a stratum, which was told, fit none.
    let is_framed = (!in_strata || table_of.fields.stratum.is_some()) && read.has_frame();
    let is_framed = design.is_some() && table_of.map_strata.is_none() && is_framed;
    let is_listed = is_framed && !units.is_empty();
    let frame = Frame {
        design: design.unwrap_or(Design::SimpleRandom),
        units,
        plots: places,
    };
    let mut inventory = columns.into_inventory(plots.year, frame, records);
    inventory.crs.clone_from(&table.crs);
    match trees(table_of, &inventory, &table.columns, resolve) {
        Ok(Some(trees)) => inventory.take_trees(trees),
        Ok(None) => {}
        Err(found) => problems.extend(found),
    }
    let variables = inventory.variables();
    let at = InTables {
        plots: &table.name,
        rows: &inventory.records,
        strata,
    };
    // Without strata the plots are still looked at by themselves, and with their names beside these.
    let frame = &inventory.frame;
    let found = match (is_framed && is_whole, is_listed) {
        (true, _) => findings(frame, &variables, &at),
        (false, true) => [
            stray_plots(frame, &at),
            plot_findings(frame, &variables, &at),
        ]
        .concat(),
        (false, false) => plot_findings(frame, &variables, &at),
    };
    let plots = &frame.plots;
    let odd = inventory.oddities(&|plot| at.plot(plot, &plots[plot]));
    let found = found.into_iter().chain(odd);
    let (errors, mut warnings): (Vec<_>, Vec<_>) = found.partition(Finding::is_error);
    problems.extend(errors);
    warnings.extend(
        placing
            .into_iter()
            .flat_map(|placing| placing.notes.into_inner()),
    );
    if problems.is_empty() {
        Ok((inventory, warnings))
    } else {
        Err(problems)
    }
}

/// Everything that is wrong with a sample whose strata were weighed after it was read.
#[must_use]
pub fn frame_findings(inventory: &Inventory, strata: &str) -> Vec<Finding> {
    let at = InTables {
        plots: &format!("inventory {}", inventory.year),
        rows: &inventory.records,
        strata: strata.to_owned(),
    };
    findings(&inventory.frame, &[], &at)
}

/// Keeps the plots that lie in a region of the run, with their strata on the map.
fn placed(
    placing: &Placing<'_>,
    table: &mut Table,
    fields: &FieldsTable,
) -> Result<Vec<OnMap>, Vec<Finding>> {
    let [Some(x), Some(y)] = place_columns(fields, table) else {
        return Err(vec![Finding::error(
            &table.name,
            "nothing says where the plots lie, and the map has their strata",
            "name `x`, `y` and `crs` in `[inventory.fields]`, or give a file of points",
        )]);
    };
    let (Ok(x), Ok(y)) = (table.column(&x), table.column(&y)) else {
        // The columns are asked for again, and missing ones reported, where the plots are read.
        return Err(Vec::new());
    };
    let crs = fields.crs.as_deref().or(table.crs.as_deref());
    let crs = crs.unwrap_or("EPSG:4326").to_owned();
    placing.keep(table, (x, y), &crs)
}

struct Rows<'a> {
    table: &'a Table,
    fields: &'a FieldsTable,
    domains: &'a [String],
    classed: &'a Classed,
    with_trees: bool,
}

/// The columns of a plot table as read, in the program's own units.
#[derive(Default)]
struct Columns {
    share: Option<Vec<Option<f64>>>,
    volume: Option<Vec<Option<f64>>>,
    above_ground_biomass: Option<Vec<Option<f64>>>,
    below_ground_biomass: Option<Vec<Option<f64>>>,
    carbon: BTreeMap<Pool, Vec<Option<f64>>>,
    soil_depth_cm: Option<f64>,
}

impl Rows<'_> {
    /// Whether the columns are there that say what a plot was drawn from.
    fn has_frame(&self) -> bool {
        let fields = self.fields;
        let sizes = fields.size.iter().flat_map(ColumnKey::columns);
        let names = [&fields.stratum, &fields.unit, &fields.cluster];
        let names = names.into_iter().flatten().map(String::as_str);
        let mut names = names.chain(sizes.map(|(name, _)| name));
        names.all(|name| self.table.column(name).is_ok())
    }

    fn at(&self, name: Option<&str>, problems: &mut Vec<Finding>) -> Option<usize> {
        let found = self.table.column(name?);
        found.map_err(|finding| problems.push(finding)).ok()
    }

    fn plots(
        &self,
        units: &[EstimationUnit],
        stratified: bool,
        problems: &mut Vec<Finding>,
    ) -> (Vec<Plot>, Vec<PlotRecord>) {
        let fields = self.fields;
        let id = Some(fields.id.as_str()).filter(|id| !id.is_empty());
        let id = self.at(id, problems);
        let previous = self.at(fields.previous.as_deref(), problems);
        let region = self.at(fields.region.as_deref(), problems);
        let parent = self.at(fields.parent.as_deref(), problems);
        let stratum = self.at(fields.stratum.as_deref(), problems);
        let unit = self.at(fields.unit.as_deref(), problems);
        let cluster = self.at(fields.cluster.as_deref(), problems);
        let measured = self.at(fields.measured.as_deref(), problems);
        let [of_x, of_y] = POINT_COLUMNS;
        let has_points = fields.x.is_none() && self.table.points().is_some();
        let x = self.at(fields.x.as_deref().or(has_points.then_some(of_x)), problems);
        let y = self.at(fields.y.as_deref().or(has_points.then_some(of_y)), problems);
        if has_points && self.table.crs.is_none() && fields.crs.is_none() {
            problems.push(Finding::error(
                &self.table.name,
                "the points have no coordinate system",
                "set `crs` in `[inventory.fields]`, such as crs = \"EPSG:4326\"",
            ));
        }
        let size = self.column(fields.size.as_ref(), Substance::Area, problems);
        let of_trees = |name: &String| self.with_trees && !self.table.columns.contains(name);
        let domains: Vec<Option<usize>> = self
            .domains
            .iter()
            .map(|name| (!of_trees(name)).then(|| self.at(Some(name), problems))?)
            .collect();
        if stratified && fields.stratum.is_none() {
            problems.push(Finding::error(
                &self.table.name,
                "nothing says which stratum a plot is in",
                "set `stratum` in `[inventory.fields]`",
            ));
        }
        let Some(id) = id else {
            return (Vec::new(), Vec::new());
        };
        let only_stratum = units
            .first()
            .and_then(|unit| unit.strata.first())
            .map_or_else(|| "all".to_owned(), |stratum| stratum.id.clone());
        let mut plots = Vec::new();
        let mut records = Vec::new();
        for (position, (line, row)) in self.table.rows.iter().enumerate() {
            let text = |at: Option<usize>| {
                at.map(|at| row[at].clone())
                    .filter(|value| !value.is_empty())
            };
            if row[id].is_empty() {
                problems.push(Finding::error(
                    format!("{}, row {line}", self.table.name),
                    format!("the id column `{}` is empty", fields.id),
                    "give every plot an id",
                ));
            }
            let year = self.table.year(measured, *line, row, problems);
            let (x, y) = (
                self.table.number(x, *line, row, problems),
                self.table.number(y, *line, row, problems),
            );
            plots.push(Plot {
                unit: text(unit),
                cluster: text(cluster),
                size: size
                    .as_ref()
                    .and_then(|sizes| sizes[position])
                    .map(Hectares::new),
                previous: text(previous),
                measured: year,
                ..Plot::new(
                    &row[id],
                    if stratified {
                        text(stratum).unwrap_or_default()
                    } else {
                        only_stratum.clone()
                    },
                )
            });
            records.push(PlotRecord {
                row: *line,
                region: text(region),
                parent: text(parent),
                point: x.zip(y),
                domains: domains
                    .iter()
                    .map(|at| {
                        at.map_or_else(String::new, |at| {
                            let row = (*line, row.as_slice());
                            self.classed.value(self.table, at, row, problems)
                        })
                    })
                    .collect(),
            });
        }
        (plots, records)
    }

    fn columns(&self, problems: &mut Vec<Finding>) -> Columns {
        let fields = self.fields;
        let mut column =
            |key: &Option<ColumnKey>, substance| self.column(key.as_ref(), substance, problems);
        let mut columns = Columns {
            share: column(&fields.forest_share, Substance::Share),
            volume: column(&fields.volume, Substance::Volume),
            above_ground_biomass: column(&fields.above_ground_biomass, Substance::DryMatter),
            below_ground_biomass: column(&fields.below_ground_biomass, Substance::DryMatter),
            ..Columns::default()
        };
        for (pool, key) in [
            (Pool::AboveGround, &fields.above_ground_carbon),
            (Pool::BelowGround, &fields.below_ground_carbon),
            (Pool::Understory, &fields.understory_carbon),
            (Pool::DeadWood, &fields.dead_wood_carbon),
            (Pool::Litter, &fields.litter_carbon),
            (Pool::SoilOrganic, &fields.soil_carbon),
        ] {
            if let Some(values) = column(key, Substance::Carbon) {
                columns.carbon.insert(pool, values);
            }
        }
        if let Some(ColumnKey::Column(soil)) = &fields.soil_carbon {
            columns.soil_depth_cm = soil.depth_cm;
        }
        columns
    }

    /// The values of one variable, in the program's own unit; several columns are summed.
    fn column(
        &self,
        key: Option<&ColumnKey>,
        substance: Substance,
        problems: &mut Vec<Finding>,
    ) -> Option<Vec<Option<f64>>> {
        let mut sum = vec![Some(0.0); self.table.rows.len()];
        for (name, unit) in key?.columns() {
            let Some(at) = self.at(Some(name), problems) else {
                continue;
            };
            let unit = match Unit::of_column(substance, name, unit) {
                Ok(unit) => unit,
                Err(error) => {
                    // The plan alone is refused for a unit of something else.
                    if error == UnitError::Unstated {
                        let place = format!("{}, column {name}", self.table.name);
                        let remedy = unit_remedy(name, substance);
                        problems.push(Finding::error(place, error.to_string(), remedy));
                    }
                    continue;
                }
            };
            for (total, (line, row)) in sum.iter_mut().zip(&self.table.rows) {
                let value = self.table.number(Some(at), *line, row, problems);
                *total = total
                    .zip(value)
                    .map(|(total, value)| total + value * unit.factor);
            }
        }
        Some(sum)
    }
}

impl Columns {
    fn into_inventory(self, year: i32, frame: Frame, records: Vec<PlotRecord>) -> Inventory {
        fn observed<Q: Quantity>(values: Vec<Option<f64>>) -> Observations<Q> {
            let on_one_hectare = |value| PerHectare::new(Q::new(value));
            Observations::with_missing(values.into_iter().map(|value| value.map(on_one_hectare)))
        }
        let mut inventory = Inventory {
            forest: self.share.map(observed),
            volume: self.volume.map(observed),
            above_ground_biomass: self.above_ground_biomass.map(observed),
            below_ground_biomass: self.below_ground_biomass.map(observed),
            carbon: self
                .carbon
                .into_iter()
                .map(|(pool, values)| (pool, observed(values)))
                .collect(),
            soil_depth_cm: self.soil_depth_cm,
            ..Inventory::of(year, frame, records)
        };
        inventory.add_up();
        inventory
    }
}
