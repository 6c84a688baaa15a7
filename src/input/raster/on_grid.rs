//! How a raster lies on the grid of a run.

use std::ops::Range;

use geo::Coord;

use crate::grid::Grid;
use crate::input::ground::Transformer;

/// Points along one side of the lattice that tells whether two rasters touch.
const LATTICE: u32 = 21;

/// A place, in cells, on a grid whose coordinates `transformer` gives; `None` without an image.
pub(super) fn place(
    transformer: &Transformer,
    from: &Grid,
    col: f64,
    row: f64,
    on: &Grid,
) -> Option<[f64; 2]> {
    let t = from.transform;
    let mut point = [Coord {
        x: t.x0 + col * t.dx,
        y: t.y0 + row * t.dy,
    }];
    transformer.points(&mut point).ok()?;
    let (col, row) = on.to_cells(point[0].x, point[0].y);
    Some([col, row])
}

/// Whether a point of the lattice over `from` lies on `on`.
pub(super) fn touches(from: &Grid, transformer: &Transformer, on: &Grid) -> bool {
    let along = |length: u32| {
        (0..LATTICE).map(move |i| f64::from(length) * (f64::from(i) + 0.5) / f64::from(LATTICE))
    };
    along(from.height).any(|row| {
        along(from.width).any(|col| {
            place(transformer, from, col, row, on).is_some_and(|[col, row]| {
                (0.0..=f64::from(on.width)).contains(&col)
                    && (0.0..=f64::from(on.height)).contains(&row)
            })
        })
    })
}

/// The rows and columns of a grid that a raster in the same coordinate system lies under.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "cut to the grid"
)]
pub(super) fn under(own: &Grid, grid: &Grid) -> [Range<u32>; 2] {
    /// How near to a border between cells is at it, in cells.
    const AT_BORDER: f64 = 1e-6;
    let [x0, y0, x1, y1] = own.extent();
    let (a, b) = (grid.to_cells(x0, y0), grid.to_cells(x1, y1));
    let span = |a: f64, b: f64, size: u32| {
        let (low, high) = (a.min(b) + AT_BORDER, a.max(b) - AT_BORDER);
        let at = |place: f64| place.clamp(0.0, f64::from(size)) as u32;
        at(low.floor())..at(high.ceil())
    };
    [span(a.1, b.1, grid.height), span(a.0, b.0, grid.width)]
}

/// About how many cells of `own` a cell of the grid is wide, at its middle.
pub(super) fn drawn_per_cell(grid: &Grid, to_own: &Transformer, own: &Grid) -> f64 {
    let (col, row) = (f64::from(grid.width) / 2.0, f64::from(grid.height) / 2.0);
    let at = |dx: f64, dy: f64| place(to_own, grid, col + dx, row + dy, own);
    let spans = [
        at(-0.5, 0.0).zip(at(0.5, 0.0)),
        at(0.0, -0.5).zip(at(0.0, 0.5)),
    ];
    spans
        .into_iter()
        .flatten()
        .map(|(a, b)| (a[0] - b[0]).abs().max((a[1] - b[1]).abs()))
        .fold(1.0, f64::max)
}
