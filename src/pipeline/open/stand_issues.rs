//! What the keeper of a stand register should look at: overlaps, gaps, and what differs.

use geo::{Coord, MultiPolygon};
use rayon::prelude::*;

use super::prepare::Place;
use super::stand_overlay::{StandIndex, holes, inside};
use super::stands::{PlacedRegister, Placing};
use crate::account::{Stand, StandIssue};
use crate::finding::Finding;
use crate::grid::plane_area;
use crate::input::{Projection, Transformer};
use crate::units::{CubicMetres, Hectares, SquareMetres};

/// Share by which areas or volumes of a stand may differ before it is listed.
const DIFFERS: f64 = 0.05;

/// The region of a stand that lies in one.
fn region_of(regions: &[Place], stand: &Stand) -> String {
    match stand.parts.as_slice() {
        [one] => regions[one.region].id.clone(),
        _ => String::new(),
    }
}

fn issue(year: i32, kind: &str, point: Option<Coord<f64>>, what: &str) -> StandIssue {
    StandIssue {
        year,
        kind: kind.to_owned(),
        stand_id: String::new(),
        other_id: String::new(),
        region_id: String::new(),
        area: None,
        longitude: point.map(|p| p.x),
        latitude: point.map(|p| p.y),
        what: what.to_owned(),
    }
}

/// What is to be said of single stands.
fn of_stands(
    placed: &PlacedRegister,
    (shapes, second): (&[MultiPolygon<f64>], &[Option<CubicMetres>]),
    regions: &[Place],
    place: &dyn Fn(&MultiPolygon<f64>) -> Option<Coord<f64>>,
    issues: &mut Vec<StandIssue>,
) {
    for (at, stand) in placed.register.stands.iter().enumerate() {
        let shape = &shapes[at];
        let mut add = |kind: &str, area: Hectares, what: String| {
            issues.push(StandIssue {
                stand_id: stand.id.clone(),
                region_id: region_of(regions, stand),
                area: Some(area),
                ..issue(placed.register.year, kind, place(shape), &what)
            });
        };
        if stand.outside > 0.0 {
            let area = Hectares::new(stand.area.value() * stand.outside);
            add(
                "outside-regions",
                area,
                format!(
                    "{:.6} % of the stand lies in no region",
                    100.0 * stand.outside
                ),
            );
        }
        if let Some(registered) = stand.registered {
            let differs = (registered / stand.area - 1.0).abs();
            if differs > DIFFERS || registered <= Hectares::ZERO {
                add(
                    "area-differs",
                    stand.area,
                    format!(
                        "registered {:.4} ha, polygon {:.4} ha",
                        registered.value(),
                        stand.area.value()
                    ),
                );
            }
        }
        if placed.register.has_volume && stand.volume.is_none() && stand.has_forest_stock() {
            add(
                "volume-missing",
                stand.stock_area(),
                "forest of trees without a volume: not known".to_owned(),
            );
        }
        if let (Some(volume), Some(second)) = (stand.volume, second[at]) {
            let scale = volume.value().abs().max(second.value().abs());
            if (volume.value() - second.value()).abs() > DIFFERS * scale {
                add(
                    "volume-differs",
                    stand.stock_area(),
                    format!(
                        "{:.4} m3 by one field, {:.4} m3 by the other",
                        volume.value(),
                        second.value()
                    ),
                );
            }
        }
    }
}

