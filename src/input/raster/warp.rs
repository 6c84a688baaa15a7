//! Bringing a raster of other cells to the grid of a run, block by block.
//!
//! GDAL's warper does it behind a virtual raster whose cells are the grid's. The virtual raster is
//! a text, so nothing is copied: a block is warped when it is read, from the cells that it needs.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use gdal::raster::GdalDataType;

use super::band::{Cells, Raster};
use super::cell_scale::CellScale;
use super::on_grid::{drawn_per_cell, touches, under};
use crate::finding::Finding;
use crate::grid::{BLOCK, Crs, Grid, Transform, Window};
use crate::input::ground::{Projection, Transformer};
use crate::plan::ResamplingKey;

/// How far the image of a cell may stray from its place, in cells of the raster that is warped.
const STRAY: f64 = 0.01;

/// Cells of the warped raster that one block may draw on: what bounds the memory of a block.
const DRAWN: f64 = 4_194_304.0;

/// The band of opacity of what is warped, where it has one.
const OPACITY: usize = 2;

/// Greatest code of which the most frequent one can be told: GDAL compares in single precision, in which the
/// next is the one after it too.
pub(super) const MOST_MODE: f64 = 16_777_215.0;

/// The rule in GDAL's warp options.
const fn gdal_rule(rule: ResamplingKey) -> &'static str {
    match rule {
        ResamplingKey::Nearest => "NearestNeighbour",
        ResamplingKey::Mode => "Mode",
        ResamplingKey::Average => "Average",
        ResamplingKey::Bilinear => "Bilinear",
    }
}

/// What holds the cells of a raster once it is warped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Warped {
    kind: GdalDataType,
    /// The number that means "no value", one that no cell has; without it a band of opacity says which
    /// cells hold data.
    blank: Option<f64>,
}

impl Warped {
    /// Cells among which one number means "no value".
    pub(super) const fn with_blank(kind: GdalDataType, blank: f64) -> Self {
        let blank = Some(blank);
        Self { kind, blank }
    }

    /// Cells that may have any number, with a band of opacity.
    pub(super) const fn with_opacity(kind: GdalDataType) -> Self {
        Self { kind, blank: None }
    }
}

/// A raster as it is warped.
#[derive(Debug, Clone)]
pub(super) struct Warp<T> {
    /// The virtual raster before and after the name of what is warped.
    text: (Arc<str>, Arc<str>),
    /// What is warped.
    pub(super) source: Arc<Raster<T>>,
    /// Edge of the blocks that are warped at once, in cells.
    pub(super) edge: u32,
    /// About how many cells such a block draws on.
    pub(super) drawn: f64,
    /// The rule.
    pub(super) resampling: ResamplingKey,
    /// Cells of the grid that the raster lies under, where that is known: rows, then columns. GDAL gives some of
    /// those beside it data too, which touch its edge.
    pub(super) under: Option<[Range<u32>; 2]>,
}

impl<T> Warp<T> {
    /// The virtual raster that warps what has this name, as GDAL opens it.
    pub(super) fn document(&self, source: &str) -> String {
        let (before, after) = &self.text;
        format!("{before}{}{after}", escaped(source))
    }

    /// The blocks that are warped for a window of the grid.
    pub(super) fn blocks(&self, grid: &Grid, window: Window) -> Window {
        whole_blocks(window, (self.edge, self.edge), grid)
    }
}

/// The blocks of so many columns and rows that a window of a grid lies in.
pub(super) fn whole_blocks(window: Window, (cols, rows): (u32, u32), grid: &Grid) -> Window {
    let span = |first: u32, length: u32, block: u32, size: u32| {
        let from = first - first % block;
        let to = (first + length).div_ceil(block).saturating_mul(block);
        (from, to.min(size) - from)
    };
    let (row, rows) = span(window.row, window.rows, rows.max(1), grid.height);
    let (col, cols) = span(window.col, window.cols, cols.max(1), grid.width);
    Window {
        row,
        col,
        rows,
        cols,
    }
}

/// What happened to a raster whose cells are not the grid's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resampled {
    /// Its cells and coordinate system.
    pub from: String,
    /// Those of the grid.
    pub to: String,
    /// The rule.
    pub by: ResamplingKey,
    /// Whether its values are amounts of whole cells, which were brought to the cells of the grid.
    pub amounts: bool,
}

impl std::fmt::Display for Resampled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "resampled by {} from {} to {}",
            self.by.id(),
            self.from,
            self.to
        )?;
        if self.amounts {
            f.write_str(
                ", each amount divided by the area of its own cell and multiplied by that of the grid's",
            )?;
        }
        Ok(())
    }
}

