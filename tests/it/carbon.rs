//! Carbon by layers of densities, by classes, within classes of a layer, and by the user's figures.

use crate::field::{Field, Lattice, lattice, near, number};
use crate::scratch::terrasink;

/// Six by six cells of 4 ha in an equal-area system.
fn cells() -> Lattice {
    lattice(5070, (0.0, 1200.0), 200.0, (6, 6))
}

pub(crate) const MAP: &str = "[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"nlcd\"\n";

/// Forest in the three columns to the left, grassland to the right; biomass is 100 and 8, unknown
/// in the first row; rock of two kinds above and below. Region `a` is the upper half, `b` the lower.
pub(crate) fn field() -> Field {
    let field = Field::new();
    let classes = |col: usize, _| if col < 3 { 41 } else { 71 };
    field.raster::<u8>("lc.tif", cells(), &[], classes);
    field.raster::<f32>("agb.tif", cells(), &[], |col, row| match (col, row) {
        (_, 0) => f32::NAN,
        (0..3, _) => 100.0,
        _ => 8.0,
    });
    field.raster::<u8>(
        "rock.tif",
        cells(),
        &[],
        |_, row| if row % 2 == 0 { 1 } else { 2 },
    );
    field.write("rock.csv", "code,class_name\n1,limestone\n2,granite\n");
    field.regions(
        "regions.json",
        5070,
        &[
            ("a", [0.0, 600.0, 1200.0, 1200.0]),
            ("b", [0.0, 0.0, 1200.0, 600.0]),
        ],
    );
    field
}

fn layer(unit: &str) -> String {
    format!("{MAP}[[layer]]\nname = \"agb\"\npath = \"agb.tif\"\nunit = \"{unit}\"\n")
}

pub(crate) const ROCK: &str =
    "[[layer]]\nname = \"rock\"\npath = \"rock.tif\"\nlegend = \"rock.csv\"\n";

fn carbon(field: &Field, region: &str, ecosystem: &str, pool: &str) -> crate::field::Row {
    let keys = [
        ("region_id", region),
        ("ecosystem", ecosystem),
        ("pool", pool),
    ];
    field.row("tables/carbon.csv", &keys)
}

#[test]
fn a_layer_of_dry_matter_becomes_carbon_with_roots_and_spread() {
    let field = field();
    let plan = layer("t_dm/ha")
        + "[[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"density-layer\"\nlayer = \"agb\"\n\
           roots = \"mokany-bgb-agb-ratio-mean\"\nse-pct = 20\n";
    field.done(&plan, &[]);
    // Nine cells of 4 ha less the three without a value: 24 ha at 100 t, of which 0.47 is carbon.
    let above = carbon(&field, "a", "forest", "above-ground");
    near(&above, "carbon_tc", 24.0 * 100.0 * 0.47, 1e-9);
    near(&above, "area_ha", 24.0, 1e-9);
    assert!(
        above["note"].contains("12.0000 ha of 36.0000 ha have no value"),
        "{above:?}"
    );
    assert!(above["parameters"].contains("layer agb"), "{above:?}");
    assert!(
        above["parameters"].contains("biomass-carbon-fraction"),
        "{above:?}"
    );
    let below = carbon(&field, "a", "forest", "below-ground");
    near(&below, "carbon_tc", 24.0 * 100.0 * 0.47 * 0.26, 1e-9);
    // The spread of the layer is shared: the total is as uncertain as a part.
    let relative = |region: &str| {
        let row = field.row("summary.csv", &[("region_id", region)]);
        (number(&row, "carbon_tc_hi") - number(&row, "carbon_tc_lo")) / number(&row, "carbon_tc")
    };
    let total = field.row("summary.csv", &[("region_id", "_total")]);
    near(&total, "carbon_tc", 60.0 * 100.0 * 0.47 * 1.26, 1e-9);
    assert!(
        (relative("a") - 2.0 * 1.96 * 0.2).abs() < 0.01,
        "{}",
        relative("a")
    );
    assert!((relative("a") - relative("_total")).abs() < 1e-6);
}

