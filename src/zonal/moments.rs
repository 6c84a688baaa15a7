//! Sums of the values of one layer over cells of one combination.

use std::ops::Range;

use super::changes::Changes;
use super::reader::{ValueBlock, ValueCells};
use crate::grid::{CurvedRow, RowAreas, UNITS_PER_SQUARE_METRE};

/// Sums that run side by side, so that no addition waits for the one before.
const LANES: usize = 4;

/// Sums of the values of one layer and combination.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moments {
    pub(super) count: u64,
    /// How many of them are parts of cells.
    pub(super) parts: u64,
    pub(super) part: u64,
    pub(super) area: u128,
    pub(super) plain: f64,
    pub(super) sum: f64,
    pub(super) squares: f64,
    pub(super) least: f64,
    pub(super) greatest: f64,
}

/// The moments of no cell.
pub(super) const NO_MOMENTS: Moments = Moments {
    count: 0,
    parts: 0,
    part: 0,
    area: 0,
    plain: 0.0,
    sum: 0.0,
    squares: 0.0,
    least: f64::INFINITY,
    greatest: f64::NEG_INFINITY,
};

impl Moments {
    /// Adds a part of a cell: `share` of it, which is an area of `square_metres`.
    pub(super) fn add_part(
        &mut self,
        x: f64,
        share: f64,
        square_metres: f64,
        coverage: u64,
        area: u64,
    ) {
        let weighted = square_metres * x;
        self.count += 1;
        self.parts += 1;
        self.part += coverage;
        self.area += u128::from(area);
        self.plain += share * x;
        self.sum += weighted;
        self.squares += weighted * x;
        self.least = self.least.min(x);
        self.greatest = self.greatest.max(x);
    }

    /// Adds whole cells, all of which hold data.
    fn add(&mut self, cells: usize, area: u128, stretch: &Stretch) {
        self.count += cells as u64;
        self.area += area;
        self.plain += stretch.plain;
        self.sum += stretch.sum;
        self.squares += stretch.squares;
        self.least = self.least.min(stretch.least);
        self.greatest = self.greatest.max(stretch.greatest);
    }
}

/// Sums over whole cells side by side.
struct Stretch {
    plain: f64,
    sum: f64,
    squares: f64,
    least: f64,
    greatest: f64,
}

/// `a < b ? a : b`, one instruction where neither is "not a number".
fn lesser(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

fn greater(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

impl Stretch {
    /// Cells of `area` square metres each.
    #[inline]
    fn equal<V: Copy + Into<f64>>(cells: &[V], area: f64) -> Self {
        let mut plain = [0.0; LANES];
        let mut squares = [0.0; LANES];
        let mut least = [f64::INFINITY; LANES];
        let mut greatest = [f64::NEG_INFINITY; LANES];
        let mut fours = cells.chunks_exact(LANES);
        for four in &mut fours {
            for lane in 0..LANES {
                let x: f64 = four[lane].into();
                plain[lane] += x;
                squares[lane] += x * x;
                least[lane] = lesser(x, least[lane]);
                greatest[lane] = greater(x, greatest[lane]);
            }
        }
        let pair = |of: [f64; LANES]| (of[0] + of[1]) + (of[2] + of[3]);
        let mut all = Self {
            plain: pair(plain),
            sum: 0.0,
            squares: pair(squares),
            least: least.into_iter().fold(f64::INFINITY, lesser),
            greatest: greatest.into_iter().fold(f64::NEG_INFINITY, greater),
        };
        for cell in fours.remainder() {
            let x: f64 = (*cell).into();
            all.plain += x;
            all.squares += x * x;
            all.least = lesser(x, all.least);
            all.greatest = greater(x, all.greatest);
        }
        all.sum = all.plain * area;
        all.squares *= area;
        all
    }

    /// Cells whose area changes, from column `first` on.
    #[inline]
    fn curved<V: Copy + Into<f64>>(cells: &[V], areas: CurvedRow<'_>, first: usize) -> Self {
        let mut all = Self {
            plain: 0.0,
            sum: 0.0,
            squares: 0.0,
            least: f64::INFINITY,
            greatest: f64::NEG_INFINITY,
        };
        for (cell, col) in cells.iter().zip(first..) {
            let x: f64 = (*cell).into();
            let weighted = areas.about(col) / UNITS_PER_SQUARE_METRE * x;
            all.plain += x;
            all.sum += weighted;
            all.squares += weighted * x;
            all.least = lesser(x, all.least);
            all.greatest = greater(x, all.greatest);
        }
        all
    }
}

/// A block of values, ready to be summed.
#[derive(Debug, Clone, Default)]
pub(super) struct ValueLayer {
    pub(super) block: ValueBlock,
    /// Where combinations change, or cells with data meet cells without; only where there are
    /// cells without.
    changes: Option<Changes>,
}

impl ValueLayer {
    /// Finds the cells without data of a block that has been read.
    pub(super) fn prepare(&mut self, changes: &Changes) {
        if !self.block.blank() {
            self.changes = None;
            return;
        }
        let mine = self.changes.get_or_insert_default();
        mine.copy(changes);
        match &self.block.cells {
            ValueCells::F32(cells) => mine.mark_by(cells, f32::is_nan),
            ValueCells::F64(cells) => mine.mark_by(cells, f64::is_nan),
        }
    }

    /// Adds whole cells of a row; `code` gives the combination of a column, `changes` says where
    /// it changes.
    pub(super) fn add_row(
        &self,
        changes: &Changes,
        areas: RowAreas<'_>,
        row: usize,
        cols: Range<usize>,
        code: impl Fn(usize) -> usize,
        moments: &mut [Moments],
    ) {
        let changes = self.changes.as_ref().unwrap_or(changes);
        match &self.block.cells {
            ValueCells::F32(cells) => add_row(cells, changes, areas, row, cols, code, moments),
            ValueCells::F64(cells) => add_row(cells, changes, areas, row, cols, code, moments),
        }
    }
}

fn add_row<V: Copy + Into<f64>>(
    cells: &[V],
    changes: &Changes,
    areas: RowAreas<'_>,
    row: usize,
    cols: Range<usize>,
    code: impl Fn(usize) -> usize,
    moments: &mut [Moments],
) {
    let width = changes.cols();
    let cells = &cells[row * width..(row + 1) * width];
    changes.stretches(row, cols, |from, to| {
        let stretch = &cells[from..to];
        let first: f64 = stretch[0].into();
        if first.is_nan() {
            return;
        }
        let (area, stretch) = match areas {
            RowAreas::Equal(area) => (
                u128::from(area) * stretch.len() as u128,
                Stretch::equal(stretch, area as f64 / UNITS_PER_SQUARE_METRE),
            ),
            RowAreas::Curved(row) => (
                row.before(to) - row.before(from),
                Stretch::curved(stretch, row, from),
            ),
        };
        moments[code(from)].add(to - from, area, &stretch);
    });
}
