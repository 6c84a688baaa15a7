//! Fires on land that an outline makes what it is: on classes of others, without a value and beyond the raster.

use crate::carbon_zones::{TREES, close, entry};
use crate::field::{Field, Row, lattice, number};

/// Carbon dioxide of a hectare of 50 t/ha of which 0.45 burns, in t.
const CO2: f64 = 22.5 * 1.569;
const NONE: u8 = 255;
const CROPS: u8 = 1;
const WOOD: u8 = 2;

/// Ten by ten cells of 1 ha of one class in 2010 and 2020, the upper row crops; where the rest has no value, one
/// of them is trees. The region of 150 ha reaches beyond them to the east, and the legend has no ecosystem of the
/// outlines but forest.
fn field(class: u8) -> Field {
    let field = Field::new();
    for year in ["2010", "2020"] {
        let cells = lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
        field.codes(&format!("lc{year}.tif"), cells, NONE, |col, row| {
            match (col, row) {
                (0, 0) if class == NONE => WOOD,
                (_, 0) => CROPS,
                _ => class,
            }
        });
    }
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n1,crops,cropland\n2,trees,forest\n",
    );
    field.regions("regions.json", 5070, &[("a", [0.0, 0.0, 1500.0, 1000.0])]);
    field
}

const MAPS: &str = "[[land-cover]]\nyear = 2010\npath = \"lc2010.tif\"\nlegend = \"legend.csv\"\n\
    [[land-cover]]\nyear = 2020\npath = \"lc2020.tif\"\nlegend = \"legend.csv\"\n";

/// Outlines of an ecosystem between columns, in 2010 and 2020; the upper row is left out.
fn outlines(field: &Field, ecosystem: &str, of: [[f64; 2]; 2]) -> String {
    let outline = |(year, [from, to]): (&str, [f64; 2])| {
        let path = format!("of{year}.json");
        field.regions(
            &path,
            5070,
            &[("x", [from * 100.0, 0.0, to * 100.0, 900.0])],
        );
        format!("[[boundary]]\necosystem = \"{ecosystem}\"\nyear = {year}\npath = \"{path}\"\n")
    };
    ["2010", "2020"].into_iter().zip(of).map(outline).collect()
}

/// A fire of 2015 between two columns; the upper row is left out.
fn fire(field: &Field, ecosystem: &str, [from, to]: [f64; 2], more: &str) -> String {
    field.regions(
        "burnt.json",
        5070,
        &[("x", [from * 100.0, 0.0, to * 100.0, 900.0])],
    );
    format!(
        "[[fire]]\nname = \"dry\"\nyear = 2015\necosystem = \"{ecosystem}\"\n\
         emission = \"extra-tropical-forest\"\ncombustion = \"other-temperate-forest-all\"\n\
         fuel-t-ha = 50\npath = \"burnt.json\"\n{more}"
    )
}

/// Gain and loss of mangrove, and of forest.
fn methods(ecosystem: &str) -> String {
    if ecosystem == "mangrove" {
        let keys = "keys = { zone = \"tropical-wet\" }\n";
        let of = [
            "mangrove-restoration-ipcc2013",
            "mangrove-clearing-ipcc2013",
        ];
        return of.map(|method| entry("mangrove", method, keys)).concat();
    }
    [
        entry("forest", "forest-biomass-ipcc2019", TREES),
        entry("forest", "forest-growth-ipcc2019", TREES),
        entry("forest", "conversion-loss-tier1", ""),
    ]
    .concat()
}

fn gas(field: &Field, pool: &str) -> Row {
    let keys = [("region_id", "a"), ("pool", pool), ("period_start", "2015")];
    field.row("tables/sequestration.csv", &keys)
}

/// Of 36 ha that burnt on land of outlines 18 ha are not in the newer outline: the loss has their carbon, whether the
/// map shows crops there, or nothing, or ends before it, or there is none, and in the year of that outline too.
#[test]
fn a_fire_leaves_out_outlined_land_that_was_lost() {
    let cases = [
        (CROPS, "mangrove", 2.0),
        (NONE, "mangrove", 2.0),
        (CROPS, "mangrove", 10.0),
        (CROPS, "forest", 2.0),
    ];
    let dates = [("2015", MAPS), ("2020", MAPS), ("2020", "")];
    for (class, ecosystem, start) in cases {
        let field = field(class);
        let of = [[start, start + 4.0], [start, start + 2.0]];
        let outlines = outlines(&field, ecosystem, of);
        let methods = methods(ecosystem);
        for (year, maps) in dates {
            let fire = fire(&field, ecosystem, of[0], "").replace("2015", year);
            let said = field.done(&format!("{maps}{outlines}{methods}{fire}"), &[]);
            let keys = [
                ("region_id", "a"),
                ("pool", "fire-co2"),
                ("period_start", year),
            ];
            let row = field.row("tables/sequestration.csv", &keys);
            close(number(&row, "sequestration_tco2e_yr"), -18.0 * CO2);
            let told = "of 18.0000 ha that burnt and were converted then or later";
            assert!(
                row["note"].contains(told),
                "{class} {ecosystem} {start} {year}: {row:?}"
            );
            assert!(!said.contains("burnt"), "{said}");
        }
    }
}

