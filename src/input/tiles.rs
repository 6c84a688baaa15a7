//! Deflated tiles, decoded here.
//!
//! Large rasters mostly come as `GeoTIFF` in deflated tiles: of bytes where they hold classes, of
//! single-precision numbers, mostly under TIFF's predictor 3, where they hold biomass and the like.
//! GDAL undoes predictors byte by byte, which takes longer than all the rest of a pass, and hands
//! every tile on through memory of its own. GDAL says where a tile lies in the file; it is read,
//! inflated and put together here. Whatever is unlike what is expected goes to GDAL, which then also
//! says what is wrong with a damaged tile.

use std::path::Path;

use gdal::errors::GdalError;
use gdal::raster::{GdalType, RasterBand};
use gdal::{Dataset, Metadata};
use wide::{bytemuck, u8x16};

use super::checksums::{Packed, unlike_its_checksum};

/// How the bytes of a tile become cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Predictor {
    /// They are the cells.
    None,
    /// Each is the difference from the one before (TIFF's predictor 2).
    Horizontal,
    /// TIFF's predictor 3.
    FloatingPoint,
}

/// Cells whose tiles are decoded here.
pub(super) trait Tiled: Copy + Default + GdalType {
    /// Whether a predictor of such cells is known here.
    fn knows(predictor: Predictor) -> bool;

    /// Inflates a tile by `inflate`, which fills the bytes that it is given, and puts its cells
    /// together; `bytes` is working space.
    fn decode(
        predictor: Predictor,
        cols: usize,
        bytes: &mut Vec<u8>,
        cells: &mut [Self],
        inflate: impl FnOnce(&mut [u8]) -> Option<()>,
    ) -> Option<()>;
}

impl Tiled for u8 {
    fn knows(predictor: Predictor) -> bool {
        predictor != Predictor::FloatingPoint
    }

    fn decode(
        predictor: Predictor,
        cols: usize,
        _: &mut Vec<u8>,
        cells: &mut [Self],
        inflate: impl FnOnce(&mut [u8]) -> Option<()>,
    ) -> Option<()> {
        inflate(cells)?;
        if predictor == Predictor::Horizontal {
            for row in cells.chunks_exact_mut(cols) {
                row.iter_mut().fold(0_u8, |before, cell| {
                    *cell = cell.wrapping_add(before);
                    *cell
                });
            }
        }
        Some(())
    }
}

impl Tiled for f32 {
    fn knows(predictor: Predictor) -> bool {
        predictor != Predictor::Horizontal
    }

    fn decode(
        predictor: Predictor,
        cols: usize,
        bytes: &mut Vec<u8>,
        cells: &mut [Self],
        inflate: impl FnOnce(&mut [u8]) -> Option<()>,
    ) -> Option<()> {
        bytes.resize(size_of_val(cells), 0);
        inflate(bytes)?;
        if predictor == Predictor::None {
            let (stored, _) = bytes.as_chunks();
            for (cell, stored) in cells.iter_mut().zip(stored) {
                *cell = Self::from_le_bytes(*stored);
            }
            return Some(());
        }
        let rows = bytes.chunks_exact(cols * size_of::<Self>());
        for (bytes, cells) in rows.zip(cells.chunks_exact_mut(cols)) {
            undo_predictor(bytes, cells);
        }
        Some(())
    }
}

/// A band whose tiles are decoded here, as one thread has it open.
pub(super) struct Tiles<T> {
    packed: Packed,
    predictor: Predictor,
    bytes: Vec<u8>,
    cells: Vec<T>,
}

impl<T: Tiled> Tiles<T> {
    /// Opens the file behind a band; `None` where its tiles are of another kind.
    pub(super) fn open(dataset: &Dataset, band: usize, path: &Path) -> Option<Self> {
        let structure = |key: &str| dataset.metadata_item(key, "IMAGE_STRUCTURE");
        let predictor = match structure("PREDICTOR").as_deref() {
            None | Some("1") => Predictor::None,
            Some("2") => Predictor::Horizontal,
            Some("3") => Predictor::FloatingPoint,
            Some(_) => return None,
        };
        let is_ours = dataset.driver().short_name() == "GTiff"
            && structure("COMPRESSION").as_deref() == Some("DEFLATE")
            && (dataset.raster_count() == 1 || structure("INTERLEAVE").as_deref() == Some("BAND"))
            && T::knows(predictor);
        let of_band = dataset.rasterband(band).ok()?;
        // Fewer bits a cell than the type has are packed.
        let is_packed = of_band.metadata_item("NBITS", "IMAGE_STRUCTURE").is_some();
        if !is_ours || is_packed || of_band.band_type() != T::datatype() {
            return None;
        }
        let mut packed = Packed::open(path)?;
        packed.is_little_endian_tiff().then(|| Self {
            packed,
            predictor,
            bytes: Vec::new(),
            cells: Vec::new(),
        })
    }

    /// The cells of a tile by its column and row; `None` where GDAL must read it.
    ///
    /// # Errors
    ///
    /// A tile whose bytes do not fit its size or its checksum, which GDAL may take as it is.
    pub(super) fn read(
        &mut self,
        band: &RasterBand<'_>,
        place: (usize, usize),
    ) -> Result<Option<&[T]>, GdalError> {
        let (cols, rows) = band.block_size();
        let mut cells = std::mem::take(&mut self.cells);
        cells.resize(cols * rows, T::default());
        let read = self.read_into(band, place, &mut cells);
        self.cells = cells;
        Ok(read?.then_some(&*self.cells))
    }

