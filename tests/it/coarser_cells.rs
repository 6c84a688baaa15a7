//! Classes brought to much larger cells by the most frequent one.

use std::process::Command;
use std::time::{Duration, Instant};

use gdal::raster::{Buffer, GdalType};

use crate::field::{Field, Row, lattice, number, said};
use crate::scratch::terrasink;

/// 12 by 11 cells of a kilometre in Albers, near Rhode Island, and a region that cuts cells.
fn field() -> Field {
    let field = Field::new();
    let coarse = lattice(5070, (1_985_000.0, 2_385_000.0), 1000.0, (12, 11));
    field.raster::<u8>("lc.tif", coarse, &[], |col, row| [41, 71][(col + row) % 2]);
    let region = [1_985_100.0, 2_374_200.0, 1_996_800.0, 2_384_900.0];
    field.regions("zones.json", 5070, &[("a", region)]);
    field
}

/// Classes in patches of some cells, with runs of equal ones and with ties; none in places.
fn code(col: usize, row: usize) -> u8 {
    let (a, b) = (col / 7, row / 5);
    if (a * 3 + b) % 11 == 0 {
        return 0;
    }
    u8::try_from(1 + (a * a + 3 * b + (col * row) % 3) % 5).unwrap()
}

/// The table of classes by the cells of the map.
fn table(field: &Field, raster: &str, rule: &[&str]) -> String {
    let (lc, by) = (
        format!("lc={}", field.text("lc.tif")),
        format!("s={}", field.text(raster)),
    );
    let (zones, out) = (field.text("zones.json"), field.text("out.csv"));
    let mut all = vec!["zonal", "--by", &lc, "--by", &by, "--zones", &zones];
    all.extend(["--id", "id", "--out", &out, "--overwrite"]);
    all.extend(rule);
    let output = terrasink(&all);
    assert!(output.status.success(), "{}", said(&output));
    std::fs::read_to_string(out).unwrap()
}

const MODE: [&str; 2] = ["--resampling", "s=mode"];

/// What gdalwarp makes of `s.tif` on the cells of the map, as `warped.tif`.
fn gdalwarp(field: &Field) {
    let output = Command::new("gdalwarp")
        .args(["-q", "-overwrite", "-t_srs", "EPSG:5070", "-et", "0.01"])
        .args(["-tr", "1000", "1000", "-ot", "Float64", "-dstnodata", "nan"])
        .args(["-r", "mode", "-te", "1985000", "2374000", "1997000"])
        .args([
            "2385000".into(),
            field.path("s.tif"),
            field.path("warped.tif"),
        ])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// Classes of one type, in UTM: as gdalwarp finds them, with a number without data, with a mask, and
/// where every number is a class.
fn is_what_gdalwarp_finds<T: GdalType + Copy>(cell: f64, cast: impl Fn(u8) -> T) {
    let across = 15_000.0 / cell;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and small"
    )]
    let size = (across as usize, across as usize);
    for gaps in ["nodata", "mask", "none"] {
        let field = field();
        let fine = lattice(32619, (285_000.0, 4_666_000.0), cell, size);
        let dataset = field.raster::<T>("s.tif", fine, &[], |col, row| cast(code(col, row)));
        let mut band = dataset.rasterband(1).unwrap();
        if gaps == "nodata" {
            band.set_no_data_value(Some(0.0)).unwrap();
        } else if gaps == "mask" {
            band.create_mask_band(true).unwrap();
            let seen = |place: usize| u8::from(code(place / size.0, place % size.0) > 2) * 255;
            let cells = (0..size.0 * size.1).map(seen).collect();
            let mut mask = band.open_mask_band().unwrap();
            mask.write((0, 0), size, &mut Buffer::new(size, cells))
                .unwrap();
        }
        drop(dataset);
        gdalwarp(&field);
        let expected = table(&field, "warped.tif", &[]);
        let found = table(&field, "s.tif", &MODE);
        assert!(expected.lines().count() > 6, "{expected}");
        assert!(expected.contains("nodata"), "{expected}");
        assert_eq!(found, expected, "{cell} {gaps}");
    }
}

#[test]
fn the_most_frequent_class_is_the_one_that_gdalwarp_finds() {
    for cell in [12.5, 25.0, 300.0] {
        is_what_gdalwarp_finds::<u8>(cell, |code| code * 51);
        is_what_gdalwarp_finds::<u16>(cell, |code| u16::from(code) * 13_107);
        is_what_gdalwarp_finds::<i16>(cell, |code| i16::from(code) * 6_000 - 18_000);
    }
    is_what_gdalwarp_finds::<i32>(25.0, |code| i32::from(code) * 1_000_000);
    is_what_gdalwarp_finds::<f32>(25.0, f32::from);
}

