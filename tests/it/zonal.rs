//! `terrasink zonal`: answers of other programs, values checked by hand, bad input in plain words.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use gdal::DriverManager;
use gdal::raster::{Buffer, GdalType, RasterCreationOptions};
use gdal::spatial_ref::SpatialRef;
use tempfile::TempDir;

use crate::scratch::{samples, terrasink};

/// Edge of the cells of the rasters made here: 200 m, so that a cell is 4 ha.
const CELL: f64 = 200.0;

/// The numbers 1 to 9, row after row.
const NINE: [f64; 9] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];

/// The same in single precision.
const NINE_SINGLE: [f32; 9] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];

/// A directory with rasters and zones, and the way to run the program on them.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// A `GeoTIFF` of 3 x 3 cells in an equal-area system, with its upper left corner at (0, 600).
    fn raster<T: GdalType + Copy>(&self, name: &str, cells: [T; 9]) -> Made {
        let driver = DriverManager::get_driver_by_name("GTiff").unwrap();
        let path = self.path(name);
        let mut dataset = driver
            .create_with_band_type::<T, _>(&path, 3, 3, 1)
            .unwrap();
        dataset
            .set_geo_transform(&[0.0, CELL, 0.0, 3.0 * CELL, 0.0, -CELL])
            .unwrap();
        dataset
            .set_spatial_ref(&SpatialRef::from_epsg(5070).unwrap())
            .unwrap();
        let mut buffer = Buffer::new((3, 3), cells.to_vec());
        let mut band = dataset.rasterband(1).unwrap();
        band.write((0, 0), (3, 3), &mut buffer).unwrap();
        Made(dataset)
    }

    /// [`NINE`], the last of them hidden by a mask or by a band of opacity.
    fn veiled(&self, name: &str, nodata: Option<f64>, by_opacity: bool) {
        let mut opaque = Buffer::new((3, 3), vec![255_u8, 255, 255, 255, 255, 255, 255, 255, 0]);
        let all = (3, 3);
        let made = self.raster::<f64>(if by_opacity { "like.tif" } else { name }, NINE);
        let made = nodata.into_iter().fold(made, Made::nodata).0;
        let mut band = made.rasterband(1).unwrap();
        if by_opacity {
            let driver = DriverManager::get_driver_by_name("GTiff").unwrap();
            let options = RasterCreationOptions::from_iter(["ALPHA=YES"]);
            let path = self.path(name);
            let two = driver.create_with_band_type_with_options::<f64, _>(&path, 3, 3, 2, &options);
            let mut two = two.unwrap();
            two.set_geo_transform(&made.geo_transform().unwrap())
                .unwrap();
            two.set_spatial_ref(&made.spatial_ref().unwrap()).unwrap();
            let mut first = two.rasterband(1).unwrap();
            first.set_no_data_value(nodata).unwrap();
            let mut cells = Buffer::new(all, NINE.to_vec());
            first.write((0, 0), all, &mut cells).unwrap();
            let mut opacity = two.rasterband(2).unwrap();
            opacity.write((0, 0), all, &mut opaque).unwrap();
        } else {
            band.create_mask_band(true).unwrap();
            let mut mask = band.open_mask_band().unwrap();
            mask.write((0, 0), all, &mut opaque).unwrap();
        }
    }

    /// Zones as `GeoJSON`: id, and rectangles `[x0, y0, x1, y1]` in cells from the upper left corner.
    fn zones(&self, name: &str, zones: &[(&str, [f64; 4])]) -> String {
        let features: Vec<String> = zones
            .iter()
            .map(|(id, [x0, y0, x1, y1])| {
                let [x0, x1] = [x0, x1].map(|x| x * CELL);
                let [y0, y1] = [y0, y1].map(|y| (3.0 - y) * CELL);
                format!(
                    r#"{{"type":"Feature","properties":{{"id":{id}}},"geometry":{{"type":"Polygon",
                    "coordinates":[[[{x0},{y0}],[{x1},{y0}],[{x1},{y1}],[{x0},{y1}],[{x0},{y0}]]]}}}}"#
                )
            })
            .collect();
        let text = format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":
            {{"name":"urn:ogc:def:crs:EPSG::5070"}}}},"features":[{}]}}"#,
            features.join(",")
        );
        fs::write(self.path(name), text).unwrap();
        self.text(name)
    }
}

