//! Stocks from layers of densities: amounts by cell, soil by depth, pools that hold others.

use crate::carbon_zones::{MAPS, entry, field};
use crate::field::{Field, Row, lattice, near, number, said};
use crate::scratch::terrasink;

/// A layer of values by name, which is its file too.
fn layer(name: &str, unit: &str) -> String {
    format!("[[layer]]\nname = \"{name}\"\npath = \"{name}.tif\"\nunit = \"{unit}\"\n")
}

fn stock(field: &Field, ecosystem: &str, pool: &str) -> f64 {
    let keys = [("region_id", "a"), ("ecosystem", ecosystem), ("pool", pool)];
    number(&field.row("tables/carbon.csv", &keys), "carbon_tc")
}

/// Litter has less carbon than wood: 50 ha of 20 t of dry matter.
#[test]
fn litter_in_dry_matter_has_its_own_fraction() {
    let field = field();
    let cells = lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
    field.raster::<f32>("lit.tif", cells, &[], |_, _| 20.0);
    let more = "layer = \"lit\"\nholds = \"litter\"\n";
    let litter = entry("forest", "density-layer", more);
    field.done(&format!("{MAPS}{}{litter}", layer("lit", "t_dm/ha")), &[]);
    assert!((stock(&field, "forest", "litter") - 50.0 * 20.0 * 0.37).abs() < 1e-6);
}

/// Two tonnes in each cell of 50 m, and eight in each of 100 m or sixteen hectares' worth in each of
/// 400 m, are the same on the ground: 50 ha of forest hold 400 t, whatever the cells of the run.
#[test]
fn amounts_by_cell_are_kept_on_cells_of_another_size() {
    let field = field();
    let origin = (-400.0, 1400.0);
    field.raster::<f32>(
        "fine.tif",
        lattice(5070, origin, 50.0, (40, 40)),
        &[],
        |_, _| 2.0,
    );
    field.raster::<f32>(
        "same.tif",
        lattice(5070, (0.0, 1000.0), 100.0, (10, 10)),
        &[],
        |_, _| 8.0,
    );
    field.raster::<f32>(
        "rough.tif",
        lattice(5070, origin, 400.0, (5, 5)),
        &[],
        |_, _| 128.0,
    );
    for name in ["fine", "same", "rough"] {
        let more = format!("layer = \"{name}\"\n");
        let said = field.done(
            &format!(
                "{MAPS}{}{}",
                layer(name, "t_c/cell"),
                entry("forest", "density-layer", &more)
            ),
            &[],
        );
        let found = stock(&field, "forest", "above-ground");
        assert!((found - 400.0).abs() < 1e-6, "{name}: {found}");
        assert_eq!(
            said.contains("divided by the area of its own cell"),
            name != "same",
            "{said}"
        );
    }
}

/// The engine alone keeps them too: forest (41) holds 400 t.
#[test]
fn amounts_by_cell_are_kept_by_the_engine_alone() {
    let field = field();
    let square = lattice(5070, (-400.0, 1400.0), 400.0, (5, 5));
    field.raster::<f32>("rough.tif", square, &[], |_, _| 128.0);
    for (unit, expected) in [("t_c/cell", 400.0), ("t_c/ha", 6400.0)] {
        let raster = format!("v={}:{unit}", field.text("rough.tif"));
        let (by, zones) = (field.text("lc2020.tif"), field.text("regions.json"));
        let by = format!("lc={by}");
        let output = terrasink(&[
            "zonal", "--raster", &raster, "--by", &by, "--zones", &zones, "--id", "id",
        ]);
        assert!(output.status.success(), "{}", said(&output));
        let rows: Vec<Row> = csv::Reader::from_reader(output.stdout.as_slice())
            .deserialize()
            .collect::<Result<_, _>>()
            .unwrap();
        let forest = rows.iter().find(|row| row["lc"] == "41").unwrap();
        let sum = forest
            .keys()
            .find(|column| column.starts_with("v_sum"))
            .unwrap();
        near(forest, sum, expected, 1e-6);
    }
}

