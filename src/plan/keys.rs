//! Keys of a plan that nobody knows or that are missing, all of them, each with its line and a
//! suggestion; and years that can be none.

use serde_json::Value as Schema;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::words;
use crate::finding::Finding;
use crate::units::year;

/// How alike two keys must be for one to be suggested for the other (Jaro–Winkler, 0 to 1).
const ALIKE: f64 = 0.75;

/// Keys that the design foresees and this version does not compute yet.
const NOT_YET: [&str; 2] = ["stands", "reference-sample"];

/// The line, from 1, that a byte of `text` is on.
pub(super) fn line_of(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|b| *b == b'\n').count()
}

/// The key of `known` that `key` was probably meant to be.
pub(crate) fn suggestion<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| (strsim::jaro_winkler(key, candidate), candidate))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// One finding for each key of the plan that its schema does not have, and for each that must be there.
pub(super) fn wrong_keys(
    file: &str,
    text: &str,
    table: &DeTable<'_>,
    schema: &Schema,
) -> Vec<Finding> {
    let mut walk = Walk {
        file,
        text,
        root: schema,
        findings: Vec::new(),
    };
    walk.table(table, schema, "", 0);
    walk.findings
}

/// How a schema declares a key of the table with a dotted name: as the table has it, with what it means, and
/// behind references and options.
pub(super) fn property<'a>(
    root: &'a Schema,
    table: &str,
    key: &str,
) -> Option<(&'a Schema, &'a Schema)> {
    let mut schema = root;
    for name in table.split('.').filter(|name| !name.is_empty()) {
        schema = resolved(schema, root)?;
        let inner = schema.get("properties").and_then(|keys| keys.get(name));
        schema = resolved(inner.or_else(|| schema.get("additionalProperties"))?, root)?;
        schema = schema.get("items").unwrap_or(schema);
    }
    let schema = resolved(schema, root)?;
    let declared = schema.get("properties").and_then(|keys| keys.get(key));
    let declared = declared.or_else(|| schema.get("additionalProperties"))?;
    Some((declared, resolved(declared, root)?))
}

/// The words that a key can have, where its schema lists them.
pub(super) fn words_of<'a>(schema: &'a Schema, root: &'a Schema) -> Vec<&'a str> {
    let schema = resolved(schema, root).unwrap_or(schema);
    let options = ["oneOf", "anyOf"].iter().find_map(|of| schema.get(of));
    if let Some(options) = options.and_then(Schema::as_array) {
        let words = options.iter().map(|option| words_of(option, root));
        return words.flatten().collect();
    }
    let word = schema.get("const").and_then(Schema::as_str);
    let listed = schema.get("enum").and_then(Schema::as_array);
    let listed = listed.into_iter().flatten().filter_map(Schema::as_str);
    word.into_iter().chain(listed).collect()
}

/// The tables of a plan without the keys that its schema does not have.
pub(super) fn known_only(text: &str, schema: &Schema) -> toml::Table {
    let mut table = text.parse::<toml::Table>().unwrap_or_default();
    strip(&mut table, schema, schema);
    table
}

fn strip(table: &mut toml::Table, schema: &Schema, root: &Schema) {
    let properties = resolved(schema, root).and_then(|schema| schema.get("properties"));
    // A table without declared keys takes any key.
    let Some(properties) = properties.and_then(Schema::as_object) else {
        return;
    };
    table.retain(|key, _| properties.contains_key(key));
    for (key, value) in table {
        match value {
            toml::Value::Table(inner) => strip(inner, &properties[key], root),
            toml::Value::Array(items) => {
                let of_items = resolved(&properties[key], root).and_then(|s| s.get("items"));
                let tables = items.iter_mut().filter_map(toml::Value::as_table_mut);
                if let Some(schema) = of_items {
                    tables.for_each(|inner| strip(inner, schema, root));
                }
            }
            _ => {}
        }
    }
}

