//! Designs of samples through plans: worked examples that a pocket calculator can follow.

use crate::field::{Field, lattice, near};

/// A square of 1 000 ha as the only region.
fn square() -> Field {
    let field = Field::new();
    field.regions("regions.json", 5070, &[("u", [0.0, 0.0, 5000.0, 2000.0])]);
    field
}

fn plots(field: &Field, header: &str, rows: &[&str]) {
    let text = [&[header], rows].concat().join("\n");
    field.write("plots.csv", &text);
}

const ONE: &str = "[[inventory.plots]]\nyear = 2020\npath = \"plots.csv\"\n[inventory.fields]\nid = \"id\"\nregion = \"region\"\n";

fn total(field: &Field, attribute: &str, statistic: &str) -> crate::field::Row {
    let keys = [
        ("region_id", "u"),
        ("attribute", attribute),
        ("statistic", statistic),
        ("domain", ""),
    ];
    field.row("tables/inventory.csv", &keys)
}

/// Eight plots with their stock.
const STOCK: [&str; 8] = ["120", "85", "0", "150", "60", "95", "110", "40"];

fn eight(field: &Field) {
    let rows: Vec<String> = STOCK
        .iter()
        .enumerate()
        .map(|(id, stock)| format!("{id},u,{stock}"))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    plots(field, "id,region,v_m3_ha", &rows);
}

#[test]
fn a_random_sample_has_a_students_interval_and_a_correction_for_a_finite_population() {
    let field = square();
    eight(&field);
    let plan = |more: &str| {
        format!(
            "[inventory]\ndesign = \"simple-random\"\narea-ha = 1000\n{more}{ONE}volume = \"v_m3_ha\"\n"
        )
    };
    field.done(&plan(""), &[]);
    let volume = total(&field, "volume", "total");
    near(&volume, "value", 82_500.0, 1e-10);
    near(&volume, "standard_error", 16_903.085_094, 1e-9);
    near(&volume, "value_hi", 82_500.0 + 39_969.445, 1e-8);
    // Half of all plots that there are: the variance is halved.
    field.done(&plan("population = 16\n"), &[]);
    let half = total(&field, "volume", "total");
    near(
        &half,
        "standard_error",
        16_903.085_094 / 2.0_f64.sqrt(),
        1e-9,
    );
}

#[test]
fn a_population_that_the_design_does_not_use_is_refused() {
    let field = square();
    eight(&field);
    field.refused(
        &format!("[inventory]\ndesign = \"proportional-to-size\"\narea-ha = 1000\npopulation = 90\n{ONE}volume = \"v_m3_ha\"\n"),
        &["does not use", "leave `population` out"],
    );
    field.refused(
        &format!("[inventory]\ndesign = \"simple-random\"\narea-ha = 1000\npopulation = 5\n{ONE}volume = \"v_m3_ha\"\n"),
        &["has 8 plots, but only 5 exist"],
    );
}

#[test]
fn dates_and_slips_in_place_of_years_are_refused() {
    let field = square();
    plots(
        &field,
        "id,region,v_m3_ha,when",
        &["1,u,90,2020", "2,u,105,20200607", "3,u,93,202"],
    );
    field.refused(
        &format!("[inventory]\ndesign = \"simple-random\"\narea-ha = 1000\n{ONE}volume = \"v_m3_ha\"\nmeasured = \"when\"\n"),
        &[
            "row 3, column when: found 20200607, expected a year",
            "row 4, column when: found 202, expected a year",
        ],
    );
}

#[test]
fn stands_are_a_ratio_to_their_size() {
    let field = square();
    plots(
        &field,
        "stand,region,area_mu,v_m3_ha",
        &[
            "1,u,150,90",
            "2,u,300,105",
            "3,u,225,93.3333333333333333",
            "4,u,450,110",
            "5,u,375,94",
        ],
    );
    let fields = ONE.replace("id = \"id\"", "id = \"stand\"");
    let plan = |design: &str, more: &str| {
        format!(
            "[inventory]\ndesign = \"{design}\"\narea-ha = 2000\n{more}{fields}size = \"area_mu\"\nvolume = \"v_m3_ha\"\n"
        )
    };
    field.done(&plan("ratio-to-size", "population = 100\n"), &[]);
    let volume = total(&field, "volume", "total");
    near(&volume, "value", 201_000.0, 1e-10);
    near(&volume, "standard_error", 8_105.457_267, 1e-9);
    assert_eq!(volume["estimator"], "ratio-to-size");
    assert_eq!(volume["degrees_of_freedom"], "4");
    field.done(&plan("proportional-to-size", ""), &[]);
    let volume = total(&field, "volume", "total");
    near(&volume, "value", 2000.0 * 98.466_666_666_667, 1e-10);
    assert_eq!(volume["estimator"], "proportional-to-size");
}

