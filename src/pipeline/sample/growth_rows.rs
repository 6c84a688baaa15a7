//! Rows of the components of change: growth, ingrowth, mortality and cut of plots visited twice.

use std::sync::Arc;

use geo::Coord;

use super::attributes::Work;
use super::domains::{Domains, Setting};
use super::estimates::Estimates;
use super::inventory_rows::RowOf;
use super::sources::{Source, picked};
use crate::account::InventoryRow;
use crate::estimate::{Components, Estimate, EstimateError, Observations, Sample};
use crate::finding::Finding;
use crate::input::{Growth, GrowthSums, Inventory};
use crate::units::{Hectares, Quantity};

/// Where the remeasured plots of each inventory lie, in the order of the inventories that have such.
pub(super) type GrowthPoints = [Vec<Option<Coord<f64>>>];

/// Adds the rows of every inventory with components of change.
pub(super) fn growth_rows(
    inventories: &[Inventory],
    points: &GrowthPoints,
    setting: &Setting<'_>,
    out: &mut Estimates,
) {
    let growths = inventories.iter().filter_map(|i| i.growth.as_deref());
    for (growth, points) in growths.zip(points) {
        let setting = Setting {
            points: std::slice::from_ref(points),
            helpers: None,
            small_areas: None,
            ..*setting
        };
        match rows(growth, &setting, &mut out.warnings) {
            Ok(rows) => out.rows.extend(rows),
            Err(error) => out.warnings.push(Finding::warning(
                format!("inventory {}", growth.remeasured.year),
                format!("no components of change: {error}"),
                "plots of every stratum must be visited twice; merge strata that have none",
            )),
        }
    }
}

fn rows(
    growth: &Growth,
    setting: &Setting<'_>,
    warnings: &mut Vec<Finding>,
) -> Result<Vec<InventoryRow>, EstimateError> {
    let inventories = std::slice::from_ref(&growth.remeasured);
    let samples = [Sample::new(growth.remeasured.frame.clone())?];
    let domains = Domains::new((inventories, &samples), setting, warnings);
    let mut telling = Telling {
        work: Work::new(setting, inventories, &samples, &[], &domains, &[]),
        growth,
        forest: None,
    };
    if let Some(forest) = &growth.remeasured.forest {
        telling.forest = Some(telling.work.parts(0, forest));
        telling.area(&Arc::from(""), forest);
    }
    telling.sums(&Arc::from(""), &growth.all)?;
    for (column, values) in &growth.domains {
        for (name, sums) in values {
            let domain = Arc::from(format!("{column}={name}"));
            let land = growth.land.get(column).and_then(|land| land.get(name));
            let whole = telling.forest.clone();
            if let Some(land) = land {
                telling.area(&domain, land);
                telling.forest = Some(telling.work.parts(0, land));
            }
            telling.sums(&domain, sums)?;
            telling.forest = whole;
        }
    }
    Ok(telling.work.rows)
}

struct Telling<'a> {
    work: Work<'a>,
    growth: &'a Growth,
    /// Forest at both visits by domain, the union of all last.
    forest: Option<Vec<Observations<Hectares>>>,
}

/// What a component of change is of.
#[derive(Clone, Copy)]
struct Of<'n> {
    attribute: &'n Arc<str>,
    /// Domain of the trees; empty for all of them.
    domain: &'n Arc<str>,
}

