//! Values per hectare of forest: ratios of two attributes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::attributes::Work;
use super::inventory_rows::RowOf;
use super::models::Model;
use super::sources::Source;
use crate::estimate::{EstimateError, Estimator, Observations, RatioEstimate};
use crate::units::{
    CubicMetres, Hectares, Quantity, SquareMetres, Stems, TonnesCarbon, TonnesDryMatter,
};

/// The forest of one inventory, the denominator of all its ratios.
struct Forest<'a> {
    /// By domain, the union of all last.
    parts: Vec<Observations<Hectares>>,
    /// Its model on the layers of the plan, where it names any.
    model: Option<Result<Model<'a, Hectares>, EstimateError>>,
}

impl Work<'_> {
    /// Attributes per hectare of forest: ratios of the direct domains and of the union. A synthetic
    /// region has the ratio of its parent; one by a model of small areas has none, because a ratio
    /// of its plots alone would contradict its totals.
    pub(super) fn volume_per_forest(
        &mut self,
    ) -> BTreeMap<Option<usize>, Option<RatioEstimate<CubicMetres, Hectares>>> {
        let newest = self.inventories.len() - 1;
        let mut of_newest = BTreeMap::new();
        for position in 0..self.inventories.len() {
            let inventory = &self.inventories[position];
            let Some(forest) = &inventory.forest else {
                continue;
            };
            let forest = &Forest {
                parts: self.parts(position, forest),
                model: self.model(position, "forest_area", forest),
            };
            if let Some(volume) = &inventory.volume {
                let ratios = self.ratios(position, "volume", volume, forest);
                if position == newest {
                    of_newest = ratios;
                }
            }
            if let Some(biomass) = &inventory.above_ground_biomass {
                self.ratios::<TonnesDryMatter>(position, "above_ground_biomass", biomass, forest);
            }
            if let Some(trees) = &inventory.trees {
                self.ratios::<Stems>(position, "trees", &trees.all.stems, forest);
                if let Some(basal_area) = &trees.all.basal_area {
                    self.ratios::<SquareMetres>(position, "basal_area", basal_area, forest);
                }
            }
            for (pool, carbon) in &inventory.carbon {
                self.ratios::<TonnesCarbon>(position, &pool.attribute(), carbon, forest);
            }
        }
        of_newest
    }

    fn ratios<N: Quantity>(
        &mut self,
        position: usize,
        name: &str,
        numerator: &Observations<N>,
        forest: &Forest<'_>,
    ) -> BTreeMap<Option<usize>, Option<RatioEstimate<N, Hectares>>> {
        let sample = &self.samples[position];
        let numerators = self.parts(position, numerator);
        let model = self.model(position, name, numerator);
        let models = model.as_ref().zip(forest.model.as_ref());
        let of_model = |domain: usize| {
            let (of, per) = models?;
            let (Ok(of), Ok(per)) = (of, per) else {
                return Some(None);
            };
            let ratio = of.ratio(per, domain, &self.plots[position][domain])?;
            Some(ratio.ok())
        };
        let parts = numerators.iter().zip(&forest.parts).enumerate();
        let of_domain: Vec<Option<RatioEstimate<N, Hectares>>> = parts
            .map(|(domain, (numerator, forest))| {
                of_model(domain).unwrap_or_else(|| sample.ratio(numerator, forest).ok())
            })
            .collect();
        let union = of_domain.last().copied().flatten();
        let (name, nothing): (Arc<str>, Arc<str>) = (name.into(), "".into());
        let mut out = BTreeMap::new();
        for region in self.places() {
            let source = region.map(|region| &self.domains.sources.of_stocks[position][region]);
            let (ratio, estimator) = match source {
                None => (union, None),
                Some(_) if self.setting.is_modelled(region) => (None, None),
                Some(Source::Direct(domain)) => (of_domain[*domain], None),
                Some(Source::Synthetic { domain, .. }) => (
                    domain.map_or(union, |domain| of_domain[domain]),
                    Some(Estimator::Synthetic),
                ),
                Some(Source::None(_)) => (None, None),
            };
            if let Some(r) = ratio {
                let of = RowOf {
                    region: self.id(region),
                    year: self.inventories[position].year,
                    from_year: None,
                    attribute: name.clone(),
                    domain: nothing.clone(),
                    note: "".into(),
                };
                let estimator = estimator.unwrap_or(r.estimator());
                self.rows
                    .push(of.ratio(&r, estimator, self.setting.confidence));
            }
            out.insert(region, ratio);
        }
        out
    }
}
