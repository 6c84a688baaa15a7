//! Trees to plots: what every tally tree stands for, and what stands in it.

use std::f64::consts::PI;

use super::{EstimateError, Observations};
use crate::units::{Hectares, PerHectare, Quantity, SquareMetres};

/// How many trees on one hectare a tally tree stands for.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Expansion(f64);

impl Expansion {
    /// As many trees per hectare as the survey states, adjustments included.
    ///
    /// # Errors
    ///
    /// [`EstimateError::Expansion`] unless it is above zero and finite.
    pub fn trees_per_hectare(trees: f64) -> Result<Self, EstimateError> {
        if trees.is_finite() && trees > 0.0 {
            Ok(Self(trees))
        } else {
            Err(EstimateError::Expansion { found: trees })
        }
    }

    /// One over the area of a plot of fixed size, measured on the horizontal.
    ///
    /// # Errors
    ///
    /// [`EstimateError::Expansion`] unless the area is above zero.
    pub fn fixed_area(plot: SquareMetres) -> Result<Self, EstimateError> {
        Self::trees_per_hectare(Hectares::from(plot).value().recip())
    }

    /// One over the area of a circular plot, its radius measured along a slope.
    ///
    /// `1 / (π r² cos α)` per m²: a circle on a slope covers less on the map.
    ///
    /// # Errors
    ///
    /// [`EstimateError::Expansion`] unless the radius is above zero and the slope below 90 degrees.
    pub fn circle(radius_m: f64, slope_degrees: f64) -> Result<Self, EstimateError> {
        let area = PI * radius_m * radius_m * slope_degrees.to_radians().cos();
        Self::fixed_area(SquareMetres::new(area))
    }

    /// An angle-count (relascope) tree: the basal-area factor over the basal area of the tree.
    ///
    /// `k / (π/4 (d/100)²)` with `k` in m² per ha and the diameter `d` in cm.
    ///
    /// # Errors
    ///
    /// [`EstimateError::Expansion`] unless factor and diameter are above zero.
    ///
    /// # Source
    ///
    /// Bitterlich 1948, Allgemeine Forst- und Holzwirtschaftliche Zeitung 59.
    pub fn angle_count(
        basal_area_factor: PerHectare<SquareMetres>,
        diameter_cm: f64,
    ) -> Result<Self, EstimateError> {
        let factor = basal_area_factor.on_one_hectare().value();
        let basal_area = SquareMetres::of_circle_cm(diameter_cm).value();
        Self::trees_per_hectare(factor / basal_area)
    }

    /// Trees per hectare.
    #[must_use]
    pub const fn value(self) -> f64 {
        self.0
    }
}

/// A tree that was tallied on a plot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TallyTree<Q> {
    /// Position of its plot in the sample.
    pub plot: usize,
    /// How many trees per hectare it stands for.
    pub expansion: Expansion,
    /// What stands in this one tree; `None` where it is not known.
    pub value: Option<Q>,
}

/// Sums trees to plots, `y = Σ expansion × value`.
///
/// A plot without trees has zero; a plot with a tree of unknown value is missing.
///
/// # Errors
///
/// [`EstimateError::UnknownPlot`] for a tree on no plot of the sample.
///
/// # Examples
///
/// ```
/// use terrasink::estimate::{Expansion, TallyTree, plot_sums};
/// use terrasink::units::{CubicMetres, PerHectare, SquareMetres};
/// let expansion = Expansion::fixed_area(SquareMetres::new(500.0))?;
/// let tree = |plot, volume| TallyTree {
///     plot,
///     expansion,
///     value: Some(CubicMetres::new(volume)),
/// };
/// let volume = plot_sums(2, [tree(0, 0.5), tree(0, 1.5)])?;
/// assert_eq!(volume.get(0), Some(PerHectare::new(CubicMetres::new(40.0))));
/// assert_eq!(volume.get(1), Some(PerHectare::new(CubicMetres::ZERO)));
/// # Ok::<(), terrasink::estimate::EstimateError>(())
/// ```
pub fn plot_sums<Q: Quantity>(
    plots: usize,
    trees: impl IntoIterator<Item = TallyTree<Q>>,
) -> Result<Observations<Q>, EstimateError> {
    let mut sums = vec![Some(0.0); plots];
    for (position, tree) in trees.into_iter().enumerate() {
        let Some(sum) = sums.get_mut(tree.plot) else {
            return Err(EstimateError::UnknownPlot {
                tree: position,
                plot: tree.plot,
                plots,
            });
        };
        let value = tree.value.map(|value| tree.expansion.0 * value.value());
        *sum = sum.zip(value).map(|(sum, value)| sum + value);
    }
    Ok(Observations::with_missing(
        sums.into_iter()
            .map(|sum| sum.map(|sum| PerHectare::new(Q::new(sum)))),
    ))
}

