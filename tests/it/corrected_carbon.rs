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

/// Three classes, 100 ha of wood, 100 of bush and 200 of fields, in two regions of 200 ha each: all
/// classes in `w`, fields alone in `e`.
fn three_classes() -> Field {
    let field = Field::new();
    let cells = lattice(5070, (0.0, 2000.0), 100.0, (20, 20));
    let class = |col: usize, _| match col {
        0..5 => 1,
        5..10 => 2,
        _ => 3,
    };
    drop(field.raster::<u8>("map.tif", cells, &[], class));
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n1,wood,forest\n2,bush,shrubland\n3,field,cropland\n",
    );
    let squares = [
        ("w", [0.0, 0.0, 1000.0, 2000.0]),
        ("e", [1000.0, 0.0, 2000.0, 2000.0]),
    ];
    field.regions("regions.json", 5070, &squares);
    field.write(
        "pools.csv",
        "lucode,c_above,c_above_se\n1,100,8\n2,20,6\n3,10,2\n",
    );
    field
}

/// A group of wood and bush, half of it each on the map: 60 t C/ha with a standard error of 5, the root of
/// `0.25 x 64 + 0.25 x 36`. In truth it has 200 x 0.8 + 200 x 0.25 = 210 ha of the whole.
#[test]
fn a_group_has_the_mean_density_of_its_codes_by_mapped_area() {
    let field = three_classes();
    field.write(
        "points.csv",
        "map,truth,n\nveg,veg,8\nveg,field,2\nfield,veg,5\nfield,field,15\n",
    );
    let group = "correct = true\n[[accuracy.group]]\nname = \"veg\"\ncodes = [1, 2]\n";
    field.done(&format!("{PLAN}{group}"), &[]);
    let above = pool(&field, "above-ground");
    near(&above, "carbon_tc", 210.0 * 60.0 + 190.0 * 10.0, 1e-6);
    let of_area = 200.0 * 200.0 * (0.16 / 9.0 + 0.1875 / 19.0);
    let of_densities = 25.0 * (210.0 * 210.0 + of_area) + 4.0 * (190.0 * 190.0 + of_area);
    let variance: f64 = 50.0 * 50.0 * of_area + of_densities;
    near(&above, "carbon_tc_se", variance.sqrt(), 1e-6);
    let mean = "the density of `veg` is the mean of its codes by mapped area";
    assert!(above["note"].contains(mean), "{above:?}");
    let summary = field.row("summary.csv", &[("region_id", "_total")]);
    assert!(summary["notes"].contains(mean), "{summary:?}");
}

/// Region `e` has fields alone on the map, and by the sample of the whole some wood: 4 of 20 points.
#[test]
fn parameters_name_the_densities_of_classes_in_truth() {
    let field = three_classes();
    field.write(
        "points.csv",
        "map,truth,n\nwood,wood,8\nwood,bush,2\nbush,bush,10\nfield,wood,4\nfield,field,16\n",
    );
    field.done(&format!("{PLAN}correct = true\n"), &[]);
    let keys = [("region_id", "e"), ("pool", "above-ground")];
    let row = field.row("tables/carbon.csv", &keys);
    near(&row, "carbon_tc", 40.0 * 100.0 + 160.0 * 10.0, 1e-6);
    for class in [1, 3] {
        let id = format!("pools.csv/{class}/above-ground");
        assert!(row["parameters"].contains(&id), "{row:?}");
    }
}

/// Strata of the sample's own: 150 ha with 8 of 10 points in wood, 250 ha with 1 of 10.
#[test]
fn strata_of_the_sample_correct_the_whole_alone_and_say_so() {
    let field = three_classes();
    field.write(
        "points.csv",
        "s,map,truth,n\nn,wood,wood,8\nn,field,field,2\ns,wood,wood,1\ns,field,field,9\n",
    );
    let strata = "correct = true\nstratum = \"s\"\n\
        [[accuracy.strata]]\nid = \"n\"\narea-ha = 150\n[[accuracy.strata]]\nid = \"s\"\narea-ha = 250\n";
    field.done(&format!("{PLAN}{strata}"), &[]);
    let whole = pool(&field, "above-ground");
    let wood = 150.0 * 0.8 + 250.0 * 0.1;
    near(
        &whole,
        "carbon_tc",
        wood * 100.0 + (400.0 - wood) * 10.0,
        1e-6,
    );
    let told = "the regions stand on the map as it is and do not add up to this";
    assert!(whole["note"].contains(told), "{whole:?}");
    let keys = [("region_id", "w"), ("pool", "above-ground")];
    let part = field.row("tables/carbon.csv", &keys);
    near(&part, "carbon_tc", 100.0 * 100.0 + 100.0 * 20.0, 1e-6);
    let map = "areas of the map as it is: the strata of the reference sample of 2020 give those of _total alone";
    assert!(part["note"].contains(map), "{part:?}");
    for (region, note) in [("w", map), ("_total", told)] {
        let row = field.row("summary.csv", &[("region_id", region)]);
        assert!(row["notes"].contains(note), "{row:?}");
    }
}

/// A fire of the year of the map leaves the stock on corrected areas as it is; its methane and nitrous oxide are the
/// removal, and its carbon dioxide is told, for no difference has it.
#[test]
fn a_fire_stands_beside_corrected_areas() {
    let field = field(POINTS);
    field.write("pools.csv", "lucode,c_above,c_soil\n1,100,60\n2,10,40\n");
    let fire = "correct = true\n[[fire]]\nname = \"dry\"\nyear = 2020\necosystem = \"forest\"\n\
        emission = \"extra-tropical-forest\"\ncombustion = \"other-temperate-forest-all\"\n\
        fuel-t-ha = 50\nareas-ha = { r = 20 }\n";
    let said = field.done(&format!("{PLAN}{fire}"), &[]);
    let row = field.row("summary.csv", &[("region_id", "r")]);
    near(&row, "carbon_tc", 155.0 * 160.0 + 245.0 * 50.0, 1e-6);
    let others = 22.5 * (0.0047 * 28.0 + 0.00026 * 265.0);
    near(&row, "sequestration_tco2e_yr", -20.0 * others, 1e-5);
    assert!(
        said.contains("706.0 t CO2e of carbon dioxide are in no figure"),
        "{said}"
    );
}

/// A region that the map shows nothing of has no stock on corrected areas either.
#[test]
fn a_region_without_a_value_has_no_corrected_stock() {
    let field = field(POINTS);
    let cells = lattice(5070, (0.0, 2000.0), 100.0, (20, 20));
    let class = |col: usize, _| match col {
        0..5 => 1,
        5..15 => 2,
        _ => 255,
    };
    drop(field.raster::<u8>("map.tif", cells, &[], class));
    field.regions(
        "regions.json",
        5070,
        &[
            ("r", [0.0, 0.0, 1500.0, 2000.0]),
            ("s", [1500.0, 0.0, 2000.0, 2000.0]),
        ],
    );
    field.write("pools.csv", "lucode,c_above\n1,100\n2,10\n");
    let plan = PLAN.replace("legend = ", "nodata = 255\nlegend = ");
    for correct in ["", "correct = true\n"] {
        field.done(&format!("{plan}{correct}"), &[]);
        let row = field.row("summary.csv", &[("region_id", "s")]);
        assert_eq!(row["carbon_tc"], "", "{row:?}");
        let told = "the map of 2020 shows no land of the region";
        assert!(row["notes"].contains(told), "{row:?}");
    }
}
