//! The trace: how each headline figure is made of uncertain inputs, so that the spread can be
//! worked out after the figure, by closed form and by draws.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::account::library::{Curve, Follows, Parameter, Shape, Spread};
use crate::account::tables::CoverageSource;

/// A headline figure with a spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Headline {
    /// Carbon stock, t C.
    Carbon,
    /// Yearly net removal, in tonnes of carbon dioxide equivalent.
    Sequestration,
    /// Stock volume, m³.
    Volume,
    /// Stock volume per hectare of forest, m³/ha.
    VolumeDensity,
    /// Forest area from a sample, ha.
    ForestArea,
    /// Forest by a sampled source over the land of the map, in percent.
    Coverage(CoverageSource),
    /// Forest by one source less that by another, ha.
    CoverageDifference(CoverageSource, CoverageSource),
    /// Soil carbon from samples, t C.
    SoilSamples,
    /// Carbon in products of wood, t C.
    WoodStock,
    /// Its change over a year, in tonnes of carbon dioxide equivalent.
    WoodChange,
}

impl Headline {
    /// The column that it stands in, or its name in `tables/uncertainty.csv`.
    #[must_use]
    pub fn column(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Carbon => "carbon_tc",
            Self::Sequestration => "sequestration_tco2e_yr",
            Self::Volume => "volume_m3",
            Self::VolumeDensity => "volume_m3_ha",
            Self::ForestArea => "forest_area_est_ha",
            Self::Coverage(source) => {
                return Cow::Owned(format!("forest_cover_pct {}", source.id()));
            }
            Self::CoverageDifference(one, other) => {
                return Cow::Owned(format!("difference_ha {}-{}", one.id(), other.id()));
            }
            Self::SoilSamples => "soil_samples_tc",
            Self::WoodStock => "harvested_wood_tc",
            Self::WoodChange => "harvested_wood_tco2e_yr",
        })
    }
}

/// Something that a figure rests on and that is not known for sure.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Key of its draws: equal keys are drawn once and shared.
    pub key: String,
    /// Its value.
    pub mean: f64,
    /// What is not known of it; `None` where no one says.
    pub spread: Option<Spread>,
    /// Degrees of freedom behind the spread of a sample.
    pub degrees_of_freedom: Option<f64>,
    /// The input that it follows by a curve; its own spread is then that of the other.
    pub follows: Option<Follows>,
}

/// A coefficient times inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// What is known for sure: an area, a conversion, a sign.
    pub coefficient: f64,
    /// Indices of the inputs, each once.
    pub inputs: Vec<usize>,
}

/// One headline figure of one region, as a sum of terms.
#[derive(Debug, Clone, PartialEq)]
pub struct TracedFigure {
    /// Which figure.
    pub headline: Headline,
    /// Region, or the total.
    pub region_id: String,
    /// Its terms; those over the same inputs are one.
    pub terms: Vec<Term>,
    /// What must be known of it.
    pub remark: Option<String>,
}

/// All traced figures of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trace {
    pub(super) inputs: Vec<Input>,
    pub(super) index: BTreeMap<String, usize>,
    figures: BTreeMap<(Headline, usize), Vec<Term>>,
    /// Inputs that stand for a figure of a source that several rows state.
    figures_of_sources: BTreeMap<String, usize>,
    regions: Vec<String>,
    region_index: BTreeMap<String, usize>,
    remarks: BTreeMap<(Headline, String), String>,
}

/// A figure of a sample: value, standard error, degrees of freedom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleFigure {
    /// The estimate, in the unit of its headline column.
    pub value: f64,
    /// Its standard error, in the same unit.
    pub standard_error: Option<f64>,
    /// Degrees of freedom behind it.
    pub degrees_of_freedom: Option<f64>,
}

/// One line of the arithmetic of a figure: `coefficient · values = product`.
#[derive(Debug, Clone, PartialEq)]
pub struct ArithmeticLine {
    /// What is known for sure: an area, a conversion, a sign, or 1 for a sample.
    pub coefficient: f64,
    /// Key and value of each input.
    pub inputs: Vec<(String, f64)>,
    /// Their product.
    pub product: f64,
}

/// Key of the draws of a sample's figure.
pub(in crate::account) fn sample_key(headline: Headline, region_id: &str) -> String {
    format!("sample {} {region_id}", headline.column())
}

/// Whether a key is that of the draws of a sample.
pub(super) fn is_sample(key: &str) -> bool {
    key.starts_with("sample ")
}

impl Trace {
    /// The arithmetic of a figure, line by line: the products sum to the figure.
    #[must_use]
    pub fn arithmetic(&self, headline: Headline, region_id: &str) -> Vec<ArithmeticLine> {
        self.terms(headline, region_id)
            .unwrap_or_default()
            .iter()
            .map(|term| {
                let inputs: Vec<(String, f64)> = term
                    .inputs
                    .iter()
                    .map(|input| (self.inputs[*input].key.clone(), self.inputs[*input].mean))
                    .collect();
                ArithmeticLine {
                    coefficient: term.coefficient,
                    product: term.coefficient
                        * inputs.iter().map(|(_, value)| value).product::<f64>(),
                    inputs,
                }
            })
            .collect()
    }

