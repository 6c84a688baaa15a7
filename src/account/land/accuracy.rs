//! Accuracy of a map by a reference sample: the rows of `tables/accuracy.csv`.

use crate::account::tables::CheckRow;
use crate::estimate::{Confidence, Estimate, EstimateError, RatioEstimate, ReferenceSample};
use crate::units::Hectares;

/// Relative difference that the sums of shares and of areas may show.
const ROUNDING: f64 = 1e-9;

/// What a row of the accuracy of a map is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccuracyKind {
    /// Points of a stratum that are of one class in truth, with the area of the stratum.
    Stratum,
    /// Share of the area that has one class on the map and one in truth: a cell of the confusion matrix.
    Matrix,
    /// Share of a class of the map that is right.
    Users,
    /// Share of a class in truth that the map shows.
    Producers,
    /// Share of the area where the map is right.
    Overall,
    /// Area of a class in truth.
    Area,
    /// Area in truth of the classes that count as forest.
    Forest,
    /// Points of a stratum that are forest in truth, with the area of the stratum.
    ForestStratum,
}

impl AccuracyKind {
    /// The word in tables.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Stratum => "stratum",
            Self::Matrix => "matrix",
            Self::Users => "users-accuracy",
            Self::Producers => "producers-accuracy",
            Self::Overall => "overall-accuracy",
            Self::Area => "area",
            Self::Forest => "forest-area",
            Self::ForestStratum => "forest-stratum",
        }
    }
}

/// One figure on the accuracy of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct AccuracyRow {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: String,
    /// Year of the map.
    pub year: i32,
    /// What the row is about.
    pub kind: AccuracyKind,
    /// Stratum of the sample, where the row is of one.
    pub stratum: String,
    /// Class on the map, where the row is of one.
    pub map_class: String,
    /// Class in truth, where the row is of one.
    pub reference_class: String,
    /// Points that are so.
    pub points: u64,
    /// Points among which they are.
    pub of_points: u64,
    /// Area on the map: of the stratum, of the class, of forest.
    pub mapped: Option<Hectares>,
    /// The figure: a share, or hectares.
    pub value: Option<f64>,
    /// Unit of the figure: `ha`, or empty for shares.
    pub unit: &'static str,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// Its interval at the plan's level.
    pub interval: Option<(f64, f64)>,
    /// `direct`, or `synthetic` where the errors are those of the union of regions.
    pub quality: String,
    /// What must be known of it.
    pub note: String,
}

/// A map of one region held against its reference sample.
#[derive(Debug, Clone, Copy)]
pub struct AccuracyInput<'a> {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: &'a str,
    /// Year of the map.
    pub year: i32,
    /// The points.
    pub sample: &'a ReferenceSample,
    /// Mapped area of each class of the sample.
    pub mapped: &'a [Hectares],
    /// Whether each class counts as forest; `None` where a group of classes holds both.
    pub forest: &'a [Option<bool>],
    /// `direct` or `synthetic`.
    pub quality: &'a str,
    /// Level of the intervals.
    pub level: Confidence,
}

/// What a reference sample says of the map of a region.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MapAccuracy {
    /// Rows of `tables/accuracy.csv`.
    pub rows: Vec<AccuracyRow>,
    /// Rows of `tables/checks.csv`.
    pub checks: Vec<CheckRow>,
    /// Forest area in truth; `None` where the classes do not tell forest.
    pub forest: Option<Estimate<Hectares>>,
}

/// A figure without its place.
struct Figure {
    value: f64,
    standard_error: Option<f64>,
    interval: Option<(f64, f64)>,
    note: String,
}

impl Figure {
    fn of_area(estimate: &Estimate<Hectares>, level: Confidence) -> Self {
        let interval = estimate.interval(level);
        Self {
            value: estimate.value().value(),
            standard_error: estimate.standard_error(),
            interval: interval.map(|(low, high)| (low.value().max(0.0), high.value())),
            note: String::new(),
        }
        .certain()
    }

    fn of_share(estimate: &RatioEstimate<Hectares, Hectares>, level: Confidence) -> Self {
        let interval = estimate.interval(level);
        Self {
            value: estimate.value(),
            standard_error: estimate.standard_error(),
            interval: interval.map(|(low, high)| (low.max(0.0), high.min(1.0))),
            note: String::new(),
        }
        .certain()
    }

