//! Adding what a zone holds in a block, combination by combination.

use super::reader::{ValueBlock, ValueCells};
use super::sweep::Sink;
use super::tally::{Tally, ValueTally, WHOLE, WHOLE_F64};
use crate::grid::{BlockAreas, Packing, UNITS_PER_SQUARE_METRE, Words};

/// Side by side counters, so that equal codes in a row do not wait for each other.
const WAYS: usize = 4;

/// Number of combinations up to which all counters are looked through after a zone.
const SCANNED: usize = 1024;

/// Number of a combination in its block.
pub(super) trait Code: Copy + PartialEq {
    fn place(self) -> usize;
}

impl Code for u8 {
    fn place(self) -> usize {
        usize::from(self)
    }
}

impl Code for u32 {
    fn place(self) -> usize {
        self as usize
    }
}

/// Integer sums of one combination.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    full: u64,
    part: u64,
    area: u128,
}

/// Sums of the values of one layer and combination.
#[derive(Debug, Clone, Copy)]
struct Moments {
    count: u64,
    /// How many of them are parts of cells.
    parts: u64,
    part: u64,
    area: u128,
    plain: f64,
    sum: f64,
    squares: f64,
    least: f64,
    greatest: f64,
}

const NO_MOMENTS: Moments = Moments {
    count: 0,
    parts: 0,
    part: 0,
    area: 0,
    plain: 0.0,
    sum: 0.0,
    squares: 0.0,
    least: f64::INFINITY,
    greatest: f64::NEG_INFINITY,
};

impl Moments {
    /// Adds a cell: `share` of it is covered, which is an area of `square_metres`.
    fn add(&mut self, x: f64, share: f64, square_metres: f64) {
        let weighted = square_metres * x;
        self.count += 1;
        self.plain += share * x;
        self.sum += weighted;
        self.squares += weighted * x;
        self.least = self.least.min(x);
        self.greatest = self.greatest.max(x);
    }
}

/// Counters of one zone in one block; empty between zones.
#[derive(Debug, Default)]
pub(super) struct Counters {
    combinations: usize,
    layers: usize,
    /// Packed counts and areas of whole cells, `WAYS` times.
    packed: Vec<u64>,
    sums: Vec<Sums>,
    moments: Vec<Moments>,
    /// Combinations met, where there are too many to look through.
    met: Vec<usize>,
    is_met: Vec<bool>,
}

impl Counters {
    /// Makes room for the combinations of a block and the value layers.
    pub(super) fn open(&mut self, combinations: usize, layers: usize) {
        self.combinations = combinations;
        self.layers = layers;
        self.packed.clear();
        self.packed.resize(WAYS * combinations, 0);
        self.sums.clear();
        self.sums.resize(combinations, Sums::default());
        self.moments.clear();
        self.moments.resize(layers * combinations, NO_MOMENTS);
        self.is_met.clear();
        self.is_met.resize(combinations, false);
        self.met.clear();
    }

    fn meet(&mut self, code: usize) {
        if self.combinations > SCANNED && !self.is_met[code] {
            self.is_met[code] = true;
            self.met.push(code);
        }
    }

    /// Adds whole cells of equal area.
    fn add_equal<T: Code>(&mut self, codes: &[T], word: u64) {
        let n = self.combinations;
        let (first, rest) = self.packed.split_at_mut(n);
        let (second, rest) = rest.split_at_mut(n);
        let (third, fourth) = rest.split_at_mut(n);
        let mut fours = codes.chunks_exact(WAYS);
        for four in &mut fours {
            if four[0] == four[1] && four[0] == four[2] && four[0] == four[3] {
                first[four[0].place()] += 4 * word;
            } else {
                first[four[0].place()] += word;
                second[four[1].place()] += word;
                third[four[2].place()] += word;
                fourth[four[3].place()] += word;
            }
        }
        for code in fours.remainder() {
            first[code.place()] += word;
        }
    }

