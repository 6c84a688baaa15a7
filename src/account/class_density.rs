//! Carbon by class: a user's table of carbon densities for the classes of a map, laid over the
//! areas of every map of the run.

use std::collections::{BTreeMap, BTreeSet};

use super::areas::AreaAccount;
use super::carbon::{CarbonAccount, Quality, dates};
use super::class_table::ClassDensities;
use super::class_transitions;
use super::closed_form::closed_form;
use super::gaps;
use super::parameter::Parameter;
use super::plot_pools::joined;
use super::pool::Pool;
use super::region_areas::{RegionAreas, YearAreas};
use super::stand_biomass::number;
use super::tables::{CarbonRow, SequestrationRow, period};
use super::trace::{Headline, Term, Trace};
use crate::finding::Finding;
use crate::units::{Hectares, PerYear, TonnesCarbon, TonnesCo2e};

/// Method id of carbon by class.
pub(super) const METHOD: &str = "class-density";

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

/// The same, added to an account of fluxes that [`beside_classes`](super::beside_classes()) lets stand.
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
    let mut missing: BTreeMap<i64, Hectares> = BTreeMap::new();
    for year in areas.regions.iter().flat_map(|region| &region.years) {
        for (class, (area, _)) in &year.classes {
            if !table.has(*class) {
                *missing.entry(*class).or_default() += *area;
            }
        }
    }
    if !missing.is_empty() {
        return Err(missing
            .into_iter()
            .map(|(class, area)| {
                Finding::error(
                    table.place.clone(),
                    format!(
                        "no row for class {class}, which covers {:.4} ha",
                        area.value()
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
    account.dates = dates(areas);
    account.warnings.extend(gaps::unlike(&table.place, areas));
    let years = areas.regions.iter().flat_map(|region| &region.years);
    let classes = years.flat_map(|year| year.classes.keys().copied());
    account.add_parameters(table.parameter_rows(&classes.collect()));
    class_transitions::of_classes(account, table, areas, (METHOD, level));
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
        let known = sum.without.is_empty();
        account.carbon.push(CarbonRow {
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
            method: METHOD.to_owned(),
            approach: METHOD.to_owned(),
            parameters: sum.rows.iter().map(|row| row.row_id()).collect(),
            quality: Quality::UserParameter.id().to_owned(),
            note: joined([self.unknown(&sum.without).as_str(), spread_words(&sum)]),
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
        let unseen = self.region.gaps.words_of_pair(pair);
        let yearly =
            TonnesCarbon::new(1.0).to_co2e().value() / period(first.year, last.year).value();
        let before = self.sum(&mut account.trace, earlier, -yearly);
        let mut sum = self.sum(&mut account.trace, later, yearly);
        sum.terms.extend(before.terms);
        sum.without.extend(before.without);
        sum.rows.extend(before.rows);
        sum.without.sort_unstable();
        sum.without.dedup();
        let closed = closed_form(&sum.terms, account.trace.inputs());
        let nowhere = sum.terms.is_empty() && !unseen.is_empty();
        let known = sum.without.is_empty() && !nowhere;
        let ids: BTreeSet<String> = sum.rows.iter().map(|row| row.row_id()).collect();
        account.sequestration.push(SequestrationRow {
            arithmetic: String::new(),
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
            method: METHOD.to_owned(),
            approach: METHOD.to_owned(),
            parameters: ids.into_iter().collect(),
            quality: if nowhere {
                Quality::Missing
            } else {
                Quality::UserParameter
            }
            .id()
            .to_owned(),
            note: joined([
                self.unknown(&sum.without).as_str(),
                &unseen,
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
                spread_words(&sum),
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
mod tests {
    use super::*;
    use crate::account::price::Market;
    use crate::account::region_areas::YearAreas;

    /// Pool table of the unit tests of the `InVEST` carbon model (Apache-2.0, natcap/invest,
    /// `tests/test_carbon.py`), with the answers that they assert.
    const TABLE: &str = "lucode,LULC_Name,C_above,C_below,C_soil,C_dead\n\
        1,lulc code 1,15,10,60,1\n2,lulc code 2,5,3,20,0\n3,lulc code 3,2,1,5,0\n";

    /// 10 by 10 cells of 1 m: class 1 in 2016, class 2 in 2030.
    fn square(first: i64, second: i64) -> AreaAccount {
        let area = Hectares::new(0.01);
        let year = |year, class| YearAreas {
            year,
            classes: BTreeMap::from([(class, (area, 100.0))]),
            valid: area,
            ..YearAreas::default()
        };
        AreaAccount {
            regions: vec![RegionAreas {
                region_id: "a".to_owned(),
                area,
                years: vec![year(2016, first), year(2030, second)],
                ..RegionAreas::default()
            }],
            ..AreaAccount::default()
        }
    }

    #[test]
    fn stocks_and_their_change_are_those_of_the_reference_model() {
        let table = ClassDensities::from_csv(TABLE, "pools.csv", None).unwrap();
        let account = class_density(&table, &square(1, 2), 0.95).unwrap();
        let stock = |year| -> f64 {
            account
                .carbon
                .iter()
                .filter(|row| row.year == year)
                .map(|row| row.carbon.unwrap().value.value())
                .sum()
        };
        assert!((stock(2016) - 0.86).abs() < 1e-12);
        assert!((stock(2030) - 0.28).abs() < 1e-12);
        let removal: f64 = account
            .sequestration
            .iter()
            .map(|row| row.removal.unwrap().value.in_one_year().value())
            .sum();
        assert!((removal * 14.0 * 12.0 / 44.0 + 0.58).abs() < 1e-12);
    }

    /// By hand, 0.01 ha: 15 ± 3 t C/ha of class 1, then 5 ± 4 of class 2. The stock of 2030 is 0.05 ±
    /// 0.04 t C; the removal -0.1 x 44/12 / 14 with the root of 9 and 16, 5, in place of 10.
    #[test]
    fn densities_with_a_standard_error_give_one_to_stock_and_removal() {
        let text = "lucode,c_above,c_above_se,c_soil\n1,15,3,60\n2,5,4,\n";
        let table = ClassDensities::from_csv(text, "pools.csv", None).unwrap();
        let account = class_density(&table, &square(1, 2), 0.95).unwrap();
        let stock = |year: i32, pool: &str| {
            let of = |row: &&CarbonRow| row.year == year && row.pool == pool;
            account.carbon.iter().find(of).unwrap()
        };
        let above = stock(2030, "above-ground").carbon.unwrap();
        assert!((above.standard_error.unwrap() - 0.04).abs() < 1e-12);
        assert_eq!(stock(2030, "above-ground").note, "");
        let removal = account.sequestration[0].removal.unwrap();
        let by_year = 44.0 / 12.0 / 14.0;
        assert!((removal.value.in_one_year().value() + 0.1 * by_year).abs() < 1e-12);
        assert!((removal.standard_error.unwrap() - 0.05 * by_year).abs() < 1e-12);
        // The empty cell takes the pool of the whole region, and the row names class and pool.
        let soil = stock(2030, "soil-organic");
        assert!(soil.carbon.is_none());
        assert_eq!(
            soil.note,
            "unknown for the whole region: pools.csv has no density of it for class 2"
        );
        assert!(stock(2016, "soil-organic").note.contains("no spread"));
        let ids: Vec<&str> = account.parameters.iter().map(|row| &*row.id).collect();
        assert!(ids.contains(&"pools.csv/1/above-ground"), "{ids:?}");
        assert!(ClassDensities::from_csv("lucode,c_soil,c_soil_se\n1,,3\n", "p", None).is_err());
    }

    #[test]
    fn the_value_of_the_change_is_that_of_the_reference_model() {
        // The reference model's rate of change lowers the price.
        let market = |change: f64, discount| Market {
            price_per_tonne: 43.0,
            price_change_pct: 100.0 / (1.0 + change / 100.0) - 100.0,
            discount_pct: discount,
        };
        let change = PerYear::new(TonnesCarbon::new(-58.0 / 14.0));
        let present_value = |market: Market| {
            change.in_one_year().value() * market.price_per_tonne * market.present_years(14)
        };
        let value = present_value(market(2.8, -7.1));
        assert!((value + 3422.079).abs() < 0.001, "{value}");
        assert!((present_value(market(0.0, 0.0)) + 2494.0).abs() < 1e-9);
    }

    #[test]
    fn a_class_without_a_row_is_named_with_its_area() {
        let table = ClassDensities::from_csv(TABLE, "pools.csv", None).unwrap();
        let findings = class_density(&table, &square(200, 2), 0.95).unwrap_err();
        assert!(
            findings[0]
                .what
                .contains("class 200, which covers 0.0100 ha")
        );
    }

    #[test]
    fn an_empty_cell_is_unknown_not_zero() {
        let table =
            ClassDensities::from_csv("code,c_above,c_soil\n1,10,\n2,5,20\n", "p.csv", Some(30.0))
                .unwrap();
        let account = class_density(&table, &square(1, 2), 0.95).unwrap();
        let soil: Vec<_> = account
            .carbon
            .iter()
            .filter(|row| row.pool == "soil-organic")
            .collect();
        assert_eq!((soil[0].carbon, soil[0].soil_depth_cm), (None, Some(30.0)));
        assert!(soil[1].carbon.is_some());
        let change = account
            .sequestration
            .iter()
            .find(|row| row.pool == "soil-organic")
            .unwrap();
        assert_eq!(change.removal, None);
    }

    #[test]
    fn bad_rows_are_all_named() {
        let findings =
            ClassDensities::from_csv("code,c_above\nx,1\n2,-3\n2,a\n", "p.csv", None).unwrap_err();
        assert_eq!(findings.len(), 4);
    }
}
