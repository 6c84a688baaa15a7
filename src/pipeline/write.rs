//! The accounts become the output directory, whole or not at all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use geo::{BooleanOps, MultiPolygon, Point};

use super::accounts::Accounted;
use super::open::Prepared;
use super::pass::{draw, shown};
use crate::grid::BLOCK;
use crate::input::{gdal_version, write_geopackage};
use crate::pipeline::{Pass, RunError, RunReport, Watch};
use crate::plan::Plan;
use crate::report::{
    ByteOrderMark, Document, EcosystemPart, Existing, FileRecord, GEOPACKAGE, GeoPackage,
    GridFacts, Ledger, Manifest, MapLayer, OutputDirectory, PlotPoint, RunFacts, RunLog,
    ecosystems_layer, ledger_parquet, manifest_json, plots_layer, regions_geojson, regions_layer,
    sha256, stands_layer, summary_text, tables,
};

/// When a run began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock(SystemTime);

impl Clock {
    pub(super) fn start() -> Self {
        Self(SystemTime::now())
    }
}

/// Where and how to write.
pub(super) struct Target<'a> {
    pub(super) out: &'a Path,
    pub(super) existing: Existing,
    pub(super) excel: bool,
    /// The files on disk that the inputs of the plan stand for, each once.
    pub(super) read: &'a [PathBuf],
    /// Threads and memory.
    pub(super) pass: &'a Pass,
    pub(super) watch: &'a dyn Watch,
    pub(super) clock: Clock,
}

/// Writes everything that the run gives.
pub(super) fn write(
    plan: &Plan,
    prepared: &Prepared,
    accounted: Accounted,
    to: &Target<'_>,
) -> Result<RunReport, RunError> {
    let mut warnings = accounted.warnings;
    let accounts = &accounted.accounts;
    let mark = if to.excel {
        ByteOrderMark::With
    } else {
        ByteOrderMark::Without
    };
    let mut documents = tables(accounts, mark)?;
    let shapes: BTreeMap<String, MultiPolygon<f64>> = prepared
        .regions
        .iter()
        .map(|region| (region.id.clone(), region.lon_lat.clone()))
        .collect();
    let (geojson, notes) = regions_geojson(&accounts.regions, &shapes)?;
    warnings.extend(notes);
    documents.push(geojson);
    if !prepared.dates.is_empty() {
        documents.push(ledger_parquet(&ledger(prepared, accounted.ledger))?);
    }
    documents.push(failed_csv(&accounted.failed));
    let log = RunLog {
        name: &plan.file.name,
        directory: plan.path.parent(),
        regions: accounts.regions.len(),
        warnings: &warnings,
        failed: &accounted.failed,
    };
    documents.push(log.document());
    let inventory = plan.file.inventory.as_ref();
    let assisted = inventory.and_then(|table| table.model_assisted.as_ref());
    let assisted = assisted.zip(accounted.helpers.as_ref());
    let maps = assisted.map(|(table, helpers)| shown(table, prepared, helpers));
    let maps = maps.unwrap_or_default();
    let package = geopackage(plan, prepared, accounts, &maps)?;
    documents.extend(geojson_style(&package));
    documents.extend(maps.iter().filter_map(MapLayer::style));
    let output = OutputDirectory::begin(to.out, to.existing)?;
    for document in &documents {
        output.write(document)?;
    }
    write_geopackage(&package, &output.place(GEOPACKAGE)?)
        .map_err(|error| RunError::GeoPackage(error.to_string()))?;
    if let Some((table, helpers)) = assisted {
        warnings.extend(draw(
            table,
            prepared,
            helpers,
            &output,
            (to.pass, to.watch),
        )?);
    }
    output.write(&manifest(plan, prepared, &documents, &output, to)?)?;
    output.complete()?;
    Ok(RunReport {
        out: to.out.to_path_buf(),
        regions: accounts.regions.len(),
        failed: accounted.failed,
        summary: summary_text(&accounts.regions, accounts.total.as_ref()),
        warnings,
    })
}

