//! What a plan chooses of carbon: parts of an ecosystem, the depth of its soil, fluxes of its own, and the
//! deduction of a standard.

use crate::carbon::{MAP, ROCK, field};
use crate::field::{near, number};

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
    assert_eq!(counted("soil-depth-cm = 100\n"), ["mangrove"]);
    field.refused(
        &plan("soil-depth-cm = 50\n"),
        &["no chosen method gives it", "30 cm, 100 cm"],
    );
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
    assert!(wide["note"].contains("it may be none"), "{wide:?}");
}
