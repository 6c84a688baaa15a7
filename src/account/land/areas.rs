//! Areas: the ledger of the map becomes classes, ecosystems, forest, land and transitions of each
//! region.
//!
//! Two rules of the account live here:
//!
//! - **Ecosystems know boundaries, forest cover does not.** Inside a boundary of the plan a class
//!   becomes the boundary's ecosystem where the boundary overrides it. The coverage rate is taken
//!   from the classes of the map over the whole region all the same: it is a statement about tree
//!   cover under a definition, and a mangrove outline or a wetland register must not move it.
//! - **A boundary is where its outline is.** Where the map has no value, such as on the sea or under
//!   clouds, and beyond its edge, the land of a boundary is the boundary's ecosystem. For the map it stays
//!   without a value: no class, no forest coverage.

use std::collections::{BTreeMap, BTreeSet};

use super::area_input::{AreaInput, MapYear, MeasuredArea, RegionArea, RollUp, UnitArea};
use super::ecosystem_shift::EcosystemShift;
use super::gaps::Gaps;
use super::land_at::{class_at, course, told_by_outlines};
use super::layers::LayerPart;
use super::legend::{Legend, LegendClass};
use super::region_areas::{RegionAreas, YearAreas};
use super::{boundary_checks, outlines, transitions};
use crate::account::ecosystem::Ecosystem;
use crate::account::tables::{AreaKind, AreaRow, CheckRow, LayerRow, TOTAL, TransitionRow};
use crate::finding::Finding;
use crate::units::Hectares;

/// The area account of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AreaAccount {
    /// Rows of `tables/area.csv`.
    pub rows: Vec<AreaRow>,
    /// Rows of `tables/transitions.csv`.
    pub transitions: Vec<TransitionRow>,
    /// Area that went from one ecosystem to another, by span, region and layer classes.
    pub shifts: Vec<EcosystemShift>,
    /// The same of land without a value at the maps between the two.
    pub bridged: Vec<EcosystemShift>,
    /// Rows of `tables/checks.csv`.
    pub checks: Vec<CheckRow>,
    /// Rows of `tables/layers.csv`.
    pub layers: Vec<LayerRow>,
    /// Ecosystems of the regions by class of the further layers, with the values there; in the order
    /// of regions.
    pub layer_parts: Vec<LayerPart>,
    /// Areas of each region, in the order of regions.
    pub regions: Vec<RegionAreas>,
    /// Areas of the union, where regions do not overlap.
    pub total: Option<RegionAreas>,
    /// What must be known of the boundaries.
    pub warnings: Vec<Finding>,
}

impl AreaAccount {
    /// Every region with its parts by further layers, and at last the union with those of all.
    pub(in crate::account) fn with_parts(
        &self,
    ) -> impl Iterator<Item = (&RegionAreas, &[LayerPart])> {
        let mut rest = self.layer_parts.as_slice();
        let regions = self.regions.iter().enumerate().map(move |(index, region)| {
            // The parts are in the order of regions.
            let (mine, others) = rest.split_at(rest.partition_point(|part| part.region <= index));
            rest = others;
            (region, mine)
        });
        regions.chain(
            self.total
                .iter()
                .map(|total| (total, self.layer_parts.as_slice())),
        )
    }
}

/// The area account of the regions.
///
/// # Errors
///
/// All class codes that a legend does not know, with their area; lines of the ledger that name no
/// unit of the run or another number of maps.
pub fn areas(input: &AreaInput<'_>) -> Result<AreaAccount, Vec<Finding>> {
    let findings = problems(input);
    if !findings.is_empty() {
        return Err(findings);
    }
    let mut account = AreaAccount {
        regions: input
            .regions
            .iter()
            .map(|region| empty(region, input))
            .collect(),
        ..AreaAccount::default()
    };
    for line in input.measured {
        let unit = &input.units[line.unit];
        add_line(&mut account.regions[unit.region], line, unit, input);
    }
    if let RollUp::Disjoint { area } = input.roll_up {
        let mut total = RegionAreas {
            region_id: TOTAL.to_owned(),
            area,
            outside: input.regions.iter().map(|region| region.outside).sum(),
            ..RegionAreas::default()
        };
        for region in &account.regions {
            total.add(region);
        }
        account.total = Some(total);
    }
    let boundaries = outlines::boundary_areas(input);
    for (index, region) in account.regions.iter().enumerate() {
        let plane = input.regions[index].plane_area;
        account
            .rows
            .extend(rows(region, plane, Some(index), &boundaries, input));
        account.checks.extend(partition(region, input));
    }
    if let Some(total) = &account.total {
        account
            .rows
            .extend(rows(total, None, None, &boundaries, input));
        account.checks.push(union_check(total, input.regions));
    }
    transitions::fill(&mut account, input);
    account.warnings = boundary_checks::warnings(input);
    Ok(account)
}

