//! Counts and areas of the cells of each class, where the area changes along the row.
//!
//! A cell adds one number to that of its class: one in the upper bits, and in the lower ones by how
//! much its area exceeds that of the smallest cell of the block.

use std::ops::RangeInclusive;

use super::cell_sums::WholeCells;

/// Neighbours go to sums of their own, so that no cell waits for the one before.
const SIDE_BY_SIDE: usize = 8;

/// Bits of the excess of area. As many cells as a block has fit into the others.
const EXCESS_BITS: u32 = 45;

/// What a cell adds to the count.
const ONE: u64 = 1 << EXCESS_BITS;

/// Sums of one zone by class.
#[derive(Debug)]
pub(super) struct ByteAreas {
    /// The area of the smallest cells of the block, in units of 2⁻³⁰ m².
    smallest: u64,
    sums: Box<[[u64; SIDE_BY_SIDE]; 256]>,
}

impl Default for ByteAreas {
    fn default() -> Self {
        let sums = vec![[0; SIDE_BY_SIDE]; 256].into_boxed_slice();
        Self {
            smallest: 0,
            sums: sums.try_into().expect("so many were made"),
        }
    }
}

impl ByteAreas {
    /// Whether so many cells with areas in this range can be summed.
    pub(super) fn fit(areas: &RangeInclusive<u64>, cells: usize) -> bool {
        let excess = u128::from(areas.end() - areas.start());
        let cells = cells as u128;
        cells * excess < u128::from(ONE) && cells < 1 << (u64::BITS - EXCESS_BITS)
    }

    /// Begins a block whose smallest cells have this area.
    pub(super) fn open(&mut self, smallest: u64) {
        self.smallest = smallest;
    }

    /// Adds whole cells with their areas.
    pub(super) fn add(&mut self, codes: &[u8], areas: &[u64]) {
        // Less the smallest and one more, at once.
        let more = ONE.wrapping_sub(self.smallest);
        let sums = &mut self.sums;
        let mut add = |place: usize, code: u8, area: u64| {
            sums[usize::from(code)][place] += area.wrapping_add(more);
        };
        let (codes, last_codes) = codes.as_chunks::<SIDE_BY_SIDE>();
        let (areas, last_areas) = areas.as_chunks::<SIDE_BY_SIDE>();
        for (codes, areas) in codes.iter().zip(areas) {
            for place in 0..SIDE_BY_SIDE {
                add(place, codes[place], areas[place]);
            }
        }
        for (place, (code, area)) in last_codes.iter().zip(last_areas).enumerate() {
            add(place, *code, *area);
        }
    }

    /// Hands out the cells of a class and clears its sums.
    pub(super) fn take(&mut self, code: usize) -> WholeCells {
        let sums = std::mem::take(&mut self.sums[code]);
        let count = sums.iter().map(|sum| sum >> EXCESS_BITS).sum();
        let excess: u128 = sums.iter().map(|sum| u128::from(sum % ONE)).sum();
        WholeCells {
            count,
            area: u128::from(count) * u128::from(self.smallest) + excess,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_areas_are_those_of_the_cells() {
        let mut sums = ByteAreas::default();
        let (smallest, cells) = (1 << 40, 1_usize << 18);
        let greatest = smallest + (1 << 27) - 1;
        assert!(ByteAreas::fit(&(smallest..=greatest), cells));
        assert!(!ByteAreas::fit(&(smallest..=greatest + 1), cells));
        assert!(!ByteAreas::fit(&(smallest..=smallest), 1 << 19));
        sums.open(smallest);
        let codes = vec![7; cells];
        let areas = vec![greatest; cells];
        sums.add(&codes, &areas);
        let whole = WholeCells {
            count: cells as u64,
            area: u128::from(greatest) << 18,
        };
        assert_eq!(sums.take(7), whole);
        assert_eq!(sums.take(7), WholeCells::default(), "taken before");
        let areas: Vec<u64> = (0..21).map(|place| smallest + place).collect();
        let codes: Vec<u8> = (0..21).map(|place| place % 4).collect();
        sums.add(&codes, &areas);
        for code in 0..4 {
            let mine = (0..21).filter(|place| place % 4 == code);
            let area = mine.map(|place| u128::from(smallest) + place as u128).sum();
            let count = if code == 0 { 6 } else { 5 };
            assert_eq!(sums.take(code), WholeCells { count, area });
        }
    }
}
