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
pub(super) fn sense(place: &str, table: &SoilSamplesTable) -> Option<Finding> {
    let deep = table.depth_cm > 0.0 && table.depth_cm.is_finite();
    (!deep).then(|| {
        Finding::error(
            place,
            format!("`[soil-samples] depth-cm` is {}", table.depth_cm),
            "give the depth in centimetres, such as 30 or 100",
        )
    })
}
