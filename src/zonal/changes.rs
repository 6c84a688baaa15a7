//! Where neighbouring cells of a row differ.
//!
//! Cells that follow each other and hold the same are added in one go. Where they end is found once
//! a block, many cells at a time, and serves every zone of the block.

use std::ops::Range;

/// Bits of a word.
const BITS: usize = u64::BITS as usize;

/// Bytes of a word.
const BYTES: usize = size_of::<u64>();

/// One bit a cell: set where a cell differs from the one before it in its row.
#[derive(Debug, Clone, Default)]
pub(super) struct Changes {
    words: Vec<u64>,
    cols: usize,
    per_row: usize,
}

/// One bit a byte: set where the bytes of two words differ.
fn differing(a: u64, b: u64) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    let difference = a ^ b;
    let high = ((difference & LOW) + LOW) | difference;
    // The multiplication moves the highest bit of each byte next to each other.
    ((high & !LOW) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
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
            let mut last = u64::from(cells[0]);
            for (cells, word) in cells.chunks(BITS).zip(words) {
                let mut eights = cells.chunks_exact(BYTES);
                let mut shift = 0;
                for eight in &mut eights {
                    let bytes = eight.try_into().map_or(0, u64::from_le_bytes);
                    *word |= differing(bytes, bytes << 8 | last) << shift;
                    last = bytes >> 56;
                    shift += BYTES;
                }
                for cell in eights.remainder() {
                    *word |= u64::from(u64::from(*cell) != last) << shift;
                    last = u64::from(*cell);
                    shift += 1;
                }
            }
        }
    }

    /// Marks where cells differ from the one before.
    pub(super) fn mark<T: Copy + PartialEq>(&mut self, cells: &[T]) {
        self.mark_by(cells, |cell| cell);
    }

    /// Marks where what is told of cells differs from the one before.
    pub(super) fn mark_by<T: Copy, K: PartialEq>(&mut self, cells: &[T], tell: impl Fn(T) -> K) {
        let rows = cells
            .chunks_exact(self.cols)
            .zip(self.words.chunks_exact_mut(self.per_row));
        for (cells, words) in rows {
            let mut last = tell(cells[0]);
            for (cells, word) in cells.chunks(BITS).zip(words) {
                for (shift, cell) in cells.iter().enumerate() {
                    let told = tell(*cell);
                    *word |= u64::from(told != last) << shift;
                    last = told;
                }
            }
        }
    }

    /// Hands out the stretches of equal cells of a part of a row, from first to before last column.
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
        let (first, last) = ((begin + 1) / BITS, (end - 1) / BITS);
        let mut base = first * BITS;
        let mut keep = u64::MAX << ((begin + 1) % BITS);
        for (number, word) in words.iter().enumerate().take(last + 1).skip(first) {
            let mut bits = word & keep;
            keep = u64::MAX;
            if number == last {
                bits &= u64::MAX >> (BITS - 1 - (end - 1) % BITS);
            }
            while bits != 0 {
                let change = base + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                take(begin, change);
                begin = change;
            }
            base += BITS;
        }
        take(begin, end);
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
