//! The features of a stand register become stands; what is wrong is collected.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{Fields, unreadable};
use super::register::{StandRecord, StandVolume};
use crate::account::{CodeTable, LandKind, SpeciesKeys, StandCodes, Standing};
use crate::estimate::Limits;
use crate::finding::{Finding, counted};
use crate::input::shapes::{Feature, Polygons};
use crate::plan::{AreaUnit, MissingKey, StandsTable, VolumeUnit};
use crate::units::{CubicMetres, Hectares, SquareMetres};

/// What can be wrong with a stand, so that all stands with the same problem are one finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Problem {
    NoId,
    NoShape,
    NotANumber(usize),
    Negative(usize),
    NoLandClass,
    /// More volume on a hectare than any forest holds.
    TooMuchVolume,
}

/// The features of a register, one after the other.
pub(super) struct Reading<'a> {
    pub(super) table: &'a StandsTable,
    pub(super) polygons: &'a Polygons,
    pub(super) fields: &'a Fields,
    pub(super) land: &'a CodeTable<LandKind>,
    /// Whether the codes of land classes that are not in the table are unknown.
    pub(super) land_is_known: bool,
    pub(super) species: &'a CodeTable<SpeciesKeys>,
    pub(super) codes: Option<&'a StandCodes>,
    pub(super) trouble: Trouble,
}

/// What was found while reading.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    listed: BTreeMap<Problem, Vec<String>>,
    /// Codes that no table knows, by field, with their count and registered area.
    unknown: BTreeMap<(usize, String), (usize, f64)>,
    pub(super) recalled: bool,
}

impl Reading<'_> {
    /// A stand of a feature.
    pub(super) fn record(&mut self, feature: &Feature) -> StandRecord {
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
        let density = stated.and_then(|volume| volume.per_hectare(Hectares::new(area)));
        if density.is_some_and(|density| density > Limits::VOLUME.highest) {
            self.list(Problem::TooMuchVolume, &name);
        }
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
                self.trouble.recalled |= row.standing == Standing::Memory && row.name != species;
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
        self.trouble
            .listed
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
        if let Some(row) = self.land.find(&text) {
            self.trouble.recalled |= row.standing == Standing::Memory && row.name != text;
            return (Some(row.meaning), row.name.clone());
        }
        let count = self.trouble.unknown.entry((at, text.clone())).or_default();
        *count = (count.0 + 1, count.1 + area);
        (None, text)
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
        if let Some(row) = table.find(&text) {
            self.trouble.recalled |= row.standing == Standing::Memory && row.name != text;
            return row.meaning.to_owned();
        }
        let count = self.trouble.unknown.entry((at, text.clone())).or_default();
        *count = (count.0 + 1, count.1 + area);
        text
    }

    /// Everything that was found, one finding a problem.
    pub(super) fn tell(self, findings: &mut Vec<Finding>, warnings: &mut Vec<Finding>) {
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
                format!(
                    "the text of {} cannot be read in this encoding",
                    counted(count, "stand", "stands")
                ),
                "set `encoding` of the register, such as encoding = \"GBK\" or \"UTF-8\"",
            ));
        }
        for (problem, stands) in &self.trouble.listed {
            let shown = shown(stands);
            let count = stands.len();
            let have = counted(count, "stand has", "stands have");
            let stands = counted(count, "stand", "stands");
            let (place, what, remedy) = match *problem {
                Problem::NoId => (
                    name.clone(),
                    format!("{have} no id: {shown}"),
                    "give every stand an id",
                ),
                Problem::NoShape => (
                    name.clone(),
                    format!("{have} no polygon: {shown}"),
                    "draw their polygons, or take them out with `where`",
                ),
                Problem::TooMuchVolume => (
                    name.clone(),
                    format!(
                        "the volume of {stands} is beyond what any forest holds on a hectare ({} m3): {shown}",
                        Limits::VOLUME.highest
                    ),
                    "check the numbers, and the units of `volume` and `area` in the plan",
                ),
                Problem::NotANumber(at) => (
                    field(at),
                    format!("{have} a value that is no number: {shown}"),
                    "give numbers with a decimal point, or leave the field empty",
                ),
                Problem::Negative(at) => (
                    field(at),
                    format!("{have} a value below zero: {shown}"),
                    "give what was measured; leave the field empty where it is not known",
                ),
                Problem::NoLandClass => (
                    self.fields.land_class.map_or_else(|| name.clone(), field),
                    format!("{have} no land class: {shown}"),
                    "give every stand a land class",
                ),
            };
            findings.push(Finding::error(place, what, remedy));
        }
        for ((at, code), (count, area)) in &self.trouble.unknown {
            let area = self
                .fields
                .area
                .map(|_| format!(" ({area:.4} ha registered)"));
            let what = format!(
                "the code `{code}` of {}{} is in no table",
                counted(*count, "stand", "stands"),
                area.unwrap_or_default()
            );
            if Some(*at) == self.fields.land_class {
                if !self.land_is_known {
                    continue;
                }
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
pub(super) fn doubles(stands: &[StandRecord], name: &str, findings: &mut Vec<Finding>) {
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
