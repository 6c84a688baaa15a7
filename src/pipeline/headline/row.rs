//! The headline row of each region, and of the union of all.

use super::by_region::by_region;
use super::parts_of_figures::{part_found, why_missing};
use super::withhold::Lost;
use crate::account::{
    Approach, AreaAccount, CARBON_STOCK, COVERAGE_RATE, CarbonAccount, CarbonRow, Figure, Headline,
    HeadlineSpread, Observation, ObservedSpread, Quality, RegionAreas, RegionSummary,
    SEQUESTRATION, STOCK_VOLUME, SequestrationRow, TOTAL, UncertaintyAccount, UncountedSoil,
    YearAreas,
};
use crate::estimate::{Confidence, Estimate, RatioEstimate};
use crate::pipeline::carbon::{figure, quality};
use crate::pipeline::open::{Place, Prepared};
use crate::pipeline::sample::{Estimates, RegionEstimates};
use crate::plan::Plan;
use crate::units::{Hectares, PerYear, TonnesCarbon, TonnesCo2e};

/// Approach of stocks that come from plots.
pub(super) const PLOT_POOLS: &str = Approach::PlotPools.id();

/// What headline rows are made of.
pub(in crate::pipeline) struct Parts<'a> {
    pub(in crate::pipeline) plan: &'a Plan,
    pub(in crate::pipeline) prepared: &'a Prepared,
    pub(in crate::pipeline) areas: Option<&'a AreaAccount>,
    pub(in crate::pipeline) estimates: &'a Estimates,
    pub(in crate::pipeline) lost: &'a Lost,
}

/// The headline rows.
pub(in crate::pipeline) struct Summaries {
    pub(in crate::pipeline) regions: Vec<RegionSummary>,
    pub(in crate::pipeline) total: Option<RegionSummary>,
}

/// Puts the headline rows together.
pub(in crate::pipeline) fn headline(
    parts: &Parts<'_>,
    carbon: &CarbonAccount,
    uncertainty: &UncertaintyAccount,
) -> Summaries {
    let has_plot_stock = carbon.carbon.iter().any(|row| row.approach == PLOT_POOLS);
    let stocks = by_region(&carbon.carbon, |row| &row.region_id);
    let removals = by_region(&carbon.sequestration, |row| &row.region_id);
    let (none, lost) = (RegionEstimates::default(), parts.lost);
    let row = |place: Option<&Place>, areas: Option<&RegionAreas>, estimates: &RegionEstimates| {
        let id = place.map_or(TOTAL, |place| place.id.as_str());
        let row = Row {
            parts,
            has_plot_stock,
            stocks: stocks.get(id).map_or(&[], Vec::as_slice),
            removals: removals.get(id).map_or(&[], Vec::as_slice),
            uncounted: &carbon.uncounted,
            uncertainty,
            areas: areas.filter(|_| !lost.is_land_lost(id)),
            estimates: if lost.is_sample_lost(id) {
                &none
            } else {
                estimates
            },
            lost: lost.notes(id),
        };
        row.summary(place)
    };
    let regions = parts
        .prepared
        .regions
        .iter()
        .zip(&parts.estimates.regions)
        .enumerate()
        .map(|(index, (place, estimates))| {
            let areas = parts.areas.map(|areas| &areas.regions[index]);
            row(Some(place), areas, estimates)
        })
        .collect();
    let total = parts.prepared.regions_are_disjoint().then(|| {
        let areas = parts.areas.and_then(|areas| areas.total.as_ref());
        row(None, areas, parts.estimates.total.as_ref().unwrap_or(&none))
    });
    Summaries { regions, total }
}

/// What the headline row of a region is made of.
pub(super) struct Row<'a> {
    pub(super) parts: &'a Parts<'a>,
    /// Whether any region has a stock from plots.
    pub(super) has_plot_stock: bool,
    /// Rows of carbon of the region.
    pub(super) stocks: &'a [&'a CarbonRow],
    /// Rows of removals of the region.
    pub(super) removals: &'a [&'a SequestrationRow],
    /// Stocks of all regions that the depth of their soil keeps out of the headline.
    pub(super) uncounted: &'a [UncountedSoil],
    pub(super) uncertainty: &'a UncertaintyAccount,
    pub(super) areas: Option<&'a RegionAreas>,
    pub(super) estimates: &'a RegionEstimates,
    /// Where the map could not be read, and why; nothing where all figures are known.
    pub(super) lost: Vec<String>,
}

