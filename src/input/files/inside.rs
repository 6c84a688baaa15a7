//! The file on disk behind a path, which may be a name of GDAL for something inside it.

use std::path::{Path, PathBuf};

use gdal::errors::GdalError;
use gdal::vector::LayerAccess as _;
use gdal::{Dataset, DatasetOptions, GdalOpenFlags, Metadata as _};

use super::cut_off::cut_off;
use super::messages::{take, words};
use super::no_file::{no_file, refused};
use super::opening::open_raster;
use super::other_kind::other_kind;
use crate::finding::Finding;
use crate::plan::InsideName;

/// How many of the things in a file a message names.
const NAMED: usize = 10;

/// What a raster is called in messages.
pub(in crate::input) const RASTER: &str = "a raster";

/// The file on disk that holds what a path names: the path itself, or the file that a name of GDAL is
/// about, such as the archive of `/vsizip/maps.zip/lc.tif`.
#[must_use]
pub fn file_behind(path: &Path) -> PathBuf {
    let text = path.to_string_lossy();
    let inside = InsideName::of(&text).filter(|_| !path.exists());
    let file = inside.and_then(|name| name.files().find(|file| file.is_file()));
    file.map_or_else(|| path.to_path_buf(), Path::to_path_buf)
}

/// Why what a path names is not there, or not all of it.
///
/// The manifest names the bytes that a run read, so they must lie in a file on disk.
#[must_use]
pub fn missing(path: &Path) -> Option<Finding> {
    let file = file_behind(path);
    if file.exists() {
        let refused = no_file(&file).map(|kind| refused(path, kind));
        return refused.or_else(|| cut_off(path));
    }
    let name = path.display().to_string();
    if let Some(finding) = no_path(&name) {
        return Some(finding);
    }
    let check = CHECK;
    let file_in_the_way = path.ancestors().skip(1).find(|file| file.is_file());
    let finding = if let Some(inside) = InsideName::of(&name) {
        let whole = inside.files().last().unwrap_or(path).display().to_string();
        Finding::error(&name, format!("the file `{whole}` is missing"), check)
    } else if let Some(file) = InsideName::unfinished(&name) {
        if file.is_file() {
            let what = format!("it does not say what inside `{}` it means", file.display());
            Finding::error(&name, what, named_inside(&file))
        } else {
            let what = format!("the file `{}` is missing", file.display());
            Finding::error(&name, what, check)
        }
    } else if name.starts_with("/vsi") || name.contains(":/") || InsideName::begins(&name) {
        not_on_disk(&name)
    } else if let Some((beginning, file)) = of_other_format(&name) {
        Finding::error(
            &name,
            format!("names that begin with `{beginning}:` are not read"),
            format!(
                "give the file, `{}`; what inside it is meant, `layer` or `band` say (`zonal`: --layer, --band)",
                file.display()
            ),
        )
    } else if let Some(file) = file_in_the_way {
        let what = format!("`{}` is a file, not a directory", file.display());
        let remedy = listing(file).map_or_else(|| check.to_owned(), |members| members.remedy());
        Finding::error(name, what, remedy)
    } else {
        Finding::error(name, "the file is missing", check)
    };
    Some(finding)
}

/// What to do where a file is missing.
const CHECK: &str = "check the path; those in a plan are relative to the plan file";

/// Beginnings of names of databases and services that GDAL reads.
const SERVICES: [&str; 24] = [
    "ADBC:",
    "AMIGOCLOUD:",
    "CARTO:",
    "CSW:",
    "EEDA:",
    "EEDAI:",
    "ES:",
    "GEORASTER:",
    "HANA:",
    "MongoDBv3:",
    "MSSQL:",
    "MYSQL:",
    "NGW:",
    "OAPIF:",
    "OCI:",
    "ODBC:",
    "PG:",
    "PLMOSAIC:",
    "STACIT:",
    "STACTA:",
    "WCS:",
    "WFS:",
    "WMS:",
    "WMTS:",
];

/// Letters of a text in place of a path that a message repeats.
const SHOWN: usize = 40;