    /// The inputs, by the indices that terms use.
    #[must_use]
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// All figures, by headline and then in the order in which regions came.
    #[must_use]
    pub fn figures(&self) -> Vec<TracedFigure> {
        self.figures
            .iter()
            .map(|((headline, region), terms)| TracedFigure {
                headline: *headline,
                region_id: self.regions[*region].clone(),
                terms: terms.clone(),
                remark: self
                    .remarks
                    .get(&(*headline, self.regions[*region].clone()))
                    .cloned(),
            })
            .collect()
    }

    /// Says what must be known of a figure.
    pub(in crate::account) fn remark(
        &mut self,
        headline: Headline,
        region_id: &str,
        remark: String,
    ) {
        let key = (headline, region_id.to_owned());
        self.remarks.insert(key, remark);
    }

    /// The terms of one figure.
    #[must_use]
    pub fn terms(&self, headline: Headline, region_id: &str) -> Option<&[Term]> {
        let region = self.region_index.get(region_id)?;
        self.figures.get(&(headline, *region)).map(Vec::as_slice)
    }

    /// Adds what a sample says of a region's figure. The sampling errors of two regions, and those
    /// of two figures of one region, are drawn apart; the total has its own.
    pub fn add_sample(&mut self, headline: Headline, region_id: &str, figure: SampleFigure) {
        let input = self.sample(sample_key(headline, region_id), figure);
        self.add_term(
            headline,
            region_id,
            Term {
                coefficient: 1.0,
                inputs: vec![input],
            },
        );
    }

    /// Forgets a figure, for one made in another way.
    pub(in crate::account) fn forget(&mut self, headline: Headline, region_id: &str) {
        if let Some(region) = self.region_index.get(region_id) {
            self.figures.remove(&(headline, *region));
        }
    }

    /// The index of what a sample says.
    pub(in crate::account) fn sample(&mut self, key: String, figure: SampleFigure) -> usize {
        self.add_input(Input {
            key,
            mean: figure.value,
            spread: figure.standard_error.map(|sigma| Spread {
                sigma,
                shape: Shape::Normal,
            }),
            degrees_of_freedom: figure.degrees_of_freedom,
            follows: None,
        })
    }

    /// The index of a parameter row, which all regions share; rows that state one figure of a source are one
    /// input, under the id of the first that is used.
    pub(in crate::account) fn parameter(&mut self, row: &Parameter, value: f64) -> usize {
        let known = row.figure.as_ref();
        if let Some(input) = known.and_then(|figure| self.figures_of_sources.get(figure)) {
            return *input;
        }
        let input = self.add_input(Input {
            key: row.row_id(),
            mean: value,
            spread: row.spread(),
            degrees_of_freedom: None,
            follows: None,
        });
        if let Some(figure) = &row.figure {
            self.figures_of_sources.insert(figure.clone(), input);
        }
        input
    }

    /// The index of an error about one that all share which name it; where they state several standard errors,
    /// each is as much wider or narrower than the first as it says.
    pub(in crate::account) fn shared_error(&mut self, key: &str, sigma: f64) -> usize {
        let input = |key: String| Input {
            key,
            mean: 1.0,
            spread: Some(Spread {
                sigma,
                shape: Shape::Normal,
            }),
            degrees_of_freedom: None,
            follows: None,
        };
        let first = self.add_input(input(key.to_owned()));
        let known = self.inputs[first].spread.map_or(sigma, |known| known.sigma);
        if (known - sigma).abs() <= f64::EPSILON {
            first
        } else if known > 0.0 {
            let ratio = sigma / known;
            self.following(first, Curve::Widened { ratio })
        } else {
            self.add_input(input(format!("{key}, {} %", 100.0 * sigma)))
        }
    }

    /// The index of an input that follows another one by a curve.
    pub(in crate::account) fn following(&mut self, input: usize, curve: Curve) -> usize {
        let base = &self.inputs[input];
        let following = Input {
            key: format!("{}, {}", base.key, curve.name()),
            mean: curve.value(base.mean),
            spread: None,
            degrees_of_freedom: None,
            follows: Some(Follows { input, curve }),
        };
        self.add_input(following)
    }

    /// The index of an input; a known key keeps its first value.
    pub(in crate::account) fn add_input(&mut self, input: Input) -> usize {
        if let Some(known) = self.index.get(&input.key) {
            return *known;
        }
        let new = self.inputs.len();
        self.index.insert(input.key.clone(), new);
        self.inputs.push(input);
        new
    }

    /// Adds the terms of a sum that is known: of no terms it is zero, and the figure is known none the less.
    pub(in crate::account) fn add_sum(
        &mut self,
        headline: Headline,
        region_id: &str,
        terms: &[Term],
    ) {
        let zero = [Term {
            coefficient: 0.0,
            inputs: Vec::new(),
        }];
        let terms = if terms.is_empty() { &zero } else { terms };
        for term in terms {
            self.add_term(headline, region_id, term.clone());
        }
    }

    /// Adds a term to a figure; terms over the same inputs become one.
    pub fn add_term(&mut self, headline: Headline, region_id: &str, mut term: Term) {
        term.inputs.sort_unstable();
        let region = *self
            .region_index
            .entry(region_id.to_owned())
            .or_insert_with(|| {
                self.regions.push(region_id.to_owned());
                self.regions.len() - 1
            });
        let terms = self.figures.entry((headline, region)).or_default();
        match terms.iter_mut().find(|known| known.inputs == term.inputs) {
            Some(known) => known.coefficient += term.coefficient,
            None => terms.push(term),
        }
    }
}
