//! Regions that hold others, such as a prefecture of counties, with plots in a part of them.

use std::fmt::Write as _;

use crate::field::{Field, Row, lattice, near, number};

/// Counties of 100 ha, all forest but for every tenth row that the count says: `a`, `b` and `c` in `P`, `d` in `Q`.
fn field(is_nested: bool) -> Field {
    let field = Field::new();
    let mut features = Vec::new();
    let mut add = |id: &str, parent: &str, x0: u32, x1: u32| {
        features.push(format!(
            r#"{{"type":"Feature","properties":{{"id":"{id}","par":"{parent}"}},"geometry":{{"type":"Polygon",
            "coordinates":[[[{x0},0],[{x1},0],[{x1},1000],[{x0},1000],[{x0},0]]]}}}}"#
        ));
    };
    let counties = [("a", "P"), ("b", "P"), ("c", "P"), ("d", "Q")];
    for (x, (id, parent)) in (0..).step_by(1000).zip(counties) {
        add(id, if is_nested { parent } else { "" }, x, x + 1000);
    }
    if is_nested {
        add("P", "", 0, 3000);
        add("Q", "", 3000, 4000);
    }
    let text = format!(
        r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":
        {{"name":"urn:ogc:def:crs:EPSG::5070"}}}},"features":[{}]}}"#,
        features.join(",")
    );
    field.write("regions.json", &text);
    let forest = [6, 7, 8, 6];
    let place = lattice(5070, (0.0, 1000.0), 100.0, (40, 10));
    field.codes("lc.tif", place, 0, |col, row| {
        if row < forest[col / 10] { 1 } else { 2 }
    });
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n1,wood,forest\n2,field,cropland\n",
    );
    field
}

/// Plots of counties, six in each, of 2010 and 2020.
fn plots(field: &Field, years: [&str; 2]) {
    for (year, counties) in [2010, 2020].into_iter().zip(years) {
        let mut text = "id,region,st,agc_t_c_ha,v\n".to_owned();
        for (at, county) in (0..).zip(counties.chars()) {
            for (plot, wobble) in [0, 8, -6, 11, -9, 5].into_iter().enumerate() {
                let carbon = 50 + 10 * at + wobble + (year - 2010);
                let _ = writeln!(
                    text,
                    "{county}{plot},{county},{county},{carbon},{}",
                    2 * carbon
                );
            }
        }
        field.write(&format!("plots{year}.csv"), &text);
    }
}

const MAP: &str =
    "parent = \"par\"\n[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"legend.csv\"\n";

const INVENTORIES: &str = "min-plots = 3\n[[inventory.plots]]\nyear = 2010\npath = \"plots2010.csv\"\n\
    [[inventory.plots]]\nyear = 2020\npath = \"plots2020.csv\"\n\
    [inventory.fields]\nid = \"id\"\nregion = \"region\"\n\
    volume = { column = \"v\", unit = \"m3/ha\" }\nabove-ground-carbon = \"agc_t_c_ha\"\n";

const CARBON: &str = "[carbon]\nmethod = \"plots-stock-difference\"\n";

fn simple(area: u32) -> String {
    format!("{MAP}[inventory]\ndesign = \"simple-random\"\narea-ha = {area}\n{INVENTORIES}")
}

fn of(field: &Field, region: &str) -> Row {
    field.row("summary.csv", &[("region_id", region)])
}

