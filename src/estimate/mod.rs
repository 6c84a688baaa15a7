//! Plots and stands become estimates with variance.
//!
//! The design of a sample is declared, never assumed. A [`Frame`] says what was drawn from where;
//! [`Sample::new`] refuses it when the design cannot be evaluated, and [`findings`] lists everything
//! that is wrong with it in one pass. [`Observations`] hold one value a plot, per hectare of the
//! whole plot; a domain (a county, a species) is zero outside and drops no plot.
//!
//! ```text
//! Frame ── Sample::new ──> Sample ── total, mean, ratio, covariance ──> Estimate, RatioEstimate
//!                             └───── Remeasurement::between ── change ──> Change
//! ```
//!
//! Rules of the room:
//!
//! - It never reads files, prints or draws random numbers.
//! - An [`Estimate`] is made here and nowhere else.
//! - Unknown is not zero. A variance that the sample cannot give is `None`: fewer than two plots in a
//!   stratum, or a domain that no plot fell into. A plot without a value refuses the estimate, unless
//!   it lies outside the domain.
//! - Estimation units are sampled independently: totals and variances add up. Degrees of freedom are
//!   combined by Satterthwaite's rule over the independent terms that each design names.
//!
//! # What the estimators promise, and keep
//!
//! `docs/inventory.md` has the bias and the coverage of every estimator on a made landscape whose stock
//! is known; `simulation_tests.rs` computes that table anew on every test run and holds it to its digits.

mod accuracy;
mod assisted;
mod change;
mod checks;
mod class_totals;
mod cluster;
mod components;
mod composite;
mod covariance;
mod double_sampling;
mod errors;
mod estimated;
mod frame;
mod joined;
mod least_squares;
mod model_assisted;
mod nearest;
mod observations;
mod planning;
mod post_stratified;
mod quantile;
mod register;
mod sample;
mod simple_random;
mod stands;
mod strata;
mod stratified;
mod stray_plots;
mod synthetic;
mod trees;
mod value_classes;
mod variable;
mod weights;

pub use accuracy::{ReferenceCount, ReferenceSample, ReferenceStratum};
pub use change::{Change, Matches, Remeasurement, change};
pub use checks::{Places, findings, plot_findings};
pub use components::{Components, Fate, VisitedTree};
pub use composite::{
    Composite, FayHerriot, SmallArea, benchmarked, composite, fay_herriot, sum_by_model,
};
pub use errors::EstimateError;
pub use estimated::{Confidence, Estimate, Estimator, RatioEstimate};
pub use frame::{Design, EstimationUnit, Frame, Plot, Stratum, UnknownDesign, Weight};
pub use joined::joined;
pub use model_assisted::{Auxiliary, Regression, WallToWall};
pub use nearest::{FeatureSpace, MOST_FEATURES, MappedMean, NeighbourWeight, Neighbours};
pub use observations::Observations;
pub use planning::{Allocation, Outlook, StratumSpread, simple_random_size};
pub use quantile::{student_draw, two_sided_quantile};
pub use register::{ControlCheck, RegisterTotal, census, control_check, register_total};
pub use sample::Sample;
pub use strata::StratumPart;
pub use stray_plots::stray_plots;
pub use synthetic::synthetic;
pub use trees::{Expansion, TallyTree, TreeEquation, plot_sums};
pub use value_classes::ValueClasses;
pub use variable::{Limits, Variable};

#[cfg(test)]
mod accuracy_tests;
#[cfg(test)]
mod change_tests;
#[cfg(test)]
mod checks_tests;
#[cfg(test)]
mod composite_tests;
#[cfg(test)]
mod laws_tests;
#[cfg(test)]
mod rhode_island_tests;
#[cfg(test)]
mod simulation_tests;
#[cfg(test)]
mod worked_examples_tests;
#[cfg(test)]
mod wyoming_tests;
