//! The forest of map, sample and register side by side, each with the rule that it follows.

use std::collections::{BTreeMap, BTreeSet};

use crate::account::tables::CoverageSource;
use crate::account::uncertainty::{Headline, SampleFigure, Term, Trace, closed_form, sample_key};
use crate::account::words::joined;
use crate::units::Hectares;

/// What one source says of the forest of a region.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// The source.
    pub source: CoverageSource,
    /// Year that it is of.
    pub year: i32,
    /// What it takes for forest, in words.
    pub rule: String,
    /// The forest.
    pub forest: Hectares,
    /// Its standard error, in hectares.
    pub standard_error: Option<f64>,
    /// Degrees of freedom behind it.
    pub degrees_of_freedom: Option<f64>,
    /// Its interval at the plan's level, in hectares.
    pub interval: Option<(f64, f64)>,
    /// Whether it was borrowed from a larger area by the forest of the map.
    pub borrowed: bool,
}

/// A source beside another: a row of `tables/coverage_compared.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct CoverageRow {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: String,
    /// What the source says.
    pub coverage: Coverage,
    /// Land that coverage is a share of; `None` without a map.
    pub land: Option<Hectares>,
    /// The other source and its year; `None` in the row of the first source.
    pub other: Option<(CoverageSource, i32)>,
    /// Forest of the source less that of the other.
    pub difference: Option<Hectares>,
    /// Standard error of the difference, in hectares.
    pub difference_error: Option<f64>,
    /// Interval of the difference at the plan's level, in hectares.
    pub difference_interval: Option<(f64, f64)>,
    /// What must be known.
    pub note: String,
}

impl CoverageRow {
    /// Forest over land, in percent; a figure of one source over the land of the map.
    #[must_use]
    pub fn coverage_pct(&self) -> Option<f64> {
        let land = self.land.filter(|land| *land > Hectares::ZERO)?;
        Some(100.0 * (self.coverage.forest / land))
    }
}

/// The sources of a region side by side: each after the first beside all before it.
///
/// `difference = forest of the source - forest of the other`. Its variance is the sum of those of
/// the samples among them, which are drawn apart; a map and a register have no sampling error, and
/// what is wrong with them is in the difference. Degrees of freedom are those of Welch and
/// Satterthwaite.
#[must_use]
pub fn coverage_compared(
    region_id: &str,
    sources: &[Coverage],
    land: Option<Hectares>,
    level: f64,
) -> Vec<CoverageRow> {
    let mut rows = Vec::new();
    for (at, coverage) in sources.iter().enumerate() {
        let alone = CoverageRow {
            region_id: region_id.to_owned(),
            coverage: coverage.clone(),
            land,
            other: None,
            difference: None,
            difference_error: None,
            difference_interval: None,
            note: String::new(),
        };
        if at == 0 {
            rows.push(alone);
            continue;
        }
        for other in &sources[..at] {
            rows.push(beside(&alone, other, level));
        }
    }
    rows
}

fn beside(alone: &CoverageRow, other: &Coverage, level: f64) -> CoverageRow {
    let one = &alone.coverage;
    let difference = one.forest - other.forest;
    let sampled: Vec<&Coverage> = [one, other]
        .into_iter()
        .filter(|coverage| coverage.source.is_sample())
        .collect();
    let borrowed = one.borrowed || other.borrowed;
    let known = !borrowed
        && sampled
            .iter()
            .all(|coverage| coverage.standard_error.is_some());
    let mut trace = Trace::default();
    let terms = difference_terms(&mut trace, "", one, other, sampled.len());
    let closed = closed_form(&terms, trace.inputs());
    let error = closed.standard_error.filter(|_| known);
    let years = if one.year == other.year {
        String::new()
    } else {
        format!(
            "of {} and {}: change between these years is in the difference",
            one.year, other.year
        )
    };
    CoverageRow {
        other: Some((other.source, other.year)),
        difference: Some(difference),
        difference_error: error,
        difference_interval: closed.interval(level).filter(|_| error.is_some()),
        note: joined([
            years.as_str(),
            if one.rule == other.rule {
                ""
            } else if [one.source, other.source]
                .iter()
                .all(|of| matches!(of, CoverageSource::Map | CoverageSource::ReferenceSample))
            {
                "the same rule on the map and in truth: the difference is the error of the map and of the sample"
            } else {
                "the rules differ: the difference is of definitions as well as of error"
            },
            if borrowed {
                "the sample borrowed its figure by the forest of the map, so it does not test the map"
            } else if sampled.is_empty() {
                "neither has a sampling error: the difference has no standard error"
            } else if error.is_none() {
                "the sample has no standard error here"
            } else {
                ""
            },
        ]),
        ..alone.clone()
    }
}

/// Forest of one source less that of another, as terms over their samples.
fn difference_terms(
    trace: &mut Trace,
    region_id: &str,
    one: &Coverage,
    other: &Coverage,
    samples: usize,
) -> Vec<Term> {
    let mut term = |sign: f64, coverage: &Coverage| {
        if coverage.source.is_sample() {
            let input = forest_of_sample(trace, region_id, coverage, samples > 1);
            Term {
                coefficient: sign,
                inputs: vec![input],
            }
        } else {
            Term {
                coefficient: sign * coverage.forest.value(),
                inputs: Vec::new(),
            }
        }
    };
    vec![term(1.0, one), term(-1.0, other)]
}

