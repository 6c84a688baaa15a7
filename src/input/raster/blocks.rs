//! Windows of rasters, read by one thread.

use std::ops::Range;

use gdal::Dataset;
use gdal::raster::{GdalType, RasterBand};

use super::band::{Cells, ClassRaster, Raster, Reading, ValueRaster};
use super::opened::OpenRaster;
use super::stored_block::HeldBlocks;
use super::tiles::{Tiled, Tiles};
use crate::grid::{BLOCK, Window};
use crate::zonal::{BlockReader, ClassBlock, Damage, Rasters, ReadError, ValueBlock};

/// The rasters of a run, on one grid.
#[derive(Debug, Clone, Default)]
pub struct GridRasters {
    /// Class layers.
    pub classes: Vec<ClassRaster>,
    /// Value layers.
    pub values: Vec<ValueRaster>,
}

impl GridRasters {
    /// About how many of its own cells a block draws on, of each that is warped.
    pub fn drawn(&self) -> impl Iterator<Item = f64> {
        let classes = self.classes.iter().map(Raster::drawn);
        let values = self.values.iter().map(Raster::drawn);
        classes.chain(values).flatten()
    }

    /// What a thread holds of blocks as they are stored, where these are larger than usual.
    pub fn held(&self) -> HeldBlocks {
        let classes = self.classes.iter().map(Raster::held);
        let values = self.values.iter().map(Raster::held);
        (classes.chain(values)).fold(HeldBlocks::default(), HeldBlocks::and)
    }
}

impl Rasters for GridRasters {
    type Reader = OpenRasters;

    fn reader(&self) -> Result<OpenRasters, ReadError> {
        let classes = self.classes.iter().map(OpenRaster::new);
        let values = self.values.iter().map(OpenRaster::new);
        Ok(OpenRasters {
            classes: classes.collect::<Result<_, _>>()?,
            values: values.collect::<Result<_, _>>()?,
        })
    }
}

/// The rasters as one thread has them open.
#[derive(Debug)]
pub struct OpenRasters {
    classes: Vec<OpenRaster<i64>>,
    values: Vec<OpenRaster<f64>>,
}

impl BlockReader for OpenRasters {
    fn classes(
        &mut self,
        layer: usize,
        window: Window,
        out: &mut ClassBlock,
    ) -> Result<(), ReadError> {
        self.classes[layer].read(window, out)
    }

    fn values(
        &mut self,
        layer: usize,
        window: Window,
        out: &mut ValueBlock,
    ) -> Result<(), ReadError> {
        self.values[layer].read(window, out)
    }

    fn sound_classes(&mut self, layer: usize, window: Window, out: &mut ClassBlock) -> Vec<Damage> {
        self.classes[layer].sound(window, out)
    }

    fn sound_values(&mut self, layer: usize, window: Window, out: &mut ValueBlock) -> Vec<Damage> {
        self.values[layer].sound(window, out)
    }
}

/// The part of a window that a file holds, and where it lies in the window.
pub(super) struct Overlap {
    /// First row and column in the file.
    pub(super) file: (usize, usize),
    /// First row and column in the window.
    pub(super) window: (usize, usize),
    rows: usize,
    cols: usize,
    reading: Reading,
}

impl Overlap {
    /// Whether it is read from the file in whole blocks, unless its cells become another type.
    pub(super) fn is_of_blocks(&self, band: &RasterBand<'_>) -> bool {
        let (cols, rows) = band.block_size();
        let edge = BLOCK as usize;
        edge.is_multiple_of(cols)
            && edge.is_multiple_of(rows)
            && self.file.0.is_multiple_of(rows)
            && self.file.1.is_multiple_of(cols)
            && self.reading == Reading::ByBlocks
    }

    /// The same as a window of the file.
    pub(super) fn in_file(&self) -> Window {
        let [row, col, rows, cols] = [self.file.0, self.file.1, self.rows, self.cols]
            .map(|number| u32::try_from(number).expect("cut to a raster of 2^32 cells a side"));
        Window {
            row,
            col,
            rows,
            cols,
        }
    }
}

impl<T: Cells> Raster<T> {
    pub(super) fn overlap(&self, window: Window) -> Option<Overlap> {
        let span = |start: u32, length: u32, offset: i64, there: Range<u32>| {
            let first = i64::from(start) + offset;
            let from = first.max(i64::from(there.start));
            let to = (first + i64::from(length)).min(i64::from(there.end));
            let part = usize::try_from(to - from).ok().filter(|part| *part > 0)?;
            Some((
                usize::try_from(from).ok()?,
                usize::try_from(from - first).ok()?,
                part,
            ))
        };
        let under = self.warp.as_ref().and_then(|warp| warp.under.clone());
        let [there_rows, there_cols] = under.unwrap_or([0..self.grid.height, 0..self.grid.width]);
        let (file_row, window_row, rows) =
            span(window.row, window.rows, self.offset.0, there_rows)?;
        let (file_col, window_col, cols) =
            span(window.col, window.cols, self.offset.1, there_cols)?;
        Some(Overlap {
            file: (file_row, file_col),
            window: (window_row, window_col),
            rows,
            cols,
            reading: self.reading,
        })
    }

