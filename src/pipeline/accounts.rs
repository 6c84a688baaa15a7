//! Measured areas and estimates become the accounts.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use super::domains::Setting;
use super::estimates::{Estimates, RegionEstimates, estimates};
use super::headline::{Parts, headline};
use super::layers::{known_layer_classes, layered};
use super::measure::{Measured, measure};
use super::prepare::{Maps, Prepared};
use super::{RunError, Watch};
use crate::account::{
    self, Accounts, AreaAccount, AreaInput, BoundaryRule, CarbonAccount, CarbonChoice, CarbonInput,
    DrawPlan, Ecosystem, Evidence, Figure, Headline, MapYear, Pool, PoolChanges, PoolEstimate,
    PoolStocks, Quality, RegionArea, RollUp, SampleFigure, TOTAL, UncertaintyPlan, UnitArea,
};
use crate::estimate::{Confidence, Estimate, Estimator};
use crate::finding::Finding;
use crate::plan::{CellsKey, Plan};
use crate::report::LedgerRow;
use crate::units::{Hectares, PerYear, Quantity, TonnesCarbon};
use crate::zonal::Edges;

/// Relative difference that the partition of a region into classes may show: cells count in exact
/// integers, polygons in floating point.
const PARTITION: f64 = 1e-6;

/// The accounts of a run, with what is needed to write them.
#[derive(Debug)]
pub(super) struct Accounted {
    pub(super) accounts: Accounts,
    pub(super) ledger: Vec<LedgerRow>,
    /// Regions without all their figures, and why.
    pub(super) failed: Vec<(String, String)>,
    pub(super) warnings: Vec<Finding>,
}

/// Measures, estimates and accounts.
pub(super) fn accounts(
    plan: &Plan,
    prepared: &Prepared,
    threads: NonZeroUsize,
    watch: &dyn Watch,
) -> Result<Accounted, RunError> {
    let measured = measured(plan, prepared, threads, watch)?;
    watch.step("accounting");
    let areas = areas(plan, prepared, &measured).map_err(RunError::Rejected)?;
    let estimates = sample(plan, prepared, areas.as_ref())?;
    let carbon = carbon(plan, prepared, areas.as_ref(), &estimates).map_err(RunError::Rejected)?;
    let parts = Parts {
        plan,
        prepared,
        areas: areas.as_ref(),
        estimates: &estimates,
    };
    finish(&parts, carbon, measured)
}

/// The pass over the maps, where there are any.
fn measured(
    plan: &Plan,
    prepared: &Prepared,
    threads: NonZeroUsize,
    watch: &dyn Watch,
) -> Result<Measured, RunError> {
    let Some(maps) = &prepared.maps else {
        return Ok(Measured::default());
    };
    watch.step("measuring the maps");
    let edges = match plan.file.grid.cells {
        CellsKey::Exact => Edges::Exact,
        CellsKey::Centre => Edges::CellCentre,
    };
    measure(prepared, maps, edges, threads, watch)
}

/// Classes of the maps without a legend entry, for a plan that is refused for other reasons.
pub(super) fn unknown_classes(
    plan: &Plan,
    prepared: &Prepared,
    threads: NonZeroUsize,
    watch: &dyn Watch,
) -> Result<Vec<Finding>, RunError> {
    let measured = measured(plan, prepared, threads, watch)?;
    Ok(areas(plan, prepared, &measured).err().unwrap_or_default())
}