fn ledger(prepared: &Prepared, rows: Vec<crate::report::LedgerRow>) -> Ledger {
    let maps = prepared.maps.as_ref();
    let years = maps.map(|maps| maps.years.as_slice()).unwrap_or_default();
    let mut metadata = vec![
        ("cells_part_unit".to_owned(), "2^-40 cell".to_owned()),
        ("area_unit".to_owned(), "2^-30 m2".to_owned()),
        ("block".to_owned(), BLOCK.to_string()),
    ];
    if let Some(maps) = maps {
        let (grid, t) = (&maps.grid, maps.grid.transform);
        metadata.push(("crs".to_owned(), grid.crs.label().to_owned()));
        let shape = format!("{} columns, {} rows", grid.width, grid.height);
        metadata.push(("grid".to_owned(), shape));
        metadata.push((
            "transform".to_owned(),
            format!("{} {} 0 {} 0 {}", t.x0, t.dx, t.y0, t.dy),
        ));
    }
    let (classes, values) = super::open::names(&prepared.layers);
    let of_maps = years.iter().map(|year| format!("class_{year}"));
    let patches = years.iter().map(|year| format!("small_patch_{year}"));
    let patches = patches.filter(|_| prepared.forest.patch.is_some());
    Ledger {
        layers: of_maps.chain(classes).chain(patches).collect(),
        value_layers: values,
        rows,
        metadata,
    }
}

/// `run/failed.csv`: regions without all their figures.
fn failed_csv(failed: &[(String, String)]) -> Document {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut text = String::from("region_id,reason\n");
    for (region, reason) in failed {
        text.extend([&quoted(region), ",", &quoted(reason), "\n"]);
    }
    Document::new("run/failed.csv", text.into_bytes())
}

/// Layers in the coordinates of the grid, so that shapes are those of the account.
fn geopackage(
    plan: &Plan,
    prepared: &Prepared,
    accounts: &crate::account::Accounts,
    maps: &[MapLayer],
) -> Result<GeoPackage, RunError> {
    let crs = prepared.ground.crs().clone();
    let shapes: BTreeMap<&str, &MultiPolygon<f64>> = prepared
        .regions
        .iter()
        .map(|region| (region.id.as_str(), &region.shape))
        .collect();
    let regions = regions_layer(&accounts.regions, |id| shapes.get(id).copied(), crs.clone());
    let plots = plots_layer(&plot_points(prepared), crs.clone());
    let ecosystems = ecosystems_layer(&ecosystem_parts(prepared), crs.clone());
    let stands = stands_layer(super::land::shapes(prepared), crs);
    Ok(GeoPackage::new(
        &plan.file.name,
        GEOPACKAGE,
        vec![plots, stands, ecosystems, regions],
        maps,
    )?)
}

/// What of each boundary lies in each region: its pieces, joined where other dates cut it.
fn ecosystem_parts(prepared: &Prepared) -> Vec<EcosystemPart> {
    let mut parts: BTreeMap<(usize, usize), EcosystemPart> = BTreeMap::new();
    for piece in &prepared.overlay.pieces {
        for within in piece.within() {
            let boundary = &prepared.boundaries[within];
            parts
                .entry((within, piece.region))
                .and_modify(|part| {
                    part.area += piece.area;
                    part.outline = part.outline.union(&piece.shape);
                })
                .or_insert_with(|| EcosystemPart {
                    region_id: Some(prepared.regions[piece.region].id.clone()),
                    ecosystem: boundary.ecosystem.id().to_owned(),
                    boundary: boundary.label(),
                    area: piece.area,
                    outline: piece.shape.clone(),
                });
        }
    }
    parts.into_values().collect()
}

/// `regions.qml`: the style of the regions layer beside the `GeoJSON`, where QGIS looks for it.
fn geojson_style(package: &GeoPackage) -> Option<Document> {
    let layer = package
        .layers
        .iter()
        .find(|layer| layer.name == "regions")?;
    let qml = layer.styles.first()?.qml(&layer.fields);
    Some(Document::new("regions.qml", qml.into_bytes()))
}

