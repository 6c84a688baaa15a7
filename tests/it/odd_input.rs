//! Inputs that are odd but right, and attacks: what comes out is right, or nothing comes out.

use gdal::vector::{LayerAccess, LayerOptions, OGRFieldType};
use gdal::{Dataset, DriverManager};

use crate::desk::{
    CELLS, Desk, NORTH, SIDE, WEST, cells, halves, raster, regions, rows, say_with, square,
};
use crate::scratch::{samples, terrasink};

/// Areas of the small plan; every disguise of its data must give them.
fn same_areas(desk: &Desk) {
    desk.taken();
    let summary = desk.summary();
    for (region, forest) in [("west", "72"), ("east", "0"), ("_total", "72")] {
        let row = &summary[region];
        assert_eq!(row["forest_area_ha"], forest, "{region}");
        assert_eq!(row["land_cover_valid_pct"], "100", "{region}");
    }
}

#[test]
fn the_form_of_the_file_changes_nothing() {
    for options in [
        &["TILED=YES", "BLOCKXSIZE=256", "BLOCKYSIZE=256"][..],
        &["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=48"],
        &["BLOCKYSIZE=7", "COMPRESS=DEFLATE"],
        &["COMPRESS=LZW", "PREDICTOR=2"],
    ] {
        let desk = Desk::new();
        desk.map("map.tif", options, halves);
        same_areas(&desk);
    }
}

#[test]
fn codes_of_sixteen_bits_are_codes_all_the_same() {
    let desk = Desk::new();
    let at = [WEST, SIDE, 0.0, NORTH, 0.0, -SIDE];
    let wide = cells(CELLS, |row, col| i16::from(halves(row, col)));
    raster(
        &desk.path("map.tif"),
        (CELLS, wide),
        at,
        Some("EPSG:5070"),
        Some(-1.0),
        &[],
    );
    same_areas(&desk);
}

#[test]
fn a_map_without_nodata_is_valid_everywhere() {
    let desk = Desk::new();
    let at = [WEST, SIDE, 0.0, NORTH, 0.0, -SIDE];
    raster(
        &desk.path("map.tif"),
        (CELLS, cells(CELLS, halves)),
        at,
        Some("EPSG:5070"),
        None,
        &[],
    );
    same_areas(&desk);
}

#[test]
fn a_south_up_map_is_read_as_it_lies() {
    let desk = Desk::new();
    let south = NORTH - SIDE * 40.0;
    let at = [WEST, SIDE, 0.0, south, 0.0, SIDE];
    raster(
        &desk.path("map.tif"),
        (CELLS, cells(CELLS, halves)),
        at,
        Some("EPSG:5070"),
        None,
        &[],
    );
    same_areas(&desk);
}

#[test]
fn a_map_of_values_is_refused() {
    let desk = Desk::new();
    let at = [WEST, SIDE, 0.0, NORTH, 0.0, -SIDE];
    let floats = cells(CELLS, |row, col| f32::from(halves(row, col)) + 0.5);
    raster(
        &desk.path("map.tif"),
        (CELLS, floats),
        at,
        Some("EPSG:5070"),
        None,
        &[],
    );
    assert!(
        desk.refused()
            .finding("map.tif", "expected a whole number")
            .remedy
            .contains("`[[layer]]`")
    );
}

#[test]
fn a_rotated_map_is_refused() {
    let desk = Desk::new();
    let at = [WEST, SIDE, 1.0, NORTH, 1.0, -SIDE];
    raster(
        &desk.path("map.tif"),
        (CELLS, cells(CELLS, halves)),
        at,
        Some("EPSG:5070"),
        None,
        &[],
    );
    assert!(
        desk.refused()
            .finding("map.tif", "rotated")
            .remedy
            .contains("gdalwarp")
    );
}

