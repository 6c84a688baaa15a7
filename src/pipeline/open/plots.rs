//! The inventories of a run, and where their plots lie.

use std::path::{Path, PathBuf};

use geo::Coord;

use super::gathered::Gathered;
use super::layers::Layer;
use super::map_strata::MapStrata;
use super::maps::Maps;
use super::prepare::Place;
use crate::account::Pool;
use crate::estimate::{Design, UnknownDesign};
use crate::finding::Finding;
use crate::input::{
    Ground, Inventory, Projection, StrataOnMap, Transformer, fia_files, growth_between,
    look_at_strata, look_at_trees, read_fia, read_inventory,
};
use crate::plan::{InventoryTable, Plan, PlotPresetKey, TreesTable};

/// What the places of plots on the ground of the run rest on.
const GROUND: [&str; 4] = ["inventory", "grid", "land-cover", "regions"];

/// What the strata rest on.
const STRATA: [&str; 3] = [
    "inventory.strata",
    "inventory.units",
    "inventory.map-strata",
];

/// What the trees rest on.
const TREES: [&str; 3] = [
    "inventory.trees",
    "inventory.tree-fields",
    "inventory.tree-equations",
];

/// Plots that were read and placed.
pub(super) struct Plots {
    pub(super) inventories: Vec<Inventory>,
    /// Place of each plot in the coordinates of the grid, one list an inventory.
    pub(super) points: Vec<Vec<Option<Coord<f64>>>>,
    /// The same of plots that were visited twice, one list an inventory that has such.
    pub(super) of_growth: Vec<Vec<Option<Coord<f64>>>>,
}

impl Plots {
    /// Reads the plots of a plan, the oldest first, and places them on the ground of the run.
    pub(super) fn read(
        plan: &Plan,
        (maps, layers): (Option<&Maps>, &[Layer]),
        regions: Option<&[Place]>,
        ground: &Ground,
        gathered: &mut Gathered,
    ) -> Self {
        let on = (regions.unwrap_or_default(), ground);
        gathered.rests_on(
            plan,
            &["inventory", "layer", "grid", "land-cover", "regions"],
        );
        let strata = MapStrata::of(plan, maps, layers, on, gathered);
        let strata = strata.as_ref().map(|strata| strata as &dyn StrataOnMap);
        gathered.rests_on(plan, &[]);
        let inventories = inventories(plan, strata, gathered);
        gathered.findings.extend(unknown_crs(plan, &inventories));
        gathered.rests_on(plan, &GROUND);
        let twice = remeasured(&inventories);
        Self {
            of_growth: points(plan, &twice, ground, &mut gathered.findings),
            points: points(plan, &inventories, ground, &mut gathered.findings),
            inventories,
        }
    }
}

/// Reads the inventories, the oldest first; `map` has their strata, where the plan says so.
pub(in crate::pipeline) fn inventories(
    plan: &Plan,
    map: Option<&dyn StrataOnMap>,
    gathered: &mut Gathered,
) -> Vec<Inventory> {
    let Some(table) = &plan.file.inventory else {
        return Vec::new();
    };
    if table.plots.is_empty() && plan.partly.plots.is_empty() {
        return Vec::new();
    }
    let mut add = |path: PathBuf| {
        if !gathered.inputs.contains(&path) {
            gathered.inputs.push(path);
        }
    };
    for plots in &table.plots {
        let path = plan.resolve(&plots.path);
        match plots.preset {
            Some(PlotPresetKey::Fia) => fia_files(plots, &path).into_iter().for_each(&mut add),
            None => add(path),
        }
    }
    if let Some(strata) = &table.strata {
        add(plan.resolve(&strata.path));
    }
    if let Some(units) = &table.units {
        add(plan.resolve(&units.path));
    }
    for trees in &table.trees {
        add(plan.resolve(&trees.path));
    }
    if let Some(equations) = &table.tree_equations {
        add(plan.resolve(&equations.path));
    }
    let (table, sample_is_known) = as_read(plan, table);
    let design = declared(&table.design).map_err(|error| {
        gathered.findings.push(Finding::error(
            plan.path.display().to_string(),
            error.to_string(),
            "declare how the plots were drawn; no design is assumed",
        ));
    });
    // What is wrong with the design is told by now; the tables are looked at without one.
    let design = design.ok().filter(|_| sample_is_known);
    let resolve = |path: &Path| plan.resolve(path);
    let mut inventories = Vec::new();
    for plots in &table.plots {
        let read = match (plots.preset, design) {
            (Some(PlotPresetKey::Fia), Some(declared)) => {
                read_fia(&table, declared, plots, &resolve, map)
            }
            (Some(PlotPresetKey::Fia), None) => continue,
            (None, design) => read_inventory(&table, design.flatten(), plots, &resolve, map),
        };
        match read {
            Ok((inventory, notes)) => {
                gathered.warnings.extend(notes);
                inventories.push(inventory);
            }
            Err(problems) => gathered.findings.extend(problems),
        }
    }
    gathered.findings.extend(of_partly_read(plan, &table));
    gathered.findings.extend(of_half_named(plan));
    if design.is_none() || !plan.spares(&["inventory.plots"]) {
        return Vec::new();
    }
    inventories.sort_by_key(|inventory| inventory.year);
    for later in 1..inventories.len() {
        let (before, after) = inventories.split_at_mut(later);
        match growth_between(&before[later - 1], &after[0]) {
            Ok(Some(growth)) => after[0].growth = Some(Box::new(growth)),
            Ok(None) => {}
            Err(problems) => gathered.findings.extend(problems),
        }
    }
    (gathered.warnings).extend(inventories.iter().flat_map(biomass_without_carbon));
    inventories
}

