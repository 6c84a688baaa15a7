//! Tests of the whole program: one binary, so that GDAL is linked once.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read what it wrote has failed"
)]

#[cfg(feature = "gdal")]
mod bad_input;
#[cfg(feature = "gdal")]
mod carbon;
mod cli;
#[cfg(feature = "gdal")]
mod desk;
#[cfg(feature = "gdal")]
mod explain;
#[cfg(feature = "gdal")]
mod field;
mod grids;
#[cfg(feature = "gdal")]
mod journey;
#[cfg(feature = "gdal")]
mod layers;
#[cfg(feature = "gdal")]
mod odd_input;
#[cfg(feature = "gdal")]
mod outputs;
#[cfg(feature = "gdal")]
mod patches;
#[cfg(feature = "gdal")]
mod reference;
#[cfg(feature = "gdal")]
mod resume;
mod scratch;
mod tidy;
#[cfg(feature = "gdal")]
mod zonal;
mod zonal_files;