#[test]
fn a_map_that_breaks_off_costs_the_regions_it_breaks_their_map_figures_only() {
    let desk = Desk::new();
    desk.map(
        "map.tif",
        &["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"],
        halves,
    );
    // Blocks of the engine are 512 cells: a map of two blocks, the second broken.
    let wide = 1024;
    let at = [WEST, SIDE, 0.0, NORTH, 0.0, -SIDE];
    let codes = cells(wide, |row, _| if row < 512 { 41_u8 } else { 71 });
    let options = ["TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512"];
    raster(
        &desk.path("map.tif"),
        (wide, codes),
        at,
        Some("EPSG:5070"),
        Some(255.0),
        &options,
    );
    let bytes = std::fs::read(desk.path("map.tif")).unwrap();
    desk.write("map.tif", &bytes[..bytes.len() - 300_000]);
    let some = [
        ("west", "West", square(0.0, 0.0, 20.0, 40.0)),
        ("east", "East", square(600.0, 600.0, 620.0, 640.0)),
    ];
    desk.write("regions.geojson", regions(&some));
    let check = desk.say("check");
    assert_eq!(check.code, Some(1), "{check:#?}");
    let run = desk.say("run");
    assert_eq!(run.code, Some(1), "{run:#?}");
    assert!(
        run.stderr
            .contains("region east: the map could not be read"),
        "{run:#?}"
    );
    let failed = rows(&desk.path("out/run/failed.csv"));
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["region_id"], "east");
    assert!(failed[0]["reason"].contains("map.tif"), "{failed:?}");
    let summary = desk.summary();
    assert_eq!(summary["west"]["forest_area_ha"], "72");
    for region in ["east", "_total"] {
        assert_eq!(summary[region]["forest_area_ha"], "", "{region}");
        assert_eq!(summary[region]["land_cover_valid_pct"], "", "{region}");
        assert!(
            summary[region]["notes"].contains("could not be read"),
            "{region}"
        );
        assert_ne!(
            summary[region]["volume_m3"], "",
            "the sample of {region} stands"
        );
    }
    assert!(
        rows(&desk.path("out/tables/checks.csv"))
            .iter()
            .all(|check| check["passed"] == "true")
    );
}

#[test]
fn what_is_borrowed_by_mapped_forest_is_withheld_where_the_map_breaks_off() {
    let desk = Desk::new();
    let wide = 1024;
    let at = [WEST, SIDE, 0.0, NORTH, 0.0, -SIDE];
    let options = ["TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=512"];
    let codes = cells(wide, |_, _| 41_u8);
    raster(
        &desk.path("map.tif"),
        (wide, codes),
        at,
        Some("EPSG:5070"),
        Some(255.0),
        &options,
    );
    let bytes = std::fs::read(desk.path("map.tif")).unwrap();
    desk.write("map.tif", &bytes[..bytes.len() - 300_000]);
    let some = [
        ("west", "West", square(0.0, 0.0, 20.0, 40.0)),
        ("east", "East", square(600.0, 600.0, 620.0, 640.0)),
    ];
    desk.write("regions.geojson", regions(&some));
    desk.replace("plan.toml", "min-plots = 2", "min-plots = 100");
    assert_eq!(desk.say("run").code, Some(1));
    let summary = desk.summary();
    for region in ["west", "east"] {
        assert_eq!(
            summary[region]["volume_m3"], "",
            "{region}: its share of all forest is unknown"
        );
        assert_eq!(summary[region]["carbon_tc"], "", "{region}");
    }
    assert_eq!(summary["west"]["forest_area_ha"], "72");
    assert_ne!(summary["_total"]["volume_m3"], "");
}

/// A map that covers the samples' counties roughly, of forest only, in another coordinate system.
fn forest_over_rhode_island(desk: &Desk, crs: &str, (west, north, side): (f64, f64, f64)) {
    let at = [west, side, 0.0, north, 0.0, -side];
    raster(
        &desk.path("map.tif"),
        (800, vec![41_u8; 640_000]),
        at,
        Some(crs),
        None,
        &[],
    );
    let counties = samples().join("rhode-island/counties.gpkg");
    desk.write("plan.toml", format!(
        "name = \"x\"\nout = \"out\"\n[regions]\npath = \"{}\"\nid = \"fips\"\n[[land-cover]]\nyear = 2016\npath = \"map.tif\"\nlegend = \"nlcd\"\n",
        counties.display()
    ));
}

