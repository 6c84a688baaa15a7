//! The areas of the cells of one block, laid out for summing.

/// The area of the cells of a segment of a row: `a + b k + c k²` for the `k`-th cell, in integers
/// with a number of binary digits below the unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Curve {
    /// Half a unit is added, so that cutting digits off rounds.
    a: i64,
    b: i64,
    c: i64,
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
            a: fixed(areas[0] * one) + ((1_i64 << shift) >> 1),
            b: fixed(b * one),
            c: fixed(c * one),
        }
    }

    /// The area at a place between cells.
    pub(super) fn value(&self, k: f64, shift: u32) -> f64 {
        (self.a as f64 + k * (self.b as f64 + k * self.c as f64)) / (1_u64 << shift) as f64
    }

    /// The quadratic at the `k`-th cell, and its first difference there.
    fn start(&self, k: i64) -> (i64, i64) {
        (
            self.a + k * (self.b + k * self.c),
            self.b + self.c * (2 * k + 1),
        )
    }

    /// The area of the `k`-th cell.
    pub(super) fn cell(&self, k: u32, shift: u32) -> u64 {
        u64::try_from(self.start(i64::from(k)).0 >> shift).unwrap_or(0)
    }

    /// Bounds of the areas of cells 0 to `last`.
    fn bounds(&self, last: i64, shift: u32) -> (u64, u64) {
        let (first, end) = (self.a, self.start(last).0);
        // A quadratic leaves its chord by at most |c| last² / 4.
        let bow = self.c.abs() * last * last / 4 + 1;
        let unit = |area: i64| u64::try_from(area >> shift).unwrap_or(0);
        (unit(first.min(end) - bow), unit(first.max(end) + bow) + 1)
    }
}

/// The areas of the cells of one block, laid out for summing.
///
/// Rows come in groups. Within a group a cell's area is a base and a small rest, so that a count of
/// cells and the sum of their rests share one 64-bit word.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BlockAreas {
    cols: u32,
    /// The area of the cells of each row, where they are equal; else the least of them.
    low: Vec<u64>,
    /// The greatest area of each row.
    high: Vec<u64>,
    curves: Vec<Curve>,
    segment: usize,
    segments: usize,
    shift: u32,
    bases: Vec<u64>,
    group_rows: usize,
    rest_bits: u32,
}

/// What the cells of a run add to packed words.
pub(crate) enum Packing {
    /// Every cell the same word.
    Equal(u64),
    /// A word by cell.
    Curved,
    /// Areas vary too much for packed words.
    Loose,
}

impl BlockAreas {
    pub(super) fn set_rows(&mut self, cols: u32, rows: impl Iterator<Item = u64>) {
        self.cols = cols;
        self.curves.clear();
        self.low.clear();
        self.low.extend(rows);
        self.high.clone_from(&self.low);
        self.group();
    }

    pub(super) fn open_curves(&mut self, cols: u32, segment: u32, shift: u32) -> &mut Vec<Curve> {
        self.cols = cols;
        self.segment = segment as usize;
        self.segments = cols.div_ceil(segment) as usize;
        self.shift = shift;
        self.curves.clear();
        &mut self.curves
    }

    pub(super) fn close_curves(&mut self) {
        self.low.clear();
        self.high.clear();
        let last = i64::try_from(self.segment).unwrap_or(i64::MAX) - 1;
        for row in self.curves.chunks(self.segments) {
            let bounds = row.iter().map(|curve| curve.bounds(last, self.shift));
            let (low, high) = bounds.fold((u64::MAX, 0), |all, one| {
                (all.0.min(one.0), all.1.max(one.1))
            });
            self.low.push(low);
            self.high.push(high);
        }
        self.group();
    }

    /// Finds the largest groups of rows whose sums of rests cannot spill into the count.
    fn group(&mut self) {
        let rows = self.low.len();
        let mut group_rows = rows.next_power_of_two().max(1);
        loop {
            self.bases.clear();
            let cells = group_rows.min(rows) as u64 * u64::from(self.cols);
            self.rest_bits = (cells + 1).leading_zeros().min(63);
            let limit = 1_u64 << self.rest_bits;
            let groups = self
                .low
                .chunks(group_rows)
                .zip(self.high.chunks(group_rows));
            let mut fits = true;
            for (low, high) in groups {
                let base = low.iter().copied().min().unwrap_or(0);
                let rest = high.iter().copied().max().unwrap_or(0) - base;
                self.bases.push(base);
                fits &= rest.checked_mul(cells).is_some_and(|sum| sum < limit);
            }
            self.group_rows = group_rows;
            if fits {
                return;
            }
            if group_rows == 1 {
                self.rest_bits = 0;
                return;
            }
            group_rows /= 2;
        }
    }

