//! The plan: the file as written becomes a plan as checked, once, here.
//!
//! The rooms never see raw options. Everything that can be said about a plan without opening the
//! data it names is said here, all problems in one pass.

mod accuracy;
mod boundary;
mod carbon;
mod classes;
mod credit;
mod evident;
mod fia;
mod file;
mod fire;
mod grid;
mod group;
mod harvested_wood;
mod height;
mod inside;
mod inventory;
mod inventory_sense;
mod keys;
mod layer;
mod map_strata;
mod partly;
mod price;
mod reading;
mod restoration;
mod sense;
mod soil_samples;
mod stands;
mod strata;
mod trees;
mod unit;
mod words;

use std::path::{Path, PathBuf};

pub use accuracy::{AccuracyTable, ReferenceStratumTable};
pub use boundary::BoundaryTable;
pub use carbon::{
    AgeClassesTable, CarbonTable, ClassDensityTable, EcosystemTable, ManagedTable, WithinTable,
};
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
pub(crate) use inventory_sense::unit_remedy;
#[cfg(feature = "gdal")]
pub(crate) use keys::suggestion;
pub use layer::{LayerTable, ResamplingKey};
pub use map_strata::{MapStrataTable, MapUnitsKey};
pub use partly::{PartlyRead, with_partly};
pub use price::PriceTable;
pub use reading::Unread;
pub use restoration::{MeasureKey, RestorationTable, SitesTable, WeightKey};
pub use soil_samples::{SoilDesignKey, SoilSamplesTable, SoilStrataKey};
pub use stands::{
    AgeUnit, AreaUnit, CoversKey, IdKey, MissingKey, PRESETS, StandFieldsTable, StandsTable,
    VolumeUnit,
};
pub use strata::{AreaColumnTable, AreaKey, StrataTable, UnitsTable};
pub use trees::{TreeColumnKey, TreeColumnTable, TreeEquationsTable, TreeFieldsTable, TreesTable};
pub use unit::{Substance, Unit, UnitError};

use crate::finding::Finding;
use reading::Reading;

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
    /// Keys that could not be read, or that unknown ones were meant to be; with any there are problems.
    pub unread: Unread,
    /// Entries that are not in `file`, since they were not read whole.
    pub partly: PartlyRead,
}

impl Plan {
    /// Reads a plan from its text. Keys that nobody knows or that are missing and values that are
    /// wrong or make no sense are among the plan's [`problems`](Self::problems), so that its data can
    /// be looked at in the same pass.
    ///
    /// # Errors
    ///
    /// What is wrong with a text that is no TOML.
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
        let schema = Self::schema();
        let (mut problems, misspelt) = keys::wrong_keys(&name, text, document.get_ref(), &schema);
        let reading = Reading {
            file: &name,
            text,
            document: document.get_ref(),
            schema: &schema,
            misspelt: &misspelt,
        };
        let known = keys::known_only(text, &schema);
        let Some((file, mut unread, partly)) = reading.plan(known, &mut problems) else {
            return Err(problems);
        };
        problems.extend(sense::sense(&name, &file, (&unread, &partly)));
        if !grid::sense(&name, &file.grid).is_empty() {
            unread.doubt("grid");
        }
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
            unread,
            partly,
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

    /// Whether all of these tables and keys were read, with all that they hold: what rests on others is
    /// not told of the data.
    #[must_use]
    pub fn spares(&self, names: &[&str]) -> bool {
        self.unread.spares(names)
    }

    /// Whether keys that were not found are not there, under another name either.
    #[must_use]
    pub fn lacks(&self, names: &[&str]) -> bool {
        self.unread.lacks(names)
    }

    /// The files on disk that the plan names, whether their tables were read or not.
    #[must_use]
    pub fn named_files(&self) -> Vec<PathBuf> {
        let table = self.text.parse::<toml::Table>().unwrap_or_default();
        let mut names = Vec::new();
        paths(&toml::Value::Table(table), &mut names);
        let on_disk = names.iter().filter(|name| InsideName::of(name).is_none());
        on_disk.map(|name| self.resolve(Path::new(name))).collect()
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

/// Keys that name files wherever they stand.
const FILE_KEYS: [&str; 4] = ["path", "land-classes", "areas", "like"];

/// The names of files in a value.
fn paths(value: &toml::Value, names: &mut Vec<String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, inner) in table {
                let ending = |name| Path::new(name).extension();
                let is_csv = |name| ending(name).is_some_and(|e| e.eq_ignore_ascii_case("csv"));
                let is_table = |name| key == "legend" && is_csv(name);
                match inner.as_str() {
                    Some(name) if FILE_KEYS.contains(&key.as_str()) || is_table(name) => {
                        names.push(name.to_owned());
                    }
                    _ => paths(inner, names),
                }
            }
        }
        toml::Value::Array(items) => items.iter().for_each(|item| paths(item, names)),
        _ => {}
    }
}

/// Level of confidence of all intervals, where the plan does not say.
const USUAL_CONFIDENCE: f64 = 0.95;

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
