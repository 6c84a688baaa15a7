//! Carbon by class: a user's table of carbon densities for the classes of a map, laid over the
//! areas of every map of the run.

use std::collections::{BTreeMap, BTreeSet};

use super::class_table::ClassDensities;
use super::class_transitions;
use crate::account::carbon_account::CarbonAccount;
use crate::account::land::{self, AreaAccount, RegionAreas, YearAreas};
use crate::account::library::{CLASS_DENSITY, Parameter};
use crate::account::pool::Pool;
use crate::account::quality::Quality;
use crate::account::tables::{CarbonRow, SequestrationRow, period};
use crate::account::uncertainty::{Headline, Term, Trace, closed_form};
use crate::account::words::{joined, number};
use crate::finding::Finding;
use crate::units::{Hectares, PerYear, TonnesCarbon, TonnesCo2e};

/// Least hectares that are told.
const LEAST_TOLD: f64 = 5e-5;

/// Why there is no difference.
const NOWHERE: &str = "no land of the region has a value on both maps";

/// Stocks of every map by pool, and the difference between the first and the last map as removal.
///
/// `stock = Σ over classes of area · density`, `removal = (stock of the last map - stock of the
/// first) / years · 44/12`
///
/// Stocks change at once when a class does: the removal is the yearly mean of what the maps differ
/// by, not of what grew. Densities that have a standard error are shared by all regions.
///
/// # Source
///
/// The stock by class of the `InVEST` carbon storage and sequestration model, user's guide; IPCC
/// 2006 Guidelines, Volume 4, Chapter 2, equation 2.5.
///
/// # Errors
///
/// All classes of the maps that the table does not have, with their area.
pub fn class_density(
    table: &ClassDensities,
    areas: &AreaAccount,
    level: f64,
) -> Result<CarbonAccount, Vec<Finding>> {
    let mut account = CarbonAccount::default();
    add_class_density(&mut account, table, areas, level)?;
    Ok(account)
}

/// The same, added to an account of fluxes that [`beside_classes`](crate::account::beside_classes()) lets stand.
///
/// # Errors
///
/// Likewise.
pub fn add_class_density(
    account: &mut CarbonAccount,
    table: &ClassDensities,
    areas: &AreaAccount,
    level: f64,
) -> Result<(), Vec<Finding>> {
    let mut missing: BTreeMap<i64, BTreeMap<i32, Hectares>> = BTreeMap::new();
    for year in areas.regions.iter().flat_map(|region| &region.years) {
        for (class, (area, _)) in &year.classes {
            if !table.has(*class) {
                let of_class = missing.entry(*class).or_default();
                *of_class.entry(year.year).or_default() += *area;
            }
        }
    }
    if !missing.is_empty() {
        return Err(missing
            .into_iter()
            .map(|(class, areas)| {
                let areas: Vec<String> = areas
                    .iter()
                    .map(|(year, area)| format!("{:.4} ha in {year}", area.value()))
                    .collect();
                Finding::error(
                    table.place.clone(),
                    format!(
                        "no row for class {class}, which covers {}",
                        areas.join(", ")
                    ),
                    "add the class to the table, with its densities",
                )
            })
            .collect());
    }
    for region in areas.regions.iter().chain(&areas.total) {
        for pool in table.pools() {
            let rows = PoolRows {
                table,
                region,
                pool,
                level,
            };
            rows.fill(account);
        }
    }
    account
        .by_area
        .extend([Headline::Carbon, Headline::Sequestration]);
    account.dates = areas.dates();
    account
        .warnings
        .extend(land::gaps::unlike(&table.place, areas));
    let years = areas.regions.iter().flat_map(|region| &region.years);
    let classes = years.flat_map(|year| year.classes.keys().copied());
    account.add_parameters(table.parameter_rows(&classes.collect()));
    class_transitions::of_classes(account, table, areas, (CLASS_DENSITY, level));
    Ok(())
}

/// What a sum over classes is made of.
struct ClassSum<'a> {
    terms: Vec<Term>,
    rows: Vec<&'a Parameter>,
    /// Classes without a density.
    without: Vec<i64>,
}

/// The rows of one pool of one region.
struct PoolRows<'a> {
    table: &'a ClassDensities,
    region: &'a RegionAreas,
    pool: Pool,
    level: f64,
}

