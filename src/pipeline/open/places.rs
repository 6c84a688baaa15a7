//! The regions on the ground of the run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use geo::{BoundingRect, Intersects};

use super::gathered::Gathered;
use super::prepare::{DRAWN_DEGREES, Place};
use crate::account::regions_named;
use crate::finding::Finding;
use crate::grid::{CrsKind, Grid, ellipsoidal_area};
use crate::input::{
    Ground, Projection, Region, RegionFields, Transformer, VectorSource, read_regions,
};
use crate::plan::Plan;
use crate::units::Hectares;

/// Keys of a plan that say which regions there are.
pub(super) const WHICH_REGIONS: [&str; 5] = [
    "regions.path",
    "regions.layer",
    "regions.id",
    "regions.crs",
    "regions.encoding",
];

/// The regions as read, with their coordinate system and notes.
pub(super) fn regions(
    plan: &Plan,
    source: &VectorSource,
    gathered: &mut Gathered,
) -> Option<(Vec<Region>, Projection, Vec<Finding>)> {
    gathered.rests_on(plan, &WHICH_REGIONS);
    gathered.inputs.push(source.path.clone());
    let regions = read_regions(source, &region_fields(plan));
    regions.map_err(|f| gathered.findings.extend(f)).ok()
}

/// Ids and areas of the regions. Where these could not be read, ids that a table names are as good as any:
/// its rows are looked at all the same.
pub(super) fn known_ids(regions: Option<&[Place]>, table: &str) -> Vec<(String, Hectares)> {
    let Some(regions) = regions else {
        let named = regions_named(table).into_iter();
        return named.map(|id| (id, Hectares::new(f64::INFINITY))).collect();
    };
    let regions = regions.iter();
    regions
        .map(|region| (region.id.clone(), region.area))
        .collect()
}

/// Where the regions come from.
pub(super) fn region_source(plan: &Plan) -> VectorSource {
    let table = &plan.file.regions;
    VectorSource {
        path: plan.resolve(&table.path),
        layer: table.layer.clone(),
        crs: table.crs.clone(),
        encoding: table.encoding.clone(),
        // Outlines that the plan may want mended are not refused.
        repair: table.repair || !plan.spares(&["regions.repair"]),
        id: Some(table.id.clone()),
    }
}

/// Which of their fields say who they are.
fn region_fields(plan: &Plan) -> RegionFields<'_> {
    let table = &plan.file.regions;
    RegionFields {
        id: &table.id,
        name: table.name_field.as_deref(),
        parent: table.parent.as_deref(),
    }
}

/// The regions on the ground of the run. Those that have no place there are reported.
pub(super) fn places(
    (regions, projection, notes): (Vec<Region>, Projection, Vec<Finding>),
    (ground, tolerance): (&Ground, (f64, f64)),
    file: &Path,
    gathered: &mut Gathered,
) -> Option<Vec<Place>> {
    gathered.warnings.extend(notes);
    let file = &file.display().to_string();
    let to_ground = Transformer::new(&projection, ground.projection());
    let to_map = Projection::wgs84().and_then(|wgs84| Transformer::new(&projection, &wgs84));
    let (to_ground, to_map) = match (to_ground, to_map) {
        (Ok(to_ground), Ok(to_map)) => (to_ground, to_map),
        (Err(error), _) | (_, Err(error)) => {
            gathered.findings.push(Finding::error(
                file,
                error.to_string(),
                "set `crs` of the regions in the plan",
            ));
            return None;
        }
    };
    let moved = !to_ground.is_identity();
    let mut places = Vec::with_capacity(regions.len());
    for region in regions {
        let place = || -> Result<Place, crate::input::PlaceError> {
            let shape = to_ground.polygons(&region.shape, tolerance)?;
            Ok(Place {
                lon_lat: to_map.polygons(&region.shape, (DRAWN_DEGREES, DRAWN_DEGREES))?,
                area: ground.area(&shape)?,
                plane_area: ground.plane_area(&shape),
                shape,
                id: region.id.clone(),
                name: region.name.clone(),
                parent: region.parent.clone(),
            })
        };
        match place() {
            Ok(place) => {
                if let Some((what, remedy)) = unsound(&place, moved) {
                    let at = format!("{file}, region {}", region.id);
                    gathered.findings.push(Finding::error(at, what, remedy));
                }
                places.push(place);
            }
            Err(error) => gathered.findings.push(Finding::error(
                format!("{file}, region {}", region.id),
                error.to_string(),
                "check the coordinates of the region and `crs` in the plan",
            )),
        }
    }
    kin(&places, file, gathered);
    Some(places)
}

/// Why the shape of a region cannot be measured: it has no area, or its image in another
/// coordinate system is another shape.
fn unsound(place: &Place, moved: bool) -> Option<(String, &'static str)> {
    /// Hectares below which a region is a point or a line: a square centimetre.
    const LEAST: f64 = 1e-8;
    /// Share by which areas may differ between coordinate systems: edges are straight in both.
    const SAME: f64 = 0.01;
    let area = place.area.value();
    if area < LEAST {
        return Some((
            format!("the region has an area of {area:e} ha: it is a point or a line"),
            "draw its polygon or delete the feature; check `crs` in the plan",
        ));
    }
    let ellipsoid = crate::grid::Ellipsoid {
        semi_major: 6_378_137.0,
        inverse_flattening: 298.257_223_563,
    };
    let on_globe: Hectares = ellipsoidal_area(&place.lon_lat, ellipsoid).into();
    let differs = (area / on_globe.value() - 1.0).abs() > SAME;
    (moved && differs).then(|| {
        (
            format!(
                "the region has {area:.4} ha in the coordinate system of the map, but {:.4} ha on the globe: it reaches beyond where that system is good",
                on_globe.value()
            ),
            "cut the region to the map, or warp the map to a coordinate system that holds the whole region",
        )
    })
}

