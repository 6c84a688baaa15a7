//! Methods laid out for a reader: formula, pools, and every parameter row they can draw on.

use std::collections::BTreeMap;

use serde::Serialize;

use super::method::Method;
use super::parameters::Parameters;

/// A method laid out for a reader: formula, pools, and every parameter row it can draw on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MethodDescription {
    /// Id in plans.
    pub id: String,
    /// What it does, in a line.
    pub title: String,
    /// Approach id.
    pub approach: String,
    /// The formula, with symbols and units.
    pub formula: String,
    /// Ecosystem ids.
    pub ecosystems: Vec<String>,
    /// Keys that the plan must give, and what each can be.
    pub keys: BTreeMap<String, Vec<String>>,
    /// Pools with the arithmetic of each in words.
    pub pools: Vec<PoolDescription>,
    /// Title of the source and where in it.
    pub source: String,
    /// Why there is no removal, and what must be known.
    pub notes: Vec<String>,
}

/// One pool of a method, for a reader.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PoolDescription {
    /// Pool id.
    pub pool: String,
    /// Depth of a soil pool, in centimetres.
    pub depth_cm: Option<f64>,
    /// The arithmetic, such as `area * (a - b) * c`.
    pub arithmetic: String,
    /// Rows of its parameters under the given keys (all rows where no keys are given).
    pub parameters: Vec<ParameterDescription>,
}

/// One parameter row, for a reader.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ParameterDescription {
    /// Row id.
    pub id: String,
    /// What it is, in words.
    pub quantity: String,
    /// The value.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: String,
    /// Published bounds.
    pub interval: Option<(f64, f64)>,
    /// What the bounds are.
    pub interval_kind: String,
    /// Title of the source and where in it.
    pub source: String,
    /// `verified`, `memory` or `user`.
    pub confidence: String,
}

/// The formula of a method: of factors in mass of methane no carbon is turned into it.
pub(super) fn formula_of(method: &Method, parameters: &Parameters) -> String {
    let formula = method.approach.formula();
    let rules = method.pools.iter();
    let mut rows = rules.flat_map(|rule| parameters.of(&rule.density.parameter));
    if rows.any(|row| row.unit == METHANE_GAS) {
        return formula
            .replace("CH4-C/ha", "CH4/ha")
            .replace("16/12 * ", "");
    }
    formula.to_owned()
}

/// The methane itself.
pub(in crate::account) const METHANE_GAS: &str = "kg_ch4/ha/yr";
