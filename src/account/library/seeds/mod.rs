//! The seeds: legends, sources, parameters, methods, forest definitions and targets, compiled in
//! and replaceable by a directory of the same form.

mod embedded;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::method::{Approach, Citation, Method};
use super::method_description::{
    MethodDescription, ParameterDescription, PoolDescription, formula_of,
};
use super::own_parameters::Overrides;
use super::parameter::Parameter;
use super::parameters::Parameters;
use super::reference::Reference;
use super::{one_figure, sheet};
use crate::account::ecosystem::nearest;
use crate::account::land::{ForestDefinition, Legend};
use crate::account::outcome::Policy;
use crate::account::stands::StandCodes;
use crate::finding::Finding;

/// A document that figures come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Key by which seeds cite it.
    pub cite: String,
    /// Its title.
    pub title: String,
    /// The year it appeared, where known.
    pub year: Option<i32>,
    /// How places in it are named.
    pub locator_habit: String,
}

/// All that the program knows before it sees a user's data.
#[derive(Debug, Clone, PartialEq)]
pub struct Seeds {
    legends: BTreeMap<String, Legend>,
    sources: BTreeMap<String, Source>,
    parameters: Parameters,
    methods: BTreeMap<String, Method>,
    definitions: BTreeMap<String, ForestDefinition>,
    policies: BTreeMap<String, Policy>,
    stand_codes: StandCodes,
    digest: String,
}

impl Seeds {
    /// The seeds that are compiled in.
    ///
    /// # Panics
    ///
    /// Never: a test of this module loads every file.
    #[must_use]
    pub fn embedded() -> Self {
        let texts = embedded::FILES
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect();
        Self::from_texts(&texts).expect("the compiled-in seeds load, as their test shows")
    }

    /// Seeds from the texts of a directory, by path inside it with `/` between the parts.
    ///
    /// # Errors
    ///
    /// Every problem of every file at once: bad rows, unknown keys, files in no known place,
    /// citations of sources that are not listed, methods that name unknown parameters.
    pub fn from_texts(texts: &BTreeMap<String, String>) -> Result<Self, Vec<Finding>> {
        let mut seeds = Self {
            legends: BTreeMap::new(),
            sources: BTreeMap::new(),
            parameters: Parameters::default(),
            methods: BTreeMap::new(),
            definitions: BTreeMap::new(),
            policies: BTreeMap::new(),
            stand_codes: StandCodes::default(),
            digest: digest(texts),
        };
        let mut findings = Vec::new();
        for (path, text) in texts {
            if let Err(mut problems) = seeds.load(path, text) {
                findings.append(&mut problems);
            }
        }
        let rules = texts.get(one_figure::FILE).into_iter();
        findings.extend(rules.flat_map(|text| one_figure::join(&mut seeds.parameters, text)));
        seeds.check_citations(&mut findings);
        seeds.check_methods(&mut findings);
        if findings.is_empty() {
            Ok(seeds)
        } else {
            Err(findings)
        }
    }

    fn load(&mut self, path: &str, text: &str) -> Result<(), Vec<Finding>> {
        let (folder, file) = path.split_once('/').unwrap_or(("", path));
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        match (folder, file) {
            ("", "sources.csv") => self.load_sources(text, path)?,
            ("", one_figure::FILE) => {} // It is read when all rows are there.
            ("", "climate-zones.csv") => self.parameters.add_zones(text, path)?,
            ("legends", _) => {
                let legend = Legend::from_csv(text, path)?.with_id(stem);
                self.legends.insert(stem.to_owned(), legend);
            }
            ("parameters", _) => self.parameters.add_table(text, path)?,
            ("methods", _) => {
                let method = Method::from_toml(text, path)?;
                self.methods.insert(method.id.clone(), method);
            }
            ("forest-definitions", _) => {
                let definition = ForestDefinition::from_toml(text, path)?;
                self.definitions.insert(definition.id.clone(), definition);
            }
            ("stands", _) => self.stand_codes.load(file, text, path)?,
            ("targets", _) => {
                let policy = Policy::from_csv(stem, text, path)?;
                self.policies.insert(stem.to_owned(), policy);
            }
            _ => {
                return Err(vec![Finding::error(
                    path,
                    "no seed belongs here",
                    "seeds are sources.csv, climate-zones.csv, one-figure.csv, and files in legends, parameters, methods, forest-definitions, stands and targets",
                )]);
            }
        }
        Ok(())
    }

