//! The map of nearest neighbours: every cell of the regions predicted from the plots that resemble it.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use super::wall_to_wall::CoveredMean;
use crate::account::Pool;
use crate::estimate::{Auxiliary, FeatureSpace, NeighbourWeight, Observations, Sample};
use crate::finding::Finding;
use crate::grid::Window;
use crate::input::{GridRasters, Inventory, OpenRasters};
use crate::pipeline::open::{Maps, Prepared};
use crate::pipeline::{Pass, RunError, Watch};
use crate::units::{Hectares, Quantity};
use crate::zonal::{
    self, BlockReader, ClassBlock, Damage, Edges, Rasters, ReadError, ValueBlock, ValueCells, Zone,
};

/// Share of a region that the map must cover to speak for all of it.
pub(super) const COVERED: f64 = 0.99;

/// The neighbours of one inventory, and their map over the regions.
#[derive(Debug, Clone)]
pub(in crate::pipeline) struct NeighbourMap {
    /// The plots in the space of the layers.
    pub(in crate::pipeline) space: FeatureSpace,
    /// Number of layers.
    layers: usize,
    /// Mean of the predictions by attribute and region, per hectare.
    pub(in crate::pipeline) means: BTreeMap<String, Vec<CoveredMean>>,
}

impl NeighbourMap {
    /// What the map is made of.
    pub(super) fn recipe(&self, inventory: &Inventory) -> Recipe {
        Recipe {
            space: self.space.clone(),
            attributes: attributes(inventory),
            layers: self.layers,
        }
    }
}

/// What a map is made of.
pub(super) struct Recipe {
    space: FeatureSpace,
    pub(super) attributes: Vec<Mapped>,
    layers: usize,
}

/// An attribute whose value is known at all plots.
pub(super) struct Mapped {
    pub(super) name: String,
    /// Unit on one hectare.
    pub(super) unit: String,
    /// Its value at each plot.
    pub(super) observed: Vec<f64>,
}

/// The plots of an inventory in the space of the layers, with all that is known of them.
fn recipe(
    choice: NeighbourChoice,
    inventory: &Inventory,
    at_plots: &[Auxiliary],
) -> Result<Recipe, RunError> {
    let sample = Sample::new(inventory.frame.clone())?;
    let space = FeatureSpace::new(&sample, at_plots, choice.k, choice.weight);
    let space = space.map_err(|error| {
        RunError::Rejected(vec![Finding::error(
            format!("inventory {}, `[inventory.model-assisted]`", inventory.year),
            format!("{error}; {} neighbours are wanted", choice.k),
            "ask for fewer `neighbours` than there are plots, and name layers that differ between them, eight at most",
        )])
    })?;
    Ok(Recipe {
        space,
        attributes: attributes(inventory),
        layers: at_plots.len(),
    })
}

/// How many plots, and how they count.
#[derive(Debug, Clone, Copy)]
pub(super) struct NeighbourChoice {
    pub(super) k: NonZeroUsize,
    pub(super) weight: NeighbourWeight,
}

/// Predicts every attribute of an inventory in every cell, and averages over the regions.
#[expect(
    clippy::too_many_arguments,
    reason = "what is mapped, from what, and how the pass is done"
)]
pub(super) fn neighbour_map(
    choice: NeighbourChoice,
    inventory: &Inventory,
    at_plots: &[Auxiliary],
    rasters: &GridRasters,
    maps: &Maps,
    prepared: &Prepared,
    pass: &Pass,
    watch: &dyn Watch,
) -> Result<NeighbourMap, RunError> {
    let recipe = recipe(choice, inventory, at_plots)?;
    let zones: Vec<Zone> = prepared
        .regions
        .iter()
        .map(|region| Zone {
            shape: maps.grid.turned(&region.shape).into_owned(),
        })
        .collect();
    let made = recipe.attributes.len();
    let options = zonal::Options {
        class_layers: 0,
        value_layers: made,
        edges: Edges::Exact,
        threads: pass.memory.threads(pass.threads, rasters, made, &zones)?,
    };
    let predicted = Predicted {
        rasters,
        recipe: &recipe,
    };
    let ledger = zonal::measure(
        &maps.grid,
        &maps.areas,
        &zones,
        &predicted,
        &options,
        &|done, total| watch.blocks(done, total),
    )?;
    let mut means: BTreeMap<String, Vec<CoveredMean>> = BTreeMap::new();
    for (region, _) in (0..).zip(&prepared.regions) {
        let unread = ledger.failures().iter();
        let unread = unread
            .flat_map(|failure| &failure.zones)
            .any(|zone| *zone == region);
        let tally = ledger.zone(region).next().map(|(_, tally)| tally);
        for (place_of, attribute) in recipe.attributes.iter().enumerate() {
            let values = tally.and_then(|tally| tally.values.get(place_of));
            let values = values.filter(|values| !unread && values.hectares() > Hectares::ZERO);
            let mean = values.map_or_else(CoveredMean::default, |values| CoveredMean {
                covered: values.hectares(),
                mean: values.sum_per_hectare() / values.hectares().value(),
            });
            means.entry(attribute.name.clone()).or_default().push(mean);
        }
    }
    Ok(NeighbourMap {
        space: recipe.space,
        layers: at_plots.len(),
        means,
    })
}