impl Row<'_> {
    fn summary(&self, place: Option<&Place>) -> RegionSummary {
        let id = place.map_or(TOTAL, |place| place.id.as_str());
        let prepared = self.parts.prepared;
        let area = place.map_or_else(
            || {
                let all: Hectares = prepared.regions.iter().map(|region| region.area).sum();
                all - prepared.overlap
            },
            |place| place.area,
        );
        let level = Confidence::new(self.parts.plan.confidence()).unwrap_or(Confidence::P95);
        // Boundaries alone say nothing of the cover of a region.
        let mapped = self.areas.filter(|_| prepared.maps.is_some());
        let has_map = mapped.and_then(RegionAreas::shown);
        let estimates = self.estimates;
        let volume = estimates.volume.as_ref();
        let carbon = self
            .spread(Headline::Carbon, id)
            .filter(|_| !self.lacks_plot_stock())
            .map(|spread| as_figure(spread, TonnesCarbon::new));
        let to_air = |value| PerYear::new(TonnesCo2e::new(value));
        let sequestration = self
            .spread(Headline::Sequestration, id)
            .map(|spread| as_figure(spread, to_air));
        let period = self.period().filter(|_| sequestration.is_some());
        RegionSummary {
            region_id: id.to_owned(),
            region_name: place.map_or_else(
                || Some("all regions".to_owned()),
                |place| place.name.clone(),
            ),
            parent_id: place.and_then(|place| place.parent.clone()),
            area: Some(area),
            land_area: has_map.map(|year| year.land),
            land_cover_valid_pct: mapped.and_then(RegionAreas::valid_pct),
            forest_area: has_map.map(|year| year.forest),
            forest_cover_pct: has_map.and_then(YearAreas::forest_cover_pct),
            forest_area_estimate: estimates
                .forest
                .as_ref()
                .map(|e| figure(e, level, 1.0, |q| q)),
            volume: volume.map(|e| figure(e, level, 1.0, |q| q)),
            volume_per_forest_hectare: estimates
                .volume_per_forest
                .as_ref()
                .map(RatioEstimate::value)
                .or(estimates.volume_density),
            carbon_per_hectare: carbon.map(|c| c.value.value() / area.value()),
            carbon,
            sequestration,
            period_start: period.map(|(start, _)| start),
            period_end: period.map(|(_, end)| end),
            method: self.methods(),
            quality: self.quality(id),
            notes: self.notes(id, has_map.is_some()),
            parts: self.parts(id, has_map.is_some()),
            rest_is_loss: self.leaves_losses_alone(has_map.is_some()),
        }
    }

    pub(super) fn spread(&self, headline: Headline, id: &str) -> Option<HeadlineSpread> {
        self.uncertainty
            .headline
            .get(&(headline, id.to_owned()))
            .copied()
    }

    /// From the first to the last year of all counted removals of a region.
    pub(super) fn period(&self) -> Option<(i32, i32)> {
        let removals = self.removals.iter();
        removals
            .filter(|row| row.counted && row.removal.is_some())
            .map(|row| (row.period_start, row.period_end))
            .reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
    }

    /// Whether the plan takes forest from plots and the region has no estimate: the stock of its
    /// other ecosystems alone would pass for the whole.
    pub(super) fn lacks_plot_stock(&self) -> bool {
        let forest = self
            .parts
            .plan
            .file
            .carbon
            .as_ref()
            .and_then(|carbon| carbon.method.as_ref());
        let by_plots = !self.parts.prepared.inventories.is_empty() && forest.is_some();
        by_plots
            && self.has_plot_stock
            && !self
                .stocks
                .iter()
                .any(|row| row.approach == PLOT_POOLS && row.counted && row.carbon.is_some())
    }

    fn methods(&self) -> String {
        let of_stock = self.stocks.iter().filter(|row| row.counted);
        let of_removal = self.removals.iter().filter(|row| row.counted);
        let methods = of_stock
            .map(|row| &row.method)
            .chain(of_removal.map(|row| &row.method));
        distinct(methods.cloned()).join("; ")
    }

    fn quality(&self, id: &str) -> String {
        let is_known = |headline| !self.parts.lost.is_carbon_lost(headline, id);
        let mut words = Vec::new();
        let estimators = [
            self.estimates.forest.as_ref().map(Estimate::estimator),
            self.estimates.volume.as_ref().map(Estimate::estimator),
        ];
        words.extend(
            estimators
                .into_iter()
                .flatten()
                .map(|e| quality(e).id().to_owned()),
        );
        let of_stock = self.stocks.iter().filter(|row| row.counted);
        let of_stock = of_stock.filter(|_| is_known(Headline::Carbon));
        let of_removal = self.removals.iter();
        let of_removal = of_removal.filter(|row| row.counted && row.removal.is_some());
        let of_removal = of_removal.filter(|_| is_known(Headline::Sequestration));
        words.extend(
            of_stock
                .map(|row| &row.quality)
                .chain(of_removal.map(|row| &row.quality))
                .filter(|word| !word.is_empty())
                .cloned(),
        );
        if !self.lost.is_empty() {
            words.push(Quality::Missing.id().to_owned());
        } else if words.is_empty() {
            let areas = self
                .areas
                .filter(|areas| self.parts.prepared.maps.is_none() || areas.shown().is_some());
            let word = if areas.is_some() {
                Quality::MapOnly
            } else {
                Quality::Missing
            };
            words.push(word.id().to_owned());
        }
        distinct(words.into_iter()).join("; ")
    }
}