impl Telling<'_> {
    /// All components of the trees of a domain.
    fn sums(&mut self, domain: &Arc<str>, sums: &GrowthSums) -> Result<(), EstimateError> {
        self.components(domain, "trees", &sums.stems)?;
        if let Some(volume) = &sums.volume {
            self.components(domain, "volume", volume)?;
        }
        if let Some(biomass) = &sums.above_ground_biomass {
            self.components(domain, "above_ground_biomass", biomass)?;
        }
        if let Some(biomass) = &sums.below_ground_biomass {
            self.components(domain, "below_ground_biomass", biomass)?;
        }
        for (pool, carbon) in &sums.carbon {
            self.components(domain, &pool.attribute(), carbon)?;
        }
        Ok(())
    }

    fn components<Q: Quantity>(
        &mut self,
        domain: &Arc<str>,
        attribute: &str,
        components: &Components<Q>,
    ) -> Result<(), EstimateError> {
        let named = &Arc::from(attribute);
        let of = Of {
            attribute: named,
            domain,
        };
        // A tree that survives is one tree at both visits.
        if attribute != "trees" {
            self.component(of, "yearly_growth", &components.survivor_growth);
        }
        self.component(of, "yearly_ingrowth", &components.ingrowth);
        self.component(of, "yearly_mortality", &components.mortality);
        self.component(of, "yearly_cut", &components.cut);
        self.component(of, "yearly_net_change", &components.net_change()?);
        Ok(())
    }

    fn area(&mut self, domain: &Arc<str>, forest: &Observations<Hectares>) {
        let parts = self.work.parts(0, forest);
        let totals = self.totals(&parts);
        for region in self.work.places() {
            let source = region.map(|region| &self.work.domains.sources.of_stocks[0][region]);
            let at = match source {
                None => Some(self.work.domains.count),
                Some(Source::Direct(at)) => Some(*at),
                Some(_) => None,
            };
            // Domains are told of the regions that have some of them, from their own plots.
            if !domain.is_empty() && at.is_none_or(|at| parts[at].plots_nonzero() == 0) {
                continue;
            }
            let estimate = self.picked(&totals, region);
            let of = Of {
                attribute: &Arc::from("forest_area"),
                domain,
            };
            let row = self
                .row(self.work.id(region), of, &estimate)
                .total(estimate.ok(), self.work.setting.confidence);
            self.work.rows.push(InventoryRow {
                statistic: "forest_at_both_visits".into(),
                ..row
            });
        }
    }

    fn component<Q: Quantity>(
        &mut self,
        of: Of<'_>,
        statistic: &'static str,
        all: &Observations<Q>,
    ) {
        let parts = self.work.parts(0, all);
        if of.domain.is_empty() {
            let totals = self.totals(&parts);
            for region in self.work.places() {
                let direct =
                    match region.map(|region| &self.work.domains.sources.of_stocks[0][region]) {
                        None => Some(self.work.domains.count),
                        Some(Source::Direct(domain)) => Some(*domain),
                        Some(_) => None,
                    };
                let estimate = self.picked(&totals, region);
                let id = self.work.id(region);
                self.tell(
                    (of, statistic),
                    &id,
                    estimate,
                    direct.map(|at| (at, &parts[at])),
                );
            }
            return;
        }
        let sources = &self.work.domains.sources.of_stocks[0];
        for (at, region) in self
            .work
            .regions_of_domains(sources)
            .into_iter()
            .enumerate()
        {
            let part = &parts[at];
            let holds = part.plots_nonzero() > 0 || !part.missing().is_empty();
            if let Some(region) = region.filter(|_| holds) {
                let estimate = self.total(part);
                self.tell((of, statistic), &region, estimate, Some((at, part)));
            }
        }
    }

    /// The rows of a figure: in total, and per hectare of the forest of a domain.
    fn tell<Q: Quantity>(
        &mut self,
        (of, statistic): (Of<'_>, &'static str),
        region: &Arc<str>,
        estimate: Result<Estimate<Q>, String>,
        part: Option<(usize, &Observations<Q>)>,
    ) {
        let level = self.work.setting.confidence;
        let row = self.row(region.clone(), of, &estimate);
        self.work
            .rows
            .push(row.component(statistic, estimate.ok(), level));
        let ratio = part
            .zip(self.forest.as_ref())
            .and_then(|((at, part), forest)| self.work.samples[0].ratio(part, &forest[at]).ok());
        if let Some(ratio) = ratio {
            let row = self.row(region.clone(), of, &Ok(()));
            let row = row.ratio(&ratio, ratio.estimator(), level);
            self.work.rows.push(InventoryRow {
                statistic: format!("{statistic}_per_forest_hectare").into(),
                unit: format!("{}/yr", row.unit).into(),
                ..row
            });
        }
    }

    fn total<Q: Quantity>(&self, part: &Observations<Q>) -> Result<Estimate<Q>, String> {
        let total = self.work.samples[0].total(part);
        total.map_err(|error| error.to_string())
    }

    /// Totals by domain, the union of all last.
    fn totals<Q: Quantity>(&self, parts: &[Observations<Q>]) -> Vec<Result<Estimate<Q>, String>> {
        parts.iter().map(|part| self.total(part)).collect()
    }

    /// The total of a region, or why there is none.
    fn picked<Q: Quantity>(
        &self,
        totals: &[Result<Estimate<Q>, String>],
        region: Option<usize>,
    ) -> Result<Estimate<Q>, String> {
        let domains = &self.work.domains;
        picked(
            &domains.sources.of_stocks[0],
            region,
            domains.count,
            |domain| totals[domain].clone(),
        )
    }

    fn row<T>(&self, region: Arc<str>, of: Of<'_>, figure: &Result<T, String>) -> RowOf {
        RowOf {
            region,
            year: self.growth.remeasured.year,
            from_year: self.growth.from_year,
            attribute: of.attribute.clone(),
            domain: of.domain.clone(),
            note: match figure {
                Ok(_) => self.growth.words.clone(),
                Err(reason) => reason.clone(),
            }
            .into(),
        }
    }
}