impl PoolRows<'_> {
    /// Area times density of every class, times a factor.
    fn sum(
        &self,
        trace: &mut Trace,
        classes: impl IntoIterator<Item = (i64, Hectares)>,
        factor: f64,
    ) -> ClassSum<'_> {
        let mut sum = ClassSum {
            terms: Vec::new(),
            rows: Vec::new(),
            without: Vec::new(),
        };
        for (class, area) in classes {
            let row = self.table.row(class, self.pool);
            let Some((row, value)) = row.and_then(|row| Some((row, row.value?))) else {
                sum.without.push(class);
                continue;
            };
            sum.terms.push(Term {
                coefficient: factor * area.value(),
                inputs: vec![trace.parameter(row, value)],
            });
            sum.rows.push(row);
        }
        sum
    }

    fn fill(&self, account: &mut CarbonAccount) {
        let Some(last) = self.region.years.len().checked_sub(1) else {
            return;
        };
        for (map, year) in self.region.years.iter().enumerate() {
            self.stock(account, year, map == last);
        }
        let years = &self.region.years;
        if last > 0 {
            self.removal(account, (0, last), true);
        }
        if last > 1 {
            for later in 1..years.len() {
                self.removal(account, (later - 1, later), false);
            }
        }
    }

    fn stock(&self, account: &mut CarbonAccount, year: &YearAreas, newest: bool) {
        let classes = year.classes.iter();
        let classes = classes.map(|(class, (area, _))| (*class, *area));
        let sum = self.sum(&mut account.trace, classes, 1.0);
        let closed = closed_form(&sum.terms, account.trace.inputs());
        let nowhere = year.valid == Hectares::ZERO;
        let known = sum.without.is_empty() && !nowhere;
        account.carbon.push(CarbonRow {
            within: None,
            arithmetic: if known {
                arithmetic(year, &sum.rows)
            } else {
                String::new()
            },
            region_id: self.region.region_id.clone(),
            year: year.year,
            ecosystem: "all".to_owned(),
            pool: self.pool.id().to_owned(),
            soil_depth_cm: self.table.soil_depth_cm(self.pool),
            area: Some(year.valid),
            carbon: known.then(|| closed.figure(self.level, TonnesCarbon::new)),
            counted: newest && known,
            method: CLASS_DENSITY.to_owned(),
            approach: CLASS_DENSITY.to_owned(),
            parameters: sum.rows.iter().map(|row| row.row_id()).collect(),
            quality: quality(known).id().to_owned(),
            note: if nowhere {
                format!("the map of {} shows no land of the region", year.year)
            } else {
                joined([
                    self.unknown(&sum.without).as_str(),
                    spread_words(&sum),
                    &outlined_words(year.outlined),
                    &if newest {
                        String::new()
                    } else {
                        self.hidden_words(year)
                    },
                ])
            },
        });
        if newest && known {
            for term in sum.terms {
                let region = &self.region.region_id;
                account.trace.add_term(Headline::Carbon, region, term);
            }
        }
    }

    /// The difference of two maps by their places, of the land that both show; of the first and the last it
    /// is counted.
    fn removal(&self, account: &mut CarbonAccount, pair: (usize, usize), whole: bool) {
        let [first, last] = [pair.0, pair.1].map(|map| &self.region.years[map]);
        let [earlier, later] = self.region.at_both(pair);
        let nowhere = earlier.is_empty() && later.is_empty();
        let unseen = self.region.gaps.words_of_pair(pair);
        let unclassed = self
            .region
            .gaps
            .unclassed
            .iter()
            .filter(|((from, to), _)| whole && from != to);
        let changed: Hectares = unclassed.map(|(_, area)| *area).sum();
        let years = period(first.year, last.year).value();
        let yearly = TonnesCarbon::new(1.0).to_co2e().value() / years;
        let steps = self.steps(&earlier, &later);
        let before = self.sum(&mut account.trace, earlier, -yearly);
        let mut sum = self.sum(&mut account.trace, later, yearly);
        sum.terms.extend(before.terms);
        sum.without.extend(before.without);
        sum.rows.extend(before.rows);
        sum.without.sort_unstable();
        sum.without.dedup();
        let closed = closed_form(&sum.terms, account.trace.inputs());
        let known = sum.without.is_empty() && !nowhere;
        let ids: BTreeSet<String> = sum.rows.iter().map(|row| row.row_id()).collect();
        account.sequestration.push(SequestrationRow {
            arithmetic: if known {
                let value = number(closed.value);
                format!(
                    "({steps}) / {} yr x 44/12 = {value} t CO2e/yr",
                    number(years)
                )
            } else {
                String::new()
            },
            region_id: self.region.region_id.clone(),
            period_start: first.year,
            period_end: last.year,
            ecosystem: "all".to_owned(),
            pool: self.pool.id().to_owned(),
            removal: known.then(|| {
                let yearly = |value: f64| PerYear::new(TonnesCo2e::new(value));
                closed.figure(self.level, yearly)
            }),
            counted: known && whole,
            method: CLASS_DENSITY.to_owned(),
            approach: CLASS_DENSITY.to_owned(),
            parameters: ids.into_iter().collect(),
            quality: quality(known).id().to_owned(),
            note: joined([
                self.unknown(&sum.without).as_str(),
                if nowhere { NOWHERE } else { "" },
                &unseen,
                &outlined_words(changed),
                if known {
                    "difference of two maps: carbon is gained and lost at once when a class changes"
                } else {
                    ""
                },
                if whole {
                    ""
                } else {
                    "a part of the period of the maps, whose row is counted"
                },
                if nowhere { "" } else { spread_words(&sum) },
            ]),
        });
        if known && whole {
            for term in sum.terms {
                let region = &self.region.region_id;
                account
                    .trace
                    .add_term(Headline::Sequestration, region, term);
            }
        }
    }

    /// What each class gained or lost of land, times its density, in words; of classes that did neither nothing.
    fn steps(&self, earlier: &BTreeMap<i64, Hectares>, later: &BTreeMap<i64, Hectares>) -> String {
        /// Half of the last digit that areas are told with.
        const DIGIT: f64 = 5e-7;
        let classes: BTreeSet<i64> = earlier.keys().chain(later.keys()).copied().collect();
        let steps = classes.into_iter().filter_map(|class| {
            let [before, after] =
                [earlier, later].map(|areas| areas.get(&class).copied().unwrap_or_default());
            let density = number(self.table.row(class, self.pool)?.value?);
            let gained = (after - before).value();
            (gained.abs() > DIGIT).then(|| format!("{} ha x {density} t C/ha", number(gained)))
        });
        let steps: Vec<String> = steps.collect();
        if steps.is_empty() {
            return "0 t C".to_owned();
        }
        steps.join(" + ").replace(" + -", " - ")
    }

    /// Land that an older map has no value of, in words; empty without any. Of the newest map the share of the region
    /// that it shows is told.
    fn hidden_words(&self, year: &YearAreas) -> String {
        let outside = self.region.outside.unwrap_or_default();
        let hidden = (year.nodata.0 + outside - year.outlined).value();
        if hidden < LEAST_TOLD {
            return String::new();
        }
        format!(
            "{hidden:.4} ha have no value on the map of {} and are left out",
            year.year
        )
    }

    /// Which classes keep the pool from being known.
    fn unknown(&self, without: &[i64]) -> String {
        if without.is_empty() {
            return String::new();
        }
        let classes: Vec<String> = without.iter().map(ToString::to_string).collect();
        format!(
            "unknown for the whole region: {} has no density of it for class {}",
            self.table.place,
            classes.join(", ")
        )
    }
}

