//! `terrasink zonal`: the engine alone, from rasters and polygons to one table.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use geo::{BoundingRect, Intersects, MultiPolygon};

use super::{RunError, Watch};
use crate::finding::Finding;
use crate::grid::{CellAreas, Grid};
use crate::input::{
    Cells, ClassRaster, GridRasters, Ground, Polygons, Projection, Raster, RasterSource,
    Transformer, ValueRaster, VectorSource,
};
use crate::plan::suggestion;
use crate::report::{Existing, Statistic, ValueLayer, ZonalTable, check_file, write_file};
use crate::zonal::{self, Edges, Ledger, Zone};

/// How many zones a warning names.
const NAMED: usize = 5;

/// A raster with the name that columns bear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRaster {
    /// The name.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// Unit of its values; classes have none.
    pub unit: Option<String>,
}

/// What to measure.
#[derive(Debug, Clone)]
pub struct ZonalRequest {
    /// All rasters. Those that are not named in `by` are value layers.
    pub rasters: Vec<NamedRaster>,
    /// Names of the class layers; none for one row a zone.
    pub by: Vec<String>,
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

/// The rasters of a request on one grid.
struct Layers {
    grid: Grid,
    areas: CellAreas,
    ground: Ground,
    rasters: GridRasters,
    table: ZonalTable,
}

/// Zones in the order in which their ids first come.
struct Zones {
    ids: Vec<String>,
    shapes: Vec<Zone>,
    warnings: Vec<Finding>,
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
    let layers = layers(request).map_err(RunError::Rejected)?;
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
    write(request, &layers, zones, &ledger)
}

fn write(
    request: &ZonalRequest,
    layers: &Layers,
    zones: Zones,
    ledger: &Ledger,
) -> Result<ZonalReport, RunError> {
    let mut reasons: BTreeMap<u32, String> = BTreeMap::new();
    for failure in ledger.failures() {
        for zone in &failure.zones {
            let reason = reasons.entry(*zone);
            reason.or_insert_with(|| failure.message.clone());
        }
    }
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
        warnings: zones.warnings,
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

/// Opens the rasters and lays them on the grid of the first class layer, else of the first raster.
fn layers(request: &ZonalRequest) -> Result<Layers, Vec<Finding>> {
    let mut findings = names(request);
    let table = ZonalTable {
        classes: request.by.clone(),
        values: request
            .rasters
            .iter()
            .filter(|raster| !request.by.contains(&raster.name))
            .map(|raster| ValueLayer {
                name: raster.name.clone(),
                unit: raster.unit.clone(),
            })
            .collect(),
        statistics: request.statistics.clone(),
    };
    findings.extend(repeated_columns(&table));
    if !findings.is_empty() {
        return Err(findings);
    }
    let source = RasterSource {
        crs: request.raster_crs.as_deref(),
        ..RasterSource::default()
    };
    let by_name = |name: &str| request.rasters.iter().find(|raster| raster.name == name);
    let classes = request.by.iter().filter_map(|name| by_name(name));
    let values = request.rasters.iter();
    let values = values.filter(|raster| !request.by.contains(&raster.name));
    let classes = opened(classes, &source, ClassRaster::open, &mut findings);
    let values = opened(values, &source, ValueRaster::open, &mut findings);
    if !findings.is_empty() {
        return Err(findings);
    }
    let first = classes
        .first()
        .map(|(raster, projection)| (&raster.path, &raster.grid, projection))
        .or_else(|| {
            let first = values.first();
            first.map(|(raster, projection)| (&raster.path, &raster.grid, projection))
        });
    let Some((path, grid, projection)) = first else {
        return Err(vec![Finding::error(
            "--raster",
            "no raster is given",
            "give one as --raster NAME=PATH or --by NAME=PATH",
        )]);
    };
    let refused = |error: crate::input::PlaceError| {
        vec![Finding::error(
            path.display().to_string(),
            error.to_string(),
            "check the size of the cells and the coordinate system",
        )]
    };
    let grid = grid.clone();
    let ground = Ground::new(projection.clone()).map_err(refused)?;
    let areas = ground.cell_areas(&grid).map_err(refused)?;
    let rasters = GridRasters {
        classes: aligned(classes, &grid, &ground, &mut findings),
        values: aligned(values, &grid, &ground, &mut findings),
    };
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(Layers {
        grid,
        areas,
        ground,
        rasters,
        table,
    })
}

/// Problems of the names of rasters.
fn names(request: &ZonalRequest) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for raster in &request.rasters {
        if !seen.insert(raster.name.as_str()) {
            findings.push(Finding::error(
                format!("raster {}", raster.name),
                "two rasters have this name",
                "give each raster a name of its own",
            ));
        }
        if request.by.contains(&raster.name) && raster.unit.is_some() {
            findings.push(Finding::error(
                format!("raster {}", raster.name),
                "it has a unit, but --by makes its cells classes",
                "take the unit away, or take the raster out of --by",
            ));
        }
    }
    let mut seen = BTreeSet::new();
    for name in &request.by {
        if !seen.insert(name.as_str()) {
            findings.push(Finding::error(
                format!("--by {name}"),
                "the raster is named twice",
                "name each class raster once",
            ));
        }
        if !request.rasters.iter().any(|raster| raster.name == *name) {
            let known = request.rasters.iter().map(|raster| raster.name.as_str());
            let remedy = match suggestion(name, known) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("give it as --by {name}=PATH or --raster {name}=PATH"),
            };
            findings.push(Finding::error(
                format!("--by {name}"),
                format!("no raster has the name `{name}`"),
                remedy,
            ));
        }
    }
    findings
}

