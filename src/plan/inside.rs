//! Names of what lies inside a file, as GDAL writes them: `/vsizip/maps.zip/lc.tif`,
//! `NETCDF:maps.nc:lc`, `GPKG:maps.gpkg:lc`.

use std::path::{Path, PathBuf};

/// Beginnings of names inside an archive or a packed file; the path goes on into it.
const ARCHIVES: [&str; 5] = ["/vsizip/", "/vsitar/", "/vsigzip/", "/vsi7z/", "/vsirar/"];

/// Beginning of the name of a part of a file, by its place and length.
const PART: &str = "/vsisubfile/";

/// Formats whose files hold several rasters, and how many words stand before the file.
const FORMATS: [(&str, usize); 8] = [
    ("BAG:", 0),
    ("GPKG:", 0),
    ("GTIFF_DIR:", 1),
    ("HDF4_EOS:", 1),
    ("HDF4_SDS:", 1),
    ("HDF5:", 0),
    ("NETCDF:", 0),
    ("RASTERLITE:", 0),
];

/// A name of something inside a file, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InsideName<'a> {
    before: &'a str,
    /// The file; of an archive with what follows inside it.
    file: &'a str,
    after: &'a str,
}

impl<'a> InsideName<'a> {
    /// Takes such a name apart; `None` of a plain path, and of what lies on no disk.
    #[must_use]
    pub fn of(name: &'a str) -> Option<Self> {
        let archive = ARCHIVES.iter().find(|begin| name.starts_with(**begin));
        let before = if let Some(begin) = archive {
            begin.len()
        } else if name.starts_with(PART) {
            name.find(',')? + 1
        } else {
            return Self::in_format(name);
        };
        let (before, file) = name.split_at(before);
        (!file.is_empty() && !file.starts_with("/vsi") && !file.starts_with('{')).then_some(Self {
            before,
            file,
            after: "",
        })
    }

    /// Whether a text begins as the name of a raster in a file that holds several.
    #[must_use]
    pub fn begins(text: &str) -> bool {
        FORMATS.iter().any(|(format, _)| text.starts_with(format))
    }

    /// The file of a name that begins so and does not say what inside the file it means; a directory
    /// may stand in front of it.
    #[must_use]
    pub fn unfinished(text: &'a str) -> Option<PathBuf> {
        Self::parts(text).find_map(|(directory, name)| {
            let mut formats = FORMATS.iter().filter(|(_, words)| *words == 0);
            let file = formats.find_map(|(format, _)| name.strip_prefix(format))?;
            let file = file.trim_matches('"').trim_end_matches([':', '"']);
            let is_whole = file.is_empty() || Self::of(name).is_some();
            (!is_whole).then(|| Path::new(directory).join(file))
        })
    }

    /// A text cut at its start and after each slash: what stands before, and the rest.
    pub fn parts(text: &str) -> impl Iterator<Item = (&str, &str)> {
        let after_slashes = text.match_indices('/').map(|(place, _)| place + 1);
        std::iter::once(0)
            .chain(after_slashes)
            .map(|place| text.split_at(place))
    }

    fn in_format(name: &'a str) -> Option<Self> {
        let (format, words) = FORMATS
            .iter()
            .find(|(format, _)| name.starts_with(format))?;
        let place = |from: usize, sign: char| Some(from + name.get(from..)?.find(sign)?);
        let (start, end) = if let Some(quote) = name.find('"') {
            (quote + 1, place(quote + 1, '"')?)
        } else {
            let mut start = format.len();
            for _ in 0..*words {
                start = place(start, ':')? + 1;
            }
            if *format == "GTIFF_DIR:" {
                (name.rfind(':')? + 1, name.len())
            } else {
                (start, place(start, ':')?)
            }
        };
        let (before, file, after) = (&name[..start], &name[start..end], &name[end..]);
        let inside = after.trim_start_matches('"').strip_prefix(':');
        let is_whole = *format == "GTIFF_DIR:" || inside.is_some_and(|name| !name.is_empty());
        (is_whole && !file.is_empty() && !file.starts_with("/vsi")).then_some(Self {
            before,
            file,
            after,
        })
    }

