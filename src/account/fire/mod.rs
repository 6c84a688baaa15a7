//! Fire: burnt land, what of it is counted beside other accounts, and its gases.

mod burnt;
mod gases;
mod left_out;
mod row;
mod years;

pub use burnt::{Fire, FireAccount, HeldLand, Unseen, fires, unknown_categories};
pub use gases::fire_gas_tonnes;
pub use row::FireRow;
