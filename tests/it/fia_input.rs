//! A made FIA database of four plots: every rule by hand, as CSV and as `SQLite`, and what is wrong
//! with it told in one pass.

use gdal::DriverManager;
use gdal::vector::{
    Feature, FieldValue, LayerAccess, LayerOptions, OGRFieldType, OGRwkbGeometryType,
};

use crate::fia::{ACRE_HA, FOOT3_M3};
use crate::field::{Field, Row, near};

/// Table by table; A has forest and other land, B was mapped on its macroplots, D has no forest.
const TABLES: [(&str, &str); 8] = [
    (
        "POP_EVAL",
        "CN,EVAL_GRP_CN,EVALID,EVAL_DESCR,STATECD,END_INVYR,ESTN_METHOD\n\
         1,9,11901,made: area and volume,1,2019,Post-Stratification\n\
         2,9,11903,made: growth,1,2019,Post-Stratification\n",
    ),
    (
        "POP_EVAL_TYP",
        "EVAL_CN,EVAL_TYP\n1,EXPCURR\n1,EXPVOL\n2,EXPGROW\n",
    ),
    (
        "POP_ESTN_UNIT",
        "CN,EVALID,ESTN_UNIT,ESTN_UNIT_DESCR,AREA_USED,P1PNTCNT_EU\n\
         10,11901,1,all,1000,10\n20,11903,1,all,1000,10\n",
    ),
    (
        "POP_STRATUM",
        "CN,EVALID,ESTN_UNIT_CN,STRATUMCD,STRATUM_DESCR,P1POINTCNT,P2POINTCNT,ADJ_FACTOR_MICR,ADJ_FACTOR_SUBP,ADJ_FACTOR_MACR\n\
         100,11901,10,1,green,6,2,1.5,1.25,1.1\n101,11901,10,2,brown,4,2,1,1,1\n",
    ),
    (
        "POP_PLOT_STRATUM_ASSGN",
        "STRATUM_CN,PLT_CN,EVALID\n100,A,11901\n100,B,11901\n101,C,11901\n101,D,11901\n",
    ),
    (
        "PLOT",
        "CN,PREV_PLT_CN,STATECD,COUNTYCD,MEASYEAR,LON,LAT,MACRO_BREAKPOINT_DIA\n\
         A,,1,1,2018,0.01,0.01,24\nB,,1,1,2018,0.02,0.01,24\nC,,1,1,2019,0.01,0.02,24\nD,,1,1,2019,0.02,0.02,24\n",
    ),
    (
        "COND",
        "PLT_CN,CONDID,COND_STATUS_CD,PROP_BASIS,CONDPROP_UNADJ,CARBON_DOWN_DEAD\n\
         A,1,1,SUBP,0.8,2\nA,2,2,SUBP,0.2,\nB,1,1,MACR,1,1\nC,1,1,SUBP,1,0\nD,1,2,SUBP,1,\n",
    ),
    (
        "TREE",
        "PLT_CN,CONDID,STATUSCD,SPCD,DIA,TPA_UNADJ,VOLCFNET,DRYBIO_AG,DRYBIO_BG,CARBON_AG,CARBON_BG\n\
         A,1,1,12,10,6,20,800,200,400,100\n\
         A,1,1,12,2,75,,10,2,5,1\n\
         A,1,2,12,12,6,15,200,40,100,20\n\
         A,2,1,12,14,6,50,900,200,450,100\n\
         A,1,2,12,9,,,,,,\n\
         B,1,1,12,30,1,100,4000,800,2000,400\n\
         C,1,1,43,8,6,10,300,60,150,30\n",
    ),
];

pub(crate) const PLAN: &str = "[inventory]\nmin-plots = 1\n[[inventory.plots]]\nyear = 2019\npath = \"fia\"\npreset = \"fia\"\nevaluation = 11901\n[inventory.fields]\nregion = \"COUNTY_FIPS\"\n";

