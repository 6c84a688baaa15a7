//! The memory of a pass, so that it stays within what it may take.
//!
//! `peak = base + cache + threads × (512² cells × 24 bytes a layer + warped blocks + large stored blocks) + polygons`

use std::num::NonZeroUsize;

use crate::finding::{Finding, counted};
use crate::grid::BLOCK;
use crate::input::{GridRasters, set_cache};
use crate::pipeline::RunError;
use crate::zonal::Zone;

/// Program, GDAL and PROJ with its database, as measured.
const BASE: u64 = 60 << 20;

/// A cell of one layer in a block: as it is stored, as a number of a combination, and spare.
const CELL: u64 = 24;

/// What a warped raster holds for a block whatever it draws on, as measured and spare: the warper of GDAL, and
/// the block itself with its mask.
const WARPED: u64 = 22 << 20;

/// A cell that such a block draws on, with its masks.
const DRAWN: u64 = 14;

/// The most that a warped raster holds for a block, as these are cut for the warper.
const MOST_WARPED: u64 = 80 << 20;

/// A cell again, where a cell of the grid alone draws on more than a block usually does: as measured,
/// and spare.
const DRAWN_BY_ONE: u64 = 10;

/// A vertex: the polygon, its edge in the index, and the polygon as it was read.
const VERTEX: u64 = 96;

/// The memory that a run may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// All of it, in bytes.
    pub bytes: u64,
    /// What GDAL may keep of decoded blocks, in bytes.
    pub cache: u64,
}

impl Memory {
    /// A share of a budget goes to the cache of GDAL: an eighth, from 16 MiB to 1 GiB. Only rasters
    /// that are not stored in tiles fill it.
    #[must_use]
    pub fn of(bytes: u64) -> Self {
        Self {
            bytes,
            cache: (bytes / 8).clamp(16 << 20, 1 << 30),
        }
    }

    /// How many threads of those wanted the pass may have; `made` counts the layers that are computed
    /// from the rasters. Gives the cache of GDAL room for the large blocks of all of them.
    ///
    /// # Errors
    ///
    /// [`RunError::Rejected`] when one thread is too many.
    pub(in crate::pipeline) fn threads(
        self,
        wanted: NonZeroUsize,
        rasters: &GridRasters,
        made: usize,
        zones: &[Zone],
    ) -> Result<NonZeroUsize, RunError> {
        let layers = rasters.classes.len() + rasters.values.len() + made;
        let warped = rasters.drawn().map(warped);
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let block = u64::from(BLOCK) * u64::from(BLOCK) * CELL * count(layers.max(1));
        let held = rasters.held();
        let each = warped.fold(block.saturating_add(held.all), u64::saturating_add);
        let vertices: usize = zones
            .iter()
            .flat_map(|zone| &zone.shape)
            .map(|polygon| {
                let holes = polygon.interiors().iter().map(|ring| ring.0.len());
                polygon.exterior().0.len() + holes.sum::<usize>()
            })
            .sum();
        let fixed = BASE + VERTEX * count(vertices);
        let room = self.bytes.saturating_sub(fixed + self.cache) / each;
        if let Some(room) = NonZeroUsize::new(usize::try_from(room).unwrap_or(usize::MAX)) {
            let threads = wanted.min(room);
            // Those blocks are counted above, and lie in the cache: with room for all of them none is
            // unpacked for the next window again.
            let large = held.cached.saturating_mul(count(threads.get()));
            set_cache(self.cache.saturating_add(large));
            return Ok(threads);
        }
        let least = Self::with_cache(fixed.saturating_add(each)).bytes;
        let rasters = counted(layers, "raster", "rasters");
        let (blocks, tiles) = if held.all > 0 {
            (
                format!(
                    ", whose blocks as they are stored take {} MiB a thread",
                    mebibytes(held.all)
                ),
                ", or store them in small tiles (gdal_translate -co TILED=YES)",
            )
        } else {
            (String::new(), "")
        };
        Err(RunError::Rejected(vec![Finding::error(
            "--memory",
            format!(
                "{} MiB are too little for {vertices} vertices and {rasters}{blocks}",
                mebibytes(self.bytes)
            ),
            format!("give --memory {}M or more{tiles}", mebibytes(least)),
        )]))
    }

    /// The least budget that leaves so many bytes beside the cache, which grows with it.
    fn with_cache(beside: u64) -> Self {
        let mut budget = Self::of(beside);
        loop {
            let enough = Self::of(beside.saturating_add(budget.cache));
            if enough == budget {
                return budget;
            }
            budget = enough;
        }
    }
}

/// What a warped raster holds for a block that draws on so many of its own cells.
fn warped(drawn: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of cells"
    )]
    let cells = drawn as u64;
    let usual = WARPED.saturating_add(cells.saturating_mul(DRAWN));
    (usual.min(MOST_WARPED)).max(cells.saturating_mul(DRAWN_BY_ONE))
}

fn mebibytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_budget_takes_threads_away_and_then_refuses() {
        let eight = NonZeroUsize::new(8).unwrap();
        let threads = |mebibytes: u64| {
            Memory::of(mebibytes << 20).threads(eight, &GridRasters::default(), 0, &[])
        };
        assert_eq!(threads(4096).unwrap(), eight);
        assert_eq!(threads(90).unwrap().get(), 2);
        let error = threads(64).unwrap_err();
        let RunError::Rejected(findings) = error else {
            panic!("{error}");
        };
        assert!(findings[0].remedy.contains("--memory 82M"), "{findings:?}");
    }

    #[test]
    fn a_warped_raster_takes_more_the_more_cells_a_block_draws_on() {
        assert_eq!(warped(0.0), WARPED);
        let usual = f64::from(BLOCK).powi(2);
        assert_eq!(warped(usual) >> 20, 25);
        // Blocks of more than four million cells are cut for the warper, but no single cell is.
        assert_eq!(warped(16.0 * usual) >> 20, 78);
        assert_eq!(warped(17.0 * usual), MOST_WARPED);
        assert_eq!(warped(1e9), 10_000_000_000);
    }

    #[test]
    fn the_least_budget_leaves_what_is_wanted_and_no_less_does() {
        let left = |memory: Memory| memory.bytes - memory.cache;
        for beside in [
            1 << 20,
            100 << 20,
            112 << 20,
            (1 << 30) + 7,
            8 << 30,
            40 << 30,
        ] {
            let least = Memory::with_cache(beside);
            assert!(left(least) >= beside, "{least:?}");
            assert!(left(Memory::of(least.bytes - 1)) < beside, "{least:?}");
        }
    }
}
