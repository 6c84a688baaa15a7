//! Rasters of class codes and of values on the grid of a run.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gdal::raster::{ColorInterpretation, GdalDataType, RasterBand};
use gdal::{Dataset, Metadata as _};

use super::cell_scale::CellScale;
use super::values::Scaling;
use super::warp::{Resampled, Warp, Warped};
use crate::finding::Finding;
use crate::grid::{Grid, Transform};
use crate::input::files::{
    RASTER, beside, missing, open_raster, short_of_cells, take, unreadable, words,
};
use crate::input::ground::Projection;
use crate::plan::ResamplingKey;

/// Share of a cell by which the origins of aligned rasters may differ.
const ALIGNED: f64 = 1e-3;

/// What of a file a window is read with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// All of the blocks that it lies in, which is fast.
    ByBlocks,
    /// Its cells alone.
    ByCells,
}

/// What packing does to the numbers of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// They are as they were, as far as is known.
    Exact,
    /// They may be others.
    Lossy,
}

/// One band of a file, whose cells hold codes (`i64`) or values (`f64`).
#[derive(Debug, Clone)]
pub struct Raster<T> {
    /// The file.
    pub path: PathBuf,
    /// Its own cells; those of the run where it is warped.
    pub grid: Grid,
    pub(super) band: usize,
    pub(super) kind: GdalDataType,
    pub(super) nodata: Option<T>,
    /// Real number that means "no value", where codes are stored as real numbers.
    pub(super) blank: Option<f64>,
    pub(super) masked: bool,
    /// How stored numbers become values; `None` where they are the values.
    pub(super) scaling: Option<Scaling>,
    /// Whether bytes have a sign, as GDAL before 3.7 marks them.
    pub(super) signed_byte: bool,
    /// What packing does to the numbers of the file.
    pub(super) packing: Packing,
    /// The band of opacity, where the file has one.
    pub(super) alpha: Option<usize>,
    /// Row and column of the grid's first cell in the file; negative where the file starts later.
    pub(super) offset: (i64, i64),
    /// How its cells come to the grid of the run; `None` where they are the grid's own.
    pub(super) warp: Option<Warp<T>>,
    /// Whether a value is the amount of a whole cell rather than of an area.
    pub(super) by_cell: bool,
    /// What amounts of own cells are on cells of the run, once the raster is warped.
    pub(super) cell_scale: Option<Arc<CellScale>>,
    /// What of the file a window is read with.
    pub(super) reading: Reading,
}

/// One band of class codes.
pub type ClassRaster = Raster<i64>;

/// One band of continuous values.
pub type ValueRaster = Raster<f64>;

/// What sets the two kinds of rasters apart.
pub trait Cells: Copy {
    /// How such a raster is resampled where nothing is said.
    const RESAMPLING: ResamplingKey;

    /// What holds the cells once they are warped, where a cell of the grid is `wide` own cells wide.
    #[doc(hidden)]
    fn warped(kind: GdalDataType, by: ResamplingKey, wide: f64) -> Warped;

    /// The stored number that means "no value".
    #[doc(hidden)]
    fn stored_nodata(raster: &Raster<Self>) -> Option<f64>;

    /// Makes a number mean "no value", or none.
    #[doc(hidden)]
    fn set_blank(raster: &mut Raster<Self>, blank: Option<f64>);
}

impl Cells for i64 {
    const RESAMPLING: ResamplingKey = ResamplingKey::Nearest;

    fn warped(kind: GdalDataType, by: ResamplingKey, wide: f64) -> Warped {
        // For the most frequent of bytes and of numbers of 16 bits GDAL has a count of each, which it
        // clears at every cell; of other numbers a list, which grows with the cells.
        let is_short = matches!(kind, GdalDataType::UInt16 | GdalDataType::Int16);
        match (kind, by) {
            (GdalDataType::UInt8, ResamplingKey::Mode) => Warped::with_opacity(kind),
            (_, ResamplingKey::Mode) if is_short && wide >= COUNTED => Warped::with_opacity(kind),
            (GdalDataType::UInt8, _) => Warped::with_blank(GdalDataType::UInt16, 65_535.0),
            _ => Warped::with_blank(GdalDataType::Float64, f64::NAN),
        }
    }