/// A raster that may still be changed; it is complete when it is dropped.
struct Made(gdal::Dataset);

impl Made {
    fn nodata(self, value: f64) -> Self {
        let mut band = self.0.rasterband(1).unwrap();
        band.set_no_data_value(Some(value)).unwrap();
        self
    }
}

/// The zone from the middle of the first cell to the middle of the last: it covers a quarter of the
/// corner cells, half of those at the edges, and the cell in the middle.
const MIDDLE: [f64; 4] = [0.5, 0.5, 2.5, 2.5];

/// Runs `zonal` and returns its table; it must succeed.
fn table(arguments: &[&str]) -> Vec<BTreeMap<String, String>> {
    let output = zonal(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    rows(&output.stdout)
}

fn zonal(arguments: &[&str]) -> Output {
    let mut all = vec!["zonal"];
    all.extend(arguments);
    terrasink(&all)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn rows(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(bytes)
        .deserialize()
        .collect::<Result<_, _>>()
        .unwrap()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    let text = row
        .get(column)
        .unwrap_or_else(|| panic!("no column {column} in {row:?}"));
    text.parse()
        .unwrap_or_else(|_| panic!("{column} is `{text}`"))
}

/// Twelve digits are written.
fn close(row: &BTreeMap<String, String>, column: &str, expected: f64) {
    let found = number(row, column);
    assert!(
        (found - expected).abs() <= 1e-10 * expected.abs().max(1.0),
        "{column} is {found}, expected {expected}"
    );
}

/// Runs `zonal`, which must refuse its data and say all of `words`.
fn refused(arguments: &[&str], words: &[&str]) {
    let output = zonal(arguments);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    for word in words {
        assert!(said.contains(word), "no `{word}` in: {said}");
    }
    assert!(output.stdout.is_empty());
}

fn sample(name: &str) -> String {
    samples()
        .join("rhode-island")
        .join(name)
        .display()
        .to_string()
}

/// Area in hectares and cells by county and class, as the reference has them: the columns hold the
/// exact rule, the centre rule, and its cells.
fn expected() -> BTreeMap<(String, String), [f64; 3]> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/reference/rhode-island-land-cover/landcover_area_by_county.csv");
    rows(&fs::read(path).unwrap())
        .iter()
        .map(|row| {
            let figures = [
                "area_ha_exact_fraction",
                "area_ha_centre_rule",
                "cells_centre_rule",
            ];
            (
                (row["fips"].clone(), row["class"].clone()),
                figures.map(|column| number(row, column)),
            )
        })
        .collect()
}

#[test]
fn the_counties_of_the_sample_have_the_areas_that_other_programs_found() {
    let expected = expected();
    for (rule, place) in [("exact", 0), ("centre", 1)] {
        let by = format!("lc={}", sample("landcover_2016.tif"));
        let found = table(&[
            "--raster",
            &by,
            "--by",
            "lc",
            "--zones",
            &sample("counties.gpkg"),
            "--id",
            "fips",
            "--cells",
            rule,
        ]);
        assert_eq!(found.len(), expected.len());
        for row in &found {
            let figures = expected[&(row["zone_id"].clone(), row["lc"].clone())];
            let (area, wanted) = (number(row, "area_ha"), figures[place]);
            // Half of the last digit of the reference, and 1e-6 of the figure.
            assert!(
                (area - wanted).abs() <= 0.00005 + 1e-6 * wanted,
                "{row:?}: {wanted}"
            );
            if rule == "centre" {
                close(row, "cell_fraction_sum", figures[2]);
            }
        }
    }
}

#[test]
fn zones_and_classes_come_in_the_order_of_the_file_and_of_the_codes() {
    let desk = Desk::new();
    drop(
        desk.raster::<u8>("lc.tif", [9, 9, 2, 9, 2, 2, 0, 10, 10])
            .nodata(0.0),
    );
    let all = [0.0, 0.0, 3.0, 3.0];
    let zones = desk.zones("z.geojson", &[("\"b\"", all), ("\"a\"", all)]);
    let by = format!("lc={}", desk.text("lc.tif"));
    let found = table(&["--by", &by, "--zones", &zones, "--id", "id"]);
    let keys: Vec<String> = found
        .iter()
        .map(|row| format!("{} {} {}", row["zone_id"], row["lc"], row["area_ha"]))
        .collect();
    let of = |zone: &str| ["2 12", "9 12", "10 8", "nodata 4"].map(|rest| format!("{zone} {rest}"));
    assert_eq!(keys, [of("b"), of("a")].concat());
}

/// Statistics of the numbers 1 to 9 in [`MIDDLE`]: corners by a quarter, edges by half.
fn check_middle(desk: &Desk, file: &str) {
    let raster = format!("v={}:t_dm/ha", desk.text(file));
    let zones = desk.zones("z.geojson", &[("1", MIDDLE)]);
    let found = table(&[
        "--raster",
        &raster,
        "--zones",
        &zones,
        "--id",
        "id",
        "--stat",
        "area,count,sum,mean,min,max,variance",
    ]);
    assert_eq!(found.len(), 1);
    let row = &found[0];
    close(row, "area_ha", 16.0);
    close(row, "cell_fraction_sum", 4.0);
    close(row, "v_count", 4.0);
    // 20/4 + 20/2 + 5 = 20 cells, of 4 ha.
    close(row, "v_sum_t_dm", 80.0);
    close(row, "v_mean_t_dm_ha", 5.0);
    close(row, "v_min_t_dm_ha", 1.0);
    close(row, "v_max_t_dm_ha", 9.0);
    // (140/4 + 120/2 + 25) / 4 − 25.
    close(row, "v_variance_t_dm_ha_squared", 5.0);
}

#[test]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "one to nine fit every type"
)]
fn values_of_every_type_of_number_have_the_statistics_found_by_hand() {
    let desk = Desk::new();
    macro_rules! check {
        ($($type:ty),*) => {
            $(
                let file = concat!(stringify!($type), ".tif");
                let cells: [$type; 9] = NINE.map(|x| x as $type);
                drop(desk.raster::<$type>(file, cells));
                check_middle(&desk, file);
            )*
        };
    }
    check!(u8, u16, i16, u32, i32, u64, i64, f32, f64);
}

