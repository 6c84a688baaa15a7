//! Soil surveys: stock of soil carbon by region, and its change at equal soil mass.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::profile::{SoilProfile, SoilSurvey};
use super::strata::{SoilAreas, sums};
use crate::account::tables::{Figure, period};
use crate::account::words::joined;
use crate::estimate::two_sided_quantile;
use crate::finding::counted;
use crate::units::{Hectares, PerHectare, TonnesCarbon};

/// A profile: a row of `tables/soil_profiles.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct SoilProfileRow {
    /// The site.
    pub site: String,
    /// Its region.
    pub region_id: String,
    /// Year of the profile.
    pub year: i32,
    /// Depth that the stock goes to, in centimetres.
    pub depth_cm: f64,
    /// Carbon to that depth; `None` where the profile ends above it.
    pub stock: Option<PerHectare<TonnesCarbon>>,
    /// Mass of fine earth to that depth, in t/ha.
    pub fine_earth: Option<f64>,
    /// Mass of fine earth that the site's change is compared at, in t/ha: that of its first year.
    pub compared_mass: Option<f64>,
    /// Carbon down to that mass; `None` where the profile holds less.
    pub stock_at_mass: Option<PerHectare<TonnesCarbon>>,
}

/// What the sites of a region say: a row of `tables/soil_samples.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct SoilSampleRow {
    /// The region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: String,
    /// The stratum; `all` for the sum of several; empty where the region is one.
    pub stratum: String,
    /// Area that it stands for; `None` where the plan gives none.
    pub area: Option<Hectares>,
    /// Earlier year of a change; `None` for a stock.
    pub from_year: Option<i32>,
    /// Year of the stock, or the later one of a change.
    pub year: i32,
    /// `stock` to the depth, `change` at equal mass or `change-to-depth`, each by hectare; changes by
    /// year; and of areas `total-stock`, `total-change` and `total-change-to-depth`.
    pub statistic: Cow<'static, str>,
    /// Depth, in centimetres.
    pub depth_cm: f64,
    /// Sites that it rests on.
    pub sites: usize,
    /// The mean over the sites, t C by hectare (a change: and year), or the total of an area, t C.
    pub figure: Option<Figure<f64>>,
    /// Degrees of freedom behind its standard error.
    pub degrees_of_freedom: Option<f64>,
    /// What must be known.
    pub note: String,
}

/// The tables of a soil survey.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SoilTables {
    /// `tables/soil_profiles.csv`.
    pub profiles: Vec<SoilProfileRow>,
    /// `tables/soil_samples.csv`.
    pub samples: Vec<SoilSampleRow>,
}

/// How a survey is evaluated.
#[derive(Debug, Clone, Copy)]
pub struct SoilRule<'a> {
    /// Depth that stocks go to, in centimetres.
    pub depth_cm: f64,
    /// Level of the intervals.
    pub level: f64,
    /// What must be said of every row.
    pub note: &'a str,
    /// Areas of the strata by region and stratum; `None` where sites give means alone.
    pub areas: Option<&'a SoilAreas>,
    /// Regions that have no strata although they may hold soil, so that all regions have no sum.
    pub without: &'a [String],
    /// Whether regions do not overlap, so that they have a sum.
    pub disjoint: bool,
}

/// The sites of a stratum in one statistic.
#[derive(Debug, Default)]
pub(super) struct Sites {
    pub(super) values: Vec<f64>,
    pub(super) without: usize,
}

impl Sites {
    fn add(&mut self, value: Option<f64>) {
        match value {
            Some(value) => self.values.push(value),
            None => self.without += 1,
        }
    }

    /// Mean, and the variance of the mean; none of one site.
    pub(super) fn mean(&self) -> Option<(f64, Option<f64>)> {
        let n = self.values.len();
        let count = n as f64;
        let mean = (n > 0).then(|| self.values.iter().sum::<f64>() / count)?;
        let squares: f64 = self.values.iter().map(|v| (v - mean).powi(2)).sum();
        Some((mean, (n > 1).then(|| squares / (count * (count - 1.0)))))
    }
}

