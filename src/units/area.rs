//! Areas and the conversions between their units.

use super::quantity::quantity;

quantity!(
    /// Area on the ellipsoid, in hectares.
    Hectares, "ha");
quantity!(
    /// Area on the ellipsoid, in square metres.
    SquareMetres, "m2");

impl SquareMetres {
    /// Area of a circle with this diameter, in centimetres: the basal area of a tree.
    #[must_use]
    pub fn of_circle_cm(diameter: f64) -> Self {
        Self::new(std::f64::consts::PI / 4.0 * (diameter / 100.0).powi(2))
    }
}

/// One hectare is 10 000 square metres (SI brochure, 9th edition, table 8).
const SQUARE_METRES_PER_HECTARE: f64 = 10_000.0;

/// One hectare is 15 mu (market system of units of China, 1 mu = 666 2/3 m²).
const MU_PER_HECTARE: f64 = 15.0;

impl From<SquareMetres> for Hectares {
    fn from(area: SquareMetres) -> Self {
        Self::new(area.value() / SQUARE_METRES_PER_HECTARE)
    }
}

impl From<Hectares> for SquareMetres {
    fn from(area: Hectares) -> Self {
        Self::new(area.value() * SQUARE_METRES_PER_HECTARE)
    }
}

impl Hectares {
    /// The area of `mu` mu, the unit of Chinese stand registers.
    #[must_use]
    pub fn from_mu(mu: f64) -> Self {
        Self::new(mu / MU_PER_HECTARE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifteen_mu_are_one_hectare() {
        assert_eq!(Hectares::from_mu(15.0), Hectares::new(1.0));
        assert_eq!(
            SquareMetres::from(Hectares::from_mu(30.0)),
            SquareMetres::new(20_000.0)
        );
    }
}
