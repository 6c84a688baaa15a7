//! Accounting: areas, plots and parameters become ecosystems, pools, stocks and removals.
//!
//! This room never reads files; it takes values and returns values. Its own rooms stand in the order of the work, and
//! none of them knows those after it (but `library::seeds`, which reads legends, definitions and policies too):
//!
//! 1. words, ecosystems, pools, and the rows of `tables`;
//! 2. `library`, the parameters and methods, and `uncertainty`, which keeps how figures came about;
//! 3. `choice`, what the plan asks for, and `land`, what the ledger and the outlines say;
//! 4. what holds carbon: `plots`, `stands`, `density`, `soil`, `change`, `fire`, `wood`, `restoration`;
//! 5. `checks`, which holds all of it against itself;
//! 6. [`carbon()`], one line a step, and `outcome`, what is made of the figures.

mod accounts;
mod carbon;
mod carbon_account;
mod carbon_input;
mod change;
mod checks;
mod choice;
mod density;
mod ecosystem;
mod fire;
mod land;
mod library;
mod nesting;
mod outcome;
mod plots;
mod pool;
mod quality;
mod restoration;
mod soil;
mod stands;
mod tables;
mod uncertainty;
mod within;
mod wood;
mod words;

pub use accounts::Accounts;
pub use carbon::carbon;
pub use carbon_account::{CarbonAccount, UncountedSoil};
pub use carbon_input::CarbonInput;
pub use change::{TIER_ONE_WORDS, left_out_phrases};
pub use checks::{beside_classes, choice_problems, clashes, misfits};
pub use choice::{CarbonChoice, LayerStock, Managed, ValueLayer};
pub use density::{
    ClassDensities, CorrectedAreas, IN_ITS_STOCK, TrueClass, add_class_density,
    carbonate_weathering, class_density, on_corrected_areas,
};
pub use ecosystem::{Ecosystem, LandCategory, UnknownName};
pub use fire::{
    Fire, FireAccount, FireRow, HeldLand, Unseen, fire_gas_tonnes, fires, unknown_categories,
};
pub use land::{
    AccuracyInput, AccuracyKind, AccuracyRow, AreaAccount, AreaInput, BoundaryRule, CANOPY,
    CanopyRule, Conversions, Coverage, CoverageRow, EcosystemShift, ForestDefinition, ForestRule,
    HeightRule, History, LandAt, LandRule, LayerClass, LayerContent, LayerFacts, LayerLegend,
    LayerPart, LeavingLand, Legend, LegendClass, MapAccuracy, MapYear, MeasuredArea,
    MeasuredValues, PatchRule, RegionArea, RegionAreas, RollUp, TOO_LOW, UnitArea, YearAreas,
    areas, class_at, courses, coverage_compared, is_more_than_a_sliver, layer_parts, layer_rows,
    leaving, map_accuracy, told_by_outlines, trace_coverage,
};
pub use library::{
    Approach, Choose, Citation, ContinuousBiomass, Curve, Direction, FIRE, Follows, GrowthRule,
    IntervalKind, Method, MethodDescription, Overrides, Parameter, ParameterDescription,
    ParameterError, Parameters, PoolDescription, PoolRule, Reference, Seeds, Shape, Source,
    SpeciesFactors, Spread, StandBiomass, Standing, VolumeRule, by_continuous_function,
    by_conversion_factor, by_expansion_factor, idle_keys, regions_named, unknown_keys,
};
pub use nesting::Nesting;
pub use outcome::{
    CARBON_STOCK, COVERAGE_RATE, Comparison, CreditRow, CreditRule, Market, Observation,
    ObservedSpread, PartFound, Policy, PolicyLine, Price, RegionSummary, SEQUESTRATION,
    STOCK_VOLUME, Scope, ValueRow, art_trees, credits, goals, sink_values, targets,
    targets_of_none, vm0033,
};
pub use plots::{
    BETWEEN_EARLIER, InventoryRow, PoolChanges, PoolEstimate, PoolStocks, PoolSum, StratumPartRow,
    StratumRow, removal_of,
};
pub use pool::Pool;
pub use quality::{Evidence, Quality};
pub use restoration::{
    BeforeAfter, EffectRow, Restoration, RestorationTables, Site, SiteGroup, SiteMeasure, SiteRow,
    SiteWeight, Sites, restoration, treatment_effect,
};
pub use soil::{
    DEFAULT_TRANSITION, SoilAreas, SoilClock, SoilLayer, SoilProfile, SoilProfileRow, SoilRule,
    SoilSampleRow, SoilSurvey, SoilTables, Strata, fine_earth, profile_stock, soil_areas,
    soil_survey, stock_to_mass,
};
pub use stands::{
    AgedArea, AgedForest, CodeRow, CodeTable, FieldName, GrowthInput, LandKind, NO_STAND, Register,
    RegisterRow, RegisterSums, SpeciesKeys, Stand, StandCodes, StandInput, StandIssue, StandPart,
    StandRow, StandSum, StandTables, land_classes, species, unfit_stands,
};
pub use tables::*;
pub use uncertainty::{
    ArithmeticLine, ClosedForm, DrawPlan, Drawn, Goals, Headline, HeadlineSpread, Input,
    SampleFigure, Term, Trace, TracedFigure, UncertaintyAccount, UncertaintyPlan, closed_form,
    uncertainty,
};
pub use within::Within;
pub use wood::{
    HarvestedWoodRow, WoodAccount, WoodBefore, WoodProduction, WoodRule, WoodYear, harvested_wood,
    products_after_a_year, short_series, steady_products, unfit_products,
};
pub use words::{APART, NO_FIGURE, UNSTOCKED, joined, regions_without};

#[cfg(test)]
mod laws_tests;
