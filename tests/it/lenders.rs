//! Regions without plots that borrow by mapped forest: the plots and the forest that lend are of the same land.

use crate::field::{Field, Row, lattice, near};

/// Three regions of 100 ha of forest, of which `d` has no plot; the map hides the eastern half of `b`, or nothing.
fn field(hidden: usize) -> Field {
    let field = Field::new();
    let square = |x: f64| [x, 0.0, x + 1000.0, 1000.0];
    let regions = [
        ("a", square(0.0)),
        ("b", square(1000.0)),
        ("d", square(2000.0)),
    ];
    field.regions("regions.json", 5070, &regions);
    let place = lattice(5070, (0.0, 1000.0), 100.0, (30, 10));
    field.codes("lc.tif", place, 0, |col, _| {
        u8::from(!(20 - hidden..20).contains(&col))
    });
    field.write("legend.csv", "code,class_name,ecosystem\n1,wood,forest\n");
    field.write(
        "plots.csv",
        "id,region,agc_t_c_ha\n1,a,60\n2,a,50\n3,a,70\n4,b,90\n5,b,80\n6,b,100\n",
    );
    field
}

fn plan(area: f64, fields: &str) -> String {
    format!(
        "[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"legend.csv\"\n\
        [inventory]\ndesign = \"simple-random\"\narea-ha = {area}\nmin-plots = 3\n\
        [[inventory.plots]]\nyear = 2020\npath = \"plots.csv\"\n\
        [inventory.fields]\nid = \"id\"\n{fields}above-ground-carbon = \"agc_t_c_ha\"\n\
        [carbon]\nmethod = \"plots-stock-difference\"\n"
    )
}

fn of(field: &Field, region: &str) -> Row {
    field.row("summary.csv", &[("region_id", region)])
}

/// Where the sample is of all 300 ha, `d` takes 100 / 300 of the 22 500 t of all plots; with half of `b` hidden those
/// of `a` alone, 9 000 t on the 200 ha of `a` and `d`. Of a sample of 200 ha `d` is no part: 15 000 t on the 200 ha of
/// `a` and `b`, or 6 000 t on the 100 ha of `a`.
#[test]
fn land_that_the_map_shows_a_part_of_lends_neither_plots_nor_forest() {
    for (hidden, area, expected, from) in [
        (0, 300.0, 7500.0, "all regions"),
        (
            5,
            300.0,
            4500.0,
            "all regions but b, of which the map shows only a part",
        ),
        (
            10,
            300.0,
            4500.0,
            "all regions but b, of which the map shows nothing",
        ),
        (0, 200.0, 7500.0, "all regions with plots"),
        (
            5,
            200.0,
            6000.0,
            "all regions with plots but b, of which the map shows only a part",
        ),
    ] {
        let field = field(hidden);
        field.done(&plan(area, "region = \"region\"\n"), &[]);
        let d = of(&field, "d");
        near(&d, "carbon_tc", expected, 1e-6);
        let from = format!("its own: synthetic from {from};");
        assert!(d["notes"].contains(&from), "{d:?}");
        // The others keep their own plots, and all together theirs.
        near(&of(&field, "a"), "carbon_tc", 30.0 * area, 1e-6);
        near(&of(&field, "_total"), "carbon_tc", 75.0 * area, 1e-6);
    }
}

/// Plots without a place stand for all land, that which the map does not show among it: nothing can be borrowed.
#[test]
fn plots_of_land_that_the_map_does_not_show_lend_nothing() {
    let field = field(5);
    field.done(&plan(300.0, ""), &[]);
    for region in ["a", "b", "d"] {
        let row = of(&field, region);
        assert_eq!(row["carbon_tc"], "", "{row:?}");
        assert!(
            row["notes"].contains("the map shows only a part of b"),
            "{row:?}"
        );
    }
    near(&of(&field, "_total"), "carbon_tc", 22500.0, 1e-6);
}

/// Of `a` alone the map shows all, and it has too few plots: nobody is left to lend.
#[test]
fn without_a_lender_there_is_no_figure() {
    let field = field(5);
    field.write(
        "plots.csv",
        "id,region,agc_t_c_ha\n3,a,70\n4,b,90\n5,b,80\n6,b,100\n",
    );
    field.done(&plan(300.0, "region = \"region\"\n"), &[]);
    for region in ["a", "d"] {
        let row = of(&field, region);
        assert_eq!(row["carbon_tc"], "", "{row:?}");
        let why = "the map shows only a part of b, and of the others there is 1 plot";
        assert!(row["notes"].contains(why), "{row:?}");
    }
}

/// The map shows forest in `d` alone, and the plots of `a` and `b` are not there.
#[test]
fn plots_of_land_without_mapped_forest_lend_nothing() {
    for area in [200.0, 300.0] {
        let field = field(0);
        let place = lattice(5070, (0.0, 1000.0), 100.0, (30, 10));
        drop(field.raster::<u8>("lc.tif", place, &[], |col, _| 1 + u8::from(col < 20)));
        field.write(
            "legend.csv",
            "code,class_name,ecosystem\n1,wood,forest\n2,field,cropland\n",
        );
        field.done(&plan(area, "region = \"region\"\n"), &[]);
        let d = of(&field, "d");
        assert_eq!(d["carbon_tc"], "", "{d:?}");
        let why = "no mapped forest in the regions that have plots";
        assert!(d["notes"].contains(why), "{d:?}");
    }
}

