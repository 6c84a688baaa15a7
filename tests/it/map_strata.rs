//! Strata that are classes of a map: weights from the pass, plots by their place.

use std::fmt::Write;

use crate::field::{Field, Row, lattice, near, number, said};

const CELL: f64 = 100.0;
const WEST: f64 = 500_000.0;
const NORTH: f64 = 4_000_000.0;

/// Twelve by ten cells: forest in the west, grass, crops in the east, one column without data.
fn code(col: usize, _row: usize) -> u8 {
    match col {
        0..=4 => 1,
        5..=8 => 2,
        9..=10 => 3,
        _ => 0,
    }
}

const HEAD: &str = r#"
[[land-cover]]
year = 2015
path = "map.tif"
legend = "legend.csv"
nodata = 0
[inventory]
design = "post-stratified"
[[inventory.plots]]
year = 2016
path = "plots.csv"
[inventory.fields]
id = "plot"
x = "x"
y = "y"
crs = "EPSG:32650"
volume = "v_m3_ha"
forest-share = { column = "share", unit = "1" }
"#;

/// A map, two regions side by side whose border cuts cells, and plots at cells `(column, row)`.
fn made(plots: &[(usize, usize)]) -> Field {
    let field = Field::new();
    let place = lattice(32650, (WEST, NORTH), CELL, (12, 10));
    drop(field.raster::<u8>("map.tif", place, &[], code));
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n1,wood,forest\n2,grass,grassland\n3,field,cropland\n",
    );
    let east = WEST + 12.0 * CELL;
    let (border, south) = (WEST + 630.0, NORTH - 10.0 * CELL);
    field.regions(
        "regions.json",
        32650,
        &[
            ("w", [WEST, south, border, NORTH]),
            ("e", [border, south, east, NORTH]),
        ],
    );
    field.write("plots.csv", &table(plots, |_| String::new()));
    field
}

/// Plots with more wood in the forest, and a column `stratum` of what `stratum` says of each.
fn table(plots: &[(usize, usize)], stratum: impl Fn((usize, usize)) -> String) -> String {
    let mut text = "plot,x,y,v_m3_ha,share,stratum\n".to_owned();
    for (number, &(col, row)) in plots.iter().enumerate() {
        let (x, y) = (
            WEST + CELL * (col as f64 + 0.4),
            NORTH - CELL * (row as f64 + 0.6),
        );
        let (share, volume) = match code(col, row) {
            1 => (1.0, 100.0 + 7.0 * (number % 5) as f64),
            2 => (0.2, 10.0 + (number % 3) as f64),
            _ => (0.0, 0.0),
        };
        let stratum = stratum((col, row));
        writeln!(text, "{number},{x},{y},{volume},{share},{stratum}").unwrap();
    }
    text
}

/// Every cell of three rows.
fn everywhere() -> Vec<(usize, usize)> {
    let rows = [1, 4, 8];
    rows.into_iter()
        .flat_map(|row| (0..12).map(move |col| (col, row)))
        .collect()
}

fn map_plan(more: &str) -> String {
    format!("{HEAD}[inventory.map-strata]\nland-cover = 2015\n{more}")
}

/// The stratum that the map gives a cell.
fn named(cell: (usize, usize)) -> String {
    let name = match code(cell.0, cell.1) {
        1 => "1 wood",
        2 => "2 grass",
        3 => "3 field",
        _ => "no data",
    };
    name.to_owned()
}

/// Whether two tables of estimates say the same, to the four decimals of the area of the unit.
fn same(one: &[Row], other: &[Row]) {
    assert_eq!(one.len(), other.len());
    for (a, b) in one.iter().zip(other) {
        for column in ["region_id", "attribute", "statistic", "plots", "estimator"] {
            assert_eq!(a[column], b[column]);
        }
        for column in ["value", "standard_error", "value_lo", "degrees_of_freedom"] {
            assert_eq!(a[column].is_empty(), b[column].is_empty(), "{a:?}\n{b:?}");
            if !a[column].is_empty() {
                near(a, column, number(b, column), 1e-6);
            }
        }
    }
}

#[test]
fn a_map_gives_the_figures_of_its_weights_given_by_hand() {
    let field = made(&everywhere());
    field.done(&map_plan(""), &[]);
    let strata = field.table("tables/strata.csv");
    let by_map = field.table("tables/inventory.csv");
    let found: Vec<(&str, &str)> = strata
        .iter()
        .map(|row| (row["stratum"].as_str(), row["plots"].as_str()))
        .collect();
    let expected = [
        ("1 wood", "15"),
        ("2 grass", "12"),
        ("3 field", "6"),
        ("no data", "3"),
    ];
    assert_eq!(found, expected);
    for (row, columns) in strata.iter().zip([5.0, 4.0, 2.0, 1.0]) {
        near(row, "weight", columns / 12.0, 1e-5);
    }

    let mut by_hand = "stratum,weight,area_ha\n".to_owned();
    for row in &strata {
        let (weight, area) = (&row["weight"], &row["unit_area_ha"]);
        writeln!(by_hand, "{},{weight},{area}", row["stratum"]).unwrap();
    }
    field.write("strata.csv", &by_hand);
    field.write("plots.csv", &table(&everywhere(), named));
    let plan = format!(
        "{HEAD}stratum = \"stratum\"\n[inventory.strata]\npath = \"strata.csv\"\nstratum = \"stratum\"\n\
         weight = \"weight\"\narea = \"area_ha\"\n"
    );
    field.done(&plan, &[]);
    same(&by_map, &field.table("tables/inventory.csv"));
    assert!(by_map.iter().any(|row| !row["standard_error"].is_empty()));
}

