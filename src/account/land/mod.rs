//! Land: legends, the definition of forest, areas by year, what changed and what no map shows.
//!
//! Areas of the years of one region add up to it; land without a value is kept apart and never taken for a class.

mod accuracy;
mod area_input;
mod areas;
mod boundary_checks;
mod coverage;
mod definition;
mod ecosystem_shift;
pub(super) mod gaps;
mod land_at;
mod layer_legend;
mod layers;
mod legend;
mod outlines;
mod region_areas;
mod transitions;

pub use accuracy::{AccuracyInput, AccuracyKind, AccuracyRow, MapAccuracy, map_accuracy};
pub use area_input::{
    AreaInput, BoundaryRule, MapYear, MeasuredArea, MeasuredValues, RegionArea, RollUp, UnitArea,
};
pub use areas::{AreaAccount, areas};
pub use coverage::{Coverage, CoverageRow, coverage_compared, trace_coverage};
pub use definition::{CanopyRule, ForestDefinition, ForestRule, HeightRule, LandRule, PatchRule};
pub use ecosystem_shift::{EcosystemShift, LeavingLand, leaving};
pub use gaps::is_more_than_a_sliver;
pub(super) use gaps::{FILL, Gaps, Way, soil_words};
pub use land_at::{LandAt, class_at, courses, told_by_outlines};
pub use layer_legend::{LayerClass, LayerLegend};
pub use layers::{LayerContent, LayerFacts, LayerPart, layer_parts, layer_rows};
pub use legend::{CANOPY, Legend, LegendClass, TOO_LOW};
pub use region_areas::{Conversions, History, RegionAreas, YearAreas};