    /// Adds whole cells whose areas change from one to the next.
    fn add_curved<T: Code>(&mut self, codes: &[T], mut words: Words) {
        let n = self.combinations;
        let (first, rest) = self.packed.split_at_mut(n);
        let (second, rest) = rest.split_at_mut(n);
        let (third, fourth) = rest.split_at_mut(n);
        let mut fours = codes.chunks_exact(WAYS);
        for four in &mut fours {
            let word = [words.next(), words.next(), words.next(), words.next()];
            if four[0] == four[1] && four[0] == four[2] && four[0] == four[3] {
                first[four[0].place()] += word[0] + word[1] + word[2] + word[3];
            } else {
                first[four[0].place()] += word[0];
                second[four[1].place()] += word[1];
                third[four[2].place()] += word[2];
                fourth[four[3].place()] += word[3];
            }
        }
        for code in fours.remainder() {
            first[code.place()] += words.next();
        }
    }

    /// Turns the packed words of a group of rows into sums.
    fn unpack(&mut self, areas: &BlockAreas, group: usize) {
        let mut unpack = |code: usize| {
            for way in 0..WAYS {
                let word = std::mem::take(&mut self.packed[way * self.combinations + code]);
                if word != 0 {
                    let (count, area) = areas.unpack(group, word);
                    self.sums[code].full += count;
                    self.sums[code].area += area;
                }
            }
        };
        if self.combinations > SCANNED {
            self.met.iter().copied().for_each(&mut unpack);
        } else {
            (0..self.combinations).for_each(&mut unpack);
        }
    }

    /// Hands out the tallies of a zone, by ascending number, and clears the counters.
    pub(super) fn take(&mut self, mut give: impl FnMut(usize, Tally)) {
        let mut met = std::mem::take(&mut self.met);
        if self.combinations > SCANNED {
            met.sort_unstable();
        } else {
            met.clear();
            met.extend(0..self.combinations);
        }
        for &code in &met {
            let sums = std::mem::take(&mut self.sums[code]);
            if sums.full == 0 && sums.part == 0 {
                continue;
            }
            self.is_met[code] = false;
            let values = (0..self.layers)
                .map(|layer| {
                    let slot = &mut self.moments[layer * self.combinations + code];
                    let moments = std::mem::replace(slot, NO_MOMENTS);
                    ValueTally {
                        count: moments.count,
                        full: moments.count - moments.parts,
                        part: i128::from(moments.part),
                        area: signed(moments.area),
                        plain_sum: moments.plain,
                        sum: moments.sum,
                        sum_of_squares: moments.squares,
                        least: moments.least,
                        greatest: moments.greatest,
                    }
                })
                .collect();
            give(
                code,
                Tally {
                    full: sums.full,
                    part: i128::from(sums.part),
                    area: signed(sums.area),
                    values,
                },
            );
        }
        met.clear();
        self.met = met;
    }
}

/// A sum of areas within one block always fits.
fn signed(area: u128) -> i128 {
    i128::try_from(area).expect("2^18 cells of less than 2^64 units each")
}

/// The area of a part of a cell, in units of 2⁻³⁰ m², rounded once a cell.
fn part_of(area: u64, coverage: u64) -> u64 {
    let product = u128::from(area) * u128::from(coverage) + (1 << 39);
    u64::try_from(product >> 40).expect("a part is not larger than its cell")
}

/// Adds coverage to counters.
#[derive(Debug)]
pub(super) struct Accumulator<'a, T> {
    pub(super) codes: &'a [T],
    pub(super) cols: usize,
    pub(super) rows: usize,
    pub(super) areas: &'a BlockAreas,
    pub(super) values: &'a [ValueBlock],
    pub(super) counters: &'a mut Counters,
    /// The group of rows whose packed words are being summed.
    pub(super) group: usize,
    /// Whether the zone holds the whole block; its cells are then not yet added.
    pub(super) whole: bool,
}

