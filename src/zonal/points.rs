//! Values of layers at points: what wall-to-wall layers say where the plots lie.

use std::collections::BTreeMap;

use geo::Coord;

use super::{BlockReader, Damage, Rasters, ReadError, ValueBlock};
use crate::grid::{BLOCK, Block, Grid};

/// The value of the cell that each point lies in, one list a value layer, in the order of `points`.
///
/// `None` outside the grid, where the layer has no data, and for a point that has no place. Every block
/// that holds a point is read once for each layer.
///
/// # Errors
///
/// A cell that cannot be read.
pub fn values_at<R: Rasters>(
    grid: &Grid,
    rasters: &R,
    layers: usize,
    points: &[Option<Coord<f64>>],
) -> Result<Vec<Vec<Option<f64>>>, ReadError> {
    let of_blocks = by_block(grid, points.iter().copied());
    let mut reader = rasters.reader()?;
    let mut values = vec![vec![None; points.len()]; layers];
    let mut block = ValueBlock::default();
    for (at, inside) in of_blocks {
        let window = grid.window(at);
        for (layer, values) in values.iter_mut().enumerate() {
            let read = reader.values(layer, window, &mut block);
            let damage = read.map_or_else(
                |_| reader.sound_values(layer, window, &mut block),
                |()| Vec::new(),
            );
            block.blank();
            for (point, row, col) in &inside {
                known(&damage, window.row + row, window.col + col)?;
                let place = *row as usize * window.cols as usize + *col as usize;
                values[*point] = Some(block.value(place)).filter(|value| value.is_finite());
            }
        }
    }
    Ok(values)
}

/// Refuses a cell that could not be read.
pub(super) fn known(damage: &[Damage], row: u32, col: u32) -> Result<(), ReadError> {
    let lost = damage.iter().find(|damage| damage.window.holds(row, col));
    lost.map_or(Ok(()), |lost| Err(lost.error.clone()))
}

/// The points of each block: position, row and column in the block.
pub(super) fn by_block(
    grid: &Grid,
    points: impl Iterator<Item = Option<Coord<f64>>>,
) -> BTreeMap<Block, Vec<(usize, u32, u32)>> {
    let mut of_blocks: BTreeMap<Block, Vec<(usize, u32, u32)>> = BTreeMap::new();
    for (point, at) in points.enumerate() {
        if let Some((row, col)) = at.and_then(|at| cell(grid, at)) {
            let block = Block {
                row: row / BLOCK,
                col: col / BLOCK,
            };
            let of_block = of_blocks.entry(block).or_default();
            of_block.push((point, row % BLOCK, col % BLOCK));
        }
    }
    of_blocks
}

/// Row and column of the cell that holds a point; a point on an edge belongs to the cell to its right
/// or below, and on the right or lower edge of the grid to its last cell.
fn cell(grid: &Grid, at: Coord<f64>) -> Option<(u32, u32)> {
    let (col, row) = grid.to_cells(grid.turned_longitude(at.x), at.y);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked"
    )]
    let within = |place: f64, size: u32| {
        (place >= 0.0 && place <= f64::from(size)).then(|| (place.floor() as u32).min(size - 1))
    };
    Some((within(row, grid.height)?, within(col, grid.width)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::{Crs, CrsKind, Ellipsoid, Transform, Window};
    use crate::zonal::{ClassBlock, ValueCells};

    /// Cells that hold their row times 1000 and their column; the first has no data.
    struct Counted;

    impl Rasters for Counted {
        type Reader = Counted;

        fn reader(&self) -> Result<Counted, ReadError> {
            Ok(Counted)
        }
    }

    impl BlockReader for Counted {
        fn classes(&mut self, _: usize, _: Window, _: &mut ClassBlock) -> Result<(), ReadError> {
            Err(ReadError::new("no classes"))
        }

        fn values(&mut self, _: usize, w: Window, out: &mut ValueBlock) -> Result<(), ReadError> {
            let rows = w.row..w.row + w.rows;
            let cells = rows.flat_map(|row| {
                (w.col..w.col + w.cols).map(move |col| f64::from(row * 1000 + col))
            });
            out.cells = ValueCells::F64(cells.collect());
            out.nodata = Some(0.0);
            Ok(())
        }
    }

    #[test]
    fn each_point_has_the_value_of_its_cell() {
        let grid = Grid {
            crs: Crs {
                authority: None,
                name: "test".to_owned(),
                wkt: String::new(),
                kind: CrsKind::Projected {
                    metres_per_unit: 1.0,
                },
                ellipsoid: Ellipsoid::WGS84,
            },
            transform: Transform {
                x0: 100.0,
                y0: 900.0,
                dx: 10.0,
                dy: -10.0,
            },
            width: 700,
            height: 600,
        };
        let at = |x, y| Some(Coord { x, y });
        let points = [
            at(100.0 + 6000.0 + 5.0, 900.0 - 5200.0 - 5.0),
            at(110.0, 900.0),
            at(100.0, 900.0),
            at(99.9, 900.0),
            at(100.0 + 7000.1, 900.0),
            None,
            // The outer edges to the right and below are of the last cells.
            at(100.0 + 7000.0, 900.0 - 6000.0),
        ];
        let found = values_at(&grid, &Counted, 1, &points).unwrap();
        assert_eq!(
            found,
            [[
                Some(520_600.0),
                Some(1.0),
                None,
                None,
                None,
                None,
                Some(599_699.0)
            ]]
        );
    }
}