/// Warns of pools of trees that an inventory has the biomass of and not the carbon.
fn biomass_without_carbon(inventory: &Inventory) -> Vec<Finding> {
    let warning = |pool: Pool| {
        Finding::warning(
            format!("inventory {}", inventory.year),
            format!(
                "it has {0} biomass and no {0} carbon: its carbon stock, and the change of it, are without that pool",
                pool.id()
            ),
            format!(
                "give a column of carbon as `{}-carbon` (biomass times the carbon fraction of your trees, such as 0.47)",
                pool.id()
            ),
        )
    };
    let lacking = inventory.without_carbon().into_iter();
    lacking.map(warning).collect()
}

/// What is wrong with the tables of plots of which some key was not read, but none that says which rows and
/// columns they have.
fn of_partly_read(plan: &Plan, table: &InventoryTable) -> Vec<Finding> {
    let keys = ["path", "layer", "encoding", "where", "preset"];
    let keys = keys.map(|key| format!("inventory.plots.{key}"));
    if !plan.spares(&keys.each_ref().map(String::as_str)) {
        return Vec::new();
    }
    // Strata and trees go by the year, and that may be what was not read.
    let mut alone = table.clone();
    (alone.strata, alone.units, alone.map_strata) = (None, None, None);
    (alone.trees, alone.domains) = (Vec::new(), Vec::new());
    let entries = plan.partly.plots.iter();
    let found = entries.filter(|plots| plots.preset.is_none()).map(|plots| {
        let read = read_inventory(&alone, None, plots, &|path| plan.resolve(path), None);
        read.err().unwrap_or_default()
    });
    found.flatten().collect()
}

/// What is wrong with strata and trees of which some key was not read, and with trees that are of no year of
/// the plots: of these the columns are looked for that the plan names.
fn of_half_named(plan: &Plan) -> Vec<Finding> {
    let mut found = Vec::new();
    let Some(table) = &plan.file.inventory else {
        return found;
    };
    let resolve = |path: &Path| plan.resolve(path);
    let of_file = ["inventory.strata.path", "inventory.strata.layer"];
    if let Some(strata) = table.strata.as_ref()
        && !plan.spares(&STRATA)
        && plan.spares(&of_file)
    {
        found.extend(look_at_strata(strata, &resolve));
    }
    let of_file = ["path", "layer", "where"].map(|key| format!("inventory.trees.{key}"));
    if table.tree_fields.is_some() && plan.spares(&of_file.each_ref().map(String::as_str)) {
        let all_read = plan.spares(&TREES);
        let is_read = |trees: &&TreesTable| {
            let mut plots = table.plots.iter();
            all_read && plots.any(|plots| plots.year == trees.year)
        };
        let entries = table.trees.iter().filter(|trees| !is_read(trees));
        for trees in entries.chain(&plan.partly.trees) {
            found.extend(look_at_trees(table, trees, &resolve));
        }
    }
    found
}

