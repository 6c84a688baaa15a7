//! How good a figure is, and which evidence a run takes.

use std::fmt;

/// How good a figure is, in the fixed words of the `quality` columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quality {
    /// Estimated from the region's own plots.
    Direct,
    /// Borrowed from a larger area because the region has too few plots.
    Synthetic,
    /// Joined from both.
    Composite,
    /// A register of stands: a census without sampling error.
    Register,
    /// Area counted on the map, no sample.
    MapOnly,
    /// Map area times a published default.
    PublishedDefault,
    /// Rests on a figure that was recalled and not read again.
    RecalledParameter,
    /// Rests on a figure of the user's.
    UserParameter,
    /// Nothing could be computed.
    Missing,
}

impl Quality {
    /// The word.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Synthetic => "synthetic",
            Self::Composite => "composite",
            Self::Register => "register",
            Self::MapOnly => "map-only",
            Self::PublishedDefault => "published-default",
            Self::RecalledParameter => "recalled-parameter",
            Self::UserParameter => "user-parameter",
            Self::Missing => "missing",
        }
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// Which parameters a run may rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Evidence {
    /// All; recalled ones are marked.
    #[default]
    Any,
    /// Registry mode: recalled ones are refused.
    Registry,
}
