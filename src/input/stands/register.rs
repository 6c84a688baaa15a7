//! Stand registers: polygons with areas, volumes and codes, read and checked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use geo::MultiPolygon;

use super::fields::fields;
use super::reading::{Reading, Trouble, doubles};
use crate::account::{CodeTable, LandKind, SpeciesKeys, StandCodes, land_classes, species};
use crate::finding::Finding;
use crate::input::files::text_of;
use crate::input::ground::Projection;
use crate::input::shapes::{Polygons, VectorSource, zone_of, zone_problem};
use crate::input::table::describe;
use crate::plan::{FieldValue, StandsTable};
use crate::units::{CubicMetres, Hectares};

/// A register as read: shapes in its own coordinates.
#[derive(Debug)]
pub struct StandFile {
    /// File and layer.
    pub name: String,
    /// Coordinate system of the shapes.
    pub projection: Projection,
    /// Stands in the order of the file.
    pub stands: Vec<StandRecord>,
    /// Meaning of the species.
    pub species: CodeTable<SpeciesKeys>,
    /// Whether a field holds the volume.
    pub has_volume: bool,
    /// Whether a field holds the region.
    pub has_region: bool,
    /// Whether codes were understood by tables that were recalled.
    pub recalled_codes: bool,
    /// What the reader must know.
    pub warnings: Vec<Finding>,
}

/// A stand as read.
#[derive(Debug)]
pub struct StandRecord {
    /// Its id.
    pub id: String,
    /// Id of its region.
    pub region: Option<String>,
    /// What its land class is.
    pub land: Option<LandKind>,
    /// Land class as a reader knows it.
    pub land_class: String,
    /// Origin.
    pub origin: String,
    /// Species or forest type.
    pub species: String,
    /// Its row in the table of species.
    pub species_row: Option<usize>,
    /// Mean age, in years.
    pub age: Option<f64>,
    /// Age group.
    pub age_group: String,
    /// Registered area.
    pub registered: Option<Hectares>,
    /// Volume, and that of a second field.
    pub volume: Option<StandVolume>,
    /// The volume of a second field in another unit.
    pub second_volume: Option<StandVolume>,
    /// Its shape in the coordinates of the register.
    pub shape: MultiPolygon<f64>,
}

/// Volume as a register states it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StandVolume {
    /// Cubic metres on a hectare.
    PerHectare(f64),
    /// Of the whole stand.
    Whole(CubicMetres),
}

impl StandVolume {
    /// Cubic metres on a hectare of a stand of this area; `None` where it has none.
    #[must_use]
    pub fn per_hectare(self, area: Hectares) -> Option<f64> {
        match self {
            Self::PerHectare(density) => Some(density),
            Self::Whole(volume) => (area > Hectares::ZERO).then(|| volume.value() / area.value()),
        }
    }

    /// The volume of a stand of this area.
    #[must_use]
    pub fn on(self, area: Hectares) -> CubicMetres {
        match self {
            Self::PerHectare(density) => CubicMetres::new(density * area.value()),
            Self::Whole(volume) => volume,
        }
    }
}

/// Reads a register. `resolve` makes a path of the plan one of the disk.
///
/// # Errors
///
/// Findings of the file and, all in one pass: fields that are missing or in doubt, units, ids that
/// are empty or stand twice, numbers that are none or negative, codes that no table knows (each with
/// its count and area), stands without a polygon, coordinates outside the zone of the coordinate
/// system.
pub fn read_stands(
    table: &StandsTable,
    codes: &StandCodes,
    resolve: &dyn Fn(&Path) -> PathBuf,
) -> Result<StandFile, Vec<Finding>> {
    let source = VectorSource {
        path: resolve(&table.path),
        layer: table.layer.clone(),
        crs: table.crs.clone(),
        encoding: encoding(table, &resolve(&table.path)),
        repair: table.repair,
        id: None,
    };
    let mut findings = Vec::new();
    let polygons = source
        .read()
        .map_err(|findings| with_zone(findings, &source))
        .and_then(|polygons| meant(polygons, &table.rows));
    let polygons = polygons.map_err(|found| findings.extend(found)).ok();
    let preset = table.preset.is_some().then_some(codes);
    let own = preset.map(|codes| &codes.land_classes);
    let land = codes_of(
        (&table.land_classes, own),
        resolve,
        land_classes,
        &mut findings,
    );
    let own = preset.map(|codes| &codes.species);
    let species = codes_of((&table.species, own), resolve, species, &mut findings);
    let Some(mut polygons) = polygons else {
        return Err(findings);
    };
    let mut warnings = std::mem::take(&mut polygons.warnings);
    findings.extend(zone_problem(&polygons));
    let fields = fields(table, &polygons, codes, &mut findings, &mut warnings);
    let nothing_says = land.as_ref().is_some_and(|land| land.rows().is_empty());
    if fields.land_class.is_some() && nothing_says {
        findings.push(Finding::error(
            &polygons.name,
            "a field holds the land class, and nothing says what the classes are",
            "give `land-classes`, a CSV with code, name and kind; see docs/stands.md",
        ));
    }
    // Of a table that could not be read nobody knows which codes it has.
    let land_is_known = land.is_some() && !nothing_says;
    let (land, species) = (land.unwrap_or_default(), species.unwrap_or_default());
    let mut reading = Reading {
        table,
        polygons: &polygons,
        fields: &fields,
        land: &land,
        land_is_known,
        species: &species,
        codes: preset,
        trouble: Trouble::default(),
    };
    let stands: Vec<StandRecord> = polygons
        .features
        .iter()
        .map(|feature| reading.record(feature))
        .collect();
    let recalled_codes = reading.trouble.recalled;
    reading.tell(&mut findings, &mut warnings);
    doubles(&stands, &polygons.name, &mut findings);
    if !findings.is_empty() {
        return Err(findings);
    }
    Ok(StandFile {
        name: polygons.name,
        projection: polygons.projection,
        stands,
        species,
        has_volume: fields.volume.is_some(),
        has_region: fields.region.is_some(),
        recalled_codes,
        warnings,
    })
}

