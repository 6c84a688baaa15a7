//! Stand registers: polygons with areas, volumes and codes, read and checked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use geo::MultiPolygon;

use super::crs::Projection;
use super::stand_fields::{Fields, fields, unreadable};
use super::vector::{Feature, Polygons, VectorSource};
use super::zones::{zone_of, zone_problem};
use crate::account::{
    CodeTable, LandKind, SpeciesKeys, StandCodes, Standing, land_classes, species,
};
use crate::finding::Finding;
use crate::plan::{AreaUnit, MissingKey, StandsTable, VolumeUnit};
use crate::units::{CubicMetres, Hectares, SquareMetres};

/// A register as read: shapes in its own coordinates.
#[derive(Debug)]
pub struct StandFile {
    /// File and layer.
    pub name: String,
    /// Coordinate system of the shapes.
    pub projection: Projection,
    /// Stands in the order of the file.
    pub stands: Vec<StandRecord>,
    /// Meaning of the species.
    pub species: CodeTable<SpeciesKeys>,
    /// Whether a field holds the volume.
    pub has_volume: bool,
    /// Whether a field holds the region.
    pub has_region: bool,
    /// Whether codes were understood by tables that were recalled.
    pub recalled_codes: bool,
    /// What the reader must know.
    pub warnings: Vec<Finding>,
}

/// A stand as read.
#[derive(Debug)]
pub struct StandRecord {
    /// Its id.
    pub id: String,
    /// Id of its region.
    pub region: Option<String>,
    /// What its land class is.
    pub land: Option<LandKind>,
    /// Land class as a reader knows it.
    pub land_class: String,
    /// Origin.
    pub origin: String,
    /// Species or forest type.
    pub species: String,
    /// Its row in the table of species.
    pub species_row: Option<usize>,
    /// Mean age, in years.
    pub age: Option<f64>,
    /// Age group.
    pub age_group: String,
    /// Registered area.
    pub registered: Option<Hectares>,
    /// Volume, and that of a second field.
    pub volume: Option<StandVolume>,
    /// The volume of a second field in another unit.
    pub second_volume: Option<StandVolume>,
    /// Its shape in the coordinates of the register.
    pub shape: MultiPolygon<f64>,
}

/// Volume as a register states it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StandVolume {
    /// Cubic metres on a hectare.
    PerHectare(f64),
    /// Of the whole stand.
    Whole(CubicMetres),
}

impl StandVolume {
    /// The volume of a stand of this area.
    #[must_use]
    pub fn on(self, area: Hectares) -> CubicMetres {
        match self {
            Self::PerHectare(density) => CubicMetres::new(density * area.value()),
            Self::Whole(volume) => volume,
        }
    }
}