/// The area account, where there is a map.
fn areas(
    plan: &Plan,
    prepared: &Prepared,
    measured: &Measured,
) -> Result<Option<AreaAccount>, Vec<Finding>> {
    let Some(maps) = &prepared.maps else {
        return Ok(None);
    };
    let regions = region_areas(prepared, measured);
    let of_regions = (0..prepared.regions.len()).map(|region| UnitArea {
        region,
        boundary: None,
        area: None,
    });
    let of_pieces = prepared.pieces.iter().map(|piece| UnitArea {
        region: piece.region,
        boundary: Some(piece.boundary),
        area: Some(piece.area),
    });
    let units: Vec<UnitArea> = of_regions.chain(of_pieces).collect();
    let boundaries: Vec<BoundaryRule> = prepared
        .boundaries
        .iter()
        .map(|boundary| BoundaryRule {
            name: boundary.name.clone(),
            ecosystem: boundary.ecosystem,
            overrides: boundary
                .overrides
                .as_ref()
                .map(|list| list.iter().copied().collect()),
        })
        .collect();
    let years = map_years(maps);
    let lines: Vec<account::MeasuredArea> = measured
        .lines
        .iter()
        .map(|line| account::MeasuredArea {
            classes: known(&line.classes, maps),
            layer_classes: known_layer_classes(&line.layer_classes, &prepared.layers),
            ..line.clone()
        })
        .collect();
    let input = AreaInput {
        regions: &regions,
        units: &units,
        boundaries: &boundaries,
        maps: &years,
        spans: &spans(plan, maps),
        measured: &lines,
        rule: &prepared.forest,
        roll_up: roll_up(prepared),
        partition_tolerance: (plan.file.grid.cells == CellsKey::Exact).then_some(PARTITION),
    };
    layered(account::areas(&input), &input, &prepared.layers).map(Some)
}

/// Codes that the legend calls nodata are nodata.
fn known(classes: &[Option<i64>], maps: &Maps) -> Vec<Option<i64>> {
    let is_value = |(code, legend): (&Option<i64>, &account::Legend)| {
        code.filter(|code| !legend.is_nodata(*code))
    };
    classes.iter().zip(&maps.legends).map(is_value).collect()
}

fn map_years(maps: &Maps) -> Vec<MapYear<'_>> {
    let years = maps.years.iter().zip(&maps.legends);
    years
        .map(|(year, legend)| MapYear {
            year: *year,
            legend,
        })
        .collect()
}

/// Positions of the maps of the plan's further pairs of years.
fn spans(plan: &Plan, maps: &Maps) -> Vec<(usize, usize)> {
    let position = |year: i32| maps.years.iter().position(|known| *known == year);
    plan.file
        .change
        .spans
        .iter()
        .filter_map(|[from, to]| Some((position(*from)?, position(*to)?)))
        .collect()
}

fn region_areas(prepared: &Prepared, measured: &Measured) -> Vec<RegionArea> {
    /// Share by which plane and true area must differ to be told apart (design, section 6).
    const TELLING: f64 = 1e-4;
    prepared
        .regions
        .iter()
        .enumerate()
        .map(|(index, place)| {
            let differs = (place.plane_area / place.area - 1.0).abs() > TELLING;
            RegionArea {
                id: place.id.clone(),
                name: place.name.clone(),
                area: place.area,
                plane_area: differs.then_some(place.plane_area),
                outside: measured.outside.get(index).copied(),
            }
        })
        .collect()
}

fn roll_up(prepared: &Prepared) -> RollUp {
    if prepared.regions_are_disjoint() {
        let all: Hectares = prepared.regions.iter().map(|region| region.area).sum();
        RollUp::Disjoint {
            area: all - prepared.overlap,
        }
    } else {
        RollUp::Overlapping
    }
}

