//! Cells of each class in bands of rows, where areas change along rows but not within a band.
//!
//! Cells need no area of their own then: a class has so many in each column of a piece of the band,
//! and the area of all of them follows from that. Columns are counted side by side, many at a time.

use std::ops::Range;

use pulp::{Arch, NullaryFnOnce};

use super::byte_counts::ByteCounts;
use super::cell_sums::WholeCells;
use super::known_classes::KnownClasses;
use crate::grid::{BLOCK, BlockAreas, PIECE, Piece};

/// Pieces across a block.
const ACROSS: usize = BLOCK as usize / PIECE;

/// Most rows of a band.
const ROWS: usize = 16;

/// Fewest rows of a band that it pays to count by columns.
const FEWEST: usize = 8;

/// Classes that cells are compared with at once.
const SIDE_BY_SIDE: usize = 8;

/// Columns from the middle of a piece, by column.
const STEPS: [i16; PIECE] = places(false);

/// What bends add by column: `k(k − 1)/2`.
const BENDS: [i16; PIECE] = places(true);

/// The first column of a piece, from its middle.
const FIRST: i16 = -16;

const fn places(bend: bool) -> [i16; PIECE] {
    let mut places = [0; PIECE];
    let (mut column, mut k) = (0, FIRST);
    while column < PIECE {
        places[column] = if bend { k * (k - 1) / 2 } else { k };
        (column, k) = (column + 1, k + 1);
    }
    places
}

/// The cells of a row of a block, piece after piece.
type Row = [[u8; PIECE]; ACROSS];

/// Whole cells of one zone by class, band after band.
#[derive(Debug)]
pub(super) struct BandCounts {
    /// Classes that cells are compared with, at most [`ByteCounts::MOST`].
    known: KnownClasses,
    /// Cells of the bands before, by class.
    sums: Box<[WholeCells; 256]>,
    /// Whether there may be any.
    has_sums: bool,
    /// The cells of the band at hand; the others of its rows hold `blank`.
    cells: Box<[Row; ROWS]>,
    /// A class that cells are not compared with.
    blank: u8,
    /// The first row of the band at hand, and its pieces; only where it holds cells.
    first_row: usize,
    pieces: Vec<Piece>,
    /// Where its cells lie: row of the band, columns.
    stretches: Vec<(usize, Range<usize>)>,
    /// What the processor can do.
    arch: Arch,
}

impl Default for BandCounts {
    fn default() -> Self {
        let none = vec![WholeCells::default(); 256].into_boxed_slice();
        let cells = vec![[[0; PIECE]; ACROSS]; ROWS].into_boxed_slice();
        Self {
            known: KnownClasses::default(),
            sums: none.try_into().expect("so many were made"),
            has_sums: false,
            cells: cells.try_into().expect("so many were made"),
            blank: 0,
            first_row: 0,
            pieces: Vec::new(),
            stretches: Vec::new(),
            arch: Arch::new(),
        }
    }
}

impl BandCounts {
    /// Whether cells of a block with these areas, which change along rows, can be counted so.
    pub(super) fn fit(areas: &BlockAreas) -> bool {
        let [band, piece] = areas.band_and_piece();
        (FEWEST..=ROWS).contains(&band) && piece == PIECE
    }

    /// Forgets classes that are not expected any more; what was added must have been taken.
    pub(super) fn retain(&mut self, keep: impl Fn(usize) -> bool) {
        self.known.retain(keep);
    }

    /// Adds whole cells of a row of a block, from a column on.
    pub(super) fn add(&mut self, codes: &[u8], row: usize, begin: usize, areas: &BlockAreas) {
        let [band, _] = areas.band_and_piece();
        let first_row = row / band * band;
        if first_row != self.first_row {
            self.settle();
        }
        if self.pieces.is_empty() {
            self.first_row = first_row;
            self.pieces.extend_from_slice(areas.pieces(row));
        }
        let columns = begin..begin + codes.len();
        let cells = self.cells[row - first_row].as_flattened_mut();
        cells[columns.clone()].copy_from_slice(codes);
        self.stretches.push((row - first_row, columns));
    }

