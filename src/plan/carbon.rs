//! The tables of a plan that say how carbon is accounted.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// `[carbon]`: how carbon is accounted.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CarbonTable {
    /// Method for forest: an id of `terrasink methods`.
    pub method: Option<String>,
    /// Climate zone, where a method picks its parameters by it.
    pub climate_zone: Option<String>,
    /// Further keys that methods pick their parameters by.
    #[serde(default)]
    pub keys: BTreeMap<String, String>,
    /// Methods of further ecosystems.
    #[serde(default)]
    pub ecosystem: Vec<EcosystemTable>,
}

/// `[[carbon.ecosystem]]`: the method of one ecosystem.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EcosystemTable {
    /// Ecosystem id.
    pub ecosystem: String,
    /// Method id.
    pub method: String,
    /// Climate zone, where it differs from the run's.
    pub climate_zone: Option<String>,
    /// Further keys that the method picks its parameters by.
    #[serde(default)]
    pub keys: BTreeMap<String, String>,
}
