//! Maps held against reference samples through plans: worked examples W1 and W3, and bad samples.

use crate::field::{Field, lattice, near, number, said};
use crate::scratch::terrasink;

/// Cells of 4 500 ha in an equal-area system: 200 of them are the 900 000 ha of W1.
const CELL: f64 = 6_708.203_932_499_369;

const MAP: &str =
    "[[land-cover]]\nyear = 2010\npath = \"map.tif\"\nlegend = \"legend.csv\"\nnodata = 0\n";

const COUNTED: &str = "[accuracy]\npath = \"points.csv\"\nmap-class = \"map\"\n\
    reference-class = \"truth\"\npoints = \"points\"\n";

/// Deforestation 4 cells, gain 3, stable forest 64, stable non-forest 129, row after row.
fn class(cell: usize) -> u8 {
    match cell {
        0..4 => 1,
        4..7 => 2,
        7..71 => 3,
        _ => 4,
    }
}

/// The map and the counts of W1 (Olofsson et al. 2014, table 8).
fn w1() -> Field {
    let field = Field::new();
    let cells = lattice(5070, (0.0, 10.0 * CELL), CELL, (20, 10));
    field.raster::<u8>("map.tif", cells, &[], |col, row| class(20 * row + col));
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n1,deforestation,cropland\n2,gain,forest\n\
         3,stable forest,forest\n4,stable non-forest,cropland\n",
    );
    let matrix = [
        [66, 0, 5, 4],
        [0, 55, 8, 12],
        [1, 0, 153, 11],
        [2, 1, 9, 313],
    ];
    let mut points = vec!["map,truth,points".to_owned()];
    for (map, row) in matrix.iter().enumerate() {
        for (truth, count) in row.iter().enumerate() {
            points.push(format!("{},{},{count}", map + 1, truth + 1));
        }
    }
    field.write("points.csv", &points.join("\n"));
    field.regions(
        "regions.json",
        5070,
        &[("a", [0.0, 0.0, 20.0 * CELL, 10.0 * CELL])],
    );
    field
}

const ACCURACY: &str = "tables/accuracy.csv";
const CLASSES: [&str; 4] = [
    "1 deforestation",
    "2 gain",
    "3 stable forest",
    "4 stable non-forest",
];

#[test]
fn w1_gives_the_areas_and_accuracies_of_olofsson_2014() {
    let field = w1();
    field.done(&format!("{MAP}{COUNTED}correct = true\n"), &[]);
    let areas = [
        (21_157.762, 6_157.634),
        (11_686.154, 3_755.826),
        (285_769.930, 15_509.836),
        (581_386.154, 16_281.656),
    ];
    let users = [
        (0.88, 0.037_776),
        (0.733_333, 0.051_407),
        (0.927_273, 0.020_278),
        (0.963_077, 0.010_476),
    ];
    let producers = [
        (0.748_661, 0.108_832),
        (0.847_156, 0.129_800),
        (0.934_509, 0.017_512),
        (0.961_609, 0.009_368),
    ];
    let mapped = [18_000.0, 13_500.0, 288_000.0, 580_500.0];
    for (position, class) in CLASSES.iter().enumerate() {
        let row = |kind: &str, column: &str| {
            field.row(
                ACCURACY,
                &[("region_id", "_total"), ("kind", kind), (column, class)],
            )
        };
        let area = row("area", "reference_class");
        near(&area, "value", areas[position].0, 2e-6);
        // The paper takes 1.96; the exact quantile is 1.959964.
        near(&area, "value_se", areas[position].1 / 1.96, 2e-6);
        near(&area, "mapped_ha", mapped[position], 1e-6);
        let share = row("users-accuracy", "map_class");
        near(&share, "value", users[position].0, 1e-6);
        near(&share, "value_se", users[position].1, 6e-5);
        let share = row("producers-accuracy", "reference_class");
        near(&share, "value", producers[position].0, 1e-6);
        near(&share, "value_se", producers[position].1, 6e-5);
    }
    let total = [("region_id", "_total"), ("kind", "overall-accuracy")];
    let overall = field.row(ACCURACY, &total);
    near(&overall, "value", 0.946_512, 1e-6);
    near(&overall, "value_se", 0.009_430, 1e-4);
    let cell = [
        ("region_id", "_total"),
        ("kind", "matrix"),
        ("map_class", CLASSES[3]),
        ("reference_class", CLASSES[0]),
    ];
    // W_4 n_41 / n_4 = 0.645 × 2 / 325.
    near(
        &field.row(ACCURACY, &cell),
        "value",
        0.645 * 2.0 / 325.0,
        1e-9,
    );
    assert!(
        field
            .table("tables/checks.csv")
            .iter()
            .any(|row| { row["check"] == "accuracy-areas" && row["passed"] == "true" })
    );
}

