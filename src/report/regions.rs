//! `regions.geojson`: one feature a region, RFC 7946 to the letter.
//!
//! Longitude and latitude of WGS 84, exterior rings counter-clockwise and holes clockwise
//! (section 3.1.6), no `crs` member (section 4), bounding boxes (section 5), geometries cut at the
//! antimeridian (section 3.1.9), seven decimals of a degree, which is about a centimetre
//! (section 11.2). A geometry that rounding would make invalid keeps more decimals.

use std::collections::BTreeMap;

use geo::MultiPolygon;
use geojson::{JsonObject, JsonValue};

use super::column::{Cell, Column};
use super::document::{Document, ReportError};
use super::exchange::{Collection, exchange_geometry};
use super::headline::HEADLINE;
use crate::account::RegionSummary;
use crate::finding::Finding;

/// Path of the document.
pub const REGIONS: &str = "regions.geojson";

/// `regions.geojson`, and a warning for each geometry that is not valid as written.
///
/// `geometries` holds the polygons by region id in longitude and latitude of WGS 84; a region
/// without one becomes a feature without a geometry (section 3.2). Rings that cross the
/// antimeridian may jump from 180 to -180 or run on beyond either.
///
/// # Errors
///
/// [`ReportError::NotFinite`] when a figure is infinite or not a number, [`ReportError::Json`] when
/// the document cannot be written.
///
/// # Source
///
/// RFC 7946, sections 3.1.6, 3.1.9, 3.2, 4, 5 and 11.2.
pub fn regions_geojson(
    regions: &[RegionSummary],
    geometries: &BTreeMap<String, MultiPolygon<f64>>,
) -> Result<(Document, Vec<Finding>), ReportError> {
    let mut findings = Vec::new();
    let mut collection = Collection::default();
    for region in regions {
        let shape = geometries.get(&region.region_id).map(exchange_geometry);
        if let Some(problem) = shape.as_ref().and_then(|shape| shape.problem.as_ref()) {
            findings.push(Finding::warning(
                format!("{REGIONS}, region {}", region.region_id),
                format!("the outline is not valid as written: {problem}"),
                "repair the outline in the regions file",
            ));
        }
        let id = region.region_id.clone();
        let properties = properties(HEADLINE, region, &id)?;
        collection.add(REGIONS, Some(id), shape.as_ref(), properties)?;
    }
    Ok((collection.document(REGIONS)?, findings))
}

/// The columns of a row as JSON members: numbers as numbers, null where unknown.
fn properties<Row>(
    columns: &[Column<Row>],
    row: &Row,
    id: &str,
) -> Result<JsonObject, ReportError> {
    columns
        .iter()
        .map(|column| {
            let facts = column.facts;
            let value = match (column.cell)(row) {
                Cell::Empty => JsonValue::Null,
                Cell::Text(words) => JsonValue::from(words),
                Cell::Integer(number) => JsonValue::from(number),
                Cell::Boolean(yes) => JsonValue::from(yes),
                Cell::Real(value) if value.is_finite() => {
                    JsonValue::from(facts.kind.rounded(value))
                }
                Cell::Real(found) => {
                    return Err(ReportError::NotFinite {
                        file: REGIONS.to_owned(),
                        column: facts.name,
                        row: id.to_owned(),
                        found,
                    });
                }
            };
            Ok((facts.name.to_owned(), value))
        })
        .collect()
}

#[cfg(test)]
#[path = "regions_tests.rs"]
mod tests;
