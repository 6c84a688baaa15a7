//! What cannot be computed is told, all of it in one pass, with its reason.

use crate::desk::Desk;
use crate::field::{Field, lattice, near, said};
use crate::scratch::terrasink;

const MAP: &str = "[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"nlcd\"\n";

/// Ten by ten cells of 1 ha: forest in the five columns to the left (region `a`), grassland to the
/// right (region `b`); limestone below.
fn field() -> Field {
    let field = Field::new();
    let cells = lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
    field.raster::<u8>("lc.tif", cells, &[], |col, _| if col < 5 { 41 } else { 71 });
    field.raster::<u8>("rock.tif", cells, &[], |_, row| u8::from(row >= 5));
    field.write(
        "rock.csv",
        "code,class_name\n0,granite\n1,limestone\n2,dolomite\n",
    );
    let squares = [
        ("a", [0.0, 0.0, 500.0, 1000.0]),
        ("b", [500.0, 0.0, 1000.0, 1000.0]),
    ];
    field.regions("regions.json", 5070, &squares);
    field
}

#[test]
fn a_method_that_meets_no_land_is_a_warning_and_a_row_that_says_why() {
    let field = field();
    let rock = "[[layer]]\nname = \"rock\"\npath = \"rock.tif\"\nlegend = \"rock.csv\"\n";
    let karst =
        "[[carbon.ecosystem]]\necosystem = \"karst\"\nmethod = \"karst-weathering-china\"\n";
    let said = field.done(&format!("{MAP}{rock}{karst}"), &[]);
    assert!(said.contains("karst lies under other ecosystems"), "{said}");
    assert!(said.contains("give its land by `within`"), "{said}");
    let row = field.row("tables/sequestration.csv", &[("region_id", "b")]);
    assert!(row["sequestration_tco2e_yr"].is_empty());
    assert!(
        row["note"].starts_with("nothing to account: karst"),
        "{row:?}"
    );
    let summary = field.row("summary.csv", &[("region_id", "a")]);
    assert!(
        summary["notes"].contains("karst: nothing to account"),
        "{summary:?}"
    );
    // Classes that no land lies under, and an ecosystem that the map does not have.
    let within = "within = { layer = \"rock\", classes = [2] }\n";
    let peat =
        "[[carbon.ecosystem]]\necosystem = \"salt-marsh\"\nmethod = \"salt-marsh-soil-ipcc2013\"\n";
    let said = field.done(&format!("{MAP}{rock}{karst}{within}{peat}"), &[]);
    assert!(
        said.contains("no karst of any region lies under dolomite"),
        "{said}"
    );
    assert!(
        said.contains("no class or boundary of any region is salt-marsh"),
        "{said}"
    );
    // What one region has is no news in the other.
    let within = "within = { layer = \"rock\", classes = [1] }\n";
    let said = field.done(&format!("{MAP}{rock}{karst}{within}"), &[]);
    assert!(!said.contains("nothing to account"), "{said}");
}

/// Grassland over granite is named, that over limestone is not: 25 ha of region `b`.
#[test]
fn land_under_no_class_of_within_is_told_and_not_counted() {
    let field = field();
    let rock = "[[layer]]\nname = \"rock\"\npath = \"rock.tif\"\nlegend = \"rock.csv\"\n";
    let grass = "[[carbon.ecosystem]]\necosystem = \"grassland\"\nmethod = \"grassland-biomass-ipcc2006\"\n\
        climate-zone = \"tropical-moist-and-wet\"\nwithin = { layer = \"rock\", classes = [0] }\n";
    let said = field.done(&format!("{MAP}{rock}{grass}"), &[]);
    let told = "25.0000 ha lie under no class that `within` names";
    assert!(
        said.contains("carbon, ecosystem grassland") && said.contains(told),
        "{said}"
    );
    let keys = [
        ("region_id", "b"),
        ("ecosystem", "grassland"),
        ("pool", "all"),
        ("carbon_tc", ""),
    ];
    let row = field.row("tables/carbon.csv", &keys);
    assert!(row["note"].starts_with(told), "{row:?}");
    near(&row, "area_ha", 25.0, 1e-9);
    let summary = field.row("summary.csv", &[("region_id", "b")]);
    assert!(
        summary["notes"].contains("not in the carbon stock: 25.0000 ha of grassland"),
        "{summary:?}"
    );
    // An entry for the rest says it all.
    let rest = grass.replace("classes = [0]", "classes = [1]");
    let said = field.done(&format!("{MAP}{rock}{grass}{rest}"), &[]);
    assert!(!said.contains("under no class"), "{said}");
}

