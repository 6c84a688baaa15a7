//! The carbon account by the methods of the plan.

use std::collections::{BTreeMap, BTreeSet};

use crate::account::{
    self, AgedForest, AreaAccount, CarbonAccount, CarbonInput, ClassDensities, CorrectedAreas,
    Evidence, Figure, GrowthInput, Pool, PoolChanges, PoolEstimate, PoolStocks, PoolSum, Quality,
    TOTAL,
};
use crate::estimate::{Confidence, Estimate, Estimator};
use crate::finding::Finding;
use crate::pipeline::open::{Prepared, choices, value_layers};
use crate::pipeline::sample::{Estimates, RegionEstimates, not_measured};
use crate::plan::Plan;
use crate::units::{Hectares, PerYear, Quantity, TonnesCarbon};

/// The carbon account by the methods of the plan.
pub(in crate::pipeline) fn carbon(
    plan: &Plan,
    prepared: &Prepared,
    (areas, corrected): (Option<&AreaAccount>, Option<&CorrectedAreas>),
    estimates: &Estimates,
) -> Result<CarbonAccount, Vec<Finding>> {
    let Some(table) = &plan.file.carbon else {
        return Ok(CarbonAccount::default());
    };
    if table.class_density.is_some() {
        return by_class(plan, prepared, (areas, corrected));
    }
    let mut findings = Vec::new();
    let choices = choices(plan, &prepared.layers, &mut findings);
    let layers = value_layers(prepared);
    let mut stocks = Vec::new();
    let mut changes = Vec::new();
    let confidence = Confidence::new(plan.confidence()).unwrap_or(Confidence::P95);
    let regions = prepared
        .regions
        .iter()
        .map(|region| region.id.as_str())
        .zip(&estimates.regions);
    for (id, estimates) in regions.chain(estimates.total.iter().map(|total| (TOTAL, total))) {
        stocks.extend(pool_stocks(id, estimates, prepared, confidence));
        changes.extend(pool_changes(id, estimates, prepared, confidence));
    }
    let ids: Vec<&str> = prepared
        .regions
        .iter()
        .map(|region| region.id.as_str())
        .collect();
    let registers: Vec<account::Register> = prepared
        .stands
        .iter()
        .map(|placed| placed.register.clone())
        .collect();
    let stands = account::StandInput {
        registers: &registers,
        regions: &ids,
        disjoint: prepared.regions_are_disjoint(),
        nesting: &prepared.nesting,
    };
    let of_register = registers.last().map(AgedForest::of_register);
    let forest = prepared.listed.aged.as_ref().or(of_register.as_ref());
    let nesting = prepared.nesting_of_growth();
    let growth = forest.map(|forest| GrowthInput {
        forest,
        regions: &ids,
        disjoint: prepared.regions_are_disjoint(),
        nesting: &nesting,
    });
    let account = account::carbon(&CarbonInput {
        seeds: &prepared.seeds,
        areas,
        stocks: &stocks,
        changes: &changes,
        stands: (!prepared.stands.is_empty()).then_some(stands),
        growth,
        layers: &layers,
        choices: &choices,
        soil_depth_cm: table.soil_depth_cm,
        evidence: evidence(plan),
        level: plan.confidence(),
    });
    if findings.is_empty() {
        let told = aged_beyond_map(prepared, areas);
        return account.map(|mut account| {
            account.warnings.extend(told);
            account
        });
    }
    findings.extend(account.err().unwrap_or_default());
    Err(findings)
}

const fn evidence(plan: &Plan) -> Evidence {
    if plan.file.registry {
        Evidence::Registry
    } else {
        Evidence::Any
    }
}

/// The account by densities of the user's own for each class, with the fluxes of the plan beside it.
fn by_class(
    plan: &Plan,
    prepared: &Prepared,
    (areas, corrected): (Option<&AreaAccount>, Option<&CorrectedAreas>),
) -> Result<CarbonAccount, Vec<Finding>> {
    let mapped = areas.filter(|_| prepared.maps.is_some());
    let (Some(densities), Some(areas)) = (&prepared.densities, mapped) else {
        return Err(vec![Finding::error(
            plan.path.display().to_string(),
            "`class-density` needs land cover, and the run has none",
            "add a `[[land-cover]]` map",
        )]);
    };
    let level = plan.confidence();
    let mut account = fluxes_beside(plan, prepared, densities, areas)?;
    account::add_class_density(&mut account, densities, areas, level)?;
    if let Some(corrected) = corrected {
        let level = Confidence::new(level).unwrap_or(Confidence::P95);
        account::on_corrected_areas(&mut account, densities, areas, corrected, level);
    }
    Ok(account)
}

