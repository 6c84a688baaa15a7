//! Methods by area beside stand registers: what these hold, and what they do not.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::carbon_zones::entry;
use crate::field::{Field, Row, lattice, near, number};

pub(crate) const TREES: &str = "keys = { ecological-zone = \"subtropical-humid\", continent = \"asia\", status = \"secondary-gt20y\", root-zone = \"subtropical-humid\", origin = \"natural\", above-ground-class = \"125\" }\n";
pub(crate) const COAST: &str = "keys = { zone = \"tropical-wet\" }\n";
pub(crate) const MAP: &str =
    "[[land-cover]]\nyear = 2020\npath = \"lc.tif\"\nlegend = \"legend.csv\"\n";
const REGISTER: &str = "[[inventory.stands]]\nyear = 2020\npath = \"stands.json\"\npreset = \"cn-xiaoban\"\n\
    [carbon]\nmethod = \"forest-bef-china\"\nclimate-zone = \"warm-temperate-moist\"\nkeys = { soil-class = \"high-activity-clay\" }\n";

/// Ten by ten cells of a hectare: six columns of forest, two of bamboo, one of cropland, one of mangrove.
pub(crate) fn field() -> Field {
    let field = Field::new();
    let class = |col: usize, _| match col {
        0..6 => 1,
        6..8 => 2,
        8 => 3,
        _ => 4,
    };
    field.raster::<u8>(
        "lc.tif",
        lattice(5070, (0.0, 1000.0), 100.0, (10, 10)),
        &[],
        class,
    );
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n1,forest,forest\n2,bamboo,bamboo\n3,cropland,cropland\n4,mangrove,mangrove\n",
    );
    field.regions("regions.json", 5070, &[("a", [0.0, 0.0, 1000.0, 1000.0])]);
    field
}

/// Stands over columns of the field, from one to another, with their properties.
fn stands(field: &Field, stands: &[(f64, f64, &str)]) {
    stands_in(field, "stands.json", stands);
}

fn stands_in(field: &Field, file: &str, stands: &[(f64, f64, &str)]) {
    let mut features = Vec::new();
    for (number, (from, to, properties)) in stands.iter().enumerate() {
        let mut corners = String::new();
        for (col, y) in [(*from, 0), (*to, 0), (*to, 1000), (*from, 1000), (*from, 0)] {
            let _ = write!(corners, "[{},{y}],", col * 100.0);
        }
        features.push(format!(
            r#"{{"type":"Feature","properties":{{"小班":"{number}","面积":{},{properties}}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}}"#,
            (to - from) * 150.0,
            corners.trim_end_matches(',')
        ));
    }
    field.write(
        file,
        &format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::5070"}}}},"features":[{}]}}"#,
            features.join(",")
        ),
    );
}

pub(crate) fn stock(field: &Field, ecosystem: &str, pool: &str, method: &str) -> Row {
    let keys = [
        ("region_id", "a"),
        ("ecosystem", ecosystem),
        ("pool", pool),
        ("method", method),
    ];
    field.row("tables/carbon.csv", &keys)
}

