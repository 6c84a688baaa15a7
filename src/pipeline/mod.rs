//! The map of a run, one line a room.
//!
//! Its own rooms stand in the order of the work, and none of them knows those after it: `open` what the plan names,
//! `pass` over the maps, `sample` of plots, `carbon` of the regions, the `headline` of each, `land` by all that say
//! what is forest. `accounts` goes through them; `write` makes the output.
//!
//! [`check`] goes as far as it must to find every problem; [`run`] goes all the way and writes the
//! output directory in one step at the end.

mod accounts;
mod capability;
mod carbon;
mod headline;
mod land;
mod laws;
mod open;
mod pass;
mod sample;
mod sample_plan;
mod verify;
mod write;
mod zonal;

pub use accounts::UNREAD;
pub use pass::Memory;
pub use pass::Parts;
pub use sample_plan::{Precision, SAMPLE_VARIABLES, plan_sample};
pub use zonal::{NamedRaster, ZonalReport, ZonalRequest, zonal};

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::account::Seeds;
use crate::estimate::EstimateError;
use crate::finding::Finding;
use crate::input::{MapRasterError, PlaceError, files_behind};
use crate::plan::Plan;
use crate::report::{Existing, OutputError, ReportError, check_inputs, check_target};
use crate::zonal::ZonalError;

pub use verify::{Output, Standing, Verification, Verified, finished};

/// Someone who is told how far a run is, and may stop it.
pub trait Watch: Sync {
    /// The run begins a step.
    fn step(&self, what: &str);

    /// Blocks of the maps that are done; `Break` stops the run.
    fn blocks(&self, done: u64, total: u64) -> ControlFlow<()>;
}

/// How a run is done, apart from what the plan says.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Legends, methods, parameters, targets.
    pub seeds: Seeds,
    /// How the pass over the maps is done.
    pub pass: Pass,
    /// Directory to write.
    pub out: PathBuf,
    /// Whether an output that is there is replaced.
    pub overwrite: bool,
    /// Whether CSV files begin with a byte-order mark.
    pub excel: bool,
}

/// How the pass over the maps is done.
#[derive(Debug, Clone)]
pub struct Pass {
    /// Worker threads; the result does not depend on it.
    pub threads: NonZeroUsize,
    /// What it may take.
    pub memory: Memory,
    /// Where its finished parts are kept.
    pub parts: Parts,
}

/// What a check found.
#[derive(Debug, Clone, Default)]
pub struct CheckReport {
    /// Problems; of a plan that is ready there are only warnings.
    pub findings: Vec<Finding>,
    /// What a run would give.
    pub computes: Vec<String>,
    /// What it would not give, and what is missing for it.
    pub lacks: Vec<(String, String)>,
    /// Regions that would not have all their figures, and why.
    pub failed: Vec<(String, String)>,
}

