//! A frame taken stock of: what each stratum holds and what each plot stands for.

use std::collections::{BTreeMap, BTreeSet};

use super::frame::PlaceIndex;
use super::weights::weights;
use super::{
    Design, EstimateError, EstimationUnit, Frame, Plot, Weight, cluster, double_sampling,
    post_stratified, simple_random, stands, stratified,
};
use crate::units::Hectares;

/// A stratum with what was found in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layer {
    /// Position of the unit.
    pub(super) unit: usize,
    /// Share of the unit, `W_h`.
    pub(super) weight: f64,
    /// Plots found, `n_h`.
    pub(super) plots: f64,
    /// Sum of the sizes of the things drawn: their plots, or the hectares of stands.
    pub(super) size: f64,
    /// Things drawn: clusters for `cluster`, plots otherwise.
    pub(super) drawn: f64,
    /// Things that could have been drawn, `N_h`.
    pub(super) population: Option<f64>,
    /// Points of the first phase, `n'_h`.
    pub(super) first_phase: f64,
    /// Sum over the things drawn of the square of their size.
    pub(super) squared_sizes: f64,
}

impl Layer {
    /// Finite population correction `1 − n/N`, one where the population is unknown.
    pub(super) fn finite_population_correction(&self) -> f64 {
        self.population
            .map_or(1.0, |population| 1.0 - self.drawn / population)
    }
}

/// A unit with what was found in it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct UnitFacts {
    /// Id.
    pub(super) id: String,
    /// Area, `A`, in hectares.
    pub(super) area: f64,
    /// Its strata with a weight above zero, by position in `Sample::layers`.
    pub(super) layers: Vec<usize>,
    /// Plots found in those strata, `n`.
    pub(super) plots: f64,
    /// Points of the first phase in all strata, `n'`.
    pub(super) first_phase: f64,
    /// Whether each stratum has the two draws that a variance takes.
    pub(super) has_variance: bool,
}

/// A frame that its design can evaluate.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    design: Design,
    pub(super) plots: Vec<Plot>,
    pub(super) units: Vec<UnitFacts>,
    pub(super) layers: Vec<Layer>,
    /// Stratum of each plot.
    pub(super) layer_of: Vec<usize>,
    /// The drawn thing (plot or cluster) that each plot is part of.
    pub(super) drawn_of: Vec<usize>,
    /// Stratum of each drawn thing.
    pub(super) layer_of_drawn: Vec<usize>,
    /// Size of each drawn thing: its plots, or the hectares of a stand.
    pub(super) sizes: Vec<f64>,
}

impl Sample {
    /// Takes stock of a frame.
    ///
    /// # Errors
    ///
    /// The first reason why the design cannot be evaluated; [`findings`](super::findings) lists all.
    pub fn new(frame: Frame) -> Result<Self, EstimateError> {
        let Frame {
            design,
            units,
            plots,
        } = &frame;
        for (what, missing) in [
            ("plots", plots.is_empty()),
            ("estimation units", units.is_empty()),
        ] {
            if missing {
                return Err(EstimateError::Empty {
                    what: what.to_owned(),
                });
            }
        }
        expect_unique("plot", plots.iter().map(|plot| &plot.id))?;
        expect_unique("estimation unit", units.iter().map(|unit| &unit.id))?;

        let mut sample = Self {
            design: *design,
            plots: Vec::new(),
            units: Vec::new(),
            layers: Vec::new(),
            layer_of: Vec::new(),
            drawn_of: Vec::new(),
            layer_of_drawn: Vec::new(),
            sizes: Vec::new(),
        };
        for unit in units {
            sample.add_unit(unit)?;
        }
        sample.place_plots(&frame)?;
        sample.take_stock(&frame)?;
        sample.plots = frame.plots;
        Ok(sample)
    }

    fn add_unit(&mut self, unit: &EstimationUnit) -> Result<(), EstimateError> {
        expect_unique("stratum", unit.strata.iter().map(|stratum| &stratum.id))?;
        if !(unit.area.value() > 0.0 && unit.area.value().is_finite()) {
            return Err(EstimateError::Area {
                of: unit.id.clone(),
                found: unit.area.value(),
            });
        }
        if self.design.has_one_stratum() && unit.strata.len() != 1 {
            return Err(EstimateError::OneStratumExpected {
                unit: unit.id.clone(),
                found: unit.strata.len(),
                design: self.design,
            });
        }
        let (weights, first_phase) = weights(unit)?;
        if self.design == Design::DoubleSampling && first_phase.is_none() {
            return Err(EstimateError::FirstPhaseMissing {
                unit: unit.id.clone(),
            });
        }
        for (position, stratum) in unit.strata.iter().enumerate() {
            self.layers.push(Layer {
                unit: self.units.len(),
                weight: weights[position],
                plots: 0.0,
                size: 0.0,
                drawn: 0.0,
                population: stratum.population.map(|population| population as f64),
                first_phase: first_phase.as_ref().map_or(0.0, |counts| counts[position]),
                squared_sizes: 0.0,
            });
        }
        self.units.push(UnitFacts {
            id: unit.id.clone(),
            area: unit.area.value(),
            layers: Vec::new(),
            plots: 0.0,
            first_phase: first_phase.map_or(0.0, |counts| counts.iter().sum()),
            has_variance: true,
        });
        Ok(())
    }