#[test]
fn areas_are_the_same_in_degrees_in_utm_and_in_albers() {
    // Albers is equal-area, so its plane areas are those on the ellipsoid.
    let truth = [
        ("44001", 6_359.095_1),
        ("44003", 45_016.358_4),
        ("44007", 111_342.997_6),
    ];
    for (crs, place) in [
        ("EPSG:4269", (-72.0, 42.2, 0.0015)),
        ("EPSG:32619", (240_000.0, 4_680_000.0, 180.0)),
        ("EPSG:5070", (1_950_000.0, 2_390_000.0, 180.0)),
    ] {
        let desk = Desk::new();
        forest_over_rhode_island(&desk, crs, place);
        desk.taken();
        let summary = desk.summary();
        for (region, expected) in truth {
            let row = &summary[region];
            for column in ["area_ha", "forest_area_ha"] {
                let found: f64 = row[column].parse().unwrap();
                // Edges are straight in each system; densified to a thousandth of a cell they
                // bound the same area to 1e-6.
                assert!(
                    (found / expected - 1.0).abs() < 2e-6,
                    "{crs}, {region}, {column}: {found}"
                );
            }
            assert_eq!(row["land_cover_valid_pct"], "100", "{crs}, {region}");
        }
    }
}

#[test]
fn a_long_edge_in_degrees_is_followed_over_a_projected_map() {
    // A box of 1.2 by 1 degrees: its southern edge is a parallel, 300 m off the chord in Albers.
    let desk = Desk::new();
    forest_over_rhode_island(&desk, "EPSG:5070", (1_950_000.0, 2_390_000.0, 180.0));
    let ring = "[[-72.0,41.2],[-70.9,41.2],[-70.9,42.1],[-72.0,42.1],[-72.0,41.2]]";
    desk.write("box.geojson", format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"fips":"box"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}]}}"#
    ));
    let plan = desk.read("plan.toml");
    let from = samples()
        .join("rhode-island/counties.gpkg")
        .display()
        .to_string();
    desk.write("plan.toml", plan.replace(&from, "box.geojson"));
    desk.taken();
    let found: f64 = desk.summary()["box"]["area_ha"].parse().unwrap();
    // Between two parallels: closed form of the authalic latitude on WGS 84.
    let e = (2.0 / 298.257_223_563_f64 - (1.0 / 298.257_223_563_f64).powi(2)).sqrt();
    let q = |degrees: f64| {
        let s = degrees.to_radians().sin();
        s / (1.0 - e * e * s * s) + (e * s).atanh() / e
    };
    let b2 = 6_378_137.0_f64.powi(2) * (1.0 - e * e);
    let expected = b2 / 2.0 * 1.1_f64.to_radians() * (q(42.1) - q(41.2)) / 1e4;
    assert!(
        (found / expected - 1.0).abs() < 1e-6,
        "{found} against {expected}"
    );
}

#[test]
fn a_region_beyond_the_reach_of_the_map_s_projection_is_refused() {
    let desk = Desk::new();
    let ring = "[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]";
    desk.write("regions.geojson", format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"id":"west","name":"x"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}]}}"#
    ));
    desk.refused().finding("region west", "");
}

#[test]
fn two_maps_may_have_different_extents_and_cells() {
    let desk = Desk::new();
    let later =
        "\n[[land-cover]]\nyear = 2022\npath = \"later.tif\"\nlegend = \"nlcd\"\n\n[forest]";
    desk.replace("plan.toml", "\n[forest]", later);
    // The later map begins ten cells to the east: a quarter of the land has no value in 2022.
    let at = |east: f64| [WEST + SIDE * east, SIDE, 0.0, NORTH, 0.0, -SIDE];
    let codes = cells(CELLS, |_, _| 41_u8);
    raster(
        &desk.path("later.tif"),
        (CELLS, codes.clone()),
        at(10.0),
        Some("EPSG:5070"),
        None,
        &[],
    );
    desk.taken();
    let summary = desk.summary();
    assert_eq!(summary["west"]["land_cover_valid_pct"], "50");
    assert_eq!(summary["west"]["forest_area_ha"], "36");
    assert_eq!(summary["east"]["forest_area_ha"], "72");
    raster(
        &desk.path("later.tif"),
        (CELLS, codes),
        at(0.3),
        Some("EPSG:5070"),
        None,
        &[],
    );
    std::fs::remove_dir_all(desk.path("out")).unwrap();
    desk.taken()
        .finding("later.tif", "resampled by nearest from cells of");
}