/// What a run did.
#[derive(Debug, Clone, Default)]
pub struct RunReport {
    /// The directory written.
    pub out: PathBuf,
    /// Number of regions.
    pub regions: usize,
    /// Regions without all their figures, and why.
    pub failed: Vec<(String, String)>,
    /// What must be known.
    pub warnings: Vec<Finding>,
    /// The headline figures as a table for the terminal.
    pub summary: String,
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The plan or its data are not fit.
    #[error("the plan or its data were rejected: {} problems", .0.len())]
    Rejected(Vec<Finding>),
    /// The output cannot be written.
    #[error("the output cannot be written")]
    Output(#[from] OutputError),
    /// A report cannot be made.
    #[error("the report cannot be made")]
    Report(#[from] ReportError),
    /// The `GeoPackage` cannot be written.
    #[error("the GeoPackage cannot be written: {0}")]
    GeoPackage(String),
    /// A map cannot be written.
    #[error("a map cannot be drawn")]
    Map(#[from] MapRasterError),
    /// The pass over the maps failed.
    #[error("the pass over the maps failed")]
    Zonal(#[source] ZonalError),
    /// The sample could not be evaluated after its checks.
    #[error("the sample cannot be evaluated")]
    Estimate(#[from] EstimateError),
    /// A shape has no place on the ellipsoid.
    #[error("a region has no true area")]
    Place(#[from] PlaceError),
    /// Ctrl-C.
    #[error("stopped")]
    Stopped,
}

impl From<ZonalError> for RunError {
    fn from(error: ZonalError) -> Self {
        match error {
            ZonalError::Cancelled => Self::Stopped,
            other => Self::Zonal(other),
        }
    }
}

impl RunError {
    /// What the person can do about it, where there is something.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        match self {
            Self::Output(error) => error.hint(),
            _ => None,
        }
    }

    /// The findings behind it, if any.
    #[must_use]
    pub fn into_findings(self) -> Vec<Finding> {
        match self {
            Self::Rejected(findings) => findings,
            _ => Vec::new(),
        }
    }
}

/// Finds every problem of a plan and its data, and what a run would give. Writes nothing.
///
/// # Errors
///
/// [`RunError::Rejected`] with all problems, or what else keeps the check from its end.
pub fn check(
    plan: &Plan,
    seeds: Seeds,
    pass: &Pass,
    watch: &dyn Watch,
) -> Result<CheckReport, RunError> {
    let prepared = prepared(plan, seeds, pass, watch)?;
    let accounted = accounts::accounts(plan, &prepared, pass, watch)?;
    let (computes, lacks) = capability::capability(plan, &prepared, &accounted.accounts);
    let mut findings = prepared.warnings;
    findings.extend(accounted.warnings);
    findings.sort();
    findings.dedup();
    Ok(CheckReport {
        findings,
        computes,
        lacks,
        failed: accounted.failed,
    })
}

/// Everything that a run works on, or all problems in one list: of a plan that is refused the maps
/// are measured too, where they can be, for their classes must have a legend entry.
fn prepared(
    plan: &Plan,
    seeds: Seeds,
    pass: &Pass,
    watch: &dyn Watch,
) -> Result<open::prepare::Prepared, RunError> {
    let refused = match open::prepare::prepare(plan, seeds) {
        Ok(prepared) => return Ok(prepared),
        Err(refused) => refused,
    };
    let mut findings = refused.findings;
    if let Some(sound) = refused.sound {
        findings.extend(accounts::unknown_classes(plan, &sound, pass, watch)?);
    }
    // A file that two entries of the plan name is read twice.
    let mut seen = BTreeSet::new();
    findings.retain(|finding| seen.insert(finding.clone()));
    Err(RunError::Rejected(findings))
}

/// Does the whole job of a plan.
///
/// # Errors
///
/// [`RunError`]; nothing is then written.
pub fn run(plan: &Plan, options: RunOptions, watch: &dyn Watch) -> Result<RunReport, RunError> {
    let existing = if options.overwrite {
        Existing::Replace
    } else {
        Existing::Keep
    };
    check_target(&options.out, existing)?;
    let clock = write::Clock::start();
    let pass = options.pass;
    let prepared = prepared(plan, options.seeds, &pass, watch)?;
    let read = prepared.inputs.iter().flat_map(|path| files_behind(path));
    let mut seen = BTreeSet::new();
    let read: Vec<PathBuf> = read.filter(|file| seen.insert(file.clone())).collect();
    check_inputs(&options.out, read.iter().chain([&plan.path]).cloned())?;
    let accounted = accounts::accounts(plan, &prepared, &pass, watch)?;
    watch.step("writing the reports");
    let to = write::Target {
        out: &options.out,
        existing,
        excel: options.excel,
        read: &read,
        pass: &pass,
        watch,
        clock,
    };
    let report = write::write(plan, &prepared, accounted, &to)?;
    pass.parts.done();
    Ok(report)
}
