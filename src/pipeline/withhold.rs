//! Figures that rest on cells which could not be read.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::account::{self, Accounts, CoverageRow, Headline, Quality, TOTAL};
use crate::estimate::Estimator;

/// Beginnings of figures over the land of the map, and beside its forest.
const COVER: &str = "forest_cover_pct";
const DIFFERENCE: &str = "difference_ha";

/// Takes back what rests on cells that could not be read: unknown is not less.
///
/// What the sample of a region says stands. What is borrowed by the share of the mapped forest is
/// taken back in every region: the forest of all regions together is not known.
pub(super) fn withhold(accounts: &mut Accounts, failed: &[(String, String)]) {
    if failed.is_empty() {
        return;
    }
    let synthetic: BTreeSet<Arc<str>> = accounts
        .inventory
        .iter()
        .filter(|row| row.estimator == Estimator::Synthetic.id())
        .map(|row| row.region_id.clone())
        .collect();
    let is_lost = |region: &str| region == TOTAL || failed.iter().any(|(id, _)| id == region);
    for region in accounts.regions.iter_mut().chain(&mut accounts.total) {
        let id = region.region_id.clone();
        let borrowed = synthetic.contains(id.as_str());
        if is_lost(&id) {
            region.land_area = None;
            region.land_cover_valid_pct = None;
            region.forest_area = None;
            region.forest_cover_pct = None;
            region.carbon = None;
            region.carbon_per_hectare = None;
        }
        if borrowed {
            region.forest_area_estimate = None;
            region.volume = None;
            region.volume_per_forest_hectare = None;
            region.carbon = None;
            region.carbon_per_hectare = None;
            region.sequestration = None;
            region.period_start = None;
            region.period_end = None;
        }
        if borrowed || is_lost(&id) {
            Quality::Missing.id().clone_into(&mut region.quality);
            for (failed, why) in failed {
                if borrowed || *failed == id || id == TOTAL {
                    region.notes.push(format!(
                        "the map could not be read in region {failed}: {why}"
                    ));
                }
            }
        }
    }
    let (sampled, borrowed) = (Quality::Direct.id(), Quality::Synthetic.id());
    let stays = |region: &str, quality: &str| {
        quality != borrowed && (quality == sampled || !is_lost(region))
    };
    accounts
        .areas
        .retain(|row| !is_lost(&row.region_id) || row.kind == account::AreaKind::Region);
    accounts.transitions.retain(|row| !is_lost(&row.region_id));
    accounts
        .carbon_transitions
        .retain(|row| !is_lost(&row.region_id));
    accounts.layers.retain(|row| !is_lost(&row.region_id));
    accounts.checks.retain(|row| !is_lost(&row.region_id));
    accounts.targets.retain(|row| !is_lost(&row.region_id));
    accounts
        .carbon
        .retain(|row| stays(&row.region_id, &row.quality));
    accounts
        .sequestration
        .retain(|row| stays(&row.region_id, &row.quality));
    accounts
        .inventory
        .retain(|row| row.estimator != Estimator::Synthetic.id());
    accounts.uncertainty.retain(|row| {
        let of_map = [&*Headline::Carbon.column(), COVER, DIFFERENCE];
        let of_map = of_map.iter().any(|figure| row.figure.starts_with(figure));
        let of_map = of_map && is_lost(&row.region_id);
        !of_map && !synthetic.contains(row.region_id.as_str())
    });
}

/// Takes back the comparison of forest where a map could not be read.
pub(super) fn withhold_coverage(rows: &mut Vec<CoverageRow>, failed: &[(String, String)]) {
    let lost = |region: &str| {
        !failed.is_empty() && (region == TOTAL || failed.iter().any(|(id, _)| id == region))
    };
    rows.retain(|row| !lost(&row.region_id));
}
