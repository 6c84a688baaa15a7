//! Figures of the summary that are of a part: what they leave out because it is not known, and what they say of the
//! whole.

use std::collections::BTreeMap;

use super::headline::Row;
use super::headline_notes::{WHOLE_PCT, told_of_removals, told_of_stocks};
use crate::account::{
    Approach, CARBON_STOCK, COVERAGE_RATE, FIRE, Headline, PartFound, Quality, RegionAreas,
    RegionSummary, SEQUESTRATION, STOCK_VOLUME, left_out_phrases,
};
use crate::estimate::Estimator;
use crate::units::Hectares;

/// Approaches whose figures rest on no area of a map.
const OF_INVENTORIES: [Approach; 5] = [
    Approach::PlotPools,
    Approach::ContinuousFunction,
    Approach::ExpansionFactor,
    Approach::ConversionFactor,
    Approach::StandGrowth,
];

/// Whether a figure rests on areas of a map: by its approach, or as one that is borrowed by mapped forest.
fn is_by_map(approach: &str, quality: &str) -> bool {
    let of_inventories = OF_INVENTORIES.iter().any(|one| one.id() == approach);
    quality == Quality::Synthetic.id() || approach != FIRE && !of_inventories
}

/// What of a note says that a figure is of a part.
fn left_out(note: &str) -> String {
    left_out_phrases(note).collect::<Vec<_>>().join("; ")
}

impl Row<'_> {
    /// That the stock of all regions is of some of them, where it is divided by the land of all.
    pub(super) fn of_density(&self, id: &str) -> Option<String> {
        let mut counted = self.stocks.iter().filter(|row| row.counted);
        let is_of_some = counted.any(|row| row.note.contains("without region "));
        let valid = self.areas.and_then(RegionAreas::valid_pct);
        // Beside a map of a part it is said there.
        let is_told = valid.is_some_and(|valid| valid < WHOLE_PCT);
        (is_of_some && !is_told && self.spread(Headline::Carbon, id).is_some())
            .then(|| "carbon_tc_ha divides by the land of all regions".to_owned())
    }

    /// The figures of the row that are of a part, with what they leave out.
    pub(super) fn parts(&self, id: &str, has_map: bool) -> BTreeMap<Headline, Vec<String>> {
        let stocks: Vec<_> = self.stocks.iter().filter(|row| row.counted).collect();
        let removals: Vec<_> = self.removals.iter().filter(|row| row.counted).collect();
        let unseen = |by_map: bool| self.of_map(has_map).filter(|_| by_map && has_map);
        let mut of_stock = told_of_stocks(stocks.iter().map(|row| (**row, left_out(&row.note))));
        of_stock.extend(self.not_in_stock());
        of_stock.extend(self.of_other_depth(id));
        let mut by_map = stocks.iter();
        of_stock.extend(unseen(
            by_map.any(|row| is_by_map(&row.approach, &row.quality)),
        ));
        let told = removals.iter().map(|row| (**row, left_out(&row.note)));
        let mut of_removal = told_of_removals(told);
        of_removal.extend(self.left_out_of_removal());
        let mut by_map = removals.iter();
        of_removal.extend(unseen(
            by_map.any(|row| is_by_map(&row.approach, &row.quality)),
        ));
        let mut of_volume = self.estimates.volume_without.clone();
        let borrowed = self.estimates.volume.as_ref();
        let borrowed = borrowed.filter(|volume| volume.estimator() == Estimator::Synthetic);
        of_volume.extend(unseen(borrowed.is_some()));
        let parts = [
            (Headline::Carbon, of_stock),
            (Headline::Sequestration, of_removal),
            (Headline::Volume, of_volume),
        ];
        let known = parts.into_iter().filter(|(headline, words)| {
            !words.is_empty()
                && (*headline == Headline::Volume || self.spread(*headline, id).is_some())
        });
        known.collect()
    }
}

/// What is known of the whole where the figure of an indicator is of a part.
pub(super) fn part_found(
    region: &RegionSummary,
    indicator: &str,
    value: Option<f64>,
) -> Option<PartFound> {
    if indicator == COVERAGE_RATE {
        return coverage_of_part(region);
    }
    let (headline, least) = match indicator {
        CARBON_STOCK => (Headline::Carbon, value),
        STOCK_VOLUME => (Headline::Volume, value),
        SEQUESTRATION => (Headline::Sequestration, None),
        _ => return None,
    };
    let left_out = region.left_out(headline).to_vec();
    (!left_out.is_empty()).then_some(PartFound {
        left_out,
        least,
        most: None,
    })
}

/// Forest over land where the map leaves a part of the region out: of none to all of that.
fn coverage_of_part(region: &RegionSummary) -> Option<PartFound> {
    let valid = region
        .land_cover_valid_pct
        .filter(|valid| *valid < WHOLE_PCT)?;
    let hidden = region.area?.value() * (1.0 - valid / 100.0);
    let [land, forest] = [region.land_area?, region.forest_area?].map(Hectares::value);
    let all = land + hidden;
    Some(PartFound {
        left_out: vec![format!(
            "the map has valid cells on {valid:.2} % of the region"
        )],
        least: Some(100.0 * forest / all),
        most: Some(100.0 * (forest + hidden) / all),
    })
}
