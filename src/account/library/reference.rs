//! Parameters as methods refer to them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::parameter::Parameter;
use super::parameter_error::told;
use super::parameters::{ParameterError, Parameters};

/// The key by which a source's sets of the same parameter are told apart.
pub(in crate::account) const PARAMETER_SET: &str = "parameter-set";

/// A parameter as a method refers to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Id in `seeds/parameters`.
    pub parameter: String,
    /// Keys of the table that the method itself fixes.
    #[serde(default)]
    pub fixed: BTreeMap<String, String>,
    /// Keys of the table that the plan gives under another name: table key to plan key.
    #[serde(default)]
    pub bind: BTreeMap<String, String>,
    /// Keys of the table that the plan may give under another name where the other tables of the method have another
    /// word for them: table key to plan key. Without that they are those of the plan.
    #[serde(default)]
    pub otherwise: BTreeMap<String, String>,
    /// Words of the bound keys that the method takes, of those that the table has; all where none is
    /// named.
    #[serde(default)]
    pub words: Vec<String>,
    /// Other parameters that a word of the plan chooses in its place.
    #[serde(default)]
    pub choose: Option<Choose>,
    /// Words of a bound key for which the factor is 1 by definition, so that its table has no row.
    #[serde(default)]
    pub nominal: Vec<String>,
}

/// Parameters among which a key of the plan chooses; without it the method's own is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choose {
    /// The key.
    pub key: String,
    /// Parameter id by word.
    pub among: BTreeMap<String, String>,
}

impl Reference {
    /// Whether the plan's word for a bound key makes the factor 1 by definition.
    #[must_use]
    pub fn is_nominal(&self, plan: &BTreeMap<String, String>) -> bool {
        self.bind
            .values()
            .filter_map(|plan_key| plan.get(plan_key))
            .any(|word| self.nominal.contains(word))
    }

    /// The row of the parameter under the keys of the plan.
    ///
    /// # Errors
    ///
    /// [`ParameterError`] when no row, or more than one, answers.
    pub fn resolve<'a>(
        &self,
        parameters: &'a Parameters,
        plan: &BTreeMap<String, String>,
    ) -> Result<&'a Parameter, ParameterError> {
        let id = self.chosen(plan)?;
        let mut keys = plan.clone();
        for (table, plan_key) in &self.bind {
            let Some(value) = plan.get(plan_key) else {
                return Err(self.unbound(parameters, (table, plan_key)));
            };
            if !self.words.is_empty() && !self.words.contains(value) {
                let allowed = self.words.iter().chain(&self.nominal);
                return Err(unfit(&self.parameter, (plan_key, value), allowed));
            }
            keys.insert(table.clone(), value.clone());
        }
        self.rename(&mut keys);
        self.fix(parameters, &mut keys);
        parameters.find(id, &keys)
    }

    /// Sets the keys that the plan gives for this table alone.
    pub(super) fn rename(&self, keys: &mut BTreeMap<String, String>) {
        for (table, plan_key) in &self.otherwise {
            if let Some(word) = keys.get(plan_key).cloned() {
                keys.insert(table.clone(), word);
            }
        }
    }

    /// The row of the parameter under the keys of the plan, with its value.
    ///
    /// # Errors
    ///
    /// [`ParameterError`] when no row, or more than one, answers, and when the row has no value.
    pub(in crate::account) fn value<'a>(
        &self,
        parameters: &'a Parameters,
        plan: &BTreeMap<String, String>,
    ) -> Result<(&'a Parameter, f64), ParameterError> {
        let row = self.resolve(parameters, plan)?;
        let none = || ParameterError::NoValue { row: row.row_id() };
        Ok((row, row.value.ok_or_else(none)?))
    }

    /// That the plan does not give a key of the table, bound to one of its own. What it can be are the words
    /// that the method takes.
    pub(super) fn unbound(
        &self,
        parameters: &Parameters,
        (table, plan_key): (&str, &str),
    ) -> ParameterError {
        let is_fixed = |row: &&Parameter| {
            let mut fixed = self.fixed.iter();
            fixed.all(|(key, word)| row.keys.get(key).is_none_or(|found| found == word))
        };
        let rows = parameters.of(&self.parameter).filter(is_fixed);
        let of_rows: BTreeSet<&String> = rows.filter_map(|row| row.keys.get(table)).collect();
        let of_rows = of_rows.into_iter();
        let taken: Vec<String> = of_rows
            .filter(|word| self.words.is_empty() || self.words.contains(word))
            .chain(&self.nominal)
            .map(|word| format!("`{word}`"))
            .collect();
        ParameterError::KeyMissing {
            id: self.parameter.clone(),
            needs: format!("`{plan_key}`, one of {}", taken.join(", ")),
        }
    }

    /// Sets the keys that the method fixes. A set of parameters that the plan names goes before the
    /// method's where the parameter has it.
    pub(super) fn fix(&self, parameters: &Parameters, keys: &mut BTreeMap<String, String>) {
        for (key, word) in &self.fixed {
            let wanted = keys.get(key).filter(|_| key == PARAMETER_SET);
            let is_known = wanted.is_some_and(|set| {
                let mut rows = parameters.of(&self.parameter);
                rows.any(|row| row.keys.get(key) == Some(set))
            });
            if !is_known {
                keys.insert(key.clone(), word.clone());
            }
        }
    }

    /// Ids of all parameters that it may be.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        let others = self.choose.iter().flat_map(|choose| choose.among.values());
        std::iter::once(&self.parameter)
            .chain(others)
            .map(String::as_str)
    }

    /// Id of the parameter under the keys of the plan.
    fn chosen(&self, plan: &BTreeMap<String, String>) -> Result<&str, ParameterError> {
        let Some(choose) = &self.choose else {
            return Ok(&self.parameter);
        };
        match plan.get(&choose.key) {
            None => Ok(&self.parameter),
            Some(word) => choose
                .among
                .get(word)
                .map(String::as_str)
                .ok_or_else(|| unfit(&self.parameter, (&choose.key, word), choose.among.keys())),
        }
    }
}

/// A word that the method does not take, with those that it takes.
fn unfit<'a>(
    id: &str,
    (key, word): (&str, &str),
    allowed: impl Iterator<Item = &'a String>,
) -> ParameterError {
    ParameterError::NoRow {
        id: id.to_owned(),
        asked: told(key, word),
        wrong: vec![told(key, word)],
        faults: format!(
            "`{key}` can be {}",
            allowed.cloned().collect::<Vec<_>>().join(", ")
        ),
    }
}
