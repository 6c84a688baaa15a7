//! Counts and areas of the cells of each class, one cell after the other.
//!
//! Where the area changes along the row, to find where classes change and to ask for the area of each
//! stretch costs more than to add every cell to the sums of its class.

use wide::u64x2;

use super::cell_sums::WholeCells;

/// Neighbours go to sums of their own, so that no cell waits for the one before.
const SIDE_BY_SIDE: usize = 8;

/// Sums of one zone by class: how many cells, and their area in units of 2⁻³⁰ m².
#[derive(Debug)]
pub(super) struct ByteAreas(Box<[[u64x2; SIDE_BY_SIDE]; 256]>);

impl Default for ByteAreas {
    fn default() -> Self {
        let sums = vec![[u64x2::ZERO; SIDE_BY_SIDE]; 256].into_boxed_slice();
        Self(sums.try_into().expect("so many were made"))
    }
}

impl ByteAreas {
    /// Whether so many cells with areas up to `greatest` can be summed.
    pub(super) fn fit(greatest: u64, cells: usize) -> bool {
        u64::try_from(cells).is_ok_and(|cells| greatest.checked_mul(cells).is_some())
    }

    /// Adds whole cells with their areas.
    pub(super) fn add(&mut self, codes: &[u8], areas: &[u64]) {
        let sums = &mut self.0;
        let mut add = |place: usize, code: u8, area: u64| {
            sums[usize::from(code)][place] += u64x2::new([1, area]);
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
        let sums = std::mem::replace(&mut self.0[code], [u64x2::ZERO; SIDE_BY_SIDE]);
        let [count, area] = sums
            .into_iter()
            .fold(u64x2::ZERO, |all, sum| all + sum)
            .to_array();
        WholeCells {
            count,
            area: u128::from(area),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_areas_are_those_of_the_cells() {
        let (greatest, cells) = (1_u64 << 45, 1_usize << 18);
        assert!(ByteAreas::fit(greatest, cells));
        assert!(!ByteAreas::fit(2 * greatest, cells));
        let mut sums = ByteAreas::default();
        sums.add(&vec![7; cells], &vec![greatest; cells]);
        let whole = WholeCells {
            count: cells as u64,
            area: u128::from(greatest) << 18,
        };
        assert_eq!(sums.take(7), whole);
        assert_eq!(sums.take(7), WholeCells::default(), "taken before");
        let areas: Vec<u64> = (0..21).map(|place| greatest - place).collect();
        let codes: Vec<u8> = (0..21).map(|place| place % 4).collect();
        sums.add(&codes, &areas);
        for code in 0..4 {
            let mine = (0..21_u64).filter(|place| place % 4 == code);
            let area = mine.map(|place| u128::from(greatest - place)).sum();
            let count = if code == 0 { 6 } else { 5 };
            assert_eq!(
                sums.take(usize::try_from(code).unwrap()),
                WholeCells { count, area }
            );
        }
    }
}
