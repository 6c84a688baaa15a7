//! The tables of an output, read back.

use std::collections::BTreeMap;
use std::path::Path;

use super::document::ReportError;

/// One table that was read: every field a text, found by the name of its column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParsedTable {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl ParsedTable {
    /// Reads the CSV `bytes` of `file`, with or without a byte-order mark.
    ///
    /// # Errors
    ///
    /// [`ReportError::Csv`] when the bytes are no table.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Self, ReportError> {
        let broken = |source| ReportError::Csv {
            file: file.to_owned(),
            source,
        };
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        let mut reader = csv::Reader::from_reader(bytes);
        let columns = reader
            .headers()
            .map_err(broken)?
            .iter()
            .map(str::to_owned)
            .collect();
        let rows = reader
            .records()
            .map(|record| Ok(record?.iter().map(str::to_owned).collect()))
            .collect::<Result<_, csv::Error>>()
            .map_err(broken)?;
        Ok(Self { columns, rows })
    }

    /// Names of the columns.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The rows, in their order.
    pub fn rows(&self) -> impl Iterator<Item = ParsedRow<'_>> {
        self.rows.iter().map(|fields| ParsedRow {
            columns: &self.columns,
            fields,
        })
    }
}

/// One row of a table that was read.
#[derive(Debug, Clone, Copy)]
pub struct ParsedRow<'a> {
    columns: &'a [String],
    fields: &'a [String],
}

impl<'a> ParsedRow<'a> {
    /// The field of a column; empty where it is not known or there is no such column.
    #[must_use]
    pub fn text(&self, column: &str) -> &'a str {
        self.columns
            .iter()
            .position(|name| name == column)
            .and_then(|place| self.fields.get(place))
            .map_or("", String::as_str)
    }

    /// The number in a column; `None` where it is not known.
    #[must_use]
    pub fn number(&self, column: &str) -> Option<f64> {
        self.text(column).parse().ok()
    }
}

/// The tables of one output directory, by their paths in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutTables {
    tables: BTreeMap<String, ParsedTable>,
}

impl OutTables {
    /// Reads the tables among `files`, given as path in the output directory and content.
    ///
    /// # Errors
    ///
    /// [`ReportError::Csv`] when a `.csv` file is no table.
    pub fn from_files<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Result<Self, ReportError> {
        let tables = files
            .into_iter()
            .filter(|(path, _)| Path::new(path).extension().is_some_and(|end| end == "csv"))
            .map(|(path, bytes)| Ok((path.to_owned(), ParsedTable::read(path, bytes)?)))
            .collect::<Result<_, ReportError>>()?;
        Ok(Self { tables })
    }

    /// Paths that [`explain`](super::explain) looks into.
    pub const NEEDED: [&'static str; 16] = [
        "summary.csv",
        "tables/area.csv",
        "tables/accuracy.csv",
        "tables/coverage_compared.csv",
        "tables/inventory.csv",
        "tables/inventory_strata.csv",
        "tables/carbon.csv",
        "tables/sequestration.csv",
        "tables/register.csv",
        "tables/stand_carbon.csv",
        "tables/stand_growth.csv",
        "tables/uncertainty.csv",
        "tables/value.csv",
        "tables/restoration.csv",
        "tables/restoration_sites.csv",
        "tables/parameters.csv",
    ];

    /// The table at `path`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&ParsedTable> {
        self.tables.get(path)
    }
}
