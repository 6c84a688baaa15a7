//! Tiles of single-precision values under the floating-point predictor, decoded here.
//!
//! Rasters of biomass and the like mostly come as `GeoTIFF`, deflated, with TIFF's predictor 3. GDAL
//! undoes that predictor byte by byte, which takes longer than all the rest of a pass. GDAL says
//! where a tile lies in the file; it is read, inflated and put together here. Whatever is unlike
//! what is expected goes to GDAL, which then also says what is wrong with a damaged tile.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use gdal::raster::{GdalDataType, RasterBand};
use gdal::{Dataset, Metadata};
use libdeflater::Decompressor;

/// Bytes of a value.
const WIDTH: usize = size_of::<f32>();

/// A band whose tiles are decoded here, as one thread has it open.
pub(super) struct FloatTiles {
    file: File,
    inflate: Decompressor,
    packed: Vec<u8>,
    bytes: Vec<u8>,
    cells: Vec<f32>,
}

impl std::fmt::Debug for FloatTiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FloatTiles").finish_non_exhaustive()
    }
}

/// Whether a file is a TIFF of little-endian numbers, classic or big.
fn is_little_endian_tiff(file: &mut File) -> bool {
    let mut magic = [0; 4];
    file.read_exact(&mut magic).is_ok() && matches!(&magic, b"II\x2a\0" | b"II\x2b\0")
}

impl FloatTiles {
    /// Opens the file behind a band; `None` where its tiles are of another kind.
    pub(super) fn open(dataset: &Dataset, band: usize, path: &Path) -> Option<Self> {
        let structure = |key: &str| dataset.metadata_item(key, "IMAGE_STRUCTURE");
        let is_ours = dataset.driver().short_name() == "GTiff"
            && structure("COMPRESSION").as_deref() == Some("DEFLATE")
            && structure("PREDICTOR").as_deref() == Some("3")
            && (dataset.raster_count() == 1 || structure("INTERLEAVE").as_deref() == Some("BAND"));
        let of_band = dataset.rasterband(band).ok()?;
        if !is_ours || of_band.band_type() != GdalDataType::Float32 {
            return None;
        }
        let mut file = File::open(path).ok()?;
        is_little_endian_tiff(&mut file).then(|| Self {
            file,
            inflate: Decompressor::new(),
            packed: Vec::new(),
            bytes: Vec::new(),
            cells: Vec::new(),
        })
    }

    /// The values of a tile by its column and row; `None` where GDAL must read it.
    pub(super) fn read(&mut self, band: &RasterBand<'_>, place: (usize, usize)) -> Option<&[f32]> {
        let told = |what: &str| -> Option<u64> {
            let key = format!("BLOCK_{what}_{}_{}", place.0, place.1);
            band.metadata_item(&key, "TIFF")?.parse().ok()
        };
        let (offset, size) = (told("OFFSET")?, usize::try_from(told("SIZE")?).ok()?);
        let (cols, rows) = band.block_size();
        let cells = cols.checked_mul(rows)?;
        // Deflating never doubles: a size beyond that is damage, not a reason to make room for it.
        if size == 0 || size > 2 * cells * WIDTH + 1024 {
            return None;
        }
        self.packed.resize(size, 0);
        self.file.seek(SeekFrom::Start(offset)).ok()?;
        self.file.read_exact(&mut self.packed).ok()?;
        self.bytes.resize(cells * WIDTH, 0);
        let inflated = self.inflate.zlib_decompress(&self.packed, &mut self.bytes);
        if inflated != Ok(cells * WIDTH) {
            return None;
        }
        self.cells.resize(cells, 0.0);
        let rows = self.bytes.chunks_exact(cols * WIDTH);
        for (bytes, cells) in rows.zip(self.cells.chunks_exact_mut(cols)) {
            undo_predictor(bytes, cells);
        }
        Some(&self.cells)
    }
}

/// Puts the values of a row together.
///
/// The bytes of the values stand in four planes, the highest bytes first, each byte as the
/// difference from the one before it.
///
/// # Source
///
/// Adobe Photoshop TIFF Technical Note 3 (2005), "Floating Point Predictor".
fn undo_predictor(bytes: &[u8], cells: &mut [f32]) {
    let total = |plane: &[u8]| plane.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
    let (first, rest) = bytes.split_at(cells.len());
    let (second, rest) = rest.split_at(cells.len());
    let (third, fourth) = rest.split_at(cells.len());
    // Four sums run side by side, each from where the plane before it ends.
    let mut a = 0_u8;
    let mut b = total(first);
    let mut c = b.wrapping_add(total(second));
    let mut d = c.wrapping_add(total(third));
    let planes = first.iter().zip(second).zip(third.iter().zip(fourth));
    for (cell, ((one, two), (three, four))) in cells.iter_mut().zip(planes) {
        a = a.wrapping_add(*one);
        b = b.wrapping_add(*two);
        c = c.wrapping_add(*three);
        d = d.wrapping_add(*four);
        *cell = f32::from_be_bytes([a, b, c, d]);
    }
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

    fn written(path: &Path, options: &[&str]) -> Vec<f32> {
        let options = options.iter().copied().collect::<RasterCreationOptions>();
        let driver = DriverManager::get_driver_by_name("GTiff").unwrap();
        let mut dataset = driver
            .create_with_band_type_with_options::<f32, _>(path, 300, 200, 1, &options)
            .unwrap();
        let transform: GeoTransform = [0.0, 1.0, 0.0, 0.0, 0.0, -1.0];
        dataset.set_geo_transform(&transform).unwrap();
        let values = values(300 * 200);
        let mut buffer = Buffer::new((300, 200), values.clone());
        let mut band = dataset.rasterband(1).unwrap();
        band.write((0, 0), (300, 200), &mut buffer).unwrap();
        drop(dataset);
        values
    }

    #[test]
    fn tiles_hold_the_bits_that_were_written() {
        let folder = tempfile::TempDir::new().unwrap();
        for (file, more) in [("classic.tif", "BIGTIFF=NO"), ("big.tif", "BIGTIFF=YES")] {
            let path = folder.path().join(file);
            let tiled = [
                "COMPRESS=DEFLATE",
                "PREDICTOR=3",
                "TILED=YES",
                "BLOCKXSIZE=128",
            ];
            let options: Vec<&str> = tiled.into_iter().chain(["BLOCKYSIZE=64", more]).collect();
            let values = written(&path, &options);
            let dataset = Dataset::open(&path).unwrap();
            let band = dataset.rasterband(1).unwrap();
            let mut decoder = FloatTiles::open(&dataset, 1, &path).unwrap();
            for (x, y) in [(0, 0), (1, 2), (2, 3)] {
                let found = decoder.read(&band, (x, y)).unwrap();
                for (row, cells) in found.chunks_exact(128).enumerate() {
                    for (col, cell) in cells.iter().enumerate() {
                        let (row, col) = (y * 64 + row, x * 128 + col);
                        if row < 200 && col < 300 {
                            assert_eq!(cell.to_bits(), values[row * 300 + col].to_bits());
                        }
                    }
                }
            }
        }
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
            written(&path, options);
            let dataset = Dataset::open(&path).unwrap();
            assert!(FloatTiles::open(&dataset, 1, &path).is_none(), "{name}");
        }
    }
}
