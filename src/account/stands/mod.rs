//! Stands of registers: what they hold, how they grow, how they changed.

mod aged_forest;
mod biomass;
pub(super) mod carbon;
mod changes;
mod codes;
mod grower;
pub(super) mod growth;
mod register;
mod setting;
mod stocks;
mod sum;
mod unfit;
mod unlisted;

pub use aged_forest::{AgedArea, AgedForest};
pub use carbon::StandInput;
pub use codes::{
    CodeRow, CodeTable, FieldName, LandKind, SpeciesKeys, StandCodes, land_classes, species,
};
pub use growth::GrowthInput;
pub use register::{
    Register, RegisterRow, RegisterSums, Stand, StandIssue, StandPart, StandRow, StandTables,
};
pub(super) use setting::Setting;
pub use stocks::NO_STAND;
pub use sum::StandSum;
pub use unfit::unfit_stands;
