//! The map of nearest neighbours as rasters of the output: one file an attribute and inventory.

use std::collections::BTreeSet;

use super::neighbours::{Predicted, Recipe};
use super::wall_to_wall::{Helpers, rasters_of};
use crate::finding::Finding;
use crate::grid::{Block, Grid, Window};
use crate::input::{GridRasters, Inventory, MapFacts, MapRaster};
use crate::pipeline::open::Prepared;
use crate::pipeline::{Pass, RunError, Watch};
use crate::plan::ModelAssistedTable;
use crate::report::{MapLayer, OutputDirectory};
use crate::zonal::{BlockReader, Rasters, ReadError, ValueBlock, ZonalError};

/// Attributes that `maps` names and no inventory has.
pub(super) fn unknown(table: &ModelAssistedTable, inventories: &[Inventory]) -> Vec<Finding> {
    let mut there: Vec<String> = inventories
        .iter()
        .flat_map(super::neighbours::attributes)
        .map(|attribute| attribute.name)
        .collect();
    there.sort();
    there.dedup();
    let unknown = table.maps.iter().filter(|name| !there.contains(name));
    unknown
        .map(|name| {
            Finding::error(
                "`maps` of `[inventory.model-assisted]`",
                format!("no inventory gives `{name}` at all of its plots"),
                format!("attributes are: {}", there.join(", ")),
            )
        })
        .collect()
}

/// The file of a map in the output.
fn file_of(attribute: &str, year: i32) -> String {
    format!("rasters/{attribute}_{year}.tif")
}

/// The maps that the plan asks for, as they are shown.
pub(in crate::pipeline) fn shown(
    table: &ModelAssistedTable,
    prepared: &Prepared,
    helpers: &Helpers,
) -> Vec<MapLayer> {
    let (Some(_), Some(maps)) = (&helpers.maps, &prepared.maps) else {
        return Vec::new();
    };
    let of_inventory = |inventory: &Inventory| {
        let year = inventory.year;
        let attributes = super::neighbours::attributes(inventory).into_iter();
        let asked = attributes.filter(|attribute| table.maps.contains(&attribute.name));
        let layers = asked.map(|attribute| MapLayer {
            file: file_of(&attribute.name, year),
            attribute: attribute.name,
            year,
            unit: attribute.unit,
            description: "The mean of the plots that resemble each cell most".to_owned(),
            crs: maps.grid.crs.clone(),
            values: attribute.observed,
        });
        layers.collect::<Vec<_>>()
    };
    prepared.inventories.iter().flat_map(of_inventory).collect()
}

/// Draws the maps that the plan asks for. What cannot be read of a layer is a gap of the map, and a
/// warning.
pub(in crate::pipeline) fn draw(
    table: &ModelAssistedTable,
    prepared: &Prepared,
    helpers: &Helpers,
    output: &OutputDirectory,
    (pass, watch): (&Pass, &dyn Watch),
) -> Result<Vec<Finding>, RunError> {
    let (Some(of_inventories), Some(maps)) = (&helpers.maps, &prepared.maps) else {
        return Ok(Vec::new());
    };
    if table.maps.is_empty() {
        return Ok(Vec::new());
    }
    let rasters = rasters_of(table, prepared);
    let mut unread = BTreeSet::new();
    for (inventory, map) in prepared.inventories.iter().zip(of_inventories) {
        watch.step(&format!("drawing the maps of {}", inventory.year));
        let mut recipe = map.recipe(inventory);
        recipe
            .attributes
            .retain(|attribute| table.maps.contains(&attribute.name));
        let made = recipe.attributes.len();
        let threads = pass.memory.threads(pass.threads, &rasters, made, &[])?;
        let drawn = Drawn {
            grid: &maps.grid,
            rasters: &rasters,
            recipe: &recipe,
            year: inventory.year,
        };
        unread.extend(drawn.draw(output, threads.get(), watch)?);
    }
    let warnings = unread.into_iter().map(|error| {
        Finding::warning(
            "`maps` of `[inventory.model-assisted]`",
            format!("the maps have a gap where a layer could not be read: {error}"),
            "copy the raster again from its source",
        )
    });
    Ok(warnings.collect())
}

/// The maps of one inventory.
struct Drawn<'a> {
    grid: &'a Grid,
    rasters: &'a GridRasters,
    recipe: &'a Recipe,
    year: i32,
}

impl Drawn<'_> {
    /// Draws the maps; gives what could not be read.
    fn draw(
        &self,
        output: &OutputDirectory,
        threads: usize,
        watch: &dyn Watch,
    ) -> Result<BTreeSet<String>, RunError> {
        let predicted = Predicted {
            rasters: self.rasters,
            recipe: self.recipe,
        };
        let mut files = Vec::new();
        for attribute in &self.recipe.attributes {
            let place = output.place(&file_of(&attribute.name, self.year))?;
            files.push(MapRaster::begin(&place, self.grid)?);
        }
        let readers = (0..threads.max(1)).map(|_| predicted.reader());
        let mut readers = readers
            .collect::<Result<Vec<_>, ReadError>>()
            .map_err(ZonalError::from)?;
        let (rows, cols) = self.grid.blocks();
        let mut unread = BTreeSet::new();
        for row in 0..rows {
            // As many blocks at a time as there are threads, written in their order.
            let of_row: Vec<Window> = (0..cols)
                .map(|col| self.grid.window(Block { row, col }))
                .collect();
            for windows in of_row.chunks(readers.len()) {
                let layers = files.len();
                let blocks = std::thread::scope(|scope| {
                    let at_work: Vec<_> = readers
                        .iter_mut()
                        .zip(windows)
                        .map(|(reader, window)| scope.spawn(move || cells(reader, *window, layers)))
                        .collect();
                    let done = at_work.into_iter().map(|thread| {
                        thread
                            .join()
                            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                    });
                    done.collect::<Vec<_>>()
                });
                for (window, (of_layers, lost)) in windows.iter().zip(blocks) {
                    unread.extend(lost);
                    for (file, values) in files.iter_mut().zip(of_layers) {
                        file.write(*window, values)?;
                    }
                }
            }
            let done = u64::from(row + 1) * u64::from(cols);
            if watch
                .blocks(done, u64::from(rows) * u64::from(cols))
                .is_break()
            {
                return Err(RunError::Stopped);
            }
        }
        for (file, attribute) in files.into_iter().zip(&self.recipe.attributes) {
            file.complete(&MapFacts {
                description: format!("{} {}", attribute.name, self.year),
                unit: attribute.unit.clone(),
            })?;
        }
        Ok(unread)
    }
}

/// The predictions of every attribute in the cells of a window, and what could not be read.
fn cells<R: BlockReader>(
    reader: &mut R,
    window: Window,
    layers: usize,
) -> (Vec<Vec<f32>>, BTreeSet<String>) {
    let mut block = ValueBlock::default();
    let mut unread = BTreeSet::new();
    let cells = (0..layers)
        .map(|layer| {
            if reader.values(layer, window, &mut block).is_err() {
                let damage = reader.sound_values(layer, window, &mut block);
                unread.extend(damage.into_iter().map(|damage| damage.error.what));
            }
            #[expect(
                clippy::cast_possible_truncation,
                reason = "maps are of single precision"
            )]
            let cells = (0..window.cells()).map(|place| block.value(place) as f32);
            cells.collect()
        })
        .collect();
    (cells, unread)
}