/// Columns that two things would bear.
fn repeated_columns(table: &ZonalTable) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let columns = table.columns();
    let repeated = columns
        .iter()
        .filter(|column| !seen.insert(column.as_str()));
    repeated
        .map(|column| {
            Finding::error(
                format!("column {column}"),
                "two columns of the table would have this name",
                "give the raster another name, and each statistic once",
            )
        })
        .collect()
}

type Opened<T> = Vec<(Raster<T>, Projection)>;

fn opened<'a, T: Cells>(
    rasters: impl Iterator<Item = &'a NamedRaster>,
    source: &RasterSource<'_>,
    open: impl Fn(&Path, &RasterSource<'_>) -> Result<(Raster<T>, Projection), Vec<Finding>>,
    findings: &mut Vec<Finding>,
) -> Opened<T> {
    let mut opened = Vec::new();
    for raster in rasters {
        match open(&raster.path, source) {
            Ok(raster) => opened.push(raster),
            Err(problems) => findings.extend(problems),
        }
    }
    opened
}

fn aligned<T: Cells>(
    opened: Opened<T>,
    grid: &Grid,
    ground: &Ground,
    findings: &mut Vec<Finding>,
) -> Vec<Raster<T>> {
    let mut rasters = Vec::with_capacity(opened.len());
    for (mut raster, projection) in opened {
        findings.extend(raster.align(&projection, grid, ground.projection()).err());
        rasters.push(raster);
    }
    rasters
}

/// Reads the zones and brings them to the grid. Features of one id are one zone.
fn zones(request: &ZonalRequest, layers: &Layers) -> Result<Zones, Vec<Finding>> {
    let polygons = request.zones.read()?;
    let id = polygons
        .field(&request.id)
        .map_err(|finding| vec![finding])?;
    let mut findings = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut ids: Vec<String> = Vec::new();
    let mut features: Vec<Vec<usize>> = Vec::new();
    for (position, feature) in polygons.features.iter().enumerate() {
        let Some(value) = feature.values[id].as_deref() else {
            findings.push(Finding::error(
                format!("{}, feature {}", polygons.name, feature.number),
                format!("the id field `{}` is empty", request.id),
                "give every zone an id",
            ));
            continue;
        };
        let zone = *places.entry(value).or_insert_with(|| {
            ids.push(value.to_owned());
            features.push(Vec::new());
            ids.len() - 1
        });
        features[zone].push(position);
    }
    let refused = |error: crate::input::ProjectionError| {
        vec![Finding::error(
            &polygons.name,
            error.to_string(),
            "check the coordinates of the zones and their coordinate system (--crs)",
        )]
    };
    let transformer = Transformer::new(&polygons.projection, layers.ground.projection());
    let transformer = transformer.map_err(refused)?;
    let tolerance = layers.ground.tolerance(Some(&layers.grid));
    let mut zones = Vec::with_capacity(ids.len());
    for features in &features {
        let shape = one_shape(&polygons, features);
        let shape = transformer.polygons(&shape, tolerance).map_err(refused)?;
        zones.push(Zone { shape });
    }
    let warnings = outside(&polygons.name, &ids, &zones, layers, &mut findings);
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(Zones {
        ids,
        shapes: zones,
        warnings: polygons.warnings.iter().cloned().chain(warnings).collect(),
    })
}

/// The shape of a zone. Several features may overlap, so they are united; one is taken as it is.
fn one_shape(polygons: &Polygons, features: &[usize]) -> MultiPolygon<f64> {
    let shapes = features.iter().map(|i| &polygons.features[*i].shape);
    if features.len() == 1 {
        return shapes
            .into_iter()
            .next()
            .cloned()
            .unwrap_or(MultiPolygon(Vec::new()));
    }
    let parts: Vec<geo::Polygon<f64>> = shapes.flat_map(|shape| shape.0.iter().cloned()).collect();
    if parts.is_empty() {
        MultiPolygon(parts)
    } else {
        geo::unary_union(&parts)
    }
}

/// Zones that get no rows: without a shape, or beside the raster. All of them beside it is an
/// error.
fn outside(
    file: &str,
    ids: &[String],
    zones: &[Zone],
    layers: &Layers,
    findings: &mut Vec<Finding>,
) -> Vec<Finding> {
    let [x0, y0, x1, y1] = layers.grid.extent();
    let raster = geo::Rect::new((x0, y0), (x1, y1));
    let (mut empty, mut missing) = (Vec::new(), Vec::new());
    for (id, zone) in ids.iter().zip(zones) {
        match zone.shape.bounding_rect() {
            None => empty.push(id.as_str()),
            Some(rect) if !rect.intersects(&raster) => missing.push(id.as_str()),
            Some(_) => {}
        }
    }
    let mut warnings = Vec::new();
    if !empty.is_empty() {
        warnings.push(Finding::warning(
            file,
            format!("{} without a shape have no rows", listed(&empty)),
            "draw their polygons, or delete the features",
        ));
    }
    let grid = layers.grid.crs.label();
    let extent = format!("the raster ({grid}) has x {x0} to {x1}, y {y0} to {y1}");
    if missing.len() + empty.len() == ids.len() {
        findings.push(Finding::error(
            file,
            format!("no zone touches the raster; {extent}"),
            "check the coordinate systems of both files, or give a raster of the place",
        ));
    } else if !missing.is_empty() {
        warnings.push(Finding::warning(
            file,
            format!(
                "{} beside the raster have no rows; {extent}",
                listed(&missing)
            ),
            "check the coordinate systems of both files, or give a raster of the place",
        ));
    }
    warnings
}

/// How many zones there are, and the first of them.
fn listed(ids: &[&str]) -> String {
    let more = if ids.len() > NAMED { ", ..." } else { "" };
    let first = &ids[..ids.len().min(NAMED)];
    format!("{} zones ({}{more})", ids.len(), first.join(", "))
}