/// The schema behind references and options.
fn resolved<'a>(schema: &'a Schema, root: &'a Schema) -> Option<&'a Schema> {
    if let Some(reference) = schema.get("$ref").and_then(Schema::as_str) {
        return resolved(root.pointer(reference.trim_start_matches('#'))?, root);
    }
    if let Some(options) = schema.get("anyOf").and_then(Schema::as_array) {
        return options.iter().find_map(|option| {
            let option = resolved(option, root)?;
            let holds_keys = option.get("properties").is_some() || option.get("items").is_some();
            holds_keys.then_some(option)
        });
    }
    Some(schema)
}

/// In how many ways a schema lets a value hold others: as a table, as a list.
pub(super) fn ways(schema: &Schema, root: &Schema) -> usize {
    let reference = schema.get("$ref").and_then(Schema::as_str);
    if let Some(meant) = reference.and_then(|r| root.pointer(r.trim_start_matches('#'))) {
        return ways(meant, root);
    }
    match schema.get("anyOf").and_then(Schema::as_array) {
        Some(options) => options.iter().map(|option| ways(option, root)).sum(),
        None => usize::from(schema.get("properties").is_some() || schema.get("items").is_some()),
    }
}

struct Walk<'a> {
    file: &'a str,
    text: &'a str,
    root: &'a Schema,
    findings: Vec<Finding>,
}

impl<'a> Walk<'a> {
    /// What is wrong with the keys of a table that begins at a byte of the text.
    fn table(&mut self, table: &DeTable<'_>, schema: &'a Schema, path: &str, start: usize) {
        let Some(schema) = resolved(schema, self.root) else {
            return;
        };
        // A table without declared keys takes any key.
        let Some(properties) = schema.get("properties").and_then(Schema::as_object) else {
            return;
        };
        let mut meant = Vec::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if let Some(inner) = properties.get(name) {
                if name == "year"
                    && let DeValue::Integer(number) = value.get_ref()
                {
                    self.findings
                        .extend(self.odd_year(path, key.span().start, number.as_str()));
                }
                self.value(value, inner, &format!("{path}{name}"));
            } else {
                let line = line_of(self.text, key.span().start);
                let known = properties.keys().map(String::as_str);
                meant.extend(suggestion(name, known.clone()));
                self.findings.push(self.unknown(name, path, line, known));
            }
        }
        let required = schema.get("required").and_then(Schema::as_array);
        let required = required.into_iter().flatten().filter_map(Schema::as_str);
        // A key that another was meant to be was told with it.
        let missing = required.filter(|key| !table.contains_key(*key) && !meant.contains(key));
        for key in missing {
            let declared = &properties[key];
            let words = words_of(declared, self.root);
            self.findings.push(Finding::error(
                format!("{}, line {}", self.file, line_of(self.text, start)),
                format!("missing key `{path}{key}`"),
                format!("add {}", words::meaning(key, declared, &words)),
            ));
        }
    }

    /// A year that can be none.
    fn odd_year(&self, path: &str, at: usize, number: &str) -> Option<Finding> {
        let what = year(number.replace('_', "").parse().ok()?).err()?;
        Some(Finding::error(
            format!("{}, line {}", self.file, line_of(self.text, at)),
            format!("`{path}year`: {what}"),
            "give the year alone, such as 2011",
        ))
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, schema: &'a Schema, path: &str) {
        match value.get_ref() {
            DeValue::Table(table) => {
                self.table(table, schema, &format!("{path}."), value.span().start);
            }
            DeValue::Array(items) => {
                let inner = resolved(schema, self.root).and_then(|schema| schema.get("items"));
                if let Some(inner) = inner {
                    for item in items {
                        self.value(item, inner, path);
                    }
                }
            }
            _ => {}
        }
    }

    fn unknown<'k>(
        &self,
        name: &str,
        path: &str,
        line: usize,
        known: impl Iterator<Item = &'k str> + Clone,
    ) -> Finding {
        let place = format!("{}, line {line}", self.file);
        if NOT_YET.contains(&name) {
            return Finding::error(
                place,
                format!("`{path}{name}` is not computed by this version"),
                "remove it; the other parts of the plan do not need it",
            );
        }
        let remedy = match suggestion(name, known.clone()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("known keys here: {}", known.collect::<Vec<_>>().join(", ")),
        };
        Finding::error(place, format!("unknown key `{path}{name}`"), remedy)
    }
}
