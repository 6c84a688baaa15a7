//! Fires of the plan: gases from burnt land, by region.

use std::collections::{BTreeMap, BTreeSet};

use super::gases::fire_gas_tonnes;
use super::row::{FireRow, gas_words};
use crate::account::ecosystem::Ecosystem;
use crate::account::library::{FIRE, FIRE_METHOD, Parameter, Seeds, Shape, Spread, Standing};
use crate::account::quality::{Evidence, Quality};
use crate::account::tables::{Figure, ParameterRow, SequestrationRow};
use crate::account::uncertainty::{Input, Term, Trace, closed_form};
use crate::account::words::{joined, number};
use crate::finding::Finding;
use crate::units::{Fraction, Hectares, PerHectare, PerYear, TonnesCo2e, TonnesDryMatter};

/// The gases of a fire.
const GASES: [&str; 3] = ["co2", "ch4", "n2o"];

/// Assessment reports by the words of the key `warming`, with their parameters of the warming effect of
/// methane and nitrous oxide; the first is taken without the key.
const REPORTS: [(&str, &str, &str); 4] = [
    ("ar5", "gwp100-ch4-ar5", "gwp100-n2o-ar5"),
    ("ar6", "gwp100-ch4-ar6-nonfossil", "gwp100-n2o-ar6"),
    ("ar4", "gwp100-ch4-ar4", "gwp100-n2o-ar4"),
    ("sar", "gwp100-ch4-sar", "gwp100-n2o-sar"),
];

/// Burnt land of one year and ecosystem.
#[derive(Debug, Clone, PartialEq)]
pub struct Fire {
    /// Its name in the plan.
    pub name: String,
    /// Year that it burnt in.
    pub year: i32,
    /// What burnt.
    pub ecosystem: Ecosystem,
    /// Category of the emission factors.
    pub emission: String,
    /// Category of the combustion factor.
    pub combustion: String,
    /// Dry matter available to burn.
    pub fuel: PerHectare<TonnesDryMatter>,
    /// Standard error of the fuel over its value, where it is known.
    pub fuel_error: Option<Fraction>,
    /// Burnt area by region id, the union of all among them.
    pub areas: Vec<(String, Hectares)>,
    /// The assessment report of the warming effects, in the word of the key `warming`; the fifth
    /// without.
    pub warming: Option<String>,
    /// What must be known of these areas, the same for all.
    pub of_areas: String,
    /// The same of one area, by region id.
    pub of_region: BTreeMap<String, Vec<String>>,
    /// Part of them, by region id, that was converted by a date of the year of the fire or later, and whose whole
    /// stock the loss of its conversion has: its carbon dioxide is not that of the fire.
    pub converted: BTreeMap<String, Hectares>,
    /// What of the others lies, by region id, where the difference of an inventory of another ecosystem has its trees.
    pub held: BTreeMap<String, HeldLand>,
    /// What must be said, by region id, of burnt land whose class before the fire no map shows.
    pub unseen: BTreeMap<String, Unseen>,
}

/// Burnt land whose carbon dioxide is in the difference of an inventory of another ecosystem.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HeldLand {
    /// All of it.
    All,
    /// A part, in some of the regions of a sum: its carbon dioxide is not that of the fire.
    Part(Hectares),
}

/// Burnt land whose class before the fire no map shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// What must be said of it.
    pub words: String,
    /// Whether it is so much that no land shown is not none.
    pub is_much: bool,
}

/// What fires add to the tables.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FireAccount {
    /// Gases of fires.
    pub rows: Vec<FireRow>,
    /// Rows of `tables/parameters.csv`.
    pub parameters: Vec<ParameterRow>,
    /// Share of a fire's land, by fire and region, whose class changed later: a difference by class has it.
    pub changed: BTreeMap<(String, String), f64>,
    /// What the person must be told of the fires.
    pub warnings: Vec<Finding>,
}

