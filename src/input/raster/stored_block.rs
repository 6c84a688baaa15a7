//! What a thread holds of the blocks of a raster as they are stored: of a strip that is the whole raster, all of it.

use gdal::raster::RasterBand;

use super::band::{Cells, Raster};
use super::checksums::{is_deflated, shows_its_tiles, stored, structure};
use crate::grid::BLOCK;

/// Up to this size the allocator of the system keeps blocks that were given back, in bytes.
const KEPT: u64 = 32 << 20;

/// Blocks of up to that size that it then holds for each one in use, as measured with four threads.
const KEPT_BLOCKS: u64 = 3;

/// How often a strip that is unpacked row by row is held as it is stored, as measured with one thread.
const COPIES: u64 = 2;

/// What a thread holds of the large blocks of rasters, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeldBlocks {
    /// All of it.
    pub all: u64,
    /// What of it lies in the cache of GDAL: blocks that do not fit there are unpacked for every window anew.
    pub cached: u64,
}

impl HeldBlocks {
    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            all: self.all.saturating_add(other.all),
            cached: self.cached.saturating_add(other.cached),
        }
    }
}

/// How a file is packed, as far as it tells what is held of a block.
struct Packing {
    is_packed: bool,
    is_deflated: bool,
    /// Bytes of the file.
    file: u64,
}

impl Packing {
    /// What is held of a block of a band, where it is large; `samples` of each cell lie side by side.
    fn held(&self, band: &RasterBand<'_>, samples: usize) -> Option<HeldBlocks> {
        let (cols, rows) = band.block_size();
        let (places, usual) = (cols as u64 * rows as u64, u64::from(BLOCK).pow(2));
        if places <= usual {
            return None;
        }
        let cells = places * u64::from(band.band_type().bytes());
        let decoded = cells * samples as u64;
        // Twelve bits for eight are the most that LZW makes of a byte.
        let most = if self.is_packed && !self.is_deflated {
            decoded.saturating_add(decoded / 2)
        } else {
            decoded
        };
        let stored = most.min(self.file);
        // Cells of several bands are decoded together, and those of the band laid apart.
        let apart = if samples > 1 { decoded } else { 0 };
        let own = if self.is_deflated {
            decoded + stored
        } else {
            0
        };
        let kept = if decoded <= KEPT { KEPT_BLOCKS } else { 1 };
        Some(HeldBlocks {
            all: (cells + apart + stored + own) * kept,
            cached: cells,
        })
    }
}

impl<T: Cells> Raster<T> {
    /// What a thread holds of the stored blocks at once, of its own and of GDAL; nothing of blocks of usual
    /// size, and where the file cannot be opened, which its reader tells.
    pub(super) fn held(&self) -> HeldBlocks {
        if let Some(warp) = &self.warp {
            return warp.source.held();
        }
        let Ok(dataset) = self.dataset() else {
            return HeldBlocks::default();
        };
        let packing = Packing {
            is_packed: structure(&dataset, "COMPRESSION").is_some(),
            is_deflated: is_deflated(&dataset),
            file: std::fs::metadata(&self.path).map_or(u64::MAX, |file| file.len()),
        };
        let by_pixel = structure(&dataset, "INTERLEAVE").as_deref() == Some("PIXEL");
        let samples = if by_pixel { dataset.raster_count() } else { 1 };
        // One long strip that GDAL unpacks row by row: it lies in memory as it is stored.
        let of_strip = |band: &RasterBand<'_>| {
            let (_, bytes) = stored(band, (0, 0)).filter(|_| !shows_its_tiles(band))?;
            Some(HeldBlocks {
                all: COPIES * bytes,
                cached: 0,
            })
        };
        let Ok(band) = dataset.rasterband(self.band) else {
            return HeldBlocks::default();
        };
        let of_band = packing.held(&band, samples);
        let of_cells = of_band.or_else(|| of_strip(&band)).unwrap_or_default();
        let mask = band.open_mask_band().ok().filter(|_| self.masked);
        let of_mask = mask.and_then(|mask| {
            let held = packing.held(&mask, 1)?;
            // A band of opacity beside the others is decoded together with them.
            let is_beside = samples > 1 && band.mask_flags().is_ok_and(|flags| flags.is_alpha());
            let cells = held.cached;
            Some(if is_beside {
                HeldBlocks { all: cells, ..held }
            } else {
                held
            })
        });
        of_cells.and(of_mask.unwrap_or_default())
    }
}
