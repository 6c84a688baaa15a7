//! Harvested wood: carbon in products that decay by a half-life.

use std::collections::{BTreeMap, BTreeSet};

use super::carbon::{Evidence, Quality};
use super::parameter::{Parameter, Standing};
use super::parameters::Parameters;
use super::plot_pools::joined;
use super::stand_biomass::number;
use super::tables::{ParameterRow, TOTAL};
use super::wood_production::{ALL, WoodProduction};
use crate::finding::Finding;
use crate::units::{PerYear, TonnesCarbon, TonnesCo2e, Years};

/// Carbon in a pool of products after one more year.
///
/// `C(t+1) = e^(-k) · C(t) + (1 - e^(-k)) / k · I(t)`, `k = ln 2 / HL`
///
/// | symbol | meaning | unit |
/// | :----- | :------ | :--- |
/// | `C`    | carbon in the pool at the start of the year | t C |
/// | `I`    | carbon that comes in during the year | t C a⁻¹ |
/// | `HL`   | half-life of the products | yr |
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 12, equation 12.1 (recalled, not read again).
#[must_use]
pub fn products_after_a_year(
    pool: TonnesCarbon,
    inflow: PerYear<TonnesCarbon>,
    half_life: Years,
) -> TonnesCarbon {
    let k = decay(half_life);
    pool * (-k).exp() + inflow.in_one_year() * (-(-k).exp_m1() / k)
}

/// `k = ln 2 / HL`, by year.
fn decay(half_life: Years) -> f64 {
    std::f64::consts::LN_2 / half_life.value()
}

/// Carbon that a steady inflow keeps in a pool of products: `C = I / k`.
///
/// # Source
///
/// IPCC 2019 Refinement, Volume 4, Chapter 12, the start of a series (recalled, not read again).
#[must_use]
pub fn steady_products(inflow: PerYear<TonnesCarbon>, half_life: Years) -> TonnesCarbon {
    inflow.in_one_year() * (1.0 / decay(half_life))
}

/// What a pool of products held before its series begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WoodBefore {
    /// Nothing.
    Nothing,
    /// What the mean inflow of so many first years keeps up.
    SteadyState(usize),
}

/// Carbon in the products of one region at the end of a year: a row of
/// `tables/harvested_wood.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct HarvestedWoodRow {
    /// Region, or [`TOTAL`].
    pub region_id: String,
    /// Product; `all` for their sum.
    pub product: String,
    /// The year.
    pub year: i32,
    /// Carbon that comes in during the year.
    pub inflow: PerYear<TonnesCarbon>,
    /// Carbon that is lost during the year.
    pub loss: PerYear<TonnesCarbon>,
    /// Carbon in the pool at the end of the year.
    pub stock: TonnesCarbon,
    /// Its change over the year, positive when the pool grows.
    pub change: PerYear<TonnesCo2e>,
    /// Half-life of the product; `None` for a sum of several.
    pub half_life: Option<Years>,
    /// The arithmetic; empty for a sum.
    pub arithmetic: String,
    /// Ids of the parameter rows.
    pub parameters: Vec<String>,
    /// How good the figure is.
    pub quality: String,
    /// What must be known.
    pub note: String,
}

/// What harvested wood adds to the tables.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WoodAccount {
    /// Rows of `tables/harvested_wood.csv`.
    pub rows: Vec<HarvestedWoodRow>,
    /// Rows of `tables/parameters.csv`.
    pub parameters: Vec<ParameterRow>,
}

const HALF_LIFE: &str = "wood-half-life";
const USED_BY: &str = "harvested-wood";

