//! Carbon: plots, areas and parameters become stocks and removals of ecosystems and pools.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::area_pools;
use super::areas::AreaAccount;
use super::carbon_checks::{check_fit, check_methane, counted_depth, refuse_recalled};
use super::carbon_transitions::{self, CarbonTransitionRow};
use super::choice::{CarbonChoice, grown, losses, restored};
use super::coastal_periods;
use super::companion;
use super::conversion_loss;
use super::densities::Densities;
use super::density_layer::Stock;
use super::ecosystem::Ecosystem;
use super::ecosystem_shift::LeavingLand;
use super::found_density::StockTerms;
use super::gain_alone;
use super::inventory_share::{self, InventoryShare};
use super::landless;
use super::layer_stock::ValueLayer;
use super::management_change;
use super::method::{Approach, Method};
use super::mixed_sources;
use super::parameter::{Parameter, Standing};
use super::plot_pools::{self, PoolChanges, PoolStocks};
use super::pool::Pool;
use super::pool_overlap::{check_overlays, check_single};
use super::region_areas::RegionAreas;
use super::seeds::Seeds;
use super::soil_change;
use super::soil_depths::{Depths, SoilStocks};
use super::stand_carbon::{self, StandCarbonRow, StandInput};
use super::stand_growth::{self, GrowthInput, StandGrowthRow};
use super::tables::{CarbonRow, ParameterRow, SequestrationRow};
use super::trace::{Headline, Trace};
use super::uncounted_soil::{self, UncountedSoil};
use super::unknown_change::{self, LeftOut};
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

    /// Of map area times figures of these standings: a recalled one goes before the user's.
    pub(super) fn of_standings(standings: impl IntoIterator<Item = Standing>) -> Self {
        let standings: BTreeSet<Standing> = standings.into_iter().collect();
        if standings.contains(&Standing::Memory) {
            Self::RecalledParameter
        } else if standings.contains(&Standing::User) {
            Self::UserParameter
        } else {
            Self::PublishedDefault
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
    /// Forest by age, where it is known.
    pub growth: Option<GrowthInput<'a>>,
    /// Layers of values that may hold a stock.
    pub layers: &'a [ValueLayer<'a>],
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
    /// Rows of `tables/carbon_transitions.csv`.
    pub transitions: Vec<CarbonTransitionRow>,
    /// Rows of `tables/parameters.csv`.
    pub parameters: Vec<ParameterRow>,
    /// Rows of `tables/stand_carbon.csv`.
    pub stands: Vec<StandCarbonRow>,
    /// Rows of `tables/stand_growth.csv`.
    pub growth: Vec<StandGrowthRow>,
    /// How the headline figures are made: what [`super::uncertainty()`] works from.
    pub trace: Trace,
    /// Ecosystems whose removal is a gain by growth, so that what they lose counts beside it.
    pub grown: BTreeSet<Ecosystem>,
    /// Ecosystems whose trees are in the difference of an inventory of another, with the ids of the regions that it has
    /// none of them in.
    pub in_difference: BTreeMap<Ecosystem, BTreeSet<String>>,
    /// Stocks that are not in the headline because of the depth of their soil.
    pub uncounted: Vec<UncountedSoil>,
    /// Headline figures that methods of the plan take from areas of the maps.
    pub by_area: BTreeSet<Headline>,
    /// Years of the first and the last date of the maps.
    pub dates: Option<(i32, i32)>,
    /// Converted land by region and ecosystem whose biomass a loss has.
    pub booked: BTreeMap<(String, Ecosystem), Hectares>,
    /// The land that a counted loss of a conversion has with all that stood there.
    pub lost: BTreeSet<LeavingLand>,
    /// How the counted stocks of layers and registers are made.
    pub(super) stock_terms: StockTerms,
    /// Ecosystems whose loss has no roots, as no stock of them is chosen.
    pub(super) rootless: BTreeSet<Ecosystem>,
    /// Regions that the change of all between two inventories leaves out.
    pub(super) left_out: LeftOut,
    /// What the person must be told of the choices.
    pub warnings: Vec<Finding>,
}

