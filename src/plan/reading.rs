//! The reading of a plan that has mistakes: every one of them is told, and what is left of the plan is
//! read, so that its data are looked at in the same pass.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Schema;
use serde_path_to_error::Segment;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::evident::evident;
use super::file::PlanFile;
use super::keys::{Misspelt, items_of, line_of, property, suggestion, table_of, words_of};
use super::partly::PartlyRead;
use super::words::{meaning, misfit, no_word, plain};
use crate::finding::Finding;

/// Keys of a plan that could not be read as they are meant, as dotted names without places in lists.
///
/// What is said of a plan must be true of the plan as it was meant: a check rests on some tables, and is
/// told where [`Unread::spares`] them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unread {
    keys: BTreeSet<String>,
    /// Tables with unknown keys that are like none there are: any key that such a table lacks may be meant.
    strange: BTreeSet<String>,
}

impl Unread {
    /// Whether all of these tables and keys were read, with all that they hold.
    #[must_use]
    pub fn spares(&self, names: &[&str]) -> bool {
        let within = |inner: &str, outer: &str| {
            let rest = inner.strip_prefix(outer);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let mut names = names.iter();
        names.all(|name| {
            let mut unread = self.keys.iter();
            !unread.any(|key| within(key, name) || within(name, key))
        })
    }

    /// Whether keys that were not found are not there, under another name either.
    #[must_use]
    pub fn lacks(&self, names: &[&str]) -> bool {
        let mut tables = names.iter().map(|name| apart(name).0);
        self.spares(names) && !tables.any(|table| self.strange.contains(table))
    }

    /// Keys whose values make no sense, which was told.
    pub(super) fn doubt(&mut self, key: &str) {
        self.keys.insert(key.to_owned());
    }

    /// Whether the whole plan was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.strange.is_empty()
    }
}

/// A step from a table to what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Item(usize),
}

/// The text of a plan with its schema.
pub(super) struct Reading<'a> {
    /// Name of the file, for messages.
    pub(super) file: &'a str,
    pub(super) text: &'a str,
    /// The document with the places of its keys in the text.
    pub(super) document: &'a DeTable<'a>,
    pub(super) schema: &'a Schema,
    pub(super) misspelt: &'a Misspelt,
}

