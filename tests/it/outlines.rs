//! Boundaries of several years, with maps and without any.

use crate::field::{Field, lattice, near, number};

const OF_1996: &str =
    "[[boundary]]\necosystem = \"mangrove\"\nyear = 1996\npath = \"of_1996.json\"\n";
const OF_2016: &str =
    "[[boundary]]\necosystem = \"mangrove\"\nyear = 2016\npath = \"of_2016.json\"\n";

/// Two regions of 100 ha side by side. Mangrove of 1996 has 40 ha of `a`; that of 2016 is moved
/// east: of it 20 ha stayed, 20 are lost and 20 gained in `a`, and 10 ha are gained in `b`.
fn field() -> Field {
    let field = Field::new();
    field.regions(
        "regions.json",
        5070,
        &[
            ("a", [0.0, 0.0, 1000.0, 1000.0]),
            ("b", [1000.0, 0.0, 2000.0, 1000.0]),
        ],
    );
    field.regions("of_1996.json", 5070, &[("m", [400.0, 0.0, 800.0, 1000.0])]);
    field.regions(
        "of_2016.json",
        5070,
        &[
            ("m", [600.0, 0.0, 1000.0, 1000.0]),
            ("n", [1000.0, 0.0, 1100.0, 1000.0]),
        ],
    );
    field
}

/// Hectares of a pair of codes between 1996 and 2016.
fn went(field: &Field, region: &str, from: &str, to: &str) -> f64 {
    let keys = [("region_id", region), ("from_code", from), ("to_code", to)];
    number(&field.row("tables/transitions.csv", &keys), "area_ha")
}

#[test]
fn two_years_of_polygons_give_areas_and_transitions_without_a_map() {
    let field = field();
    field.done(&format!("{OF_2016}{OF_1996}"), &[]);
    for (region, from, to, area) in [
        ("a", "mangrove", "mangrove", 20.0),
        ("a", "mangrove", "outside", 20.0),
        ("a", "outside", "mangrove", 20.0),
        ("a", "outside", "outside", 40.0),
        ("b", "outside", "mangrove", 10.0),
        ("b", "outside", "outside", 90.0),
        ("_total", "outside", "mangrove", 30.0),
    ] {
        let found = went(&field, region, from, to);
        assert!((found - area).abs() < 1e-3, "{region} {from} {to}: {found}");
    }
    for (kind, year, area) in [
        ("boundary", "1996", 40.0),
        ("boundary", "2016", 40.0),
        ("ecosystem", "1996", 40.0),
    ] {
        let keys = [("region_id", "a"), ("kind", kind), ("year", year)];
        near(&field.row("tables/area.csv", &keys), "area_ha", area, 1e-5);
    }
    // Of forest and of land the polygons say nothing.
    let row = field.row("summary.csv", &[("region_id", "a")]);
    for column in [
        "land_area_ha",
        "land_cover_valid_pct",
        "forest_area_ha",
        "forest_cover_pct",
    ] {
        assert_eq!(row[column], "", "{column}");
    }
    assert!(row["notes"].contains("no map"), "{}", row["notes"]);
    let areas = field.table("tables/area.csv");
    let kinds = ["region", "boundary", "ecosystem"];
    assert!(
        areas.iter().all(|row| kinds.contains(&&*row["kind"])),
        "{areas:#?}"
    );
    let checks = field.table("tables/checks.csv");
    assert!(
        checks.len() > 6 && checks.iter().all(|row| row["passed"] == "true"),
        "{checks:#?}"
    );
}

#[test]
fn carbon_of_outlines_is_that_of_the_newest_and_of_what_was_gained() {
    let field = field();
    let methods = ["mangrove-stock-ipcc2013", "mangrove-restoration-ipcc2013"].map(|method| {
        format!(
            "[[carbon.ecosystem]]\necosystem = \"mangrove\"\nmethod = \"{method}\"\n\
             keys = {{ zone = \"tropical-wet\" }}\n"
        )
    });
    field.done(&format!("{OF_1996}{OF_2016}{}", methods.concat()), &[]);
    let keys = [("region_id", "a"), ("pool", "soil-organic")];
    let stock = field.row("tables/carbon.csv", &keys);
    near(&stock, "area_ha", 40.0, 1e-5);
    near(&stock, "carbon_tc", 40.0 * 386.0, 1e-5);
    assert_eq!(stock["year"], "2016");
    // 1.62 t C a hectare and year over 20 ha.
    let counted = [keys[0], keys[1], ("counted", "true")];
    let removal = field.row("tables/sequestration.csv", &counted);
    near(
        &removal,
        "sequestration_tco2e_yr",
        20.0 * 1.62 * 44.0 / 12.0,
        1e-5,
    );
    assert_eq!(
        [&*removal["period_start"], &*removal["period_end"]],
        ["1996", "2016"]
    );
}

