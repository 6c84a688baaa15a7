//! Restoration: the effect of a treatment, from treated and control sites before and after.

use super::sites::{SiteMeasure, SiteRow, SiteWeight, Sites, site_row, unknown_codes};
use crate::account::land::{ForestRule, MapYear};
use crate::account::library::EFFECT;
use crate::account::tables::Figure;
use crate::account::words::joined;
use crate::estimate::two_sided_quantile;
use crate::finding::Finding;

/// A mean over treated or control sites before and after the treatment, in the unit of what is
/// measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BeforeAfter {
    /// Before the treatment.
    pub before: Figure<f64>,
    /// After it.
    pub after: Figure<f64>,
    /// Covariance of the two, where the same sites were measured twice; zero for two samples.
    pub covariance: f64,
}

impl BeforeAfter {
    /// What changed.
    #[must_use]
    pub fn change(&self) -> f64 {
        self.after.value - self.before.value
    }

    /// Variance of the change; `None` where one of the two has no standard error.
    #[must_use]
    pub fn change_variance(&self) -> Option<f64> {
        let (before, after) = (self.before.standard_error?, self.after.standard_error?);
        let terms = before * before + after * after;
        let variance = terms - 2.0 * self.covariance;
        // Less is the rounding of sites that all changed alike.
        Some(if variance > 1e-12 * terms {
            variance
        } else {
            0.0
        })
    }
}

/// The effect of a treatment: what changed on treated land beyond what changed on control land.
///
/// `effect = (R₂ - R₁) - (C₂ - C₁)`, `variance = Σ of the four variances - 2 cov(R₁, R₂) - 2
/// cov(C₁, C₂)`
///
/// | symbol    | meaning |
/// | :-------- | :------ |
/// | `R₁`, `R₂` | treated land before and after |
/// | `C₁`, `C₂` | control land before and after |
///
/// The standard error is `None` when one of the four is not known. The interval is left to the
/// caller, who knows the degrees of freedom.
///
/// # Source
///
/// Stewart-Oaten, Murdoch and Parker 1986, Ecology 67:929-940 (before-after-control-impact).
#[must_use]
pub fn treatment_effect(treated: &BeforeAfter, control: &BeforeAfter) -> Figure<f64> {
    Figure {
        value: treated.change() - control.change(),
        standard_error: treated
            .change_variance()
            .zip(control.change_variance())
            .map(|(treated, control)| (treated + control).sqrt()),
        interval: None,
    }
}

/// Whether a site was treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SiteGroup {
    /// Treated.
    Treated,
    /// Not treated, and else alike.
    Control,
}

impl SiteGroup {
    /// The word in tables.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Treated => "treated",
            Self::Control => "control",
        }
    }
}

/// A treatment with its sites.
#[derive(Debug, Clone)]
pub struct Restoration<'a> {
    /// Its name.
    pub name: &'a str,
    /// What is measured.
    pub measure: SiteMeasure,
    /// What is measured, in words.
    pub words: String,
    /// Unit of the values.
    pub unit: &'a str,
    /// Year before the treatment.
    pub before_year: i32,
    /// Year after it.
    pub after_year: i32,
    /// How sites count.
    pub weight: SiteWeight,
    /// The sites.
    pub sites: Sites<'a>,
}

/// A row of `tables/restoration.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct EffectRow {
    /// Name of the restoration.
    pub name: String,
    /// What is measured.
    pub measure: String,
    /// Unit of all values.
    pub unit: String,
    /// How sites count.
    pub weight: SiteWeight,
    /// Year before.
    pub before_year: i32,
    /// Year after.
    pub after_year: i32,
    /// Treated sites that count.
    pub treated_sites: usize,
    /// Control sites that count.
    pub control_sites: usize,
    /// Means of the treated sites; `None` without any.
    pub treated: Option<BeforeAfter>,
    /// Means of the control sites; `None` without any.
    pub control: Option<BeforeAfter>,
    /// The effect.
    pub effect: Option<Figure<f64>>,
    /// Degrees of freedom of its interval.
    pub degrees_of_freedom: Option<f64>,
    /// Method id.
    pub method: String,
    /// What must be known of it.
    pub note: String,
}

/// What a run says of restorations.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RestorationTables {
    /// `tables/restoration.csv`.
    pub effects: Vec<EffectRow>,
    /// `tables/restoration_sites.csv`.
    pub sites: Vec<SiteRow>,
}

