//! Whether the files of an output, and those that it was made from, are still what they were.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::account::Seeds;
use crate::pipeline::{Pass, RunError, RunOptions, RunReport, Watch, run};
use crate::plan::Plan;
use crate::report::{
    Existing, FileRecord, MANIFEST, ManifestFiles, ReportError, check_target, manifest_files,
    manifest_without_run,
};

/// How a file stands to its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The same bytes.
    Same,
    /// Other bytes.
    Changed,
    /// Not there, or not readable.
    Missing,
    /// In the output, but not in its manifest.
    Unlisted,
}

/// Files that every run writes beside its tables.
const OF_RUNS: [&str; 3] = ["summary.csv", "regions.geojson", "terrasink.gpkg"];

/// Folders that hold nothing but what runs write.
const IN_RUNS: [&str; 2] = ["tables/", "run/"];

/// One file and how it stands to its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Path: of an input as the plan names it, of an output inside the output directory.
    pub path: String,
    /// How it stands.
    pub standing: Standing,
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// The plan and what it reads.
    pub inputs: Vec<Verified>,
    /// What the run wrote.
    pub outputs: Vec<Verified>,
    /// What a second run wrote against the first; `None` where it was not asked for.
    pub rerun: Option<Vec<Verified>>,
}

impl Verification {
    /// The files that are not what they were. One that is not in the manifest is no difference, unless
    /// it has the name of one that a run writes: its record was taken out.
    pub fn differences(&self) -> impl Iterator<Item = &Verified> {
        let rerun = self.rerun.iter().flatten();
        let all = self.inputs.iter().chain(&self.outputs).chain(rerun);
        all.filter(|file| match file.standing {
            Standing::Same => false,
            Standing::Changed | Standing::Missing => true,
            Standing::Unlisted => {
                OF_RUNS.contains(&file.path.as_str())
                    || IN_RUNS.iter().any(|folder| file.path.starts_with(folder))
            }
        })
    }
}

/// An output that was read by its manifest.
#[derive(Debug)]
pub struct Output {
    out: PathBuf,
    manifest: Vec<u8>,
    files: ManifestFiles,
}

impl Output {
    /// Reads the manifest of an output directory.
    ///
    /// # Errors
    ///
    /// [`RunError::Report`] when there is none, or it is none of this program.
    pub fn open(out: &Path) -> Result<Self, RunError> {
        let path = out.join(MANIFEST);
        let manifest = std::fs::read(&path).map_err(|error| ReportError::Manifest {
            file: path.display().to_string(),
            what: format!("it cannot be read: {error}"),
        })?;
        Ok(Self {
            out: out.to_path_buf(),
            files: manifest_files(&manifest)?,
            manifest,
        })
    }

    /// Where the plan is: beside the output, as the manifest records it.
    #[must_use]
    pub fn plan(&self) -> Option<PathBuf> {
        let plan = self.files.inputs.first()?;
        let directory = self.files.plan_directory.as_ref()?;
        Some(self.out.join(directory).join(&plan.path))
    }

    /// Holds inputs and outputs against their records. `plan` is the plan file.
    #[must_use]
    pub fn verify(&self, plan: &Path) -> Verification {
        let base = plan.parent().unwrap_or(Path::new(""));
        let mut inputs = Vec::new();
        for (position, record) in self.files.inputs.iter().enumerate() {
            let path = if position == 0 {
                plan.to_path_buf()
            } else {
                base.join(&record.path)
            };
            inputs.push(held_against(record, &path));
        }
        let outputs = self.files.outputs.iter();
        let mut outputs: Vec<Verified> = outputs
            .map(|record| held_against(record, &self.out.join(&record.path)))
            .collect();
        let listed: BTreeSet<&str> = self
            .files
            .outputs
            .iter()
            .map(|record| record.path.as_str())
            .chain([MANIFEST])
            .collect();
        outputs.extend(
            inside(&self.out)
                .into_iter()
                .filter(|path| !listed.contains(path.as_str()))
                .map(|path| Verified {
                    path,
                    standing: Standing::Unlisted,
                }),
        );
        Verification {
            inputs,
            outputs,
            rerun: None,
        }
    }

