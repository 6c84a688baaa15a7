//! How large each cell truly is, in integers.
//!
//! Every cell has one integer area, in units of 2⁻³⁰ m², whichever way it is summed. Sums of areas
//! are therefore exact under any grouping of cells, threads and shards.

use super::authalic::Authalic;
use super::{Grid, Window};
use crate::units::SquareMetres;

/// Units of area in one square metre: 2³⁰.
pub const UNITS_PER_SQUARE_METRE: f64 = 1_073_741_824.0;

/// Largest area of a cell, in units: what fits 64 bits, 17 180 km².
const LARGEST: f64 = 18_446_744_073_709_549_568.0;

/// Why cells have no area.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AreaError {
    /// A cell has an area that is not a positive number that fits the integer unit.
    #[error(
        "a cell of row {row} has an area of {square_metres} m², expected more than 0 and less than 1.7e10"
    )]
    Absurd {
        /// Row of the cell, from 0.
        row: u32,
        /// The area found.
        square_metres: f64,
    },
}

/// The area of `square_metres`, in units of 2⁻³⁰ m².
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked on the line before"
)]
fn units(row: u32, square_metres: f64) -> Result<u64, AreaError> {
    let units = (square_metres * UNITS_PER_SQUARE_METRE).round();
    if (1.0..LARGEST).contains(&units) {
        Ok(units as u64)
    } else {
        Err(AreaError::Absurd { row, square_metres })
    }
}

/// The true area of every cell of a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct CellAreas {
    model: Model,
}

#[derive(Debug, Clone, PartialEq)]
enum Model {
    /// All cells are equal.
    Uniform(u64),
    /// The cells of a row are equal.
    Rows(Vec<u64>),
}

impl CellAreas {
    /// Cells of a grid in longitude and latitude: the closed form between parallels.
    ///
    /// `A = a²/2 · Δλ · [ q(φ₂) − q(φ₁) ]`, one value a row.
    ///
    /// # Source
    ///
    /// J. P. Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395 (1987),
    /// equation 3-12.
    ///
    /// # Errors
    ///
    /// Rows beyond a pole, or cells too small or too large for the integer unit.
    pub fn geographic(grid: &Grid) -> Result<Self, AreaError> {
        let authalic = Authalic::new(grid.crs.ellipsoid);
        let t = grid.transform;
        let rows = (0..grid.height)
            .map(|row| {
                let edge = t.y0 + f64::from(row) * t.dy;
                let other = t.y0 + f64::from(row + 1) * t.dy;
                // A hair beyond the pole is rounding of the file's origin; more is an error.
                let (south, north) = (edge.min(other), edge.max(other));
                let beyond = north > 90.0 + t.dy.abs() / 2.0 || south < -90.0 - t.dy.abs() / 2.0;
                let area = if beyond {
                    f64::NAN
                } else {
                    authalic.between(south.max(-90.0), north.min(90.0), t.dx)
                };
                units(row, area)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            model: Model::Rows(rows),
        })
    }

    /// Cells that are all equally large, as on an equal-area projection.
    ///
    /// # Errors
    ///
    /// Cells too small or too large for the integer unit.
    pub fn uniform(cell: SquareMetres) -> Result<Self, AreaError> {
        Ok(Self {
            model: Model::Uniform(units(0, cell.value())?),
        })
    }

    /// The area of one cell, in units of 2⁻³⁰ m².
    #[must_use]
    pub fn cell(&self, row: u32, _col: u32) -> u64 {
        match &self.model {
            Model::Uniform(area) => *area,
            Model::Rows(rows) => rows[row as usize],
        }
    }

    /// Lays out the areas of the cells of a block.
    pub fn block(&self, window: Window, out: &mut BlockAreas) {
        out.rows.clear();
        match &self.model {
            Model::Uniform(area) => out.rows.resize(window.rows as usize, *area),
            Model::Rows(rows) => {
                let first = window.row as usize;
                out.rows
                    .extend_from_slice(&rows[first..first + window.rows as usize]);
            }
        }
        out.group(window.cols);
    }
}

/// The areas of the cells of one block, laid out for summing.
///
/// Rows come in groups. Within a group a cell's area is a base and a small rest, so that a count of
/// cells and the sum of their rests share one 64-bit word: `count · 2⁴⁴ + Σ rest`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BlockAreas {
    rows: Vec<u64>,
    bases: Vec<u64>,
    group_rows: usize,
}

impl BlockAreas {
    /// Bits of the rest in a packed word; the count takes those above.
    const REST_BITS: u32 = 44;

    /// Finds the largest groups of rows whose sums of rests cannot spill into the count.
    fn group(&mut self, cols: u32) {
        let mut group_rows = self.rows.len().next_power_of_two().max(1);
        loop {
            self.bases.clear();
            let limit = 1_u64 << Self::REST_BITS;
            let fits = self.rows.chunks(group_rows).all(|rows| {
                let base = rows.iter().copied().min().unwrap_or(0);
                let widest = rows.iter().copied().max().unwrap_or(0) - base;
                self.bases.push(base);
                widest
                    .checked_mul(rows.len() as u64 * u64::from(cols))
                    .is_some_and(|sum| sum < limit)
            });
            if fits || group_rows == 1 {
                break;
            }
            group_rows /= 2;
        }
        self.group_rows = group_rows;
    }

    /// The area of the cell in `row` and `col` of the block, in units of 2⁻³⁰ m².
    #[must_use]
    pub fn cell(&self, row: usize, _col: usize) -> u64 {
        self.rows[row]
    }

    /// The group that a row belongs to.
    pub(crate) fn group_of(&self, row: usize) -> usize {
        row / self.group_rows
    }

    /// What a cell of `row` adds to a packed word.
    pub(crate) fn packed(&self, row: usize) -> u64 {
        (1 << Self::REST_BITS) + (self.rows[row] - self.bases[self.group_of(row)])
    }

    /// The number of cells and the sum of their areas that a packed word of a group stands for.
    pub(crate) fn unpack(&self, group: usize, word: u64) -> (u64, u128) {
        let count = word >> Self::REST_BITS;
        let rest = word & ((1 << Self::REST_BITS) - 1);
        let base = self.bases.get(group).copied().unwrap_or(0);
        (
            count,
            u128::from(count) * u128::from(base) + u128::from(rest),
        )
    }
}
