//! What the sample of a plan says of its regions.

use super::domains::Setting;
use super::estimates::{Estimates, RegionEstimates, estimates};
use super::lenders::OnMap;
use super::map_weights::Weighed;
use super::small_areas::SmallAreaModel;
use crate::account::AreaAccount;
use crate::estimate::Confidence;
use crate::finding::Finding;
use crate::pipeline::open::{Prepared, WHOLE_PCT};
use crate::pipeline::pass::helpers;
use crate::pipeline::{Pass, RunError, Watch};
use crate::plan::Plan;

/// What the sample says, where there is one.
pub(in crate::pipeline) fn sample(
    plan: &Plan,
    prepared: &Prepared,
    weighed: Option<&Weighed>,
    areas: Option<&AreaAccount>,
    pass: &Pass,
    watch: &dyn Watch,
) -> Result<Estimates, RunError> {
    let Some(table) = plan
        .file
        .inventory
        .as_ref()
        .filter(|_| !prepared.inventories.is_empty())
    else {
        let none = vec![RegionEstimates::default(); prepared.regions.len()];
        return Ok(Estimates {
            regions: none,
            ..Estimates::default()
        });
    };
    let inventories = weighed.map_or(&prepared.inventories, |weighed| &weighed.inventories);
    let on_map = areas.map(|areas| {
        let regions = areas.regions.iter();
        let regions = regions.map(|region| OnMap {
            forest: region.shown().map(|year| year.forest),
            is_unread: region.is_unread,
            is_whole: region.valid_pct().is_some_and(|valid| valid >= WHOLE_PCT),
        });
        regions.collect::<Vec<_>>()
    });
    let assisted = table.model_assisted.as_ref();
    let helpers = assisted
        .map(|table| helpers((table, inventories), prepared, areas, pass, watch))
        .transpose()?;
    let small_areas = table
        .small_areas
        .as_ref()
        .map(|small| SmallAreaModel::new(small, prepared, areas))
        .transpose()
        .map_err(RunError::Rejected)?;
    let (small_areas, no_model) = match small_areas {
        Some(Err(why)) => (None, Some(why)),
        Some(Ok(model)) => (Some(model), None),
        None => (None, None),
    };
    let setting = Setting {
        regions: &prepared.regions,
        disjoint: prepared.regions_are_disjoint(),
        overlap: prepared.overlap,
        mapped: on_map.as_deref(),
        confidence: Confidence::new(plan.confidence())?,
        min_plots: table.min_plots,
        columns: &table.domains,
        helpers: helpers.as_ref(),
        small_areas: small_areas.as_ref(),
        points: &prepared.points,
    };
    let mut estimates = estimates(inventories, &prepared.growth_points, &setting)?;
    estimates.take_strata(inventories, weighed);
    estimates.helpers = helpers;
    if let Some(why) = no_model {
        let regions = estimates.regions.iter_mut();
        regions.for_each(|region| region.notes.push(why.what.clone()));
        estimates.warnings.push(why);
    }
    let errors: Vec<Finding> = estimates
        .warnings
        .iter()
        .filter(|finding| finding.is_error())
        .cloned()
        .collect();
    if errors.is_empty() {
        Ok(estimates)
    } else {
        Err(RunError::Rejected(errors))
    }
}
