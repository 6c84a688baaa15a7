//! Fires of the plan: burnt area by region.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use geo::{BooleanOps, BoundingRect, Intersects, MultiPolygon};

use super::boundaries::ecosystem_of;
use super::gathered::Gathered;
use super::pieces::Piece;
use super::prepare::Place;
use crate::account::{self, Ecosystem, Fire, Nesting, Seeds, TOTAL};
use crate::finding::Finding;
use crate::input::{Ground, VectorSource, read_boundary};
use crate::plan::{FireTable, Plan};
use crate::units::{Fraction, Hectares, PerHectare, TonnesDryMatter};

/// The fires of a plan.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Burnt {
    /// Burnt land by region.
    pub(in crate::pipeline) fires: Vec<Fire>,
    /// Burnt land that is held against the map.
    pub(in crate::pipeline) zones: Vec<BurntZone>,
}

/// The part of a region that burnt in a fire.
#[derive(Debug)]
pub(in crate::pipeline) struct BurntZone {
    /// Place of its fire.
    pub(in crate::pipeline) fire: usize,
    pub(in crate::pipeline) region: usize,
    /// The boundary that it lies in at each date.
    pub(in crate::pipeline) boundaries: Vec<Option<usize>>,
    /// In the coordinates of the grid.
    pub(in crate::pipeline) shape: MultiPolygon<f64>,
    /// On the ellipsoid.
    pub(in crate::pipeline) area: Hectares,
    /// Whether only the land counts that the map shows as the ecosystem.
    pub(in crate::pipeline) on_map: bool,
}

impl Burnt {
    /// How the ledger calls a zone.
    pub(in crate::pipeline) fn key(&self, zone: &BurntZone, region: &str) -> String {
        format!("fire/{}/{region}", self.fires[zone.fire].name)
    }
}

/// Ecosystems and categories of the fires that nobody knows.
pub(super) fn unknown_words_of_fires(plan: &Plan, seeds: &Seeds, gathered: &mut Gathered) {
    gathered.rests_on(plan, &["carbon.keys"]);
    // Of entries that were not read whole too.
    let words = ["fire.ecosystem", "fire.emission", "fire.combustion"];
    let partly = plan.partly.fires.iter().filter(|_| plan.spares(&words));
    for table in plan.file.fire.iter().chain(partly) {
        ecosystem_of(plan, &table.ecosystem, &mut gathered.findings);
        let categories = (table.emission.as_str(), table.combustion.as_str());
        let unknown = account::unknown_categories(&table.name, categories, warming(plan), seeds);
        gathered.findings.extend(unknown);
    }
}

/// Where the polygons of a fire come from.
fn source(table: &FireTable, path: &Path) -> VectorSource {
    VectorSource {
        layer: table.layer.clone(),
        crs: table.crs.clone(),
        encoding: table.encoding.clone(),
        repair: table.repair,
        ..VectorSource::new(path)
    }
}

/// Looks at the polygons of the fires of a plan whose regions could not be read.
pub(super) fn look_at_polygons(
    plan: &Plan,
    ground: &Ground,
    tolerance: (f64, f64),
    gathered: &mut Gathered,
) {
    for table in &plan.file.fire {
        let Some(path) = table.path.as_ref().map(|path| plan.resolve(path)) else {
            continue;
        };
        let source = source(table, &path);
        let read = read_boundary(&source, &table.rows, ground.projection(), tolerance);
        gathered.findings.extend(read.err().unwrap_or_default());
    }
}

/// Burnt land of each fire by region; the union of all is added where regions do not overlap.
pub(super) fn burnt(
    plan: &Plan,
    (regions, disjoint, nesting, pieces): (&[Place], bool, &Nesting, &[Piece]),
    ground: &Ground,
    tolerance: (f64, f64),
    gathered: &mut Gathered,
) -> Burnt {
    let mut burnt = Burnt::default();
    let mut earlier: Vec<(&str, Cut)> = Vec::new();
    // Of entries that were not read whole the regions are looked for alone.
    let partly = plan
        .partly
        .fires
        .iter()
        .filter(|table| table.path.is_none());
    for table in partly.filter(|_| plan.spares(&["fire.path"])) {
        by_figure(table, regions, gathered);
    }
    for (place, table) in plan.file.fire.iter().enumerate() {
        // Words that nobody knows were told.
        let ecosystem = table.ecosystem.parse::<Ecosystem>().ok();
        let fire = burnt.fires.len();
        let mut cuts = Vec::new();
        let mut areas: Vec<(String, Hectares)> = if let Some(path) = &table.path {
            let path = plan.resolve(path);
            gathered.inputs.push(path.clone());
            let source = source(table, &path);
            match read_boundary(&source, &table.rows, ground.projection(), tolerance) {
                Ok(land) => {
                    gathered.warnings.extend(land.warnings);
                    cuts = by_outline(table, &land.shape, regions, ground, gathered);
                    let same = |other: &&FireTable| {
                        other.year == table.year && other.ecosystem == table.ecosystem
                    };
                    let before = plan.file.fire[..place].iter().filter(same);
                    let before: BTreeSet<&str> = before.map(|other| other.name.as_str()).collect();
                    let before = earlier.iter().filter(|(name, _)| before.contains(name));
                    burnt_once(table, &mut cuts, before, (regions, ground), gathered);
                    let area = |cut: &Cut| (regions[cut.region].id.clone(), cut.area);
                    cuts.iter().map(area).collect()
                }
                Err(problems) => {
                    gathered.findings.extend(problems);
                    continue;
                }
            }
        } else {
            let given = by_figure(table, regions, gathered);
            let all = nesting.with_larger(&given).into_iter();
            all.map(|(region, area)| (regions[region].id.clone(), area))
                .collect()
        };
        if disjoint && !areas.is_empty() {
            let all = areas.iter().map(|(_, area)| *area).sum();
            areas.push((TOTAL.to_owned(), all));
        }
        if let Some(ecosystem) = ecosystem {
            for cut in &cuts {
                let parts = by_boundaries(table, cut, pieces, (regions, ground), gathered);
                let zone = |(boundaries, part): (Vec<Option<usize>>, Cut)| BurntZone {
                    fire,
                    region: part.region,
                    boundaries,
                    shape: part.shape,
                    area: part.area,
                    on_map: table.on_map,
                };
                burnt.zones.extend(parts.into_iter().map(zone));
            }
            earlier.extend(cuts.into_iter().map(|cut| (table.name.as_str(), cut)));
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
                of_region: BTreeMap::new(),
                converted: BTreeMap::new(),
                held: BTreeMap::new(),
                unseen: BTreeMap::new(),
            });
        }
    }
    burnt
}

