//! Double sampling for stratification: weights from a large first phase, values from a small second.

use super::sample::{Layer, UnitFacts};

/// The coefficient of the variance within a stratum, `c_h` in
/// `V(Ŷ) = Σ c_h s²_h + (A²/(n′ − 1)) Σ W_h (ȳ_h − ȳ)²`.
///
/// `Ŷ = A Σ W_h ȳ_h` with `W_h = n′_h / n′`; `c_h = A² ((n′_h − 1)/(n′ − 1)) W_h / n_h`.
///
/// | symbol | meaning                                     | unit |
/// | :----- | :------------------------------------------ | :--- |
/// | `A`    | area of the unit                            | ha   |
/// | `n′_h` | first-phase points in the stratum           |      |
/// | `n′`   | first-phase points in the unit              |      |
/// | `n_h`  | second-phase plots in the stratum           |      |
///
/// Each stratum is a term with `n_h − 1` degrees of freedom, the first phase one with `n′ − 1`.
///
/// # Source
///
/// Cochran, Sampling Techniques, 3rd edition (1977), section 12.2; the form of Bechtold and Patterson 2005,
/// GTR SRS-80, chapter 4 (double sampling for stratification).
pub(super) fn coefficient(unit: &UnitFacts, layer: &Layer) -> f64 {
    let within = (layer.first_phase - 1.0) / (unit.first_phase - 1.0);
    unit.area * unit.area * within * layer.weight / layer.plots
}

/// The part of the covariance of two totals that the first phase brings.
///
/// `(A²/(n′ − 1)) Σ W_h (ȳ_h − ȳ)(x̄_h − x̄)`; `means` gives `W_h`, `ȳ_h`, `x̄_h` of all strata.
pub(super) fn first_phase(unit: &UnitFacts, means: &[(f64, f64, f64)]) -> f64 {
    let y: f64 = means.iter().map(|(w, y, _)| w * y).sum();
    let x: f64 = means.iter().map(|(w, _, x)| w * x).sum();
    let between: f64 = means
        .iter()
        .map(|(weight, y_h, x_h)| weight * (y_h - y) * (x_h - x))
        .sum();
    unit.area * unit.area * between / (unit.first_phase - 1.0)
}
