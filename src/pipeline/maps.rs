//! The maps of a run: opened, with their legends, and laid on one grid.

use std::path::{Path, PathBuf};

use crate::account::{Legend, PatchRule, Seeds};
use crate::finding::Finding;
use crate::grid::{CellAreas, Grid};
use crate::input::{ClassRaster, GridRasters, Ground, Projection, RasterSource};
use crate::plan::{LandCoverTable, Plan};
use crate::zonal::WithPatches;

/// The maps of a run on one grid.
#[derive(Debug)]
pub(super) struct Maps {
    pub(super) grid: Grid,
    pub(super) areas: CellAreas,
    pub(super) rasters: Vec<ClassRaster>,
    pub(super) years: Vec<i32>,
    pub(super) legends: Vec<Legend>,
}

/// Opens the maps. Those that cannot be opened are left out and reported.
pub(super) fn rasters(
    plan: &Plan,
    inputs: &mut Vec<PathBuf>,
    findings: &mut Vec<Finding>,
) -> Vec<(ClassRaster, Projection)> {
    let mut opened = Vec::new();
    for table in &plan.file.land_cover {
        let path = plan.resolve(&table.path);
        let source = RasterSource {
            band: table.band,
            crs: table.crs.as_deref(),
            nodata: table.nodata.map(|code| code as f64),
        };
        match ClassRaster::open(&path, &source) {
            Ok(raster) => opened.push(raster),
            Err(problems) => findings.extend(problems),
        }
        inputs.push(path);
    }
    opened
}

pub(super) fn legends(
    plan: &Plan,
    seeds: &Seeds,
    inputs: &mut Vec<PathBuf>,
    findings: &mut Vec<Finding>,
) -> Vec<Option<Legend>> {
    let mut legend = |table: &LandCoverTable| {
        let is_file = Path::new(&table.legend)
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        if !is_file {
            let found = seeds.legend(&table.legend).cloned();
            return found.map_err(|finding| findings.push(finding)).ok();
        }
        let path = plan.resolve(Path::new(&table.legend));
        let place = path.display().to_string();
        let text = std::fs::read_to_string(&path).map_err(|error| {
            findings.push(Finding::error(
                &place,
                format!("the legend cannot be read: {error}"),
                "check the path in the plan, and save the legend as CSV in UTF-8",
            ));
        });
        inputs.push(path);
        Legend::from_csv(&text.ok()?, &place)
            .map_err(|problems| findings.extend(problems))
            .ok()
    };
    plan.file.land_cover.iter().map(&mut legend).collect()
}

/// Lays all maps on the grid of the first one. `None` when a map or legend is not usable; `Some(None)`
/// for a plan without maps.
#[expect(
    clippy::option_option,
    reason = "no maps and unusable maps are two things"
)]
pub(super) fn on_one_grid(
    plan: &Plan,
    opened: Vec<(ClassRaster, Projection)>,
    legends: Vec<Option<Legend>>,
    ground: &Ground,
    findings: &mut Vec<Finding>,
) -> Option<Option<Maps>> {
    let Some((first, _)) = opened.first() else {
        return legends.is_empty().then_some(None);
    };
    let grid = first.grid.clone();
    let mut rasters = Vec::with_capacity(opened.len());
    for (mut raster, projection) in opened {
        if let Err(finding) = raster.align(&projection, &grid, ground.projection()) {
            findings.push(finding);
        }
        rasters.push(raster);
    }
    let areas = ground
        .cell_areas(&grid)
        .map_err(|error| {
            findings.push(Finding::error(
                rasters[0].path.display().to_string(),
                error.to_string(),
                "check the size of the cells and the coordinate system",
            ));
        })
        .ok()?;
    let legends = legends.into_iter().collect::<Option<Vec<_>>>()?;
    if rasters.len() != legends.len() {
        return None;
    }
    // The account goes from the oldest map to the newest, whatever the order of the plan.
    let mut order: Vec<usize> = (0..rasters.len()).collect();
    order.sort_by_key(|&i| plan.file.land_cover[i].year);
    Some(Some(Maps {
        grid,
        areas,
        years: order
            .iter()
            .map(|&i| plan.file.land_cover[i].year)
            .collect(),
        rasters: order.iter().map(|&i| rasters[i].clone()).collect(),
        legends: order.iter().map(|&i| legends[i].clone()).collect(),
    }))
}

/// Whether the smallest patch suits the cells of the maps.
pub(super) fn patch_size(
    plan: &Plan,
    rule: PatchRule,
    maps: &Maps,
    findings: &mut Vec<Finding>,
    warnings: &mut Vec<Finding>,
) {
    let place = format!("{}, `[forest] min-area-ha`", plan.path.display());
    let smallest = rule.smallest.into();
    match WithPatches::<GridRasters>::cells(&maps.grid, &maps.areas, smallest) {
        Err(error) => findings.push(Finding::error(
            place,
            error.to_string(),
            "give a smaller patch, or maps with larger cells",
        )),
        Ok(cells) if cells <= 1.0 => warnings.push(Finding::warning(
            place,
            format!("{rule} is not more than a cell of the maps"),
            "every patch counts: the rule changes nothing on these maps",
        )),
        Ok(_) => {}
    }
}