    fn place_plots(&mut self, frame: &Frame) -> Result<(), EstimateError> {
        let mut first_layer = Vec::with_capacity(frame.units.len());
        let mut layers = 0;
        for unit in &frame.units {
            first_layer.push(layers);
            layers += unit.strata.len();
        }
        let index = PlaceIndex::new(frame);
        let mut clusters: BTreeMap<&str, usize> = BTreeMap::new();
        for plot in &frame.plots {
            let (unit, stratum) = index.place(frame, plot)?;
            let layer = first_layer[unit] + stratum;
            let drawn = match (self.design, &plot.cluster) {
                (Design::Cluster, None) => {
                    return Err(EstimateError::ClusterMissing {
                        plot: plot.id.clone(),
                    });
                }
                (Design::Cluster, Some(cluster)) => {
                    *clusters.entry(cluster).or_insert(self.sizes.len())
                }
                _ => self.sizes.len(),
            };
            if drawn == self.sizes.len() {
                self.sizes.push(0.0);
                self.layer_of_drawn.push(layer);
            } else if self.layer_of_drawn[drawn] != layer {
                return Err(EstimateError::ClusterSplit {
                    cluster: plot.cluster.clone().unwrap_or_default(),
                });
            }
            self.sizes[drawn] += match (self.design, plot.size) {
                (Design::RatioToSize, Some(size)) if size > Hectares::ZERO => size.value(),
                (Design::RatioToSize, _) => {
                    return Err(EstimateError::SizeMissing {
                        plot: plot.id.clone(),
                    });
                }
                _ => 1.0,
            };
            self.layers[layer].plots += 1.0;
            self.layer_of.push(layer);
            self.drawn_of.push(drawn);
        }
        Ok(())
    }

    fn take_stock(&mut self, frame: &Frame) -> Result<(), EstimateError> {
        for (drawn, &size) in self.sizes.iter().enumerate() {
            let layer = &mut self.layers[self.layer_of_drawn[drawn]];
            layer.drawn += 1.0;
            layer.size += size;
            layer.squared_sizes += size * size;
        }
        let strata = frame.units.iter().flat_map(|unit| &unit.strata);
        for (position, (layer, stratum)) in self.layers.iter().zip(strata).enumerate() {
            let unit = &mut self.units[layer.unit];
            let exist = match (self.design, stratum.weight) {
                (Design::DoubleSampling, Weight::Counted(points)) => Some(points),
                _ => stratum.population,
            };
            if let Some(population) = exist
                && layer.drawn > population as f64
            {
                return Err(EstimateError::Population {
                    unit: unit.id.clone(),
                    stratum: stratum.id.clone(),
                    found: self
                        .layer_of_drawn
                        .iter()
                        .filter(|l| **l == position)
                        .count(),
                    population,
                });
            }
            if layer.weight <= 0.0 {
                continue;
            }
            if layer.drawn == 0.0 {
                return Err(EstimateError::EmptyStratum {
                    unit: unit.id.clone(),
                    stratum: stratum.id.clone(),
                });
            }
            unit.layers.push(position);
            unit.plots += layer.plots;
            unit.has_variance &= layer.drawn >= 2.0;
        }
        Ok(())
    }

    /// How the plots were drawn.
    #[must_use]
    pub const fn design(&self) -> Design {
        self.design
    }

    /// The plots, in the order of all observations.
    #[must_use]
    pub fn plots(&self) -> &[Plot] {
        &self.plots
    }

    /// Area of all estimation units.
    #[must_use]
    pub fn area(&self) -> Hectares {
        self.units.iter().map(|unit| Hectares::new(unit.area)).sum()
    }

    /// Hectares that the plot at `position` stands for: `A × W_h / n_h`, and `A × W_h × x / Σx` for a
    /// stand of `x` hectares in `ratio-to-size`.
    ///
    /// # Panics
    ///
    /// When the sample has no plot at `position`.
    #[must_use]
    pub fn expansion(&self, position: usize) -> Hectares {
        let layer = &self.layers[self.layer_of[position]];
        Hectares::new(self.units[layer.unit].area * layer.weight * self.size(position) / layer.size)
    }

