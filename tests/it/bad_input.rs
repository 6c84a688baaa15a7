//! What is wrong with a plan or with data is said in plain words: where, what, what to do.

use crate::desk::{
    CELLS, Desk, NORTH, SIDE, WEST, cells, counties, halves, raster, regions, say_with, square,
};
use crate::scratch::terrasink;

#[test]
fn the_small_plan_itself_is_taken() {
    let desk = Desk::new();
    let said = desk.taken();
    assert_eq!(said.findings, []);
    let west = &desk.summary()["west"];
    assert_eq!(west["area_ha"], "72");
    assert_eq!(west["forest_cover_pct"], "100");
}

#[test]
fn every_missing_file_is_named() {
    for (file, key) in [
        ("regions.geojson", "regions"),
        ("map.tif", "land-cover"),
        ("plots.csv", "inventory.plots"),
        ("strata.csv", "inventory.strata"),
    ] {
        let desk = Desk::new();
        std::fs::remove_file(desk.path(file)).unwrap();
        let said = desk.refused();
        let found = said.finding(file, "");
        assert!(
            found.remedy.contains("relative to the plan"),
            "{key}: {found:?}"
        );
    }
}

#[test]
fn a_missing_plan_is_refused_with_the_way_to_one() {
    let desk = Desk::new();
    std::fs::remove_file(desk.path("plan.toml")).unwrap();
    let said = desk.refused();
    assert!(
        said.finding("plan.toml", "")
            .remedy
            .contains("terrasink init")
    );
}

#[test]
fn a_map_without_coordinate_system_is_refused_until_the_plan_gives_one() {
    let desk = Desk::new();
    let at = [WEST, SIDE, 0.0, NORTH, 0.0, -SIDE];
    raster(
        &desk.path("map.tif"),
        (CELLS, cells(CELLS, halves)),
        at,
        None,
        Some(255.0),
        &[],
    );
    let said = desk.refused();
    let found = said.finding("map.tif", "no coordinate system");
    assert!(found.remedy.contains("crs ="), "{found:?}");
    desk.replace(
        "plan.toml",
        "legend = \"nlcd\"",
        "legend = \"nlcd\"\ncrs = \"EPSG:5070\"",
    );
    assert_eq!(desk.taken().findings, []);
}

#[test]
fn regions_without_coordinate_system_are_refused_until_the_plan_gives_one() {
    let desk = Desk::new();
    // A CSV of WKT states no coordinate system.
    let ring = |west: f64, east: f64| {
        let (w, e) = (WEST + SIDE * west, WEST + SIDE * east);
        let (n, s) = (NORTH, NORTH - 1200.0);
        format!("\"POLYGON (({w} {n},{w} {s},{e} {s},{e} {n},{w} {n}))\"")
    };
    let text = format!(
        "id,name,WKT\nwest,West,{}\neast,East,{}\n",
        ring(0.0, 20.0),
        ring(20.0, 40.0)
    );
    desk.write("regions.csv", text);
    desk.replace("plan.toml", "regions.geojson", "regions.csv");
    let said = desk.refused();
    assert!(
        said.finding("regions.csv", "no coordinate system")
            .remedy
            .contains("crs =")
    );
    desk.replace("plan.toml", "name-field", "crs = \"EPSG:5070\"\nname-field");
    assert_eq!(desk.taken().findings, []);
}

#[test]
fn an_unknown_coordinate_system_is_named() {
    for (after, file) in [
        ("name-field = \"name\"", "regions.geojson"),
        ("legend = \"nlcd\"", "map.tif"),
    ] {
        let desk = Desk::new();
        desk.replace(
            "plan.toml",
            after,
            &format!("{after}\ncrs = \"EPSG:99999\""),
        );
        let said = desk.refused();
        let found = said.finding(file, "`EPSG:99999` is not a coordinate system");
        assert!(found.remedy.contains("EPSG:"), "{found:?}");
    }
}

#[test]
fn regions_that_all_miss_the_map_are_refused_each_by_its_id() {
    let desk = Desk::new();
    let far = [
        ("a", "A", square(400.0, 0.0, 420.0, 20.0)),
        ("b", "B", square(400.0, 40.0, 420.0, 60.0)),
    ];
    desk.write("regions.geojson", regions(&far));
    desk.replace("plots.csv", "west", "a");
    desk.replace("plots.csv", "east", "b");
    let said = desk.refused();
    said.finding("region a", "misses the map");
    assert!(
        said.finding("region b", "misses the map")
            .what
            .contains("EPSG:5070")
    );
}

