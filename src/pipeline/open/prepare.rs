//! Opens everything that a plan names and lays it on one ground. All problems come in one pass.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use geo::{Coord, MultiPolygon};

use super::boundaries::{BoundaryPlace, boundaries, nesting, overlap};
use super::choice_words::{unfit_entries, unknown_words};
use super::choices::{age_classes, clashes, class_densities, override_parameters, own_targets};
use super::fire::{Burnt, burnt, look_at_polygons, unknown_words_of_fires};
use super::forest_rule::forest_rule;
use super::gathered::{Gathered, Refused};
use super::grid::{Cells, cells};
use super::layers::{Layer, layers};
use super::map_strata::check_map_strata;
use super::maps::{Maps, legends, on_one_grid, patch_size, rasters};
use super::pieces::{Cut, Overlay};
use super::places::{WHICH_REGIONS, miss, places, region_source, regions};
use super::plots::{Plots, inventories};
use super::reference::{Reference, look_at_reference, reference};
use super::restoration::{SitePlace, sites};
use super::stands::{self, PlacedRegister};
use super::{harvested_wood, soil_samples};
use crate::account::{
    AgedForest, ClassDensities, ForestRule, Nesting, Policy, Seeds, SoilAreas, SoilSurvey,
    WoodProduction,
};
use crate::finding::Finding;
use crate::grid::Grid;
use crate::input::{Ground, Inventory, Projection, StandFile};
use crate::plan::{Plan, StandsTable};
use crate::units::Hectares;

/// Share of the area of all regions that may lie in two of them before they count as overlapping.
///
/// The overlay moves corners by less than a millimetre; real overlaps are far larger.
pub(super) const OVERLAP: f64 = 1e-6;

/// How far an edge may stray when shapes are brought to longitude and latitude for maps: about a
/// metre, in degrees.
pub(in crate::pipeline) const DRAWN_DEGREES: f64 = 1e-5;

/// A region on the ground of the run.
#[derive(Debug, Clone)]
pub(in crate::pipeline) struct Place {
    pub(in crate::pipeline) id: String,
    pub(in crate::pipeline) name: Option<String>,
    pub(in crate::pipeline) parent: Option<String>,
    /// In the coordinates of the grid.
    pub(in crate::pipeline) shape: MultiPolygon<f64>,
    /// In longitude and latitude, WGS 84.
    pub(in crate::pipeline) lon_lat: MultiPolygon<f64>,
    /// On the ellipsoid.
    pub(in crate::pipeline) area: Hectares,
    /// In the plane of the grid's coordinates.
    pub(in crate::pipeline) plane_area: Hectares,
}

/// Everything that a run works on, opened and checked.
#[derive(Debug)]
pub(in crate::pipeline) struct Prepared {
    pub(in crate::pipeline) seeds: Seeds,
    pub(in crate::pipeline) ground: Ground,
    pub(in crate::pipeline) maps: Option<Maps>,
    /// The reference sample of a map.
    pub(in crate::pipeline) reference: Option<Reference>,
    /// Further layers on the grid of the maps, in the order of the plan.
    pub(in crate::pipeline) layers: Vec<Layer>,
    pub(in crate::pipeline) regions: Vec<Place>,
    /// Area that lies in two regions or more.
    pub(in crate::pipeline) overlap: Hectares,
    /// Which regions lie in which.
    pub(in crate::pipeline) nesting: Nesting,
    pub(in crate::pipeline) boundaries: Vec<BoundaryPlace>,
    /// Years of the maps; without maps, of the boundaries.
    pub(in crate::pipeline) dates: Vec<i32>,
    /// The regions cut by the boundaries.
    pub(in crate::pipeline) overlay: Overlay,
    pub(in crate::pipeline) forest: ForestRule,
    /// Carbon densities by class, where the plan gives them.
    pub(in crate::pipeline) densities: Option<ClassDensities>,
    /// Tables with rows by region.
    pub(in crate::pipeline) listed: Listed,
    /// Targets of the user's own.
    pub(in crate::pipeline) own_targets: Option<Policy>,
    /// In the order of their years.
    pub(in crate::pipeline) inventories: Vec<Inventory>,
    /// Place of each plot in the coordinates of the grid, one list an inventory.
    pub(in crate::pipeline) points: Vec<Vec<Option<Coord<f64>>>>,
    /// The same of plots that were visited twice, one list an inventory that has such.
    pub(in crate::pipeline) growth_points: Vec<Vec<Option<Coord<f64>>>>,
    /// Stand registers, the oldest first.
    pub(in crate::pipeline) stands: Vec<PlacedRegister>,
    /// Burnt land by region.
    pub(in crate::pipeline) burnt: Burnt,
    /// Treated and control sites of the restorations.
    pub(in crate::pipeline) sites: Vec<SitePlace>,
    pub(in crate::pipeline) warnings: Vec<Finding>,
    /// Every file that was read, in the order of the plan.
    pub(in crate::pipeline) inputs: Vec<PathBuf>,
}