impl Reading<'_> {
    /// The plan of `table`, its document without unknown keys. What is wrong with values goes to
    /// `problems`; missing keys are there already.
    ///
    /// A value that is wrong is taken out, and a key that must be there gets one that fits, so that the
    /// next value can be read. Entries of lists in which that was done are then left out whole.
    pub(super) fn plan(
        &self,
        mut table: toml::Table,
        problems: &mut Vec<Finding>,
    ) -> Option<(PlanFile, Unread, PartlyRead)> {
        let mut unread = Unread {
            keys: self.misspelt.meant.clone(),
            strange: self.misspelt.strange.clone(),
        };
        let mut partly = PartlyRead::default();
        let mut entries: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        let mut read_as_meant: Vec<Vec<Step>> = Vec::new();
        // Each turn takes out or fills in one key; a plan has fewer.
        for _ in 0..=self.text.len() {
            let read = serde_path_to_error::deserialize(toml::Value::Table(table.clone()));
            let error: serde_path_to_error::Error<toml::de::Error> = match read {
                Ok(file) if entries.is_empty() => return Some((file, unread, partly)),
                Ok(file) => {
                    partly = PartlyRead::of(file, &entries);
                    for (array, items) in std::mem::take(&mut entries) {
                        leave_out(&mut table, &array, &items);
                    }
                    continue;
                }
                Err(error) => error,
            };
            let mut path = steps(error.path(), &table, self.schema);
            let own = error.inner().message();
            let missing_here = missing_field(own);
            let inner = match missing_here {
                Some(_) => None,
                None => self.inside(&mut path, &table),
            };
            if let Some(key) = missing_here {
                let schema = property(self.schema, &dotted(&path), key)?;
                let value = stand_in(schema, self.schema)?;
                table_at(&mut table, &path)?.insert(key.to_owned(), value);
                path.push(Step::Key(key.to_owned()));
            } else {
                let message = inner.as_deref().unwrap_or(own);
                // A column of which nobody says the name is none.
                if missing_field(message).is_none() {
                    self.tell((&path, &table), message, problems);
                }
                let (Step::Key(key), parent) = path.split_last()? else {
                    return None;
                };
                let value = table_at(&mut table, parent)?.remove(key)?;
                let declared = property(self.schema, &dotted(parent), key);
                let meant = declared.and_then(|of| evident(&value, of, self.schema));
                if let Some(meant) = meant.filter(|_| !read_as_meant.contains(&path)) {
                    table_at(&mut table, parent)?.insert(key.clone(), meant);
                    read_as_meant.push(path);
                    continue;
                }
            }
            unread.keys.insert(dotted(&path));
            if let Some((array, item)) = entry(&path) {
                entries.entry(array).or_default().insert(item);
            }
        }
        None
    }

    /// What is wrong inside a table in place of which a value of another kind can stand: of such the reader
    /// says no more than that it is none of them. Leads the path to the key.
    fn inside(&self, path: &mut Vec<Step>, document: &toml::Table) -> Option<String> {
        let table = value_at(document, path)?.as_table()?;
        let name = dotted(path);
        let (of, key) = apart(&name);
        let kind = table_of(property(self.schema, of, key)?, self.schema)?;
        let keys = kind.get("properties")?.as_object()?;
        let wrong = keys.iter().find_map(|(key, declared)| {
            let message = misfit(table.get(key)?, declared, self.schema)?;
            Some((key.clone(), message))
        });
        if let Some((key, message)) = wrong {
            path.push(Step::Key(key));
            return Some(message);
        }
        let required = kind.get("required")?.as_array()?.iter();
        let mut missing = required.filter_map(Schema::as_str);
        let key = missing.find(|key| !table.contains_key(*key))?;
        Some(format!("missing field `{key}`"))
    }

    /// One finding for a value that is not what its key asks for.
    fn tell(
        &self,
        (path, document): (&[Step], &toml::Table),
        message: &str,
        problems: &mut Vec<Finding>,
    ) {
        let name = dotted(path);
        let (table, key) = apart(&name);
        let line = self.line(path);
        let place = format!("{}, line {line}", self.file);
        let of_key = format!("`{name}`: ");
        // A year that can be none was told.
        if problems
            .iter()
            .any(|told| told.place == place && told.what.starts_with(&of_key))
        {
            return;
        }
        let found = message.split('`').nth(1).unwrap_or_default();
        let known = property(self.schema, table, key);
        let mut words = known.map_or_else(Vec::new, |schema| words_of(schema, self.schema));
        let near = suggestion(found, words.iter().copied());
        if message.starts_with("unknown variant") {
            // The message lists them.
            words.clear();
        }
        let value = value_at(document, path);
        let of_word = value.and_then(|value| no_word(value, message));
        let mut what = plain(of_word.as_deref().unwrap_or(message));
        let mut remedy = match (near, known) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(declared)) if declared.get("description").is_none() && words.is_empty() => {
                let expected = what.rsplit("expected ").next().unwrap_or_default();
                format!("give {expected}")
            }
            (None, Some(declared)) => format!("give {}", meaning(key, declared, &words)),
            (None, None) => "see docs/plan.md".to_owned(),
        };
        let declared = known.zip(value);
        let of_brackets = declared.and_then(|(schema, value)| brackets(schema, self.schema, value));
        if let Some((found, brackets)) = of_brackets {
            found.clone_into(&mut what);
            remedy = format!("write `{}`", brackets.replace("..", &name));
        }
        problems.push(Finding::error(place, of_key + &what, remedy));
    }

    /// The line of a key.
    fn line(&self, path: &[Step]) -> usize {
        let (mut at, mut value) = (0, None::<&Spanned<DeValue<'_>>>);
        for (depth, step) in path.iter().enumerate() {
            // The key as the plan writes it.
            let written = |key: &'_ String| {
                let read = self.misspelt.read.get(&dotted(&path[..=depth]));
                read.unwrap_or(key).clone()
            };
            let next = match (step, value.map(Spanned::get_ref)) {
                (Step::Key(key), None) => self.document.get_key_value(written(key).as_str()),
                (Step::Key(key), Some(DeValue::Table(table))) => {
                    let own = table.get_key_value(key.as_str());
                    own.or_else(|| table.get_key_value(written(key).as_str()))
                }
                (Step::Item(item), Some(DeValue::Array(items))) => {
                    value = items.get(*item);
                    at = value.map_or(at, |value| value.span().start);
                    continue;
                }
                _ => None,
            };
            let Some((key, inner)) = next else {
                break;
            };
            at = key.span().start;
            value = Some(inner);
        }
        line_of(self.text, at)
    }
}

