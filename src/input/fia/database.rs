//! Tables of the FIA database: CSV files of a folder, or tables of one file. Only the columns and
//! rows that are asked for are kept, for a table of trees of a large state has millions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gdal::vector::{Layer, LayerAccess};

use crate::finding::Finding;
use crate::input::files::{open_vector, take, words};
use crate::input::table::Table;
use crate::plan::suggestion;

/// Every table that the program reads.
pub(super) const TABLES: [&str; 14] = [
    "PLOT",
    "COND",
    "TREE",
    "POP_EVAL",
    "POP_EVAL_TYP",
    "POP_ESTN_UNIT",
    "POP_STRATUM",
    "POP_PLOT_STRATUM_ASSGN",
    "REF_SPECIES",
    "REF_FOREST_TYPE",
    "TREE_GRM_COMPONENT",
    "TREE_GRM_BEGIN",
    "TREE_GRM_MIDPT",
    "SUBP_COND_CHNG_MTRX",
];

/// Columns of a table: those that must be there, and those that may be.
pub(super) struct Columns<'a> {
    pub(super) needed: &'a [&'a str],
    pub(super) optional: &'a [&'a str],
}

/// A database in the layout of FIA.
pub(super) struct Database {
    path: PathBuf,
    /// CSV files by table, where the database is a folder.
    folder: Option<BTreeMap<&'static str, Vec<PathBuf>>>,
}

/// Which rows are kept, by their cells in the order of the columns asked for.
type Keep<'a> = dyn Fn(&[String]) -> bool + 'a;

