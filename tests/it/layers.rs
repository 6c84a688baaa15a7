//! `[[layer]]`: further rasters of a plan, on the grid of the maps.

use std::fs;

use terrasink::report::{LEDGER, read_ledger};

use crate::field::{Field, Lattice, lattice, near, said};

/// Six by six cells of 4 ha in an equal-area system.
fn cells() -> Lattice {
    lattice(5070, (0.0, 1200.0), 200.0, (6, 6))
}

const MAP: &str = "[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"nlcd\"\n";

const LAYERS: &str = "[[layer]]\nname = \"agb\"\npath = \"agb.tif\"\nunit = \"t_dm/ha\"\n\
    [[layer]]\nname = \"soil\"\npath = \"soil.tif\"\nlegend = \"soil.csv\"\n";

/// Forest in the three columns to the left, grassland to the right; biomass is 100 and 8, and
/// unknown in the first row; soils change from the third row to the fourth.
fn field() -> Field {
    let field = Field::new();
    field.raster::<u8>(
        "lc.tif",
        cells(),
        &[],
        |col, _| if col < 3 { 41 } else { 71 },
    );
    let agb = field.raster::<f32>("agb.tif", cells(), &[], |col, row| match (col, row) {
        (_, 0) => -9999.0,
        (0..3, _) => 100.0,
        (_, 5) => 20.0,
        _ => 8.0,
    });
    let mut band = agb.rasterband(1).unwrap();
    band.set_no_data_value(Some(-9999.0)).unwrap();
    field.raster::<u8>(
        "soil.tif",
        cells(),
        &[],
        |_, row| if row < 3 { 1 } else { 2 },
    );
    field.write("soil.csv", "code,class_name\n1,clay\n2,peat\n");
    // Region `a` leaves half of the first column and the last row out.
    field.regions(
        "regions.json",
        5070,
        &[
            ("a", [100.0, 200.0, 1200.0, 1200.0]),
            ("b", [0.0, 0.0, 1200.0, 200.0]),
        ],
    );
    field
}

#[test]
fn values_and_classes_of_layers_are_told_by_region_and_ecosystem() {
    let field = field();
    field.done(&format!("{MAP}{LAYERS}"), &[]);
    let row = |region: &str, ecosystem: &str, layer: &str, class: &str| {
        let keys = [
            ("region_id", region),
            ("ecosystem", ecosystem),
            ("layer", layer),
            ("class_code", class),
        ];
        field.row("tables/layers.csv", &keys)
    };
    let forest = row("a", "forest", "agb", "");
    near(&forest, "area_ha", 40.0, 1e-9);
    near(&forest, "mean", 100.0, 1e-12);
    near(&forest, "sum", 4000.0, 1e-9);
    assert_eq!(
        (forest["unit"].as_str(), forest["sum_unit"].as_str()),
        ("t_dm/ha", "t_dm")
    );
    assert_eq!(forest["year"], "2020");
    near(&row("a", "forest", "agb", "nodata"), "area_ha", 10.0, 1e-9);
    let grass = row("b", "grassland", "agb", "");
    near(&grass, "min", 20.0, 1e-12);
    near(&grass, "sum", 240.0, 1e-9);
    let all = row("_total", "all", "agb", "");
    near(
        &all,
        "sum",
        4000.0 + 12.0 * 8.0 * 4.0 + 1200.0 + 240.0,
        1e-9,
    );
    near(&all, "min", 8.0, 1e-12);
    near(&all, "max", 100.0, 1e-12);
    near(&row("a", "forest", "soil", "1"), "area_ha", 30.0, 1e-9);
    assert_eq!(row("a", "all", "soil", "2")["class_name"], "peat");
    let told = field.table("tables/dictionary.csv");
    assert!(
        told.iter()
            .any(|row| row["file"] == "tables/layers.csv" && row["column"] == "sum_unit")
    );
    // The layers change nothing of the areas.
    let with = fs::read(field.path("out/tables/area.csv")).unwrap();
    field.done(MAP, &[]);
    assert_eq!(with, fs::read(field.path("out/tables/area.csv")).unwrap());
}

