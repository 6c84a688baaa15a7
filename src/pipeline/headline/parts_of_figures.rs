//! Figures of the summary that are of a part: what they leave out because it is not known, and what they say of the
//! whole.

use std::collections::BTreeMap;

use super::notes::{told_of_removals, told_of_stocks};
use super::row::Row;
use super::withhold::{ON_UNREAD, UNREAD_MAP};
use crate::account::{
    Approach, CARBON_STOCK, COVERAGE_RATE, Ecosystem, FIRE, Headline, LandCategory, NO_FIGURE,
    PartFound, Pool, Quality, RegionAreas, RegionSummary, SEQUESTRATION, STOCK_VOLUME,
    SequestrationRow, TOTAL, UNSTOCKED, left_out_phrases,
};
use crate::estimate::Estimator;
use crate::pipeline::open::WHOLE_PCT;
use crate::units::Hectares;

/// Approaches whose figures rest on no area of a map.
const OF_INVENTORIES: [Approach; 5] = [
    Approach::PlotPools,
    Approach::ContinuousFunction,
    Approach::ExpansionFactor,
    Approach::ConversionFactor,
    Approach::StandGrowth,
];

/// How the notes of a row begin that a removal is of, and what they say where it is not known.
const REMOVAL: &str = "removal of ";
const NOT_KNOWN: &str = "not known: ";

/// Whether a figure rests on areas of a map: by its approach, or as one that is borrowed by mapped forest.
fn is_by_map(approach: &str, quality: &str) -> bool {
    let of_inventories = OF_INVENTORIES.iter().any(|one| one.id() == approach);
    quality == Quality::Synthetic.id() || approach != FIRE && !of_inventories
}

/// What of a note says that a figure is of a part; of what a register has no stock of nothing where other land of the
/// category forest has a figure of its own, such as bamboo of the map.
fn left_out(note: &str, has_others: bool) -> String {
    let told = left_out_phrases(note).filter(|told| !(has_others && told.ends_with(UNSTOCKED)));
    told.collect::<Vec<_>>().join("; ")
}

/// Whether a row of biomass is of land of the category forest beside `forest`, by areas of a map.
fn is_other_forest(ecosystem: &str, pool: &str) -> bool {
    let of_land = ecosystem.parse::<Ecosystem>();
    let is_other = of_land.is_ok_and(|ecosystem| {
        ecosystem.category() == LandCategory::ForestLand && ecosystem != Ecosystem::Forest
    });
    is_other
        && [Pool::AboveGround, Pool::All]
            .iter()
            .any(|one| one.id() == pool)
}

impl Row<'_> {
    /// That the stock of all regions, or of one that holds others, is of some of them, where it is divided by the land
    /// of all.
    pub(super) fn of_density(&self, id: &str) -> Option<String> {
        let mut counted = self.stocks.iter().filter(|row| row.counted);
        let is_of_some = counted.any(|row| row.note.contains("without region "));
        let valid = self.areas.and_then(RegionAreas::valid_pct);
        // Beside a map of a part it is said there.
        let is_told = valid.is_some_and(|valid| valid < WHOLE_PCT);
        let land = match id {
            TOTAL => "the land of all regions",
            _ => "the land of the whole region",
        };
        (is_of_some && !is_told && self.spread(Headline::Carbon, id).is_some())
            .then(|| format!("carbon_tc_ha divides by {land}"))
    }

    /// The figures of the row that are of a part, with what they leave out.
    pub(super) fn parts(&self, id: &str, has_map: bool) -> BTreeMap<Headline, Vec<String>> {
        let stocks: Vec<_> = self.stocks.iter().filter(|row| row.counted).collect();
        let removals: Vec<_> = self.removals.iter().filter(|row| row.counted).collect();
        let unseen = |by_map: bool| self.of_map(has_map).filter(|_| by_map && has_map);
        let mut others = stocks.iter();
        let has_others = others.any(|row| is_other_forest(&row.ecosystem, &row.pool));
        let told = stocks.iter();
        let told = told.map(|row| (**row, left_out(&row.note, has_others)));
        let mut of_stock = told_of_stocks(told);
        of_stock.extend(self.not_in_stock());
        of_stock.extend(self.of_other_depth(id));
        let mut by_map = stocks.iter();
        of_stock.extend(unseen(
            by_map.any(|row| is_by_map(&row.approach, &row.quality)),
        ));
        let has_others = removals.iter().any(|row| {
            let is_of_growth = row.approach != Approach::ConversionLoss.id();
            is_of_growth && is_other_forest(&row.ecosystem, &row.pool)
        });
        let told = removals.iter();
        let told = told.map(|row| (**row, left_out(&row.note, has_others)));
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

impl Row<'_> {
    /// Whether all that the removal leaves out is land that may have burnt: it can only have given off.
    pub(super) fn leaves_losses_alone(&self, has_map: bool) -> bool {
        let is_fire = |row: &SequestrationRow| row.approach == FIRE;
        let mut counted = self.removals.iter().filter(|row| row.counted);
        let unseen = has_map && self.of_map(has_map).is_some();
        counted.all(|row| {
            let by_map = is_by_map(&row.approach, &row.quality);
            let mut told = left_out_phrases(&row.note);
            !(unseen && by_map) && told.all(|told| is_fire(row) && told.ends_with(NO_FIGURE))
        }) && self.left_out_rows().all(is_fire)
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
    let (headline, least, most) = match indicator {
        CARBON_STOCK => (Headline::Carbon, value, None),
        STOCK_VOLUME => (Headline::Volume, value, None),
        SEQUESTRATION => {
            let most = value.filter(|_| region.rest_is_loss);
            (Headline::Sequestration, None, most)
        }
        _ => return None,
    };
    let left_out = region.left_out(headline).to_vec();
    (!left_out.is_empty()).then_some(PartFound {
        left_out,
        least,
        most,
    })
}

/// Why a region has no figure of an indicator, in the words of its notes, and where it stands what it takes.
pub(super) fn why_missing(region: &RegionSummary, indicator: &str) -> String {
    let of_stock = |note: &str| note.contains(NOT_KNOWN) && !note.starts_with(REMOVAL);
    let says_why = |note: &&String| match indicator {
        COVERAGE_RATE => note.contains("no forest coverage"),
        STOCK_VOLUME => note.contains("no stock volume"),
        CARBON_STOCK => {
            ["no carbon stock", "not in the carbon stock"]
                .iter()
                .any(|words| note.contains(words))
                || of_stock(note)
        }
        _ => note.contains("no sequestration") || note.starts_with(REMOVAL),
    };
    let mut words: Vec<&str> = region
        .notes
        .iter()
        .filter(says_why)
        .map(String::as_str)
        .collect();
    if words.iter().all(|words| words.contains(ON_UNREAD)) {
        let unread = region.notes.iter().map(String::as_str);
        words.extend(unread.filter(|note| note.starts_with(UNREAD_MAP)));
    }
    words.push("`terrasink check` says what to do");
    words.join("; ")
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
