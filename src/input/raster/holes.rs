//! A raster that is warped, without its damaged parts.
//!
//! How GDAL warps a cell depends on the block that it is warped in, by little: it takes places between
//! some that it transforms as lying on a line. So a block with damage is not warped in smaller parts.
//! It is warped as a whole from a virtual raster that leaves out what cannot be read, and the cells
//! that draw on what is left out are damaged.

use std::fmt::Write as _;

use geo::Coord;

use super::on_grid::place;
use super::opened::{Layer, OpenRaster};
use super::warp::{Warp, escaped};
use crate::grid::{Grid, Window};
use crate::input::ground::{Projection, ProjectionError, Transformer};
use crate::plan::ResamplingKey;
use crate::zonal::Damage;

/// Points along a side of a block by which its place on the source is told; GDAL takes as many.
const SAMPLES: u32 = 21;

/// What GDAL may read around that place: cells, and a share of its length.
const AROUND: (f64, f64) = (12.0, 0.02);

/// How much nearer than the rule says a cell may come to damage without drawing on it, in cells of the
/// source: the warper's places stray less.
const MARGIN: f64 = 1.0;

/// How a grid lies on the raster that is warped to it.
pub(super) struct Drawing<'a, T> {
    warp: &'a Warp<T>,
    grid: &'a Grid,
    to_own: Transformer,
}

impl<'a, T> Drawing<'a, T> {
    pub(super) fn new(warp: &'a Warp<T>, grid: &'a Grid) -> Result<Self, ProjectionError> {
        let of = |grid: &Grid| Projection::parse(&grid.crs.wkt);
        let to_own = Transformer::new(&of(grid)?, &of(&warp.source.grid)?)?;
        Ok(Self { warp, grid, to_own })
    }

