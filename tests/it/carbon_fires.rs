//! Fires beside growth, differences, densities by class and losses: what of them the headline counts.

use crate::carbon_zones::{MAPS, TREES, close, entry, field, headline};
use crate::field::{Field, Row, lattice, number};
use crate::scratch::terrasink;

/// Gases of a hectare of 50 t/ha of which 0.45 burns (worked example W17), in t `CO2e`.
const CO2: f64 = 22.5 * 1.569;
const OTHERS: f64 = 22.5 * (0.0047 * 28.0 + 0.00026 * 265.0);

fn fire(name: &str, ecosystem: &str, land: &str) -> String {
    format!(
        "[[fire]]\nname = \"{name}\"\nyear = 2015\necosystem = \"{ecosystem}\"\n\
         emission = \"extra-tropical-forest\"\ncombustion = \"other-temperate-forest-all\"\n\
         fuel-t-ha = 50\n{land}\n"
    )
}

fn notes(field: &Field) -> String {
    field.row("summary.csv", &[("region_id", "a")])["notes"].clone()
}

fn gas(field: &Field, pool: &str) -> Row {
    let keys = [("region_id", "a"), ("pool", pool), ("period_start", "2015")];
    field.row("tables/sequestration.csv", &keys)
}

/// Densities by class know nothing of 20 ha of forest that burnt and stayed forest: methane and nitrous
/// oxide count, carbon dioxide is named.
#[test]
fn a_fire_beside_densities_by_class_is_not_held_by_them() {
    let field = field();
    field.write("pools.csv", "lucode,c_above\n41,100\n82,0\n");
    let carbon = "[carbon]\nclass-density = { path = \"pools.csv\" }\n";
    field.done(&format!("{MAPS}{carbon}"), &[]);
    let before = headline(&field);
    let burnt = fire("dry", "forest", "areas-ha = { a = 20 }");
    let said = field.done(&format!("{MAPS}{carbon}{burnt}"), &[]);
    close(headline(&field), before - 20.0 * OTHERS / 10.0);
    assert!(
        said.contains("706.0 t CO2e of carbon dioxide are in no figure"),
        "{said}"
    );
    for text in [notes(&field), gas(&field, "fire-co2")["note"].clone()] {
        assert!(
            text.contains("does not see what burnt on forest that kept its class"),
            "{text}"
        );
    }
}

/// Of 40 ha that burnt 30 became cropland: the difference of densities by class has them.
#[test]
fn a_fire_beside_densities_by_class_is_missed_where_the_class_stayed() {
    let field = field();
    field.write("pools.csv", "lucode,c_above\n41,100\n82,0\n");
    field.regions("burnt.json", 5070, &[("x", [200.0, 0.0, 600.0, 1000.0])]);
    let carbon = "[carbon]\nclass-density = { path = \"pools.csv\" }\n";
    for on_map in ["", "\non-map = true"] {
        let burnt = fire("dry", "forest", &format!("path = \"burnt.json\"{on_map}"));
        let said = field.done(&format!("{MAPS}{carbon}{burnt}"), &[]);
        assert!(
            said.contains("353.0 t CO2e of carbon dioxide are in no figure"),
            "{said}"
        );
    }
}

/// A stock without growth or difference holds no fire; losses alone neither.
#[test]
fn a_fire_without_gain_or_difference_says_so() {
    let field = field();
    let stock = entry("forest", "forest-biomass-ipcc2019", TREES);
    let loss = entry("forest", "conversion-loss-tier1", "");
    let burnt = fire("dry", "forest", "areas-ha = { a = 20 }");
    for losses in ["", &loss] {
        let said = field.done(&format!("{MAPS}{stock}{losses}{burnt}"), &[]);
        assert!(said.contains("are in no figure of the headline"), "{said}");
        let row = gas(&field, "fire-co2");
        assert!(row["note"].contains("what forest gains"), "{row:?}");
        assert!(!row["note"].contains("holds it already"), "{row:?}");
    }
    // Herbs are back within the year.
    let grass = entry(
        "grassland",
        "grassland-biomass-ipcc2006",
        "keys = { climate-zone = \"warm-temperate-moist\" }\n",
    );
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n41,trees,forest\n82,grass,grassland\n",
    );
    let maps = MAPS.replace("\"nlcd\"", "\"legend.csv\"");
    let burnt = fire("dry", "grassland", "areas-ha = { a = 20 }");
    let said = field.done(&format!("{maps}{grass}{burnt}"), &[]);
    assert!(!said.contains("are in no figure"), "{said}");
    close(headline(&field), -20.0 * OTHERS / 10.0);
    let row = gas(&field, "fire-co2");
    assert!(
        row["note"].contains("IPCC 2006, vol. 4, ch. 2, sec. 2.4"),
        "{row:?}"
    );
}

