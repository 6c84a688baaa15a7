//! The areas of the cells of one block, laid out for summing.

use std::ops::RangeInclusive;

/// Most columns of a piece.
pub(crate) const PIECE: usize = 32;

/// The areas of neighbouring cells of a row, in units of 2⁻³⁰ m²: `middle + slope k + bend k(k − 1)/2`
/// for the cell `k` columns right of the middle of the piece.
///
/// All three are whole numbers, so that the area of many cells follows exactly from how many they are
/// in each column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) middle: i64,
    pub(crate) slope: i64,
    pub(crate) bend: i64,
}

impl Piece {
    /// The area of a cell. Terms may leave the numbers there are, their sum does not.
    #[inline]
    pub(crate) fn area(&self, k: i64) -> u64 {
        let bend = self.bend.wrapping_mul(k * (k - 1) / 2);
        let area = self.middle.wrapping_add(self.slope.wrapping_mul(k));
        area.wrapping_add(bend).cast_unsigned()
    }

    /// The areas of all cells, the first of which is `first` columns right of the middle.
    fn lay_out(&self, first: i64, cells: &mut [u64]) {
        let mut area = self.area(first);
        let mut step = self.slope.wrapping_add(self.bend.wrapping_mul(first));
        for cell in cells {
            *cell = area;
            area = area.wrapping_add_signed(step);
            step = step.wrapping_add(self.bend);
        }
    }
}

/// The areas of the cells of one block, laid out for summing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BlockAreas {
    /// The area of the cells of each row, where they are equal.
    rows: Vec<u64>,
    /// Where they are not: the pieces of each band of rows.
    pieces: Vec<Piece>,
    /// The areas of the cells of each band of rows; only once they are laid out.
    cells: Vec<u64>,
    /// The sum over the cells before each column, and over all cells of a row, band after band; only
    /// once they are added up.
    sums: Vec<u128>,
    cols: usize,
    /// Columns of a piece: two to this power.
    piece_bits: u32,
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
        self.pieces.clear();
        self.cells.clear();
        self.sums.clear();
        self.rows.clear();
        self.rows.extend(rows);
    }

    /// Lays out rows along which areas change, up to `bound`. `band` rows have the same; `fill` gives
    /// those of a band by its number, as pieces of `piece` columns. Both are powers of two.
    pub(super) fn set_bands(
        &mut self,
        [rows, cols]: [u32; 2],
        [band, piece]: [u32; 2],
        bound: u64,
        mut fill: impl FnMut(u32, &mut Vec<Piece>),
    ) {
        self.rows.clear();
        self.cells.clear();
        self.sums.clear();
        self.pieces.clear();
        self.cols = cols as usize;
        self.band_bits = band.trailing_zeros();
        self.piece_bits = piece.trailing_zeros();
        self.bound = bound;
        for number in 0..rows.div_ceil(band) {
            fill(number, &mut self.pieces);
        }
    }

    /// Lays out the areas of cells along rows.
    pub(crate) fn lay_out_cells(&mut self) {
        let first = -self.half_piece();
        let bands = self.pieces.chunks_exact(self.across().max(1));
        self.cells.resize(bands.len() * self.cols, 0);
        for (pieces, cells) in bands.zip(self.cells.chunks_exact_mut(self.cols.max(1))) {
            for (piece, cells) in pieces.iter().zip(cells.chunks_mut(1 << self.piece_bits)) {
                piece.lay_out(first, cells);
            }
        }
    }

    /// Adds the areas up along rows; those of cells must have been laid out.
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

    /// Pieces of a band.
    fn across(&self) -> usize {
        self.cols.div_ceil(1 << self.piece_bits)
    }

    /// Columns from the first cell of a piece to its middle.
    fn half_piece(&self) -> i64 {
        (1 << self.piece_bits) / 2
    }

    /// The area of the cell in `row` and `col` of the block, in units of 2⁻³⁰ m².
    #[must_use]
    #[inline]
    pub fn cell(&self, row: usize, col: usize) -> u64 {
        if let Some(area) = self.rows.get(row) {
            return *area;
        }
        let piece = (row >> self.band_bits) * self.across() + (col >> self.piece_bits);
        let place = i64::try_from(col & ((1 << self.piece_bits) - 1)).unwrap_or(0);
        self.pieces[piece].area(place - self.half_piece())
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

    /// How many rows have the same areas and how many columns a piece has, where areas change along
    /// rows.
    pub(crate) fn band_and_piece(&self) -> [usize; 2] {
        [1 << self.band_bits, 1 << self.piece_bits]
    }

    /// The pieces of the band that holds a row along which areas change.
    pub(crate) fn pieces(&self, row: usize) -> &[Piece] {
        let across = self.across();
        &self.pieces[(row >> self.band_bits) * across..][..across]
    }

    /// The areas of the cells of a row; where they change along it, they must have been laid out.
    #[inline]
    pub(crate) fn row(&self, row: usize) -> RowAreas<'_> {
        if let Some(area) = self.rows.get(row) {
            return RowAreas::Equal(*area);
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
        // Two pieces of two columns, the second cut off.
        areas.set_bands([5, 3], [2, 2], u64::MAX, |band, pieces| {
            let middle = 1_000 - 10 * i64::from(band);
            let [slope, bend] = [-1, 3];
            pieces.extend([0, 100].map(|less| Piece {
                middle: middle - less,
                slope,
                bend,
            }));
        });
        areas.lay_out_cells();
        areas.add_up();
        for (row, band) in [0, 0, 1, 1, 2].into_iter().enumerate() {
            let RowAreas::Curved(curved) = areas.row(row) else {
                panic!("the row is curved");
            };
            let mut sum = 0;
            // One column left of a middle the area is that of the middle plus 1 + 3.
            for (col, less) in [-4_i64, 0, 96].into_iter().enumerate() {
                let expected = u64::try_from(1_000 - 10 * band - less).unwrap();
                assert_eq!(curved.before(col), sum);
                assert_eq!(areas.cell(row, col), expected, "row {row}, column {col}");
                assert_eq!(curved.cell(col), expected, "row {row}, column {col}");
                sum += u128::from(expected);
            }
            assert_eq!(curved.before(3), sum);
        }
        areas.set_rows([7, 8].into_iter());
        assert_eq!((areas.cell(1, 2), areas.along_rows()), (8, Some(7..=8)));
    }
}
