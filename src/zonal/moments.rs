//! Sums of the values of one layer over cells of one combination.

use std::ops::Range;

use wide::f64x4;

use super::changes::Changes;
use super::reader::{ValueBlock, ValueCells};
use super::tally::{ValueTally, signed};
use crate::grid::{CurvedRow, RowAreas, UNITS_PER_SQUARE_METRE};

/// Cells that are summed side by side, so that no addition waits for the one before.
const LANES: usize = 4;

/// The places of the lanes.
const PLACES: f64x4 = f64x4::new([0.0, 1.0, 2.0, 3.0]);

/// Sums of the values of one layer and combination.
///
/// Values are summed as their differences `d` from the first of them, so that sums of squares keep
/// their digits where values are large and differ little.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moments {
    count: u64,
    /// How many of them are parts of cells.
    parts: u64,
    part: u64,
    area: u128,
    /// The value that came first.
    first: f64,
    /// `Σ f d`.
    plain: f64,
    /// `Σ a d`.
    sum: f64,
    /// `Σ a d²`.
    squares: f64,
    least: f64,
    greatest: f64,
}

/// The moments of no cell.
pub(super) const NO_MOMENTS: Moments = Moments {
    count: 0,
    parts: 0,
    part: 0,
    area: 0,
    first: 0.0,
    plain: 0.0,
    sum: 0.0,
    squares: 0.0,
    least: f64::INFINITY,
    greatest: f64::NEG_INFINITY,
};

impl Moments {
    /// The value that differences are taken from, which is `x` where none came before.
    #[inline]
    fn first(&mut self, x: f64) -> f64 {
        if self.count == 0 {
            self.first = x;
        }
        self.first
    }

    /// Adds a part of a cell: `share` of it, which is an area of `square_metres`.
    pub(super) fn add_part(
        &mut self,
        x: f64,
        share: f64,
        square_metres: f64,
        coverage: u64,
        area: u64,
    ) {
        let d = x - self.first(x);
        let weighted = square_metres * d;
        self.count += 1;
        self.parts += 1;
        self.part += coverage;
        self.area += u128::from(area);
        self.plain += share * d;
        self.sum += weighted;
        self.squares += weighted * d;
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

    /// The tally of all that was added.
    pub(super) fn tally(&self) -> ValueTally {
        let mut tally = ValueTally {
            count: self.count,
            full: self.count - self.parts,
            part: i128::from(self.part),
            area: signed(self.area),
            least: self.least,
            greatest: self.greatest,
            ..ValueTally::default()
        };
        let area = tally.square_metres().value();
        tally.plain_sum = self.first * tally.cells() + self.plain;
        tally.sum = self.first * area + self.sum;
        if area > 0.0 {
            tally.squared_deviations = (self.squares - self.sum * self.sum / area).max(0.0);
        }
        tally
    }
}

/// Sums over whole cells side by side, as differences from a value.
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
    /// The first `count` cells, of `area` square metres each; what follows them is not looked at.
    ///
    /// Stretches are mostly short and of any length. Places beyond the end of one count as `first`,
    /// which changes no sum and no extreme, so that no branch depends on how long a short one is.
    #[inline]
    fn equal<V: Copy + Default + Into<f64>>(
        cells: &[V],
        count: usize,
        first: f64,
        area: f64,
    ) -> Self {
        let first = f64x4::splat(first);
        let (mut plain, mut squares) = (f64x4::ZERO, f64x4::ZERO);
        let (mut least, mut greatest) = (first, first);
        let mut begin = 0;
        while begin < count {
            let cells = &cells[begin..];
            let lanes: [V; LANES] = cells.first_chunk().copied().unwrap_or_else(|| {
                let mut lanes = [V::default(); LANES];
                lanes[..cells.len()].copy_from_slice(cells);
                lanes
            });
            let is_inside = PLACES.simd_lt(f64x4::splat((count - begin) as f64));
            let x = is_inside.select(f64x4::from(lanes.map(Into::into)), first);
            let d = x - first;
            plain += d;
            squares += d * d;
            least = least.fast_min(x);
            greatest = greatest.fast_max(x);
            begin += LANES;
        }
        let plain = plain.reduce_add();
        Self {
            plain,
            sum: plain * area,
            squares: squares.reduce_add() * area,
            least: least.to_array().into_iter().fold(f64::INFINITY, lesser),
            greatest: greatest
                .to_array()
                .into_iter()
                .fold(f64::NEG_INFINITY, greater),
        }
    }