    /// Size that the plot at `position` counts with in its stratum: one, or its hectares.
    pub(super) fn size(&self, position: usize) -> f64 {
        match self.design {
            Design::RatioToSize => self.sizes[self.drawn_of[position]],
            _ => 1.0,
        }
    }

    /// Mean year of measurement, each plot with the weight of the hectares that it stands for.
    ///
    /// `None` where a plot does not give its year.
    #[must_use]
    pub fn mean_year(&self) -> Option<f64> {
        let mut sum = 0.0;
        let mut weights = 0.0;
        for (position, plot) in self.plots.iter().enumerate() {
            let weight = self.expansion(position).value();
            sum += weight * f64::from(plot.measured?);
            weights += weight;
        }
        Some(sum / weights)
    }

    /// The coefficient of the variance within a stratum, `c_h` in `V = Σ c_h s²_h`.
    pub(super) fn coefficient(&self, layer: &Layer) -> f64 {
        coefficient(self.design, &self.units[layer.unit], layer)
    }
}

/// The coefficient of the variance within a stratum of a design, `c_h` in `V = Σ c_h s²_h`.
pub(super) fn coefficient(design: Design, unit: &UnitFacts, layer: &Layer) -> f64 {
    match design {
        Design::SimpleRandom | Design::Systematic => simple_random::coefficient(unit, layer),
        Design::RatioToSize => stands::equal_chance(unit, layer),
        Design::ProportionalToSize => stands::chance_by_size(unit, layer),
        Design::Stratified => stratified::coefficient(unit, layer),
        Design::PostStratified => post_stratified::coefficient(unit, layer),
        Design::DoubleSampling => double_sampling::coefficient(unit, layer),
        Design::Cluster => cluster::coefficient(unit, layer),
    }
}

fn expect_unique<'a>(
    what: &'static str,
    ids: impl Iterator<Item = &'a String>,
) -> Result<(), EstimateError> {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(EstimateError::Duplicate {
                what,
                id: id.clone(),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::estimate::{
        Design, EstimateError, EstimationUnit, Frame, Plot, Sample, Stratum, Weight,
    };
    use crate::units::Hectares;

    fn frame(plots: &[(&str, &str)]) -> Frame {
        Frame {
            design: Design::PostStratified,
            units: vec![EstimationUnit {
                id: "u".into(),
                name: None,
                area: Hectares::new(100.0),
                strata: vec![
                    Stratum::new("a", Weight::Counted(30)),
                    Stratum::new("b", Weight::Counted(10)),
                ],
            }],
            plots: plots
                .iter()
                .map(|(id, stratum)| Plot::new(*id, *stratum))
                .collect(),
        }
    }

    #[test]
    fn every_design_is_known_by_its_name() {
        for design in Design::ALL {
            assert_eq!(design.id().parse(), Ok(design));
        }
        assert!("srs".parse::<Design>().is_err());
    }

    #[test]
    fn expansions_sum_to_the_area() {
        let sample = Sample::new(frame(&[("1", "a"), ("2", "a"), ("3", "b")])).unwrap();
        let sum: Hectares = (0..3).map(|plot| sample.expansion(plot)).sum();
        assert!((sum.value() - 100.0).abs() < 1e-12);
        assert_eq!(sample.expansion(0), Hectares::new(37.5));
    }

    #[test]
    fn a_stratum_without_plots_is_refused() {
        assert_eq!(
            Sample::new(frame(&[("1", "a"), ("2", "a")])),
            Err(EstimateError::EmptyStratum {
                unit: "u".into(),
                stratum: "b".into()
            })
        );
    }

    #[test]
    fn a_plot_in_no_stratum_is_refused() {
        assert!(matches!(
            Sample::new(frame(&[("1", "a"), ("2", "c")])),
            Err(EstimateError::UnknownStratum { .. })
        ));
    }

    #[test]
    fn a_stratum_id_of_two_units_needs_the_unit() {
        let mut twice = frame(&[("1", "a"), ("2", "a"), ("3", "b")]);
        let mut other = twice.units[0].clone();
        other.id = "v".into();
        twice.units.push(other);
        assert!(matches!(
            Sample::new(twice),
            Err(EstimateError::AmbiguousStratum { .. })
        ));
    }

    #[test]
    fn duplicate_plots_are_refused() {
        assert!(matches!(
            Sample::new(frame(&[("1", "a"), ("1", "b")])),
            Err(EstimateError::Duplicate { what: "plot", .. })
        ));
    }

    #[test]
    fn a_random_sample_has_no_strata() {
        let mut random = frame(&[("1", "a"), ("2", "b")]);
        random.design = Design::SimpleRandom;
        assert!(matches!(
            Sample::new(random),
            Err(EstimateError::OneStratumExpected { found: 2, .. })
        ));
    }
}
