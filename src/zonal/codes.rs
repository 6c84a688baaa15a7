//! One small number a cell for its combination of classes.
//!
//! Cells side by side that hold the same are numbered in one go.

use std::collections::BTreeMap;

use super::byte_codes::ByteCodes;
use super::changes::Changes;
use super::reader::{ClassBlock, ClassCells};
use super::tally::Class;

/// Most combinations that are kept without asking which of them occur.
const LOOSE: usize = 4096;

/// Longest look-up table.
const TABLE: usize = 1 << 20;

/// The combinations of classes of one block, one number a cell.
#[derive(Debug, Default)]
pub(super) struct CodeBook {
    layers: usize,
    /// The classes of each combination, one after the other.
    keys: Vec<Class>,
    /// Number of combinations.
    count: usize,
    width: Width,
    /// Numbers of combinations of bytes.
    of_bytes: ByteCodes,
    bytes: Vec<u8>,
    words: Vec<u32>,
    /// Whether changes are marked.
    are_marked: bool,
    /// Where combinations change.
    changes: Changes,
    /// The first cell of each stretch of equal ones.
    starts: Vec<u32>,
    /// The number of each stretch.
    numbers: Vec<u32>,
    /// Working space: the number of each stretch in one layer.
    local: Vec<u32>,
    table: Vec<u32>,
}

/// How the numbers are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Width {
    /// The cells of the only layer are the numbers.
    #[default]
    Direct,
    /// Up to 256 combinations.
    Bytes,
    /// More of them.
    Words,
}

