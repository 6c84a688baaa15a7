//! The library of parameters: tables by id and keys, and the choice of a row.

use std::collections::{BTreeMap, BTreeSet};

use super::own_parameters::{Overrides, OwnTable};
use super::parameter::{Parameter, Standing, is_limit};
pub use super::parameter_error::ParameterError;
use super::parameter_error::{asked, key_missing, no_row};
use super::reference::PARAMETER_SET;
use super::sheet;
use crate::account::ecosystem::nearest;
use crate::finding::Finding;

/// All parameters of the seeds, and those of the user.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parameters {
    rows: BTreeMap<String, Parameter>,
    zones: BTreeMap<String, Vec<String>>,
}

/// Columns of a parameter table that are not keys.
const FIXED: [&str; 13] = [
    "id",
    "quantity",
    "value",
    "unit",
    "lower",
    "upper",
    "interval_kind",
    "level",
    "depth_cm",
    "cite",
    "locator",
    "confidence",
    "note",
];

impl Parameters {
    /// Adds the rows of a table.
    ///
    /// Columns: `id`, any key columns, `quantity, value, unit, lower, upper, interval_kind, level,
    /// depth_cm, cite, locator, confidence, note`. A row without unit, cite and locator does not
    /// load.
    ///
    /// # Errors
    ///
    /// All bad rows at once; a row whose id and keys exist already is one of them.
    pub fn add_table(&mut self, text: &str, place: &str) -> Result<(), Vec<Finding>> {
        let mut findings = Vec::new();
        for (line, parameter) in rows(text, place, &mut findings)? {
            if let Some(first) = self.rows.insert(parameter.row_id(), parameter) {
                findings.push(Finding::error(
                    format!("{place}, row {line}"),
                    format!("`{}` has two rows", first.row_id()),
                    "tell them apart by a key such as parameter-set",
                ));
            }
        }
        if findings.is_empty() {
            Ok(())
        } else {
            Err(findings)
        }
    }

    /// Adds a user's table, whose rows go before those of the seeds with their id and keys.
    /// `own_ids` are ids that methods ask for and no seed has.
    ///
    /// # Errors
    ///
    /// All bad rows at once: repeated ones, ids and keys that nothing asks for, values outside of
    /// their bounds or below zero where none can be.
    pub fn override_with(
        &mut self,
        text: &str,
        place: &str,
        own_ids: &BTreeSet<String>,
    ) -> Result<Overrides, Vec<Finding>> {
        let mut findings = Vec::new();
        let rows = rows(text, place, &mut findings)?;
        if rows.is_empty() && findings.is_empty() {
            findings.push(Finding::error(
                place,
                "the table has no rows",
                "add rows, or take the table out of `parameters`",
            ));
        }
        let seeds = self.clone();
        let table = OwnTable {
            place,
            seeds: &seeds,
            own_ids,
        };
        findings.extend(table.problems(&rows));
        if !findings.is_empty() {
            return Err(findings);
        }
        let mut overrides = Overrides {
            warnings: table.doubts(&rows),
            ..Overrides::default()
        };
        for (_, mut parameter) in rows {
            let replaced = table.replaced(&parameter);
            if replaced.is_empty() {
                overrides.added.push(parameter.row_id());
            }
            overrides.replaced.extend(replaced);
            // Whoever gives a value answers for it, whatever the row says of itself.
            parameter.standing = Standing::User;
            self.rows.insert(parameter.row_id(), parameter);
        }
        Ok(overrides)
    }

    /// Adds the names under which tables know a climate zone: `zone,also` rows.
    ///
    /// # Errors
    ///
    /// A text that is no table.
    pub fn add_zones(&mut self, text: &str, place: &str) -> Result<(), Vec<Finding>> {
        for row in sheet::read(text, place)?.rows {
            if let (Some(zone), Some(also)) = (row.get("zone"), row.get("also")) {
                self.zones
                    .entry(zone.to_owned())
                    .or_default()
                    .push(also.to_owned());
            }
        }
        Ok(())
    }

