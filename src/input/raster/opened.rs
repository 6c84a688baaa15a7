//! A raster as one thread has it open.

use gdal::Dataset;

use super::band::{Cells, ClassRaster, Raster, ValueRaster};
use super::checksums::{Checksums, Holds};
use super::holes::Drawing;
use super::tiles::Tiles;
use crate::grid::Window;
use crate::input::files::{in_silence, is_hdf5, take, words};
use crate::zonal::{ClassBlock, ReadError, ValueBlock};

/// What sets the blocks of the two kinds of rasters apart.
pub(super) trait Layer: Cells {
    /// A window of such a raster.
    type Block: Default;

    /// Reads a window.
    fn cells(
        raster: &Raster<Self>,
        dataset: &Dataset,
        tiles: Option<&mut Tiles>,
        window: Window,
        out: &mut Self::Block,
    ) -> Result<(), ReadError>;

    /// A window of which nothing is known.
    fn without_data(window: Window) -> Self::Block;

    /// Puts the cells of a part in their place in a window.
    fn put(out: &mut Self::Block, window: Window, part: Window, cells: &Self::Block);

    /// Takes the data of a part out of a window.
    fn hide(out: &mut Self::Block, window: Window, part: Window);
}

macro_rules! layer {
    ($cell:ty, $block:ty, $read:expr) => {
        impl Layer for $cell {
            type Block = $block;

            fn cells(
                raster: &Raster<Self>,
                dataset: &Dataset,
                tiles: Option<&mut Tiles>,
                window: Window,
                out: &mut $block,
            ) -> Result<(), ReadError> {
                $read(raster, dataset, tiles, window, out)
            }

            fn without_data(window: Window) -> $block {
                <$block>::without_data(window)
            }

            fn put(out: &mut $block, window: Window, part: Window, cells: &$block) {
                out.put(window, part, cells);
            }

            fn hide(out: &mut $block, window: Window, part: Window) {
                out.hide(window, part);
            }
        }
    };
}

layer!(i64, ClassBlock, ClassRaster::read);
layer!(f64, ValueBlock, |raster: &ValueRaster,
                         dataset,
                         tiles,
                         window,
                         out| {
    let read = raster.read(dataset, tiles, window, out);
    read.map_err(|error| raster.failure(dataset, window, &error))
});

/// A raster as one thread has it open.
pub(super) struct OpenRaster<T: Layer> {
    pub(super) raster: Raster<T>,
    pub(super) dataset: Dataset,
    /// Its tiles, where they are not left to GDAL.
    tiles: Option<Tiles>,
    checksums: Checksums,
    /// Whether its file, or that of what it is warped from, is one of HDF5.
    pub(super) is_hdf5: bool,
    /// What it is warped from.
    pub(super) source: Option<Box<Self>>,
}

impl<T: Layer> std::fmt::Debug for OpenRaster<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenRaster")
            .field("path", &self.raster.path)
            .finish_non_exhaustive()
    }
}

impl<T: Layer> OpenRaster<T> {
    pub(super) fn new(raster: &Raster<T>) -> Result<Self, ReadError> {
        let failed = |what: String| ReadError::new(format!("`{}`: {what}", raster.path.display()));
        let dataset = raster.dataset().map_err(|error| failed(words(&error)))?;
        let source = match &raster.warp {
            Some(warp) => Some(Box::new(Self::new(&warp.source)?)),
            None => None,
        };
        let (tiles, checksums) = if source.is_some() {
            (None, Checksums::default())
        } else {
            (
                Tiles::open(&dataset, raster.band, &raster.path),
                Checksums::open(&dataset, raster.band, raster.masked, &raster.path),
            )
        };
        take();
        Ok(Self {
            raster: raster.clone(),
            dataset,
            tiles,
            checksums,
            is_hdf5: is_hdf5(&raster.path),
            source,
        })
    }

    /// Reads a window.
    ///
    /// # Errors
    ///
    /// What cannot be read, and what does not fit its checksum.
    pub(super) fn read(&mut self, window: Window, out: &mut T::Block) -> Result<(), ReadError> {
        take();
        self.check(window, false)?;
        let tiles = self.tiles.as_mut();
        let (raster, dataset) = (&self.raster, &self.dataset);
        in_silence(self.is_hdf5, || {
            T::cells(raster, dataset, tiles, window, out)
        })
    }

    /// Holds what GDAL decodes of a window against its checksums: what is not decoded here, or all.
    fn check(&mut self, window: Window, all: bool) -> Result<(), ReadError> {
        if let (Some(source), Some(warp)) = (&mut self.source, &self.raster.warp) {
            if !source.checksums.are_known() {
                return Ok(());
            }
            let drawing = Drawing::new(warp, &self.raster.grid).map_err(ReadError::new)?;
            return (drawing.drawn(window)).map_or(Ok(()), |drawn| source.check(drawn, true));
        }
        let raster = &self.raster;
        let Some(overlap) = raster.overlap(window) else {
            return Ok(());
        };
        let mut check = || {
            let in_file = overlap.in_file();
            let band = self.dataset.rasterband(raster.band)?;
            if all || self.tiles.is_none() || !overlap.is_of_blocks(&band) {
                (self.checksums).check(&band, Holds::Band(raster.band), in_file)?;
            }
            if let Some(alpha) = raster.alpha {
                let band = self.dataset.rasterband(alpha)?;
                self.checksums.check(&band, Holds::Band(alpha), in_file)?;
            } else if raster.masked {
                let mask = band.open_mask_band()?;
                self.checksums.check(&mask, Holds::Mask, in_file)?;
            }
            Ok(())
        };
        check().map_err(|error| raster.failure(&self.dataset, window, &error))
    }
}