    fn stored_nodata(raster: &Raster<Self>) -> Option<f64> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "GDAL compares in double precision"
        )]
        raster
            .blank
            .or_else(|| raster.nodata.map(|code| code as f64))
            .or_else(|| raster.kind.is_floating().then_some(f64::NAN))
    }

    fn set_blank(raster: &mut Raster<Self>, blank: Option<f64>) {
        #[expect(clippy::cast_possible_truncation, reason = "a whole number of 16 bits")]
        let code = blank
            .filter(|blank| !blank.is_nan())
            .map(|blank| blank as i64);
        (raster.nodata, raster.blank) = (code, None);
    }
}

impl Cells for f64 {
    const RESAMPLING: ResamplingKey = ResamplingKey::Average;

    fn warped(_: GdalDataType, _: ResamplingKey, _: f64) -> Warped {
        Warped::with_blank(GdalDataType::Float64, f64::NAN)
    }

    fn stored_nodata(raster: &Raster<Self>) -> Option<f64> {
        raster
            .nodata
            .or_else(|| raster.kind.is_floating().then_some(f64::NAN))
    }

    fn set_blank(raster: &mut Raster<Self>, _: Option<f64>) {
        // Cells that are not a number hold no data anyway.
        raster.nodata = None;
    }
}

/// From how many own cells across on the most frequent of 16-bit numbers is counted by number: clearing
/// 65 536 counts at every cell of the grid takes as long as the list of some hundred cells.
const COUNTED: f64 = 16.0;

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
        let (raster, projection) =
            Self::open_with(path, source, |band| BandFacts::of(band, source.nodata))?;
        // Codes stored as real numbers are looked at before the pass: a raster of values that was
        // taken for one of classes shows in any block.
        if raster.kind.is_floating()
            && let Err(error) = raster.probe()
        {
            let name = path.display().to_string();
            let what = error.what.replacen(&format!("`{name}`, "), "", 1);
            return Err(vec![Finding::error(
                name,
                what,
                "give a raster of classes; one of values is a `[[layer]]` with `unit`, or --raster NAME=PATH:UNIT",
            )]);
        }
        Ok((raster, projection))
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
        if let Some(missing) = missing(path) {
            return Err(vec![missing]);
        }
        take();
        let dataset = open_raster(path).map_err(|error| {
            let remedy = "give a file that GDAL reads, such as GeoTIFF; check it with gdalinfo";
            vec![unreadable(path, RASTER, &error, remedy)]
        })?;
        let mut findings: Vec<Finding> = short_of_cells(path, &dataset).into_iter().collect();
        let bands = dataset.raster_count();
        let band_number = source.band.max(1) as usize;
        let transform = placement(&dataset).map_err(|(what, remedy)| refuse(what, remedy));
        let projection = projection(&dataset, source.crs);
        let projection = projection.map_err(|(what, remedy)| refuse(what, remedy));
        let band = dataset.rasterband(band_number).map_err(|_| {
            refuse(
                format!("no band {band_number}: the file has {bands}"),
                "set `band` in the plan (`zonal`: --band)",
            )
        });
        let facts = band.and_then(|band| {
            if let Some(refusal) = unread_mask(path, &band) {
                findings.push(refusal);
            }
            facts(&band).map_err(|(what, remedy)| refuse(what, remedy))
        });
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
        if !findings.is_empty() {
            return Err(findings);
        }
        let crs = projection.describe().map_err(|error| {
            vec![refuse(
                format!("its coordinate system cannot be used: {error}"),
                "set `crs` in the plan (`zonal`: --raster-crs), such as crs = \"EPSG:32650\"",
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
            blank: facts.blank,
            masked: facts.masked,
            scaling: facts.scaling,
            signed_byte: facts.signed_byte,
            packing: packing(&dataset),
            alpha: alpha_band(&dataset).filter(|band| *band != band_number),
            offset: (0, 0),
            warp: None,
            by_cell: false,
            cell_scale: None,
            reading: Reading::ByBlocks,
        };
        Ok((raster, projection.clone()))
    }

    /// Lays the raster on the grid of the run. It may be larger or smaller. Where its cells are not
    /// the grid's, it is resampled by `by`, or by the usual rule of its kind, and what was done is
    /// handed back.
    ///
    /// # Errors
    ///
    /// A finding that says why it cannot lie on the grid, such as a raster of another place.
    pub fn align(
        &mut self,
        own: &Projection,
        grid: &Grid,
        projection: &Projection,
        by: Option<ResamplingKey>,
    ) -> Result<Option<Resampled>, Finding> {
        let by = by.unwrap_or(T::RESAMPLING);
        if own.spatial_ref() != projection.spatial_ref() {
            return self.warp_to(own, grid, projection, by).map(Some);
        }
        let (cells, run) = (self.grid.transform, grid.transform);
        let drift = f64::from(grid.width.max(grid.height)).max(1.0);
        let same_cells = ((cells.dx - run.dx) / run.dx).abs() * drift < ALIGNED
            && ((cells.dy - run.dy) / run.dy).abs() * drift < ALIGNED;
        let (col, row) = ((run.x0 - cells.x0) / run.dx, (run.y0 - cells.y0) / run.dy);
        let same_origin =
            (col - col.round()).abs() < ALIGNED && (row - row.round()).abs() < ALIGNED;
        let [x0, y0, x1, y1] = self.grid.extent();
        let [left, low, right, high] = grid.extent();
        let beside = x0 >= right || x1 <= left || y0 >= high || y1 <= low;
        if !same_cells || !same_origin || beside {
            return self.warp_to(own, grid, projection, by).map(Some);
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "offsets of rasters fit easily"
        )]
        {
            self.offset = (row.round() as i64, col.round() as i64);
        }
        Ok(None)
    }

    /// The band to read: a warped raster has one only.
    pub(super) fn read_band(&self) -> usize {
        if self.warp.is_some() { 1 } else { self.band }
    }

    /// Opens the file, or what is warped from it, for one thread.
    pub(super) fn dataset(&self) -> Result<Dataset, gdal::errors::GdalError> {
        match &self.warp {
            Some(warp) => open_raster(Path::new(&warp.document(&self.path.display().to_string()))),
            None => open_raster(&self.path),
        }
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
    let remedy = "set `crs` in the plan (`zonal`: --raster-crs), such as crs = \"EPSG:32650\"";
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
    pub(super) blank: Option<f64>,
    pub(super) masked: bool,
    pub(super) signed_byte: bool,
    pub(super) scaling: Option<Scaling>,
}

/// Whether a band has a mask of its own, apart from a value that means "no data".
pub(super) fn is_masked(band: &RasterBand<'_>) -> bool {
    band.mask_flags()
        .is_ok_and(|flags| flags.is_per_dataset() || flags.is_alpha())
}

/// A finding where the mask that lies beside a file is not that of its band: GDAL passes over one that
/// it cannot open.
fn unread_mask(path: &Path, band: &RasterBand<'_>) -> Option<Finding> {
    let mask = beside(path, ".msk");
    let is_read = (band.mask_flags()).is_ok_and(|flags| flags.is_per_dataset());
    (mask.is_file() && !is_read).then(|| {
        Finding::error(
            mask.display().to_string(),
            format!("it cannot be read as the mask of `{}`", path.display()),
            "copy it again from its source; move it away only if cells that it leaves out hold data",
        )
    })
}

/// Whether the bytes of a band have a sign, as GDAL before 3.7 marks them.
pub(super) fn is_signed_byte(band: &RasterBand<'_>) -> bool {
    band.metadata_item("PIXELTYPE", "IMAGE_STRUCTURE")
        .is_some_and(|kind| kind == "SIGNEDBYTE")
}

/// The band of opacity.
fn alpha_band(dataset: &Dataset) -> Option<usize> {
    (1..=dataset.raster_count()).find(|band| {
        dataset
            .rasterband(*band)
            .is_ok_and(|band| band.color_interpretation() == ColorInterpretation::AlphaBand)
    })
}

/// JPEG is for pictures.
fn packing(dataset: &Dataset) -> Packing {
    let packed = dataset.metadata_item("COMPRESSION", "IMAGE_STRUCTURE");
    if dataset.driver().short_name() == "JPEG" || packed.is_some_and(|by| by.ends_with("JPEG")) {
        Packing::Lossy
    } else {
        Packing::Exact
    }
}
