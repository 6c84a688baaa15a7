//! Karst: carbon that the weathering of carbonate rock takes from the air. A flux of water and
//! rock, reported apart and never added to the removal that an ecosystem is credited with.

use crate::units::{Hectares, PerYear, TonnesCarbon};

/// Hectares in a square kilometre (SI brochure, 9th edition, table 8).
pub(super) const HECTARES_PER_SQUARE_KILOMETRE: f64 = 100.0;

/// Grams of carbon in a mole, as the source rounds it; grams by square metre are tonnes by square
/// kilometre.
pub(super) const CARBON_G_PER_MOL: f64 = 12.0;

/// Carbon that carbonate weathering takes up in a year over an area.
///
/// `CCSF = 0.5 · 12 · R · DIC` in t C km⁻² a⁻¹
///
/// | symbol | meaning | unit |
/// | :----- | :------ | :--- |
/// | `R`    | runoff | m a⁻¹ |
/// | `DIC`  | dissolved inorganic carbon | mmol L⁻¹ |
/// | `0.5`  | share of it that came from the air (`air_share`) | 1 |
///
/// # Source
///
/// Zeng, Liu and Kaufmann 2019, Nature Communications 10:5749, equation 1.
#[must_use]
pub fn carbonate_weathering(
    area: Hectares,
    runoff_m_per_year: f64,
    inorganic_carbon_mmol_per_litre: f64,
    air_share: f64,
) -> PerYear<TonnesCarbon> {
    let flux = air_share * CARBON_G_PER_MOL * runoff_m_per_year * inorganic_carbon_mmol_per_litre;
    PerYear::new(TonnesCarbon::new(
        flux * area.value() / HECTARES_PER_SQUARE_KILOMETRE,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked example W21, on one square kilometre.
    #[test]
    fn a_square_kilometre_takes_up_what_the_worked_example_says() {
        let flux = carbonate_weathering(Hectares::new(100.0), 0.6, 3.0, 0.5).in_one_year();
        assert!((flux.value() - 10.8).abs() < 1e-9);
        assert!((flux.to_co2e().value() - 39.6).abs() < 1e-9);
    }
}
