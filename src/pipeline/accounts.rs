//! Measured areas and estimates become the accounts.

use super::carbon::{carbon, credits, gases, restorations, sink_values};
use super::headline::{Lost, Parts, headline, trace_samples};
use super::land::{Accuracy, Registered, accuracy, coverage, registered};
use super::laws::broken_laws;
use super::open::{
    BoundaryPlace, Prepared, in_several, known_layer_classes, layered, products, soils,
};
use super::pass::{Helpers, Measured, ecosystems_shown, known, map_years, measure, outlines};
use super::sample::{sample, weighed};
use crate::account::{
    self, Accounts, AreaAccount, AreaInput, BoundaryRule, CarbonAccount, DrawPlan, Policy,
    RegionArea, RestorationTables, RollUp, SoilTables, TOTAL, TargetRow, UncertaintyPlan, UnitArea,
};
use crate::finding::{Finding, counted};
use crate::pipeline::{Pass, RunError, Watch};
use crate::plan::{CellsKey, Plan};
use crate::report::LedgerRow;
use crate::units::Hectares;
use crate::zonal::Edges;

/// Relative difference that the partition of a region into classes may show: cells count in exact
/// integers, polygons in floating point.
const PARTITION: f64 = 1e-6;

/// Beginning of the reason of a region whose cells could not all be read.
pub const UNREAD: &str = "the map could not be read: ";

/// The accounts of a run, with what is needed to write them.
#[derive(Debug)]
pub(super) struct Accounted {
    pub(super) accounts: Accounts,
    pub(super) ledger: Vec<LedgerRow>,
    /// Regions without all their figures, and why.
    pub(super) failed: Vec<(String, String)>,
    pub(super) warnings: Vec<Finding>,
    /// Layers that helped the plots: maps are drawn from them.
    pub(super) helpers: Option<Helpers>,
}

/// Measures, estimates and accounts.
pub(super) fn accounts(
    plan: &Plan,
    prepared: &Prepared,
    pass: &Pass,
    watch: &dyn Watch,
) -> Result<Accounted, RunError> {
    let measured = measured(plan, prepared, pass, watch)?;
    watch.step("accounting");
    let areas = areas(plan, prepared, &measured).map_err(RunError::Rejected)?;
    // Boundaries alone say nothing of the forest.
    let mapped = areas.as_ref().filter(|_| prepared.maps.is_some());
    let weighed = weighed(plan, prepared, &measured).map_err(RunError::Rejected)?;
    let mut estimates = sample(plan, prepared, weighed.as_ref(), mapped, pass, watch)?;
    let register = registered(prepared, &mut estimates, mapped, plan.confidence());
    // Problems of all accounts are told together.
    let mut findings = Vec::new();
    let Accuracy {
        map,
        corrected,
        mut warnings,
    } = if measured.failures.is_empty() {
        let made = accuracy(plan, prepared, areas.as_ref(), &mut estimates);
        kept(made, &mut findings)
    } else {
        Accuracy {
            warnings: unread(plan),
            ..Accuracy::default()
        }
    };
    let on = (areas.as_ref(), corrected.as_ref());
    let made = carbon(plan, prepared, on, &estimates);
    let mut carbon = kept(made, &mut findings);
    let on = (areas.as_ref(), &mut carbon);
    let made = gases(plan, prepared, &measured, on);
    carbon.add_fires(
        kept(made, &mut findings),
        &prepared.nesting_of_growth(),
        plan.confidence(),
    );
    let restoration = kept(restoration(plan, prepared, &measured), &mut findings);
    let made = products(plan, prepared, &mut carbon.trace);
    let wood = kept(made, &mut findings);
    let readable = areas.as_ref().filter(|_| measured.failures.is_empty());
    let made = soils(plan, prepared, readable, &mut carbon.trace);
    let soil = kept(made, &mut findings);
    if !findings.is_empty() {
        return Err(RunError::Rejected(findings));
    }
    carbon.add_parameters(wood.parameters);
    warnings.extend(areas.iter().flat_map(|areas| areas.warnings.clone()));
    let lost = Lost::new(plan, prepared, &measured, &estimates, &carbon);
    lost.withhold_carbon(&mut carbon);
    let parts = Parts {
        plan,
        prepared,
        areas: areas.as_ref(),
        estimates: &estimates,
        lost: &lost,
    };
    warnings.append(&mut carbon.warnings);
    let rows = &estimates.rows;
    let coverage = coverage(plan, prepared, mapped, (rows, &map.rows), &lost);
    account::trace_coverage(&mut carbon.trace, &coverage);
    let beside: Vec<&str> = (measured.beside.iter())
        .map(|region| prepared.regions[*region].id.as_str())
        .collect();
    let mut accounted = finish(&parts, carbon, register, measured)?;
    accounted.failed = all_failed(prepared, lost.failed(), &beside);
    accounted.accounts.coverage = coverage;
    accounted.accounts.accuracy = map.rows;
    accounted.accounts.checks.extend(map.checks);
    accounted.warnings.extend(warnings);
    accounted.accounts.restoration = restoration;
    accounted.accounts.harvested_wood = wood.rows;
    accounted.accounts.soil = soil;
    accounted.helpers = estimates.helpers;
    Ok(accounted)
}

