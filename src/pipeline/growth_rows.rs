//! Rows of the components of change: growth, ingrowth, mortality and cut of plots visited twice.

use geo::Coord;

use super::attributes::Work;
use super::domains::{Domains, Setting, Source};
use super::estimates::Estimates;
use super::inventory_rows::RowOf;
use crate::account::InventoryRow;
use crate::estimate::{Components, Estimate, EstimateError, Observations, Sample, synthetic};
use crate::finding::Finding;
use crate::input::{Growth, Inventory};
use crate::units::{Hectares, Quantity};

/// Where the remeasured plots of each inventory lie, in the order of the inventories that have such.
pub(super) type GrowthPoints = [Vec<Option<Coord<f64>>>];

/// The inventories that can tell what became of their trees.
pub(super) fn remeasured(inventories: &[Inventory]) -> Vec<Inventory> {
    let growths = inventories.iter().filter_map(|i| i.growth.as_ref());
    growths.map(|growth| growth.remeasured.clone()).collect()
}

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
    let domains = Domains::new(inventories, setting, warnings);
    let mut telling = Telling {
        work: Work::new(setting, inventories, &samples, &[], &domains, &[]),
        growth,
        forest: None,
    };
    if let Some(forest) = &growth.remeasured.forest {
        telling.forest = Some(telling.work.parts(0, forest));
        telling.area(forest);
    }
    telling.components("trees", &growth.stems)?;
    if let Some(volume) = &growth.volume {
        telling.components("volume", volume)?;
    }
    for (name, biomass) in [
        ("above_ground_biomass", &growth.above_ground_biomass),
        ("below_ground_biomass", &growth.below_ground_biomass),
    ] {
        if let Some(biomass) = biomass {
            telling.components(name, biomass)?;
        }
    }
    for (pool, carbon) in &growth.carbon {
        telling.components(&pool.attribute(), carbon)?;
    }
    Ok(telling.work.rows)
}

struct Telling<'a> {
    work: Work<'a>,
    growth: &'a Growth,
    /// Forest at both visits by domain, the union of all last.
    forest: Option<Vec<Observations<Hectares>>>,
}

impl Telling<'_> {
    fn components<Q: Quantity>(
        &mut self,
        attribute: &str,
        components: &Components<Q>,
    ) -> Result<(), EstimateError> {
        // A tree that survives is one tree at both visits.
        if attribute != "trees" {
            let growth = &components.survivor_growth;
            self.component(attribute, "yearly_growth", growth);
        }
        self.component(attribute, "yearly_ingrowth", &components.ingrowth);
        self.component(attribute, "yearly_mortality", &components.mortality);
        self.component(attribute, "yearly_cut", &components.cut);
        self.component(attribute, "yearly_net_change", &components.net_change()?);
        Ok(())
    }

    fn area(&mut self, forest: &Observations<Hectares>) {
        let totals = self.totals(&self.work.parts(0, forest));
        for region in self.work.places() {
            let estimate = self.of(&totals, region);
            let row = self
                .row(region, "forest_area", &estimate)
                .total(estimate.ok(), self.work.setting.confidence);
            self.work.rows.push(InventoryRow {
                statistic: "forest_at_both_visits".to_owned(),
                ..row
            });
        }
    }

    fn component<Q: Quantity>(&mut self, attribute: &str, statistic: &str, all: &Observations<Q>) {
        let level = self.work.setting.confidence;
        let parts = self.work.parts(0, all);
        let totals = self.totals(&parts);
        for region in self.work.places() {
            let estimate = self.of(&totals, region);
            let row = self.row(region, attribute, &estimate);
            self.work
                .rows
                .push(row.component(statistic, estimate.ok(), level));
            let direct = match region.map(|region| &self.work.domains.sources[region]) {
                None => Some(self.work.domains.count),
                Some(Source::Direct(domain)) => Some(*domain),
                Some(_) => None,
            };
            let ratio = direct
                .zip(self.forest.as_ref())
                .and_then(|(domain, forest)| {
                    let sample = &self.work.samples[0];
                    sample.ratio(&parts[domain], &forest[domain]).ok()
                });
            if let Some(ratio) = ratio {
                let row = self.row(region, attribute, &Ok(()));
                let row = row.ratio(&ratio, ratio.estimator(), level);
                self.work.rows.push(InventoryRow {
                    statistic: format!("{statistic}_per_forest_hectare"),
                    unit: format!("{}/yr", row.unit),
                    ..row
                });
            }
        }
    }

    /// Totals by domain, the union of all last.
    fn totals<Q: Quantity>(&self, parts: &[Observations<Q>]) -> Vec<Result<Estimate<Q>, String>> {
        let sample = &self.work.samples[0];
        parts
            .iter()
            .map(|part| sample.total(part).map_err(|error| error.to_string()))
            .collect()
    }

    /// The total of a region, or why there is none.
    fn of<Q: Quantity>(
        &self,
        totals: &[Result<Estimate<Q>, String>],
        region: Option<usize>,
    ) -> Result<Estimate<Q>, String> {
        let union = &totals[self.work.domains.count];
        match region.map(|region| &self.work.domains.sources[region]) {
            None => union.clone(),
            Some(Source::Direct(domain)) => totals[*domain].clone(),
            Some(Source::Synthetic {
                domain,
                mapped_in_parent,
                mapped_in_area,
            }) => {
                let parent = domain.map_or(union, |domain| &totals[domain]).clone()?;
                synthetic(&parent, *mapped_in_parent, *mapped_in_area)
                    .map_err(|error| error.to_string())
            }
            Some(Source::None(reason)) => Err(reason.clone()),
        }
    }

    fn row<'n, T>(
        &self,
        region: Option<usize>,
        attribute: &'n str,
        figure: &Result<T, String>,
    ) -> RowOf<'n> {
        RowOf {
            region: self.work.id(region),
            year: self.growth.remeasured.year,
            from_year: self.growth.from_year,
            attribute,
            domain: "",
            note: match figure {
                Ok(_) => self.growth.words.clone(),
                Err(reason) => reason.clone(),
            },
        }
    }
}
