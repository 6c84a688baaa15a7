//! The land that the plots of an inventory stand for, beside that of the regions.

use std::collections::BTreeSet;

use super::domains::Setting;
use crate::account::regions_without;
use crate::estimate::{Estimate, Observations, Sample};
use crate::pipeline::open::{WHOLE_PCT, ancestors};
use crate::units::{Hectares, PerHectare};

/// Share of the land of a region by which the land of two inventories differs where one of them is not of it.
pub(super) const SHARE: f64 = 0.5;

/// Standard errors within which a difference of land may be chance.
pub(super) const ERRORS: f64 = 4.0;

/// Share of the regions by which the land of a sample differs and it is no matter: inventories count water that
/// polygons leave out.
const NO_MATTER: f64 = 0.25;

/// Share of the land of the regions without plots below which, or above one less which, all is clear.
pub(super) const CLEAR: f64 = 0.25;

/// Regions that an inventory has no plots in.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Bare {
    /// None, or the sample is of their land as well: no plot fell there.
    Within,
    /// The sample is of the land of the others.
    Beyond(Vec<usize>),
    /// Nobody knows whether the sample, of this land, is of theirs.
    Unsure(Vec<usize>, Hectares),
}

impl Bare {
    /// By the land of the sample, of domains with these regions.
    ///
    /// It is of theirs where it falls short of that of all regions by less than a quarter of theirs, and not where it
    /// does by more than three quarters. Regions that are less than 1 % of all together are taken as within.
    pub(super) fn of(
        sample: &Sample,
        of_plot: &[Vec<usize>],
        regions_of: &[Vec<usize>],
        setting: &Setting<'_>,
    ) -> Self {
        let sampled: BTreeSet<usize> = of_plot.iter().flatten().copied().collect();
        let with_plots = sampled.iter().flat_map(|domain| &regions_of[*domain]);
        let with_plots: BTreeSet<&usize> = with_plots.collect();
        let Some(all) = setting.land() else {
            return Self::Within;
        };
        let regions = setting.largest(|region| !with_plots.contains(&region));
        let land = land_of(sample, |plot| !of_plot[plot].is_empty());
        Self::by_land(land, all, (regions, setting))
    }