/// The forest area of a sample as an input. The one that the summary takes has the key of its figure:
/// that of the plots, or the reference sample where there are no plots.
fn forest_of_sample(
    trace: &mut Trace,
    region_id: &str,
    coverage: &Coverage,
    beside_plots: bool,
) -> usize {
    let figure = SampleFigure {
        value: coverage.forest.value(),
        standard_error: coverage.standard_error,
        degrees_of_freedom: coverage.degrees_of_freedom,
    };
    let key = if coverage.source == CoverageSource::ReferenceSample && beside_plots {
        format!("reference sample forest area {region_id}")
    } else {
        sample_key(Headline::ForestArea, region_id)
    };
    trace.sample(key, figure)
}

/// Adds coverage by the samples, and the differences that have an error, to the figures whose
/// uncertainty is told.
pub fn trace_coverage(trace: &mut Trace, rows: &[CoverageRow]) {
    let mut told = BTreeSet::new();
    let mut samples: BTreeMap<&str, BTreeSet<CoverageSource>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.coverage.source.is_sample()) {
        let of = samples.entry(&row.region_id).or_default();
        of.insert(row.coverage.source);
    }
    for row in rows {
        let (id, one) = (row.region_id.as_str(), &row.coverage);
        let of_region = samples.get(id).map_or(0, BTreeSet::len);
        let land = row.land.filter(|land| *land > Hectares::ZERO);
        if let Some(land) = land.filter(|_| one.source.is_sample())
            && told.insert((id, one.source))
        {
            let input = forest_of_sample(trace, id, one, of_region > 1);
            let term = Term {
                coefficient: 100.0 / land.value(),
                inputs: vec![input],
            };
            trace.add_term(Headline::Coverage(one.source), id, term);
        }
        let Some((other, year)) = row.other.filter(|_| row.difference_error.is_some()) else {
            continue;
        };
        let other = rows.iter().find(|known| {
            known.region_id == id && known.coverage.source == other && known.coverage.year == year
        });
        let Some(other) = other.map(|row| &row.coverage) else {
            continue;
        };
        let headline = Headline::CoverageDifference(one.source, other.source);
        for term in difference_terms(trace, id, one, other, of_region) {
            trace.add_term(headline, id, term);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(source: CoverageSource, forest: f64, error: Option<f64>) -> Coverage {
        Coverage {
            source,
            year: 2020,
            rule: source.id().to_owned(),
            forest: Hectares::new(forest),
            standard_error: error,
            degrees_of_freedom: None,
            interval: error.map(|error| (forest - 2.0 * error, forest + 2.0 * error)),
            borrowed: false,
        }
    }

    #[test]
    fn variances_of_samples_add_and_maps_have_none() {
        use CoverageSource::{Map, Plots, ReferenceSample, Register};
        let sources = [
            source(Map, 100.0, None),
            source(ReferenceSample, 90.0, Some(3.0)),
            source(Plots, 95.0, Some(4.0)),
            source(Register, 92.0, None),
        ];
        let rows = coverage_compared("a", &sources, Some(Hectares::new(200.0)), 0.95);
        assert_eq!(rows.len(), 1 + 1 + 2 + 3);
        let error = |one: CoverageSource, other: CoverageSource| {
            let row = rows
                .iter()
                .find(|row| row.coverage.source == one && row.other == Some((other, 2020)))
                .unwrap();
            (row.difference.unwrap().value(), row.difference_error)
        };
        assert_eq!(error(Plots, Map), (-5.0, Some(4.0)));
        assert_eq!(error(Plots, ReferenceSample), (5.0, Some(5.0)));
        assert_eq!(error(Register, Map), (-8.0, None));
        assert_eq!(error(Register, Plots), (-3.0, Some(4.0)));
        let plots = rows
            .iter()
            .find(|row| row.coverage.source == Plots)
            .unwrap();
        let (low, high) = plots.difference_interval.unwrap();
        assert!((low + 5.0 + 4.0 * 1.959_964).abs() < 1e-5 && (high + low + 10.0).abs() < 1e-9);
        // In the trace, coverage and both differences of the plots rest on one input.
        let mut trace = Trace::default();
        trace_coverage(&mut trace, &rows);
        let found = |headline| closed_form(trace.terms(headline, "a").unwrap(), trace.inputs());
        let coverage = found(Headline::Coverage(Plots));
        assert_eq!((coverage.value, coverage.standard_error), (47.5, Some(2.0)));
        let beside = found(Headline::CoverageDifference(Plots, ReferenceSample));
        assert_eq!((beside.value, beside.standard_error), (5.0, Some(5.0)));
        assert_eq!(trace.inputs().len(), 2);
        assert!(
            trace
                .terms(Headline::CoverageDifference(Register, Map), "a")
                .is_none()
        );
        assert_eq!(plots.coverage_pct(), Some(47.5));
    }
}
