//! The single pass over the blocks.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::accumulate::{Accumulator, Code, Counters};
use super::band_counts::BandCounts;
use super::byte_areas::ByteAreas;
use super::cell_sums::CellSums;
use super::codes::{CodeBook, Codes};
use super::edges::ZoneIndex;
use super::ledger::{BlockFailure, BlockResult, Classes, Fold, Layer, Ledger};
use super::moments::ValueLayer;
use super::part::{Keep, KeepNothing, Part};
use super::reader::{BlockReader, ClassBlock, Damage, Rasters, ReadError, ValueBlock};
use super::sweep::{Sweep, Touch};
use super::tally::Tally;
use super::{Edges, Zone};
use crate::grid::{Block, BlockAreas, CellAreas, Grid, Window};

/// What the pass measures, and with how many threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Number of class layers; their combinations are the classes of the ledger.
    pub class_layers: usize,
    /// Number of value layers.
    pub value_layers: usize,
    /// Which cells belong to a zone.
    pub edges: Edges,
    /// Number of worker threads. The result does not depend on it.
    pub threads: NonZeroUsize,
}

/// Why a pass gave no ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ZonalError {
    /// A vertex of a zone has no place on the grid.
    #[error("vertex {vertex} of zone {zone} has a coordinate that is not a finite number")]
    NotFinite {
        /// Number of the zone.
        zone: u32,
        /// Place of the vertex, over all rings of the zone.
        vertex: usize,
    },
    /// A zone has more vertices than the engine can number.
    #[error("zone {zone} has 2^31 vertices or more")]
    TooManyVertices {
        /// Number of the zone.
        zone: u32,
    },
    /// There are more zones than the engine can number.
    #[error("there are {found} zones, expected fewer than 2^32")]
    TooManyZones {
        /// Number of zones.
        found: usize,
    },
    /// The rasters could not be opened.
    #[error("the rasters could not be opened")]
    Reader(#[from] ReadError),
    /// The caller asked to stop.
    #[error("the pass was cancelled")]
    Cancelled,
}

/// Measures what every zone holds, in one pass over the rasters.
///
/// `progress` is called after each block with the number of blocks done and of all blocks to do;
/// it may ask to stop. Blocks that no zone touches are not read and not counted. What
/// cannot be read does not stop the pass: it is listed in [`Ledger::failures`], with the zones that
/// hold something of it; they get nothing of its block.
///
/// # Errors
///
/// Zones without a finite place, rasters that cannot be opened, and [`ZonalError::Cancelled`] when
/// `progress` breaks.
///
/// # Panics
///
/// Only if a reader or `progress` does.
pub fn measure<R: Rasters>(
    grid: &Grid,
    areas: &CellAreas,
    zones: &[Zone],
    rasters: &R,
    options: &Options,
    progress: &(impl Fn(u64, u64) -> ControlFlow<()> + Sync),
) -> Result<Ledger, ZonalError> {
    let (start, keep) = (Part::default(), &KeepNothing);
    measure_from(start, grid, areas, zones, rasters, options, progress, keep)
}

/// Like [`measure`], from the part of a pass that was kept; `keep` is given parts while the pass
/// runs, and the last one when it is stopped.
///
/// # Errors
///
/// Those of [`measure`].
///
/// # Panics
///
/// Only if a reader, `progress` or `keep` does.
#[expect(
    clippy::too_many_arguments,
    reason = "those of `measure`, and two more"
)]
pub fn measure_from<R: Rasters>(
    start: Part,
    grid: &Grid,
    areas: &CellAreas,
    zones: &[Zone],
    rasters: &R,
    options: &Options,
    progress: &(impl Fn(u64, u64) -> ControlFlow<()> + Sync),
    keep: &impl Keep,
) -> Result<Ledger, ZonalError> {
    if u32::try_from(zones.len()).is_err() {
        return Err(ZonalError::TooManyZones { found: zones.len() });
    }
    let index = ZoneIndex::new(zones, grid)?;
    let blocks = index.blocks(grid);
    let done = start.blocks.min(blocks.len());
    let next = AtomicUsize::new(done);
    let stop = AtomicBool::new(false);
    let fold = Mutex::new((Fold::from_part(zones.len(), start), done as u64));

    let work = || -> Result<(), ZonalError> {
        let halt = |error: ReadError| {
            stop.store(true, Ordering::Relaxed);
            ZonalError::from(error)
        };
        let mut worker = Worker::new(
            grid,
            areas,
            &index,
            options,
            rasters.reader().map_err(halt)?,
        );
        while !stop.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(block) = blocks.get(number) else {
                break;
            };
            let result = worker.measure(*block);
            let mut fold = fold.lock().expect("no thread panics while it folds");
            fold.0.take(number, result);
            fold.1 += 1;
            if keep.is_due() {
                keep.keep(fold.0.part());
            }
            if progress(fold.1, blocks.len() as u64).is_break() {
                stop.store(true, Ordering::Relaxed);
                return Err(ZonalError::Cancelled);
            }
        }
        Ok(())
    };
    let threads = options.threads.get().min(blocks.len()).max(1);
    let outcome = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mine = work();
        others
            .into_iter()
            .map(|thread| match thread.join() {
                Ok(outcome) => outcome,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .fold(mine, Result::and)
    });
    let fold = fold
        .into_inner()
        .expect("no thread panics while it folds")
        .0;
    match outcome {
        Ok(()) => Ok(fold.ledger()),
        Err(error) => {
            if error == ZonalError::Cancelled {
                keep.keep(fold.part());
            }
            Err(error)
        }
    }
}