impl Database {
    /// Looks what tables there are: files of a folder by their names or as `named` says, or one file.
    pub(super) fn open(
        path: &Path,
        named: &BTreeMap<String, PathBuf>,
    ) -> Result<Self, Vec<Finding>> {
        let mut database = Self::at(path).map_err(|finding| vec![finding])?;
        let place = path.display().to_string();
        let mut problems = Vec::new();
        for (name, file) in named {
            let Some(table) = TABLES
                .into_iter()
                .find(|table| table.eq_ignore_ascii_case(name))
            else {
                problems.push(Finding::error(
                    &place,
                    format!("`tables` names `{name}`, a table that the program does not read"),
                    match suggestion(name, TABLES.into_iter()) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => format!("tables are: {}", TABLES.join(", ")),
                    },
                ));
                continue;
            };
            match &mut database.folder {
                Some(folder) => {
                    folder.insert(table, vec![path.join(file)]);
                }
                None => problems.push(Finding::error(
                    &place,
                    format!("`tables` names a file for {table}, and `path` is not a folder"),
                    "give the folder of the files in `path`, or leave `tables` out",
                )),
            }
        }
        if problems.is_empty() {
            Ok(database)
        } else {
            Err(problems)
        }
    }

    fn at(path: &Path) -> Result<Self, Finding> {
        let name = path.display().to_string();
        if !path.exists() {
            return Err(Finding::error(
                name,
                "cannot be read: neither a folder nor a file",
                "check the path in the plan; paths are relative to the plan file",
            ));
        }
        if !path.is_dir() {
            return Ok(Self {
                path: path.to_owned(),
                folder: None,
            });
        }
        let entries = std::fs::read_dir(path).map_err(|error| {
            Finding::error(
                &name,
                format!("cannot be read: {error}"),
                "check who may read it",
            )
        })?;
        let mut files: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        files.sort();
        let mut folder: BTreeMap<&str, Vec<PathBuf>> = BTreeMap::new();
        for file in files {
            if let Some(table) = table_of(&file) {
                folder.entry(table).or_default().push(file);
            }
        }
        Ok(Self {
            path: path.to_owned(),
            folder: Some(folder),
        })
    }

    /// The files that hold the tables, for the manifest.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        match &self.folder {
            Some(tables) => tables.values().flatten().cloned().collect(),
            None => vec![self.path.clone()],
        }
    }

    /// Its path, for findings.
    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Whether there is such a table.
    pub(super) fn has(&self, table: &str) -> bool {
        match &self.folder {
            Some(files) => files.contains_key(table),
            None => {
                open_vector(&self.path, None).is_ok_and(|dataset| named(&dataset, table).is_some())
            }
        }
    }

    /// Whether all tables are there that a sample needs, one of an evaluation or one of the plan's own.
    ///
    /// # Errors
    ///
    /// A finding for each that is not.
    pub(super) fn complete(&self, of_evaluation: bool) -> Result<(), Vec<Finding>> {
        let evaluation: &[&str] = if of_evaluation {
            &[
                "POP_EVAL",
                "POP_EVAL_TYP",
                "POP_ESTN_UNIT",
                "POP_STRATUM",
                "POP_PLOT_STRATUM_ASSGN",
            ]
        } else {
            &[]
        };
        let needed = ["PLOT", "COND", "TREE"].iter().chain(evaluation);
        let missing: Vec<Finding> = needed
            .filter(|table| !self.has(table))
            .map(|table| self.missing(table))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(missing)
        }
    }

    fn missing(&self, table: &str) -> Finding {
        Finding::error(
            self.path.display().to_string(),
            format!("no table {table}"),
            format!(
                "the preset `fia` needs {table}: {table}.csv or, by state, RI_{table}.csv in the folder, or a table of the file"
            ),
        )
    }

    /// The names of the columns of a table; none where there is no such table.
    pub(super) fn columns(&self, table: &str) -> Vec<String> {
        let Some(folder) = &self.folder else {
            let dataset = open_vector(&self.path, None).ok();
            let layer = dataset.as_ref().and_then(|dataset| named(dataset, table));
            return layer.map_or_else(Vec::new, |layer| {
                layer.defn().fields().map(|field| field.name()).collect()
            });
        };
        let file = folder.get(table).and_then(|files| files.first());
        let reader = file.and_then(|file| csv::Reader::from_path(file).ok());
        reader
            .and_then(|mut reader| reader.headers().ok().map(names_of))
            .unwrap_or_default()
    }

    /// The rows of a table that are kept, their cells in the order of the columns asked for. An
    /// optional column that is not there is not in [`Table::columns`] either.
    ///
    /// Rows of a CSV file are numbered by its lines, those of another by their order.
    pub(super) fn read(
        &self,
        table: &str,
        columns: &Columns<'_>,
        keep: &Keep<'_>,
    ) -> Result<Table, Vec<Finding>> {
        let missing = || vec![self.missing(table)];
        let Some(folder) = &self.folder else {
            return self.read_layer(table, columns, keep)?.ok_or_else(missing);
        };
        let mut problems = Vec::new();
        let mut whole: Option<Table> = None;
        for file in folder.get(table).ok_or_else(missing)? {
            match read_csv(file, columns, keep) {
                Ok(part) if whole.as_ref().is_none_or(|whole| whole.rows.is_empty()) => {
                    whole = Some(part);
                }
                Ok(part) if part.rows.is_empty() => {}
                Ok(part) => problems.extend(add(whole.as_mut(), part)),
                Err(found) => problems.extend(found),
            }
        }
        match whole {
            Some(whole) if problems.is_empty() => Ok(whole),
            _ => Err(problems),
        }
    }

    fn read_layer(
        &self,
        table: &str,
        columns: &Columns<'_>,
        keep: &Keep<'_>,
    ) -> Result<Option<Table>, Vec<Finding>> {
        let name = self.path.display().to_string();
        let unreadable = |error: &gdal::errors::GdalError| {
            vec![Finding::error(
                &name,
                format!("cannot be read as a database: {}", words(error)),
                "give a folder of CSV tables, or a SQLite file as the Forest Service publishes it",
            )]
        };
        let dataset = open_vector(&self.path, None).map_err(|error| unreadable(&error))?;
        let Some(mut layer) = named(&dataset, table) else {
            return Ok(None);
        };
        let name = format!("{name}, table {table}");
        let there: Vec<String> = layer.defn().fields().map(|field| field.name()).collect();
        let Chosen { names, at } = chosen(&name, &there, columns)?;
        take();
        let mut rows = Vec::new();
        for (index, feature) in layer.features().enumerate() {
            let cells: Vec<String> = at
                .iter()
                .map(|field| feature.field_as_string(*field).ok().flatten())
                .map(|cell| cleaned(&cell.unwrap_or_default()))
                .collect();
            if keep(&cells) {
                rows.push((index + 1, cells));
            }
        }
        if let Some(said) = take().first() {
            return Err(vec![Finding::error(
                name,
                format!("the table is damaged: {said}"),
                "copy the file again from its source",
            )]);
        }
        Ok(Some(Table {
            name,
            columns: names,
            rows,
            crs: None,
        }))
    }
}

/// The layer of a table, whatever the case of its name.
fn named<'d>(dataset: &'d gdal::Dataset, table: &str) -> Option<Layer<'d>> {
    let lower = table.to_lowercase();
    let layer = dataset.layer_by_name(table);
    layer.or_else(|_| dataset.layer_by_name(&lower)).ok()
}

