//! The plan: the file as written becomes a plan as checked, once, here.
//!
//! The rooms never see raw options. Everything that can be said about a plan without opening the
//! data it names is said here, all problems in one pass.

mod accuracy;
mod boundary;
mod carbon;
mod classes;
mod credit;
mod fia;
mod file;
mod fire;
mod grid;
mod group;
mod harvested_wood;
mod height;
mod inside;
mod inventory;
mod keys;
mod layer;
mod map_strata;
mod price;
mod restoration;
mod soil_samples;
mod stands;
mod strata;
mod trees;
mod unit;
mod words;

use std::path::{Path, PathBuf};

pub use accuracy::{AccuracyTable, ReferenceStratumTable};
pub use boundary::BoundaryTable;
pub use carbon::{AgeClassesTable, CarbonTable, ClassDensityTable, EcosystemTable, WithinTable};
pub use classes::{ClassesTable, REGISTER_AGE};
pub use credit::{CreditRuleKey, CreditTable};
pub use file::{
    ChangeTable, FieldValue, ForestTable, LandCoverTable, PlanFile, RegionsTable, TargetsTable,
    UncertaintyTable,
};
pub use fire::FireTable;
pub use grid::{CellsKey, GridTable, ResolutionKey};
pub use group::GroupTable;
pub use harvested_wood::{BeforeKey, HarvestedWoodTable};
pub use inside::InsideName;
pub use inventory::{
    ColumnKey, ColumnTable, FieldsTable, InventoryTable, ModelAssistedTable, NeighbourWeightKey,
    PlotPresetKey, PlotsTable, SmallAreaKey, SmallAreasTable,
};
#[cfg(feature = "gdal")]
pub(crate) use keys::suggestion;
pub use layer::{LayerTable, ResamplingKey};
pub use map_strata::{MapStrataTable, MapUnitsKey};
pub use price::PriceTable;
pub use restoration::{MeasureKey, RestorationTable, SitesTable, WeightKey};
pub use soil_samples::{SoilDesignKey, SoilSamplesTable, SoilStrataKey};
pub use stands::{
    AreaUnit, CoversKey, IdKey, MissingKey, PRESETS, StandFieldsTable, StandsTable, VolumeUnit,
};
pub use strata::{AreaColumnTable, AreaKey, StrataTable, UnitsTable};
pub use trees::{TreeColumnKey, TreeColumnTable, TreeEquationsTable, TreeFieldsTable, TreesTable};
pub use unit::{Substance, Unit, UnitError};

use crate::finding::Finding;

/// A plan that was read and makes sense by itself; its data were not opened yet.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The file that it was read from.
    pub path: PathBuf,
    /// Its text, kept for the manifest.
    pub text: String,
    /// What it says.
    pub file: PlanFile,
    /// Directory to write, before any `--out`.
    pub out: PathBuf,
    /// What is wrong with the plan itself. With any, a run is refused, but only after its data
    /// were looked at too.
    pub problems: Vec<Finding>,
}

/// Draws of a Monte Carlo: fewer say nothing, and all of them are in memory at once.
const DRAWS: std::ops::RangeInclusive<u32> = 100..=1_000_000;

impl Plan {
    /// Reads a plan from its text. Keys that nobody knows and values that make no sense are among
    /// the plan's [`problems`](Self::problems), so that its data can be looked at in the same pass.
    ///
    /// # Errors
    ///
    /// Every problem of a text that is no plan at all: syntax, wrong types, missing keys.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Vec<Finding>> {
        let name = path.display().to_string();
        let document = toml::de::DeTable::parse(text).map_err(|error| {
            let line = error
                .span()
                .map_or(1, |span| keys::line_of(text, span.start));
            vec![Finding::error(
                format!("{name}, line {line}"),
                format!("not valid TOML: {}", error.message()),
                "mend the line; strings stand in quotes, tables in [brackets]",
            )]
        })?;
        let schema = schemars::schema_for!(PlanFile).to_value();
        let mut problems = keys::unknown_keys(&name, text, document.get_ref(), &schema);
        let refuse = |place: String, error: &toml::de::Error| {
            Finding::error(
                place,
                words::plain(error.message()),
                "see docs/plan.md, or `terrasink init` for an example",
            )
        };
        let file = match toml::from_str::<PlanFile>(text) {
            Ok(file) => file,
            // The keys that nobody knows are reported; the rest of the plan is read without them.
            Err(error) if !problems.is_empty() && error.message().starts_with("unknown field") => {
                match keys::known_only(text, &schema).try_into::<PlanFile>() {
                    Ok(file) => file,
                    Err(error) => {
                        problems.push(refuse(name, &error));
                        return Err(problems);
                    }
                }
            }
            Err(error) => {
                let line = error
                    .span()
                    .map_or(1, |span| keys::line_of(text, span.start));
                problems.push(refuse(format!("{name}, line {line}"), &error));
                return Err(problems);
            }
        };
        problems.extend(sense(&name, &file));
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let out = file
            .out
            .clone()
            .unwrap_or_else(|| PathBuf::from(format!("{stem}-out")));
        let out = path.parent().unwrap_or(Path::new("")).join(out);
        Ok(Self {
            path: path.to_path_buf(),
            text: text.to_owned(),
            file,
            out,
            problems,
        })
    }

    /// A path of the plan, relative to the plan's own directory; so is the file of a name of what lies
    /// inside a file.
    #[must_use]
    pub fn resolve(&self, path: &Path) -> PathBuf {
        let directory = self.path.parent().unwrap_or(Path::new(""));
        match InsideName::of(&path.to_string_lossy()) {
            Some(name) => name.from_directory(directory),
            None => directory.join(path),
        }
    }

    /// The JSON schema of plan files.
    #[must_use]
    pub fn schema() -> serde_json::Value {
        schemars::schema_for!(PlanFile).to_value()
    }

    /// Level of confidence of all intervals of the run.
    #[must_use]
    pub fn confidence(&self) -> f64 {
        let of_inventory = self.file.inventory.as_ref().and_then(|i| i.confidence);
        let stated = self.file.uncertainty.confidence.or(of_inventory);
        stated.unwrap_or(USUAL_CONFIDENCE)
    }
}

