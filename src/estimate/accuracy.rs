//! A reference sample of a map: true areas of its classes, and how often the map is right.

use super::estimated::Basis;
use super::{Estimate, EstimateError, Estimator, RatioEstimate};
use crate::units::Hectares;

/// A stratum that reference points were drawn from; often, but not always, a class of the map.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferenceStratum {
    /// Id.
    pub id: String,
    /// Its area on the map.
    pub area: Hectares,
    /// Cells that it holds; where given, the finite population correction applies.
    pub population: Option<u64>,
}

/// How many points of a stratum have one class on the map and one in truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReferenceCount {
    /// Position of the stratum.
    pub stratum: usize,
    /// Position of the class on the map.
    pub mapped: usize,
    /// Position of the class in truth.
    pub reference: usize,
    /// Number of points.
    pub points: u64,
}

/// Points whose class is known from a better source than the map.
///
/// The points of a stratum were drawn at random or on a grid; strata were drawn on their own. Without
/// finite population correction and with the map's classes as strata the figures are those of Olofsson
/// et al. 2014 (equations 5 to 11); otherwise those of Stehman 2014.
///
/// # Source
///
/// Olofsson et al. 2014, Remote Sensing of Environment 148, 42–57; Stehman 2014, International Journal
/// of Remote Sensing 35, 4923–4939.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferenceSample {
    classes: Vec<String>,
    pub(super) strata: Vec<ReferenceStratum>,
    pub(super) counts: Vec<ReferenceCount>,
    pub(super) points: Vec<u64>,
    /// Whether the areas are those that the points were drawn from.
    pub(super) estimator: Estimator,
}

/// Sums over the points of one stratum of two indicators and their product.
#[derive(Debug, Clone, Copy, Default)]
struct Indicators {
    y: u64,
    x: u64,
    xy: u64,
}

impl ReferenceSample {
    /// Takes stock of the points.
    ///
    /// # Errors
    ///
    /// [`EstimateError::Empty`] without classes or strata; [`EstimateError::UnknownClass`] for a count
    /// outside of them; [`EstimateError::Area`] for an area that is none;
    /// [`EstimateError::EmptyStratum`] for a stratum with area but no point;
    /// [`EstimateError::Population`] for more points than cells.
    pub fn new(
        classes: Vec<String>,
        strata: Vec<ReferenceStratum>,
        counts: Vec<ReferenceCount>,
    ) -> Result<Self, EstimateError> {
        for (what, missing) in [
            ("classes", classes.is_empty()),
            ("strata", strata.is_empty()),
        ] {
            if missing {
                return Err(EstimateError::Empty {
                    what: what.to_owned(),
                });
            }
        }
        let mut points = vec![0_u64; strata.len()];
        for count in &counts {
            let class = count.mapped.max(count.reference);
            if class >= classes.len() || count.stratum >= strata.len() {
                return Err(EstimateError::UnknownClass {
                    stratum: count.stratum,
                    class,
                });
            }
            points[count.stratum] += count.points;
        }
        for (stratum, &points) in strata.iter().zip(&points) {
            let area = stratum.area.value();
            if !area.is_finite() || area < 0.0 {
                return Err(EstimateError::Area {
                    of: stratum.id.clone(),
                    found: area,
                });
            }
            if points == 0 && area > 0.0 {
                return Err(EstimateError::EmptyStratum {
                    unit: "reference sample".to_owned(),
                    stratum: stratum.id.clone(),
                });
            }
            if let Some(population) = stratum.population
                && points > population
            {
                return Err(EstimateError::Population {
                    unit: "reference sample".to_owned(),
                    stratum: stratum.id.clone(),
                    found: usize::try_from(points).unwrap_or(usize::MAX),
                    population,
                });
            }
        }
        Ok(Self {
            classes,
            strata,
            counts,
            points,
            estimator: Estimator::ReferenceSample,
        })
    }

