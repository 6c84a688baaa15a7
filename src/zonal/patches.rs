//! Patches: which cells belong to a group of neighbours that is too small to count.
//!
//! A rule that looks at neighbours makes a class layer of its own, [`KEPT`] or [`TOO_SMALL`], which
//! the pass reads like any other. No labels of the whole raster are needed: a patch below the
//! smallest area has fewer cells than the smallest area has least cells, so it cannot reach from a
//! block past a margin of as many cells. What does reach that far is large enough.

use std::collections::BTreeSet;

use super::reader::{BlockReader, ClassBlock, ClassCells, Damage, Rasters, ReadError, ValueBlock};
use crate::grid::{CellAreas, Grid, UNITS_PER_SQUARE_METRE, Window};
use crate::units::SquareMetres;

/// Code of a cell that is outside all patches, or in one that is large enough.
pub const KEPT: i64 = 0;

/// Code of a cell in a patch that is smaller than the smallest area.
pub const TOO_SMALL: i64 = 1;

/// Widest margin of cells around a block that is read to see whole patches.
pub const WIDEST_MARGIN: u32 = 2048;

/// Which cells touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neighbours {
    /// Cells that share an edge.
    Four,
    /// Cells that share an edge or a corner.
    Eight,
}

impl Neighbours {
    const STEPS: [(i64, i64); 8] = [
        (0, 1),
        (1, 0),
        (0, -1),
        (-1, 0),
        (1, 1),
        (1, -1),
        (-1, -1),
        (-1, 1),
    ];

    fn steps(self) -> &'static [(i64, i64)] {
        match self {
            Self::Four => &Self::STEPS[..4],
            Self::Eight => &Self::STEPS,
        }
    }
}

/// A layer made from a class layer: the patches of some of its classes that are too small.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchLayer {
    /// The class layer, by its place.
    pub of: usize,
    /// Codes that make up patches.
    pub classes: BTreeSet<i64>,
    /// Patches of less are too small.
    pub smallest: SquareMetres,
    /// Which cells touch.
    pub neighbours: Neighbours,
}

/// A smallest area of so many cells that patches cannot be told block by block.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "a patch of {smallest} m2 may be {cells:.0} cells long, expected at most {WIDEST_MARGIN} cells"
)]
pub struct PatchTooLarge {
    /// The smallest area.
    pub smallest: SquareMetres,
    /// How many of the least cells make it up.
    pub cells: f64,
}

/// Rasters with patch layers after their own class layers.
#[derive(Debug)]
pub struct WithPatches<'a, R> {
    inner: &'a R,
    own: usize,
    grid: &'a Grid,
    areas: &'a CellAreas,
    layers: &'a [PatchLayer],
}

impl<'a, R: Rasters> WithPatches<'a, R> {
    /// Adds `layers` after the `own` class layers of `inner`.
    pub fn new(
        inner: &'a R,
        own: usize,
        grid: &'a Grid,
        areas: &'a CellAreas,
        layers: &'a [PatchLayer],
    ) -> Self {
        Self {
            inner,
            own,
            grid,
            areas,
            layers,
        }
    }

    /// How many cells make up a smallest area, at most, where patches of it can be told on a grid.
    ///
    /// # Errors
    ///
    /// Where its cells are so small against the area that the margin around a block passes
    /// [`WIDEST_MARGIN`].
    pub fn cells(
        grid: &Grid,
        areas: &CellAreas,
        smallest: SquareMetres,
    ) -> Result<f64, PatchTooLarge> {
        // The least cell of a grid stands at its corners, on its edges or in its middle lines.
        let rows = [0, grid.height / 2, grid.height.saturating_sub(1)];
        let cols = [0, grid.width / 2, grid.width.saturating_sub(1)];
        let cells = rows
            .iter()
            .flat_map(|row| cols.iter().map(|col| areas.cell(*row, *col)));
        let least = cells.min().unwrap_or(0).max(1) as f64;
        let cells = smallest.value() * UNITS_PER_SQUARE_METRE / least;
        if cells > f64::from(WIDEST_MARGIN) {
            return Err(PatchTooLarge { smallest, cells });
        }
        Ok(cells)
    }
}

impl<'a, R: Rasters> Rasters for WithPatches<'a, R> {
    type Reader = PatchReader<'a, R::Reader>;

    fn reader(&self) -> Result<Self::Reader, ReadError> {
        Ok(PatchReader {
            inner: self.inner.reader()?,
            own: self.own,
            grid: self.grid,
            areas: self.areas,
            layers: self.layers,
            around: ClassBlock::default(),
            state: Vec::new(),
            patch: Vec::new(),
        })
    }
}