/// `_total` of the plots of `a` and `b` is without `d`, in stock, volume and removal: below a target it says nothing.
#[test]
fn figures_of_all_say_which_regions_their_sample_is_not_of() {
    let field = field(0);
    for (year, more) in [(2010, 0), (2020, 10)] {
        let plot = |(id, region, carbon): (u32, &str, u32)| {
            let carbon = carbon + more;
            format!("{id},{region},{carbon},{}\n", 2 * carbon)
        };
        let plots = [(1, "a", 60), (2, "a", 50), (3, "a", 70)]
            .map(plot)
            .concat()
            + &[(4, "b", 90), (5, "b", 80), (6, "b", 100)]
                .map(plot)
                .concat();
        field.write(
            &format!("plots{year}.csv"),
            &format!("id,region,agc_t_c_ha,v\n{plots}"),
        );
    }
    field.write(
        "targets.csv",
        "year,indicator,comparison,value,unit,scope\n\
         2020,carbon_stock,>=,16000,t_c,_total\n2021,carbon_stock,>=,20000,t_c,_total\n\
         2020,forest_stock_volume,>=,30000,m3,_total\n2021,forest_stock_volume,>=,40000,m3,_total\n\
         2020,sequestration,>=,100,t_co2e/yr,_total\n",
    );
    let fields = "region = \"region\"\nvolume = { column = \"v\", unit = \"m3/ha\" }\n";
    let plots =
        |year: u32| format!("[[inventory.plots]]\nyear = {year}\npath = \"plots{year}.csv\"\n");
    let plan = |area| {
        let both = plots(2010) + &plots(2020);
        plan(area, fields).replace(&plots(2020).replace("2020.csv", ".csv"), &both)
            + "[targets]\npath = \"targets.csv\"\n"
    };
    let met = |indicator: &str, year: &str| {
        let keys = [("indicator", indicator), ("year", year)];
        let row = field.row("tables/targets.csv", &keys);
        (row["met"].clone(), row["note"].clone())
    };
    field.done(&plan(200.0), &[]);
    let all = of(&field, "_total");
    let stock =
        "without region d (the inventory of 2020 is not of its land): the stock there is not in it";
    let change = "removal of forest: without region d (the inventory of 2010 and 2020 is not of its land): the change there is not in it";
    for words in [
        &format!("stock volume of the plots: {stock}"),
        &format!("forest: {stock}"),
        "carbon_tc_ha divides by the land of all regions",
        change,
    ] {
        assert!(all["notes"].contains(words), "{words}: {all:?}");
    }
    for (indicator, words) in [
        ("carbon_stock", stock),
        ("forest_stock_volume", stock),
        ("sequestration", change),
    ] {
        let year = if indicator == "sequestration" {
            "2020"
        } else {
            "2021"
        };
        let (met, note) = met(indicator, year);
        assert!(met.is_empty() && note.contains(words), "{met} {note}");
    }
    for indicator in ["carbon_stock", "forest_stock_volume"] {
        assert_eq!(met(indicator, "2020").0, "true");
    }
    let rows = field.table("tables/inventory.csv");
    let rows = rows
        .iter()
        .filter(|row| row["region_id"] == "_total" && row["statistic"] != "per_forest_hectare");
    assert!(rows.clone().count() > 4);
    for row in rows {
        assert!(row["note"].contains("without region d"), "{row:?}");
    }
    // Of 300 ha `d` is a part of the sample.
    field.done(&plan(300.0), &[]);
    let all = of(&field, "_total");
    assert!(!all["notes"].contains("without region"), "{all:?}");
    assert_eq!(met("carbon_stock", "2021").0, "true");
    assert_eq!(met("forest_stock_volume", "2021").0, "true");
}

/// `4` has no value of dead wood: the pool above ground is known of all, and is without `d` all the same.
#[test]
fn a_pool_of_all_beside_a_gap_says_which_regions_it_is_without() {
    let field = field(0);
    field.write(
        "plots.csv",
        "id,region,agc_t_c_ha,dead_t_c_ha\n1,a,60,1\n2,a,50,1\n3,a,70,1\n4,b,90,\n5,b,80,1\n6,b,100,1\n",
    );
    let fields = "region = \"region\"\ndead-wood-carbon = \"dead_t_c_ha\"\n";
    field.done(&plan(200.0, fields), &[]);
    let keys = [("region_id", "_total"), ("pool", "above-ground")];
    let row = field.row("tables/carbon.csv", &keys);
    near(&row, "carbon_tc", 15000.0, 1e-6);
    for words in ["without region d", "the sum of the pools is not known"] {
        assert!(row["note"].contains(words), "{row:?}");
    }
}
