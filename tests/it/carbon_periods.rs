//! Maps of three years: what changed from each to the next beside the counted whole; fluxes that stand beside
//! densities by class; the examples of the documentation.

use crate::carbon::{ROCK, field};
use crate::carbon_zones::MAPS;
use crate::field::{Field, lattice, number};

/// Six by six cells of 4 ha. Mangrove has columns 0 and 1 in 2000, 0 to 2 in 2008, 1 and 2 in 2018; the rest
/// is cropland.
fn coast() -> Field {
    let field = field();
    for (year, from, to) in [(2000, 0, 2), (2008, 0, 3), (2018, 1, 3)] {
        let cells = lattice(5070, (0.0, 1200.0), 200.0, (6, 6));
        let class = |col: usize, _| if (from..to).contains(&col) { 1 } else { 2 };
        drop(field.raster::<u8>(&format!("lc_{year}.tif"), cells, &[], class));
    }
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n1,coast,mangrove\n2,crops,cropland\n",
    );
    field
}

fn maps() -> String {
    let map = |year: i32| {
        format!(
            "[[land-cover]]\nyear = {year}\npath = \"lc_{year}.tif\"\nlegend = \"legend.csv\"\n"
        )
    };
    [2000, 2008, 2018].map(map).concat()
}

fn entry(ecosystem: &str, method: &str, more: &str) -> String {
    format!("[[carbon.ecosystem]]\necosystem = \"{ecosystem}\"\nmethod = \"{method}\"\n{more}")
}

/// The removal of all regions by a method from one year to another.
fn removal(
    field: &Field,
    method: &str,
    pool: &str,
    (from, to): (&str, &str),
    counted: &str,
) -> f64 {
    let keys = [
        ("region_id", "_total"),
        ("method", method),
        ("pool", pool),
        ("period_start", from),
        ("period_end", to),
        ("counted", counted),
    ];
    number(
        &field.row("tables/sequestration.csv", &keys),
        "sequestration_tco2e_yr",
    )
}

fn is(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 2e-3 * expected.abs().max(1.0),
        "{found}, {expected}"
    );
}

/// 24 ha came by 2008 and 24 others went by 2018: the whole period has both, each part its own.
#[test]
fn coast_gained_and_lost_has_a_row_for_each_pair_of_maps() {
    let field = coast();
    let keys = "keys = { zone = \"tropical-wet\" }\n";
    let gain = "mangrove-restoration-ipcc2013";
    let loss = "mangrove-extraction-ipcc2013";
    let plan = format!(
        "{}[carbon]\n{keys}{}{}",
        maps(),
        entry("mangrove", gain, ""),
        entry("mangrove", loss, "")
    );
    field.done(&plan, &[]);
    let soil = "soil-organic";
    let gained = 24.0 * 1.62 * 44.0 / 12.0;
    is(
        removal(&field, gain, soil, ("2000", "2018"), "true"),
        gained,
    );
    is(
        removal(&field, gain, soil, ("2000", "2008"), "false"),
        gained,
    );
    is(removal(&field, gain, soil, ("2008", "2018"), "false"), 0.0);
    let whole = removal(&field, loss, soil, ("2000", "2018"), "true");
    assert!(whole < 0.0, "{whole}");
    is(removal(&field, loss, soil, ("2000", "2008"), "false"), 0.0);
    is(
        removal(&field, loss, soil, ("2008", "2018"), "false"),
        whole * 18.0 / 10.0,
    );
}

