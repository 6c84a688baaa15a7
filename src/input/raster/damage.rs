//! What can be read of a window where a file is damaged.
//!
//! A window is read at once, which is fast and fails as a whole. Where it fails it is read part by
//! part: by the tiles or strips of the file, of which those that fail are damaged. A raster that is put
//! together of others has no tiles of its own: it is read in small squares, and GDAL names the tile
//! behind one that fails. Of a raster that is resampled, the cells that draw on damage are damaged.

use std::path::{Path, PathBuf};

use gdal::errors::GdalError;
use gdal::{Dataset, Metadata as _};

use super::band::{Cells, Raster, Reading};
use super::holes::Drawing;
use super::opened::{Layer, OpenRaster};
use super::warp::{unescaped, whole_blocks};
use crate::finding::counted;
use crate::grid::Window;
use crate::input::files::{in_silence, open_raster, take, words};
use crate::zonal::{Damage, ReadError};

/// Edges of the squares in which a raster without tiles of its own is read, in cells: each that fails
/// in part is read in the next.
const SQUARES: [u32; 3] = [32, 8, 2];

impl<T: Layer> OpenRaster<T> {
    /// As much of a window as can be read, and what cannot.
    pub(super) fn sound(&mut self, window: Window, out: &mut T::Block) -> Vec<Damage> {
        *out = T::without_data(window);
        match &self.raster.warp {
            Some(warp) => {
                let edge = warp.edge;
                let blocks = self.raster.parts(window, (edge, edge)).into_iter();
                blocks
                    .flat_map(|part| self.sound_of_block(window, part, out))
                    .collect()
            }
            None => self.by_parts(window, |part, cells| T::put(out, window, part, cells)),
        }
    }

    /// As much as can be read of the part of a window that lies in one block of what is warped.
    fn sound_of_block(&mut self, window: Window, part: Window, out: &mut T::Block) -> Vec<Damage> {
        let mut cells = T::Block::default();
        let Err(error) = self.read(part, &mut cells) else {
            T::put(out, window, part, &cells);
            return Vec::new();
        };
        let whole = |error| {
            let window = part;
            vec![Damage { window, error }]
        };
        let (raster, Some(source)) = (&self.raster, &mut self.source) else {
            return whole(error);
        };
        let Some(warp) = &raster.warp else {
            return whole(error);
        };
        let Ok(drawing) = Drawing::new(warp, &raster.grid) else {
            return whole(error);
        };
        let drawn = drawing.drawn(part);
        let holes = drawn.map_or_else(Vec::new, |drawn| {
            let block = source
                .raster
                .block_of_file(&source.dataset)
                .unwrap_or((1, 1));
            source.by_parts(whole_blocks(drawn, block, &source.raster.grid), |_, _| ())
        });
        if holes.is_empty() {
            return whole(error);
        }
        take();
        let document = warp.document(&source.without(&holes));
        let read = open_raster(Path::new(&document))
            .map_err(|error| raster.failure(&self.dataset, part, &error))
            .and_then(|dataset| {
                let read = || T::cells(raster, &dataset, None, part, &mut cells);
                in_silence(self.is_hdf5, read)
            });
        if let Err(error) = read {
            return whole(error);
        }
        T::put(out, window, part, &cells);
        let reached = drawing.reached(part, &holes);
        for damage in &reached {
            T::hide(out, window, damage.window);
        }
        reached
    }

    /// Reads the parts of a window, gives those that can be read to `put`, and hands back the others.
    fn by_parts(&mut self, window: Window, mut put: impl FnMut(Window, &T::Block)) -> Vec<Damage> {
        let mut cells = T::Block::default();
        let mut lost = |open: &mut Self, window: Window| {
            let error = match open.read(window, &mut cells) {
                Ok(()) => {
                    put(window, &cells);
                    return None;
                }
                Err(error) => error,
            };
            Some(Damage { window, error })
        };
        if let Some(block) = self.raster.block_of_file(&self.dataset) {
            let parts = self.raster.parts(window, block).into_iter();
            return parts.filter_map(|part| lost(self, part)).collect();
        }
        self.raster.reading = Reading::ByCells;
        let mut damage = Vec::new();
        let mut unknown = vec![window];
        let mut failing: Vec<Damage> = Vec::new();
        for edge in SQUARES {
            failing.clear();
            for whole in unknown {
                let squares = self.raster.parts(whole, (edge, edge));
                let of_squares = squares.iter().filter_map(|part| lost(self, *part));
                let of_squares: Vec<Damage> = of_squares.collect();
                match of_squares.first() {
                    // All of it is damaged: looking closer tells no more.
                    Some(first) if of_squares.len() == squares.len() => damage.push(Damage {
                        window: whole,
                        error: first.error.clone(),
                    }),
                    _ => failing.extend(of_squares),
                }
            }
            unknown = failing.iter().map(|damage| damage.window).collect();
        }
        self.raster.reading = Reading::ByBlocks;
        damage.append(&mut failing);
        damage
    }
}

impl<T: Cells> Raster<T> {
    /// Columns and rows of the tiles or strips that the file is stored in; `None` where the raster is
    /// resampled or put together of others.
    fn block_of_file(&self, dataset: &Dataset) -> Option<(u32, u32)> {
        if self.warp.is_some() || dataset.driver().short_name() == "VRT" {
            return None;
        }
        let (cols, rows) = dataset.rasterband(self.read_band()).ok()?.block_size();
        Some((u32::try_from(cols).ok()?, u32::try_from(rows).ok()?))
    }

