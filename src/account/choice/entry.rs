//! The methods that a plan chooses, and for which land.

use std::collections::{BTreeMap, BTreeSet};

use super::layer_stock::LayerStock;
use crate::account::ecosystem::Ecosystem;
use crate::account::library::{Approach, Method};
use crate::account::pool::Pool;
use crate::account::within::Within;

/// The plan's choice of a method for an ecosystem.
#[derive(Debug, Clone, PartialEq)]
pub struct CarbonChoice {
    /// The ecosystem.
    pub ecosystem: Ecosystem,
    /// Method id.
    pub method: String,
    /// Keys of its parameters, such as `climate-zone` → `warm-temperate-wet`.
    pub keys: BTreeMap<String, String>,
    /// Only the part under classes of a further layer.
    pub within: Option<Within>,
    /// The layer that holds the stock, for a method of that approach.
    pub stock: Option<LayerStock>,
    /// How it was managed before, and until when.
    pub managed: Option<Managed>,
    /// Pools of the method that something else gives, and this choice does not where that reaches.
    pub without: BTreeSet<Pool>,
    /// Whether there is land that it does not reach.
    pub beyond: bool,
}

/// A change of management without a change of use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Managed {
    /// Year of the change.
    pub year: i32,
    /// Keys before it, where they differ.
    pub before: BTreeMap<String, String>,
}

impl CarbonChoice {
    /// A choice for all of an ecosystem.
    #[must_use]
    pub fn new(ecosystem: Ecosystem, method: impl Into<String>) -> Self {
        Self {
            ecosystem,
            method: method.into(),
            keys: BTreeMap::new(),
            within: None,
            stock: None,
            managed: None,
            without: BTreeSet::new(),
            beyond: false,
        }
    }

    /// The choice as it was before its management changed.
    pub(in crate::account) fn before(&self) -> Option<Self> {
        let managed = self.managed.as_ref()?;
        let mut keys = self.keys.clone();
        keys.extend(managed.before.clone());
        Some(Self {
            keys,
            managed: None,
            ..self.clone()
        })
    }

    /// Whether a part with these classes of the further layers is meant.
    #[must_use]
    pub fn holds(&self, classes: &[Option<i64>]) -> bool {
        (self.within.as_ref()).is_none_or(|within| within.holds(classes))
    }

    /// Whether two choices can speak for the same land.
    pub(in crate::account) fn meets(&self, other: &Self) -> bool {
        match (&self.within, &other.within) {
            (Some(mine), Some(theirs)) if mine.place == theirs.place => {
                !mine.codes.is_disjoint(&theirs.codes)
            }
            _ => true,
        }
    }
}

/// Ecosystems whose losses a method gives.
pub(in crate::account) fn losses(chosen: &[(&CarbonChoice, &Method)]) -> Vec<Ecosystem> {
    chosen
        .iter()
        .filter(|(_, method)| {
            matches!(
                method.approach,
                Approach::CoastalLoss | Approach::ConversionLoss
            )
        })
        .map(|(choice, _)| choice.ecosystem)
        .collect()
}

/// Ecosystems of which a method counts what land gained takes up.
pub(in crate::account) fn restored(chosen: &[(&CarbonChoice, &Method)]) -> Vec<Ecosystem> {
    let gaining =
        |(_, method): &&(&CarbonChoice, &Method)| method.approach == Approach::CoastalAccumulation;
    (chosen
        .iter()
        .filter(gaining)
        .map(|(choice, _)| choice.ecosystem))
    .collect()
}
