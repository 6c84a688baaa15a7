//! Transitions: what became of each class between two maps, with area conserved.

use std::collections::BTreeMap;

use super::area_input::{AreaInput, MeasuredArea};
use super::areas::{AreaAccount, check};
use super::ecosystem_shift::{EcosystemShift, within};
use super::land_at::{LandAt, class_at, courses};
use super::legend::LegendClass;
use super::outlines::{self, OUTSIDE};
use super::region_areas::RegionAreas;
use crate::account::ecosystem::Ecosystem;
use crate::account::tables::{CheckRow, TOTAL, TransitionRow};
use crate::units::Hectares;

/// Code of a place without a value.
const NODATA: &str = "nodata";

/// Area and cells by class value at the earlier and the later map, `None` for nodata.
type Matrix = BTreeMap<(Option<i64>, Option<i64>), (Hectares, f64)>;

/// The pairs of maps that transitions are given for: each and the next, the first and the last, and
/// those that the plan asks for.
fn pairs(maps: usize, spans: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = (1..maps).map(|later| (later - 1, later)).collect();
    if maps > 2 {
        pairs.push((0, maps - 1));
    }
    for span in spans {
        if !pairs.contains(span) {
            pairs.push(*span);
        }
    }
    pairs
}

/// Adds transition rows and their checks to the account.
pub(super) fn fill(account: &mut AreaAccount, input: &AreaInput<'_>) {
    let courses = courses(input);
    account.bridged = bridged(input, &courses);
    for (earlier, later) in pairs(input.maps.len(), input.spans) {
        account
            .shifts
            .extend(shifts(input, &courses, (earlier, later)));
        let mut of_regions = vec![Matrix::new(); account.regions.len()];
        // What lies beyond the raster has no class.
        for line in input.measured.iter().filter(|line| !line.outside) {
            let unit = &input.units[line.unit];
            let value = |map: usize| match input.maps[map].legend {
                Some(_) => class_at(line, map, input).map(|class| class.value),
                None => unit.boundary_at(map).map(outlines::code),
            };
            let cell = of_regions[unit.region]
                .entry((value(earlier), value(later)))
                .or_default();
            cell.0 += line.area;
            cell.1 += line.cells;
        }
        for (region, matrix) in account.regions.iter().zip(&of_regions) {
            account
                .transitions
                .extend(rows(&region.region_id, matrix, (earlier, later), input));
            account
                .checks
                .extend(closure(region, matrix, (earlier, later), input));
        }
        if let Some(total) = &account.total {
            let mut union = Matrix::new();
            for (pair, (area, cells)) in of_regions.iter().flatten() {
                let sum = union.entry(*pair).or_default();
                sum.0 += *area;
                sum.1 += cells;
            }
            account
                .transitions
                .extend(rows(TOTAL, &union, (earlier, later), input));
            account
                .checks
                .extend(closure(total, &union, (earlier, later), input));
        }
    }
}

/// Areas by ecosystem at both maps, for what they hold of carbon; land without a value at one of
/// the two is in none. What is in no boundary of its ecosystem any more has left it, at a date without a map
/// and where the map has no value.
fn shifts(
    input: &AreaInput<'_>,
    courses: &[Vec<LandAt>],
    (earlier, later): (usize, usize),
) -> Vec<EcosystemShift> {
    let mut areas = Went::new();
    let lines = input.measured.iter().zip(courses);
    for (line, course) in lines.filter(|(_, course)| course[later].is_known()) {
        add(&mut areas, (line, input), course, (earlier, later));
    }
    made(areas, input)
}

/// The same of land that the maps between show no value of, from each map that shows it to the next.
fn bridged(input: &AreaInput<'_>, courses: &[Vec<LandAt>]) -> Vec<EcosystemShift> {
    let mut areas = Went::new();
    for (line, course) in input.measured.iter().zip(courses) {
        let known = (0..course.len()).filter(|map| course[*map].is_known());
        let known: Vec<usize> = known.collect();
        for pair in known.windows(2).filter(|pair| pair[1] > pair[0] + 1) {
            add(&mut areas, (line, input), course, (pair[0], pair[1]));
        }
    }
    made(areas, input)
}

