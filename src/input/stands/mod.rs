//! Stand registers: which fields hold what, and their features as stands.

mod fields;
mod reading;
mod register;

pub use register::{StandFile, StandRecord, StandVolume, read_stands};