/// The database as CSV files; `change` gets each table before it is written.
pub(crate) fn database(change: impl Fn(&str, String) -> String) -> Field {
    let field = Field::new();
    field.regions("regions.json", 4326, &[("01001", [0.0, 0.0, 0.05, 0.05])]);
    std::fs::create_dir(field.path("fia")).unwrap();
    for (name, text) in TABLES {
        let text = change(name, text.to_owned());
        if !text.is_empty() {
            field.write(&format!("fia/AL_{name}.csv"), &text);
        }
    }
    field
}

fn total(field: &Field, attribute: &str) -> Row {
    let keys = [
        ("region_id", "01001"),
        ("attribute", attribute),
        ("statistic", "total"),
        ("domain", ""),
    ];
    field.row("tables/inventory.csv", &keys)
}

fn holds_what_was_made(field: &Field) {
    // Per acre: A 6 x 20 x 1.25, B 100 x 1.1 on its macroplot, C 6 x 10; means 130 and 30.
    near(&total(field, "volume"), "value", 90_000.0 * FOOT3_M3, 1e-10);
    // Shares 0.8 x 1.25, 1.1 by the factor of macroplots, 1, 0.
    near(
        &total(field, "forest_area"),
        "value",
        830.0 * ACRE_HA,
        1e-10,
    );
    // A 6 x 1.25 and on the microplot 75 x 1.5, B 1.1, C 6: means 60.55 and 3.
    near(&total(field, "trees"), "value", 37_530.0, 1e-10);
    // Short tons: lying 2 x 1 and 1 x 1.1; standing on A 6 x 1.25 x 120 lb.
    near(
        &total(field, "dead_wood_carbon"),
        "value",
        1_065.0 * 0.907_184_74,
        1e-10,
    );
    // Bechtold and Patterson, equation 4.14: variances of plots in the strata 800 and 1 800.
    let variance =
        1e6_f64 / 4.0 * (0.6 * 800.0 + 0.4 * 1800.0 + (0.4 * 800.0 + 0.6 * 1800.0) / 4.0);
    near(
        &total(field, "volume"),
        "standard_error",
        variance.sqrt() * FOOT3_M3,
        1e-10,
    );
}

#[test]
fn a_database_by_hand_gives_figures_by_hand() {
    let field = database(|_, text| text);
    field.done(PLAN, &[]);
    holds_what_was_made(&field);
    let by_state = PLAN.replace("evaluation = 11901", "state = 1");
    field.done(&by_state, &[]);
    holds_what_was_made(&field);
}

#[test]
fn a_database_in_one_file_is_the_same() {
    let field = database(|_, text| text);
    let mut file = DriverManager::get_driver_by_name("SQLite")
        .unwrap()
        .create_vector_only(field.path("fia.db"))
        .unwrap();
    for (name, text) in TABLES {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let columns: Vec<String> = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .collect();
        let layer = file
            .create_layer(LayerOptions {
                name,
                ty: OGRwkbGeometryType::wkbNone,
                ..LayerOptions::default()
            })
            .unwrap();
        let fields: Vec<_> = columns
            .iter()
            .map(|column| (column.as_str(), OGRFieldType::OFTString))
            .collect();
        layer.create_defn_fields(&fields).unwrap();
        for record in reader.records() {
            let mut feature = Feature::new(layer.defn()).unwrap();
            for (column, cell) in columns.iter().zip(record.unwrap().iter()) {
                if !cell.is_empty() {
                    let at = feature.field_index(column.to_lowercase()).unwrap();
                    let cell = FieldValue::StringValue(cell.to_owned());
                    feature.set_field(at, &cell).unwrap();
                }
            }
            feature.create(&layer).unwrap();
        }
    }
    file.close().unwrap();
    field.done(&PLAN.replace("\"fia\"\npreset", "\"fia.db\"\npreset"), &[]);
    holds_what_was_made(&field);
}

#[test]
fn positions_tell_regions_where_the_plan_names_no_column() {
    let field = database(|_, text| text);
    let (plan, _) = PLAN.split_once("[inventory.fields]").unwrap();
    let said = field.done(plan, &[]);
    assert!(said.contains("published positions"), "{said}");
    holds_what_was_made(&field);
}