/// What an account gives; of one that is refused nothing, and its problems are kept.
fn kept<T: Default>(made: Result<T, Vec<Finding>>, findings: &mut Vec<Finding>) -> T {
    made.unwrap_or_else(|problems| {
        findings.extend(problems);
        T::default()
    })
}

/// Regions without their figures by the map, in their order, and why: cells that could not be read, or
/// none at all.
fn all_failed(
    prepared: &Prepared,
    unread: &[(String, String)],
    beside: &[&str],
) -> Vec<(String, String)> {
    let ids = prepared.regions.iter().map(|region| &region.id);
    let failed = ids.filter_map(|id| {
        let why = match unread.iter().find(|(region, _)| region == id) {
            Some((_, why)) => format!("{UNREAD}{why}"),
            None if beside.contains(&id.as_str()) => {
                "it lies beside the map: no figure by the map is known".to_owned()
            }
            None => return None,
        };
        Some((id.clone(), why))
    });
    failed.collect()
}

/// What a map that could not be read all over keeps from being told.
fn unread(plan: &Plan) -> Vec<Finding> {
    let sample = plan.file.accuracy.iter();
    sample
        .map(|table| {
            Finding::warning(
                table.path.display().to_string(),
                "the map could not be read all over, so its areas are not known and the reference sample is not used",
                "copy the map again from its source",
            )
        })
        .collect()
}

/// The pass over the maps, where there are any.
fn measured(
    plan: &Plan,
    prepared: &Prepared,
    pass: &Pass,
    watch: &dyn Watch,
) -> Result<Measured, RunError> {
    let Some(maps) = &prepared.maps else {
        return Ok(if prepared.dates.is_empty() {
            Measured::default()
        } else {
            outlines(prepared)
        });
    };
    watch.step("measuring the maps");
    let edges = match plan.file.grid.cells {
        CellsKey::Exact => Edges::Exact,
        CellsKey::Centre => Edges::CellCentre,
    };
    measure(plan, prepared, maps, edges, pass, watch)
}

/// Classes of the maps without a legend entry or without densities, for a plan that is refused for other reasons.
pub(super) fn unknown_classes(
    plan: &Plan,
    prepared: &Prepared,
    pass: &Pass,
    watch: &dyn Watch,
) -> Result<Vec<Finding>, RunError> {
    let measured = measured(plan, prepared, pass, watch)?;
    let areas = match areas(plan, prepared, &measured) {
        Ok(areas) => areas,
        Err(findings) => return Ok(findings),
    };
    // Of a table of densities that may be meant to be another, nothing is said.
    let densities = prepared.densities.as_ref();
    let densities = densities.filter(|_| plan.spares(&["carbon.class-density.path"]));
    let account = densities
        .zip(areas)
        .map(|(densities, areas)| account::class_density(densities, &areas, plan.confidence()));
    Ok(account.and_then(Result::err).unwrap_or_default())
}

/// The area account, where there is a map or a boundary with its year.
fn areas(
    plan: &Plan,
    prepared: &Prepared,
    measured: &Measured,
) -> Result<Option<AreaAccount>, Vec<Finding>> {
    if prepared.dates.is_empty() {
        return Ok(None);
    }
    let regions = region_areas(prepared, measured);
    let of_regions = (0..prepared.regions.len()).map(|region| UnitArea {
        region,
        boundaries: Vec::new(),
        area: None,
    });
    let of_pieces = prepared.overlay.pieces.iter().map(|piece| UnitArea {
        region: piece.region,
        boundaries: piece.boundaries.clone(),
        area: Some(piece.area),
    });
    let units: Vec<UnitArea> = of_regions.chain(of_pieces).collect();
    let boundaries: Vec<BoundaryRule> = prepared
        .boundaries
        .iter()
        .map(BoundaryPlace::rule)
        .collect();
    let years = map_years(prepared);
    let lines: Vec<account::MeasuredArea> = measured
        .lines
        .iter()
        .map(|line| account::MeasuredArea {
            classes: known(&line.classes, &years),
            layer_classes: known_layer_classes(&line.layer_classes, &prepared.layers),
            ..line.clone()
        })
        .collect();
    let input = AreaInput {
        regions: &regions,
        units: &units,
        boundaries: &boundaries,
        maps: &years,
        shown: &ecosystems_shown(measured, &years),
        spans: &spans(plan, &prepared.dates),
        measured: &lines,
        rule: &prepared.forest,
        roll_up: roll_up(prepared),
        partition_tolerance: (plan.file.grid.cells == CellsKey::Exact).then_some(PARTITION),
    };
    layered(account::areas(&input), &input, &prepared.layers).map(Some)
}

