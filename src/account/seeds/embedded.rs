//! The seeds that are compiled in.

/// Declares the files of `seeds/` that are compiled in, by their path inside it.
macro_rules! embedded {
    ($($path:literal,)*) => {
        /// Path inside `seeds/` and text of each file, in the order of paths.
        pub(super) const FILES: &[(&str, &str)] = &[
            $(($path, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/", $path))),)*
        ];
    };
}

embedded! {
    "climate-zones.csv",
    "forest-definitions/cn-nfi.toml",
    "forest-definitions/fao-fra.toml",
    "forest-definitions/ipcc.toml",
    "legends/cgls-lc100.csv",
    "legends/clcd.csv",
    "legends/cn-third-survey.csv",
    "legends/cnlucc.csv",
    "legends/corine.csv",
    "legends/dynamic-world.csv",
    "legends/esa-cci.csv",
    "legends/esa-worldcover.csv",
    "legends/esri-lulc.csv",
    "legends/gbt21010-2017.csv",
    "legends/globeland30.csv",
    "legends/modis-igbp.csv",
    "legends/nlcd.csv",
    "methods/china-density.toml",
    "methods/cropland-soil-ipcc2006.toml",
    "methods/cropland-soil-ipcc2019.toml",
    "methods/density-layer.toml",
    "methods/forest-biomass-ipcc2019.toml",
    "methods/forest-growth-ipcc2019.toml",
    "methods/frozen-ground-third-pole.toml",
    "methods/grassland-biomass-ipcc2006.toml",
    "methods/karst-weathering-china.toml",
    "methods/mangrove-restoration-ipcc2013.toml",
    "methods/mangrove-stock-ipcc2013.toml",
    "methods/peatland-drained-ipcc2013.toml",
    "methods/peatland-rewetted-ipcc2013.toml",
    "methods/plots-stock-difference.toml",
    "methods/salt-marsh-restoration-ipcc2013.toml",
    "methods/salt-marsh-soil-ipcc2013.toml",
    "methods/seagrass-restoration-ipcc2013.toml",
    "methods/seagrass-soil-ipcc2013.toml",
    "methods/soil-change-tier1.toml",
    "methods/soil-reference-ipcc2006.toml",
    "methods/soil-reference-ipcc2019.toml",
    "methods/wetland-soil-ipcc2006.toml",
    "methods/wetland-soil-ipcc2019.toml",
    "parameters/bcef.csv",
    "parameters/bef-svd-china.csv",
    "parameters/cbef-china.csv",
    "parameters/china-ecosystems.csv",
    "parameters/coastal.csv",
    "parameters/constants.csv",
    "parameters/fire.csv",
    "parameters/forest-above-ground.csv",
    "parameters/forest-growth.csv",
    "parameters/grassland-biomass.csv",
    "parameters/karst-frozen-ground.csv",
    "parameters/litter-dead-wood.csv",
    "parameters/organic-soils.csv",
    "parameters/root-shoot.csv",
    "parameters/soil-reference.csv",
    "parameters/stock-change-factors.csv",
    "sources.csv",
    "targets/cn-carbon-peaking-2021.csv",
}
