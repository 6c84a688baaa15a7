//! A pass that goes on where another stopped.

use super::ledger::Ledger;

/// What the first blocks of a pass gave, folded in their order. A pass that begins with it gives the
/// same bits as one that begins anew.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Part {
    /// How many blocks, from the first.
    pub blocks: usize,
    /// What they gave.
    pub ledger: Ledger,
}

/// Someone who keeps parts of a pass while it runs.
pub trait Keep: Sync {
    /// Whether it is time to keep a part; asked after every block.
    fn is_due(&self) -> bool;

    /// Keeps a part.
    fn keep(&self, part: Part);
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeepNothing;

impl Keep for KeepNothing {
    fn is_due(&self) -> bool {
        false
    }

    fn keep(&self, _: Part) {}
}
