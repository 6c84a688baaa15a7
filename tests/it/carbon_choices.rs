//! What a plan chooses of carbon: parts of an ecosystem, the depth of its soil, fluxes of its own, and the
//! deduction of a standard.

use crate::carbon::{MAP, ROCK, field};
use crate::field::{near, number};
use crate::scratch::terrasink;

/// Worked example W21: runoff of 0.6 m a year with 3 mmol/l takes up 10.8 t C by square kilometre.
#[test]
fn karst_by_runoff_gives_the_worked_example() {
    let field = field();
    field.write(
        "karst.csv",
        "id,value,unit,lower,upper,interval_kind,cite,locator\n\
         karst-runoff,0.6,m/yr,0.54,0.66,se,user,gauges\n\
         karst-inorganic-carbon,3,mmol/l,,,,user,springs\n",
    );
    let runoff = |runoff: &str, carbon: &str| {
        format!(
            "id,value,unit,lower,upper,interval_kind,cite,locator\n\
             karst-runoff,{runoff},,,,user,gauges\nkarst-inorganic-carbon,{carbon},,,,user,springs\n"
        )
    };
    let karst = "[carbon]\nparameters = [\"karst.csv\"]\n[[carbon.ecosystem]]\necosystem = \"karst\"\n\
        method = \"karst-weathering-runoff\"\nwithin = { layer = \"rock\", classes = [1] }\n";
    field.done(&format!("{MAP}{ROCK}{karst}"), &[]);
    let keys = [("region_id", "a"), ("pool", "weathering")];
    let flux = field.row("tables/sequestration.csv", &keys);
    near(&flux, "sequestration_tco2e_yr", 0.48 * 39.6, 1e-4);
    near(&flux, "sequestration_tco2e_yr_se", 0.048 * 39.6, 1e-3);
    assert_eq!(
        flux["arithmetic"],
        "48 ha x 0.6 m/yr x 3 mmol/l x 0.5 x 0.12 (to t/ha) x 44/12 = 19.008 t CO2e/yr"
    );
    assert_eq!(flux["counted"], "false");
    // A unit that is not that of the row is told of that row, with the one it takes.
    for (table, words) in [
        (
            runoff("600,m/yr", "3,mmol/l"),
            "parameter `karst-runoff` is 600, expected at most 26.5 m/yr",
        ),
        (
            runoff("600,mm/yr", "3,mmol/l"),
            "parameter `karst-runoff` is in `mm/yr`, expected `m/yr`",
        ),
        (
            runoff("0.6,m/yr", "3,mol/m3"),
            "parameter `karst-inorganic-carbon` is in `mol/m3`, expected `mmol/l`",
        ),
    ] {
        field.write("karst.csv", &table);
        field.refused(&format!("{MAP}{ROCK}{karst}"), &[words]);
    }
}

/// Drained and rewetted mangrove, each under its own classes of a layer; without the classes they would
/// count one soil twice.
#[test]
fn drained_and_rewetted_soil_of_one_ecosystem_stand_side_by_side() {
    let field = field();
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n41,coast,mangrove\n71,grass,grassland\n",
    );
    let map = MAP.replace("nlcd", "legend.csv");
    let of = |method: &str, class: u8| {
        format!(
            "[[carbon.ecosystem]]\necosystem = \"mangrove\"\nmethod = \"{method}\"\n\
             within = {{ layer = \"rock\", classes = [{class}] }}\n"
        )
    };
    let both = |second: u8| {
        format!(
            "{map}{ROCK}{}{}",
            of("mangrove-drainage-ipcc2013", 1),
            of("mangrove-rewetted-ipcc2013", second)
        )
    };
    field.done(&both(2), &[]);
    let removal = |method: &str| {
        let keys = [("region_id", "_total"), ("method", method)];
        number(
            &field.row("tables/sequestration.csv", &keys),
            "sequestration_tco2e_yr",
        )
    };
    // Three columns of six cells of 4 ha, every second row.
    assert!((removal("mangrove-drainage-ipcc2013") + 36.0 * 7.9 * 44.0 / 12.0).abs() < 1e-2);
    assert!((removal("mangrove-rewetted-ipcc2013") - 36.0 * 1.62 * 44.0 / 12.0).abs() < 1e-2);
    field.refused(&both(1), &["both give the removal of pool `soil-organic`"]);
}

