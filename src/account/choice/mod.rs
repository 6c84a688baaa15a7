//! What a plan asks for: methods for ecosystems, layers that hold a stock, depths of soil.

mod depths;
mod entry;
mod layer_stock;

pub(super) use depths::{Depths, SoilStocks};
pub use entry::{CarbonChoice, Managed};
pub(super) use entry::{losses, restored};
pub use layer_stock::{LayerStock, ValueLayer};