#[test]
fn a_sample_corrects_the_forest_area_where_the_plan_lets_it() {
    let field = w1();
    field.done(&format!("{MAP}{COUNTED}correct = true\n"), &[]);
    let total = field.row("summary.csv", &[("region_id", "_total")]);
    near(&total, "forest_area_ha", 301_500.0, 1e-6);
    // Gain and stable forest: A_h times the share of its points that are one of both.
    let shares = [
        (18_000.0, 5.0, 75.0),
        (13_500.0, 63.0, 75.0),
        (288_000.0, 153.0, 165.0),
        (580_500.0, 10.0, 325.0),
    ];
    let area: f64 = shares
        .iter()
        .map(|(area, points, of)| area * points / of)
        .sum();
    let variance = |(area, points, of): &(f64, f64, f64)| {
        let share = points / of;
        area * area * share * (1.0 - share) / (of - 1.0)
    };
    let error = shares.iter().map(variance).sum::<f64>().sqrt();
    near(&total, "forest_area_est_ha", area, 2e-6);
    near(&total, "forest_area_est_se_pct", 100.0 * error / area, 1e-4);
    assert!(
        total["notes"].contains("corrected by its reference sample"),
        "{}",
        total["notes"]
    );
    // The one region is the union of all.
    let region = field.row("summary.csv", &[("region_id", "a")]);
    near(&region, "forest_area_est_ha", area, 2e-6);
    assert!(
        region["quality"].contains("direct"),
        "{}",
        region["quality"]
    );
    let out = field.text("out");
    let told = terrasink(&["explain", &out, "_total", "forest_area_est_ha"]);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    for words in [
        "288000 x 153 / 165",
        "580500 x 10 / 325",
        "map       301500 ha",
    ] {
        assert!(told.contains(words), "no `{words}` in {told}");
    }
    assert!(!told.contains("they differ"), "{told}");
    let told = terrasink(&["explain", &out, "_total", "forest_area_ha"]);
    assert!(String::from_utf8_lossy(&told.stdout).contains("the reference sample"));
    field.done(&format!("{MAP}{COUNTED}"), &[]);
    let total = field.row("summary.csv", &[("region_id", "_total")]);
    assert_eq!(
        total["forest_area_est_ha"], "",
        "only where the plan says so"
    );
}

#[test]
fn groups_count_as_one_class() {
    let field = w1();
    let groups = "[[accuracy.group]]\nname = \"forest\"\ncodes = [2, 3]\n\
        [[accuracy.group]]\nname = \"other\"\ncodes = [1, 4]\n";
    let points = std::fs::read_to_string(field.path("points.csv")).unwrap();
    field.write("points.csv", &points.replace("\n3,1,", "\nForest,other,"));
    field.done(&format!("{MAP}{COUNTED}{groups}"), &[]);
    let forest = [
        ("region_id", "_total"),
        ("kind", "area"),
        ("reference_class", "forest"),
    ];
    // 301 500 × (55 + 8 + 153) / 240 + 598 500 × (5 + 10) / 400.
    let expected = 301_500.0 * 216.0 / 240.0 + 598_500.0 * 15.0 / 400.0;
    near(&field.row(ACCURACY, &forest), "value", expected, 2e-6);
}

/// W3 (Stehman 2014): strata A to D of 40 000, 30 000, 20 000 and 10 000 cells, ten points each.
#[test]
fn w3_gives_the_figures_of_stehman_2014() {
    let field = w1();
    let samples = [
        ("A", "AAAAAAABBB", "AAAAACBABC"),
        ("B", "ABBBBBBBBB", "ABBBBBAABB"),
        ("C", "BBCCCCCCBB", "CCCCCDDBBA"),
        ("D", "DDDDDDDDDD", "DDDDDDDCCB"),
    ];
    let mut points = vec!["stratum,map,truth".to_owned()];
    for (stratum, map, truth) in samples {
        for (map, truth) in map.chars().zip(truth.chars()) {
            points.push(format!("{stratum},{map},{truth}"));
        }
    }
    field.write("points.csv", &points.join("\n"));
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n1,A,forest\n2,B,cropland\n3,C,cropland\n4,D,wetland\n",
    );
    let strata: Vec<String> = [("A", 40_000), ("B", 30_000), ("C", 20_000), ("D", 10_000)]
        .map(|(id, cells)| {
            format!("[[accuracy.strata]]\nid = \"{id}\"\narea-ha = {cells}.0\ncells = {cells}\n")
        })
        .to_vec();
    let plan = format!(
        "{MAP}[accuracy]\npath = \"points.csv\"\nmap-class = \"map\"\nreference-class = \"truth\"\n\
         stratum = \"stratum\"\n{}",
        strata.join("")
    );
    field.done(&plan, &[]);
    let row = |kind: &str, column: &str, class: &str| {
        field.row(
            ACCURACY,
            &[("region_id", "_total"), ("kind", kind), (column, class)],
        )
    };
    for (class, area, error) in [("1 A", 0.35, 0.082_248), ("3 C", 0.20, 0.064_280)] {
        let row = row("area", "reference_class", class);
        near(&row, "value", 1e5 * area, 1e-9);
        near(&row, "value_se", 1e5 * error, 1e-5);
    }
    let overall = row("overall-accuracy", "reference_class", "");
    near(&overall, "value", 0.63, 1e-9);
    near(&overall, "value_se", 0.084_642, 1e-5);
    let users = row("users-accuracy", "map_class", "2 B");
    near(&users, "value", 0.574_468, 1e-6);
    near(&users, "value_se", 0.124_782, 1e-5);
    let producers = row("producers-accuracy", "reference_class", "2 B");
    near(&producers, "value", 0.794_118, 1e-6);
    near(&producers, "value_se", 0.116_548, 1e-5);
}

