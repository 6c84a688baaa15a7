//! Plot and stratum tables: rows become a sampling frame and observations.

use std::collections::BTreeMap;
use std::path::Path;

use super::table::{Table, read_table};
use crate::account::Pool;
use crate::estimate::{
    Design, EstimationUnit, Frame, Limits, Observations, Places, Plot, Stratum, Variable, Weight,
    findings, plot_findings,
};
use crate::finding::Finding;
use crate::plan::{
    ColumnKey, FieldsTable, InventoryTable, PlotsTable, StrataTable, Substance, Unit,
};
use crate::units::{
    CubicMetres, Fraction, Hectares, PerHectare, Quantity, TonnesCarbon, TonnesDryMatter,
};

/// Where a plot stands, apart from the sampling frame.
#[derive(Debug, Clone, PartialEq)]
pub struct PlotRecord {
    /// Row of the file, from 1.
    pub row: usize,
    /// Region as the table gives it.
    pub region: Option<String>,
    /// Parent region as the table gives it.
    pub parent: Option<String>,
    /// Position in the coordinate system that the plan names.
    pub point: Option<(f64, f64)>,
    /// Value of each column that makes domains; empty where the cell is.
    pub domains: Vec<String>,
}

/// The plots of one inventory.
#[derive(Debug, Clone, PartialEq)]
pub struct Inventory {
    /// Year that it stands for.
    pub year: i32,
    /// What was drawn from where.
    pub frame: Frame,
    /// One record a plot, in the order of the frame.
    pub records: Vec<PlotRecord>,
    /// Forest, hectares on one hectare.
    pub forest: Option<Observations<Hectares>>,
    /// Stem volume.
    pub volume: Option<Observations<CubicMetres>>,
    /// Dry matter above ground.
    pub above_ground_biomass: Option<Observations<TonnesDryMatter>>,
    /// Dry matter below ground.
    pub below_ground_biomass: Option<Observations<TonnesDryMatter>>,
    /// Carbon by pool.
    pub carbon: BTreeMap<Pool, Observations<TonnesCarbon>>,
    /// Carbon of all pools of a plot.
    pub all_carbon: Option<Observations<TonnesCarbon>>,
    /// Depth of the soil pool, in centimetres.
    pub soil_depth_cm: Option<f64>,
}

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

/// Reads one inventory of a plan.
///
/// # Errors
///
/// All findings of the plot table, the strata table and the frame that they make. Warnings come
/// with the inventory.
pub fn read_inventory(
    inventory: &InventoryTable,
    design: Design,
    plots: &PlotsTable,
    resolve: &dyn Fn(&Path) -> std::path::PathBuf,
) -> Result<(Inventory, Vec<Finding>), Vec<Finding>> {
    let mut problems = Vec::new();
    let table = read_table(&resolve(&plots.path)).and_then(|table| table.only(&plots.rows));
    let strata = inventory
        .strata
        .as_ref()
        .map(|strata| Ok((strata, read_table(&resolve(&strata.path))?)))
        .transpose();
    let table = table.map_err(|found| problems.extend(found)).ok();
    let strata: Option<Option<(&StrataTable, Table)>> = strata
        .map_err(|found: Vec<Finding>| problems.extend(found))
        .ok();
    let strata_name = match &strata {
        Some(Some((_, table))) => table.name.clone(),
        _ => "the plan".to_owned(),
    };
    let units = match &strata {
        Some(Some((keys, table))) => units(keys, table, plots.year, &mut problems),
        Some(None) => whole(inventory, design, &mut problems),
        None => None,
    };
    let Some(table) = table else {
        return Err(problems);
    };
    let read = Rows {
        table: &table,
        fields: &inventory.fields,
        domains: &inventory.domains,
    };
    let (places, records) = read.plots(units.as_deref(), inventory.strata.is_some(), &mut problems);
    let columns = read.columns(&mut problems);
    if places.len() != table.rows.len() {
        return Err(problems);
    }
    let sampled = units.is_some();
    let frame = Frame {
        design,
        units: units.unwrap_or_default(),
        plots: places,
    };
    let (inventory, variables) = columns.into_inventory(plots.year, frame, records);
    let at = InTables {
        plots: &table.name,
        rows: &inventory.records,
        strata: strata_name,
    };
    // Without strata the plots are still looked at by themselves.
    let found = if sampled {
        findings(&inventory.frame, &variables, &at)
    } else {
        plot_findings(&inventory.frame, &variables, &at)
    };
    let (errors, warnings): (Vec<_>, Vec<_>) = found.into_iter().partition(Finding::is_error);
    problems.extend(errors);
    if problems.is_empty() {
        Ok((inventory, warnings))
    } else {
        Err(problems)
    }
}

