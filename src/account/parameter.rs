//! Parameters: published figures with unit, interval, source and standing.

use std::collections::BTreeMap;
use std::fmt;

use super::ecosystem::nearest;
use super::sheet::{self, SheetRow};
use super::tables::ParameterRow;
use crate::finding::Finding;

/// What the published bounds of a parameter are.
///
/// The kinds are not interchangeable: a standard deviation of a population of sites is not the
/// standard error of its mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IntervalKind {
    /// Value less and plus one standard deviation of the population of sites.
    StandardDeviation,
    /// Value less and plus one standard error of the mean.
    StandardError,
    /// Bounds of a 95 % confidence interval.
    Confidence95,
    /// A nominal percentage of the source, stated as two standard deviations (95 %).
    Nominal,
    /// Lowest and highest value found.
    Range,
    /// Bounds that the source prints without saying of what kind.
    Published,
}

impl IntervalKind {
    const ALL: [Self; 6] = [
        Self::StandardDeviation,
        Self::StandardError,
        Self::Confidence95,
        Self::Nominal,
        Self::Range,
        Self::Published,
    ];

    /// The id in seeds and tables.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::StandardDeviation => "sd",
            Self::StandardError => "se",
            Self::Confidence95 => "ci95",
            Self::Nominal => "default",
            Self::Range => "range",
            Self::Published => "published",
        }
    }
}

/// How sure the program's authors are of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Read in a public copy of the document or in a maintained implementation of it.
    Verified,
    /// Recalled and widely reprinted, but not read again.
    Memory,
    /// Given by the user.
    User,
}

impl Standing {
    /// The id in seeds and tables.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Memory => "memory",
            Self::User => "user",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// The shape of what is not known about a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// Normal around the value.
    Normal,
    /// Log-normal with the value as its mean: for positive quantities of wide spread.
    LogNormal,
    /// Even between the bounds, shifted so that its mean is the value.
    Uniform,
}

/// The standard deviation of what is not known about a figure, and its shape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Standard deviation, in the unit of the figure.
    pub sigma: f64,
    /// Shape of the distribution.
    pub shape: Shape,
}

/// One published figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Id of the parameter that the row is a value of, such as `soil-reference-stock`.
    pub id: String,
    /// What tells this row from the others of the same id, such as `climate-zone` → `boreal-moist`.
    pub keys: BTreeMap<String, String>,
    /// What it is, in words.
    pub quantity: String,
    /// The value; `None` where the source gives bounds alone.
    pub value: Option<f64>,
    /// The unit, such as `t_dm/ha`; `1` for a plain number.
    pub unit: String,
    /// Published bounds and what they are.
    pub interval: Option<(f64, f64, IntervalKind)>,
    /// Depth of the soil that the figure is for, in centimetres.
    pub depth_cm: Option<f64>,
    /// Key of the source in `seeds/sources.csv`, or `user`.
    pub cite: String,
    /// Where in the source.
    pub locator: String,
    /// How sure it is.
    pub standing: Standing,
    /// What must be known of it.
    pub note: String,
}

/// Half-width of a 95 % interval of a normal variable, in standard deviations.
const Z95: f64 = 1.959_963_984_540_054;

/// Above this ratio of standard deviation to mean, a positive quantity is taken as log-normal.
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 1, Chapter 3, section 3.2.3.1: a normal distribution fits where
/// the standard deviation is below 30 % of the mean.
const WIDE: f64 = 0.3;

impl Parameter {
    /// The id of the row, unique within its seeds: id and keys joined by `/`.
    #[must_use]
    pub fn row_id(&self) -> String {
        let mut id = self.id.clone();
        for value in self.keys.values() {
            id.push('/');
            id.push_str(value);
        }
        id
    }

    /// Standard deviation and shape of what is not known, `None` where the source gives no bounds.
    ///
    /// | kind | standard deviation |
    /// | :--- | :----------------- |
    /// | `sd` | half the distance of the bounds; a population's, so wider than that of its mean |
    /// | `se`, `published` | half the distance of the bounds |
    /// | `ci95`, `default` | half the distance over 1.96 |
    /// | `range` | that of an even distribution between the bounds: distance over √12 |
    ///
    /// A quantity whose value is positive and whose bounds are not below zero is taken as
    /// log-normal when its standard deviation exceeds 30 % of the value; so is one whose bounds
    /// fall below zero only because a wide `sd` or `default` was laid around it evenly. A bound
    /// below zero that the source itself prints (`ci95`) keeps the figure normal.
    #[must_use]
    pub fn spread(&self) -> Option<Spread> {
        let ((lower, upper, kind), value) = (self.interval?, self.value?);
        let half = (upper - lower) / 2.0;
        let sigma = match kind {
            IntervalKind::StandardDeviation
            | IntervalKind::StandardError
            | IntervalKind::Published => half,
            IntervalKind::Confidence95 | IntervalKind::Nominal => half / Z95,
            IntervalKind::Range => half / 3.0_f64.sqrt(),
        };
        let positive = value > 0.0 && (kind != IntervalKind::Confidence95 || lower >= 0.0);
        let shape = if kind == IntervalKind::Range {
            Shape::Uniform
        } else if positive && sigma > WIDE * value {
            Shape::LogNormal
        } else {
            Shape::Normal
        };
        Some(Spread { sigma, shape })
    }

