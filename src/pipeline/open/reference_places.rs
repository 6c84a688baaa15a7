//! Where the points of a reference sample lie, on the ground and on the map.

use geo::Coord;

use super::gathered::Gathered;
use super::reference::{Against, Reading};
use crate::finding::Finding;
use crate::input::{GridRasters, Projection, ProjectionError, Transformer};
use crate::zonal::{AtPoint, classes_at};

/// Coordinate system of points in columns, where the plan names none.
const USUAL_CRS: &str = "EPSG:4326";

/// What to do about points of which none is where it should be.
const EXCHANGED: &str = "check the coordinates and `crs` of `[accuracy]`: are x and y exchanged?";

/// That the points are in no coordinate system that is known.
pub(super) fn unknown_crs(points: &str, error: &ProjectionError) -> Finding {
    Finding::error(points, error.to_string(), "mend `crs` of `[accuracy]`")
}

impl Reading<'_> {
    /// The points in the coordinates of the run.
    pub(super) fn places(
        &self,
        (x, y): (usize, usize),
        against: &Against<'_>,
        gathered: &mut Gathered,
    ) -> Vec<Option<Coord<f64>>> {
        let table = self.rows;
        let of_shapes = self.rows.crs.as_deref();
        let of_shapes = of_shapes.filter(|_| self.rows.points() == Some((x, y)));
        let definition = self.plan.crs.as_deref().or(of_shapes);
        let from = Projection::parse(definition.unwrap_or(USUAL_CRS));
        let transformer =
            from.and_then(|from| Transformer::new(&from, against.ground.projection()));
        let transformer = match transformer {
            Ok(transformer) => transformer,
            Err(error) => {
                gathered.findings.push(unknown_crs(&table.name, &error));
                for (line, row) in &table.rows {
                    for at in [x, y] {
                        table.number(Some(at), *line, row, &mut gathered.findings);
                    }
                }
                return vec![None; table.rows.len()];
            }
        };
        let mut places = Vec::with_capacity(table.rows.len());
        let mut nowhere = Vec::new();
        for (line, row) in &table.rows {
            let at = row[x].parse().ok().zip(row[y].parse().ok());
            let place = at.and_then(|(x, y): (f64, f64)| {
                let mut point = [Coord { x, y }];
                let moved = transformer.points(&mut point);
                (x.is_finite() && y.is_finite() && moved.is_ok()).then_some(point[0])
            });
            if place.is_none() {
                nowhere.push(format!("{}, row {line}", table.name));
            }
            places.push(place);
        }
        let what = "no place in the coordinate system that `crs` of `[accuracy]` names";
        if nowhere.len() == places.len() {
            gathered.findings.push(Finding::error(
                &table.name,
                match places.len() {
                    1 => format!("the one point has {what}"),
                    all => format!("all {all} points have {what}"),
                },
                EXCHANGED,
            ));
        } else {
            let has_none = format!("the point has {what}");
            let all = nowhere.into_iter();
            let all = all.map(|at| Finding::error(at, has_none.as_str(), "give two numbers"));
            gathered.findings.extend(all);
        }
        places
    }

    /// What the map holds at the points; a point without a place is off it.
    pub(super) fn on_map(
        &self,
        places: &[Option<Coord<f64>>],
        against: &Against<'_>,
        map: usize,
        findings: &mut Vec<Finding>,
    ) -> Option<Vec<AtPoint>> {
        let rasters = GridRasters {
            classes: vec![against.maps.rasters[map].clone()],
            values: Vec::new(),
        };
        let nowhere = Coord {
            x: f64::NAN,
            y: f64::NAN,
        };
        let coords: Vec<Coord<f64>> = places.iter().map(|at| at.unwrap_or(nowhere)).collect();
        match classes_at(&against.maps.grid, &rasters, 0, &coords) {
            Ok(found) => Some(found),
            Err(error) => {
                findings.push(Finding::error(
                    &self.rows.name,
                    format!("the map cannot be read at the points: {error}"),
                    "copy the map again from its source",
                ));
                None
            }
        }
    }

    /// Points that lie beyond the map: each by itself, or all in one.
    pub(super) fn tell_beyond(&self, places: &[String], findings: &mut Vec<Finding>) {
        let all = self.rows.rows.len();
        if places.len() == all && all > 1 {
            findings.push(Finding::error(
                &self.rows.name,
                format!("all {all} points lie outside the map"),
                EXCHANGED,
            ));
            return;
        }
        findings.extend(places.iter().map(|place| {
            Finding::error(
                place,
                "the point lies outside the map",
                "check its coordinates and `crs` of `[accuracy]`, or leave it out with `where`",
            )
        }));
    }

    pub(super) fn tell_outside(&self, lines: &[String], gathered: &mut Gathered) {
        let table = self.rows;
        if lines.is_empty() || !gathered.findings.is_empty() {
            return;
        }
        let shown = lines
            .iter()
            .take(10)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        let more = if lines.len() > 10 { ", ..." } else { "" };
        let what = format!(
            "{} of {} points lie in no region: rows {shown}{more}",
            lines.len(),
            table.rows.len()
        );
        if lines.len() == table.rows.len() {
            gathered
                .findings
                .push(Finding::error(&table.name, what, EXCHANGED));
        } else {
            gathered.warnings.push(Finding::warning(
                &table.name,
                what,
                "they are left out of the sample, which stands for the regions alone",
            ));
        }
    }
}