#[test]
fn cells_without_a_value_are_left_out_of_the_statistics_but_not_of_the_area() {
    let desk = Desk::new();
    let mut cells = NINE;
    cells[8] = -9999.0;
    drop(desk.raster::<f64>("stated.tif", cells).nodata(-9999.0));
    cells[8] = f64::NAN;
    drop(desk.raster::<f64>("unstated.tif", cells));
    drop(desk.raster::<f64>("nan.tif", cells).nodata(f64::NAN));
    // A mask or opacity beside a nodata value: both hold.
    let veiled = [
        ("masked.tif", None),
        ("masked-stated.tif", Some(-1.0)),
        ("clear.tif", None),
        ("clear-stated.tif", Some(-1.0)),
    ];
    for (file, nodata) in veiled {
        desk.veiled(file, nodata, file.starts_with("clear"));
    }
    let zones = desk.zones("z.geojson", &[("1", MIDDLE)]);
    let stated = ["stated.tif", "unstated.tif", "nan.tif"];
    for file in stated.into_iter().chain(veiled.map(|(file, _)| file)) {
        let raster = format!("v={}:m", desk.text(file));
        let found = table(&[
            "--raster",
            &raster,
            "--zones",
            &zones,
            "--id",
            "id",
            "--stat",
            "area,count,sum,mean,max",
        ]);
        let row = &found[0];
        close(row, "area_ha", 16.0);
        close(row, "v_count", 3.75);
        // A unit that is not per area: values are summed over cells.
        close(row, "v_sum_m", 17.75);
        close(row, "v_mean_m", 17.75 / 3.75);
        close(row, "v_max_m", 8.0);
    }
}

#[test]
fn a_zone_without_a_value_has_a_count_of_zero_and_empty_statistics() {
    let desk = Desk::new();
    drop(desk.raster::<f32>("v.tif", [-1.0; 9]).nodata(-1.0));
    let raster = format!("v={}", desk.text("v.tif"));
    let zones = desk.zones("z.geojson", &[("1", MIDDLE)]);
    let stats = "count,sum,mean,min,max,variance";
    let found = table(&[
        "--raster", &raster, "--zones", &zones, "--id", "id", "--stat", stats,
    ]);
    let row: Vec<&str> = found[0].values().map(String::as_str).collect();
    assert_eq!(row, ["0", "", "", "", "", "", "1"]);
}