impl<T: Code> Accumulator<'_, T> {
    /// Ends a zone: everything is in the sums.
    pub(super) fn close(&mut self) {
        self.counters.unpack(self.areas, self.group);
    }

    /// Adds every cell of the block.
    pub(super) fn add_block(&mut self) {
        for row in 0..self.rows {
            self.run(row, 0, self.cols);
        }
    }

    fn enter(&mut self, row: usize) {
        let group = self.areas.group_of(row);
        if group != self.group {
            self.counters.unpack(self.areas, self.group);
            self.group = group;
        }
    }

    fn add_values(&mut self, row: usize, begin: usize, end: usize) {
        let start = row * self.cols;
        let codes = &self.codes[start + begin..start + end];
        let n = self.counters.combinations;
        for (layer, block) in self.values.iter().enumerate() {
            let moments = &mut self.counters.moments[layer * n..(layer + 1) * n];
            match &block.cells {
                ValueCells::F32(cells) => {
                    let cells = cells[start + begin..start + end].iter();
                    add_row(moments, codes, cells.map(|x| f64::from(*x)), |place| {
                        self.areas.cell(row, begin + place)
                    });
                }
                ValueCells::F64(cells) => {
                    let cells = cells[start + begin..start + end].iter();
                    add_row(moments, codes, cells.copied(), |place| {
                        self.areas.cell(row, begin + place)
                    });
                }
            }
        }
    }
}

/// Adds the values of whole cells. The sums of one combination stay at hand while cells of the same
/// combination follow each other.
fn add_row<T: Code>(
    moments: &mut [Moments],
    codes: &[T],
    values: impl Iterator<Item = f64>,
    area: impl Fn(usize) -> u64,
) {
    let Some(&(mut held)) = codes.first() else {
        return;
    };
    let mut sums = moments[held.place()];
    for ((place, code), x) in codes.iter().enumerate().zip(values) {
        if *code != held {
            moments[held.place()] = sums;
            held = *code;
            sums = moments[held.place()];
        }
        if !x.is_nan() {
            let area = area(place);
            sums.area += u128::from(area);
            sums.add(x, 1.0, area as f64 / UNITS_PER_SQUARE_METRE);
        }
    }
    moments[held.place()] = sums;
}

impl<T: Code> Sink for Accumulator<'_, T> {
    fn part(&mut self, row: usize, col: usize, coverage: i64) {
        let place = row * self.cols + col;
        let code = self.codes[place].place();
        let coverage = u64::try_from(coverage.clamp(0, WHOLE)).unwrap_or(0);
        let area = part_of(self.areas.cell(row, col), coverage);
        self.counters.meet(code);
        let sums = &mut self.counters.sums[code];
        sums.part += coverage;
        sums.area += u128::from(area);
        for (layer, block) in self.values.iter().enumerate() {
            let x = match &block.cells {
                ValueCells::F32(cells) => f64::from(cells[place]),
                ValueCells::F64(cells) => cells[place],
            };
            if x.is_nan() {
                continue;
            }
            let slot = &mut self.counters.moments[layer * self.counters.combinations + code];
            slot.parts += 1;
            slot.part += coverage;
            slot.area += u128::from(area);
            let share = coverage as f64 / WHOLE_F64;
            let cell = self.areas.cell(row, col) as f64 / UNITS_PER_SQUARE_METRE;
            slot.add(x, share, share * cell);
        }
    }

    fn run(&mut self, row: usize, begin: usize, end: usize) {
        self.enter(row);
        let start = row * self.cols;
        let codes = &self.codes[start + begin..start + end];
        if self.counters.combinations > SCANNED {
            for code in codes {
                self.counters.meet(code.place());
            }
        }
        match self.areas.packing(row) {
            Packing::Equal(word) => self.counters.add_equal(codes, word),
            Packing::Curved => self
                .areas
                .stretches(row, begin, end, |first, cells, words| {
                    let codes = &self.codes[start + first..start + first + cells];
                    self.counters.add_curved(codes, words);
                }),
            Packing::Loose => {
                for (code, col) in codes.iter().zip(begin..) {
                    let sums = &mut self.counters.sums[code.place()];
                    sums.full += 1;
                    sums.area += u128::from(self.areas.cell(row, col));
                }
            }
        }
        if !self.values.is_empty() {
            self.add_values(row, begin, end);
        }
    }

    fn block(&mut self) {
        self.whole = true;
    }
}
