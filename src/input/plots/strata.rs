//! The tables of strata and estimation units: rows become estimation units.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::estimate::{Design, EstimationUnit, Stratum, Weight};
use crate::finding::Finding;
use crate::input::table::{Table, TableSource, parse_number};
use crate::plan::{AreaKey, InventoryTable, StrataTable, UnitsTable};
use crate::units::{Fraction, Hectares};

/// Places of the columns.
struct Columns {
    year: Option<usize>,
    unit: Option<usize>,
    stratum: usize,
    area: Option<Area>,
    weight: usize,
    plots: Option<usize>,
    population: Option<usize>,
}

impl Columns {
    /// The columns that the plan names; `None` without those that are required.
    fn of(keys: &StrataTable, table: &Table, problems: &mut Vec<Finding>) -> Option<Self> {
        let mut column = |name: Option<&str>| {
            let found = table.column(name?);
            found.map_err(|finding| problems.push(finding)).ok()
        };
        let (year, unit) = (column(keys.year.as_deref()), column(keys.unit.as_deref()));
        let stratum = column(Some(&keys.stratum));
        let area = column(keys.area.as_ref().map(AreaKey::column));
        let (weight, plots) = (column(Some(&keys.weight)), column(keys.plots.as_deref()));
        let population = column(keys.population.as_deref());
        Some(Self {
            year,
            unit,
            stratum: stratum?,
            area: match &keys.area {
                Some(key) => Some(Area::new(key, area?)),
                None => None,
            },
            weight: weight?,
            plots,
            population,
        })
    }
}

/// A column of areas.
struct Area {
    at: usize,
    /// Hectares of one unit.
    hectares: f64,
}

impl Area {
    fn new(key: &AreaKey, at: usize) -> Self {
        // The plan alone is refused for a unit that is none.
        let hectares = key.hectares().unwrap_or(1.0);
        Self { at, hectares }
    }
}

/// Areas of estimation units in hectares, from a table of their own.
fn areas(
    keys: &UnitsTable,
    table: &Table,
    year: i32,
    problems: &mut Vec<Finding>,
) -> BTreeMap<String, f64> {
    let mut areas = BTreeMap::new();
    let mut column = |name: &str| {
        table
            .column(name)
            .map_err(|found| problems.push(found))
            .ok()
    };
    let year_at = keys.year.as_deref().map(&mut column);
    let (unit, area) = (column(&keys.unit), column(keys.area.column()));
    let (Some(unit), Some(area), false) = (unit, area, year_at == Some(None)) else {
        return areas;
    };
    let area = Area::new(&keys.area, area);
    for (line, row) in &table.rows {
        if !of_year(row, year_at.flatten(), year) {
            continue;
        }
        let Some(found) = table.number(Some(area.at), *line, row, problems) else {
            continue;
        };
        if areas
            .insert(row[unit].clone(), found * area.hectares)
            .is_some()
        {
            problems.push(Finding::error(
                format!("{}, row {line}", table.name),
                format!("unit `{}` stands twice", row[unit]),
                "give one area for a unit; where they differ by inventory, name the column in `year`",
            ));
        }
    }
    areas
}

/// Whether a row belongs to the inventory of a year.
fn of_year(row: &[String], at: Option<usize>, year: i32) -> bool {
    at.is_none_or(|at| row[at].parse::<f64>().ok() == Some(f64::from(year)))
}

/// The estimation units of an inventory as the plan has them.
pub(in crate::input) struct Declared {
    /// Name of the table of the strata.
    pub(in crate::input) name: String,
    /// What could be read; of rows with a mistake no more than the names of unit and stratum holds.
    pub(in crate::input) units: Vec<EstimationUnit>,
    /// Whether nothing is wrong with them.
    pub(in crate::input) is_whole: bool,
}

impl Declared {
    fn new(name: impl Into<String>, units: Option<Vec<EstimationUnit>>) -> Self {
        Self {
            name: name.into(),
            is_whole: units.is_some(),
            units: units.unwrap_or_default(),
        }
    }
}

/// The estimation units of one inventory as the plan has them: of its tables, or the whole area. Of a
/// design that is not known nothing is asked.
pub(in crate::input) fn declared(
    plan: &InventoryTable,
    design: Option<Design>,
    year: i32,
    resolve: &dyn Fn(&Path) -> PathBuf,
    problems: &mut Vec<Finding>,
) -> Declared {
    if plan.map_strata.is_some() {
        return Declared::new("the strata of the map", Some(Vec::new()));
    }
    let Some(keys) = &plan.strata else {
        let whole = design.and_then(|design| whole(plan, design, problems));
        return Declared::new("the plan", whole);
    };
    let mut read = |path: &Path, layer: &Option<String>| {
        let source = TableSource {
            path: &resolve(path),
            layer: layer.as_deref(),
            encoding: None,
        };
        source.read().map_err(|found| problems.extend(found)).ok()
    };
    let table = read(&keys.path, &keys.layer);
    let of_units = plan
        .units
        .as_ref()
        .map(|units| read(&units.path, &units.layer));
    let name = table.as_ref().map_or_else(
        || keys.path.display().to_string(),
        |table| table.name.clone(),
    );
    let (Some(table), false) = (table, matches!(of_units, Some(None))) else {
        return Declared::new(name, None);
    };
    let before = problems.len();
    let areas = plan
        .units
        .as_ref()
        .zip(of_units.flatten())
        .map(|(keys, table)| areas(keys, &table, year, problems));
    if problems.len() > before {
        return Declared::new(name, None);
    }
    let units = units(keys, &table, areas.as_ref(), year, problems);
    if let (Some(areas), true) = (&areas, problems.len() == before) {
        problems.extend(bare(&name, &units, areas));
    }
    Declared {
        name,
        units,
        is_whole: problems.len() == before,
    }
}

