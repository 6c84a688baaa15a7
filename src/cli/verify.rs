//! `terrasink verify`: inputs and outputs against the manifest, and a second run where asked.

use std::path::Path;

use super::progress::Progress;
use super::{Common, Ending, VerifyArgs, pass, read_plan, say, seeds, tell, tell_findings};
use crate::pipeline::Parts;
use crate::pipeline::{Output, RunError, Standing, Verification, Verified};

pub(super) fn verify(args: &VerifyArgs, common: &Common) -> Ending {
    match verified(args, common) {
        Ok((plan, found)) => told(&plan, &found, common),
        Err(error) => {
            let ending = Ending::from(&error);
            match &error {
                RunError::Rejected(findings) => tell_findings(findings, common),
                RunError::Report(cause) => {
                    tell(&format!("error: {}: {cause}", args.out.display()));
                    tell("    -> give a directory that `terrasink run` wrote");
                    return Ending::Rejected;
                }
                other => tell(&format!("error: {other}")),
            }
            ending
        }
    }
}

fn verified(args: &VerifyArgs, common: &Common) -> Result<(String, Verification), RunError> {
    let output = Output::open(&args.out)?;
    let recorded = output.plan().unwrap_or_default();
    let plan = args.plan.clone().unwrap_or(recorded);
    let mut found = output.verify(&plan);
    if args.rerun {
        let read = read_plan(&plan).map_err(RunError::Rejected)?;
        let seeds = seeds(common).map_err(RunError::Rejected)?;
        let scratch = Scratch::new();
        let progress = Progress::new(common.quiet || common.json);
        let again = output.rerun(
            &read,
            seeds,
            &pass(common, Parts::default()),
            &scratch.0,
            &progress,
        )?;
        found.rerun = Some(again);
    }
    Ok((plan.display().to_string(), found))
}

/// A directory of this process, removed in the end.
struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new() -> Self {
        let name = format!("terrasink-verify-{}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn told(plan: &str, found: &Verification, common: &Common) -> Ending {
    let ending = if found.differences().next().is_none() {
        Ending::Done
    } else {
        Ending::SomeFailed
    };
    if common.json {
        let list = |files: &[Verified]| -> serde_json::Value {
            files
                .iter()
                .map(|file| serde_json::json!({ "path": file.path, "standing": word(file.standing) }))
                .collect()
        };
        return say(&serde_json::json!({
            "ok": ending == Ending::Done,
            "plan": plan,
            "inputs": list(&found.inputs),
            "outputs": list(&found.outputs),
            "rerun": found.rerun.as_deref().map(list),
        })
        .to_string())
        .max(ending);
    }
    let mut parts = vec![("inputs", &found.inputs), ("outputs", &found.outputs)];
    parts.extend(found.rerun.as_ref().map(|rerun| ("second run", rerun)));
    for (what, files) in &parts {
        for file in files.iter().filter(|file| file.standing != Standing::Same) {
            tell(&format!("{what}: {}: {}", file.path, word(file.standing)));
        }
        let same = files.iter().filter(|file| file.standing == Standing::Same);
        let listed = files
            .iter()
            .filter(|file| file.standing != Standing::Unlisted);
        if !common.quiet {
            say(&format!(
                "{what}: {} of {} files as recorded",
                same.count(),
                listed.count()
            ));
        }
    }
    let lost = |file: &Verified| file.standing == Standing::Missing;
    if found.inputs.iter().any(lost) {
        tell("    -> the plan or its data have moved: give the plan with --plan");
    }
    if !Path::new(plan).exists() {
        tell(&format!("    -> no plan at `{plan}`"));
    }
    ending
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Same => "same",
        Standing::Changed => "changed",
        Standing::Missing => "missing",
        Standing::Unlisted => "not in the manifest",
    }
}
