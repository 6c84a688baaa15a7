//! Model-assisted regression: wall-to-wall layers predict, the plots correct.

use ndarray::{Array1, Array2};

use super::assisted::Assisted;
use super::least_squares;
use super::{Estimate, EstimateError, Estimator, Observations, RatioEstimate, Sample};
use crate::units::{Hectares, PerHectare, Quantity};

/// A wall-to-wall layer, read at every plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Auxiliary {
    /// Name of the layer.
    pub name: String,
    /// Its value at each plot, in the order of the sample's plots; `None` where it has none.
    pub values: Vec<Option<f64>>,
}

/// The layers over a whole area, in the order of the fit.
#[derive(Debug, Clone, PartialEq)]
pub struct WallToWall {
    /// The area.
    pub area: Hectares,
    /// Mean of each layer over the area.
    pub means: Vec<f64>,
}

/// A linear model of one variable on wall-to-wall layers, fitted to a sample.
#[derive(Debug, Clone)]
pub struct Regression<'a, Q> {
    assisted: Assisted<'a, Q>,
    coefficients: Vec<f64>,
    r_squared: f64,
}

impl<'a, Q: Quantity> Regression<'a, Q> {
    /// Fits `y ≈ β₀ + Σ β_j x_j` by least squares, each plot with the weight of the hectares that it
    /// stands for.
    ///
    /// # Errors
    ///
    /// Those of [`Sample::total`]; [`EstimateError::MissingValues`] and
    /// [`EstimateError::PlotCount`] for layers; [`EstimateError::TooFewPlots`] unless there are more
    /// plots than coefficients; [`EstimateError::DependentLayer`] for a layer that is constant at the
    /// plots or a combination of others.
    pub fn fit(
        sample: &'a Sample,
        observations: &Observations<Q>,
        layers: &[Auxiliary],
    ) -> Result<Self, EstimateError> {
        sample.expect_complete(observations)?;
        let n = sample.plots().len();
        let p = layers.len() + 1;
        if n <= p {
            return Err(EstimateError::TooFewPlots {
                found: n,
                expected: p + 1,
            });
        }
        let weights: Array1<f64> = (0..n).map(|plot| sample.expansion(plot).value()).collect();
        let weights = &weights / weights.sum();
        let columns = layers
            .iter()
            .map(|layer| sample.complete_layer(&layer.values))
            .collect::<Result<Vec<Array1<f64>>, EstimateError>>()?;
        // Centred columns keep the digits of layers such as elevation, whose mean is far from zero.
        let centres: Vec<f64> = columns.iter().map(|column| column.dot(&weights)).collect();
        let design = Array2::from_shape_fn((n, p), |(plot, column)| match column {
            0 => 1.0,
            layer => columns[layer - 1][plot] - centres[layer - 1],
        });
        let y: Array1<f64> = (0..n).map(|plot| observations.value_at(plot)).collect();
        let fit = least_squares::fit(&design, &y, &weights).map_err(|dependent| {
            EstimateError::DependentLayer {
                layer: match dependent.0 {
                    0 => "intercept".to_owned(),
                    layer => layers[layer - 1].name.clone(),
                },
            }
        })?;
        let errors = &y - &design.dot(&fit.coefficients);
        let mean = y.dot(&weights);
        let squares = |values: &Array1<f64>| (values * values).dot(&weights);
        let mut coefficients = fit.coefficients.to_vec();
        for (slope, centre) in fit.coefficients.iter().skip(1).zip(&centres) {
            coefficients[0] -= slope * centre;
        }
        Ok(Self {
            assisted: Assisted {
                sample,
                observed: observations.clone(),
                residuals: Observations::new(errors.iter().map(|e| PerHectare::new(Q::new(*e)))),
                coefficients: coefficients.len(),
                estimator: Estimator::ModelAssisted,
            },
            coefficients,
            r_squared: 1.0 - squares(&errors) / squares(&(&y - mean)),
        })
    }

    /// Intercept and slopes, in units of the variable per unit of the layers.
    #[must_use]
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// Share of the variance of the variable that the layers explain.
    #[must_use]
    pub const fn r_squared(&self) -> f64 {
        self.r_squared
    }

    /// Total of an area: the prediction over all of it, corrected by the plots inside.
    ///
    /// `Ŷ = A (β₀ + Σ β_j X̄_j) + Ê`, where `Ê` is the total of the residuals `e = y − ŷ` by the design of
    /// the sample, zero outside the area; `V(Ŷ) = V(Ê) (n − 1)/(n − p)`.
    ///
    /// | symbol | meaning                                    | unit     |
    /// | :----- | :----------------------------------------- | :------- |
    /// | `A`    | the area                                   | ha       |
    /// | `X̄_j`  | mean of a layer over the area              | its unit |
    /// | `n`    | plots of the sample                        |          |
    /// | `p`    | coefficients, the intercept among them     |          |
    ///
    /// The factor pays for the coefficients, which were fitted to the same plots; degrees of freedom
    /// lose `p − 1`. `inside` are the positions of the plots in the area, in order: all plots for the whole
    /// area of the sample.
    ///
    /// # Errors
    ///
    /// [`EstimateError::LayerCount`] unless there is a mean for each layer.
    ///
    /// # Source
    ///
    /// Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, chapter 6 (general
    /// regression estimator); Cochran, Sampling Techniques, 3rd edition (1977), chapter 7.
    pub fn total(&self, over: &WallToWall, inside: &[usize]) -> Result<Estimate<Q>, EstimateError> {
        self.assisted.total(self.predicted(over)?, inside)
    }

