//! Answers of other programs: exactextract, rasterio, geopandas and rFIA on the samples.
//!
//! Each case is a folder of `reference/` with the tables of the other program and a `case.toml` that
//! says who computed them and which difference is allowed. A figure may differ by that tolerance and
//! by half of the last digit that our own table prints, no more.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use crate::outputs::{COUNTIES, TOWNS, WARDS, WARDS_CENTRE};
use crate::outputs::{Outputs, Row, half_digit, number, rows, with_absolute_paths};
use crate::scratch::samples;

static COUNTIES_CENTRE: LazyLock<Outputs> = LazyLock::new(|| run_by_centre("counties"));
static TOWNS_CENTRE: LazyLock<Outputs> = LazyLock::new(|| run_by_centre("towns"));

/// A Rhode Island plan under the other cell rule.
fn run_by_centre(name: &str) -> Outputs {
    let plan = with_absolute_paths(&format!("rhode-island/{name}.toml"));
    Outputs::of_text(&format!("{plan}\n[grid]\ncells = \"centre\"\n"))
}

/// A table of another program.
pub(crate) struct Expected {
    pub(crate) rows: Vec<Row>,
    pub(crate) relative: f64,
    absolute: f64,
}

/// A table of a case, with the tolerance that its `case.toml` states.
pub(crate) fn expected(case: &str, file: &str) -> Expected {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/reference")
        .join(case);
    let text = std::fs::read_to_string(dir.join("case.toml")).unwrap();
    let toml: toml::Table = text.parse().unwrap();
    let entry = toml["expected"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["file"].as_str() == Some(file))
        .unwrap_or_else(|| panic!("{case}/case.toml does not speak of {file}"));
    Expected {
        rows: rows(&std::fs::read(dir.join(file)).unwrap()),
        relative: entry["relative"].as_float().unwrap(),
        absolute: entry["absolute"].as_float().unwrap(),
    }
}

/// Figures set beside those of another program.
pub(crate) struct Comparison<'a> {
    expected: &'a Expected,
    compared: usize,
    differences: Vec<String>,
}

impl<'a> Comparison<'a> {
    pub(crate) fn with(expected: &'a Expected) -> Self {
        Self {
            expected,
            compared: 0,
            differences: Vec::new(),
        }
    }

    /// Compares a figure as we print it with one as the other program prints it.
    pub(crate) fn figure(&mut self, found: &str, row: &Row, column: &str) {
        let theirs = number(row, column);
        let tolerance = (self.expected.relative * theirs.abs()).max(self.expected.absolute);
        self.within(found, row, column, tolerance);
    }

    /// Compares a figure with a tolerance of its own.
    pub(crate) fn within(&mut self, found: &str, row: &Row, column: &str, tolerance: f64) {
        let theirs = number(row, column);
        let ours: f64 = found
            .parse()
            .unwrap_or_else(|_| panic!("`{found}` is no number, for {column} of {row:?}"));
        self.compared += 1;
        if (ours - theirs).abs() > tolerance + half_digit(found) {
            self.differences
                .push(format!("{ours} is not {theirs}: {column} of {row:?}"));
        }
    }

    /// Compares a count, which must be equal.
    pub(crate) fn count(&mut self, found: &str, row: &Row, column: &str) {
        self.compared += 1;
        if found.parse::<f64>().ok() != Some(number(row, column)) {
            self.differences
                .push(format!("{found} is not the count {column} of {row:?}"));
        }
    }

    /// Fails with all differences, or where figures were left out.
    pub(crate) fn finish(self, figures: usize) {
        assert!(
            self.differences.is_empty(),
            "{} of {} figures differ:\n{}",
            self.differences.len(),
            self.compared,
            self.differences.join("\n")
        );
        assert_eq!(self.compared, figures, "figures compared");
    }
}

/// Our rows by some columns.
pub(crate) type Index = BTreeMap<Vec<String>, Row>;

/// A printed figure of our tables; a row that is not there holds nothing.
pub(crate) fn printed<'a>(index: &'a Index, key: &[&str], column: &str) -> &'a str {
    let key: Vec<String> = key.iter().map(|part| (*part).to_owned()).collect();
    index.get(&key).map_or("0", |row| row[column].as_str())
}

