//! `[grid]`: the cells that a run computes on, and how they are counted.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::finding::Finding;

/// `[grid]`: the cells of the run, and how they are counted. Without `like` or `crs` they are the
/// cells of the first `[[land-cover]]` map.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GridTable {
    /// `exact`: by the share of a cell inside the polygon (default); `centre`: the whole cell when
    /// its centre is inside, for comparison with other programs.
    #[serde(default)]
    pub cells: CellsKey,
    /// Raster whose cells are those of the run.
    pub like: Option<PathBuf>,
    /// Coordinate system of cells that no raster has, such as `EPSG:5070`; with `resolution`.
    pub crs: Option<String>,
    /// Width and height of a cell, in the units of `crs`.
    pub resolution: Option<ResolutionKey>,
    /// A corner of a cell, x and y in the units of `crs`; default 0, 0.
    pub origin: Option<[f64; 2]>,
}

/// Value of `[grid] cells`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CellsKey {
    /// By the share of a cell inside the polygon.
    #[default]
    Exact,
    /// The whole cell when its centre is inside.
    Centre,
}

/// Value of `[grid] resolution`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a number, or two: width and height")]
pub enum ResolutionKey {
    /// Of square cells.
    Square(f64),
    /// Width and height.
    Pair([f64; 2]),
}

impl ResolutionKey {
    /// Width and height.
    #[must_use]
    pub const fn size(self) -> [f64; 2] {
        match self {
            Self::Square(side) => [side, side],
            Self::Pair(sides) => sides,
        }
    }
}

/// What is wrong with the grid of a plan.
pub(super) fn sense(place: &str, grid: &GridTable) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut refuse = |what: &str, remedy: &str| {
        findings.push(Finding::error(format!("{place}, `[grid]`"), what, remedy));
    };
    let stated = grid.crs.is_some() || grid.resolution.is_some() || grid.origin.is_some();
    if grid.like.is_some() && stated {
        refuse(
            "`like` is given with `crs`, `resolution` or `origin`",
            "give `like`, or `crs` and `resolution`",
        );
    } else if stated && (grid.crs.is_none() || grid.resolution.is_none()) {
        refuse(
            "cells are not told by one of `crs` and `resolution` alone",
            "give both, such as crs = \"EPSG:5070\" and resolution = 30",
        );
    }
    let positive = |size: f64| size > 0.0 && size.is_finite();
    if let Some(resolution) = grid.resolution
        && !resolution.size().into_iter().all(positive)
    {
        refuse(
            "`resolution` is not positive",
            "give the size of a cell in the units of `crs`, such as 30",
        );
    }
    if let Some(origin) = grid.origin
        && !origin.iter().all(|value| value.is_finite())
    {
        refuse("`origin` is no place", "give x and y of a corner of a cell");
    }
    findings
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::plan::Plan;

    fn problems(grid: &str) -> Vec<String> {
        let text = format!(
            "name = \"a\"\n[regions]\npath = \"r.gpkg\"\nid = \"id\"\n[[land-cover]]\nyear = 2020\npath = \"l.tif\"\nlegend = \"nlcd\"\n[grid]\n{grid}"
        );
        let plan = Plan::parse(Path::new("plan.toml"), &text).unwrap();
        plan.problems.into_iter().map(|f| f.what).collect()
    }

    #[test]
    fn cells_are_those_of_a_raster_or_stated_whole() {
        assert_eq!(problems("like = \"a.tif\""), [""; 0]);
        assert_eq!(problems("crs = \"EPSG:5070\"\nresolution = 30"), [""; 0]);
        assert_eq!(
            problems("crs = \"EPSG:5070\"\nresolution = [30, 20.5]\norigin = [5, 5]"),
            [""; 0]
        );
        assert!(problems("resolution = 30")[0].contains("alone"));
        assert!(problems("like = \"a.tif\"\nresolution = 30")[0].contains("`like`"));
        assert!(problems("crs = \"EPSG:5070\"\nresolution = 0")[0].contains("positive"));
    }
}
