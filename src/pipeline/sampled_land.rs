//! The land that the plots of an inventory stand for, beside that of the regions.

use super::domains::Setting;
use crate::estimate::{Estimate, Observations, Sample};
use crate::units::{Hectares, PerHectare};

/// Share of the land of a region by which the land of two inventories differs where one of them is not of it.
pub(super) const SHARE: f64 = 0.5;

/// Standard errors within which a difference of land may be chance.
pub(super) const ERRORS: f64 = 4.0;

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
    /// Share of the regions below which a difference is no matter: inventories count water that
    /// polygons leave out.
    const NO_MATTER: f64 = 0.25;
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
}
