//! The table of the strata: rows become estimation units.

use super::table::{Table, parse_number};
use crate::estimate::{Design, EstimationUnit, Stratum, Weight};
use crate::finding::Finding;
use crate::plan::{InventoryTable, StrataTable};
use crate::units::{Fraction, Hectares};

/// Places of the columns.
struct Columns {
    year: Option<usize>,
    unit: Option<usize>,
    stratum: usize,
    area: usize,
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
        let (stratum, area) = (column(Some(&keys.stratum)), column(Some(&keys.area)));
        let (weight, plots) = (column(Some(&keys.weight)), column(keys.plots.as_deref()));
        let population = column(keys.population.as_deref());
        Some(Self {
            year,
            unit,
            stratum: stratum?,
            area: area?,
            weight: weight?,
            plots,
            population,
        })
    }
}

/// The one estimation unit of a design without strata.
pub(super) fn whole(
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

/// The estimation units of one inventory, from the table of the strata.
pub(super) fn units(
    keys: &StrataTable,
    table: &Table,
    year: i32,
    problems: &mut Vec<Finding>,
) -> Option<Vec<EstimationUnit>> {
    let before = problems.len();
    let Columns {
        year: year_at,
        unit: unit_at,
        stratum: stratum_at,
        area: area_at,
        weight: weight_at,
        plots: plots_at,
        population: population_at,
    } = Columns::of(keys, table, problems)?;
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

fn not_a_count(table: &Table, line: usize, at: usize, found: f64) -> Finding {
    Finding::error(
        format!("{}, row {line}, column {}", table.name, table.columns[at]),
        format!("found {found}, expected a whole number of at least 0"),
        "give the number that was counted",
    )
}

/// A number as a count.
pub(super) fn whole_number(number: f64) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked"
    )]
    (number >= 0.0 && number.fract() == 0.0).then_some(number as u64)
}