    /// By the land that plots stand for, in a land that has all these regions without plots.
    pub(super) fn by_land(
        land: Option<Estimate<Hectares>>,
        all: Hectares,
        (regions, setting): (Vec<usize>, &Setting<'_>),
    ) -> Self {
        let Some(land) = land else {
            return Self::Within;
        };
        let (all, own) = (all.value(), setting.area_of(&regions).value());
        if 100.0 * (all - own) >= WHOLE_PCT * all {
            return Self::Within;
        }
        let short = all - land.value().value();
        let error = ERRORS * land.standard_error().unwrap_or_default();
        if -short > error.max(NO_MATTER * all) {
            Self::Unsure(regions, land.value())
        } else if short <= error.max(CLEAR * own) {
            Self::Within
        } else if short >= (1.0 - CLEAR) * own {
            Self::Beyond(regions)
        } else {
            Self::Unsure(regions, land.value())
        }
    }

    /// The regions whose land the sample is not of, or nobody knows.
    pub(super) fn regions(&self) -> &[usize] {
        match self {
            Self::Within => &[],
            Self::Beyond(regions) | Self::Unsure(regions, _) => regions,
        }
    }

    /// What a change between two inventories does not tell, where both are of the same land.
    pub(super) fn of_both(earlier: &Self, later: &Self) -> Self {
        match (earlier, later) {
            (Self::Beyond(earlier), Self::Beyond(later)) => {
                let both = earlier.iter().copied();
                let both: Vec<usize> = both.filter(|region| later.contains(region)).collect();
                if both.is_empty() {
                    Self::Within
                } else {
                    Self::Beyond(both)
                }
            }
            (_, Self::Unsure(..)) => later.clone(),
            (Self::Unsure(..), _) => earlier.clone(),
            _ => Self::Within,
        }
    }

    /// Regions that a figure of all regions in these years is without, and why.
    pub(super) fn left_out(&self, years: &[i32], setting: &Setting<'_>) -> Vec<(String, String)> {
        let Self::Beyond(regions) = self else {
            return Vec::new();
        };
        let why = format!("the inventory of {} is not of its land", in_words(years));
        let regions = regions.iter();
        let left_out = regions.map(|at| (setting.regions[*at].id.clone(), why.clone()));
        left_out.collect()
    }

    /// What a figure of all regions in these years is without, in words; nothing where it is of all.
    pub(super) fn words(&self, years: &[i32], setting: &Setting<'_>) -> Option<String> {
        let what = match years {
            [_] => "the stock",
            _ => "the change",
        };
        match self {
            Self::Within => None,
            Self::Beyond(_) => {
                let regions = regions_without(&self.left_out(years, setting));
                Some(format!("without {regions}: {what} there is not in it"))
            }
            Self::Unsure(regions, land) => Some(format!(
                "the inventory of {} has no plots in region {} and is of {:.1} ha: whether {what} there is in it is not known",
                in_words(years),
                setting.named(regions),
                land.value()
            )),
        }
    }
}

/// Years in words: `2010 and 2020`.
fn in_words(years: &[i32]) -> String {
    let years: Vec<String> = years.iter().map(i32::to_string).collect();
    years.join(" and ")
}

/// The land that some plots of an inventory stand for.
pub(super) fn land_of(
    sample: &Sample,
    is_of: impl Fn(usize) -> bool,
) -> Option<Estimate<Hectares>> {
    let shares = (0..sample.plots().len()).map(|plot| {
        let share = if is_of(plot) { 1.0 } else { 0.0 };
        PerHectare::new(Hectares::new(share))
    });
    sample.total(&Observations::new(shares)).ok()
}

/// The land that the plots of an inventory in the regions stand for, and that of the regions, in hectares, where these
/// are not the same.
pub(super) fn land_beyond(
    sample: &Sample,
    of_plot: &[Vec<usize>],
    setting: &Setting<'_>,
) -> Option<(f64, f64)> {
    if !setting.disjoint {
        return None;
    }
    let land = land_of(sample, |plot| !of_plot[plot].is_empty())?;
    let regions = setting.area().value();
    let found = land.value().value();
    let error = land.standard_error().unwrap_or_default();
    let off = (found - regions).abs();
    (off > NO_MATTER * regions && off > ERRORS * error).then_some((found, regions))
}

/// Whether the land that an inventory stands for leaves out that of a region without plots, or a good part of it, of
/// the land that there is. It tells inventories apart that are of as much land, and not of the same.
pub(super) fn falls_short(sampled: Estimate<Hectares>, all: Hectares, region: Hectares) -> bool {
    let short = all.value() - sampled.value().value();
    let error = sampled.standard_error().unwrap_or_default();
    short >= SHARE * region.value() && short > ERRORS * error
}

impl Setting<'_> {
    /// Area of all regions, which do not overlap where this is asked.
    pub(super) fn area(&self) -> Hectares {
        self.regions.iter().map(|place| place.area).sum()
    }

    /// Area of some of them, which do not overlap.
    pub(super) fn area_of(&self, regions: &[usize]) -> Hectares {
        let regions = regions.iter().map(|region| self.regions[*region].area);
        regions.sum()
    }

    /// The land of all regions, where they lie beside or in each other: those that lie in others name them as parents.
    pub(super) fn land(&self) -> Option<Hectares> {
        /// Share of the land by which borders may differ from level to level.
        const BORDERS: f64 = 0.001;
        if self.disjoint {
            return Some(self.area());
        }
        let parents = self.parents();
        let (largest, within): (Vec<usize>, Vec<usize>) =
            (0..parents.len()).partition(|region| parents[*region].is_none());
        let land = self.area_of(&largest);
        let off = (self.area_of(&within) - self.overlap).value().abs();
        let is_full = |parent: usize| {
            let children = within.iter().copied();
            let children = children.filter(|region| parents[*region] == Some(parent));
            let children = self.area_of(&children.collect::<Vec<_>>()).value();
            children > (1.0 + BORDERS) * self.regions[parent].area.value()
        };
        let is_nested = off <= BORDERS * land.value() && !(0..parents.len()).any(is_full);
        is_nested.then_some(land)
    }

    /// Regions for which this holds and that do not lie in another for which it does.
    pub(super) fn largest(&self, is_one: impl Fn(usize) -> bool) -> Vec<usize> {
        let parents = self.parents();
        let all = (0..self.regions.len()).filter(|region| is_one(*region));
        let all = all.filter(|region| !ancestors(&parents, *region).any(&is_one));
        all.collect()
    }
}
