//! Volume of stands to carbon where the way is no straight line.

use std::fmt::Write as _;

use crate::outputs::{Outputs, Row, number};
use crate::scratch::terrasink;
use crate::stands::{Field, PLAN, Square, close, geojson, one};

/// Oaks of the oldest set have `b` of -3.8999 t/ha: below 2.9 m3/ha the function gives less than nothing.
#[test]
fn stands_with_less_than_nothing_are_held_at_zero_one_by_one() {
    let plan = format!(
        "{PLAN}[carbon]\nmethod = \"forest-cbef-china\"\nkeys = {{ parameter-set = \"set1-fang-liu-xu-1996\" }}\n"
    );
    let oak = |at: f64, volume: u32| -> Square {
        let of_oak = format!(
            r#""小班":"{at}","面积":150,"地类":"111","优势树种":"栎类","公顷蓄积":{volume}"#
        );
        Square(at, 1.0, Box::leak(of_oak.into_boxed_str()))
    };
    let outputs = Field::new(&plan, &[oak(1.0, 1), oak(21.0, 1), oak(22.0, 150)]).outputs();
    let summary = outputs.table("summary.csv");
    let carbon = |region: &str| number(one(&summary, &[("region_id", region)]), "carbon_tc");
    let rows = outputs.table("tables/stand_carbon.csv");
    let held: Vec<&Row> = rows.iter().filter(|row| !row["note"].is_empty()).collect();
    assert!(
        held.iter()
            .all(|row| number(row, "carbon_tc").abs() < 1e-12),
        "{held:?}"
    );
    assert_eq!(held.len(), 3, "w, e and all regions");
    let standing = rows.iter().find(|row| row["note"].is_empty()).unwrap();
    let fraction = number(standing, "carbon_tc")
        / (number(standing, "above_ground_tdm") + number(standing, "below_ground_tdm"));
    assert!(carbon("w").abs() < 1e-12);
    close(
        carbon("e"),
        (1.3288 * 1500.0 - 3.8999 * 10.0) * fraction,
        1e-9,
    );
    close(carbon("_total"), carbon("w") + carbon("e"), 1e-12);
    let west = one(&summary, &[("region_id", "w")]);
    let told = "1 stand (10.0000 ha) with so little stock that the continuous function gives less";
    assert!(west["notes"].contains(told), "{}", west["notes"]);
    assert_eq!(west["carbon_tc_lo"], "", "a zero without a spread");
    let log = String::from_utf8_lossy(&outputs.files()["run/log.jsonl"]);
    assert!(
        log.contains("2 stands, 20.0000 ha, with so little volume"),
        "{log}"
    );
}

const PINE: &str = r#""小班":"1","面积":150,"地类":"111","优势树种":"马尾松","公顷蓄积":90"#;
const OTHER_PINE: &str = r#""小班":"2","面积":150,"地类":"111","优势树种":"马尾松","公顷蓄积":90"#;
const FIELDS: &str = r#""小班":"2","面积":150,"地类":"210""#;
const BAMBOO: &str = r#""小班":"2","面积":150,"地类":"113""#;

/// What a run wrote of registers of 2010 and 2020 that have a stand of pine in `w`, and in `e` these.
fn beside_pine(before: &'static str, after: &'static str) -> (tempfile::TempDir, Outputs) {
    let plan = format!(
        "{PLAN}[[inventory.stands]]\nyear = 2010\npath = \"before.geojson\"\npreset = \"cn-xiaoban\"\n[carbon]\nmethod = \"forest-cbef-china\"\n"
    );
    let stands = |east| [Square(1.0, 1.0, PINE), Square(21.0, 1.0, east)];
    let field = Field::new(&plan, &stands(after));
    field.write("before.geojson", &geojson(&stands(before)));
    let out = field.0.path().join("out");
    let plan = field.0.path().join("plan.toml");
    let [plan, written] = [&plan, &out].map(|path| path.to_str().unwrap());
    let run = terrasink(&["run", plan, "--quiet", "--out", written]);
    assert!(run.status.success(), "{run:?}");
    (field.0, Outputs::read(&out))
}

