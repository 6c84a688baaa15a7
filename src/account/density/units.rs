//! Units of densities and rates by area, and of the factors that bring them to carbon.

use super::karst;
use crate::account::library::{Approach, METHANE_GAS, Parameter, ParameterError};

/// Dry matter needs one carbon fraction, carbon needs none; all else is plain.
pub(super) fn check_units(
    approach: Approach,
    density: &Parameter,
    less: Option<&Parameter>,
    times: &[(&Parameter, f64)],
) -> Result<(), ParameterError> {
    const FRACTION: &str = "t_c/t_dm";
    let wrong = |row: &Parameter, expected: &str| ParameterError::Unit {
        row: row.row_id(),
        found: row.unit.clone(),
        expected: expected.to_owned(),
    };
    if density.unit == RUNOFF || density.id == RUNOFF_ID {
        return check_runoff(approach, density, times);
    }
    let is_methane = density.unit == METHANE || density.unit == METHANE_GAS;
    if is_methane != (approach == Approach::MethaneEmission) {
        let expected = if is_methane { "t_c/ha/yr" } else { METHANE };
        return Err(wrong(density, expected));
    }
    let fractions = times.iter().filter(|(row, _)| row.unit == FRACTION).count();
    let substance = if fractions == 0 { "t_c" } else { "t_dm" };
    let yearly = approach.per_year();
    let expected = format!("{substance}/ha{yearly}");
    let fits = |row: &Parameter| per_hectare(&row.unit, substance, yearly).is_some();
    // A factor of another unit is what is wrong, and not the density that it makes look so.
    let strange = |row: &&Parameter| row.unit != FRACTION && row.unit != "1";
    if let Some(row) = times.iter().map(|(row, _)| *row).find(strange) {
        let dry = per_hectare(&density.unit, "t_dm", yearly).is_some();
        let wanted = if fractions == 0 && dry { FRACTION } else { "1" };
        return Err(wrong(row, wanted));
    }
    for row in std::iter::once(density).chain(less) {
        if !fits(row) || less.is_some_and(|less| less.unit != density.unit) {
            return Err(wrong(row, &expected));
        }
    }
    let mut seen = 0;
    for (row, _) in times {
        if row.unit == FRACTION && seen == 0 {
            seen = 1;
        } else if row.unit != "1" {
            return Err(wrong(row, "1"));
        }
    }
    Ok(())
}

/// The carbon of methane that a hectare gives off in a year.
const METHANE: &str = "kg_ch4_c/ha/yr";

/// The parameter of runoff.
const RUNOFF_ID: &str = "karst-runoff";

/// The most rain that fell in twelve months anywhere, in metres: no land gives more runoff.
///
/// # Source
///
/// World Meteorological Organization, archive of extremes: 26.47 m at Cherrapunji, 1860 to 1861 (recalled,
/// not read again).
const MOST_RAIN: f64 = 26.5;

/// Units of runoff and of what is dissolved in it.
const RUNOFF: &str = "m/yr";
const DISSOLVED: &str = "mmol/l";

/// Runoff needs what is dissolved in it, once; all else is plain.
fn check_runoff(
    approach: Approach,
    density: &Parameter,
    times: &[(&Parameter, f64)],
) -> Result<(), ParameterError> {
    let wrong = |row: &Parameter, expected: &str| ParameterError::Unit {
        row: row.row_id(),
        found: row.unit.clone(),
        expected: expected.to_owned(),
    };
    let dissolved = times
        .iter()
        .filter(|(row, _)| row.unit == DISSOLVED)
        .count();
    if approach != Approach::WeatheringFlux {
        return Err(wrong(density, "t_c/ha/yr"));
    }
    if density.unit != RUNOFF {
        return Err(wrong(density, RUNOFF));
    }
    if let Some(runoff) = density.value.filter(|runoff| *runoff > MOST_RAIN) {
        return Err(ParameterError::Beyond {
            row: density.row_id(),
            found: runoff.to_string(),
            expected: format!("at most {MOST_RAIN} {RUNOFF}, the most rain of a year"),
        });
    }
    let odd = times
        .iter()
        .find(|(row, _)| row.unit != "1" && row.unit != DISSOLVED);
    match odd {
        Some((row, _)) if dissolved == 0 => Err(wrong(row, DISSOLVED)),
        Some((row, _)) => Err(wrong(row, "1")),
        None if dissolved != 1 => Err(wrong(density, "t_c/ha/yr")),
        None => Ok(()),
    }
}

/// Tonnes by hectare in one unit of a density of the substance; `None` of another unit.
pub(super) fn per_hectare(unit: &str, substance: &str, yearly: &str) -> Option<f64> {
    let (_, what) = substance.split_once('_')?;
    let is = |mass: &str, area: &str| unit == format!("{mass}_{what}/{area}{yearly}");
    if unit == RUNOFF && what == "c" {
        // Metres of water times millimoles by litre are moles by square metre.
        Some(karst::CARBON_G_PER_MOL / karst::HECTARES_PER_SQUARE_KILOMETRE)
    } else if (unit == METHANE || unit == METHANE_GAS) && what == "c" {
        Some(0.001)
    } else if is("t", "ha") {
        Some(1.0)
    } else if is("kg", "m2") {
        Some(10.0)
    } else if is("t", "km2") || is("g", "m2") {
        Some(0.01)
    } else {
        None
    }
}
