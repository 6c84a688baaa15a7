//! The areas of the cells of one block, laid out for summing.

use std::ops::RangeInclusive;

/// Most cells of a segment.
const LONGEST: usize = super::BLOCK as usize;

/// `k (k − 1) / 2` and `k (k − 1) (k − 2) / 6` for every `k` up to the longest segment.
const BINOMIALS: [[i64; 2]; LONGEST + 1] = {
    let mut table = [[0; 2]; LONGEST + 1];
    let (mut k, mut pairs, mut triples) = (0, 0, 0);
    let mut place = 0;
    while k <= LONGEST {
        table[k] = [pairs, triples];
        triples += pairs;
        pairs += place;
        place += 1;
        k += 1;
    }
    table
};

/// The areas of the cells of a segment of a row: sums over its first `k` cells.
///
/// `S(k) = a k + b k(k−1)/2 + d k(k−1)(k−2)/6`, in integers with a number of binary digits below the
/// unit, which are rounded off. So the sum over any cells side by side is one difference, and the
/// area of a cell, `S(k+1) − S(k)`, is a quadratic in `k` to within one unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Curve {
    /// The area of the first cell.
    a: i64,
    /// How much the second is larger.
    b: i64,
    /// Second difference.
    d: i64,
}

/// The nearest integer.
#[expect(
    clippy::cast_possible_truncation,
    reason = "coefficients of areas stay below 2^62, and the cast saturates"
)]
fn fixed(value: f64) -> i64 {
    value.round() as i64
}

impl Curve {
    /// The quadratic through the areas of the first, the middle and the last (`last`-th) cell.
    pub(super) fn through(areas: [f64; 3], last: u32, shift: u32) -> Self {
        let one = (1_u64 << shift) as f64;
        let h = f64::from(last);
        let (b, c) = if last == 0 {
            (0.0, 0.0)
        } else {
            (
                (4.0 * (areas[1] - areas[0]) - (areas[2] - areas[0])) / h,
                2.0 * ((areas[2] - areas[1]) - (areas[1] - areas[0])) / (h * h),
            )
        };
        Self {
            a: fixed(areas[0] * one),
            b: fixed((b + c) * one),
            d: fixed(2.0 * c * one),
        }
    }

    /// The area at a place between cells, in units.
    #[inline]
    pub(super) fn value(&self, k: f64, shift: u32) -> f64 {
        let bend = k * (k - 1.0) / 2.0;
        (self.a as f64 + k * self.b as f64 + bend * self.d as f64) / (1_u64 << shift) as f64
    }

    /// The sum over the first `k` cells, in units.
    #[inline]
    fn sum(&self, k: usize, shift: u32) -> u64 {
        let [pairs, triples] = BINOMIALS[k];
        let places = i64::try_from(k).unwrap_or(i64::MAX);
        let sum = self.a * places + self.b * pairs + self.d * triples + ((1 << shift) >> 1);
        u64::try_from(sum >> shift).unwrap_or(0)
    }

    /// The area of the `k`-th cell, in units.
    pub(super) fn cell(&self, k: usize, shift: u32) -> u64 {
        self.sum(k + 1, shift) - self.sum(k, shift)
    }
}

/// A segment of a row of a block.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Segment {
    /// The sum of the segments before it in the row.
    before: u128,
    curve: Curve,
}

/// The areas of the cells of one block, laid out for summing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BlockAreas {
    /// The area of the cells of each row, where they are equal.
    rows: Vec<u64>,
    /// Segment after segment and row after row, where they are not.
    segments: Vec<Segment>,
    per_row: usize,
    /// Cells of a segment: two to this power.
    segment_bits: u32,
    shift: u32,
}

/// The areas of the cells of one row of a block.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RowAreas<'a> {
    /// All cells have this area.
    Equal(u64),
    /// The area changes along the row.
    Curved(CurvedRow<'a>),
}