/// The gases of the fires, a row each region and gas, as removals with their sign: a fire is a loss.
///
/// The spread is that of combustion factor, emission factor, warming effect and fuel, as far as they
/// have one, by closed form at `level`.
///
/// Each gas is a row of its own. What the headline makes of them is for
/// [`CarbonAccount::add_fires`](crate::account::CarbonAccount::add_fires) to say. Terms are over the inputs of `trace`.
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 2, equation 2.27; warming over 100 years by the
/// assessment report of the fire.
///
/// # Errors
///
/// Categories without a parameter, all of them; in registry mode every recalled parameter.
pub fn fires(
    fires: &[Fire],
    seeds: &Seeds,
    evidence: Evidence,
    (level, trace): (f64, &mut Trace),
) -> Result<FireAccount, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut account = FireAccount::default();
    let mut used: BTreeMap<String, &Parameter> = BTreeMap::new();
    for fire in fires {
        let categories = (fire.emission.as_str(), fire.combustion.as_str());
        match factors(&fire.name, categories, fire.warming.as_deref(), seeds) {
            Ok(factors) => {
                for row in factors.rows() {
                    used.insert(row.row_id(), row);
                }
                account.rows.extend(rows(fire, &factors, level, trace));
            }
            Err(problems) => findings.extend(problems),
        }
    }
    let recalled = used
        .iter()
        .filter(|(_, row)| evidence == Evidence::Registry && row.standing == Standing::Memory);
    findings.extend(recalled.map(|(id, _)| {
        Finding::error(
            "fire",
            format!("registry mode, and parameter `{id}` was recalled, not read again"),
            "give the value yourself in a parameter table",
        )
    }));
    let by = || vec![FIRE_METHOD.to_owned()];
    account.parameters = used.values().filter_map(|row| row.row(by())).collect();
    if findings.is_empty() {
        Ok(account)
    } else {
        Err(findings)
    }
}

/// A parameter with its value.
type Known<'a> = (&'a Parameter, f64);

/// The parameters of a fire.
struct Factors<'a> {
    combustion: (Known<'a>, Fraction),
    gases: Vec<(&'static str, Known<'a>, Option<Known<'a>>)>,
}

impl<'a> Factors<'a> {
    fn rows(&self) -> impl Iterator<Item = &'a Parameter> + '_ {
        let of_gas = |(_, factor, warming): &(_, Known<'a>, Option<Known<'a>>)| {
            [Some(factor.0), warming.map(|warming| warming.0)]
        };
        let gases = self.gases.iter().flat_map(of_gas).flatten();
        std::iter::once(self.combustion.0.0).chain(gases)
    }
}

/// Categories of the emission and combustion factors of a fire that have no parameter, and an unknown
/// assessment report.
#[must_use]
pub fn unknown_categories(
    name: &str,
    categories: (&str, &str),
    warming: Option<&str>,
    seeds: &Seeds,
) -> Vec<Finding> {
    factors(name, categories, warming, seeds)
        .err()
        .unwrap_or_default()
}

/// The factors of a fire by its categories of emission and combustion.
fn factors<'a>(
    name: &str,
    (emission, combustion): (&str, &str),
    warming: Option<&str>,
    seeds: &'a Seeds,
) -> Result<Factors<'a>, Vec<Finding>> {
    let mut findings = Vec::new();
    let report = match warming {
        None => REPORTS.first(),
        Some(word) => REPORTS.iter().find(|(report, _, _)| *report == word),
    };
    let Some((_, methane, nitrous_oxide)) = report else {
        let words: Vec<&str> = REPORTS.iter().map(|(word, _, _)| *word).collect();
        return Err(vec![Finding::error(
            format!("fire `{name}`"),
            format!("no assessment report is `{}`", warming.unwrap_or_default()),
            format!("`warming` of `[carbon] keys` can be {}", words.join(", ")),
        )]);
    };
    let known_words = |id: &str| {
        let words: BTreeSet<&str> = seeds
            .parameters()
            .of(id)
            .filter_map(|row| row.keys.get("category").map(String::as_str))
            .collect();
        words.into_iter().collect::<Vec<_>>().join(", ")
    };
    let mut find = |id: &str, keys: &[(&str, &str)]| -> Option<Known<'a>> {
        let keys: BTreeMap<String, String> = keys
            .iter()
            .map(|(key, word)| ((*key).to_owned(), (*word).to_owned()))
            .collect();
        let found = seeds.parameters().find(id, &keys);
        match found.map(|row| (row, row.value)) {
            Ok((row, Some(value))) => Some((row, value)),
            Ok((row, None)) => {
                findings.push(Finding::error(
                    format!("fire `{name}`"),
                    format!("parameter `{}` has no single value", row.row_id()),
                    "give it in a table of your own (`[carbon] parameters`)",
                ));
                None
            }
            Err(error) => {
                findings.push(Finding::error(
                    format!("fire `{name}`"),
                    error.to_string(),
                    format!("categories of `{id}`: {}", known_words(id)),
                ));
                None
            }
        }
    };
    let combustion = find("fire-combustion-factor", &[("category", combustion)]);
    let gases: Vec<_> = GASES
        .iter()
        .filter_map(|gas| {
            let keys = [("category", emission), ("gas", gas)];
            let factor = find("fire-emission-factor", &keys)?;
            let warming = match *gas {
                "ch4" => Some(find(methane, &[])?),
                "n2o" => Some(find(nitrous_oxide, &[])?),
                _ => None,
            };
            Some((*gas, factor, warming))
        })
        .collect();
    let share = combustion.and_then(|known| Some((known, Fraction::new(known.1).ok()?)));
    match share {
        Some(combustion) if findings.is_empty() => Ok(Factors { combustion, gases }),
        _ => {
            // Three gases of one category that nobody knows are one problem.
            findings.dedup_by(|a, b| a.remedy == b.remedy);
            Err(findings)
        }
    }
}