/// A raster in degrees that holds as many tonnes by cell as a hectare holds eightfold of its true area.
#[test]
fn amounts_by_cell_in_degrees_are_kept_on_projected_cells() {
    let field = field();
    // About (0, 0) of the map's system: 96 degrees west, 23 north. Cells of 0.0005 degrees.
    let (step, top) = (0.0005, 23.02);
    let degrees = lattice(4326, (-96.02, top), step, (80, 80));
    // True area of such a cell: a sphere of the local radii of the ellipsoid is exact to 1e-7 here.
    let hectares = move |row: usize| {
        let at = (top - step * (f64::from(u32::try_from(row).unwrap()) + 0.5)).to_radians();
        let (a, e2) = (6_378_137.0_f64, 0.006_694_38);
        let w = (1.0 - e2 * at.sin().powi(2)).sqrt();
        let (meridian, across) = (a * (1.0 - e2) / w.powi(3), a / w * at.cos());
        meridian * across * step.to_radians().powi(2) / 1e4
    };
    field.raster::<f64>("agb.tif", degrees, &[], move |_, row| 8.0 * hectares(row));
    field.done(
        &format!(
            "{MAPS}{}{}",
            layer("agb", "t_c/cell"),
            entry("forest", "density-layer", "layer = \"agb\"\n")
        ),
        &[],
    );
    let keys = [
        ("region_id", "a"),
        ("ecosystem", "forest"),
        ("pool", "above-ground"),
    ];
    let row = field.row("tables/carbon.csv", &keys);
    near(&row, "carbon_tc", 8.0 * number(&row, "area_ha"), 1e-5);
}

/// Frozen ground by depth: 10, 6 and 4 kg C/m2 from 0 to 1, 1 to 2 and 2 to 3 m are 200 t C/ha to 3 m,
/// on 10 ha under class 1; the headline is of one depth.
#[test]
fn frozen_ground_adds_up_by_depth() {
    let field = field();
    for (name, value) in [("top", 10.0), ("middle", 6.0), ("deep", 4.0)] {
        field.raster::<f32>(
            &format!("{name}.tif"),
            lattice(5070, (0.0, 1000.0), 100.0, (10, 10)),
            &[],
            move |_, _| value,
        );
    }
    let of = |name: &str, depths: &str| {
        let more = format!(
            "layer = \"{name}\"\nholds = \"soil-organic\"\n{depths}\nwithin = {{ layer = \"zones\", classes = [1] }}\n"
        );
        entry("frozen-ground", "density-layer", &more)
    };
    let layers = ["top", "middle", "deep"]
        .map(|name| layer(name, "kg_c/m2"))
        .concat();
    let entries = [
        of("top", "depth-cm = 100"),
        of("middle", "from-cm = 100\ndepth-cm = 200"),
        of("deep", "from-cm = 200\ndepth-cm = 300"),
    ]
    .concat();
    for (depth, expected) in [("300", 2000.0), ("200", 1600.0), ("100", 1000.0)] {
        field.done(
            &format!("{MAPS}{layers}[carbon]\nsoil-depth-cm = {depth}\n{entries}"),
            &[],
        );
        let summary = field.row("summary.csv", &[("region_id", "a")]);
        near(&summary, "carbon_tc", expected, 1e-6);
    }
    let rows = field.table("tables/carbon.csv");
    let deep = rows
        .iter()
        .find(|row| row["soil_depth_cm"] == "300")
        .unwrap();
    assert!(deep["note"].contains("soil from 200 to 300 cm"), "{deep:?}");
    // Without a word on the depth the least counts, and what lies below is told.
    let said = field.done(&format!("{MAPS}{layers}{entries}"), &[]);
    let summary = field.row("summary.csv", &[("region_id", "a")]);
    near(&summary, "carbon_tc", 1000.0, 1e-6);
    for (depths, stock) in [("100 to 200", 600), ("200 to 300", 400)] {
        let told = format!("frozen-ground: soil from {depths} cm, {stock}.0000 t C on 10.0000 ha");
        assert!(summary["notes"].contains(&told), "{}", summary["notes"]);
        let told = format!("not in the carbon stock: soil from {depths} cm, {stock}.0000 t C");
        assert!(said.contains(&told), "{said}");
    }
    // To 2 m from the surface as well: one of both is counted, and they are no layers of each other.
    let both = [of("top", "depth-cm = 100"), of("middle", "depth-cm = 200")].concat();
    field.done(&format!("{MAPS}{layers}{both}"), &[]);
    let summary = field.row("summary.csv", &[("region_id", "a")]);
    near(&summary, "carbon_tc", 1000.0, 1e-6);
    let twice = [
        of("top", "depth-cm = 100"),
        of("middle", "from-cm = 50\ndepth-cm = 100"),
    ]
    .concat();
    field.refused(
        &format!("{MAPS}{layers}{twice}"),
        &[
            "both give the stock of pool `soil-organic`",
            "layer `top`",
            "layer `middle`",
        ],
    );
    field.refused(
        &format!(
            "{MAPS}{layers}{}",
            of("deep", "from-cm = 300\ndepth-cm = 200")
        ),
        &["`from-cm` is not above `depth-cm`"],
    );
    // What grows on it has its own soil to the same depth.
    let forest = entry("forest", "china-density", "");
    field.refused(
        &format!("{MAPS}{layers}{}{forest}", of("top", "depth-cm = 100")),
        &["all land under its classes", "would count twice"],
    );
}

