//! Figures that rest on cells which could not be read.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::estimates::Estimates;
use super::measure::Measured;
use super::prepare::Prepared;
use crate::account::{
    Accounts, AreaKind, CarbonAccount, CoverageRow, Headline, Quality, TOTAL, UncertaintyAccount,
};
use crate::estimate::Estimator;
use crate::plan::Plan;

/// Beginnings of figures over the land of the map, and beside its forest.
const COVER: &str = "forest_cover_pct";
const DIFFERENCE: &str = "difference_ha";

/// Standings of carbon that rests on no cell of the region's own.
const NO_CELL: [Quality; 3] = [Quality::Direct, Quality::Register, Quality::Synthetic];

/// What is not known because cells could not be read: unknown is not less.
///
/// What the sample of a region says stands. What is borrowed by the share of the mapped forest is lost
/// in every region: the forest of all regions together is not known.
#[derive(Debug, Default)]
pub(super) struct Lost {
    /// Regions with such cells, and why.
    failed: Vec<(String, String)>,
    /// Regions with figures that are borrowed.
    borrowing: BTreeSet<Arc<str>>,
    /// Whether carbon of the run rests on areas of the map.
    by_area: bool,
}

impl Lost {
    pub(super) fn new(
        plan: &Plan,
        prepared: &Prepared,
        measured: &Measured,
        estimates: &Estimates,
        carbon: &CarbonAccount,
    ) -> Self {
        if measured.failures.is_empty() {
            return Self::default();
        }
        let failed = measured
            .failures
            .iter()
            .map(|(region, why)| (prepared.regions[*region].id.clone(), why.clone()));
        let rows = estimates.rows.iter();
        let synthetic = rows.filter(|row| row.estimator == Estimator::Synthetic.id());
        let table = plan.file.carbon.as_ref();
        // Land that could not be read has no row, so the plan is asked as well.
        let is_asked = table
            .is_some_and(|table| !table.ecosystem.is_empty() || table.class_density.is_some())
            || !plan.file.fire.is_empty();
        let stocks = carbon.carbon.iter().filter(|row| row.counted);
        let removals = carbon.sequestration.iter().filter(|row| row.counted);
        let mut standings = stocks
            .map(|row| &row.quality)
            .chain(removals.map(|row| &row.quality));
        Self {
            failed: failed.collect(),
            borrowing: synthetic.map(|row| row.region_id.clone()).collect(),
            by_area: is_asked || standings.any(|word| !NO_CELL.iter().any(|one| one.id() == word)),
        }
    }

    /// Regions whose cells could not all be read, and why.
    pub(super) fn failed(&self) -> &[(String, String)] {
        &self.failed
    }

    /// Whether figures over the land of a region, or of all, are lost.
    pub(super) fn is_land_lost(&self, region: &str) -> bool {
        !self.failed.is_empty()
            && (region == TOTAL || self.failed.iter().any(|(id, _)| id == region))
    }

    /// Whether what the sample says of a region is borrowed, and lost.
    pub(super) fn is_sample_lost(&self, region: &str) -> bool {
        self.borrowing.contains(region)
    }

    /// Whether stock and removal of a region are lost.
    fn is_carbon_lost(&self, region: &str) -> bool {
        self.is_sample_lost(region) || self.by_area && self.is_land_lost(region)
    }

    /// What a region must be told: where the map could not be read; nothing where nothing is lost.
    pub(super) fn notes(&self, region: &str) -> Vec<String> {
        let of_all = region == TOTAL || self.is_sample_lost(region);
        let failed = self.failed.iter();
        let failed = failed.filter(|(id, _)| of_all || id == region);
        failed
            .map(|(id, why)| format!("the map could not be read in region {id}: {why}"))
            .collect()
    }

    fn keeps_carbon(&self, region: &str, quality: &str) -> bool {
        if quality == Quality::Synthetic.id() {
            return !self.is_sample_lost(region);
        }
        let is_own = NO_CELL.iter().any(|one| one.id() == quality);
        is_own || !self.is_land_lost(region)
    }

    /// Takes back rows of carbon.
    pub(super) fn withhold_carbon(&self, carbon: &mut CarbonAccount) {
        carbon
            .carbon
            .retain(|row| self.keeps_carbon(&row.region_id, &row.quality));
        carbon
            .sequestration
            .retain(|row| self.keeps_carbon(&row.region_id, &row.quality));
        carbon
            .transitions
            .retain(|row| !self.is_land_lost(&row.region_id));
        carbon
            .uncounted
            .retain(|soil| !self.is_carbon_lost(&soil.region_id));
    }

    /// Takes back headline figures, and the spread of others.
    pub(super) fn withhold_spread(&self, uncertainty: &mut UncertaintyAccount) {
        let keeps =
            |(headline, region): &(Headline, String)| self.keeps(&headline.column(), region);
        uncertainty.headline.retain(|key, _| keeps(key));
        uncertainty.reached.retain(|key, _| keeps(key));
        uncertainty.without.retain(|key, _| keeps(key));
        uncertainty.lower_limit.retain(|key, _| keeps(key));
        uncertainty
            .rows
            .retain(|row| self.keeps(&row.figure, &row.region_id));
    }

    /// Whether a figure of a region, by its name, is known.
    fn keeps(&self, figure: &str, region: &str) -> bool {
        let is_of = |name: &str| figure.starts_with(name);
        let of_carbon = [Headline::Carbon, Headline::Sequestration];
        let of_carbon = of_carbon.iter().any(|one| is_of(&one.column()));
        let of_land = is_of(COVER) || is_of(DIFFERENCE);
        !(self.is_sample_lost(region)
            || of_land && self.is_land_lost(region)
            || of_carbon && self.is_carbon_lost(region))
    }

    /// Takes back rows of other tables.
    pub(super) fn withhold(&self, accounts: &mut Accounts) {
        if self.failed.is_empty() {
            return;
        }
        let stays = |region: &str| !self.is_land_lost(region);
        accounts
            .areas
            .retain(|row| stays(&row.region_id) || row.kind == AreaKind::Region);
        accounts.transitions.retain(|row| stays(&row.region_id));
        accounts.layers.retain(|row| stays(&row.region_id));
        accounts.checks.retain(|row| stays(&row.region_id));
        accounts
            .inventory
            .retain(|row| row.estimator != Estimator::Synthetic.id());
    }

    /// Takes back the comparison of forest.
    pub(super) fn withhold_coverage(&self, rows: &mut Vec<CoverageRow>) {
        rows.retain(|row| !self.is_land_lost(&row.region_id));
    }
}