#[test]
fn stands_without_their_area_are_all_named() {
    let field = square();
    plots(
        &field,
        "id,region,area_mu,v_m3_ha",
        &["1,u,150,90", "2,u,,105", "3,u,0,93", "4,u,9,1"],
    );
    field.refused(
        &format!("[inventory]\ndesign = \"ratio-to-size\"\narea-ha = 2000\n{ONE}size = \"area_mu\"\nvolume = \"v_m3_ha\"\n"),
        &["row 3", "stand `2` has no area", "row 4", "stand `3` has an area of 0", "`size`"],
    );
}

#[test]
fn volume_per_hectare_of_forest_is_a_ratio_of_means() {
    let field = square();
    let rows = [
        "1,u,0,0",
        "2,u,45,0.5",
        "3,u,120,1",
        "4,u,80,0.75",
        "5,u,0,0",
        "6,u,150,1",
        "7,u,60,0.5",
        "8,u,95,1",
    ];
    plots(&field, "id,region,v_m3_ha,share", &rows);
    field.done(
        &format!("[inventory]\ndesign = \"simple-random\"\narea-ha = 1000\n{ONE}volume = \"v_m3_ha\"\nforest-share = \"share\"\n"),
        &[],
    );
    let ratio = total(&field, "volume", "per_forest_hectare");
    near(&ratio, "value", 115.789_474, 1e-8);
    near(&ratio, "standard_error", 9.648_346, 1e-7);
}

/// The cells of 4 ha: eight with the layer at the plots, all others so that the mean is 75.
const LAYER: [f64; 8] = [50.0, 80.0, 0.0, 140.0, 70.0, 100.0, 90.0, 30.0];

fn with_layer() -> (Field, String) {
    let field = square();
    let cells = lattice(5070, (0.0, 2000.0), 200.0, (25, 10));
    field.raster::<u8>("lc.tif", cells, &[], |_, _| 41);
    let rest = (75.0 * 250.0 - LAYER.iter().sum::<f64>()) / 242.0;
    field.raster::<f64>("canopy.tif", cells, &[], |col, row| match (row, col) {
        (0, 0..8) => LAYER[col],
        _ => rest,
    });
    let rows: Vec<String> = STOCK
        .iter()
        .enumerate()
        .map(|(id, stock)| {
            let (place, forest) = (200 * id + 100, u8::from(*stock != "0"));
            let kind = if id < 4 { "oak" } else { "pine" };
            format!("{id},{place},1900,{stock},{forest},{kind}")
        })
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    plots(&field, "id,x,y,v_m3_ha,share,kind", &rows);
    let plan = "[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"nlcd\"\n\
        [[layer]]\nname = \"canopy\"\npath = \"canopy.tif\"\nunit = \"percent\"\n\
        [inventory]\ndesign = \"simple-random\"\narea-ha = 1000\n$MORE\
        [[inventory.plots]]\nyear = 2020\npath = \"plots.csv\"\n\
        [inventory.fields]\nid = \"id\"\nx = \"x\"\ny = \"y\"\ncrs = \"EPSG:5070\"\n\
        volume = \"v_m3_ha\"\nforest-share = \"share\"\n$FIELDS";
    (field, plan.to_owned())
}

#[test]
fn a_layer_helps_the_plots_by_regression() {
    let (field, plan) = with_layer();
    let assisted = plan.replace("$MORE", "").replace(
        "$FIELDS",
        "[inventory.model-assisted]\nlayers = [\"canopy\"]\n",
    );
    field.done(&assisted, &[]);
    let volume = total(&field, "volume", "total");
    near(&volume, "value", 87_196.969_7, 1e-9);
    near(&volume, "standard_error", 9_521.374, 1e-7);
    assert_eq!(volume["estimator"], "model-assisted");
    assert_eq!(volume["degrees_of_freedom"], "6");
    let note = &volume["note"];
    for figure in ["16.742424", "0.939394 x 75.000000 of canopy", "R2"] {
        assert!(note.contains(figure), "{note}");
    }
    let summary = field.row("summary.csv", &[("region_id", "u")]);
    near(&summary, "volume_m3", 87_196.969_7, 1e-8);
    // The ratio is that of both models; forest is where volume is.
    let forest = total(&field, "forest_area", "total");
    let ratio = total(&field, "volume", "per_forest_hectare");
    let expected = 87_196.969_697 / crate::field::number(&forest, "value");
    near(&ratio, "value", expected, 1e-9);
    assert_eq!(ratio["estimator"], "model-assisted");
}

