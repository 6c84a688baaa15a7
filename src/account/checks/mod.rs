//! What a plan chooses, held against the methods, against what is there, and against itself.
//!
//! Here double counting is refused, and said what a choice leaves out.

mod beside_classes;
pub(super) mod companion;
mod fit;
pub(super) mod gain_alone;
pub(super) mod inventory_share;
pub(super) mod landless;
mod pool_overlap;

pub use beside_classes::beside_classes;
pub(super) use fit::{check_fit, check_methane, counted_depth};
pub use fit::{choice_problems, clashes, misfits};
pub(super) use pool_overlap::{check_overlays, check_single};