/// With `on-map` an outline tells what burnt where the map has no value. Of 54 ha that burnt 36 lie in an outline
/// of mangrove, the other 18 in none: they were none. Where classes of the map are forest, too, nobody knows of
/// these 18.
#[test]
fn outlines_tell_what_burnt_where_the_map_has_no_value() {
    for (ecosystem, start) in [("mangrove", 2.0), ("forest", 2.0), ("mangrove", 10.0)] {
        let field = field(NONE);
        let of = [[start, start + 4.0], [start, start + 2.0]];
        let burnt = [start - 1.0, start + 5.0];
        let plan = [
            MAPS.to_owned(),
            outlines(&field, ecosystem, of),
            methods(ecosystem),
            fire(&field, ecosystem, burnt, "on-map = true\n"),
        ]
        .concat();
        let said = field.done(&plan, &[]);
        let methane = gas(&field, "fire-ch4");
        let expected = -36.0 * 22.5 * 0.0047 * 28.0;
        close(number(&methane, "sequestration_tco2e_yr"), expected);
        assert!(
            methane["note"].contains("or an outline where it has no value"),
            "{methane:?}"
        );
        let told = "18.0000 ha of 54.0000 ha that burnt have no value";
        assert_eq!(said.contains(told), ecosystem == "forest", "{said}");
        assert!(!said.contains("ha of mangrove burnt in region"), "{said}");
        let lost = if ecosystem == "forest" { 0.0 } else { 18.0 };
        let row = gas(&field, "fire-co2");
        close(number(&row, "sequestration_tco2e_yr"), -(36.0 - lost) * CO2);
    }
}

/// Forest that an outline makes peatland is forest of the map: a fire with `on-map` burnt no more than it shows.
#[test]
fn a_fire_on_the_map_is_not_larger_than_the_map() {
    let field = field(2);
    let peat = outlines(&field, "peatland", [[0.0, 10.0]; 2]);
    let whole = fire(&field, "forest", [2.0, 6.0], "");
    let plan = format!("{MAPS}{peat}{}", methods("forest"));
    let said = field.done(&format!("{plan}{whole}on-map = true\n"), &[]);
    assert!(!said.contains("ha of forest burnt in region"), "{said}");
    let said = field.done(&format!("{plan}{whole}"), &[]);
    assert!(!said.contains("ha of forest burnt in region"), "{said}");
    // The upper row is of crops.
    field.regions("burnt.json", 5070, &[("x", [200.0, 0.0, 600.0, 1000.0])]);
    let said = field.done(&format!("{plan}{whole}"), &[]);
    let told = "40.0000 ha of forest burnt in region a in 2015, and the map and the outlines of 2010 show 36.0000 ha of it there";
    assert!(said.contains(told), "{said}");
}

/// Land that burnt under a cloud between two maps and was converted by the newest: the loss over the gap has it.
#[test]
fn a_fire_leaves_out_land_that_was_lost_over_a_gap() {
    let field = field(2);
    let cells = || lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
    field.raster::<u8>("lc2014.tif", cells(), &[], |_, _| NONE);
    field.raster::<u8>(
        "lc2020.tif",
        cells(),
        &[],
        |col, _| if col < 4 { 2 } else { CROPS },
    );
    let gap = "[[land-cover]]\nyear = 2014\npath = \"lc2014.tif\"\nlegend = \"legend.csv\"\nnodata = 255\n";
    let plan = format!("{MAPS}{gap}{}", methods("forest"));
    field.done(
        &format!("{plan}{}", fire(&field, "forest", [2.0, 6.0], "")),
        &[],
    );
    let row = gas(&field, "fire-co2");
    close(number(&row, "sequestration_tco2e_yr"), -18.0 * CO2);
}

/// Mangrove of an outline of 2010 that is in none of 2020 was lost, though there is none of the year between;
/// and of a fire by a figure nobody knows how much of it that was.
#[test]
fn outlined_land_over_a_date_without_an_outline_was_lost() {
    let field = field(NONE);
    let cells = lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
    field.raster::<u8>("lc2014.tif", cells, &[], |_, _| NONE);
    let gap = "[[land-cover]]\nyear = 2014\npath = \"lc2014.tif\"\nlegend = \"legend.csv\"\nnodata = 255\n";
    let of = outlines(&field, "mangrove", [[2.0, 6.0], [2.0, 4.0]]);
    let burnt = fire(&field, "mangrove", [2.0, 6.0], "");
    let plan = format!("{MAPS}{gap}{of}{}", methods("mangrove"));
    field.done(&format!("{plan}{burnt}"), &[]);
    let keys = [
        ("region_id", "a"),
        ("method", "mangrove-clearing-ipcc2013"),
        ("counted", "true"),
    ];
    let loss = field.row("tables/sequestration.csv", &keys);
    assert!(loss["note"].contains("18.0000 ha lost"), "{loss:?}");
    let row = gas(&field, "fire-co2");
    close(number(&row, "sequestration_tco2e_yr"), -18.0 * CO2);
    let figure = burnt.replace("path = \"burnt.json\"", "areas-ha = { a = 30 }");
    let said = field.done(&format!("{plan}{figure}"), &[]);
    let told = "up to 18.0000 ha of it may have been converted then or later";
    assert!(said.contains(told), "{said}");
}
