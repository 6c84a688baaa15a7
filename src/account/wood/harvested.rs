//! Harvested wood: carbon in products that decay by a half-life.

use std::collections::BTreeMap;

use super::pool::{ProductParameters, WoodPool, products};
use super::production::WoodProduction;
use super::sums::sums;
use crate::account::library::{HARVESTED_WOOD, Parameter, Parameters, Standing};
use crate::account::quality::Evidence;
use crate::account::tables::{Figure, ParameterRow};
use crate::account::uncertainty::Trace;
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
pub(super) fn decay(half_life: Years) -> f64 {
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

/// What the products of one region hold and lose in a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WoodYear {
    /// Carbon that comes in during the year.
    pub inflow: PerYear<TonnesCarbon>,
    /// Carbon that is lost during the year.
    pub loss: PerYear<TonnesCarbon>,
    /// Carbon in the pool at the end of the year.
    pub stock: Figure<TonnesCarbon>,
    /// Its change over the year, positive when the pool grows.
    pub change: Figure<PerYear<TonnesCo2e>>,
}

/// Carbon in the products of one region at the end of a year: a row of
/// `tables/harvested_wood.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct HarvestedWoodRow {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: String,
    /// Product; `all` for their sum.
    pub product: String,
    /// The year.
    pub year: i32,
    /// The figures; `None` for a sum in a year that not all parts have.
    pub held: Option<WoodYear>,
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
const CARBON_FACTOR: &str = "wood-carbon-factor";
/// How products are accounted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WoodRule {
    /// What the pools held before their series.
    pub before: WoodBefore,
    /// What parameters may be.
    pub evidence: Evidence,
    /// Whether the regions are disjoint, so that they have a sum.
    pub disjoint: bool,
    /// Level of the intervals.
    pub level: f64,
}

/// The parameters of the products, and what is wrong with those that lack one.
type Chosen<'a> = (
    BTreeMap<&'a str, ProductParameters<'a>>,
    BTreeMap<String, Vec<Finding>>,
);

fn chosen<'a>(
    production: &'a WoodProduction,
    evidence: Evidence,
    parameters: &'a Parameters,
) -> Chosen<'a> {
    let mut chosen: BTreeMap<&str, ProductParameters<'_>> = BTreeMap::new();
    let mut unfit: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    for product in products(production.series.keys()) {
        let of = chosen.entry(product).or_default();
        let mut take = |id: &str, unit: &str| {
            let taken = parameter(parameters, evidence, product, (id, unit));
            let mut tell = |finding| unfit.entry(product.to_owned()).or_default().push(finding);
            taken.map_err(&mut tell).ok()
        };
        of.life = take(HALF_LIFE, "yr");
        for unit in production.units_of(product) {
            if let Some(row) = take(CARBON_FACTOR, unit.factor()) {
                of.factors.insert(unit, row);
            }
        }
    }
    (chosen, unfit)
}

/// Series with fewer years than the steady state is of.
#[must_use]
pub fn short_series(production: &WoodProduction, before: WoodBefore) -> Vec<Finding> {
    let WoodBefore::SteadyState(years) = before else {
        return Vec::new();
    };
    if years == 0 {
        let what = "`[harvested-wood] steady-years` is 0";
        return vec![Finding::error(HARVESTED_WOOD, what, "give 1 year or more")];
    }
    let short = production.series.iter();
    let short = short.filter(|(_, series)| series.len() < years);
    let told = short.map(|((region, product), series)| {
        Finding::error(
            &production.name,
            format!(
                "{product} of region {region} has {} years, and the steady state is of {years}",
                series.len()
            ),
            "give more years, or fewer `steady-years`",
        )
    });
    told.collect()
}

/// Products without a half-life or a factor, with what is wrong with each; in registry mode every recalled
/// one.
#[must_use]
pub fn unfit_products(
    production: &WoodProduction,
    evidence: Evidence,
    parameters: &Parameters,
) -> BTreeMap<String, Vec<Finding>> {
    chosen(production, evidence, parameters).1
}