/// The one estimation unit of a design without strata.
fn whole(
    inventory: &InventoryTable,
    design: Design,
    problems: &mut Vec<Finding>,
) -> Option<Vec<EstimationUnit>> {
    if !design.may_have_one_stratum() {
        problems.push(Finding::error(
            "the plan",
            format!("the design `{design}` needs `[inventory.strata]`"),
            "name the table of the strata and its columns",
        ));
        return None;
    }
    let Some(area) = inventory.area_ha.filter(|area| *area > 0.0) else {
        problems.push(Finding::error(
            "the plan",
            "nothing says how large the sampled area is",
            "set `area-ha` in `[inventory]`, in hectares",
        ));
        return None;
    };
    let mut unit = EstimationUnit::whole("all", Hectares::new(area));
    unit.strata[0].population = inventory.population;
    Some(vec![unit])
}

fn units(
    keys: &StrataTable,
    table: &Table,
    year: i32,
    problems: &mut Vec<Finding>,
) -> Option<Vec<EstimationUnit>> {
    let before = problems.len();
    let mut column = |name: Option<&str>| match name.map(|name| table.column(name)) {
        Some(Err(finding)) => {
            problems.push(finding);
            None
        }
        Some(Ok(index)) => Some(index),
        None => None,
    };
    let (year_at, unit_at) = (column(keys.year.as_deref()), column(keys.unit.as_deref()));
    let (stratum_at, area_at) = (column(Some(&keys.stratum)), column(Some(&keys.area)));
    let (weight_at, plots_at) = (column(Some(&keys.weight)), column(keys.plots.as_deref()));
    let population_at = column(keys.population.as_deref());
    let (Some(stratum_at), Some(area_at), Some(weight_at)) = (stratum_at, area_at, weight_at)
    else {
        return None;
    };
    let mut units: Vec<EstimationUnit> = Vec::new();
    let mut weights = Vec::new();
    for (line, row) in &table.rows {
        if let Some(at) = year_at
            && row[at].parse::<f64>().ok() != Some(f64::from(year))
        {
            continue;
        }
        let mut number = |at: usize| {
            parse_number(&row[at]).map_err(|what| {
                problems.push(Finding::error(
                    format!("{}, row {line}, column {}", table.name, table.columns[at]),
                    what,
                    "give a number with a decimal point",
                ));
            })
        };
        let (area, weight) = (number(area_at), number(weight_at));
        let plots = plots_at.map(&mut number).transpose();
        let population = population_at.map(&mut number).transpose();
        let (Ok(Some(area)), Ok(Some(weight)), Ok(plots), Ok(population)) =
            (area, weight, plots, population)
        else {
            if problems.len() == before {
                problems.push(Finding::error(
                    format!("{}, row {line}", table.name),
                    "area or weight is empty",
                    "fill both in",
                ));
            }
            continue;
        };
        let unit_id = unit_at.map_or("all", |at| row[at].as_str());
        let stratum_id = &row[stratum_at];
        let position = units
            .iter()
            .position(|unit| unit.id == unit_id)
            .unwrap_or_else(|| {
                units.push(EstimationUnit {
                    id: unit_id.to_owned(),
                    name: None,
                    area: Hectares::new(area),
                    strata: Vec::new(),
                });
                units.len() - 1
            });
        let unit = &mut units[position];
        if (unit.area.value() - area).abs() > 1e-9 * area.abs() {
            problems.push(Finding::error(
                format!("{}, row {line}", table.name),
                format!(
                    "unit `{unit_id}` has {area} ha here and {} before",
                    unit.area.value()
                ),
                "give one area for a unit",
            ));
        }
        let mut count = |number: Option<f64>, at: Option<usize>| {
            let whole = number.and_then(whole_number);
            if let (Some(number), None, Some(at)) = (number, whole, at) {
                problems.push(Finding::error(
                    format!("{}, row {line}, column {}", table.name, table.columns[at]),
                    format!("found {number}, expected a whole number of at least 0"),
                    "give the number that was counted",
                ));
            }
            whole
        };
        let declared = count(plots.flatten(), plots_at);
        let population = count(population.flatten(), population_at);
        weights.push((position, unit.strata.len(), weight, *line));
        unit.strata.push(Stratum {
            declared_plots: declared.and_then(|plots| usize::try_from(plots).ok()),
            population,
            ..Stratum::new(stratum_id, Weight::Known(Fraction::ZERO))
        });
    }
    if units.is_empty() && problems.len() == before {
        problems.push(Finding::error(
            &table.name,
            format!("no stratum of the year {year}"),
            "check the column that `year` of `[inventory.strata]` names",
        ));
    }
    weigh(&mut units, &weights, table, problems);
    (problems.len() == before).then_some(units)
}

