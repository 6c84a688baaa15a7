//! What is said of plots that contradict themselves or are all alike, of points exchanged, and of
//! targets: each thing once, all in one pass.

use std::fmt::Write;

use crate::field::{Field, Row, lattice, near, said};

fn square(plots: &str) -> Field {
    let field = Field::new();
    field.regions("regions.json", 5070, &[("u", [0.0, 0.0, 5000.0, 2000.0])]);
    field.write("plots.csv", plots);
    field
}

const PLAN: &str = "[inventory]\ndesign = \"simple-random\"\narea-ha = 1000\nmin-plots = 1\n\
    domains = [\"type\"]\n[[inventory.plots]]\nyear = 2020\npath = \"plots.csv\"\n\
    [inventory.fields]\nid = \"id\"\nregion = \"region\"\nvolume = \"v_m3_ha\"\n\
    forest-share = { column = \"share\", unit = \"1\" }\n";

const HEAD: &str = "id,region,share,v_m3_ha,type\n";

#[test]
fn plots_that_contradict_themselves_are_told() {
    let field = square(&format!(
        "{HEAD}1,u,0,200,a\n2,u,1.4,90,a\n3,u,1,80,a\n4,u,0,5,a\n"
    ));
    let told = field.done(PLAN, &[]);
    for words in [
        "row 2, plot 1: 2 plots have a volume and no forest, this one first",
        "row 3, plot 2: 1 plot has a forest-share above 1, this one first",
    ] {
        assert!(told.contains(words), "no `{words}` in: {told}");
    }
}

#[test]
fn plots_that_are_all_alike_give_no_certainty() {
    let field = square(&format!(
        "{HEAD}1,u,1,100,a\n2,u,1,100,a\n3,u,1,100,a\n4,u,1,100,b\n"
    ));
    field.done(PLAN, &[]);
    let rows = field.table("tables/inventory.csv");
    assert!(rows.iter().any(|row| row["standard_error"].is_empty()));
    for row in &rows {
        let told = !row["standard_error"].is_empty() || !row["note"].is_empty();
        assert!(told, "no error and no reason: {row:?}");
    }
    let of = |attribute: &str, domain: &str, statistic: &str| -> Row {
        let keys = [
            ("region_id", "u"),
            ("attribute", attribute),
            ("domain", domain),
            ("statistic", statistic),
        ];
        field.row("tables/inventory.csv", &keys)
    };
    let forest = of("forest_area", "", "total");
    assert_eq!(
        (forest["value"].as_str(), forest["standard_error"].as_str()),
        ("1000", "")
    );
    assert!(forest["note"].contains("not certainty"), "{forest:?}");
    assert!(of("volume", "", "per_forest_hectare")["note"].contains("not certainty"));
    assert!(of("volume", "type=b", "per_forest_hectare")["note"].contains("one plot"));
    // One plot among four that are not of the type has a spread.
    assert!(!of("volume", "type=b", "total")["standard_error"].is_empty());
    let summary = &field.table("summary.csv")[0];
    assert_eq!(summary["forest_area_est_se_pct"], "");
}

#[test]
fn an_area_that_is_none_is_called_so() {
    let field = square(&format!("{HEAD}1,u,1,100,a\n2,u,1,90,a\n"));
    let output = field.run(&PLAN.replace("area-ha = 1000", "area-ha = -5"), &[]);
    let told = said(&output);
    assert!(told.contains("`[inventory] area-ha` is -5"), "{told}");
    assert!(!told.contains("nothing says how large"), "{told}");
}