/// The carbon in products of wood, year by year. The sums of the newest year go into the trace.
///
/// # Errors
///
/// Products without a half-life or a factor, all of them; in registry mode every recalled one;
/// series too short for a steady state.
pub fn harvested_wood(
    production: &WoodProduction,
    rule: WoodRule,
    parameters: &Parameters,
    trace: &mut Trace,
) -> Result<WoodAccount, Vec<Finding>> {
    let (chosen, unfit) = chosen(production, rule.evidence, parameters);
    let mut findings: Vec<Finding> = unfit.into_values().flatten().collect();
    findings.extend(short_series(production, rule.before));
    if !findings.is_empty() {
        return Err(findings);
    }
    let pools: Vec<WoodPool<'_>> = production
        .series
        .iter()
        .map(|((region, product), series)| WoodPool {
            region,
            product,
            series,
            parameters: &chosen[product.as_str()],
            before: rule.before,
        })
        .collect();
    let mut rows: Vec<HarvestedWoodRow> = Vec::new();
    for pool in &pools {
        rows.extend(pool.rows(trace, rule.level));
    }
    let sums = sums(&pools, &rows, rule.disjoint, trace, rule.level);
    rows.extend(sums);
    let used = chosen.values().flat_map(ProductParameters::rows);
    let used = used.filter_map(|row| row.row(vec![HARVESTED_WOOD.to_owned()]));
    Ok(WoodAccount {
        rows,
        parameters: used.collect(),
    })
}

/// A parameter of a product, positive and in its unit.
fn parameter<'a>(
    parameters: &'a Parameters,
    evidence: Evidence,
    product: &str,
    (id, unit): (&str, &str),
) -> Result<&'a Parameter, Finding> {
    let keys = BTreeMap::from([("product".to_owned(), product.to_owned())]);
    let row = parameters.find(id, &keys).map_err(|error| {
        Finding::error(
            HARVESTED_WOOD,
            error.to_string(),
            format!("name one of these products, or give `{id}` of yours in {unit} in a table (`[carbon] parameters`)"),
        )
    })?;
    if row.value.is_none_or(|value| value <= 0.0) || row.unit != unit {
        return Err(Finding::error(
            HARVESTED_WOOD,
            format!(
                "parameter `{}` is no positive value in {unit}",
                row.row_id()
            ),
            format!("give a positive value with the unit {unit}"),
        ));
    }
    if evidence == Evidence::Registry && row.standing == Standing::Memory {
        return Err(Finding::error(
            HARVESTED_WOOD,
            format!(
                "registry mode, and parameter `{}` was recalled, not read again",
                row.row_id()
            ),
            "give the value yourself in a parameter table",
        ));
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::tables::TOTAL;
    use crate::account::{Headline, Seeds};

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

    fn rule(before: WoodBefore, evidence: Evidence) -> WoodRule {
        WoodRule {
            before,
            evidence,
            disjoint: true,
            level: 0.95,
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
        let mut trace = Trace::default();
        let account = harvested_wood(
            &production,
            rule(steady, Evidence::Any),
            seeds.parameters(),
            &mut trace,
        )
        .unwrap();
        for row in &account.rows {
            let year = row.held.unwrap();
            assert!(
                year.change.value.in_one_year().value().abs() < 1e-9,
                "{row:?}"
            );
            let lost = year.loss.in_one_year() - year.inflow.in_one_year();
            assert!(lost.value().abs() < 1e-9, "{row:?}");
        }
        let total = account.rows.iter().filter(|row| row.region_id == TOTAL);
        assert_eq!(total.count(), 4, "paper and all, two years");
        let refused = harvested_wood(
            &production,
            rule(steady, Evidence::Registry),
            seeds.parameters(),
            &mut trace,
        );
        assert!(refused.is_err());
    }

    /// By hand: one inflow of 100 t C and a half-life with a standard error of 2 years. The stock
    /// is `100 (1 - e^(-k)) / k`, its standard error the slope by the half-life times 2.
    #[test]
    fn the_half_life_widens_the_stock_by_its_slope_and_regions_share_it() {
        let text =
            "region,product,year,production,unit\na,poles,2001,100,t_c\nb,poles,2001,300,t_c\n";
        let production = WoodProduction::from_csv(text, "wood.csv", &["a", "b"]).unwrap();
        let mut parameters = Parameters::default();
        parameters
            .add_table(
                "id,product,value,unit,lower,upper,interval_kind,cite,locator,confidence\n\
                 wood-half-life,poles,10,yr,8,12,se,user,survey,user\n",
                "mine.csv",
            )
            .unwrap();
        let mut trace = Trace::default();
        let rule = rule(WoodBefore::Nothing, Evidence::Any);
        let account = harvested_wood(&production, rule, &parameters, &mut trace).unwrap();
        let error = |region: &str| {
            let row = account.rows.iter().find(|row| row.region_id == region);
            row.unwrap().held.unwrap().stock.standard_error.unwrap()
        };
        let share = |half_life: f64| {
            let k = std::f64::consts::LN_2 / half_life;
            (1.0 - (-k).exp()) / k
        };
        let slope = (share(10.001) - share(9.999)) / 0.002;
        assert!((error("a") - 100.0 * slope * 2.0).abs() < 1e-6);
        assert!((error(TOTAL) - 400.0 * slope * 2.0).abs() < 1e-6);
        assert!(trace.terms(Headline::WoodStock, TOTAL).is_some());
    }
}
