//! Carbon by class: a user's table of carbon densities for the classes of a map, laid over the
//! areas of every map of the run.

use std::collections::BTreeMap;

use super::areas::AreaAccount;
use super::carbon::{CarbonAccount, Quality};
use super::class_transitions;
use super::pool::Pool;
use super::region_areas::{RegionAreas, YearAreas};
use super::sheet;
use super::stand_biomass::number;
use super::tables::{CarbonRow, Figure, SequestrationRow, period};
use super::trace::{Headline, Input, Term};
use crate::finding::Finding;
use crate::units::{Hectares, PerHectare, PerYear, TonnesCarbon};

/// Carbon densities of the classes of a map, by pool.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassDensities {
    /// Where the table came from.
    pub place: String,
    classes: BTreeMap<i64, BTreeMap<Pool, PerHectare<TonnesCarbon>>>,
    soil_depth_cm: Option<f64>,
}

/// Column names of the pools, as carbon models of land cover write them.
const COLUMNS: [(&str, Pool); 5] = [
    ("c_above", Pool::AboveGround),
    ("c_below", Pool::BelowGround),
    ("c_dead", Pool::DeadWood),
    ("c_litter", Pool::Litter),
    ("c_soil", Pool::SoilOrganic),
];

impl ClassDensities {
    /// Reads a table: `lucode` (or `code`, `value`) and any of `c_above, c_below, c_dead, c_litter,
    /// c_soil`, in t C/ha. An empty cell is unknown, not zero. `soil_depth_cm` says how deep the
    /// soil column goes.
    ///
    /// # Errors
    ///
    /// All bad rows at once.
    pub fn from_csv(
        text: &str,
        place: &str,
        soil_depth_cm: Option<f64>,
    ) -> Result<Self, Vec<Finding>> {
        let lower: String = match text.split_once('\n') {
            Some((header, rest)) => format!("{}\n{rest}", header.to_lowercase()),
            None => text.to_lowercase(),
        };
        let sheet = sheet::read(&lower, place)?;
        let (mut classes, mut findings) = (BTreeMap::new(), Vec::new());
        let bad = |line: u64, what: String| {
            Finding::error(
                format!("{place}, row {line}"),
                what,
                "give one row a class, densities in t C/ha, not negative",
            )
        };
        for row in &sheet.rows {
            let code = ["lucode", "code", "value"]
                .iter()
                .find_map(|name| row.get(name));
            let Some(code) = code.and_then(|code| code.parse::<i64>().ok()) else {
                findings.push(bad(row.line, "no whole number in `lucode`".to_owned()));
                continue;
            };
            let mut pools = BTreeMap::new();
            for (column, pool) in COLUMNS {
                match row.number(column) {
                    Ok(Some(density)) if density >= 0.0 => {
                        pools.insert(pool, PerHectare::new(TonnesCarbon::new(density)));
                    }
                    Ok(None) => {}
                    Ok(Some(density)) => {
                        findings.push(bad(row.line, format!("`{column}` is {density}")));
                    }
                    Err(what) => findings.push(bad(row.line, what)),
                }
            }
            if classes.insert(code, pools).is_some() {
                findings.push(bad(row.line, format!("class {code} has two rows")));
            }
        }
        let pools = COLUMNS.map(|(column, _)| column);
        if !sheet.columns.iter().any(|c| pools.contains(&c.as_str())) {
            findings.push(Finding::error(
                place,
                "no column of a pool",
                format!("give any of {}", pools.join(", ")),
            ));
        }
        if findings.is_empty() {
            Ok(Self {
                place: place.to_owned(),
                classes,
                soil_depth_cm,
            })
        } else {
            Err(findings)
        }
    }

    /// The density of a pool of a class.
    #[must_use]
    pub fn density(&self, class: i64, pool: Pool) -> Option<PerHectare<TonnesCarbon>> {
        self.classes.get(&class)?.get(&pool).copied()
    }

    /// How deep the soil of a pool goes; `None` of other pools.
    pub(super) fn soil_depth_cm(&self, pool: Pool) -> Option<f64> {
        self.soil_depth_cm.filter(|_| pool == Pool::SoilOrganic)
    }

    /// The pools that the table has.
    pub(super) fn pools(&self) -> Vec<Pool> {
        COLUMNS
            .iter()
            .map(|(_, pool)| *pool)
            .filter(|pool| self.classes.values().any(|pools| pools.contains_key(pool)))
            .collect()
    }
}

/// Method id of carbon by class.
const METHOD: &str = "class-density";

