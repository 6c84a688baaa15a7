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
//! 2 000 samples (100 for the neighbours) of about 60 plots were drawn from a made landscape of 3 600
//! hectares whose stock is known; `simulation_tests.rs` repeats this on every test run. *Bias* is the
//! mean error in percent of the truth; *noise* is its standard error from the simulation itself; *error
//! ratio* is the root of the mean estimated variance over the true spread, 1 when variances are right;
//! *coverage* is the share of 95 % intervals that hold the truth.
//!
//! | estimator              | bias % | noise % | error ratio | coverage % |
//! | :--------------------- | -----: | ------: | ----------: | ---------: |
//! | `simple-random`        |   0.08 |    0.25 |        1.01 |       94.6 |
//! | `systematic`           |  −0.20 |    0.10 |        2.23 |      100.0 |
//! | `stratified`           |  −0.04 |    0.11 |        1.00 |       95.3 |
//! | `post-stratified`      |   0.13 |    0.11 |        1.01 |       95.2 |
//! | `double-sampling`      |  −0.02 |    0.15 |        1.00 |       94.9 |
//! | `cluster`              |  −0.43 |    0.28 |        1.00 |       94.5 |
//! | ratio of means         |  −0.12 |         |             |       94.9 |
//! | `ratio-to-size`        |   0.13 |    0.25 |        1.01 |       95.1 |
//! | `proportional-to-size` |   0.22 |    0.24 |        1.01 |       95.2 |
//! | `model-assisted`       |  −0.14 |    0.11 |        0.98 |       94.9 |
//! | `nearest-neighbours`   |  −0.73 |         |             |       94   |
//! | change, post-stratified |  1.03 |    1.67 |        1.01 |       95.0 |
//!
//! A systematic sample of a landscape with long waves is far better than its variance says, which is
//! that of a random sample: the price of having no unbiased one. Samples of fewer than about 20 plots
//! and domains with a handful of plots that are not zero have skewed errors; their intervals hold the
//! truth less often than they say.

mod accuracy;
mod assisted;
mod change;
mod checks;
mod cluster;
mod components;
mod composite;
mod covariance;
mod double_sampling;
mod errors;
mod estimated;
mod frame;
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
mod stratified;
mod synthetic;
mod trees;
mod variable;
mod weights;

pub use accuracy::{ReferenceCount, ReferenceSample, ReferenceStratum};
pub use change::{Change, Matches, Remeasurement, change};
pub use checks::{Places, findings, plot_findings};
pub use components::{Components, Fate, VisitedTree};
pub use composite::{Composite, FayHerriot, SmallArea, benchmarked, composite, fay_herriot};
pub use errors::EstimateError;
pub use estimated::{Confidence, Estimate, Estimator, RatioEstimate};
pub use frame::{Design, EstimationUnit, Frame, Plot, Stratum, UnknownDesign, Weight};
pub use model_assisted::{Auxiliary, Regression, WallToWall};
pub use nearest::{FeatureSpace, MOST_FEATURES, MappedMean, NeighbourWeight, Neighbours};
pub use observations::Observations;
pub use planning::{Allocation, Outlook, StratumSpread, simple_random_size};
pub use quantile::two_sided_quantile;
pub use register::{ControlCheck, RegisterTotal, census, control_check, register_total};
pub use sample::Sample;
pub use synthetic::synthetic;
pub use trees::{Expansion, TallyTree, TreeEquation, plot_sums};
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