    /// The cells that the blocks under a window draw on, and some around them; `None` where there are
    /// none.
    pub(super) fn drawn(&self, window: Window) -> Option<Window> {
        let own = &self.warp.source.grid;
        let block = self.warp.blocks(self.grid, window);
        let [left, top, right, bottom] = self.image(block)?;
        let (across, down) = ratio([left, top, right, bottom], block);
        let span = |from: f64, to: f64, ratio: f64, size: u32| {
            let around = AROUND.0 + AROUND.1 * (to - from) + 2.0 * ratio;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "cut to the raster"
            )]
            let at = |place: f64| place.clamp(0.0, f64::from(size)) as u32;
            let (from, to) = (at((from - around).floor()), at((to + around).ceil()));
            (from < to).then_some((from, to - from))
        };
        let (col, cols) = span(left, right, across, own.width)?;
        let (row, rows) = span(top, bottom, down, own.height)?;
        Some(Window {
            row,
            col,
            rows,
            cols,
        })
    }

    /// Where a block of the grid lies on the source, in cells: left, top, right, bottom.
    fn image(&self, block: Window) -> Option<[f64; 4]> {
        let own = &self.warp.source.grid;
        let along = |first: u32, length: u32| {
            (0..SAMPLES).map(move |i| {
                f64::from(first) + f64::from(length) * f64::from(i) / f64::from(SAMPLES - 1)
            })
        };
        let places = along(block.row, block.rows).flat_map(|row| {
            along(block.col, block.cols)
                .filter_map(move |col| place(&self.to_own, self.grid, col, row, own))
        });
        places.fold(None, |image, [x, y]| {
            let [left, top, right, bottom] = image.unwrap_or([x, y, x, y]);
            Some([left.min(x), top.min(y), right.max(x), bottom.max(y)])
        })
    }

    /// The cells of a part of a block that draw on what is damaged of the source.
    pub(super) fn reached(&self, part: Window, holes: &[Damage]) -> Vec<Damage> {
        let block = self.warp.blocks(self.grid, part);
        let of_block = (self.image(block)).map_or((1.0, 1.0), |image| ratio(image, block));
        let mut reached: Vec<Damage> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let mut above = self.corners(part, part.row);
        for row in part.row..part.row + part.rows {
            let below = self.corners(part, row + 1);
            let hit: Vec<Option<usize>> = (above.windows(2).zip(below.windows(2)))
                .map(|(above, below)| {
                    let corners = [above[0], above[1], below[0], below[1]];
                    hole_of(&corners, self.warp.resampling, of_block, holes)
                })
                .collect();
            let mut col = part.col;
            let mut next = Vec::new();
            for run in hit.chunk_by(|a, b| a == b) {
                let cols = u32::try_from(run.len()).expect("no longer than a row");
                if let Some(hole) = run[0] {
                    let error = &holes[hole].error;
                    let goes_on = open.iter().copied().find(|place| {
                        let Damage { window, error: of } = &reached[*place];
                        (window.col, window.cols) == (col, cols) && of == error
                    });
                    next.push(goes_on.unwrap_or(reached.len()));
                    match goes_on {
                        Some(place) => reached[place].window.rows += 1,
                        None => reached.push(Damage {
                            window: Window {
                                row,
                                col,
                                rows: 1,
                                cols,
                            },
                            error: error.clone(),
                        }),
                    }
                }
                col += cols;
            }
            (open, above) = (next, below);
        }
        reached
    }

    /// Corners of cells along a line of the grid, in cells of the source.
    fn corners(&self, part: Window, row: u32) -> Vec<Option<[f64; 2]>> {
        let own = &self.warp.source.grid;
        let t = self.grid.transform;
        let columns = part.col..=part.col + part.cols;
        let mut line: Vec<Coord> = (columns.clone())
            .map(|col| Coord {
                x: t.x0 + f64::from(col) * t.dx,
                y: t.y0 + f64::from(row) * t.dy,
            })
            .collect();
        if self.to_own.points(&mut line).is_ok() {
            let on_own = |point: Coord| <[f64; 2]>::from(own.to_cells(point.x, point.y));
            return line.into_iter().map(|point| Some(on_own(point))).collect();
        }
        columns
            .map(|col| place(&self.to_own, self.grid, f64::from(col), f64::from(row), own))
            .collect()
    }
}

/// How many cells of the source lie under one of a block, across and down.
fn ratio([left, top, right, bottom]: [f64; 4], block: Window) -> (f64, f64) {
    (
        (right - left) / f64::from(block.cols.max(1)),
        (bottom - top) / f64::from(block.rows.max(1)),
    )
}

/// The first of the holes that a cell draws on, by its corners on the source. One without a place there
/// may draw on any.
fn hole_of(
    corners: &[Option<[f64; 2]>; 4],
    rule: ResamplingKey,
    ratio: (f64, f64),
    holes: &[Damage],
) -> Option<usize> {
    let mut span = [(f64::INFINITY, f64::NEG_INFINITY); 2];
    for corner in corners {
        let Some(corner) = corner else {
            return (!holes.is_empty()).then_some(0);
        };
        for ((low, high), place) in span.iter_mut().zip(corner) {
            (*low, *high) = (low.min(*place), high.max(*place));
        }
    }
    let [across, down] = [(span[0], ratio.0), (span[1], ratio.1)].map(|((low, high), ratio)| {
        let (middle, half) = (f64::midpoint(low, high), (high - low) / 2.0);
        let reach = match rule {
            ResamplingKey::Nearest => 0.0,
            ResamplingKey::Mode | ResamplingKey::Average => half,
            ResamplingKey::Bilinear => (2.0 * half).max(ratio).max(1.0),
        };
        (middle - reach - MARGIN, middle + reach + MARGIN)
    });
    let meets = |(low, high): (f64, f64), first: u32, length: u32| {
        low < f64::from(first) + f64::from(length) && high > f64::from(first)
    };
    holes.iter().position(|Damage { window, .. }| {
        meets(across, window.col, window.cols) && meets(down, window.row, window.rows)
    })
}