    fn load_sources(&mut self, text: &str, place: &str) -> Result<(), Vec<Finding>> {
        let mut findings = Vec::new();
        for row in sheet::read(text, place)?.rows {
            let (Some(cite), Some(title)) = (row.get("cite"), row.get("title")) else {
                findings.push(Finding::error(
                    format!("{place}, row {}", row.line),
                    "a source without `cite` or `title`",
                    "give both",
                ));
                continue;
            };
            let source = Source {
                cite: cite.to_owned(),
                title: title.to_owned(),
                year: row.get("year").and_then(|year| year.parse().ok()),
                locator_habit: row.get("locator_habit").unwrap_or_default().to_owned(),
            };
            self.sources.insert(cite.to_owned(), source);
        }
        if findings.is_empty() {
            Ok(())
        } else {
            Err(findings)
        }
    }

    fn check_citations(&self, findings: &mut Vec<Finding>) {
        let mut cited: BTreeMap<&str, String> = BTreeMap::new();
        for legend in self.legends.values() {
            for class in legend.classes() {
                cited
                    .entry(&class.source)
                    .or_insert_with(|| format!("legend {}", legend.id));
            }
        }
        for row in self.parameters.iter() {
            cited
                .entry(&row.cite)
                .or_insert_with(|| format!("parameter {}", row.id));
        }
        for method in self.methods.values() {
            cited
                .entry(&method.source.cite)
                .or_insert_with(|| format!("method {}", method.id));
        }
        for definition in self.definitions.values() {
            cited
                .entry(&definition.source.cite)
                .or_insert_with(|| format!("forest definition {}", definition.id));
        }
        for policy in self.policies.values() {
            for line in &policy.lines {
                cited
                    .entry(&line.cite)
                    .or_insert_with(|| format!("policy {}", policy.id));
            }
        }
        for (cite, place) in cited {
            if cite != "user" && !self.sources.contains_key(cite) {
                findings.push(Finding::error(
                    place,
                    format!("cites `{cite}`, which sources.csv does not list"),
                    "add the source",
                ));
            }
        }
    }

    fn check_methods(&self, findings: &mut Vec<Finding>) {
        for method in self.methods.values() {
            for reference in method.references() {
                if !method.own.contains(&reference.parameter)
                    && self.parameters.of(&reference.parameter).next().is_none()
                {
                    findings.push(Finding::error(
                        format!("method {}", method.id),
                        format!("no parameter `{}`", reference.parameter),
                        "name a parameter of seeds/parameters",
                    ));
                }
            }
        }
    }

    /// Adds a user's parameter table over those of the seeds.
    ///
    /// # Errors
    ///
    /// All bad rows at once.
    pub fn override_parameters(
        &mut self,
        text: &str,
        place: &str,
    ) -> Result<Overrides, Vec<Finding>> {
        let own_ids = self.methods.values().flat_map(|method| &method.own);
        let own_ids = own_ids.cloned().collect();
        self.parameters.override_with(text, place, &own_ids)
    }

    /// SHA-256 of paths and texts, in lower-case hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The legend of an id.
    ///
    /// # Errors
    ///
    /// A finding with the nearest id and all ids.
    pub fn legend(&self, id: &str) -> Result<&Legend, Finding> {
        known(&self.legends, "legend", id)
    }

    /// All legends, by id.
    pub fn legends(&self) -> impl Iterator<Item = &Legend> {
        self.legends.values()
    }