/// Every attribute of an inventory whose value is known at all plots.
pub(super) fn attributes(inventory: &Inventory) -> Vec<Mapped> {
    fn of<Q: Quantity>(name: &str, observed: Option<&Observations<Q>>) -> Option<Mapped> {
        let observed = observed?;
        let values: Option<Vec<f64>> = (0..observed.plots())
            .map(|plot| Some(observed.get(plot)?.on_one_hectare().value()))
            .collect();
        Some(Mapped {
            name: name.to_owned(),
            unit: format!("{}/ha", Q::UNIT),
            observed: values?,
        })
    }
    let trees = inventory.trees.as_ref().map(|trees| &trees.all);
    let mut found = vec![
        of("forest_area", inventory.forest.as_ref()),
        of("volume", inventory.volume.as_ref()),
        of(
            "above_ground_biomass",
            inventory.above_ground_biomass.as_ref(),
        ),
        of(
            "below_ground_biomass",
            inventory.below_ground_biomass.as_ref(),
        ),
        of("trees", trees.map(|trees| &trees.stems)),
        of(
            "basal_area",
            trees.and_then(|trees| trees.basal_area.as_ref()),
        ),
        of(&Pool::All.attribute(), inventory.all_carbon.as_ref()),
    ];
    let pools = inventory.carbon.iter();
    found.extend(pools.map(|(pool, carbon)| of(&pool.attribute(), Some(carbon))));
    found.into_iter().flatten().collect()
}

/// The map as rasters, one value layer an attribute.
pub(super) struct Predicted<'a> {
    pub(super) rasters: &'a GridRasters,
    pub(super) recipe: &'a Recipe,
}

/// The map as one thread makes it, block by block.
pub(super) struct PredictedReader<'a> {
    open: OpenRasters,
    recipe: &'a Recipe,
    /// The block that was predicted last.
    window: Option<Window>,
    features: Vec<ValueBlock>,
    predicted: Vec<Vec<f64>>,
}

impl<'a> Rasters for Predicted<'a> {
    type Reader = PredictedReader<'a>;

    fn reader(&self) -> Result<PredictedReader<'a>, ReadError> {
        Ok(PredictedReader {
            open: self.rasters.reader()?,
            recipe: self.recipe,
            window: None,
            features: vec![ValueBlock::default(); self.recipe.layers],
            predicted: vec![Vec::new(); self.recipe.attributes.len()],
        })
    }
}

impl BlockReader for PredictedReader<'_> {
    fn classes(&mut self, _: usize, _: Window, _: &mut ClassBlock) -> Result<(), ReadError> {
        Err(ReadError::new(
            "the map of nearest neighbours has no classes",
        ))
    }

    fn values(
        &mut self,
        layer: usize,
        window: Window,
        out: &mut ValueBlock,
    ) -> Result<(), ReadError> {
        if self.window != Some(window) {
            self.window = None;
            for (layer, block) in self.features.iter_mut().enumerate() {
                self.open.values(layer, window, block)?;
            }
            self.predict(window)?;
            self.window = Some(window);
        }
        self.give(layer, out);
        Ok(())
    }

    fn sound_values(&mut self, layer: usize, window: Window, out: &mut ValueBlock) -> Vec<Damage> {
        self.window = None;
        let features = self.features.iter_mut().enumerate();
        let damage = features.map(|(layer, block)| self.open.sound_values(layer, window, block));
        let mut damage: Vec<Damage> = damage.flatten().collect();
        match self.predict(window) {
            Ok(()) => self.give(layer, out),
            Err(error) => {
                *out = ValueBlock::without_data(window);
                damage.push(Damage { window, error });
            }
        }
        damage
    }
}

impl PredictedReader<'_> {
    /// Hands over what was predicted for an attribute.
    fn give(&self, layer: usize, out: &mut ValueBlock) {
        out.cells = ValueCells::F64(self.predicted[layer].clone());
        out.nodata = None;
        out.mask = None;
    }

    /// Predicts all attributes in every cell of a window whose layers have been read; cells off a
    /// layer are not a number.
    fn predict(&mut self, window: Window) -> Result<(), ReadError> {
        for block in &mut self.features {
            block.blank();
        }
        for values in &mut self.predicted {
            values.clear();
        }
        // Cells beside each other are often the same.
        let mut last: Vec<f64> = Vec::new();
        let mut near: Vec<(usize, f64)> = Vec::new();
        let mut here: Vec<f64> = Vec::new();
        for place in 0..window.cells() {
            here.clear();
            here.extend(self.features.iter().map(|block| block.value(place)));
            let known = here.iter().all(|value| value.is_finite());
            if known && here != last {
                near = self.recipe.space.near(&here).map_err(ReadError::new)?;
                last.clone_from(&here);
            }
            for (values, attribute) in self.predicted.iter_mut().zip(&self.recipe.attributes) {
                let parts = near
                    .iter()
                    .map(|(plot, share)| share * attribute.observed[*plot]);
                values.push(if known { parts.sum() } else { f64::NAN });
            }
        }
        Ok(())
    }
}