/// All of the first map is forest, of which half becomes cropland: of 40 ha that burnt in four columns 30
/// stood on what was cleared.
#[test]
fn land_that_burnt_and_was_converted_loses_its_carbon_once() {
    let field = field();
    let square = || lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
    field.raster::<u8>("lc2010.tif", square(), &[], |_, _| 41);
    field.raster::<u8>(
        "lc2020.tif",
        square(),
        &[],
        |col, _| if col < 5 { 82 } else { 41 },
    );
    field.regions("burnt.json", 5070, &[("x", [200.0, 0.0, 600.0, 1000.0])]);
    let plan = [
        MAPS.to_owned(),
        entry("forest", "forest-biomass-ipcc2019", TREES),
        entry("forest", "forest-growth-ipcc2019", TREES),
        entry("forest", "conversion-loss-tier1", ""),
    ]
    .concat();
    field.done(&plan, &[]);
    let before = headline(&field);
    for on_map in ["", "\non-map = true"] {
        let burnt = fire("dry", "forest", &format!("path = \"burnt.json\"{on_map}"));
        field.done(&format!("{plan}{burnt}"), &[]);
        close(
            headline(&field),
            before - (40.0 * OTHERS + 10.0 * CO2) / 10.0,
        );
        let row = gas(&field, "fire-co2");
        assert!(row["note"].contains("of 30.0000 ha that burnt"), "{row:?}");
    }
    let figure = fire("dry", "forest", "areas-ha = { a = 40 }");
    let said = field.done(&format!("{plan}{figure}"), &[]);
    assert!(
        said.contains("up to 40.0000 ha of it may have been converted"),
        "{said}"
    );
}

/// Of 40 ha that burnt 30 are cropland on the map of that year: the loss that ends with it may be the fire. What a
/// map before the fire shows as cropland cannot be of it, and is told.
#[test]
fn land_that_was_converted_by_the_year_of_its_fire_loses_its_carbon_once() {
    let field = field();
    field.regions("burnt.json", 5070, &[("x", [200.0, 0.0, 600.0, 1000.0])]);
    let methods = [
        entry("forest", "forest-biomass-ipcc2019", TREES),
        entry("forest", "forest-growth-ipcc2019", TREES),
        entry("forest", "conversion-loss-tier1", ""),
        fire("dry", "forest", "path = \"burnt.json\""),
    ]
    .concat();
    let told = "40.0000 ha of forest burnt in region a in 2015, and the map of 2014 shows 10.0000 ha of it there";
    for (between, left_out) in [(2015, 30.0), (2014, 0.0)] {
        let map =
            format!("[[land-cover]]\nyear = {between}\npath = \"lc2020.tif\"\nlegend = \"nlcd\"\n");
        let said = field.done(&format!("{MAPS}{map}{methods}"), &[]);
        let row = gas(&field, "fire-co2");
        close(
            number(&row, "sequestration_tco2e_yr"),
            -(40.0 - left_out) * CO2,
        );
        assert_eq!(said.contains(told), between == 2014, "{said}");
        assert_eq!(row["note"].contains(told), between == 2014, "{row:?}");
    }
}

