//! The finished parts of a pass, kept in a file beside the output until the output is complete.
//!
//! A pass that is stopped, or a machine that goes down, loses no more than the last minute. The
//! file knows what it was measured from: with other inputs, polygons or rules it is not used.

use std::fmt::{Debug, Write as _};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant, UNIX_EPOCH};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::grid::{Block, Grid, Window};
use crate::input::{GridRasters, files_behind};
use crate::report::{Existing, sha256, write_file};
use crate::zonal::{
    BlockFailure, Class, Edges, Keep, Layer, Ledger, Part, Tally, ValueTally, Zone,
};

/// How often a part is kept.
const EVERY: Duration = Duration::from_secs(60);

/// Where the finished parts of a pass are kept, and whether those of an earlier one are used.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// The file; `None` to keep nothing.
    pub file: Option<PathBuf>,
    /// Whether to go on from what is there.
    pub resume: bool,
}

impl Parts {
    /// Beside an output, hidden.
    #[must_use]
    pub fn beside(out: &Path, resume: bool) -> Self {
        let file = out.file_name().map(|name| {
            let mut hidden = std::ffi::OsString::from(".");
            hidden.push(name);
            hidden.push(".parts");
            out.with_file_name(hidden)
        });
        Self { file, resume }
    }

    /// Begins to keep the parts of a pass.
    pub(in crate::pipeline) fn open<'a>(&self, key: Key<'a>) -> Keeper<'a> {
        let start = self.resume.then(|| self.found(&key)).flatten();
        Keeper {
            file: self.file.clone(),
            key,
            start: start.unwrap_or_default(),
            last: Mutex::new(Instant::now()),
        }
    }

    /// The part that the file holds, if it is of the same pass.
    fn found(&self, key: &str) -> Option<Part> {
        let text = fs::read(self.file.as_ref()?).ok()?;
        let saved: Saved = serde_json::from_slice(&text).ok()?;
        (saved.key == key).then(|| saved.part())
    }

    /// Removes the file: the output is complete.
    pub(in crate::pipeline) fn done(&self) {
        if let Some(file) = &self.file {
            // A file that stays is no harm: it is of a pass that is done.
            let _ = fs::remove_file(file);
        }
    }
}

/// Keeps the parts of one pass.
#[derive(Debug)]
pub(in crate::pipeline) struct Keeper<'a> {
    file: Option<PathBuf>,
    key: Key<'a>,
    /// What was there already.
    pub(in crate::pipeline) start: Part,
    last: Mutex<Instant>,
}

impl Keep for Keeper<'_> {
    fn is_due(&self) -> bool {
        self.file.is_some()
            && self.last.lock().is_ok_and(|mut last| {
                let due = last.elapsed() >= EVERY;
                if due {
                    *last = Instant::now();
                }
                due
            })
    }

    fn keep(&self, part: Part) {
        let Some(file) = &self.file else {
            return;
        };
        let saved = Saved::of(&self.key, &part);
        // Where it cannot be written the pass goes on; it is only not resumable.
        if let Ok(text) = serde_json::to_vec(&saved) {
            let _ = write_file(file, Existing::Replace, &text);
        }
    }
}

/// What a pass is measured from, as one short text: equal texts are equal passes. Found when it is
/// first asked for, as most passes are done before anything is kept.
pub(super) type Key<'a> = LazyLock<String, Box<dyn FnOnce() -> String + Send + 'a>>;

/// The key of a pass over files as they are now.
pub(in crate::pipeline) fn key<'a>(
    grid: &Grid,
    zones: &'a [Zone],
    rasters: &GridRasters,
    edges: Edges,
    more: &impl Debug,
) -> Key<'a> {
    let mut text = format!(
        "{} {grid:?} {edges:?} {more:?} {rasters:?}\n",
        env!("CARGO_PKG_VERSION")
    );
    let classes = rasters.classes.iter().map(|raster| &raster.path);
    let values = rasters.values.iter().map(|raster| &raster.path);
    for file in classes.chain(values).flat_map(|path| files_behind(path)) {
        let facts = fs::metadata(file).ok();
        let changed = facts.as_ref().and_then(|facts| facts.modified().ok());
        let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let length = facts.map(|facts| facts.len());
        // Writing to a text never fails.
        let _ = writeln!(text, "{length:?} {changed:?}");
    }
    LazyLock::new(Box::new(move || {
        let shapes: Vec<String> = zones.par_iter().map(|zone| sha256(&bytes(zone))).collect();
        sha256((text + &shapes.join("\n")).as_bytes())
    }))
}

/// The shape of a zone, so that equal bytes are equal shapes.
fn bytes(zone: &Zone) -> Vec<u8> {
    let mut bytes = Vec::new();
    for polygon in &zone.shape {
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            bytes.extend(ring.0.len().to_le_bytes());
            for point in &ring.0 {
                bytes.extend(point.x.to_le_bytes());
                bytes.extend(point.y.to_le_bytes());
            }
        }
    }
    bytes
}