/// Forest of 40 ha of which 20 are in no boundary later: they gave off what stood there, whatever they became.
#[test]
fn forest_that_left_all_boundaries_is_lost_and_not_without_a_word() {
    const KEYS: &str = "keys = { ecological-zone = \"subtropical-humid\", continent = \"asia\", \
        status = \"secondary-gt20y\", root-zone = \"subtropical-humid\", origin = \"natural\", \
        above-ground-class = \"125\" }\n";
    let field = field();
    let plan = |methods: &[&str]| {
        let methods = methods.iter().map(|method| {
            let keys = if method.starts_with("forest") {
                KEYS
            } else {
                ""
            };
            format!("[[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"{method}\"\n{keys}")
        });
        let methods: String = methods.collect();
        format!("{OF_1996}{OF_2016}{methods}").replace("mangrove", "forest")
    };
    let (stock, growth) = ("forest-biomass-ipcc2019", "forest-growth-ipcc2019");
    let loss = "conversion-loss-tier1";
    let said = field.done(&plan(&[stock, growth, loss]), &[]);
    assert!(!said.contains("no balance"), "{said}");
    let counted = |method: &str| -> f64 {
        let rows = field.table("tables/sequestration.csv");
        let mine = rows.iter().filter(|row| {
            row["region_id"] == "a" && row["method"] == method && row["counted"] == "true"
        });
        mine.map(|row| number(row, "sequestration_tco2e_yr")).sum()
    };
    let keys = [("region_id", "a"), ("method", loss)];
    let row = field.row("tables/sequestration.csv", &keys);
    assert!(row["note"].contains("left all boundaries"), "{row:?}");
    let carbon: f64 = {
        let rows = field.table("tables/carbon.csv");
        let mine = rows.iter().filter(|row| row["region_id"] == "a");
        mine.map(|row| number(row, "carbon_tc")).sum()
    };
    // Half of the land of the stock: 20 of 40 ha, over 20 years.
    let expected = -carbon / 2.0 / 20.0 * 44.0 / 12.0;
    assert!((counted(loss) / expected - 1.0).abs() < 1e-5, "{expected}");
    let summary = field.row("summary.csv", &[("region_id", "a")]);
    let whole = counted(loss) + counted(growth);
    near(&summary, "sequestration_tco2e_yr", whole, 1e-5);
    // Without the loss the growth is called a gain and no balance.
    let said = field.done(&plan(&[stock, growth]), &[]);
    assert!(said.contains("lost 20.0000 ha in the same time"), "{said}");
    let summary = field.row("summary.csv", &[("region_id", "a")]);
    let notes = &summary["notes"];
    assert!(notes.contains("a gain and no balance"), "{notes}");
}

#[test]
fn a_boundary_of_a_year_counts_on_the_map_of_that_year_alone() {
    let field = field();
    let cells = lattice(5070, (0.0, 1000.0), 100.0, (20, 10));
    for name in ["lc_1996.tif", "lc_2016.tif"] {
        field.raster::<u8>(name, cells, &[], |_, _| 71);
    }
    let map = |year: i32| {
        format!("[[land-cover]]\nyear = {year}\npath = \"lc_{year}.tif\"\nlegend = \"nlcd\"\n")
    };
    // Peat at all dates, written last: the mangrove of a year goes before it.
    field.regions("peat.json", 5070, &[("p", [700.0, 0.0, 900.0, 1000.0])]);
    let peat = "[[boundary]]\necosystem = \"peatland\"\npath = \"peat.json\"\n";
    let plan = format!("{}{}{OF_1996}{OF_2016}{peat}", map(1996), map(2016));
    field.done(&plan, &[]);
    let area = |region: &str, year: &str, ecosystem: &str| {
        let keys = [
            ("region_id", region),
            ("kind", "ecosystem"),
            ("year", year),
            ("code", ecosystem),
        ];
        number(&field.row("tables/area.csv", &keys), "area_ha")
    };
    for (region, year, ecosystem, hectares) in [
        ("a", "1996", "mangrove", 40.0),
        ("a", "1996", "peatland", 10.0),
        ("a", "1996", "grassland", 50.0),
        ("a", "2016", "mangrove", 40.0),
        ("a", "2016", "grassland", 60.0),
        ("b", "1996", "grassland", 100.0),
        ("b", "2016", "mangrove", 10.0),
        ("b", "2016", "grassland", 90.0),
    ] {
        let found = area(region, year, ecosystem);
        assert!(
            (found - hectares).abs() < 1e-3,
            "{region} {year} {ecosystem}: {found}"
        );
    }
    let rows = field.table("tables/area.csv");
    let peat_of_2016 = rows
        .iter()
        .any(|row| row["year"] == "2016" && row["code"] == "peatland");
    assert!(
        !peat_of_2016,
        "the mangrove of 2016 has all of it: {rows:#?}"
    );
    let checks = field.table("tables/checks.csv");
    assert!(
        checks.iter().all(|row| row["passed"] == "true"),
        "{checks:#?}"
    );
}

