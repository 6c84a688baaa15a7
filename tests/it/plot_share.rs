//! Methods by area beside plots: what these hold, and what they do not.

use std::fmt::Write as _;

use crate::carbon_zones::entry;
use crate::field::{Field, near, said};
use crate::inventory_share::{COAST, MAP, TREES, field, stock};

const PLOTS: &str = "[inventory]\ndesign = \"simple-random\"\narea-ha = 100\n[[inventory.plots]]\nyear = 2020\npath = \"plots.csv\"\n\
    [inventory.fields]\nid = \"id\"\nregion = \"place\"\nforest-share = \"forest\"\nabove-ground-carbon = { column = \"c\", unit = \"t_c/ha\" }\n\
    [carbon]\nmethod = \"plots-stock-difference\"\nclimate-zone = \"warm-temperate-moist\"\nkeys = { soil-class = \"high-activity-clay\" }\n";

/// Plots of the region: whether forest stands there, and its carbon above ground, in t/ha.
fn plots(field: &Field, plots: impl IntoIterator<Item = (u8, f64)>) {
    let mut rows = "id,place,forest,c\n".to_owned();
    for (plot, (forest, carbon)) in plots.into_iter().enumerate() {
        let _ = writeln!(rows, "{plot},a,{forest},{carbon}");
    }
    field.write("plots.csv", &rows);
}

/// Plots that measure what is above ground know nothing of the soil under any trees.
#[test]
fn plots_without_soil_leave_it_to_tables() {
    let field = field();
    plots(&field, (0..8).map(|plot| (1, 50.0 + f64::from(plot))));
    let soil = |ecosystem| entry(ecosystem, "soil-reference-ipcc2019", "");
    let plan = [
        MAP,
        PLOTS,
        &entry("bamboo", "forest-growth-ipcc2019", TREES),
        &soil("forest"),
        &soil("bamboo"),
    ]
    .concat();
    let said = field.done(&plan, &[]);
    for (ecosystem, hectares) in [("forest", 60.0), ("bamboo", 20.0)] {
        let row = stock(&field, ecosystem, "soil-organic", "soil-reference-ipcc2019");
        near(&row, "carbon_tc", hectares * 64.0, 1e-6);
        assert_eq!(row["counted"], "true", "{row:?}");
    }
    // One inventory tells no change: nothing has the growth of bamboo.
    assert!(
        said.contains("20.0000 ha of bamboo carry trees and are left to the forest plots"),
        "{said}"
    );
}

/// A plot in each of ten columns: nine of forest with 50 t C/ha, and mangrove with 80 t C/ha in the column of cropland
/// that an outline makes mangrove. The plots have the trees of all, 100 ha x (9 x 50 + 80) / 10 t C/ha = 5 300 t C, and
/// the table the soil of 20 ha alone.
#[test]
fn outlined_mangrove_that_plots_have_counts_once() {
    let field = field();
    let carbon = |col| if col == 8 { 80.0 } else { 50.0 };
    plots(&field, (0..10).map(|col| (1, carbon(col))));
    field.regions("m.json", 5070, &[("m", [800.0, 0.0, 900.0, 1000.0])]);
    let outline = "[[boundary]]\necosystem = \"mangrove\"\npath = \"m.json\"\n";
    let method = "mangrove-stock-ipcc2013";
    let table = entry("mangrove", method, COAST);
    field.done(&format!("{MAP}{outline}{PLOTS}{table}"), &[]);
    let row = stock(&field, "mangrove", "above-ground", method);
    assert_eq!(row["carbon_tc"], "", "{row:?}");
    let told = "20.0000 ha of 20.0000 ha carry trees and are left to the forest plots, whose stock they are in";
    assert!(row["note"].contains(told), "{row:?}");
    for region in ["a", "_total"] {
        let summary = field.row("summary.csv", &[("region_id", region)]);
        assert!(summary["notes"].contains(told), "{summary:?}");
        assert!(
            !summary["notes"].contains("part of mangrove"),
            "{summary:?}"
        );
    }
    let soil = stock(&field, "mangrove", "soil-organic", method);
    near(&soil, "area_ha", 20.0, 1e-6);
    let plots = stock(&field, "forest", "above-ground", "plots-stock-difference");
    near(&plots, "carbon_tc", 5300.0, 1e-6);
}

