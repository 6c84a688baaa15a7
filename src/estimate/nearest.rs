//! Nearest neighbours in the space of features: a map, and what the plots say against it.

use std::num::NonZeroUsize;

use rstar::RTree;
use rstar::primitives::GeomWithData;

use super::assisted::Assisted;
use super::{Auxiliary, Estimate, EstimateError, Estimator, Observations, RatioEstimate, Sample};
use crate::units::{Hectares, PerHectare, Quantity};

/// Most layers that a neighbour search takes.
pub const MOST_FEATURES: usize = 8;

/// A place in the space of features, unused dimensions zero.
type Place = [f64; MOST_FEATURES];

/// How near neighbours count more than far ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeighbourWeight {
    /// All `k` count the same.
    Equal,
    /// Each counts with the inverse of its distance; neighbours at no distance share all the weight.
    InverseDistance,
}

/// The plots of a sample in the space of the layers, each layer divided by its standard deviation over
/// the plots, so that units do not matter.
///
/// It knows no variable: the neighbours of a place serve all of them.
#[derive(Debug, Clone)]
pub struct FeatureSpace {
    tree: RTree<GeomWithData<Place, usize>>,
    places: Vec<Place>,
    scales: Vec<f64>,
    k: usize,
    weight: NeighbourWeight,
}

impl FeatureSpace {
    /// Lays the plots of a sample out in the space of the layers.
    ///
    /// # Errors
    ///
    /// [`EstimateError::MissingValues`] for plots off a layer; [`EstimateError::LayerCount`] for no layer
    /// or more than [`MOST_FEATURES`]; [`EstimateError::DependentLayer`] for a layer that is the same at
    /// all plots; [`EstimateError::TooFewPlots`] unless there are more than `k` plots.
    pub fn new(
        sample: &Sample,
        layers: &[Auxiliary],
        k: NonZeroUsize,
        weight: NeighbourWeight,
    ) -> Result<Self, EstimateError> {
        if layers.is_empty() || layers.len() > MOST_FEATURES {
            return Err(EstimateError::LayerCount {
                found: layers.len(),
                expected: layers.len().clamp(1, MOST_FEATURES),
            });
        }
        let n = sample.plots().len();
        if n <= k.get() {
            return Err(EstimateError::TooFewPlots {
                found: n,
                expected: k.get() + 1,
            });
        }
        let mut places = vec![[0.0; MOST_FEATURES]; n];
        let mut scales = Vec::new();
        for (feature, layer) in layers.iter().enumerate() {
            let values = sample.complete_layer(&layer.values)?;
            let spread = values.std(1.0);
            if !spread.is_normal() {
                return Err(EstimateError::DependentLayer {
                    layer: layer.name.clone(),
                });
            }
            for (place, value) in places.iter_mut().zip(&values) {
                place[feature] = value / spread;
            }
            scales.push(spread);
        }
        let points = places.iter().enumerate();
        let points = points
            .map(|(plot, place)| GeomWithData::new(*place, plot))
            .collect();
        Ok(Self {
            tree: RTree::bulk_load(points),
            places,
            scales,
            k: k.get(),
            weight,
        })
    }

    /// How many neighbours a place has.
    #[must_use]
    pub const fn neighbours(&self) -> usize {
        self.k
    }

    /// The nearest plots of a place with these values of the layers, in the order of the fit, and the
    /// share of each in the prediction; shares add up to one. Plots at the same distance come in the
    /// order of the sample.
    ///
    /// # Errors
    ///
    /// [`EstimateError::LayerCount`] unless there is one value for each layer.
    pub fn near(&self, features: &[f64]) -> Result<Vec<(usize, f64)>, EstimateError> {
        if features.len() != self.scales.len() {
            return Err(EstimateError::LayerCount {
                found: features.len(),
                expected: self.scales.len(),
            });
        }
        let mut place = [0.0; MOST_FEATURES];
        for (slot, (feature, scale)) in place.iter_mut().zip(features.iter().zip(&self.scales)) {
            *slot = feature / scale;
        }
        Ok(self.shares(&place, None))
    }

    fn shares(&self, place: &Place, except: Option<usize>) -> Vec<(usize, f64)> {
        let mut near: Vec<(f64, usize)> = Vec::with_capacity(self.k + 1);
        for (point, distance) in self.tree.nearest_neighbor_iter_with_distance_2(place) {
            if near.len() >= self.k && near.last().is_some_and(|last| distance > last.0) {
                break;
            }
            if Some(point.data) != except {
                near.push((distance, point.data));
            }
        }
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        near.truncate(self.k);
        let at_no_distance = near.iter().any(|(distance, _)| *distance == 0.0);
        let weight = |distance: f64| match self.weight {
            NeighbourWeight::Equal => 1.0,
            NeighbourWeight::InverseDistance if at_no_distance => {
                f64::from(u8::from(distance == 0.0))
            }
            NeighbourWeight::InverseDistance => distance.sqrt().recip(),
        };
        let whole: f64 = near.iter().map(|(distance, _)| weight(*distance)).sum();
        let shares = near.into_iter();
        shares
            .map(|(distance, plot)| (plot, weight(distance) / whole))
            .collect()
    }
}

