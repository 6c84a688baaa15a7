//! `[soil-samples]`: soil carbon from the layers of profiles.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::finding::Finding;

/// `[soil-samples]`: stock of soil carbon by region and its change at equal soil mass, in
/// `tables/soil_samples.csv`; apart from the headline.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SoilSamplesTable {
    /// CSV file, one row a layer: `site, region, year, top_cm, bottom_cm, carbon_pct,
    /// bulk_density_g_cm3, coarse_pct`.
    pub path: PathBuf,
    /// How the sites were drawn within a region. No design is assumed.
    pub design: SoilDesignKey,
    /// Depth that stocks go to, in centimetres.
    pub depth_cm: f64,
    /// What the sites stand for, so that they give totals: all of the region, or the stratum named in
    /// a column `stratum` of the file. Without it they give means by hectare alone.
    #[serde(default)]
    pub strata: Option<SoilStrataKey>,
    /// CSV file `region, stratum, area_ha` with the areas of strata; with `strata = "areas"`.
    #[serde(default)]
    pub areas: Option<PathBuf>,
}

/// Value of `strata`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SoilStrataKey {
    /// The region is one stratum, with its own area.
    Region,
    /// Strata are ecosystems of the newest map, boundaries before classes.
    Ecosystem,
    /// Strata are class codes of the newest map.
    Class,
    /// The areas of strata stand in a file.
    Areas,
}

/// Value of `design`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SoilDesignKey {
    /// Each site was drawn by chance, apart from the others.
    SimpleRandom,
    /// The sites lie on a grid: their error is that of a random sample, mostly too large.
    Systematic,
}

/// What is wrong with soil samples.
pub(super) fn sense(place: &str, table: &SoilSamplesTable) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !(table.depth_cm > 0.0 && table.depth_cm.is_finite()) {
        findings.push(Finding::error(
            place,
            format!("`[soil-samples] depth-cm` is {}", table.depth_cm),
            "give the depth in centimetres, such as 30 or 100",
        ));
    }
    let of_file = table.strata == Some(SoilStrataKey::Areas);
    if of_file != table.areas.is_some() {
        findings.push(Finding::error(
            place,
            "of `[soil-samples] strata = \"areas\"` and `areas` one stands alone",
            "give both: `areas` is a CSV with region, stratum and area_ha",
        ));
    }
    findings
}
