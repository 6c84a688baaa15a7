//! Carbon by class on areas that a reference sample corrected, by hand.

use crate::field::{Field, Row, lattice, near};
use crate::scratch::terrasink;

/// Cells of one hectare in an equal-area system: 100 of wood and 300 of fields.
fn field(points: &str) -> Field {
    let field = Field::new();
    let cells = lattice(5070, (0.0, 2000.0), 100.0, (20, 20));
    drop(field.raster::<u8>("map.tif", cells, &[], |col, _| 1 + u8::from(col > 4)));
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n1,wood,forest\n2,field,cropland\n",
    );
    field.regions("regions.json", 5070, &[("r", [0.0, 0.0, 2000.0, 2000.0])]);
    field.write("points.csv", &format!("map,truth,n\n{points}"));
    field
}

const POINTS: &str = "1,1,8\n1,2,2\n2,1,5\n2,2,15\n";

const PLAN: &str = "[[land-cover]]\nyear = 2020\npath = \"map.tif\"\nlegend = \"legend.csv\"\n\
    [carbon]\nclass-density = { path = \"pools.csv\", soil-depth-cm = 30 }\n\
    [accuracy]\npath = \"points.csv\"\nmap-class = \"map\"\nreference-class = \"truth\"\npoints = \"n\"\n";

fn pool(field: &Field, pool: &str) -> Row {
    let keys = [("region_id", "_total"), ("pool", pool)];
    field.row("tables/carbon.csv", &keys)
}

/// Variance of the area of wood in truth, and of that of fields: what one lacks the other has.
fn of_area() -> f64 {
    100.0 * 100.0 * 0.16 / 9.0 + 300.0 * 300.0 * 0.1875 / 19.0
}

#[test]
fn carbon_stands_on_the_areas_in_truth_with_their_covariance() {
    let field = field(POINTS);
    field.write("pools.csv", "lucode,c_above,c_soil\n1,100,60\n2,10,40\n");
    field.done(PLAN, &[]);
    near(
        &pool(&field, "above-ground"),
        "carbon_tc",
        100.0 * 100.0 + 300.0 * 10.0,
        1e-6,
    );

    field.done(&format!("{PLAN}correct = true\n"), &[]);
    // 80 + 75 ha of wood in truth, 20 + 225 of fields.
    let above = pool(&field, "above-ground");
    near(&above, "carbon_tc", 155.0 * 100.0 + 245.0 * 10.0, 1e-6);
    near(&above, "carbon_tc_se", 90.0 * of_area().sqrt(), 1e-6);
    let soil = pool(&field, "soil-organic");
    near(&soil, "carbon_tc", 155.0 * 60.0 + 245.0 * 40.0, 1e-6);
    near(&soil, "carbon_tc_se", 20.0 * of_area().sqrt(), 1e-6);
    assert!(
        above["note"].contains("areas of the classes in truth"),
        "{above:?}"
    );
    assert!(above["note"].contains("of the areas alone"), "{above:?}");
    // Both pools err together: 110 t C/ha is lost with each hectare that is no wood.
    let total = field.row("summary.csv", &[("region_id", "_total")]);
    near(&total, "carbon_tc", 155.0 * 160.0 + 245.0 * 50.0, 1e-6);
    let half = (crate::field::number(&total, "carbon_tc_hi")
        - crate::field::number(&total, "carbon_tc_lo"))
        / 2.0;
    let expected = 1.959_964 * 110.0 * of_area().sqrt();
    assert!(
        (half - expected).abs() < 0.02 * expected,
        "{half} is not {expected}"
    );
    assert!(
        total["notes"].contains("so is carbon by class"),
        "{}",
        total["notes"]
    );
    let told = terrasink(&["explain", &field.text("out"), "_total", "carbon_tc"]);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains(" ha x 100 t C/ha + "), "{told}");
}

#[test]
fn errors_of_densities_are_added() {
    let field = field(POINTS);
    field.write("pools.csv", "lucode,c_above,c_above_se\n1,100,8\n2,10,2\n");
    field.done(&format!("{PLAN}correct = true\n"), &[]);
    let above = pool(&field, "above-ground");
    let of_densities = 64.0 * (155.0 * 155.0 + of_area()) + 4.0 * (245.0 * 245.0 + of_area());
    let variance = 90.0 * 90.0 * of_area() + of_densities;
    near(&above, "carbon_tc_se", variance.sqrt(), 1e-6);
    assert!(!above["note"].contains("alone"), "{above:?}");
}

#[test]
fn points_that_all_agree_give_the_stock_no_error() {
    let field = field("1,1,8\n2,2,15\n");
    field.write("pools.csv", "lucode,c_above\n1,100\n2,10\n");
    field.done(&format!("{PLAN}correct = true\n"), &[]);
    let above = pool(&field, "above-ground");
    near(&above, "carbon_tc", 13_000.0, 1e-6);
    assert_eq!(above["carbon_tc_se"], "");
    assert!(above["note"].contains("no standard error"), "{above:?}");
}
