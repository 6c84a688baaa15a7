//! The doors through which rasters come in.

use std::ops::Sub;

use std::fmt;

use crate::grid::Window;

/// Why a block could not be read, in the words of the reader.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct ReadError {
    /// File, band, and what went wrong.
    pub what: String,
}

impl ReadError {
    /// A failure described by `what`.
    #[must_use]
    pub fn new(what: impl fmt::Display) -> Self {
        Self {
            what: what.to_string(),
        }
    }
}

/// A set of rasters on one grid. Each worker thread opens its own reader.
pub trait Rasters: Sync {
    /// What one thread reads with.
    type Reader: BlockReader;

    /// Opens the rasters for one thread.
    ///
    /// # Errors
    ///
    /// A raster that cannot be opened.
    fn reader(&self) -> Result<Self::Reader, ReadError>;
}

/// Reads blocks of class layers and value layers.
pub trait BlockReader {
    /// Reads a window of the class layer `layer` into `out`, rows first, from the first row.
    ///
    /// `out` comes from the block before: its buffers may be used again, its nodata and mask must
    /// be set.
    ///
    /// # Errors
    ///
    /// A block that cannot be read or decoded.
    fn classes(
        &mut self,
        layer: usize,
        window: Window,
        out: &mut ClassBlock,
    ) -> Result<(), ReadError>;

    /// Reads a window of the value layer `layer` into `out`, rows first, from the first row.
    ///
    /// # Errors
    ///
    /// A block that cannot be read or decoded.
    fn values(
        &mut self,
        layer: usize,
        window: Window,
        out: &mut ValueBlock,
    ) -> Result<(), ReadError>;
}

/// Class codes of the cells of a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClassCells {
    /// Bytes.
    U8(Vec<u8>),
    /// Unsigned, 16 bits.
    U16(Vec<u16>),
    /// Signed, 16 bits.
    I16(Vec<i16>),
    /// Unsigned, 32 bits.
    U32(Vec<u32>),
    /// Signed, 32 bits.
    I32(Vec<i32>),
    /// Signed, 64 bits.
    I64(Vec<i64>),
}

impl ClassCells {
    /// Number of cells.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::U8(cells) => cells.len(),
            Self::U16(cells) => cells.len(),
            Self::I16(cells) => cells.len(),
            Self::U32(cells) => cells.len(),
            Self::I32(cells) => cells.len(),
            Self::I64(cells) => cells.len(),
        }
    }

    /// Whether there are no cells.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A window of a class layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassBlock {
    /// The codes, row after row.
    pub cells: ClassCells,
    /// The code that means "no data", where the layer has one.
    pub nodata: Option<i64>,
    /// Which cells hold data, where the layer has a mask; `false` is nodata.
    pub mask: Option<Vec<bool>>,
}

impl ClassBlock {
    /// The codes, where they are bytes and there is no mask.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match (&self.cells, &self.mask) {
            (ClassCells::U8(cells), None) => Some(cells),
            _ => None,
        }
    }
}

impl Default for ClassBlock {
    fn default() -> Self {
        Self {
            cells: ClassCells::U8(Vec::new()),
            nodata: None,
            mask: None,
        }
    }
}

/// Values of the cells of a window.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueCells {
    /// Single precision.
    F32(Vec<f32>),
    /// Double precision.
    F64(Vec<f64>),
}

impl ValueCells {
    /// Number of cells.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::F32(cells) => cells.len(),
            Self::F64(cells) => cells.len(),
        }
    }

    /// Whether there are no cells.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A window of a value layer. Cells that are infinite or not a number hold no data.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueBlock {
    /// The values, row after row.
    pub cells: ValueCells,
    /// The value that means "no data", where the layer has one; compared in the precision of the
    /// cells.
    pub nodata: Option<f64>,
    /// Which cells hold data, where the layer has a mask; `false` is nodata.
    pub mask: Option<Vec<bool>>,
}

impl Default for ValueBlock {
    fn default() -> Self {
        Self {
            cells: ValueCells::F32(Vec::new()),
            nodata: None,
            mask: None,
        }
    }
}

impl ValueBlock {
    /// Makes every cell without data "not a number", for use inside one block only; says whether
    /// there are such cells.
    pub fn blank(&mut self) -> bool {
        let mask = self.mask.as_deref();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "nodata is compared as it is stored, in the precision of the cells"
        )]
        match &mut self.cells {
            ValueCells::F32(cells) => {
                let nodata = self.nodata.map_or(f32::NAN, |nodata| nodata as f32);
                blank(cells, mask, nodata, f32::NAN)
            }
            ValueCells::F64(cells) => blank(cells, mask, self.nodata.unwrap_or(f64::NAN), f64::NAN),
        }
    }

    /// The value of a cell.
    #[inline]
    #[must_use]
    pub fn value(&self, place: usize) -> f64 {
        match &self.cells {
            ValueCells::F32(cells) => f64::from(cells[place]),
            ValueCells::F64(cells) => cells[place],
        }
    }
}

/// Replaces `nodata`, what is infinite and what `mask` leaves out; says whether any cell is "not a
/// number".
#[expect(
    clippy::eq_op,
    reason = "what is no number differs from itself, and so does infinite less infinite"
)]
fn blank<V: Copy + PartialEq + Sub<Output = V>>(
    cells: &mut [V],
    mask: Option<&[bool]>,
    nodata: V,
    nothing: V,
) -> bool {
    if let Some(mask) = mask {
        for (cell, _) in cells.iter_mut().zip(mask).filter(|(_, valid)| !**valid) {
            *cell = nothing;
        }
    }
    let mut gaps = false;
    // Without a branch: many cells at a time.
    for cell in cells {
        let zero = *cell - *cell;
        let known = *cell != nodata && zero == zero;
        *cell = if known { *cell } else { nothing };
        gaps |= !known;
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodata_masked_and_infinite_cells_hold_no_data() {
        let cells = vec![
            1.0,
            -9.0,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            2.0,
            0.0,
        ];
        let mut block = ValueBlock {
            cells: ValueCells::F64(cells),
            nodata: Some(-9.0),
            mask: Some(vec![true, true, true, true, true, false, true]),
        };
        assert!(block.blank());
        let known: Vec<usize> = (0..7).filter(|cell| !block.value(*cell).is_nan()).collect();
        assert_eq!(known, [0, 6]);
        let mut whole = ValueBlock {
            cells: ValueCells::F32(vec![0.0, 3.5]),
            ..ValueBlock::default()
        };
        assert!(!whole.blank());
    }
}
