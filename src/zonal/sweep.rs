//! Coverage of the cells of one block by one zone.
//!
//! Each edge leaves in every cell it crosses two signed numbers: its height there, and the area
//! between it and the right side of the cell. Summed from left to right the heights say how much
//! of the cells beyond is inside (all or nothing where no edge passes), and the areas correct the
//! cells that edges cross. Holes and several parts come out by themselves.
//!
//! All sums are integers in units of 2⁻⁴⁰ cell. A place where two edges meet, or where an edge
//! crosses a line between cells, is rounded to the unit once and the same for all, so heights
//! cancel exactly around a ring and runs of cells between edges are exactly in or out.

use std::ops::Range;

use super::Edges;
use super::edges::Edge;
use super::tally::{WHOLE, WHOLE_F64};
use crate::grid::Window;

/// What one edge leaves in one cell.
#[derive(Debug, Clone, Copy)]
struct Crossing {
    /// Row and column in the block, as one sorting key.
    key: u32,
    /// Height of the edge within the cell, signed.
    height: i64,
    /// Area between the edge and the right side of the cell, signed.
    area: i64,
}

/// Number of crossings below which they are sorted without going through rows.
const SORTED_AT_ONCE: usize = 64;

/// Bits of the column in a key.
const COL_BITS: u32 = 16;

/// Takes what a sweep finds.
pub(super) trait Sink {
    /// A cell that is partly covered: `0 < coverage < WHOLE`.
    fn part(&mut self, row: usize, col: usize, coverage: i64);

    /// Whole cells of a row, from `begin` to before `end`.
    fn run(&mut self, row: usize, begin: usize, end: usize);

    /// All cells of the block, wholly covered.
    fn block(&mut self);
}

/// Notes whether a zone holds anything of a window.
#[derive(Debug, Default)]
pub(super) struct Touch(pub(super) bool);

impl Sink for Touch {
    fn part(&mut self, _: usize, _: usize, _: i64) {
        self.0 = true;
    }

    fn run(&mut self, _: usize, _: usize, _: usize) {
        self.0 = true;
    }

    fn block(&mut self) {
        self.0 = true;
    }
}

/// Working space of the sweep; used for one block and zone after the other.
#[derive(Debug, Default)]
pub(super) struct Sweep {
    crossings: Vec<Crossing>,
    /// Height of the edges left of the block, by row.
    left: Vec<i64>,
    /// Changes between rows of the height of edges that pass rows from top to bottom.
    steps: Vec<i64>,
    rows: usize,
    cols: usize,
    /// The rows that edges reach; the others are empty.
    reached: Range<usize>,
    /// Working space of sorting: where the crossings of each row go, and the sorted ones.
    places: Vec<u32>,
    sorted: Vec<Crossing>,
}

/// Rounds a number that is neither negative nor above 2⁵¹ to a whole one.
///
/// The digits of a number beyond 2⁵² are those of whole numbers; taking them costs less than a
/// conversion that looks after numbers out of range.
fn rounded(value: f64) -> i64 {
    const BEYOND: f64 = 4_503_599_627_370_496.0;
    debug_assert!((-0.25..BEYOND / 2.0).contains(&value), "{value}");
    (value + BEYOND)
        .to_bits()
        .wrapping_sub(BEYOND.to_bits())
        .cast_signed()
}

/// The whole part of a number that is not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a coordinate within the block, and the cast saturates"
)]
fn whole_part(value: f64) -> usize {
    value as u32 as usize
}

/// A row or column of the block, as a coordinate.
fn coordinate(place: usize) -> f64 {
    place.cast_signed() as f64
}

/// A fraction of a cell, in units of 2⁻⁴⁰.
fn quantised(fraction: f64) -> i64 {
    rounded(fraction * WHOLE_F64)
}

/// The part of an edge within one row of cells; `y` is measured from the top of the row.
struct Piece {
    row: usize,
    sign: i64,
    xa: f64,
    ya: f64,
    xb: f64,
    yb: f64,
}

/// The columns of a block, as coordinates.
#[derive(Clone, Copy)]
struct Columns {
    begin: f64,
    end: f64,
}

