//! How many plots a wanted precision takes: as text for the terminal, as CSV and as JSON.

use super::column::{Cell, Column, Kind};
use super::document::{Document, ReportError};
use super::tables::{ByteOrderMark, csv};
use super::terminal::{UNKNOWN, aligned, number};

/// Id of the rows that serve all variables at once.
pub const ALL_VARIABLES: &str = "_all";

/// A number of plots by one allocation.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct SampleSize {
    /// Plots that there should be.
    pub plots: u64,
    /// Those of them that are not there yet.
    pub more: u64,
}

/// What one variable asks for.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SampleVariable {
    /// Name, such as `volume`.
    pub variable: String,
    /// Wanted half-width of the interval, in percent of the total.
    pub wanted_pct: f64,
    /// That of the plots at hand; `None` where they have no variance.
    pub now_pct: Option<f64>,
    /// Plots by Neyman's allocation; `None` where no number is enough.
    pub neyman: Option<SampleSize>,
    /// Plots by the proportional allocation; `None` where no number is enough.
    pub proportional: Option<SampleSize>,
    /// Half-width to be expected of the plots that serve all variables, by Neyman's allocation.
    pub neyman_expected_pct: Option<f64>,
    /// The same by the proportional allocation.
    pub proportional_expected_pct: Option<f64>,
}

/// What one stratum takes for one variable, or for all.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SampleRow {
    /// Name, or [`ALL_VARIABLES`].
    pub variable: String,
    /// Estimation unit.
    pub unit_id: String,
    /// Stratum.
    pub stratum_id: String,
    /// Share of the stratum in the whole area.
    pub share_pct: f64,
    /// Plots at hand.
    pub plots: u64,
    /// Their standard deviation, per hectare; `None` of fewer than two plots, or of all variables.
    pub standard_deviation: Option<f64>,
    /// Plots by Neyman's allocation; `None` where no number is enough.
    pub neyman: Option<SampleSize>,
    /// Plots by the proportional allocation; `None` where no number is enough.
    pub proportional: Option<SampleSize>,
}

/// How many plots a wanted precision takes.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SamplePlan {
    /// Name of the run.
    pub name: String,
    /// Year of the inventory.
    pub year: i32,
    /// Its design.
    pub design: String,
    /// What is drawn: `plots` or `clusters`.
    pub drawn: String,
    /// Level of confidence of the intervals.
    pub confidence: f64,
    /// What each variable asks for.
    pub variables: Vec<SampleVariable>,
    /// By variable and stratum; those of [`ALL_VARIABLES`] last.
    pub rows: Vec<SampleRow>,
    /// What must be known.
    pub notes: Vec<String>,
}

fn counted(size: Option<SampleSize>, of: fn(SampleSize) -> u64) -> Cell {
    Cell::integer(size.and_then(|size| i64::try_from(of(size)).ok()))
}

/// Columns of the table that `plan-sample` writes.
pub static SAMPLE_PLAN: &[Column<SampleRow>] = &[
    Column::text(
        "variable",
        "what is to be estimated; `_all` for what serves all variables at once",
        |row: &SampleRow| Cell::text(&row.variable),
    ),
    Column::text("unit_id", "estimation unit", |row: &SampleRow| {
        Cell::text(&row.unit_id)
    }),
    Column::text("stratum_id", "stratum of the unit", |row: &SampleRow| {
        Cell::text(&row.stratum_id)
    }),
    Column::new(
        Kind::Decimals(4),
        "share_pct",
        "share of the stratum in the whole area",
        |row: &SampleRow| Cell::Real(row.share_pct),
    )
    .unit("%"),
    Column::integer(
        "plots",
        "plots at hand; clusters, where these are drawn",
        |row: &SampleRow| Cell::integer(i64::try_from(row.plots).ok()),
    ),
    Column::new(
        Kind::Digits(9),
        "standard_deviation",
        "of the plots at hand, per hectare; empty with fewer than two",
        |row: &SampleRow| Cell::real(row.standard_deviation),
    ),
    Column::integer(
        "neyman_plots",
        "plots that the stratum takes by area times spread; empty where no number is enough",
        |row: &SampleRow| counted(row.neyman, |size| size.plots),
    ),
    Column::integer(
        "neyman_more",
        "those of neyman_plots that are not there yet",
        |row: &SampleRow| counted(row.neyman, |size| size.more),
    ),
    Column::integer(
        "proportional_plots",
        "plots that the stratum takes by area; empty where no number is enough",
        |row: &SampleRow| counted(row.proportional, |size| size.plots),
    ),
    Column::integer(
        "proportional_more",
        "those of proportional_plots that are not there yet",
        |row: &SampleRow| counted(row.proportional, |size| size.more),
    ),
];

