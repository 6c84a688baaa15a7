//! Answers of other programs on carbon: growth by age, and stocks held against fluxes.

use std::fmt::Write as _;
use std::path::Path;

use crate::field::{Field, number};
use crate::outputs::{Outputs, with_absolute_paths};
use crate::reference::{Comparison, expected};

/// Of one tonne of carbon, tonnes of carbon dioxide.
const CO2: f64 = 44.0 / 12.0;
/// Side of a region of 20 200 ha, in metres, along and across.
const SIDES: (f64, f64) = (20_200.0, 10_000.0);

/// One region of 20 200 ha with files of the case beside it.
fn field(files: &[&str]) -> Field {
    let field = Field::new();
    field.regions("regions.json", 5070, &[("a", [0.0, 0.0, SIDES.0, SIDES.1])]);
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/reference/libcbm-growth");
    for file in files {
        field.write(file, &std::fs::read_to_string(case.join(file)).unwrap());
    }
    field
}

fn growth(curve: &str) -> String {
    format!(
        "[carbon]\nparameters = [\"{curve}\"]\nage-classes = {{ path = \"ages.csv\", year = 2000 }}\n\
         [[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"stand-growth-curve\"\n"
    )
}

#[test]
fn stands_grow_along_their_curve_as_libcbm_grows_them() {
    let field = field(&["ages.csv", "curve_by_year.csv"]);
    field.done(&growth("curve_by_year.csv"), &[]);
    let theirs = expected("libcbm-growth", "growth_by_age.csv");
    let mut comparison = Comparison::with(&theirs);
    for row in &theirs.rows {
        let keys = [("region_id", "a"), ("age_from_yr", row["age_yr"].as_str())];
        let ours = field.row("tables/stand_growth.csv", &keys);
        assert_eq!(ours["age_to_yr"], row["age_yr"]);
        for column in ["above_ground_tc_yr", "below_ground_tc_yr"] {
            // Theirs is of the stands of one age: an age class of the inventory, drawn apart.
            comparison.figure(&ours[column], row, column);
        }
    }
    comparison.finish(2 * theirs.rows.len());
    let theirs = expected("libcbm-growth", "growth.csv");
    for row in &theirs.rows {
        let keys = [("region_id", "a"), ("pool", row["pool"].as_str())];
        let ours = field.row("tables/sequestration.csv", &keys);
        let carbon = number(&ours, "sequestration_tco2e_yr") / CO2;
        let relative = carbon / number(row, "carbon_tc_yr") - 1.0;
        assert!(relative.abs() < theirs.relative, "{row:?}: {carbon}");
    }
}

/// A curve by decade is a straight line within each: the whole differs little, and single ages do.
#[test]
fn a_curve_by_decade_tells_the_sum_and_not_each_age() {
    let field = field(&["ages.csv", "curve_by_decade.csv"]);
    field.done(&growth("curve_by_decade.csv"), &[]);
    let theirs = expected("libcbm-growth", "growth.csv");
    let theirs = number(&theirs.rows[0], "carbon_tc_yr");
    let ours = field.row(
        "tables/sequestration.csv",
        &[("region_id", "a"), ("pool", "above-ground")],
    );
    let ours = number(&ours, "sequestration_tco2e_yr") / CO2;
    assert!((ours / theirs - 1.0).abs() < 0.02, "{ours} and {theirs}");
    assert!((ours / theirs - 1.0).abs() > 1e-6, "{ours} and {theirs}");
}

/// Stocks of two dates give what went in less what came out: no pool is lost or counted twice.
#[test]
fn the_difference_of_stocks_is_the_sum_of_the_fluxes_of_libcbm() {
    let theirs = expected("libcbm-growth", "stocks_and_fluxes.csv");
    let field = field(&[]);
    let hectares = SIDES.0 * SIDES.1 / 10_000.0;
    let mut plan =
        format!("[inventory]\ndesign = \"simple-random\"\narea-ha = {hectares}\nmin-plots = 1\n");
    let pools = [
        "above_ground",
        "below_ground",
        "dead_wood",
        "litter",
        "soil",
    ];
    for row in &theirs.rows {
        let year = 2000.0 + number(row, "timestep");
        let mut text =
            String::from("id,region,forest,above_ground,below_ground,dead_wood,litter,soil\n");
        for plot in ["1", "2"] {
            let _ = write!(text, "{plot},a,1");
            for pool in pools {
                let _ = write!(text, ",{:?}", number(row, &format!("{pool}_tc")) / hectares);
            }
            text.push('\n');
        }
        field.write(&format!("plots{year}.csv"), &text);
        let _ = writeln!(
            plan,
            "[[inventory.plots]]\nyear = {year}\npath = \"plots{year}.csv\""
        );
    }
    plan.push_str("[inventory.fields]\nid = \"id\"\nprevious = \"id\"\nregion = \"region\"\nforest-share = \"forest\"\n");
    for pool in pools {
        let depth = if pool == "soil" {
            ", depth-cm = 100"
        } else {
            ""
        };
        let key = pool.replace('_', "-");
        let _ = writeln!(
            plan,
            "{key}-carbon = {{ column = \"{pool}\", unit = \"t_c/ha\"{depth} }}"
        );
    }
    plan.push_str("[carbon]\nmethod = \"plots-stock-difference\"\n");
    field.done(&plan, &[]);
    let rows = field.table("tables/sequestration.csv");
    let mut seen = 0;
    for pair in theirs.rows.windows(2) {
        let year = |row| (2000.0 + number(row, "timestep")).to_string();
        let (start, end) = (year(&pair[0]), year(&pair[1]));
        let of = rows.iter().filter(|row| {
            row["region_id"] == "a"
                && row["pool"] != "all"
                && row["period_start"] == start
                && row["period_end"] == end
        });
        let removal: f64 = of.map(|row| number(row, "sequestration_tco2e_yr")).sum();
        let years = number(&pair[1], "timestep") - number(&pair[0], "timestep");
        let fluxes = number(&pair[1], "gains_tc") - number(&pair[1], "losses_tc");
        let tolerance = theirs.relative * number(&pair[1], "gains_tc");
        assert!(
            (removal / CO2 * years - fluxes).abs() < tolerance,
            "{start} to {end}: {} and {fluxes}",
            removal / CO2 * years
        );
        seen += 1;
    }
    assert_eq!(seen, 11);
}

