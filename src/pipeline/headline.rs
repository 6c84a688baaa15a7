//! The headline row of each region, and of the union of all.

use super::by_region::by_region;
use super::carbon::{figure, quality};
use super::estimates::{Estimates, RegionEstimates};
use super::prepare::{Place, Prepared};
use crate::account::{
    Approach, AreaAccount, CARBON_STOCK, COVERAGE_RATE, CarbonAccount, CarbonRow, Figure, Headline,
    HeadlineSpread, Observation, Quality, RegionAreas, RegionSummary, SEQUESTRATION, STOCK_VOLUME,
    SequestrationRow, TOTAL, UncertaintyAccount, YearAreas,
};
use crate::estimate::{Confidence, Estimate, Estimator, RatioEstimate};
use crate::plan::Plan;
use crate::units::{Hectares, PerYear, TonnesCarbon, TonnesCo2e};

/// Approach of stocks that come from plots.
const PLOT_POOLS: &str = Approach::PlotPools.id();

/// What headline rows are made of.
pub(super) struct Parts<'a> {
    pub(super) plan: &'a Plan,
    pub(super) prepared: &'a Prepared,
    pub(super) areas: Option<&'a AreaAccount>,
    pub(super) estimates: &'a Estimates,
}

/// The headline rows.
pub(super) struct Summaries {
    pub(super) regions: Vec<RegionSummary>,
    pub(super) total: Option<RegionSummary>,
}

