//! Areas of cells that vary along rows and columns.

use super::block_area::{BlockAreas, PIECE, Piece};
use super::cell_area::{AreaError, UNITS_PER_SQUARE_METRE, units};
use super::surface::{Column, Surface};
use super::{BLOCK, Grid, Window};

/// Areas that vary along rows and columns.
///
/// Within a segment of a band of rows the area is a quadratic in the column. Pieces of it have whole
/// numbers for their middle, slope and bend: every cell has one area, however it is reached. The slope
/// and the bend of a piece are off by half a unit of 2⁻³⁰ m² at most, which its middle makes up for on
/// the whole: cells of 10 m are off by 5e-10 of their area at most, cells of 1 m by 1e-8, pieces by
/// nothing that counts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Curved {
    surface: Surface,
    /// Area of a cell at scale 1, in units of 2⁻³⁰ m².
    cell: f64,
    /// Cells of a segment: a power of two, at most a block and at most a patch of the surface.
    segment: u32,
    /// Rows of a band, which have the areas of its middle: a power of two, at most [`BAND`].
    band: u32,
    width: u32,
    height: u32,
}

/// The areas along a segment, `a + b k + c k²` for its `k`-th cell, in units of 2⁻³⁰ m².
#[derive(Debug, Clone, Copy)]
struct Curve([f64; 3]);

/// Largest relative error of a quadratic along a segment.
const SEGMENT_TOLERANCE: f64 = 2e-10;

/// Largest relative error of the areas of a band in its first and last rows, that of the quadratics
/// included.
const BAND_TOLERANCE: f64 = 7e-10;

/// Most rows of a band.
const BAND: u32 = 16;

/// The nearest whole number to one between −2⁶³ and 2⁶³, the even one of two.
#[inline]
#[expect(
    clippy::cast_possible_truncation,
    reason = "areas are checked to stay below 2^62, and the cast saturates"
)]
fn nearest(value: f64) -> i64 {
    whole(value) as i64
}

/// The nearest whole number, the even one of two: beyond 2⁵² there are no others, so that adding as
/// much rounds. Few processors are asked for a step that rounds, and a call costs more.
#[inline]
fn whole(value: f64) -> f64 {
    const BEYOND: f64 = 1.5 * 4_503_599_627_370_496.0;
    if value.abs() < BEYOND / 3.0 {
        (value + BEYOND) - BEYOND
    } else {
        value.round_ties_even()
    }
}

impl Curve {
    /// The quadratic through the areas of the first, the middle and the last (`last`-th) cell.
    fn through(areas: [f64; 3], last: u32) -> Self {
        if last == 0 {
            return Self([areas[0], 0.0, 0.0]);
        }
        let h = f64::from(last);
        let (whole, halves) = (areas[2] - areas[0], areas[1] - areas[0]);
        Self([
            areas[0],
            (4.0 * halves - whole) / h,
            2.0 * (whole - 2.0 * halves) / (h * h),
        ])
    }

    #[inline]
    fn value(&self, k: f64) -> f64 {
        let [a, b, c] = self.0;
        a + k * (b + k * c)
    }

    /// The areas of `cells` cells of the segment, from one on, in whole numbers.
    #[inline]
    fn piece(&self, from: u32, cells: u32) -> Piece {
        let half = f64::from(cells / 2);
        let place = f64::from(from) + half;
        let [_, b, c] = self.0;
        // k² = k(k − 1) + k.
        let (slope, bend) = (b + (2.0 * place + 1.0) * c, 2.0 * c);
        let [whole_slope, whole_bend] = [slope, bend].map(whole);
        // The means of k and of k(k − 1)/2 over the piece, by which its middle makes up for the rest.
        let (mean, mean_bend) = if cells > 1 {
            (-0.5, (half * half + 2.0) / 6.0)
        } else {
            (0.0, 0.0)
        };
        let rest = (slope - whole_slope) * mean + (bend - whole_bend) * mean_bend;
        Piece {
            middle: nearest(self.value(place) + rest),
            slope: nearest(whole_slope),
            bend: nearest(whole_bend),
        }
    }
}

