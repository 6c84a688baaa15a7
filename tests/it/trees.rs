//! Tallied trees of a plan: columns of one tree, or equations, become what stands on the plots.

use crate::field::{Field, Row, near, number};
use crate::outputs::{Outputs, with_absolute_paths};
use crate::reference::expected;

/// A square of 1 000 ha with three plots of 500 m2, of which the last has no trees.
fn square() -> Field {
    let field = Field::new();
    field.regions("regions.json", 5070, &[("u", [0.0, 0.0, 5000.0, 2000.0])]);
    field.write("plots.csv", "id,region,share\n1,u,1\n2,u,1\n3,u,0\n");
    field.write(
        "trees.csv",
        "plot,species,d,h,v_m3\n1,oak,20,15,0.2\n1,pine,30,20,0.7\n2,oak,40,22,1.3\n2,oak,8,6,\n",
    );
    field
}

const PLAN: &str = "[inventory]\ndesign = \"simple-random\"\narea-ha = 1000\nmin-plots = 1\n\
    [[inventory.plots]]\nyear = 2020\npath = \"plots.csv\"\n\
    [inventory.fields]\nid = \"id\"\nregion = \"region\"\nforest-share = \"share\"\n\
    [[inventory.trees]]\nyear = 2020\npath = \"trees.csv\"\n\
    [inventory.tree-fields]\nplot = \"plot\"\nspecies = \"species\"\ndiameter-cm = \"d\"\nheight-m = \"h\"\n";

fn total(field: &Field, attribute: &str, domain: &str) -> Row {
    let keys = [
        ("region_id", "u"),
        ("attribute", attribute),
        ("statistic", "total"),
        ("domain", domain),
    ];
    field.row("tables/inventory.csv", &keys)
}

#[test]
fn trees_add_up_to_plots_by_the_area_of_the_plot() {
    let field = square();
    field.done(
        &format!(
            "{PLAN}plot-area-m2 = 500\nvolume = {{ column = \"v_m3\", unit = \"m3\", from-diameter-cm = 10 }}\n"
        ),
        &[],
    );
    // 20 trees a hectare for each: 18, 26 and 0 m3/ha.
    near(
        &total(&field, "volume", ""),
        "value",
        44.0 / 3.0 * 1000.0,
        1e-10,
    );
    near(
        &total(&field, "trees", ""),
        "value",
        80.0 / 3.0 * 1000.0,
        1e-10,
    );
    near(
        &total(&field, "volume", "species=oak"),
        "value",
        30.0 / 3.0 * 1000.0,
        1e-10,
    );
    near(
        &total(&field, "trees", "species=pine"),
        "value",
        20.0 / 3.0 * 1000.0,
        1e-10,
    );
    let basal_area = std::f64::consts::PI / 4.0 * (0.04 + 0.09 + 0.16 + 0.0064) * 20.0;
    near(
        &total(&field, "basal_area", ""),
        "value",
        basal_area / 3.0 * 1000.0,
        1e-10,
    );
    near(
        &field.row("summary.csv", &[("region_id", "u")]),
        "volume_m3",
        44.0 / 3.0 * 1000.0,
        1e-7,
    );
}

#[test]
fn an_unknown_tree_leaves_its_plot_without_a_value() {
    let field = square();
    field.done(
        &format!("{PLAN}plot-area-m2 = 500\nvolume = {{ column = \"v_m3\", unit = \"m3\" }}\n"),
        &[],
    );
    let volume = total(&field, "volume", "");
    assert_eq!(volume["value"], "", "{volume:?}");
    assert!(volume["note"].contains("no value"), "{volume:?}");
    near(
        &total(&field, "volume", "species=pine"),
        "value",
        14.0 / 3.0 * 1000.0,
        1e-10,
    );
}

#[test]
fn equations_give_the_trees_and_their_error_adds_to_that_of_the_sample() {
    let field = square();
    let equations = |error: &str| {
        format!(
            "species,variable,unit,c0,c1,c2,se_pct,source\n\
             oak,volume,dm3,0.05,2,1,{error},made for this test\n\
             *,volume,dm3,0.04,2,1,{error},made for this test\n"
        )
    };
    let plan =
        format!("{PLAN}plot-area-m2 = 500\n[inventory.tree-equations]\npath = \"equations.csv\"\n");
    field.write("equations.csv", &equations(""));
    field.done(&plan, &[]);
    let exact = total(&field, "volume", "");
    // dm3: oak 0.05 (400 x 15 + 1600 x 22 + 64 x 6), pine 0.04 x 900 x 20.
    let expected = 20.0 * (0.05 * (6000.0 + 35_200.0 + 384.0) + 0.04 * 18_000.0) / 1000.0;
    near(&exact, "value", expected / 3.0 * 1000.0, 1e-10);
    field.write("equations.csv", &equations("10"));
    field.done(&plan, &[]);
    let with_error = total(&field, "volume", "");
    let (value, error) = (number(&exact, "value"), number(&exact, "standard_error"));
    let both = (error * error * 1.01 + 0.01 * value * value).sqrt();
    near(&with_error, "standard_error", both, 1e-9);
}

