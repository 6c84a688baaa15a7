//! Carbon of land that changed or burnt: transitions, the soil clock over several maps, fires.

use crate::field::{Field, Lattice, lattice, near, number};

/// Removals are written to three decimals.
const WRITTEN: f64 = 1e-4;

/// Ten by ten cells of 1 ha.
fn cells() -> Lattice {
    lattice(5070, (0.0, 1000.0), 100.0, (10, 10))
}

/// Forest (41) and cropland (82) on maps of three years: all forest but one column in 1999; four
/// columns are cropland in 2000, and two of them forest again in 2008.
fn field() -> Field {
    let field = Field::new();
    for (name, cropland) in [("lc1999.tif", 1), ("lc2000.tif", 4), ("lc2008.tif", 2)] {
        field.raster::<u8>(
            name,
            cells(),
            &[],
            |col, _| {
                if col < cropland { 82 } else { 41 }
            },
        );
    }
    field.regions(
        "regions.json",
        5070,
        &[
            ("a", [0.0, 0.0, 1000.0, 500.0]),
            ("b", [0.0, 500.0, 1000.0, 1000.0]),
        ],
    );
    field
}

fn maps(years: &[u16]) -> String {
    let map = |year: &u16| {
        format!("[[land-cover]]\nyear = {year}\npath = \"lc{year}.tif\"\nlegend = \"nlcd\"\n")
    };
    years.iter().map(map).collect()
}

const SOILS: &str = "[carbon]\nclimate-zone = \"warm-temperate-moist\"\n\
    keys = { soil-class = \"high-activity-clay\", land-use = \"long-term-cultivated\", management = \"full-tillage\", input = \"medium\" }\n\
    [[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"soil-reference-ipcc2006\"\n\
    [[carbon.ecosystem]]\necosystem = \"cropland\"\nmethod = \"cropland-soil-ipcc2006\"\n\
    [[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"soil-change-tier1\"\n\
    [[carbon.ecosystem]]\necosystem = \"cropland\"\nmethod = \"soil-change-tier1\"\n";

/// Worked example W15: soil of 88 t C/ha becomes cropland with a factor of 0.69, and eight years
/// later forest again: -1.364 t C/ha/yr until then, and +0.5456 after.
#[test]
fn soil_steps_from_map_to_map_and_starts_anew_from_where_it_was() {
    let field = field();
    field.done(&format!("{}{SOILS}", maps(&[1999, 2000, 2008])), &[]);
    let soil = |start: &str, end: &str, ecosystem: &str| {
        let keys = [
            ("region_id", "_total"),
            ("period_start", start),
            ("period_end", end),
            ("ecosystem", ecosystem),
            ("method", "soil-change-tier1"),
        ];
        field.row("tables/sequestration.csv", &keys)
    };
    let co2 = 44.0 / 12.0;
    // Thirty hectares became cropland in 2000, and twenty of them forest in 2008.
    let first = soil("2000", "2008", "cropland");
    near(
        &first,
        "sequestration_tco2e_yr",
        -30.0 * 1.364 * co2,
        WRITTEN,
    );
    assert_eq!(first["counted"], "false");
    let forest = soil("2008", "2008", "forest");
    near(
        &forest,
        "sequestration_tco2e_yr",
        20.0 * 0.5456 * co2,
        WRITTEN,
    );
    let cropland = soil("2008", "2008", "cropland");
    near(
        &cropland,
        "sequestration_tco2e_yr",
        -10.0 * 1.364 * co2,
        WRITTEN,
    );
    // The headline is that of the newest map alone.
    let summary = field.row("summary.csv", &[("region_id", "_total")]);
    near(
        &summary,
        "sequestration_tco2e_yr",
        (20.0 * 0.5456 - 10.0 * 1.364) * co2,
        WRITTEN,
    );
}