fn plot_points(prepared: &Prepared) -> Vec<PlotPoint> {
    let mut points = Vec::new();
    for (inventory, places) in prepared.inventories.iter().zip(&prepared.points) {
        for (position, place) in places.iter().enumerate() {
            let Some(place) = place else {
                continue;
            };
            let plot = &inventory.frame.plots[position];
            let record = &inventory.records[position];
            points.push(PlotPoint {
                plot_id: plot.id.clone(),
                region_id: record.region.clone().or_else(|| record.parent.clone()),
                year: inventory.year,
                stratum: Some(plot.stratum.clone()),
                forest_share: on_plot(inventory.forest.as_ref(), position),
                volume_m3_ha: on_plot(inventory.volume.as_ref(), position),
                carbon_tc_ha: on_plot(inventory.all_carbon.as_ref(), position),
                position: Point::from(*place),
            });
        }
    }
    points
}

/// The value of a plot, on one hectare.
fn on_plot<Q: crate::units::Quantity>(
    observations: Option<&crate::estimate::Observations<Q>>,
    position: usize,
) -> Option<f64> {
    Some(observations?.get(position)?.on_one_hectare().value())
}

fn manifest(
    plan: &Plan,
    prepared: &Prepared,
    documents: &[Document],
    output: &OutputDirectory,
    to: &Target<'_>,
) -> Result<Document, RunError> {
    let base = plan.path.parent().unwrap_or(Path::new(""));
    let named = |path: &Path| {
        path.strip_prefix(base)
            .unwrap_or(path)
            .display()
            .to_string()
    };
    let mut inputs = Vec::new();
    for path in to.read {
        inputs.push(FileRecord::of_file(&named(path), path)?);
    }
    let grid = prepared.maps.as_ref().map(|maps| {
        let t = maps.grid.transform;
        GridFacts {
            crs: maps.grid.crs.label().to_owned(),
            columns: maps.grid.width.into(),
            rows: maps.grid.height.into(),
            transform: [t.x0, t.dx, 0.0, t.y0, 0.0, t.dy],
            block: BLOCK.into(),
            resampled: super::open::warped(maps, &prepared.layers)
                .iter()
                .map(|raster| format!("{}: {}", named(&raster.path), raster.how))
                .collect(),
        }
    });
    let parameters = documents
        .iter()
        .find(|document| document.path == "tables/parameters.csv")
        .map(|document| sha256(&document.bytes))
        .unwrap_or_default();
    Ok(manifest_json(&Manifest {
        name: plan.file.name.clone(),
        description: "Account of the ecosystem carbon sink of regions, by terrasink".to_owned(),
        licence: None,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        plan: Some(FileRecord::of_bytes(
            &named(&plan.path),
            "plan",
            plan.text.as_bytes(),
        )),
        plan_text: plan.text.clone(),
        inputs,
        outputs: output.records()?,
        parameters_sha256: parameters,
        seeds_sha256: prepared.seeds.digest().to_owned(),
        seed: Some(plan.file.uncertainty.seed),
        grid,
        run: RunFacts {
            started: iso(to.clock.0),
            ended: iso(SystemTime::now()),
            threads: to.pass.threads.get(),
            plan_directory: super::verify::plan_directory(&plan.path, to.out),
            machine: vec![("GDAL".to_owned(), gdal_version())],
        },
    })?)
}

/// A moment as ISO 8601, UTC, to the second.
///
/// # Source
///
/// Civil date from a count of days: the proleptic Gregorian calendar counted in eras of 400 years
/// (146 097 days), years beginning in March.
fn iso(moment: SystemTime) -> String {
    let seconds = moment
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let (days, time) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        time / 3_600,
        time / 60 % 60,
        time % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_moment_is_written_as_iso_8601() {
        let moment = |seconds| iso(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(moment(0), "1970-01-01T00:00:00Z");
        assert_eq!(moment(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(moment(1_767_225_599), "2025-12-31T23:59:59Z");
    }
}
