//! Harvested wood through plans.

use std::fmt::Write as _;

use crate::field::{Field, near};

const PLAN: &str = "[harvested-wood]\npath = \"wood.csv\"\nbefore = \"nothing\"\n";

/// Worked example W23: a hundred tonnes of carbon a year into sawnwood from an empty pool, half of
/// it in each of two regions.
#[test]
fn products_fill_as_the_worked_example_says_and_stay_apart() {
    let field = Field::new();
    let squares = [
        ("a", [0.0, 0.0, 1000.0, 1000.0]),
        ("b", [1000.0, 0.0, 2000.0, 1000.0]),
    ];
    field.regions("regions.json", 5070, &squares);
    let mut text = String::from("region,product,year,production,unit,carbon_factor\n");
    for year in 2001..=2003 {
        let _ = writeln!(
            text,
            "a,sawnwood,{year},50,t_c,\nb,sawnwood,{year},200,m3,0.25"
        );
    }
    field.write("wood.csv", &text);
    field.done(PLAN, &[]);
    let stocks = [99.016_294, 196.090_939, 291.262_010];
    let mut before = 0.0;
    for (year, stock) in (2001..).zip(stocks) {
        let year = year.to_string();
        for (region, share) in [("a", 0.5), ("b", 0.5), ("_total", 1.0)] {
            for product in ["sawnwood", "all"] {
                let keys = [
                    ("region_id", region),
                    ("product", product),
                    ("year", &*year),
                ];
                let row = field.row("tables/harvested_wood.csv", &keys);
                near(&row, "carbon_tc", share * stock, 1e-5);
                near(
                    &row,
                    "change_tco2e_yr",
                    share * (stock - before) * 44.0 / 12.0,
                    2e-5,
                );
                near(&row, "loss_tc_yr", share * (100.0 - (stock - before)), 2e-3);
            }
        }
        before = stock;
    }
    let keys = [
        ("region_id", "a"),
        ("product", "sawnwood"),
        ("year", "2002"),
    ];
    let row = field.row("tables/harvested_wood.csv", &keys);
    assert_eq!(
        row["arithmetic"],
        "0.980391 x 49.508147 t C + 0.990163 x 50 t C = 98.04547 t C"
    );
    assert_eq!(row["quality"], "recalled-parameter");
    // Never with the pools of the forest: the summary has no carbon of it.
    let summary = field.row("summary.csv", &[("region_id", "a")]);
    assert!(summary["carbon_tc"].is_empty() && summary["sequestration_tco2e_yr"].is_empty());
    field.row("tables/parameters.csv", &[("used_by", "harvested-wood")]);
}

#[test]
fn a_steady_start_and_half_lives_of_your_own() {
    let field = Field::new();
    field.regions("regions.json", 5070, &[("a", [0.0, 0.0, 1000.0, 1000.0])]);
    field.write(
        "wood.csv",
        "region,product,year,production,unit\na,poles,2001,10,t_c\na,poles,2002,30,t_c\n",
    );
    let plan = "registry = true\n[harvested-wood]\npath = \"wood.csv\"\nbefore = \"steady-state\"\nsteady-years = 2\n";
    let plan = plan.replace("registry = true\n", "");
    field.refused(&plan, &["`product` can be"]);
    field.write(
        "mine.csv",
        "id,product,value,unit,cite,locator\nwood-half-life,poles,10,yr,user,survey\n",
    );
    let plan = format!("{plan}[carbon]\nparameters = [\"mine.csv\"]\n");
    field.done(&plan, &[]);
    let k = std::f64::consts::LN_2 / 10.0;
    let first = (-k).exp() * 20.0 / k + (1.0 - (-k).exp()) / k * 10.0;
    let row = field.row(
        "tables/harvested_wood.csv",
        &[("product", "poles"), ("year", "2001")],
    );
    near(&row, "carbon_tc", first, 1e-5);
    assert_eq!(row["quality"], "user-parameter");
    field.refused(
        &plan.replace("steady-years = 2", "steady-years = 5"),
        &["has 2 years"],
    );
    field.refused(
        &plan.replace("before = \"steady-state\"\n", ""),
        &["before"],
    );
    field.write(
        "wood.csv",
        "region,product,year,production,unit\na,poles,2001,10,t_c\na,poles,2003,30,t_c\n",
    );
    field.refused(&plan, &["no row for 2002"]);
}

#[test]
fn negative_production_unknown_regions_and_repeated_years_are_refused_together() {
    let field = Field::new();
    field.regions("regions.json", 5070, &[("a", [0.0, 0.0, 1000.0, 1000.0])]);
    field.write(
        "wood.csv",
        "region,product,year,production,unit\na,paper,2001,10,t_c\na,paper,2001,11,t_c\n\
         a,paper,2002,-3,t_c\nz,paper,2001,1,t_c\n",
    );
    field.refused(
        PLAN,
        &[
            "row 3",
            "the year 2001 stands twice",
            "`production` is -3, expected 0 or more",
            "names region `z`, and there is none",
        ],
    );
}