/// The carbon in products of wood, year by year.
///
/// # Errors
///
/// Products without a half-life, all of them; in registry mode every recalled half-life; series too
/// short for a steady state.
pub fn harvested_wood(
    production: &WoodProduction,
    before: WoodBefore,
    parameters: &Parameters,
    evidence: Evidence,
    disjoint: bool,
) -> Result<WoodAccount, Vec<Finding>> {
    let mut account = WoodAccount::default();
    let mut findings = Vec::new();
    let mut lives: BTreeMap<&str, &Parameter> = BTreeMap::new();
    let products: BTreeSet<&str> = production.series.keys().map(|(_, p)| p.as_str()).collect();
    for product in products {
        let keys = BTreeMap::from([("product".to_owned(), product.to_owned())]);
        match parameters.find(HALF_LIFE, &keys) {
            Ok(row) if row.value.is_some_and(|life| life > 0.0) && row.unit == "yr" => {
                if evidence == Evidence::Registry && row.standing == Standing::Memory {
                    findings.push(Finding::error(
                        USED_BY,
                        format!(
                            "registry mode, and parameter `{}` was recalled, not read again",
                            row.row_id()
                        ),
                        "give the value yourself in a parameter table",
                    ));
                }
                lives.insert(product, row);
            }
            Ok(row) => findings.push(Finding::error(
                USED_BY,
                format!("parameter `{}` is no half-life in years", row.row_id()),
                "give a positive value with the unit yr",
            )),
            Err(error) => findings.push(Finding::error(
                USED_BY,
                error.to_string(),
                "name one of these products, or give `wood-half-life` of yours in a table (`[carbon] parameters`)",
            )),
        }
    }
    if let WoodBefore::SteadyState(years) = before {
        for ((region, product), series) in &production.series {
            if series.len() < years || years == 0 {
                findings.push(Finding::error(
                    &production.name,
                    format!(
                        "{product} of region {region} has {} years, and the steady state is of {years}",
                        series.len()
                    ),
                    "give more years, or fewer `steady-years`",
                ));
            }
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    for ((region, product), series) in &production.series {
        let life = lives[product.as_str()];
        account
            .rows
            .extend(pool((region, product), series, life, before));
    }
    add_sums(&mut account.rows, disjoint);
    let used = |row: &&Parameter| row.row(vec![USED_BY.to_owned()]);
    account.parameters = lives.values().filter_map(used).collect();
    Ok(account)
}

/// One product of one region, year by year.
fn pool(
    (region, product): (&str, &str),
    series: &BTreeMap<i32, PerYear<TonnesCarbon>>,
    life: &Parameter,
    before: WoodBefore,
) -> Vec<HarvestedWoodRow> {
    let half_life = Years::new(life.value.expect("half-lives were checked"));
    let (mut stock, start) = match before {
        WoodBefore::Nothing => (TonnesCarbon::ZERO, "the pool starts empty".to_owned()),
        WoodBefore::SteadyState(years) => {
            let first: TonnesCarbon = series.values().take(years).map(|i| i.in_one_year()).sum();
            let mean = PerYear::new(first * (1.0 / years as f64));
            let stock = steady_products(mean, half_life);
            let words = format!(
                "the pool starts with what the mean of {years} years keeps up: {} t C",
                number(stock.value())
            );
            (stock, words)
        }
    };
    let note = joined([
        start.as_str(),
        "apart from the pools of the forest and from the headline",
        "no spread: no source gives that of half-lives and of production",
        if life.standing == Standing::Memory {
            "rests on a half-life that was recalled, not read again"
        } else {
            ""
        },
    ]);
    let kept = (-decay(half_life)).exp();
    let of_inflow = -(-decay(half_life)).exp_m1() / decay(half_life);
    let mut rows = Vec::new();
    for (year, inflow) in series {
        let after = products_after_a_year(stock, *inflow, half_life);
        rows.push(HarvestedWoodRow {
            region_id: region.to_owned(),
            product: product.to_owned(),
            year: *year,
            inflow: *inflow,
            loss: PerYear::new(stock + inflow.in_one_year() - after),
            stock: after,
            change: PerYear::new((after - stock).to_co2e()),
            half_life: Some(half_life),
            arithmetic: format!(
                "{} x {} t C + {} x {} t C = {} t C",
                number(kept),
                number(stock.value()),
                number(of_inflow),
                number(inflow.in_one_year().value()),
                number(after.value())
            ),
            parameters: vec![life.row_id()],
            quality: match life.standing {
                Standing::Memory => Quality::RecalledParameter,
                Standing::User => Quality::UserParameter,
                Standing::Verified => Quality::PublishedDefault,
            }
            .id()
            .to_owned(),
            note: note.clone(),
        });
        stock = after;
    }
    rows
}

/// Adds the sums of all products, and those of all regions, for the years that each part has.
fn add_sums(rows: &mut Vec<HarvestedWoodRow>, disjoint: bool) {
    let regions: BTreeSet<&str> = rows.iter().map(|row| row.region_id.as_str()).collect();
    let series: BTreeSet<(&str, &str)> = rows
        .iter()
        .map(|row| (row.region_id.as_str(), row.product.as_str()))
        .collect();
    let mut groups: BTreeMap<(bool, String, String, i32), Vec<&HarvestedWoodRow>> = BTreeMap::new();
    for row in rows.iter() {
        let mut into = vec![(false, row.region_id.clone(), ALL.to_owned())];
        if disjoint && regions.len() > 1 {
            into.push((true, TOTAL.to_owned(), row.product.clone()));
            into.push((true, TOTAL.to_owned(), ALL.to_owned()));
        }
        for (total, region, product) in into {
            groups
                .entry((total, region, product, row.year))
                .or_default()
                .push(row);
        }
    }
    let expected = |region: &str, product: &str| {
        let in_region = |of: &str| region == TOTAL || of == region;
        let of_product = |of: &str| product == ALL || of == product;
        let fit = series.iter().filter(|(r, p)| in_region(r) && of_product(p));
        fit.count()
    };
    let sums: Vec<HarvestedWoodRow> = groups
        .iter()
        // A year in which one of the parts is not known has no sum.
        .filter(|((_, region, product, _), parts)| parts.len() == expected(region, product))
        .map(|((_, region, product, year), parts)| summed(region, product, *year, parts))
        .collect();
    rows.extend(sums);
}

fn summed(region: &str, product: &str, year: i32, parts: &[&HarvestedWoodRow]) -> HarvestedWoodRow {
    let carbon = |of: fn(&HarvestedWoodRow) -> PerYear<TonnesCarbon>| {
        PerYear::new(parts.iter().map(|row| of(row).in_one_year()).sum())
    };
    let ids: BTreeSet<String> = parts
        .iter()
        .flat_map(|row| row.parameters.clone())
        .collect();
    let recalled = Quality::RecalledParameter.id();
    let worst = parts.iter().find(|row| row.quality == recalled);
    let lives: BTreeSet<u64> = parts
        .iter()
        .filter_map(|row| Some(row.half_life?.value().to_bits()))
        .collect();
    HarvestedWoodRow {
        region_id: region.to_owned(),
        product: product.to_owned(),
        year,
        inflow: carbon(|row| row.inflow),
        loss: carbon(|row| row.loss),
        stock: parts.iter().map(|row| row.stock).sum(),
        change: PerYear::new(parts.iter().map(|row| row.change.in_one_year()).sum()),
        half_life: (lives.len() == 1).then(|| parts[0].half_life).flatten(),
        arithmetic: String::new(),
        parameters: ids.into_iter().collect(),
        quality: worst.unwrap_or(&parts[0]).quality.clone(),
        note: format!(
            "sum of {} pools; apart from the pools of the forest and from the headline",
            parts.len()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Seeds;

    /// Worked example W23.
    #[test]
    fn an_empty_pool_fills_as_the_worked_example_says() {
        let mut pool = TonnesCarbon::ZERO;
        for expected in [99.016_294, 196.090_939, 291.262_010] {
            pool = products_after_a_year(
                pool,
                PerYear::new(TonnesCarbon::new(100.0)),
                Years::new(35.0),
            );
            assert!((pool.value() - expected).abs() < 5e-7, "{pool}");
        }
    }

    /// What goes in is in the pool or was lost, and a steady inflow changes nothing.
    #[test]
    fn a_steady_pool_keeps_its_carbon() {
        let text = "region,product,year,production,unit\n\
            a,paper,2001,10,t_c\na,paper,2002,10,t_c\nb,paper,2001,5,t_c\nb,paper,2002,5,t_c\n";
        let production = WoodProduction::from_csv(text, "wood.csv", &["a", "b"]).unwrap();
        let seeds = Seeds::embedded();
        let steady = WoodBefore::SteadyState(2);
        let account =
            harvested_wood(&production, steady, seeds.parameters(), Evidence::Any, true).unwrap();
        for row in &account.rows {
            assert!(row.change.in_one_year().value().abs() < 1e-9, "{row:?}");
            let lost = row.loss.in_one_year() - row.inflow.in_one_year();
            assert!(lost.value().abs() < 1e-9, "{row:?}");
        }
        let total: Vec<_> = account
            .rows
            .iter()
            .filter(|row| row.region_id == TOTAL)
            .collect();
        assert_eq!(total.len(), 4, "paper and all, two years");
        assert!(
            harvested_wood(
                &production,
                steady,
                seeds.parameters(),
                Evidence::Registry,
                true
            )
            .is_err()
        );
    }
}
