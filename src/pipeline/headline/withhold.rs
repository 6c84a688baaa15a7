//! Figures that rest on cells which could not be read.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::account::{
    Accounts, Approach, AreaKind, CarbonAccount, FIRE, Headline, InventoryRow, Quality,
    SequestrationRow, TOTAL, UncertaintyAccount,
};
use crate::estimate::Estimator;
use crate::pipeline::open::Prepared;
use crate::pipeline::pass::Measured;
use crate::pipeline::sample::Estimates;
use crate::plan::Plan;

/// How the note begins that says where the map could not be read, and what it says of what rests on it.
pub(super) const UNREAD_MAP: &str = "the map could not be read in region";
pub(super) const ON_UNREAD: &str = "what rests on the land that could not be read is not known";

/// Pool of the carbon dioxide of fires.
const CARBON_DIOXIDE: &str = "fire-co2";

/// Standings of carbon that rests on no cell of the region's own.
const NO_CELL: [Quality; 2] = [Quality::Direct, Quality::Register];

/// Estimators that borrow by shares of the mapped forest of all regions.
const BORROWING: [Estimator; 3] = [
    Estimator::Synthetic,
    Estimator::Composite,
    Estimator::Benchmarked,
];

pub(in crate::pipeline) fn borrows(row: &InventoryRow) -> bool {
    BORROWING.iter().any(|one| one.id() == row.estimator)
}

/// What is not known because cells could not be read: unknown is not less.
///
/// What the sample of a region says stands. What is borrowed by the share of the mapped forest is lost
/// in every region: the forest of all regions together is not known.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Lost {
    /// Regions with such cells, and why.
    failed: Vec<(String, String)>,
    /// Regions with figures that are borrowed.
    borrowing: BTreeSet<Arc<str>>,
    /// Headline figures that the plan takes from areas of the map, in part or whole.
    by_area: BTreeSet<Headline>,
    /// Regions where what burnt is held against cells that could not be read.
    burnt: BTreeSet<String>,
    /// Whether the plan asks for carbon.
    has_carbon: bool,
}

impl Lost {
    pub(in crate::pipeline) fn new(
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
        let borrowed = estimates.rows.iter().filter(|row| borrows(row));
        let burnt = prepared.burnt.zones.iter().enumerate();
        let burnt =
            burnt.filter(|(place, zone)| zone.on_map && measured.burnt_failures.contains(place));
        Self {
            failed: failed.collect(),
            borrowing: borrowed.map(|row| row.region_id.clone()).collect(),
            by_area: carbon.by_area.clone(),
            burnt: burnt
                .map(|(_, zone)| prepared.regions[zone.region].id.clone())
                .collect(),
            has_carbon: plan.file.carbon.is_some(),
        }
    }

    /// Regions whose cells could not all be read, and why.
    pub(in crate::pipeline) fn failed(&self) -> &[(String, String)] {
        &self.failed
    }

    /// Whether figures over the land of a region, or of all, are lost.
    pub(in crate::pipeline) fn is_land_lost(&self, region: &str) -> bool {
        !self.failed.is_empty()
            && (region == TOTAL || self.failed.iter().any(|(id, _)| id == region))
    }

    /// Whether what the sample says of a region is borrowed, and lost.
    pub(in crate::pipeline) fn is_sample_lost(&self, region: &str) -> bool {
        self.borrowing.contains(region)
    }

    /// Whether the carbon stock or the removal of a region is lost: a part of it may rest on land that could not be
    /// read.
    pub(super) fn is_carbon_lost(&self, headline: Headline, region: &str) -> bool {
        self.is_sample_lost(region)
            || self.by_area.contains(&headline) && self.is_land_lost(region)
            || headline == Headline::Sequestration && self.is_burnt_lost(region)
    }

    /// Whether what burnt in a region, or in all, is not known.
    fn is_burnt_lost(&self, region: &str) -> bool {
        self.burnt.contains(region) || region == TOTAL && !self.burnt.is_empty()
    }

    /// What a region must be told: where the map could not be read; nothing where nothing is lost.
    pub(super) fn notes(&self, region: &str) -> Vec<String> {
        let of_all = region == TOTAL || self.is_sample_lost(region);
        let failed = self.failed.iter();
        let failed = failed.filter(|(id, _)| of_all || id == region);
        let mut notes: Vec<String> = failed
            .map(|(id, why)| format!("{UNREAD_MAP} {id}: {why}"))
            .collect();
        let figures = [
            (Headline::Carbon, "no carbon stock"),
            (Headline::Sequestration, "no sequestration"),
        ];
        let lost = figures.iter();
        let lost = lost.filter(|(headline, _)| self.is_carbon_lost(*headline, region));
        let lost: Vec<&str> = lost.map(|(_, words)| *words).collect();
        if self.has_carbon && !notes.is_empty() && !lost.is_empty() {
            notes.push(format!("{}: {ON_UNREAD}", lost.join(", ")));
        }
        notes
    }

    /// Whether a row of carbon is known, by its approach and quality, or says why plots do not tell.
    fn keeps_carbon(&self, region: &str, (approach, quality): (&str, &str)) -> bool {
        let borrowed = [Quality::Synthetic, Quality::Composite];
        if borrowed.iter().any(|one| one.id() == quality) {
            return !self.is_sample_lost(region);
        }
        if approach == Approach::PlotPools.id() && quality == Quality::Missing.id() {
            return true;
        }
        let is_own =
            approach == Approach::StandGrowth.id() || NO_CELL.iter().any(|one| one.id() == quality);
        is_own || !self.is_land_lost(region)
    }

    /// Whether a removal is known. The gases of fires rest on the map where their land is held against it, and carbon
    /// dioxide where a loss by the map may have it too.
    fn keeps_removal(&self, row: &SequestrationRow) -> bool {
        let region = row.region_id.as_str();
        if row.approach != FIRE {
            return self.keeps_carbon(region, (&row.approach, &row.quality));
        }
        let is_held = row.pool == CARBON_DIOXIDE && self.by_area.contains(&Headline::Sequestration);
        !(self.is_burnt_lost(region) || is_held && self.is_land_lost(region))
    }

    /// Takes back rows of carbon.
    pub(in crate::pipeline) fn withhold_carbon(&self, carbon: &mut CarbonAccount) {
        carbon
            .carbon
            .retain(|row| self.keeps_carbon(&row.region_id, (&row.approach, &row.quality)));
        carbon.sequestration.retain(|row| self.keeps_removal(row));
        carbon
            .transitions
            .retain(|row| !self.is_land_lost(&row.region_id));
        carbon
            .uncounted
            .retain(|soil| !self.is_land_lost(&soil.region_id));
    }

    /// Takes back headline figures, and the spread of others.
    pub(in crate::pipeline) fn withhold_spread(&self, uncertainty: &mut UncertaintyAccount) {
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
        let of_carbon = of_carbon.iter().find(|one| is_of(&one.column()));
        !(self.is_sample_lost(region)
            || of_carbon.is_some_and(|one| self.is_carbon_lost(*one, region)))
    }

    /// Takes back rows of other tables.
    pub(in crate::pipeline) fn withhold(&self, accounts: &mut Accounts) {
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
        accounts.inventory.retain(|row| !borrows(row));
    }
}