#[test]
fn units_of_layers_are_taken_at_their_word() {
    for (unit, of_a) in [
        ("t_c/ha", 24.0 * 100.0),
        ("kg_c/m2", 24.0 * 1000.0),
        ("t_co2e/ha", 24.0 * 100.0 * 12.0 / 44.0),
        ("t_c/cell", 6.0 * 100.0),
        ("t_c/mu", 24.0 * 15.0 * 100.0),
    ] {
        let field = field();
        let plan = layer(unit)
            + "[[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"density-layer\"\nlayer = \"agb\"\nholds = \"biomass\"\n";
        field.done(&plan, &[]);
        let row = carbon(&field, "a", "forest", "biomass");
        near(&row, "carbon_tc", of_a, 1e-6);
        assert!(row["carbon_tc_lo"].is_empty(), "{row:?}");
    }
    let field = field();
    let soil = "[[carbon.ecosystem]]\necosystem = \"grassland\"\nmethod = \"density-layer\"\nlayer = \"agb\"\nholds = \"soil-organic\"\ndepth-cm = 30\n";
    field.done(&(layer("kg_c/m2") + soil), &[]);
    let row = carbon(&field, "b", "grassland", "soil-organic");
    near(&row, "carbon_tc", 36.0 * 80.0, 1e-9);
    assert_eq!(row["soil_depth_cm"], "30");
    field.refused(&(layer("m") + soil), &["no density of mass", "t_dm/ha"]);
    field.refused(
        &(layer("kg_c/m2") + &soil.replace("depth-cm = 30\n", "")),
        &["a soil stock states its depth"],
    );
    field.refused(
        &(layer("kg_c/m2") + &soil.replace("layer = \"agb\"", "layer = \"soil\"")),
        &["no layer of values is named `soil`", "there are: agb"],
    );
}

#[test]
fn methods_may_hold_within_classes_of_a_layer() {
    let field = field();
    let grass = |zone: &str, class: u8| {
        format!(
            "[[carbon.ecosystem]]\necosystem = \"grassland\"\nmethod = \"grassland-biomass-ipcc2006\"\n\
             climate-zone = \"{zone}\"\nwithin = {{ layer = \"rock\", classes = [{class}] }}\n"
        )
    };
    let plan = format!(
        "{MAP}{ROCK}{}{}",
        grass("boreal-dry-and-wet", 1),
        grass("tropical-dry", 2)
    );
    field.done(&plan, &[]);
    let rows = field.table("tables/carbon.csv");
    let of = |region: &str, class: &str| -> String {
        let rows = rows.iter().filter(|row| {
            row["region_id"] == region
                && row["pool"] == "above-ground"
                && row["note"].contains(class)
        });
        let area: f64 = rows.map(|row| number(row, "area_ha")).sum();
        format!("{area:.6}")
    };
    // Rows 0, 2 and 4 are limestone: two of three in `a`, one of three in `b`; 12 ha a row.
    assert_eq!(
        [of("a", "limestone"), of("a", "granite")],
        ["24.000000", "12.000000"]
    );
    assert_eq!(
        [of("b", "limestone"), of("b", "granite")],
        ["12.000000", "24.000000"]
    );
    assert_eq!(
        [of("_total", "limestone"), of("_total", "granite")],
        ["36.000000", "36.000000"]
    );
    // Land is never counted twice.
    field.refused(
        &format!(
            "{MAP}{ROCK}{}{}",
            grass("boreal-dry-and-wet", 1),
            grass("tropical-dry", 1)
        ),
        &["both give the stock", "`within`"],
    );
    field.refused(
        &format!("{MAP}{ROCK}{}", grass("tropical-dry", 9)),
        &["has no class 9"],
    );
}

#[test]
fn karst_and_frozen_ground_lie_under_the_ecosystems_and_apart_from_the_sink() {
    let field = field();
    let under = |ecosystem: &str, method: &str| {
        format!(
            "[[carbon.ecosystem]]\necosystem = \"{ecosystem}\"\nmethod = \"{method}\"\n\
             within = {{ layer = \"rock\", classes = [1] }}\n"
        )
    };
    let plan = format!(
        "{MAP}{ROCK}{}{}",
        under("karst", "karst-weathering-china"),
        under("frozen-ground", "frozen-ground-third-pole")
    );
    field.done(&plan, &[]);
    let flux = field.row(
        "tables/sequestration.csv",
        &[("region_id", "a"), ("pool", "weathering")],
    );
    // 48 ha of limestone in `a`; 4.28 t C by square kilometre and year.
    near(
        &flux,
        "sequestration_tco2e_yr",
        0.48 * 4.28 * 44.0 / 12.0,
        1e-3,
    );
    assert_eq!(flux["counted"], "false");
    let stock = carbon(&field, "a", "frozen-ground", "soil-organic");
    near(&stock, "carbon_tc", 48.0 * 141.2, 1e-9);
    assert_eq!(stock["soil_depth_cm"], "300");
    let summary = field.row("summary.csv", &[("region_id", "a")]);
    assert!(summary["sequestration_tco2e_yr"].is_empty(), "{summary:?}");
}

