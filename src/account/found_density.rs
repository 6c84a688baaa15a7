//! Densities as the run found them: the stock of an ecosystem in a region over the area that it is of.
//!
//! Plots, stands and layers of density say what an ecosystem holds where it stands. Land that changed
//! is told what it holds by that mean, for nothing says how it differs from the rest.

use std::collections::BTreeMap;

use super::carbon::Quality;
use super::ecosystem::Ecosystem;
use super::parameter::{Shape, Spread};
use super::pool::Pool;
use super::tables::CarbonRow;
use super::trace::{Input, Trace};
use crate::units::{Hectares, PerHectare, TonnesCarbon};

/// Mean stock by hectare of a pool of an ecosystem in a region.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FoundDensity {
    /// Key of its draws.
    key: String,
    /// The mean.
    pub(super) mean: PerHectare<TonnesCarbon>,
    /// Its standard error, t C/ha: that of the stock over the area. `None` where the stock has none,
    /// and where the figure is borrowed, whose error regions share.
    standard_error: Option<f64>,
    /// Depth of a soil pool, in centimetres.
    pub(super) depth_cm: Option<f64>,
    /// Method of the stock.
    pub(super) method: String,
    /// Quality word of the stock.
    pub(super) quality: String,
}

impl FoundDensity {
    /// Its place among the inputs of the trace.
    pub(super) fn input(&self, trace: &mut Trace) -> usize {
        trace.add_input(Input {
            key: self.key.clone(),
            mean: self.mean.on_one_hectare().value(),
            spread: self.standard_error.map(|sigma| Spread {
                sigma,
                shape: Shape::Normal,
            }),
            degrees_of_freedom: None,
            follows: None,
        })
    }
}

/// By region, ecosystem and pool.
pub(super) type FoundDensities = BTreeMap<(String, Ecosystem, Pool), FoundDensity>;

/// The densities of counted stocks of the newest date that no parameter by area gives.
///
/// `mean = Σ stock / Σ area` over the rows of a pool, of layers of soil by depth the sum of theirs; several
/// rows are parts under classes of a layer, or layers, whose errors are not known together.
pub(super) fn found_densities<'a>(
    stocks: impl Iterator<Item = &'a CarbonRow>,
    by_parameter: impl Fn(&CarbonRow) -> bool,
) -> FoundDensities {
    let mut rows: BTreeMap<(String, Ecosystem, Pool), Vec<&CarbonRow>> = BTreeMap::new();
    for row in stocks.filter(|row| row.counted && !by_parameter(row)) {
        let (Ok(ecosystem), Ok(pool)) = (row.ecosystem.parse(), row.pool.parse()) else {
            continue;
        };
        rows.entry((row.region_id.clone(), ecosystem, pool))
            .or_default()
            .push(row);
    }
    rows.into_iter()
        .filter_map(|(key, rows)| {
            let density = density(&key, &rows)?;
            Some((key, density))
        })
        .collect()
}

fn density(
    (region, ecosystem, pool): &(String, Ecosystem, Pool),
    rows: &[&CarbonRow],
) -> Option<FoundDensity> {
    let first = rows.first()?;
    // Rows of one depth are parts of the land, those of several are layers of its soil.
    let mut depths: BTreeMap<Option<u64>, Vec<&CarbonRow>> = BTreeMap::new();
    for row in rows {
        depths
            .entry(row.soil_depth_cm.map(f64::to_bits))
            .or_default()
            .push(row);
    }
    let of_depth = |rows: &Vec<&CarbonRow>| {
        let area: Option<Hectares> = rows.iter().map(|row| row.area).sum();
        let area = area.filter(|area| *area > Hectares::ZERO)?;
        let carbon: Option<f64> = rows.iter().map(|row| Some(row.carbon?.value.value())).sum();
        Some(carbon? / area.value())
    };
    let mean: Option<f64> = depths.values().map(of_depth).sum();
    let area = first.area.filter(|area| *area > Hectares::ZERO)?;
    let borrowed = first.quality == Quality::Synthetic.id();
    let error = first.carbon.and_then(|carbon| carbon.standard_error);
    Some(FoundDensity {
        key: format!("mean of {ecosystem}, {pool}, in region {region}"),
        mean: PerHectare::new(TonnesCarbon::new(mean?)),
        standard_error: error
            .filter(|_| rows.len() == 1 && !borrowed)
            .map(|error| error / area.value()),
        depth_cm: rows
            .iter()
            .filter_map(|row| row.soil_depth_cm)
            .max_by(f64::total_cmp),
        method: first.method.clone(),
        quality: first.quality.clone(),
    })
}
