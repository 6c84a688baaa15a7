//! `terrasink zonal`: the engine alone, from rasters and polygons to one table.

mod rasters;
mod zones;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use self::rasters::{Layers, layers};
use self::zones::{Drawn, Zones};
use crate::finding::{Finding, counted};
use crate::input::{Projection, Transformer, VectorSource, files_behind, write_geopackage};
use crate::pipeline::Pass;
use crate::pipeline::RunError;
use crate::pipeline::Watch;
use crate::pipeline::open::DRAWN_DEGREES;
use crate::pipeline::pass::key;
use crate::plan::ResamplingKey;
use crate::report::{
    Existing, Statistic, ZonalRows, check_file, check_inputs, write_file, write_with,
};
use crate::zonal::{self, Edges, Ledger};

/// A raster with the name that columns bear.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedRaster {
    /// The name.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// Unit of its values; classes have none.
    pub unit: Option<String>,
    /// The band, from 1.
    pub band: u32,
    /// Stored number that means "no value", where the file does not say.
    pub nodata: Option<f64>,
    /// How it is brought to the grid of another raster; without it by the usual rule of its kind.
    pub resampling: Option<ResamplingKey>,
}

impl NamedRaster {
    /// The first band of a file.
    #[must_use]
    pub fn new(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            path: path.into(),
            unit: None,
            band: 1,
            nodata: None,
            resampling: None,
        }
    }
}

/// What to measure.
#[derive(Debug, Clone)]
pub struct ZonalRequest {
    /// All rasters. Those that are not named in `by` are value layers.
    pub rasters: Vec<NamedRaster>,
    /// Names of the class layers; none for one row a zone.
    pub by: Vec<String>,
    /// Name of the raster whose cells are those of the pass; else the first class layer, else the
    /// first raster.
    pub grid: Option<String>,
    /// Coordinate system of the rasters, where the files do not say it.
    pub raster_crs: Option<String>,
    /// The polygons.
    pub zones: VectorSource,
    /// Field with the id of the zone.
    pub id: String,
    /// What is told.
    pub statistics: Vec<Statistic>,
    /// Which cells belong to a zone.
    pub edges: Edges,
    /// How the pass over the rasters is done.
    pub pass: Pass,
    /// File to write; `None` to hand the table back.
    pub out: Option<PathBuf>,
    /// Whether a file that is there is replaced.
    pub existing: Existing,
}

/// What was measured.
#[derive(Debug, Clone, Default)]
pub struct ZonalReport {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Number of rows.
    pub rows: usize,
    /// Number of zones, of one id each.
    pub zones: usize,
    /// The table, where no file was asked for.
    pub table: Option<Vec<u8>>,
    /// Zones without rows because cells could not be read, and why.
    pub failed: Vec<(String, String)>,
    /// What must be known.
    pub warnings: Vec<Finding>,
}

/// Measures what every zone holds of every combination of classes, and writes it as one table.
///
/// # Errors
///
/// [`RunError`]; nothing is then written.
pub fn zonal(request: &ZonalRequest, watch: &dyn Watch) -> Result<ZonalReport, RunError> {
    let (mut layers, drawn) = read(request)?;
    let zones = zones::placed(drawn, &layers).map_err(RunError::Rejected)?;
    let count = counted(zones.ids.len(), "zone", "zones");
    watch.step(&format!("measuring {count}"));
    let options = zonal::Options {
        class_layers: layers.rasters.classes.len(),
        value_layers: layers.rasters.values.len(),
        edges: request.edges,
        threads: request.pass.memory.threads(
            request.pass.threads,
            &layers.rasters,
            0,
            &zones.shapes,
        )?,
    };
    let key = key(
        &layers.grid,
        &zones.shapes,
        &layers.rasters,
        request.edges,
        &(),
    );
    let keeper = request.pass.parts.open(key);
    let ledger = zonal::measure_from(
        keeper.start.clone(),
        &layers.grid,
        &layers.areas,
        &zones.shapes,
        &layers.rasters,
        &options,
        &|done, total| watch.blocks(done, total),
        &keeper,
    )?;
    drop(keeper);
    let warnings = std::mem::take(&mut layers.warnings);
    let report = write(request, &layers, zones, &ledger, warnings)?;
    request.pass.parts.done();
    Ok(report)
}

