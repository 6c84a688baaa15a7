//! The tables of a plan that say how carbon is accounted.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::finding::Finding;

/// `[carbon]`: how carbon is accounted.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CarbonTable {
    /// Method for forest: an id of `terrasink methods`.
    pub method: Option<String>,
    /// Climate zone, where a method picks its parameters by it.
    pub climate_zone: Option<String>,
    /// Further keys that methods pick their parameters by.
    #[serde(default)]
    pub keys: BTreeMap<String, String>,
    /// Tables of parameters of your own, as CSV with the columns of the seeds. A row with the id and
    /// keys of one of the seeds takes its place.
    #[serde(default)]
    pub parameters: Vec<PathBuf>,
    /// Depth of the soil that the headline counts, in centimetres; without it, that of the plots, or
    /// else the least of the chosen methods.
    pub soil_depth_cm: Option<f64>,
    /// Carbon densities by class of the land cover, instead of methods.
    pub class_density: Option<ClassDensityTable>,
    /// Areas of forest by age class, for methods of growth by age, instead of a stand register.
    pub age_classes: Option<AgeClassesTable>,
    /// Methods of further ecosystems.
    #[serde(default)]
    pub ecosystem: Vec<EcosystemTable>,
}

/// `[carbon.age-classes]`: areas of forest by age class.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AgeClassesTable {
    /// CSV file: `region, area_ha, age_yr`, and as far as they are known `origin`, `species` and
    /// keys of the parameters, one column a key.
    pub path: PathBuf,
    /// Year that the areas and ages stand for.
    pub year: i32,
}

/// `[carbon.class-density]`: carbon densities by class of the land cover.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ClassDensityTable {
    /// CSV file: `lucode` and any of `c_above, c_below, c_dead, c_litter, c_soil`, in t C/ha.
    pub path: PathBuf,
    /// How deep `c_soil` goes, in centimetres.
    pub soil_depth_cm: Option<f64>,
}

/// `[[carbon.ecosystem]]`: the method of one ecosystem.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EcosystemTable {
    /// Ecosystem id.
    pub ecosystem: String,
    /// Method id.
    pub method: String,
    /// Climate zone, where it differs from the run's.
    pub climate_zone: Option<String>,
    /// Further keys that the method picks its parameters by.
    #[serde(default)]
    pub keys: BTreeMap<String, String>,
    /// Only the part of the ecosystem under these classes of a `[[layer]]`. Of `karst` and
    /// `frozen-ground`, all land under them.
    pub within: Option<WithinTable>,
    /// For methods of soil by reference stock: that it was managed otherwise before, and until when. The
    /// soil then moves to its new stock for 20 years.
    pub managed: Option<ManagedTable>,
    /// For `density-layer`: the `[[layer]]` of values that holds the stock.
    pub layer: Option<String>,
    /// For `density-layer`: the pool that the layer holds (`above-ground` by default); `biomass`
    /// where roots are in it, `all` where dead matter and soil are in it too.
    pub holds: Option<String>,
    /// For `density-layer`: how deep a layer of soil carbon goes, in centimetres.
    pub depth_cm: Option<f64>,
    /// For `density-layer`: the depth from which on a layer of soil carbon goes down to `depth-cm`, in
    /// centimetres; the surface without it.
    pub from_cm: Option<f64>,
    /// For `density-layer`: id of the parameter that turns dry matter into carbon.
    pub carbon_fraction: Option<String>,
    /// For `density-layer`: id of the parameter with the ratio of roots to what is above ground;
    /// roots are then added.
    pub roots: Option<String>,
    /// For `density-layer`: standard error of the layer over its value, in percent, shared by all
    /// places.
    pub se_pct: Option<f64>,
}

/// `managed`: a change of management without a change of use.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ManagedTable {
    /// Year from which on `keys` hold.
    pub since: i32,
    /// Keys before it, where they differ, such as `management`.
    pub before: BTreeMap<String, String>,
}