impl CarbonAccount {
    /// Adds parameters that further accounts used.
    pub fn add_parameters(&mut self, rows: Vec<ParameterRow>) {
        self.parameters.extend(rows);
        self.parameters = stand_carbon::merged(std::mem::take(&mut self.parameters));
    }
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
    let mut choices = input.choices.to_vec();
    let beside = inventory_share::leave_out_counted(&mut choices, input);
    let (mut findings, warnings): (Vec<_>, Vec<_>) =
        beside.into_iter().partition(Finding::is_error);
    let chosen = with_methods(&choices, input, &mut findings);
    check_fit(&chosen, input, &mut findings);
    check_single(&chosen, input, &mut findings);
    check_methane(&chosen, &mut findings);
    let mut rules = Vec::new();
    for (choice, method) in &chosen {
        match area_pools::resolve(choice, method, input.seeds) {
            Ok(mut resolved) => rules.append(&mut resolved),
            Err(mut problems) => findings.append(&mut problems),
        }
    }
    let befores = management_change::befores(&chosen);
    let managed = management_change::resolve(&befores, input.seeds, &mut findings);
    let stocks = layer_stocks(&chosen, input, &mut findings);
    if input.evidence == Evidence::Registry {
        let before = managed.iter().map(|change| &change.before);
        refuse_recalled(&used(rules.iter().chain(before), &stocks), &mut findings);
    }
    let plots = chosen
        .iter()
        .find(|(_, method)| method.approach == Approach::PlotPools);
    let soils = soil_stocks(&rules, &stocks);
    let depth = match counted_depth(input, plots.is_some(), &soils.ends()) {
        Ok(depth) => depth,
        Err(finding) => {
            findings.push(finding);
            None
        }
    };
    check_overlays(&chosen, input, (&soils, depth), &mut findings);
    if !findings.is_empty() {
        return Err(findings);
    }
    let mixed = mixed_sources::warnings(&rules);
    let mut account = CarbonAccount {
        warnings: warnings.into_iter().chain(mixed).collect(),
        grown: grown(input),
        in_difference: inventory_share::in_difference(&chosen, input),
        by_area: landless::figures_by_area(&chosen, &rules, &stocks, (&soils, depth)),
        dates: input.areas.and_then(AreaAccount::dates),
        ..CarbonAccount::default()
    };
    if let Some((choice, method)) = plots {
        plot_pools::fill(&mut account, choice.ecosystem, method, input);
    }
    stand_carbon::fill_chosen(&mut account, &chosen, input)?;
    stand_growth::fill_chosen(&mut account, &chosen, input)?;
    let inventory = InventoryShare::of(&chosen, input);
    if let Some(areas) = input.areas {
        let setting = area_pools::Setting {
            losses: &losses(&chosen),
            restored: &restored(&chosen),
            inventory: inventory.as_ref(),
            depth_cm: depth,
            soils: &soils,
            level: input.level,
        };
        for land in areas.with_parts() {
            for rule in &rules {
                area_pools::fill(&mut account, rule, land, &setting);
                coastal_periods::fill(&mut account, rule, land.0, input.level);
            }
        }
        for stock in &stocks {
            for land in areas.with_parts() {
                stock.fill(&mut account, land, &setting);
            }
        }
        coastal_periods::tell(&mut account, &chosen, areas);
        let densities = Densities::new(&account, areas, (&rules, &managed));
        carbon_transitions::of_ecosystems(&mut account, areas, &densities, input.level);
        conversion_loss::fill(&mut account, &chosen, (areas, &densities), input.level);
    }
    management_change::fill(&mut account, &managed, &regions(input), input.level);
    soil_change::fill_chosen(
        &mut account,
        &chosen,
        &soil_change::Equilibria::new(&rules, &managed),
        (&regions(input), input.level),
    );
    unknown_change::leave_zeros_out(&mut account);
    for region in regions(input).into_iter().filter(|_| !chosen.is_empty()) {
        let rows = without_method(region, &chosen, inventory.as_ref());
        account.carbon.extend(rows);
    }
    landless::tell(&mut account, &chosen, &stocks, input);
    inventory_share::tell(&mut account, &chosen, inventory.as_ref(), input);
    uncounted_soil::tell(&mut account);
    companion::tell(&mut account, &chosen, input.areas);
    gain_alone::tell(&mut account, &chosen, &losses(&chosen), input);
    let before = managed.iter().map(|change| &change.before);
    let used = used(rules.iter().chain(before), &stocks);
    account.parameters.extend(parameter_rows(&used));
    account.parameters = stand_carbon::merged(account.parameters);
    Ok(account)
}