#[test]
fn regions_that_overlap_and_have_few_plots_get_no_promise() {
    let field = square(&format!("{HEAD}1,u,1,100,a\n2,u,1,90,a\n"));
    let place = lattice(5070, (0.0, 2000.0), 100.0, (50, 20));
    drop(field.raster::<u8>("map.tif", place, &[], |_, _| 1));
    field.write("legend.csv", "code,class_name,ecosystem\n1,wood,forest\n");
    let regions = [
        ("u", [0.0, 0.0, 5000.0, 2000.0]),
        ("c", [0.0, 0.0, 900.0, 900.0]),
    ];
    field.regions("regions.json", 5070, &regions);
    let map = "[[land-cover]]\nyear = 2020\npath = \"map.tif\"\nlegend = \"legend.csv\"\n";
    field.done(&format!("{map}{PLAN}"), &[]);
    let rows = field.table("summary.csv");
    let notes = &rows.iter().find(|row| row["region_id"] == "c").unwrap()["notes"];
    let words = "0 plots, fewer than the 1 asked for an estimate of its own: the regions overlap";
    assert!(notes.contains(words), "{notes}");
}

#[test]
fn layers_that_say_the_same_are_named() {
    let plots: String = (0..8).fold("id,x,y,share,v_m3_ha,type\n".to_owned(), |mut all, id| {
        let (x, y) = (300 + 600 * id, 150 + 200 * id);
        writeln!(all, "{id},{x},{y},1,{},a", 50 + 7 * id % 11).unwrap();
        all
    });
    let field = square(&plots);
    let place = lattice(5070, (0.0, 2000.0), 100.0, (50, 20));
    drop(field.raster::<u8>("map.tif", place, &[], |_, _| 1));
    drop(field.raster::<f32>("height.tif", place, &[], |col, row| (col + 3 * row) as f32));
    field.write("legend.csv", "code,class_name,ecosystem\n1,wood,forest\n");
    let layer =
        |name: &str| format!("[[layer]]\nname = \"{name}\"\npath = \"height.tif\"\nunit = \"m\"\n");
    let map = "[[land-cover]]\nyear = 2020\npath = \"map.tif\"\nlegend = \"legend.csv\"\n";
    let inventory = PLAN.replace(
        "region = \"region\"",
        "x = \"x\"\ny = \"y\"\ncrs = \"EPSG:5070\"",
    );
    let plan = |layers: &str| {
        let more = format!(
            "[inventory.model-assisted]\nlayers = [{layers}]\n[carbon]\nmethod = \"plots-stock-difference\"\n"
        );
        format!("{map}{}{}{inventory}{more}", layer("one"), layer("two"))
    };
    field.refused(&plan("\"one\", \"one\""), &["names the layer `one` twice"]);
    let told = said(&field.run(&plan("\"one\", \"two\""), &[]));
    assert!(
        told.contains(
            "no regression on `layers`: layer `one` is constant at the plots or a combination"
        ),
        "{told}"
    );
    assert!(!told.contains("needs plots"), "{told}");
}

/// A map of ten by ten cells and a table of points with a truth.
fn sampled(points: &str) -> Field {
    let field = Field::new();
    let place = lattice(32650, (500_000.0, 4_001_000.0), 100.0, (10, 10));
    drop(field.raster::<u8>("map.tif", place, &[], |col, _| 1 + u8::from(col > 4)));
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n1,wood,forest\n2,field,cropland\n",
    );
    let square = [500_000.0, 4_000_000.0, 501_000.0, 4_001_000.0];
    field.regions("regions.json", 32650, &[("r", square)]);
    field.write("points.csv", points);
    field
}

const ACCURACY: &str = "[[land-cover]]\nyear = 2020\npath = \"map.tif\"\nlegend = \"legend.csv\"\n\
    [accuracy]\npath = \"points.csv\"\nreference-class = \"truth\"\nx = \"x\"\ny = \"y\"\ncrs = \"EPSG:32650\"\n";

#[test]
fn points_are_told_once_and_exchanged_ones_together() {
    let points = |swap: bool| {
        (0..9).fold("x,y,truth\n".to_owned(), |mut all, i| {
            let (x, y) = (500_050 + 100 * i, 4_000_050 + 100 * i);
            let (x, y) = if swap { (y, x) } else { (x, y) };
            writeln!(all, "{x},{y},{}", 1 + i % 2).unwrap();
            all
        })
    };
    let field = sampled(&points(true));
    let told = said(&field.run(ACCURACY, &[]));
    assert!(told.contains("are x and y exchanged?"), "{told}");
    assert_eq!(told.matches("error: ").count(), 1, "{told}");
    let field = sampled(&format!("{},,1\n", points(false)));
    let told = said(&field.run(ACCURACY, &[]));
    assert_eq!(told.matches("row 11").count(), 1, "{told}");
    assert!(told.contains("row 11: the point has no place"), "{told}");
}