#[test]
fn the_plots_that_resemble_a_cell_predict_it_and_are_corrected() {
    let (field, plan) = with_layer();
    let cells = lattice(5070, (0.0, 2000.0), 200.0, (25, 10));
    // No two plots are as near as each other to a third.
    let values = [50.0, 80.0, 0.0, 140.0, 71.0, 100.0, 88.0, 30.0];
    field.raster::<f64>("canopy.tif", cells, &[], |col, row| match (row, col) {
        (0, 0..8) => values[col],
        _ => 75.0,
    });
    let assisted = plan.replace("$MORE", "").replace(
        "$FIELDS",
        "[inventory.model-assisted]\nlayers = [\"canopy\"]\nestimator = \"nearest-neighbours\"\n\
         neighbours = 1\nweights = \"inverse-distance\"\n",
    );
    field.done(&assisted, &[]);
    let volume = total(&field, "volume", "total");
    // The plots predict their own cells, the plot at 71 (60 m3/ha) the other 242: a mean of 60.72.
    // Residuals of plots predicted from the others: -40 -80 80 -25 -25 25 -15 55.
    near(&volume, "value", 57_595.0, 1e-9);
    near(&volume, "standard_error", 18_635.064_4, 1e-7);
    assert_eq!(volume["estimator"], "nearest-neighbours");
    assert_eq!(volume["degrees_of_freedom"], "7");
    let note = &volume["note"];
    for figure in [
        "60.720000",
        "1 nearest plots",
        "-3125.0000",
        "49.402682 m3/ha",
    ] {
        assert!(note.contains(figure), "{note}");
    }
    let forest = total(&field, "forest_area", "total");
    let ratio = total(&field, "volume", "per_forest_hectare");
    let expected = 57_595.0 / crate::field::number(&forest, "value");
    near(&ratio, "value", expected, 1e-9);
    assert_eq!(ratio["estimator"], "nearest-neighbours");
    // The same on one thread and several, and with more neighbours another figure.
    let more = assisted.replace("neighbours = 1", "neighbours = 3");
    field.done(&more, &["--threads", "3"]);
    let on_three = total(&field, "volume", "total");
    field.done(&more, &["--threads", "1"]);
    assert_eq!(total(&field, "volume", "total"), on_three);
    assert_ne!(on_three["value"], volume["value"]);
}

#[test]
fn keys_of_neighbours_beside_a_regression_are_refused() {
    let (field, plan) = with_layer();
    let plan = plan.replace("$MORE", "").replace(
        "$FIELDS",
        "[inventory.model-assisted]\nlayers = [\"canopy\"]\nneighbours = 3\n",
    );
    field.refused(
        &plan,
        &["`neighbours`, `weights` or `maps`", "nearest-neighbours"],
    );
    let few = plan.replace(
        "neighbours = 3",
        "neighbours = 8\nestimator = \"nearest-neighbours\"",
    );
    field.refused(&few, &["8 plots", "9"]);
}

#[test]
fn plots_off_a_layer_and_layers_that_are_none_are_refused_with_a_remedy() {
    let (field, plan) = with_layer();
    let plan = plan.replace("$MORE", "");
    let named = |layer: &str| {
        plan.replace(
            "$FIELDS",
            &format!("[inventory.model-assisted]\nlayers = [\"{layer}\"]\n"),
        )
    };
    field.refused(
        &named("canopi"),
        &[
            "`canopi`, which the plan does not have",
            "did you mean `canopy`?",
        ],
    );
    let text = std::fs::read_to_string(field.path("plots.csv")).unwrap();
    field.write("plots.csv", &text.replace("2,500,1900", "2,-900,1900"));
    field.refused(
        &named("canopy"),
        &["1 of 8 plots", "2", "leave the layer out"],
    );
}