/// How good a sum over classes is.
const fn quality(known: bool) -> Quality {
    if known {
        Quality::UserParameter
    } else {
        Quality::Missing
    }
}

/// What must be said of land of boundaries that has no class; empty without any.
fn outlined_words(area: Hectares) -> String {
    if area > Hectares::ZERO {
        format!(
            "{:.4} ha of boundaries without a class on the map are left out",
            area.value()
        )
    } else {
        String::new()
    }
}

/// What must be said of the spread of a known sum.
fn spread_words(sum: &ClassSum<'_>) -> &'static str {
    let with = sum.rows.iter().filter(|row| row.spread().is_some()).count();
    match with {
        _ if !sum.without.is_empty() => "",
        0 => "no spread: the table of densities has none",
        with if with < sum.rows.len() => "the spread is a lower limit: some densities have none",
        _ => "",
    }
}

/// How the stock of a pool follows from the areas of classes.
fn arithmetic(year: &YearAreas, rows: &[&Parameter]) -> String {
    let parts = year.classes.values().zip(rows).map(|((area, _), row)| {
        let density = number(row.value.unwrap_or_default());
        format!("{} ha x {density} t C/ha", number(area.value()))
    });
    parts.collect::<Vec<_>>().join(" + ")
}

#[cfg(test)]
#[path = "class_density_tests.rs"]
mod tests;