#[test]
fn one_region_that_misses_the_map_fails_alone_and_has_no_map_figures() {
    let desk = Desk::new();
    let some = [
        ("west", "West", square(0.0, 0.0, 20.0, 40.0)),
        ("east", "East", square(20.0, 0.0, 40.0, 40.0)),
        ("far", "Far", square(400.0, 0.0, 420.0, 20.0)),
    ];
    desk.write("regions.geojson", regions(&some));
    assert_eq!(desk.say("check").code, Some(1));
    let said = desk.say("run");
    assert_eq!(said.code, Some(1), "{said:#?}");
    assert_eq!(
        said.finding("region far", "misses the map").severity,
        "warning"
    );
    let failed = crate::desk::rows(&desk.path("out/run/failed.csv"));
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(failed[0]["region_id"], "far");
    let summary = desk.summary();
    assert_eq!(summary["far"]["forest_cover_pct"], "");
    assert_eq!(summary["far"]["land_cover_valid_pct"], "0");
    assert_eq!(summary["west"]["forest_cover_pct"], "100");
}

#[test]
fn duplicate_and_empty_region_ids_are_named_by_their_features() {
    let desk = Desk::new();
    let some = [
        ("west", "West", square(0.0, 0.0, 20.0, 40.0)),
        ("west", "East", square(20.0, 0.0, 40.0, 40.0)),
        (" ", "Third", square(0.0, 0.0, 1.0, 1.0)),
    ];
    desk.write("regions.geojson", regions(&some));
    let said = desk.refused();
    said.finding("feature 2", "the id `west` is that of feature 1 too");
    said.finding("feature 3", "`id` is empty");
}

#[test]
fn an_invalid_polygon_is_named_with_its_place_and_repaired_only_when_asked() {
    let desk = Desk::new();
    let (w, e, n, s) = (WEST, WEST + 600.0, NORTH, NORTH - 1200.0);
    let bow = format!("[[{w},{n}],[{e},{s}],[{e},{n}],[{w},{s}],[{w},{n}]]");
    let some = [
        ("west", "West", bow),
        ("east", "East", square(20.0, 0.0, 40.0, 40.0)),
    ];
    desk.write("regions.geojson", regions(&some));
    let said = desk.refused();
    let found = said.finding("region west", "Self-intersection");
    assert!(
        found.what.contains(&format!("{}", WEST + 300.0)),
        "{found:?}"
    );
    assert!(found.remedy.contains("repair = true"), "{found:?}");
    desk.replace("plan.toml", "name-field", "repair = true\nname-field");
    let said = desk.taken();
    assert_eq!(said.finding("region west", "repaired").severity, "warning");
    // Two triangles of half the height.
    assert_eq!(desk.summary()["west"]["area_ha"], "36");
}

#[test]
fn a_polygon_of_no_area_is_told_as_such_whether_repair_is_asked_or_not() {
    let desk = Desk::new();
    let (w, e, n) = (WEST, WEST + 600.0, NORTH);
    let line = format!("[[{w},{n}],[{e},{n}],[{},{n}],[{w},{n}]]", w + 90.0);
    let some = [
        ("west", "West", line),
        ("east", "East", square(20.0, 0.0, 40.0, 40.0)),
    ];
    desk.write("regions.geojson", regions(&some));
    for repair in [false, true] {
        if repair {
            desk.replace("plan.toml", "name-field", "repair = true\nname-field");
        }
        let said = desk.refused();
        let found = said.finding("feature 1, region west", "polygon of no area");
        assert!(found.remedy.contains("take the feature out"), "{found:?}");
        assert!(!said.stderr.contains("LINESTRING"), "{said:#?}");
    }
}

#[test]
fn all_classes_without_a_legend_entry_are_listed_with_their_area() {
    let desk = Desk::new();
    desk.map("map.tif", &[], |row, col| match (row, col) {
        (0, 0..4) => 77,
        (1, 0) => 78,
        _ => halves(row, col),
    });
    let said = desk.refused();
    let found = said.finding("2020, class 77", "0.36");
    assert!(
        found.what.contains("nlcd") && found.remedy.contains("legend"),
        "{found:?}"
    );
    said.finding("2020, class 78", "0.09");
}

#[test]
fn texts_and_absurd_values_of_plots_are_named_by_row_and_column() {
    let desk = Desk::new();
    desk.replace("plots.csv", "1,west,wood,1,120,50", "1,west,wood,1,many,50");
    desk.replace("plots.csv", "2,west,wood,1,140,60", "2,west,wood,1,-140,60");
    desk.replace(
        "plots.csv",
        "3,west,wood,1,150,66",
        "3,west,wood,1,150,660000",
    );
    desk.replace("plots.csv", "4,west,wood,0.5,", "4,west,wood,50,");
    let said = desk.refused();
    let found = said.finding("plots.csv, row 2, column volume_m3_ha", "`many`");
    assert!(found.remedy.contains("number"), "{found:?}");
    said.finding("row 3, plot 2, field volume", "-140");
    said.finding("row 4, plot 3, field above-ground-carbon", "660000");
    said.finding("row 5, plot 4, field forest-share", "50");
}

