//! Runs whose map is damaged in places: which figures stand, and which are not known.

use crate::carbon_zones::{TREES, entry};
use crate::damage::{CELL, SIDE, TOLD, class, code, field};
use crate::field::{Field, Row, lattice, said};

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

/// Runs a plan of cropland that became forest in part, whose newer map is damaged in the south.
fn over_two_dates(carbon: &str) -> Field {
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
    let plan = map(2010, "old.tif") + &map(2020, "map.tif") + carbon;
    let output = field.run(&plan, &[]);
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
