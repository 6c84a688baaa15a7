//! Carbon: plots, areas and parameters become stocks and removals of ecosystems and pools.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::area_pools;
use super::areas::AreaAccount;
use super::ecosystem::Ecosystem;
use super::method::{Approach, Method};
use super::parameter::{Parameter, Standing};
use super::plot_pools::{self, PoolChanges, PoolStocks};
use super::pool::Pool;
use super::region_areas::RegionAreas;
use super::seeds::Seeds;
use super::soil_change;
use super::stand_carbon::{self, StandCarbonRow, StandInput};
use super::tables::{CarbonRow, ParameterRow, SequestrationRow};
use super::trace::Trace;
use crate::finding::Finding;
use crate::units::Hectares;

/// How good a figure is, in the fixed words of the `quality` columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quality {
    /// Estimated from the region's own plots.
    Direct,
    /// Borrowed from a larger area because the region has too few plots.
    Synthetic,
    /// Joined from both.
    Composite,
    /// A register of stands: a census without sampling error.
    Register,
    /// Area counted on the map, no sample.
    MapOnly,
    /// Map area times a published default.
    PublishedDefault,
    /// Rests on a figure that was recalled and not read again.
    RecalledParameter,
    /// Rests on a figure of the user's.
    UserParameter,
    /// Nothing could be computed.
    Missing,
}

impl Quality {
    /// The word.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Synthetic => "synthetic",
            Self::Composite => "composite",
            Self::Register => "register",
            Self::MapOnly => "map-only",
            Self::PublishedDefault => "published-default",
            Self::RecalledParameter => "recalled-parameter",
            Self::UserParameter => "user-parameter",
            Self::Missing => "missing",
        }
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// Which parameters a run may rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Evidence {
    /// All; recalled ones are marked.
    #[default]
    Any,
    /// Registry mode: recalled ones are refused.
    Registry,
}

/// The plan's choice of a method for an ecosystem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarbonChoice {
    /// The ecosystem.
    pub ecosystem: Ecosystem,
    /// Method id.
    pub method: String,
    /// Keys of its parameters, such as `climate-zone` → `warm-temperate-wet`.
    pub keys: BTreeMap<String, String>,
}

/// All that the carbon account rests on.
#[derive(Debug, Clone, Copy)]
pub struct CarbonInput<'a> {
    /// Methods and parameters.
    pub seeds: &'a Seeds,
    /// Areas by ecosystem, where there is a map.
    pub areas: Option<&'a AreaAccount>,
    /// Pools from plots, one entry a region and inventory, the total among them.
    pub stocks: &'a [PoolStocks],
    /// Changes of the pools between two inventories, one entry a region, the total among them.
    pub changes: &'a [PoolChanges],
    /// Stand registers, where there are any.
    pub stands: Option<StandInput<'a>>,
    /// Methods by ecosystem; one for forest with plots must be among them when `stocks` is not
    /// empty.
    pub choices: &'a [CarbonChoice],
    /// Depth of the soil that the headline stock counts, in centimetres; `None` takes that of the
    /// plots, or else the shallowest of the methods.
    pub soil_depth_cm: Option<f64>,
    /// Which parameters the run may rest on.
    pub evidence: Evidence,
    /// Level of confidence of the intervals in rows.
    pub level: f64,
}

/// The carbon account of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CarbonAccount {
    /// Rows of `tables/carbon.csv`.
    pub carbon: Vec<CarbonRow>,
    /// Rows of `tables/sequestration.csv`.
    pub sequestration: Vec<SequestrationRow>,
    /// Rows of `tables/parameters.csv`.
    pub parameters: Vec<ParameterRow>,
    /// Rows of `tables/stand_carbon.csv`.
    pub stands: Vec<StandCarbonRow>,
    /// How the headline figures are made: what [`super::uncertainty()`] works from.
    pub trace: Trace,
}

