//! Regions cut by the boundaries of each date: exact overlay, earlier boundaries first.
//!
//! Dates that have the same boundaries are cut together. A piece is known by the boundary that it
//! lies in at each date, so that what changed between two dates is a piece of its own.

use geo::{BooleanOps, BoundingRect, MultiPolygon};
use rstar::{AABB, RTree, primitives::GeomWithData, primitives::Rectangle};

use super::boundaries::BoundaryPlace;
use super::prepare::Place;
use crate::finding::Finding;
use crate::input::{Ground, PlaceError, without};
use crate::units::Hectares;

/// Hectares below which a piece is what the overlay of two dates leaves along a border that both
/// share: a hundredth of a square metre. The overlay moves corners by less than a millimetre.
const SLIVER: f64 = 1e-6;

/// The part of a region that lies in the same boundary, or in none, at each date.
#[derive(Debug, Clone)]
pub(in crate::pipeline) struct Piece {
    pub(in crate::pipeline) region: usize,
    /// The boundary at each date.
    pub(in crate::pipeline) boundaries: Vec<Option<usize>>,
    pub(in crate::pipeline) shape: MultiPolygon<f64>,
    /// On the ellipsoid.
    pub(in crate::pipeline) area: Hectares,
}

impl Piece {
    /// The boundaries that it lies in at any date, each once.
    pub(in crate::pipeline) fn within(&self) -> Vec<usize> {
        let mut all: Vec<usize> = self.boundaries.iter().copied().flatten().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Regions cut by boundaries.
#[derive(Debug, Clone, Default)]
pub(in crate::pipeline) struct Overlay {
    /// What lies in a boundary at some date, by boundaries and then regions.
    pub(in crate::pipeline) pieces: Vec<Piece>,
    /// What of each region lies in none at any date, where there are no maps to tell.
    pub(in crate::pipeline) outside: Vec<Hectares>,
}

/// What the overlay is of.
pub(super) struct Cut<'a> {
    regions: &'a [Place],
    boundaries: &'a [BoundaryPlace],
    dates: &'a [i32],
    mapped: bool,
}

impl<'a> Cut<'a> {
    /// Regions and boundaries at the years of the maps, or without maps of the boundaries.
    pub(super) fn new(
        regions: &'a [Place],
        boundaries: &'a [BoundaryPlace],
        dates: &'a [i32],
        mapped: bool,
    ) -> Self {
        Self {
            regions,
            boundaries,
            dates,
            mapped,
        }
    }