/// Tables of the plan with rows by region.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Listed {
    /// Areas of forest by age class, where the plan gives them.
    pub(in crate::pipeline) aged: Option<AgedForest>,
    /// Carbon that went into products of wood.
    pub(super) wood: Option<WoodProduction>,
    /// Profiles of soil.
    pub(in crate::pipeline) soil: Option<SoilSurvey>,
    /// Areas of its strata, where a file gives them.
    pub(super) soil_areas: Option<SoilAreas>,
}

impl Listed {
    fn read(
        plan: &Plan,
        seeds: &Seeds,
        regions: Option<&[Place]>,
        gathered: &mut Gathered,
    ) -> Self {
        gathered.rests_on(plan, &["carbon.age-classes"]);
        let aged = age_classes(plan, regions, gathered);
        gathered.rests_on(plan, &["harvested-wood.path"]);
        let wood = harvested_wood::production(plan, seeds, regions, gathered);
        gathered.rests_on(plan, &["soil-samples.path", "soil-samples.strata"]);
        Self {
            aged,
            wood,
            soil: soil_samples::survey(plan, regions, gathered),
            soil_areas: soil_samples::given_areas(plan, regions, gathered),
        }
    }
}

impl Prepared {
    /// Which regions the growth of forest, and what burnt of it, is a sum of.
    pub(in crate::pipeline) fn nesting_of_growth(&self) -> Nesting {
        if self.listed.aged.is_some() {
            self.nesting.without_larger()
        } else {
            self.nesting.clone()
        }
    }

    /// Whether no area lies in two regions.
    pub(in crate::pipeline) fn regions_are_disjoint(&self) -> bool {
        are_disjoint(&self.regions, self.overlap)
    }
}

fn are_disjoint(regions: &[Place], overlap: Hectares) -> bool {
    let all: Hectares = regions.iter().map(|region| region.area).sum();
    overlap.value() <= OVERLAP * all.value()
}

/// What all regions have more than their union, whether they are disjoint, and which lie in which.
fn laid_over(regions: &[Place], ground: &Ground) -> (Hectares, bool, Nesting) {
    let overlap = overlap(regions, ground);
    let disjoint = are_disjoint(regions, overlap);
    (overlap, disjoint, nesting(regions, disjoint, ground))
}

