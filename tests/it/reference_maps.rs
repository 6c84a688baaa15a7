//! Answers of other programs on maps: what became what in a whole box, canopy by ward, polygons of wetlands by
//! code and on a grid, emissions of forest that was lost.

use std::fmt::Write as _;
use std::path::Path;

use crate::field::{Field, lattice};
use crate::outputs::{Outputs, number, with_absolute_paths};
use crate::reference::{Comparison, areas, expected, printed};
use crate::scratch::{samples, terrasink};

/// The folder of a case.
fn case(name: &str) -> String {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/reference");
    dir.join(name).display().to_string()
}

/// A map of the sample of Northampton.
fn northampton(year: u16) -> String {
    let map = samples().join(format!("northampton/nlcd_{year}.tif"));
    format!(
        "[[land-cover]]\nyear = {year}\npath = \"{}\"\nlegend = \"nlcd\"\n",
        map.display()
    )
}

#[test]
fn the_whole_box_of_northampton_went_as_numpy_counted() {
    let field = Field::new();
    let frame = [1_882_125.0, 2_372_475.0, 1_900_515.0, 2_389_155.0];
    field.regions("regions.json", 5070, &[("all", frame)]);
    let years = [2001, 2004, 2006, 2008, 2011, 2013, 2016, 2019];
    let maps: String = years.into_iter().map(northampton).collect();
    field.done(
        &format!(
            "[grid]\ncells = \"centre\"\n\
             [change]\nspans = [[2001, 2019], [2006, 2016], [2011, 2016]]\n{maps}"
        ),
        &[],
    );
    let key = ["region_id", "from_year", "to_year", "from_code", "to_code"];
    let went = Outputs::read(&field.path("out")).index("tables/transitions.csv", &key);
    let theirs = expected("northampton-box", "transitions_whole_raster.csv");
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let key = ["from_epoch", "to_epoch", "from_class", "to_class"].map(|name| &*row[name]);
        let key = [&["all"][..], &key].concat();
        let cells = printed(&went, &key, "cell_fraction_sum");
        comparison.count(cells, row, "cells");
        comparison.figure(printed(&went, &key, "area_ha"), row, "area_ha");
    }
    comparison.finish(2 * theirs.rows.len());
    let mine = went.keys().filter(|key| key[0] == "all").count();
    assert_eq!(mine, theirs.rows.len());
}

#[test]
fn canopy_of_wards_has_the_mean_of_exactextract_and_rasterio() {
    let dir = case("northampton-canopy");
    let wards = samples().join("northampton/wards.gpkg");
    let layers: String = [2011, 2016]
        .map(|year| {
            format!(
                "[[layer]]\nname = \"canopy_{year}\"\npath = \"{dir}/canopy_{year}.tif\"\nunit = \"percent\"\n"
            )
        })
        .concat();
    let plan = format!(
        "name = \"canopy\"\n[regions]\npath = \"{}\"\nid = \"ward\"\n{}{layers}",
        wards.display(),
        northampton(2011)
    );
    let theirs = expected("northampton-canopy", "canopy_mean_by_ward.csv");
    for (rule, column) in [
        ("exact", "mean_percent_exact_fraction"),
        ("centre", "mean_percent_cell_centre"),
    ] {
        let ours = Outputs::of_text(&format!("{plan}[grid]\ncells = \"{rule}\"\n"));
        let means = ours.index(
            "tables/layers.csv",
            &["region_id", "ecosystem", "layer", "class_code"],
        );
        let mut comparison = Comparison::with(&theirs);
        for row in &theirs.rows {
            let layer = format!("canopy_{}", row["epoch"]);
            let mean = printed(&means, &[&*row["ward"], "all", &layer, ""], "mean");
            comparison.figure(mean, row, column);
        }
        comparison.finish(28);
    }
}

#[test]
fn wetlands_of_each_code_have_the_area_of_geopandas() {
    let dir = case("wetlands-dc");
    let theirs = expected("wetlands-dc", "area_by_code.csv");
    let mut plan =
        format!("name = \"Wetlands\"\n[regions]\npath = \"{dir}/extent.gpkg\"\nid = \"state\"\n");
    for row in &theirs.rows {
        let _ = write!(
            plan,
            "[[boundary]]\necosystem = \"wetland\"\nyear = 2019\nname = \"{code}\"\n\
             path = \"{dir}/wetlands.fgb\"\nwhere = {{ nwi_code = \"{code}\" }}\n",
            code = row["nwi_code"]
        );
    }
    let outlines = areas(&Outputs::of_text(&plan), "boundary");
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let key = ["_total", "2019", &*row["nwi_code"]];
        comparison.figure(printed(&outlines, &key, "area_ha"), row, "area_ha");
    }
    comparison.finish(50);
}

