//! What the area account rests on: regions, pieces, boundaries, maps and the ledger.

use std::collections::BTreeSet;

use super::definition::ForestRule;
use super::legend::Legend;
use crate::account::ecosystem::Ecosystem;
use crate::units::Hectares;

/// One line of the ledger: the area of a unit under one combination of classes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MeasuredArea {
    /// Index into [`AreaInput::units`].
    pub unit: usize,
    /// Class code at each map, in the order of [`AreaInput::maps`]; `None` where a map has no
    /// value.
    pub classes: Vec<Option<i64>>,
    /// Maps on which it lies in a patch of forest that is too small to count, by place; empty
    /// where patches were not looked at.
    pub too_small: Vec<bool>,
    /// Area on the ellipsoid.
    pub area: Hectares,
    /// Sum of the covered shares of the cells.
    pub cells: f64,
    /// Whether it lies beyond the raster, in no cell.
    pub outside: bool,
    /// Class code at each further class layer, in the order of the plan.
    pub layer_classes: Vec<Option<i64>>,
    /// What each value layer holds here, in the order of the plan.
    pub layer_values: Vec<MeasuredValues>,
}

/// What a layer of values holds of an area.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MeasuredValues {
    /// Area with data, on the ellipsoid.
    pub area: Hectares,
    /// `Σ a x` with the area `a` in hectares: of values per hectare the total.
    pub sum: f64,
    /// `Σ f x` with the covered share `f` of each cell: of values per cell the total.
    pub plain_sum: f64,
    /// Least value of the cells touched; `None` without data, or where a part was taken away from
    /// a whole and the least of the rest cannot be told.
    pub least: Option<f64>,
    /// Greatest value of the cells touched, likewise.
    pub greatest: Option<f64>,
}

impl MeasuredValues {
    /// `Σ a x / Σ a`: the mean over the area with data; `None` without data.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.area > Hectares::ZERO).then(|| self.sum / self.area.value())
    }

    /// Adds another area.
    pub fn merge(&mut self, other: &Self) {
        let joined = |mine: Option<f64>, theirs: Option<f64>, pick: fn(f64, f64) -> f64| {
            if self.area <= Hectares::ZERO {
                theirs
            } else if other.area <= Hectares::ZERO {
                mine
            } else {
                Some(pick(mine?, theirs?))
            }
        };
        let least = joined(self.least, other.least, f64::min);
        let greatest = joined(self.greatest, other.greatest, f64::max);
        *self = Self {
            area: self.area + other.area,
            sum: self.sum + other.sum,
            plain_sum: self.plain_sum + other.plain_sum,
            least,
            greatest,
        };
    }
}

/// A region as the account needs it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RegionArea {
    /// Id as the regions file gives it.
    pub id: String,
    /// Name as the regions file gives it.
    pub name: Option<String>,
    /// Area of the polygon on the ellipsoid.
    pub area: Hectares,
    /// Area of the polygon in the plane of the grid, where it differs by more than 0.01 %.
    pub plane_area: Option<Hectares>,
    /// Part of the polygon outside the raster; `None` when it was not measured.
    pub outside: Option<Hectares>,
    /// Whether cells of it could not be read.
    pub is_unread: bool,
}

/// A piece of a region: at each date inside one boundary, or inside none.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitArea {
    /// Index into [`AreaInput::regions`].
    pub region: usize,
    /// Index into [`AreaInput::boundaries`] at each date; none at those beyond the end.
    pub boundaries: Vec<Option<usize>>,
    /// Area of the piece's polygon on the ellipsoid; `None` takes the sum of its cells.
    pub area: Option<Hectares>,
}

impl UnitArea {
    /// The boundary that it lies in at a date.
    #[must_use]
    pub fn boundary_at(&self, date: usize) -> Option<usize> {
        self.boundaries.get(date).copied().flatten()
    }
}

/// A boundary of the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundaryRule {
    /// Name, unique within the plan at a date.
    pub name: String,
    /// Year that it shows; `None` for one that counts at every date.
    pub year: Option<i32>,
    /// The ecosystem inside it.
    pub ecosystem: Ecosystem,
    /// Ecosystems that it takes precedence over; `None` for all but water and built land, of seagrass for
    /// water too.
    pub overrides: Option<BTreeSet<Ecosystem>>,
}

impl BoundaryRule {
    /// The ecosystem inside the boundary where the map has this one; its own where the map has none.
    #[must_use]
    pub fn here(&self, class: Option<Ecosystem>) -> Ecosystem {
        class.map_or(self.ecosystem, |class| self.over(class))
    }

    /// The ecosystem of a class inside the boundary. Seagrass lies under water.
    #[must_use]
    pub fn over(&self, class: Ecosystem) -> Ecosystem {
        let usual = || {
            class.default_override()
                || (self.ecosystem == Ecosystem::Seagrass && class == Ecosystem::Water)
        };
        let overrides = self
            .overrides
            .as_ref()
            .map_or_else(usual, |list| list.contains(&class));
        if overrides { self.ecosystem } else { class }
    }
}

/// A date of the run: the year of a map, or of boundaries alone.
#[derive(Debug, Clone, Copy)]
pub struct MapYear<'a> {
    /// Year of the map.
    pub year: i32,
    /// What its codes mean; `None` at a date that has no map: its boundaries are all that is known.
    pub legend: Option<&'a Legend>,
}

/// Whether regions can be added up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RollUp {
    /// Regions do not overlap: the union is their sum, of this polygon area.
    Disjoint {
        /// Area of the union on the ellipsoid.
        area: Hectares,
    },
    /// Regions overlap: there is no total.
    Overlapping,
}

/// All that the area account rests on.
#[derive(Debug, Clone)]
pub struct AreaInput<'a> {
    /// Regions, in the order of the regions file.
    pub regions: &'a [RegionArea],
    /// Pieces of regions.
    pub units: &'a [UnitArea],
    /// Boundaries, in the order of the plan.
    pub boundaries: &'a [BoundaryRule],
    /// Maps, or without maps the dates of the boundaries, in the order of their years.
    pub maps: &'a [MapYear<'a>],
    /// Ecosystems of the classes that the maps show in the regions: those of a legend may be more.
    pub shown: &'a BTreeSet<Ecosystem>,
    /// Positions of further pairs of maps that transitions are given for, the earlier first.
    pub spans: &'a [(usize, usize)],
    /// The ledger.
    pub measured: &'a [MeasuredArea],
    /// What counts as forest and as land.
    pub rule: &'a ForestRule,
    /// Whether there is a total.
    pub roll_up: RollUp,
    /// Relative difference that the partition check allows; `None` leaves the check out, as for
    /// the rule of cell centres, which does not partition polygons.
    pub partition_tolerance: Option<f64>,
}