impl Curved {
    pub(super) fn new(grid: &Grid, plane: f64, surface: Surface) -> Result<Self, AreaError> {
        let (least, greatest) = surface.range();
        units(0, least * plane)?;
        units(0, greatest * plane * 4.0)?;
        let mut curved = Self {
            segment: surface.side().min(BLOCK),
            band: 1,
            width: grid.width,
            height: grid.height,
            surface,
            cell: plane * UNITS_PER_SQUARE_METRE,
        };
        while curved.segment > 1 && !curved.keeps_to_surface(SEGMENT_TOLERANCE) {
            curved.segment /= 2;
        }
        curved.band = BAND;
        while curved.band > 1 && !curved.keeps_to_surface(BAND_TOLERANCE) {
            curved.band /= 2;
        }
        Ok(curved)
    }

    /// Whether quadratics over segments keep to the surface, in some rows of every patch: the first
    /// and the last of bands.
    fn keeps_to_surface(&self, tolerance: f64) -> bool {
        let bands = (0..self.height)
            .step_by((self.surface.side() / 2) as usize)
            .chain([self.height - 1]);
        bands.into_iter().all(|row| {
            let rows = self.rows(row);
            (0..self.width).step_by(self.segment as usize).all(|begin| {
                let curve = self.curve(&self.nodes(row, begin), row, begin);
                [0.2, 0.8].iter().all(|share| {
                    let offset = share * f64::from(self.last(begin));
                    let place = f64::from(begin) + 0.5 + offset;
                    let column = self.surface.column(row, begin, place);
                    let found = curve.value(offset);
                    rows.iter().all(|row| {
                        let truth = self.surface.at(&column, *row, begin) * self.cell;
                        (found / truth - 1.0).abs() <= tolerance
                    })
                })
            })
        })
    }

    /// The first and the last row of the band that holds a row.
    fn rows(&self, row: u32) -> [u32; 2] {
        let first = row / self.band * self.band;
        [first, (first + self.band).min(self.height) - 1]
    }

    /// The last cell of the segment that begins at a column, counted from its first.
    fn last(&self, begin: u32) -> u32 {
        self.segment.min(self.width - begin) - 1
    }

    /// The scale along the first, middle and last column of a segment.
    fn nodes(&self, row: u32, begin: u32) -> [Column; 3] {
        let last = f64::from(self.last(begin));
        [0.0, last / 2.0, last].map(|offset| {
            self.surface
                .column(row, begin, f64::from(begin) + 0.5 + offset)
        })
    }

    /// The areas of a segment in the middle of the band that holds a row.
    fn curve(&self, nodes: &[Column; 3], row: u32, begin: u32) -> Curve {
        let [first, last] = self.rows(row).map(f64::from);
        let middle = f64::midpoint(first, last) + 0.5;
        let areas = [0, 1, 2]
            .map(|node| self.surface.between(&nodes[node], row, begin, middle) * self.cell);
        Curve::through(areas, self.last(begin))
    }

    /// What no area exceeds: the scale was met at some places only.
    fn bound(&self) -> f64 {
        self.surface.range().1 * self.cell * 4.0
    }

    /// Columns of a piece: a power of two, as those of a segment.
    fn piece(&self) -> u32 {
        self.segment.min(u32::try_from(PIECE).unwrap_or(u32::MAX))
    }

    /// The area of one cell.
    pub(super) fn area(&self, row: u32, col: u32) -> u64 {
        let begin = col / self.segment * self.segment;
        let curve = self.curve(&self.nodes(row, begin), row, begin);
        let (place, piece) = (col - begin, self.piece());
        let from = place / piece * piece;
        let half = i64::from(piece / 2);
        (curve.piece(from, piece)).area(i64::from(place - from) - half)
    }

    pub(super) fn block(&self, window: Window, out: &mut BlockAreas) {
        let segments = (0..window.cols).step_by(self.segment as usize);
        let begins: Vec<u32> = segments.map(|begin| window.col + begin).collect();
        let mut nodes: Vec<[Column; 3]> = Vec::new();
        let (size, piece) = ([window.rows, window.cols], self.piece());
        let bound = nearest(self.bound()).cast_unsigned();
        out.set_bands(size, [self.band, piece], bound, |band, pieces| {
            let row = window.row + band * self.band;
            // A column of the surface serves all rows of a patch.
            if nodes.is_empty() || row.is_multiple_of(self.surface.side()) {
                nodes = begins.iter().map(|begin| self.nodes(row, *begin)).collect();
            }
            for (begin, nodes) in begins.iter().zip(&nodes) {
                let curve = self.curve(nodes, row, *begin);
                let cells = self.segment.min(window.col + window.cols - begin);
                let froms = (0..cells).step_by(piece as usize);
                pieces.extend(froms.map(|from| curve.piece(from, piece)));
            }
        });
    }
}