    /// The row as the report writes it.
    #[must_use]
    pub fn row(&self, used_by: Vec<String>) -> Option<ParameterRow> {
        Some(ParameterRow {
            id: self.row_id(),
            quantity: self.quantity.clone(),
            value: self.value?,
            unit: self.unit.clone(),
            interval: self.interval.map(|(lower, upper, _)| (lower, upper)),
            interval_kind: self
                .interval
                .map_or_else(String::new, |(_, _, kind)| kind.id().to_owned()),
            cite: self.cite.clone(),
            locator: self.locator.clone(),
            confidence: self.standing.id().to_owned(),
            used_by,
        })
    }

    fn from_row(row: &SheetRow, keys: &[String]) -> Result<Self, String> {
        let needed = |column: &str| {
            row.get(column)
                .map(str::to_owned)
                .ok_or_else(|| format!("no `{column}`"))
        };
        let interval = match (row.number("lower")?, row.number("upper")?) {
            (Some(lower), Some(upper)) if lower <= upper => {
                let text = needed("interval_kind")?;
                let kind = IntervalKind::ALL
                    .into_iter()
                    .find(|kind| kind.id() == text)
                    .ok_or_else(|| format!("unknown interval_kind `{text}`"))?;
                Some((lower, upper, kind))
            }
            (None, None) => None,
            _ => return Err("`lower` and `upper` must both be given, the lower first".to_owned()),
        };
        let value = row.number("value")?;
        if value.is_none() && interval.is_none() {
            return Err("neither a value nor bounds".to_owned());
        }
        let standing = match row.get("confidence").unwrap_or("user") {
            "verified" => Standing::Verified,
            "memory" => Standing::Memory,
            "user" => Standing::User,
            other => return Err(format!("unknown confidence `{other}`")),
        };
        Ok(Self {
            id: needed("id")?,
            keys: keys
                .iter()
                .filter_map(|key| Some((key.clone(), row.get(key)?.to_owned())))
                .collect(),
            quantity: row.get("quantity").unwrap_or_default().to_owned(),
            value,
            unit: needed("unit")?,
            interval,
            depth_cm: row.number("depth_cm")?,
            cite: needed("cite")?,
            locator: needed("locator")?,
            standing,
            note: row.get("note").unwrap_or_default().to_owned(),
        })
    }

    /// Whether the row answers to the keys: how many of its keys are met by a catch-all word, or
    /// `None` when one is not met.
    fn fit(&self, keys: &BTreeMap<String, String>) -> Option<usize> {
        let mut catch_all = 0;
        for (key, value) in &self.keys {
            if is_limit(key) && !keys.contains_key(key) {
                continue;
            }
            match keys.get(key) {
                Some(wanted) if wanted == value => {}
                _ if is_catch_all(value) => catch_all += 1,
                Some(_) => return None,
                None => {}
            }
        }
        Some(catch_all)
    }

    /// Whether `at` lies above the row's `-gt` limit and not above its `-le` limit.
    fn holds(&self, at: f64) -> bool {
        self.keys
            .iter()
            .filter(|(key, _)| is_limit(key))
            .all(|(key, limit)| {
                limit.parse::<f64>().is_ok_and(|limit| {
                    if key.ends_with("-gt") {
                        at > limit
                    } else {
                        at <= limit
                    }
                })
            })
    }
}

/// Whether a key is a limit of a class of values: `…-gt` above, `…-le` not above.
fn is_limit(key: &str) -> bool {
    key.ends_with("-gt") || key.ends_with("-le")
}

/// Words by which a table says "wherever no other row fits".
fn is_catch_all(value: &str) -> bool {
    matches!(value, "any" | "all")
}

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
    #[error("parameter `{id}` has no row for {asked}; `{key}` can be {allowed}")]
    NoRow {
        /// The id that was asked for.
        id: String,
        /// The keys that were asked for.
        asked: String,
        /// The key that fits no row.
        key: String,
        /// What the key can be.
        allowed: String,
    },
    /// Several rows have the keys, because one is not given.
    #[error("parameter `{id}` needs `{key}`, one of {allowed}")]
    KeyMissing {
        /// The id that was asked for.
        id: String,
        /// The key that is missing.
        key: String,
        /// What it can be.
        allowed: String,
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
}

