//! `summary.csv`, `tables/*.csv` and the dictionary of all columns.

use super::accuracy_columns::ACCURACY;
use super::carbon_transition_columns::CARBON_TRANSITIONS;
use super::column::{Cell, Column, ColumnFacts};
use super::columns::{
    AREA, CARBON, CHECKS, INVENTORY, PARAMETERS, SEQUESTRATION, TARGETS, TRANSITIONS, UNCERTAINTY,
};
use super::coverage_columns::COVERAGE;
use super::credit_columns::CREDIT;
use super::document::{Document, ReportError};
use super::geopackage::{ECOSYSTEM_COLUMNS, PLOT_COLUMNS};
use super::growth_columns::STAND_GROWTH;
use super::headline::HEADLINE;
use super::layer_columns::LAYERS;
use super::ledger;
use super::restoration_columns::{RESTORATION, RESTORATION_SITES};
use super::soil_columns::{SOIL_PROFILES, SOIL_SAMPLES};
use super::stand_columns::{REGISTER, STAND_CARBON, STAND_ISSUES, STANDS};
use super::strata_columns::{STRATA, STRATUM_PARTS};
use super::value_columns::VALUE;
use super::wood_columns::HARVESTED_WOOD;
use crate::account::Accounts;

/// Path of the headline table.
pub const SUMMARY: &str = "summary.csv";

/// Whether `summary.csv` begins with the mark that makes spreadsheets read it as UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ByteOrderMark {
    /// Plain UTF-8.
    #[default]
    Without,
    /// UTF-8 with a byte-order mark, for Excel.
    With,
}

const MARK: &[u8] = "\u{feff}".as_bytes();

/// The written field of a cell: numbers rounded by the rule of the column, empty where unknown.
///
/// # Errors
///
/// [`ReportError::NotFinite`] when a number is infinite or not a number.
fn field(facts: &ColumnFacts, cell: Cell, file: &str, row: &str) -> Result<String, ReportError> {
    match cell {
        Cell::Empty => Ok(String::new()),
        Cell::Text(words) => Ok(words),
        Cell::Integer(number) => Ok(number.to_string()),
        Cell::Boolean(yes) => Ok(yes.to_string()),
        Cell::Real(value) if value.is_finite() => Ok(facts.kind.written(value)),
        Cell::Real(found) => Err(ReportError::NotFinite {
            file: file.to_owned(),
            column: facts.name,
            row: row.to_owned(),
            found,
        }),
    }
}

