//! Reports: the rows of the accounts become files that people and programs read.
//!
//! Everything but `output` turns values into [`Document`]s, byte strings with a path, and reads
//! no file, clock or environment. Equal accounts give equal bytes. The columns of all files are
//! defined once, as data, and drive writers and dictionary alike.

mod accuracy_columns;
mod carbon_transition_columns;
mod column;
mod columns;
mod coverage_columns;
mod credit_columns;
mod document;
mod exchange;
mod explain;
mod explain_accuracy;
mod explain_change;
mod explain_coverage;
mod explain_plots;
mod explain_restoration;
mod explain_stands;
mod explain_value;
mod geopackage;
mod growth_columns;
mod headline;
mod layer_columns;
mod ledger;
mod log;
mod manifest;
mod map_layer;
mod output;
mod parsed;
mod project;
mod regions;
mod restoration_columns;
mod sample_plan;
mod soil_columns;
mod stand_columns;
mod stand_layer;
mod strata_columns;
mod style;
mod tables;
mod terminal;
mod value_columns;
mod wood_columns;
mod zonal;

pub use accuracy_columns::ACCURACY;
pub use carbon_transition_columns::CARBON_TRANSITIONS;
pub use column::{Cell, Column, ColumnFacts, Kind};
pub use columns::{
    AREA, CARBON, CHECKS, INVENTORY, PARAMETERS, SEQUESTRATION, TARGETS, TRANSITIONS, UNCERTAINTY,
    area_kind,
};
pub use document::{Document, OutputError, ReportError};
pub use explain::explain;
pub use geopackage::{
    ECOSYSTEM_COLUMNS, EcosystemPart, Field, GEOPACKAGE, GeoPackage, GeometryKind, Layer,
    LayerFeature, LayerView, PLOT_COLUMNS, PlotPoint, ecosystems_layer, plots_layer, regions_layer,
};
pub use headline::HEADLINE;
pub use layer_columns::LAYERS;
pub use ledger::{LEDGER, Ledger, LedgerRow, LedgerValues, ledger_parquet, read_ledger};
pub use log::RunLog;
pub use manifest::{
    FileRecord, GridFacts, MANIFEST, Manifest, ManifestFiles, RunFacts, manifest_files,
    manifest_json, manifest_without_run, sha256,
};
pub use map_layer::MapLayer;
pub use output::{
    Existing, OutputDirectory, check_file, check_inputs, check_target, write_atomically,
    write_file, write_with,
};
pub use parsed::{OutTables, ParsedTable};
pub use regions::{REGIONS, regions_geojson};
pub use restoration_columns::{RESTORATION, RESTORATION_SITES};
pub use sample_plan::{
    ALL_VARIABLES, SAMPLE_PLAN, SamplePlan, SampleRow, SampleSize, SampleVariable, sample_plan_csv,
    sample_plan_text,
};
pub use stand_columns::{REGISTER, STAND_CARBON, STAND_ISSUES, STANDS};
pub use stand_layer::{StandShape, stands_layer};
pub use style::Style;
pub use tables::{
    ByteOrderMark, DictionaryRow, SUMMARY, csv, dictionary, dictionary_rows, summary_csv, tables,
};
pub use terminal::summary_text;
pub use value_columns::VALUE;
pub use zonal::{Statistic, UnknownStatistic, ValueLayer, ZonalRows, ZonalTable};
