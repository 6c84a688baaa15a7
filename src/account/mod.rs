//! Accounting: areas, plots and parameters become ecosystems, pools, stocks and removals.
//!
//! This room never reads files; it takes values and returns values.

mod definition;
mod ecosystem;
mod legend;
mod method;
mod parameter;
mod pool;
mod seeds;
mod sheet;
mod tables;
mod target;

pub use definition::{ForestDefinition, ForestRule, LandRule};
pub use ecosystem::{Ecosystem, LandCategory, UnknownName};
pub use legend::{Legend, LegendClass};
pub use method::{
    Approach, Citation, Method, MethodDescription, ParameterDescription, PoolDescription, PoolRule,
    Reference,
};
pub use parameter::{
    IntervalKind, Overrides, Parameter, ParameterError, Parameters, Shape, Spread, Standing,
};
pub use pool::Pool;
pub use seeds::{Seeds, Source};
pub use tables::*;
pub use target::{
    COVERAGE_RATE, Comparison, Observation, Policy, PolicyLine, STOCK_VOLUME, Scope, targets,
};
