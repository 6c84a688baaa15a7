//! Rasters of class codes and of values on the grid of a run.

use std::path::{Path, PathBuf};

use gdal::raster::{GdalDataType, GdalType, RasterBand};
use gdal::{Dataset, DatasetOptions, GdalOpenFlags};

use super::crs::Projection;
use super::messages::{take, words};
use crate::finding::Finding;
use crate::grid::{BLOCK, Grid, Transform, Window};
use crate::zonal::{BlockReader, ClassBlock, ClassCells, Rasters, ReadError, ValueBlock};

use super::values::Scaling;

/// Share of a cell by which the origins of aligned rasters may differ.
const ALIGNED: f64 = 1e-3;

/// One band of a file, whose cells hold codes (`i64`) or values (`f64`).
#[derive(Debug, Clone)]
pub struct Raster<T> {
    /// The file.
    pub path: PathBuf,
    /// Its own cells.
    pub grid: Grid,
    pub(super) band: usize,
    pub(super) kind: GdalDataType,
    pub(super) nodata: Option<T>,
    pub(super) masked: bool,
    /// How stored numbers become values; `None` where they are the values.
    pub(super) scaling: Option<Scaling>,
    /// Row and column of the grid's first cell in the file; negative where the file starts later.
    offset: (i64, i64),
}

/// One band of class codes.
pub type ClassRaster = Raster<i64>;

/// One band of continuous values.
pub type ValueRaster = Raster<f64>;

/// What a kind of raster needs to know of its band.
pub trait Cells: Copy {
    /// The way to resample such a raster, as gdalwarp names it.
    const RESAMPLING: &'static str;
}

impl Cells for i64 {
    const RESAMPLING: &'static str = "near";
}

impl Cells for f64 {
    const RESAMPLING: &'static str = "average";
}

/// What a plan says of a raster.
#[derive(Debug, Clone, Default)]
pub struct RasterSource<'a> {
    /// Band, from 1.
    pub band: u32,
    /// Coordinate system, where the file does not say.
    pub crs: Option<&'a str>,
    /// Stored number that means "no value", where the file does not say.
    pub nodata: Option<f64>,
}

fn open(path: &Path) -> Result<Dataset, gdal::errors::GdalError> {
    Dataset::open_ex(
        path,
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_RASTER,
            ..DatasetOptions::default()
        },
    )
}

impl ClassRaster {
    /// Opens a band of class codes and learns what a run needs to know of it.
    ///
    /// # Errors
    ///
    /// Findings: missing or unreadable file, unknown band, no or unknown coordinate system, no
    /// place on the ground, rotated grid, values that are no whole numbers.
    pub fn open(
        path: &Path,
        source: &RasterSource<'_>,
    ) -> Result<(Self, Projection), Vec<Finding>> {
        Self::open_with(path, source, |band| BandFacts::of(band, source.nodata))
    }
}