#[test]
fn overlapping_and_nested_regions_get_their_full_areas_and_no_total() {
    let desk = Desk::new();
    let some = [
        ("west", "West", square(0.0, 0.0, 20.0, 40.0)),
        ("east", "East", square(10.0, 0.0, 40.0, 40.0)),
        ("inner", "Inner", square(2.0, 2.0, 4.0, 4.0)),
    ];
    desk.write("regions.geojson", regions(&some));
    let said = desk.taken();
    assert_eq!(
        said.finding("the regions", "more than one region").severity,
        "warning"
    );
    let summary = desk.summary();
    assert!(!summary.contains_key("_total"));
    assert_eq!(summary["west"]["forest_area_ha"], "72");
    assert_eq!(summary["east"]["forest_area_ha"], "36");
    assert_eq!(summary["inner"]["forest_area_ha"], "0.36");
}

#[test]
fn holes_parts_and_regions_smaller_than_a_cell_are_measured() {
    let desk = Desk::new();
    let ring = square(0.0, 0.0, 20.0, 40.0);
    let hole = square(5.0, 5.0, 10.0, 10.0);
    let some = [
        ("west", "West", format!("{ring},{hole}")),
        ("east", "East", square(20.0, 0.0, 40.0, 40.0)),
        ("speck", "Speck", square(7.1, 7.1, 7.2, 7.2)),
    ];
    let text = regions(&some);
    let parts = format!(
        r#"{{"type":"MultiPolygon","coordinates":[[{}],[{}]]}}"#,
        square(20.0, 0.0, 30.0, 40.0),
        square(35.0, 0.0, 40.0, 40.0)
    );
    let east = format!(
        r#"{{"type":"Polygon","coordinates":[{}]}}"#,
        square(20.0, 0.0, 40.0, 40.0)
    );
    assert!(text.contains(&east));
    desk.write("regions.geojson", text.replace(&east, &parts));
    desk.taken();
    let summary = desk.summary();
    assert_eq!(summary["west"]["forest_area_ha"], "69.75");
    assert_eq!(summary["east"]["area_ha"], "54");
    assert_eq!(summary["speck"]["forest_area_ha"], "0.0009");
}

#[test]
fn regions_without_a_shape_or_an_area_are_refused_by_their_id() {
    let desk = Desk::new();
    let speck = square(1.0, 1.0, 1.000_000_1, 1.000_000_1);
    let some = [
        ("west", "West", square(0.0, 0.0, 20.0, 40.0)),
        ("east", "East", String::new()),
        ("flat", "Flat", square(0.0, 0.0, 10.0, 0.0)),
        ("speck", "Speck", speck),
    ];
    desk.write("regions.geojson", regions(&some));
    let said = desk.refused();
    said.finding("feature 3, region flat", "");
    desk.write(
        "regions.geojson",
        regions(&[some[0].clone(), some[1].clone()]),
    );
    desk.refused().finding("feature 2", "`east` has no shape");
    desk.write(
        "regions.geojson",
        regions(&[some[0].clone(), some[3].clone()]),
    );
    desk.refused().finding("region speck", "a point or a line");
}

