//! `terrasink check`: every problem in one pass.

use std::path::PathBuf;

use super::progress::Progress;
use super::{Common, Ending, chain, pass, read_plan, say, seeds, tell, tell_failed, tell_findings};
use crate::finding::{Finding, counted};
use crate::pipeline::{self, CheckReport, Parts, RunError};

pub(super) fn check(plans: &[PathBuf], common: &Common) -> Ending {
    let mut results = Vec::new();
    let mut worst = Ending::Done;
    for path in plans {
        let progress = Progress::new(common.quiet || common.json);
        let checked = read_plan(path)
            .map_err(RunError::Rejected)
            .and_then(|plan| {
                let seeds = seeds(common).map_err(RunError::Rejected)?;
                pipeline::check(&plan, seeds, &pass(common, Parts::default()), &progress)
            });
        let (ending, report) = match checked {
            Ok(report) if report.failed.is_empty() => (Ending::Done, report),
            Ok(report) => (Ending::SomeFailed, report),
            Err(error) => {
                let ending = Ending::from(&error);
                if !matches!(error, RunError::Rejected(_)) {
                    tell(&format!("error: {}", chain(&error)));
                }
                (
                    ending,
                    CheckReport {
                        findings: error.into_findings(),
                        ..CheckReport::default()
                    },
                )
            }
        };
        worst = worst.max(ending);
        if !common.json {
            tell_findings(&report.findings, common);
            tell_failed(&report.failed);
            verdict(&path.display().to_string(), ending, &report, common.quiet);
        }
        results.push(json(&path.display().to_string(), ending, &report));
    }
    if common.json {
        say(&serde_json::Value::from(results).to_string());
    }
    worst
}

fn verdict(plan: &str, ending: Ending, report: &CheckReport, quiet: bool) {
    if quiet {
        return;
    }
    let errors = report.findings.iter().filter(|f| f.is_error()).count();
    let warnings = counted(report.findings.len() - errors, "warning", "warnings");
    let errors = counted(errors, "error", "errors");
    if ending == Ending::Done {
        for line in &report.computes {
            say(&format!("  yes  {line}"));
        }
        for (what, missing) in &report.lacks {
            say(&format!("  no   {what}: {missing}"));
        }
        say(&format!("{plan}: ready to run ({warnings})"));
    } else if ending == Ending::SomeFailed {
        let regions = report.failed.len();
        tell(&format!(
            "{plan}: a run would leave {} without their map figures ({warnings})",
            counted(regions, "region", "regions")
        ));
    } else {
        tell(&format!("{plan}: {errors}, {warnings}"));
    }
}

fn json(plan: &str, ending: Ending, report: &CheckReport) -> serde_json::Value {
    let lacks: Vec<_> = report
        .lacks
        .iter()
        .map(|(what, missing)| serde_json::json!({ "result": what, "missing": missing }))
        .collect();
    let findings: Vec<&Finding> = report.findings.iter().collect();
    serde_json::json!({
        "plan": plan,
        "ok": ending == Ending::Done,
        "findings": findings,
        "computes": report.computes,
        "lacks": lacks,
        "failed": report.failed,
    })
}