    /// Which cells of a window hold data by what is beside the nodata value: a mask, or opacity.
    pub(super) fn mask(
        &self,
        dataset: &Dataset,
        window: Window,
        overlap: &Overlap,
    ) -> Result<Option<Vec<bool>>, gdal::errors::GdalError> {
        let band = |number| dataset.rasterband(number);
        let mut opaque: Vec<f32> = Vec::new();
        if self.masked {
            let masked = band(self.read_band())?;
            read_cells(&masked.open_mask_band()?, window, overlap, &mut opaque)?;
        } else if let Some(alpha) = self.alpha {
            read_cells(&band(alpha)?, window, overlap, &mut opaque)?;
        }
        if !opaque.is_empty() {
            let has_gaps = opaque.iter().any(|opaque| *opaque <= 0.0);
            let mask = opaque.into_iter().map(|opaque| opaque > 0.0);
            return Ok(has_gaps.then(|| mask.collect()));
        }
        if overlap.rows * overlap.cols == window.cells() {
            return Ok(None);
        }
        let mut mask = vec![false; window.cells()];
        let cols = window.cols as usize;
        for row in 0..overlap.rows {
            let start = (overlap.window.0 + row) * cols + overlap.window.1;
            mask[start..start + overlap.cols].fill(true);
        }
        Ok(Some(mask))
    }
}

/// Reads the overlap of a window into `cells`, which then holds the whole window; cells outside
/// the overlap are zero and must be masked.
pub(super) fn read_cells<T: Copy + Default + GdalType>(
    band: &RasterBand<'_>,
    window: Window,
    overlap: &Overlap,
    cells: &mut Vec<T>,
) -> Result<(), gdal::errors::GdalError> {
    read_cells_by(band, window, overlap, cells, |place, put| {
        put(band.read_block::<T>(place)?.data());
        Ok(())
    })
}

/// Reads cells as [`read_cells`] does, by `tiles` where they can.
pub(super) fn read_tiles<T: Tiled>(
    band: &RasterBand<'_>,
    tiles: Option<&mut Tiles>,
    window: Window,
    overlap: &Overlap,
    cells: &mut Vec<T>,
) -> Result<(), gdal::errors::GdalError> {
    let Some(tiles) = tiles else {
        return read_cells(band, window, overlap, cells);
    };
    let size = band.block_size();
    let is_one_tile = size == (window.cols as usize, window.rows as usize)
        && size == (overlap.cols, overlap.rows)
        && overlap.file.0.is_multiple_of(size.1)
        && overlap.file.1.is_multiple_of(size.0);
    if is_one_tile {
        let place = (overlap.file.1 / size.0, overlap.file.0 / size.1);
        cells.resize(window.cells(), T::default());
        if tiles.read_into(band, place, cells)? {
            return Ok(());
        }
    }
    read_cells_by(band, window, overlap, cells, |place, put| {
        match tiles.read(band, place)? {
            Some(tile) => put(tile),
            None => put(band.read_block::<T>(place)?.data()),
        }
        Ok(())
    })
}

/// Reads cells as [`read_tiles`] does, in the type that they are stored in, and makes others of them.
pub(super) fn read_as<S: Tiled, T>(
    band: &RasterBand<'_>,
    tiles: Option<&mut Tiles>,
    window: Window,
    overlap: &Overlap,
    cells: &mut Vec<T>,
    made_of: impl Fn(S) -> T,
) -> Result<(), gdal::errors::GdalError> {
    let mut stored = Vec::new();
    read_tiles(band, tiles, window, overlap, &mut stored)?;
    cells.clear();
    cells.extend(stored.into_iter().map(made_of));
    Ok(())
}

/// Reads cells where `block` reads a whole block of the file and hands it over.
fn read_cells_by<T: Copy + Default + GdalType>(
    band: &RasterBand<'_>,
    window: Window,
    overlap: &Overlap,
    cells: &mut Vec<T>,
    mut block: impl FnMut((usize, usize), &mut dyn FnMut(&[T])) -> Result<(), gdal::errors::GdalError>,
) -> Result<(), gdal::errors::GdalError> {
    let (rows, cols) = (window.rows as usize, window.cols as usize);
    cells.clear();
    cells.resize(rows * cols, T::default());
    let (block_cols, block_rows) = band.block_size();
    if overlap.is_of_blocks(band) && band.band_type() == T::datatype() {
        // Whole blocks of the file go straight from the decoder into place.
        for block_row in (0..overlap.rows).step_by(block_rows) {
            for block_col in (0..overlap.cols).step_by(block_cols) {
                let place = (
                    (overlap.file.1 + block_col) / block_cols,
                    (overlap.file.0 + block_row) / block_rows,
                );
                let width = block_cols.min(overlap.cols - block_col);
                let first = (overlap.window.0 + block_row) * cols + overlap.window.1 + block_col;
                block(place, &mut |stored| {
                    let rows = stored.chunks_exact(block_cols);
                    for (row, stored) in rows.take(overlap.rows - block_row).enumerate() {
                        let to = first + row * cols;
                        cells[to..to + width].copy_from_slice(&stored[..width]);
                    }
                })?;
            }
        }
        return Ok(());
    }
    let start = (overlap.file.1.try_into()?, overlap.file.0.try_into()?);
    let size = (overlap.cols, overlap.rows);
    if size == (cols, rows) {
        return band.read_into_slice(start, size, size, cells, None);
    }
    let part = band.read_as::<T>(start, size, size, None)?;
    for (row, values) in part.data().chunks_exact(overlap.cols).enumerate() {
        let to = (overlap.window.0 + row) * cols + overlap.window.1;
        cells[to..to + overlap.cols].copy_from_slice(values);
    }
    Ok(())
}
