//! Runs whose map is damaged in places: which figures stand, and which are not known.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::carbon_zones::{TREES, entry};
use crate::damage::{CELL, SIDE, TOLD, class, code, field};
use crate::field::{Field, Row, lattice, said};
use crate::scratch::terrasink;

#[test]
fn a_run_keeps_the_figures_of_regions_on_sound_tiles() {
    let field = field(&[("COMPRESS", "DEFLATE")], |col, row| {
        41 + 10 * class(col, row) % 20
    });
    let plan = "[[land-cover]]\nyear = 2016\npath = \"map.tif\"\nlegend = \"lc.csv\"\n";
    field.write(
        "lc.csv",
        "code,class_name,ecosystem\n41,wood,forest\n51,grass,grassland\n",
    );
    let output = field.run(plan, &[]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let failed = field.table("run/failed.csv");
    let ids: Vec<&str> = failed.iter().map(|row| row["region_id"].as_str()).collect();
    assert_eq!(ids, ["1 2", "into"]);
    assert!(
        failed.iter().all(|row| row["reason"].contains(TOLD)),
        "{failed:?}"
    );
    for (id, area) in [("0 2", true), ("left", true), ("1 2", false)] {
        let row = field.row("summary.csv", &[("region_id", id)]);
        assert_eq!(!row["forest_area_ha"].is_empty(), area, "{id}");
    }
}

/// Cropland that became forest in part, with a newer map that is damaged in the south, and one that is sound; and the
/// maps of a plan.
fn two_dates() -> (Field, String) {
    let options = [("COMPRESS", "DEFLATE")];
    let field = field(&options, |col, row| 1 + u8::from(code(col, row) > 120));
    let lattice = lattice(5070, (0.0, 0.0), CELL, (SIDE, SIDE));
    drop(field.raster("old.tif", lattice, &options, |_, _| 2_u8));
    let half = CELL * (SIDE / 2) as f64;
    let part = |north: f64| [0.0, north - half, 2.0 * half, north];
    let regions = [("north", part(0.0)), ("south", part(-half))];
    field.regions("regions.json", 5070, &regions);
    let legend = "code,class_name,ecosystem\n1,wood,forest\n2,field,cropland\n";
    field.write("lc.csv", legend);
    let pools = "lucode,c_above,c_above_se\n1,100,10\n2,5,1\n";
    field.write("pools.csv", pools);
    let map = |year: i32, name: &str| {
        format!("[[land-cover]]\nyear = {year}\npath = \"{name}\"\nlegend = \"lc.csv\"\n")
    };
    (field, map(2010, "old.tif") + &map(2020, "map.tif"))
}

/// Runs a plan over both dates, which fails in the south.
fn over_two_dates(carbon: &str) -> Field {
    let (field, maps) = two_dates();
    let output = field.run(&(maps + carbon), &[]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    field
}

#[test]
fn no_figure_of_the_map_is_told_of_a_region_that_could_not_be_read_nor_of_all() {
    let growth = format!(
        "[carbon]\nclimate-zone = \"warm-temperate-moist\"\n{}",
        entry("forest", "forest-growth-ipcc2019", TREES)
    );
    let densities = "[carbon]\nclass-density = { path = \"pools.csv\" }\n";
    let beside = "[price]\ntco2e = 50\ncurrency = \"CNY\"\n[credit]\nrule = \"art-trees-2.0\"\n\
        [targets]\npolicy = \"cn-carbon-peaking-2021\"\n";
    for carbon in [growth.as_str(), densities] {
        let field = over_two_dates(&format!("{carbon}{beside}"));
        let north = field.row("summary.csv", &[("region_id", "north")]);
        assert_ne!(north["sequestration_tco2e_yr"], "", "{north:?}");
        for region in ["south", "_total"] {
            let row = field.row("summary.csv", &[("region_id", region)]);
            let known = ["region_id", "region_name", "area_ha", "quality", "notes"];
            let told = row.iter().filter(|(_, value)| !value.is_empty());
            let told = told.filter(|(column, _)| !known.contains(&column.as_str()));
            assert_eq!(told.count(), 0, "{row:?}");
            assert_eq!(row["quality"], "missing");
            let note = "the map could not be read in region south: ";
            assert_eq!(row["notes"].matches(note).count(), 1, "{row:?}");
            let keys = [("region_id", region), ("indicator", "forest_coverage_rate")];
            let target = field.row("tables/targets.csv", &keys);
            let told = format!("no figure to hold it against: {note}");
            assert!(target["note"].contains(&told), "{target:?}");
            // What is not there is not spoken of.
            for word in [
                " % of the region",
                "no valid cell",
                "interval of ",
                "2010 to",
            ] {
                assert!(!row["notes"].contains(word), "{word}: {}", row["notes"]);
            }
            for table in ["carbon", "sequestration", "uncertainty", "value", "credit"] {
                let rows = field.table(&format!("tables/{table}.csv"));
                let mut of_region = rows.iter().filter(|row| row["region_id"] == region);
                let figure = ["carbon_tc", "value", "removal_tco2e_yr", "standard_error"];
                let has = |row: &&Row| {
                    figure
                        .iter()
                        .any(|key| row.get(*key).is_some_and(|v| !v.is_empty()))
                };
                assert_eq!(of_region.find(has), None, "{table}");
            }
        }
    }
}

/// The rows of the summary of a plan of plots beside a map of forest and another ecosystem, with a method for that.
fn beside_plots(map: &str, (ecosystem, method): (&str, &str)) -> (Field, BTreeMap<String, Row>) {
    let (field, maps) = two_dates();
    let legend = format!("code,class_name,ecosystem\n1,wood,forest\n2,other,{ecosystem}\n");
    field.write("lc.csv", &legend);
    for (year, more) in [(2010, 0), (2020, 6)] {
        let mut plots = "plot,region,agc_t_ha,soil\n".to_owned();
        for plot in 0..12 {
            let region = if plot < 6 { "north" } else { "south" };
            let (trees, soil) = (60 + 3 * (plot * 5 % 7) + more * (1 + plot % 3), 80 + plot);
            let _ = writeln!(plots, "{plot},{region},{trees},{soil}");
        }
        field.write(&format!("p{year}.csv"), &plots);
    }
    let of_year =
        |year: i32| format!("[[inventory.plots]]\nyear = {year}\npath = \"p{year}.csv\"\n");
    let plan = format!(
        "{}[inventory]\ndesign = \"simple-random\"\narea-ha = 90000\n{}{}\
         [inventory.fields]\nid = \"plot\"\nregion = \"region\"\nabove-ground-carbon = \"agc_t_ha\"\n\
         soil-carbon = {{ column = \"soil\", unit = \"t_c/ha\", depth-cm = 100 }}\n\
         [uncertainty]\ndraws = 100\nseed = 1\n\
         [carbon]\nmethod = \"plots-stock-difference\"\nclimate-zone = \"warm-temperate-moist\"\n{}",
        maps.replace("map.tif", map),
        of_year(2010),
        of_year(2020),
        entry(ecosystem, method, "")
    );
    let output = field.run(&plan, &[]);
    let code = i32::from(map == "map.tif");
    assert_eq!(output.status.code(), Some(code), "{}", said(&output));
    let rows = field.table("summary.csv").into_iter();
    let rows = rows.map(|row| (row["region_id"].clone(), row)).collect();
    (field, rows)
}

#[test]
fn what_plots_alone_say_of_a_region_stays_where_its_map_could_not_be_read() {
    // Biomass by area counts in the stock, soil to 30 cm beside that of the plots does not, a loss is a removal.
    for (other, stock, removal) in [
        (("grassland", "grassland-biomass-ipcc2006"), false, true),
        (("wetland", "wetland-soil-ipcc2019"), true, true),
        (("mangrove", "mangrove-drainage-ipcc2013"), true, false),
    ] {
        let (_, sound) = beside_plots("sound.tif", other);
        let (field, damaged) = beside_plots("map.tif", other);
        for region in ["south", "_total"] {
            let (sound, damaged) = (&sound[region], &damaged[region]);
            let told =
                |row: &Row| row["notes"].contains("what rests on the land that could not be read");
            assert_eq!(told(damaged), !(stock && removal), "{damaged:?}");
            for (stays, column) in [
                (stock, "carbon_tc"),
                (stock, "carbon_tc_lo"),
                (removal, "sequestration_tco2e_yr"),
                (removal, "sequestration_tco2e_yr_hi"),
            ] {
                let expected = if stays { sound[column].as_str() } else { "" };
                assert_eq!(
                    damaged[column], expected,
                    "{other:?}, {region}: {damaged:?}"
                );
                assert_ne!(sound[column], "", "{sound:?}");
                let out = field.text("out");
                let explained = terrasink(&["explain", &out, region, column]);
                let words = String::from_utf8_lossy(&explained.stdout).into_owned();
                let part = words.contains("counted that are known, a part of the figure");
                let sums = words.contains("sum of the ");
                assert_eq!(part, sums && !stays, "{words}");
            }
            assert_eq!(damaged["forest_area_ha"], "");
            assert_eq!(damaged["quality"], "direct; missing", "{damaged:?}");
            assert!(!damaged["notes"].contains(" t C on "), "{damaged:?}");
        }
    }
}

#[test]
fn a_region_in_a_damaged_tile_is_not_called_without_a_value_and_keeps_the_reasons_of_its_plots() {
    let options = [("COMPRESS", "DEFLATE")];
    let field = field(&options, |col, row| 1 + u8::from(code(col, row) > 120));
    let legend = "code,class_name,ecosystem\n1,wood,forest\n2,field,cropland\n";
    field.write("lc.csv", legend);
    // The second lies in the damaged tile.
    let side = 256.0 * CELL;
    let tile = |col: f64| [col * side, -3.0 * side, (col + 1.0) * side, -2.0 * side];
    let regions = [("a", tile(0.0)), ("b", tile(1.0)), ("c", tile(2.0))];
    field.regions("regions.json", 5070, &regions);
    let plots = |unmeasured: &str| {
        let mut plots = "id,region,agc_t_ha\n".to_owned();
        for region in ["a", "b", "c"] {
            for plot in 0..6 {
                let (id, carbon) = (format!("{region}{plot}"), (60 + plot).to_string());
                let carbon = if id == unmeasured { "" } else { &carbon };
                let _ = writeln!(plots, "{id},{region},{carbon}");
            }
        }
        field.write("plots.csv", &plots);
    };
    let area = 3.0 * side * side / 1e4;
    let plan = format!(
        "[[land-cover]]\nyear = 2020\npath = \"map.tif\"\nlegend = \"lc.csv\"\n\
         [inventory]\ndesign = \"simple-random\"\narea-ha = {area}\n\
         [[inventory.plots]]\nyear = 2020\npath = \"plots.csv\"\n\
         [inventory.fields]\nid = \"id\"\nregion = \"region\"\nabove-ground-carbon = \"agc_t_ha\"\n\
         [carbon]\nmethod = \"plots-stock-difference\"\n"
    );
    plots("b1");
    let output = field.run(&plan, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!said(&output).contains("no map has a value"));
    for region in ["b", "_total"] {
        let row = field.row("summary.csv", &[("region_id", region)]);
        assert_eq!(row["carbon_tc"], "");
        let why = "forest: not known: 1 plot has no value: `b1`";
        assert!(row["notes"].contains(why), "{row:?}");
        assert!(!row["notes"].contains("no estimate from plots"), "{row:?}");
    }
    // Without the model of small areas all keep what their plots say.
    plots("");
    let model = "[inventory.small-areas]\nmethod = \"fay-herriot\"\n";
    let output = field.run(&format!("{plan}{model}"), &[]);
    let told = "no model of small areas, as the map could not be read in b";
    assert!(said(&output).contains(told));
    for region in ["a", "b", "c"] {
        let row = field.row("summary.csv", &[("region_id", region)]);
        crate::field::near(&row, "carbon_tc", 62.5 * area / 3.0, 1e-6);
        assert!(row["notes"].contains(told), "{row:?}");
    }
}

/// Two inventories of `a` and `b`, with the forest of their plots, and a map of which a half of `b` is damaged; what
/// burnt of `b`, in its damaged or its sound half, held against the map or not. The damaged run, and the rows of the
/// summary of both maps.
fn burnt(half: usize, on_map: bool) -> (Field, [BTreeMap<String, Row>; 2]) {
    let options = [("COMPRESS", "DEFLATE")];
    let field = field(&options, |col, row| 1 + u8::from(code(col, row) > 120));
    let legend = "code,class_name,ecosystem\n1,wood,forest\n2,field,cropland\n";
    field.write("lc.csv", legend);
    let side = 256.0 * CELL;
    let tiles = |col: f64| [col * side, -4.0 * side, (col + 1.0) * side, -2.0 * side];
    field.regions(
        "regions.json",
        5070,
        &[("a", tiles(0.0)), ("b", tiles(1.0))],
    );
    let north = -side * (2 + half) as f64 - 90.0;
    let burnt = [1.2 * side, north - 600.0, 1.4 * side, north];
    field.regions("burnt.json", 5070, &[("x", burnt)]);
    for (year, more) in [(2010, 0), (2020, 6)] {
        let mut plots = "plot,region,agc_t_ha,forest\n".to_owned();
        for plot in 0..12 {
            let region = if plot < 6 { "a" } else { "b" };
            let carbon = 60 + 3 * (plot * 5 % 7) + more * (1 + plot % 3);
            let _ = writeln!(plots, "{plot},{region},{carbon},0.{}", 4 + plot % 5);
        }
        field.write(&format!("p{year}.csv"), &plots);
    }
    let plots = |year: i32| format!("[[inventory.plots]]\nyear = {year}\npath = \"p{year}.csv\"\n");
    let plan = |map: &str| {
        format!(
            "[[land-cover]]\nyear = 2010\npath = \"{map}\"\nlegend = \"lc.csv\"\n\
             [inventory]\ndesign = \"simple-random\"\narea-ha = {}\n{}{}\
             [inventory.fields]\nid = \"plot\"\nregion = \"region\"\nforest-share = \"forest\"\n\
             above-ground-carbon = \"agc_t_ha\"\n[carbon]\nmethod = \"plots-stock-difference\"\n\
             [[fire]]\nname = \"dry\"\nyear = 2015\necosystem = \"forest\"\nfuel-t-ha = 50\n\
             emission = \"extra-tropical-forest\"\ncombustion = \"other-temperate-forest-all\"\n\
             path = \"burnt.json\"\non-map = {on_map}\n",
            4.0 * side * side / 1e4,
            plots(2010),
            plots(2020)
        )
    };
    let rows = ["sound.tif", "map.tif"].map(|map| {
        let output = field.run(&plan(map), &[]);
        let failed = i32::from(map == "map.tif");
        assert_eq!(output.status.code(), Some(failed), "{}", said(&output));
        assert!(!(failed == 1 && said(&output).contains("burnt in region b")));
        let rows = field.table("summary.csv").into_iter();
        rows.map(|row| (row["region_id"].clone(), row)).collect()
    });
    (field, rows)
}

#[test]
fn a_fire_is_lost_where_it_is_held_against_cells_that_could_not_be_read() {
    for (half, on_map) in [(0, false), (1, true), (0, true)] {
        let (field, [sound, damaged]) = burnt(half, on_map);
        let is_lost = half == 0 && on_map;
        let gases = field.table("tables/sequestration.csv");
        for region in ["b", "_total"] {
            let (sound, damaged) = (&sound[region], &damaged[region]);
            let expected = if is_lost {
                ""
            } else {
                &sound["sequestration_tco2e_yr"]
            };
            assert_ne!(sound["sequestration_tco2e_yr"], "", "{sound:?}");
            assert_eq!(damaged["sequestration_tco2e_yr"], expected, "{damaged:?}");
            let mut gases = gases.iter().filter(|row| row["region_id"] == region);
            let has_gas = gases.any(|row| row["pool"] == "fire-ch4");
            assert_eq!(has_gas, !is_lost, "{region}");
            let lost = "no sequestration: what rests on the land that could not be read";
            assert_eq!(damaged["notes"].contains(lost), is_lost, "{damaged:?}");
        }
    }
}

#[test]
fn forest_of_plots_stands_where_the_map_could_not_be_read() {
    let (field, [_, damaged]) = burnt(0, false);
    for region in ["b", "_total"] {
        let key = [("region_id", region), ("source", "plots")];
        let row = field.row("tables/coverage_compared.csv", &key);
        let estimate = &damaged[region]["forest_area_est_ha"];
        assert_eq!(&row["forest_area_ha"], estimate, "{row:?}");
        assert!(
            row["other"].is_empty() && row["forest_cover_pct"].is_empty(),
            "{row:?}"
        );
        let out = field.text("out");
        let explained = terrasink(&["explain", &out, region, "land_cover_valid_pct"]);
        let words = String::from_utf8_lossy(&explained.stdout).into_owned();
        let told = "is not known: see the notes";
        assert!(words.contains(told) && !words.contains("100 x"), "{words}");
        assert!(
            words.contains("the map could not be read in region b"),
            "{words}"
        );
    }
}
