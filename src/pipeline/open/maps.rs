//! The maps of a run: opened, with their legends, and laid on one grid.

use std::path::Path;

use super::gathered::Gathered;
use super::grid::Warped;
use crate::account::{CANOPY, ForestRule, Legend, Seeds};
use crate::finding::Finding;
use crate::grid::{CellAreas, Grid};
use crate::input::{ClassRaster, GridRasters, Ground, Projection, RasterSource, text_of};
use crate::plan::{LandCoverTable, Plan};
use crate::zonal::WithPatches;

/// The maps of a run on one grid.
#[derive(Debug)]
pub(in crate::pipeline) struct Maps {
    pub(in crate::pipeline) grid: Grid,
    pub(in crate::pipeline) areas: CellAreas,
    pub(in crate::pipeline) rasters: Vec<ClassRaster>,
    pub(in crate::pipeline) years: Vec<i32>,
    pub(in crate::pipeline) legends: Vec<Legend>,
    /// Maps whose cells are not those of the run.
    pub(super) warped: Vec<Warped>,
}

/// Opens the maps, in the order of the plan. Those that cannot be opened are reported.
pub(super) fn rasters(
    plan: &Plan,
    gathered: &mut Gathered,
) -> Vec<Option<(ClassRaster, Projection)>> {
    let mut opened = Vec::new();
    let open = |table: &LandCoverTable| {
        let source = RasterSource {
            band: table.band,
            crs: table.crs.as_deref(),
            nodata: table.nodata.map(|code| code as f64),
        };
        ClassRaster::open(&plan.resolve(&table.path), &source)
    };
    // Maps of which the year, the legend or the like was not read.
    if plan.spares(&["land-cover.path", "land-cover.band", "land-cover.crs"]) {
        let found = plan
            .partly
            .land_cover
            .iter()
            .filter_map(|table| open(table).err());
        gathered.findings.extend(found.flatten());
    }
    for table in &plan.file.land_cover {
        let path = plan.resolve(&table.path);
        match open(table) {
            Ok((raster, projection)) => {
                gathered.warnings.extend(raster.doubt());
                opened.push(Some((raster, projection)));
            }
            Err(problems) => {
                gathered.findings.extend(problems);
                opened.push(None);
            }
        }
        gathered.inputs.push(path);
    }
    opened
}

/// The legends of the maps. That of a map of canopy follows from the forest rule; without a rule,
/// which was reported, it has none.
pub(super) fn legends(
    plan: &Plan,
    seeds: &Seeds,
    forest: Option<&ForestRule>,
    gathered: &mut Gathered,
) -> Vec<Option<Legend>> {
    let canopy = forest.and_then(|rule| rule.canopy);
    let mut legend = |table: &LandCoverTable| {
        if table.legend == CANOPY {
            let height = forest.and_then(|rule| rule.height.as_ref());
            let least_m = height.map(|height| height.least_m);
            return canopy.map(|canopy| Legend::of_canopy(canopy, least_m));
        }
        let is_file = Path::new(&table.legend)
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        if !is_file {
            let found = seeds.legend(&table.legend).cloned();
            return found
                .map_err(|finding| gathered.findings.push(finding))
                .ok();
        }
        let (text, place) = legend_file(plan, &table.legend, gathered)?;
        Legend::from_csv(&text, &place)
            .map_err(|problems| gathered.findings.extend(problems))
            .ok()
    };
    if plan.spares(&["land-cover.legend"]) {
        plan.partly
            .land_cover
            .iter()
            .for_each(|table| drop(legend(table)));
    }
    let legends: Vec<Option<Legend>> = plan.file.land_cover.iter().map(&mut legend).collect();
    let known: Vec<&Legend> = legends.iter().flatten().collect();
    let all_read = plan.spares(&["land-cover", "forest"]) && known.len() == legends.len();
    if all_read && !known.is_empty() {
        let classes = plan.file.forest.classes.iter().flatten();
        let strange = classes.filter(|code| known.iter().all(|map| map.class(**code).is_none()));
        let strange: Vec<String> = strange.map(i64::to_string).collect();
        if !strange.is_empty() {
            gathered.findings.push(Finding::error(
                format!("{}, `[forest] classes`", plan.path.display()),
                format!("no legend of the maps has the code {}", strange.join(", ")),
                "give codes of the legend, or leave them out",
            ));
        }
    }
    legends
}