#[test]
fn wetlands_cover_the_cells_that_exactextract_and_rasterio_found() {
    let field = Field::new();
    let cells = lattice(5070, (1_609_005.0, 1_938_825.0), 30.0, (882, 1036));
    drop(field.raster("one.tif", cells, &[("COMPRESS", "DEFLATE")], |_, _| 1_u8));
    let theirs = expected("wetlands-dc", "grid30_by_type.csv");
    let mut comparison = Comparison::with(&theirs);
    for rule in ["exact", "centre"] {
        let out = field.text("area.csv");
        let raster = format!("one={}", field.text("one.tif"));
        let zones = format!("{}/wetlands.fgb", case("wetlands-dc"));
        let run = terrasink(&[
            "zonal",
            "--raster",
            &raster,
            "--zones",
            &zones,
            "--id",
            "wetland_type",
            "--by",
            "one",
            "--cells",
            rule,
            "--out",
            &out,
            "--overwrite",
        ]);
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
        let rows = crate::outputs::rows(&std::fs::read(&out).unwrap());
        for row in &theirs.rows {
            let ours = rows
                .iter()
                .find(|ours| ours["zone_id"] == row["wetland_type"])
                .unwrap();
            comparison.figure(
                &ours["area_ha"],
                row,
                match rule {
                    "exact" => "area_ha_exact_fraction",
                    _ => "area_ha_centre_rule",
                },
            );
            if rule == "centre" {
                comparison.count(&ours["cell_fraction_sum"], row, "cells_centre_rule");
            }
        }
    }
    comparison.finish(9);
}

/// Ours count a cell by its share inside the site, theirs as a whole: `case.toml`.
#[test]
fn forest_lost_on_the_site_gave_off_what_mapme_found() {
    let neiba = samples().join("neiba").display().to_string();
    let mut plan = with_absolute_paths("neiba/forest_site.toml")
        .replace("legend = \"loss", &format!("legend = \"{neiba}/loss"));
    let _ = write!(
        plan,
        "[[layer]]\nname = \"emissions\"\npath = \"{}/gross_emissions.tif\"\nunit = \"t_co2e/cell\"\n",
        case("neiba-forest-site")
    );
    for year in 2001..=2005 {
        let _ = write!(
            plan,
            "[[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"density-layer\"\nlayer = \"emissions\"\n\
             holds = \"all\"\nwithin = {{ layer = \"loss_year\", classes = [{}] }}\n",
            year - 2000
        );
    }
    let rows = Outputs::of_text(&plan).table("tables/carbon.csv");
    let theirs = expected("neiba-forest-site", "treecover_and_emissions.csv");
    for row in theirs.rows.iter().filter(|row| row["year"] != "2000") {
        let under = format!("under loss {} of layer loss_year", row["year"]);
        let ours = rows
            .iter()
            .find(|ours| ours["region_id"] == "neiba" && ours["note"].starts_with(&under))
            .unwrap_or_else(|| panic!("no row {under}"));
        let ours = number(ours, "carbon_tc") * 44.0 / 12.0;
        let share = ours / number(row, "emissions_MgCO2e");
        if row["year"] == "2001" {
            assert!((share - 1.0).abs() < 1e-4, "{share}");
        } else {
            assert!((0.945..1.0).contains(&share), "{share} in {row:?}");
        }
    }
}

/// Canopy of 30 % and more by the plan's own rule, without a legend of percents.
#[test]
fn forest_of_dominica_by_its_canopy_is_that_of_rasterio_and_pyproj() {
    let dir = case("forest-dominica");
    let plan = |forest: &str| {
        format!(
            "name = \"Dominica\"\n[grid]\ncells = \"centre\"\n\
             [regions]\npath = \"{dir}/parishes.geojson\"\nid = \"name\"\n\
             [[land-cover]]\nyear = 2000\npath = \"{dir}/treecover2000.tif\"\nlegend = \"canopy-percent\"\n\
             [forest]\n{forest}"
        )
    };
    let ours = Outputs::of_text(&plan("definition = \"fao-fra\"\ncanopy-min-pct = 30\n"));
    let summary = ours.index("summary.csv", &["region_id"]);
    let theirs = expected("forest-dominica", "forest_by_parish.csv");
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let forest = printed(&summary, &[&*row["parish"]], "forest_area_ha");
        comparison.figure(forest, row, "forest2000_ha");
    }
    comparison.finish(10);
    let rules = ours.table("tables/coverage_compared.csv");
    let words = "canopy of at least 30 % on the map";
    assert!(
        rules.iter().any(|row| row["rule"].contains(words)),
        "{rules:?}"
    );
    // Without a number of its own the plan takes that of the definition, which is less.
    let ours = Outputs::of_text(&plan("definition = \"fao-fra\"\n"));
    let wider = ours.index("summary.csv", &["region_id"]);
    for (parish, row) in &summary {
        let (least, more) = (
            number(row, "forest_area_ha"),
            number(&wider[parish], "forest_area_ha"),
        );
        assert!(least < more, "{parish:?}: {least} and {more}");
    }
}

#[test]
fn a_rule_of_canopy_asks_for_a_map_of_canopy() {
    let field = Field::new();
    field.regions("regions.json", 5070, &[("all", [0.0, 0.0, 90.0, 90.0])]);
    let cells = lattice(5070, (0.0, 90.0), 30.0, (3, 3));
    drop(field.raster("map.tif", cells, &[], |_, _| 41_u8));
    let map = |legend: &str| {
        format!("[[land-cover]]\nyear = 2020\npath = \"map.tif\"\nlegend = \"{legend}\"\n")
    };
    let rule = "[forest]\ncanopy-min-pct = 20\n";
    field.refused(
        &format!("{}{rule}", map("nlcd")),
        &["without a map of canopy"],
    );
    let (of_canopy, classes) = (
        map("canopy-percent"),
        "[forest]\nclasses = [41]\ncanopy-min-pct = 120\n",
    );
    field.refused(
        &format!("{of_canopy}{classes}"),
        &[
            "`[forest] classes` with a map of canopy",
            "`[forest] canopy-min-pct` is 120",
        ],
    );
    field.done(&format!("{of_canopy}{rule}"), &[]);
}
