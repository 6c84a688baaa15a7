//! Amounts by cell on cells of another size: what a cell of the run holds of a value that is the
//! amount of a whole cell of its own raster.

use geo::Coord;

use crate::grid::{Grid, Window};
use crate::input::ground::{ProjectionError, Transformer};
use crate::zonal::{ValueBlock, ValueCells};

/// Cells of the lattice along one side of the grid, at most.
const LATTICE: u32 = 128;

/// How many cells of its own raster a cell of the grid is large, over the grid.
///
/// `amount in a cell of the grid = mean of the values under it · area of the cell / area of an own cell`,
/// with both areas in the coordinate system of the raster, so that what the raster holds is kept: of a
/// raster in the system of the grid exactly, of another to the curvature of its cells. The ratio is
/// known at the nodes of a lattice and taken linearly between them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CellScale {
    /// Ratios, row after row of nodes.
    nodes: Vec<f64>,
    /// Cells of the lattice across and down.
    size: (u32, u32),
    /// Cells of the grid in a cell of the lattice, across and down.
    step: (f64, f64),
}

impl CellScale {
    /// The scale of a raster's own cells on a grid, whose coordinates `to_own` turns into the raster's.
    pub(super) fn new(
        own: &Grid,
        grid: &Grid,
        to_own: &Transformer,
    ) -> Result<Self, ProjectionError> {
        let of_cell = (own.transform.dx * own.transform.dy).abs();
        if to_own.is_identity() {
            let ratio = (grid.transform.dx * grid.transform.dy).abs() / of_cell;
            return Ok(Self {
                nodes: vec![ratio; 4],
                size: (1, 1),
                step: (f64::from(grid.width.max(1)), f64::from(grid.height.max(1))),
            });
        }
        let size = (grid.width.clamp(1, LATTICE), grid.height.clamp(1, LATTICE));
        let step = (
            f64::from(grid.width) / f64::from(size.0),
            f64::from(grid.height) / f64::from(size.1),
        );
        let mut nodes = Vec::new();
        for row in 0..=size.1 {
            for col in 0..=size.0 {
                let at = (f64::from(col) * step.0, f64::from(row) * step.1);
                nodes.push(area_there(grid, at, to_own)? / of_cell);
            }
        }
        Ok(Self { nodes, size, step })
    }

    /// The ratio at the middle of a cell of the grid.
    fn at(&self, row: u32, col: u32) -> f64 {
        let along = |cell: u32, step: f64, size: u32| {
            let place = (f64::from(cell) + 0.5) / step;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a place on the lattice is not negative, and kept within it"
            )]
            let node = (place as u32).min(size - 1);
            (node, place - f64::from(node))
        };
        let (column, x) = along(col, self.step.0, self.size.0);
        let (line, y) = along(row, self.step.1, self.size.1);
        let node = |line: u32, column: u32| {
            self.nodes[line as usize * (self.size.0 as usize + 1) + column as usize]
        };
        let between = |line: u32| node(line, column) * (1.0 - x) + node(line, column + 1) * x;
        between(line) * (1.0 - y) + between(line + 1) * y
    }

    /// Makes amounts of cells of the grid of the means in a block.
    pub(super) fn apply(&self, block: &mut ValueBlock, window: Window) {
        let nodata = block.nodata.take();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::float_cmp,
            reason = "nodata is compared as it is stored, in the precision of the cells"
        )]
        let known: Vec<f64> = match &block.cells {
            ValueCells::F32(cells) => cells
                .iter()
                .map(|x| match nodata {
                    Some(nodata) if *x == nodata as f32 => f64::NAN,
                    _ => f64::from(*x),
                })
                .collect(),
            ValueCells::F64(cells) => cells
                .iter()
                .map(|x| if nodata == Some(*x) { f64::NAN } else { *x })
                .collect(),
        };
        let places = (window.row..window.row + window.rows)
            .flat_map(|row| (window.col..window.col + window.cols).map(move |col| (row, col)));
        let values = known.into_iter().zip(places);
        block.cells = ValueCells::F64(
            values
                .map(|(value, (row, col))| value * self.at(row, col))
                .collect(),
        );
    }
}

