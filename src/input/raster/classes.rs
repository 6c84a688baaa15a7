//! Bands of class codes.

use gdal::Dataset;
use gdal::errors::GdalError;
use gdal::raster::{GdalDataType, RasterBand};

use super::band::{BandFacts, ClassRaster, Packing, Refusal, is_masked, is_signed_byte};
use super::blocks::{Overlap, read_as, read_tiles};
use super::tiles::Tiles;
use super::warp::MOST_MODE;
use crate::finding::Finding;
use crate::grid::{Block, Window};
use crate::input::files::take;
use crate::plan::ResamplingKey;
use crate::zonal::{ClassBlock, ClassCells, ReadError};

/// Greatest whole number up to which every whole number is a real one of double precision.
const MOST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// Least whole number that is too large for a signed one of 64 bits.
const PAST_SIGNED: f64 = 9_223_372_036_854_775_808.0;

impl BandFacts<i64> {
    pub(super) fn of(band: &RasterBand<'_>, stated: Option<f64>) -> Result<Self, Refusal> {
        let kind = band.band_type();
        if kind == GdalDataType::Unknown {
            return Err((
                "the cells are complex or of an unknown type, but class codes are whole numbers"
                    .into(),
                "convert the codes, such as gdal_translate -ot Int32",
            ));
        }
        let stored = stated.or_else(|| stored_nodata(band));
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a whole number in the range of the type, or the end of the range"
        )]
        let nodata = stored
            .filter(|value| value.fract() == 0.0 && value.abs() < 9.3e18)
            .map(|value| value as i64);
        let nodata = match kind {
            GdalDataType::Int64 if stated.is_none() => band.no_data_value_i64(),
            _ => nodata,
        };
        Ok(Self {
            kind,
            nodata,
            blank: stored.filter(|blank| {
                kind.is_floating() || (kind == GdalDataType::UInt64 && *blank >= PAST_SIGNED)
            }),
            masked: is_masked(band),
            signed_byte: is_signed_byte(band),
            scaling: None,
        })
    }
}

/// The number that means "no value", as the file stores it.
fn stored_nodata(band: &RasterBand<'_>) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "only compared as a bound")]
    match band.band_type() {
        GdalDataType::Int64 => band.no_data_value_i64().map(|value| value as f64),
        GdalDataType::UInt64 => band.no_data_value_u64().map(|value| value as f64),
        _ => band.no_data_value(),
    }
}

impl ClassRaster {
    pub(super) fn read(
        &self,
        dataset: &Dataset,
        tiles: Option<&mut Tiles>,
        window: Window,
        out: &mut ClassBlock,
    ) -> Result<(), ReadError> {
        out.nodata = self.nodata;
        out.mask = None;
        let Some(overlap) = self.overlap(window) else {
            out.cells = ClassCells::U8(vec![0; window.cells()]);
            out.mask = Some(vec![false; window.cells()]);
            return Ok(());
        };
        let failed = |error| self.failure(dataset, window, &error);
        let band = dataset.rasterband(self.read_band()).map_err(failed)?;
        macro_rules! cells {
            ($kind:ident) => {{
                let mut cells = match std::mem::replace(&mut out.cells, ClassCells::U8(Vec::new()))
                {
                    ClassCells::$kind(cells) => cells,
                    _ => Vec::new(),
                };
                read_tiles(&band, tiles, window, &overlap, &mut cells).map_err(failed)?;
                out.cells = ClassCells::$kind(cells);
            }};
        }
        match self.kind {
            GdalDataType::UInt8 if self.signed_byte => {
                let mut cells = Vec::new();
                let made_of = |byte: u8| i16::from(byte.cast_signed());
                read_as(&band, tiles, window, &overlap, &mut cells, made_of).map_err(failed)?;
                out.cells = ClassCells::I16(cells);
            }
            GdalDataType::UInt8 => cells!(U8),
            GdalDataType::UInt16 => cells!(U16),
            GdalDataType::Int16 => cells!(I16),
            GdalDataType::UInt32 => cells!(U32),
            GdalDataType::Int32 => cells!(I32),
            GdalDataType::UInt64 => {
                let mut stored: Vec<u64> = Vec::new();
                read_tiles(&band, tiles, window, &overlap, &mut stored).map_err(failed)?;
                let mask = self.mask(dataset, window, &overlap).map_err(failed)?;
                return self.signed(&stored, mask, window, &overlap, out);
            }
            kind if kind.is_integer() => cells!(I64),
            _ => {
                let (stored, mask) =
                    (self.reals(dataset, tiles, window, &overlap)).map_err(failed)?;
                return self.whole(&stored, mask, window, &overlap, out);
            }
        }
        out.mask = self.mask(dataset, window, &overlap).map_err(failed)?;
        Ok(())
    }

    /// A warning where the codes may not be those that were drawn.
    #[must_use]
    pub fn doubt(&self) -> Option<Finding> {
        (self.packing == Packing::Lossy).then(|| {
            Finding::warning(
                self.path.display().to_string(),
                "it is packed by JPEG, which may change numbers: codes along edges can be others than were drawn",
                "take the classes from a file that was never packed by JPEG, and pack it by DEFLATE",
            )
        })
    }

