//! `[[inventory.stands]]`: registers of stands, as surveys for management planning keep them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::file::FieldValue;
use super::inventory::ColumnKey;
use super::reading::Unread;
use crate::finding::Finding;

/// `[[inventory.stands]]`: the stand register of one year.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StandsTable {
    /// Year that the register stands for.
    pub year: i32,
    /// File with the polygons of the stands, in any format that GDAL reads.
    pub path: PathBuf,
    /// Layer, where the file has several.
    pub layer: Option<String>,
    /// Coordinate system, where the file does not say (such as `EPSG:4527`).
    pub crs: Option<String>,
    /// Encoding of the attributes, where the file does not say (such as `GBK`).
    pub encoding: Option<String>,
    /// Repair invalid polygons and say so, instead of refusing them.
    #[serde(default)]
    pub repair: bool,
    /// Take only the stands whose fields have these values.
    #[serde(default, rename = "where")]
    pub rows: BTreeMap<String, FieldValue>,
    /// Known field names and codes: `cn-xiaoban` for Chinese sub-compartments.
    pub preset: Option<String>,
    /// Which field holds what; goes before the preset.
    #[serde(default)]
    pub fields: StandFieldsTable,
    /// CSV of land classes (`code,name,kind`) in place of that of the preset.
    pub land_classes: Option<PathBuf>,
    /// CSV of species (`code,name` and keys of parameter tables) in place of that of the preset.
    pub species: Option<PathBuf>,
    /// What the register covers: `forest` (default) or all `land`, so that every gap is one.
    #[serde(default)]
    pub covers: CoversKey,
    /// What a forest stand without a volume has: an `unknown` volume (default) or `zero`.
    #[serde(default)]
    pub missing_volume: MissingKey,
    /// Overlaps and gaps up to so many square metres are drawing, not listed.
    #[serde(default = "usual_sliver")]
    pub min_overlap_m2: f64,
}

fn usual_sliver() -> f64 {
    1.0
}

/// Value of `covers`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CoversKey {
    /// Forest land only.
    #[default]
    Forest,
    /// All land of the regions.
    Land,
}

/// Value of `missing-volume`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MissingKey {
    /// Not known.
    #[default]
    Unknown,
    /// Nothing to measure.
    Zero,
}

/// `[inventory.stands.fields]`: which field of a stand register holds what.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StandFieldsTable {
    /// Id of the stand: a field, or several that make an id together.
    pub id: Option<IdKey>,
    /// Id of the region; without it stands are laid over the regions.
    pub region: Option<String>,
    /// Area of the register; unit `mu`, `ha` or `m2`.
    pub area: Option<ColumnKey>,
    /// Stock volume; unit `m3/mu`, `m3/ha`, or `m3` for that of the whole stand.
    pub volume: Option<ColumnKey>,
    /// Land class.
    pub land_class: Option<String>,
    /// Origin: natural or planted.
    pub origin: Option<String>,
    /// Dominant species or forest type.
    pub species: Option<String>,
    /// Mean age of the trees; unit `years`.
    pub age: Option<ColumnKey>,
    /// Age group.
    pub age_group: Option<String>,
}

/// A field, or several.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a field name or a list of field names")]
pub enum IdKey {
    /// One field.
    One(String),
    /// Several fields, outermost first.
    Several(Vec<String>),
}

/// Unit of the area of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AreaUnit {
    /// Hectare.
    Hectare,
    /// Mu, a fifteenth of a hectare.
    Mu,
    /// Square metre.
    SquareMetre,
}

impl std::str::FromStr for AreaUnit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "ha" | "hectare" | "公顷" => Ok(Self::Hectare),
            "mu" | "亩" => Ok(Self::Mu),
            "m2" | "平方米" => Ok(Self::SquareMetre),
            other => Err(format!(
                "the unit of the area is `{other}`, expected mu, ha or m2"
            )),
        }
    }
}

/// Unit of the volume of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VolumeUnit {
    /// Cubic metres on a hectare.
    PerHectare,
    /// Cubic metres on a mu.
    PerMu,
    /// Cubic metres on the whole stand.
    OfStand,
}