fn empty(region: &RegionArea, input: &AreaInput<'_>) -> RegionAreas {
    let ends = [0, input.maps.len().saturating_sub(1)];
    let is_told = |ecosystem: &Ecosystem| {
        let mut dates = ends.iter();
        dates.all(|map| told_by_outlines(*ecosystem, *map, input))
    };
    RegionAreas {
        region_id: region.id.clone(),
        area: region.area,
        outside: region.outside,
        is_unread: region.is_unread,
        years: input
            .maps
            .iter()
            .map(|map| YearAreas {
                year: map.year,
                ..YearAreas::default()
            })
            .collect(),
        gaps: Gaps {
            told: input
                .boundaries
                .iter()
                .map(|rule| rule.ecosystem)
                .filter(is_told)
                .collect(),
            ..Gaps::default()
        },
        ..RegionAreas::default()
    }
}

fn add_line(region: &mut RegionAreas, line: &MeasuredArea, unit: &UnitArea, input: &AreaInput<'_>) {
    if input.maps.iter().any(|map| map.legend.is_none()) {
        outlines::add(region, line, unit, input);
        return;
    }
    let mut classes = vec![None; input.maps.len()];
    let course = course(line, unit, input);
    for (map, year) in region.years.iter_mut().enumerate() {
        let class = class_at(line, map, input);
        if class.is_none() && !line.outside {
            year.nodata.0 += line.area;
            year.nodata.1 += line.cells;
        }
        let Some(ecosystem) = course[map].ecosystem() else {
            continue;
        };
        *year.ecosystems.entry(ecosystem).or_default() += line.area;
        // Plots of forest measure trees under any class, and under an outline of trees over any.
        let of_class = class.and_then(|class| class.ecosystem);
        if ecosystem.has_trees() || of_class.is_some_and(Ecosystem::has_trees) {
            *year.under_trees.entry(ecosystem).or_default() += line.area;
        }
        let Some(class) = class else {
            year.outlined += line.area;
            continue;
        };
        let sum = year.classes.entry(class.value).or_default();
        sum.0 += line.area;
        sum.1 += line.cells;
        let too_small = line.too_small.get(map).copied().unwrap_or(false);
        year.add_cover(input.rule, (class, ecosystem), (line.area, too_small));
        classes[map] = Some(class.value);
    }
    region.add_land((&classes, &course), &line.layer_classes, line.area);
}

/// What is wrong with the ledger: codes without a legend entry first of all.
fn problems(input: &AreaInput<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut unknown: BTreeMap<(usize, i64), (Hectares, BTreeSet<usize>)> = BTreeMap::new();
    for line in input.measured {
        let Some(unit) = input.units.get(line.unit) else {
            findings.push(Finding::error(
                format!("area ledger, unit {}", line.unit),
                format!("the run has {} units", input.units.len()),
                "measure again: the ledger belongs to another run",
            ));
            continue;
        };
        if line.classes.len() != input.maps.len() {
            findings.push(Finding::error(
                format!("area ledger, unit {}", line.unit),
                format!(
                    "a line has {} classes, expected one for each of {} maps",
                    line.classes.len(),
                    input.maps.len()
                ),
                "measure again: the ledger belongs to another run",
            ));
            continue;
        }
        for (map, code) in line.classes.iter().enumerate() {
            if let (Some(code), Some(legend)) = (code, input.maps[map].legend)
                && legend.class(*code).is_none()
            {
                let entry = unknown.entry((map, *code)).or_default();
                entry.0 += line.area;
                entry.1.insert(unit.region);
            }
        }
    }
    findings.extend(unknown.into_iter().map(|((map, code), (area, regions))| {
        let MapYear { year, legend } = input.maps[map];
        Finding::error(
            format!("land cover {year}, class {code}"),
            format!(
                "legend `{}` has no entry for class {code}, which covers {:.4} ha in {} region{}",
                legend.map_or("", |legend| legend.id.as_str()),
                area.value(),
                regions.len(),
                if regions.len() == 1 { "" } else { "s" }
            ),
            "add the class to the legend, or name the code as nodata",
        )
    }));
    findings
}

/// Codes of the classes of a region that a rule counts.
fn counted(year: &YearAreas, legend: &Legend, counts: &dyn Fn(&LegendClass) -> bool) -> String {
    let classes = year.classes.keys().filter_map(|code| legend.class(*code));
    let counted: Vec<&str> = classes
        .filter(|class| counts(class))
        .map(|class| class.code.as_str())
        .collect();
    if counted.is_empty() {
        "none".to_owned()
    } else {
        counted.join(", ")
    }
}