/// Fails where we hold an area of which the other program knows nothing.
fn nothing_beyond(ours: &Index, theirs: &[Row], key: &[&str], regions: &[String]) {
    let known: Vec<Vec<String>> = theirs
        .iter()
        .map(|row| key.iter().map(|column| row[*column].clone()).collect())
        .collect();
    for (id, row) in ours {
        if regions.contains(&id[0]) && !known.contains(id) {
            let area = number(row, "area_ha");
            assert!(area <= 0.000_05, "{area} ha of {id:?} are known to us only");
        }
    }
}

fn distinct(rows: &[Row], column: &str) -> Vec<String> {
    let mut values: Vec<String> = rows.iter().map(|row| row[column].clone()).collect();
    values.sort();
    values.dedup();
    values
}

/// Our areas of one kind, by region, year and code.
pub(crate) fn areas(outputs: &Outputs, kind: &str) -> Index {
    let mut index = outputs.index("tables/area.csv", &["kind", "region_id", "year", "code"]);
    index.retain(|key, _| key[0] == kind);
    index
        .into_iter()
        .map(|(key, row)| (key[1..].to_vec(), row))
        .collect()
}

/// Compares the areas of classes under both cell rules.
fn classes_agree(theirs: &Expected, region: &str, exact: &Outputs, centre: &Outputs) {
    let (exact, centre) = (areas(exact, "class"), areas(centre, "class"));
    let mut comparison = Comparison::with(theirs);
    for row in &theirs.rows {
        let key = [&*row[region], &*row["epoch"], &*row["class"]];
        comparison.figure(
            printed(&exact, &key, "area_ha"),
            row,
            "area_ha_exact_fraction",
        );
        comparison.count(
            printed(&centre, &key, "cell_fraction_sum"),
            row,
            "cells_centre_rule",
        );
        comparison.figure(
            printed(&centre, &key, "area_ha"),
            row,
            "area_ha_centre_rule",
        );
    }
    comparison.finish(3 * theirs.rows.len());
    let regions = distinct(&theirs.rows, region);
    let key = [region, "epoch", "class"];
    nothing_beyond(&exact, &theirs.rows, &key, &regions);
    nothing_beyond(&centre, &theirs.rows, &key, &regions);
}

/// Compares the areas of outlines.
fn outlines_agree(theirs: &Expected, region: &str, ours: &Outputs) {
    let outlines = areas(ours, "region");
    let mut comparison = Comparison::with(theirs);
    for row in &theirs.rows {
        let area = printed(&outlines, &[&row[region], "", ""], "area_ha");
        comparison.figure(area, row, "planar_area_ha_epsg5070");
    }
    comparison.finish(theirs.rows.len());
}

#[test]
fn counties_hold_the_classes_that_exactextract_and_rasterio_found() {
    let theirs = expected("rhode-island-land-cover", "landcover_area_by_county.csv");
    classes_agree(&theirs, "fips", &COUNTIES, &COUNTIES_CENTRE);
}

#[test]
fn towns_hold_the_classes_that_exactextract_and_rasterio_found() {
    let theirs = expected("rhode-island-land-cover", "landcover_area_by_town.csv");
    classes_agree(&theirs, "town_id", &TOWNS, &TOWNS_CENTRE);
}

#[test]
fn wards_hold_the_classes_that_exactextract_and_rasterio_found_in_eight_years() {
    let theirs = expected("northampton-land-cover", "landcover_area_by_ward.csv");
    classes_agree(&theirs, "ward", &WARDS, &WARDS_CENTRE);
}

#[test]
fn outlines_have_the_area_that_geopandas_found() {
    let counties = expected("rhode-island-land-cover", "county_area.csv");
    outlines_agree(&counties, "fips", &COUNTIES);
    let towns = expected("rhode-island-land-cover", "town_area.csv");
    outlines_agree(&towns, "town_id", &TOWNS);
    let wards = expected("northampton-land-cover", "ward_area.csv");
    outlines_agree(&wards, "ward", &WARDS);
}

