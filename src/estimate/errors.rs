//! Why a sample gives no estimate.

use super::Design;
use crate::finding::counted;

/// Why a sample gives no estimate.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EstimateError {
    /// The frame holds no plot, no unit, or a unit without strata.
    #[error("the sample has no {what}")]
    Empty {
        /// What is missing: `plots`, `estimation units`, or the strata of a unit.
        what: String,
    },
    /// Two units, two strata of one unit, or two plots share an id.
    #[error("{what} `{id}` occurs more than once")]
    Duplicate {
        /// `plot`, `estimation unit` or `stratum`.
        what: &'static str,
        /// The id.
        id: String,
    },
    /// A plot names a unit or stratum that the frame does not hold.
    #[error("plot `{plot}` lies in stratum `{stratum}`, which the strata do not list")]
    UnknownStratum {
        /// The plot.
        plot: String,
        /// Its stratum, with the unit before it where the plot names one.
        stratum: String,
    },
    /// A plot names no unit, and its stratum occurs in several.
    #[error("plot `{plot}` lies in stratum `{stratum}`, which several estimation units have")]
    AmbiguousStratum {
        /// The plot.
        plot: String,
        /// Its stratum.
        stratum: String,
    },
    /// No plot fell into a stratum that has area, so its mean is unknown.
    #[error("stratum `{stratum}` of unit `{unit}` has no plot, so its mean is unknown")]
    EmptyStratum {
        /// The unit.
        unit: String,
        /// The stratum.
        stratum: String,
    },
    /// The weights of a unit do not sum to one.
    #[error("the stratum weights of unit `{unit}` sum to {sum:.6}, expected 1")]
    Weights {
        /// The unit.
        unit: String,
        /// The sum found.
        sum: f64,
    },
    /// Some strata of a unit have known weights and others were counted.
    #[error("unit `{unit}` mixes known weights and counts, expected one kind")]
    MixedWeights {
        /// The unit.
        unit: String,
    },
    /// The design knows no strata, but a unit has several.
    #[error("unit `{unit}` has {found} strata, but the design `{design}` has one a unit")]
    OneStratumExpected {
        /// The unit.
        unit: String,
        /// How many strata it has.
        found: usize,
        /// The declared design.
        design: Design,
    },
    /// Double sampling needs the counts of the first phase.
    #[error("unit `{unit}` gives no first-phase counts, which `double-sampling` needs")]
    FirstPhaseMissing {
        /// The unit.
        unit: String,
    },
    /// The cluster design needs to know the cluster of each plot.
    #[error("plot `{plot}` names no cluster, which the design `cluster` needs")]
    ClusterMissing {
        /// The plot.
        plot: String,
    },
    /// The design needs to know the area of each sampled stand.
    #[error("stand `{plot}` has no area above 0, which the design `ratio-to-size` needs")]
    SizeMissing {
        /// The stand.
        plot: String,
    },
    /// A cluster lies in two strata.
    #[error("cluster `{cluster}` has plots in more than one stratum")]
    ClusterSplit {
        /// The cluster.
        cluster: String,
    },
    /// More plots were drawn than the stratum (or its first phase) holds.
    #[error("stratum `{stratum}` of unit `{unit}` has {found} drawn, but only {population} exist")]
    Population {
        /// The unit.
        unit: String,
        /// The stratum.
        stratum: String,
        /// Plots or clusters found.
        found: usize,
        /// Plots or clusters that exist.
        population: u64,
    },
    /// An area that must be positive is not.
    #[error("the area of `{of}` is {found} ha, expected more than 0")]
    Area {
        /// The unit or region.
        of: String,
        /// The area found, in hectares.
        found: f64,
    },
    /// A column does not belong to the sample.
    #[error("found {}, expected one for each of {}", counted(*found, "observation", "observations"), counted(*expected, "plot", "plots"))]
    PlotCount {
        /// Observations given.
        found: usize,
        /// Plots of the sample.
        expected: usize,
    },
    /// Plots inside the domain have no value. Unknown is not zero, so nothing is estimated.
    #[error("{}", without_value(*count, plots))]
    MissingValues {
        /// The first ten of them.
        plots: Vec<String>,
        /// How many there are.
        count: usize,
    },
    /// A ratio over nothing.
    #[error("the denominator of the ratio is {found}, expected more than 0")]
    Denominator {
        /// The denominator found.
        found: f64,
    },
    /// The design has no formula for the covariance of two inventories.
    #[error("the design `{design}` gives no covariance between two inventories")]
    ChangeUnsupported {
        /// The declared design.
        design: Design,
    },
    /// Two dates that do not follow each other.
    #[error("the period is {found} years, expected more than 0")]
    Period {
        /// The period found, in years.
        found: f64,
    },
    /// A model has as many coefficients as plots, or neighbours as plots.
    #[error("found {}, expected at least {expected}", counted(*found, "plot", "plots"))]
    TooFewPlots {
        /// Plots, stands or areas given.
        found: usize,
        /// The fewest that will do.
        expected: usize,
    },
    /// A layer that says nothing new at the plots.
    #[error("layer `{layer}` is constant at the plots or a combination of the other layers")]
    DependentLayer {
        /// The layer.
        layer: String,
    },
    /// Not one value for each layer.
    #[error("found {}, expected {expected}", counted(*found, "layer", "layers"))]
    LayerCount {
        /// Layers given.
        found: usize,
        /// Layers expected.
        expected: usize,
    },
    /// A count for a class or stratum that is not listed.
    #[error("found a count for stratum {stratum} and class {class}, which are not listed")]
    UnknownClass {
        /// Position of the stratum.
        stratum: usize,
        /// Position of the class.
        class: usize,
    },
    /// A tree on a plot that the sample does not hold.
    #[error("tree {tree} stands on plot number {plot}, but the sample has {}", counted(*plots, "plot", "plots"))]
    UnknownPlot {
        /// Position of the tree.
        tree: usize,
        /// Position of its plot.
        plot: usize,
        /// Plots of the sample.
        plots: usize,
    },
    /// A tally tree that stands for no trees.
    #[error("a tally tree stands for {found} trees per ha, expected more than 0")]
    Expansion {
        /// The expansion found.
        found: f64,
    },
    /// A variance between areas that is none.
    #[error("the variance between areas is {found}, expected 0 or more")]
    BetweenVariance {
        /// The variance found.
        found: f64,
    },
    /// A model did not settle.
    #[error("the model did not settle in {rounds} rounds")]
    NoConvergence {
        /// Rounds tried.
        rounds: usize,
    },
    /// A level of confidence that is no level.
    #[error("found {found}, expected a level of confidence above 0 and below 1")]
    Confidence {
        /// The level found.
        found: f64,
    },
}

/// Ids in backticks, joined by commas.
fn without_value(count: usize, plots: &[String]) -> String {
    let first = if count > plots.len() {
        "first of them "
    } else {
        ""
    };
    let has = counted(count, "plot has", "plots have");
    format!("{has} no value: {first}{}", quoted(plots))
}

fn quoted(ids: &[String]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
    ids.join(", ")
}
