//! Land whose growth nothing tells: regions without a stand or age class, and what age classes leave of a map.

use std::collections::BTreeMap;

use super::aged_forest::{AgedForest, SPARE};
use super::stocks::NO_STAND;
use crate::account::ecosystem::Ecosystem;
use crate::account::land::{RegionAreas, is_more_than_a_sliver};
use crate::account::nesting::Nesting;
use crate::account::words::{UNKNOWN, joined, regions_without};
use crate::finding::Finding;
use crate::units::Hectares;

/// Most regions that a warning names.
const MOST: usize = 5;

/// Land whose growth is not known, as no stand or age class has it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Unlisted {
    /// Of the newest map, in regions without any.
    alone: Hectares,
    /// Of the newest map, beyond what the age classes of a region hold.
    beyond: Hectares,
    /// Regions without any that no map shows, and why.
    pub(super) unshown: Vec<(String, String)>,
    /// Whether it is of a region among several.
    is_of_sum: bool,
}

impl Unlisted {
    /// What must be said of the growth, which is known of some land or of none.
    pub(super) fn words(&self, ecosystem: Ecosystem, is_known: bool) -> String {
        let told = |area: Hectares, why: &str| {
            let area = (area > Hectares::ZERO).then(|| area.value());
            area.map(|area| {
                format!(
                    "{area:.4} ha of {ecosystem} of the newest map {why}: their growth is not known and not in it"
                )
            })
        };
        let alone = told(
            self.alone,
            "lie in regions without a stand or age class of it",
        );
        let beyond = told(self.beyond, "are more than its age classes hold");
        let unshown = (!self.unshown.is_empty()).then(|| {
            let regions = regions_without(&self.unshown);
            match self.unshown.as_slice() {
                [(_, why)] if !self.is_of_sum => format!("{UNKNOWN}{why}"),
                _ if is_known => format!("without {regions}: the growth there is not in it"),
                _ => format!("{UNKNOWN}{regions}"),
            }
        });
        let told = [unshown, alone, beyond];
        joined(told.iter().flatten().map(String::as_str))
    }

    /// That of a place by that of its regions.
    fn sum(parts: &[&Self]) -> Self {
        let unshown = parts.iter().flat_map(|part| part.unshown.iter());
        Self {
            alone: parts.iter().map(|part| part.alone).sum(),
            beyond: parts.iter().map(|part| part.beyond).sum(),
            unshown: unshown.cloned().collect(),
            is_of_sum: true,
        }
    }
}

impl AgedForest {
    /// Land of an ecosystem that it does not have, by the places of the regions, and all of it: in regions that it has
    /// none of, where the newest map shows such or does not tell, and of age classes in those where they hold less. A
    /// sliver of a stand over a border is none.
    pub(super) fn unlisted(
        &self,
        (areas, ids, nesting): (&[RegionAreas], &[&str], &Nesting),
        ecosystem: Ecosystem,
    ) -> BTreeMap<Option<usize>, Unlisted> {
        let of_regions = ids.iter().enumerate().filter_map(|(place, id)| {
            let unlisted = self.unlisted_in((place, id), areas.get(place), ecosystem)?;
            Some((place, unlisted))
        });
        let of_regions: BTreeMap<usize, Unlisted> = of_regions.collect();
        let places = (0..ids.len()).map(Some).chain([None]);
        let of_place = |place: Option<usize>| {
            let parts = nesting.parts(place);
            if let Some(region) = place.filter(|_| parts.is_empty()) {
                return Some((place, of_regions.get(&region)?.clone()));
            }
            let parts = parts.iter().filter_map(|part| of_regions.get(part));
            let parts: Vec<&Unlisted> = parts.collect();
            (!parts.is_empty()).then(|| (place, Unlisted::sum(&parts)))
        };
        places.filter_map(of_place).collect()
    }

    /// The same of a region.
    fn unlisted_in(
        &self,
        (place, id): (usize, &str),
        areas: Option<&RegionAreas>,
        ecosystem: Ecosystem,
    ) -> Option<Unlisted> {
        let newest = areas.and_then(RegionAreas::newest);
        let mapped = newest.and_then(|year| year.ecosystems.get(&ecosystem).copied());
        let (mapped, listed) = (mapped.unwrap_or_default(), self.area_in(place));
        let mut unlisted = Unlisted::default();
        if mapped == Hectares::ZERO {
            let is_shown = areas.zip(newest).is_some_and(|(region, year)| {
                !is_more_than_a_sliver(region.area - year.valid, region.area)
            });
            let why = if self.is_of_classes {
                "no age class of it is given"
            } else {
                NO_STAND
            };
            if !is_shown && !self.regions.contains(&place) {
                unlisted.unshown.push((id.to_owned(), why.to_owned()));
            }
        } else if !is_more_than_a_sliver(listed, mapped) {
            unlisted.alone = mapped;
        } else if self.is_of_classes && mapped > listed * SPARE {
            unlisted.beyond = mapped - listed;
        }
        (unlisted != Unlisted::default()).then_some(unlisted)
    }

    /// A warning of land of the newest map that is beyond what the age classes of its region hold; `ids` are those of
    /// the regions.
    pub(super) fn short_of_map(
        &self,
        unlisted: &BTreeMap<Option<usize>, Unlisted>,
        (ids, ecosystem): (&[&str], Ecosystem),
    ) -> Option<Finding> {
        let short = unlisted.iter().filter_map(|(place, unlisted)| {
            let region = ids.get((*place)?)?;
            let area = unlisted.beyond.value();
            (area > 0.0).then(|| format!("{area:.4} ha in region {region}"))
        });
        let mut short: Vec<String> = short.collect();
        let more = short.len().saturating_sub(MOST);
        short.truncate(MOST);
        if more > 0 {
            short.push(format!("{more} more regions"));
        }
        (!short.is_empty()).then(|| {
            Finding::warning(
                &self.name,
                format!(
                    "the age classes hold less {ecosystem} than the newest map has, and the growth is that of the age classes alone: {} of the map are in none",
                    short.join(", ")
                ),
                "give rows for the rest too, with an empty `age_yr` where the age is not known, or check `area_ha`",
            )
        })
    }
}