/// A register of tree stands has the biomass of forest. That of bamboo, that of mangrove where it has no mangrove
/// stand, and all soils are by table.
#[test]
fn a_register_leaves_to_tables_what_it_does_not_hold() {
    let field = field();
    let pines = r#""地类":"111","优势树种":"马尾松","公顷蓄积":80"#;
    let bamboo = r#""地类":"竹林地""#;
    let mangroves = r#""地类":"红树林地","优势树种":"马尾松","公顷蓄积":80"#;
    let soil = |ecosystem| entry(ecosystem, "soil-reference-ipcc2019", "");
    let plan = [
        MAP.to_owned(),
        REGISTER.to_owned(),
        entry("bamboo", "forest-biomass-ipcc2019", TREES),
        entry("bamboo", "forest-growth-ipcc2019", TREES),
        entry("mangrove", "mangrove-stock-ipcc2013", COAST),
        soil("forest"),
        soil("bamboo"),
    ]
    .concat();
    stands(&field, &[(0.0, 6.0, pines), (6.0, 8.0, bamboo)]);
    field.done(&plan, &[]);
    let biomass = "forest-biomass-ipcc2019";
    for (ecosystem, pool, method, expected) in [
        ("bamboo", "above-ground", biomass, 20.0 * 258.4 * 0.47),
        (
            "bamboo",
            "below-ground",
            biomass,
            20.0 * 258.4 * 0.47 * 0.246,
        ),
        (
            "forest",
            "soil-organic",
            "soil-reference-ipcc2019",
            60.0 * 64.0,
        ),
        (
            "bamboo",
            "soil-organic",
            "soil-reference-ipcc2019",
            20.0 * 64.0,
        ),
        (
            "mangrove",
            "above-ground",
            "mangrove-stock-ipcc2013",
            10.0 * 192.0 * 0.451,
        ),
    ] {
        let row = stock(&field, ecosystem, pool, method);
        near(&row, "carbon_tc", expected, 1e-6);
        assert_eq!(row["counted"], "true", "{row:?}");
    }
    let growth = [("method", "forest-growth-ipcc2019"), ("region_id", "a")];
    let growth = field.row("tables/sequestration.csv", &growth);
    assert!(number(&growth, "sequestration_tco2e_yr") > 0.0 && growth["counted"] == "true");
    // Stands of mangrove have stock in the register: its trees are not counted again.
    stands(&field, &[(0.0, 6.0, pines), (9.0, 10.0, mangroves)]);
    field.done(&plan, &[]);
    let row = stock(
        &field,
        "mangrove",
        "above-ground",
        "mangrove-stock-ipcc2013",
    );
    assert_eq!(row["carbon_tc"], "");
    assert!(
        row["note"].contains("left to the stand register"),
        "{row:?}"
    );
}

