//! Soil samples: carbon stock of a soil from the layers of its profile.

use crate::units::{Fraction, PerHectare, TonnesCarbon};

/// One layer of a soil profile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoilLayer {
    /// Organic carbon by mass of fine earth.
    pub carbon: Fraction,
    /// Bulk density, in grams by cubic centimetre.
    pub bulk_density_g_per_cm3: f64,
    /// Thickness of the layer, in centimetres.
    pub thickness_cm: f64,
    /// Share of the volume that is coarse fragments.
    pub coarse: Fraction,
}

/// Tonnes by hectare in a gram by square centimetre.
const TONNES_PER_HECTARE: f64 = 100.0;

/// Carbon stock of a profile to the depth of its layers.
///
/// `SOC = Σ C · BD · d · (1 - coarse) · 100`
///
/// | symbol   | meaning | unit |
/// | :------- | :------ | :--- |
/// | `C`      | organic carbon of the fine earth | g g⁻¹ |
/// | `BD`     | bulk density | g cm⁻³ |
/// | `d`      | thickness | cm |
/// | `coarse` | coarse fragments by volume | 1 |
///
/// Profiles of two dates are compared at equal soil mass, not at equal depth: see
/// [`stock_to_mass`].
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 2, section 2.3.3.1 (box on soil stocks from samples).
#[must_use]
pub fn profile_stock(layers: &[SoilLayer]) -> PerHectare<TonnesCarbon> {
    let stock = layers
        .iter()
        .map(|layer| layer.carbon.value() * fine_mass(layer) * TONNES_PER_HECTARE)
        .sum();
    PerHectare::new(TonnesCarbon::new(stock))
}

/// Carbon stock of a profile down to a mass of fine earth, in tonnes by hectare; `None` when the
/// profile holds less.
///
/// Layers are taken from the top; the one that the mass ends in counts by its share.
///
/// # Source
///
/// Ellert and Bettany 1995, Canadian Journal of Soil Science 75:529-538.
#[must_use]
pub fn stock_to_mass(
    layers: &[SoilLayer],
    fine_earth_t_per_ha: f64,
) -> Option<PerHectare<TonnesCarbon>> {
    /// What is missing of the mass by rounding alone is not missing.
    const ROUNDING: f64 = 1e-12;
    let (mut left, mut stock) = (fine_earth_t_per_ha, 0.0);
    for layer in layers {
        let mass = fine_mass(layer) * TONNES_PER_HECTARE;
        let taken = mass.min(left);
        stock += taken * layer.carbon.value();
        left -= taken;
        if left <= ROUNDING * fine_earth_t_per_ha {
            return Some(PerHectare::new(TonnesCarbon::new(stock)));
        }
    }
    None
}

/// Mass of fine earth of layers, in tonnes by hectare.
#[must_use]
pub fn fine_earth(layers: &[SoilLayer]) -> f64 {
    layers.iter().map(fine_mass).sum::<f64>() * TONNES_PER_HECTARE
}

/// Mass of fine earth over a square centimetre, in grams.
fn fine_mass(layer: &SoilLayer) -> f64 {
    layer.bulk_density_g_per_cm3 * layer.thickness_cm * (1.0 - layer.coarse.value())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(carbon: f64, density: f64, thickness: f64, coarse: f64) -> SoilLayer {
        SoilLayer {
            carbon: Fraction::new(carbon).unwrap(),
            bulk_density_g_per_cm3: density,
            thickness_cm: thickness,
            coarse: Fraction::new(coarse).unwrap(),
        }
    }

    /// Worked example W22.
    #[test]
    fn a_sample_gives_the_stock_of_the_worked_example() {
        let stock = profile_stock(&[layer(0.021, 1.25, 30.0, 0.05)]);
        assert!((stock.on_one_hectare().value() - 74.8125).abs() < 1e-9);
    }

    #[test]
    fn compaction_does_not_add_carbon_at_equal_mass() {
        let loose = [layer(0.02, 1.0, 30.0, 0.0), layer(0.01, 1.2, 20.0, 0.0)];
        let packed = [layer(0.02, 1.5, 20.0, 0.0), layer(0.01, 1.2, 20.0, 0.0)];
        let at = |layers: &[SoilLayer]| stock_to_mass(layers, 4000.0).unwrap();
        assert_eq!(at(&loose), at(&packed));
        assert_eq!(stock_to_mass(&loose, 1e6), None);
    }
}