/// Predicts a variable from the plots that resemble a place most: `ŷ = Σ w_i y_i` over the `k` plots
/// nearest in a [`FeatureSpace`].
///
/// # Source
///
/// Tomppo 1991; `McRoberts` and Tomppo 2007, Remote Sensing of Environment 110 (k-nearest neighbours in
/// forest inventory).
#[derive(Debug, Clone)]
pub struct Neighbours<'a, Q> {
    space: &'a FeatureSpace,
    /// Its residuals are those of the plots predicted from all others.
    assisted: Assisted<'a, Q>,
}

/// A map of predictions over an area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MappedMean<Q> {
    /// The area.
    pub area: Hectares,
    /// Mean of the predictions over it.
    pub mean: PerHectare<Q>,
}

impl<'a, Q: Quantity> Neighbours<'a, Q> {
    /// Predicts each plot of the sample that was laid out in `space` from all others.
    ///
    /// # Errors
    ///
    /// Those of [`Sample::total`].
    pub fn new(
        sample: &'a Sample,
        observations: &Observations<Q>,
        space: &'a FeatureSpace,
    ) -> Result<Self, EstimateError> {
        sample.expect_complete(observations)?;
        let places = space.places.iter().enumerate();
        let predicted = Observations::new(places.map(|(plot, place)| {
            let near = space.shares(place, Some(plot));
            PerHectare::new(Q::new(weighted(observations, &near)))
        }));
        Ok(Self {
            space,
            assisted: Assisted {
                sample,
                observed: observations.clone(),
                residuals: observations.plus(&predicted.times(-1.0))?,
                coefficients: 1,
                estimator: Estimator::NearestNeighbours,
            },
        })
    }

    /// The prediction at a place with these values of the layers, in the order of the fit.
    ///
    /// # Errors
    ///
    /// [`EstimateError::LayerCount`] unless there is one value for each layer.
    pub fn predict(&self, features: &[f64]) -> Result<PerHectare<Q>, EstimateError> {
        let near = self.space.near(features)?;
        Ok(PerHectare::new(Q::new(weighted(
            &self.assisted.observed,
            &near,
        ))))
    }

    /// The neighbours of this model.
    #[must_use]
    pub const fn space(&self) -> &FeatureSpace {
        self.space
    }

    /// Root mean squared error of the predictions at the plots, each from all others.
    ///
    /// It is the error at one plot, not that of a mean over an area.
    #[must_use]
    pub fn root_mean_squared_error(&self) -> PerHectare<Q> {
        let residuals = &self.assisted.residuals;
        let squares: f64 = residuals.entries().iter().map(|(_, e)| e * e).sum();
        PerHectare::new(Q::new((squares / residuals.plots() as f64).sqrt()))
    }

    /// Total of an area: the map over all of it, corrected by the plots inside, whose positions are
    /// `inside`, in order.
    ///
    /// `Ŷ = A m + Ê` with `m` the mean of the map and `Ê` the total of the residuals `y − ŷ₍₋ᵢ₎` by the
    /// design of the sample, zero outside the area; `V(Ŷ) = V(Ê)`. Each plot is predicted from all
    /// others: with itself as its nearest neighbour the map would seem to have no error.
    ///
    /// # Errors
    ///
    /// Those of [`Sample::total`].
    ///
    /// # Source
    ///
    /// Difference estimator: Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling,
    /// section 6.3; Baffetta et al. 2009, Remote Sensing of Environment 113.
    pub fn total(
        &self,
        map: MappedMean<Q>,
        inside: &[usize],
    ) -> Result<Estimate<Q>, EstimateError> {
        self.assisted.total(map.mean * map.area, inside)
    }

