//! What is wrong with a plan or with data, in plain words: where, what, and what to do.
//!
//! Every check of the program collects findings instead of stopping at the first problem, so that
//! a person sees all of them in one pass.

use std::fmt;

/// A number with its noun: `1 plot`, `2 plots`.
#[must_use]
pub fn counted<N>(number: N, one: &str, many: &str) -> String
where
    N: Copy + fmt::Display + PartialEq + From<u8>,
{
    let noun = if number == N::from(1) { one } else { many };
    format!("{number} {noun}")
}

/// The verb of a number of things: `is` of one, `are` of others.
#[must_use]
pub const fn are(number: usize) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The run is refused until this is mended.
    Error,
    /// The run goes on; the result carries a note.
    Warning,
}

/// One problem found in a plan or in data.
///
/// The text of `what` says what was found and what was expected; `remedy` says what to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Finding {
    /// Whether the run is refused.
    pub severity: Severity,
    /// Where: the file, then layer, row, field, region or class, outermost first, such as
    /// `plots.csv, row 12, field volume_m3_ha`.
    pub place: String,
    /// What was found and what was expected.
    pub what: String,
    /// What the person can do about it.
    pub remedy: String,
}

impl Finding {
    /// A finding that refuses the run.
    #[must_use]
    pub fn error(
        place: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Error,
            place: place.into(),
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    /// A finding that the run reports and lives with.
    #[must_use]
    pub fn warning(
        place: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(place, what, remedy)
        }
    }

    /// Whether this finding refuses the run.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)?;
        if !self.remedy.is_empty() {
            write!(f, "\n    -> {}", self.remedy)?;
        }
        Ok(())
    }
}
