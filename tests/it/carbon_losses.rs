//! Losses beside gains: land that was converted, land that burnt, methane of rewetted land.

use crate::carbon_zones::{MAPS, TREES, cells, entry, field, headline, removal};
use crate::field::{Row, near, number};

/// Removals are written to three decimals.
const WRITTEN: f64 = 1e-5;
const CO2: f64 = 44.0 / 12.0;

/// The stock of forest and how it grows, from the tables of the IPCC.
fn forest() -> String {
    [
        entry("forest", "forest-biomass-ipcc2019", TREES),
        entry("forest", "forest-growth-ipcc2019", TREES),
    ]
    .concat()
}

fn loss(more: &str) -> String {
    entry("forest", "conversion-loss-tier1", more)
}

/// 50 ha of forest with 258.4 t d.m./ha above ground and 0.246 of it in roots became cropland in ten
/// years: 50 x 258.4 x 0.47 and 0.246 of that, a tenth a year.
#[test]
fn forest_that_became_cropland_loses_its_biomass() {
    let field = field();
    let said = field.done(&format!("{MAPS}{}", forest()), &[]);
    let gain = headline(&field);
    assert!(
        said.contains("no balance: the regions lost 50.0000 ha"),
        "{said}"
    );
    assert!(
        said.contains("method = \"conversion-loss-tier1\""),
        "{said}"
    );
    let summary = field.row("summary.csv", &[("region_id", "a")]);
    assert!(
        summary["notes"].contains("50.0000 ha that were converted to other uses")
            && summary["notes"].contains("`conversion-loss-tier1`"),
        "{summary:?}"
    );
    let said = field.done(&format!("{MAPS}{}{}", forest(), loss("")), &[]);
    assert!(!said.contains("no balance"), "{said}");
    let above = 50.0 * 258.4 * 0.47;
    for (pool, carbon) in [("above-ground", above), ("below-ground", 0.246 * above)] {
        let row = removal(&field, "conversion-loss-tier1", pool);
        near(
            &row,
            "sequestration_tco2e_yr",
            -carbon / 10.0 * CO2,
            WRITTEN,
        );
        assert_eq!(
            (row["counted"].as_str(), row["period_start"].as_str()),
            ("true", "2010")
        );
        assert!(number(&row, "sequestration_tco2e_yr_lo") < number(&row, "sequestration_tco2e_yr"));
        assert!(row["note"].contains("annual crops are zero"), "{row:?}");
        assert!(
            row["arithmetic"].starts_with("(-50 ha x 258.4 t_dm/ha"),
            "{row:?}"
        );
    }
    // The period is that of all that counts; the growth is the rate of its last year.
    let summary = field.row("summary.csv", &[("region_id", "a")]);
    assert_eq!(
        [&*summary["period_start"], &*summary["period_end"]],
        ["2010", "2020"]
    );
    let notes = &summary["notes"];
    assert!(
        notes.contains("part of the period: forest-growth-ipcc2019 in 2020"),
        "{notes}"
    );
    // What its method says everywhere stays with the rows.
    assert!(!notes.contains("annual crops"), "{notes}");
    assert!(notes.contains("50.0000 ha were converted"), "{notes}");
    let lost = above * 1.246 / 10.0 * CO2;
    let found = headline(&field);
    assert!(
        (found - (gain - lost)).abs() < 0.01,
        "{found} {gain} {lost}"
    );
    // The transitions of the same run have both sides.
    let pair = field.row(
        "tables/carbon_transitions.csv",
        &[
            ("from_code", "forest"),
            ("to_code", "cropland"),
            ("pool", "above-ground"),
        ],
    );
    near(&pair, "change_tc", -above, 1e-6);
    near(&pair, "to_carbon_tc", 0.0, 1e-6);
    assert!(pair["note"].contains("annual crops are zero"), "{pair:?}");
}