    /// Ratio of the totals of two variables over an area, such as volume per hectare of forest, both
    /// modelled on the same layers.
    ///
    /// `R̂ = Ŷ/X̂`; its variance is that of the total of `e_y − R̂ e_x` over `X̂²`, with the factor of
    /// [`Regression::total`]. It is `None` when fewer than two plots have a denominator.
    ///
    /// # Errors
    ///
    /// Those of [`Regression::total`], and [`EstimateError::Denominator`] unless `X̂` is above zero.
    ///
    /// # Source
    ///
    /// Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, sections 5.6 and 6.6.
    pub fn ratio<D: Quantity>(
        &self,
        denominator: &Regression<'_, D>,
        over: &WallToWall,
        inside: &[usize],
    ) -> Result<RatioEstimate<Q, D>, EstimateError> {
        let of = (&denominator.assisted, denominator.predicted(over)?);
        self.assisted.ratio(self.predicted(over)?, of, inside)
    }

    /// `A (β₀ + Σ β_j X̄_j)`.
    fn predicted(&self, over: &WallToWall) -> Result<Q, EstimateError> {
        let slopes = &self.coefficients[1..];
        if over.means.len() != slopes.len() {
            return Err(EstimateError::LayerCount {
                found: over.means.len(),
                expected: slopes.len(),
            });
        }
        let predicted: f64 = slopes.iter().zip(&over.means).map(|(b, x)| b * x).sum();
        Ok(Q::new(
            over.area.value() * (self.coefficients[0] + predicted),
        ))
    }
}

impl Sample {
    /// A layer with a value at every plot.
    pub(super) fn complete_layer(
        &self,
        values: &[Option<f64>],
    ) -> Result<Array1<f64>, EstimateError> {
        let layer = Observations::<Hectares>::with_missing(
            values
                .iter()
                .map(|value| value.map(|value| PerHectare::new(Hectares::new(value)))),
        );
        self.expect_complete(&layer)?;
        Ok((0..values.len()).map(|plot| layer.value_at(plot)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::{Design, EstimationUnit, Frame, Plot};
    use crate::units::CubicMetres;

    const X: [f64; 8] = [50.0, 80.0, 0.0, 140.0, 70.0, 100.0, 90.0, 30.0];
    const ALL: [usize; 8] = [0, 1, 2, 3, 4, 5, 6, 7];
    const Y: [f64; 8] = [120.0, 85.0, 0.0, 150.0, 60.0, 95.0, 110.0, 40.0];

    fn sample() -> Sample {
        Sample::new(Frame {
            design: Design::SimpleRandom,
            units: vec![EstimationUnit::whole("u", Hectares::new(1000.0))],
            plots: (0..8).map(|id| Plot::new(id.to_string(), "u")).collect(),
        })
        .unwrap()
    }

    fn layer(name: &str, values: impl Iterator<Item = f64>) -> Auxiliary {
        Auxiliary {
            name: name.into(),
            values: values.map(Some).collect(),
        }
    }

    fn volume() -> Observations<CubicMetres> {
        Observations::new(Y.map(|v| PerHectare::new(CubicMetres::new(v))))
    }

    #[test]
    fn a_wall_to_wall_layer_sharpens_the_mean() {
        let sample = sample();
        let model = Regression::fit(&sample, &volume(), &[layer("x", X.into_iter())]).unwrap();
        assert!((model.coefficients()[1] - 0.939_393_939_393).abs() < 1e-9);
        assert!((model.coefficients()[0] - 16.742_424_242_424).abs() < 1e-9);
        let over = WallToWall {
            area: Hectares::new(1000.0),
            means: vec![75.0],
        };
        let total = model.total(&over, &ALL).unwrap();
        assert!((total.value().value() - 87_196.969_696_969).abs() < 1e-6);
        assert!((total.standard_error().unwrap() - 9_521.374).abs() < 5e-4);
        assert_eq!(total.degrees_of_freedom(), Some(6.0));
        assert_eq!(total.estimator(), Estimator::ModelAssisted);
    }

    #[test]
    fn a_layer_far_from_zero_fits_as_well() {
        let sample = sample();
        let shifted = layer("x", X.into_iter().map(|x| x + 1e7));
        let model = Regression::fit(&sample, &volume(), &[shifted]).unwrap();
        assert!((model.coefficients()[1] - 0.939_393_939_393).abs() < 1e-6);
    }

    #[test]
    fn a_layer_without_contrast_is_refused_by_name() {
        let sample = sample();
        let flat = layer("elevation", X.into_iter().map(|_| 3.0));
        assert!(matches!(
            Regression::fit(&sample, &volume(), &[flat]),
            Err(EstimateError::DependentLayer { layer }) if layer == "elevation"
        ));
    }

    #[test]
    fn a_plot_off_the_layer_is_named() {
        let sample = sample();
        let mut partial = layer("x", X.into_iter());
        partial.values[2] = None;
        assert!(matches!(
            Regression::fit(&sample, &volume(), &[partial]),
            Err(EstimateError::MissingValues { plots, count: 1 }) if plots == ["2"]
        ));
    }

    #[test]
    fn domains_that_tile_the_area_add_up() {
        let sample = sample();
        let model = Regression::fit(&sample, &volume(), &[layer("x", X.into_iter())]).unwrap();
        let over = |area, mean| WallToWall {
            area: Hectares::new(area),
            means: vec![mean],
        };
        let parts = model.total(&over(400.0, 60.0), &ALL[..3]).unwrap().value()
            + model.total(&over(600.0, 85.0), &ALL[3..]).unwrap().value();
        let whole = model.total(&over(1000.0, 75.0), &ALL).unwrap().value();
        assert!((parts - whole).value().abs() < 1e-9);
    }
}
