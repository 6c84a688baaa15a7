//! Areas: the ledger of the map becomes classes, ecosystems, forest, land and transitions of each
//! region.
//!
//! Two rules of the account live here:
//!
//! - **Ecosystems know boundaries, forest cover does not.** Inside a boundary of the plan a class
//!   becomes the boundary's ecosystem where the boundary overrides it. The coverage rate is taken
//!   from the classes of the map over the whole region all the same: it is a statement about tree
//!   cover under a definition, and a mangrove outline or a wetland register must not move it.
//! - **Nodata stays nodata.** Where the map has no value, a boundary makes no ecosystem of it; the
//!   boundary's own area, from its polygon, is given beside it.

use std::collections::{BTreeMap, BTreeSet};

use super::definition::ForestRule;
use super::ecosystem::Ecosystem;
use super::legend::{Legend, LegendClass};
use super::tables::{AreaKind, AreaRow, CheckRow, TOTAL, TransitionRow};
use super::transitions;
use crate::finding::Finding;
use crate::units::Hectares;

/// One line of the ledger: the area of a unit under one combination of classes.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredArea {
    /// Index into [`AreaInput::units`].
    pub unit: usize,
    /// Class code at each map, in the order of [`AreaInput::maps`]; `None` where a map has no
    /// value.
    pub classes: Vec<Option<i64>>,
    /// Area on the ellipsoid.
    pub area: Hectares,
    /// Sum of the covered shares of the cells.
    pub cells: f64,
}

/// A region as the account needs it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RegionArea {
    /// Id as the regions file gives it.
    pub id: String,
    /// Name as the regions file gives it.
    pub name: Option<String>,
    /// Area of the polygon on the ellipsoid.
    pub area: Hectares,
    /// Area of the polygon in the plane of the grid, where it differs by more than 0.01 %.
    pub plane_area: Option<Hectares>,
    /// Part of the polygon outside the raster; `None` when it was not measured.
    pub outside: Option<Hectares>,
}

/// A piece of a region: inside one boundary, or inside none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnitArea {
    /// Index into [`AreaInput::regions`].
    pub region: usize,
    /// Index into [`AreaInput::boundaries`].
    pub boundary: Option<usize>,
    /// Area of the piece's polygon on the ellipsoid; `None` takes the sum of its cells.
    pub area: Option<Hectares>,
}

/// A boundary of the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct BoundaryRule {
    /// Name, unique within the plan.
    pub name: String,
    /// The ecosystem inside it.
    pub ecosystem: Ecosystem,
    /// Ecosystems that it takes precedence over; `None` for all but water and built land.
    pub overrides: Option<BTreeSet<Ecosystem>>,
}

impl BoundaryRule {
    /// The ecosystem of a class inside the boundary.
    #[must_use]
    pub fn over(&self, class: Ecosystem) -> Ecosystem {
        let overrides = self
            .overrides
            .as_ref()
            .map_or_else(|| class.default_override(), |list| list.contains(&class));
        if overrides { self.ecosystem } else { class }
    }
}

/// A map of the run: its year and its legend.
#[derive(Debug, Clone, Copy)]
pub struct MapYear<'a> {
    /// Year of the map.
    pub year: i32,
    /// What its codes mean.
    pub legend: &'a Legend,
}

/// Whether regions can be added up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RollUp {
    /// Regions do not overlap: the union is their sum, of this polygon area.
    Disjoint {
        /// Area of the union on the ellipsoid.
        area: Hectares,
    },
    /// Regions overlap: there is no total.
    Overlapping,
}

/// All that the area account rests on.
#[derive(Debug, Clone)]
pub struct AreaInput<'a> {
    /// Regions, in the order of the regions file.
    pub regions: &'a [RegionArea],
    /// Pieces of regions.
    pub units: &'a [UnitArea],
    /// Boundaries, in the order of the plan.
    pub boundaries: &'a [BoundaryRule],
    /// Maps, in the order of their years.
    pub maps: &'a [MapYear<'a>],
    /// Positions of further pairs of maps that transitions are given for, the earlier first.
    pub spans: &'a [(usize, usize)],
    /// The ledger.
    pub measured: &'a [MeasuredArea],
    /// What counts as forest and as land.
    pub rule: &'a ForestRule,
    /// Whether there is a total.
    pub roll_up: RollUp,
    /// Relative difference that the partition check allows; `None` leaves the check out, as for
    /// the rule of cell centres, which does not partition polygons.
    pub partition_tolerance: Option<f64>,
}