#[test]
fn transitions_of_ecosystems_have_their_carbon() {
    let field = field();
    field.done(&format!("{}{SOILS}", maps(&[1999, 2000, 2008])), &[]);
    let pair = |region: &str, years: (&str, &str), from: &str, to: &str| {
        let keys = [
            ("region_id", region),
            ("from_year", years.0),
            ("to_year", years.1),
            ("from_code", from),
            ("to_code", to),
            ("pool", "soil-organic"),
        ];
        field.row("tables/carbon_transitions.csv", &keys)
    };
    for (region, area) in [("a", 15.0), ("b", 15.0), ("_total", 30.0)] {
        let row = pair(region, ("1999", "2000"), "forest", "cropland");
        near(&row, "area_ha", area, 1e-9);
        near(&row, "from_carbon_tc", area * 88.0, 1e-9);
        near(&row, "to_carbon_tc", area * 60.72, 1e-9);
        near(&row, "change_tc", area * -27.28, 1e-9);
        assert_eq!(
            (row["over_years"].as_str(), row["soil_depth_cm"].as_str()),
            ("20", "30")
        );
        // What both sides share does not widen the change beyond what the factor does.
        assert!(
            number(&row, "change_tc_lo") < number(&row, "change_tc"),
            "{row:?}"
        );
    }
    let stayed = pair("a", ("1999", "2008"), "forest", "forest");
    near(&stayed, "area_ha", 40.0, 1e-9);
    assert_eq!(
        (stayed["change_tc"].as_str(), stayed["over_years"].as_str()),
        ("0", "")
    );
    // Stocks of the rows add up to the stock of the newest map.
    let rows = field.table("tables/carbon_transitions.csv");
    let of = rows.iter().filter(|row| {
        row["region_id"] == "_total" && row["from_year"] == "2000" && row["to_year"] == "2008"
    });
    let sum: f64 = of.map(|row| number(row, "to_carbon_tc")).sum();
    let stocks = field.table("tables/carbon.csv");
    let stocks = stocks.iter().filter(|row| row["region_id"] == "_total");
    let stock: f64 = stocks.map(|row| number(row, "carbon_tc")).sum();
    assert!((sum - stock).abs() < 1e-6 * stock, "{sum} {stock}");
}

/// Forest holds 100 t C/ha on the ground, cropland 5, by a layer with an error of 10 %: land that went
/// from one to the other is told by the means of its region.
#[test]
fn transitions_take_the_means_of_a_layer() {
    let field = field();
    field.raster::<f32>("agb.tif", cells(), &[], |col, row| match (col, row) {
        (0..2, _) => 5.0,
        (_, 0..5) => 100.0,
        _ => 200.0,
    });
    let stock = |ecosystem: &str| {
        format!(
            "[[carbon.ecosystem]]\necosystem = \"{ecosystem}\"\nmethod = \"density-layer\"\n\
             layer = \"agb\"\nholds = \"above-ground\"\nse-pct = 10\n"
        )
    };
    field.done(
        &format!(
            "{}[[layer]]\nname = \"agb\"\npath = \"agb.tif\"\nunit = \"t_c/ha\"\n{}{}",
            maps(&[1999, 2008]),
            stock("forest"),
            stock("cropland"),
        ),
        &[],
    );
    // Region `b` is the upper half of the map.
    for (region, was, area) in [
        ("b", 100.0, 5.0),
        ("a", 200.0, 5.0),
        ("_total", 150.0, 10.0),
    ] {
        let row = field.row(
            "tables/carbon_transitions.csv",
            &[
                ("region_id", region),
                ("from_code", "forest"),
                ("to_code", "cropland"),
                ("pool", "above-ground"),
            ],
        );
        near(&row, "from_carbon_tc", area * was, 1e-6);
        near(&row, "to_carbon_tc", area * 5.0, 1e-6);
        near(&row, "change_tc", area * (5.0 - was), 1e-6);
        assert!(
            number(&row, "change_tc_lo") < number(&row, "change_tc"),
            "{row:?}"
        );
        assert_eq!(row["quality"], "user-parameter");
        if region == "b" {
            assert!(
                row["note"].contains("mean of forest, above-ground, in region b: 100 t C/ha"),
                "{row:?}"
            );
        }
    }
}

#[test]
fn transitions_by_class_add_up_to_the_difference_of_stocks() {
    let field = field();
    field.write("pools.csv", "lucode,c_above,c_soil\n41,100,\n82,5,40\n");
    let plan = format!(
        "{}[carbon]\nclass-density = {{ path = \"pools.csv\", soil-depth-cm = 30 }}\n",
        maps(&[1999, 2008])
    );
    field.done(&plan, &[]);
    let pair = |pool: &str, from: &str, to: &str| {
        let keys = [
            ("region_id", "_total"),
            ("pool", pool),
            ("from_code", from),
            ("to_code", to),
        ];
        field.row("tables/carbon_transitions.csv", &keys)
    };
    near(
        &pair("above-ground", "41", "82"),
        "change_tc",
        10.0 * -95.0,
        1e-9,
    );
    near(&pair("above-ground", "82", "82"), "change_tc", 0.0, 1e-9);
    let unknown = pair("soil-organic", "41", "82");
    assert!(
        unknown["change_tc"].is_empty() && unknown["note"].contains("no density"),
        "{unknown:?}"
    );
    let removal = field.row(
        "tables/sequestration.csv",
        &[("region_id", "_total"), ("pool", "above-ground")],
    );
    near(
        &removal,
        "sequestration_tco2e_yr",
        -950.0 / 9.0 * 44.0 / 12.0,
        WRITTEN,
    );
}

