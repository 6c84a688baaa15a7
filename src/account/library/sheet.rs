//! A table of text with named columns, read so that every bad row is named at once.

use std::collections::BTreeMap;

use crate::finding::Finding;

/// Rows of a CSV text by column name.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// Column names as written.
    pub(crate) columns: Vec<String>,
    /// Rows with the line they stand on.
    pub(crate) rows: Vec<SheetRow>,
}

/// One row: line number in the file and its cells.
#[derive(Debug)]
pub(crate) struct SheetRow {
    /// Line in the file, the header being line 1.
    pub(crate) line: u64,
    cells: BTreeMap<String, String>,
}

impl Sheet {
    /// Columns that must be there and are not.
    pub(crate) fn lacking<'a>(&self, columns: &[&'a str]) -> Vec<&'a str> {
        let has = |column: &str| self.columns.iter().any(|known| known == column);
        columns
            .iter()
            .copied()
            .filter(|column| !has(column))
            .collect()
    }

    /// One finding for such columns, and none for the rows, which all lack them.
    pub(crate) fn without(&self, columns: &[&str], place: &str, remedy: &str) -> Option<Finding> {
        let lacking = self.lacking(columns);
        (!lacking.is_empty()).then(|| {
            Finding::error(
                place,
                format!(
                    "no column {}; there are {}",
                    lacking.join(", "),
                    self.columns.join(", ")
                ),
                remedy,
            )
        })
    }
}

impl SheetRow {
    /// The trimmed cell of a column; empty cells and missing columns are `None`.
    pub(crate) fn get(&self, column: &str) -> Option<&str> {
        self.cells
            .get(column)
            .map(String::as_str)
            .filter(|cell| !cell.is_empty())
    }

    /// The number of a column, `Ok(None)` when the cell is empty.
    pub(crate) fn number(&self, column: &str) -> Result<Option<f64>, String> {
        self.get(column).map_or(Ok(None), |cell| {
            cell.parse::<f64>()
                .ok()
                .filter(|number| number.is_finite())
                .map(Some)
                .ok_or_else(|| format!("`{column}` is `{cell}`, expected a number"))
        })
    }
}

/// The regions that the rows of a table name, for a look at one of which the regions are not known.
#[must_use]
pub fn regions_named(text: &str) -> Vec<String> {
    let rows = read(text, "").map_or_else(|_| Vec::new(), |sheet| sheet.rows);
    let named = rows.iter().filter_map(|row| row.get("region"));
    named.map(str::to_owned).collect()
}

/// Reads a CSV text with a header row, forgiving a byte-order mark.
pub(crate) fn read(text: &str, place: &str) -> Result<Sheet, Vec<Finding>> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(vec![Finding::error(
            place,
            "the file is empty",
            "the first row must name the columns",
        )]);
    }
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(false)
        .from_reader(text.as_bytes());
    let unreadable = |error: &csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        Finding::error(
            format!("{place}, row {line}"),
            error.to_string(),
            "save the table as comma-separated UTF-8 with one header row",
        )
    };
    let columns: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(str::to_owned).collect(),
        Err(error) => return Err(vec![unreadable(&error)]),
    };
    let (mut rows, mut findings) = (Vec::new(), Vec::new());
    for record in reader.records() {
        match record {
            Ok(record) => rows.push(SheetRow {
                line: record.position().map_or(0, csv::Position::line),
                cells: columns
                    .iter()
                    .cloned()
                    .zip(record.iter().map(str::to_owned))
                    .collect(),
            }),
            Err(error) => findings.push(unreadable(&error)),
        }
    }
    if findings.is_empty() {
        Ok(Sheet { columns, rows })
    } else {
        Err(findings)
    }
}
