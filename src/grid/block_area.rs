//! The areas of the cells of one block, laid out for summing.

use std::ops::RangeInclusive;

/// The areas of the cells of one block, laid out for summing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BlockAreas {
    /// The area of the cells of each row, where they are equal.
    rows: Vec<u64>,
    /// Where they are not: the areas of the cells of each band of rows.
    cells: Vec<u64>,
    /// The sum over the cells before each column, and over all cells of a row, band after band; only
    /// once they are added up.
    sums: Vec<u128>,
    cols: usize,
    /// Rows of a band: two to this power.
    band_bits: u32,
    /// What no area exceeds.
    bound: u64,
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
    cells: &'a [u64],
    sums: &'a [u128],
}

impl<'a> CurvedRow<'a> {
    /// The areas of the cells, in units of 2⁻³⁰ m².
    pub(crate) fn cells(&self) -> &'a [u64] {
        self.cells
    }

    /// The sum of the areas of the cells before a column, in units of 2⁻³⁰ m². They must have been
    /// added up.
    #[inline]
    pub(crate) fn before(&self, col: usize) -> u128 {
        self.sums[col]
    }

    /// The area of the cell in a column, in units of 2⁻³⁰ m².
    #[inline]
    pub(crate) fn cell(&self, col: usize) -> u64 {
        self.cells[col]
    }
}

impl BlockAreas {
    pub(super) fn set_rows(&mut self, rows: impl Iterator<Item = u64>) {
        self.cells.clear();
        self.sums.clear();
        self.rows.clear();
        self.rows.extend(rows);
    }

    /// Lays out rows along which areas change, up to `bound`; `band` rows, a power of two, have the
    /// same, and `fill` sets those of a band by its number.
    pub(super) fn set_bands(
        &mut self,
        [rows, cols]: [u32; 2],
        band: u32,
        bound: u64,
        mut fill: impl FnMut(u32, &mut [u64]),
    ) {
        self.rows.clear();
        self.sums.clear();
        self.cols = cols as usize;
        self.band_bits = band.trailing_zeros();
        self.bound = bound;
        let bands = rows.div_ceil(band);
        self.cells.resize(bands as usize * self.cols, 0);
        for (number, cells) in (0..bands).zip(self.cells.chunks_exact_mut(self.cols)) {
            fill(number, cells);
        }
    }

    /// Adds the areas up along rows.
    pub(crate) fn add_up(&mut self) {
        self.sums.clear();
        for cells in self.cells.chunks_exact(self.cols.max(1)) {
            let mut sum = 0;
            self.sums.push(sum);
            self.sums.extend(cells.iter().map(|cell| {
                sum += u128::from(*cell);
                sum
            }));
        }
    }

    /// The area of the cell in `row` and `col` of the block, in units of 2⁻³⁰ m².
    #[must_use]
    #[inline]
    pub fn cell(&self, row: usize, col: usize) -> u64 {
        match self.row(row) {
            RowAreas::Equal(area) => area,
            RowAreas::Curved(row) => row.cell(col),
        }
    }

    /// The least and the greatest area of a cell, where the cells of each row have the same.
    pub(crate) fn along_rows(&self) -> Option<RangeInclusive<u64>> {
        let least = self.rows.iter().min()?;
        let greatest = self.rows.iter().max()?;
        Some(*least..=*greatest)
    }

    /// An area that no cell exceeds, where those of rows differ.
    pub(crate) fn bound(&self) -> u64 {
        self.bound
    }

    /// The areas of the cells of a row.
    #[inline]
    pub(crate) fn row(&self, row: usize) -> RowAreas<'_> {
        if self.cells.is_empty() {
            return RowAreas::Equal(self.rows[row]);
        }
        let band = row >> self.band_bits;
        let (cells, sums) = (band * self.cols, band * (self.cols + 1));
        RowAreas::Curved(CurvedRow {
            cells: &self.cells[cells..cells + self.cols],
            sums: self.sums.get(sums..=sums + self.cols).unwrap_or(&[]),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_along_a_row_are_those_of_its_cells() {
        let mut areas = BlockAreas::default();
        areas.set_bands([5, 3], 2, u64::MAX, |band, cells| {
            for (cell, col) in cells.iter_mut().zip(0..) {
                *cell = u64::MAX - 10 * u64::from(band) - col;
            }
        });
        areas.add_up();
        for (row, band) in [0, 0, 1, 1, 2].into_iter().enumerate() {
            let RowAreas::Curved(curved) = areas.row(row) else {
                panic!("the row is curved");
            };
            let mut sum = 0;
            for col in 0..3 {
                assert_eq!(curved.before(col), sum);
                assert_eq!(areas.cell(row, col), u64::MAX - 10 * band - col as u64);
                sum += u128::from(curved.cell(col));
            }
            assert_eq!(curved.before(3), sum);
        }
        areas.set_rows([7, 8].into_iter());
        assert_eq!((areas.cell(1, 2), areas.along_rows()), (8, Some(7..=8)));
    }
}
