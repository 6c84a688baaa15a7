//! Laws of a run on itself.

use crate::account::Accounts;
use crate::finding::Finding;

/// Laws of the run on itself that do not hold.
pub(super) fn broken_laws(accounts: &Accounts) -> Vec<Finding> {
    accounts
        .checks
        .iter()
        .filter(|check| !check.passed)
        .map(|check| {
            Finding::warning(
                format!("check {}, region {}", check.check, check.region_id),
                format!(
                    "{}: found {} {}, expected {}",
                    check.law, check.found, check.unit, check.expected
                ),
                if check.check.starts_with("stand-") {
                    "see tables/checks.csv and tables/stand_issues.csv: it is a matter of the register"
                } else {
                    "see tables/checks.csv; please report it with the data if you can"
                },
            )
        })
        .collect()
}