/// The same land cannot burn twice in a year, nor more than there is.
#[test]
fn land_burns_once_in_a_year() {
    let field = field();
    field.regions("one.json", 5070, &[("x", [0.0, 0.0, 600.0, 500.0])]);
    field.regions("two.json", 5070, &[("x", [500.0, 0.0, 1000.0, 500.0])]);
    let growth = entry("forest", "forest-growth-ipcc2019", TREES);
    let one = fire("one", "forest", "path = \"one.json\"");
    let again = fire("again", "forest", "path = \"one.json\"");
    field.refused(
        &format!("{MAPS}{growth}{one}{again}"),
        &["fire `one` has the same polygons, year and ecosystem"],
    );
    field.done(&format!("{MAPS}{growth}"), &[]);
    let before = headline(&field);
    let two = fire("two", "forest", "path = \"two.json\"");
    let said = field.done(&format!("{MAPS}{growth}{one}{two}"), &[]);
    assert!(said.contains("5.0000 ha lie in fire `one` too"), "{said}");
    close(headline(&field), before - 50.0 * (CO2 + OTHERS) / 10.0);
    let map = "[[land-cover]]\nyear = 2015\npath = \"lc2020.tif\"\nlegend = \"nlcd\"\n";
    let much = fire("much", "forest", "areas-ha = { a = 90 }");
    let said = field.done(&format!("{map}{growth}{much}"), &[]);
    assert!(said.contains("the map of 2015 shows 50.0000 ha"), "{said}");
    assert!(gas(&field, "fire-co2")["note"].contains("90.0000 ha of forest burnt"));
}

/// Of 20 ha that burnt and became cropland the loss has what its entry has: half of them lie outside its classes.
/// Inside a boundary of peatland the account knows of no conversion, and the fire counts whole.
#[test]
fn a_fire_leaves_out_only_what_a_loss_has() {
    let field = field();
    let square = || lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
    field.raster::<u8>(
        "zones.tif",
        square(),
        &[],
        |_, row| if row < 5 { 1 } else { 2 },
    );
    field.regions("burnt.json", 5070, &[("x", [500.0, 0.0, 700.0, 1000.0])]);
    field.regions("peat.json", 5070, &[("x", [500.0, 0.0, 1000.0, 500.0])]);
    field.raster::<u8>("lc2010.tif", square(), &[], |_, _| 41);
    field.raster::<u8>(
        "lc2020.tif",
        square(),
        &[],
        |col, _| if col < 5 { 41 } else { 82 },
    );
    let peat = "[[boundary]]\necosystem = \"peatland\"\npath = \"peat.json\"\n".to_owned();
    let part = "within = { layer = \"zones\", classes = [1] }\n";
    for (more, within) in [(String::new(), part), (peat, "")] {
        let plan = [
            MAPS.to_owned(),
            more,
            entry("forest", "forest-biomass-ipcc2019", TREES),
            entry("forest", "forest-growth-ipcc2019", TREES),
            entry("forest", "conversion-loss-tier1", within),
        ]
        .concat();
        let burnt = fire("dry", "forest", "path = \"burnt.json\"\non-map = true");
        field.done(&format!("{plan}{burnt}"), &[]);
        let row = gas(&field, "fire-co2");
        close(number(&row, "sequestration_tco2e_yr"), -10.0 * CO2);
        assert!(row["note"].contains("of 10.0000 ha that burnt"), "{row:?}");
    }
}

/// Forest of 100 ha by polygons, of which 40 were left out ten years later: 30 of these burnt between.
#[test]
fn fires_of_land_that_left_all_boundaries_count_once() {
    let field = Field::new();
    let names = ["regions.json", "of_2010.json", "of_2020.json", "burnt.json"];
    let ends = [[0.0, 1000.0], [0.0, 1000.0], [0.0, 600.0], [700.0, 1000.0]];
    for (name, [from, to]) in names.into_iter().zip(ends) {
        field.regions(name, 5070, &[("a", [from, 0.0, to, 1000.0])]);
    }
    let boundary = |year: i32| {
        format!("[[boundary]]\necosystem = \"forest\"\nyear = {year}\npath = \"of_{year}.json\"\n")
    };
    let plan = [
        boundary(2010),
        boundary(2020),
        entry("forest", "forest-biomass-ipcc2019", TREES),
        entry("forest", "forest-growth-ipcc2019", TREES),
        entry("forest", "conversion-loss-tier1", ""),
        fire("dry", "forest", "path = \"burnt.json\""),
    ]
    .concat();
    field.done(&plan, &[]);
    let row = gas(&field, "fire-co2");
    close(number(&row, "sequestration_tco2e_yr"), 0.0);
    assert!(row["note"].contains("of 30.0000 ha that burnt"), "{row:?}");
}

