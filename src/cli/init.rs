//! `terrasink init`: a plan to start from.
//!
//! In an empty or new directory it writes the Rhode Island sample with its commented plans. In a
//! directory with data it writes a draft plan from what it finds there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Common, Ending, say, tell};
use crate::account::Seeds;
use crate::input::survey;

/// The sample, as it stands in the project.
const SAMPLE: [(&str, &[u8]); 11] = [
    (
        "README.md",
        include_bytes!("../../data-samples/rhode-island/README.md"),
    ),
    (
        "counties.gpkg",
        include_bytes!("../../data-samples/rhode-island/counties.gpkg"),
    ),
    (
        "counties.toml",
        include_bytes!("../../data-samples/rhode-island/counties.toml"),
    ),
    (
        "grasslands.gpkg",
        include_bytes!("../../data-samples/rhode-island/grasslands.gpkg"),
    ),
    (
        "landcover_2016.tif",
        include_bytes!("../../data-samples/rhode-island/landcover_2016.tif"),
    ),
    (
        "plots.csv",
        include_bytes!("../../data-samples/rhode-island/plots.csv"),
    ),
    (
        "strata.csv",
        include_bytes!("../../data-samples/rhode-island/strata.csv"),
    ),
    (
        "towns.gpkg",
        include_bytes!("../../data-samples/rhode-island/towns.gpkg"),
    ),
    (
        "towns.toml",
        include_bytes!("../../data-samples/rhode-island/towns.toml"),
    ),
    (
        "trees_2018.csv",
        include_bytes!("../../data-samples/rhode-island/trees_2018.csv"),
    ),
    (
        "wetlands.gpkg",
        include_bytes!("../../data-samples/rhode-island/wetlands.gpkg"),
    ),
];

/// Name of a draft plan.
const DRAFT: &str = "plan.toml";

pub(super) fn init(dir: &Path, common: &Common) -> Ending {
    let has_files = fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    let written = if has_files { draft(dir) } else { sample(dir) };
    match written {
        Ok((paths, next)) => {
            if common.json {
                let paths: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
                return say(&serde_json::json!({ "written": paths }).to_string());
            }
            for path in paths {
                say(&path.display().to_string());
            }
            if !common.quiet {
                tell(&next);
            }
            Ending::Done
        }
        Err(error) => {
            tell(&format!("error: {}: {error}", dir.display()));
            Ending::Rejected
        }
    }
}

fn sample(dir: &Path) -> io::Result<(Vec<PathBuf>, String)> {
    fs::create_dir_all(dir)?;
    let mut paths = Vec::new();
    for (name, bytes) in SAMPLE {
        let path = dir.join(name);
        write_new(&path, bytes)?;
        paths.push(path);
    }
    let next = format!(
        "next: terrasink run {}",
        dir.join("counties.toml").display()
    );
    Ok((paths, next))
}

fn draft(dir: &Path) -> io::Result<(Vec<PathBuf>, String)> {
    let found = survey(dir)?;
    if found.is_empty() {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            "no raster, polygons or table found; give an empty directory for the sample",
        ));
    }
    let path = dir.join(DRAFT);
    write_new(
        &path,
        found.plan(Seeds::embedded().stand_codes()).as_bytes(),
    )?;
    let next = format!(
        "next: fill in what is marked CHECK in {0}, then terrasink check {0}",
        path.display()
    );
    Ok((vec![path], next))
}

/// Writes a file that is not there yet, under a temporary name first.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.exists() {
        return Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            format!("{} exists and is not overwritten", path.display()),
        ));
    }
    let partial = path.with_extension("partial");
    fs::write(&partial, bytes)?;
    fs::rename(&partial, path)
}
