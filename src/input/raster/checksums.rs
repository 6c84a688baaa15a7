//! Deflated tiles held against their checksum.
//!
//! GDAL takes a tile whose bytes become more than it has cells for, and does not look at its checksum
//! then. Where GDAL decodes tiles, each is therefore inflated here once before.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use gdal::errors::GdalError;
use gdal::raster::RasterBand;
use gdal::{Dataset, Metadata as _};
use libdeflater::{DecompressionError, Decompressor};

use crate::grid::Window;
use crate::input::files::open_raster;

/// Directories of a file that are looked through for its mask: overviews and other pages stand among
/// them.
const DIRECTORIES: usize = 64;

/// Tiles of a file as they are stored.
pub(super) struct Packed {
    file: File,
    inflate: Decompressor,
    bytes: Vec<u8>,
}

impl Packed {
    /// Opens a file; `None` of what is not one on disk.
    pub(super) fn open(path: &Path) -> Option<Self> {
        Some(Self {
            file: File::open(path).ok()?,
            inflate: Decompressor::new(),
            bytes: Vec::new(),
        })
    }

    /// Whether the file is a TIFF, classic or big, of numbers whose bytes stand as they do in this
    /// machine.
    pub(super) fn is_tiff_of_this_byte_order(&mut self) -> bool {
        let mut beginning = [0; 4];
        let is_read = self.file.read_exact(&mut beginning).is_ok();
        let [.., first, second] = beginning;
        is_read && matches!(u16::from_ne_bytes([first, second]), 42 | 43)
    }

    /// Reads the bytes of a tile as they are stored, for as many as they become; `None` where GDAL
    /// must.
    pub(super) fn load(
        &mut self,
        band: &RasterBand<'_>,
        place: (usize, usize),
        bytes: usize,
    ) -> Option<()> {
        let (offset, size) = stored(band, place)?;
        let size = usize::try_from(size).ok()?;
        // Deflating never doubles: a size beyond that is damage, not a reason to make room for it.
        if size == 0 || size > 2 * bytes + 1024 {
            return None;
        }
        self.bytes.resize(size, 0);
        self.file.seek(SeekFrom::Start(offset)).ok()?;
        self.file.read_exact(&mut self.bytes).ok()
    }

    /// Inflates the tile that was loaded, and says how many bytes it became.
    pub(super) fn inflate(&mut self, bytes: &mut [u8]) -> Result<usize, DecompressionError> {
        self.inflate.zlib_decompress(&self.bytes, bytes)
    }
}

/// Whether the blocks that GDAL shows of a band are those of its file, before any of them is read.
///
/// A strip of more than 2000 rows that is the whole raster it shows as so many blocks of a row. It then tells a place of
/// the first alone, and once it was asked for the place of another, GDAL 3.6 reads that no more.
pub(super) fn shows_its_tiles(band: &RasterBand<'_>) -> bool {
    band.block_size().1 > 1 || band.size().1 == 1 || stored(band, (0, 1)).is_some()
}

/// Where a tile lies in its file, and how many bytes it has there; `None` where it has none.
pub(super) fn stored(band: &RasterBand<'_>, (col, row): (usize, usize)) -> Option<(u64, u64)> {
    let told = |what: &str| -> Option<u64> {
        let key = format!("BLOCK_{what}_{col}_{row}");
        band.metadata_item(&key, "TIFF")?.parse().ok()
    };
    Some((told("OFFSET")?, told("SIZE")?))
}

/// What is wrong with a tile that GDAL may take as it is.
pub(super) fn unlike_its_checksum() -> GdalError {
    GdalError::NullPointer {
        method_name: "inflate",
        msg: "its bytes do not fit its size or its checksum".to_owned(),
    }
}

/// What a tile holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holds {
    /// Cells of a band.
    Band(usize),
    /// Which cells hold data.
    Mask,
}

/// The checksums of a file, as one thread has it open.
#[derive(Default)]
pub(super) struct Checksums {
    data: Option<Packed>,
    mask: Option<Packed>,
    /// Samples that stand in one tile.
    samples: usize,
    /// Tiles that were looked at, by what they hold, column and row, and whether they are sound.
    seen: BTreeMap<(Holds, usize, usize), bool>,
    bytes: Vec<u8>,
}

