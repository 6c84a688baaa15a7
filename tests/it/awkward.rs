//! Polygons that are hard to cut along cells, against what exactextract finds of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gdal::DriverManager;
use gdal::raster::Buffer;
use gdal::spatial_ref::SpatialRef;
use tempfile::TempDir;

use crate::outputs::{number, rows};
use crate::reference::expected;
use crate::scratch::terrasink;

/// Hectares of a cell of 30 m.
const CELL_HA: f64 = 0.09;

const CASE: &str = "awkward-polygons";

fn case() -> PathBuf {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/reference");
    cases.join(CASE)
}

/// What `zonal` writes of the zones of the case; rasters are `NAME=FILE`, FILE one of the case.
fn zonal(options: &[&str], threads: &str) -> Vec<u8> {
    let folder = TempDir::new().unwrap();
    let (out, zones) = (folder.path().join("out.csv"), case().join("zones.geojson"));
    let mut arguments = vec!["zonal".to_owned(), "--quiet".to_owned()];
    arguments.extend(options.iter().map(|option| match option.split_once('=') {
        Some((name, file)) => format!("{name}={}", case().join(file).display()),
        None => (*option).to_owned(),
    }));
    let named = [("--threads", threads), ("--id", "zone")];
    arguments.extend(named.map(|(name, value)| format!("{name}={value}")));
    arguments.push(format!("--zones={}", zones.display()));
    arguments.push(format!("--out={}", out.display()));
    let output = terrasink(&arguments);
    assert!(output.status.success(), "{output:?}");
    std::fs::read(out).unwrap()
}

#[test]
fn classes_of_awkward_polygons_are_those_of_exactextract() {
    let ours = rows(&zonal(&["--by", "class=classes.tif"], "1"));
    let theirs = expected(CASE, "exactextract.csv");
    let mut cells: BTreeMap<&str, f64> = BTreeMap::new();
    for row in &theirs.rows {
        *cells.entry(row["zone"].as_str()).or_default() += number(row, "cells");
    }
    assert_eq!((ours.len(), cells.len()), (theirs.rows.len(), 19));
    for row in &theirs.rows {
        let found = ours
            .iter()
            .find(|own| own["zone_id"] == row["zone"] && own["class"] == row["class"])
            .unwrap_or_else(|| panic!("no row for {row:?}"));
        let difference = number(found, "cell_fraction_sum") - number(row, "cells");
        let zone = cells[row["zone"].as_str()];
        assert!(
            difference.abs() <= theirs.relative * zone,
            "{difference} of {zone} cells: {row:?}"
        );
    }
}

#[test]
fn statistics_of_awkward_polygons_are_those_of_exactextract() {
    let options = ["--raster", "v=values.tif:t_dm/ha"];
    let stat = ["--stat", "sum,mean,min,max,count"];
    let ours = rows(&zonal(&[options, stat].concat(), "1"));
    let theirs = expected(CASE, "exactextract_values.csv");
    assert_eq!(ours.len(), theirs.rows.len());
    for (own, row) in ours.iter().zip(&theirs.rows) {
        assert_eq!(own["zone_id"], row["zone"]);
        for (column, wanted) in [
            ("v_sum_t_dm", number(row, "sum") * CELL_HA),
            ("v_mean_t_dm_ha", number(row, "mean")),
            ("v_min_t_dm_ha", number(row, "min")),
            ("v_max_t_dm_ha", number(row, "max")),
            ("v_count", number(row, "cells")),
        ] {
            let found = number(own, column);
            assert!(
                (found - wanted).abs() <= theirs.relative * wanted.abs(),
                "{found} is not {wanted}: {column} of {row:?}"
            );
        }
    }
}

#[test]
fn awkward_polygons_give_the_same_bytes_on_any_number_of_threads() {
    let options = ["--by", "class=classes.tif", "--raster", "v=values.tif"];
    let one = zonal(&options, "1");
    for threads in ["2", "7"] {
        assert!(zonal(&options, threads) == one, "{threads} threads");
    }
}

/// A band of cells of one degree round the globe, with as class the tenth meridian west of each.
fn globe(path: &Path) {
    let driver = DriverManager::get_driver_by_name("GTiff").unwrap();
    let mut globe = driver
        .create_with_band_type::<u8, _>(path, 360, 10, 1)
        .unwrap();
    globe
        .set_geo_transform(&[-180.0, 1.0, 0.0, 0.0, 0.0, -1.0])
        .unwrap();
    globe
        .set_spatial_ref(&SpatialRef::from_epsg(4326).unwrap())
        .unwrap();
    let cells = (0..3600_usize).map(|place| u8::try_from(place % 360 / 10).unwrap());
    let mut buffer = Buffer::new((360, 10), cells.collect());
    let mut band = globe.rasterband(1).unwrap();
    band.write((0, 0), (360, 10), &mut buffer).unwrap();
}

#[test]
fn a_zone_across_the_antimeridian_is_right_where_it_is_cut_and_refused_where_it_jumps() {
    let folder = TempDir::new().unwrap();
    let (raster, zones) = (
        folder.path().join("lc.tif"),
        folder.path().join("z.geojson"),
    );
    globe(&raster);
    let ring = |west: f64, east: f64| {
        format!("[[[{west},-9],[{east},-9],[{east},-2],[{west},-2],[{west},-9]]]")
    };
    let zonal = |kind: &str, coordinates: String| {
        let text = format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"id":"fiji"}},
            "geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}]}}"#
        );
        std::fs::write(&zones, text).unwrap();
        let by = format!("class={}", raster.display());
        terrasink(&[
            "zonal",
            "--by",
            &by,
            "--zones",
            zones.to_str().unwrap(),
            "--id",
            "id",
        ])
    };
    // Four degrees on the one side and six on the other, as much together as ten elsewhere.
    let cut = format!("[{},{}]", ring(176.0, 180.0), ring(-180.0, -174.0));
    let cut = rows(&zonal("MultiPolygon", cut).stdout);
    let plain = rows(&zonal("Polygon", ring(0.0, 10.0)).stdout);
    let classes: Vec<&str> = cut.iter().map(|row| row["class"].as_str()).collect();
    assert_eq!((classes.as_slice(), plain.len()), (&["0", "35"][..], 1));
    let area: f64 = cut.iter().map(|row| number(row, "area_ha")).sum();
    let whole = number(&plain[0], "area_ha");
    assert!((area - whole).abs() < 1e-9 * whole, "{area} {whole}");

    let jumping = zonal("Polygon", ring(176.0, -174.0));
    let said = String::from_utf8_lossy(&jumping.stderr);
    assert_eq!(jumping.status.code(), Some(3), "{said}");
    for part in [
        "feature 1",
        "from longitude 176 to -174",
        "ogr2ogr -wrapdateline",
    ] {
        assert!(said.contains(part), "{said}");
    }
}