/// Choices with their methods; unknown ones go to `findings`.
fn with_methods<'a>(
    choices: &'a [CarbonChoice],
    input: &CarbonInput<'a>,
    findings: &mut Vec<Finding>,
) -> Vec<(&'a CarbonChoice, &'a Method)> {
    let mut chosen = Vec::new();
    for choice in choices {
        match input.seeds.method(&choice.method) {
            Ok(method) => chosen.push((choice, method)),
            Err(finding) => findings.push(finding),
        }
    }
    chosen
}

/// The stocks from layers; problems go to `findings`.
fn layer_stocks<'a>(
    chosen: &[(&'a CarbonChoice, &'a Method)],
    input: &CarbonInput<'a>,
    findings: &mut Vec<Finding>,
) -> Vec<Stock<'a>> {
    let of_layers = chosen
        .iter()
        .filter(|(_, method)| method.approach == Approach::DensityLayer);
    let mut stocks = Vec::new();
    for (choice, method) in of_layers {
        match Stock::resolve(choice, method, input.layers, input.seeds) {
            Ok(stock) => stocks.push(stock),
            Err(problems) => findings.extend(problems),
        }
    }
    stocks
}

/// The soil stocks by area and by layers.
fn soil_stocks<'a>(rules: &[area_pools::Resolved<'a>], stocks: &'a [Stock<'a>]) -> SoilStocks<'a> {
    let of_rules = rules.iter().filter_map(|rule| {
        let depth = rule
            .rule
            .depth_cm
            .filter(|_| !rule.method.approach.is_flux());
        Some((rule.choice, Depths::down_to(depth?)))
    });
    let of_layers = stocks
        .iter()
        .filter_map(|stock| Some((stock.choice(), stock.depths()?)));
    SoilStocks::new(of_rules.chain(of_layers))
}

/// Rows without a stock for the ecosystems of the newest map that no method of the plan accounts:
/// unknown is not zero.
fn without_method(
    region: &RegionAreas,
    chosen: &[(&CarbonChoice, &Method)],
    inventory: Option<&InventoryShare>,
) -> Vec<CarbonRow> {
    let Some(newest) = region.newest() else {
        return Vec::new();
    };
    let left_out = newest.ecosystems.iter().filter(|(ecosystem, area)| {
        ecosystem.holds_carbon()
            && **area > Hectares::ZERO
            && !chosen.iter().any(|(choice, method)| {
                choice.ecosystem == **ecosystem && !method.approach.is_flux()
            })
    });
    let has_removal = |ecosystem| (chosen.iter()).any(|(choice, _)| choice.ecosystem == ecosystem);
    left_out
        .map(|(ecosystem, area)| CarbonRow {
            within: None,
            arithmetic: String::new(),
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
            note: if ecosystem.has_trees()
                && inventory.is_some_and(|one| one.is_asked(region, *ecosystem))
            {
                "no method of its own: where the inventory calls it forest, it counts it"
            } else if has_removal(*ecosystem) {
                "the plan chooses a removal for this ecosystem, and no stock"
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

/// Every parameter that is used, with the method that uses it.
fn used<'a: 'b, 'b>(
    rules: impl Iterator<Item = &'b area_pools::Resolved<'a>>,
    stocks: &[Stock<'a>],
) -> Vec<(&'a Parameter, &'a str)> {
    let of_rules = rules.flat_map(|rule| {
        let method = rule.method.id.as_str();
        rule.parameters().map(move |row| (row, method))
    });
    of_rules
        .chain(stocks.iter().flat_map(Stock::parameters))
        .collect()
}

fn parameter_rows(rows: &[(&Parameter, &str)]) -> Vec<ParameterRow> {
    let mut used: BTreeMap<String, (&Parameter, BTreeSet<String>)> = BTreeMap::new();
    for (row, method) in rows {
        used.entry(row.row_id())
            .or_insert_with(|| (row, BTreeSet::new()))
            .1
            .insert((*method).to_owned());
    }
    used.into_values()
        .filter_map(|(row, by)| row.row(by.into_iter().collect()))
        .collect()
}

#[cfg(test)]
#[path = "carbon_tests.rs"]
mod tests;