    /// Adds the cells of the band at hand to the sums, and clears it.
    fn settle(&mut self) {
        let Some((first, columns)) = self.stretches.first().cloned() else {
            return;
        };
        let widest = |all: Range<usize>, (_, one): &(usize, Range<usize>)| {
            all.start.min(one.start)..all.end.max(one.end)
        };
        let columns = self.stretches.iter().fold(columns, widest);
        let last = self.stretches.last().map_or(first, |(row, _)| *row);
        let counted = self.arch.dispatch(Count {
            rows: &self.cells[first..=last],
            pieces: &self.pieces,
            touched: columns.start / PIECE..columns.end.div_ceil(PIECE),
            classes: self.known.listed(),
            sums: &mut self.sums,
        });
        let added: usize = self.stretches.iter().map(|(_, cells)| cells.len()).sum();
        if counted != added as u64 {
            self.learn();
        }
        for (row, columns) in self.stretches.drain(..) {
            self.cells[row].as_flattened_mut()[columns].fill(self.blank);
        }
        let known = self.known.marks();
        if known[usize::from(self.blank)] {
            let unknown = (0..=u8::MAX).find(|class| !known[usize::from(*class)]);
            self.blank = unknown.expect("fewer classes are known than there are");
            let cells = self.cells.as_flattened_mut().as_flattened_mut();
            cells.fill(self.blank);
        }
        self.pieces.clear();
        self.has_sums = true;
    }

    /// Adds the cells of classes that are not known one by one; as many as may be then are.
    #[cold]
    fn learn(&mut self) {
        let counted = *self.known.marks();
        for (row, columns) in &self.stretches {
            for column in columns.clone() {
                let class = self.cells[*row][column / PIECE][column % PIECE];
                let place = usize::from(class);
                if counted[place] {
                    continue;
                }
                let k = i64::from(STEPS[column % PIECE]);
                self.sums[place].count += 1;
                self.sums[place].area += u128::from(self.pieces[column / PIECE].area(k));
                if self.known.listed().len() < ByteCounts::MOST {
                    self.known.learn(class);
                }
            }
        }
    }

    /// Hands out the cells of each class that has any, and clears them.
    pub(super) fn take(&mut self, mut give: impl FnMut(usize, WholeCells)) {
        self.settle();
        if !std::mem::take(&mut self.has_sums) {
            return;
        }
        for (class, cells) in self.sums.iter_mut().enumerate() {
            if cells.count > 0 {
                give(class, std::mem::take(cells));
            }
        }
    }
}

/// Adds the cells of some classes in the touched pieces of a band; gives how many they are.
struct Count<'a> {
    rows: &'a [Row],
    pieces: &'a [Piece],
    touched: Range<usize>,
    classes: &'a [u8],
    sums: &'a mut [WholeCells; 256],
}

impl NullaryFnOnce for Count<'_> {
    type Output = u64;

    #[expect(
        clippy::inline_always,
        reason = "only what becomes part of the caller is made for its processor"
    )]
    #[inline(always)]
    fn call(self) -> u64 {
        let mut counted = 0;
        let mut cells = [[0; PIECE]; ROWS];
        for place in self.touched {
            for (cells, row) in cells.iter_mut().zip(self.rows) {
                *cells = row[place];
            }
            let cells = &cells[..self.rows.len()];
            for classes in self.classes.chunks(SIDE_BY_SIDE) {
                let wanted =
                    std::array::from_fn(|place| *classes.get(place).unwrap_or(&classes[0]));
                let columns = columns(cells, wanted);
                for (class, columns) in classes.iter().zip(&columns) {
                    let cells = cells_of(columns, &self.pieces[place]);
                    let sums = &mut self.sums[usize::from(*class)];
                    sums.count += cells.count;
                    sums.area += cells.area;
                    counted += cells.count;
                }
            }
        }
        counted
    }
}

/// How many cells of each column are of some classes: plain loops, which the compiler turns into the
/// widest steps of each processor.
#[expect(
    clippy::inline_always,
    reason = "only what becomes part of the caller is made for its processor"
)]
#[inline(always)]
fn columns(rows: &[[u8; PIECE]], classes: [u8; SIDE_BY_SIDE]) -> [[u8; PIECE]; SIDE_BY_SIDE] {
    let mut columns = [[0; PIECE]; SIDE_BY_SIDE];
    for cells in rows {
        for class in 0..SIDE_BY_SIDE {
            for column in 0..PIECE {
                columns[class][column] += u8::from(cells[column] == classes[class]);
            }
        }
    }
    columns
}