/// The rows as CSV.
///
/// # Errors
///
/// [`ReportError`] when a number is not finite.
pub fn sample_plan_csv(path: &str, plan: &SamplePlan) -> Result<Document, ReportError> {
    csv(path, SAMPLE_PLAN, &plan.rows, ByteOrderMark::Without)
}

fn percent(value: Option<f64>) -> String {
    number(value, 2)
}

fn plots(size: Option<SampleSize>) -> [String; 2] {
    size.map_or_else(
        || [UNKNOWN.to_owned(), UNKNOWN.to_owned()],
        |size| [size.plots.to_string(), size.more.to_string()],
    )
}

/// The sum over strata of what serves all variables.
fn sum(rows: &[&SampleRow], of: fn(&SampleRow) -> Option<SampleSize>) -> Option<SampleSize> {
    rows.iter()
        .try_fold(SampleSize { plots: 0, more: 0 }, |sum, row| {
            let size = of(row)?;
            Some(SampleSize {
                plots: sum.plots + size.plots,
                more: sum.more + size.more,
            })
        })
}

/// The plan as text for the terminal.
#[must_use]
pub fn sample_plan_text(plan: &SamplePlan) -> String {
    let all: Vec<&SampleRow> = plan
        .rows
        .iter()
        .filter(|row| row.variable == ALL_VARIABLES)
        .collect();
    let (neyman, proportional) = (
        sum(&all, |row| row.neyman),
        sum(&all, |row| row.proportional),
    );
    let at_hand: u64 = all.iter().map(|row| row.plots).sum();
    let drawn = &plan.drawn;
    let mut text = format!(
        "{}: inventory of {}, {}, {at_hand} {drawn}\nhalf-width of the {} % interval of the total, in percent of it, and the {drawn} that it takes\n\n",
        plan.name,
        plan.year,
        plan.design,
        Kind::Digits(6).written(100.0 * plan.confidence),
    );
    text.push_str(&aligned(&variables(plan, neyman, proportional), &[0]));
    text.push_str("\nby stratum, for all variables at once\n\n");
    let mut rows = vec![
        [
            "unit",
            "stratum",
            "share",
            drawn,
            "Neyman",
            "",
            "proportional",
            "",
        ]
        .map(str::to_owned)
        .to_vec(),
        ["", "", "%", "at hand", drawn, "more", drawn, "more"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for row in &all {
        let mut cells = vec![
            row.unit_id.clone(),
            row.stratum_id.clone(),
            number(Some(row.share_pct), 2),
            row.plots.to_string(),
        ];
        cells.extend(plots(row.neyman));
        cells.extend(plots(row.proportional));
        rows.push(cells);
    }
    let mut cells = vec!["total".to_owned(), String::new(), String::new()];
    cells.push(at_hand.to_string());
    cells.extend(plots(neyman));
    cells.extend(plots(proportional));
    rows.push(cells);
    text.push_str(&aligned(&rows, &[0, 1]));
    for note in &plan.notes {
        text.push_str("\nnote: ");
        text.push_str(note);
    }
    text.trim_end().to_owned()
}

/// The table of the variables.
fn variables(
    plan: &SamplePlan,
    neyman: Option<SampleSize>,
    proportional: Option<SampleSize>,
) -> Vec<Vec<String>> {
    let drawn = plan.drawn.as_str();
    let mut rows = vec![
        [
            "variable",
            "wanted",
            "now",
            "Neyman",
            "",
            "then",
            "proportional",
            "",
            "then",
        ]
        .map(str::to_owned)
        .to_vec(),
        ["", "%", "%", drawn, "more", "%", drawn, "more", "%"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for variable in &plan.variables {
        let mut cells = vec![
            variable.variable.clone(),
            percent(Some(variable.wanted_pct)),
            percent(variable.now_pct),
        ];
        cells.extend(plots(variable.neyman));
        cells.push(percent(variable.neyman_expected_pct));
        cells.extend(plots(variable.proportional));
        cells.push(percent(variable.proportional_expected_pct));
        rows.push(cells);
    }
    let mut cells = vec!["all".to_owned(), String::new(), String::new()];
    cells.extend(plots(neyman));
    cells.push(String::new());
    cells.extend(plots(proportional));
    cells.push(String::new());
    rows.push(cells);
    rows
}