/// Compares the columns of the map in `summary.csv` with the forest cover by one rule.
fn cover_agrees(theirs: &Expected, region: &str, rule: &str, ours: &Outputs) {
    let summary = ours.index("summary.csv", &["region_id"]);
    let classes = areas(ours, "class");
    let mut comparison = Comparison::with(theirs);
    let rows: Vec<&Row> = theirs
        .rows
        .iter()
        .filter(|row| row["rule"] == rule)
        .collect();
    for row in &rows {
        let id = &*row[region];
        comparison.figure(printed(&summary, &[id], "land_area_ha"), row, "land_ha");
        comparison.figure(
            printed(&summary, &[id], "forest_area_ha"),
            row,
            "forest_ha_41_42_43",
        );
        // The other table takes its shares from areas that it had rounded to four decimals: half a
        // digit of each area is what its share may be off, and half a digit of the share itself.
        let share = printed(&summary, &[id], "forest_cover_pct");
        let (forest, land) = (number(row, "forest_ha_41_42_43"), number(row, "land_ha"));
        let rounding = theirs.absolute / forest + theirs.absolute / land;
        let tolerance = number(row, "forest_pct_of_land") * rounding.max(theirs.relative) + 0.5e-6;
        comparison.within(share, row, "forest_pct_of_land", tolerance);
        let valid: f64 = classes
            .iter()
            .filter(|(key, _)| key[0] == id)
            .map(|(_, class)| number(class, "cell_fraction_sum"))
            .sum();
        // A cell of the samples is 30 m wide.
        comparison.figure(&format!("{:.6}", valid * 0.09), row, "total_ha");
    }
    comparison.finish(4 * rows.len());
    assert_eq!(
        2 * rows.len(),
        theirs.rows.len(),
        "each region has two rules"
    );
}

#[test]
fn forest_cover_of_counties_is_that_of_other_programs_under_both_rules() {
    let theirs = expected("rhode-island-land-cover", "forest_cover_by_county.csv");
    cover_agrees(&theirs, "fips", "exact_fraction", &COUNTIES);
    cover_agrees(&theirs, "fips", "cell_centre", &COUNTIES_CENTRE);
}

#[test]
fn forest_cover_of_towns_is_that_of_other_programs_under_both_rules() {
    let theirs = expected("rhode-island-land-cover", "forest_cover_by_town.csv");
    cover_agrees(&theirs, "town_id", "exact_fraction", &TOWNS);
    cover_agrees(&theirs, "town_id", "cell_centre", &TOWNS_CENTRE);
}

#[test]
fn the_total_of_the_state_is_the_sum_of_the_counties_of_other_programs() {
    let theirs = expected("rhode-island-land-cover", "forest_cover_by_county.csv");
    for (plan, outputs) in [("counties", &*COUNTIES), ("towns", &*TOWNS)] {
        let summary = outputs.index("summary.csv", &["region_id"]);
        let total = &summary[&vec!["_total".to_owned()]];
        for (ours, column) in [
            ("land_area_ha", "land_ha"),
            ("forest_area_ha", "forest_ha_41_42_43"),
        ] {
            let sum: f64 = theirs
                .rows
                .iter()
                .filter(|row| row["rule"] == "exact_fraction")
                .map(|row| number(row, column))
                .sum();
            // Five addends and our own figure, each rounded to four decimals.
            let found = number(total, ours);
            assert!(
                (found - sum).abs() <= 6.0 * 0.000_05,
                "{plan}: {ours} {found}, {sum}"
            );
        }
    }
}

#[test]
fn forest_of_the_wards_sums_to_the_figures_of_the_case() {
    let classes = areas(&WARDS, "class");
    for (year, theirs) in [
        ("2001", 4391.31),
        ("2006", 4367.66),
        ("2011", 4352.28),
        ("2016", 4326.18),
        ("2019", 4318.26),
    ] {
        let forest: f64 = classes
            .iter()
            .filter(|(key, _)| key[0] != "_total" && key[1] == year)
            .filter(|(key, _)| ["41", "42", "43"].contains(&&*key[2]))
            .map(|(_, row)| number(row, "area_ha"))
            .sum();
        // The case is printed to 0.01 ha; 42 addends are rounded to 0.0001 ha.
        assert!(
            (forest - theirs).abs() <= 0.005 + 42.0 * 0.000_05,
            "{year}: {forest}, {theirs}"
        );
    }
}