    /// The forest definition of an id.
    ///
    /// # Errors
    ///
    /// A finding with the nearest id and all ids.
    pub fn forest_definition(&self, id: &str) -> Result<&ForestDefinition, Finding> {
        known(&self.definitions, "forest definition", id)
    }

    /// All forest definitions, by id.
    pub fn forest_definitions(&self) -> impl Iterator<Item = &ForestDefinition> {
        self.definitions.values()
    }

    /// The policy of an id.
    ///
    /// # Errors
    ///
    /// A finding with the nearest id and all ids.
    pub fn policy(&self, id: &str) -> Result<&Policy, Finding> {
        known(&self.policies, "policy", id)
    }

    /// All policies, by id.
    pub fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.policies.values()
    }

    /// Codes and field names of stand registers.
    #[must_use]
    pub const fn stand_codes(&self) -> &StandCodes {
        &self.stand_codes
    }

    /// The method of an id.
    ///
    /// # Errors
    ///
    /// A finding with the nearest id and all ids.
    pub fn method(&self, id: &str) -> Result<&Method, Finding> {
        known(&self.methods, "method", id)
    }

    /// All methods, by id.
    pub fn methods(&self) -> impl Iterator<Item = &Method> {
        self.methods.values()
    }

    /// All parameters.
    #[must_use]
    pub const fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The source of a citation key.
    #[must_use]
    pub fn source(&self, cite: &str) -> Option<&Source> {
        self.sources.get(cite)
    }

    /// All sources, by key.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.values()
    }

    /// A method laid out for a reader, with the parameter rows that answer to `keys`: all rows of
    /// its parameters where `keys` do not decide.
    #[must_use]
    pub fn describe(&self, method: &Method, keys: &BTreeMap<String, String>) -> MethodDescription {
        let mut pools: Vec<PoolDescription> = method
            .counted
            .iter()
            .map(|pool| PoolDescription {
                pool: pool.id().to_owned(),
                depth_cm: None,
                arithmetic: match method.approach {
                    Approach::StandGrowth => "area and age of stands, by the formula",
                    approach if approach.is_volume() => "volume of stands, by the formula",
                    _ => "estimate from the plots",
                }
                .to_owned(),
                parameters: method
                    .references()
                    .flat_map(|reference| self.answering(reference, keys))
                    .map(|row| self.describe_parameter(row))
                    .collect(),
            })
            .collect();
        for rule in &method.pools {
            let mut arithmetic = match &rule.less {
                Some(less) => format!("area * ({} - {})", rule.density.parameter, less.parameter),
                None => format!("area * {}", rule.density.parameter),
            };
            for factor in &rule.times {
                arithmetic.push_str(" * ");
                arithmetic.push_str(&factor.parameter);
            }
            pools.push(PoolDescription {
                pool: rule.pool.id().to_owned(),
                depth_cm: rule.depth_cm,
                arithmetic,
                parameters: rule
                    .references()
                    .flat_map(|reference| self.answering(reference, keys))
                    .map(|row| self.describe_parameter(row))
                    .collect(),
            });
        }
        let mut notes: Vec<String> = Vec::new();
        if !method.note.is_empty() {
            notes.push(method.note.clone());
        }
        if !method.own.is_empty() {
            notes.push(format!(
                "no source gives {} for all: it comes from a table of your own (`[carbon] parameters`), see docs/growth.md",
                method.own.join(", ")
            ));
        }
        notes.extend(method.no_removal.clone());
        MethodDescription {
            id: method.id.clone(),
            title: method.title.clone(),
            approach: method.approach.id().to_owned(),
            formula: formula_of(method, &self.parameters),
            ecosystems: method.ecosystems.iter().map(ToString::to_string).collect(),
            keys: method
                .keys
                .iter()
                .chain(method.further_keys())
                .map(|key| (key.clone(), self.key_values(method, key)))
                .collect(),
            pools,
            source: self.cited(&method.source),
            notes,
        }
    }

    /// What a key of a method can be: the words of its tables, catch-alls left out.
    fn key_values(&self, method: &Method, key: &str) -> Vec<String> {
        let mut values: Vec<String> = Vec::new();
        for reference in method.references() {
            let mut columns: Vec<&str> = reference
                .bind
                .iter()
                .chain(&reference.otherwise)
                .filter(|(_, plan_key)| plan_key.as_str() == key)
                .map(|(column, _)| column.as_str())
                .collect();
            if !reference.bind.contains_key(key) {
                columns.push(key);
            }
            for column in columns {
                values.extend(
                    self.parameters
                        .of(&reference.parameter)
                        .filter(|row| {
                            reference
                                .fixed
                                .iter()
                                .all(|(key, value)| row.keys.get(key).is_none_or(|v| v == value))
                        })
                        .filter_map(|row| row.keys.get(column).cloned())
                        .filter(|value| value != "any" && value != "all")
                        .filter(|value| {
                            reference.words.is_empty()
                                || !reference.bind.contains_key(column)
                                || reference.words.contains(value)
                        }),
                );
                if reference.bind.contains_key(column) {
                    values.extend(reference.nominal.iter().cloned());
                }
            }
        }
        values.sort_unstable();
        values.dedup();
        values
    }

    fn answering<'a>(
        &'a self,
        reference: &'a Reference,
        keys: &BTreeMap<String, String>,
    ) -> Vec<&'a Parameter> {
        if reference.is_nominal(keys) {
            return Vec::new();
        }
        match reference.resolve(&self.parameters, keys) {
            Ok(row) => vec![row],
            Err(_) => {
                self.parameters
                    .of(&reference.parameter)
                    .filter(|row| {
                        reference.fixed.iter().all(|(key, value)| {
                            row.keys.get(key).is_none_or(|found| found == value)
                        })
                    })
                    .collect()
            }
        }
    }

    pub(super) fn describe_parameter(&self, row: &Parameter) -> ParameterDescription {
        ParameterDescription {
            id: row.row_id(),
            quantity: row.quantity.clone(),
            value: row.value,
            unit: row.unit.clone(),
            interval: row.interval.map(|(lower, upper, _)| (lower, upper)),
            interval_kind: row
                .interval
                .map_or_else(String::new, |(_, _, kind)| kind.id().to_owned()),
            source: self.cited(&Citation {
                cite: row.cite.clone(),
                locator: row.locator.clone(),
            }),
            confidence: row.standing.id().to_owned(),
        }
    }

    fn cited(&self, citation: &Citation) -> String {
        let title = self
            .source(&citation.cite)
            .map_or(citation.cite.as_str(), |source| source.title.as_str());
        format!("{title}, {}", citation.locator)
    }
}

fn known<'a, T>(map: &'a BTreeMap<String, T>, kind: &str, id: &str) -> Result<&'a T, Finding> {
    map.get(id).ok_or_else(|| {
        let near = nearest(id, map.keys().map(String::as_str))
            .map(|near| format!(", did you mean `{near}`?"))
            .unwrap_or_default();
        Finding::error(
            format!("{kind} `{id}`"),
            format!("unknown {kind} `{id}`{near}"),
            format!(
                "use one of: {}",
                map.keys().cloned().collect::<Vec<_>>().join(", ")
            ),
        )
    })
}

/// SHA-256 over each path and text with their lengths before them, so that no two sets share one.
fn digest(texts: &BTreeMap<String, String>) -> String {
    let mut hash = Sha256::new();
    for (path, text) in texts {
        for part in [path, text] {
            hash.update(part.len().to_string());
            hash.update(b"\n");
            hash.update(part);
        }
    }
    let mut digits = String::with_capacity(64);
    for byte in hash.finalize() {
        for half in [byte >> 4, byte & 15] {
            digits.extend(char::from_digit(u32::from(half), 16));
        }
    }
    digits
}

#[cfg(test)]
#[path = "seeds_tests.rs"]
mod tests;
