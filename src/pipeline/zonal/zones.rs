//! The zones of `terrasink zonal` on the grid of its rasters.

use std::borrow::Cow;
use std::collections::BTreeMap;

use geo::{BoundingRect, MultiPolygon};

use super::ZonalRequest;
use super::rasters::Layers;
use crate::finding::{Finding, counted};
use crate::input::{Polygons, Transformer};
use crate::zonal::Zone;

/// How many zones a warning names.
const NAMED: usize = 5;

/// Zones in the order in which their ids first come.
pub(super) struct Zones {
    pub(super) ids: Vec<String>,
    /// Where the grid has them.
    pub(super) shapes: Vec<Zone>,
    /// Zones as they were drawn, where the grid has them elsewhere.
    drawn: BTreeMap<usize, MultiPolygon<f64>>,
    pub(super) warnings: Vec<Finding>,
}

impl Zones {
    /// The shape of a zone in the coordinates of the grid, as it was drawn.
    pub(super) fn drawn(&self, zone: u32) -> &MultiPolygon<f64> {
        let place = zone as usize;
        self.drawn.get(&place).unwrap_or(&self.shapes[place].shape)
    }
}

/// Zones as their file has them: ids in the order in which they first come, and the features of each.
pub(super) struct Drawn {
    polygons: Polygons,
    ids: Vec<String>,
    features: Vec<Vec<usize>>,
}

/// Reads the zones. Features of one id are one zone.
pub(super) fn read(request: &ZonalRequest) -> Result<Drawn, Vec<Finding>> {
    let polygons = request.zones.read()?;
    let id = polygons
        .field(&request.id)
        .map_err(|finding| vec![finding])?;
    let mut findings = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut ids: Vec<String> = Vec::new();
    let mut features: Vec<Vec<usize>> = Vec::new();
    for (position, feature) in polygons.features.iter().enumerate() {
        let Some(value) = feature.values[id].as_deref() else {
            findings.push(Finding::error(
                format!("{}, feature {}", polygons.name, feature.number),
                format!("the id field `{}` is empty", request.id),
                "give every zone an id",
            ));
            continue;
        };
        let zone = *places.entry(value).or_insert_with(|| {
            ids.push(value.to_owned());
            features.push(Vec::new());
            ids.len() - 1
        });
        features[zone].push(position);
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(Drawn {
        polygons,
        ids,
        features,
    })
}

/// Brings the zones to the grid.
pub(super) fn placed(drawn: Drawn, layers: &Layers) -> Result<Zones, Vec<Finding>> {
    let Drawn {
        mut polygons,
        ids,
        features,
    } = drawn;
    let name = polygons.name.clone();
    let refused = |error: crate::input::ProjectionError| {
        vec![Finding::error(
            &name,
            error.to_string(),
            "check the coordinates of the zones and their coordinate system (--crs)",
        )]
    };
    let transformer = Transformer::new(&polygons.projection, layers.ground.projection());
    let transformer = transformer.map_err(refused)?;
    let tolerance = layers
        .ground
        .tolerance(Some((layers.grid.transform.dx, layers.grid.transform.dy)));
    let mut zones = Vec::with_capacity(ids.len());
    let mut drawn = BTreeMap::new();
    for features in &features {
        let mut shape = one_shape(&mut polygons, features);
        if !transformer.is_identity() {
            shape = transformer.polygons(&shape, tolerance).map_err(refused)?;
        }
        let turned = match layers.grid.turned(&shape) {
            Cow::Owned(turned) => Some(turned),
            Cow::Borrowed(_) => None,
        };
        zones.push(Zone {
            shape: match turned {
                Some(turned) => {
                    drawn.insert(zones.len(), shape);
                    turned
                }
                None => shape,
            },
        });
    }
    let mut findings = Vec::new();
    let warnings = outside(&name, &ids, &zones, layers, &mut findings);
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(Zones {
        ids,
        shapes: zones,
        drawn,
        warnings: polygons.warnings.into_iter().chain(warnings).collect(),
    })
}

/// The shape of a zone, taken out of its features. Several may overlap, so they are united; one is as
/// it is.
fn one_shape(polygons: &mut Polygons, features: &[usize]) -> MultiPolygon<f64> {
    let mut shape = |feature: &usize| std::mem::take(&mut polygons.features[*feature].shape.0);
    if let [feature] = features {
        return MultiPolygon(shape(feature));
    }
    let parts: Vec<geo::Polygon<f64>> = features.iter().flat_map(shape).collect();
    if parts.is_empty() {
        MultiPolygon(parts)
    } else {
        geo::unary_union(&parts)
    }
}

/// Zones that get no rows: without a shape, or beside the raster. All of them beside it is an
/// error.
fn outside(
    file: &str,
    ids: &[String],
    zones: &[Zone],
    layers: &Layers,
    findings: &mut Vec<Finding>,
) -> Vec<Finding> {
    let [x0, y0, x1, y1] = layers.grid.extent();
    let (mut empty, mut missing) = (Vec::new(), Vec::new());
    for (id, zone) in ids.iter().zip(zones) {
        match zone.shape.bounding_rect() {
            None => empty.push(id.as_str()),
            Some(rect) => {
                let (low, high) = (rect.min(), rect.max());
                // What only touches the edge holds no cell.
                if high.x <= x0 || low.x >= x1 || high.y <= y0 || low.y >= y1 {
                    missing.push(id.as_str());
                }
            }
        }
    }
    let mut warnings = Vec::new();
    if empty.len() == ids.len() {
        findings.push(Finding::error(
            file,
            format!("no zone has a shape: {}", listed(&empty)),
            "draw their polygons, or give the file that has them",
        ));
        return warnings;
    }
    if !empty.is_empty() {
        warnings.push(Finding::warning(
            file,
            format!("no rows for {} without a shape", listed(&empty)),
            "draw their polygons, or delete the features",
        ));
    }
    let grid = layers.grid.crs.label();
    let extent = format!("the raster ({grid}) has x {x0} to {x1}, y {y0} to {y1}");
    if missing.len() + empty.len() == ids.len() {
        findings.push(Finding::error(
            file,
            format!("no zone touches the raster; {extent}"),
            "check the coordinate systems of both files, or give a raster of the place",
        ));
    } else if !missing.is_empty() {
        warnings.push(Finding::warning(
            file,
            format!(
                "no rows for {} beside the raster; {extent}",
                listed(&missing)
            ),
            "check the coordinate systems of both files, or give a raster of the place",
        ));
    }
    warnings
}

/// How many zones there are, and the first of them.
fn listed(ids: &[&str]) -> String {
    let more = if ids.len() > NAMED { ", ..." } else { "" };
    let first = &ids[..ids.len().min(NAMED)];
    let zones = counted(ids.len(), "zone", "zones");
    format!("{zones} ({}{more})", first.join(", "))
}