/// Soil of grassland to 30 cm and of mangrove to 1 m: the plan chooses which one the headline counts.
#[test]
fn the_plan_chooses_the_depth_of_the_soil_that_counts() {
    let field = field();
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n41,coast,mangrove\n71,grass,grassland\n",
    );
    let map = MAP.replace("nlcd", "legend.csv");
    let plan = |depth: &str| {
        format!(
            "{map}[carbon]\nclimate-zone = \"cool-temperate-moist\"\n{depth}\
             keys = {{ soil-class = \"high-activity-clay\", zone = \"tropical-wet\" }}\n\
             [[carbon.ecosystem]]\necosystem = \"grassland\"\nmethod = \"soil-reference-ipcc2019\"\n\
             [[carbon.ecosystem]]\necosystem = \"mangrove\"\nmethod = \"mangrove-stock-ipcc2013\"\n"
        )
    };
    let counted = |depth: &str| -> Vec<String> {
        field.done(&plan(depth), &[]);
        let rows = field.table("tables/carbon.csv");
        let soils = rows.iter().filter(|row| {
            row["region_id"] == "a" && row["pool"] == "soil-organic" && row["counted"] == "true"
        });
        soils.map(|row| row["ecosystem"].clone()).collect()
    };
    assert_eq!(counted(""), ["grassland"]);
    // What the depth leaves out is named: by check and run, in its row and in the summary.
    let run = field.run(&plan(""), &[]);
    let told = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(
        told.contains("carbon, ecosystem mangrove") && told.contains("counts soil to 30 cm"),
        "{told}"
    );
    let keys = [
        ("region_id", "a"),
        ("pool", "soil-organic"),
        ("ecosystem", "mangrove"),
    ];
    let soil = field.row("tables/carbon.csv", &keys);
    assert!(
        soil["note"].contains("not counted: soil to 100 cm"),
        "{}",
        soil["note"]
    );
    let notes = field.row("summary.csv", &[("region_id", "a")])["notes"].clone();
    let stock = number(&soil, "carbon_tc");
    let words = format!(
        "not in the carbon stock, which counts soil to 30 cm: mangrove: soil to 100 cm, {stock:.4} t C"
    );
    assert!(notes.contains(&words), "{words} not in {notes}");
    assert_eq!(counted("soil-depth-cm = 100\n"), ["mangrove"]);
    field.refused(
        &plan("soil-depth-cm = -1\n"),
        &["`soil-depth-cm` is not positive"],
    );
    field.write("classes.csv", "lucode,c_soil\n1,10\n");
    field.refused(
        "[carbon]\nclass-density = { path = \"classes.csv\", soil-depth-cm = 0 }\n",
        &[
            "`[carbon.class-density]`",
            "`soil-depth-cm` is not positive",
        ],
    );
    field.refused(
        &plan("soil-depth-cm = 50\n"),
        &["no chosen method gives it", "30 cm, 100 cm"],
    );
}

/// `china-density` has biomass and soil to 1 m in one pool: soil to 30 cm beside it drops the biomass too.
#[test]
fn a_pool_of_all_that_the_depth_leaves_out_is_named_with_its_biomass() {
    let field = field();
    let plan = format!(
        "{MAP}[carbon]\nclimate-zone = \"cool-temperate-moist\"\n\
         keys = {{ soil-class = \"high-activity-clay\" }}\n\
         [[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"china-density\"\n\
         [[carbon.ecosystem]]\necosystem = \"grassland\"\nmethod = \"soil-reference-ipcc2006\"\n"
    );
    let run = field.run(&plan, &[]);
    let told = String::from_utf8_lossy(&run.stderr).into_owned();
    for words in [
        "carbon, ecosystem forest",
        "pool `all` with soil to 100 cm, biomass too",
    ] {
        assert!(told.contains(words), "{words} not in {told}");
    }
    let notes = field.row("summary.csv", &[("region_id", "a")])["notes"].clone();
    assert!(
        notes.contains("forest: pool `all` with soil to 100 cm, biomass too"),
        "{notes}"
    );
    let keys = [("region_id", "a"), ("ecosystem", "forest")];
    let row = field.row("tables/carbon.csv", &keys);
    assert!(row["note"].contains("its biomass"), "{}", row["note"]);
}