    /// What it names inside the file, apart from the place in an archive: a table, a layer, a variable.
    #[must_use]
    pub fn inside(&self) -> Option<&'a str> {
        let inside = self.after.trim_start_matches('"').strip_prefix(':')?;
        Some(inside.trim_start_matches("//")).filter(|inside| !inside.is_empty())
    }

    /// The beginning that says how an archive is opened, and the path that goes on into it.
    #[must_use]
    pub fn in_archive(&self) -> Option<(&'a str, &'a str)> {
        ARCHIVES
            .contains(&self.before)
            .then_some((self.before, self.file))
    }

    /// The beginning by which GDAL opens a file that is an archive by its name.
    #[must_use]
    pub fn beginning_for(file: &Path) -> Option<&'static str> {
        let name = file.file_name()?.to_string_lossy().to_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        match () {
            () if ends(&[".zip"]) => Some("/vsizip/"),
            () if ends(&[".tar", ".tar.gz", ".tgz"]) => Some("/vsitar/"),
            () if ends(&[".7z"]) => Some("/vsi7z/"),
            () if ends(&[".rar"]) => Some("/vsirar/"),
            () => None,
        }
    }

    /// The name with its file seen from a directory.
    #[must_use]
    pub fn from_directory(&self, directory: &Path) -> PathBuf {
        let file = directory.join(self.file);
        format!("{}{}{}", self.before, file.display(), self.after).into()
    }

    /// Paths of which the first that is a file is the one on disk.
    pub fn files(&self) -> impl Iterator<Item = &'a Path> {
        let whole = Path::new(self.file);
        let mut shorter: Vec<&Path> = whole.ancestors().collect();
        shorter.reverse();
        let is_archive = ARCHIVES.contains(&self.before);
        let paths = shorter
            .into_iter()
            .filter(move |path| is_archive || *path == whole);
        paths.filter(|path| !path.as_os_str().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_seen_from_the_directory_of_the_plan() {
        for (name, expected) in [
            ("/vsizip/maps.zip/d/lc.tif", "/vsizip/a/b/maps.zip/d/lc.tif"),
            ("/vsizip//x/maps.zip/lc.tif", "/vsizip//x/maps.zip/lc.tif"),
            ("/vsisubfile/8_90,lc.tif", "/vsisubfile/8_90,a/b/lc.tif"),
            ("GPKG:maps.gpkg:lc", "GPKG:a/b/maps.gpkg:lc"),
            ("NETCDF:\"m.nc\":lc", "NETCDF:\"a/b/m.nc\":lc"),
            ("HDF5:\"m.h5\"://lc", "HDF5:\"a/b/m.h5\"://lc"),
            ("GTIFF_DIR:2:lc.tif", "GTIFF_DIR:2:a/b/lc.tif"),
            ("GTIFF_DIR:off:8:lc.tif", "GTIFF_DIR:off:8:a/b/lc.tif"),
            ("HDF4_SDS:UNKNOWN:m.hdf:0", "HDF4_SDS:UNKNOWN:a/b/m.hdf:0"),
        ] {
            let found = InsideName::of(name).map(|name| name.from_directory(Path::new("a/b")));
            assert_eq!(found, Some(PathBuf::from(expected)), "{name}");
        }
        for name in [
            "maps/lc.tif",
            "C:/maps/lc.tif",
            "NETCDF:m.nc",
            "GTIFF_DIR:1",
            "/vsicurl/https://a.b/lc.tif",
            "/vsizip//vsicurl/https://a.b/m.zip/lc.tif",
            "/vsizip/",
        ] {
            assert_eq!(InsideName::of(name), None, "{name}");
        }
    }

    #[test]
    fn the_file_of_an_archive_is_the_first_on_the_way() {
        let files = |name| -> Vec<&Path> { InsideName::of(name).unwrap().files().collect() };
        let paths = ["maps", "maps/m.zip", "maps/m.zip/lc.tif"].map(Path::new);
        assert_eq!(files("/vsizip/maps/m.zip/lc.tif"), paths);
        assert_eq!(files("GPKG:maps/m.gpkg:lc"), [Path::new("maps/m.gpkg")]);
    }
}