/// The area of a cell of the grid about a place, in the raster's own coordinates.
fn area_there(
    grid: &Grid,
    (col, row): (f64, f64),
    to_own: &Transformer,
) -> Result<f64, ProjectionError> {
    let t = grid.transform;
    // The place itself first, so that the corners are told from there: they lose no digits.
    let mut points = [
        (0.0, 0.0),
        (-0.5, -0.5),
        (0.5, -0.5),
        (0.5, 0.5),
        (-0.5, 0.5),
    ]
    .map(|(x, y)| Coord {
        x: t.x0 + (col + x) * t.dx,
        y: t.y0 + (row + y) * t.dy,
    });
    to_own.points(&mut points)?;
    let [middle, corners @ ..] = points;
    let corners = corners.map(|corner| corner - middle);
    let twice: f64 = corners
        .iter()
        .zip(corners.iter().cycle().skip(1))
        .map(|(a, b)| a.x * b.y - b.x * a.y)
        .sum();
    Ok(twice.abs() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::{CellAreas, Crs, Transform};
    use crate::input::Projection;

    fn grid(
        epsg: &str,
        (x0, y0): (f64, f64),
        cell: f64,
        (width, height): (u32, u32),
    ) -> (Grid, Projection) {
        let projection = Projection::parse(epsg).unwrap();
        let crs: Crs = projection.describe().unwrap();
        let transform = Transform {
            x0,
            y0,
            dx: cell,
            dy: -cell,
        };
        let grid = Grid {
            crs,
            transform,
            width,
            height,
        };
        (grid, projection)
    }

    fn scale(own: &(Grid, Projection), run: &(Grid, Projection)) -> CellScale {
        let to_own = Transformer::new(&run.1, &own.1).unwrap();
        CellScale::new(&own.0, &run.0, &to_own).unwrap()
    }

    #[test]
    fn cells_of_one_system_are_told_by_their_size() {
        let run = grid("EPSG:5070", (0.0, 0.0), 100.0, (10, 10));
        for (cell, ratio) in [(50.0, 4.0), (200.0, 0.25), (100.0, 1.0)] {
            let own = grid("EPSG:5070", (0.0, 0.0), cell, (100, 100));
            let found = scale(&own, &run).at(3, 7);
            assert!((found - ratio).abs() < 1e-12, "{cell}: {found}");
        }
    }

    /// A hundredth of a degree at 60 degrees north, and a hectare of an equal-area system: their ratio
    /// is that of their true areas, to the width of a cell.
    #[test]
    fn degrees_are_as_large_as_they_are_there() {
        let run = grid("EPSG:6933", (0.0, 6_350_000.0), 100.0, (400, 400));
        let own = grid("EPSG:4326", (-1.0, 61.0), 0.01, (400, 400));
        let scale = scale(&own, &run);
        let to_own = Transformer::new(&run.1, &own.1).unwrap();
        let areas = CellAreas::geographic(&own.0).unwrap();
        for (row, col) in [(0, 0), (200, 17), (399, 399)] {
            let (x, y) = (
                f64::from(col) * 100.0 + 50.0,
                f64::from(row) * -100.0 - 50.0,
            );
            let mut place = [Coord {
                x,
                y: y + 6_350_000.0,
            }];
            to_own.points(&mut place).unwrap();
            let (_, line) = own.0.to_cells(place[0].x, place[0].y);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a row, and an area that is compared to four digits"
            )]
            let own_area = areas.cell(line as u32, 0) as f64 / f64::from(1 << 30);
            let found = scale.at(row, col) * own_area;
            assert!((found / 1e4 - 1.0).abs() < 2e-4, "{row} {col}: {found}");
        }
    }
}
