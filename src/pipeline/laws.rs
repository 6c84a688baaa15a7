//! Laws of a run on itself.

use crate::account::{Accounts, CheckRow};
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
                compared(check),
                if check.check.starts_with("stand-") {
                    "see tables/checks.csv and tables/stand_issues.csv: it is a matter of the register"
                } else {
                    "see tables/checks.csv; please report it with the data if you can"
                },
            )
        })
        .collect()
}

/// What was found and what was expected, with as many digits as tell them apart.
fn compared(check: &CheckRow) -> String {
    let rounded = |x: f64| format!("{x:.4}");
    let (found, expected) = (rounded(check.found), rounded(check.expected));
    let (found, expected) = if found == expected {
        (check.found.to_string(), check.expected.to_string())
    } else {
        (found, expected)
    };
    format!(
        "{}: found {found} {}, expected {expected}",
        check.law, check.unit
    )
}