/// Cells in words: their size and coordinate system.
fn cells_of(transform: Transform, crs: &Crs) -> String {
    let (dx, dy) = (transform.dx, transform.dy.abs());
    let size = if (dx - dy).abs() < 1e-9 * dx {
        format!("{dx}")
    } else {
        format!("{dx} x {dy}")
    };
    format!("cells of {size} ({})", crs.label())
}

impl<T: Cells> Raster<T> {
    /// Has the raster warped to a grid whose cells are not its own.
    pub(super) fn warp_to(
        &mut self,
        own: &Projection,
        grid: &Grid,
        projection: &Projection,
        by: ResamplingKey,
    ) -> Result<Resampled, Finding> {
        let refuse = |what: String, remedy: &str| {
            Err(Finding::error(
                self.path.display().to_string(),
                what,
                remedy,
            ))
        };
        if self.signed_byte {
            return refuse(
                "its cells are not those of the grid, and bytes with a sign are not resampled"
                    .into(),
                "convert it, such as gdal_translate -ot Int16",
            );
        }
        let transformed = Transformer::new(projection, own)
            .and_then(|forth| Ok((forth, Transformer::new(own, projection)?)));
        let (to_own, to_grid) = match transformed {
            Ok(both) => both,
            Err(error) => {
                return refuse(
                    format!("it cannot be brought to the grid: {error}"),
                    "check its coordinate system (`crs`), or warp it yourself with gdalwarp",
                );
            }
        };
        if !touches(&self.grid, &to_grid, grid) && !touches(grid, &to_own, &self.grid) {
            return refuse(
                format!(
                    "it lies beside the grid: it has x {} to {}, y {} to {} ({})",
                    self.grid.extent()[0],
                    self.grid.extent()[2],
                    self.grid.extent()[1],
                    self.grid.extent()[3],
                    self.grid.crs.label()
                ),
                "give a raster of the place, or mend its coordinate system (`crs`)",
            );
        }
        let resampled = Resampled {
            from: cells_of(self.grid.transform, &self.grid.crs),
            to: cells_of(grid.transform, &grid.crs),
            by,
            amounts: self.by_cell,
        };
        let source = Arc::new(self.clone());
        if self.by_cell {
            match CellScale::new(&self.grid, grid, &to_own) {
                Ok(scale) => self.cell_scale = Some(Arc::new(scale)),
                Err(error) => {
                    return refuse(
                        format!(
                            "its values are amounts by cell, and how large its cells are on the grid cannot be told: {error}"
                        ),
                        "divide them by the area of their cells yourself, and give the raster in a unit by area such as t_c/ha",
                    );
                }
            }
        }
        let wide = drawn_per_cell(grid, &to_own, &self.grid);
        let cells = T::warped(self.kind, by, wide);
        let edge = block_edge(wide);
        let (before, after) = self.virtual_raster(grid, &to_own, &Blocks { cells, edge, by });
        self.warp = Some(Warp {
            text: (before.into(), after.into()),
            source,
            edge,
            drawn: (f64::from(edge) * wide).powi(2),
            resampling: by,
            under: to_own.is_identity().then(|| under(&self.grid, grid)),
        });
        self.grid = grid.clone();
        self.kind = cells.kind;
        self.masked = false;
        self.alpha = cells.blank.is_none().then_some(OPACITY);
        T::set_blank(self, cells.blank);
        Ok(resampled)
    }

    /// About how many of its own cells a block draws on, where it is warped.
    pub(super) fn drawn(&self) -> Option<f64> {
        self.warp.as_ref().map(|warp| warp.drawn)
    }

