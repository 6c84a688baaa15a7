//! `terrasink methods`: what can be computed, by which formula, with which parameters and sources.

use std::collections::BTreeMap;

use super::{Common, Ending, say, seeds, tell_findings};

pub(super) fn methods(id: Option<&str>, common: &Common) -> Ending {
    let seeds = match seeds(common) {
        Ok(seeds) => seeds,
        Err(findings) => {
            tell_findings(&findings, common.quiet);
            return Ending::Rejected;
        }
    };
    say("")
}