/// Areas of one region at one map.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct YearAreas {
    /// Year of the map.
    pub year: i32,
    /// Area and cells of each class of the map that has a value.
    pub classes: BTreeMap<i64, (Hectares, f64)>,
    /// Area of each ecosystem, after boundaries.
    pub ecosystems: BTreeMap<Ecosystem, Hectares>,
    /// Part of each ecosystem whose class on the map has trees.
    pub under_trees: BTreeMap<Ecosystem, Hectares>,
    /// Area of the classes that count as forest.
    pub forest: Hectares,
    /// Area of the classes that count as land.
    pub land: Hectares,
    /// Area with a value.
    pub valid: Hectares,
    /// Area and cells without a value.
    pub nodata: (Hectares, f64),
}

impl YearAreas {
    /// Forest over land, in percent; `None` without land.
    #[must_use]
    pub fn forest_cover_pct(&self) -> Option<f64> {
        (self.land > Hectares::ZERO).then(|| 100.0 * (self.forest / self.land))
    }

    fn add(&mut self, other: &Self) {
        self.year = other.year;
        for (code, (area, cells)) in &other.classes {
            let sum = self.classes.entry(*code).or_default();
            sum.0 += *area;
            sum.1 += cells;
        }
        for (into, from) in [
            (&mut self.ecosystems, &other.ecosystems),
            (&mut self.under_trees, &other.under_trees),
        ] {
            for (ecosystem, area) in from {
                *into.entry(*ecosystem).or_default() += *area;
            }
        }
        self.forest += other.forest;
        self.land += other.land;
        self.valid += other.valid;
        self.nodata.0 += other.nodata.0;
        self.nodata.1 += other.nodata.1;
    }
}

/// Area that went from one ecosystem to another between the first and the last map.
pub type Conversions = BTreeMap<(Ecosystem, Ecosystem), Hectares>;

/// All areas of one region, or of the union of all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RegionAreas {
    /// Region, or [`TOTAL`].
    pub region_id: String,
    /// Area of the polygon on the ellipsoid.
    pub area: Hectares,
    /// Part outside the raster.
    pub outside: Option<Hectares>,
    /// One entry a map, in the order of maps.
    pub years: Vec<YearAreas>,
    /// Ecosystem conversions from the first to the last map, unchanged area included.
    pub conversions: Conversions,
    /// Ecosystem at each map by area: what a soil clock needs.
    pub histories: BTreeMap<Vec<Ecosystem>, Hectares>,
}

impl RegionAreas {
    /// Areas at the newest map.
    #[must_use]
    pub fn newest(&self) -> Option<&YearAreas> {
        self.years.last()
    }

    /// Share of the polygon that the newest map covers with valid cells, in percent.
    #[must_use]
    pub fn valid_pct(&self) -> Option<f64> {
        let newest = self.newest()?;
        let whole = match self.outside {
            Some(outside) => newest.valid + newest.nodata.0 + outside,
            None => self.area,
        };
        (whole > Hectares::ZERO).then(|| (100.0 * (newest.valid / whole)).min(100.0))
    }

    /// Area that is the ecosystem on the last map and was not on the first; `None` with one map.
    #[must_use]
    pub fn gained(&self, ecosystem: Ecosystem) -> Option<Hectares> {
        (self.years.len() > 1).then(|| {
            self.conversions
                .iter()
                .filter(|((from, to), _)| *to == ecosystem && *from != ecosystem)
                .map(|(_, area)| *area)
                .sum()
        })
    }

    fn add(&mut self, other: &Self) {
        self.years
            .resize_with(other.years.len(), YearAreas::default);
        for (year, more) in self.years.iter_mut().zip(&other.years) {
            year.add(more);
        }
        for (pair, area) in &other.conversions {
            *self.conversions.entry(*pair).or_default() += *area;
        }
        for (history, area) in &other.histories {
            *self.histories.entry(history.clone()).or_default() += *area;
        }
    }
}

/// The area account of a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AreaAccount {
    /// Rows of `tables/area.csv`.
    pub rows: Vec<AreaRow>,
    /// Rows of `tables/transitions.csv`.
    pub transitions: Vec<TransitionRow>,
    /// Rows of `tables/checks.csv`.
    pub checks: Vec<CheckRow>,
    /// Areas of each region, in the order of regions.
    pub regions: Vec<RegionAreas>,
    /// Areas of the union, where regions do not overlap.
    pub total: Option<RegionAreas>,
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
    let boundaries = boundary_areas(input);
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
    Ok(account)
}

fn empty(region: &RegionArea, input: &AreaInput<'_>) -> RegionAreas {
    RegionAreas {
        region_id: region.id.clone(),
        area: region.area,
        outside: region.outside,
        years: input
            .maps
            .iter()
            .map(|map| YearAreas {
                year: map.year,
                ..YearAreas::default()
            })
            .collect(),
        ..RegionAreas::default()
    }
}

/// The class of a line at one map, unless there is no value.
pub(super) fn class_at<'a>(
    line: &MeasuredArea,
    map: usize,
    input: &AreaInput<'a>,
) -> Option<&'a LegendClass> {
    input.maps[map]
        .legend
        .class(line.classes[map]?)
        .filter(|class| class.ecosystem.is_some())
}

