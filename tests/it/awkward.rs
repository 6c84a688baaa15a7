//! Polygons that are hard to cut along cells, against what exactextract finds of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