#[test]
fn transitions_of_wards_are_those_of_other_programs_under_both_rules() {
    let theirs = expected("northampton-transitions", "transitions_by_ward.csv");
    let columns = ["region_id", "from_year", "to_year", "from_code", "to_code"];
    let exact = WARDS.index("tables/transitions.csv", &columns);
    let centre = WARDS_CENTRE.index("tables/transitions.csv", &columns);
    let key = ["ward", "from_epoch", "to_epoch", "from_class", "to_class"];
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let id = key.map(|column| &*row[column]);
        comparison.figure(
            printed(&exact, &id, "area_ha"),
            row,
            "area_ha_exact_fraction",
        );
        comparison.count(
            printed(&centre, &id, "cell_fraction_sum"),
            row,
            "cells_centre_rule",
        );
        comparison.figure(printed(&centre, &id, "area_ha"), row, "area_ha_centre_rule");
    }
    comparison.finish(3 * theirs.rows.len());

    let wards = distinct(&theirs.rows, "ward");
    for (from, to) in [("2001", "2019"), ("2006", "2016"), ("2011", "2016")] {
        for ours in [&exact, &centre] {
            let mut span = ours.clone();
            span.retain(|id, _| id[1] == from && id[2] == to);
            assert!(!span.is_empty(), "{from} to {to}");
            nothing_beyond(&span, &theirs.rows, &key, &wards);
        }
    }
}

#[test]
fn boundaries_have_the_union_of_their_polygons_and_the_first_wins() {
    let theirs = expected("rhode-island-boundaries", "boundary_union_by_county.csv");
    let boundaries = areas(&COUNTIES, "boundary");
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let area = |code| printed(&boundaries, &[&row["fips"], "", code], "area_ha");
        comparison.figure(area("wetland"), row, "wetland_ha");
        comparison.figure(area("grassland"), row, "grassland_outside_wetland_ha");
    }
    comparison.finish(2 * theirs.rows.len());
}

/// The areas of one boundary of the sample by county.
fn boundary_alone(ecosystem: &str, file: &str, filter: &str) -> Index {
    let dir = samples().join("rhode-island");
    let outputs = Outputs::of_text(&format!(
        "name = \"One boundary\"\n\
         [regions]\npath = \"{dir}/counties.gpkg\"\nid = \"fips\"\n\
         [[land-cover]]\nyear = 2016\npath = \"{dir}/landcover_2016.tif\"\nlegend = \"nlcd\"\n\
         [[boundary]]\necosystem = \"{ecosystem}\"\npath = \"{dir}/{file}\"\n{filter}\n",
        dir = dir.display()
    ));
    areas(&outputs, "boundary")
}

#[test]
fn a_boundary_alone_keeps_what_another_would_take() {
    let theirs = expected("rhode-island-boundaries", "boundary_union_by_county.csv");
    let grassland = boundary_alone("grassland", "grasslands.gpkg", "");
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let area = printed(&grassland, &[&row["fips"], "", "grassland"], "area_ha");
        comparison.figure(area, row, "grassland_ha");
    }
    comparison.finish(theirs.rows.len());
}

#[test]
fn polygons_of_one_code_have_the_area_that_geopandas_found() {
    for (ecosystem, file, table) in [
        ("wetland", "wetlands.gpkg", "wetlands_area_by_county.csv"),
        (
            "grassland",
            "grasslands.gpkg",
            "grasslands_area_by_county.csv",
        ),
    ] {
        let theirs = expected("rhode-island-boundaries", table);
        let mut comparison = Comparison::with(&theirs);
        for code in distinct(&theirs.rows, "nlcd") {
            let ours = boundary_alone(ecosystem, file, &format!("where = {{ nlcd = {code} }}"));
            for row in theirs.rows.iter().filter(|row| row["nlcd"] == code) {
                let area = printed(&ours, &[&row["fips"], "", ecosystem], "area_ha");
                comparison.figure(area, row, "area_ha");
            }
        }
        comparison.finish(theirs.rows.len());
    }
}

/// Where rFIA's attribute stands in `inventory.csv`: attribute and statistic.
///
/// The sample maps no column for trees and basal area; the understorey has a test of its own.
fn ours_of(attribute: &str) -> Option<(&'static str, &'static str)> {
    Some(match attribute {
        "forest_area" => ("forest_area", "total"),
        "net_volume_live_trees_dbh_ge_12.7cm" => ("volume", "total"),
        "net_volume_per_forest_ha" => ("volume", "per_forest_hectare"),
        "aboveground_biomass_live_trees" => ("above_ground_biomass", "total"),
        "aboveground_biomass_per_forest_ha" => ("above_ground_biomass", "per_forest_hectare"),
        "aboveground_carbon_live_trees" => ("above_ground_carbon", "total"),
        "aboveground_carbon_per_forest_ha" => ("above_ground_carbon", "per_forest_hectare"),
        "litter_carbon" => ("litter_carbon", "total"),
        "soil_organic_carbon" => ("soil_organic_carbon", "total"),
        _ => return None,
    })
}