#[test]
fn scale_and_offset_of_a_file_are_applied() {
    let desk = Desk::new();
    let made = desk.raster::<i16>("v.tif", [10, 20, 30, 40, 50, 60, 70, 80, -1]);
    {
        let mut band = made.0.rasterband(1).unwrap();
        band.set_scale(0.1).unwrap();
        band.set_offset(2.0).unwrap();
    }
    drop(made.nodata(-1.0));
    let raster = format!("v={}", desk.text("v.tif"));
    let zones = desk.zones("z.geojson", &[("1", MIDDLE)]);
    let found = table(&["--raster", &raster, "--zones", &zones, "--id", "id"]);
    close(&found[0], "v_sum", 17.75 + 2.0 * 3.75);
}

#[test]
fn a_crosstab_has_a_row_for_each_combination_and_values_go_with_it() {
    let desk = Desk::new();
    drop(desk.raster::<u8>("a.tif", [1, 1, 1, 1, 1, 1, 2, 2, 2]));
    drop(desk.raster::<i32>("b.tif", [-5, 7, 7, -5, 7, 7, -5, 7, 7]));
    drop(desk.raster::<f32>("v.tif", NINE_SINGLE));
    let (a, b) = (
        format!("a={}", desk.text("a.tif")),
        format!("b={}", desk.text("b.tif")),
    );
    let v = format!("v={}", desk.text("v.tif"));
    let zones = desk.zones("z.geojson", &[("1", [0.0, 0.0, 3.0, 3.0])]);
    let found = table(&[
        "--raster", &b, "--raster", &v, "--by", &a, "--by", "b", "--zones", &zones, "--id", "id",
        "--cells", "centre", "--stat", "area,sum",
    ]);
    let told: Vec<String> = found
        .iter()
        .map(|row| {
            format!(
                "{} {} {} {}",
                row["a"], row["b"], row["area_ha"], row["v_sum"]
            )
        })
        .collect();
    assert_eq!(told, ["1 -5 8 5", "1 7 16 16", "2 -5 4 7", "2 7 8 17"]);
}

#[test]
fn the_bytes_do_not_depend_on_the_number_of_threads() {
    let lc = format!("lc={}", sample("landcover_2016.tif"));
    let v = format!("v={}:t/ha", sample("landcover_2016.tif"));
    let outputs = ["1", "2", "7"].map(|threads| {
        let output = zonal(&[
            "--by",
            &lc,
            "--raster",
            &v,
            "--zones",
            &sample("towns.gpkg"),
            "--id",
            "town_id",
            "--stat",
            "area,count,sum,mean,min,max,variance",
            "--threads",
            threads,
        ]);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        output.stdout
    });
    assert!(rows(&outputs[0]).len() > 39);
    assert!(outputs[0] == outputs[1] && outputs[1] == outputs[2]);
}

#[test]
fn features_of_one_id_are_one_zone_and_what_they_share_counts_once() {
    let desk = Desk::new();
    drop(desk.raster::<f32>("v.tif", NINE_SINGLE));
    let v = format!("v={}", desk.text("v.tif"));
    let left = [0.0, 0.0, 2.0, 3.0];
    let right = [1.0, 0.0, 3.0, 3.0];
    let apart = desk.zones("apart.geojson", &[("1", left), ("2", right)]);
    let same = desk.zones("same.geojson", &[("1", left), ("2", left), ("1", right)]);
    let sums = |zones: &str| -> Vec<String> {
        let found = table(&["--raster", &v, "--zones", zones, "--id", "id"]);
        found
            .iter()
            .map(|row| format!("{} {} {}", row["zone_id"], row["area_ha"], row["v_sum"]))
            .collect()
    };
    // Zones of two ids may overlap: each gets full credit.
    assert_eq!(sums(&apart), ["1 24 27", "2 24 33"]);
    assert_eq!(sums(&same), ["1 36 45", "2 24 27"]);
}