/// Worked examples W19 and W20 as shares: a removal with a half-width of 20 % at 90 % loses 6.3758673 %
/// by ART-TREES, one with 26 % loses 6 % by VM0033, one with 19 % nothing.
#[test]
fn a_crediting_standard_takes_off_what_the_worked_examples_say() {
    /// Normal quantile of a two-sided interval at 90 %.
    const Z90: f64 = 1.644_853_627;
    let field = field();
    let credit = |half_width: f64, rule: &str| {
        let se = half_width / Z90 * 2.0;
        field.write(
            "growth.csv",
            &format!(
                "id,ecological-zone,continent,status,value,unit,lower,upper,interval_kind,cite,locator\n\
                 forest-above-ground-growth,any,any,any,2,t_dm/ha/yr,{},{},se,user,plots\n\
                 biomass-carbon-fraction,,,,0.47,t_c/t_dm,,,,user,plots\n\
                 root-shoot-forest,,,,0.25,1,,,,user,plots\n",
                2.0 - se,
                2.0 + se
            ),
        );
        let plan = format!(
            "{MAP}[carbon]\nparameters = [\"growth.csv\"]\n[credit]\nrule = \"{rule}\"\n\
             [[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"forest-growth-ipcc2019\"\n\
             keys = {{ ecological-zone = \"subtropical-humid\", continent = \"asia\", status = \"secondary-le20y\", root-zone = \"subtropical-humid\", origin = \"natural\", above-ground-class = \"0\" }}\n"
        );
        field.done(&plan, &[]);
        field.row("tables/credit.csv", &[("region_id", "a")])
    };
    let share = |row: &crate::field::Row| {
        number(row, "deduction_tco2e_yr") / number(row, "sequestration_tco2e_yr")
    };
    let art = credit(0.20, "art-trees-2.0");
    near(&art, "half_width_pct", 20.0, 1e-6);
    near(&art, "level_pct", 90.0, 1e-9);
    assert!((share(&art) - 0.063_758_673).abs() < 1e-4, "{art:?}");
    let over = credit(0.26, "vm0033-2.1-90");
    assert!((share(&over) - 0.06).abs() < 1e-4, "{over:?}");
    near(
        &over,
        "after_deduction_tco2e_yr",
        0.94 * number(&over, "sequestration_tco2e_yr"),
        1e-4,
    );
    let under = credit(0.19, "vm0033-2.1-90");
    near(&under, "deduction_tco2e_yr", 0.0, 1e-9);
    assert!(under["note"].contains("a lower limit"), "{under:?}");
    // More than all of it cannot be taken off, and what may be none is told.
    let wide = credit(1.8, "vm0033-2.1-90");
    let half_width = number(&wide, "half_width_pct");
    assert!(half_width > 100.0, "{wide:?}");
    let excess = (half_width / 100.0 - 0.2).min(1.0);
    assert!((share(&wide) - excess).abs() < 1e-6, "{wide:?}");
    assert!(wide["note"].contains("exceeds the removal"), "{wide:?}");
}

/// Peat of 72 ha, 36 ha each drained and rewetted: by hand with the factors of the Wetlands Supplement,
/// 7.9 t C/ha (6.5 to 9.4), 0.5 t C/ha (-0.71 to 1.71) and 216 kg CH4-C/ha (0 to 856) a year.
#[test]
fn drained_and_rewetted_peat_give_off_what_the_tables_say() {
    /// Half of the width of a 95 % interval, in standard errors.
    const HALF: f64 = 1.959_964;
    let field = field();
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n41,bog,peatland\n71,grass,grassland\n",
    );
    let entry = |method: &str, class: u8, keys: &str| {
        format!(
            "[[carbon.ecosystem]]\necosystem = \"peatland\"\nmethod = \"{method}\"\nkeys = {{ {keys} }}\n\
             within = {{ layer = \"rock\", classes = [{class}] }}\n"
        )
    };
    let rich = "soil-climate = \"temperate-nutrient-rich\"";
    let plan = [
        MAP.replace("nlcd", "legend.csv"),
        ROCK.to_owned(),
        entry(
            "peatland-drained-ipcc2013",
            1,
            "land-use = \"cropland\", soil-climate = \"boreal-and-temperate\"",
        ),
        entry("peatland-rewetted-ipcc2013", 2, rich),
        entry("peatland-rewetted-methane-ipcc2013", 2, rich),
    ]
    .concat();
    field.done(&plan, &[]);
    let row = |method: &str, pool: &str| {
        let keys = [("region_id", "_total"), ("method", method), ("pool", pool)];
        field.row("tables/sequestration.csv", &keys)
    };
    let (carbon, methane) = (44.0 / 12.0, 28.0 * 16.0 / 12.0 / 1000.0);
    for (method, pool, factor, width, counted) in [
        (
            "peatland-drained-ipcc2013",
            "soil-organic",
            7.9 * carbon,
            2.9 * carbon,
            "true",
        ),
        (
            "peatland-rewetted-ipcc2013",
            "soil-organic",
            0.5 * carbon,
            2.42 * carbon,
            "true",
        ),
        (
            "peatland-rewetted-methane-ipcc2013",
            "methane",
            216.0 * methane,
            856.0 * methane,
            "true",
        ),
    ] {
        let row = row(method, pool);
        near(&row, "sequestration_tco2e_yr", -36.0 * factor, 1e-5);
        let error = 36.0 * width / 2.0 / HALF;
        near(&row, "sequestration_tco2e_yr_se", error, 1e-4);
        assert_eq!(row["counted"], counted, "{row:?}");
    }
    assert_eq!(
        row("peatland-rewetted-methane-ipcc2013", "methane")["arithmetic"],
        "-36 ha x 216 kg_ch4_c/ha/yr x 28 x 0.001 (to t/ha) x 16/12 = -290.304 t CO2e/yr"
    );
    // The headline is of all: 36 ha of 7.9 and of 0.5 t C/ha, and of the methane of the second.
    let total = field.row("summary.csv", &[("region_id", "_total")]);
    let all = 8.4 * carbon + 216.0 * methane;
    near(&total, "sequestration_tco2e_yr", -36.0 * all, 1e-5);
    let explained = terrasink(&["explain", &field.text("out"), "_total"]);
    assert!(explained.status.success());
}

