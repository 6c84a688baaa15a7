//! Fires of the plan: burnt area by region.

use std::collections::BTreeMap;

use geo::{BooleanOps, BoundingRect, Intersects, MultiPolygon};

use super::accounts::{known, map_years};
use super::boundaries::ecosystem_of;
use super::measure::Measured;
use super::prepare::{Gathered, Place, Prepared};
use crate::account::{self, Fire, FireAccount, Seeds, TOTAL};
use crate::finding::Finding;
use crate::input::{Ground, VectorSource, read_boundary};
use crate::plan::{FireTable, Plan};
use crate::units::{Fraction, Hectares, PerHectare, TonnesDryMatter};

/// The fires of a plan.
#[derive(Debug, Default)]
pub(super) struct Burnt {
    /// Burnt land by region.
    pub(super) fires: Vec<Fire>,
    /// Burnt land that is held against the map.
    pub(super) zones: Vec<BurntZone>,
}

/// The part of a region that burnt in a fire.
#[derive(Debug)]
pub(super) struct BurntZone {
    /// Place of its fire.
    fire: usize,
    pub(super) region: usize,
    /// In the coordinates of the grid.
    pub(super) shape: MultiPolygon<f64>,
}

impl Burnt {
    /// How the ledger calls a zone.
    pub(super) fn key(&self, zone: &BurntZone, region: &str) -> String {
        format!("fire/{}/{region}", self.fires[zone.fire].name)
    }
}

/// Burnt land of each fire by region; the union of all is added where regions do not overlap.
pub(super) fn burnt(
    (plan, seeds): (&Plan, &Seeds),
    (regions, disjoint): (&[Place], bool),
    ground: &Ground,
    tolerance: (f64, f64),
    gathered: &mut Gathered,
) -> Burnt {
    let mut burnt = Burnt::default();
    for table in &plan.file.fire {
        let ecosystem = ecosystem_of(plan, &table.ecosystem, &mut gathered.findings);
        let categories = (table.emission.as_str(), table.combustion.as_str());
        let unknown = account::unknown_categories(&table.name, categories, warming(plan), seeds);
        gathered.findings.extend(unknown);
        let fire = burnt.fires.len();
        let mut cuts = Vec::new();
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
                        cuts = by_outline(table, &land.shape, regions, ground, gathered);
                        let area = |cut: &Cut| (regions[cut.region].id.clone(), cut.area);
                        cuts.iter().map(area).collect()
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
            if table.on_map {
                let zone = |cut: Cut| BurntZone {
                    fire,
                    region: cut.region,
                    shape: cut.shape,
                };
                burnt.zones.extend(cuts.into_iter().map(zone));
            }
            burnt.fires.push(Fire {
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
                warming: warming(plan).map(str::to_owned),
                of_areas: String::new(),
            });
        }
    }
    burnt
}

/// The part of a region that lies in burnt land.
struct Cut {
    region: usize,
    shape: MultiPolygon<f64>,
    area: Hectares,
}

fn by_outline(
    table: &FireTable,
    land: &MultiPolygon<f64>,
    regions: &[Place],
    ground: &Ground,
    gathered: &mut Gathered,
) -> Vec<Cut> {
    let mut areas = Vec::new();
    let Some(extent) = land.bounding_rect() else {
        return areas;
    };
    for (place, region) in regions.iter().enumerate() {
        let rect = region.shape.bounding_rect();
        if !rect.is_some_and(|rect| rect.intersects(&extent)) {
            continue;
        }
        let cut = region.shape.intersection(land);
        if cut.0.is_empty() {
            continue;
        }
        match ground.area(&cut) {
            Ok(area) => areas.push(Cut {
                region: place,
                shape: cut,
                area,
            }),
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

/// The assessment report that the plan takes warming effects from.
fn warming(plan: &Plan) -> Option<&str> {
    let keys = &plan.file.carbon.as_ref()?.keys;
    keys.get("warming").map(String::as_str)
}

/// The gases of the fires of the plan.
///
/// # Errors
///
/// Categories without a parameter.
pub(super) fn gases(
    plan: &Plan,
    prepared: &Prepared,
    measured: &Measured,
    trace: &mut account::Trace,
) -> Result<FireAccount, Vec<Finding>> {
    let evidence = if plan.file.registry {
        account::Evidence::Registry
    } else {
        account::Evidence::Any
    };
    account::fires(
        &on_map(prepared, measured),
        &prepared.seeds,
        evidence,
        (plan.confidence(), trace),
    )
}

/// The fires, those that are held against the map with the land that it shows as their ecosystem.
fn on_map(prepared: &Prepared, measured: &Measured) -> Vec<Fire> {
    let maps = map_years(prepared);
    let mut fires = prepared.burnt.fires.clone();
    let mut by_fire: BTreeMap<usize, BTreeMap<&str, Hectares>> = BTreeMap::new();
    for zone in &prepared.burnt.zones {
        let region = prepared.regions[zone.region].id.as_str();
        by_fire
            .entry(zone.fire)
            .or_default()
            .insert(region, Hectares::ZERO);
    }
    let shown = |fire: &Fire| {
        let before = maps.iter().rposition(|map| map.year <= fire.year);
        before.unwrap_or_default()
    };
    for line in &measured.burnt_lines {
        let zone = &prepared.burnt.zones[line.unit];
        let map = shown(&fires[zone.fire]);
        let class = known(&line.classes, &maps)[map]
            .and_then(|code| maps[map].legend?.class(code))
            .and_then(|class| class.ecosystem);
        if class == Some(fires[zone.fire].ecosystem) {
            let areas = by_fire.entry(zone.fire).or_default();
            *areas.entry(&prepared.regions[zone.region].id).or_default() += line.area;
        }
    }
    for (place, areas) in by_fire {
        let year = maps[shown(&fires[place])].year;
        let fire = &mut fires[place];
        let all: Hectares = areas.values().copied().sum();
        for (region, area) in &mut fire.areas {
            *area = areas.get(region.as_str()).copied().unwrap_or(all);
        }
        fire.of_areas = format!(
            "burnt land that the map of {year} shows as {} by its class",
            fire.ecosystem
        );
    }
    fires
}
