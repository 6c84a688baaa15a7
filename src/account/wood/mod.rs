//! Carbon in harvested wood products.

mod harvested;
mod pool;
mod production;
mod sums;

pub use harvested::{
    HarvestedWoodRow, WoodAccount, WoodBefore, WoodRule, WoodYear, harvested_wood,
    products_after_a_year, short_series, steady_products, unfit_products,
};
pub use production::WoodProduction;