impl Checksums {
    /// Those of a raster; `masked` says whether a band of it has a mask of its own.
    pub(super) fn open(dataset: &Dataset, band: usize, masked: bool, path: &Path) -> Self {
        let bands = dataset.raster_count();
        let by_band = structure(dataset, "INTERLEAVE").as_deref() == Some("BAND");
        let of_band = dataset.rasterband(band);
        let is_shown = is_deflated(dataset) && of_band.is_ok_and(|band| shows_its_tiles(&band));
        let data = is_shown.then(|| Packed::open(path));
        let mask = masked.then(|| file_of_mask(dataset, band, path));
        Self {
            data: data.flatten(),
            mask: mask.flatten().and_then(|file| Packed::open(&file)),
            samples: if by_band { 1 } else { bands.max(1) },
            ..Self::default()
        }
    }

    /// Whether the file has any.
    pub(super) fn are_known(&self) -> bool {
        self.data.is_some() || self.mask.is_some()
    }

    /// Looks at the tiles under a window of the file.
    ///
    /// # Errors
    ///
    /// A tile that does not fit its checksum. What GDAL finds wrong by itself is left to it.
    pub(super) fn check(
        &mut self,
        band: &RasterBand<'_>,
        holds: Holds,
        window: Window,
    ) -> Result<(), GdalError> {
        let (packed, samples) = match holds {
            Holds::Band(_) => (&mut self.data, self.samples),
            Holds::Mask => (&mut self.mask, 1),
        };
        let Some(packed) = packed else {
            return Ok(());
        };
        // All bands of such a file lie in the same tiles.
        let holds = if samples > 1 { Holds::Band(1) } else { holds };
        let (cols, rows) = band.block_size();
        // Fewer bits a cell than the type has, or fewer rows in the last strip, take less room.
        let most = cols * rows * samples * usize::from(band.band_type().bytes()).max(1);
        let span = |first: u32, length: u32, edge: usize| {
            let (first, length) = (first as usize, length as usize);
            first / edge..(first + length).div_ceil(edge)
        };
        for row in span(window.row, window.rows, rows) {
            for col in span(window.col, window.cols, cols) {
                let is_sound = self.seen.entry((holds, col, row)).or_insert_with(|| {
                    if packed.load(band, (col, row), most).is_none() {
                        return true;
                    }
                    self.bytes.resize(most, 0);
                    packed.inflate(&mut self.bytes).is_ok()
                });
                if !*is_sound {
                    return Err(unlike_its_checksum());
                }
            }
        }
        Ok(())
    }
}

pub(super) fn structure(dataset: &Dataset, key: &str) -> Option<String> {
    dataset.metadata_item(key, "IMAGE_STRUCTURE")
}

pub(super) fn is_deflated(dataset: &Dataset) -> bool {
    dataset.driver().short_name() == "GTiff"
        && structure(dataset, "COMPRESSION").as_deref() == Some("DEFLATE")
}

/// The file with the deflated mask of a band: the raster's own, or the one beside it. GDAL tells how a
/// mask is packed only of the directory that it is in.
fn file_of_mask(dataset: &Dataset, band: usize, path: &Path) -> Option<PathBuf> {
    let band = dataset.rasterband(band).ok()?;
    let mask = band.open_mask_band().ok().filter(shows_its_tiles)?;
    let (blocks_across, blocks_down) = {
        let ((width, height), (cols, rows)) = (mask.size(), mask.block_size());
        (width.div_ceil(cols.max(1)), height.div_ceil(rows.max(1)))
    };
    let mut places = (0..blocks_down).flat_map(|row| (0..blocks_across).map(move |col| (col, row)));
    let (place, stored_there) = places
        .find_map(|place| Some((place, stored(&mask, place).filter(|(_, size)| *size > 0)?)))?;
    let is_mask = |name: &Path| -> Option<bool> {
        let dataset = open_raster(name).ok()?;
        let band = dataset.rasterband(1).ok()?;
        let is_here = stored(&band, place) == Some(stored_there);
        is_here.then(|| is_deflated(&dataset))
    };
    let mut beside = OsString::from(path);
    beside.push(".msk");
    let inside = (2..DIRECTORIES).map_while(|number| {
        let name = PathBuf::from(format!("GTIFF_DIR:{number}:{}", path.display()));
        open_raster(&name)
            .is_ok()
            .then(|| (name, path.to_path_buf()))
    });
    let files = inside.chain([(PathBuf::from(&beside), PathBuf::from(&beside))]);
    let mut found = files.filter_map(|(name, file)| Some((is_mask(&name)?, file)));
    found
        .next()
        .and_then(|(is_deflated, file)| is_deflated.then_some(file))
}