/// Reads a register. `resolve` makes a path of the plan one of the disk.
///
/// # Errors
///
/// Findings of the file and, all in one pass: fields that are missing or in doubt, units, ids that
/// are empty or stand twice, numbers that are none or negative, codes that no table knows (each with
/// its count and area), stands without a polygon, coordinates outside the zone of the coordinate
/// system.
pub fn read_stands(
    table: &StandsTable,
    codes: &StandCodes,
    resolve: &dyn Fn(&Path) -> std::path::PathBuf,
) -> Result<StandFile, Vec<Finding>> {
    let source = VectorSource {
        path: resolve(&table.path),
        layer: table.layer.clone(),
        crs: table.crs.clone(),
        encoding: encoding(table, &resolve(&table.path)),
        repair: table.repair,
        id: None,
    };
    let mut polygons = source
        .read()
        .map_err(|findings| with_zone(findings, &source))?;
    polygons.only(&table.rows)?;
    let (mut findings, mut warnings) = (Vec::new(), std::mem::take(&mut polygons.warnings));
    findings.extend(zone_problem(&polygons));
    let fields = fields(table, &polygons, codes, &mut findings, &mut warnings);
    let mut user = |path: &Option<std::path::PathBuf>| {
        let path = resolve(path.as_ref()?);
        match std::fs::read_to_string(&path) {
            Ok(text) => Some((text, path.display().to_string())),
            Err(error) => {
                findings.push(Finding::error(
                    path.display().to_string(),
                    format!("cannot be read: {error}"),
                    "check the path in `[[inventory.stands]]`; the table is UTF-8 text",
                ));
                None
            }
        }
    };
    let of_preset = table.preset.is_some();
    let land = user(&table.land_classes).map(|(text, place)| land_classes(&text, &place));
    let species = user(&table.species).map(|(text, place)| species(&text, &place));
    let mut take = |result: Vec<Finding>| findings.extend(result);
    let land = match land {
        Some(Ok(land)) => land,
        Some(Err(problems)) => {
            take(problems);
            CodeTable::default()
        }
        None if of_preset => codes.land_classes.clone(),
        None => CodeTable::default(),
    };
    let species = match species {
        Some(Ok(species)) => species,
        Some(Err(problems)) => {
            take(problems);
            CodeTable::default()
        }
        None if of_preset => codes.species.clone(),
        None => CodeTable::default(),
    };
    if fields.land_class.is_some() && land.rows().is_empty() && findings.is_empty() {
        findings.push(Finding::error(
            &polygons.name,
            "a field holds the land class, and nothing says what the classes are",
            "give `land-classes`, a CSV with code, name and kind; see docs/stands.md",
        ));
    }
    let mut reading = Reading {
        table,
        polygons: &polygons,
        fields: &fields,
        land: &land,
        species: &species,
        codes: of_preset.then_some(codes),
        listed: BTreeMap::new(),
        unknown: BTreeMap::new(),
        recalled: false,
    };
    let stands: Vec<StandRecord> = polygons
        .features
        .iter()
        .map(|feature| reading.record(feature))
        .collect();
    let recalled_codes = reading.recalled;
    reading.tell(&mut findings, &mut warnings);
    doubles(&stands, &polygons.name, &mut findings);
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(StandFile {
        name: polygons.name,
        projection: polygons.projection,
        stands,
        species,
        has_volume: fields.volume.is_some(),
        has_region: fields.region.is_some(),
        recalled_codes,
        warnings,
    })
}

/// The encoding of the plan; for the Chinese preset GBK where a shapefile states none.
fn encoding(table: &StandsTable, path: &Path) -> Option<String> {
    let shapefile = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("shp"));
    let states = ["cpg", "CPG"]
        .iter()
        .any(|end| path.with_extension(end).exists());
    let usual = (table.preset.is_some() && shapefile && !states).then(|| "GBK".to_owned());
    table.encoding.clone().or(usual)
}

/// Says which coordinate system a file without one seems to be in, by the zone in its eastings.
fn with_zone(findings: Vec<Finding>, source: &VectorSource) -> Vec<Finding> {
    let nameless = findings.iter().any(|f| f.what == "no coordinate system");
    let read_again = || {
        VectorSource {
            crs: Some("EPSG:4490".to_owned()),
            ..source.clone()
        }
        .read()
        .ok()
    };
    let Some(advice) = nameless
        .then(read_again)
        .flatten()
        .and_then(|p| zone_of(&p))
    else {
        return findings;
    };
    let told = |finding: Finding| {
        if finding.what == "no coordinate system" {
            Finding {
                remedy: advice.clone(),
                ..finding
            }
        } else {
            finding
        }
    };
    findings.into_iter().map(told).collect()
}

/// What can be wrong with a stand, so that all stands with the same problem are one finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Problem {
    NoId,
    NoShape,
    NotANumber(usize),
    Negative(usize),
    NoLandClass,
}

struct Reading<'a> {
    table: &'a StandsTable,
    polygons: &'a Polygons,
    fields: &'a Fields,
    land: &'a CodeTable<LandKind>,
    species: &'a CodeTable<SpeciesKeys>,
    codes: Option<&'a StandCodes>,
    listed: BTreeMap<Problem, Vec<String>>,
    /// Codes that no table knows, by field, with their count and registered area.
    unknown: BTreeMap<(usize, String), (usize, f64)>,
    recalled: bool,
}

