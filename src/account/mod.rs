//! Accounting: areas, plots and parameters become ecosystems, pools, stocks and removals.
//!
//! This room never reads files; it takes values and returns values.

mod tables;

pub use tables::*;
