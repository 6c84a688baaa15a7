//! What no row of a table may do: stand twice, or hold a number that cannot be.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::finding::{Finding, counted};
use crate::input::table::Table;

/// The rows that stand twice, by the columns that tell rows apart; nothing where the table lacks one
/// of them. Rows with none of them filled in are not held against each other.
pub(super) fn repeated(table: &Table, key: &[&str]) -> Option<Finding> {
    let place = |name: &&str| table.columns.iter().position(|column| column == *name);
    let at: Vec<usize> = key.iter().map(place).collect::<Option<_>>()?;
    let mut seen: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    let mut first = None;
    let mut count = 0;
    for (line, row) in &table.rows {
        let cells: Vec<&str> = at.iter().map(|at| row[*at].as_str()).collect();
        if cells.iter().all(|cell| cell.is_empty()) {
            continue;
        }
        if let Some(before) = seen.get(&cells) {
            first.get_or_insert((*before, *line, cells));
            count += 1;
        } else {
            seen.insert(cells, *line);
        }
    }
    let (before, line, cells) = first?;
    Some(Finding::error(
        format!("{}, row {line}", table.name),
        format!(
            "{} {} stands in row {before} too; {count} rows of the table stand twice",
            key.join(", "),
            cells.join(", ")
        ),
        "give every row of the table once",
    ))
}

/// Shares are rounded in the tables.
const ROUNDING: f64 = 0.001;

/// Plots whose parts are more than the plot; `of` is what the parts are, `column` what holds their
/// shares.
pub(super) fn overfull<'p>(
    name: &str,
    (of, column): (&str, &str),
    plots: impl IntoIterator<Item = (&'p str, f64)>,
) -> Option<Finding> {
    let what = format!("the {of} of {{}} add up to more than the plot ({column})");
    let over = plots.into_iter();
    not_whole(
        name,
        &what,
        over.filter(|(_, share)| *share > 1.0 + ROUNDING),
        "a row is wrong, or stands twice: get the tables again together",
    )
}

/// Plots whose parts are less than the plot, though what was not visited has a row too.
pub(super) fn underfull<'p>(
    name: &str,
    (of, column): (&str, &str),
    plots: impl IntoIterator<Item = (&'p str, f64)>,
) -> Option<Finding> {
    let what = format!("the {of} of {{}} add up to less than the plot ({column})");
    let under = plots.into_iter();
    not_whole(
        name,
        &what,
        under.filter(|(_, share)| *share < 1.0 - ROUNDING),
        "give the rows of all land, forest or not, and of what was not visited: without them it is taken as not visited",
    )
}

/// Tells of plots, how many they are in place of `{}` in `what`.
fn not_whole<'p>(
    name: &str,
    what: &str,
    mut plots: impl Iterator<Item = (&'p str, f64)>,
    remedy: &str,
) -> Option<Finding> {
    let (plot, share) = plots.next()?;
    let number = counted(plots.count() + 1, "plot", "plots");
    let what = what.replacen("{}", &number, 1);
    Some(Finding::error(
        name,
        format!("{what}, such as {share:.4} of plot {plot}"),
        remedy,
    ))
}

/// A number of a row; one outside `range` is told and left out.
pub(super) fn within(
    table: &Table,
    at: usize,
    (line, row): (usize, &[String]),
    range: &RangeInclusive<f64>,
    problems: &mut Vec<Finding>,
) -> Option<f64> {
    let value = table.number(Some(at), line, row, problems)?;
    if range.contains(&value) {
        return Some(value);
    }
    let (least, most) = (range.start(), range.end());
    let expected = if most.is_finite() {
        format!("expected {least} to {most}")
    } else {
        format!("expected {least} or more")
    };
    problems.push(Finding::error(
        format!("{}, row {line}, column {}", table.name, table.columns[at]),
        format!("found {value}, {expected}"),
        "copy the table again from its source",
    ));
    None
}
