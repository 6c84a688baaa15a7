//! Areas that are more than one region, such as a prefecture of counties: their figures are of those of their regions
//! that have one.

use crate::field::{Field, Row, near};

/// Counties of 100 ha in a row, the first three of the prefecture `P`.
const COUNTIES: [(&str, [f64; 4]); 4] = [
    ("a", [0.0, 0.0, 1000.0, 1000.0]),
    ("b", [1000.0, 0.0, 2000.0, 1000.0]),
    ("c", [2000.0, 0.0, 3000.0, 1000.0]),
    ("d", [3000.0, 0.0, 4000.0, 1000.0]),
];

/// Of one tonne of carbon, tonnes of carbon dioxide.
const CO2: f64 = 44.0 / 12.0;

/// The counties, and with them the prefecture that reaches `east`.
fn field(east: Option<f64>) -> Field {
    let field = Field::new();
    let prefecture = east.map(|east| ("P", [0.0, 0.0, east, 1000.0]));
    let regions: Vec<_> = COUNTIES.into_iter().chain(prefecture).collect();
    field.regions("regions.json", 5070, &regions);
    field.write(
        "species.csv",
        "code,name,species-group,type-average,cbef-type,root-type\n\
         fir,fir,cunninghamia-lanceolata,cunninghamia-lanceolata-forest-type,cunninghamia-lanceolata,conifer\n",
    );
    field.write(
        "growth.csv",
        "id,value,unit,lower,upper,interval_kind,cite,locator\n\
         stand-increment,5,t_dm/ha/yr,4,6,se,user,plots\nstand-root-shoot,0.25,1,,,,user,plots\n",
    );
    field
}

/// The register of a year: a stand of fir in each of these counties, of so many m3/ha.
fn register(field: &Field, year: i32, counties: &[&str], volume: f64) -> String {
    let stands = COUNTIES.iter().filter(|(id, _)| counties.contains(id));
    let stands: Vec<_> = stands.copied().collect();
    let name = format!("stands{year}.json");
    field.regions(&name, 5070, &stands);
    let text = std::fs::read_to_string(field.path(&name)).unwrap();
    let of_stand = format!("\"sp\":\"fir\",\"vol\":{volume},\"age\":15,\"id\":");
    field.write(&name, &text.replace("\"id\":", &of_stand));
    format!(
        "[[inventory.stands]]\nyear = {year}\npath = \"{name}\"\nspecies = \"species.csv\"\n\
         [inventory.stands.fields]\nid = \"id\"\nspecies = \"sp\"\n\
         age = {{ column = \"age\", unit = \"years\" }}\n\
         volume = {{ column = \"vol\", unit = \"m3/ha\" }}\n"
    )
}

fn summary(field: &Field, region: &str) -> Row {
    field.row("summary.csv", &[("region_id", region)])
}

/// Whether the whole of a prefecture reaches a target is not known where its figure is of a part.
fn is_open(field: &Field, indicator: &str, words: &str) {
    let target = field.row("tables/targets.csv", &[("indicator", indicator)]);
    assert_eq!(target["met"], "", "{target:?}");
    assert!(target["note"].contains(words), "{target:?}");
}