    /// The area of the cell in `row` and `col` of the block, in units of 2⁻³⁰ m².
    #[must_use]
    #[inline]
    pub fn cell(&self, row: usize, col: usize) -> u64 {
        if self.curves.is_empty() {
            return self.low[row];
        }
        let (curve, k) = self.curve(row, col);
        u64::try_from(curve.start(k).0 >> self.shift).unwrap_or(0)
    }

    fn curve(&self, row: usize, col: usize) -> (&Curve, i64) {
        let number = col / self.segment;
        let k = i64::try_from(col - number * self.segment).unwrap_or(0);
        (&self.curves[row * self.segments + number], k)
    }

    /// The group that a row belongs to.
    pub(crate) fn group_of(&self, row: usize) -> usize {
        row / self.group_rows
    }

    /// How the cells of a row are packed.
    pub(crate) fn packing(&self, row: usize) -> Packing {
        if self.rest_bits == 0 {
            Packing::Loose
        } else if self.curves.is_empty() {
            let rest = self.low[row] - self.bases[self.group_of(row)];
            Packing::Equal((1 << self.rest_bits) + rest)
        } else {
            Packing::Curved
        }
    }

    /// Hands out the words of the cells of a row from `begin` to before `end`, in stretches: the
    /// first cell of a stretch, its number of cells, and a source of words.
    pub(crate) fn stretches(
        &self,
        row: usize,
        begin: usize,
        end: usize,
        mut take: impl FnMut(usize, usize, Words),
    ) {
        let one = 1_u64 << self.rest_bits;
        let offset = one.wrapping_sub(self.bases[self.group_of(row)]);
        let mut col = begin;
        while col < end {
            let (curve, k) = self.curve(row, col);
            let until = end.min((col / self.segment + 1) * self.segment);
            let (value, step) = curve.start(k);
            let words = Words {
                value,
                step,
                bend: 2 * curve.c,
                shift: self.shift,
                offset,
            };
            take(col, until - col, words);
            col = until;
        }
    }

    /// The number of cells and the sum of their areas that a packed word of a group stands for.
    pub(crate) fn unpack(&self, group: usize, word: u64) -> (u64, u128) {
        let count = word >> self.rest_bits;
        let rest = word & ((1 << self.rest_bits) - 1);
        let base = self.bases.get(group).copied().unwrap_or(0);
        (
            count,
            u128::from(count) * u128::from(base) + u128::from(rest),
        )
    }
}

/// The packed words of cells side by side, by forward differences of their quadratic.
pub(crate) struct Words {
    value: i64,
    step: i64,
    bend: i64,
    shift: u32,
    /// One cell, less the base of the group.
    offset: u64,
}

impl Words {
    /// The word of the next cell.
    #[expect(
        clippy::cast_sign_loss,
        reason = "areas are positive; bounds are checked where curves are made"
    )]
    pub(crate) fn next(&mut self) -> u64 {
        let word = ((self.value >> self.shift) as u64).wrapping_add(self.offset);
        self.value += self.step;
        self.step += self.bend;
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_large_cells_fall_into_small_groups_and_keep_their_sums() {
        let mut areas = BlockAreas::default();
        areas.set_rows(512, (0..512).map(|row| (1 << 50) + row * (1 << 36)));
        assert!(areas.group_rows < 64);
        for row in [0, 1, 100, 511] {
            let Packing::Equal(word) = areas.packing(row) else {
                panic!("the cells of a row are equal");
            };
            let found = areas.unpack(areas.group_of(row), 512 * word);
            assert_eq!(found, (512, 512 * u128::from(areas.cell(row, 0))));
        }
    }

    #[test]
    fn words_of_a_curve_hold_the_areas_of_its_cells() {
        let mut areas = BlockAreas::default();
        let curve = Curve::through([1e12, 1.000_01e12, 1.000_03e12], 255, 20);
        let curves = areas.open_curves(512, 256, 20);
        curves.extend([curve; 6]);
        areas.close_curves();
        let (mut sum, mut expected) = (0_u64, 0_u128);
        areas.stretches(1, 100, 400, |first, cells, mut words| {
            for col in first..first + cells {
                sum += words.next();
                expected += u128::from(areas.cell(1, col));
            }
        });
        assert_eq!(areas.unpack(areas.group_of(1), sum), (300, expected));
    }
}
