//! The carbon account by the methods of the plan.

use super::choices::{choices, value_layers};
use super::estimates::{Estimates, RegionEstimates};
use super::prepare::Prepared;
use super::shared_pools::not_measured;
use crate::account::{
    self, AgedForest, AreaAccount, CarbonAccount, CarbonInput, ClassDensities, CorrectedAreas,
    Evidence, Figure, GrowthInput, Pool, PoolChanges, PoolEstimate, PoolStocks, PoolSum, Quality,
    TOTAL,
};
use crate::estimate::{Confidence, Estimate, Estimator};
use crate::finding::Finding;
use crate::plan::Plan;
use crate::units::{Hectares, PerYear, Quantity, TonnesCarbon};

/// The carbon account by the methods of the plan.
pub(super) fn carbon(
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
    };
    let of_register = registers.last().map(AgedForest::of_register);
    let forest = prepared.listed.aged.as_ref().or(of_register.as_ref());
    let growth = forest.map(|forest| GrowthInput {
        forest,
        regions: &ids,
        disjoint: prepared.regions_are_disjoint(),
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
pub(super) fn figure<Q: Quantity, R>(
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

pub(super) fn quality(estimator: Estimator) -> Quality {
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

/// The pools of a region at each inventory.
fn pool_stocks(
    region: &str,
    estimates: &RegionEstimates,
    prepared: &Prepared,
    level: Confidence,
) -> Vec<PoolStocks> {
    let without = |year: i32| {
        let mut inventories = prepared.inventories.iter();
        let inventory = inventories.find(|inventory| inventory.year == year);
        inventory.map(not_measured).unwrap_or_default()
    };
    let known = estimates.carbon.iter();
    let known = known.filter_map(|(year, total)| Some((year, total.as_ref().ok()?)));
    let newest = known.clone().map(|(year, _)| *year).max();
    let known = known.map(|(year, total)| {
        let pools = estimates.pools.iter().filter(|((of, _), _)| of == year);
        PoolStocks {
            region_id: region.to_owned(),
            year: *year,
            area: estimates.forest_by_year.get(year).map(Estimate::value),
            sum: PoolSum {
                pools: pools
                    .map(|((_, pool), estimate)| PoolEstimate {
                        pool: *pool,
                        depth_cm: depth(prepared, *year, *pool),
                        figure: figure(estimate, level, 1.0, |carbon| carbon),
                    })
                    .collect(),
                total: Some(figure(total, level, 1.0, |carbon| carbon)),
                degrees_of_freedom: total.degrees_of_freedom(),
                quality: quality(total.estimator()).id().to_owned(),
                note: account::joined([
                    total.estimator().note(),
                    &without(*year),
                    estimates.of_stocks.get(year).map_or("", String::as_str),
                ]),
            },
        }
    });
    // A newer inventory that does not tell, such as for a plot without a value: an older one is no answer.
    let newer = prepared.inventories.iter();
    let mut newer = newer.filter(|one| one.all_carbon.is_some() && newest < Some(one.year));
    let unknown = newer.next_back().and_then(|inventory| {
        let year = inventory.year;
        Some(PoolStocks {
            region_id: region.to_owned(),
            year,
            area: estimates.forest_by_year.get(&year).map(Estimate::value),
            sum: PoolSum::unknown(estimates.carbon.get(&year)?.as_ref().err()?),
        })
    });
    known.chain(unknown).collect()
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
    let known = of_all.map(|((from, to, _), total)| {
        let years = account::period(*from, *to).value();
        let yearly =
            |estimate: &Estimate<TonnesCarbon>| figure(estimate, level, years, PerYear::new);
        let pools = estimates
            .changes
            .iter()
            .filter(|((f, t, pool), _)| f == from && t == to && *pool != Pool::All);
        let notes = [total.estimator().note()].into_iter();
        let notes = notes.chain(estimates.of_changes.get(&(*from, *to)).map(String::as_str));
        PoolChanges {
            region_id: region.to_owned(),
            from_year: *from,
            to_year: *to,
            sum: PoolSum {
                pools: pools
                    .map(|((_, _, pool), estimate)| PoolEstimate {
                        pool: *pool,
                        depth_cm: depth(prepared, *to, *pool),
                        figure: yearly(estimate),
                    })
                    .collect(),
                total: Some(yearly(total)),
                degrees_of_freedom: total.degrees_of_freedom(),
                quality: quality(total.estimator()).id().to_owned(),
                note: account::joined(notes),
            },
            left_out: estimates
                .left_out
                .get(&(*from, *to))
                .cloned()
                .unwrap_or_default(),
        }
    });
    let is_known = |(from, to): &(i32, i32)| {
        let all = (*from, *to, Pool::All);
        estimates.changes.contains_key(&all)
    };
    let unknown = estimates.of_changes.iter();
    let unknown = unknown.filter(|(years, _)| !is_known(years));
    let unknown = unknown.map(|((from, to), why)| PoolChanges {
        region_id: region.to_owned(),
        from_year: *from,
        to_year: *to,
        sum: PoolSum::unknown(why),
        left_out: Vec::new(),
    });
    known.chain(unknown).collect()
}