/// What the sample says, where there is one.
fn sample(
    plan: &Plan,
    prepared: &Prepared,
    areas: Option<&AreaAccount>,
) -> Result<Estimates, RunError> {
    let Some(table) = plan
        .file
        .inventory
        .as_ref()
        .filter(|_| !prepared.inventories.is_empty())
    else {
        let none = vec![RegionEstimates::default(); prepared.regions.len()];
        return Ok(Estimates {
            regions: none,
            ..Estimates::default()
        });
    };
    let forest: Option<Vec<Hectares>> = areas.map(|areas| {
        areas
            .regions
            .iter()
            .map(|region| region.newest().map_or(Hectares::ZERO, |year| year.forest))
            .collect()
    });
    let setting = Setting {
        regions: &prepared.regions,
        disjoint: prepared.regions_are_disjoint(),
        mapped_forest: forest.as_deref(),
        confidence: Confidence::new(table.confidence)?,
        min_plots: table.min_plots,
        points: &prepared.points,
    };
    let estimates = estimates(&prepared.inventories, &setting)?;
    let errors: Vec<Finding> = estimates
        .warnings
        .iter()
        .filter(|finding| finding.is_error())
        .cloned()
        .collect();
    if errors.is_empty() {
        Ok(estimates)
    } else {
        Err(RunError::Rejected(errors))
    }
}

