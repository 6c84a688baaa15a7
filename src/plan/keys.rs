//! Keys of a plan that nobody knows or that are missing, all of them, each with its line and a
//! suggestion; and years that can be none.

use std::collections::BTreeSet;

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

/// One finding for each key of the plan that its schema does not have, and for each that must be there; and
/// the keys, as dotted names, that the unknown ones were probably meant to be.
pub(super) fn wrong_keys(
    file: &str,
    text: &str,
    table: &DeTable<'_>,
    schema: &Schema,
) -> (Vec<Finding>, BTreeSet<String>) {
    let mut walk = Walk {
        file,
        text,
        root: schema,
        findings: Vec::new(),
        meant: BTreeSet::new(),
    };
    walk.table(table, schema, "", 0);
    (walk.findings, walk.meant)
}

/// How a schema declares a key of the table with a dotted name; lists of tables are no step of the name.
pub(super) fn property<'a>(root: &'a Schema, table: &str, key: &str) -> Option<&'a Schema> {
    let mut schema = root;
    for name in table
        .split('.')
        .filter(|name| !name.is_empty())
        .chain([key])
    {
        let of_items = || table_of(items_of(schema, root)?, root);
        let table = table_of(schema, root).or_else(of_items)?;
        let declared = table.get("properties").and_then(|keys| keys.get(name));
        schema =
            declared.or_else(|| table.get("additionalProperties").filter(|s| s.is_object()))?;
    }
    Some(schema)
}

/// The words that a key can have, where its schema lists them.
pub(super) fn words_of<'a>(schema: &'a Schema, root: &'a Schema) -> Vec<&'a str> {
    let words = kinds(schema, root).into_iter().flat_map(|kind| {
        if let Some(options) = kind.get("oneOf").and_then(Schema::as_array) {
            return options.iter().flat_map(|o| words_of(o, root)).collect();
        }
        let word = kind.get("const").and_then(Schema::as_str);
        let listed = kind.get("enum").and_then(Schema::as_array);
        let listed = listed.into_iter().flatten().filter_map(Schema::as_str);
        word.into_iter().chain(listed).collect::<Vec<&str>>()
    });
    words.collect()
}

/// The tables of a plan without the keys that its schema does not have.
pub(super) fn known_only(text: &str, schema: &Schema) -> toml::Table {
    let mut table = text.parse::<toml::Table>().unwrap_or_default();
    strip(&mut table, schema, schema);
    table
}

fn strip(table: &mut toml::Table, schema: &Schema, root: &Schema) {
    let properties = table_of(schema, root).and_then(|schema| schema.get("properties"));
    // A table without declared keys takes any key.
    let Some(properties) = properties.and_then(Schema::as_object) else {
        return;
    };
    table.retain(|key, _| properties.contains_key(key));
    for (key, value) in table {
        match value {
            toml::Value::Table(inner) => strip(inner, &properties[key], root),
            toml::Value::Array(items) => {
                let tables = items.iter_mut().filter_map(toml::Value::as_table_mut);
                if let Some(schema) = items_of(&properties[key], root) {
                    tables.for_each(|inner| strip(inner, schema, root));
                }
            }
            _ => {}
        }
    }
}

/// All that a schema lets a value be, behind references and options.
pub(super) fn kinds<'a>(schema: &'a Schema, root: &'a Schema) -> Vec<&'a Schema> {
    let reference = schema.get("$ref").and_then(Schema::as_str);
    if let Some(meant) = reference.and_then(|r| root.pointer(r.trim_start_matches('#'))) {
        return kinds(meant, root);
    }
    let options = schema.get("anyOf").and_then(Schema::as_array);
    options.map_or_else(
        || vec![schema],
        |options| options.iter().flat_map(|o| kinds(o, root)).collect(),
    )
}

/// The table of keys that a value of a schema can be.
pub(super) fn table_of<'a>(schema: &'a Schema, root: &'a Schema) -> Option<&'a Schema> {
    kinds(schema, root).into_iter().find(|kind| {
        let of_any_key = kind.get("additionalProperties");
        kind.get("properties").is_some() || of_any_key.is_some_and(Schema::is_object)
    })
}

/// What the list holds that a value of a schema can be.
pub(super) fn items_of<'a>(schema: &'a Schema, root: &'a Schema) -> Option<&'a Schema> {
    let mut kinds = kinds(schema, root).into_iter();
    kinds.find_map(|kind| kind.get("items"))
}

struct Walk<'a> {
    file: &'a str,
    text: &'a str,
    root: &'a Schema,
    findings: Vec<Finding>,
    /// Keys that unknown ones were probably meant to be.
    meant: BTreeSet<String>,
}

impl<'a> Walk<'a> {
    /// What is wrong with the keys of a table that begins at a byte of the text.
    fn table(&mut self, table: &DeTable<'_>, schema: &'a Schema, path: &str, start: usize) {
        let Some(schema) = table_of(schema, self.root) else {
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
        let names = meant.iter().map(|name| format!("{path}{name}"));
        self.meant.extend(names);
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
                if let Some(inner) = items_of(schema, self.root) {
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
