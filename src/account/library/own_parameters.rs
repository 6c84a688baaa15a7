//! What is looked at in a user's table of parameters before it goes before the seeds.
//!
//! A row that nothing asks for, or that says something else than was meant, changes a figure in
//! silence or fails to change it; so every row is held against the seeds that it speaks for.

use std::collections::{BTreeMap, BTreeSet};

use super::parameter::{Parameter, Standing};
use super::parameters::Parameters;
use crate::account::ecosystem::nearest;
use crate::finding::Finding;

/// How many times beyond the figures of the seeds a value is doubted.
const FAR: f64 = 10.0;

/// What a user's table did to the parameters of the seeds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Row ids of the seeds that a row of the user's table speaks for.
    pub replaced: Vec<String>,
    /// Row ids that only the user's table has.
    pub added: Vec<String>,
    /// What is likely not meant.
    pub warnings: Vec<Finding>,
}

/// A user's table against the seeds.
pub(super) struct OwnTable<'a> {
    pub(super) place: &'a str,
    pub(super) seeds: &'a Parameters,
    /// Ids that only users give: methods ask for them, and no seed has them.
    pub(super) own_ids: &'a BTreeSet<String>,
}

impl OwnTable<'_> {
    /// What is wrong with the rows, each with its line.
    pub(super) fn problems(&self, rows: &[(u64, Parameter)]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut lines: BTreeMap<String, u64> = BTreeMap::new();
        for (line, row) in rows {
            let id = row.row_id();
            let mut refuse = |what: String, remedy: &str| {
                findings.push(Finding::error(self.at(*line), what, remedy));
            };
            if let Some(first) = lines.get(&id) {
                refuse(
                    format!("`{id}` stands in row {first} already"),
                    "keep one of the rows, or tell them apart by a key",
                );
            } else if self.is_given(row) {
                refuse(
                    format!("`{id}` stands in an earlier table of `parameters` already"),
                    "keep one of the rows",
                );
            }
            lines.entry(id).or_insert(*line);
            if let Some(what) = self.unknown_id(row) {
                refuse(what, "name a parameter that `terrasink methods` lists");
                continue;
            }
            if let Some(what) = self.unknown_key(row) {
                refuse(what, "mend the name of the column");
            }
            if let Some(what) = outside_bounds(row) {
                refuse(what, "mend the value or its bounds");
            }
            if let Some(what) = self.negative(row) {
                refuse(what, "give a value that is not negative");
            }
        }
        findings
    }

    /// What is likely not meant, each with its line.
    pub(super) fn doubts(&self, rows: &[(u64, Parameter)]) -> Vec<Finding> {
        let mut warnings = Vec::new();
        for (line, row) in rows {
            let words = self.unknown_words(row);
            let what = words.into_iter().chain(self.far_off(row));
            warnings
                .extend(what.map(|(what, remedy)| Finding::warning(self.at(*line), what, remedy)));
        }
        warnings
    }

    /// The rows of the seeds that a row speaks for.
    pub(super) fn replaced(&self, row: &Parameter) -> Vec<String> {
        let of_id = self.seeds_of(&row.id);
        let same = of_id.filter(|seed| {
            row.keys
                .iter()
                .all(|key| seed.keys.get(key.0) == Some(key.1))
        });
        same.map(Parameter::row_id).collect()
    }

    fn at(&self, line: u64) -> String {
        format!("{}, row {line}", self.place)
    }

    fn seeds_of<'b>(&'b self, id: &'b str) -> impl Iterator<Item = &'b Parameter> {
        let of_id = self.seeds.of(id);
        of_id.filter(|row| row.standing != Standing::User)
    }

    fn is_given(&self, row: &Parameter) -> bool {
        let mut given = self.seeds.of(&row.id);
        given.any(|given| given.standing == Standing::User && given.keys == row.keys)
    }

    fn is_of_seeds(&self, id: &str) -> bool {
        self.seeds_of(id).next().is_some()
    }

    fn unknown_id(&self, row: &Parameter) -> Option<String> {
        if self.is_of_seeds(&row.id) || self.own_ids.contains(&row.id) {
            return None;
        }
        let known = self.seeds.iter().map(|row| row.id.as_str());
        let known = known.chain(self.own_ids.iter().map(String::as_str));
        let near = nearest(&row.id, known).map(|near| format!(", did you mean `{near}`?"));
        Some(format!(
            "nothing asks for a parameter `{}`{}",
            row.id,
            near.unwrap_or_default()
        ))
    }

    fn unknown_key(&self, row: &Parameter) -> Option<String> {
        if !self.is_of_seeds(&row.id) {
            return None;
        }
        let known: BTreeSet<&str> = self
            .seeds_of(&row.id)
            .flat_map(|seed| seed.keys.keys().map(String::as_str))
            .collect();
        let unknown = row.keys.keys().find(|key| !known.contains(key.as_str()))?;
        let near = nearest(unknown, known.iter().copied());
        let near = near.map(|near| format!(", did you mean `{near}`?"));
        let has = match known.len() {
            0 => "it has no keys".to_owned(),
            _ => format!(
                "its keys are {}",
                known.into_iter().collect::<Vec<_>>().join(", ")
            ),
        };
        Some(format!(
            "`{}` has no key `{unknown}`{}; {has}",
            row.id,
            near.unwrap_or_default()
        ))
    }

    /// A value below zero where all figures of the seeds are above.
    fn negative(&self, row: &Parameter) -> Option<String> {
        let value = row.value.filter(|value| *value < 0.0)?;
        let mut values = self
            .seeds_of(&row.id)
            .filter_map(|seed| seed.value)
            .peekable();
        values.peek()?;
        values
            .all(|value| value >= 0.0)
            .then(|| format!("`value` is {value}, and a `{}` is never negative", row.id))
    }

    /// Words of keys that no row of the seeds has, where one is near that they have.
    fn unknown_words(&self, row: &Parameter) -> Vec<(String, String)> {
        let words = row.keys.iter().filter_map(|(key, word)| {
            let known: BTreeSet<&str> = self
                .seeds_of(&row.id)
                .filter_map(|seed| seed.keys.get(key).map(String::as_str))
                .collect();
            let is_number = word.parse::<f64>().is_ok();
            if known.contains(word.as_str()) || is_number {
                return None;
            }
            let near = nearest(word, known)?;
            Some((
                format!(
                    "no `{}` of the seeds is for {key} `{word}`, so the row replaces none",
                    row.id
                ),
                format!(
                    "did you mean `{near}`? The row counts only where a plan asks for `{word}`"
                ),
            ))
        });
        words.collect()
    }

    /// A value far beyond all of the seeds that have its unit.
    fn far_off(&self, row: &Parameter) -> Option<(String, String)> {
        let value = row.value?;
        let values = self
            .seeds_of(&row.id)
            .filter(|seed| seed.unit == row.unit)
            .filter_map(|seed| seed.value);
        let most = values.map(f64::abs).reduce(f64::max)?;
        (most > 0.0 && value.abs() > FAR * most).then(|| {
            (
                format!(
                    "`value` is {value} {}; the greatest `{}` of the seeds is {most}",
                    row.unit, row.id
                ),
                "check the value and its unit".to_owned(),
            )
        })
    }
}

fn outside_bounds(row: &Parameter) -> Option<String> {
    let (lower, upper, _) = row.interval?;
    let value = row.value.filter(|value| *value < lower || *value > upper)?;
    Some(format!(
        "`value` is {value}, outside of its bounds {lower} to {upper}"
    ))
}
