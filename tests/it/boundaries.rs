//! Boundaries beside maps: where the map has no value, under water, beyond its edge, and of other years.

use crate::carbon_zones::entry;
use crate::field::{Field, lattice, near};

const FOREST: u8 = 1;
const WATER: u8 = 2;
const NONE: u8 = 255;

/// Ten by ten cells of 1 ha: forest, and in the four columns on the right what is given; the same in 2010
/// and 2020.
fn field(sea: u8) -> Field {
    let field = Field::new();
    let cells = lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
    field.codes(
        "lc.tif",
        cells,
        NONE,
        |col, _| {
            if col < 6 { FOREST } else { sea }
        },
    );
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n1,trees,forest\n2,sea,water\n",
    );
    field.regions("regions.json", 5070, &[("a", [0.0, 0.0, 1000.0, 1000.0])]);
    field
}

fn maps(years: &[i32]) -> String {
    let map = |year| {
        format!("[[land-cover]]\nyear = {year}\npath = \"lc.tif\"\nlegend = \"legend.csv\"\n")
    };
    years.iter().map(map).collect()
}

fn boundary(ecosystem: &str, year: Option<i32>, path: &str, more: &str) -> String {
    let year = year.map_or_else(String::new, |year| format!("year = {year}\n"));
    format!("[[boundary]]\necosystem = \"{ecosystem}\"\npath = \"{path}\"\n{year}{more}")
}

/// Seagrass of 25 ha in 2010 and 35 ha in 2020, of which 5 and 7 ha lie on the forest of the map.
fn meadows(field: &Field) -> String {
    field.regions("s2010.json", 5070, &[("s", [500.0, 0.0, 1000.0, 500.0])]);
    field.regions("s2020.json", 5070, &[("s", [500.0, 0.0, 1000.0, 700.0])]);
    [
        boundary("seagrass", Some(2010), "s2010.json", ""),
        boundary("seagrass", Some(2020), "s2020.json", ""),
        "[carbon]\nclimate-zone = \"warm-temperate-moist\"\n".to_owned(),
        entry("seagrass", "seagrass-soil-ipcc2013", ""),
        entry("seagrass", "seagrass-restoration-ipcc2013", ""),
    ]
    .concat()
}

fn laws_hold(field: &Field) {
    for check in field.table("tables/checks.csv") {
        assert_eq!(check["passed"], "true", "{check:?}");
    }
}

/// Area of an ecosystem in a year.
fn area(field: &Field, ecosystem: &str, year: &str, expected: f64) {
    let keys = [
        ("region_id", "a"),
        ("kind", "ecosystem"),
        ("code", ecosystem),
        ("year", year),
    ];
    near(
        &field.row("tables/area.csv", &keys),
        "area_ha",
        expected,
        1e-6,
    );
}

/// 108 t C in a hectare of soil; 0.43 t C a year in each that was gained.
#[test]
fn a_boundary_counts_where_the_map_has_no_value_or_water() {
    for sea in [NONE, WATER] {
        let field = field(sea);
        let plan = format!("{}{}", maps(&[2010, 2020]), meadows(&field));
        field.done(&plan, &[]);
        area(&field, "seagrass", "2010", 25.0);
        area(&field, "seagrass", "2020", 35.0);
        let keys = [("region_id", "a"), ("ecosystem", "seagrass")];
        near(
            &field.row("tables/carbon.csv", &keys),
            "carbon_tc",
            35.0 * 108.0,
            1e-6,
        );
        let keys = [
            ("region_id", "a"),
            ("method", "seagrass-restoration-ipcc2013"),
        ];
        let removal = field.row("tables/sequestration.csv", &keys);
        let gained = 10.0 * 0.43 * 44.0 / 12.0;
        near(&removal, "sequestration_tco2e_yr", gained, 1e-4);
        laws_hold(&field);
        // Of the map they stay without a value.
        let summary = field.row("summary.csv", &[("region_id", "a")]);
        let valid = if sea == NONE { 60.0 } else { 100.0 };
        near(&summary, "land_cover_valid_pct", valid, 1e-6);
        near(&summary, "forest_area_ha", 60.0, 1e-6);
    }
}