#[test]
fn everything_wrong_with_targets_is_told_in_one_pass_by_row() {
    let field = sampled("x,y,truth\n");
    field.write(
        "targets.csv",
        "year,indicator,comparison,value,unit,scope\n\
         2030,forest_coverage_rate,>,40,percent,national\n\
         soon,forest_stock_volume,>=,40,ha,national\n\
         2030,forest_area,>=,x,ha,nowhere\n\
         2031,carbon_stock,>=,1,t_c,national\n\
         2031,carbon_stock,>=,,t_c,national\n",
    );
    let plan = "[[land-cover]]\nyear = 2020\npath = \"map.tif\"\nlegend = \"legend.csv\"\n\
        [targets]\npath = \"targets.csv\"\n";
    let told = said(&field.run(plan, &[]));
    for words in [
        "targets.csv, row 2: unknown comparison",
        "targets.csv, row 3: year `soon` is no whole number",
        "targets.csv, row 3: `forest_stock_volume` is in `ha`, expected `m3`",
        "targets.csv, row 4: `value` is `x`, expected a number",
        "targets.csv, row 4: unknown indicator",
        "targets.csv, row 4: no region has the id `nowhere`",
        "targets.csv, row 6: no `value`",
    ] {
        assert!(told.contains(words), "no `{words}` in: {told}");
    }
    assert!(!told.contains("a second target"), "{told}");
    assert!(!told.contains("line 1"), "{told}");
}

#[test]
fn a_stock_that_a_plot_does_not_tell_is_not_that_of_the_inventory_before() {
    not_that_before("");
    not_that_before("forest-share = { column = \"share\", unit = \"1\" }\n");
}

/// With a further field of the plots.
fn not_that_before(further: &str) {
    let field = Field::new();
    let regions = [
        ("u", [0.0, 0.0, 5000.0, 1000.0]),
        ("v", [0.0, 1000.0, 5000.0, 2000.0]),
    ];
    field.regions("regions.json", 5070, &regions);
    let head = "id,region,share,agc_t_c_ha\n";
    field.write(
        "old.csv",
        &format!("{head}1,u,1,40\n2,u,1,60\n3,v,1,50\n4,v,1,30\n"),
    );
    field.write(
        "new.csv",
        &format!("{head}1,u,1,50\n2,u,1,70\n3,v,1,60\n4,v,1,\n"),
    );
    let plan = format!(
        "[inventory]\ndesign = \"simple-random\"\narea-ha = 1000\nmin-plots = 1\n\
        [[inventory.plots]]\nyear = 2010\npath = \"old.csv\"\n\
        [[inventory.plots]]\nyear = 2020\npath = \"new.csv\"\n\
        [inventory.fields]\nid = \"id\"\nregion = \"region\"\n\
        above-ground-carbon = \"agc_t_c_ha\"\n{further}\
        [carbon]\nmethod = \"plots-stock-difference\"\n"
    );
    field.done(&plan, &[]);
    let summary = field.table("summary.csv");
    let of = |id: &str| summary.iter().find(|row| row["region_id"] == id).unwrap();
    // The mean of 50 and 70 t C/ha on half of 1 000 ha.
    assert_eq!(of("u")["carbon_tc"], "30000");
    for id in ["v", "_total"] {
        assert_eq!(of(id)["carbon_tc"], "");
        let words = "forest: not known: 1 plot has no value: `4`";
        assert!(of(id)["notes"].contains(words), "{:?}", of(id));
    }
    let stocks = field.table("tables/carbon.csv");
    let counted: Vec<_> = stocks
        .iter()
        .filter(|row| row["counted"] == "true")
        .collect();
    assert!(
        counted
            .iter()
            .all(|row| row["region_id"] == "u" && row["year"] == "2020")
    );
    // Half of 1 000 ha gained 10 t C/ha in ten years; of the other half nothing is known.
    let gained = 500.0 * 44.0 / 12.0;
    for (id, known) in [("u", true), ("v", false), ("_total", true)] {
        let found = of(id)["sequestration_tco2e_yr"].parse::<f64>();
        assert_eq!(found.is_ok(), known, "{id}");
        assert!(found.unwrap_or(gained) - gained < 0.001, "{id}");
        let told = of(id)["notes"].contains("1 plot has no value: `4`");
        assert_eq!(told, id != "u", "{:?}", of(id));
    }
    let changes = field.table("tables/sequestration.csv");
    let unknown: Vec<_> = changes
        .iter()
        .filter(|row| row["sequestration_tco2e_yr"].is_empty())
        .collect();
    assert!(!unknown.is_empty());
    assert!(unknown.iter().all(|row| row["region_id"] == "v"));
}

