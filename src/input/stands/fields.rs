//! Which fields of a stand register hold what: by the plan, or by names that a preset knows.

use std::collections::BTreeMap;

use crate::account::{FieldName, StandCodes};
use crate::finding::Finding;
use crate::input::shapes::{Polygons, garbled};
use crate::plan::{AgeUnit, AreaUnit, ColumnKey, IdKey, StandsTable, VolumeUnit};

/// Positions of the fields of a register, with their units.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields {
    /// Fields that make the id together.
    pub(super) id: Vec<usize>,
    pub(super) region: Option<usize>,
    pub(super) area: Option<(usize, AreaUnit)>,
    pub(super) volume: Option<(usize, VolumeUnit)>,
    /// A second volume, in another unit, that must agree with the first.
    pub(super) second_volume: Option<(usize, VolumeUnit)>,
    pub(super) land_class: Option<usize>,
    pub(super) origin: Option<usize>,
    pub(super) species: Option<usize>,
    pub(super) age: Option<usize>,
    pub(super) age_group: Option<usize>,
}

/// Parts of an id, outermost first.
const ID_PARTS: [&str; 6] = [
    "county",
    "township",
    "village",
    "compartment",
    "sub-compartment",
    "part",
];

/// Finds the fields. All that are missing or in doubt come in one pass.
pub(super) fn fields(
    table: &StandsTable,
    polygons: &Polygons,
    codes: &StandCodes,
    findings: &mut Vec<Finding>,
    warnings: &mut Vec<Finding>,
) -> Fields {
    let mut search = Search {
        polygons,
        known: if table.preset.is_some() {
            &codes.fields
        } else {
            &[]
        },
        findings,
        warnings,
    };
    let named = &table.fields;
    let mut fields = Fields {
        id: search.id(named.id.as_ref()),
        region: search.plain(named.region.as_deref(), ""),
        land_class: search.plain(named.land_class.as_deref(), "land-class"),
        origin: search.plain(named.origin.as_deref(), "origin"),
        species: search.plain(named.species.as_deref(), "species"),
        age_group: search.plain(named.age_group.as_deref(), "age-group"),
        ..Fields::default()
    };
    fields.area = search
        .measured(named.area.as_ref(), "area", "mu, ha or m2")
        .first()
        .copied();
    let volumes: Vec<(usize, VolumeUnit)> =
        search.measured(named.volume.as_ref(), "volume", "m3/mu, m3/ha or m3");
    fields.volume = volumes.first().copied();
    fields.second_volume = volumes.get(1).copied();
    fields.age = search
        .measured::<AgeUnit>(named.age.as_ref(), "age", "years")
        .first()
        .map(|(at, AgeUnit)| *at);
    if table.preset.is_some() {
        search.note_missing(&fields);
    }
    fields
}

struct Search<'a> {
    polygons: &'a Polygons,
    known: &'a [FieldName],
    findings: &'a mut Vec<Finding>,
    warnings: &'a mut Vec<Finding>,
}

