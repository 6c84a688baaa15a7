//! Accounting: areas, plots and parameters become ecosystems, pools, stocks and removals.
//!
//! This room never reads files; it takes values and returns values.

mod accuracy;
mod aged_forest;
mod area_input;
mod area_pools;
mod areas;
mod base_area;
mod beside_classes;
mod boundary_checks;
mod carbon;
mod carbon_checks;
mod carbon_transitions;
mod choice;
mod class_density;
mod class_table;
mod class_transitions;
mod closed_form;
mod coastal_periods;
mod companion;
mod conversion_loss;
mod corrected_areas;
mod coverage;
mod credit;
mod curve;
mod deduction;
mod definition;
mod densities;
mod density_found;
mod density_layer;
mod density_scale;
mod density_units;
mod ecosystem;
mod ecosystem_shift;
mod fire;
mod fire_account;
mod fire_row;
mod fire_years;
mod found_density;
mod gain_alone;
mod gaps;
mod growth_rule;
mod harvested_wood;
mod inventory_share;
mod karst;
mod land_at;
mod landless;
mod layer_legend;
mod layer_stock;
mod layers;
mod left_out_fires;
mod legend;
mod lost_stock;
mod management_change;
mod method;
mod method_description;
mod mixed_sources;
mod monte_carlo;
mod observation;
mod one_figure;
mod outlines;
mod own_parameters;
mod parameter;
mod parameter_error;
mod parameters;
mod plan_keys;
mod plot_pools;
mod pool;
mod pool_overlap;
mod price;
mod reference;
mod region_areas;
mod region_summary;
mod restoration;
mod restoration_sites;
mod sampled_totals;
mod seeds;
mod sheet;
mod soil_change;
mod soil_clock;
mod soil_course;
mod soil_depths;
mod soil_profile;
mod soil_sample;
mod soil_strata;
mod soil_survey;
mod stand_biomass;
mod stand_carbon;
mod stand_changes;
mod stand_codes;
mod stand_growth;
mod stand_stocks;
mod stand_sum;
mod stands;
mod table_methods;
mod tables;
mod target;
mod thinned;
mod trace;
mod transitions;
mod uncertainty;
mod uncounted_soil;
mod unfit_stands;
mod unknown_change;
mod volume_rule;
mod volume_to_biomass;
mod wood_pool;
mod wood_production;
mod wood_sums;