impl<T: Layer> OpenRaster<T> {
    /// The raster without some of its cells, as a virtual raster of the same bands.
    pub(super) fn without(&self, holes: &[Damage]) -> String {
        let raster = &self.raster;
        let mut pieces = vec![Window {
            row: 0,
            col: 0,
            rows: raster.grid.height,
            cols: raster.grid.width,
        }];
        for Damage { window, .. } in holes {
            pieces = pieces
                .iter()
                .flat_map(|piece| beside(*piece, *window))
                .collect();
        }
        let path = escaped(&raster.path.display().to_string());
        let sources = |band: &str| -> String {
            let mut text = String::new();
            for piece in &pieces {
                let rectangle = format!(
                    "xOff=\"{}\" yOff=\"{}\" xSize=\"{}\" ySize=\"{}\"",
                    piece.col, piece.row, piece.cols, piece.rows
                );
                let _ = write!(
                    text,
                    "<SimpleSource><SourceFilename relativeToVRT=\"0\">{path}</SourceFilename>\
                     <SourceBand>{band}</SourceBand><SrcRect {rectangle}/><DstRect {rectangle}/>\
                     </SimpleSource>"
                );
            }
            text
        };
        let mut text = format!(
            "<VRTDataset rasterXSize=\"{}\" rasterYSize=\"{}\">",
            raster.grid.width, raster.grid.height
        );
        for number in 1..=raster.band.max(raster.alpha.unwrap_or(0)) {
            let kind = self.dataset.rasterband(number).map(|band| band.band_type());
            let is_read = number == raster.band || Some(number) == raster.alpha;
            let _ = write!(
                text,
                "<VRTRasterBand dataType=\"{}\" band=\"{number}\">{}</VRTRasterBand>",
                kind.map_or_else(|_| "Byte".to_owned(), |kind| kind.name()),
                if is_read {
                    sources(&number.to_string())
                } else {
                    String::new()
                },
            );
        }
        if raster.masked && raster.alpha.is_none() {
            let _ = write!(
                text,
                "<MaskBand><VRTRasterBand dataType=\"Byte\">{}</VRTRasterBand></MaskBand>",
                sources(&format!("mask,{}", raster.band))
            );
        }
        text.push_str("</VRTDataset>");
        text
    }
}

/// What is left of a rectangle without another: up to four.
fn beside(whole: Window, hole: Window) -> Vec<Window> {
    let ends = |window: Window| (window.row + window.rows, window.col + window.cols);
    let ((bottom, right), (low, far)) = (ends(whole), ends(hole));
    let (top, low) = (
        hole.row.clamp(whole.row, bottom),
        low.clamp(whole.row, bottom),
    );
    let (left, far) = (
        hole.col.clamp(whole.col, right),
        far.clamp(whole.col, right),
    );
    if top == low || left == far {
        return vec![whole];
    }
    let piece = |row: u32, to_row: u32, col: u32, to_col: u32| Window {
        row,
        col,
        rows: to_row - row,
        cols: to_col - col,
    };
    let pieces = [
        piece(whole.row, top, whole.col, right),
        piece(top, low, whole.col, left),
        piece(top, low, far, right),
        piece(low, bottom, whole.col, right),
    ];
    pieces
        .into_iter()
        .filter(|piece| piece.cells() > 0)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_leaves_what_lies_around_it() {
        let window = |row, col, rows, cols| Window {
            row,
            col,
            rows,
            cols,
        };
        let whole = window(0, 0, 10, 10);
        let left = beside(whole, window(4, 6, 3, 8));
        assert_eq!(
            left,
            [window(0, 0, 4, 10), window(4, 0, 3, 6), window(7, 0, 3, 10)]
        );
        assert_eq!(beside(whole, window(10, 0, 2, 2)), [whole]);
        assert_eq!(beside(whole, window(0, 0, 10, 10)), []);
    }
}
