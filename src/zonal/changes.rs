//! Where neighbouring cells of a row differ.
//!
//! Cells that follow each other and hold the same are added in one go. Where they end is found once
//! a block, many cells at a time, and serves every zone of the block.

use std::ops::Range;

use wide::u8x16;

/// Bits of a word.
const BITS: usize = u64::BITS as usize;

/// Bytes that are compared at once.
const LANES: usize = 16;

/// One bit a cell: set where a cell differs from the one before it in its row.
#[derive(Debug, Clone, Default)]
pub(super) struct Changes {
    words: Vec<u64>,
    cols: usize,
    per_row: usize,
}

/// One bit for each pair of neighbours, from the first: set where they differ.
fn differing(cells: &[u8]) -> u64 {
    let (Some(left), Some(right)) = (cells.first_chunk::<LANES>(), cells.get(1..)) else {
        return differing_one_by_one(cells);
    };
    match right.first_chunk::<LANES>() {
        Some(right) => {
            u64::from(!u8x16::from(*left).simd_eq(u8x16::from(*right)).to_bitmask() & 0xFFFF)
        }
        None => differing_one_by_one(cells),
    }
}

/// [`differing`], where fewer cells are left than fit.
fn differing_one_by_one(cells: &[u8]) -> u64 {
    let pairs = cells.windows(2).enumerate();
    pairs.fold(0, |bits, (place, pair)| {
        bits | u64::from(pair[0] != pair[1]) << place
    })
}

impl Changes {
    /// Begins a block of `rows` rows in which nothing changes.
    pub(super) fn clear(&mut self, rows: usize, cols: usize) {
        self.cols = cols;
        self.per_row = cols.div_ceil(BITS);
        self.words.clear();
        self.words.resize(rows * self.per_row, 0);
    }

    /// Takes over the changes of another block.
    pub(super) fn copy(&mut self, other: &Self) {
        (self.cols, self.per_row) = (other.cols, other.per_row);
        self.words.clone_from(&other.words);
    }

    /// Columns of the block.
    pub(super) fn cols(&self) -> usize {
        self.cols
    }

    /// Marks where bytes differ from the one before.
    pub(super) fn mark_bytes(&mut self, cells: &[u8]) {
        let rows = cells
            .chunks_exact(self.cols)
            .zip(self.words.chunks_exact_mut(self.per_row));
        for (cells, words) in rows {
            // A difference of neighbours is marked at the second of them.
            let mut carried = 0;
            for (number, word) in words.iter_mut().enumerate() {
                let cells = &cells[number * BITS..];
                let parts = (0..BITS).step_by(LANES);
                let bits = parts
                    .take_while(|part| *part < cells.len())
                    .fold(0, |bits, part| bits | differing(&cells[part..]) << part);
                *word |= bits << 1 | carried;
                carried = bits >> (BITS - 1);
            }
        }
    }

    /// Marks where cells differ from the one before.
    pub(super) fn mark<T: Copy + PartialEq>(&mut self, cells: &[T]) {
        let rows = cells
            .chunks_exact(self.cols)
            .zip(self.words.chunks_exact_mut(self.per_row));
        for (cells, words) in rows {
            let mut last = cells[0];
            for (cells, word) in cells.chunks(BITS).zip(words) {
                for (shift, cell) in cells.iter().enumerate() {
                    *word |= u64::from(*cell != last) << shift;
                    last = *cell;
                }
            }
        }
    }

    /// Hands out the stretches of equal cells of a part of a row, from first to before last column.
    ///
    /// `take` is called at one place only, so that it becomes part of the loop.
    #[inline]
    pub(super) fn stretches(
        &self,
        row: usize,
        cols: Range<usize>,
        mut take: impl FnMut(usize, usize),
    ) {
        let (mut begin, end) = (cols.start, cols.end);
        if begin >= end {
            return;
        }
        let words = &self.words[row * self.per_row..(row + 1) * self.per_row];
        let (first, last) = ((begin + 1) / BITS, end / BITS);
        let mut keep = u64::MAX << ((begin + 1) % BITS);
        for number in first..=last {
            let mut bits = words.get(number).copied().unwrap_or(0) & keep;
            keep = u64::MAX;
            if number == last {
                // The end of the part ends its last stretch.
                let stop = 1 << (end % BITS);
                bits = bits & (stop - 1) | stop;
            }
            while bits != 0 {
                let change = number * BITS + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                take(begin, change);
                begin = change;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(cells: &[u8], cols: usize, row: usize, part: Range<usize>) -> Vec<(usize, usize)> {
        let cells = &cells[row * cols..(row + 1) * cols];
        let mut found: Vec<(usize, usize)> = Vec::new();
        for col in part {
            match found.last_mut() {
                Some(last) if cells[last.0] == cells[col] && last.1 == col => last.1 += 1,
                _ => found.push((col, col + 1)),
            }
        }
        found
    }

    proptest! {
        #[test]
        fn stretches_are_those_of_a_plain_walk(
            cols in 1_usize..200, rows in 1_usize..4, seed in any::<u64>(), a in 0_usize..200, b in 0_usize..200
        ) {
            // Three cells a step, of four kinds.
            let cells: Vec<u8> = (0..rows * cols)
                .map(|place| (seed.rotate_left(17 * u32::try_from(place / 3).unwrap()) & 3).to_le_bytes()[0])
                .collect();
            let wide: Vec<u16> = cells.iter().map(|cell| u16::from(*cell)).collect();
            let (begin, end) = ((a % cols).min(b % cols), (a % cols).max(b % cols) + 1);
            let (mut bytes, mut words) = (Changes::default(), Changes::default());
            bytes.clear(rows, cols);
            words.clear(rows, cols);
            bytes.mark_bytes(&cells);
            words.mark(&wide);
            for row in 0..rows {
                let expected = plain(&cells, cols, row, begin..end);
                for changes in [&bytes, &words] {
                    let mut found = Vec::new();
                    changes.stretches(row, begin..end, |from, to| found.push((from, to)));
                    prop_assert_eq!(&found, &expected);
                }
            }
        }
    }
}