/// What one thread works with. Everything is used again for the next block.
struct Worker<'a, B> {
    grid: &'a Grid,
    areas: &'a CellAreas,
    index: &'a ZoneIndex,
    rule: Edges,
    reader: B,
    candidates: Vec<u32>,
    sweep: Sweep,
    classes: Vec<ClassBlock>,
    values: Vec<ValueLayer>,
    book: CodeBook,
    counters: Counters,
    block_areas: BlockAreas,
}

impl<'a, B: BlockReader> Worker<'a, B> {
    fn new(
        grid: &'a Grid,
        areas: &'a CellAreas,
        index: &'a ZoneIndex,
        options: &Options,
        reader: B,
    ) -> Self {
        Self {
            grid,
            areas,
            index,
            rule: options.edges,
            reader,
            candidates: Vec::new(),
            sweep: Sweep::default(),
            classes: vec![ClassBlock::default(); options.class_layers],
            values: vec![ValueLayer::default(); options.value_layers],
            book: CodeBook::default(),
            counters: Counters::default(),
            block_areas: BlockAreas::default(),
        }
    }

    fn measure(&mut self, block: Block) -> BlockResult {
        let mut result = BlockResult::default();
        let mut candidates = std::mem::take(&mut self.candidates);
        self.index.candidates(block, &mut candidates);
        // Read when the first zone turns out to hold cells here, not before.
        let window = self.grid.window(block);
        let holds = |worker: &mut Self, zone: &u32| worker.trace(*zone, block, window);
        let mut first = candidates.iter().position(|zone| holds(self, zone));
        if let Some(place) = first {
            let damage = self.read(window);
            if !damage.is_empty() {
                candidates.drain(..place);
                result.failures = self.failures(block, damage, &mut candidates);
                first = candidates.iter().position(|zone| holds(self, zone));
            }
        }
        if let Some(first) = first {
            self.lay_out(window);
            let (classes, book) = (
                std::mem::take(&mut self.classes),
                std::mem::take(&mut self.book),
            );
            match book.codes(&classes) {
                Codes::Bytes(codes) => {
                    self.count(codes, &book, block, &candidates[first..], &mut result);
                }
                Codes::Words(codes) => {
                    self.count(codes, &book, block, &candidates[first..], &mut result);
                }
            }
            (self.classes, self.book) = (classes, book);
        }
        self.candidates = candidates;
        result
    }

    fn trace(&mut self, zone: u32, block: Block, window: Window) -> bool {
        self.sweep
            .trace(window, self.rule, self.index.edges(zone, block.row))
    }

    /// What could not be read of a block, with the zones that hold something of it. `zones` keeps the
    /// others.
    fn failures(
        &mut self,
        block: Block,
        damage: Vec<(Layer, Damage)>,
        zones: &mut Vec<u32>,
    ) -> Vec<BlockFailure> {
        let all = zones.clone();
        let failures = damage.into_iter().map(|(layer, Damage { window, error })| {
            let touched = all.iter().copied().filter(|zone| {
                let mut touch = Touch::default();
                if self.trace(*zone, block, window) {
                    self.sweep.walk(&mut touch);
                }
                touch.0
            });
            let touched: Vec<u32> = touched.collect();
            zones.retain(|zone| touched.binary_search(zone).is_err());
            BlockFailure {
                layer,
                block,
                window,
                message: error.what,
                zones: touched,
            }
        });
        failures
            .filter(|failure| !failure.zones.is_empty())
            .collect()
    }

