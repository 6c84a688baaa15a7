//! Domains that are classes of a number: ages of plots, diameters of trees, ages of stands.

use crate::field::{Field, number};
use crate::outputs::{Outputs, with_absolute_paths};

const PLAN: &str = r#"
[inventory]
design = "simple-random"
area-ha = 1000.0
domains = ["age", "dbh_cm"]
min-plots = 2
[inventory.classes]
age = { width = 20 }
dbh_cm = { bounds = [10, 20] }
[[inventory.plots]]
year = 2020
path = "plots.csv"
[inventory.fields]
id = "plot"
region = "region"
forest-share = { column = "share", unit = "1" }
[[inventory.trees]]
year = 2020
path = "trees.csv"
[inventory.tree-fields]
plot = "plot"
diameter-cm = "dbh_cm"
plot-area-m2 = 500
volume = { column = "v", unit = "m3" }
"#;

fn field() -> Field {
    let field = Field::new();
    field.regions("regions.json", 4326, &[("r", [0.0, 0.0, 0.05, 0.05])]);
    field.write(
        "plots.csv",
        "plot,region,share,age\n1,r,1,105\n2,r,1,39.5\n3,r,1,20\n4,r,0.5,\n5,r,0,\n6,r,1,7\n",
    );
    field.write(
        "trees.csv",
        "plot,dbh_cm,v\n1,30,0.5\n1,10,0.1\n2,20,0.3\n3,9.9,0.05\n4,15,0.2\n6,5,0.01\n",
    );
    field
}

#[test]
fn classes_of_plots_and_trees_add_up_to_the_whole() {
    let field = field();
    field.done(PLAN, &[]);
    let rows = field.table("tables/inventory.csv");
    for (attribute, column) in [
        ("forest_area", "age="),
        ("volume", "age="),
        ("volume", "dbh_cm="),
    ] {
        let of = |is: &dyn Fn(&str) -> bool| -> f64 {
            rows.iter()
                .filter(|row| row["region_id"] == "r" && row["statistic"] == "total")
                .filter(|row| row["attribute"] == attribute && is(&row["domain"]))
                .map(|row| number(row, "value"))
                .sum()
        };
        let (whole, parts) = (
            of(&|domain| domain.is_empty()),
            of(&|domain| domain.starts_with(column)),
        );
        assert!(whole > 0.0);
        assert!(
            (whole - parts).abs() < 1e-9 * whole,
            "{attribute} {column}: {parts} of {whole}"
        );
    }
    let labels: Vec<&str> = rows
        .iter()
        .filter(|row| row["region_id"] == "r" && row["statistic"] == "total")
        .filter(|row| row["attribute"] == "volume" && !row["domain"].is_empty())
        .map(|row| row["domain"].as_str())
        .collect();
    let expected = [
        "age=0-19",
        "age=20-39",
        "age=100-119",
        "age=not stated",
        "dbh_cm=<10",
        "dbh_cm=10-19",
        "dbh_cm=20+",
    ];
    assert_eq!(labels, expected);
}

#[test]
fn a_cell_that_is_no_number_has_no_class() {
    let field = field();
    field.write("plots.csv", "plot,region,share,age\n1,r,1,old\n2,r,1,40\n");
    field.write("trees.csv", "plot,dbh_cm,v\n1,30,0.5\n");
    field.refused(
        PLAN,
        &["plots.csv, row 2, column age: found `old`, expected a number"],
    );
    // A column that neither the plots nor the trees have.
    let plan = PLAN
        .replace("\"dbh_cm\"]", "\"height\"]")
        .replace("dbh_cm = {", "height = {");
    field.refused(&plan, &["trees.csv: no column `height`"]);
}

#[test]
fn stands_of_a_register_have_classes_of_age() {
    let plan = with_absolute_paths("made-xiaoban/plan.toml");
    let dir = plan
        .lines()
        .find_map(|line| line.strip_prefix("path = \""))
        .unwrap();
    let dir = dir.trim_end_matches(|c| c != '/').to_owned();
    let plan = plan.replace("land-classes = \"", &format!("land-classes = \"{dir}"));
    let outputs = Outputs::of_text(&(plan + "\n[inventory.classes]\nage = { width = 20 }\n"));
    let rows = outputs.table("tables/register.csv");
    let volume = |grouping: &str| -> f64 {
        rows.iter()
            .filter(|row| row["grouping"] == grouping && row["region_id"] == "_total")
            .filter(|row| row["year"] == "2024" && !row["volume_m3"].is_empty())
            .map(|row| number(row, "volume_m3"))
            .sum()
    };
    let whole = volume("species");
    assert!(whole > 0.0);
    assert!((volume("age-class") - whole).abs() < 1e-6 * whole);
    assert!(
        rows.iter()
            .any(|row| row["grouping"] == "age-class" && row["group"] == "20-39")
    );
}
