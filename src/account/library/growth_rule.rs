//! The part of a method that says how a stand grows with its age.

use serde::{Deserialize, Serialize};

use super::reference::Reference;

/// `[growth]` of a method: which parameters give the yearly growth of a stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GrowthRule {
    /// Yearly growth by status or class of age, per hectare and year.
    #[serde(default)]
    pub increment: Option<Reference>,
    /// Stock by age, per hectare: growth is its rise over the year that follows.
    #[serde(default)]
    pub curve: Option<Reference>,
    /// What brings it to dry matter above ground, where it is volume.
    #[serde(default)]
    pub times: Vec<Reference>,
    /// Below-ground over above-ground biomass.
    pub root_shoot: Reference,
    /// Carbon fraction of dry matter; not used where the growth is of carbon.
    pub carbon_fraction: Reference,
}

impl GrowthRule {
    /// All parameters of the rule.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        [&self.increment, &self.curve]
            .into_iter()
            .flatten()
            .chain(&self.times)
            .chain([&self.root_shoot, &self.carbon_fraction])
    }

    /// Whether it has increments or a curve, and not both.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.increment.is_some() != self.curve.is_some()
    }
}