/// Why a name that is no path of a file is not read: a document, a raster described by its name, an
/// archive in braces, a database or a service. A directory may stand in front of it.
fn no_path(name: &str) -> Option<Finding> {
    let begins = |with: &str| InsideName::parts(name).find(|(_, rest)| rest.starts_with(with));
    if let Some((_, document)) = ["{", "<"].into_iter().find_map(begins)
        && document.contains(['"', '>'])
    {
        let shown: String = document.chars().take(SHOWN).collect();
        return Some(Finding::error(
            format!("{shown} ..."),
            "this is a document, not the path of one",
            "write it to a file and give its path",
        ));
    }
    if let Some((directory, described)) = begins("vrt://") {
        let file = described.trim_start_matches("vrt://");
        let file = file.split_once('?').map_or(file, |(file, _)| file);
        let whole = Path::new(directory).join(file);
        return Some(if whole.is_file() {
            Finding::error(
                name,
                "names that begin with `vrt://` are not read",
                format!(
                    "give the file, `{}`, and `band`, `crs` and `nodata` in the plan (`zonal`: --band, --nodata); for what these do not say write a virtual raster: gdal_translate -of VRT NAME out.vrt",
                    whole.display()
                ),
            )
        } else {
            Finding::error(
                name,
                format!("the file `{}` is missing", whole.display()),
                CHECK,
            )
        });
    }
    if let Some((archive, rest)) = name.strip_prefix("/vsi").and_then(|name| {
        let (kind, rest) = name.split_once("/{")?;
        let (file, rest) = rest.split_once('}')?;
        Some(((kind, file), rest))
    }) {
        let (kind, file) = archive;
        return Some(if Path::new(file).is_file() {
            Finding::error(
                name,
                "names of archives in braces are not read",
                format!("give `/vsi{kind}/{file}{rest}`"),
            )
        } else {
            Finding::error(name, format!("the file `{file}` is missing"), CHECK)
        });
    }
    SERVICES
        .into_iter()
        .find_map(begins)
        .map(|_| not_on_disk(name))
}

/// Why a name of GDAL for what lies on no disk is not read.
fn not_on_disk(name: &str) -> Finding {
    Finding::error(
        name,
        "this is a name of GDAL for something that is not inside a file on disk",
        "write it to a file of its own: gdal_translate NAME out.tif, of polygons and tables ogr2ogr out.gpkg NAME",
    )
}

/// The layers of a file that may be meant: not the styles that QGIS keeps beside them.
///
/// A database has tables that it does not list, so there may be none where one is `wanted`.
pub(in crate::input) fn layers(
    file: &str,
    dataset: &Dataset,
    wanted: Option<&str>,
) -> Result<Vec<String>, Finding> {
    let names = dataset.layers().map(|layer| layer.name());
    let names: Vec<String> = names.filter(|name| name != "layer_styles").collect();
    if names.is_empty() && wanted.is_none() {
        return Err(Finding::error(
            file,
            "it lists no layer and no table",
            "check the file with ogrinfo; where it has the table without listing it, set `layer`",
        ));
    }
    Ok(names)
}

/// Why a file that is there cannot be opened as `what`, with the remedy where nothing better is known.
pub(in crate::input) fn unreadable(
    path: &Path,
    what: &str,
    error: &GdalError,
    remedy: &str,
) -> Finding {
    let name = path.display().to_string();
    let said = words(error);
    if let Err(error) = std::fs::File::open(path)
        && error.kind() == std::io::ErrorKind::PermissionDenied
    {
        return Finding::error(
            name,
            "it may not be read: permission denied",
            "give yourself the right to read it (chmod), or ask its owner",
        );
    }
    let inside = InsideName::of(&name).filter(|_| !path.exists());
    if inside.is_none_or(|inside| inside.in_archive().is_some())
        && let Some(members) = listing(path)
        && let Some(why) = members.why_not()
    {
        return Finding::error(name, why, members.remedy());
    }
    if let Some((told, remedy)) = other_kind(path, what) {
        return Finding::error(name, told, remedy);
    }
    let (flags, other) = if what == RASTER {
        (GdalOpenFlags::GDAL_OF_VECTOR, "a table or shapes")
    } else {
        (GdalOpenFlags::GDAL_OF_RASTER, RASTER)
    };
    let options = DatasetOptions {
        open_flags: flags,
        ..DatasetOptions::default()
    };
    let is_other = inside.is_none() && Dataset::open_ex(path, options).is_ok();
    take();
    if is_other {
        return Finding::error(name, format!("it holds {other}, expected {what}"), remedy);
    }
    let remedy = match inside.and_then(|inside| inside.files().last()) {
        Some(file) if file.is_file() && inside.is_some_and(|i| i.inside().is_some()) => {
            named_inside(file)
        }
        _ => remedy.to_owned(),
    };
    Finding::error(name, format!("cannot be read as {what}: {said}"), remedy)
}

