//! How many bytes of a row hold each class.
//!
//! Where a block holds few classes, a row is compared with one class after the other, many cells at a
//! time. That takes a few steps a cell and class, whatever the pattern of the map.

use pulp::{Arch, NullaryFnOnce};

use super::known_classes::KnownClasses;

/// Classes that are counted side by side: their counts and themselves stay in registers.
const SIDE_BY_SIDE: usize = 8;

/// So few classes are counted without comparing cells with nothing.
const FEW: usize = 4;

/// Cells compared at once.
const LANES: usize = 32;

/// Comparisons after which a count of a lane, a byte, may be full.
const FULL: usize = 255;

/// Fewest cells that are worth comparing.
const SHORT: usize = 64;

/// Counts of the cells of one zone by class, and the classes that are known to occur.
#[derive(Debug)]
pub(super) struct ByteCounts {
    counts: [u64; 256],
    /// Classes that may occur: all that have been counted are of them.
    known: KnownClasses,
    /// What the processor can do.
    arch: Arch,
}

impl Default for ByteCounts {
    fn default() -> Self {
        Self {
            counts: [0; 256],
            known: KnownClasses::default(),
            arch: Arch::new(),
        }
    }
}

impl ByteCounts {
    /// Most classes of a block that it pays to compare cells with.
    pub(super) const MOST: usize = 24;

    /// Forgets classes that are not expected any more and of which no cell is counted.
    pub(super) fn retain(&mut self, keep: impl Fn(usize) -> bool) {
        (self.known).retain(|class| keep(class) || self.counts[class] > 0);
    }

    /// Adds cells.
    pub(super) fn add(&mut self, cells: &[u8]) {
        if cells.len() < SHORT {
            self.add_one_by_one(cells);
            return;
        }
        let (vectors, rest) = cells.as_chunks::<LANES>();
        let mut counted = 0;
        for vectors in vectors.chunks(FULL) {
            for classes in self.known.listed().chunks(SIDE_BY_SIDE) {
                let mut found = [0; SIDE_BY_SIDE];
                if classes.len() <= FEW {
                    let few = self.arch.dispatch(Count::<FEW> { vectors, classes });
                    found[..FEW].copy_from_slice(&few);
                } else {
                    found = self.arch.dispatch(Count { vectors, classes });
                }
                for (class, found) in classes.iter().zip(found) {
                    counted += found;
                    self.counts[usize::from(*class)] += u64::from(found);
                }
            }
        }
        if counted as usize != vectors.len() * LANES {
            self.learn(vectors.as_flattened());
        }
        self.add_one_by_one(rest);
    }

    fn add_one_by_one(&mut self, cells: &[u8]) {
        for class in cells {
            self.counts[usize::from(*class)] += 1;
            self.known.learn(*class);
        }
    }

    /// Adds the cells of classes that are not known yet, which then are.
    #[cold]
    fn learn(&mut self, cells: &[u8]) {
        let counted = *self.known.marks();
        for class in cells {
            if !counted[usize::from(*class)] {
                self.add_one_by_one(&[*class]);
            }
        }
    }

    /// Hands out the counts that are not zero, in any order, and clears them.
    pub(super) fn take(&mut self, mut give: impl FnMut(usize, u64)) {
        for class in self.known.listed() {
            let place = usize::from(*class);
            let count = std::mem::take(&mut self.counts[place]);
            if count > 0 {
                give(place, count);
            }
        }
    }
}

/// Counts up to `N` classes in at most [`FULL`] vectors.
struct Count<'a, const N: usize> {
    vectors: &'a [[u8; LANES]],
    classes: &'a [u8],
}

impl<const N: usize> NullaryFnOnce for Count<'_, N> {
    type Output = [u32; N];

    /// Plain loops, which the compiler turns into the widest steps of each processor; those over
    /// iterators within iterators it does not.
    #[expect(
        clippy::inline_always,
        reason = "only what becomes part of the caller is made for its processor"
    )]
    #[inline(always)]
    fn call(self) -> Self::Output {
        let mut wanted = [0; N];
        wanted[..self.classes.len()].copy_from_slice(self.classes);
        let mut counts = [[0_u8; LANES]; N];
        for cells in self.vectors {
            for class in 0..N {
                for lane in 0..LANES {
                    counts[class][lane] += u8::from(cells[lane] == wanted[class]);
                }
            }
        }
        let mut sums = [0; N];
        for (sum, lanes) in sums.iter_mut().zip(counts) {
            *sum = lanes.into_iter().map(u32::from).sum();
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn taken(counts: &mut ByteCounts) -> Vec<(usize, u64)> {
        let mut found = Vec::new();
        counts.take(|class, cells| found.push((class, cells)));
        found.sort_unstable();
        found
    }

    #[test]
    fn a_lane_does_not_run_over() {
        let mut counts = ByteCounts::default();
        counts.add(&vec![7; 100_000]);
        assert_eq!(taken(&mut counts), [(7, 100_000)]);
        // The second time the class is known.
        counts.add(&vec![7; 100_000]);
        assert_eq!(taken(&mut counts), [(7, 100_000)]);
        assert_eq!(taken(&mut counts), []);
    }

    proptest! {
        #[test]
        fn counts_are_those_of_a_plain_walk(
            parts in prop::collection::vec((0_usize..600, 1_u8..=255, any::<u64>()), 1..6),
            kept in any::<u8>(),
        ) {
            let mut counts = ByteCounts::default();
            let mut expected = [0_u64; 256];
            for (length, kinds, seed) in parts {
                let mut state = seed | 1;
                let cells: Vec<u8> = (0..length)
                    .map(|_| {
                        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        state.to_be_bytes()[0] % kinds
                    })
                    .collect();
                for class in &cells {
                    expected[usize::from(*class)] += 1;
                }
                counts.add(&cells);
                counts.retain(|class| class % 3 != usize::from(kept % 3));
            }
            let expected: Vec<(usize, u64)> =
                expected.into_iter().enumerate().filter(|(_, cells)| *cells > 0).collect();
            prop_assert_eq!(taken(&mut counts), expected);
        }
    }
}
