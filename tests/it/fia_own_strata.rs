//! Four plots of the FIA database in strata of the plan's own: factors and domains by hand, and what is
//! wrong with such a plan.

use crate::fia::{ACRE_HA, FOOT3_M3};
use crate::field::{Field, Row, near, number};

/// A was visited to four fifths, B was mapped on its macroplots, D has no forest, nobody came to E, F is of another
/// cycle.
const TABLES: [(&str, &str); 5] = [
    (
        "plots.csv",
        "CN,STATECD,COUNTYCD,MEASYEAR,GREEN,USE\n\
         A,1,1,2018,yes,1\nB,1,1,2018,yes,1\nC,1,1,2019,no,1\nD,1,1,2019,no,1\nE,1,1,2019,no,1\nF,1,1,2019,no,0\n",
    ),
    (
        "conditions.csv",
        "PLT_CN,CONDID,COND_STATUS_CD,PROP_BASIS,CONDPROP_UNADJ,FORTYPCD\n\
         A,1,1,SUBP,0.8,101\nA,2,5,SUBP,0.2,\nB,1,1,MACR,1,102\nC,1,1,SUBP,1,101\nD,1,2,SUBP,1,\nE,1,5,SUBP,1,\nF,1,1,SUBP,,101\n",
    ),
    (
        "trees.csv",
        "PLT_CN,CONDID,STATUSCD,SPCD,DIA,TPA_UNADJ,VOLCFNET,CROWN\n\
         A,1,1,12,10,6,20,top\nB,1,1,12,30,1,100,low\nC,1,1,43,8,6,10,low\nC,1,1,65,8,6,,low\n",
    ),
    ("strata.csv", "unit,stratum,cells\nall,yes,6\nall,no,4\n"),
    ("areas.csv", "unit,acres\nall,1000\n"),
];

const PLAN: &str = "[inventory]\ndesign = \"post-stratified\"\nmin-plots = 1\ndomains = [\"FORTYPCD\", \"CROWN\"]\n\
    [[inventory.plots]]\nyear = 2019\npath = \".\"\npreset = \"fia\"\nwhere = { USE = 1 }\nspecies-without-volume = [65]\n\
    tables = { PLOT = \"plots.csv\", COND = \"conditions.csv\", TREE = \"trees.csv\" }\n\
    [inventory.fields]\nregion = \"COUNTY_FIPS\"\nstratum = \"GREEN\"\n\
    [inventory.strata]\npath = \"strata.csv\"\nunit = \"unit\"\nstratum = \"stratum\"\nweight = \"cells\"\n\
    [inventory.units]\npath = \"areas.csv\"\nunit = \"unit\"\narea = { column = \"acres\", unit = \"acre\" }\n";

fn tables(change: impl Fn(&str, &str) -> String) -> Field {
    let field = Field::new();
    field.regions("regions.json", 4326, &[("01001", [0.0, 0.0, 0.05, 0.05])]);
    for (name, text) in TABLES {
        field.write(name, &change(name, text));
    }
    field
}

fn row(field: &Field, attribute: &str, domain: &str, statistic: &str) -> Row {
    let keys = [
        ("region_id", "01001"),
        ("attribute", attribute),
        ("statistic", statistic),
        ("domain", domain),
    ];
    field.row("tables/inventory.csv", &keys)
}

#[test]
fn plots_in_strata_of_the_plan_give_figures_by_hand() {
    let field = tables(|_, text| text.to_owned());
    let said = field.done(PLAN, &[]);
    assert!(
        said.contains("left out of the sample: 1 plot of which nothing was visited"),
        "{said}"
    );
    let near = |attribute, domain, statistic, value| {
        near(
            &row(&field, attribute, domain, statistic),
            "value",
            value,
            1e-10,
        );
    };
    // The factor of the green stratum is 2 / (0.8 + 1): its forest is 1 on average, that of the other 0.5.
    near("forest_area", "", "total", 800.0 * ACRE_HA);
    // Per acre: A 6 x 20 and B 100, both over 0.9; C 6 x 10.
    let volume = 600.0 * (110.0 / 0.9) + 400.0 * 30.0;
    near("volume", "", "total", volume * FOOT3_M3);
    near(
        "forest_area",
        "FORTYPCD=101",
        "total",
        (600.0 * 0.4 / 0.9 + 200.0) * ACRE_HA,
    );
    let of_type = 600.0 * (60.0 / 0.9) + 400.0 * 30.0;
    near("volume", "FORTYPCD=101", "total", of_type * FOOT3_M3);
    // Per hectare of the forest of that type.
    let forest = (600.0 * 0.4 / 0.9 + 200.0) * ACRE_HA;
    near(
        "volume",
        "FORTYPCD=101",
        "per_forest_hectare",
        of_type * FOOT3_M3 / forest,
    );
    // A domain of trees has no land: per hectare of all forest.
    let low = 600.0 * (50.0 / 0.9) + 400.0 * 30.0;
    near("volume", "CROWN=low", "total", low * FOOT3_M3);
    near(
        "volume",
        "CROWN=low",
        "per_forest_hectare",
        low * FOOT3_M3 / (800.0 * ACRE_HA),
    );
    near(
        "trees",
        "CROWN=low",
        "total",
        600.0 * (0.5 / 0.9) + 400.0 * 6.0,
    );
}

