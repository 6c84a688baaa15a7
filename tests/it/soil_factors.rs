//! Soil by reference stock: factors of grassland, and management that changed.

use crate::carbon_zones::{MAPS, entry, field};
use crate::field::{Field, Row, near, number};

/// Removals are written to three decimals.
const WRITTEN: f64 = 1e-5;
const CO2: f64 = 44.0 / 12.0;

fn removal(field: &Field) -> Row {
    let keys = [("region_id", "a"), ("method", "cropland-soil-ipcc2006")];
    field.row("tables/sequestration.csv", &keys)
}

fn headline(field: &Field) -> f64 {
    let summary = field.row("summary.csv", &[("region_id", "a")]);
    number(&summary, "sequestration_tco2e_yr")
}

/// Severely degraded grassland holds 0.7 of 88 t C/ha, improved one with high input 1.14 x 1.11; words of
/// crops are refused with those that fit, and the other way round.
#[test]
fn soil_of_grassland_has_its_own_factors() {
    let field = field();
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n41,grass,grassland\n82,crops,cropland\n",
    );
    let map = "[[land-cover]]\nyear = 2020\npath = \"lc2020.tif\"\nlegend = \"legend.csv\"\n\
        [carbon]\nclimate-zone = \"warm-temperate-moist\"\nkeys = { soil-class = \"high-activity-clay\" }\n";
    let soil = |ecosystem: &str, method: &str, management: &str, input: &str| {
        let land_use = match ecosystem {
            "cropland" => "land-use = \"long-term-cultivated\", ",
            _ => "",
        };
        let keys =
            format!("keys = {{ {land_use}management = \"{management}\", input = \"{input}\" }}\n");
        format!("{map}{}", entry(ecosystem, method, &keys))
    };
    for (method, management, input, reference, factor) in [
        (
            "grassland-soil-ipcc2006",
            "grassland-severely-degraded",
            "nominal",
            88.0,
            0.7,
        ),
        (
            "grassland-soil-ipcc2006",
            "grassland-improved",
            "grassland-improved-high",
            88.0,
            1.14 * 1.11,
        ),
        ("grassland-soil-ipcc2006", "nominal", "nominal", 88.0, 1.0),
        (
            "grassland-soil-ipcc2019",
            "severely-degraded",
            "nominal",
            64.0,
            0.7,
        ),
        (
            "grassland-soil-ipcc2019",
            "improved-grassland",
            "grassland-high",
            64.0,
            1.14 * 1.11,
        ),
    ] {
        field.done(&soil("grassland", method, management, input), &[]);
        let keys = [
            ("region_id", "a"),
            ("ecosystem", "grassland"),
            ("method", method),
        ];
        let row = field.row("tables/carbon.csv", &keys);
        near(&row, "carbon_tc", 50.0 * reference * factor, 1e-6);
    }
    field.refused(
        &soil(
            "cropland",
            "cropland-soil-ipcc2006",
            "grassland-severely-degraded",
            "medium",
        ),
        &["`management` can be full-tillage, reduced-tillage, no-till"],
    );
    field.refused(
        &soil("grassland", "grassland-soil-ipcc2006", "no-till", "nominal"),
        &["`management` can be grassland-nondegraded"],
    );
}