#[test]
fn a_boundary_of_a_region_without_a_valid_cell_is_its_land() {
    let field = field(NONE);
    let sea = [600.0, 0.0, 1000.0, 1000.0];
    field.regions(
        "regions.json",
        5070,
        &[("a", sea), ("b", [0.0, 0.0, 600.0, 1000.0])],
    );
    field.done(&format!("{}{}", maps(&[2010, 2020]), meadows(&field)), &[]);
    area(&field, "seagrass", "2020", 28.0);
    let row = field.row("summary.csv", &[("region_id", "a")]);
    near(&row, "carbon_tc", 28.0 * 108.0, 1e-6);
    assert!(
        row["notes"].contains("its areas are those of boundaries alone"),
        "{row:?}"
    );
}

/// Of a region without a valid cell an outline tells its mangrove, which did not change, and nothing of forest.
#[test]
fn an_outline_alone_does_not_tell_that_no_other_land_was_lost() {
    let field = field(NONE);
    let regions = [
        ("a", [0.0, 0.0, 600.0, 1000.0]),
        ("b", [600.0, 0.0, 1000.0, 1000.0]),
    ];
    field.regions("regions.json", 5070, &regions);
    field.regions("m.json", 5070, &[("m", [600.0, 0.0, 700.0, 1000.0])]);
    let mangrove = boundary("mangrove", None, "m.json", "");
    let forest = [
        entry(
            "forest",
            "forest-biomass-ipcc2019",
            crate::carbon_zones::TREES,
        ),
        entry("forest", "conversion-loss-tier1", ""),
    ];
    let keys = "keys = { zone = \"tropical-wet\" }\n";
    let coast = entry("mangrove", "mangrove-clearing-ipcc2013", keys);
    for (carbon, removal) in [(forest.concat(), ""), (coast, "0")] {
        field.done(&format!("{}{mangrove}{carbon}", maps(&[2010, 2020])), &[]);
        for (region, removal) in [("a", "0"), ("b", removal)] {
            let row = field.row("summary.csv", &[("region_id", region)]);
            assert_eq!(row["sequestration_tco2e_yr"], removal, "{row:?}");
        }
    }
}

/// 10 ha of mangrove of 2010 are not in the outline of 2020, and no map shows what is there: they were lost,
/// whether or not the legend has a class of mangrove that no cell has. Without an outline of 2020 nobody knows.
#[test]
fn land_outside_the_outline_of_a_year_is_none_of_it_though_the_map_has_no_value() {
    let field = field(NONE);
    field.regions("m2010.json", 5070, &[("m", [700.0, 0.0, 1000.0, 1000.0])]);
    field.regions("m2020.json", 5070, &[("m", [800.0, 0.0, 1000.0, 1000.0])]);
    let carbon = "[carbon]\nclimate-zone = \"warm-temperate-moist\"\n";
    let keys = "keys = { zone = \"tropical-wet\" }\n";
    let loss = entry("mangrove", "mangrove-clearing-ipcc2013", keys);
    let before = boundary("mangrove", Some(2010), "m2010.json", "");
    let after = boundary("mangrove", Some(2020), "m2020.json", "");
    for more in ["", "95,mangroves,mangrove\n"] {
        let legend = "code,class_name,ecosystem\n1,trees,forest\n2,sea,water\n";
        field.write("legend.csv", &format!("{legend}{more}"));
        let said = field.done(
            &format!("{}{before}{after}{carbon}{loss}", maps(&[2010, 2020])),
            &[],
        );
        assert!(!said.contains("is not known"), "{said}");
        let keys = [("region_id", "a"), ("method", "mangrove-clearing-ipcc2013")];
        let row = field.row("tables/sequestration.csv", &keys);
        assert!(row["note"].contains("10.0000 ha lost"), "{row:?}");
        laws_hold(&field);
    }
    let said = field.done(
        &format!("{}{before}{carbon}{loss}", maps(&[2010, 2020])),
        &[],
    );
    assert!(
        said.contains("30.0000 ha of mangrove have no value"),
        "{said}"
    );
}

