//! Deflated tiles, decoded here.
//!
//! Large rasters mostly come as `GeoTIFF` in deflated tiles: of integers where they hold classes, of
//! real numbers, mostly under TIFF's predictor 3, where they hold biomass and the like. GDAL undoes
//! predictors byte by byte, which takes longer than all the rest of a pass, hands every tile on
//! through memory of its own, and does not look at every checksum. GDAL says where a tile lies in the
//! file; it is read, inflated and put together here. Whatever is unlike what is expected goes to GDAL,
//! which then also says what is wrong with a damaged tile.

use std::num::Wrapping;
use std::ops::AddAssign;
use std::path::Path;

use gdal::errors::GdalError;
use gdal::raster::{GdalDataType, GdalType, RasterBand};
use gdal::{Dataset, Metadata};
use wide::{bytemuck, u8x16};

use super::checksums::{Packed, shows_its_tiles, unlike_its_checksum};

/// How the bytes of a tile become cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Predictor {
    /// They are the cells.
    None,
    /// Each cell is the difference from the one before (TIFF's predictor 2).
    Horizontal,
    /// TIFF's predictor 3, of real numbers.
    FloatingPoint,
}

/// Puts the cells of a row together from their bytes under predictor 3.
type FromPlanes<T> = fn(&[u8], &mut [T]);

/// Cells whose tiles are decoded here.
pub(super) trait Tiled: bytemuck::Pod + Default + GdalType {
    /// What predictor 2 takes differences of, whatever it means: whole numbers as wide as a cell.
    type Bits: bytemuck::Pod + AddAssign;

    /// What undoes predictor 3, where such cells can have it.
    const FROM_PLANES: Option<FromPlanes<Self>> = None;
}

macro_rules! tiled {
    ($($cell:ty: $bits:ty $(, $from_planes:ident)?;)*) => {
        $(impl Tiled for $cell {
            type Bits = Wrapping<$bits>;
            $(const FROM_PLANES: Option<FromPlanes<Self>> = Some($from_planes);)?
        })*

        impl Predictor {
            /// Whether tiles of such cells under it are decoded here.
            fn is_known_of(self, kind: GdalDataType) -> bool {
                let of_planes = self == Self::FloatingPoint;
                $((kind == <$cell>::datatype() && (!of_planes || <$cell>::FROM_PLANES.is_some())))||*
            }
        }
    };
}

tiled! {
    u8: u8;
    u16: u16;
    i16: i16;
    u32: u32;
    i32: i32;
    u64: u64;
    i64: i64;
    f32: u32, singles;
    f64: u64, doubles;
}

/// A band whose tiles are decoded here, as one thread has it open. Cells are read in the type that the
/// band has.
pub(super) struct Tiles {
    packed: Packed,
    predictor: Predictor,
    /// Working space for the planes of a tile.
    bytes: Vec<u8>,
    /// Working space for the cells of a tile, of any type.
    words: Vec<u64>,
}

impl Tiles {
    /// Opens the file behind a band; `None` where its tiles are of another kind.
    pub(super) fn open(dataset: &Dataset, band: usize, path: &Path) -> Option<Self> {
        let structure = |key: &str| dataset.metadata_item(key, "IMAGE_STRUCTURE");
        let predictor = match structure("PREDICTOR").as_deref() {
            None | Some("1") => Predictor::None,
            Some("2") => Predictor::Horizontal,
            Some("3") => Predictor::FloatingPoint,
            Some(_) => return None,
        };
        let of_band = dataset.rasterband(band).ok()?;
        let is_ours = dataset.driver().short_name() == "GTiff"
            && structure("COMPRESSION").as_deref() == Some("DEFLATE")
            && (dataset.raster_count() == 1 || structure("INTERLEAVE").as_deref() == Some("BAND"))
            && predictor.is_known_of(of_band.band_type());
        // Fewer bits a cell than the type has are packed.
        let is_packed = of_band.metadata_item("NBITS", "IMAGE_STRUCTURE").is_some();
        if !is_ours || is_packed || !shows_its_tiles(&of_band) {
            return None;
        }
        let mut packed = Packed::open(path)?;
        packed.is_tiff_of_this_byte_order().then(|| Self {
            packed,
            predictor,
            bytes: Vec::new(),
            words: Vec::new(),
        })
    }

