//! Tests of the whole program: one binary, so that GDAL is linked once.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read what it wrote has failed"
)]

#[cfg(feature = "gdal")]
mod absent_plots;
#[cfg(feature = "gdal")]
mod accuracy;
#[cfg(feature = "gdal")]
mod anywhere;
#[cfg(feature = "gdal")]
mod archives;
#[cfg(feature = "gdal")]
mod arithmetic;
#[cfg(feature = "gdal")]
mod awkward;
#[cfg(feature = "gdal")]
mod bad_input;
#[cfg(feature = "gdal")]
mod boundaries;
#[cfg(feature = "gdal")]
mod carbon;
#[cfg(feature = "gdal")]
mod carbon_balance;
#[cfg(feature = "gdal")]
mod carbon_change;
#[cfg(feature = "gdal")]
mod carbon_choices;
#[cfg(feature = "gdal")]
mod carbon_fires;
#[cfg(feature = "gdal")]
mod carbon_losses;
#[cfg(feature = "gdal")]
mod carbon_periods;
#[cfg(feature = "gdal")]
mod carbon_zones;
#[cfg(feature = "gdal")]
mod cli;
#[cfg(feature = "gdal")]
mod coarser_cells;
#[cfg(feature = "gdal")]
mod corrected_carbon;
#[cfg(feature = "gdal")]
mod coverage;
#[cfg(feature = "gdal")]
mod damage;
#[cfg(feature = "gdal")]
mod damaged_runs;
#[cfg(feature = "gdal")]
mod density_layers;
#[cfg(feature = "gdal")]
mod designs;
#[cfg(feature = "gdal")]
mod desk;
#[cfg(feature = "gdal")]
mod explain;
#[cfg(feature = "gdal")]
mod fia;
#[cfg(feature = "gdal")]
mod fia_growth;
#[cfg(feature = "gdal")]
mod fia_input;
#[cfg(feature = "gdal")]
mod fia_messages;
#[cfg(feature = "gdal")]
mod fia_own_strata;
#[cfg(feature = "gdal")]
mod field;
#[cfg(feature = "gdal")]
mod fiesta;
#[cfg(feature = "gdal")]
mod fires_beside_gaps;
#[cfg(feature = "gdal")]
mod gaps;
#[cfg(feature = "gdal")]
mod grids;
#[cfg(feature = "gdal")]
mod growth;
#[cfg(feature = "gdal")]
mod inventory_share;
#[cfg(feature = "gdal")]
mod journey;
#[cfg(feature = "gdal")]
mod kept_inputs;
#[cfg(feature = "gdal")]
mod larger_areas;
#[cfg(feature = "gdal")]
mod larger_sampled_areas;
#[cfg(feature = "gdal")]
mod layers;
#[cfg(feature = "gdal")]
mod lenders;
#[cfg(feature = "gdal")]
mod map_strata;
#[cfg(feature = "gdal")]
mod mapped_fires;
#[cfg(feature = "gdal")]
mod neighbour_maps;
#[cfg(feature = "gdal")]
mod nested;
#[cfg(feature = "gdal")]
mod odd_input;
#[cfg(feature = "gdal")]
mod other_kinds;
#[cfg(feature = "gdal")]
mod outlined_fires;
#[cfg(feature = "gdal")]
mod outlines;
#[cfg(feature = "gdal")]
mod outputs;
#[cfg(feature = "gdal")]
mod own_parameters;
#[cfg(feature = "gdal")]
mod parts_of_figures;
#[cfg(feature = "gdal")]
mod patches;
#[cfg(feature = "gdal")]
mod plan_sample;
#[cfg(feature = "gdal")]
mod plot_checks;
#[cfg(feature = "gdal")]
mod plot_files;
#[cfg(feature = "gdal")]
mod plot_share;
#[cfg(feature = "gdal")]
mod reference;
#[cfg(feature = "gdal")]
mod reference_carbon;
#[cfg(feature = "gdal")]
mod reference_maps;
#[cfg(feature = "gdal")]
mod reference_samples;
#[cfg(feature = "gdal")]
mod restoration;
#[cfg(feature = "gdal")]
mod resume;
#[cfg(feature = "gdal")]
mod scratch;
#[cfg(feature = "gdal")]
mod several_mistakes;
#[cfg(feature = "gdal")]
mod silence;
#[cfg(feature = "gdal")]
mod small_areas;
#[cfg(feature = "gdal")]
mod soil;
#[cfg(feature = "gdal")]
mod soil_factors;
#[cfg(feature = "gdal")]
mod stand_carbon;
#[cfg(feature = "gdal")]
mod stand_control;
#[cfg(feature = "gdal")]
mod stand_input;
#[cfg(feature = "gdal")]
mod stands;
mod tidy;
#[cfg(feature = "gdal")]
mod tree_growth;
#[cfg(feature = "gdal")]
mod trees;
#[cfg(feature = "gdal")]
mod unusual_rasters;
#[cfg(feature = "gdal")]
mod value_classes;
#[cfg(feature = "gdal")]
mod wood;
#[cfg(feature = "gdal")]
mod wrong_plans;
#[cfg(feature = "gdal")]
mod wrong_tables;
#[cfg(feature = "gdal")]
mod zonal;
#[cfg(feature = "gdal")]
mod zonal_files;