/// Two points a cell of the map's left and right half, with the class that they have in truth.
fn placed(columns: &str, row: impl Fn(usize, f64, f64) -> String) -> String {
    let mut text = format!("{columns}\n");
    for cell in 0..200 {
        let (col, line) = (cell % 20, cell / 20);
        let x = (col as f64 + 0.5) * CELL;
        let y = (9.5 - line as f64) * CELL;
        text.push_str(&row(cell, x, y));
    }
    text
}

const PLACED: &str = "[accuracy]\npath = \"points.csv\"\nreference-class = \"truth\"\nx = \"x\"\n\
    y = \"y\"\ncrs = \"EPSG:5070\"\n";

#[test]
fn the_class_is_read_from_the_map_at_each_point() {
    let field = w1();
    // Truth is the map, but for one cell of forest in eight.
    let truth = |cell: usize| if cell % 8 == 7 { 4 } else { class(cell) };
    let text = placed("x,y,truth", |cell, x, y| {
        format!("{x},{y},{}\n", truth(cell))
    });
    field.write("points.csv", &text);
    let half = 10.0 * CELL;
    field.regions(
        "regions.json",
        5070,
        &[
            ("west", [0.0, 0.0, half, half]),
            ("east", [half, 0.0, 2.0 * half, half]),
        ],
    );
    field.done(&format!("{MAP}{PLACED}correct = true\n"), &[]);
    let forest = (0..200).filter(|cell| matches!(class(*cell), 2 | 3));
    let right = forest.filter(|cell| matches!(truth(*cell), 2 | 3)).count();
    let total = field.row("summary.csv", &[("region_id", "_total")]);
    near(&total, "forest_area_est_ha", 4_500.0 * right as f64, 2e-6);
    // The east holds no deforestation or gain; its own points are enough.
    let east = field.row(
        ACCURACY,
        &[("region_id", "east"), ("kind", "overall-accuracy")],
    );
    assert_eq!(east["quality"], "direct");
    assert_eq!(east["of_points"], "100");
    let east = field.row("summary.csv", &[("region_id", "east")]);
    assert!(east["quality"].contains("direct"), "{}", east["quality"]);
}

#[test]
fn points_of_a_geopackage_are_read_as_well() {
    let field = w1();
    let features: Vec<String> = (0..200)
        .map(|cell| {
            let (x, y) = ((cell % 20) as f64 + 0.5, 9.5 - (cell / 20) as f64);
            format!(
                r#"{{"type":"Feature","properties":{{"truth":"{}"}},"geometry":{{"type":"Point","coordinates":[{},{}]}}}}"#,
                if cell % 9 == 8 { 4 } else { class(cell) },
                x * CELL,
                y * CELL
            )
        })
        .collect();
    field.write(
        "points.geojson",
        &format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::5070"}}}},"features":[{}]}}"#,
            features.join(",")
        ),
    );
    let plan = format!("{MAP}[accuracy]\npath = \"points.geojson\"\nreference-class = \"truth\"\n");
    field.done(&plan, &[]);
    let overall = [("region_id", "_total"), ("kind", "overall-accuracy")];
    assert_eq!(field.row(ACCURACY, &overall)["of_points"], "200");
}