    /// The cells of a tile by its column and row; `None` where GDAL must read it.
    ///
    /// # Errors
    ///
    /// A tile whose bytes do not fit its size or its checksum, which GDAL may take as it is.
    pub(super) fn read<T: Tiled>(
        &mut self,
        band: &RasterBand<'_>,
        place: (usize, usize),
    ) -> Result<Option<&[T]>, GdalError> {
        let (cols, rows) = band.block_size();
        let size = cols * rows * size_of::<T>();
        let mut words = std::mem::take(&mut self.words);
        words.resize(size.div_ceil(size_of::<u64>()), 0);
        let cells = &mut bytemuck::cast_slice_mut(&mut words)[..cols * rows];
        let read = self.read_into::<T>(band, place, cells);
        self.words = words;
        Ok(read?.then(|| &bytemuck::cast_slice(&self.words)[..cols * rows]))
    }

    /// Fills `cells`, as many as a tile has, as [`Self::read`] does; returns whether it did, else
    /// they hold anything.
    ///
    /// # Errors
    ///
    /// Those of [`Self::read`].
    pub(super) fn read_into<T: Tiled>(
        &mut self,
        band: &RasterBand<'_>,
        place: (usize, usize),
        cells: &mut [T],
    ) -> Result<bool, GdalError> {
        debug_assert_eq!(band.band_type(), T::datatype());
        let size = size_of_val(cells);
        if self.packed.load(band, place, size).is_none() {
            return Ok(false);
        }
        let bytes = if self.predictor == Predictor::FloatingPoint {
            self.bytes.resize(size, 0);
            &mut *self.bytes
        } else {
            bytemuck::cast_slice_mut(cells)
        };
        match self.packed.inflate(bytes) {
            Ok(inflated) if inflated == size => {}
            Err(_) if band.read_block::<T>(place).is_ok() => return Err(unlike_its_checksum()),
            Ok(_) | Err(_) => return Ok(false),
        }
        let cols = band.block_size().0;
        match (self.predictor, T::FROM_PLANES) {
            (Predictor::None, _) => {}
            (Predictor::Horizontal, _) => cells.chunks_exact_mut(cols).for_each(add_up),
            (Predictor::FloatingPoint, None) => return Ok(false),
            (Predictor::FloatingPoint, Some(from_planes)) => {
                let rows = self.bytes.chunks_exact(cols * size_of::<T>());
                for (bytes, cells) in rows.zip(cells.chunks_exact_mut(cols)) {
                    from_planes(bytes, cells);
                }
            }
        }
        Ok(true)
    }
}

/// Makes cells of differences, each from the cell before it.
fn add_up<T: Tiled>(row: &mut [T]) {
    let mut sum = <T::Bits as bytemuck::Zeroable>::zeroed();
    for bits in bytemuck::cast_slice_mut::<T, T::Bits>(row) {
        sum += *bits;
        *bits = sum;
    }
}

/// Puts the values of a row of double precision together, as [`singles`] does, from eight planes.
fn doubles(bytes: &[u8], cells: &mut [f64]) {
    let count = cells.len();
    let planes: [&[u8]; 8] =
        std::array::from_fn(|plane| &bytes[plane * count..(plane + 1) * count]);
    let mut total = 0;
    let mut last = planes.map(|plane| {
        let end = (plane.iter()).fold(total, |sum: u8, byte| sum.wrapping_add(*byte));
        std::mem::replace(&mut total, end)
    });
    for (place, cell) in cells.iter_mut().enumerate() {
        for (sum, plane) in last.iter_mut().zip(planes) {
            *sum = sum.wrapping_add(plane[place]);
        }
        *cell = f64::from_be_bytes(last);
    }
}

/// Bytes of a plane that are taken at once; as many as four cells have.
const LANES: usize = 16;

/// Puts the values of a row of single precision together.
///
/// The bytes of the values stand in four planes, the highest bytes first, each byte as the
/// difference from the one before it. The differences are brought together by cells first; then the
/// four bytes of a cell are summed at once.
///
/// # Source
///
/// Adobe Photoshop TIFF Technical Note 3 (2005), "Floating Point Predictor".
fn singles(bytes: &[u8], cells: &mut [f32]) {
    let (first, rest) = bytes.split_at(cells.len());
    let (second, rest) = rest.split_at(cells.len());
    let (third, fourth) = rest.split_at(cells.len());
    // A plane goes on from where the one before it ends.
    let total = |plane: &[u8]| plane.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    let b = total(first);
    let c = b.wrapping_add(total(second));
    let d = c.wrapping_add(total(third));
    let mut last = [d, c, b, 0];
    let mut sums = u8x16::from(bytemuck::cast::<_, [u8; LANES]>([last; 4]));
    let (groups, rest) = cells.as_chunks_mut::<LANES>();
    for (number, cells) in groups.iter_mut().enumerate() {
        let at = |plane: &[u8]| u8x16::from(&plane[number * LANES..(number + 1) * LANES]);
        let differences = by_cells([at(fourth), at(third), at(second), at(first)]);
        let (fours, _) = cells.as_chunks_mut::<4>();
        for (cells, differences) in fours.iter_mut().zip(differences) {
            let pairs = differences + moved_up(differences, 1);
            let all = pairs + moved_up(pairs, 2) + sums;
            let of_cells: [[u8; 4]; 4] = bytemuck::cast(all);
            *cells = of_cells.map(f32::from_le_bytes);
            last = of_cells[3];
            sums = bytemuck::cast([last; 4]);
        }
    }
    let start = groups.len() * LANES;
    for (place, cell) in (start..).zip(rest) {
        for (sum, plane) in last.iter_mut().zip([fourth, third, second, first]) {
            *sum = sum.wrapping_add(plane[place]);
        }
        *cell = f32::from_le_bytes(last);
    }
}