#[test]
fn points_are_no_regions() {
    let desk = Desk::new();
    let text = desk.read("regions.geojson");
    let ring = format!(
        r#""Polygon","coordinates":[{}]"#,
        square(0.0, 0.0, 20.0, 40.0)
    );
    assert!(text.contains(&ring));
    desk.write(
        "regions.geojson",
        text.replace(&ring, r#""Point","coordinates":[2000000,2300000]"#),
    );
    desk.refused().finding("region west", "not a polygon");
}

/// Writes the two regions as a shapefile whose names are in GBK, without saying so.
fn gbk_shapefile(desk: &Desk) {
    let source = Dataset::open(desk.path("regions.geojson")).unwrap();
    let mut from = source.layer(0).unwrap();
    let driver = DriverManager::get_driver_by_name("ESRI Shapefile").unwrap();
    let mut shapes = driver.create_vector_only(desk.path("shapes.shp")).unwrap();
    let crs = from.spatial_ref();
    let layer = shapes
        .create_layer(LayerOptions {
            name: "shapes",
            srs: crs.as_ref(),
            options: Some(&["ENCODING=GBK"]),
            ..LayerOptions::default()
        })
        .unwrap();
    layer
        .create_defn_fields(&[
            ("id", OGRFieldType::OFTString),
            ("name", OGRFieldType::OFTString),
        ])
        .unwrap();
    let definition = layer.defn();
    for feature in from.features() {
        let id = feature.field_as_string(0).unwrap().unwrap();
        let name = if id == "west" { "西县" } else { "东县" };
        let mut copy = gdal::vector::Feature::new(definition).unwrap();
        copy.set_field_string(0, &id).unwrap();
        copy.set_field_string(1, name).unwrap();
        copy.set_geometry(feature.geometry().unwrap().clone())
            .unwrap();
        copy.create(&layer).unwrap();
    }
    drop(shapes);
    let _ = std::fs::remove_file(desk.path("shapes.cpg"));
    // The language byte of the table may name the code page too.
    let mut table = std::fs::read(desk.path("shapes.dbf")).unwrap();
    table[29] = 0;
    desk.write("shapes.dbf", table);
}

#[test]
fn names_in_gbk_need_their_encoding_and_are_never_garbled() {
    let desk = Desk::new();
    gbk_shapefile(&desk);
    desk.replace("plan.toml", "regions.geojson", "shapes.shp");
    let said = desk.refused();
    let found = said.finding("shapes.shp, field name", "cannot be read");
    assert!(found.remedy.contains("encoding = \"GBK\""), "{found:?}");
    desk.replace(
        "plan.toml",
        "name-field",
        "encoding = \"Klingon\"\nname-field",
    );
    desk.refused()
        .finding("shapes.shp, field name", "cannot be read");
    desk.replace("plan.toml", "Klingon", "GBK");
    desk.taken();
    assert_eq!(desk.summary()["west"]["region_name"], "西县");
}

#[test]
fn paths_may_have_spaces_and_chinese_characters() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("调查 数据")).unwrap();
    for (file, name) in [
        ("regions.geojson", "县 界.geojson"),
        ("map.tif", "土地 覆盖.tif"),
        ("plots.csv", "样 地.csv"),
    ] {
        let moved = format!("调查 数据/{name}");
        std::fs::rename(desk.path(file), desk.path(&moved)).unwrap();
        desk.replace("plan.toml", file, &moved);
    }
    std::fs::rename(desk.path("plan.toml"), desk.path("规划 一.toml")).unwrap();
    let said = say_with(&["run", &desk.path("规划 一.toml").display().to_string()]);
    assert_eq!(said.code, Some(0), "{said:#?}");
    assert_eq!(desk.summary()["west"]["forest_area_ha"], "72");
}

#[test]
fn a_plan_in_the_current_directory_needs_no_path() {
    let desk = Desk::new();
    desk.replace("plan.toml", "out = \"out\"\n", "");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_terrasink"))
        .args(["run", "plan.toml"])
        .current_dir(desk.path(""))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(desk.path("plan-out/summary.csv").is_file());
}

#[test]
fn tables_of_excel_are_read_as_they_are() {
    let plain = Desk::new();
    plain.taken();
    let expected = plain.read("out/summary.csv");
    let semicolons = |text: &str| text.replace(',', ";");
    let excel = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    for change in [&semicolons as &dyn Fn(&str) -> String, &excel, &|text| {
        excel(&semicolons(text))
    }] {
        let desk = Desk::new();
        for file in ["plots.csv", "strata.csv"] {
            desk.write(file, change(&desk.read(file)));
        }
        desk.taken();
        assert_eq!(desk.read("out/summary.csv"), expected);
    }
}

#[test]
fn rows_are_numbered_as_in_an_editor_even_with_windows_line_ends() {
    let desk = Desk::new();
    desk.replace("plots.csv", "5,east,open,0,0,0", "5,east,open,0,none,0");
    desk.write("plots.csv", desk.read("plots.csv").replace('\n', "\r\n"));
    desk.refused()
        .finding("plots.csv, row 6, column volume_m3_ha", "`none`");
}

