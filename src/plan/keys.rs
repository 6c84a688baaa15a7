//! Keys of a plan that nobody knows, all of them, each with its line and a suggestion; and years that
//! can be none.

use serde_json::Value as Schema;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

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

/// One finding for each key of the plan that its schema does not have.
pub(super) fn unknown_keys(
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
    walk.table(table, schema, "");
    walk.findings
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

struct Walk<'a> {
    file: &'a str,
    text: &'a str,
    root: &'a Schema,
    findings: Vec<Finding>,
}

impl<'a> Walk<'a> {
    fn table(&mut self, table: &DeTable<'_>, schema: &'a Schema, path: &str) {
        let Some(schema) = resolved(schema, self.root) else {
            return;
        };
        // A table without declared keys takes any key.
        let Some(properties) = schema.get("properties").and_then(Schema::as_object) else {
            return;
        };
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
                self.findings
                    .push(self.unknown(name, path, line, properties.keys()));
            }
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
            DeValue::Table(table) => self.table(table, schema, &format!("{path}.")),
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
        known: impl Iterator<Item = &'k String> + Clone,
    ) -> Finding {
        let place = format!("{}, line {line}", self.file);
        if NOT_YET.contains(&name) {
            return Finding::error(
                place,
                format!("`{path}{name}` is not computed by this version"),
                "remove it; the other parts of the plan do not need it",
            );
        }
        let remedy = match suggestion(name, known.clone().map(String::as_str)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!(
                "known keys here: {}",
                known.map(String::as_str).collect::<Vec<_>>().join(", ")
            ),
        };
        Finding::error(place, format!("unknown key `{path}{name}`"), remedy)
    }
}
