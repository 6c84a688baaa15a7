//! Rasters of other cells and coordinate systems than those of the run.

use std::process::Command;

use gdal::Dataset;

use crate::field::{Field, Lattice, lattice, near, number, said};
use crate::scratch::terrasink;

/// Classes of a patchwork that no line of cells repeats.
fn patch(col: usize, row: usize) -> u8 {
    let turn = (col * 7 + row * 13) / 5 + (col / 9) * (row / 11);
    [41, 42, 71, 11][turn % 4]
}

/// 300 by 260 cells of 100 m in Albers, near Rhode Island.
fn map() -> Lattice {
    lattice(5070, (1_980_000.0, 2_390_000.0), 100.0, (300, 260))
}

const REGION: (&str, [f64; 4]) = ("a", [1_982_050.0, 2_367_030.0, 2_006_070.0, 2_388_010.0]);

const MAP: &str = "[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"nlcd\"\n";

fn field() -> Field {
    let field = Field::new();
    field.raster::<u8>("lc.tif", map(), &[], patch);
    field.regions("regions.json", 5070, &[REGION]);
    field
}

/// Warps a raster to the cells of the map as a person would, with gdalwarp.
fn gdalwarp(field: &Field, rule: &str, from: &str, to: &str) {
    let extent = ["1980000", "2364000", "2010000", "2390000"];
    let output = Command::new("gdalwarp")
        .args([
            "-q",
            "-t_srs",
            "EPSG:5070",
            "-et",
            "0.01",
            "-tr",
            "100",
            "100",
            "-ot",
            "Float64",
        ])
        .args(["-dstnodata", "nan", "-r", rule, "-te"])
        .args(extent)
        .args([field.path(from), field.path(to)])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// A raster of UTM zone 19 that covers the map, with cells of `cell` metres.
fn utm(cell: f64) -> Lattice {
    let (width, height) = (46_000.0 / cell, 44_000.0 / cell);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and small"
    )]
    lattice(
        32619,
        (274_000.0, 4_682_000.0),
        cell,
        (width as usize, height as usize),
    )
}

/// The rows of one layer, as `(class, area or mean)`.
fn told(field: &Field, layer: &str, column: &str) -> Vec<(String, f64)> {
    let rows = field.table("tables/layers.csv");
    let rows = rows.iter().filter(|row| row["layer"] == layer);
    rows.map(|row| {
        let key = format!("{} {}", row["ecosystem"], row["class_code"]);
        (key, number(row, column))
    })
    .collect()
}

fn same(found: &[(String, f64)], expected: &[(String, f64)], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{found:?}\n{expected:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.0, expected.0);
        assert!(
            (found.1 - expected.1).abs() <= tolerance * expected.1.abs(),
            "{found:?} is not {expected:?}"
        );
    }
}