/// 48 ha were lost by 2008, of which half came back by 2018: the loss from the first to the last date is of
/// 24 ha, and that of the other 24 ha is told.
#[test]
fn coast_that_was_lost_and_came_back_is_told() {
    let field = coast();
    for (year, to) in [(2000, 3), (2008, 1), (2018, 2)] {
        let cells = lattice(5070, (0.0, 1200.0), 200.0, (6, 6));
        let class = |col: usize, _| if col < to { 1 } else { 2 };
        drop(field.raster::<u8>(&format!("lc_{year}.tif"), cells, &[], class));
    }
    let loss = "mangrove-extraction-ipcc2013";
    let keys = "keys = { zone = \"tropical-wet\" }\n";
    let plan = format!("{}[carbon]\n{keys}{}", maps(), entry("mangrove", loss, ""));
    field.done(&plan, &[]);
    let pools = [
        "above-ground",
        "below-ground",
        "dead-wood",
        "litter",
        "soil-organic",
    ];
    let whole = pools.map(|pool| removal(&field, loss, pool, ("2000", "2018"), "true"));
    let all = -18.0 * whole.iter().sum::<f64>();
    let soil = 24.0 * 386.0 * 44.0 / 12.0;
    is(-18.0 * whole[4], soil);
    let total = field.row("summary.csv", &[("region_id", "_total")]);
    let notes = &total["notes"];
    let told =
        "24.0000 ha more were lost from one date to the next, which by the same factors gave off ";
    let (_, rest) = notes.split_once(told).unwrap_or_else(|| panic!("{notes}"));
    let tonnes: f64 = rest.split(' ').next().unwrap().parse().unwrap();
    is(tonnes, all);
    assert!(rest.contains("It is in no sum"), "{notes}");
    assert_eq!(notes.matches("more were lost").count(), 1, "{notes}");
    // The note of the method stays the end of the row's.
    let row = field.row(
        "tables/sequestration.csv",
        &[
            ("region_id", "_total"),
            ("pool", "litter"),
            ("counted", "true"),
        ],
    );
    assert!(row["note"].contains("24.0000 ha more were lost"), "{row:?}");
    assert!(
        row["note"].ends_with("only cleared the soil stays."),
        "{row:?}"
    );
}

/// 100 t C/ha of mangrove on 48, 72 and 48 ha: +2400 t C in eight years, -2400 in ten, none in all.
#[test]
fn densities_by_class_tell_in_which_years_carbon_went() {
    let field = coast();
    field.write("pools.csv", "lucode,c_above\n1,100\n2,0\n");
    let densities = "[carbon]\nclass-density = { path = \"pools.csv\" }\n";
    field.done(&format!("{}{densities}", maps()), &[]);
    let of = |years, counted| removal(&field, "class-density", "above-ground", years, counted);
    is(of(("2000", "2018"), "true"), 0.0);
    is(of(("2000", "2008"), "false"), 2400.0 / 8.0 * 44.0 / 12.0);
    is(of(("2008", "2018"), "false"), -2400.0 / 10.0 * 44.0 / 12.0);
}

/// What no density holds stands beside them; a stock, and a removal of a pool of the table, is refused.
#[test]
fn fluxes_stand_beside_densities_by_class_where_they_hold_them_not() {
    let field = coast();
    let legend = "code,class_name,ecosystem\n1,coast,salt-marsh\n2,crops,cropland\n";
    field.write("legend.csv", legend);
    field.write("pools.csv", "lucode,c_above\n1,100\n2,0\n");
    let head = format!(
        "{}{ROCK}[carbon]\nclass-density = {{ path = \"pools.csv\" }}\n",
        maps()
    );
    let within = "within = { layer = \"rock\", classes = [1] }\n";
    let karst = entry("karst", "karst-weathering-china", within);
    let gain = entry("salt-marsh", "salt-marsh-restoration-ipcc2013", "");
    field.done(&format!("{head}{karst}{gain}"), &[]);
    let total = field.row("summary.csv", &[("region_id", "_total")]);
    is(
        number(&total, "sequestration_tco2e_yr"),
        24.0 * 0.91 * 44.0 / 12.0,
    );
    is(number(&total, "carbon_tc"), 4800.0);
    assert!(
        !total["notes"].contains("chooses no method"),
        "{}",
        total["notes"]
    );
    let flux = [("region_id", "_total"), ("pool", "weathering")];
    assert_eq!(
        field.row("tables/sequestration.csv", &flux)["counted"],
        "false"
    );
    // Soil in the table: the gain of soil is in the difference of the maps.
    field.write("pools.csv", "lucode,c_above,c_soil\n1,100,200\n2,0,60\n");
    let stock = entry("salt-marsh", "salt-marsh-soil-ipcc2013", "");
    field.refused(
        &format!("{head}{karst}{gain}{stock}"),
        &[
            "stock difference and gain-loss are never mixed",
            "method `salt-marsh-soil-ipcc2013` gives one too",
        ],
    );
    // Drained soil keeps its class: told where land changed to or from it.
    let drained = entry("salt-marsh", "salt-marsh-drainage-ipcc2013", within);
    let run = field.run(&format!("{head}{drained}"), &[]);
    let told = crate::field::said(&run);
    assert!(
        told.contains("48.0000 ha changed to or from salt-marsh"),
        "{told}"
    );
    assert_eq!(run.status.code(), Some(0), "{told}");
}

