//! Adding what a zone holds in a block, combination by combination.

use std::ops::Range;

use super::band_counts::BandCounts;
use super::byte_areas::ByteAreas;
use super::byte_counts::ByteCounts;
use super::cell_sums::{CellSums, WholeCells};
use super::changes::Changes;
use super::moments::{Moments, NO_MOMENTS, ValueLayer};
use super::reader::ValueCells;
use super::sweep::Sink;
use super::tally::{Tally, WHOLE, WHOLE_F64, signed};
use crate::grid::{BlockAreas, RowAreas, UNITS_PER_SQUARE_METRE};

/// Number of combinations up to which all counters are looked through after a zone.
const SCANNED: usize = 1024;

/// Number of a combination in its block.
pub(super) trait Code: Copy + PartialEq {
    fn place(self) -> usize;

    /// The numbers as bytes, where they are.
    fn bytes(codes: &[Self]) -> Option<&[u8]>;
}

impl Code for u8 {
    fn place(self) -> usize {
        usize::from(self)
    }

    fn bytes(codes: &[Self]) -> Option<&[u8]> {
        Some(codes)
    }
}

impl Code for u32 {
    fn place(self) -> usize {
        self as usize
    }

    fn bytes(_: &[Self]) -> Option<&[u8]> {
        None
    }
}

/// Integer sums of one combination.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    full: u64,
    part: u64,
    area: u128,
}

impl Sums {
    fn add(&mut self, cells: WholeCells) {
        self.full += cells.count;
        self.area += cells.area;
    }
}

/// Counters of one zone in one block; empty between zones.
#[derive(Debug, Default)]
pub(super) struct Counters {
    combinations: usize,
    layers: usize,
    sums: Vec<Sums>,
    moments: Vec<Moments>,
    /// Whole cells that are not yet in the sums, all of the area `cell_area`.
    counts: ByteCounts,
    cell_area: u64,
    /// Whole cells that are added one by one, of each layer.
    cells: Vec<CellSums>,
    /// Whether any are.
    has_cells: bool,
    /// Whole cells that are added one by one with their areas, where these change along rows.
    areas: ByteAreas,
    /// Whether any are.
    has_areas: bool,
    /// Whole cells that are counted by bands of rows, where areas change along rows.
    bands: BandCounts,
    /// Whether those of the block are.
    by_bands: bool,
    /// Whether a zone of the block holds a combination.
    is_used: Vec<bool>,
    /// Combinations met, where there are too many to look through.
    met: Vec<usize>,
    is_met: Vec<bool>,
}

impl Counters {
    /// Whether the block before held so few combinations that it pays to compare cells with one
    /// after the other.
    pub(super) fn are_few(&self) -> bool {
        self.is_used.iter().filter(|used| **used).count() <= ByteCounts::MOST
    }

    /// Makes room for the combinations of a block and the value layers.
    ///
    /// `smallest` is the least area of its cells; `by_bands` says that whole cells are counted by
    /// bands of rows.
    pub(super) fn open(
        &mut self,
        combinations: usize,
        layers: usize,
        smallest: u64,
        by_bands: bool,
    ) {
        self.by_bands = by_bands;
        let is_used = &self.is_used;
        let is_expected = |code: usize| is_used.get(code).is_some_and(|used| *used);
        self.counts.retain(is_expected);
        self.bands.retain(is_expected);
        self.is_used.clear();
        self.is_used.resize(combinations, false);
        self.combinations = combinations;
        self.layers = layers;
        self.sums.clear();
        self.sums.resize(combinations, Sums::default());
        self.moments.clear();
        self.moments.resize(layers * combinations, NO_MOMENTS);
        self.is_met.clear();
        self.is_met.resize(combinations, false);
        self.met.clear();
        self.cells.resize_with(layers, CellSums::default);
        for cells in &mut self.cells {
            cells.open(smallest);
        }
    }

