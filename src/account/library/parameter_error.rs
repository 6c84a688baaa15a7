//! Why a parameter is not found.

use std::collections::{BTreeMap, BTreeSet};

use super::parameter::{Parameter, is_catch_all, is_limit};
use super::parameters::{Parameters, some};
use super::reference::PARAMETER_SET;

/// Why a parameter could not be chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// No table has the id.
    #[error("no parameter `{id}`{}", suggestion.as_ref().map(|near| format!(", did you mean `{near}`?")).unwrap_or_default())]
    UnknownId {
        /// The id that was asked for.
        id: String,
        /// The nearest known id.
        suggestion: Option<String>,
    },
    /// No row has the keys.
    #[error("parameter `{id}` has no row for {asked}; {faults}")]
    NoRow {
        /// The id that was asked for.
        id: String,
        /// The keys that were asked for.
        asked: String,
        /// The keys that fit no row, as they are asked for.
        wrong: Vec<String>,
        /// The keys that fit no row with what they can be, and those that are missing.
        faults: String,
    },
    /// Every key fits some row, and no row has all of them.
    #[error("parameter `{id}` has no row for {asked} together; the nearest have {nearest}")]
    NoCombination {
        /// The id that was asked for.
        id: String,
        /// The keys that were asked for.
        asked: String,
        /// What the rows that fit all keys but the fewest have in place of these.
        nearest: String,
    },
    /// Rows have the keys, and their classes do not hold what is asked for.
    #[error("parameter `{id}` has no class here for {asked}, only {classes}")]
    OutsideClasses {
        /// The id that was asked for.
        id: String,
        /// The keys that were asked for.
        asked: String,
        /// The classes that there are.
        classes: String,
    },
    /// Several rows have the keys, because others are not given.
    #[error("parameter `{id}` needs {needs}")]
    KeyMissing {
        /// The id that was asked for.
        id: String,
        /// The keys that are missing, with what they can be.
        needs: String,
    },
    /// The row has no single value.
    #[error("parameter `{row}` is published as a range without a value")]
    NoValue {
        /// Id of the row.
        row: String,
    },
    /// The row is in another unit than the method works in.
    #[error("parameter `{row}` is in `{found}`, expected `{expected}`")]
    Unit {
        /// Id of the row.
        row: String,
        /// The unit of the row.
        found: String,
        /// The unit that the method works in.
        expected: String,
    },
    /// The value cannot be.
    #[error("parameter `{row}` is {found}, expected {expected}")]
    Beyond {
        /// Id of the row.
        row: String,
        /// Its value, as it is written.
        found: String,
        /// What it can be.
        expected: String,
    },
}

impl ParameterError {
    /// Whether mending another error mends this one: it names the same keys with the same words, or it is
    /// that keys do not go together, and one of them is wrong by itself.
    fn follows_from(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::NoRow { faults, .. }, Self::NoRow { faults: told, .. })
            | (Self::KeyMissing { needs: faults, .. }, Self::KeyMissing { needs: told, .. }) => {
                faults == told
            }
            (Self::NoCombination { asked, .. }, Self::NoRow { wrong, .. }) => {
                let mut asked = asked.split(", ");
                asked.any(|key| wrong.iter().any(|wrong| wrong == key))
            }
            _ => self == other,
        }
    }
}

/// Errors of one choice, each mistake once.
pub(in crate::account) fn each_once(
    errors: &[ParameterError],
) -> impl Iterator<Item = &ParameterError> {
    errors
        .iter()
        .enumerate()
        .filter(|(place, error)| {
            let is_first = !errors[..*place]
                .iter()
                .any(|other| error.follows_from(other));
            let later = &errors[place + 1..];
            is_first
                && !later
                    .iter()
                    .any(|other| error.follows_from(other) && !other.follows_from(error))
        })
        .map(|(_, error)| error)
}

