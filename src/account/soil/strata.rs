//! Soil carbon of areas: strata of a survey, added up by their areas.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::survey::{Key, Sites, SoilRule, SoilSampleRow};
use crate::account::library;
use crate::account::tables::{Figure, TOTAL};
use crate::account::words::joined;
use crate::estimate::two_sided_quantile;
use crate::finding::Finding;
use crate::units::Hectares;

/// Areas of strata by region and stratum.
pub type SoilAreas = BTreeMap<(String, String), Hectares>;

/// Name of the sum of strata in tables.
const ALL: &str = "all";

/// Reads `region, stratum, area_ha`, one row a stratum.
///
/// # Errors
///
/// All rows that cannot be read, that name no region, or that stand twice.
pub fn soil_areas(text: &str, place: &str, regions: &[&str]) -> Result<SoilAreas, Vec<Finding>> {
    let sheet = library::sheet::read(text, place)?;
    let remedy = "give region, stratum and area_ha, one row a stratum";
    if let Some(finding) = sheet.without(&["region", "stratum", "area_ha"], place, remedy) {
        return Err(vec![finding]);
    }
    let (mut areas, mut findings) = (SoilAreas::new(), Vec::new());
    for row in &sheet.rows {
        let needed = |column: &str| {
            let cell = row.get(column).map(str::to_owned);
            cell.ok_or_else(|| format!("no `{column}`"))
        };
        let line = || {
            let (region, stratum) = (needed("region")?, needed("stratum")?);
            if !regions.contains(&&*region) {
                return Err(format!("names region `{region}`, and there is none"));
            }
            let area = row.number("area_ha")?.ok_or("no `area_ha`")?;
            if area <= 0.0 {
                return Err(format!("`area_ha` is {area}, expected more than 0"));
            }
            Ok(((region, stratum), Hectares::new(area)))
        };
        let problem = match line() {
            Ok((key, area)) => areas
                .insert(key, area)
                .map(|_| "the stratum stands twice for this region".to_owned()),
            Err(what) => Some(what),
        };
        findings.extend(problem.map(|what| {
            let at = format!("{place}, row {}", row.line);
            Finding::error(at, what, remedy)
        }));
    }
    if findings.is_empty() {
        Ok(areas)
    } else {
        Err(findings)
    }
}

/// What strata give together: value, variance and degrees of freedom of a total, in t C.
struct Total {
    area: Hectares,
    value: f64,
    /// `None` where a stratum has one site.
    variance: Option<f64>,
    freedom: Option<f64>,
    sites: usize,
}

