//! The memory of a pass, so that it stays within what it may take.
//!
//! `peak = base + cache + threads × (512² cells × 24 bytes a layer + warped blocks + large stored blocks) + polygons`

use std::num::NonZeroUsize;

use super::RunError;
use crate::finding::{Finding, counted};
use crate::grid::BLOCK;
use crate::input::GridRasters;
use crate::zonal::Zone;

/// Program, GDAL and PROJ with its database, as measured.
const BASE: u64 = 60 << 20;

/// A cell of one layer in a block: as it is stored, as a number of a combination, and spare.
const CELL: u64 = 24;

/// What a warped raster may hold for one block: the cells that it draws on, with their masks.
const WARPED: u64 = 80 << 20;

/// The same by cell, where a cell of the grid alone draws on more than a block usually does: as
/// measured, and spare.
const DRAWN: u64 = 10;

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
    /// from the rasters.
    ///
    /// # Errors
    ///
    /// [`RunError::Rejected`] when one thread is too many.
    pub(super) fn threads(
        self,
        wanted: NonZeroUsize,
        rasters: &GridRasters,
        made: usize,
        zones: &[Zone],
    ) -> Result<NonZeroUsize, RunError> {
        let layers = rasters.classes.len() + rasters.values.len() + made;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number of cells"
        )]
        let warped = rasters
            .drawn()
            .map(|cells| WARPED.max((cells as u64).saturating_mul(DRAWN)));
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let block = u64::from(BLOCK) * u64::from(BLOCK) * CELL * count(layers.max(1));
        let held = rasters.held();
        let each = warped.fold(block.saturating_add(held), u64::saturating_add);
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
            return Ok(wanted.min(room));
        }
        let least = Self::with_cache(fixed.saturating_add(each)).bytes;
        let rasters = counted(layers, "raster", "rasters");
        let (blocks, tiles) = if held > 0 {
            (
                format!(
                    ", whose blocks as they are stored take {} MiB a thread",
                    mebibytes(held)
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