/// All parameters of the seeds, and those of the user.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parameters {
    rows: BTreeMap<String, Parameter>,
    zones: BTreeMap<String, Vec<String>>,
}

/// What a user's table did to the parameters of the seeds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Row ids that the user's table replaced.
    pub replaced: Vec<String>,
    /// Row ids that only the user's table has.
    pub added: Vec<String>,
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

    /// Adds a user's table, whose rows take the place of rows with the same id and keys.
    ///
    /// # Errors
    ///
    /// All bad rows at once.
    pub fn override_with(&mut self, text: &str, place: &str) -> Result<Overrides, Vec<Finding>> {
        let mut findings = Vec::new();
        let mut overrides = Overrides::default();
        for (_, parameter) in rows(text, place, &mut findings)? {
            let id = parameter.row_id();
            if self.rows.insert(id.clone(), parameter).is_some() {
                overrides.replaced.push(id);
            } else {
                overrides.added.push(id);
            }
        }
        if findings.is_empty() {
            Ok(overrides)
        } else {
            Err(findings)
        }
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
        let all: Vec<&Parameter> = self
            .of(id)
            .filter(|row| at.is_none_or(|at| row.holds(at)))
            .collect();
        if all.is_empty() {
            return Err(ParameterError::UnknownId {
                id: id.to_owned(),
                suggestion: nearest(id, self.rows.values().map(|row| row.id.as_str())),
            });
        }
        let mut tried = keys.clone();
        let mut fitting = fitting(&all, &tried);
        if fitting.is_empty()
            && let Some(others) = keys.get(CLIMATE_ZONE).and_then(|zone| self.zones.get(zone))
        {
            for other in others {
                tried.insert(CLIMATE_ZONE.to_owned(), other.clone());
                fitting = self::fitting(&all, &tried);
                if !fitting.is_empty() {
                    break;
                }
            }
        }
        match fitting.as_slice() {
            [] => Err(no_row(id, &all, keys)),
            [row] => Ok(row),
            several => Err(key_missing(id, several, keys)),
        }
    }
}

/// The key that is tried under several names.
const CLIMATE_ZONE: &str = "climate-zone";

/// The best rows: fewest catch-alls, then the better standing where keys alone do not decide.
fn fitting<'a>(all: &[&'a Parameter], keys: &BTreeMap<String, String>) -> Vec<&'a Parameter> {
    let fits: Vec<(usize, &Parameter)> = all
        .iter()
        .filter_map(|row| Some((row.fit(keys)?, *row)))
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
        keys.remove("parameter-set");
        keys
    };
    rows.windows(2).all(|pair| plain(pair[0]) == plain(pair[1]))
}

fn no_row(id: &str, all: &[&Parameter], keys: &BTreeMap<String, String>) -> ParameterError {
    let (key, allowed) = all
        .iter()
        .flat_map(|row| row.keys.keys())
        .filter(|key| keys.contains_key(*key))
        .map(|key| (key.clone(), allowed(all, key)))
        .find(|(key, words)| !words.contains(&keys[key]))
        .unwrap_or_else(|| {
            let key = all[0].keys.keys().next().cloned().unwrap_or_default();
            let words = allowed(all, &key);
            (key, words)
        });
    ParameterError::NoRow {
        id: id.to_owned(),
        asked: keys
            .iter()
            .filter(|(key, _)| all[0].keys.contains_key(*key))
            .map(|(key, value)| format!("{key} `{value}`"))
            .collect::<Vec<_>>()
            .join(", "),
        key,
        allowed: quoted(&allowed),
    }
}

fn key_missing(id: &str, rows: &[&Parameter], keys: &BTreeMap<String, String>) -> ParameterError {
    let key = rows
        .iter()
        .flat_map(|row| row.keys.keys())
        .find(|key| !keys.contains_key(*key) && allowed(rows, key).len() > 1)
        .cloned()
        .unwrap_or_else(|| "parameter-set".to_owned());
    ParameterError::KeyMissing {
        id: id.to_owned(),
        allowed: quoted(&allowed(rows, &key)),
        key,
    }
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
                    "a parameter needs id, value, unit, cite and locator",
                ));
                None
            }
        })
        .collect())
}

#[cfg(test)]
#[path = "parameter_tests.rs"]
mod tests;