#[test]
fn an_evaluation_that_is_not_meant_is_refused_with_those_there_are() {
    let field = database(|_, text| text);
    let with = |evaluation: &str| PLAN.replace("evaluation = 11901", evaluation);
    let there = "11901 (state 1, to 2019)";
    field.refused(&with("evaluation = 11801"), &["no evaluation 11801", there]);
    field.refused(&with("evaluation = 11903"), &["is not one of area", there]);
    field.refused(&with("state = 2"), &["of state 2 ends in 2019", there]);
    field.refused(
        &PLAN.replace("year = 2019", "year = 2018"),
        &["ends in 2019, and the plan calls it 2018"],
    );
    field.refused(
        &PLAN.replace("[inventory]", "[inventory]\ndesign = \"stratified\""),
        &["Post-Stratification", "the plan declares `stratified`"],
    );
}

#[test]
fn keys_that_the_tables_take_the_place_of_are_refused_together() {
    let field = database(|_, text| text);
    let plan = PLAN
        .replace("[inventory]", "[inventory]\npopulation = 5")
        .replace("evaluation = 11901", "layer = \"x\"")
        .replace("[inventory.fields]", "[inventory.fields]\nid = \"CN\"");
    field.refused(
        &plan,
        &[
            "`preset = \"fia\"` and no evaluation",
            "`layer` beside",
            "population` stands beside",
            "more than `region` and `parent`",
        ],
    );
}

#[test]
fn what_is_wrong_with_the_tables_is_told_in_one_pass() {
    let field = database(|name, text| match name {
        "POP_STRATUM" => text.replace("brown,4,2", "brown,5,2"),
        "POP_ESTN_UNIT" => text.replace("AREA_USED", "Area used"),
        _ => text,
    });
    field.refused(
        PLAN,
        &[
            "no column `AREA_USED`",
            "call the column `Area used` `AREA_USED`",
        ],
    );
    let field = database(|name, text| match name {
        "POP_STRATUM" => text.replace("brown,4,2", "brown,5,2"),
        "POP_PLOT_STRATUM_ASSGN" => format!("{text}999,E,11901\n"),
        _ => text,
    });
    field.refused(
        PLAN,
        &[
            "P1PNTCNT_EU is 10, and its strata have 11 points",
            "1 plot of evaluation 11901 is in strata that",
        ],
    );
    let field = database(|name, text| match name {
        "PLOT" => text.replace("D,,", "E,,"),
        "COND" => text
            .replace("B,1,1,MACR", "B,1,1,ACRE")
            .replace("C,1,1,SUBP,1,0\n", ""),
        _ => text,
    });
    field.refused(
        PLAN,
        &[
            "1 plot of evaluation 11901 is not there, such as D",
            "tallied on `ACRE` (PROP_BASIS)",
            "has no condition, such as C",
        ],
    );
    let field = database(|name, text| match name {
        "TREE" => text
            .replace("12,10,6,20", "12,ten,6,20")
            .replace("B,1,1,12,30", "B,1,1,12,"),
        _ => text,
    });
    field.refused(
        PLAN,
        &["found `ten`, expected a number", "DIA `` and TPA_UNADJ `1`"],
    );
    let field = database(|name, text| match name {
        "TREE" | "COND" => String::new(),
        _ => text,
    });
    field.refused(PLAN, &["no table TREE", "no table COND"]);
}

