//! Soil samples: profiles as read, and what they say of the regions.

use super::choices::text_of;
use super::gathered::Gathered;
use super::places::known_ids;
use super::prepare::{Place, Prepared};
use crate::account::{
    self, AreaAccount, Headline, SampleFigure, SoilAreas, SoilRule, SoilSampleRow, SoilSurvey,
    SoilTables, Strata, TOTAL, Trace,
};
use crate::finding::Finding;
use crate::plan::{Plan, SoilDesignKey, SoilSamplesTable, SoilStrataKey};
use crate::units::Hectares;

/// The profiles of the plan.
pub(super) fn survey(
    plan: &Plan,
    regions: Option<&[Place]>,
    gathered: &mut Gathered,
) -> Option<SoilSurvey> {
    let table = plan.file.soil_samples.as_ref()?;
    let path = plan.resolve(&table.path);
    gathered.inputs.push(path.clone());
    let strata = match table.strata {
        None => Strata::None,
        Some(SoilStrataKey::Region) => Strata::Region,
        Some(_) => Strata::Named,
    };
    text_of(&path)
        .map_err(|finding| vec![finding])
        .and_then(|text| {
            let ids = known_ids(regions, &text);
            let ids: Vec<&str> = ids.iter().map(|(id, _)| id.as_str()).collect();
            SoilSurvey::from_csv(&text, &path.display().to_string(), &ids, strata)
        })
        .map_err(|problems: Vec<Finding>| gathered.findings.extend(problems))
        .ok()
}

/// The areas of strata that a file of the plan gives.
pub(super) fn given_areas(
    plan: &Plan,
    regions: Option<&[Place]>,
    gathered: &mut Gathered,
) -> Option<SoilAreas> {
    let path = plan.resolve(plan.file.soil_samples.as_ref()?.areas.as_ref()?);
    gathered.inputs.push(path.clone());
    text_of(&path)
        .map_err(|finding| vec![finding])
        .and_then(|text| {
            let ids = known_ids(regions, &text);
            let ids: Vec<&str> = ids.iter().map(|(id, _)| id.as_str()).collect();
            account::soil_areas(&text, &path.display().to_string(), &ids)
        })
        .map_err(|problems: Vec<Finding>| gathered.findings.extend(problems))
        .ok()
}

/// Stocks and changes of soil carbon; totals go into the trace.
///
/// # Errors
///
/// Strata without an area, all of them; areas of a map where there is none.
pub(in crate::pipeline) fn soils(
    plan: &Plan,
    prepared: &Prepared,
    areas: Option<&AreaAccount>,
    trace: &mut Trace,
) -> Result<SoilTables, Vec<Finding>> {
    let (Some(table), Some(survey)) = (&plan.file.soil_samples, &prepared.listed.soil) else {
        return Ok(SoilTables::default());
    };
    let note = match table.design {
        SoilDesignKey::SimpleRandom => "",
        SoilDesignKey::Systematic => "variance as of a simple random sample, mostly too large",
    };
    let areas = strata(plan, prepared, table, areas)?;
    let known = |profile: &account::SoilProfile| {
        let key = (profile.region_id.clone(), profile.stratum.clone());
        areas.as_ref().is_none_or(|areas| areas.contains_key(&key))
    };
    let unknown = survey
        .profiles
        .iter()
        .filter(|(_, profile)| !known(profile));
    let findings: Vec<Finding> = unknown
        .map(|((site, year), profile)| {
            Finding::error(
                &survey.name,
                format!(
                    "site `{site}` in {year} is of stratum `{}`, which has no area in region {}",
                    profile.stratum, profile.region_id
                ),
                "strata are named as in `areas`, as ecosystems of docs/plan.md, or by class code",
            )
        })
        .collect();
    if !findings.is_empty() {
        return Err(findings);
    }
    // A region of the map without sampled land has nothing to add; of all others nothing is known.
    let of_map = matches!(
        table.strata,
        Some(SoilStrataKey::Ecosystem | SoilStrataKey::Class)
    );
    let regions = prepared.regions.iter().map(|place| place.id.clone());
    let has = |id: &String| {
        let areas = areas.iter().flat_map(SoilAreas::keys);
        of_map || areas.map(|(region, _)| region).any(|region| region == id)
    };
    let without: Vec<String> = regions.filter(|id| !has(id)).collect();
    let rule = SoilRule {
        depth_cm: table.depth_cm,
        level: plan.confidence(),
        note,
        areas: areas.as_ref(),
        without: &without,
        disjoint: prepared.regions_are_disjoint(),
    };
    let mut tables = account::soil_survey(survey, &rule);
    tables
        .samples
        .iter_mut()
        .for_each(|row| say_rest(row, prepared));
    let newest = survey.profiles.keys().map(|(_, year)| *year).max();
    for row in &tables.samples {
        let (true, Some(figure)) = (row.statistic == "total-stock", row.figure) else {
            continue;
        };
        if Some(row.year) == newest {
            let figure = SampleFigure {
                value: figure.value,
                standard_error: figure.standard_error,
                degrees_of_freedom: row.degrees_of_freedom,
            };
            trace.add_sample(Headline::SoilSamples, &row.region_id, figure);
        }
    }
    Ok(tables)
}