/// GDAL gives cells that only touch the edge of a raster data too.
#[test]
fn cells_beside_a_raster_have_no_data_of_it() {
    let field = Field::new();
    let coarse = lattice(5070, (0.0, 100_000.0), 1000.0, (100, 100));
    field.raster::<u8>("lc.tif", coarse, &[], |_, _| 41);
    let fine = lattice(5070, (30_000.0, 80_000.0), 50.0, (600, 600));
    field.raster::<u8>("s.tif", fine, &[], |_, _| 5);
    field.regions(
        "zones.json",
        5070,
        &[("a", [0.0, 0.0, 100_000.0, 100_000.0])],
    );
    let [lc, classes, values] = ["lc=lc.tif", "s=s.tif", "v=s.tif:t/ha"].map(|named| {
        let (name, path) = named.split_once('=').unwrap();
        format!("{name}={}", field.text(path))
    });
    let zones = field.text("zones.json");
    for rest in [
        ["--by", &classes, "--resampling", "s=mode"],
        ["--raster", &values, "--resampling", "v=average"],
    ] {
        let mut all = vec![
            "zonal", "--by", &lc, "--zones", &zones, "--id", "id", "--out", "-",
        ];
        all.extend(rest);
        let output = terrasink(&all);
        let table = String::from_utf8(output.stdout.clone()).unwrap();
        // Of 100 by 100 cells 30 by 30 lie over the raster: 900 of 100 ha, 5 t/ha each; 961 had data.
        let has = |found: &str| table.split([',', '\n']).any(|word| word == found);
        assert!(has("900") || has("450000"), "{table}{}", said(&output));
    }
}

/// In single precision, in which GDAL compares, they are the code before them.
#[test]
fn codes_that_the_rule_cannot_tell_apart_are_refused() {
    let field = Field::new();
    let coarse = lattice(5070, (0.0, 4000.0), 1000.0, (4, 4));
    field.raster::<u8>("lc.tif", coarse, &[], |_, _| 41);
    let fine = lattice(5070, (0.0, 4000.0), 100.0, (40, 40));
    field.regions("zones.json", 5070, &[("a", [0.0, 0.0, 4000.0, 4000.0])]);
    for (code, fits) in [
        (16_777_215, true),
        (16_777_217, false),
        (-16_777_217, false),
    ] {
        field.raster::<i32>("s.tif", fine, &[], |_, _| code);
        let (lc, by) = (
            format!("lc={}", field.text("lc.tif")),
            format!("s={}", field.text("s.tif")),
        );
        let zones = field.text("zones.json");
        let mut all = vec!["zonal", "--by", &lc, "--by", &by, "--zones", &zones];
        all.extend(["--id", "id", "--out", "-", "--resampling", "s=mode"]);
        let output = terrasink(&all);
        assert_eq!(output.status.success(), fits, "{code}: {}", said(&output));
        let is_told = said(&output).contains("in single precision");
        assert_eq!(is_told, !fits, "{code}: {}", said(&output));
    }
}

/// A cell that covers a hundred times as many cells takes no longer for each of them.
#[test]
fn much_finer_classes_take_no_longer_by_cell() {
    let field = Field::new();
    let coarse = lattice(5070, (0.0, 60_000.0), 20_000.0, (3, 3));
    field.raster::<u8>("lc.tif", coarse, &[], |_, _| 41);
    let fine = lattice(5070, (0.0, 60_000.0), 50.0, (1200, 1200));
    field.raster::<u8>("s.tif", fine, &[], |col, row| {
        u8::try_from((col * 7 + row * row) % 6).unwrap()
    });
    field.raster::<u16>("short.tif", fine, &[], |col, row| {
        u16::try_from((col * 7 + row * row) % 6).unwrap()
    });
    field.regions(
        "zones.json",
        5070,
        &[("a", [100.0, 100.0, 59_000.0, 59_000.0])],
    );
    let took = |raster: &str, rule: &[&str]| -> Duration {
        let start = Instant::now();
        table(&field, raster, rule);
        start.elapsed()
    };
    let usual = took("s.tif", &[]);
    for raster in ["s.tif", "short.tif"] {
        let mode = took(raster, &MODE);
        assert!(
            mode < usual * 10 + Duration::from_secs(3),
            "{raster}: {mode:?}, {usual:?}"
        );
    }
}

/// A cell of 44 m on those of 20 m: two whole ones and a fifth across and down. The class of the fifths
/// has 5 of the 9 cells that are touched, and 17 % of the area.
fn at_the_edges<T: GdalType + Copy>(cast: impl Fn(u8) -> T) -> String {
    let field = Field::new();
    let coarse = lattice(5070, (0.0, 44.0), 44.0, (1, 1));
    field.raster::<u8>("lc.tif", coarse, &[], |_, _| 41);
    let fine = lattice(5070, (0.0, 44.0), 20.0, (3, 3));
    field.raster::<T>("s.tif", fine, &[], |col, row| {
        cast(1 + u8::from(col == 2 || row == 2))
    });
    field.regions("zones.json", 5070, &[("a", [0.0, 0.0, 44.0, 44.0])]);
    table(&field, "s.tif", &MODE)
}