/// Of 40 ha of an outline 30 lie beyond the raster, in the region.
#[test]
fn a_boundary_counts_beyond_the_raster() {
    let field = field(FOREST);
    field.regions("regions.json", 5070, &[("a", [0.0, 0.0, 1500.0, 1000.0])]);
    field.regions("m.json", 5070, &[("m", [900.0, 0.0, 1300.0, 1000.0])]);
    let carbon = "[carbon]\nclimate-zone = \"warm-temperate-moist\"\n";
    let stock = entry(
        "mangrove",
        "mangrove-stock-ipcc2013",
        "keys = { zone = \"tropical-wet\" }\n",
    );
    let mangrove = boundary("mangrove", None, "m.json", "");
    let plan = format!("{}{mangrove}{carbon}{stock}", maps(&[2010, 2020]));
    field.done(&plan, &[]);
    area(&field, "mangrove", "2020", 40.0);
    area(&field, "forest", "2020", 90.0);
    laws_hold(&field);
    let soil = [("region_id", "a"), ("pool", "soil-organic")];
    near(
        &field.row("tables/carbon.csv", &soil),
        "area_ha",
        40.0,
        1e-6,
    );
}

#[test]
fn what_a_boundary_leaves_to_water_is_told() {
    let field = field(WATER);
    field.regions("m.json", 5070, &[("m", [500.0, 0.0, 1000.0, 1000.0])]);
    let mangrove = |more: &str| {
        format!(
            "{}{}",
            maps(&[2020]),
            boundary("mangrove", None, "m.json", more)
        )
    };
    let said = field.done(&mangrove(""), &[]);
    let told = "of 50.0000 ha of mangrove the map of 2020 shows 40.0000 ha of water";
    assert!(said.contains(told), "{said}");
    area(&field, "mangrove", "2020", 10.0);
    let said = field.done(&mangrove("overrides = [\"water\", \"forest\"]\n"), &[]);
    assert!(!said.contains("which boundaries leave"), "{said}");
    area(&field, "mangrove", "2020", 50.0);
}

/// A cloud hides 40 ha inland on the first map: outlines alone tell of mangrove, so that none of them was it, and no
/// account of mangrove rests on what they were. Of 10 ha of mangrove that were forest on a map between and lie under
/// a cloud on the last, outside all outlines, nothing else is known, and they were lost.
#[test]
fn a_cloud_beside_outlines_that_tell_all_is_not_warned_of() {
    let field = field(FOREST);
    let cells = || lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
    let cloud = |name: &str, from: usize, to: usize| {
        field.raster::<u8>(name, cells(), &[], |col, _| {
            if (from..to).contains(&col) {
                NONE
            } else {
                FOREST
            }
        });
    };
    cloud("lc2010.tif", 0, 4);
    cloud("lc2020.tif", 8, 9);
    field.regions("m2010.json", 5070, &[("m", [800.0, 0.0, 1000.0, 1000.0])]);
    field.regions("m2020.json", 5070, &[("m", [900.0, 0.0, 1000.0, 1000.0])]);
    field.regions("m2015.json", 5070, &[("m", [900.0, 0.0, 1000.0, 1000.0])]);
    let outlines = [2010, 2015, 2020]
        .map(|year| boundary("mangrove", Some(year), &format!("m{year}.json"), ""));
    let maps = [("lc2010", 2010), ("lc", 2015), ("lc2020", 2020)].map(|(name, year)| {
        format!("[[land-cover]]\nyear = {year}\npath = \"{name}.tif\"\nlegend = \"legend.csv\"\nnodata = 255\n")
    });
    let keys = "keys = { zone = \"tropical-wet\" }\n";
    let of = [
        "mangrove-clearing-ipcc2013",
        "mangrove-restoration-ipcc2013",
    ];
    let methods = of.map(|method| entry("mangrove", method, keys));
    let said = field.done(
        &[maps.concat(), outlines.concat(), methods.concat()].concat(),
        &[],
    );
    assert!(!said.contains("not known"), "{said}");
    let keys = [
        ("region_id", "a"),
        ("method", "mangrove-clearing-ipcc2013"),
        ("counted", "true"),
    ];
    let row = field.row("tables/sequestration.csv", &keys);
    assert!(row["note"].starts_with("10.0000 ha lost"), "{row:?}");
    laws_hold(&field);
}