    /// The parts of a window that the file holds: what lies in one block of so many columns and rows
    /// each.
    fn parts(&self, window: Window, (cols, rows): (u32, u32)) -> Vec<Window> {
        let rows = spans(
            window.row,
            window.rows,
            self.offset.0,
            (rows, self.grid.height),
        );
        let cols = spans(
            window.col,
            window.cols,
            self.offset.1,
            (cols, self.grid.width),
        );
        let in_row = |(row, rows): &(u32, u32)| {
            let (row, rows) = (*row, *rows);
            let part = move |(col, cols): &(u32, u32)| Window {
                row,
                col: *col,
                rows,
                cols: *cols,
            };
            cols.iter().map(part).collect::<Vec<_>>()
        };
        rows.iter().flat_map(in_row).collect()
    }

    /// The files that are missing of those that a virtual raster is put together of, of which GDAL tells
    /// once only.
    fn lacks(&self, dataset: &Dataset) -> Option<String> {
        let text = dataset.metadata_domain("xml:VRT")?.concat();
        let directory = self.path.parent().unwrap_or(Path::new(""));
        let missing = text.split("<SourceFilename").skip(1).filter_map(|rest| {
            let (attributes, rest) = rest.split_once('>')?;
            let (name, _) = rest.split_once('<')?;
            let name = unescaped(name);
            let file = if attributes.contains("relativeToVRT=\"1\"") {
                directory.join(&name)
            } else {
                PathBuf::from(&name)
            };
            let is_plain = !name.contains("/vsi") && !name.contains(['<', ':']);
            (is_plain && !file.exists()).then(|| format!("`{}`", file.display()))
        });
        let mut missing: Vec<String> = missing.collect();
        missing.sort();
        missing.dedup();
        (!missing.is_empty()).then(|| {
            let files = counted(missing.len(), "file", "files");
            format!(
                "{files} that it is put together of missing: {}",
                missing.join(", ")
            )
        })
    }

    /// Why a window could not be read: file, cells, the tile or strip where it is one, and the cause.
    pub(super) fn failure(
        &self,
        dataset: &Dataset,
        window: Window,
        error: &GdalError,
    ) -> ReadError {
        // What is resampled has a text for a name, and the cause stands behind it.
        let without_text = |said: String| match said.split_once("VRTDataset>") {
            Some((_, cause)) => cause.splitn(3, ": ").last().unwrap_or(cause).to_owned(),
            None => said,
        };
        let mut said = take().into_iter().map(without_text);
        // The first words are nearest to the bytes, the last to the cells.
        let first = said.next();
        let said = said.next_back().map_or(first.clone(), |last| match first {
            Some(first) if !last.contains(&first) => Some(format!("{last} ({first})")),
            _ => Some(last),
        });
        let (row, col) = (
            i64::from(window.row) + self.offset.0,
            i64::from(window.col) + self.offset.1,
        );
        let last = |first: i64, length: u32| first + i64::from(length) - 1;
        let (last_row, last_col) = (last(row, window.rows), last(col, window.cols));
        let of_file = self.block_of_file(dataset).and_then(|(cols, rows)| {
            let at = |row: i64, col: i64| (row / i64::from(rows), col / i64::from(cols));
            let (down, right) = at(row, col);
            let is_one = row >= 0 && col >= 0 && at(last_row, last_col) == (down, right);
            is_one.then(|| {
                if cols >= self.grid.width {
                    format!(" (strip {down} of the file)")
                } else {
                    format!(" (tile in column {right} and row {down} of the file)")
                }
            })
        });
        ReadError::new(format!(
            "`{}`, band {}, rows {row} to {last_row}, columns {col} to {last_col}{}: {}",
            self.path.display(),
            self.band,
            of_file.unwrap_or_default(),
            said.or_else(|| self.lacks(dataset))
                .unwrap_or_else(|| words(error)),
        ))
    }
}

/// Cuts rows or columns of a window where those of a file pass from one block to the next: first and
/// number of each part. A file of `size` cells begins `offset` before the grid.
fn spans(first: u32, length: u32, offset: i64, (block, size): (u32, u32)) -> Vec<(u32, u32)> {
    let from = i64::from(first) + offset;
    let (mut at, end) = (from.max(0), (from + i64::from(length)).min(i64::from(size)));
    let block = i64::from(block.max(1));
    let mut spans = Vec::new();
    while at < end {
        let next = ((at / block + 1) * block).min(end);
        let start = u32::try_from(at - offset);
        let part = u32::try_from(next - at);
        if let (Ok(start), Ok(part)) = (start, part) {
            spans.push((start, part));
        }
        at = next;
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_cut_where_the_file_is() {
        assert_eq!(spans(0, 512, 0, (256, 1000)), [(0, 256), (256, 256)]);
        // The file begins 100 cells before the grid and ends within the window.
        assert_eq!(spans(0, 512, 100, (256, 500)), [(0, 156), (156, 244)]);
        // It begins 100 cells after the grid.
        assert_eq!(spans(0, 512, -100, (300, 9000)), [(100, 300), (400, 112)]);
        assert_eq!(spans(512, 512, 0, (256, 512)), []);
    }
}
