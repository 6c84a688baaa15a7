//! Carbon by class on the areas that a reference sample gives the classes in truth.

use std::collections::{BTreeMap, BTreeSet};

use crate::account::carbon_account::CarbonAccount;
use crate::account::density::ClassDensities;
use crate::account::land::{AreaAccount, RegionAreas, YearAreas};
use crate::account::pool::Pool;
use crate::account::quality::Quality;
use crate::account::tables::{CarbonRow, Figure, TOTAL};
use crate::account::uncertainty::{Headline, SampleFigure};
use crate::account::words::{joined, number};
use crate::estimate::{Confidence, Estimate, ReferenceSample, two_sided_quantile};
use crate::units::{Hectares, PerHectare, TonnesCarbon};

/// A class in truth: codes of the map that count as one.
#[derive(Debug, Clone, PartialEq)]
pub struct TrueClass {
    /// Its name.
    pub name: String,
    /// Its codes.
    pub codes: Vec<i64>,
}

/// The reference sample of one map, as it speaks for every region.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CorrectedAreas {
    /// Year of the map.
    pub year: i32,
    /// The classes of the samples, in their order.
    pub classes: Vec<TrueClass>,
    /// The sample of each region, and of the union.
    pub samples: BTreeMap<String, ReferenceSample>,
}

/// The density of a class in truth.
#[derive(Debug, Clone)]
struct Density {
    mean: PerHectare<TonnesCarbon>,
    /// `None` where the table has none.
    standard_error: Option<PerHectare<TonnesCarbon>>,
    /// The codes that it is of; of several it is their mean.
    codes: Vec<i64>,
}

/// What a pool holds on the corrected areas of a region.
struct Stock<'a> {
    sample: &'a ReferenceSample,
    /// Of each class in truth.
    densities: Vec<Density>,
}

impl Stock<'_> {
    fn means(&self) -> Vec<PerHectare<TonnesCarbon>> {
        self.densities.iter().map(|density| density.mean).collect()
    }

    /// The stock, with the error of the areas alone.
    fn estimate(&self) -> Estimate<TonnesCarbon> {
        self.sample.weighted(&self.means())
    }

    /// `Σ_k u_k² (Â_k² + V(Â_k))` with the standard errors `u` of the densities; one without adds none.
    fn variance_of_densities(&self) -> f64 {
        let parts = self.densities.iter().enumerate();
        let parts = parts.filter_map(|(class, density)| {
            let error = density.standard_error?.on_one_hectare().value();
            let area = self.sample.area(class);
            let (value, variance) = (area.value().value(), area.variance().unwrap_or(0.0));
            Some(error * error * (value * value + variance))
        });
        parts.sum()
    }
}

/// Puts the stock of the map's year onto the areas of the classes in truth: rows and headline.
///
/// `C = Σ_k d_k Â_k`, `V(C) = Σ_jk d_j d_k Cov(Â_j, Â_k) + Σ_k u_k² (Â_k² + V(Â_k))` with the
/// densities `d` and their standard errors `u`, which err apart from each other and from the areas.
///
/// A group of codes has the mean density of its codes by mapped area, `d = Σ s_i d_i` with `u² = Σ s_i²
/// u_i²`: the shares `s` are counted on the map and have no sampling error.
///
/// Where the points give no error (a stratum with one of them, or all of each alike) the stock has
/// none, as a note says.
///
/// # Source
///
/// Olofsson et al. 2014, Remote Sensing of Environment 148, 42–57, equations 10 and 11, for the areas;
/// Goodman 1960, Journal of the American Statistical Association 55, for the variance of products.
pub fn on_corrected_areas(
    account: &mut CarbonAccount,
    table: &ClassDensities,
    areas: &AreaAccount,
    corrected: &CorrectedAreas,
    level: Confidence,
) {
    let of_regions = |region: &RegionAreas| corrected.samples.contains_key(&region.region_id);
    let scope = if areas.regions.iter().any(of_regions) {
        Scope::Regions
    } else {
        Scope::WholeAlone
    };
    let mut codes = BTreeSet::new();
    for region in areas.regions.iter().chain(&areas.total) {
        let year = region.years.iter().find(|year| year.year == corrected.year);
        let sample = corrected.samples.get(&region.region_id);
        if let (Some(year), Some(sample)) = (year, sample) {
            let of = OfRegion {
                table,
                corrected,
                sample,
                region,
                year,
                level,
                scope,
            };
            of.correct(account, &mut codes);
        } else if scope == Scope::WholeAlone {
            say_uncorrected(account, &region.region_id, corrected.year);
        }
    }
    account.add_parameters(table.parameter_rows(&codes));
}

