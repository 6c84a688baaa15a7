//! Classes at points: what a map says where the truth is known.

use geo::Coord;

use super::points::{by_block, known};
use super::{BlockReader, ClassBlock, ClassCells, Rasters, ReadError};
use crate::grid::Grid;

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
/// A cell that cannot be read.
pub fn classes_at<R: Rasters>(
    grid: &Grid,
    rasters: &R,
    layer: usize,
    points: &[Coord<f64>],
) -> Result<Vec<AtPoint>, ReadError> {
    let of_blocks = by_block(grid, points.iter().map(|at| Some(*at)));
    let mut found = vec![AtPoint::Outside; points.len()];
    let mut reader = rasters.reader()?;
    let mut block = ClassBlock::default();
    for (at, inside) in of_blocks {
        let window = grid.window(at);
        let read = reader.classes(layer, window, &mut block);
        let damage = read.map_or_else(
            |_| reader.sound_classes(layer, window, &mut block),
            |()| Vec::new(),
        );
        for (point, row, col) in inside {
            known(&damage, window.row + row, window.col + col)?;
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