/// The effects of restorations, where there is a map.
fn restoration(
    plan: &Plan,
    prepared: &Prepared,
    measured: &Measured,
) -> Result<RestorationTables, Vec<Finding>> {
    if prepared.maps.is_none() {
        return Ok(RestorationTables::default());
    }
    restorations(plan, prepared, measured, &map_years(prepared))
}

/// Positions of the dates of the plan's further pairs of years.
fn spans(plan: &Plan, dates: &[i32]) -> Vec<(usize, usize)> {
    let position = |year: i32| dates.iter().position(|known| *known == year);
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
                is_unread: measured.failures.iter().any(|(at, _)| *at == index),
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

/// The policies whose targets the plan holds figures against.
fn policies<'a>(plan: &Plan, prepared: &'a Prepared) -> Result<Vec<&'a Policy>, RunError> {
    let mut policies = Vec::new();
    if let Some(id) = plan.file.targets.as_ref().and_then(|t| t.policy.as_ref()) {
        let policy = prepared.seeds.policy(id);
        policies.push(policy.map_err(|finding| RunError::Rejected(vec![finding]))?);
    }
    policies.extend(&prepared.own_targets);
    Ok(policies)
}

/// Why there are no figures of all regions together.
const NO_TOTAL: &str = "the regions overlap, and there is no row for the total";

/// The targets of all regions together, where there are no figures of these.
fn targets_of_no_total(policies: &[&Policy], has_total: bool) -> Vec<TargetRow> {
    let policies = policies.iter().filter(|_| !has_total);
    let rows = policies.flat_map(|policy| account::targets_of_none(policy, TOTAL, NO_TOTAL));
    rows.collect()
}

/// Uncertainty, targets and headline rows; figures of regions that could not be read are withheld.
fn finish(
    parts: &Parts<'_>,
    mut carbon: CarbonAccount,
    mut register: Registered,
    measured: Measured,
) -> Result<Accounted, RunError> {
    let (plan, prepared) = (parts.plan, parts.prepared);
    trace_samples(parts, &mut carbon.trace);
    let table = &plan.file.uncertainty;
    let policies = policies(plan, prepared)?;
    let mut uncertainty = account::uncertainty(
        &carbon.trace,
        UncertaintyPlan {
            level: plan.confidence(),
            draws: Some(DrawPlan {
                draws: table.draws,
                seed: table.seed,
            }),
        },
        &account::goals(policies.iter().copied()),
    );
    parts.lost.withhold_spread(&mut uncertainty);
    let summaries = headline(parts, &carbon, &uncertainty);
    let found = summaries.observations(parts, &uncertainty);
    let targets = policies.iter();
    let targets = targets.flat_map(|policy| account::targets(policy, &found));
    let mut targets: Vec<TargetRow> = targets.collect();
    let unheld = targets_of_no_total(&policies, summaries.total.is_some());
    targets.extend(unheld.iter().cloned());
    let mut areas = parts.areas.cloned().unwrap_or_default();
    areas.checks.append(&mut register.checks);
    register.tables.carbon = std::mem::take(&mut carbon.stands);
    let mut accounts = Accounts {
        regions: summaries.regions,
        total: summaries.total,
        areas: areas.rows,
        coverage: Vec::new(),
        accuracy: Vec::new(),
        transitions: areas.transitions,
        layers: areas.layers,
        stands: register.tables,
        inventory: parts.estimates.rows.clone(),
        strata: parts.estimates.strata.clone(),
        stratum_parts: parts.estimates.stratum_parts.clone(),
        carbon: carbon.carbon,
        sequestration: carbon.sequestration,
        growth: carbon.growth,
        harvested_wood: Vec::new(),
        soil: SoilTables::default(),
        carbon_transitions: carbon.transitions,
        uncertainty: uncertainty.rows.clone(),
        targets,
        values: Vec::new(),
        credits: Vec::new(),
        restoration: RestorationTables::default(),
        parameters: carbon.parameters,
        checks: areas.checks,
    };
    parts.lost.withhold(&mut accounts);
    accounts.values = sink_values(plan, &accounts);
    accounts.credits = credits(plan, &accounts, &uncertainty);
    let mut warnings = prepared.warnings.clone();
    warnings.extend(parts.estimates.warnings.clone());
    warnings.extend(broken_laws(&accounts));
    if !prepared.regions_are_disjoint() {
        warnings.push(Finding::warning(
            "the regions",
            format!(
                "{:.4} ha lie in more than one region: there is no row for the total, and hectares in other warnings count land once for each of its regions",
                in_several(&prepared.regions, &prepared.ground).value()
            ),
            "that is right for nested regions; else mend their borders",
        ));
    }
    if !unheld.is_empty() {
        let targets = counted(unheld.len(), "target", "targets");
        warnings.push(Finding::warning(
            "`[targets]`",
            format!("{targets} of `{TOTAL}` held against nothing: {NO_TOTAL}"),
            "give the id of a region that holds the others, or regions that do not overlap",
        ));
    }
    Ok(Accounted {
        accounts,
        ledger: measured.rows,
        failed: Vec::new(),
        warnings,
        helpers: None,
    })
}
