//! The forest of map, sample and register side by side, each with the rule that it follows.

use super::plot_pools::joined;
use crate::units::Hectares;

/// Where a forest area comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CoverageSource {
    /// The classes of the newest map that count as forest.
    Map,
    /// The map corrected by its reference sample.
    ReferenceSample,
    /// The plots.
    Plots,
    /// The stand register.
    Register,
}

impl CoverageSource {
    /// The word in tables.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Map => "map",
            Self::ReferenceSample => "reference-sample",
            Self::Plots => "plots",
            Self::Register => "register",
        }
    }

    /// Whether it is a sample, so that it may have a standard error.
    const fn is_sample(self) -> bool {
        matches!(self, Self::ReferenceSample | Self::Plots)
    }
}

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
    /// Its interval at the plan's level, in hectares.
    pub interval: Option<(f64, f64)>,
    /// Whether it was borrowed from a larger area by the forest of the map.
    pub borrowed: bool,
}

/// A source beside another: a row of `tables/coverage_compared.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct CoverageRow {
    /// Region, or [`TOTAL`](super::TOTAL).
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
/// what is wrong with them is in the difference. Half the width of the interval is the root of the
/// summed squares of the halves.
#[must_use]
pub fn coverage_compared(
    region_id: &str,
    sources: &[Coverage],
    land: Option<Hectares>,
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
            rows.push(beside(&alone, other));
        }
    }
    rows
}

fn beside(alone: &CoverageRow, other: &Coverage) -> CoverageRow {
    let one = &alone.coverage;
    let difference = one.forest - other.forest;
    let sampled: Vec<&Coverage> = [one, other]
        .into_iter()
        .filter(|coverage| coverage.source.is_sample())
        .collect();
    let root = |of: &dyn Fn(&Coverage) -> Option<f64>| {
        let parts: Option<Vec<f64>> = sampled.iter().map(|coverage| of(coverage)).collect();
        let parts = parts.filter(|parts| !parts.is_empty())?;
        Some(parts.iter().map(|part| part * part).sum::<f64>().sqrt())
    };
    let borrowed = one.borrowed || other.borrowed;
    let error = root(&|coverage| coverage.standard_error).filter(|_| !borrowed);
    let half = root(&|coverage| coverage.interval.map(|(low, high)| (high - low) / 2.0));
    let half = half.filter(|_| error.is_some());
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
        difference_interval: half
            .map(|half| (difference.value() - half, difference.value() + half)),
        note: joined([
            years.as_str(),
            if one.rule == other.rule {
                ""
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
        let rows = coverage_compared("a", &sources, Some(Hectares::new(200.0)));
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
        assert_eq!(plots.difference_interval, Some((-13.0, 3.0)));
        assert_eq!(plots.coverage_pct(), Some(47.5));
    }
}