#[test]
fn the_ledger_has_a_column_a_class_layer_and_four_a_value_layer() {
    let field = field();
    field.done(&format!("{MAP}{LAYERS}"), &[]);
    let ledger = read_ledger(&fs::read(field.path("out").join(LEDGER)).unwrap()).unwrap();
    assert_eq!(ledger.layers, ["class_2020", "soil"]);
    assert_eq!(ledger.value_layers, ["agb"]);
    let row = ledger
        .rows
        .iter()
        .find(|row| row.region_id == "b" && row.classes == [Some(71), Some(2)])
        .unwrap();
    // Three cells of 40 000 m2 with 20 t/ha.
    assert!((row.values[0].sum - 3.0 * 40_000.0 * 20.0).abs() < 1e-3);
    assert_eq!(row.values[0].area_units, 120_000_i128 << 30);
    assert_eq!(row.values[0].least, Some(20.0));
}

#[test]
fn a_boundary_takes_its_values_out_of_the_class() {
    let field = field();
    // A wetland on the upper three rows of the grassland.
    field.regions("wet.json", 5070, &[("w", [600.0, 600.0, 1200.0, 1200.0])]);
    let plan = format!("{MAP}{LAYERS}[[boundary]]\necosystem = \"wetland\"\npath = \"wet.json\"\n");
    field.done(&plan, &[]);
    let row = |ecosystem: &str| {
        let keys = [
            ("region_id", "_total"),
            ("ecosystem", ecosystem),
            ("layer", "agb"),
            ("class_code", ""),
        ];
        field.row("tables/layers.csv", &keys)
    };
    near(&row("wetland"), "area_ha", 24.0, 1e-9);
    near(&row("wetland"), "sum", 24.0 * 8.0, 1e-9);
    let grass = row("grassland");
    near(&grass, "sum", 24.0 * 8.0 + 240.0, 1e-9);
    near(&grass, "mean", 12.0, 1e-9);
    near(&grass, "max", 20.0, 1e-12);
    // Of the soil the rows 1 to 3 are one class, which the wetland has wholly: the rest is known.
    near(&grass, "min", 8.0, 1e-12);
}

#[test]
fn the_bytes_of_layers_do_not_depend_on_the_number_of_threads() {
    let field = field();
    let mut seen = Vec::new();
    for threads in ["1", "2", "7"] {
        field.done(&format!("{MAP}{LAYERS}"), &["--threads", threads]);
        let read = |name: &str| fs::read(field.path("out").join(name)).unwrap();
        seen.push((read("tables/layers.csv"), read(LEDGER)));
    }
    assert!(seen.iter().all(|bytes| *bytes == seen[0]));
}

#[test]
fn problems_of_layers_come_in_one_pass() {
    let field = field();
    field.write("short.csv", "code,class_name\n1,clay\n");
    field.refused(
        &format!("{MAP}[[layer]]\nname = \"soil\"\npath = \"soil.tif\"\nlegend = \"short.csv\"\n"),
        &["layer soil, class 2", "68.0000 ha"],
    );
    field.refused(
        &format!(
            "{MAP}[[layer]]\nname = \"x\"\npath = \"none.tif\"\nunit = \"m\"\n\
            [[layer]]\nname = \"soil\"\npath = \"soil.tif\"\nlegend = \"none.csv\"\nresampling = \"average\"\n"
        ),
        &["none.tif", "missing", "none.csv", "blend"],
    );
}

#[test]
fn check_says_what_layers_give() {
    let field = field();
    field.done(&format!("{MAP}{LAYERS}"), &[]);
    let plan = field.text("plan.toml");
    let output = crate::scratch::terrasink(&["check", &plan]);
    let told = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        said(&output)
    );
    assert!(
        told.contains("agb (t_dm/ha)") && told.contains("soil"),
        "{told}"
    );
}
