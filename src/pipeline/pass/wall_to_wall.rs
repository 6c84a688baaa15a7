//! Layers that help the plots: what they say at each plot, and over each region.

use geo::Coord;

use super::neighbour_rasters;
pub(in crate::pipeline) use super::neighbours::NeighbourMap;
use super::neighbours::{COVERED, NeighbourChoice, neighbour_map};
use crate::account::{AreaAccount, MeasuredValues};
use crate::estimate::{Auxiliary, NeighbourWeight, WallToWall};
use crate::finding::Finding;
use crate::input::{GridRasters, Inventory};
use crate::pipeline::open::{self, LayerCells, Maps, Prepared};
use crate::pipeline::{Pass, RunError, Watch};
use crate::plan::{ModelAssistedTable, NeighbourWeightKey};
use crate::units::Hectares;
use crate::zonal::values_at;

/// Layers with values, at the plots and over the regions.
#[derive(Debug, Clone, Default)]
pub(in crate::pipeline) struct Helpers {
    /// The layers at the plots, one list an inventory.
    pub(in crate::pipeline) at_plots: Vec<Vec<Auxiliary>>,
    /// The layers over the regions.
    pub(in crate::pipeline) over: LayersOverRegions,
    /// The map of nearest neighbours of each inventory, where the plan asks for it.
    pub(in crate::pipeline) maps: Option<Vec<NeighbourMap>>,
}

/// What a map says of a region.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::pipeline) struct CoveredMean {
    /// Land of the region that has values.
    pub(super) covered: Hectares,
    /// Their mean; 0 where there is none.
    pub(super) mean: f64,
}

/// The mean over several regions, each with its area, as that of their covered land; the covered
/// share in percent where it is too little to speak for all.
pub(in crate::pipeline) fn mean_over(
    regions: impl Iterator<Item = (Hectares, CoveredMean)>,
) -> Result<(Hectares, f64), f64> {
    let (mut area, mut covered, mut sum) = (Hectares::ZERO, Hectares::ZERO, 0.0);
    for (of_region, values) in regions {
        area += of_region;
        covered += values.covered;
        sum += values.mean * values.covered.value();
    }
    let share = if area > Hectares::ZERO {
        covered / area
    } else {
        0.0
    };
    if share >= COVERED {
        Ok((area, sum / covered.value()))
    } else {
        Err(100.0 * share)
    }
}

/// Layers over the regions.
#[derive(Debug, Clone, Default)]
pub(in crate::pipeline) struct LayersOverRegions {
    /// Names of the layers, in the order of the plan.
    pub(in crate::pipeline) names: Vec<String>,
    areas: Vec<Hectares>,
    /// By region and layer.
    means: Vec<Vec<CoveredMean>>,
}

impl LayersOverRegions {
    pub(in crate::pipeline) fn new(
        names: &[String],
        prepared: &Prepared,
        areas: Option<&AreaAccount>,
    ) -> Self {
        let places: Vec<Option<usize>> = names.iter().map(|name| place(name, prepared)).collect();
        let mut of_regions: Vec<Vec<MeasuredValues>> =
            vec![vec![MeasuredValues::default(); names.len()]; prepared.regions.len()];
        let parts = areas.map_or(&[][..], |areas| &areas.layer_parts);
        let first = parts.iter().map(|part| part.year).min();
        for part in parts.iter().filter(|part| Some(part.year) == first) {
            for (sum, place) in of_regions[part.region].iter_mut().zip(&places) {
                if let Some(values) = place.and_then(|place| part.values.get(place)) {
                    sum.merge(values);
                }
            }
        }
        let covered = |values: &MeasuredValues| CoveredMean {
            covered: values.area,
            mean: values.mean().unwrap_or_default(),
        };
        Self {
            names: names.to_vec(),
            areas: prepared.regions.iter().map(|region| region.area).collect(),
            means: of_regions
                .iter()
                .map(|layers| layers.iter().map(covered).collect())
                .collect(),
        }
    }

    /// The layers over several regions together, or why they do not speak for them.
    pub(in crate::pipeline) fn together(&self, regions: &[usize]) -> Result<WallToWall, String> {
        let area = regions.iter().map(|region| self.areas[*region]).sum();
        let means = self.names.iter().enumerate().map(|(layer, name)| {
            let of = regions.iter();
            let of = of.map(|region| (self.areas[*region], self.means[*region][layer]));
            mean_over(of).map(|(_, mean)| mean).map_err(|share| {
                format!("layer {name} covers {share:.2} % of the land, too little to speak for it")
            })
        });
        Ok(WallToWall {
            area,
            means: means.collect::<Result<_, _>>()?,
        })
    }
}

/// Place of a layer among those with values.
fn place(name: &str, prepared: &Prepared) -> Option<usize> {
    open::layers::names(&prepared.layers)
        .1
        .iter()
        .position(|layer| layer == name)
}