/// 20 ha are mangrove by an outline, and forest by a map that has none: nobody saw a change.
#[test]
fn a_map_without_the_outline_of_others_is_told() {
    let field = field(FOREST);
    field.regions("m.json", 5070, &[("m", [0.0, 0.0, 200.0, 1000.0])]);
    let outline = |year| boundary("mangrove", Some(year), "m.json", "");
    let plan = format!(
        "{}{}{}",
        maps(&[2010, 2015, 2020]),
        outline(2010),
        outline(2020)
    );
    let said = field.done(&plan, &[]);
    let told = "there is an outline of 2010, 2020 and none of 2015: of what it holds the map of 2015 shows 20.0000 ha of forest";
    assert!(said.contains(told), "{said}");
    let said = field.done(&format!("{}{}", maps(&[2010, 2020]), outline(2020)), &[]);
    assert!(said.contains("none of 2010"), "{said}");
    let all = format!("{}{}{}", maps(&[2010, 2020]), outline(2010), outline(2020));
    let said = field.done(&all, &[]);
    assert!(!said.contains("there is an outline of"), "{said}");
}

#[test]
fn an_outline_of_karst_tells_what_it_takes() {
    let field = field(NONE);
    field.regions("k.json", 5070, &[("k", [200.0, 0.0, 600.0, 1000.0])]);
    let karst = boundary("karst", None, "k.json", "");
    let said = field.done(&format!("{}{karst}", maps(&[2020])), &[]);
    let told = "40.0000 ha of forest of the map of 2020 become karst";
    assert!(said.contains(told), "{said}");
}

/// Mangrove of outlines gained 16 ha, of which 12 have no class on the map: what is above ground there is in no
/// difference of densities by class, and counts by its method. Beside it the land that the maps show is left out.
#[test]
fn gains_of_outlines_without_a_class_count_beside_densities_by_class() {
    let field = field(NONE);
    field.write("pools.csv", "lucode,c_above\n1,100\n2,0\n");
    field.regions("m2010.json", 5070, &[("m", [500.0, 0.0, 900.0, 600.0])]);
    field.regions("m2020.json", 5070, &[("m", [500.0, 0.0, 900.0, 1000.0])]);
    let keys = "keys = { zone = \"tropical-wet\" }\n";
    let plan = |sea: &[i32]| {
        let outlines =
            [2010, 2020].map(|year| boundary("mangrove", Some(year), &format!("m{year}.json"), ""));
        let restored = entry("mangrove", "mangrove-restoration-ipcc2013", keys);
        let carbon = "[carbon]\nclass-density = { path = \"pools.csv\" }\n";
        [maps(sea), outlines.concat(), carbon.to_owned(), restored].concat()
    };
    let said = field.done(&plan(&[2010, 2020]), &[]);
    let told =
        "the difference of the densities by class has it, but of 12.0000 ha that it does not reach";
    assert!(said.contains(told), "{said}");
    let keys = [
        ("region_id", "a"),
        ("method", "mangrove-restoration-ipcc2013"),
        ("pool", "above-ground"),
    ];
    let row = field.row("tables/sequestration.csv", &keys);
    near(
        &row,
        "sequestration_tco2e_yr",
        12.0 * 9.9 * 0.451 * 44.0 / 12.0,
        1e-4,
    );
    assert_eq!(row["counted"], "true", "{row:?}");
    let stock = [
        ("region_id", "a"),
        ("method", "class-density"),
        ("year", "2020"),
    ];
    let row = field.row("tables/carbon.csv", &stock);
    let told = "30.0000 ha of boundaries without a class on the map are left out";
    assert!(row["note"].contains(told), "{row:?}");
}