/// A layer in UTM, read by the program and warped before with gdalwarp, give the same figures.
#[test]
fn a_layer_of_another_system_is_what_gdalwarp_makes_of_it() {
    for (cell, rule) in [(250.0, "near"), (30.0, "mode")] {
        let field = field();
        field.raster::<u8>("soil.tif", utm(cell), &[], |col, row| {
            1 + patch(col, row) % 5
        });
        field.write("soil.csv", "code,class_name\n1,a\n2,b\n3,c\n4,d\n5,e\n");
        gdalwarp(&field, rule, "soil.tif", "warped.tif");
        let word = if rule == "near" { "nearest" } else { rule };
        let layer = |path: &str, resampling: &str| {
            format!(
                "{MAP}[[layer]]\nname = \"soil\"\npath = \"{path}\"\nlegend = \"soil.csv\"\n{resampling}"
            )
        };
        let said = field.done(&layer("warped.tif", ""), &[]);
        assert!(!said.contains("resampled"), "{said}");
        let expected = told(&field, "soil", "area_ha");
        let said = field.done(
            &layer("soil.tif", &format!("resampling = \"{word}\"\n")),
            &[],
        );
        assert!(!said.contains("warning"), "{said}");
        same(&told(&field, "soil", "area_ha"), &expected, 1e-9);
        let manifest = std::fs::read_to_string(field.path("out/run/manifest.json")).unwrap();
        let how = format!("soil.tif: resampled by {word} from cells of {cell} (EPSG:32619)");
        assert!(manifest.contains(&how), "{manifest}");
    }
    for (cell, rule) in [(30.0, "average"), (250.0, "bilinear")] {
        let field = field();
        let agb = field.raster::<f32>("agb.tif", utm(cell), &[], |col, row| {
            if (col + row) % 17 == 0 {
                -9999.0
            } else {
                f32::from(patch(col, row)) / 7.0
            }
        });
        let mut band = agb.rasterband(1).unwrap();
        band.set_no_data_value(Some(-9999.0)).unwrap();
        drop(agb);
        gdalwarp(&field, rule, "agb.tif", "warped.tif");
        let layer = |path: &str, resampling: &str| {
            format!(
                "{MAP}[[layer]]\nname = \"agb\"\npath = \"{path}\"\nunit = \"t_dm/ha\"\n{resampling}"
            )
        };
        field.done(&layer("warped.tif", ""), &[]);
        let expected = told(&field, "agb", "area_ha");
        let means: Vec<_> = field
            .table("tables/layers.csv")
            .iter()
            .map(|row| row["sum"].clone())
            .collect();
        field.done(
            &layer("agb.tif", &format!("resampling = \"{rule}\"\n")),
            &[],
        );
        same(&told(&field, "agb", "area_ha"), &expected, 1e-9);
        for (row, expected) in field.table("tables/layers.csv").iter().zip(means) {
            if !expected.is_empty() {
                near(row, "sum", expected.parse().unwrap(), 1e-6);
            }
        }
    }
}

/// The same bytes for any number of threads, and a warning where the plan does not say how.
#[test]
fn a_warped_map_is_told_of_and_does_not_depend_on_threads() {
    let field = field();
    field.raster::<u8>("old.tif", utm(90.0), &[], patch);
    let plan = format!("{MAP}[[land-cover]]\nyear = 2010\npath = \"old.tif\"\nlegend = \"nlcd\"\n");
    let said = field.done(&plan, &["--threads", "1"]);
    assert!(said.contains("old.tif"), "{said}");
    assert!(
        said.contains(
            "resampled by nearest from cells of 90 (EPSG:32619) to cells of 100 (EPSG:5070)"
        ),
        "{said}"
    );
    let read = |name: &str| std::fs::read(field.path("out").join(name)).unwrap();
    let one = (read("tables/transitions.csv"), read("run/ledger.parquet"));
    field.done(&plan, &["--threads", "7"]);
    assert!(one == (read("tables/transitions.csv"), read("run/ledger.parquet")));
}

/// What a warped raster does not hold is no data, not class 0.
#[test]
fn outside_a_warped_raster_there_is_no_data() {
    let field = field();
    // It ends at 294 000 E, in the middle of the map.
    let half = lattice(32619, (270_000.0, 4_682_000.0), 120.0, (200, 400));
    field.raster::<u8>("soil.tif", half, &[], |_, _| 0);
    field.write("soil.csv", "code,class_name\n0,rock\n");
    field.done(
        &format!("{MAP}[[layer]]\nname = \"soil\"\npath = \"soil.tif\"\nlegend = \"soil.csv\"\n"),
        &[],
    );
    let rows = field.table("tables/layers.csv");
    let area = |class: &str| {
        let keys = [
            ("region_id", "a"),
            ("ecosystem", "all"),
            ("class_code", class),
        ];
        let row = rows
            .iter()
            .find(|row| keys.iter().all(|(k, v)| row[*k] == *v));
        number(row.unwrap(), "area_ha")
    };
    let region = field.row("summary.csv", &[("region_id", "a")]);
    assert!(area("0") > 1_000.0 && area("nodata") > 1_000.0);
    near(&region, "area_ha", area("0") + area("nodata"), 1e-6);
}

