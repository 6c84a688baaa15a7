//! What a run wrote, read as a user reads it: tables by column name, everything else as bytes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use crate::scratch::{samples, terrasink};

/// The accounts of the samples, computed once for all tests.
pub(crate) static COUNTIES: LazyLock<Outputs> = LazyLock::new(|| run("rhode-island/counties.toml"));
pub(crate) static TOWNS: LazyLock<Outputs> = LazyLock::new(|| run("rhode-island/towns.toml"));
pub(crate) static WARDS: LazyLock<Outputs> = LazyLock::new(|| run("northampton/wards.toml"));
pub(crate) static WARDS_CENTRE: LazyLock<Outputs> =
    LazyLock::new(|| run("northampton/wards-centre.toml"));

fn run(plan: &str) -> Outputs {
    Outputs::of(&samples().join(plan), &[])
}

/// The text of a plan of the samples, with paths that hold from any directory.
pub(crate) fn with_absolute_paths(plan: &str) -> String {
    let plan = samples().join(plan);
    let dir = plan.parent().unwrap().display().to_string();
    let text = std::fs::read_to_string(&plan).unwrap();
    text.replace("\npath = \"", &format!("\npath = \"{dir}/"))
}

/// One row of a table: text by column.
pub(crate) type Row = BTreeMap<String, String>;

/// The files of one run by their path below the output directory.
pub(crate) struct Outputs {
    files: BTreeMap<String, Vec<u8>>,
}

impl Outputs {
    /// Runs a plan into a directory of its own and keeps what it wrote.
    pub(crate) fn of(plan: &Path, flags: &[&str]) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let out = scratch.path().join("out");
        let mut arguments = vec!["run", plan.to_str().unwrap(), "--quiet", "--out"];
        arguments.push(out.to_str().unwrap());
        arguments.extend_from_slice(flags);
        let run = terrasink(&arguments);
        assert!(
            run.status.success(),
            "{} failed:\n{}",
            plan.display(),
            String::from_utf8_lossy(&run.stderr)
        );
        Self::read(&out)
    }

    /// Runs a plan that is written for the test; its paths must be absolute.
    pub(crate) fn of_text(plan: &str) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("plan.toml");
        std::fs::write(&path, plan).unwrap();
        Self::of(&path, &[])
    }

    /// All files below a directory.
    pub(crate) fn read(dir: &Path) -> Self {
        let mut files = BTreeMap::new();
        let mut open = vec![dir.to_path_buf()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let name = path.strip_prefix(dir).unwrap().to_str().unwrap();
                    files.insert(name.to_owned(), std::fs::read(&path).unwrap());
                }
            }
        }
        Self { files }
    }

    /// The files by their path.
    pub(crate) fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    /// A JSON file.
    pub(crate) fn json(&self, name: &str) -> serde_json::Value {
        serde_json::from_slice(&self.files[name]).unwrap()
    }

    /// The rows of a CSV file.
    pub(crate) fn table(&self, name: &str) -> Vec<Row> {
        rows(&self.files[name])
    }

    /// The rows of a CSV file by some of its columns, which must name each row once.
    pub(crate) fn index(&self, name: &str, key: &[&str]) -> BTreeMap<Vec<String>, Row> {
        let mut index = BTreeMap::new();
        for row in self.table(name) {
            let id: Vec<String> = key.iter().map(|column| row[*column].clone()).collect();
            let old = index.insert(id, row);
            assert!(
                old.is_none(),
                "{name} has two rows of the key {key:?}: {old:?}"
            );
        }
        index
    }
}

/// The rows of a CSV text.
pub(crate) fn rows(text: &[u8]) -> Vec<Row> {
    csv::Reader::from_reader(text)
        .deserialize()
        .map(|row| row.unwrap())
        .collect()
}

/// The number in a column of a row.
pub(crate) fn number(row: &Row, column: &str) -> f64 {
    row[column]
        .parse()
        .unwrap_or_else(|_| panic!("`{}` in {column} is no number: {row:?}", row[column]))
}

/// Half of the last printed digit of a number: how far it may be from what was rounded.
pub(crate) fn half_digit(printed: &str) -> f64 {
    let mantissa = printed.split(['e', 'E']).next().unwrap_or(printed);
    let decimals = mantissa.split_once('.').map_or(0, |(_, tail)| tail.len());
    0.5 * 10_f64.powi(-i32::try_from(decimals).unwrap())
}
