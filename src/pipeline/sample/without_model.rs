//! Attributes of inventories that the plan asks a model of small areas of and that have none, and why.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::domains::Setting;
use crate::estimate::Estimate;
use crate::finding::Finding;
use crate::input::Inventory;
use crate::units::Quantity;

/// Regions that a finding names.
const NAMED: usize = 5;

/// What is told of regions, of the first of many.
pub(super) fn named(regions: &[String]) -> String {
    let more = regions.len().saturating_sub(NAMED);
    let mut words = regions[..regions.len() - more].join(", ");
    if more > 0 {
        let _ = write!(words, " and {more} more");
    }
    words
}

/// Regions without an estimate, and why; none where the plots are not known by region.
type Gaps = Vec<(usize, String)>;

/// Attributes of inventories that the plan asks a model of and that have none, by inventory and gaps.
#[derive(Debug, Default)]
pub(super) struct WithoutModel(BTreeMap<(usize, Gaps), Vec<String>>);

impl WithoutModel {
    /// Adds an attribute whose totals, by domain and then of the union, give no model.
    pub(super) fn add<Q: Quantity>(
        &mut self,
        (inventory, attribute): (usize, &str),
        totals: &[Result<Estimate<Q>, String>],
        setting: &Setting<'_>,
    ) {
        let regions = setting.regions.len();
        let by_region = totals.iter().take(regions).enumerate();
        let by_region = by_region.filter(|_| totals.len() > regions);
        let gaps = by_region.filter_map(|(at, total)| Some((at, total.as_ref().err()?.clone())));
        let attributes = self.0.entry((inventory, gaps.collect())).or_default();
        attributes.push(attribute.to_owned());
    }

    /// What each gap leaves without the model: a warning, whose words are a note of every region.
    pub(super) fn findings(
        &self,
        inventories: &[Inventory],
        setting: &Setting<'_>,
    ) -> Vec<Finding> {
        let told = self.0.iter().map(|((inventory, gaps), attributes)| {
            let year = inventories[*inventory].year;
            let gap = |(region, why): &(usize, String)| {
                let id = &setting.regions[*region].id;
                format!("region {id} has no estimate from its plots: {why}")
            };
            let gaps: Vec<String> = gaps.iter().map(gap).collect();
            let gap = match gaps[..] {
                [] => "its plots are not known by region".to_owned(),
                _ => named(&gaps),
            };
            Finding::warning(
                "`[inventory.small-areas]`",
                format!(
                    "{} of {year} by the estimates of the regions without the model of small areas: {gap}",
                    attributes.join(", ")
                ),
                "the model needs an estimate of every region: give what lacks, or take the region or `[inventory.small-areas]` out",
            )
        });
        told.collect()
    }
}
