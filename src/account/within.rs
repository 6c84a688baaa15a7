//! A part of the land, by the classes of a further layer.

use std::collections::BTreeSet;

/// Classes of a further layer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Within {
    /// Place among the class layers.
    pub place: usize,
    /// The codes.
    pub codes: BTreeSet<i64>,
    /// Layer and classes in words.
    pub words: String,
}

impl Within {
    /// Whether a part with these classes of the further layers is meant.
    #[must_use]
    pub fn holds(&self, classes: &[Option<i64>]) -> bool {
        let code = classes.get(self.place).copied().flatten();
        code.is_some_and(|code| self.codes.contains(&code))
    }
}