/// Three inventories of 100 ha with plots of 55, 65.75 and 69.5 t C/ha on average: the removal is that of the newest
/// two, (6 950 - 6 575) / 15 x 44/12 = 91.667 t CO2e/yr, and no sum of both periods, of which the older has
/// (6 575 - 5 500) / 5 x 44/12 = 788.333.
#[test]
fn of_three_inventories_the_newest_two_give_the_removal() {
    let field = field();
    let carbon = [
        (2000, [50.0, 60.0]),
        (2005, [60.0, 71.5]),
        (2020, [65.0, 74.0]),
    ];
    let mut inventories = String::new();
    for (year, carbon) in carbon {
        plots(&field, (0..10).map(|plot| (1, carbon[plot % 2])));
        let rows = std::fs::read_to_string(field.path("plots.csv")).unwrap();
        field.write(&format!("{year}.csv"), &rows);
        let _ = writeln!(
            inventories,
            "[[inventory.plots]]\nyear = {year}\npath = \"{year}.csv\""
        );
    }
    let one = "[[inventory.plots]]\nyear = 2020\npath = \"plots.csv\"\n";
    let plan = PLOTS.replace(one, &inventories);
    field.done(&format!("{MAP}{plan}"), &[]);
    for place in ["a", "_total"] {
        let row = field.row("summary.csv", &[("region_id", place)]);
        near(&row, "sequestration_tco2e_yr", 25.0 * 44.0 / 12.0, 1e-3);
        assert_eq!(
            (&*row["period_start"], &*row["period_end"]),
            ("2005", "2020")
        );
        for (start, yearly, counted) in [("2000", 215.0, "false"), ("2005", 25.0, "true")] {
            let row = field.row(
                "tables/sequestration.csv",
                &[
                    ("region_id", place),
                    ("period_start", start),
                    ("pool", "above-ground"),
                ],
            );
            near(&row, "sequestration_tco2e_yr", yearly * 44.0 / 12.0, 1e-3);
            assert_eq!(row["counted"], counted, "{row:?}");
        }
    }
}

/// Plots of two years and the polygon of a fire between them, and no map: 20 ha x 22.5 t of dry matter burnt, of which
/// 4.7 g/kg are methane and 0.26 g/kg nitrous oxide; carbon dioxide is in the difference of the plots.
#[test]
fn a_fire_beside_plots_needs_no_map() {
    let field = field();
    field.regions("burnt.json", 5070, &[("x", [200.0, 0.0, 400.0, 1000.0])]);
    for (year, carbon) in [("2010", 50.0), ("2020", 55.0)] {
        plots(&field, (0..8).map(|plot| (1, carbon + f64::from(plot))));
        std::fs::rename(field.path("plots.csv"), field.path(&format!("{year}.csv"))).unwrap();
    }
    let one = "[[inventory.plots]]\nyear = 2020\npath = \"plots.csv\"\n";
    let two = "[[inventory.plots]]\nyear = 2010\npath = \"2010.csv\"\n[[inventory.plots]]\nyear = 2020\npath = \"2020.csv\"\n";
    let fire = "[[fire]]\nname = \"f\"\nyear = 2015\necosystem = \"forest\"\nemission = \"extra-tropical-forest\"\n\
        combustion = \"other-temperate-forest-all\"\nfuel-t-ha = 50\npath = \"burnt.json\"\n";
    let plan = PLOTS.replace(one, two);
    field.done(&format!("{plan}{fire}"), &[]);
    let of_gas = |pool: &str| {
        let keys = [("region_id", "a"), ("pool", pool), ("counted", "true")];
        field.row("tables/sequestration.csv", &keys)
    };
    // A year of the ten between the inventories has a tenth.
    let burnt = 20.0 * 22.5 / 10.0;
    for (pool, expected) in [("fire-ch4", 4.7e-3 * 28.0), ("fire-n2o", 0.26e-3 * 265.0)] {
        near(
            &of_gas(pool),
            "sequestration_tco2e_yr",
            -burnt * expected,
            1e-3,
        );
    }
}

/// A column is a name, a list or a table: of a table with a wrong key this key is told, and no list is asked for.
#[test]
fn a_wrong_key_of_a_column_is_told_by_its_name() {
    let field = field();
    plots(&field, (0..8).map(|plot| (1, 50.0 + f64::from(plot))));
    let plan = PLOTS.replace("column = \"c\",", "column = \"c\", depth = 30,");
    let output = field.run(&plan, &[]);
    let told = said(&output);
    assert_eq!(output.status.code(), Some(3), "{told}");
    let key = "unknown key `inventory.fields.above-ground-carbon.depth`";
    assert!(told.contains(key), "{told}");
    assert_eq!(told.matches("error: ").count(), 1, "{told}");
    assert!(!told.contains("[["), "{told}");
}