impl Search<'_> {
    /// A field that the plan names, or the preferred one of the preset.
    fn plain(&mut self, named: Option<&str>, role: &str) -> Option<usize> {
        match named {
            Some(name) => self.named(name),
            None => self.by_preset(role).first().map(|(at, _)| *at),
        }
    }

    fn named(&mut self, name: &str) -> Option<usize> {
        let same = |field: &String| normal(field) == normal(name) || is_cut(field, name);
        if let Some(at) = self.polygons.fields.iter().position(same) {
            return Some(at);
        }
        match self.polygons.field(name) {
            Ok(at) => Some(at),
            Err(finding) => {
                self.findings.push(finding);
                None
            }
        }
    }

    fn id(&mut self, key: Option<&IdKey>) -> Vec<usize> {
        let parts: Vec<&str> = match key {
            Some(IdKey::One(name)) => vec![name],
            Some(IdKey::Several(fields)) => fields.iter().map(String::as_str).collect(),
            None => {
                if let Some((whole, _)) = self.by_preset("id").first() {
                    return vec![*whole];
                }
                let found: Vec<usize> = ID_PARTS
                    .iter()
                    .filter_map(|part| self.by_preset(part).first().map(|(at, _)| *at))
                    .collect();
                let own = self.by_preset("sub-compartment");
                if own.is_empty() && !self.known.is_empty() {
                    let finding = Finding::error(
                        &self.polygons.name,
                        format!(
                            "no field with the id of a stand; fields there are: {}",
                            self.polygons.fields.join(", ")
                        ),
                        format!(
                            "name it in `[inventory.stands.fields] id`; the preset knows: {}",
                            self.variants("id, sub-compartment")
                        ),
                    );
                    self.findings.push(garbled(finding, &self.polygons.fields));
                }
                return found;
            }
        };
        parts
            .into_iter()
            .filter_map(|name| self.named(name))
            .collect()
    }

    /// The names that the preset knows for roles.
    fn variants(&self, roles: &str) -> String {
        let names: Vec<&str> = self
            .known
            .iter()
            .filter(|name| roles.split(", ").any(|role| name.field == role))
            .map(|name| name.name.as_str())
            .collect();
        names.join(", ")
    }

    /// Fields of the register that the preset knows for a role, the preferred first.
    fn by_preset(&mut self, role: &str) -> Vec<(usize, Option<String>)> {
        let mut found: Vec<(usize, Option<String>)> = Vec::new();
        for known in self.known.iter().filter(|known| known.field == role) {
            let fields = self.polygons.fields.iter().enumerate();
            for (at, field) in fields {
                let cut = is_cut(field, &known.name);
                if (normal(field) == normal(&known.name) || cut)
                    && !found.iter().any(|(other, _)| *other == at)
                {
                    let doubt = cut.then(|| self.other_meaning(field, role)).flatten();
                    if let Some(other) = doubt {
                        self.findings.push(Finding::error(
                            format!("{}, field {field}", self.polygons.name),
                            format!("the cut-off name can be `{}` or `{other}`", known.name),
                            "say in `[inventory.stands.fields]` what the field holds, with its unit",
                        ));
                        return found;
                    }
                    found.push((at, known.unit.clone()));
                }
            }
        }
        found
    }

    /// Another thing that the preset knows under a cut-off name, unless the whole name is there.
    fn other_meaning(&self, field: &str, role: &str) -> Option<String> {
        let exact = |known: &&FieldName| normal(field) == normal(&known.name);
        if self
            .known
            .iter()
            .any(|known| exact(&known) && known.field == role)
        {
            return None;
        }
        self.known
            .iter()
            .find(|known| known.field != role && is_cut(field, &known.name))
            .map(|known| known.name.clone())
    }

    /// Fields with their units: that of the plan, or those of the preset.
    fn measured<U>(&mut self, key: Option<&ColumnKey>, role: &str, units: &str) -> Vec<(usize, U)>
    where
        U: std::str::FromStr<Err = String> + Copy,
    {
        let (name, unit) = match key {
            Some(ColumnKey::Column(column)) => (column.column.as_str(), column.unit.clone()),
            Some(ColumnKey::Name(name)) => (name.as_str(), None),
            // A list is refused with the plan.
            Some(ColumnKey::Names(_)) => return Vec::new(),
            None => {
                let found = self.by_preset(role);
                if found.len() > 1 {
                    let others: Vec<&str> = found[1..]
                        .iter()
                        .map(|(at, _)| self.polygons.fields[*at].as_str())
                        .collect();
                    self.warnings.push(Finding::warning(
                        &self.polygons.name,
                        format!(
                            "the {role} is in several fields: `{}` is taken, not {}",
                            self.polygons.fields[found[0].0],
                            others.join(", ")
                        ),
                        format!("name the right one in `[inventory.stands.fields] {role}` if it is another"),
                    ));
                }
                return found
                    .into_iter()
                    .filter_map(|(at, unit)| Some((at, unit?.parse().ok()?)))
                    .collect();
            }
        };
        let at = self.named(name);
        let known = || {
            let same =
                |known: &&FieldName| normal(&known.name) == normal(name) && known.field == role;
            self.known
                .iter()
                .find(same)
                .and_then(|known| known.unit.clone())
        };
        let (Some(at), unit) = (at, unit.or_else(known)) else {
            // The unit of a field that is not there may be in the name that was meant.
            return Vec::new();
        };
        let Some(unit) = unit else {
            self.findings.push(Finding::error(
                format!("{}, field {name}", self.polygons.name),
                format!("the {role} has no unit"),
                format!(
                    "write {role} = {{ column = \"{name}\", unit = \"...\" }}, with one of: {units}"
                ),
            ));
            return Vec::new();
        };
        // The plan alone is refused for a unit that is none.
        unit.parse()
            .map_or_else(|_| Vec::new(), |unit| vec![(at, unit)])
    }

    /// What a register of the preset should have and has not.
    fn note_missing(&mut self, fields: &Fields) {
        let roles = [
            (
                "land-class",
                fields.land_class.is_none(),
                "every stand counts as forest",
            ),
            (
                "area",
                fields.area.is_none(),
                "the areas of the polygons are taken",
            ),
            ("volume", fields.volume.is_none(), "no stock volume"),
        ];
        for (role, missing, then) in roles {
            if missing && !self.findings.iter().any(|f| f.what.contains("cut-off")) {
                let finding = Finding::warning(
                    &self.polygons.name,
                    format!(
                        "no field `{role}`: {then}; fields there are: {}",
                        self.polygons.fields.join(", ")
                    ),
                    format!(
                        "name it in `[inventory.stands.fields]` if there is one; the preset knows: {}",
                        self.variants(role)
                    ),
                );
                self.warnings.push(garbled(finding, &self.polygons.fields));
            }
        }
    }
}

