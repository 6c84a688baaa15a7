//! Components of change of the FIA database: rFIA's `growMort` on Rhode Island, and rules by hand.

use crate::fia::{ACRE_HA, EVERY_YEAR, FOOT3_M3, close, inventory};
use crate::outputs::{Row, number};
use crate::reference::{Index, expected};

/// Tonnes of one pound (NIST SP 811, appendix B.8).
const POUND_T: f64 = 0.000_453_592_37;

/// What a table of theirs holds.
struct Table<'a> {
    file: &'a str,
    attribute: &'a str,
    /// Ending of the columns per acre.
    per_acre: &'a str,
    /// What one of their unit is in ours.
    factor: f64,
}

fn row<'a>(ours: &'a Index, year: &str, attribute: &str, statistic: &str) -> &'a Row {
    let key = ["_total", year, attribute, "", statistic].map(str::to_owned);
    ours.get(&key[..])
        .unwrap_or_else(|| panic!("no row of {key:?}"))
}

/// Compares the components of one attribute in all years; gives the number of figures.
fn agree(table: &Table<'_>) -> usize {
    let ours = inventory(&EVERY_YEAR);
    let theirs = expected("rhode-island-fia", table.file);
    let mut compared = 0;
    for their in &theirs.rows {
        let year = &their["YEAR"];
        for (statistic, word) in [
            ("yearly_ingrowth", "RECR"),
            ("yearly_mortality", "MORT"),
            ("yearly_cut", "REMV"),
            ("yearly_growth", "GROW"),
            ("yearly_net_change", "CHNG"),
        ] {
            // See the case for what differs, and why.
            let survivors = word == "GROW" && table.attribute == "trees";
            let incomplete = word == "CHNG" && table.attribute == "volume";
            if survivors || incomplete {
                continue;
            }
            let value = number(their, &format!("{word}_TOTAL"));
            let mut error = number(their, &format!("{word}_TOTAL_SE")).abs();
            if word == "REMV" {
                error *= number(their, "RECR_TOTAL") / value;
            }
            let found = row(&ours, year, table.attribute, statistic);
            let mut found = found.clone();
            let size = number(&found, "se_pct").abs();
            found.insert("se_pct".into(), format!("{size:.6}"));
            close(&found, (value * table.factor, error), theirs.relative);
            compared += 1;
            // Their error of the change per acre is not printed.
            if word != "CHNG" {
                let per_acre = format!("{word}_{}", table.per_acre);
                let value = number(their, &per_acre) * table.factor / ACRE_HA;
                let error = number(their, &format!("{per_acre}_SE"));
                let statistic = format!("{statistic}_per_forest_hectare");
                let found = row(&ours, year, table.attribute, &statistic);
                close(found, (value, error), theirs.relative);
                compared += 1;
            }
        }
        let forest = row(&ours, year, "forest_area", "forest_at_both_visits");
        let area = number(their, "AREA_TOTAL") * ACRE_HA;
        close(forest, (area, number(their, "AREA_TOTAL_SE")), 1e-9);
    }
    compared
}

#[test]
fn components_of_volume_are_those_of_rfia() {
    let table = Table {
        file: "growmort_netvol_by_year.csv",
        attribute: "volume",
        per_acre: "NETVOL_ACRE",
        factor: FOOT3_M3,
    };
    assert_eq!(agree(&table), 6 * 8);
}

#[test]
fn components_of_biomass_are_those_of_rfia() {
    let table = Table {
        file: "growmort_bioag_by_year.csv",
        attribute: "above_ground_biomass",
        per_acre: "BIO_AG_ACRE",
        factor: POUND_T,
    };
    assert_eq!(agree(&table), 6 * 9);
}

#[test]
fn components_of_carbon_are_those_of_rfia() {
    let table = Table {
        file: "growmort_carbag_by_year.csv",
        attribute: "above_ground_carbon",
        per_acre: "CARB_AG_ACRE",
        factor: POUND_T,
    };
    assert_eq!(agree(&table), 6 * 9);
}

#[test]
fn components_of_the_number_of_trees_are_those_of_rfia() {
    let table = Table {
        file: "growmort_tpa_by_year.csv",
        attribute: "trees",
        per_acre: "TPA",
        factor: 1.0,
    };
    assert_eq!(agree(&table), 6 * 7);
}

