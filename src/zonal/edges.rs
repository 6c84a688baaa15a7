//! The edges of all zones in cell coordinates, found by zone and by row of blocks.

use std::ops::Range;

use geo::{Coord, LineString};
use rayon::prelude::*;
use rstar::{AABB, RTree, RTreeObject};

use super::{ZonalError, Zone};
use crate::grid::{BLOCK, Block, Grid};

/// An edge from the vertex at this place of the vertex list to the next; the top bit is set where
/// the zone lies on the other side.
type EdgeRef = u32;

/// The bit of an [`EdgeRef`] that says on which side the zone lies.
const FLIPPED: u32 = 1 << 31;

/// The bounding box of a zone, in blocks.
#[derive(Debug)]
struct Extent {
    zone: u32,
    low: [i64; 2],
    high: [i64; 2],
}

impl RTreeObject for Extent {
    type Envelope = AABB<[i64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.low, self.high)
    }
}

/// The edges of one zone.
#[derive(Debug, Default)]
struct ZoneEdges {
    /// The first row of blocks with edges.
    first_band: u32,
    /// Where the edges of each row of blocks begin in `refs`, and the end of the last.
    starts: Vec<usize>,
    /// The vertices of all rings, in cell coordinates, each ring closed.
    vertices: Vec<[f64; 2]>,
    refs: Vec<EdgeRef>,
}

/// One edge in cell coordinates, from the lower to the higher row coordinate.
///
/// Both zones that share an edge see the same numbers here, whichever way their rings run: that
/// is what makes their coverages complementary to the last unit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) x0: f64,
    pub(super) y0: f64,
    pub(super) x1: f64,
    pub(super) y1: f64,
    /// +1 where the zone begins on the right of the edge, −1 where it ends.
    pub(super) sign: i64,
}

/// The zones of a run, ready for the pass.
#[derive(Debug)]
pub(super) struct ZoneIndex {
    tree: RTree<Extent>,
    zones: Vec<ZoneEdges>,
}

/// Twice the signed area of a ring, taken from its first vertex.
fn twice_area(ring: &[[f64; 2]]) -> f64 {
    let Some(origin) = ring.first() else {
        return 0.0;
    };
    ring.windows(2)
        .map(|pair| {
            let (ax, ay) = (pair[0][0] - origin[0], pair[0][1] - origin[1]);
            let (bx, by) = (pair[1][0] - origin[0], pair[1][1] - origin[1]);
            ax * by - bx * ay
        })
        .sum()
}

/// The row of blocks that holds a row coordinate, kept within `bands` rows.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is clamped to the number of rows of blocks first"
)]
fn band_of(y: f64, bands: u32) -> u32 {
    // A cast goes down to the whole number below, as the value is not negative.
    (y / f64::from(BLOCK)).clamp(0.0, f64::from(bands)) as u32
}

/// The rows of blocks that an edge crosses; `None` where it has no height or leaves the grid out on
/// a side that matters.
fn bands_of([a, b]: [[f64; 2]; 2], grid: &Grid, bands: u32) -> Option<Range<u32>> {
    let (low, high) = (a[1].min(b[1]), a[1].max(b[1]));
    let leaves = high <= 0.0
        || low >= f64::from(grid.height)
        || a[0].min(b[0]) >= f64::from(grid.width)
        || low >= high;
    if leaves {
        return None;
    }
    let last = band_of(high, bands);
    let reaches = high > f64::from(last) * f64::from(BLOCK);
    Some(band_of(low, bands)..(last + u32::from(reaches)).min(bands))
}

impl ZoneEdges {
    fn new(number: u32, zone: &Zone, grid: &Grid) -> Result<(Self, Option<Extent>), ZonalError> {
        let mut edges = Self::default();
        let mut rings: Vec<(usize, u32)> = Vec::new();
        for polygon in &zone.shape {
            edges.push_ring(polygon.exterior(), grid, false, &mut rings);
            for hole in polygon.interiors() {
                edges.push_ring(hole, grid, true, &mut rings);
            }
        }
        if let Some(place) = edges
            .vertices
            .iter()
            .position(|v| !(v[0].is_finite() && v[1].is_finite()))
        {
            return Err(ZonalError::NotFinite {
                zone: number,
                vertex: place,
            });
        }
        if edges.vertices.len() >= FLIPPED as usize {
            return Err(ZonalError::TooManyVertices { zone: number });
        }
        let (bands, cols) = grid.blocks();
        let mut low = [f64::INFINITY; 2];
        let mut high = [f64::NEG_INFINITY; 2];
        for vertex in &edges.vertices {
            for axis in 0..2 {
                low[axis] = low[axis].min(vertex[axis]);
                high[axis] = high[axis].max(vertex[axis]);
            }
        }
        let outside = edges.vertices.is_empty()
            || high[0] <= 0.0
            || high[1] <= 0.0
            || low[0] >= f64::from(grid.width)
            || low[1] >= f64::from(grid.height);
        if outside {
            return Ok((Self::default(), None));
        }
        let (first, last) = (band_of(low[1], bands - 1), band_of(high[1], bands - 1));
        edges.bin(&rings, grid, bands, first, last);
        let extent = Extent {
            zone: number,
            low: [i64::from(band_of(low[0], cols - 1)), i64::from(first)],
            high: [i64::from(band_of(high[0], cols - 1)), i64::from(last)],
        };
        Ok((edges, Some(extent)))
    }

