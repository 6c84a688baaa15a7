//! Soil samples through plans.

use crate::field::{Field, lattice, near, number};

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
    assert!(short["value"].is_empty() && short["note"].contains("1 site is not in it"));
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
    assert!(row["note"].contains("1 site is not in it"), "{row:?}");
}

const STRATA: &str =
    "site,region,stratum,year,top_cm,bottom_cm,carbon_pct,bulk_density_g_cm3,coarse_pct\n";

/// By hand, soil to 30 cm of 1 g/cm3: 1.5 and 2.5 % are 45 and 75 t C/ha, mean 60 with variance 225;
/// 1 and 1.2 % are 30 and 36, mean 33 with variance 9. Over 60 and 40 ha: 3600 + 1320 = 4920 t C,
/// variance 60² x 225 + 40² x 9 = 824 400; degrees of freedom 824 400² / (810 000² + 14 400²).
#[test]
fn the_total_of_a_region_is_the_sum_of_strata_by_area() {
    let field = field("");
    field.write(
        "soil.csv",
        &[
            STRATA,
            "1,a,slope,2010,0,30,1.5,1,0\n2,a,slope,2010,0,30,2.5,1,0\n\
             3,a,plain,2010,0,30,1,1,0\n4,a,plain,2010,0,30,1.2,1,0\n5,b,plain,2010,0,30,1,1,0\n",
        ]
        .concat(),
    );
    field.write(
        "areas.csv",
        "region,stratum,area_ha\na,slope,60\na,plain,40\nb,plain,10\n",
    );
    let plan = format!("{PLAN}strata = \"areas\"\nareas = \"areas.csv\"\n");
    field.done(&plan, &[]);
    let of = |region: &str, stratum: &str, statistic: &str| {
        let keys = [
            ("region_id", region),
            ("stratum", stratum),
            ("statistic", statistic),
        ];
        field.row("tables/soil_samples.csv", &keys)
    };
    let total = of("a", "all", "total-stock");
    near(&total, "value", 4920.0, 1e-9);
    near(&total, "standard_error", 824_400_f64.sqrt(), 1e-7);
    // Student's quantile of 1.0359 degrees of freedom.
    let half = number(&total, "value_hi") - 4920.0;
    let freedom = 824_400_f64.powi(2) / (810_000_f64.powi(2) + 14_400_f64.powi(2));
    assert!((freedom - 1.0355).abs() < 1e-3);
    assert!(half > 11.0 * 824_400_f64.sqrt() && half < 12.706 * 824_400_f64.sqrt());
    near(&of("a", "all", "stock"), "value", 49.2, 1e-9);
    near(&of("a", "slope", "stock"), "area_ha", 60.0, 1e-9);
    // A stratum of one site has no variance, and no total that it is part of has one.
    let one = of("b", "all", "total-stock");
    near(&one, "value", 300.0, 1e-9);
    assert!(one["standard_error"].is_empty() && one["note"].contains("one site"));
    let all = of("_total", "all", "total-stock");
    near(&all, "value", 5220.0, 1e-9);
    assert!(all["standard_error"].is_empty());
    let uncertain = field.row(
        "tables/uncertainty.csv",
        &[
            ("region_id", "a"),
            ("figure", "soil_samples_tc"),
            ("approach", "approach-1"),
        ],
    );
    near(&uncertain, "standard_error", 824_400_f64.sqrt(), 1e-5);
    // A stratum that nobody sampled leaves the region unknown; one without an area is refused.
    field.write(
        "areas.csv",
        "region,stratum,area_ha\na,slope,60\na,plain,40\na,bog,7\nb,plain,10\n",
    );
    field.done(&plan, &[]);
    let unknown = of("a", "all", "total-stock");
    assert!(unknown["value"].is_empty());
    assert!(unknown["note"].contains("no known site in stratum `bog` (7.0000 ha)"));
    let all = of("_total", "all", "total-stock");
    assert!(all["value"].is_empty() && all["note"].contains("region a"));
    field.write(
        "areas.csv",
        "region,stratum,area_ha\na,slope,60\na,slope,-4\n",
    );
    field.refused(&plan, &["row 3", "`area_ha` is -4"]);
    field.write(
        "areas.csv",
        "region,stratum,area_ha\na,slope,60\nb,plain,9\n",
    );
    field.refused(
        &plan,
        &["site `3` in 2010 is of stratum `plain`, which has no area"],
    );
    field.refused(PLAN, &["a column `stratum`"]);
    field.refused(
        &format!("{PLAN}strata = \"region\"\n"),
        &["a column `stratum`, and the plan takes all of a region as one stratum"],
    );
    // Region `a` has 100 ha: a tenth more may be another register, more is another unit.
    field.write(
        "areas.csv",
        "region,stratum,area_ha\na,slope,70\na,plain,39\nb,plain,10\n",
    );
    field.done(&plan, &[]);
    field.write(
        "areas.csv",
        "region,stratum,area_ha\na,slope,700\na,plain,400\nb,plain,10\n",
    );
    field.refused(
        &plan,
        &[
            "`[soil-samples] areas`, region a",
            "its strata have 1100.0000 ha, and the region 100.0000 ha",
        ],
    );
    field.refused(
        &format!("{PLAN}strata = \"areas\"\n"),
        &["`areas` one stands alone"],
    );
}

/// Regions of 100 ha that are one stratum each; and strata by the ecosystems of a map, of which only
/// the sampled ones are strata of the survey.
#[test]
fn areas_of_strata_come_from_regions_and_maps() {
    let rows =
        "1,a,2010,0,30,1,1,0\n2,a,2010,0,30,2,1,0\n3,b,2010,0,30,3,1,0\n4,b,2010,0,30,3,1,0\n";
    let field = field(rows);
    field.done(&format!("{PLAN}strata = \"region\"\n"), &[]);
    let total = |region: &str| {
        let keys = [("region_id", region), ("statistic", "total-stock")];
        field.row("tables/soil_samples.csv", &keys)
    };
    near(&total("a"), "value", 45.0 * 100.0, 1e-6);
    near(&total("_total"), "value", 135.0 * 100.0, 1e-6);
    near(&total("_total"), "standard_error", 15.0 * 100.0, 1e-6);
    let cells = lattice(5070, (0.0, 1000.0), 100.0, (20, 10));
    field.raster::<u8>("lc.tif", cells, &[], |col, _| match col {
        0..4 => 41,
        4..10 => 71,
        _ => 82,
    });
    field.write(
        "soil.csv",
        &[
            STRATA,
            "1,a,forest,2010,0,30,1,1,0\n2,a,forest,2010,0,30,2,1,0\n3,b,cropland,2010,0,30,3,1,0\n",
        ]
        .concat(),
    );
    let map = "[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"nlcd\"\n";
    field.done(&format!("{map}{PLAN}strata = \"ecosystem\"\n"), &[]);
    near(&total("a"), "value", 45.0 * 40.0, 1e-6);
    let rest = "60.0000 ha of 100.0000 ha are in no stratum and not in it";
    assert!(total("a")["note"].contains(rest), "{:?}", total("a"));
    near(&total("_total"), "value", 45.0 * 40.0 + 90.0 * 100.0, 1e-6);
    let rest = "60.0000 ha of 200.0000 ha are in no stratum";
    assert!(total("_total")["note"].contains(rest));
    field.refused(
        &format!("{PLAN}strata = \"class\"\n"),
        &["no map or boundary"],
    );
}