/// Cropland without tillage since 2012, 1.15 of its carbon (2006, warm temperate moist), on 50 ha that were
/// cropland on both maps, and 50 ha that became forest of their own clock.
#[test]
fn a_change_of_management_moves_the_soil_for_twenty_years() {
    let field = field();
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n41,crops,cropland\n82,trees,forest\n",
    );
    let maps = MAPS.replace("\"nlcd\"", "\"legend.csv\"");
    let head = "[carbon]\nclimate-zone = \"warm-temperate-moist\"\nkeys = { soil-class = \"high-activity-clay\" }\n";
    let crops = |since: u16, before: &str, more: &str| {
        let keys = "keys = { land-use = \"long-term-cultivated\", management = \"no-till\", input = \"medium\" }\n";
        let managed = format!("managed = {{ since = {since}, before = {{ {before} }} }}\n");
        let soil = entry(
            "cropland",
            "cropland-soil-ipcc2006",
            &format!("{keys}{managed}{more}"),
        );
        format!("{maps}{head}{soil}")
    };
    let tilled = "management = \"full-tillage\"";
    field.done(&crops(2012, tilled, ""), &[]);
    let row = removal(&field);
    let yearly = 50.0 * 88.0 * 0.69 * 0.15 / 20.0 * CO2;
    near(&row, "sequestration_tco2e_yr", yearly, WRITTEN);
    assert_eq!(
        (row["counted"].as_str(), row["approach"].as_str()),
        ("true", "soil-change")
    );
    assert!(
        row["note"].contains("50.0000 ha of unchanged use"),
        "{row:?}"
    );
    assert!((headline(&field) - yearly).abs() < 0.01);
    let keys = [("region_id", "a"), ("method", "cropland-soil-ipcc2006")];
    let stock = field.row("tables/carbon.csv", &keys);
    near(&stock, "carbon_tc", 50.0 * 88.0 * 0.69 * 1.15, 1e-6);
    assert!(stock["note"].contains("since 2012"), "{stock:?}");
    // One zone; a soil at rest.
    let within = "within = { layer = \"zones\", classes = [1] }\n";
    for (since, more, expected) in [(2012, within, yearly / 10.0), (2000, "", 0.0)] {
        field.done(&crops(since, tilled, more), &[]);
        let row = removal(&field);
        near(&row, "sequestration_tco2e_yr", expected, 1e-4);
    }
    // Transitions hold the stock under the management of each date.
    for (since, before, after) in [(2012, 1.0, 1.15), (2010, 1.15, 1.15), (2020, 1.0, 1.15)] {
        field.done(&crops(since, tilled, ""), &[]);
        let keys = [
            ("region_id", "a"),
            ("from_code", "cropland"),
            ("to_code", "cropland"),
        ];
        let stayed = field.row("tables/carbon_transitions.csv", &keys);
        let stock = 50.0 * 88.0 * 0.69;
        near(&stayed, "from_carbon_tc", stock * before, 1e-6);
        near(&stayed, "to_carbon_tc", stock * after, 1e-6);
        near(&stayed, "change_tc", stock * (after - before), 1e-6);
        let told = stayed["note"].contains("its management changed between the dates");
        assert_eq!(told, since > 2010, "{stayed:?}");
    }
    field.refused(
        &crops(2012, "management = \"grassland-improved\"", ""),
        &["before 2012", "`management` can be full-tillage"],
    );
    // The half that became forest in 2020 takes along what its management had made of it by then: twelve of
    // twenty steps since 2008, all of them since 1985, none since 2020.
    let forest = entry("forest", "soil-reference-ipcc2006", "");
    let change = entry("forest", "soil-change-tier1", "");
    for (since, gained) in [(2008, 0.6), (1985, 1.0), (2020, 0.0)] {
        field.done(
            &format!("{}{forest}{change}", crops(since, tilled, "")),
            &[],
        );
        let keys = [
            ("region_id", "a"),
            ("ecosystem", "forest"),
            ("method", "soil-change-tier1"),
        ];
        let row = field.row("tables/sequestration.csv", &keys);
        let at_change = 88.0 * 0.69 * (1.0 + 0.15 * gained);
        let expected = 50.0 * (88.0 - at_change) / 20.0 * CO2;
        near(&row, "sequestration_tco2e_yr", expected, WRITTEN);
        let told = row["note"].contains("of 50.0000 ha of it the management changed as well");
        assert_eq!(told, since == 2008, "{row:?}");
    }
    field.refused(
        &crops(2012, "management = \"no-till\"", ""),
        &["the same keys before as after"],
    );
    field.refused(
        &crops(2021, tilled, ""),
        &["`managed` is since 2021, and the newest map is of 2020"],
    );
    field.refused(&crops(12, tilled, ""), &["`since` of `managed` is no year"]);
}
