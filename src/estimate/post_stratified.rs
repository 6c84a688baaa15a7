//! Post-stratification: one sample a unit, strata with known weights laid over it afterwards.

use super::sample::{Layer, UnitFacts};

/// The coefficient of the variance within a stratum, `c_h` in `V(Ŷ) = Σ c_h s²_h`.
///
/// `Ŷ = A Σ W_h ȳ_h`,
/// `V(Ŷ) = (A²/n) [Σ W_h n_h v(ȳ_h) + Σ (1 − W_h) (n_h/n) v(ȳ_h)]` with `v(ȳ_h) = s²_h / n_h`,
/// so that `c_h = (A²/n) [W_h + (1 − W_h)/n]`.
///
/// | symbol | meaning                          | unit |
/// | :----- | :------------------------------- | :--- |
/// | `A`    | area of the unit                 | ha   |
/// | `W_h`  | share of the stratum in the unit |      |
/// | `n_h`  | plots that fell into the stratum |      |
/// | `n`    | plots of the unit                |      |
///
/// The second sum pays for the chance in `n_h`. A unit is one term with `n − H` degrees of freedom,
/// where `H` is its number of strata. There is no finite population correction.
///
/// # Source
///
/// Bechtold and Patterson (editors) 2005, The enhanced Forest Inventory and Analysis program, USDA
/// Forest Service GTR SRS-80, chapter 4 (post-stratified estimation). R rFIA 1.1.4 and FIESTA compute
/// the same.
pub(super) fn coefficient(unit: &UnitFacts, layer: &Layer) -> f64 {
    let n = unit.plots;
    unit.area * unit.area / n * (layer.weight + (1.0 - layer.weight) / n)
}

/// Degrees of freedom of a unit, `n − H`.
pub(super) fn degrees_of_freedom(unit: &UnitFacts) -> f64 {
    unit.plots - unit.layers.len() as f64
}
