//! Tables of rows: CSV files in UTF-8, with or without a byte-order mark, parted by comma,
//! semicolon or tab.

use std::collections::BTreeMap;
use std::path::Path;

use crate::finding::Finding;
use crate::input::files::bytes_of;
use crate::plan::{FieldValue, suggestion};
use crate::units::year;

/// Columns that the places of point features become.
pub(in crate::input) const POINT_COLUMNS: [&str; 2] = ["geometry_x", "geometry_y"];

/// A table as read: every value still a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// File name, for messages.
    pub name: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Line number in the file and the values of each row.
    pub rows: Vec<(usize, Vec<String>)>,
    /// Coordinate system of the columns `geometry_x` and `geometry_y`, where the file has points.
    pub crs: Option<String>,
}

impl Table {
    /// Position of a column.
    ///
    /// # Errors
    ///
    /// A finding that names the columns there are, with a suggestion.
    pub fn column(&self, name: &str) -> Result<usize, Finding> {
        self.columns.iter().position(|c| c == name).ok_or_else(|| {
            let remedy = match suggestion(name, self.columns.iter().map(String::as_str)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("columns there are: {}", self.columns.join(", ")),
            };
            Finding::error(&self.name, format!("no column `{name}`"), remedy)
        })
    }

    /// Columns of the places of point features, where the file has such.
    #[must_use]
    pub fn points(&self) -> Option<(usize, usize)> {
        let at = |name: &str| self.columns.iter().position(|column| column == name);
        let [x, y] = POINT_COLUMNS;
        at(x).zip(at(y))
    }

    /// The number in a cell; one that is none is a problem, an empty cell is not.
    pub fn number(
        &self,
        at: Option<usize>,
        line: usize,
        row: &[String],
        problems: &mut Vec<Finding>,
    ) -> Option<f64> {
        let at = at?;
        parse_number(&row[at])
            .map_err(|what| {
                problems.push(Finding::error(
                    format!("{}, row {line}, column {}", self.name, self.columns[at]),
                    what,
                    "give a number with a decimal point, or leave the cell empty",
                ));
            })
            .ok()
            .flatten()
    }

    /// The year in a cell; one that is none is a problem, an empty cell is not.
    pub(in crate::input) fn year(
        &self,
        at: Option<usize>,
        line: usize,
        row: &[String],
        problems: &mut Vec<Finding>,
    ) -> Option<i32> {
        let number = self.number(at, line, row, problems)?;
        year(number)
            .map_err(|what| {
                let column = at.map_or("", |at| self.columns[at].as_str());
                problems.push(Finding::error(
                    format!("{}, row {line}, column {column}", self.name),
                    what,
                    "give the year alone, such as 2011",
                ));
            })
            .ok()
    }

    /// Only the rows whose columns have the wanted values.
    ///
    /// # Errors
    ///
    /// A finding for each unknown column, or one when no row is left.
    pub fn only(mut self, wanted: &BTreeMap<String, FieldValue>) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        let mut tests = Vec::new();
        for (column, value) in wanted {
            match self.column(column) {
                Ok(index) => tests.push((index, value)),
                Err(finding) => findings.push(finding),
            }
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        let none = self.rows.is_empty();
        self.rows.retain(|(_, row)| {
            tests
                .iter()
                .all(|(index, value)| value.matches(&row[*index]))
        });
        if none {
            return Err(vec![Finding::error(
                &self.name,
                "the table names its columns and has no rows",
                "add the rows, or check the path in the plan",
            )]);
        }
        if self.rows.is_empty() {
            return Err(vec![Finding::error(
                &self.name,
                format!("no row fits {}", describe(wanted)),
                "see the values of these columns, and mend `where` in the plan",
            )]);
        }
        Ok(self)
    }
}

/// The rows that are wanted, in words.
pub(in crate::input) fn describe(wanted: &BTreeMap<String, FieldValue>) -> String {
    let parts: Vec<String> = wanted
        .iter()
        .map(|(column, value)| format!("{column} = {value}"))
        .collect();
    parts.join(" and ")
}

/// The line, from 1, of the first value of a record that begins at or after `byte`; line ends and
/// empty lines before it are skipped. `counted` holds the byte and line of the record before.
fn line_at(text: &str, byte: usize, counted: &mut (usize, usize)) -> usize {
    let rest = text.get(byte..).unwrap_or_default();
    let end = text.len() - rest.trim_start_matches(['\r', '\n']).len();
    counted.1 += text
        .get(counted.0..end)
        .unwrap_or_default()
        .matches('\n')
        .count();
    counted.0 = end;
    counted.1
}

/// A number, nothing where the cell is empty, or what is wrong with it.
pub(in crate::input) fn parse_number(text: &str) -> Result<Option<f64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Some(value)),
        _ => Err(format!("found `{text}`, expected a number")),
    }
}

/// Reads a CSV file.
///
/// # Errors
///
/// Findings: a missing file, an encoding other than UTF-8 (with the line), rows of another length
/// (all of them), duplicate or missing column names.
pub fn read_table(path: &Path) -> Result<Table, Vec<Finding>> {
    let name = path.display().to_string();
    let bytes = bytes_of(path).map_err(|error| {
        vec![Finding::error(
            &name,
            format!("cannot be read: {error}"),
            "check the path; those in a plan are relative to the plan file",
        )]
    })?;
    parse(&name, &bytes)
}