/// So many cells in each column of a piece. At most 16 of a column times at most 136, over 32
/// columns, stay within 16 bits.
#[expect(
    clippy::inline_always,
    reason = "only what becomes part of the caller is made for its processor"
)]
#[inline(always)]
fn cells_of(columns: &[u8; PIECE], piece: &Piece) -> WholeCells {
    let [mut count, mut steps, mut bends] = [0_i16; 3];
    for column in 0..PIECE {
        let cells = i16::from(columns[column]);
        count += cells;
        steps += cells * STEPS[column];
        bends += cells * BENDS[column];
    }
    let of = |area: i64, times: i16| i128::from(area) * i128::from(times);
    let area = of(piece.middle, count) + of(piece.slope, steps) + of(piece.bend, bends);
    WholeCells {
        count: u64::from(count.cast_unsigned()),
        area: area.cast_unsigned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::grid::{CellAreas, Crs, CrsKind, Ellipsoid, Grid, Transform, Window};

    /// Rows and columns of the block.
    const HEIGHT: usize = 45;
    const WIDTH: usize = 500;

    /// Areas of cells of 30 m that change along rows and from band to band.
    fn areas() -> BlockAreas {
        let [width, height] = [WIDTH, HEIGHT].map(|cells| u32::try_from(cells).unwrap());
        let grid = Grid {
            crs: Crs {
                authority: None,
                name: "test".to_owned(),
                wkt: String::new(),
                kind: CrsKind::Projected {
                    metres_per_unit: 1.0,
                },
                ellipsoid: Ellipsoid::WGS84,
            },
            transform: Transform {
                x0: 3e5,
                y0: 4e6,
                dx: 30.0,
                dy: -30.0,
            },
            width,
            height,
        };
        let all = CellAreas::projected::<std::convert::Infallible>(&grid, &mut |places| {
            let scale = |x: f64, y: f64| 1.0 / (1.0 + x * x / 4e13 + y / 1e12);
            Ok(places.iter().map(|(x, y)| scale(*x, *y)).collect())
        });
        let mut areas = BlockAreas::default();
        let window = Window {
            row: 0,
            col: 0,
            rows: height,
            cols: width,
        };
        all.unwrap().block(window, &mut areas);
        areas
    }

    proptest! {
        #[test]
        fn counts_and_areas_are_those_of_the_cells(
            zones in prop::collection::vec((1_u8..=255, any::<u64>(), 1_usize..90), 1..5),
            kept in 1_usize..4,
        ) {
            let areas = areas();
            prop_assert!(BandCounts::fit(&areas), "{:?}", areas.band_and_piece());
            let mut counts = BandCounts::default();
            for (kinds, seed, runs) in zones {
                let mut state = seed | 1;
                let mut below = |limit: usize| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    usize::try_from(state >> 33).unwrap() % limit
                };
                let mut expected = vec![WholeCells::default(); 256];
                let mut rows: Vec<usize> = (0..runs).map(|_| below(HEIGHT)).collect();
                rows.sort_unstable();
                rows.dedup();
                for row in rows {
                    // Two runs a row, apart from each other, the first to the edge at times.
                    let cut = 1 + below(WIDTH - 2);
                    for (from, to) in [(0, cut), (cut + 1, WIDTH)] {
                        let begin = from + below(2) * below(to - from);
                        let cells = 1 + below(to - begin);
                        let codes: Vec<u8> = (0..cells)
                            .map(|_| u8::try_from(below(usize::from(kinds))).unwrap())
                            .collect();
                        counts.add(&codes, row, begin, &areas);
                        for (code, column) in codes.iter().zip(begin..) {
                            let of_class = &mut expected[usize::from(*code)];
                            of_class.count += 1;
                            of_class.area += u128::from(areas.cell(row, column));
                        }
                    }
                }
                let mut found = vec![WholeCells::default(); 256];
                counts.take(|class, cells| found[class] = cells);
                prop_assert_eq!(found, expected);
                counts.retain(|class| class % kept == 0);
            }
        }
    }
}
