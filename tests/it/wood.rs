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

/// A cubic metre of sawnwood is 0.229 t C (± 27 %), and half of it is in use after 35 years (± 50 %).
/// By hand for one year: the stock is `m3 x 0.229 x (1 - e^(-k)) / k`; its error the factor's 13.73 %
/// and that of the half-life, 25.51 % times the elasticity of the stock, which is near `k / 2`.
#[test]
fn the_spread_of_factors_and_half_lives_is_shared_by_regions_and_drawn() {
    let field = Field::new();
    let squares = [
        ("a", [0.0, 0.0, 1000.0, 1000.0]),
        ("b", [1000.0, 0.0, 2000.0, 1000.0]),
    ];
    field.regions("regions.json", 5070, &squares);
    field.write(
        "wood.csv",
        "region,product,year,production,unit\na,sawnwood,2001,100000,m3\nb,sawnwood,2001,300000,m3\n\
         b,sawnwood,2002,300000,m3\n",
    );
    field.done(PLAN, &[]);
    let keys = |region, year| {
        [
            ("region_id", region),
            ("product", "sawnwood"),
            ("year", year),
        ]
    };
    let number = |row: &std::collections::BTreeMap<String, String>, column: &str| {
        row[column].parse::<f64>().unwrap()
    };
    let k = std::f64::consts::LN_2 / 35.0;
    let share = (1.0 - (-k).exp()) / k;
    let one = field.row("tables/harvested_wood.csv", &keys("a", "2001"));
    near(&one, "carbon_tc", 1e5 * 0.229 * share, 1e-3);
    let error = number(&one, "carbon_tc_se") / number(&one, "carbon_tc");
    // 26.926 % and 50 % at 95 %: over 1.95996.
    let expected = (0.137_38_f64.powi(2) + (0.255_11 * k / 2.0).powi(2)).sqrt();
    assert!((error - expected).abs() < 1e-4, "{error} {expected}");
    assert!(one["note"].contains("that of the production itself is not known"));
    // Regions share factor and half-life: the whole is relatively as wide.
    let all = field.row("tables/harvested_wood.csv", &keys("_total", "2001"));
    near(&all, "carbon_tc", 4e5 * 0.229 * share, 1e-3);
    let limit = "that of the production itself is not known, so it is a lower limit; rests on parameters that were recalled";
    assert!(all["note"].contains(limit), "{all:?}");
    let whole = number(&all, "carbon_tc_se") / number(&all, "carbon_tc");
    assert!((whole - error).abs() < 1e-6, "{whole} {error}");
    let missing = field.row("tables/harvested_wood.csv", &keys("_total", "2002"));
    assert!(missing["carbon_tc"].is_empty());
    assert_eq!(
        missing["note"],
        "no sum: no production of this year for sawnwood of region a"
    );
    let uncertain = |region, approach| {
        let keys = [
            ("region_id", region),
            ("figure", "harvested_wood_tc"),
            ("approach", approach),
            ("input", "all"),
        ];
        field.row("tables/uncertainty.csv", &keys)
    };
    let (closed, drawn) = (
        uncertain("_total", "approach-1"),
        uncertain("_total", "approach-2"),
    );
    near(&closed, "value", 4e5 * 0.229 * share, 1e-3);
    // Four standard errors of the deviation of 10,000 draws: 3 %.
    let (closed, drawn) = (
        number(&closed, "standard_error"),
        number(&drawn, "standard_error"),
    );
    assert!((drawn / closed - 1.0).abs() < 0.03, "{drawn} {closed}");
    // Region b's newest year is 2002; the whole is of the newest year that all have.
    assert!(uncertain("b", "approach-1")["note"].contains("of 2002"));
    for approach in ["approach-1", "approach-2"] {
        let note = &uncertain("_total", approach)["note"];
        assert!(note.contains("of 2001") && note.contains(limit), "{note}");
    }
}
