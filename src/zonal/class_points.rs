//! Classes at points: what a map says where the truth is known.

use std::collections::BTreeMap;

use geo::Coord;

use super::{BlockReader, ClassBlock, ClassCells, Rasters, ReadError};
use crate::grid::{BLOCK, Block, Grid};

/// What a map holds at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtPoint {
    /// The point lies beyond the cells of the run.
    Outside,
    /// The cell holds no data.
    Nodata,
    /// The class of the cell.
    Class(i64),
}

/// The class of the cell that each point lies in, on the class layer `layer`.
///
/// A point on an edge belongs to the cell to its right or below. Every block that holds a point is read
/// once.
///
/// # Errors
///
/// A block that cannot be read.
pub fn classes_at<R: Rasters>(
    grid: &Grid,
    rasters: &R,
    layer: usize,
    points: &[Coord<f64>],
) -> Result<Vec<AtPoint>, ReadError> {
    let mut of_blocks: BTreeMap<Block, Vec<(usize, u32, u32)>> = BTreeMap::new();
    for (point, at) in points.iter().enumerate() {
        if let Some((row, col)) = cell(grid, *at) {
            let block = Block {
                row: row / BLOCK,
                col: col / BLOCK,
            };
            let inside = (point, row % BLOCK, col % BLOCK);
            of_blocks.entry(block).or_default().push(inside);
        }
    }
    let mut found = vec![AtPoint::Outside; points.len()];
    let mut reader = rasters.reader()?;
    let mut block = ClassBlock::default();
    for (at, inside) in of_blocks {
        let window = grid.window(at);
        reader.classes(layer, window, &mut block)?;
        for (point, row, col) in inside {
            let place = row as usize * window.cols as usize + col as usize;
            found[point] = block.at(place);
        }
    }
    Ok(found)
}

impl ClassBlock {
    /// What the cell at a place holds.
    fn at(&self, place: usize) -> AtPoint {
        let code = match &self.cells {
            ClassCells::U8(cells) => i64::from(cells[place]),
            ClassCells::U16(cells) => i64::from(cells[place]),
            ClassCells::I16(cells) => i64::from(cells[place]),
            ClassCells::U32(cells) => i64::from(cells[place]),
            ClassCells::I32(cells) => i64::from(cells[place]),
            ClassCells::I64(cells) => cells[place],
        };
        let masked = self.mask.as_ref().is_some_and(|mask| !mask[place]);
        if masked || self.nodata == Some(code) {
            AtPoint::Nodata
        } else {
            AtPoint::Class(code)
        }
    }
}

/// Row and column of the cell that a point lies in.
fn cell(grid: &Grid, at: Coord<f64>) -> Option<(u32, u32)> {
    let (col, row) = grid.to_cells(at.x, at.y);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked"
    )]
    let within = |place: f64, size: u32| {
        (place >= 0.0 && place < f64::from(size)).then_some(place.floor() as u32)
    };
    Some((within(row, grid.height)?, within(col, grid.width)?))
}