    /// The text of the virtual raster before and after the name of what is warped.
    fn virtual_raster(
        &self,
        grid: &Grid,
        to_own: &Transformer,
        blocks: &Blocks,
    ) -> (String, String) {
        let source_nodata = T::stored_nodata(self).map_or_else(String::new, |nodata| {
            format!("<SrcNoDataReal>{nodata}</SrcNoDataReal><SrcNoDataImag>0</SrcNoDataImag>")
        });
        let (own, to) = (self.grid.transform, grid.transform);
        let mut transformer = String::from("<GenImgProjTransformer>");
        for (name, place) in [("Src", own), ("Dst", to)] {
            let _ = write!(
                transformer,
                "<{name}GeoTransform>{},{},0,{},0,{}</{name}GeoTransform>\
                 <{name}InvGeoTransform>{},{},0,{},0,{}</{name}InvGeoTransform>",
                place.x0,
                place.dx,
                place.y0,
                place.dy,
                -place.x0 / place.dx,
                1.0 / place.dx,
                -place.y0 / place.dy,
                1.0 / place.dy,
            );
        }
        if !to_own.is_identity() {
            let _ = write!(
                transformer,
                "<ReprojectTransformer><ReprojectionTransformer><SourceSRS>{}</SourceSRS>\
                 <TargetSRS>{}</TargetSRS></ReprojectionTransformer></ReprojectTransformer>",
                escaped(&self.grid.crs.wkt),
                escaped(&grid.crs.wkt),
            );
        }
        transformer.push_str("</GenImgProjTransformer>");
        if !to_own.is_identity() {
            transformer = format!(
                "<ApproxTransformer><MaxError>{STRAY}</MaxError><BaseTransformer>{transformer}</BaseTransformer></ApproxTransformer>"
            );
        }
        let alpha = self.alpha.map_or_else(String::new, |band| {
            format!("<SrcAlphaBand>{band}</SrcAlphaBand>")
        });
        let kind = blocks.cells.kind.name();
        let band = |number: usize, what: &str| {
            format!(
                "<VRTRasterBand dataType=\"{kind}\" band=\"{number}\" subClass=\"VRTWarpedRasterBand\">\
                 {what}</VRTRasterBand>"
            )
        };
        let (bands, start, blank, opacity) = match blocks.cells.blank {
            Some(blank) => (
                band(1, &format!("<NoDataValue>{blank}</NoDataValue>")),
                "NO_DATA",
                format!("<DstNoDataReal>{blank}</DstNoDataReal><DstNoDataImag>0</DstNoDataImag>"),
                String::new(),
            ),
            None => (
                band(1, "") + &band(OPACITY, "<ColorInterp>Alpha</ColorInterp>"),
                "0",
                String::new(),
                format!("<DstAlphaBand>{OPACITY}</DstAlphaBand>"),
            ),
        };
        let before = format!(
            "<VRTDataset rasterXSize=\"{width}\" rasterYSize=\"{height}\" subClass=\"VRTWarpedDataset\">\
             <SRS dataAxisToSRSAxisMapping=\"{axes}\">{srs}</SRS>\
             <GeoTransform>{x0}, {dx}, 0, {y0}, 0, {dy}</GeoTransform>\
             {bands}\
             <BlockXSize>{edge}</BlockXSize><BlockYSize>{edge}</BlockYSize>\
             <GDALWarpOptions><WarpMemoryLimit>6.71089e+07</WarpMemoryLimit>\
             <ResampleAlg>{rule}</ResampleAlg><WorkingDataType>{kind}</WorkingDataType>\
             <Option name=\"INIT_DEST\">{start}</Option><Option name=\"SAMPLE_GRID\">YES</Option>\
             <Option name=\"ERROR_OUT_IF_EMPTY_SOURCE_WINDOW\">FALSE</Option>\
             <SourceDataset relativeToVRT=\"0\">",
            width = grid.width,
            height = grid.height,
            axes = if grid.crs.is_geographic() {
                "2,1"
            } else {
                "1,2"
            },
            srs = escaped(&grid.crs.wkt),
            x0 = to.x0,
            dx = to.dx,
            y0 = to.y0,
            dy = to.dy,
            edge = blocks.edge,
            rule = gdal_rule(blocks.by),
        );
        let after = format!(
            "</SourceDataset><Transformer>{transformer}</Transformer>\
             <BandList><BandMapping src=\"{band}\" dst=\"1\">{source_nodata}{blank}\
             </BandMapping></BandList>{alpha}{opacity}</GDALWarpOptions></VRTDataset>",
            band = self.band,
        );
        (before, after)
    }
}

/// What the blocks of a virtual raster are.
struct Blocks {
    cells: Warped,
    edge: u32,
    by: ResamplingKey,
}

/// Text inside XML.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// Text out of XML.
pub(super) fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

/// Edge of the blocks of a virtual raster: the largest power of two up to the compute block that
/// draws on few enough cells.
fn block_edge(drawn_per_cell: f64) -> u32 {
    let mut edge = BLOCK;
    while edge > 1 && (f64::from(edge) * drawn_per_cell).powi(2) > DRAWN {
        edge /= 2;
    }
    edge
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_shrink_as_the_warped_cells_get_finer() {
        assert_eq!(block_edge(1.0), 512);
        assert_eq!(block_edge(4.0), 512);
        assert_eq!(block_edge(10.0), 128);
        assert_eq!(block_edge(100_000.0), 1);
    }

    #[test]
    fn paths_are_escaped() {
        assert_eq!(escaped("a & <b>.tif"), "a &amp; &lt;b&gt;.tif");
    }
}
