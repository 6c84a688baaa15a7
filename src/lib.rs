//! terrasink turns what a survey team has on disk into accounts of the ecosystem carbon sink
//! of every region.
//!
//! The journey of the data is the order of the rooms:
//!
//! ```text
//! units → grid → zonal → estimate → account → report
//! input opens files for the rooms; pipeline walks through them; cli talks to the person
//! ```
//!
//! A room uses rooms to its left, never to its right.

pub mod account;
pub mod finding;
pub mod grid;
#[cfg(feature = "gdal")]
pub mod input;
pub mod report;
pub mod units;