/// Methane of restored mangrove by entries within classes: the run warns where they leave some of the land out.
#[test]
fn methane_within_classes_that_hold_all_of_the_land_is_not_asked_for() {
    let field = field();
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n41,crops,cropland\n82,mangrove,mangrove\n",
    );
    let restored = entry(
        "mangrove",
        "mangrove-restoration-ipcc2013",
        "keys = { zone = \"tropical-wet\" }\n",
    );
    for (classes, warned) in [("[1, 2]", false), ("[1]", true)] {
        let methane = entry(
            "mangrove",
            "mangrove-rewetted-methane-ipcc2013",
            &format!(
                "keys = {{ salinity = \"salinity-le-18ppt\" }}\nwithin = {{ layer = \"zones\", classes = {classes} }}\n"
            ),
        );
        let maps = MAPS.replace("\"nlcd\"", "\"legend.csv\"");
        let said = field.done(&format!("{maps}{restored}{methane}"), &[]);
        assert_eq!(said.contains("its methane, which can"), warned, "{said}");
        let told = notes(&field).contains("the methane of a part of it is in no figure");
        assert_eq!(told, warned, "{}", notes(&field));
    }
    let maps = MAPS.replace("\"nlcd\"", "\"legend.csv\"");
    field.done(&format!("{maps}{restored}"), &[]);
    let told = notes(&field);
    assert!(told.contains("its methane is in no figure"), "{told}");
}

/// Methane and nitrous oxide of a fire count where it is alone in the plan, in the years of the maps; where it is
/// of none of them all its gases are named.
#[test]
fn fires_alone_count_or_are_named() {
    let field = field();
    let burnt = fire("dry", "forest", "areas-ha = { a = 20 }");
    let said = field.done(&format!("{MAPS}{burnt}"), &[]);
    close(headline(&field), -20.0 * OTHERS / 10.0);
    assert!(
        said.contains("706.0 t CO2e of carbon dioxide are in no figure"),
        "{said}"
    );
    let one = |year: i32| {
        format!("[[land-cover]]\nyear = {year}\npath = \"lc2020.tif\"\nlegend = \"nlcd\"\n{burnt}")
    };
    field.done(&one(2015), &[]);
    close(headline(&field), -20.0 * OTHERS);
    let told = format!(
        "{:.1} t CO2e of its gases are in no figure of the headline",
        20.0 * (CO2 + OTHERS)
    );
    let said = field.done(&one(2020), &[]);
    assert!(said.contains(&told), "{said}");
    let row = field.row("summary.csv", &[("region_id", "a")]);
    assert_eq!(row["sequestration_tco2e_yr"], "");
}

/// A fire from before the maps is in no headline, and its own rows are of all that burnt, though the land was
/// converted later.
#[test]
fn a_fire_from_before_the_maps_is_of_all_that_burnt() {
    let field = field();
    field.regions("burnt.json", 5070, &[("x", [200.0, 0.0, 600.0, 1000.0])]);
    let plan = [
        MAPS.to_owned(),
        entry("forest", "forest-biomass-ipcc2019", TREES),
        entry("forest", "forest-growth-ipcc2019", TREES),
        entry("forest", "conversion-loss-tier1", ""),
    ]
    .concat();
    for (year, left_out) in [("2005", 0.0), ("2010", 0.0), ("2015", 30.0)] {
        let burnt = fire("dry", "forest", "path = \"burnt.json\"").replace("2015", year);
        field.done(&format!("{plan}{burnt}"), &[]);
        let keys = [
            ("region_id", "a"),
            ("pool", "fire-co2"),
            ("period_start", year),
        ];
        let row = field.row("tables/sequestration.csv", &keys);
        close(
            number(&row, "sequestration_tco2e_yr"),
            -(40.0 - left_out) * CO2,
        );
    }
}