/// Mangrove over granite is drained, 25 ha of 50 ha of region `b`: the rest has a row and a note, and no
/// warning, as nothing is wrong with it.
#[test]
fn land_that_has_no_removal_for_within_is_told() {
    let field = field();
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n41,trees,forest\n71,coast,mangrove\n",
    );
    let map = MAP.replace("nlcd", "legend.csv");
    let rock = "[[layer]]\nname = \"rock\"\npath = \"rock.tif\"\nlegend = \"rock.csv\"\n";
    let drained = "[[carbon.ecosystem]]\necosystem = \"mangrove\"\nmethod = \"mangrove-drainage-ipcc2013\"\n\
        within = { layer = \"rock\", classes = [0] }\n";
    let said = field.done(&format!("{map}{rock}{drained}"), &[]);
    assert!(!said.contains("under no class"), "{said}");
    let told = "25.0000 ha lie under no class that `within` names: not counted";
    for region in ["b", "_total"] {
        let keys = [
            ("region_id", region),
            ("ecosystem", "mangrove"),
            ("sequestration_tco2e_yr", ""),
        ];
        let row = field.row("tables/sequestration.csv", &keys);
        assert_eq!(row["note"], told, "{row:?}");
        assert_eq!(row["counted"], "false");
        let summary = field.row("summary.csv", &[("region_id", region)]);
        let note = format!("removal of mangrove: {told}");
        assert!(summary["notes"].contains(&note), "{summary:?}");
    }
    let none = field.row("summary.csv", &[("region_id", "a")]);
    assert!(!none["notes"].contains("under no class"), "{none:?}");
}

/// Biomass is known over the upper half of the grassland and nowhere over forest.
#[test]
fn a_layer_without_values_over_the_land_of_an_ecosystem_is_a_warning() {
    let field = field();
    let cells = lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
    let mass = |col, row| if col >= 5 && row < 5 { 8.0 } else { f32::NAN };
    field.raster::<f32>("agb.tif", cells, &[], mass);
    let agb = "[[layer]]\nname = \"agb\"\npath = \"agb.tif\"\nunit = \"t_dm/ha\"\n";
    let of = |ecosystem: &str| {
        format!(
            "[[carbon.ecosystem]]\necosystem = \"{ecosystem}\"\nmethod = \"density-layer\"\nlayer = \"agb\"\n"
        )
    };
    let plan = format!("{MAP}{agb}{}{}", of("forest"), of("grassland"));
    let said = field.done(&plan, &[]);
    for words in [
        "layer `agb` has no value on 50.0000 ha of 50.0000 ha, on none of it in 1 region: their stock is not counted",
        "layer `agb` has no value on 25.0000 ha of 50.0000 ha: their stock is not counted",
    ] {
        assert!(said.contains(words), "{said}");
    }
    let notes = |region: &str| field.row("summary.csv", &[("region_id", region)])["notes"].clone();
    let (a, b) = (notes("a"), notes("b"));
    assert!(a.contains("forest: the layer has no value here"), "{a}");
    assert!(a.contains("not in the carbon stock: forest"), "{a}");
    let told = "grassland: 25.0000 ha of 50.0000 ha have no value in the layer and are not counted";
    assert!(b.contains(told), "{b}");
}