impl<T: Cells> Raster<T> {
    /// Opens a band and learns what a run needs to know of it.
    pub(super) fn open_with(
        path: &Path,
        source: &RasterSource<'_>,
        facts: impl Fn(&RasterBand<'_>) -> Result<BandFacts<T>, Refusal>,
    ) -> Result<(Self, Projection), Vec<Finding>> {
        let name = path.display().to_string();
        let refuse = |what: String, remedy: &str| Finding::error(&name, what, remedy);
        if !path.exists() {
            return Err(vec![refuse(
                "the file is missing".into(),
                "check the path in the plan; paths are relative to the plan file",
            )]);
        }
        take();
        let dataset = open(path).map_err(|error| {
            vec![refuse(
                format!("cannot be read as a raster: {}", words(&error)),
                "give a file that GDAL reads, such as GeoTIFF; check it with gdalinfo",
            )]
        })?;
        let mut findings = Vec::new();
        let bands = dataset.raster_count();
        let band_number = source.band.max(1) as usize;
        let transform = placement(&dataset).map_err(|(what, remedy)| refuse(what, remedy));
        let projection = projection(&dataset, source.crs);
        let projection = projection.map_err(|(what, remedy)| refuse(what, remedy));
        let band = dataset.rasterband(band_number).map_err(|_| {
            refuse(
                format!("no band {band_number}: the file has {bands}"),
                "set `band` in the plan",
            )
        });
        let facts =
            band.and_then(|band| facts(&band).map_err(|(what, remedy)| refuse(what, remedy)));
        let (width, height) = dataset.raster_size();
        let size = u32::try_from(width).ok().zip(u32::try_from(height).ok());
        let (Ok(transform), Ok(projection), Ok(facts), Some((width, height))) =
            (&transform, &projection, &facts, size)
        else {
            findings.extend(transform.err());
            findings.extend(projection.err());
            findings.extend(facts.err());
            return Err(findings);
        };
        let crs = projection.describe().map_err(|error| {
            vec![refuse(
                format!("its coordinate system cannot be used: {error}"),
                "set `crs` in the plan, such as crs = \"EPSG:32650\"",
            )]
        })?;
        let raster = Self {
            path: path.to_path_buf(),
            grid: Grid {
                crs,
                transform: *transform,
                width,
                height,
            },
            band: band_number,
            kind: facts.kind,
            nodata: facts.nodata,
            masked: facts.masked,
            scaling: facts.scaling,
            offset: (0, 0),
        };
        Ok((raster, projection.clone()))
    }

    /// Lays the raster on the grid of the run. It may be larger or smaller, but its cells must be
    /// the grid's.
    ///
    /// # Errors
    ///
    /// A finding that says what differs.
    pub fn align(
        &mut self,
        own: &Projection,
        grid: &Grid,
        projection: &Projection,
    ) -> Result<(), Finding> {
        let name = self.path.display().to_string();
        let remedy = format!(
            "warp it to the first map with gdalwarp -r {} (-t_srs, -tr and -te as gdalinfo prints them for that map)",
            T::RESAMPLING
        );
        if own.spatial_ref() != projection.spatial_ref() {
            return Err(Finding::error(
                name,
                format!(
                    "the map is in {}, the first map in {}",
                    own.name(),
                    projection.name()
                ),
                remedy,
            ));
        }
        let (own, run) = (self.grid.transform, grid.transform);
        let drift = f64::from(grid.width.max(grid.height)).max(1.0);
        let same_cells = ((own.dx - run.dx) / run.dx).abs() * drift < ALIGNED
            && ((own.dy - run.dy) / run.dy).abs() * drift < ALIGNED;
        let (col, row) = ((run.x0 - own.x0) / run.dx, (run.y0 - own.y0) / run.dy);
        let same_origin =
            (col - col.round()).abs() < ALIGNED && (row - row.round()).abs() < ALIGNED;
        if !same_cells || !same_origin {
            return Err(Finding::error(
                name,
                format!(
                    "its cells are not those of the first map: origin ({}, {}), cell {} x {}, expected origin ({}, {}), cell {} x {}",
                    own.x0, own.y0, own.dx, own.dy, run.x0, run.y0, run.dx, run.dy
                ),
                remedy,
            ));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "offsets of rasters fit easily"
        )]
        {
            self.offset = (row.round() as i64, col.round() as i64);
        }
        Ok(())
    }
}

/// Why a raster is refused, and what to do.
pub(super) type Refusal = (String, &'static str);

fn placement(dataset: &Dataset) -> Result<Transform, Refusal> {
    let [x0, dx, turn_x, y0, turn_y, dy] = dataset.geo_transform().map_err(|_| {
        (
            "the raster says nothing of its place on the ground".to_owned(),
            "georeference it (gdal_translate -a_ullr ... -a_srs ...)",
        )
    })?;
    if turn_x != 0.0 || turn_y != 0.0 {
        return Err((
            format!("the grid is rotated (terms {turn_x} and {turn_y})"),
            "warp it to a north-up grid with gdalwarp -r near",
        ));
    }
    let sound = [x0, dx, y0, dy].iter().all(|value| value.is_finite()) && dx > 0.0 && dy != 0.0;
    if !sound {
        return Err((
            format!("the cells are {dx} x {dy}"),
            "georeference it (gdal_translate -a_ullr ... -a_srs ...)",
        ));
    }
    Ok(Transform { x0, y0, dx, dy })
}

fn projection(dataset: &Dataset, stated: Option<&str>) -> Result<Projection, Refusal> {
    let remedy = "set `crs` in the plan, such as crs = \"EPSG:32650\"";
    match stated {
        Some(definition) => Projection::parse(definition).map_err(|e| (e.to_string(), remedy)),
        None if dataset.projection().is_empty() => Err(("no coordinate system".to_owned(), remedy)),
        None => dataset.spatial_ref().map(Projection::new).map_err(|e| {
            (
                format!("its coordinate system is unknown: {}", words(&e)),
                remedy,
            )
        }),
    }
}

/// What a run needs to know of a band.
pub(super) struct BandFacts<T> {
    pub(super) kind: GdalDataType,
    pub(super) nodata: Option<T>,
    pub(super) masked: bool,
    pub(super) scaling: Option<Scaling>,
}

/// Whether a band has a mask of its own, apart from a value that means "no data".
pub(super) fn is_masked(band: &RasterBand<'_>) -> bool {
    band.mask_flags()
        .is_ok_and(|flags| flags.is_per_dataset() || flags.is_alpha())
}

impl BandFacts<i64> {
    fn of(band: &RasterBand<'_>, stated: Option<f64>) -> Result<Self, Refusal> {
        let kind = band.band_type();
        let readable = matches!(
            kind,
            GdalDataType::UInt8
                | GdalDataType::UInt16
                | GdalDataType::Int16
                | GdalDataType::UInt32
                | GdalDataType::Int32
        );
        if !readable {
            return Err((
                format!(
                    "the cells are {}, but class codes are whole numbers of up to 32 bits",
                    kind.name()
                ),
                "convert the codes, such as gdal_translate -ot Byte",
            ));
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole number in the range of the type"
        )]
        let nodata = stated
            .or_else(|| band.no_data_value())
            .filter(|value| value.fract() == 0.0 && value.abs() < 9e15)
            .map(|value| value as i64);
        Ok(Self {
            kind,
            nodata,
            masked: nodata.is_none() && is_masked(band),
            scaling: None,
        })
    }
}

