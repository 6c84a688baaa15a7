//! Fires that count only what the maps show (`on-map`), where a map of their own year may show what they left.

use crate::carbon_zones::{TREES, close, entry};
use crate::field::{Field, Row, lattice, number};

/// Burnt dry matter of a hectare of 50 t/ha of which 0.45 burns, in t.
const FUEL: f64 = 22.5;
const NONE: u8 = 255;
const CROPS: u8 = 1;
const WOOD: u8 = 2;

/// Ten by ten cells of 1 ha: the class in 2010, 2015 and 2020 by column.
fn field(of_2010: fn(usize) -> u8, of_2015: fn(usize) -> u8, of_2020: fn(usize) -> u8) -> Field {
    let field = Field::new();
    for (year, class) in [("2010", of_2010), ("2015", of_2015), ("2020", of_2020)] {
        let cells = lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
        field.codes(&format!("lc{year}.tif"), cells, NONE, |col, _| class(col));
    }
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n1,crops,cropland\n2,trees,forest\n",
    );
    field.regions("regions.json", 5070, &[("a", [0.0, 0.0, 1000.0, 1000.0])]);
    field.regions("burnt.json", 5070, &[("x", [200.0, 0.0, 600.0, 1000.0])]);
    field
}

/// Maps of three years, the gain and the loss of forest, and a fire of 2015 on 40 ha.
fn plan() -> String {
    let map = |year: &str| {
        format!("[[land-cover]]\nyear = {year}\npath = \"lc{year}.tif\"\nlegend = \"legend.csv\"\n")
    };
    let burnt = "[[fire]]\nname = \"dry\"\nyear = 2015\necosystem = \"forest\"\n\
        emission = \"extra-tropical-forest\"\ncombustion = \"other-temperate-forest-all\"\n\
        fuel-t-ha = 50\npath = \"burnt.json\"\non-map = true\n";
    [
        &["2010", "2015", "2020"].map(map).concat(),
        &entry("forest", "forest-biomass-ipcc2019", TREES),
        &entry("forest", "forest-growth-ipcc2019", TREES),
        &entry("forest", "conversion-loss-tier1", ""),
        burnt,
    ]
    .concat()
}

fn gas(field: &Field, pool: &str) -> Row {
    let keys = [("region_id", "a"), ("pool", pool), ("period_start", "2015")];
    field.row("tables/sequestration.csv", &keys)
}

/// Of 40 ha of forest that burnt in 2015 the map of that year shows 30 as crops. All of it stood before: 40 ha give
/// methane (40 x 22.5 t x 4.7 g/kg x 28) and nitrous oxide (40 x 22.5 t x 0.26 g/kg x 265); the carbon dioxide of
/// the 30 ha is in the loss that ends with that map.
#[test]
fn a_fire_burnt_what_the_map_of_its_year_shows_as_lost() {
    let field = field(|_| WOOD, |col| if col < 5 { CROPS } else { WOOD }, |_| WOOD);
    let said = field.done(&plan(), &[]);
    for (pool, area, of_tonne) in [
        ("fire-ch4", 40.0, 0.0047 * 28.0),
        ("fire-n2o", 40.0, 0.00026 * 265.0),
        ("fire-co2", 10.0, 1.569),
    ] {
        let row = gas(&field, pool);
        close(
            number(&row, "sequestration_tco2e_yr"),
            -area * FUEL * of_tonne,
        );
        let told = "burnt land that the map of 2010 or 2015 shows as forest by its class";
        assert!(row["note"].contains(told), "{row:?}");
    }
    let row = gas(&field, "fire-co2");
    let told = "of 30.0000 ha that burnt and were converted then or later";
    assert!(row["note"].contains(told), "{row:?}");
    assert!(!said.contains("burnt in region"), "{said}");
}

/// What either map shows as forest burnt, whatever the other hides; what neither shows and one hides nobody knows;
/// what both show as crops was none.
#[test]
fn burnt_land_is_unknown_where_no_map_shows_it_and_one_hides_it() {
    // Of the four columns that burnt: hidden then wood, wood then hidden, hidden then crops, crops twice.
    let field = field(
        |col| [NONE, WOOD, NONE, CROPS][(col + 2) % 4],
        |col| [WOOD, NONE, CROPS, CROPS][(col + 2) % 4],
        |_| CROPS,
    );
    let said = field.done(&plan(), &[]);
    let methane = gas(&field, "fire-ch4");
    close(
        number(&methane, "sequestration_tco2e_yr"),
        -20.0 * FUEL * 0.0047 * 28.0,
    );
    let told =
        "10.0000 ha of 40.0000 ha that burnt have no value on the map of 2010 or 2015: whether";
    assert!(said.contains(told), "{said}");
    assert!(methane["note"].contains(told), "{methane:?}");
}