/// By zone, over three maps, with what the new use holds: 10 ha of zone 1 hold 200 t C/ha and 40 ha of
/// zone 2 hold 100; 20 ha of zone 2 became grass of 5 t C/ha, the rest crops.
#[test]
fn what_was_lost_is_told_by_where_it_stood_and_what_came() {
    let field = field();
    // In 2030 two more columns are grass, one of forest and one of cropland.
    field.raster::<u8>("lc2030.tif", cells(), &[], |col, _| match col {
        0..4 => 82,
        4..6 => 71,
        _ => 41,
    });
    field.raster::<f32>("agb.tif", cells(), &[], |col, row| match (col, row) {
        (4..6, _) => 5.0,
        (_, 0) => 200.0,
        _ => 100.0,
    });
    let layer = "[[layer]]\nname = \"agb\"\npath = \"agb.tif\"\nunit = \"t_c/ha\"\n";
    let within = |class: u8| {
        format!(
            "layer = \"agb\"\nholds = \"biomass\"\nse-pct = 10\nwithin = {{ layer = \"zones\", classes = [{class}] }}\n"
        )
    };
    let entries = [
        entry("forest", "density-layer", &within(1)),
        entry("forest", "density-layer", &within(2)),
        entry(
            "grassland",
            "density-layer",
            "layer = \"agb\"\nholds = \"biomass\"\n",
        ),
        loss(""),
    ]
    .concat();
    let third = "[[land-cover]]\nyear = 2030\npath = \"lc2030.tif\"\nlegend = \"nlcd\"\n";
    field.done(&format!("{MAPS}{third}{layer}{entries}"), &[]);
    let rows = field.table("tables/sequestration.csv");
    let of = |start: &str, end: &str| {
        let mut rows = rows.iter().filter(|row| {
            row["region_id"] == "a"
                && row["method"] == "conversion-loss-tier1"
                && (row["period_start"].as_str(), row["period_end"].as_str()) == (start, end)
        });
        let row = rows.next().unwrap().clone();
        assert!(rows.next().is_none());
        row
    };
    // The mean of the forest of the region in 2030: 4 ha of 200 and 36 ha of 100 t C/ha.
    let forest = (4.0 * 200.0 + 36.0 * 100.0) / 40.0;
    let first = -50.0 * forest / 10.0 * CO2;
    near(
        &of("2010", "2020"),
        "sequestration_tco2e_yr",
        first,
        WRITTEN,
    );
    let second = -10.0 * (forest - 5.0) / 10.0 * CO2;
    near(
        &of("2020", "2030"),
        "sequestration_tco2e_yr",
        second,
        WRITTEN,
    );
    let all = of("2010", "2030");
    near(
        &all,
        "sequestration_tco2e_yr",
        f64::midpoint(first, second),
        WRITTEN,
    );
    assert_eq!(
        (
            all["counted"].as_str(),
            of("2010", "2020")["counted"].as_str()
        ),
        ("true", "false")
    );
    assert!((headline(&field) - f64::midpoint(first, second)).abs() < 0.01);
}

/// Growth by age is a gain too: its rows say what the maps show of land that was converted.
/// 50 ha of grassland became forest, whose stock is chosen and whose growth is not: what was grass is lost,
/// and no grown forest stands there at once (IPCC 2006, eq. 2.16, tier 1).
#[test]
fn a_woody_use_holds_nothing_right_after_a_conversion() {
    let field = field();
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n41,grass,grassland\n82,trees,forest\n",
    );
    let maps = MAPS.replace("\"nlcd\"", "\"legend.csv\"");
    let zone = "keys = { climate-zone = \"warm-temperate-moist\" }\n";
    let grass = entry("grassland", "grassland-biomass-ipcc2006", zone);
    let trees = entry("forest", "forest-biomass-ipcc2019", TREES);
    let lost = entry("grassland", "conversion-loss-tier1", "");
    field.done(&format!("{maps}{grass}{trees}{lost}"), &[]);
    let row = removal(&field, "conversion-loss-tier1", "above-ground");
    let above = 50.0 * 2.7 * 0.47 / 10.0 * CO2;
    near(&row, "sequestration_tco2e_yr", -above, WRITTEN);
    assert!(
        row["note"].contains("where the new use is woody"),
        "{row:?}"
    );
    // 13.5 t d.m./ha with roots (table 6.4).
    assert!((headline(&field) + above * 13.5 / 2.7).abs() < 0.01);
}

#[test]
fn growth_of_stands_says_what_was_converted() {
    let field = field();
    field.write(
        "growth.csv",
        "id,type,age-gt,age-le,value,unit,cite,locator\n\
         stand-increment,pine,-1,200,4,t_dm/ha/yr,user,plots\n\
         stand-root-shoot,,,,0.25,1,user,plots\n",
    );
    field.write("ages.csv", "region,type,age_yr,area_ha\na,pine,20,50\n");
    let carbon = "[carbon]\nparameters = [\"growth.csv\"]\nage-classes = { path = \"ages.csv\", year = 2020 }\n";
    let growth = entry("forest", "stand-growth-table", "");
    let said = field.done(&format!("{MAPS}{carbon}{growth}"), &[]);
    assert!(
        said.contains("no balance: the regions lost 50.0000 ha"),
        "{said}"
    );
    let summary = field.row("summary.csv", &[("region_id", "a")]);
    assert!(
        summary["notes"].contains("50.0000 ha that were converted"),
        "{summary:?}"
    );
    let stock = entry("forest", "forest-biomass-ipcc2019", TREES);
    let said = field.done(&format!("{MAPS}{carbon}{growth}{stock}{}", loss("")), &[]);
    assert!(!said.contains("no balance"), "{said}");
    let gain = 50.0 * 4.0 * 0.47 * 1.25 * CO2;
    let lost = 50.0 * 258.4 * 0.47 * 1.246 / 10.0 * CO2;
    assert!((headline(&field) - (gain - lost)).abs() < 0.01);
}