/// Puts the headline rows together.
pub(super) fn headline(
    parts: &Parts<'_>,
    carbon: &CarbonAccount,
    uncertainty: &UncertaintyAccount,
) -> Summaries {
    let has_plot_stock = carbon.carbon.iter().any(|row| row.approach == PLOT_POOLS);
    let stocks = by_region(&carbon.carbon, |row| &row.region_id);
    let removals = by_region(&carbon.sequestration, |row| &row.region_id);
    let row = |place: Option<&Place>, areas: Option<&RegionAreas>, estimates: &RegionEstimates| {
        let id = place.map_or(TOTAL, |place| place.id.as_str());
        let row = Row {
            parts,
            has_plot_stock,
            stocks: stocks.get(id).map_or(&[], Vec::as_slice),
            removals: removals.get(id).map_or(&[], Vec::as_slice),
            uncertainty,
            areas,
            estimates,
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
    let none = RegionEstimates::default();
    let total = parts.prepared.regions_are_disjoint().then(|| {
        let areas = parts.areas.and_then(|areas| areas.total.as_ref());
        row(None, areas, parts.estimates.total.as_ref().unwrap_or(&none))
    });
    Summaries { regions, total }
}

/// Share of a region in percent below which a map leaves a part of it out.
const WHOLE_PCT: f64 = 99.0;

struct Row<'a> {
    parts: &'a Parts<'a>,
    /// Whether any region has a stock from plots.
    has_plot_stock: bool,
    /// Rows of carbon of the region.
    stocks: &'a [&'a CarbonRow],
    /// Rows of removals of the region.
    removals: &'a [&'a SequestrationRow],
    uncertainty: &'a UncertaintyAccount,
    areas: Option<&'a RegionAreas>,
    estimates: &'a RegionEstimates,
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
        let newest = mapped.and_then(RegionAreas::newest);
        let has_map = newest.filter(|year| year.valid > Hectares::ZERO);
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
            quality: self.quality(),
            notes: self.notes(id, has_map.is_some()),
        }
    }

    fn spread(&self, headline: Headline, id: &str) -> Option<HeadlineSpread> {
        self.uncertainty
            .headline
            .get(&(headline, id.to_owned()))
            .copied()
    }

    /// Period of the counted removals of a region, the newest one.
    fn period(&self) -> Option<(i32, i32)> {
        self.removals
            .iter()
            .filter(|row| row.counted && row.removal.is_some())
            .map(|row| (row.period_start, row.period_end))
            .max_by_key(|(start, end)| (*end, *start))
    }

    /// Whether the plan takes forest from plots and the region has no estimate: the stock of its
    /// other ecosystems alone would pass for the whole.
    fn lacks_plot_stock(&self) -> bool {
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
                .any(|row| row.approach == PLOT_POOLS && row.carbon.is_some())
    }

    fn methods(&self) -> String {
        let of_stock = self.stocks.iter().filter(|row| row.counted);
        let of_removal = self.removals.iter().filter(|row| row.counted);
        let methods = of_stock
            .map(|row| &row.method)
            .chain(of_removal.map(|row| &row.method));
        distinct(methods.cloned()).join("; ")
    }

    fn quality(&self) -> String {
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
        let of_removal = self.removals.iter();
        let of_removal = of_removal.filter(|row| row.counted && row.removal.is_some());
        words.extend(
            of_stock
                .map(|row| &row.quality)
                .chain(of_removal.map(|row| &row.quality))
                .filter(|word| !word.is_empty())
                .cloned(),
        );
        if words.is_empty() {
            let word = if self.areas.is_some() {
                Quality::MapOnly
            } else {
                Quality::Missing
            };
            words.push(word.id().to_owned());
        }
        distinct(words.into_iter()).join("; ")
    }

    /// Why figures of the row have no standard error or interval.
    fn without_spread(&self, id: &str) -> Vec<String> {
        let mut notes = Vec::new();
        let forest = self.estimates.forest.as_ref();
        let forest = forest.map(|e| (e.standard_error(), e.estimator()));
        let volume = self.estimates.volume.as_ref();
        let volume = volume.map(|e| (e.standard_error(), e.estimator()));
        for (column, told) in [("forest_area_est_ha", forest), ("volume_m3", volume)] {
            // Of a register the notes of its figures say why.
            if let Some((None, estimator)) = told
                && estimator != Estimator::Census
            {
                notes.push(format!(
                    "{column} has no standard error: tables/inventory.csv or tables/accuracy.csv says why"
                ));
            }
        }
        for headline in [Headline::Carbon, Headline::Sequestration] {
            let key = (headline, id.to_owned());
            if let Some(why) = self.uncertainty.without.get(&key) {
                notes.push(format!("{} has {why}", headline.column()));
            }
        }
        notes
    }

    fn notes(&self, id: &str, has_map: bool) -> Vec<String> {
        let mut notes = self.estimates.notes.clone();
        let file = &self.parts.plan.file;
        if file.land_cover.is_empty() {
            notes.push("no map: no forest coverage".to_owned());
        } else if !has_map {
            notes.push("no valid cell of the map in the region: no forest coverage".to_owned());
        } else if let Some(valid) = self.areas.and_then(RegionAreas::valid_pct)
            && valid < WHOLE_PCT
        {
            notes.push(format!(
                "the map has valid cells on {valid:.2} % of the region: its areas, and what rests on them, are those of this part"
            ));
        }
        let sampled = file.inventory.as_ref().filter(|i| !i.plots.is_empty());
        if let Some(inventory) = sampled {
            let (fields, estimates) = (&inventory.fields, self.estimates);
            for (named, has, key, what) in [
                (
                    fields.forest_share.is_some(),
                    estimates.forest.is_some(),
                    "forest-share",
                    "forest area from plots",
                ),
                (
                    fields.volume.is_some(),
                    estimates.volume.is_some(),
                    "volume",
                    "stock volume",
                ),
            ] {
                match (named, has) {
                    (_, true) => {}
                    (true, false) => {
                        notes.push(format!("no {what}: tables/inventory.csv says why"));
                    }
                    (false, false) => {
                        notes.push(format!("no {what}: the plan names no column `{key}`"));
                    }
                }
            }
        } else if self.estimates.volume.is_none() {
            notes.push("no sample: no forest area from plots, no stock volume".to_owned());
        }
        if file.carbon.is_none() {
            notes
                .push("no carbon method in the plan: no carbon stock, no sequestration".to_owned());
        } else if self.spread(Headline::Sequestration, id).is_none() {
            notes.push(
                "no sequestration: it needs two inventories with carbon pools, two stand registers, or a method that gives a removal"
                    .to_owned(),
            );
        }
        if self.lacks_plot_stock() {
            notes.push("no estimate from plots for the region: no carbon stock".to_owned());
        }
        let stocks = self.stocks.iter();
        let counted = stocks.filter(|row| row.counted && !row.note.is_empty());
        notes.extend(counted.map(|row| format!("{}: {}", row.ecosystem, row.note)));
        notes.extend(self.without_spread(id));
        let missing = self.stocks.iter().filter(|row| row.carbon.is_none());
        // Pools of all classes together are missing one by one, and their rows say which classes.
        let missing = distinct(missing.map(|row| match row.ecosystem.as_str() {
            "all" => format!("{} ({})", row.pool, row.note),
            ecosystem => ecosystem.to_owned(),
        }));
        if !missing.is_empty() {
            notes.push(format!("not in the carbon stock: {}", missing.join(", ")));
        }
        let removals = self.removals.iter();
        let removals = removals.filter(|row| row.counted && !row.note.is_empty());
        notes.extend(removals.map(|row| format!("{}: {}", row.ecosystem, row.note)));
        let nothing = Quality::Missing.id();
        let stocks = self.stocks.iter().filter(|row| row.quality == nothing);
        let stocks = stocks.map(|row| (&row.method, &row.ecosystem, &row.note));
        let removals = self.removals.iter().filter(|row| row.quality == nothing);
        let removals = removals.map(|row| (&row.method, &row.ecosystem, &row.note));
        let chosen = stocks.chain(removals).filter(|row| !row.0.is_empty());
        notes.extend(chosen.map(|(_, ecosystem, note)| format!("{ecosystem}: {note}")));
        distinct(notes.into_iter().filter(|note| !note.is_empty()))
    }
}