#[test]
fn the_net_change_of_volume_is_the_sum_of_its_components_and_that_of_rfia_is_less() {
    let ours = inventory(&EVERY_YEAR);
    let theirs = expected("rhode-island-fia", "growmort_netvol_by_year.csv");
    for their in &theirs.rows {
        let part = |word: &str| number(their, &format!("{word}_TOTAL"));
        let sum = part("RECR") + part("GROW") - part("MORT") - part("REMV");
        let found = row(&ours, &their["YEAR"], "volume", "yearly_net_change");
        let found = number(found, "value") / FOOT3_M3;
        assert!((found / sum - 1.0).abs() < 1e-9, "{found}, {sum}");
        // Recruits that had no volume midway: at most all recruits.
        let left_out = sum - part("CHNG");
        assert!(left_out > 0.0 && left_out < part("RECR"), "{left_out}");
    }
}

#[test]
fn components_of_counties_add_up_to_the_state() {
    let ours = inventory(&EVERY_YEAR);
    for statistic in ["yearly_growth", "yearly_mortality", "yearly_net_change"] {
        let of_counties: f64 = ours
            .iter()
            .filter(|(key, _)| {
                key[0] != "_total"
                    && key[1] == "2018"
                    && key[2] == "above_ground_carbon"
                    && key[3].is_empty()
                    && key[4] == statistic
            })
            .map(|(_, row)| number(row, "value"))
            .sum();
        let state = row(&ours, "2018", "above_ground_carbon", statistic);
        let off = of_counties / number(state, "value") - 1.0;
        assert!(off.abs() < 1e-9, "{statistic}: {off}");
    }
}

#[test]
fn components_of_the_land_add_up_to_all_land() {
    let domains = "[inventory]\ndomains = [\"FORTYPCD\", \"OWNGRPCD\"]\n";
    let plan = crate::fia::plan(&[2018]).replace("[inventory]\n", domains);
    let ours = inventory(&crate::outputs::Outputs::of_text(&plan));
    let mut compared = 0;
    for (attribute, statistic) in [
        ("volume", "yearly_growth"),
        ("volume", "yearly_ingrowth"),
        ("above_ground_biomass", "yearly_mortality"),
        ("trees", "yearly_cut"),
        ("volume", "yearly_net_change"),
        ("forest_area", "forest_at_both_visits"),
    ] {
        for column in ["FORTYPCD=", "OWNGRPCD="] {
            let sum = |is: &dyn Fn(&str) -> bool| -> f64 {
                let of = |key: &&Vec<String>| {
                    key[0] == "_total" && key[2] == attribute && key[4] == statistic && is(&key[3])
                };
                let rows = ours.iter().filter(|(key, _)| of(key));
                rows.map(|(_, row)| number(row, "value")).sum()
            };
            let whole = sum(&|domain| domain.is_empty());
            let parts = sum(&|domain| domain.starts_with(column));
            assert!(
                (whole - parts).abs() <= 1e-9 * whole.abs(),
                "{attribute} {statistic} {column}: {parts} of {whole}"
            );
            compared += usize::from(whole != 0.0);
        }
    }
    assert!(compared >= 10, "{compared}");
    // Growth per hectare of a type is that of its own land.
    let of = |domain: &str, statistic: &str, attribute: &str| {
        let key = ["_total", "2018", attribute, domain, statistic].map(str::to_owned);
        number(&ours[&key[..]], "value")
    };
    let land = of("OWNGRPCD=40", "forest_at_both_visits", "forest_area");
    let growth = of("OWNGRPCD=40", "yearly_growth", "volume");
    let per_hectare = of("OWNGRPCD=40", "yearly_growth_per_forest_hectare", "volume");
    assert!((growth / land - per_hectare).abs() < 1e-9 * per_hectare);
}

#[test]
fn components_of_species_add_up_to_all_trees() {
    let ours = inventory(&EVERY_YEAR);
    for attribute in [
        "trees",
        "volume",
        "above_ground_biomass",
        "above_ground_carbon",
    ] {
        for component in ["ingrowth", "mortality", "cut", "net_change"] {
            for region in ["44007", "_total"] {
                for statistic in [
                    format!("yearly_{component}"),
                    format!("yearly_{component}_per_forest_hectare"),
                ] {
                    let of = |key: &Vec<String>| {
                        key[0] == region
                            && key[1] == "2018"
                            && key[2] == attribute
                            && key[4] == statistic
                    };
                    let rows = || ours.iter().filter(|(key, _)| of(key));
                    let whole = rows().find(|(key, _)| key[3].is_empty()).unwrap().1;
                    let of_species = rows().filter(|(key, _)| key[3].starts_with("species="));
                    let species: Vec<f64> =
                        of_species.map(|(_, row)| number(row, "value")).collect();
                    let off = species.iter().sum::<f64>() - number(whole, "value");
                    let size = species.iter().map(|value| value.abs()).sum::<f64>();
                    assert!(
                        off.abs() <= 1e-9 * size,
                        "{region} {attribute} {statistic}: {off}"
                    );
                    assert!(species.len() > 1 || component == "cut");
                }
            }
        }
    }
}