#[test]
fn unknown_strata_and_duplicate_plots_are_named_by_row() {
    let desk = Desk::new();
    desk.replace("plots.csv", "5,east,open", "5,east,opne");
    desk.replace("plots.csv", "7,east", "6,east");
    let said = desk.refused();
    let found = said.finding("plots.csv, row 6", "opne");
    assert!(found.remedy.contains("`open`"), "{found:?}");
    said.finding("plots.csv, row 8", "second time");
}

#[test]
fn a_stratum_with_one_plot_is_reported_with_the_one_to_merge_it_with() {
    let desk = Desk::new();
    desk.write(
        "strata.csv",
        "stratum,area_ha,weight\nwood,144,0.5\nopen,144,0.3\nbog,144,0.2\n",
    );
    desk.replace("plots.csv", "8,east,open", "8,east,bog");
    let said = desk.taken();
    let found = said.finding("stratum bog", "one plot");
    assert_eq!(found.severity, "warning");
    assert!(
        found.remedy.contains("merge it with stratum `open`"),
        "{found:?}"
    );
}

#[test]
fn a_stratum_without_plots_is_refused() {
    let desk = Desk::new();
    desk.write(
        "strata.csv",
        "stratum,area_ha,weight\nwood,144,0.5\nopen,144,0.3\nbog,144,0.2\n",
    );
    let said = desk.refused();
    assert!(
        said.finding("stratum bog", "no plot")
            .remedy
            .contains("merge")
    );
}

#[test]
fn wrong_and_missing_units_are_named_with_those_that_fit() {
    let desk = Desk::new();
    desk.replace(
        "plan.toml",
        "volume = \"volume_m3_ha\"",
        "volume = { column = \"volume_m3_ha\", unit = \"t/ha\" }",
    );
    desk.replace(
        "plan.toml",
        "above-ground-carbon = \"agc_t_ha\"",
        "above-ground-carbon = \"forest\"",
    );
    let said = desk.refused();
    let found = said.finding("plan.toml", "column `volume_m3_ha` of `volume`");
    assert!(found.what.ends_with("its unit is `t/ha`"), "{found:?}");
    assert!(found.remedy.contains("m3/ha"), "{found:?}");
    let found = said.finding("column forest", "unit is not stated");
    assert!(found.remedy.contains("t_c/ha"), "{found:?}");
}

#[test]
fn unknown_keys_of_the_plan_come_with_line_and_suggestion() {
    let desk = Desk::new();
    desk.replace("plan.toml", "legend = ", "legned = \"x\"\nlegend = ");
    desk.replace("plan.toml", "[forest]", "[forrest]\na = 1\n[forest]");
    let said = desk.refused();
    let found = said.finding("plan.toml, line 12", "`land-cover.legned`");
    assert!(found.remedy.contains("`legend`"), "{found:?}");
    assert!(
        said.finding("plan.toml, line 15", "forrest")
            .remedy
            .contains("`forest`")
    );
}

#[test]
fn problems_of_every_kind_come_in_one_pass() {
    let desk = Desk::new();
    let (w, e, n, s) = (WEST, WEST + 600.0, NORTH, NORTH - 600.0);
    let bow = format!("[[{w},{n}],[{e},{s}],[{e},{n}],[{w},{s}],[{w},{n}]]");
    desk.write("wet.geojson", regions(&[("wet", "Wet", bow)]));
    desk.write(
        "plan.toml",
        desk.read("plan.toml") + "[[boundary]]\necosystem = \"wetland\"\npath = \"wet.geojson\"\n\
            [[boundary]]\necosystem = \"swamp\"\npath = \"missing.gpkg\"\n[targets]\npolicy = \"none\"\n",
    );
    desk.replace(
        "plan.toml",
        "[carbon]\nmethod = \"plots",
        "[carbon]\nmethods = 1\nmethod = \"lots",
    );
    desk.map("map.tif", &[], |row, col| {
        if (row, col) == (3, 3) {
            77
        } else {
            halves(row, col)
        }
    });
    desk.replace("plots.csv", "1,west,wood,1,120", "1,west,wood,1,many");
    desk.replace("plots.csv", "2,west,wood,1,140", "2,west,wood,1,-140");
    desk.replace("plots.csv", "7,east", "6,east");
    desk.replace("strata.csv", "open,144,0.5", "open,144,half");
    let said = desk.refused();
    for (place, what) in [
        ("plan.toml, line", "methods"),
        ("wet.geojson", "Self-intersection"),
        ("missing.gpkg", "missing"),
        ("plan.toml", "swamp"),
        ("none", ""),
        ("lots-stock-difference", ""),
        ("class 77", "0.09"),
        ("plots.csv, row 2", "many"),
        ("plots.csv, row 3", "-140"),
        ("plots.csv, row 8", "second time"),
        ("strata.csv, row 3", "half"),
    ] {
        let hit = said
            .findings
            .iter()
            .any(|f| (f.place.contains(place) || f.what.contains(place)) && f.what.contains(what));
        assert!(
            hit,
            "`{place}` ... `{what}` is missing in {:#?}",
            said.findings
        );
    }
}