    /// Cells whose area changes, from column `from` on.
    #[inline]
    fn curved<V: Copy + Into<f64>>(
        cells: &[V],
        first: f64,
        areas: CurvedRow<'_>,
        from: usize,
    ) -> Self {
        let mut all = Self {
            plain: 0.0,
            sum: 0.0,
            squares: 0.0,
            least: f64::INFINITY,
            greatest: f64::NEG_INFINITY,
        };
        for (cell, col) in cells.iter().zip(from..) {
            let x: f64 = (*cell).into();
            let d = x - first;
            let weighted = areas.cell(col) as f64 / UNITS_PER_SQUARE_METRE * d;
            all.plain += d;
            all.sum += weighted;
            all.squares += weighted * d;
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
    /// Working space: whether each cell is without data, as bytes, many of which are compared at
    /// once.
    gaps: Vec<u8>,
}

impl ValueLayer {
    /// Finds the cells without data of a block that has been read, and where they begin and end if
    /// changes are marked.
    pub(super) fn prepare(&mut self, changes: Option<&Changes>) {
        let has_gaps = self.block.blank();
        let Some(changes) = changes.filter(|_| has_gaps) else {
            self.changes = None;
            return;
        };
        let mine = self.changes.get_or_insert_default();
        mine.copy(changes);
        self.gaps.clear();
        match &self.block.cells {
            ValueCells::F32(cells) => self.gaps.extend(cells.iter().map(|x| u8::from(x.is_nan()))),
            ValueCells::F64(cells) => self.gaps.extend(cells.iter().map(|x| u8::from(x.is_nan()))),
        }
        mine.mark_bytes(&self.gaps);
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

fn add_row<V: Copy + Default + Into<f64>>(
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
        let value: f64 = stretch[0].into();
        if value.is_nan() {
            return;
        }
        let moments = &mut moments[code(from)];
        let first = moments.first(value);
        let (area, stretch) = match areas {
            RowAreas::Equal(area) => (
                u128::from(area) * stretch.len() as u128,
                Stretch::equal(
                    &cells[from..],
                    to - from,
                    first,
                    area as f64 / UNITS_PER_SQUARE_METRE,
                ),
            ),
            RowAreas::Curved(row) => (
                row.before(to) - row.before(from),
                Stretch::curved(stretch, first, row, from),
            ),
        };
        moments.add(to - from, area, &stretch);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tally of cells of 4 m², the last of them half covered.
    fn tally(values: &[f64]) -> ValueTally {
        let (last, whole) = values.split_last().unwrap();
        let unit = 4 << 30;
        let mut moments = NO_MOMENTS;
        for pair in whole.chunks(2) {
            let first = moments.first(pair[0]);
            let area = u128::from(pair.len() as u64 * unit);
            moments.add(
                pair.len(),
                area,
                &Stretch::equal(pair, pair.len(), first, 4.0),
            );
        }
        moments.add_part(*last, 0.5, 2.0, 1 << 39, unit / 2);
        moments.tally()
    }

    /// Variance with weights 4, 4, ... and 2, by two passes.
    fn variance(values: &[f64]) -> f64 {
        let last = values.len() - 1;
        let weights = (0..=last).map(|place| if place == last { 2.0 } else { 4.0 });
        let pairs: Vec<(f64, f64)> = weights.zip(values.iter().copied()).collect();
        let weight: f64 = pairs.iter().map(|pair| pair.0).sum();
        let mean = pairs.iter().map(|(w, x)| w * x).sum::<f64>() / weight;
        pairs
            .iter()
            .map(|(w, x)| w * (x - mean).powi(2))
            .sum::<f64>()
            / weight
    }

    #[test]
    fn variance_keeps_its_digits_where_values_are_large_and_differ_little() {
        for offset in [0.0, 1e6, 1e9, -1e9] {
            let of = |values: &[f64]| values.iter().map(|x| x + offset).collect::<Vec<_>>();
            let (one, other) = (of(&[1.0, 2.0, 4.0, 7.0]), of(&[3.0, 3.5, 9.0]));
            let truth = variance(&one);
            let found = tally(&one);
            assert!(
                (found.variance().unwrap() / truth - 1.0).abs() < 1e-9,
                "{offset}"
            );
            assert!(
                (found.mean().unwrap() - offset - 3.0).abs() < 1e-6,
                "{offset}"
            );
            assert_eq!(tally(&of(&[5.0, 5.0])).variance(), Some(0.0));

            // The means themselves are known to the last digits of the values.
            let mut merged = found;
            merged.merge(&tally(&other));
            let weights = [4.0, 4.0, 4.0, 2.0, 4.0, 4.0, 2.0];
            let all: Vec<f64> = one.iter().chain(&other).copied().collect();
            let mean = all.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>() / 24.0;
            let squares = all.iter().zip(weights).map(|(x, w)| w * (x - mean).powi(2));
            let truth = squares.sum::<f64>() / 24.0;
            assert!(
                (merged.variance().unwrap() / truth - 1.0).abs() < 1e-6,
                "{offset}"
            );
        }
    }
}
