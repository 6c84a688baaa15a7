//! Simple random and systematic sampling: one mean a unit.

use super::sample::{Layer, UnitFacts};

/// The coefficient of the variance of a total, `c` in `V(Ŷ) = c s²`.
///
/// `Ŷ = A ȳ`, `c = A² (1 − n/N) / n`, with `s² = Σ (y − ȳ)² / (n − 1)` and `n − 1` degrees of
/// freedom.
///
/// | symbol | meaning                                         | unit   |
/// | :----- | :---------------------------------------------- | :----- |
/// | `A`    | area of the unit                                | ha     |
/// | `y`    | value of a plot                                 | per ha |
/// | `n`    | plots drawn                                     |        |
/// | `N`    | plots that the unit could hold; left out if unknown |    |
///
/// A systematic sample has no unbiased variance; that of a random sample is used, which is too large
/// wherever neighbours resemble each other.
///
/// # Source
///
/// Cochran, Sampling Techniques, 3rd edition (1977), chapter 2, theorems 2.2 and 2.4; chapter 8 for
/// systematic samples.
pub(super) fn coefficient(unit: &UnitFacts, layer: &Layer) -> f64 {
    unit.area * unit.area * layer.finite_population_correction() / layer.drawn
}