/// The carbon account of the regions.
///
/// The headline stock counts, for each region, the pools of the newest inventory and of the newest
/// map, each pool of each ecosystem once, and soil of one depth only. Where forest comes from
/// plots, other ecosystems count only the part of their area whose class has no trees: the plots
/// measured forest wherever it stands.
///
/// # Errors
///
/// All of: unknown methods, methods that do not fit their ecosystem, missing or unknown keys, two
/// methods for one pool, plots or maps that a method needs and the run lacks, soil depths that
/// cannot be counted together with the plots, and in registry mode every recalled parameter.
pub fn carbon(input: &CarbonInput<'_>) -> Result<CarbonAccount, Vec<Finding>> {
    let mut findings = Vec::new();
    let chosen: Vec<(&CarbonChoice, &Method)> = input
        .choices
        .iter()
        .filter_map(|choice| match input.seeds.method(&choice.method) {
            Ok(method) => Some((choice, method)),
            Err(finding) => {
                findings.push(finding);
                None
            }
        })
        .collect();
    check_fit(&chosen, input, &mut findings);
    check_single(&chosen, &mut findings);
    let mut rules = Vec::new();
    for (choice, method) in &chosen {
        match area_pools::resolve(choice, method, input.seeds) {
            Ok(mut resolved) => rules.append(&mut resolved),
            Err(mut problems) => findings.append(&mut problems),
        }
    }
    if input.evidence == Evidence::Registry {
        refuse_recalled(&rules, &mut findings);
    }
    let plots = chosen
        .iter()
        .find(|(_, method)| method.approach == Approach::PlotPools);
    let depth = match counted_depth(input, plots.is_some(), &rules) {
        Ok(depth) => depth,
        Err(finding) => {
            findings.push(finding);
            None
        }
    };
    if !findings.is_empty() {
        return Err(findings);
    }
    let mut account = CarbonAccount::default();
    if let Some((choice, method)) = plots {
        plot_pools::fill(&mut account, choice.ecosystem, method, input);
    }
    let by_volume = stand_carbon::fill_chosen(&mut account, &chosen, input)?;
    // The inventory, be it of plots or of stands, has the forest wherever it stands.
    let inventory = plots.is_some() || by_volume;
    for region in regions(input) {
        for rule in &rules {
            area_pools::fill(
                &mut account,
                rule,
                region,
                &area_pools::Setting {
                    plots: inventory,
                    depth_cm: depth,
                    level: input.level,
                },
            );
        }
    }
    for (choice, method) in chosen
        .iter()
        .filter(|(_, method)| method.approach == Approach::SoilChange)
    {
        for region in regions(input) {
            soil_change::fill(&mut account, (choice, method), &rules, region, input.level);
        }
    }
    if !chosen.is_empty() {
        for region in regions(input) {
            account
                .carbon
                .extend(without_method(region, &chosen, inventory));
        }
    }
    account.parameters.extend(parameter_rows(&rules));
    account.parameters = stand_carbon::merged(account.parameters);
    Ok(account)
}

/// Rows without a stock for the ecosystems of the newest map that no method of the plan accounts:
/// unknown is not zero.
fn without_method(
    region: &RegionAreas,
    chosen: &[(&CarbonChoice, &Method)],
    plots: bool,
) -> Vec<CarbonRow> {
    let Some(newest) = region.newest() else {
        return Vec::new();
    };
    let left_out = newest.ecosystems.iter().filter(|(ecosystem, area)| {
        ecosystem.holds_carbon()
            && **area > Hectares::ZERO
            && !chosen
                .iter()
                .any(|(choice, _)| choice.ecosystem == **ecosystem)
    });
    left_out
        .map(|(ecosystem, area)| CarbonRow {
            region_id: region.region_id.clone(),
            year: newest.year,
            ecosystem: ecosystem.id().to_owned(),
            pool: Pool::All.id().to_owned(),
            soil_depth_cm: None,
            area: Some(*area),
            carbon: None,
            counted: false,
            method: String::new(),
            approach: String::new(),
            parameters: Vec::new(),
            quality: Quality::Missing.id().to_owned(),
            note: if plots && ecosystem.has_trees() {
                "no method of its own: where the inventory calls it forest, the plots count it"
            } else {
                "the plan chooses no method for this ecosystem"
            }
            .to_owned(),
        })
        .collect()
}

/// Regions with areas, the total last.
fn regions<'a>(input: &CarbonInput<'a>) -> Vec<&'a RegionAreas> {
    input
        .areas
        .map(|areas| areas.regions.iter().chain(&areas.total).collect())
        .unwrap_or_default()
}