/// Opens and checks what the plan names.
///
/// # Errors
///
/// Every problem of the data that can be found without passing over the maps. One broken input
/// keeps no other from being looked at.
pub(in crate::pipeline) fn prepare(plan: &Plan, mut seeds: Seeds) -> Result<Prepared, Refused> {
    let mut gathered = Gathered::of(plan);
    override_parameters(plan, &mut seeds, &mut gathered);
    gathered.rests_on(plan, &["carbon.class-density.path"]);
    let densities = class_densities(plan, &mut gathered);
    gathered.rests_on(plan, &[]);
    let own_targets = own_targets(plan, &mut gathered);
    let maps = rasters(plan, &mut gathered);
    gathered.rests_on(plan, &["forest.definition", "forest.height-min-m"]);
    let forest = forest_rule(plan, &seeds, &mut gathered.findings);
    gathered.rests_on(plan, &[]);
    let legends = legends(plan, &seeds, forest.as_ref(), &mut gathered);
    choices(plan, &seeds, &mut gathered);
    let source = region_source(plan);
    let regions = regions(plan, &source, &mut gathered);
    gathered.rests_on(plan, &[]);
    let registers = stands::read(plan, &seeds, &mut gathered);
    gathered.rests_on(plan, &["grid"]);
    let cells = cells(plan, &maps, &mut gathered);
    let of_regions = regions.as_ref().map(|r| &r.1);
    let Some(ground) = ground(plan, cells.as_ref(), of_regions, &mut gathered) else {
        return Err(gathered.refused(plan));
    };
    gathered.rests_on(plan, &WHICH_REGIONS);
    let tolerance = ground.tolerance(cells.as_ref().map(Cells::size));
    let on = (&ground, tolerance);
    let places = regions.and_then(|regions| places(regions, on, &source.path, &mut gathered));
    gathered.rests_on(plan, &[]);
    let boundaries = boundaries(plan, &ground, tolerance, &mut gathered);
    gathered.rests_on(plan, &["grid", "land-cover", "regions"]);
    let on = (places.as_deref(), source.path.as_path());
    let grid = grid(cells, on, &ground, &mut gathered);
    gathered.rests_on(plan, &["grid", "land-cover"]);
    let sites = sites(plan, &ground, tolerance, grid.as_ref(), &mut gathered);
    let maps = on_one_grid(plan, maps, legends, grid, &ground, &mut gathered);
    if let (Some(forest), Some(Some(maps))) = (&forest, &maps) {
        patch_size(plan, forest, maps, &mut gathered);
    }
    let layers = layers(plan, &seeds, maps.as_ref(), &ground, &mut gathered);
    gathered.rests_on(plan, &[]);
    unfit_entries(plan, &seeds, &layers, &mut gathered.findings);
    let on = (maps.as_ref().and_then(Option::as_ref), &layers[..]);
    let plots = Plots::read(plan, on, places.as_deref(), &ground, &mut gathered);
    let (regions, forest, maps) = match (places, forest, maps) {
        (Some(regions), Some(forest), Some(maps)) => (regions, forest, maps),
        (places, ..) => {
            let of_plan = (registers, own_targets.as_ref());
            let on = (places.as_deref(), &ground, tolerance);
            by_regions_alone(plan, &seeds, of_plan, on, &mut gathered);
            clashes(plan, &seeds, &layers, &mut gathered);
            return Err(gathered.refused(plan));
        }
    };
    let on = (&regions[..], &ground);
    let reference = reference(plan, maps.as_ref(), &forest, on, &mut gathered);
    gathered.rests_on(plan, &["inventory"]);
    let (overlap, disjoint, nested) = laid_over(&regions, &ground);
    check_map_strata(plan, disjoint, &mut gathered.findings);
    gathered.rests_on(plan, &["boundary", "land-cover"]);
    let (dates, pieces) = cut(maps.as_ref(), &regions, &boundaries, &ground, &mut gathered);
    gathered.rests_on(plan, &[]);
    check_targets(own_targets.as_ref(), Some(&regions), &mut gathered);
    let listed = Listed::read(plan, &seeds, Some(&regions), &mut gathered);
    gathered.rests_on(plan, &["boundary", "land-cover"]);
    let of_fires = (&regions[..], disjoint, &nested, &pieces.pieces[..]);
    let burnt = burnt(plan, of_fires, &ground, tolerance, &mut gathered);
    gathered.rests_on(plan, &["inventory.classes", "regions"]);
    let (on, registers) = ((&regions[..], disjoint, &nested), (registers, &seeds));
    let stands = stands::place(plan, registers, on, &ground, tolerance, &mut gathered);
    clashes(plan, &seeds, &layers, &mut gathered);
    gathered.end(plan);
    let prepared = Prepared {
        nesting: nested,
        seeds,
        ground,
        maps,
        reference,
        layers,
        regions,
        overlap,
        boundaries,
        dates,
        overlay: pieces,
        forest,
        densities,
        listed,
        own_targets,
        inventories: plots.inventories,
        points: plots.points,
        growth_points: plots.of_growth,
        stands,
        burnt,
        sites,
        warnings: gathered.warnings,
        inputs: gathered.inputs,
    };
    if gathered.findings.is_empty() {
        return Ok(prepared);
    }
    Err(prepared.refused(gathered.findings))
}

/// Looks at what needs neither map nor rule of forest, of a plan that is refused for these.
fn by_regions_alone(
    plan: &Plan,
    seeds: &Seeds,
    (registers, targets): (Vec<(StandsTable, StandFile)>, Option<&Policy>),
    (regions, ground, tolerance): (Option<&[Place]>, &Ground, (f64, f64)),
    gathered: &mut Gathered,
) {
    look_at_reference(plan, gathered);
    Listed::read(plan, seeds, regions, gathered);
    // Regions that were not read whole are none.
    let which = regions.filter(|_| plan.spares(&WHICH_REGIONS));
    gathered.rests_on(plan, &[]);
    check_targets(targets, which, gathered);
    let Some(regions) = regions else {
        look_at_polygons(plan, ground, tolerance, gathered);
        return;
    };
    gathered.rests_on(plan, &WHICH_REGIONS);
    let nested = Nesting::default();
    let of_fires = (regions, false, &nested, &[][..]);
    burnt(plan, of_fires, ground, tolerance, gathered);
    gathered.rests_on(plan, &["inventory.classes", "regions"]);
    let disjoint = are_disjoint(regions, overlap(regions, ground));
    let on = (regions, disjoint, &nested);
    stands::place(plan, (registers, seeds), on, ground, tolerance, gathered);
}