/// The rasters of a run, on one grid.
#[derive(Debug, Clone, Default)]
pub struct GridRasters {
    /// Class layers.
    pub classes: Vec<ClassRaster>,
    /// Value layers.
    pub values: Vec<ValueRaster>,
}

impl Rasters for GridRasters {
    type Reader = OpenRasters;

    fn reader(&self) -> Result<OpenRasters, ReadError> {
        Ok(OpenRasters {
            classes: opened(&self.classes)?,
            values: opened(&self.values)?,
        })
    }
}

fn opened<T: Cells>(rasters: &[Raster<T>]) -> Result<Vec<(Raster<T>, Dataset)>, ReadError> {
    let layers = rasters.iter().map(|raster| {
        let dataset = open(&raster.path).map_err(|error| {
            ReadError::new(format!("`{}`: {}", raster.path.display(), words(&error)))
        })?;
        Ok((raster.clone(), dataset))
    });
    layers.collect()
}

/// The rasters as one thread has them open.
#[derive(Debug)]
pub struct OpenRasters {
    classes: Vec<(ClassRaster, Dataset)>,
    values: Vec<(ValueRaster, Dataset)>,
}

impl BlockReader for OpenRasters {
    fn classes(
        &mut self,
        layer: usize,
        window: Window,
        out: &mut ClassBlock,
    ) -> Result<(), ReadError> {
        let (raster, dataset) = &self.classes[layer];
        take();
        raster
            .read(dataset, window, out)
            .map_err(|error| raster.failure(window, &error))
    }

    fn values(
        &mut self,
        layer: usize,
        window: Window,
        out: &mut ValueBlock,
    ) -> Result<(), ReadError> {
        let (raster, dataset) = &self.values[layer];
        take();
        raster
            .read(dataset, window, out)
            .map_err(|error| raster.failure(window, &error))
    }
}

/// The part of a window that a file holds, and where it lies in the window.
pub(super) struct Overlap {
    /// First row and column in the file.
    file: (usize, usize),
    /// First row and column in the window.
    window: (usize, usize),
    rows: usize,
    cols: usize,
}

impl<T: Cells> Raster<T> {
    /// Why a window could not be read.
    fn failure(&self, window: Window, error: &gdal::errors::GdalError) -> ReadError {
        let said = take().into_iter().next_back();
        ReadError::new(format!(
            "`{}`, band {}, rows {} to {}, columns {} to {}: {}",
            self.path.display(),
            self.band,
            window.row,
            window.row + window.rows - 1,
            window.col,
            window.col + window.cols - 1,
            said.unwrap_or_else(|| words(error)),
        ))
    }

    pub(super) fn overlap(&self, window: Window) -> Option<Overlap> {
        let span = |start: u32, length: u32, offset: i64, size: u32| {
            let first = i64::from(start) + offset;
            let from = first.max(0);
            let to = (first + i64::from(length)).min(i64::from(size));
            let part = usize::try_from(to - from).ok().filter(|part| *part > 0)?;
            Some((
                usize::try_from(from).ok()?,
                usize::try_from(from - first).ok()?,
                part,
            ))
        };
        let (file_row, window_row, rows) =
            span(window.row, window.rows, self.offset.0, self.grid.height)?;
        let (file_col, window_col, cols) =
            span(window.col, window.cols, self.offset.1, self.grid.width)?;
        Some(Overlap {
            file: (file_row, file_col),
            window: (window_row, window_col),
            rows,
            cols,
        })
    }