impl ManagedTable {
    /// What is wrong with it, and what to do.
    fn fault(&self) -> Option<(&'static str, &'static str)> {
        if self.before.is_empty() {
            return Some((
                "`managed` names no key that was another before",
                "give such as before = { management = \"full-tillage\" }",
            ));
        }
        crate::units::year(f64::from(self.since)).err().map(|_| {
            (
                "`since` of `managed` is no year of the calendar",
                "give such as 2012",
            )
        })
    }
}

/// `within`: classes of a further layer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WithinTable {
    /// Name of the `[[layer]]` of classes.
    pub layer: String,
    /// Its codes.
    pub classes: Vec<i64>,
}

/// What is wrong with the carbon of a plan.
pub(super) fn sense(place: &str, carbon: &CarbonTable, has_registers: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |at: String, what: &str, remedy: &str| {
        findings.push(Finding::error(at, what, remedy));
    };
    if carbon.class_density.is_some() && carbon.method.is_some() {
        refuse(
            format!("{place}, `[carbon]`"),
            "`class-density` speaks for all classes, and `method` for forest too: carbon would count twice",
            "give `class-density` or `method`; fluxes that no density holds come as `[[carbon.ecosystem]]`",
        );
    }
    if carbon.age_classes.is_some() && has_registers {
        refuse(
            format!("{place}, `[carbon.age-classes]`"),
            "areas by age class are given, and a stand register with its own: the forest would be in both",
            "leave one of them out",
        );
    }
    let of_classes = carbon.class_density.as_ref();
    let of_classes = of_classes.and_then(|table| table.soil_depth_cm);
    for (table, depth) in [
        ("[carbon]", carbon.soil_depth_cm),
        ("[carbon.class-density]", of_classes),
    ] {
        if depth.is_some_and(|depth| !(depth > 0.0 && depth.is_finite())) {
            refuse(
                format!("{place}, `{table}`"),
                "`soil-depth-cm` is not positive",
                "give such as 30 or 100, or leave it out",
            );
        }
    }
    for table in &carbon.ecosystem {
        let at = || format!("{place}, `[[carbon.ecosystem]]` {}", table.ecosystem);
        let of_layer = table.holds.is_some()
            || table.depth_cm.is_some()
            || table.from_cm.is_some()
            || table.carbon_fraction.is_some()
            || table.roots.is_some()
            || table.se_pct.is_some();
        if of_layer && table.layer.is_none() {
            refuse(
                at(),
                "`holds`, `depth-cm`, `from-cm`, `carbon-fraction`, `roots` and `se-pct` say something of a `layer`, and none is given",
                "name the `[[layer]]` of values in `layer`",
            );
        }
        if table.layer.is_some() && table.method != "density-layer" {
            refuse(
                at(),
                "`layer` is for the method `density-layer`",
                "use that method, or leave `layer` out",
            );
        }
        if table.se_pct.is_some_and(|se| !(0.0..1000.0).contains(&se)) {
            refuse(at(), "`se-pct` is no percentage", "give such as 15");
        }
        if table
            .depth_cm
            .is_some_and(|depth| !(depth > 0.0 && depth.is_finite()))
        {
            refuse(at(), "`depth-cm` is not positive", "give such as 30 or 100");
        }
        let from = table.from_cm;
        if from.is_some_and(|from| !(from >= 0.0 && from.is_finite())) {
            refuse(
                at(),
                "`from-cm` is negative",
                "give such as 100, or leave it out for the surface",
            );
        }
        if from.is_some() && table.depth_cm.is_none() {
            refuse(
                at(),
                "`from-cm` says where a layer of soil begins, and `depth-cm` not where it ends",
                "give `depth-cm` too",
            );
        }
        if let Some((what, remedy)) = table.managed.as_ref().and_then(ManagedTable::fault) {
            refuse(at(), what, remedy);
        }
        if table
            .within
            .as_ref()
            .is_some_and(|within| within.classes.is_empty())
        {
            refuse(
                at(),
                "`within` names no class",
                "give codes of the layer, such as classes = [1, 2]",
            );
        }
    }
    findings
}