#[test]
fn a_plan_of_outlines_gives_the_same_bytes_again() {
    let field = field();
    field.done(&format!("{OF_1996}{OF_2016}"), &[]);
    let plan = field.text("plan.toml");
    let out = field.text("out");
    let output = crate::scratch::terrasink(&["verify", &out, "--plan", &plan, "--rerun"]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        crate::field::said(&output)
    );
}

/// 10 ha of salt marsh of 2016, and no outline of it of 1996: 6 ha were in none, 4 ha mangrove, and nobody saw
/// them become marsh.
#[test]
fn an_ecosystem_with_outlines_of_fewer_years_is_told_without_maps() {
    let field = field();
    field.regions("marsh.json", 5070, &[("s", [340.0, 0.0, 440.0, 1000.0])]);
    let marsh = |year: i32| {
        format!("[[boundary]]\necosystem = \"salt-marsh\"\nyear = {year}\npath = \"marsh.json\"\n")
    };
    let said = field.done(&format!("{OF_1996}{OF_2016}{}", marsh(2016)), &[]);
    let told = "there is an outline of 2016 and none of 1996: of what it holds 6.0000 ha lie outside all outlines of 1996, the outlines of 1996 show 4.0000 ha of mangrove, and the account counts that as a change";
    assert!(said.contains(told), "{said}");
    for more in [String::new(), marsh(1996) + &marsh(2016)] {
        let said = field.done(&format!("{OF_1996}{OF_2016}{more}"), &[]);
        assert!(!said.contains("there is an outline of"), "{said}");
    }
}

#[test]
fn outlines_that_miss_a_year_or_their_file_are_all_named() {
    let field = field();
    let undated = "[[boundary]]\necosystem = \"mangrove\"\npath = \"none.json\"\n";
    field.refused(undated, &["neither a map nor a year", "none.json"]);
}

/// Forest coverage is that of the map, and says where boundaries make something else of it: 18 ha of forest
/// are peatland by a boundary, 18 ha of grassland forest.
#[test]
fn forest_by_the_map_tells_what_boundaries_make_of_it() {
    let field = crate::carbon::field();
    field.regions("peat.json", 5070, &[("p", [0.0, 0.0, 300.0, 1200.0])]);
    field.regions("wood.json", 5070, &[("w", [900.0, 0.0, 1200.0, 1200.0])]);
    let boundary = |ecosystem: &str, file: &str| {
        format!("[[boundary]]\necosystem = \"{ecosystem}\"\npath = \"{file}\"\n")
    };
    let (map, peat, wood) = (
        crate::carbon::MAP,
        boundary("peatland", "peat.json"),
        boundary("forest", "wood.json"),
    );
    field.done(&format!("{map}{peat}{wood}"), &[]);
    let row = field.row("summary.csv", &[("region_id", "a")]);
    let forest = number(&row, "forest_area_ha");
    assert!((forest - 36.0).abs() < 0.01, "{forest}");
    for words in [
        "18.0000 ha of it are peatland by a boundary",
        "18.0000 ha that are forest by a boundary are not in it",
    ] {
        assert!(
            row["notes"].contains(words),
            "{words} not in {}",
            row["notes"]
        );
    }
}
