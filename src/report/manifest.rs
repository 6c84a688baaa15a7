//! `run/manifest.json`: what went in, what was done with what, and what came out.
//!
//! A JSON-LD document in the manner of RO-Crate 1.1 with the Process Run Crate profile: the output
//! directory is the data set, the run is the action. The times and what depends on the machine
//! stand in the action `#run` only, so that manifests of equal runs differ there and nowhere else.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::document::{Document, ReportError};

/// Path of the manifest.
pub const MANIFEST: &str = "run/manifest.json";

/// A file with its size and digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileRecord {
    /// Path: of an input as the plan names it, of an output relative to the output directory.
    pub path: String,
    /// What the file is in the run, such as `land-cover 2016`; may be empty for outputs.
    pub role: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 in lower-case hexadecimal digits.
    pub sha256: String,
}

impl FileRecord {
    /// The record of `bytes` under the name `path`.
    #[must_use]
    pub fn of_bytes(path: &str, role: &str, bytes: &[u8]) -> Self {
        Self {
            path: path.to_owned(),
            role: role.to_owned(),
            size: bytes.len() as u64,
            sha256: sha256(bytes),
        }
    }

    /// The same record with a role.
    #[must_use]
    pub fn with_role(mut self, role: &str) -> Self {
        role.clone_into(&mut self.role);
        self
    }
}

/// Digest of `bytes`: SHA-256 in lower-case hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// `bytes` as lower-case hexadecimal digits.
#[must_use]
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// The grid that the run computed on.
#[derive(Debug, Clone, PartialEq)]
pub struct GridFacts {
    /// Coordinate system, by authority code or name.
    pub crs: String,
    /// Columns of the grid.
    pub columns: u64,
    /// Rows of the grid.
    pub rows: u64,
    /// The six numbers of the affine transform from column and row to x and y, in GDAL's order.
    pub transform: [f64; 6],
    /// Side of a compute block, in cells.
    pub block: u64,
    /// Rasters whose cells are not those of the grid: the file, and how it was resampled.
    pub resampled: Vec<String>,
}

/// What changes between two equal runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunFacts {
    /// When the run began, ISO 8601 with zone.
    pub started: String,
    /// When it ended, ISO 8601 with zone.
    pub ended: String,
    /// Threads that it used.
    pub threads: usize,
    /// Directory of the plan, seen from the output directory.
    pub plan_directory: Option<String>,
    /// Further facts of the machine, such as the version of GDAL, in a fixed order.
    pub machine: Vec<(String, String)>,
}

/// All that the manifest says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Manifest {
    /// Name of the run, from the plan.
    pub name: String,
    /// One sentence on what the output is.
    pub description: String,
    /// Licence of the output, as SPDX id or address, where the plan gives one.
    pub licence: Option<String>,
    /// Version of the program.
    pub version: String,
    /// The plan file.
    pub plan: Option<FileRecord>,
    /// The plan as it was written.
    pub plan_text: String,
    /// Files that were read, in the order of the plan.
    pub inputs: Vec<FileRecord>,
    /// Files that were written, without the manifest, in the order of their paths.
    pub outputs: Vec<FileRecord>,
    /// Digest of `tables/parameters.csv`.
    pub parameters_sha256: String,
    /// Digest of the reference tables that were used.
    pub seeds_sha256: String,
    /// Seed of the random draws.
    pub seed: Option<u64>,
    /// The compute grid, where there was one.
    pub grid: Option<GridFacts>,
    /// What changes between two equal runs.
    pub run: RunFacts,
}

fn reference(id: &str) -> Value {
    json!({ "@id": id })
}

fn setting(name: &str, value: impl Into<Value>) -> Value {
    json!({
        "@id": format!("#setting/{name}"),
        "@type": "PropertyValue",
        "name": name,
        "value": value.into(),
    })
}