/// What one thread reads patch layers with.
#[derive(Debug)]
pub struct PatchReader<'a, B> {
    inner: B,
    own: usize,
    grid: &'a Grid,
    areas: &'a CellAreas,
    layers: &'a [PatchLayer],
    around: ClassBlock,
    state: Vec<State>,
    /// Cells of the patch that is being followed.
    patch: Vec<u32>,
}

/// What is known of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Outside,
    Unseen,
    Seen,
    TooSmall,
}

impl<B: BlockReader> BlockReader for PatchReader<'_, B> {
    fn classes(
        &mut self,
        layer: usize,
        window: Window,
        out: &mut ClassBlock,
    ) -> Result<(), ReadError> {
        match layer.checked_sub(self.own) {
            None => self.inner.classes(layer, window, out),
            Some(patches) => self.patches(patches, window, out),
        }
    }

    fn values(
        &mut self,
        layer: usize,
        window: Window,
        out: &mut ValueBlock,
    ) -> Result<(), ReadError> {
        self.inner.values(layer, window, out)
    }

    fn sound_classes(&mut self, layer: usize, window: Window, out: &mut ClassBlock) -> Vec<Damage> {
        match layer.checked_sub(self.own) {
            None => self.inner.sound_classes(layer, window, out),
            Some(patches) => self.sound_patches(patches, window, out),
        }
    }

    fn sound_values(&mut self, layer: usize, window: Window, out: &mut ValueBlock) -> Vec<Damage> {
        self.inner.sound_values(layer, window, out)
    }
}