/// The bytes of four planes, four cells after the other.
#[inline]
fn by_cells([a, b, c, d]: [u8x16; 4]) -> [u8x16; 4] {
    let (low_ac, high_ac) = (u8x16::unpack_low(a, c), u8x16::unpack_high(a, c));
    let (low_bd, high_bd) = (u8x16::unpack_low(b, d), u8x16::unpack_high(b, d));
    [
        u8x16::unpack_low(low_ac, low_bd),
        u8x16::unpack_high(low_ac, low_bd),
        u8x16::unpack_low(high_ac, high_bd),
        u8x16::unpack_high(high_ac, high_bd),
    ]
}

/// Four cells moved up by some; nothing moves in.
#[inline]
fn moved_up(cells: u8x16, by: usize) -> u8x16 {
    let cells: [u32; 4] = bytemuck::cast(cells);
    let mut moved = [0; 4];
    moved[by..].copy_from_slice(&cells[..4 - by]);
    bytemuck::cast(moved)
}

#[cfg(test)]
mod tests {
    use gdal::raster::{Buffer, RasterCreationOptions};
    use gdal::{DriverManager, GeoTransform};

    use super::super::band::{RasterSource, ValueRaster};
    use super::super::opened::OpenRaster;
    use super::*;
    use crate::grid::Block;
    use crate::zonal::{ValueBlock, ValueCells};

