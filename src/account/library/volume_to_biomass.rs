//! Volume to biomass: three published ways from growing stock to dry matter.

use crate::units::{CubicMetres, Fraction, Hectares, PerHectare, TonnesCarbon, TonnesDryMatter};

/// Above-ground, below-ground and carbon of a hectare of forest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StandBiomass {
    /// Above-ground dry matter.
    pub above_ground: PerHectare<TonnesDryMatter>,
    /// Below-ground dry matter.
    pub below_ground: PerHectare<TonnesDryMatter>,
    /// Carbon of both.
    pub carbon: PerHectare<TonnesCarbon>,
}

impl StandBiomass {
    fn new(above_ground: f64, root_shoot: f64, carbon_fraction: Fraction) -> Self {
        let below_ground = above_ground * root_shoot;
        let both = TonnesDryMatter::new(above_ground + below_ground);
        Self {
            above_ground: PerHectare::new(TonnesDryMatter::new(above_ground)),
            below_ground: PerHectare::new(TonnesDryMatter::new(below_ground)),
            carbon: PerHectare::new(both.to_carbon(carbon_fraction)),
        }
    }
}

/// The species figures of the Chinese inventory method.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpeciesFactors {
    /// Dry mass of stem wood by volume, t d.m./m³ (SVD).
    pub wood_density: f64,
    /// Above-ground over stem biomass (BEF).
    pub expansion: f64,
    /// Below-ground over above-ground biomass (R).
    pub root_shoot: f64,
    /// Carbon fraction of dry matter (CF).
    pub carbon_fraction: Fraction,
}

/// Biomass by expansion factor and wood density.
///
/// `AGB = V · SVD · BEF`, `BGB = AGB · R`, `C = (AGB + BGB) · CF`
///
/// | symbol | meaning | unit |
/// | :----- | :------ | :--- |
/// | `V`    | growing stock | m³ ha⁻¹ |
/// | `SVD`  | wood density | t d.m. m⁻³ |
/// | `BEF`  | above-ground over stem biomass | 1 |
/// | `R`    | below-ground over above-ground biomass | 1 |
/// | `CF`   | carbon fraction | t C (t d.m.)⁻¹ |
///
/// # Source
///
/// China national communication and provincial inventory guidelines (2011), forest chapter; the
/// form is that of IPCC 2006 Guidelines, Volume 4, Chapter 4, equation 4.2 note.
#[must_use]
pub fn by_expansion_factor(
    volume: PerHectare<CubicMetres>,
    species: &SpeciesFactors,
) -> StandBiomass {
    let above = volume.on_one_hectare().value() * species.wood_density * species.expansion;
    StandBiomass::new(above, species.root_shoot, species.carbon_fraction)
}

/// Biomass by the conversion and expansion factor of the class of growing stock.
///
/// `AGB = V · BCEF_S`, `BGB = AGB · R`, `C = (AGB + BGB) · CF`. The class limits matter: a stock
/// exactly on a limit belongs to the lower class (see
/// [`Parameters::find_at`](super::parameters::Parameters::find_at)).
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 2, equation 2.8, and Chapter 4, table 4.5.
#[must_use]
pub fn by_conversion_factor(
    volume: PerHectare<CubicMetres>,
    conversion_t_dm_per_m3: f64,
    root_shoot: f64,
    carbon_fraction: Fraction,
) -> StandBiomass {
    let above = volume.on_one_hectare().value() * conversion_t_dm_per_m3;
    StandBiomass::new(above, root_shoot, carbon_fraction)
}

/// Biomass by the continuous function of a forest type, roots included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContinuousBiomass {
    /// Total dry matter, roots included.
    pub biomass: TonnesDryMatter,
    /// Whether the function gave less than nothing and was held at zero.
    pub held_at_zero: bool,
}

