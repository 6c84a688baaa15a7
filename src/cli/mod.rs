//! Talking to the person: clap types, progress, messages, exit codes. Nothing clever.

mod args;
mod check;
mod doctor;
mod explain;
mod init;
mod methods;
mod plan_sample;
mod progress;
mod run;
mod verify;
mod zonal;

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

pub use args::{
    CellRule, ClassArgument, Cli, Command, Common, PlanSampleArgs, RunArgs, VerifyArgs, ZonalArgs,
};

use crate::account::Seeds;
use crate::finding::Finding;
use crate::pipeline::{self, Memory, Parts, Pass, RunError};
use crate::plan::Plan;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    /// All done.
    Done,
    /// Finished, but some regions or plans failed.
    SomeFailed,
    /// The command line asks for what cannot be.
    Usage,
    /// The plan or the data were rejected.
    Rejected,
    /// A defect of the program or of the machine.
    Internal,
    /// Stopped by Ctrl-C.
    Stopped,
}

impl From<&RunError> for Ending {
    fn from(error: &RunError) -> Self {
        match error {
            RunError::Rejected(_) | RunError::Output(_) => Self::Rejected,
            RunError::Stopped => Self::Stopped,
            _ => Self::Internal,
        }
    }
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        Self::from(match ending {
            Ending::Done => 0,
            Ending::SomeFailed => 1,
            Ending::Usage => 2,
            Ending::Rejected => 3,
            Ending::Internal => 4,
            Ending::Stopped => 130,
        })
    }
}

/// Parses the command line, does what it says, and returns the exit code.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let common = &cli.common;
    crate::input::quiet(memory(common).cache);
    progress::stop_on_ctrl_c();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads(common).get());
    if let Err(error) = pool.build_global() {
        return fail(&chain(&error)).into();
    }
    let ending = match &cli.command {
        Command::Init { dir } => init::init(dir, common),
        Command::Check { plans } => check::check(plans, common),
        Command::Run(args) => run::run(args, common),
        Command::Zonal(args) => zonal::zonal(args, common),
        Command::PlanSample(args) => plan_sample::plan_sample(args, common),
        Command::Explain {
            out,
            region,
            figure,
        } => explain::explain(out, region, figure.as_deref(), common),
        Command::Methods { id } => methods::methods(id.as_deref(), common),
        Command::Doctor => doctor::doctor(common),
        Command::Verify(args) => verify::verify(args, common),
        Command::Schema => {
            let schema = serde_json::to_string_pretty(&Plan::schema()).unwrap_or_default();
            say(&schema)
        }
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "terrasink", &mut text);
            say(String::from_utf8_lossy(&text).trim_end())
        }
        Command::Man => {
            let mut text = Vec::new();
            match clap_mangen::Man::new(Cli::command()).render(&mut text) {
                Ok(()) => say(String::from_utf8_lossy(&text).trim_end()),
                Err(error) => fail(&error.to_string()),
            }
        }
    };
    ending.into()
}

/// Prints a result to stdout.
fn say(text: &str) -> Ending {
    print(format!("{text}\n").as_bytes())
}

/// Writes to stdout. A closed pipe ends quietly; what else cannot be written is told.
fn print(bytes: &[u8]) -> Ending {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            tell(&format!(
                "error: standard output cannot be written: {error}"
            ));
            tell("    -> make room there, or give another place");
            Ending::Rejected
        }
        _ => Ending::Done,
    }
}

/// Prints a message to stderr.
fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Tells of a defect.
fn fail(text: &str) -> Ending {
    tell(&format!("error: {text}"));
    Ending::Internal
}

/// An error with its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.ends_with(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text
}

/// How many findings of one kind are printed; a column of texts has as many as it has rows.
const OF_ONE_KIND: usize = 10;

