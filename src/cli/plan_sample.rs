//! `terrasink plan-sample`: how many more plots, in which stratum, reach a wanted precision.

use super::args::{Common, PlanSampleArgs};
use super::{Ending, chain, read_plan, say, tell, tell_findings};
use crate::finding::Finding;
use crate::pipeline::{self, RunError};
use crate::report::{
    Existing, SamplePlan, check_file, sample_plan_csv, sample_plan_text, write_file,
};

pub(super) fn plan_sample(args: &PlanSampleArgs, common: &Common) -> Ending {
    let outcome = planned(args);
    let (ending, findings) = match &outcome {
        Ok((_, warnings)) => (Ending::Done, warnings.clone()),
        Err(error) => {
            if !matches!(error, RunError::Rejected(_)) {
                tell(&format!("error: {}", chain(error)));
            }
            if let Some(hint) = error.hint() {
                tell(&format!("    -> {hint}"));
            }
            let ending = Ending::from(error);
            (ending, Vec::new())
        }
    };
    let (plan, findings) = match outcome {
        Ok((plan, _)) => (Some(plan), findings),
        Err(error) => (None, error.into_findings()),
    };
    if common.json {
        say(&json(args, ending, plan.as_ref(), &findings).to_string());
        return ending;
    }
    tell_findings(&findings, common);
    if let Some(plan) = plan {
        say(&sample_plan_text(&plan));
        if let Some(out) = args.out.as_ref().filter(|_| !common.quiet) {
            tell(&format!("the table was written to {}", out.display()));
        }
    }
    ending
}

fn planned(args: &PlanSampleArgs) -> Result<(SamplePlan, Vec<Finding>), RunError> {
    let existing = if args.overwrite {
        Existing::Replace
    } else {
        Existing::Keep
    };
    if let Some(out) = &args.out {
        check_file(out, existing)?;
    }
    let plan = read_plan(&args.plan).map_err(RunError::Rejected)?;
    let planned = pipeline::plan_sample(&plan, &args.precision, args.confidence)?;
    if let Some(out) = &args.out {
        let table = sample_plan_csv(&out.display().to_string(), &planned.0)?;
        write_file(out, existing, &table.bytes)?;
    }
    Ok(planned)
}

fn json(
    args: &PlanSampleArgs,
    ending: Ending,
    plan: Option<&SamplePlan>,
    findings: &[Finding],
) -> serde_json::Value {
    serde_json::json!({
        "plan": args.plan.display().to_string(),
        "ok": ending == Ending::Done,
        "sample": plan,
        "out": plan.and(args.out.as_ref()).map(|out| out.display().to_string()),
        "findings": findings,
    })
}