/// The carbon account by the methods of the plan.
fn carbon(
    plan: &Plan,
    prepared: &Prepared,
    areas: Option<&AreaAccount>,
    estimates: &Estimates,
) -> Result<CarbonAccount, Vec<Finding>> {
    let Some(table) = &plan.file.carbon else {
        return Ok(CarbonAccount::default());
    };
    let mut findings = Vec::new();
    let keys = |zone: Option<&String>, more: &BTreeMap<String, String>| {
        let mut keys = table.keys.clone();
        keys.extend(more.clone());
        if let Some(zone) = zone.or(table.climate_zone.as_ref()) {
            keys.insert("climate-zone".to_owned(), zone.clone());
        }
        keys
    };
    let mut choices: Vec<CarbonChoice> = Vec::new();
    if let Some(method) = &table.method {
        choices.push(CarbonChoice {
            ecosystem: Ecosystem::Forest,
            method: method.clone(),
            keys: keys(None, &BTreeMap::new()),
        });
    }
    for choice in &table.ecosystem {
        match choice.ecosystem.parse::<Ecosystem>() {
            Ok(ecosystem) => choices.push(CarbonChoice {
                ecosystem,
                method: choice.method.clone(),
                keys: keys(choice.climate_zone.as_ref(), &choice.keys),
            }),
            Err(error) => findings.push(Finding::error(
                plan.path.display().to_string(),
                error.to_string(),
                "mend `[[carbon.ecosystem]]`",
            )),
        }
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let mut stocks = Vec::new();
    let mut changes = Vec::new();
    let confidence = Confidence::new(plan.confidence()).unwrap_or(Confidence::P95);
    let regions = prepared
        .regions
        .iter()
        .map(|region| region.id.as_str())
        .zip(&estimates.regions);
    for (id, estimates) in regions.chain(estimates.total.iter().map(|total| (TOTAL, total))) {
        pool_rows(
            id,
            estimates,
            prepared,
            confidence,
            &mut stocks,
            &mut changes,
        );
    }
    account::carbon(&CarbonInput {
        seeds: &prepared.seeds,
        areas,
        stocks: &stocks,
        changes: &changes,
        choices: &choices,
        soil_depth_cm: None,
        evidence: if plan.file.registry {
            Evidence::Registry
        } else {
            Evidence::Any
        },
        level: plan.confidence(),
    })
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
    if estimator == Estimator::Synthetic {
        Quality::Synthetic
    } else {
        Quality::Direct
    }
}

fn pool_rows(
    region: &str,
    estimates: &RegionEstimates,
    prepared: &Prepared,
    level: Confidence,
    stocks: &mut Vec<PoolStocks>,
    changes: &mut Vec<PoolChanges>,
) {
    let depth = |year: i32, pool: Pool| {
        let inventory = prepared
            .inventories
            .iter()
            .find(|inventory| inventory.year == year)?;
        inventory
            .soil_depth_cm
            .filter(|_| pool == Pool::SoilOrganic)
    };
    for (year, total) in &estimates.carbon {
        let pools = estimates.pools.iter().filter(|((of, _), _)| of == year);
        stocks.push(PoolStocks {
            region_id: region.to_owned(),
            year: *year,
            area: estimates.forest_by_year.get(year).map(Estimate::value),
            pools: pools
                .map(|((_, pool), estimate)| PoolEstimate {
                    pool: *pool,
                    depth_cm: depth(*year, *pool),
                    figure: figure(estimate, level, 1.0, |carbon| carbon),
                })
                .collect(),
            total: Some(figure(total, level, 1.0, |carbon| carbon)),
            degrees_of_freedom: total.degrees_of_freedom(),
            quality: quality(total.estimator()).id().to_owned(),
            note: total.estimator().note().to_owned(),
        });
    }
    for ((from, to, _), total) in estimates
        .changes
        .iter()
        .filter(|((_, _, p), _)| *p == Pool::All)
    {
        let years = account::period(*from, *to).value();
        let yearly =
            |estimate: &Estimate<TonnesCarbon>| figure(estimate, level, years, PerYear::new);
        let pools = estimates
            .changes
            .iter()
            .filter(|((f, t, pool), _)| f == from && t == to && *pool != Pool::All);
        changes.push(PoolChanges {
            region_id: region.to_owned(),
            from_year: *from,
            to_year: *to,
            pools: pools
                .map(|((_, _, pool), estimate)| PoolEstimate {
                    pool: *pool,
                    depth_cm: depth(*to, *pool),
                    figure: yearly(estimate),
                })
                .collect(),
            total: Some(yearly(total)),
            degrees_of_freedom: total.degrees_of_freedom(),
            quality: quality(total.estimator()).id().to_owned(),
            note: total.estimator().note().to_owned(),
        });
    }
}

/// Uncertainty, targets and headline rows; figures of regions that could not be read are withheld.
fn finish(
    parts: &Parts<'_>,
    mut carbon: CarbonAccount,
    measured: Measured,
) -> Result<Accounted, RunError> {
    let (plan, prepared) = (parts.plan, parts.prepared);
    let regions = prepared
        .regions
        .iter()
        .map(|region| region.id.as_str())
        .zip(&parts.estimates.regions);
    for (id, estimates) in regions.chain(parts.estimates.total.iter().map(|total| (TOTAL, total))) {
        if let Some(volume) = &estimates.volume {
            carbon.trace.add_sample(
                Headline::Volume,
                id,
                SampleFigure {
                    value: volume.value().value(),
                    standard_error: volume.standard_error(),
                    degrees_of_freedom: volume.degrees_of_freedom(),
                },
            );
        }
    }
    let table = &plan.file.uncertainty;
    let uncertainty = account::uncertainty(
        &carbon.trace,
        UncertaintyPlan {
            level: plan.confidence(),
            draws: Some(DrawPlan {
                draws: table.draws,
                seed: table.seed,
            }),
        },
    );
    let summaries = headline(parts, &carbon, &uncertainty);
    let targets = match &plan.file.targets {
        Some(targets) => {
            let policy = prepared
                .seeds
                .policy(&targets.policy)
                .map_err(|finding| RunError::Rejected(vec![finding]))?;
            account::targets(policy, &summaries.observations(parts))
        }
        None => Vec::new(),
    };
    let failed: Vec<(String, String)> = measured
        .failures
        .iter()
        .map(|(region, why)| (prepared.regions[*region].id.clone(), why.clone()))
        .collect();
    let areas = parts.areas.cloned().unwrap_or_default();
    let mut accounts = Accounts {
        regions: summaries.regions,
        total: summaries.total,
        areas: areas.rows,
        transitions: areas.transitions,
        layers: areas.layers,
        inventory: parts.estimates.rows.clone(),
        carbon: carbon.carbon,
        sequestration: carbon.sequestration,
        uncertainty: uncertainty.rows,
        targets,
        parameters: carbon.parameters,
        checks: areas.checks,
    };
    withhold(&mut accounts, &failed);
    let mut warnings = prepared.warnings.clone();
    warnings.extend(parts.estimates.warnings.clone());
    warnings.extend(broken_laws(&accounts));
    if !prepared.regions_are_disjoint() {
        warnings.push(Finding::warning(
            "the regions",
            format!(
                "{:.4} ha lie in more than one region: there is no row for the total",
                prepared.overlap.value()
            ),
            "that is right for nested regions; else mend their borders",
        ));
    }
    Ok(Accounted {
        accounts,
        ledger: measured.rows,
        failed,
        warnings,
    })
}

/// Laws of the run on itself that do not hold.
fn broken_laws(accounts: &Accounts) -> Vec<Finding> {
    accounts
        .checks
        .iter()
        .filter(|check| !check.passed)
        .map(|check| {
            Finding::warning(
                format!("check {}, region {}", check.check, check.region_id),
                format!(
                    "{}: found {} {}, expected {}",
                    check.law, check.found, check.unit, check.expected
                ),
                "see tables/checks.csv; please report it with the data if you can",
            )
        })
        .collect()
}

/// Takes back what rests on cells that could not be read: unknown is not less.
///
/// What the sample of a region says stands. What is borrowed by the share of the mapped forest is
/// taken back in every region: the forest of all regions together is not known.
fn withhold(accounts: &mut Accounts, failed: &[(String, String)]) {
    if failed.is_empty() {
        return;
    }
    let synthetic: BTreeSet<String> = accounts
        .inventory
        .iter()
        .filter(|row| row.estimator == Estimator::Synthetic.id())
        .map(|row| row.region_id.clone())
        .collect();
    let is_lost = |region: &str| region == TOTAL || failed.iter().any(|(id, _)| id == region);
    for region in accounts.regions.iter_mut().chain(&mut accounts.total) {
        let id = region.region_id.clone();
        let borrowed = synthetic.contains(&id);
        if is_lost(&id) {
            region.land_area = None;
            region.land_cover_valid_pct = None;
            region.forest_area = None;
            region.forest_cover_pct = None;
            region.carbon = None;
            region.carbon_per_hectare = None;
        }
        if borrowed {
            region.forest_area_estimate = None;
            region.volume = None;
            region.volume_per_forest_hectare = None;
            region.carbon = None;
            region.carbon_per_hectare = None;
            region.sequestration = None;
            region.period_start = None;
            region.period_end = None;
        }
        if borrowed || is_lost(&id) {
            Quality::Missing.id().clone_into(&mut region.quality);
            for (failed, why) in failed {
                if borrowed || *failed == id || id == TOTAL {
                    region.notes.push(format!(
                        "the map could not be read in region {failed}: {why}"
                    ));
                }
            }
        }
    }
    let (sampled, borrowed) = (Quality::Direct.id(), Quality::Synthetic.id());
    let stays = |region: &str, quality: &str| {
        quality != borrowed && (quality == sampled || !is_lost(region))
    };
    accounts
        .areas
        .retain(|row| !is_lost(&row.region_id) || row.kind == account::AreaKind::Region);
    accounts.transitions.retain(|row| !is_lost(&row.region_id));
    accounts.layers.retain(|row| !is_lost(&row.region_id));
    accounts.checks.retain(|row| !is_lost(&row.region_id));
    accounts.targets.retain(|row| !is_lost(&row.region_id));
    accounts
        .carbon
        .retain(|row| stays(&row.region_id, &row.quality));
    accounts
        .sequestration
        .retain(|row| stays(&row.region_id, &row.quality));
    accounts
        .inventory
        .retain(|row| row.estimator != Estimator::Synthetic.id());
    accounts.uncertainty.retain(|row| {
        let of_map = is_lost(&row.region_id) && row.figure == Headline::Carbon.column();
        !of_map && !synthetic.contains(&row.region_id)
    });
}