fn add_line(region: &mut RegionAreas, line: &MeasuredArea, unit: &UnitArea, input: &AreaInput<'_>) {
    let mut history = Vec::with_capacity(input.maps.len());
    for (map, year) in region.years.iter_mut().enumerate() {
        let known = class_at(line, map, input).and_then(|class| Some((class, class.ecosystem?)));
        let Some((class, of_class)) = known else {
            year.nodata.0 += line.area;
            year.nodata.1 += line.cells;
            continue;
        };
        let ecosystem = unit.boundary.map_or(of_class, |boundary| {
            input.boundaries[boundary].over(of_class)
        });
        let sum = year.classes.entry(class.value).or_default();
        sum.0 += line.area;
        sum.1 += line.cells;
        *year.ecosystems.entry(ecosystem).or_default() += line.area;
        if of_class.has_trees() {
            *year.under_trees.entry(ecosystem).or_default() += line.area;
        }
        if input.rule.is_forest(class) {
            year.forest += line.area;
        }
        if input.rule.is_land(class) {
            year.land += line.area;
        }
        year.valid += line.area;
        history.push(ecosystem);
    }
    if history.len() == input.maps.len()
        && let (Some(first), Some(last)) = (history.first(), history.last())
    {
        *region.conversions.entry((*first, *last)).or_default() += line.area;
        *region.histories.entry(history).or_default() += line.area;
    }
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
            if let Some(code) = code
                && input.maps[map].legend.class(*code).is_none()
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
                legend.id,
                area.value(),
                regions.len(),
                if regions.len() == 1 { "" } else { "s" }
            ),
            "add the class to the legend, or name the code as nodata",
        )
    }));
    findings
}

/// Area rows of a region; `index` is that of the region, `None` for the union.
fn rows(
    region: &RegionAreas,
    plane_area: Option<Hectares>,
    index: Option<usize>,
    boundaries: &BoundaryAreas,
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
    for (boundary, rule) in input.boundaries.iter().enumerate() {
        let (area, cells) = match index {
            Some(region) => boundaries
                .get(&(boundary, region))
                .copied()
                .unwrap_or_default(),
            None => boundary_area(boundary, boundaries),
        };
        rows.push(row(
            None,
            AreaKind::Boundary,
            &rule.name,
            &rule.ecosystem.name(),
            area,
            cells,
        ));
    }
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
        for (code, (area, cells)) in &year.classes {
            if let Some(class) = input.maps[map].legend.class(*code) {
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
        for (ecosystem, area) in &year.ecosystems {
            rows.push(row(
                at,
                AreaKind::Ecosystem,
                ecosystem.id(),
                &ecosystem.name(),
                *area,
                None,
            ));
        }
        rows.push(row(
            at,
            AreaKind::Forest,
            &input.rule.id,
            "classes that count as forest",
            year.forest,
            None,
        ));
        rows.push(row(
            at,
            AreaKind::Land,
            input.rule.land.id(),
            "denominator of the coverage rate",
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

/// Area and cells of each boundary by region: from its polygons where given, else from cells.
type BoundaryAreas = BTreeMap<(usize, usize), (Hectares, Option<f64>)>;

fn boundary_areas(input: &AreaInput<'_>) -> BoundaryAreas {
    let mut of_cells: Vec<Option<(Hectares, f64)>> = vec![None; input.units.len()];
    for line in input.measured {
        let sum = of_cells[line.unit].get_or_insert_default();
        sum.0 += line.area;
        sum.1 += line.cells;
    }
    let mut areas = BoundaryAreas::new();
    for (unit, of_cells) in input.units.iter().zip(of_cells) {
        if let Some(boundary) = unit.boundary {
            let sum = areas.entry((boundary, unit.region)).or_default();
            sum.0 += unit
                .area
                .or(of_cells.map(|(area, _)| area))
                .unwrap_or_default();
            if let Some((_, cells)) = of_cells {
                *sum.1.get_or_insert(0.0) += cells;
            }
        }
    }
    areas
}

/// Area and cells of a boundary in all regions.
fn boundary_area(boundary: usize, areas: &BoundaryAreas) -> (Hectares, Option<f64>) {
    let mut sum = (Hectares::ZERO, None);
    for (area, cells) in areas
        .range((boundary, 0)..=(boundary, usize::MAX))
        .map(|(_, sums)| sums)
    {
        sum.0 += *area;
        if let Some(cells) = cells {
            *sum.1.get_or_insert(0.0) += cells;
        }
    }
    sum
}

/// Valid, nodata and outside make up the polygon.
fn partition(region: &RegionAreas, input: &AreaInput<'_>) -> Vec<CheckRow> {
    let (Some(tolerance), Some(outside)) = (input.partition_tolerance, region.outside) else {
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
                format!(
                    "classes, nodata and outside of {} make up the region",
                    year.year
                ),
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
