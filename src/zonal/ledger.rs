//! The area ledger: how much of each zone holds which combination of classes.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use super::part::Part;
use super::tally::{Class, Tally};
use crate::grid::{Block, Window};

/// A combination of classes, one a class layer, in the order of the layers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Classes(Arc<[Class]>);

impl Deref for Classes {
    type Target = [Class];

    fn deref(&self) -> &[Class] {
        &self.0
    }
}

impl From<&[Class]> for Classes {
    fn from(classes: &[Class]) -> Self {
        Self(classes.into())
    }
}

impl From<Vec<Class>> for Classes {
    fn from(classes: Vec<Class>) -> Self {
        Self(classes.into())
    }
}

/// A layer of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// A class layer, by its place.
    Class(usize),
    /// A value layer, by its place.
    Value(usize),
}

/// A part of a block that could not be read. The zones it touches lack its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockFailure {
    /// The layer that failed.
    pub layer: Layer,
    /// The block.
    pub block: Block,
    /// The cells that could not be read.
    pub window: Window,
    /// What the reader said.
    pub message: String,
    /// The zones that hold something of these cells, by number, ascending.
    pub zones: Vec<u32>,
}

/// What every zone holds of every combination of classes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ledger {
    entries: BTreeMap<(u32, Classes), Tally>,
    failures: Vec<BlockFailure>,
}

impl Ledger {
    /// All entries, by zone and then by classes.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Classes, &Tally)> {
        self.entries
            .iter()
            .map(|((zone, classes), tally)| (*zone, classes, tally))
    }

    /// The entries of one zone, by classes.
    pub fn zone(&self, zone: u32) -> impl Iterator<Item = (&Classes, &Tally)> {
        let least = (zone, Classes(Arc::new([])));
        self.entries
            .range(least..)
            .take_while(move |((of, _), _)| *of == zone)
            .map(|((_, classes), tally)| (classes, tally))
    }

    /// The tally of one combination in one zone.
    #[must_use]
    pub fn get(&self, zone: u32, classes: &[Class]) -> Option<&Tally> {
        self.entries.get(&(zone, classes.into()))
    }

    /// Everything a zone holds inside the raster, whatever its classes.
    #[must_use]
    pub fn total(&self, zone: u32) -> Tally {
        let mut total = Tally::default();
        for (_, tally) in self.zone(zone) {
            total.merge(tally);
        }
        total
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no zone holds anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What could not be read, in block order.
    #[must_use]
    pub fn failures(&self) -> &[BlockFailure] {
        &self.failures
    }

    /// Adds a tally to an entry.
    pub fn add(&mut self, zone: u32, classes: Classes, tally: &Tally) {
        self.entries
            .entry((zone, classes))
            .or_default()
            .merge(tally);
    }

    /// Adds a part of a block that could not be read.
    pub fn fail(&mut self, failure: BlockFailure) {
        self.failures.push(failure);
        self.failures
            .sort_by_key(|failure| (failure.block, failure.layer));
    }

    /// Adds another ledger of the same zones and layers.
    ///
    /// Coverage and areas add up to the same bits in any order; sums of values do when ledgers are
    /// merged in the order of their blocks.
    pub fn merge(&mut self, other: Self) {
        for ((zone, classes), tally) in other.entries {
            self.add(zone, classes, &tally);
        }
        self.failures.extend(other.failures);
        self.failures
            .sort_by_key(|failure| (failure.block, failure.layer));
    }
}

impl FromIterator<(u32, Classes, Tally)> for Ledger {
    fn from_iter<I: IntoIterator<Item = (u32, Classes, Tally)>>(entries: I) -> Self {
        let mut ledger = Self::default();
        for (zone, classes, tally) in entries {
            ledger.add(zone, classes, &tally);
        }
        ledger
    }
}

/// What one block gives the ledger.
#[derive(Debug, Default)]
pub(super) struct BlockResult {
    /// Zone, number of the combination, tally.
    pub(super) rows: Vec<(u32, u32, Tally)>,
    /// The combinations that occur in `rows`, by number.
    pub(super) keys: Vec<(u32, Classes)>,
    pub(super) failures: Vec<BlockFailure>,
}

/// Folds blocks into a ledger in their order, whatever the order they come in.
#[derive(Debug)]
pub(super) struct Fold {
    next: usize,
    waiting: BTreeMap<usize, BlockResult>,
    numbers: BTreeMap<Classes, u32>,
    keys: Vec<Classes>,
    zones: Vec<Vec<(u32, Tally)>>,
    failures: Vec<BlockFailure>,
}

impl Fold {
    pub(super) fn new(zones: usize) -> Self {
        Self {
            next: 0,
            waiting: BTreeMap::new(),
            numbers: BTreeMap::new(),
            keys: Vec::new(),
            zones: vec![Vec::new(); zones],
            failures: Vec::new(),
        }
    }

    /// Goes on from the first blocks of another pass over the same zones.
    pub(super) fn from_part(zones: usize, part: Part) -> Self {
        let mut fold = Self::new(zones);
        fold.next = part.blocks;
        fold.failures = part.ledger.failures;
        for ((zone, classes), tally) in part.ledger.entries {
            let key = fold.number_of(classes);
            // A part of other zones is not used; of these, every zone has its place.
            if let Some(entries) = fold.zones.get_mut(zone as usize)
                && let Err(place) = entries.binary_search_by_key(&key, |entry| entry.0)
            {
                entries.insert(place, (key, tally));
            }
        }
        fold
    }

    /// What was folded so far.
    pub(super) fn part(&self) -> Part {
        Part {
            blocks: self.next,
            ledger: self.ledger(),
        }
    }

    /// The number of a combination in this fold.
    fn number_of(&mut self, classes: Classes) -> u32 {
        let keys = &mut self.keys;
        *self.numbers.entry(classes).or_insert_with_key(|key| {
            keys.push(key.clone());
            u32::try_from(keys.len() - 1).expect("fewer combinations than 2^32")
        })
    }

    /// Takes the result of the block with a number; folds all whose turn it is.
    pub(super) fn take(&mut self, number: usize, result: BlockResult) {
        self.waiting.insert(number, result);
        while let Some(result) = self.waiting.remove(&self.next) {
            self.fold(result);
            self.next += 1;
        }
    }

    fn fold(&mut self, result: BlockResult) {
        let last = result.keys.iter().map(|key| key.0).max();
        let mut numbers = vec![0; last.map_or(0, |last| last as usize + 1)];
        for (code, key) in result.keys {
            numbers[code as usize] = self.number_of(key);
        }
        for (zone, code, tally) in result.rows {
            let key = numbers[code as usize];
            let entries = &mut self.zones[zone as usize];
            match entries.binary_search_by_key(&key, |entry| entry.0) {
                Ok(place) => entries[place].1.merge(&tally),
                Err(place) => entries.insert(place, (key, tally)),
            }
        }
        self.failures.extend(result.failures);
    }

    pub(super) fn ledger(&self) -> Ledger {
        let keys = &self.keys;
        Ledger {
            entries: (0_u32..)
                .zip(&self.zones)
                .flat_map(|(zone, entries)| {
                    entries.iter().map(move |(key, tally)| {
                        ((zone, keys[*key as usize].clone()), tally.clone())
                    })
                })
                .collect(),
            failures: self.failures.clone(),
        }
    }
}