fn summary_of(outputs: &Outputs, region: &str) -> Row {
    one(&outputs.table("summary.csv"), &[("region_id", region)]).clone()
}

#[test]
fn a_region_without_forest_in_both_registers_holds_a_known_zero() {
    let (_field, outputs) = beside_pine(FIELDS, FIELDS);
    let east = summary_of(&outputs, "e");
    for column in [
        "volume_m3",
        "carbon_tc",
        "carbon_tc_ha",
        "sequestration_tco2e_yr",
    ] {
        assert_eq!(east[column], "0", "{column} of {east:?}");
    }
    assert_eq!(
        (&*east["period_start"], &*east["period_end"]),
        ("2010", "2020")
    );
    assert!(!east["notes"].contains("no sequestration"), "{east:?}");
    let [west, total] = ["w", "_total"].map(|region| summary_of(&outputs, region));
    assert_eq!(west["carbon_tc"], total["carbon_tc"]);
}

/// The land of the pines is cleared: the stock is the zero of 2020, the removal the loss of what stood in 2010.
#[test]
fn a_cleared_region_holds_zero_and_shows_no_stands_of_the_older_register() {
    let (field, outputs) = beside_pine(OTHER_PINE, FIELDS);
    let [west, east] = ["w", "e"].map(|region| summary_of(&outputs, region));
    assert_eq!(east["carbon_tc"], "0", "{east:?}");
    close(
        number(&east, "sequestration_tco2e_yr"),
        -number(&west, "carbon_tc") / 10.0 * 44.0 / 12.0,
        1e-5,
    );
    let out = field.path().join("out");
    let told = |region| {
        let told = terrasink(&["explain", out.to_str().unwrap(), region, "carbon_tc"]);
        String::from_utf8(told.stdout).unwrap()
    };
    assert!(told("w").contains("马尾松 (1 stand)"), "{}", told("w"));
    for word in ["stand_carbon.csv", "gives no figure"] {
        assert!(!told("e").contains(word), "{}", told("e"));
    }
}

/// Bamboo is forest whose carbon a register does not know: no zero.
#[test]
fn a_region_of_bamboo_alone_has_no_figure_and_says_why() {
    let (_field, outputs) = beside_pine(BAMBOO, BAMBOO);
    let east = summary_of(&outputs, "e");
    for column in ["carbon_tc", "sequestration_tco2e_yr"] {
        assert_eq!(east[column], "", "{column} of {east:?}");
    }
    let told = "without 10.0000 ha that count as forest and have no stock volume in a register, such as bamboo";
    assert!(east["notes"].contains(told), "{east:?}");
    let total = summary_of(&outputs, "_total");
    assert!(total["notes"].contains(told), "{total:?}");
    assert!(number(&total, "carbon_tc") > 0.0);
}

/// The register of 2020 has no stand in `e`: its wood is not in the volume of all, which is the least that there is.
#[test]
fn volume_of_all_without_a_stand_in_a_region_is_that_of_a_part() {
    let targets = "[targets]\npath = \"targets.csv\"\n";
    let plan = format!("{PLAN}[carbon]\nmethod = \"forest-cbef-china\"\n{targets}");
    let field = Field::new(&plan, &[Square(1.0, 1.0, PINE)]);
    field.write(
        "targets.csv",
        "year,indicator,comparison,value,unit,scope\n\
         2020,forest_stock_volume,>=,800,m3,_total\n2021,forest_stock_volume,>=,2000,m3,_total\n",
    );
    let outputs = field.outputs();
    let words = "the stock volume of the register is a lower limit: without region e (no stand of the register lies there)";
    let total = summary_of(&outputs, "_total");
    assert!(total["notes"].contains(words), "{total:?}");
    assert!(!summary_of(&outputs, "w")["notes"].contains(words));
    let targets = outputs.table("tables/targets.csv");
    let of = |year| one(&targets, &[("year", year)]);
    assert_eq!(of("2020")["met"], "true");
    let below = of("2021");
    assert_eq!(below["met"], "", "{below:?}");
    assert!(below["note"].contains(words), "{below:?}");
}