/// Every example of `docs/carbon.md` that chooses a method runs as it stands there, with maps of its ecosystems.
#[test]
fn the_examples_of_the_documentation_run() {
    let text = include_str!("../../docs/carbon.md").replace('\r', "");
    let blocks = text.split("```toml\n").skip(1);
    let blocks = blocks.filter_map(|block| block.split("```").next());
    let head = "[carbon]\nclimate-zone = \"cool-temperate-moist\"\nkeys = { soil-class = \"high-activity-clay\" }\n";
    let layer = |name: &str| {
        format!(
            "[[layer]]\nname = \"{name}\"\npath = \"{name}.tif\"\nlegend = \"ipcc_climate.csv\"\n"
        )
    };
    let mut run = 0;
    for block in blocks.filter(|block| block.contains("[[carbon.ecosystem]]")) {
        let field = Field::new();
        let grid = lattice(5070, (0.0, 1000.0), 100.0, (10, 10));
        for year in ["2010", "2020"] {
            let name = format!("lc{year}.tif");
            field.raster::<u8>(&name, grid, &[], |col, _| {
                u8::try_from(1 + col % 6).unwrap()
            });
        }
        let ecosystems = [
            "forest",
            "bamboo",
            "grassland",
            "cropland",
            "peatland",
            "mangrove",
        ];
        let rows = ecosystems.iter().enumerate();
        let rows = rows.map(|(place, one)| format!("{},{one},{one}\n", place + 1));
        field.write(
            "legend.csv",
            &format!("code,class_name,ecosystem\n{}", rows.collect::<String>()),
        );
        field.raster::<u8>(
            "ipcc_climate.tif",
            grid,
            &[],
            |_, row| if row < 5 { 7 } else { 8 },
        );
        field.write(
            "ipcc_climate.csv",
            "code,class_name\n1,wet\n2,dry\n7,a\n8,b\n9,c\n",
        );
        field.raster::<u8>("water.tif", grid, &[], |_, row| if row < 5 { 1 } else { 2 });
        field.raster::<f32>("agb_2020.tif", grid, &[], |_, _| 150.0);
        field.regions("regions.json", 5070, &[("a", [0.0, 0.0, 1000.0, 1000.0])]);
        let maps = MAPS.replace("nlcd", "legend.csv");
        let maps = maps.split("[[layer]]").next().unwrap();
        let head = if block.contains("[carbon]") { "" } else { head };
        let water = if block.contains("\"water\"") {
            layer("water")
        } else {
            String::new()
        };
        field.done(&format!("{maps}{water}{head}{block}"), &[]);
        let stocks = field.table("tables/carbon.csv");
        let removals = field.table("tables/sequestration.csv");
        assert!(
            stocks
                .iter()
                .chain(&removals)
                .any(|row| row["counted"] == "true"),
            "{block}"
        );
        run += 1;
    }
    assert_eq!(run, 5);
}