/// Units of which the table of the strata has no stratum: the sample would not speak for them.
fn bare(name: &str, units: &[EstimationUnit], areas: &BTreeMap<String, f64>) -> Option<Finding> {
    let known = |id: &str| units.iter().any(|unit| unit.id == id);
    let bare: Vec<&str> = areas
        .keys()
        .map(String::as_str)
        .filter(|id| !known(id))
        .collect();
    let shown = bare.iter().take(10).copied().collect::<Vec<_>>().join(", ");
    let more = if bare.len() > 10 { ", ..." } else { "" };
    (!bare.is_empty()).then(|| {
        Finding::error(
            name,
            format!("`[inventory.units]` has units of which it has no stratum: {shown}{more}"),
            "give their strata, or take the units that were not sampled out of their table",
        )
    })
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
    let Some(area) = inventory.area_ha else {
        problems.push(Finding::error(
            "the plan",
            "nothing says how large the sampled area is",
            "set `area-ha` in `[inventory]`, in hectares",
        ));
        return None;
    };
    // The plan alone is refused for an area that is none.
    if area.is_nan() || area <= 0.0 {
        return None;
    }
    let mut unit = EstimationUnit::whole("all", Hectares::new(area));
    unit.strata[0].population = inventory.population;
    Some(vec![unit])
}

/// The estimation units of one inventory, from the table of the strata: where that has mistakes, their names.
fn units(
    keys: &StrataTable,
    table: &Table,
    areas: Option<&BTreeMap<String, f64>>,
    year: i32,
    problems: &mut Vec<Finding>,
) -> Vec<EstimationUnit> {
    let before = problems.len();
    let Some(columns) = Columns::of(keys, table, problems) else {
        return Vec::new();
    };
    let Columns {
        year: year_at,
        unit: unit_at,
        stratum: stratum_at,
        area: area_at,
        weight: weight_at,
        plots: plots_at,
        population: population_at,
    } = columns;
    let mut units: Vec<EstimationUnit> = Vec::new();
    let mut unread = Vec::new();
    let mut weights = Vec::new();
    for (line, row) in &table.rows {
        if !of_year(row, year_at, year) {
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
        let unit_id = unit_at.map_or("all", |at| row[at].as_str());
        let area = match &area_at {
            Some(area) => number(area.at).map(|found| found.map(|found| found * area.hectares)),
            None => Ok(areas.and_then(|areas| areas.get(unit_id)).copied()),
        };
        let weight = number(weight_at);
        let plots = plots_at.map(&mut number).transpose();
        let population = population_at.map(&mut number).transpose();
        let (Ok(Some(area)), Ok(Some(weight)), Ok(plots), Ok(population)) =
            (area, weight, plots, population)
        else {
            if problems.len() == before {
                problems.push(Finding::error(
                    format!("{}, row {line}", table.name),
                    match &area_at {
                        Some(_) => "area or weight is empty".to_owned(),
                        None => format!("the weight is empty, or `[inventory.units]` has no area of unit `{unit_id}`"),
                    },
                    "fill both in",
                ));
            }
            unread.push((unit_id, &row[stratum_at]));
            continue;
        };
        let stratum_id = &row[stratum_at];
        let position = position_of(&mut units, unit_id, area);
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
            let (number, at) = number.zip(at)?;
            whole_number(number).or_else(|| {
                problems.push(not_a_count(table, *line, at, number));
                None
            })
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
    for (unit, stratum) in unread {
        let position = position_of(&mut units, unit, f64::NAN);
        let stratum = Stratum::new(stratum, Weight::Known(Fraction::ZERO));
        units[position].strata.push(stratum);
    }
    units
}

/// The place of a unit among those that were read, where a new one has this area in hectares.
fn position_of(units: &mut Vec<EstimationUnit>, id: &str, area: f64) -> usize {
    let known = units.iter().position(|unit| unit.id == id);
    known.unwrap_or_else(|| {
        units.push(EstimationUnit {
            id: id.to_owned(),
            name: None,
            area: Hectares::new(area),
            strata: Vec::new(),
        });
        units.len() - 1
    })
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

fn not_a_count(table: &Table, line: usize, at: usize, found: f64) -> Finding {
    Finding::error(
        format!("{}, row {line}, column {}", table.name, table.columns[at]),
        format!("found {found}, expected a whole number of at least 0"),
        "give the number that was counted",
    )
}

/// A number as a count.
pub(in crate::input) fn whole_number(number: f64) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked"
    )]
    (number >= 0.0 && number.fract() == 0.0).then_some(number as u64)
}
