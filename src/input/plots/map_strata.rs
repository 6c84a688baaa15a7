//! Plots in strata that are classes of a map: the reader asks where each lies.

use std::cell::RefCell;

use crate::estimate::Design;
use crate::finding::Finding;
use crate::input::table::{POINT_COLUMNS, Table};
use crate::plan::FieldsTable;

/// Estimation unit and stratum of a plot on a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnMap {
    /// Id of the unit.
    pub unit: String,
    /// Id of the stratum.
    pub stratum: String,
}

/// Places in the coordinates of their table; `None` where a row has none.
pub type Points = [Option<(f64, f64)>];

/// A map whose classes are strata.
pub trait StrataOnMap {
    /// Unit and stratum at each place, `None` in no region, with what must be known of the strata.
    ///
    /// # Errors
    ///
    /// A coordinate system that nobody knows, and a map that cannot be read.
    fn strata_at(
        &self,
        year: i32,
        design: Design,
        points: &Points,
        crs: &str,
    ) -> Result<(Vec<Option<OnMap>>, Vec<Finding>), Finding>;
}

/// Where the plots of one table lie on the map of a plan.
pub(in crate::input) struct Placing<'a> {
    pub(super) map: &'a dyn StrataOnMap,
    pub(super) year: i32,
    pub(super) design: Design,
    pub(in crate::input) notes: RefCell<Vec<Finding>>,
}

impl<'a> Placing<'a> {
    pub(in crate::input) fn new(map: &'a dyn StrataOnMap, year: i32, design: Design) -> Self {
        Self {
            map,
            year,
            design,
            notes: RefCell::default(),
        }
    }

    /// Keeps the rows of a table that lie in a region, and tells unit and stratum of each.
    ///
    /// # Errors
    ///
    /// Rows without a place, and no row in a region.
    pub(in crate::input) fn keep(
        &self,
        table: &mut Table,
        (x, y): (usize, usize),
        crs: &str,
    ) -> Result<Vec<OnMap>, Vec<Finding>> {
        let mut problems = Vec::new();
        let mut nowhere = Vec::new();
        let mut points = Vec::with_capacity(table.rows.len());
        for (line, row) in &table.rows {
            let mut number = |at| table.number(Some(at), *line, row, &mut problems);
            let point = number(x).zip(number(y));
            if point.is_none() {
                nowhere.push(line.to_string());
            }
            points.push(point);
        }
        if !nowhere.is_empty() && problems.is_empty() {
            problems.push(Finding::error(
                &table.name,
                format!(
                    "{} of {} plots have no place, so nothing says which stratum of the map they are in: rows {}",
                    nowhere.len(),
                    points.len(),
                    first(&nowhere)
                ),
                "give every plot its coordinates, or leave those out that were not measured with `where`",
            ));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let (places, notes) = self
            .map
            .strata_at(self.year, self.design, &points, crs)
            .map_err(|finding| vec![finding])?;
        let rows = std::mem::take(&mut table.rows);
        let all = rows.len();
        let mut kept = Vec::with_capacity(all);
        let mut outside = Vec::new();
        for (row, place) in rows.into_iter().zip(places) {
            match place {
                Some(place) => {
                    kept.push(place);
                    table.rows.push(row);
                }
                None => outside.push(row.0.to_string()),
            }
        }
        if kept.is_empty() {
            return Err(vec![Finding::error(
                &table.name,
                format!("none of the {all} plots lies in a region"),
                "check `x`, `y` and `crs` of `[inventory.fields]`: are x and y exchanged?",
            )]);
        }
        let mut told = self.notes.borrow_mut();
        if !outside.is_empty() {
            told.push(Finding::warning(
                &table.name,
                format!(
                    "{} of {all} plots lie in no region: rows {}",
                    outside.len(),
                    first(&outside)
                ),
                "they are left out of the sample: strata of a map are those of the regions",
            ));
        }
        told.extend(notes);
        Ok(kept)
    }
}

/// The first of many rows.
fn first(rows: &[String]) -> String {
    let more = if rows.len() > 10 { ", ..." } else { "" };
    let shown: Vec<&str> = rows.iter().take(10).map(String::as_str).collect();
    format!("{}{more}", shown.join(", "))
}

/// The columns of the places of plots: those that the plan names, or the points of the file.
pub(super) fn place_columns(fields: &FieldsTable, table: &Table) -> [Option<String>; 2] {
    let [x, y] = POINT_COLUMNS.map(|name| table.points().map(|_| name.to_owned()));
    [fields.x.clone().or(x), fields.y.clone().or(y)]
}