/// A gas as a product of what is uncertain of it.
fn term(trace: &mut Trace, (fire, area): (&Fire, Hectares), factors: &[Known<'_>]) -> Term {
    // Grams by kilogram are kilograms by tonne; a thousand of them make a tonne.
    let burnt = (fire.fuel * area).value() / 1000.0;
    let mut inputs: Vec<usize> = factors
        .iter()
        .map(|(row, value)| trace.parameter(row, *value))
        .collect();
    if let Some(error) = fire.fuel_error {
        inputs.push(trace.add_input(Input {
            key: format!("fuel of fire {}", fire.name),
            mean: 1.0,
            spread: Some(Spread {
                sigma: error.value(),
                shape: Shape::Normal,
            }),
            degrees_of_freedom: None,
            follows: None,
        }));
    }
    Term {
        coefficient: -burnt,
        inputs,
    }
}

/// Why carbon dioxide is of less land than burnt.
fn less(converted: Hectares, held: Hectares) -> String {
    let converted = (converted > Hectares::ZERO).then(|| {
        format!(
            "of {:.4} ha that burnt and were converted then or later, the loss of their conversion has all that stood there before",
            converted.value()
        )
    });
    let held = (held > Hectares::ZERO).then(|| {
        format!(
            "of {:.4} ha that burnt in regions with a difference of stocks, that holds it already",
            held.value()
        )
    });
    joined([
        converted.as_deref().unwrap_or_default(),
        held.as_deref().unwrap_or_default(),
    ])
}

/// How a gas follows from a hectare of burnt land: fuel and factors.
fn by_area(fire: &Fire, (combustion, factor): (Fraction, f64), warming: Option<f64>) -> String {
    let warming = warming.map_or_else(String::new, |warming| format!(" x {}", number(warming)));
    format!(
        "{} t_dm/ha x {} x {} g/kg / 1000{warming}",
        number(fire.fuel.on_one_hectare().value()),
        number(combustion.value()),
        number(factor),
    )
}

fn rows(fire: &Fire, factors: &Factors<'_>, level: f64, trace: &mut Trace) -> Vec<FireRow> {
    let regions = fire.areas.iter().flat_map(|(region, area)| {
        let gases = factors.gases.iter();
        gases.map(move |gas| (region.as_str(), *area, gas))
    });
    regions
        .map(|land| row((fire, factors), land, level, trace))
        .collect()
}

/// The row of a gas of a region.
fn row(
    (fire, factors): (&Fire, &Factors<'_>),
    (region_id, burnt, (gas, (factor_row, factor), warming)): (
        &str,
        Hectares,
        &(&'static str, Known<'_>, Option<Known<'_>>),
    ),
    level: f64,
    trace: &mut Trace,
) -> FireRow {
    let (combustion_factor, combustion) = factors.combustion;
    let converted = fire.converted.get(region_id).copied();
    let converted = converted.filter(|_| warming.is_none()).unwrap_or_default();
    let unseen = fire.unseen.get(region_id);
    let of_region = fire.of_region.get(region_id);
    let of_region = of_region.map_or_else(String::new, |words| words.join("; "));
    let is_known = burnt > Hectares::ZERO || !unseen.is_some_and(|unseen| unseen.is_much);
    let held = fire.held.get(region_id);
    let elsewhere = match held {
        Some(HeldLand::Part(area)) if warming.is_none() => *area,
        _ => Hectares::ZERO,
    };
    let area = burnt - converted - elsewhere;
    let tonnes = fire_gas_tonnes(area, fire.fuel, combustion, *factor);
    let effect = warming.map_or(1.0, |(_, warming)| warming);
    let known: Vec<Known<'_>> = [combustion_factor, (factor_row, *factor)]
        .into_iter()
        .chain(*warming)
        .collect();
    let term = term(trace, (fire, area), &known);
    let closed = closed_form(std::slice::from_ref(&term), trace.inputs());
    let rate = |value: f64| PerYear::new(TonnesCo2e::new(value));
    let by_area = by_area(fire, (combustion, *factor), warming.map(|known| known.1));
    let pool = format!("fire-{gas}");
    let of_gas = gas_words(&fire.name, tonnes, &pool);
    let quality = Quality::of_standings(factors.rows().map(|row| row.standing));
    let whole = closed.unknown.is_empty() && fire.fuel_error.is_some();
    let row = SequestrationRow {
        arithmetic: if is_known {
            format!(
                "-{} ha x {by_area} = {} t CO2e/yr",
                number(area.value()),
                number(-tonnes * effect)
            )
        } else {
            String::new()
        },
        region_id: region_id.to_owned(),
        period_start: fire.year,
        period_end: fire.year,
        ecosystem: fire.ecosystem.id().to_owned(),
        pool,
        removal: is_known.then(|| Figure {
            value: rate(-tonnes * effect),
            standard_error: closed.standard_error,
            interval: (closed.interval(level)).map(|(low, high)| (rate(low), rate(high))),
        }),
        counted: false,
        method: FIRE_METHOD.to_owned(),
        approach: FIRE.to_owned(),
        parameters: known.iter().map(|(row, _)| row.row_id()).collect(),
        quality: if is_known { quality } else { Quality::Missing }
            .id()
            .to_owned(),
        note: joined([
            if is_known {
                of_gas.as_str()
            } else {
                fire.name.as_str()
            },
            &fire.of_areas,
            &of_region,
            unseen.map_or("", |unseen| unseen.words.as_str()),
            &less(converted, elsewhere),
            match (closed.standard_error, whole) {
                _ if !is_known || area == Hectares::ZERO => "",
                (None, _) => "no spread: neither the factors nor the fuel have one",
                (Some(_), false) => {
                    "the spread is a lower limit: of some factors, or of the fuel, none is given"
                }
                (Some(_), true) => "",
            },
        ]),
    };
    FireRow {
        fire: fire.name.clone(),
        ecosystem: fire.ecosystem,
        carbon_dioxide: warming.is_none(),
        in_other: held == Some(&HeldLand::All),
        row,
        area,
        by_area,
        tonnes,
        term,
    }
}

#[cfg(test)]
#[path = "burnt_tests.rs"]
mod tests;
