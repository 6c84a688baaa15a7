//! What each stratum gives a total, so that a total can be followed on paper.

use std::collections::BTreeMap;

use super::sample::Layer;
use super::{EstimateError, Observations, Sample};
use crate::units::{Hectares, Quantity};

/// What one stratum gives a total and its variance.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumPart {
    /// Id of the estimation unit.
    pub unit: String,
    /// Id of the stratum.
    pub stratum: String,
    /// Area of the stratum, `A W_h`.
    pub area: Hectares,
    /// Plots drawn from it, `n_h`.
    pub plots: usize,
    /// Plots with a value other than zero.
    pub plots_nonzero: usize,
    /// Sum over its plots of the value per hectare, `Σ y`; of stands drawn with equal chance, of the
    /// value of the whole stand, `Σ y x`.
    pub sum: f64,
    /// What the sum is divided by to give the mean per hectare: the plots, or the hectares of such
    /// stands, `Σ x`.
    pub divisor: f64,
    /// Its part of the total, `A W_h ȳ_h`, in units of the total.
    pub value: f64,
    /// Its part of the variance, `c_h s²_h`, in squared units of the total; `None` with fewer than
    /// two draws. What a first phase adds to `double-sampling` is of no stratum.
    pub variance: Option<f64>,
}

impl Sample {
    /// The strata in which some plot has a value other than zero, in the order of the frame: the
    /// total is the sum of their values, its variance that of their variances.
    ///
    /// # Errors
    ///
    /// Those of [`Sample::total`].
    pub fn by_stratum<Q: Quantity>(
        &self,
        observations: &Observations<Q>,
    ) -> Result<Vec<StratumPart>, EstimateError> {
        self.expect_complete(observations)?;
        // The first plot of each stratum that is not zero, and how many are not.
        let mut nonzero: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        for (plot, _) in observations.entries() {
            let of_stratum = nonzero.entry(self.layer_of[*plot]).or_insert((*plot, 0));
            of_stratum.1 += 1;
        }
        let values = self.grouped(observations.entries());
        let parts = values.iter().zip(nonzero.values());
        let parts = parts.map(|((layer, values), (first, plots_nonzero))| {
            let facts = &self.layers[*layer];
            let unit = &self.units[facts.unit];
            let area = unit.area * facts.weight;
            StratumPart {
                unit: unit.id.clone(),
                stratum: self.plots[*first].stratum.clone(),
                area: Hectares::new(area),
                plots: number_of(facts),
                plots_nonzero: *plots_nonzero,
                sum: values.mean * facts.size,
                divisor: facts.size,
                value: area * values.mean,
                variance: (facts.drawn >= 2.0).then(|| {
                    self.coefficient(facts) * self.stratum_covariance(*layer, values, values)
                }),
            }
        });
        Ok(parts.collect())
    }
}

/// How many plots a stratum has.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "those of a sample were counted one by one"
)]
const fn number_of(layer: &Layer) -> usize {
    layer.plots as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::estimate::{
        Design, EstimationUnit, Frame, Observations, Plot, Sample, Stratum, Weight,
    };
    use crate::units::{CubicMetres, Fraction, Hectares, PerHectare};

    /// A sample of two units, of two strata where the design has them, with plots in clusters of two.
    fn sample(design: Design, plots: usize) -> Sample {
        let share = |share: f64| Weight::Known(Fraction::new(share).expect("a share"));
        let strata = |unit: &str| match design {
            Design::SimpleRandom | Design::Systematic => {
                vec![Stratum::new(unit, Weight::Known(Fraction::ONE))]
            }
            Design::DoubleSampling => vec![
                Stratum::new(format!("{unit}-open"), Weight::Counted(700)),
                Stratum::new(format!("{unit}-closed"), Weight::Counted(300)),
            ],
            _ => vec![
                Stratum::new(format!("{unit}-open"), share(0.7)),
                Stratum::new(format!("{unit}-closed"), share(0.3)),
            ],
        };
        let units: Vec<EstimationUnit> = [("north", 1200.0), ("south", 800.0)]
            .map(|(id, area)| EstimationUnit {
                id: id.into(),
                name: None,
                area: Hectares::new(area),
                strata: strata(id),
            })
            .into();
        let places: Vec<String> = units
            .iter()
            .flat_map(|unit| unit.strata.iter().map(|stratum| stratum.id.clone()))
            .collect();
        let plots = (0..plots).map(|number| {
            let place = number / 2 % places.len();
            let mut plot = Plot::new(number.to_string(), places[place].clone());
            plot.cluster = Some((number / 2).to_string());
            plot.size = Some(Hectares::new(1.0 + (number % 5) as f64));
            plot
        });
        Sample::new(Frame {
            design,
            units,
            plots: plots.collect(),
        })
        .expect("a sample")
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_total_and_its_variance(
            values in prop::collection::vec(prop_oneof![Just(0.0), 1.0..400.0], 24..60),
        ) {
            for design in Design::ALL {
                let sample = sample(design, values.len());
                let plots = values.iter().map(|value| PerHectare::new(CubicMetres::new(*value)));
                let observed = Observations::new(plots);
                let (total, parts) = (sample.total(&observed).unwrap(), sample.by_stratum(&observed).unwrap());
                let sum: f64 = parts.iter().map(|part| part.value).sum();
                prop_assert!((sum - total.value().value()).abs() <= 1e-9 * sum, "{design}");
                let by_hand = |part: &super::StratumPart| part.area.value() * part.sum / part.divisor;
                let by_hand: f64 = parts.iter().map(by_hand).sum();
                prop_assert!((sum - by_hand).abs() <= 1e-9 * sum, "{design}");
                let nonzero: usize = parts.iter().map(|part| part.plots_nonzero).sum();
                prop_assert_eq!(nonzero, total.plots_nonzero());
                if let (Some(variance), true) = (total.variance(), design != Design::DoubleSampling) {
                    let parts: f64 = parts.iter().filter_map(|part| part.variance).sum();
                    prop_assert!((parts - variance).abs() <= 1e-9 * variance, "{design}");
                }
            }
        }
    }
}
