//! Carbon: plots, areas and parameters become stocks and removals of ecosystems and pools.

use std::collections::{BTreeMap, BTreeSet};

use super::carbon_account::CarbonAccount;
use super::carbon_input::CarbonInput;
use super::change::{self, Densities};
use super::checks::{self, check_fit, check_methane, check_overlays, check_single, counted_depth};
use super::choice::{CarbonChoice, Depths, SoilStocks, losses, restored};
use super::density::{self, Stock};
use super::ecosystem::Ecosystem;
use super::land::{AreaAccount, RegionAreas};
use super::library::{Approach, Method, Parameter, refuse_recalled};
use super::plots::{self, InventoryShare};
use super::pool::Pool;
use super::quality::{Evidence, Quality};
use super::soil;
use super::stands;
use super::tables::{CarbonRow, ParameterRow, merged};
use crate::finding::Finding;
use crate::units::Hectares;

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
    let beside = checks::inventory_share::leave_out_counted(&mut choices, input);
    let (mut findings, warnings): (Vec<_>, Vec<_>) =
        beside.into_iter().partition(Finding::is_error);
    let chosen = with_methods(&choices, input, &mut findings);
    check_fit(&chosen, input, &mut findings);
    check_single(&chosen, input, &mut findings);
    check_methane(&chosen, &mut findings);
    let mut rules = Vec::new();
    for (choice, method) in &chosen {
        match density::area_pools::resolve(choice, method, input.seeds) {
            Ok(mut resolved) => rules.append(&mut resolved),
            Err(mut problems) => findings.append(&mut problems),
        }
    }
    let befores = soil::management::befores(&chosen);
    let managed = soil::management::resolve(&befores, input.seeds, &mut findings);
    let stocks = layer_stocks(&chosen, input, &mut findings);
    if input.evidence == Evidence::Registry {
        let before = managed.iter().map(|change| &change.before);
        refuse_recalled(&used(rules.iter().chain(before), &stocks), &mut findings);
    }
    let plots = chosen
        .iter()
        .find(|(_, method)| method.approach == Approach::PlotPools);
    let soils = soil_stocks(&rules, &stocks);
    let depth = counted_depth(input, plots.is_some(), &soils.ends()).unwrap_or_else(|finding| {
        findings.push(finding);
        None
    });
    check_overlays(&chosen, input, (&soils, depth), &mut findings);
    if !findings.is_empty() {
        return Err(findings);
    }
    let mixed = density::mixed_sources::warnings(&rules);
    let mut account = CarbonAccount {
        warnings: warnings.into_iter().chain(mixed).collect(),
        grown: grown(input),
        in_difference: checks::inventory_share::in_difference(&chosen, input),
        by_area: checks::landless::figures_by_area(&chosen, &rules, &stocks, (&soils, depth)),
        dates: input.areas.and_then(AreaAccount::dates),
        ..CarbonAccount::default()
    };
    if let Some((choice, method)) = plots {
        let inventories = (input.stocks, input.changes);
        plots::pools::fill(&mut account, choice.ecosystem, method, inventories);
    }
    let setting = input.setting_of_stands();
    stands::carbon::fill_chosen(&mut account, &chosen, setting, input.stands.as_ref())?;
    stands::growth::fill_chosen(&mut account, &chosen, setting, input.growth.as_ref())?;
    let inventory = InventoryShare::of(&chosen, input);
    if let Some(areas) = input.areas {
        let setting = density::area_pools::Setting {
            losses: &losses(&chosen),
            restored: &restored(&chosen),
            inventory: inventory.as_ref(),
            depth_cm: depth,
            soils: &soils,
            level: input.level,
        };
        for land in areas.with_parts() {
            for rule in &rules {
                density::area_pools::fill(&mut account, rule, land, &setting);
                change::coastal_periods::fill(&mut account, rule, land.0, input.level);
            }
        }
        for stock in &stocks {
            for land in areas.with_parts() {
                stock.fill(&mut account, land, &setting);
            }
        }
        change::coastal_periods::tell(&mut account, &chosen, areas);
        let densities = Densities::new(&account, areas, (&rules, &managed));
        change::carbon_transitions::of_ecosystems(&mut account, areas, &densities, input.level);
        change::conversion_loss::fill(&mut account, &chosen, (areas, &densities), input.level);
    }
    soil::management::fill(&mut account, &managed, &regions(input), input.level);
    soil::change::fill_chosen(
        &mut account,
        &chosen,
        &soil::change::Equilibria::new(&rules, &managed),
        (&regions(input), input.level),
    );
    change::unknown::leave_zeros_out(&mut account);
    for region in regions(input).into_iter().filter(|_| !chosen.is_empty()) {
        let rows = without_method(region, &chosen, inventory.as_ref());
        account.carbon.extend(rows);
    }
    checks::landless::tell(&mut account, &chosen, &stocks, input);
    checks::inventory_share::tell(&mut account, &chosen, inventory.as_ref(), input);
    soil::uncounted::tell(&mut account);
    checks::companion::tell(&mut account, &chosen, input.areas);
    checks::gain_alone::tell(&mut account, &chosen, &losses(&chosen), input);
    let before = managed.iter().map(|change| &change.before);
    let used = used(rules.iter().chain(before), &stocks);
    account.parameters.extend(parameter_rows(&used));
    account.parameters = merged(account.parameters);
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
fn soil_stocks<'a>(
    rules: &[density::area_pools::Resolved<'a>],
    stocks: &'a [Stock<'a>],
) -> SoilStocks<'a> {
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
    rules: impl Iterator<Item = &'b density::area_pools::Resolved<'a>>,
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

/// Ecosystems that a method is chosen for which counts what grows, of all land or of land gained.
/// Those are among them whose trees an inventory counts in some regions.
fn grown(input: &CarbonInput<'_>) -> BTreeSet<Ecosystem> {
    let growing = input.choices.iter().filter(|choice| {
        let method = input.seeds.method(&choice.method);
        method.is_ok_and(|method| method.approach.is_gain())
            && !choice.without.contains(&Pool::AboveGround)
    });
    growing.map(|choice| choice.ecosystem).collect()
}

#[cfg(test)]
#[path = "carbon_tests.rs"]
mod tests;
