//! HDF5 files, and netCDF-4 files, which are such, that were cut off.
//!
//! The library of HDF5 refuses them, but prints its own report past GDAL and gives no reason to it.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::inside::file_behind;
use crate::finding::Finding;

/// What a file of HDF5 begins with.
const SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";

/// Bytes of the superblock that tell where the file ends, in each version.
const SUPERBLOCK: usize = 52;

/// Whether a path is of a file of HDF5, which netCDF-4 files are too.
pub(in crate::input) fn is_hdf5(path: &Path) -> bool {
    let mut start = [0; SIGNATURE.len()];
    let opened = File::open(file_behind(path));
    opened.is_ok_and(|mut file| file.read_exact(&mut start).is_ok() && start == SIGNATURE)
}

/// Why a file of HDF5 is not whole.
pub(super) fn cut_off(path: &Path) -> Option<Finding> {
    let file = file_behind(path);
    let has = file.metadata().ok()?.len();
    let mut start = Vec::new();
    let opened = File::open(&file).ok()?;
    opened
        .take(SUPERBLOCK as u64)
        .read_to_end(&mut start)
        .ok()?;
    let expected = stated_length(&start).filter(|expected| *expected > has)?;
    Some(Finding::error(
        path.display().to_string(),
        format!("the file was cut off: it has {has} bytes and says that it has {expected}"),
        "copy it again from its source",
    ))
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