/// A table as CSV: a header, then one line a row.
///
/// # Errors
///
/// [`ReportError::NotFinite`] when a number is infinite or not a number.
pub fn csv<'a, Row: 'a>(
    path: &str,
    columns: &[Column<Row>],
    rows: impl IntoIterator<Item = &'a Row>,
    mark: ByteOrderMark,
) -> Result<Document, ReportError> {
    let broken = |source| ReportError::Csv {
        file: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    if mark == ByteOrderMark::With {
        bytes.extend_from_slice(MARK);
    }
    let mut writer = csv::Writer::from_writer(bytes);
    writer
        .write_record(columns.iter().map(|column| column.facts.name))
        .map_err(broken)?;
    for row in rows {
        let mut record: Vec<String> = Vec::with_capacity(columns.len());
        for column in columns {
            let first = record.first().map_or("", String::as_str);
            let text = field(&column.facts, (column.cell)(row), path, first)?;
            record.push(text);
        }
        writer.write_record(&record).map_err(broken)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| broken(csv::Error::from(error.into_error())))?;
    Ok(Document::new(path, bytes))
}

/// `summary.csv`: the headline columns, one row a region in the given order, then the union.
///
/// # Errors
///
/// [`ReportError::NotFinite`] when a figure is infinite or not a number.
pub fn summary_csv(accounts: &Accounts, mark: ByteOrderMark) -> Result<Document, ReportError> {
    let rows = accounts.regions.iter().chain(&accounts.total);
    csv(SUMMARY, HEADLINE, rows, mark)
}

/// `summary.csv`, every file of `tables/`, and the dictionary.
///
/// # Errors
///
/// [`ReportError::NotFinite`] when a figure is infinite or not a number.
pub fn tables(accounts: &Accounts, mark: ByteOrderMark) -> Result<Vec<Document>, ReportError> {
    let plain = ByteOrderMark::Without;
    let mut documents = vec![
        summary_csv(accounts, mark)?,
        csv("tables/area.csv", AREA, &accounts.areas, plain)?,
        csv("tables/accuracy.csv", ACCURACY, &accounts.accuracy, plain)?,
        csv(
            "tables/transitions.csv",
            TRANSITIONS,
            &accounts.transitions,
            plain,
        )?,
        csv("tables/layers.csv", LAYERS, &accounts.layers, plain)?,
        csv(
            "tables/inventory.csv",
            INVENTORY,
            &accounts.inventory,
            plain,
        )?,
        csv("tables/strata.csv", STRATA, &accounts.strata, plain)?,
        csv(
            "tables/inventory_strata.csv",
            STRATUM_PARTS,
            &accounts.stratum_parts,
            plain,
        )?,
        csv("tables/carbon.csv", CARBON, &accounts.carbon, plain)?,
        csv(
            "tables/sequestration.csv",
            SEQUESTRATION,
            &accounts.sequestration,
            plain,
        )?,
        csv(
            "tables/carbon_transitions.csv",
            CARBON_TRANSITIONS,
            &accounts.carbon_transitions,
            plain,
        )?,
        csv(
            "tables/uncertainty.csv",
            UNCERTAINTY,
            &accounts.uncertainty,
            plain,
        )?,
        csv("tables/targets.csv", TARGETS, &accounts.targets, plain)?,
        csv("tables/value.csv", VALUE, &accounts.values, plain)?,
        csv("tables/credit.csv", CREDIT, &accounts.credits, plain)?,
        csv(
            "tables/restoration.csv",
            RESTORATION,
            &accounts.restoration.effects,
            plain,
        )?,
        csv(
            "tables/restoration_sites.csv",
            RESTORATION_SITES,
            &accounts.restoration.sites,
            plain,
        )?,
        csv(
            "tables/parameters.csv",
            PARAMETERS,
            &accounts.parameters,
            plain,
        )?,
        csv("tables/stands.csv", STANDS, &accounts.stands.stands, plain)?,
        csv(
            "tables/register.csv",
            REGISTER,
            &accounts.stands.register,
            plain,
        )?,
        csv(
            "tables/stand_issues.csv",
            STAND_ISSUES,
            &accounts.stands.issues,
            plain,
        )?,
        csv(
            "tables/stand_carbon.csv",
            STAND_CARBON,
            &accounts.stands.carbon,
            plain,
        )?,
    ];
    documents.extend(beside(accounts)?);
    documents.push(csv("tables/checks.csv", CHECKS, &accounts.checks, plain)?);
    documents.push(dictionary()?);
    Ok(documents)
}

/// Tables of what is compared with the accounts, or stands beside them.
fn beside(accounts: &Accounts) -> Result<Vec<Document>, ReportError> {
    let plain = ByteOrderMark::Without;
    Ok(vec![
        csv(
            "tables/stand_growth.csv",
            STAND_GROWTH,
            &accounts.growth,
            plain,
        )?,
        csv(
            "tables/harvested_wood.csv",
            HARVESTED_WOOD,
            &accounts.harvested_wood,
            plain,
        )?,
        csv(
            "tables/coverage_compared.csv",
            COVERAGE,
            &accounts.coverage,
            plain,
        )?,
        csv(
            "tables/soil_samples.csv",
            SOIL_SAMPLES,
            &accounts.soil.samples,
            plain,
        )?,
        csv(
            "tables/soil_profiles.csv",
            SOIL_PROFILES,
            &accounts.soil.profiles,
            plain,
        )?,
    ])
}

/// A row of `tables/dictionary.csv`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DictionaryRow {
    /// File, or file and layer.
    pub file: &'static str,
    /// The column.
    pub facts: ColumnFacts,
}

