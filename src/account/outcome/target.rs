//! Targets of policies against what was found.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use super::observation::{Observation, ObservedSpread};
use crate::account::ecosystem::UnknownName;
use crate::account::library::{self, SheetRow};
use crate::account::tables::{TOTAL, TargetRow};
use crate::account::uncertainty::{Goals, Headline};
use crate::finding::Finding;
use crate::units;

/// How a figure is held against a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Comparison {
    /// The figure must reach the target.
    AtLeast,
    /// The target is "about": reaching it is meeting it.
    About,
    /// Not a target: a figure that was observed.
    Observed,
}

impl Comparison {
    /// The sign in seeds and tables.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::AtLeast => ">=",
            Self::About => "~",
            Self::Observed => "=",
        }
    }
}

/// Whose figure a policy line is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// The whole nation.
    National,
    /// Every region of the run.
    EveryRegion,
    /// The region of this id.
    Region(String),
}

/// One line of a policy: a target or an observed value.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyLine {
    /// File and row, for findings.
    pub place: String,
    /// Year of the target.
    pub year: i32,
    /// Indicator id, such as `forest_coverage_rate`.
    pub indicator: String,
    /// How the figure is held against it.
    pub comparison: Comparison,
    /// The value.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// Whose figure it is about.
    pub scope: Scope,
    /// Key of the source, or `user`.
    pub cite: String,
    /// Where in the source.
    pub locator: String,
    /// `verified`, `memory` or `user`.
    pub confidence: String,
    /// What must be known of it.
    pub note: String,
}

/// The targets of a policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Id in plans.
    pub id: String,
    /// Its lines.
    pub lines: Vec<PolicyLine>,
}

/// Columns that a table of targets must have.
const COLUMNS: [&str; 5] = ["year", "indicator", "comparison", "value", "unit"];

/// What a row of it must have.
const REMEDY: &str = "a target needs year, indicator, comparison (>= or ~), value and unit";

impl Policy {
    /// Reads a policy from CSV text: `year, indicator, comparison, value, unit` are required;
    /// `scope` (`national`, `every-region`, or a region id), `cite, locator, confidence, note`
    /// are optional.
    ///
    /// # Errors
    ///
    /// All bad rows at once.
    pub fn from_csv(id: &str, text: &str, place: &str) -> Result<Self, Vec<Finding>> {
        let (policy, findings) = Self::read(id, text, place)?;
        if findings.is_empty() {
            Ok(policy)
        } else {
            Err(findings)
        }
    }

    /// The same with what is wrong beside the lines: with any, they are good for
    /// [`unfit`](Self::unfit) alone.
    ///
    /// # Errors
    ///
    /// A text that is no table.
    pub fn read(id: &str, text: &str, place: &str) -> Result<(Self, Vec<Finding>), Vec<Finding>> {
        let mut findings = Vec::new();
        let sheet = library::sheet::read(text, place)?;
        let lines = sheet.rows.iter().map(|row| {
            let at = format!("{place}, row {}", row.line);
            line(row, at, &mut findings)
        });
        let policy = Self {
            id: id.to_owned(),
            lines: lines.collect(),
        };
        // What all rows lack is told once.
        let lacking = sheet.lacking(&COLUMNS);
        let of_column: Vec<String> = lacking.iter().map(|of| format!("no `{of}`")).collect();
        findings.retain(|finding| !of_column.contains(&finding.what));
        findings.extend(sheet.without(&COLUMNS, place, REMEDY));
        Ok((policy, findings))
    }
}