/// The effects of restorations, with the values of their sites.
///
/// A share is taken over the part of a site with a value on both maps, so that the same ground is
/// compared. Boundaries of the plan do not enter: they are the same at both dates.
///
/// # Errors
///
/// All class codes under the sites that a legend does not know, with their area.
pub fn restoration(
    restorations: &[Restoration<'_>],
    maps: &[MapYear<'_>],
    rule: &ForestRule,
    level: f64,
) -> Result<RestorationTables, Vec<Finding>> {
    let sites = restorations.iter().flat_map(|of| &of.sites);
    let findings = unknown_codes(sites, maps);
    if !findings.is_empty() {
        return Err(findings);
    }
    let mut tables = RestorationTables::default();
    for of in restorations {
        let sites: Vec<SiteRow> = of
            .sites
            .iter()
            .map(|site| site_row(of, site, maps, rule))
            .collect();
        tables.effects.push(effect_row(of, &sites, level));
        tables.sites.extend(sites);
    }
    Ok(tables)
}

/// A site that counts: its weight and its values before and after.
#[derive(Debug, Clone, Copy)]
struct Observation {
    weight: f64,
    values: [f64; 2],
}

/// Means of sites before and after, with their covariance: `None` without sites.
///
/// `R = Σ w x / Σ w`, `z = w (x - R) / w̄`, `cov(R₁, R₂) = Σ z₁ z₂ / (n (n - 1))`, with `w = 1` by
/// site and `w` the area by area.
///
/// # Source
///
/// Cochran 1977, Sampling Techniques, 3rd edition, section 6.4 (ratio of two means, linearised);
/// with equal weights the mean of a simple random sample, section 2.6.
fn means(observed: &[Observation]) -> Option<BeforeAfter> {
    let n = observed.len();
    let weights: f64 = observed.iter().map(|site| site.weight).sum();
    if n == 0 || weights <= 0.0 {
        return None;
    }
    let mean_of = |time: usize| {
        let sum: f64 = observed.iter().map(|s| s.weight * s.values[time]).sum();
        sum / weights
    };
    let mean = [mean_of(0), mean_of(1)];
    let mean_weight = weights / n as f64;
    let off = |site: &Observation, time: usize| {
        site.weight / mean_weight * (site.values[time] - mean[time])
    };
    let covariance = |one: usize, other: usize| {
        let products: f64 = observed.iter().map(|s| off(s, one) * off(s, other)).sum();
        products / (n as f64 * (n as f64 - 1.0))
    };
    let several = n > 1;
    let figure = |time: usize| Figure {
        value: mean[time],
        standard_error: several.then(|| covariance(time, time).sqrt()),
        interval: None,
    };
    Some(BeforeAfter {
        before: figure(0),
        after: figure(1),
        covariance: if several { covariance(0, 1) } else { 0.0 },
    })
}

/// The sites of a group that count.
fn observed(sites: &[SiteRow], group: SiteGroup, weight: SiteWeight) -> Vec<Observation> {
    let of_group = sites.iter().filter(|site| site.group == group);
    of_group
        .filter(|site| site.counted)
        .filter_map(|site| {
            Some(Observation {
                weight: match weight {
                    SiteWeight::Site => 1.0,
                    SiteWeight::Area => site.compared.value(),
                },
                values: [site.before?, site.after?],
            })
        })
        .collect()
}

/// Degrees of freedom of the difference of two independent changes, from the number of sites and
/// the variance of each.
///
/// # Source
///
/// Welch 1947, Biometrika 34:28-35; Satterthwaite 1946, Biometrics Bulletin 2:110-114.
fn degrees_of_freedom(groups: [(usize, f64); 2]) -> Option<f64> {
    if groups.iter().any(|(n, _)| *n < 2) {
        return None;
    }
    let sum: f64 = groups.iter().map(|(_, variance)| variance).sum();
    let parts = groups.iter().map(|(n, v)| v * v / (*n as f64 - 1.0));
    let parts: f64 = parts.sum();
    Some(if parts > 0.0 {
        sum * sum / parts
    } else {
        // All sites of each group changed alike.
        groups.iter().map(|(n, _)| *n as f64 - 1.0).sum()
    })
}

fn effect_row(of: &Restoration<'_>, sites: &[SiteRow], level: f64) -> EffectRow {
    let [treated_sites, control_sites] =
        [SiteGroup::Treated, SiteGroup::Control].map(|group| observed(sites, group, of.weight));
    let (treated, control) = (means(&treated_sites), means(&control_sites));
    let both = treated.zip(control);
    let (n_treated, n_control) = (treated_sites.len(), control_sites.len());
    let df = both.and_then(|(treated, control)| {
        degrees_of_freedom([
            (n_treated, treated.change_variance()?),
            (n_control, control.change_variance()?),
        ])
    });
    let effect = both.map(|(treated, control)| {
        let effect = treatment_effect(&treated, &control);
        let half = effect
            .standard_error
            .zip(df)
            .map(|(error, df)| two_sided_quantile(level, Some(df)) * error);
        Figure {
            interval: half.map(|half| (effect.value - half, effect.value + half)),
            ..effect
        }
    });
    let left_out = match sites.iter().filter(|site| !site.counted).count() {
        0 => String::new(),
        n => format!("sites left out: {n}, see tables/restoration_sites.csv"),
    };
    let spread = if both.is_none() {
        "no effect: treated or control sites have no values"
    } else if n_treated < 2 || n_control < 2 {
        "no standard error: it takes two treated and two control sites"
    } else if effect.is_some_and(|effect| effect.standard_error == Some(0.0)) {
        "the sites of each group changed alike: they show no spread"
    } else {
        ""
    };
    EffectRow {
        name: of.name.to_owned(),
        measure: of.words.clone(),
        unit: of.unit.to_owned(),
        weight: of.weight,
        before_year: of.before_year,
        after_year: of.after_year,
        treated_sites: n_treated,
        control_sites: n_control,
        treated,
        control,
        effect,
        degrees_of_freedom: df,
        method: EFFECT.to_owned(),
        note: joined([spread, &left_out]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn land(before: f64, after: f64, standard_error: Option<f64>, covariance: f64) -> BeforeAfter {
        let figure = |value| Figure {
            value,
            standard_error,
            interval: None,
        };
        BeforeAfter {
            before: figure(before),
            after: figure(after),
            covariance,
        }
    }

    #[test]
    fn what_control_land_gained_is_no_effect() {
        let effect = treatment_effect(
            &land(20.0, 35.0, Some(2.0), 0.0),
            &land(22.0, 26.0, Some(1.0), 0.0),
        );
        assert!((effect.value - 11.0).abs() < 1e-12);
        assert!((effect.standard_error.unwrap() - 10.0_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn plots_measured_twice_narrow_the_effect() {
        let effect = treatment_effect(
            &land(20.0, 35.0, Some(2.0), 3.0),
            &land(22.0, 26.0, Some(1.0), 0.5),
        );
        assert!((effect.standard_error.unwrap() - 3.0_f64.sqrt()).abs() < 1e-12);
        let unknown = treatment_effect(
            &land(20.0, 35.0, None, 0.0),
            &land(22.0, 26.0, Some(1.0), 0.0),
        );
        assert_eq!(unknown.standard_error, None);
    }

    fn sites(values: &[(f64, f64, f64)]) -> Vec<Observation> {
        let site = |&(weight, before, after): &(f64, f64, f64)| Observation {
            weight,
            values: [before, after],
        };
        values.iter().map(site).collect()
    }

    /// The variance of a mean change is that of the changes: 30, 40, 30 has a mean of 100/3 and a
    /// variance of 100/3, by three sites 100/9.
    #[test]
    fn sites_of_equal_weight_give_the_mean_of_their_changes() {
        let of = means(&sites(&[
            (1.0, 20.0, 50.0),
            (1.0, 40.0, 80.0),
            (1.0, 30.0, 60.0),
        ]))
        .unwrap();
        assert!((of.change() - 100.0 / 3.0).abs() < 1e-12);
        assert!((of.change_variance().unwrap() - 100.0 / 9.0).abs() < 1e-9);
        assert_eq!(means(&[]), None);
        let one = means(&sites(&[(1.0, 20.0, 50.0)])).unwrap();
        assert_eq!((one.change(), one.change_variance()), (30.0, None));
    }

    /// Two sites of 1 and 3 ha that change by 10 and 30: by area 25, and `z = w (x - R) / 2` is
    /// -7.5 and 7.5, so that the variance is 112.5 / 2.
    #[test]
    fn sites_by_area_give_the_change_of_a_hectare() {
        let of = means(&sites(&[(1.0, 0.0, 10.0), (3.0, 0.0, 30.0)])).unwrap();
        assert!((of.change() - 25.0).abs() < 1e-12);
        assert!((of.change_variance().unwrap() - 112.5 / 2.0).abs() < 1e-9);
    }

    #[test]
    fn degrees_of_freedom_lie_between_those_of_a_group_and_of_all() {
        let equal = degrees_of_freedom([(5, 2.0), (5, 2.0)]).unwrap();
        assert!((equal - 8.0).abs() < 1e-12);
        let one_sided = degrees_of_freedom([(5, 2.0), (9, 0.0)]).unwrap();
        assert!((one_sided - 4.0).abs() < 1e-12);
        assert_eq!(degrees_of_freedom([(5, 0.0), (9, 0.0)]), Some(12.0));
        assert_eq!(degrees_of_freedom([(1, 1.0), (9, 1.0)]), None);
    }
}
