//! What a crediting standard takes off the yearly removals for their uncertainty.

use std::collections::BTreeMap;

use super::deduction::{art_trees, vm0033};
use super::region_summary::RegionSummary;
use crate::account::tables::UncertaintyRow;
use crate::account::uncertainty::{Headline, UncertaintyAccount};
use crate::account::words::joined;
use crate::units::{PerYear, TonnesCo2e};

/// The rule of a crediting standard for uncertainty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditRule {
    /// ART-TREES 2.0: in proportion to the half-width at 90 %.
    ArtTrees,
    /// VM0033 v2.1: what exceeds 20 % at 90 % confidence.
    Vm0033At90,
    /// VM0033 v2.1: what exceeds 30 % at 95 % confidence.
    Vm0033At95,
}

impl CreditRule {
    /// The id in plans and tables.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::ArtTrees => "art-trees-2.0",
            Self::Vm0033At90 => "vm0033-2.1-90",
            Self::Vm0033At95 => "vm0033-2.1-95",
        }
    }

    /// Level of the interval that it looks at.
    #[must_use]
    pub const fn level(self) -> f64 {
        match self {
            Self::ArtTrees | Self::Vm0033At90 => 0.90,
            Self::Vm0033At95 => 0.95,
        }
    }

    /// Half-width over the removal that costs nothing, in percent.
    #[must_use]
    pub const fn allowed_pct(self) -> Option<f64> {
        match self {
            Self::ArtTrees => None,
            Self::Vm0033At90 => Some(20.0),
            Self::Vm0033At95 => Some(30.0),
        }
    }

    const fn source(self) -> &'static str {
        match self {
            Self::ArtTrees => "ART-TREES 2.0, equations 10 and 11",
            Self::Vm0033At90 | Self::Vm0033At95 => "Verra VM0033 v2.1, equation 92",
        }
    }

    /// What is taken off a removal with an error of this share of it: never more than there is.
    fn deduction(self, removal: TonnesCo2e, error: f64) -> TonnesCo2e {
        let taken = match self.allowed_pct() {
            None => art_trees(removal, error),
            Some(percent) => removal - vm0033(removal, error, percent / 100.0),
        };
        if taken > removal { removal } else { taken }
    }
}

/// The deduction of a region: a row of `tables/credit.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct CreditRow {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: String,
    /// Id of the rule.
    pub rule: &'static str,
    /// The headline removal.
    pub removal: Option<PerYear<TonnesCo2e>>,
    /// Level of the interval that the rule looks at.
    pub level: f64,
    /// Half of the width of that interval over the removal, in percent.
    pub half_width_pct: Option<f64>,
    /// Half-width that costs nothing, in percent.
    pub allowed_pct: Option<f64>,
    /// What is taken off.
    pub deduction: Option<PerYear<TonnesCo2e>>,
    /// What is left.
    pub left: Option<PerYear<TonnesCo2e>>,
    /// Source of the rule.
    pub source: &'static str,
    /// What must be known of it.
    pub note: String,
}

/// What a rule takes off the headline removal of each region, by its interval at the level of the rule.
///
/// It is the arithmetic of the rule for uncertainty alone: baseline, leakage, buffers and whether the
/// activity can be credited at all are not looked at.
#[must_use]
pub fn credits<'a>(
    regions: impl IntoIterator<Item = &'a RegionSummary>,
    uncertainty: &UncertaintyAccount,
    rule: CreditRule,
) -> Vec<CreditRow> {
    let figure = Headline::Sequestration;
    let by_draws = |region: &str| {
        let spread = uncertainty.headline.get(&(figure, region.to_owned()));
        spread.is_some_and(|spread| spread.by_draws)
    };
    let of_rule = |row: &&UncertaintyRow| {
        let approach = if by_draws(&row.region_id) {
            "approach-2"
        } else {
            "approach-1"
        };
        row.figure == figure.column()
            && row.input == "all"
            && row.approach == approach
            && (row.level - rule.level()).abs() < 1e-9
    };
    let rows: BTreeMap<&str, &UncertaintyRow> = uncertainty
        .rows
        .iter()
        .filter(of_rule)
        .map(|row| (row.region_id.as_str(), row))
        .collect();
    let regions = regions.into_iter();
    regions
        .map(|region| {
            let told = rows.get(region.region_id.as_str()).copied();
            let limit = uncertainty
                .lower_limit
                .get(&(figure, region.region_id.clone()));
            row(region, (told, limit), rule)
        })
        .collect()
}