/// Which keys fit no row, and which are missing beside them.
pub(super) fn no_row(
    parameters: &Parameters,
    id: &str,
    all: &[&Parameter],
    keys: &BTreeMap<String, String>,
) -> ParameterError {
    let asked = asked(all, keys);
    let is_word = |key: &String| {
        let mut names = parameters.by_every_name(keys);
        let words = allowed(all, key);
        words.is_empty()
            || words.iter().any(|word| is_catch_all(word))
            || names.any(|keys| keys.get(key).is_some_and(|word| words.contains(word)))
    };
    let (right, wrong): (BTreeMap<_, _>, BTreeMap<_, _>) =
        keys.clone().into_iter().partition(|(key, _)| is_word(key));
    if wrong.is_empty() {
        return ParameterError::NoCombination {
            id: id.to_owned(),
            asked,
            nearest: nearest_rows(all, keys),
        };
    }
    let mut tried = parameters.by_every_name(&right);
    let rows = tried.find_map(|keys| {
        let fits = all.iter().filter(|row| row.fit(&keys).is_some());
        some(fits.copied().collect::<Vec<_>>())
    });
    let rows = rows.unwrap_or_else(|| all.to_vec());
    let can_be = wrong.keys().map(|key| {
        let words = quoted(&allowed(&rows, key));
        format!("`{key}` can be {words}")
    });
    let missing = missing(&rows, keys).into_iter();
    let missing = missing.map(|key| format!("it needs {}", needed(&rows, key)));
    let faults: Vec<String> = can_be.chain(missing).collect();
    ParameterError::NoRow {
        id: id.to_owned(),
        asked,
        wrong: wrong.iter().map(|(key, word)| told(key, word)).collect(),
        faults: faults.join("; "),
    }
}

/// A key that is asked for.
pub(super) fn told(key: &str, word: &str) -> String {
    format!("{key} `{word}`")
}

/// The keys that were asked for, of those that the table has, in words.
pub(super) fn asked(all: &[&Parameter], keys: &BTreeMap<String, String>) -> String {
    let of_table = keys
        .iter()
        .filter(|(key, _)| all[0].keys.contains_key(*key));
    let words: Vec<String> = of_table.map(|(key, word)| told(key, word)).collect();
    words.join(", ")
}

/// What the rows that miss the fewest keys have in their place.
fn nearest_rows(all: &[&Parameter], keys: &BTreeMap<String, String>) -> String {
    let misses = all.iter().map(|row| {
        let keys = row.keys.iter().filter(|(key, word)| {
            keys.get(*key)
                .is_some_and(|wanted| wanted != *word && !is_catch_all(word))
        });
        let words = keys.map(|(key, word)| told(key, word));
        words.collect::<Vec<_>>()
    });
    let misses: Vec<Vec<String>> = misses.collect();
    let fewest = misses.iter().map(Vec::len).min().unwrap_or(0);
    let nearest: BTreeSet<String> = misses
        .iter()
        .filter(|words| words.len() == fewest)
        .map(|words| words.join(" with "))
        .collect();
    nearest.into_iter().collect::<Vec<_>>().join("; or ")
}

pub(super) fn key_missing(
    id: &str,
    rows: &[&Parameter],
    keys: &BTreeMap<String, String>,
) -> ParameterError {
    let mut missing = missing(rows, keys);
    if missing.is_empty() {
        let keys_of_rows = rows.iter().flat_map(|row| row.keys.keys());
        let mut differing = keys_of_rows.filter(|key| !keys.contains_key(*key));
        let first = differing.find(|key| allowed(rows, key).len() > 1);
        missing.insert(first.map_or(PARAMETER_SET, String::as_str));
    }
    let needs = missing.into_iter().map(|key| needed(rows, key));
    ParameterError::KeyMissing {
        id: id.to_owned(),
        needs: needs.collect::<Vec<_>>().join(", and "),
    }
}

/// The keys that are not given and that alone tell some of the rows apart.
fn missing<'a>(rows: &[&'a Parameter], keys: &BTreeMap<String, String>) -> BTreeSet<&'a str> {
    let but = |row: &Parameter, key: &str| {
        let mut keys = row.keys.clone();
        keys.remove(key);
        keys
    };
    let of_rows = rows.iter().flat_map(|row| row.keys.keys());
    let not_given: BTreeSet<&str> = of_rows
        .filter(|key| !keys.contains_key(*key) && !is_limit(key) && *key != PARAMETER_SET)
        .map(String::as_str)
        .collect();
    let tells_apart = |key: &&str| {
        let mut seen = BTreeSet::new();
        rows.iter().any(|row| !seen.insert(but(row, key)))
    };
    not_given.into_iter().filter(tells_apart).collect()
}

/// A key with what it can be.
fn needed(rows: &[&Parameter], key: &str) -> String {
    format!("`{key}`, one of {}", quoted(&allowed(rows, key)))
}

fn allowed(rows: &[&Parameter], key: &str) -> Vec<String> {
    let mut words: Vec<String> = rows
        .iter()
        .filter_map(|row| row.keys.get(key).cloned())
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn quoted(words: &[String]) -> String {
    words
        .iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