/// The plots of `a`, `b` and `d` stand for 300 of 400 ha: `P` is of `a` and `b`, and `c` takes 80 / 130 of it.
#[test]
fn a_larger_area_says_which_regions_in_it_its_sample_is_not_of() {
    let field = field(true);
    plots(&field, ["abd", "abd"]);
    field.write(
        "targets.csv",
        "year,indicator,comparison,value,unit,scope\n2020,carbon_stock,>=,20000,t_c,P\n\
         2020,forest_stock_volume,>=,40000,m3,P\n2020,sequestration,>=,10000,t_co2e/yr,P\n",
    );
    let targets = "[targets]\npath = \"targets.csv\"\n";
    let plan = |area| simple(area) + CARBON + targets;
    field.done(&plan(300), &[]);
    let [larger, bare] = ["P", "c"].map(|id| of(&field, id));
    let held = ["a", "b"].map(|id| of(&field, id));
    for column in ["carbon_tc", "volume_m3", "sequestration_tco2e_yr"] {
        let sum: f64 = held.iter().map(|row| number(row, column)).sum();
        near(&larger, column, sum, 0.01);
        near(&bare, column, sum * 80.0 / 130.0, 0.01);
    }
    let stock =
        "without region c (the inventory of 2020 is not of its land): the stock there is not in it";
    let change = "without region c (the inventory of 2010 and 2020 is not of its land): the change there is not in it";
    for words in [
        &format!("stock volume of the plots: {stock}"),
        &format!("forest: {stock}"),
        &format!("removal of forest: {change}"),
        "carbon_tc_ha divides by the land of the whole region",
    ] {
        assert!(larger["notes"].contains(words), "{words}: {larger:?}");
    }
    assert!(bare["notes"].contains("synthetic from P without c"));
    let rows = field.table("tables/targets.csv");
    assert_eq!(rows.len(), 3);
    for row in rows {
        assert!(
            row["met"].is_empty() && row["note"].contains("without region c"),
            "{row:?}"
        );
    }
    for id in ["a", "b", "d", "Q"] {
        assert!(!of(&field, id)["notes"].contains("without region"), "{id}");
    }
    // Of all 400 ha `c` is a part of the sample.
    field.done(&plan(400), &[]);
    let [larger, bare] = ["P", "c"].map(|id| of(&field, id));
    assert!(!larger["notes"].contains("without region"), "{larger:?}");
    near(
        &bare,
        "carbon_tc",
        number(&larger, "carbon_tc") * 80.0 / 210.0,
        0.01,
    );
}

/// Strata of 2010 in `a` and `b`, of 2020 in `b` and `c`: the stock of `P` in 2020 is without `a`, which takes 60 / 150
/// of it, and there is no change of `P`.
#[test]
fn a_larger_area_of_counties_surveyed_in_turn_is_without_the_others() {
    let field = field(true);
    plots(&field, ["ab", "bc"]);
    field.write(
        "strata.csv",
        "st,unit,ha,w,year\na,a,100,1,2010\nb,b,100,1,2010\nb,b,100,1,2020\nc,c,100,1,2020\n",
    );
    let plan = format!(
        "{MAP}[inventory]\ndesign = \"stratified\"\n{INVENTORIES}stratum = \"st\"\nunit = \"st\"\n{CARBON}"
    ) + "[inventory.strata]\npath = \"strata.csv\"\nstratum = \"st\"\nunit = \"unit\"\narea = \"ha\"\nweight = \"w\"\nyear = \"year\"\n";
    field.done(&plan, &[]);
    let [larger, bare] = ["P", "a"].map(|id| of(&field, id));
    let sum = number(&of(&field, "b"), "carbon_tc") + number(&of(&field, "c"), "carbon_tc");
    near(&larger, "carbon_tc", sum, 0.01);
    near(&bare, "carbon_tc", sum * 60.0 / 150.0, 0.01);
    let words = "forest: without region a (the inventory of 2020 is not of its land)";
    assert!(larger["notes"].contains(words), "{larger:?}");
    assert_eq!(larger["sequestration_tco2e_yr"], "");
}

