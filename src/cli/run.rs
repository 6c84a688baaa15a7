//! `terrasink run`: the whole job, one plan or a batch.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::progress::Progress;
use super::{
    Common, Ending, RunArgs, chain, pass, read_plan, say, seeds, tell, tell_failed, tell_findings,
};
use crate::pipeline::{self, Parts, RunError, RunOptions, RunReport};
use crate::plan::Plan;

pub(super) fn run(args: &RunArgs, common: &Common) -> Ending {
    if let Some((first, second, out)) = same_output(args) {
        tell(&format!(
            "error: {} and {} would both be written to {}",
            first.display(),
            second.display(),
            out.display()
        ));
        tell("    -> rename one of the plans, change its `out`, or run them one by one");
        return Ending::Usage;
    }
    let mut results = Vec::new();
    let mut endings = Vec::new();
    for path in &args.plans {
        let progress = Progress::new(common.quiet || common.json);
        let outcome = one(path, args, common, &progress);
        let ending = match &outcome {
            Ok(report) => {
                if !common.json {
                    tell_findings(&report.warnings, common);
                }
                tell_failed(&report.failed);
                if !common.json && !common.quiet && !report.summary.is_empty() {
                    say(&report.summary);
                    say(&format!("written to {}", report.out.display()));
                }
                if report.failed.is_empty() {
                    Ending::Done
                } else {
                    Ending::SomeFailed
                }
            }
            Err(error) => {
                let ending = Ending::from(error);
                match error {
                    RunError::Rejected(findings) => tell_findings(findings, common),
                    other => tell(&format!("error: {}", chain(other))),
                }
                if let Some(hint) = error.hint() {
                    tell(&format!("    -> {hint}"));
                }
                tell(&format!("{}: nothing was written", path.display()));
                if ending == Ending::Stopped {
                    tell("    -> the finished part is kept: --resume goes on from it");
                }
                ending
            }
        };
        results.push(json(
            path,
            ending,
            outcome.as_ref().ok(),
            outcome.as_ref().err(),
        ));
        endings.push(ending);
        if ending == Ending::Stopped {
            break;
        }
    }
    if common.json {
        say(&serde_json::Value::from(results).to_string());
    }
    overall(&endings)
}

/// A batch in which some plans failed has finished; one plan that failed has not.
fn overall(endings: &[Ending]) -> Ending {
    let worst = endings.iter().copied().max().unwrap_or(Ending::Done);
    let some_done = endings.iter().any(|ending| *ending <= Ending::SomeFailed);
    if endings.len() > 1 && some_done && worst != Ending::Stopped {
        worst.min(Ending::SomeFailed)
    } else {
        worst
    }
}

/// The directory that a plan is written to.
fn target(path: &Path, plan: &Plan, args: &RunArgs) -> PathBuf {
    match &args.out {
        Some(dir) if args.plans.len() > 1 => dir.join(path.file_stem().unwrap_or_default()),
        Some(dir) => dir.clone(),
        None => plan.out.clone(),
    }
}

/// The first two plans of a batch that name one directory, and that directory.
fn same_output(args: &RunArgs) -> Option<(&Path, &Path, PathBuf)> {
    let mut targets: BTreeMap<PathBuf, &Path> = BTreeMap::new();
    for path in &args.plans {
        // A plan that cannot be read is written nowhere; it is reported in its turn.
        let Ok(plan) = read_plan(path) else { continue };
        let out = target(path, &plan, args);
        let absolute = std::path::absolute(&out).unwrap_or_else(|_| out.clone());
        if let Some(first) = targets.insert(absolute, path) {
            return Some((first, path, out));
        }
    }
    None
}

fn one(
    path: &Path,
    args: &RunArgs,
    common: &Common,
    progress: &Progress,
) -> Result<RunReport, RunError> {
    let plan = read_plan(path).map_err(RunError::Rejected)?;
    progress.line(&format!("{}: {}", path.display(), plan.file.name));
    let out = target(path, &plan, args);
    if args.resume
        && let Some(report) = pipeline::finished(path, &out)
    {
        progress.line(&format!("  already complete in {}", out.display()));
        return Ok(report);
    }
    let options = RunOptions {
        seeds: seeds(common).map_err(RunError::Rejected)?,
        pass: pass(common, Parts::beside(&out, args.resume)),
        out,
        overwrite: args.overwrite,
        excel: args.excel,
    };
    pipeline::run(&plan, options, progress)
}

fn json(
    path: &Path,
    ending: Ending,
    report: Option<&RunReport>,
    error: Option<&RunError>,
) -> serde_json::Value {
    let findings = match (report, error) {
        (Some(report), _) => report.warnings.clone(),
        (None, Some(RunError::Rejected(findings))) => findings.clone(),
        _ => Vec::new(),
    };
    serde_json::json!({
        "plan": path.display().to_string(),
        "ok": ending == Ending::Done,
        "out": report.map(|report| report.out.display().to_string()),
        "regions": report.map(|report| report.regions),
        "failed": report.map(|report| &report.failed),
        "error": error.filter(|e| !matches!(e, RunError::Rejected(_))).map(|e| chain(e)),
        "findings": findings,
    })
}
