//! Densities as the run found them: the stock of an ecosystem in a region over the area that it is of.
//!
//! Plots, stands and layers of density say what an ecosystem holds where it stands. Land that changed
//! is told what it holds by that mean, for nothing says how it differs from the rest.

use std::collections::BTreeMap;

use crate::account::carbon_account::{CarbonAccount, Place, StockTerms};
use crate::account::ecosystem::Ecosystem;
use crate::account::pool::Pool;
use crate::account::quality::Quality;
use crate::account::tables::CarbonRow;
use crate::account::uncertainty::{Input, Term, Trace};
use crate::account::within::Within;
use crate::units::{Hectares, PerHectare, TonnesCarbon};

/// Mean stock by hectare of a pool of an ecosystem in a region.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::account) struct FoundDensity {
    /// Key of its draws, with its pool.
    key: String,
    /// Key of the draws of its error, which all pools of a region share.
    error_key: String,
    /// Classes that the stock is chosen for.
    within: Option<Within>,
    /// The mean.
    pub(in crate::account) mean: PerHectare<TonnesCarbon>,
    /// How it is made by hectare of what the run shares, such as the error of a layer; `None` of plots.
    terms: Option<Vec<Term>>,
    /// Without these, its standard error, t C/ha: that of the stock over the area. `None` where the stock
    /// has none, and where the figure is borrowed, whose error regions share.
    standard_error: Option<f64>,
    /// Depth of a soil pool, in centimetres.
    pub(in crate::account) depth_cm: Option<f64>,
    /// Method of the stock.
    pub(in crate::account) method: String,
    /// Quality word of the stock.
    pub(in crate::account) quality: String,
}

impl FoundDensity {
    /// What it is, with region and pool.
    pub(in crate::account) fn name(&self) -> &str {
        &self.key
    }

    /// Whether it tells of land under these classes.
    pub(in crate::account) fn is_of(&self, classes: &[Option<i64>]) -> bool {
        (self.within.as_ref()).is_none_or(|within| within.holds(classes))
    }

    /// What its parts rest on, such as rows of parameters and the layer.
    pub(in crate::account) fn parameters<'t>(
        &'t self,
        trace: &'t Trace,
    ) -> impl Iterator<Item = String> + 't {
        let terms = self.terms.iter().flatten();
        terms.flat_map(|term| &term.inputs).map(|input| {
            let of = trace.inputs()[*input].follows;
            let source = of.map_or(*input, |follows| follows.input);
            trace.inputs()[source].key.clone()
        })
    }

    /// The stock of so many hectares: over the inputs of the stock that it is the mean of, or else over an
    /// error that all pools of the region share.
    pub(in crate::account) fn terms(&self, trace: &mut Trace, hectares: f64) -> Vec<Term> {
        if let Some(terms) = &self.terms {
            return scaled(terms, hectares).collect();
        }
        let mean = self.mean.on_one_hectare().value();
        let error = self.standard_error.filter(|_| mean > 0.0);
        let (input, coefficient) = if let Some(error) = error {
            // The pools of a region come from the same plots.
            let input = trace.shared_error(&self.error_key, error / mean);
            (input, hectares * mean)
        } else {
            let input = trace.add_input(Input {
                key: self.key.clone(),
                mean,
                spread: None,
                degrees_of_freedom: None,
                follows: None,
            });
            (input, hectares)
        };
        vec![Term {
            coefficient,
            inputs: vec![input],
        }]
    }
}

/// Terms with their coefficients times a factor.
fn scaled(terms: &[Term], factor: f64) -> impl Iterator<Item = Term> + '_ {
    terms.iter().map(move |term| Term {
        coefficient: factor * term.coefficient,
        inputs: term.inputs.clone(),
    })
}

/// Each of the stocks of classes of its own.
pub(in crate::account) type FoundDensities = BTreeMap<Place, Vec<FoundDensity>>;

impl CarbonAccount {
    /// Keeps how a counted stock of a region, ecosystem, pool, classes and depth of soil is made.
    pub(in crate::account) fn keep_terms(
        &mut self,
        (region, ecosystem, pool): (&str, Ecosystem, Pool),
        (within, depth_cm): (Option<&Within>, Option<f64>),
        terms: &[Term],
    ) {
        let place = (region.to_owned(), ecosystem, pool);
        let key = (place, within.cloned(), depth_cm.map(f64::to_bits));
        let kept = self.stock_terms.entry(key).or_default();
        kept.extend_from_slice(terms);
    }
}