/// Shares stay shares; counts of cells or points (anything above 1) stay counts.
fn weigh(
    units: &mut [EstimationUnit],
    weights: &[(usize, usize, f64, usize)],
    table: &Table,
    problems: &mut Vec<Finding>,
) {
    let counted = weights.iter().any(|(_, _, weight, _)| *weight > 1.0);
    for &(unit, stratum, weight, line) in weights {
        let count = whole_number(weight).filter(|_| counted);
        units[unit].strata[stratum].weight = match (count, Fraction::new(weight)) {
            (Some(count), _) => Weight::Counted(count),
            (None, Ok(share)) if !counted => Weight::Known(share),
            _ => {
                problems.push(Finding::error(
                    format!("{}, row {line}", table.name),
                    format!("the weight {weight} is neither a share nor a count"),
                    "give shares between 0 and 1, or whole numbers of cells, in all rows",
                ));
                continue;
            }
        };
    }
}

/// A number as a count.
fn whole_number(number: f64) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked"
    )]
    (number >= 0.0 && number.fract() == 0.0).then_some(number as u64)
}

/// A number, nothing where the cell is empty, or what is wrong with it.
fn parse_number(text: &str) -> Result<Option<f64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Some(value)),
        _ => Err(format!("found `{text}`, expected a number")),
    }
}

struct Rows<'a> {
    table: &'a Table,
    fields: &'a FieldsTable,
    domains: &'a [String],
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
    fn at(&self, name: Option<&str>, problems: &mut Vec<Finding>) -> Option<usize> {
        match self.table.column(name?) {
            Ok(index) => Some(index),
            Err(finding) => {
                problems.push(finding);
                None
            }
        }
    }

    fn plots(
        &self,
        units: Option<&[EstimationUnit]>,
        stratified: bool,
        problems: &mut Vec<Finding>,
    ) -> (Vec<Plot>, Vec<PlotRecord>) {
        let fields = self.fields;
        let id = self.at(Some(&fields.id), problems);
        let previous = self.at(fields.previous.as_deref(), problems);
        let region = self.at(fields.region.as_deref(), problems);
        let parent = self.at(fields.parent.as_deref(), problems);
        let stratum = self.at(fields.stratum.as_deref(), problems);
        let unit = self.at(fields.unit.as_deref(), problems);
        let cluster = self.at(fields.cluster.as_deref(), problems);
        let measured = self.at(fields.measured.as_deref(), problems);
        let x = self.at(fields.x.as_deref(), problems);
        let y = self.at(fields.y.as_deref(), problems);
        let size = self.column(fields.size.as_ref(), Substance::Area, problems);
        let domains: Vec<usize> = self
            .domains
            .iter()
            .filter_map(|name| self.at(Some(name), problems))
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
            .and_then(|units| units.first())
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
            let year = self.number(measured, *line, row, problems);
            let (x, y) = (
                self.number(x, *line, row, problems),
                self.number(y, *line, row, problems),
            );
            plots.push(Plot {
                unit: text(unit),
                cluster: text(cluster),
                size: size
                    .as_ref()
                    .and_then(|sizes| sizes[position])
                    .map(Hectares::new),
                previous: text(previous),
                #[expect(clippy::cast_possible_truncation, reason = "years are small")]
                measured: year.map(|year| year.round() as i32),
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
                domains: domains.iter().map(|at| row[*at].clone()).collect(),
            });
        }
        (plots, records)
    }

    fn number(
        &self,
        at: Option<usize>,
        line: usize,
        row: &[String],
        problems: &mut Vec<Finding>,
    ) -> Option<f64> {
        let at = at?;
        parse_number(&row[at])
            .map_err(|what| {
                problems.push(Finding::error(
                    format!(
                        "{}, row {line}, column {}",
                        self.table.name, self.table.columns[at]
                    ),
                    what,
                    "give a number with a decimal point, or leave the cell empty",
                ));
            })
            .ok()
            .flatten()
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
        let parts: Vec<(&str, Option<&str>)> = match key? {
            ColumnKey::Name(name) => vec![(name, None)],
            ColumnKey::Names(names) => names.iter().map(|name| (name.as_str(), None)).collect(),
            ColumnKey::Column(column) => vec![(&column.column, column.unit.as_deref())],
        };
        let mut sum = vec![Some(0.0); self.table.rows.len()];
        for (name, unit) in parts {
            let at = self.at(Some(name), problems);
            let unit = Unit::of_column(substance, name, unit).map_err(|error| {
                problems.push(Finding::error(
                    format!("{}, column {name}", self.table.name),
                    error.to_string(),
                    format!(
                        "write {{ column = \"{name}\", unit = \"...\" }} in the plan, with one of: {}",
                        substance.accepted()
                    ),
                ));
            });
            let (Some(at), Ok(unit)) = (at, unit) else {
                continue;
            };
            for (total, (line, row)) in sum.iter_mut().zip(&self.table.rows) {
                let value = self.number(Some(at), *line, row, problems);
                *total = total
                    .zip(value)
                    .map(|(total, value)| total + value * unit.factor);
            }
        }
        Some(sum)
    }
}

