//! The file on disk behind a path, which may be a name of GDAL for something inside it.

use std::path::{Path, PathBuf};

use crate::finding::Finding;
use crate::plan::InsideName;

/// The file on disk that holds what a path names: the path itself, or the file that a name of GDAL is
/// about, such as the archive of `/vsizip/maps.zip/lc.tif`.
#[must_use]
pub fn file_behind(path: &Path) -> PathBuf {
    let text = path.to_string_lossy();
    let inside = InsideName::of(&text).filter(|_| !path.exists());
    let file = inside.and_then(|name| name.files().find(|file| file.is_file()));
    file.map_or_else(|| path.to_path_buf(), Path::to_path_buf)
}

/// Why what a path names is not there.
///
/// The manifest names the bytes that a run read, so they must lie in a file on disk.
pub(super) fn missing(path: &Path) -> Option<Finding> {
    if file_behind(path).exists() {
        return None;
    }
    let name = path.display().to_string();
    let finding = if let Some(inside) = InsideName::of(&name) {
        let whole = inside.files().last().unwrap_or(path).display().to_string();
        Finding::error(
            &name,
            format!("the file `{whole}` is missing"),
            "check the path; those in a plan are relative to the plan file",
        )
    } else if name.starts_with("/vsi") || name.contains(":/vsi") || InsideName::begins(&name) {
        Finding::error(
            &name,
            "this is a name of GDAL for something that is not inside a file on disk",
            "write it to a file of its own: gdal_translate NAME out.tif",
        )
    } else {
        Finding::error(
            name,
            "the file is missing",
            "check the path; those in a plan are relative to the plan file",
        )
    };
    Some(finding)
}