    /// Points drawn from the classes of the map: rows are map classes, columns reference classes.
    ///
    /// # Errors
    ///
    /// Those of [`ReferenceSample::new`].
    pub fn from_matrix(
        classes: &[String],
        mapped: &[Hectares],
        matrix: &[Vec<u64>],
    ) -> Result<Self, EstimateError> {
        let strata = classes
            .iter()
            .zip(mapped)
            .map(|(class, area)| ReferenceStratum {
                id: class.clone(),
                area: *area,
                population: None,
            });
        let counts = matrix.iter().enumerate().flat_map(|(mapped, row)| {
            row.iter()
                .enumerate()
                .map(move |(reference, points)| ReferenceCount {
                    stratum: mapped,
                    mapped,
                    reference,
                    points: *points,
                })
        });
        Self::new(classes.to_vec(), strata.collect(), counts.collect())
    }

    /// The same points as if drawn from strata of other areas: those of a part of the map, whose errors
    /// are taken to be like those of the whole.
    ///
    /// # Errors
    ///
    /// Those of [`ReferenceSample::new`].
    pub fn with_areas(&self, areas: &[Hectares]) -> Result<Self, EstimateError> {
        let strata = self.strata.iter().zip(areas);
        let strata = strata.map(|(stratum, area)| ReferenceStratum {
            id: stratum.id.clone(),
            area: *area,
            population: None,
        });
        let borrowed = Self::new(self.classes.clone(), strata.collect(), self.counts.clone())?;
        Ok(Self {
            estimator: Estimator::Synthetic,
            ..borrowed
        })
    }

    /// The strata.
    #[must_use]
    pub fn strata(&self) -> &[ReferenceStratum] {
        &self.strata
    }

    /// How many points of a stratum fulfil a condition on their class on the map and in truth.
    #[must_use]
    pub fn points(&self, stratum: usize, is: impl Fn(usize, usize) -> bool) -> u64 {
        let counts = self.counts.iter().filter(|count| count.stratum == stratum);
        counts
            .filter(|count| is(count.mapped, count.reference))
            .map(|count| count.points)
            .sum()
    }

    /// Names of the classes.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// True area of a class, `Σ A_h p_hj`, where `p_hj` is the share of the stratum's points that are of
    /// the class in truth. `V = Σ A_h² (1 − n_h/N_h) p_hj (1 − p_hj) / (n_h − 1)`.
    ///
    /// The variance is `None` when a stratum has fewer than two points, or no point is of the class.
    #[must_use]
    pub fn area(&self, class: usize) -> Estimate<Hectares> {
        let (value, basis) = self.sum(|count| count.reference == class);
        Estimate::new(value, basis)
    }

    /// True area of several classes together, such as all that count as forest.
    #[must_use]
    pub fn area_of(&self, is: impl Fn(usize) -> bool) -> Estimate<Hectares> {
        let (value, basis) = self.sum(|count| is(count.reference));
        Estimate::new(value, basis)
    }

    /// Area that has one class on the map and one in truth.
    #[must_use]
    pub fn cell(&self, mapped: usize, reference: usize) -> Estimate<Hectares> {
        let (value, basis) =
            self.sum(|count| count.mapped == mapped && count.reference == reference);
        Estimate::new(value, basis)
    }

    /// Share of the area where the map is right.
    #[must_use]
    pub fn overall_accuracy(&self) -> RatioEstimate<Hectares, Hectares> {
        let area: f64 = self.strata.iter().map(|stratum| stratum.area.value()).sum();
        let (value, basis) = self.sum(|count| count.mapped == count.reference);
        RatioEstimate::new(
            value / area,
            Basis {
                variance: basis.variance.map(|variance| variance / (area * area)),
                ..basis
            },
        )
    }

    /// Share of a map class that is of that class in truth; one less the error of commission.
    ///
    /// # Errors
    ///
    /// [`EstimateError::Denominator`] when no point has the class on the map.
    pub fn users_accuracy(
        &self,
        class: usize,
    ) -> Result<RatioEstimate<Hectares, Hectares>, EstimateError> {
        self.ratio(
            |count| count.mapped == class && count.reference == class,
            |count| count.mapped == class,
        )
    }