    /// Reads every layer of a block; where one cannot be read, as much of it as can be.
    fn read(&mut self, window: Window) -> Vec<(Layer, Damage)> {
        fn check(window: Window, found: usize, mask: Option<&Vec<bool>>) -> Result<(), ReadError> {
            let expected = window.cells();
            let counts = [Some(found), mask.map(Vec::len)];
            let wrong = counts
                .into_iter()
                .flatten()
                .find(|found| *found != expected);
            wrong.map_or(Ok(()), |found| {
                Err(ReadError::new(format_args!(
                    "the reader gave {found} cells, expected {expected}"
                )))
            })
        }
        let mut damage = Vec::new();
        for (layer, out) in self.classes.iter_mut().enumerate() {
            let mut lost = Vec::new();
            if self.reader.classes(layer, window, out).is_err() {
                lost = self.reader.sound_classes(layer, window, out);
            }
            if let Err(error) = check(window, out.cells.len(), out.mask.as_ref()) {
                *out = ClassBlock::without_data(window);
                lost.push(Damage { window, error });
            }
            damage.extend(lost.into_iter().map(|lost| (Layer::Class(layer), lost)));
        }
        for (layer, values) in self.values.iter_mut().enumerate() {
            let mut lost = Vec::new();
            let out = &mut values.block;
            if self.reader.values(layer, window, out).is_err() {
                lost = self.reader.sound_values(layer, window, out);
            }
            if let Err(error) = check(window, out.cells.len(), out.mask.as_ref()) {
                *out = ValueBlock::without_data(window);
                lost.push(Damage { window, error });
            }
            damage.extend(lost.into_iter().map(|lost| (Layer::Value(layer), lost)));
        }
        damage
    }

    /// Lays out what the zones of a block share.
    fn lay_out(&mut self, window: Window) {
        let (rows, cols) = (window.rows as usize, window.cols as usize);
        self.areas.block(window, &mut self.block_areas);
        let areas = self.block_areas.along_rows();
        let is_curved = areas.is_none();
        let by_bands = is_curved
            && self.values.is_empty()
            && self.counters.are_few()
            && BandCounts::fit(&self.block_areas);
        let one_by_one = match (&areas, self.values.is_empty()) {
            (Some(_), true) => self.counters.are_few(),
            (Some(areas), false) => CellSums::fit(areas, window.cells()),
            (None, true) => by_bands || ByteAreas::fit(self.block_areas.bound(), window.cells()),
            (None, false) => false,
        };
        self.book.fill(&self.classes, rows, cols, !one_by_one);
        let changes = self.book.are_marked().then(|| self.book.changes());
        let by_bands = by_bands && changes.is_none();
        if is_curved && !by_bands {
            self.block_areas.lay_out_cells();
        }
        if changes.is_some() {
            self.block_areas.add_up();
        }
        for layer in &mut self.values {
            layer.prepare(changes);
        }
        let smallest = areas.map_or(0, |areas| *areas.start());
        self.counters
            .open(self.book.count(), self.values.len(), smallest, by_bands);
    }

    /// Counts the zones of a block that has been read; the first of them was traced last.
    fn count<T: Code>(
        &mut self,
        codes: &[T],
        book: &CodeBook,
        block: Block,
        zones: &[u32],
        result: &mut BlockResult,
    ) {
        let window = self.grid.window(block);
        let mut used = vec![false; book.count()];
        let mut whole: Option<Vec<(u32, Tally)>> = None;
        for (place, &zone) in zones.iter().enumerate() {
            if place > 0 && !self.trace(zone, block, window) {
                continue;
            }
            let mut accumulator = Accumulator {
                codes,
                changes: book.changes(),
                are_marked: book.are_marked(),
                cols: window.cols as usize,
                rows: window.rows as usize,
                areas: &self.block_areas,
                values: &self.values,
                counters: &mut self.counters,
                whole: false,
            };
            self.sweep.walk(&mut accumulator);
            if !accumulator.whole {
                self.counters.take(|code, tally| {
                    used[code] = true;
                    result.rows.push((zone, number(code), tally));
                });
                continue;
            }
            // Every zone that holds the whole block holds the same: it is counted once.
            let tallies = whole.get_or_insert_with(|| {
                let mut tallies = Vec::new();
                accumulator.add_block();
                accumulator.counters.take(|code, tally| {
                    used[code] = true;
                    tallies.push((number(code), tally));
                });
                tallies
            });
            let rows = tallies
                .iter()
                .map(|(code, tally)| (zone, *code, tally.clone()));
            result.rows.extend(rows);
        }
        let keys = used.iter().enumerate().filter(|(_, used)| **used);
        result.keys = keys
            .map(|(code, _)| (number(code), Classes::from(book.key(code))))
            .collect();
    }
}

/// The number of a combination, as it is kept.
fn number(code: usize) -> u32 {
    u32::try_from(code).expect("at most one combination a cell")
}