/// The fluxes of the plan's entries beside densities by class.
fn fluxes_beside(
    plan: &Plan,
    prepared: &Prepared,
    densities: &ClassDensities,
    areas: &AreaAccount,
) -> Result<CarbonAccount, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut choices = choices(plan, &prepared.layers, &mut findings);
    if choices.is_empty() && findings.is_empty() {
        return Ok(CarbonAccount::default());
    }
    let told = account::beside_classes(&mut choices, densities, areas, &prepared.seeds);
    let (errors, warnings): (Vec<_>, Vec<_>) = told.into_iter().partition(Finding::is_error);
    findings.extend(errors);
    if !findings.is_empty() {
        return Err(findings);
    }
    let mut account = account::carbon(&CarbonInput {
        seeds: &prepared.seeds,
        areas: Some(areas),
        stocks: &[],
        changes: &[],
        stands: None,
        growth: None,
        layers: &[],
        choices: &choices,
        soil_depth_cm: None,
        evidence: evidence(plan),
        level: plan.confidence(),
    })?;
    // Stocks are those of the classes: no ecosystem is without one.
    account.carbon.retain(|row| !row.method.is_empty());
    account.transitions.clear();
    account.warnings.extend(warnings);
    Ok(account)
}

/// Regions whose age classes of the plan have more forest than the newest map.
fn aged_beyond_map(prepared: &Prepared, areas: Option<&AreaAccount>) -> Vec<Finding> {
    let areas = areas.filter(|_| prepared.maps.is_some());
    let (Some(forest), Some(areas)) = (&prepared.listed.aged, areas) else {
        return Vec::new();
    };
    let on_map = areas.regions.iter().map(|region| {
        let newest = region.newest();
        let forest = newest.map_or(Hectares::ZERO, |year| {
            let wooded = year.wooded();
            if wooded > year.forest {
                wooded
            } else {
                year.forest
            }
        });
        (region.region_id.as_str(), forest)
    });
    forest.beyond_map(on_map)
}

/// An estimate with its spread, divided by `divisor`.
pub(in crate::pipeline) fn figure<Q: Quantity, R>(
    estimate: &Estimate<Q>,
    level: Confidence,
    divisor: f64,
    to: impl Fn(Q) -> R,
) -> Figure<R> {
    let scaled = |value: Q| to(Q::new(value.value() / divisor));
    Figure {
        value: scaled(estimate.value()),
        standard_error: estimate.standard_error().map(|error| error / divisor),
        interval: estimate
            .interval(level)
            .map(|(low, high)| (scaled(low), scaled(high))),
    }
}

pub(in crate::pipeline) fn quality(estimator: Estimator) -> Quality {
    match estimator {
        Estimator::Synthetic => Quality::Synthetic,
        Estimator::Composite | Estimator::Benchmarked => Quality::Composite,
        Estimator::Census => Quality::Register,
        _ => Quality::Direct,
    }
}

/// Depth of the soil of an inventory, for its pool.
fn depth(prepared: &Prepared, year: i32, pool: Pool) -> Option<f64> {
    let mut inventories = prepared.inventories.iter();
    let inventory = inventories.find(|inventory| inventory.year == year)?;
    inventory
        .soil_depth_cm
        .filter(|_| pool == Pool::SoilOrganic)
}