/// County `a` has no stand in the register of 2020: the change of the prefecture is that of `b` and `c`, its stock and
/// volume name `a`.
#[test]
fn a_prefecture_changes_as_its_counties_do_that_both_registers_have() {
    let field = field(Some(3000.0));
    let registers = [
        register(&field, 2010, &["a", "b", "c", "d"], 60.0),
        register(&field, 2020, &["b", "c", "d"], 75.0),
    ];
    field.write(
        "targets.csv",
        "year,indicator,comparison,value,unit,scope\n2020,forest_stock_volume,>=,20000,m3,P\n\
         2020,carbon_stock,>=,9000,t_c,P\n2020,sequestration,>=,5000,t_co2e/yr,P\n",
    );
    let plan = format!(
        "[inventory]\n{}[carbon]\nmethod = \"forest-cbef-china\"\n[price]\ntco2e = 60\ncurrency = \"CNY\"\n\
         [targets]\npath = \"targets.csv\"\n",
        registers.concat()
    );
    field.done(&plan, &[]);
    let [b, p] = ["b", "P"].map(|region| summary(&field, region));
    for column in ["sequestration_tco2e_yr", "carbon_tc", "volume_m3"] {
        let of_b: f64 = b[column].parse().unwrap();
        near(&p, column, 2.0 * of_b, 1e-3);
    }
    assert!(b["sequestration_tco2e_yr"].parse::<f64>().unwrap() > 0.0);
    let lost = "without region a (one of the registers has no stand in the region): the change there is not in it";
    let no_stand = "without region a (no stand of the register lies there)";
    for words in [lost, no_stand, "divides by the land of the whole region"] {
        assert!(p["notes"].contains(words), "{words}: {p:?}");
    }
    let value = field.row("tables/value.csv", &[("region_id", "P")]);
    assert!(value["note"].contains(lost), "{value:?}");
    is_open(&field, "sequestration", lost);
    is_open(&field, "carbon_stock", no_stand);
    is_open(&field, "forest_stock_volume", no_stand);
}

/// The prefecture has land beyond its counties: what changed there is no region's, and the stands of `a` are in the
/// older register alone.
#[test]
fn a_prefecture_beyond_its_counties_has_no_change_beside_one_that_is_not_known() {
    let field = field(Some(3500.0));
    let registers = [
        register(&field, 2010, &["a", "b", "c"], 60.0),
        register(&field, 2020, &["b", "c"], 75.0),
    ];
    let registers = registers.concat();
    let plan = format!("[inventory]\n{registers}[carbon]\nmethod = \"forest-cbef-china\"\n");
    field.done(&plan, &[]);
    let p = summary(&field, "P");
    assert_eq!(p["sequestration_tco2e_yr"], "", "{p:?}");
    let why = "not known: region a (one of the registers has no stand in the region), and no regions of the run make up the rest";
    assert!(p["notes"].contains(why), "{p:?}");
}

/// One register, its growth, and a fire of its year; no map. County `a` has no stand: the gases there are not its
/// removal, nor in that of what it is a part of.
#[test]
fn gases_of_a_county_without_stands_are_no_removal_and_in_no_sum() {
    for (prefecture, whole, others) in [(None, "_total", 3.0), (Some(3000.0), "P", 2.0)] {
        let field = field(prefecture);
        let register = register(&field, 2020, &["b", "c", "d"], 75.0);
        field.write(
            "targets.csv",
            &format!("year,indicator,comparison,value,unit,scope\n2020,sequestration,>=,9000,t_co2e/yr,{whole}\n"),
        );
        let growth = format!(
            "[inventory]\n{register}[carbon]\nmethod = \"forest-cbef-china\"\nparameters = [\"growth.csv\"]\n\
             [[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"stand-growth-table\"\n\
             [targets]\npath = \"targets.csv\"\n"
        );
        let burnt = if prefecture.is_some() { ", P = 3" } else { "" };
        let fire = format!(
            "[[fire]]\nname = \"f\"\nyear = 2020\necosystem = \"forest\"\nemission = \"extra-tropical-forest\"\n\
             combustion = \"other-temperate-forest-all\"\nfuel-t-ha = 40\nareas-ha = {{ a = 2, b = 1{burnt} }}\n"
        );
        field.done(&growth, &[]);
        let stands =
            "without region a (no stand of the register lies there): the growth there is not in it";
        let grown = 100.0 * 5.0 * 0.47 * 1.25 * CO2;
        near(
            &summary(&field, whole),
            "sequestration_tco2e_yr",
            others * grown,
            1.0,
        );
        is_open(&field, "sequestration", stands);

        field.done(&format!("{growth}{fire}"), &[]);
        let a = summary(&field, "a");
        assert_eq!(a["sequestration_tco2e_yr"], "", "{a:?}");
        let why =
            "the change of forest in 2020 is not known here: no stand of the register lies there";
        assert_eq!(a["notes"].matches(why).count(), 3, "{a:?}");
        let [b, c, all] = ["b", "c", whole].map(|region| summary(&field, region));
        let of = |row: &Row| row["sequestration_tco2e_yr"].parse::<f64>().unwrap();
        let expected = of(&b) + (others - 1.0) * of(&c);
        assert!((of(&all) - expected).abs() < 0.01, "{all:?}");
        let left = "without 2.0000 ha that burnt in region a (its change is not known): the change there is not in it";
        assert!(all["notes"].contains(left), "{all:?}");
        is_open(&field, "sequestration", stands);
    }
}