/// Yearly factors of the soil of mangrove are no growth of its trees, and what burnt of these is a loss beside them:
/// 40 ha x 22.5 t x 1569 g/kg over ten years.
#[test]
fn fires_of_mangrove_count_beside_the_yearly_factors_of_its_soil() {
    let field = field(|_| WOOD, |_| WOOD, |_| WOOD);
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n1,crops,cropland\n2,trees,mangrove\n",
    );
    let plan = plan();
    let maps = &plan[..plan.find("[[carbon.ecosystem]]").unwrap()];
    let fire = plan[plan.find("[[fire]]").unwrap()..].replace("\"forest\"", "\"mangrove\"");
    let drained = entry("mangrove", "mangrove-drainage-ipcc2013", "");
    let said = field.done(&format!("{maps}{drained}{fire}"), &[]);
    assert!(!said.contains("are in no figure of the headline"), "{said}");
    let keys = [
        ("region_id", "a"),
        ("pool", "fire-co2"),
        ("counted", "true"),
    ];
    let row = field.row("tables/sequestration.csv", &keys);
    close(
        number(&row, "sequestration_tco2e_yr"),
        -40.0 * FUEL * 1.569 / 10.0,
    );
}

/// What stood before a fire of 2015 is what the map of 2010 or that of 2015 shows: 60 ha and 40 ha of other land.
#[test]
fn a_fire_by_figure_is_held_against_what_either_map_shows() {
    for (of_2015, is_told) in [(6..10, false), (0..4, true)] {
        let field = field(
            |col| if col < 6 { WOOD } else { CROPS },
            |_| CROPS,
            |_| WOOD,
        );
        let cells = lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
        drop(field.raster::<u8>("lc2015.tif", cells, &[], |col, _| {
            if of_2015.contains(&col) { WOOD } else { CROPS }
        }));
        let plan = plan().replace(
            "path = \"burnt.json\"\non-map = true",
            "areas-ha = { a = 80 }",
        );
        let said = field.done(&plan, &[]);
        let told = "80.0000 ha of forest burnt in region a in 2015, and the map of 2010 or 2015 shows 60.0000 ha";
        assert_eq!(said.contains(told), is_told, "{said}");
        assert_eq!(said.contains("burnt in region"), is_told, "{said}");
    }
}

/// The growth of 2020 alone, and a fire of 2015: it is in no figure, which a warning tells.
#[test]
fn a_fire_of_another_year_than_the_growth_is_told_with_its_gases() {
    let field = field(|_| WOOD, |_| WOOD, |_| WOOD);
    let plan = plan();
    let map = &plan[plan.find("[[land-cover]]\nyear = 2020").unwrap()..];
    let map = &map[..map.find("[[carbon.ecosystem]]").unwrap()];
    let growth = entry("forest", "forest-growth-ipcc2019", TREES);
    let fire = &plan[plan.find("[[fire]]").unwrap()..];
    let of = |year: &str| {
        let fire = fire.replace("2015", year);
        field.done(&format!("{map}{growth}{fire}"), &[])
    };
    let tonnes = 40.0 * FUEL * (1.569 + 0.0047 * 28.0 + 0.00026 * 265.0);
    let told = format!(
        "{tonnes:.1} t CO2e of its gases are in no figure of the headline: the fire is not of 2020, the year of the headline"
    );
    let said = of("2015");
    assert!(said.contains(&told), "{said}");
    assert!(
        said.contains("where the removal of that one year is meant"),
        "{said}"
    );
    assert!(!of("2020").contains("in no figure"));
}

/// A part of what burnt has no value on the map: the removal of its years is of a part, which the value says. In another
/// year it is none of it, and the row says so.
#[test]
fn burnt_land_that_the_map_hides_is_left_out_of_the_removal_of_its_years() {
    let hidden: [fn(usize) -> u8; 2] = [
        |col| if col < 4 { WOOD } else { NONE },
        |col| if (2..6).contains(&col) { NONE } else { WOOD },
    ];
    for (is_all, of_2015) in [(false, hidden[0]), (true, hidden[1])] {
        let field = field(|_| WOOD, of_2015, |_| WOOD);
        let plan = plan();
        let map = &plan[plan.find("[[land-cover]]\nyear = 2015").unwrap()..];
        let map = &map[..map.find("[[carbon.ecosystem]]").unwrap()];
        let growth = entry("forest", "forest-growth-ipcc2019", TREES);
        let fire = &plan[plan.find("[[fire]]").unwrap()..];
        let price = "[price]\ntco2e = 50\ncurrency = \"CNY\"\n[targets]\npath = \"goals.csv\"\n";
        field.write(
            "goals.csv",
            "year,indicator,comparison,value,unit,scope\n\
             2020,sequestration,>=,-90000,t_co2e/yr,a\n2021,sequestration,>=,90000,t_co2e/yr,a\n",
        );
        for year in ["2015", "2018"] {
            let fire = fire.replace("2015", year);
            field.done(&format!("{map}{growth}{fire}{price}"), &[]);
            let told = "ha that burnt have no value on the map of 2015: whether they were forest is not known";
            let value = field.row("tables/value.csv", &[("region_id", "a")]);
            assert_eq!(value["note"].contains(told), year == "2018", "{value:?}");
            // What burnt beside it can only be a loss.
            let met = |target: &str| {
                let keys = [("region_id", "a"), ("target", target)];
                field.row("tables/targets.csv", &keys)["met"].clone()
            };
            let least = if year == "2018" { "" } else { "true" };
            assert_eq!(["-90000", "90000"].map(met), [least, "false"]);
            let keys = [("region_id", "a"), ("pool", "fire-ch4")];
            let row = field.row("tables/sequestration.csv", &keys);
            assert_eq!(row["sequestration_tco2e_yr"].is_empty(), is_all);
            let apart = "not part of the headline: the fire is of no year after the first date";
            assert_eq!(row["note"].contains(apart), year == "2015", "{row:?}");
        }
    }
}