/// Class 71 has no soil: the soil of region `b` is not known, and of the sum; that of `a` is.
#[test]
fn an_empty_density_names_its_class_and_pool_and_explain_finds_the_table() {
    let field = field();
    field.write(
        "pools.csv",
        "lucode,c_above,c_above_se,c_soil\n41,100,10,60\n71,5,,\n",
    );
    let plan = format!("{MAP}[carbon]\nclass-density = {{ path = \"pools.csv\" }}\n");
    field.done(&plan, &[]);
    let row = |region: &str, pool: &str| {
        let keys = [("region_id", region), ("pool", pool)];
        field.row("tables/carbon.csv", &keys)
    };
    near(&row("a", "above-ground"), "carbon_tc", 5000.0, 1e-9);
    near(&row("a", "above-ground"), "carbon_tc_se", 500.0, 1e-6);
    assert_eq!(
        row("a", "soil-organic")["note"],
        "no spread: the table of densities has none"
    );
    assert!(row("b", "soil-organic")["carbon_tc"].is_empty());
    let summary = field.row("summary.csv", &[("region_id", "b")]);
    let notes = &summary["notes"];
    assert!(
        notes.contains("soil-organic (unknown for the whole region: pools.csv has no density of it for class 71)"),
        "{notes}"
    );
    assert!(summary["carbon_tc_lo"].is_empty());
    assert!(
        notes.contains(
            "carbon_tc has no interval: no source gives the spread of pools.csv/71/above-ground"
        ),
        "{notes}"
    );
    let explained = terrasink(&["explain", &field.text("out"), "a", "carbon_tc"]);
    let told = String::from_utf8_lossy(&explained.stdout);
    assert!(
        told.contains("pools.csv/41/above-ground = 100 t_c/ha (90 to 110, se)"),
        "{told}"
    );
    assert!(!told.contains("not in tables/parameters.csv"), "{told}");
}

#[test]
fn unknown_words_hide_no_others() {
    let field = field();
    let fire = "[[fire]]\nname = \"dry\"\nyear = 2019\necosystem = \"forrest\"\nemission = \"woods\"\n\
        combustion = \"trees\"\nfuel-t-ha = 50\nareas-ha = { a = 5 }\n";
    let carbon = "[carbon]\nclimate-zone = \"lukewarm\"\n\
        [[carbon.ecosystem]]\necosystem = \"grassland\"\nmethod = \"grass\"\n\
        [[carbon.ecosystem]]\necosystem = \"cropland\"\nmethod = \"cropland-soil-ipcc2019\"\n\
        [[carbon.ecosystem]]\necosystem = \"wetlant\"\nmethod = \"swamp\"\n";
    field.refused(
        &format!("{MAP}{fire}{carbon}"),
        &[
            "`forrest`",
            "categories of `fire-emission-factor`",
            "categories of `fire-combustion-factor`",
            "`grass`",
            "no parameter has `lukewarm` for the key `climate-zone`",
            "carbon, ecosystem cropland, method cropland-soil-ipcc2019",
            "`wetlant`",
            "`swamp`",
        ],
    );
}

/// A register by conversion factors without any key of the plan: one error, which names both.
#[test]
fn a_key_that_the_plan_lacks_is_told_once() {
    let field = crate::stands::Field::new(
        &format!(
            "{}[carbon]\nmethod = \"forest-bcef-ipcc2006\"\n",
            crate::stands::PLAN
        ),
        &[
            crate::stands::Square(
                1.0,
                1.0,
                r#""小班":"1","面积":15000,"地类":"111","优势树种":"220","起源":"人工","公顷蓄积":80"#,
            ),
            crate::stands::Square(
                2.0,
                1.0,
                r#""小班":"2","面积":15000,"地类":"111","优势树种":"310","起源":"天然","公顷蓄积":80"#,
            ),
        ],
    );
    let findings = field.refused().findings;
    let both = "needs `climate-zone` and `root-zone` for 2 stands";
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert!(findings[0].what.contains(both), "{findings:#?}");
    assert!(
        findings[0].remedy.contains("in `[carbon] keys`"),
        "{findings:#?}"
    );
}

/// Mangrove that was gained counts; what was lost beside it is said by the check and in the summary.
#[test]
fn a_gain_without_its_loss_is_called_no_balance() {
    let plan = crate::scratch::samples().join("guyana-mangrove/mangrove.toml");
    let check = terrasink(&["check", plan.to_str().unwrap()]);
    let told = [
        said(&check),
        String::from_utf8_lossy(&check.stdout).into_owned(),
    ]
    .concat();
    assert!(
        told.contains("no balance: the regions lost 16.6043 ha"),
        "{told}"
    );
    assert!(
        told.contains("add mangrove-clearing-ipcc2013 or mangrove-extraction-ipcc2013"),
        "{told}"
    );
}