/// An equation of a tree as a power law, the form of most national tables of tree volume and of many
/// allometries: `y = c₀ d^c₁ h^c₂ ρ^c₃`.
///
/// | symbol | meaning                      | unit    |
/// | :----- | :--------------------------- | :------ |
/// | `d`    | diameter at breast height    | cm      |
/// | `h`    | height, unused where `c₂ = 0` | m       |
/// | `ρ`    | density of the wood, unused where `c₃ = 0` | g cm⁻³ |
/// | `y`    | what stands in the tree      | as the equation says |
///
/// # Examples
///
/// Pantropical above-ground biomass in kg, `0.0673 (ρ d² h)^0.976` (Chave et al. 2014, Global Change
/// Biology 20, equation 4; recalled):
///
/// ```
/// use terrasink::estimate::TreeEquation;
/// let chave = TreeEquation { c0: 0.0673, c1: 2.0 * 0.976, c2: 0.976, c3: 0.976 };
/// let mass = chave.value(30.0, Some(20.0), Some(0.6)).unwrap();
/// assert!((mass - 0.0673 * (0.6 * 900.0 * 20.0_f64).powf(0.976)).abs() < 1e-9);
/// assert_eq!(chave.value(30.0, None, Some(0.6)), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TreeEquation {
    /// Factor.
    pub c0: f64,
    /// Power of the diameter.
    pub c1: f64,
    /// Power of the height.
    pub c2: f64,
    /// Power of the density of the wood.
    pub c3: f64,
}

impl TreeEquation {
    /// What stands in a tree.
    ///
    /// `None` where the equation needs a height or density that is not known, and for a diameter,
    /// height or density that is not above zero.
    #[must_use]
    pub fn value(
        self,
        diameter_cm: f64,
        height_m: Option<f64>,
        wood_density: Option<f64>,
    ) -> Option<f64> {
        let positive = |length: f64| (length.is_finite() && length > 0.0).then_some(length);
        let power = |base: Option<f64>, exponent: f64| {
            if exponent == 0.0 {
                Some(1.0)
            } else {
                Some(positive(base?)?.powf(exponent))
            }
        };
        let of_diameter = positive(diameter_cm)?.powf(self.c1);
        Some(self.c0 * of_diameter * power(height_m, self.c2)? * power(wood_density, self.c3)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::CubicMetres;

    #[test]
    fn a_fixed_plot_and_its_circle_expand_alike() {
        let square = Expansion::fixed_area(SquareMetres::new(PI * 100.0)).unwrap();
        let circle = Expansion::circle(10.0, 0.0).unwrap();
        assert!((square.value() - circle.value()).abs() < 1e-9);
        assert!((square.value() - 31.830_988_618).abs() < 1e-9);
        let slope = Expansion::circle(10.0, 60.0).unwrap();
        assert!((slope.value() / circle.value() - 2.0).abs() < 1e-12);
    }

    #[test]
    fn every_angle_count_tree_stands_for_the_same_basal_area() {
        let factor = PerHectare::new(SquareMetres::new(4.0));
        for diameter in [8.0, 33.3, 120.0] {
            let trees = Expansion::angle_count(factor, diameter).unwrap().value();
            let basal_area = trees * PI / 4.0 * (diameter / 100.0).powi(2);
            assert!((basal_area - 4.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_plot_with_an_unknown_tree_is_missing() {
        let tree = |plot, value: Option<f64>| TallyTree {
            plot,
            expansion: Expansion::trees_per_hectare(20.0).unwrap(),
            value: value.map(CubicMetres::new),
        };
        let sums = plot_sums(3, [tree(0, Some(0.5)), tree(1, None), tree(1, Some(1.0))]).unwrap();
        assert_eq!(sums.get(0), Some(PerHectare::new(CubicMetres::new(10.0))));
        assert_eq!(sums.missing(), &[1]);
        assert_eq!(sums.get(2), Some(PerHectare::new(CubicMetres::ZERO)));
        assert!(plot_sums(1, [tree(1, Some(1.0))]).is_err());
    }

    #[test]
    fn a_two_way_table_needs_the_height() {
        let table = TreeEquation {
            c0: 1e-4,
            c1: 2.0,
            c2: 1.0,
            c3: 0.0,
        };
        let volume = table.value(20.0, Some(15.0), None).unwrap();
        assert!((volume - 0.6).abs() < 1e-12);
        assert_eq!(table.value(20.0, None, None), None);
        assert_eq!(table.value(0.0, Some(15.0), None), None);
    }
}