/// Columns of `tables/dictionary.csv`.
static DICTIONARY: &[Column<DictionaryRow>] = &[
    Column::text(
        "file",
        "file, or file and layer, that has the column",
        |row: &DictionaryRow| Cell::text(row.file),
    ),
    Column::text("column", "name of the column", |row: &DictionaryRow| {
        Cell::text(row.facts.name)
    }),
    Column::text("meaning", "what the values mean", |row: &DictionaryRow| {
        Cell::text(row.facts.meaning)
    }),
    Column::text(
        "unit",
        "unit of the values; empty for words, ids and plain counts",
        |row: &DictionaryRow| Cell::text(row.facts.unit),
    ),
    Column::text(
        "sign",
        "what the sign says, where the values can be negative",
        |row: &DictionaryRow| Cell::text(row.facts.sign),
    ),
    Column::text(
        "type",
        "text, integer, real or boolean",
        |row: &DictionaryRow| Cell::text(row.facts.kind.name()),
    ),
    Column::text(
        "rounding",
        "to how many decimals or significant digits numbers are rounded",
        |row: &DictionaryRow| Cell::Text(row.facts.kind.rounding()),
    ),
];

/// Every column of every file of an output that has columns, in the order of files and columns.
#[must_use]
pub fn dictionary_rows() -> Vec<DictionaryRow> {
    fn of<Row>(file: &'static str, columns: &[Column<Row>]) -> Vec<DictionaryRow> {
        columns
            .iter()
            .map(|column| DictionaryRow {
                file,
                facts: column.facts,
            })
            .collect()
    }
    let mut rows = of(SUMMARY, HEADLINE);
    rows.extend(of("regions.geojson", HEADLINE));
    rows.extend(of("terrasink.gpkg/regions", HEADLINE));
    rows.extend(of("terrasink.gpkg/plots", PLOT_COLUMNS));
    rows.extend(of("terrasink.gpkg/ecosystems", ECOSYSTEM_COLUMNS));
    rows.extend(of("terrasink.gpkg/stands", STANDS));
    rows.extend(of("tables/area.csv", AREA));
    rows.extend(of("tables/accuracy.csv", ACCURACY));
    rows.extend(of("tables/transitions.csv", TRANSITIONS));
    rows.extend(of("tables/layers.csv", LAYERS));
    rows.extend(of("tables/inventory.csv", INVENTORY));
    rows.extend(of("tables/strata.csv", STRATA));
    rows.extend(of("tables/inventory_strata.csv", STRATUM_PARTS));
    rows.extend(of("tables/carbon.csv", CARBON));
    rows.extend(of("tables/sequestration.csv", SEQUESTRATION));
    rows.extend(of("tables/carbon_transitions.csv", CARBON_TRANSITIONS));
    rows.extend(of("tables/uncertainty.csv", UNCERTAINTY));
    rows.extend(of("tables/targets.csv", TARGETS));
    rows.extend(of("tables/value.csv", VALUE));
    rows.extend(of("tables/credit.csv", CREDIT));
    rows.extend(of("tables/restoration.csv", RESTORATION));
    rows.extend(of("tables/restoration_sites.csv", RESTORATION_SITES));
    rows.extend(of("tables/parameters.csv", PARAMETERS));
    rows.extend(of("tables/stands.csv", STANDS));
    rows.extend(of("tables/register.csv", REGISTER));
    rows.extend(of("tables/stand_issues.csv", STAND_ISSUES));
    rows.extend(of("tables/stand_carbon.csv", STAND_CARBON));
    rows.extend(of("tables/stand_growth.csv", STAND_GROWTH));
    rows.extend(of("tables/harvested_wood.csv", HARVESTED_WOOD));
    rows.extend(of("tables/coverage_compared.csv", COVERAGE));
    rows.extend(of("tables/soil_samples.csv", SOIL_SAMPLES));
    rows.extend(of("tables/soil_profiles.csv", SOIL_PROFILES));
    rows.extend(of("tables/checks.csv", CHECKS));
    rows.extend(of("tables/dictionary.csv", DICTIONARY));
    rows.extend(ledger::FIXED_COLUMNS.iter().map(|facts| DictionaryRow {
        file: ledger::LEDGER,
        facts: *facts,
    }));
    rows
}

/// `tables/dictionary.csv`.
///
/// # Errors
///
/// [`ReportError::Csv`] when it cannot be written.
pub fn dictionary() -> Result<Document, ReportError> {
    csv(
        "tables/dictionary.csv",
        DICTIONARY,
        &dictionary_rows(),
        ByteOrderMark::Without,
    )
}

#[cfg(test)]
#[path = "tables_tests.rs"]
mod tests;