/// A line as it is written; what is wrong with it is told, and stands in it as nothing.
fn line(row: &SheetRow, place: String, findings: &mut Vec<Finding>) -> PolicyLine {
    let mut refuse = |what: String| {
        findings.push(Finding::error(&place, what, REMEDY));
    };
    let mut needed = |column: &str| {
        let cell = row.get(column);
        if cell.is_none() {
            refuse(format!("no `{column}`"));
        }
        cell.unwrap_or_default().to_owned()
    };
    let (year, comparison) = (needed("year"), needed("comparison"));
    let (indicator, unit) = (needed("indicator"), needed("unit"));
    let value = row
        .number("value")
        .and_then(|value| value.ok_or_else(|| "no `value`".to_owned()));
    let comparison = match comparison.as_str() {
        ">=" => Comparison::AtLeast,
        "~" => Comparison::About,
        "=" | "" => Comparison::Observed,
        other => {
            refuse(UnknownName::new("comparison", other, []).to_string());
            Comparison::Observed
        }
    };
    let whole = if year.is_empty() {
        None
    } else {
        let whole = year.parse::<i32>();
        let whole = whole.map_err(|_| format!("year `{year}` is no whole number"));
        let calendar =
            |whole| units::year(f64::from(whole)).map_err(|what| format!("year: {what}"));
        whole.and_then(calendar).map_err(&mut refuse).ok()
    };
    PolicyLine {
        year: whole.unwrap_or_default(),
        indicator,
        comparison,
        value: value.map_err(refuse).unwrap_or(f64::NAN),
        unit,
        scope: match row.get("scope") {
            None | Some("national") => Scope::National,
            Some("every-region") => Scope::EveryRegion,
            Some(region) => Scope::Region(region.to_owned()),
        },
        cite: row.get("cite").unwrap_or("user").to_owned(),
        locator: row.get("locator").unwrap_or_default().to_owned(),
        confidence: row.get("confidence").unwrap_or("user").to_owned(),
        note: row.get("note").unwrap_or_default().to_owned(),
        place,
    }
}

/// Indicator id of the forest coverage rate, in percent.
pub const COVERAGE_RATE: &str = "forest_coverage_rate";
/// Indicator id of the forest stock volume, in cubic metres.
pub const STOCK_VOLUME: &str = "forest_stock_volume";

/// Indicator id of the carbon stock, in tonnes of carbon.
pub const CARBON_STOCK: &str = "carbon_stock";
/// Indicator id of the yearly net removal, in tonnes of carbon dioxide equivalent.
pub const SEQUESTRATION: &str = "sequestration";

/// The indicators that a run finds, and the unit of each.
const FOUND: [(&str, &str); 4] = [
    (COVERAGE_RATE, "percent"),
    (STOCK_VOLUME, "m3"),
    (CARBON_STOCK, "t_c"),
    (SEQUESTRATION, "t_co2e/yr"),
];

impl PolicyLine {
    /// A value that its indicator cannot have: coverage beyond 0 to 100 %, a stock below 0.
    fn beyond(&self, indicator: &str) -> Option<Finding> {
        let (most, expected) = match indicator {
            COVERAGE_RATE => (100.0, "0 to 100 percent"),
            SEQUESTRATION => return None,
            _ => (f64::INFINITY, "0 or more"),
        };
        // A line without a value was told.
        let is_beyond = !self.value.is_nan() && !(0.0..=most).contains(&self.value);
        is_beyond.then(|| {
            Finding::error(
                &self.place,
                format!("`{indicator}` of {}, expected {expected}", self.value),
                "give a target that the figure can have",
            )
        })
    }
}

impl Policy {
    /// That an earlier line has a target for the same indicator, year and place.
    fn said_before(&self, line: &PolicyLine) -> Option<Finding> {
        let mut same = self.lines.iter().filter(|other| {
            (other.year, &other.indicator, &other.scope)
                == (line.year, &line.indicator, &line.scope)
        });
        let first = same.next()?;
        // A year of 0 and a value that is no number were told as none.
        let told = line.year == 0
            || (first.value + line.value).is_nan()
            || line.indicator.is_empty()
            || [first.comparison, line.comparison].contains(&Comparison::Observed);
        (!told && first.place != line.place).then(|| {
            Finding::error(
                &line.place,
                format!(
                    "a second target of `{}` in {} for the same place: {} and {}",
                    line.indicator, line.year, first.value, line.value
                ),
                format!("keep one; the first is {}", first.place),
            )
        })
    }