/// Lays all maps on the grid of the run. `None` when a map or legend is not usable; `Some(None)`
/// for a plan without maps.
#[expect(
    clippy::option_option,
    reason = "no maps and unusable maps are two things"
)]
pub(super) fn on_one_grid(
    plan: &Plan,
    opened: Vec<Option<(ClassRaster, Projection)>>,
    legends: Vec<Option<Legend>>,
    grid: Option<Grid>,
    ground: &Ground,
    gathered: &mut Gathered,
) -> Option<Option<Maps>> {
    if opened.is_empty() {
        return legends.is_empty().then_some(None);
    }
    let grid = grid?;
    let mut rasters = Vec::with_capacity(opened.len());
    let mut warped = Vec::new();
    for (table, opened) in plan.file.land_cover.iter().zip(opened) {
        let Some((mut raster, projection)) = opened else {
            continue;
        };
        let by = table.resampling;
        match raster.align(&projection, &grid, ground.projection(), by) {
            Ok(None) => {}
            Ok(Some(how)) => {
                let map = Warped {
                    path: raster.path.clone(),
                    how,
                };
                if by.is_none() {
                    gathered.warnings.push(map.warning());
                }
                gathered.warnings.extend(raster.caveats());
                warped.push(map);
            }
            Err(finding) => gathered.findings.push(finding),
        }
        rasters.push(raster);
    }
    let areas = ground
        .cell_areas(&grid)
        .map_err(|error| {
            gathered.findings.push(Finding::error(
                rasters.first().map_or_else(
                    || "`[grid]`".to_owned(),
                    |map| map.path.display().to_string(),
                ),
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
        warped,
        years: order
            .iter()
            .map(|&i| plan.file.land_cover[i].year)
            .collect(),
        rasters: order.iter().map(|&i| rasters[i].clone()).collect(),
        legends: order.iter().map(|&i| legends[i].clone()).collect(),
    }))
}

/// Whether the smallest patch of forest suits the cells of the maps.
pub(super) fn patch_size(plan: &Plan, forest: &ForestRule, maps: &Maps, gathered: &mut Gathered) {
    let Some(rule) = forest.patch else {
        return;
    };
    let place = format!("{}, `[forest] min-area-ha`", plan.path.display());
    let smallest = rule.smallest.into();
    match WithPatches::<GridRasters>::cells(&maps.grid, &maps.areas, smallest) {
        Err(error) => gathered.findings.push(Finding::error(
            place,
            error.to_string(),
            "give a smaller patch, or maps with larger cells",
        )),
        Ok(cells) if cells <= 1.0 => gathered.warnings.push(Finding::warning(
            place,
            format!("{rule} is not more than a cell of the maps"),
            "every patch counts: the rule changes nothing on these maps",
        )),
        Ok(_) => {}
    }
}

/// Share of a region in percent below which a map leaves a part of it out.
pub(in crate::pipeline) const WHOLE_PCT: f64 = 99.0;

/// The text of a legend that the plan names by its file, and the name of the file.
pub(super) fn legend_file(
    plan: &Plan,
    legend: &str,
    gathered: &mut Gathered,
) -> Option<(String, String)> {
    let path = plan.resolve(Path::new(legend));
    let place = path.display().to_string();
    let text = text_of(&path).map_err(|error| {
        gathered.findings.push(Finding::error(
            &place,
            format!("the legend cannot be read: {error}"),
            "check the path in the plan, and save the legend as CSV in UTF-8",
        ));
    });
    gathered.inputs.push(path);
    Some((text.ok()?, place))
}