#[test]
fn the_grid_may_be_that_of_another_raster_or_stated() {
    let field = field();
    field.raster::<u8>("like.tif", utm(200.0), &[], |_, _| 0);
    let by_map = field.done(MAP, &[]);
    let forest = number(
        &field.row("summary.csv", &[("region_id", "a")]),
        "forest_area_ha",
    );
    let area = number(&field.row("summary.csv", &[("region_id", "a")]), "area_ha");
    assert!(!by_map.contains("resampled"));
    let map = MAP.replace("legend", "resampling = \"nearest\"\nlegend");
    for (grid, crs) in [
        ("[grid]\nlike = \"like.tif\"\n", "EPSG:32619"),
        (
            "[grid]\ncrs = \"EPSG:5070\"\nresolution = 25\n",
            "EPSG:5070",
        ),
        (
            "[grid]\ncrs = \"EPSG:4326\"\nresolution = [0.0006, 0.0005]\norigin = [0.0001, 0]\n",
            "EPSG:4326",
        ),
    ] {
        field.done(&format!("{map}{grid}"), &[]);
        let row = field.row("summary.csv", &[("region_id", "a")]);
        near(&row, "area_ha", area, 2e-6);
        // The cells of the map are cut anew, so classes move by a little.
        near(&row, "forest_area_ha", forest, 0.02);
        near(&row, "land_cover_valid_pct", 100.0, 1e-6);
        let manifest = std::fs::read_to_string(field.path("out/run/manifest.json")).unwrap();
        assert!(manifest.contains(crs), "{manifest}");
    }
    // A fifth of the cells of the map, on their borders: nothing moves.
    field.done(
        &format!("{map}[grid]\ncrs = \"EPSG:5070\"\nresolution = 20\n"),
        &[],
    );
    let row = field.row("summary.csv", &[("region_id", "a")]);
    near(&row, "forest_area_ha", forest, 1e-9);
    field.refused(
        &format!("{map}[grid]\ncrs = \"EPSG:4326\"\nresolution = 0.0000001\n"),
        &["give larger cells"],
    );
}

#[test]
fn a_raster_of_another_place_is_refused() {
    let field = field();
    let far = lattice(32650, (274_000.0, 4_682_000.0), 100.0, (20, 20));
    field.raster::<u8>("soil.tif", far, &[], |_, _| 1);
    field.write("soil.csv", "code,class_name\n1,rock\n");
    field.refused(
        &format!("{MAP}[[layer]]\nname = \"soil\"\npath = \"soil.tif\"\nlegend = \"soil.csv\"\n"),
        &["soil.tif", "lies beside the grid", "`crs`"],
    );
}

/// A raster of one cell in a hundred of the other: blocks shrink, and the mean is that of the cells.
#[test]
fn much_finer_cells_are_averaged() {
    let field = Field::new();
    let coarse = lattice(5070, (0.0, 60_000.0), 20_000.0, (3, 3));
    field.raster::<u8>("lc.tif", coarse, &[], |_, _| 41);
    let fine = lattice(5070, (0.0, 60_000.0), 50.0, (1200, 1200));
    field.raster::<u8>(
        "height.tif",
        fine,
        &[("COMPRESS", "DEFLATE")],
        |col, row| u8::from((col / 400 + row / 400) % 2 == 0) * 100 + u8::from(col % 2 == 0) * 10,
    );
    field.regions(
        "regions.json",
        5070,
        &[("a", [0.0, 0.0, 20_000.0, 60_000.0])],
    );
    field.done(
        &format!("{MAP}[[layer]]\nname = \"height\"\npath = \"height.tif\"\nunit = \"m\"\n"),
        &[],
    );
    let row = field.row("tables/layers.csv", &[("layer", "height")]);
    near(&row, "mean", (105.0 + 5.0 + 105.0) / 3.0, 1e-9);
}