fn grid_settings(grid: &GridFacts) -> Vec<Value> {
    let mut settings = vec![
        setting("grid_crs", grid.crs.clone()),
        setting("grid_columns", grid.columns),
        setting("grid_rows", grid.rows),
        setting("grid_transform", grid.transform.to_vec()),
        setting("grid_block", grid.block),
    ];
    if !grid.resampled.is_empty() {
        settings.push(setting("resampled", grid.resampled.clone()));
    }
    settings
}

/// Percent-encodes what must not stand in the path of an `@id`.
fn id(prefix: &str, path: &str) -> String {
    let mut text = prefix.to_owned();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.push_str(&hexadecimal(&[byte]).to_uppercase());
        }
    }
    text
}

fn media_type(path: &str) -> Option<&'static str> {
    let extension = path.rsplit_once('.')?.1;
    Some(match extension {
        "csv" => "text/csv",
        "geojson" => "application/geo+json",
        "gpkg" => "application/geopackage+sqlite3",
        "html" => "text/html",
        "json" => "application/json",
        "parquet" => "application/vnd.apache.parquet",
        "tif" | "tiff" => "image/tiff; application=geotiff",
        "toml" => "application/toml",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => return None,
    })
}

fn file(record: &FileRecord, prefix: &str) -> Value {
    let mut entity = Map::new();
    entity.insert("@id".into(), id(prefix, &record.path).into());
    entity.insert("@type".into(), "File".into());
    entity.insert("name".into(), record.path.clone().into());
    if !record.role.is_empty() {
        entity.insert("description".into(), record.role.clone().into());
    }
    if let Some(media) = media_type(&record.path) {
        entity.insert("encodingFormat".into(), media.into());
    }
    entity.insert("contentSize".into(), record.size.to_string().into());
    entity.insert("sha256".into(), record.sha256.clone().into());
    Value::Object(entity)
}

/// Id of the action that tells time and machine.
const RUN: &str = "#run";

/// Prefix of the ids of inputs, which lie outside the output directory.
const INPUT: &str = "#input/";

/// `run/manifest.json`. Copied to `ro-crate-metadata.json` in the output directory it makes that
/// directory an RO-Crate; its paths are relative to the output directory.
///
/// # Errors
///
/// [`ReportError::Json`] when it cannot be written.
///
/// # Source
///
/// RO-Crate Metadata Specification 1.1, sections "Root Data Entity" and "Provenance of entities";
/// Process Run Crate 0.5.
pub fn manifest_json(manifest: &Manifest) -> Result<Document, ReportError> {
    let program = "#terrasink";
    let mut inputs: Vec<Value> = Vec::new();
    let mut files: Vec<Value> = Vec::new();
    for record in manifest.plan.iter().chain(&manifest.inputs) {
        let entity = file(record, INPUT);
        if !files.iter().any(|known| known["@id"] == entity["@id"]) {
            inputs.push(reference(&id(INPUT, &record.path)));
            files.push(entity);
        }
    }
    let outputs: Vec<Value> = manifest
        .outputs
        .iter()
        .map(|record| reference(&id("", &record.path)))
        .collect();
    files.extend(manifest.outputs.iter().map(|record| file(record, "")));

    let mut dataset = Map::new();
    dataset.insert("@id".into(), "./".into());
    dataset.insert("@type".into(), "Dataset".into());
    dataset.insert("name".into(), manifest.name.clone().into());
    dataset.insert("description".into(), manifest.description.clone().into());
    if let Some(licence) = &manifest.licence {
        dataset.insert("license".into(), licence.clone().into());
    }
    dataset.insert(
        "conformsTo".into(),
        reference("https://w3id.org/ro/wfrun/process/0.5"),
    );
    dataset.insert("hasPart".into(), outputs.clone().into());
    dataset.insert("mentions".into(), reference("#run"));

    let mut settings = vec![
        setting("plan", manifest.plan_text.clone()),
        setting("parameters_sha256", manifest.parameters_sha256.clone()),
        setting("seeds_sha256", manifest.seeds_sha256.clone()),
        setting("seed", manifest.seed),
    ];
    settings.extend(manifest.grid.iter().flat_map(grid_settings));
    inputs.extend(
        settings
            .iter()
            .map(|setting| json!({ "@id": setting["@id"] })),
    );

    let machine: Vec<String> = std::iter::once(format!("threads {}", manifest.run.threads))
        .chain(
            manifest
                .run
                .machine
                .iter()
                .map(|(name, value)| format!("{name} {value}")),
        )
        .collect();

    let mut graph = vec![
        json!({
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": reference("./"),
            "conformsTo": reference("https://w3id.org/ro/crate/1.1"),
        }),
        Value::Object(dataset),
        json!({
            "@id": program,
            "@type": "SoftwareApplication",
            "name": "terrasink",
            "softwareVersion": manifest.version,
        }),
        json!({
            "@id": "#run",
            "@type": "CreateAction",
            "name": format!("terrasink run of {}", manifest.name),
            "instrument": reference(program),
            "object": inputs,
            "result": outputs,
            "startTime": manifest.run.started,
            "endTime": manifest.run.ended,
            "description": machine.join("; "),
        }),
    ];
    if let Some(directory) = &manifest.run.plan_directory {
        graph[3]["location"] = directory.clone().into();
    }
    graph.append(&mut settings);
    graph.append(&mut files);
    let document = json!({
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": graph,
    });
    let mut bytes = serde_json::to_vec_pretty(&document).map_err(|source| ReportError::Json {
        file: MANIFEST.to_owned(),
        source,
    })?;
    bytes.push(b'\n');
    Ok(Document::new(MANIFEST, bytes))
}