/// The layer that is meant: the one that the plan states, or the one that a path names inside a file.
pub(in crate::input) fn layer_meant(
    path: &Path,
    stated: Option<&str>,
) -> Result<Option<String>, Finding> {
    let name = path.display().to_string();
    let inside = InsideName::of(&name).filter(|_| !path.exists());
    match (stated, inside.and_then(|inside| inside.inside())) {
        (Some(layer), Some(inside)) if layer != inside => Err(Finding::error(
            &name,
            format!("the name is of the layer `{inside}`, and `layer` says `{layer}`"),
            "say one of them",
        )),
        (layer, inside) => Ok(layer.or(inside).map(str::to_owned)),
    }
}

/// The beginning of a name of GDAL of a format that is not among those read, and the file behind it.
fn of_other_format(name: &str) -> Option<(&str, PathBuf)> {
    InsideName::parts(name).find_map(|(directory, name)| {
        let (beginning, rest) = name.split_once(':')?;
        // One letter is a drive.
        let is_word = beginning.len() > 1
            && beginning
                .chars()
                .all(|sign| sign.is_ascii_alphanumeric() || " _".contains(sign));
        let file = rest.split(':').next().unwrap_or(rest).trim_matches('"');
        let file = Path::new(directory).join(file);
        (is_word && file.exists()).then_some((beginning, file))
    })
}

/// What to say of a file that holds several rasters: their names.
fn named_inside(file: &Path) -> String {
    let dataset = open_raster(file).ok();
    let told = dataset.and_then(|dataset| dataset.metadata_domain("SUBDATASETS"));
    let of_raster = |line: &String| {
        let (key, name) = line.split_once('=')?;
        key.ends_with("_NAME").then(|| name.to_owned())
    };
    let names: Vec<String> = told.iter().flatten().filter_map(of_raster).collect();
    take();
    if names.is_empty() {
        format!("give the file itself: {}", file.display())
    } else {
        format!("rasters in it: {}", first_of(&names))
    }
}

/// The first of some names, and how many there are.
pub(super) fn first_of(names: &[String]) -> String {
    let first = names.iter().take(NAMED).map(String::as_str);
    let first = first.collect::<Vec<_>>().join(", ");
    if names.len() > NAMED {
        format!("{first}, ... ({} in all)", names.len())
    } else {
        first
    }
}

/// What an archive holds.
struct Listing {
    /// As GDAL opens it.
    archive: String,
    file: PathBuf,
    /// What of it is meant; nothing for the archive itself.
    wanted: String,
    members: Vec<String>,
}

/// What the archive holds that a path is, or goes on into; `None` where it is none by its name.
fn listing(path: &Path) -> Option<Listing> {
    let name = path.to_string_lossy();
    let inside = InsideName::of(&name).filter(|_| !path.exists());
    let (beginning, file, wanted) = match inside.and_then(|inside| inside.in_archive()) {
        Some(("/vsigzip/", _)) => return None,
        Some((beginning, whole)) => {
            let file = file_behind(path);
            let wanted = Path::new(whole).strip_prefix(&file).ok()?;
            (beginning, file, wanted.to_string_lossy().into_owned())
        }
        None => (
            InsideName::beginning_for(path)?,
            path.to_path_buf(),
            String::new(),
        ),
    };
    let archive = format!("{beginning}{}", file.display());
    let members = gdal::vsi::read_dir(&archive, true).unwrap_or_default();
    take();
    let members = members
        .iter()
        .map(|member| member.to_string_lossy().into_owned());
    Some(Listing {
        archive,
        file,
        wanted,
        members: members.filter(|member| !member.ends_with('/')).collect(),
    })
}

impl Listing {
    /// Why nothing can be opened by this name; `None` where the archive holds what is meant.
    fn why_not(&self) -> Option<String> {
        let file = self.file.display();
        if self.members.is_empty() {
            Some(format!(
                "`{file}` holds no file that GDAL finds as `{}`",
                self.archive
            ))
        } else if self.wanted.is_empty() {
            Some(format!(
                "`{file}` is an archive, and no file in it is named"
            ))
        } else if self.members.contains(&self.wanted) {
            None
        } else {
            Some(format!("the archive `{file}` holds no `{}`", self.wanted))
        }
    }

    fn remedy(&self) -> String {
        if self.members.is_empty() {
            return "check the archive; a zip is opened by /vsizip/, a tar by /vsitar/".to_owned();
        }
        let whole = |member: &String| format!("{}/{member}", self.archive);
        let names: Vec<String> = self.members.iter().map(whole).collect();
        format!("give one of: {}", first_of(&names))
    }
}