/// Opens the rasters and reads the zones; what is wrong with either is told at once.
fn read(request: &ZonalRequest) -> Result<(Layers, Drawn), RunError> {
    let mut findings = Vec::new();
    if let Some(out) = &request.out {
        findings.extend(format(out).err());
        let rasters = request.rasters.iter().map(|raster| &raster.path);
        let read = rasters.chain([&request.zones.path]);
        check_inputs(out, read.flat_map(|path| files_behind(path)))?;
        check_file(out, request.existing)?;
    }
    match (layers(request), zones::read(request)) {
        (Ok(layers), Ok(drawn)) if findings.is_empty() => return Ok((layers, drawn)),
        (layers, drawn) => {
            findings.extend(layers.err().into_iter().flatten());
            findings.extend(drawn.err().into_iter().flatten());
        }
    }
    Err(RunError::Rejected(findings))
}

fn write(
    request: &ZonalRequest,
    layers: &Layers,
    zones: Zones,
    ledger: &Ledger,
    mut warnings: Vec<Finding>,
) -> Result<ZonalReport, RunError> {
    let mut reasons: BTreeMap<u32, String> = BTreeMap::new();
    for failure in ledger.failures() {
        for zone in &failure.zones {
            let reason = reasons.entry(*zone);
            reason.or_insert_with(|| failure.message.clone());
        }
    }
    let left_out: BTreeSet<u32> = reasons.keys().copied().collect();
    let rows = layers.table.rows(&zones.ids, ledger, &left_out);
    let table = match &request.out {
        Some(out) => {
            table_file(out, request.existing, layers, &zones, &rows)?;
            None
        }
        None => Some(rows.csv("-")?.bytes),
    };
    warnings.extend(zones.warnings);
    Ok(ZonalReport {
        columns: layers.table.columns(),
        rows: rows.len(),
        zones: zones.ids.len(),
        table,
        failed: reasons
            .into_iter()
            .map(|(zone, reason)| (zones.ids[zone as usize].clone(), reason))
            .collect(),
        warnings,
    })
}

/// The formats of a table, by the ending of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Parquet,
    GeoJson,
    GeoPackage,
}

/// The format of a file of this name.
fn format(out: &Path) -> Result<Format, Finding> {
    let extension = out
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("csv") => Ok(Format::Csv),
        Some("parquet") => Ok(Format::Parquet),
        Some("geojson" | "json") => Ok(Format::GeoJson),
        Some("gpkg") => Ok(Format::GeoPackage),
        found => Err(Finding::error(
            out.display().to_string(),
            match found {
                Some(found) => format!("no table is written as `.{found}`"),
                None => "the name of the table has no ending".to_owned(),
            },
            "give a name that ends in .csv, .parquet, .geojson or .gpkg, or `-` for CSV on stdout",
        )),
    }
}

/// Writes the table, whole or not at all.
fn table_file(
    out: &Path,
    existing: Existing,
    layers: &Layers,
    zones: &Zones,
    rows: &ZonalRows,
) -> Result<(), RunError> {
    let name = out.display().to_string();
    let shape = |zone: u32| Some(zones.drawn(zone).clone());
    let format = format(out).map_err(|finding| RunError::Rejected(vec![finding]))?;
    let document = match format {
        Format::Csv => rows.csv(&name)?,
        Format::Parquet => rows.parquet(&name)?,
        Format::GeoJson => {
            let to_map = Projection::wgs84()
                .and_then(|wgs84| Transformer::new(layers.ground.projection(), &wgs84))
                .map_err(crate::input::PlaceError::from)?;
            // A zone that has rows has a place on the globe.
            rows.geojson(&name, |zone| {
                to_map
                    .polygons(&shape(zone)?, (DRAWN_DEGREES, DRAWN_DEGREES))
                    .ok()
            })?
        }
        Format::GeoPackage => {
            let stem = out.file_stem().unwrap_or_default().to_string_lossy();
            let file = out.file_name().unwrap_or_default().to_string_lossy();
            let crs = layers.ground.crs().clone();
            let package = rows.geopackage(&stem, &file, crs, shape)?;
            return write_with(out, existing, |partial| {
                write_geopackage(&package, partial)
                    .map_err(|error| RunError::GeoPackage(error.to_string()))
            });
        }
    };
    Ok(write_file(out, existing, &document.bytes)?)
}