/// Each text once, in the order of its first appearance.
pub(super) fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for text in texts {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen
}

fn as_figure<Q>(spread: HeadlineSpread, to: impl Fn(f64) -> Q) -> Figure<Q> {
    Figure {
        value: to(spread.value),
        standard_error: spread.standard_error,
        interval: spread.interval.map(|(low, high)| (to(low), to(high))),
    }
}

impl Summaries {
    /// What was found of the indicators that policies name.
    pub(in crate::pipeline) fn observations(
        &self,
        parts: &Parts<'_>,
        uncertainty: &UncertaintyAccount,
    ) -> Vec<Observation> {
        let map_year = parts.prepared.dates.last().copied();
        let of_sample = parts.prepared.inventories.last();
        let of_register = parts.prepared.stands.last();
        let plot_year = of_sample
            .map(|inventory| inventory.year)
            .or(of_register.map(|placed| placed.register.year));
        let spread = |headline, region: &str, standard_error: Option<f64>| {
            let key = (headline, region.to_owned());
            let told = uncertainty.headline.get(&key);
            Some(ObservedSpread {
                standard_error: standard_error?,
                degrees_of_freedom: told.and_then(|spread| spread.degrees_of_freedom),
                reached: uncertainty.reached.get(&key).cloned(),
                lower_limit: told.is_some_and(|spread| spread.lower_limit),
            })
        };
        self.regions
            .iter()
            .chain(&self.total)
            .flat_map(|region| {
                let id = region.region_id.as_str();
                let error = region.volume.and_then(|volume| volume.standard_error);
                let (volume, of_volume) = (region.volume, spread(Headline::Volume, id, error));
                let error = region.carbon.and_then(|carbon| carbon.standard_error);
                let (carbon, of_carbon) = (region.carbon, spread(Headline::Carbon, id, error));
                let removal = region.sequestration;
                let error = removal.and_then(|removal| removal.standard_error);
                let of_removal = spread(Headline::Sequestration, id, error);
                let found = |indicator: &str, value, spread, year| Observation {
                    region_id: id.to_owned(),
                    indicator: indicator.to_owned(),
                    value,
                    spread,
                    part: part_found(region, indicator, value),
                    missing: match value {
                        Some(_) => String::new(),
                        None => why_missing(region, indicator),
                    },
                    year,
                };
                let coverage = region.forest_cover_pct;
                let yearly = removal.map(|removal| removal.value.in_one_year().value());
                let of_plots = plot_year.filter(|_| volume.is_some());
                let of_stock = plot_year.max(map_year).filter(|_| carbon.is_some());
                [
                    found(
                        COVERAGE_RATE,
                        coverage,
                        None,
                        map_year.filter(|_| coverage.is_some()),
                    ),
                    found(
                        STOCK_VOLUME,
                        volume.map(|v| v.value.value()),
                        of_volume,
                        of_plots,
                    ),
                    found(
                        CARBON_STOCK,
                        carbon.map(|c| c.value.value()),
                        of_carbon,
                        of_stock,
                    ),
                    found(SEQUESTRATION, yearly, of_removal, region.period_end),
                ]
            })
            .collect()
    }
}
