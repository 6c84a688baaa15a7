//! Sums of the values of one layer over whole cells, one cell after the other.
//!
//! On maps of several layers combinations change every few cells. To find where they do then costs
//! more than to add every cell to the sums of its own combination.

use std::ops::RangeInclusive;

use wide::{f64x2, u64x2};

use super::tally::{ValueTally, signed};
use crate::grid::UNITS_PER_SQUARE_METRE;

/// Combinations that bytes tell apart.
const COMBINATIONS: usize = 256;

/// Neighbours go to sums of their own, so that no cell waits for the one before.
const SIDE_BY_SIDE: usize = 2;

/// Sums over some cells of one combination, as differences `d` from the value that came first.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Sums {
    /// The value that came first; not a number where none did.
    first: f64,
    /// `Σ a d²`.
    squares: f64,
    /// `Σ d` and `Σ a d`.
    linear: f64x2,
    /// The greatest of `−x` and of `x`.
    extremes: f64x2,
    /// How many cells, and by how much their area exceeds that of as many of the smallest.
    counts: u64x2,
}

impl Sums {
    /// No cells, the first of which will hold `first`.
    const fn of_none(first: f64) -> Self {
        Self {
            first,
            squares: 0.0,
            linear: f64x2::ZERO,
            extremes: f64x2::new([f64::NEG_INFINITY, f64::NEG_INFINITY]),
            counts: u64x2::ZERO,
        }
    }

    /// Adds a cell of `area` square metres.
    #[inline]
    fn add(&mut self, x: f64, area: f64, counts: u64x2) {
        let d = x - self.first;
        let weighted = area * d;
        self.squares += weighted * d;
        self.linear += f64x2::new([d, weighted]);
        self.extremes = self.extremes.fast_max(f64x2::new([-x, x]));
        self.counts += counts;
    }

    /// These cells and others, with differences from the same value.
    fn with(self, other: Self) -> Self {
        Self {
            first: self.first,
            squares: self.squares + other.squares,
            linear: self.linear + other.linear,
            extremes: self.extremes.fast_max(other.extremes),
            counts: self.counts + other.counts,
        }
    }
}

/// Whole cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct WholeCells {
    pub(super) count: u64,
    /// In units of 2⁻³⁰ m².
    pub(super) area: u128,
}

/// Sums of one zone by combination.
#[derive(Debug)]
pub(super) struct CellSums {
    /// The area of the smallest cells of the block, in units of 2⁻³⁰ m².
    smallest: u64,
    /// Those of cells with data, and after them those of cells without, of which only the counts
    /// tell anything.
    sums: Box<[[Sums; SIDE_BY_SIDE]; 2 * COMBINATIONS]>,
}

impl Default for CellSums {
    fn default() -> Self {
        let nothing = [Sums::of_none(f64::NAN); SIDE_BY_SIDE];
        let sums = vec![nothing; 2 * COMBINATIONS].into_boxed_slice();
        Self {
            smallest: 0,
            sums: sums.try_into().expect("so many were made"),
        }
    }
}

impl CellSums {
    /// Whether so many cells with areas in this range can be summed.
    pub(super) fn fit(areas: &RangeInclusive<u64>, cells: usize) -> bool {
        let excess = areas.end() - areas.start();
        u64::try_from(cells).is_ok_and(|cells| excess.checked_mul(cells).is_some())
    }

    /// Begins a block whose smallest cells have this area.
    pub(super) fn open(&mut self, smallest: u64) {
        self.smallest = smallest;
    }

    /// Adds whole cells of one area; a value that is not a number is none.
    pub(super) fn add<V: Copy + Into<f64>>(&mut self, codes: &[u8], values: &[V], area: u64) {
        let square_metres = area as f64 / UNITS_PER_SQUARE_METRE;
        let counts = u64x2::new([1, area - self.smallest]);
        let (codes, last_code) = codes.as_chunks::<SIDE_BY_SIDE>();
        let (values, last_value) = values.as_chunks::<SIDE_BY_SIDE>();
        let mut add = |place: usize, code: u8, value: V| {
            let x: f64 = value.into();
            let sums = &mut self.sums[usize::from(code) | usize::from(x.is_nan()) << u8::BITS];
            if sums[place].first.is_nan() {
                *sums = [Sums::of_none(if x.is_nan() { 0.0 } else { x }); SIDE_BY_SIDE];
            }
            sums[place].add(x, square_metres, counts);
        };
        for (codes, values) in codes.iter().zip(values) {
            for place in 0..SIDE_BY_SIDE {
                add(place, codes[place], values[place]);
            }
        }
        for (code, value) in last_code.iter().zip(last_value) {
            add(0, *code, *value);
        }
    }