impl Reading<'_> {
    fn record(&mut self, feature: &Feature) -> StandRecord {
        let text = |at: Option<usize>| at.and_then(|at| feature.values[at].clone());
        let id: Vec<String> = self
            .fields
            .id
            .iter()
            .filter_map(|at| feature.values[*at].clone())
            .collect();
        let name = if id.is_empty() {
            format!("feature {}", feature.number)
        } else {
            id.join("-")
        };
        if id.is_empty() && !self.fields.id.is_empty() {
            self.list(Problem::NoId, &name);
        }
        if feature.shape.0.is_empty() {
            self.list(Problem::NoShape, &name);
        }
        let registered = self.fields.area.and_then(|(at, unit)| {
            let value = self.number(feature, at, &name)?;
            Some(match unit {
                AreaUnit::Hectare => Hectares::new(value),
                AreaUnit::Mu => Hectares::from_mu(value),
                AreaUnit::SquareMetre => SquareMetres::new(value).into(),
            })
        });
        let volume = |reading: &mut Self, field: Option<(usize, VolumeUnit)>| {
            let (at, unit) = field?;
            let value = reading.number(feature, at, &name)?;
            Some(match unit {
                VolumeUnit::PerHectare => StandVolume::PerHectare(value),
                VolumeUnit::PerMu => {
                    StandVolume::PerHectare(value / Hectares::from_mu(1.0).value())
                }
                VolumeUnit::OfStand => StandVolume::Whole(CubicMetres::new(value)),
            })
        };
        let stated = volume(self, self.fields.volume);
        let second_volume = volume(self, self.fields.second_volume);
        let age = self
            .fields
            .age
            .and_then(|at| self.number(feature, at, &name));
        let area = registered.map_or(0.0, Hectares::value);
        let (land, land_class) = self.land_class(text(self.fields.land_class), &name, area);
        let expects = land.is_none_or(LandKind::has_forest_stock);
        let volume = match stated {
            None if expects
                && self.fields.volume.is_some()
                && self.table.missing_volume == MissingKey::Zero =>
            {
                Some(StandVolume::Whole(CubicMetres::ZERO))
            }
            stated => stated,
        };
        let (origins, groups) = (
            self.codes.map(|codes| &codes.origins),
            self.codes.map(|codes| &codes.age_groups),
        );
        let origin = self.word(origins, self.fields.origin, feature, area);
        let age_group = self.word(groups, self.fields.age_group, feature, area);
        let species = text(self.fields.species).unwrap_or_default();
        let species_row = self.species.position(&species);
        let species = species_row.map_or_else(
            || species.clone(),
            |row| {
                let row = &self.species.rows()[row];
                self.recalled |= row.standing == Standing::Memory && row.name != species;
                row.name.clone()
            },
        );
        StandRecord {
            id: name,
            region: text(self.fields.region),
            land,
            land_class,
            origin,
            species,
            species_row,
            age,
            age_group,
            registered,
            volume,
            second_volume,
            shape: feature.shape.clone(),
        }
    }

    fn list(&mut self, problem: Problem, stand: &str) {
        self.listed
            .entry(problem)
            .or_default()
            .push(stand.to_owned());
    }

    /// A number that is not negative; nothing where the field is empty.
    fn number(&mut self, feature: &Feature, at: usize, stand: &str) -> Option<f64> {
        let text = feature.values[at].as_deref()?;
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() && value >= 0.0 => Some(value),
            Ok(value) if value < 0.0 => {
                self.list(Problem::Negative(at), &format!("{stand} ({text})"));
                None
            }
            _ => {
                self.list(Problem::NotANumber(at), &format!("{stand} (`{text}`)"));
                None
            }
        }
    }

    fn land_class(
        &mut self,
        text: Option<String>,
        stand: &str,
        area: f64,
    ) -> (Option<LandKind>, String) {
        let Some(at) = self.fields.land_class else {
            return (None, String::new());
        };
        let Some(text) = text else {
            self.list(Problem::NoLandClass, stand);
            return (None, String::new());
        };
        match self.land.find(&text) {
            Some(row) => {
                self.recalled |= row.standing == Standing::Memory && row.name != text;
                (Some(row.meaning), row.name.clone())
            }
            None => {
                let count = self.unknown.entry((at, text.clone())).or_default();
                *count = (count.0 + 1, count.1 + area);
                (None, text)
            }
        }
    }

    /// The word of a code; the text itself where no table knows it.
    fn word(
        &mut self,
        table: Option<&CodeTable<&'static str>>,
        at: Option<usize>,
        feature: &Feature,
        area: f64,
    ) -> String {
        let Some((at, text)) = at.and_then(|at| Some((at, feature.values[at].clone()?))) else {
            return String::new();
        };
        let Some(table) = table else {
            return text;
        };
        // Codes of land without trees.
        if text.chars().all(|c| c == '0') {
            return String::new();
        }
        match table.find(&text) {
            Some(row) => {
                self.recalled |= row.standing == Standing::Memory && row.name != text;
                row.meaning.to_owned()
            }
            None => {
                let count = self.unknown.entry((at, text.clone())).or_default();
                *count = (count.0 + 1, count.1 + area);
                text
            }
        }
    }

    fn tell(self, findings: &mut Vec<Finding>, warnings: &mut Vec<Finding>) {
        let name = &self.polygons.name;
        let field = |at: usize| format!("{name}, field {}", self.polygons.fields[at]);
        let text_fields: Vec<usize> = [
            self.fields.region,
            self.fields.land_class,
            self.fields.origin,
            self.fields.species,
            self.fields.age_group,
        ]
        .into_iter()
        .flatten()
        .chain(self.fields.id.iter().copied())
        .collect();
        for (at, count) in unreadable(self.polygons, &text_fields) {
            findings.push(Finding::error(
                field(at),
                format!("the text of {count} stands cannot be read in this encoding"),
                "set `encoding` of the register, such as encoding = \"GBK\" or \"UTF-8\"",
            ));
        }
        for (problem, stands) in &self.listed {
            let shown = shown(stands);
            let count = stands.len();
            let (place, what, remedy) = match *problem {
                Problem::NoId => (
                    name.clone(),
                    format!("{count} stands have no id: {shown}"),
                    "give every stand an id",
                ),
                Problem::NoShape => (
                    name.clone(),
                    format!("{count} stands have no polygon: {shown}"),
                    "draw their polygons, or take them out with `where`",
                ),
                Problem::NotANumber(at) => (
                    field(at),
                    format!("the values of {count} stands are no numbers: {shown}"),
                    "give numbers with a decimal point, or leave the field empty",
                ),
                Problem::Negative(at) => (
                    field(at),
                    format!("the values of {count} stands are negative: {shown}"),
                    "give what was measured; leave the field empty where it is not known",
                ),
                Problem::NoLandClass => (
                    self.fields.land_class.map_or_else(|| name.clone(), field),
                    format!("{count} stands have no land class: {shown}"),
                    "give every stand a land class",
                ),
            };
            findings.push(Finding::error(place, what, remedy));
        }
        for ((at, code), (count, area)) in &self.unknown {
            let what = format!(
                "the code `{code}` of {count} stands ({area:.4} ha registered) is in no table"
            );
            if Some(*at) == self.fields.land_class {
                findings.push(Finding::error(
                    field(*at),
                    what,
                    "give `land-classes` in `[[inventory.stands]]`, a CSV with code, name and kind; see docs/stands.md",
                ));
            } else {
                warnings.push(Finding::warning(
                    field(*at),
                    what,
                    "it stands in the tables as it is; mend it if it should be known",
                ));
            }
        }
    }
}

/// The first of a list.
fn shown(stands: &[String]) -> String {
    const MOST: usize = 10;
    let first = stands
        .iter()
        .take(MOST)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if stands.len() > MOST {
        format!("{first} and {} more", stands.len() - MOST)
    } else {
        first
    }
}

/// Ids that several stands have.
fn doubles(stands: &[StandRecord], name: &str, findings: &mut Vec<Finding>) {
    let mut seen = BTreeSet::new();
    let mut twice = BTreeSet::new();
    for stand in stands {
        if !seen.insert(&stand.id) {
            twice.insert(stand.id.clone());
        }
    }
    if !twice.is_empty() {
        let twice: Vec<String> = twice.into_iter().collect();
        findings.push(Finding::error(
            name,
            format!("{} ids stand more than once: {}", twice.len(), shown(&twice)),
            "name the fields that tell stands apart, such as id = [\"林班\", \"小班\"]; dissolve stands that were split",
        ));
    }
}