/// What docs/grids.md says of `mode` by the version of GDAL.
#[test]
fn the_most_frequent_class_counts_touched_cells_before_gdal_3_11_and_area_from_then_on() {
    let version = gdal::version::VersionInfo::version_num();
    let by_area = version.parse::<u32>().unwrap() >= 3_110_000;
    let expected = if by_area { 1 } else { 2 };
    for table in [
        at_the_edges::<u8>(u8::from),
        at_the_edges::<u16>(u16::from),
        at_the_edges::<i32>(i32::from),
        at_the_edges::<f32>(f32::from),
    ] {
        let row = table.lines().nth(1).unwrap();
        assert!(row.starts_with(&format!("a,41,{expected},")), "{table}");
    }
}

/// Amounts of cells of which a tenth has no data: where gaps are smaller than the cells of the grid, they
/// are taken as the rest of the cell, in the amount and in its area alike.
#[test]
fn gaps_within_a_cell_of_the_grid_count_as_the_rest_of_it() {
    let field = Field::new();
    let coarse = lattice(5070, (0.0, 1000.0), 500.0, (2, 2));
    field.raster::<u8>("lc.tif", coarse, &[], |_, _| 41);
    let fine = lattice(5070, (0.0, 1000.0), 50.0, (20, 20));
    let dataset = field.raster::<f32>("amount.tif", fine, &[], |col, row| {
        if (col + row) % 10 == 0 { -1.0 } else { 2.0 }
    });
    dataset
        .rasterband(1)
        .unwrap()
        .set_no_data_value(Some(-1.0))
        .unwrap();
    drop(dataset);
    field.regions("zones.json", 5070, &[("a", [0.0, 0.0, 1000.0, 1000.0])]);
    let amount = format!("amount={}:t_c/cell", field.text("amount.tif"));
    let lc = format!("lc={}", field.text("lc.tif"));
    let zones = field.text("zones.json");
    let told = |by: &[&str]| -> [f64; 2] {
        let mut all = vec!["zonal", "--raster", &amount, "--zones", &zones];
        all.extend(["--id", "id", "--stat", "sum,count"]);
        all.extend(by);
        let output = terrasink(&all);
        assert!(output.status.success(), "{}", said(&output));
        let mut table = csv::Reader::from_reader(&*output.stdout);
        let row: Row = table.deserialize().next().unwrap().unwrap();
        ["amount_sum_t_c_cell", "amount_count"].map(|column| number(&row, column))
    };
    // Cells of 0.25 ha: 360 of 400 have data.
    let [sum, cells] = told(&[]);
    near([sum, cells * 0.25], [720.0, 90.0]);
    let [sum, cells] = told(&["--by", &lc, "--grid", "lc"]);
    near([sum, cells * 25.0], [800.0, 100.0]);
}

fn near(found: [f64; 2], expected: [f64; 2]) {
    let is_near = found
        .iter()
        .zip(expected)
        .all(|(one, other)| (one / other - 1.0).abs() < 1e-9);
    assert!(is_near, "{found:?}, expected {expected:?}");
}

#[test]
fn a_raster_of_wide_codes_or_less_than_a_cell_is_told() {
    let field = field();
    let place = (1_985_000.0, 2_385_000.0);
    drop(field.raster(
        "wide.tif",
        lattice(5070, place, 10.0, (120, 120)),
        &[],
        |col, row| i32::from(code(col, row)),
    ));
    drop(field.raster(
        "short.tif",
        lattice(5070, place, 10.0, (120, 120)),
        &[],
        |col, row| i16::from(code(col, row)),
    ));
    drop(field.raster(
        "small.tif",
        lattice(5070, place, 10.0, (120, 60)),
        &[],
        code,
    ));
    let (lc, zones) = (
        format!("lc={}", field.text("lc.tif")),
        field.text("zones.json"),
    );
    let (slow, small) = (
        "`mode` over some 100 x 100 cells",
        "it has 120 x 60 cells and is smaller than a cell",
    );
    for (name, words) in [
        ("wide.tif", Some(slow)),
        ("short.tif", None),
        ("small.tif", Some(small)),
    ] {
        let by = format!("s={}", field.text(name));
        let all = [
            "zonal", "--by", &lc, "--by", &by, "--zones", &zones, "--id", "id",
        ];
        let said = said(&terrasink(&[&all[..], &MODE[..]].concat()));
        for told in [slow, small] {
            assert_eq!(said.contains(told), words == Some(told), "{name}: {said}");
        }
    }
}
