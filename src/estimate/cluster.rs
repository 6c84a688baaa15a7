//! Cluster sampling: whole groups of plots are drawn, and plots of one group resemble each other.

use super::sample::{Layer, UnitFacts};

/// The coefficient of the variance between clusters, `c_h` in
/// `V(Ŷ) = Σ c_h Σ_i (t_i − m_i ȳ_h)² / (k_h − 1)`.
///
/// `Ŷ = A Σ W_h ȳ_h` with `ȳ_h = Σ t_i / Σ m_i`, a ratio of cluster totals to cluster sizes;
/// `c_h = A² W_h² (1 − k_h/K_h) / (k_h m̄_h²)`.
///
/// | symbol | meaning                                 | unit   |
/// | :----- | :-------------------------------------- | :----- |
/// | `A`    | area of the unit                        | ha     |
/// | `W_h`  | share of the stratum in the unit        |        |
/// | `t_i`  | sum of the plot values of a cluster     | per ha |
/// | `m_i`  | plots of the cluster, `m̄_h` their mean |        |
/// | `k_h`  | clusters drawn, `K_h` clusters there are |       |
///
/// Each stratum is a term with `k_h − 1` degrees of freedom. Clusters of equal size give the mean of
/// the cluster means; clusters of unequal size a bias of order `1/k_h`.
///
/// # Source
///
/// Cochran, Sampling Techniques, 3rd edition (1977), chapter 9A (clusters of unequal size, ratio to
/// size) and section 6.4.
pub(super) fn coefficient(unit: &UnitFacts, layer: &Layer) -> f64 {
    let total = unit.area * layer.weight;
    let mean_size = layer.size / layer.drawn;
    total * total * layer.finite_population_correction() / (layer.drawn * mean_size * mean_size)
}
