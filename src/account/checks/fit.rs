//! What keeps a choice of methods from being an account.

use super::pool_overlap::check_single;
use crate::account::carbon_input::CarbonInput;
use crate::account::choice::{CarbonChoice, ValueLayer};
use crate::account::density::{self, Stock};
use crate::account::library::{Approach, Method, PARAMETER_SET, Seeds};
use crate::account::plots::PoolEstimate;
use crate::account::pool::Pool;
use crate::account::quality::Evidence;
use crate::account::soil;
use crate::finding::Finding;

pub(in crate::account) fn check_fit(
    chosen: &[(&CarbonChoice, &Method)],
    input: &CarbonInput<'_>,
    findings: &mut Vec<Finding>,
) {
    for (choice, method) in chosen {
        findings.extend(not_for(choice, method));
        let (missing, remedy) = match method.approach {
            Approach::PlotPools if input.stocks.is_empty() => (
                "estimates of carbon from plots",
                "add an inventory with a field of carbon, or choose a method by area; where the plan has one, layers that repeat or depend on each other leave no estimate",
            ),
            Approach::PlotPools => continue,
            approach if approach.is_volume() && input.stands.is_none() => (
                "a stand register",
                "add `[[inventory.stands]]`, or choose another method",
            ),
            approach if approach.is_volume() => continue,
            Approach::StandGrowth
                if input.growth.is_none_or(|growth| {
                    let areas = &growth.forest.areas;
                    areas.iter().all(|area| area.age.is_none())
                }) =>
            {
                (
                    "ages of stands",
                    "name the field `age` of a stand register, or give `[carbon.age-classes]`",
                )
            }
            Approach::StandGrowth => continue,
            approach
                if is_of_change(approach)
                    && input
                        .areas
                        .is_none_or(|a| a.regions.first().is_none_or(|r| r.years.len() < 2)) =>
            {
                TWO_DATES
            }
            _ if input.areas.is_none() => ("land cover", "add a land-cover map"),
            Approach::CoastalAccumulation | Approach::CoastalLoss if choice.within.is_some() => (
                "the whole ecosystem",
                "leave `within` out: a change between two maps is not known by layer",
            ),
            _ => continue,
        };
        findings.push(lacking(choice, method, (missing, remedy)));
    }
}

/// What a method of change between dates needs, and how to give it.
const TWO_DATES: (&str, &str) = ("land cover of two years", "add a second land-cover map");

/// Whether a method is of what changed from a date to another.
const fn is_of_change(approach: Approach) -> bool {
    matches!(
        approach,
        Approach::CoastalAccumulation
            | Approach::CoastalLoss
            | Approach::ConversionLoss
            | Approach::SoilChange
    )
}

fn lacking(choice: &CarbonChoice, method: &Method, (missing, remedy): (&str, &str)) -> Finding {
    Finding::error(
        format!("carbon, ecosystem {}", choice.ecosystem),
        format!(
            "method `{}` needs {missing}, and the run has none",
            method.id
        ),
        remedy,
    )
}

/// What keeps methods by area from being an account of a run with so many dates, before any area is
/// known: those of a plan that is refused for other reasons are told too.
#[must_use]
pub fn clashes(choices: &[CarbonChoice], seeds: &Seeds, dates: usize) -> Vec<Finding> {
    let by_area = |method: &&Method| {
        let approach = method.approach;
        let of_data = [Approach::PlotPools, Approach::StandGrowth].contains(&approach);
        !of_data && !approach.is_volume()
    };
    let chosen: Vec<(&CarbonChoice, &Method)> = choices
        .iter()
        .filter_map(|choice| {
            let method = seeds.method(&choice.method).ok();
            Some((choice, method.filter(by_area)?))
        })
        .collect();
    let of_change = chosen.iter();
    let of_change = of_change.filter(|(_, method)| dates < 2 && is_of_change(method.approach));
    let mut findings: Vec<Finding> = of_change
        .map(|(choice, method)| lacking(choice, method, TWO_DATES))
        .collect();
    let input = CarbonInput {
        seeds,
        areas: None,
        stocks: &[],
        changes: &[],
        stands: None,
        growth: None,
        layers: &[],
        choices,
        soil_depth_cm: None,
        evidence: Evidence::Any,
        level: 0.95,
    };
    check_single(&chosen, &input, &mut findings);
    check_methane(&chosen, &mut findings);
    findings
}

/// Methane of rewetted soil on land that another entry takes as drained: soil is one or the other.
pub(in crate::account) fn check_methane(
    chosen: &[(&CarbonChoice, &Method)],
    findings: &mut Vec<Finding>,
) {
    let of =
        |approach: Approach| (chosen.iter()).filter(move |(_, method)| method.approach == approach);
    for (wet, methane) in of(Approach::MethaneEmission) {
        let drained = of(Approach::EmissionFactor).filter(|(dry, method)| {
            dry.ecosystem == wet.ecosystem
                && dry.meets(wet)
                && method.beside.as_ref() != Some(&methane.id)
        });
        findings.extend(drained.map(|(dry, method)| {
            let land = dry.within.as_ref().map_or_else(
                || "all of it".to_owned(),
                |within| within.words.clone(),
            );
            Finding::error(
                format!("carbon, ecosystem {}", wet.ecosystem),
                format!(
                    "`{}` gives the methane of rewetted soil on land that `{}` takes as drained: {land}",
                    methane.id, method.id
                ),
                "give each its own classes of one layer (`within`): soil is drained or rewetted",
            )
        }));
    }
}

