//! The headline row of each region, its notes, and what it may not say.

mod brief_notes;
mod by_region;
mod notes;
mod parts_of_figures;
mod row;
mod sampled_figures;
mod withhold;

pub(super) use by_region::by_region;
pub(super) use row::{Parts, headline};
pub(super) use sampled_figures::trace_samples;
pub(super) use withhold::{Lost, borrows};