/// The features that the plan means.
fn meant(
    mut polygons: Polygons,
    wanted: &BTreeMap<String, FieldValue>,
) -> Result<Polygons, Vec<Finding>> {
    let none = polygons.features.is_empty();
    polygons.only(wanted)?;
    if none || !polygons.features.is_empty() {
        return Ok(polygons);
    }
    Err(vec![Finding::error(
        &polygons.name,
        format!("no stand fits {}", describe(wanted)),
        "see the values of these fields, and mend `where` in the plan",
    )])
}

/// A table of codes that the plan names, else that of the preset; `None` where it cannot be read.
fn codes_of<T: Clone>(
    (path, of_preset): (&Option<PathBuf>, Option<&CodeTable<T>>),
    resolve: &dyn Fn(&Path) -> PathBuf,
    read: impl FnOnce(&str, &str) -> Result<CodeTable<T>, Vec<Finding>>,
    findings: &mut Vec<Finding>,
) -> Option<CodeTable<T>> {
    let Some(path) = path else {
        return Some(of_preset.cloned().unwrap_or_default());
    };
    let path = resolve(path);
    let place = path.display().to_string();
    let text = text_of(&path).map_err(|error| {
        vec![Finding::error(
            &place,
            format!("cannot be read: {error}"),
            "check the path in `[[inventory.stands]]`; the table is UTF-8 text",
        )]
    });
    let table = text.and_then(|text| read(&text, &place)).and_then(|table| {
        let none = || {
            let remedy = "give it a row for each code; see docs/stands.md";
            vec![Finding::error(
                &place,
                "the table names its columns and has no rows",
                remedy,
            )]
        };
        if table.rows().is_empty() {
            Err(none())
        } else {
            Ok(table)
        }
    });
    table.map_err(|found| findings.extend(found)).ok()
}

/// The encoding of the plan; for the Chinese preset GBK where a shapefile states none.
fn encoding(table: &StandsTable, path: &Path) -> Option<String> {
    let shapefile = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("shp"));
    let states = ["cpg", "CPG"]
        .iter()
        .any(|end| path.with_extension(end).exists());
    let usual = (table.preset.is_some() && shapefile && !states).then(|| "GBK".to_owned());
    table.encoding.clone().or(usual)
}

/// Says which coordinate system a file without one seems to be in, by the zone in its eastings.
fn with_zone(findings: Vec<Finding>, source: &VectorSource) -> Vec<Finding> {
    let nameless = findings.iter().any(|f| f.what == "no coordinate system");
    // Any plane system will do to read the eastings; as degrees they would be refused.
    let read_again = || {
        VectorSource {
            crs: Some("EPSG:4527".to_owned()),
            ..source.clone()
        }
        .read()
        .ok()
    };
    let Some(advice) = nameless
        .then(read_again)
        .flatten()
        .and_then(|p| zone_of(&p))
    else {
        return findings;
    };
    let told = |finding: Finding| {
        if finding.what == "no coordinate system" {
            Finding {
                remedy: advice.clone(),
                ..finding
            }
        } else {
            finding
        }
    };
    findings.into_iter().map(told).collect()
}