/// A row along which the area of cells changes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CurvedRow<'a> {
    segments: &'a [Segment],
    segment_bits: u32,
    shift: u32,
}

impl CurvedRow<'_> {
    /// The sum of the areas of the cells before a column, in units of 2⁻³⁰ m².
    #[inline]
    pub(crate) fn before(&self, col: usize) -> u128 {
        // The sum up to the end of a row belongs to its last segment.
        let number = (col >> self.segment_bits).min(self.segments.len() - 1);
        let segment = &self.segments[number];
        let k = col - (number << self.segment_bits);
        segment.before + u128::from(segment.curve.sum(k, self.shift))
    }

    /// The area of the cell in a column to within rounding, in units of 2⁻³⁰ m².
    #[inline]
    pub(crate) fn about(&self, col: usize) -> f64 {
        let number = col >> self.segment_bits;
        let k = col - (number << self.segment_bits);
        self.segments[number].curve.value(k as f64, self.shift)
    }
}

impl BlockAreas {
    pub(super) fn set_rows(&mut self, rows: impl Iterator<Item = u64>) {
        self.segments.clear();
        self.rows.clear();
        self.rows.extend(rows);
    }

    /// Lays out rows of curves; `segment` cells, a power of two, share one, and `curve` gives that
    /// of a row and a number of a segment.
    pub(super) fn set_curves(
        &mut self,
        [rows, cols]: [u32; 2],
        segment: u32,
        shift: u32,
        curves: &[Curve],
    ) {
        self.rows.clear();
        self.segments.clear();
        self.segment_bits = segment.trailing_zeros();
        self.per_row = cols.div_ceil(segment) as usize;
        self.shift = shift;
        for row in curves.chunks(self.per_row).take(rows as usize) {
            let mut before = 0;
            self.segments.extend(row.iter().map(|curve| {
                let segment_of = Segment {
                    before,
                    curve: *curve,
                };
                before += u128::from(curve.sum(segment as usize, shift));
                segment_of
            }));
        }
    }

    /// The area of the cell in `row` and `col` of the block, in units of 2⁻³⁰ m².
    #[must_use]
    #[inline]
    pub fn cell(&self, row: usize, col: usize) -> u64 {
        if self.segments.is_empty() {
            return self.rows[row];
        }
        let number = col >> self.segment_bits;
        let k = col - (number << self.segment_bits);
        let segment = &self.segments[row * self.per_row + number];
        segment.curve.cell(k, self.shift)
    }

    /// The least and the greatest area of a cell, where the cells of each row have the same.
    pub(crate) fn along_rows(&self) -> Option<RangeInclusive<u64>> {
        let least = self.rows.iter().min()?;
        let greatest = self.rows.iter().max()?;
        Some(*least..=*greatest)
    }

    /// The areas of the cells of a row.
    #[inline]
    pub(crate) fn row(&self, row: usize) -> RowAreas<'_> {
        if self.segments.is_empty() {
            return RowAreas::Equal(self.rows[row]);
        }
        RowAreas::Curved(CurvedRow {
            segments: &self.segments[row * self.per_row..(row + 1) * self.per_row],
            segment_bits: self.segment_bits,
            shift: self.shift,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_along_a_row_are_those_of_its_cells() {
        let mut areas = BlockAreas::default();
        let curves = [
            Curve::through([1e12, 1.000_01e12, 1.000_03e12], 255, 12),
            Curve::through([1.000_03e12, 1.000_02e12, 1.000_02e12], 255, 12),
        ];
        areas.set_curves([2, 512], 256, 12, &curves.repeat(2));
        let RowAreas::Curved(row) = areas.row(1) else {
            panic!("the row is curved");
        };
        let mut sum = 0;
        for col in 0..512 {
            assert_eq!(row.before(col), sum);
            let cell = areas.cell(1, col);
            assert!((row.about(col) - cell as f64).abs() <= 1.0);
            sum += u128::from(cell);
        }
        assert_eq!(row.before(512), sum);
    }
}