/// Prints findings to stderr, errors first. Of many of one kind in one file the rest is counted,
/// unless the person wants to know more; `--json` has them all.
fn tell_findings(findings: &[Finding], common: &Common) {
    let (errors, warnings): (Vec<_>, Vec<_>) = findings.iter().partition(|f| f.is_error());
    let most = if common.verbose {
        usize::MAX
    } else {
        OF_ONE_KIND
    };
    tell_few("error", &errors, most);
    if !common.quiet {
        tell_few("warning", &warnings, most);
    }
}

fn tell_few(word: &str, findings: &[&Finding], most: usize) {
    let kind = |finding: &Finding| {
        let file = finding.place.split(", ").next().unwrap_or_default();
        (file.to_owned(), finding.remedy.clone())
    };
    let mut count: BTreeMap<(String, String), usize> = BTreeMap::new();
    for finding in findings {
        let seen = count.entry(kind(finding)).or_default();
        *seen += 1;
        if *seen <= most {
            tell(&format!("{word}: {finding}"));
        }
    }
    for ((file, remedy), found) in count {
        if found > most {
            tell(&format!(
                "{word}: {file}: {} more of this kind; -v prints them all\n    -> {remedy}",
                found - most
            ));
        }
    }
}

/// Prints which regions lack figures.
fn tell_failed(failed: &[(String, String)]) {
    for (region, why) in failed {
        let remedy = if why.starts_with(pipeline::UNREAD) {
            "copy the map again from its source"
        } else {
            "give a map of the region, or leave the region out"
        };
        tell(&format!(
            "error: region {region}: {why}\n    -> {remedy}; until then the map figures of the region are empty"
        ));
    }
}

/// Reads a plan file.
fn read_plan(path: &Path) -> Result<Plan, Vec<Finding>> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        vec![Finding::error(
            path.display().to_string(),
            format!("the plan cannot be read: {error}"),
            "check the path; `terrasink init` writes a plan to start from",
        )]
    })?;
    Plan::parse(path, &text)
}

/// The seeds of this run.
fn seeds(common: &Common) -> Result<Seeds, Vec<Finding>> {
    let Some(dir) = &common.seeds else {
        return Ok(Seeds::embedded());
    };
    let mut texts = BTreeMap::new();
    let mut findings = Vec::new();
    gather(dir, dir, &mut texts, &mut findings);
    if findings.is_empty() {
        Seeds::from_texts(&texts)
    } else {
        Err(findings)
    }
}

/// The texts of all files under a directory, by path inside it.
fn gather(
    root: &Path,
    dir: &Path,
    texts: &mut BTreeMap<String, String>,
    findings: &mut Vec<Finding>,
) {
    let mut refuse = |path: &Path, error: std::io::Error| {
        findings.push(Finding::error(
            path.display().to_string(),
            format!("the seeds cannot be read: {error}"),
            "give a directory with the form of the program's own seeds",
        ));
    };
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) => return refuse(dir, error),
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            gather(root, &path, texts, findings);
            continue;
        }
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let inside = path.strip_prefix(root).unwrap_or(&path);
                let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
                texts.insert(parts.join("/"), text);
            }
            Err(error) => findings.push(Finding::error(
                path.display().to_string(),
                format!("the seeds cannot be read: {error}"),
                "save it as text in UTF-8",
            )),
        }
    }
}

/// How many threads to work with.
fn threads(common: &Common) -> std::num::NonZeroUsize {
    common
        .threads
        .or_else(|| std::thread::available_parallelism().ok())
        .unwrap_or(std::num::NonZeroUsize::MIN)
}

/// How a pass over rasters is done.
fn pass(common: &Common, parts: Parts) -> Pass {
    Pass {
        threads: threads(common),
        memory: memory(common),
        parts,
    }
}

/// Memory of a machine that does not say how much it has.
const SOME_MEMORY: u64 = 2 << 30;

/// What a pass over rasters may take.
fn memory(common: &Common) -> Memory {
    Memory::of(common.memory.unwrap_or_else(|| {
        let (total, limit) = doctor::machine_memory();
        limit.or(total).map_or(SOME_MEMORY, |bytes| bytes / 4)
    }))
}