/// The key that is missing, by the words of the reader.
fn missing_field(message: &str) -> Option<&str> {
    let rest = message.strip_prefix("missing field `")?;
    rest.strip_suffix('`')
}

/// The way to a value that cannot be read, no further than the key that holds it: of a list of numbers or
/// words the whole list.
fn steps(path: &serde_path_to_error::Path, table: &toml::Table, schema: &Schema) -> Vec<Step> {
    let mut steps = Vec::new();
    let root = toml::Value::Table(table.clone());
    let mut value = Some(&root);
    for segment in path {
        let (step, next) = match segment {
            Segment::Map { key } => (
                Step::Key(key.clone()),
                value.and_then(|value| value.get(key)),
            ),
            Segment::Seq { index } => {
                let item = value.and_then(|value| value.get(*index));
                // A list of tables in place of a table is wrong as a whole.
                let name = dotted(&steps);
                let (of, key) = apart(&name);
                let declared = property(schema, of, key);
                let is_list = declared.is_some_and(|of| table_of(of, schema).is_none());
                if !is_list || !item.is_some_and(toml::Value::is_table) {
                    break;
                }
                (Step::Item(*index), item)
            }
            Segment::Enum { .. } | Segment::Unknown => break,
        };
        steps.push(step);
        value = next;
    }
    steps
}

/// The keys of a path.
fn dotted(path: &[Step]) -> String {
    let keys: Vec<&str> = path
        .iter()
        .filter_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Item(_) => None,
        })
        .collect();
    keys.join(".")
}

/// The table of a dotted name, and the key in it.
fn apart(name: &str) -> (&str, &str) {
    name.rsplit_once('.').unwrap_or(("", name))
}

/// The entry of a list of tables that a path leads into: the list, and the place in it.
fn entry(path: &[Step]) -> Option<(String, usize)> {
    path.iter().enumerate().find_map(|(at, step)| match step {
        Step::Item(item) => Some((dotted(&path[..at]), *item)),
        Step::Key(_) => None,
    })
}

/// The value that a path leads to.
fn value_at<'t>(table: &'t toml::Table, path: &[Step]) -> Option<&'t toml::Value> {
    let (Step::Key(first), rest) = path.split_first()? else {
        return None;
    };
    rest.iter()
        .try_fold(table.get(first)?, |value, step| match step {
            Step::Key(key) => value.get(key),
            Step::Item(item) => value.get(*item),
        })
}

/// Of one table in place of a list of tables, and the other way round: what was found and expected, and how
/// it is written.
fn brackets(
    schema: &Schema,
    root: &Schema,
    value: &toml::Value,
) -> Option<(&'static str, &'static str)> {
    // A column may be a table or a list of them: neither is the mistake then.
    match (value, table_of(schema, root), items_of(schema, root)) {
        (toml::Value::Table(_), None, Some(_)) => {
            Some(("found one table, expected a list of them", "[[..]]"))
        }
        (toml::Value::Array(_), Some(_), None) => {
            Some(("found a list, expected one table", "[..]"))
        }
        _ => None,
    }
}

/// The table that a path leads to.
fn table_at<'t>(table: &'t mut toml::Table, path: &[Step]) -> Option<&'t mut toml::Table> {
    let Some((first, rest)) = path.split_first() else {
        return Some(table);
    };
    let Step::Key(key) = first else {
        return None;
    };
    let value = table.get_mut(key)?;
    match rest.split_first() {
        Some((Step::Item(item), rest)) => table_at(value.get_mut(*item)?.as_table_mut()?, rest),
        _ => table_at(value.as_table_mut()?, rest),
    }
}

