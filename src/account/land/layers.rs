//! Further layers by region and ecosystem: what a map of soils or of biomass says of each.

use std::collections::{BTreeMap, BTreeSet};

use super::area_input::{AreaInput, MeasuredArea, MeasuredValues, RollUp};
use super::land_at::ecosystem_at;
use super::layer_legend::LayerLegend;
use crate::account::ecosystem::Ecosystem;
use crate::account::tables::{LayerRow, TOTAL};
use crate::finding::Finding;
use crate::units::Hectares;

/// A further layer as the account needs it.
#[derive(Debug, Clone, Copy)]
pub struct LayerFacts<'a> {
    /// Its name in the plan.
    pub name: &'a str,
    /// What its cells hold.
    pub content: LayerContent<'a>,
}

/// What the cells of a layer hold, and where a [`MeasuredArea`] has it.
#[derive(Debug, Clone, Copy)]
pub enum LayerContent<'a> {
    /// Codes; `place` is the index into [`MeasuredArea::layer_classes`].
    Classes {
        /// Place among the class layers.
        place: usize,
        /// What the codes mean.
        legend: &'a LayerLegend,
    },
    /// Values; `place` is the index into [`MeasuredArea::layer_values`].
    Values {
        /// Place among the value layers.
        place: usize,
        /// Unit of the values.
        unit: &'a str,
    },
}

/// A part of a region at one map: one ecosystem under one combination of layer classes.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerPart {
    /// Index of the region.
    pub region: usize,
    /// Year of the map.
    pub year: i32,
    /// Its ecosystem, boundaries before classes; `None` where the map has no value.
    pub ecosystem: Option<Ecosystem>,
    /// Class of each class layer; `None` where it has none.
    pub classes: Vec<Option<i64>>,
    /// Area, with or without data of the value layers.
    pub area: Hectares,
    /// What each value layer holds.
    pub values: Vec<MeasuredValues>,
}

/// The parts of all regions at all maps, by region, year, ecosystem and layer classes.
#[must_use]
pub fn layer_parts(input: &AreaInput<'_>) -> Vec<LayerPart> {
    type Key<'a> = (usize, i32, Option<Ecosystem>, &'a [Option<i64>]);
    let mut parts: BTreeMap<Key<'_>, (Hectares, Vec<MeasuredValues>)> = BTreeMap::new();
    for line in input.measured {
        let unit = &input.units[line.unit];
        for (map, facts) in input.maps.iter().enumerate() {
            let ecosystem = ecosystem_at(line, map, unit, input);
            let key = (
                unit.region,
                facts.year,
                ecosystem,
                line.layer_classes.as_slice(),
            );
            let part = parts.entry(key).or_default();
            part.0 += line.area;
            add(&mut part.1, &line.layer_values);
        }
    }
    let part = |((region, year, ecosystem, classes), (area, values)): (Key<'_>, _)| LayerPart {
        region,
        year,
        ecosystem,
        classes: classes.to_vec(),
        area,
        values,
    };
    parts.into_iter().map(part).collect()
}

fn add(sums: &mut Vec<MeasuredValues>, values: &[MeasuredValues]) {
    if sums.is_empty() {
        sums.extend_from_slice(values);
        return;
    }
    for (sum, values) in sums.iter_mut().zip(values) {
        sum.merge(values);
    }
}

/// Area and values of one row to be.
type Sums = (Hectares, Vec<MeasuredValues>);

/// A row to be: year and ecosystem (none of both for the whole region), then the layer and the
/// class.
type Key = (Option<i32>, Option<Ecosystem>, usize, Option<i64>);

