//! One byte a cell for the combination of several layers of bytes.
//!
//! Each layer has a table over all bytes that says what a class adds to the number of a
//! combination; a block is numbered by looking every cell up. The tables are kept from block to
//! block, since neighbouring blocks mostly hold the same classes.

use super::tally::Class;

/// Combinations that bytes tell apart.
const MOST: usize = 256;

/// Marks a class that has no number yet. What a class adds is below.
const UNKNOWN: u16 = 1 << 8;

/// Blocks that are passed over once one held too many combinations.
const PAUSE: u32 = 16;

/// The numbers of the classes of each layer.
#[derive(Debug, Default)]
pub(super) struct ByteCodes {
    /// The classes of each layer, in the order of their numbers.
    known: Vec<Vec<u8>>,
    pause: u32,
}

impl ByteCodes {
    /// Numbers the cells of a block. Returns whether bytes suffice; if not, `codes` holds anything.
    pub(super) fn fill(&mut self, layers: &[&[u8]], codes: &mut Vec<u8>) -> bool {
        if self.pause > 0 {
            self.pause -= 1;
            return false;
        }
        self.known.resize(layers.len(), Vec::new());
        if self.known.iter().any(Vec::is_empty) {
            self.learn(layers);
        }
        if self.count() <= MOST && self.add_up(layers, codes) {
            return true;
        }
        self.learn(layers);
        if self.count() > MOST {
            // What is known may be of blocks long past.
            self.known.iter_mut().for_each(Vec::clear);
            self.learn(layers);
        }
        if self.count() > MOST {
            self.known.clear();
            self.pause = PAUSE;
            return false;
        }
        self.add_up(layers, codes)
    }

    /// How many combinations there are.
    pub(super) fn count(&self) -> usize {
        self.known.iter().map(Vec::len).product()
    }

    /// The classes of a combination, one a layer; `nodata` is the code of each layer for no data.
    pub(super) fn key(
        &self,
        code: usize,
        nodata: impl IntoIterator<Item = Option<i64>>,
    ) -> impl Iterator<Item = Class> {
        let mut rest = code;
        self.known.iter().zip(nodata).map(move |(known, nodata)| {
            let class = i64::from(known[rest % known.len()]);
            rest /= known.len();
            if nodata == Some(class) {
                Class::Nodata
            } else {
                Class::Code(class)
            }
        })
    }

    /// Gives numbers to the classes of a block that have none.
    fn learn(&mut self, layers: &[&[u8]]) {
        for (known, cells) in self.known.iter_mut().zip(layers) {
            let mut is_held = [false; 256];
            for class in *cells {
                is_held[usize::from(*class)] = true;
            }
            for class in known.iter() {
                is_held[usize::from(*class)] = false;
            }
            known.extend((0..=u8::MAX).filter(|class| is_held[usize::from(*class)]));
        }
    }

    /// Adds up what the layers say; returns whether all their classes have numbers.
    fn add_up(&self, layers: &[&[u8]], codes: &mut Vec<u8>) -> bool {
        let mut seen = 0;
        let mut step = 1;
        for (place, (known, cells)) in self.known.iter().zip(layers).enumerate() {
            let mut table = [UNKNOWN; 256];
            for (class, number) in known.iter().zip(0_u16..) {
                table[usize::from(*class)] = number * step;
            }
            step *= u16::try_from(known.len()).expect("at most 256 classes");
            let mut look_up = |class: u8| {
                let found = table[usize::from(class)];
                seen |= found;
                found.to_le_bytes()[0]
            };
            if place == 0 {
                codes.clear();
                codes.extend(cells.iter().map(|class| look_up(*class)));
            } else {
                for (code, class) in codes.iter_mut().zip(*cells) {
                    *code = code.wrapping_add(look_up(*class));
                }
            }
        }
        seen & UNKNOWN == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(codes: &ByteCodes, numbers: &[u8]) -> Vec<Vec<Class>> {
        let key = |code: &u8| codes.key(usize::from(*code), [Some(255), None]).collect();
        numbers.iter().map(key).collect()
    }

    use Class::{Code, Nodata};

    #[test]
    fn classes_of_later_blocks_are_learned() {
        let mut codes = ByteCodes::default();
        let mut numbers = Vec::new();
        assert!(codes.fill(&[&[1, 1, 255], &[9, 8, 9]], &mut numbers));
        let first = [[Code(1), Code(9)], [Code(1), Code(8)], [Nodata, Code(9)]];
        assert_eq!(keys(&codes, &numbers), first);
        assert!(codes.fill(&[&[1, 7], &[255, 8]], &mut numbers));
        assert_eq!(
            keys(&codes, &numbers),
            [[Code(1), Code(255)], [Code(7), Code(8)]]
        );
    }

    #[test]
    fn classes_of_blocks_long_past_are_forgotten_where_there_are_too_many() {
        let mut codes = ByteCodes::default();
        let mut numbers = Vec::new();
        for block in 0..20_u8 {
            let one: Vec<u8> = (0..16).map(|class| class + 12 * block).collect();
            let other: Vec<u8> = one.iter().rev().copied().collect();
            assert!(codes.fill(&[&one, &other], &mut numbers), "{block}");
            assert!(codes.count() <= MOST);
            let code = |class: u8| Code(class.into());
            let expected: Vec<_> = one
                .iter()
                .zip(&other)
                .map(|(a, b)| [code(*a), code(*b)])
                .collect();
            let found = keys(&codes, &numbers);
            // 255 of the first layer is no data.
            for (found, expected) in found.iter().zip(&expected) {
                assert!(found == expected || expected[0] == Code(255));
            }
        }
    }

    #[test]
    fn more_combinations_than_a_byte_holds_are_refused_for_a_while() {
        let mut codes = ByteCodes::default();
        let mut numbers = Vec::new();
        let many: Vec<u8> = (0..17).collect();
        assert!(!codes.fill(&[&many, &many], &mut numbers));
        for _ in 0..PAUSE {
            assert!(!codes.fill(&[&[1], &[1]], &mut numbers));
        }
        assert!(codes.fill(&[&[1], &[1]], &mut numbers));
    }
}