#[test]
fn zonal_lays_rasters_on_the_grid_of_choice() {
    let field = field();
    field.raster::<f32>("agb.tif", utm(30.0), &[], |col, row| {
        f32::from(patch(col, row))
    });
    let run = |arguments: &[&str]| {
        let (lc, agb) = (field.text("lc.tif"), field.text("agb.tif"));
        let (zones, out) = (field.text("regions.json"), field.text("zonal.csv"));
        let (lc, agb) = (format!("lc={lc}"), format!("agb={agb}:t_dm/ha"));
        let mut all = vec![
            "zonal",
            "--by",
            &lc,
            "--raster",
            &agb,
            "--zones",
            &zones,
            "--id",
            "id",
            "--out",
            &out,
            "--overwrite",
        ];
        all.extend(arguments);
        terrasink(&all)
    };
    let total = |column: &str| -> f64 {
        let mut reader = csv::Reader::from_path(field.path("zonal.csv")).unwrap();
        let place = reader
            .headers()
            .unwrap()
            .iter()
            .position(|name| name == column)
            .unwrap();
        reader
            .records()
            .map(|row| row.unwrap()[place].parse::<f64>().unwrap_or_default())
            .sum()
    };
    let output = run(&[]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(
        said(&output).contains("resampled by average"),
        "{}",
        said(&output)
    );
    let (area, sum) = (total("area_ha"), total("agb_sum_t_dm"));
    let output = run(&["--grid", "agb", "--resampling", "lc=nearest"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(!said(&output).contains("resampled"), "{}", said(&output));
    assert!((total("area_ha") / area - 1.0).abs() < 1e-6);
    assert!((total("agb_sum_t_dm") / sum - 1.0).abs() < 1e-3);
    for (arguments, word) in [
        (["--resampling", "lc=average"], "blend"),
        (["--resampling", "soil=mode"], "no raster has the name"),
        (["--grid", "soil"], "no raster has the name"),
    ] {
        let output = run(&arguments);
        assert!(!output.status.success());
        assert!(said(&output).contains(word), "{}", said(&output));
    }
}

/// Classes stored as real numbers are read as they are, and never rounded.
#[test]
fn classes_may_be_of_any_type_as_long_as_they_are_whole() {
    fn areas<T: gdal::raster::GdalType + Copy>(cast: impl Fn(u8) -> T) -> String {
        let field = Field::new();
        field.raster::<T>("lc.tif", map(), &[], |col, row| cast(patch(col, row)));
        field.regions("regions.json", 5070, &[REGION]);
        field.done(MAP, &[]);
        std::fs::read_to_string(field.path("out/tables/area.csv")).unwrap()
    }
    let expected = areas::<u8>(|code| code);
    assert_eq!(areas::<i16>(i16::from), expected);
    assert_eq!(areas::<u16>(u16::from), expected);
    assert_eq!(areas::<i32>(i32::from), expected);
    assert_eq!(areas::<u32>(u32::from), expected);
    assert_eq!(areas::<i64>(i64::from), expected);
    assert_eq!(areas::<u64>(u64::from), expected);
    assert_eq!(areas::<f32>(f32::from), expected);
    assert_eq!(areas::<f64>(f64::from), expected);

    let field = Field::new();
    let lc = field.raster::<f32>("lc.tif", map(), &[], |col, row| match (col, row) {
        (100, 90) => 41.5,
        (200, _) => f32::NAN,
        _ => f32::from(patch(col, row)),
    });
    drop::<Dataset>(lc);
    field.regions("regions.json", 5070, &[REGION]);
    let output = field.run(MAP, &[]);
    let said = said(&output);
    assert!(
        said.contains("row 90, column 100: the cell holds 41.5"),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(3), "{said}");
}
