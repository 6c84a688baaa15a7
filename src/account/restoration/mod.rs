//! The effect of restoration: treated sites against controls, before and after.

mod effect;
mod sites;

pub use effect::{
    BeforeAfter, EffectRow, Restoration, RestorationTables, SiteGroup, restoration,
    treatment_effect,
};
pub use sites::{Site, SiteMeasure, SiteRow, SiteWeight, Sites};