/// The file.
#[derive(Debug, Serialize, Deserialize)]
struct Saved {
    key: String,
    blocks: usize,
    rows: Vec<SavedRow>,
    failures: Vec<SavedFailure>,
}

/// One entry of the ledger. Real numbers are kept by their bits: nothing is rounded, and infinite
/// bounds stay what they are.
#[derive(Debug, Serialize, Deserialize)]
struct SavedRow {
    zone: u32,
    /// The code of each class layer; `null` where it holds no data.
    classes: Vec<Option<i64>>,
    full: u64,
    part: i128,
    area: i128,
    values: Vec<SavedValues>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedValues {
    count: u64,
    full: u64,
    part: i128,
    area: i128,
    /// `plain_sum`, `sum`, `squared_deviations`, `least`, `greatest`.
    bits: [u64; 5],
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedFailure {
    class_layer: bool,
    layer: usize,
    block: [u32; 2],
    window: [u32; 4],
    message: String,
    zones: Vec<u32>,
}

impl Saved {
    fn of(key: &str, part: &Part) -> Self {
        Self {
            key: key.to_owned(),
            blocks: part.blocks,
            rows: part
                .ledger
                .iter()
                .map(|(zone, classes, tally)| SavedRow {
                    zone,
                    classes: classes
                        .iter()
                        .map(|class| match class {
                            Class::Code(code) => Some(*code),
                            Class::Nodata => None,
                        })
                        .collect(),
                    full: tally.full,
                    part: tally.part,
                    area: tally.area,
                    values: tally.values.iter().map(SavedValues::of).collect(),
                })
                .collect(),
            failures: part
                .ledger
                .failures()
                .iter()
                .map(SavedFailure::of)
                .collect(),
        }
    }

    fn part(self) -> Part {
        let rows = self.rows.into_iter().map(|row| {
            let classes: Vec<Class> = row
                .classes
                .into_iter()
                .map(|code| code.map_or(Class::Nodata, Class::Code))
                .collect();
            let tally = Tally {
                full: row.full,
                part: row.part,
                area: row.area,
                values: row.values.into_iter().map(SavedValues::tally).collect(),
            };
            (row.zone, classes.into(), tally)
        });
        let mut ledger: Ledger = rows.collect();
        for failure in self.failures {
            ledger.fail(failure.failure());
        }
        Part {
            blocks: self.blocks,
            ledger,
        }
    }
}

impl SavedValues {
    fn of(values: &ValueTally) -> Self {
        Self {
            count: values.count,
            full: values.full,
            part: values.part,
            area: values.area,
            bits: [
                values.plain_sum,
                values.sum,
                values.squared_deviations,
                values.least,
                values.greatest,
            ]
            .map(f64::to_bits),
        }
    }

    fn tally(self) -> ValueTally {
        let [plain_sum, sum, squared_deviations, least, greatest] = self.bits.map(f64::from_bits);
        ValueTally {
            count: self.count,
            full: self.full,
            part: self.part,
            area: self.area,
            plain_sum,
            sum,
            squared_deviations,
            least,
            greatest,
        }
    }
}

impl SavedFailure {
    fn of(failure: &BlockFailure) -> Self {
        let (class_layer, layer) = match failure.layer {
            Layer::Class(layer) => (true, layer),
            Layer::Value(layer) => (false, layer),
        };
        let (block, window) = (failure.block, failure.window);
        Self {
            class_layer,
            layer,
            block: [block.row, block.col],
            window: [window.row, window.col, window.rows, window.cols],
            message: failure.message.clone(),
            zones: failure.zones.clone(),
        }
    }

    fn failure(self) -> BlockFailure {
        let ([block_row, block_col], [row, col, rows, cols]) = (self.block, self.window);
        BlockFailure {
            layer: if self.class_layer {
                Layer::Class(self.layer)
            } else {
                Layer::Value(self.layer)
            },
            block: Block {
                row: block_row,
                col: block_col,
            },
            window: Window {
                row,
                col,
                rows,
                cols,
            },
            message: self.message,
            zones: self.zones,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_comes_back_to_the_last_bit() {
        let tally = Tally {
            full: 3,
            part: -(1_i128 << 100),
            area: i128::MAX / 3,
            values: vec![
                ValueTally {
                    sum: 0.1 + 0.2,
                    plain_sum: f64::MIN_POSITIVE,
                    ..ValueTally::default()
                },
                ValueTally::default(),
            ],
        };
        let classes = vec![Class::Code(-7), Class::Nodata];
        let mut ledger: Ledger = [(2, classes.into(), tally)].into_iter().collect();
        ledger.fail(BlockFailure {
            layer: Layer::Value(1),
            block: Block { row: 4, col: 5 },
            window: Window {
                row: 1,
                col: 2,
                rows: 3,
                cols: 4,
            },
            message: "broken".into(),
            zones: vec![2, 9],
        });
        let part = Part { blocks: 17, ledger };
        let text = serde_json::to_vec(&Saved::of("key", &part)).unwrap();
        let saved: Saved = serde_json::from_slice(&text).unwrap();
        assert_eq!(saved.key, "key");
        assert_eq!(saved.part(), part);
    }
}