/// Our estimates by region, year, attribute and statistic; those of change have two years.
fn estimates(outputs: &Outputs) -> Index {
    let key = ["from_year", "region_id", "year", "attribute", "statistic"];
    let mut index = outputs.index("tables/inventory.csv", &key);
    index.retain(|key, _| key[0].is_empty());
    index
        .into_iter()
        .map(|(key, row)| (key[1..].to_vec(), row))
        .collect()
}

/// Compares an estimate and its sampling error.
fn estimate_agrees(comparison: &mut Comparison, ours: &Index, row: &Row, name: (&str, &str)) {
    let region = if row["region"] == "44" {
        "_total"
    } else {
        &row["region"]
    };
    let id = [region, &row["epoch"], name.0, name.1];
    let tolerance = comparison.expected.relative * number(row, "estimate");
    comparison.within(printed(ours, &id, "value"), row, "estimate", tolerance);
    let sampling_error = printed(ours, &id, "se_pct");
    let digits = comparison.expected.absolute;
    comparison.within(sampling_error, row, "sampling_error_percent", digits);
}

#[test]
fn inventory_estimates_and_sampling_errors_are_those_of_rfia() {
    let theirs = expected("rhode-island-inventory", "inventory_estimates.csv");
    let ours = estimates(&COUNTIES);
    let mut comparison = Comparison::with(&theirs);
    let mut left_out = Vec::new();
    for row in &theirs.rows {
        let attribute = &*row["attribute"];
        match ours_of(attribute) {
            Some(name) => estimate_agrees(&mut comparison, &ours, row, name),
            None if attribute.starts_with("annual_") => {}
            None => left_out.push(attribute),
        }
    }
    // Seven attributes of two inventories in the state and five counties, and two more in the state.
    comparison.finish(2 * (7 * 2 * 6 + 2 * 2));
    left_out.sort_unstable();
    left_out.dedup();
    assert_eq!(
        left_out,
        [
            "aboveground_carbon_incl_understory",
            "basal_area_total",
            "belowground_carbon_incl_understory",
            "live_trees_dbh_ge_2.54cm",
        ]
    );
}

#[test]
fn carbon_of_trees_and_understorey_is_that_of_rfia() {
    let plan = with_absolute_paths("rhode-island/counties.toml")
        .replace("\"agc_t_ha\" ", "[\"agc_t_ha\", \"understory_agc_t_ha\"] ")
        .replace(
            "\"bgc_t_ha\"\n",
            "[\"bgc_t_ha\", \"understory_bgc_t_ha\"]\n",
        )
        .replace("\nunderstory-carbon =", "\n# understory-carbon =");
    let ours = estimates(&Outputs::of_text(&plan));
    let theirs = expected("rhode-island-inventory", "inventory_estimates.csv");
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let name = match &*row["attribute"] {
            "aboveground_carbon_incl_understory" => ("above_ground_carbon", "total"),
            "belowground_carbon_incl_understory" => ("below_ground_carbon", "total"),
            _ => continue,
        };
        estimate_agrees(&mut comparison, &ours, row, name);
    }
    comparison.finish(2 * 2 * 2);
}

#[test]
fn the_headline_of_the_state_is_that_of_rfia() {
    for outputs in [&*COUNTIES, &*TOWNS] {
        let summary = outputs.index("summary.csv", &["region_id"]);
        let total = &summary[&vec!["_total".to_owned()]];
        let carbon = &estimates(outputs)[&["_total", "2018", "above_ground_carbon", "total"]
            .map(String::from)
            .to_vec()];
        // As the project prints them: whole units, and per cent with two decimals.
        for (value, error, printed) in [
            (
                &total["forest_area_est_ha"],
                &total["forest_area_est_se_pct"],
                "148503 3.53",
            ),
            (
                &total["volume_m3"],
                &total["volume_se_pct"],
                "25662421 5.88",
            ),
            (&carbon["value"], &carbon["se_pct"], "12181641 5.01"),
        ] {
            let (value, error): (f64, f64) = (value.parse().unwrap(), error.parse().unwrap());
            assert_eq!(format!("{value:.0} {error:.2}"), printed);
        }
    }
}