/// The sums over the strata of each region, and over all regions: totals, and where a region has
/// several strata the mean by hectare.
///
/// `total = Σ A_h · mean_h`, `variance = Σ A_h² · variance of mean_h`, with the degrees of freedom of
/// Satterthwaite, `variance² / Σ (A_h² variance of mean_h)² / (n_h - 1)`. A stratum without sites
/// leaves the total unknown; one with a single site leaves its variance unknown.
///
/// # Source
///
/// Cochran 1977, Sampling Techniques, 3rd edition, sections 5.3, 5.4 and equation 5.16.
pub(super) fn sums(
    groups: &BTreeMap<Key, Sites>,
    areas: &SoilAreas,
    rule: &SoilRule<'_>,
) -> Vec<SoilSampleRow> {
    let whens: BTreeSet<(Option<i32>, i32, &'static str)> = groups
        .keys()
        .map(|(_, _, from, year, statistic)| (*from, *year, *statistic))
        .collect();
    let regions: BTreeSet<&str> = areas.keys().map(|(region, _)| region.as_str()).collect();
    let mut rows = Vec::new();
    for when in whens {
        let mut totals = Vec::new();
        let mut unknown: Vec<String> = rule
            .without
            .iter()
            .map(|region| format!("region {region} has no areas of strata"))
            .collect();
        for region in &regions {
            let strata: Vec<(&str, Hectares, Option<&Sites>)> = areas
                .range(((*region).to_owned(), String::new())..)
                .take_while(|((of, _), _)| of == region)
                .map(|((_, stratum), area)| {
                    let key = (
                        (*region).to_owned(),
                        stratum.clone(),
                        when.0,
                        when.1,
                        when.2,
                    );
                    (stratum.as_str(), *area, groups.get(&key))
                })
                .collect();
            if strata.iter().all(|(_, _, sites)| sites.is_none()) {
                unknown.push(format!("region {region} has no sites"));
                continue;
            }
            let made = total(&strata);
            if strata.len() > 1 {
                rows.push(row((region, when), &made, Per::Hectare, rule));
            }
            rows.push(row((region, when), &made, Per::Area, rule));
            match made {
                Ok(total) => totals.push(total),
                Err(why) => unknown.push(format!("region {region}: {why}")),
            }
        }
        if rule.disjoint && regions.len() + rule.without.len() > 1 {
            let all = if unknown.is_empty() {
                Ok(added(&totals))
            } else {
                Err(unknown.join(", "))
            };
            rows.push(row((TOTAL, when), &all, Per::Area, rule));
        }
    }
    rows
}

/// The total of the strata of a region, or which of them have no sites.
fn total(strata: &[(&str, Hectares, Option<&Sites>)]) -> Result<Total, String> {
    let mut missing = Vec::new();
    let mut totals = Vec::new();
    for (stratum, area, sites) in strata {
        let Some((mean, variance)) = sites.and_then(Sites::mean) else {
            missing.push(format!("`{stratum}` ({:.4} ha)", area.value()));
            continue;
        };
        let n = sites.map_or(0, |sites| sites.values.len());
        totals.push(Total {
            area: *area,
            value: area.value() * mean,
            variance: variance.map(|variance| area.value().powi(2) * variance),
            freedom: (n > 1).then_some(n as f64 - 1.0),
            sites: n,
        });
    }
    if missing.is_empty() {
        Ok(added(&totals))
    } else {
        Err(format!("no known site in stratum {}", missing.join(", ")))
    }
}

fn added(parts: &[Total]) -> Total {
    let variance: Option<f64> = parts.iter().map(|part| part.variance).sum();
    let welch: Option<f64> = parts
        .iter()
        .map(|part| Some(part.variance?.powi(2) / part.freedom?))
        .sum();
    let freedom = variance
        .zip(welch)
        .map(|(variance, welch)| variance.powi(2) / welch);
    Total {
        area: parts.iter().map(|part| part.area).sum(),
        value: parts.iter().map(|part| part.value).sum(),
        variance,
        freedom: freedom.filter(|freedom| freedom.is_finite()),
        sites: parts.iter().map(|part| part.sites).sum(),
    }
}

/// What a sum is by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Per {
    Hectare,
    Area,
}

fn row(
    (region, (from_year, year, statistic)): (&str, (Option<i32>, i32, &'static str)),
    made: &Result<Total, String>,
    per: Per,
    rule: &SoilRule<'_>,
) -> SoilSampleRow {
    let known = made.as_ref().ok();
    let figure = known.map(|total| {
        let by = match per {
            Per::Hectare => total.area.value(),
            Per::Area => 1.0,
        };
        let (value, error) = (total.value / by, total.variance.map(|v| v.sqrt() / by));
        let half = error.map(|error| error * two_sided_quantile(rule.level, total.freedom));
        Figure {
            value,
            standard_error: error,
            interval: half.map(|half| (value - half, value + half)),
        }
    });
    let alone = figure.is_some_and(|figure| figure.standard_error.is_none());
    SoilSampleRow {
        region_id: region.to_owned(),
        stratum: ALL.to_owned(),
        area: known.map(|total| total.area),
        from_year,
        year,
        statistic: match per {
            Per::Hectare => Cow::Borrowed(statistic),
            Per::Area => Cow::Owned(format!("total-{statistic}")),
        },
        depth_cm: rule.depth_cm,
        sites: known.map_or(0, |total| total.sites),
        figure,
        degrees_of_freedom: known.and_then(|total| total.freedom),
        note: joined([
            made.as_ref().err().map_or("", String::as_str),
            if alone {
                "a stratum with one site has no variance, so the total has none"
            } else {
                ""
            },
            rule.note,
        ]),
    }
}
