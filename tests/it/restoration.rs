//! The effect of restoration through a plan, against figures worked out beside the program.

use crate::field::{Field, Row, lattice, near};
use crate::scratch::terrasink;

/// Seven sites of 10 x 10 cells of 4 ha in a row: percent of forest before and after. The first
/// three are treated.
const SHARES: [(usize, usize); 7] = [
    (20, 50),
    (40, 80),
    (30, 60),
    (30, 35),
    (50, 50),
    (40, 55),
    (20, 20),
];

fn square(site: usize) -> [f64; 4] {
    let west = 2000.0 * site as f64;
    [west, 0.0, west + 2000.0, 2000.0]
}

/// Sites `0` to `6`, their maps of 2010 and 2020, and biomass that is a tenth of the share of
/// forest.
fn field() -> Field {
    let field = Field::new();
    let cells = lattice(5070, (0.0, 2000.0), 200.0, (70, 10));
    let share = |col: usize, later: bool| {
        let (before, after) = SHARES[col / 10];
        if later { after } else { before }
    };
    for (name, later) in [("lc2010.tif", false), ("lc2020.tif", true)] {
        field.raster::<u8>(name, cells, &[], |col, row| {
            let is_forest = row * 10 + col % 10 < share(col, later);
            if is_forest { 41 } else { 71 }
        });
    }
    for (name, later) in [("agb2010.tif", false), ("agb2020.tif", true)] {
        field.raster::<f32>(name, cells, &[], |col, _| share(col, later) as f32 / 10.0);
    }
    field.regions("regions.json", 5070, &[("a", [0.0, 0.0, 6000.0, 2000.0])]);
    sites(&field, "treated.json", &[0, 1, 2]);
    sites(&field, "control.json", &[3, 4, 5, 6]);
    field
}

fn sites(field: &Field, name: &str, of: &[usize]) {
    let names: Vec<String> = of.iter().map(|site| format!("s{site}")).collect();
    let sites: Vec<(&str, [f64; 4])> = names
        .iter()
        .zip(of)
        .map(|(name, site)| (name.as_str(), square(*site)))
        .collect();
    field.regions(name, 5070, &sites);
}

const MAPS: &str = "[[land-cover]]\nyear = 2010\npath = \"lc2010.tif\"\nlegend = \"nlcd\"\n\
                    [[land-cover]]\nyear = 2020\npath = \"lc2020.tif\"\nlegend = \"nlcd\"\n\
                    [[layer]]\nname = \"agb_2010\"\npath = \"agb2010.tif\"\nunit = \"t_dm/ha\"\n\
                    [[layer]]\nname = \"agb_2020\"\npath = \"agb2020.tif\"\nunit = \"t_dm/ha\"\n";

fn plan(keys: &str) -> String {
    format!(
        "{MAPS}[[restoration]]\nname = \"dunes\"\n\
         treated = {{ path = \"treated.json\", id = \"id\" }}\n\
         control = {{ path = \"control.json\", id = \"id\" }}\n\
         before = 2010\nafter = 2020\n{keys}"
    )
}

/// Treated sites change by 30, 40 and 30 (mean 100/3, variance 100/3), controls by 5, 0, 15 and 0
/// (mean 5, variance 50). Effect 28.333333, error root of 100/9 + 50/4; by Welch's rule 4.898
/// degrees of freedom, t 2.586717 (the density integrated by Simpson's rule).
fn holds_the_worked_effect(row: &Row, scale: f64) {
    near(row, "treated_before", 30.0 * scale, 1e-6);
    near(row, "treated_after", 190.0 / 3.0 * scale, 1e-6);
    near(row, "control_before", 35.0 * scale, 1e-6);
    near(row, "control_after", 40.0 * scale, 1e-6);
    near(row, "effect", 85.0 / 3.0 * scale, 1e-6);
    let error = (100.0_f64 / 9.0 + 12.5).sqrt();
    near(row, "effect_se", error * scale, 1e-6);
    near(row, "df", DF, 1e-6);
    near(row, "effect_lo", (85.0 / 3.0 - T * error) * scale, 1e-6);
    near(row, "effect_hi", (85.0 / 3.0 + T * error) * scale, 1e-6);
    assert_eq!(
        (row["treated_sites"].as_str(), row["control_sites"].as_str()),
        ("3", "4")
    );
    assert_eq!(row["method"], "before-after-control-impact");
    assert!(row["note"].is_empty(), "{row:?}");
}