#[test]
fn domains_of_a_column_add_up_to_the_whole() {
    let (field, plan) = with_layer();
    field.done(
        &plan
            .replace("$MORE", "domains = [\"kind\"]\n")
            .replace("$FIELDS", ""),
        &[],
    );
    let of = |domain: &str, statistic: &str| {
        let keys = [
            ("region_id", "u"),
            ("attribute", "volume"),
            ("domain", domain),
            ("statistic", statistic),
        ];
        field.row("tables/inventory.csv", &keys)
    };
    // 120 + 85 + 0 + 150 over eight plots, then 60 + 95 + 110 + 40.
    near(
        &of("kind=oak", "total"),
        "value",
        355.0 / 8.0 * 1000.0,
        1e-10,
    );
    near(
        &of("kind=pine", "total"),
        "value",
        305.0 / 8.0 * 1000.0,
        1e-10,
    );
    near(&of("", "total"), "value", 82_500.0, 1e-10);
    near(
        &of("kind=oak", "per_forest_hectare"),
        "value",
        355.0 / 3.0,
        1e-10,
    );
    assert_eq!(of("kind=oak", "total")["plots_nonzero"], "3");
    // Zeros outside the domain are part of its spread: Σ (y - mean)² / 7 / 8 of all eight.
    let mean = 355.0 / 8.0;
    let squares = 120.0_f64.powi(2) + 85.0_f64.powi(2) + 150.0_f64.powi(2) - 8.0 * mean * mean;
    near(
        &of("kind=oak", "total"),
        "standard_error",
        1000.0 * (squares / 56.0).sqrt(),
        1e-9,
    );
}

/// Twelve regions with five plots each; the mapped share of forest explains their stock.
#[test]
fn regions_with_few_plots_borrow_strength_from_all_others() {
    let field = Field::new();
    let names: Vec<String> = (0..12).map(|region| format!("r{region}")).collect();
    let boxes: Vec<(&str, [f64; 4])> = names
        .iter()
        .enumerate()
        .map(|(region, name)| {
            let x = 1000.0 * region as f64;
            (name.as_str(), [x, 0.0, x + 1000.0, 1000.0])
        })
        .collect();
    field.regions("regions.json", 5070, &boxes);
    let cells = lattice(5070, (0.0, 1000.0), 100.0, (120, 10));
    // Region `r` has forest in its first `r % 10 + 1` rows.
    let forest = |region: usize| region % 10 + 1;
    field.raster::<u8>("lc.tif", cells, &[], |col, row| {
        if row < forest(col / 10) { 41 } else { 71 }
    });
    let mut rows = Vec::new();
    for region in 0..12 {
        // The last region has one plot.
        for plot in 0..(if region == 11 { 1 } else { 5 }) {
            let wobble = [0.0, 8.0, -6.0, 11.0, -9.0][plot] + 3.0 * (region % 3) as f64;
            let stock = 20.0 * forest(region) as f64 + wobble;
            let share = 0.08 * forest(region) as f64 + wobble / 200.0 + 0.1;
            rows.push(format!("{region}-{plot},r{region},{stock},{share}"));
        }
    }
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    plots(&field, "id,region,v_m3_ha,forest_share", &rows);
    field.done(
        &format!(
            "[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"nlcd\"\n\
             [inventory]\ndesign = \"simple-random\"\narea-ha = 1200\n\
             [inventory.small-areas]\nmethod = \"fay-herriot\"\n{ONE}volume = \"v_m3_ha\"\n\
             forest-share = \"forest_share\"\n"
        ),
        &[],
    );
    let mut sum = 0.0;
    for name in &names {
        let keys = [
            ("region_id", name.as_str()),
            ("attribute", "volume"),
            ("statistic", "total"),
        ];
        let row = field.row("tables/inventory.csv", &keys);
        assert_eq!(row["estimator"], "benchmarked", "{row:?}");
        assert!(row["note"].contains("share of mapped forest"), "{row:?}");
        sum += crate::field::number(&row, "value");
        let keys = [
            ("region_id", name.as_str()),
            ("attribute", "forest_area"),
            ("statistic", "total"),
        ];
        let area = field.row("tables/inventory.csv", &keys);
        assert!(!area["value"].is_empty(), "{area:?}");
        // Volume per hectare is that of the totals told, not that of the plots alone.
        let summary = field.row("summary.csv", &[("region_id", name.as_str())]);
        let number = |column: &str| crate::field::number(&summary, column);
        let density = number("volume_m3") / number("forest_area_est_ha");
        near(&summary, "volume_m3_ha", density, 1e-5);
        assert!(summary["quality"].starts_with("composite"), "{summary:?}");
    }
    let union = [
        ("region_id", "_total"),
        ("attribute", "volume"),
        ("statistic", "total"),
    ];
    near(
        &field.row("tables/inventory.csv", &union),
        "value",
        sum,
        1e-9,
    );
}