    fn scaled(mut self, divisor: f64) -> Self {
        self.value /= divisor;
        self.standard_error = self.standard_error.map(|error| error / divisor);
        self.interval = self
            .interval
            .map(|(low, high)| (low / divisor, high / divisor));
        self
    }

    /// Points that all agree leave the formula without a spread, which is not certainty.
    fn certain(mut self) -> Self {
        if self.standard_error == Some(0.0) {
            self.standard_error = None;
            self.interval = None;
            "all points of each stratum agree: the formula gives no standard error, which is not certainty"
                .clone_into(&mut self.note);
        }
        self
    }
}

/// The accuracy of the map of one region.
///
/// The matrix holds shares of the whole area, `p_ij`; see [`ReferenceSample`] for the formulas.
///
/// # Errors
///
/// None of a sample whose classes are as many as the mapped areas; else [`EstimateError::UnknownClass`].
pub fn map_accuracy(input: &AccuracyInput<'_>) -> Result<MapAccuracy, EstimateError> {
    let sample = input.sample;
    let classes = sample.classes();
    for length in [input.mapped.len(), input.forest.len()] {
        if length != classes.len() {
            return Err(EstimateError::UnknownClass {
                stratum: 0,
                class: length,
            });
        }
    }
    let mut found = MapAccuracy::default();
    found.rows.extend(input.strata());
    found.rows.extend(input.matrix());
    for (class, name) in classes.iter().enumerate() {
        let mapped = input.points(|map, _| map == class);
        if let Ok(share) = sample.users_accuracy(class) {
            found.rows.push(AccuracyRow {
                map_class: name.clone(),
                points: input.points(|map, truth| map == class && truth == class),
                of_points: mapped,
                ..input.row(AccuracyKind::Users, Figure::of_share(&share, input.level))
            });
        }
    }
    for (class, name) in classes.iter().enumerate() {
        if let Ok(share) = sample.producers_accuracy(class) {
            found.rows.push(AccuracyRow {
                reference_class: name.clone(),
                points: input.points(|map, truth| map == class && truth == class),
                of_points: input.points(|_, truth| truth == class),
                ..input.row(
                    AccuracyKind::Producers,
                    Figure::of_share(&share, input.level),
                )
            });
        }
    }
    let overall = Figure::of_share(&sample.overall_accuracy(), input.level);
    found.rows.push(AccuracyRow {
        points: input.points(|map, truth| map == truth),
        of_points: input.points(|_, _| true),
        ..input.row(AccuracyKind::Overall, overall)
    });
    for (class, name) in classes.iter().enumerate() {
        let figure = Figure::of_area(&sample.area(class), input.level);
        found.rows.push(AccuracyRow {
            reference_class: name.clone(),
            points: input.points(|_, truth| truth == class),
            of_points: input.points(|_, _| true),
            mapped: Some(input.mapped[class]),
            unit: "ha",
            ..input.row(AccuracyKind::Area, figure)
        });
    }
    input.add_forest(&mut found);
    found.checks = input.checks();
    Ok(found)
}