/// Mangrove that both registers have stands of: what its land gained counts by its soil, and its trees by the
/// difference of the registers.
#[test]
fn a_difference_of_registers_has_the_trees_of_gained_and_lost_mangrove() {
    let field = field();
    let before = |col: usize, row: usize| match col {
        0..6 => 1,
        6..8 => 2,
        8 => 3,
        _ if row < 5 => 3,
        _ => 4,
    };
    let square = lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
    field.raster::<u8>("old.tif", square, &[], before);
    let pines = r#""地类":"111","优势树种":"马尾松","公顷蓄积":80"#;
    let mangroves = r#""地类":"红树林地","优势树种":"马尾松","公顷蓄积":80"#;
    stands(&field, &[(0.0, 6.0, pines), (9.0, 10.0, mangroves)]);
    let old = MAP.replace("2020", "2010").replace("lc.tif", "old.tif");
    let registers = |year: &str| {
        REGISTER
            .split("[carbon]")
            .next()
            .unwrap()
            .replace("2020", year)
    };
    let rest = REGISTER.split_once("[carbon]").unwrap().1;
    let gained = entry("mangrove", "mangrove-restoration-ipcc2013", COAST);
    let lost = entry("mangrove", "mangrove-clearing-ipcc2013", COAST);
    let plan = [
        old,
        MAP.to_owned(),
        registers("2010"),
        registers("2020"),
        format!("[carbon]{rest}"),
        gained,
        lost,
    ]
    .concat();
    let said = field.done(&plan, &[]);
    assert!(
        said.contains("is left out: the difference of the stand registers has it"),
        "{said}"
    );
    let rows = field.table("tables/sequestration.csv");
    let of = |method: &str| -> BTreeSet<&str> {
        let rows = rows
            .iter()
            .filter(|row| row["method"] == method && row["region_id"] == "a");
        rows.map(|row| row["pool"].as_str()).collect()
    };
    assert_eq!(of("mangrove-restoration-ipcc2013"), ["soil-organic"].into());
    assert_eq!(
        of("mangrove-clearing-ipcc2013"),
        ["dead-wood", "litter"].into()
    );
    // In a region where the registers have no mangrove its trees are in no difference, and count.
    let halves = [
        ("a", [0.0, 0.0, 900.0, 1000.0]),
        ("b", [900.0, 0.0, 1000.0, 1000.0]),
    ];
    field.regions("regions.json", 5070, &halves);
    stands(&field, &[(0.0, 6.0, pines), (8.0, 9.0, mangroves)]);
    // So does the carbon dioxide of what burnt there, 5 ha of 10 ha; in the other region the difference has it.
    field.regions("burnt.json", 5070, &[("x", [800.0, 0.0, 1000.0, 500.0])]);
    let burnt = "[[fire]]\nname = \"dry\"\nyear = 2015\necosystem = \"mangrove\"\npath = \"burnt.json\"\nfuel-t-ha = 50\n\
        emission = \"extra-tropical-forest\"\ncombustion = \"other-temperate-forest-all\"\n";
    let said = field.done(&format!("{plan}{burnt}"), &[]);
    for (region, hectares) in [("a", 0.0), ("b", 5.0), ("_total", 5.0)] {
        let rows = field.table("tables/sequestration.csv");
        let of = |row: &&Row| row["region_id"] == region && row["pool"] == "fire-co2";
        let (counted, apart): (Vec<_>, Vec<_>) = rows
            .iter()
            .filter(of)
            .partition(|row| row["counted"] == "true");
        if hectares > 0.0 {
            let of_year = -hectares * 50.0 * 0.45 * 1.569;
            near(counted[0], "sequestration_tco2e_yr", of_year / 10.0, 1e-4);
            near(apart[0], "sequestration_tco2e_yr", of_year, 1e-4);
        } else {
            assert!(counted.is_empty(), "{counted:?}");
            let held = "the difference of stocks over 2010 to 2020 holds it already";
            assert!(apart[0]["note"].contains(held), "{apart:?}");
        }
        let told =
            "of 5.0000 ha that burnt in regions with a difference of stocks, that holds it already";
        let is_told = counted.iter().all(|row| row["note"].contains(told)) && hectares > 0.0;
        assert_eq!(is_told, region == "_total", "{counted:?}");
    }
    let told = "has it, but of 5.0000 ha that it does not reach";
    assert!(said.contains(told), "{said}");
    for region in ["b", "_total"] {
        let keys = [
            ("region_id", region),
            ("method", "mangrove-restoration-ipcc2013"),
            ("pool", "above-ground"),
        ];
        let row = field.row("tables/sequestration.csv", &keys);
        let gained = 5.0 * 9.9 * 0.451 * 44.0 / 12.0;
        near(&row, "sequestration_tco2e_yr", gained, 1e-4);
        assert_eq!(row["counted"], "true", "{row:?}");
    }
}

/// A register without any stand in a region does not show it: neither its stock nor its change is known, and
/// that of the sum is not either where the other region changed by nothing.
#[test]
fn a_region_without_stands_in_one_register_has_no_change() {
    let field = field();
    let halves = [
        ("a", [0.0, 0.0, 300.0, 1000.0]),
        ("b", [300.0, 0.0, 1000.0, 1000.0]),
    ];
    field.regions("regions.json", 5070, &halves);
    let pines = r#""地类":"111","优势树种":"马尾松","公顷蓄积":80"#;
    stands_in(&field, "old.json", &[(0.0, 3.0, pines)]);
    stands(&field, &[(0.0, 3.0, pines), (3.0, 6.0, pines)]);
    let (register, carbon) = REGISTER.split_once("[carbon]").unwrap();
    let old = register.replace("2020", "2010").replace("stands", "old");
    let old = old.replace("inventory.old", "inventory.stands");
    let plan = [MAP, &old, register, "[carbon]", carbon].concat();
    field.done(&plan, &[]);
    for (region, stock, change) in [
        ("a", true, true),
        ("b", true, false),
        ("_total", true, false),
    ] {
        let row = field.row("summary.csv", &[("region_id", region)]);
        assert_eq!(row["carbon_tc"].is_empty(), !stock, "{row:?}");
        assert_eq!(row["sequestration_tco2e_yr"].is_empty(), !change, "{row:?}");
    }
    let early = [
        ("region_id", "b"),
        ("year", "2010"),
        ("pool", "above-ground"),
    ];
    let row = field.row("tables/carbon.csv", &early);
    assert_eq!(row["carbon_tc"], "", "{row:?}");
    assert!(
        row["note"].contains("no stand of the register lies here"),
        "{row:?}"
    );
}