impl Sweep {
    /// Takes in the edges of a zone. Returns whether anything may be covered.
    pub(super) fn trace(
        &mut self,
        window: Window,
        rule: Edges,
        edges: impl Iterator<Item = Edge>,
    ) -> bool {
        self.rows = window.rows as usize;
        self.cols = window.cols as usize;
        self.crossings.clear();
        // Only what the zone before left behind is wiped: most zones reach a few rows.
        if self.left.len() == self.rows {
            self.left[self.reached.clone()].fill(0);
            self.steps[self.reached.start..=self.reached.end].fill(0);
        } else {
            self.left.clear();
            self.left.resize(self.rows, 0);
            self.steps.clear();
            self.steps.resize(self.rows + 1, 0);
        }
        self.reached = self.rows..0;
        let columns = Columns {
            begin: f64::from(window.col),
            end: f64::from(window.col + window.cols),
        };
        let (top, bottom) = (f64::from(window.row), f64::from(window.row + window.rows));
        match rule {
            Edges::Exact => {
                for edge in edges {
                    self.trace_exact(&edge, columns, top, bottom);
                }
            }
            Edges::CellCentre => {
                for edge in edges {
                    self.trace_centres(&edge, columns, top, bottom);
                }
            }
        }
        if self.reached.is_empty() {
            self.reached = 0..0;
            return false;
        }
        let reached = self.reached.clone();
        let mut passing = 0;
        for (left, step) in self.left[reached.clone()]
            .iter_mut()
            .zip(&self.steps[reached.clone()])
        {
            passing += step;
            *left += passing;
        }
        self.sort();
        !self.crossings.is_empty() || self.left[reached].iter().any(|height| *height > 0)
    }

    /// Notes that an edge reaches from `begin` to `end` rows below the top of the block.
    fn reach(&mut self, begin: f64, end: f64) {
        let row = whole_part(end);
        self.reached.start = self.reached.start.min(whole_part(begin));
        self.reached.end = self
            .reached
            .end
            .max(row + usize::from(end > coordinate(row)));
    }

    /// Sorts the crossings by row and column: into rows first, where there are many.
    fn sort(&mut self) {
        if self.crossings.len() < SORTED_AT_ONCE {
            self.crossings.sort_unstable_by_key(|crossing| crossing.key);
            return;
        }
        let row_of = |crossing: &Crossing| (crossing.key >> COL_BITS) as usize;
        self.places.clear();
        self.places.resize(self.rows + 1, 0);
        for crossing in &self.crossings {
            self.places[row_of(crossing) + 1] += 1;
        }
        for row in 0..self.rows {
            self.places[row + 1] += self.places[row];
        }
        self.sorted.clear();
        self.sorted.extend_from_slice(&self.crossings);
        for crossing in &self.crossings {
            let place = &mut self.places[row_of(crossing)];
            self.sorted[*place as usize] = *crossing;
            *place += 1;
        }
        // Each place now stands at the end of its row.
        let mut begin = 0;
        for end in &self.places[..self.rows] {
            let row = &mut self.sorted[begin..*end as usize];
            row.sort_unstable_by_key(|crossing| crossing.key);
            begin = *end as usize;
        }
        std::mem::swap(&mut self.crossings, &mut self.sorted);
    }

    fn trace_exact(&mut self, edge: &Edge, columns: Columns, top: f64, bottom: f64) {
        let (begin, end) = (edge.y0.max(top), edge.y1.min(bottom));
        let (west, east) = (edge.x0.min(edge.x1), edge.x0.max(edge.x1));
        if begin >= end || west >= columns.end {
            return;
        }
        self.reach(begin - top, end - top);
        let first = whole_part(begin - top);
        if east <= columns.begin {
            self.pass_left(edge.sign, first, begin - top, end - top);
            return;
        }
        let slope = (edge.x1 - edge.x0) / (edge.y1 - edge.y0);
        let x_at = |y: f64| (edge.x0 + (y - edge.y0) * slope).clamp(west, east);
        let mut row = first;
        let mut row_top = top + coordinate(first);
        let mut ya = begin;
        let mut xa = if begin > edge.y0 {
            x_at(begin)
        } else {
            edge.x0
        };
        while ya < end {
            let yb = end.min(row_top + 1.0);
            let xb = if yb < edge.y1 { x_at(yb) } else { edge.x1 };
            self.trace_piece(
                &Piece {
                    row,
                    sign: edge.sign,
                    xa,
                    ya: ya - row_top,
                    xb,
                    yb: yb - row_top,
                },
                columns,
            );
            (xa, ya) = (xb, yb);
            row += 1;
            row_top += 1.0;
        }
    }

    /// Notes an edge that lies left of the block, from `begin` to `end` rows below its top.
    fn pass_left(&mut self, sign: i64, first: usize, begin: f64, end: f64) {
        let last = whole_part(end);
        let into = quantised(begin - coordinate(first));
        if first == last {
            self.left[first] += sign * (quantised(end - coordinate(first)) - into);
            return;
        }
        self.steps[first] += sign * WHOLE;
        self.left[first] -= sign * into;
        self.steps[last] -= sign * WHOLE;
        if last < self.rows {
            self.left[last] += sign * quantised(end - coordinate(last));
        }
    }