/// That a method is not for the ecosystem it is chosen for.
fn not_for(choice: &CarbonChoice, method: &Method) -> Option<Finding> {
    let of: Vec<&str> = method.ecosystems.iter().map(|one| one.id()).collect();
    (!method.ecosystems.contains(&choice.ecosystem)).then(|| {
        Finding::error(
            format!("carbon, ecosystem {}", choice.ecosystem),
            format!("method `{}` is not for this ecosystem", method.id),
            format!("it is for {}", of.join(", ")),
        )
    })
}

/// What is wrong with a choice before any area is known: a method for other ecosystems, and a stock from
/// a layer that is not there or lacks something. An unknown method is told by [`choice_problems`].
#[must_use]
pub fn misfits(choice: &CarbonChoice, layers: &[ValueLayer<'_>], seeds: &Seeds) -> Vec<Finding> {
    let Ok(method) = seeds.method(&choice.method) else {
        return Vec::new();
    };
    let mut findings: Vec<Finding> = not_for(choice, method).into_iter().collect();
    if method.approach == Approach::DensityLayer {
        let stock = Stock::resolve(choice, method, layers, seeds);
        findings.extend(stock.err().unwrap_or_default());
    }
    findings
}

/// What is wrong with a choice by itself: an unknown method, and keys that fit no parameter.
///
/// A known method tells which of its parameters has no row; of an unknown one, words are told that no
/// parameter at all has.
#[must_use]
pub fn choice_problems(choice: &CarbonChoice, seeds: &Seeds) -> Vec<Finding> {
    let unknown = match seeds.method(&choice.method) {
        Ok(method) => {
            let resolved = density::area_pools::resolve(choice, method, seeds);
            let mut findings = resolved.err().unwrap_or_default();
            let befores = soil::management::befores(&[(choice, method)]);
            soil::management::resolve(&befores, seeds, &mut findings);
            return findings;
        }
        Err(unknown) => unknown,
    };
    let mut findings = vec![unknown];
    // Of a set of parameters `unknown_keys` tells.
    let keys = choice.keys.iter().filter(|(key, _)| *key != PARAMETER_SET);
    for (key, word) in keys {
        let words = seeds.parameters().words(key);
        if words.is_empty() || words.contains(word.as_str()) {
            continue;
        }
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        findings.push(Finding::error(
            format!("carbon, ecosystem {}", choice.ecosystem),
            format!("no parameter has `{word}` for the key `{key}`"),
            format!("it can be {}", words.join(", ")),
        ));
    }
    findings
}

/// The soil depth that the headline counts.
pub(in crate::account) fn counted_depth(
    input: &CarbonInput<'_>,
    plots: bool,
    depths: &[f64],
) -> Result<Option<f64>, Finding> {
    let of_soil = |pool: &&PoolEstimate<_>| pool.pool == Pool::SoilOrganic;
    let nameless = input
        .stocks
        .iter()
        .flat_map(|stock| &stock.sum.pools)
        .filter(of_soil)
        .any(|pool| pool.depth_cm.is_none());
    if plots && nameless && !depths.is_empty() {
        return Err(Finding::error(
            "carbon, soil depth",
            "the soil pool of the plots has no depth, and other ecosystems count soil too",
            "state how deep the soil of the plots goes: soil of two depths is never added",
        ));
    }
    let of_plots = plots
        .then(|| {
            input
                .stocks
                .iter()
                .flat_map(|stock| &stock.sum.pools)
                .find_map(|pool| pool.depth_cm)
        })
        .flatten();
    match (input.soil_depth_cm, of_plots) {
        (Some(wanted), Some(found)) if (wanted - found).abs() > f64::EPSILON => {
            Err(Finding::error(
                "carbon, soil depth",
                format!("the plan counts soil to {wanted} cm, the plots give it to {found} cm"),
                "count the depth of the plots, or leave the soil pool out of the plots",
            ))
        }
        (Some(wanted), None) if !depths.contains(&wanted) => {
            let mut depths = depths.to_vec();
            depths.sort_by(f64::total_cmp);
            depths.dedup();
            let depths: Vec<String> = depths.iter().map(|depth| format!("{depth} cm")).collect();
            Err(Finding::error(
                "carbon, soil depth",
                format!("the plan counts soil to {wanted} cm, and no chosen method gives it"),
                if depths.is_empty() {
                    "choose a method with a soil pool, or leave `[carbon] soil-depth-cm` out"
                        .to_owned()
                } else {
                    format!("the chosen methods give soil to {}", depths.join(", "))
                },
            ))
        }
        (Some(depth), _) | (None, Some(depth)) => Ok(Some(depth)),
        (None, None) => Ok(depths.iter().copied().min_by(f64::total_cmp)),
    }
}
