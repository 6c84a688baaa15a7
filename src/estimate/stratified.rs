//! Stratified sampling: strata with known weights, each drawn on its own.

use super::sample::{Layer, UnitFacts};

/// The coefficient of the variance within a stratum, `c_h` in `V(Ŷ) = Σ c_h s²_h`.
///
/// `Ŷ = A Σ W_h ȳ_h`, `c_h = A² W_h² (1 − n_h/N_h) / n_h`.
///
/// | symbol | meaning                            | unit |
/// | :----- | :--------------------------------- | :--- |
/// | `A`    | area of the unit                   | ha   |
/// | `W_h`  | share of the stratum in the unit   |      |
/// | `n_h`  | plots drawn from the stratum       |      |
/// | `N_h`  | plots that it could hold           |      |
///
/// Each stratum is a term with `n_h − 1` degrees of freedom (Satterthwaite).
///
/// # Source
///
/// Cochran, Sampling Techniques, 3rd edition (1977), chapter 5, sections 5.3 and 5.4.
pub(super) fn coefficient(unit: &UnitFacts, layer: &Layer) -> f64 {
    let total = unit.area * layer.weight;
    total * total * layer.finite_population_correction() / layer.drawn
}