    /// Looks whether the real numbers in the middle of the raster are codes.
    ///
    /// What cannot be read is no matter here: the pass tells it with the regions that it concerns.
    pub(super) fn probe(&self) -> Result<(), ReadError> {
        let (rows, cols) = self.grid.blocks();
        let window = self.grid.window(Block {
            row: rows / 2,
            col: cols / 2,
        });
        let (Ok(dataset), Some(overlap)) = (self.dataset(), self.overlap(window)) else {
            return Ok(());
        };
        let Ok((stored, mask)) = self.reals(&dataset, None, window, &overlap) else {
            take();
            return Ok(());
        };
        self.whole(&stored, mask, window, &overlap, &mut ClassBlock::default())
    }

    /// The cells of a window as real numbers, and which of them hold data.
    fn reals(
        &self,
        dataset: &Dataset,
        tiles: Option<&mut Tiles>,
        window: Window,
        overlap: &Overlap,
    ) -> Result<(Vec<f64>, Option<Vec<bool>>), GdalError> {
        let mut stored = Vec::new();
        let band = dataset.rasterband(self.read_band())?;
        if self.kind == GdalDataType::Float32 {
            let made_of = <f64 as From<f32>>::from;
            read_as(&band, tiles, window, overlap, &mut stored, made_of)?;
        } else {
            read_tiles(&band, tiles, window, overlap, &mut stored)?;
        }
        Ok((stored, self.mask(dataset, window, overlap)?))
    }

    /// Codes that are stored as real numbers. Each must be whole: a code is never rounded.
    fn whole(
        &self,
        stored: &[f64],
        mask: Option<Vec<bool>>,
        window: Window,
        overlap: &Overlap,
        out: &mut ClassBlock,
    ) -> Result<(), ReadError> {
        let single = self.kind == GdalDataType::Float32;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::float_cmp,
            reason = "nodata is compared as it is stored, in the precision of the cells"
        )]
        let same = |x: f64, blank: f64| {
            if single {
                x as f32 == blank as f32
            } else {
                x == blank
            }
        };
        let most = match &self.warp {
            Some(warp) if warp.resampling == ResamplingKey::Mode => MOST_MODE,
            _ => MOST_WHOLE,
        };
        let mut codes = Vec::with_capacity(stored.len());
        let mut valid = mask.unwrap_or_else(|| vec![true; stored.len()]);
        for (place, (x, valid)) in stored.iter().zip(&mut valid).enumerate() {
            if x.is_nan() || self.blank.is_some_and(|blank| same(*x, blank)) {
                *valid = false;
            }
            if !*valid {
                codes.push(0);
                continue;
            }
            if x.fract() != 0.0 || x.abs() > most {
                let expected = if x.fract() == 0.0 && most < MOST_WHOLE {
                    format!(
                        "a code from -{most} to {most}, as `mode` compares codes in single precision (the one in the file may be another)"
                    )
                } else if x.fract() == 0.0 {
                    format!("a code up to {most}")
                } else {
                    "a whole number: it is a raster of values, not of classes".to_owned()
                };
                return Err(self.unfit(place, window, overlap, x, &expected));
            }
            #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
            codes.push(*x as i64);
        }
        out.nodata = None;
        out.cells = ClassCells::I64(codes);
        out.mask = valid.contains(&false).then_some(valid);
        Ok(())
    }

    /// Codes without a sign, which must be such as fit numbers with one.
    fn signed(
        &self,
        stored: &[u64],
        mask: Option<Vec<bool>>,
        window: Window,
        overlap: &Overlap,
        out: &mut ClassBlock,
    ) -> Result<(), ReadError> {
        let mut codes = Vec::with_capacity(stored.len());
        let mut valid = mask.unwrap_or_else(|| vec![true; stored.len()]);
        for (place, (code, valid)) in stored.iter().zip(&mut valid).enumerate() {
            #[expect(
                clippy::cast_precision_loss,
                clippy::float_cmp,
                reason = "a stated number that means no value is as near as that"
            )]
            let is_blank = self.blank.is_some_and(|blank| *code as f64 == blank);
            match i64::try_from(*code) {
                Ok(code) => codes.push(code),
                Err(_) if is_blank || !*valid => {
                    *valid = false;
                    codes.push(0);
                }
                Err(_) => {
                    let expected = format!("a code up to {}", i64::MAX);
                    return Err(self.unfit(place, window, overlap, code, &expected));
                }
            }
        }
        out.cells = ClassCells::I64(codes);
        out.mask = valid.contains(&false).then_some(valid);
        Ok(())
    }

    /// Says which cell of a window holds no code.
    fn unfit(
        &self,
        place: usize,
        window: Window,
        overlap: &Overlap,
        found: impl std::fmt::Display,
        expected: &str,
    ) -> ReadError {
        let cols = window.cols as usize;
        let (row, col) = (
            place / cols - overlap.window.0 + overlap.file.0,
            place % cols - overlap.window.1 + overlap.file.1,
        );
        ReadError::new(format!(
            "`{}`, band {}, row {row}, column {col}: the cell holds {found}, expected {expected}",
            self.path.display(),
            self.band
        ))
    }
}
