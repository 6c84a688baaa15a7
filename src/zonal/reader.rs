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

/// A part of a window of a layer that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Its cells, of those of the grid.
    pub window: Window,
    /// Why.
    pub error: ReadError,
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

    /// Reads what can be read of a window that [`Self::classes`] could not read, and gives the parts
    /// that cannot; their cells hold no data. A reader that cannot tell parts gives the whole window.
    fn sound_classes(&mut self, layer: usize, window: Window, out: &mut ClassBlock) -> Vec<Damage> {
        let read = self.classes(layer, window, out);
        read.err().map_or_else(Vec::new, |error| {
            *out = ClassBlock::without_data(window);
            vec![Damage { window, error }]
        })
    }

    /// Reads what can be read of a window that [`Self::values`] could not read, as
    /// [`Self::sound_classes`] does.
    fn sound_values(&mut self, layer: usize, window: Window, out: &mut ValueBlock) -> Vec<Damage> {
        let read = self.values(layer, window, out);
        read.err().map_or_else(Vec::new, |error| {
            *out = ValueBlock::without_data(window);
            vec![Damage { window, error }]
        })
    }
}

/// Puts the rows of a part of a window in their place in it.
fn put<T: Copy + Default>(cells: &mut Vec<T>, window: Window, part: Window, of_part: &[T]) {
    cells.resize(window.cells(), T::default());
    let cols = window.cols as usize;
    let first = (part.row - window.row) as usize * cols + (part.col - window.col) as usize;
    let rows = of_part.chunks_exact(part.cols.max(1) as usize);
    for (row, of_part) in rows.enumerate() {
        let to = first + row * cols;
        cells[to..to + of_part.len()].copy_from_slice(of_part);
    }
}

/// Which cells of a window hold data, once a part of it is there, all of it or as its mask says.
fn unmask(mask: &mut Option<Vec<bool>>, window: Window, part: Window, of_part: Option<&[bool]>) {
    let mask = mask.get_or_insert_with(|| vec![false; window.cells()]);
    match of_part {
        Some(of_part) => put(mask, window, part, of_part),
        None => put(mask, window, part, &vec![true; part.cells()]),
    }
}

/// The same for a part that holds none.
fn hide(mask: &mut Option<Vec<bool>>, window: Window, part: Window) {
    unmask(mask, window, part, Some(&vec![false; part.cells()]));
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
    /// A window of which nothing is known.
    #[must_use]
    pub fn without_data(window: Window) -> Self {
        Self {
            cells: ClassCells::U8(vec![0; window.cells()]),
            nodata: None,
            mask: Some(vec![false; window.cells()]),
        }
    }

    /// Puts the cells of a part in their place in the window that this block is of. The parts of a
    /// window hold codes of one type.
    pub fn put(&mut self, window: Window, part: Window, of_part: &Self) {
        macro_rules! put_as {
            ($($kind:ident),*) => {
                match (&mut self.cells, &of_part.cells) {
                    $((ClassCells::$kind(cells), ClassCells::$kind(of_part)) => {
                        put(cells, window, part, of_part);
                    })*
                    // The first part says which type it is.
                    $((cells, ClassCells::$kind(of_part)) => {
                        let mut of_kind = Vec::new();
                        put(&mut of_kind, window, part, of_part);
                        *cells = ClassCells::$kind(of_kind);
                    })*
                }
            };
        }
        put_as!(U8, U16, I16, U32, I32, I64);
        self.nodata = of_part.nodata;
        unmask(&mut self.mask, window, part, of_part.mask.as_deref());
    }

    /// Takes the data of a part out of the window that this block is of.
    pub fn hide(&mut self, window: Window, part: Window) {
        hide(&mut self.mask, window, part);
    }

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
    /// A window of which nothing is known.
    #[must_use]
    pub fn without_data(window: Window) -> Self {
        Self {
            cells: ValueCells::F32(vec![f32::NAN; window.cells()]),
            nodata: None,
            mask: Some(vec![false; window.cells()]),
        }
    }

    /// Puts the cells of a part in their place in the window that this block is of. The parts of a
    /// window hold values of one precision.
    pub fn put(&mut self, window: Window, part: Window, of_part: &Self) {
        match (&mut self.cells, &of_part.cells) {
            (ValueCells::F32(cells), ValueCells::F32(of_part)) => put(cells, window, part, of_part),
            (ValueCells::F64(cells), ValueCells::F64(of_part)) => put(cells, window, part, of_part),
            (cells, ValueCells::F32(of_part)) => {
                let mut singles = Vec::new();
                put(&mut singles, window, part, of_part);
                *cells = ValueCells::F32(singles);
            }
            (cells, ValueCells::F64(of_part)) => {
                let mut doubles = Vec::new();
                put(&mut doubles, window, part, of_part);
                *cells = ValueCells::F64(doubles);
            }
        }
        self.nodata = of_part.nodata;
        unmask(&mut self.mask, window, part, of_part.mask.as_deref());
    }

    /// Takes the data of a part out of the window that this block is of.
    pub fn hide(&mut self, window: Window, part: Window) {
        hide(&mut self.mask, window, part);
    }

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
