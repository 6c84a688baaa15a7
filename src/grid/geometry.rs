//! Cells, windows and the fixed compute blocks.

use std::borrow::Cow;

use geo::{Area, BoundingRect, MultiPolygon, Polygon, Translate, Winding};

use super::{Crs, CrsKind, clip_to_extent};

/// Edge of a compute block, in cells.
///
/// The compute grid is part of the definition of a result: blocks are 512 × 512 cells counted from
/// the raster's origin, whatever the blocks of the file are.
pub const BLOCK: u32 = 512;

/// Degrees of a circle of latitude.
const CIRCLE: f64 = 360.0;

/// North-up placement of a grid: `x = x0 + col · dx`, `y = y0 + row · dy`.
///
/// `dy` is negative for a raster whose first row is the northernmost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transform {
    /// x of the outer edge of the first column.
    pub x0: f64,
    /// y of the outer edge of the first row.
    pub y0: f64,
    /// Width of a cell; positive.
    pub dx: f64,
    /// Height of a cell with its sign; never zero.
    pub dy: f64,
}

/// A rectangle of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// First row, from 0.
    pub row: u32,
    /// First column, from 0.
    pub col: u32,
    /// Number of rows.
    pub rows: u32,
    /// Number of columns.
    pub cols: u32,
}

impl Window {
    /// Number of cells.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.rows as usize * self.cols as usize
    }

    /// Whether a cell is one of these.
    #[must_use]
    pub fn holds(&self, row: u32, col: u32) -> bool {
        (self.row..self.row + self.rows).contains(&row)
            && (self.col..self.col + self.cols).contains(&col)
    }

    /// The cells that two windows share.
    #[must_use]
    pub fn common(self, other: Self) -> Option<Self> {
        let span = |a: (u32, u32), b: (u32, u32)| {
            let (from, to) = (a.0.max(b.0), (a.0 + a.1).min(b.0 + b.1));
            (from < to).then(|| (from, to - from))
        };
        let (row, rows) = span((self.row, self.rows), (other.row, other.rows))?;
        let (col, cols) = span((self.col, self.cols), (other.col, other.cols))?;
        Some(Self {
            row,
            col,
            rows,
            cols,
        })
    }
}

/// Place of a compute block, counted in blocks from the raster's origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Block {
    /// Block row, from 0.
    pub row: u32,
    /// Block column, from 0.
    pub col: u32,
}

/// The cells that a run computes on.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Coordinate system of the cells.
    pub crs: Crs,
    /// Placement of the cells.
    pub transform: Transform,
    /// Number of columns.
    pub width: u32,
    /// Number of rows.
    pub height: u32,
}

impl Grid {
    /// Block rows and block columns.
    #[must_use]
    pub fn blocks(&self) -> (u32, u32) {
        (self.height.div_ceil(BLOCK), self.width.div_ceil(BLOCK))
    }

    /// The cells of a block; blocks at the right and lower edge are smaller.
    #[must_use]
    pub fn window(&self, block: Block) -> Window {
        let (row, col) = (block.row * BLOCK, block.col * BLOCK);
        Window {
            row,
            col,
            rows: BLOCK.min(self.height - row),
            cols: BLOCK.min(self.width - col),
        }
    }

    /// Column and row, as real numbers from the outer corner of the first cell, of a point in the
    /// coordinates of the grid.
    #[must_use]
    pub fn to_cells(&self, x: f64, y: f64) -> (f64, f64) {
        let t = self.transform;
        ((x - t.x0) / t.dx, (y - t.y0) / t.dy)
    }

    /// A shape where the grid has it: in longitude and latitude each polygon is turned by a whole
    /// circle to wherever it meets the grid, since 181 degrees east are 179 degrees west. Elsewhere
    /// it stays as it is.
    #[must_use]
    pub fn turned<'a>(&self, shape: &'a MultiPolygon<f64>) -> Cow<'a, MultiPolygon<f64>> {
        let [west, _, beyond, _] = self.extent();
        // Columns beyond a whole circle show the same land once more.
        let east = beyond.min(west + CIRCLE);
        let hair = self.transform.dx.abs() / 2.0;
        let is_inside = |polygon: &Polygon<f64>| {
            let span = polygon.bounding_rect();
            span.is_none_or(|span| span.min().x >= west && span.max().x <= east)
        };
        if self.crs.kind != CrsKind::Geographic || shape.iter().all(is_inside) {
            return Cow::Borrowed(shape);
        }
        let turned = shape.iter().flat_map(|polygon| {
            [0.0, -CIRCLE, CIRCLE].into_iter().filter_map(move |turn| {
                let span = polygon.bounding_rect()?;
                let (from, to) = (span.min().x + turn, span.max().x + turn);
                let meets = to.min(east) - from.max(west) > hair;
                (turn == 0.0 || meets).then(|| polygon.translate(turn, 0.0))
            })
        });
        let turned: MultiPolygon<f64> = turned.collect();
        Cow::Owned(if east < beyond {
            clip_to_extent(&turned, [west, f64::MIN, east, f64::MAX])
        } else {
            turned
        })
    }

    /// A longitude where the grid has it, as [`Self::turned`] has shapes.
    #[must_use]
    pub fn turned_longitude(&self, x: f64) -> f64 {
        let [west, _, east, _] = self.extent();
        if self.crs.kind != CrsKind::Geographic || (west..=east).contains(&x) {
            return x;
        }
        west + (x - west).rem_euclid(CIRCLE)
    }

    /// Extent in the coordinates of the grid: least x, least y, greatest x, greatest y.
    #[must_use]
    pub fn extent(&self) -> [f64; 4] {
        let t = self.transform;
        let (x1, y1) = (
            t.x0 + f64::from(self.width) * t.dx,
            t.y0 + f64::from(self.height) * t.dy,
        );
        [t.x0.min(x1), t.y0.min(y1), t.x0.max(x1), t.y0.max(y1)]
    }
}

/// Area of a shape in the plane, in square units of its coordinates: what its outer rings enclose
/// less what its holes do.
///
/// An overlay may give a hole to another of its polygons than the one that holds it, where they
/// touch; the sum over all polygons is the same then, and some of them count below zero.
#[must_use]
pub fn plane_area(shape: &MultiPolygon<f64>) -> f64 {
    let polygons = shape.iter().map(|polygon| {
        let area = polygon.signed_area();
        if polygon.exterior().is_cw() {
            -area
        } else {
            area
        }
    });
    polygons.sum::<f64>().max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_counts_below_zero_whichever_polygon_has_it() {
        let square = |at: f64, side: f64| {
            let (from, to) = (at, at + side);
            geo::LineString::from(vec![
                (from, from),
                (from, to),
                (to, to),
                (to, from),
                (from, from),
            ])
        };
        let misplaced = MultiPolygon::new(vec![
            geo::Polygon::new(square(0.0, 10.0), vec![]),
            geo::Polygon::new(square(20.0, 1.0), vec![square(2.0, 5.0)]),
        ]);
        assert!((plane_area(&misplaced) - 76.0).abs() < 1e-9);
    }
}