#[test]
fn a_volume_that_may_be_none_by_definition_is_asked_for() {
    let field = tables(|_, text| text.to_owned());
    let said = field.done(&PLAN.replace("species-without-volume = [65]\n", ""), &[]);
    assert!(said.contains("of the species 65 (1)"), "{said}");
    assert!(said.contains("species-without-volume = [65]"), "{said}");
    assert_eq!(row(&field, "volume", "", "total")["value"], "");
}

#[test]
fn what_is_wrong_with_strata_of_the_plan_is_told() {
    let field = tables(|_, text| text.to_owned());
    field.refused(
        &PLAN
            .replace("preset = \"fia\"\n", "preset = \"fia\"\nstate = 1\n")
            .replace("stratum = \"GREEN\"\n", "")
            .replace("unit = \"acre\"", "unit = \"acres\"")
            .replace("design = \"post-stratified\"\n", ""),
        &[
            "an evaluation, and the plan strata",
            "nothing says which stratum a plot is in",
            "has the unit `acres`",
            "no `design`",
        ],
    );
    field.refused(
        &PLAN
            .replace("COND =", "CONDS =")
            .replace("weight = \"cells\"", "weight = \"cells\"\narea = \"cells\""),
        &["did you mean `COND`?", "stands beside `[inventory.units]`"],
    );
    field.refused(
        &PLAN.replace("\"FORTYPCD\"", "\"FORTYPCDS\""),
        &[
            "no table PLOT, COND or TREE has a column `FORTYPCDS`",
            "did you mean `FORTYPCD`?",
        ],
    );
    let field = tables(|name, text| match name {
        "areas.csv" => "unit,acres\nother,1000\n".to_owned(),
        _ => text.to_owned(),
    });
    field.refused(PLAN, &["`[inventory.units]` has no area of unit `all`"]);
    let field = tables(|name, text| match name {
        "areas.csv" => "unit,acres\nall,1000\nnorth,500\n".to_owned(),
        _ => text.to_owned(),
    });
    field.refused(
        PLAN,
        &["`[inventory.units]` has units of which it has no stratum: north"],
    );
    let field = tables(|name, text| match name {
        "plots.csv" => text.replace("C,1,1,2019,no", "C,1,1,2019,maybe"),
        _ => text.to_owned(),
    });
    field.refused(PLAN, &["maybe"]);
}

#[test]
fn forest_types_have_names_where_the_database_has_them() {
    let field = tables(|_, text| text.to_owned());
    field.write(
        "REF_FOREST_TYPE.csv",
        "VALUE,MEANING,TYPGRPCD\n101,Jack pine,100\n",
    );
    field.done(PLAN, &[]);
    let named = row(&field, "forest_area", "FORTYPCD=101 Jack pine", "total");
    let code = row(&field, "forest_area", "FORTYPCD=102", "total");
    assert!(number(&named, "value") > number(&code, "value"));
}

#[test]
fn ages_of_land_and_diameters_of_trees_fall_into_classes() {
    // Ages of A and C; that of B was not written down.
    let ages = |text: &str| {
        let age = |line: &str| match &line[..1] {
            "P" => "STDAGE",
            "A" => "15",
            "C" => "45",
            _ => "",
        };
        let lines = text.lines().map(|line| format!("{line},{}\n", age(line)));
        lines.collect::<String>()
    };
    let field = tables(|name, text| match name {
        "conditions.csv" => ages(text),
        _ => text.to_owned(),
    });
    let domains = "domains = [\"STDAGE\", \"DIA\"]";
    let plan = PLAN.replace("domains = [\"FORTYPCD\", \"CROWN\"]", domains)
        + "[inventory.classes]\nSTDAGE = { width = 20 }\nDIA = { bounds = [10, 25.5] }\n";
    field.done(&plan, &[]);
    let sum = |attribute: &str, domains: &[&str]| -> f64 {
        let of = |domain: &&str| number(&row(&field, attribute, domain, "total"), "value");
        domains.iter().map(of).sum()
    };
    let classes = ["STDAGE=0-19", "STDAGE=40-59", "STDAGE=not stated"];
    for attribute in ["forest_area", "volume"] {
        let whole = sum(attribute, &[""]);
        assert!((sum(attribute, &classes) - whole).abs() < 1e-9 * whole);
    }
    let sizes = ["DIA=<10", "DIA=10-<25.5", "DIA=25.5+"];
    let whole = sum("trees", &[""]);
    assert!((sum("trees", &sizes) - whole).abs() < 1e-9 * whole);
    field.refused(
        &plan.replace(
            "DIA = { bounds = [10, 25.5] }",
            "DIA = { bounds = [10, 5] }\nHT = { width = 1 }",
        ),
        &["are [10.0, 5.0]", "`HT`, which is none of `domains`"],
    );
}

/// C is the second visit to the plot that A was the first to: two rows, and one plot.
#[test]
fn two_visits_to_a_plot_are_not_two_plots() {
    let field = tables(|name, text| match name {
        "plots.csv" => text
            .replace("GREEN,USE", "GREEN,USE,PREV_PLT_CN")
            .replace("A,1,1,2018,yes,1", "A,1,1,2018,yes,1,")
            .replace("B,1,1,2018,yes,1", "B,1,1,2018,yes,1,")
            .replace("C,1,1,2019,no,1", "C,1,1,2019,no,1,A")
            .replace("no,1\n", "no,1,\n")
            .replace("no,0\n", "no,0,\n"),
        _ => text.to_owned(),
    });
    field.refused(
        PLAN,
        &[
            "1 later visit of plots of which the sample has an earlier one too, such as C after A",
            "choose the visits of one inventory by `where`",
        ],
    );
}
