//! The rows of parameters that the growth of a stand takes.

use std::collections::BTreeMap;

use super::aged_forest::AgedArea;
use crate::account::library::{
    GrowthRule, Parameter, ParameterError, Parameters, Reference, chosen, value,
};

/// The rows of parameters that a stand takes.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::account) struct Grower<'a> {
    /// Growth is the sum of weight times row.
    pub(in crate::account) growth: Vec<(f64, &'a Parameter)>,
    pub(in crate::account) times: Vec<&'a Parameter>,
    pub(in crate::account) root_shoot: &'a Parameter,
    /// `None` where growth is of carbon already.
    pub(in crate::account) carbon_fraction: Option<&'a Parameter>,
}

impl<'a> Grower<'a> {
    /// The rows for a stand of this age under the keys of the plan and its own.
    pub(in crate::account) fn of(
        rule: &GrowthRule,
        parameters: &'a Parameters,
        plan: &BTreeMap<String, String>,
        stand: &AgedArea,
        age: f64,
    ) -> Result<Self, NoGrowth> {
        let mut keys = plan.clone();
        keys.extend(stand.keys.clone());
        if !stand.species.is_empty() {
            let species = keys.entry("species".to_owned());
            species.or_insert_with(|| stand.species.clone());
        }
        if !stand.origin.is_empty() {
            keys.insert("origin".to_owned(), stand.origin.clone());
        }
        if let Some(status) = status(keys.get("origin").map(String::as_str), age) {
            keys.insert("status".to_owned(), status.to_owned());
        }
        let growth = match (&rule.increment, &rule.curve) {
            (Some(increment), _) => vec![(1.0, chosen(increment, parameters, &keys, age)?)],
            (None, Some(curve)) => rise(&points(curve, parameters, &keys)?, age)?,
            (None, None) => Vec::new(),
        };
        let times = rule
            .times
            .iter()
            .map(|reference| chosen(reference, parameters, &keys, age))
            .collect::<Result<Vec<_>, _>>()?;
        let yearly = if rule.increment.is_some() { "/yr" } else { "" };
        let of_carbon = check_units(&growth, &times, yearly)?;
        let carbon_fraction = (!of_carbon)
            .then(|| chosen(&rule.carbon_fraction, parameters, &keys, age))
            .transpose()?;
        let root_shoot = rule.root_shoot.resolve(parameters, &keys)?;
        if root_shoot.value.is_none() {
            return Err(ParameterError::NoValue {
                row: root_shoot.row_id(),
            }
            .into());
        }
        Ok(Self {
            growth,
            times,
            root_shoot,
            carbon_fraction,
        })
    }

    pub(in crate::account) fn rows(&self) -> impl Iterator<Item = &'a Parameter> + '_ {
        self.growth
            .iter()
            .map(|(_, row)| *row)
            .chain(self.times.iter().copied())
            .chain([self.root_shoot])
            .chain(self.carbon_fraction)
    }

    /// Growth above ground per hectare and year: of dry matter, or of carbon where there is no
    /// carbon fraction.
    pub(in crate::account) fn above_ground(&self) -> f64 {
        let growth: f64 = self.growth.iter().map(|(w, row)| w * value(row)).sum();
        growth * self.times.iter().map(|row| value(row)).product::<f64>()
    }

    /// A key that tells groups of stands with the same rows.
    pub(in crate::account) fn key(&self) -> Vec<String> {
        let growth = self
            .growth
            .iter()
            .map(|(weight, row)| format!("{weight:+.9} {}", row.row_id()));
        let others = self.rows().skip(self.growth.len()).map(Parameter::row_id);
        growth.chain(others).collect()
    }
}

/// Why a stand has no growth.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::account) enum NoGrowth {
    /// Its curve does not reach its age: first and last age of the curve.
    BeyondCurve(f64, f64),
    /// A parameter could not be chosen.
    Parameter(ParameterError),
}

impl From<ParameterError> for NoGrowth {
    fn from(error: ParameterError) -> Self {
        Self::Parameter(error)
    }
}