    /// The cells of a combination, with data or without.
    pub(super) fn cells(&self, code: usize) -> WholeCells {
        let [with, without] = [code, code + COMBINATIONS].map(|place| self.at(place));
        self.whole(with.counts + without.counts)
    }

    /// Hands out the values of a combination and clears its sums.
    pub(super) fn take(&mut self, code: usize) -> ValueTally {
        let sums = self.at(code);
        for place in [code, code + COMBINATIONS] {
            self.sums[place] = [Sums::of_none(f64::NAN); SIDE_BY_SIDE];
        }
        let cells = self.whole(sums.counts);
        if cells.count == 0 {
            return ValueTally::default();
        }
        let square_metres = cells.area as f64 / UNITS_PER_SQUARE_METRE;
        let [plain, sum] = sums.linear.to_array();
        let [below, above] = sums.extremes.to_array();
        ValueTally {
            count: cells.count,
            full: cells.count,
            part: 0,
            area: signed(cells.area),
            plain_sum: sums.first * cells.count as f64 + plain,
            sum: sums.first * square_metres + sum,
            squared_deviations: (sums.squares - sum * sum / square_metres).max(0.0),
            least: -below,
            greatest: above,
        }
    }

    fn at(&self, place: usize) -> Sums {
        let [one, other] = self.sums[place];
        one.with(other)
    }

    fn whole(&self, counts: u64x2) -> WholeCells {
        let [count, excess] = counts.to_array();
        WholeCells {
            count,
            area: u128::from(count) * u128::from(self.smallest) + u128::from(excess),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units of one square metre.
    const METRE: u64 = 1 << 30;

    #[test]
    fn sums_by_combination_are_those_of_its_cells() {
        let mut sums = CellSums::default();
        sums.open(3 * METRE);
        let nothing = f32::NAN;
        sums.add(
            &[7, 7, 255, 7, 0],
            &[4.0, nothing, 2.5, 1.0, nothing],
            4 * METRE,
        );
        sums.add(&[7, 255], &[7.0, 2.5], 3 * METRE);
        let with_gaps = WholeCells {
            count: 4,
            area: u128::from(15 * METRE),
        };
        assert_eq!(sums.cells(7), with_gaps);
        assert_eq!(sums.cells(0).count, 1);
        let tally = sums.take(7);
        assert_eq!((tally.count, tally.full, tally.part), (3, 3, 0));
        assert_eq!(tally.area, i128::from(11 * METRE));
        assert_eq!((tally.min(), tally.max()), (Some(1.0), Some(7.0)));
        assert!((tally.plain_sum - 12.0).abs() < 1e-12);
        assert!((tally.sum - 41.0).abs() < 1e-12);
        let mean = 41.0 / 11.0;
        let deviations = [(4.0, 4.0), (4.0, 1.0), (3.0, 7.0)]
            .map(|(area, x): (f64, f64)| area * (x - mean).powi(2));
        assert!((tally.squared_deviations - deviations.iter().sum::<f64>()).abs() < 1e-12);
        assert_eq!(sums.take(255).variance(), Some(0.0));
        assert_eq!(sums.take(0), ValueTally::default());
        assert_eq!(sums.cells(7), WholeCells::default(), "taken before");
    }

    #[test]
    fn areas_too_unlike_to_be_counted_do_not_fit() {
        assert!(CellSums::fit(&(900 * METRE..=900 * METRE), usize::MAX));
        assert!(CellSums::fit(&(1..=u64::MAX >> 18), 1 << 18));
        assert!(!CellSums::fit(&(1..=2 * METRE * METRE), 1 << 18));
    }
}
