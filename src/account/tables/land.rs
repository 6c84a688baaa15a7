//! Rows of land: areas by year, what changed, further layers.

use crate::units::Hectares;

/// What an area row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AreaKind {
    /// The polygon itself, on the ellipsoid.
    Region,
    /// One class of the map.
    Class,
    /// One ecosystem, after boundaries took precedence over classes.
    Ecosystem,
    /// One boundary of the plan, cut to the region.
    Boundary,
    /// Classes that count as forest.
    Forest,
    /// The part of these classes in patches too small to count.
    SmallPatches,
    /// Denominator of the coverage rate.
    Land,
    /// Cells without a value.
    Nodata,
    /// Part of the region outside the raster.
    Outside,
}

/// One area of one region.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaRow {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: String,
    /// Year of the map; `None` where the area is not from a map.
    pub year: Option<i32>,
    /// What the area is of.
    pub kind: AreaKind,
    /// Class code, ecosystem id or boundary name.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Area on the ellipsoid.
    pub area: Hectares,
    /// Sum of the covered shares of the cells; `None` where no cell was counted.
    pub cell_fraction_sum: Option<f64>,
    /// Plane area in the grid's coordinate system, where it differs by more than 0.01 %.
    pub plane_area: Option<Hectares>,
}

/// Area that went from one class to another between two maps.
#[derive(Debug, Clone, PartialEq)]
pub struct TransitionRow {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: String,
    /// Year of the earlier map.
    pub from_year: i32,
    /// Year of the later map.
    pub to_year: i32,
    /// Class code at the earlier date; `nodata` where the map has none.
    pub from_code: String,
    /// Name of that class.
    pub from_name: String,
    /// Class code at the later date.
    pub to_code: String,
    /// Name of that class.
    pub to_name: String,
    /// Area on the ellipsoid.
    pub area: Hectares,
    /// Sum of the covered shares of the cells.
    pub cell_fraction_sum: Option<f64>,
}

/// What a further layer says of one ecosystem of one region.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerRow {
    /// Region, or [`TOTAL`](crate::account::TOTAL).
    pub region_id: String,
    /// Year of the map that the ecosystem is from; `None` for the whole region.
    pub year: Option<i32>,
    /// Ecosystem id; `all` for the whole region.
    pub ecosystem: String,
    /// Name of the layer.
    pub layer: String,
    /// Class code; `nodata` where the layer has no value; empty for values.
    pub class_code: String,
    /// Name of the class.
    pub class_name: String,
    /// Unit of the values; empty for classes.
    pub unit: String,
    /// Area of the class, or with data, on the ellipsoid.
    pub area: Hectares,
    /// Mean over that area.
    pub mean: Option<f64>,
    /// Sum over that area.
    pub sum: Option<f64>,
    /// Unit of the sum.
    pub sum_unit: String,
    /// Least value of the cells touched.
    pub min: Option<f64>,
    /// Greatest value of the cells touched.
    pub max: Option<f64>,
}

/// Where a forest area comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CoverageSource {
    /// The classes of the newest map that count as forest.
    Map,
    /// The map corrected by its reference sample.
    ReferenceSample,
    /// The plots.
    Plots,
    /// The stand register.
    Register,
}

impl CoverageSource {
    /// The word in tables.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Map => "map",
            Self::ReferenceSample => "reference-sample",
            Self::Plots => "plots",
            Self::Register => "register",
        }
    }

    /// Whether it is a sample, so that it may have a standard error.
    pub(in crate::account) const fn is_sample(self) -> bool {
        matches!(self, Self::ReferenceSample | Self::Plots)
    }
}