/// Of 40 ha that burnt the map before the fire shows nothing of the upper half, or of all.
#[test]
fn burnt_land_whose_class_is_not_known_is_told() {
    let field = field();
    field.regions("burnt.json", 5070, &[("x", [200.0, 0.0, 600.0, 1000.0])]);
    let growth = entry("forest", "forest-growth-ipcc2019", TREES);
    let burnt = fire("dry", "forest", "path = \"burnt.json\"\non-map = true");
    let maps = MAPS.replace("lc2010.tif\"\nlegend", "lc2010.tif\"\nnodata = 255\nlegend");
    for (rows, known) in [(5, 20.0), (10, 0.0)] {
        let square = lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
        let cell = |_, row: usize| if row < rows { 255 } else { 41 };
        field.raster::<u8>("lc2010.tif", square, &[], cell);
        let said = field.done(&format!("{maps}{growth}{burnt}"), &[]);
        let told = format!(
            "{:.4} ha of 40.0000 ha that burnt have no value",
            40.0 - known
        );
        assert!(said.contains(&told), "{said}");
        assert!(notes(&field).contains(&told), "{}", notes(&field));
        let row = gas(&field, "fire-ch4");
        assert!(row["note"].contains(&told), "{row:?}");
        if known > 0.0 {
            let methane = 22.5 * 0.0047 * 28.0;
            close(number(&row, "sequestration_tco2e_yr"), -known * methane);
        } else {
            assert_eq!(row["sequestration_tco2e_yr"], "", "{row:?}");
            assert_eq!(row["quality"], "missing", "{row:?}");
        }
    }
}

/// The product of each row of a fire is its figure: of its year, and of a year between the dates.
#[test]
fn rows_of_a_fire_have_their_arithmetic() {
    let field = field();
    let growth = entry("forest", "forest-growth-ipcc2019", TREES);
    let burnt = fire("dry", "forest", "areas-ha = { a = 20 }");
    field.done(&format!("{MAPS}{growth}{burnt}"), &[]);
    assert_eq!(
        gas(&field, "fire-ch4")["arithmetic"],
        "-20 ha x 50 t_dm/ha x 0.45 x 4.7 g/kg / 1000 x 28 = -59.22 t CO2e/yr"
    );
    let counted = [
        ("region_id", "a"),
        ("pool", "fire-ch4"),
        ("counted", "true"),
    ];
    assert_eq!(
        field.row("tables/sequestration.csv", &counted)["arithmetic"],
        "-20 ha x 50 t_dm/ha x 0.45 x 4.7 g/kg / 1000 x 28 / 10 yr = -5.922 t CO2e/yr"
    );
    let told = terrasink(&["explain", &field.text("out"), "a", "sequestration_tco2e_yr"]);
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("x 28 / 10 yr = -5.922 t CO2e/yr"), "{told}");
}

/// Targets are held against the removal with its fires, which 10 % of the fuel make uncertain.
#[test]
fn targets_are_held_against_the_removal_with_its_fires() {
    let field = field();
    let burnt = fire("dry", "forest", "areas-ha = { a = 20 }\nfuel-se-pct = 10");
    let targets = "[targets]\npath = \"own.csv\"\n";
    let yearly = -20.0 * OTHERS / 10.0;
    for (target, met, probability) in [(1.1, "true", 84.1345), (0.9, "false", 15.8655)] {
        field.write(
            "own.csv",
            &format!(
                "year,indicator,comparison,value,unit,scope\n2030,sequestration,>=,{},t_co2e/yr,a\n",
                yearly * target
            ),
        );
        field.done(&format!("{MAPS}{burnt}{targets}"), &[]);
        let keys = [("region_id", "a"), ("indicator", "sequestration")];
        let row = field.row("tables/targets.csv", &keys);
        assert_eq!(row["met"], met, "{row:?}");
        assert!(
            (number(&row, "probability_pct") - probability).abs() < 0.1,
            "{row:?}"
        );
    }
}