/// The rows of `tables/layers.csv`.
///
/// # Errors
///
/// All codes of class layers without a legend entry, with their area.
pub fn layer_rows(
    input: &AreaInput<'_>,
    layers: &[LayerFacts<'_>],
    parts: &[LayerPart],
) -> Result<Vec<LayerRow>, Vec<Finding>> {
    let findings = unknown_codes(input, layers);
    if !findings.is_empty() {
        return Err(findings);
    }
    let mut of_regions: Vec<BTreeMap<Key, Sums>> = vec![BTreeMap::new(); input.regions.len()];
    for (number, layer) in layers.iter().enumerate() {
        for line in input.measured.iter().filter(|line| !line.outside) {
            let rows = &mut of_regions[input.units[line.unit].region];
            let key = (None, None, number, class_of(layer, &line.layer_classes));
            put(rows, key, line.area, &line.layer_values);
        }
        for part in parts.iter().filter(|part| part.ecosystem.is_some()) {
            let class = class_of(layer, &part.classes);
            let key = (Some(part.year), part.ecosystem, number, class);
            put(&mut of_regions[part.region], key, part.area, &part.values);
        }
    }
    let mut rows = Vec::new();
    for (region, sums) in input.regions.iter().zip(&of_regions) {
        rows.extend(written(&region.id, sums, layers));
    }
    if let RollUp::Disjoint { .. } = input.roll_up {
        let mut total = BTreeMap::new();
        for (key, (area, values)) in of_regions.iter().flatten() {
            put(&mut total, *key, *area, values);
        }
        rows.extend(written(TOTAL, &total, layers));
    }
    Ok(rows)
}

fn put(rows: &mut BTreeMap<Key, Sums>, key: Key, area: Hectares, values: &[MeasuredValues]) {
    let sums = rows.entry(key).or_default();
    sums.0 += area;
    add(&mut sums.1, values);
}

/// The class of a row; of a layer of values there is none.
fn class_of(layer: &LayerFacts<'_>, classes: &[Option<i64>]) -> Option<i64> {
    match layer.content {
        LayerContent::Classes { place, .. } => classes[place],
        LayerContent::Values { .. } => None,
    }
}

fn written(region: &str, sums: &BTreeMap<Key, Sums>, layers: &[LayerFacts<'_>]) -> Vec<LayerRow> {
    let mut rows = Vec::new();
    for ((year, ecosystem, number, class), (area, values)) in sums {
        let layer = &layers[*number];
        let row = LayerRow {
            region_id: region.to_owned(),
            year: *year,
            ecosystem: ecosystem.map_or("all", Ecosystem::id).to_owned(),
            layer: layer.name.to_owned(),
            class_code: String::new(),
            class_name: String::new(),
            unit: String::new(),
            area: *area,
            mean: None,
            sum: None,
            sum_unit: String::new(),
            min: None,
            max: None,
        };
        let nodata = |area| LayerRow {
            class_code: "nodata".to_owned(),
            class_name: "no value".to_owned(),
            area,
            ..row.clone()
        };
        match (layer.content, *class) {
            (LayerContent::Classes { legend, .. }, Some(code)) => {
                let class = legend.class(code);
                rows.push(LayerRow {
                    class_code: class.map_or_else(|| code.to_string(), |c| c.code.clone()),
                    class_name: class.map(|c| c.name.clone()).unwrap_or_default(),
                    ..row
                });
            }
            (LayerContent::Classes { .. }, None) => rows.push(nodata(*area)),
            (LayerContent::Values { place, unit }, _) => {
                let values = values.get(place).copied().unwrap_or_default();
                let without = *area - values.area;
                let known = values.area > Hectares::ZERO;
                let (sum, sum_unit) = summed(&values, unit);
                if known {
                    rows.push(LayerRow {
                        unit: unit.to_owned(),
                        area: values.area,
                        mean: values.mean(),
                        sum: Some(sum),
                        sum_unit,
                        min: values.least,
                        max: values.greatest,
                        ..row.clone()
                    });
                }
                // Less than a millionth is the rounding of the overlay.
                if !known || without.value() > 1e-6 * area.value() {
                    rows.push(nodata(without));
                }
            }
        }
    }
    rows
}

/// The sum of values over an area, and its unit: `t_dm/ha` sums to `t_dm`, and so does `t_dm/cell`; a unit that is per
/// neither sums to unit times hectare.
fn summed(values: &MeasuredValues, unit: &str) -> (f64, String) {
    let per = |of: &str| {
        let hectares = match of {
            "cell" => return Some(values.plain_sum),
            "ha" => Hectares::new(1.0),
            "mu" => Hectares::from_mu(1.0),
            "m2" => crate::units::SquareMetres::new(1.0).into(),
            "km2" => Hectares::new(100.0),
            _ => return None,
        };
        Some(values.sum / hectares.value())
    };
    unit.rsplit_once('/')
        .and_then(|(what, of)| Some((per(of)?, what.to_owned())))
        .unwrap_or_else(|| (values.sum, format!("{unit} x ha")))
}

fn unknown_codes(input: &AreaInput<'_>, layers: &[LayerFacts<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for layer in layers {
        let LayerContent::Classes { place, legend } = layer.content else {
            continue;
        };
        let mut unknown: BTreeMap<i64, (Hectares, BTreeSet<usize>)> = BTreeMap::new();
        let code = |line: &MeasuredArea| line.layer_classes[place];
        for line in input.measured {
            if let Some(code) = code(line).filter(|code| legend.class(*code).is_none()) {
                let entry = unknown.entry(code).or_default();
                entry.0 += line.area;
                entry.1.insert(input.units[line.unit].region);
            }
        }
        findings.extend(unknown.into_iter().map(|(code, (area, regions))| {
            Finding::error(
                format!("layer {}, class {code}", layer.name),
                format!(
                    "legend `{}` has no entry for class {code}, which covers {:.4} ha in {} region{}",
                    legend.id,
                    area.value(),
                    regions.len(),
                    if regions.len() == 1 { "" } else { "s" }
                ),
                "add the class to the legend, or name the code as `nodata`",
            )
        }));
    }
    findings
}

#[cfg(test)]
#[path = "layers_tests.rs"]
mod tests;