#[test]
fn what_is_wrong_with_trees_is_told_in_one_pass() {
    let field = square();
    field.write(
        "trees.csv",
        "plot,species,d,h,v_m3\n1,oak,20,15,0.2\n9,oak,2O,1,1\n2,elm,30,x,1\n",
    );
    field.write(
        "equations.csv",
        "species,variable,unit,c0,c1,source\noak,volume,m3,0.1,2,\nash,volumes,m3,0.1,2,x\n",
    );
    field.refused(
        &format!(
            "{PLAN}plot-area-m2 = 500\n[inventory.tree-equations]\npath = \"equations.csv\"\n"
        ),
        &[
            "row 2",
            "`source` is empty",
            "row 3",
            "the variable `volumes`",
        ],
    );
    field.write(
        "equations.csv",
        "species,variable,unit,c0,c1,source\noak,volume,m3,0.1,2,x\n",
    );
    field.refused(
        &format!(
            "{PLAN}plot-area-m2 = 500\n[inventory.tree-equations]\npath = \"equations.csv\"\n"
        ),
        &[
            "1 tree stands on 1 plot",
            "9",
            "row 4, column h",
            "found `x`",
        ],
    );
    field.write(
        "trees.csv",
        "plot,species,d,h,v_m3\n1,oak,20,15,0.2\n2,elm,30,5,1\n",
    );
    field.refused(
        &format!(
            "{PLAN}plot-area-m2 = 500\n[inventory.tree-equations]\npath = \"equations.csv\"\n"
        ),
        &["species `elm`", "no equation of volume", "`*`"],
    );
    field.refused(
        &format!("{PLAN}plot-area-m2 = 500\ntrees-per-ha = \"v_m3\"\n"),
        &["in one way how many trees"],
    );
}

#[test]
fn a_slope_two_sources_and_what_equations_need_are_not_passed_over() {
    let field = square();
    field.write(
        "equations.csv",
        "species,variable,unit,c0,c1,c2,c3,source\n*,volume,dm3,0.05,2,1,1,made for this test\n",
    );
    let equations = "[inventory.tree-equations]\npath = \"equations.csv\"\n";
    let without_height = PLAN.replace("height-m = \"h\"\n", "");
    field.refused(
        &format!("{without_height}plot-area-m2 = 500\nslope-degrees = \"h\"\n{equations}"),
        &["`slope-degrees` without `plot-radius-m`"],
    );
    field.refused(
        &format!("{without_height}plot-area-m2 = 500\nvolume = \"v_m3\"\n{equations}"),
        &[
            "`volume` is given by equations and by a column of the trees",
            "the equation of `*` needs `height-m`",
            "the equation of `*` needs `wood-density`",
        ],
    );
}

/// Square metres, cubic metres and tonnes (NIST SP 811, appendix B.8).
const ACRE_HA: f64 = 0.404_685_642_24;
const FOOT_M: f64 = 0.3048;
const SHORT_TON_T: f64 = 0.907_184_74;

#[test]
fn species_of_rhode_island_are_those_of_rfia() {
    let run = Outputs::of_text(&with_absolute_paths("rhode-island/trees.toml"));
    let rows = run.table("tables/inventory.csv");
    let found = |attribute: &str, statistic: &str, domain: &str| {
        rows.iter()
            .find(|row| {
                row["region_id"] == "_total"
                    && row["attribute"] == attribute
                    && row["statistic"] == statistic
                    && row["domain"] == domain
            })
            .unwrap_or_else(|| panic!("no {attribute} {statistic} of `{domain}`"))
    };
    let close = |found: f64, expected: f64, tolerance: f64, what: &str| {
        let off = (found - expected).abs();
        assert!(
            off <= tolerance * expected.abs().max(1e-9),
            "{what}: {found}, expected {expected}"
        );
    };
    let foot3 = FOOT_M.powi(3);
    let species = expected("rhode-island-species", "species.csv");
    let mut compared = 0;
    for row in &species.rows {
        let name = &row["scientific_name"];
        let domain = format!("species={name}");
        for (attribute, column, factor) in [
            ("volume", "BOLE_CF_TOTAL", foot3),
            ("above_ground_biomass", "BIO_TOTAL", SHORT_TON_T),
            ("above_ground_carbon", "CARB_TOTAL", SHORT_TON_T),
        ] {
            let theirs: f64 = row[column].parse().unwrap();
            if theirs == 0.0 {
                continue;
            }
            let ours = found(attribute, "total", &domain);
            close(
                number(ours, "value"),
                theirs * factor,
                species.relative,
                &domain,
            );
            let error: f64 = row[&format!("{column}_SE")].parse().unwrap();
            close(number(ours, "se_pct"), error, species.relative, &domain);
            compared += 1;
        }
        let per_acre: f64 = row["BOLE_CF_ACRE"].parse().unwrap();
        if per_acre > 0.0 {
            let ours = found("volume", "per_forest_hectare", &domain);
            close(
                number(ours, "value"),
                per_acre * foot3 / ACRE_HA,
                species.relative,
                &domain,
            );
            let error: f64 = row["BOLE_CF_ACRE_SE"].parse().unwrap();
            close(number(ours, "se_pct"), error, species.relative, &domain);
        }
    }
    assert!(compared > 80, "{compared}");
    let trees = expected("rhode-island-species", "trees.csv");
    let row = &trees.rows[0];
    for (attribute, column, factor) in [
        ("trees", "TREE_TOTAL", 1.0),
        ("basal_area", "BA_TOTAL", FOOT_M.powi(2)),
    ] {
        let ours = found(attribute, "total", "");
        close(
            number(ours, "value"),
            number(row, column) * factor,
            trees.relative,
            attribute,
        );
        close(
            number(ours, "se_pct"),
            number(row, &format!("{column}_SE")),
            trees.relative,
            attribute,
        );
    }
}