/// The numbers of a block's cells.
#[derive(Debug, Clone, Copy)]
pub(super) enum Codes<'a> {
    Bytes(&'a [u8]),
    Words(&'a [u32]),
}

/// Not yet numbered.
const NEW: u32 = u32::MAX;

impl CodeBook {
    /// Numbers the combinations of a block. Changes stay unmarked where `mark` is not set and bytes
    /// suffice.
    pub(super) fn fill(&mut self, layers: &[ClassBlock], rows: usize, cols: usize, mark: bool) {
        self.layers = layers.len();
        self.keys.clear();
        self.changes.clear(rows, cols);
        self.are_marked = true;
        if let [layer] = layers
            && let Some(codes) = layer.bytes()
        {
            self.width = Width::Direct;
            self.are_marked = mark;
            if mark {
                self.changes.mark_bytes(codes);
            }
            // All bits that occur bound the codes as well as the greatest would, and are found
            // many bytes at a time.
            let bits = codes.iter().fold(0, |bits, code| bits | code);
            self.count = usize::from(bits) + 1;
            self.keys.extend((0_i64..).take(self.count).map(|code| {
                if Some(code) == layer.nodata {
                    Class::Nodata
                } else {
                    Class::Code(code)
                }
            }));
            return;
        }
        if self.fill_bytes(layers, mark) {
            return;
        }
        self.mark_changes(layers);
        self.find_starts(rows, cols);
        self.numbers.clear();
        self.numbers.resize(self.starts.len(), 0);
        self.count = 1;
        for (number, layer) in layers.iter().enumerate() {
            let classes = self.number_layer(layer);
            let width = u32::try_from(classes.len()).expect("at most one class a cell");
            for (word, local) in self.numbers.iter_mut().zip(&self.local) {
                *word = *word * width + local;
            }
            let before = std::mem::take(&mut self.keys);
            self.keys = (0..self.count)
                .flat_map(|code| {
                    let head = &before[code * number..(code + 1) * number];
                    classes
                        .iter()
                        .flat_map(move |class| head.iter().chain([class]).copied())
                })
                .collect();
            self.count *= classes.len();
            if self.count > LOOSE {
                self.compact(number + 1);
            }
        }
        if self.count > 256 {
            self.compact(layers.len());
        }
        let (starts, numbers, cells) = (&self.starts, &self.numbers, rows * cols);
        if self.count <= 256 {
            self.width = Width::Bytes;
            let narrow = |number| u8::try_from(number).unwrap_or(u8::MAX);
            spread(starts, numbers, narrow, cells, &mut self.bytes);
        } else {
            self.width = Width::Words;
            spread(starts, numbers, |number| number, cells, &mut self.words);
        }
    }

    /// Numbers layers of bytes cell by cell; returns whether they are such and bytes suffice.
    fn fill_bytes(&mut self, layers: &[ClassBlock], mark: bool) -> bool {
        let bytes: Option<Vec<&[u8]>> = layers.iter().map(ClassBlock::bytes).collect();
        let Some(bytes) = bytes.filter(|layers| !layers.is_empty()) else {
            return false;
        };
        if !self.of_bytes.fill(&bytes, &mut self.bytes) {
            return false;
        }
        self.width = Width::Bytes;
        self.are_marked = mark;
        if mark {
            self.changes.mark_bytes(&self.bytes);
        }
        self.count = self.of_bytes.count();
        for code in 0..self.count {
            let nodata = layers.iter().map(|layer| layer.nodata);
            self.keys.extend(self.of_bytes.key(code, nodata));
        }
        true
    }

    /// Marks where the class of any layer changes.
    fn mark_changes(&mut self, layers: &[ClassBlock]) {
        for layer in layers {
            match &layer.cells {
                ClassCells::U8(cells) => self.changes.mark_bytes(cells),
                ClassCells::U16(cells) => self.changes.mark(cells),
                ClassCells::I16(cells) => self.changes.mark(cells),
                ClassCells::U32(cells) => self.changes.mark(cells),
                ClassCells::I32(cells) => self.changes.mark(cells),
                ClassCells::I64(cells) => self.changes.mark(cells),
            }
            if let Some(mask) = &layer.mask {
                self.changes.mark(mask);
            }
        }
    }

    /// Lists the first cells of stretches.
    fn find_starts(&mut self, rows: usize, cols: usize) {
        self.starts.clear();
        let (starts, changes) = (&mut self.starts, &self.changes);
        for row in 0..rows {
            changes.stretches(row, 0..cols, |from, _| {
                starts.push(u32::try_from(row * cols + from).expect("a place in a block"));
            });
        }
    }

    /// Gives each class of a layer a number, in `local`; returns the classes in that order.
    fn number_layer(&mut self, layer: &ClassBlock) -> Vec<Class> {
        match &layer.cells {
            ClassCells::U8(cells) => self.number_small(cells, layer, 0),
            ClassCells::U16(cells) => self.number_small(cells, layer, 0),
            ClassCells::I16(cells) => self.number_small(cells, layer, i64::from(i16::MIN)),
            ClassCells::U32(cells) => self.number_large(cells, layer),
            ClassCells::I32(cells) => self.number_large(cells, layer),
            ClassCells::I64(cells) => self.number_large(cells, layer),
        }
    }

    /// By a table over all values of the type, the least of which is `least`.
    fn number_small<T: Copy + Into<i64>>(
        &mut self,
        cells: &[T],
        layer: &ClassBlock,
        least: i64,
    ) -> Vec<Class> {
        let mut classes = Vec::new();
        let mut nodata = NEW;
        self.table.clear();
        self.table.resize(1 << (8 * size_of::<T>()), NEW);
        let table = &mut self.table;
        self.local.clear();
        self.local.extend(self.starts.iter().map(|start| {
            let place = *start as usize;
            let code: i64 = cells[place].into();
            if is_nodata(layer, code, place) {
                return number(&mut nodata, Class::Nodata, &mut classes);
            }
            let slot = usize::try_from(code - least).expect("the table holds the type's range");
            number(&mut table[slot], Class::Code(code), &mut classes)
        }));
        classes
    }

    /// By a sorted list of the values that occur.
    fn number_large<T: Copy + Into<i64>>(&mut self, cells: &[T], layer: &ClassBlock) -> Vec<Class> {
        let mut classes = Vec::new();
        let mut nodata = NEW;
        let mut numbers: BTreeMap<i64, u32> = BTreeMap::new();
        let mut last: Option<(i64, u32)> = None;
        self.local.clear();
        self.local.extend(self.starts.iter().map(|start| {
            let place = *start as usize;
            let code: i64 = cells[place].into();
            if is_nodata(layer, code, place) {
                return number(&mut nodata, Class::Nodata, &mut classes);
            }
            if let Some((value, of_last)) = last
                && value == code
            {
                return of_last;
            }
            let slot = numbers.entry(code).or_insert(NEW);
            let found = number(slot, Class::Code(code), &mut classes);
            last = Some((code, found));
            found
        }));
        classes
    }

    /// Keeps the combinations that occur, numbered anew; `layers` classes make a key.
    fn compact(&mut self, layers: usize) {
        let mut kept: Vec<u32> = Vec::new();
        if self.count <= TABLE {
            self.table.clear();
            self.table.resize(self.count, NEW);
            for word in &mut self.numbers {
                let slot = &mut self.table[*word as usize];
                if *slot == NEW {
                    *slot = u32::try_from(kept.len()).expect("at most one combination a cell");
                    kept.push(*word);
                }
                *word = *slot;
            }
        } else {
            kept.clone_from(&self.numbers);
            kept.sort_unstable();
            kept.dedup();
            for word in &mut self.numbers {
                let found = kept.binary_search(word).expect("every word is in the list");
                *word = u32::try_from(found).expect("at most one combination a cell");
            }
        }
        self.keys = kept
            .iter()
            .flat_map(|code| {
                let begin = *code as usize * layers;
                self.keys[begin..begin + layers].iter().copied()
            })
            .collect();
        self.count = kept.len();
    }

    /// The numbers of the cells; `layers` are those the book was filled from.
    pub(super) fn codes<'a>(&'a self, layers: &'a [ClassBlock]) -> Codes<'a> {
        match (self.width, layers) {
            (
                Width::Direct,
                [
                    ClassBlock {
                        cells: ClassCells::U8(codes),
                        ..
                    },
                ],
            ) => Codes::Bytes(codes),
            (Width::Words, _) => Codes::Words(&self.words),
            _ => Codes::Bytes(&self.bytes),
        }
    }

    /// Whether it is marked where combinations change.
    pub(super) fn are_marked(&self) -> bool {
        self.are_marked
    }

    /// Where combinations change.
    pub(super) fn changes(&self) -> &Changes {
        &self.changes
    }

    /// How many combinations there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The classes of a combination, one a layer.
    pub(super) fn key(&self, code: usize) -> &[Class] {
        &self.keys[code * self.layers..(code + 1) * self.layers]
    }
}

/// Whether a layer knows nothing of a cell.
#[inline]
fn is_nodata(layer: &ClassBlock, code: i64, place: usize) -> bool {
    Some(code) == layer.nodata || layer.mask.as_ref().is_some_and(|mask| !mask[place])
}

/// Writes the number of each stretch to all of its cells.
fn spread<N: Copy>(
    starts: &[u32],
    numbers: &[u32],
    narrow: impl Fn(u32) -> N,
    cells: usize,
    out: &mut Vec<N>,
) {
    out.clear();
    let ends = starts.iter().skip(1).map(|start| *start as usize);
    for (number, end) in numbers.iter().zip(ends.chain([cells])) {
        out.resize(end, narrow(*number));
    }
}

/// The number in `slot`, given now if it has none.
#[inline]
fn number(slot: &mut u32, class: Class, classes: &mut Vec<Class>) -> u32 {
    if *slot == NEW {
        *slot = u32::try_from(classes.len()).expect("at most one class a cell");
        classes.push(class);
    }
    *slot
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(cells: ClassCells, nodata: Option<i64>, mask: Option<Vec<bool>>) -> ClassBlock {
        ClassBlock {
            cells,
            nodata,
            mask,
        }
    }

    fn keys_of_cells(layers: &[ClassBlock], cells: usize) -> Vec<Vec<Class>> {
        let mut book = CodeBook::default();
        book.fill(layers, 1, cells, false);
        let keys = |code: usize| book.key(code).to_vec();
        match book.codes(layers) {
            Codes::Bytes(codes) => codes.iter().map(|code| keys(usize::from(*code))).collect(),
            Codes::Words(codes) => codes.iter().map(|code| keys(*code as usize)).collect(),
        }
    }

    use Class::{Code, Nodata};

    #[test]
    fn bytes_are_their_own_numbers_and_nodata_is_named() {
        let layers = [block(ClassCells::U8(vec![3, 255, 0]), Some(255), None)];
        assert_eq!(keys_of_cells(&layers, 3), [[Code(3)], [Nodata], [Code(0)]]);
    }

    #[test]
    fn layers_of_all_types_combine_and_keep_signs() {
        let layers = [
            block(ClassCells::I16(vec![-5, 7, -5]), None, None),
            block(
                ClassCells::U32(vec![4_000_000_000, 1, 1]),
                None,
                Some(vec![true, true, false]),
            ),
            block(ClassCells::I32(vec![-1, -1, 2]), Some(-1), None),
        ];
        assert_eq!(
            keys_of_cells(&layers, 3),
            [
                [Code(-5), Code(4_000_000_000), Nodata],
                [Code(7), Code(1), Nodata],
                [Code(-5), Nodata, Code(2)]
            ]
        );
    }

    #[test]
    fn stretches_end_at_the_end_of_a_row_and_where_any_layer_changes() {
        let layers = [
            block(ClassCells::U8(vec![1, 1, 1, 1, 2, 2]), None, None),
            block(ClassCells::U16(vec![7, 7, 7, 8, 8, 8]), None, None),
        ];
        let mut book = CodeBook::default();
        book.fill(&layers, 2, 3, false);
        let mut found = Vec::new();
        for row in 0..2 {
            book.changes()
                .stretches(row, 0..3, |from, to| found.push((row, from, to)));
        }
        assert_eq!(found, [(0, 0, 3), (1, 0, 1), (1, 1, 3)]);
        let keys = keys_of_cells(&layers, 6);
        assert_eq!(keys[2], [Code(1), Code(7)]);
        assert_eq!(keys[3], [Code(1), Code(8)]);
        assert_eq!(keys[5], [Code(2), Code(8)]);
    }

    #[test]
    fn more_combinations_than_a_byte_holds_stay_apart() {
        let many: Vec<u16> = (0..5000).collect();
        let other: Vec<u16> = (0..5000).rev().collect();
        let layers = [
            block(ClassCells::U16(many), None, None),
            block(ClassCells::U16(other), None, None),
        ];
        let keys = keys_of_cells(&layers, 5000);
        assert_eq!(keys[1234], [Code(1234), Code(3765)]);
        assert_eq!(keys[4999], [Code(4999), Code(0)]);
    }

    #[test]
    fn no_layer_is_one_empty_combination() {
        assert_eq!(
            keys_of_cells(&[], 2),
            [Vec::new(), Vec::new()] as [Vec<Class>; 2]
        );
    }
}