    /// Ratio of the totals of two variables over an area, both mapped by their neighbours.
    ///
    /// Its variance is that of the total of `e_y − R̂ e_x` over `X̂²`; `None` when fewer than two plots
    /// have a denominator.
    ///
    /// # Errors
    ///
    /// Those of [`Neighbours::total`], and [`EstimateError::Denominator`] unless `X̂` is above zero.
    ///
    /// # Source
    ///
    /// Särndal, Swensson and Wretman 1992, Model Assisted Survey Sampling, section 5.6.
    pub fn ratio<D: Quantity>(
        &self,
        map: MappedMean<Q>,
        (denominator, of): (&Neighbours<'_, D>, MappedMean<D>),
        inside: &[usize],
    ) -> Result<RatioEstimate<Q, D>, EstimateError> {
        let of = (&denominator.assisted, of.mean * of.area);
        self.assisted.ratio(map.mean * map.area, of, inside)
    }
}

/// The mean of a variable over plots with shares that add up to one.
fn weighted<Q: Quantity>(observed: &Observations<Q>, near: &[(usize, f64)]) -> f64 {
    let parts = near.iter();
    parts
        .map(|(plot, share)| share * observed.value_at(*plot))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::{Design, EstimationUnit, Frame, Plot};
    use crate::units::TonnesCarbon;

    const FEATURE: [f64; 6] = [0.0, 1.0, 2.0, 10.0, 11.0, 12.0];
    const CARBON: [f64; 6] = [10.0, 12.0, 14.0, 90.0, 100.0, 110.0];

    fn sample() -> Sample {
        Sample::new(Frame {
            design: Design::SimpleRandom,
            units: vec![EstimationUnit::whole("u", Hectares::new(100.0))],
            plots: (0..6).map(|id| Plot::new(id.to_string(), "u")).collect(),
        })
        .unwrap()
    }

    fn carbon() -> Observations<TonnesCarbon> {
        Observations::new(CARBON.map(|c| PerHectare::new(TonnesCarbon::new(c))))
    }

    fn space(sample: &Sample, k: usize, weight: NeighbourWeight) -> FeatureSpace {
        let layer = Auxiliary {
            name: "brightness".into(),
            values: FEATURE.map(Some).to_vec(),
        };
        FeatureSpace::new(sample, &[layer], NonZeroUsize::new(k).unwrap(), weight).unwrap()
    }

    fn at(map: &Neighbours<'_, TonnesCarbon>, feature: f64) -> f64 {
        map.predict(&[feature]).unwrap().on_one_hectare().value()
    }

    #[test]
    fn equal_neighbours_are_averaged() {
        let sample = sample();
        let space = space(&sample, 2, NeighbourWeight::Equal);
        let map = Neighbours::new(&sample, &carbon(), &space).unwrap();
        assert!((at(&map, 0.4) - 11.0).abs() < 1e-12);
        assert!((at(&map, 10.9) - 95.0).abs() < 1e-12);
    }

    #[test]
    fn nearer_neighbours_count_more() {
        let sample = sample();
        let space = space(&sample, 2, NeighbourWeight::InverseDistance);
        let map = Neighbours::new(&sample, &carbon(), &space).unwrap();
        // Distances 0.25 and 0.75: weights 3 to 1.
        assert!((at(&map, 0.25) - 10.5).abs() < 1e-9);
        assert!((at(&map, 11.0) - 100.0).abs() < 1e-12);
    }

    #[test]
    fn ties_are_taken_in_the_order_of_the_plots() {
        let sample = sample();
        let space = space(&sample, 1, NeighbourWeight::Equal);
        let map = Neighbours::new(&sample, &carbon(), &space).unwrap();
        assert!((at(&map, 0.5) - 10.0).abs() < 1e-12);
        assert!((at(&map, 11.5) - 100.0).abs() < 1e-12);
    }

    #[test]
    fn a_plot_does_not_predict_itself() {
        let sample = sample();
        let space = space(&sample, 1, NeighbourWeight::Equal);
        let map = Neighbours::new(&sample, &carbon(), &space).unwrap();
        let expected = [-2.0, 2.0, 2.0, -10.0, 10.0, 10.0];
        for (plot, expected) in expected.into_iter().enumerate() {
            let found = map.assisted.residuals.value_at(plot);
            assert!((found - expected).abs() < 1e-12, "{plot}");
        }
        let error = map.root_mean_squared_error().on_one_hectare().value();
        assert!((error - (312.0_f64 / 6.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn the_plots_correct_the_map() {
        let sample = sample();
        let space = space(&sample, 1, NeighbourWeight::Equal);
        let map = Neighbours::new(&sample, &carbon(), &space).unwrap();
        let mapped = MappedMean {
            area: Hectares::new(100.0),
            mean: PerHectare::new(TonnesCarbon::new(50.0)),
        };
        let total = map.total(mapped, &[0, 1, 2, 3, 4, 5]).unwrap();
        // Mean residual 2, s² = (312 - 6 × 4) / 5.
        assert!((total.value().value() - 5200.0).abs() < 1e-9);
        assert!((total.variance().unwrap() - 1e4 * 57.6 / 6.0).abs() < 1e-6);
        assert_eq!(total.plots_nonzero(), 6);
        // A variable per itself is one.
        let ratio = map.ratio(mapped, (&map, mapped), &[0, 1, 2, 3, 4, 5]);
        assert!((ratio.unwrap().value() - 1.0).abs() < 1e-12);
    }
}