/// An outline makes mangrove of 10 ha of cropland, and the register has them as stands of mangrove: their trees count
/// once.
#[test]
fn outlined_mangrove_that_a_register_has_counts_once() {
    let field = field();
    field.regions("m.json", 5070, &[("m", [800.0, 0.0, 900.0, 1000.0])]);
    let pines = r#""地类":"111","优势树种":"马尾松","公顷蓄积":80"#;
    let mangroves = r#""地类":"红树林地","优势树种":"马尾松","公顷蓄积":80"#;
    stands(&field, &[(0.0, 6.0, pines), (8.0, 10.0, mangroves)]);
    let outline = "[[boundary]]\necosystem = \"mangrove\"\npath = \"m.json\"\n";
    let table = entry("mangrove", "mangrove-stock-ipcc2013", COAST);
    field.done(&format!("{MAP}{outline}{REGISTER}{table}"), &[]);
    let method = "mangrove-stock-ipcc2013";
    let row = stock(&field, "mangrove", "above-ground", method);
    assert_eq!(row["carbon_tc"], "", "{row:?}");
    let told = "20.0000 ha of 20.0000 ha are left to the stand register";
    assert!(row["note"].contains(told), "{row:?}");
    let soil = stock(&field, "mangrove", "soil-organic", method);
    near(&soil, "area_ha", 20.0, 1e-6);
}