    /// All rows, to mark them.
    pub(super) fn rows_mut(&mut self) -> impl Iterator<Item = &mut Parameter> {
        self.rows.values_mut()
    }

    /// All rows, by row id.
    pub fn iter(&self) -> impl Iterator<Item = &Parameter> {
        self.rows.values()
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All rows of one id.
    pub fn of<'a, 'b>(&'a self, id: &'b str) -> impl Iterator<Item = &'a Parameter> + use<'a, 'b> {
        self.rows.values().filter(move |row| row.id == id)
    }

    /// All words that a key has in any row; of the climate zone its other names too.
    pub(in crate::account) fn words(&self, key: &str) -> BTreeSet<&str> {
        let of_rows = self.rows.values().filter_map(|row| row.keys.get(key));
        let zones = self.zones.keys().filter(|_| key == CLIMATE_ZONE);
        of_rows.chain(zones).map(String::as_str).collect()
    }

    /// The one row of an id that answers to the keys.
    ///
    /// Keys that the table does not have are passed over. A climate zone is tried under its own
    /// name and then under the names that other tables use for it. A row with the very word wins
    /// over one with a catch-all (`any`, `all`), a verified row over a recalled one.
    ///
    /// # Errors
    ///
    /// [`ParameterError`] when the id is unknown, no row fits, or a key is missing.
    pub fn find(
        &self,
        id: &str,
        keys: &BTreeMap<String, String>,
    ) -> Result<&Parameter, ParameterError> {
        self.choose(id, keys, None)
    }

    /// The one row of an id that answers to the keys and whose class holds `at`: above its `-gt`
    /// limit, not above its `-le` limit.
    ///
    /// # Errors
    ///
    /// As [`Parameters::find`].
    pub fn find_at(
        &self,
        id: &str,
        keys: &BTreeMap<String, String>,
        at: f64,
    ) -> Result<&Parameter, ParameterError> {
        self.choose(id, keys, Some(at))
    }

    fn choose(
        &self,
        id: &str,
        keys: &BTreeMap<String, String>,
        at: Option<f64>,
    ) -> Result<&Parameter, ParameterError> {
        let every: Vec<&Parameter> = self.of(id).collect();
        let mut all = every.clone();
        all.retain(|row| at.is_none_or(|at| row.holds(at)));
        if all.is_empty() && !every.is_empty() {
            return Err(self
                .outside(id, &every, keys)
                .unwrap_or_else(|| no_row(self, id, &every, keys)));
        }
        if all.is_empty() {
            return Err(ParameterError::UnknownId {
                id: id.to_owned(),
                suggestion: nearest(id, self.rows.values().map(|row| row.id.as_str())),
            });
        }
        let mut tried = self.by_every_name(keys);
        let fitting = tried.find_map(|keys| some(fitting(&all, &keys)));
        let fitting = fitting.unwrap_or_default();
        match fitting.as_slice() {
            [] => Err(match at.and_then(|_| self.outside(id, &every, keys)) {
                Some(outside) => outside,
                None => no_row(self, id, &all, keys),
            }),
            [row] => Ok(row),
            several => Err(key_missing(id, several, keys)),
        }
    }
}

impl Parameters {
    /// That rows have the keys in other classes alone.
    fn outside(
        &self,
        id: &str,
        every: &[&Parameter],
        keys: &BTreeMap<String, String>,
    ) -> Option<ParameterError> {
        let mut tried = self.by_every_name(keys);
        let rows = tried.find_map(|keys| some(fitting(every, &keys)))?;
        let class = |row: &&Parameter| {
            let limits = row.keys.iter().filter(|(key, _)| is_limit(key));
            let limits: Vec<String> = limits
                .map(|(key, limit)| match key.strip_suffix("-gt") {
                    Some(of) => format!("{of} above {limit}"),
                    None => format!("{} up to {limit}", key.trim_end_matches("-le")),
                })
                .collect();
            limits.join(" and ")
        };
        let classes: Vec<String> = rows.iter().map(class).collect();
        Some(ParameterError::OutsideClasses {
            id: id.to_owned(),
            asked: asked(every, keys),
            classes: classes.join(", or "),
        })
    }

