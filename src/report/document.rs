//! A file as a value, and why one cannot be written.

use std::path::PathBuf;

/// A file as a value: where it goes under the output directory, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Path relative to the output directory, with `/` between its parts.
    pub path: String,
    /// The content.
    pub bytes: Vec<u8>,
}

impl Document {
    /// The document `bytes` at `path`.
    #[must_use]
    pub fn new(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            path: path.into(),
            bytes: bytes.into(),
        }
    }
}

/// Why a report cannot be made, read or explained.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A figure is infinite or not a number.
    #[error(
        "column `{column}` of `{file}` holds {found} for `{row}`, expected a finite number or nothing"
    )]
    NotFinite {
        /// File that was being written.
        file: String,
        /// Column of the figure.
        column: &'static str,
        /// First field of the row.
        row: String,
        /// What was found.
        found: f64,
    },
    /// A table could not be written or read as CSV.
    #[error("`{file}` is no table")]
    Csv {
        /// The table.
        file: String,
        /// The cause.
        #[source]
        source: csv::Error,
    },
    /// A document could not be written as JSON.
    #[error("`{file}` cannot be written as JSON")]
    Json {
        /// The document.
        file: String,
        /// The cause.
        #[source]
        source: serde_json::Error,
    },
    /// A document that was read is not the JSON that the program writes.
    #[error("`{file}` is no manifest: {what}")]
    Manifest {
        /// The document.
        file: String,
        /// What is wrong with it.
        what: String,
    },
    /// The ledger could not be written or read.
    #[error("the ledger cannot be written or read as Parquet")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// The columns of the ledger do not fit together.
    #[error("the columns of the ledger do not fit together")]
    Arrow(#[from] arrow::error::ArrowError),
    /// A ledger row has another number of classes than there are layers.
    #[error("ledger row {row} has {found} classes, expected one for each of the {expected} layers")]
    LedgerClasses {
        /// Number of the row, from 0.
        row: usize,
        /// Classes of the row.
        found: usize,
        /// Layers of the ledger.
        expected: usize,
    },
    /// A layer of the ledger has the name of another column.
    #[error("the ledger has two columns `{layer}`; give the layer another name")]
    LedgerLayer {
        /// The layer.
        layer: String,
    },
    /// A ledger that was read lacks a column or has one of another type.
    #[error("the ledger has no column `{column}` of the expected type")]
    LedgerColumn {
        /// The column.
        column: String,
    },
    /// The project inside the `GeoPackage` could not be packed.
    #[error("the QGIS project cannot be packed")]
    Zip(#[from] zip::result::ZipError),
    /// The project inside the `GeoPackage` could not be written.
    #[error("the QGIS project cannot be written")]
    Pack(#[from] std::io::Error),
    /// The output directory could not be read.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A table that is needed is not in the output.
    #[error("the output has no `{file}`, which is needed to explain `{figure}`")]
    MissingTable {
        /// The table.
        file: &'static str,
        /// The figure to explain.
        figure: String,
    },
    /// The region is not in the output.
    #[error("no region `{region}` in summary.csv; it has {}", list(known))]
    UnknownRegion {
        /// What was asked for.
        region: String,
        /// Regions of the output.
        known: Vec<String>,
    },
    /// The figure is no headline column.
    #[error("no figure `{figure}`; did you mean `{suggestion}`?")]
    UnknownFigure {
        /// What was asked for.
        figure: String,
        /// The headline column that is spelled most alike.
        suggestion: &'static str,
    },
}

/// The first few names of a list.
fn list(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > SHOWN {
        text.push_str(", and ");
        text.push_str(&(names.len() - SHOWN).to_string());
        text.push_str(" more");
    }
    text
}

/// Why an output directory could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// Something is already there and overwriting was not asked for.
    #[error("`{}` already exists", path.display())]
    Exists {
        /// The output directory.
        path: PathBuf,
    },
    /// What is there was not written by this program, so it is never replaced.
    #[error("`{}` is not an output of terrasink (it has no run/manifest.json), so it is not replaced", path.display())]
    NotAnOutput {
        /// The directory or file that is in the way.
        path: PathBuf,
    },
    /// A link stands where the output directory is to be.
    #[error("`{}` is a link, and links are not replaced", path.display())]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// Another run wrote the same output directory while this one worked.
    #[error("another run wrote `{}` while this one worked; it is left as it is", path.display())]
    Meanwhile {
        /// The output directory.
        path: PathBuf,
    },
    /// A directory stands where a file is to be written.
    #[error("`{}` is a directory, expected a file", path.display())]
    NotAFile {
        /// The directory.
        path: PathBuf,
    },
    /// A document would land outside the output directory.
    #[error("`{path}` is no path inside the output directory")]
    Outside {
        /// The path of the document.
        path: String,
    },
    /// The path has no last part that could name a directory.
    #[error("`{}` does not name a directory", path.display())]
    Unnamed {
        /// The path that was given.
        path: PathBuf,
    },
    /// A name of something that lies on no disk, such as `/vsimem/out`.
    #[error("`{}` is no place on a disk, and outputs go to a disk only", path.display())]
    NotOnDisk {
        /// The path that was given.
        path: PathBuf,
    },
    /// Writing would replace a file that is read.
    #[error("`{}` is read, and writing `{}` would replace it", input.display(), path.display())]
    OverInput {
        /// The output.
        path: PathBuf,
        /// The file that is read.
        input: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or directory.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
}

impl OutputError {
    /// What the person can do about it, where there is something.
    #[must_use]
    pub const fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Exists { .. } => Some("give another --out, or --overwrite to replace it"),
            Self::NotAnOutput { .. } => Some("give another --out, or move it away yourself"),
            Self::Link { .. } => Some("give the directory that it points to"),
            Self::Meanwhile { .. } => Some("give each run an --out of its own"),
            Self::OverInput { .. } => Some("give an --out that holds nothing of what is read"),
            Self::NotAFile { .. } => Some("give the name of a file in --out"),
            Self::NotOnDisk { .. } => {
                Some("give a path on a disk; what lies elsewhere is copied there afterwards")
            }
            Self::Outside { .. } | Self::Unnamed { .. } | Self::Io { .. } => None,
        }
    }
}
