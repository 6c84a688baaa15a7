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
