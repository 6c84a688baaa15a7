//! What land gave or took when it changed: losses by conversion, coast, transitions in carbon; and changes that are
//! not known.

pub(super) mod carbon_transitions;
pub(super) mod coastal_periods;
pub(super) mod conversion_loss;
mod densities;
mod lost_stock;
mod thinned;
pub(super) mod unknown;
pub(super) mod unseen;

pub(super) use conversion_loss::POOLS;
pub use conversion_loss::TIER_ONE_WORDS;
pub(super) use densities::Densities;
pub use unknown::left_out_phrases;
