//! Why a parameter is not found.

/// Why a parameter could not be chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// No table has the id.
    #[error("no parameter `{id}`{}", suggestion.as_ref().map(|near| format!(", did you mean `{near}`?")).unwrap_or_default())]
    UnknownId {
        /// The id that was asked for.
        id: String,
        /// The nearest known id.
        suggestion: Option<String>,
    },
    /// No row has the keys.
    #[error("parameter `{id}` has no row for {asked}; `{key}` can be {allowed}")]
    NoRow {
        /// The id that was asked for.
        id: String,
        /// The keys that were asked for.
        asked: String,
        /// The key that fits no row.
        key: String,
        /// What the key can be.
        allowed: String,
    },
    /// Every key fits some row, and no row has all of them.
    #[error("parameter `{id}` has no row for {asked} together; the nearest have {nearest}")]
    NoCombination {
        /// The id that was asked for.
        id: String,
        /// The keys that were asked for.
        asked: String,
        /// What the rows that fit all keys but the fewest have in place of these.
        nearest: String,
    },
    /// Rows have the keys, and their classes do not hold what is asked for.
    #[error("parameter `{id}` has no class here for {asked}, only {classes}")]
    OutsideClasses {
        /// The id that was asked for.
        id: String,
        /// The keys that were asked for.
        asked: String,
        /// The classes that there are.
        classes: String,
    },
    /// Several rows have the keys, because one is not given.
    #[error("parameter `{id}` needs `{key}`, one of {allowed}")]
    KeyMissing {
        /// The id that was asked for.
        id: String,
        /// The key that is missing.
        key: String,
        /// What it can be.
        allowed: String,
    },
    /// The row has no single value.
    #[error("parameter `{row}` is published as a range without a value")]
    NoValue {
        /// Id of the row.
        row: String,
    },
    /// The row is in another unit than the method works in.
    #[error("parameter `{row}` is in `{found}`, expected `{expected}`")]
    Unit {
        /// Id of the row.
        row: String,
        /// The unit of the row.
        found: String,
        /// The unit that the method works in.
        expected: String,
    },
    /// The value cannot be.
    #[error("parameter `{row}` is {found}, expected {expected}")]
    Beyond {
        /// Id of the row.
        row: String,
        /// Its value, as it is written.
        found: String,
        /// What it can be.
        expected: String,
    },
}
