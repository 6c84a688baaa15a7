//! The methods that a plan chooses, and for which land.

use std::collections::{BTreeMap, BTreeSet};

use super::carbon::CarbonInput;
use super::ecosystem::Ecosystem;
use super::layer_stock::LayerStock;
use super::method::{Approach, Method};
use super::pool::Pool;

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

/// Classes of a further layer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Within {
    /// Place among the class layers.
    pub place: usize,
    /// The codes.
    pub codes: BTreeSet<i64>,
    /// Layer and classes in words.
    pub words: String,
}

impl Within {
    /// Whether a part with these classes of the further layers is meant.
    #[must_use]
    pub fn holds(&self, classes: &[Option<i64>]) -> bool {
        let code = classes.get(self.place).copied().flatten();
        code.is_some_and(|code| self.codes.contains(&code))
    }
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
    pub(super) fn before(&self) -> Option<Self> {
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
    pub(super) fn meets(&self, other: &Self) -> bool {
        match (&self.within, &other.within) {
            (Some(mine), Some(theirs)) if mine.place == theirs.place => {
                !mine.codes.is_disjoint(&theirs.codes)
            }
            _ => true,
        }
    }
}

/// Ecosystems that a method is chosen for which counts what grows, of all land or of land gained.
/// Those are among them whose trees an inventory counts in some regions.
pub(super) fn grown(input: &CarbonInput<'_>) -> BTreeSet<Ecosystem> {
    let growing = input.choices.iter().filter(|choice| {
        let method = input.seeds.method(&choice.method);
        method.is_ok_and(|method| method.approach.is_gain())
            && !choice.without.contains(&Pool::AboveGround)
    });
    growing.map(|choice| choice.ecosystem).collect()
}

/// Ecosystems whose losses a method gives.
pub(super) fn losses(chosen: &[(&CarbonChoice, &Method)]) -> Vec<Ecosystem> {
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
pub(super) fn restored(chosen: &[(&CarbonChoice, &Method)]) -> Vec<Ecosystem> {
    let gaining =
        |(_, method): &&(&CarbonChoice, &Method)| method.approach == Approach::CoastalAccumulation;
    (chosen
        .iter()
        .filter(gaining)
        .map(|(choice, _)| choice.ecosystem))
    .collect()
}