/// Biomass of the stands of one forest type by the continuous function.
///
/// `B = a · V + b · A` over the area with growing stock; with a mean stock it is
/// `A · (a · V/A + b)`.
///
/// The function is linear, so the mean stock of a type gives the same total as its stands do, as
/// long as no stand is held at zero; it is never laid over land without growing stock, where `b`
/// would stand for trees that are not there, nor across types. Types with a negative `b` can give
/// less than nothing at small stocks: then the biomass is zero and the result says so. That is of
/// each stand: a sum is taken of stands that are all held or none.
///
/// # Source
///
/// Fang, Chen, Peng, Zhao and Ci 2001, Science 292:2320-2322, biomass expansion as a function of
/// timber volume.
#[must_use]
pub fn by_continuous_function(
    volume: CubicMetres,
    area_with_stock: Hectares,
    slope_t_dm_per_m3: f64,
    intercept_t_dm_per_ha: f64,
) -> ContinuousBiomass {
    if volume.value() <= 0.0 {
        return ContinuousBiomass {
            biomass: TonnesDryMatter::ZERO,
            held_at_zero: false,
        };
    }
    let biomass =
        slope_t_dm_per_m3 * volume.value() + intercept_t_dm_per_ha * area_with_stock.value();
    ContinuousBiomass {
        biomass: TonnesDryMatter::new(biomass.max(0.0)),
        held_at_zero: biomass < 0.0,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::account::Seeds;

    fn volume(value: f64) -> PerHectare<CubicMetres> {
        PerHectare::new(CubicMetres::new(value))
    }

    fn keys(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    }

    /// Worked example W11, with the Masson pine row of the seeds.
    #[test]
    fn expansion_factors_give_the_worked_example() {
        let seeds = Seeds::embedded();
        let keys = keys(&[("species-group", "pinus-massoniana")]);
        let value = |id: &str| seeds.parameters().find(id, &keys).unwrap().value.unwrap();
        let species = SpeciesFactors {
            wood_density: value("wood-density-china"),
            expansion: value("bef-china"),
            root_shoot: value("root-shoot-china"),
            carbon_fraction: Fraction::new(value("carbon-fraction-china")).unwrap(),
        };
        let stand = by_expansion_factor(volume(80.0), &species);
        assert!((stand.above_ground.on_one_hectare().value() - 44.7488).abs() < 1e-9);
        assert!((stand.below_ground.on_one_hectare().value() - 8.368_025_6).abs() < 1e-9);
        let carbon = stand.carbon.on_one_hectare();
        assert!((carbon.value() - 24.433_739_776).abs() < 1e-9);
        assert!((carbon.to_co2e().value() - 89.590_379_178_666_67).abs() < 1e-9);
    }

    /// Worked example W12, with the class limits of table 4.5.
    #[test]
    fn conversion_factors_follow_the_class_of_stock() {
        let seeds = Seeds::embedded();
        let keys = keys(&[("climate-zone", "temperate"), ("forest-type", "pines")]);
        let factor = |at: f64| {
            seeds
                .parameters()
                .find_at("bcef-s", &keys, at)
                .unwrap()
                .value
                .unwrap()
        };
        assert!((factor(40.0) - 1.0).abs() < 1e-12);
        assert!((factor(40.1) - 0.75).abs() < 1e-12);
        let fraction = Fraction::new(0.47).unwrap();
        let stand = by_conversion_factor(volume(80.0), factor(80.0), 0.29, fraction);
        assert!((stand.above_ground.on_one_hectare().value() - 60.0).abs() < 1e-9);
        assert!((stand.carbon.on_one_hectare().value() - 36.378).abs() < 1e-9);
    }

    #[test]
    fn the_continuous_function_is_not_laid_over_land_without_stock() {
        let none = by_continuous_function(CubicMetres::ZERO, Hectares::new(10.0), 0.5, 20.0);
        assert_eq!(none.biomass, TonnesDryMatter::ZERO);
        let some = by_continuous_function(CubicMetres::new(100.0), Hectares::new(2.0), 0.5, 20.0);
        assert_eq!(some.biomass, TonnesDryMatter::new(90.0));
        let held = by_continuous_function(CubicMetres::new(1.0), Hectares::new(1.0), 1.1, -8.5);
        assert!(held.held_at_zero && held.biomass == TonnesDryMatter::ZERO);
    }
}