impl AccuracyInput<'_> {
    fn row(&self, kind: AccuracyKind, figure: Figure) -> AccuracyRow {
        AccuracyRow {
            region_id: self.region_id.to_owned(),
            year: self.year,
            kind,
            stratum: String::new(),
            map_class: String::new(),
            reference_class: String::new(),
            points: 0,
            of_points: 0,
            mapped: None,
            value: Some(figure.value),
            unit: "",
            standard_error: figure.standard_error,
            interval: figure.interval,
            quality: self.quality.to_owned(),
            note: figure.note,
        }
    }

    /// Points of all strata that fulfil a condition.
    fn points(&self, is: impl Fn(usize, usize) -> bool) -> u64 {
        (0..self.sample.strata().len())
            .map(|stratum| self.sample.points(stratum, &is))
            .sum()
    }

    /// Area of all strata.
    fn area(&self) -> Hectares {
        self.sample
            .strata()
            .iter()
            .map(|stratum| stratum.area)
            .sum()
    }

    fn strata(&self) -> Vec<AccuracyRow> {
        let mut rows = Vec::new();
        for position in 0..self.sample.strata().len() {
            for (class, name) in self.sample.classes().iter().enumerate() {
                let points = self.sample.points(position, |_, truth| truth == class);
                if points > 0 {
                    rows.push(AccuracyRow {
                        reference_class: name.clone(),
                        ..self.stratum(AccuracyKind::Stratum, position, points)
                    });
                }
            }
        }
        rows
    }

    /// The share of the points of a stratum that are so.
    fn stratum(&self, kind: AccuracyKind, position: usize, points: u64) -> AccuracyRow {
        let stratum = &self.sample.strata()[position];
        let drawn = self.sample.points(position, |_, _| true);
        let (n, share) = (drawn as f64, points as f64 / drawn as f64);
        let rest = stratum
            .population
            .map_or(1.0, |cells| 1.0 - n / cells as f64);
        let variance = rest * share * (1.0 - share) / (n - 1.0);
        let figure = Figure {
            value: share,
            standard_error: (drawn > 1).then(|| variance.max(0.0).sqrt()),
            interval: None,
            note: String::new(),
        };
        AccuracyRow {
            stratum: stratum.id.clone(),
            points,
            of_points: drawn,
            mapped: Some(stratum.area),
            ..self.row(kind, figure.certain())
        }
    }

    fn matrix(&self) -> Vec<AccuracyRow> {
        let classes = self.sample.classes();
        let area = self.area().value();
        let mut rows = Vec::new();
        for (map, map_class) in classes.iter().enumerate() {
            let of_points = self.points(|found, _| found == map);
            for (truth, reference_class) in classes.iter().enumerate() {
                let points = self.points(|found, known| found == map && known == truth);
                if points == 0 {
                    continue;
                }
                let share = Figure::of_area(&self.sample.cell(map, truth), self.level);
                rows.push(AccuracyRow {
                    map_class: map_class.clone(),
                    reference_class: reference_class.clone(),
                    points,
                    of_points,
                    ..self.row(AccuracyKind::Matrix, share.scaled(area))
                });
            }
        }
        rows
    }

    fn add_forest(&self, found: &mut MapAccuracy) {
        let Some(forest) = self.forest.iter().copied().collect::<Option<Vec<bool>>>() else {
            return;
        };
        let estimate = self.sample.area_of(|class| forest[class]);
        let figure = Figure::of_area(&estimate, self.level);
        // Points that all agree give an area, but no measure of how far it is from the truth.
        let known = figure.standard_error.is_some();
        let classes = self.mapped.iter().zip(&forest);
        let mapped = classes.filter(|(_, is)| **is).map(|(area, _)| *area).sum();
        for position in 0..self.sample.strata().len() {
            let points = self.sample.points(position, |_, truth| forest[truth]);
            if self.sample.points(position, |_, _| true) > 0 {
                found
                    .rows
                    .push(self.stratum(AccuracyKind::ForestStratum, position, points));
            }
        }
        found.rows.push(AccuracyRow {
            points: self.points(|_, truth| forest[truth]),
            of_points: self.points(|_, _| true),
            mapped: Some(mapped),
            unit: "ha",
            ..self.row(AccuracyKind::Forest, figure)
        });
        found.forest = known.then_some(estimate);
    }

    fn checks(&self) -> Vec<CheckRow> {
        let classes = 0..self.sample.classes().len();
        let estimated: f64 = classes
            .map(|class| self.sample.area(class).value().value())
            .sum();
        let mapped = self.area().value();
        let holds = |found: f64, expected: f64| {
            (found - expected).abs() <= ROUNDING * expected.abs().max(f64::MIN_POSITIVE)
        };
        vec![CheckRow {
            region_id: self.region_id.to_owned(),
            check: "accuracy-areas".to_owned(),
            law: format!(
                "the corrected areas of the classes of {} sum to the area of the strata",
                self.year
            ),
            found: estimated,
            expected: mapped,
            unit: "ha".to_owned(),
            tolerance: ROUNDING,
            passed: holds(estimated, mapped),
            note: String::new(),
        }]
    }
}

#[cfg(test)]
#[path = "accuracy_tests.rs"]
mod tests;