/// Grass that came has soil by layers of 10 and 6 t C/ha: the transitions hold it as the sum of both.
#[test]
fn layers_of_soil_are_one_in_the_transitions() {
    let field = field();
    for (name, value) in [("top", 10.0), ("deep", 6.0)] {
        let square = lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
        field.raster::<f32>(&format!("{name}.tif"), square, &[], move |_, _| value);
    }
    let of = |ecosystem: &str, name: &str, depths: &str| {
        let more = format!("layer = \"{name}\"\nholds = \"soil-organic\"\n{depths}\n");
        entry(ecosystem, "density-layer", &more)
    };
    let entries = ["forest", "cropland"].map(|ecosystem| {
        let top = of(ecosystem, "top", "depth-cm = 30");
        top + &of(ecosystem, "deep", "from-cm = 30\ndepth-cm = 100")
    });
    field.done(
        &format!(
            "{MAPS}{}{}[carbon]\nsoil-depth-cm = 100\n{}",
            layer("top", "t_c/ha"),
            layer("deep", "t_c/ha"),
            entries.concat()
        ),
        &[],
    );
    let pair = field.row(
        "tables/carbon_transitions.csv",
        &[
            ("from_code", "forest"),
            ("to_code", "cropland"),
            ("pool", "soil-organic"),
        ],
    );
    near(&pair, "from_carbon_tc", 50.0 * 16.0, 1e-6);
    near(&pair, "change_tc", 0.0, 1e-6);
    assert_eq!(pair["soil_depth_cm"], "100");
}

/// Biomass and soil to 1 m together, and biomass with its roots, are counted beside none of their parts.
#[test]
fn a_sum_of_pools_is_refused_beside_its_parts() {
    let field = field();
    let square = lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
    field.raster::<f32>("agb.tif", square, &[], |_, _| 100.0);
    let agb = layer("agb", "t_dm/ha");
    let all = entry("forest", "china-density", "");
    let tree = "keys = { ecological-zone = \"subtropical-humid\", continent = \"asia\", status = \"primary\", root-zone = \"subtropical-humid\", origin = \"natural\", above-ground-class = \"125\" }\n";
    let parts = entry("forest", "forest-biomass-ipcc2019", tree);
    let of_layer = |holds: &str| {
        entry(
            "forest",
            "density-layer",
            &format!("layer = \"agb\"\nholds = \"{holds}\"\n"),
        )
    };
    let soil = entry(
        "forest",
        "soil-reference-ipcc2006",
        "climate-zone = \"warm-temperate-moist\"\nkeys = { soil-class = \"high-activity-clay\" }\n",
    );
    let refused = |entries: &[&str], words: &[&str]| {
        let plan = format!("{MAPS}{agb}{}", entries.concat());
        field.refused(&plan, words);
    };
    refused(
        &[&all, &parts],
        &[
            "`china-density` gives the stock of pool `all` (above-ground, below-ground, understory, dead-wood, litter, soil to 100 cm together)",
            "`forest-biomass-ipcc2019` gives `above-ground`, `below-ground`, which it has already",
            "give each its own classes of one layer (`within`)",
        ],
    );
    refused(
        &[&of_layer("biomass"), &parts],
        &[
            "pool `biomass` (above-ground, below-ground together)",
            "layer `agb`",
        ],
    );
    refused(
        &[&of_layer("all"), &parts],
        &["pool `all`", "carbon would count twice"],
    );
    refused(
        &[&all, &of_layer("above-ground")],
        &["`china-density`", "layer `agb`"],
    );
    let grass = [
        entry("grassland", "china-density", ""),
        entry(
            "grassland",
            "grassland-biomass-ipcc2006",
            "climate-zone = \"warm-temperate-wet\"\n",
        ),
    ];
    refused(
        &[&grass[0], &grass[1]],
        &["ecosystem grassland", "carbon would count twice"],
    );
    refused(&[&all, &soil], &["`soil-organic`, which it has already"]);
    refused(
        &[&of_layer("all"), &soil],
        &["`soil-organic`, which it has already"],
    );
    field.done(&format!("{MAPS}{agb}{}{soil}", of_layer("biomass")), &[]);
    assert!((stock(&field, "forest", "biomass") - 50.0 * 100.0 * 0.47).abs() < 1e-6);
    assert!((stock(&field, "forest", "soil-organic") - 50.0 * 88.0).abs() < 1e-6);
    let summary = field.row("summary.csv", &[("region_id", "a")]);
    near(&summary, "carbon_tc", 50.0 * (47.0 + 88.0), 1e-6);
}

