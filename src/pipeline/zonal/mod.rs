//! `terrasink zonal`: the engine alone, from rasters and polygons to one table.

mod rasters;
mod zones;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use self::rasters::{Layers, layers};
use self::zones::{Zones, zones};
use super::{RunError, Watch};
use crate::finding::Finding;
use crate::input::{Resampling, VectorSource};
use crate::report::{Existing, Statistic, check_file, write_file};
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
    pub resampling: Option<Resampling>,
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
    /// Worker threads; the result does not depend on it.
    pub threads: NonZeroUsize,
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
    if let Some(out) = &request.out {
        check_format(out)?;
        check_file(out, request.existing)?;
    }
    let mut layers = layers(request).map_err(RunError::Rejected)?;
    let zones = zones(request, &layers).map_err(RunError::Rejected)?;
    watch.step(&format!("measuring {} zones", zones.ids.len()));
    let options = zonal::Options {
        class_layers: layers.rasters.classes.len(),
        value_layers: layers.rasters.values.len(),
        edges: request.edges,
        threads: request.threads,
    };
    let ledger = zonal::measure(
        &layers.grid,
        &layers.areas,
        &zones.shapes,
        &layers.rasters,
        &options,
        &|done, total| watch.blocks(done, total),
    )?;
    let warnings = std::mem::take(&mut layers.warnings);
    write(request, &layers, zones, &ledger, warnings)
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
    warnings.extend(zones.warnings);
    let left_out: BTreeSet<u32> = reasons.keys().copied().collect();
    let name = request.out.as_deref().unwrap_or(Path::new("-"));
    let name = name.display().to_string();
    let (document, rows) = layers.table.csv(&name, &zones.ids, ledger, &left_out)?;
    let table = match &request.out {
        Some(out) => {
            write_file(out, request.existing, &document.bytes)?;
            None
        }
        None => Some(document.bytes),
    };
    Ok(ZonalReport {
        columns: layers.table.columns(),
        rows,
        zones: zones.ids.len(),
        table,
        failed: reasons
            .into_iter()
            .map(|(zone, reason)| (zones.ids[zone as usize].clone(), reason))
            .collect(),
        warnings,
    })
}

/// Whether a file of this name can be written.
fn check_format(out: &Path) -> Result<(), RunError> {
    let is_csv = out
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    if is_csv {
        return Ok(());
    }
    let found = out.extension().map_or_else(
        || "has no extension".to_owned(),
        |extension| format!("ends in `.{}`", extension.display()),
    );
    Err(RunError::Rejected(vec![Finding::error(
        out.display().to_string(),
        format!("the name of the table {found}, but this version writes CSV only"),
        "give a name that ends in .csv, or `-` for stdout",
    )]))
}
