//! Soil surveys: stock of soil carbon by region, and its change at equal soil mass.

use std::collections::BTreeMap;

use super::plot_pools::joined;
use super::soil_profile::{SoilProfile, SoilSurvey};
use super::tables::{Figure, period};
use crate::estimate::two_sided_quantile;
use crate::units::{PerHectare, TonnesCarbon};

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
    /// The region.
    pub region_id: String,
    /// Earlier year of a change; `None` for a stock.
    pub from_year: Option<i32>,
    /// Year of the stock, or the later one of a change.
    pub year: i32,
    /// `stock` to the depth, `change` at equal mass or `change-to-depth`, each by hectare; changes by
    /// year.
    pub statistic: &'static str,
    /// Depth, in centimetres.
    pub depth_cm: f64,
    /// Sites that it rests on.
    pub sites: usize,
    /// The mean over the sites, t C by hectare (a change: and year).
    pub figure: Option<Figure<f64>>,
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

/// The sites of a region in one statistic.
#[derive(Debug, Default)]
struct Sites {
    values: Vec<f64>,
    without: usize,
}

impl Sites {
    fn add(&mut self, value: Option<f64>) {
        match value {
            Some(value) => self.values.push(value),
            None => self.without += 1,
        }
    }
}

/// Region, earlier year, later year, statistic.
type Key = (String, Option<i32>, i32, &'static str);

/// Soil carbon of the regions by the mean of their sites, drawn by chance within the region.
///
/// A stock goes to `depth_cm`. A change takes the sites of both years: carbon down to the mass of fine
/// earth that the site held to that depth in the earlier year, less the carbon then, by year. Soil
/// that was loosened or packed between the years so neither gains nor loses carbon. The change at
/// fixed depth stands beside it.
///
/// `variance of a mean = Σ (value - mean)² / (n (n - 1))`, with Student's quantile of `n - 1`
/// degrees of freedom; one site has no variance.
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 2, section 2.3.3.1; equal mass by Ellert and Bettany 1995,
/// Canadian Journal of Soil Science 75:529-538.
#[must_use]
pub fn soil_survey(survey: &SoilSurvey, depth_cm: f64, level: f64, note: &str) -> SoilTables {
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
                let key = (region.clone(), from, *year, statistic);
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
    let rows = groups.into_iter();
    tables.samples = rows
        .map(|(key, sites)| sample_row(key, &sites, depth_cm, level, note))
        .collect();
    tables
}

fn sample_row(
    (region_id, from_year, year, statistic): Key,
    sites: &Sites,
    depth_cm: f64,
    level: f64,
    note: &str,
) -> SoilSampleRow {
    let n = sites.values.len();
    let count = n as f64;
    let mean = sites.values.iter().sum::<f64>() / count;
    let squares: f64 = sites.values.iter().map(|v| (v - mean).powi(2)).sum();
    let error = (n > 1).then(|| (squares / (count * (count - 1.0))).sqrt());
    let half = error.map(|error| error * two_sided_quantile(level, Some(count - 1.0)));
    let without = format!(
        "{} sites are not in it: {}",
        sites.without,
        if statistic == "change" {
            "their profiles end above the depth, or hold less than the mass compared"
        } else {
            "their profiles end above the depth"
        }
    );
    SoilSampleRow {
        region_id,
        from_year,
        year,
        statistic,
        depth_cm,
        sites: n,
        figure: (n > 0).then(|| Figure {
            value: mean,
            standard_error: error,
            interval: half.map(|half| (mean - half, mean + half)),
        }),
        note: joined([
            if sites.without > 0 { &without } else { "" },
            match statistic {
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
            note,
        ]),
    }
}