/// The model is of `a` to `d`, whether `P` and `Q` are regions too or not; these have what their own plots say.
#[test]
fn regions_that_hold_others_do_not_enter_the_model_of_small_areas() {
    let model = "[inventory.small-areas]\nmethod = \"fay-herriot\"\nbenchmark = false\n";
    let found = [true, false].map(|is_nested| {
        let field = field(is_nested);
        plots(&field, ["abcd", "abcd"]);
        field.done(&(simple(400) + model + CARBON), &[]);
        field
    });
    let [nested, plain] = &found;
    for id in ["a", "b", "c", "d"] {
        for column in ["carbon_tc", "carbon_tc_lo", "carbon_tc_hi", "volume_m3"] {
            near(
                &of(nested, id),
                column,
                number(&of(plain, id), column),
                0.01,
            );
        }
    }
    // 18 of 24 plots of 60 t C/ha more or less: 400 / 24 ha each.
    let larger = of(nested, "P");
    near(
        &larger,
        "carbon_tc",
        400.0 / 24.0 * (6.0 * (60.0 + 70.0 + 80.0) + 27.0),
        0.01,
    );
    assert!(
        larger["notes"].contains("stocks by its own plots"),
        "{larger:?}"
    );
}

/// `d` has no plots in either inventory, and both are of its 100 ha: the others have them, and `c` forest for more land
/// than there is of it.
#[test]
fn a_region_without_plots_in_any_inventory_is_told() {
    let field = field(false);
    plots(&field, ["abc", "abc"]);
    let said = field.done(&(simple(400) + CARBON), &[]);
    let words = "no inventory has plots in 1 region, though they stand for the land there: d;";
    assert!(said.contains(words), "{said}");
    let notes = |id: &str| of(&field, id)["notes"].clone();
    assert!(notes("d").contains("no inventory has plots in it"));
    assert!(
        notes("c").contains("its plots stand for 133.3 ha, and it has 100.0 ha: land of region d")
    );
    assert!(notes("_total").contains("no inventory has plots in region d"));
    // Of 300 ha `d` is no part: nothing was left out.
    let said = field.done(&(simple(300) + CARBON), &[]);
    assert!(!said.contains("no inventory has plots"), "{said}");
}

/// Plots with nine tenths of forest and more stand for 133 ha each.
#[test]
fn more_forest_than_land_is_told() {
    let field = field(false);
    plots(&field, ["abc", "abc"]);
    let share = "forest-share = { column = \"share\", unit = \"1\" }\n";
    for year in [2010, 2020] {
        let name = format!("plots{year}.csv");
        let text = std::fs::read_to_string(field.path(&name)).unwrap();
        let rows = text.lines().enumerate().map(|(at, row)| match at {
            0 => format!("{row},share\n"),
            _ => format!("{row},0.9\n"),
        });
        field.write(&name, &rows.collect::<String>());
    }
    field.done(&(simple(400) + share + CARBON), &[]);
    let row = of(&field, "a");
    let words =
        "the forest area of the plots, 120.0000 ha, is more than the 100.0000 ha of the region";
    assert!(row["notes"].contains(words), "{row:?}");
}

/// Where regions overlap there is no `_total`: its targets stand without a figure, and are told of.
#[test]
fn targets_of_a_total_that_is_not_there_are_told() {
    let field = field(true);
    field.write(
        "targets.csv",
        "year,indicator,comparison,value,unit,scope\n2020,forest_coverage_rate,>=,50,percent,P\n\
         2020,forest_coverage_rate,>=,60,percent,_total\n2030,carbon_stock,>=,1,t_c,_total\n",
    );
    let plan = format!("{MAP}[targets]\npath = \"targets.csv\"\n");
    let said = field.done(&plan, &[]);
    let words = "2 targets of `_total` held against nothing: the regions overlap";
    assert!(said.contains(words), "{said}");
    let rows = field.table("tables/targets.csv");
    assert_eq!(rows.len(), 3);
    for row in &rows[1..] {
        assert_eq!(
            (&*row["region_id"], &*row["found"], &*row["met"]),
            ("_total", "", "")
        );
        assert!(
            row["note"].contains("no figure to hold it against: the regions overlap"),
            "{row:?}"
        );
    }
}