/// The points of a curve in the order of their ages.
fn points<'a>(
    reference: &Reference,
    parameters: &'a Parameters,
    keys: &BTreeMap<String, String>,
) -> Result<Vec<(f64, &'a Parameter)>, ParameterError> {
    let mut ages: Vec<(f64, &str)> = parameters
        .of(&reference.parameter)
        .filter_map(|row| {
            let age = row.keys.get(AGE)?;
            Some((age.parse().ok()?, age.as_str()))
        })
        .collect();
    ages.sort_by(|a, b| a.0.total_cmp(&b.0));
    ages.dedup();
    let mut points = Vec::new();
    let mut first_error = None;
    for (age, word) in ages {
        let mut at = keys.clone();
        at.insert(AGE.to_owned(), word.to_owned());
        match chosen(reference, parameters, &at, age) {
            Ok(row) => points.push((age, row)),
            // Curves of other keys have points at other ages.
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    match (points.is_empty(), first_error) {
        (true, Some(error)) => Err(error),
        (true, None) => Err(ParameterError::UnknownId {
            id: reference.parameter.clone(),
            suggestion: None,
        }),
        _ => Ok(points),
    }
}

/// What a curve rises from an age to the year after, as weights of its points: straight lines
/// between them, and nothing beyond its ends.
fn rise<'a>(
    points: &[(f64, &'a Parameter)],
    age: f64,
) -> Result<Vec<(f64, &'a Parameter)>, NoGrowth> {
    let mut weights: BTreeMap<usize, f64> = BTreeMap::new();
    for (at, sign) in [(age, -1.0), (age + 1.0, 1.0)] {
        let beyond = || {
            let end = |point: Option<&(f64, &Parameter)>| point.map_or(0.0, |point| point.0);
            NoGrowth::BeyondCurve(end(points.first()), end(points.last()))
        };
        let after = points.iter().position(|point| point.0 >= at);
        let after = after.ok_or_else(beyond)?;
        let before = if points[after].0 > at {
            after.checked_sub(1).ok_or_else(beyond)?
        } else {
            after
        };
        let span = points[after].0 - points[before].0;
        let share = if before == after {
            0.0
        } else {
            (at - points[before].0) / span
        };
        *weights.entry(before).or_default() += sign * (1.0 - share);
        *weights.entry(after).or_default() += sign * share;
    }
    Ok(weights
        .into_iter()
        .filter(|(_, weight)| weight.abs() > 0.0)
        .map(|(at, weight)| (weight, points[at].1))
        .collect())
}

/// The status of the IPCC's tables; `None` where the origin is not known.
///
/// A stand of trees that came by themselves is secondary: a register does not tell primary forest
/// by its age.
fn status(origin: Option<&str>, age: f64) -> Option<&'static str> {
    match origin? {
        "planted" => Some("plantation-all"),
        "natural" if age <= YOUNG => Some("secondary-le20y"),
        "natural" => Some("secondary-gt20y"),
        _ => None,
    }
}

/// Whether the growth is of carbon; an error where the units of its factors do not fit.
fn check_units(
    growth: &[(f64, &Parameter)],
    times: &[&Parameter],
    yearly: &str,
) -> Result<bool, ParameterError> {
    const TO_DRY_MATTER: &str = "t_dm/m3";
    let wrong = |row: &Parameter, expected: String| ParameterError::Unit {
        row: row.row_id(),
        found: row.unit.clone(),
        expected,
    };
    let of_volume = times.iter().filter(|row| row.unit == TO_DRY_MATTER).count() == 1;
    for row in times {
        if row.unit != "1" && row.unit != TO_DRY_MATTER {
            return Err(wrong(row, format!("{TO_DRY_MATTER} or 1")));
        }
    }
    let allowed: &[&str] = if of_volume { &["m3"] } else { &["t_dm", "t_c"] };
    let mut of_carbon = false;
    for (_, row) in growth {
        let Some(substance) = allowed
            .iter()
            .find(|substance| row.unit == format!("{substance}/ha{yearly}"))
        else {
            let units: Vec<String> = allowed
                .iter()
                .map(|substance| format!("{substance}/ha{yearly}"))
                .collect();
            return Err(wrong(row, units.join(" or ")));
        };
        of_carbon = *substance == "t_c";
    }
    Ok(of_carbon)
}

/// The column of a curve that holds the age, in years.
const AGE: &str = "age";

/// Stands up to this age are young in the tables of the IPCC, in years.
const YOUNG: f64 = 20.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::library::Standing;

    fn point(age: f64, stock: f64) -> Parameter {
        Parameter {
            id: "stand-curve".to_owned(),
            keys: BTreeMap::from([("age".to_owned(), age.to_string())]),
            quantity: String::new(),
            value: Some(stock),
            unit: "t_dm/ha".to_owned(),
            interval: None,
            depth_cm: None,
            cite: "user".to_owned(),
            locator: "here".to_owned(),
            figure: None,
            standing: Standing::User,
            note: String::new(),
        }
    }

    fn growth(points: &[(f64, &Parameter)], age: f64) -> Option<f64> {
        let rise = rise(points, age).ok()?;
        Some(rise.iter().map(|(weight, row)| weight * value(row)).sum())
    }

    #[test]
    fn a_curve_rises_on_straight_lines_between_its_points() {
        let rows = [point(0.0, 0.0), point(10.0, 20.0), point(20.0, 80.0)];
        let points: Vec<(f64, &Parameter)> = rows
            .iter()
            .zip([0.0, 10.0, 20.0])
            .map(|(row, age)| (age, row))
            .collect();
        let close = |age: f64, expected: f64| {
            let found = growth(&points, age).unwrap();
            assert!((found - expected).abs() < 1e-12, "{age}: {found}");
        };
        close(0.0, 2.0);
        close(9.5, 0.5 * 2.0 + 0.5 * 6.0);
        close(10.0, 6.0);
        close(19.0, 6.0);
    }

    #[test]
    fn nothing_is_said_beyond_the_ends_of_a_curve() {
        let rows = [point(5.0, 10.0), point(10.0, 20.0)];
        let points = [(5.0, &rows[0]), (10.0, &rows[1])];
        for age in [0.0, 4.9, 9.5, 10.0, 30.0] {
            assert_eq!(rise(&points, age), Err(NoGrowth::BeyondCurve(5.0, 10.0)));
        }
    }
}