/// Area rows of a region; `index` is that of the region, `None` for the union.
fn rows(
    region: &RegionAreas,
    plane_area: Option<Hectares>,
    index: Option<usize>,
    boundaries: &outlines::BoundaryAreas,
    input: &AreaInput<'_>,
) -> Vec<AreaRow> {
    let row = |year, kind, code: &str, name: &str, area, cells| AreaRow {
        region_id: region.region_id.clone(),
        year,
        kind,
        code: code.to_owned(),
        name: name.to_owned(),
        area,
        cell_fraction_sum: cells,
        plane_area: None,
    };
    let mut rows = vec![AreaRow {
        plane_area,
        ..row(None, AreaKind::Region, "", "region", region.area, None)
    }];
    rows.extend(outlines::boundary_rows(region, index, boundaries, input));
    if let Some(outside) = region.outside {
        rows.push(row(
            None,
            AreaKind::Outside,
            "outside",
            "outside the raster",
            outside,
            None,
        ));
    }
    for (map, year) in region.years.iter().enumerate() {
        let at = Some(year.year);
        let ecosystems = year.ecosystems.iter().map(|(ecosystem, area)| {
            let (id, name) = (ecosystem.id(), ecosystem.name());
            row(at, AreaKind::Ecosystem, id, &name, *area, None)
        });
        let Some(legend) = input.maps[map].legend else {
            rows.extend(ecosystems);
            continue;
        };
        for (code, (area, cells)) in &year.classes {
            if let Some(class) = legend.class(*code) {
                rows.push(row(
                    at,
                    AreaKind::Class,
                    &class.code,
                    &class.name,
                    *area,
                    Some(*cells),
                ));
            }
        }
        let codes = |counts: &dyn Fn(&LegendClass) -> bool| counted(year, legend, counts);
        rows.extend(ecosystems);
        rows.push(row(
            at,
            AreaKind::Forest,
            &input.rule.id,
            &format!(
                "classes that count as forest: {}",
                codes(&|class| input.rule.is_forest(class))
            ),
            year.forest,
            None,
        ));
        rows.extend(input.rule.patch.map(|patch| {
            let name = format!("patches of these classes below {patch}, not counted as forest");
            row(
                at,
                AreaKind::SmallPatches,
                &input.rule.id,
                &name,
                year.small_patches,
                None,
            )
        }));
        rows.push(row(
            at,
            AreaKind::Land,
            input.rule.land.id(),
            &format!(
                "denominator of the coverage rate, classes: {}",
                codes(&|class| input.rule.is_land(class))
            ),
            year.land,
            None,
        ));
        rows.push(row(
            at,
            AreaKind::Nodata,
            "nodata",
            "no value",
            year.nodata.0,
            Some(year.nodata.1),
        ));
    }
    rows
}

/// Valid, nodata and outside make up the polygon.
fn partition(region: &RegionAreas, input: &AreaInput<'_>) -> Vec<CheckRow> {
    let mapped = input.maps.iter().all(|map| map.legend.is_some());
    let (parts, outside) = if mapped {
        ("classes, nodata and outside", region.outside)
    } else {
        (
            "boundaries and what lies outside them",
            Some(Hectares::ZERO),
        )
    };
    let (Some(tolerance), Some(outside)) = (input.partition_tolerance, outside) else {
        return Vec::new();
    };
    region
        .years
        .iter()
        .map(|year| {
            let classes: Hectares = year.classes.values().map(|(area, _)| *area).sum();
            let found = (classes + year.nodata.0 + outside).value();
            check(
                "partition",
                &region.region_id,
                format!("{parts} of {} make up the region", year.year),
                found,
                region.area.value(),
                tolerance,
            )
        })
        .collect()
}

/// Regions that do not overlap make up their union.
fn union_check(total: &RegionAreas, regions: &[RegionArea]) -> CheckRow {
    let sum: Hectares = regions.iter().map(|region| region.area).sum();
    check(
        "union",
        TOTAL,
        "areas of the regions make up the area of their union".to_owned(),
        sum.value(),
        total.area.value(),
        1e-6,
    )
}

/// A row that holds `found` against `expected`, in hectares.
pub(super) fn check(
    id: &str,
    region_id: &str,
    law: String,
    found: f64,
    expected: f64,
    tolerance: f64,
) -> CheckRow {
    let scale = expected.abs().max(found.abs());
    CheckRow {
        check: id.to_owned(),
        region_id: region_id.to_owned(),
        law,
        found,
        expected,
        unit: "ha".to_owned(),
        tolerance,
        passed: (found - expected).abs() <= tolerance * scale,
        note: String::new(),
    }
}

#[cfg(test)]
#[path = "areas_tests.rs"]
mod tests;
