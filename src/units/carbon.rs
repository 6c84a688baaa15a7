//! Dry matter, carbon, carbon dioxide and methane: four substances, and the only bridges between them.

use super::Fraction;
use super::quantity::quantity;

quantity!(
    /// Mass of oven-dry biomass, in tonnes.
    TonnesDryMatter, "t_dm");
quantity!(
    /// Mass of the element carbon, in tonnes.
    TonnesCarbon, "t_c");
quantity!(
    /// Warming effect, in tonnes of carbon dioxide equivalent.
    TonnesCo2e, "t_co2e");

/// Tonnes of carbon dioxide that hold one tonne of carbon: the ratio of the molar masses.
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 2, section 2.2.2 (44/12).
const CO2_PER_CARBON: f64 = 44.0 / 12.0;

quantity!(
    /// Mass of methane, in tonnes.
    TonnesMethane, "t_ch4");

/// Tonnes of methane that hold one tonne of carbon: the ratio of the molar masses.
///
/// # Source
///
/// IPCC 2013 Wetlands Supplement, Chapter 3, table 3.3 (in kg CH4-C).
const METHANE_PER_CARBON: f64 = 16.0 / 12.0;

impl TonnesCarbon {
    /// The methane that this carbon would become.
    ///
    /// # Examples
    ///
    /// ```
    /// use terrasink::units::{TonnesCarbon, TonnesMethane};
    /// assert_eq!(TonnesCarbon::new(12.0).to_methane(), TonnesMethane::new(16.0));
    /// ```
    #[must_use]
    pub fn to_methane(self) -> TonnesMethane {
        TonnesMethane::new(self.value() * METHANE_PER_CARBON)
    }

    /// The carbon dioxide that this carbon would become.
    ///
    /// # Examples
    ///
    /// ```
    /// use terrasink::units::{TonnesCarbon, TonnesCo2e};
    /// assert_eq!(TonnesCarbon::new(12.0).to_co2e(), TonnesCo2e::new(44.0));
    /// ```
    #[must_use]
    pub fn to_co2e(self) -> TonnesCo2e {
        TonnesCo2e::new(self.value() * CO2_PER_CARBON)
    }
}

impl TonnesCo2e {
    /// The carbon in carbon dioxide of this mass.
    ///
    /// # Source
    ///
    /// As [`TonnesCarbon::to_co2e`].
    #[must_use]
    pub fn to_carbon(self) -> TonnesCarbon {
        TonnesCarbon::new(self.value() / CO2_PER_CARBON)
    }
}

impl TonnesDryMatter {
    /// The carbon in this dry matter.
    #[must_use]
    pub fn to_carbon(self, carbon_fraction: Fraction) -> TonnesCarbon {
        TonnesCarbon::new(self.value() * carbon_fraction.value())
    }
}
