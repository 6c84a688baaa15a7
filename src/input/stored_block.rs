//! What a thread holds of the blocks of a raster as they are stored: of a strip that is the whole raster, all of it.

use gdal::raster::RasterBand;

use super::checksums::{is_deflated, shows_its_tiles, stored, structure};
use super::raster::{Cells, Raster};
use crate::grid::BLOCK;

/// Up to this size the allocator of the system keeps blocks that were given back, in bytes.
const KEPT: u64 = 32 << 20;

/// Blocks of up to that size that it then holds for each one in use, as measured with four threads.
const KEPT_BLOCKS: u64 = 3;

/// How often a strip that is unpacked row by row is held as it is stored, as measured with one thread.
const COPIES: u64 = 2;

/// Bytes of a block: as cells, and as they lie in the file at most.
struct Sizes {
    cells: u64,
    stored: u64,
}

impl<T: Cells> Raster<T> {
    /// Bytes of the stored blocks that a thread holds at once, its own and those of GDAL; nothing for blocks
    /// of usual size, and where the file cannot be opened, which its reader tells.
    pub(super) fn held(&self) -> u64 {
        if let Some(warp) = &self.warp {
            return warp.source.held();
        }
        let Ok(dataset) = self.dataset() else {
            return 0;
        };
        let is_deflated = is_deflated(&dataset);
        let compression = structure(&dataset, "COMPRESSION");
        let by_pixel = structure(&dataset, "INTERLEAVE").as_deref() == Some("PIXEL");
        let samples = if by_pixel { dataset.raster_count() } else { 1 };
        let file = std::fs::metadata(&self.path).map_or(u64::MAX, |file| file.len());
        // One long strip that GDAL unpacks row by row: it lies in memory as it is stored.
        let of_strip = |band: &RasterBand<'_>| -> Option<u64> {
            let (_, bytes) = stored(band, (0, 0)).filter(|_| !shows_its_tiles(band))?;
            Some(COPIES * bytes)
        };
        let sizes = |band: &RasterBand<'_>, samples: usize| -> Option<Sizes> {
            let (cols, rows) = band.block_size();
            let (cells, usual) = (cols as u64 * rows as u64, u64::from(BLOCK).pow(2));
            if cells <= usual {
                return None;
            }
            let cells = cells * u64::from(band.band_type().bytes()) * samples as u64;
            // Twelve bits for eight are the most that LZW makes of a byte.
            let most = match &compression {
                Some(_) if !is_deflated => cells.saturating_add(cells / 2),
                _ => cells,
            };
            let stored = most.min(file);
            Some(Sizes { cells, stored })
        };
        let held = |Sizes { cells, stored }: Sizes, samples: usize| {
            // Cells of several bands are decoded together and laid apart.
            let by_gdal = cells + stored + if samples > 1 { cells } else { 0 };
            let own = if is_deflated { cells + stored } else { 0 };
            let kept = if cells <= KEPT { KEPT_BLOCKS } else { 1 };
            (by_gdal + own) * kept
        };
        let Ok(band) = dataset.rasterband(self.band) else {
            return 0;
        };
        let of_band = sizes(&band, samples).map(|sizes| held(sizes, samples));
        let of_cells = of_band.or_else(|| of_strip(&band)).unwrap_or(0);
        let mask = band.open_mask_band().ok().filter(|_| self.masked);
        let of_mask = mask.and_then(|mask| sizes(&mask, 1));
        of_cells.saturating_add(of_mask.map_or(0, |sizes| held(sizes, 1)))
    }
}