/// A square of 100 cells of a square metre that goes from class 1 to class 2, and its region `a`.
fn square() -> Field {
    let field = Field::new();
    let square = lattice(5070, (0.0, 10.0), 1.0, (10, 10));
    field.raster::<u8>("lc.tif", square, &[], |_, _| 1);
    field.raster::<u8>("later.tif", square, &[], |_, _| 2);
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n1,one,forest\n2,two,grassland\n",
    );
    field.regions("regions.json", 5070, &[("a", [0.0, 0.0, 10.0, 10.0])]);
    field
}

/// The maps of [`square`].
const TWO_MAPS: &str = "[[land-cover]]\nyear = 2016\npath = \"lc.tif\"\nlegend = \"legend.csv\"\n\
    [[land-cover]]\nyear = 2030\npath = \"later.tif\"\nlegend = \"legend.csv\"\n";

/// One class of 2016 becomes another in 2030; densities fall from 0.86 to 0.28 t C. The net present
/// value of the `InVEST` unit test (price 43 a t C, discount -7.1 %, price change 2.8 % that lowers
/// the price, 14 years) is -3422.079 for a hundred times the carbon.
#[test]
fn a_price_gives_the_value_of_another_program() {
    let field = square();
    field.write("pools.csv", "lucode,C_above\n1,8600\n2,2800\n");
    let plan = |price: &str| {
        format!("{TWO_MAPS}[carbon]\nclass-density = {{ path = \"pools.csv\" }}\n[price]\n{price}")
    };
    // A tonne of CO2 at 43 x 12/44 is a tonne of carbon at 43.
    let price = 43.0 * 12.0 / 44.0;
    let change = 100.0 / 1.028 - 100.0;
    field.done(
        &plan(&format!(
            "tco2e = {price}\ncurrency = \"USD\"\nyears = 14\ndiscount-pct = -7.1\nprice-change-pct = {change}\n"
        )),
        &[],
    );
    for region in ["a", "_total"] {
        let row = field.row("tables/value.csv", &[("region_id", region)]);
        near(&row, "present_value", -3422.079, 1e-6);
        near(&row, "value_yr", -58.0 / 14.0 * 43.0, 1e-4);
        assert!(row["value_yr_lo"].is_empty(), "{row:?}");
        assert!(row["note"].contains("a source"), "{row:?}");
        assert_eq!(
            (row["period_start"].as_str(), row["currency"].as_str()),
            ("2016", "USD")
        );
    }
    let check = terrasink(&["check", &field.text("plan.toml")]);
    let told = String::from_utf8_lossy(&check.stdout);
    for what in ["stock: by ", "sequestration: by "] {
        assert!(told.contains(&format!("yes  carbon {what}")), "{told}");
    }
    field.refused(
        &plan("tco2e = -1\ncurrency = \" \"\ndiscount-pct = 5\n"),
        &[
            "`[price] tco2e` is -1",
            "currency",
            "`[price] discount-pct` without `years`",
        ],
    );
}

