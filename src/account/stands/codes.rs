//! What the codes and field names of stand registers mean: tables of the seeds or of the user.

use std::collections::{BTreeMap, BTreeSet};

use crate::account::library::{self, Standing};
use crate::finding::Finding;

/// What a land class of a stand register is, as far as the accounts tell classes apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LandKind {
    /// Forest of trees, with stock volume.
    TreeForest,
    /// Mangrove forest.
    Mangrove,
    /// Bamboo: forest, without volume.
    Bamboo,
    /// Shrubland that the national rules count as forest.
    SpecialShrub,
    /// Other shrubland.
    OtherShrub,
    /// Sparse trees, below the canopy of forest: their volume is no forest stock.
    SparseForest,
    /// Planted or closed for regrowth, not yet forest.
    Unestablished,
    /// Nurseries, cuttings, burnt land, land for planting.
    OtherForestLand,
    /// Anything else.
    NonForest,
}

impl LandKind {
    /// All kinds.
    pub const ALL: [Self; 9] = [
        Self::TreeForest,
        Self::Mangrove,
        Self::Bamboo,
        Self::SpecialShrub,
        Self::OtherShrub,
        Self::SparseForest,
        Self::Unestablished,
        Self::OtherForestLand,
        Self::NonForest,
    ];

    /// The word in seeds and tables.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::TreeForest => "tree-forest",
            Self::Mangrove => "mangrove",
            Self::Bamboo => "bamboo",
            Self::SpecialShrub => "special-shrub",
            Self::OtherShrub => "other-shrub",
            Self::SparseForest => "sparse-forest",
            Self::Unestablished => "unestablished",
            Self::OtherForestLand => "other-forest-land",
            Self::NonForest => "non-forest",
        }
    }

    /// Whether the class counts as forest by the rules of the national inventory of China.
    #[must_use]
    pub const fn is_forest(self) -> bool {
        matches!(
            self,
            Self::TreeForest | Self::Mangrove | Self::Bamboo | Self::SpecialShrub
        )
    }

    /// Whether stems on it are forest stock.
    #[must_use]
    pub const fn has_forest_stock(self) -> bool {
        matches!(self, Self::TreeForest | Self::Mangrove)
    }
}

/// A row of a table of codes.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeRow<T> {
    /// The code; empty for a further name.
    pub code: String,
    /// The name.
    pub name: String,
    /// What it means.
    pub meaning: T,
    /// How sure the code is.
    pub standing: Standing,
}

/// A table of codes and names.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeTable<T> {
    rows: Vec<CodeRow<T>>,
    by_text: BTreeMap<String, usize>,
}

impl<T> Default for CodeTable<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            by_text: BTreeMap::new(),
        }
    }
}

/// What a species is in the tables of parameters: the key of each table.
pub type SpeciesKeys = BTreeMap<String, String>;