    /// What keeps targets of a user from being held against a run: indicators that no run finds,
    /// other units, values that the indicator cannot have, targets given twice, regions that are not
    /// among the `known`.
    #[must_use]
    pub fn unfit(&self, known: impl Fn(&str) -> bool) -> Vec<Finding> {
        let mut findings = Vec::new();
        for line in &self.lines {
            let at = &line.place;
            match FOUND.iter().find(|(id, _)| *id == line.indicator) {
                // A line without one was told.
                None if line.indicator.is_empty() => {}
                None => findings.push(Finding::error(
                    at,
                    UnknownName::new("indicator", &line.indicator, FOUND.map(|(id, _)| id))
                        .to_string(),
                    format!("there are {}", FOUND.map(|(id, _)| id).join(", ")),
                )),
                Some((id, unit)) if *unit != line.unit && !line.unit.is_empty() => {
                    findings.push(Finding::error(
                        at,
                        format!("`{id}` is in `{}`, expected `{unit}`", line.unit),
                        "give the target in that unit",
                    ));
                }
                Some((id, _)) => findings.extend(line.beyond(id)),
            }
            findings.extend(self.said_before(line));
            if let Scope::Region(id) = &line.scope
                && id != TOTAL
                && !known(id)
            {
                findings.push(Finding::error(
                    at,
                    format!("no region has the id `{id}`"),
                    "give an id of the regions, `every-region`, `national` or `_total`",
                ));
            }
        }
        findings
    }
}

/// The values that policies hold figures with a spread against.
#[must_use]
pub fn goals<'a>(policies: impl IntoIterator<Item = &'a Policy>) -> Goals {
    let mut goals = Goals::new();
    for line in policies.into_iter().flat_map(|policy| &policy.lines) {
        let headline = match line.indicator.as_str() {
            STOCK_VOLUME => Headline::Volume,
            CARBON_STOCK => Headline::Carbon,
            SEQUESTRATION => Headline::Sequestration,
            _ => continue,
        };
        goals.entry(headline).or_default().push(line.value);
    }
    goals
}

/// Holds what was found against the lines of a policy: one row a line and a figure of the same
/// indicator.
///
/// A rate of the nation is compared with the rate of any region: `met` tells whether the region
/// alone reaches it, and a note says that it binds the nation. A quantity of the nation, such as
/// the stock volume, is no region's target: the row gives target and figure, and `met` is empty.
///
/// The probability that the target is met is `F((found - target) / standard error)`, with the
/// distribution `F` of the figure's interval: Student's with its degrees of freedom, or the normal one.
/// Where the interval is that of draws, it is the share of the draws that reach the target.
///
/// A figure of a part tells of the whole what its bounds do: a stock that reaches the target reaches it with
/// whatever else there is, one below it may; a removal of a part says neither, as the rest may be a source.
#[must_use]
pub fn targets(policy: &Policy, found: &[Observation]) -> Vec<TargetRow> {
    let mut rows = Vec::new();
    for figure in found {
        for line in &policy.lines {
            let applies = match &line.scope {
                Scope::Region(id) => *id == figure.region_id,
                Scope::EveryRegion => figure.region_id != TOTAL,
                Scope::National => true,
            };
            if applies
                && line.indicator == figure.indicator
                && line.comparison != Comparison::Observed
            {
                rows.push(row(policy, line, figure));
            }
        }
    }
    rows
}