#[test]
fn a_missing_map_hides_no_other_problem() {
    let desk = Desk::new();
    std::fs::remove_file(desk.path("map.tif")).unwrap();
    std::fs::remove_file(desk.path("regions.geojson")).unwrap();
    desk.replace("plots.csv", "7,east", "6,east");
    desk.write(
        "plan.toml",
        desk.read("plan.toml") + "[[boundary]]\necosystem = \"bog\"\npath = \"x.gpkg\"\n",
    );
    let said = desk.refused();
    for place in [
        "map.tif",
        "regions.geojson",
        "plots.csv, row 8",
        "x.gpkg",
        "plan.toml",
    ] {
        said.finding(place, "");
    }
}

#[test]
fn an_output_that_is_there_is_kept_unless_asked() {
    let desk = Desk::new();
    desk.taken();
    let before = desk.read("out/summary.csv");
    desk.replace("plots.csv", "1,west,wood,1,120", "1,west,wood,1,130");
    let said = desk.say("run");
    assert_eq!(said.code, Some(3));
    assert!(said.stderr.contains("--overwrite"), "{said:#?}");
    assert_eq!(desk.read("out/summary.csv"), before);
    let plan = desk.path("plan.toml").display().to_string();
    let said = say_with(&["run", "--overwrite", &plan]);
    assert_eq!(said.code, Some(0), "{said:#?}");
    assert_ne!(desk.read("out/summary.csv"), before);
    assert!(
        desk.listing().iter().all(|name| !name.contains("partial")),
        "{:?}",
        desk.listing()
    );
}

#[test]
fn a_directory_that_is_no_output_is_never_replaced() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("out")).unwrap();
    desk.write("out/thesis.txt", "years of work");
    let plan = desk.path("plan.toml").display().to_string();
    let said = say_with(&["run", "--overwrite", &plan]);
    assert_eq!(said.code, Some(3), "{said:#?}");
    assert_eq!(desk.read("out/thesis.txt"), "years of work");
}

#[test]
fn a_refused_run_keeps_the_output_of_an_earlier_one() {
    let desk = Desk::new();
    desk.taken();
    let before = desk.read("out/summary.csv");
    desk.replace("plots.csv", "1,west,wood,1,120", "1,west,wood,1,many");
    let plan = desk.path("plan.toml").display().to_string();
    let said = say_with(&["run", "--overwrite", &plan]);
    assert_eq!(said.code, Some(3), "{said:#?}");
    assert_eq!(desk.read("out/summary.csv"), before);
}

#[test]
fn wrong_usage_ends_with_2() {
    for arguments in [
        &["run"][..],
        &["check"],
        &["run", "--fast", "x.toml"],
        &["account"],
    ] {
        assert_eq!(terrasink(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_batch_with_a_broken_plan_finishes_the_others() {
    let desk = Desk::new();
    desk.write(
        "broken.toml",
        desk.read("plan.toml").replace("map.tif", "gone.tif"),
    );
    let (plan, broken) = (desk.path("plan.toml"), desk.path("broken.toml"));
    let out = desk.path("all");
    let said = say_with(&[
        "run",
        "--json",
        &broken.display().to_string(),
        &plan.display().to_string(),
        "--out",
        &out.display().to_string(),
    ]);
    assert_eq!(said.code, Some(1), "{said:#?}");
    assert!(out.join("plan/summary.csv").is_file());
    assert!(!out.join("broken").exists());
}

#[test]
fn the_samples_with_broken_columns_are_refused_by_row() {
    let desk = Desk::new();
    let text = counties()
        .replace("id = \"fips\"", "id = \"fipps\"")
        .replace("litter_c_t_ha", "liter_c_t_ha");
    desk.write("plan.toml", text);
    let said = desk.refused();
    assert!(
        said.finding("counties.gpkg", "no field `fipps`")
            .remedy
            .contains("`fips`")
    );
    assert!(
        said.finding("plots.csv", "no column `liter_c_t_ha`")
            .remedy
            .contains("`litter_c_t_ha`")
    );
}
