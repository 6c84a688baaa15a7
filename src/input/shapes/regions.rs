//! The regions of a run.

use std::collections::BTreeMap;

use geo::MultiPolygon;

use super::features::VectorSource;
use crate::finding::Finding;
use crate::input::ground::Projection;

/// A region that gets an account.
#[derive(Debug, Clone)]
pub struct Region {
    /// Its id, unique.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// Id of the region that it is part of.
    pub parent: Option<String>,
    /// Its shape.
    pub shape: MultiPolygon<f64>,
}

/// Names of the fields of a regions file.
#[derive(Debug, Clone)]
pub struct RegionFields<'a> {
    /// Field with the id.
    pub id: &'a str,
    /// Field with the name.
    pub name: Option<&'a str>,
    /// Field with the id of the parent.
    pub parent: Option<&'a str>,
}

/// Reads the regions of a run with their coordinate system.
///
/// # Errors
///
/// Findings of the file, and: unknown fields, empty or duplicate ids, regions without a shape.
pub fn read_regions(
    source: &VectorSource,
    fields: &RegionFields<'_>,
) -> Result<(Vec<Region>, Projection, Vec<Finding>), Vec<Finding>> {
    let polygons = source.read()?;
    let mut findings = Vec::new();
    let mut position = |name: Option<&str>| match name.map(|name| polygons.field(name)) {
        Some(Ok(index)) => Some(index),
        Some(Err(finding)) => {
            findings.push(finding);
            None
        }
        None => None,
    };
    let id = position(Some(fields.id));
    let name = position(fields.name);
    let parent = position(fields.parent);
    let Some(id) = id.filter(|_| findings.is_empty()) else {
        return Err(findings);
    };
    for index in [Some(id), name, parent].into_iter().flatten() {
        findings.extend(polygons.unreadable(index));
    }
    let mut regions: Vec<Region> = Vec::new();
    let mut first_of: BTreeMap<String, usize> = BTreeMap::new();
    for feature in &polygons.features {
        let place = format!("{}, feature {}", polygons.name, feature.number);
        let value = |index: Option<usize>| index.and_then(|i| feature.values[i].clone());
        let Some(region_id) = value(Some(id)) else {
            findings.push(Finding::error(
                place,
                format!("the id field `{}` is empty", fields.id),
                "give every region an id",
            ));
            continue;
        };
        if let Some(first) = first_of.insert(region_id.clone(), feature.number) {
            findings.push(Finding::error(
                &place,
                format!("the id `{region_id}` is that of feature {first} too"),
                "give every region its own id, or dissolve the features of one region into one",
            ));
        }
        if feature.shape.0.is_empty() {
            findings.push(Finding::error(
                &place,
                format!("region `{region_id}` has no shape"),
                "draw its polygon or delete the feature",
            ));
        }
        if region_id == crate::account::TOTAL {
            findings.push(Finding::error(
                place,
                format!("the id `{region_id}` is kept for the row of all regions"),
                "give the region another id",
            ));
        }
        regions.push(Region {
            id: region_id,
            name: value(name),
            parent: value(parent),
            shape: feature.shape.clone(),
        });
    }
    if findings.is_empty() {
        Ok((regions, polygons.projection, polygons.warnings))
    } else {
        Err(findings)
    }
}
