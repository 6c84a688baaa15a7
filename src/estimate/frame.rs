//! The frame of a sample: which plots were drawn from which strata of which units, and how.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::EstimateError;
use super::weights::weights;
use crate::units::{Fraction, Hectares};

/// How the plots were drawn. Declared by the surveyor, never guessed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Design {
    /// Every plot of a unit was drawn independently.
    SimpleRandom,
    /// The plots of a unit lie on a grid with a random start.
    Systematic,
    /// The strata of a unit were known before the draw, and each was sampled on its own.
    Stratified,
    /// The plots of a unit were drawn together, and strata with known weights were laid over them.
    PostStratified,
    /// The weights of the strata come from a larger first-phase sample.
    DoubleSampling,
    /// Whole clusters of plots were drawn from each stratum.
    Cluster,
    /// Whole stands were drawn from each stratum with equal chance, and the area of each is known.
    RatioToSize,
    /// Whole stands were drawn with replacement, with a chance in proportion to their area.
    ProportionalToSize,
}

impl Design {
    /// All designs, in the order of their documentation.
    pub const ALL: [Self; 8] = [
        Self::SimpleRandom,
        Self::Systematic,
        Self::Stratified,
        Self::PostStratified,
        Self::DoubleSampling,
        Self::Cluster,
        Self::RatioToSize,
        Self::ProportionalToSize,
    ];

    /// The name in plans and tables, such as `post-stratified`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::SimpleRandom => "simple-random",
            Self::Systematic => "systematic",
            Self::Stratified => "stratified",
            Self::PostStratified => "post-stratified",
            Self::DoubleSampling => "double-sampling",
            Self::Cluster => "cluster",
            Self::RatioToSize => "ratio-to-size",
            Self::ProportionalToSize => "proportional-to-size",
        }
    }

    /// What is drawn, in the singular.
    #[must_use]
    pub const fn thing(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::RatioToSize | Self::ProportionalToSize => "stand",
            _ => "plot",
        }
    }

    /// Whether a finite number of things to draw from sharpens the variance.
    #[must_use]
    pub const fn has_finite_population(self) -> bool {
        matches!(
            self,
            Self::SimpleRandom
                | Self::Systematic
                | Self::Stratified
                | Self::Cluster
                | Self::RatioToSize
        )
    }

    /// Whether the design works without a table of strata.
    #[must_use]
    pub const fn may_have_one_stratum(self) -> bool {
        self.has_one_stratum()
            || matches!(
                self,
                Self::Cluster | Self::RatioToSize | Self::ProportionalToSize
            )
    }

    /// Whether a unit is one stratum in this design.
    pub(super) const fn has_one_stratum(self) -> bool {
        matches!(self, Self::SimpleRandom | Self::Systematic)
    }
}

impl fmt::Display for Design {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// A name that no design has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown design `{found}`, expected one of {}", names())]
pub struct UnknownDesign {
    /// The name found.
    pub found: String,
}

/// All names of designs in backticks.
fn names() -> String {
    Design::ALL.map(|design| format!("`{design}`")).join(", ")
}

impl FromStr for Design {
    type Err = UnknownDesign;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|design| design.id() == name)
            .ok_or_else(|| UnknownDesign {
                found: name.to_owned(),
            })
    }
}

/// What share of its unit a stratum holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Weight {
    /// The share is known without error.
    Known(Fraction),
    /// So many cells of a map, or points of a first phase, fell into the stratum. Its share is the
    /// count over that of the unit. Only `double-sampling` takes the count itself as a sample.
    Counted(u64),
}

/// A part of an estimation unit with a mean of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Stratum {
    /// Id, unique within the unit.
    pub id: String,
    /// Name for people.
    pub name: Option<String>,
    /// Share of the unit.
    pub weight: Weight,
    /// How many plots the strata table promises; checked against those found.
    pub declared_plots: Option<usize>,
    /// How many plots (clusters for `cluster`, stands for `ratio-to-size`) the stratum could hold.
    /// Where given, the finite population correction `1 − n/N` applies in `simple-random`,
    /// `systematic`, `stratified`, `cluster` and `ratio-to-size`.
    pub population: Option<u64>,
}

impl Stratum {
    /// A stratum with nothing declared but its weight.
    #[must_use]
    pub fn new(id: impl Into<String>, weight: Weight) -> Self {
        Self {
            id: id.into(),
            name: None,
            weight,
            declared_plots: None,
            population: None,
        }
    }
}

