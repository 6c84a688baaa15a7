//! Plots of the FIA database by the preset: rFIA's answers on Rhode Island, from the same tables.

use std::sync::LazyLock;

use crate::outputs::{Outputs, Row, half_digit, number};
use crate::reference::{Index, expected};
use crate::scratch::samples;

/// Square metres, cubic metres and tonnes (NIST SP 811, appendix B.8).
pub(crate) const ACRE_HA: f64 = 0.404_685_642_24;
const FOOT_M: f64 = 0.3048;
pub(crate) const FOOT3_M3: f64 = FOOT_M * FOOT_M * FOOT_M;
const SHORT_TON_T: f64 = 0.907_184_74;

const YEARS: [i32; 6] = [2013, 2014, 2015, 2016, 2017, 2018];

/// A plan of evaluations of Rhode Island for its counties.
pub(crate) fn plan(years: &[i32]) -> String {
    let dir = samples().join("rhode-island");
    let dir = dir.display();
    let entry = |year| {
        format!(
            "[[inventory.plots]]\nyear = {year}\npath = \"{dir}/fia\"\npreset = \"fia\"\nstate = 44\n"
        )
    };
    let plots = years.iter().map(entry).collect::<Vec<_>>().concat();
    format!(
        "name = \"FIA\"\n[regions]\npath = \"{dir}/counties.gpkg\"\nid = \"fips\"\n\
         [inventory]\nmin-plots = 1\n{plots}[inventory.fields]\nregion = \"COUNTY_FIPS\"\n"
    )
}

pub(crate) static EVERY_YEAR: LazyLock<Outputs> = LazyLock::new(|| Outputs::of_text(&plan(&YEARS)));

/// Our rows by region, year, attribute, domain and statistic; changes between inventories apart.
pub(crate) fn inventory(outputs: &Outputs) -> Index {
    let key = [
        "region_id",
        "year",
        "attribute",
        "domain",
        "statistic",
        "from_year",
    ];
    let mut index = outputs.index("tables/inventory.csv", &key);
    index.retain(|key, _| key[5].is_empty());
    index
        .into_iter()
        .map(|(key, row)| (key[..5].to_vec(), row))
        .collect()
}

/// Where a figure of theirs stands in ours.
pub(crate) struct Figure<'a> {
    pub(crate) attribute: &'a str,
    pub(crate) statistic: &'a str,
    /// Their column; that of the sampling error ends in `_SE`.
    pub(crate) column: &'a str,
    /// What one of their unit is in ours.
    pub(crate) factor: f64,
}

const fn total<'a>(attribute: &'a str, column: &'a str, factor: f64) -> Figure<'a> {
    Figure {
        attribute,
        statistic: "total",
        column,
        factor,
    }
}

const fn per_hectare<'a>(attribute: &'a str, column: &'a str, factor: f64) -> Figure<'a> {
    Figure {
        attribute,
        statistic: "per_forest_hectare",
        column,
        factor: factor / ACRE_HA,
    }
}

/// The region of a row of theirs.
fn region(row: &Row) -> String {
    row.get("COUNTYCD").map_or_else(
        || "_total".to_owned(),
        |county| format!("44{:03}", county.parse::<u32>().unwrap()),
    )
}

/// Compares a figure and its sampling error with theirs.
#[track_caller]
pub(crate) fn close(ours: &Row, theirs: (f64, f64), relative: f64) {
    let (value, error) = theirs;
    let found = number(ours, "value");
    assert!(
        (found - value).abs() <= relative * value.abs() + half_digit(&ours["value"]),
        "{found} is not {value}: {ours:?}"
    );
    let found = number(ours, "se_pct");
    // Half a digit of ours and one more for the last of their sum.
    assert!(
        (found - error).abs() <= 1e-6 + half_digit(&ours["se_pct"]),
        "{found} % is not {error} %: {ours:?}"
    );
}