/// Limestone of 72 ha by runoff and granite of 72 ha by the mean of China, 4.28 t C/km2: side by side, both
/// apart, the second without a spread.
#[test]
fn karst_of_two_methods_stands_side_by_side() {
    let field = field();
    field.write(
        "karst.csv",
        "id,value,unit,lower,upper,interval_kind,cite,locator\n\
         karst-runoff,0.6,m/yr,0.54,0.66,se,user,gauges\n\
         karst-inorganic-carbon,3,mmol/l,2.7,3.3,se,user,springs\n",
    );
    let of = |method: &str, class: u8| {
        format!(
            "[[carbon.ecosystem]]\necosystem = \"karst\"\nmethod = \"{method}\"\n\
             within = {{ layer = \"rock\", classes = [{class}] }}\n"
        )
    };
    let both = |second: u8| {
        format!(
            "{MAP}{ROCK}[carbon]\nparameters = [\"karst.csv\"]\n{}{}",
            of("karst-weathering-runoff", 1),
            of("karst-weathering-china", second)
        )
    };
    field.done(&both(2), &[]);
    let row = |method: &str| {
        let keys = [("region_id", "_total"), ("method", method)];
        field.row("tables/sequestration.csv", &keys)
    };
    // 0.5 x 12 g/mol x 0.6 m x 3 mol/m3 = 10.8 t C/km2; two errors of 10 % make one of the root of 2.
    let runoff = row("karst-weathering-runoff");
    let flux = 0.72 * 10.8 * 44.0 / 12.0;
    near(&runoff, "sequestration_tco2e_yr", flux, 1e-4);
    near(
        &runoff,
        "sequestration_tco2e_yr_se",
        flux * 0.02_f64.sqrt(),
        1e-3,
    );
    let china = row("karst-weathering-china");
    near(
        &china,
        "sequestration_tco2e_yr",
        0.72 * 4.28 * 44.0 / 12.0,
        1e-3,
    );
    assert_eq!(china["sequestration_tco2e_yr_se"], "");
    assert!(china["note"].contains("no spread"), "{china:?}");
    assert!(!china["note"].contains("lower limit"), "{china:?}");
    for row in [runoff, china] {
        assert_eq!(row["counted"], "false");
    }
    let total = field.row("summary.csv", &[("region_id", "_total")]);
    assert_eq!(total["sequestration_tco2e_yr"], "");
    field.refused(&both(1), &["both give the removal of pool `weathering`"]);
}

/// What entries say of layers, classes, pools and ratios, and methods for other ecosystems: told with all
/// other problems, not when these are mended.
#[test]
fn what_is_wrong_with_the_entries_is_told_in_one_pass_with_everything_else() {
    let field = field();
    let entry = |ecosystem: &str, rest: &str| {
        format!("[[carbon.ecosystem]]\necosystem = \"{ecosystem}\"\n{rest}\n")
    };
    let soil = "method = \"soil-reference-ipcc2006\"\n";
    let layer = "method = \"density-layer\"\n";
    let entries = [
        entry("forest", "method = \"forest-biomas-ipcc2019\""),
        entry("grasslnd", soil),
        entry(
            "grassland",
            &format!("{soil}within = {{ layer = \"nolayer\", classes = [1] }}"),
        ),
        entry(
            "cropland",
            &format!("{soil}within = {{ layer = \"rock\", classes = [9] }}"),
        ),
        entry("water", soil),
        entry(
            "shrubland",
            &format!("{layer}layer = \"rock\"\nholds = \"above-ground\""),
        ),
        entry(
            "wetland",
            &format!("{layer}layer = \"rock\"\nholds = \"abov-ground\""),
        ),
    ];
    let keys = "[carbon]\nclimate-zone = \"cool-temperate-moist\"\n\
        keys = { soil-class = \"high-activity-clay\" }\n";
    let targets = "[targets]\npath = \"targets.csv\"\n";
    field.write("targets.csv", "year,indicator,comparison,value,unit\n");
    field.refused(
        &format!("{MAP}{ROCK}{keys}{}{targets}", entries.concat()),
        &[
            "forest-biomas-ipcc2019",
            "grasslnd",
            "no layer of classes is named `nolayer`",
            "the legend of `rock` has no class 9",
            "is not for this ecosystem",
            "no layer of values is named `rock`",
            "abov-ground",
            "the table of targets has no row",
        ],
    );
}
