//! `[accuracy]`: a reference sample that tells how far the map can be trusted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::file::FieldValue;
use super::group::{self, GroupTable};
use super::reading::Unread;
use crate::finding::Finding;

/// `[accuracy]`: points whose true class is known, for the accuracy of a map and the area of its classes
/// in `tables/accuracy.csv`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AccuracyTable {
    /// CSV file, or any file of points that GDAL reads; one row a point.
    pub path: PathBuf,
    /// Layer, where the file has several.
    pub layer: Option<String>,
    /// Year of the map that the points are held against; default the newest.
    pub year: Option<i32>,
    /// Column with the true class: a code of the legend, its name, or the name of a group.
    pub reference_class: String,
    /// Column with the class on the map; without it the class is read from the map at each point.
    pub map_class: Option<String>,
    /// Column with the number of points that a row stands for, for tables that are counted already.
    pub points: Option<String>,
    /// Column with the stratum that the point was drawn from; without it the classes of the map are the
    /// strata.
    pub stratum: Option<String>,
    /// Easting or longitude, where the file has columns rather than shapes.
    pub x: Option<String>,
    /// Northing or latitude.
    pub y: Option<String>,
    /// Coordinate system of the points, where the file does not say; `EPSG:4326` for columns.
    pub crs: Option<String>,
    /// Keep only rows whose columns have these values.
    #[serde(default, rename = "where")]
    pub rows: BTreeMap<String, FieldValue>,
    /// Let the sample correct the mapped forest area: `forest_area_est_ha` is then the estimate.
    #[serde(default)]
    pub correct: bool,
    /// Classes that count as one.
    #[serde(default)]
    pub group: Vec<GroupTable>,
    /// Areas of the strata, where these are not classes of the map.
    #[serde(default)]
    pub strata: Vec<ReferenceStratumTable>,
}

/// `[[accuracy.strata]]`: a stratum that reference points were drawn from.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ReferenceStratumTable {
    /// As the column of strata has it.
    pub id: String,
    /// Its area, in hectares.
    pub area_ha: f64,
    /// Cells that it holds; where given, the finite population correction applies.
    pub cells: Option<u64>,
}

/// What is wrong with the accuracy table of a plan with maps of these years.
pub(super) fn sense(
    place: &str,
    table: &AccuracyTable,
    years: &[i32],
    unread: &Unread,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |what: String, remedy: &str| {
        findings.push(Finding::error(place, what, remedy));
    };
    let maps_are_known = unread.spares(&["land-cover"]);
    if maps_are_known && years.is_empty() {
        refuse(
            "`[accuracy]` without a map".into(),
            "add the `[[land-cover]]` that the points are held against",
        );
    }
    if let Some(year) = table.year
        && maps_are_known
        && !years.is_empty()
        && !years.contains(&year)
    {
        let known: Vec<String> = years.iter().map(ToString::to_string).collect();
        refuse(
            format!("`[accuracy] year` is {year}, and no map is of that year"),
            &format!("give one of {}", known.join(", ")),
        );
    }
    let places_are_known = unread.lacks(&["accuracy.x", "accuracy.y"]);
    if places_are_known && table.x.is_some() != table.y.is_some() {
        refuse(
            "`[accuracy]` names one of `x` and `y`".into(),
            "name both columns, or none",
        );
    }
    let strata_are_known = unread.lacks(&["accuracy.stratum", "accuracy.strata"]);
    if strata_are_known && table.stratum.is_some() == table.strata.is_empty() {
        refuse(
            "`[accuracy] stratum` and `[[accuracy.strata]]` go together".into(),
            "give the column and the area of each stratum, or neither: the classes of the map are then the strata",
        );
    }
    let mut ids = BTreeSet::new();
    for stratum in &table.strata {
        if !ids.insert(&stratum.id) {
            refuse(
                format!("`[[accuracy.strata]]` has `{}` twice", stratum.id),
                "give each stratum once",
            );
        }
        if !(stratum.area_ha > 0.0 && stratum.area_ha.is_finite()) {
            refuse(
                format!(
                    "`area-ha` of stratum `{}` is {}",
                    stratum.id, stratum.area_ha
                ),
                "give its area in hectares, more than 0",
            );
        }
    }
    group::sense("[[accuracy.group]]", &table.group, &mut refuse);
    findings
}