impl Columns {
    fn into_inventory(
        self,
        year: i32,
        frame: Frame,
        records: Vec<PlotRecord>,
    ) -> (Inventory, Vec<Variable>) {
        fn observed<Q: Quantity>(values: Vec<Option<f64>>) -> Observations<Q> {
            let on_one_hectare = |value| PerHectare::new(Q::new(value));
            Observations::with_missing(values.into_iter().map(|value| value.map(on_one_hectare)))
        }
        let all_carbon = (!self.carbon.is_empty()).then(|| {
            let plots = frame.plots.len();
            (0..plots)
                .map(|plot| {
                    self.carbon
                        .values()
                        .map(|values| values[plot])
                        .sum::<Option<f64>>()
                })
                .collect()
        });
        let inventory = Inventory {
            year,
            frame,
            records,
            forest: self.share.map(observed),
            volume: self.volume.map(observed),
            above_ground_biomass: self.above_ground_biomass.map(observed),
            below_ground_biomass: self.below_ground_biomass.map(observed),
            carbon: self
                .carbon
                .into_iter()
                .map(|(pool, values)| (pool, observed(values)))
                .collect(),
            all_carbon: all_carbon.map(observed),
            soil_depth_cm: self.soil_depth_cm,
        };
        let mut variables = Vec::new();
        if let Some(forest) = &inventory.forest {
            variables.push(Variable::new("forest-share", forest, Limits::FOREST_SHARE));
        }
        if let Some(volume) = &inventory.volume {
            variables.push(Variable::new("volume", volume, Limits::VOLUME));
        }
        for (name, biomass) in [
            ("above-ground-biomass", &inventory.above_ground_biomass),
            ("below-ground-biomass", &inventory.below_ground_biomass),
        ] {
            if let Some(biomass) = biomass {
                variables.push(Variable::new(name, biomass, Limits::BIOMASS));
            }
        }
        for (pool, carbon) in &inventory.carbon {
            let limits = if *pool == Pool::SoilOrganic {
                Limits::SOIL_CARBON
            } else {
                Limits::CARBON
            };
            variables.push(Variable::new(key(*pool), carbon, limits));
        }
        (inventory, variables)
    }
}

/// The key of the plan that names the column of a pool.
fn key(pool: Pool) -> String {
    match pool {
        Pool::SoilOrganic => "soil-carbon".to_owned(),
        other => format!("{}-carbon", other.id()),
    }
}
