//! The part of a method that says how volume becomes carbon, and the factors that it takes for a
//! stand.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::method::Approach;
use super::parameter::Parameter;
use super::parameters::{ParameterError, Parameters};
use super::reference::Reference;

/// `[volume]` of a method: which parameters bring stock volume to carbon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct VolumeRule {
    /// `a` of the continuous function, t d.m. per m³.
    #[serde(default)]
    pub slope: Option<Reference>,
    /// `b` of the continuous function, t d.m. per hectare with stock.
    #[serde(default)]
    pub intercept: Option<Reference>,
    /// Wood density, t d.m. per m³.
    #[serde(default)]
    pub density: Option<Reference>,
    /// Above-ground over stem biomass.
    #[serde(default)]
    pub expansion: Option<Reference>,
    /// Above-ground biomass over volume, by class of growing stock, t d.m. per m³.
    #[serde(default)]
    pub conversion: Option<Reference>,
    /// Below-ground over above-ground biomass.
    pub root_shoot: Reference,
    /// Carbon fraction of dry matter.
    pub carbon_fraction: Reference,
}

impl VolumeRule {
    /// All parameters of the rule.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        [
            &self.slope,
            &self.intercept,
            &self.density,
            &self.expansion,
            &self.conversion,
        ]
        .into_iter()
        .flatten()
        .chain([&self.root_shoot, &self.carbon_fraction])
    }

    /// Whether it has the parameters of the approach, and no others.
    #[must_use]
    pub fn fits(&self, approach: Approach) -> bool {
        let has = [
            self.slope.is_some(),
            self.intercept.is_some(),
            self.density.is_some(),
            self.expansion.is_some(),
            self.conversion.is_some(),
        ];
        match approach {
            Approach::ContinuousFunction => has == [true, true, false, false, false],
            Approach::ExpansionFactor => has == [false, false, true, true, false],
            Approach::ConversionFactor => has == [false, false, false, false, true],
            _ => false,
        }
    }
}

/// The rows of parameters that a stand takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::account) struct Factors<'a> {
    /// From volume to dry matter: one or two rows, by approach.
    pub(in crate::account) biomass: (&'a Parameter, Option<&'a Parameter>),
    pub(in crate::account) root_shoot: &'a Parameter,
    pub(in crate::account) carbon_fraction: &'a Parameter,
}

impl<'a> Factors<'a> {
    /// The rows for a stand with these keys and so many m³ per hectare.
    pub(in crate::account) fn of(
        rule: &VolumeRule,
        approach: Approach,
        parameters: &'a Parameters,
        keys: &BTreeMap<String, String>,
        per_hectare: f64,
    ) -> Result<Self, ParameterError> {
        let row = |reference: &Option<Reference>, at: f64| {
            let reference = reference.as_ref().expect("the rule fits its approach");
            chosen(reference, parameters, keys, at)
        };
        let (biomass, above) = match approach {
            Approach::ContinuousFunction => {
                let (a, b) = (
                    row(&rule.slope, per_hectare)?,
                    row(&rule.intercept, per_hectare)?,
                );
                let all = value(a) * per_hectare + value(b);
                ((a, Some(b)), all)
            }
            Approach::ExpansionFactor => {
                let density = row(&rule.density, per_hectare)?;
                let expansion = row(&rule.expansion, per_hectare)?;
                let above = value(density) * value(expansion) * per_hectare;
                ((density, Some(expansion)), above)
            }
            _ => {
                let factor = row(&rule.conversion, per_hectare)?;
                ((factor, None), value(factor) * per_hectare)
            }
        };
        Ok(Self {
            biomass,
            root_shoot: chosen(&rule.root_shoot, parameters, keys, above)?,
            carbon_fraction: chosen(&rule.carbon_fraction, parameters, keys, above)?,
        })
    }

    pub(in crate::account) fn rows(&self) -> impl Iterator<Item = &'a Parameter> {
        [Some(self.biomass.0), self.biomass.1]
            .into_iter()
            .flatten()
            .chain([self.root_shoot, self.carbon_fraction])
    }

    /// Whether so many m³ per hectare lie in the classes of all rows.
    pub(in crate::account) fn hold(&self, approach: Approach, per_hectare: f64) -> bool {
        let (first, second) = self.biomass;
        let above = match (approach, second) {
            (Approach::ContinuousFunction, Some(b)) => value(first) * per_hectare + value(b),
            (_, second) => value(first) * second.map_or(1.0, value) * per_hectare,
        };
        let of_volume = [Some(first), second];
        of_volume
            .into_iter()
            .flatten()
            .all(|row| row.holds(per_hectare))
            && self.root_shoot.holds(above)
            && self.carbon_fraction.holds(above)
    }

    /// Whether the continuous function gives less than nothing at so many m³ per hectare.
    pub(in crate::account) fn give_less_than_nothing(
        &self,
        approach: Approach,
        per_hectare: f64,
    ) -> bool {
        let (slope, intercept) = self.biomass;
        let intercept = intercept.filter(|_| approach == Approach::ContinuousFunction);
        intercept.is_some_and(|b| value(slope) * per_hectare + value(b) < 0.0)
    }

    /// A key that tells groups of stands with the same rows.
    pub(in crate::account) fn key(&self) -> Vec<String> {
        self.rows().map(Parameter::row_id).collect()
    }
}

/// The value of a row that was chosen, and so has one.
pub(in crate::account) fn value(row: &Parameter) -> f64 {
    row.value.expect("rows without a value are not chosen")
}

/// The row of a reference whose class holds `at`. Keys may list several words, parted by `|`: the
/// first that the table knows is taken.
pub(in crate::account) fn chosen<'a>(
    reference: &Reference,
    parameters: &'a Parameters,
    keys: &BTreeMap<String, String>,
    at: f64,
) -> Result<&'a Parameter, ParameterError> {
    let mut asked = keys.clone();
    for (table, key) in &reference.bind {
        let Some(words) = keys.get(key) else {
            return Err(reference.unbound(parameters, (table, key)));
        };
        asked.insert(table.clone(), words.clone());
    }
    reference.rename(&mut asked);
    reference.fix(parameters, &mut asked);
    let mut first_error = None;
    for choice in alternatives(&asked, &reference.bind) {
        let found = parameters
            .find_at(&reference.parameter, &choice, at)
            .and_then(|row| match row.value {
                Some(_) => Ok(row),
                None => Err(ParameterError::NoValue { row: row.row_id() }),
            });
        match found {
            Ok(row) => return Ok(row),
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    Err(first_error.expect("there is one choice at least"))
}

/// The keys with each of the words of the bound key that lists several.
fn alternatives(
    keys: &BTreeMap<String, String>,
    bind: &BTreeMap<String, String>,
) -> Vec<BTreeMap<String, String>> {
    let several = bind
        .keys()
        .find(|table| keys.get(*table).is_some_and(|words| words.contains('|')));
    let Some(table) = several else {
        return vec![keys.clone()];
    };
    keys[table]
        .split('|')
        .map(|word| {
            let mut one = keys.clone();
            one.insert(table.clone(), word.to_owned());
            one
        })
        .collect()
}
