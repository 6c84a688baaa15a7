//! The output directory: complete under its name, or not there at all.
//!
//! Everything is written into a hidden sibling, `.<name>.partial-<process>`, which takes the name
//! when the last file is complete. An existing output that is to be replaced stays in place until
//! then. The only file of this room that touches the disk. A
//! single file is written in the same way.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Component, Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::document::{Document, OutputError, ReportError};
use super::manifest::{FileRecord, MANIFEST};
use super::parsed::OutTables;

/// What to do with an output that is already there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Existing {
    /// Keep it and refuse.
    #[default]
    Keep,
    /// Replace it once the new one is complete, provided that it is an output of this program.
    Replace,
}

/// An output directory that is being written.
///
/// Dropped before [`OutputDirectory::complete`], it removes what it wrote.
#[derive(Debug)]
pub struct OutputDirectory {
    target: PathBuf,
    existing: Existing,
    partial: PathBuf,
    completed: bool,
}

fn refused(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> OutputError {
    let path = path.to_path_buf();
    move |source| OutputError::Io {
        action,
        path,
        source,
    }
}

/// Refuses the names that programs have for what lies on no disk: files of GDAL, and addresses.
fn on_disk(target: &Path) -> Result<(), OutputError> {
    let text = target.to_string_lossy();
    let of_gdal = text.starts_with("/vsi") && {
        let root: PathBuf = target.components().take(2).collect();
        !root.is_dir()
    };
    if of_gdal || text.contains("://") {
        let path = target.to_path_buf();
        return Err(OutputError::NotOnDisk { path });
    }
    Ok(())
}

/// Whether `target` may be written: it is free, empty, or an output that may be replaced.
///
/// # Errors
///
/// [`OutputError::Exists`], [`OutputError::NotAnOutput`], [`OutputError::Link`] and
/// [`OutputError::NotOnDisk`] when it may not, [`OutputError::Io`] when it cannot be looked at.
pub fn check_target(target: &Path, existing: Existing) -> Result<(), OutputError> {
    on_disk(target)?;
    let path = target.to_path_buf();
    match fs::symlink_metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(refused("look at", target)(error)),
        Ok(facts) if facts.is_symlink() => Err(OutputError::Link { path }),
        Ok(facts) if !facts.is_dir() => Err(OutputError::NotAnOutput { path }),
        Ok(_) => {
            let mut entries = fs::read_dir(target).map_err(refused("read", target))?;
            if entries.next().is_none() {
                return Ok(());
            }
            match existing {
                Existing::Keep => Err(OutputError::Exists { path }),
                Existing::Replace if target.join(MANIFEST).is_file() => Ok(()),
                Existing::Replace => Err(OutputError::NotAnOutput { path }),
            }
        }
    }
}

impl OutputDirectory {
    /// Begins an output that will be at `target`.
    ///
    /// # Errors
    ///
    /// Those of [`check_target`]; [`OutputError::Unnamed`] when `target` has no last part;
    /// [`OutputError::Io`] when the directory beside it cannot be made.
    pub fn begin(target: &Path, existing: Existing) -> Result<Self, OutputError> {
        check_target(target, existing)?;
        let name = target.file_name().ok_or_else(|| OutputError::Unnamed {
            path: target.to_path_buf(),
        })?;
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(refused("create", parent))?;
        let process = std::process::id();
        let mut attempt = 0_u32;
        let partial = loop {
            let mut hidden = std::ffi::OsString::from(".");
            hidden.push(name);
            hidden.push(format!(".partial-{process}-{attempt}"));
            let partial = parent.join(hidden);
            match fs::create_dir(&partial) {
                Ok(()) => break partial,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => attempt += 1,
                Err(error) => return Err(refused("create", &partial)(error)),
            }
        };
        Ok(Self {
            target: target.to_path_buf(),
            existing,
            partial,
            completed: false,
        })
    }