/// Takes entries out of a list of tables.
fn leave_out(table: &mut toml::Table, array: &str, items: &BTreeSet<usize>) {
    let (parents, name) = apart(array);
    let keys = parents.split('.').filter(|key| !key.is_empty());
    let path: Vec<Step> = keys.map(|key| Step::Key(key.to_owned())).collect();
    let list = table_at(table, &path).and_then(|table| table.get_mut(name));
    if let Some(list) = list.and_then(toml::Value::as_array_mut) {
        let mut place = 0..;
        list.retain(|_| place.next().is_some_and(|place| !items.contains(&place)));
    }
}

/// A value of the kind that a schema asks for, in place of one that must be there and was not read: what
/// rests on it is not told.
fn stand_in(schema: &Schema, root: &Schema) -> Option<toml::Value> {
    if let Some(reference) = schema.get("$ref").and_then(Schema::as_str) {
        return stand_in(root.pointer(reference.trim_start_matches('#'))?, root);
    }
    if let Some(word) = words_of(schema, root).first() {
        return Some(toml::Value::from(*word));
    }
    let options = schema.get("anyOf").or_else(|| schema.get("oneOf"));
    if let Some(option) = options.and_then(|options| options.get(0)) {
        return stand_in(option, root);
    }
    Some(match schema.get("type")?.as_str()? {
        "string" => toml::Value::from(""),
        "integer" => toml::Value::from(1),
        "number" => toml::Value::from(1.0),
        "boolean" => toml::Value::from(false),
        "array" => toml::Value::Array(Vec::new()),
        "object" => toml::Value::Table(toml::Table::new()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rests_on_a_key_that_was_not_read_is_not_spared() {
        let unread = Unread {
            keys: BTreeSet::from(["carbon.keys.zone".to_owned(), "grid".to_owned()]),
            ..Unread::default()
        };
        for touched in ["carbon", "carbon.keys", "carbon.keys.zone", "grid.cells"] {
            assert!(!unread.spares(&[touched]), "{touched}");
        }
        assert!(unread.spares(&["carbon.ecosystem", "carbon.key", "land-cover"]));
        assert!(!unread.spares(&["land-cover", "grid"]));
    }

    /// The name of a table that holds another, and that of each key which must be there.
    fn required(schema: &Schema) -> Vec<(String, String)> {
        let tables = schema["$defs"].as_object().unwrap().iter();
        let keys = tables.flat_map(|(name, table)| {
            let keys = table.get("required").and_then(Schema::as_array);
            let keys = keys.into_iter().flatten().filter_map(Schema::as_str);
            keys.map(|key| (name.clone(), key.to_owned()))
        });
        keys.collect()
    }

    #[test]
    fn every_key_that_must_be_there_has_a_stand_in() {
        let schema = super::super::Plan::schema();
        let keys = required(&schema);
        assert!(keys.len() > 40, "{keys:?}");
        for (table, key) in keys {
            let declared = &schema["$defs"][&table]["properties"][&key];
            assert!(stand_in(declared, &schema).is_some(), "{table}.{key}");
        }
    }

    #[test]
    fn of_a_list_of_numbers_one_wrong_one_is_one_mistake() {
        let text = "name = \"a\"\n[regions]\npath = \"r\"\nid = \"id\"\n[[land-cover]]\nyear = 2020\npath = \"l\"\nlegend = \"nlcd\"\n[forest]\nclasses = [\n1,\n\"a\",\n\"b\"]\n";
        let plan = super::super::Plan::parse(std::path::Path::new("p"), text).unwrap();
        let told: Vec<&str> = plan.problems.iter().map(|f| f.what.as_str()).collect();
        assert_eq!(
            told,
            ["`forest.classes`: found string \"a\", expected a whole number"]
        );
        assert_eq!(plan.problems[0].place, "p, line 10");
    }
}