/// What the sample gives areas of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// The regions and the whole.
    Regions,
    /// The whole, as the strata of the sample are no classes of the map.
    WholeAlone,
}

/// Says that the stocks of a region stand on the map where those of the whole do not.
fn say_uncorrected(account: &mut CarbonAccount, region: &str, year: i32) {
    let mut rows = account.carbon.iter_mut();
    while let Some(row) = rows.find(|row| row.region_id == region && row.year == year) {
        let said = format!(
            "areas of the map as it is: the strata of the reference sample of {year} give those of {TOTAL} alone"
        );
        row.note = joined([row.note.as_str(), said.as_str()]);
    }
}

struct OfRegion<'a> {
    table: &'a ClassDensities,
    corrected: &'a CorrectedAreas,
    sample: &'a ReferenceSample,
    region: &'a RegionAreas,
    year: &'a YearAreas,
    level: Confidence,
    scope: Scope,
}

impl OfRegion<'_> {
    fn correct(&self, account: &mut CarbonAccount, codes: &mut BTreeSet<i64>) {
        let mut counted = Vec::new();
        for pool in self.table.pools() {
            let stock = self.stock(pool);
            let densities = stock.iter().flat_map(|stock| &stock.densities);
            codes.extend(densities.flat_map(|density| &density.codes));
            let mut rows = account.carbon.iter_mut();
            let row = rows.find(|row| {
                row.region_id == self.region.region_id
                    && row.year == self.year.year
                    && row.pool == pool.id()
            });
            if let Some(row) = row {
                self.write(row, stock.as_ref());
                counted.extend(stock.filter(|_| row.counted));
            }
        }
        let newest = self.region.years.last().map(|year| year.year);
        if newest != Some(self.year.year) || counted.is_empty() {
            return;
        }
        // The pools stand on the same areas: their errors are added before they are squared.
        let mut all = vec![0.0; self.corrected.classes.len()];
        for stock in &counted {
            for (sum, density) in all.iter_mut().zip(&stock.densities) {
                *sum += density.mean.on_one_hectare().value();
            }
        }
        let all: Vec<PerHectare<TonnesCarbon>> = all
            .into_iter()
            .map(|mean| PerHectare::new(TonnesCarbon::new(mean)))
            .collect();
        let stock = self.sample.weighted(&all);
        let of_densities: f64 = counted.iter().map(Stock::variance_of_densities).sum();
        let region = &self.region.region_id;
        account.trace.forget(Headline::Carbon, region);
        let figure = SampleFigure {
            value: stock.value().value(),
            standard_error: standard_error(&stock, of_densities),
            degrees_of_freedom: None,
        };
        account.trace.add_sample(Headline::Carbon, region, figure);
    }

    /// `None` where a class in truth has no density of the pool.
    fn stock(&self, pool: Pool) -> Option<Stock<'_>> {
        let classes = self.corrected.classes.iter().enumerate();
        let densities = classes.map(|(position, class)| {
            let found = self.density(class, pool);
            // What is nowhere in truth needs no density.
            let none = PerHectare::new(TonnesCarbon::ZERO);
            let is_nowhere = self.sample.area(position).value() <= Hectares::ZERO;
            found.or_else(|| {
                is_nowhere.then(|| Density {
                    mean: none,
                    standard_error: Some(none),
                    codes: Vec::new(),
                })
            })
        });
        Some(Stock {
            sample: self.sample,
            densities: densities.collect::<Option<_>>()?,
        })
    }

    /// Of several codes the mean by mapped area, of codes that the region does not have the plain one.
    fn density(&self, class: &TrueClass, pool: Pool) -> Option<Density> {
        let mapped = |code: &i64| {
            let found = self.year.classes.get(code);
            found.map_or(0.0, |(area, _)| area.value())
        };
        let all: f64 = class.codes.iter().map(mapped).sum();
        let share = |code: &i64| {
            if all > 0.0 {
                mapped(code) / all
            } else {
                1.0 / class.codes.len() as f64
            }
        };
        let codes = class.codes.iter().copied();
        let codes: Vec<i64> = codes.filter(|code| share(code) > 0.0).collect();
        let (mut mean, mut variance) = (0.0, Some(0.0));
        for code in &codes {
            let density = self.table.density(*code, pool)?.on_one_hectare();
            mean += share(code) * density.value();
            let error = self.table.density_error(*code, pool);
            variance = variance.zip(error).map(|(sum, error): (f64, _)| {
                sum + (share(code) * error.on_one_hectare().value()).powi(2)
            });
        }
        let per_hectare = |value: f64| PerHectare::new(TonnesCarbon::new(value));
        Some(Density {
            mean: per_hectare(mean),
            standard_error: variance.map(|variance| per_hectare(variance.sqrt())),
            codes,
        })
    }

    fn write(&self, row: &mut CarbonRow, stock: Option<&Stock<'_>>) {
        let year = self.year.year;
        let Some(stock) = stock else {
            row.carbon = None;
            row.counted = false;
            row.arithmetic.clear();
            row.parameters.clear();
            row.note = format!(
                "a class that the reference sample of {year} finds in truth has no density for this pool"
            );
            return;
        };
        let carbon = stock.estimate();
        let error = standard_error(&carbon, stock.variance_of_densities());
        let value = carbon.value();
        row.carbon = Some(Figure {
            value,
            standard_error: error,
            interval: error.map(|error| {
                let half = two_sided_quantile(self.level.value(), None) * error;
                let half = TonnesCarbon::new(half);
                (value - half, value + half)
            }),
        });
        row.arithmetic = self.arithmetic(stock);
        row.parameters = self.parameters(stock, &row.pool);
        if self.sample.is_borrowed() {
            Quality::Synthetic.id().clone_into(&mut row.quality);
        }
        let errors = stock.densities.iter();
        let errors = errors.filter(|density| density.standard_error.is_some());
        let spread = match (error.is_some(), errors.count()) {
            (false, _) => {
                "no standard error: a stratum has one point, or all points of each stratum agree"
            }
            (true, 0) => "the error is that of the areas alone, the densities have none",
            (true, some) if some < stock.densities.len() => {
                "the error is a lower limit: some densities have none"
            }
            _ => "",
        };
        let areas = format!("areas of the classes in truth, by the reference sample of {year}");
        let means = self.means_of_groups(stock);
        let regions = match (self.scope, self.region.region_id == TOTAL) {
            (Scope::WholeAlone, true) => {
                "the regions stand on the map as it is and do not add up to this"
            }
            _ => "",
        };
        row.note = joined([areas.as_str(), means.as_str(), spread, regions]);
    }

    /// Which classes have the mean density of several codes.
    fn means_of_groups(&self, stock: &Stock<'_>) -> String {
        let classes = self.corrected.classes.iter().zip(&stock.densities);
        let groups = classes.filter(|(_, density)| density.codes.len() > 1);
        let names: Vec<String> = groups
            .map(|(class, _)| format!("`{}`", class.name))
            .collect();
        if names.is_empty() {
            return String::new();
        }
        format!(
            "the density of {} is the mean of its codes by mapped area",
            names.join(" and of ")
        )
    }

    /// The densities that the arithmetic takes.
    fn parameters(&self, stock: &Stock<'_>, pool: &str) -> Vec<String> {
        let pools = self.table.pools();
        let pool = pools.into_iter().find(|known| known.id() == pool);
        let codes = stock.densities.iter().flat_map(|density| &density.codes);
        let codes: BTreeSet<i64> = codes.copied().collect();
        let rows = codes.into_iter();
        rows.filter_map(|code| Some(self.table.row(code, pool?)?.row_id()))
            .collect()
    }

    fn arithmetic(&self, stock: &Stock<'_>) -> String {
        let parts = stock.densities.iter().enumerate();
        let parts = parts.map(|(class, density)| {
            let area = self.sample.area(class).value().value();
            let density = density.mean.on_one_hectare().value();
            format!("{} ha x {} t C/ha", number(area), number(density))
        });
        parts.collect::<Vec<_>>().join(" + ")
    }
}

/// The error of the areas with that of the densities; `None` where the points give none.
fn standard_error(stock: &Estimate<TonnesCarbon>, of_densities: f64) -> Option<f64> {
    let of_areas = stock.variance().filter(|variance| *variance > 0.0)?;
    Some((of_areas + of_densities).sqrt())
}