impl Placing<'_> {
    /// Overlaps, gaps, and what differs in the register itself.
    pub(super) fn look(
        &self,
        placed: &mut PlacedRegister,
        index: &StandIndex<'_>,
        second: &[Option<CubicMetres>],
    ) {
        let to_map = Projection::wgs84()
            .and_then(|wgs84| Transformer::new(self.ground.projection(), &wgs84))
            .ok();
        let point_of = |shape: &MultiPolygon<f64>| -> Option<Coord<f64>> {
            let mut point = [inside(shape)?];
            to_map.as_ref()?.points(&mut point).ok()?;
            Some(point[0])
        };

        let regions = self.regions;
        let issue = |kind: &str, shape: &MultiPolygon<f64>, what: &str| {
            issue(self.table.year, kind, point_of(shape), what)
        };
        let stands = &placed.register.stands;
        let mut issues = Vec::new();
        // The overlay works in the plane; a stand's own scale makes true areas of it.
        let least = SquareMetres::new(self.table.min_overlap_m2);
        let least_ha: Hectares = least.into();
        let scale = |stand: usize| {
            let plane = plane_area(&index.shapes[stand]);
            if plane > 0.0 {
                stands[stand].area.value() / plane
            } else {
                0.0
            }
        };
        let greatest_scale = (0..stands.len())
            .map(scale)
            .filter(|scale| *scale > 0.0)
            .fold(0.0, f64::max);
        let in_plane = if greatest_scale > 0.0 {
            least_ha.value() / greatest_scale
        } else {
            0.0
        };
        for (one, other, shared) in index.overlaps(in_plane) {
            let area = Hectares::new(plane_area(&shared) * scale(one));
            if area <= least_ha {
                continue;
            }
            placed.overlap += area;
            issues.push(StandIssue {
                stand_id: stands[one].id.clone(),
                other_id: stands[other].id.clone(),
                region_id: region_of(regions, &stands[one]),
                area: Some(area),
                ..issue(
                    "overlap",
                    &shared,
                    "two stands share this area: it counts twice",
                )
            });
        }
        let (gaps, uncovered) = self.gaps(placed, index, least_ha);
        for (region, gap, area, what) in gaps {
            issues.push(StandIssue {
                region_id: self.regions[region].id.clone(),
                area: Some(area),
                ..issue("gap", &gap, &what)
            });
        }
        placed.uncovered = uncovered;
        of_stands(
            placed,
            (index.shapes, second),
            regions,
            &point_of,
            &mut issues,
        );
        placed.issues = issues;
    }

    /// Gaps between stands, and the area of each region that no stand covers.
    #[expect(
        clippy::type_complexity,
        reason = "one list of gaps with where, how large and what"
    )]
    fn gaps(
        &self,
        placed: &PlacedRegister,
        index: &StandIndex<'_>,
        least: Hectares,
    ) -> (
        Vec<(usize, MultiPolygon<f64>, Hectares, String)>,
        Vec<Hectares>,
    ) {
        let mut of_region: Vec<Vec<usize>> = vec![Vec::new(); self.regions.len()];
        for (at, stand) in placed.register.stands.iter().enumerate() {
            for part in &stand.parts {
                of_region[part.region].push(at);
            }
        }
        let found: Vec<(Vec<MultiPolygon<f64>>, MultiPolygon<f64>)> = of_region
            .par_iter()
            .zip(self.regions)
            .map(|(stands, region)| {
                use geo::BooleanOps;
                let union = index.union(stands);
                let left = region.shape.difference(&union);
                let gaps = if placed.of_all_land {
                    left.iter()
                        .map(|gap| MultiPolygon(vec![gap.clone()]))
                        .collect()
                } else {
                    holes(&union)
                        .into_iter()
                        .map(|hole| region.shape.intersection(&MultiPolygon(vec![hole])))
                        .collect()
                };
                (gaps, left)
            })
            .collect();
        let mut gaps = Vec::new();
        let mut uncovered = Vec::new();
        let what = if placed.of_all_land {
            "no stand covers this part of the region"
        } else {
            "stands enclose this area, and none covers it"
        };
        for (region, (shapes, left)) in found.into_iter().enumerate() {
            let area =
                |shape: &MultiPolygon<f64>| self.ground.area(shape).unwrap_or(Hectares::ZERO);
            uncovered.push(if left.0.is_empty() {
                Hectares::ZERO
            } else {
                area(&left)
            });
            for shape in shapes {
                let area = if shape.0.is_empty() {
                    Hectares::ZERO
                } else {
                    area(&shape)
                };
                if area > least {
                    gaps.push((region, shape, area, what.to_owned()));
                }
            }
        }
        (gaps, uncovered)
    }
}

/// What was found, in a warning a kind.
pub(super) fn tell(placed: &PlacedRegister, notes: &mut Vec<Finding>) {
    let kinds = [
        (
            "overlap",
            "pairs of stands overlap",
            "what they share counts twice; mend their borders",
        ),
        (
            "gap",
            "gaps between stands",
            "fill them, or leave them if no stand belongs there",
        ),
        (
            "area-differs",
            "stands whose registered area is not that of their polygon",
            "the account takes the registered area; see which is right",
        ),
        (
            "volume-missing",
            "stands of forest without a volume",
            "they are not in the stock volume: unknown is not zero; `missing-volume = \"zero\"` says that there is nothing to measure",
        ),
        (
            "volume-differs",
            "stands whose two volumes differ",
            "the account takes the first; see which is right",
        ),
    ];
    for (kind, what, remedy) in kinds {
        let of_kind = || placed.issues.iter().filter(|issue| issue.kind == kind);
        let area: Hectares = of_kind().filter_map(|issue| issue.area).sum();
        let count = of_kind().count();
        if count > 0 {
            notes.push(Finding::warning(
                &placed.register.name,
                format!(
                    "{count} {what}: {:.4} ha, listed in tables/stand_issues.csv",
                    area.value()
                ),
                remedy,
            ));
        }
    }
}