    /// Cuts the regions. What has no true area is reported.
    pub(super) fn overlay(&self, ground: &Ground, findings: &mut Vec<Finding>) -> Overlay {
        let eras = eras(self.boundaries, self.dates);
        let mut overlay = Overlay::default();
        for (region, place) in self.regions.iter().enumerate() {
            let mut parts = vec![Part {
                boundaries: vec![None; self.dates.len()],
                shape: place.shape.clone(),
            }];
            for (position, era) in eras.iter().enumerate() {
                // Of the last cut, what is outside all boundaries is known from the maps.
                let needed = !self.mapped || position + 1 < eras.len();
                parts = parts
                    .iter()
                    .flat_map(|part| era.split(part, needed))
                    .collect();
            }
            let mut outside = Hectares::ZERO;
            for part in parts {
                match part.measured(region, ground) {
                    Ok(piece) if piece.within().is_empty() => outside += piece.area,
                    Ok(piece) if eras.len() > 1 && piece.area.value() < SLIVER => {}
                    Ok(piece) => overlay.pieces.push(piece),
                    Err(error) => findings.push(Finding::error(
                        format!("boundaries in region {}", place.id),
                        error.to_string(),
                        "check the coordinates of the boundaries",
                    )),
                }
            }
            if !self.mapped {
                overlay.outside.push(outside);
            }
        }
        overlay
            .pieces
            .sort_by(|a, b| (&a.boundaries, a.region).cmp(&(&b.boundaries, b.region)));
        overlay
    }
}

/// A part of a region before it is measured.
struct Part {
    boundaries: Vec<Option<usize>>,
    shape: MultiPolygon<f64>,
}

impl Part {
    fn measured(self, region: usize, ground: &Ground) -> Result<Piece, PlaceError> {
        Ok(Piece {
            region,
            area: ground.area(&self.shape)?,
            boundaries: self.boundaries,
            shape: self.shape,
        })
    }
}

type Indexed = GeomWithData<Rectangle<[f64; 2]>, usize>;

/// Dates that have the same boundaries.
struct Era {
    dates: Vec<usize>,
    /// The boundaries that count.
    counts: Vec<usize>,
    /// Their shapes, each without those before it.
    shapes: Vec<(MultiPolygon<f64>, RTree<Indexed>)>,
}

fn eras(boundaries: &[BoundaryPlace], dates: &[i32]) -> Vec<Era> {
    let mut eras: Vec<Era> = Vec::new();
    for (date, year) in dates.iter().enumerate() {
        let count = |place: &BoundaryPlace| place.year.is_none_or(|own| own == *year);
        let counts: Vec<usize> = (0..boundaries.len())
            .filter(|&boundary| count(&boundaries[boundary]))
            .collect();
        match eras.iter_mut().find(|era| era.counts == counts) {
            Some(era) => era.dates.push(date),
            None => eras.push(Era {
                dates: vec![date],
                shapes: cut_in_turn(counts.iter().map(|&boundary| &boundaries[boundary].shape)),
                counts,
            }),
        }
    }
    eras
}

/// Each shape without those before it, with an index of its polygons.
fn cut_in_turn<'a>(
    shapes: impl Iterator<Item = &'a MultiPolygon<f64>>,
) -> Vec<(MultiPolygon<f64>, RTree<Indexed>)> {
    let mut taken = MultiPolygon(Vec::new());
    let mut cut = Vec::new();
    for shape in shapes {
        let own = without(shape, &taken);
        taken = if taken.0.is_empty() {
            shape.clone()
        } else {
            taken.union(shape)
        };
        let rects = own.0.iter().enumerate().filter_map(|(i, polygon)| {
            let rect = polygon.bounding_rect()?;
            let (low, high) = (rect.min(), rect.max());
            let rect = Rectangle::from_corners([low.x, low.y], [high.x, high.y]);
            Some(Indexed::new(rect, i))
        });
        let index = RTree::bulk_load(rects.collect());
        cut.push((own, index));
    }
    cut
}

impl Era {
    /// A part cut by the boundaries; what is outside them comes last, where it is needed or lies in
    /// a boundary at another date.
    fn split(&self, part: &Part, outside_needed: bool) -> Vec<Part> {
        let Some(rect) = part.shape.bounding_rect() else {
            return Vec::new();
        };
        let (low, high) = (rect.min(), rect.max());
        let envelope = AABB::from_corners([low.x, low.y], [high.x, high.y]);
        let mut split = Vec::new();
        let mut all_near: Vec<geo::Polygon<f64>> = Vec::new();
        for (boundary, (shape, index)) in self.counts.iter().zip(&self.shapes) {
            let mut near: Vec<usize> = index
                .locate_in_envelope_intersecting(&envelope)
                .map(|item| item.data)
                .collect();
            near.sort_unstable();
            if near.is_empty() {
                continue;
            }
            let near = MultiPolygon(near.into_iter().map(|i| shape.0[i].clone()).collect());
            let inside = part.shape.intersection(&near);
            all_near.extend(near.0);
            if inside.0.is_empty() {
                continue;
            }
            let mut boundaries = part.boundaries.clone();
            for date in &self.dates {
                boundaries[*date] = Some(*boundary);
            }
            split.push(Part {
                boundaries,
                shape: inside,
            });
        }
        if outside_needed || part.boundaries.iter().any(Option::is_some) {
            let shape = without(&part.shape, &MultiPolygon(all_near));
            if !shape.0.is_empty() {
                split.push(Part {
                    boundaries: part.boundaries.clone(),
                    shape,
                });
            }
        }
        split
    }
}
