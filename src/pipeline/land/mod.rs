//! Land by map, sample and register, side by side and corrected.

mod accuracy;
mod corrects;
mod coverage;
mod register;

pub(super) use accuracy::{Accuracy, accuracy};
pub(super) use coverage::coverage;
pub(super) use register::{Registered, registered, shapes};
