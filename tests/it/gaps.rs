//! Gaps of maps: land that one of the dates has no value of.

use std::fmt::Write as _;

use crate::carbon_zones::{TREES, entry};
use crate::field::{Field, Lattice, lattice, number};

const NONE: u8 = 255;
const FOREST: u8 = 1;
const CROPLAND: u8 = 2;
const MANGROVE: u8 = 3;

/// Ten by ten cells of a hectare.
fn grid() -> Lattice {
    lattice(6933, (500_000.0, 4_000_000.0), 100.0, (10, 10))
}

/// The upper five rows are forest in all years, the lower five as given.
fn field(years: &[(i32, u8)]) -> (Field, String) {
    let field = Field::new();
    let grid = grid();
    let mut maps = String::new();
    for (year, class) in years {
        let name = format!("{year}.tif");
        let cell = |_, row| if row < 5 { FOREST } else { *class };
        field.codes(&name, grid, NONE, cell);
        let _ = write!(
            maps,
            "[[land-cover]]\nyear = {year}\npath = \"{name}\"\nlegend = \"legend.csv\"\n"
        );
    }
    let square = [500_000.0, 3_999_000.0, 501_000.0, 4_000_000.0];
    field.regions("regions.json", 6933, &[("a", square)]);
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n1,forest,forest\n2,cropland,cropland\n3,mangrove,mangrove\n",
    );
    field.write(
        "pools.csv",
        "lucode,c_above,c_above_se\n1,100,10\n2,5,1\n3,90,9\n",
    );
    (field, maps)
}

const CARBON: &str = "[carbon]\nclimate-zone = \"warm-temperate-moist\"\n";

/// Yearly removal of the region, and the notes of its row; `None` where it is empty.
fn summary(field: &Field) -> (Option<f64>, String) {
    let row = field.row("summary.csv", &[("region_id", "a")]);
    let removal = row["sequestration_tco2e_yr"].parse().ok();
    (removal, row["notes"].clone())
}

fn is(field: &Field, expected: f64) {
    let (found, notes) = summary(field);
    let found = found.unwrap_or(f64::NAN);
    assert!(
        (found - expected).abs() < 0.002,
        "{found}, expected {expected}: {notes}"
    );
}

const DENSITIES: &str = "class-density = { path = \"pools.csv\" }\n";

/// What the maps both show stayed forest; the other 50 ha are on neither side.
#[test]
fn a_difference_of_stocks_is_of_the_land_that_both_maps_show() {
    for years in [
        [(2010, NONE), (2020, FOREST)],
        [(2010, FOREST), (2020, NONE)],
    ] {
        let (field, maps) = field(&years);
        let credit = "[credit]\nrule = \"art-trees-2.0\"\n";
        let said = field.done(&format!("{maps}{CARBON}{DENSITIES}{credit}"), &[]);
        assert!(said.contains("50.0000 ha without a value on one"), "{said}");
        is(&field, 0.0);
        assert!(
            summary(&field)
                .1
                .contains("50.0000 ha without a value on one")
        );
        let credited = field.row("tables/credit.csv", &[("region_id", "a")]);
        assert_eq!(credited["after_deduction_tco2e_yr"], "");
    }
    // A gap of the map between is none of the first and the last: 50 ha x 95 t C over 20 years.
    let (field, maps) = field(&[(2000, FOREST), (2010, NONE), (2020, CROPLAND)]);
    let said = field.done(&format!("{maps}{CARBON}{DENSITIES}"), &[]);
    assert!(!said.contains("without a value"), "{said}");
    is(&field, -50.0 * 95.0 / 20.0 * 44.0 / 12.0);
    let part = [
        ("region_id", "a"),
        ("period_start", "2000"),
        ("period_end", "2010"),
    ];
    let part = field.row("tables/sequestration.csv", &part);
    assert_eq!(part["sequestration_tco2e_yr"], "0");
    assert!(
        part["note"].starts_with("50.0000 ha without a value"),
        "{part:?}"
    );
    // Maps that share no land have no difference.
    let (field, maps) = self::field(&[(2010, NONE), (2020, FOREST)]);
    field.raster::<u8>(
        "2020.tif",
        grid(),
        &[],
        |_, row| if row < 5 { NONE } else { FOREST },
    );
    let plan = format!("{maps}nodata = 255\n{CARBON}{DENSITIES}");
    field.done(&plan, &[]);
    assert_eq!(summary(&field).0, None);
}

fn loss() -> String {
    let soil = "keys = { soil-class = \"high-activity-clay\" }\n";
    let crops = "keys = { soil-class = \"high-activity-clay\", land-use = \"annual-crops\", management = \"no-tillage\", input = \"medium\" }\n";
    [
        entry("forest", "forest-biomass-ipcc2019", TREES),
        entry("forest", "conversion-loss-tier1", ""),
        entry("forest", "soil-reference-ipcc2019", soil),
        entry("cropland", "cropland-soil-ipcc2019", crops),
        entry("cropland", "soil-change-tier1", ""),
    ]
    .concat()
}