/// Guyana lost 16.6043 ha of mangrove from 1996 to 2016, as geopandas has it: dug out, they gave off
/// biomass, dead wood, litter and soil to 1 m, a twentieth of it a year.
#[test]
fn mangrove_lost_between_two_dates_gives_off_what_stood_there() {
    let lost = expected("guyana-mangrove", "mangrove_change.csv");
    let lost = lost.rows.iter().find(|row| row["change"].contains("los"));
    let lost = number(lost.unwrap(), "geodesic_area_ha");
    let plan = with_absolute_paths("guyana-mangrove/mangrove.toml");
    let outputs = Outputs::of_text(&format!(
        "{plan}\n[[carbon.ecosystem]]\necosystem = \"mangrove\"\nmethod = \"mangrove-extraction-ipcc2013\"\nkeys = {{ zone = \"tropical-wet\" }}\n"
    ));
    let rows = outputs.table("tables/sequestration.csv");
    let of = |pool: &str| {
        let row = rows.iter().find(|row| {
            row["region_id"] == "_total"
                && row["pool"] == pool
                && row["method"] == "mangrove-extraction-ipcc2013"
        });
        row.unwrap_or_else(|| panic!("{pool} in {rows:?}"))
    };
    let above = 192.0 * 0.451;
    for (pool, stock) in [
        ("above-ground", above),
        ("below-ground", above * 0.49),
        ("dead-wood", 10.7),
        ("litter", 0.7),
        ("soil-organic", 386.0),
    ] {
        let row = of(pool);
        let removal = number(row, "sequestration_tco2e_yr");
        let theirs = -lost / 20.0 * stock * CO2;
        assert!(
            (removal / theirs - 1.0).abs() < 1e-4,
            "{pool}: {removal} and {theirs}"
        );
        assert!(
            number(row, "sequestration_tco2e_yr_lo") < removal,
            "{row:?}"
        );
        assert_eq!(
            (row["period_start"].as_str(), row["period_end"].as_str()),
            ("1996", "2016")
        );
    }
}

/// Drained soil gives off 7.9 t C/ha a year (2013 Wetlands Supplement, table 4.13), on the 1393.3838 ha
/// or so that geopandas found in 2016.
#[test]
fn drained_mangrove_gives_off_its_soil_every_year() {
    let areas = expected("guyana-mangrove", "mangrove_area_by_zone.csv");
    let newest = areas.rows.iter().filter(|row| row["year"] == "2016");
    let area: f64 = newest.map(|row| number(row, "geodesic_area_ha")).sum();
    let text = with_absolute_paths("guyana-mangrove/mangrove.toml");
    // The sample's own methods give the removal of the same pool.
    let plan = text.split("[carbon]").next().unwrap();
    let plan = plan.split("[[carbon.ecosystem]]").next().unwrap();
    let outputs = Outputs::of_text(&format!(
        "{plan}\n[[carbon.ecosystem]]\necosystem = \"mangrove\"\nmethod = \"mangrove-drainage-ipcc2013\"\n"
    ));
    let rows = outputs.table("tables/sequestration.csv");
    let of = |region: &str| rows.iter().find(|row| row["region_id"] == region).unwrap();
    let removal = number(of("_total"), "sequestration_tco2e_yr");
    assert!(
        (removal / (-7.9 * area * CO2) - 1.0).abs() < 1e-5,
        "{removal}"
    );
    // Its interval of 95 % is 5.2 to 11.8.
    let high = number(of("_total"), "sequestration_tco2e_yr_hi");
    assert!(high < 0.0 && high > removal, "{high}");
    assert_eq!(of("_total")["period_start"], "2016");
    let told = &of("_total")["arithmetic"];
    assert!(
        told.starts_with('-') && told.contains(" ha x 7.9 t_c/ha/yr x 44/12 = -"),
        "{told}"
    );
}