/// Mangrove of 4 ha in `a`, of which the register has stands, and of 6 ha in `b`, of which it has none: there it
/// counts by the map, and so in the sum.
#[test]
fn mangrove_of_a_region_that_a_register_has_none_in_counts_by_the_map() {
    let field = field();
    let halves = [
        ("a", [0.0, 600.0, 1000.0, 1000.0]),
        ("b", [0.0, 0.0, 1000.0, 600.0]),
    ];
    field.regions("regions.json", 5070, &halves);
    let pines = r#""地类":"111","优势树种":"马尾松","公顷蓄积":80"#;
    let mangroves = r#""地类":"红树林地","优势树种":"马尾松","公顷蓄积":80"#;
    stands(&field, &[(0.0, 6.0, pines)]);
    let stand = |number: u8, bottom: u32, properties: &str| {
        format!(
            r#"{{"type":"Feature","properties":{{"小班":"m{number}","面积":60,{properties}}},"geometry":{{"type":"Polygon","coordinates":[[[900,{bottom}],[1000,{bottom}],[1000,1000],[900,1000],[900,{bottom}]]]}}}}"#
        )
    };
    let text = std::fs::read_to_string(field.path("stands.json")).unwrap();
    // The second reaches 2 m over the border.
    for bottom in [600, 598] {
        let more = stand(1, bottom, mangroves);
        field.write(
            "stands.json",
            &text.replace(r#""features":["#, &format!(r#""features":[{more},"#)),
        );
        let table = entry("mangrove", "mangrove-stock-ipcc2013", COAST);
        let said = field.done(&format!("{MAP}{REGISTER}{table}"), &[]);
        let told =
            "6.0000 ha of mangrove of the map lie in regions where the stand register has none";
        assert!(said.contains(told), "{said}");
        for (region, hectares) in [("a", 0.0), ("b", 6.0), ("_total", 6.0)] {
            let keys = [
                ("region_id", region),
                ("ecosystem", "mangrove"),
                ("pool", "above-ground"),
            ];
            let row = field.row("tables/carbon.csv", &keys);
            if hectares > 0.0 {
                near(&row, "carbon_tc", hectares * 192.0 * 0.451, 1e-6);
                assert_eq!(row["counted"], "true", "{row:?}");
                assert!(row["note"].contains("count by the map"), "{row:?}");
            } else {
                assert_eq!(row["carbon_tc"], "", "{row:?}");
            }
        }
        // Without a table nothing gives it.
        let said = field.done(&format!("{MAP}{REGISTER}"), &[]);
        assert!(
            said.contains("no method of the plan gives what it holds"),
            "{said}"
        );
        let keys = [("region_id", "b"), ("ecosystem", "mangrove")];
        let row = field.row("tables/carbon.csv", &keys);
        assert!(
            row["note"].contains("no method for this ecosystem"),
            "{row:?}"
        );
    }
}

/// The methane of grass that burnt is known where the difference of the registers is not: the sum says what it leaves out, and
/// that of all regions counts what the others know.
#[test]
fn a_removal_says_what_it_leaves_out_because_it_is_not_known() {
    let field = field();
    let half = |x: f64| [x, 0.0, x + 500.0, 1000.0];
    field.regions(
        "regions.json",
        5070,
        &[("a", half(0.0)), ("b", half(500.0))],
    );
    let pines = |volume: &str| format!(r#""地类":"111","优势树种":"马尾松","公顷蓄积":{volume}"#);
    let [blank, before, after] = ["null", "60", "90"].map(pines);
    let (west, east) = (1.0, 5.0);
    let earlier = [(west, 2.0, &*blank), (east, 6.0, &*before)];
    stands_in(&field, "before.json", &earlier);
    stands(&field, &[(west, 2.0, &after), (east, 6.0, &after)]);
    let earlier = |text: &str| text.replace("2020", "2015").replace("stands.", "before.");
    let (earlier_register, _) = REGISTER.split_once("[carbon]").unwrap();
    let (maps, registers) = (earlier(MAP) + MAP, earlier(earlier_register) + REGISTER);
    let fire = "[[fire]]\nname = \"f\"\nyear = 2018\necosystem = \"grassland\"\nemission = \"extra-tropical-forest\"\n\
        combustion = \"other-temperate-forest-all\"\nfuel-t-ha = 50\nareas-ha = { a = 1, b = 1 }\n";
    field.done(&format!("{maps}{registers}{fire}"), &[]);
    let of = |region: &str| field.row("summary.csv", &[("region_id", region)]);
    let removal = |region: &str| number(&of(region), "sequestration_tco2e_yr");
    assert!(removal("a") < 0.0 && removal("b") > 0.0);
    assert!((removal("_total") - removal("a") - removal("b")).abs() < 0.002);
    let told = "removal of forest by forest-bef-china is not in sequestration_tco2e_yr: not known: stands without a volume";
    let alone = "removal of forest: without region a (stands without a volume";
    for (region, words) in [
        ("a", [true, false]),
        ("b", [false; 2]),
        ("_total", [false, true]),
    ] {
        let notes = &of(region)["notes"];
        assert_eq!(
            [told, alone].map(|one| notes.contains(one)),
            words,
            "{region}: {notes}"
        );
    }
}

/// A stand without a volume in the oldest of three registers alone: the newest stock leaves nothing out, and the change
/// that is not known is that of the first years.
#[test]
fn a_gap_of_an_older_register_is_not_of_the_newest_stock() {
    let field = field();
    field.regions("regions.json", 5070, &[("a", [0.0, 0.0, 1000.0, 1000.0])]);
    let pines = |volume: &str| format!(r#""地类":"111","优势树种":"马尾松","公顷蓄积":{volume}"#);
    let [blank, before, after] = ["null", "60", "90"].map(pines);
    stands_in(&field, "oldest.json", &[(1.0, 2.0, &*blank)]);
    stands_in(&field, "before.json", &[(1.0, 2.0, &*before)]);
    stands(&field, &[(1.0, 2.0, &after)]);
    let (register, _) = REGISTER.split_once("[carbon]").unwrap();
    let of = |year: &str, name: &str| register.replace("2020", year).replace("stands.", name);
    let registers = of("2010", "oldest.") + &of("2015", "before.") + REGISTER;
    field.done(&format!("{MAP}{registers}"), &[]);
    let a = field.row("summary.csv", &[("region_id", "a")]);
    assert!(number(&a, "carbon_tc") > 0.0 && number(&a, "sequestration_tco2e_yr") > 0.0);
    assert!(!a["notes"].contains("a part of forest"), "{a:?}");
    let told = "removal of forest from 2010 to 2015 (the headline does not rest on it): not known: stands without";
    assert!(a["notes"].contains(told), "{a:?}");
}
