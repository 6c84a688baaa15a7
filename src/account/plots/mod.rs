//! What a sample of plots says of pools, and which land of the map is in it.

pub(super) mod pools;
mod sampled_totals;
mod share;

pub use pools::{BETWEEN_EARLIER, PoolChanges, PoolEstimate, PoolStocks, PoolSum, removal_of};
pub use sampled_totals::{InventoryRow, StratumPartRow, StratumRow};
pub(super) use share::{Elsewhere, InventoryShare};
