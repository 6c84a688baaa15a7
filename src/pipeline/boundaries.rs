//! Boundaries of the plan: read, cut by those before them, and cut to the regions.

use geo::{BooleanOps, BoundingRect, MultiPolygon};
use rstar::{AABB, RTree, primitives::GeomWithData, primitives::Rectangle};

use super::prepare::{Gathered, OVERLAP, Place};
use crate::account::Ecosystem;
use crate::finding::Finding;
use crate::input::{Ground, VectorSource, read_boundary, without};
use crate::plan::{BoundaryTable, Plan};
use crate::units::Hectares;

/// A boundary of the plan, cut by those before it.
#[derive(Debug, Clone)]
pub(super) struct BoundaryPlace {
    pub(super) name: String,
    pub(super) ecosystem: Ecosystem,
    /// Ecosystems that it overrides; `None` for all but water and built.
    pub(super) overrides: Option<Vec<Ecosystem>>,
    pub(super) shape: MultiPolygon<f64>,
}

/// The part of a region inside a boundary.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) region: usize,
    pub(super) boundary: usize,
    pub(super) shape: MultiPolygon<f64>,
    /// On the ellipsoid.
    pub(super) area: Hectares,
}

pub(super) fn boundaries(
    plan: &Plan,
    ground: &Ground,
    tolerance: (f64, f64),
    gathered: &mut Gathered,
) -> Vec<BoundaryPlace> {
    let mut places: Vec<BoundaryPlace> = Vec::new();
    let mut taken = MultiPolygon(Vec::new());
    for table in &plan.file.boundary {
        let source = VectorSource {
            path: plan.resolve(&table.path),
            layer: table.layer.clone(),
            crs: table.crs.clone(),
            encoding: table.encoding.clone(),
            repair: table.repair,
            id: None,
        };
        gathered.inputs.push(source.path.clone());
        let ecosystem = ecosystem_of(plan, &table.ecosystem, &mut gathered.findings);
        let overrides = overrides_of(plan, table, &mut gathered.findings);
        match read_boundary(&source, &table.rows, ground.projection(), tolerance) {
            Ok(boundary) => {
                gathered.warnings.extend(boundary.warnings);
                if let Some(ecosystem) = ecosystem {
                    let shape = without(&boundary.shape, &taken);
                    taken = if taken.0.is_empty() {
                        boundary.shape
                    } else {
                        taken.union(&boundary.shape)
                    };
                    places.push(BoundaryPlace {
                        name: table
                            .name
                            .clone()
                            .unwrap_or_else(|| table.ecosystem.clone()),
                        ecosystem,
                        overrides,
                        shape,
                    });
                }
            }
            Err(problems) => gathered.findings.extend(problems),
        }
    }
    places
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
                "use an ecosystem of the README",
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

/// Area that lies in more than one region: what all regions have less what their union has.
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

/// The parts of regions inside boundaries.
pub(super) fn pieces(
    regions: &[Place],
    boundaries: &[BoundaryPlace],
    ground: &Ground,
    findings: &mut Vec<Finding>,
) -> Vec<Piece> {
    type Indexed = GeomWithData<Rectangle<[f64; 2]>, usize>;
    let mut pieces = Vec::new();
    for (boundary, place) in boundaries.iter().enumerate() {
        let rects = place.shape.0.iter().enumerate().filter_map(|(i, polygon)| {
            let rect = polygon.bounding_rect()?;
            let rect =
                Rectangle::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]);
            Some(Indexed::new(rect, i))
        });
        let index = RTree::bulk_load(rects.collect());
        for (region, shape) in regions.iter().map(|r| &r.shape).enumerate() {
            let Some(rect) = shape.bounding_rect() else {
                continue;
            };
            let envelope =
                AABB::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]);
            let mut near: Vec<usize> = index
                .locate_in_envelope_intersecting(&envelope)
                .map(|item| item.data)
                .collect();
            near.sort_unstable();
            if near.is_empty() {
                continue;
            }
            let near = MultiPolygon(near.into_iter().map(|i| place.shape.0[i].clone()).collect());
            let cut = shape.intersection(&near);
            if cut.0.is_empty() {
                continue;
            }
            match ground.area(&cut) {
                Ok(area) => pieces.push(Piece {
                    region,
                    boundary,
                    shape: cut,
                    area,
                }),
                Err(error) => findings.push(Finding::error(
                    format!("boundary {} in region {}", place.name, regions[region].id),
                    error.to_string(),
                    "check the coordinates of the boundary",
                )),
            }
        }
    }
    pieces
}