/// Compares figures of a table of theirs; gives their number.
pub(crate) fn agree(file: &str, figures: &[Figure<'_>]) -> usize {
    let ours = inventory(&EVERY_YEAR);
    let theirs = expected("rhode-island-fia", file);
    let mut compared = 0;
    for row in &theirs.rows {
        for figure in figures {
            let key = [
                &region(row),
                &row["YEAR"],
                figure.attribute,
                "",
                figure.statistic,
            ]
            .map(str::to_owned);
            let found = ours
                .get(&key[..])
                .unwrap_or_else(|| panic!("no row of {key:?}"));
            let value = number(row, figure.column) * figure.factor;
            let error = number(row, &format!("{}_SE", figure.column));
            close(found, (value, error), theirs.relative);
            compared += 1;
        }
    }
    compared
}

#[test]
fn area_of_forest_is_that_of_rfia_in_every_year_and_county() {
    let figures = [total("forest_area", "AREA_TOTAL", ACRE_HA)];
    assert_eq!(agree("area_state_by_year.csv", &figures), 6);
    assert_eq!(agree("area_by_county_year.csv", &figures), 30);
}

#[test]
fn volume_is_that_of_rfia_in_every_year_and_county() {
    let figures = [
        total("volume", "BOLE_CF_TOTAL", FOOT3_M3),
        per_hectare("volume", "BOLE_CF_ACRE", FOOT3_M3),
    ];
    assert_eq!(agree("volume_state_by_year.csv", &figures), 12);
    assert_eq!(agree("volume_by_county_year.csv", &figures), 60);
}

#[test]
fn biomass_and_carbon_of_trees_are_those_of_rfia_in_every_year_and_county() {
    let figures = [
        total("above_ground_biomass", "BIO_TOTAL", SHORT_TON_T),
        per_hectare("above_ground_biomass", "BIO_ACRE", SHORT_TON_T),
        total("above_ground_carbon", "CARB_TOTAL", SHORT_TON_T),
        per_hectare("above_ground_carbon", "CARB_ACRE", SHORT_TON_T),
    ];
    assert_eq!(agree("biomass_state_by_year.csv", &figures), 24);
    assert_eq!(agree("biomass_by_county_year.csv", &figures), 120);
}

#[test]
fn number_of_trees_and_basal_area_are_those_of_rfia() {
    // Their square of the diameter has four digits: see the case.
    let theirs = 0.005_454 / (std::f64::consts::PI / 576.0);
    let square_foot = FOOT_M * FOOT_M / theirs;
    let figures = [
        total("trees", "TREE_TOTAL", 1.0),
        per_hectare("trees", "TPA", 1.0),
        total("basal_area", "BA_TOTAL", square_foot),
        per_hectare("basal_area", "BAA", square_foot),
    ];
    assert_eq!(agree("tpa_state_by_year.csv", &figures), 24);
}

#[test]
fn carbon_of_all_pools_is_that_of_rfia() {
    let figures = [total("all_carbon", "CARB_TOTAL", 1.0)];
    assert_eq!(agree("carbon_state_by_year_total.csv", &figures), 6);
    let ours = inventory(&EVERY_YEAR);
    let theirs = expected("rhode-island-fia", "carbon_state_by_year_pool.csv");
    let of = |year: &str, attribute: &str| {
        let key = ["_total", year, attribute, "", "total"].map(str::to_owned);
        &ours[&key[..]]
    };
    let mut living = std::collections::BTreeMap::new();
    for row in &theirs.rows {
        let attribute = match row["POOL"].as_str() {
            "DEAD_WOOD" => "dead_wood_carbon",
            "LITTER" => "litter_carbon",
            "SOIL_ORG" => "soil_organic_carbon",
            _ => {
                *living.entry(row["YEAR"].as_str()).or_insert(0.0) += number(row, "CARB_TOTAL");
                continue;
            }
        };
        let value = (number(row, "CARB_TOTAL"), number(row, "CARB_TOTAL_SE"));
        close(of(&row["YEAR"], attribute), value, theirs.relative);
    }
    assert_eq!(living.len(), 6);
    for (year, expected) in living {
        let parts = [
            "above_ground_carbon",
            "below_ground_carbon",
            "understory_carbon",
        ];
        let found: f64 = parts
            .map(|part| number(of(year, part), "value"))
            .iter()
            .sum();
        assert!(
            (found / expected - 1.0).abs() < theirs.relative,
            "{year}: {found}, {expected}"
        );
    }
}

#[test]
fn species_are_those_of_rfia() {
    let ours = inventory(&EVERY_YEAR);
    let theirs = expected("rhode-island-species", "species.csv");
    let mut compared = 0;
    for row in &theirs.rows {
        let domain = format!("species={}", row["scientific_name"]);
        for (attribute, column, factor) in [
            ("volume", "BOLE_CF_TOTAL", FOOT3_M3),
            ("above_ground_biomass", "BIO_TOTAL", SHORT_TON_T),
            ("above_ground_carbon", "CARB_TOTAL", SHORT_TON_T),
        ] {
            let value = number(row, column) * factor;
            if value > 0.0 {
                let key = ["_total", "2018", attribute, &domain, "total"].map(str::to_owned);
                let error = number(row, &format!("{column}_SE"));
                let found = &ours[&key[..]];
                if attribute == "above_ground_carbon" {
                    // A column of six decimals to us, dry matter times the fraction of the species to
                    // them: a species of few saplings tells them apart.
                    let off = number(found, "value") / value - 1.0;
                    assert!(off.abs() < 1e-6, "{off}: {found:?}");
                    let off = number(found, "se_pct") - error;
                    assert!(off.abs() < 1e-5, "{off}: {found:?}");
                } else {
                    close(found, (value, error), 1e-9);
                }
                compared += 1;
            }
        }
    }
    assert!(compared > 80, "{compared}");
}

#[test]
fn the_change_between_evaluations_is_that_of_the_table_made_by_hand() {
    let by_hand = &crate::outputs::COUNTIES;
    let key = ["region_id", "attribute", "statistic"];
    let of = |outputs: &Outputs| {
        let mut rows = outputs.table("tables/inventory.csv");
        rows.retain(|row| {
            row["from_year"] == "2013" && row["year"] == "2018" && row["domain"].is_empty()
        });
        let named = rows.into_iter().map(|row| {
            let name: Vec<String> = key.iter().map(|column| row[*column].clone()).collect();
            (name, row)
        });
        named.collect::<Index>()
    };
    let from_tables = Outputs::of_text(&plan(&[2013, 2018]));
    let (ours, theirs) = (of(&from_tables), of(by_hand));
    let mut compared = 0;
    for (name, row) in &theirs {
        // The table by hand has lying dead wood alone.
        if ["dead_wood_carbon", "all_carbon"].contains(&name[1].as_str()) || row["value"].is_empty()
        {
            continue;
        }
        let found = &ours[name];
        for column in ["value", "standard_error"] {
            let (found, expected) = (number(found, column), number(row, column));
            // Differences of rounded columns.
            assert!(
                (found - expected).abs() <= 1e-4 * expected.abs() + 0.5,
                "{name:?} {column}: {found}, {expected}"
            );
        }
        compared += 1;
    }
    assert!(compared > 40, "{compared}");
}
