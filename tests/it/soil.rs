//! Soil samples through plans.

use crate::field::{Field, near};

const HEAD: &str = "site,region,year,top_cm,bottom_cm,carbon_pct,bulk_density_g_cm3,coarse_pct\n";
const PLAN: &str =
    "[soil-samples]\npath = \"soil.csv\"\ndesign = \"simple-random\"\ndepth-cm = 30\n";

fn field(rows: &str) -> Field {
    let field = Field::new();
    let squares = [
        ("a", [0.0, 0.0, 1000.0, 1000.0]),
        ("b", [1000.0, 0.0, 2000.0, 1000.0]),
    ];
    field.regions("regions.json", 5070, &squares);
    field.write("soil.csv", &[HEAD, rows].concat());
    field
}

/// Worked example W22: 2.1 % carbon, 1.25 g/cm3, 30 cm, 5 % stones: 74.8125 t C/ha.
#[test]
fn a_profile_gives_the_stock_of_the_worked_example() {
    let field = field("1,a,2010,0,30,2.1,1.25,5\n2,b,2010,0,20,2,1,0\n");
    field.done(PLAN, &[]);
    let of = |region: &str| {
        let keys = [("region_id", region), ("statistic", "stock")];
        field.row("tables/soil_samples.csv", &keys)
    };
    let row = of("a");
    near(&row, "value", 74.8125, 1e-9);
    assert!(row["standard_error"].is_empty() && row["note"].contains("one site"));
    let short = of("b");
    assert!(short["value"].is_empty() && short["note"].contains("1 sites are not in it"));
    let profile = field.row("tables/soil_profiles.csv", &[("site", "1")]);
    near(&profile, "carbon_tc_ha", 74.8125, 1e-9);
    near(
        &profile,
        "fine_earth_t_ha",
        1.25 * 30.0 * 0.95 * 100.0,
        1e-9,
    );
}

/// Soil that was packed from 30 to 20 cm holds what it held; a second site gains 0.1 % of carbon.
#[test]
fn packed_soil_neither_gains_nor_loses_at_equal_mass() {
    let field = field(
        "1,a,2010,0,30,2,1.0,0\n1,a,2010,30,50,1,1.2,0\n\
         1,a,2020,0,20,2,1.5,0\n1,a,2020,20,40,1,1.2,0\n\
         2,a,2010,0,40,2,1.0,0\n2,a,2020,0,40,2.1,1.0,0\n",
    );
    field.done(PLAN, &[]);
    let of = |statistic: &str| {
        let keys = [("region_id", "a"), ("statistic", statistic)];
        field.row("tables/soil_samples.csv", &keys)
    };
    // Nothing and 3 t C/ha in ten years: 0.15 a year, with half the distance as standard error.
    let change = of("change");
    assert_eq!(
        (change["from_year"].as_str(), change["sites"].as_str()),
        ("2010", "2")
    );
    near(&change, "value", 0.15, 1e-9);
    near(&change, "standard_error", 0.15, 1e-9);
    // Student's quantile of one degree of freedom.
    near(&change, "value_hi", 0.15 + 12.706_205 * 0.15, 1e-6);
    // At fixed depth the packed soil would seem to gain the carbon of 10 cm below: 12 t C/ha.
    near(
        &of("change-to-depth"),
        "value",
        f64::midpoint(1.2, 0.3),
        1e-9,
    );
    let summary = field.row("summary.csv", &[("region_id", "a")]);
    assert!(summary["carbon_tc"].is_empty());
}

#[test]
fn bad_profiles_are_refused_with_their_rows() {
    let field = field(
        "1,a,2010,0,10,2,1.2,0\n1,a,2010,20,30,2,1.2,0\n2,z,2010,0,10,2,1.2,0\n3,a,2010,0,10,2,1.2,\n",
    );
    field.refused(
        PLAN,
        &[
            "row 4",
            "names region `z`",
            "begins at 20 cm",
            "no `coarse_pct`",
        ],
    );
    field.refused(
        &PLAN.replace("design = \"simple-random\"\n", ""),
        &["design"],
    );
    field.refused(
        &PLAN.replace("30", "0"),
        &["`[soil-samples] depth-cm` is 0"],
    );
}

/// Layers that overlap or stand twice are one soil counted twice; a density of zero is no soil.
#[test]
fn repeated_layers_and_soil_without_mass_are_refused() {
    let field = field(
        "1,a,2010,0,20,2,1.2,0\n1,a,2010,10,30,2,1.2,0\n2,a,2010,0,30,2,1.2,0\n2,a,2010,0,30,2,1.2,0\n3,a,2010,0,30,2,0,0\n",
    );
    field.refused(
        PLAN,
        &[
            "site `1` in 2010: a layer begins at 10 cm, the one above ends at 20 cm",
            "site `2` in 2010: a layer begins at 0 cm, the one above ends at 30 cm",
            "`bulk_density_g_cm3` is 0",
        ],
    );
}

/// A profile of 20 cm says nothing of 30: it is counted, not taken as it is.
#[test]
fn a_shallow_profile_is_unknown_and_counted() {
    let field = field("1,a,2010,0,30,2,1,0\n2,a,2010,0,30,4,1,0\n3,a,2010,0,20,9,1,0\n");
    field.done(PLAN, &[]);
    let keys = [("region_id", "a"), ("year", "2010"), ("statistic", "stock")];
    let row = field.row("tables/soil_samples.csv", &keys);
    near(&row, "value", 90.0, 1e-9);
    assert_eq!(row["sites"], "2");
    assert!(row["note"].contains("1 sites are not in it"), "{row:?}");
}