impl<B: BlockReader> PatchReader<'_, B> {
    fn patches(
        &mut self,
        layer: usize,
        window: Window,
        out: &mut ClassBlock,
    ) -> Result<(), ReadError> {
        let layers = self.layers;
        let layer = &layers[layer];
        let around = widened(window, self.margin(window, layer), self.grid);
        self.inner.classes(layer.of, around, &mut self.around)?;
        self.tell(layer, window, around, out);
        Ok(())
    }

    /// Tells patches where parts of the class layer cannot be read: within the margin of such a part
    /// a patch may be larger than it looks, so nothing is known there either.
    fn sound_patches(&mut self, layer: usize, window: Window, out: &mut ClassBlock) -> Vec<Damage> {
        let layers = self.layers;
        let layer = &layers[layer];
        let margin = self.margin(window, layer);
        let around = widened(window, margin, self.grid);
        let damage = (self.inner).sound_classes(layer.of, around, &mut self.around);
        self.tell(layer, window, around, out);
        let near = damage.into_iter().filter_map(|damage| {
            let window = widened(damage.window, margin, self.grid).common(window)?;
            Some(Damage { window, ..damage })
        });
        near.collect()
    }

    /// Tells the patches of a window by the classes of it and its margin.
    fn tell(&mut self, layer: &PatchLayer, window: Window, around: Window, out: &mut ClassBlock) {
        let smallest = layer.smallest.value() * UNITS_PER_SQUARE_METRE;
        self.mark(layer);
        self.follow(layer.neighbours, around, smallest);
        let first = (window.row - around.row) as usize * around.cols as usize
            + (window.col - around.col) as usize;
        let codes = (0..window.rows as usize).flat_map(|row| {
            let begin = first + row * around.cols as usize;
            self.state[begin..begin + window.cols as usize]
                .iter()
                .map(|state| u8::from(*state == State::TooSmall))
        });
        let cells = codes.collect();
        *out = ClassBlock {
            cells: ClassCells::U8(cells),
            nodata: None,
            mask: None,
        };
    }

    /// The margin in cells around a window: no patch below the smallest area reaches from inside past
    /// it.
    fn margin(&self, window: Window, layer: &PatchLayer) -> u32 {
        let smallest = layer.smallest.value() * UNITS_PER_SQUARE_METRE;
        let mut margin = 0;
        loop {
            let wide = widened(window, margin, self.grid);
            let least = self.least_cell(wide).max(1) as f64;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the cast saturates, and the margin is bounded"
            )]
            let needed = ((smallest / least).ceil() as u32).min(WIDEST_MARGIN);
            if needed <= margin {
                return margin;
            }
            margin = needed;
        }
    }

    /// The least area of the cells of a window; cells vary so slowly that its border and middle
    /// tell.
    fn least_cell(&self, window: Window) -> u64 {
        let thirds =
            |first: u32, length: u32| [first, first + length / 2, first + length.saturating_sub(1)];
        let rows = thirds(window.row, window.rows);
        let cols = thirds(window.col, window.cols);
        rows.iter()
            .flat_map(|row| cols.iter().map(|col| self.areas.cell(*row, *col)))
            .min()
            .unwrap_or(0)
    }

    /// Marks the cells that make up patches.
    fn mark(&mut self, layer: &PatchLayer) {
        let block = &self.around;
        let state = |place: usize, code: i64| {
            let is_data =
                Some(code) != block.nodata && block.mask.as_ref().is_none_or(|mask| mask[place]);
            if is_data && layer.classes.contains(&code) {
                State::Unseen
            } else {
                State::Outside
            }
        };
        self.state.clear();
        match &block.cells {
            ClassCells::U8(cells) => {
                // One look-up a cell: this runs over every cell of the map.
                let table: Vec<State> = (0..=255)
                    .map(|code| {
                        if layer.classes.contains(&code) && Some(code) != block.nodata {
                            State::Unseen
                        } else {
                            State::Outside
                        }
                    })
                    .collect();
                let look = |cell: &u8| table[usize::from(*cell)];
                match &block.mask {
                    None => self.state.extend(cells.iter().map(look)),
                    Some(mask) => {
                        let masked = cells.iter().zip(mask);
                        self.state.extend(masked.map(|(cell, data)| {
                            if *data { look(cell) } else { State::Outside }
                        }));
                    }
                }
            }
            ClassCells::U16(cells) => extend(&mut self.state, cells, state),
            ClassCells::I16(cells) => extend(&mut self.state, cells, state),
            ClassCells::U32(cells) => extend(&mut self.state, cells, state),
            ClassCells::I32(cells) => extend(&mut self.state, cells, state),
            ClassCells::I64(cells) => extend(&mut self.state, cells, state),
        }
    }

    /// Follows every patch of a window and marks those that are too small.
    fn follow(&mut self, neighbours: Neighbours, window: Window, smallest: f64) {
        let (rows, cols) = (i64::from(window.rows), i64::from(window.cols));
        for start in 0..self.state.len() {
            if self.state[start] != State::Unseen {
                continue;
            }
            self.patch.clear();
            self.patch.push(place(start));
            self.state[start] = State::Seen;
            let mut done = 0;
            let mut area = 0_u128;
            while let Some(cell) = self.patch.get(done).copied() {
                done += 1;
                let (row, col) = (i64::from(cell) / cols, i64::from(cell) % cols);
                if (area as f64) < smallest {
                    let (row, col) = (window.row + place_of(row), window.col + place_of(col));
                    area += u128::from(self.areas.cell(row, col));
                }
                for (down, right) in neighbours.steps() {
                    let (row, col) = (row + down, col + right);
                    if row < 0 || col < 0 || row >= rows || col >= cols {
                        continue;
                    }
                    let next = usize::try_from(row * cols + col).unwrap_or(usize::MAX);
                    if self.state[next] == State::Unseen {
                        self.state[next] = State::Seen;
                        self.patch.push(place(next));
                    }
                }
            }
            if (area as f64) < smallest {
                for cell in &self.patch {
                    self.state[*cell as usize] = State::TooSmall;
                }
            }
        }
    }
}

fn extend<T: Copy + Into<i64>>(
    states: &mut Vec<State>,
    cells: &[T],
    state: impl Fn(usize, i64) -> State,
) {
    states.extend(
        cells
            .iter()
            .enumerate()
            .map(|(place, cell)| state(place, (*cell).into())),
    );
}

/// The place of a cell in its window, as it is kept.
fn place(cell: usize) -> u32 {
    u32::try_from(cell).expect("a window with its margin has fewer than 2^32 cells")
}

fn place_of(place: i64) -> u32 {
    u32::try_from(place).expect("rows and columns of a window fit 32 bits")
}

/// The window and `margin` cells around it, as far as the grid goes.
fn widened(window: Window, margin: u32, grid: &Grid) -> Window {
    let span = |first: u32, length: u32, size: u32| {
        let from = first.saturating_sub(margin);
        let to = (first + length).saturating_add(margin).min(size);
        (from, to - from)
    };
    let (row, rows) = span(window.row, window.rows, grid.height);
    let (col, cols) = span(window.col, window.cols, grid.width);
    Window {
        row,
        col,
        rows,
        cols,
    }
}

#[cfg(test)]
#[path = "patches_tests.rs"]
mod tests;