#[test]
fn rows_that_stand_twice_and_numbers_that_cannot_be_are_refused_in_one_pass() {
    let field = database(|name, text| match name {
        "COND" => {
            let text = text
                .replace("SUBP,0.8,", "SUBP,1.8,")
                .replace("A,2,2,", "A,2,7,");
            text.replace("C,1,1,SUBP,1,", "C,1,1,SUBP,0.5,") + "D,1,2,SUBP,1,\n"
        }
        "TREE" => {
            let rows = text.lines().enumerate().map(|(at, row)| match at {
                0 => format!("CN,{row}\n"),
                // The last two are one tree.
                at => format!("{},{row}\n", at.min(6)),
            });
            (rows.collect::<String>())
                .replace("12,10,6,20", "12,10,6,-20")
                .replace("A,1,1,12,2,75", "A,9,1,12,2,75")
                .replace("A,1,2,12,12,6", "A,1,x,12,12,6")
                .replace("B,1,1,12,30,1,", "B,1,1,12,30,1e9,")
        }
        _ => text,
    });
    field.refused(
        PLAN,
        &[
            "PLT_CN, CONDID D, 1 stands in row",
            "column CONDPROP_UNADJ: found 1.8, expected 0 to 1",
            "add up to less than the plot",
            "COND_STATUS_CD is `7`",
            "CN 6 stands in row",
            "column VOLCFNET: found -20, expected 0 or more",
            "CONDID is `9`, and the plot has no such condition",
            "STATUSCD is `x`, expected one of 0, 1, 2, 3",
            "column TPA_UNADJ: found 1000000000, expected 0 to 10000",
        ],
    );
    let field = database(|name, text| match name {
        "POP_PLOT_STRATUM_ASSGN" => format!("{text}100,A,11901\n"),
        _ => text,
    });
    field.refused(PLAN, &["PLT_CN A stands in row"]);
    for (table, twice) in [
        ("TREE_GRM_COMPONENT", "TRE_CN t1 stands in row"),
        ("TREE_GRM_BEGIN", "TRE_CN t1 stands in row"),
        ("SUBP_COND_CHNG_MTRX", "such as 1.2500 of plot A"),
    ] {
        let field = visited_twice(|name, text| {
            let row = text
                .lines()
                .find(|row| row.starts_with("t1,") || row.starts_with("A,"));
            match row {
                Some(row) if name == table => format!("{text}{row}\n"),
                _ => text,
            }
        });
        field.refused(PLAN, &[twice]);
    }
}

#[test]
fn a_tree_without_a_volume_leaves_its_plot_unknown() {
    let field = database(|name, text| match name {
        "TREE" => text.replace("43,8,6,10", "43,8,6,"),
        _ => text,
    });
    field.done(PLAN, &[]);
    let volume = total(&field, "volume");
    assert_eq!(volume["value"], "", "{volume:?}");
    assert!(volume["note"].contains("no value"), "{volume:?}");
}

/// Tables of growth: A was visited five years before, C was no forest then.
const GROWTH: [(&str, &str); 4] = [
    (
        "TREE_GRM_COMPONENT",
        "TRE_CN,PLT_CN,SUBP_COMPONENT_AL_FOREST,SUBP_SUBPTYP_GRM_AL_FOREST,SUBP_TPAGROW_UNADJ_AL_FOREST,SUBP_TPAREMV_UNADJ_AL_FOREST,SUBP_TPAMORT_UNADJ_AL_FOREST\n\
         t1,A,SURVIVOR,1,6,,\nt2,A,MORTALITY1,1,6,,1.2\nt3,A,MORTALITY2,1,6,,1.2\nt4,A,NOT USED,0,0,,\nt5,C,SURVIVOR,1,6,,\n",
    ),
    (
        "TREE_GRM_BEGIN",
        "TRE_CN,PLT_CN,DIA,VOLCFNET,DRYBIO_AG,DRYBIO_BG,CARBON_AG,CARBON_BG\n\
         t1,A,9,10,400,100,200,50\nt2,A,8,12,1,1,1,1\nt5,C,7,1,1,1,1,1\n",
    ),
    (
        "TREE_GRM_MIDPT",
        "TRE_CN,PLT_CN,DIA,VOLCFNET,DRYBIO_AG,DRYBIO_BG,CARBON_AG,CARBON_BG\n\
         t2,A,8.2,15,1,1,1,1\nt3,A,5.5,4,1,1,1,1\n",
    ),
    (
        "SUBP_COND_CHNG_MTRX",
        "PLT_CN,PREV_PLT_CN,SUBPTYP,CONDID,PREVCOND,SUBPTYP_PROP_CHNG\n\
         A,A0,1,1,1,1\nA,A0,1,1,1,1\nA,A0,1,1,1,1\nA,A0,1,1,1,0.2\nA,A0,1,2,1,0.8\nA,A0,2,1,1,1\nC,C0,1,1,1,1\n",
    ),
];