/// The inputs and the outputs that a manifest lists, with their sizes and digests.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ManifestFiles {
    /// Files that were read, the plan first.
    pub inputs: Vec<FileRecord>,
    /// Files that were written.
    pub outputs: Vec<FileRecord>,
    /// Directory of the plan, seen from the output directory.
    pub plan_directory: Option<String>,
}

/// A manifest without its action, which tells time and machine: the same for equal runs.
///
/// # Errors
///
/// [`ReportError::Manifest`] when `bytes` is not a manifest of this program.
pub fn manifest_without_run(bytes: &[u8]) -> Result<Value, ReportError> {
    let wrong = |what: String| ReportError::Manifest {
        file: MANIFEST.to_owned(),
        what,
    };
    let mut document: Value =
        serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
    document["@graph"]
        .as_array_mut()
        .ok_or_else(|| wrong("it has no `@graph`".to_owned()))?
        .retain(|entity| entity["@id"] != RUN);
    Ok(document)
}

/// Reads the file lists of a manifest back.
///
/// # Errors
///
/// [`ReportError::Manifest`] when `bytes` is not a manifest of this program.
pub fn manifest_files(bytes: &[u8]) -> Result<ManifestFiles, ReportError> {
    let wrong = |what: String| ReportError::Manifest {
        file: MANIFEST.to_owned(),
        what,
    };
    let document: Value =
        serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
    let graph = document["@graph"]
        .as_array()
        .ok_or_else(|| wrong("it has no `@graph`".to_owned()))?;
    let mut files = ManifestFiles {
        plan_directory: graph
            .iter()
            .find(|entity| entity["@id"] == RUN)
            .and_then(|run| run["location"].as_str())
            .map(str::to_owned),
        ..ManifestFiles::default()
    };
    for entity in graph.iter().filter(|entity| entity["@type"] == "File") {
        let text = |key: &str| entity[key].as_str().map(str::to_owned);
        let (Some(id), Some(path), Some(size), Some(sha256)) = (
            text("@id"),
            text("name"),
            text("contentSize").and_then(|size| size.parse().ok()),
            text("sha256"),
        ) else {
            return Err(wrong(format!(
                "the file {entity} lacks name, size or digest"
            )));
        };
        let record = FileRecord {
            path,
            role: text("description").unwrap_or_default(),
            size,
            sha256,
        };
        if id.starts_with(INPUT) {
            files.inputs.push(record);
        } else {
            files.outputs.push(record);
        }
    }
    Ok(files)
}

#[cfg(test)]
#[path = "manifest_tests.rs"]
mod tests;