    /// The directory that is being written, for writers that need a path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.partial
    }

    /// Where a document of the path `relative` is being written; its directory is made.
    ///
    /// # Errors
    ///
    /// [`OutputError::Outside`] when the path leaves the directory, [`OutputError::Io`] when its
    /// directory cannot be made.
    pub fn place(&self, relative: &str) -> Result<PathBuf, OutputError> {
        let path = Path::new(relative);
        let inside = path
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !inside || relative.is_empty() {
            return Err(OutputError::Outside {
                path: relative.to_owned(),
            });
        }
        let place = self.partial.join(path);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent).map_err(refused("create", parent))?;
        }
        Ok(place)
    }

    /// Writes one document to the disk.
    ///
    /// # Errors
    ///
    /// Those of [`OutputDirectory::place`]; [`OutputError::Io`] when the file cannot be written.
    pub fn write(&self, document: &Document) -> Result<(), OutputError> {
        let place = self.place(&document.path)?;
        let mut file = File::create(&place).map_err(refused("create", &place))?;
        file.write_all(&document.bytes)
            .and_then(|()| file.sync_all())
            .map_err(refused("write", &place))
    }

    /// Size and digest of every file written so far, in the order of their paths.
    ///
    /// # Errors
    ///
    /// [`OutputError::Io`] when a file cannot be read back.
    pub fn records(&self) -> Result<Vec<FileRecord>, OutputError> {
        let mut files = Vec::new();
        collect(&self.partial, "", &mut files)?;
        files.sort();
        files
            .into_iter()
            .map(|relative| FileRecord::of_file(&relative, &self.partial.join(&relative)))
            .collect()
    }

    /// Gives the directory its name, in place of the output that was there.
    ///
    /// # Errors
    ///
    /// [`OutputError::Meanwhile`] when another run was faster, [`OutputError::Io`] when it cannot be
    /// renamed; the old output is then in its place again.
    pub fn complete(mut self) -> Result<(), OutputError> {
        let mut old = self.partial.clone().into_os_string();
        old.push("-replaced");
        let old = PathBuf::from(old);
        let replaced = self.existing == Existing::Replace
            && match fs::rename(&self.target, &old) {
                Ok(()) => true,
                Err(error) if error.kind() == io::ErrorKind::NotFound => false,
                Err(error) => return Err(refused("move away", &self.target)(error)),
            };
        // An empty directory gives way to the new one, any other does not.
        if let Err(error) = fs::rename(&self.partial, &self.target) {
            if matches!(
                error.kind(),
                io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists
            ) {
                if replaced {
                    // What it was to replace, the other run has replaced.
                    fs::remove_dir_all(&old).map_err(refused("remove", &old))?;
                }
                let path = self.target.clone();
                return Err(OutputError::Meanwhile { path });
            }
            if replaced {
                fs::rename(&old, &self.target).map_err(refused("restore", &self.target))?;
            }
            return Err(refused("complete", &self.target)(error));
        }
        self.completed = true;
        if replaced {
            fs::remove_dir_all(&old).map_err(refused("remove", &old))?;
        }
        Ok(())
    }
}

impl Drop for OutputDirectory {
    fn drop(&mut self) {
        if !self.completed {
            // Nothing can be reported from here; what stays behind is hidden and named partial.
            let _ = fs::remove_dir_all(&self.partial);
        }
    }
}

/// The relative paths of all files below `directory`, with `/` between their parts.
fn collect(directory: &Path, prefix: &str, files: &mut Vec<String>) -> Result<(), OutputError> {
    for entry in fs::read_dir(directory).map_err(refused("read", directory))? {
        let entry = entry.map_err(refused("read", directory))?;
        let path = entry.path();
        let relative = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().map_err(refused("look at", &path))?;
        if kind.is_dir() {
            collect(&path, &format!("{relative}/"), files)?;
        } else {
            files.push(relative);
        }
    }
    Ok(())
}

impl FileRecord {
    /// Size and digest of the file at `path`, recorded under the name `name`.
    ///
    /// # Errors
    ///
    /// [`OutputError::Io`] when the file cannot be read.
    pub fn of_file(name: &str, path: &Path) -> Result<Self, OutputError> {
        const CHUNK: usize = 1 << 16;
        let mut file = File::open(path).map_err(refused("read", path))?;
        let mut digest = Sha256::new();
        let mut chunk = vec![0_u8; CHUNK];
        let mut size = 0_u64;
        loop {
            let read = file.read(&mut chunk).map_err(refused("read", path))?;
            if read == 0 {
                break;
            }
            digest.update(&chunk[..read]);
            size += read as u64;
        }
        Ok(Self {
            path: name.to_owned(),
            role: String::new(),
            size,
            sha256: super::manifest::hexadecimal(&digest.finalize()),
        })
    }
}