/// Region, stratum, earlier year, later year, statistic.
pub(super) type Key = (String, String, Option<i32>, i32, &'static str);

/// Soil carbon of the regions by the mean of their sites, drawn by chance within the region.
///
/// A stock goes to `depth_cm`. A change takes the sites of both years: carbon down to the mass of fine
/// earth that the site held to that depth in the earlier year, less the carbon then, by year. Soil
/// that was loosened or packed between the years so neither gains nor loses carbon. The change at
/// fixed depth stands beside it.
///
/// `variance of a mean = Σ (value - mean)² / (n (n - 1))`, with Student's quantile of `n - 1`
/// degrees of freedom; one site has no variance. Where strata have areas, their sums are told too.
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 2, section 2.3.3.1; equal mass by Ellert and Bettany 1995,
/// Canadian Journal of Soil Science 75:529-538.
#[must_use]
pub fn soil_survey(survey: &SoilSurvey, rule: &SoilRule<'_>) -> SoilTables {
    let depth_cm = rule.depth_cm;
    let mut tables = SoilTables::default();
    let mut sites: BTreeMap<&str, BTreeMap<i32, &SoilProfile>> = BTreeMap::new();
    for ((site, year), profile) in &survey.profiles {
        sites.entry(site).or_default().insert(*year, profile);
    }
    let mut groups: BTreeMap<Key, Sites> = BTreeMap::new();
    for (site, profiles) in &sites {
        let first = profiles.values().next().and_then(|p| p.to_depth(depth_cm));
        let mut earlier: Option<(i32, &SoilProfile)> = None;
        for (year, profile) in profiles {
            let whole = profile.to_depth(depth_cm);
            let carbon = |stock: PerHectare<TonnesCarbon>| stock.on_one_hectare().value();
            let region = profile.region_id.clone();
            let mut add = |from: Option<i32>, statistic: &'static str, value: Option<f64>| {
                let stratum = profile.stratum.clone();
                let key = (region.clone(), stratum, from, *year, statistic);
                groups.entry(key).or_default().add(value);
            };
            add(None, "stock", whole.map(|(stock, _)| carbon(stock)));
            if let Some((from, before)) = earlier {
                let years = period(from, *year).value();
                let then = before.to_depth(depth_cm);
                let at_mass = then.and_then(|(stock, mass)| {
                    Some((carbon(profile.to_mass(mass)?) - carbon(stock)) / years)
                });
                let to_depth = then
                    .zip(whole)
                    .map(|((then, _), (now, _))| (carbon(now) - carbon(then)) / years);
                add(Some(from), "change", at_mass);
                add(Some(from), "change-to-depth", to_depth);
            }
            let compared = first.map(|(_, mass)| mass).filter(|_| profiles.len() > 1);
            tables.profiles.push(SoilProfileRow {
                site: (*site).to_owned(),
                region_id: region.clone(),
                year: *year,
                depth_cm,
                stock: whole.map(|(stock, _)| stock),
                fine_earth: whole.map(|(_, mass)| mass),
                compared_mass: compared,
                stock_at_mass: compared.and_then(|mass| profile.to_mass(mass)),
            });
            earlier = Some((*year, profile));
        }
    }
    tables.samples = groups
        .iter()
        .map(|(key, sites)| sample_row(key, sites, rule))
        .collect();
    if let Some(areas) = rule.areas {
        tables.samples.extend(sums(&groups, areas, rule));
    }
    tables
}

fn sample_row(
    (region_id, stratum, from_year, year, statistic): &Key,
    sites: &Sites,
    rule: &SoilRule<'_>,
) -> SoilSampleRow {
    let n = sites.values.len();
    let freedom = (n > 1).then_some(n as f64 - 1.0);
    let figure = sites.mean().map(|(mean, variance)| {
        let error = variance.map(f64::sqrt);
        let half = error.map(|error| error * two_sided_quantile(rule.level, freedom));
        Figure {
            value: mean,
            standard_error: error,
            interval: half.map(|half| (mean - half, mean + half)),
        }
    });
    let without = format!(
        "{} not in it: {}",
        counted(sites.without, "site is", "sites are"),
        if *statistic == "change" {
            "their profiles end above the depth, or hold less than the mass compared"
        } else {
            "their profiles end above the depth"
        }
    );
    let area = rule.areas.and_then(|areas| {
        let key = (region_id.clone(), stratum.clone());
        areas.get(&key).copied()
    });
    SoilSampleRow {
        region_id: region_id.clone(),
        stratum: stratum.clone(),
        area,
        from_year: *from_year,
        year: *year,
        statistic: Cow::Borrowed(statistic),
        depth_cm: rule.depth_cm,
        sites: n,
        figure,
        degrees_of_freedom: freedom,
        note: joined([
            if sites.without > 0 { &without } else { "" },
            match *statistic {
                "change" => {
                    "at the mass of fine earth that each site held to the depth in the earlier year"
                }
                "change-to-depth" => "what packing or loosening of the soil did is in it",
                _ => "",
            },
            if n == 1 {
                "one site has no variance"
            } else {
                ""
            },
            rule.note,
        ]),
    }
}