/// Soil is no biomass: of pools that cannot be parted the loss is not known.
#[test]
fn a_loss_without_a_stock_of_biomass_is_not_known() {
    let field = field();
    let all = entry("forest", "china-density", "");
    field.done(&format!("{MAPS}{all}{}", loss("")), &[]);
    let row = removal(&field, "conversion-loss-tier1", "biomass");
    assert!(row["sequestration_tco2e_yr"].is_empty(), "{row:?}");
    assert!(
        row["note"].contains("50.0000 ha were converted, and no stock"),
        "{row:?}"
    );
    // Bamboo is forest land too.
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n41,trees,forest\n82,canes,bamboo\n",
    );
    let maps = MAPS.replace("\"nlcd\"", "\"legend.csv\"");
    let said = field.done(&format!("{maps}{}", forest()), &[]);
    assert!(!said.contains("no balance"), "{said}");
    field.done(&format!("{maps}{}{}", forest(), loss("")), &[]);
    let row = removal(&field, "conversion-loss-tier1", "biomass");
    near(&row, "sequestration_tco2e_yr", 0.0, WRITTEN);
    // One zone alone.
    let within = "within = { layer = \"zones\", classes = [1] }\n";
    field.done(&format!("{MAPS}{}{}", forest(), loss(within)), &[]);
    let row = removal(&field, "conversion-loss-tier1", "above-ground");
    near(
        &row,
        "sequestration_tco2e_yr",
        -5.0 * 258.4 * 0.47 / 10.0 * CO2,
        WRITTEN,
    );
}

/// 100 ha with 50 t/ha burn, of which 0.45: 3530.25 t CO2 (worked example W17). Beside growth a fire
/// is a loss, of ten years between the maps a tenth a year; without it, it stands apart.
#[test]
fn fire_beside_growth_is_a_loss_that_counts() {
    let field = field();
    let fire = |year: u16| {
        format!(
            "[[fire]]\nname = \"dry\"\nyear = {year}\necosystem = \"forest\"\n\
             emission = \"extra-tropical-forest\"\ncombustion = \"other-temperate-forest-all\"\n\
             fuel-t-ha = 50\nareas-ha = {{ a = 100 }}\n"
        )
    };
    let grown = format!("{MAPS}{}{}", forest(), loss(""));
    field.done(&grown, &[]);
    let before = headline(&field);
    let gases = 3530.25 + 10.575 * 28.0 + 0.585 * 265.0;
    for (year, counted) in [(2015, true), (2020, true), (2009, false), (2021, false)] {
        field.done(&format!("{grown}{}", fire(year)), &[]);
        let expected = before - if counted { gases / 10.0 } else { 0.0 };
        let found = headline(&field);
        assert!(
            (found - expected).abs() < 0.01,
            "{year}: {found} {expected}"
        );
        let rows = field.table("tables/sequestration.csv");
        let burnt: Vec<&Row> = rows
            .iter()
            .filter(|row| row["pool"] == "fire-co2" && row["region_id"] == "a")
            .collect();
        assert_eq!(burnt.len(), if counted { 2 } else { 1 });
        let sum: f64 = rows
            .iter()
            .filter(|row| row["counted"] == "true" && row["region_id"] == "a")
            .map(|row| number(row, "sequestration_tco2e_yr"))
            .sum();
        assert!((sum - found).abs() < 0.01, "{year}: {sum} {found}");
        if counted {
            assert!(
                burnt[0]["note"].contains("even part of the 10 years"),
                "{burnt:?}"
            );
            near(burnt[0], "sequestration_tco2e_yr", -353.025, WRITTEN);
        } else {
            assert!(burnt[0]["note"].contains("2010 to 2020"), "{burnt:?}");
        }
    }
    // By another report.
    let keys = "[carbon]\nkeys = { warming = \"sar\" }\n";
    field.done(&format!("{MAPS}{keys}{}{}", forest(), fire(2015)), &[]);
    let row = removal(&field, "fire-ipcc2006", "fire-ch4");
    near(&row, "sequestration_tco2e_yr", -10.575 * 21.0 / 10.0, 1e-4);
    let keys = keys.replace("sar", "ar7");
    field.refused(
        &format!("{MAPS}{keys}{}{}", forest(), fire(2015)),
        &["no assessment report is `ar7`", "can be ar5, ar6, ar4, sar"],
    );
    field.done(
        &format!(
            "{MAPS}{}{}",
            entry("forest", "forest-biomass-ipcc2019", TREES),
            fire(2015)
        ),
        &[],
    );
    let row = removal(&field, "fire-ipcc2006", "fire-co2");
    assert_eq!(row["counted"], "false");
}