impl OutTables {
    /// Reads the tables of the output directory `out` that [`explain`](super::explain) needs; one
    /// that is not there is left out.
    ///
    /// # Errors
    ///
    /// [`ReportError::Output`] when a table cannot be read, [`ReportError::Csv`] when it is none.
    pub fn read(out: &Path) -> Result<Self, ReportError> {
        let mut files: Vec<(&str, Vec<u8>)> = Vec::new();
        for table in Self::NEEDED {
            let path = out.join(table);
            match fs::read(&path) {
                Ok(bytes) => files.push((table, bytes)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(refused("read", &path)(error).into()),
            }
        }
        Self::from_files(
            files
                .iter()
                .map(|(table, bytes)| (*table, bytes.as_slice())),
        )
    }
}

/// Writes all documents into a new directory at `target`, or nothing.
///
/// # Errors
///
/// Those of [`OutputDirectory`].
pub fn write_atomically(
    target: &Path,
    existing: Existing,
    documents: &[Document],
) -> Result<(), OutputError> {
    let output = OutputDirectory::begin(target, existing)?;
    for document in documents {
        output.write(document)?;
    }
    output.complete()
}

/// Whether writing `target` leaves every one of `inputs` as it is: none is `target`, or lies in it.
///
/// # Errors
///
/// [`OutputError::OverInput`] with the first that would be replaced.
pub fn check_inputs(
    target: &Path,
    inputs: impl IntoIterator<Item = PathBuf>,
) -> Result<(), OutputError> {
    let Ok(replaced) = target.canonicalize() else {
        return Ok(());
    };
    let is_inside =
        |input: &PathBuf| (input.canonicalize()).is_ok_and(|input| input.starts_with(&replaced));
    match inputs.into_iter().find(is_inside) {
        Some(input) => Err(OutputError::OverInput {
            path: target.to_path_buf(),
            input,
        }),
        None => Ok(()),
    }
}

/// Whether the single file `target` may be written: it is free, or a file that may be replaced.
///
/// # Errors
///
/// [`OutputError::Exists`], [`OutputError::NotAFile`] and [`OutputError::NotOnDisk`] when it may not,
/// [`OutputError::Unnamed`] when it has no name, [`OutputError::Io`] when it cannot be looked at.
pub fn check_file(target: &Path, existing: Existing) -> Result<(), OutputError> {
    on_disk(target)?;
    let path = target.to_path_buf();
    if target.file_name().is_none() {
        return Err(OutputError::Unnamed { path });
    }
    match fs::symlink_metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(refused("look at", target)(error)),
        Ok(facts) if facts.is_dir() => Err(OutputError::NotAFile { path }),
        Ok(_) if existing == Existing::Keep => Err(OutputError::Exists { path }),
        Ok(_) => Ok(()),
    }
}

/// Writes a single file, whole or not at all: under a hidden name beside it, which is then renamed.
///
/// # Errors
///
/// Those of [`check_file`]; [`OutputError::Io`] when the file cannot be written.
pub fn write_file(target: &Path, existing: Existing, bytes: &[u8]) -> Result<(), OutputError> {
    write_with(target, existing, |partial| {
        File::create(partial)
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
            .map_err(refused("write", partial))
    })
}

/// Has `write` make a single file under a hidden name, which is then renamed.
///
/// # Errors
///
/// Those of [`check_file`] and of `write`; [`OutputError::Io`] when the file cannot be renamed.
pub fn write_with<E: From<OutputError>>(
    target: &Path,
    existing: Existing,
    write: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), E> {
    check_file(target, existing)?;
    let name = target.file_name().unwrap_or_default();
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent).map_err(refused("create", parent))?;
    }
    let mut hidden = std::ffi::OsString::from(format!(".partial-{}-", std::process::id()));
    hidden.push(name);
    let partial = target.with_file_name(hidden);
    let written = write(&partial).and_then(|()| {
        fs::rename(&partial, target)
            .map_err(refused("complete", target))
            .map_err(E::from)
    });
    if written.is_err() {
        // The first failure is the one to report.
        let _ = fs::remove_file(&partial);
    }
    written
}

#[cfg(test)]
#[path = "output_tests.rs"]
mod tests;