/// The layers of a plan at the plots of all inventories and over all regions.
///
/// # Errors
///
/// Plots without a place or off a layer, all of them counted; blocks that cannot be read.
pub(in crate::pipeline) fn helpers(
    (table, inventories): (&ModelAssistedTable, &[Inventory]),
    prepared: &Prepared,
    areas: Option<&AreaAccount>,
    pass: &Pass,
    watch: &dyn Watch,
) -> Result<Helpers, RunError> {
    let Some(maps) = &prepared.maps else {
        return Err(RunError::Rejected(vec![Finding::error(
            "the plan",
            "`[inventory.model-assisted]` needs a grid, and there is no map",
            "add `[[land-cover]]`: its cells are those of the run",
        )]));
    };
    let rasters = rasters_of(table, prepared);
    let mut found = Helpers {
        at_plots: Vec::new(),
        over: LayersOverRegions::new(&table.layers, prepared, areas),
        maps: None,
    };
    let mut findings = neighbour_rasters::unknown(table, inventories);
    for (inventory, points) in inventories.iter().zip(&prepared.points) {
        let auxiliaries = at_plots(table, maps, &rasters, points)?;
        findings.extend(
            auxiliaries
                .iter()
                .filter_map(|layer| gaps(inventory, layer)),
        );
        found.at_plots.push(auxiliaries);
    }
    if !findings.is_empty() {
        return Err(RunError::Rejected(findings));
    }
    if let Some(choice) = choice(table) {
        let inventories = inventories.iter().zip(&found.at_plots);
        let of = inventories.map(|(inventory, at_plots)| {
            watch.step(&format!("mapping the plots of {}", inventory.year));
            neighbour_map(
                choice, inventory, at_plots, &rasters, maps, prepared, pass, watch,
            )
        });
        found.maps = Some(of.collect::<Result<_, _>>()?);
    }
    Ok(found)
}

/// How many plots predict a cell, where the plan wants nearest neighbours.
fn choice(table: &ModelAssistedTable) -> Option<NeighbourChoice> {
    let (k, weights) = table.neighbours()?;
    let weight = match weights {
        NeighbourWeightKey::Equal => NeighbourWeight::Equal,
        NeighbourWeightKey::InverseDistance => NeighbourWeight::InverseDistance,
    };
    Some(NeighbourChoice { k, weight })
}

/// The layers of a plan that help its plots.
pub(super) fn rasters_of(table: &ModelAssistedTable, prepared: &Prepared) -> GridRasters {
    let layers = table.layers.iter();
    GridRasters {
        classes: Vec::new(),
        values: layers
            .filter_map(|name| values_of(name, prepared))
            .collect(),
    }
}

/// The layers of a plan at the plots of one inventory.
fn at_plots(
    table: &ModelAssistedTable,
    maps: &Maps,
    rasters: &GridRasters,
    points: &[Option<Coord<f64>>],
) -> Result<Vec<Auxiliary>, RunError> {
    let values = values_at(&maps.grid, rasters, rasters.values.len(), points);
    let values = values.map_err(|error| {
        RunError::Rejected(vec![Finding::error(
            "`[inventory.model-assisted]`",
            format!("a layer cannot be read at the plots: {error}"),
            "copy the raster again from its source",
        )])
    })?;
    let auxiliaries = table.layers.iter().zip(values);
    let auxiliaries = auxiliaries.map(|(name, values)| Auxiliary {
        name: name.clone(),
        values,
    });
    Ok(auxiliaries.collect())
}

fn values_of(name: &str, prepared: &Prepared) -> Option<crate::input::ValueRaster> {
    let layer = prepared.layers.iter().find(|layer| layer.name == name)?;
    match &layer.cells {
        LayerCells::Values { raster, .. } => Some(raster.clone()),
        LayerCells::Classes { .. } => None,
    }
}

/// Plots that a layer says nothing of.
fn gaps(inventory: &Inventory, layer: &Auxiliary) -> Option<Finding> {
    let off: Vec<&str> = layer
        .values
        .iter()
        .zip(&inventory.frame.plots)
        .filter(|(value, _)| value.is_none())
        .map(|(_, plot)| plot.id.as_str())
        .collect();
    let shown = off.iter().take(10).copied().collect::<Vec<_>>().join(", ");
    let more = if off.len() > 10 { ", ..." } else { "" };
    (!off.is_empty()).then(|| {
        Finding::error(
            format!("inventory {}, layer {}", inventory.year, layer.name),
            format!(
                "{} of {} plots have no place or lie where the layer has no value: {shown}{more}",
                off.len(),
                layer.values.len()
            ),
            "a regression needs the layer at every plot: give `x`, `y` and `crs`, a layer that covers all plots, or leave the layer out of `[inventory.model-assisted]`",
        )
    })
}