impl Prepared {
    /// What is sound of a plan that is refused: enough to look for classes without a legend.
    fn refused(mut self, findings: Vec<Finding>) -> Refused {
        self.boundaries.clear();
        self.overlay = Overlay::default();
        self.sites.clear();
        self.burnt.zones.clear();
        Refused {
            findings,
            sound: Some(Box::new(self)),
        }
    }
}

/// The dates of a run, which are the years of its maps or without maps those of its boundaries, and
/// the regions cut by the boundaries of each.
fn cut(
    maps: Option<&Maps>,
    regions: &[Place],
    boundaries: &[BoundaryPlace],
    ground: &Ground,
    gathered: &mut Gathered,
) -> (Vec<i32>, Overlay) {
    let of_boundaries = || {
        let years = boundaries.iter().filter_map(|boundary| boundary.year);
        years.collect::<BTreeSet<i32>>().into_iter().collect()
    };
    let dates = maps.map_or_else(of_boundaries, |maps| maps.years.clone());
    let cut = Cut::new(regions, boundaries, &dates, maps.is_some());
    let overlay = cut.overlay(ground, &mut gathered.findings);
    (dates, overlay)
}

/// The ground of the run: that of its cells, else that of the regions. Where neither can be
/// read, longitude and latitude let the other inputs be looked at.
fn ground(
    plan: &Plan,
    cells: Option<&Cells>,
    regions: Option<&Projection>,
    gathered: &mut Gathered,
) -> Option<Ground> {
    let of_inputs = cells.map(Cells::projection).or(regions);
    let refused = |error: String| {
        Finding::error(
            plan.path.display().to_string(),
            format!("the coordinate system of the run cannot be used: {error}"),
            "give the first map, or the regions, in another coordinate system",
        )
    };
    let projection = match of_inputs {
        Some(projection) => Ok(projection.clone()),
        None => Projection::wgs84().map_err(|error| refused(error.to_string())),
    };
    let ground = projection
        .and_then(|projection| Ground::new(projection).map_err(|error| refused(error.to_string())));
    match ground {
        Ok(ground) => Some(ground),
        Err(finding) => {
            gathered.findings.push(finding);
            gathered.rests_on(plan, &["inventory"]);
            inventories(plan, None, gathered);
            None
        }
    }
}

/// The grid of the run, where its cells are known, and regions that lie beside it.
fn grid(
    cells: Option<Cells>,
    (regions, file): (Option<&[Place]>, &Path),
    ground: &Ground,
    gathered: &mut Gathered,
) -> Option<Grid> {
    let grid = cells?.grid(regions.unwrap_or_default(), ground);
    let grid = grid
        .map_err(|finding| gathered.findings.push(finding))
        .ok()?;
    if let Some(regions) = regions {
        miss(regions, &grid, file, gathered);
    }
    Some(grid)
}

/// What keeps the user's targets from being held against the regions; where these could not be read, any
/// id is as good as one of them.
fn check_targets(targets: Option<&Policy>, regions: Option<&[Place]>, gathered: &mut Gathered) {
    let is_among = |all: &[Place], id: &str| all.iter().any(|region| region.id == id);
    let known = |id: &str| regions.is_none_or(|all| is_among(all, id));
    let unfit = targets.iter().flat_map(|policy| policy.unfit(known));
    gathered.findings.extend(unfit);
}

/// The policy that nobody knows, beside what is wrong with the chosen methods and the words of fires.
fn choices(plan: &Plan, seeds: &Seeds, gathered: &mut Gathered) {
    let policy = plan.file.targets.iter();
    let policy = policy.filter_map(|targets| targets.policy.as_ref());
    let unknown = policy.filter_map(|policy| seeds.policy(policy).err());
    gathered.findings.extend(unknown);
    unknown_words(plan, seeds, &mut gathered.findings);
    unknown_words_of_fires(plan, seeds, gathered);
}

/// Position of each region by its id.
pub(in crate::pipeline) fn by_id(regions: &[Place]) -> BTreeMap<&str, usize> {
    regions
        .iter()
        .enumerate()
        .map(|(i, region)| (region.id.as_str(), i))
        .collect()
}