/// Worked example W17: 100 ha with 50 t/ha, of which 0.45 burns: 3530.25 t CO2, 10.575 t CH4 and
/// 0.585 t N2O, which warm as 28 and 265 times their mass of CO2.
#[test]
fn burnt_land_gives_off_its_gases_apart_from_the_removal() {
    let field = field();
    // A square kilometre burns; half of it lies in each region.
    field.regions("burnt.json", 5070, &[("x", [0.0, 0.0, 1000.0, 1000.0])]);
    let fire = |what: &str| {
        format!(
            "{}[[fire]]\nname = \"dry summer\"\nyear = 2003\necosystem = \"forest\"\n\
             emission = \"extra-tropical-forest\"\ncombustion = \"other-temperate-forest-all\"\n\
             fuel-t-ha = 50\n{what}\n",
            maps(&[2000])
        )
    };
    let gas = |region: &str, pool: &str| {
        let row = field.row(
            "tables/sequestration.csv",
            &[("region_id", region), ("pool", pool)],
        );
        assert_eq!(
            (row["counted"].as_str(), row["period_start"].as_str()),
            ("false", "2003")
        );
        row
    };
    for what in ["path = \"burnt.json\"", "areas-ha = { a = 50, b = 50 }"] {
        field.done(&fire(what), &[]);
        for (region, share) in [("a", 0.5), ("_total", 1.0)] {
            for (pool, tonnes) in [
                ("fire-co2", 3530.25),
                ("fire-ch4", 10.575 * 28.0),
                ("fire-n2o", 0.585 * 265.0),
            ] {
                near(
                    &gas(region, pool),
                    "sequestration_tco2e_yr",
                    -share * tonnes,
                    WRITTEN,
                );
            }
        }
        let methane = gas("a", "fire-ch4");
        assert!(
            methane["arithmetic"]
                .ends_with(" ha x 50 t_dm/ha x 0.45 x 4.7 g/kg / 1000 x 28 = -148.05 t CO2e/yr"),
            "{methane:?}"
        );
        assert!(
            methane["note"].contains("dry summer: 5.287500 t CH4"),
            "{methane:?}"
        );
        let summary = field.row("summary.csv", &[("region_id", "a")]);
        assert!(summary["sequestration_tco2e_yr"].is_empty(), "{summary:?}");
        field.row("tables/parameters.csv", &[("used_by", "fire-ipcc2006")]);
    }
    field.refused(
        &fire("areas-ha = { a = 500, z = 1 }").replace("extra-tropical-forest", "moon"),
        &["500 ha burnt in region a", "names region `z`"],
    );
    field.refused(
        &fire("areas-ha = { a = 5 }").replace("extra-tropical-forest", "moon"),
        &["extra-tropical-forest"],
    );
    field.refused(&fire(""), &["neither `path` nor `areas-ha`"]);
    // On the map of 2000 six of the ten columns are forest, four are cropland.
    field.done(&fire("path = \"burnt.json\"\non-map = true"), &[]);
    for (region, share) in [("a", 0.3), ("_total", 0.6)] {
        let carbon = gas(region, "fire-co2");
        near(&carbon, "sequestration_tco2e_yr", -share * 3530.25, WRITTEN);
        let told = "burnt land that the map of 2000 shows as forest by its class";
        assert!(carbon["note"].contains(told), "{carbon:?}");
    }
    // A fire of 2003 is after the map of 2000 and before that of 2008; part of one region burnt.
    field.regions("burnt.json", 5070, &[("x", [150.0, 0.0, 550.0, 500.0])]);
    let later =
        fire("path = \"burnt.json\"\non-map = true").replace(&maps(&[2000]), &maps(&[2000, 2008]));
    field.done(&later, &[]);
    let part = gas("a", "fire-co2");
    near(&part, "sequestration_tco2e_yr", -0.075 * 3530.25, WRITTEN);
    field.refused(
        &fire("areas-ha = { a = 5 }\non-map = true"),
        &["`on-map` without `path`"],
    );
}