/// Rewetted mangrove of fresh water takes up 1.62 t C and gives off 193.7 kg of methane by hectare: both
/// count, by the report that the plan names, and without the second the run warns.
#[test]
fn methane_of_rewetted_coast_counts_beside_its_carbon_dioxide() {
    let field = field();
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n41,trees,mangrove\n82,crops,cropland\n",
    );
    let map = "[[land-cover]]\nyear = 2020\npath = \"lc2020.tif\"\nlegend = \"legend.csv\"\n";
    let wet = entry("mangrove", "mangrove-rewetted-ipcc2013", "");
    let said = field.done(&format!("{map}{wet}"), &[]);
    assert!(
        said.contains("its methane, which can outweigh it, is in no figure"),
        "{said}"
    );
    let methane = |keys: &str| {
        entry(
            "mangrove",
            "mangrove-rewetted-methane-ipcc2013",
            &format!("keys = {{ salinity = \"salinity-le-18ppt\"{keys} }}\n"),
        )
    };
    for (keys, warming) in [
        ("", 28.0),
        (", warming = \"ar6\"", 27.0),
        (", warming = \"ar4\"", 25.0),
    ] {
        let said = field.done(&format!("{map}{wet}{}", methane(keys)), &[]);
        assert!(!said.contains("in no figure"), "{said}");
        let row = removal(&field, "mangrove-rewetted-methane-ipcc2013", "methane");
        let given_off = 50.0 * 193.7 / 1000.0 * warming;
        near(&row, "sequestration_tco2e_yr", -given_off, WRITTEN);
        assert_eq!(row["counted"], "true");
        let carbon = removal(&field, "mangrove-rewetted-ipcc2013", "soil-organic");
        let carbon = number(&carbon, "sequestration_tco2e_yr");
        assert!((carbon - 50.0 * 1.62 * CO2).abs() < 0.01);
        assert!((headline(&field) - (carbon - given_off)).abs() < 0.01);
    }
    field.refused(
        &format!("{map}{wet}{}", methane(", warming = \"ar9\"")),
        &["`warming` can be ar4, ar5, ar6, sar"],
    );
    let salt = methane("").replace("le-18", "gt-18");
    field.done(&format!("{map}{wet}{salt}"), &[]);
    let row = removal(&field, "mangrove-rewetted-methane-ipcc2013", "methane");
    near(&row, "sequestration_tco2e_yr", 0.0, WRITTEN);
    assert!(number(&row, "sequestration_tco2e_yr_lo") < 0.0, "{row:?}");
}

/// 50 ha of forest that were bamboo, or open woodland, on the map between and cropland on the last lose what
/// the same land loses by the first and the last map alone.
#[test]
fn a_way_through_another_use_of_the_category_loses_the_same() {
    let field = field();
    field.write(
        "legend.csv",
        "code,class_name,ecosystem\n41,trees,forest\n42,bamboo,bamboo\n43,open,open-woodland\n82,crops,cropland\n",
    );
    for (code, name) in [(42, "bamboo.tif"), (43, "open.tif")] {
        field.raster::<u8>(name, cells(), &[], |col, _| if col < 5 { code } else { 41 });
    }
    field.raster::<u8>("lc2010.tif", cells(), &[], |_, _| 41);
    field.raster::<u8>(
        "lc2020.tif",
        cells(),
        &[],
        |col, _| if col < 5 { 82 } else { 41 },
    );
    let maps = MAPS.replace("\"nlcd\"", "\"legend.csv\"");
    let plan = format!("{}{}", forest(), loss(""));
    field.done(&format!("{maps}{plan}"), &[]);
    let straight = headline(&field);
    for way in ["bamboo", "open"] {
        let between =
            format!("[[land-cover]]\nyear = 2015\npath = \"{way}.tif\"\nlegend = \"legend.csv\"\n");
        let said = field.done(&format!("{maps}{between}{plan}"), &[]);
        assert!(!said.contains("in no figure"), "{said}");
        assert!((headline(&field) - straight).abs() < 0.01, "{said}");
        let keys = [
            ("region_id", "a"),
            ("method", "conversion-loss-tier1"),
            ("pool", "above-ground"),
            ("counted", "true"),
        ];
        let row = field.row("tables/sequestration.csv", &keys);
        assert!(row["note"].contains("50.0000 ha of them were"), "{row:?}");
        // Without the loss the gain says that it is no balance.
        let said = field.done(&format!("{maps}{between}{}", forest()), &[]);
        assert!(said.contains("the regions lost 50.0000 ha"), "{said}");
    }
}