/// Burnt land of a region cut by the boundaries that it lies in at each date; what lies in none has no
/// boundaries.
fn by_boundaries(
    table: &FireTable,
    cut: &Cut,
    pieces: &[Piece],
    (regions, ground): (&[Place], &Ground),
    gathered: &mut Gathered,
) -> Vec<(Vec<Option<usize>>, Cut)> {
    let mut rest = cut.clone();
    let mut parts = Vec::new();
    for piece in pieces.iter().filter(|piece| piece.region == cut.region) {
        let shape = rest.shape.intersection(&piece.shape);
        if shape.0.is_empty() {
            continue;
        }
        rest.shape = rest.shape.difference(&piece.shape);
        parts.push((
            piece.boundaries.clone(),
            Cut {
                shape,
                region: cut.region,
                area: cut.area,
            },
        ));
    }
    if parts.is_empty() {
        return vec![(Vec::new(), rest)];
    }
    if !rest.shape.0.is_empty() {
        parts.push((Vec::new(), rest));
    }
    for (_, part) in &mut parts {
        match ground.area(&part.shape) {
            Ok(area) => part.area = area,
            Err(error) => gathered.findings.push(Finding::error(
                format!("fire `{}` in region {}", table.name, regions[cut.region].id),
                error.to_string(),
                "check the coordinates of the burnt land and of the boundaries",
            )),
        }
    }
    parts
}

/// The part of a region that lies in burnt land.
#[derive(Clone)]
struct Cut {
    region: usize,
    shape: MultiPolygon<f64>,
    area: Hectares,
}

/// Takes off what an earlier entry of the same year and ecosystem has burnt already, with a warning.
fn burnt_once<'a>(
    table: &FireTable,
    cuts: &mut [Cut],
    earlier: impl Iterator<Item = &'a (&'a str, Cut)>,
    (regions, ground): (&[Place], &Ground),
    gathered: &mut Gathered,
) {
    let mut twice: BTreeMap<&str, Hectares> = BTreeMap::new();
    for (name, other) in earlier {
        for cut in cuts.iter_mut().filter(|cut| cut.region == other.region) {
            let shape = cut.shape.difference(&other.shape);
            match ground.area(&shape) {
                Ok(area) => {
                    *twice.entry(*name).or_default() += cut.area - area;
                    cut.area = area;
                    cut.shape = shape;
                }
                Err(error) => gathered.findings.push(Finding::error(
                    format!("fire `{}` in region {}", table.name, regions[cut.region].id),
                    error.to_string(),
                    "check the coordinates of the burnt land",
                )),
            }
        }
    }
    for (name, area) in twice {
        // Corners move by less than a millimetre.
        if area.value() > 1e-6 {
            gathered.warnings.push(Finding::warning(
                format!("fire `{}`", table.name),
                format!(
                    "{:.4} ha lie in fire `{name}` too, of the same year and ecosystem: they count there alone",
                    area.value()
                ),
                "draw each fire by itself, or give the fires of a year as one",
            ));
        }
    }
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
) -> BTreeMap<usize, Hectares> {
    /// Share by which a figure may be larger than its region: areas of registers differ.
    const SPARE: f64 = 1.01;
    let mut areas = BTreeMap::new();
    for (id, area) in &table.areas_ha {
        let at = format!("fire `{}`", table.name);
        let place = regions.iter().position(|region| region.id == *id);
        match place.map(|place| (place, &regions[place])) {
            None => gathered.findings.push(Finding::error(
                at,
                format!("`areas-ha` names region `{id}`, and there is none"),
                "give ids of the regions file",
            )),
            Some((_, region)) if *area > SPARE * region.area.value() => {
                gathered.findings.push(Finding::error(
                    at,
                    format!(
                        "{area} ha burnt in region {id}, which has {:.4} ha",
                        region.area.value()
                    ),
                    "give hectares; check the unit of the figure",
                ));
            }
            Some((place, _)) => {
                areas.insert(place, Hectares::new(*area));
            }
        }
    }
    areas
}

/// The assessment report that the plan takes warming effects from.
fn warming(plan: &Plan) -> Option<&str> {
    let keys = &plan.file.carbon.as_ref()?.keys;
    keys.get("warming").map(String::as_str)
}
