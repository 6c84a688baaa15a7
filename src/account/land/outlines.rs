//! Boundaries by their outlines: their areas, and dates that have boundaries and no map.
//!
//! At a date without a map the boundaries are all that is known. What lies outside them is neither
//! land nor water nor forest: it is outside, and has no ecosystem.

use std::collections::{BTreeMap, BTreeSet};

use super::area_input::{AreaInput, BoundaryRule, MeasuredArea, UnitArea};
use super::land_at::ecosystem_at;
use super::region_areas::RegionAreas;
use crate::account::tables::{AreaKind, AreaRow};
use crate::units::Hectares;

/// Word for what lies outside all boundaries at a date without a map.
pub(super) const OUTSIDE: &str = "outside";

/// The code under which a boundary stands among the classes of a date without a map.
pub(super) fn code(boundary: usize) -> i64 {
    i64::try_from(boundary).unwrap_or(i64::MAX)
}

/// The boundary of such a code.
pub(super) fn rule<'a>(code: i64, input: &AreaInput<'a>) -> Option<&'a BoundaryRule> {
    input.boundaries.get(usize::try_from(code).ok()?)
}

/// Adds a piece of a region at dates without maps.
pub(super) fn add(
    region: &mut RegionAreas,
    line: &MeasuredArea,
    unit: &UnitArea,
    input: &AreaInput<'_>,
) {
    let mut history = Vec::with_capacity(input.maps.len());
    for (date, year) in region.years.iter_mut().enumerate() {
        let ecosystem = ecosystem_at(line, date, unit, input);
        let boundary = unit.boundary_at(date);
        let sum = match boundary {
            Some(boundary) => year.classes.entry(code(boundary)).or_default(),
            None => &mut year.nodata,
        };
        sum.0 += line.area;
        sum.1 += line.cells;
        if let Some(ecosystem) = ecosystem {
            *year.ecosystems.entry(ecosystem).or_default() += line.area;
            if ecosystem.has_trees() {
                *year.under_trees.entry(ecosystem).or_default() += line.area;
            }
        }
        history.push(ecosystem);
    }
    region.add_course(&history, line.area);
    if let Some(known) = history.into_iter().collect::<Option<Vec<_>>>() {
        region.add_history(known, &line.layer_classes, line.area);
    }
}

/// Area rows of the boundaries within a region, or within the union.
pub(super) fn boundary_rows(
    region: &RegionAreas,
    index: Option<usize>,
    boundaries: &BoundaryAreas,
    input: &AreaInput<'_>,
) -> Vec<AreaRow> {
    let row = |(boundary, rule): (usize, &BoundaryRule)| {
        let (area, cells) = match index {
            Some(region) => boundaries
                .get(&(boundary, region))
                .copied()
                .unwrap_or_default(),
            None => boundary_area(boundary, boundaries),
        };
        AreaRow {
            region_id: region.region_id.clone(),
            year: rule.year,
            kind: AreaKind::Boundary,
            code: rule.name.clone(),
            name: rule.ecosystem.name(),
            area,
            cell_fraction_sum: cells,
            plane_area: None,
        }
    };
    input.boundaries.iter().enumerate().map(row).collect()
}

/// Area and cells of each boundary by region: from its polygons where given, else from cells.
pub(super) type BoundaryAreas = BTreeMap<(usize, usize), (Hectares, Option<f64>)>;

pub(super) fn boundary_areas(input: &AreaInput<'_>) -> BoundaryAreas {
    let mut of_cells: Vec<Option<(Hectares, f64)>> = vec![None; input.units.len()];
    let mapped = input.maps.iter().all(|map| map.legend.is_some());
    for line in (input.measured.iter()).filter(|line| mapped && !line.outside) {
        let sum = of_cells[line.unit].get_or_insert_default();
        sum.0 += line.area;
        sum.1 += line.cells;
    }
    let mut areas = BoundaryAreas::new();
    for (unit, of_cells) in input.units.iter().zip(of_cells) {
        let within: BTreeSet<usize> = unit.boundaries.iter().copied().flatten().collect();
        for boundary in within {
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