/// Level of confidence of all intervals, where the plan does not say.
const USUAL_CONFIDENCE: f64 = 0.95;

/// What is wrong with the levels of confidence.
fn confidence_sense(place: &str, plan: &PlanFile) -> Vec<Finding> {
    let of_inventory = plan.inventory.as_ref().and_then(|i| i.confidence);
    let levels = [
        ("[uncertainty]", plan.uncertainty.confidence),
        ("[inventory]", of_inventory),
    ];
    let wrong = levels.into_iter().filter_map(|(table, level)| {
        let level = level.filter(|level| !(0.5..1.0).contains(level))?;
        Some(Finding::error(
            place,
            format!("`{table} confidence` is {level}"),
            "give a level such as 0.90 or 0.95",
        ))
    });
    let mut findings: Vec<Finding> = wrong.collect();
    if let (Some(one), Some(other)) = (plan.uncertainty.confidence, of_inventory)
        && (one - other).abs() > 0.0
    {
        findings.push(Finding::error(
            place,
            format!("`[uncertainty] confidence` is {one}, and `[inventory] confidence` is {other}"),
            "all intervals of a run have one level: give one of them",
        ));
    }
    findings
}

/// What a draft leaves for a person to fill in.
fn unanswered(place: &str, plan: &PlanFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    if plan.name.starts_with("CHECK") {
        findings.push(Finding::error(
            place,
            format!("`name` is still `{}`, as in the draft", plan.name),
            "give the run a name, and look at the other lines marked CHECK",
        ));
    }
    findings
}