/// Says of a total how much land of its region is in no stratum, and so in no total.
fn say_rest(row: &mut SoilSampleRow, prepared: &Prepared) {
    /// Share of the region that is the rounding of areas.
    const ROUNDING: f64 = 1e-3;
    let Some(area) = row.area.filter(|_| row.statistic.starts_with("total-")) else {
        return;
    };
    let of_row = |place: &&Place| row.region_id == TOTAL || place.id == row.region_id;
    let places = prepared.regions.iter().filter(of_row);
    let whole: Hectares = places.map(|place| place.area).sum();
    let rest = whole - area;
    if rest > whole * ROUNDING {
        let words = format!(
            "{:.4} ha of {:.4} ha are in no stratum and not in it",
            rest.value(),
            whole.value()
        );
        row.note = match row.note.as_str() {
            "" => words,
            note => format!("{words}; {note}"),
        };
    }
}

/// Regions whose strata hold more land than they have.
fn beyond(prepared: &Prepared, areas: &SoilAreas) -> Vec<Finding> {
    /// Share by which strata may be larger than their region: areas of registers differ.
    const SPARE: f64 = 1.1;
    let of_region = |place: &Place| {
        let strata = areas.iter().filter(|((region, _), _)| *region == place.id);
        let all: Hectares = strata.map(|(_, area)| *area).sum();
        (all > place.area * SPARE).then(|| {
            Finding::error(
                format!("`[soil-samples] areas`, region {}", place.id),
                format!(
                    "its strata have {:.4} ha, and the region {:.4} ha",
                    all.value(),
                    place.area.value()
                ),
                "check the unit: areas are hectares",
            )
        })
    };
    prepared.regions.iter().filter_map(of_region).collect()
}

/// The areas that the sites stand for, by region and stratum.
fn strata(
    plan: &Plan,
    prepared: &Prepared,
    table: &SoilSamplesTable,
    areas: Option<&AreaAccount>,
) -> Result<Option<SoilAreas>, Vec<Finding>> {
    let of_map = |key: SoilStrataKey| -> Result<SoilAreas, Vec<Finding>> {
        let Some(areas) = areas else {
            return Err(vec![Finding::error(
                plan.path.display().to_string(),
                "`[soil-samples] strata` are of the map, and the run has no map or boundary",
                "add a `[[land-cover]]` map, or give the areas in a file: `strata = \"areas\"`",
            )]);
        };
        let mut strata = SoilAreas::new();
        for region in &areas.regions {
            let Some(year) = region.newest() else {
                continue;
            };
            let named: Vec<(String, Hectares)> = if key == SoilStrataKey::Class {
                let classes = year.classes.iter();
                classes
                    .map(|(code, (area, _))| (code.to_string(), *area))
                    .collect()
            } else {
                let ecosystems = year.ecosystems.iter();
                ecosystems
                    .map(|(of, area)| (of.id().to_owned(), *area))
                    .collect()
            };
            // What nobody sampled anywhere is no stratum of the survey.
            let sampled = named.into_iter().filter(|(stratum, area)| {
                let survey = prepared.listed.soil.iter();
                let mut profiles = survey.flat_map(|survey| survey.profiles.values());
                *area > Hectares::ZERO && profiles.any(|profile| profile.stratum == *stratum)
            });
            strata.extend(sampled.map(|(of, area)| ((region.region_id.clone(), of), area)));
        }
        Ok(strata)
    };
    Ok(match table.strata {
        None => None,
        Some(SoilStrataKey::Region) => {
            let regions = prepared.regions.iter();
            let areas = regions.map(|place| ((place.id.clone(), String::new()), place.area));
            Some(areas.collect())
        }
        Some(SoilStrataKey::Areas) => {
            let listed = prepared.listed.soil_areas.clone();
            let findings = listed.as_ref().map(|areas| beyond(prepared, areas));
            match findings.filter(|findings| !findings.is_empty()) {
                Some(findings) => return Err(findings),
                None => listed,
            }
        }
        Some(key) => Some(of_map(key)?),
    })
}
