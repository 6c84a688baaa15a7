//! Accounting: areas, plots and parameters become ecosystems, pools, stocks and removals.
//!
//! This room never reads files; it takes values and returns values.

mod area_pools;
mod areas;
mod carbon;
mod closed_form;
mod definition;
mod ecosystem;
mod legend;
mod method;
mod monte_carlo;
mod parameter;
mod plot_pools;
mod pool;
mod seeds;
mod sheet;
mod tables;
mod target;
mod trace;
mod transitions;
mod uncertainty;

pub use areas::{
    AreaAccount, AreaInput, BoundaryRule, Conversions, MapYear, MeasuredArea, RegionArea,
    RegionAreas, RollUp, UnitArea, YearAreas, areas,
};
pub use carbon::{CarbonAccount, CarbonChoice, CarbonInput, Evidence, Quality, carbon};
pub use closed_form::{ClosedForm, closed_form};
pub use definition::{ForestDefinition, ForestRule, LandRule};
pub use ecosystem::{Ecosystem, LandCategory, UnknownName};
pub use legend::{Legend, LegendClass};
pub use method::{
    Approach, Citation, Direction, Method, MethodDescription, ParameterDescription,
    PoolDescription, PoolRule, Reference,
};
pub use monte_carlo::{DrawPlan, Drawn};
pub use parameter::{
    IntervalKind, Overrides, Parameter, ParameterError, Parameters, Shape, Spread, Standing,
};
pub use plot_pools::{PoolChanges, PoolEstimate, PoolStocks, removal_of};
pub use pool::Pool;
pub use seeds::{Seeds, Source};
pub use tables::*;
pub use target::{
    COVERAGE_RATE, Comparison, Observation, Policy, PolicyLine, STOCK_VOLUME, Scope, targets,
};
pub use trace::{Headline, Input, SampleFigure, Term, Trace, TracedFigure};
pub use uncertainty::{HeadlineSpread, UncertaintyAccount, UncertaintyPlan, uncertainty};