/// The pool table and the answers of the unit tests of the `InVEST` carbon model (Apache-2.0,
/// natcap/invest, `tests/test_carbon.py`): 100 cells of a square metre from class 1 to class 2.
#[test]
fn a_table_by_class_gives_the_stocks_of_another_program() {
    let field = square();
    field.write(
        "pools.csv",
        "lucode,LULC_Name,C_above,C_below,C_soil,C_dead\n1,lulc code 1,15,10,60,1\n\
         2,lulc code 2,5,3,20,0\n3,lulc code 3,2,1,5,0\n",
    );
    let plan = format!("{TWO_MAPS}[carbon]\nclass-density = {{ path = \"pools.csv\" }}\n");
    field.done(&plan, &[]);
    let stock = |year: &str| -> f64 {
        let rows = field.table("tables/carbon.csv");
        let rows = rows
            .iter()
            .filter(|row| row["region_id"] == "a" && row["year"] == year);
        rows.map(|row| number(row, "carbon_tc")).sum()
    };
    assert!((stock("2016") - 0.86).abs() < 1e-9);
    assert!((stock("2030") - 0.28).abs() < 1e-9);
    let summary = field.row("summary.csv", &[("region_id", "a")]);
    near(&summary, "carbon_tc", 0.28, 1e-9);
    near(
        &summary,
        "sequestration_tco2e_yr",
        -0.58 / 14.0 * 44.0 / 12.0,
        2e-3,
    );
    assert_eq!(
        (
            summary["period_start"].as_str(),
            summary["period_end"].as_str()
        ),
        ("2016", "2030")
    );
    field.refused(
        &plan.replace("[carbon]", "[carbon]\nmethod = \"forest-biomass-ipcc2019\""),
        &["carbon would count twice"],
    );
    field.write("pools.csv", "lucode,C_above\n1,15\n");
    field.refused(&plan, &["no row for class 2", "0.0100 ha"]);
}

#[test]
fn a_figure_of_the_users_takes_the_place_of_the_seeds_and_is_marked() {
    let field = field();
    let plan = format!(
        "{MAP}{ROCK}[carbon]\nparameters = [\"mine.csv\"]\n[[carbon.ecosystem]]\n\
         ecosystem = \"frozen-ground\"\nmethod = \"frozen-ground-third-pole\"\n\
         within = {{ layer = \"rock\", classes = [1] }}\n"
    );
    field.write(
        "mine.csv",
        "id,quantity,value,unit,lower,upper,interval_kind,cite,locator\n\
         frozen-ground-third-pole-mean-soc-density-0-3m,own cores,20,kg_c/m2,18,22,ci95,own survey 2024,table 3\n",
    );
    let said = field.done(&plan, &[]);
    assert!(said.contains("takes the place of the seeds"), "{said}");
    let stock = carbon(&field, "a", "frozen-ground", "soil-organic");
    near(&stock, "carbon_tc", 48.0 * 200.0, 1e-9);
    near(&stock, "carbon_tc_lo", 48.0 * 180.0, 1e-3);
    assert_eq!(stock["quality"], "user-parameter");
    let row = field.row("tables/parameters.csv", &[("confidence", "user")]);
    near(&row, "value", 20.0, 1e-12);
    field.write("mine.csv", "id,value,unit\nx,1,t_c/ha\ny,a,t_c/ha\n");
    field.refused(&plan, &["mine.csv, row 2", "mine.csv, row 3"]);
}

#[test]
fn targets_of_ones_own_are_held_against_the_figures() {
    let field = field();
    let plan = layer("t_dm/ha")
        + "[[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"density-layer\"\nlayer = \"agb\"\nse-pct = 20\n\
           [targets]\npath = \"own.csv\"\n";
    let head = "year,indicator,comparison,value,unit,scope\n";
    // Region `a` has 1128 t C with a standard error of 225.6.
    field.write(
        "own.csv",
        &format!("{head}2030,carbon_stock,>=,902.4,t_c,a\n2030,forest_coverage_rate,>=,60,percent,every-region\n"),
    );
    field.done(&plan, &[]);
    let keys = [
        ("region_id", "a"),
        ("indicator", "carbon_stock"),
        ("policy", "own"),
    ];
    let row = field.row("tables/targets.csv", &keys);
    assert_eq!(row["met"], "true");
    near(&row, "gap", 225.6, 1e-6);
    near(&row, "probability_pct", 84.1345, 1e-4);
    let keys = [("region_id", "b"), ("indicator", "forest_coverage_rate")];
    let row = field.row("tables/targets.csv", &keys);
    assert_eq!(
        (row["met"].as_str(), row["probability_pct"].as_str()),
        ("false", "")
    );
    field.write("own.csv", &format!("{head}2030,carbon_stock,>=,9,ha,c\n"));
    field.refused(&plan, &["expected `t_c`", "no region has the id `c`"]);
}
