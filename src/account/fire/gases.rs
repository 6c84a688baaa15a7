//! Fire: gases from biomass that burns.

use crate::units::{Fraction, Hectares, PerHectare, TonnesDryMatter};

/// Mass of a gas, in tonnes, that a fire gives off.
///
/// `L = A · M_B · C_f · G_ef / 1000`
///
/// | symbol | meaning | unit |
/// | :----- | :------ | :--- |
/// | `A`    | area burnt | ha |
/// | `M_B`  | dry matter available to burn | t d.m. ha⁻¹ |
/// | `C_f`  | share of it that burns | 1 |
/// | `G_ef` | gas given off by dry matter burnt | g kg⁻¹ |
///
/// The carbon dioxide of a fire is never added to a stock difference over the same period, which
/// holds it already.
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 2, equation 2.27.
#[must_use]
pub fn fire_gas_tonnes(
    area: Hectares,
    available: PerHectare<TonnesDryMatter>,
    combustion: Fraction,
    gas_g_per_kg: f64,
) -> f64 {
    // Grams by kilogram are kilograms by tonne; a thousand of them make a tonne.
    const KILOGRAMS_PER_TONNE: f64 = 1000.0;
    (available * area).value() * combustion.value() * gas_g_per_kg / KILOGRAMS_PER_TONNE
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::account::Seeds;

    /// Worked example W17: 100 ha of other temperate forest, with the seeds' factors.
    #[test]
    fn a_forest_fire_gives_off_the_gases_of_the_worked_example() {
        let seeds = Seeds::embedded();
        for (gas, expected) in [("co2", 3530.25), ("ch4", 10.575), ("n2o", 0.585)] {
            let keys = BTreeMap::from([
                ("category".to_owned(), "extra-tropical-forest".to_owned()),
                ("gas".to_owned(), gas.to_owned()),
            ]);
            let factor = seeds
                .parameters()
                .find("fire-emission-factor", &keys)
                .unwrap();
            let tonnes = fire_gas_tonnes(
                Hectares::new(100.0),
                PerHectare::new(TonnesDryMatter::new(50.0)),
                Fraction::new(0.45).unwrap(),
                factor.value.unwrap(),
            );
            assert!((tonnes - expected).abs() < 1e-9, "{gas} {tonnes}");
        }
    }
}
