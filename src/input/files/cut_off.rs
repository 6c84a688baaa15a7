//! Files that were cut off, by what they state of themselves.
//!
//! The library of HDF5, which netCDF-4 is written with, refuses them, but prints its own report past GDAL and gives no
//! reason to it. That of classic netCDF reads zeros where the data are missing, that of ENVI too, and a
//! grid of text never ends.

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use gdal::{Dataset, Metadata as _};

use super::inside::file_behind;
use super::{ascii_grid, classic_netcdf};
use crate::finding::Finding;

/// What a file of HDF5 begins with.
const SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";

/// Name of the driver of raw rasters of ENVI, and of what their header says.
const ENVI: &str = "ENVI";

/// Bytes of the superblock that tell where the file ends, in each version.
const SUPERBLOCK: usize = 52;

/// Whether a path is of a file of HDF5, which netCDF-4 files are too.
pub(in crate::input) fn is_hdf5(path: &Path) -> bool {
    let mut start = [0; SIGNATURE.len()];
    let opened = File::open(file_behind(path));
    opened.is_ok_and(|mut file| file.read_exact(&mut start).is_ok() && start == SIGNATURE)
}

/// Why a file is not whole.
pub(super) fn cut_off(path: &Path) -> Option<Finding> {
    let file = file_behind(path);
    let opened = || File::open(&file).ok().map(BufReader::new);
    let mut start = Vec::new();
    let beginning = opened()?.take(SUPERBLOCK as u64).read_to_end(&mut start);
    beginning.ok()?;
    let stated = stated_length(&start).or_else(|| classic_netcdf::stated_length(opened()?));
    if let Some(stated) = stated {
        return short(path, (file.metadata().ok()?.len(), stated), "bytes");
    }
    short(path, ascii_grid::cells(opened()?)?, "cells")
}

/// Why a raw raster of ENVI is not whole: GDAL reads zeros where its cells are missing.
pub(in crate::input) fn short_of_cells(path: &Path, dataset: &Dataset) -> Option<Finding> {
    let says = |key| dataset.metadata_item(key, ENVI);
    let is_packed = says("file_compression").is_some_and(|word| word != "0");
    if dataset.driver().short_name() != ENVI || is_packed {
        return None;
    }
    let (cols, rows) = dataset.raster_size();
    let bands = (1..=dataset.raster_count()).map(|band| dataset.rasterband(band));
    let cell = bands.map(|band| Some(u64::from(band.ok()?.band_type().bytes())));
    let cell = cell.sum::<Option<u64>>()?;
    let header = says("header_offset").and_then(|word| word.parse().ok());
    let cells = u64::try_from(cols)
        .ok()?
        .checked_mul(u64::try_from(rows).ok()?)?;
    let stated = cells.checked_mul(cell)?.checked_add(header.unwrap_or(0))?;
    let has = file_behind(path).metadata().ok()?.len();
    short(path, (has, stated), "bytes")
}

/// That a file has less than it states.
fn short(path: &Path, (has, stated): (u64, u64), what: &str) -> Option<Finding> {
    (has < stated).then(|| {
        Finding::error(
            path.display().to_string(),
            format!("the file was cut off: it has {has} {what} and says that it has {stated}"),
            "copy it again from its source",
        )
    })
}

/// The length that a file of HDF5 states, from its first bytes; `None` of other files.
///
/// # Source
///
/// HDF5 File Format Specification Version 3.0, II.A "Format Signature and Superblock": address of the end of the
/// file after the base address, with addresses of eight bytes and a base address of zero.
fn stated_length(start: &[u8]) -> Option<u64> {
    if !start.starts_with(&SIGNATURE) {
        return None;
    }
    let (size_of_addresses, base) = match start.get(8)? {
        0 => (13, 24),
        1 => (13, 28),
        2 | 3 => (9, 12),
        _ => return None,
    };
    let address = |at: usize| {
        let bytes = start.get(at..at + 8)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    };
    (*start.get(size_of_addresses)? == 8 && address(base)? == 0)
        .then(|| address(base + 16))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_of_the_superblock_states_the_length() {
        for (version, size_of_addresses, end) in [(0, 13, 40), (1, 13, 44), (2, 9, 28), (3, 9, 28)]
        {
            let mut start = vec![0; SUPERBLOCK];
            start[..8].copy_from_slice(&SIGNATURE);
            (start[8], start[size_of_addresses]) = (version, 8);
            start[end..end + 8].copy_from_slice(&283_096_u64.to_le_bytes());
            assert_eq!(stated_length(&start), Some(283_096), "{version}");
            assert_eq!(stated_length(&start[..end]), None, "{version}");
        }
        assert_eq!(stated_length(b"II*\0"), None);
    }
}