/// The pools of a region at each inventory; where the sum of an older one is not known, nothing of that.
fn pool_stocks(
    region: &str,
    estimates: &RegionEstimates,
    prepared: &Prepared,
    level: Confidence,
) -> Vec<PoolStocks> {
    let inventory_of = |year: i32| {
        let mut inventories = prepared.inventories.iter();
        inventories.find(|inventory| inventory.year == year)
    };
    let newest = estimates.carbon.iter().rev();
    // Of an inventory without carbon nothing is asked; a newer one that does not tell is no reason for an older answer.
    let mut newest = newest.map(|(year, _)| *year);
    let newest =
        newest.find(|year| inventory_of(*year).is_some_and(|one| one.all_carbon.is_some()));
    let told = estimates.carbon.iter();
    let told = told.filter(|(year, total)| total.is_ok() || newest == Some(**year));
    let told = told.map(|(year, total)| {
        let pools = estimates
            .pools
            .range((*year, Pool::ALL[0])..=(*year, Pool::All));
        let pools = pools.map(|((_, pool), estimate)| (*pool, estimate));
        let without = inventory_of(*year).map(not_measured).unwrap_or_default();
        let of_land = estimates.of_stocks.get(year).map_or("", String::as_str);
        let depth = |pool| depth(prepared, *year, pool);
        PoolStocks {
            region_id: region.to_owned(),
            year: *year,
            area: estimates.forest_by_year.get(year).map(Estimate::value),
            sum: pool_sum(
                (
                    pools.collect(),
                    estimates.unknown_pools((None, *year)),
                    total.as_ref().map_err(String::as_str),
                ),
                &depth,
                &|estimate| figure(estimate, level, 1.0, |carbon| carbon),
                &[&without, of_land],
            ),
        }
    });
    told.collect()
}

/// What is known of a pool.
type PoolOf<'e> = (Pool, &'e Estimate<TonnesCarbon>);

/// The known pools of a region with their sum, or why that is not known.
fn pool_sum<Q>(
    (pools, unknown, total): (
        Vec<PoolOf<'_>>,
        Vec<Pool>,
        Result<&Estimate<TonnesCarbon>, &str>,
    ),
    depth: &dyn Fn(Pool) -> Option<f64>,
    to: &dyn Fn(&Estimate<TonnesCarbon>) -> Figure<Q>,
    notes: &[&str],
) -> PoolSum<Q> {
    let told = total.ok().or(pools.first().map(|(_, estimate)| *estimate));
    let estimator = told.map(Estimate::estimator);
    let own = estimator.map_or("", Estimator::note);
    let is_partly_known = !pools.is_empty() && total.is_err();
    PoolSum {
        unknown: if is_partly_known { unknown } else { Vec::new() },
        pools: pools
            .into_iter()
            .map(|(pool, estimate)| PoolEstimate {
                pool,
                depth_cm: depth(pool),
                figure: to(estimate),
            })
            .collect(),
        total: total.map(to).map_err(str::to_owned),
        degrees_of_freedom: total.ok().and_then(Estimate::degrees_of_freedom),
        quality: estimator.map_or(Quality::Missing, quality).id().to_owned(),
        note: account::joined([own].iter().chain(notes).copied()),
    }
}

/// The yearly change of the pools of a region between inventories, with what it leaves out, or why it is not known.
fn pool_changes(
    region: &str,
    estimates: &RegionEstimates,
    prepared: &Prepared,
    level: Confidence,
) -> Vec<PoolChanges> {
    let of_all = estimates.changes.iter();
    let of_all = of_all.filter(|((_, _, pool), _)| *pool == Pool::All);
    let known = of_all.map(|((from, to, _), total)| ((*from, *to), total));
    let known: BTreeMap<(i32, i32), _> = known.collect();
    let told = known.keys().chain(estimates.of_changes.keys());
    let told: BTreeSet<(i32, i32)> = told.copied().collect();
    let told = told.into_iter().map(|(from, to)| {
        let total = known.get(&(from, to)).copied();
        let why = estimates
            .of_changes
            .get(&(from, to))
            .map_or("", String::as_str);
        let pools = estimates
            .changes
            .range((from, to, Pool::ALL[0])..(from, to, Pool::All));
        let pools = pools.map(|((_, _, pool), estimate)| (*pool, estimate));
        let years = account::period(from, to).value();
        let left_out = estimates.left_out.get(&(from, to));
        PoolChanges {
            region_id: region.to_owned(),
            from_year: from,
            to_year: to,
            sum: pool_sum(
                (
                    pools.collect(),
                    estimates.unknown_pools((Some(from), to)),
                    total.ok_or(why),
                ),
                &|pool| depth(prepared, to, pool),
                &|estimate| figure(estimate, level, years, PerYear::new),
                &[if total.is_some() { why } else { "" }],
            ),
            left_out: left_out.cloned().unwrap_or_default(),
        }
    });
    told.collect()
}