/// The row of a region, by its interval at the level of the rule and what is not in that.
fn row(
    region: &RegionSummary,
    (told, limit): (Option<&UncertaintyRow>, Option<&String>),
    rule: CreditRule,
) -> CreditRow {
    let removal = region
        .sequestration
        .map(|figure| figure.value.in_one_year());
    let half = told
        .and_then(|row| row.interval)
        .map(|(low, high)| (high - low) / 2.0);
    let sink = removal.filter(|removal| removal.value() > 0.0);
    let share = sink.zip(half).map(|(removal, half)| half / removal.value());
    let deduction = sink
        .zip(share)
        .map(|(removal, share)| rule.deduction(removal, share));
    let left_out = region.left_out(Headline::Sequestration);
    let note = match (removal, sink, share) {
        (None, ..) => "no sequestration is known of the region: see its notes in summary.csv",
        (_, None, _) if region.is_surely_no_sink() => {
            "the region is no sink: there is nothing to credit"
        }
        (_, None, _) => {
            "the removal is of a part that is no sink: whether the region is one is not known"
        }
        (_, _, None) => "the removal has no interval, so no deduction can be told",
        (_, _, Some(share)) if share > 1.0 => {
            "the half-width of the interval exceeds the removal; the rule for uncertainty alone: baseline, leakage and buffers are not looked at"
        }
        _ => "the rule for uncertainty alone: baseline, leakage and buffers are not looked at",
    };
    let limit = limit.filter(|_| deduction.is_some());
    let limit = limit.map(|limit| format!("the interval is {limit}"));
    let notes = std::iter::once(note).chain(limit.as_deref());
    let note = joined(notes.chain(left_out.iter().map(String::as_str)));
    CreditRow {
        region_id: region.region_id.clone(),
        rule: rule.id(),
        removal: removal.map(PerYear::new),
        level: rule.level(),
        half_width_pct: share.map(|share| 100.0 * share),
        allowed_pct: rule.allowed_pct(),
        deduction: deduction.map(PerYear::new),
        left: sink
            .zip(deduction)
            .map(|(removal, deduction)| PerYear::new(removal - deduction)),
        source: rule.source(),
        note,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{Figure, HeadlineSpread};

    /// The row of the draws says their median and seed, which is not what the interval is.
    #[test]
    fn an_interval_of_draws_is_told_as_a_lower_limit_alone() {
        let key = (Headline::Sequestration, "a".to_owned());
        let limit = "a lower limit: no source gives the spread of x";
        let interval = Some((60.0, 140.0));
        let spread = HeadlineSpread {
            value: 100.0,
            standard_error: Some(40.0),
            interval,
            degrees_of_freedom: None,
            by_draws: true,
            lower_limit: true,
        };
        let drawn = UncertaintyRow {
            region_id: "a".to_owned(),
            figure: Headline::Sequestration.column().into_owned(),
            approach: "approach-2".to_owned(),
            input: "all".to_owned(),
            value: 100.0,
            standard_error: Some(40.0),
            interval,
            level: 0.90,
            variance_share_pct: None,
            draws: Some(10),
            note: format!("median 98.5; seed 1; {limit}"),
        };
        let uncertainty = UncertaintyAccount {
            rows: vec![drawn],
            headline: BTreeMap::from([(key.clone(), spread)]),
            lower_limit: BTreeMap::from([(key, limit.to_owned())]),
            ..UncertaintyAccount::default()
        };
        let removal = Figure {
            value: PerYear::new(TonnesCo2e::new(100.0)),
            standard_error: Some(40.0),
            interval: None,
        };
        let region = RegionSummary {
            region_id: "a".to_owned(),
            sequestration: Some(removal),
            ..RegionSummary::default()
        };
        let row = &credits([&region], &uncertainty, CreditRule::ArtTrees)[0];
        assert_eq!(row.half_width_pct, Some(40.0));
        let told = format!("the interval is {limit}");
        assert!(row.note.ends_with(&told), "{}", row.note);
        assert!(!row.note.contains("median"), "{}", row.note);
    }
}