    fn meet(&mut self, code: usize) {
        if self.combinations > SCANNED && !self.is_met[code] {
            self.is_met[code] = true;
            self.met.push(code);
        }
    }

    /// Adds whole cells of the same area by comparing them with one number after the other.
    fn compare_cells(&mut self, cells: &[u8], area: u64) {
        if area != self.cell_area {
            self.settle();
            self.cell_area = area;
        }
        self.counts.add(cells);
    }

    /// Adds whole cells one by one with their areas.
    fn sum_areas(&mut self, cells: &[u8], areas: &[u64]) {
        self.has_areas = true;
        self.areas.add(cells, areas);
    }

    /// Adds the values of whole cells of the same area one by one.
    fn sum_cells(&mut self, codes: &[u8], values: &[ValueLayer], cells: Range<usize>, area: u64) {
        self.has_cells = true;
        for (sums, values) in self.cells.iter_mut().zip(values) {
            match &values.block.cells {
                ValueCells::F32(values) => sums.add(codes, &values[cells.clone()], area),
                ValueCells::F64(values) => sums.add(codes, &values[cells.clone()], area),
            }
        }
    }

    /// Brings the cells that were compared or added one by one into the sums.
    fn settle(&mut self) {
        if self.has_cells
            && let Some(cells) = self.cells.first()
        {
            for (code, sums) in self.sums.iter_mut().enumerate() {
                sums.add(cells.cells(code));
            }
        }
        if self.has_areas {
            for (code, sums) in self.sums.iter_mut().enumerate() {
                sums.add(self.areas.take(code));
            }
            self.has_areas = false;
        }
        let (sums, area) = (&mut self.sums, self.cell_area);
        self.bands.take(|code, cells| sums[code].add(cells));
        self.counts.take(|code, cells| {
            sums[code].full += cells;
            sums[code].area += u128::from(area) * u128::from(cells);
        });
    }

    /// Adds whole cells of a part of a row; `area` gives that of the cells of a stretch, which are
    /// asked for from left to right.
    #[inline]
    fn add_cells<T: Code>(
        &mut self,
        codes: &[T],
        changes: &Changes,
        row: usize,
        cols: Range<usize>,
        mut area: impl FnMut(usize, usize) -> u128,
    ) {
        if self.combinations > SCANNED {
            changes.stretches(row, cols.clone(), |from, _| self.meet(codes[from].place()));
        }
        let all = self.sums.as_mut_slice();
        changes.stretches(row, cols, |from, to| {
            let sums = &mut all[codes[from].place()];
            sums.full += (to - from) as u64;
            sums.area += area(from, to);
        });
    }

    /// Hands out the tallies of a zone, by ascending number, and clears the counters.
    pub(super) fn take(&mut self, mut give: impl FnMut(usize, Tally)) {
        self.settle();
        let mut met = std::mem::take(&mut self.met);
        if self.combinations > SCANNED {
            met.sort_unstable();
        } else {
            met.clear();
            met.extend(0..self.combinations);
        }
        for &code in &met {
            let sums = std::mem::take(&mut self.sums[code]);
            if sums.full == 0 && sums.part == 0 {
                continue;
            }
            self.is_met[code] = false;
            self.is_used[code] = true;
            let values = (0..self.layers)
                .map(|layer| {
                    let slot = &mut self.moments[layer * self.combinations + code];
                    let mut tally = std::mem::replace(slot, NO_MOMENTS).tally();
                    if self.has_cells {
                        tally.merge(&self.cells[layer].take(code));
                    }
                    tally
                })
                .collect();
            give(
                code,
                Tally {
                    full: sums.full,
                    part: i128::from(sums.part),
                    area: signed(sums.area),
                    values,
                },
            );
        }
        self.has_cells = false;
        met.clear();
        self.met = met;
    }
}

