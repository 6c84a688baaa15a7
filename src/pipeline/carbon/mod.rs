//! Carbon of the regions: the account, fires, and the value of removals.

mod account;
mod burnt_land;
mod fire_gases;
mod price;
mod restoration_effects;

pub(super) use account::{carbon, figure, quality};
pub(super) use fire_gases::gases;
pub(super) use price::{credits, sink_values};
pub(super) use restoration_effects::restorations;
