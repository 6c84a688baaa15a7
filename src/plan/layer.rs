//! `[[layer]]`: further rasters beside the land cover.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::PlanFile;
use super::reading::Unread;
use crate::finding::Finding;

/// `[[layer]]`: any further raster, of classes (with `legend`) or of values (with `unit`).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LayerTable {
    /// Name in tables and in the ledger: letters, digits, `_` and `-`.
    pub name: String,
    /// Raster file.
    pub path: PathBuf,
    /// Band, from 1.
    #[serde(default = "first_band")]
    pub band: u32,
    /// Unit of a layer of values, such as `t_dm/ha`, `t_c/ha`, `m` or `percent`.
    pub unit: Option<String>,
    /// What the codes of a layer of classes mean: id of a legend of the seeds, or a CSV file:
    /// `code, class_name` and any further columns.
    pub legend: Option<String>,
    /// How a raster of another grid is brought to that of the run. Classes: `nearest` (default) or
    /// `mode`; values: `average` (default), `bilinear` or `nearest`.
    pub resampling: Option<ResamplingKey>,
    /// Coordinate system, where the file does not say.
    pub crs: Option<String>,
    /// Stored number that means "no value", where the file does not say.
    pub nodata: Option<f64>,
}

fn first_band() -> u32 {
    1
}

/// Value of `resampling`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ResamplingKey {
    /// The cell that the centre lies in.
    Nearest,
    /// The class that covers most of the cell.
    Mode,
    /// The mean of the cells that the cell covers, by their share.
    Average,
    /// Between the four nearest cells by distance.
    Bilinear,
}

impl ResamplingKey {
    /// All rules, those for classes first.
    pub const ALL: [Self; 4] = [Self::Nearest, Self::Mode, Self::Average, Self::Bilinear];

    /// The word in plans and on the command line.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Nearest => "nearest",
            Self::Mode => "mode",
            Self::Average => "average",
            Self::Bilinear => "bilinear",
        }
    }

    /// Whether it makes values that no cell has: of class codes that is nonsense.
    #[must_use]
    pub const fn blends(self) -> bool {
        matches!(self, Self::Average | Self::Bilinear)
    }
}

/// Columns of the ledger and of tables that a layer must not be named as.
const TAKEN: [&str; 6] = [
    "zone",
    "region_id",
    "boundary",
    "cells_full",
    "cells_part",
    "area_units",
];

/// What is wrong with the layers of a plan.
pub(super) fn sense(place: &str, plan: &PlanFile, unread: &Unread) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (i, layer) in plan.layer.iter().enumerate() {
        let at = format!("{place}, layer `{}`", layer.name);
        let mut refuse = |what: String, remedy: &str| {
            findings.push(Finding::error(&at, what, remedy));
        };
        let is_letter = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        if layer.name.is_empty() || !layer.name.chars().all(is_letter) {
            refuse(
                "the name of a layer is a column of tables".into(),
                "name it with letters, digits, `_` and `-`",
            );
        }
        if TAKEN.contains(&layer.name.as_str()) || layer.name.starts_with("class_") {
            refuse(
                "another column of the ledger has this name".into(),
                "give the layer another name; names that begin with `class_` are those of the maps",
            );
        }
        let same = |other: &LayerTable| other.name.eq_ignore_ascii_case(&layer.name);
        if plan.layer[..i].iter().any(same) {
            refuse(
                "two layers have this name".into(),
                "give each layer a name of its own",
            );
        }
        match (&layer.unit, &layer.legend) {
            (Some(unit), None) if unit.trim().is_empty() => {
                refuse("`unit` is empty".into(), "say the unit of the values");
            }
            (Some(_), None) | (None, Some(_)) => {}
            (None, None) if !unread.lacks(&["layer.unit", "layer.legend"]) => {}
            (None, None) => refuse(
                "neither `unit` nor `legend` is given".into(),
                "give `unit` for a raster of values (such as \"t_dm/ha\"), or `legend` for a raster of classes",
            ),
            (Some(_), Some(_)) => refuse(
                "`unit` and `legend` are both given".into(),
                "give `unit` for a raster of values, or `legend` for a raster of classes",
            ),
        }
        if let Some(resampling) = layer.resampling {
            let id = resampling.id();
            if layer.legend.is_some() && resampling.blends() {
                refuse(
                    format!(
                        "`resampling = \"{id}\"` would blend class codes into codes that no cell has"
                    ),
                    "use `nearest` or `mode` for classes",
                );
            }
            if layer.unit.is_some() && resampling == ResamplingKey::Mode {
                refuse(
                    "`resampling = \"mode\"` is for classes".into(),
                    "use `average`, `bilinear` or `nearest` for values",
                );
            }
        }
        if layer.band == 0 {
            refuse("`band = 0`".into(), "bands count from 1");
        }
        if layer.legend.is_some() && layer.nodata.is_some_and(|code| code.fract() != 0.0) {
            refuse(
                "`nodata` of a layer of classes is no whole number".into(),
                "give the code that means \"no value\"",
            );
        }
    }
    findings
}

/// Layers of a plan without maps.
pub(super) fn without_maps(place: &str, plan: &PlanFile) -> Option<Finding> {
    (!plan.layer.is_empty() && plan.land_cover.is_empty()).then(|| {
        Finding::error(
            place,
            "`[[layer]]` is measured on the grid of the land cover, but the plan has no `[[land-cover]]`",
            "add a `[[land-cover]]` map; for sums of a raster alone use `terrasink zonal`",
        )
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::plan::Plan;

    const LEAST: &str = "name = \"a\"\n[regions]\npath = \"r.gpkg\"\nid = \"id\"\n[[land-cover]]\nyear = 2020\npath = \"l.tif\"\nlegend = \"nlcd\"\n";

    fn problems(layer: &str) -> Vec<String> {
        let text = format!("{LEAST}[[layer]]\npath = \"a.tif\"\n{layer}");
        let plan = Plan::parse(Path::new("plan.toml"), &text).unwrap();
        plan.problems.into_iter().map(|f| f.what).collect()
    }

    #[test]
    fn a_layer_of_values_needs_its_unit_only() {
        assert_eq!(
            problems("name = \"agb\"\nunit = \"t_dm/ha\"\nnodata = -9999"),
            [""; 0]
        );
        assert_eq!(problems("name = \"soil\"\nlegend = \"soil.csv\""), [""; 0]);
    }

    #[test]
    fn classes_are_never_blended() {
        for blend in ["average", "bilinear"] {
            let found = problems(&format!(
                "name = \"soil\"\nlegend = \"soil.csv\"\nresampling = \"{blend}\""
            ));
            assert!(found[0].contains("blend"), "{found:?}");
        }
        assert_eq!(
            problems("name = \"soil\"\nlegend = \"soil.csv\"\nresampling = \"mode\""),
            [""; 0]
        );
    }

    #[test]
    fn a_layer_is_of_values_or_of_classes() {
        assert!(problems("name = \"agb\"")[0].contains("neither"));
        assert!(problems("name = \"agb\"\nunit = \"m\"\nlegend = \"nlcd\"")[0].contains("both"));
    }

    #[test]
    fn names_of_layers_are_columns() {
        for name in ["zone", "class_2016", "a b", ""] {
            assert_eq!(
                problems(&format!("name = \"{name}\"\nunit = \"m\"")).len(),
                1,
                "{name}"
            );
        }
        let twice = "name = \"agb\"\nunit = \"m\"\n[[layer]]\nname = \"AGB\"\npath = \"b.tif\"\nunit = \"m\"";
        assert!(problems(twice)[0].contains("two layers"));
    }
}