/// Soil that one of two inventories did not measure takes nothing from the pool above ground: its change counts, with
/// its own spread, and the notes name the soil. The stock of the newest inventory is that of what it measured.
#[test]
fn a_pool_that_one_inventory_lacks_leaves_the_change_of_the_others() {
    let old = ["50,80", "52,81", "54,82", "56,83", "58,84"];
    let new = ["55,", "58,", "61,", "64,", "67,"];
    for share in ["", "forest-share = { column = \"share\", unit = \"1\" }\n"] {
        for (turned, without, stock) in [(false, 2020, 6100.0), (true, 2010, 13_600.0)] {
            let field = Field::new();
            let regions = [
                ("a", [0.0, 0.0, 1000.0, 1000.0]),
                ("b", [1000.0, 0.0, 2000.0, 1000.0]),
            ];
            field.regions("regions.json", 5070, &regions);
            let table = |name: &str, plots: [&str; 5]| {
                let mut rows = "id,region,kind,share,agc_t_c_ha,soc_t_c_ha\n".to_owned();
                for region in ["a", "b"] {
                    for (plot, values) in plots.iter().enumerate() {
                        let _ = writeln!(rows, "{region}{plot},{region},k,1,{values}");
                    }
                }
                field.write(name, &rows);
            };
            let (first, second) = if turned { (new, old) } else { (old, new) };
            table("old.csv", first);
            table("new.csv", second);
            let plan = format!(
                "[inventory]\ndesign = \"simple-random\"\narea-ha = 200\nmin-plots = 3\ndomains = [\"kind\"]\n\
                [[inventory.plots]]\nyear = 2010\npath = \"old.csv\"\n\
                [[inventory.plots]]\nyear = 2020\npath = \"new.csv\"\n\
                [inventory.fields]\nid = \"id\"\nregion = \"region\"\n\
                above-ground-carbon = \"agc_t_c_ha\"\n{share}\
                soil-carbon = {{ column = \"soc_t_c_ha\", unit = \"t_c/ha\", depth-cm = 30 }}\n\
                [carbon]\nmethod = \"plots-stock-difference\"\n"
            );
            field.done(&plan, &[]);
            let words = format!("without soil-organic: no plot of {without} has a value of it");
            // 54 to 61 t C/ha on half of 200 ha in ten years.
            let sign = if turned { -1.0 } else { 1.0 };
            let gained = sign * 700.0 / 10.0 * 44.0 / 12.0;
            for (id, parts) in [("a", 1.0), ("b", 1.0), ("_total", 2.0)] {
                let row = field.row("summary.csv", &[("region_id", id)]);
                near(&row, "sequestration_tco2e_yr", parts * gained, 1e-5);
                near(&row, "carbon_tc", parts * stock, 1e-6);
                assert!(row["notes"].contains(&words), "{row:?}");
                let of = |pool| {
                    let keys = [("region_id", id), ("pool", pool)];
                    field.row("tables/sequestration.csv", &keys)
                };
                let (above, all) = (of("above-ground"), of("all"));
                assert_eq!(above["counted"], "true", "{above:?}");
                for column in ["sequestration_tco2e_yr", "sequestration_tco2e_yr_se"] {
                    assert_eq!(above[column], all[column], "{id} {column}");
                }
                if id == "_total" {
                    // The ten plots gained 5, 6, 7, 8 or 9 t C/ha, each twice: s2 = 20 / 9.
                    let error = 200.0 * (20.0_f64 / 9.0 / 10.0).sqrt() / 10.0 * 44.0 / 12.0;
                    near(&all, "sequestration_tco2e_yr_se", error, 1e-4);
                }
                for domain in ["", "kind=k"] {
                    let keys = [
                        ("region_id", id),
                        ("from_year", "2010"),
                        ("attribute", "all_carbon"),
                        ("domain", domain),
                    ];
                    let row = field.row("tables/inventory.csv", &keys);
                    near(&row, "value", sign * parts * 70.0, 1e-6);
                }
            }
            let changes = field.table("tables/sequestration.csv");
            assert!(changes.iter().all(|row| row["pool"] != "soil-organic"));
        }
    }
}