    /// Which cells of a window hold data, where the nodata value does not say it.
    pub(super) fn mask(
        &self,
        band: &RasterBand<'_>,
        window: Window,
        overlap: &Overlap,
    ) -> Result<Option<Vec<bool>>, gdal::errors::GdalError> {
        if self.masked {
            let mut mask = Vec::new();
            read_cells::<u8>(&band.open_mask_band()?, window, overlap, &mut mask)?;
            return Ok(Some(mask.into_iter().map(|valid| valid != 0).collect()));
        }
        if overlap.rows * overlap.cols == window.cells() {
            return Ok(None);
        }
        let mut mask = vec![false; window.cells()];
        let cols = window.cols as usize;
        for row in 0..overlap.rows {
            let start = (overlap.window.0 + row) * cols + overlap.window.1;
            mask[start..start + overlap.cols].fill(true);
        }
        Ok(Some(mask))
    }
}

impl ClassRaster {
    fn read(
        &self,
        dataset: &Dataset,
        window: Window,
        out: &mut ClassBlock,
    ) -> Result<(), gdal::errors::GdalError> {
        out.nodata = self.nodata;
        out.mask = None;
        let Some(overlap) = self.overlap(window) else {
            out.cells = ClassCells::U8(vec![0; window.cells()]);
            out.mask = Some(vec![false; window.cells()]);
            return Ok(());
        };
        let band = dataset.rasterband(self.band)?;
        macro_rules! cells {
            ($kind:ident, $type:ty) => {{
                let mut cells = match std::mem::replace(&mut out.cells, ClassCells::U8(Vec::new()))
                {
                    ClassCells::$kind(cells) => cells,
                    _ => Vec::new(),
                };
                read_cells::<$type>(&band, window, &overlap, &mut cells)?;
                out.cells = ClassCells::$kind(cells);
            }};
        }
        match self.kind {
            GdalDataType::UInt16 => cells!(U16, u16),
            GdalDataType::Int16 => cells!(I16, i16),
            GdalDataType::UInt32 => cells!(U32, u32),
            GdalDataType::Int32 => cells!(I32, i32),
            _ => cells!(U8, u8),
        }
        out.mask = self.mask(&band, window, &overlap)?;
        Ok(())
    }
}

/// Reads the overlap of a window into `cells`, which then holds the whole window; cells outside
/// the overlap are zero and must be masked.
pub(super) fn read_cells<T: Copy + Default + GdalType>(
    band: &RasterBand<'_>,
    window: Window,
    overlap: &Overlap,
    cells: &mut Vec<T>,
) -> Result<(), gdal::errors::GdalError> {
    let (rows, cols) = (window.rows as usize, window.cols as usize);
    cells.clear();
    cells.resize(rows * cols, T::default());
    let (block_cols, block_rows) = band.block_size();
    let edge = BLOCK as usize;
    let tiled = edge.is_multiple_of(block_cols)
        && edge.is_multiple_of(block_rows)
        && band.band_type() == T::datatype();
    let at_block =
        overlap.file.0.is_multiple_of(block_rows) && overlap.file.1.is_multiple_of(block_cols);
    if tiled && at_block {
        // Whole blocks of the file go straight from the decoder into place.
        for block_row in (0..overlap.rows).step_by(block_rows) {
            for block_col in (0..overlap.cols).step_by(block_cols) {
                let place = (
                    (overlap.file.1 + block_col) / block_cols,
                    (overlap.file.0 + block_row) / block_rows,
                );
                let block = band.read_block::<T>(place)?;
                let width = block_cols.min(overlap.cols - block_col);
                for row in 0..block_rows.min(overlap.rows - block_row) {
                    let from = row * block_cols;
                    let to =
                        (overlap.window.0 + block_row + row) * cols + overlap.window.1 + block_col;
                    cells[to..to + width].copy_from_slice(&block.data()[from..from + width]);
                }
            }
        }
        return Ok(());
    }
    let start = (overlap.file.1.try_into()?, overlap.file.0.try_into()?);
    let size = (overlap.cols, overlap.rows);
    if size == (cols, rows) {
        return band.read_into_slice(start, size, size, cells, None);
    }
    let part = band.read_as::<T>(start, size, size, None)?;
    for (row, values) in part.data().chunks_exact(overlap.cols).enumerate() {
        let to = (overlap.window.0 + row) * cols + overlap.window.1;
        cells[to..to + overlap.cols].copy_from_slice(values);
    }
    Ok(())
}
