//! Bands of continuous values.

use std::path::Path;

use gdal::Dataset;
use gdal::raster::{GdalDataType, RasterBand};

use super::band::{BandFacts, RasterSource, Refusal, ValueRaster, is_masked, is_signed_byte};
use super::blocks::{read_as, read_tiles};
use super::tiles::Tiles;
use crate::finding::Finding;
use crate::grid::Window;
use crate::input::ground::Projection;
use crate::zonal::{ValueBlock, ValueCells};

/// How stored numbers become values: `value = stored · scale + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scaling {
    scale: f64,
    offset: f64,
}

impl ValueRaster {
    /// Opens a band of values and learns what a run needs to know of it.
    ///
    /// Scale and offset that the file states are applied when cells are read.
    ///
    /// # Errors
    ///
    /// Findings: missing or unreadable file, unknown band, no or unknown coordinate system, no
    /// place on the ground, rotated grid, complex numbers.
    pub fn open(
        path: &Path,
        source: &RasterSource<'_>,
    ) -> Result<(Self, Projection), Vec<Finding>> {
        Self::open_with(path, source, |band| {
            BandFacts::<f64>::of(band, source.nodata)
        })
    }

    /// Reads a window. Integers of up to 16 bits and single precision are held in single precision,
    /// which is exact; all else in double precision.
    pub(super) fn read(
        &self,
        dataset: &Dataset,
        tiles: Option<&mut Tiles>,
        window: Window,
        out: &mut ValueBlock,
    ) -> Result<(), gdal::errors::GdalError> {
        out.nodata = self.nodata;
        out.mask = None;
        let Some(overlap) = self.overlap(window) else {
            out.cells = ValueCells::F32(vec![f32::NAN; window.cells()]);
            return Ok(());
        };
        let band = dataset.rasterband(self.read_band())?;
        let old = std::mem::replace(&mut out.cells, ValueCells::F32(Vec::new()));
        let (mut singles, mut doubles) = match old {
            ValueCells::F32(cells) => (cells, Vec::new()),
            ValueCells::F64(cells) => (Vec::new(), cells),
        };
        macro_rules! cells {
            ($kind:ident($cells:ident)) => {{
                read_tiles(&band, tiles, window, &overlap, &mut $cells)?;
                ValueCells::$kind($cells)
            }};
            ($kind:ident($cells:ident), $made_of:expr) => {{
                read_as(&band, tiles, window, &overlap, &mut $cells, $made_of)?;
                ValueCells::$kind($cells)
            }};
        }
        #[expect(clippy::cast_precision_loss, reason = "values are reals")]
        let cells = match self.kind {
            GdalDataType::Float32 => cells!(F32(singles)),
            GdalDataType::UInt8 if self.signed_byte => {
                cells!(F32(singles), |x: u8| f32::from(x.cast_signed()))
            }
            GdalDataType::UInt8 => cells!(F32(singles), <f32 as From<u8>>::from),
            GdalDataType::UInt16 => cells!(F32(singles), <f32 as From<u16>>::from),
            GdalDataType::Int16 => cells!(F32(singles), <f32 as From<i16>>::from),
            GdalDataType::UInt32 => cells!(F64(doubles), <f64 as From<u32>>::from),
            GdalDataType::Int32 => cells!(F64(doubles), <f64 as From<i32>>::from),
            GdalDataType::UInt64 => cells!(F64(doubles), |x: u64| x as f64),
            GdalDataType::Int64 => cells!(F64(doubles), |x: i64| x as f64),
            // Other integers become double precision inside GDAL.
            _ => cells!(F64(doubles)),
        };
        out.cells = cells;
        out.mask = self.mask(dataset, window, &overlap)?;
        if let Some(scaling) = self.scaling {
            scaling.apply(out);
        }
        if let Some(scale) = &self.cell_scale {
            scale.apply(out, window);
        }
        Ok(())
    }

    /// The raster with values of a unit: one by cell (`t_c/cell`) holds amounts of whole cells, which
    /// are kept where it is brought to other cells.
    #[must_use]
    pub fn in_unit(mut self, unit: &str) -> Self {
        let by = unit.rsplit_once('/').map(|(_, by)| by.trim());
        self.by_cell = by.is_some_and(|by| by.eq_ignore_ascii_case("cell"));
        self
    }
}

impl Scaling {
    /// The scaling of a band; `None` where stored numbers are the values.
    fn of(band: &RasterBand<'_>) -> Option<Self> {
        let scale = band.scale().unwrap_or(1.0);
        let offset = band.offset().unwrap_or(0.0);
        let changes = (scale - 1.0).abs() > 0.0 || offset.abs() > 0.0;
        changes.then_some(Self { scale, offset })
    }

    /// Makes values of the stored numbers of a block; nodata is a stored number, so it goes first.
    fn apply(self, block: &mut ValueBlock) {
        let nodata = block.nodata.take();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::float_cmp,
            reason = "nodata is compared as it is stored, in the precision of the cells"
        )]
        let values = match &block.cells {
            ValueCells::F32(cells) => cells
                .iter()
                .map(|x| {
                    let known = nodata.is_none_or(|nodata| *x != nodata as f32);
                    self.value(known, f64::from(*x))
                })
                .collect(),
            ValueCells::F64(cells) => cells
                .iter()
                .map(|x| self.value(nodata.is_none_or(|nodata| *x != nodata), *x))
                .collect(),
        };
        block.cells = ValueCells::F64(values);
    }

    fn value(self, known: bool, stored: f64) -> f64 {
        if known {
            stored * self.scale + self.offset
        } else {
            f64::NAN
        }
    }
}

impl BandFacts<f64> {
    fn of(band: &RasterBand<'_>, stated: Option<f64>) -> Result<Self, Refusal> {
        let kind = band.band_type();
        if kind == GdalDataType::Unknown {
            return Err((
                "the cells are complex or of an unknown type, but values are real numbers".into(),
                "convert them, such as gdal_translate -ot Float32",
            ));
        }
        let nodata = stated.or_else(|| band.no_data_value());
        Ok(Self {
            kind,
            nodata,
            blank: None,
            masked: is_masked(band),
            signed_byte: is_signed_byte(band),
            scaling: Scaling::of(band),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodata_is_a_stored_number_and_is_not_scaled() {
        let mut block = ValueBlock {
            cells: ValueCells::F32(vec![0.0, 10.0, -1.0]),
            nodata: Some(-1.0),
            mask: None,
        };
        let scaling = Scaling {
            scale: 0.1,
            offset: -1.1,
        };
        scaling.apply(&mut block);
        let ValueCells::F64(values) = block.cells else {
            panic!("scaled values are in double precision");
        };
        assert!((values[0] + 1.1).abs() < 1e-12);
        // The scaled value is about the number that means nodata, and yet it is a value.
        assert!((values[1] + 0.1).abs() < 1e-12);
        assert!(values[2].is_nan());
        assert_eq!(block.nodata, None);
    }
}