/// The same land gives off the same, whether or not a map between shows nothing of it.
#[test]
fn a_change_over_a_gap_counts_from_the_first_to_the_last_map() {
    let (without, maps) = field(&[(2000, FOREST), (2020, CROPLAND)]);
    without.done(&format!("{maps}{CARBON}{}", loss()), &[]);
    let expected = summary(&without).0.unwrap();
    assert!(expected < -1500.0 + 1.0 && expected > -1600.0, "{expected}");
    let (with, maps) = field(&[(2000, FOREST), (2010, NONE), (2020, CROPLAND)]);
    with.done(&format!("{maps}{CARBON}{}", loss()), &[]);
    is(&with, expected);
    // The parts do not know.
    let part = [
        ("method", "conversion-loss-tier1"),
        ("region_id", "a"),
        ("period_end", "2010"),
    ];
    let part = with.row("tables/sequestration.csv", &part);
    assert_eq!(part["sequestration_tco2e_yr"], "");
    assert!(
        part["note"].contains("50.0000 ha without a value"),
        "{part:?}"
    );
    let all = [
        ("method", "conversion-loss-tier1"),
        ("region_id", "a"),
        ("pool", "above-ground"),
    ];
    let all = with.row("tables/sequestration.csv", &all);
    assert!(
        (number(&all, "sequestration_tco2e_yr") + 1113.273).abs() < 0.001,
        "{all:?}"
    );
}

/// Coast that a map between does not show counts as without that map; at an end of the period it is unknown.
#[test]
fn coast_over_a_gap_is_lost_and_gained() {
    let coast = |method| {
        let keys = "keys = { zone = \"tropical-wet\" }\n";
        format!("{CARBON}{}", entry("mangrove", method, keys))
    };
    for (method, from, to) in [
        ("mangrove-clearing-ipcc2013", MANGROVE, CROPLAND),
        ("mangrove-restoration-ipcc2013", CROPLAND, MANGROVE),
    ] {
        let (without, maps) = field(&[(2000, from), (2020, to)]);
        without.done(&format!("{maps}{}", coast(method)), &[]);
        let (with, maps) = field(&[(2000, from), (2010, NONE), (2020, to)]);
        with.done(&format!("{maps}{}", coast(method)), &[]);
        is(&with, summary(&without).0.unwrap());
        assert!(!summary(&with).1.contains("0.0000 ha lost from"));
    }
    // What an end of the period does not show is not zero.
    for (method, years) in [
        (
            "mangrove-clearing-ipcc2013",
            [(2000, MANGROVE), (2020, NONE)],
        ),
        (
            "mangrove-restoration-ipcc2013",
            [(2000, NONE), (2020, MANGROVE)],
        ),
    ] {
        let (field, maps) = field(&years);
        let said = field.done(&format!("{maps}{}", coast(method)), &[]);
        assert!(
            said.contains("50.0000 ha of mangrove have no value on the"),
            "{said}"
        );
        let (removal, notes) = summary(&field);
        assert_eq!(removal, None);
        assert!(
            notes.contains("50.0000 ha of mangrove have no value on the"),
            "{notes}"
        );
    }
}

/// 50 ha of mangrove that the newest map does not show: that none was gained is no sum beside their loss, which
/// nobody knows; a gas of a known amount beside it is one.
#[test]
fn none_beside_a_change_that_is_not_known_is_no_sum() {
    let (field, maps) = field(&[(2000, MANGROVE), (2020, NONE)]);
    let coast = "keys = { zone = \"tropical-wet\" }\n";
    let both = ["restoration", "extraction"];
    let both = both.map(|one| entry("mangrove", &format!("mangrove-{one}-ipcc2013"), coast));
    let plan = format!("{maps}{CARBON}{}", both.concat());
    field.done(&plan, &[]);
    let (removal, notes) = summary(&field);
    assert_eq!(removal, None);
    let told = "no sequestration: what its land gained or lost is not known";
    assert!(notes.contains(told), "{notes}");
    let keys = [
        ("region_id", "a"),
        ("method", "mangrove-restoration-ipcc2013"),
        ("pool", "above-ground"),
    ];
    let row = field.row("tables/sequestration.csv", &keys);
    assert_eq!(row["sequestration_tco2e_yr"], "0");
    assert_eq!(row["counted"], "false");
    assert!(row["note"].contains("none makes no sum"), "{row:?}");
    let fire = "[[fire]]\nname = \"f\"\nyear = 2010\necosystem = \"forest\"\nemission = \"extra-tropical-forest\"\n\
        combustion = \"other-temperate-forest-all\"\nfuel-t-ha = 50\nareas-ha = { a = 20 }\n";
    field.done(&format!("{plan}{fire}"), &[]);
    assert!(summary(&field).0.unwrap() < 0.0);
}