/// An area that was sampled on its own: totals and variances of units add up.
#[derive(Debug, Clone, PartialEq)]
pub struct EstimationUnit {
    /// Id, unique within the frame.
    pub id: String,
    /// Name for people.
    pub name: Option<String>,
    /// Area, known without error.
    pub area: Hectares,
    /// Its strata; one for designs without strata.
    pub strata: Vec<Stratum>,
}

impl EstimationUnit {
    /// A unit that is a single stratum of the same id.
    #[must_use]
    pub fn whole(id: impl Into<String>, area: Hectares) -> Self {
        let id = id.into();
        Self {
            strata: vec![Stratum::new(id.clone(), Weight::Known(Fraction::ONE))],
            name: None,
            id,
            area,
        }
    }
}

impl EstimationUnit {
    /// Share of each stratum in the unit, 0 to 1.
    ///
    /// # Errors
    ///
    /// Weights that are mixed with counts or do not sum to one.
    pub fn shares(&self) -> Result<Vec<f64>, EstimateError> {
        weights(self).map(|(shares, _)| shares)
    }
}

/// Where a plot lies in the frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// Id, unique within the frame.
    pub id: String,
    /// Unit; may be left out where no two units share a stratum id.
    pub unit: Option<String>,
    /// Stratum.
    pub stratum: String,
    /// Cluster, for the design `cluster`.
    pub cluster: Option<String>,
    /// Area of the stand that was measured as a whole, for the design `ratio-to-size`.
    pub size: Option<Hectares>,
    /// Id of the same plot at the previous inventory, where it differs from `id`.
    pub previous: Option<String>,
    /// Year of the measurement; tells a remeasured plot from a measurement used twice.
    pub measured: Option<i32>,
}

impl Plot {
    /// A plot in a stratum whose id is unique among the units.
    #[must_use]
    pub fn new(id: impl Into<String>, stratum: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            unit: None,
            stratum: stratum.into(),
            cluster: None,
            size: None,
            previous: None,
            measured: None,
        }
    }
}

/// What was drawn from where, as the surveyor wrote it down.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// How the plots were drawn.
    pub design: Design,
    /// The sampled areas.
    pub units: Vec<EstimationUnit>,
    /// The plots. Their order is that of all [`Observations`](super::Observations).
    pub plots: Vec<Plot>,
}

impl Frame {
    /// Unit and stratum of a plot by position, or why there is none.
    pub(super) fn place(&self, plot: &Plot) -> Result<(usize, usize), EstimateError> {
        let mut places = self
            .units
            .iter()
            .enumerate()
            .filter(|(_, unit)| plot.unit.as_ref().is_none_or(|id| *id == unit.id))
            .filter_map(|(u, unit)| {
                let s = unit
                    .strata
                    .iter()
                    .position(|stratum| stratum.id == plot.stratum)?;
                Some((u, s))
            });
        match (places.next(), places.next()) {
            (Some(place), None) => Ok(place),
            (Some(_), Some(_)) => Err(EstimateError::AmbiguousStratum {
                plot: plot.id.clone(),
                stratum: plot.stratum.clone(),
            }),
            (None, _) => Err(EstimateError::UnknownStratum {
                plot: plot.id.clone(),
                stratum: match &plot.unit {
                    Some(unit) => format!("{unit}/{}", plot.stratum),
                    None => plot.stratum.clone(),
                },
            }),
        }
    }
}

/// Finds the place of a plot in logarithmic time.
pub(super) struct PlaceIndex<'a> {
    by_unit: BTreeMap<(&'a str, &'a str), (usize, usize)>,
    alone: BTreeMap<&'a str, Option<(usize, usize)>>,
}

impl<'a> PlaceIndex<'a> {
    pub(super) fn new(frame: &'a Frame) -> Self {
        let mut index = Self {
            by_unit: BTreeMap::new(),
            alone: BTreeMap::new(),
        };
        for (u, unit) in frame.units.iter().enumerate() {
            for (s, stratum) in unit.strata.iter().enumerate() {
                index.by_unit.insert((&unit.id, &stratum.id), (u, s));
                index
                    .alone
                    .entry(&stratum.id)
                    .and_modify(|place| *place = None)
                    .or_insert(Some((u, s)));
            }
        }
        index
    }

    /// Unit and stratum of `plot`, or why there is none.
    pub(super) fn place(
        &self,
        frame: &Frame,
        plot: &Plot,
    ) -> Result<(usize, usize), EstimateError> {
        let found = match &plot.unit {
            Some(unit) => self
                .by_unit
                .get(&(unit.as_str(), plot.stratum.as_str()))
                .copied(),
            None => self.alone.get(plot.stratum.as_str()).copied().flatten(),
        };
        found.map_or_else(|| frame.place(plot), Ok)
    }
}