/// Region `c` lies beside the map, `d` half on it: one says that nothing is known of it, the other of which
/// part its figures are.
#[test]
fn regions_off_the_map_and_half_on_it_say_so() {
    let field = field();
    let squares = [
        ("a", [0.0, 0.0, 500.0, 1000.0]),
        ("c", [3000.0, 0.0, 3500.0, 1000.0]),
        ("d", [500.0, 0.0, 1500.0, 1000.0]),
    ];
    field.regions("regions.json", 5070, &squares);
    let grass = "[[carbon.ecosystem]]\necosystem = \"grassland\"\nmethod = \"grassland-biomass-ipcc2006\"\n\
        climate-zone = \"tropical-moist-and-wet\"\n";
    let output = field.run(&format!("{MAP}{grass}"), &[]);
    let said = said(&output);
    assert!(
        said.contains("region c: the region misses the map"),
        "{said}"
    );
    // One region has no figure by the map: the run is done, and says so.
    assert_eq!(output.status.code(), Some(1), "{said}");
    let failed = field.table("run/failed.csv");
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(failed[0]["region_id"], "c");
    assert_eq!(
        failed[0]["reason"],
        "it lies beside the map: no figure by the map is known"
    );
    let total = field.row("summary.csv", &[("region_id", "_total")]);
    assert_ne!(
        total["forest_area_ha"], "",
        "what is on the map stays known"
    );
    let notes = |region: &str| field.row("summary.csv", &[("region_id", region)])["notes"].clone();
    let off = field.row("summary.csv", &[("region_id", "c")]);
    assert_eq!((&*off["carbon_tc"], &*off["land_area_ha"]), ("", ""));
    let told = "no valid cell of the map in the region: no forest coverage, no carbon by area";
    assert!(notes("c").contains(told), "{}", notes("c"));
    let told = "the map has valid cells on 50.00 % of the region: its areas, and what rests on them, are those of this part, but carbon_tc_ha divides by the whole region";
    assert!(notes("d").contains(told), "{}", notes("d"));
    let half = field.row("summary.csv", &[("region_id", "d")]);
    let stock = crate::field::number(&half, "carbon_tc");
    near(&half, "carbon_tc_ha", stock / 100.0, 1e-5);
    assert!(!notes("a").contains("valid cells"), "{}", notes("a"));
}

#[test]
fn draws_have_limits() {
    let field = field();
    for draws in [99, 1_000_001] {
        field.refused(
            &format!("{MAP}[uncertainty]\ndraws = {draws}\n"),
            &[
                &format!("`[uncertainty] draws` is {draws}"),
                "use 100 to 1000000 draws",
            ],
        );
    }
}

#[test]
fn a_column_that_looks_like_a_pool_and_is_none_is_refused() {
    let field = field();
    field.write(
        "pools.csv",
        "lucode,c_above,c_above_sd,c_roots\n41,100,10,20\n71,5,1,2\n",
    );
    field.refused(
        &format!("{MAP}[carbon]\nclass-density = {{ path = \"pools.csv\" }}\n"),
        &[
            "column `c_above_sd` is no pool and no standard error of one",
            "column `c_roots` is no pool and no standard error of one",
            "c_above, c_below, c_dead, c_litter, c_soil, each with its `_se`",
        ],
    );
}

#[test]
fn biomass_of_plots_without_its_carbon_is_told_beside_other_pools() {
    let desk = Desk::new();
    let plots = desk.read("plots.csv");
    let mut lines: Vec<String> = plots.lines().map(|line| format!("{line},12")).collect();
    lines[0] = plots.lines().next().unwrap().to_owned() + ",litter_t_c_ha";
    desk.write("plots.csv", lines.join("\n"));
    desk.replace(
        "plan.toml",
        "above-ground-carbon = \"agc_t_ha\"",
        "above-ground-biomass = \"agc_t_ha\"\nlitter-carbon = \"litter_t_c_ha\"",
    );
    let told = desk.taken();
    let told = told.finding(
        "inventory 2020",
        "above-ground biomass and no above-ground carbon",
    );
    assert!(told.remedy.contains("`above-ground-carbon`"), "{told:?}");
}