#[test]
fn the_table_on_stdout_is_that_of_the_file() {
    let desk = Desk::new();
    drop(desk.raster::<u8>("lc.tif", [1; 9]));
    let by = format!("lc={}", desk.text("lc.tif"));
    let zones = desk.zones("z.geojson", &[("1", MIDDLE)]);
    let out = desk.text("new/area.csv");
    let common = ["--by", &by, "--zones", &zones, "--id", "id", "--out"];
    let to_stdout = zonal(&[&common[..], &["-"]].concat());
    let to_file = zonal(&[&common[..], &[&out]].concat());
    assert_eq!(to_file.status.code(), Some(0), "{}", said(&to_file));
    assert_eq!(fs::read(&out).unwrap(), to_stdout.stdout);
    assert_eq!(
        String::from_utf8(to_stdout.stdout).unwrap(),
        "zone_id,lc,area_ha,cell_fraction_sum\n1,1,16,4\n"
    );
    // A file that is there stays, unless it is to be replaced; nothing else is left behind.
    let again = zonal(&[&common[..], &[&out]].concat());
    assert_eq!(again.status.code(), Some(3));
    assert!(said(&again).contains("--overwrite"), "{}", said(&again));
    let replaced = zonal(&[&common[..], &[&out, "--overwrite", "--json"]].concat());
    let summary: serde_json::Value = serde_json::from_slice(&replaced.stdout).unwrap();
    assert_eq!(
        (&summary["ok"], &summary["zones"], &summary["rows"]),
        (&true.into(), &1.into(), &1.into())
    );
    assert_eq!(fs::read_dir(desk.path("new")).unwrap().count(), 1);
}

#[test]
#[cfg(target_os = "linux")]
fn a_table_that_cannot_be_written_to_stdout_is_no_success() {
    let desk = Desk::new();
    drop(desk.raster::<u8>("lc.tif", [1; 9]));
    let by = format!("lc={}", desk.text("lc.tif"));
    let zones = desk.zones("z.geojson", &[("1", MIDDLE)]);
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_terrasink"))
        .args(["zonal", "--by", &by, "--zones", &zones, "--id", "id"])
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(said(&output).contains("standard output cannot be written"));
}

#[test]
fn a_zone_beside_the_raster_is_told_and_has_no_row() {
    let desk = Desk::new();
    drop(desk.raster::<u8>("lc.tif", [1; 9]));
    let by = format!("lc={}", desk.text("lc.tif"));
    let away = [50.0, 0.0, 51.0, 1.0];
    let zones = desk.zones("z.geojson", &[("1", MIDDLE), ("2", away)]);
    let output = zonal(&["--by", &by, "--zones", &zones, "--id", "id"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(rows(&output.stdout).len(), 1);
    assert!(said(&output).contains("no rows for 1 zone (2) beside the raster"));
    // Touching the edge is not holding a cell.
    let edge = [3.0, 0.0, 4.0, 1.0];
    let zones = desk.zones("z.geojson", &[("1", MIDDLE), ("2", away), ("3", edge)]);
    let output = zonal(&["--by", &by, "--zones", &zones, "--id", "id"]);
    assert!(
        said(&output).contains("2 zones (2, 3) beside the raster"),
        "{}",
        said(&output)
    );
    let zones = desk.zones("z.geojson", &[("2", away)]);
    refused(
        &["--by", &by, "--zones", &zones, "--id", "id"],
        &["no zone touches the raster"],
    );
    let empty = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"1"},"geometry":null}]}"#;
    std::fs::write(desk.path("empty.geojson"), empty).unwrap();
    let zones = desk.text("empty.geojson");
    refused(
        &["--by", &by, "--zones", &zones, "--id", "id"],
        &["no zone has a shape: 1 zone (1)"],
    );
}

#[test]
fn a_damaged_block_fails_the_zones_that_it_touches_and_no_others() {
    let desk = Desk::new();
    let file = desk.path("lc.tif");
    let mut bytes = fs::read(sample("landcover_2016.tif")).unwrap();
    let middle = bytes.len() * 6 / 10;
    bytes[middle..middle + 3000].fill(0xff);
    fs::write(&file, bytes).unwrap();
    let by = format!("lc={}", file.display());
    let zones = sample("towns.gpkg");
    let arguments = ["--by", &by, "--zones", &zones, "--id", "town_id"];
    let output = zonal(&arguments);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let said = said(&output);
    let sound_by = format!("lc={}", sample("landcover_2016.tif"));
    let sound = table(&["--by", &sound_by, "--zones", &zones, "--id", "town_id"]);
    let failed = |row: &BTreeMap<String, String>| {
        said.contains(&format!("zone {} has no rows", row["zone_id"]))
    };
    let rest: Vec<_> = sound.iter().filter(|row| !failed(row)).cloned().collect();
    assert!(rest.len() < sound.len());
    assert!(!rest.is_empty());
    assert_eq!(rows(&output.stdout), rest);
    assert!(said.contains("lc.tif`, band 1, rows "), "{said}");
}

