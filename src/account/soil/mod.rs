//! Soil: profiles, reference stocks and their change by use and management, and what depth leaves out.

pub(super) mod change;
mod clock;
mod course;
pub(super) mod management;
mod profile;
mod sample;
mod strata;
mod survey;
pub(super) mod uncounted;

pub use clock::{DEFAULT_TRANSITION, SoilClock};
pub(super) use management::Change;
pub use profile::{SoilProfile, SoilSurvey, Strata};
pub use sample::{SoilLayer, fine_earth, profile_stock, stock_to_mass};
pub use strata::{SoilAreas, soil_areas};
pub use survey::{SoilProfileRow, SoilRule, SoilSampleRow, SoilTables, soil_survey};
