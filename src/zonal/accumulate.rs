//! Adding what a zone holds in a block, combination by combination.

use super::changes::Changes;
use super::moments::{Moments, NO_MOMENTS, ValueLayer};
use super::sweep::Sink;
use super::tally::{Tally, ValueTally, WHOLE, WHOLE_F64};
use crate::grid::{BlockAreas, RowAreas, UNITS_PER_SQUARE_METRE};

/// Number of combinations up to which all counters are looked through after a zone.
const SCANNED: usize = 1024;

/// Number of a combination in its block.
pub(super) trait Code: Copy + PartialEq {
    fn place(self) -> usize;
}

impl Code for u8 {
    fn place(self) -> usize {
        usize::from(self)
    }
}

impl Code for u32 {
    fn place(self) -> usize {
        self as usize
    }
}

/// Integer sums of one combination.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    full: u64,
    part: u64,
    area: u128,
}

/// Counters of one zone in one block; empty between zones.
#[derive(Debug, Default)]
pub(super) struct Counters {
    combinations: usize,
    layers: usize,
    sums: Vec<Sums>,
    moments: Vec<Moments>,
    /// Combinations met, where there are too many to look through.
    met: Vec<usize>,
    is_met: Vec<bool>,
}

impl Counters {
    /// Makes room for the combinations of a block and the value layers.
    pub(super) fn open(&mut self, combinations: usize, layers: usize) {
        self.combinations = combinations;
        self.layers = layers;
        self.sums.clear();
        self.sums.resize(combinations, Sums::default());
        self.moments.clear();
        self.moments.resize(layers * combinations, NO_MOMENTS);
        self.is_met.clear();
        self.is_met.resize(combinations, false);
        self.met.clear();
    }

    fn meet(&mut self, code: usize) {
        if self.combinations > SCANNED && !self.is_met[code] {
            self.is_met[code] = true;
            self.met.push(code);
        }
    }

    /// Adds whole cells of one combination.
    #[inline]
    fn add(&mut self, code: usize, cells: usize, area: u128) {
        self.meet(code);
        let sums = &mut self.sums[code];
        sums.full += cells as u64;
        sums.area += area;
    }

    /// Hands out the tallies of a zone, by ascending number, and clears the counters.
    pub(super) fn take(&mut self, mut give: impl FnMut(usize, Tally)) {
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
            let values = (0..self.layers)
                .map(|layer| {
                    let slot = &mut self.moments[layer * self.combinations + code];
                    let moments = std::mem::replace(slot, NO_MOMENTS);
                    ValueTally {
                        count: moments.count,
                        full: moments.count - moments.parts,
                        part: i128::from(moments.part),
                        area: signed(moments.area),
                        plain_sum: moments.plain,
                        sum: moments.sum,
                        sum_of_squares: moments.squares,
                        least: moments.least,
                        greatest: moments.greatest,
                    }
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
        met.clear();
        self.met = met;
    }
}

/// A sum of areas within one block always fits.
fn signed(area: u128) -> i128 {
    i128::try_from(area).expect("2^18 cells of less than 2^64 units each")
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
    /// Where codes change.
    pub(super) changes: &'a Changes,
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
        let counters = &mut *self.counters;
        match self.areas.row(row) {
            RowAreas::Equal(area) => {
                self.changes.stretches(row, begin..end, |from, to| {
                    let cells = to - from;
                    let area = u128::from(area) * cells as u128;
                    counters.add(codes[from].place(), cells, area);
                });
            }
            RowAreas::Curved(areas) => {
                let mut before = areas.before(begin);
                self.changes.stretches(row, begin..end, |from, to| {
                    let next = areas.before(to);
                    counters.add(codes[from].place(), to - from, next - before);
                    before = next;
                });
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
