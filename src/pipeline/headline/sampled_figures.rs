//! Figures of the summary that plots give, with their spread.

use super::row::Parts;
use crate::account::{Headline, SampleFigure, TOTAL, Trace};
use crate::estimate::Estimate;
use crate::units::Quantity;

/// Adds volume, volume per hectare and forest area of every region and of the union to the figures
/// whose uncertainty is told.
pub(in crate::pipeline) fn trace_samples(parts: &Parts<'_>, trace: &mut Trace) {
    let regions = parts
        .prepared
        .regions
        .iter()
        .map(|region| region.id.as_str())
        .zip(&parts.estimates.regions);
    for (id, estimates) in regions.chain(parts.estimates.total.iter().map(|total| (TOTAL, total))) {
        let mut add = |headline: Headline, figure: Option<SampleFigure>| {
            if let Some(figure) = figure {
                trace.add_sample(headline, id, figure);
            }
        };
        let volume = estimates.volume.as_ref().map(sampled);
        add(Headline::Volume, volume);
        add(Headline::ForestArea, estimates.forest.as_ref().map(sampled));
        let density = estimates.volume_per_forest.as_ref();
        let density = density.map(|ratio| SampleFigure {
            value: ratio.value(),
            standard_error: ratio.standard_error(),
            degrees_of_freedom: ratio.degrees_of_freedom(),
        });
        add(Headline::VolumeDensity, density);
    }
}

/// What a sample says, as a figure of the trace.
fn sampled<Q: Quantity>(estimate: &Estimate<Q>) -> SampleFigure {
    SampleFigure {
        value: estimate.value().value(),
        standard_error: estimate.standard_error(),
        degrees_of_freedom: estimate.degrees_of_freedom(),
    }
}