    /// The keys as they are given, and with the climate zone under each of its other names.
    pub(super) fn by_every_name(
        &self,
        keys: &BTreeMap<String, String>,
    ) -> impl Iterator<Item = BTreeMap<String, String>> {
        let zone = keys.get(CLIMATE_ZONE);
        let others = zone.and_then(|zone| self.zones.get(zone)).into_iter();
        let others = others.flatten().map(|other| {
            let mut tried = keys.clone();
            tried.insert(CLIMATE_ZONE.to_owned(), other.clone());
            tried
        });
        std::iter::once(keys.clone()).chain(others)
    }
}

/// Rows, where there are any.
pub(super) fn some<T>(rows: Vec<T>) -> Option<Vec<T>> {
    (!rows.is_empty()).then_some(rows)
}

/// The key that is tried under several names.
const CLIMATE_ZONE: &str = "climate-zone";

/// The best rows: fewest catch-alls, then the better standing where keys alone do not decide.
fn fitting<'a>(all: &[&'a Parameter], keys: &BTreeMap<String, String>) -> Vec<&'a Parameter> {
    let fits: Vec<(usize, &Parameter)> = all
        .iter()
        .filter_map(|row| Some((row.fit(keys)?, *row)))
        .collect();
    // A figure of the user's goes before all others; without a key it speaks for all of that key.
    let own = fits.iter().any(|(_, row)| row.standing == Standing::User);
    let fits: Vec<(usize, &Parameter)> = fits
        .into_iter()
        .filter(|(_, row)| !own || row.standing == Standing::User)
        .collect();
    let Some(fewest) = fits.iter().map(|(catch_all, _)| *catch_all).min() else {
        return Vec::new();
    };
    let best: Vec<&Parameter> = fits
        .into_iter()
        .filter(|(catch_all, _)| *catch_all == fewest)
        .map(|(_, row)| row)
        .collect();
    let verified: Vec<&Parameter> = best
        .iter()
        .copied()
        .filter(|row| row.standing != Standing::Memory)
        .collect();
    if verified.len() == 1 && best.len() > 1 && same_but_set(&best) {
        verified
    } else {
        best
    }
}

/// Whether rows differ in nothing but their parameter set.
fn same_but_set(rows: &[&Parameter]) -> bool {
    let plain = |row: &Parameter| {
        let mut keys = row.keys.clone();
        keys.remove(PARAMETER_SET);
        keys
    };
    rows.windows(2).all(|pair| plain(pair[0]) == plain(pair[1]))
}

fn rows(
    text: &str,
    place: &str,
    findings: &mut Vec<Finding>,
) -> Result<Vec<(u64, Parameter)>, Vec<Finding>> {
    let sheet = sheet::read(text, place)?;
    let keys: Vec<String> = sheet
        .columns
        .iter()
        .filter(|column| !FIXED.contains(&column.as_str()))
        .cloned()
        .collect();
    Ok(sheet
        .rows
        .iter()
        .filter_map(|row| match Parameter::from_row(row, &keys) {
            Ok(parameter) => Some((row.line, parameter)),
            Err(what) => {
                findings.push(Finding::error(
                    format!("{place}, row {}", row.line),
                    what,
                    "mend the row: a parameter needs id, unit, cite and locator, and a number as its value or as both bounds, with an interval_kind",
                ));
                None
            }
        })
        .collect())
}

#[cfg(test)]
#[path = "parameters_tests.rs"]
mod tests;
