//! The engine: one pass over rasters that fills the area ledger.
//!
//! Blocks come first. For each block of the compute grid the engine finds the zones that touch it,
//! reads every layer once, and adds what each zone holds of each class (or combination of classes)
//! to the ledger. Blocks that no zone touches are not read.
//!
//! Invariants:
//!
//! - Coverage of a cell by a zone is an integer in units of 2⁻⁴⁰ cell; the area of a cell is an
//!   integer in units of 2⁻³⁰ m². Sums of them are exact under any grouping.
//! - An edge shared by two zones gives each of them the exact complement of the other, so zones
//!   that tile a region sum to it to the last unit.
//! - Floating-point sums are folded in block order: results do not depend on the number of threads.
//! - This room never reads files; rasters come through [`Rasters`].

mod accumulate;
mod band_counts;
mod byte_areas;
mod byte_codes;
mod byte_counts;
mod cell_sums;
mod changes;
mod class_points;
mod codes;
mod edges;
mod known_classes;
mod ledger;
mod measure;
mod moments;
mod part;
mod patches;
mod points;
mod reader;
mod screen;
mod sweep;
mod tally;

#[cfg(test)]
mod measure_tests;
#[cfg(test)]
mod sweep_tests;

pub use class_points::{AtPoint, classes_at};
pub use ledger::{BlockFailure, Classes, Layer, Ledger};
pub use measure::{Options, ZonalError, measure, measure_from};
pub use part::{Keep, KeepNothing, Part};
pub use patches::{
    KEPT, Neighbours, PatchLayer, PatchReader, PatchTooLarge, TOO_SMALL, WIDEST_MARGIN, WithPatches,
};
pub use points::values_at;
pub use reader::{
    BlockReader, ClassBlock, ClassCells, Damage, Rasters, ReadError, ValueBlock, ValueCells,
};
pub use screen::{Screen, Screened};
pub use tally::{Class, Tally, ValueTally};

/// One zone: a shape in the coordinates of the grid. Its place in the list is its number.
///
/// Rings may be wound either way and need not be closed. Parts of a shape must not overlap: a cell
/// in two parts would be counted once where it is whole, but wrongly on the borders.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    /// The shape.
    pub shape: geo::MultiPolygon<f64>,
}

/// Which cells belong to a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Edges {
    /// A cell counts by the share of it that lies inside the zone.
    #[default]
    Exact,
    /// A cell counts wholly if its centre lies inside the zone, else not at all.
    ///
    /// The rule of GDAL's polygon rasterising. In cell coordinates a centre on a left or upper
    /// edge of the zone is out in the first case and in in the second: a zone holds the centres
    /// with `left < x ≤ right` and `top ≤ y < bottom`. So no centre belongs to two zones that tile.
    CellCentre,
}
