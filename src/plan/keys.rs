//! Keys of a plan that nobody knows or that are missing, all of them, each with its line and a
//! suggestion; and years that can be none.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Schema;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::words;
use crate::finding::Finding;
use crate::units::year;

/// How alike two keys must be for one to be suggested for the other (Jaro–Winkler, 0 to 1).
const ALIKE: f64 = 0.75;

/// How alike a key must be to another for its value to be read as that of the other.
const MEANT: f64 = 0.85;

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

/// What keys that nobody knows were probably meant to be.
#[derive(Debug, Default)]
pub(super) struct Misspelt {
    /// Dotted names of keys that unknown ones were read as, by which the plan has them: what is told to be
    /// meant is looked at in the same pass.
    pub(super) read: BTreeMap<String, String>,
    /// Dotted names of keys that other unknown ones may have been meant to be.
    pub(super) meant: BTreeSet<String>,
    /// Tables with keys that are like none there are.
    pub(super) strange: BTreeSet<String>,
}

/// The key that an unknown one of a table is read as: it is alike, and the table does not have it.
fn read_as<'a>(
    name: &str,
    known: &'a serde_json::Map<String, Schema>,
    is_there: impl Fn(&str) -> bool,
) -> Option<&'a str> {
    let meant = suggestion(name, known.keys().map(String::as_str))?;
    let is_alike = strsim::jaro_winkler(name, meant) >= MEANT;
    (is_alike && !NOT_YET.contains(&name) && !is_there(meant)).then_some(meant)
}

/// One finding for each key of the plan that its schema does not have, and for each that must be there; and
/// what the unknown ones were probably meant to be.
pub(super) fn wrong_keys(
    file: &str,
    text: &str,
    table: &DeTable<'_>,
    schema: &Schema,
) -> (Vec<Finding>, Misspelt) {
    let mut walk = Walk {
        file,
        text,
        root: schema,
        findings: Vec::new(),
        misspelt: Misspelt::default(),
    };
    walk.table(table, schema, "", 0);
    (walk.findings, walk.misspelt)
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

/// The tables of a plan without the keys that its schema does not have; those that are like another are
/// read as that.
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
    let unknown = table.keys().filter(|key| !properties.contains_key(*key));
    for key in unknown.cloned().collect::<Vec<String>>() {
        let meant = read_as(&key, properties, |known| table.contains_key(known));
        if let Some((meant, value)) = meant.zip(table.remove(&key)) {
            table.insert(meant.to_owned(), value);
        }
    }
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
    misspelt: Misspelt,
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
        let mut meant: Vec<&str> = Vec::new();
        for (key, value) in table {
            let mut name = key.get_ref().as_ref();
            if !properties.contains_key(name) {
                let line = line_of(self.text, key.span().start);
                let known = properties.keys().map(String::as_str);
                self.findings
                    .push(self.unknown(name, path, line, known.clone()));
                let is_there = |known: &str| table.contains_key(known) || meant.contains(&known);
                let as_another = read_as(name, properties, is_there);
                let near = suggestion(name, known);
                meant.extend(near);
                match (as_another, near) {
                    (Some(another), _) => {
                        let read = format!("{path}{another}");
                        self.misspelt.read.insert(read, name.to_owned());
                        name = another;
                    }
                    (None, Some(near)) => {
                        self.misspelt.meant.insert(format!("{path}{near}"));
                    }
                    (None, None) => {
                        let table = path.trim_end_matches('.').to_owned();
                        self.misspelt.strange.insert(table);
                    }
                }
            }
            if let Some(inner) = properties.get(name) {
                if name == "year"
                    && let DeValue::Integer(number) = value.get_ref()
                {
                    self.findings
                        .extend(self.odd_year(path, key.span().start, number.as_str()));
                }
                self.value(value, inner, &format!("{path}{name}"));
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
