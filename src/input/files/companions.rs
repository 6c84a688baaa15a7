//! The files on disk that a path stands for.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::inside::file_behind;

/// What lies beside a file of any kind: a mask, and what GDAL keeps of it.
const BESIDE_ANY: [&str; 2] = [".msk", ".aux.xml"];

/// Files of several parts, by the ending of the one that is named.
const PARTS: [(&[&str], &[&str]); 3] = [
    (&["shp"], &["shx", "dbf", "prj", "cpg"]),
    (&["tab"], &["dat", "map", "id", "ind"]),
    // The place, the layout and the coordinate system of pictures.
    (
        &[
            "tif", "tiff", "img", "bil", "bip", "bsq", "flt", "asc", "png", "jpg", "jpeg", "jp2",
        ],
        &["wld", "hdr", "prj"],
    ),
];

/// Elements of a virtual raster or layer that name what it is put together from.
const SOURCES: [&str; 3] = ["SourceFilename", "SourceDataset", "SrcDataSource"];

/// The file behind a path, the files that lie beside it and belong to it, and those that a virtual
/// raster or layer is put together from, with theirs. All but the first are on disk.
#[must_use]
pub fn files_behind(path: &Path) -> Vec<PathBuf> {
    let mut files = vec![file_behind(path)];
    let mut next = 0;
    while let Some(file) = files.get(next).cloned() {
        for more in companions(&file).into_iter().chain(sources(&file)) {
            if more.is_file() && !files.contains(&more) {
                files.push(more);
            }
        }
        next += 1;
    }
    files
}

/// Where files that belong to a file may lie.
fn companions(file: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = BESIDE_ANY
        .iter()
        .map(|ending| beside(file, ending))
        .collect();
    let ending = file
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    let ending = ending.unwrap_or_default();
    for (of, parts) in PARTS {
        if of.contains(&ending.as_str()) {
            found.extend(parts.iter().map(|part| file.with_extension(part)));
        }
    }
    // A world file is named by the first and the last letter of the ending, or by all.
    if let (true, Some(first), Some(last)) = (
        PARTS[2].0.contains(&ending.as_str()),
        ending.chars().next(),
        ending.chars().last(),
    ) {
        found.push(file.with_extension(format!("{first}{last}w")));
        found.push(file.with_extension(format!("{ending}w")));
    }
    found
}

/// A path with more letters at its end.
pub(in crate::input) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(ending);
    PathBuf::from(name)
}

/// The files that a virtual raster or layer names; none of what is no such file.
fn sources(file: &Path) -> Vec<PathBuf> {
    if !(file.extension()).is_some_and(|ending| ending.eq_ignore_ascii_case("vrt")) {
        return Vec::new();
    }
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let Ok(document) = roxmltree::Document::parse(&text) else {
        return Vec::new();
    };
    let folder = file.parent().unwrap_or(Path::new(""));
    let named = document
        .descendants()
        .filter(|element| SOURCES.contains(&element.tag_name().name()));
    named
        .filter_map(|element| {
            let name = Path::new(element.text()?.trim());
            let is_relative = (element.attribute("relativeToVRT"))
                .or_else(|| element.attribute("relativetoVRT"))
                .is_some_and(|relative| relative == "1");
            let named = if is_relative {
                folder.join(name)
            } else {
                name.to_path_buf()
            };
            Some(file_behind(&named))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stands_for_all_files_that_are_read() {
        let folder = tempfile::TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in [
            "a.tif",
            "a.tif.msk",
            "a.tfw",
            "a.prj",
            "b.tif",
            "r.shp",
            "r.DBF",
            "r.dbf",
            "t.csv",
            "t.prj",
        ] {
            std::fs::write(at(name), name).unwrap();
        }
        let source = |name: &str, relative: &str| {
            format!(
                "<SimpleSource><SourceFilename relativeToVRT=\"{relative}\">{name}</SourceFilename></SimpleSource>"
            )
        };
        let mosaic = |parts: [String; 2]| {
            format!(
                "<VRTDataset><VRTRasterBand>{}</VRTRasterBand></VRTDataset>",
                parts.concat()
            )
        };
        let whole = mosaic([source("a.tif", "1"), source("inner.vrt", "1")]);
        std::fs::write(at("whole.vrt"), whole).unwrap();
        let away = at("b.tif").display().to_string();
        let inner = mosaic([source(&away, "0"), source("whole.vrt", "1")]);
        std::fs::write(at("inner.vrt"), inner).unwrap();
        let names = |path: &str| -> Vec<String> {
            let files = files_behind(&at(path)).into_iter();
            files
                .map(|file| file.file_name().unwrap().to_string_lossy().into_owned())
                .collect()
        };
        let expected = [
            "whole.vrt",
            "a.tif",
            "inner.vrt",
            "a.tif.msk",
            "a.prj",
            "a.tfw",
            "b.tif",
        ];
        assert_eq!(names("whole.vrt"), expected);
        assert_eq!(names("r.shp"), ["r.shp", "r.dbf"]);
        assert_eq!(names("t.csv"), ["t.csv"]);
        assert_eq!(names("missing.tif"), ["missing.tif"]);
    }
}