/// What is wrong with values that parsed.
fn sense(place: &str, plan: &PlanFile) -> Vec<Finding> {
    let mut findings = unanswered(place, plan);
    let mut refuse = |what: String, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
    if plan.name.trim().is_empty() {
        refuse("`name` is empty".into(), "give the run a name");
    }
    for (i, map) in plan.land_cover.iter().enumerate() {
        if plan.land_cover[..i].iter().any(|m| m.year == map.year) {
            refuse(
                format!("two `[[land-cover]]` entries have the year {}", map.year),
                "give one map a year",
            );
        }
        if map.band == 0 {
            refuse(
                "`band = 0` in `[[land-cover]]`".into(),
                "bands count from 1",
            );
        }
        if let Some(resampling) = map.resampling
            && resampling.blends()
        {
            refuse(
                format!(
                    "`resampling = \"{}\"` of the map of {} would blend class codes into codes that no cell has",
                    resampling.id(),
                    map.year
                ),
                "use `nearest` or `mode` for classes",
            );
        }
    }
    for [from, to] in &plan.change.spans {
        let known = |year: &i32| plan.years().contains(year);
        if !known(from) || !known(to) || from >= to {
            refuse(
                format!("`[change] spans` has [{from}, {to}]"),
                "give two years of the maps, the earlier first",
            );
        }
    }
    if !DRAWS.contains(&plan.uncertainty.draws) {
        refuse(
            format!("`[uncertainty] draws` is {}", plan.uncertainty.draws),
            "use 100 to 1000000 draws; the IPCC and registries ask for 10000",
        );
    }
    findings.extend(confidence_sense(place, plan));
    findings.extend(plan.forest.sense(place, plan.has_canopy()));
    findings.extend(height::sense(place, plan));
    findings.extend(grid::sense(place, &plan.grid));
    findings.extend(layer::sense(place, plan));
    findings.extend(restoration::sense(place, plan));
    findings.extend(fire::sense(place, plan));
    if let Some(inventory) = &plan.inventory {
        findings.extend(inventory::sense(place, inventory));
        findings.extend(inventory::sense_layers(place, inventory, &plan.layer));
        findings.extend(map_strata::sense(place, inventory, plan));
    }
    findings.extend(
        plan.targets
            .iter()
            .filter_map(|targets| targets.sense(place)),
    );
    if let Some(carbon) = &plan.carbon {
        let registers = plan.inventory.iter().flat_map(|i| &i.stands);
        findings.extend(carbon::sense(place, carbon, registers.count() > 0));
    }
    if let Some(price) = &plan.price {
        findings.extend(price::sense(place, price));
    }
    let soil = plan.soil_samples.as_ref();
    findings.extend(
        soil.iter()
            .flat_map(|table| soil_samples::sense(place, table)),
    );
    findings.extend(boundary::sense(place, plan));
    if let Some(table) = &plan.accuracy {
        let years: Vec<i32> = plan.land_cover.iter().map(|map| map.year).collect();
        findings.extend(accuracy::sense(place, table, &years));
    }
    let aged = plan
        .carbon
        .as_ref()
        .is_some_and(|c| c.age_classes.is_some());
    let measured = !plan.land_cover.is_empty() || !plan.boundary.is_empty();
    let listed = aged || plan.harvested_wood.is_some() || plan.soil_samples.is_some();
    if !measured && plan.inventory.is_none() && !listed {
        findings.push(Finding::error(
            place,
            "the plan has regions but nothing to account for",
            "add `[[land-cover]]` or `[[boundary]]` with a year for areas, `[inventory]` for volume and carbon",
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "name = \"a\"\n[regions]\npath = \"r.gpkg\"\nid = \"id\"\n[[land-cover]]\nyear = 2020\npath = \"l.tif\"\nlegend = \"nlcd\"\n";

    fn problems(text: &str) -> Vec<Finding> {
        match Plan::parse(Path::new("plan.toml"), text) {
            Ok(plan) => plan.problems,
            Err(problems) => problems,
        }
    }

    #[test]
    fn the_least_plan_is_a_plan() {
        let plan = Plan::parse(Path::new("dir/plan.toml"), LEAST).unwrap();
        assert_eq!(plan.out, PathBuf::from("dir/plan-out"));
        assert_eq!(plan.resolve(Path::new("x")), PathBuf::from("dir/x"));
    }

    #[test]
    fn unknown_keys_come_all_at_once_with_line_and_suggestion() {
        let text = LEAST.replace("legend =", "legned =") + "[forrest]\ndefinition = \"ipcc\"\n";
        let found = problems(&text);
        assert_eq!(found[0].place, "plan.toml, line 8");
        assert_eq!(found[0].what, "unknown key `land-cover.legned`");
        assert_eq!(found[0].remedy, "did you mean `legend`?");
        assert!(found.iter().any(|f| f.remedy == "did you mean `forest`?"));
    }

    #[test]
    fn a_plan_with_an_unknown_key_is_read_without_it() {
        let text = LEAST.replace("path = \"r", "encodng = \"GBK\"\npath = \"r") + "[forrest]\n";
        let plan = Plan::parse(Path::new("plan.toml"), &text).unwrap();
        assert_eq!(plan.problems.len(), 2);
        assert_eq!(plan.file.regions.path, PathBuf::from("r.gpkg"));
    }

    #[test]
    fn a_wrong_type_names_its_line() {
        let found = problems(&LEAST.replace("year = 2020", "year = \"MMXX\""));
        assert_eq!(found[0].place, "plan.toml, line 6");
    }

    #[test]
    fn a_date_is_no_year() {
        let found = problems(&LEAST.replace("year = 2020", "year = 20200607"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].place.ends_with("line 6"), "{found:?}");
        assert!(
            found[0].what.contains("`land-cover.year`: found 20200607"),
            "{found:?}"
        );
    }

    #[test]
    fn two_maps_of_one_year_are_refused() {
        let text =
            format!("{LEAST}[[land-cover]]\nyear = 2020\npath = \"m.tif\"\nlegend = \"nlcd\"\n");
        assert!(problems(&text)[0].what.contains("2020"));
    }

    #[test]
    fn soil_carbon_needs_its_depth() {
        let text = format!(
            "{LEAST}[inventory]\ndesign = \"simple-random\"\narea-ha = 10\n[[inventory.plots]]\nyear = 2020\npath = \"p.csv\"\n[inventory.fields]\nid = \"id\"\nsoil-carbon = \"soil_c_t_ha\"\n"
        );
        assert!(problems(&text)[0].what.contains("depth"));
    }
}