    fn trace_piece(&mut self, piece: &Piece, columns: Columns) {
        let (qa, qb) = (quantised(piece.ya), quantised(piece.yb));
        // From left to right from here on.
        let (west, east, q_west, q_east) = if piece.xa <= piece.xb {
            (piece.xa, piece.xb, qa, qb)
        } else {
            (piece.xb, piece.xa, qb, qa)
        };
        if qa == qb || west >= columns.end {
            return;
        }
        if east <= columns.begin {
            self.left[piece.row] += piece.sign * (qb - qa);
            return;
        }
        let key = u32::try_from(piece.row).expect("a row of a block") << COL_BITS;
        let mut push = |col: usize, height: i64, inner: f64| {
            let height = piece.sign * height.abs();
            let area = rounded(height.abs() as f64 * inner);
            self.crossings.push(Crossing {
                key: key | u32::try_from(col).expect("a column of a block"),
                height,
                area: if height < 0 { -area } else { area },
            });
        };
        let begin = whole_part((west - columns.begin).max(0.0));
        let mut side = columns.begin + coordinate(begin) + 1.0;
        if east <= side && west >= columns.begin {
            push(begin, qb - qa, side - f64::midpoint(west, east));
            return;
        }
        let slope = (piece.yb - piece.ya) / (piece.xb - piece.xa);
        let height_at =
            |x: f64| quantised((piece.ya + (x - piece.xa) * slope).clamp(piece.ya, piece.yb));
        let (mut x, mut q) = (west, q_west);
        if west < columns.begin {
            (x, q) = (columns.begin, height_at(columns.begin));
            self.left[piece.row] += piece.sign * (q - q_west).abs();
        }
        let mut col = begin;
        while side < east && col + 1 < self.cols {
            let q_side = height_at(side);
            push(col, q_side - q, side - f64::midpoint(x, side));
            (x, q) = (side, q_side);
            side += 1.0;
            col += 1;
        }
        if side < east {
            push(col, height_at(side) - q, side - f64::midpoint(x, side));
        } else {
            push(col, q_east - q, side - f64::midpoint(x, east));
        }
    }

    /// Notes where an edge crosses the lines of cell centres.
    fn trace_centres(&mut self, edge: &Edge, columns: Columns, top: f64, bottom: f64) {
        let (begin, end) = (edge.y0.max(top), edge.y1.min(bottom));
        if begin >= end || edge.x0.min(edge.x1) >= columns.end {
            return;
        }
        self.reach(begin - top, end - top);
        let mut row = whole_part(begin - top);
        loop {
            let y = top + row as f64 + 0.5;
            if row >= self.rows || y >= edge.y1 {
                return;
            }
            if y >= edge.y0 {
                let x = (y - edge.y0) * (edge.x1 - edge.x0) / (edge.y1 - edge.y0) + edge.x0;
                // The first column whose centre lies right of the edge.
                let col = (x + 0.5).floor();
                if col <= columns.begin {
                    self.left[row] += edge.sign * WHOLE;
                } else if col < columns.end {
                    let key = u32::try_from(row).expect("a row of a block") << COL_BITS;
                    let col = u32::try_from(whole_part(col - columns.begin));
                    self.crossings.push(Crossing {
                        key: key | col.expect("a column of a block"),
                        height: edge.sign * WHOLE,
                        area: edge.sign * WHOLE,
                    });
                }
            }
            row += 1;
        }
    }

    /// Walks the rows and hands coverage to the sink.
    pub(super) fn walk(&self, sink: &mut impl Sink) {
        let all_rows = self.reached == (0..self.rows);
        if all_rows && self.crossings.is_empty() && self.left.iter().all(|height| *height >= WHOLE)
        {
            sink.block();
            return;
        }
        let mut crossings = self.crossings.iter().peekable();
        for row in self.reached.clone() {
            let mut inside = self.left[row];
            let mut col = 0;
            while let Some(first) =
                crossings.next_if(|crossing| (crossing.key >> COL_BITS) as usize == row)
            {
                let at = (first.key & ((1 << COL_BITS) - 1)) as usize;
                let (mut height, mut area) = (first.height, first.area);
                while let Some(next) = crossings.next_if(|crossing| crossing.key == first.key) {
                    height += next.height;
                    area += next.area;
                }
                between(sink, row, col..at, inside);
                let coverage = inside + area;
                if coverage >= WHOLE {
                    sink.run(row, at, at + 1);
                } else if coverage > 0 {
                    sink.part(row, at, coverage);
                }
                inside += height;
                col = at + 1;
            }
            between(sink, row, col..self.cols, inside);
        }
    }
}

/// Hands over cells that no height falls in. They all have the same coverage: whole, none, or a
/// part where level edges pass.
fn between(sink: &mut impl Sink, row: usize, cols: Range<usize>, inside: i64) {
    if inside <= 0 || cols.is_empty() {
        return;
    }
    if inside >= WHOLE {
        sink.run(row, cols.start, cols.end);
    } else {
        for col in cols {
            sink.part(row, col, inside);
        }
    }
}