fn parse(name: &str, bytes: &[u8]) -> Result<Table, Vec<Finding>> {
    let text = utf8(name, bytes).map_err(|finding| vec![finding])?;
    let header = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|d| (header.bytes().filter(|b| b == d).count(), *d == b','))
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(text.as_bytes());
    let columns: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(|c| c.trim().to_owned()).collect(),
        Err(error) => return Err(vec![broken(name, &error)]),
    };
    let mut findings = Vec::new();
    if columns.iter().all(String::is_empty) {
        return Err(vec![Finding::error(
            name,
            "the file is empty",
            "the first row must name the columns",
        )]);
    }
    findings.extend(duplicates(name, &columns));
    let mut rows = Vec::new();
    let mut counted = (0, 1);
    for record in reader.records() {
        match record {
            Ok(record) => {
                let byte = record
                    .position()
                    .map_or(0, |p| usize::try_from(p.byte()).unwrap_or(0));
                let line = line_at(text, byte, &mut counted);
                if record.len() == columns.len() {
                    rows.push((line, record.iter().map(|v| v.trim().to_owned()).collect()));
                } else {
                    findings.push(Finding::error(
                        format!("{name}, row {line}"),
                        format!(
                            "{} values, but the header has {} columns",
                            record.len(),
                            columns.len()
                        ),
                        "put values that hold the separator in quotes, or mend the row",
                    ));
                }
            }
            Err(error) => findings.push(broken(name, &error)),
        }
    }
    if findings.is_empty() {
        Ok(Table {
            name: name.to_owned(),
            columns,
            rows,
            crs: None,
        })
    } else {
        Err(findings)
    }
}

/// Columns that stand twice.
pub(super) fn duplicates(name: &str, columns: &[String]) -> Vec<Finding> {
    let again = |i: &usize| columns[..*i].contains(&columns[*i]);
    (0..columns.len())
        .filter(again)
        .map(|i| {
            let (what, remedy) = if columns[i].is_empty() {
                (
                    "more than one column has no name".to_owned(),
                    "the first row must name the columns: take titles and empty rows above it away",
                )
            } else {
                (
                    format!("column `{}` stands twice", columns[i]),
                    "rename one of them",
                )
            };
            Finding::error(format!("{name}, row 1"), what, remedy)
        })
        .collect()
}

fn broken(name: &str, error: &csv::Error) -> Finding {
    Finding::error(
        name,
        format!("not a CSV table: {error}"),
        "save it as CSV in UTF-8",
    )
}

fn utf8<'b>(name: &str, bytes: &'b [u8]) -> Result<&'b str, Finding> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Finding::error(
            name,
            "the text is UTF-16",
            "save it as CSV in UTF-8",
        ));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(Finding::error(
            name,
            "it is no text, but a workbook or another packed file",
            "name a workbook .xlsx or .ods, or save it as CSV in UTF-8",
        ));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let line = 1 + before.matches('\n').count();
        Finding::error(
            format!("{name}, row {line}"),
            "the text is not UTF-8 (GBK or another encoding?)",
            "save it as CSV in UTF-8",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_and_semicolons_are_no_trouble() {
        let table = parse("t.csv", b"\xEF\xBB\xBFid;v\r\na;1\r\n").unwrap();
        assert_eq!(table.columns, ["id", "v"]);
        assert_eq!(table.rows, [(2, vec!["a".to_owned(), "1".to_owned()])]);
    }

    #[test]
    fn rows_are_numbered_as_an_editor_does() {
        for text in ["a\n1\n\n2\n", "a\r\n1\r\n\r\n2\r\n", "a\n\"1\"\n\n2"] {
            let lines: Vec<usize> = parse("t.csv", text.as_bytes())
                .unwrap()
                .rows
                .iter()
                .map(|(line, _)| *line)
                .collect();
            assert_eq!(lines, [2, 4], "{text:?}");
        }
    }

    #[test]
    fn a_table_without_rows_says_so() {
        let table = parse("t.csv", b"epoch,v\n").unwrap();
        let wanted = BTreeMap::from([("epoch".to_owned(), FieldValue::Number(2018))]);
        let findings = table.only(&wanted).unwrap_err();
        assert!(findings[0].what.contains("no rows"), "{findings:?}");
    }

    #[test]
    fn all_rows_of_another_length_are_named() {
        let findings = parse("t.csv", b"a,b\n1,2\n3\n4,5,6\n").unwrap_err();
        let places: Vec<_> = findings.iter().map(|f| f.place.as_str()).collect();
        assert_eq!(places, ["t.csv, row 3", "t.csv, row 4"]);
    }

    #[test]
    fn another_encoding_is_named_with_its_line() {
        let findings = parse("t.csv", b"a\n1\n\xC4\xE3\n").unwrap_err();
        assert_eq!(findings[0].place, "t.csv, row 3");
    }

    #[test]
    fn a_misspelt_column_gets_a_suggestion() {
        let table = parse("t.csv", b"plot_id,v\n1,2\n").unwrap();
        assert_eq!(
            table.column("plotid").unwrap_err().remedy,
            "did you mean `plot_id`?"
        );
    }

    #[test]
    fn rows_are_selected_by_value() {
        let table = parse("t.csv", b"epoch,v\n2013,1\n2018,2\n").unwrap();
        let wanted = BTreeMap::from([("epoch".to_owned(), FieldValue::Number(2018))]);
        assert_eq!(table.only(&wanted).unwrap().rows.len(), 1);
    }
}