pub use accuracy::{AccuracyInput, AccuracyKind, AccuracyRow, MapAccuracy, map_accuracy};
pub use aged_forest::{AgedArea, AgedForest};
pub use area_input::{
    AreaInput, BoundaryRule, MapYear, MeasuredArea, MeasuredValues, RegionArea, RollUp, UnitArea,
};
pub use areas::{AreaAccount, areas};
pub use base_area::IN_ITS_STOCK;
pub use beside_classes::beside_classes;
pub use carbon::{CarbonAccount, CarbonInput, Evidence, Quality, carbon};
pub use carbon_checks::{choice_problems, clashes, misfits};
pub use carbon_transitions::CarbonTransitionRow;
pub use choice::{CarbonChoice, Managed, Within};
pub use class_density::{add_class_density, class_density};
pub use class_table::ClassDensities;
pub use closed_form::{ClosedForm, closed_form};
pub use conversion_loss::TIER_ONE_WORDS;
pub use corrected_areas::{CorrectedAreas, TrueClass, on_corrected_areas};
pub use coverage::{Coverage, CoverageRow, CoverageSource, coverage_compared, trace_coverage};
pub use credit::{CreditRow, CreditRule, credits};
pub use curve::{Curve, Follows};
pub use deduction::{art_trees, vm0033};
pub use definition::{CanopyRule, ForestDefinition, ForestRule, HeightRule, LandRule, PatchRule};
pub use ecosystem::{Ecosystem, LandCategory, UnknownName};
pub use ecosystem_shift::{EcosystemShift, LeavingLand, leaving};
pub use fire::fire_gas_tonnes;
pub use fire_account::{FIRE, Fire, FireAccount, HeldLand, Unseen, fires, unknown_categories};
pub use fire_row::{APART, FireRow};
pub use gaps::is_more_than_a_sliver;
pub use growth_rule::GrowthRule;
pub use harvested_wood::{
    HarvestedWoodRow, WoodAccount, WoodBefore, WoodRule, WoodYear, harvested_wood,
    products_after_a_year, short_series, steady_products, unfit_products,
};
pub use karst::carbonate_weathering;
pub use land_at::{LandAt, class_at, courses, told_by_outlines};
pub use layer_legend::{LayerClass, LayerLegend};
pub use layer_stock::{LayerStock, ValueLayer};
pub use layers::{LayerContent, LayerFacts, LayerPart, layer_parts, layer_rows};
pub use legend::{CANOPY, Legend, LegendClass, TOO_LOW};
pub use method::{Approach, Citation, Direction, Method, PoolRule};
pub use method_description::{MethodDescription, ParameterDescription, PoolDescription};
pub use monte_carlo::{DrawPlan, Drawn};
pub use observation::{Observation, ObservedSpread, PartFound};
pub use own_parameters::Overrides;
pub use parameter::{IntervalKind, Parameter, Shape, Spread, Standing};
pub use parameters::{ParameterError, Parameters};
pub use plan_keys::{idle_keys, unknown_keys};
pub use plot_pools::{
    BETWEEN_EARLIER, PoolChanges, PoolEstimate, PoolStocks, PoolSum, joined, removal_of,
};
pub use pool::Pool;
pub use price::{Market, Price, ValueRow, sink_values};
pub use reference::{Choose, Reference};
pub use region_areas::{Conversions, History, RegionAreas, YearAreas};
pub use region_summary::RegionSummary;
pub use restoration::{
    BeforeAfter, EffectRow, Restoration, RestorationTables, SiteGroup, restoration,
    treatment_effect,
};
pub use restoration_sites::{Site, SiteMeasure, SiteRow, SiteWeight, Sites};
pub use sampled_totals::{InventoryRow, StratumPartRow, StratumRow};
pub use seeds::{Seeds, Source};
pub use sheet::regions_named;
pub use soil_clock::{DEFAULT_TRANSITION, SoilClock};
pub use soil_profile::{SoilProfile, SoilSurvey, Strata};
pub use soil_sample::{SoilLayer, fine_earth, profile_stock, stock_to_mass};
pub use soil_strata::{SoilAreas, soil_areas};
pub use soil_survey::{SoilProfileRow, SoilRule, SoilSampleRow, SoilTables, soil_survey};
pub use stand_carbon::{StandCarbonRow, StandInput};
pub use stand_codes::{
    CodeRow, CodeTable, FieldName, LandKind, SpeciesKeys, StandCodes, land_classes, species,
};
pub use stand_growth::{GrowthInput, StandGrowthRow};
pub use stand_sum::StandSum;
pub use stands::{
    Register, RegisterRow, RegisterSums, Stand, StandIssue, StandPart, StandRow, StandTables,
};
pub use tables::*;
pub use target::{
    CARBON_STOCK, COVERAGE_RATE, Comparison, Policy, PolicyLine, SEQUESTRATION, STOCK_VOLUME,
    Scope, goals, targets,
};
pub use trace::{ArithmeticLine, Headline, Input, SampleFigure, Term, Trace, TracedFigure};
pub use uncertainty::{Goals, HeadlineSpread, UncertaintyAccount, UncertaintyPlan, uncertainty};
pub use uncounted_soil::UncountedSoil;
pub use unfit_stands::unfit_stands;
pub use unknown_change::{NO_FIGURE, left_out_phrases, regions_without};
pub use volume_rule::VolumeRule;
pub use volume_to_biomass::{
    ContinuousBiomass, SpeciesFactors, StandBiomass, by_continuous_function, by_conversion_factor,
    by_expansion_factor,
};
pub use wood_production::WoodProduction;

#[cfg(test)]
mod laws_tests;