    /// Adds a ring; remembers where it begins and on which side of its edges the zone lies.
    fn push_ring(
        &mut self,
        ring: &LineString<f64>,
        grid: &Grid,
        hole: bool,
        rings: &mut Vec<(usize, u32)>,
    ) {
        let begin = self.vertices.len();
        let place = |c: &Coord<f64>| {
            let (x, y) = grid.to_cells(c.x, c.y);
            [x, y]
        };
        self.vertices.extend(ring.0.iter().map(place));
        let vertices = &mut self.vertices;
        if vertices.len() > begin && !ring.is_closed() {
            vertices.push(vertices[begin]);
        }
        if vertices.len() < begin + 4 {
            // Fewer than three corners enclose nothing. A place that is not a number stays, to be
            // reported.
            let finite = vertices[begin..].iter().flatten().all(|v| v.is_finite());
            if finite {
                vertices.truncate(begin);
            }
            return;
        }
        let positive = twice_area(&vertices[begin..]) > 0.0;
        rings.push((begin, if positive == hole { FLIPPED } else { 0 }));
    }

    /// Lists the edges of every row of blocks.
    fn bin(&mut self, rings: &[(usize, u32)], grid: &Grid, bands: u32, first: u32, last: u32) {
        self.first_band = first;
        self.starts = vec![0; (last - first + 2) as usize];
        let ends = rings.iter().skip(1).map(|ring| ring.0);
        let ends: Vec<usize> = ends.chain([self.vertices.len()]).collect();
        let edges = rings
            .iter()
            .zip(&ends)
            .flat_map(|(&(begin, side), &end)| (begin..end - 1).map(move |place| (place, side)));
        let crossing: Vec<(EdgeRef, Range<u32>)> = edges
            .filter_map(|(place, side)| {
                let ends = [self.vertices[place], self.vertices[place + 1]];
                let crossed = bands_of(ends, grid, bands)?;
                let place = u32::try_from(place).expect("the number of vertices is checked");
                Some((place | side, crossed))
            })
            .collect();
        for (_, crossed) in &crossing {
            for band in crossed.clone() {
                self.starts[(band - first) as usize + 1] += 1;
            }
        }
        for band in 1..self.starts.len() {
            self.starts[band] += self.starts[band - 1];
        }
        self.refs = vec![0; self.starts[self.starts.len() - 1]];
        let mut next = self.starts.clone();
        for (reference, crossed) in crossing {
            for band in crossed {
                let slot = &mut next[(band - first) as usize];
                self.refs[*slot] = reference;
                *slot += 1;
            }
        }
    }

    fn edge(&self, reference: EdgeRef) -> Edge {
        let place = (reference & !FLIPPED) as usize;
        let (a, b) = (self.vertices[place], self.vertices[place + 1]);
        let outward = if reference & FLIPPED == 0 { 1 } else { -1 };
        // With the zone on the positive side a ring runs down (to higher rows) where it ends.
        if a[1] < b[1] {
            Edge {
                x0: a[0],
                y0: a[1],
                x1: b[0],
                y1: b[1],
                sign: -outward,
            }
        } else {
            Edge {
                x0: b[0],
                y0: b[1],
                x1: a[0],
                y1: a[1],
                sign: outward,
            }
        }
    }
}

impl ZoneIndex {
    pub(super) fn new(zones: &[Zone], grid: &Grid) -> Result<Self, ZonalError> {
        let numbers = 0..u32::try_from(zones.len()).unwrap_or(u32::MAX);
        let indexed: Vec<_> = numbers
            .into_par_iter()
            .zip(zones)
            .map(|(number, zone)| ZoneEdges::new(number, zone, grid))
            .collect();
        let mut extents = Vec::with_capacity(zones.len());
        let mut edges = Vec::with_capacity(zones.len());
        for of_zone in indexed {
            let (of_zone, extent) = of_zone?;
            edges.push(of_zone);
            extents.extend(extent);
        }
        Ok(Self {
            tree: RTree::bulk_load(extents),
            zones: edges,
        })
    }

    /// The blocks that the bounding box of some zone reaches, row by row.
    pub(super) fn blocks(&self, grid: &Grid) -> Vec<Block> {
        let (rows, cols) = grid.blocks();
        let mut reached = vec![false; rows as usize * cols as usize];
        for extent in &self.tree {
            for row in extent.low[1]..=extent.high[1] {
                let at = |col: i64| usize::try_from(row * i64::from(cols) + col).unwrap_or(0);
                reached[at(extent.low[0])..=at(extent.high[0])].fill(true);
            }
        }
        let all = (0..rows).flat_map(|row| (0..cols).map(move |col| Block { row, col }));
        all.zip(reached)
            .filter_map(|(block, reached)| reached.then_some(block))
            .collect()
    }

    /// The zones whose bounding boxes reach a block, in ascending order.
    pub(super) fn candidates(&self, block: Block, out: &mut Vec<u32>) {
        let at = [i64::from(block.col), i64::from(block.row)];
        out.clear();
        out.extend(
            self.tree
                .locate_in_envelope_intersecting(&AABB::from_point(at))
                .map(|extent| extent.zone),
        );
        out.sort_unstable();
    }

    /// The edges of a zone that cross a row of blocks.
    pub(super) fn edges(&self, zone: u32, band: u32) -> impl Iterator<Item = Edge> {
        let edges = &self.zones[zone as usize];
        let band = (band - edges.first_band) as usize;
        edges.refs[edges.starts[band]..edges.starts[band + 1]]
            .iter()
            .map(|reference| edges.edge(*reference))
    }
}