/// The area of a part of a cell, in units of 2⁻³⁰ m², rounded once a cell.
fn part_of(area: u64, coverage: u64) -> u64 {
    let product = u128::from(area) * u128::from(coverage) + (1 << 39);
    u64::try_from(product >> 40).expect("a part is not larger than its cell")
}

/// Adds coverage to counters.
#[derive(Debug)]
pub(super) struct Accumulator<'a, T> {
    pub(super) codes: &'a [T],
    /// Where codes change, if that is marked.
    pub(super) changes: &'a Changes,
    /// Whether it is. If not, whole cells are added one by one, or compared with one number after the
    /// other where no values are summed and rows have cells of one area.
    pub(super) are_marked: bool,
    pub(super) cols: usize,
    pub(super) rows: usize,
    pub(super) areas: &'a BlockAreas,
    pub(super) values: &'a [ValueLayer],
    pub(super) counters: &'a mut Counters,
    /// Whether the zone holds the whole block; its cells are then not yet added.
    pub(super) whole: bool,
}

impl<T: Code> Accumulator<'_, T> {
    /// Adds every cell of the block.
    pub(super) fn add_block(&mut self) {
        for row in 0..self.rows {
            self.run(row, 0, self.cols);
        }
    }
}

impl<T: Code> Sink for Accumulator<'_, T> {
    fn part(&mut self, row: usize, col: usize, coverage: i64) {
        let place = row * self.cols + col;
        let code = self.codes[place].place();
        let coverage = u64::try_from(coverage.clamp(0, WHOLE)).unwrap_or(0);
        let cell = self.areas.cell(row, col);
        let area = part_of(cell, coverage);
        self.counters.meet(code);
        let sums = &mut self.counters.sums[code];
        sums.part += coverage;
        sums.area += u128::from(area);
        for (layer, values) in self.values.iter().enumerate() {
            let x = values.block.value(place);
            if x.is_nan() {
                continue;
            }
            let slot = &mut self.counters.moments[layer * self.counters.combinations + code];
            let share = coverage as f64 / WHOLE_F64;
            let square_metres = cell as f64 / UNITS_PER_SQUARE_METRE;
            slot.add_part(x, share, share * square_metres, coverage, area);
        }
    }

    fn run(&mut self, row: usize, begin: usize, end: usize) {
        let start = row * self.cols;
        let codes = &self.codes[start..start + self.cols];
        let cols = begin..end;
        if !self.are_marked
            && let Some(codes) = T::bytes(&codes[cols.clone()])
        {
            if self.counters.by_bands {
                self.counters.bands.add(codes, row, begin, self.areas);
                return;
            }
            match self.areas.row(row) {
                RowAreas::Curved(areas) => self.counters.sum_areas(codes, &areas.cells()[cols]),
                RowAreas::Equal(area) if self.values.is_empty() => {
                    self.counters.compare_cells(codes, area);
                }
                RowAreas::Equal(area) => {
                    let cells = start + begin..start + end;
                    self.counters.sum_cells(codes, self.values, cells, area);
                }
            }
            return;
        }
        match self.areas.row(row) {
            RowAreas::Equal(area) => {
                let areas = |from, to| u128::from(area) * (to - from) as u128;
                self.counters
                    .add_cells(codes, self.changes, row, cols, areas);
            }
            RowAreas::Curved(curved) => {
                let mut before = curved.before(begin);
                let areas = |_, to| {
                    let next = curved.before(to);
                    next - std::mem::replace(&mut before, next)
                };
                self.counters
                    .add_cells(codes, self.changes, row, cols, areas);
            }
        }
        let combinations = self.counters.combinations;
        for (layer, values) in self.values.iter().enumerate() {
            let first = layer * combinations;
            let moments = &mut self.counters.moments[first..first + combinations];
            let areas = self.areas.row(row);
            values.add_row(
                self.changes,
                areas,
                row,
                begin..end,
                |col| codes[col].place(),
                moments,
            );
        }
    }

    fn block(&mut self) {
        self.whole = true;
    }
}
