//! Fires of the plan: burnt area by region.

use geo::{BooleanOps, BoundingRect, Intersects, MultiPolygon};

use super::boundaries::ecosystem_of;
use super::prepare::{Gathered, Place, Prepared};
use crate::account::{self, Fire, FireAccount, Seeds, TOTAL};
use crate::finding::Finding;
use crate::input::{Ground, VectorSource, read_boundary};
use crate::plan::{FireTable, Plan};
use crate::units::{Fraction, Hectares, PerHectare, TonnesDryMatter};

/// Burnt land of each fire by region; the union of all is added where regions do not overlap.
pub(super) fn burnt(
    (plan, seeds): (&Plan, &Seeds),
    (regions, disjoint): (&[Place], bool),
    ground: &Ground,
    tolerance: (f64, f64),
    gathered: &mut Gathered,
) -> Vec<Fire> {
    let mut fires = Vec::new();
    for table in &plan.file.fire {
        let ecosystem = ecosystem_of(plan, &table.ecosystem, &mut gathered.findings);
        let categories = (table.emission.as_str(), table.combustion.as_str());
        let unknown = account::unknown_categories(&table.name, categories, seeds);
        gathered.findings.extend(unknown);
        let mut areas = match &table.path {
            Some(path) => {
                let path = plan.resolve(path);
                gathered.inputs.push(path.clone());
                let source = VectorSource {
                    layer: table.layer.clone(),
                    crs: table.crs.clone(),
                    encoding: table.encoding.clone(),
                    repair: table.repair,
                    ..VectorSource::new(&path)
                };
                match read_boundary(&source, &table.rows, ground.projection(), tolerance) {
                    Ok(land) => {
                        gathered.warnings.extend(land.warnings);
                        by_outline(table, &land.shape, regions, ground, gathered)
                    }
                    Err(problems) => {
                        gathered.findings.extend(problems);
                        continue;
                    }
                }
            }
            None => by_figure(table, regions, gathered),
        };
        if disjoint && !areas.is_empty() {
            let all = areas.iter().map(|(_, area)| *area).sum();
            areas.push((TOTAL.to_owned(), all));
        }
        if let Some(ecosystem) = ecosystem {
            fires.push(Fire {
                name: table.name.clone(),
                year: table.year,
                ecosystem,
                emission: table.emission.clone(),
                combustion: table.combustion.clone(),
                fuel: PerHectare::new(TonnesDryMatter::new(table.fuel_t_ha)),
                fuel_error: table
                    .fuel_se_pct
                    .and_then(|error| Fraction::new(error / 100.0).ok()),
                areas,
            });
        }
    }
    fires
}

fn by_outline(
    table: &FireTable,
    land: &MultiPolygon<f64>,
    regions: &[Place],
    ground: &Ground,
    gathered: &mut Gathered,
) -> Vec<(String, Hectares)> {
    let mut areas = Vec::new();
    let Some(extent) = land.bounding_rect() else {
        return areas;
    };
    for region in regions {
        let rect = region.shape.bounding_rect();
        if !rect.is_some_and(|rect| rect.intersects(&extent)) {
            continue;
        }
        let cut = region.shape.intersection(land);
        if cut.0.is_empty() {
            continue;
        }
        match ground.area(&cut) {
            Ok(area) => areas.push((region.id.clone(), area)),
            Err(error) => gathered.findings.push(Finding::error(
                format!("fire `{}` in region {}", table.name, region.id),
                error.to_string(),
                "check the coordinates of the burnt land",
            )),
        }
    }
    if areas.is_empty() {
        gathered.warnings.push(Finding::warning(
            format!("fire `{}`", table.name),
            "the burnt land lies in no region",
            "check the coordinate systems of both files",
        ));
    }
    areas
}

fn by_figure(
    table: &FireTable,
    regions: &[Place],
    gathered: &mut Gathered,
) -> Vec<(String, Hectares)> {
    /// Share by which a figure may be larger than its region: areas of registers differ.
    const SPARE: f64 = 1.01;
    let mut areas = Vec::new();
    for (id, area) in &table.areas_ha {
        let at = format!("fire `{}`", table.name);
        match regions.iter().find(|region| region.id == *id) {
            None => gathered.findings.push(Finding::error(
                at,
                format!("`areas-ha` names region `{id}`, and there is none"),
                "give ids of the regions file",
            )),
            Some(region) if *area > SPARE * region.area.value() => {
                gathered.findings.push(Finding::error(
                    at,
                    format!(
                        "{area} ha burnt in region {id}, which has {:.4} ha",
                        region.area.value()
                    ),
                    "give hectares; check the unit of the figure",
                ));
            }
            Some(_) => areas.push((id.clone(), Hectares::new(*area))),
        }
    }
    areas
}

/// The gases of the fires of the plan.
///
/// # Errors
///
/// Categories without a parameter.
pub(super) fn gases(plan: &Plan, prepared: &Prepared) -> Result<FireAccount, Vec<Finding>> {
    let evidence = if plan.file.registry {
        account::Evidence::Registry
    } else {
        account::Evidence::Any
    };
    account::fires(
        &prepared.fires,
        &prepared.seeds,
        evidence,
        plan.confidence(),
    )
}