/// The densities of counted stocks of the newest date that no parameter by area gives.
///
/// `mean = stock / area` of a row of a pool, of layers of soil by depth the sum of theirs, whose errors are known
/// together by the inputs that they share; rows of other classes of a layer are other means.
pub(in crate::account) fn found_densities<'a>(
    stocks: impl Iterator<Item = &'a CarbonRow>,
    made_of: &StockTerms,
    by_parameter: impl Fn(&CarbonRow) -> bool,
) -> FoundDensities {
    let mut rows: BTreeMap<(Place, Option<Within>), Vec<&CarbonRow>> = BTreeMap::new();
    for row in stocks.filter(|row| row.counted && !by_parameter(row)) {
        let (Ok(ecosystem), Ok(pool)) = (row.ecosystem.parse(), row.pool.parse()) else {
            continue;
        };
        let place = (row.region_id.clone(), ecosystem, pool);
        rows.entry((place, row.within.clone()))
            .or_default()
            .push(row);
    }
    let mut all = FoundDensities::new();
    for ((place, within), rows) in rows {
        let density = density(&place, within, &rows, made_of);
        all.entry(place).or_default().extend(density);
    }
    all
}

fn density(
    place: &Place,
    within: Option<Within>,
    rows: &[&CarbonRow],
    made_of: &StockTerms,
) -> Option<FoundDensity> {
    let (region, ecosystem, pool) = place;
    let first = rows.first()?;
    // Rows of one depth are parts of the land, those of several are layers of its soil.
    let mut depths: BTreeMap<Option<u64>, Vec<&CarbonRow>> = BTreeMap::new();
    for row in rows {
        depths
            .entry(row.soil_depth_cm.map(f64::to_bits))
            .or_default()
            .push(row);
    }
    let area_of = |rows: &Vec<&CarbonRow>| {
        let area: Option<Hectares> = rows.iter().map(|row| row.area).sum();
        area.filter(|area| *area > Hectares::ZERO)
    };
    let of_depth = |rows: &Vec<&CarbonRow>| {
        let area = area_of(rows)?;
        let carbon: Option<f64> = rows.iter().map(|row| Some(row.carbon?.value.value())).sum();
        Some(carbon? / area.value())
    };
    let mean: Option<f64> = depths.values().map(of_depth).sum();
    let terms = depths.iter().map(|(depth, rows)| {
        let key = (place.clone(), within.clone(), *depth);
        Some(scaled(made_of.get(&key)?, 1.0 / area_of(rows)?.value()))
    });
    let terms: Option<Vec<_>> = terms.collect();
    let area = first.area.filter(|area| *area > Hectares::ZERO)?;
    let borrowed = first.quality == Quality::Synthetic.id();
    let error = first.carbon.and_then(|carbon| carbon.standard_error);
    let under = within
        .as_ref()
        .map(|within| format!(", under {}", within.words));
    let under = under.unwrap_or_default();
    Some(FoundDensity {
        key: format!("mean of {ecosystem}, {pool}, in region {region}{under}"),
        error_key: format!("error of the means of {ecosystem} in region {region}"),
        mean: PerHectare::new(TonnesCarbon::new(mean?)),
        terms: terms.map(|terms| terms.into_iter().flatten().collect()),
        standard_error: error
            .filter(|_| rows.len() == 1 && !borrowed)
            .map(|error| error / area.value()),
        depth_cm: rows
            .iter()
            .filter_map(|row| row.soil_depth_cm)
            .max_by(f64::total_cmp),
        method: first.method.clone(),
        quality: first.quality.clone(),
        within,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::tables::Figure;
    use crate::account::uncertainty::closed_form;

    fn row(pool: Pool, carbon: f64, error: f64) -> CarbonRow {
        CarbonRow {
            within: None,
            region_id: "a".to_owned(),
            year: 2020,
            ecosystem: Ecosystem::Forest.id().to_owned(),
            pool: pool.id().to_owned(),
            soil_depth_cm: None,
            area: Some(Hectares::new(100.0)),
            carbon: Some(Figure {
                value: TonnesCarbon::new(carbon),
                standard_error: Some(error),
                interval: None,
            }),
            counted: true,
            method: "plots".to_owned(),
            approach: String::new(),
            arithmetic: String::new(),
            parameters: Vec::new(),
            quality: String::new(),
            note: String::new(),
        }
    }

    /// 100 ± 10 and 20 ± 4 t C/ha from the same plots: ten hectares hold 1 200 ± 140 t C.
    #[test]
    fn pools_of_the_same_plots_err_together() {
        let rows = [
            row(Pool::AboveGround, 10_000.0, 1_000.0),
            row(Pool::BelowGround, 2_000.0, 400.0),
        ];
        let found = found_densities(rows.iter(), &StockTerms::new(), |_| false);
        let mut trace = Trace::default();
        let terms: Vec<Term> = found
            .values()
            .flatten()
            .flat_map(|density| density.terms(&mut trace, 10.0))
            .collect();
        let closed = closed_form(&terms, trace.inputs());
        assert!((closed.value - 1200.0).abs() < 1e-9);
        assert!((closed.standard_error.unwrap() - 140.0).abs() < 1e-9);
        assert!(closed.exact);
    }
}
