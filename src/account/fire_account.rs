//! Fires of the plan: gases from burnt land, by region.

use std::collections::{BTreeMap, BTreeSet};

use super::carbon::{Evidence, Quality};
use super::ecosystem::Ecosystem;
use super::fire::fire_gas_tonnes;
use super::parameter::{Parameter, Standing};
use super::plot_pools::joined;
use super::seeds::Seeds;
use super::tables::{Figure, ParameterRow, SequestrationRow};
use crate::finding::Finding;
use crate::units::{Fraction, Hectares, PerHectare, PerYear, TonnesCo2e, TonnesDryMatter};

/// Method id of fires.
const METHOD: &str = "fire-ipcc2006";
/// Approach id of fires.
const APPROACH: &str = "fire";

/// The gases of a fire: key of the parameter, and the parameter of its warming effect.
const GASES: [(&str, Option<&str>); 3] = [
    ("co2", None),
    ("ch4", Some("gwp100-ch4-ar5")),
    ("n2o", Some("gwp100-n2o-ar5")),
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
    /// Burnt area by region id, the union of all among them.
    pub areas: Vec<(String, Hectares)>,
}

/// What fires add to the tables.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FireAccount {
    /// Rows of `tables/sequestration.csv`.
    pub sequestration: Vec<SequestrationRow>,
    /// Rows of `tables/parameters.csv`.
    pub parameters: Vec<ParameterRow>,
}

/// The gases of the fires, a row each region and gas, as removals with their sign: a fire is a loss.
///
/// Carbon dioxide and the other gases are rows of their own, and none is part of the headline
/// removal: a stock difference over the same years holds the carbon already, and a fire has a year
/// of its own.
///
/// # Source
///
/// IPCC 2006 Guidelines, Volume 4, Chapter 2, equation 2.27; warming over 100 years by the Fifth
/// Assessment Report.
///
/// # Errors
///
/// Categories without a parameter, all of them; in registry mode every recalled parameter.
pub fn fires(
    fires: &[Fire],
    seeds: &Seeds,
    evidence: Evidence,
) -> Result<FireAccount, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut account = FireAccount::default();
    let mut used: BTreeMap<String, &Parameter> = BTreeMap::new();
    for fire in fires {
        match factors(fire, seeds) {
            Ok(factors) => {
                for row in factors.rows() {
                    used.insert(row.row_id(), row);
                }
                account.sequestration.extend(rows(fire, &factors));
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
    let by = || vec![METHOD.to_owned()];
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

fn factors<'a>(fire: &Fire, seeds: &'a Seeds) -> Result<Factors<'a>, Vec<Finding>> {
    let mut findings = Vec::new();
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
                    format!("fire `{}`", fire.name),
                    format!("parameter `{}` has no single value", row.row_id()),
                    "give it in a table of your own (`[carbon] parameters`)",
                ));
                None
            }
            Err(error) => {
                findings.push(Finding::error(
                    format!("fire `{}`", fire.name),
                    error.to_string(),
                    format!("categories of `{id}`: {}", known_words(id)),
                ));
                None
            }
        }
    };
    let combustion = find("fire-combustion-factor", &[("category", &fire.combustion)]);
    let gases: Vec<_> = GASES
        .iter()
        .filter_map(|(gas, warming)| {
            let keys = [("category", fire.emission.as_str()), ("gas", gas)];
            let factor = find("fire-emission-factor", &keys)?;
            let warming = match warming {
                Some(id) => Some(find(id, &[])?),
                None => None,
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

fn rows(fire: &Fire, factors: &Factors<'_>) -> Vec<SequestrationRow> {
    let mut rows = Vec::new();
    let (_, combustion) = factors.combustion;
    let recalled = factors.rows().any(|row| row.standing == Standing::Memory);
    let user = factors.rows().any(|row| row.standing == Standing::User);
    let quality = match (recalled, user) {
        (true, _) => Quality::RecalledParameter,
        (false, true) => Quality::UserParameter,
        (false, false) => Quality::PublishedDefault,
    };
    for (region_id, area) in &fire.areas {
        for (gas, (factor_row, factor), warming) in &factors.gases {
            let tonnes = fire_gas_tonnes(*area, fire.fuel, combustion, *factor);
            let effect = warming.map_or(1.0, |(_, warming)| warming);
            let arithmetic = format!(
                "{}: {:.4} ha x {} t d.m./ha x {} x {factor} g/kg / 1000 = {tonnes:.6} t {}",
                fire.name,
                area.value(),
                fire.fuel.on_one_hectare().value(),
                combustion.value(),
                gas.to_uppercase(),
            );
            let warmed =
                warming.map_or_else(String::new, |(_, warming)| format!("times {warming}"));
            let mut parameters = vec![factors.combustion.0.0.row_id(), factor_row.row_id()];
            parameters.extend(warming.map(|(row, _)| row.row_id()));
            rows.push(SequestrationRow {
                region_id: region_id.clone(),
                period_start: fire.year,
                period_end: fire.year,
                ecosystem: fire.ecosystem.id().to_owned(),
                pool: format!("fire-{gas}"),
                removal: Some(Figure {
                    value: PerYear::new(TonnesCo2e::new(-tonnes * effect)),
                    standard_error: None,
                    interval: None,
                }),
                counted: false,
                method: METHOD.to_owned(),
                approach: APPROACH.to_owned(),
                parameters,
                quality: quality.id().to_owned(),
                note: joined([
                    arithmetic.as_str(),
                    &warmed,
                    if warming.is_none() {
                        "not part of the headline: a stock difference over these years holds it already"
                    } else {
                        "not part of the headline, which counts carbon"
                    },
                ]),
            });
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fire(emission: &str, combustion: &str) -> Fire {
        Fire {
            name: "north".to_owned(),
            year: 2019,
            ecosystem: Ecosystem::Forest,
            emission: emission.to_owned(),
            combustion: combustion.to_owned(),
            fuel: PerHectare::new(TonnesDryMatter::new(50.0)),
            areas: vec![("a".to_owned(), Hectares::new(100.0))],
        }
    }

    /// Worked example W17, with the warming effects of the Fifth Assessment Report.
    #[test]
    fn gases_of_a_fire_are_losses_apart() {
        let seeds = Seeds::embedded();
        let of = fire("extra-tropical-forest", "other-temperate-forest-all");
        let account = fires(&[of], &seeds, Evidence::Registry).unwrap();
        let values: Vec<(&str, f64)> = account
            .sequestration
            .iter()
            .map(|row| {
                assert!(!row.counted);
                let removal = row.removal.unwrap();
                (row.pool.as_str(), removal.value.in_one_year().value())
            })
            .collect();
        let expected = [
            ("fire-co2", -3530.25),
            ("fire-ch4", -10.575 * 28.0),
            ("fire-n2o", -0.585 * 265.0),
        ];
        for ((pool, value), (gas, wanted)) in values.iter().zip(expected) {
            assert_eq!(*pool, gas);
            assert!((value - wanted).abs() < 1e-9, "{pool} {value}");
        }
        assert_eq!(account.parameters.len(), 6);
    }

    #[test]
    fn unknown_categories_are_all_named() {
        let seeds = Seeds::embedded();
        let problems = fires(&[fire("moon", "sea")], &seeds, Evidence::Any).unwrap_err();
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[0].remedy.contains("other-temperate-forest-all"));
    }
}