    /// Fills `cells`, as many as a tile has, as [`Self::read`] does; returns whether it did, else
    /// they hold anything.
    ///
    /// # Errors
    ///
    /// Those of [`Self::read`].
    pub(super) fn read_into(
        &mut self,
        band: &RasterBand<'_>,
        place: (usize, usize),
        cells: &mut [T],
    ) -> Result<bool, GdalError> {
        let packed = &mut self.packed;
        if packed.load(band, place, size_of_val(cells)).is_none() {
            return Ok(false);
        }
        let mut is_damaged = false;
        let cols = band.block_size().0;
        let decoded = T::decode(self.predictor, cols, &mut self.bytes, cells, |bytes| {
            let inflated = packed.inflate(bytes);
            is_damaged = inflated.is_err();
            (inflated == Ok(bytes.len())).then_some(())
        });
        if is_damaged && band.read_block::<T>(place).is_ok() {
            return Err(unlike_its_checksum());
        }
        Ok(decoded.is_some())
    }
}

/// Bytes of a plane that are taken at once; as many as four cells have.
const LANES: usize = 16;

/// Puts the values of a row together.
///
/// The bytes of the values stand in four planes, the highest bytes first, each byte as the
/// difference from the one before it. The differences are brought together by cells first; then the
/// four bytes of a cell are summed at once.
///
/// # Source
///
/// Adobe Photoshop TIFF Technical Note 3 (2005), "Floating Point Predictor".
fn undo_predictor(bytes: &[u8], cells: &mut [f32]) {
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
    use super::*;
    use gdal::raster::{Buffer, RasterCreationOptions};
    use gdal::{DriverManager, GeoTransform};

    /// Values of both signs and all magnitudes, and what is not a number.
    fn values(cells: u32) -> Vec<f32> {
        (0..cells)
            .map(|n| match n % 97 {
                0 => f32::NAN,
                1 => f32::NEG_INFINITY,
                2 => -9999.0,
                _ => f32::from_bits(n.wrapping_mul(0x9E37_79B9)),
            })
            .collect()
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

    /// Whether tiles of 128 x 64 hold what was written, whose bits `bits` tells.
    fn tiles_hold<T: Tiled>(path: &Path, dataset: &Dataset, values: &[T], bits: fn(T) -> u32) {
        let band = dataset.rasterband(1).unwrap();
        let mut decoder = Tiles::<T>::open(dataset, 1, path).unwrap();
        for (x, y) in [(0, 0), (1, 2), (2, 3)] {
            let found = decoder.read(&band, (x, y)).unwrap().unwrap();
            for (row, cells) in found.chunks_exact(128).enumerate() {
                for (col, cell) in cells.iter().enumerate() {
                    let (row, col) = (y * 64 + row, x * 128 + col);
                    if row < 200 && col < 300 {
                        assert_eq!(bits(*cell), bits(values[row * 300 + col]));
                    }
                }
            }
        }
    }

    #[test]
    fn tiles_hold_the_bits_that_were_written() {
        let folder = tempfile::TempDir::new().unwrap();
        let floats = values(300 * 200);
        let bytes: Vec<u8> = floats
            .iter()
            .map(|x| x.to_bits().to_le_bytes()[1])
            .collect();
        for big in ["BIGTIFF=NO", "BIGTIFF=YES"] {
            for predictor in ["PREDICTOR=1", "PREDICTOR=2", "PREDICTOR=3"] {
                let path = folder.path().join(format!("{big} {predictor}.tif"));
                let options = [
                    "COMPRESS=DEFLATE",
                    "TILED=YES",
                    "BLOCKXSIZE=128",
                    "BLOCKYSIZE=64",
                    big,
                    predictor,
                ];
                if predictor != "PREDICTOR=2" {
                    let dataset = written(&path, &options, floats.clone());
                    tiles_hold(&path, &dataset, &floats, f32::to_bits);
                }
                if predictor != "PREDICTOR=3" {
                    let dataset = written(&path, &options, bytes.clone());
                    tiles_hold(&path, &dataset, &bytes, u32::from);
                }
            }
        }
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
        let cells = values(300 * 200);
        let cells = cells.iter().map(|x| x.to_bits().to_le_bytes()[1]);
        let dataset = written(&path, &options, cells.collect::<Vec<u8>>());
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
        let mut decoder = Tiles::<u8>::open(&dataset, 1, &path).unwrap();
        assert!(decoder.read(&band, (0, 2)).unwrap().is_some());
        let error = decoder.read(&band, (1, 2)).unwrap_err().to_string();
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
            ("two.tif", &["COMPRESS=DEFLATE", "PREDICTOR=2", "TILED=YES"]),
            (
                "motorola.tif",
                &["COMPRESS=DEFLATE", "PREDICTOR=3", "ENDIANNESS=BIG"],
            ),
        ] {
            let path = folder.path().join(name);
            let dataset = written(&path, options, values(300 * 200));
            assert!(Tiles::<f32>::open(&dataset, 1, &path).is_none(), "{name}");
            assert!(Tiles::<u8>::open(&dataset, 1, &path).is_none(), "{name}");
        }
        let path = folder.path().join("bits.tif");
        let options = ["COMPRESS=DEFLATE", "TILED=YES", "NBITS=4"];
        let dataset = written(&path, &options, vec![3_u8; 300 * 200]);
        assert!(Tiles::<u8>::open(&dataset, 1, &path).is_none());
    }
}