#[test]
fn decimal_commas_are_refused_not_misread() {
    let desk = Desk::new();
    desk.write(
        "plots.csv",
        desk.read("plots.csv")
            .replace(',', ";")
            .replace("0.25", "0,25"),
    );
    let said = desk.refused();
    assert!(
        said.finding("row 7, column forest", "`0,25`")
            .remedy
            .contains("decimal point")
    );
}

#[test]
fn a_table_without_rows_or_header_says_so() {
    let desk = Desk::new();
    desk.write("plots.csv", "");
    desk.refused().finding("plots.csv", "empty");
    desk.write(
        "plots.csv",
        "plot,region,stratum,forest,volume_m3_ha,agc_t_ha\n",
    );
    desk.refused().finding("plots.csv", "no rows");
}

#[test]
fn plots_of_no_region_at_all_are_refused_instead_of_counted_as_zero() {
    let desk = Desk::new();
    desk.write(
        "plots.csv",
        desk.read("plots.csv")
            .replace("west", "North")
            .replace("east", "South"),
    );
    desk.refused()
        .finding("inventory 2020", "none of the 8 plots");
}

#[test]
fn exchanged_coordinates_are_refused() {
    let desk = Desk::new();
    let place = |region: &str| {
        if region == "west" {
            "-71.50,41.64"
        } else {
            "-71.49,41.64"
        }
    };
    let text = desk.read("plots.csv");
    let text: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(i, line)| match i {
            0 => format!("{line},lon,lat"),
            _ => format!("{line},{}", place(line.split(',').nth(1).unwrap())),
        })
        .collect();
    desk.write("plots.csv", text.join("\n"));
    desk.replace(
        "plan.toml",
        "region = \"region\"",
        "x = \"lat\"\ny = \"lon\"\ncrs = \"EPSG:4326\"",
    );
    let said = desk.refused();
    assert!(
        said.findings[0].remedy.contains("are x and y exchanged?"),
        "{said:#?}"
    );
}

#[test]
fn an_inventory_without_a_map_is_enough_and_so_is_a_map_alone() {
    let desk = Desk::new();
    let plan = desk.read("plan.toml");
    let map = "[[land-cover]]\nyear = 2020\npath = \"map.tif\"\nlegend = \"nlcd\"\n";
    desk.replace("plan.toml", map, "");
    desk.taken();
    assert_eq!(desk.summary()["west"]["forest_area_ha"], "");
    assert_ne!(desk.summary()["west"]["volume_m3"], "");
    std::fs::remove_dir_all(desk.path("out")).unwrap();
    let end = plan.find("[inventory]").unwrap();
    desk.write("plan.toml", &plan[..end]);
    desk.taken();
    assert_eq!(desk.summary()["west"]["forest_area_ha"], "72");
    assert_eq!(desk.summary()["west"]["volume_m3"], "");
}

#[test]
fn two_plans_of_one_name_never_overwrite_each_other() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("other")).unwrap();
    desk.write("other/plan.toml", desk.read("plan.toml"));
    let before = desk.listing();
    let arguments = [
        "run".to_owned(),
        desk.path("plan.toml").display().to_string(),
        desk.path("other/plan.toml").display().to_string(),
        "--out".to_owned(),
        desk.path("all").display().to_string(),
        "--overwrite".to_owned(),
    ];
    let output = terrasink(&arguments);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("would both be written to"));
    assert_eq!(desk.listing(), before);
}

#[test]
fn many_problems_of_one_kind_are_counted_for_people_and_listed_for_programs() {
    let desk = Desk::new();
    let mut text = desk.read("plots.csv");
    for plot in 10..40 {
        text.extend([plot.to_string().as_str(), ",east,open,0,none,0\n"]);
    }
    desk.write("plots.csv", text);
    assert_eq!(desk.refused().findings.len(), 30);
    let plan = desk.path("plan.toml").display().to_string();
    let said = say_with(&["check", &plan]);
    assert_eq!(
        said.stderr.matches("found `none`").count(),
        10,
        "{}",
        said.stderr
    );
    assert!(
        said.stderr.contains("20 more of this kind"),
        "{}",
        said.stderr
    );
}