/// Two regions that lose half of their forest each: the error of the layer is the same in both, in both pools
/// and in the sum, for the stock, the loss and the transitions.
#[test]
fn losses_share_the_error_of_their_layer() {
    let field = field();
    field.regions(
        "regions.json",
        5070,
        &[
            ("a", [0.0, 0.0, 1000.0, 300.0]),
            ("b", [0.0, 300.0, 1000.0, 1000.0]),
        ],
    );
    let square = lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
    field.raster::<f32>("agb.tif", square, &[], |_, row| 80.0 + 10.0 * row as f32);
    let more = "layer = \"agb\"\nse-pct = 15\nroots = \"mokany-bgb-agb-ratio-mean\"\n";
    let plan = [
        MAPS.to_owned(),
        layer("agb", "t_c/ha"),
        entry("forest", "density-layer", more),
        entry("forest", "conversion-loss-tier1", ""),
    ]
    .concat();
    field.done(&plan, &[]);
    let relative =
        |row: &Row, figure: &str| number(row, &format!("{figure}_se")) / number(row, figure).abs();
    for region in ["a", "b", "_total"] {
        for pool in ["above-ground", "below-ground"] {
            let keys = [("region_id", region), ("pool", pool)];
            let stock = relative(&field.row("tables/carbon.csv", &keys), "carbon_tc");
            let loss = field.row(
                "tables/sequestration.csv",
                &[keys[0], keys[1], ("method", "conversion-loss-tier1")],
            );
            assert!(loss["parameters"].contains("layer agb"), "{loss:?}");
            let loss = relative(&loss, "sequestration_tco2e_yr");
            assert!((loss / stock - 1.0).abs() < 1e-4, "{loss} {stock}");
            assert!(stock >= 0.15);
        }
        let row = field.row("summary.csv", &[("region_id", region)]);
        let half = (number(&row, "sequestration_tco2e_yr_hi")
            - number(&row, "sequestration_tco2e_yr_lo"))
            / 2.0;
        let half = half / number(&row, "sequestration_tco2e_yr").abs();
        assert!((half / (1.96 * 0.15) - 1.0).abs() < 0.1, "{region}: {half}");
    }
}

/// Of one layer forest in one zone is known to 10 %, in the other to 40 %: the errors go together.
#[test]
fn entries_of_one_layer_have_the_error_that_each_states() {
    let field = field();
    let square = lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
    field.raster::<f32>("agb.tif", square, &[], |_, _| 100.0);
    let of = |zone: u8, error: &str| {
        let more = format!(
            "layer = \"agb\"\n{error}within = {{ layer = \"zones\", classes = [{zone}] }}\n"
        );
        entry("forest", "density-layer", &more)
    };
    // Five hectares in the first zone, 45 in the second.
    for (errors, expected, all) in [
        (
            ["se-pct = 10\n", "se-pct = 40\n"],
            [Some(50.0), Some(1800.0)],
            1850.0,
        ),
        (
            ["se-pct = 40\n", "se-pct = 10\n"],
            [Some(200.0), Some(450.0)],
            650.0,
        ),
        (["", "se-pct = 10\n"], [None, Some(450.0)], 450.0),
        (["se-pct = 10\n", ""], [Some(50.0), None], 50.0),
    ] {
        let entries = [of(1, errors[0]), of(2, errors[1])].concat();
        field.done(&format!("{MAPS}{}{entries}", layer("agb", "t_c/ha")), &[]);
        let rows = field.table("tables/carbon.csv");
        let rows = rows
            .iter()
            .filter(|row| row["region_id"] == "a" && row["method"] == "density-layer");
        let found: Vec<Option<f64>> = rows.map(|row| row["carbon_tc_se"].parse().ok()).collect();
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(found.is_some(), expected.is_some(), "{errors:?}");
            let difference = found.unwrap_or_default() - expected.unwrap_or_default();
            assert!(difference.abs() < 1e-6, "{errors:?}: {found:?}");
        }
        let keys = [
            ("region_id", "a"),
            ("figure", "carbon_tc"),
            ("approach", "approach-1"),
            ("input", "all"),
        ];
        let whole = field.row("tables/uncertainty.csv", &keys);
        near(&whole, "standard_error", all, 1e-6);
    }
}