/// Each text once, in the order of its first appearance.
fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
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
    pub(super) fn observations(&self, parts: &Parts<'_>) -> Vec<Observation> {
        let map_year = parts.prepared.dates.last().copied();
        let of_sample = parts.prepared.inventories.last();
        let of_register = parts.prepared.stands.last();
        let plot_year = of_sample
            .map(|inventory| inventory.year)
            .or(of_register.map(|placed| placed.register.year));
        self.regions
            .iter()
            .chain(&self.total)
            .flat_map(|region| {
                let volume = region.volume;
                [
                    Observation {
                        region_id: region.region_id.clone(),
                        indicator: COVERAGE_RATE.to_owned(),
                        value: region.forest_cover_pct,
                        standard_error: None,
                        year: map_year.filter(|_| region.forest_cover_pct.is_some()),
                    },
                    Observation {
                        region_id: region.region_id.clone(),
                        indicator: STOCK_VOLUME.to_owned(),
                        value: volume.map(|volume| volume.value.value()),
                        standard_error: volume.and_then(|volume| volume.standard_error),
                        year: plot_year.filter(|_| volume.is_some()),
                    },
                    Observation {
                        region_id: region.region_id.clone(),
                        indicator: CARBON_STOCK.to_owned(),
                        value: region.carbon.map(|carbon| carbon.value.value()),
                        standard_error: region.carbon.and_then(|carbon| carbon.standard_error),
                        year: plot_year.max(map_year).filter(|_| region.carbon.is_some()),
                    },
                    Observation {
                        region_id: region.region_id.clone(),
                        indicator: SEQUESTRATION.to_owned(),
                        value: region
                            .sequestration
                            .map(|removal| removal.value.in_one_year().value()),
                        standard_error: region
                            .sequestration
                            .and_then(|removal| removal.standard_error),
                        year: region.period_end,
                    },
                ]
            })
            .collect()
    }
}