/// Pine beside bamboo in `e`: what a register says of both is of the pine alone, whatever rests on it, unless the bamboo
/// has figures of its own.
#[test]
fn figures_of_a_register_beside_bamboo_are_of_a_part() {
    let further = "[price]\ntco2e = 60\ncurrency = \"CNY\"\n[credit]\nrule = \"art-trees-2.0\"\n\
        [targets]\npath = \"targets.csv\"\n";
    let growth = "keys = { ecological-zone = \"subtropical-humid\", continent = \"asia\", root-zone = \"subtropical-humid\", above-ground-class = \"0\" }\n\
        [[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"stand-growth-ipcc2019\"\n";
    let before =
        "[[inventory.stands]]\nyear = 2010\npath = \"before.geojson\"\npreset = \"cn-xiaoban\"\n";
    let stand = |id: u32, volume: u32| -> &'static str {
        let pine = format!(
            r#""小班":"{id}","面积":150,"地类":"111","优势树种":"马尾松","起源":"天然","平均年龄":15,"公顷蓄积":{volume}"#
        );
        Box::leak(pine.into_boxed_str())
    };
    let stands = |volume| {
        [
            Square(1.0, 1.0, stand(1, volume)),
            Square(21.0, 1.0, stand(3, volume)),
            Square(25.0, 1.0, BAMBOO),
        ]
    };
    let keys = "keys = { ecological-zone = \"subtropical-humid\", continent = \"asia\", status = \"secondary-gt20y\", root-zone = \"subtropical-humid\", origin = \"natural\", above-ground-class = \"125\" }\n";
    let of_bamboo = |method| {
        format!("[[carbon.ecosystem]]\necosystem = \"bamboo\"\nmethod = \"{method}\"\n{keys}")
    };
    let outline = "[[boundary]]\necosystem = \"bamboo\"\nyear = 2020\npath = \"bamboo.geojson\"\n";
    let stock = of_bamboo("forest-biomass-ipcc2019");
    let both = format!("{stock}{}", of_bamboo("forest-growth-ipcc2019"));
    for (registers, way, [stock_known, removal_known]) in [
        (before, "", [false, false]),
        ("", growth, [false, false]),
        (outline, &format!("{growth}{stock}"), [true, false]),
        (outline, &format!("{growth}{both}"), [true, true]),
    ] {
        let method = "[carbon]\nmethod = \"forest-cbef-china\"\n";
        let plan = format!("{PLAN}{registers}{method}{way}{further}");
        let field = Field::new(&plan, &stands(90));
        field.write("before.geojson", &geojson(&stands(60)));
        field.write("bamboo.geojson", &geojson(&[Square(25.0, 1.0, BAMBOO)]));
        let mut targets = "year,indicator,comparison,value,unit,scope\n".to_owned();
        for scope in ["w", "e", "_total"] {
            for (indicator, unit) in [("carbon_stock", "t_c"), ("sequestration", "t_co2e/yr")] {
                let _ = writeln!(targets, "2020,{indicator},>=,99999,{unit},{scope}");
            }
        }
        field.write("targets.csv", &targets);
        let outputs = field.outputs();
        let told = "without 10.0000 ha that count as forest and have no stock volume in a register, such as bamboo";
        for (region, has_bamboo) in [("w", false), ("e", true), ("_total", true)] {
            let is_of_part = |known: bool| has_bamboo && !known;
            for (indicator, known) in [
                ("carbon_stock", stock_known),
                ("sequestration", removal_known),
            ] {
                let targets = outputs.table("tables/targets.csv");
                let row = one(&targets, &[("region_id", region), ("indicator", indicator)]);
                let met = if is_of_part(known) { "" } else { "false" };
                assert_eq!(row["met"], met, "{row:?}");
                assert_eq!(row["note"].contains(told), is_of_part(known), "{row:?}");
            }
            for table in ["tables/value.csv", "tables/credit.csv"] {
                let rows = outputs.table(table);
                let row = one(&rows, &[("region_id", region)]);
                let is_told = row["note"].contains(told);
                assert_eq!(is_told, is_of_part(removal_known), "{table}: {row:?}");
            }
        }
    }
}