#[test]
fn regions_are_units_where_the_plan_says_so() {
    let field = made(&everywhere());
    field.done(&map_plan("units = \"regions\"\n"), &[]);
    let grass = field.row(
        "tables/strata.csv",
        &[("unit", "w"), ("stratum", "2 grass")],
    );
    // Of the 6.3 columns of the west one and three tenths are grass.
    near(&grass, "weight", 1.3 / 6.3, 1e-5);
    assert_eq!(grass["plots"], "3");
    let rows = field.table("tables/inventory.csv");
    let total = |region: &str| {
        let of = |row: &&Row| {
            row["region_id"] == region
                && row["attribute"] == "volume"
                && row["statistic"] == "total"
        };
        number(rows.iter().find(of).unwrap(), "value")
    };
    let sum = total("w") + total("e");
    assert!((sum - total("_total")).abs() < 1e-6 * sum);
}

#[test]
fn groups_are_strata_and_other_classes_stand_by_themselves() {
    let field = made(&everywhere());
    let group = "[[inventory.map-strata.group]]\nname = \"open\"\ncodes = [2, 3]\n";
    field.done(&map_plan(group), &[]);
    let strata = field.table("tables/strata.csv");
    let names: Vec<&str> = strata.iter().map(|row| row["stratum"].as_str()).collect();
    assert_eq!(names, ["open", "1 wood", "no data"]);
}

#[test]
fn strata_with_fewer_than_two_plots_count_as_the_next() {
    // One plot on fields, none without data, and one outside all regions.
    let mut plots: Vec<(usize, usize)> = everywhere();
    plots.retain(|(col, _)| *col < 9);
    plots.push((9, 2));
    plots.push((20, 2));
    let field = made(&plots);
    let said = field.done(&map_plan(""), &[]);
    assert!(
        said.contains("2 strata with fewer than two plots count as another"),
        "{said}"
    );
    assert!(said.contains("1 of 29 plots lie in no region"), "{said}");
    let strata = field.table("tables/strata.csv");
    let names: Vec<&str> = strata.iter().map(|row| row["stratum"].as_str()).collect();
    assert_eq!(names, ["1 wood", "2 grass"]);
    near(&strata[1], "weight", 7.0 / 12.0, 1e-5);
    assert_eq!(strata[1]["plots"], "13");
    assert!(strata[1]["note"].contains("3 field (16.667 % of the unit), no data (8.333"));
    let notes = &field.table("summary.csv")[0]["notes"];
    assert!(
        notes.contains("2 strata of the map with fewer than two plots of 2016"),
        "{notes}"
    );
}

#[test]
fn strata_of_a_layer_are_those_of_the_same_map() {
    let field = made(&everywhere());
    field.done(&map_plan(""), &[]);
    let by_map = field.table("tables/inventory.csv");
    let layer =
        "[[layer]]\nname = \"soil\"\npath = \"map.tif\"\nlegend = \"legend.csv\"\nnodata = 0\n";
    let plan = format!("{layer}{HEAD}[inventory.map-strata]\nlayer = \"soil\"\n");
    field.done(&plan, &[]);
    same(&by_map, &field.table("tables/inventory.csv"));
}

#[test]
fn what_keeps_a_map_from_having_strata_is_told() {
    let field = made(&everywhere());
    field.refused(
        &format!("{HEAD}[inventory.map-strata]\nland-cover = 2014\n"),
        &["no map is of that year", "give one of 2015"],
    );
    field.refused(
        &format!("{HEAD}[inventory.map-strata]\n"),
        &["names no map, or two"],
    );
    let group = "[[inventory.map-strata.group]]\nname = \"a\"\ncodes = [2, 9]\n";
    field.refused(&map_plan(group), &["code 9 is no class of the legend"]);
    field.refused(
        &map_plan(
            &group
                .replace("[2, 9]", "[2]")
                .replace("\"a\"", "\"no data\""),
        ),
        &["has this name too"],
    );
    let nearest =
        "[inventory.model-assisted]\nlayers = [\"x\"]\nestimator = \"nearest-neighbours\"\n";
    field.refused(
        &format!("[forest]\nheight-layer = \"x\"\n{}", map_plan(nearest)),
        &[
            "beside `[forest] height-layer`",
            "beside `estimator = \"nearest-neighbours\"`",
        ],
    );
    let drawn = map_plan("").replace("post-stratified", "simple-random");
    field.refused(
        &drawn,
        &["`[inventory.map-strata]` with the design `simple-random`"],
    );
    let east = made(&[(0, 1), (1, 1), (2, 1), (5, 1), (5, 2)]);
    let units = map_plan("units = \"regions\"\n");
    east.refused(&units, &["no plot lies in region `e`", "units = \"whole\""]);
    // Strata that were drawn from by themselves are not joined.
    let stratified = map_plan("").replace("post-stratified", "stratified");
    east.refused(
        &stratified,
        &["stratum `3 field` of unit `all` has no plot"],
    );
    let exchanged = map_plan("").replace("x = \"x\"\ny = \"y\"", "x = \"y\"\ny = \"x\"");
    field.refused(
        &exchanged,
        &["none of the 36 plots lies in a region", "exchanged?"],
    );
}

#[test]
fn a_plot_without_a_place_has_no_stratum() {
    let field = made(&everywhere());
    let mut text = table(&everywhere(), |_| String::new());
    text.push_str("40,,,3,0.5,\n");
    field.write("plots.csv", &text);
    field.refused(&map_plan(""), &["1 of 37 plots have no place", "rows 38"]);
    let output = field.run(
        &map_plan("").replace("land-cover = 2015", "layer = \"x\""),
        &[],
    );
    assert!(said(&output).contains("the plan does not have"));
}
