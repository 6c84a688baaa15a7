//! Stand registers: polygons with areas, volumes and codes, read and checked.

use std::path::Path;

use geo::MultiPolygon;

use super::crs::Projection;
use super::stand_fields::fields;
use super::stand_reading::{Reading, Trouble, doubles};
use super::vector::VectorSource;
use super::zones::{zone_of, zone_problem};
use crate::account::{CodeTable, LandKind, SpeciesKeys, StandCodes, land_classes, species};
use crate::finding::Finding;
use crate::plan::StandsTable;
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
    resolve: &dyn Fn(&Path) -> std::path::PathBuf,
) -> Result<StandFile, Vec<Finding>> {
    let source = VectorSource {
        path: resolve(&table.path),
        layer: table.layer.clone(),
        crs: table.crs.clone(),
        encoding: encoding(table, &resolve(&table.path)),
        repair: table.repair,
        id: None,
    };
    let mut polygons = source
        .read()
        .map_err(|findings| with_zone(findings, &source))?;
    polygons.only(&table.rows)?;
    let (mut findings, mut warnings) = (Vec::new(), std::mem::take(&mut polygons.warnings));
    findings.extend(zone_problem(&polygons));
    let fields = fields(table, &polygons, codes, &mut findings, &mut warnings);
    let mut user = |path: &Option<std::path::PathBuf>| {
        let path = resolve(path.as_ref()?);
        match std::fs::read_to_string(&path) {
            Ok(text) => Some((text, path.display().to_string())),
            Err(error) => {
                findings.push(Finding::error(
                    path.display().to_string(),
                    format!("cannot be read: {error}"),
                    "check the path in `[[inventory.stands]]`; the table is UTF-8 text",
                ));
                None
            }
        }
    };
    let of_preset = table.preset.is_some();
    let land = user(&table.land_classes).map(|(text, place)| land_classes(&text, &place));
    let species = user(&table.species).map(|(text, place)| species(&text, &place));
    let mut take = |result: Vec<Finding>| findings.extend(result);
    let land = match land {
        Some(Ok(land)) => land,
        Some(Err(problems)) => {
            take(problems);
            CodeTable::default()
        }
        None if of_preset => codes.land_classes.clone(),
        None => CodeTable::default(),
    };
    let species = match species {
        Some(Ok(species)) => species,
        Some(Err(problems)) => {
            take(problems);
            CodeTable::default()
        }
        None if of_preset => codes.species.clone(),
        None => CodeTable::default(),
    };
    if fields.land_class.is_some() && land.rows().is_empty() && findings.is_empty() {
        findings.push(Finding::error(
            &polygons.name,
            "a field holds the land class, and nothing says what the classes are",
            "give `land-classes`, a CSV with code, name and kind; see docs/stands.md",
        ));
    }
    let mut reading = Reading {
        table,
        polygons: &polygons,
        fields: &fields,
        land: &land,
        species: &species,
        codes: of_preset.then_some(codes),
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
