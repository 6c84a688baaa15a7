//! Rasters and polygons inside other files, by the names that GDAL has for them.

use std::fs;
use std::io::Write as _;

use gdal::raster::RasterCreationOptions;
use gdal::{Dataset, DriverManager};

use crate::field::{Field, lattice, said};
use crate::scratch::terrasink;

/// Two maps of 20 x 20 cells, and a region over both of their halves.
fn field() -> Field {
    let field = Field::new();
    field.regions("regions.json", 5070, &[("u", [0.0, 0.0, 600.0, 600.0])]);
    let cells = lattice(5070, (0.0, 600.0), 30.0, (20, 20));
    drop(field.raster::<u8>("all.tif", cells, &[], |_, _| 71));
    drop(field.raster::<u8>(
        "half.tif",
        cells,
        &[],
        |col, _| if col < 10 { 41 } else { 71 },
    ));
    fs::create_dir(field.path("maps")).unwrap();
    field
}

/// Writes an archive that holds these files, unpacked as they are.
fn archive(field: &Field, name: &str, files: &[(&str, &str)]) {
    let file = fs::File::create(field.path(name)).unwrap();
    let mut archive = zip::ZipWriter::new(file);
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (inside, from) in files {
        archive.start_file(*inside, stored).unwrap();
        archive
            .write_all(&fs::read(field.path(from)).unwrap())
            .unwrap();
    }
    archive.finish().unwrap();
}

fn copy(field: &Field, from: &str, driver: &str, to: &str, options: &[&str]) {
    let driver = DriverManager::get_driver_by_name(driver).unwrap();
    let options: RasterCreationOptions = options.iter().copied().collect();
    let source = Dataset::open(field.path(from)).unwrap();
    let copied = source
        .create_copy(&driver, field.path(to), &options)
        .unwrap();
    copied.close().unwrap();
}

fn plan(path: &str) -> String {
    let path = path.replace('"', "\\\"");
    format!("[[land-cover]]\nyear = 2020\npath = \"{path}\"\nlegend = \"nlcd\"\n")
}

/// Half of the region is forest, by the map of this name, and the manifest knows the file.
fn half_is_forest(field: &Field, path: &str, file: &str) {
    field.done(&plan(path), &[]);
    let row = field.row("summary.csv", &[("region_id", "u")]);
    assert_eq!(row["forest_area_ha"], "18", "{path}");
    let manifest = fs::read_to_string(field.path("out/run/manifest.json")).unwrap();
    assert!(
        manifest.contains(&format!("\"{file}\"")),
        "{path}: {manifest}"
    );
}

#[test]
fn a_raster_inside_a_file_is_read_from_the_directory_of_the_plan() {
    let field = field();
    archive(
        &field,
        "maps/m.zip",
        &[("d/all.tif", "all.tif"), ("d/half.tif", "half.tif")],
    );
    half_is_forest(&field, "/vsizip/maps/m.zip/d/half.tif", "maps/m.zip");
    let whole = field.path("maps/m.zip").display().to_string();
    half_is_forest(&field, &format!("/vsizip/{whole}/d/half.tif"), "maps/m.zip");
    copy(
        &field,
        "all.tif",
        "GPKG",
        "maps/m.gpkg",
        &["RASTER_TABLE=all", "TILE_FORMAT=PNG"],
    );
    copy(
        &field,
        "half.tif",
        "GPKG",
        "maps/m.gpkg",
        &[
            "RASTER_TABLE=half",
            "TILE_FORMAT=PNG",
            "APPEND_SUBDATASET=YES",
        ],
    );
    half_is_forest(&field, "GPKG:maps/m.gpkg:half", "maps/m.gpkg");
    copy(&field, "half.tif", "netCDF", "maps/m.nc", &[]);
    half_is_forest(&field, "NETCDF:\"maps/m.nc\":Band1", "maps/m.nc");
    half_is_forest(&field, "NETCDF:maps/m.nc:Band1", "maps/m.nc");
    half_is_forest(&field, "GTIFF_DIR:1:half.tif", "half.tif");
}

#[test]
fn a_changed_archive_is_found_by_verify() {
    let field = field();
    archive(&field, "m.zip", &[("lc.tif", "half.tif")]);
    field.done(&plan("/vsizip/m.zip/lc.tif"), &[]);
    let out = field.text("out");
    let verify = terrasink(&["verify", &out]);
    assert_eq!(verify.status.code(), Some(0), "{}", said(&verify));
    let rerun = terrasink(&["verify", "--rerun", &out]);
    assert_eq!(rerun.status.code(), Some(0), "{}", said(&rerun));
    archive(&field, "m.zip", &[("lc.tif", "all.tif")]);
    let verify = terrasink(&["verify", &out]);
    assert_eq!(verify.status.code(), Some(1), "{}", said(&verify));
}

#[test]
fn polygons_inside_an_archive_are_regions() {
    let field = field();
    archive(&field, "r.zip", &[("u.json", "regions.json")]);
    let zones = format!("/vsizip/{}/u.json", field.text("r.zip"));
    let by = format!("lc=GTIFF_DIR:1:{}", field.text("half.tif"));
    let output = terrasink(&["zonal", "--by", &by, "--zones", &zones, "--id", "id"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(table.contains("u,41,18"), "{table}");
}

#[test]
fn what_is_not_there_is_told_by_its_file() {
    let field = field();
    field.refused(
        &plan("GPKG:maps/none.gpkg:lc"),
        &["maps/none.gpkg` is missing"],
    );
    field.refused(
        &plan("/vsizip/none.zip/lc.tif"),
        &["none.zip/lc.tif` is missing"],
    );
    archive(&field, "m.zip", &[("lc.tif", "half.tif")]);
    field.refused(
        &plan("/vsizip/m.zip/other.tif"),
        &["m.zip/other.tif", "cannot be read as a raster"],
    );
    field.refused(
        &plan("/vsicurl/https://example.org/lc.tif"),
        &["not inside a file on disk"],
    );
}
