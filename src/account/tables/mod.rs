//! The rows that a run produces: one fact a row, every figure with its method and its spread.
//!
//! These are values, not files. The report room writes them and knows what each column means; the
//! rooms of accounting fill them.

mod carbon;
mod figure;
mod land;
mod outcome;
mod stands;

pub(super) use carbon::no_removal;
pub use carbon::{CarbonRow, CarbonTransitionRow, SequestrationRow};
pub use figure::{Figure, TOTAL, period};
pub use land::{AreaKind, AreaRow, CoverageSource, LayerRow, TransitionRow};
pub(super) use outcome::merged;
pub use outcome::{CheckRow, ParameterRow, TargetRow, UncertaintyRow};
pub use stands::{StandCarbonRow, StandGrowthRow};