#[test]
fn what_is_wrong_with_a_sample_comes_all_at_once() {
    let field = w1();
    let text = placed("x,y,map,truth", |cell, x, y| match cell {
        3 => format!("{},{y},1,1\n", -x - 1e6),
        10 => format!("{x},{y},3,99\n"),
        11 => format!("{x},{y},stable forrest,3\n"),
        12 => format!("{x},{y},4,4\n"),
        13 => format!("east,{y},4,4\n"),
        _ => format!("{x},{y},{0},{0}\n", class(cell)),
    });
    field.write("points.csv", &text);
    field.refused(
        &format!("{MAP}{PLACED}map-class = \"map\"\n"),
        &[
            "row 5: the point lies outside the map",
            "row 12, column truth: `99` is no class of the legend",
            "row 13, column map: `stable forrest` is no class",
            "did you mean `stable forest`?",
            "row 14: the table says that the map is `4 stable non-forest` at the point, and the map is `3 stable forest`",
            "row 15: the point has no place",
        ],
    );
}

#[test]
fn points_of_elsewhere_are_left_out_and_told() {
    let field = w1();
    let text = placed("x,y,truth", |cell, x, y| {
        format!("{x},{y},{}\n", if cell % 8 == 7 { 4 } else { class(cell) })
    });
    field.write("points.csv", &text);
    // The region ends five columns before the map.
    field.regions(
        "regions.json",
        5070,
        &[("a", [0.0, 0.0, 15.0 * CELL, 10.0 * CELL])],
    );
    let said = field.done(&format!("{MAP}{PLACED}"), &[]);
    assert!(said.contains("50 of 200 points lie in no region"), "{said}");
    let overall = [("region_id", "_total"), ("kind", "overall-accuracy")];
    assert_eq!(field.row(ACCURACY, &overall)["of_points"], "150");
    let text = placed("x,y,truth", |cell, x, y| match cell % 20 {
        0..15 => format!("{x},{y},{}\n", class(cell)),
        _ => String::new(),
    });
    field.write("points.csv", &text);
    field.regions(
        "regions.json",
        5070,
        &[("a", [15.0 * CELL, 0.0, 20.0 * CELL, 10.0 * CELL])],
    );
    field.refused(
        &format!("{MAP}{PLACED}"),
        &["150 of 150 points lie in no region"],
    );
}

#[test]
fn classes_without_points_are_refused_and_one_point_has_no_error() {
    let field = w1();
    field.write(
        "points.csv",
        "map,truth,points\n1,1,1\n3,3,150\n3,4,10\n4,4,300\n4,3,9\n",
    );
    field.refused(
        &format!("{MAP}{COUNTED}"),
        &["class `2 gain` has 13500.0000 ha (1.500 % of the map of 2010) and no point"],
    );
    field.write(
        "points.csv",
        "map,truth,points\n1,1,1\n2,2,20\n2,3,3\n3,3,150\n3,4,10\n4,4,300\n4,3,9\n",
    );
    let output = field.run(&format!("{MAP}{COUNTED}correct = true\n"), &[]);
    assert!(
        said(&output).contains("stratum `1 deforestation` has one point"),
        "{}",
        said(&output)
    );
    let total = field.row("summary.csv", &[("region_id", "_total")]);
    assert_eq!(
        total["forest_area_est_ha"], "",
        "an area without error is not told as known"
    );
    let area = [("region_id", "_total"), ("kind", "forest-area")];
    let row = field.row(ACCURACY, &area);
    assert!(number(&row, "value") > 0.0 && row["value_se"].is_empty());
}

#[test]
fn regions_that_overlap_have_no_common_map() {
    let field = w1();
    let whole = [0.0, 0.0, 20.0 * CELL, 10.0 * CELL];
    field.regions("regions.json", 5070, &[("a", whole), ("b", whole)]);
    field.refused(&format!("{MAP}{COUNTED}"), &["the regions overlap"]);
}

#[test]
fn regions_without_points_of_their_own_borrow_the_errors_of_the_whole() {
    let field = w1();
    let half = 10.0 * CELL;
    field.regions(
        "regions.json",
        5070,
        &[
            ("west", [0.0, 0.0, half, half]),
            ("east", [half, 0.0, 2.0 * half, half]),
        ],
    );
    field.done(&format!("{MAP}{COUNTED}correct = true\n"), &[]);
    let rows = field.table("summary.csv");
    let area = |id: &str| {
        let row = rows.iter().find(|row| row["region_id"] == id).unwrap();
        number(row, "forest_area_est_ha")
    };
    let sum = area("west") + area("east");
    assert!(
        (sum / area("_total") - 1.0).abs() < 1e-6,
        "parts sum to the whole"
    );
    let west = rows.iter().find(|row| row["region_id"] == "west").unwrap();
    assert!(west["quality"].contains("synthetic"), "{}", west["quality"]);
    let kinds: Vec<String> = field
        .table(ACCURACY)
        .into_iter()
        .filter(|row| row["region_id"] == "west")
        .map(|row| row["kind"].clone())
        .collect();
    assert!(!kinds.iter().any(|kind| kind == "matrix"), "{kinds:?}");
}
