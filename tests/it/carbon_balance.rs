//! Gains beside losses that are not known, methane beside restoration, moves within a category.

use crate::carbon_zones::{MAPS, TREES, cells, close, entry, field, headline, removal};
use crate::field::{Row, near};

const CO2: f64 = 44.0 / 12.0;

/// A loss entry that cannot tell what was lost keeps the gain from being called a balance.
#[test]
fn a_loss_that_is_not_known_silences_no_warning() {
    let field = field();
    let growth = entry("forest", "forest-growth-ipcc2019", TREES);
    let loss = |more: &str| entry("forest", "conversion-loss-tier1", more);
    for stock in ["", &entry("forest", "china-density", "")] {
        let said = field.done(&format!("{MAPS}{growth}{stock}{}", loss("")), &[]);
        assert!(
            said.contains("no balance: the regions lost 50.0000 ha"),
            "{said}"
        );
        assert!(
            said.contains("needs a stock of biomass apart from soil"),
            "{said}"
        );
        let row = removal(&field, "forest-growth-ipcc2019", "above-ground");
        assert!(
            row["note"].contains("50.0000 ha that were converted"),
            "{row:?}"
        );
    }
    // 45 ha lie under no class that the entry of losses names.
    let stock = entry("forest", "forest-biomass-ipcc2019", TREES);
    let wet = "within = { layer = \"zones\", classes = [1] }\n";
    let said = field.done(&format!("{MAPS}{growth}{stock}{}", loss(wet)), &[]);
    assert!(
        said.contains("no balance: the regions lost 45.0000 ha"),
        "{said}"
    );
    let rows = field.table("tables/sequestration.csv");
    let told =
        |row: &&Row| row["note"].contains("45.0000 ha that were converted lie under no class");
    assert!(
        rows.iter()
            .any(|row| told(&row) && row["method"] == "conversion-loss-tier1")
    );
    let said = field.done(&format!("{MAPS}{stock}{}", loss(wet)), &[]);
    assert!(
        said.contains("what 45.0000 ha that were converted gave off"),
        "{said}"
    );
}

/// Above ground alone by a layer: the loss says that it has no roots, and has them with a ratio.
#[test]
fn a_loss_says_that_it_has_no_roots() {
    let field = field();
    field.raster::<f32>("agb.tif", cells(), &[], |_, _| 100.0);
    let layer = "[[layer]]\nname = \"agb\"\npath = \"agb.tif\"\nunit = \"t_c/ha\"\n";
    let stock = |roots: &str| {
        let more = format!("layer = \"agb\"\nholds = \"above-ground\"\n{roots}");
        entry("forest", "density-layer", &more)
    };
    let loss = entry("forest", "conversion-loss-tier1", "");
    let said = field.done(&format!("{MAPS}{layer}{}{loss}", stock("")), &[]);
    assert!(said.contains("above ground alone"), "{said}");
    let row = removal(&field, "conversion-loss-tier1", "above-ground");
    assert!(row["note"].contains("roots are not in the loss"), "{row:?}");
    let roots = stock("roots = \"mokany-bgb-agb-ratio-mean\"\n");
    let said = field.done(&format!("{MAPS}{layer}{roots}{loss}"), &[]);
    assert!(!said.contains("above ground alone"), "{said}");
}

/// 50 ha of forest became open woodland: no conversion, and told in hectares.
#[test]
fn forest_that_became_open_woodland_is_told() {
    let field = field();
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n41,trees,forest\n82,thin,open-woodland\n",
    );
    let maps = MAPS.replace("\"nlcd\"", "\"legend.csv\"");
    let plan = [
        maps,
        entry("forest", "forest-biomass-ipcc2019", TREES),
        entry("forest", "forest-growth-ipcc2019", TREES),
        entry("forest", "conversion-loss-tier1", ""),
    ]
    .concat();
    let said = field.done(&plan, &[]);
    assert!(said.contains("50.0000 ha became open-woodland"), "{said}");
    let row = removal(&field, "forest-growth-ipcc2019", "above-ground");
    assert!(row["note"].contains("of the same IPCC category"), "{row:?}");
    let summary = field.row("summary.csv", &[("region_id", "a")]);
    assert!(summary["notes"].contains("50.0000 ha became open-woodland"));
}

/// 50 ha of crops became mangrove beside 50 ha that were: methane of what was restored alone.
#[test]
fn methane_beside_restoration_is_of_the_land_gained() {
    let field = field();
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n41,trees,mangrove\n82,crops,cropland\n",
    );
    let maps = "[[land-cover]]\nyear = 2010\npath = \"lc2020.tif\"\nlegend = \"legend.csv\"\n\
        [[land-cover]]\nyear = 2020\npath = \"lc2010.tif\"\nlegend = \"legend.csv\"\n\
        [[layer]]\nname = \"zones\"\npath = \"zones.tif\"\nlegend = \"zones.csv\"\n";
    let restored = entry(
        "mangrove",
        "mangrove-restoration-ipcc2013",
        "keys = { zone = \"tropical-wet\" }\n",
    );
    let said = field.done(&format!("{maps}{restored}"), &[]);
    assert!(
        said.contains("mangrove-rewetted-methane-ipcc2013"),
        "{said}"
    );
    let before = headline(&field);
    let methane = |more: &str| {
        entry(
            "mangrove",
            "mangrove-rewetted-methane-ipcc2013",
            &format!("keys = {{ salinity = \"salinity-le-18ppt\"{more} }}\n"),
        )
    };
    let said = field.done(&format!("{maps}{restored}{}", methane("")), &[]);
    assert!(!said.contains("in no figure"), "{said}");
    let row = removal(&field, "mangrove-rewetted-methane-ipcc2013", "methane");
    let given_off = 50.0 * 193.7 / 1000.0 * 28.0;
    near(&row, "sequestration_tco2e_yr", -given_off, 1e-5);
    assert!(row["arithmetic"].starts_with("-50 ha x 193.7"), "{row:?}");
    assert!(row["note"].contains("50.0000 ha gained"), "{row:?}");
    close(headline(&field), before - given_off);
    // Soil is drained or rewetted.
    let dry = "within = { layer = \"zones\", classes = [1] }\n";
    let drained = entry("mangrove", "mangrove-drainage-ipcc2013", dry);
    let wet = methane("");
    field.refused(
        &format!("{maps}{drained}{wet}"),
        &["methane of rewetted soil on land that `mangrove-drainage-ipcc2013` takes as drained"],
    );
    // One assessment report in a plan.
    let marsh = methane(", warming = \"ar6\"").replace("mangrove", "salt-marsh");
    field.refused(
        &format!("{maps}{restored}{wet}{marsh}"),
        &[
            "`mangrove-rewetted-methane-ipcc2013` of mangrove",
            "of salt-marsh",
            "`ar6`",
        ],
    );
    // Densities of what stands above ground leave the soil of what was gained.
    field.write("pools.csv", "lucode,c_above\n41,100\n82,0\n");
    let classes = "[carbon]\nclass-density = { path = \"pools.csv\" }\n";
    field.write("pools.csv", "lucode,c_above,c_below\n41,100,20\n82,0,0\n");
    let said = field.done(&format!("{maps}{classes}{restored}"), &[]);
    assert!(
        said.contains("`above-ground`, `below-ground` is left out"),
        "{said}"
    );
    close(
        headline(&field),
        50.0 * 120.0 / 10.0 * CO2 + 50.0 * 1.62 * CO2,
    );
}