impl std::str::FromStr for VolumeUnit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "m3/ha" => Ok(Self::PerHectare),
            "m3/mu" => Ok(Self::PerMu),
            "m3" => Ok(Self::OfStand),
            other => Err(format!(
                "the unit of the volume is `{other}`, expected m3/mu, m3/ha, or m3 for the whole stand"
            )),
        }
    }
}

/// The one unit of ages; an age class is no age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgeUnit;

impl std::str::FromStr for AgeUnit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "years" | "year" | "a" | "yr" | "年" => Ok(Self),
            other => Err(format!("the unit of the age is `{other}`, expected years")),
        }
    }
}

/// Why what a key of the fields names has no such unit.
fn unit_of(key: &str, unit: &str) -> Result<(), String> {
    match key {
        "area" => unit.parse::<AreaUnit>().map(drop),
        "volume" => unit.parse::<VolumeUnit>().map(drop),
        _ => unit.parse::<AgeUnit>().map(drop),
    }
}

/// Preset ids.
pub const PRESETS: [&str; 1] = ["cn-xiaoban"];

/// What is wrong with the registers of a plan.
pub(super) fn sense(place: &str, stands: &[StandsTable]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |what: String, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
    for (i, table) in stands.iter().enumerate() {
        if stands[..i].iter().any(|other| other.year == table.year) {
            refuse(
                format!(
                    "two `[[inventory.stands]]` entries have the year {}",
                    table.year
                ),
                "give one register a year",
            );
        }
        if let Some(preset) = &table.preset
            && !PRESETS.contains(&preset.as_str())
        {
            refuse(
                format!("`[[inventory.stands]] preset` is `{preset}`"),
                "use `cn-xiaoban`, or leave it out and name the fields",
            );
        }
        if !(table.min_overlap_m2 >= 0.0 && table.min_overlap_m2.is_finite()) {
            refuse(
                format!("`min-overlap-m2` is {}", table.min_overlap_m2),
                "give square metres, such as 1.0",
            );
        }
        if table.preset.is_none() && table.fields.id.is_none() {
            refuse(
                format!(
                    "`[[inventory.stands]]` of {} without `preset` names no field `id`",
                    table.year
                ),
                "name the fields in an `[inventory.stands.fields]` right after it (each register has its own), or give preset = \"cn-xiaoban\"",
            );
        }
    }
    let of_fields = stands.iter().flat_map(|table| {
        let of_year = format!(" of {}", table.year);
        sense_fields(place, table, &of_year, |_| true)
    });
    findings.extend(of_fields);
    findings
}

/// What is wrong with fields of registers of which some key was not read, but not that field.
pub(super) fn sense_partly(place: &str, stands: &[StandsTable], unread: &Unread) -> Vec<Finding> {
    let is_read = |name: &str| unread.spares(&[&format!("inventory.stands.fields.{name}")]);
    let found = stands.iter();
    let found = found.map(|table| {
        let of_year = unread.spares(&["inventory.stands.year"]);
        let of_year = of_year.then(|| format!(" of {}", table.year));
        sense_fields(place, table, &of_year.unwrap_or_default(), is_read)
    });
    found.flatten().collect()
}

/// What is wrong with the units of the fields of a register.
fn sense_fields(
    place: &str,
    table: &StandsTable,
    of_year: &str,
    is_read: impl Fn(&str) -> bool,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |what: String, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
    let keys = [
        ("area", &table.fields.area),
        ("volume", &table.fields.volume),
        ("age", &table.fields.age),
    ];
    for (name, key) in keys.into_iter().filter(|(name, _)| is_read(name)) {
        if let Some(ColumnKey::Names(_)) = key {
            refuse(
                format!("`{name}` of the `[inventory.stands.fields]`{of_year} is a list"),
                "name one field",
            );
        }
        if let Some(ColumnKey::Column(column)) = key
            && let Some(Err(what)) = column.unit.as_deref().map(|unit| unit_of(name, unit))
        {
            refuse(
                format!("`{name}` of the `[inventory.stands.fields]`{of_year}: {what}"),
                "mend its `unit`",
            );
        }
    }
    findings
}