    /// Share of the true area of a class that the map shows as such; one less the error of omission.
    ///
    /// # Errors
    ///
    /// [`EstimateError::Denominator`] when no point is of the class in truth.
    pub fn producers_accuracy(
        &self,
        class: usize,
    ) -> Result<RatioEstimate<Hectares, Hectares>, EstimateError> {
        self.ratio(
            |count| count.mapped == class && count.reference == class,
            |count| count.reference == class,
        )
    }

    fn sum(&self, y: impl Fn(&ReferenceCount) -> bool) -> (f64, Basis) {
        let sums = self.indicators(&y, &y);
        let value = self.expanded(&sums, |sum| sum.y);
        let variance = self.variance(&sums, 0.0);
        (value, self.basis(&sums, variance))
    }

    /// `R = Σ A_h ȳ_h / Σ A_h x̄_h`,
    /// `V(R) = X⁻² Σ A_h² (1 − n_h/N_h)(s_y² + R² s_x² − 2 R s_xy)/n_h`.
    fn ratio(
        &self,
        y: impl Fn(&ReferenceCount) -> bool,
        x: impl Fn(&ReferenceCount) -> bool,
    ) -> Result<RatioEstimate<Hectares, Hectares>, EstimateError> {
        let sums = self.indicators(&y, &x);
        let denominator = self.expanded(&sums, |sum| sum.x);
        if denominator <= 0.0 {
            return Err(EstimateError::Denominator { found: denominator });
        }
        let ratio = self.expanded(&sums, |sum| sum.y) / denominator;
        let variance = self
            .variance(&sums, ratio)
            .map(|v| v / (denominator * denominator));
        Ok(RatioEstimate::new(ratio, self.basis(&sums, variance)))
    }

    fn indicators(
        &self,
        y: &impl Fn(&ReferenceCount) -> bool,
        x: &impl Fn(&ReferenceCount) -> bool,
    ) -> Vec<Indicators> {
        let mut sums = vec![Indicators::default(); self.strata.len()];
        for count in &self.counts {
            let points = count.points;
            let sum = &mut sums[count.stratum];
            if y(count) {
                sum.y += points;
            }
            if x(count) {
                sum.x += points;
            }
            if y(count) && x(count) {
                sum.xy += points;
            }
        }
        sums
    }

    /// `Σ A_h` times the mean of an indicator.
    fn expanded(&self, sums: &[Indicators], of: impl Fn(&Indicators) -> u64) -> f64 {
        let strata = self.strata.iter().zip(sums).zip(&self.points);
        strata
            .filter(|(_, points)| **points > 0)
            .map(|((stratum, sum), points)| stratum.area.value() * of(sum) as f64 / *points as f64)
            .sum()
    }

    /// Variance of the total of `y − R x`.
    fn variance(&self, sums: &[Indicators], ratio: f64) -> Option<f64> {
        let mut variance = 0.0;
        for ((stratum, sum), &points) in self.strata.iter().zip(sums).zip(&self.points) {
            let area = stratum.area.value();
            if area <= 0.0 {
                continue;
            }
            if points < 2 {
                return None;
            }
            let n = points as f64;
            let population = stratum
                .population
                .map_or(f64::INFINITY, |cells| cells as f64);
            let (y, x, xy) = (sum.y as f64, sum.x as f64, sum.xy as f64);
            let spread = |product: f64, a: f64, b: f64| (product - a * b / n) / (n - 1.0);
            let residual =
                spread(y, y, y) + ratio * ratio * spread(x, x, x) - 2.0 * ratio * spread(xy, y, x);
            variance += area * area * (1.0 - n / population) * residual.max(0.0) / n;
        }
        Some(variance)
    }

    fn basis(&self, sums: &[Indicators], variance: Option<f64>) -> Basis {
        let whole = |points: u64| usize::try_from(points).unwrap_or(usize::MAX);
        let seen: u64 = sums.iter().map(|sum| sum.x).sum();
        Basis {
            variance: variance.filter(|_| seen > 0),
            degrees_of_freedom: None,
            plots: whole(self.points.iter().sum()),
            plots_nonzero: whole(seen),
            estimator: self.estimator,
        }
    }
}