/// Regions that belong to themselves, straight or round a circle; and a warning of parents that are no
/// region of the run while those of other regions are.
fn kin(places: &[Place], file: &str, gathered: &mut Gathered) {
    let parent_of: BTreeMap<&str, &str> = places
        .iter()
        .filter_map(|place| Some((place.id.as_str(), place.parent.as_deref()?)))
        .collect();
    let ids: BTreeSet<&str> = places.iter().map(|place| place.id.as_str()).collect();
    let at = |id: &str| format!("{file}, region {id}");
    let mut told = BTreeSet::new();
    for id in parent_of.keys().copied() {
        if let Some(circle) = circle(id, &parent_of)
            && circle.iter().all(|id| told.insert(*id))
        {
            let what = match circle.as_slice() {
                [_] => "the region names itself as its parent".to_owned(),
                circle => format!(
                    "the regions belong to each other in a circle: {} -> {id}",
                    circle.join(" -> ")
                ),
            };
            let remedy =
                "mend the field of `parent`: it names a larger region, and the largest have none";
            gathered.findings.push(Finding::error(at(id), what, remedy));
        }
    }
    let parents: BTreeSet<&str> = parent_of.values().copied().collect();
    if parents.is_disjoint(&ids) {
        return;
    }
    // The largest regions may name one that is not told.
    let mut odd: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, parent) in &parent_of {
        if !ids.contains(parent) && !parents.contains(id) {
            odd.entry(parent).or_default().push(id);
        }
    }
    for (parent, children) in odd {
        /// Regions that a warning names.
        const NAMED: usize = 5;
        let more = children.len().saturating_sub(NAMED);
        let named = children[..children.len() - more].join(", ");
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        gathered.warnings.push(Finding::warning(
            file,
            format!(
                "`{parent}`, the parent of {named}{more}, is no region of the run, while parents of others are"
            ),
            "mend the field of `parent`, or leave it empty, if the region belongs to none",
        ));
    }
}

/// The regions that a region belongs to, from the closest on; `parents` has the parent of each.
pub(in crate::pipeline) fn ancestors(
    parents: &[Option<usize>],
    region: usize,
) -> impl Iterator<Item = usize> {
    // Parents that go round in a circle are not followed for ever.
    std::iter::successors(parents[region], |at| parents[*at])
        .take_while(move |other| *other != region)
        .take(parents.len())
}

/// The parent that the largest region over a region names, or the region itself, and that is no region of
/// the run; `parents` as of [`ancestors`].
pub(in crate::pipeline) fn parent_elsewhere<'a>(
    regions: &'a [Place],
    parents: &[Option<usize>],
    region: usize,
) -> Option<&'a str> {
    let largest = ancestors(parents, region).last().unwrap_or(region);
    let parent = regions[largest].parent.as_deref()?;
    (parents[largest].is_none() && !parent.is_empty()).then_some(parent)
}

/// The regions that a region comes back to itself by.
fn circle<'a>(id: &'a str, parent_of: &BTreeMap<&'a str, &'a str>) -> Option<Vec<&'a str>> {
    let mut circle = vec![id];
    loop {
        let parent = *parent_of.get(circle.last()?)?;
        if parent == id {
            return Some(circle);
        }
        if circle.contains(&parent) {
            return None;
        }
        circle.push(parent);
    }
}

/// Regions that no map touches.
pub(super) fn miss(places: &[Place], grid: &Grid, file: &Path, gathered: &mut Gathered) {
    let extent = grid.extent();
    let map = geo::Rect::new((extent[0], extent[1]), (extent[2], extent[3]));
    let outside: Vec<&Place> = places
        .iter()
        .filter(|place| {
            !place
                .shape
                .bounding_rect()
                .is_some_and(|rect| rect.intersects(&map))
        })
        .collect();
    let all = outside.len() == places.len();
    for place in outside {
        let rect = place.shape.bounding_rect();
        // Metres without decimals; of degrees, four are ten metres.
        let digits = match grid.crs.kind {
            CrsKind::Geographic => 4,
            CrsKind::Projected { .. } => 0,
        };
        let span = |(west, south): (f64, f64), (east, north): (f64, f64)| {
            format!("x {west:.digits$} to {east:.digits$}, y {south:.digits$} to {north:.digits$}")
        };
        let found = rect.map_or_else(String::new, |r| {
            format!(": it has {}", span(r.min().x_y(), r.max().x_y()))
        });
        let what = format!(
            "the region misses the map{found}; the map ({}) has {}",
            grid.crs.label(),
            span((extent[0], extent[1]), (extent[2], extent[3]))
        );
        let at = format!("{}, region {}", file.display(), place.id);
        let remedy = "check the coordinate systems of both files, or give a map of the region";
        if all {
            gathered.findings.push(Finding::error(at, what, remedy));
        } else {
            gathered.warnings.push(Finding::warning(at, what, remedy));
        }
    }
}