/// Two regions that borrow from plots without a place: where one of these has no value, nobody has a figure, and each
/// says which plot it is.
#[test]
fn a_plot_without_a_value_is_named_wherever_its_stock_is_borrowed() {
    let field = Field::new();
    let regions = [
        ("u", [0.0, 0.0, 500.0, 1000.0]),
        ("v", [500.0, 0.0, 1000.0, 1000.0]),
    ];
    field.regions("regions.json", 5070, &regions);
    let place = lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
    drop(field.raster::<u8>("map.tif", place, &[], |_, _| 1));
    field.write("legend.csv", "code,class_name,ecosystem\n1,wood,forest\n");
    field.write(
        "plots.csv",
        "id,share,agc_t_c_ha\n1,1,40\n2,1,60\n3,1,\n4,1,30\n",
    );
    field.done(
        "[[land-cover]]\nyear = 2020\npath = \"map.tif\"\nlegend = \"legend.csv\"\n\
        [inventory]\ndesign = \"simple-random\"\narea-ha = 100\nmin-plots = 1\n\
        [[inventory.plots]]\nyear = 2020\npath = \"plots.csv\"\n\
        [inventory.fields]\nid = \"id\"\nabove-ground-carbon = \"agc_t_c_ha\"\n\
        forest-share = { column = \"share\", unit = \"1\" }\n\
        [carbon]\nmethod = \"plots-stock-difference\"\n",
        &[],
    );
    for row in field.table("summary.csv") {
        assert_eq!(row["carbon_tc"], "", "{row:?}");
        for told in [
            "the stock of the plots is not known: no carbon stock",
            "forest: not known: 1 plot has no value: `3`",
        ] {
            assert!(row["notes"].contains(told), "{row:?}");
        }
    }
}

/// Each region names its own plots without a value; the sum of both names all.
#[test]
fn a_region_names_its_own_plots_without_a_value() {
    let field = Field::new();
    let regions = [
        ("u", [0.0, 0.0, 5000.0, 1000.0]),
        ("v", [0.0, 1000.0, 5000.0, 2000.0]),
    ];
    field.regions("regions.json", 5070, &regions);
    let plots = "id,region,share,v_m3_ha\n1,u,1,50\n2,u,1,\n3,v,1,60\n4,v,1,\n";
    field.write("plots.csv", plots);
    field.done(
        "[inventory]\ndesign = \"simple-random\"\narea-ha = 1000\nmin-plots = 1\n\
        [[inventory.plots]]\nyear = 2020\npath = \"plots.csv\"\n\
        [inventory.fields]\nid = \"id\"\nregion = \"region\"\nvolume = \"v_m3_ha\"\n\
        forest-share = { column = \"share\", unit = \"1\" }\n",
        &[],
    );
    for (region, told) in [
        ("u", "1 plot has no value: `2`"),
        ("v", "1 plot has no value: `4`"),
        ("_total", "2 plots have no value: `2`, `4`"),
    ] {
        let keys = [
            ("region_id", region),
            ("attribute", "volume"),
            ("statistic", "total"),
        ];
        assert_eq!(field.row("tables/inventory.csv", &keys)["note"], told);
    }
}