/// The inventory without what it has beside tables and keys that were not read, and whether it says how
/// the plots were drawn: else its tables are looked at by themselves.
fn as_read(plan: &Plan, table: &InventoryTable) -> (InventoryTable, bool) {
    let mut table = table.clone();
    if !plan.spares(&STRATA) {
        (table.strata, table.units, table.map_strata) = (None, None, None);
    }
    if !plan.spares(&TREES) {
        // A domain that is no column of the plots may be one of the trees.
        table.trees.clear();
        table.domains.clear();
    }
    let places = [
        "inventory.fields.crs",
        "inventory.fields.x",
        "inventory.fields.y",
    ];
    for (key, column, substance) in table.fields.measured_mut() {
        if !plan.lacks(&[&format!("inventory.fields.{key}.unit")])
            && let Some(column) = column
        {
            column.assume_unit(substance.least_unit());
        }
    }
    if !plan.spares(&places) {
        // Nobody asks for a coordinate system that the plan names.
        table.fields.crs = Some(String::new());
    }
    let of_sample = ["inventory.design", "inventory.area-ha", "inventory.fields"];
    let is_known = plan.lacks(&of_sample) && plan.spares(&STRATA) && plan.spares(&TREES);
    (table, is_known)
}

/// The design that the plan declares, where it does.
fn declared(word: &str) -> Result<Option<Design>, UnknownDesign> {
    (!word.is_empty()).then(|| word.parse()).transpose()
}

/// A coordinate system of plots that is none, where no plots are laid on the ground of the run, which would
/// tell of it.
fn unknown_crs(plan: &Plan, inventories: &[Inventory]) -> Option<Finding> {
    let crs = plan.file.inventory.as_ref()?.fields.crs.as_deref()?;
    let on_ground = !inventories.is_empty() && plan.spares(&GROUND);
    let error = Projection::parse(crs).err().filter(|_| !on_ground)?;
    Some(Finding::error(
        plan.path.display().to_string(),
        error.to_string(),
        "mend `crs` of `[inventory.fields]`",
    ))
}

/// The plots in the coordinates of the grid.
fn points(
    plan: &Plan,
    inventories: &[Inventory],
    ground: &Ground,
    findings: &mut Vec<Finding>,
) -> Vec<Vec<Option<Coord<f64>>>> {
    let stated = plan
        .file
        .inventory
        .as_ref()
        .and_then(|inventory| inventory.fields.crs.as_deref());
    let mut place = |inventory: &Inventory| {
        let files = plan.file.inventory.iter().flat_map(|table| &table.plots);
        let file = files
            .filter(|plots| plots.year == inventory.year)
            .map(|plots| plan.resolve(&plots.path).display().to_string())
            .next()
            .unwrap_or_default();
        let crs = stated.or(inventory.crs.as_deref()).unwrap_or("EPSG:4326");
        let transformer = Projection::parse(crs)
            .and_then(|projection| Transformer::new(&projection, ground.projection()))
            .map_err(|error| {
                findings.push(Finding::error(
                    &file,
                    error.to_string(),
                    "mend `crs` of `[inventory.fields]`",
                ));
            });
        let Ok(transformer) = transformer else {
            return vec![None; inventory.records.len()];
        };
        let on_ground = |(plot, record): (&crate::estimate::Plot, &crate::input::PlotRecord)| {
            let (x, y) = record.point?;
            let mut point = [Coord { x, y }];
            match transformer.points(&mut point) {
                Ok(()) => Some(point[0]),
                Err(error) => {
                    findings.push(Finding::error(
                        format!("{file}, row {}, plot {}", record.row, plot.id),
                        format!("the plot at ({x}, {y}) has no place: {error}"),
                        "check `x`, `y` and `crs` of `[inventory.fields]`: are x and y exchanged?",
                    ));
                    None
                }
            }
        };
        inventory
            .frame
            .plots
            .iter()
            .zip(&inventory.records)
            .map(on_ground)
            .collect()
    };
    inventories.iter().map(&mut place).collect()
}

/// The inventories that can tell what became of their trees.
pub(super) fn remeasured(inventories: &[Inventory]) -> Vec<Inventory> {
    let growths = inventories.iter().filter_map(|i| i.growth.as_ref());
    growths.map(|growth| growth.remeasured.clone()).collect()
}
