//! The rasters of `terrasink zonal` on one grid.

use std::collections::BTreeSet;
use std::path::Path;

use super::{NamedRaster, ZonalRequest};
use crate::finding::Finding;
use crate::grid::{CellAreas, Grid};
use crate::input::{
    Cells, ClassRaster, GridRasters, Ground, Projection, Raster, RasterSource, ValueRaster,
};
use crate::plan::{ResamplingKey, suggestion};
use crate::report::{ValueLayer, ZonalTable};

/// The rasters of a request on one grid.
pub(super) struct Layers {
    pub(super) grid: Grid,
    pub(super) areas: CellAreas,
    pub(super) ground: Ground,
    pub(super) rasters: GridRasters,
    pub(super) table: ZonalTable,
    pub(super) warnings: Vec<Finding>,
}

/// Opens the rasters and lays them on one grid: that of the raster named, else of the first class
/// layer, else of the first raster.
pub(super) fn layers(request: &ZonalRequest) -> Result<Layers, Vec<Finding>> {
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
    let by_name = |name: &str| request.rasters.iter().find(|raster| raster.name == name);
    let classes = request.by.iter().filter_map(|name| by_name(name));
    let values = request.rasters.iter();
    let values = values.filter(|raster| !request.by.contains(&raster.name));
    let crs = request.raster_crs.as_deref();
    let classes = opened(classes, crs, ClassRaster::open, &mut findings);
    let mut values = opened(values, crs, ValueRaster::open, &mut findings);
    for one in &mut values {
        if let Some(unit) = &one.named.unit {
            one.raster = one.raster.clone().in_unit(unit);
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let all = || {
        let classes = classes.iter().map(Opened::place);
        classes.chain(values.iter().map(Opened::place))
    };
    let chosen = match &request.grid {
        Some(name) => all().find(|raster| raster.name == name),
        None => all().next(),
    };
    let Some(OpenedPlace {
        path,
        grid,
        projection,
        ..
    }) = chosen
    else {
        return Err(vec![Finding::error(
            "--grid",
            "no raster has this name",
            "name one of those given by --raster or --by",
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
    let doubts = classes.iter().filter_map(|one| one.raster.doubt());
    let mut warnings: Vec<Finding> = doubts.collect();
    let rasters = GridRasters {
        classes: aligned(classes, &grid, &ground, &mut findings, &mut warnings),
        values: aligned(values, &grid, &ground, &mut findings, &mut warnings),
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
        warnings,
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
        let is_class = request.by.contains(&raster.name);
        let unfit = |rule: &ResamplingKey| {
            if is_class {
                rule.blends()
            } else {
                *rule == ResamplingKey::Mode
            }
        };
        if let Some(rule) = raster.resampling.filter(unfit) {
            findings.push(Finding::error(
                format!("--resampling {}={}", raster.name, rule.id()),
                if is_class {
                    "it would blend class codes into codes that no cell has"
                } else {
                    "it is for classes"
                },
                if is_class {
                    "use nearest or mode for classes"
                } else {
                    "use average, bilinear or nearest for values"
                },
            ));
        }
    }
    if let Some(name) = &request.grid
        && !request.rasters.iter().any(|raster| raster.name == *name)
    {
        let known = request.rasters.iter().map(|raster| raster.name.as_str());
        findings.push(Finding::error(
            format!("--grid {name}"),
            format!("no raster has the name `{name}`"),
            match suggestion(name, known) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "name one of those given by --raster or --by".to_owned(),
            },
        ));
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

/// A raster of the request with its cells.
struct Opened<'a, T> {
    named: &'a NamedRaster,
    raster: Raster<T>,
    projection: Projection,
}

/// Where an opened raster lies.
struct OpenedPlace<'a> {
    name: &'a str,
    path: &'a Path,
    grid: &'a Grid,
    projection: &'a Projection,
}

impl<T> Opened<'_, T> {
    fn place(&self) -> OpenedPlace<'_> {
        OpenedPlace {
            name: &self.named.name,
            path: &self.raster.path,
            grid: &self.raster.grid,
            projection: &self.projection,
        }
    }
}

fn opened<'a, T: Cells>(
    rasters: impl Iterator<Item = &'a NamedRaster>,
    crs: Option<&str>,
    open: impl Fn(&Path, &RasterSource<'_>) -> Result<(Raster<T>, Projection), Vec<Finding>>,
    findings: &mut Vec<Finding>,
) -> Vec<Opened<'a, T>> {
    let mut opened = Vec::new();
    for named in rasters {
        let source = RasterSource {
            band: named.band,
            crs,
            nodata: named.nodata,
        };
        match open(&named.path, &source) {
            Ok((raster, projection)) => opened.push(Opened {
                named,
                raster,
                projection,
            }),
            Err(problems) => findings.extend(problems),
        }
    }
    opened
}

/// Lays rasters on the grid. One that had to be resampled without being asked to is told of.
fn aligned<T: Cells>(
    opened: Vec<Opened<'_, T>>,
    grid: &Grid,
    ground: &Ground,
    findings: &mut Vec<Finding>,
    warnings: &mut Vec<Finding>,
) -> Vec<Raster<T>> {
    let mut rasters = Vec::with_capacity(opened.len());
    for mut one in opened {
        let by = one.named.resampling;
        match one
            .raster
            .align(&one.projection, grid, ground.projection(), by)
        {
            Ok(Some(how)) if by.is_none() => warnings.push(Finding::warning(
                one.raster.path.display().to_string(),
                format!("its cells are not those of the grid; {how}"),
                format!(
                    "say --resampling {}=RULE to choose the rule, or --grid NAME to choose the grid",
                    one.named.name
                ),
            )),
            Ok(_) => {}
            Err(finding) => findings.push(finding),
        }
        warnings.extend(one.raster.caveats());
        rasters.push(one.raster);
    }
    rasters
}