fn check_fit(
    chosen: &[(&CarbonChoice, &Method)],
    input: &CarbonInput<'_>,
    findings: &mut Vec<Finding>,
) {
    for (choice, method) in chosen {
        let place = format!("carbon, ecosystem {}", choice.ecosystem);
        if !method.ecosystems.contains(&choice.ecosystem) {
            findings.push(Finding::error(
                place.clone(),
                format!("method `{}` is not for this ecosystem", method.id),
                format!(
                    "it is for {}",
                    method
                        .ecosystems
                        .iter()
                        .map(|ecosystem| ecosystem.id())
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            ));
        }
        let (missing, remedy) = match method.approach {
            Approach::PlotPools if input.stocks.is_empty() => {
                ("plots", "add an inventory, or choose a method by area")
            }
            Approach::PlotPools => continue,
            approach if approach.is_volume() && input.stands.is_none() => (
                "a stand register",
                "add `[[inventory.stands]]`, or choose another method",
            ),
            approach if approach.is_volume() => continue,
            Approach::CoastalAccumulation | Approach::SoilChange
                if input
                    .areas
                    .is_none_or(|a| a.regions.first().is_none_or(|r| r.years.len() < 2)) =>
            {
                ("land cover of two years", "add a second land-cover map")
            }
            _ if input.areas.is_none() => ("land cover", "add a land-cover map"),
            _ => continue,
        };
        findings.push(Finding::error(
            place,
            format!(
                "method `{}` needs {missing}, and the run has none",
                method.id
            ),
            remedy,
        ));
    }
}

/// No pool of an ecosystem by two methods.
fn check_single(chosen: &[(&CarbonChoice, &Method)], findings: &mut Vec<Finding>) {
    let mut by: BTreeMap<(Ecosystem, Pool, bool), &str> = BTreeMap::new();
    for (choice, method) in chosen {
        let plots = method.approach == Approach::PlotPools;
        let pools: BTreeSet<(Pool, bool)> = method
            .counted
            .iter()
            .flat_map(|pool| [(*pool, false), (*pool, true)])
            .chain(
                method
                    .pools
                    .iter()
                    .map(|rule| (rule.pool, method.approach.is_flux())),
            )
            .chain((method.approach == Approach::SoilChange).then_some((Pool::SoilOrganic, true)))
            .collect();
        for (pool, flux) in pools {
            if let Some(first) = by.insert((choice.ecosystem, pool, flux), &method.id) {
                findings.push(Finding::error(
                    format!("carbon, ecosystem {}", choice.ecosystem),
                    format!(
                        "methods `{first}` and `{}` both give the {} of pool `{pool}`",
                        method.id,
                        if flux { "removal" } else { "stock" }
                    ),
                    if plots || flux {
                        "choose one: stock difference and gain-loss are never mixed for a pool"
                    } else {
                        "choose one"
                    },
                ));
            }
        }
    }
}

fn refuse_recalled(rules: &[area_pools::Resolved<'_>], findings: &mut Vec<Finding>) {
    let recalled: BTreeSet<(String, &str)> = rules
        .iter()
        .flat_map(|rule| {
            rule.parameters()
                .map(move |row| (row, rule.method.id.as_str()))
        })
        .filter(|(row, _)| row.standing == Standing::Memory)
        .map(|(row, method)| (row.row_id(), method))
        .collect();
    findings.extend(recalled.into_iter().map(|(row, method)| {
        Finding::error(
            format!("carbon, method {method}"),
            format!("registry mode, and parameter `{row}` was recalled, not read again"),
            "give the value yourself in a parameter table",
        )
    }));
}

/// The soil depth that the headline counts.
fn counted_depth(
    input: &CarbonInput<'_>,
    plots: bool,
    rules: &[area_pools::Resolved<'_>],
) -> Result<Option<f64>, Finding> {
    let of_soil = |pool: &&super::plot_pools::PoolEstimate<_>| pool.pool == Pool::SoilOrganic;
    let nameless = input
        .stocks
        .iter()
        .flat_map(|stock| &stock.pools)
        .filter(of_soil)
        .any(|pool| pool.depth_cm.is_none());
    if plots && nameless && rules.iter().any(|rule| rule.rule.depth_cm.is_some()) {
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
                .flat_map(|stock| &stock.pools)
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
        (Some(depth), _) | (None, Some(depth)) => Ok(Some(depth)),
        (None, None) => Ok(rules
            .iter()
            .filter_map(|rule| rule.rule.depth_cm)
            .min_by(f64::total_cmp)),
    }
}

fn parameter_rows(rules: &[area_pools::Resolved<'_>]) -> Vec<ParameterRow> {
    let mut used: BTreeMap<String, (&Parameter, BTreeSet<String>)> = BTreeMap::new();
    for rule in rules {
        for row in rule.parameters() {
            used.entry(row.row_id())
                .or_insert_with(|| (row, BTreeSet::new()))
                .1
                .insert(rule.method.id.clone());
        }
    }
    used.into_values()
        .filter_map(|(row, by)| row.row(by.into_iter().collect()))
        .collect()
}

#[cfg(test)]
#[path = "carbon_tests.rs"]
mod tests;