/// Stocks of every map by pool, and the difference between the first and the last map as removal.
///
/// `stock = Σ over classes of area · density`, `removal = (stock of the last map - stock of the
/// first) / years · 44/12`
///
/// Stocks change at once when a class does: the removal is the yearly mean of what the maps differ
/// by, not of what grew. The table has no spread, so the figures have none.
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
) -> Result<CarbonAccount, Vec<Finding>> {
    let mut missing: BTreeMap<i64, Hectares> = BTreeMap::new();
    for year in areas.regions.iter().flat_map(|region| &region.years) {
        for (class, (area, _)) in &year.classes {
            if !table.classes.contains_key(class) {
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
    let mut account = CarbonAccount::default();
    for region in areas.regions.iter().chain(&areas.total) {
        for pool in table.pools() {
            fill(&mut account, table, region, pool);
        }
    }
    class_transitions::of_classes(&mut account, table, areas, METHOD);
    Ok(account)
}

/// The stock of one pool of one region at one map: `None` where a class has no density for it.
fn stock(
    table: &ClassDensities,
    region: &RegionAreas,
    map: usize,
    pool: Pool,
) -> Option<TonnesCarbon> {
    region.years[map]
        .classes
        .iter()
        .map(|(class, (area, _))| Some(table.density(*class, pool)? * *area))
        .sum()
}

/// How the stock of a pool follows from the areas of classes; empty where a class is not known.
fn arithmetic(table: &ClassDensities, year: &YearAreas, pool: Pool) -> String {
    let parts = year.classes.iter().map(|(class, (area, _))| {
        let density = table.density(*class, pool)?.on_one_hectare();
        let (area, density) = (number(area.value()), number(density.value()));
        Some(format!("{area} ha x {density} t C/ha"))
    });
    let parts: Option<Vec<String>> = parts.collect();
    parts.unwrap_or_default().join(" + ")
}

fn fill(account: &mut CarbonAccount, table: &ClassDensities, region: &RegionAreas, pool: Pool) {
    let figure = |value| Figure {
        value,
        standard_error: None,
        interval: None,
    };
    let unknown = "a class of this region has no density for this pool";
    let depth = table.soil_depth_cm(pool);
    let Some(last) = region.years.len().checked_sub(1) else {
        return;
    };
    for (map, year) in region.years.iter().enumerate() {
        let value = stock(table, region, map, pool);
        account.carbon.push(CarbonRow {
            arithmetic: arithmetic(table, year, pool),
            region_id: region.region_id.clone(),
            year: year.year,
            ecosystem: "all".to_owned(),
            pool: pool.id().to_owned(),
            soil_depth_cm: depth,
            area: Some(year.valid),
            carbon: value.map(figure),
            counted: map == last && value.is_some(),
            method: METHOD.to_owned(),
            approach: METHOD.to_owned(),
            parameters: vec![table.place.clone()],
            quality: Quality::UserParameter.id().to_owned(),
            note: if value.is_none() { unknown } else { "" }.to_owned(),
        });
        if let (true, Some(value)) = (map == last, value) {
            add(account, Headline::Carbon, region, table, value.value());
        }
    }
    if last == 0 {
        return;
    }
    let (first_year, last_year) = (region.years[0].year, region.years[last].year);
    let change = stock(table, region, last, pool)
        .zip(stock(table, region, 0, pool))
        .map(|(later, earlier)| {
            PerYear::over((later - earlier).to_co2e(), period(first_year, last_year))
        });
    account.sequestration.push(SequestrationRow {
        arithmetic: String::new(),
        region_id: region.region_id.clone(),
        period_start: first_year,
        period_end: last_year,
        ecosystem: "all".to_owned(),
        pool: pool.id().to_owned(),
        removal: change.map(|value| Figure {
            value,
            standard_error: None,
            interval: None,
        }),
        counted: change.is_some(),
        method: METHOD.to_owned(),
        approach: METHOD.to_owned(),
        parameters: vec![table.place.clone()],
        quality: Quality::UserParameter.id().to_owned(),
        note: if change.is_none() {
            unknown.to_owned()
        } else {
            "difference of two maps: carbon is gained and lost at once when a class changes"
                .to_owned()
        },
    });
    if let Some(change) = change {
        let rate = change.in_one_year().value();
        add(account, Headline::Sequestration, region, table, rate);
    }
}

/// Adds a part of a headline figure whose spread the table does not give.
fn add(
    account: &mut CarbonAccount,
    headline: Headline,
    region: &RegionAreas,
    table: &ClassDensities,
    value: f64,
) {
    let input = account.trace.add_input(Input {
        key: table.place.clone(),
        mean: 1.0,
        spread: None,
        degrees_of_freedom: None,
    });
    account.trace.add_term(
        headline,
        &region.region_id,
        Term {
            coefficient: value,
            inputs: vec![input],
        },
    );
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
        let account = class_density(&table, &square(1, 2)).unwrap();
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
        let findings = class_density(&table, &square(200, 2)).unwrap_err();
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
        let account = class_density(&table, &square(1, 2)).unwrap();
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