/// The table that a file holds: `PLOT.csv`, or with the letters of a state `RI_PLOT.csv`, or with
/// the word that the Forest Service uses for all of them `ENTIRE_PLOT.csv`.
fn table_of(file: &Path) -> Option<&'static str> {
    let is_csv = file
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let stem = file.file_stem()?.to_str()?.to_uppercase();
    let of_state = |table: &str| {
        let state = stem
            .strip_suffix(table)
            .and_then(|rest| rest.strip_suffix('_'));
        state.is_some_and(|state| state.len() == 2 || state == "ENTIRE")
    };
    TABLES
        .into_iter()
        .find(|table| is_csv && (stem == *table || of_state(table)))
}

/// The columns that a header names.
fn names_of(header: &csv::StringRecord) -> Vec<String> {
    let name = |column: &str| column.trim().trim_start_matches('\u{feff}').to_owned();
    header.iter().map(name).collect()
}

/// The columns of a table that are there, with their places.
struct Chosen {
    names: Vec<String>,
    at: Vec<usize>,
}

fn chosen(name: &str, there: &[String], columns: &Columns<'_>) -> Result<Chosen, Vec<Finding>> {
    let place = |wanted: &str| {
        there
            .iter()
            .position(|column| column.eq_ignore_ascii_case(wanted))
    };
    let mut problems = Vec::new();
    let mut all = Chosen {
        names: Vec::new(),
        at: Vec::new(),
    };
    for column in columns.needed {
        match place(column) {
            Some(at) => {
                all.names.push((*column).to_owned());
                all.at.push(at);
            }
            None => problems.push(Finding::error(
                name,
                format!("no column `{column}`"),
                match written_otherwise(column, there) {
                    Some(meant) => format!("call the column `{meant}` `{column}`"),
                    None => "give the table as the Forest Service publishes it".to_owned(),
                },
            )),
        }
    }
    for column in columns.optional {
        if let Some(at) = place(column) {
            all.names.push((*column).to_owned());
            all.at.push(at);
        }
    }
    if problems.is_empty() {
        Ok(all)
    } else {
        Err(problems)
    }
}

/// A column that has the letters and digits of the wanted one. One that is only like it is another
/// column of the published table.
fn written_otherwise<'a>(wanted: &str, there: &'a [String]) -> Option<&'a String> {
    let bare = |name: &str| -> String {
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|letter| letter.to_ascii_uppercase()).collect()
    };
    there.iter().find(|name| bare(name) == bare(wanted))
}

/// A cell without blanks around it; `NA` is how R writes an empty one.
fn cleaned(cell: &str) -> String {
    match cell.trim() {
        "NA" => String::new(),
        cell => cell.to_owned(),
    }
}

fn read_csv(file: &Path, columns: &Columns<'_>, keep: &Keep<'_>) -> Result<Table, Vec<Finding>> {
    let name = file.display().to_string();
    let broken = |error: &csv::Error| {
        let line = error.position().map(csv::Position::line);
        Finding::error(
            line.map_or_else(|| name.clone(), |line| format!("{name}, row {line}")),
            format!("not a CSV table: {error}"),
            "give the table as the Forest Service publishes it",
        )
    };
    let mut reader = csv::Reader::from_path(file).map_err(|error| vec![broken(&error)])?;
    let header = reader.headers().map_err(|error| vec![broken(&error)])?;
    let there = names_of(header);
    let Chosen { names, at } = chosen(&name, &there, columns)?;
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let cells: Vec<String> = at
                    .iter()
                    .map(|at| cleaned(record.get(*at).unwrap_or_default()))
                    .collect();
                if keep(&cells) {
                    let line = record.position().map_or(0, csv::Position::line);
                    rows.push((usize::try_from(line).unwrap_or(usize::MAX), cells));
                }
            }
            Err(error) => problems.push(broken(&error)),
        }
    }
    if problems.is_empty() {
        Ok(Table {
            name,
            columns: names,
            rows,
            crs: None,
        })
    } else {
        Err(problems)
    }
}

/// Adds rows of another file of the same table.
fn add(whole: Option<&mut Table>, part: Table) -> Option<Finding> {
    let whole = whole?;
    if whole.columns != part.columns {
        return Some(Finding::error(
            part.name,
            format!("other columns than {}", whole.name),
            "give all states in one version of the database",
        ));
    }
    whole.rows.extend(part.rows);
    whole.name = format!("{} and {}", whole.name, part.name);
    None
}