/// One line of a policy beside one figure.
pub(super) fn row(policy: &Policy, line: &PolicyLine, figure: &Observation) -> TargetRow {
    let is_rate = line.unit == "percent";
    let comparable = is_rate || line.scope != Scope::National;
    let part = figure.part.as_ref().filter(|_| comparable);
    let met = match (figure.value, part) {
        (Some(_), Some(part)) => part.reaches(line.value),
        (value, _) => value.map(|value| value >= line.value),
    };
    let met = met.filter(|_| comparable);
    // Of a part that does not tell whether the target is met the distance tells nothing either.
    let gap = figure.value.map(|value| value - line.value);
    let gap = gap.filter(|_| met.is_some());
    let mut notes: Vec<String> = Vec::new();
    if line.scope == Scope::National {
        notes.push(if is_rate {
            "the target binds the nation; the comparison shows where this region stands".to_owned()
        } else {
            "the target is the nation's total and no target of this region".to_owned()
        });
    }
    if figure.value.is_none() {
        notes.push(format!("no figure to hold it against: {}", figure.missing));
    } else if figure.spread.is_none() && met.is_some() {
        notes.push("no probability: the figure has no sampling error".to_owned());
    }
    if let (Some(_), Some(part)) = (figure.value, part) {
        notes.push(
            match (met, part.least) {
                (Some(_), _) => "the figure is of a part, and what else there is does not change what it says",
                (None, Some(_)) => "the figure is of a part, and the whole may reach the target: whether it is met is not known",
                (None, None) if part.most.is_some() => "the figure is of a part, and the rest gives off carbon: whether the target is met is not known",
                (None, None) => "the figure is of a part, and the rest may take up or give off carbon: whether the target is met is not known",
            }
            .to_owned(),
        );
        notes.extend(part.left_out.iter().cloned());
    }
    let spread = figure.spread.as_ref().filter(|_| met.is_some());
    if spread.is_some_and(|spread| spread.reached.is_some()) {
        notes.push(
            "the probability is the share of the draws that reach the target, as the interval of the figure is that of the draws"
                .to_owned(),
        );
    }
    if spread.is_some_and(|spread| spread.lower_limit) {
        notes.push(
            "the spread of the figure is a lower limit (tables/uncertainty.csv), so the probability is too sure"
                .to_owned(),
        );
    }
    if let Some(year) = figure.year.filter(|year| *year != line.year) {
        notes.push(format!(
            "the target is of {}, the figure of {year}",
            line.year
        ));
    }
    if line.comparison == Comparison::About {
        notes.push("the policy says about; reaching the figure counts as met".to_owned());
    }
    if line.confidence == "memory" {
        notes.push("the target was recalled, not read again".to_owned());
    }
    TargetRow {
        region_id: figure.region_id.clone(),
        policy: policy.id.clone(),
        year: line.year,
        indicator: line.indicator.clone(),
        comparison: line.comparison.id().to_owned(),
        target: line.value,
        unit: line.unit.clone(),
        found: figure.value,
        found_year: figure.year,
        gap,
        met,
        probability: gap
            .zip(figure.spread.as_ref())
            .and_then(|(gap, spread)| probability(gap, line.value, spread)),
        source: if line.locator.is_empty() {
            line.cite.clone()
        } else {
            format!("{}, {}", line.cite, line.locator)
        },
        note: notes.join("; "),
    }
}

/// Probability that a figure `gap` above its target is above it indeed; `None` without an error.
fn probability(gap: f64, target: f64, spread: &ObservedSpread) -> Option<f64> {
    if let Some(reached) = &spread.reached {
        let share =
            |(goal, share): &(f64, f64)| (goal.total_cmp(&target).is_eq()).then_some(*share);
        return reached.iter().find_map(share);
    }
    let error = spread.standard_error;
    let freedom = spread.degrees_of_freedom.filter(|freedom| *freedom > 0.0);
    match freedom {
        Some(freedom) => Some(StudentsT::new(0.0, error, freedom).ok()?.cdf(gap)),
        None => Some(Normal::new(0.0, error).ok()?.cdf(gap)),
    }
}

#[cfg(test)]
#[path = "target_tests.rs"]
mod tests;
