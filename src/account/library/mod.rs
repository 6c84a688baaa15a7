//! The parameter library: figures with their sources, and the methods that use them.
//!
//! A parameter has a value, an interval of a stated kind, a unit, a source with its place in it, and a standing. This
//! room knows no land and no plan: it finds the row that keys ask for, or says why there is none.

mod curve;
mod growth_rule;
mod method;
mod method_description;
mod one_figure;
mod own_parameters;
mod parameter;
mod parameter_error;
mod parameters;
mod plan_keys;
mod reference;
mod seeds;
pub(super) mod sheet;
mod table_methods;
mod volume_rule;
mod volume_to_biomass;

pub use curve::{Curve, Follows};
pub use growth_rule::GrowthRule;
pub use method::{Approach, Citation, Direction, Method, PoolRule};
pub(super) use method_description::METHANE_GAS;
pub use method_description::{MethodDescription, ParameterDescription, PoolDescription};
pub use own_parameters::Overrides;
pub(super) use parameter::refuse_recalled;
pub use parameter::{IntervalKind, Parameter, Shape, Spread, Standing};
pub(super) use parameter_error::each_once;
pub use parameters::{ParameterError, Parameters};
pub use plan_keys::{idle_keys, unknown_keys};
pub(super) use reference::PARAMETER_SET;
pub use reference::{Choose, Reference};
pub use seeds::{Seeds, Source};
pub(super) use sheet::SheetRow;
pub use sheet::regions_named;
pub use table_methods::FIRE;
pub(super) use table_methods::{CLASS_DENSITY, EFFECT, FIRE_METHOD, HARVESTED_WOOD};
pub use volume_rule::VolumeRule;
pub(super) use volume_rule::{Factors, chosen, value};
pub use volume_to_biomass::{
    ContinuousBiomass, SpeciesFactors, StandBiomass, by_continuous_function, by_conversion_factor,
    by_expansion_factor,
};
