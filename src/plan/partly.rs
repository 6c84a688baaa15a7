//! Entries of lists of a plan that have mistakes: they are no part of the plan, and what they name is looked
//! at.

use std::collections::{BTreeMap, BTreeSet};

use super::boundary::BoundaryTable;
use super::carbon::EcosystemTable;
use super::file::{LandCoverTable, PlanFile};
use super::fire::FireTable;
use super::inventory::PlotsTable;
use super::layer::LayerTable;
use super::restoration::RestorationTable;
use super::stands::StandsTable;
use super::trees::TreesTable;

/// Entries of lists that were not read whole, with something in place of what is missing of them.
#[derive(Debug, Clone, Default)]
pub struct PartlyRead {
    /// Of `[[land-cover]]`.
    pub land_cover: Vec<LandCoverTable>,
    /// Of `[[layer]]`.
    pub layers: Vec<LayerTable>,
    /// Of `[[boundary]]`.
    pub boundaries: Vec<BoundaryTable>,
    /// Of `[[inventory.plots]]`.
    pub plots: Vec<PlotsTable>,
    /// Of `[[inventory.trees]]`.
    pub trees: Vec<TreesTable>,
    /// Of `[[inventory.stands]]`.
    pub stands: Vec<StandsTable>,
    /// Of `[[carbon.ecosystem]]`.
    pub ecosystems: Vec<EcosystemTable>,
    /// Of `[[fire]]`.
    pub fires: Vec<FireTable>,
    /// Of `[[restoration]]`.
    pub restorations: Vec<RestorationTable>,
}

/// The entries of a list, those that were read whole first, each with whether it was.
#[must_use]
pub fn with_partly<'a, T>(whole: &'a [T], partly: &'a [T]) -> Vec<(&'a T, bool)> {
    let whole = whole.iter().map(|entry| (entry, true));
    whole
        .chain(partly.iter().map(|entry| (entry, false)))
        .collect()
}

impl PartlyRead {
    /// The entries of a plan at these places of their lists.
    pub(super) fn of(file: PlanFile, entries: &BTreeMap<String, BTreeSet<usize>>) -> Self {
        fn at<T>(list: Vec<T>, places: Option<&BTreeSet<usize>>) -> Vec<T> {
            let entries = list.into_iter().enumerate();
            let entries =
                entries.filter(|(at, _)| places.is_some_and(|places| places.contains(at)));
            entries.map(|(_, entry)| entry).collect()
        }
        let (mut plots, mut stands, mut trees) = (Vec::new(), Vec::new(), Vec::new());
        if let Some(inventory) = file.inventory {
            plots = at(inventory.plots, entries.get("inventory.plots"));
            trees = at(inventory.trees, entries.get("inventory.trees"));
            stands = at(inventory.stands, entries.get("inventory.stands"));
        }
        let ecosystems = file.carbon.map(|carbon| carbon.ecosystem);
        Self {
            land_cover: at(file.land_cover, entries.get("land-cover")),
            layers: at(file.layer, entries.get("layer")),
            boundaries: at(file.boundary, entries.get("boundary")),
            plots,
            trees,
            stands,
            ecosystems: at(
                ecosystems.unwrap_or_default(),
                entries.get("carbon.ecosystem"),
            ),
            fires: at(file.fire, entries.get("fire")),
            restorations: at(file.restoration, entries.get("restoration")),
        }
    }
}