/// Age classes of two counties: the third is not known, whatever burnt there.
#[test]
fn counties_without_an_age_class_have_no_growth() {
    let field = field(None);
    field.write(
        "ages.csv",
        "region,area_ha,age_yr\na,50,15\nb,50,10\nd,0,10\n",
    );
    field.done(
        "[carbon]\nparameters = [\"growth.csv\"]\nage-classes = { path = \"ages.csv\", year = 2020 }\n\
         [[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"stand-growth-table\"\n\
         [[fire]]\nname = \"f\"\nyear = 2020\necosystem = \"forest\"\nemission = \"extra-tropical-forest\"\n\
         combustion = \"other-temperate-forest-all\"\nfuel-t-ha = 40\nareas-ha = { c = 3 }\n",
        &[],
    );
    let [c, d, all] = ["c", "d", "_total"].map(|region| summary(&field, region));
    assert_eq!(c["sequestration_tco2e_yr"], "", "{c:?}");
    assert!(
        c["notes"].contains("not known: no age class of it is given"),
        "{c:?}"
    );
    assert_eq!(d["sequestration_tco2e_yr"], "0", "{d:?}");
    near(
        &all,
        "sequestration_tco2e_yr",
        500.0 * 0.47 * 1.25 * CO2,
        1.0,
    );
    let words = "without region c (no age class of it is given): the growth there is not in it";
    assert!(all["notes"].contains(words), "{all:?}");
}

/// A register that names the county of each stand, and hectares burnt by county: the prefecture has what its counties
/// have, unless it is given hectares of its own.
#[test]
fn what_names_a_county_is_its_prefectures_too() {
    for (given, burnt) in [("", 3.0), (", P = 5", 5.0)] {
        let field = field(Some(3000.0));
        let register = register(&field, 2020, &["a", "b", "c", "d"], 75.0);
        let register = register.replace("id = \"id\"\n", "id = \"id\"\nregion = \"id\"\n");
        field.done(
            &format!(
                "[inventory]\n{register}[carbon]\nmethod = \"forest-cbef-china\"\nparameters = [\"growth.csv\"]\n\
                 [[carbon.ecosystem]]\necosystem = \"forest\"\nmethod = \"stand-growth-table\"\n\
                 [[fire]]\nname = \"f\"\nyear = 2020\necosystem = \"forest\"\nemission = \"extra-tropical-forest\"\n\
                 combustion = \"other-temperate-forest-all\"\nfuel-t-ha = 40\nareas-ha = {{ a = 2, b = 1{given} }}\n"
            ),
            &[],
        );
        let [a, b, c, p] = ["a", "b", "c", "P"].map(|region| summary(&field, region));
        for column in ["carbon_tc", "volume_m3"] {
            let of_c: f64 = c[column].parse().unwrap();
            near(&p, column, 3.0 * of_c, 1e-3);
        }
        let of = |row: &Row| row["sequestration_tco2e_yr"].parse::<f64>().unwrap();
        let grown = of(&c);
        let of_hectare = grown - of(&b);
        assert!(of_hectare > 0.0 && (grown - of(&a) - 2.0 * of_hectare).abs() < 0.01);
        near(
            &p,
            "sequestration_tco2e_yr",
            3.0 * grown - burnt * of_hectare,
            0.01,
        );
    }
}