/// Names alike but for case, blanks, underscores and the form of their brackets.
fn normal(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && *c != '_')
        .map(|c| match c {
            '（' => '(',
            '）' => ')',
            '，' => ',',
            other => other,
        })
        .flat_map(char::to_uppercase)
        .collect()
}

/// Most bytes of a field name in a dBASE table.
const DBF_NAME: usize = 10;

/// Whether a field name is `whole` cut off to the bytes of a dBASE name, in GBK or in UTF-8.
fn is_cut(field: &str, whole: &str) -> bool {
    // Half a character at the end cannot be read.
    let field = field.trim_end_matches(char::REPLACEMENT_CHARACTER);
    let cut = |bytes: fn(char) -> usize| -> Option<String> {
        let (mut length, mut text) = (0, String::new());
        for c in whole.chars() {
            length += bytes(c);
            if length > DBF_NAME {
                return Some(text);
            }
            text.push(c);
        }
        None
    };
    let gbk = |c: char| if c.is_ascii() { 1 } else { 2 };
    let long_enough = field.chars().count() >= 2;
    long_enough
        && [cut(gbk), cut(char::len_utf8)]
            .into_iter()
            .flatten()
            .any(|text| text == field)
}

/// Texts of each field that are not empty, counted.
pub(super) fn unreadable(polygons: &Polygons, fields: &[usize]) -> BTreeMap<usize, usize> {
    let mut counts = BTreeMap::new();
    for feature in &polygons.features {
        for at in fields {
            let value = feature.values[*at].as_deref();
            if value.is_some_and(|value| value.contains(char::REPLACEMENT_CHARACTER)) {
                *counts.entry(*at).or_default() += 1;
            }
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_dbase_table_cut_off_are_known() {
        assert!(is_cut("优势树种(", "优势树种(组)"));
        assert!(is_cut("每公顷蓄积", "每公顷蓄积量"));
        assert!(is_cut("优势树", "优势树种"));
        assert!(!is_cut("优势", "优势树种"));
        assert!(!is_cut("地类", "地类"));
    }

    #[test]
    fn brackets_and_case_do_not_matter() {
        assert_eq!(normal("面积（亩）"), normal("面积(亩)"));
        assert_eq!(normal("di_lei"), normal("DI_LEI"));
    }
}