    /// Runs the plan again into `scratch` and holds what it writes against the records: all bytes
    /// but those of the action in the manifest that tells time and machine.
    ///
    /// # Errors
    ///
    /// [`RunError`] of the run.
    pub fn rerun(
        &self,
        plan: &Plan,
        seeds: Seeds,
        pass: &Pass,
        scratch: &Path,
        watch: &dyn Watch,
    ) -> Result<Vec<Verified>, RunError> {
        check_target(scratch, Existing::Keep)?;
        let summary = std::fs::read(self.out.join("summary.csv")).unwrap_or_default();
        let options = RunOptions {
            seeds,
            pass: pass.clone(),
            out: scratch.to_path_buf(),
            overwrite: false,
            excel: summary.starts_with("\u{feff}".as_bytes()),
        };
        run(plan, options, watch)?;
        let again = Self::open(scratch)?;
        let mut files: Vec<Verified> = self
            .files
            .outputs
            .iter()
            .map(|record| held_against(record, &scratch.join(&record.path)))
            .collect();
        let listed = |path: &str| self.files.outputs.iter().any(|record| record.path == path);
        for record in again.files.outputs {
            if !listed(&record.path) {
                files.push(Verified {
                    path: record.path,
                    standing: Standing::Changed,
                });
            }
        }
        let same = manifest_without_run(&self.manifest)? == manifest_without_run(&again.manifest)?;
        files.push(Verified {
            path: MANIFEST.to_owned(),
            standing: if same {
                Standing::Same
            } else {
                Standing::Changed
            },
        });
        Ok(files)
    }
}

/// What a run of `plan` wrote to `out` before, if it is complete and neither its inputs nor its
/// files have changed.
#[must_use]
pub fn finished(plan: &Path, out: &Path) -> Option<RunReport> {
    let output = Output::open(out).ok()?;
    let verification = output.verify(plan);
    if verification.differences().next().is_some() {
        return None;
    }
    let failed = csv::Reader::from_path(out.join("run/failed.csv")).ok()?;
    Some(RunReport {
        out: out.to_path_buf(),
        failed: failed.into_deserialize().collect::<Result<_, _>>().ok()?,
        ..RunReport::default()
    })
}

fn held_against(record: &FileRecord, path: &Path) -> Verified {
    let standing = match FileRecord::of_file(&record.path, path) {
        Ok(found) if found.sha256 == record.sha256 && found.size == record.size => Standing::Same,
        Ok(_) => Standing::Changed,
        Err(_) => Standing::Missing,
    };
    Verified {
        path: record.path.clone(),
        standing,
    }
}

/// Paths of all files inside a directory, with `/` between their parts, sorted.
fn inside(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_path_buf()];
    while let Some(next) = open.pop() {
        let entries = std::fs::read_dir(&next).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            if path.is_dir() {
                open.push(path);
            } else if let Ok(path) = path.strip_prefix(directory) {
                let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
                found.push(parts.join("/"));
            }
        }
    }
    found.sort();
    found
}

/// The directory of the plan as seen from the output directory, so that both may move together.
pub(super) fn plan_directory(plan: &Path, out: &Path) -> Option<String> {
    let present = |path: Option<&Path>| match path {
        Some(path) if !path.as_os_str().is_empty() => path.canonicalize(),
        _ => Path::new(".").canonicalize(),
    };
    let plan = present(plan.parent()).ok()?;
    let out = present(out.parent()).ok()?.join(out.file_name()?);
    let shared = plan.iter().zip(out.iter()).take_while(|(a, b)| a == b);
    let shared = shared.count();
    let up = out.iter().skip(shared).map(|_| "..".to_owned());
    let down = plan.iter().skip(shared);
    let down = down.map(|part| part.to_string_lossy().into_owned());
    let parts: Vec<String> = up.chain(down).collect();
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plan_is_found_from_the_output() {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let seen = |out: &str| plan_directory(&data.join("plan.toml"), &place.path().join(out));
        assert_eq!(seen("out").as_deref(), Some("../data"));
        assert_eq!(seen("data/out").as_deref(), Some(".."));
    }
}