/// Adds land from what it was at one date to what it is at another, where it was anything.
fn add<'a>(
    areas: &mut Went<'a>,
    (line, input): (&'a MeasuredArea, &AreaInput<'_>),
    course: &[LandAt],
    (earlier, later): (usize, usize),
) {
    let Some(from) = course[earlier].ecosystem() else {
        return;
    };
    let before = course[..earlier].iter().rev();
    let before = within(from, before.map(|land| land.ecosystem()));
    let key = (
        (earlier, later),
        input.units[line.unit].region,
        from,
        course[later].ecosystem(),
    );
    let key = (key, line.layer_classes.as_slice(), before);
    *areas.entry(key).or_default() += line.area;
}

/// Areas by places of two maps, region, ecosystems and classes of the layers.
type Went<'a> = BTreeMap<
    (
        ((usize, usize), usize, Ecosystem, Option<Ecosystem>),
        &'a [Option<i64>],
        Vec<Ecosystem>,
    ),
    Hectares,
>;

fn made(areas: Went<'_>, input: &AreaInput<'_>) -> Vec<EcosystemShift> {
    areas
        .into_iter()
        .map(
            |((((first, last), region, from, to), classes, earlier), area)| EcosystemShift {
                region,
                years: (input.maps[first].year, input.maps[last].year),
                from,
                to,
                classes: classes.to_vec(),
                earlier,
                area,
            },
        )
        .collect()
}

fn rows(
    region_id: &str,
    matrix: &Matrix,
    (earlier, later): (usize, usize),
    input: &AreaInput<'_>,
) -> Vec<TransitionRow> {
    let named = |map: usize, value: Option<i64>| {
        let Some(legend) = input.maps[map].legend else {
            let rule = value.and_then(|code| outlines::rule(code, input));
            return rule.map_or_else(
                || (OUTSIDE.to_owned(), "outside all boundaries".to_owned()),
                |rule| (rule.name.clone(), rule.ecosystem.name()),
            );
        };
        let class: Option<&LegendClass> = value.and_then(|value| legend.class(value));
        class.map_or_else(
            || (NODATA.to_owned(), "no value".to_owned()),
            |class| (class.code.clone(), class.name.clone()),
        )
    };
    matrix
        .iter()
        .map(|((from, to), (area, cells))| {
            let (from_code, from_name) = named(earlier, *from);
            let (to_code, to_name) = named(later, *to);
            TransitionRow {
                region_id: region_id.to_owned(),
                from_year: input.maps[earlier].year,
                to_year: input.maps[later].year,
                from_code,
                from_name,
                to_code,
                to_name,
                area: *area,
                cell_fraction_sum: input.maps[earlier].legend.map(|_| *cells),
            }
        })
        .collect()
}

/// Rows sum to the earlier map and columns to the later one: for each, the class that fits worst.
fn closure(
    region: &RegionAreas,
    matrix: &Matrix,
    (earlier, later): (usize, usize),
    input: &AreaInput<'_>,
) -> Vec<CheckRow> {
    let (mut from, mut to) = (BTreeMap::new(), BTreeMap::new());
    for ((earlier, later), (area, _)) in matrix {
        *from.entry(*earlier).or_insert(Hectares::ZERO) += *area;
        *to.entry(*later).or_insert(Hectares::ZERO) += *area;
    }
    [(from, earlier, "rows"), (to, later, "columns")]
        .into_iter()
        .filter_map(|(sums, map, side)| {
            let year = &region.years[map];
            let expected = |code: Option<i64>| match code {
                Some(code) => year
                    .classes
                    .get(&code)
                    .map_or(0.0, |(area, _)| area.value()),
                None => year.nodata.0.value(),
            };
            let difference =
                |code: Option<i64>, sum: Hectares| (sum.value() - expected(code)).abs();
            let (code, sum) = sums
                .into_iter()
                .max_by(|(a, x), (b, y)| difference(*a, *x).total_cmp(&difference(*b, *y)))?;
            let word = match (input.maps[map].legend, code) {
                (Some(_), Some(code)) => code.to_string(),
                (Some(_), None) => NODATA.to_owned(),
                (None, code) => code
                    .and_then(|code| outlines::rule(code, input))
                    .map_or_else(|| OUTSIDE.to_owned(), |rule| rule.name.clone()),
            };
            Some(CheckRow {
                note: format!("the class that fits worst is {word}"),
                ..check(
                    "transitions",
                    &region.region_id,
                    format!(
                        "{side} of the transitions {} to {} sum to the classes of {}",
                        region.years[earlier].year, region.years[later].year, year.year
                    ),
                    sum.value(),
                    expected(code),
                    1e-9,
                )
            })
        })
        .collect()
}
