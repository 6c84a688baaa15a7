//! A row of the summary.

use std::collections::BTreeMap;

use crate::account::tables::Figure;
use crate::account::uncertainty::Headline;
use crate::units::{CubicMetres, Hectares, PerYear, TonnesCarbon, TonnesCo2e};

/// The headline figures of one region, or of the union of all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RegionSummary {
    /// Id as the regions file gives it.
    pub region_id: String,
    /// Name as the regions file gives it.
    pub region_name: Option<String>,
    /// Id of the region that this one is part of.
    pub parent_id: Option<String>,
    /// Area of the polygon on the ellipsoid.
    pub area: Option<Hectares>,
    /// Area without what the plan's rule excludes (water), from the newest map.
    pub land_area: Option<Hectares>,
    /// Share of the polygon that the newest map covers with valid cells, in percent.
    pub land_cover_valid_pct: Option<f64>,
    /// Area of the classes that count as forest, from the newest map.
    pub forest_area: Option<Hectares>,
    /// Forest area over land area, in percent.
    pub forest_cover_pct: Option<f64>,
    /// Forest area from the sample.
    pub forest_area_estimate: Option<Figure<Hectares>>,
    /// Stock volume of living stems.
    pub volume: Option<Figure<CubicMetres>>,
    /// Stock volume per hectare of forest.
    pub volume_per_forest_hectare: Option<f64>,
    /// Carbon of all ecosystems and pools that the method counts.
    pub carbon: Option<Figure<TonnesCarbon>>,
    /// Carbon per hectare of the region.
    pub carbon_per_hectare: Option<f64>,
    /// Net removal from the atmosphere, positive when the ecosystem takes up carbon.
    pub sequestration: Option<Figure<PerYear<TonnesCo2e>>>,
    /// First year of the period of `sequestration`.
    pub period_start: Option<i32>,
    /// Last year of the period of `sequestration`.
    pub period_end: Option<i32>,
    /// Ids of the methods, joined by `; `.
    pub method: String,
    /// How good the figures are, in a few fixed words (`direct`, `synthetic`, `map-only` ...).
    pub quality: String,
    /// What is missing or must be known, in sentences joined by `; `.
    pub notes: Vec<String>,
    /// Figures that are of a part, with what they leave out because it is not known, in the words of `notes`.
    pub parts: BTreeMap<Headline, Vec<String>>,
    /// Whether what the removal leaves out can only have given off carbon: the whole is then no more.
    pub rest_is_loss: bool,
}

impl RegionSummary {
    /// Whether a removal of none or less is that of the region, whatever it leaves out.
    #[must_use]
    pub fn is_surely_no_sink(&self) -> bool {
        self.rest_is_loss || self.left_out(Headline::Sequestration).is_empty()
    }

    /// What a figure leaves out because it is not known.
    #[must_use]
    pub fn left_out(&self, headline: Headline) -> &[String] {
        self.parts.get(&headline).map_or(&[], Vec::as_slice)
    }
}