#[test]
fn land_that_the_newest_map_does_not_show_is_not_called_unconverted() {
    let (field, maps) = field(&[(2000, FOREST), (2020, NONE)]);
    let said = field.done(&format!("{maps}{CARBON}{}", loss()), &[]);
    assert!(
        said.contains("50.0000 ha of forest have no value on the newest map"),
        "{said}"
    );
    assert!(
        said.contains("what their soil gains or loses is not known"),
        "{said}"
    );
    let (removal, notes) = summary(&field);
    assert_eq!(removal, None);
    assert!(!notes.contains("no land was converted"), "{notes}");
    assert!(
        notes.contains("50.0000 ha of forest have no value on the newest map"),
        "{notes}"
    );
}

/// 50 ha of cropland that a map between does not show are managed otherwise as the rest of it is.
#[test]
fn managed_land_over_a_gap_counts() {
    let keys = "keys = { soil-class = \"high-activity-clay\", land-use = \"annual-crops\", management = \"no-tillage\", input = \"medium\" }\nmanaged = { since = 2012, before = { management = \"full-tillage\" } }\n";
    let plan = format!(
        "{CARBON}{}",
        entry("cropland", "cropland-soil-ipcc2019", keys)
    );
    let (without, maps) = field(&[(2000, CROPLAND), (2020, CROPLAND)]);
    without.done(&format!("{maps}{plan}"), &[]);
    let (with, maps) = field(&[(2000, CROPLAND), (2010, NONE), (2020, CROPLAND)]);
    with.done(&format!("{maps}{plan}"), &[]);
    is(&with, summary(&without).0.unwrap());
}

/// Upper and lower half are regions of their own: nothing is known of the lower where the newest map shows nothing.
#[test]
fn a_region_that_a_map_shows_nothing_of_has_no_figure() {
    let plans = [
        (DENSITIES.to_owned(), true),
        (loss(), false),
        (
            entry(
                "mangrove",
                "mangrove-clearing-ipcc2013",
                "keys = { zone = \"tropical-wet\" }\n",
            ),
            false,
        ),
    ];
    for years in [[(2010, FOREST), (2020, NONE)], [(2010, NONE), (2020, NONE)]] {
        let (field, maps) = field(&years);
        let [upper, lower] = [
            [500_000.0, 3_999_500.0, 501_000.0, 4_000_000.0],
            [500_000.0, 3_999_000.0, 501_000.0, 3_999_500.0],
        ];
        field.regions("regions.json", 6933, &[("a", upper), ("b", lower)]);
        for (carbon, of_classes) in &plans {
            let said = field.done(&format!("{maps}{CARBON}{carbon}"), &[]);
            is(&field, 0.0);
            let told = said.contains("region b: no map has a value in it (50.");
            assert_eq!(told, !of_classes && years[0].1 == NONE, "{said}");
            let row = field.row("summary.csv", &[("region_id", "b")]);
            assert_eq!(row["sequestration_tco2e_yr"], "", "{row:?}");
            if *of_classes {
                assert_eq!(row["carbon_tc"], "", "{row:?}");
                let told = "the map of 2020 shows no land of the region";
                assert!(row["notes"].contains(told), "{row:?}");
                let told = "no land of the region has a value on both maps";
                assert!(row["notes"].contains(told), "{row:?}");
            }
        }
    }
}

/// A gap of half a hectare in a hundred does not make an unknown of what is none.
#[test]
fn a_sliver_without_a_value_leaves_a_loss_of_none_zero() {
    let coast = |method| {
        let keys = "keys = { zone = \"tropical-wet\" }\n";
        entry("mangrove", method, keys)
    };
    let clearing = coast("mangrove-clearing-ipcc2013");
    for (cells, known) in [(2, true), (8, false)] {
        for (class, carbon, what) in [
            (FOREST, loss(), "forest"),
            (MANGROVE, clearing.clone(), "mangrove"),
        ] {
            let (field, maps) = field(&[(2010, class), (2020, class)]);
            let grid = || lattice(6933, (500_000.0, 4_000_000.0), 50.0, (20, 20));
            let ours = |col: usize, row: usize| match (row, col) {
                (19, col) if col < cells => NONE,
                _ => class,
            };
            field.raster::<u8>("2010.tif", grid(), &[], |_, _| class);
            field.raster::<u8>("2020.tif", grid(), &[], ours);
            let maps = format!("{maps}nodata = 255\n");
            field.done(&format!("{maps}{CARBON}{carbon}"), &[]);
            let (removal, notes) = summary(&field);
            assert_eq!(removal, known.then_some(0.0), "{what} {cells}: {notes}");
            let hidden = format!(
                "{:.4} ha of {what} have no value on the newest map",
                0.25 * f64::from(u8::try_from(cells).unwrap())
            );
            assert!(notes.contains(&hidden), "{notes}");
        }
    }
}
