//! Boundaries of the plan as they are read, and regions that overlap.

use geo::{BooleanOps, BoundingRect, MultiPolygon};
use rstar::RTree;
use rstar::primitives::{GeomWithData, Rectangle};

use super::gathered::Gathered;
use super::prepare::{OVERLAP, Place};
use crate::account::{BoundaryRule, Ecosystem, Nesting};
use crate::finding::Finding;
use crate::input::{Ground, VectorSource, read_boundary};
use crate::plan::{BoundaryTable, Plan};
use crate::units::Hectares;

/// A boundary of the plan.
#[derive(Debug, Clone)]
pub(in crate::pipeline) struct BoundaryPlace {
    pub(super) name: String,
    /// Year that it shows; `None` for one that counts at every date.
    pub(super) year: Option<i32>,
    pub(in crate::pipeline) ecosystem: Ecosystem,
    /// Ecosystems that it overrides; `None` for all but water and built.
    pub(super) overrides: Option<Vec<Ecosystem>>,
    /// Its polygons, united; those of boundaries before it are still in it.
    pub(super) shape: MultiPolygon<f64>,
}

impl BoundaryPlace {
    /// What it says of land inside it.
    pub(in crate::pipeline) fn rule(&self) -> BoundaryRule {
        BoundaryRule {
            name: self.name.clone(),
            year: self.year,
            ecosystem: self.ecosystem,
            overrides: (self.overrides.as_ref()).map(|list| list.iter().copied().collect()),
        }
    }

    /// Its name, with the year where it has one.
    pub(in crate::pipeline) fn label(&self) -> String {
        self.year
            .map_or_else(|| self.name.clone(), |year| format!("{} {year}", self.name))
    }
}

pub(super) fn boundaries(
    plan: &Plan,
    ground: &Ground,
    tolerance: (f64, f64),
    gathered: &mut Gathered,
) -> Vec<BoundaryPlace> {
    let mut places: Vec<BoundaryPlace> = Vec::new();
    let in_doubt = of_partly_read(plan, ground, tolerance);
    gathered.findings.extend(in_doubt);
    for table in &plan.file.boundary {
        let source = source(plan, table);
        gathered.inputs.push(source.path.clone());
        let ecosystem = ecosystem_of(plan, &table.ecosystem, &mut gathered.findings);
        let overrides = overrides_of(plan, table, &mut gathered.findings);
        match read_boundary(&source, &table.rows, ground.projection(), tolerance) {
            Ok(boundary) => {
                gathered.warnings.extend(boundary.warnings);
                if let Some(ecosystem) = ecosystem {
                    places.push(BoundaryPlace {
                        name: table.named().to_owned(),
                        year: table.year,
                        ecosystem,
                        overrides,
                        shape: boundary.shape,
                    });
                }
            }
            Err(problems) => gathered.findings.extend(problems),
        }
    }
    places
}

/// Where the polygons of a boundary are.
fn source(plan: &Plan, table: &BoundaryTable) -> VectorSource {
    VectorSource {
        path: plan.resolve(&table.path),
        layer: table.layer.clone(),
        crs: table.crs.clone(),
        encoding: table.encoding.clone(),
        repair: table.repair,
        id: None,
    }
}

/// What is wrong with boundaries of which some key was not read, but none that it rests on.
fn of_partly_read(plan: &Plan, ground: &Ground, tolerance: (f64, f64)) -> Vec<Finding> {
    let has = |keys: &[&str]| {
        let mut keys = keys.iter().map(|key| format!("boundary.{key}"));
        keys.all(|key| plan.spares(&[&key]))
    };
    let mut findings = Vec::new();
    for table in &plan.partly.boundaries {
        if has(&["ecosystem"]) {
            ecosystem_of(plan, &table.ecosystem, &mut findings);
        }
        if has(&["overrides"]) {
            overrides_of(plan, table, &mut findings);
        }
        if has(&["path", "layer", "where", "crs", "encoding", "repair"]) {
            let source = source(plan, table);
            let read = read_boundary(&source, &table.rows, ground.projection(), tolerance);
            findings.extend(read.err().unwrap_or_default());
        }
    }
    findings
}

pub(super) fn ecosystem_of(
    plan: &Plan,
    name: &str,
    findings: &mut Vec<Finding>,
) -> Option<Ecosystem> {
    name.parse::<Ecosystem>()
        .map_err(|error| {
            findings.push(Finding::error(
                plan.path.display().to_string(),
                error.to_string(),
                "use an ecosystem of docs/plan.md, section Ecosystems",
            ));
        })
        .ok()
}

fn overrides_of(
    plan: &Plan,
    table: &BoundaryTable,
    findings: &mut Vec<Finding>,
) -> Option<Vec<Ecosystem>> {
    let names = table.overrides.as_ref()?;
    Some(
        names
            .iter()
            .filter_map(|name| ecosystem_of(plan, name, findings))
            .collect(),
    )
}

/// Area that lies in more than one region, counted once.
pub(in crate::pipeline) fn in_several(regions: &[Place], ground: &Ground) -> Hectares {
    let shared = in_two(regions).into_iter();
    let shared: Vec<geo::Polygon<f64>> = shared.flat_map(|(_, _, shared)| shared).collect();
    ground.plane_area(&geo::unary_union(&shared))
}

/// Pairs of regions that are near each other, with what they share.
fn in_two(regions: &[Place]) -> Vec<(usize, usize, MultiPolygon<f64>)> {
    let rect_of = |(place, region): (usize, &Place)| {
        let rect = region.shape.bounding_rect()?;
        let (low, high) = (rect.min(), rect.max());
        let rect = Rectangle::from_corners([low.x, low.y], [high.x, high.y]);
        Some(GeomWithData::new(rect, place))
    };
    let index = RTree::bulk_load(regions.iter().enumerate().filter_map(rect_of).collect());
    let pairs = index.intersection_candidates_with_other_tree(&index);
    let pairs = pairs.filter(|(one, other)| one.data < other.data);
    pairs
        .map(|(one, other)| {
            let [one, other] = [one.data, other.data];
            let shared = regions[one].shape.intersection(&regions[other].shape);
            (one, other, shared)
        })
        .collect()
}

/// Which regions lie in which.
pub(super) fn nesting(regions: &[Place], disjoint: bool, ground: &Ground) -> Nesting {
    let areas = regions.iter();
    let areas: Vec<(&str, Hectares)> = areas
        .map(|region| (region.id.as_str(), region.plane_area))
        .collect();
    let shared: Vec<(usize, usize, Hectares)> = if disjoint {
        Vec::new()
    } else {
        in_two(regions)
            .iter()
            .map(|(one, other, shared)| (*one, *other, ground.plane_area(shared)))
            .collect()
    };
    Nesting::new(&areas, &shared)
}

/// What all regions have more than their union.
pub(super) fn overlap(regions: &[Place], ground: &Ground) -> Hectares {
    let parts: Vec<geo::Polygon<f64>> = regions.iter().flat_map(|r| r.shape.0.clone()).collect();
    let union = ground.plane_area(&geo::unary_union(&parts));
    let all: Hectares = regions.iter().map(|region| region.plane_area).sum();
    let overlap = (all - union).value();
    // Less is the rounding of the overlay.
    Hectares::new(if overlap > OVERLAP * all.value() {
        overlap
    } else {
        0.0
    })
}
