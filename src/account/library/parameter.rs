//! Parameters: published figures with unit, interval, source and standing.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;

use super::sheet::SheetRow;
use crate::account::quality::Quality;
use crate::account::tables::ParameterRow;
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
    /// The figure of the source, where other rows state the same one.
    pub figure: Option<String>,
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

    /// A row of a table, or what is wrong with it.
    pub(super) fn from_row(row: &SheetRow, keys: &[String]) -> Result<Self, String> {
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
            figure: None,
        })
    }

    /// Whether the row answers to the keys: how many of its keys are met by a catch-all word, or
    /// `None` when one is not met.
    pub(super) fn fit(&self, keys: &BTreeMap<String, String>) -> Option<usize> {
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
    pub(super) fn holds(&self, at: f64) -> bool {
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
pub(super) fn is_limit(key: &str) -> bool {
    key.ends_with("-gt") || key.ends_with("-le")
}

/// Words by which a table says "wherever no other row fits".
pub(super) fn is_catch_all(value: &str) -> bool {
    matches!(value, "any" | "all")
}

impl Quality {
    /// Of map area times figures of these standings: a recalled one goes before the user's.
    pub(in crate::account) fn of_standings(standings: impl IntoIterator<Item = Standing>) -> Self {
        let standings: BTreeSet<Standing> = standings.into_iter().collect();
        if standings.contains(&Standing::Memory) {
            Self::RecalledParameter
        } else if standings.contains(&Standing::User) {
            Self::UserParameter
        } else {
            Self::PublishedDefault
        }
    }
}

pub(in crate::account) fn refuse_recalled(
    used: &[(&Parameter, &str)],
    findings: &mut Vec<Finding>,
) {
    let recalled: BTreeSet<(String, &str)> = used
        .iter()
        .copied()
        .filter(|(row, _)| row.standing == Standing::Memory)
        .map(|(row, method)| (row.row_id(), method))
        .collect();
    findings.extend(recalled.into_iter().map(|(row, method)| {
        Finding::error(
            format!("carbon, method {method}"),
            format!("registry mode, and parameter `{row}` was recalled, not read again"),
            "give the value yourself in a parameter table",
        )
    }));
}
