//! What opening the inputs of a plan gathers: files, problems, warnings. Problems that rest on a part of
//! the plan which could not be read are not kept.

use std::path::PathBuf;

use super::prepare::Prepared;
use crate::finding::Finding;
use crate::input::missing;
use crate::plan::Plan;

/// What opening the inputs gathers beside them.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Gathered {
    /// Every file that was read, in the order of the plan.
    pub(super) inputs: Vec<PathBuf>,
    /// Problems: with any, the plan is refused.
    pub(in crate::pipeline) findings: Vec<Finding>,
    /// What must be known.
    pub(in crate::pipeline) warnings: Vec<Finding>,
    /// How many problems there were before what is looked at now.
    before: usize,
    /// Whether what is looked at now rests on a part of the plan that was not read.
    in_doubt: bool,
}

impl Gathered {
    /// What is wrong with the plan itself, before its data are opened.
    pub(in crate::pipeline) fn of(plan: &Plan) -> Self {
        Self {
            findings: plan.problems.clone(),
            ..Self::default()
        }
    }

    /// What is looked at from here on rests on these tables of the plan. Its problems are kept where
    /// they were read whole: else they need not be those of the plan as it was meant.
    pub(in crate::pipeline) fn rests_on(&mut self, plan: &Plan, tables: &[&str]) {
        if self.in_doubt {
            self.findings.truncate(self.before);
        }
        self.before = self.findings.len();
        self.in_doubt = !plan.spares(tables);
    }

    /// Ends the look at the data. Of a plan that is refused, files that are not there are told whatever table
    /// names them: not all of its data were looked at.
    pub(in crate::pipeline) fn end(&mut self, plan: &Plan) {
        self.rests_on(plan, &[]);
        if self.findings.is_empty() {
            return;
        }
        let files = plan.named_files();
        for found in files.iter().filter_map(|path| missing(path)) {
            let mut told = self.findings.iter();
            if !told.any(|told| told.place.starts_with(&found.place)) {
                self.findings.push(found);
            }
        }
    }

    /// The plan is refused, and nothing of it is sound enough to be measured.
    pub(super) fn refused(mut self, plan: &Plan) -> Refused {
        self.end(plan);
        Refused {
            findings: self.findings,
            sound: None,
        }
    }
}

/// Why a plan cannot be worked on.
#[derive(Debug)]
pub(in crate::pipeline) struct Refused {
    /// Every problem found without a pass over the maps.
    pub(in crate::pipeline) findings: Vec<Finding>,
    /// Maps and regions alone, where these are sound: the classes of the maps can still be checked.
    pub(in crate::pipeline) sound: Option<Box<Prepared>>,
}