impl<T> CodeTable<T> {
    /// The row of a code or a name.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&CodeRow<T>> {
        self.position(text).map(|at| &self.rows[at])
    }

    /// The position of the row of a code or a name.
    #[must_use]
    pub fn position(&self, text: &str) -> Option<usize> {
        self.by_text.get(&normal(text)).copied()
    }

    /// The rows in the order of the table.
    #[must_use]
    pub fn rows(&self) -> &[CodeRow<T>] {
        &self.rows
    }

    fn read(
        text: &str,
        place: &str,
        meaning: impl Fn(&library::sheet::SheetRow, &[String]) -> Result<T, String>,
    ) -> Result<Self, Vec<Finding>> {
        let sheet = library::sheet::read(text, place)?;
        let (mut table, mut findings) = (Self::default(), Vec::new());
        let mut codes = BTreeSet::new();
        let mut bad = |line: u64, what: String| {
            findings.push(Finding::error(
                format!("{place}, row {line}"),
                what,
                "give `code` or `name`, and what it means; see docs/stands.md",
            ));
        };
        for row in &sheet.rows {
            let (code, name) = (row.get("code"), row.get("name"));
            if code.is_none() && name.is_none() {
                bad(row.line, "neither `code` nor `name`".to_owned());
                continue;
            }
            // Of rows without a meaning too.
            if let Some(code) = code
                && (!codes.insert(normal(code)) || table.by_text.contains_key(&normal(code)))
            {
                bad(row.line, format!("the code `{code}` stands twice"));
            }
            let meaning = match meaning(row, &sheet.columns) {
                Ok(meaning) => meaning,
                Err(what) => {
                    bad(row.line, what);
                    continue;
                }
            };
            let at = table.rows.len();
            if let Some(code) = code {
                table.by_text.insert(normal(code), at);
            }
            if let Some(name) = name {
                // Two codes may share a name: the first has it.
                table.by_text.entry(normal(name)).or_insert(at);
            }
            table.rows.push(CodeRow {
                code: code.unwrap_or_default().to_owned(),
                name: name.or(code).unwrap_or_default().to_owned(),
                meaning,
                standing: match row.get("confidence") {
                    Some("memory") => Standing::Memory,
                    Some("verified") => Standing::Verified,
                    _ => Standing::User,
                },
            });
        }
        if findings.is_empty() {
            Ok(table)
        } else {
            Err(findings)
        }
    }

    fn kinds(text: &str, place: &str, kinds: &[(&str, T)]) -> Result<Self, Vec<Finding>>
    where
        T: Copy,
    {
        Self::read(text, place, |row, _| {
            let found = row.get("kind").unwrap_or_default();
            kinds
                .iter()
                .find(|(id, _)| *id == found)
                .map(|(_, kind)| *kind)
                .ok_or_else(|| {
                    let known: Vec<&str> = kinds.iter().map(|(id, _)| *id).collect();
                    format!("`kind` is `{found}`, expected one of {}", known.join(", "))
                })
        })
    }
}

/// A table of land classes: `code,name,kind`.
///
/// # Errors
///
/// All bad rows at once.
pub fn land_classes(text: &str, place: &str) -> Result<CodeTable<LandKind>, Vec<Finding>> {
    CodeTable::kinds(text, place, &LandKind::ALL.map(|kind| (kind.id(), kind)))
}

/// A table of species or forest types: `code,name` and one column for each key of a parameter table.
///
/// # Errors
///
/// All bad rows at once.
pub fn species(text: &str, place: &str) -> Result<CodeTable<SpeciesKeys>, Vec<Finding>> {
    const FIXED: [&str; 6] = ["code", "name", "cite", "locator", "confidence", "note"];
    CodeTable::read(text, place, |row, columns| {
        Ok(columns
            .iter()
            .filter(|column| !FIXED.contains(&column.as_str()))
            .filter_map(|column| Some((column.clone(), row.get(column)?.to_owned())))
            .collect())
    })
}

/// A name under which stand registers keep a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldName {
    /// What the field is, such as `area`; `other` for fields that are known and not used.
    pub field: String,
    /// The name.
    pub name: String,
    /// Unit that goes with the name.
    pub unit: Option<String>,
}

/// Codes and field names of one kind of stand register.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StandCodes {
    /// Field names, the preferred first.
    pub fields: Vec<FieldName>,
    /// Land classes.
    pub land_classes: CodeTable<LandKind>,
    /// Origins: `natural` or `planted`.
    pub origins: CodeTable<&'static str>,
    /// Age groups, such as `young`.
    pub age_groups: CodeTable<&'static str>,
    /// Species and forest types.
    pub species: CodeTable<SpeciesKeys>,
}

impl StandCodes {
    /// Whether fields are those of such a register: its stands, their area, and what grows there.
    #[must_use]
    pub fn know(&self, fields: &[String]) -> bool {
        let has = |roles: &[&str]| {
            let known = self
                .fields
                .iter()
                .filter(|known| roles.contains(&&*known.field));
            let mut names = known.map(|known| normal(&known.name));
            names.any(|name| fields.iter().any(|field| normal(field) == name))
        };
        has(&["id", "sub-compartment"])
            && has(&["area"])
            && has(&["land-class", "species", "volume"])
    }