const DF: f64 = 4.898_305_084_745_763;
const T: f64 = 2.586_717_101_465;

#[test]
fn the_effect_is_what_treated_sites_gained_beyond_controls() {
    let field = field();
    field.done(&plan("measure = \"forest-share\"\n"), &[]);
    let effect = field.row("tables/restoration.csv", &[("restoration", "dunes")]);
    holds_the_worked_effect(&effect, 1.0);
    assert_eq!(
        (effect["unit"].as_str(), effect["weight"].as_str()),
        ("%", "site")
    );
    // Sites need not lie in a region: the last four do not.
    let site = field.row("tables/restoration_sites.csv", &[("site_id", "s5")]);
    near(&site, "area_ha", 400.0, 1e-9);
    near(&site, "before", 40.0, 1e-9);
    near(&site, "after", 55.0, 1e-9);
    assert_eq!(
        (site["group"].as_str(), site["counted"].as_str()),
        ("control", "true")
    );
    let told = terrasink(&["explain", &field.text("out"), "dunes"]);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(
        told.contains("effect    33.3333333333 - 5 = 28.3333333333 %"),
        "{told}"
    );
    // The same by ecosystem, and by a layer of each year.
    let grass = "measure = \"ecosystem-share\"\necosystem = \"grassland\"\n";
    field.done(&plan(grass), &[]);
    let effect = field.row("tables/restoration.csv", &[]);
    near(&effect, "effect", -85.0 / 3.0, 1e-6);
    let layers = "measure = \"layer\"\nlayers = [\"agb_2010\", \"agb_2020\"]\n";
    field.done(&plan(layers), &[]);
    let effect = field.row("tables/restoration.csv", &[]);
    holds_the_worked_effect(&effect, 0.1);
    assert_eq!(effect["unit"], "t_dm/ha");
}

#[test]
fn sites_by_area_count_by_hectare() {
    let field = field();
    // Half of the second site alone: its forest fills rows from the top.
    field.regions(
        "treated.json",
        5070,
        &[
            ("s0", square(0)),
            ("s1", [2000.0, 1000.0, 4000.0, 2000.0]),
            ("s2", square(2)),
        ],
    );
    field.done(
        &plan("measure = \"forest-share\"\nweight = \"area\"\n"),
        &[],
    );
    let effect = field.row("tables/restoration.csv", &[]);
    // Forest of 20, 80 and 30 % before, 50, 100 and 60 % after, on 400, 200 and 400 ha.
    near(&effect, "treated_before", 36.0, 1e-6);
    near(&effect, "treated_after", 64.0, 1e-6);
    near(&effect, "effect", 23.0, 1e-6);
}

#[test]
fn sites_that_cannot_be_compared_are_named() {
    let field = field();
    sites(&field, "control.json", &[2, 3]);
    field.refused(
        &plan("measure = \"forest-share\"\n").replace("before = 2010", "before = 2005"),
        &[
            "treated site s2 and control site s2 share 100.0000 % of the smaller one",
            "`before = 2005`, and no `[[land-cover]]` map is of that year",
        ],
    );
    sites(&field, "control.json", &[90]);
    field.refused(
        &plan("measure = \"forest-share\"\n"),
        &["control sites", "outside the map: s90"],
    );
    field.refused(
        &plan("measure = \"forest-share\"\n").replace("id = \"id\" }", "id = \"name\" }"),
        &["no field `name`"],
    );
    field.refused(
        &plan("measure = \"ecosystem-share\"\necosystem = \"dune\"\n"),
        &["dune"],
    );
}

#[test]
fn one_site_has_an_effect_but_no_error() {
    let field = field();
    sites(&field, "control.json", &[3, 90]);
    let said = field.done(&plan("measure = \"forest-share\"\n"), &[]);
    assert!(said.contains("outside the map: s90"), "{said}");
    let effect = field.row("tables/restoration.csv", &[]);
    near(&effect, "effect", 85.0 / 3.0, 1e-6);
    assert!(effect["effect_se"].is_empty() && effect["effect_lo"].is_empty());
    assert!(effect["note"].contains("no standard error"), "{effect:?}");
    assert!(effect["note"].contains("sites left out: 1"), "{effect:?}");
    sites(&field, "control.json", &[3]);
    let said = field.done(&plan("measure = \"forest-share\"\n"), &[]);
    assert!(said.contains("fewer than two polygons"), "{said}");
}