    /// Numbers of all magnitudes.
    fn numbers(cells: u64) -> impl Iterator<Item = u64> {
        (0..cells).map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// The same as bytes.
    fn bytes() -> Vec<u8> {
        numbers(300 * 200).map(|n| n.to_le_bytes()[7]).collect()
    }

    fn written<T: GdalType + Copy>(path: &Path, options: &[&str], values: Vec<T>) -> Dataset {
        let options = options.iter().copied().collect::<RasterCreationOptions>();
        let driver = DriverManager::get_driver_by_name("GTiff").unwrap();
        let mut dataset = driver
            .create_with_band_type_with_options::<T, _>(path, 300, 200, 1, &options)
            .unwrap();
        let transform: GeoTransform = [0.0, 1.0, 0.0, 0.0, 0.0, -1.0];
        dataset.set_geo_transform(&transform).unwrap();
        let mut buffer = Buffer::new((300, 200), values);
        let mut band = dataset.rasterband(1).unwrap();
        band.write((0, 0), (300, 200), &mut buffer).unwrap();
        drop(dataset);
        Dataset::open(path).unwrap()
    }

    /// Whether tiles of 128 x 64 hold what was written.
    fn tiles_hold<T: Tiled>(path: &Path, dataset: &Dataset, values: &[T]) {
        let band = dataset.rasterband(1).unwrap();
        let mut decoder = Tiles::open(dataset, 1, path).unwrap();
        for (x, y) in [(0, 0), (1, 2), (2, 3)] {
            let found = decoder.read::<T>(&band, (x, y)).unwrap().unwrap();
            for (row, cells) in found.chunks_exact(128).enumerate().take(200 - y * 64) {
                let start = (y * 64 + row) * 300 + x * 128;
                let width = 128.min(300 - x * 128);
                let bits = bytemuck::cast_slice::<T, u8>;
                assert_eq!(bits(&cells[..width]), bits(&values[start..start + width]));
            }
        }
    }

    /// Whether the values of a file are those that GDAL makes of its cells.
    fn values_are_those_of_gdal(path: &Path, dataset: &Dataset) {
        let source = RasterSource {
            crs: Some("EPSG:5070"),
            ..RasterSource::default()
        };
        let (raster, _) = ValueRaster::open(path, &source).unwrap();
        let window = raster.grid.window(Block { row: 0, col: 0 });
        let mut block = ValueBlock::default();
        let mut opened = OpenRaster::new(&raster).unwrap();
        opened.read(window, &mut block).unwrap();
        let found: Vec<f64> = match block.cells {
            ValueCells::F32(cells) => cells.into_iter().map(f64::from).collect(),
            ValueCells::F64(cells) => cells,
        };
        let band = dataset.rasterband(1).unwrap();
        let expected = band.read_as::<f64>((0, 0), (300, 200), (300, 200), None);
        let expected = expected.unwrap();
        let bits = bytemuck::cast_slice::<f64, u64>;
        assert_eq!(bits(&found), bits(expected.data()));
    }

    /// Writes numbers of a type under the predictors that it has, and holds their tiles against them.
    fn hold_all<T: Tiled>(predictors: &[u8], values: impl Iterator<Item = T>) {
        let folder = tempfile::TempDir::new().unwrap();
        let values: Vec<T> = values.collect();
        for big in ["BIGTIFF=NO", "BIGTIFF=YES"] {
            for predictor in predictors {
                let path = folder.path().join(format!("{big} {predictor}.tif"));
                let predictor = format!("PREDICTOR={predictor}");
                let options = [
                    "COMPRESS=DEFLATE",
                    "TILED=YES",
                    "BLOCKXSIZE=128",
                    "BLOCKYSIZE=64",
                    big,
                    &predictor,
                ];
                let dataset = written(&path, &options, values.clone());
                tiles_hold(&path, &dataset, &values);
                values_are_those_of_gdal(&path, &dataset);
            }
        }
    }

    #[test]
    fn tiles_hold_the_bits_that_were_written() {
        macro_rules! hold {
            ($($whole:ty),*) => {$(
                let width = size_of::<$whole>();
                let values = numbers(300 * 200).map(|n| {
                    bytemuck::pod_read_unaligned::<$whole>(&n.to_be_bytes()[..width])
                });
                hold_all(&[1, 2], values);
            )*};
        }
        hold!(u8, u16, i16, u32, i32, u64, i64);
        // Among them are infinite ones and what is not a number.
        let singles = numbers(300 * 200).map(|n| match n % 97 {
            0 => f32::NAN,
            1 => f32::NEG_INFINITY,
            2 => -9999.0,
            _ => bytemuck::cast::<_, [f32; 2]>(n)[1],
        });
        hold_all(&[1, 2, 3], singles);
        let doubles = numbers(300 * 200).map(|n| match n % 97 {
            0 => f64::NAN,
            1 => f64::NEG_INFINITY,
            2 => -9999.0,
            _ => f64::from_bits(n),
        });
        hold_all(&[1, 2, 3], doubles);
    }

    #[test]
    fn a_tile_that_is_damaged_is_told_though_gdal_takes_it() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("lc.tif");
        let options = [
            "COMPRESS=DEFLATE",
            "TILED=YES",
            "BLOCKXSIZE=128",
            "BLOCKYSIZE=64",
        ];
        let dataset = written(&path, &options, bytes());
        let band = dataset.rasterband(1).unwrap();
        let told = |what: &str| {
            let told = band.metadata_item(&format!("BLOCK_{what}_1_2"), "TIFF");
            told.unwrap().parse::<usize>().unwrap()
        };
        let place = told("OFFSET")..told("OFFSET") + told("SIZE");
        // A stream that becomes more cells than a tile has.
        let more = vec![7_u8; 128 * 64 + 300];
        let mut compressor = libdeflater::Compressor::new(libdeflater::CompressionLvl::default());
        let mut stream = vec![0; compressor.zlib_compress_bound(more.len())];
        let size = compressor.zlib_compress(&more, &mut stream).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[place][..size].copy_from_slice(&stream[..size]);
        std::fs::write(&path, bytes).unwrap();
        let dataset = Dataset::open(&path).unwrap();
        let band = dataset.rasterband(1).unwrap();
        assert!(band.read_block::<u8>((1, 2)).is_ok());
        let mut decoder = Tiles::open(&dataset, 1, &path).unwrap();
        assert!(decoder.read::<u8>(&band, (0, 2)).unwrap().is_some());
        let error = decoder.read::<u8>(&band, (1, 2)).unwrap_err().to_string();
        assert!(
            error.contains("do not fit its size or its checksum"),
            "{error}"
        );
    }

    #[test]
    fn other_files_are_left_to_gdal() {
        let folder = tempfile::TempDir::new().unwrap();
        for (name, options) in [
            ("plain.tif", &["TILED=YES"][..]),
            ("other.tif", &["COMPRESS=LZW", "PREDICTOR=2", "TILED=YES"]),
            ("motorola.tif", &["COMPRESS=DEFLATE", "ENDIANNESS=BIG"]),
            ("bits.tif", &["COMPRESS=DEFLATE", "TILED=YES", "NBITS=4"]),
        ] {
            let path = folder.path().join(name);
            let dataset = written(&path, options, vec![3_u8; 300 * 200]);
            assert!(Tiles::open(&dataset, 1, &path).is_none(), "{name}");
        }
    }
}