    /// Takes in one file of `seeds/stands`.
    ///
    /// # Errors
    ///
    /// All bad rows at once, or a name that no table has.
    pub(in crate::account) fn load(
        &mut self,
        file: &str,
        text: &str,
        place: &str,
    ) -> Result<(), Vec<Finding>> {
        match file {
            "cn-xiaoban-fields.csv" => self.fields = field_names(text, place)?,
            "cn-land-classes.csv" => self.land_classes = land_classes(text, place)?,
            "cn-origins.csv" => {
                let kinds = ["natural", "planted"].map(|kind| (kind, kind));
                self.origins = CodeTable::kinds(text, place, &kinds)?;
            }
            "cn-age-groups.csv" => {
                let kinds = [
                    "young",
                    "middle-aged",
                    "near-mature",
                    "mature",
                    "over-mature",
                ];
                self.age_groups = CodeTable::kinds(text, place, &kinds.map(|kind| (kind, kind)))?;
            }
            "cn-species.csv" => self.species = species(text, place)?,
            _ => {
                return Err(vec![Finding::error(
                    place,
                    "no table of stand registers has this name",
                    "see seeds/README.md for the files of seeds/stands",
                )]);
            }
        }
        Ok(())
    }
}

fn field_names(text: &str, place: &str) -> Result<Vec<FieldName>, Vec<Finding>> {
    let sheet = library::sheet::read(text, place)?;
    let of = |row: &library::sheet::SheetRow| {
        Some(FieldName {
            field: row.get("field")?.to_owned(),
            name: row.get("name")?.to_owned(),
            unit: row.get("unit").map(str::to_owned),
        })
    };
    let names = sheet.rows.iter().map(|row| {
        of(row).ok_or_else(|| {
            vec![Finding::error(
                format!("{place}, row {}", row.line),
                "no `field` or no `name`",
                "give both",
            )]
        })
    });
    names.collect()
}

/// Codes as tables of other programs write them: without blanks, `111.0` as `111`.
fn normal(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let whole = text
        .strip_suffix(".0")
        .filter(|whole| whole.chars().all(|c| c.is_ascii_digit()));
    whole.unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Seeds;

    #[test]
    fn codes_and_names_of_land_classes_mean_the_same() {
        let codes = Seeds::embedded().stand_codes().clone();
        let kind = |text: &str| codes.land_classes.find(text).map(|row| row.meaning);
        assert_eq!(kind("111"), Some(LandKind::TreeForest));
        assert_eq!(kind("111.0"), Some(LandKind::TreeForest));
        assert_eq!(kind(" 乔木林 "), Some(LandKind::TreeForest));
        assert_eq!(kind("0302"), Some(LandKind::Bamboo));
        assert_eq!(kind("999"), None);
    }

    #[test]
    fn every_species_of_the_seeds_has_a_row_in_the_tables_of_factors() {
        let seeds = Seeds::embedded();
        for row in seeds.stand_codes().species.rows() {
            for (key, parameter, table) in [
                ("species-group", "bef-china", "species-group"),
                ("cbef-type", "cbef-a", "forest-type"),
                ("bcef-type", "bcef-s", "forest-type"),
                ("root-type", "root-shoot-forest", "origin-type"),
            ] {
                let words = &row.meaning[key];
                let known = |word: &str| {
                    seeds
                        .parameters()
                        .of(parameter)
                        .any(|p| p.keys.get(table).is_some_and(|found| found == word))
                };
                assert!(words.split('|').any(known), "{} {key} {words}", row.name);
            }
        }
    }

    #[test]
    fn a_land_class_of_an_unknown_kind_names_its_row() {
        let findings = land_classes("code,name,kind\n1,wood,forrest\n", "my.csv").unwrap_err();
        assert_eq!(findings[0].place, "my.csv, row 2");
        assert!(findings[0].what.contains("forrest"));
    }
}