#[test]
fn what_does_not_fit_is_refused_with_what_to_do() {
    let desk = Desk::new();
    drop(desk.raster::<u8>("lc.tif", [1; 9]));
    drop(desk.raster::<f32>("float.tif", [1.5; 9]));
    let moved = desk.raster::<f32>("moved.tif", [1.0; 9]);
    let mut moved = moved.0;
    moved
        .set_geo_transform(&[9e5, CELL, 0.0, 600.0, 0.0, -CELL])
        .unwrap();
    drop(moved);
    let zones = desk.zones("z.geojson", &[("1", MIDDLE)]);
    let unnamed = desk.zones("unnamed.geojson", &[("1", MIDDLE), ("null", MIDDLE)]);
    let raster = |name: &str, file: &str| format!("{name}={}", desk.text(file));
    let lc = raster("lc", "lc.tif");
    let zone = ["--zones", &zones, "--id", "id"];
    let try_with = |arguments: &[&str], words: &[&str]| {
        refused(&[arguments, &zone[..]].concat(), words);
    };
    try_with(
        &["--raster", &raster("cover", "lc.tif"), "--by", "covr"],
        &["no raster has the name `covr`", "did you mean `cover`?"],
    );
    try_with(
        &["--by", &raster("lc", "float.tif")],
        &["float.tif", "holds 1.5", "expected a whole number"],
    );
    try_with(
        &["--by", &lc, "--raster", &raster("v", "moved.tif")],
        &["moved.tif", "lies beside the grid", "x 900000"],
    );
    try_with(
        &["--by", &raster("lc", "none.tif")],
        &["the file is missing"],
    );
    // All at once: the raster, the field and the name of the table.
    let all = ["the file is missing", "no field `fips`", "`.xlsx`"];
    let none = raster("lc", "none.tif");
    let table = desk.text("area.xlsx");
    let wrong = [
        "--by", &none, "--zones", &zones, "--id", "fips", "--out", &table,
    ];
    refused(&wrong, &all);
    try_with(
        &["--by", "lc=/vsizip/maps.zip/lc.tif"],
        &["the file `maps.zip/lc.tif` is missing"],
    );
    try_with(
        &["--by", "lc=/vsicurl/https://example.org/lc.tif"],
        &["not inside a file on disk", "gdal_translate"],
    );
    try_with(
        &["--by", &lc, "--raster", &raster("lc", "float.tif")],
        &["two rasters have this name"],
    );
    try_with(
        &["--raster", &format!("{lc}:m"), "--by", "lc"],
        &["it has a unit, but --by makes its cells classes"],
    );
    try_with(
        &["--by", &raster("area_ha", "lc.tif")],
        &["column area_ha", "another name"],
    );
    try_with(
        &["--by", &lc, "--out", &desk.text("area.xlsx")],
        &["`.xlsx`", "ends in .csv"],
    );
    refused(
        &["--by", &lc, "--zones", &zones, "--id", "fips"],
        &["no field `fips`", "fields there are: id"],
    );
    refused(
        &["--by", &lc, "--zones", &unnamed, "--id", "id"],
        &["feature 2", "the id field `id` is empty"],
    );
}

#[test]
fn wrong_usage_is_told_before_any_file_is_opened() {
    let zone = ["--zones", "none.gpkg", "--id", "id"];
    for (arguments, word) in [
        (
            &["--by", "lc=none.tif", "--stat", "median"][..],
            "no statistic `median`",
        ),
        (
            &["--by", "lc=none.tif", "--stat", "mean"],
            "needs a raster of values",
        ),
        (&["--raster", "none.tif"], "expected NAME=PATH"),
        (&["--by", "lc=none.tif", "--json"], "give --out FILE"),
        (&[], "give a raster"),
    ] {
        let output = zonal(&[arguments, &zone[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(said(&output).contains(word), "{}", said(&output));
    }
}