/// Net change of above-ground biomass, ours beside rFIA's: 269 641 t/yr (49.8 %) and 231 049 t/yr
/// (26.1 %).
///
/// The two figures answer the same question by different ways, so they are not equal:
///
/// - Ours is the difference of two totals over the five years between the inventories. Every plot
///   takes part, those seen once too, and so does what came into forest or went out of it. Both totals
///   carry their sampling error; the covariance of the plots that stand in both makes the error of
///   the difference smaller, but what differs between the plots that do not is in it.
/// - rFIA follows each tree that was measured twice: growth of survivors and recruitment, less
///   mortality and removals, over the 143 059 ha of forest that were seen twice, divided by the years
///   between the two visits of the plot. It sees nothing of plots without a partner, and its error
///   is smaller because a tree is compared with itself.
///
/// Either may be the truth as far as the samples tell: they differ by a fraction of their joint
/// standard error.
#[test]
fn net_change_of_biomass_agrees_with_rfia_within_the_joint_sampling_error() {
    let theirs = expected("rhode-island-inventory", "inventory_estimates.csv");
    let inventory = COUNTIES.table("tables/inventory.csv");
    for (attribute, name, ours_printed, theirs_printed) in [
        (
            "annual_net_change_aboveground_biomass",
            "above_ground_biomass",
            "269641 49.8",
            "231049 26.1",
        ),
        (
            "annual_net_change_net_volume",
            "volume",
            "336711 42.3",
            "213220 28.2",
        ),
    ] {
        let row = theirs
            .rows
            .iter()
            .find(|row| row["attribute"] == attribute)
            .unwrap();
        let change = inventory
            .iter()
            .find(|row| {
                row["region_id"] == "_total"
                    && row["attribute"] == name
                    && row["statistic"] == "yearly_change"
            })
            .unwrap();
        let (ours, our_error) = (number(change, "value"), number(change, "se_pct"));
        let (rfia, rfia_error) = (
            number(row, "estimate"),
            number(row, "sampling_error_percent"),
        );
        assert_eq!(format!("{ours:.0} {our_error:.1}"), ours_printed);
        assert_eq!(format!("{rfia:.0} {rfia_error:.1}"), theirs_printed);
        let joint = (ours * our_error / 100.0).hypot(rfia * rfia_error / 100.0);
        assert!(
            (ours - rfia).abs() < joint,
            "{ours} and {rfia}, joint error {joint}"
        );
        // Remeasured trees tell a change more sharply than two totals do.
        assert!(rfia * rfia_error < ours * our_error, "standard errors");
    }
}

#[test]
fn change_is_the_difference_of_the_totals_over_the_years() {
    let inventory = COUNTIES.index(
        "tables/inventory.csv",
        &["region_id", "year", "from_year", "attribute", "statistic"],
    );
    let value = |parts: [&str; 5]| number(&inventory[&parts.map(String::from).to_vec()], "value");
    for (name, difference) in [
        ("above_ground_biomass", 1_348_205.270_552),
        ("volume", 1_683_555.168_481),
    ] {
        let change = value(["_total", "2018", "2013", name, "yearly_change"]);
        let totals = value(["_total", "2018", "", name, "total"])
            - value(["_total", "2013", "", name, "total"]);
        // Totals are printed to twelve digits, which is 1e-4 of these units.
        assert!(
            (change * 5.0 - totals).abs() <= 1e-3,
            "{name}: {change}, {totals}"
        );
        // The plain sum over the table of plots; areas of units are given to 1e-9.
        assert!(
            (totals / difference - 1.0).abs() <= 1e-6,
            "{name}: {totals}, {difference}"
        );
    }
}

#[test]
fn the_summary_counts_the_plots_that_were_visited_again() {
    // Of the 225 plots of 2018, 151 were visited again and 59 stand in both with one visit.
    for row in COUNTIES.table("summary.csv") {
        let notes = &row["notes"];
        assert!(notes.contains("151 of 225 plots measured again"), "{notes}");
        assert!(
            notes.contains("59 measurements shared by both inventories"),
            "{notes}"
        );
    }
}