/// The database with a second visit of A and C.
pub(crate) fn visited_twice(change: impl Fn(&str, String) -> String) -> Field {
    let field = database(|name, text| match name {
        "POP_STRATUM" => format!("{text}200,11903,20,1,all,10,2,1.5,1.25,1\n"),
        "POP_PLOT_STRATUM_ASSGN" => format!("{text}200,A,11903\n200,C,11903\n"),
        "PLOT" => {
            let text = text
                .replace("_DIA\n", "_DIA,REMPER\n")
                .replace(",24\n", ",24,5\n");
            text.replace("A,,", "A,A0,").replace("C,,", "C,C0,")
        }
        "COND" => format!("{text}A0,1,1,SUBP,1,\nC0,1,2,SUBP,1,\n"),
        "TREE" => {
            let rows = text
                .lines()
                .zip(["CN,PREVCOND", "t1,1", ",", "", ",", ",", ",", "t5,1"]);
            let rows = rows.map(|(row, more)| {
                let more = if more.is_empty() { "," } else { more };
                format!("{row},{more}\n")
            });
            let all: Vec<String> = rows.collect();
            let gone = "A,1,2,12,8,,,,,,,t2,1\nA,1,2,12,6,,,,,,,t3,1\n";
            format!("{}{gone}", all.concat())
        }
        _ => text,
    });
    for (name, text) in GROWTH {
        let text = change(name, text.to_owned());
        field.write(&format!("fia/AL_{name}.csv"), &text);
    }
    field
}

fn component(field: &Field, attribute: &str, statistic: &str) -> Row {
    let keys = [
        ("region_id", "01001"),
        ("attribute", attribute),
        ("statistic", statistic),
    ];
    field.row("tables/inventory.csv", &keys)
}

#[test]
fn components_of_change_by_hand() {
    let field = visited_twice(|_, text| text);
    field.done(PLAN, &[]);
    // Cubic feet an acre and year on A: 6 x 1.25 x (20 - 10) / 5; a tree that came and went is 1.2 x
    // 1.25 x 4 in both; what died 1.2 x 1.25 x 15. C has none: the mean is half of A on 1 000 acres.
    for (statistic, expected) in [
        ("yearly_growth", 7_500.0),
        ("yearly_ingrowth", 3_000.0),
        ("yearly_mortality", 14_250.0),
        ("yearly_cut", 0.0),
        ("yearly_net_change", -3_750.0),
    ] {
        let found = component(&field, "volume", statistic);
        near(&found, "value", expected * FOOT3_M3, 1e-10);
    }
    // 3.2 of four subplots, by the factor of their stratum.
    let forest = component(&field, "forest_area", "forest_at_both_visits");
    near(&forest, "value", 0.8 * 1.25 / 2.0 * 1000.0 * ACRE_HA, 1e-10);
    let per_hectare = component(&field, "volume", "yearly_mortality_per_forest_hectare");
    near(&per_hectare, "value", 28.5 * FOOT3_M3 / ACRE_HA, 1e-10);
}

#[test]
fn what_is_wrong_with_tables_of_growth_is_told_in_one_pass() {
    let field = visited_twice(|name, text| match name {
        "TREE_GRM_COMPONENT" => text
            .replace("MORTALITY1,1,6,,1.2", "MORTALITY1,1,6,,")
            .replace("t5,C", "t9,C"),
        "TREE_GRM_BEGIN" => text.replace("t1,A,9,10", "t1,A,9,1O"),
        _ => text,
    });
    field.refused(
        PLAN,
        &[
            "`MORTALITY1` and stands for no number of trees",
            "1 tree is not in",
            "found `1O`, expected a number",
        ],
    );
    let field = visited_twice(|name, text| match name {
        "TREE_GRM_MIDPT" => text.replace("t2,A", "t8,A"),
        _ => text,
    });
    field.done(PLAN, &[]);
    let mortality = component(&field, "volume", "yearly_mortality");
    assert_eq!(mortality["value"], "", "{mortality:?}");
    assert!(mortality["note"].contains("no value"), "{mortality:?}");
    let growth = component(&field, "volume", "yearly_growth");
    near(&growth, "value", 7_500.0 * FOOT3_M3, 1e-10);
}
